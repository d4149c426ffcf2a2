// What a pipeline measured comes out by interval: nothing is lost between two looks, parts add up,
// clocks may jump, and memory stays bounded.
#include "feedhandler/report/latency_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "feedhandler/config/config.h"
#include "latency/files/files.h"
#include "latency/open_loop.h"
#include "latency/recording/buckets.h"
#include "tests/feedhandler/pipeline/mold_stream.h"

namespace fh {
namespace {

using latency::HistogramSnapshot;

constexpr int64_t kSecond = 1'000'000'000;

constexpr char kConfig[] = R"(
feed { name: "f" codec: "itch50" session { jump_confirmations: 1 }
  channel { id: 7 line { name: "A" group: "239.1.1.1:1" } line { name: "B" group: "239.1.1.1:2" } }
  channel { id: 8 line { name: "A" group: "239.1.1.1:3" } } }
receiver { stamps: HARDWARE }
strategy_thread { strategy { name: "count" } }
strategy_thread { strategy { name: "null" } }
)";

// A pipeline whose feed thread is the test itself.
class LatencyCollectorTest : public ::testing::Test {
 protected:
  LatencyCollectorTest() : pipeline_(MakePipeline()) {
    const absl::Status started =
        pipeline_->Start([](size_t, FeedThread&) { return absl::OkStatus(); });
    EXPECT_TRUE(started.ok()) << started;
    counters_.channels.resize(2);
    counters_.threads.resize(1);
    counters_.threads[0].rings.resize(2);
  }

  std::unique_ptr<Pipeline> MakePipeline() {
    const absl::StatusOr<Config> config = ParseConfig(kConfig, "f", {});
    EXPECT_TRUE(config.ok()) << config.status();
    absl::StatusOr<std::unique_ptr<Pipeline>> pipeline = Pipeline::Create(*config, {}, clock_);
    EXPECT_TRUE(pipeline.ok()) << pipeline.status();
    return *std::move(pipeline);
  }

  // A packet of one message; `line`: 0 and 1 are of channel 7, 2 is of channel 8.
  void Arrive(uint16_t line, uint64_t number, int64_t before_dequeue_ns = 1000) {
    const uint64_t ticks = latency::Clock::Ticks();
    ArriveAt(line, number, clock_.ToUnixNs(ticks) - before_dequeue_ns, ticks);
  }

  struct Arriving {
    uint16_t line;
    uint64_t number;  // Of its first message.
    uint16_t messages;
  };

  // In one burst, a microsecond apart.
  void ArriveTogether(const std::vector<Arriving>& packets) {
    const uint64_t ticks = latency::Clock::Ticks();
    int64_t stamp_ns = clock_.ToUnixNs(ticks) - 10'000;
    std::vector<rio::Packet> burst;
    for (const Arriving& packet : packets) {
      burst.push_back(PacketOf(test::MoldPacket(packet.number, packet.messages), packet.line,
                               stamp_ns += 1000, ticks));
    }
    Take(burst);
  }

  void ArriveAt(uint16_t line, uint64_t number, int64_t stamp_ns,
                uint64_t ticks = latency::Clock::Ticks()) {
    const rio::Packet packet = PacketOf(test::MoldPacket(number, 1), line, stamp_ns, ticks);
    Take(std::span(&packet, 1));
  }

  rio::Packet PacketOf(std::vector<uint8_t> bytes, uint16_t line, int64_t stamp_ns,
                       uint64_t ticks) {
    const size_t length = bytes.size();
    bytes.resize(length + rio::kReadablePastEnd);
    storage_.push_back(std::move(bytes));
    return {.data = storage_.back().data(),
            .length = static_cast<uint32_t>(length),
            .slice = next_slice_++,
            .stamp_ns = stamp_ns,
            .dequeue_ticks = ticks,
            .line = line,
            .stamp_source = rio::StampSource::kSoftware,
            .truncated = false,
            .kernel_after_ns = 0};
  }

  // With the adapter's stamp `wire_ns` before its dequeue, and the kernel's `kernel_after_ns` behind that.
  void ArriveWithBothStamps(uint16_t line, uint64_t number, int64_t wire_ns,
                            int32_t kernel_after_ns) {
    const uint64_t ticks = latency::Clock::Ticks();
    rio::Packet packet =
        PacketOf(test::MoldPacket(number, 1), line, clock_.ToUnixNs(ticks) - wire_ns, ticks);
    packet.stamp_source = rio::StampSource::kHardware;
    packet.kernel_after_ns = kernel_after_ns;
    Take(std::span(&packet, 1));
  }

  void Take(std::span<const rio::Packet> packets) {
    FeedCore& core = *pipeline_->feed_parts()[0]->core;
    core.OnPackets(packets);
    core.OnIdle();  // Nothing follows at once: what was measured is recorded.
    next_slice_ -= static_cast<uint32_t>(core.TakeReleased().size());
    counters_.packets += packets.size();
    for (const rio::Packet& packet : packets) {
      ++counters_.threads[0].stamps[static_cast<size_t>(packet.stamp_source)];
    }
  }

  void Stop() { ASSERT_TRUE(pipeline_->Stop().ok()); }

  static Instant At(int64_t since_start_ns, int64_t step_ns = 0) {
    constexpr int64_t kStartMonotonicNs = 5 * kSecond;
    constexpr int64_t kStartUnixNs = 1'700'000'000 * kSecond;
    return {kStartMonotonicNs + since_start_ns, kStartUnixNs + since_start_ns + step_ns};
  }

  static HistogramSnapshot TotalOf(const proto::Series& series) {
    absl::StatusOr<HistogramSnapshot> total = latency::recording::SnapshotOf(series);
    EXPECT_TRUE(total.ok()) << total.status();
    return *std::move(total);
  }

  static bool IsPart(const proto::Series& series) {
    return !series.feed().empty() || !series.thread().empty();
  }

  static void ExpectSame(const HistogramSnapshot& a, const HistogramSnapshot& b,
                         const std::string& what) {
    EXPECT_EQ(a.total(), b.total()) << what;
    for (size_t i = 0; i < latency::HistogramBuckets::kCount; ++i) {
      ASSERT_EQ(a.count(i), b.count(i)) << what << " bucket " << i;
    }
  }

  // The intervals of each series add up to its total, and the parts of a stage to the whole.
  static void ExpectThatAllAddsUp(const proto::LatencyReport& report) {
    std::map<std::string, HistogramSnapshot> parts;
    for (const proto::Series& series : report.series()) {
      HistogramSnapshot sum;
      int64_t last = -1;
      for (const proto::Interval& interval : series.interval()) {
        EXPECT_GT(interval.number(), last) << series.stage();
        last = interval.number();
        sum.Merge(*latency::recording::SnapshotOf(interval));
      }
      EXPECT_LT(last, report.run().intervals());
      ExpectSame(sum, TotalOf(series), series.stage());
      if (IsPart(series)) parts[series.stage() + series.condition()].Merge(TotalOf(series));
    }
    for (const proto::Series& series : report.series()) {
      if (IsPart(series)) continue;
      ExpectSame(parts[series.stage() + series.condition()], TotalOf(series),
                 "the parts of " + series.stage());
    }
  }

  static const proto::Series& Find(const proto::LatencyReport& report, const std::string& stage,
                                   const std::string& channel = "", const std::string& line = "") {
    for (const proto::Series& series : report.series()) {
      if (series.stage() == stage && series.channel() == channel && series.line() == line &&
          series.condition().empty()) {
        return series;
      }
    }
    ADD_FAILURE() << "no series " << stage << " " << channel << " " << line;
    static const proto::Series none;
    return none;
  }

  latency::Clock clock_;
  std::unique_ptr<Pipeline> pipeline_;
  PipelineCounters counters_;
  std::deque<std::vector<uint8_t>> storage_;
  uint32_t next_slice_ = 0;
};

TEST_F(LatencyCollectorTest, IntervalsAddUpToTotalsAndPartsToTheWhole) {
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  EXPECT_FALSE(collector.IsDue(At(kSecond - 1)));
  for (uint64_t i = 1; i <= 50; ++i) {
    for (const uint16_t line : {0, 1, 2}) Arrive(line, i);
    if (i % 10 == 0) {
      const Instant now = At(static_cast<int64_t>(i / 10) * kSecond + 1'000'000);
      EXPECT_TRUE(collector.IsDue(now));
      collector.Look(now, counters_);
    }
  }
  Arrive(2, 51);
  Stop();
  collector.Look(At(5 * kSecond + 300'000'000), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  ExpectThatAllAddsUp(report);
  EXPECT_EQ(report.version(), 1u);
  EXPECT_EQ(report.run().interval_ns(), kSecond);
  EXPECT_EQ(report.run().intervals(), 6u);
  EXPECT_EQ(report.run().duration_ns(), 5 * kSecond + 300'000'000);
  EXPECT_EQ(TotalOf(Find(report, "kernel-dequeued")).total(), 151u);
  EXPECT_EQ(TotalOf(Find(report, "kernel-dequeued", "7", "B")).total(), 50u);
  EXPECT_EQ(Find(report, "kernel-dequeued").from_clock(), "kernel");
  EXPECT_EQ(Find(report, "dequeued-sequenced").unit(), "packets");
  EXPECT_EQ(TotalOf(Find(report, "dequeued-sequenced", "7")).total(), 100u);
  EXPECT_EQ(TotalOf(Find(report, "sequenced-decoded", "8")).total(), 51u);
  EXPECT_EQ(TotalOf(Find(report, "decoded-published")).total(), 151u);
  // Two strategies saw every update: 50 and 51, and two session starts.
  EXPECT_EQ(TotalOf(Find(report, "seen-done")).total(), 2u * 103);
  const proto::Series& total = Find(report, "wire-seen");
  EXPECT_EQ(total.role(), proto::Series::END_TO_END);
  EXPECT_EQ(total.from_clock(), "kernel");
  EXPECT_EQ(TotalOf(total).total(), 2u * 103);
  EXPECT_EQ(total.max(), TotalOf(total).max());
  for (const proto::Counter& counter : report.counter()) {
    if (counter.name() != "packets" || !counter.channel().empty()) continue;
    EXPECT_THAT(counter.value(), ::testing::ElementsAre(30, 30, 30, 30, 30, 1));
  }
}

TEST_F(LatencyCollectorTest, PacketsWithBothStampsHaveTheWayToTheKernelAndFromThere) {
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  for (uint64_t i = 1; i <= 10; ++i) {
    ArriveWithBothStamps(0, i, 50'000, 2000 + static_cast<int32_t>(i));
  }
  ArriveWithBothStamps(0, 11, 50'000, -700);  // The clocks disagree.
  ArriveWithBothStamps(2, 1, 9000, 0);        // The adapter's alone.
  Stop();
  collector.Look(At(kSecond), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  ExpectThatAllAddsUp(report);
  const proto::Series& to_kernel = Find(report, "wire-kernel", "7", "A");
  const proto::Series& from_kernel = Find(report, "kernel-dequeued", "7", "A");
  EXPECT_EQ(TotalOf(to_kernel).total(), 10u);
  EXPECT_EQ(to_kernel.min(), 2001);
  EXPECT_EQ(to_kernel.max(), 2010);
  EXPECT_EQ(to_kernel.negative().count(), 1u);
  EXPECT_EQ(to_kernel.negative().min(), -700);
  EXPECT_EQ(to_kernel.from_clock(), "nic");
  EXPECT_EQ(to_kernel.to_clock(), "kernel");
  EXPECT_EQ(TotalOf(from_kernel).total(), 11u);
  EXPECT_EQ(from_kernel.from_clock(), "kernel");
  // Of each packet the two are the third.
  EXPECT_EQ(from_kernel.min(), 50'000 - 2010);
  EXPECT_EQ(from_kernel.max(), 50'000 + 700);
  const proto::Series& whole = Find(report, "wire-dequeued", "7", "A");
  EXPECT_EQ(TotalOf(whole).total(), 11u);
  EXPECT_EQ(whole.min(), 50'000);
  EXPECT_EQ(whole.max(), 50'000);
  EXPECT_EQ(TotalOf(Find(report, "wire-dequeued", "8", "A")).total(), 1u);
  EXPECT_EQ(TotalOf(Find(report, "kernel-dequeued", "8", "A")).total(), 0u);
}

TEST_F(LatencyCollectorTest, Trap19NegativeDifferencesAreCountedApart) {
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  Arrive(2, 1, -1'000'000);  // Stamped a millisecond after its dequeue.
  Arrive(2, 2, 1000);
  Stop();
  collector.Look(At(kSecond), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  const proto::Series& wait = Find(report, "kernel-dequeued");
  EXPECT_EQ(wait.negative().count(), 1u);
  EXPECT_EQ(wait.negative().min(), -1'000'000);
  EXPECT_EQ(TotalOf(wait).total(), 1u);
  EXPECT_EQ(wait.min(), 1000);
  ExpectThatAllAddsUp(report);
}

TEST_F(LatencyCollectorTest, Trap22AStepOfTheClockIsCountedAndMakesNoIntervalLongerOrShorter) {
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  Arrive(2, 1);
  collector.Look(At(kSecond), counters_);
  Arrive(2, 2);
  collector.Look(At(2 * kSecond, -3600 * kSecond), counters_);
  Arrive(2, 3);
  collector.Look(At(3 * kSecond, -3600 * kSecond), counters_);
  Stop();
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  EXPECT_EQ(report.run().clock_steps(), 1u);
  EXPECT_EQ(report.run().clock_stepped_ns(), -3600 * kSecond);
  EXPECT_EQ(report.run().duration_ns(), 3 * kSecond);
  const proto::Series& series = Find(report, "dequeued-sequenced");
  ASSERT_EQ(series.interval_size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(series.interval(i).number(), static_cast<uint32_t>(i));
    EXPECT_EQ(latency::recording::SnapshotOf(series.interval(i))->total(), 1u);
  }
}

TEST_F(LatencyCollectorTest, OfDaysNeighboursAreMergedAndNoCountIsLost) {
  constexpr uint32_t kMost = 8;
  constexpr int kSeconds = 100;
  LatencyCollector collector(*pipeline_, clock_, {.most_intervals = kMost});
  collector.Start(At(0));
  int looks = 0;
  for (int i = 1; i <= kSeconds; ++i) {
    Arrive(2, static_cast<uint64_t>(i));
    if (!collector.IsDue(At(i * kSecond))) continue;
    collector.Look(At(i * kSecond), counters_);
    ++looks;
    const proto::LatencyReport meanwhile = collector.Report({}, Moment::kMeanwhile);
    EXPECT_LE(meanwhile.run().intervals(), kMost);
    EXPECT_TRUE(meanwhile.run().unfinished());
  }
  Stop();
  collector.Look(At(kSeconds * kSecond + 1), counters_);
  EXPECT_LT(looks, kSeconds / 2);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  EXPECT_FALSE(report.run().unfinished());
  EXPECT_EQ(report.run().interval_ns(), 16 * kSecond);
  EXPECT_EQ(report.run().intervals(), 7u);
  ExpectThatAllAddsUp(report);
  const proto::Series& series = Find(report, "dequeued-sequenced");
  EXPECT_EQ(TotalOf(series).total(), static_cast<uint64_t>(kSeconds));
  EXPECT_EQ(latency::recording::SnapshotOf(series.interval(2))->total(), 16u);
  for (const proto::Counter& counter : report.counter()) {
    if (counter.name() != "packets" || !counter.channel().empty()) continue;
    EXPECT_THAT(counter.value(), ::testing::ElementsAre(16, 16, 16, 16, 16, 16, 4));
  }
}

TEST_F(LatencyCollectorTest, LinesRaceByTheirStampsOverTime) {
  LatencyCollector collector(*pipeline_, clock_, {.most_intervals = 2});
  collector.Start(At(0));
  int64_t at_ns = clock_.NowUnixNs();
  for (uint64_t i = 1; i <= 30; ++i, at_ns += 1000) {
    // B is 90 ns behind, then at the same time, then 40 ns ahead; number 5 is lost on B.
    const int64_t b_later_ns = i <= 10 ? 90 : i <= 20 ? 0 : -40;
    ArriveAt(0, i, at_ns);
    if (i != 5) ArriveAt(1, i, at_ns + b_later_ns);
    if (i == 10) collector.Look(At(kSecond), counters_);
    if (i == 20) collector.Look(At(2 * kSecond), counters_);
  }
  pipeline_->feed_parts()[0]->core->Finish();
  Stop();
  const auto seconds = [&] {
    const proto::LatencyReport report = collector.Report({}, Moment::kMeanwhile);
    EXPECT_EQ(report.race_size(), 1);
    return report.race(0).second();
  };
  ASSERT_EQ(seconds().size(), 2);
  EXPECT_EQ(seconds()[0].first_a(), 9u);
  EXPECT_EQ(seconds()[0].median_lead_of_a(), 90);
  EXPECT_EQ(seconds()[1].ties(), 10u);
  collector.Look(At(3 * kSecond), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  ASSERT_EQ(report.race_size(), 1);
  const proto::Race& race = report.race(0);
  EXPECT_EQ(race.channel(), "7");
  EXPECT_EQ(race.line_a(), "A");
  EXPECT_EQ(race.line_b(), "B");
  EXPECT_EQ(race.ties(), 10u);
  EXPECT_EQ(race.max_lead_of_a(), 90);
  EXPECT_EQ(race.max_lead_of_b(), 40);
  EXPECT_EQ(latency::recording::FromBuckets(race.lead_of_a())->total(), 9u);
  EXPECT_EQ(latency::recording::FromBuckets(race.lead_of_b())->total(), 10u);
  EXPECT_EQ(race.only_on_a(), 1u);
  EXPECT_EQ(race.only_on_b(), 0u);
  // Neighbours were merged: all packets are still there.
  ASSERT_EQ(race.second_size(), 2);
  EXPECT_EQ(race.second(0).first_a() + race.second(0).ties(), 19u);
  EXPECT_EQ(race.second(0).median_lead_of_a(), 0);  // Of the second with more packets.
  EXPECT_EQ(race.second(1).first_b(), 10u);
  EXPECT_EQ(race.second(1).median_lead_of_a(), -40);
}

TEST_F(LatencyCollectorTest, WholePacketsHaveAllStampsInOrderAndTheirStagesAddUp) {
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  constexpr uint64_t kPackets = 3000;
  for (uint64_t i = 1; i <= kPackets; ++i) Arrive(2, i, i == 1500 ? 50'000'000'000 : 1000);
  Stop();
  collector.Look(At(kSecond), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  size_t regular = 0;
  std::vector<int64_t> worst;
  for (const proto::Sample& sample : report.sample()) {
    ASSERT_EQ(sample.stamp_size(), 7) << sample.ShortDebugString();
    const char* const points[] = {"kernel",    "dequeued", "sequenced", "decoded",
                                  "published", "seen",     "done"};
    int64_t sum_ns = 0;
    for (int i = 0; i < 7; ++i) {
      EXPECT_EQ(sample.stamp(i).point(), points[i]);
      if (i == 0) continue;
      EXPECT_GE(sample.stamp(i).unix_ns(), sample.stamp(i - 1).unix_ns());
      sum_ns += sample.stamp(i).unix_ns() - sample.stamp(i - 1).unix_ns();
    }
    EXPECT_EQ(sum_ns, sample.stamp(6).unix_ns() - sample.stamp(0).unix_ns());
    EXPECT_EQ(sample.feed(), "f");
    EXPECT_EQ(sample.channel(), "8");
    regular += sample.why() == proto::Sample::REGULAR;
    if (sample.why() == proto::Sample::WORST) {
      worst.push_back(sample.stamp(5).unix_ns() - sample.stamp(0).unix_ns());
    }
  }
  EXPECT_EQ(regular, 2 * ((kPackets + 1) / PacketSamples::kEach));
  ASSERT_GE(worst.size(), PacketSamples::kMostWorst);
  const proto::Series& total = Find(report, "wire-seen");
  EXPECT_EQ(*std::max_element(worst.begin(), worst.end()), total.max());
  EXPECT_GE(total.max(), 50'000'000'000);
}

TEST_F(LatencyCollectorTest, ASampleNamesTheLineThatItCameOnAndHowManyMessagesItHad) {
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  // Of both lines of channel 7 by turns, the other's copy behind it; each of two messages.
  for (uint64_t i = 0; i < 8; ++i) {
    const auto first = static_cast<uint16_t>(i % 2);
    ArriveTogether({{first, 2 * i + 1, 2}});
    ArriveTogether({{static_cast<uint16_t>(1 - first), 2 * i + 1, 2}});
  }
  // One of each line in one burst: both are decoded together.
  ArriveTogether({{0, 17, 2}, {1, 19, 3}});
  Stop();
  collector.Look(At(kSecond), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  size_t alone = 0;
  size_t together = 0;
  for (const proto::Sample& sample : report.sample()) {
    EXPECT_EQ(sample.channel(), "7");
    if (sample.sequence() <= 16) {
      const uint64_t first = std::max<uint64_t>(sample.sequence(), 1);  // 0: with the start.
      EXPECT_EQ(sample.line(), (first - 1) / 2 % 2 == 0 ? "A" : "B") << sample.ShortDebugString();
      EXPECT_EQ(sample.messages(), 2u);
      EXPECT_EQ(sample.decoded_together(), 1u);
      ++alone;
    } else {
      EXPECT_EQ(sample.line(), "A, B") << sample.ShortDebugString();
      EXPECT_EQ(sample.messages(), 5u);
      EXPECT_EQ(sample.decoded_together(), 2u);
      ++together;
    }
  }
  EXPECT_GE(alone, 8u);
  EXPECT_GE(together, 2u);
}

// The feed thread is the test: it leaves its CPU between two packets, of which the second has waited.
TEST_F(LatencyCollectorTest, ASlowPacketSaysWhichThreadHadLeftItsCpu) {
  if (!SwitchesOfThisThread().has_value()) {
    GTEST_SKIP() << "skipped: this system does not say how often a thread leaves its CPU";
  }
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  Arrive(2, 1, 1000);
  const ContextSwitches before = *SwitchesOfThisThread();
  while (SwitchesOfThisThread()->waited == before.waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  Arrive(2, 2, 30'000'000'000);
  for (uint64_t i = 3; i < 200; ++i) Arrive(2, i, 1000);
  Stop();
  collector.Look(At(kSecond), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  size_t slow = 0;
  for (const proto::Sample& sample : report.sample()) {
    if (sample.sequence() != 2) continue;
    ++slow;
    EXPECT_THAT(sample.meanwhile(), ::testing::HasSubstr("fh-feed "));
    EXPECT_THAT(sample.meanwhile(), ::testing::HasSubstr("waited "));
    EXPECT_THAT(sample.meanwhile(), ::testing::HasSubstr(" since the slow packet before"));
  }
  EXPECT_GE(slow, 2u) << "of two strategy threads";
}

TEST_F(LatencyCollectorTest, EachPacketIsUnderOneGapOnePlaceAndOneDepth) {
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  int64_t at_ns = clock_.NowUnixNs() - 10 * kSecond;
  // With it comes the session start.
  constexpr uint64_t kJoining = 1;
  for (uint64_t i = 1; i <= kJoining; ++i) ArriveAt(2, i, at_ns);
  // A burst of three packets, its first 20 ms after the one before, the others 1 us after each other.
  for (uint64_t i = 0; i < 30; ++i) {
    at_ns += i % 3 == 0 ? 20'000'000 : 1'000;
    ArriveAt(2, kJoining + i + 1, at_ns);
  }
  Stop();
  collector.Look(At(kSecond), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  std::map<std::string, uint64_t> counts;
  for (const proto::Series& series : report.series()) {
    if (series.condition().empty() || IsPart(series)) continue;
    EXPECT_EQ(series.role(), proto::Series::SPLIT);
    EXPECT_EQ(series.stage(), "wire-seen");
    counts[series.condition()] = TotalOf(series).total();
  }
  // Two strategy threads saw all of it.
  EXPECT_EQ(counts["gap >= 10 ms"], 2u * (kJoining + 1 + 10));
  EXPECT_EQ(counts["gap < 10 us"], 2u * 20);
  EXPECT_EQ(counts["place 1"], 2u * (kJoining + 1 + 10));
  EXPECT_EQ(counts["place 2-8"], 2u * 20);
  EXPECT_EQ(counts["depth 0"], 2u * (kJoining + 1 + 30));
  ExpectThatAllAddsUp(report);
}

TEST_F(LatencyCollectorTest, MemoryIsALimitToo) {
  LatencyCollector collector(*pipeline_, clock_, {.most_bytes = 20'000});
  collector.Start(At(0));
  for (int i = 1; i <= 100; ++i) {
    Arrive(2, static_cast<uint64_t>(i));
    if (collector.IsDue(At(i * kSecond))) collector.Look(At(i * kSecond), counters_);
  }
  Stop();
  collector.Look(At(100 * kSecond + 1), counters_);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  EXPECT_LT(report.ByteSizeLong(), 40'000u);
  EXPECT_GT(report.run().interval_ns(), kSecond);
  ExpectThatAllAddsUp(report);
}

TEST_F(LatencyCollectorTest, ALateLookLeavesIntervalsOutAndSaysSo) {
  LatencyCollector collector(*pipeline_, clock_, {});
  collector.Start(At(0));
  Arrive(2, 1);
  collector.Look(At(kSecond), counters_);
  Arrive(2, 2);
  collector.Look(At(4 * kSecond + 1), counters_);
  Stop();
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  const proto::Series& series = Find(report, "dequeued-sequenced");
  ASSERT_EQ(series.interval_size(), 2);
  EXPECT_EQ(series.interval(1).number(), 3u);
  EXPECT_EQ(report.run().intervals(), 4u);
  EXPECT_THAT(report.cause(),
              ::testing::Contains(::testing::HasSubstr("1 times so late that intervals")));
  ExpectThatAllAddsUp(report);
}

// A run with a schedule: the series of the open loop are there by interval, each in its role.
TEST(LatencyCollectorLoopTest, ScheduleStartAndLatenessAreSeriesOfTheirOwn) {
  const latency::Clock clock;
  latency::OpenLoop loop({.schedule = "a clock", .key = latency::Schedule::Key::kMessage});
  const absl::StatusOr<Config> config = ParseConfig(kConfig, "f", {});
  ASSERT_TRUE(config.ok()) << config.status();
  absl::StatusOr<std::unique_ptr<Pipeline>> pipeline =
      Pipeline::Create(*config, {.open_loop = &loop}, clock);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  ASSERT_TRUE((*pipeline)->Start([](size_t, FeedThread&) { return absl::OkStatus(); }).ok());
  LatencyCollector collector(**pipeline, clock, {});
  collector.Start({.monotonic_ns = 0, .unix_ns = 0});
  const int64_t now_ns = clock.NowUnixNs();
  UpdateRing& ring = (*pipeline)->strategy_threads()[0]->ring();
  for (uint64_t i = 1; i <= 11; ++i) {
    const auto since_ns = static_cast<int64_t>(i) * 1'000'000;
    const latency::Schedule::Times times{now_ns - 5 * kSecond + since_ns,
                                         now_ns - 4 * kSecond + 2 * since_ns};
    loop.schedule().Tell(latency::Schedule::OfMessage(7, i), times);
    loop.Sent(times);
    codecs::NormalizedUpdate update{.record = FH_RECORD_ORDER, .sequence = i};
    update.channel_id = 7;
    ASSERT_TRUE(ring.Push(update));
  }
  ASSERT_TRUE((*pipeline)->Stop().ok());
  PipelineCounters counters;
  counters.channels.resize(2);
  counters.threads.resize(1);
  counters.threads[0].rings.resize(2);
  collector.Look({.monotonic_ns = kSecond, .unix_ns = kSecond}, counters);
  const proto::LatencyReport report = collector.Report({}, Moment::kEnd);
  EXPECT_EQ(report.run().loop(), proto::Run::OPEN);
  EXPECT_NEAR(report.run().offered_per_second(), 1000, 1e-6);
  EXPECT_NEAR(report.run().achieved_per_second(), 500, 1e-6);
  std::map<std::string, proto::Series> whole;
  for (const proto::Series& series : report.series()) {
    if (series.thread().empty()) whole[series.stage()] = series;
  }
  for (const auto& [stage, role, unit] :
       {std::tuple("schedule-done", proto::Series::SCHEDULE, "updates"),
        std::tuple("start-done", proto::Series::TOTAL, "updates"),
        std::tuple("lateness", proto::Series::LATENESS, "packets")}) {
    ASSERT_EQ(whole.count(stage), 1u) << stage;
    const proto::Series& series = whole[stage];
    EXPECT_EQ(series.role(), role) << stage;
    EXPECT_EQ(series.unit(), unit) << stage;
    ASSERT_EQ(series.interval_size(), 1) << stage;
    EXPECT_EQ(latency::recording::SnapshotOf(series)->total(), 11u) << stage;
  }
  EXPECT_GE(whole["schedule-done"].min(), 4 * kSecond);
  EXPECT_EQ(whole["lateness"].min(), kSecond + 1'000'000);
  // Trap 13: these values have what waited in them already.
  proto::LatencyReport corrected = report;
  const absl::Status refused = latency::files::CorrectForExpectedInterval(1'000'000, &corrected);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
}

}  // namespace
}  // namespace fh
