#include "rio/registered/uring_engine.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "rio/backend/uring.h"
#include "rio/registered/errors_posix.h"
#include "rio/registered/message_posix.h"
#include "rio/registered/queue_event_posix.h"
#include "rio/socket_posix.h"

namespace fh::rio {
namespace {

constexpr uint32_t kSubmissions = 256;
constexpr uint32_t kMaxCompletions = 65536;  // The kernel's limit.
constexpr uint32_t kFirstBurst = 4;
constexpr uint32_t kLongestBurst = 63;
// user_data that is no operation's address.
constexpr uint64_t kCancelTag = 0;
constexpr uint64_t kWakeTag = 1;
constexpr int64_t kCloseRoundNs = 10'000'000;
constexpr int kCloseRounds = 200;

// Never the same for two threads, even when one has ended.
uint64_t ThreadNumber() {
  static std::atomic<uint64_t> counter{0};
  thread_local const uint64_t number = ++counter;
  return number;
}

void Sleep(int64_t ns) {
  const timespec pause{.tv_sec = 0, .tv_nsec = static_cast<long>(ns)};
  nanosleep(&pause, nullptr);
}

// One kind of a socket's requests: those that wait, and the chain in the kernel.
struct Chain {
  OperationList waiting;
  OperationList again;     // Of the chain, but found nothing: they come before `waiting`.
  uint32_t in_kernel = 0;  // The next chain starts when this one has ended.
  uint32_t burst = 0;      // Receives to try before the one that is armed.
  uint32_t filled = 0;     // Of this chain.
  uint64_t round = 0;      // When it was started.

  bool idle() const { return in_kernel == 0 && (!waiting.empty() || !again.empty()); }
  Operation* Pop() { return again.empty() ? waiting.PopFront() : again.PopFront(); }
};

// A socket with requests in this queue.
struct Line {
  SocketFacts facts;
  Chain receives;
  Chain sends;
  bool due = false;  // In the list of those that may start a chain.
  bool closing = false;
  bool cancelled = false;  // The kernel was told to give back what it has.

  bool in_kernel() const { return receives.in_kernel + sends.in_kernel > 0; }
  Chain& ChainOf(const Operation& operation) {
    return operation.kind == Operation::Kind::kReceive ? receives : sends;
  }
};

class UringQueue final : public EngineQueue {
 public:
  static std::unique_ptr<UringQueue> Open(uint32_t entries, const abi::Notification* notification,
                                          int* error);
  ~UringQueue() override;

  void Submit(std::span<Operation* const> operations) override;
  size_t Collect(std::span<Operation*> finished) override;
  void Cancel(abi::Socket socket) override;
  void Arm() override;
  void Wait(std::chrono::nanoseconds timeout) override;
  bool armed() const override;

 private:
  bool MakeRing();
  bool Own();
  Line* LineOf(int fd, int& error);
  void MakeDue(Line& line);
  void StartDue();
  bool StartChain(Line& line, Chain& chain);
  void Prepare(Line& line, Operation& operation, bool last);
  bool Enter(uint32_t wait_for, int64_t timeout_ns);
  void Advance();
  void Reap();
  void Complete(Operation& operation, int32_t result);
  void EndChain(Line& line, Chain& chain);
  void Finish(Operation& operation);
  void AbortWaiting(Chain& chain);
  void Forget(int fd);
  bool PrepareCancel(int fd);
  void PrepareWake();
  void Wake();
  void SignalIfArmed();
  size_t Take(std::span<Operation*> finished);

  mutable std::mutex mutex_;  // Not held while Wait blocks.
  uint32_t completions_ = 0;
  QueueEvent event_;
  UniqueFd wake_;            // An eventfd that ends Wait.
  bool wake_armed_ = false;  // The ring polls it.
  bool waiting_ = false;     // The ring's thread is in Wait.
  std::optional<Uring> ring_;
  uint64_t owner_ = 0;  // ThreadNumber of the ring's thread; 0 = not yet used.
  uint64_t round_ = 0;
  uint32_t in_kernel_ = 0;
  bool armed_ = false;
  uint32_t notifying_ = 0;                    // Operations in done_ that are worth a signal.
  std::vector<std::unique_ptr<Line>> lines_;  // By descriptor.
  std::vector<int> due_;
  OperationList done_;
};

std::unique_ptr<UringQueue> UringQueue::Open(uint32_t entries,
                                             const abi::Notification* notification, int* error) {
  auto queue = std::make_unique<UringQueue>();
  *error = queue->event_.Take(notification);
  if (*error != abi::kOk) return nullptr;
  queue->wake_ = OpenDescriptor([] { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); });
  queue->completions_ =
      std::min(std::min(entries, kMaxCompletions) + kSubmissions, kMaxCompletions);
  if (queue->wake_.get() < 0 || !queue->MakeRing()) {
    *error = abi::kNoBuffers;
    return nullptr;
  }
  return queue;
}

bool UringQueue::MakeRing() {
  ring_.reset();
  absl::StatusOr<Uring> ring = Uring::Create(kSubmissions, completions_);
  if (!ring.ok()) return false;
  ring_.emplace(*std::move(ring));
  owner_ = 0;
  wake_armed_ = false;
  return !event_.exists() || ring_->RegisterEvent(event_.fd()).ok();
}

// Nothing of the kernel's may write into a slice any more.
UringQueue::~UringQueue() {
  armed_ = false;
  if (in_kernel_ == 0) return;
  const bool own = Own() && PrepareCancel(-1);
  for (int round = 0; round < kCloseRounds && in_kernel_ > 0; ++round) {
    if (own) {
      ring_->Enter(1, kCloseRoundNs);
    } else {
      Sleep(kCloseRoundNs);
    }
    ring_->ForEachCompletion(UINT32_MAX, [this](const io_uring_cqe& cqe) {
      if (cqe.user_data > kWakeTag) --in_kernel_;
      return true;
    });
  }
}

// Whether the calling thread may enter the ring. It becomes the ring's thread when there is none,
// and gets a new ring when the old one has nothing in the kernel: what an ended thread had there,
// the kernel has given back.
bool UringQueue::Own() {
  const uint64_t self = ThreadNumber();
  if (owner_ == self) return true;
  if (waiting_) return false;
  if (owner_ != 0) {
    Reap();
    if (in_kernel_ > 0 || !MakeRing()) return false;
  }
  if (!ring_.has_value() || !ring_->Enable().ok()) return false;
  owner_ = self;
  return true;
}

Line* UringQueue::LineOf(int fd, int& error) {
  const auto index = static_cast<size_t>(fd);
  if (fd < 0) {
    error = EBADF;
    return nullptr;
  }
  if (index >= lines_.size()) lines_.resize(index + 1);
  if (lines_[index] == nullptr) {
    auto line = std::make_unique<Line>();
    if (!LoadFacts(fd, line->facts, error)) return nullptr;
    // io_uring arms a receive only on a blocking socket; on another it fails with EAGAIN.
    const int flags = fcntl(fd, F_GETFL);
    if ((flags & O_NONBLOCK) != 0) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    lines_[index] = std::move(line);
    due_.reserve(lines_.size());
  }
  return lines_[index].get();
}

void UringQueue::MakeDue(Line& line) {
  if (line.due) return;
  line.due = true;
  due_.push_back(line.facts.fd);
}

void UringQueue::Submit(std::span<Operation* const> operations) {
  const std::lock_guard lock(mutex_);
  bool sends = false;
  for (Operation* operation : operations) {
    StartMessage(*operation);
    int error = 0;
    Line* line = LineOf(static_cast<int>(operation->socket), error);
    if (line == nullptr || line->closing) {
      AbortMessage(*operation, line == nullptr ? ErrorOfErrno(error) : abi::kOperationAborted);
      Finish(*operation);
      continue;
    }
    if (operation->local != nullptr) NoteLocalWanted(line->facts);
    sends |= operation->kind == Operation::Kind::kSend;
    line->ChainOf(*operation).waiting.PushBack(operation);
    MakeDue(*line);
  }
  // Receives can wait for the next poll: what arrives is kept by the socket.
  if ((sends || armed_) && Own()) {
    StartDue();
    Enter(0, -1);
  }
  Wake();
}

// Starts the chains that may start, as far as there is room.
void UringQueue::StartDue() {
  size_t kept = 0;
  for (const int fd : due_) {
    Line* line = lines_[static_cast<size_t>(fd)].get();
    if (line == nullptr) continue;
    line->due = false;
    if (line->closing && !line->cancelled) {
      line->cancelled = PrepareCancel(fd);
      line->due = !line->cancelled;
      if (line->due) due_[kept++] = fd;
      continue;
    }
    const bool all = StartChain(*line, line->sends) && StartChain(*line, line->receives);
    if (all) continue;
    line->due = true;
    due_[kept++] = fd;
  }
  due_.resize(kept);
}

// False when there is no room in the ring for the chain's first request.
bool UringQueue::StartChain(Line& line, Chain& chain) {
  if (!chain.idle() || line.closing) return true;
  const bool receive = &chain == &line.receives;
  uint32_t room = std::min(ring_->sq_space(), receive ? chain.burst + 1 : kSubmissions);
  if (room == 0) return false;
  chain.filled = 0;
  chain.round = round_;
  for (bool last = false; !last; --room) {
    Operation* const operation = chain.Pop();
    // A receive that is to fill its slice waits, so it cannot be one that only tries.
    last = room == 1 || (chain.waiting.empty() && chain.again.empty()) ||
           (receive && operation->wait_all);
    ++chain.in_kernel;
    ++in_kernel_;
    Prepare(line, *operation, last);
  }
  return true;
}

void UringQueue::Prepare(Line& line, Operation& operation, bool last) {
  const bool receive = operation.kind == Operation::Kind::kReceive;
  io_uring_sqe& sqe = ring_->Prepare();
  sqe.fd = line.facts.fd;
  sqe.user_data = reinterpret_cast<uint64_t>(&operation);
  sqe.msg_flags = static_cast<uint32_t>(FlagsOf(operation, line.facts));
  if (receive && !last) sqe.msg_flags |= MSG_DONTWAIT;
  if (!last) sqe.flags = IOSQE_IO_LINK;
  if (IsPlain(operation)) {
    const std::span<uint8_t> rest = RestOf(operation);
    sqe.opcode = receive ? IORING_OP_RECV : IORING_OP_SEND;
    sqe.addr = reinterpret_cast<uint64_t>(rest.data());
    sqe.len = static_cast<uint32_t>(rest.size());
  } else {
    sqe.opcode = receive ? IORING_OP_RECVMSG : IORING_OP_SENDMSG;
    sqe.addr = reinterpret_cast<uint64_t>(&MessageOf(operation));
    sqe.len = 1;
  }
}

// Enters the ring and reaps. While the notification is armed, the kernel must not signal for what
// this thread sees itself; Advance and Arm make up for it.
bool UringQueue::Enter(uint32_t wait_for, int64_t timeout_ns) {
  const bool signalled = armed_ && (ring_->HasCompletions() || ring_->WantsEnter());
  if (armed_) ring_->SwitchEvent(false);
  const int error = ring_->Enter(wait_for, timeout_ns);
  ++round_;
  Reap();
  while (armed_) {
    if (notifying_ > 0) {
      if (!signalled) event_.Signal();
      armed_ = false;
      break;
    }
    ring_->SwitchEvent(true);
    if (!ring_->HasCompletions() && !ring_->WantsEnter()) break;
    ring_->SwitchEvent(false);
    if (ring_->Enter(0) != 0) break;
    Reap();
  }
  return error == 0 || error == ETIME || error == EINTR;
}

void UringQueue::Reap() {
  if (!ring_.has_value() || !ring_->HasCompletions()) return;
  ring_->ForEachCompletion(UINT32_MAX, [this](const io_uring_cqe& cqe) {
    if (cqe.user_data == kWakeTag) {
      wake_armed_ = false;
    } else if (cqe.user_data != kCancelTag) {
      Complete(*reinterpret_cast<Operation*>(cqe.user_data), cqe.res);
    }
    return true;
  });
}

// A turn of an operation has ended.
void UringQueue::Complete(Operation& operation, int32_t result) {
  Line& line = *lines_[static_cast<size_t>(operation.socket)];
  Chain& chain = line.ChainOf(operation);
  --chain.in_kernel;
  --in_kernel_;
  // Found nothing, or a link before it did.
  const bool nothing = result == -EAGAIN || result == -EINTR || result == -ECANCELED;
  if (line.closing && nothing) {
    AbortMessage(operation, abi::kOperationAborted);
    Finish(operation);
  } else if (nothing || !SettleMessage(operation, line.facts, result)) {
    chain.again.PushBack(&operation);
  } else {
    ++chain.filled;
    Finish(operation);
  }
  if (chain.in_kernel == 0) EndChain(line, chain);
}

void UringQueue::EndChain(Line& line, Chain& chain) {
  if (line.closing) {
    AbortWaiting(chain);
    if (!line.in_kernel()) Forget(line.facts.fd);
    return;
  }
  if (!chain.again.empty()) {
    chain.burst = 0;  // The socket is empty: arm one and wait.
  } else if (chain.round == round_) {
    chain.burst = std::min(std::max(2 * chain.burst, kFirstBurst), kLongestBurst);
  } else {
    chain.burst = chain.filled - 1;  // As many as came before the one that had to wait.
  }
  if (chain.idle()) MakeDue(line);
}

void UringQueue::Finish(Operation& operation) {
  done_.PushBack(&operation);
  notifying_ += operation.notify ? 1 : 0;
}

void UringQueue::AbortWaiting(Chain& chain) {
  while (!chain.waiting.empty() || !chain.again.empty()) {
    Operation* const operation = chain.Pop();
    AbortMessage(*operation, abi::kOperationAborted);
    Finish(*operation);
  }
}

void UringQueue::Forget(int fd) { lines_[static_cast<size_t>(fd)].reset(); }

size_t UringQueue::Take(std::span<Operation*> finished) {
  size_t count = 0;
  while (count < finished.size() && !done_.empty()) {
    Operation* const operation = done_.PopFront();
    notifying_ -= operation->notify ? 1 : 0;
    finished[count++] = operation;
  }
  return count;
}

void UringQueue::Advance() {
  const bool fresh = ring_->HasCompletions();
  if (fresh && armed_ && owner_ == ThreadNumber()) {
    Enter(0, -1);  // Which also settles the notification.
    return;
  }
  if (fresh) {
    Reap();
    if (!done_.empty()) return;
  }
  if (due_.empty() && !ring_->WantsEnter() && ring_->unsubmitted() == 0) return;
  if (!Own()) return;
  StartDue();
  if (ring_->unsubmitted() > 0 || ring_->WantsEnter()) Enter(0, -1);
}

size_t UringQueue::Collect(std::span<Operation*> finished) {
  const std::lock_guard lock(mutex_);
  if (done_.empty() && ring_.has_value()) Advance();
  return Take(finished);
}

bool UringQueue::PrepareCancel(int fd) {
  if (ring_->sq_space() == 0) return false;
  io_uring_sqe& sqe = ring_->Prepare();
  sqe.opcode = IORING_OP_ASYNC_CANCEL;
  sqe.fd = fd;
  sqe.cancel_flags =
      IORING_ASYNC_CANCEL_ALL | (fd >= 0 ? IORING_ASYNC_CANCEL_FD : IORING_ASYNC_CANCEL_ANY);
  sqe.user_data = kCancelTag;
  return true;
}

void UringQueue::Cancel(abi::Socket socket) {
  const std::lock_guard lock(mutex_);
  const auto fd = static_cast<size_t>(socket);
  if (fd >= lines_.size() || lines_[fd] == nullptr) return;
  Line& line = *lines_[fd];
  line.closing = true;
  // What waits behind a chain is ended with it, in the order in which it was given.
  if (line.receives.in_kernel == 0) AbortWaiting(line.receives);
  if (line.sends.in_kernel == 0) AbortWaiting(line.sends);
  if (!line.in_kernel()) {
    Forget(static_cast<int>(fd));
  } else {
    MakeDue(line);
    if (Own()) {
      StartDue();
      Enter(0, -1);
    }
  }
  SignalIfArmed();
  Wake();
}

void UringQueue::SignalIfArmed() {
  if (!armed_ || notifying_ == 0) return;
  armed_ = false;
  event_.Signal();
}

void UringQueue::Arm() {
  const std::lock_guard lock(mutex_);
  if (!event_.exists()) return;
  event_.ResetIfAsked();
  armed_ = true;
  if (notifying_ == 0 && Own()) {
    do {
      StartDue();
      Enter(0, -1);
    } while (armed_ && !due_.empty());
  }
  SignalIfArmed();
}

bool UringQueue::armed() const {
  const std::lock_guard lock(mutex_);
  return armed_;
}

// Lets another thread end Wait: the ring polls an eventfd of ours.
void UringQueue::PrepareWake() {
  if (wake_armed_ || ring_->sq_space() == 0) return;
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
  io_uring_sqe& sqe = ring_->Prepare();
  sqe.opcode = IORING_OP_POLL_ADD;
  sqe.fd = wake_.get();
  sqe.poll32_events = POLLIN;
  sqe.user_data = kWakeTag;
  wake_armed_ = true;
}

void UringQueue::Wake() {
  if (waiting_) eventfd_write(wake_.get(), 1);
}

void UringQueue::Wait(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  const int64_t timeout_ns = std::max<int64_t>(timeout.count(), 0);
  if (done_.empty() && ring_.has_value()) Advance();
  if (!done_.empty() || !ring_.has_value()) return;
  if (!Own()) {
    lock.unlock();
    Sleep(std::min<int64_t>(timeout_ns, 1'000'000));
    return;
  }
  PrepareWake();
  waiting_ = true;
  lock.unlock();
  // While the notification is armed, the kernel signals it here by itself.
  ring_->Enter(1, timeout_ns);
  lock.lock();
  waiting_ = false;
  ++round_;
  Reap();
  if (notifying_ > 0) armed_ = false;
}

}  // namespace

ProbeResult UringEngine::Probe() { return Uring::Probe(/*buffer_ring=*/false); }

std::unique_ptr<EngineQueue> UringEngine::OpenQueue(uint32_t entries,
                                                    const abi::Notification* notification,
                                                    int* error) {
  return UringQueue::Open(entries, notification, error);
}

abi::Socket UringEngine::OpenSocket(int family, int type, int protocol, int* error) {
  return OpenEngineSocket(family, type, protocol, error);
}

void UringEngine::CloseSocket(abi::Socket socket) { close(static_cast<int>(socket)); }

}  // namespace fh::rio
