#include <winsock2.h>
// After winsock2.h, which must come before it.
#include <windows.h>

#include <algorithm>
#include <array>
#include <climits>

#include "feedhandler/live/http_sockets.h"

namespace fh {
namespace {

SOCKET SocketOf(rio::abi::Socket socket) { return static_cast<SOCKET>(socket); }

// No call takes a flag for that here, so the socket does.
void KeepFromWaiting(SOCKET socket) {
  u_long on = 1;
  ioctlsocket(socket, static_cast<long>(FIONBIO), &on);
}

int Length(size_t bytes) { return static_cast<int>(std::min<size_t>(bytes, INT_MAX)); }

SocketMove Moved(int bytes) {
  if (bytes > 0) return {SocketState::kMoved, static_cast<size_t>(bytes)};
  const bool would_wait = bytes == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK;
  return {would_wait ? SocketState::kWouldWait : SocketState::kOver};
}

}  // namespace

absl::Status SetUpListener(rio::Socket& listener) {
  // Here SO_REUSEADDR would let a second program take the port of the first one.
  const BOOL on = TRUE;
  setsockopt(SocketOf(listener.handle()), SOL_SOCKET, static_cast<int>(SO_EXCLUSIVEADDRUSE),
             reinterpret_cast<const char*>(&on), sizeof on);
  return absl::OkStatus();
}

void WaitForSockets(std::span<SocketWait> sockets, std::chrono::milliseconds most) {
  if (sockets.empty()) return Sleep(static_cast<DWORD>(most.count()));
  std::array<WSAPOLLFD, kMostSocketWaits> polls;
  for (size_t i = 0; i < sockets.size(); ++i) {
    const short events = sockets[i].for_room ? POLLOUT : POLLIN;
    polls[i] = {.fd = SocketOf(sockets[i].socket), .events = events, .revents = 0};
  }
  const int ready =
      WSAPoll(polls.data(), static_cast<ULONG>(sockets.size()), static_cast<INT>(most.count()));
  for (size_t i = 0; i < sockets.size(); ++i) {
    sockets[i].is_ready = ready > 0 && polls[i].revents != 0;
  }
}

SocketMove TakeFrom(rio::abi::Socket socket, std::span<char> room) {
  KeepFromWaiting(SocketOf(socket));
  return Moved(recv(SocketOf(socket), room.data(), Length(room.size()), 0));
}

SocketMove SendTo(rio::abi::Socket socket, std::span<const char> bytes) {
  KeepFromWaiting(SocketOf(socket));
  return Moved(send(SocketOf(socket), bytes.data(), Length(bytes.size()), 0));
}

}  // namespace fh
