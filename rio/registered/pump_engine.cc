#include "rio/registered/pump_engine.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "rio/registered/errors_posix.h"
#include "rio/registered/message_posix.h"
#include "rio/registered/queue_event_posix.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

constexpr int kEvents = 64;
constexpr uint32_t kBurst = 64;  // Requests that the pump carries out under one lock.
constexpr std::chrono::hours kLongestWait{1};
constexpr uint64_t kStop = ~uint64_t{0};  // epoll_data of the descriptor that ends the pump.

// One kind of a socket's requests.
struct Side {
  OperationList waiting;
  bool ready = false;  // The kernel said so, and no try has found otherwise since.
};

// A socket with requests in this queue. Registered with epoll edge-triggered, so an idle one costs
// nothing.
struct PumpLine {
  SocketFacts facts;
  uint32_t generation = 0;  // Tells an event of a closed socket from one of its successor.
  Side receives;
  Side sends;
};

class PumpQueue final : public EngineQueue {
 public:
  static std::unique_ptr<PumpQueue> Open(const abi::Notification* notification, int* error);
  ~PumpQueue() override;

  void Submit(std::span<Operation* const> operations) override;
  size_t Collect(std::span<Operation*> finished) override;
  void Cancel(abi::Socket socket) override;
  void Arm() override;
  void Wait(std::chrono::nanoseconds timeout) override;
  bool armed() const override;

 private:
  static void* Main(void* queue);
  void Pump();
  void Serve(const epoll_event& event);
  PumpLine* LineOf(int fd, int& error);
  bool Run(PumpLine& line, Side& side, uint32_t limit);
  void Finish(Operation& operation);
  void AbortAll(Side& side);

  QueueEvent event_;
  UniqueFd epoll_;
  UniqueFd stop_;
  pthread_t thread_{};
  bool running_ = false;

  mutable std::mutex mutex_;  // Guards all below.
  std::condition_variable finished_;
  std::vector<std::unique_ptr<PumpLine>> lines_;  // By descriptor.
  uint32_t generation_ = 0;
  OperationList done_;
  uint32_t notifying_ = 0;  // Operations in done_ that are worth a signal.
  bool armed_ = false;
  bool waiting_ = false;
};

std::unique_ptr<PumpQueue> PumpQueue::Open(const abi::Notification* notification, int* error) {
  auto queue = std::make_unique<PumpQueue>();
  *error = queue->event_.Take(notification);
  if (*error != abi::kOk) return nullptr;
  *error = abi::kNoBuffers;
  queue->epoll_ = OpenDescriptor([] { return epoll_create1(EPOLL_CLOEXEC); });
  queue->stop_ = OpenDescriptor([] { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); });
  epoll_event stop{.events = EPOLLIN, .data = {.u64 = kStop}};
  if (queue->epoll_.get() < 0 || queue->stop_.get() < 0 ||
      epoll_ctl(queue->epoll_.get(), EPOLL_CTL_ADD, queue->stop_.get(), &stop) != 0) {
    return nullptr;
  }
  queue->running_ = pthread_create(&queue->thread_, nullptr, &Main, queue.get()) == 0;
  if (!queue->running_) return nullptr;
  *error = abi::kOk;
  return queue;
}

PumpQueue::~PumpQueue() {
  if (!running_) return;
  eventfd_write(stop_.get(), 1);
  pthread_join(thread_, nullptr);
}

void* PumpQueue::Main(void* queue) {
  static_cast<PumpQueue*>(queue)->Pump();
  return nullptr;
}

void PumpQueue::Pump() {
  std::array<epoll_event, kEvents> events;
  for (;;) {
    const int count = epoll_wait(epoll_.get(), events.data(), kEvents, -1);
    for (int i = 0; i < count; ++i) {
      if (events[static_cast<size_t>(i)].data.u64 == kStop) return;
      Serve(events[static_cast<size_t>(i)]);
    }
  }
}

void PumpQueue::Serve(const epoll_event& event) {
  const auto fd = static_cast<uint32_t>(event.data.u64);
  const auto generation = static_cast<uint32_t>(event.data.u64 >> 32);
  // An error or a hang-up is told by trying.
  const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
  bool readable = failed || (event.events & (EPOLLIN | EPOLLRDHUP)) != 0;
  bool writable = failed || (event.events & EPOLLOUT) != 0;
  // Bursts, so that another thread gets the lock in between.
  for (bool more = true; more;) {
    const std::lock_guard lock(mutex_);
    PumpLine* line = fd < lines_.size() ? lines_[fd].get() : nullptr;
    if (line == nullptr || line->generation != generation) return;
    line->receives.ready |= readable;
    line->sends.ready |= writable;
    readable = writable = false;
    const bool more_sends = Run(*line, line->sends, kBurst);
    more = Run(*line, line->receives, kBurst) || more_sends;
  }
}

PumpLine* PumpQueue::LineOf(int fd, int& error) {
  const auto index = static_cast<size_t>(fd);
  if (fd < 0) {
    error = EBADF;
    return nullptr;
  }
  if (index >= lines_.size()) lines_.resize(index + 1);
  if (lines_[index] != nullptr) return lines_[index].get();
  auto line = std::make_unique<PumpLine>();
  if (!LoadFacts(fd, line->facts, error)) return nullptr;
  line->generation = ++generation_;
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {}};
  event.data.u64 = static_cast<uint64_t>(line->generation) << 32 | static_cast<uint32_t>(fd);
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    error = errno;
    return nullptr;
  }
  // Both may be tried at once; epoll tells of later changes only.
  line->receives.ready = line->sends.ready = true;
  lines_[index] = std::move(line);
  return lines_[index].get();
}

// Carries out what waits, until the socket has no more or `limit` have ended. True: there may be
// more to do.
bool PumpQueue::Run(PumpLine& line, Side& side, uint32_t limit) {
  while (side.ready && !side.waiting.empty()) {
    if (limit-- == 0) return true;
    Operation& operation = *side.waiting.front();
    msghdr& message = MessageOf(operation);
    // Filling a slice is ours: with MSG_WAITALL a try would not say that there is no more.
    const int flags = (FlagsOf(operation, line.facts) & ~MSG_WAITALL) | MSG_DONTWAIT;
    const ssize_t result = operation.kind == Operation::Kind::kReceive
                               ? recvmsg(line.facts.fd, &message, flags)
                               : sendmsg(line.facts.fd, &message, flags);
    const int error = result < 0 ? errno : 0;
    if (error == EINTR) continue;
    if (error == EAGAIN || error == EWOULDBLOCK) {
      side.ready = false;
    } else if (SettleMessage(operation, line.facts, error != 0 ? -error : result)) {
      side.waiting.PopFront();
      Finish(operation);
    }
  }
  return false;
}

void PumpQueue::Finish(Operation& operation) {
  done_.PushBack(&operation);
  notifying_ += operation.notify ? 1 : 0;
  if (waiting_) finished_.notify_one();
  if (armed_ && operation.notify) {
    armed_ = false;
    event_.Signal();
  }
}

void PumpQueue::AbortAll(Side& side) {
  while (!side.waiting.empty()) {
    Operation& operation = *side.waiting.PopFront();
    AbortMessage(operation, abi::kOperationAborted);
    Finish(operation);
  }
}

void PumpQueue::Submit(std::span<Operation* const> operations) {
  const std::lock_guard lock(mutex_);
  for (Operation* operation : operations) {
    StartMessage(*operation);
    int error = 0;
    PumpLine* line = LineOf(static_cast<int>(operation->socket), error);
    if (line == nullptr) {
      AbortMessage(*operation, ErrorOfErrno(error));
      Finish(*operation);
      continue;
    }
    if (operation->local != nullptr) NoteLocalWanted(line->facts);
    Side& side = operation->kind == Operation::Kind::kReceive ? line->receives : line->sends;
    const bool first = side.waiting.empty();
    side.waiting.PushBack(operation);
    // Otherwise those in front of it wait for the kernel, or the pump is at it.
    if (first) Run(*line, side, UINT32_MAX);
  }
}

size_t PumpQueue::Collect(std::span<Operation*> finished) {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  while (count < finished.size() && !done_.empty()) {
    Operation* const operation = done_.PopFront();
    notifying_ -= operation->notify ? 1 : 0;
    finished[count++] = operation;
  }
  return count;
}

void PumpQueue::Cancel(abi::Socket socket) {
  const std::lock_guard lock(mutex_);
  const auto fd = static_cast<size_t>(socket);
  if (fd >= lines_.size() || lines_[fd] == nullptr) return;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, lines_[fd]->facts.fd, nullptr);
  AbortAll(lines_[fd]->receives);
  AbortAll(lines_[fd]->sends);
  lines_[fd].reset();
}

void PumpQueue::Arm() {
  const std::lock_guard lock(mutex_);
  if (!event_.exists()) return;
  event_.ResetIfAsked();
  armed_ = notifying_ == 0;
  if (!armed_) event_.Signal();
}

bool PumpQueue::armed() const {
  const std::lock_guard lock(mutex_);
  return armed_;
}

void PumpQueue::Wait(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  waiting_ = true;
  finished_.wait_for(lock, std::clamp<std::chrono::nanoseconds>(timeout, {}, kLongestWait),
                     [this] { return !done_.empty(); });
  waiting_ = false;
}

}  // namespace

ProbeResult PumpEngine::Probe() {
  int error = 0;
  if (PumpQueue::Open(nullptr, &error) != nullptr) return {true, ""};
  return {false, "no descriptors or threads are left: raise ulimit -n and ulimit -u"};
}

std::unique_ptr<EngineQueue> PumpEngine::OpenQueue(uint32_t, const abi::Notification* notification,
                                                   int* error) {
  return PumpQueue::Open(notification, error);
}

abi::Socket PumpEngine::OpenSocket(int family, int type, int protocol, int* error) {
  return OpenEngineSocket(family, type, protocol, error);
}

void PumpEngine::CloseSocket(abi::Socket socket) { close(static_cast<int>(socket)); }

}  // namespace fh::rio
