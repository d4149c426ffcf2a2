// Control messages of a datagram on Windows: one walk over them. Internal to rio/.
//
//   ForEachControlMessage(message, [&](const WSACMSGHDR& c) {
//     if (const auto info = ControlValue<IN_PKTINFO>(c, IPPROTO_IP, IP_PKTINFO)) ...
//   });
//
// Hot path: inline, no allocation, no system call.
#ifndef FEEDHANDLER_RIO_SOCKET_CONTROL_WINDOWS_H_
#define FEEDHANDLER_RIO_SOCKET_CONTROL_WINDOWS_H_

#include <cstring>
#include <optional>

#include "rio/socket/socket_windows.h"

namespace fh::rio {

// Calls `take(message)` for each control message. One that is shorter than its own header ends it:
// the macros would go round for ever.
template <class F>
void ForEachControlMessage(const WSAMSG& message, F&& take) {
  auto* const readable = const_cast<WSAMSG*>(&message);  // The macros have no const form.
  for (WSACMSGHDR* c = WSA_CMSG_FIRSTHDR(readable); c != nullptr;
       c = WSA_CMSG_NXTHDR(readable, c)) {
    take(*c);
    if (c->cmsg_len < sizeof(WSACMSGHDR)) break;
  }
}

// The content of a message of this level and type; nothing for any other, or a shorter one.
template <class T>
std::optional<T> ControlValue(const WSACMSGHDR& message, int level, int type) {
  if (message.cmsg_level != level || message.cmsg_type != type ||
      message.cmsg_len < WSA_CMSG_LEN(sizeof(T))) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, WSA_CMSG_DATA(const_cast<WSACMSGHDR*>(&message)), sizeof value);
  return value;
}

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_CONTROL_WINDOWS_H_
