// What a line of the Registered I/O backend asks of the operating system: a socket that is bound
// and joined, and the meaning of its control messages. Implemented in line_posix.cc and
// line_windows.cc; tests have lines of their own.
//
// `open` allocates and makes system calls, and so does `drops`; the rest is for the hot path.
#ifndef FEEDHANDLER_RIO_REGISTERED_LINE_H_
#define FEEDHANDLER_RIO_REGISTERED_LINE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/packet.h"
#include "rio/registered/provider.h"
#include "rio/socket/control_facts.h"

namespace fh::rio {

struct RegisteredLine {
  abi::Socket socket = kBadSocket;  // Bound and joined; closed with Provider::close_socket.
  std::vector<std::string> notes;   // What was asked for and not granted; the fix in each.
  // Bytes of control messages that a datagram may carry (stamps, drops); 0 = none was asked for.
  uint32_t control_bytes = 0;
  // The socket takes datagrams for other destinations too: `is_for_line` sorts them out.
  bool checks_destination = false;
  // The stamp that every packet should carry; one that lacks it is counted (BackendStats).
  StampSource expected_stamps = StampSource::kNone;
};

struct LineHooks {
  // Opens a socket of `provider` for the subscription: options, bind, join. Errors name the fix.
  absl::StatusOr<RegisteredLine> (*open)(const Subscription& subscription,
                                         const ReceiverOptions& options, const Provider& provider);

  // `control`: the messages behind abi::ControlHeader.
  void (*read_control)(std::span<const uint8_t> control, ControlFacts& facts);

  // The socket's own count of dropped datagrams (32 bits, wrapping); nothing when it has none.
  std::optional<uint32_t> (*drops)(abi::Socket socket);

  // Whether a datagram whose local address (abi::kAddressBytes, this system's form) is `local`
  // belongs to the subscription. Null when no line checks destinations.
  bool (*is_for_line)(const uint8_t* local, const Subscription& subscription);
};

// This system's.
const LineHooks& SystemLineHooks();

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_LINE_H_
