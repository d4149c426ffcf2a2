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
      found += absl::StrContains(line, "_drops_total{") &&
               absl::StrContains(line, absl::StrCat("layer=\"", layer, "\"")) &&
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

}  // namespace
}  // namespace fh
