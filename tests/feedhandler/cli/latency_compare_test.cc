// `feedhandler latency report` and `compare`: outputs and exit statuses.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "latency/compare/statistics.h"
#include "latency/files/files.h"
#include "latency/recording/buckets.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using absl::StrContains;
using latency::HistogramBuckets;
using latency::HistogramSnapshot;
namespace proto = ::feedhandler::latency;

class LatencyVerb : public testing::Test {
 protected:
  // A run of 70 s, `factor` times slower than 1 to 2 us.
  std::string Write(const std::string& name, double factor, uint64_t seed) {
    proto::LatencyReport report;
    report.set_version(1);
    report.mutable_run()->set_program("feedhandler replay");
    report.mutable_run()->set_interval_ns(1'000'000'000);
    report.mutable_run()->set_intervals(70);
    report.mutable_run()->set_duration_ns(70'000'000'000);
    proto::Series* series = report.add_series();
    series->set_stage("wire-seen");
    series->set_role(proto::Series::END_TO_END);
    series->set_unit("updates");
    latency::compare::Random random(seed);
    HistogramSnapshot all;
    for (uint32_t i = 0; i < 70; ++i) {
      HistogramSnapshot interval;
      for (int k = 0; k < 500; ++k) {
        const double value = (1000 + 1000 * random.Uniform()) * factor;
        interval.AddBucket(HistogramBuckets::Index(static_cast<int64_t>(value)), 1);
      }
      latency::recording::AddInterval(i, interval, series);
      all.Merge(interval);
    }
    latency::recording::SetHistogram(all, series);
    const std::string path = folder_ / name;
    const auto written = latency::files::WriteReport(report, path);
    EXPECT_TRUE(written.ok()) << written.status();
    return path;
  }

  ScratchFolder folder_;
};

TEST_F(LatencyVerb, ReportPrintsTheVerdictAndWritesThePage) {
  const std::string file = Write("a.latency", 1, 1);
  const std::string page = folder_ / "a.html";
  const ChildResult result = Feedhandler({"latency", "report", file, "--html=" + page});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StartsWith(result.output, "wire -> seen: p50 ")) << result;
  EXPECT_TRUE(StrContains(result.output, "35,000 updates in 70.0 s (500 a second)")) << result;
  EXPECT_TRUE(absl::StartsWith(ReadFile(page), "<!DOCTYPE html>"));
  // Again: the page is ours. Something else is not replaced.
  EXPECT_EQ(Feedhandler({"latency", "report", file, "--html=" + page}).exit_code, 0);
  WriteFile(page, "my diary");
  const ChildResult refused = Feedhandler({"latency", "report", file, "--html=" + page});
  EXPECT_EQ(refused.exit_code, 2) << refused;
  EXPECT_EQ(ReadFile(page), "my diary");
  EXPECT_TRUE(absl::StartsWith(Feedhandler({"latency", "report", file, "--html=-"}).output,
                               "<!DOCTYPE html>"));
}

TEST_F(LatencyVerb, WhatIsNoReportIsRefused) {
  WriteFile(folder_ / "x.latency", "nonsense");
  std::filesystem::create_directory(folder_ / "folder.latency");
  for (const std::string& path :
       {folder_ / "x.latency", folder_ / "none.latency", folder_ / "folder.latency"}) {
    const ChildResult report = Feedhandler({"latency", "report", path});
    EXPECT_EQ(report.exit_code, 2) << report;
    EXPECT_TRUE(StrContains(report.error, path)) << report;
    const ChildResult compare = Feedhandler({"latency", "compare", path, path});
    EXPECT_EQ(compare.exit_code, 2) << compare;
    EXPECT_TRUE(StrContains(compare.error, path)) << compare;
  }
}

TEST_F(LatencyVerb, CompareSaysWhatIsSlowerAndFailsWhenAskedTo) {
  const std::string a = Write("a.latency", 1, 1);
  const std::string same = Write("same.latency", 1, 2);
  const std::string slow = Write("slow.latency", 1.2, 3);
  const ChildResult equal = Feedhandler({"latency", "compare", a, same, "--fail-above=5%"});
  EXPECT_EQ(equal.exit_code, 0) << equal;
  EXPECT_TRUE(StrContains(equal.output, "no difference beyond 3%")) << equal;
  EXPECT_TRUE(StrContains(equal.output, "is not covered")) << equal;
  const ChildResult slower = Feedhandler({"latency", "compare", a, slow});
  EXPECT_EQ(slower.exit_code, 0) << slower;
  EXPECT_TRUE(StrContains(slower.output, "slower by ")) << slower;
  const ChildResult failed = Feedhandler({"latency", "compare", a, slow, "--fail-above=5%"});
  EXPECT_EQ(failed.exit_code, 1) << failed;
  EXPECT_TRUE(StrContains(failed.output, "FAILS")) << failed;
  EXPECT_EQ(Feedhandler({"latency", "compare", slow, a, "--fail-above=5%"}).exit_code, 0);
  const ChildResult json = Feedhandler({"latency", "compare", a, slow, "--format=json"});
  EXPECT_EQ(nlohmann::json::parse(json.output)["figures"][0]["outcome"], "slower") << json;
  // The same files, the same answer.
  EXPECT_EQ(json.output, Feedhandler({"latency", "compare", a, slow, "--format=json"}).output);
}

TEST_F(LatencyVerb, CompareTakesListsFoldersAndPairs) {
  std::filesystem::create_directory(folder_ / "base");
  std::filesystem::create_directory(folder_ / "present");
  std::string list;
  for (uint64_t i = 0; i < 5; ++i) {
    const double drift = 1 + 0.2 * static_cast<double>(i);
    absl::StrAppend(&list, i == 0 ? "" : ",",
                    Write(absl::StrCat("base/", i, ".latency"), drift, i));
    Write(absl::StrCat("present/", i, ".latency"), 1.1 * drift, 10 + i);
  }
  const std::string present = folder_ / "present";
  const ChildResult pairs = Feedhandler({"latency", "compare", list, present, "--pairs"});
  EXPECT_EQ(pairs.exit_code, 0) << pairs;
  EXPECT_TRUE(StrContains(pairs.output, "slower by ")) << pairs;
  EXPECT_FALSE(StrContains(pairs.output, "is not covered")) << pairs;
  EXPECT_EQ(Feedhandler({"latency", "compare", folder_ / "base", present, "--pairs"})
                .output.substr(pairs.output.find("\nseries")),
            pairs.output.substr(pairs.output.find("\nseries")));
  // Without the pairs the drift hides it.
  const ChildResult runs = Feedhandler({"latency", "compare", list, present});
  EXPECT_FALSE(StrContains(runs.output, "slower by ")) << runs;
  EXPECT_TRUE(StrContains(runs.output, "runs a side")) << runs;
  const ChildResult uneven =
      Feedhandler({"latency", "compare", list, folder_ / "present/0.latency", "--pairs"});
  EXPECT_EQ(uneven.exit_code, 2) << uneven;
}

TEST_F(LatencyVerb, CompareRefusesWrongOptions) {
  const std::string a = Write("a.latency", 1, 1);
  for (const std::string option : {"--noise=x", "--fail-above=-5%", "--noise=2000", "--format=xml",
                                   "--method=luck", "--method=sign-flips", "--stage=frob"}) {
    const ChildResult result = Feedhandler({"latency", "compare", a, a, option});
    EXPECT_EQ(result.exit_code, 2) << option << result;
    EXPECT_NE(result.error, "") << option;
  }
  EXPECT_EQ(Feedhandler({"latency", "compare", a}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"latency", "compare", a, folder_.path().string() + "/none"}).exit_code, 2);
}

}  // namespace
}  // namespace fh::test
