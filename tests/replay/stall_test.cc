// Stalls of 10 ms a second in who handles packets, and in who sends them, in simulated time: what the
// open loop's figures say against arithmetic, and what a closed loop would have said.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "latency/open_loop.h"
#include "replay/pacer.h"
#include "tests/replay/fake_pace_clock.h"

namespace fh::replay {
namespace {

using latency::HistogramSnapshot;
using latency::LoopMeter;
using latency::LoopSnapshot;
using latency::OpenLoop;
using latency::Schedule;
using latency::StallArithmetic;
using test::FakePaceClock;

constexpr int64_t kFirstStamp = 1'700'000'000'000'000'000;
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kStallNs = 10'000'000;
constexpr int64_t kGapNs = 100'000;
constexpr int64_t kServiceNs = 10'000;
constexpr int64_t kSeconds = 20;
constexpr StallArithmetic kArithmetic{
    .stall_ns = kStallNs,
    .period_ns = kSecondNs,
    .utilization = static_cast<double>(kServiceNs) / static_cast<double>(kGapNs)};

// A second's stall begins half-way through it.
class Stalls {
 public:
  explicit Stalls(int64_t first_ns) : next_ns_(first_ns + kSecondNs / 2) {}
  // When who looks at `now_ns` for work can begin.
  int64_t Begin(int64_t now_ns) {
    if (now_ns < next_ns_) return now_ns;
    const int64_t end_ns = std::max(now_ns, next_ns_ + kStallNs);
    next_ns_ += kSecondNs;
    return end_ns;
  }

 private:
  int64_t next_ns_;
};

struct Outcome {
  LoopSnapshot measured;
  HistogramSnapshot lateness;
};

// `stalls_sender`: the thread that sends is the one that stalls, and that handles packets.
Outcome Simulate(bool stalls_sender) {
  FakePaceClock clock;
  clock.oversleep_ns = 0;
  Pacer pacer(clock, {.spin_ns = 500});
  const auto loop = std::make_unique<OpenLoop>(OpenLoop::Options{.schedule = "stamps"});
  const auto meter = std::make_unique<LoopMeter>();
  Stalls stalls(clock.now_ns);
  int64_t free_ns = 0;
  for (int64_t i = 0; i < kSeconds * kSecondNs / kGapNs; ++i) {
    pacer.WaitUntil(pacer.NextDeadlineNs(kFirstStamp + i * kGapNs));
    if (stalls_sender) clock.now_ns = stalls.Begin(clock.now_ns);
    const Schedule::Times times{pacer.intended_ns(), clock.now_ns};
    loop->Sent(times);
    int64_t begin_ns = std::max(times.sent_ns, free_ns);
    if (!stalls_sender) begin_ns = stalls.Begin(begin_ns);
    free_ns = begin_ns + kServiceNs;
    if (stalls_sender) clock.now_ns = free_ns;
    meter->Done(times, free_ns, 1);
    meter->EndOfRun(free_ns);
  }
  return {meter->Snapshot(), loop->lateness().Snapshot()};
}

void ExpectWithinFivePercent(const HistogramSnapshot& histogram, double percentile) {
  const auto expected_ns = static_cast<double>(kArithmetic.WaitNs(percentile));
  EXPECT_NEAR(static_cast<double>(histogram.ValueAtPercentile(percentile)), expected_ns,
              0.05 * expected_ns)
      << "p" << percentile;
}

TEST(StallTest, AStallOfTheStrategyIsInTheOpenFigureAsArithmeticSays) {
  const Outcome run = Simulate(false);
  EXPECT_EQ(run.measured.from_schedule.total(), static_cast<uint64_t>(kSeconds * 10'000));
  ExpectWithinFivePercent(run.measured.from_schedule, 99.5);
  ExpectWithinFivePercent(run.measured.from_schedule, 99.9);
  EXPECT_LT(run.measured.from_schedule.ValueAtPercentile(98.5), 2 * kServiceNs);
  EXPECT_LT(run.lateness.max(), 1'000);
}

TEST(StallTest, AClosedLoopShowsTheStrategysStallInOnePacketASecond) {
  const HistogramSnapshot closed = Simulate(false).measured.from_start;
  EXPECT_NEAR(static_cast<double>(closed.ValueAtPercentile(99.9)), kServiceNs, 0.05 * kServiceNs);
  EXPECT_GE(closed.max(), kStallNs);
  uint64_t stalled = 0;
  closed.ForEachBucket([&](int64_t low, int64_t, uint64_t count) {
    if (low > 2 * kServiceNs) stalled += count;
  });
  EXPECT_EQ(stalled, static_cast<uint64_t>(kSeconds));
}

TEST(StallTest, AStallOfTheSenderIsInTheOpenFigureAndInItsLateness) {
  const Outcome run = Simulate(true);
  ExpectWithinFivePercent(run.measured.from_schedule, 99.5);
  ExpectWithinFivePercent(run.measured.from_schedule, 99.9);
  ExpectWithinFivePercent(run.lateness, 99.5);
  ExpectWithinFivePercent(run.lateness, 99.9);
}

TEST(StallTest, AClosedLoopDoesNotShowTheSendersStallAtAll) {
  EXPECT_LT(Simulate(true).measured.from_start.max(), 2 * kServiceNs);
}

}  // namespace
}  // namespace fh::replay
