// All metrics of a pipeline: good to the checker and to promtool, described in METRICS.md as they are, and
// what the dashboard draws is among them.
#include "feedhandler/report/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "feedhandler/config/config.h"
#include "feedhandler/live/live_view.h"
#include "feedhandler/report/stage_metrics.h"
#include "latency/clock.h"
#include "tests/feedhandler/live/dashboard.h"
#include "tests/feedhandler/live/exposition.h"

namespace fh {
namespace {

using test::DashboardFaults;
using test::ExpositionFaults;
using test::FamiliesOf;
using testing::IsEmpty;

constexpr char kConfig[] = R"(
feed_thread { name: "a" }
feed_thread { name: "b" }
feed { name: "f" codec: "itch50" thread: "a"
       channel { id: 7 line { group: "239.1.1.1:1" } line { group: "239.1.1.2:1" } }
       channel { id: 8 thread: "b" line { group: "239.1.1.3:1" } } }
feed { name: "g \"quoted\\\" \n" codec: "itch50" thread: "b"
       channel { id: 9 line { group: "239.1.1.4:1" } } }
strategy_thread { books { instruments: 16 orders: 64 } strategy { name: "count" } }
strategy_thread { strategy { name: "null" } }
)";

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// A pipeline that never ran, and counters with all that may be there.
class PipelineMetrics : public testing::Test {
 protected:
  PipelineMetrics() {
    const absl::StatusOr<Config> config = ParseConfig(kConfig, "f", {});
    EXPECT_TRUE(config.ok()) << config.status();
    absl::StatusOr<std::unique_ptr<Pipeline>> pipeline = Pipeline::Create(*config, {}, clock_);
    EXPECT_TRUE(pipeline.ok()) << pipeline.status();
    pipeline_ = *std::move(pipeline);
    counters_.channels.resize(3);
    counters_.threads.resize(2);
    for (size_t i = 0; i < 2; ++i) {
      FeedCounters& thread = counters_.threads[i];
      thread.channels.resize(i == 0 ? 1 : 2);
      thread.receive_lines.resize(2);
      thread.rings.resize(2);
      thread.receive.own[0] = {
          .name = "xdp_ring", .meaning = "the ring was full", .is_loss = true, .count = 1};
      thread.receive.own[1] = {
          .name = "xdp_fill", .meaning = "no loss at all", .is_loss = false, .count = 15};
    }
    view_ = std::make_unique<LiveView>(*pipeline_, clock_, LiveViewOptions{});
    server_ = HttpServer::Open({.listen = {.address = *rio::IpAddress::Parse("127.0.0.1")}});
    if (server_.ok()) view_->Serve(**server_, {});
  }
  ~PipelineMetrics() override {
    if (server_.ok()) (*server_)->Stop();
  }

  // As a page has it.
  std::string Page() { return view_->MetricsText(counters_); }

  // What only this host may lack.
  std::string HostText() {
    rio::HostCounters host;
    host.known = true;
    host.interfaces.resize(1);
    host.interfaces[0].name = "eth1";
    host.interfaces[0].known = true;
    return PrometheusText(CollectMetrics(*pipeline_, counters_, &host));
  }

  std::map<std::string, std::set<std::string>> Families() {
    std::map<std::string, std::set<std::string>> families = FamiliesOf(Page());
    for (const auto& [name, labels] : FamiliesOf(HostText())) {
      families[name].insert(labels.begin(), labels.end());
    }
    return families;
  }

  latency::Clock clock_;
  std::unique_ptr<Pipeline> pipeline_;
  PipelineCounters counters_;
  std::unique_ptr<LiveView> view_;
  absl::StatusOr<std::unique_ptr<HttpServer>> server_;
};

TEST_F(PipelineMetrics, HaveNoFaultAlsoWithNamesThatNeedEscapes) {
  EXPECT_THAT(ExpositionFaults(Page()), IsEmpty()) << Page();
}

TEST_F(PipelineMetrics, AreGoodToPromtool) {
  if (std::system("promtool --version > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "skipped: promtool is not installed (Debian's package prometheus)";
  }
  const std::string path =
      (std::filesystem::path(testing::TempDir()) / "feedhandler_promtool.prom").string();
  std::ofstream(path, std::ios::binary) << Page();
  EXPECT_EQ(std::system(absl::StrCat("promtool check metrics < ", path).c_str()), 0);
  std::filesystem::remove(path);
}

// "| `feedhandler_x_total` | counter | `feed`, `line` | ... |"
TEST_F(PipelineMetrics, AreDescribedAsTheyAre) {
  if (!server_.ok()) GTEST_SKIP() << "skipped: " << server_.status().message();
  std::map<std::string, std::set<std::string>> described;
  std::map<std::string, std::string> types;
  const std::string page = ReadAll(FEEDHANDLER_METRICS_PAGE);
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    const std::vector<std::string> cells = absl::StrSplit(line, '|');
    if (cells.size() != 6 || !absl::StrContains(cells[1], "`feedhandler_")) continue;
    const auto words = [](const std::string& cell) {
      std::set<std::string> found;
      static const std::regex kWord("`([^`]*)`");
      for (std::sregex_iterator i(cell.begin(), cell.end(), kWord), end; i != end; ++i) {
        found.insert((*i)[1]);
      }
      return found;
    };
    const std::string name = *words(cells[1]).begin();
    EXPECT_TRUE(described.emplace(name, words(cells[3])).second) << name << " twice";
    types[name] = std::string(absl::StripAsciiWhitespace(cells[2]));
  }
  std::map<std::string, std::set<std::string>> exposed = Families();
  // A backend's own, whose names are its own.
  const auto own = exposed.extract("feedhandler_receive_xdp_fill_total");
  ASSERT_FALSE(own.empty());
  exposed["feedhandler_receive_OWN_total"] = own.mapped();
  for (const auto& [name, labels] : exposed) {
    ASSERT_EQ(described.count(name), 1u) << name << " is not described";
    EXPECT_EQ(absl::StrJoin(described[name], " "), absl::StrJoin(labels, " ")) << name;
    const std::string type = absl::EndsWith(name, "_total")                ? "counter"
                             : name.find("_latency_") == std::string::npos ? "gauge"
                                                                           : "histogram";
    EXPECT_EQ(types[name], type) << name;
  }
  for (const auto& [name, labels] : described) {
    EXPECT_EQ(exposed.count(name), 1u) << name << " is described, and not there";
  }
}

// ---- The dashboard

void ForEachTarget(
    const nlohmann::json& panels,
    const std::function<void(const nlohmann::json& panel, const nlohmann::json&)>& f) {
  for (const nlohmann::json& panel : panels) {
    if (panel.contains("panels")) ForEachTarget(panel["panels"], f);
    if (!panel.contains("targets")) continue;
    for (const nlohmann::json& target : panel["targets"]) f(panel, target);
  }
}

TEST_F(PipelineMetrics, AreAllThatTheDashboardNames) {
  const nlohmann::json dashboard = nlohmann::json::parse(ReadAll(FEEDHANDLER_DASHBOARD));
  EXPECT_THAT(DashboardFaults(dashboard, Page() + HostText()), IsEmpty());
  const std::set<std::string> named = test::DashboardMetrics(dashboard);
  for (const char* needed :
       {"feedhandler_stage_latency_seconds", "feedhandler_dropped_packets_total",
        "feedhandler_dropped_updates_total", "feedhandler_gaps_total",
        "feedhandler_line_silent_seconds", "feedhandler_ring_depth"}) {
    EXPECT_EQ(named.count(needed), 1u) << needed;
  }
}

// One thing wrong at a time.
TEST_F(PipelineMetrics, WhatADashboardGetsWrongIsFound) {
  const nlohmann::json right = nlohmann::json::parse(ReadAll(FEEDHANDLER_DASHBOARD));
  const std::string text = Page() + HostText();
  size_t silent = 0;  // The panel that draws the lines' ages.
  while (right["panels"][silent].value("title", "") != "Age of the newest packet") ++silent;
  const auto wrong = [&](const std::string& what,
                         const std::function<void(nlohmann::json&)>& change) {
    nlohmann::json dashboard = right;
    change(dashboard);
    EXPECT_THAT(DashboardFaults(dashboard, text), testing::Contains(testing::HasSubstr(what)))
        << what;
  };
  const auto query = [&](const std::string& what, const std::string& expression) {
    wrong(what, [&](nlohmann::json& dashboard) {
      dashboard["panels"][silent]["targets"][0]["expr"] = expression;
    });
  };
  query("is not there", "feedhandler_line_quiet_seconds");
  query("has no label symbol", "feedhandler_line_silent_seconds{symbol=\"X\"}");
  query("is never side=\"left\"",
        "rate(feedhandler_stage_latency_outside_total{side=\"left\"}[1m])");
  query("only rises", "feedhandler_gaps_total");
  query("has no rate", "rate(feedhandler_line_silent_seconds[1m])");
  query("a quantile needs le",
        "histogram_quantile(0.5, sum by (stage) "
        "(rate(feedhandler_stage_latency_seconds_bucket[1m])))");
  query("may be zero", "feedhandler_ring_depth / feedhandler_ring_capacity");
  query("there is no variable venue", "feedhandler_line_silent_seconds{feed=\"$venue\"}");
  query("its legend names line", "max by (feed) (feedhandler_line_silent_seconds)");
  query("its unit is s", "feedhandler_line_deaf");
  wrong("its uid", [](nlohmann::json& dashboard) { dashboard.erase("uid"); });
  wrong("schemaVersion", [](nlohmann::json& dashboard) { dashboard.erase("schemaVersion"); });
  wrong("asked for its data source",
        [](nlohmann::json& dashboard) { dashboard.erase("__inputs"); });
  wrong("its data source is not", [&](nlohmann::json& dashboard) {
    dashboard["panels"][silent]["targets"][0]["datasource"]["uid"] = "mine";
  });
  wrong("its number occurs twice",
        [&](nlohmann::json& dashboard) { dashboard["panels"][silent]["id"] = 1; });
  wrong("it lies on", [&](nlohmann::json& dashboard) {
    dashboard["panels"][silent]["gridPos"]["y"] =
        dashboard["panels"][silent]["gridPos"]["y"].get<int>() - 1;
  });
  wrong("beside the grid",
        [&](nlohmann::json& dashboard) { dashboard["panels"][silent]["gridPos"]["x"] = 13; });
}

// Without these two the bounds are sorted as text, and the map is wrong.
TEST(Dashboard, Trap17HeatMapsTakeBoundsAsTheyAre) {
  const nlohmann::json dashboard = nlohmann::json::parse(ReadAll(FEEDHANDLER_DASHBOARD));
  int maps = 0;
  ForEachTarget(dashboard["panels"],
                [&](const nlohmann::json& panel, const nlohmann::json& target) {
                  if (panel["type"] != "heatmap") return;
                  ++maps;
                  EXPECT_EQ(target.value("format", ""), "heatmap") << panel["title"];
                  EXPECT_EQ(target.value("legendFormat", ""), "{{le}}") << panel["title"];
                  EXPECT_THAT(target["expr"].get<std::string>(), testing::HasSubstr("sum by (le)"));
                });
  EXPECT_GE(maps, 1);
}

}  // namespace
}  // namespace fh
