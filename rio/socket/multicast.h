// Opens the socket of one line: bound to its group and port, and joined on its interface.
//
//   absl::StatusOr<LineSocket> socket = OpenLineSocket(
//       {.group = *ParseEndpoint("239.1.2.3:26400"), .interface = "eth1"}, options);
//
// One socket a line, so that the kernel does the sorting: bound to the group's address, a socket
// receives no other group on the same port, and IP_MULTICAST_ALL = 0 keeps out what other sockets
// of this host joined (ip(7)). It also puts no limit on the number of groups: the limits of
// igmp_max_memberships and igmp_max_msf are per socket.
//
// Start-up only: allocates and makes system calls. Any thread.
#ifndef FEEDHANDLER_RIO_SOCKET_MULTICAST_H_
#define FEEDHANDLER_RIO_SOCKET_MULTICAST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {

struct LineSocket {
  UniqueFd fd;
  uint32_t interface_index = 0;                 // Of the interface named; 0 = none was.
  ReceiveStamps stamps = ReceiveStamps::kNone;  // What its packets will carry.
  std::vector<std::string> notes;  // What was asked for and not granted; the fix in each.
};

// A group is joined any-source or, when `subscription.source` is set, for that source alone. An
// address of this host is bound without a join. Errors say what to do: no such interface (those
// that exist are listed), an address that is neither a group nor local, a port in use, missing
// permission, no descriptors left, no IPv6.
//
// Without `join` nobody asks the network for the group: it arrives when it is sent here anyway.
absl::StatusOr<LineSocket> OpenLineSocket(const Subscription& subscription,
                                          const ReceiverOptions& options, bool join = true);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_MULTICAST_H_
