// A client of the HTTP server's that sends any bytes, over real sockets on loopback.
//
//   RawClient client(server->endpoint());
//   client.Send("GET /metrics HTTP/1.1\r\n\r\n");
//   EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 200"));
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_RAW_CLIENT_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_RAW_CLIENT_H_

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "feedhandler/live/http_sockets.h"
#include "rio/socket/socket.h"

namespace fh::test {

class RawClient {
 public:
  explicit RawClient(const rio::Endpoint& server) {
    const auto family =
        server.address.is_v6() ? rio::Socket::Family::kV6 : rio::Socket::Family::kV4;
    absl::StatusOr<rio::Socket> socket = rio::Socket::Open(rio::Socket::Kind::kTcp, family);
    EXPECT_TRUE(socket.ok()) << socket.status();
    socket_ = *std::move(socket);
    const absl::Status status = socket_.Connect(server, kPatience);
    EXPECT_TRUE(status.ok()) << status;
  }

  // As much as the server takes.
  void Send(absl::string_view bytes) {
    while (!bytes.empty() && Wait(/*for_room=*/true)) {
      const SocketMove move = SendTo(socket_.handle(), {bytes.data(), bytes.size()});
      if (move.state == SocketState::kOver) return;
      bytes.remove_prefix(move.bytes);
    }
  }

  void EndSending() { socket_.Shutdown(rio::Socket::Direction::kSend).IgnoreError(); }

  // Until the server closes.
  std::string ReadAll() {
    std::string all;
    std::array<char, 4096> room;
    while (Wait(/*for_room=*/false)) {
      const SocketMove move = TakeFrom(socket_.handle(), room);
      if (move.state == SocketState::kOver) return all;
      all.append(room.data(), move.bytes);
    }
    ADD_FAILURE() << "the server has not closed; so far: " << all;
    return all;
  }

 private:
  static constexpr std::chrono::seconds kPatience{60};

  bool Wait(bool for_room) {
    SocketWait wait{socket_.handle(), for_room};
    WaitForSockets({&wait, 1}, kPatience);
    return wait.is_ready;
  }

  rio::Socket socket_;
};

// What the server answers to `request`.
inline std::string Ask(const rio::Endpoint& server, absl::string_view request) {
  RawClient client(server);
  client.Send(request);
  return client.ReadAll();
}

inline std::string Get(const rio::Endpoint& server, const std::string& path) {
  return Ask(server, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_RAW_CLIENT_H_
