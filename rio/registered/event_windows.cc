#include <windows.h>

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "rio/registered/event.h"

namespace fh::rio {

absl::StatusOr<WaitEvent> WaitEvent::Create() {
  const HANDLE handle = CreateEventW(nullptr, /*bManualReset=*/FALSE, FALSE, nullptr);
  if (handle == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("CreateEvent fails with ", GetLastError(), ": too many handles are open?"));
  }
  return WaitEvent(handle);
}

WaitEvent::~WaitEvent() {
  if (handle_ != nullptr) CloseHandle(handle_);
}

void SignalEvent(void* handle) { SetEvent(handle); }

bool WaitEvent::Wait(std::chrono::nanoseconds timeout) {
  const int64_t timeout_ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  const auto wait_ms = static_cast<DWORD>(std::clamp<int64_t>(timeout_ms, 0, INFINITE - 1));
  return WaitForSingleObject(handle_, wait_ms) == WAIT_OBJECT_0;
}

}  // namespace fh::rio
