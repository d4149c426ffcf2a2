// The portable receive path on Linux, and the reference for all others: recvmmsg(2) straight into
// the posted slices.
//
//   auto backend = RecvmmsgBackend::Open(options, region);
//   (*backend)->Post(all_slices);
//   size_t count = (*backend)->Poll(burst);
//
// An idle line is tried with one recv(2), which answers faster than recvmmsg; once it gives a
// datagram, recvmmsg takes whole bursts until one comes back short (measured one-way: a median of
// 2.06 us instead of 2.27, for 3% when a full socket is drained). Up to kMaxDirectLines lines are
// tried in turn, starting after the one visited last; with more, epoll_wait(2) tells which have
// something. (Measured: an empty recv takes 200 ns, an epoll_wait that finds nothing 110 ns for any
// number of lines, but one that finds something adds some 500 ns to the datagram.) Poll returns
// when a line has given something, so its packets are not kept waiting for other lines.
//
// Threads and life as in rio/backend.h. An idle Poll costs one system call a line (or one in all
// with epoll); a busy one, one a burst.
#ifndef FEEDHANDLER_RIO_BACKEND_RECVMMSG_H_
#define FEEDHANDLER_RIO_BACKEND_RECVMMSG_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/backend/line_sockets.h"
#include "rio/memory/slice_stack.h"

namespace fh::rio {

class RecvmmsgBackend {
 public:
  static constexpr char kName[] = "recvmmsg";
  static constexpr char kDescription[] =
      "batches of datagrams from ordinary sockets; runs everywhere, and is the fastest of the "
      "kernel's socket paths";
  static constexpr size_t kMaxDirectLines = 4;

  static ProbeResult Probe();
  static absl::StatusOr<std::unique_ptr<RecvmmsgBackend>> Open(const ReceiverOptions& options,
                                                               RegisteredRegion& region);
  ~RecvmmsgBackend();
  RecvmmsgBackend(const RecvmmsgBackend&) = delete;
  RecvmmsgBackend& operator=(const RecvmmsgBackend&) = delete;

  void Post(std::span<const uint32_t> slices) { queue_.Post(slices); }
  size_t Poll(std::span<Packet> packets);
  void Wait(std::chrono::nanoseconds timeout);
  void RefreshStats() { lines_.RefreshStats(); }
  const BackendStats& stats() const { return lines_.stats; }
  std::span<const LineStats> line_stats() const { return lines_.line_stats(); }
  const std::vector<std::string>& notes() const { return lines_.notes; }
  uint32_t owned() const { return queue_.size() + filled_ - first_; }
  bool finished() const { return false; }
  void Close();

 private:
  struct Headers;  // The kernel's message headers, one for each datagram of a burst.

  RecvmmsgBackend(const ReceiverOptions& options, RegisteredRegion& region, LineSockets lines);

  bool uses_epoll() const { return lines_.size() > kMaxDirectLines; }
  absl::Status OpenEpoll();
  uint32_t Refill();
  size_t PollDirect(std::span<Packet> packets);
  size_t PollReady(std::span<Packet> packets);
  size_t Visit(uint16_t line, std::span<Packet> packets);
  size_t ReceiveOne(uint16_t line, std::span<Packet> packets);
  size_t ReceiveBurst(uint16_t line, std::span<Packet> packets);
  void WaitForReady(int timeout_ms);

  RegisteredRegion& region_;
  LineSockets lines_;
  SliceStack queue_;
  const uint32_t burst_;
  std::unique_ptr<Headers> headers_;
  // Headers [first_, filled_) have a slice to receive into.
  uint32_t first_ = 0;
  uint32_t filled_ = 0;
  std::vector<uint8_t> in_burst_;  // By line: whether its last receive left more behind, perhaps.
  uint16_t next_line_ = 0;
  UniqueFd epoll_;
  uint32_t ready_next_ = 0;  // Ready lines [ready_next_, ready_count_) are still to be visited.
  uint32_t ready_count_ = 0;
  bool closed_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_RECVMMSG_H_
