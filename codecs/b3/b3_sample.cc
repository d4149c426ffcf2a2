#include "codecs/b3/b3_sample.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>

#include "codecs/b3/b3_packets.h"
#include "codecs/sample_random.h"

namespace fh::codecs::b3 {
namespace {

constexpr int64_t kSampleDayNs = 1'700'000'000'000'000'000;
constexpr uint64_t kFirstSecurity = 100'000'000'000;  // Beyond 32 bits, as the venue's are.
constexpr uint64_t kAlignment = 4;

uint16_t EndOf(std::span<const FieldInfo* const> fields) {
  uint32_t end = 0;
  for (const FieldInfo* field : fields) {
    end = std::max<uint32_t>(end, uint32_t{field->offset} + field->length);
  }
  return static_cast<uint16_t>(end);
}

// Little-endian, any length up to 8.
void PutNumber(const FieldInfo& field, uint8_t* block, uint64_t value) {
  for (uint16_t i = 0; i < field.length; ++i) {
    block[field.offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

uint64_t NumberOf(const FieldInfo& field, int64_t now_ns, SampleRandom& random) {
  const std::string_view name = field.name;
  if (name.find("security_id") != name.npos && name != "security_id_source") {
    return kFirstSecurity + random.Below(5);
  }
  if (name == "secondary_order_id") return 700'000 + random.Below(100);
  if (name == "match_event_indicator") {
    static constexpr uint64_t kEvents[] = {0, 0, 0x80, 0x80, 0x10, 0xA0};
    return kEvents[random.Below(std::size(kEvents))];
  }
  if (field.kind == FieldKind::kUnixNs) return static_cast<uint64_t>(now_ns);
  if (field.kind == FieldKind::kUnixSeconds) return static_cast<uint64_t>(now_ns / 1'000'000'000);
  if (field.kind == FieldKind::kUnixDays) return 19'000 + random.Below(1'000);
  if (field.kind == FieldKind::kDecimal) return 10'000'000 + 100 * random.Below(1'000);
  if (field.kind == FieldKind::kFlags) return random.Below(4);
  if (!field.names.empty()) return field.names[random.Below(field.names.size())].value;
  return 1 + random.Below(20);
}

void Fill(std::span<const FieldInfo* const> fields, int64_t now_ns, SampleRandom& random,
          uint8_t* block, uint32_t first = 0) {
  static constexpr const char* kTexts[] = {"PETR4", "VALE3", "WINZ23", "DOLF24"};
  for (const FieldInfo* field : fields) {
    if (field->offset < first || field->kind == FieldKind::kPadding) continue;
    if (field->kind == FieldKind::kAlpha) {
      const char* text = kTexts[random.Below(std::size(kTexts))];
      std::memcpy(block + field->offset, text, std::min<size_t>(std::strlen(text), field->length));
    } else {
      PutNumber(*field, block, NumberOf(*field, now_ns, random));
    }
  }
}

void AddMessage(const MessageInfo& info, int64_t now_ns, SampleRandom& random,
                PacketWriter& packet) {
  Fill(info.fields, now_ns, random, packet.Add(info), kHeadBytes);
  for (const GroupInfo* group : info.groups) {
    const auto count = static_cast<uint8_t>(1 + random.Below(2));
    packet.Group(*group, count);
    for (uint8_t i = 0; i < count; ++i) Fill(group->fields, now_ns, random, packet.Entry());
  }
  for (const DataInfo* data : info.data) packet.Text(*data, "SAMPLE");
}

// The messages of a trading day's every moment.
bool IsOfBook(const MessageInfo& info) { return info.type >= Order::kInfo.type; }

}  // namespace

PacketWriter::PacketWriter(const PacketHead& head) : bytes_(kPacketHeaderBytes, '\0') {
  kChannelId.Put(At(0), head.channel);
  kSequenceVersion.Put(At(0), head.sequence_version);
  kSequenceNumber.Put(At(0), head.number);
  kSendingTime.Put(At(0), head.sending_time_ns);
}

uint8_t* PacketWriter::Grow(size_t size) {
  const size_t at = bytes_.size();
  bytes_.resize(at + size);
  kMessageLength.Put(At(message_), static_cast<uint16_t>(bytes_.size() - message_));
  return At(at);
}

uint8_t* PacketWriter::Add(const MessageInfo& info) {
  message_ = bytes_.size();
  const uint32_t end = std::max<uint32_t>(info.length, EndOf(info.fields));
  const uint64_t root = (end - kHeadBytes + kAlignment - 1) / kAlignment * kAlignment;
  bytes_.resize(message_ + kHeadBytes);
  Grow(root);
  uint8_t* const message = At(message_);
  kEncodingType.Put(message, kSbeEncoding);
  kBlockLength.Put(message, static_cast<uint16_t>(root));
  kTemplateId.Put(message, static_cast<uint16_t>(info.type));
  kSchemaId.Put(message, kSchema);
  kVersion.Put(message, kNewestVersion);
  return message;
}

void PacketWriter::Group(const GroupInfo& group, uint8_t count) {
  entry_bytes_ = EndOf(group.fields);
  uint8_t* const at = Grow(group.announcement_bytes);
  internal::Store<std::endian::little>(at + group.block_length.offset, entry_bytes_);
  at[group.count.offset] = count;
}

uint8_t* PacketWriter::Entry() { return Grow(entry_bytes_); }

void PacketWriter::Text(const DataInfo& data, const std::string& text) {
  uint8_t* const at = Grow(data.announcement_bytes + text.size());
  at[data.length.offset] = static_cast<uint8_t>(text.size());
  std::memcpy(at + data.announcement_bytes, text.data(), text.size());
}

std::string SamplePacket(uint64_t seed) {
  SampleRandom random(seed);
  const int64_t now_ns = kSampleDayNs + static_cast<int64_t>(random.Below(1'000'000'000));
  PacketWriter packet({.number = static_cast<uint32_t>(2 + random.Below(1'000'000)),
                       .sequence_version = 1'333,
                       .sending_time_ns = now_ns});
  const bool of_book = seed % 4 != 0;
  for (const MessageInfo* info : kMessages) {
    if (IsOfBook(*info) == of_book) AddMessage(*info, now_ns, random, packet);
  }
  // Whatever snapshot and event are open end here.
  using Header = SnapshotFullRefreshHeader;
  Header::kSecurityId.Put(packet.Add(Header::kInfo), kFirstSecurity);
  uint8_t* const last = packet.Add(EmptyBook::kInfo);
  EmptyBook::kSecurityId.Put(last, kFirstSecurity);
  EmptyBook::kMatchEventIndicator.Put(last, 0x80);
  EmptyBook::kMdEntryTimestamp.Put(last, static_cast<uint64_t>(now_ns));
  return packet.Bytes();
}

}  // namespace fh::codecs::b3
