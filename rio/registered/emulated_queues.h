// The queues of an emulated Registered I/O table, and the rules that are kept on them. Internal to
// rio/registered/; users see the table that emulated_table.h makes of it.
//
// A request goes through three counters of its queue's side (receives or sends): posted, committed
// (the engine has it) and returned (dequeued). Requests lie in one ring that is addressed by them:
// [returned + all, ...) is where a dequeued request is put back, [posted, returned + all) are the
// free ones, [committed, posted) those that DEFER keeps. So posting, committing and dequeuing take
// no list, no search and no allocation.
//
// Threads: `posted` belongs to the thread that posts, `committed` and `returned` are changed under
// the completion queue's lock, which is taken once a commit and once a batch of completions. The
// emulation's mutex is taken before it and guards what is made and closed.
#ifndef FEEDHANDLER_RIO_REGISTERED_EMULATED_QUEUES_H_
#define FEEDHANDLER_RIO_REGISTERED_EMULATED_QUEUES_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "rio/registered/abi.h"
#include "rio/registered/engine.h"
#include "rio/registered/registered_buffers.h"

namespace fh::rio {

class Emulation;
struct EmulatedRq;

// Ends the program: `message` says what its author did wrong.
[[noreturn]] void RegisteredIoMisuse(const char* message);

// Aborts when a second thread comes while one is inside. Exact, for one exchange a call.
class OneThread {
 public:
  OneThread(std::atomic<bool>& busy, const char* message) : busy_(busy) {
    if (busy.exchange(true, std::memory_order_acquire)) RegisteredIoMisuse(message);
  }
  ~OneThread() { busy_.store(false, std::memory_order_release); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  std::atomic<bool>& busy_;
};

// Held for a batch at most, and nearly always free: two threads meet only in a COMMIT_ONLY call or
// when one posts what the other dequeues.
class SpinLock {
 public:
  void lock();
  void unlock() { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_{false};
};

enum class QueueState : uint8_t {
  kDead,    // Can be used again.
  kLive,    //
  kClosed,  // Closed by the user; requests are still on their way.
};

struct EmulatedCq {
  Emulation* emulation = nullptr;
  std::unique_ptr<EngineQueue> engine;
  std::atomic<QueueState> state{QueueState::kDead};
  uint32_t size = 0;
  uint32_t reserved = 0;  // Sum of the limits of the request queues that complete here.
  uint32_t users = 0;     // Sides of request queues that complete here.
  bool can_notify = false;
  bool armed = false;
  std::atomic<bool> busy{false};
  SpinLock lock;
};

// The slices of one call, found in their buffers.
struct RequestSlices {
  const abi::Buf* data = nullptr;
  uint32_t count = 0;
  const abi::Buf* local = nullptr;
  const abi::Buf* remote = nullptr;
  const abi::Buf* control = nullptr;
  const abi::Buf* flags = nullptr;

  bool only_data() const {
    return local == nullptr && remote == nullptr && control == nullptr && flags == nullptr;
  }
  bool empty() const { return data == nullptr && count == 0 && only_data(); }
};

struct EmulatedRequest : Operation {
  static constexpr size_t kSlices = 5;

  EmulatedRq* queue = nullptr;
  void* context = nullptr;
  // For DeregisterBuffer, which looks from another thread. The first is that of the data; the
  // others mean something only when there are more.
  std::array<std::atomic<abi::BufferId>, kSlices> buffers{};
  std::atomic<bool> has_more_buffers{false};
  std::atomic<bool> outstanding{false};

  bool Names(abi::BufferId id) const {
    const size_t count = has_more_buffers.load(std::memory_order_relaxed) ? kSlices : 1;
    for (size_t i = 0; i < count; ++i) {
      if (buffers[i].load(std::memory_order_relaxed) == id) return true;
    }
    return false;
  }
};

// The receives or the sends of a request queue.
struct RequestSide {
  EmulatedCq* completions = nullptr;
  uint32_t limit = 0;  // Most requests at a time; not more than there are.
  uint32_t all = 0;
  uint32_t mask = 0;
  std::vector<Operation*> ring;
  std::vector<std::unique_ptr<EmulatedRequest[]>> requests;
  std::vector<uint32_t> request_counts;
  std::atomic<uint64_t> posted{0};
  uint64_t committed = 0;
  std::atomic<uint64_t> returned{0};

  uint64_t outstanding() const {
    return posted.load(std::memory_order_acquire) - returned.load(std::memory_order_acquire);
  }
  void Grow(EmulatedRq* queue, uint32_t wanted);
  void Clear();
};

struct EmulatedRq {
  Emulation* emulation = nullptr;
  abi::Socket socket = kBadSocket;
  void* socket_context = nullptr;
  std::atomic<QueueState> state{QueueState::kDead};
  std::atomic<bool> busy{false};
  // COMMIT_ONLY calls that are inside: they may overlap the close, which gives up nothing that one
  // of them may still look at.
  std::atomic<uint32_t> committing{0};
  std::array<RequestSide, 2> sides;  // By Operation::Kind.

  RequestSide& side(Operation::Kind kind) { return sides[static_cast<size_t>(kind)]; }
  bool idle() const { return sides[0].outstanding() == 0 && sides[1].outstanding() == 0; }
};

// What the template over engines leaves of an engine.
struct EngineFunctions {
  std::unique_ptr<EngineQueue> (*open_queue)(uint32_t, const abi::Notification*, int*);
  abi::Socket (*open_socket)(int, int, int, int*);
  void (*close_socket)(abi::Socket);
};

// All that one emulated table knows. Functions return an abi::Error, kOk when they worked, unless
// they say otherwise.
class Emulation {
 public:
  explicit Emulation(const EngineFunctions& engine) : engine_(engine) {}

  int RegisterBuffer(char* data, uint32_t bytes, abi::BufferId* id);
  void DeregisterBuffer(abi::BufferId id);
  int CreateCq(uint32_t size, const abi::Notification* notification, EmulatedCq** made);
  int CreateRq(abi::Socket socket, const std::array<uint32_t, 2>& limits,
               const std::array<EmulatedCq*, 2>& completions, void* socket_context,
               EmulatedRq** made);
  int ResizeCq(EmulatedCq& queue, uint32_t size);
  int ResizeRq(EmulatedRq& queue, const std::array<uint32_t, 2>& limits);
  void CloseCq(EmulatedCq& queue);
  abi::Socket OpenSocket(int family, int type, int protocol, int* error);
  void CloseSocket(abi::Socket socket);

  int Post(EmulatedRq& queue, Operation::Kind kind, const RequestSlices& slices, uint32_t flags,
           void* context);
  uint32_t Dequeue(EmulatedCq& queue, abi::Result* results, uint32_t count);
  int Notify(EmulatedCq& queue);

 private:
  bool FillData(EmulatedRequest& request, const abi::Buf* slice) const;
  bool FillAll(EmulatedRequest& request, const RequestSlices& slices) const;
  void Commit(RequestSide& side);
  int CommitOnly(EmulatedRq& queue, Operation::Kind kind);
  uint32_t CollectLocked(EmulatedCq& queue, abi::Result* results, uint32_t count, bool& closed,
                         bool& notified);
  void DropFinished(EmulatedCq& queue);
  void DrainClosed(EmulatedCq& queue);
  void FinishClosed();
  bool IsInUse(abi::BufferId id);
  EmulatedCq* NewCq();
  EmulatedRq* NewRq();

  const EngineFunctions engine_;
  RegisteredBuffers buffers_;
  std::mutex mutex_;
  // Never freed, so that a handle that was closed is found dead instead of being a wild pointer.
  std::vector<std::unique_ptr<EmulatedCq>> cqs_;
  std::vector<std::unique_ptr<EmulatedRq>> rqs_;
  std::unordered_map<abi::Socket, EmulatedRq*> by_socket_;  // Until the socket is really closed.
  uint32_t closed_rqs_ = 0;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_EMULATED_QUEUES_H_
