#include "latency/jitter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "latency/recording/jitter.h"

namespace fh::latency {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

JitterSummary Constructed() {
  JitterTally tally;
  for (const int64_t gap_ns : {500, 5'000, 5'000, 50'000, 500'000, 5'000'000}) tally.Add(gap_ns);
  JitterSummary summary = tally.Summary(kSecondNs);
  summary.cpu = 3;
  summary.smallest_gap_ns = 12;
  summary.threshold_ns = 100;
  return summary;
}

double ShareAbove(const JitterSummary& summary, int64_t delay_ns) {
  for (const JitterPoint& point : summary.curve) {
    if (point.delay_ns == delay_ns) return point.share_above;
  }
  return 0;
}

TEST(JitterTest, GapsAreCountedBySizeAndAddUpToTheTimeLost) {
  const JitterSummary summary = Constructed();
  EXPECT_EQ(summary.gaps.total(), 6u);
  EXPECT_EQ(summary.longer, (std::array<uint64_t, 4>{5, 3, 2, 1}));
  EXPECT_EQ(summary.max_ns, 5'000'000);
  EXPECT_EQ(summary.lost_ns, 5'560'500);
  EXPECT_DOUBLE_EQ(summary.ShareLost(), 0.0055605);
  EXPECT_DOUBLE_EQ(summary.PerSecond(5), 5.0);
}

TEST(JitterTest, WhatAPacketSuffersIsTheSumOfWhatIsLeftOfEachGap) {
  const JitterSummary summary = Constructed();
  EXPECT_DOUBLE_EQ(ShareAbove(summary, 0), 5'560'500 / 1e9);
  EXPECT_DOUBLE_EQ(ShareAbove(summary, 200),
                   (300 + 2 * 4'800 + 49'800 + 499'800 + 4'999'800) / 1e9);
  EXPECT_DOUBLE_EQ(ShareAbove(summary, 1'000), (2 * 4'000 + 49'000 + 499'000 + 4'999'000) / 1e9);
  EXPECT_DOUBLE_EQ(ShareAbove(summary, 100'000), (400'000 + 4'900'000) / 1e9);
  EXPECT_DOUBLE_EQ(ShareAbove(summary, 2'000'000), 3'000'000 / 1e9);
  EXPECT_EQ(ShareAbove(summary, 5'000'000), 0);
  EXPECT_EQ(summary.curve.back().share_above, 0);
}

// The formula against what it says: packets that arrive at every moment of a microsecond's grid.
TEST(JitterTest, TheCurveIsWhatPacketsAtAllMomentsWait) {
  const std::vector<int64_t> gaps_us = {3, 40, 700, 40};
  JitterTally tally;
  for (const int64_t gap_us : gaps_us) tally.Add(gap_us * 1'000);
  constexpr int64_t kDurationUs = 100'000;
  const JitterSummary summary = tally.Summary(kDurationUs * 1'000);
  for (const int64_t delay_us : {1, 2, 10, 20, 50, 100, 500}) {
    int64_t delayed = 0;
    for (const int64_t gap_us : gaps_us) {
      for (int64_t moment = 0; moment < gap_us; ++moment) delayed += gap_us - moment > delay_us;
    }
    EXPECT_DOUBLE_EQ(ShareAbove(summary, delay_us * 1'000),
                     static_cast<double>(delayed) / kDurationUs)
        << delay_us;
  }
}

TEST(JitterTest, NoGapIsNoJitter) {
  const JitterSummary summary = JitterTally().Summary(kSecondNs);
  EXPECT_EQ(summary.ShareLost(), 0);
  EXPECT_EQ(summary.max_ns, 0);
  EXPECT_TRUE(absl::StrContains(JitterText(summary), "no gap at all"));
  EXPECT_EQ(JitterTally().Summary(0).ShareLost(), 0);
  EXPECT_EQ(JitterTally().Summary(0).PerSecond(3), 0);
}

// A counter of two ticks a ns that moves by 40 a reading, and by more at some of them.
class ScriptedCounter {
 public:
  explicit ScriptedCounter(std::map<uint64_t, uint64_t> jumps) : jumps_(std::move(jumps)) {}
  uint64_t Read() {
    const auto jump = jumps_.find(++readings_);
    return now_ += 40 + (jump == jumps_.end() ? 0 : jump->second);
  }

 private:
  std::map<uint64_t, uint64_t> jumps_;
  uint64_t readings_ = 0;
  uint64_t now_ = 0;
};

TEST(JitterTest, TheSmallestGapIsSubtractedAndWhatIsBelowTheThresholdIsLeftOut) {
  constexpr uint64_t kBegin = 2'000'000;                // Behind the search for the smallest gap.
  ScriptedCounter counter({{kBegin, 10'000},            // 5 us.
                           {kBegin + 1'000, 198},       // 99 ns: below the threshold.
                           {kBegin + 2'000, 200},       // 100 ns: not below it.
                           {kBegin + 3'000, 60'000}});  // 30 us, and
  const Clock clock;
  JitterProbe probe(clock, {.duration_ns = 80'000'000});
  probe.RunOn([&] { return counter.Read(); },
              [](uint64_t ticks) { return static_cast<int64_t>(ticks / 2); }, nullptr);
  const JitterSummary summary = probe.Summary(1);
  EXPECT_EQ(summary.smallest_gap_ns, 20);
  EXPECT_EQ(summary.gaps.total(), 3u);
  EXPECT_EQ(summary.gaps.min(), 100);
  EXPECT_EQ(summary.max_ns, 30'000);
  EXPECT_EQ(summary.lost_ns, 35'100);
  EXPECT_NEAR(static_cast<double>(summary.duration_ns), 80e6, 100);
  EXPECT_EQ(probe.elapsed_ns(), summary.duration_ns);
}

// The reading behind a gap starts anew: what lies between the two is the probe's own work.
TEST(JitterTest, WhatNotingAGapTakesIsNoGap) {
  constexpr uint64_t kBegin = 2'000'000;
  ScriptedCounter counter({{kBegin, 10'000}, {kBegin + 1, 7'000}});
  const Clock clock;
  JitterProbe probe(clock, {.duration_ns = 80'000'000});
  probe.RunOn([&] { return counter.Read(); },
              [](uint64_t ticks) { return static_cast<int64_t>(ticks / 2); }, nullptr);
  EXPECT_EQ(probe.Summary(1).gaps.total(), 1u);
  EXPECT_EQ(probe.Summary(1).max_ns, 5'000);
}

TEST(JitterTest, LooksAtTheRealClockUntilItIsStopped) {
  const Clock clock;
  JitterProbe probe(clock, {.duration_ns = 3'600 * kSecondNs});
  std::atomic<bool> stop{false};
  std::thread thread([&] { probe.Run(&stop); });
  while (probe.elapsed_ns() == 0) std::this_thread::yield();
  stop = true;
  thread.join();
  const JitterSummary summary = probe.Summary(-1);
  EXPECT_GT(summary.duration_ns, 0);
  EXPECT_LE(summary.lost_ns, summary.duration_ns);
  EXPECT_EQ(summary.gaps.max(), summary.max_ns);
  EXPECT_TRUE(summary.gaps.total() == 0 || summary.gaps.min() >= 100);
}

TEST(JitterTest, TheTextSaysRatesTheGreatestTheTimeLostAndWhatAPacketSuffers) {
  const std::string text = JitterText(Constructed());
  for (const char* part : {"of CPU 3", "12 ns", "longer than 1.00 ms", "5.00 ms", "0.556%",
                           "1 packet in 180", "A packet that arrives at any moment"}) {
    EXPECT_TRUE(absl::StrContains(text, part)) << part << "\n" << text;
  }
}

TEST(RecordedJitterTest, ComesBackFromTheReport) {
  const JitterSummary before = Constructed();
  ::feedhandler::latency::Jitter jitter;
  recording::SetJitter(before, &jitter);
  const absl::StatusOr<JitterSummary> after = recording::JitterOf(jitter);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->cpu, 3);
  EXPECT_EQ(after->duration_ns, kSecondNs);
  EXPECT_EQ(after->smallest_gap_ns, 12);
  EXPECT_EQ(after->threshold_ns, 100);
  EXPECT_EQ(after->max_ns, before.max_ns);
  EXPECT_EQ(after->longer, before.longer);
  EXPECT_NEAR(static_cast<double>(after->lost_ns), static_cast<double>(before.lost_ns), 1);
  ASSERT_EQ(after->curve.size(), before.curve.size());
  EXPECT_EQ(after->curve[3].share_above, before.curve[3].share_above);
}

TEST(RecordedJitterTest, IsPutIntoTheReportOfARun) {
  ::feedhandler::latency::LatencyReport floor;
  ::feedhandler::latency::LatencyReport run;
  EXPECT_TRUE(absl::IsNotFound(recording::TakeJitter(floor, &run)));
  recording::SetJitter(Constructed(), floor.mutable_jitter());
  ASSERT_TRUE(recording::TakeJitter(floor, &run).ok());
  EXPECT_EQ(run.jitter().max_ns(), 5'000'000);
  floor.mutable_jitter()->set_duration_ns(-1);
  EXPECT_FALSE(recording::TakeJitter(floor, &run).ok());
}

TEST(RecordedJitterTest, WhatCannotBeIsRefused) {
  ::feedhandler::latency::Jitter good;
  recording::SetJitter(Constructed(), &good);
  const auto refused = [&good](auto spoil) {
    ::feedhandler::latency::Jitter bad = good;
    spoil(bad);
    return !recording::JitterOf(bad).ok();
  };
  EXPECT_TRUE(refused([](auto& bad) { bad.set_duration_ns(0); }));
  EXPECT_TRUE(refused([](auto& bad) { bad.mutable_gaps()->add_index(4'000'000); }));
  EXPECT_TRUE(refused([](auto& bad) { bad.mutable_curve(1)->set_delay_ns(0); }));
  EXPECT_TRUE(refused([](auto& bad) { bad.mutable_curve(1)->set_share_above(1.5); }));
  EXPECT_TRUE(refused([](auto& bad) {
    bad.mutable_curve(1)->set_share_above(std::numeric_limits<double>::quiet_NaN());
  }));
}

}  // namespace
}  // namespace fh::latency
