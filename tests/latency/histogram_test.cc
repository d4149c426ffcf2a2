#include "latency/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace fh::latency {
namespace {

using Buckets = HistogramBuckets;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// Latencies as they are: mostly around a microsecond, with a long tail.
std::vector<int64_t> RandomLatencies(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> latency(7, 2.5);
  std::vector<int64_t> values(count);
  for (int64_t& value : values) {
    value = std::min(static_cast<int64_t>(latency(random)), Buckets::kMaxValue);
  }
  return values;
}

std::unique_ptr<Histogram> Recorded(const std::vector<int64_t>& values) {
  auto histogram = std::make_unique<Histogram>();
  for (const int64_t value : values) histogram->Record(value);
  return histogram;
}

TEST(HistogramBucketsTest, CoverTheRangeWithoutGapsAndWithinTheStatedError) {
  int64_t expected_low = 0;
  for (size_t i = 0; i < Buckets::kCount; ++i) {
    const int64_t low = Buckets::Low(i);
    const int64_t high = Buckets::High(i);
    ASSERT_EQ(low, expected_low) << "bucket " << i;
    ASSERT_GE(high, low);
    ASSERT_EQ(Buckets::Index(low), i);
    ASSERT_EQ(Buckets::Index(high), i);
    ASSERT_LE(static_cast<double>(high - low),
              static_cast<double>(low) * Buckets::kMaxRelativeError)
        << "bucket " << i;
    expected_low = high + 1;
  }
  EXPECT_EQ(expected_low, Buckets::kMaxValue + 1);
  EXPECT_GE(Buckets::kMaxValue, int64_t{3600} * 1'000'000'000);
}

TEST(HistogramBucketsTest, SmallValuesAreExact) {
  for (int64_t value = 0; value < 128; ++value) {
    EXPECT_EQ(Buckets::Low(Buckets::Index(value)), value);
    EXPECT_EQ(Buckets::High(Buckets::Index(value)), value);
  }
}

TEST(HistogramTest, EmptyReportsZeros) {
  const auto histogram = std::make_unique<Histogram>();
  const HistogramSnapshot snapshot = histogram->Snapshot();
  EXPECT_EQ(snapshot.total(), 0u);
  EXPECT_EQ(snapshot.min(), 0);
  EXPECT_EQ(snapshot.max(), 0);
  EXPECT_EQ(snapshot.Mean(), 0);
  EXPECT_EQ(snapshot.StdDev(), 0);
  EXPECT_EQ(snapshot.ValueAtPercentile(99), 0);
  EXPECT_TRUE(snapshot.PercentileCurve(2).empty());
  EXPECT_EQ(snapshot.negative().count, 0u);
  EXPECT_EQ(snapshot.above_range().count, 0u);
}

TEST(HistogramTest, EveryBucketBoundaryIsReportedWithinTheStatedError) {
  // Both ends of every bucket, once each, so that ranks are known.
  const auto histogram = std::make_unique<Histogram>();
  for (size_t i = 0; i < Buckets::kCount; ++i) {
    histogram->Record(Buckets::Low(i));
    histogram->Record(Buckets::High(i));
  }
  const HistogramSnapshot snapshot = histogram->Snapshot();
  const auto total = static_cast<double>(snapshot.total());
  ASSERT_EQ(snapshot.total(), 2 * Buckets::kCount);
  for (size_t i = 0; i < Buckets::kCount; ++i) {
    for (const size_t end : {0, 1}) {
      const int64_t value = end == 0 ? Buckets::Low(i) : Buckets::High(i);
      const double percentile = 100 * static_cast<double>(2 * i + end + 1) / total;
      const int64_t reported = snapshot.ValueAtPercentile(percentile);
      ASSERT_GE(reported, value);
      ASSERT_LE(static_cast<double>(reported - value),
                static_cast<double>(value) * Buckets::kMaxRelativeError);
    }
  }
}

TEST(HistogramTest, PercentilesAreWithinTheStatedErrorOfTheExactOnes) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    std::vector<int64_t> values = RandomLatencies(100'003, seed);
    const HistogramSnapshot snapshot = Recorded(values)->Snapshot();
    std::sort(values.begin(), values.end());
    ASSERT_EQ(snapshot.total(), values.size());
    EXPECT_EQ(snapshot.min(), values.front());
    EXPECT_EQ(snapshot.max(), values.back());
    for (const double percentile :
         {0.001, 1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999, 100.0}) {
      const uint64_t rank = snapshot.RankOfPercentile(percentile);
      ASSERT_GE(rank, 1u);
      const int64_t exact = values[rank - 1];
      const int64_t reported = snapshot.ValueAtPercentile(percentile);
      EXPECT_GE(reported, exact) << percentile;
      EXPECT_LE(static_cast<double>(reported - exact),
                static_cast<double>(exact) * Buckets::kMaxRelativeError)
          << percentile;
    }
  }
}

TEST(HistogramTest, MeanAndDeviationAreWithinTheStatedError) {
  const std::vector<int64_t> values = RandomLatencies(50'000, 9);
  double sum = 0;
  for (const int64_t value : values) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(values.size());
  double squares = 0;
  for (const int64_t value : values) squares += std::pow(static_cast<double>(value) - mean, 2);
  const double deviation = std::sqrt(squares / static_cast<double>(values.size()));
  const HistogramSnapshot snapshot = Recorded(values)->Snapshot();
  EXPECT_NEAR(snapshot.Mean(), mean, mean * Buckets::kMaxRelativeError / 2);
  EXPECT_NEAR(snapshot.StdDev(), deviation, deviation * Buckets::kMaxRelativeError);
}

TEST(HistogramTest, RanksDoNotSufferFromRounding) {
  auto histogram = std::make_unique<Histogram>();
  for (int64_t value = 1; value <= 1000; ++value) histogram->Record(value);
  const HistogramSnapshot snapshot = histogram->Snapshot();
  EXPECT_EQ(snapshot.RankOfPercentile(99.9), 999u);
  EXPECT_EQ(snapshot.RankOfPercentile(99.91), 1000u);
  EXPECT_EQ(snapshot.RankOfPercentile(20), 200u);
  EXPECT_EQ(snapshot.RankOfPercentile(-5), 0u);
  EXPECT_EQ(snapshot.RankOfPercentile(150), 1000u);
  EXPECT_EQ(snapshot.ValueAtPercentile(10), 100);
  EXPECT_EQ(snapshot.ValueAtPercentile(0), 1);
  EXPECT_EQ(snapshot.ValueAtPercentile(100), 1000);
}

TEST(HistogramTest, ValuesOutsideOfTheRangeAreCountedApartAndNeverClamped) {
  auto histogram = std::make_unique<Histogram>();
  histogram->Record(0);
  histogram->Record(Buckets::kMaxValue);
  histogram->Record(-1);
  histogram->RecordN(-500, 3);
  histogram->Record(kMin);
  histogram->Record(Buckets::kMaxValue + 1);
  histogram->RecordN(kMax, 2);
  const HistogramSnapshot snapshot = histogram->Snapshot();
  EXPECT_EQ(snapshot.total(), 2u);
  EXPECT_EQ(snapshot.min(), 0);
  EXPECT_EQ(snapshot.max(), Buckets::kMaxValue);
  EXPECT_EQ(snapshot.negative().count, 5u);
  EXPECT_EQ(snapshot.negative().min, kMin);
  EXPECT_EQ(snapshot.negative().max, -1);
  EXPECT_EQ(snapshot.above_range().count, 3u);
  EXPECT_EQ(snapshot.above_range().min, Buckets::kMaxValue + 1);
  EXPECT_EQ(snapshot.above_range().max, kMax);
}

TEST(HistogramTest, OnlyOutsideValuesLeaveTheRestEmpty) {
  auto histogram = std::make_unique<Histogram>();
  histogram->Record(-7);
  const HistogramSnapshot snapshot = histogram->Snapshot();
  EXPECT_EQ(snapshot.total(), 0u);
  EXPECT_EQ(snapshot.max(), 0);
  EXPECT_EQ(snapshot.negative().min, -7);
  EXPECT_EQ(snapshot.negative().max, -7);
}

TEST(HistogramTest, RecordingManyAtOnceEqualsRecordingEach) {
  auto once = std::make_unique<Histogram>();
  auto each = std::make_unique<Histogram>();
  once->RecordN(1234, 10);
  once->RecordN(99, 0);
  once->RecordN(-1, 0);
  for (int i = 0; i < 10; ++i) each->Record(1234);
  EXPECT_EQ(once->Snapshot().total(), 10u);
  EXPECT_EQ(once->Snapshot().min(), each->Snapshot().min());
  EXPECT_EQ(once->Snapshot().max(), each->Snapshot().max());
  EXPECT_EQ(once->Snapshot().negative().count, 0u);
}

void ExpectEqual(const HistogramSnapshot& a, const HistogramSnapshot& b) {
  EXPECT_EQ(a.total(), b.total());
  EXPECT_EQ(a.min(), b.min());
  EXPECT_EQ(a.max(), b.max());
  std::vector<uint64_t> counts_a;
  std::vector<uint64_t> counts_b;
  a.ForEachBucket([&](int64_t low, int64_t, uint64_t count) {
    counts_a.push_back(static_cast<uint64_t>(low));
    counts_a.push_back(count);
  });
  b.ForEachBucket([&](int64_t low, int64_t, uint64_t count) {
    counts_b.push_back(static_cast<uint64_t>(low));
    counts_b.push_back(count);
  });
  EXPECT_EQ(counts_a, counts_b);
  for (const auto side : {&HistogramSnapshot::negative, &HistogramSnapshot::above_range}) {
    EXPECT_EQ((a.*side)().count, (b.*side)().count);
    EXPECT_EQ((a.*side)().min, (b.*side)().min);
    EXPECT_EQ((a.*side)().max, (b.*side)().max);
  }
}

TEST(HistogramTest, MergedPartsEqualTheWholeInAnyOrder) {
  std::vector<int64_t> values = RandomLatencies(10'000, 4);
  values.insert(values.end(), {-5, -900, Buckets::kMaxValue + 10, kMax});
  const auto middle = values.begin() + 3'000;
  const HistogramSnapshot whole = Recorded(values)->Snapshot();
  const HistogramSnapshot first = Recorded({values.begin(), middle})->Snapshot();
  const HistogramSnapshot second = Recorded({middle, values.end()})->Snapshot();
  HistogramSnapshot forwards = first;
  forwards.Merge(second);
  HistogramSnapshot backwards = second;
  backwards.Merge(first);
  backwards.Merge(HistogramSnapshot());
  HistogramSnapshot from_empty;
  from_empty.Merge(whole);
  ExpectEqual(forwards, whole);
  ExpectEqual(backwards, whole);
  ExpectEqual(from_empty, whole);
}

TEST(HistogramTest, TheMomentOfTheMaximumStaysWithItInAMerge) {
  const HistogramSnapshot first = Recorded({100, 5'000})->Snapshot();
  const auto later = Recorded({7});
  while (later->Snapshot().max_at_ns() == first.max_at_ns())
    later->Record(later->Snapshot().max() + 1);
  const HistogramSnapshot second = later->Snapshot();
  ASSERT_LT(second.max(), first.max());
  HistogramSnapshot merged = first;
  merged.Merge(second);
  EXPECT_EQ(merged.max_at_ns(), first.max_at_ns());
  merged = second;
  merged.Merge(first);
  EXPECT_EQ(merged.max_at_ns(), first.max_at_ns());
}

TEST(HistogramTest, PercentileCurveClimbsToTheMaximum) {
  const std::vector<int64_t> values = RandomLatencies(20'000, 5);
  const HistogramSnapshot snapshot = Recorded(values)->Snapshot();
  const std::vector<PercentilePoint> curve = snapshot.PercentileCurve(5);
  ASSERT_GT(curve.size(), 20u);
  EXPECT_EQ(curve.front().percentile, 0);
  EXPECT_EQ(curve.front().value, snapshot.min());
  EXPECT_EQ(curve.back().percentile, 100);
  EXPECT_EQ(curve.back().value, snapshot.max());
  EXPECT_EQ(curve.back().count, snapshot.total());
  for (size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GT(curve[i].percentile, curve[i - 1].percentile);
    EXPECT_GE(curve[i].value, curve[i - 1].value);
    EXPECT_EQ(curve[i].value, snapshot.ValueAtPercentile(curve[i].percentile));
    EXPECT_GE(curve[i].count, snapshot.RankOfPercentile(curve[i].percentile));
  }
}

TEST(HistogramTest, SnapshotsDuringRecordingAreMonotoneAndConsistent) {
  const auto histogram = std::make_unique<Histogram>();
  const std::vector<int64_t> values = RandomLatencies(4096, 6);
  constexpr int kRounds = 200;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int round = 0; round < kRounds; ++round) {
      for (const int64_t value : values) histogram->Record(value);
      histogram->Record(-round - 1);
    }
    done.store(true, std::memory_order_release);
  });
  uint64_t last_total = 0;
  uint64_t last_negative = 0;
  bool last_round = false;
  do {
    last_round = done.load(std::memory_order_acquire);
    const HistogramSnapshot snapshot = histogram->Snapshot();
    ASSERT_GE(snapshot.total(), last_total);
    ASSERT_GE(snapshot.negative().count, last_negative);
    uint64_t sum = 0;
    snapshot.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
      sum += count;
      // Whatever is counted is known to min() and max().
      ASSERT_LE(snapshot.min(), high);
      ASSERT_GE(snapshot.max(), low);
    });
    ASSERT_EQ(sum, snapshot.total());
    last_total = snapshot.total();
    last_negative = snapshot.negative().count;
  } while (!last_round);
  writer.join();
  EXPECT_EQ(last_total, values.size() * kRounds);
  EXPECT_EQ(last_negative, static_cast<uint64_t>(kRounds));
}

}  // namespace
}  // namespace fh::latency
