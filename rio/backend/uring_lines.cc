#include "rio/backend/uring_lines.h"

#include <cerrno>

#include "latency/clock.h"

namespace fh::rio {

absl::StatusOr<UringLines> UringLines::Open(const ReceiverOptions& options, uint32_t sq_entries,
                                            uint32_t cq_entries) {
  absl::StatusOr<LineSockets> sockets = LineSockets::Open(options);
  if (!sockets.ok()) return sockets.status();
  absl::StatusOr<Uring> ring = Uring::Create(sq_entries, cq_entries);
  if (!ring.ok()) return ring.status();
  UringLines lines;
  lines.sockets_ = *std::move(sockets);
  if (options.busy_poll_us > 0) {
    lines.sockets_.notes.push_back(
        "an idle poll of io_uring makes no system call, so busy polling looks into the driver only "
        "while receives are submitted or waited for: take recvmmsg or af_xdp for it");
  }
  lines.ring_.emplace(*std::move(ring));
  std::vector<int> fds;
  lines.due_.resize(lines.sockets_.size());
  for (size_t line = 0; line < lines.sockets_.size(); ++line) {
    fds.push_back(lines.sockets_.fd(line));
    lines.AddDue(static_cast<uint16_t>(line));
  }
  if (absl::Status status = lines.ring_->RegisterFiles(fds); !status.ok()) return status;
  latency::Clock::Ticks();  // The first call decides its source: not in the first Poll.
  lines.sockets_.KeepJoined(options);
  return lines;
}

bool UringLines::Enter(uint32_t wait_for, int64_t timeout_ns) {
  if (!bound_) {
    if (!ring_->Enable().ok()) {
      sockets_.CountError(errno);
      return false;
    }
    bound_ = true;
  }
  if (ring_->HasOverflow()) ++sockets_.stats.ring_overflows;
  ++sockets_.stats.system_calls;
  const int error = ring_->Enter(wait_for, timeout_ns);
  if (error == 0 || error == ETIME || error == EINTR) return true;
  sockets_.CountError(error);
  return false;
}

bool UringLines::PrepareCancel() {
  if (ring_->sq_space() == 0 && !EnterForClose()) return false;
  if (ring_->sq_space() == 0) return false;
  io_uring_sqe& sqe = ring_->Prepare();
  sqe.opcode = IORING_OP_ASYNC_CANCEL;
  sqe.fd = -1;
  sqe.cancel_flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
  sqe.user_data = kCancelTag;
  return true;
}

bool UringLines::EnterForClose() {
  constexpr int64_t kRoundNs = 10'000'000;
  const int error = ring_->Enter(1, kRoundNs);
  return error == 0 || error == ETIME || error == EINTR;
}

}  // namespace fh::rio
