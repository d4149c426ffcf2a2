// The clock's system calls on Windows, and what is known there about the TSC.

#include <windows.h>

#include "latency/clock.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace fh::latency::platform {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;
// FILETIME counts 100 ns from 1601-01-01.
constexpr int64_t kNsPerFileTimeTick = 100;
constexpr int64_t kFileTimeOfUnixEpoch = 116'444'736'000'000'000;

// In mingw-w64's headers of Debian 12 the flag is missing; the system has it since Windows 10 1803.
constexpr DWORD kHighResolutionTimer = 0x2;

int64_t CounterFrequency() {
  LARGE_INTEGER frequency;
  QueryPerformanceFrequency(&frequency);  // Cannot fail since Windows XP.
  return frequency.QuadPart;
}

// A timer a thread: without the high-resolution kind a sleep may last a whole scheduler tick
// (up to 15.6 ms) too long.
class SleepTimer {
 public:
  SleepTimer()
      : timer_(CreateWaitableTimerExW(nullptr, nullptr, kHighResolutionTimer, TIMER_ALL_ACCESS)) {
    if (timer_ == nullptr) timer_ = CreateWaitableTimerExW(nullptr, nullptr, 0, TIMER_ALL_ACCESS);
  }
  ~SleepTimer() {
    if (timer_ != nullptr) CloseHandle(timer_);
  }
  SleepTimer(const SleepTimer&) = delete;
  SleepTimer& operator=(const SleepTimer&) = delete;

  void Sleep(int64_t duration_ns) {
    LARGE_INTEGER due;
    // Negative: from now.
    due.QuadPart = -((duration_ns + kNsPerFileTimeTick - 1) / kNsPerFileTimeTick);
    if (timer_ != nullptr && SetWaitableTimer(timer_, &due, 0, nullptr, nullptr, FALSE) != 0) {
      WaitForSingleObject(timer_, INFINITE);
    } else {
      ::Sleep(static_cast<DWORD>((duration_ns + 999'999) / 1'000'000));
    }
  }

 private:
  HANDLE timer_;
};

}  // namespace

const int64_t kUnixStepNs = kNsPerFileTimeTick;

int64_t MonotonicNs() {
  static const int64_t frequency = CounterFrequency();
  LARGE_INTEGER counter;
  QueryPerformanceCounter(&counter);
  // In two parts: the product of the whole count would overflow after some minutes.
  const int64_t seconds = counter.QuadPart / frequency;
  const int64_t rest = counter.QuadPart % frequency;
  return seconds * kNsPerSecond + rest * kNsPerSecond / frequency;
}

int64_t UnixNs() {
  FILETIME now;
  GetSystemTimePreciseAsFileTime(&now);
  const int64_t ticks = (int64_t{now.dwHighDateTime} << 32) | int64_t{now.dwLowDateTime};
  return (ticks - kFileTimeOfUnixEpoch) * kNsPerFileTimeTick;
}

void SleepNs(int64_t duration_ns) {
  if (duration_ns <= 0) return;
  thread_local SleepTimer timer;
  timer.Sleep(duration_ns);
}

#if defined(__x86_64__)

uint64_t OrderedTsc() {
  _mm_lfence();
  const uint64_t ticks = __rdtsc();
  _mm_lfence();
  return ticks;
}

// Windows has no list of clock sources to ask; what the CPU says is all there is.
std::string TscRefusal() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  constexpr unsigned kPowerManagementLeaf = 0x80000007;
  constexpr unsigned kInvariantTsc = 1u << 8;
  if (__get_cpuid(kPowerManagementLeaf, &eax, &ebx, &ecx, &edx) == 0 ||
      (edx & kInvariantTsc) == 0) {
    return "the CPU does not report it constant and non-stop";
  }
  return "";
}

#else

uint64_t OrderedTsc() { return 0; }

std::string TscRefusal() { return "this architecture has none"; }

#endif

}  // namespace fh::latency::platform
