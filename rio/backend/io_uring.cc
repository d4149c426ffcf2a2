#include "rio/backend/io_uring.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"

namespace fh::rio {
namespace {

constexpr uint32_t kMinSubmissions = 128;
constexpr uint32_t kMaxCompletions = 65536;  // The kernel's limit.
constexpr uint32_t kFirstBurst = 4;

// user_data of a receive: slice in the low 32 bits, then the line, then whether it is the sentinel.
constexpr uint64_t MakeTag(uint32_t slice, uint16_t line, bool sentinel) {
  return slice | static_cast<uint64_t>(line) << 32 | static_cast<uint64_t>(sentinel) << 48;
}
constexpr uint32_t SliceOf(uint64_t tag) { return static_cast<uint32_t>(tag); }
constexpr uint16_t LineOf(uint64_t tag) { return static_cast<uint16_t>(tag >> 32); }
constexpr bool IsSentinel(uint64_t tag) { return (tag >> 48 & 1) != 0; }

}  // namespace

struct IoUringBackend::Message {
  msghdr header{};
  iovec vector{};
  std::array<uint8_t, kControlBytes> control{};
};

absl::StatusOr<std::unique_ptr<IoUringBackend>> IoUringBackend::Open(const ReceiverOptions& options,
                                                                     RegisteredRegion& region) {
  const size_t line_count = options.subscriptions.size();
  if (region.slice_count() < 2 * line_count) {
    return absl::InvalidArgumentError(absl::StrCat("io_uring needs two slices for each of ",
                                                   line_count, " lines, and the region", " has ",
                                                   region.slice_count(), ": raise slice_count"));
  }
  // Submissions happen only when all completions were taken, and all but the sentinels complete
  // at once, so this many completions can be waiting.
  const uint32_t submissions = std::max(std::bit_ceil(options.burst + 1), kMinSubmissions);
  const auto completions =
      static_cast<uint32_t>(std::min<size_t>(submissions + line_count, kMaxCompletions));
  absl::StatusOr<UringLines> lines = UringLines::Open(options, submissions, completions);
  if (!lines.ok()) return lines.status();
  return std::unique_ptr<IoUringBackend>(new IoUringBackend(options, region, *std::move(lines)));
}

IoUringBackend::IoUringBackend(const ReceiverOptions& options, RegisteredRegion& region,
                               UringLines lines)
    : region_(region),
      lines_(std::move(lines)),
      queue_(region.slice_count()),
      burst_(options.burst),
      line_states_(options.subscriptions.size()) {
  if (!lines_.sockets().has_control()) return;
  messages_.resize(region.slice_count());
  for (uint32_t slice = 0; slice < region.slice_count(); ++slice) {
    Message& message = messages_[slice];
    message.vector = {.iov_base = region.slice(slice), .iov_len = region.slice_bytes()};
    message.header.msg_iov = &message.vector;
    message.header.msg_iovlen = 1;
    message.header.msg_control = message.control.data();
  }
}

IoUringBackend::~IoUringBackend() { Close(); }

size_t IoUringBackend::Poll(std::span<Packet> packets) {
  if (packets.empty() || closed_) return 0;
  if (const size_t count = Reap(packets); count > 0) return count;
  ++round_;
  PrepareDue();
  if (!lines_.NeedsEnter()) return 0;
  if (!lines_.Enter()) return 0;
  return Reap(packets);
}

size_t IoUringBackend::Reap(std::span<Packet> packets) {
  if (!lines_.ring().HasCompletions()) return 0;
  const uint64_t ticks = latency::Clock::Ticks();
  size_t count = 0;
  lines_.ring().ForEachCompletion(UINT32_MAX, [&](const io_uring_cqe& cqe) {
    if (count == packets.size()) return false;
    if (Complete(cqe.user_data, cqe.res, packets[count], ticks)) ++count;
    return true;
  });
  return count;
}

// A receive has ended. Whether it made a packet.
bool IoUringBackend::Complete(uint64_t tag, int32_t result, Packet& packet, uint64_t ticks) {
  const uint32_t slice = SliceOf(tag);
  const uint16_t line = LineOf(tag);
  --outstanding_;
  if (IsSentinel(tag)) {
    EndSentinel(line);
  } else if (result >= 0) {
    ++line_states_[line].filled;
  }
  if (result < 0) {
    queue_.Post(slice);
    if (result != -EAGAIN && result != -EINTR && result != -ECANCELED) {
      lines_.sockets().CountError(-result);
    }
    return false;
  }
  lines_.sockets().Deliver(packet, line, slice, region_.slice(slice), static_cast<uint32_t>(result),
                           region_.slice_bytes(), ticks);
  if (lines_.sockets().has_control()) {
    const msghdr& header = messages_[slice].header;
    lines_.sockets().ReadControl(static_cast<const uint8_t*>(header.msg_control),
                                 header.msg_controllen, packet);
  }
  return true;
}

void IoUringBackend::EndSentinel(uint16_t line) {
  Line& state = line_states_[line];
  const bool at_once = state.round == round_;
  state.burst =
      at_once ? std::min(std::max(2 * state.burst, kFirstBurst), burst_ - 1) : state.filled;
  lines_.AddDue(line);
}

// Arms the lines that are due: a burst first, then the sentinel. With too few slices, sentinels
// come first.
void IoUringBackend::PrepareDue() {
  while (lines_.due_count() > 0 && lines_.ring().sq_space() > 0) {
    if (queue_.empty()) {
      ++lines_.sockets().stats.starved;
      return;
    }
    const uint16_t line = lines_.first_due();
    Line& state = line_states_[line];
    const uint32_t spare = queue_.size() - std::min(queue_.size(), lines_.due_count());
    const uint32_t extra = std::min({state.burst, spare, lines_.ring().sq_space() - 1});
    for (uint32_t i = 0; i < extra; ++i) PrepareReceive(line, false);
    PrepareReceive(line, true);
    state.filled = 0;
    state.round = round_;
    lines_.PopDue();
  }
}

void IoUringBackend::PrepareReceive(uint16_t line, bool sentinel) {
  const uint32_t slice = queue_.Take();
  io_uring_sqe& sqe = lines_.ring().Prepare();
  sqe.fd = line;
  sqe.flags = IOSQE_FIXED_FILE;
  sqe.msg_flags = MSG_TRUNC | (sentinel ? 0 : MSG_DONTWAIT);
  sqe.user_data = MakeTag(slice, line, sentinel);
  if (!lines_.sockets().has_control()) {
    sqe.opcode = IORING_OP_RECV;
    sqe.addr = reinterpret_cast<uint64_t>(region_.slice(slice));
    sqe.len = region_.slice_bytes();
  } else {
    Message& message = messages_[slice];
    message.header.msg_controllen = kControlBytes;
    sqe.opcode = IORING_OP_RECVMSG;
    sqe.addr = reinterpret_cast<uint64_t>(&message.header);
    sqe.len = 1;
  }
  ++outstanding_;
}

void IoUringBackend::Wait(std::chrono::nanoseconds timeout) {
  if (closed_ || lines_.ring().HasCompletions()) return;
  ++round_;
  PrepareDue();
  lines_.Enter(1, std::max<int64_t>(timeout.count(), 0));
}

void IoUringBackend::Close() {
  if (closed_) return;
  closed_ = true;
  lines_.CancelAndClose(outstanding_, [this](const io_uring_cqe&) { --outstanding_; });
  outstanding_ = 0;
  queue_.Clear();
}

}  // namespace fh::rio
