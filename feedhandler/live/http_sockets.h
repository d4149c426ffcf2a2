// What the HTTP server does with its connections: waits for many of them at once, and takes and sends
// what there is room for without waiting. http_sockets_posix.cc and http_sockets_windows.cc implement it;
// CMake picks one.
//
// One thread a socket. Nothing here allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_SOCKETS_H_
#define FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_SOCKETS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "rio/registered/abi.h"
#include "rio/socket/socket.h"

namespace fh {

// Before it is bound: a program that is started again need not wait for the old one's last connections, and
// while one runs no other gets its port.
absl::Status SetUpListener(rio::Socket& listener);

struct SocketWait {
  rio::abi::Socket socket;
  bool for_room;          // To send; else for something to take.
  bool is_ready = false;  // Also when the connection is broken, which the next call then says.
};

// Most sockets of one wait.
inline constexpr size_t kMostSocketWaits = 257;

// Until one is ready, no longer than `most`. Precondition: sockets.size() <= kMostSocketWaits.
void WaitForSockets(std::span<SocketWait> sockets, std::chrono::milliseconds most);

enum class SocketState : uint8_t { kMoved, kWouldWait, kOver };

// kMoved: `bytes` were taken (sent), at least one; kOver: the peer sends no more, or the connection is
// broken.
struct SocketMove {
  SocketState state;
  size_t bytes = 0;
};
SocketMove TakeFrom(rio::abi::Socket socket, std::span<char> room);
SocketMove SendTo(rio::abi::Socket socket, std::span<const char> bytes);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_SOCKETS_H_
