// A socket for the users of request queues: made, bound, connected, listened on and set up here;
// its data goes through the queues (rio/registered/queues.h). The same on every system.
//
//   absl::StatusOr<Socket> server = Socket::Open(Socket::Kind::kTcp, Socket::Family::kV4,
//   &provider); if (absl::Status s = server->Bind(*ParseEndpoint("127.0.0.1:7001")); !s.ok())
//   return s; if (absl::Status s = server->Listen(16); !s.ok()) return s; absl::StatusOr<Socket>
//   peer = server->Accept(std::chrono::seconds(5));
//   auto queue = RequestQueue::Create(provider, peer->handle(), done, {.receives = 64});
//   if (queue.ok()) peer->Release();  // The queue closes it.
//
// With a provider the socket is made by it (Windows wants WSA_FLAG_REGISTERED_IO, and an emulation
// has to hear of the close), and Close ends what its request queue has outstanding. Without one it
// is an ordinary socket of the system.
//
// Set-up only: every function makes system calls and may allocate; Connect and Accept block up to
// their timeout, ResolveHost and HostNameOf as long as the name service does. EncodeAddress and
// DecodeAddress are the exception: plain memory, for the hot path. A socket is one thread's at a
// time. Errors are absl::Status with what to do in the message.
#ifndef FEEDHANDLER_RIO_SOCKET_SOCKET_H_
#define FEEDHANDLER_RIO_SOCKET_SOCKET_H_

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/endpoint.h"
#include "rio/registered/abi.h"

namespace fh::rio {

struct Provider;  // rio/registered/provider.h

// What can be set as a number. Where a system has no such thing, Set does nothing and is OK only
// for those marked "a hint"; for the others it is UNIMPLEMENTED.
enum class SocketOption : uint8_t {
  kReceiveBufferBytes,  // SO_RCVBUF. Linux keeps twice as much and caps it at net.core.rmem_max.
  kSendBufferBytes,     // SO_SNDBUF, likewise.
  kReuseAddress,        // SO_REUSEADDR.
  kNoDelay,             // TCP_NODELAY: small messages leave at once.
  kKeepAlive,           // SO_KEEPALIVE.
  kBroadcast,           // SO_BROADCAST.
  kTtl,                 // IP_TTL, IPV6_UNICAST_HOPS: 1 to 255.
  kMulticastTtl,        // IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS: 0 to 255.
  kMulticastLoop,       // IP_MULTICAST_LOOP: receivers on this host get it too.
  kDontFragment,        // IP_MTU_DISCOVER or IP_DONTFRAGMENT: longer than the path is EMSGSIZE.
  kPacketInfo,          // IP_PKTINFO: control slices then say where each datagram was sent to.
  kBusyPollMicros,      // SO_BUSY_POLL, Linux. A hint elsewhere.
  kLoopbackFastPath,    // SIO_LOOPBACK_FAST_PATH, Windows: both ends, before Connect and Listen. A
                        // hint elsewhere: loopback TCP has no slower path to leave.
};

// One group to receive.
struct Membership {
  IpAddress group;
  IpAddress source;       // Only what comes from there (RFC 4607) when set.
  std::string interface;  // Name ("lo", "eth1"). Empty: the system's route decides; better name it.
};

class Socket {
 public:
  enum class Kind : uint8_t { kUdp, kTcp };
  // kDual: IPv6 with IPV6_V6ONLY off. It speaks to IPv4 peers too; their endpoints are given and
  // returned as IPv4 (::ffff:a.b.c.d on the wire of the interface stays inside).
  enum class Family : uint8_t { kV4, kV6, kDual };

  // What both sides may still do after Shutdown.
  enum class Direction : uint8_t { kReceive, kSend, kBoth };

  Socket() = default;  // Holds none.

  // `provider` may be null; otherwise it outlives the socket. UNIMPLEMENTED: no such IP version
  // here. RESOURCE_EXHAUSTED: no descriptors left (the process's soft limit was raised first).
  static absl::StatusOr<Socket> Open(Kind kind, Family family, const Provider* provider = nullptr);

  // A socket that somebody else closes: a request queue that took it over, for example. Close only
  // forgets it.
  static Socket Borrow(abi::Socket handle, Kind kind, Family family) {
    return Socket(handle, kind, family, nullptr, /*owned=*/false);
  }

  Socket(Socket&& other) noexcept { *this = std::move(other); }
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { Close(); }

  bool is_open() const { return handle_ != kNone; }
  abi::Socket handle() const { return handle_; }
  // For whoever closes it from now on, with Provider::close_socket: RequestQueue::Create, which
  // takes it over when it succeeds.
  abi::Socket Release() { return std::exchange(handle_, kNone); }
  Kind kind() const { return kind_; }
  Family family() const { return family_; }

  // Ends all that its request queue has outstanding: each request still comes out of the completion
  // queue, aborted or done, and its slices are the system's until then. Does nothing the second
  // time.
  void Close();

  // Port 0: any. An address of family none: every address of this host. ALREADY_EXISTS: the port
  // is taken. For a group: bind to it where that is possible (Linux) by giving the group itself, or
  // to every address, and Join.
  absl::Status Bind(const Endpoint& local);

  // UDP: sets the peer, and what comes from others is dropped. TCP: DEADLINE_EXCEEDED after
  // `timeout`; UNAVAILABLE when nobody listens there.
  absl::Status Connect(const Endpoint& peer, std::chrono::nanoseconds timeout);

  // TCP. `backlog`: connections that may wait for Accept.
  absl::Status Listen(int backlog);

  // The next connection, of the same provider. DEADLINE_EXCEEDED when none came within `timeout`.
  absl::StatusOr<Socket> Accept(std::chrono::nanoseconds timeout);

  // TCP: the peer reads the end of the stream after what was sent.
  absl::Status Shutdown(Direction direction);

  absl::StatusOr<Endpoint> LocalEndpoint() const;
  absl::StatusOr<Endpoint> PeerEndpoint() const;

  // Switches take 0 and 1. INVALID_ARGUMENT: the value is outside the option's range.
  absl::Status Set(SocketOption option, int value);
  absl::StatusOr<int> Get(SocketOption option) const;

  // Where multicast leaves this host. NOT_FOUND lists the interfaces that exist.
  absl::Status SetMulticastInterface(const std::string& interface);
  absl::Status Join(const Membership& membership);
  absl::Status Leave(const Membership& membership);

  // Writes the address slice of a send: abi::kAddressBytes, in the form that this socket's family
  // needs. `interface_index`: for link-local IPv6 addresses, 0 otherwise. False: an IPv6 address on
  // an IPv4 socket, or IPv4 on one that is not dual. No system call, no allocation.
  bool EncodeAddress(const Endpoint& endpoint, uint32_t interface_index,
                     std::span<uint8_t, abi::kAddressBytes> slice) const;

 private:
  static constexpr abi::Socket kNone = ~abi::Socket{0};

  absl::Status Change(const Membership& membership, bool join);

  Socket(abi::Socket handle, Kind kind, Family family, const Provider* provider, bool owned = true)
      : handle_(handle), provider_(provider), kind_(kind), family_(family), owned_(owned) {}

  abi::Socket handle_ = kNone;
  const Provider* provider_ = nullptr;
  Kind kind_ = Kind::kUdp;
  Family family_ = Family::kV4;
  bool owned_ = true;
};

// Reads an address slice that a receive filled. An IPv4 peer of a dual-stack socket comes out as
// IPv4. An endpoint without address: the slice holds none. No system call, no allocation.
Endpoint DecodeAddress(std::span<const uint8_t, abi::kAddressBytes> slice);

// The number that the system gives an interface. NOT_FOUND lists those that exist.
absl::StatusOr<uint32_t> InterfaceIndexOf(const std::string& interface);

// The addresses of a host (or of an address in text form), in the order of preference that the
// system's resolver gives, each with `port`. kDual: of both IP versions. NOT_FOUND: no such name.
// UNAVAILABLE: the name service did not answer; try again.
absl::StatusOr<std::vector<Endpoint>> ResolveHost(const std::string& host, uint16_t port,
                                                  Socket::Family family = Socket::Family::kDual);

// The name that belongs to an address. NOT_FOUND: it has none.
absl::StatusOr<std::string> HostNameOf(const IpAddress& address);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_SOCKET_H_
