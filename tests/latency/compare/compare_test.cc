// What a comparison says, refuses, and needs.
#include "latency/compare/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "latency/recording/buckets.h"
#include "tests/latency/compare/simulated_runs.h"

namespace fh::test {
namespace {

using absl::StrContains;
using latency::HistogramBuckets;
using latency::HistogramSnapshot;
using latency::compare::CompareReports;
using latency::compare::CompareRuns;
using latency::compare::CompareValues;
using latency::compare::Comparison;
using latency::compare::Figure;
using latency::compare::Method;
using latency::compare::NamedReport;
using latency::compare::Options;
using latency::compare::Outcome;
using latency::compare::PairedValues;
using latency::compare::Random;
using latency::compare::RunTable;
using latency::compare::SeriesRuns;
using latency::compare::SparseCounts;
namespace proto = ::feedhandler::latency;

SeriesRuns Single(const RunShape& a, const RunShape& b, uint64_t seed = 1) {
  SimulatedRuns runs(seed);
  SeriesRuns series{.name = "simulated"};
  series.a.push_back(runs.Make(a));
  series.b.push_back(runs.Make(b));
  return series;
}

std::vector<Figure> Compared(const SeriesRuns& series, const Options& options = {}) {
  return CompareRuns({&series, 1}, options);
}

TEST(Compare, TheSameSeedGivesTheSameResult) {
  const SeriesRuns series = Single({}, {.slower = 1.1});
  const std::vector<Figure> first = Compared(series);
  const std::vector<Figure> again = Compared(series);
  const std::vector<Figure> other = Compared(series, {.seed = 2});
  EXPECT_EQ(first[2].low, again[2].low);
  EXPECT_NE(first[2].low, other[2].low);
  EXPECT_NEAR(first[0].low, other[0].low, 0.02);
}

TEST(Compare, FasterIsTheMirrorOfSlower) {
  SeriesRuns series = Single({}, {.slower = 1.2});
  const std::vector<Figure> slower = Compared(series, {.method = Method::kWoodruff});
  std::swap(series.a, series.b);
  const std::vector<Figure> faster = Compared(series, {.method = Method::kWoodruff});
  for (const size_t i : {0U, 1U, 2U}) {
    EXPECT_EQ(slower[i].outcome, Outcome::kSlower) << i;
    EXPECT_EQ(faster[i].outcome, Outcome::kFaster) << i;
    EXPECT_NEAR((1 + slower[i].change) * (1 + faster[i].change), 1, 1e-9);
    EXPECT_NEAR((1 + slower[i].low) * (1 + faster[i].high), 1, 1e-9);
  }
}

// The whole interval must lie beyond the noise, and a failure needs the estimate beyond its own limit.
TEST(Compare, FailsOnlyWhenSurelySlowerAndByEnough) {
  const SeriesRuns series = Single({}, {.slower = 1.2});
  EXPECT_FALSE(Compared(series)[0].fails);
  EXPECT_TRUE(Compared(series, {.fail_above = 0.1})[0].fails);
  EXPECT_FALSE(Compared(series, {.fail_above = 0.4})[0].fails);
  // Slower by more than the limit, as far as one can see, but not surely beyond the noise.
  const std::vector<Figure> unsure = Compared(series, {.noise = 0.19, .fail_above = 0.1});
  EXPECT_EQ(unsure[0].outcome, Outcome::kCannotTell);
  EXPECT_FALSE(unsure[0].fails);
  // Faster never fails.
  const SeriesRuns faster = Single({.slower = 1.2}, {});
  EXPECT_FALSE(Compared(faster, {.fail_above = 0.1})[0].fails);
}

TEST(Compare, CannotTellSaysHowMuchMoreWouldBeNeeded) {
  const SeriesRuns series =
      Single({.intervals = 60, .run_sd = 0}, {.intervals = 60, .run_sd = 0}, 4);
  const Figure figure = Compared(series, {.noise = 0.01})[0];
  ASSERT_EQ(figure.outcome, Outcome::kCannotTell);
  EXPECT_EQ(figure.needed_what, "intervals a run");
  const std::string text = VerdictText(figure, 0.01);
  EXPECT_TRUE(StrContains(text, "cannot tell: ")) << text;
  EXPECT_TRUE(StrContains(text, "intervals a run")) << text;
  if (figure.needed.has_value()) {
    EXPECT_GT(*figure.needed, 60U);
    const double gap = std::abs(std::abs(std::log1p(figure.change)) - std::log1p(0.01));
    const double half = (std::log1p(figure.high) - std::log1p(figure.low)) / 2;
    EXPECT_NEAR(static_cast<double>(*figure.needed), 60 * half * half / gap / gap, 1.5);
  }
}

// Two pairs leave nearly all possible: nobody reads a percentage with seven digits.
TEST(Compare, AnIntervalFarAboveIsSaidInTimes) {
  Figure figure;
  figure.outcome = Outcome::kCannotTell;
  figure.low = -0.5;
  figure.high = 3412.746;
  const std::string text = VerdictText(figure, 0.01);
  EXPECT_TRUE(StrContains(text, "[-50.0%, 3414 times]")) << text;
}

// 100 values above it in each run; one run of the two is not enough.
TEST(Compare, APercentileNeedsAHundredValuesAboveItInEachRun) {
  const SeriesRuns series =
      Single({.intervals = 60, .values = 1670}, {.intervals = 60, .values = 1660});
  const std::vector<Figure> figures = Compared(series);
  EXPECT_EQ(figures[2].reason, "");
  EXPECT_EQ(figures[3].percentile, "p99.9");
  EXPECT_TRUE(StrContains(figures[3].reason, "99 value(s) of a run lie above it"))
      << figures[3].reason;
  EXPECT_EQ(figures[3].outcome, Outcome::kCannotTell);
  const SeriesRuns enough =
      Single({.intervals = 60, .values = 1670}, {.intervals = 60, .values = 1670});
  EXPECT_EQ(Compared(enough)[3].reason, "");
}

TEST(Compare, OneRunEachNeedsSixtyIntervals) {
  const SeriesRuns series = Single({.intervals = 59}, {.intervals = 300});
  for (const Figure& figure : Compared(series)) {
    EXPECT_EQ(figure.outcome, Outcome::kCannotTell);
    EXPECT_TRUE(StrContains(figure.reason, "59 interval(s)")) << figure.reason;
  }
  // Several runs need none: they are what is counted.
  SeriesRuns several = Single({.intervals = 20}, {.intervals = 20});
  SimulatedRuns runs(9);
  several.a.push_back(runs.Make({.intervals = 20}));
  EXPECT_EQ(Compared(several)[0].reason, "");
}

TEST(Compare, WithinClockErrorIsNotCompared) {
  SeriesRuns series = Single({}, {.slower = 1.2});
  series.error_bound_ns = 20'000;
  const std::vector<Figure> figures = Compared(series);
  EXPECT_TRUE(StrContains(figures[0].reason, "within clock error")) << figures[0].reason;
  EXPECT_EQ(figures[2].reason, "");  // p99 lies above it.
}

PairedValues Paired(const std::vector<double>& changes) {
  PairedValues values{.name = "bench"};
  Random random(3);
  for (const double change : changes) {
    // The machine drifts by half, which pairs do not see.
    const double base = 100 * (1 + random.Uniform() / 2);
    values.a.push_back(base);
    values.b.push_back(base * std::exp(change));
  }
  return values;
}

TEST(Compare, PairsAreJudgedByTheirOwnDifferences) {
  const PairedValues values = Paired({0.10, 0.12, 0.09, 0.11, 0.10});
  const Figure figure = CompareValues({&values, 1}, {.pairs = true})[0];
  EXPECT_EQ(figure.outcome, Outcome::kSlower);
  // Mean 0.104, sd 0.0114, t = 2.776: +-0.01415.
  EXPECT_NEAR(figure.change, std::expm1(0.104), 1e-9);
  EXPECT_NEAR(std::log1p(figure.low), 0.104 - 0.014157, 1e-5);
  EXPECT_NEAR(std::log1p(figure.high), 0.104 + 0.014157, 1e-5);
  EXPECT_DOUBLE_EQ(*figure.sign_flip_p, 2.0 / 32);
}

TEST(Compare, SignFlipsNeedMorePairsThanFive) {
  const PairedValues five = Paired({0.10, 0.12, 0.09, 0.11, 0.10});
  const Options options{.pairs = true, .method = Method::kSignFlips};
  const Figure few = CompareValues({&five, 1}, options)[0];
  EXPECT_EQ(few.outcome, Outcome::kCannotTell);
  EXPECT_EQ(few.low, -1);
  EXPECT_TRUE(std::isinf(few.high));
  const PairedValues eight = Paired({0.10, 0.12, 0.09, 0.11, 0.10, 0.13, 0.08, 0.105});
  const Figure enough = CompareValues({&eight, 1}, options)[0];
  EXPECT_EQ(enough.outcome, Outcome::kSlower);
  EXPECT_GT(enough.low, std::expm1(0.08));
  EXPECT_LT(enough.high, std::expm1(0.13));
}

TEST(Compare, ValuesThatAreNoneAreSaid) {
  PairedValues zero = Paired({0.1, 0.1, 0.1});
  zero.a[1] = 0;
  EXPECT_TRUE(StrContains(CompareValues({&zero, 1}, {.pairs = true})[0].reason, "not above zero"));
  PairedValues uneven = Paired({0.1, 0.1, 0.1});
  uneven.b.pop_back();
  EXPECT_NE(CompareValues({&uneven, 1}, {.pairs = true})[0].reason, "");
}

// Asked twenty things at once, each must be surer: what one alone would claim is not claimed.
TEST(Compare, ManyQuestionsAtOnceAskForMoreConfidence) {
  std::vector<PairedValues> values(20, Paired({0.02, -0.02, 0.01, -0.01, 0.0}));
  values[0] = Paired({0.10, 0.03, 0.09, 0.05, 0.05});
  const Options options{.noise = 0.01, .pairs = true};
  EXPECT_EQ(CompareValues({values.data(), 1}, options)[0].outcome, Outcome::kSlower);
  const std::vector<Figure> figures = CompareValues(values, options);
  EXPECT_EQ(figures[0].outcome, Outcome::kCannotTell);
  EXPECT_NEAR(figures[0].confidence, 1 - 0.05 / 20, 1e-12);
  // Holm: once the first is claimed, the next one has one question fewer beside it.
  values[0] = Paired({0.500, 0.501, 0.499, 0.500, 0.500});
  const std::vector<Figure> claimed = CompareValues(values, options);
  EXPECT_EQ(claimed[0].outcome, Outcome::kSlower);
  EXPECT_NEAR(claimed[1].confidence, 1 - 0.05 / 19, 1e-12);
}

// Reports ------------------------------------------------------------------------------------

// 60 intervals of 1,000 values between 1,000 and 2,000 ns, times `factor`.
proto::LatencyReport Report(double factor, uint64_t seed) {
  proto::LatencyReport report;
  report.set_version(1);
  report.mutable_run()->set_interval_ns(1'000'000'000);
  report.mutable_run()->set_intervals(62);
  report.mutable_run()->set_warm_up_intervals(2);
  proto::Series* series = report.add_series();
  series->set_stage("wire-seen");
  series->set_role(proto::Series::END_TO_END);
  Random random(seed);
  HistogramSnapshot all;
  for (uint32_t i = 0; i < 62; ++i) {
    HistogramSnapshot interval;
    for (int k = 0; k < 1000; ++k) {
      // The warm-up is a hundred times slower, which must not count.
      const double value = (1000 + 1000 * random.Uniform()) * (i < 2 ? 100 : factor);
      interval.AddBucket(HistogramBuckets::Index(static_cast<int64_t>(value)), 1);
    }
    latency::recording::AddInterval(i, interval, series);
    all.Merge(interval);
  }
  latency::recording::SetHistogram(all, series);
  return report;
}

TEST(CompareReports, LeavesTheWarmUpOutAndSaysWhatIsNotCovered) {
  const proto::LatencyReport a = Report(1, 1);
  const proto::LatencyReport b = Report(1.2, 2);
  const std::vector<NamedReport> of_a{{"a", &a}};
  const std::vector<NamedReport> of_b{{"b", &b}};
  const absl::StatusOr<Comparison> result = CompareReports(of_a, of_b, {});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->intervals_a, 60U);
  EXPECT_EQ(result->figures[0].outcome, Outcome::kSlower);
  EXPECT_NEAR(result->figures[2].a_ns, 1990, 10);
  EXPECT_NEAR(result->figures[2].change, 0.2, 0.02);
  const std::string text = ComparisonText(*result);
  EXPECT_TRUE(StrContains(text, "slower by ")) << text;
  EXPECT_TRUE(StrContains(text, "run to run")) << text;
  EXPECT_TRUE(StrContains(text, absl::StrCat("seed ", Options().seed))) << text;
  EXPECT_TRUE(StrContains(text, "one counts as")) << text;
}

TEST(CompareReports, JsonHasEveryFigure) {
  const proto::LatencyReport a = Report(1, 1);
  const proto::LatencyReport b = Report(1, 2);
  const std::vector<NamedReport> of_a{{"a", &a}};
  const std::vector<NamedReport> of_b{{"b", &b}};
  const auto json = nlohmann::json::parse(ComparisonJson(*CompareReports(of_a, of_b, {})));
  ASSERT_EQ(json["figures"].size(), 4U);
  EXPECT_EQ(json["figures"][0]["percentile"], "p50");
  EXPECT_EQ(json["figures"][0]["outcome"], "no difference");
  EXPECT_GT(json["figures"][0]["twin_high"].get<double>(),
            json["figures"][0]["twin_low"].get<double>());
  EXPECT_EQ(json["figures"][3]["outcome"], "cannot tell");
  EXPECT_NE(json["figures"][3]["reason"], "");
  EXPECT_EQ(json["seed"], Options().seed);
  EXPECT_EQ(json["fails"], false);
}

// Trap 15: percentiles averaged over runs. 1,000,000 fast values of one and 1,000 slow ones of another
// have a p99 that is fast, and not half of the slow one.
TEST(CompareReports, Trap15PercentilesOfSeveralRunsAreThoseOfAllTheirValues) {
  SeriesRuns series{.name = "runs"};
  const auto fast = static_cast<uint32_t>(HistogramBuckets::Index(1000));
  const auto slow = static_cast<uint32_t>(HistogramBuckets::Index(1'000'000));
  for (std::vector<RunTable>* side : {&series.a, &series.b}) {
    side->push_back(RunTable({SparseCounts{{fast, 1'000'000}}}));
    side->push_back(RunTable({SparseCounts{{slow, 100'000}}}));
  }
  const std::vector<Figure> figures = Compared(series);
  EXPECT_NEAR(figures[0].a_ns, 1000, 8);
  EXPECT_NEAR(figures[1].a_ns, 1000, 8);  // 1,000,000 of 1,100,000 are 90.9 %.
  EXPECT_NEAR(figures[2].a_ns, 1'000'000, 8000);
}

// Trap 13: corrected data beside data that is not.
TEST(CompareReports, Trap13CorrectedDataIsNotComparedWithMeasured) {
  const proto::LatencyReport a = Report(1, 1);
  proto::LatencyReport b = Report(1, 2);
  b.mutable_series(0)->set_corrected_for_interval_ns(1000);
  const std::vector<NamedReport> of_a{{"a.latency", &a}};
  const std::vector<NamedReport> of_b{{"b.latency", &b}};
  const absl::StatusOr<Comparison> result = CompareReports(of_a, of_b, {});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(StrContains(result.status().message(), "was corrected")) << result.status();
}

TEST(CompareReports, WhatCannotBeComparedIsRefusedWithWhatToDo) {
  const proto::LatencyReport a = Report(1, 1);
  proto::LatencyReport b = Report(1, 2);
  const std::vector<NamedReport> of_a{{"a.latency", &a}};
  const std::vector<NamedReport> of_b{{"b.latency", &b}};
  const std::vector<NamedReport> two{{"a.latency", &a}, {"b.latency", &b}};
  const auto refused = [](const absl::StatusOr<Comparison>& result, const std::string& text) {
    EXPECT_FALSE(result.ok());
    EXPECT_TRUE(StrContains(result.status().message(), text)) << result.status();
  };
  refused(CompareReports({}, of_b, {}), "at least one report");
  refused(CompareReports(two, of_b, {.pairs = true}), "A has 2, B has 1");
  refused(CompareReports(of_a, of_b, {.series = {"frob"}}), "it has: wire-seen");
  b.mutable_series(0)->set_stage("dequeued-seen");
  refused(CompareReports(of_a, of_b, {}), "not the same way");
  b.mutable_series(0)->set_role(proto::Series::STAGE);
  refused(CompareReports(of_a, of_b, {}), "no end-to-end series");
  b = Report(1, 2);
  b.mutable_series(0)->set_unit("packets");
  EXPECT_TRUE(CompareReports(of_a, of_b, {}).ok()) << "a log does not say what it counts";
  proto::LatencyReport updates = Report(1, 1);
  updates.mutable_series(0)->set_unit("updates");
  const std::vector<NamedReport> of_updates{{"updates.latency", &updates}};
  refused(CompareReports(of_updates, of_b, {}), "counts updates in updates.latency and packets");
  b = Report(1, 2);
  b.mutable_series(0)->mutable_interval(5)->mutable_buckets()->add_index(1 << 30);
  b.mutable_series(0)->mutable_interval(5)->mutable_buckets()->add_count(1);
  refused(CompareReports(of_a, of_b, {}), "b.latency: ");
}

TEST(CompareReports, OfRunsFlatOutAStageIsSuggestedUnlessOneIsNamed) {
  proto::LatencyReport a = Report(1, 1);
  proto::LatencyReport b = Report(1, 2);
  const std::vector<NamedReport> of_a{{"a", &a}};
  const std::vector<NamedReport> of_b{{"b", &b}};
  const auto text = [&](const Options& options) {
    return ComparisonText(*CompareReports(of_a, of_b, options));
  };
  EXPECT_FALSE(StrContains(text({}), "flat out")) << text({});
  b.mutable_run()->set_loop(proto::Run::CLOSED);
  EXPECT_TRUE(StrContains(text({}), "B was measured flat out")) << text({});
  a.mutable_run()->set_loop(proto::Run::CLOSED);
  EXPECT_TRUE(StrContains(text({}), "A and B were measured flat out")) << text({});
  EXPECT_TRUE(StrContains(text({}), "--stage=dequeued-decoded")) << text({});
  EXPECT_FALSE(StrContains(text({.series = {"wire-seen"}}), "flat out"));
}

TEST(CompareReports, WhatElseDiffersIsSaid) {
  proto::LatencyReport a = Report(1, 1);
  proto::LatencyReport b = Report(1, 2);
  for (proto::LatencyReport* report : {&a, &b}) {
    report->mutable_series(0)->set_from_clock("kernel");
    report->mutable_series(0)->set_to_clock("tsc");
  }
  b.mutable_run()->set_loop(proto::Run::CLOSED);
  b.mutable_run()->set_achieved_per_second(1000);
  b.mutable_run()->set_unfinished(true);
  b.mutable_series(0)->set_from_clock("nic");
  proto::Environment::Fact* fact = b.mutable_environment()->add_fact();
  fact->set_name("cpu");
  fact->set_value("another one");
  proto::Counter* lost = b.add_counter();
  lost->set_name("dropped socket");
  lost->set_loss(true);
  lost->add_value(3);
  lost->add_value(4);
  const std::vector<NamedReport> of_a{{"a", &a}};
  const std::vector<NamedReport> of_b{{"b", &b}};
  const std::string text = ComparisonText(*CompareReports(of_a, of_b, {}));
  EXPECT_TRUE(StrContains(text, "B lost 7 dropped socket")) << text;
  EXPECT_TRUE(StrContains(text, "closed loop")) << text;
  EXPECT_TRUE(StrContains(text, "another one")) << text;
  EXPECT_TRUE(StrContains(text, "The load differs")) << text;
  EXPECT_TRUE(StrContains(text, "B has 1 run(s) that had not ended")) << text;
  EXPECT_TRUE(StrContains(text, "with other clocks: A kernel to tsc, B nic to tsc.")) << text;
  EXPECT_FALSE(StrContains(text, "compared with itself")) << text;
  const std::string itself = ComparisonText(*CompareReports(of_a, of_a, {}));
  EXPECT_TRUE(StrContains(itself, "a is compared with itself.")) << itself;
  EXPECT_FALSE(StrContains(itself, "other clocks")) << itself;
  EXPECT_FALSE(StrContains(text, "A has 1 run(s)")) << text;
}

}  // namespace
}  // namespace fh::test
