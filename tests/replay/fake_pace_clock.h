// A clock for pacing tests: no test waits, and none depends on the machine.
#ifndef FEEDHANDLER_TESTS_REPLAY_FAKE_PACE_CLOCK_H_
#define FEEDHANDLER_TESTS_REPLAY_FAKE_PACE_CLOCK_H_

#include <cstdint>

#include "replay/pacer.h"

namespace fh::test {

// Time passes only by being asked for (as spinning does) and by sleeping, which takes too long.
class FakePaceClock final : public replay::PaceClock {
 public:
  int64_t NowNs() override { return now_ns += 25; }
  void SleepNs(int64_t duration_ns) override {
    ++sleeps;
    slept_ns += duration_ns;
    now_ns += duration_ns + oversleep_ns;
  }

  int64_t now_ns = 1'000'000'000'000;
  int64_t oversleep_ns = 60'000;
  int64_t slept_ns = 0;
  uint64_t sleeps = 0;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_REPLAY_FAKE_PACE_CLOCK_H_
