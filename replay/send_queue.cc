#include "replay/send_queue.h"

#include <cassert>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace fh::replay {
namespace {

constexpr size_t kQueueBytes = 256 * 1024;  // A batch of jumbo frames, or four of the largest.

void Add(const rio::SenderStats& from, rio::SenderStats& to) {
  to.sent += from.sent;
  to.bytes += from.bytes;
  to.retries += from.retries;
  to.failed += from.failed;
  to.system_calls += from.system_calls;
  if (from.last_error != 0) to.last_error = from.last_error;
}

}  // namespace

SendQueue::SendQueue(rio::SenderOptions options)
    : options_(std::move(options)), bytes_(kQueueBytes) {}

std::optional<SendQueue::Route> SendQueue::RouteTo(const rio::Endpoint& destination) const {
  const auto known = routes_.find(destination);
  if (known == routes_.end()) return std::nullopt;
  return known->second;
}

absl::StatusOr<SendQueue::Route> SendQueue::Open(const rio::Endpoint& destination) {
  assert(queued_ == 0);
  if (routes_.size() == kMostDestinations) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the capture has more than ", kMostDestinations,
                     " destinations: choose some of them, or send all to one"));
  }
  const auto index = static_cast<uint8_t>(destination.address.is_v4() ? 0 : 1);
  Socket& socket = sockets_[index];
  const Route route{index, static_cast<uint32_t>(socket.destinations.size())};
  socket.destinations.push_back(destination);
  if (absl::Status opened = Reopen(socket); !opened.ok()) return opened;
  routes_.emplace(destination, route);
  return route;
}

absl::Status SendQueue::Reopen(Socket& socket) {
  if (socket.sender != nullptr) Add(socket.sender->stats(), closed_stats_);
  const bool first = socket.sender == nullptr;
  socket.sender.reset();  // Lest a source port that was asked for be in use.
  rio::SenderOptions options = options_;
  options.destinations = socket.destinations;
  absl::StatusOr<std::unique_ptr<rio::Sender>> sender = rio::Sender::Open(options);
  if (!sender.ok()) return sender.status();
  socket.sender = *std::move(sender);
  if (first) {
    notes_.insert(notes_.end(), socket.sender->notes().begin(), socket.sender->notes().end());
  }
  return absl::OkStatus();
}

void SendQueue::Append(Route route, std::span<const uint8_t> payload) {
  assert(HasRoom(payload.size()));
  uint8_t* const to = bytes_.data() + used_bytes_;
  if (!payload.empty()) std::memcpy(to, payload.data(), payload.size());
  datagrams_[queued_] = {.data = to,
                         .length = static_cast<uint32_t>(payload.size()),
                         .destination = route.destination};
  sockets_of_datagrams_[queued_] = route.socket;
  used_bytes_ += payload.size();
  ++queued_;
}

void SendQueue::Flush() {
  for (size_t first = 0; first < queued_;) {
    const uint8_t socket = sockets_of_datagrams_[first];
    size_t end = first + 1;
    while (end < queued_ && sockets_of_datagrams_[end] == socket) ++end;
    sockets_[socket].sender->Send(std::span(datagrams_).subspan(first, end - first));
    first = end;
  }
  Discard();
}

rio::SenderStats SendQueue::stats() const {
  rio::SenderStats sum = closed_stats_;
  for (const Socket& socket : sockets_) {
    if (socket.sender != nullptr) Add(socket.sender->stats(), sum);
  }
  return sum;
}

}  // namespace fh::replay
