#include "rio/multicast_windows.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "rio/line_options.h"

namespace fh::rio {
namespace {

std::string JoinMend(int error, const Subscription& line) {
  const bool v4 = line.group.address.is_v4();
  switch (error) {
    case WSAEADDRNOTAVAIL:
    case WSAENETUNREACH:
    case WSAEINVAL:
      if (line.interface.empty()) {
        return "no route leads to the group: name the line's interface, or add a route";
      }
      return v4 ? "the interface takes no multicast (is it up, with an IPv4 address?)"
                : "the interface takes no IPv6 multicast (is it up, with IPv6 enabled?)";
    case WSAENOPROTOOPT:
      return "this system has no such join; leave the source out";
    case WSAENOBUFS:
      return "the interface takes no more groups: netsh int ipv4 show joins";
    default:
      return "see IP_ADD_MEMBERSHIP in Microsoft's documentation";
  }
}

// By the interface's address where it has one; the index in an address 0.0.0.n otherwise, which
// Windows takes for the same (IP_ADD_MEMBERSHIP, "imr_interface").
in_addr InterfaceAddress(const Interface& interface_found) {
  in_addr address{};
  if (!interface_found.address_v4.is_none()) {
    std::memcpy(&address, interface_found.address_v4.bytes(), sizeof address);
  } else {
    address.s_addr = htonl(interface_found.index);
  }
  return address;
}

template <class Request>
int SetOption(SOCKET socket, int level, int option, const Request& request) {
  return setsockopt(socket, level, option, reinterpret_cast<const char*>(&request), sizeof request);
}

int JoinV4(SOCKET socket, const Subscription& line, const Interface& interface_found) {
  if (line.source.is_none()) {
    ip_mreq request{};
    std::memcpy(&request.imr_multiaddr, line.group.address.bytes(), 4);
    request.imr_interface = InterfaceAddress(interface_found);
    return SetOption(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, request);
  }
  ip_mreq_source request{};
  std::memcpy(&request.imr_multiaddr, line.group.address.bytes(), 4);
  std::memcpy(&request.imr_sourceaddr, line.source.bytes(), 4);
  request.imr_interface = InterfaceAddress(interface_found);
  return SetOption(socket, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, request);
}

int JoinV6(SOCKET socket, const Subscription& line, const Interface& interface_found) {
  if (line.source.is_none()) {
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, line.group.address.bytes(), 16);
    request.ipv6mr_interface = interface_found.index_v6;
    return SetOption(socket, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request);
  }
  GROUP_SOURCE_REQ request{};
  request.gsr_interface = interface_found.index_v6;
  request.gsr_group = ToSocketAddress({line.group.address, 0}, interface_found.index_v6).storage;
  request.gsr_source = ToSocketAddress({line.source, 0}, 0).storage;
  return SetOption(socket, IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, request);
}

absl::Status Join(SOCKET socket, const Subscription& line, const Interface& interface_found) {
  const int result = line.group.address.is_v4() ? JoinV4(socket, line, interface_found)
                                                : JoinV6(socket, line, interface_found);
  if (result == 0) return absl::OkStatus();
  const int error = WSAGetLastError();
  return SocketError(error, absl::StrCat("cannot join ", LineName(line)), JoinMend(error, line));
}

void SizeBuffer(SOCKET socket, uint32_t wanted_bytes, std::vector<std::string>& notes) {
  if (wanted_bytes == 0) return;
  const int wanted = static_cast<int>(wanted_bytes > INT32_MAX ? INT32_MAX : wanted_bytes);
  SetIntOption(socket, SOL_SOCKET, SO_RCVBUF, wanted);
  int granted = 0;
  int length = sizeof granted;
  if (getsockopt(socket, SOL_SOCKET, SO_RCVBUF, reinterpret_cast<char*>(&granted), &length) != 0 ||
      granted >= wanted) {
    return;
  }
  notes.push_back(absl::StrCat("socket receive buffers are ", granted, " bytes instead of ", wanted,
                               ": ask for less (socket_buffer_bytes), and post more slices"));
}

// Alone on an address of this host; together with others on a group's port.
bool SetSharing(SOCKET socket, bool multicast) {
  return SetIntOption(socket, SOL_SOCKET, multicast ? SO_REUSEADDR : SO_EXCLUSIVEADDRUSE, 1);
}

Endpoint BindAddress(const Endpoint& group) {
  if (!group.address.IsMulticast()) return group;
  constexpr uint8_t kAny[16] = {};
  return {group.address.is_v4() ? IpAddress::V4(kAny) : IpAddress::V6(kAny), group.port};
}

}  // namespace

absl::StatusOr<LineSocket> OpenLineSocket(const Subscription& subscription,
                                          const ReceiverOptions& options) {
  absl::StatusOr<UniqueSocket> socket = OpenUdpSocket(subscription.group.address);
  if (!socket.ok()) return socket.status();
  LineSocket line;
  line.socket = *std::move(socket);
  absl::Status status = SetUpLineSocket(line.socket.get(), subscription, options, line.notes);
  if (!status.ok()) return status;
  return line;
}

absl::Status SetUpLineSocket(SOCKET socket, const Subscription& subscription,
                             const ReceiverOptions& options, std::vector<std::string>& notes) {
  if (absl::Status status = CheckSubscription(subscription); !status.ok()) return status;
  const absl::StatusOr<Interface> found = FindInterface(subscription.interface);
  if (!found.ok()) return found.status();
  const bool multicast = subscription.group.address.IsMulticast();
  const bool v4 = subscription.group.address.is_v4();
  if (!subscription.interface.empty() && !found->is_up) {
    notes.push_back(absl::StrCat("interface ", subscription.interface,
                                 " is down: nothing will arrive before it is up (netsh interface "
                                 "set interface \"",
                                 found->name, "\" enabled)"));
  }
  if (!v4) SetIntOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (!SetSharing(socket, multicast)) {
    return SocketError(WSAGetLastError(), absl::StrCat("cannot share ", LineName(subscription)),
                       "see SO_REUSEADDR in Microsoft's documentation");
  }
  if (!SetIntOption(socket, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_PKTINFO : IPV6_PKTINFO, 1)) {
    notes.push_back(absl::StrCat("packets do not say where they were sent to (",
                                 SocketErrorText(WSAGetLastError()),
                                 "): groups on one port may mix"));
  }
  SizeBuffer(socket, options.socket_buffer_bytes, notes);
  const SocketAddress address =
      ToSocketAddress(BindAddress(subscription.group), multicast ? 0 : found->index_v6);
  if (bind(socket, address.get(), address.length) != 0) {
    const int error = WSAGetLastError();
    return SocketError(error, absl::StrCat("cannot listen to ", LineName(subscription)),
                       BindMend(error, subscription.group));
  }
  return multicast ? Join(socket, subscription, *found) : absl::OkStatus();
}

IpAddress DestinationOf(const WSAMSG& message) {
  auto* const readable = const_cast<WSAMSG*>(&message);  // The macros have no const form.
  for (WSACMSGHDR* c = WSA_CMSG_FIRSTHDR(readable); c != nullptr;
       c = WSA_CMSG_NXTHDR(readable, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO &&
        c->cmsg_len >= WSA_CMSG_LEN(sizeof(IN_PKTINFO))) {
      return IpAddress::V4(WSA_CMSG_DATA(c));  // ipi_addr comes first.
    }
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO &&
        c->cmsg_len >= WSA_CMSG_LEN(sizeof(IN6_PKTINFO))) {
      return IpAddress::V6(WSA_CMSG_DATA(c));
    }
    if (c->cmsg_len < sizeof(WSACMSGHDR)) break;
  }
  return IpAddress();
}

}  // namespace fh::rio
