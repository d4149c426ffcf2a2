#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "latency/files/files.h"
#include "latency/files/hlog_report.h"
#include "tests/latency/files/sample_reports.h"
#include "tests/latency/files/vectors.h"

namespace fh::latency::files {
namespace {

using google::protobuf::util::MessageDifferencer;
using test::kSecondNs;
using test::kStartNs;
using test::SampleReport;
using test::SeriesRecorder;
using ::testing::Contains;
using ::testing::HasSubstr;

// A report of one series.
proto::LatencyReport ReportOf(SeriesRecorder& recorder, uint32_t intervals) {
  proto::LatencyReport report;
  report.set_version(1);
  report.mutable_run()->set_start_unix_ns(kStartNs);
  report.mutable_run()->set_duration_ns(intervals * kSecondNs);
  report.mutable_run()->set_interval_ns(kSecondNs);
  report.mutable_run()->set_intervals(intervals);
  *report.add_series() = recorder.Series();
  return report;
}

proto::LatencyReport Single(int64_t value, uint64_t count) {
  SeriesRecorder recorder("start-done", proto::Series::END_TO_END);
  recorder.Record(value, count);
  recorder.EndInterval(0);
  return ReportOf(recorder, 1);
}

TEST(MergeReportsTest, PartsOfARunAreTheWholeRun) {
  const proto::LatencyReport whole = SampleReport(0, 30);
  std::vector<proto::LatencyReport> parts{SampleReport(20, 10), SampleReport(0, 7),
                                          SampleReport(7, 13)};
  const auto merged = MergeReports(parts);
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_TRUE(merged->notes.empty()) << merged->notes[0];
  EXPECT_EQ(merged->report.run().start_unix_ns(), whole.run().start_unix_ns());
  EXPECT_EQ(merged->report.run().duration_ns(), whole.run().duration_ns());
  EXPECT_EQ(merged->report.run().intervals(), whole.run().intervals());
  EXPECT_EQ(merged->report.run().merged_from_size(), 3);
  ASSERT_EQ(merged->report.series_size(), whole.series_size());
  for (int i = 0; i < whole.series_size(); ++i) {
    // An interval's maximum is exact only where it is one of the whole run so far.
    proto::Series ours = merged->report.series(i);
    proto::Series theirs = whole.series(i);
    for (proto::Series* series : {&ours, &theirs}) {
      for (proto::Interval& interval : *series->mutable_interval()) interval.clear_max();
    }
    if (theirs.has_negative()) {  // One each seven seconds from the start of each run.
      EXPECT_GE(ours.negative().count(), theirs.negative().count());
      ours.clear_negative();
      theirs.clear_negative();
    }
    std::string difference;
    MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    EXPECT_TRUE(differencer.Compare(theirs, ours)) << difference.substr(0, 1000);
  }
  EXPECT_TRUE(MessageDifferencer::Equals(merged->report.counter(0), whole.counter(0)));
  EXPECT_FALSE(merged->report.run().unfinished());
  parts[1].mutable_run()->set_unfinished(true);
  EXPECT_TRUE(MergeReports(parts).value().report.run().unfinished());
  parts[1].mutable_run()->set_unfinished(false);
  // In whichever order they are named.
  std::reverse(parts.begin(), parts.end());
  EXPECT_TRUE(MessageDifferencer::Equals(MergeReports(parts).value().report, merged->report));
}

TEST(MergeReportsTest, TwoProcessesOfOneTimeAddUp) {
  const std::vector<proto::LatencyReport> both{SampleReport(0, 4), SampleReport(0, 4)};
  const auto merged = MergeReports(both).value();
  EXPECT_EQ(merged.report.run().intervals(), 4u);
  EXPECT_EQ(merged.report.run().duration_ns(), 4 * kSecondNs);
  EXPECT_EQ(merged.report.counter(0).value(2), 2 * both[0].counter(0).value(2));
  EXPECT_EQ(HistogramOf(merged.report.series(0)).value().total(),
            2 * HistogramOf(both[0].series(0)).value().total());
}

TEST(MergeReportsTest, RunsFarApartArePlacedBehindEachOtherAndThatIsSaid) {
  const std::vector<proto::LatencyReport> runs{SampleReport(0, 3), SampleReport(30'000'000, 4)};
  const auto merged = MergeReports(runs).value();
  EXPECT_EQ(merged.report.run().intervals(), 7u);
  EXPECT_EQ(merged.report.series(0).interval(3).number(), 3u);
  EXPECT_THAT(merged.notes, Contains(HasSubstr("one behind the other")));
}

TEST(MergeReportsTest, WhatDoesNotBelongTogetherIsRefused) {
  const auto refused = [](auto change, const std::string& part) {
    std::vector<proto::LatencyReport> runs{SampleReport(0, 2), SampleReport(2, 2)};
    change(runs[1]);
    const auto merged = MergeReports(runs);
    EXPECT_THAT(merged.status().message(), HasSubstr(part));
  };
  refused([](auto& r) { r.mutable_run()->set_interval_ns(2 * kSecondNs); }, "intervals of 1000 ms");
  refused([](auto& r) { r.mutable_run()->set_loop(proto::Run::OPEN); }, "open loop");
  refused([](auto& r) { r.mutable_series(1)->set_corrected_for_interval_ns(5); }, "corrected");
  refused([](auto& r) { r.mutable_series(1)->set_unit("updates"); }, "counts packets");
  EXPECT_FALSE(MergeReports({}).ok());
}

TEST(MergeReportsTest, DifferentSettingsAreRecordedInTheCoarserOnesAndThatIsSaid) {
  HdrHistogram coarse(
      HdrLayout::Make({.lowest = 1000, .highest = int64_t{1} << 42, .digits = 2}).value());
  coarse.Record(5'000'000, 10);
  proto::LatencyReport foreign = Single(1, 1);
  proto::Series* series = foreign.mutable_series(0);
  SetHdrBuckets(coarse, series->mutable_total());
  SetHdrBuckets(coarse, series->mutable_interval(0)->mutable_buckets());
  series->clear_min();
  series->clear_max();
  series->mutable_hdr()->set_digits(2);
  series->mutable_hdr()->set_lowest(1000);
  const std::vector<proto::LatencyReport> runs{Single(2'000'000, 30), foreign};
  const auto merged = MergeReports(runs).value();
  EXPECT_THAT(merged.notes,
              Contains(HasSubstr("recorded anew with lowest value 1000 and 2 digits")));
  const proto::Series& out = merged.report.series(0);
  EXPECT_EQ(out.hdr().digits(), 2u);
  EXPECT_EQ(out.hdr().lowest(), 1000);
  EXPECT_FALSE(out.has_max());  // Nobody knows it exactly.
  const HdrHistogram total = HdrOf(out.total(), out).value();
  EXPECT_EQ(total.total(), 40u);
  EXPECT_NEAR(static_cast<double>(total.ValueAtPercentile(50)), 2e6, 2e6 / 50);
  EXPECT_NEAR(static_cast<double>(total.ValueAtPercentile(90)), 5e6, 5e6 / 50);
}

TEST(LatencyTrap08TotalsNeedMoreThan32Bits, MergedTotalBeyond2To32) {
  const std::vector<proto::LatencyReport> runs{Single(850, 3'000'000'000),
                                               Single(850, 3'000'000'000)};
  EXPECT_EQ(HistogramOf(MergeReports(runs).value().report.series(0)).value().total(),
            6'000'000'000u);
  const std::vector<proto::LatencyReport> huge{Single(850, uint64_t{1} << 62),
                                               Single(850, uint64_t{1} << 62)};
  EXPECT_FALSE(MergeReports(huge).ok());
}

TEST(LatencyTrap13NothingIsCorrectedTwice, ASecondCorrectionAndOpenLoopAreRefused) {
  proto::LatencyReport closed = Single(100'000, 3);
  closed.mutable_run()->set_loop(proto::Run::CLOSED);
  ASSERT_TRUE(CorrectForExpectedInterval(10'000, &closed).ok());
  const proto::LatencyReport once = closed;
  const absl::Status twice = CorrectForExpectedInterval(10'000, &closed);
  EXPECT_EQ(twice.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(twice.message(), HasSubstr("already"));
  EXPECT_TRUE(MessageDifferencer::Equals(closed, once));
  for (const auto loop : {proto::Run::OPEN, proto::Run::UNCONTROLLED}) {
    proto::LatencyReport other = Single(100'000, 3);
    other.mutable_run()->set_loop(loop);
    EXPECT_EQ(CorrectForExpectedInterval(10'000, &other).code(),
              absl::StatusCode::kFailedPrecondition);
  }
}

TEST(LatencyTrap13NothingIsCorrectedTwice, TheCorrectionAddsWhatWaitedAndKeepsTheMaximum) {
  // 100,000 ns every 10,000: also 90,000, 80,000, ... 10,000.
  proto::LatencyReport closed = Single(100'000, 3);
  closed.mutable_run()->set_loop(proto::Run::CLOSED);
  ASSERT_TRUE(CorrectForExpectedInterval(10'000, &closed).ok());
  const proto::Series& series = closed.series(0);
  EXPECT_EQ(series.corrected_for_interval_ns(), 10'000);
  EXPECT_EQ(series.max(), 100'000);
  const HistogramSnapshot snapshot = HistogramOf(series).value();
  EXPECT_EQ(snapshot.total(), 30u);
  EXPECT_EQ(snapshot.max(), 100'000);
  for (int64_t value = 10'000; value <= 100'000; value += 10'000) {
    EXPECT_EQ(snapshot.count(HistogramBuckets::Index(value)), 3u) << value;
  }
  EXPECT_EQ(HistogramOf(series.interval(0), series).value().total(), 30u);
  EXPECT_EQ(series.interval(0).max(), 100'000);
}

// D = 10 ms once a second, 10,000 requests a second of 10 us each: rho = 0.1.
TEST(LatencyTrap13NothingIsCorrectedTwice, StallsShowAsTheArithmeticSays) {
  constexpr int64_t kService = 10'000;
  constexpr int64_t kStall = 10'000'000;
  constexpr int64_t kExpected = 100'000;
  SeriesRecorder recorder("start-done", proto::Series::END_TO_END);
  for (uint32_t second = 0; second < 60; ++second) {
    recorder.Record(kService, 9'900);
    recorder.Record(kStall);
    recorder.EndInterval(second);
  }
  proto::LatencyReport closed = ReportOf(recorder, 60);
  closed.mutable_run()->set_loop(proto::Run::CLOSED);
  // As it was measured the stall is one value in ten thousand.
  EXPECT_LT(HistogramOf(closed.series(0)).value().ValueAtPercentile(99.9), 2 * kService);
  ASSERT_TRUE(CorrectForExpectedInterval(kExpected, &closed).ok());
  const HistogramSnapshot corrected = HistogramOf(closed.series(0)).value();
  // The share of requests that the correction touches: one stall's of a second's.
  const double share = static_cast<double>(kStall) / static_cast<double>(kSecondNs);
  for (const double percentile : {99.5, 99.9}) {
    const double expected = static_cast<double>(kStall) * (1 - (1 - percentile / 100) / share);
    EXPECT_NEAR(static_cast<double>(corrected.ValueAtPercentile(percentile)), expected,
                expected * 0.05);
  }
}

TEST(LatencyTrap13NothingIsCorrectedTwice, AnIntervalThatAddsTooMuchIsRefusedAtOnce) {
  proto::LatencyReport closed = Single(HistogramBuckets::kMaxValue, uint64_t{1} << 40);
  closed.mutable_run()->set_loop(proto::Run::CLOSED);
  EXPECT_EQ(CorrectForExpectedInterval(1, &closed).code(), absl::StatusCode::kOutOfRange);
  EXPECT_FALSE(CorrectForExpectedInterval(0, &closed).ok());
  EXPECT_FALSE(CorrectForExpectedInterval(-5, &closed).ok());
}

TEST(LatencyTrap15PercentilesAreNeverAveraged, AMillionFastAndAThousandSlowValues) {
  const std::vector<proto::LatencyReport> lines{Single(100, 1'000'000), Single(5'000'000, 1'000)};
  const HistogramSnapshot all = HistogramOf(MergeReports(lines).value().report.series(0)).value();
  // 1,000 of 1,001,000 values are slow: from 99.9001 % on.
  EXPECT_EQ(all.ValueAtPercentile(99), 100);
  EXPECT_EQ(all.ValueAtPercentile(99.9), 100);
  EXPECT_EQ(all.ValueAtPercentile(99.91), 5'000'000);
  EXPECT_EQ(all.total(), 1'001'000u);
  EXPECT_EQ(all.min(), 100);
  EXPECT_EQ(all.max(), 5'000'000);
}

}  // namespace
}  // namespace fh::latency::files
