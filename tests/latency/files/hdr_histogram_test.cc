#include "latency/files/hdr_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "tests/latency/files/vectors.h"

namespace fh::latency::files {
namespace {

TEST(HdrLayoutTest, SlotsTileTheValues) {
  for (const HdrSettings& settings :
       {HdrSettings{}, HdrSettings{.lowest = 20'000, .highest = 3'600'000'000'000, .digits = 2},
        HdrSettings{.lowest = 1000, .highest = 1 << 20, .digits = 1},
        HdrSettings{.lowest = 1, .highest = 2, .digits = 0}}) {
    const HdrLayout layout = HdrLayout::Make(settings).value();
    EXPECT_EQ(layout.Low(0), 0);
    for (uint32_t i = 0; i < layout.slots(); ++i) {
      ASSERT_EQ(layout.Index(layout.Low(i)), i);
      ASSERT_EQ(layout.Index(layout.High(i)), i);
      ASSERT_EQ(layout.Low(i), i == 0 ? 0 : layout.High(i - 1) + 1);
    }
    EXPECT_LT(layout.Index(settings.highest), layout.slots());
    EXPECT_EQ(layout.High(layout.most_slots() - 1), std::numeric_limits<int64_t>::max());
  }
}

TEST(HdrLayoutTest, NumbersOfTheReferenceAreMet) {
  EXPECT_EQ(HdrLayout().slots(), 33'792u);
  EXPECT_EQ(HdrLayout().buckets(), 32);
  EXPECT_EQ(HdrLayout().sub_buckets(), 2048);
  const HdrLayout jhiccup =
      HdrLayout::Make({.lowest = 20'000, .highest = 3'600'000'000'000, .digits = 2}).value();
  EXPECT_EQ(jhiccup.buckets(), 21);
  EXPECT_EQ(jhiccup.sub_buckets(), 256);
}

TEST(HdrHistogramTest, VectorsOfOurBucketsLandInTheirSlots) {
  const auto json = nlohmann::json::parse(test::FileText(test::DataFile("loglinear-to-hdr.json")));
  ASSERT_EQ(json["rows"].size(), 36u);
  const HdrLayout layout;
  for (const auto& row : json["rows"]) {
    const auto bucket = row[0].get<size_t>();
    EXPECT_EQ(HistogramBuckets::Low(bucket), row[1].get<int64_t>());
    EXPECT_EQ(HistogramBuckets::High(bucket), row[2].get<int64_t>());
    HistogramSnapshot snapshot;
    snapshot.AddBucket(bucket, 3);
    const HdrHistogram histogram = ToHdr(snapshot);
    ASSERT_EQ(histogram.slots().size(), 1u);
    EXPECT_EQ(histogram.slots()[0], (HdrSlot{row[3].get<uint32_t>(), 3}));
    EXPECT_EQ(layout.Low(row[3].get<uint32_t>()), row[4].get<int64_t>());
    EXPECT_EQ(layout.High(row[3].get<uint32_t>()), row[5].get<int64_t>());
  }
}

TEST(HdrHistogramTest, EveryBucketComesBackExactly) {
  HistogramSnapshot all;
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) all.AddBucket(i, i + 1);
  const HdrHistogram histogram = ToHdr(all);
  EXPECT_EQ(histogram.slots().size(), HistogramBuckets::kCount);
  const HistogramSnapshot back = FromHdr(histogram);
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) ASSERT_EQ(back.count(i), i + 1) << i;
  EXPECT_EQ(back.above_range().count, 0u);
}

// Above 262 us slots of three digits straddle our buckets: an exact maximum just above an edge would
// come back one bucket lower.
TEST(HdrHistogramTest, TheExactMaximumNeverLeadsToAnotherBucket) {
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) {
    for (const int64_t max : {HistogramBuckets::Low(i), HistogramBuckets::High(i),
                              (HistogramBuckets::Low(i) + HistogramBuckets::High(i)) / 2}) {
      HistogramSnapshot snapshot;
      snapshot.AddBucket(i, 1);
      ASSERT_TRUE(snapshot.SetExtremes(max, max, 1));
      const HdrHistogram histogram = ToHdr(snapshot);
      ASSERT_GE(histogram.max(), max);
      ASSERT_EQ(FromHdr(histogram).count(i), 1u) << i << " " << max;
    }
  }
}

TEST(HdrHistogramTest, SlotsInAnyOrderAreKeptAscending) {
  HdrHistogram histogram;
  std::mt19937 random(7);
  uint64_t total = 0;
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(histogram.Add(random() % 500, 1 + i % 3));
    total += 1 + i % 3;
  }
  EXPECT_TRUE(std::is_sorted(histogram.slots().begin(), histogram.slots().end(),
                             [](auto& a, auto& b) { return a.index < b.index; }));
  EXPECT_GT(histogram.slots().size(), 400u);
  EXPECT_EQ(histogram.total(), total);
}

TEST(HdrHistogramTest, ATotalOf2To63IsRefused) {
  HdrHistogram histogram;
  EXPECT_TRUE(histogram.Add(1, uint64_t{1} << 62));
  EXPECT_FALSE(histogram.Add(2, uint64_t{1} << 62));
  const HdrHistogram other = histogram;
  EXPECT_FALSE(histogram.Merge(other));
  EXPECT_EQ(histogram.total(), uint64_t{1} << 62);
}

TEST(HdrHistogramTest, AHundredPercentIsTheMaximumOfAnyNumberOfValues) {
  HdrHistogram histogram;
  histogram.Record(100, (uint64_t{1} << 60) + 1);
  histogram.Record(463, 1);
  EXPECT_EQ(histogram.ValueAtPercentile(100), histogram.max());
}

TEST(HdrHistogramTest, CoarserSettingsKeepEveryValueWithinTheirError) {
  HdrHistogram fine;
  for (int64_t value = 1; value < int64_t{1} << 40; value = value * 3 / 2 + 1)
    fine.Record(value, 2);
  const HdrSettings coarse = Coarser({.lowest = 1, .highest = 100, .digits = 3},
                                     {.lowest = 1000, .highest = 1 << 20, .digits = 2});
  EXPECT_EQ(coarse, (HdrSettings{.lowest = 1000, .highest = 1 << 20, .digits = 2}));
  const HdrHistogram recorded = Recorded(fine, coarse).value();
  EXPECT_EQ(recorded.total(), fine.total());
  for (const double p : {10.0, 50.0, 90.0, 99.0, 100.0}) {
    const int64_t exact = fine.ValueAtPercentile(p);
    const int64_t shown = recorded.ValueAtPercentile(p);
    EXPECT_NEAR(static_cast<double>(shown), static_cast<double>(exact),
                static_cast<double>(exact) / 50 + 1024);
  }
}

TEST(LatencyTrap09AnEmptyIntervalHasNoMinimum, NothingRecorded) {
  const HdrHistogram empty;
  EXPECT_EQ(empty.min(), 0);
  EXPECT_EQ(empty.max(), 0);
  EXPECT_EQ(empty.Mean(), 0);
  EXPECT_EQ(empty.StdDev(), 0);
  EXPECT_EQ(empty.ValueAtPercentile(50), 0);
  EXPECT_EQ(FromHdr(empty).min(), 0);
}

TEST(LatencyTrap10TheMaximumIsASlotsEdge, NeverBelowTheValueAndAtMostOne1024thAbove) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<int64_t>(random() >> (22 + random() % 42));
    HdrHistogram histogram;
    ASSERT_TRUE(histogram.Record(value, 1));
    ASSERT_GE(histogram.max(), value);
    ASSERT_LE(histogram.max() - value, value / 1024);
  }
}

TEST(LatencyTrap11PercentilesAreRanks, AgainstSortedValuesForOneTo200) {
  for (uint64_t n = 1; n <= 200; ++n) {
    HdrHistogram histogram;
    HistogramSnapshot own;
    for (uint64_t value = 1; value <= n; ++value) {
      // Below 128 every value has a bucket of its own.
      histogram.Record(static_cast<int64_t>(value), 1);
      own.AddBucket(HistogramBuckets::Index(static_cast<int64_t>(value)), 1);
    }
    for (uint64_t tenths = 1; tenths <= 1000; tenths += tenths % 10 == 5 ? 5 : 1) {
      // Rounded up by integers: no rounding error to agree with.
      const uint64_t rank = std::max<uint64_t>(1, (n * tenths + 999) / 1000);
      const double percentile = static_cast<double>(tenths) / 10;
      ASSERT_EQ(histogram.ValueAtPercentile(percentile), static_cast<int64_t>(rank))
          << n << " " << percentile;
      if (n < 128) {
        ASSERT_EQ(own.ValueAtPercentile(percentile), static_cast<int64_t>(rank));
      }
    }
  }
  HdrHistogram two;
  two.Record(1, 1);
  two.Record(2, 1);
  EXPECT_EQ(two.ValueAtPercentile(50), 1);
  EXPECT_EQ(two.ValueAtPercentile(0), 1);
}

}  // namespace
}  // namespace fh::latency::files
