// An event that a completion queue signals and a thread sleeps on: an event object on Windows, an
// eventfd(2) elsewhere.
//
//   absl::StatusOr<WaitEvent> event = WaitEvent::Create();
//   abi::Notification notification{.type = abi::NotifyType::kEvent, .event = {event->handle(), 0}};
//   abi::Cq queue = table.CreateCompletionQueue(1024, &notification);
//   table.Notify(queue);
//   event->Wait(std::chrono::milliseconds(10));
//
// It resets itself when a Wait ends with it. Create and Wait make system calls; Signal too. One
// thread waits; any may signal.
#ifndef FEEDHANDLER_RIO_REGISTERED_EVENT_H_
#define FEEDHANDLER_RIO_REGISTERED_EVENT_H_

#include <chrono>
#include <utility>

#include "absl/status/statusor.h"

namespace fh::rio {

// Signals the event whose handle this is, for engines that know no more of it.
void SignalEvent(void* handle);

class WaitEvent {
 public:
  WaitEvent() = default;  // None: handle() is null.
  static absl::StatusOr<WaitEvent> Create();
  WaitEvent(WaitEvent&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  WaitEvent& operator=(WaitEvent&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~WaitEvent();

  // For abi::Notification; also what epoll, poll or WaitForMultipleObjects take, once converted.
  void* handle() const { return handle_; }

  void Signal() { SignalEvent(handle_); }

  // Whether it was signalled within `timeout`.
  bool Wait(std::chrono::nanoseconds timeout);

 private:
  explicit WaitEvent(void* handle) : handle_(handle) {}

  void* handle_ = nullptr;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_EVENT_H_
