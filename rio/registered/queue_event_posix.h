// The eventfd that a completion queue was made with. Any thread.
#ifndef FEEDHANDLER_RIO_REGISTERED_QUEUE_EVENT_POSIX_H_
#define FEEDHANDLER_RIO_REGISTERED_QUEUE_EVENT_POSIX_H_

#include <poll.h>
#include <sys/eventfd.h>

#include <cstdint>

#include "rio/registered/abi.h"

namespace fh::rio {

class QueueEvent {
 public:
  QueueEvent() = default;  // None: signalling does nothing.

  // Null is none. False: what is asked for is not an eventfd; completion ports are Windows' alone.
  bool Take(const abi::Notification* notification) {
    if (notification == nullptr) return true;
    if (notification->type != abi::NotifyType::kEvent) return false;
    fd_ = static_cast<int>(reinterpret_cast<intptr_t>(notification->event.handle));
    reset_ = notification->event.reset != 0;
    // Adding nothing is refused for any other descriptor.
    return fd_ >= 0 && eventfd_write(fd_, 0) == 0;
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
