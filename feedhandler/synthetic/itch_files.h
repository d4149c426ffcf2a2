// Writes the synthetic day to files: as a capture of MoldUDP64 on one or more lines, or in the
// length-prefixed form in which exchanges publish days.
//
//   absl::StatusOr<ItchFileReport> written = WriteItchCapture("day.pcap", {.seed = 7}, {
//       .lines = {{.destination = line_a}, {.destination = line_b, .damage = {.loss = 0.01}}}});
//   absl::StatusOr<ItchFileReport> records = WriteItchRecords("day.itch", {.seed = 7});
//
// Each call makes the day anew, in constant memory, and blocks until the file is complete: about a
// second for a million messages, and the disk's time. The same options give the same bytes.
#ifndef FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_FILES_H_
#define FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_FILES_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "feedhandler/synthetic/itch_day.h"
#include "feedhandler/synthetic/lossy_line.h"
#include "feedhandler/synthetic/mold_packetizer.h"
#include "rio/endpoint.h"

namespace fh {

// Called about every 65,536 messages with how many were written. False stops the writing: the file
// is complete up to there, without an end of session.
using ItchFileProgress = std::function<bool(uint64_t messages)>;

struct ItchCaptureLine {
  rio::Endpoint source;  // Address and port of the frames' sender; none: 192.0.2.1 or 2001:db8::1.
  rio::Endpoint destination;
  LossyLineOptions damage;  // Nothing unless asked for. Lines need seeds of their own.
};

struct ItchCaptureOptions {
  std::vector<ItchCaptureLine> lines;  // At least one.
  MoldPacketizerOptions packets;
  int64_t midnight_ns = kSyntheticMidnightNs;  // UNIX ns of the day's midnight in New York.
  // A message waits no longer than this for others to share its packet.
  int64_t max_wait_ns = 50'000;
  int64_t heartbeat_ns = 1'000'000'000;  // Of silence before a heartbeat; 0: no heartbeats.
};

struct ItchFileReport {
  uint64_t messages = 0;
  uint64_t packets = 0;  // Frames written, heartbeats and the end of session included.
  uint64_t bytes = 0;    // Of the file.
  bool stopped = false;  // By the progress function.
  std::vector<std::vector<MessageRange>> undelivered;  // Of each line.
};

// `path` "-": standard output; what else it may be is told in output_claim.h. A file is emptied
// when all else is in order. Errors: those of ItchDay::Create, of OutputClaim::Make and of writing;
// InvalidArgument for lines that cannot be.
absl::StatusOr<ItchFileReport> WriteItchCapture(absl::string_view path, const ItchDayOptions& day,
                                                const ItchCaptureOptions& options,
                                                const ItchFileProgress& progress = nullptr);

// Ends with a record of length 0, as complete files do.
absl::StatusOr<ItchFileReport> WriteItchRecords(absl::string_view path, const ItchDayOptions& day,
                                                const ItchFileProgress& progress = nullptr);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_FILES_H_
