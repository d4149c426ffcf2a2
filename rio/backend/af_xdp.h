// The fast receive path on Linux: AF_XDP. A program in the kernel takes the frames of the
// subscribed lines off the interface before the network stack sees them and puts them into the
// posted slices; this backend reads them there, headers and all, and checks what the stack would
// have checked.
//
//   options.subscriptions = {{.group = *ParseEndpoint("239.1.2.3:26400"), .interface = "eth1"}};
//   options.own = XdpOptions{.mode = XdpMode::kNative};    // Or let it be probed.
//   auto backend = AfXdpBackend::Open(options, region);
//   size_t count = (*backend)->Poll(burst);
//
// What is different from a socket:
//
// * It needs CAP_NET_RAW, CAP_BPF and CAP_NET_ADMIN, a named interface for every line, and slices
//   of at least 2,048 bytes: 256 stay free in front of the frame, so 2,048 hold datagrams of up to
//   1,750 bytes. Longer ones are dropped and counted (xdp_slices).
// * The frames of a line go here and nowhere else: other programs of this host that listen to the
//   same group on the same interface get nothing any more. There can be one such backend an
//   interface, or several of one process that take different queues of it (XdpSharing); a frame on
//   the queue of another one's line is lost, and counted (xdp_queue).
// * An ordinary socket a line is joined too, so that IGMP and MLD ask for the group. It takes
//   nothing. What the program passes on to the kernel all the same (fragments, frames of queues
//   that were not asked for) ends at that socket and is counted there, as the line's kernel_drops:
//   published = packets + kernel_drops + xdp_slices + xdp_ring + bad_frames + xdp_queue.
// * No datagram waits in the kernel when no slice is posted: it is dropped and counted
//   (xdp_slices, and xdp_fill_empty as its reason). Post slices for the longest pause.
// * Packets come in the order of arrival on their queue, whatever their line. A datagram is never
//   truncated.
// * An interface that is removed and comes back as a new one gets the program anew. Which slices
//   the kernel had for it, the kernel does not say. With several queues that is written down (half
//   a nanosecond a packet); with one they are those that are nowhere else, which is clear as soon
//   as the caller has released what it held then. Until then they are owned and not used.
// * The program is held by a descriptor: when the process ends, however it ends, it is gone.
//
// Poll and Post are plain memory; in the steady state there is no system call at all (but with
// ReceiverOptions::busy_poll_us, or when a zero-copy driver ran out of slices and must be woken).
// Threads and life as in rio/backend.h.
#ifndef FEEDHANDLER_RIO_BACKEND_AF_XDP_H_
#define FEEDHANDLER_RIO_BACKEND_AF_XDP_H_

#include <linux/if_xdp.h>
#include <poll.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/af_xdp/follower.h"
#include "rio/af_xdp/interface.h"
#include "rio/af_xdp/xdp_options.h"
#include "rio/backend.h"
#include "rio/backend/line_sockets.h"
#include "rio/frame/frame.h"
#include "rio/memory/slice_stack.h"

namespace fh::rio {

class AfXdpBackend {
 public:
  static constexpr char kName[] = "af_xdp";
  static constexpr char kDescription[] =
      "frames straight from the interface, past the kernel's network stack; the fastest path, when "
      "asked for by name (it takes the groups away from other programs of this host)";

  // Whether sockets of the kind and programs are available. What an interface can do shows in Open.
  static ProbeResult Probe();

  // Tries the ways that its XdpOptions allow, the best first; a note says why one was refused.
  static absl::StatusOr<std::unique_ptr<AfXdpBackend>> Open(const ReceiverOptions& options,
                                                            RegisteredRegion& region);
  ~AfXdpBackend();
  AfXdpBackend(const AfXdpBackend&) = delete;
  AfXdpBackend& operator=(const AfXdpBackend&) = delete;

  void Post(std::span<const uint32_t> slices);
  size_t Poll(std::span<Packet> packets);
  void Wait(std::chrono::nanoseconds timeout);
  void RefreshStats();
  const BackendStats& stats() const { return stats_; }
  std::span<const LineStats> line_stats() const { return line_stats_; }
  const std::vector<std::string>& notes() const { return notes_; }
  uint32_t owned() const;
  bool finished() const { return false; }
  void Close();

  // How it was bound in the end: "native mode, copy", ...
  const std::string& mode() const { return mode_; }

 private:
  // A receive queue of an interface.
  struct Queue {
    XskSocket socket;
    uint16_t number;  // From 1; no two at a time have the same.
    size_t interface;
    const FrameLines* lines;
    bool metadata;  // Its frames have XdpMetadata in front.
    bool plain;     // Nothing but the datagram is looked at.
    StampSource expected_stamp;
    uint32_t target;  // Slices that the kernel should have for it.
    uint32_t given;   // Slices that it has, posted or filled.
  };

  AfXdpBackend(const ReceiverOptions& options, RegisteredRegion& region, LineSockets sockets,
               std::vector<XdpInterface> interfaces, const ChunkLayout& layout);

  absl::Status CheckZeroCopy(const XdpOptions& options);
  absl::Status Bind(const ReceiverOptions& options);
  absl::Status Attach(const XdpAttempt& attempt, const ReceiverOptions& options,
                      const XdpRingSizes& sizes);
  void AddQueues(size_t interface);
  void FollowInterfaces(const ReceiverOptions& options);
  bool Detach(size_t interface, XdpAttachment& dead);
  void Adopt(size_t interface, XdpAttachment attachment);
  uint16_t NewNumber();
  void Give(Queue& queue, std::span<const uint32_t> slices);
  void TakeBackOf(const Queue& queue);
  void LookForSlices();
  void See(uint32_t slice);
  void TakeSlicesBack();
  absl::Status ShutSockets();
  void NoteLimits(const ReceiverOptions& options, uint32_t slices_each);

  size_t PollQueue(Queue& queue, std::span<Packet> packets);
  template <bool kPlain>
  size_t TakeFrames(Queue& queue, uint32_t count, Packet* packets);
  // The clocks at a burst, for its stamps.
  struct Clocks {
    int64_t unix_ns = 0;
    int64_t tai_ahead_ns = 0;
  };
  void Stamp(const Queue& queue, std::span<const uint8_t> frame, const FrameView& view,
             const XdpMetadata& metadata, const Clocks& clocks, Packet& packet);
  // The stamp that a device on the way wrote behind the datagram. False when there is none.
  bool ReadTrailer(std::span<const uint8_t> frame, const FrameView& view, const Clocks& clocks,
                   Packet& packet) const;
  void Reject(Queue& queue, uint32_t slice, FrameVerdict verdict);
  void GiveFromStack(Queue& queue);
  void Distribute(std::span<const uint32_t> slices);

  RegisteredRegion& region_;
  LineSockets sockets_;
  std::vector<XdpInterface> interfaces_;
  XdpFollower follower_;
  std::vector<XdpAttachment> attachments_;  // By interface.
  std::vector<Queue> queues_;
  uint32_t target_ = 0;  // Of each queue.
  size_t next_queue_ = 0;
  SliceStack spare_;  // Posted, and more than the queues' equal shares.
  // With several queues: by slice the number of the queue that the kernel has it for; 0 = none.
  std::vector<uint16_t> queue_of_;
  uint16_t last_number_ = 0;
  // With one queue: slices that the kernel had for it when its interface went, and of all slices
  // those that may be them.
  uint32_t limbo_ = 0;
  uint32_t unseen_count_ = 0;
  std::vector<uint8_t> unseen_;  // By slice.
  xdp_statistics gone_{};        // What queues that are gone had counted.
  const FrameChecks checks_;
  const uint32_t burst_;
  const uint32_t busy_poll_us_;
  const bool is_shared_;  // Interfaces, with other receivers.
  const SliceNumbers numbers_;
  const ChunkLayout layout_;
  std::vector<TrailerFormat> trailers_;  // By line; empty when no line asks for any.
  BackendStats stats_;
  std::vector<LineStats> line_stats_;
  std::vector<pollfd> polled_;  // For Wait.
  std::vector<std::string> notes_;
  std::string mode_;
  bool closed_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_AF_XDP_H_
