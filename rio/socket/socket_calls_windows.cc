#include "rio/socket/socket_windows.h"
// After winsock2.h.
#include <mstcpip.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "rio/registered/provider.h"
#include "rio/socket/socket.h"
#include "rio/socket/socket_family.h"

namespace fh::rio {
namespace {

using Kind = Socket::Kind;
using Family = Socket::Family;

constexpr std::chrono::nanoseconds kLongestPoll = std::chrono::hours(24);

SOCKET SocketOf(abi::Socket handle) { return static_cast<SOCKET>(handle); }

// An option of Winsock, or none.
struct WinsockOption {
  int level = -1;
  int name = 0;
};

// How an option is called on IPv4 and on IPv6 sockets; a dual-stack one has both.
struct OptionNames {
  const char* text;
  WinsockOption v4;
  WinsockOption v6;
  int lowest;
  int highest;
  bool hint = false;
};

OptionNames NamesOf(SocketOption option) {
  const auto both = [](int level, int name) { return WinsockOption{level, name}; };
  switch (option) {
    case SocketOption::kReceiveBufferBytes:
      return {"SO_RCVBUF", both(SOL_SOCKET, SO_RCVBUF), {}, 1, INT32_MAX};
    case SocketOption::kSendBufferBytes:
      return {"SO_SNDBUF", both(SOL_SOCKET, SO_SNDBUF), {}, 1, INT32_MAX};
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
      return {
          "IP_DONTFRAGMENT", {IPPROTO_IP, IP_DONTFRAGMENT}, {IPPROTO_IPV6, IPV6_DONTFRAG}, 0, 1};
    case SocketOption::kPacketInfo:
      return {"IP_PKTINFO", {IPPROTO_IP, IP_PKTINFO}, {IPPROTO_IPV6, IPV6_PKTINFO}, 0, 1};
    case SocketOption::kBusyPollMicros:
      return {"busy polling", {}, {}, 0, 1'000'000, /*hint=*/true};
    case SocketOption::kLoopbackFastPath:
      break;
  }
  return {"SIO_LOOPBACK_FAST_PATH", {}, {}, 0, 1, /*hint=*/true};
}

// Has to be asked of both ends, before they are connected. Windows 8 and later; a system that has
// none has a loopback that needs none, or a slower one: not a reason to fail.
void SetLoopbackFastPath(SOCKET socket, int value) {
  DWORD bytes = 0;
  WSAIoctl(socket, SIO_LOOPBACK_FAST_PATH, &value, sizeof value, nullptr, 0, &bytes, nullptr,
           nullptr);
}

absl::Status OpenError(int error, Kind kind, Family family) {
  std::string fix = "see WSASocket in Microsoft's documentation";
  if (error == WSAENOBUFS || error == WSAEMFILE) fix = "the system has no memory for more sockets";
  if (error == WSAEAFNOSUPPORT && family != Family::kV4) {
    fix = "this host runs without IPv6: use IPv4 or enable it";
  }
  return SocketError(error, kind == Kind::kUdp ? "no UDP socket" : "no TCP socket", fix);
}

std::string ConnectFix(int error) {
  switch (error) {
    case WSAECONNREFUSED:
      return "nobody listens there: is the server up, and the port right?";
    case WSAENETUNREACH:
    case WSAEHOSTUNREACH:
      return "no route leads there (route print)";
    case WSAETIMEDOUT:
      return "no answer: is a firewall in between?";
    default:
      return "see connect in Microsoft's documentation";
  }
}

// Waits until the socket is readable, or (`writable`) connected or refused. False after `timeout`.
bool AwaitSocket(SOCKET socket, bool writable, std::chrono::nanoseconds timeout) {
  const auto left = std::clamp<std::chrono::nanoseconds>(timeout, {}, kLongestPoll);
  const auto micros = std::chrono::ceil<std::chrono::microseconds>(left).count();
  timeval limit{.tv_sec = static_cast<long>(micros / 1'000'000),
                .tv_usec = static_cast<long>(micros % 1'000'000)};
  fd_set waiting;
  fd_set failed;
  FD_ZERO(&waiting);
  FD_ZERO(&failed);
  FD_SET(socket, &waiting);
  FD_SET(socket, &failed);  // A refused connection is reported there.
  return select(0, writable ? nullptr : &waiting, writable ? &waiting : nullptr, &failed, &limit) >
         0;
}

void SetBlocking(SOCKET socket, bool blocking) {
  u_long nonblocking = blocking ? 0 : 1;
  ioctlsocket(socket, static_cast<long>(FIONBIO), &nonblocking);
}

absl::StatusOr<Endpoint> AskEndpoint(SOCKET socket, int(WSAAPI* ask)(SOCKET, sockaddr*, int*),
                                     const char* what) {
  sockaddr_storage storage{};
  int length = sizeof storage;
  if (ask(socket, reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
    const int error = WSAGetLastError();
    return SocketError(error, what, error == WSAENOTCONN ? "connect it first" : "");
  }
  return FromSocketAddress(&storage, static_cast<size_t>(length));
}

}  // namespace

absl::StatusOr<Socket> Socket::Open(Kind kind, Family family, const Provider* provider) {
  if (absl::Status status = StartWinsock(); !status.ok()) return status;
  const int domain = family == Family::kV4 ? AF_INET : AF_INET6;
  const int type = kind == Kind::kUdp ? SOCK_DGRAM : SOCK_STREAM;
  const int protocol = kind == Kind::kUdp ? IPPROTO_UDP : IPPROTO_TCP;
  int error = 0;
  abi::Socket handle = kNone;
  if (provider != nullptr) {
    handle = provider->open_socket(domain, type, protocol, &error);
  } else {
    UniqueSocket socket = OpenOverlappedSocket(domain, type, protocol);
    error = WSAGetLastError();
    if (socket.get() != INVALID_SOCKET) handle = static_cast<abi::Socket>(socket.Release());
  }
  if (handle == kNone) return OpenError(error, kind, family);
  Socket made(handle, kind, family, provider);
  if (family != Family::kV4 &&
      !SetIntOption(SocketOf(handle), IPPROTO_IPV6, IPV6_V6ONLY, family == Family::kV6)) {
    return SocketError(WSAGetLastError(), "cannot set IPV6_V6ONLY", "");
  }
  return made;
}

void Socket::Close() {
  const abi::Socket handle = std::exchange(handle_, kNone);
  if (handle == kNone || !owned_) return;
  if (provider_ != nullptr) {
    provider_->close_socket(handle);
  } else {
    closesocket(SocketOf(handle));
  }
}

absl::Status Socket::Bind(const Endpoint& local) {
  Endpoint endpoint = local;
  if (endpoint.address.is_none()) endpoint.address = AnyAddress(family_);
  if (!Fits(family_, endpoint.address)) return Misfit(family_, endpoint);
  const SocketAddress address = AddressFor(family_, endpoint, 0);
  if (bind(SocketOf(handle_), address.get(), address.length) == 0) return absl::OkStatus();
  const int error = WSAGetLastError();
  return SocketError(error, absl::StrCat("cannot bind to ", endpoint.ToString()),
                     BindFix(error, endpoint));
}

absl::Status Socket::Connect(const Endpoint& peer, std::chrono::nanoseconds timeout) {
  if (peer.address.is_none() || !Fits(family_, peer.address)) return Misfit(family_, peer);
  const SOCKET socket = SocketOf(handle_);
  const SocketAddress address = AddressFor(family_, peer, 0);
  SetBlocking(socket, false);
  int error = connect(socket, address.get(), address.length) == 0 ? 0 : WSAGetLastError();
  bool in_time = true;
  if (error == WSAEWOULDBLOCK) {
    in_time = AwaitSocket(socket, /*writable=*/true, timeout);
    int length = sizeof error;
    if (in_time) {
      getsockopt(socket, SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &length);
    }
  }
  SetBlocking(socket, true);
  if (!in_time) {
    return absl::DeadlineExceededError(
        absl::StrCat("cannot connect to ", peer.ToString(), ": no answer in time"));
  }
  if (error == 0) return absl::OkStatus();
  return SocketError(error, absl::StrCat("cannot connect to ", peer.ToString()), ConnectFix(error));
}

absl::Status Socket::Listen(int backlog) {
  if (kind_ != Kind::kTcp) return absl::InvalidArgumentError("only TCP sockets listen");
  if (listen(SocketOf(handle_), backlog) == 0) return absl::OkStatus();
  const int error = WSAGetLastError();
  return SocketError(error, "cannot listen",
                     error == WSAEADDRINUSE ? "another program has the port: netstat -abno" : "");
}

absl::StatusOr<Socket> Socket::Accept(std::chrono::nanoseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + std::min(timeout, kLongestPoll);
  const SOCKET listener = SocketOf(handle_);
  while (AwaitSocket(listener, /*writable=*/false, end - std::chrono::steady_clock::now())) {
    UniqueSocket peer(accept(listener, nullptr, nullptr));
    if (peer.get() != INVALID_SOCKET) {
      return Socket(static_cast<abi::Socket>(peer.Release()), kind_, family_, provider_);
    }
    // The connection may have ended before it was taken.
    const int error = WSAGetLastError();
    if (error != WSAECONNRESET && error != WSAEWOULDBLOCK) {
      return SocketError(error, "cannot accept a connection", "was Listen called?");
    }
  }
  return absl::DeadlineExceededError("nobody connected in time");
}

absl::Status Socket::Shutdown(Direction direction) {
  const int how = direction == Direction::kReceive ? SD_RECEIVE
                  : direction == Direction::kSend  ? SD_SEND
                                                   : SD_BOTH;
  if (shutdown(SocketOf(handle_), how) == 0) return absl::OkStatus();
  const int error = WSAGetLastError();
  return SocketError(error, "cannot shut down", error == WSAENOTCONN ? "it is not connected" : "");
}

absl::StatusOr<Endpoint> Socket::LocalEndpoint() const {
  return AskEndpoint(SocketOf(handle_), &getsockname, "no local address");
}

absl::StatusOr<Endpoint> Socket::PeerEndpoint() const {
  return AskEndpoint(SocketOf(handle_), &getpeername, "no peer");
}

absl::Status Socket::Set(SocketOption option, int value) {
  const OptionNames names = NamesOf(option);
  if (value < names.lowest || value > names.highest) {
    return absl::InvalidArgumentError(absl::StrCat(names.text, " is ", value, "; it must be from ",
                                                   names.lowest, " to ", names.highest));
  }
  const SOCKET socket = SocketOf(handle_);
  if (option == SocketOption::kLoopbackFastPath) SetLoopbackFastPath(socket, value);
  for (const WinsockOption& known : {names.v4, names.v6}) {
    if (known.level < 0) continue;
    if (known.level == IPPROTO_IP && family_ != Family::kV4) continue;
    if (known.level == IPPROTO_IPV6 && family_ == Family::kV4) continue;
    if (SetIntOption(socket, known.level, known.name, value)) continue;
    return SocketError(WSAGetLastError(), absl::StrCat("cannot set ", names.text, " to ", value),
                       "");
  }
  // IPv4 of a dual-stack socket: Windows takes some of these options there and needs none of them.
  if (family_ == Family::kDual && names.v6.level >= 0) {
    SetIntOption(socket, names.v4.level, names.v4.name, value);
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Socket::Get(SocketOption option) const {
  const OptionNames names = NamesOf(option);
  if (names.v4.level < 0) return 0;
  const WinsockOption& known = names.v6.level >= 0 && family_ != Family::kV4 ? names.v6 : names.v4;
  int value = 0;
  int length = sizeof value;
  if (getsockopt(SocketOf(handle_), known.level, known.name, reinterpret_cast<char*>(&value),
                 &length) != 0) {
    return SocketError(WSAGetLastError(), absl::StrCat("cannot read ", names.text), "");
  }
  // Switches may come back as one byte.
  return length == 1 ? value & 0xff : value;
}

absl::Status Socket::SetMulticastInterface(const std::string& interface_name) {
  const absl::StatusOr<Interface> found = FindInterface(interface_name);
  if (!found.ok()) return found.status();
  if (rio::SetMulticastInterface(SocketOf(handle_), family_ == Family::kV4, *found)) {
    return absl::OkStatus();
  }
  return SocketError(WSAGetLastError(),
                     absl::StrCat("cannot send multicast on '", interface_name, "'"),
                     "is the interface up, with an address of this IP version?");
}

absl::Status Socket::Change(const Membership& membership, bool join) {
  if (absl::Status status = CheckMembership(family_, membership); !status.ok()) return status;
  const absl::StatusOr<Interface> found = FindInterface(membership.interface);
  if (!found.ok()) return found.status();
  const int error =
      ChangeMembership(SocketOf(handle_), membership.group, membership.source, *found, join);
  if (error == 0) return absl::OkStatus();
  return SocketError(
      error, absl::StrCat(join ? "cannot join " : "cannot leave ", membership.group.ToString()),
      join ? JoinFix(error, membership.group.is_v4(), membership.interface)
           : "it was not joined on this interface");
}

absl::StatusOr<uint32_t> InterfaceIndexOf(const std::string& interface_name) {
  const absl::StatusOr<Interface> found = FindInterface(interface_name);
  if (!found.ok()) return found.status();
  return found->index;
}

}  // namespace fh::rio
