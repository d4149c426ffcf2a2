// Sends UDP datagrams in batches, to one or many multicast groups (or plain addresses).
//
//   absl::StatusOr<std::unique_ptr<Sender>> sender = Sender::Open(
//       {.destinations = {line_a, line_b}, .interface = "lo"});
//   const Sender::Datagram burst[] = {{.data = bytes, .length = 64, .destination = 0}, ...};
//   size_t sent = (*sender)->Send(burst);
//
// Open allocates; Send does not: one system call for up to kBatch datagrams on Linux (sendmmsg(2)),
// one a datagram on Windows. It may block for a bounded time: when the socket's buffer or the
// device's queue is full it waits and tries again, at most SenderOptions::patience a datagram, and
// then gives the datagram up. One thread.
#ifndef FEEDHANDLER_RIO_SOCKET_SENDER_H_
#define FEEDHANDLER_RIO_SOCKET_SENDER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/endpoint.h"

namespace fh::rio {

struct SenderOptions {
  // All of one IP version. With exactly one, the socket is connected to it, which is faster.
  std::vector<Endpoint> destinations;
  std::string interface;     // Name, for multicast ("lo", "eth1"). Empty: the route decides.
  IpAddress source;          // Address to send from; must be this host's. Empty: the route decides.
  uint16_t source_port = 0;  // 0 = any.
  int ttl = 1;               // Of multicast, 0 to 255; beyond 1 it may leave the subnet.
  bool loop = true;          // Whether receivers on this host get multicast too.
  uint32_t socket_buffer_bytes = 4u << 20;  // SO_SNDBUF; 0 leaves the system's default.
  std::chrono::nanoseconds patience = std::chrono::milliseconds(100);
};

struct SenderStats {
  uint64_t sent = 0;
  uint64_t bytes = 0;
  uint64_t retries = 0;  // Waits for room (ENOBUFS, EAGAIN).
  uint64_t failed = 0;   // Datagrams given up; last_error says why.
  uint64_t system_calls = 0;
  int last_error = 0;  // errno; on Windows the Winsock code.
};

// INVALID_ARGUMENT: no destination, mixed IP versions, a ttl out of range. Open checks it first.
absl::Status CheckSenderOptions(const SenderOptions& options);

class Sender {
 public:
  static constexpr size_t kBatch = 64;

  struct Datagram {
    const uint8_t* data;
    uint32_t length;           // Up to 65,507 bytes over IPv4.
    uint32_t destination = 0;  // Index into SenderOptions::destinations.
  };

  // Errors say what to do: no such interface, a source that is not local, a port in use, no route.
  static absl::StatusOr<std::unique_ptr<Sender>> Open(const SenderOptions& options);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Sends in order. Returns how many went out; the others are counted in stats().failed and are not
  // tried again.
  size_t Send(std::span<const Datagram> datagrams);

  const SenderStats& stats() const { return stats_; }
  // What was asked for and not granted, with the fix.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Socket;

  explicit Sender(const SenderOptions& options);

  size_t SendBatch(std::span<const Datagram> datagrams);
  bool WaitForRoom(int error, std::chrono::nanoseconds& waited);

  std::unique_ptr<Socket> socket_;
  std::chrono::nanoseconds patience_;
  SenderStats stats_;
  std::vector<std::string> notes_;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_SENDER_H_
