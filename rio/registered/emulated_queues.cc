#include "rio/registered/emulated_queues.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

namespace fh::rio {
namespace {

constexpr char kTwoPost[] =
    "two threads use one request queue at once; give it one thread, or a lock around both";
constexpr char kTwoDequeue[] =
    "two threads use one completion queue at once; give it one thread, or a lock around both";

// An engine ends what was cancelled at once or nearly so. Should it not, the queue is left alone
// for ever instead of being freed under it.
constexpr std::chrono::seconds kDrainDeadline{5};

}  // namespace

void RegisteredIoMisuse(const char* message) {
  std::fprintf(stderr, "Registered I/O used wrongly: %s\n", message);
  std::abort();
}

void SpinLock::lock() {
  for (uint32_t tries = 0; taken_.exchange(true, std::memory_order_acquire); ++tries) {
    if (tries > 64) std::this_thread::yield();
  }
}

// Makes `wanted` requests of what are fewer. Whoever calls holds off all other users of the side.
void RequestSide::Grow(EmulatedRq* queue, uint32_t wanted) {
  const uint32_t more = wanted - all;
  requests.push_back(std::make_unique<EmulatedRequest[]>(more));
  request_counts.push_back(more);
  const uint32_t size = std::bit_ceil(wanted);
  std::vector<Operation*> larger(size);
  const uint64_t put_back = returned.load(std::memory_order_relaxed) + all;
  for (uint64_t i = committed; i < put_back; ++i) larger[i & (size - 1)] = ring[i & mask];
  for (uint32_t i = 0; i < more; ++i) {
    EmulatedRequest& request = requests.back()[i];
    request.queue = queue;
    larger[(put_back + i) & (size - 1)] = &request;
  }
  ring = std::move(larger);
  mask = size - 1;
  all = wanted;
}

void RequestSide::Clear() {
  completions = nullptr;
  limit = all = mask = 0;
  ring.clear();
  requests.clear();
  request_counts.clear();
  posted.store(0);
  returned.store(0);
  committed = 0;
}

int Emulation::RegisterBuffer(char* data, uint32_t bytes, abi::BufferId* id) {
  if (data == nullptr) return abi::kFault;
  if (bytes == 0) return abi::kInvalid;
  *id = buffers_.Register(reinterpret_cast<uint8_t*>(data), bytes);
  return *id == abi::kInvalidBufferId ? abi::kNoBuffers : abi::kOk;
}

void Emulation::DeregisterBuffer(abi::BufferId id) {
  const std::lock_guard lock(mutex_);
  if (IsInUse(id)) {
    RegisteredIoMisuse(
        "a buffer is deregistered while requests name it; close their sockets and dequeue all "
        "completions first");
  }
  if (!buffers_.Deregister(id)) {
    RegisteredIoMisuse("a buffer is deregistered that is not registered");
  }
}

bool Emulation::IsInUse(abi::BufferId id) {
  for (const auto& cq : cqs_) {
    if (cq->state.load() == QueueState::kClosed) DropFinished(*cq);
  }
  for (const auto& rq : rqs_) {
    for (const RequestSide& side : rq->sides) {
      for (size_t chunk = 0; chunk < side.requests.size(); ++chunk) {
        for (uint32_t i = 0; i < side.request_counts[chunk]; ++i) {
          const EmulatedRequest& request = side.requests[chunk][i];
          if (request.outstanding.load(std::memory_order_acquire) && request.Names(id)) return true;
        }
      }
    }
  }
  return false;
}

EmulatedCq* Emulation::NewCq() {
  for (const auto& cq : cqs_) {
    if (cq->state.load() == QueueState::kDead) return cq.get();
  }
  cqs_.push_back(std::make_unique<EmulatedCq>());
  cqs_.back()->emulation = this;
  return cqs_.back().get();
}

EmulatedRq* Emulation::NewRq() {
  for (const auto& rq : rqs_) {
    if (rq->state.load() == QueueState::kDead) return rq.get();
  }
  rqs_.push_back(std::make_unique<EmulatedRq>());
  rqs_.back()->emulation = this;
  return rqs_.back().get();
}

int Emulation::CreateCq(uint32_t size, const abi::Notification* notification, EmulatedCq** made) {
  if (size == 0 || size > abi::kMaxCqSize) return abi::kInvalid;
  if (notification != nullptr) {
    const bool event = notification->type == abi::NotifyType::kEvent;
    if (!event && notification->type != abi::NotifyType::kPort) return abi::kInvalid;
    if (!event && notification->port.overlapped == nullptr) return abi::kInvalid;
  }
  int error = abi::kNoBuffers;
  std::unique_ptr<EngineQueue> engine = engine_.open_queue(size, notification, &error);
  if (engine == nullptr) return error == abi::kOk ? int{abi::kNoBuffers} : error;
  const std::lock_guard lock(mutex_);
  EmulatedCq* const cq = NewCq();
  cq->engine = std::move(engine);
  cq->size = size;
  cq->reserved = cq->users = 0;
  cq->can_notify = notification != nullptr;
  cq->armed = false;
  cq->state.store(QueueState::kLive);
  *made = cq;
  return abi::kOk;
}

int Emulation::CreateRq(abi::Socket socket, const std::array<uint32_t, 2>& limits,
                        const std::array<EmulatedCq*, 2>& completions, void* socket_context,
                        EmulatedRq** made) {
  if (socket == kBadSocket) return abi::kNotSocket;
  if (limits[0] == 0 && limits[1] == 0) return abi::kInvalid;
  const std::lock_guard lock(mutex_);
  for (const EmulatedCq* cq : completions) {
    if (cq->emulation != this || cq->state.load() != QueueState::kLive) return abi::kInvalid;
  }
  if (by_socket_.contains(socket)) return abi::kInvalid;  // One request queue a socket.
  const bool shared = completions[0] == completions[1];
  for (size_t i = 0; i < 2; ++i) {
    const uint64_t more = shared ? uint64_t{limits[0]} + limits[1] : limits[i];
    if (completions[i]->reserved + more > completions[i]->size) return abi::kNoBuffers;
  }
  EmulatedRq* const rq = NewRq();
  rq->socket = socket;
  rq->socket_context = socket_context;
  for (size_t i = 0; i < 2; ++i) {
    RequestSide& side = rq->sides[i];
    side.completions = completions[i];
    side.limit = limits[i];
    if (limits[i] > 0) side.Grow(rq, limits[i]);
    completions[i]->reserved += limits[i];
    ++completions[i]->users;
  }
  by_socket_[socket] = rq;
  rq->state.store(QueueState::kLive);
  *made = rq;
  return abi::kOk;
}

int Emulation::ResizeCq(EmulatedCq& queue, uint32_t size) {
  if (size == 0 || size > abi::kMaxCqSize) return abi::kInvalid;
  const OneThread inside(queue.busy, kTwoDequeue);
  const std::lock_guard lock(mutex_);
  if (queue.state.load() != QueueState::kLive) return abi::kInvalid;
  if (size < queue.reserved) return abi::kTooManyReferences;
  const std::lock_guard queue_lock(queue.lock);
  if (!queue.engine->Resize(size)) return abi::kNoBuffers;
  queue.size = size;
  return abi::kOk;
}

int Emulation::ResizeRq(EmulatedRq& queue, const std::array<uint32_t, 2>& limits) {
  if (limits[0] == 0 && limits[1] == 0) return abi::kInvalid;
  const OneThread inside(queue.busy, kTwoPost);
  const std::lock_guard lock(mutex_);
  if (queue.state.load() != QueueState::kLive) return abi::kNotSocket;
  std::array<RequestSide, 2>& sides = queue.sides;
  const bool shared = sides[0].completions == sides[1].completions;
  for (size_t i = 0; i < 2; ++i) {
    if (limits[i] < sides[i].outstanding()) return abi::kTooManyReferences;
    const EmulatedCq& cq = *sides[i].completions;
    const uint64_t before = shared ? uint64_t{sides[0].limit} + sides[1].limit : sides[i].limit;
    const uint64_t after = shared ? uint64_t{limits[0]} + limits[1] : limits[i];
    if (cq.reserved - before + after > cq.size) return abi::kNoBuffers;
  }
  for (size_t i = 0; i < 2; ++i) {
    EmulatedCq& cq = *sides[i].completions;
    const std::lock_guard queue_lock(cq.lock);
    cq.reserved = cq.reserved - sides[i].limit + limits[i];
    sides[i].limit = limits[i];
    if (limits[i] > sides[i].all) sides[i].Grow(&queue, limits[i]);
  }
  return abi::kOk;
}

abi::Socket Emulation::OpenSocket(int family, int type, int protocol, int* error) {
  return engine_.open_socket(family, type, protocol, error);
}

void Emulation::CloseSocket(abi::Socket socket) {
  const std::lock_guard lock(mutex_);
  const auto found = by_socket_.find(socket);
  if (found == by_socket_.end()) {
    engine_.close_socket(socket);
    return;
  }
  EmulatedRq& rq = *found->second;
  const OneThread inside(rq.busy, kTwoPost);
  if (rq.state.load() == QueueState::kClosed) return;
  // What is deferred completes too: the engine gets it and ends it with the rest.
  for (RequestSide& side : rq.sides) Commit(side);
  rq.state.store(QueueState::kClosed);
  ++closed_rqs_;
  for (size_t i = 0; i < 2; ++i) {
    EmulatedCq& cq = *rq.sides[i].completions;
    if (i == 1 && &cq == rq.sides[0].completions) break;
    const std::lock_guard queue_lock(cq.lock);
    cq.engine->Cancel(socket);
  }
  for (RequestSide& side : rq.sides) {
    if (side.completions->state.load() == QueueState::kClosed) DrainClosed(*side.completions);
  }
  FinishClosed();
}

void Emulation::CloseCq(EmulatedCq& queue) {
  const OneThread inside(queue.busy, kTwoDequeue);
  const std::lock_guard lock(mutex_);
  if (queue.state.load() != QueueState::kLive) return;
  queue.state.store(QueueState::kClosed);
  DrainClosed(queue);
  FinishClosed();
}

// Takes what has ended in a queue that nobody dequeues from any more.
void Emulation::DropFinished(EmulatedCq& queue) {
  std::array<abi::Result, 64> dropped;
  bool closed = false;
  bool notified = false;
  const std::lock_guard queue_lock(queue.lock);
  while (CollectLocked(queue, dropped.data(), dropped.size(), closed, notified) > 0) {
  }
}

// Waits until the engine has nothing any more of the sockets that are closed, so that their slices
// are not written to from now on.
void Emulation::DrainClosed(EmulatedCq& queue) {
  const auto is_busy = [&queue](const std::unique_ptr<EmulatedRq>& rq) {
    if (rq->state.load() != QueueState::kClosed) return false;
    return std::any_of(rq->sides.begin(), rq->sides.end(), [&queue](const RequestSide& side) {
      return side.completions == &queue && side.outstanding() > 0;
    });
  };
  const auto end = std::chrono::steady_clock::now() + kDrainDeadline;
  for (;;) {
    DropFinished(queue);
    if (std::none_of(rqs_.begin(), rqs_.end(), is_busy)) return;
    if (std::chrono::steady_clock::now() > end) return;
    queue.engine->Wait(std::chrono::milliseconds(1));
  }
}

// Gives up what was closed and has come to rest. The caller holds the mutex.
void Emulation::FinishClosed() {
  if (closed_rqs_ > 0) {
    for (const auto& rq : rqs_) {
      if (rq->state.load() != QueueState::kClosed || !rq->idle()) continue;
      while (rq->committing.load() != 0) std::this_thread::yield();
      engine_.close_socket(rq->socket);
      by_socket_.erase(rq->socket);
      for (RequestSide& side : rq->sides) {
        side.completions->reserved -= side.limit;
        --side.completions->users;
        side.Clear();
      }
      --closed_rqs_;
      rq->state.store(QueueState::kDead);
    }
  }
  for (const auto& cq : cqs_) {
    if (cq->state.load() != QueueState::kClosed || cq->users > 0) continue;
    cq->engine.reset();
    cq->state.store(QueueState::kDead);
  }
}

// What most requests name. False: the slice is not inside its buffer.
bool Emulation::FillData(EmulatedRequest& request, const abi::Buf* slice) const {
  uint8_t* const found = slice == nullptr ? nullptr : buffers_.Find(*slice);
  if (found == nullptr && slice != nullptr) return false;
  request.buffers[0].store(slice == nullptr ? 0 : slice->id, std::memory_order_relaxed);
  request.has_more_buffers.store(false, std::memory_order_relaxed);
  request.data = {found, slice == nullptr ? 0 : slice->length};
  request.local = request.remote = nullptr;
  request.control = {};
  request.flags_out = nullptr;
  return true;
}

bool Emulation::FillAll(EmulatedRequest& request, const RequestSlices& slices) const {
  struct Part {
    const abi::Buf* slice;
    uint32_t least_bytes;
  };
  const std::array<Part, EmulatedRequest::kSlices> parts = {
      Part{slices.data, 0}, Part{slices.local, abi::kAddressBytes},
      Part{slices.remote, abi::kAddressBytes}, Part{slices.control, abi::kControlOffset},
      Part{slices.flags, sizeof(uint32_t)}};
  std::array<uint8_t*, parts.size()> found{};
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].slice == nullptr) continue;
    found[i] = buffers_.Find(*parts[i].slice);
    if (found[i] == nullptr || parts[i].slice->length < parts[i].least_bytes) return false;
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    request.buffers[i].store(parts[i].slice == nullptr ? 0 : parts[i].slice->id,
                             std::memory_order_relaxed);
  }
  request.has_more_buffers.store(true, std::memory_order_relaxed);
  const auto span_of = [&](size_t i) {
    return found[i] == nullptr ? std::span<uint8_t>() : std::span(found[i], parts[i].slice->length);
  };
  request.data = span_of(0);
  request.local = found[1];
  request.remote = found[2];
  request.control = span_of(3);
  request.flags_out = reinterpret_cast<uint32_t*>(found[4]);
  return true;
}

int Emulation::Post(EmulatedRq& queue, Operation::Kind kind, const RequestSlices& slices,
                    uint32_t flags, void* context) {
  if (queue.state.load(std::memory_order_acquire) != QueueState::kLive) return abi::kNotSocket;
  if ((flags & abi::kCommitOnly) != 0) {
    if (flags != abi::kCommitOnly || !slices.empty() || context != nullptr) return abi::kInvalid;
    return CommitOnly(queue, kind);
  }
  RequestSide& side = queue.side(kind);
  const OneThread inside(queue.busy, kTwoPost);
  if ((flags & ~(abi::kDontNotify | abi::kDefer | abi::kWaitAll)) != 0) return abi::kInvalid;
  if (slices.count != (slices.data == nullptr ? 0u : 1u)) return abi::kInvalid;
  if (kind == Operation::Kind::kSend && slices.local != nullptr) return abi::kInvalid;
  if (side.completions->state.load(std::memory_order_relaxed) != QueueState::kLive) {
    return abi::kInvalid;
  }
  const uint64_t posted = side.posted.load(std::memory_order_relaxed);
  if (posted - side.returned.load(std::memory_order_acquire) >= side.limit) return abi::kNoBuffers;
  auto& request = *static_cast<EmulatedRequest*>(side.ring[posted & side.mask]);
  if (!(slices.only_data() ? FillData(request, slices.data) : FillAll(request, slices))) {
    return abi::kFault;
  }
  request.kind = kind;
  request.wait_all = (flags & abi::kWaitAll) != 0;
  request.notify = (flags & abi::kDontNotify) == 0;
  request.socket = queue.socket;
  request.status = abi::kOk;
  request.bytes = 0;
  request.context = context;
  request.outstanding.store(true, std::memory_order_release);
  side.posted.store(posted + 1, std::memory_order_release);
  if ((flags & abi::kDefer) == 0) Commit(side);
  return abi::kOk;
}

// Says that it is inside before it looks whether the queue lives, as FinishClosed looks for those
// inside after it was closed: one of both sees the other.
int Emulation::CommitOnly(EmulatedRq& queue, Operation::Kind kind) {
  queue.committing.fetch_add(1);
  const bool live = queue.state.load() == QueueState::kLive;
  if (live) Commit(queue.side(kind));
  queue.committing.fetch_sub(1);
  return live ? abi::kOk : abi::kNotSocket;
}

void Emulation::Commit(RequestSide& side) {
  EmulatedCq& cq = *side.completions;
  const std::lock_guard lock(cq.lock);
  const uint64_t end = side.posted.load(std::memory_order_acquire);
  while (side.committed < end) {
    const uint64_t first = side.committed & side.mask;
    const uint64_t count = std::min(end - side.committed, side.ring.size() - first);
    side.committed += count;
    cq.engine->Submit({side.ring.data() + first, count});
  }
}

uint32_t Emulation::CollectLocked(EmulatedCq& queue, abi::Result* results, uint32_t count,
                                  bool& closed, bool& notified) {
  std::array<Operation*, 64> finished;
  uint32_t done = 0;
  while (done < count) {
    const auto wanted = std::min<size_t>(finished.size(), count - done);
    const size_t got = queue.engine->Collect({finished.data(), wanted});
    for (size_t i = 0; i < got; ++i) {
      auto& request = static_cast<EmulatedRequest&>(*finished[i]);
      EmulatedRq& rq = *request.queue;
      results[done++] = {.status = request.status,
                         .bytes = request.bytes,
                         .socket_context = reinterpret_cast<uintptr_t>(rq.socket_context),
                         .request_context = reinterpret_cast<uintptr_t>(request.context)};
      notified |= request.notify;
      closed |= rq.state.load(std::memory_order_relaxed) == QueueState::kClosed;
      RequestSide& side = rq.side(request.kind);
      const uint64_t returned = side.returned.load(std::memory_order_relaxed);
      side.ring[(returned + side.all) & side.mask] = &request;
      request.outstanding.store(false, std::memory_order_release);
      side.returned.store(returned + 1, std::memory_order_release);
    }
    if (got < wanted) break;
  }
  return done;
}

uint32_t Emulation::Dequeue(EmulatedCq& queue, abi::Result* results, uint32_t count) {
  if (queue.state.load(std::memory_order_acquire) != QueueState::kLive) return abi::kCorruptCq;
  const OneThread inside(queue.busy, kTwoDequeue);
  bool closed = false;
  bool notified = false;
  uint32_t done = 0;
  {
    const std::lock_guard lock(queue.lock);
    done = CollectLocked(queue, results, count, closed, notified);
  }
  if (notified) queue.armed = false;
  if (closed) {
    const std::lock_guard lock(mutex_);
    FinishClosed();
  }
  return done;
}

int Emulation::Notify(EmulatedCq& queue) {
  if (queue.state.load(std::memory_order_acquire) != QueueState::kLive) return abi::kInvalid;
  const OneThread inside(queue.busy, kTwoDequeue);
  if (!queue.can_notify) return abi::kInvalid;
  const std::lock_guard lock(queue.lock);
  if (queue.armed && queue.engine->armed()) return abi::kAlready;
  queue.armed = true;
  queue.engine->Arm();
  return abi::kOk;
}

}  // namespace fh::rio
