// A network that exists only in a test, and the engine over it: what completes, when, with which
// status and in which order is what the test says. Portable, deterministic, without threads of its
// own.
//
//   FakeNetwork& network = FakeNetwork::Reset();
//   const rio::Provider& provider = rio::EmulatedProvider<FakeEngine>();
//   ...
//   network.Deliver(socket, "datagram");         // Into the oldest receive.
//   network.End(socket, Operation::Kind::kReceive, rio::abi::kNetworkUnreachable);
//
// With `late`, what has ended stays in the network until Release; with `shuffle`, datagrams go into
// any receive and late completions come in any order. Closing down ends late mode for what is left,
// as a kernel does in the end.
#ifndef FEEDHANDLER_TESTS_RIO_REGISTERED_FAKE_ENGINE_H_
#define FEEDHANDLER_TESTS_RIO_REGISTERED_FAKE_ENGINE_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rio/registered/engine.h"
#include "rio/registered/event.h"

namespace fh::test {

class FakeQueue;

class FakeNetwork {
 public:
  static FakeNetwork& Get() {
    static FakeNetwork network;
    return network;
  }

  // As at the start of the program. No queue and no socket may be left.
  static FakeNetwork& Reset() { return Get() = FakeNetwork(); }

  // A datagram arrives. False when no receive is posted: it is lost, as in the real thing.
  bool Deliver(rio::abi::Socket socket, const std::string& payload);

  // Ends a request of that kind with `status`. False when there is none.
  bool End(rio::abi::Socket socket, rio::Operation::Kind kind, int32_t status);

  // Requests that have been submitted and have not ended.
  size_t Waiting(rio::abi::Socket socket, rio::Operation::Kind kind) const;

  // Lets up to `count` late completions go.
  size_t Release(size_t count);

  size_t queue_count() const { return queues.size(); }

  // What the test wants.
  bool late = false;
  bool shuffle = false;
  bool hold_sends = false;          // Otherwise sends end when they are submitted.
  bool complete_at_submit = false;  // Receives too, with no data.
  int queue_error = 0;              // OpenQueue fails with it.
  int socket_error = 0;             // OpenSocket fails with it.
  std::function<void()> on_submit;
  std::function<void()> on_collect;
  std::mt19937 random{1};

  // What happened.
  std::vector<std::string> sent;
  std::set<rio::abi::Socket> sockets;  // Open ones.
  std::set<FakeQueue*> queues;
  rio::abi::Socket next_socket = 1000;
  uint64_t submits = 0;
};

class FakeQueue final : public rio::EngineQueue {
 public:
  explicit FakeQueue(const rio::abi::Notification* notification) {
    if (notification != nullptr) event_ = notification->event.handle;
    FakeNetwork::Get().queues.insert(this);
  }
  ~FakeQueue() override { FakeNetwork::Get().queues.erase(this); }
  FakeQueue(const FakeQueue&) = delete;
  FakeQueue& operator=(const FakeQueue&) = delete;

  void Submit(std::span<rio::Operation* const> operations) override {
    FakeNetwork& network = FakeNetwork::Get();
    ++network.submits;
    if (network.on_submit) network.on_submit();
    for (rio::Operation* operation : operations) {
      const bool is_send = operation->kind == rio::Operation::Kind::kSend;
      if (is_send) {
        network.sent.emplace_back(operation->data.begin(), operation->data.end());
        operation->bytes = static_cast<uint32_t>(operation->data.size());
      }
      if ((is_send && !network.hold_sends) || network.complete_at_submit) {
        Finish(*operation);
      } else {
        waiting_.push_back(operation);
      }
    }
  }

  size_t Collect(std::span<rio::Operation*> finished) override {
    if (FakeNetwork::Get().on_collect) FakeNetwork::Get().on_collect();
    const size_t count = std::min(finished.size(), finished_.size());
    std::copy_n(finished_.begin(), count, finished.begin());
    finished_.erase(finished_.begin(), finished_.begin() + static_cast<ptrdiff_t>(count));
    return count;
  }

  void Cancel(rio::abi::Socket socket) override {
    std::vector<rio::Operation*> kept;
    for (rio::Operation* operation : std::exchange(waiting_, {})) {
      if (operation->socket != socket) {
        kept.push_back(operation);
        continue;
      }
      operation->status = rio::abi::kOperationAborted;
      Finish(*operation);
    }
    waiting_ = std::move(kept);
  }

  void Arm() override {
    armed_ = true;
    if (std::any_of(finished_.begin(), finished_.end(), [](auto* o) { return o->notify; })) {
      Signal();
    }
  }
  bool armed() const override { return armed_; }

  void Wait(std::chrono::nanoseconds) override { Release(~size_t{0}); }

  // The first waiting operation, or any with `shuffle`; it is waiting no more. Null: there is none.
  rio::Operation* Take(rio::abi::Socket socket, rio::Operation::Kind kind) {
    FakeNetwork& network = FakeNetwork::Get();
    std::vector<size_t> fitting;
    for (size_t i = 0; i < waiting_.size(); ++i) {
      if (waiting_[i]->socket == socket && waiting_[i]->kind == kind) fitting.push_back(i);
      if (!fitting.empty() && !network.shuffle) break;
    }
    if (fitting.empty()) return nullptr;
    const size_t place = fitting[network.random() % fitting.size()];
    rio::Operation* const operation = waiting_[place];
    waiting_.erase(waiting_.begin() + static_cast<ptrdiff_t>(place));
    return operation;
  }

  size_t Waiting(rio::abi::Socket socket, rio::Operation::Kind kind) const {
    return static_cast<size_t>(std::count_if(waiting_.begin(), waiting_.end(), [&](auto* o) {
      return o->socket == socket && o->kind == kind;
    }));
  }

  void Finish(rio::Operation& operation) {
    if (FakeNetwork::Get().late) {
      late_.push_back(&operation);
      return;
    }
    finished_.push_back(&operation);
    if (armed_ && operation.notify) Signal();
  }

  size_t Release(size_t count) {
    FakeNetwork& network = FakeNetwork::Get();
    if (network.shuffle) std::shuffle(late_.begin(), late_.end(), network.random);
    count = std::min(count, late_.size());
    for (size_t i = 0; i < count; ++i) {
      finished_.push_back(late_.front());
      late_.pop_front();
      if (armed_ && finished_.back()->notify) Signal();
    }
    return count;
  }

 private:
  void Signal() {
    armed_ = false;
    if (event_ != nullptr) rio::SignalEvent(event_);
  }

  std::vector<rio::Operation*> waiting_;
  std::deque<rio::Operation*> late_;
  std::deque<rio::Operation*> finished_;
  void* event_ = nullptr;
  bool armed_ = false;
};

inline bool FakeNetwork::Deliver(rio::abi::Socket socket, const std::string& payload) {
  for (FakeQueue* queue : queues) {
    rio::Operation* const operation = queue->Take(socket, rio::Operation::Kind::kReceive);
    if (operation == nullptr) continue;
    const size_t bytes = std::min(payload.size(), operation->data.size());
    if (bytes > 0) std::memcpy(operation->data.data(), payload.data(), bytes);
    operation->bytes = static_cast<uint32_t>(bytes);
    if (payload.size() > bytes) operation->status = rio::abi::kMessageSize;
    if (operation->remote != nullptr) std::memset(operation->remote, 1, rio::abi::kAddressBytes);
    if (operation->local != nullptr) std::memset(operation->local, 2, rio::abi::kAddressBytes);
    if (operation->flags_out != nullptr) *operation->flags_out = 0;
    if (!operation->control.empty()) {
      // As control message, the payload's first byte.
      const rio::abi::ControlHeader header{rio::abi::kControlOffset + 1};
      std::memcpy(operation->control.data(), &header, sizeof header);
      if (operation->control.size() > rio::abi::kControlOffset) {
        operation->control[rio::abi::kControlOffset] =
            payload.empty() ? 0 : static_cast<uint8_t>(payload[0]);
      }
    }
    queue->Finish(*operation);
    return true;
  }
  return false;
}

inline bool FakeNetwork::End(rio::abi::Socket socket, rio::Operation::Kind kind, int32_t status) {
  for (FakeQueue* queue : queues) {
    rio::Operation* const operation = queue->Take(socket, kind);
    if (operation == nullptr) continue;
    operation->status = status;
    queue->Finish(*operation);
    return true;
  }
  return false;
}

inline size_t FakeNetwork::Waiting(rio::abi::Socket socket, rio::Operation::Kind kind) const {
  size_t count = 0;
  for (const FakeQueue* queue : queues) count += queue->Waiting(socket, kind);
  return count;
}

inline size_t FakeNetwork::Release(size_t count) {
  size_t released = 0;
  for (FakeQueue* queue : queues) released += queue->Release(count - released);
  return released;
}

struct FakeEngine {
  static constexpr char kName[] = "fake";

  static std::unique_ptr<rio::EngineQueue> OpenQueue(uint32_t /*entries*/,
                                                     const rio::abi::Notification* notification,
                                                     int* error) {
    if (FakeNetwork::Get().queue_error != 0) {
      *error = FakeNetwork::Get().queue_error;
      return nullptr;
    }
    return std::make_unique<FakeQueue>(notification);
  }
  static rio::abi::Socket OpenSocket(int /*family*/, int /*type*/, int /*protocol*/, int* error) {
    FakeNetwork& network = FakeNetwork::Get();
    if (network.socket_error != 0) {
      *error = network.socket_error;
      return rio::kBadSocket;
    }
    network.sockets.insert(network.next_socket);
    return network.next_socket++;
  }
  static void CloseSocket(rio::abi::Socket socket) { FakeNetwork::Get().sockets.erase(socket); }
};
static_assert(rio::Engine<FakeEngine>);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_RIO_REGISTERED_FAKE_ENGINE_H_
