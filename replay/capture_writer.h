// Writes pcap files with nanosecond stamps: frames as they are, or payloads that it frames as UDP.
//
//   absl::StatusOr<std::unique_ptr<CaptureWriter>> writer = CaptureWriter::Open("day.pcap");
//   UdpFraming framing{.source = {host, 40000}, .destination = {group, 26400}};
//   absl::Status written = (*writer)->WriteDatagram(stamp_ns, framing, payload);
//   absl::Status closed = (*writer)->Close();   // Without it, errors of the last writes are lost.
//
// One thread at a time. Writes are gathered in 256 KiB; a frame costs its copy (and, for
// WriteDatagram, its checksum), and blocks only when those are full. No allocation after Open for
// frames up to 256 KiB. The byte order is this machine's, as the format allows.
#ifndef FEEDHANDLER_REPLAY_CAPTURE_WRITER_H_
#define FEEDHANDLER_REPLAY_CAPTURE_WRITER_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replay/captured_frame.h"
#include "replay/udp_frame.h"

namespace fh::replay {

struct CaptureWriterOptions {
  LinkType link_type = LinkType::kEthernet;
  uint32_t snap_length = 262'144;  // Stated in the header; longer frames are refused.
};

class CaptureWriter {
 public:
  // Creates or overwrites `path` ("-": standard output) and writes the file header. Errors: what
  // the system says of the path.
  static absl::StatusOr<std::unique_ptr<CaptureWriter>> Open(absl::string_view path,
                                                             CaptureWriterOptions options = {});
  // The same to a stream that is open for writing, at its start, and is closed with the writer
  // unless it is `stdout`. `name` stands in messages.
  static absl::StatusOr<std::unique_ptr<CaptureWriter>> Over(std::FILE* file,
                                                             absl::string_view name,
                                                             CaptureWriterOptions options = {});
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;
  ~CaptureWriter();  // Closes, if need be, and drops the errors.

  // Appends one frame. `stamp_ns`: UNIX ns, from 1970 to 2106, all that pcap can hold.
  // `original_length`: bytes on the wire when the frame is cut; 0 stands for frame.size(). Errors:
  // InvalidArgument for what the format cannot hold (nothing is written then); what the system says
  // of the write, this time and from then on.
  absl::Status WriteFrame(int64_t stamp_ns, std::span<const uint8_t> frame,
                          uint32_t original_length = 0);

  // The same for a payload, framed by `framing` (udp_frame.h). Precondition: the link type is
  // Ethernet.
  absl::Status WriteDatagram(int64_t stamp_ns, const UdpFraming& framing,
                             std::span<const uint8_t> payload);

  // Writes what is gathered, without closing: for pipes that are read as they come.
  absl::Status Flush();

  // Writes what is gathered and closes. Further writes are errors. Idempotent.
  absl::Status Close();

  uint64_t frames() const { return frames_; }
  uint64_t bytes() const { return bytes_; }  // Of the file, header included.

 private:
  CaptureWriter(std::FILE* file, bool owned, std::string name, CaptureWriterOptions options);
  absl::Status Append(std::span<const uint8_t> bytes);
  void WriteGathered();

  std::FILE* file_;
  const bool owned_;
  const std::string name_;
  const CaptureWriterOptions options_;
  absl::Status status_;            // What writes say from now on.
  absl::Status closed_status_;     // What Close said.
  std::vector<uint8_t> gathered_;  // Not written yet.
  std::vector<uint8_t> frame_;     // Where WriteDatagram builds its frame.
  uint64_t frames_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_CAPTURE_WRITER_H_
