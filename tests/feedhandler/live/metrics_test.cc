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
#include "absl/strings/strip.h"
#include "feedhandler/config/config.h"
#include "feedhandler/live/live_view.h"
#include "feedhandler/report/stage_metrics.h"
#include "latency/clock.h"
#include "tests/feedhandler/live/exposition.h"

namespace fh {
namespace {

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

  // With what only this host may lack.
  std::map<std::string, std::set<std::string>> Families() {
    rio::HostCounters host;
    host.known = true;
    host.interfaces.resize(1);
    host.interfaces[0].name = "eth1";
    host.interfaces[0].known = true;
    std::map<std::string, std::set<std::string>> families = FamiliesOf(Page());
    for (const auto& [name, labels] :
         FamiliesOf(PrometheusText(CollectMetrics(*pipeline_, counters_, &host)))) {
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
  std::map<std::string, std::set<std::string>> families = Families();
  std::set<std::string> named;
  const auto look = [&](const std::string& expression) {
    static const std::regex kName("feedhandler_[a-z0-9_]+");
    for (std::sregex_iterator i(expression.begin(), expression.end(), kName), end; i != end; ++i) {
      std::string name = (*i)[0];
      for (const char* suffix : {"_bucket", "_sum", "_count"}) {
        const std::string family(absl::StripSuffix(name, suffix));
        if (absl::EndsWith(family, "_latency_seconds")) name = family;
      }
      EXPECT_EQ(families.count(name), 1u) << name << " in " << expression;
      named.insert(name);
    }
  };
  ForEachTarget(dashboard["panels"], [&](const nlohmann::json&, const nlohmann::json& target) {
    look(target["expr"].get<std::string>());
  });
  for (const nlohmann::json& variable : dashboard["templating"]["list"]) {
    look(variable["definition"].get<std::string>());
  }
  for (const char* needed :
       {"feedhandler_stage_latency_seconds", "feedhandler_dropped_packets_total",
        "feedhandler_dropped_updates_total", "feedhandler_gaps_total",
        "feedhandler_line_silent_seconds", "feedhandler_ring_depth"}) {
    EXPECT_EQ(named.count(needed), 1u) << needed;
  }
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
