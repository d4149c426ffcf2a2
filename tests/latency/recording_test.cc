#include <gtest/gtest.h>

#include <cstdint>

#include "latency/histogram.h"
#include "latency/recording/buckets.h"

namespace fh::latency::recording {
namespace {

constexpr int64_t kValues[] = {0,   1,      127,           128,
                               300, 70'001, 5'000'000'123, HistogramBuckets::kMaxValue};

HistogramSnapshot Recorded() {
  Histogram histogram;
  for (const int64_t value : kValues)
    histogram.RecordN(value, static_cast<uint64_t>(value % 7) + 1);
  histogram.Record(-1000);
  histogram.Record(HistogramBuckets::kMaxValue + 5);
  return histogram.Snapshot();
}

void ExpectEqual(const HistogramSnapshot& a, const HistogramSnapshot& b) {
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) ASSERT_EQ(a.count(i), b.count(i)) << i;
  EXPECT_EQ(a.total(), b.total());
  EXPECT_EQ(a.min(), b.min());
  EXPECT_EQ(a.max(), b.max());
  EXPECT_EQ(a.negative().count, b.negative().count);
  EXPECT_EQ(a.negative().min, b.negative().min);
  EXPECT_EQ(a.above_range().count, b.above_range().count);
  EXPECT_EQ(a.above_range().max, b.above_range().max);
}

TEST(RecordingBucketsTest, ASeriesHoldsAHistogramToTheLastValue) {
  const HistogramSnapshot before = Recorded();
  proto::Series series;
  SetHistogram(before, &series);
  const absl::StatusOr<HistogramSnapshot> after = SnapshotOf(series);
  ASSERT_TRUE(after.ok()) << after.status();
  ExpectEqual(before, *after);
  EXPECT_EQ(before.max_at_ns(), after->max_at_ns());
}

TEST(RecordingBucketsTest, NothingStaysNothing) {
  proto::Series series;
  SetHistogram(HistogramSnapshot(), &series);
  EXPECT_FALSE(series.has_min());
  const absl::StatusOr<HistogramSnapshot> after = SnapshotOf(series);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->total(), 0u);
  EXPECT_EQ(after->min(), 0);
}

TEST(RecordingBucketsTest, IntervalsAddUpToTheWhole) {
  Histogram histogram;
  HistogramSnapshot last = histogram.Snapshot();
  HistogramSnapshot sum;
  proto::Series series;
  for (uint32_t i = 0; i < 5; ++i) {
    for (int64_t value = 1; value < 3000; value += 7) histogram.Record(value * (i + 1));
    HistogramSnapshot now = histogram.Snapshot();
    AddInterval(i, now.Since(last), &series);
    last = now;
  }
  for (const proto::Interval& interval : series.interval()) {
    const absl::StatusOr<HistogramSnapshot> part = SnapshotOf(interval);
    ASSERT_TRUE(part.ok()) << part.status();
    EXPECT_EQ(part->max(), interval.max());
    sum.Merge(*part);
  }
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) ASSERT_EQ(sum.count(i), last.count(i)) << i;
  EXPECT_EQ(sum.max(), last.max());
}

TEST(RecordingBucketsTest, AnIntervalsMaximumIsExactWhereItIsANewOne) {
  Histogram histogram;
  histogram.Record(100'000);
  const HistogramSnapshot first = histogram.Snapshot();
  histogram.Record(200'001);
  const HistogramSnapshot second = histogram.Snapshot();
  EXPECT_EQ(second.Since(first).max(), 200'001);
  histogram.Record(300);
  const HistogramSnapshot third = histogram.Snapshot().Since(second);
  EXPECT_EQ(third.total(), 1u);
  EXPECT_GE(third.max(), 300);
  EXPECT_LE(third.max(), 303);
}

TEST(RecordingBucketsTest, FilesThatAreNoHistogramsAreRefused) {
  proto::Buckets beyond;
  beyond.add_index(HistogramBuckets::kCount);
  beyond.add_count(1);
  EXPECT_FALSE(FromBuckets(beyond).ok());

  proto::Buckets uneven;
  uneven.add_index(1);
  EXPECT_FALSE(FromBuckets(uneven).ok());

  proto::Buckets wraps;
  for (int i = 0; i < 2; ++i) {
    wraps.add_index(0xFFFFFFFFu);
    wraps.add_count(1);
  }
  EXPECT_FALSE(FromBuckets(wraps).ok());

  proto::Buckets too_many;
  for (int i = 0; i < 2; ++i) {
    too_many.add_index(1);
    too_many.add_count(UINT64_MAX);
  }
  EXPECT_FALSE(FromBuckets(too_many).ok());
}

TEST(RecordingBucketsTest, ExtremesThatBucketsContradictAreNotTaken) {
  proto::Series series;
  SetHistogram(Recorded(), &series);
  series.set_max(12);
  const absl::StatusOr<HistogramSnapshot> after = SnapshotOf(series);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->max(), HistogramBuckets::High(HistogramBuckets::kCount - 1));
}

}  // namespace
}  // namespace fh::latency::recording
