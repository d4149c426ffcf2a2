// Pages of the program while it runs: what is off unless asked for, /metrics and /health of a live run,
// `latency watch` on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "feedhandler/live/http_get.h"
#include "tests/feedhandler/cli/program.h"
#include "tests/feedhandler/live/dashboard.h"
#include "tests/feedhandler/live/exposition.h"
#include "tests/latency/page/carried.h"

namespace fh::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Http : public testing::Test {
 protected:
  Http() {
    if (absl::IsUnimplemented(HttpGet({.host = "127.0.0.1", .port = 1}, kPatience).status())) {
      available_ = false;
    }
  }

  std::string WriteConfig(const std::string& more = "") {
    const std::string path = folder_ / "run.textproto";
    WriteFile(path, absl::StrCat(R"(
feed { name: "itch" codec: "itch50"
       channel { id: 1 line { group: ")",
                                 TestGroup(0).ToString(), R"(" interface: "lo" }
                       line { group: ")",
                                 TestGroup(1).ToString(), R"(" interface: "lo" } }
       session { line_silent_us: 1000000 } }
strategy_thread { strategy { name: "count" } }
)",
                                 more));
    return path;
  }

  // Where the pages of a program that listens are; nothing when it has not said so.
  static uint16_t PortOf(const ChildProcess& run) {
    const std::string text = run.Peek().error;
    constexpr char kBegin[] = "pages at http://127.0.0.1:";
    const size_t at = text.find(kBegin);
    if (at == std::string::npos) return 0;
    return static_cast<uint16_t>(std::strtoul(text.c_str() + at + sizeof(kBegin) - 1, nullptr, 10));
  }

  static absl::StatusOr<std::string> Get(uint16_t port, const std::string& path) {
    return HttpGet({.host = "127.0.0.1", .port = port, .path = path}, kPatience);
  }

  bool available_ = true;
  const ScratchFolder folder_;
};

#define NEEDS_HTTP() \
  if (!available_) GTEST_SKIP() << "skipped: built without cpp-httplib"

TEST_F(Http, MetricsOfARunAreWholeAndOnlyRise) {
  NEEDS_HTTP();
  const std::string capture = folder_ / "day.pcap";
  WriteDay(capture, {.messages = 4000, .loss_a = 0.05, .loss_b = 0.05});
  const auto run =
      StartRun(WriteConfig(), {kSyntheticDay, "--http=127.0.0.1:0", "--latency-interval=0.25",
                               "--latency=" + (folder_ / "run.latency")});
  ASSERT_NE(run, nullptr);
  const uint16_t port = PortOf(*run);
  ASSERT_NE(port, 0) << run->Peek();
  std::string before = *Get(port, "/metrics");
  EXPECT_THAT(ExpositionFaults(before), IsEmpty()) << before;
  const ChildResult published = Feedhandler({"publish", capture, "--interface=lo", "--flat-out",
                                             RateArgument(), "--to=" + TestGroup(0).ToString()});
  ASSERT_EQ(published.exit_code, 0) << published;
  ASSERT_TRUE(Eventually([&] {
    const std::string now = *Get(port, "/metrics");
    EXPECT_THAT(FallenCounters(before, now), IsEmpty());
    before = now;
    return Metric(now, "line_packets_total", "line=\"A\"") > 0 &&
           Metric(now, "stage_latency_seconds_count", "stage=\"dequeued-decoded\"") > 0;
  })) << before;
  EXPECT_THAT(ExpositionFaults(before), IsEmpty()) << before;
  const auto page = Get(port, "/latency");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(*page, AllOf(HasSubstr("<!DOCTYPE html>"), HasSubstr("feedhandler run")));
  // One collector for the page and the file, and the machine on both.
  const nlohmann::json report = latency::page::CarriedBy(*page).report;
  EXPECT_EQ(report["intervalNs"], 250'000'000);
  EXPECT_FALSE(report["backend"].get<std::string>().empty());
  EXPECT_THAT(report["facts"],
              testing::Contains(testing::ElementsAre("backend", report["backend"])));
  EXPECT_GT(report["facts"].size(), 3u);

  const ChildResult watched = Feedhandler(
      {"latency", "watch", absl::StrCat("127.0.0.1:", port), "--once", "--interval=0.1"});
  EXPECT_EQ(watched.exit_code, 0) << watched;
  EXPECT_THAT(watched.output, AllOf(HasSubstr("itch        1  B"), HasSubstr("Drops by layer"),
                                    HasSubstr("Rings"), Not(HasSubstr("\033"))));
  run->Signal(SIGINT);
  EXPECT_TRUE(run->Wait().Exited());
}

// Of a run that had gaps, races of its lines and drops: what the dashboard draws of it is all there.
TEST_F(Http, TheDashboardFindsAllThatItDrawsInTheMetricsOfARun) {
  NEEDS_HTTP();
  const std::string capture = folder_ / "day.pcap";
  WriteDay(capture, {.messages = 20'000, .loss_a = 0.05, .loss_b = 0.05});
  const std::string config = WriteConfig(absl::StrCat(
      "feed_thread { name: \"a\" }\nstrategy_thread { ring_updates: 1024 strategy { name: \"",
      FEEDHANDLER_SLOW_PLUGIN, "\" } }\n"));
  const auto run = StartRun(config, {kSyntheticDay, "--http=127.0.0.1:0"});
  ASSERT_NE(run, nullptr);
  const uint16_t port = PortOf(*run);
  ASSERT_NE(port, 0) << run->Peek();
  const ChildResult published =
      Feedhandler({"publish", capture, "--interface=lo", "--flat-out", RateArgument(),
                   "--map=239.255.1.1:26400=" + TestGroup(0).ToString(),
                   "--map=239.255.1.2:26400=" + TestGroup(1).ToString()});
  ASSERT_EQ(published.exit_code, 0) << published;
  std::string text;
  ASSERT_TRUE(Eventually([&] {
    text = *Get(port, "/metrics");
    return Metric(text, "gaps_total") > 0 && Metric(text, "dropped_updates_total") > 0 &&
           Metric(text, "line_won_messages_total", "line=\"B\"") > 0;
  })) << text;
  const auto dashboard = nlohmann::json::parse(ReadFile(FEEDHANDLER_DASHBOARD));
  EXPECT_THAT(DashboardFaults(dashboard, text), IsEmpty()) << text;
  run->Signal(SIGINT);
  EXPECT_TRUE(run->Wait().Exited());
}

TEST_F(Http, HealthIsGoodUntilLinesAreSilentAndSaysWhich) {
  NEEDS_HTTP();
  const auto run = StartRun(WriteConfig("http { listen: \"127.0.0.1:0\" }"), {kSyntheticDay});
  ASSERT_NE(run, nullptr);
  const uint16_t port = PortOf(*run);
  ASSERT_NE(port, 0) << run->Peek();
  std::string why;
  ASSERT_TRUE(Eventually([&] {
    const auto health = Get(port, "/health");
    why = std::string(health.status().message());
    return !health.ok();
  }));
  EXPECT_THAT(why, HasSubstr("status 503"));
  run->Signal(SIGINT);
  EXPECT_TRUE(run->Wait().Exited());
}

TEST_F(Http, IsOffUnlessAskedFor) {
  const auto run = StartRun(WriteConfig(), {kSyntheticDay});
  ASSERT_NE(run, nullptr);
  EXPECT_EQ(PortOf(*run), 0);
  run->Signal(SIGINT);
  EXPECT_TRUE(run->Wait().Exited());
}

TEST_F(Http, OtherHostsReachItOnlyWhenThatIsSaid) {
  const std::string config = WriteConfig();
  const ChildResult refused = Feedhandler({"run", config, "--http=0.0.0.0:0"});
  EXPECT_EQ(refused.exit_code, 2) << refused;
  EXPECT_THAT(refused.error, HasSubstr("--http-remote"));
  EXPECT_EQ(Feedhandler({"run", config, "--http-remote"}).exit_code, 2);
  const std::string far = WriteConfig("http { listen: \"0.0.0.0:9464\" }");
  const ChildResult checked = Feedhandler({"check", far});
  EXPECT_EQ(checked.exit_code, 2) << checked;
  EXPECT_THAT(checked.error + checked.output,
              AllOf(HasSubstr("http.listen"), HasSubstr("remote: true")));
  EXPECT_EQ(Feedhandler({"check", WriteConfig("http { listen: \"0.0.0.0:9464\" remote: true }")})
                .exit_code,
            0);
  EXPECT_EQ(Feedhandler({"check", WriteConfig("http { }")}).exit_code, 2);
}

TEST_F(Http, WatchOfNobodyOrOfSomethingElseSaysSo) {
  NEEDS_HTTP();
  const ChildResult nobody = Feedhandler({"latency", "watch", "127.0.0.1:1", "--once"});
  EXPECT_EQ(nobody.exit_code, 2) << nobody;
  EXPECT_THAT(nobody.error, HasSubstr("--http"));
  EXPECT_EQ(Feedhandler({"latency", "watch", "https://x:1", "--once"}).exit_code, 2);
  const auto run = StartRun(WriteConfig(), {kSyntheticDay, "--http=127.0.0.1:0"});
  ASSERT_NE(run, nullptr);
  const ChildResult other = Feedhandler(
      {"latency", "watch", absl::StrCat("http://127.0.0.1:", PortOf(*run), "/latency"), "--once"});
  EXPECT_EQ(other.exit_code, 2) << other;
  EXPECT_THAT(other.error, HasSubstr("no metrics of a feed handler"));
  run->Signal(SIGINT);
  EXPECT_TRUE(run->Wait().Exited());
}

}  // namespace
}  // namespace fh::test
