// A batch of datagrams on their way out, to destinations that become known as a capture is read.
//
//   SendQueue queue({.interface = "lo"});
//   std::optional<SendQueue::Route> route = queue.RouteTo(destination);
//   if (!route) { queue.Flush(); route = *queue.Open(destination); }
//   if (!queue.HasRoom(payload.size())) queue.Flush();
//   queue.Append(*route, payload);                      // Copies.
//   queue.Flush();                                      // Sends, in order.
//
// One socket an IP version, opened (and opened anew, from another port, when a destination joins)
// by Open. One thread. Open makes system calls and allocates; Flush makes one system call for up to
// 64 datagrams, and blocks as rio::Sender does. The others do neither.
#ifndef FEEDHANDLER_REPLAY_SEND_QUEUE_H_
#define FEEDHANDLER_REPLAY_SEND_QUEUE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/endpoint.h"
#include "rio/socket/sender.h"

namespace fh::replay {

class SendQueue {
 public:
  // More than any feed has; a capture that names more is no feed, and is refused.
  static constexpr size_t kMostDestinations = 4096;

  struct Route {
    uint8_t socket = 0;
    uint32_t destination = 0;
  };

  // `options.destinations` is ignored.
  explicit SendQueue(rio::SenderOptions options);
  SendQueue(const SendQueue&) = delete;
  SendQueue& operator=(const SendQueue&) = delete;

  // The way to a destination that was opened before.
  std::optional<Route> RouteTo(const rio::Endpoint& destination) const;

  // Makes a way to a new destination. Precondition: nothing is queued. Errors: those of
  // rio::Sender::Open; ResourceExhausted beyond kMostDestinations.
  absl::StatusOr<Route> Open(const rio::Endpoint& destination);

  bool HasRoom(size_t payload_bytes) const {
    return queued_ < rio::Sender::kBatch && used_bytes_ + payload_bytes <= bytes_.size();
  }

  // Precondition: HasRoom(payload.size()).
  void Append(Route route, std::span<const uint8_t> payload);

  // Sends what is queued, in order.
  void Flush();

  // Forgets what is queued.
  void Discard() { queued_ = used_bytes_ = 0; }

  size_t queued() const { return queued_; }
  size_t destinations() const { return routes_.size(); }

  // Sums over all sockets that ever were.
  rio::SenderStats stats() const;

  // What the sockets were not granted, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Socket {
    std::vector<rio::Endpoint> destinations;
    std::unique_ptr<rio::Sender> sender;
  };

  absl::Status Reopen(Socket& socket);

  const rio::SenderOptions options_;
  std::array<Socket, 2> sockets_;  // IPv4 and IPv6.
  std::map<rio::Endpoint, Route> routes_;
  rio::SenderStats closed_stats_;  // Of sockets that were replaced.
  std::vector<std::string> notes_;

  std::vector<uint8_t> bytes_;  // Payloads, one behind the other.
  size_t used_bytes_ = 0;
  std::array<rio::Sender::Datagram, rio::Sender::kBatch> datagrams_{};
  std::array<uint8_t, rio::Sender::kBatch> sockets_of_datagrams_{};
  size_t queued_ = 0;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_SEND_QUEUE_H_
