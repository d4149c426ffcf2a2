#include "rio/registered/uring_engine.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

constexpr uint32_t kSubmissions = 256;
constexpr uint32_t kMaxCompletions = 65536;  // The kernel's limit.
constexpr size_t kBatch = 64;                // Datagrams a system call.
constexpr int kRounds = 64;  // Of arming, when more sockets are due than the ring has room for.
// user_data that is no operation's address.
constexpr uint64_t kCancelTag = 0;
constexpr uint64_t kWakeTag = 1;
constexpr int64_t kCloseRoundNs = 10'000'000;
constexpr int kCloseRounds = 200;

// Whether a thread has ended; its address names the thread as long as somebody holds it.
using ThreadLife = std::shared_ptr<std::atomic<bool>>;

const ThreadLife& ThisThread() {
  struct Mark {
    ThreadLife ended = std::make_shared<std::atomic<bool>>(false);
    ~Mark() { ended->store(true); }
  };
  thread_local const Mark mark;
  return mark.ended;
}

void Sleep(int64_t ns) {
  const timespec pause{.tv_sec = 0, .tv_nsec = static_cast<long>(ns)};
  nanosleep(&pause, nullptr);
}

// One kind of a socket's requests.
struct Chain {
  OperationList waiting;
  Operation* armed = nullptr;  // In the ring; the others wait for it.
  bool direct = false;         // Not known to be empty (full): try without the ring first.
  uint64_t round = 0;          // When it was armed.

  bool idle() const { return armed == nullptr && !waiting.empty(); }
};

// A socket with requests in this queue.
struct Line {
  SocketFacts facts;
  Chain receives;
  Chain sends{.direct = true};
  bool due = false;  // In the list of those that may go on.
  bool closing = false;
  bool cancelled = false;  // The kernel was told to give back what it has.

  bool in_kernel() const { return receives.armed != nullptr || sends.armed != nullptr; }
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
  void TakeBack();
  bool Own();
  Line* LineOf(int fd, int& error);
  void MakeDue(Line& line);
  void GoOnFromAnyThread();
  void StartDue(bool own);
  bool GoOn(Line& line, Chain& chain, bool own);
  void TryBatch(Line& line, Chain& chain);
  void Prepare(Line& line, Operation& operation);
  bool Enter(uint32_t wait_for, int64_t timeout_ns);
  void Advance();
  void Reap();
  void Complete(Operation& operation, int32_t result);
  void Finish(Operation& operation);
  void AbortWaiting(Chain& chain);
  void Forget(int fd);
  bool PrepareCancel(int fd);
  void PrepareWake();
  void Wake();
  void SignalIfArmed();
  void SwitchEvent(bool on) {
    event_on_ = on;
    ring_->SwitchEvent(on);
  }
  void Disarm();
  size_t Take(std::span<Operation*> finished);

  mutable std::mutex mutex_;  // Not held while Wait blocks.
  uint32_t completions_ = 0;
  QueueEvent event_;
  UniqueFd wake_;            // An eventfd that ends Wait.
  bool wake_armed_ = false;  // The ring polls it.
  bool waiting_ = false;     // The ring's thread is in Wait.
  std::optional<Uring> ring_;
  ThreadLife owner_;  // The ring's thread; null: not used yet.
  uint64_t round_ = 0;
  uint32_t in_kernel_ = 0;
  bool armed_ = false;
  bool event_on_ = false;                     // The ring signals event_.
  uint32_t notifying_ = 0;                    // Operations in done_ that are worth a signal.
  std::vector<std::unique_ptr<Line>> lines_;  // By descriptor.
  std::vector<int> due_;
  OperationList done_;
  std::array<mmsghdr, kBatch> messages_{};
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
  owner_.reset();
  wake_armed_ = false;
  return !event_.exists() || ring_->RegisterEvent(event_.fd()).ok();
}

// Nothing of the kernel's may write into a slice any more.
UringQueue::~UringQueue() {
  armed_ = false;
  if (in_kernel_ == 0 || (owner_ != ThisThread() && owner_->load())) return;
  const bool own = Own() && PrepareCancel(-1);
  for (int round = 0; round < kCloseRounds && in_kernel_ > 0 && ring_.has_value(); ++round) {
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
// and gets a new ring when the old one's thread has ended or left nothing in it.
bool UringQueue::Own() {
  const ThreadLife& self = ThisThread();
  if (owner_ == self) return true;
  if (waiting_) return false;
  if (owner_ != nullptr) {
    Reap();
    if (in_kernel_ > 0 && !owner_->load()) return false;
    if (in_kernel_ > 0) TakeBack();
    if (!MakeRing()) return false;
  }
  if (!ring_.has_value() && !MakeRing()) return false;
  if (!ring_->Enable().ok()) return false;
  owner_ = self;
  return true;
}

// What the ring of an ended thread has waits again. The kernel carries a receive or a send out only
// when that thread enters the ring, which it never will; so giving up the ring ends them undone.
void UringQueue::TakeBack() {
  ring_.reset();
  in_kernel_ = 0;
  for (size_t fd = 0; fd < lines_.size(); ++fd) {
    Line* line = lines_[fd].get();
    if (line == nullptr || !line->in_kernel()) continue;
    for (Chain* chain : {&line->receives, &line->sends}) {
      if (chain->armed != nullptr) chain->waiting.PushFront(std::exchange(chain->armed, nullptr));
      if (line->closing) AbortWaiting(*chain);
    }
    if (line->closing) {
      lines_[fd].reset();
    } else {
      MakeDue(*line);
    }
  }
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
  if (sends || armed_ || waiting_) GoOnFromAnyThread();
}

// Does what the calling thread may do; the ring's thread is woken for the rest. Posting does not
// make a thread the ring's.
void UringQueue::GoOnFromAnyThread() {
  const bool own = owner_ == ThisThread();
  StartDue(own);
  if (own && ring_->unsubmitted() > 0) Enter(0, -1);
  SignalIfArmed();
  if (own || due_.empty()) return;
  if (armed_) event_.Signal();
  Wake();
}

// Lets the sockets that are due go on: directly, and with `own` by arming in the ring as far as
// there is room.
void UringQueue::StartDue(bool own) {
  size_t kept = 0;
  for (const int fd : due_) {
    Line* line = lines_[static_cast<size_t>(fd)].get();
    if (line == nullptr) continue;
    if (line->closing) {
      line->cancelled = line->cancelled || (own && PrepareCancel(fd));
      line->due = !line->cancelled;
    } else {
      const bool sends = GoOn(*line, line->sends, own);
      line->due = !GoOn(*line, line->receives, own) || !sends;
    }
    if (line->due) due_[kept++] = fd;
  }
  due_.resize(kept);
}

// False: there is more to do without waiting for the kernel.
bool UringQueue::GoOn(Line& line, Chain& chain, bool own) {
  if (!chain.idle()) return true;
  if (chain.direct) {
    TryBatch(line, chain);
    if (chain.waiting.empty()) return true;
    if (chain.direct) return false;
  }
  if (!own || ring_->sq_space() == 0) return false;
  Operation* const operation = chain.waiting.PopFront();
  chain.armed = operation;
  chain.round = round_;
  ++in_kernel_;
  Prepare(line, *operation);
  return true;
}

// Carries out what waits, up to a batch, in order, until the socket has no more (no room).
void UringQueue::TryBatch(Line& line, Chain& chain) {
  const bool receive = &chain == &line.receives;
  // A stream's request may go on after its turn, and only then comes the next.
  const size_t most = line.facts.stream ? 1 : kBatch;
  for (size_t tried = 0; tried < kBatch && chain.direct && !chain.waiting.empty();) {
    size_t count = 0;
    for (Operation* o = chain.waiting.front(); o != nullptr && count < most;
         o = ScratchOf(*o).next) {
      FillMessage(*o, messages_[count++].msg_hdr);
    }
    // Filling a slice is ours: with MSG_WAITALL a try would not say that there is no more.
    const int flags = FlagsOf(*chain.waiting.front(), line.facts) & ~MSG_WAITALL;
    const int done = receive ? recvmmsg(line.facts.fd, messages_.data(),
                                        static_cast<unsigned>(count), flags | MSG_DONTWAIT, nullptr)
                             : sendmmsg(line.facts.fd, messages_.data(),
                                        static_cast<unsigned>(count), flags | MSG_DONTWAIT);
    const int error = done < 0 ? errno : 0;
    if (error == EINTR) continue;
    if (error == EAGAIN || error == EWOULDBLOCK) {
      chain.direct = false;
      return;
    }
    tried += count;
    for (int i = 0; i < std::max(done, 1); ++i) {
      Operation* const operation = chain.waiting.front();
      const mmsghdr& message = messages_[static_cast<size_t>(i)];
      if (IsPlain(*operation)) {
        ScratchOf(*operation).header.msg_flags = message.msg_hdr.msg_flags;
      } else {
        ScratchOf(*operation).header = message.msg_hdr;
      }
      if (!SettleMessage(*operation, line.facts, error != 0 ? -error : message.msg_len)) break;
      chain.waiting.PopFront();
      Finish(*operation);
    }
    // Fewer datagrams than there was room for: the socket is empty now.
    if (receive && !line.facts.stream && static_cast<size_t>(done) < count && error == 0) {
      chain.direct = false;
    }
  }
}

void UringQueue::Prepare(Line& line, Operation& operation) {
  const bool receive = operation.kind == Operation::Kind::kReceive;
  io_uring_sqe& sqe = ring_->Prepare();
  sqe.fd = line.facts.fd;
  sqe.user_data = reinterpret_cast<uint64_t>(&operation);
  sqe.msg_flags = static_cast<uint32_t>(FlagsOf(operation, line.facts));
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
  // What came while the event was off was not signalled: Arm is about to look for it.
  const bool signalled = armed_ && event_on_ && (ring_->HasCompletions() || ring_->WantsEnter());
  if (armed_) SwitchEvent(false);
  const int error = ring_->Enter(wait_for, timeout_ns);
  Reap();
  ++round_;
  while (armed_) {
    if (notifying_ > 0) {
      if (!signalled) event_.Signal();
      Disarm();
      break;
    }
    SwitchEvent(true);
    if (!ring_->HasCompletions() && !ring_->WantsEnter()) break;
    SwitchEvent(false);
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

// The armed operation's turn has ended.
void UringQueue::Complete(Operation& operation, int32_t result) {
  Line& line = *lines_[static_cast<size_t>(operation.socket)];
  Chain& chain = line.ChainOf(operation);
  chain.armed = nullptr;
  --in_kernel_;
  // Given back by the kernel: cancelled, or its thread is ending.
  const bool nothing = result == -EAGAIN || result == -EINTR || result == -ECANCELED;
  if (line.closing && nothing) {
    AbortMessage(operation, abi::kOperationAborted);
    Finish(operation);
  } else if (nothing || !SettleMessage(operation, line.facts, result)) {
    chain.waiting.PushFront(&operation);
  } else {
    Finish(operation);
    // It had not to wait: there is more. A send had to, and now there is room.
    chain.direct = chain.round == round_ || operation.kind == Operation::Kind::kSend;
  }
  if (line.closing) {
    AbortWaiting(chain);
    if (!line.in_kernel()) Forget(line.facts.fd);
  } else if (!chain.waiting.empty()) {
    MakeDue(line);
  }
}

void UringQueue::Finish(Operation& operation) {
  done_.PushBack(&operation);
  notifying_ += operation.notify ? 1 : 0;
}

void UringQueue::AbortWaiting(Chain& chain) {
  while (!chain.waiting.empty()) {
    Operation* const operation = chain.waiting.PopFront();
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
  const bool own = Own();
  if (!ring_.has_value()) return;
  if (ring_->HasCompletions()) {
    if (own && armed_) {
      Enter(0, -1);  // Which also settles the notification.
    } else {
      Reap();
    }
  }
  for (int round = 0; round < kRounds && done_.empty(); ++round) {
    if (due_.empty() && !ring_->WantsEnter() && ring_->unsubmitted() == 0) break;
    StartDue(own);
    if (!own) break;
    if (ring_->unsubmitted() > 0 || ring_->WantsEnter()) Enter(0, -1);
    if (due_.empty()) break;
  }
  SignalIfArmed();
}

size_t UringQueue::Collect(std::span<Operation*> finished) {
  const std::lock_guard lock(mutex_);
  if (done_.empty()) Advance();
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
  // What waits behind an armed one is ended with it, in the order in which it was given.
  if (line.receives.armed == nullptr) AbortWaiting(line.receives);
  if (line.sends.armed == nullptr) AbortWaiting(line.sends);
  if (!line.in_kernel()) {
    Forget(static_cast<int>(fd));
  } else {
    MakeDue(line);
  }
  GoOnFromAnyThread();
}

void UringQueue::SignalIfArmed() {
  if (!armed_ || notifying_ == 0) return;
  Disarm();
  event_.Signal();
}

void UringQueue::Disarm() {
  armed_ = false;
  if (ring_.has_value()) SwitchEvent(false);
}

void UringQueue::Arm() {
  const std::lock_guard lock(mutex_);
  if (!event_.exists()) return;
  event_.ResetIfAsked();
  armed_ = true;
  if (notifying_ == 0 && Own()) {
    do {
      StartDue(true);
      Enter(0, -1);
    } while (armed_ && !due_.empty());
  } else if (notifying_ == 0 && ring_.has_value()) {
    // Another thread's ring: what is on its way there may be what is asked for.
    SwitchEvent(true);
    if (ring_->HasCompletions() || ring_->WantsEnter()) event_.Signal();
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
  if (done_.empty()) Advance();
  if (!done_.empty()) return;
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
  Reap();
  ++round_;
  if (notifying_ > 0) Disarm();
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
