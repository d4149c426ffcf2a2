// Reads capture files, one frame after the other, where they lie in the read buffer.
//
//   absl::StatusOr<std::unique_ptr<CaptureReader>> reader = CaptureReader::Open("day.pcap.zst");
//   if (!reader.ok()) return reader.status();
//   CapturedFrame frame;
//   while ((*reader)->Next(frame) == ReadResult::kFrame) Use(frame);
//   if (!(*reader)->status().ok()) return (*reader)->status();  // Damaged, after all these frames.
//
// Formats, told by content and never by name: pcap (microseconds, nanoseconds, "modified"), pcapng,
// and snoop; plain or compressed with gzip or zstd; from a file, from standard input ("-", live
// pipes too), or from memory. What is taken from a frame is told in captured_frame.h;
// ParseDatagram (datagram.h) finds the UDP payload in it.
//
// Damage never hides what came before: every whole record in front of it is delivered, and then
// Next says kDamaged and status() says at which byte, why, and what to do. A record above the limit
// of the options counts as damage, since a wrong length is how damage mostly shows.
//
// One thread at a time. Memory is constant, whatever the file's size: a 256 KiB buffer, which may
// grow to the largest record, and for compressed files the decompressor's buffers. Next costs some
// 4 ns for a 200-byte pcap record, and the system's copy out of the page cache two or three times
// that; it allocates nothing after the largest record. It blocks as long as the file or pipe does.
#ifndef FEEDHANDLER_REPLAY_CAPTURE_READER_H_
#define FEEDHANDLER_REPLAY_CAPTURE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replay/byte_source.h"
#include "replay/captured_frame.h"
#include "replay/pcap_parser.h"
#include "replay/pcapng_parser.h"
#include "replay/record_stream.h"
#include "replay/snoop_parser.h"

namespace fh::replay {

enum class CaptureFormat : uint8_t { kPcap, kPcapng, kSnoop };

struct CaptureReaderOptions {
  // Bytes read at once; 0 counts as 1. 256 KiB stay in the second-level cache, which matters more
  // than fewer reads.
  size_t buffer_bytes = 256 * 1024;
  // Records of more bytes than this are damage. Clamped to 256 KiB .. 16 MiB.
  uint32_t max_record_bytes = 1 << 20;
};

class CaptureReader {
 public:
  // Opens `path` ("-": standard input) and reads the file header. Blocks until that is there.
  // Errors: what the system says of the path; what the file seems to be when it is no capture, and
  // what would be accepted; DataLoss when the header itself is cut short.
  static absl::StatusOr<std::unique_ptr<CaptureReader>> Open(absl::string_view path,
                                                             CaptureReaderOptions options = {});

  // Reads a capture that is in memory, compressed or not. `bytes` must outlive the reader; `name`
  // stands in messages. Errors as for Open.
  static absl::StatusOr<std::unique_ptr<CaptureReader>> FromMemory(
      std::span<const uint8_t> bytes, absl::string_view name = "memory",
      CaptureReaderOptions options = {});

  // Delivers the next frame; it is valid until the next call. After kEnd or kDamaged, every further
  // call says the same again.
  ReadResult Next(CapturedFrame& frame) {
    if (format_ == CaptureFormat::kPcap) [[likely]]
      return pcap_.Next(stream_, frame);
    return NextOther(frame);
  }

  // Why Next said kDamaged; OK before that, and after kEnd.
  const absl::Status& status() const { return stream_.status; }

  const CaptureStats& stats() const { return stream_.stats; }
  // As it stands in messages: the path, or "standard input".
  const std::string& name() const { return stream_.name; }
  CaptureFormat format() const { return format_; }
  Compression compression() const { return compression_; }

  // The interfaces of the current section, as far as they have been described; of pcapng this may
  // grow, and start anew, with each Next. Valid until the next call of Next.
  std::span<const CaptureInterface> interfaces() const;

  // For progress bars: bytes taken from the file as it is stored, and its size where that is known
  // (not for pipes).
  uint64_t stored_bytes_read() const { return stream_.window.source().stored_bytes_read(); }
  std::optional<uint64_t> stored_bytes_total() const {
    return stream_.window.source().stored_bytes_total();
  }

 private:
  explicit CaptureReader(RecordStream stream) : stream_(std::move(stream)) {}

  static absl::StatusOr<std::unique_ptr<CaptureReader>> Start(std::unique_ptr<ByteSource> source,
                                                              absl::string_view name,
                                                              CaptureReaderOptions options);
  // Chooses the parser by the first bytes and reads the file header.
  absl::Status ReadHeader();
  ReadResult NextOther(CapturedFrame& frame);

  RecordStream stream_;
  CaptureFormat format_ = CaptureFormat::kPcap;
  Compression compression_ = Compression::kNone;
  std::optional<ReadResult> finished_;  // What NextOther goes on to say.
  PcapParser pcap_;
  PcapngParser pcapng_;
  SnoopParser snoop_;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_CAPTURE_READER_H_
