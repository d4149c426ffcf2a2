#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "feedhandler/live/http_sockets.h"

namespace fh {
namespace {

SocketMove Moved(ssize_t bytes) {
  if (bytes > 0) return {SocketState::kMoved, static_cast<size_t>(bytes)};
  const bool would_wait = bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {would_wait ? SocketState::kWouldWait : SocketState::kOver};
}

}  // namespace

absl::Status SetUpListener(rio::Socket& listener) {
  return listener.Set(rio::SocketOption::kReuseAddress, 1);
}

void WaitForSockets(std::span<SocketWait> sockets, std::chrono::milliseconds most) {
  std::array<pollfd, kMostSocketWaits> polls;
  for (size_t i = 0; i < sockets.size(); ++i) {
    const short events = sockets[i].for_room ? POLLOUT : POLLIN;
    polls[i] = {.fd = static_cast<int>(sockets[i].socket), .events = events, .revents = 0};
  }
  const int ready = ::poll(polls.data(), sockets.size(), static_cast<int>(most.count()));
  for (size_t i = 0; i < sockets.size(); ++i) {
    sockets[i].is_ready = ready > 0 && polls[i].revents != 0;
  }
}

SocketMove TakeFrom(rio::abi::Socket socket, std::span<char> room) {
  return Moved(::recv(static_cast<int>(socket), room.data(), room.size(), MSG_DONTWAIT));
}

SocketMove SendTo(rio::abi::Socket socket, std::span<const char> bytes) {
  return Moved(
      ::send(static_cast<int>(socket), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

}  // namespace fh
