#include "replay/capture_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replay/decompressed_window.h"
#include "replay/foreign_file.h"

namespace fh::replay {
namespace {

constexpr uint32_t kLeastRecordLimit = 256 * 1024;
constexpr uint32_t kMostRecordLimit = 16 * 1024 * 1024;

}  // namespace

std::string LinkTypeName(LinkType type) {
  switch (type) {
    case LinkType::kNull:
      return "BSD loopback";
    case LinkType::kEthernet:
      return "Ethernet";
    case LinkType::kRawDlt12:
    case LinkType::kRawDlt14:
    case LinkType::kRaw:
      return "raw IP";
    case LinkType::kLoop:
      return "OpenBSD loopback";
    case LinkType::kLinuxSll:
      return "Linux cooked v1";
    case LinkType::kLinuxSll2:
      return "Linux cooked v2";
    case LinkType::kIpv4:
      return "raw IPv4";
    case LinkType::kIpv6:
      return "raw IPv6";
  }
  return absl::StrCat("link type ", static_cast<uint16_t>(type));
}

absl::StatusOr<std::unique_ptr<CaptureReader>> CaptureReader::Open(absl::string_view path,
                                                                   CaptureReaderOptions options) {
  absl::StatusOr<std::unique_ptr<ByteSource>> source = OpenByteSource(path);
  if (!source.ok()) return source.status();
  return Start(*std::move(source), SourceName(path), options);
}

absl::StatusOr<std::unique_ptr<CaptureReader>> CaptureReader::FromMemory(
    std::span<const uint8_t> bytes, absl::string_view name, CaptureReaderOptions options) {
  return Start(MemoryByteSource(bytes), name, options);
}

absl::StatusOr<std::unique_ptr<CaptureReader>> CaptureReader::Start(
    std::unique_ptr<ByteSource> source, absl::string_view name, CaptureReaderOptions options) {
  DecompressedWindow input =
      OpenDecompressedWindow(std::move(source), std::max<size_t>(options.buffer_bytes, 1));
  const uint32_t limit = std::clamp(options.max_record_bytes, kLeastRecordLimit, kMostRecordLimit);
  // The constructor is private, which make_unique cannot reach.
  std::unique_ptr<CaptureReader> reader(
      new CaptureReader(RecordStream{std::move(input.window), limit, std::string(name)}));
  reader->compression_ = input.compression;
  if (absl::Status header = reader->ReadHeader(); !header.ok()) return header;
  return reader;
}

absl::Status CaptureReader::ReadHeader() {
  ReadWindow& window = stream_.window;
  window.Ensure(SnoopParser::kMagicBytes);
  if (window.available() >= PcapParser::kMagicBytes && PcapParser::Recognises(window.data())) {
    format_ = CaptureFormat::kPcap;
    return pcap_.ReadHeader(stream_);
  }
  if (window.available() >= PcapngParser::kMagicBytes && PcapngParser::Recognises(window.data())) {
    format_ = CaptureFormat::kPcapng;
    return pcapng_.ReadHeader(stream_);
  }
  if (window.available() >= SnoopParser::kMagicBytes && SnoopParser::Recognises(window.data())) {
    format_ = CaptureFormat::kSnoop;
    return snoop_.ReadHeader(stream_);
  }
  window.Ensure(kForeignFileBytes);
  if (!window.source_status().ok()) {
    return absl::Status(window.source_status().code(),
                        absl::StrCat(stream_.name, ": ", window.source_status().message()));
  }
  const size_t known = std::min(window.available(), kForeignFileBytes);
  return stream_.Refused(
      absl::StrCat("not a packet capture: ", DescribeForeignFile({window.data(), known}),
                   ". Accepted are pcap, pcapng and snoop files, plain or compressed with gzip or "
                   "zstd"));
}

ReadResult CaptureReader::NextOther(CapturedFrame& frame) {
  if (finished_.has_value()) return *finished_;
  const ReadResult result = format_ == CaptureFormat::kPcapng ? pcapng_.Next(stream_, frame)
                                                              : snoop_.Next(stream_, frame);
  if (result != ReadResult::kFrame) finished_ = result;
  return result;
}

std::span<const CaptureInterface> CaptureReader::interfaces() const {
  switch (format_) {
    case CaptureFormat::kPcap:
      return {&pcap_.interface(), 1};
    case CaptureFormat::kSnoop:
      return {&snoop_.interface(), 1};
    case CaptureFormat::kPcapng:
      break;
  }
  return pcapng_.interfaces();
}

}  // namespace fh::replay
