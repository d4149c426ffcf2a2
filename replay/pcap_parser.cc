#include "replay/pcap_parser.h"

#include "absl/strings/str_cat.h"

namespace fh::replay {
namespace {

constexpr uint32_t kMagicMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr uint32_t kMagicModified = 0xa1b2cd34;

constexpr size_t kFileHeaderBytes = 24;
constexpr uint16_t kVersionMajor = 2;
constexpr uint16_t kVersionMinor = 4;

bool IsMagic(uint32_t magic) {
  return magic == kMagicMicroseconds || magic == kMagicNanoseconds || magic == kMagicModified;
}

}  // namespace

bool PcapParser::Recognises(const uint8_t* magic) {
  return IsMagic(LoadLe32(magic)) || IsMagic(LoadBe32(magic));
}

absl::Status PcapParser::ReadHeader(RecordStream& stream) {
  if (!stream.window.Ensure(kFileHeaderBytes)) {
    stream.CutShort(0, kFileHeaderBytes);
    return stream.status;
  }
  const uint8_t* header = stream.window.data();
  order_.big_endian = IsMagic(LoadBe32(header));
  const uint32_t magic = order_.Load32(header);
  const uint16_t major = order_.Load16(header + 4);
  const uint16_t minor = order_.Load16(header + 6);
  // Before 2.4 the two lengths of a record stood in either order.
  if (major != kVersionMajor || minor != kVersionMinor) {
    return stream.Refused(
        absl::StrCat("pcap version ", major, ".", minor,
                     " is not read, only 2.4 (of 1998 and since); convert it with "
                     "`editcap -F pcap OLD NEW`"));
  }
  const bool nanoseconds = magic == kMagicNanoseconds;
  ns_per_fraction_ = nanoseconds ? 1 : 1000;
  header_bytes_ = magic == kMagicModified ? 24 : 16;
  interface_.stamp_resolution = nanoseconds ? 9 : 6;
  interface_.snap_length = order_.Load32(header + 16);
  // The upper half of the field tells the length of the frame check sequence, which
  // ParseDatagram ignores as it ignores all trailing bytes.
  interface_.link_type = static_cast<LinkType>(order_.Load32(header + 20) & 0xffff);
  stream.window.Consume(kFileHeaderBytes);
  stream.stats.sections = 1;
  return absl::OkStatus();
}

// Near the end of the window, or of the file.
ReadResult PcapParser::NextSlow(RecordStream& stream, CapturedFrame& frame) {
  ReadWindow& window = stream.window;
  const uint64_t offset = window.offset();
  if (!window.Ensure(header_bytes_)) return stream.EndOrCutShort(header_bytes_);
  const Header header = ParseHeader(window.data());
  if (header.captured > stream.max_record_bytes) {
    return stream.Damaged(
        offset, absl::StrCat("it claims ", header.captured, " captured bytes, the limit is ",
                             stream.max_record_bytes));
  }
  if (!window.Ensure(size_t{header_bytes_} + header.captured)) {
    return stream.CutShort(offset, uint64_t{header_bytes_} + header.captured);
  }
  Deliver(header, stream, frame);
  return ReadResult::kFrame;
}

}  // namespace fh::replay
