#include "rio/registered/line.h"
#include "rio/socket/multicast_windows.h"
// After winsock2.h.
#include <cstring>
#include <utility>

namespace fh::rio {
namespace {

absl::StatusOr<RegisteredLine> OpenLine(const Subscription& subscription,
                                        const ReceiverOptions& options, const Provider& provider) {
  if (subscription.group.address.is_none()) {
    return absl::InvalidArgumentError("the address of a line is missing");
  }
  const int family = subscription.group.address.is_v4() ? AF_INET : AF_INET6;
  RegisteredLine line;
  int error = 0;
  const abi::Socket socket = provider.open_socket(family, SOCK_DGRAM, IPPROTO_UDP, &error);
  if (socket == kBadSocket) {
    return SocketError(error, "no UDP socket for " + subscription.group.address.ToString(),
                       family == AF_INET6 ? "is IPv6 enabled on this host?" : "close programs");
  }
  absl::Status status =
      SetUpLineSocket(static_cast<SOCKET>(socket), subscription, options, line.notes);
  if (!status.ok()) {
    provider.close_socket(socket);
    return status;
  }
  line.socket = socket;
  line.checks_destination = subscription.group.address.IsMulticast();
  if (options.stamps != ReceiveStamps::kNone) {
    line.notes.push_back(
        "no receive stamps: Windows documents them for WSARecvMsg alone, not for Registered I/O. "
        "Use the backend overlapped, or do with dequeue_ticks");
  }
  if (options.drops_in_stream) line.notes.push_back("Windows does not count what a socket dropped");
  return line;
}

void ReadControl(std::span<const uint8_t>, ControlFacts&) {}  // None are asked for.

std::optional<uint32_t> Drops(abi::Socket) { return std::nullopt; }

// A destination that the system does not tell is taken for the line's: rather too much than
// nothing.
bool IsForLine(const uint8_t* local, const Subscription& subscription) {
  constexpr uint8_t kUntold[16] = {};
  ADDRESS_FAMILY family = 0;
  std::memcpy(&family, local, sizeof family);
  const uint8_t* const group = subscription.group.address.bytes();
  if (family == AF_INET && subscription.group.address.is_v4()) {
    const uint8_t* const told = local + offsetof(sockaddr_in, sin_addr);
    return std::memcmp(told, group, 4) == 0 || std::memcmp(told, kUntold, 4) == 0;
  }
  if (family == AF_INET6 && subscription.group.address.is_v6()) {
    const uint8_t* const told = local + offsetof(sockaddr_in6, sin6_addr);
    return std::memcmp(told, group, 16) == 0 || std::memcmp(told, kUntold, 16) == 0;
  }
  return family == AF_UNSPEC;
}

}  // namespace

const LineHooks& SystemLineHooks() {
  static constexpr LineHooks kHooks = {
      .open = &OpenLine, .read_control = &ReadControl, .drops = &Drops, .is_for_line = &IsForLine};
  return kHooks;
}

}  // namespace fh::rio
