// The contract that every receive path keeps: kernel sockets (recvmmsg, io_uring), later AF_XDP and
// Windows Registered I/O, a capture file, a fault injector. A compile-time concept, so the poll
// loop has no virtual call.
//
// Life: Probe (can this host run it?) -> Open -> { Post ... Poll ... }* -> Close. One thread owns
// an open backend.
//
//   Post(slices)   gives slices to the backend, in any order and in batches. Open takes none: the
//   receiver posts
//                  every slice of the region first.
//   Poll(packets)  never blocks. Fills up to packets.size() completions and returns their number;
//   each names a
//                  slice, which the caller owns until it posts it again, in any order, however
//                  late. Packets of one line come in the order in which the kernel queued them;
//                  between lines there is no order. An idle Poll of io_uring makes no system call.
//   Wait(timeout)  blocks until Poll may have something, or until the timeout. For threads that
//   must not spin. stats()        plain counters that only grow. Read by the owner; the receiver
//   publishes copies. Close()        ends all receives and hands back every slice it still held:
//   afterwards the backend owns none,
//                  and Poll returns 0. Called once, also by the destructor.
//
// When no slice is posted, datagrams wait in the kernel (where they can overflow) and `starved`
// counts polls that found none to receive into; posting again is all it takes to go on.
#ifndef FEEDHANDLER_RIO_BACKEND_H_
#define FEEDHANDLER_RIO_BACKEND_H_

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/endpoint.h"
#include "rio/packet.h"
#include "rio/region.h"

namespace fh::rio {

// One (group, port) to listen to: a line of a channel. A unicast address of this host is allowed
// too; then there is no join.
struct Subscription {
  Endpoint group;
  IpAddress source;       // Source-specific join (RFC 4607) when set; any source otherwise.
  std::string interface;  // Name ("lo", "eth1"). Empty: the system's route decides; better name it.
};

struct ReceiverOptions {
  std::vector<Subscription> subscriptions;  // Packet::line is the index in this list.
  // Socket receive buffer, a line. SO_RCVBUFFORCE is tried first, then SO_RCVBUF; what was granted
  // is in notes(). The kernel charges about twice the datagram (832 bytes for 64, 2,304 for 1,400),
  // so 8 MiB hold some 4,000 to 10,000 datagrams. 0 leaves the system's default.
  uint32_t socket_buffer_bytes = 8u << 20;
  uint32_t burst =
      64;  // Most datagrams that one Poll takes from one line before it visits the next.
  bool kernel_stamps = false;      // SO_TIMESTAMPNS: 17% on recvmmsg.
  bool count_kernel_drops = true;  // SO_RXQ_OVFL: 2%. The count arrives with the next datagram.
};

// Where datagrams went that no completion delivered, by layer; plus what Poll itself did.
struct BackendStats {
  uint64_t packets = 0;       // Completions delivered.
  uint64_t bytes = 0;         // Their payload.
  uint64_t truncated = 0;     // Longer than a slice; delivered with Packet::truncated.
  uint64_t kernel_drops = 0;  // Socket buffer full (SO_RXQ_OVFL), as far as the kernel has told.
  uint64_t starved = 0;  // Polls that found datagrams or armed nothing for want of a posted slice.
  uint64_t ring_overflows = 0;  // A queue between kernel and backend overflowed.
  uint64_t errors = 0;          // Receives that failed; last_error says how.
  uint64_t rearmed = 0;         // Multishot receives that ended and were armed again.
  uint64_t system_calls = 0;    // Made by Post, Poll and Wait.
  int last_error = 0;           // errno of the latest failed receive.
};

// Whether this host can run a backend, and if not why, with the mend.
struct ProbeResult {
  bool available = false;
  std::string reason;  // One sentence; empty when available.
};

template <class B>
concept Backend = requires(B backend, const B& constant, const ReceiverOptions& options,
                           RegisteredRegion& region, std::span<const uint32_t> slices,
                           std::span<Packet> packets, std::chrono::nanoseconds timeout) {
  { B::kName } -> std::convertible_to<const char*>;
  { B::Probe() } -> std::same_as<ProbeResult>;
  { backend.Post(slices) } -> std::same_as<void>;
  { backend.Poll(packets) } -> std::same_as<size_t>;
  { backend.Wait(timeout) } -> std::same_as<void>;
  { constant.stats() } -> std::same_as<const BackendStats&>;
  { constant.notes() } -> std::same_as<const std::vector<std::string>&>;
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
