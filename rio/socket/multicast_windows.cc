#include "rio/socket/multicast_windows.h"

#include "absl/strings/str_cat.h"
#include "rio/socket/control_windows.h"
#include "rio/socket/line_options.h"

namespace fh::rio {
namespace {

absl::Status Join(SOCKET socket, const Subscription& line, const Interface& found) {
  const int error = ChangeMembership(socket, line.group.address, line.source, found, /*join=*/true);
  if (error == 0) return absl::OkStatus();
  return SocketError(error, absl::StrCat("cannot join ", LineName(line)),
                     JoinFix(error, line.group.address.is_v4(), line.interface));
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
  const bool v4 = subscription.group.address.is_v4();
  if (subscription.group.address.IsMulticast() &&
      !SetIntOption(line.socket.get(), v4 ? IPPROTO_IP : IPPROTO_IPV6,
                    v4 ? IP_PKTINFO : IPV6_PKTINFO, 1)) {
    line.notes.push_back(absl::StrCat("packets do not say where they were sent to (",
                                      SocketErrorText(WSAGetLastError()),
                                      "): groups on one port may mix"));
  }
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
  SizeBuffer(socket, options.socket_buffer_bytes, notes);
  if (options.busy_poll_us > 0) notes.push_back("busy polling is not available on Windows");
  notes.push_back(
      "interfaces are not watched on Windows: a line whose interface is removed stays deaf until a "
      "restart");
  const SocketAddress address =
      ToSocketAddress(BindAddress(subscription.group), multicast ? 0 : found->index_v6);
  if (bind(socket, address.get(), address.length) != 0) {
    const int error = WSAGetLastError();
    return SocketError(error, absl::StrCat("cannot listen to ", LineName(subscription)),
                       BindFix(error, subscription.group));
  }
  return multicast ? Join(socket, subscription, *found) : absl::OkStatus();
}

IpAddress DestinationOf(const WSAMSG& message) {
  IpAddress destination;
  ForEachControlMessage(message, [&destination](const WSACMSGHDR& c) {
    if (const auto v4 = ControlValue<IN_PKTINFO>(c, IPPROTO_IP, IP_PKTINFO)) {
      destination = IpAddress::V4(reinterpret_cast<const uint8_t*>(&v4->ipi_addr));
    } else if (const auto v6 = ControlValue<IN6_PKTINFO>(c, IPPROTO_IPV6, IPV6_PKTINFO)) {
      destination = IpAddress::V6(reinterpret_cast<const uint8_t*>(&v6->ipi6_addr));
    }
  });
  return destination;
}

}  // namespace fh::rio
