// The fake engine over real sockets: it receives when it is asked what has come, never before, and
// has no thread. So a table over it is as deterministic as recvmmsg, and what RIO's users do with
// it can be shown on real datagrams, with every sanitizer.
//
// One thread a queue. No notifications; Wait polls the sockets.
#ifndef FEEDHANDLER_TESTS_RIO_REGISTERED_LOOPBACK_ENGINE_H_
#define FEEDHANDLER_TESTS_RIO_REGISTERED_LOOPBACK_ENGINE_H_

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "rio/registered/engine.h"
#include "rio/registered/message_posix.h"

namespace fh::test {

class LoopbackQueue final : public rio::EngineQueue {
 public:
  void Submit(std::span<rio::Operation* const> operations) override {
    for (rio::Operation* operation : operations) {
      rio::StartMessage(*operation);
      Waiting& waiting = WaitingOn(operation->socket);
      if (operation->local != nullptr) rio::NoteLocalWanted(waiting.facts);
      if (operation->kind == rio::Operation::Kind::kReceive) {
        waiting.receives.PushBack(operation);
      } else {
        waiting.sends.PushBack(operation);
      }
    }
  }

  size_t Collect(std::span<rio::Operation*> finished) override {
    size_t count = 0;
    while (count < finished.size() && !ended_.empty()) finished[count++] = ended_.PopFront();
    // A few of each socket in turn, as datagrams of several lines arrive.
    for (bool more = true; more && count < finished.size();) {
      more = false;
      for (auto& [socket, waiting] : sockets_) {
        for (rio::OperationList* list : {&waiting.sends, &waiting.receives}) {
          for (int i = 0; i < kTurn && count < finished.size() && !list->empty(); ++i) {
            if (!Try(*list->front(), waiting.facts)) break;
            finished[count++] = list->PopFront();
            more = true;
          }
        }
      }
    }
    return count;
  }

  void Cancel(rio::abi::Socket socket) override {
    Waiting& waiting = WaitingOn(socket);
    for (rio::OperationList* list : {&waiting.sends, &waiting.receives}) {
      while (!list->empty()) {
        rio::AbortMessage(*list->front(), rio::abi::kOperationAborted);
        ended_.PushBack(list->PopFront());
      }
    }
    sockets_.erase(socket);
  }

  void Arm() override {}

  void Wait(std::chrono::nanoseconds timeout) override {
    if (!ended_.empty()) return;
    std::vector<pollfd> polled;
    for (const auto& [socket, waiting] : sockets_) {
      const int events =
          (waiting.receives.empty() ? 0 : POLLIN) | (waiting.sends.empty() ? 0 : POLLOUT);
      if (events == 0) continue;
      polled.push_back(
          {.fd = waiting.facts.fd, .events = static_cast<short>(events), .revents = 0});
    }
    const int64_t count = std::max<int64_t>(timeout.count(), 0);
    const timespec spec = {.tv_sec = static_cast<time_t>(count / 1'000'000'000),
                           .tv_nsec = static_cast<long>(count % 1'000'000'000)};
    ppoll(polled.data(), polled.size(), &spec, nullptr);
  }

 private:
  static constexpr int kTurn = 16;

  struct Waiting {
    rio::SocketFacts facts;
    rio::OperationList receives;
    rio::OperationList sends;
  };

  Waiting& WaitingOn(rio::abi::Socket socket) {
    const auto [place, is_new] = sockets_.try_emplace(socket);
    if (is_new) {
      int error = 0;
      rio::LoadFacts(static_cast<int>(socket), place->second.facts, error);
    }
    return place->second;
  }

  // Whether the operation has ended.
  static bool Try(rio::Operation& operation, const rio::SocketFacts& facts) {
    const int flags = rio::FlagsOf(operation, facts) | MSG_DONTWAIT;
    msghdr& message = rio::MessageOf(operation);
    const ssize_t bytes = operation.kind == rio::Operation::Kind::kReceive
                              ? recvmsg(facts.fd, &message, flags)
                              : sendmsg(facts.fd, &message, flags);
    const int error = errno;
    if (bytes < 0 && (error == EAGAIN || error == EINTR)) return false;
    return rio::SettleMessage(operation, facts, bytes < 0 ? -error : bytes);
  }

  std::map<rio::abi::Socket, Waiting> sockets_;
  rio::OperationList ended_;
};

struct LoopbackEngine {
  static constexpr char kName[] = "fake";

  static std::unique_ptr<rio::EngineQueue> OpenQueue(uint32_t /*entries*/,
                                                     const rio::abi::Notification* notification,
                                                     int* error) {
    *error = rio::abi::kNotSupported;
    return notification == nullptr ? std::make_unique<LoopbackQueue>() : nullptr;
  }
  static rio::abi::Socket OpenSocket(int family, int type, int protocol, int* error) {
    return rio::OpenEngineSocket(family, type, protocol, error);
  }
  static void CloseSocket(rio::abi::Socket socket) { close(static_cast<int>(socket)); }
};
static_assert(rio::Engine<LoopbackEngine>);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_RIO_REGISTERED_LOOPBACK_ENGINE_H_
