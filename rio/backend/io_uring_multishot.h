// io_uring in the shape of Registered I/O: one multishot receive a line, which stays armed, and a
// ring of provided buffers, which are the posted slices.
//
//   auto backend = IoUringMultishotBackend::Open(options, region);
//   (*backend)->Post(all_slices);
//   size_t count = (*backend)->Poll(burst);
//
// The kernel takes a slice from the ring for each datagram and reports it in the completion, so
// nothing is submitted a datagram. The ring is kept short (kRingSlices) and is refilled with the
// slices released last, which are still in the cache; the kernel receives only inside Poll's own
// system call, so a longer ring would gain nothing. When it runs dry in the middle of one, the
// receive ends with -ENOBUFS, and is armed again once there are slices (`rearmed`). An empty
// datagram also ends it.
//
// Datagrams longer than a slice: MSG_TRUNC makes a plain receive's result the datagram's own
// length. When stamps or drop counts are asked for, it is a multishot recvmsg instead, which puts a
// header and the control messages in front of the payload: Packet::data then starts
// kHeaderBytes into the slice, which takes that much less of a datagram.
//
// An idle Poll makes no system call. At most 65,536 slices (a buffer id has 16 bits).
//
// Threads and life as in rio/backend.h; the first Poll or Wait binds the ring to its thread, and a
// Poll from another one fails (BackendStats::last_error = EEXIST).
#ifndef FEEDHANDLER_RIO_BACKEND_IO_URING_MULTISHOT_H_
#define FEEDHANDLER_RIO_BACKEND_IO_URING_MULTISHOT_H_

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/backend/uring_lines.h"
#include "rio/memory/slice_stack.h"

namespace fh::rio {

class IoUringMultishotBackend {
 public:
  static constexpr char kName[] = "io_uring_multishot";
  static constexpr char kDescription[] =
      "multishot receives into a ring of provided buffers; an idle poll makes no system call "
      "(Linux 6.1)";
  static constexpr uint32_t kRingSlices = 128;
  // io_uring_recvmsg_out and the control messages, rounded to keep the payload aligned.
  static constexpr uint32_t kHeaderBytes = 128;

  static ProbeResult Probe() { return Uring::Probe(/*buffer_ring=*/true); }
  static absl::StatusOr<std::unique_ptr<IoUringMultishotBackend>> Open(
      const ReceiverOptions& options, RegisteredRegion& region);
  ~IoUringMultishotBackend();
  IoUringMultishotBackend(const IoUringMultishotBackend&) = delete;
  IoUringMultishotBackend& operator=(const IoUringMultishotBackend&) = delete;

  void Post(std::span<const uint32_t> slices) { queue_.Post(slices); }
  size_t Poll(std::span<Packet> packets);
  void Wait(std::chrono::nanoseconds timeout);
  void RefreshStats() { lines_.sockets().RefreshStats(); }
  const BackendStats& stats() const { return lines_.sockets().stats; }
  std::span<const LineStats> line_stats() const { return lines_.sockets().line_stats(); }
  const std::vector<std::string>& notes() const { return lines_.sockets().notes; }
  uint32_t owned() const { return queue_.size() + in_ring_; }
  bool finished() const { return false; }
  void Close();

 private:
  enum class Outcome : uint8_t { kPacket, kNothing, kNoSliceYet };
  struct FreeDeleter {
    void operator()(void* memory) const { std::free(memory); }
  };

  IoUringMultishotBackend(RegisteredRegion& region, UringLines lines);

  absl::Status OpenBufferRing();
  size_t Reap(std::span<Packet> packets);
  Outcome Complete(const io_uring_cqe& cqe, Packet& packet, uint64_t ticks);
  void DeliverMessage(uint16_t line, uint32_t slice, Packet& packet, uint64_t ticks);
  bool Prepare();
  void Refill();
  void PrepareReceive(uint16_t line);

  RegisteredRegion& region_;
  UringLines lines_;
  SliceStack queue_;
  // The kernel's io_uring_buf_ring: an array of io_uring_buf whose first element's `resv` is the
  // tail. (linux/io_uring.h's own struct puts the array 8 bytes too far in C++.)
  std::unique_ptr<io_uring_buf, FreeDeleter> buffers_;
  uint32_t ring_entries_ = 0;
  uint16_t ring_tail_ = 0;
  uint32_t in_ring_ = 0;            // Slices in the ring, or filled and not yet reaped.
  uint32_t outstanding_ = 0;        // Lines that are armed.
  std::vector<uint8_t> was_armed_;  // By line.
  msghdr message_{};                // For recvmsg: says how much room control messages get.
  bool closed_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_IO_URING_MULTISHOT_H_
