#include "latency/compare/run_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "latency/compare/statistics.h"
#include "latency/histogram.h"
#include "tests/latency/compare/simulated_runs.h"

namespace fh::test {
namespace {

using latency::HistogramBuckets;
using latency::HistogramSnapshot;
using latency::compare::Interval;
using latency::compare::Random;
using latency::compare::RunTable;
using latency::compare::SparseCounts;
using latency::compare::SparseOf;

HistogramSnapshot HistogramOf(const std::vector<int64_t>& values) {
  HistogramSnapshot histogram;
  for (const int64_t value : values) histogram.AddBucket(HistogramBuckets::Index(value), 1);
  return histogram;
}

// Trap 11: a rank that is one off, or 50 % of {1, 2} taken for 2.
TEST(RunTable, Trap11RanksAreThoseOfSortedSamples) {
  for (size_t n = 1; n <= 200; ++n) {
    std::vector<int64_t> values;
    Random random(n);
    for (size_t i = 0; i < n; ++i) values.push_back(static_cast<int64_t>(random.Below(128)));
    const HistogramSnapshot histogram = HistogramOf(values);
    const RunTable run({SparseOf(histogram)});
    std::sort(values.begin(), values.end());
    for (const int permille : {1, 10, 250, 333, 500, 501, 900, 985, 990, 999, 1000}) {
      const size_t rank = (n * static_cast<size_t>(permille) + 999) / 1000;
      const int64_t exact = values[rank - 1];
      // Below 128 ns each value has a bucket of its own.
      EXPECT_EQ(histogram.ValueAtPercentile(permille / 10.0), exact) << n << " " << permille;
      const double share = run.Quantile(permille / 1000.0);
      EXPECT_GE(share, static_cast<double>(exact)) << n << " " << permille;
      EXPECT_LT(share, static_cast<double>(exact) + 1) << n << " " << permille;
    }
  }
}

// Sums of blocks by subtraction are the sums of their histograms, also round the end.
TEST(RunTable, BlocksAreSumsOfTheirIntervals) {
  Random random(7);
  std::vector<SparseCounts> intervals;
  for (int i = 0; i < 40; ++i) {
    std::vector<int64_t> values;
    for (int k = 0; k < 50; ++k) values.push_back(static_cast<int64_t>(random.Below(1'000'000)));
    intervals.push_back(SparseOf(HistogramOf(values)));
  }
  const RunTable run(intervals);
  const size_t length = run.block_length();
  ASSERT_GT(length, 1U);
  const std::vector<size_t> starts{0, 17, 39, 39, 30};
  std::vector<SparseCounts> drawn;
  for (const size_t start : starts) {
    for (size_t i = 0; i < length; ++i) drawn.push_back(intervals[(start + i) % 40]);
  }
  const RunTable sum(drawn);
  for (const double p : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    EXPECT_DOUBLE_EQ(run.QuantileOfBlocks(p, starts), sum.Quantile(p)) << p;
  }
}

TEST(RunTable, BlocksAreAsLongAsIntervalsHangTogether) {
  SimulatedRuns runs(11);
  // 300^(1/3) = 6.7.
  EXPECT_EQ(runs.Make({.rho = 0}).block_length(), 7U);
  size_t longest = 0;
  for (int i = 0; i < 10; ++i) {
    longest = std::max(longest, runs.Make({.rho = 0.95}).block_length());
  }
  EXPECT_GT(longest, 14U);
  for (int i = 0; i < 10; ++i) {
    // m / 6 at most.
    EXPECT_LE(runs.Make({.intervals = 60, .rho = 0.99}).block_length(), 10U);
  }
  // All the same, and nothing at all.
  EXPECT_EQ(RunTable(std::vector<SparseCounts>(100, SparseCounts{{500, 9}})).block_length(), 5U);
  EXPECT_EQ(RunTable(std::vector<SparseCounts>(3)).block_length(), 1U);
  EXPECT_EQ(RunTable().total(), 0U);
}

// Independent values: ranks n p -+ z sqrt(n p (1 - p)), and a design effect of 1.
TEST(RunTable, WoodruffOfIndependentValuesIsTheBinomialInterval) {
  SimulatedRuns runs(5);
  const RunTable run = runs.Make({.rho = 0, .level_sd = 0, .in_stalls = 0});
  const double n = static_cast<double>(run.total());
  for (const double p : {0.5, 0.9, 0.99}) {
    const double reach = 1.96 * std::sqrt(p * (1 - p) / n);
    const Interval interval = run.Woodruff(p, 0.05);
    // The variance is never taken for less than that of independent values, and little more.
    EXPECT_LE(interval.low, run.Quantile(p - reach) * 1.0001);
    EXPECT_GE(interval.high, run.Quantile(p + reach) * 0.9999);
    EXPECT_GE(run.DesignEffect(p), 1);
    EXPECT_LT(run.DesignEffect(p), 1.8);
  }
  EXPECT_GT(runs.Make({}).DesignEffect(0.5), 20);
}

// Neighbours are added up, so that a long run takes no more memory than a short one.
TEST(RunTable, LongRunsArePooled) {
  const std::vector<SparseCounts> intervals(5000, SparseCounts{{100, 1}, {200, 1}});
  const RunTable run(intervals);
  EXPECT_LE(run.intervals(), RunTable::kMostIntervals);
  EXPECT_EQ(run.intervals(), 1000U);
  EXPECT_EQ(run.total(), 10'000U);
  EXPECT_EQ(run.counts(), (SparseCounts{{100, 5000}, {200, 5000}}));
}

}  // namespace
}  // namespace fh::test
