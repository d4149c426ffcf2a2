// What every backend over sockets asks of its options before it opens anything, and how a line is
// called in messages.
//
// Start-up only: pure functions that allocate. Any thread.
#ifndef FEEDHANDLER_RIO_SOCKET_LINE_OPTIONS_H_
#define FEEDHANDLER_RIO_SOCKET_LINE_OPTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "rio/backend.h"

namespace fh::rio {

// "239.1.2.3:26400 from 10.0.0.1 on eth1 in VLAN 100".
std::string LineName(const Subscription& line);

// INVALID_ARGUMENT: a source without a group, or of another IP version; a VLAN, whose tags sockets
// do not see.
absl::Status CheckSubscription(const Subscription& line);

// INVALID_ARGUMENT: a number that no VLAN has, or any VLAN, of a receiver that tells them apart.
absl::Status CheckVlan(const Subscription& line);

// The commands that make the interface of a VLAN: "ip link add link eth1 name eth1.100 type vlan id
// 100; ip link set eth1.100 up".
std::string HowToMakeVlanInterface(const std::string& parent, const Vlan& vlan);

// INVALID_ARGUMENT: no lines, too many, or a burst out of range.
absl::Status CheckReceiverOptions(const ReceiverOptions& options);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_LINE_OPTIONS_H_
