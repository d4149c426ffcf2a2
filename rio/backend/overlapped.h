// The receive path for Windows without Registered I/O: overlapped WSARecvMsg straight into the
// posted slices, many at a time, and an I/O completion port that is polled.
//
//   auto backend = OverlappedBackend::Open(options, region);
//   (*backend)->Post(all_slices);
//   size_t count = (*backend)->Poll(burst);
//
// Every line has up to four bursts of receives outstanding (its share of the slices at most); what
// comes beyond them waits in the socket's buffer. So a busy line cannot fill the port's queue ahead
// of a quiet one by more than that. When slices run out, a line without a receive gets one from a
// line that has several, and `starved` counts once there is none to take: from then on the lines
// wait for the caller to post.
//
// Each datagram's destination is compared with the line's group, because Windows binds sockets to
// ports, not to groups; what is for another is passed over and counted (BackendStats::foreign).
// Windows does not say what a socket dropped: kernel_drops stays 0.
//
// Threads and life as in rio/backend.h. A datagram costs one system call for its receive; a Poll
// costs one more.
#ifndef FEEDHANDLER_RIO_BACKEND_OVERLAPPED_H_
#define FEEDHANDLER_RIO_BACKEND_OVERLAPPED_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/memory/slice_stack.h"

namespace fh::rio {

class OverlappedBackend {
 public:
  static constexpr char kName[] = "overlapped";
  static constexpr char kDescription[] =
      "overlapped receives through a completion port; what Windows has where Registered I/O is "
      "refused";

  static ProbeResult Probe();
  // INVALID_ARGUMENT also for fewer slices than lines.
  static absl::StatusOr<std::unique_ptr<OverlappedBackend>> Open(const ReceiverOptions& options,
                                                                 RegisteredRegion& region);
  ~OverlappedBackend();
  OverlappedBackend(const OverlappedBackend&) = delete;
  OverlappedBackend& operator=(const OverlappedBackend&) = delete;

  void Post(std::span<const uint32_t> slices) {
    if (!closed_) queue_.Post(slices);
  }
  size_t Poll(std::span<Packet> packets);
  void Wait(std::chrono::nanoseconds timeout);
  void RefreshStats();
  const BackendStats& stats() const { return stats_; }
  std::span<const LineStats> line_stats() const { return line_stats_; }
  const std::vector<std::string>& notes() const { return notes_; }
  uint32_t owned() const { return queue_.size() + outstanding_; }
  bool finished() const { return false; }
  void Close();

 private:
  struct Line;
  struct Operation;  // One receive: the system's structures beside the slice's index.
  struct Kernel;     // All of that kind, behind a pointer: no system header here.

  OverlappedBackend(const ReceiverOptions& options, RegisteredRegion& region);

  absl::Status OpenLines(const ReceiverOptions& options);
  void ArmLines();
  bool ArmNext(bool only_dry);
  bool Arm(uint16_t line);
  void RelieveDryLines();
  bool CancelOne();
  void Fetch(uint32_t timeout_ms);
  bool Take(Operation& operation, Packet& packet, uint64_t ticks);
  void Fail(const Operation& operation);
  void Drain();

  RegisteredRegion& region_;
  SliceStack queue_;
  std::unique_ptr<Kernel> kernel_;
  std::vector<LineStats> line_stats_;
  BackendStats stats_;
  std::vector<std::string> notes_;
  uint32_t most_armed_ = 1;  // Receives a line.
  uint32_t outstanding_ = 0;
  uint32_t dry_lines_ = 0;   // Lines without a receive.
  uint32_t cancelling_ = 0;  // Receives on their way back from a line that had several.
  uint16_t next_line_ = 0;
  bool closed_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_OVERLAPPED_H_
