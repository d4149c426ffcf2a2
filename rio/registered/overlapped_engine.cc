#include "rio/registered/overlapped_engine.h"

#include "rio/registered/message_windows.h"
// After winsock2.h.
#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

constexpr ULONG kBurst = 64;  // Completions that the thread takes at a time.
constexpr std::chrono::hours kLongestWait{1};

class OverlappedQueue;

struct PumpLine {
  SocketFacts facts;
  bool closing = false;
  // A stream's: the front one is the system's, those behind it wait.
  OperationList receives;
};

// The one completion port and its thread. Its mutex guards all queues too.
class Pump {
 public:
  // Null when no port is available.
  static Pump* Get();

  std::mutex& mutex() { return mutex_; }

  // All but Main are called under the mutex.
  void Submit(Operation& operation);
  void Cancel(SOCKET socket);
  void Forget(SOCKET socket) { lines_.erase(socket); }

 private:
  explicit Pump(HANDLE port) : port_(port) {}

  void Main();
  void Serve(Operation& operation);
  PumpLine* LineOf(SOCKET socket, int32_t& error);
  void IssueNext(PumpLine& line);

  UniqueHandle port_;
  std::mutex mutex_;
  std::unordered_map<SOCKET, PumpLine> lines_;
};

class OverlappedQueue final : public EngineQueue {
 public:
  OverlappedQueue(Pump& pump, const abi::Notification* notification) : pump_(pump) {
    if (notification != nullptr) notification_ = *notification;
  }
  ~OverlappedQueue() override {
    // The thread is done with what it handed over last.
    const std::lock_guard lock(pump_.mutex());
  }

  void Submit(std::span<Operation* const> operations) override;
  size_t Collect(std::span<Operation*> finished) override;
  void Cancel(abi::Socket socket) override;
  void Arm() override;
  void Wait(std::chrono::nanoseconds timeout) override;
  bool armed() const override;

  void Finish(Operation& operation);  // Under the pump's mutex.

 private:
  void Signal();

  Pump& pump_;
  std::optional<abi::Notification> notification_;
  std::condition_variable finished_;
  OperationList done_;
  uint32_t notifying_ = 0;  // Operations in done_ that are worth a signal.
  bool armed_ = false;
};

OverlappedQueue& QueueOf(Operation& operation) {
  return *static_cast<OverlappedQueue*>(ScratchOf(operation).queue);
}

Pump* Pump::Get() {
  static Pump* const pump = []() -> Pump* {
    if (!StartWinsock().ok()) return nullptr;
    const HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1);
    if (port == nullptr) return nullptr;
    // Never destroyed: its thread runs as long as the program.
    Pump* const made = new Pump(port);
    std::thread([made] { made->Main(); }).detach();
    return made;
  }();
  return pump;
}

void Pump::Main() {
  std::array<OVERLAPPED_ENTRY, kBurst> entries{};
  for (;;) {
    ULONG count = 0;
    if (!GetQueuedCompletionStatusEx(port_.get(), entries.data(), kBurst, &count, INFINITE,
                                     FALSE)) {
      continue;
    }
    const std::lock_guard lock(mutex_);
    for (ULONG i = 0; i < count; ++i) {
      Serve(*reinterpret_cast<MessageScratch*>(entries[i].lpOverlapped)->operation);
    }
  }
}

// What has come out of the completion port.
void Pump::Serve(Operation& operation) {
  // Its line is there as long as one of its operations is.
  PumpLine& line = lines_.at(static_cast<SOCKET>(operation.socket));
  const bool ended = SettleMessage(operation, line.facts, line.closing);
  if (!ended && line.closing) {
    AbortMessage(operation, abi::kOperationAborted);
  } else if (!ended) {
    const int error = IssueMessage(operation, line.facts);
    if (error == 0) return;
    AbortMessage(operation, ErrorOfWindows(error));
  }
  if (line.facts.stream && operation.kind == Operation::Kind::kReceive) {
    line.receives.PopFront();
    QueueOf(operation).Finish(operation);
    IssueNext(line);
  } else {
    QueueOf(operation).Finish(operation);
  }
}

// Gives a stream's next receive to the system.
void Pump::IssueNext(PumpLine& line) {
  while (!line.receives.empty()) {
    Operation& next = *line.receives.front();
    const int error = line.closing ? WSA_OPERATION_ABORTED : IssueMessage(next, line.facts);
    if (error == 0) return;
    line.receives.PopFront();
    AbortMessage(next, ErrorOfWindows(error));
    QueueOf(next).Finish(next);
  }
}

PumpLine* Pump::LineOf(SOCKET socket, int32_t& error) {
  const auto found = lines_.find(socket);
  if (found != lines_.end()) return &found->second;
  PumpLine line;
  error = LoadFacts(socket, line.facts);
  if (error != abi::kOk) return nullptr;
  if (CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket), port_.get(), 0, 0) == nullptr) {
    error = ErrorOfWindows(static_cast<int>(GetLastError()));
    return nullptr;
  }
  return &lines_.emplace(socket, line).first->second;
}

void Pump::Submit(Operation& operation) {
  int32_t error = abi::kOk;
  PumpLine* const line = LineOf(static_cast<SOCKET>(operation.socket), error);
  if (line == nullptr || line->closing) {
    AbortMessage(operation, line == nullptr ? error : int32_t{abi::kOperationAborted});
    QueueOf(operation).Finish(operation);
    return;
  }
  if (operation.local != nullptr) NoteLocalWanted(line->facts);
  if (line->facts.stream && operation.kind == Operation::Kind::kReceive) {
    const bool first = line->receives.empty();
    line->receives.PushBack(&operation);
    if (first) IssueNext(*line);
    return;
  }
  if (const int refused = IssueMessage(operation, line->facts); refused != 0) {
    AbortMessage(operation, ErrorOfWindows(refused));
    QueueOf(operation).Finish(operation);
  }
}

// Its receives and sends come out of the port soon; those that wait behind them end then.
void Pump::Cancel(SOCKET socket) {
  const auto found = lines_.find(socket);
  if (found == lines_.end()) return;
  found->second.closing = true;
  CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);
}

void OverlappedQueue::Finish(Operation& operation) {
  done_.PushBack(&operation);
  notifying_ += operation.notify ? 1 : 0;
  finished_.notify_one();
  if (armed_ && operation.notify) {
    armed_ = false;
    Signal();
  }
}

void OverlappedQueue::Signal() {
  if (notification_->type == abi::NotifyType::kEvent) {
    SetEvent(notification_->event.handle);
  } else {
    PostQueuedCompletionStatus(notification_->port.port, 0,
                               reinterpret_cast<ULONG_PTR>(notification_->port.key),
                               static_cast<OVERLAPPED*>(notification_->port.overlapped));
  }
}

void OverlappedQueue::Submit(std::span<Operation* const> operations) {
  const std::lock_guard lock(pump_.mutex());
  for (Operation* operation : operations) {
    StartMessage(*operation, this);
    pump_.Submit(*operation);
  }
}

size_t OverlappedQueue::Collect(std::span<Operation*> finished) {
  const std::lock_guard lock(pump_.mutex());
  size_t count = 0;
  while (count < finished.size() && !done_.empty()) {
    Operation* const operation = done_.PopFront();
    notifying_ -= operation->notify ? 1 : 0;
    finished[count++] = operation;
  }
  return count;
}

void OverlappedQueue::Cancel(abi::Socket socket) {
  const std::lock_guard lock(pump_.mutex());
  pump_.Cancel(static_cast<SOCKET>(socket));
}

void OverlappedQueue::Arm() {
  const std::lock_guard lock(pump_.mutex());
  if (!notification_) return;
  if (notification_->type == abi::NotifyType::kEvent && notification_->event.reset != 0) {
    ResetEvent(notification_->event.handle);
  }
  armed_ = notifying_ == 0;
  if (!armed_) Signal();
}

bool OverlappedQueue::armed() const {
  const std::lock_guard lock(pump_.mutex());
  return armed_;
}

void OverlappedQueue::Wait(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(pump_.mutex());
  finished_.wait_for(lock, std::clamp<std::chrono::nanoseconds>(timeout, {}, kLongestWait),
                     [this] { return !done_.empty(); });
}

}  // namespace

ProbeResult OverlappedEngine::Probe() {
  if (const absl::Status status = StartWinsock(); !status.ok()) {
    return {false, std::string(status.message())};
  }
  if (Pump::Get() != nullptr) return {true, ""};
  return {false, "no completion port is available: the system is out of handles or memory"};
}

std::unique_ptr<EngineQueue> OverlappedEngine::OpenQueue(uint32_t,
                                                         const abi::Notification* notification,
                                                         int* error) {
  Pump* const pump = Pump::Get();
  *error = pump == nullptr ? abi::kNoBuffers : abi::kOk;
  return pump == nullptr ? nullptr : std::make_unique<OverlappedQueue>(*pump, notification);
}

abi::Socket OverlappedEngine::OpenSocket(int family, int type, int protocol, int* error) {
  UniqueSocket socket = OpenOverlappedSocket(family, type, protocol);
  if (socket.get() == INVALID_SOCKET) {
    *error = WSAGetLastError();
    return kBadSocket;
  }
  if (type == SOCK_DGRAM) IgnoreUnreachable(socket.get());
  return static_cast<abi::Socket>(socket.Release());
}

void OverlappedEngine::CloseSocket(abi::Socket socket) {
  if (Pump* const pump = Pump::Get(); pump != nullptr) {
    const std::lock_guard lock(pump->mutex());
    pump->Forget(static_cast<SOCKET>(socket));
  }
  closesocket(static_cast<SOCKET>(socket));
}

}  // namespace fh::rio
