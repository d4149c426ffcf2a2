// An io_uring instance, as thin as it can be: the two rings, mapped, and the three system calls.
// Written against the kernel's interface alone (io_uring(7), linux/io_uring.h), so that neither
// liburing nor its version matters. Internal to the io_uring backends.
//
//   absl::StatusOr<Uring> ring = Uring::Create(256, 1024);
//   io_uring_sqe& sqe = ring->Prepare();             // Zeroed; fill it in.
//   ring->Enter(0);                                  // Submits, and runs what the kernel deferred.
//   ring->ForEachCompletion(limit, [](const io_uring_cqe& cqe) {...});
//
// The ring is made with SINGLE_ISSUER | DEFER_TASKRUN | COOP_TASKRUN | TASKRUN_FLAG: the kernel
// finishes receives only inside Enter() of the one thread that submits, and raises a flag in shared
// memory when it has something to finish. So an idle check reads two words and makes no system
// call. It starts disabled; the thread that calls Enable() becomes that one thread.
//
// Create, Enable and Register* are for start-up. The others do not allocate; only Enter makes a
// system call.
#ifndef FEEDHANDLER_RIO_BACKEND_URING_H_
#define FEEDHANDLER_RIO_BACKEND_URING_H_

#include <linux/io_uring.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {

class Uring {
 public:
  // Whether the kernel grants such a ring and, if `buffer_ring`, provided-buffer rings; and if not
  // why.
  static ProbeResult Probe(bool buffer_ring);

  // The kernel rounds both up to powers of two. `cq_entries` must hold every completion that can be
  // outstanding.
  static absl::StatusOr<Uring> Create(uint32_t sq_entries, uint32_t cq_entries);

  Uring(Uring&& other) noexcept;
  Uring& operator=(Uring&&) = delete;
  ~Uring();

  // Binds the ring to the calling thread and lets it submit.
  absl::Status Enable();
  absl::Status RegisterFiles(std::span<const int> fds);
  void UnregisterFiles();
  absl::Status RegisterBufferRing(void* ring, uint32_t entries, uint16_t group);
  void UnregisterBufferRing(uint16_t group);
  // `event`: an eventfd that the kernel signals whenever there is something to finish or to take.
  // It starts switched off.
  absl::Status RegisterEvent(int event);
  // Memory only. What happened while it was off is not made up for: look at HasCompletions and
  // WantsEnter after switching on.
  void SwitchEvent(bool on) {
    std::atomic_ref<uint32_t>(*cq_flags_).store(on ? 0 : IORING_CQ_EVENTFD_DISABLED);
  }

  // Room for more submissions before the next Enter.
  uint32_t sq_space() const { return sq_entries_ - unsubmitted_; }
  uint32_t unsubmitted() const { return unsubmitted_; }

  // The next submission, zeroed. There must be room.
  io_uring_sqe& Prepare() {
    io_uring_sqe& sqe = sqes_[(sq_tail_ + unsubmitted_) & sq_mask_];
    ++unsubmitted_;
    std::memset(&sqe, 0, sizeof sqe);
    return sqe;
  }

  // Whether completions wait in memory.
  bool HasCompletions() const { return cq_head_ != LoadAcquire(cq_tail_); }

  // Whether the kernel asks for an Enter: receives to finish, or completions that did not fit.
  bool WantsEnter() const {
    return (LoadRelaxed(sq_flags_) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
  }
  bool HasOverflow() const { return (LoadRelaxed(sq_flags_) & IORING_SQ_CQ_OVERFLOW) != 0; }

  // Completions that the kernel dropped altogether.
  uint32_t dropped_completions() const { return LoadRelaxed(cq_overflow_); }

  // Submits what was prepared and finishes deferred receives. With `wait_for` > 0, blocks until so
  // many completions are there or `timeout_ns` has passed (negative: without end). 0, or the errno
  // (ETIME after the timeout). What the kernel did not take stays prepared.
  int Enter(uint32_t wait_for, int64_t timeout_ns = -1);

  // Calls `take(cqe)` for waiting completions, at most `limit`, while it returns true; one for
  // which it returns false stays. Returns how many were taken.
  template <class F>
  uint32_t ForEachCompletion(uint32_t limit, F&& take) {
    const uint32_t tail = LoadAcquire(cq_tail_);
    uint32_t count = 0;
    while (count < limit && cq_head_ != tail) {
      if (!take(cqes_[cq_head_ & cq_mask_])) break;
      ++cq_head_;
      ++count;
    }
    if (count > 0) {
      std::atomic_ref<uint32_t>(*cq_head_shared_).store(cq_head_, std::memory_order_release);
    }
    return count;
  }

 private:
  Uring() = default;
  absl::Status Map(const io_uring_params& params);

  static uint32_t LoadAcquire(uint32_t* word) {
    return std::atomic_ref<uint32_t>(*word).load(std::memory_order_acquire);
  }
  static uint32_t LoadRelaxed(uint32_t* word) {
    return std::atomic_ref<uint32_t>(*word).load(std::memory_order_relaxed);
  }

  UniqueFd fd_;
  void* rings_ = nullptr;
  size_t rings_bytes_ = 0;
  size_t sqes_bytes_ = 0;
  io_uring_sqe* sqes_ = nullptr;
  io_uring_cqe* cqes_ = nullptr;
  uint32_t* sq_tail_shared_ = nullptr;
  uint32_t* sq_flags_ = nullptr;
  uint32_t* cq_head_shared_ = nullptr;
  uint32_t* cq_tail_ = nullptr;
  uint32_t* cq_overflow_ = nullptr;
  uint32_t* cq_flags_ = nullptr;
  uint32_t sq_entries_ = 0;
  uint32_t sq_mask_ = 0;
  uint32_t cq_mask_ = 0;
  uint32_t sq_tail_ = 0;      // Taken by the kernel up to here.
  uint32_t unsubmitted_ = 0;  // Prepared behind sq_tail_.
  uint32_t cq_head_ = 0;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_URING_H_
