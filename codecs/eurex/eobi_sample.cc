#include "codecs/eurex/eobi_sample.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "codecs/eurex/eobi_packets.h"
#include "codecs/sample_random.h"

namespace fh::codecs::eurex {
namespace {

constexpr int64_t kSampleDayNs = 1'700'000'000'000'000'000;
constexpr uint64_t kFirstSecurity = 72'057'594'040'000'000;  // Beyond 32 bits, as the venue's are.
constexpr uint32_t kAlignment = 8;
constexpr uint16_t kHeaderTemplate = 13'004;

uint32_t EndOf(std::span<const FieldInfo* const> fields) {
  uint32_t end = 0;
  for (const FieldInfo* field : fields) {
    end = std::max<uint32_t>(end, uint32_t{field->offset} + field->length);
  }
  return end;
}

uint32_t EntryBytes(const MessageInfo& info) {
  return info.groups.empty() ? 0 : EndOf(info.groups[0]->fields);
}

// Little-endian, any length up to 8.
void PutNumber(const FieldInfo& field, uint8_t* block, uint64_t value) {
  for (uint16_t i = 0; i < field.length; ++i) {
    block[field.offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

uint64_t NumberOf(const FieldInfo& field, int64_t now_ns, SampleRandom& random) {
  const std::string_view name = field.name;
  if (name.find("security_id") != name.npos) return kFirstSecurity + random.Below(5);
  if (name == "no_md_entries" || name == "no_legs" || name == "no_related_sym") return 2;
  if (name == "tot_no_orders") return 1;
  if (name.find("priority") != name.npos) return static_cast<uint64_t>(now_ns) + random.Below(100);
  if (field.kind == FieldKind::kUnixNs) return static_cast<uint64_t>(now_ns);
  if (field.kind == FieldKind::kDecimal) {
    return field.decimals == 8 ? 10'000'000'000 + 50'000'000 * random.Below(100)
                               : 10'000 * (1 + random.Below(100));
  }
  if (!field.names.empty()) return field.names[random.Below(field.names.size())].value;
  return 1 + random.Below(20);
}

void Fill(std::span<const FieldInfo* const> fields, int64_t now_ns, SampleRandom& random,
          uint8_t* block, uint32_t first = 0) {
  for (const FieldInfo* field : fields) {
    if (field->offset < first || field->kind == FieldKind::kPadding) continue;
    if (field->kind == FieldKind::kAlpha) {
      static constexpr char kName[] = "FDAX 20261218";
      std::memcpy(block + field->offset, kName, std::min<size_t>(sizeof kName, field->length));
    } else {
      PutNumber(*field, block, NumberOf(*field, now_ns, random));
    }
  }
}

void AddMessage(const MessageInfo& info, int64_t now_ns, SampleRandom& random,
                PacketWriter& packet) {
  constexpr uint32_t kEntries = 2;
  uint8_t* const message = packet.Add(info, info.groups.empty() ? 0 : kEntries);
  Fill(info.fields, now_ns, random, message, kHeadBytes);
  if (info.groups.empty()) return;
  for (uint32_t i = 0; i < kEntries; ++i) {
    Fill(info.groups[0]->fields, now_ns, random, message + info.length + i * EntryBytes(info));
  }
}

// Orders, executions and summaries.
bool IsOfBook(const MessageInfo& info) { return info.type < 13'200 || info.type == 13'202; }

}  // namespace

PacketWriter::PacketWriter(const PacketHead& head)
    : bytes_(kPacketHeaderBytes, '\0'), next_message_(head.first_message) {
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kBodyLen.Put(header, kPacketHeaderBytes);
  kTemplateId.Put(header, kHeaderTemplate);
  kMsgSeqNum.Put(header, kNoNumber);
  kApplSeqNum.Put(header, head.number);
  kMarketSegmentId.Put(header, head.market_segment_id);
  kCompletionIndicator.Put(header, head.is_complete ? 1 : 0);
  kApplSeqResetIndicator.Put(header, head.is_reset ? 1 : 0);
  kSendTime.Put(header, head.send_time_ns);
}

uint8_t* PacketWriter::Add(const MessageInfo& info, uint32_t entries) {
  const uint32_t fields = std::max<uint32_t>(info.length, EndOf(info.fields));
  const uint32_t whole = (fields + kAlignment - 1) / kAlignment * kAlignment;
  const uint32_t length = whole + entries * EntryBytes(info);
  const size_t at = bytes_.size();
  bytes_.resize(at + length);
  auto* const message = reinterpret_cast<uint8_t*>(bytes_.data()) + at;
  kBodyLen.Put(message, static_cast<uint16_t>(length));
  kTemplateId.Put(message, static_cast<uint16_t>(info.type));
  kMsgSeqNum.Put(message, info.type == Heartbeat::kInfo.type ? kNoNumber : next_message_++);
  return message;
}

std::string SamplePacket(uint64_t seed) {
  SampleRandom random(seed);
  const int64_t now_ns = kSampleDayNs + static_cast<int64_t>(random.Below(1'000'000'000));
  PacketWriter packet({.number = static_cast<uint32_t>(2 + random.Below(1'000'000)),
                       .market_segment_id = static_cast<int32_t>(600 + random.Below(8)),
                       .send_time_ns = now_ns});
  const bool of_book = seed % 4 != 0;
  const bool is_older = seed % 8 >= 6 || seed % 8 == 4;
  using Layouts = std::span<const MessageInfo* const>;
  const Layouts layouts = is_older ? Layouts(kOlderLayouts) : Layouts(kMessages);
  for (const MessageInfo* info : layouts) {
    // Only its length tells that it is not of 6.0, and that is longer than a sample should be.
    if (info == &InstrumentSummary3::kInfo) continue;
    if (IsOfBook(*info) == of_book) AddMessage(*info, now_ns, random, packet);
  }
  return packet.Bytes();
}

}  // namespace fh::codecs::eurex
