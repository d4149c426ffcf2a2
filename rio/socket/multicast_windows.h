// Opens the socket of one line on Windows: bound to its port, and joined on its interface.
//
//   absl::StatusOr<LineSocket> line = OpenLineSocket(
//       {.group = *ParseEndpoint("239.1.2.3:26400"), .interface = "Ethernet 2"}, options);
//   ...
//
// One socket a line, as on Linux. But Windows binds no socket to a group: a line's socket is bound
// to its port on every address, so that it may see what was sent to the port on an address of this
// host, and (where the system keeps no memberships per socket) groups that other sockets joined.
// Receivers therefore ask for IP_PKTINFO and compare the destination. A line on an address of this
// host is bound to that address alone, and holds its port alone (SO_EXCLUSIVEADDRUSE).
//
// Start-up only: allocates and makes system calls. Any thread. Windows only.
#ifndef FEEDHANDLER_RIO_SOCKET_MULTICAST_WINDOWS_H_
#define FEEDHANDLER_RIO_SOCKET_MULTICAST_WINDOWS_H_

#include <string>
#include <vector>

#include "rio/socket/socket_windows.h"
// After winsock2.h.
#include "absl/status/statusor.h"
#include "rio/backend.h"

namespace fh::rio {

struct LineSocket {
  UniqueSocket socket;
  ReceiveStamps stamps = ReceiveStamps::kNone;  // What its packets will carry.
  std::vector<std::string> notes;               // What was not granted; the fix in each.
};

// A group is joined any-source or, when `subscription.source` is set, for that source alone. Errors
// say what to do: no such interface (those that exist are listed), an address that is neither a
// group nor local, a port in use, no IPv6.
absl::StatusOr<LineSocket> OpenLineSocket(const Subscription& subscription,
                                          const ReceiverOptions& options);

// The same for a socket that was made elsewhere (for Registered I/O), of the group's IP version and
// not bound yet, but without IP_PKTINFO: Registered I/O tells destinations by itself. What could
// not be granted is added to `notes`.
absl::Status SetUpLineSocket(SOCKET socket, const Subscription& subscription,
                             const ReceiverOptions& options, std::vector<std::string>& notes);

// Where the datagram of these control messages was sent to (IP_PKTINFO, IPV6_PKTINFO). None when
// they do not say. No allocation, no system call.
IpAddress DestinationOf(const WSAMSG& message);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_MULTICAST_WINDOWS_H_
