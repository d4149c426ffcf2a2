// What any working clock must show, whatever its source: used by the test of the process's own
// clock and by the one of the fallback.
#ifndef FEEDHANDLER_TESTS_LATENCY_CLOCK_AGREEMENT_H_
#define FEEDHANDLER_TESTS_LATENCY_CLOCK_AGREEMENT_H_

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cstdint>

#include "latency/clock.h"

namespace fh::test {

inline int64_t SystemUnixNs() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// A stamp taken between two readings of the system clock must be converted to a time between them,
// give or take the error that the clock states. Waiting or a busy machine only widens the bracket.
inline void ExpectAgreesWithSystemClock(const latency::Clock& clock) {
  for (int i = 0; i < 1000; ++i) {
    const int64_t before = SystemUnixNs();
    const uint64_t ticks = latency::Clock::Ticks();
    const int64_t after = SystemUnixNs();
    const int64_t bound_ns = clock.Quality().error_bound_ns;
    const int64_t converted = clock.ToUnixNs(ticks);
    ASSERT_GE(converted, before - bound_ns) << clock.Describe();
    ASSERT_LE(converted, after + bound_ns) << clock.Describe();
  }
}

inline void ExpectTicksNeverDecrease() {
  uint64_t last = latency::Clock::Ticks();
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t now = latency::Clock::Ticks();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_LATENCY_CLOCK_AGREEMENT_H_
