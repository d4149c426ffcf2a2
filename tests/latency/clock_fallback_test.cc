// The clock of a machine whose TSC cannot be trusted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latency/clock.h"
#include "tests/latency/clock_agreement.h"

namespace fh::latency {
namespace {

using ::testing::HasSubstr;

class ClockFallbackTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(Clock::ChooseSource(TickSource::kMonotonic).ok()); }
};

TEST_F(ClockFallbackTest, AgreesWithTheSystemClockWithinItsStatedError) {
  Clock clock;
  test::ExpectAgreesWithSystemClock(clock);
  platform::SleepNs(2'000'000);
  clock.Recalibrate();
  test::ExpectAgreesWithSystemClock(clock);
}

TEST_F(ClockFallbackTest, TicksAreNanosecondsOfTheMonotonicClock) {
  const Clock clock;
  const int64_t before = platform::MonotonicNs();
  const auto ticks = static_cast<int64_t>(Clock::Ticks());
  const int64_t after = platform::MonotonicNs();
  EXPECT_GE(ticks, before);
  EXPECT_LE(ticks, after);
  EXPECT_EQ(clock.TicksToNs(123'456'789), 123'456'789);
}

TEST_F(ClockFallbackTest, TicksNeverDecrease) { test::ExpectTicksNeverDecrease(); }

TEST_F(ClockFallbackTest, DescriptionSaysThatItIsTheFallbackAndWhy) {
  const std::string text = Clock().Describe();
  EXPECT_EQ(Clock::Source(), TickSource::kMonotonic);
  EXPECT_THAT(text, HasSubstr("CLOCK_MONOTONIC ("));
  EXPECT_THAT(text, HasSubstr(platform::TscRefusal()));
}

}  // namespace
}  // namespace fh::latency
