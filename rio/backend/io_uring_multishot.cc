#include "rio/backend/io_uring_multishot.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"

namespace fh::rio {
namespace {

constexpr uint32_t kSubmissions = 128;
constexpr uint32_t kMaxCompletions = 65536;  // The kernel's limit.
constexpr uint32_t kMaxSlices = 65536;       // A buffer id has 16 bits.
constexpr uint16_t kGroup = 0;
constexpr uint32_t kControlRoom =
    IoUringMultishotBackend::kHeaderBytes - static_cast<uint32_t>(sizeof(io_uring_recvmsg_out));
static_assert(kControlRoom >= kControlBytes);
static_assert(sizeof(io_uring_buf) == 16 && offsetof(io_uring_buf, resv) == 14);

}  // namespace

absl::StatusOr<std::unique_ptr<IoUringMultishotBackend>> IoUringMultishotBackend::Open(
    const ReceiverOptions& options, RegisteredRegion& region) {
  if (region.slice_count() < 2 || region.slice_count() > kMaxSlices) {
    return absl::InvalidArgumentError(
        absl::StrCat("io_uring_multishot takes 2 to ", kMaxSlices, " slices, and the region has ",
                     region.slice_count(), ": change slice_count, or use recvmmsg"));
  }
  const bool with_header = options.stamps != ReceiveStamps::kNone || options.drops_in_stream;
  if (with_header && region.slice_bytes() <= kHeaderBytes) {
    return absl::InvalidArgumentError(absl::StrCat("slices of ", region.slice_bytes(),
                                                   " bytes leave no room behind the ", kHeaderBytes,
                                                   " of a header: raise slice_bytes"));
  }
  // A completion for each slice in the ring, and one for the end of each line's receive.
  const auto completions = static_cast<uint32_t>(
      std::min<size_t>(2 * (kRingSlices + options.subscriptions.size()), kMaxCompletions));
  absl::StatusOr<UringLines> lines = UringLines::Open(options, kSubmissions, completions);
  if (!lines.ok()) return lines.status();
  std::unique_ptr<IoUringMultishotBackend> backend(
      new IoUringMultishotBackend(region, *std::move(lines)));
  if (absl::Status status = backend->OpenBufferRing(); !status.ok()) return status;
  return backend;
}

IoUringMultishotBackend::IoUringMultishotBackend(RegisteredRegion& region, UringLines lines)
    : region_(region),
      lines_(std::move(lines)),
      queue_(region.slice_count()),
      was_armed_(lines_.sockets().size()) {
  lines_.sockets().stats.own[0] = {"rearmed",
                                   "Multishot receives that ended and were armed again."};
  message_.msg_controllen = kControlRoom;
}

IoUringMultishotBackend::~IoUringMultishotBackend() { Close(); }

absl::Status IoUringMultishotBackend::OpenBufferRing() {
  ring_entries_ = std::bit_ceil(std::min(kRingSlices, region_.slice_count()));
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t bytes = (ring_entries_ * sizeof(io_uring_buf) + page - 1) / page * page;
  void* memory = std::aligned_alloc(page, bytes);
  if (memory == nullptr) return absl::ResourceExhaustedError("no memory for the buffer ring");
  std::memset(memory, 0, bytes);
  buffers_.reset(static_cast<io_uring_buf*>(memory));
  return lines_.ring().RegisterBufferRing(memory, ring_entries_, kGroup);
}

size_t IoUringMultishotBackend::Poll(std::span<Packet> packets) {
  if (packets.empty() || closed_) return 0;
  if (const size_t count = Reap(packets); count > 0) return count;
  if (!Prepare() || !lines_.NeedsEnter() || !lines_.Enter()) return 0;
  return Reap(packets);
}

// Refills the ring and arms what is due. False when there is nothing to receive into.
bool IoUringMultishotBackend::Prepare() {
  Refill();
  if (in_ring_ == 0) {
    // Entering now would only end the receives.
    if (lines_.due_count() > 0 || lines_.ring().WantsEnter()) ++lines_.sockets().stats.starved;
    return false;
  }
  while (lines_.due_count() > 0 && lines_.ring().sq_space() > 0) {
    PrepareReceive(lines_.first_due());
    lines_.PopDue();
  }
  return true;
}

void IoUringMultishotBackend::Refill() {
  // The last slice stays out of the ring, for an empty datagram: the kernel takes none for it.
  const uint32_t missing = ring_entries_ - std::min(in_ring_, ring_entries_);
  const uint32_t spare = queue_.empty() ? 0 : queue_.size() - 1;
  const uint32_t count = std::min(missing, spare);
  if (count == 0) return;
  io_uring_buf* const buffers = buffers_.get();
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t slice = queue_.Take();
    io_uring_buf& buffer = buffers[(ring_tail_ + i) & (ring_entries_ - 1)];
    buffer.addr = reinterpret_cast<uint64_t>(region_.slice(slice));
    buffer.len = region_.slice_bytes();
    buffer.bid = static_cast<uint16_t>(slice);
  }
  ring_tail_ = static_cast<uint16_t>(ring_tail_ + count);
  in_ring_ += count;
  std::atomic_ref<uint16_t>(buffers[0].resv).store(ring_tail_, std::memory_order_release);
}

void IoUringMultishotBackend::PrepareReceive(uint16_t line) {
  io_uring_sqe& sqe = lines_.ring().Prepare();
  sqe.fd = line;
  sqe.flags = IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
  sqe.ioprio = IORING_RECV_MULTISHOT;
  sqe.buf_group = kGroup;
  sqe.msg_flags = MSG_TRUNC;
  sqe.user_data = line;
  if (lines_.sockets().has_control()) {
    sqe.opcode = IORING_OP_RECVMSG;
    sqe.addr = reinterpret_cast<uint64_t>(&message_);
    sqe.len = 1;
  } else {
    sqe.opcode = IORING_OP_RECV;
  }
  if (was_armed_[line] != 0) ++lines_.sockets().stats.own[0].count;
  was_armed_[line] = 1;
  ++outstanding_;
}

size_t IoUringMultishotBackend::Reap(std::span<Packet> packets) {
  if (!lines_.ring().HasCompletions()) return 0;
  const uint64_t ticks = latency::Clock::Ticks();
  size_t count = 0;
  lines_.ring().ForEachCompletion(UINT32_MAX, [&](const io_uring_cqe& cqe) {
    if (count == packets.size()) return false;
    const Outcome outcome = Complete(cqe, packets[count], ticks);
    if (outcome == Outcome::kNoSliceYet) {
      if (count == 0) ++lines_.sockets().stats.starved;
      return false;
    }
    if (outcome == Outcome::kPacket) ++count;
    return true;
  });
  return count;
}

IoUringMultishotBackend::Outcome IoUringMultishotBackend::Complete(const io_uring_cqe& cqe,
                                                                   Packet& packet, uint64_t ticks) {
  const auto line = static_cast<uint16_t>(cqe.user_data);
  const bool has_slice = (cqe.flags & IORING_CQE_F_BUFFER) != 0;
  // An empty datagram comes without a slice, but is delivered in one, like any other.
  const bool empty_datagram = cqe.res == 0 && !has_slice;
  if (empty_datagram && queue_.empty()) return Outcome::kNoSliceYet;
  if ((cqe.flags & IORING_CQE_F_MORE) == 0) {
    --outstanding_;
    lines_.AddDue(line);
  }
  if (empty_datagram) {
    const uint32_t slice = queue_.Take();
    lines_.sockets().Deliver(packet, line, slice, region_.slice(slice), 0, region_.slice_bytes(),
                             ticks);
    return Outcome::kPacket;
  }
  const uint32_t slice = cqe.flags >> IORING_CQE_BUFFER_SHIFT;
  if (cqe.res < 0) {
    if (has_slice) {
      --in_ring_;
      queue_.Post(slice);
    }
    const int error = -cqe.res;
    if (error == ENOBUFS) {
      ++lines_.sockets().stats.starved;
    } else if (error != EINTR && error != EAGAIN && error != ECANCELED) {
      lines_.sockets().CountError(error);
    }
    return Outcome::kNothing;
  }
  --in_ring_;
  if (lines_.sockets().has_control()) {
    DeliverMessage(line, slice, packet, ticks);
  } else {
    lines_.sockets().Deliver(packet, line, slice, region_.slice(slice),
                             static_cast<uint32_t>(cqe.res), region_.slice_bytes(), ticks);
  }
  return Outcome::kPacket;
}

// A multishot recvmsg's slice: io_uring_recvmsg_out, no name, the control messages, the payload
// (io_uring_prep_recvmsg_multishot(3)).
void IoUringMultishotBackend::DeliverMessage(uint16_t line, uint32_t slice, Packet& packet,
                                             uint64_t ticks) {
  const uint8_t* const start = region_.slice(slice);
  const uint32_t room = region_.slice_bytes() - kHeaderBytes;
  io_uring_recvmsg_out out{};
  std::memcpy(&out, start, sizeof out);
  const uint32_t datagram_bytes =
      (out.flags & MSG_TRUNC) != 0 ? std::max(out.payloadlen, room + 1) : out.payloadlen;
  lines_.sockets().Deliver(packet, line, slice, start + kHeaderBytes, datagram_bytes, room, ticks);
  lines_.sockets().ReadControl(start + sizeof out, std::min(out.controllen, kControlRoom), packet);
}

void IoUringMultishotBackend::Wait(std::chrono::nanoseconds timeout) {
  if (closed_ || lines_.ring().HasCompletions()) return;
  if (Prepare()) {
    lines_.Enter(1, std::max<int64_t>(timeout.count(), 0));
    return;
  }
  // Datagrams may be there, but Poll could not take them.
  const auto count = std::max<int64_t>(timeout.count(), 0);
  const timespec spec{.tv_sec = static_cast<time_t>(count / 1'000'000'000),
                      .tv_nsec = static_cast<long>(count % 1'000'000'000)};
  nanosleep(&spec, nullptr);
}

void IoUringMultishotBackend::Close() {
  if (closed_) return;
  closed_ = true;
  lines_.CancelAndClose(outstanding_, [this](const io_uring_cqe& cqe) {
    if ((cqe.flags & IORING_CQE_F_MORE) == 0) --outstanding_;
  });
  outstanding_ = 0;
  in_ring_ = 0;
  queue_.Clear();
}

}  // namespace fh::rio
