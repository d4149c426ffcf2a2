#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "rio/registered/provider.h"
#include "rio/socket/socket.h"
#include "rio/socket/socket_family.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

using Kind = Socket::Kind;
using Family = Socket::Family;

constexpr std::chrono::nanoseconds kLongestPoll = std::chrono::hours(24);

int FdOf(abi::Socket handle) { return static_cast<int>(handle); }

// An option of the kernel, or none.
struct KernelOption {
  int level = -1;
  int name = 0;
};

// How an option is called on IPv4 and on IPv6 sockets; a dual-stack one has both.
struct OptionNames {
  const char* text;
  KernelOption v4;
  KernelOption v6;
  int lowest;
  int highest;
  bool hint = false;
};

OptionNames NamesOf(SocketOption option) {
  const auto both = [](int level, int name) { return KernelOption{level, name}; };
  switch (option) {
    case SocketOption::kReceiveBufferBytes:
      return {"SO_RCVBUF", both(SOL_SOCKET, SO_RCVBUF), {}, 1, INT32_MAX / 2};
    case SocketOption::kSendBufferBytes:
      return {"SO_SNDBUF", both(SOL_SOCKET, SO_SNDBUF), {}, 1, INT32_MAX / 2};
    case SocketOption::kReuseAddress:
      return {"SO_REUSEADDR", both(SOL_SOCKET, SO_REUSEADDR), {}, 0, 1};
    case SocketOption::kNoDelay:
      return {"TCP_NODELAY", both(IPPROTO_TCP, TCP_NODELAY), {}, 0, 1};
    case SocketOption::kKeepAlive:
      return {"SO_KEEPALIVE", both(SOL_SOCKET, SO_KEEPALIVE), {}, 0, 1};
    case SocketOption::kBroadcast:
      return {"SO_BROADCAST", both(SOL_SOCKET, SO_BROADCAST), {}, 0, 1};
    case SocketOption::kTtl:
      return {"the TTL", {IPPROTO_IP, IP_TTL}, {IPPROTO_IPV6, IPV6_UNICAST_HOPS}, 1, 255};
    case SocketOption::kMulticastTtl:
      return {"the multicast TTL",
              {IPPROTO_IP, IP_MULTICAST_TTL},
              {IPPROTO_IPV6, IPV6_MULTICAST_HOPS},
              0,
              255};
    case SocketOption::kMulticastLoop:
      return {"multicast loopback",
              {IPPROTO_IP, IP_MULTICAST_LOOP},
              {IPPROTO_IPV6, IPV6_MULTICAST_LOOP},
              0,
              1};
    case SocketOption::kDontFragment:
      return {"path MTU discovery",
              {IPPROTO_IP, IP_MTU_DISCOVER},
              {IPPROTO_IPV6, IPV6_MTU_DISCOVER},
              0,
              1};
    case SocketOption::kPacketInfo:
      return {"IP_PKTINFO", {IPPROTO_IP, IP_PKTINFO}, {IPPROTO_IPV6, IPV6_RECVPKTINFO}, 0, 1};
    case SocketOption::kBusyPollMicros:
      return {"SO_BUSY_POLL", both(SOL_SOCKET, SO_BUSY_POLL), {}, 0, 1'000'000, /*hint=*/true};
    case SocketOption::kLoopbackFastPath:
      break;
  }
  return {"SIO_LOOPBACK_FAST_PATH", {}, {}, 0, 1, /*hint=*/true};
}

// The kernel's value for ours. IP_PMTUDISC_* and IPV6_PMTUDISC_* are the same numbers (ip(7)).
int KernelValue(SocketOption option, int value) {
  if (option != SocketOption::kDontFragment) return value;
  return value != 0 ? IP_PMTUDISC_DO : IP_PMTUDISC_WANT;
}

int OwnValue(SocketOption option, int value) {
  switch (option) {
    case SocketOption::kDontFragment:
      return value == IP_PMTUDISC_DO ? 1 : 0;
    case SocketOption::kReceiveBufferBytes:
    case SocketOption::kSendBufferBytes:
      return value / 2;  // The kernel counts its own bookkeeping too (socket(7)).
    default:
      return value;
  }
}

// Privileged programs are not held to net.core.rmem_max.
bool ForceBuffer(int fd, SocketOption option, int bytes) {
  if (option == SocketOption::kReceiveBufferBytes) {
    return SetIntOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
  }
  return option == SocketOption::kSendBufferBytes &&
         SetIntOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, bytes);
}

absl::Status OpenError(int error, Kind kind, Family family) {
  std::string fix = "see socket(2)";
  if (error == EMFILE) fix = kDescriptorFix;
  if (error == ENFILE) fix = "the host has no descriptors left: sysctl fs.file-max";
  if (error == EAFNOSUPPORT && family != Family::kV4) {
    fix = "this host runs without IPv6 (ipv6.disable=1?): use IPv4 or enable it";
  }
  if (error == EACCES || error == EPERM) {
    fix =
        "the sandbox forbids sockets: allow AF_INET and AF_INET6 (RestrictAddressFamilies= in a "
        "systemd unit)";
  }
  return SocketError(error, kind == Kind::kUdp ? "no UDP socket" : "no TCP socket", fix);
}

std::string ConnectFix(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "nobody listens there: is the server up, and the port right?";
    case ENETUNREACH:
    case EHOSTUNREACH:
      return "no route leads there (ip route get ADDRESS)";
    case ETIMEDOUT:
      return "no answer: is a firewall in between?";
    default:
      return "see connect(2)";
  }
}

int PollMilliseconds(std::chrono::nanoseconds timeout) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return static_cast<int>(std::clamp<int64_t>(ms, 0, INT32_MAX));
}

// Waits for `events`; false after `timeout`.
bool PollFor(int fd, short events, std::chrono::nanoseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + std::min(timeout, kLongestPoll);
  for (;;) {
    pollfd waiting{.fd = fd, .events = events, .revents = 0};
    const auto left = end - std::chrono::steady_clock::now();
    const int count = poll(&waiting, 1, PollMilliseconds(left));
    if (count > 0) return true;
    if (count == 0 || errno != EINTR) return false;
  }
}

absl::StatusOr<Endpoint> AskEndpoint(int fd, int (*ask)(int, sockaddr*, socklen_t*),
                                     const char* what) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (ask(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
    return SocketError(errno, what, errno == ENOTCONN ? "connect it first" : "");
  }
  return FromSocketAddress(&storage, length);
}

}  // namespace

absl::StatusOr<Socket> Socket::Open(Kind kind, Family family, const Provider* provider) {
  const int domain = family == Family::kV4 ? AF_INET : AF_INET6;
  const int type = kind == Kind::kUdp ? SOCK_DGRAM : SOCK_STREAM;
  const int protocol = kind == Kind::kUdp ? IPPROTO_UDP : IPPROTO_TCP;
  int error = 0;
  abi::Socket handle = kNone;
  if (provider != nullptr) {
    handle = provider->open_socket(domain, type, protocol, &error);
  } else {
    UniqueFd fd = OpenDescriptor([&] { return socket(domain, type | SOCK_CLOEXEC, protocol); });
    error = errno;
    if (fd.get() >= 0) handle = static_cast<abi::Socket>(fd.Release());
  }
  if (handle == kNone) return OpenError(error, kind, family);
  Socket made(handle, kind, family, provider);
  if (family != Family::kV4 &&
      !SetIntOption(FdOf(handle), IPPROTO_IPV6, IPV6_V6ONLY, family == Family::kV6)) {
    return SocketError(errno, "cannot set IPV6_V6ONLY", "");
  }
  return made;
}

void Socket::Close() {
  const abi::Socket handle = std::exchange(handle_, kNone);
  if (handle == kNone || !owned_) return;
  if (provider_ != nullptr) {
    provider_->close_socket(handle);
  } else {
    UniqueFd(FdOf(handle)).Close();
  }
}

absl::Status Socket::Bind(const Endpoint& local) {
  Endpoint endpoint = local;
  if (endpoint.address.is_none()) endpoint.address = AnyAddress(family_);
  if (!Fits(family_, endpoint.address)) return Misfit(family_, endpoint);
  const SocketAddress address = AddressFor(family_, endpoint, 0);
  if (bind(FdOf(handle_), address.get(), address.length) == 0) return absl::OkStatus();
  const int error = errno;
  return SocketError(error, absl::StrCat("cannot bind to ", endpoint.ToString()),
                     BindFix(error, endpoint));
}

absl::Status Socket::Connect(const Endpoint& peer, std::chrono::nanoseconds timeout) {
  if (peer.address.is_none() || !Fits(family_, peer.address)) return Misfit(family_, peer);
  const int fd = FdOf(handle_);
  const SocketAddress address = AddressFor(family_, peer, 0);
  const int flags = fcntl(fd, F_GETFL);
  fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  int error = connect(fd, address.get(), address.length) == 0 ? 0 : errno;
  bool in_time = true;
  if (error == EINPROGRESS) {
    in_time = PollFor(fd, POLLOUT, timeout);
    socklen_t length = sizeof error;
    if (in_time) getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  }
  fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);  // The queues need it blocking.
  if (!in_time) {
    return absl::DeadlineExceededError(
        absl::StrCat("cannot connect to ", peer.ToString(), ": no answer in time"));
  }
  if (error == 0) return absl::OkStatus();
  return SocketError(error, absl::StrCat("cannot connect to ", peer.ToString()), ConnectFix(error));
}

absl::Status Socket::Listen(int backlog) {
  if (kind_ != Kind::kTcp) return absl::InvalidArgumentError("only TCP sockets listen");
  if (listen(FdOf(handle_), backlog) == 0) return absl::OkStatus();
  return SocketError(errno, "cannot listen",
                     errno == EADDRINUSE ? "another program has the port: ss -ltnp" : "");
}

absl::StatusOr<Socket> Socket::Accept(std::chrono::nanoseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + std::min(timeout, kLongestPoll);
  while (PollFor(FdOf(handle_), POLLIN, end - std::chrono::steady_clock::now())) {
    UniqueFd fd =
        OpenDescriptor([this] { return accept4(FdOf(handle_), nullptr, nullptr, SOCK_CLOEXEC); });
    if (fd.get() >= 0) {
      return Socket(static_cast<abi::Socket>(fd.Release()), kind_, family_, provider_);
    }
    // The connection may have ended before it was taken (accept(2)).
    if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN) {
      return SocketError(errno, "cannot accept a connection",
                         errno == EMFILE ? kDescriptorFix : "see accept(2); was Listen called?");
    }
  }
  return absl::DeadlineExceededError("nobody connected in time");
}

absl::Status Socket::Shutdown(Direction direction) {
  const int how = direction == Direction::kReceive ? SHUT_RD
                  : direction == Direction::kSend  ? SHUT_WR
                                                   : SHUT_RDWR;
  if (shutdown(FdOf(handle_), how) == 0) return absl::OkStatus();
  return SocketError(errno, "cannot shut down", errno == ENOTCONN ? "it is not connected" : "");
}

absl::StatusOr<Endpoint> Socket::LocalEndpoint() const {
  return AskEndpoint(FdOf(handle_), &getsockname, "no local address");
}

absl::StatusOr<Endpoint> Socket::PeerEndpoint() const {
  return AskEndpoint(FdOf(handle_), &getpeername, "no peer");
}

absl::Status Socket::Set(SocketOption option, int value) {
  const OptionNames names = NamesOf(option);
  if (value < names.lowest || value > names.highest) {
    return absl::InvalidArgumentError(absl::StrCat(names.text, " is ", value, "; it must be from ",
                                                   names.lowest, " to ", names.highest));
  }
  const int fd = FdOf(handle_);
  if (ForceBuffer(fd, option, value)) return absl::OkStatus();
  for (const KernelOption& kernel : {names.v4, names.v6}) {
    if (kernel.level < 0) continue;
    if (kernel.level == IPPROTO_IP && family_ == Family::kV6) continue;
    if (kernel.level == IPPROTO_IPV6 && family_ == Family::kV4) continue;
    if (SetIntOption(fd, kernel.level, kernel.name, KernelValue(option, value))) continue;
    if (names.hint) return absl::OkStatus();
    return SocketError(errno, absl::StrCat("cannot set ", names.text, " to ", value), "");
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Socket::Get(SocketOption option) const {
  const OptionNames names = NamesOf(option);
  if (names.v4.level < 0) return 0;
  const KernelOption& kernel = names.v6.level >= 0 && family_ != Family::kV4 ? names.v6 : names.v4;
  int value = 0;
  socklen_t length = sizeof value;
  if (getsockopt(FdOf(handle_), kernel.level, kernel.name, &value, &length) != 0) {
    return SocketError(errno, absl::StrCat("cannot read ", names.text), "");
  }
  return OwnValue(option, value);
}

absl::Status Socket::SetMulticastInterface(const std::string& interface) {
  const absl::StatusOr<uint32_t> index = InterfaceIndex(FdOf(handle_), interface);
  if (!index.ok()) return index.status();
  for (const bool v4 : {true, false}) {
    if (!(v4 ? family_ != Family::kV6 : family_ != Family::kV4)) continue;
    if (SetMulticastInterfaceIndex(FdOf(handle_), v4, *index)) continue;
    return SocketError(errno, absl::StrCat("cannot send multicast on '", interface, "'"),
                       "is the interface up, with an address of this IP version?");
  }
  return absl::OkStatus();
}

absl::Status Socket::Change(const Membership& membership, bool join) {
  if (absl::Status status = CheckMembership(family_, membership); !status.ok()) return status;
  const absl::StatusOr<uint32_t> index = InterfaceIndex(FdOf(handle_), membership.interface);
  if (!index.ok()) return index.status();
  const int error =
      ChangeMembership(FdOf(handle_), membership.group, membership.source, *index, join);
  if (error == 0) return absl::OkStatus();
  return SocketError(
      error, absl::StrCat(join ? "cannot join " : "cannot leave ", membership.group.ToString()),
      join ? JoinFix(error, membership.group.is_v4(), membership.interface)
           : "it was not joined on this interface");
}

absl::StatusOr<uint32_t> InterfaceIndexOf(const std::string& interface) {
  UniqueFd fd = OpenDescriptor([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); });
  if (fd.get() < 0) return SocketError(errno, "no socket to ask for interfaces", "");
  return InterfaceIndex(fd.get(), interface);
}

}  // namespace fh::rio
