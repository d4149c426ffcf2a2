// The process's clock: a time stamp for the price of reading the CPU's counter.
//
//   fh::latency::Clock clock;                             // Once, in main(): about 10 ms.
//   uint64_t dequeued = Clock::Ticks();                   // Hot thread, any number of times.
//   ...
//   int64_t ns = clock.TicksToNs(Clock::Ticks() - dequeued);
//   int64_t unix_ns = clock.ToUnixNs(dequeued);           // Comparable with kernel time stamps.
//   clock.Recalibrate();                                  // Slow thread, once a second.
//
// Ticks() is the time-stamp counter (TSC) where that can be trusted: the CPU reports it constant
// and non-stop (CPUID 0x80000007, EDX bit 8: "invariant TSC" in Intel's SDM vol. 3 and AMD's APM
// vol. 3), and Linux lists `tsc` among its available clock sources, from which it removes a
// counter that it caught drifting or unsynchronized between sockets. Anywhere else Ticks() is
// CLOCK_MONOTONIC in ns: the same calls, some 20 ns each instead of a few. On Windows the CPU's
// word decides alone, and the other clock is the performance counter.
//
// Ticks() does not fence: the CPU may execute it some tens of instructions early or late. That
// blurs a stamp by a few ns; a fence on every stamp would cost more than it tells.
//
// Threads: everything but the constructor and ChooseSource from any thread; Recalibrate, Quality
// and Describe are for slow ones (a mutex and system calls). Conversion: see tick_converter.h,
// which also says what happens when the system clock is slewed or stepped. One Clock a process is
// enough; two would agree only within their error bounds.
#ifndef FEEDHANDLER_LATENCY_CLOCK_H_
#define FEEDHANDLER_LATENCY_CLOCK_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "latency/tick_converter.h"

namespace fh::latency {

enum class TickSource : uint8_t {
  kUndecided,  // Nobody has asked yet.
  kTsc,
  kMonotonic,  // CLOCK_MONOTONIC, in ns.
};

class Clock {
 public:
  // Chooses the source, if nothing did before, and calibrates it: about 10 ms for the TSC, a few
  // microseconds for the fallback.
  Clock();

  // Now, in ticks of this process's source. Never goes backwards on one thread, and between
  // threads only by less than it takes to pass a cache line from one to the other. Costs one rdtsc
  // and a predictable branch; the very first call of a process decides the source (opens a file).
  static uint64_t Ticks() {
    if (source_.load(std::memory_order_relaxed) == TickSource::kTsc) [[likely]] {
      return ReadTsc();
    }
    return SlowTicks();
  }

  // Unix time in ns of a stamp from Ticks(). Wait-free, no system call, about 3 ns.
  int64_t ToUnixNs(uint64_t ticks) const { return converter_.ToUnixNs(ticks); }

  // A difference of two stamps in ns; pass `later - earlier` as it is: a negative difference
  // survives the unsigned subtraction. About 1 ns.
  int64_t TicksToNs(int64_t delta) const { return converter_.TicksToNs(delta); }

  int64_t NowUnixNs() const { return ToUnixNs(Ticks()); }

  // Compares with the system clock again. A few microseconds, never on a hot thread.
  void Recalibrate() { converter_.Recalibrate(); }

  ClockQuality Quality() const { return converter_.Quality(); }

  // One line for logs and reports: source, frequency, error bound, and why it is not the TSC.
  std::string Describe() const;

  // Decides the source instead of leaving it to probing; call it at the start of main(), before
  // anything reads Ticks(). FAILED_PRECONDITION when another source is in use already, UNAVAILABLE
  // (with the reason) when the TSC is asked for and cannot be trusted.
  static absl::Status ChooseSource(TickSource source);

  // The source in use; decides it if nothing did before.
  static TickSource Source();

 private:
  // On other architectures there is no TSC, and the source is never kTsc.
  static uint64_t ReadTsc() {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
  }
  static uint64_t SlowTicks();

  static inline std::atomic<TickSource> source_{TickSource::kUndecided};

  std::unique_ptr<TimeSource> time_source_;
  TickConverter converter_;
};

// What differs between operating systems: clock_posix.cc, clock_windows.cc.
namespace platform {

int64_t MonotonicNs();
int64_t UnixNs();
extern const int64_t kUnixStepNs;  // In which UnixNs() moves; 0 where it has all of its ns.
void SleepNs(int64_t duration_ns);

// The counter, ordered after all instructions before it and before all after it. Only where the
// TSC may be used.
uint64_t OrderedTsc();

// Empty when the TSC can be trusted, otherwise why not.
std::string TscRefusal();

}  // namespace platform

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_CLOCK_H_
