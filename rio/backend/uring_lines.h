// What both io_uring backends share: a ring over the lines' sockets, bound to the thread that polls
// first, the lines whose receive is to be armed, and an orderly end. Internal to these backends.
//
// Open allocates; Close makes system calls and waits for the kernel; Enter makes one system call.
#ifndef FEEDHANDLER_RIO_BACKEND_URING_LINES_H_
#define FEEDHANDLER_RIO_BACKEND_URING_LINES_H_

#include <cassert>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend/line_sockets.h"
#include "rio/backend/uring.h"

namespace fh::rio {

class UringLines {
 public:
  // Opens the sockets and a ring with the sockets registered as its files: file index = line.
  // Every line starts due.
  static absl::StatusOr<UringLines> Open(const ReceiverOptions& options, uint32_t sq_entries,
                                         uint32_t cq_entries);

  Uring& ring() { return *ring_; }
  const Uring& ring() const { return *ring_; }
  LineSockets& sockets() { return sockets_; }
  const LineSockets& sockets() const { return sockets_; }

  // Lines whose receive is to be armed, in the order in which they fell due; each at most once.
  uint32_t due_count() const { return due_count_; }
  uint16_t first_due() const { return due_[due_head_]; }
  void PopDue() {
    assert(due_count_ > 0);
    due_head_ = due_head_ + 1 == due_.size() ? 0 : due_head_ + 1;
    --due_count_;
  }
  void AddDue(uint16_t line) {
    assert(due_count_ < due_.size());
    const size_t tail = due_head_ + due_count_;
    due_[tail >= due_.size() ? tail - due_.size() : tail] = line;
    ++due_count_;
  }

  // Whether there is anything to tell the kernel, or to hear from it, that needs a system call.
  bool NeedsEnter() const { return ring_->unsubmitted() > 0 || ring_->WantsEnter(); }

  // Uring::Enter, counted. The first call binds the ring to the calling thread. Failures are
  // counted as errors, except for timeouts and signals.
  bool Enter(uint32_t wait_for = 0, int64_t timeout_ns = -1);

  // Cancels every request and hands its completion to `take(cqe)`, until `outstanding` (which
  // `take` counts down) is 0; then closes ring and sockets. On a thread other than the one that
  // polled, the kernel refuses to cancel: then nothing more can arrive anyway, because receives are
  // finished only inside that thread's own calls, and the sockets close some ms later.
  template <class F>
  void CancelAndClose(const uint32_t& outstanding, F&& take) {
    sockets_.StopKeeping();
    sockets_.RefreshStats();
    if (outstanding > 0 && PrepareCancel()) {
      for (int round = 0; outstanding > 0 && round < kMaxDrainRounds; ++round) {
        if (!EnterForClose()) break;
        ring_->ForEachCompletion(UINT32_MAX, [&](const io_uring_cqe& cqe) {
          if (cqe.user_data != kCancelTag) take(cqe);
          return true;
        });
      }
    }
    // The kernel tears a ring down in its own time; until then its files would keep their ports.
    if (outstanding == 0) ring_->UnregisterFiles();
    ring_.reset();
    sockets_.Close();
  }

  static constexpr uint64_t kCancelTag = ~uint64_t{0};

 private:
  static constexpr int kMaxDrainRounds = 1000;  // Of at most 10 ms each.

  bool PrepareCancel();
  bool EnterForClose();

  LineSockets sockets_;
  std::optional<Uring> ring_;
  std::vector<uint16_t> due_;
  size_t due_head_ = 0;
  uint32_t due_count_ = 0;
  bool bound_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_URING_LINES_H_
