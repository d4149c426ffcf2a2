// The eventfd that a completion queue was made with. Any thread.
#ifndef FEEDHANDLER_RIO_REGISTERED_QUEUE_EVENT_POSIX_H_
#define FEEDHANDLER_RIO_REGISTERED_QUEUE_EVENT_POSIX_H_

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include <cstdint>

#include "rio/registered/abi.h"

namespace fh::rio {

class QueueEvent {
 public:
  QueueEvent() = default;  // None: signalling does nothing.

  // Null is none. An abi::Error: kInvalid for what is not an eventfd, kNotSupported for completion
  // ports, which are Windows' alone.
  abi::Error Take(const abi::Notification* notification) {
    if (notification == nullptr) return abi::kOk;
    if (notification->type == abi::NotifyType::kPort) return abi::kNotSupported;
    if (notification->type != abi::NotifyType::kEvent) return abi::kInvalid;
    const int fd = static_cast<int>(reinterpret_cast<intptr_t>(notification->event.handle));
    // Nothing else without a file type can be written to; adding nothing changes nothing.
    struct stat status {};
    if (fd < 0 || fstat(fd, &status) != 0 || (status.st_mode & S_IFMT) != 0 ||
        eventfd_write(fd, 0) != 0) {
      return abi::kInvalid;
    }
    fd_ = fd;
    reset_ = notification->event.reset != 0;
    return abi::kOk;
  }

  bool exists() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  void Signal() const {
    if (exists()) eventfd_write(fd_, 1);
  }

  // Takes back an earlier signal if the user asked for that.
  void ResetIfAsked() const {
    if (!exists() || !reset_) return;
    pollfd readable{.fd = fd_, .events = POLLIN, .revents = 0};
    eventfd_t count = 0;
    if (poll(&readable, 1, 0) == 1) eventfd_read(fd_, &count);
  }

 private:
  int fd_ = -1;
  bool reset_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_QUEUE_EVENT_POSIX_H_
