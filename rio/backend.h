// The contract that every receive path keeps: kernel sockets (recvmmsg, io_uring), later AF_XDP and
// Windows Registered I/O, a capture file, a fault injector. A compile-time concept, so the poll
// loop has no virtual call.
//
//   std::array<Packet, 64> burst;
//   for (;;) {
//     const size_t count = backend.Poll(burst);
//     ...                                        // Read burst[0] to burst[count - 1],
//     backend.Post(slices_of(burst, count));     // then give the slices back.
//   }
//
// Life: Probe (can this host run it?), Open, then Post and Poll in any order, Close. Open and Close
// allocate and make system calls; nothing between them allocates.
//
// * Post(slices) gives slices to the backend, in any order and in batches; slices that it owns
//   already must not be given twice. Open takes none: the receiver posts every slice of the region
//   first.
// * Poll(packets) never blocks. It fills up to packets.size() completions and returns how many;
//   each names a slice, which the caller owns until it posts it again, in any order, however late.
//   Packets of one line come in the order in which the kernel queued them; between lines there is
//   no order. It may return as soon as one line gave something. An idle Poll of io_uring makes no
//   system call.
// * Wait(timeout) blocks until Poll may have something, or until the timeout; it may also return
//   early. For threads that must not spin.
// * A line whose interface is removed, or loses its link, is deaf for a while, and no more: the
//   others go on, and it receives again once the interface is back, also as a new one. On Linux
//   that is noticed and arranged on a thread of the backend's own, counted
//   (BackendStats::line_losses) and told (ReceiverOptions::tell); on Windows it is not.
// * stats() and line_stats() are plain counters that only grow, for the owning thread; it publishes
//   copies. RefreshStats() brings in what only the kernel knows, at one system call a line (about
//   0.2 us); Close does it a last time.
// * owned() is the number of slices that the backend has, wherever they are: posted, armed, or
//   filled and not yet polled. A slice is either there or with the caller.
// * Close() ends all receives and gives up every slice: afterwards owned() is 0 and Poll returns 0.
//   The second call does nothing; the destructor calls it.
//
// Threads: one thread at a time, with a hand-over in between. A backend may be opened on one thread
// and polled on another, which then owns it: all calls but Probe and Open are that thread's, up to
// Close. When the owning thread has ended, any thread may close.
//
// When no slice is posted, datagrams wait in the kernel (where they can overflow) and `starved`
// counts; posting again is all it takes to go on.
#ifndef FEEDHANDLER_RIO_BACKEND_H_
#define FEEDHANDLER_RIO_BACKEND_H_

#include <any>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rio/endpoint.h"
#include "rio/memory/region.h"
#include "rio/packet.h"
#include "rio/stamps/stamps.h"
#include "rio/stamps/trailer.h"
#include "rio/vlan.h"

namespace fh::rio {

// One (group, port) to listen to: a line of a channel. A unicast address of this host is allowed
// too; then there is no join.
struct Subscription {
  Endpoint group;
  IpAddress source;       // Source-specific join (RFC 4607) when set; any source otherwise.
  std::string interface;  // Name ("lo", "eth1"). Empty: the system's route decides; better name it.
  // The VLAN of its frames. Untagged means what the system's stack would deliver on the interface.
  // For a backend that sees frames (af_xdp, captures); a socket gets a VLAN's datagrams through the
  // VLAN's own interface ("eth1.100"), and refuses to open with one named here.
  Vlan vlan;
  // The stamp that a device on the way writes into the frames, which then is Packet::stamp_ns. Only
  // a backend that sees frames (af_xdp, captures) can read it; the others say so in a note.
  TrailerFormat trailer = TrailerFormat::kNone;
};

inline constexpr size_t kMaxLines = 65535;  // Packet::line has 16 bits.

struct ReceiverOptions {
  std::vector<Subscription> subscriptions;  // Packet::line is the index in this list.
  // Socket receive buffer a line, as SO_RCVBUF counts it: the kernel doubles it and then charges
  // 832 bytes for a datagram of 64, 2,304 for one of 1,400. So 8 MiB hold 7,000 to 20,000
  // datagrams. SO_RCVBUFFORCE is tried first; a note says when less was granted. 0 leaves the
  // system's default.
  uint32_t socket_buffer_bytes = 8u << 20;
  // Most datagrams that one Poll takes from one line before it visits the next. 1 to kMaxBurst.
  uint32_t burst = 64;
  // Stamps besides Packet::dequeue_ticks. Each packet says which it carries; what was asked for and
  // is not available is in the notes. Costs 20% on recvmmsg, a third on io_uring.
  ReceiveStamps stamps = ReceiveStamps::kNone;
  // Busy polling (SO_BUSY_POLL, SO_PREFER_BUSY_POLL, a budget of `burst`): a receive that finds
  // nothing looks into the driver for up to so long, in a system call, instead of waiting for its
  // interrupt. Linux. For this an idle poll of af_xdp makes a system call too; those of io_uring
  // still make none, so there it serves Wait and the receives that are submitted. 0 = off.
  uint32_t busy_poll_us = 0;
  // Drops are counted by the socket in any case, and RefreshStats reads them (SO_MEMINFO) without a
  // cost to packets. With this, kernel_drops is also brought up to date by each datagram
  // (SO_RXQ_OVFL): a drop is known when the next datagram arrives, for 2%.
  bool drops_in_stream = false;
  // What one kind of backend takes besides, in a type of its own (XdpOptions); every other one
  // leaves it alone. Empty: its defaults.
  std::any own;
  // Told, in a sentence each, what happens to lines during the run: that an interface is gone, that
  // it is back and its lines were joined anew. Called on a thread of the receiver's, or in Open.
  // May be empty; what is told is counted too (BackendStats::line_losses).
  std::function<void(const std::string&)> tell;
};
inline constexpr uint32_t kMaxBurst = 1024;
inline constexpr uint32_t kMostBusyPollUs = 1'000'000;

// What one kind of backend counts and no other does. The texts live as long as the program.
struct OwnCounter {
  const char* name = nullptr;     // "xdp_ring", as in metrics. Null: no counter.
  const char* meaning = nullptr;  // What is counted, or of a loss: why, and what to change.
  bool is_loss = false;           // Datagrams that no completion delivered, counted here alone.
  uint64_t count = 0;
};

// Where datagrams went that no completion delivered, by layer; plus what Poll itself did.
struct BackendStats {
  uint64_t packets = 0;    // Completions delivered.
  uint64_t bytes = 0;      // Their payload.
  uint64_t truncated = 0;  // Longer than a slice; delivered with Packet::truncated.
  // Dropped by the sockets: buffer full or bad checksum. As of the last RefreshStats.
  uint64_t kernel_drops = 0;
  uint64_t starved = 0;         // Polls that had to leave a line alone for want of a posted slice.
  uint64_t ring_overflows = 0;  // A queue between kernel and backend overflowed.
  // Sent to the line's port, but to another group or address, where the system binds sockets to
  // ports only (Windows): passed over.
  uint64_t foreign = 0;
  uint64_t errors = 0;        // Receives that failed; last_error says how.
  uint64_t system_calls = 0;  // Made by Poll and Wait.
  int last_error = 0;         // errno (Windows: Winsock code) of the latest failed receive.
  // Packets without the stamp that their line was granted: kernel, adapter or trailer had none.
  // They carry the next best one, or none, and say which.
  uint64_t unstamped = 0;
  // Sums over the lines (LineStats), as of the last RefreshStats. Linux.
  uint64_t line_losses = 0;
  uint64_t line_returns = 0;
  uint64_t deaf_lines = 0;  // Of now.
  // What this kind of backend alone counts, in the order of a packet's way; the same ones from Open
  // on.
  static constexpr size_t kMostOwn = 6;
  std::array<OwnCounter, kMostOwn> own{};

  // The count of one of them; 0 where the backend has none of that name.
  uint64_t Own(absl::string_view name) const {
    for (const OwnCounter& counter : own) {
      if (counter.name != nullptr && name == counter.name) return counter.count;
    }
    return 0;
  }
};

// The share of one line. The last three are as of the last RefreshStats.
struct LineStats {
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t truncated = 0;
  uint64_t kernel_drops = 0;
  // Times that it could not receive any more, and that it could again: its interface was removed
  // and is there again, went down, lost its link, or forgot the membership.
  uint64_t losses = 0;
  uint64_t returns = 0;
  bool deaf = false;  // It cannot receive now.
};

// Whether this host can run a backend, and if not why, with the fix.
struct ProbeResult {
  bool available = false;
  std::string reason;  // One sentence; empty when available.
};

template <class B>
concept Backend = requires(B backend, const B& constant, std::span<const uint32_t> slices,
                           std::span<Packet> packets, std::chrono::nanoseconds timeout) {
  { B::kName } -> std::convertible_to<const char*>;
  { B::kDescription } -> std::convertible_to<const char*>;
  { B::Probe() } -> std::same_as<ProbeResult>;
  { backend.Post(slices) } -> std::same_as<void>;
  { backend.Poll(packets) } -> std::same_as<size_t>;
  { backend.Wait(timeout) } -> std::same_as<void>;
  { backend.RefreshStats() } -> std::same_as<void>;
  { constant.stats() } -> std::same_as<const BackendStats&>;
  { constant.line_stats() } -> std::same_as<std::span<const LineStats>>;
  { constant.notes() } -> std::same_as<const std::vector<std::string>&>;
  { constant.owned() } -> std::same_as<uint32_t>;
  // No more packets can ever come (the end of a capture). Always false for live backends.
  { constant.finished() } -> std::same_as<bool>;
  { backend.Close() } -> std::same_as<void>;
};

// A backend that is opened on subscriptions; a capture backend is opened on a file instead.
template <class B>
concept SocketBackend = Backend<B> &&
    requires(const ReceiverOptions& options, RegisteredRegion& region) {
  { B::Open(options, region) } -> std::same_as<absl::StatusOr<std::unique_ptr<B>>>;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_H_
