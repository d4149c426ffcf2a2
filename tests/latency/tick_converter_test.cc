#include "latency/tick_converter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace fh::latency {
namespace {

constexpr int64_t kStartNs = 1'700'000'000'000'000'000;
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// A machine whose true time only moves when it is read or waited on: a counter with a rate of its
// own, and a system clock that can be slewed and stepped.
class SimulatedTime : public TimeSource {
 public:
  explicit SimulatedTime(double ticks_per_ns) : ticks_per_ns_(ticks_per_ns) {}

  uint64_t Ticks() override {
    Advance(ReadCost());
    return CurrentTicks();
  }
  int64_t UnixNs() override {
    Advance(ReadCost());
    return CurrentUnixNs();
  }
  void Wait(int64_t duration_ns) override { Advance(static_cast<double>(duration_ns)); }

  // Without the cost of reading: what a perfect observer sees.
  uint64_t CurrentTicks() const { return static_cast<uint64_t>(ticks_); }
  int64_t CurrentUnixNs() const { return kStartNs + static_cast<int64_t>(std::floor(unix_ns_)); }

  void Advance(double ns) {
    ticks_ += static_cast<long double>(ns) * ticks_per_ns_;
    unix_ns_ += static_cast<long double>(ns) * (1 + slew_);
  }
  void Step(int64_t ns) { unix_ns_ += static_cast<long double>(ns); }
  void set_slew(double slew) { slew_ = slew; }
  void set_ticks_per_ns(double ticks_per_ns) { ticks_per_ns_ = ticks_per_ns; }
  void set_interruptions(bool on) { interruptions_ = on; }
  void ResetTicks() { ticks_ = 1000; }

 private:
  double ReadCost() {
    std::uniform_real_distribution<double> usual(5, 30);
    std::uniform_real_distribution<double> interrupted(1'000, 100'000);
    return interruptions_ && random_() % 4 != 0 ? interrupted(random_) : usual(random_);
  }

  std::mt19937_64 random_{7};
  long double ticks_ = 123'456'789'000;
  long double unix_ns_ = 0;
  double ticks_per_ns_;
  double slew_ = 0;
  bool interruptions_ = false;
};

int64_t ErrorNs(const SimulatedTime& time, const TickConverter& converter) {
  return converter.ToUnixNs(time.CurrentTicks()) - time.CurrentUnixNs();
}

void ExpectWithinBound(const SimulatedTime& time, const TickConverter& converter) {
  // The bound first: asking for it takes a little time.
  const int64_t bound_ns = converter.Quality().error_bound_ns;
  EXPECT_LE(std::abs(ErrorNs(time, converter)), bound_ns);
}

TEST(TickLineTest, ConvertsForwardsAndBackwardsFromItsOrigin) {
  const TickLine line{1000, 5'000, int64_t{1} << (TickLine::kShift - 1)};  // 2 ticks a ns.
  EXPECT_EQ(line.At(1000), 5'000);
  EXPECT_EQ(line.At(1010), 5'005);
  EXPECT_EQ(line.At(990), 4'995);
  EXPECT_EQ(line.At(1001), 5'000) << "rounds down";
  EXPECT_EQ(line.At(999), 4'999) << "rounds down below the origin too";
}

TEST(TickLineTest, ToleratesACounterThatWraps) {
  const TickLine line{std::numeric_limits<uint64_t>::max() - 4, 100,
                      int64_t{1} << TickLine::kShift};
  EXPECT_EQ(line.At(5), 110);
}

TEST(TickLineTest, SaturatesInsteadOfWrapping) {
  const int64_t thousand_ns_a_tick = int64_t{1000} << TickLine::kShift;
  EXPECT_EQ(TickLine::Scale(kMax, thousand_ns_a_tick), kMax);
  EXPECT_EQ(TickLine::Scale(kMin, thousand_ns_a_tick), kMin);
  const TickLine line{0, kStartNs, int64_t{1} << TickLine::kShift};
  EXPECT_EQ(line.At(uint64_t{1} << 62), kStartNs + (int64_t{1} << 62));
  EXPECT_EQ(line.At((uint64_t{1} << 63) - 1), kMax);
  EXPECT_EQ((TickLine{0, -kStartNs, int64_t{1} << TickLine::kShift}.At(uint64_t{1} << 63)), kMin);
}

TEST(TickConverterTest, AgreesWithTheClockWithinItsStatedErrorAtAnyFrequency) {
  for (const double ticks_per_ns : {0.001, 0.0192, 1.0, 2.595124, 3.7, 10.0}) {
    SCOPED_TRACE(ticks_per_ns);
    SimulatedTime time(ticks_per_ns);
    TickConverter converter(time);
    for (int i = 0; i < 100; ++i) {
      ExpectWithinBound(time, converter);
      time.Advance(20e6);
    }
    const ClockQuality quality = converter.Quality();
    EXPECT_NEAR(quality.ticks_per_second / (ticks_per_ns * 1e9), 1, quality.rate_error_ppm * 1e-6);
    EXPECT_EQ(quality.calibrations, 1u);
  }
}

TEST(TickConverterTest, RecalibrationsSharpenTheRate) {
  SimulatedTime time(2.595124);
  TickConverter converter(time);
  const double first_ppm = converter.Quality().rate_error_ppm;
  for (int second = 0; second < 120; ++second) {
    time.Advance(kSecondNs);
    ExpectWithinBound(time, converter);
    converter.Recalibrate();
    ExpectWithinBound(time, converter);
  }
  const ClockQuality quality = converter.Quality();
  EXPECT_LT(quality.rate_error_ppm, first_ppm / 5);
  EXPECT_EQ(quality.steps, 0u);
  time.Advance(kSecondNs);
  EXPECT_LT(std::abs(ErrorNs(time, converter)), 200);
}

TEST(TickConverterTest, InterruptedReadingsDoNotHarm) {
  SimulatedTime time(2.5);
  time.set_interruptions(true);
  TickConverter converter(time);
  for (int i = 0; i < 50; ++i) {
    ExpectWithinBound(time, converter);
    time.Advance(kSecondNs);
    converter.Recalibrate();
  }
  EXPECT_EQ(converter.Quality().steps, 0u);
}

// Converts stamps 10 us apart across `recalibrations`, checking that time never decreases.
void ExpectForwards(SimulatedTime& time, TickConverter& converter, int recalibrations) {
  int64_t last = converter.ToUnixNs(time.CurrentTicks());
  for (int i = 0; i < recalibrations; ++i) {
    converter.Recalibrate();
    for (int j = 0; j < 15'000; ++j) {
      time.Advance(j < 12'000 ? 1e3 : 1e5);
      const int64_t now = converter.ToUnixNs(time.CurrentTicks());
      ASSERT_GE(now, last) << "recalibration " << i << ", stamp " << j;
      last = now;
    }
  }
}

TEST(TickConverterTest, TimeNeverRunsBackwardsWhenTheSystemClockIsSlewedOrNudged) {
  SimulatedTime time(3.0);
  TickConverter converter(time);
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> slew(-90e-6, 90e-6);
  std::uniform_int_distribution<int64_t> nudge(-4'000'000, 4'000'000);
  for (int i = 0; i < 50; ++i) {
    time.set_slew(slew(random));
    if (i % 5 == 0) time.Step(nudge(random));
    ExpectForwards(time, converter, 2);
  }
  EXPECT_EQ(converter.Quality().steps, 0u);
}

TEST(TickConverterTest, SmallDifferencesAreWorkedOffAtABoundedSlope) {
  SimulatedTime time(3.0);
  TickConverter converter(time);
  time.Advance(kSecondNs);
  time.Step(-5'000'000);
  converter.Recalibrate();
  EXPECT_EQ(converter.Quality().steps, 0u);
  EXPECT_GT(ErrorNs(time, converter), 4'900'000) << "no jump";
  ExpectWithinBound(time, converter);
  time.Advance(11e9);  // 5 ms at 500 ppm take 10 s, whether or not anyone calls Recalibrate.
  EXPECT_LT(std::abs(ErrorNs(time, converter)), 100'000);
  ExpectWithinBound(time, converter);
}

TEST(TickConverterTest, FollowsStepsOfTheSystemClockAtOnceAndCountsThem) {
  for (const int64_t step_ns : {3600 * kSecondNs, -3600 * kSecondNs, int64_t{20'000'000}}) {
    SCOPED_TRACE(step_ns);
    SimulatedTime time(2.0);
    TickConverter converter(time);
    time.Advance(kSecondNs);
    time.Step(step_ns);
    converter.Recalibrate();
    time.Advance(12e6);
    EXPECT_EQ(converter.Quality().steps, 1u);
    ExpectWithinBound(time, converter);
    time.Advance(kSecondNs);
    converter.Recalibrate();
    ExpectWithinBound(time, converter);
    EXPECT_EQ(converter.Quality().steps, 1u);
  }
}

TEST(TickConverterTest, FollowsAMachineThatMovedToAnotherHost) {
  SimulatedTime time(2.0);
  TickConverter converter(time);
  time.Advance(kSecondNs);
  converter.Recalibrate();
  time.set_ticks_per_ns(2.4);
  for (int i = 0; i < 6; ++i) {
    time.Advance(kSecondNs);
    converter.Recalibrate();
  }
  EXPECT_NEAR(converter.Quality().ticks_per_second, 2.4e9, 2.4e9 * 1e-5);
  time.Advance(12e6);
  ExpectWithinBound(time, converter);
}

TEST(TickConverterTest, RecoversFromACounterThatStartedAnew) {
  SimulatedTime time(2.0);
  TickConverter converter(time);
  time.Advance(kSecondNs);
  time.ResetTicks();
  converter.Recalibrate();
  time.Advance(12e6);
  EXPECT_EQ(converter.Quality().steps, 1u);
  ExpectWithinBound(time, converter);
}

TEST(TickConverterTest, StepDuringTheFirstCalibrationDoesNotSpoilTheRate) {
  class SteppedOnce : public SimulatedTime {
   public:
    using SimulatedTime::SimulatedTime;
    void Wait(int64_t duration_ns) override {
      SimulatedTime::Wait(duration_ns);
      if (++waits_ == 1) Step(kSecondNs);
    }

   private:
    int waits_ = 0;
  };
  SteppedOnce time(2.0);
  const TickConverter converter(time);
  EXPECT_NEAR(converter.Quality().ticks_per_second, 2e9, 2e9 * 1e-5);
  ExpectWithinBound(time, converter);
}

TEST(TickConverterTest, SecondCallWithinTheLeadChangesNothing) {
  SimulatedTime time(2.0);
  TickConverter converter(time);
  time.Advance(kSecondNs);
  converter.Recalibrate();
  converter.Recalibrate();
  EXPECT_EQ(converter.Quality().calibrations, 2u);
}

TEST(TickConverterTest, StampsTakenBeforeARecalibrationKeepTheirTime) {
  SimulatedTime time(3.0);
  TickConverter converter(time);
  time.Advance(kSecondNs);
  std::vector<std::pair<uint64_t, int64_t>> stamps;
  for (int i = 0; i < 100; ++i) {
    time.Advance(10e3);
    stamps.emplace_back(time.CurrentTicks(), converter.ToUnixNs(time.CurrentTicks()));
  }
  time.Step(3'000'000);
  converter.Recalibrate();
  for (const auto& [ticks, unix_ns] : stamps) EXPECT_EQ(converter.ToUnixNs(ticks), unix_ns);
}

TEST(TickConverterTest, DurationsAreMonotoneAndSaturate) {
  SimulatedTime slow(0.0192);  // 52 ns a tick, so the range of ticks exceeds that of ns.
  const TickConverter converter(slow);
  EXPECT_EQ(converter.TicksToNs(kMax), kMax);
  EXPECT_EQ(converter.TicksToNs(kMin), kMin);
  std::mt19937_64 random(3);
  for (int i = 0; i < 100'000; ++i) {
    auto a = static_cast<int64_t>(random() >> (random() % 64));
    auto b = static_cast<int64_t>(random() >> (random() % 64));
    if (i % 2 == 0) a = -(a / 2);
    if (a > b) std::swap(a, b);
    ASSERT_LE(converter.TicksToNs(a), converter.TicksToNs(b)) << a << " and " << b;
  }
}

}  // namespace
}  // namespace fh::latency
