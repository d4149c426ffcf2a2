#include "replay/pcapng_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace fh::replay {
namespace {

// Block types (section 11.1 of the draft). Names as there.
constexpr uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kPacketObsolete = 2;
constexpr uint32_t kSimplePacket = 3;
constexpr uint32_t kInterfaceStatistics = 5;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint32_t kJournalExport = 9;
constexpr uint32_t kCustomCopy = 0x00000bad;
constexpr uint32_t kCustomNoCopy = 0x40000bad;

constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;

constexpr size_t kBlockStartBytes = 8;  // Type and length.
constexpr size_t kLengthBytes = 4;      // At the end of a block, again.
constexpr size_t kBlockOverhead = kBlockStartBytes + kLengthBytes;
constexpr size_t kSectionStartBytes = 24;  // Up to the options.
constexpr size_t kInterfaceFixedBytes = 8;
constexpr size_t kPacketFixedBytes = 20;
constexpr size_t kStatisticsFixedBytes = 12;
constexpr size_t kMaxInterfaces = 65'536;
constexpr size_t kMaxNameBytes = 255;

constexpr uint16_t kOptionEnd = 0;
constexpr uint16_t kInterfaceName = 2;
constexpr uint16_t kInterfaceResolution = 9;
constexpr uint16_t kInterfaceOffset = 14;
constexpr uint16_t kStatisticsReceived = 4;
constexpr uint16_t kStatisticsInterfaceDrops = 5;
constexpr uint16_t kStatisticsSystemDrops = 7;

}  // namespace

bool PcapngParser::Recognises(const uint8_t* magic) {
  return LoadLe32(magic) == kSectionHeader;  // The same in both byte orders.
}

absl::Status PcapngParser::ReadHeader(RecordStream& stream) {
  return ReadSection(stream, 0) == Step::kGoOn ? absl::OkStatus() : stream.status;
}

ReadResult PcapngParser::Next(RecordStream& stream, CapturedFrame& frame) {
  Step step = Step::kGoOn;
  while (step == Step::kGoOn) step = NextBlock(stream, frame);
  if (step == Step::kFrame) [[likely]] {
    stream.Count(frame);
    return ReadResult::kFrame;
  }
  return step == Step::kEnd ? ReadResult::kEnd : ReadResult::kDamaged;
}

PcapngParser::Step PcapngParser::NextBlock(RecordStream& stream, CapturedFrame& frame) {
  ReadWindow& window = stream.window;
  const uint64_t offset = window.offset();
  if (!window.Ensure(kBlockStartBytes)) [[unlikely]] {
    const ReadResult result = stream.EndOrCutShort(kBlockOverhead);
    return result == ReadResult::kEnd ? Step::kEnd : Step::kDamaged;
  }
  const uint32_t type = order_.Load32(window.data());
  if (type == kSectionHeader) return ReadSection(stream, offset);
  const uint32_t length = order_.Load32(window.data() + 4);
  if (length < kBlockOverhead || length % 4 != 0) [[unlikely]] {
    stream.Damaged(offset, absl::StrCat("its block length is ", length,
                                        ", which is below 12 or not a multiple of 4"));
    return Step::kDamaged;
  }
  const bool is_packet =
      type == kEnhancedPacket || type == kSimplePacket || type == kPacketObsolete;
  const bool is_needed = is_packet || type == kInterfaceDescription;
  if (!is_needed && (type != kInterfaceStatistics || length > stream.max_record_bytes)) {
    return SkipBlock(stream, offset, type, length);
  }
  if (length > stream.max_record_bytes) [[unlikely]] {
    stream.Damaged(offset, absl::StrCat("its block has ", length, " bytes, the limit is ",
                                        stream.max_record_bytes));
    return Step::kDamaged;
  }
  if (!window.Ensure(length)) [[unlikely]] {
    stream.CutShort(offset, length);
    return Step::kDamaged;
  }
  const uint8_t* start = window.data();
  const uint32_t trailer = order_.Load32(start + length - kLengthBytes);
  if (trailer != length) [[unlikely]] {
    stream.Damaged(offset, absl::StrCat("its block begins with length ", length,
                                        " and ends with length ", trailer));
    return Step::kDamaged;
  }
  window.Consume(length);
  const Block block{offset, type, length, start + kBlockStartBytes, length - kBlockOverhead};
  if (type == kSimplePacket) return ReadSimplePacket(stream, block, frame);
  if (is_packet) return ReadPacket(stream, block, frame);
  if (type == kInterfaceDescription) return ReadInterface(stream, block);
  ReadStatistics(stream, block);
  return Step::kGoOn;
}

// Section 4.1. A section starts anew: byte order, interfaces.
PcapngParser::Step PcapngParser::ReadSection(RecordStream& stream, uint64_t offset) {
  ReadWindow& window = stream.window;
  if (!window.Ensure(kSectionStartBytes)) {
    stream.CutShort(offset, kSectionStartBytes);
    return Step::kDamaged;
  }
  const uint8_t* start = window.data();
  order_.big_endian = LoadBe32(start + 8) == kByteOrderMagic;
  if (order_.Load32(start + 8) != kByteOrderMagic) {
    stream.Damaged(offset, "a pcapng section header without its byte-order magic");
    return Step::kDamaged;
  }
  const uint32_t length = order_.Load32(start + 4);
  if (length < kSectionStartBytes + kLengthBytes || length % 4 != 0) {
    stream.Damaged(offset, absl::StrCat("a section header cannot have ", length, " bytes"));
    return Step::kDamaged;
  }
  const uint16_t major = order_.Load16(start + 12);
  if (major != 1) {
    stream.Damaged(offset, absl::StrCat("pcapng version ", major, ".", order_.Load16(start + 14),
                                        " is not read, only 1.x"));
    return Step::kDamaged;
  }
  interfaces_.clear();
  scales_.clear();
  ++stream.stats.sections;
  return SkipBlock(stream, offset, kSectionHeader, length);
}

// Moves over a block without holding it: blocks may be far larger than a record.
PcapngParser::Step PcapngParser::SkipBlock(RecordStream& stream, uint64_t offset, uint32_t type,
                                           uint32_t length) {
  ReadWindow& window = stream.window;
  if (!window.Skip(length - kLengthBytes) || !window.Ensure(kLengthBytes)) {
    stream.CutShort(offset, length);
    return Step::kDamaged;
  }
  const uint32_t trailer = order_.Load32(window.data());
  if (trailer != length) {
    stream.Damaged(offset, absl::StrCat("its block begins with length ", length,
                                        " and ends with length ", trailer));
    return Step::kDamaged;
  }
  window.Consume(kLengthBytes);
  if (type != kSectionHeader) ++stream.stats.blocks_skipped;
  // Wireshark shows these as frames, so they take a number: ours must agree with what users see.
  if (type == kCustomCopy || type == kCustomNoCopy || type == kJournalExport) ++stream.numbered;
  return Step::kGoOn;
}

template <typename Use>
bool PcapngParser::ForEachOption(std::span<const uint8_t> options, Use use) const {
  constexpr size_t kOptionHeaderBytes = 4;
  while (!options.empty()) {
    if (options.size() < kOptionHeaderBytes) return false;
    const uint16_t code = order_.Load16(options.data());
    const size_t length = order_.Load16(options.data() + 2);
    const size_t padded = (length + 3) & ~size_t{3};
    if (code == kOptionEnd) return true;
    if (padded > options.size() - kOptionHeaderBytes) return false;
    if (!use(code, options.data() + kOptionHeaderBytes, length)) return false;
    options = options.subspan(kOptionHeaderBytes + padded);
  }
  return true;
}

// Section 4.2.
PcapngParser::Step PcapngParser::ReadInterface(RecordStream& stream, const Block& block) {
  if (block.body_bytes < kInterfaceFixedBytes) {
    stream.Damaged(block.offset, "an interface description without its link type");
    return Step::kDamaged;
  }
  if (interfaces_.size() == kMaxInterfaces) {
    stream.Damaged(block.offset,
                   absl::StrCat("the section describes more than ", kMaxInterfaces, " interfaces"));
    return Step::kDamaged;
  }
  CaptureInterface interface;
  interface.link_type = static_cast<LinkType>(order_.Load16(block.body));
  interface.snap_length = order_.Load32(block.body + 4);
  const std::span<const uint8_t> options{block.body + kInterfaceFixedBytes,
                                         block.body_bytes - kInterfaceFixedBytes};
  const bool whole =
      ForEachOption(options, [&](uint16_t code, const uint8_t* value, size_t length) {
        if (code == kInterfaceName) {
          interface.name.assign(value, value + std::min(length, kMaxNameBytes));
        } else if (code == kInterfaceResolution) {
          if (length != 1) return false;
          interface.stamp_resolution = *value;
        } else if (code == kInterfaceOffset) {
          if (length != 8) return false;
          interface.stamp_offset_s = static_cast<int64_t>(order_.Load64(value));
        }
        return true;
      });
  stream.stats.malformed_options += !whole;
  scales_.emplace_back(interface.stamp_resolution, interface.stamp_offset_s);
  interfaces_.push_back(std::move(interface));
  return Step::kGoOn;
}

// Section 4.6. Statistics are worth having and not worth refusing a file for.
void PcapngParser::ReadStatistics(RecordStream& stream, const Block& block) {
  const uint32_t index =
      block.body_bytes < kStatisticsFixedBytes ? UINT32_MAX : order_.Load32(block.body);
  if (index >= interfaces_.size()) {
    ++stream.stats.malformed_options;
    return;
  }
  CaptureInterface& interface = interfaces_[index];
  const std::span<const uint8_t> options{block.body + kStatisticsFixedBytes,
                                         block.body_bytes - kStatisticsFixedBytes};
  const bool whole =
      ForEachOption(options, [&](uint16_t code, const uint8_t* value, size_t length) {
        std::optional<uint64_t>* count = nullptr;
        if (code == kStatisticsReceived) count = &interface.received;
        if (code == kStatisticsInterfaceDrops) count = &interface.dropped_by_interface;
        if (code == kStatisticsSystemDrops) count = &interface.dropped_by_system;
        if (count == nullptr) return true;
        if (length != 8) return false;
        *count = order_.Load64(value);
        return true;
      });
  stream.stats.malformed_options += !whole;
}

// Section 4.3, and appendix A for the obsolete block: the same but for a 16-bit interface number
// that shares its word with a drop count.
PcapngParser::Step PcapngParser::ReadPacket(RecordStream& stream, const Block& block,
                                            CapturedFrame& frame) {
  if (block.body_bytes < kPacketFixedBytes) [[unlikely]] {
    stream.Damaged(block.offset, "a packet block without its header");
    return Step::kDamaged;
  }
  const uint32_t index =
      block.type == kEnhancedPacket ? order_.Load32(block.body) : order_.Load16(block.body);
  if (index >= interfaces_.size()) [[unlikely]] {
    stream.Damaged(block.offset, absl::StrCat("it names interface ", index,
                                              ", but the section has ", interfaces_.size()));
    return Step::kDamaged;
  }
  const uint32_t captured = order_.Load32(block.body + 12);
  if (captured > block.body_bytes - kPacketFixedBytes) [[unlikely]] {
    stream.Damaged(block.offset, absl::StrCat("it claims ", captured,
                                              " captured bytes in a block of ", block.length));
    return Step::kDamaged;
  }
  const uint64_t units =
      uint64_t{order_.Load32(block.body + 4)} << 32 | order_.Load32(block.body + 8);
  const std::optional<int64_t> stamp_ns = scales_[index].ToUnixNs(units);
  frame.stamp_ns = stamp_ns.value_or(0);
  frame.has_stamp = stamp_ns.has_value();
  frame.interface_index = index;
  frame.link_type = interfaces_[index].link_type;
  frame.original_length = order_.Load32(block.body + 16);
  frame.bytes = {block.body + kPacketFixedBytes, captured};
  stream.stats.unstamped_frames += !frame.has_stamp;
  return Step::kFrame;
}

// Section 4.4: of the first interface, without a stamp, and the captured length is not written
// down.
PcapngParser::Step PcapngParser::ReadSimplePacket(RecordStream& stream, const Block& block,
                                                  CapturedFrame& frame) {
  if (interfaces_.empty() || block.body_bytes < kLengthBytes) {
    stream.Damaged(block.offset, "a simple packet block without an interface or a length");
    return Step::kDamaged;
  }
  const CaptureInterface& interface = interfaces_.front();
  const uint32_t original = order_.Load32(block.body);
  const uint32_t captured =
      interface.snap_length == 0 ? original : std::min(original, interface.snap_length);
  if (captured > block.body_bytes - kLengthBytes) {
    stream.Damaged(block.offset, absl::StrCat("it should hold ", captured,
                                              " bytes and is a block of ", block.length));
    return Step::kDamaged;
  }
  frame.stamp_ns = 0;
  frame.has_stamp = false;
  frame.interface_index = 0;
  frame.link_type = interface.link_type;
  frame.original_length = original;
  frame.bytes = {block.body + kLengthBytes, captured};
  ++stream.stats.unstamped_frames;
  return Step::kFrame;
}

}  // namespace fh::replay
