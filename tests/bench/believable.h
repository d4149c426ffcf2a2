// Whether what was measured may be believed: the processor's frequency and its time stamp counter
// held still, and samples are times of work, not of the scheduler's ticks. report.h asks before it
// prints; a program whose set-up was wrong fails and says why, instead of printing figures.
#ifndef FEEDHANDLER_TESTS_BENCH_BELIEVABLE_H_
#define FEEDHANDLER_TESTS_BENCH_BELIEVABLE_H_

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace fh::bench {

[[noreturn]] inline void Fail(const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, why.c_str());
  std::exit(1);
}

inline double ClockNs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// The time stamp counter; 0 where there is none that programs can read.
inline uint64_t Tsc() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  return 0;
#endif
}

// Compares the processor with itself at the start of the program.
class SteadyProcessor {
 public:
  SteadyProcessor() : chain_ns_(ChainNs()), tsc_(Tsc()), begin_ns_(ClockNs(CLOCK_MONOTONIC_RAW)) {}

  // Ends the program when the processor runs faster or slower by now, or the counter does.
  void Require(const std::string& measured) {
    const double chain_ns = ChainNs();
    if (const double factor = chain_ns_ / chain_ns; std::abs(factor - 1) > kMostDrift) {
      Fail(measured + ": the processor's frequency is " + std::to_string(factor) +
           " of what it was at the start: fix the frequency (performance governor, no turbo), or "
           "measure again when the machine is quiet");
    }
    const double elapsed_ns = ClockNs(CLOCK_MONOTONIC_RAW) - begin_ns_;
    if (tsc_ == 0 || elapsed_ns < kLeastElapsedNs) return;
    const double ticks_a_ns = static_cast<double>(Tsc() - tsc_) / elapsed_ns;
    if (ticks_a_ns_ != 0 && std::abs(ticks_a_ns / ticks_a_ns_ - 1) > kMostTscDrift) {
      Fail(measured + ": the time stamp counter's rate moves; figures cannot be compared");
    }
    ticks_a_ns_ = ticks_a_ns;
  }

 private:
  static constexpr double kMostDrift = 0.12;
  static constexpr double kMostTscDrift = 0.001;
  static constexpr double kLeastElapsedNs = 1e8;

  // A chain of multiplications, each of which waits for the last: nothing but the frequency decides
  // how long it takes. The least of many, since others may take the core.
  static double ChainNs() {
    constexpr int kTries = 2'000;
    constexpr int kMultiplications = 2'000;
    double least_ns = 1e18;
    for (int i = 0; i < kTries; ++i) {
      uint64_t value = 3;
      const double start_ns = ClockNs(CLOCK_MONOTONIC);
      for (int k = 0; k < kMultiplications; ++k) {
        value *= 0x9e3779b97f4a7c15;
        asm volatile("" : "+r"(value));
      }
      least_ns = std::min(least_ns, ClockNs(CLOCK_MONOTONIC) - start_ns);
    }
    return least_ns;
  }

  double chain_ns_;
  uint64_t tsc_;
  double begin_ns_;
  double ticks_a_ns_ = 0;
};

// Whether times are those of the scheduler: a thread that was not on its core when the clock started
// comes at the next tick, and the sample is that long whatever the work was. Samples should differ
// in their amount of work, so that honest ones are multiples of a tick by accident only.
class TickCheck {
 public:
  explicit TickCheck(double tick_ns = SchedulerTickNs()) : tick_ns_(tick_ns) {}

  void Add(double elapsed_ns) {
    ++samples_;
    const double ticks = elapsed_ns / tick_ns_;
    if (std::round(ticks) >= 1 && std::abs(ticks - std::round(ticks)) < kNear) ++suspicious_;
  }

  bool MeasuredTicks() const { return samples_ >= kLeastSamples && 2 * suspicious_ > samples_; }

  void Require(const std::string& measured) const {
    if (!MeasuredTicks()) return;
    Fail(measured + ": " + std::to_string(suspicious_) + " of " + std::to_string(samples_) +
         " samples are multiples of a scheduler's tick (" + std::to_string(tick_ns_ / 1e6) +
         " ms): a thread was not on its core when the clock started");
  }

 private:
  static constexpr double kNear = 0.04;  // Of a tick.
  static constexpr int kLeastSamples = 8;

  static double SchedulerTickNs() {
    timespec resolution{};
    clock_getres(CLOCK_MONOTONIC_COARSE, &resolution);
    return static_cast<double>(resolution.tv_sec) * 1e9 + static_cast<double>(resolution.tv_nsec);
  }

  double tick_ns_;
  int samples_ = 0;
  int suspicious_ = 0;
};

}  // namespace fh::bench

#endif  // FEEDHANDLER_TESTS_BENCH_BELIEVABLE_H_
