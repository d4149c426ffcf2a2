#include "replay/pacer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/replay/fake_pace_clock.h"

namespace fh::replay {
namespace {

using test::FakePaceClock;
using ::testing::HasSubstr;

constexpr int64_t kFirstStamp = 1'700'000'000'000'000'000;

TEST(PacerTest, AMillionPacketsDoNotDrift) {
  FakePaceClock clock;
  clock.oversleep_ns = 3'000;
  Pacer pacer(clock, {.spin_ns = 5'000});
  int64_t origin_ns = 0;
  constexpr int64_t kGapNs = 133'333;  // Not a multiple of anything.
  for (int64_t i = 0; i < 1'000'000; ++i) {
    const int64_t deadline_ns = pacer.NextDeadlineNs(kFirstStamp + i * kGapNs);
    ASSERT_TRUE(pacer.WaitUntil(deadline_ns));
    if (i == 0) origin_ns = deadline_ns;
    ASSERT_EQ(deadline_ns, origin_ns + i * kGapNs);
    ASSERT_GE(clock.now_ns, deadline_ns);
    ASSERT_LE(clock.now_ns, deadline_ns + 100) << "packet " << i;
    clock.now_ns += i % 7 * 3'000;  // Sending takes its time, and differs.
  }
  EXPECT_GT(clock.sleeps, 100'000u);  // It did not only spin.
}

TEST(PacerTest, WhoFallsBehindCatchesUp) {
  FakePaceClock clock;
  Pacer pacer(clock, {});
  const int64_t origin_ns = pacer.NextDeadlineNs(kFirstStamp);
  clock.now_ns += 50'000'000;
  EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp + 1'000'000), origin_ns + 1'000'000);
  EXPECT_TRUE(pacer.WaitUntil(origin_ns + 1'000'000));
  EXPECT_EQ(clock.sleeps, 0u);
  EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp + 90'000'000), origin_ns + 90'000'000);
}

TEST(PacerTest, SpeedDividesDistancesFromTheFirstStamp) {
  for (double speed : {0.1, 0.5, 1.0, 2.0, 3.0, 7.0, 1000.0}) {
    FakePaceClock clock;
    Pacer pacer(clock, {.speed = speed});
    const int64_t origin_ns = pacer.NextDeadlineNs(kFirstStamp);
    for (int64_t distance_ns :
         {int64_t{1}, int64_t{999}, int64_t{1'000'000'007}, int64_t{86'400'000'000'000}}) {
      const int64_t deadline_ns = pacer.NextDeadlineNs(kFirstStamp + distance_ns);
      EXPECT_NEAR(static_cast<double>(deadline_ns - origin_ns),
                  static_cast<double>(distance_ns) / speed, 1.0)
          << speed;
    }
  }
}

TEST(PacerTest, StampsThatGoBackAreDueAtOnceAndCounted) {
  FakePaceClock clock;
  Pacer pacer(clock, {});
  const int64_t origin_ns = pacer.NextDeadlineNs(kFirstStamp);
  EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp + 5'000), origin_ns + 5'000);
  EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp + 2'000), origin_ns + 5'000);
  EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp - 9'000'000), origin_ns + 5'000);
  EXPECT_EQ(pacer.backward_stamps(), 2u);
  EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp + 6'000), origin_ns + 6'000);
  EXPECT_EQ(pacer.backward_stamps(), 2u);
}

TEST(PacerTest, DatagramsWithoutStampGoWithTheirPredecessor) {
  FakePaceClock clock;
  Pacer pacer(clock, {});
  EXPECT_EQ(pacer.NextDeadlineNs(std::nullopt), Pacer::kNow);
  const int64_t origin_ns = pacer.NextDeadlineNs(kFirstStamp);
  pacer.NextDeadlineNs(kFirstStamp + 10);
  EXPECT_EQ(pacer.NextDeadlineNs(std::nullopt), origin_ns + 10);
}

TEST(PacerTest, FlatOutHasNoDeadlines) {
  FakePaceClock clock;
  Pacer pacer(clock, {.speed = PaceOptions::kFlatOut});
  for (int64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp + i * 1'000'000'000), Pacer::kNow);
  }
  EXPECT_TRUE(pacer.WaitUntil(Pacer::kNow));
  EXPECT_EQ(clock.sleeps, 0u);
}

TEST(PacerTest, TheLimitHoldsFlatOutAndDoesNotDrift) {
  FakePaceClock clock;
  clock.oversleep_ns = 3'000;
  Pacer pacer(clock,
              {.speed = PaceOptions::kFlatOut, .max_packets_per_second = 30'000, .spin_ns = 5'000});
  const int64_t first_ns = pacer.NextDeadlineNs(std::nullopt);
  int64_t last_ns = first_ns;
  for (int64_t i = 1; i <= 300'000; ++i) {
    last_ns = pacer.NextDeadlineNs(std::nullopt);
    ASSERT_TRUE(pacer.WaitUntil(last_ns));
  }
  EXPECT_NEAR(static_cast<double>(last_ns - first_ns), 10e9, 2.0);
}

TEST(PacerTest, AfterADelayTheLimitLetsOnlyAShortBurstPass) {
  FakePaceClock clock;
  Pacer pacer(clock, {.speed = PaceOptions::kFlatOut, .max_packets_per_second = 10'000});
  pacer.NextDeadlineNs(std::nullopt);
  clock.now_ns += 10'000'000'000;  // Nothing was sent for ten seconds.
  const int64_t resumed_ns = clock.now_ns;
  int at_once = 0;
  while (pacer.NextDeadlineNs(std::nullopt) <= resumed_ns) ++at_once;
  EXPECT_GE(at_once, 9);
  EXPECT_LE(at_once, 12);  // A millisecond's worth, not ten seconds'.
}

TEST(PacerTest, TheLimitStretchesACaptureThatIsFasterAndLeavesASlowerOneAlone) {
  FakePaceClock clock;
  Pacer pacer(clock, {.max_packets_per_second = 1000});
  const int64_t origin_ns = pacer.NextDeadlineNs(kFirstStamp);
  for (int64_t i = 1; i <= 10; ++i) {
    EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp + i), origin_ns + i * 1'000'000);
  }
  EXPECT_EQ(pacer.NextDeadlineNs(kFirstStamp + 500'000'000), origin_ns + 500'000'000);
}

// A generator that oversleeps and starts counting anew looks punctual.
TEST(PacerTest, Trap14ASlipOfTenMillisecondsMovesNoTimeOfTheSchedule) {
  for (const PaceOptions& options :
       {PaceOptions{.speed = 1}, PaceOptions{.speed = 1, .max_packets_per_second = 10'000},
        PaceOptions{.speed = PaceOptions::kFlatOut, .max_packets_per_second = 10'000}}) {
    FakePaceClock clock;
    Pacer pacer(clock, options);
    std::vector<int64_t> intended;
    for (int64_t i = 0; i < 1'000; ++i) {
      if (i == 300) clock.now_ns += 10'000'000;
      const int64_t deadline_ns = pacer.NextDeadlineNs(kFirstStamp + i * 100'000);
      ASSERT_TRUE(pacer.WaitUntil(deadline_ns));
      intended.push_back(pacer.intended_ns());
      ASSERT_LE(intended.back(), deadline_ns);
      ASSERT_EQ(intended.back(), intended.front() + i * 100'000)
          << "speed " << options.speed << ", limit " << options.max_packets_per_second;
      if (i == 300) {
        ASSERT_GE(clock.now_ns - intended.back(), 9'000'000);
      }
    }
  }
}

TEST(PacerTest, TheScheduleOfALimitStartsWhereTheCaptureLagsBehindIt) {
  FakePaceClock clock;
  Pacer pacer(clock, {.max_packets_per_second = 1000});
  const int64_t origin_ns = pacer.NextDeadlineNs(kFirstStamp);
  pacer.NextDeadlineNs(kFirstStamp + 10);
  EXPECT_EQ(pacer.intended_ns(), origin_ns + 1'000'000);
  pacer.NextDeadlineNs(kFirstStamp + 500'000'000);
  EXPECT_EQ(pacer.intended_ns(), origin_ns + 500'000'000);
}

TEST(PacerTest, FlatOutNothingHasATime) {
  FakePaceClock clock;
  Pacer pacer(clock, {.speed = PaceOptions::kFlatOut});
  pacer.NextDeadlineNs(kFirstStamp);
  EXPECT_EQ(pacer.intended_ns(), Pacer::kNow);
}

TEST(PacerTest, StopEndsALongWait) {
  FakePaceClock clock;
  Pacer pacer(clock, {});
  std::atomic<bool> stop{true};
  EXPECT_FALSE(pacer.WaitUntil(clock.now_ns + 3'600'000'000'000, &stop));
}

TEST(PacerTest, SleepsInPiecesSoThatStopIsSeen) {
  FakePaceClock clock;
  Pacer pacer(clock, {});
  std::atomic<bool> stop{false};
  EXPECT_TRUE(pacer.WaitUntil(clock.now_ns + 1'000'000'000, &stop));
  EXPECT_GE(clock.sleeps, 40u);
}

TEST(PacerTest, OptionsOutsideOfTheLimitsAreRefusedWithTheLimits) {
  EXPECT_TRUE(CheckPaceOptions({}).ok());
  EXPECT_TRUE(CheckPaceOptions({.speed = PaceOptions::kFlatOut}).ok());
  EXPECT_TRUE(CheckPaceOptions({.speed = 0.1}).ok());
  EXPECT_TRUE(CheckPaceOptions({.speed = 1000}).ok());
  for (double speed : {-1.0, 0.05, 1001.0, std::nan("")}) {
    EXPECT_THAT(std::string(CheckPaceOptions({.speed = speed}).message()), HasSubstr("0.1 to 1000"))
        << speed;
  }
  EXPECT_FALSE(CheckPaceOptions({.max_packets_per_second = -1}).ok());
  EXPECT_FALSE(CheckPaceOptions({.max_packets_per_second = std::nan("")}).ok());
}

TEST(TickPaceClockTest, NeverGoesBackAndSleepsAtLeastAsLongAsAsked) {
  TickPaceClock clock;
  int64_t last_ns = clock.NowNs();
  for (int i = 0; i < 10'000; ++i) {
    const int64_t now_ns = clock.NowNs();
    ASSERT_GE(now_ns, last_ns);
    last_ns = now_ns;
  }
  clock.SleepNs(3'000'000);
  // The clock is held to the system's speed within parts of a million; a thousandth is plenty.
  EXPECT_GE(clock.NowNs() - last_ns, 2'997'000);
}

}  // namespace
}  // namespace fh::replay
