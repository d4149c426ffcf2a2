// The checker of Prometheus' text finds each fault that it is there for; histograms by stage.
#include "tests/feedhandler/live/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "feedhandler/report/stage_metrics.h"

namespace fh {
namespace {

using test::ExpositionFaults;
using test::FallenCounters;
using test::OverflowingHistograms;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kGood[] =
    "# HELP a_total One.\n# TYPE a_total counter\na_total{x=\"1\"} 5\na_total{x=\"2\"} 6\n"
    "# HELP h_seconds Two.\n# TYPE h_seconds histogram\n"
    "h_seconds_bucket{le=\"0.1\"} 2\nh_seconds_bucket{le=\"1\"} 3\n"
    "h_seconds_bucket{le=\"+Inf\"} 3\nh_seconds_sum 1.5\nh_seconds_count 3\n"
    "# HELP g Three.\n# TYPE g gauge\ng 1\n";

std::string With(const std::string& from, const std::string& to) {
  const std::string text = absl::StrReplaceAll(kGood, {{from, to}});
  EXPECT_NE(text, kGood) << from;
  return text;
}

TEST(Exposition, GoodTextHasNoFaults) {
  EXPECT_THAT(ExpositionFaults(kGood), IsEmpty());
  EXPECT_THAT(OverflowingHistograms(kGood), IsEmpty());
}

// And the five that promtool does not find.
TEST(Exposition, Trap16EachFaultIsFound) {
  const auto expect = [](const std::string& text, const std::string& fault) {
    EXPECT_THAT(ExpositionFaults(text), Contains(HasSubstr(fault))) << text;
  };
  expect(With("h_seconds_bucket{le=\"+Inf\"} 3\n", ""), "no +Inf");
  expect(With("{le=\"1\"} 3", "{le=\"1\"} 1"), "buckets fall");
  expect(With("h_seconds_count 3", "h_seconds_count 4"), "+Inf is not _count");
  expect(With("x=\"2\"", "x=\"1\""), "twice");
  expect(absl::StrCat(kGood, "a_total{x=\"3\"} 1\n"), "interleaved");
  expect(With("# HELP a_total One.\n", ""), "no HELP");
  expect(With("# TYPE g gauge\n", ""), "no TYPE");
  expect(With("a_total", "a"), "a counter of this name");
  expect(With("h_seconds_sum 1.5\n", ""), "no _sum");
  expect(With("g 1\n", "g 1"), "no LF");
  expect(With("g 1\n", "g\n"), "not a sample");
  expect(With("le=\"0.1\"", "le=\"10\""), "bounds out of order");
  expect(With("g 1\n", ""), "no sample");
}

TEST(Exposition, BoundsOfOtherSpellingInAnotherSeriesAreFound) {
  const char* more =
      "h_seconds_bucket{x=\"1\",le=\"1e-1\"} 2\nh_seconds_bucket{x=\"1\",le=\"1\"} 3\n"
      "h_seconds_bucket{x=\"1\",le=\"+Inf\"} 3\nh_seconds_sum{x=\"1\"} 1\n"
      "h_seconds_count{x=\"1\"} 3\n# HELP g";
  EXPECT_THAT(ExpositionFaults(With("# HELP g", more)), ElementsAre(HasSubstr("other bounds")));
}

TEST(Exposition, CountersThatFallOrGoAreFoundAndGaugesMayFall) {
  EXPECT_THAT(FallenCounters(kGood, kGood), IsEmpty());
  EXPECT_THAT(FallenCounters(kGood, With("g 1", "g 0")), IsEmpty());
  EXPECT_THAT(FallenCounters(kGood, With("\"1\"} 5", "\"1\"} 4")),
              ElementsAre(HasSubstr("5 -> 4")));
  EXPECT_THAT(FallenCounters(kGood, With("a_total{x=\"2\"} 6\n", "")),
              ElementsAre(HasSubstr("gone")));
  EXPECT_THAT(FallenCounters(kGood, With("{le=\"0.1\"} 2", "{le=\"0.1\"} 1")),
              ElementsAre(HasSubstr("le=0.1 2 -> 1")));
}

TEST(Exposition, Trap16ValuesAboveTheLastBoundAreWarnedOf) {
  EXPECT_THAT(OverflowingHistograms(With("{le=\"1\"} 3", "{le=\"1\"} 2")),
              ElementsAre(HasSubstr("h_seconds")));
}

// ---- Histograms by stage

latency::HistogramSnapshot Values(std::initializer_list<int64_t> values_ns) {
  latency::Histogram histogram;
  for (const int64_t value_ns : values_ns) histogram.Record(value_ns);
  return histogram.Snapshot();
}

TEST(StageHistogram, CountsASlotIntoABoundThatItsHighestValuePassesByOneIn128) {
  for (const StageBound& bound : kStageBounds) {
    // The last slot of a bound: none that is further above it than that, and none below it left out.
    for (int64_t value_ns : {bound.bound_ns, bound.bound_ns + bound.bound_ns / 128,
                             bound.bound_ns + bound.bound_ns / 64}) {
      const latency::HistogramSnapshot one = Values({value_ns});
      int64_t high_ns = 0;
      one.ForEachBucket([&](int64_t, int64_t high, uint64_t) { high_ns = high; });
      const bool is_in = high_ns <= bound.bound_ns + bound.bound_ns / 128;
      const std::string text =
          StageHistogramText({{.stage = latency::Stage::kWireToSeen, .histogram = one}});
      EXPECT_THAT(text, HasSubstr(absl::StrCat("le=\"", bound.le, "\"} ", is_in ? 1 : 0, "\n")));
      EXPECT_TRUE(is_in || value_ns != bound.bound_ns) << bound.le;
    }
  }
}

TEST(StageHistogram, BoundsAreThoseOfTheBriefInTheirShortestForm) {
  double expected = 1e-7;
  for (size_t i = 0; i < kStageBounds.size(); ++i) {
    EXPECT_EQ(std::strtod(kStageBounds[i].le, nullptr),
              static_cast<double>(kStageBounds[i].bound_ns) / 1e9);
    EXPECT_NEAR(std::strtod(kStageBounds[i].le, nullptr) / expected, 1, 1e-9) << i;
    expected *= i % 3 == 0 ? 2.5 : 2;
  }
}

TEST(StageHistogram, SumIsInSecondsAndWhatLiesOutsideIsCountedApart) {
  const std::string text =
      StageHistogramText({{.stage = latency::Stage::kWireToSeen,
                           .feed = "f\"1\\",
                           .histogram = Values({100, 100, -5, 1'000'000'000})}});
  EXPECT_THAT(ExpositionFaults(text), IsEmpty()) << text;
  EXPECT_THAT(
      text,
      HasSubstr(
          "feedhandler_stage_latency_seconds_count{feed=\"f\\\"1\\\\\",stage=\"wire-seen\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("le=\"0.1\"} 2\n"));
  EXPECT_THAT(
      text,
      HasSubstr("outside_total{feed=\"f\\\"1\\\\\",stage=\"wire-seen\",side=\"negative\"} 1\n"));
  const size_t at = text.find("_sum{");
  EXPECT_NEAR(std::strtod(text.c_str() + text.find("} ", at) + 2, nullptr), 1.0000002, 0.004);
}

}  // namespace
}  // namespace fh
