// The clock's system calls on POSIX systems, and what Linux knows about the TSC.

#include <time.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "latency/clock.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace fh::latency::platform {
namespace {

int64_t Read(clockid_t clock) {
  timespec now;
  // Cannot fail: both clocks are required by POSIX where they are used, and the address is valid.
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

#if defined(__x86_64__)
bool CpuSaysInvariant() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  constexpr unsigned kPowerManagementLeaf = 0x80000007;
  constexpr unsigned kInvariantTsc = 1u << 8;
  return __get_cpuid(kPowerManagementLeaf, &eax, &ebx, &ecx, &edx) != 0 &&
         (edx & kInvariantTsc) != 0;
}

bool KernelListsTsc() {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/available_clocksource");
  for (std::string name; file >> name;) {
    if (name == "tsc") return true;
  }
  return false;
}
#endif

}  // namespace

const int64_t kUnixStepNs = 0;

int64_t MonotonicNs() { return Read(CLOCK_MONOTONIC); }

int64_t UnixNs() { return Read(CLOCK_REALTIME); }

void SleepNs(int64_t duration_ns) {
  timespec left{.tv_sec = static_cast<time_t>(duration_ns / 1'000'000'000),
                .tv_nsec = static_cast<long>(duration_ns % 1'000'000'000)};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

#if defined(__x86_64__)

uint64_t OrderedTsc() {
  _mm_lfence();
  const uint64_t ticks = __rdtsc();
  _mm_lfence();
  return ticks;
}

std::string TscRefusal() {
  if (!CpuSaysInvariant()) return "the CPU does not report it constant and non-stop";
  if (!KernelListsTsc()) return "the kernel does not list it as an available clock source";
  return "";
}

#else

uint64_t OrderedTsc() { return 0; }

std::string TscRefusal() { return "this architecture has none"; }

#endif

}  // namespace fh::latency::platform
