#include "latency/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <sstream>
#include <string>

namespace fh::latency {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

HistogramSnapshot Uniform(int64_t first, int64_t last, int64_t step, uint64_t n = 1) {
  const auto histogram = std::make_unique<Histogram>();
  for (int64_t value = first; value <= last; value += step) histogram->RecordN(value, n);
  return histogram->Snapshot();
}

TEST(FormatDurationTest, ThreeDigitsInTheUnitThatFits) {
  EXPECT_EQ(FormatDuration(0), "0 ns");
  EXPECT_EQ(FormatDuration(7), "7 ns");
  EXPECT_EQ(FormatDuration(999), "999 ns");
  EXPECT_EQ(FormatDuration(1'000), "1.00 us");
  EXPECT_EQ(FormatDuration(1'234), "1.23 us");
  EXPECT_EQ(FormatDuration(9'996), "10.0 us");
  EXPECT_EQ(FormatDuration(12'340), "12.3 us");
  EXPECT_EQ(FormatDuration(99'960), "100 us");
  EXPECT_EQ(FormatDuration(999'400), "999 us");
  EXPECT_EQ(FormatDuration(999'500), "1.00 ms");
  EXPECT_EQ(FormatDuration(1'200'000), "1.20 ms");
  EXPECT_EQ(FormatDuration(999'700'000), "1.00 s");
  EXPECT_EQ(FormatDuration(3'400'000'000), "3.40 s");
  EXPECT_EQ(FormatDuration(HistogramBuckets::kMaxValue), "4398 s");
  EXPECT_EQ(FormatDuration(-350), "-350 ns");
  EXPECT_EQ(FormatDuration(-1'500'000), "-1.50 ms");
  EXPECT_EQ(FormatDuration(std::numeric_limits<int64_t>::min()), "-9223372037 s");
}

TEST(FormatCountTest, GroupsOfThree) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1'000), "1,000");
  EXPECT_EQ(FormatCount(1'234'567), "1,234,567");
}

TEST(TextTableTest, PercentilesWithoutEnoughSamplesAreNotPrinted) {
  const HistogramSnapshot few = Uniform(1, 10, 1);
  const HistogramSnapshot thousand = Uniform(1, 1'000, 1);
  const HistogramSnapshot million = Uniform(1, 1'000, 1, 1'000);
  const std::string text =
      TextTable({{"few", &few}, {"thousand", &thousand}, {"million", &million}});
  EXPECT_EQ(
      text,
      "stage                        count      min      p50      p90      p99    p99.9   p99.99"
      "  p99.999      max\n"
      "few                             10     1 ns        -        -        -        -        -"
      "        -    10 ns\n"
      "thousand                     1,000     1 ns   503 ns   903 ns   991 ns        -        -"
      "        -  1.00 us\n"
      "million                  1,000,000     1 ns   503 ns   903 ns   991 ns   999 ns  1.00 us"
      "  1.00 us  1.00 us\n"
      "\"-\": fewer than 10 values lie above this percentile.\n");
}

TEST(TextTableTest, ValuesOutsideOfTheRangeAreNamedBelowAndRowsWithoutValuesLeftOut) {
  const auto histogram = std::make_unique<Histogram>();
  histogram->RecordN(200, 2'000'000);
  histogram->RecordN(-350, 11);
  histogram->Record(-3);
  histogram->RecordN(int64_t{5'000} * 1'000'000'000, 2);
  const HistogramSnapshot full = histogram->Snapshot();
  const HistogramSnapshot empty;
  EXPECT_EQ(
      TextTable({{"wire -> dequeued", &full}, {"nothing", &empty}}),
      "stage                        count      min      p50      p90      p99    p99.9   p99.99"
      "  p99.999      max\n"
      "wire -> dequeued         2,000,000   200 ns   200 ns   200 ns   200 ns   200 ns   200 ns"
      "   200 ns   200 ns\n"
      "Not in the figures above:\n"
      "  ! wire -> dequeued: 12 negative (the stamps' clocks disagree), -350 ns .. -3 ns\n"
      "  ! wire -> dequeued: 2 above 73 minutes, 5000 s .. 5000 s\n");
}

TEST(TextPictureTest, StripsShareOneLogarithmicAxis) {
  const auto fast = std::make_unique<Histogram>();
  fast->RecordN(100, 900);
  fast->RecordN(1'000, 99);
  fast->RecordN(50'000, 1);
  const auto slow = std::make_unique<Histogram>();
  slow->RecordN(20'000, 5);
  slow->RecordN(5'000, 1'000'000);
  const HistogramSnapshot fast_snapshot = fast->Snapshot();
  const HistogramSnapshot slow_snapshot = slow->Snapshot();
  EXPECT_EQ(TextPicture({{"fast", &fast_snapshot}, {"slow", &slow_snapshot}}),
            "                      |100ns      |1us        |10us       |\n"
            "fast                  @           +                   :   \n"
            "slow                                      @      .        \n"
            "                      share of values a column: . <0.1%  : <1%  + <10%  # <30%  @ "
            "more\n");
}

TEST(TextPictureTest, WholeRangeFitsTheWidthOfTheTable) {
  const auto histogram = std::make_unique<Histogram>();
  for (int64_t value = 0; value <= HistogramBuckets::kMaxValue; value = value * 3 + 1) {
    histogram->Record(value);
  }
  const HistogramSnapshot snapshot = histogram->Snapshot();
  const std::string text = TextPicture({{"all", &snapshot}});
  std::istringstream lines(text);
  std::string labels;
  std::string strip;
  ASSERT_TRUE(std::getline(lines, labels) && std::getline(lines, strip));
  EXPECT_THAT(labels, HasSubstr("|100ms|1s"));
  EXPECT_THAT(labels, HasSubstr("|1000s"));
  EXPECT_LE(labels.size(), 106u);
  EXPECT_EQ(strip.size() + 1, labels.size());
}

TEST(TextPictureTest, NothingToShowIsEmpty) {
  const HistogramSnapshot empty;
  EXPECT_EQ(TextPicture({{"empty", &empty}}), "");
}

TEST(TextReportTest, SaysWhatTheFiguresContainAndShowsOnlyRecordedStages) {
  const Clock clock;
  const auto recorder = std::make_unique<StageRecorder>("feed", clock);
  recorder->Record(Stage::kDequeueToDecoded, 120, 100);
  const std::string text =
      TextReport(recorder->Snapshot(), {.title = "Feed nasdaq", .clock = "a clock"});
  EXPECT_EQ(
      text,
      "Feed nasdaq\n"
      "Includes queueing: in the kernel where a stage starts at \"wire\", in the ring where it "
      "ends "
      "at \"seen\"; not corrected for coordinated omission.\n"
      "Clock: a clock\n"
      "\n"
      "stage                        count      min      p50      p90      p99    p99.9   p99.99"
      "  p99.999      max\n"
      "dequeued -> decoded            100   120 ns   120 ns   120 ns        -        -        -"
      "        -   120 ns\n"
      "\"-\": fewer than 10 values lie above this percentile.\n"
      "\n"
      "                      |100ns      |\n"
      "dequeued -> decoded   @           \n"
      "                      share of values a column: . <0.1%  : <1%  + <10%  # <30%  @ more\n"
      "\nThe greatest were\n"
      "  dequeued -> decoded    120 ns  at " +
          FormatTime(recorder->Snapshot().of(Stage::kDequeueToDecoded).max_at_ns()) + "\n");
}

TEST(TextReportTest, NamesThePartsAndTheCauses) {
  const HistogramSnapshot line = Uniform(1, 10, 1);
  const Clock clock;
  const auto recorder = std::make_unique<StageRecorder>("feed", clock);
  recorder->Record(Stage::kWireToDequeue, 120);
  const std::string text = TextReport(
      recorder->Snapshot(),
      {.parts = {{"wire -> dequeued, feed 1 line B", &line}}, .causes = {"a and b share CPU 3"}});
  EXPECT_THAT(text, HasSubstr("\nwire -> dequeued, feed 1 line B             10     1 ns"));
  EXPECT_THAT(text, HasSubstr("\na and b share CPU 3\n"));
}

TEST(FormatTimeTest, IsUtcWithMicroseconds) {
  EXPECT_EQ(FormatTime(1'700'000'000'123'456'789), "2023-11-14 22:13:20.123456 UTC");
}

TEST(TextReportTest, PictureCanBeLeftOut) {
  const Clock clock;
  const auto recorder = std::make_unique<StageRecorder>("feed", clock);
  recorder->Record(Stage::kDequeueToDecoded, 120);
  EXPECT_THAT(TextReport(recorder->Snapshot(), {.picture = false}), Not(HasSubstr("share of")));
}

TEST(TextReportTest, NothingRecordedIsSaid) {
  EXPECT_EQ(TextReport(StageSnapshot()), "Latency by stage\nNothing was recorded.\n");
}

}  // namespace
}  // namespace fh::latency
