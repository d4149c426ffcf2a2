// Each layer that can lose something stands in the list of drops, in the metrics and in the summary,
// under its own name and with its own count.
#include "feedhandler/report/drops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "feedhandler/config/config.h"
#include "feedhandler/report/metrics.h"
#include "feedhandler/report/outcome.h"
#include "feedhandler/report/summary.h"
#include "latency/clock.h"

namespace fh {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kConfig[] = R"(
feed { name: "f" codec: "itch50" channel { id: 7 line { group: "239.1.1.1:1" } } }
strategy_thread { strategy { name: "count" } }
)";

// A pipeline that never ran, and counters in which every layer has lost something of its own.
class Drops : public ::testing::Test {
 protected:
  Drops() : pipeline_(MakePipeline()) {
    counters_.threads.resize(1);
    counters_.threads[0].receive.kernel_drops = 11;
    counters_.threads[0].receive.ring_overflows = 12;
    counters_.threads[0].receive.errors = 13;
    counters_.threads[0].receive.own[0] = {
        .name = "xdp_ring", .meaning = "the ring was full", .is_loss = true, .count = 14};
    counters_.threads[0].receive.own[1] = {
        .name = "xdp_fill", .meaning = "no loss at all", .is_loss = false, .count = 15};
    counters_.channels.resize(1);
    counters_.channels[0].session.dropped_messages = 16;
    counters_.channels[0].session.stuck_times = 17;
    counters_.channels[0].strayed_messages = 18;
    counters_.threads[0].rings.resize(1);
    counters_.threads[0].rings[0].dropped = 19;
    host_.interfaces.resize(1);
    host_.interfaces[0].name = "eth1";
    host_.interfaces[0].known = true;
    host_.interfaces[0].damaged = 21;
    host_.interfaces[0].missed = 22;
    host_.interfaces[0].dropped = 23;
    host_.known = true;
    host_.backlog_dropped = 24;
    host_.udp_in_errors = 25;
  }

  std::map<std::string, uint64_t> Counts(const rio::HostCounters* host) {
    std::map<std::string, uint64_t> counts;
    for (const Drop& drop : CollectDrops(*pipeline_, counters_, host)) {
      EXPECT_TRUE(counts.emplace(drop.layer, drop.count).second) << drop.layer;
      EXPECT_FALSE(drop.unit.empty()) << drop.layer;
      EXPECT_FALSE(drop.fix.empty()) << drop.layer;
    }
    return counts;
  }

  std::unique_ptr<Pipeline> MakePipeline() {
    const absl::StatusOr<Config> config = ParseConfig(kConfig, "f", {});
    EXPECT_TRUE(config.ok()) << config.status();
    absl::StatusOr<std::unique_ptr<Pipeline>> pipeline = Pipeline::Create(*config, {}, clock_);
    EXPECT_TRUE(pipeline.ok()) << pipeline.status();
    return *std::move(pipeline);
  }

  latency::Clock clock_;
  std::unique_ptr<Pipeline> pipeline_;
  PipelineCounters counters_;
  rio::HostCounters host_;
};

const std::map<std::string, uint64_t> kOurs = {
    {"xdp_ring", 14}, {"socket", 11},  {"receive_ring", 12}, {"receive_errors", 13},
    {"session", 16},  {"streams", 18}, {"stuck", 17},        {"ring", 19}};
const std::map<std::string, uint64_t> kHosts = {
    {"wire", 21}, {"nic", 22}, {"driver", 23}, {"backlog", 24}, {"udp", 25}};

TEST_F(Drops, EveryLayerOfOursIsThereWithItsCount) { EXPECT_EQ(Counts(nullptr), kOurs); }

TEST_F(Drops, EveryLayerOfTheHostStandsBesideThem) {
  std::map<std::string, uint64_t> all = kOurs;
  all.insert(kHosts.begin(), kHosts.end());
  EXPECT_EQ(Counts(&host_), all);
}

TEST_F(Drops, LayersThatLostNothingAreThereToo) {
  counters_ = {};
  counters_.channels.resize(1);
  counters_.threads.resize(1);
  counters_.threads[0].rings.resize(1);
  const std::map<std::string, uint64_t> counts = Counts(nullptr);
  EXPECT_EQ(counts.size(), kOurs.size() - 1);  // The backend's own are those that it names.
  for (const auto& [layer, count] : counts) EXPECT_EQ(count, 0u) << layer;
}

TEST_F(Drops, WhatIsNotKnownOfTheHostIsNotSaidToBeNothing) {
  host_.interfaces[0].known = false;
  host_.known = false;
  EXPECT_EQ(Counts(&host_), kOurs);
}

TEST_F(Drops, TheSummarySaysWhereAndWhatToDo) {
  const std::string text = TextDrops(*pipeline_, counters_, &host_);
  EXPECT_THAT(text, AllOf(HasSubstr("session"), HasSubstr("f channel 7"), HasSubstr("who else"),
                          HasSubstr("eth1"), HasSubstr("ethtool -G eth1")));
  for (const auto& [layer, count] : kOurs) {
    EXPECT_THAT(text, AllOf(HasSubstr(layer), HasSubstr(absl::StrCat(count)))) << text;
  }
}

TEST_F(Drops, MetricsHaveEachLayer) {
  const std::string text = PrometheusText(CollectMetrics(*pipeline_, counters_, &host_));
  for (const auto& [layer, count] : kOurs) {
    int found = 0;
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      const bool is_stuck = layer == "stuck" && absl::StartsWith(line, "feedhandler_stuck_total{");
      found += (is_stuck || (absl::StrContains(line, "_dropped_") &&
                             absl::StrContains(line, absl::StrCat("layer=\"", layer, "\"")))) &&
               absl::EndsWith(line, absl::StrCat("} ", count));
    }
    EXPECT_EQ(found, 1) << layer << " " << count << "\n" << text;
  }
}

TEST(LostMessages, AreNotThoseThatCameAfterAll) {
  EXPECT_EQ(LostMessages({.missing_messages = 10}), 10u);
  EXPECT_EQ(LostMessages({.missing_messages = 10, .taken_back_messages = 4}), 6u);
  // Those from before the join are taken back as well.
  EXPECT_EQ(LostMessages({.missing_messages = 3, .taken_back_messages = 9}), 0u);
}

// ---- Several feed threads

constexpr char kTwoThreads[] = R"(
feed_thread { name: "a" }
feed_thread { name: "b" }
feed { name: "f" codec: "itch50"
  channel { id: 7 thread: "b" line { group: "239.1.1.1:1" } }
  channel { id: 8 thread: "a" line { group: "239.1.1.2:1" } line { group: "239.1.1.3:1" } } }
strategy_thread { channel: 7 strategy { name: "count" } }
strategy_thread { strategy { name: "count" } }
)";

class TwoFeedThreads : public ::testing::Test {
 protected:
  TwoFeedThreads() {
    const absl::StatusOr<Config> config = ParseConfig(kTwoThreads, "f", {});
    EXPECT_TRUE(config.ok()) << config.status();
    auto pipeline = Pipeline::Create(*config, {}, clock_);
    EXPECT_TRUE(pipeline.ok()) << pipeline.status();
    pipeline_ = *std::move(pipeline);
    counters_.packets = 30;
    counters_.channels.resize(2);  // 8 of a, then 7 of b.
    counters_.channels[0].session.delivered_messages = 80;
    counters_.channels[1].session.delivered_messages = 70;
    counters_.threads.resize(2);
    FeedCounters& a = counters_.threads[0];
    a.receive.packets = 10;
    a.receive.kernel_drops = 1;
    a.channels = {counters_.channels[0]};
    a.receive_lines.resize(2);
    a.rings.resize(1);
    a.rings[0].dropped = 3;
    FeedCounters& b = counters_.threads[1];
    b.receive.packets = 20;
    b.receive.kernel_drops = 2;
    b.receive.starved = 6;
    b.channels = {counters_.channels[1]};
    b.receive_lines.resize(1);
    b.receive_lines[0].losses = 9;
    b.rings.resize(2);
    b.rings[0].dropped = 4;
    b.rings[1].dropped = 5;
    b.rings[1].filtered = 12;
  }

  latency::Clock clock_;
  std::unique_ptr<Pipeline> pipeline_;
  PipelineCounters counters_;
};

TEST_F(TwoFeedThreads, HaveMetricsOfTheirOwn) {
  const std::string text = PrometheusText(CollectMetrics(*pipeline_, counters_, nullptr));
  for (const char* line :
       {"feedhandler_receive_packets_total{feed_thread=\"a\"} 10\n",
        "feedhandler_receive_packets_total{feed_thread=\"b\"} 20\n",
        "feedhandler_receive_stamps_total{feed_thread=\"b\",source=\"hardware\"} 0\n",
        "feedhandler_dropped_packets_total{feed_thread=\"a\",layer=\"socket\"} 1\n",
        "feedhandler_dropped_packets_total{feed_thread=\"b\",layer=\"socket\"} 2\n",
        "feedhandler_dropped_updates_total{feed_thread=\"a\",layer=\"ring\",thread=\"fh-strategy-"
        "1\"} 3\n",
        "feedhandler_dropped_updates_total{feed_thread=\"b\",layer=\"ring\",thread=\"fh-strategy-"
        "0\"} 4\n",
        "feedhandler_dropped_updates_total{feed_thread=\"b\",layer=\"ring\",thread=\"fh-strategy-"
        "1\"} 5\n",
        "feedhandler_ring_filtered_total{feed_thread=\"b\",thread=\"fh-strategy-1\"} 12\n",
        "feedhandler_line_losses_total{feed=\"f\",channel=\"7\",line=\"A\"} 9\n",
        "feedhandler_line_losses_total{feed=\"f\",channel=\"8\",line=\"B\"} 0\n",
        "feedhandler_messages_total{feed=\"f\",channel=\"8\"} 80\n",
        "feedhandler_messages_total{feed=\"f\",channel=\"7\"} 70\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(TwoFeedThreads, HaveLinesOfTheirOwnInTheSummary) {
  const std::string text = TextSummary(*pipeline_, counters_, nullptr);
  EXPECT_THAT(
      text, AllOf(HasSubstr("  a: 1 channels, 10 packets"), HasSubstr("updates to fh-strategy-1\n"),
                  HasSubstr("  b: 1 channels, 20 packets"),
                  HasSubstr("updates to fh-strategy-0, fh-strategy-1\n"), HasSubstr("socket a"),
                  HasSubstr("socket b"), HasSubstr("ring b fh-strategy-0"),
                  HasSubstr("  b: (6 polls found no free slice"),
                  HasSubstr("12 filtered that it has not asked for")))
      << text;
}

TEST_F(TwoFeedThreads, OfWhichOneHasNothingAreNoFault) {
  counters_.channels[0] = {};
  counters_.channels[1].lines[0].packets = 20;
  EXPECT_TRUE(RunFaults(pipeline_->channels(), counters_, RunSource::kLive).empty());
  counters_.packets = 0;
  EXPECT_THAT(RunFaults(pipeline_->channels(), counters_, RunSource::kLive),
              ElementsAre(AllOf(HasSubstr("no packet came on any line"),
                                HasSubstr("f channel 8 lines A, B; f channel 7 line A"))));
}

}  // namespace
}  // namespace fh
