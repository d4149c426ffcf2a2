#include "codecs/cme/cme_sample.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "codecs/cme/cme_layout.h"
#include "codecs/cme/mdp3_framing.h"
#include "codecs/sample_random.h"

namespace fh::codecs::cme {
namespace {

constexpr int64_t kSampleDayNs = 1'700'000'000'000'000'000;
constexpr uint32_t kFirstInstrument = 1'000;
constexpr uint16_t kRootPadding = 2;  // Of incremental messages.
constexpr uint16_t kEntryPadding = 8;

// Of the schema's version that has the template.
uint16_t VersionOf(const MessageInfo& info) { return info.type < kBook46.type ? 8 : 13; }

// The root block of a message of that version, padded as the venue does it.
uint16_t RootBytes(const MessageInfo& info, uint16_t version) {
  constexpr uint32_t kIncremental = 9;  // A time, and what ends the event: 11 bytes are sent.
  uint32_t end = info.length;
  for (const FieldInfo* field : info.fields) {
    if (field->since <= version) end = std::max<uint32_t>(end, field->offset + field->length);
  }
  const uint32_t bytes = end - kHeaderBytes;
  return static_cast<uint16_t>(bytes + (bytes == kIncremental ? kRootPadding : 0));
}

// Little-endian, any length up to 8.
void FillInteger(const FieldInfo& field, uint8_t* block, uint64_t value) {
  for (uint16_t i = 0; i < field.length; ++i) {
    block[field.offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

void FillText(const FieldInfo& field, uint8_t* block, SampleRandom& random) {
  static constexpr const char* kSymbols[] = {"ESZ3", "ZCH4", "GEH4-GEM4", "CLF4", "OZC 4500"};
  const std::string_view name = field.name;
  const char* text = name == "symbol"           ? kSymbols[random.Below(std::size(kSymbols))]
                     : name == "md_feed_type"   ? (random.Below(2) == 0 ? "GBX" : "GBI")
                     : name == "security_group" ? "ES"
                                                : "X";
  std::memcpy(block + field.offset, text, std::min<size_t>(std::strlen(text), field.length));
}

uint64_t PriceOf(const FieldInfo& field, SampleRandom& random) {
  uint64_t scale = 1;
  for (int i = 0; i < field.decimals; ++i) scale *= 10;
  return scale / 4 * (400 + random.Below(40));
}

uint64_t NumberOf(const FieldInfo& field, SampleRandom& random) {
  const std::string_view name = field.name;
  if (name == "security_id" || name == "leg_security_id") return kFirstInstrument + random.Below(5);
  if (name == "md_price_level") return 1 + random.Below(10);
  if (name == "reference_id" || name == "no_chunks" || name == "current_chunk") return 1;
  if (name == "order_id") return 700'000 + random.Below(100);
  if (name == "md_update_action" || name == "order_update_action") return random.Below(3);
  if (!field.names.empty()) return field.names[random.Below(field.names.size())].value;
  return 1 + random.Below(20);
}

void Fill(std::span<const FieldInfo* const> fields, int64_t now_ns, SampleRandom& random,
          uint8_t* block) {
  for (const FieldInfo* field : fields) {
    const auto& header = header::kFields;
    if (std::find(std::begin(header), std::end(header), field) != std::end(header)) {
      continue;  // Begin has written them.
    }
    if (field->presence == Presence::kConstant) continue;
    switch (field->kind) {
      case FieldKind::kAlpha:
        FillText(*field, block, random);
        break;
      case FieldKind::kUnixNs:
        FillInteger(*field, block, static_cast<uint64_t>(now_ns));
        break;
      case FieldKind::kDecimal:
        FillInteger(*field, block, PriceOf(*field, random));
        break;
      case FieldKind::kFlags:
        // Nothing ends an event by chance.
        FillInteger(*field, block, random.Below(16));
        break;
      default:
        FillInteger(*field, block, NumberOf(*field, random));
    }
  }
}

// The longest offset, and padding as the venue has it.
uint16_t BlockLengthOf(const GroupInfo& group) {
  uint32_t end = 0;
  for (const FieldInfo* field : group.fields) {
    end = std::max<uint32_t>(end, uint32_t{field->offset} + field->length);
  }
  return static_cast<uint16_t>((end + kEntryPadding - 1) / kEntryPadding * kEntryPadding);
}

void AddEntry(const GroupInfo& group, int64_t now_ns, SampleRandom& random, PacketWriter& packet) {
  Fill(group.fields, now_ns, random, packet.Entry());
}

// A trade against one resting order, whose id follows the aggressor's.
void AddTrade(const MessageInfo& info, uint64_t resting_id, int64_t now_ns, SampleRandom& random,
              PacketWriter& packet) {
  namespace trade = md_incremental_refresh_trade_summary48;
  const GroupInfo& entries = *info.groups[0];
  packet.Group(entries, BlockLengthOf(entries), 1);
  uint8_t* entry = packet.Entry();
  Fill(entries.fields, now_ns, random, entry);
  for (const FieldInfo* field : entries.fields) {
    const std::string_view name = field->name;
    if (name == "number_of_orders") FillInteger(*field, entry, 2);
    if (name == "aggressor_side") FillInteger(*field, entry, 1);
    if (name == "md_update_action") FillInteger(*field, entry, 0);
    if (name == "security_id") FillInteger(*field, entry, kFirstInstrument);
  }
  if (info.groups.size() == 1) return;  // 36 says nothing of orders.
  // The same of all templates.
  packet.Group(*info.groups[1], BlockLengthOf(*info.groups[1]), 2);
  trade::no_order_id_entries::kOrderId.Put(packet.Entry(), 700'100 + random.Below(100));
  uint8_t* resting = packet.Entry();
  trade::no_order_id_entries::kOrderId.Put(resting, resting_id);
  trade::no_order_id_entries::kLastQty.Put(resting, 3);
}

void AddMessage(const MessageInfo& info, int64_t now_ns, SampleRandom& random,
                PacketWriter& packet) {
  packet.Begin(info, VersionOf(info));
  Fill(info.fields, now_ns, random, packet.message());
  if (MappingOf(info.name) == Mapping::kTrades) return AddTrade(info, 0, now_ns, random, packet);
  for (const GroupInfo* group : info.groups) {
    packet.Group(*group, BlockLengthOf(*group), 1);
    AddEntry(*group, now_ns, random, packet);
  }
}

void EndEvent(int64_t now_ns, PacketWriter& packet) {
  namespace book = md_incremental_refresh_book46;
  packet.Begin(kBook46, VersionOf(kBook46));
  book::kTransactTime.Put(packet.message(), static_cast<uint64_t>(now_ns));
  book::kMatchEventIndicator.Put(packet.message(), kEndOfEvent);
  for (const GroupInfo* group : kBook46.groups) packet.Group(*group, BlockLengthOf(*group), 0);
}

// A trade, and the order that it took off the book.
void AddTradeEvent(int64_t now_ns, SampleRandom& random, PacketWriter& packet) {
  namespace order = md_incremental_refresh_order_book47::no_md_entries;
  constexpr uint64_t kResting = 700'500;
  const MessageInfo& trade = md_incremental_refresh_trade_summary48::kMessage;
  packet.Begin(trade, VersionOf(trade));
  Fill(trade.fields, now_ns, random, packet.message());
  AddTrade(trade, kResting, now_ns, random, packet);
  packet.Begin(kOrder47, VersionOf(kOrder47));
  Fill(kOrder47.fields, now_ns, random, packet.message());
  packet.Group(order::kGroup, BlockLengthOf(order::kGroup), 1);
  uint8_t* entry = packet.Entry();
  Fill(order::kGroup.fields, now_ns, random, entry);
  order::kOrderId.Put(entry, kResting);
  order::kSecurityId.Put(entry, kFirstInstrument);
  order::kMdUpdateAction.Put(entry, 2);
}

PacketWriter Begin(SampleRandom& random, int64_t& now_ns) {
  now_ns = kSampleDayNs + static_cast<int64_t>(random.Below(1'000'000'000));
  return {static_cast<uint32_t>(2 + random.Below(1'000'000)), now_ns};
}

}  // namespace

PacketWriter::PacketWriter(uint32_t number, int64_t sending_time_ns)
    : bytes_(kPacketHeaderBytes, '\0') {
  kMsgSeqNum.Put(At(0), number);
  kSendingTime.Put(At(0), sending_time_ns);
}

void PacketWriter::Grow(size_t size) {
  bytes_.resize(bytes_.size() + size);
  internal::Store<std::endian::little>(
      At(message_ - kSizeBytes), static_cast<uint16_t>(bytes_.size() - message_ + kSizeBytes));
}

void PacketWriter::Begin(const MessageInfo& info, uint16_t version) {
  message_ = bytes_.size() + kSizeBytes;
  const uint16_t root = RootBytes(info, version);
  bytes_.resize(message_);
  Grow(size_t{kHeaderBytes} + root);
  kBlockLength.Put(message(), root);
  kTemplateId.Put(message(), static_cast<uint16_t>(info.type));
  kSchema.Put(message(), kSchemaId);
  kVersion.Put(message(), version);
}

void PacketWriter::Group(const GroupInfo& group, uint16_t block_length, uint8_t count) {
  const size_t at = bytes_.size();
  Grow(group.announcement_bytes);
  internal::Store<std::endian::little>(At(at + group.block_length.offset), block_length);
  *At(at + group.count.offset) = count;
  block_length_ = block_length;
}

uint8_t* PacketWriter::Entry() {
  const size_t at = bytes_.size();
  Grow(block_length_);
  return At(at);
}

std::string SamplePacket(uint64_t seed) {
  // All messages are more than a packet has room for: each sixth of them.
  constexpr uint64_t kParts = 6;
  SampleRandom random(seed);
  int64_t now_ns = 0;
  PacketWriter packet = Begin(random, now_ns);
  for (size_t i = seed % kParts; i < std::size(kMessages); i += kParts) {
    AddMessage(*kMessages[i], now_ns, random, packet);
  }
  AddTradeEvent(now_ns, random, packet);
  EndEvent(now_ns, packet);
  return packet.Bytes();
}

}  // namespace fh::codecs::cme
