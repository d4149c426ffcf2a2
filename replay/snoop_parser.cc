#include "replay/snoop_parser.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "replay/byte_order.h"

namespace fh::replay {
namespace {

constexpr char kMagic[] = "snoop\0\0";  // With the implied zero, 8 bytes.
static_assert(sizeof(kMagic) == SnoopParser::kMagicBytes);
constexpr size_t kFileHeaderBytes = 16;
constexpr size_t kRecordHeaderBytes = 24;
constexpr uint32_t kVersion = 2;
// RFC 1761, "Datalink Type".
constexpr uint32_t kIeee8023 = 0;
constexpr uint32_t kEthernet = 4;

}  // namespace

bool SnoopParser::Recognises(const uint8_t* magic) {
  return std::memcmp(magic, kMagic, kMagicBytes) == 0;
}

absl::Status SnoopParser::ReadHeader(RecordStream& stream) {
  if (!stream.window.Ensure(kFileHeaderBytes)) {
    stream.CutShort(0, kFileHeaderBytes);
    return stream.status;
  }
  const uint32_t version = LoadBe32(stream.window.data() + 8);
  const uint32_t data_link = LoadBe32(stream.window.data() + 12);
  if (version != kVersion || (data_link != kEthernet && data_link != kIeee8023)) {
    return stream.Refused(absl::StrCat("snoop version ", version, " with data link ", data_link,
                                       " is not read, only version 2 on Ethernet (0 or 4)"));
  }
  stream.window.Consume(kFileHeaderBytes);
  stream.stats.sections = 1;
  return absl::OkStatus();
}

ReadResult SnoopParser::Next(RecordStream& stream, CapturedFrame& frame) {
  ReadWindow& window = stream.window;
  const uint64_t offset = window.offset();
  if (!window.Ensure(kRecordHeaderBytes)) return stream.EndOrCutShort(kRecordHeaderBytes);
  const uint8_t* header = window.data();
  const uint32_t captured = LoadBe32(header + 4);
  const uint32_t record_bytes = LoadBe32(header + 8);
  if (record_bytes > stream.max_record_bytes || record_bytes < kRecordHeaderBytes ||
      captured > record_bytes - kRecordHeaderBytes) {
    return stream.Damaged(offset,
                          absl::StrCat("it claims ", captured, " captured bytes in ", record_bytes,
                                       ", the limit is ", stream.max_record_bytes));
  }
  if (!window.Ensure(record_bytes)) return stream.CutShort(offset, record_bytes);
  header = window.data();
  const int64_t fraction_ns = int64_t{LoadBe32(header + 20)} * 1000;
  frame.stamp_ns = LoadBe32(header + 16) * int64_t{1'000'000'000} + fraction_ns;
  frame.has_stamp = true;
  frame.interface_index = 0;
  frame.link_type = LinkType::kEthernet;
  frame.original_length = LoadBe32(header);
  frame.bytes = {header + kRecordHeaderBytes, captured};
  interface_.dropped_by_system = LoadBe32(header + 12);
  stream.stats.odd_stamps += fraction_ns >= 1'000'000'000;
  window.Consume(record_bytes);
  stream.Count(frame);
  return ReadResult::kFrame;
}

}  // namespace fh::replay
