// The page in headless Chromium, by browser.py: from a file, with the network off. Skipped without one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "latency/page/page.h"
#include "latency/recording/buckets.h"
#include "latency/report.h"
#include "latency/summary/summary.h"
#include "tests/latency/page/sample_reports.h"
#include "tests/platform.h"

namespace fh::latency::page {
namespace {

using nlohmann::json;

constexpr int kSkipped = 77;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class LatencyPageBrowser : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::filesystem::temp_directory_path() /
              absl::StrCat("feedhandler_pages_", test::ProcessId());
    std::filesystem::create_directories(folder_);
    for (const auto& [name, report] : EdgeReports()) Write(name, report);
    Write("minute", Minute());
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

  static const proto::LatencyReport& Minute() {
    static const auto* report = new proto::LatencyReport(RunReport({.seconds = 60}));
    return *report;
  }

  static std::string Write(const std::string& name, const proto::LatencyReport& report) {
    const std::filesystem::path path = folder_ / absl::StrCat(name, ".html");
    std::ofstream(path, std::ios::binary) << HtmlPage(report);
    return path.string();
  }

  // Runs a check on a page; what it printed. The test fails when the check does.
  static std::string Check(const std::string& check, const std::string& page) {
    const std::string out = (folder_ / "out.txt").string();
    const std::string errors = (folder_ / "errors.txt").string();
    const std::string command =
        absl::StrCat(FEEDHANDLER_PYTHON, " ", FEEDHANDLER_BROWSER_SCRIPT, " ", check, " ",
                     (folder_ / page).string(), ".html >", out, " 2>", errors);
    const int status = std::system(command.c_str());  // NOLINT: a test's own command.
    if (WIFEXITED(status) && WEXITSTATUS(status) == kSkipped) return "";
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << check << " of " << page << ":\n"
                                                               << ReadFile(errors);
    return ReadFile(out);
  }

  static bool HasBrowser() {
    static const bool has =
        std::system(absl::StrCat(FEEDHANDLER_PYTHON, " ",  // NOLINT
                                 FEEDHANDLER_BROWSER_SCRIPT, " there >", test::kNullDevice)
                        .c_str()) == 0;
    return has;
  }

  void SetUp() override {
    if (!HasBrowser()) GTEST_SKIP() << "skipped: no chromium";
  }

  static std::filesystem::path folder_;
};

std::filesystem::path LatencyPageBrowser::folder_;

// Of what browser.py says of each chart: why it is empty, or how much it shows.
bool IsDrawn(const json& charts, const char* chart) { return charts.at(chart).is_number(); }

TEST_F(LatencyPageBrowser, EveryChartIsDrawnWithoutAComplaintOrTheNetwork) {
  const json charts = json::parse(Check("drawn", "minute"));
  EXPECT_EQ(charts.size(), 12u);
  for (const auto& [chart, shown] : charts.items())
    EXPECT_TRUE(shown.is_number()) << chart << shown;
}

// Trap 18: a chart that is empty because of one zero on a log axis.
TEST_F(LatencyPageBrowser, Trap18ZerosOneValueNoneAndOneIntervalAreDrawnRight) {
  for (const char* page : {"zeros", "one_zero", "one_value", "one_interval", "closed"}) {
    const json charts = json::parse(Check("drawn", page));
    EXPECT_TRUE(IsDrawn(charts, "curves-chart")) << page;
    EXPECT_TRUE(IsDrawn(charts, "heat-chart")) << page;
  }
  for (const char* page : {"none", "nothing"}) {
    const json charts = json::parse(Check("drawn", page));
    EXPECT_EQ(charts.at("curves-chart"), "No values.") << page;
  }
}

TEST_F(LatencyPageBrowser, ForeignHistogramsAndSenselessReportsAreDrawn) {
  const json foreign = json::parse(Check("drawn", "foreign"));
  EXPECT_TRUE(IsDrawn(foreign, "curves-chart"));
  EXPECT_TRUE(IsDrawn(foreign, "heat-chart"));
  Check("drawn", "senseless");
}

// Trap 18: black text on dark, a blurred canvas.
TEST_F(LatencyPageBrowser, Trap18CanvasesAreSharpAtOneAndTwoPixelsAndFollowTheScheme) {
  Check("pixels", "minute");
}

TEST_F(LatencyPageBrowser, Trap18TextHas4_5AndGraphics3OfContrastInLightAndDark) {
  Check("contrast", "minute");
  Check("contrast", "zeros");
}

TEST_F(LatencyPageBrowser, KeysMoveTheCursorOfEveryChartAndWhatItSaysIsAnnounced) {
  Check("keyboard", "minute");
  Check("keyboard", "one_interval");
}

TEST_F(LatencyPageBrowser, ARangeOfTimeFiltersEverythingByPointerAndByKeys) {
  Check("selection", "minute");
}

TEST_F(LatencyPageBrowser, SectionsComeInOrderWithLinksAndLegendsIsolate) {
  Check("order", "minute");
}

TEST_F(LatencyPageBrowser, PrintIsLightWithAllDetailsOpen) { Check("print", "minute"); }

TEST_F(LatencyPageBrowser, OnAPhoneThereIsOneColumnAndATouchShowsValues) {
  Check("phone", "minute");
  Check("phone", "hostile");
}

TEST_F(LatencyPageBrowser, NamesOfTheReportBecomeNoElements) { Check("markup", "hostile"); }

TEST_F(LatencyPageBrowser, CsvHasNanosecondsAndNoFormulas) {
  const json csv = json::parse(Check("csv", "hostile"));
  // A formula behind a control character, in quotes because of its line end.
  EXPECT_NE(csv["tracks"].get<std::string>().find("\"'\x01=1+1"), std::string::npos);
  const json minute = json::parse(Check("csv", "minute"));
  const HistogramSnapshot total = *recording::SnapshotOf(Minute().series(0));
  EXPECT_NE(minute["table"].get<std::string>().find(
                absl::StrCat("wire -> seen,end to end,", total.total(), ",", total.min(), ",",
                             total.ValueAtPercentile(50), ",", total.ValueAtPercentile(90), ",")),
            std::string::npos)
      << minute["table"];
}

// The table's percentiles are those of the histograms, and "-" where fewer than ten values lie above.
TEST_F(LatencyPageBrowser, FiguresAreThoseOfTheHistograms) {
  const json figures = json::parse(Check("figures", "minute"));
  std::map<std::string, json> rows;
  for (const json& row : figures["table"]) rows[row[0].get<std::string>()] = row;
  size_t compared = 0;
  for (const proto::Series& series : Minute().series()) {
    if (!series.line().empty() || !series.condition().empty()) continue;
    const HistogramSnapshot truth = *recording::SnapshotOf(series);
    const json& row = rows.at(summary::NameOf(series));
    EXPECT_EQ(row[2], FormatCount(truth.total()));
    size_t column = 4;
    for (const double p : {50., 90., 99., 99.9, 99.99}) {
      const auto value = summary::SupportedPercentile(truth, p);
      std::string expected = value.has_value() ? FormatDuration(*value) : "-";
      if (value.has_value() && *value < series.error_bound_ns()) expected += " *";
      EXPECT_EQ(row[column++], expected) << series.stage() << ' ' << p;
    }
    EXPECT_EQ(row[column], FormatDuration(truth.max()));
    ++compared;
  }
  EXPECT_EQ(compared, 10u);
}

// A selection that holds all there is: what the page computes is what the summary did.
TEST_F(LatencyPageBrowser, BandsOfASelectionAreMadeAsThoseOfTheRun) {
  proto::LatencyReport report = Minute();
  report.mutable_run()->set_intervals(61);
  Write("selected", report);
  const json figures = json::parse(Check("figures", "selected"));
  EXPECT_EQ(figures["bands"], figures["selectedBands"]);
  ASSERT_GE(figures["bands"].size(), 9u);
  EXPECT_EQ(figures["bands"][1][0], "wire -> kernel");
  EXPECT_NE(figures["selection"].get<std::string>().find("1:00 of 1:01"), std::string::npos)
      << figures["selection"];
}

}  // namespace
}  // namespace fh::latency::page
