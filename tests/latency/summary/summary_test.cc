#include "latency/summary/summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "latency/recording/buckets.h"

namespace fh::latency::summary {
namespace {

using absl::StrContains;

constexpr int64_t kStart = 1'700'000'000'000'000'000;

proto::Series* AddSeries(const std::string& stage, proto::Series::Role role,
                         const std::vector<int64_t>& values, proto::LatencyReport& report) {
  HistogramSnapshot histogram;
  for (const int64_t value : values) histogram.AddBucket(HistogramBuckets::Index(value), 1);
  proto::Series* series = report.add_series();
  series->set_stage(stage);
  series->set_role(role);
  series->set_unit("updates");
  recording::SetHistogram(histogram, series);
  return series;
}

void AddStamp(const char* point, int64_t at_ns, proto::Sample* sample) {
  proto::Sample::Stamp* stamp = sample->add_stamp();
  stamp->set_point(point);
  stamp->set_unix_ns(kStart + at_ns);
}

// 50,000 packets; each 16th is kept, and each of the slow ones. Some miss the stamp "decoded".
proto::LatencyReport Report(double missing) {
  proto::LatencyReport report;
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> body(8, 0.4);
  std::uniform_real_distribution<double> uniform;
  std::vector<int64_t> totals;
  for (uint64_t i = 0; i < 50'000; ++i) {
    const auto wait = static_cast<int64_t>(body(random));
    const auto decode = static_cast<int64_t>(body(random) / 4);
    const auto queue = static_cast<int64_t>(body(random) * (uniform(random) < 0.01 ? 10 : 1));
    const int64_t total = wait + decode + queue;
    totals.push_back(total);
    if (i % 16 != 0 && total < 15'000) continue;
    proto::Sample* sample = report.add_sample();
    sample->set_why(i % 16 == 0 ? proto::Sample::REGULAR : proto::Sample::SLOW);
    sample->set_sequence(i);
    AddStamp("wire", 0, sample);
    AddStamp("dequeued", wait, sample);
    if (uniform(random) >= missing) AddStamp("decoded", wait + decode, sample);
    AddStamp("seen", total, sample);
    // Behind the end of the total: none of it.
    AddStamp("done", total + 77'000, sample);
  }
  AddSeries("wire-seen", proto::Series::END_TO_END, totals, report);
  return report;
}

double SumOfStages(const Band& band) {
  double sum = 0;
  for (const Band::StageShare& stage : band.stages) sum += stage.mean_ns;
  return sum;
}

// Criterion 5: the stages' means and the residual are the band's mean.
TEST(Bands, MeanStageSharesAddUpToTheBandsMeanWithinTheResidual) {
  for (const double missing : {0.0, 0.3}) {
    const proto::LatencyReport report = Report(missing);
    const absl::StatusOr<Summary> summary = Summarize(report);
    ASSERT_TRUE(summary.ok()) << summary.status();
    ASSERT_EQ(summary->bands.size(), 2U);
    for (const Band& band : summary->bands) {
      EXPECT_GT(band.samples, 20U) << band.name;
      ASSERT_EQ(band.stages.size(), 3U) << band.name;
      EXPECT_EQ(band.stages[2].stage, "decoded -> seen");
      EXPECT_NEAR(SumOfStages(band) + band.residual_ns, band.mean_ns, 1e-6 * band.mean_ns);
      if (missing == 0) {
        EXPECT_NEAR(band.residual_ns, 0, 1e-6 * band.mean_ns) << band.name;
      } else {
        EXPECT_GT(band.residual_ns, 0.1 * band.mean_ns) << band.name;
      }
      // Samples stand for the values of the histogram.
      EXPECT_NEAR(band.mean_ns, band.histogram_mean_ns, 0.02 * band.histogram_mean_ns) << band.name;
    }
    EXPECT_EQ(summary->bands[1].name, "above p99");
    EXPECT_GT(summary->bands[1].stages[2].share, 0.55);
    EXPECT_LT(summary->bands[0].stages[2].share, 0.5);
  }
}

// 9,900 packets of 1 us, 90 of 10 us and 10 of 100 us. Of the second kind one is kept, of the third all.
TEST(Bands, SlowPacketsOfWhichAllAreKeptCountNoMoreThanTheOthers) {
  proto::LatencyReport report;
  std::vector<int64_t> totals(9'900, 1'000);
  totals.insert(totals.end(), 90, 10'000);
  totals.insert(totals.end(), 10, 100'000);
  AddSeries("wire-seen", proto::Series::END_TO_END, totals, report);
  for (uint64_t i = 0; i < 12; ++i) {
    const int64_t total = i == 0 ? 1'000 : i == 1 ? 10'000 : 100'000;
    proto::Sample* sample = report.add_sample();
    sample->set_why(i < 2 ? proto::Sample::REGULAR : proto::Sample::SLOW);
    sample->set_sequence(i);
    AddStamp("wire", 0, sample);
    AddStamp("seen", total, sample);
  }
  const absl::StatusOr<Summary> summary = Summarize(report);
  ASSERT_TRUE(summary.ok()) << summary.status();
  const Band& above = summary->bands[1];
  EXPECT_EQ(above.samples, 11U);
  EXPECT_NEAR(above.mean_ns, (90 * 10'000.0 + 10 * 100'000.0) / 100, 200);
}

TEST(Bands, APacketThatIsKeptTwiceCountsOnce) {
  proto::LatencyReport report = Report(0);
  const double mean = Summarize(report)->bands[1].mean_ns;
  const uint64_t samples = Summarize(report)->bands[1].samples;
  const int kept = report.sample_size();
  for (int i = 0; i < kept; ++i) {
    const proto::Sample sample = report.sample(i);
    if (sample.stamp(3).unix_ns() - kStart > 40'000) *report.add_sample() = sample;
  }
  EXPECT_GT(report.sample_size(), kept);
  EXPECT_EQ(Summarize(report)->bands[1].samples, samples);
  EXPECT_DOUBLE_EQ(Summarize(report)->bands[1].mean_ns, mean);
}

TEST(SlowestPackets, SayWhereTheyCameWhatTheyHeldAndWhatHappenedMeanwhile) {
  proto::LatencyReport report;
  AddSeries("wire-seen", proto::Series::END_TO_END, {100, 3000, 2000}, report);
  for (const int64_t total : {100, 3000, 2000}) {
    proto::Sample* sample = report.add_sample();
    sample->set_feed("itch");
    sample->set_channel("8");
    sample->set_line(total == 3000 ? "A, B" : "B");
    sample->set_thread("books");
    sample->set_sequence(static_cast<uint64_t>(total));
    sample->set_messages(12);
    sample->set_decoded_together(total == 3000 ? 3 : 1);
    sample->set_updates(1);
    sample->set_place_in_burst(2);
    sample->set_depth_at_dequeue(4);
    if (total == 3000) sample->set_meanwhile("preempted twice");
    AddStamp("wire", 0, sample);
    AddStamp("dequeued", 40, sample);
    AddStamp("seen", total, sample);
  }
  const absl::StatusOr<Summary> summary = Summarize(report);
  ASSERT_TRUE(summary.ok()) << summary.status();
  const std::string text = Text(report, *summary);
  const size_t first = text.find(
      ", feed itch, channel 8, line A, B, thread books, sequence 3000: 12 messages of 3 packets "
      "decoded together, 1 update, place 2 in the burst, 4 behind: wire -> dequeued 40 ns, "
      "dequeued -> seen 2.96 us; preempted twice\n");
  const size_t second =
      text.find("line B, thread books, sequence 2000: 12 messages, 1 update, place 2");
  EXPECT_NE(first, std::string::npos) << text;
  EXPECT_NE(second, std::string::npos) << text;
  EXPECT_LT(first, second);
}

// A live run without an adapter's stamps: the total keeps its name.
TEST(Bands, WhereTheKernelsStampIsTheBestPacketsCountFromIt) {
  proto::LatencyReport report;
  AddSeries("wire-seen", proto::Series::END_TO_END, {100, 3000}, report);
  for (const int64_t total : {100, 3000}) {
    proto::Sample* sample = report.add_sample();
    sample->set_sequence(static_cast<uint64_t>(total));
    AddStamp("kernel", 0, sample);
    AddStamp("dequeued", 40, sample);
    AddStamp("seen", total, sample);
  }
  const absl::StatusOr<Summary> summary = Summarize(report);
  ASSERT_TRUE(summary.ok()) << summary.status();
  ASSERT_EQ(summary->bands.size(), 2u);
  ASSERT_EQ(summary->bands[0].stages.size(), 2u);
  EXPECT_EQ(summary->bands[0].stages[0].stage, "kernel -> dequeued");
  EXPECT_NEAR(summary->bands[0].residual_ns, 0, 1e-6);
  const std::string text = Text(report, *summary);
  EXPECT_NE(text.find("kernel -> dequeued 40 ns, dequeued -> seen 2.96 us"), std::string::npos)
      << text;
}

TEST(Bands, StampsOfAnEnemyAreNoOverflow) {
  proto::LatencyReport report = Report(0);
  proto::Sample* sample = report.add_sample();
  sample->set_sequence(1 << 30);
  for (const auto& [point, at] :
       std::vector<std::pair<const char*, int64_t>>{{"wire", INT64_MIN},
                                                    {"dequeued", INT64_MAX},
                                                    {"decoded", INT64_MIN},
                                                    {"seen", 20'000 + INT64_MIN}}) {
    proto::Sample::Stamp* stamp = sample->add_stamp();
    stamp->set_point(point);
    stamp->set_unix_ns(at);
  }
  const absl::StatusOr<Summary> summary = Summarize(report);
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_NE(Text(report, *summary), "");
}

// Trap 11 in the table: what stands under p99 is ValueAtPercentile(99), and only with ten values above.
TEST(Summary, Trap11TheTablesP99IsTheHistograms) {
  std::vector<int64_t> values;
  for (int64_t i = 1; i <= 1000; ++i) values.push_back(i * 1000);
  proto::LatencyReport report;
  AddSeries("wire-seen", proto::Series::END_TO_END, values, report);
  const absl::StatusOr<Summary> summary = Summarize(report);
  ASSERT_TRUE(summary.ok());
  const HistogramSnapshot& histogram = summary->rows[0].histogram;
  EXPECT_EQ(SupportedPercentile(histogram, 99), histogram.ValueAtPercentile(99));
  EXPECT_EQ(SupportedPercentile(histogram, 99.9), std::nullopt);
  const std::string text = Text(report, *summary, {.picture = false});
  const std::string p99 = FormatDuration(histogram.ValueAtPercentile(99));
  EXPECT_TRUE(StrContains(text, absl::StrCat("p99 ", p99))) << text;
  EXPECT_TRUE(StrContains(text, absl::StrCat(" ", p99, "        -        -        -"))) << text;
}

// Trap 15: a million fast values of one line and a thousand slow ones of another. The total has the
// merged p99, which is fast; the mean of the lines' would be slow.
TEST(Summary, Trap15ThePercentileOfTwoLinesIsOfAllTheirValues) {
  HistogramSnapshot a;
  HistogramSnapshot b;
  a.AddBucket(HistogramBuckets::Index(1'000), 1'000'000);
  b.AddBucket(HistogramBuckets::Index(1'000'000), 1'000);
  proto::LatencyReport report;
  HistogramSnapshot both = a;
  both.Merge(b);
  for (const auto& [line, histogram] :
       std::vector<std::pair<const char*, const HistogramSnapshot*>>{
           {"", &both}, {"A", &a}, {"B", &b}}) {
    proto::Series* series = report.add_series();
    series->set_stage("wire-seen");
    series->set_role(proto::Series::END_TO_END);
    series->set_line(line);
    recording::SetHistogram(*histogram, series);
  }
  const absl::StatusOr<Summary> summary = Summarize(report);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->rows.size(), 1U);
  EXPECT_EQ(summary->parts.size(), 2U);
  EXPECT_EQ(summary->rows[0].histogram.ValueAtPercentile(99), a.max());
  EXPECT_TRUE(StrContains(summary->verdict, absl::StrCat("p99 ", FormatDuration(a.max()))))
      << summary->verdict;
}

TEST(Summary, TheVerdictSaysWhatWasLostAndWhichLoop) {
  proto::LatencyReport report;
  EXPECT_EQ(Summarize(report)->verdict, "Nothing was measured.");
  report.mutable_run()->set_unfinished(true);
  EXPECT_TRUE(StrContains(Summarize(report)->verdict, "had not ended"));
  report.mutable_run()->set_unfinished(false);
  AddSeries("start-done", proto::Series::TOTAL, std::vector<int64_t>(100, 1'000), report);
  AddSeries("schedule-done", proto::Series::SCHEDULE, std::vector<int64_t>(100, 9'000), report);
  report.mutable_run()->set_loop(proto::Run::OPEN);
  report.mutable_run()->set_duration_ns(10'000'000'000);
  proto::Counter* lost = report.add_counter();
  lost->set_name("dropped socket");
  lost->set_feed("itch");
  lost->set_loss(true);
  lost->add_value(0);
  std::string verdict = Summarize(report)->verdict;
  EXPECT_TRUE(StrContains(verdict, "nothing lost")) << verdict;
  EXPECT_TRUE(StrContains(verdict, "open loop, from the schedule")) << verdict;
  EXPECT_TRUE(StrContains(verdict, "(10 a second)")) << verdict;
  lost->add_value(1'234);
  verdict = Summarize(report)->verdict;
  EXPECT_TRUE(StrContains(verdict, "LOST: 1,234 dropped socket; feed itch")) << verdict;
  report.clear_counter();
  EXPECT_TRUE(StrContains(Summarize(report)->verdict, "losses were not counted"));
  EXPECT_FALSE(StrContains(Summarize(report)->verdict, "had not ended"));
  report.mutable_run()->set_unfinished(true);
  EXPECT_TRUE(StrContains(Summarize(report)->verdict, "had not ended"))
      << Summarize(report)->verdict;
}

// Both ends' clocks bound what can be said.
TEST(Summary, BelowTheClocksErrorNoFigureIsPrinted) {
  proto::LatencyReport report;
  std::vector<int64_t> values(1000, 300);
  values.resize(2000, 90'000);
  AddSeries("wire-seen", proto::Series::END_TO_END, values, report)->set_error_bound_ns(5'000);
  const absl::StatusOr<Summary> summary = Summarize(report);
  EXPECT_TRUE(StrContains(summary->verdict, "p50 within clock error")) << summary->verdict;
  const std::string text = Text(report, *summary);
  EXPECT_TRUE(StrContains(text, "wire -> seen (+-5.00 us)")) << text;
  EXPECT_TRUE(StrContains(text, "       ~0")) << text;
  EXPECT_TRUE(StrContains(text, "cannot be told from zero")) << text;
}

// A name from a file does not steer the terminal; a series that is none is named.
TEST(Summary, WhatAFileHoldsIsOnlyText) {
  proto::LatencyReport report;
  AddSeries("wire-seen", proto::Series::END_TO_END, {5, 6, 7}, report);
  report.mutable_run()->set_program("\x1b[2Jfeedhandler\r");
  const std::string text = Text(report, *Summarize(report));
  EXPECT_FALSE(StrContains(text, "\x1b")) << text;
  EXPECT_FALSE(StrContains(text, "\r")) << text;
  report.mutable_series(0)->mutable_total()->add_index(3);
  const absl::StatusOr<Summary> wrong = Summarize(report);
  ASSERT_FALSE(wrong.ok());
  EXPECT_TRUE(StrContains(wrong.status().message(), "wire -> seen")) << wrong.status();
}

TEST(Summary, OneUnitForAllValuesWhenAskedFor) {
  proto::LatencyReport report;
  AddSeries("wire-seen", proto::Series::END_TO_END, std::vector<int64_t>(100, 100), report);
  const std::string text = Text(report, *Summarize(report), {.unit = DurationUnit::kUs});
  EXPECT_TRUE(StrContains(text, " 0.100 us")) << text;
}

}  // namespace
}  // namespace fh::latency::summary
