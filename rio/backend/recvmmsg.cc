#include "rio/backend/recvmmsg.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"

namespace fh::rio {
namespace {

constexpr uint32_t kMaxReadyLines = 64;  // As many as one epoll_wait reports.

// With MSG_TRUNC, the length returned is the datagram's even when the slice is shorter (udp(7)).
constexpr int kFlags = MSG_DONTWAIT | MSG_TRUNC;

bool IsNothingThere(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

timespec ToTimespec(std::chrono::nanoseconds duration) {
  const auto count = std::max<int64_t>(duration.count(), 0);
  return {.tv_sec = static_cast<time_t>(count / 1'000'000'000),
          .tv_nsec = static_cast<long>(count % 1'000'000'000)};
}

}  // namespace

struct RecvmmsgBackend::Headers {
  explicit Headers(uint32_t burst, uint32_t slice_bytes, bool with_control)
      : messages(burst), vectors(burst), slices(burst), control(with_control ? burst : 0) {
    for (uint32_t i = 0; i < burst; ++i) {
      vectors[i].iov_len = slice_bytes;
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      if (with_control) messages[i].msg_hdr.msg_control = control[i].data();
    }
  }

  std::vector<mmsghdr> messages;
  std::vector<iovec> vectors;
  std::vector<uint32_t> slices;
  std::vector<std::array<uint8_t, kControlBytes>> control;
  std::vector<pollfd> polled;                       // For Wait, without epoll.
  std::array<epoll_event, kMaxReadyLines> ready{};  // data.u32 is the line.
};

ProbeResult RecvmmsgBackend::Probe() {
  UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) fd = UniqueFd(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) {
    return {false, absl::StrCat("no UDP sockets here (", std::strerror(errno),
                                "): allow AF_INET in the sandbox")};
  }
  uint8_t byte = 0;
  iovec vector{.iov_base = &byte, .iov_len = 1};
  mmsghdr message{};
  message.msg_hdr.msg_iov = &vector;
  message.msg_hdr.msg_iovlen = 1;
  if (recvmmsg(fd.get(), &message, 1, MSG_DONTWAIT, nullptr) < 0 && !IsNothingThere(errno)) {
    return {false, absl::StrCat("recvmmsg(2) is refused (", std::strerror(errno),
                                "): allow it in the sandbox's system call filter")};
  }
  return {true, ""};
}

absl::StatusOr<std::unique_ptr<RecvmmsgBackend>> RecvmmsgBackend::Open(
    const ReceiverOptions& options, RegisteredRegion& region) {
  absl::StatusOr<LineSockets> lines = LineSockets::Open(options);
  if (!lines.ok()) return lines.status();
  std::unique_ptr<RecvmmsgBackend> backend(new RecvmmsgBackend(options, region, *std::move(lines)));
  if (backend->uses_epoll()) {
    if (absl::Status status = backend->OpenEpoll(); !status.ok()) return status;
  }
  latency::Clock::Ticks();  // The first call decides its source: not in the first Poll.
  backend->lines_.KeepJoined(options);
  return backend;
}

RecvmmsgBackend::RecvmmsgBackend(const ReceiverOptions& options, RegisteredRegion& region,
                                 LineSockets lines)
    : region_(region),
      lines_(std::move(lines)),
      queue_(region.slice_count()),
      burst_(options.burst),
      headers_(
          std::make_unique<Headers>(options.burst, region.slice_bytes(), lines_.has_control())),
      in_burst_(lines_.size()) {
  if (uses_epoll()) return;
  for (size_t line = 0; line < lines_.size(); ++line) {
    headers_->polled.push_back({.fd = lines_.fd(line), .events = POLLIN, .revents = 0});
  }
}

RecvmmsgBackend::~RecvmmsgBackend() { Close(); }

absl::Status RecvmmsgBackend::OpenEpoll() {
  epoll_ = OpenDescriptor([] { return epoll_create1(EPOLL_CLOEXEC); });
  if (epoll_.get() < 0) return SocketError(errno, "epoll_create1", kDescriptorFix);
  for (size_t line = 0; line < lines_.size(); ++line) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<uint32_t>(line);
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, lines_.fd(line), &event) != 0) {
      return SocketError(errno, "epoll_ctl", "sysctl fs.epoll.max_user_watches bounds the lines");
    }
  }
  return absl::OkStatus();
}

// Gives a slice to every header, as far as there are any, so that [0, filled_) have one. The
// slices released last go first: they are still in the cache.
uint32_t RecvmmsgBackend::Refill() {
  const auto set = [this](uint32_t index, uint32_t slice) {
    headers_->slices[index] = slice;
    headers_->vectors[index].iov_base = region_.slice(slice);
  };
  while (first_ > 0 && !queue_.empty()) set(--first_, queue_.Take());
  if (first_ > 0) {
    // Too few slices to close the hole in front: move what is left to the front.
    const uint32_t left = filled_ - first_;
    for (uint32_t i = 0; i < left; ++i) set(i, headers_->slices[first_ + i]);
    first_ = 0;
    filled_ = left;
  }
  while (filled_ < burst_ && !queue_.empty()) set(filled_++, queue_.Take());
  return filled_;
}

size_t RecvmmsgBackend::Poll(std::span<Packet> packets) {
  if (packets.empty() || closed_) return 0;
  if (Refill() == 0) {
    ++lines_.stats.starved;
    return 0;
  }
  return uses_epoll() ? PollReady(packets) : PollDirect(packets);
}

size_t RecvmmsgBackend::PollDirect(std::span<Packet> packets) {
  const auto line_count = static_cast<uint16_t>(lines_.size());
  for (uint16_t visited = 0; visited < line_count; ++visited) {
    const uint16_t line = next_line_;
    next_line_ = static_cast<uint16_t>(line + 1 == line_count ? 0 : line + 1);
    if (const size_t count = Visit(line, packets); count > 0) return count;
  }
  return 0;
}

size_t RecvmmsgBackend::PollReady(std::span<Packet> packets) {
  // The kernel's list of ready lines turns by itself, so all get their turn.
  if (ready_next_ == ready_count_) WaitForReady(0);
  while (ready_next_ < ready_count_) {
    const auto line = static_cast<uint16_t>(headers_->ready[ready_next_++].data.u32);
    if (const size_t count = Visit(line, packets); count > 0) return count;
  }
  return 0;
}

void RecvmmsgBackend::WaitForReady(int timeout_ms) {
  ++lines_.stats.system_calls;
  const int count = epoll_wait(epoll_.get(), headers_->ready.data(),
                               static_cast<int>(kMaxReadyLines), timeout_ms);
  ready_next_ = 0;
  ready_count_ = count > 0 ? static_cast<uint32_t>(count) : 0;
}

size_t RecvmmsgBackend::Visit(uint16_t line, std::span<Packet> packets) {
  ++lines_.stats.system_calls;
  // recv(2) returns no control messages.
  if (in_burst_[line] != 0 || lines_.has_control()) return ReceiveBurst(line, packets);
  return ReceiveOne(line, packets);
}

size_t RecvmmsgBackend::ReceiveOne(uint16_t line, std::span<Packet> packets) {
  const uint32_t room = region_.slice_bytes();
  uint8_t* const data = static_cast<uint8_t*>(headers_->vectors[0].iov_base);
  const ssize_t bytes = recv(lines_.fd(line), data, room, kFlags);
  if (bytes < 0) {
    if (!IsNothingThere(errno)) lines_.CountError(errno);
    return 0;
  }
  in_burst_[line] = 1;
  first_ = 1;
  lines_.Deliver(packets[0], line, headers_->slices[0], data, static_cast<uint32_t>(bytes), room,
                 latency::Clock::Ticks());
  return 1;
}

size_t RecvmmsgBackend::ReceiveBurst(uint16_t line, std::span<Packet> packets) {
  Headers& headers = *headers_;
  const auto wanted = static_cast<uint32_t>(std::min<size_t>(packets.size(), filled_));
  if (lines_.has_control()) {
    // The kernel left the lengths of the last burst here.
    for (uint32_t i = 0; i < wanted; ++i) {
      headers.messages[i].msg_hdr.msg_controllen = kControlBytes;
    }
  }
  const int count = recvmmsg(lines_.fd(line), headers.messages.data(), wanted, kFlags, nullptr);
  if (count <= 0) {
    in_burst_[line] = 0;
    if (count < 0 && !IsNothingThere(errno)) lines_.CountError(errno);
    return 0;
  }
  const uint64_t ticks = latency::Clock::Ticks();
  const auto received = static_cast<uint32_t>(count);
  const uint32_t room = region_.slice_bytes();
  for (uint32_t i = 0; i < received; ++i) {
    const mmsghdr& message = headers.messages[i];
    lines_.Deliver(packets[i], line, headers.slices[i],
                   static_cast<const uint8_t*>(headers.vectors[i].iov_base), message.msg_len, room,
                   ticks);
  }
  if (lines_.has_control()) {
    for (uint32_t i = 0; i < received; ++i) {
      const msghdr& header = headers.messages[i].msg_hdr;
      lines_.ReadControl(static_cast<const uint8_t*>(header.msg_control), header.msg_controllen,
                         packets[i]);
    }
  }
  in_burst_[line] = received == wanted ? 1 : 0;
  first_ = received;
  return received;
}

void RecvmmsgBackend::Wait(std::chrono::nanoseconds timeout) {
  if (closed_) return;
  const timespec spec = ToTimespec(timeout);
  if (owned() == 0) {
    // Datagrams may be there, but Poll could not take them.
    nanosleep(&spec, nullptr);
  } else if (!uses_epoll()) {
    ++lines_.stats.system_calls;
    ppoll(headers_->polled.data(), headers_->polled.size(), &spec, nullptr);
  } else if (ready_next_ == ready_count_) {
    const auto timeout_ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
    WaitForReady(static_cast<int>(std::clamp<int64_t>(timeout_ms, 0, INT32_MAX)));
  }
}

void RecvmmsgBackend::Close() {
  if (closed_) return;
  closed_ = true;
  epoll_.Close();
  lines_.Close();
  queue_.Clear();
  first_ = filled_ = 0;
}

}  // namespace fh::rio
