// One run, made ready for comparisons: how many values lie at or below each bucket, in each interval
// and all before it. A block of intervals is then one subtraction, and the percentile of a sum of
// blocks a search, so that a thousand of them take some milliseconds.
//
//   RunTable run(intervals);                 // Histograms by interval, the warm-up left out.
//   double p99 = run.Quantile(0.99);
//   Interval around = run.Woodruff(0.99, 0.05);
//
// A plain value, immutable; any thread. 8 bytes a bucket in use and interval: 2 MB for 300 intervals
// of 900 buckets. Longer runs have neighbouring intervals added up, so that there are never more than
// kMostIntervals.
#ifndef FEEDHANDLER_LATENCY_COMPARE_RUN_TABLE_H_
#define FEEDHANDLER_LATENCY_COMPARE_RUN_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "latency/histogram.h"

namespace fh::latency::compare {

// Bucket (below HistogramBuckets::kCount) and count.
using SparseCounts = std::vector<std::pair<uint32_t, uint64_t>>;

SparseCounts SparseOf(const HistogramSnapshot& histogram);

struct Interval {
  double low = 0;
  double high = 0;
};

class RunTable {
 public:
  static constexpr size_t kMostIntervals = 1200;

  RunTable() = default;
  explicit RunTable(std::vector<SparseCounts> intervals);

  size_t intervals() const { return intervals_; }
  uint64_t total() const { return total_; }

  // The value that a share `p` of all values does not exceed, between the edges of its bucket by how
  // many of the bucket's values are needed (a bucket's edge would be up to 1/128 off). At least half
  // a nanosecond, since logarithms are taken of it. 0 without values.
  double Quantile(double p) const;

  // How many values lie above Quantile(p).
  uint64_t CountAbove(double p) const;

  // How many intervals hang together: max(m^(1/3), 1.5 * first lag at which the autocorrelation of
  // ln p50 of the interval is below 2 / sqrt(m)), at most m / 6, at least 1.
  size_t block_length() const { return block_length_; }

  // Quantile(p) of the sum of the blocks that begin at `starts`, each block_length() intervals, round
  // the end of the run to its beginning.
  double QuantileOfBlocks(double p, std::span<const size_t> starts) const;

  // A confidence interval for Quantile(p) without random numbers (Woodruff's, with the variance of
  // the share below by autocovariances up to block_length()). With probability 1 - alpha it holds the
  // true one. Precondition: total() > 0.
  Interval Woodruff(double p, double alpha) const;

  // By how much that variance is above the one of independent values: each value counts as 1/effect.
  double DesignEffect(double p) const;

  // All intervals together.
  const SparseCounts& counts() const { return counts_; }

 private:
  struct Variance {
    double share = 0;        // Of the share of values below Quantile(p), squared standard error.
    double independent = 0;  // The same if all values were independent.
  };

  void Fill(const std::vector<SparseCounts>& intervals);
  size_t FindBlockLength(const std::vector<SparseCounts>& intervals) const;
  Variance VarianceOf(double p) const;

  // Values in intervals before `interval`, at or below the `row`th bucket in use.
  uint64_t Below(size_t row, size_t interval) const {
    return table_[row * (intervals_ + 1) + interval];
  }
  uint64_t InBlock(size_t row, size_t start) const;
  template <typename CountBelow>
  double Search(double p, CountBelow count_below) const;

  size_t intervals_ = 0;
  uint64_t total_ = 0;
  size_t block_length_ = 1;
  std::vector<uint32_t> buckets_;  // In use, ascending: the rows.
  std::vector<uint64_t> table_;
  SparseCounts counts_;
};

}  // namespace fh::latency::compare

#endif  // FEEDHANDLER_LATENCY_COMPARE_RUN_TABLE_H_
