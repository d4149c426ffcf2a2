#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>

#include "rio/registered/event.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

int DescriptorOf(void* handle) { return static_cast<int>(reinterpret_cast<intptr_t>(handle)); }

}  // namespace

absl::StatusOr<WaitEvent> WaitEvent::Create() {
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd == 0) {  // A null handle means none.
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 1);
    close(0);
  }
  if (fd < 0) return SocketError(errno, "eventfd", kDescriptorFix);
  return WaitEvent(reinterpret_cast<void*>(static_cast<intptr_t>(fd)));
}

WaitEvent::~WaitEvent() {
  if (handle_ != nullptr) close(DescriptorOf(handle_));
}

void SignalEvent(void* handle) {
  const uint64_t one = 1;
  // It fails only when the counter is full, and then it is signalled.
  [[maybe_unused]] const ssize_t bytes = write(DescriptorOf(handle), &one, sizeof one);
}

bool WaitEvent::Wait(std::chrono::nanoseconds timeout) {
  const int64_t count = std::max<int64_t>(timeout.count(), 0);
  const timespec spec = {.tv_sec = static_cast<time_t>(count / 1'000'000'000),
                         .tv_nsec = static_cast<long>(count % 1'000'000'000)};
  pollfd polled{.fd = DescriptorOf(handle_), .events = POLLIN, .revents = 0};
  if (ppoll(&polled, 1, &spec, nullptr) <= 0) return false;
  uint64_t signals = 0;
  return read(polled.fd, &signals, sizeof signals) == sizeof signals;
}

}  // namespace fh::rio
