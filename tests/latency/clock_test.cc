#include "latency/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/latency/clock_agreement.h"

namespace fh::latency {
namespace {

using ::testing::HasSubstr;

TEST(ClockTest, AgreesWithTheSystemClockWithinItsStatedError) {
  const Clock clock;
  test::ExpectAgreesWithSystemClock(clock);
}

TEST(ClockTest, StillAgreesAfterRecalibrations) {
  Clock clock;
  for (int i = 0; i < 5; ++i) {
    platform::SleepNs(12'000'000);
    clock.Recalibrate();
    test::ExpectAgreesWithSystemClock(clock);
  }
  EXPECT_EQ(clock.Quality().calibrations, 6u);
}

TEST(ClockTest, TicksNeverDecreaseOnOneThread) { test::ExpectTicksNeverDecrease(); }

TEST(ClockTest, TwoClocksOfAProcessMeasureTheSameDuration) {
  const Clock a;
  const Clock b;
  const int64_t delta = 1'000'000;
  const auto a_ns = static_cast<double>(a.TicksToNs(delta));
  const auto b_ns = static_cast<double>(b.TicksToNs(delta));
  const double error = (a.Quality().rate_error_ppm + b.Quality().rate_error_ppm) * 1e-6;
  EXPECT_NEAR(a_ns, b_ns, a_ns * error + 2);
}

TEST(ClockTest, NegativeDifferencesStayNegative) {
  const Clock clock;
  const uint64_t earlier = 1000;
  const uint64_t later = 101'000;
  EXPECT_LT(clock.TicksToNs(static_cast<int64_t>(earlier - later)), 0);
  EXPECT_GT(clock.TicksToNs(static_cast<int64_t>(later - earlier)), 0);
  EXPECT_EQ(clock.TicksToNs(0), 0);
}

TEST(ClockTest, ReaderSeesTimeNeverRunBackwardsWhileRecalibrating) {
  Clock clock;
  std::atomic<bool> stop{false};
  std::atomic<int> recalibrations{0};
  std::atomic<uint64_t> decreases{0};
  std::thread reader([&] {
    int64_t last = clock.NowUnixNs();
    while (!stop.load(std::memory_order_relaxed)) {
      // A stamp counts if no recalibration began between taking and converting it: on a busy
      // machine this thread may sleep there for several of them, which is beyond the promise.
      const int before = recalibrations.load();
      const int64_t now = clock.ToUnixNs(Clock::Ticks());
      if (recalibrations.load() != before) continue;
      if (now < last) decreases.fetch_add(1);
      last = now;
    }
  });
  for (int i = 0; i < 30; ++i) {
    platform::SleepNs(11'000'000);
    recalibrations.fetch_add(1);
    clock.Recalibrate();
  }
  stop = true;
  reader.join();
  // Unless someone steps this machine's clock meanwhile, which the clock notices.
  if (clock.Quality().steps == 0) {
    EXPECT_EQ(decreases.load(), 0u);
  }
}

TEST(ClockTest, DescriptionNamesSourceAndErrorBound) {
  const Clock clock;
  const std::string text = clock.Describe();
  EXPECT_THAT(text, HasSubstr(Clock::Source() == TickSource::kTsc ? "TSC at " : "CLOCK_MONOTONIC"));
  EXPECT_THAT(text, HasSubstr(" ns of the system clock (bracket "));
}

TEST(ClockTest, TscIsUsedExactlyWhereItCanBeTrusted) {
  EXPECT_EQ(Clock::Source() == TickSource::kTsc, platform::TscRefusal().empty());
}

TEST(ClockTest, SourceCannotChangeOnceStampsWereTaken) {
  const TickSource used = Clock::Source();
  EXPECT_TRUE(Clock::ChooseSource(used).ok());
  if (used == TickSource::kTsc) {
    const absl::Status status = Clock::ChooseSource(TickSource::kMonotonic);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr("before the first time stamp"));
  } else {
    const absl::Status status = Clock::ChooseSource(TickSource::kTsc);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), HasSubstr(platform::TscRefusal()));
  }
  EXPECT_EQ(Clock::ChooseSource(TickSource::kUndecided).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Clock::Source(), used);
}

}  // namespace
}  // namespace fh::latency
