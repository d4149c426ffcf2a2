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

// "239.1.2.3:26400 from 10.0.0.1 on eth1".
std::string LineName(const Subscription& line);

// INVALID_ARGUMENT: a source without a group, or of another IP version.
absl::Status CheckSubscription(const Subscription& line);

// INVALID_ARGUMENT: no lines, too many, or a burst out of range.
absl::Status CheckReceiverOptions(const ReceiverOptions& options);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_LINE_OPTIONS_H_
