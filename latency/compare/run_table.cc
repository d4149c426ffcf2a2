#include "latency/compare/run_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "latency/compare/statistics.h"

namespace fh::latency::compare {
namespace {

uint64_t RankOf(double p, uint64_t total) {
  const auto rank = static_cast<uint64_t>(std::ceil(p * static_cast<double>(total)));
  return std::clamp<uint64_t>(rank, 1, std::max<uint64_t>(total, 1));
}

// Neighbours together, so that no more than kMostIntervals are left.
std::vector<SparseCounts> Pooled(std::vector<SparseCounts> intervals) {
  const size_t most = RunTable::kMostIntervals;
  if (intervals.size() <= most) return intervals;
  const size_t together = (intervals.size() + most - 1) / most;
  std::vector<SparseCounts> pooled;
  for (size_t i = 0; i < intervals.size(); i += together) {
    std::map<uint32_t, uint64_t> sum;
    for (size_t k = i; k < std::min(i + together, intervals.size()); ++k) {
      for (const auto& [bucket, count] : intervals[k]) sum[bucket] += count;
    }
    pooled.emplace_back(sum.begin(), sum.end());
  }
  return pooled;
}

// ln p50; nothing without values.
std::optional<double> LogMedian(const SparseCounts& interval) {
  uint64_t total = 0;
  for (const auto& [bucket, count] : interval) total += count;
  if (total == 0) return std::nullopt;
  const uint64_t rank = RankOf(0.5, total);
  uint64_t below = 0;
  for (const auto& [bucket, count] : interval) {
    if (below + count >= rank) {
      const auto width =
          static_cast<double>(HistogramBuckets::High(bucket) + 1 - HistogramBuckets::Low(bucket));
      const double part =
          (static_cast<double>(rank - below) - 0.5) / static_cast<double>(count) * width;
      return std::log(std::max(static_cast<double>(HistogramBuckets::Low(bucket)) + part, 0.5));
    }
    below += count;
  }
  return std::nullopt;
}

}  // namespace

SparseCounts SparseOf(const HistogramSnapshot& histogram) {
  SparseCounts counts;
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) {
    if (histogram.count(i) != 0) counts.emplace_back(static_cast<uint32_t>(i), histogram.count(i));
  }
  return counts;
}

RunTable::RunTable(std::vector<SparseCounts> intervals) {
  intervals = Pooled(std::move(intervals));
  intervals_ = intervals.size();
  Fill(intervals);
  block_length_ = FindBlockLength(intervals);
}

void RunTable::Fill(const std::vector<SparseCounts>& intervals) {
  std::map<uint32_t, uint64_t> sum;
  for (const SparseCounts& interval : intervals) {
    for (const auto& [bucket, count] : interval) sum[bucket] += count;
  }
  counts_.assign(sum.begin(), sum.end());
  std::vector<uint32_t> row_of(HistogramBuckets::kCount);
  for (const auto& [bucket, count] : counts_) {
    row_of[bucket] = static_cast<uint32_t>(buckets_.size());
    buckets_.push_back(bucket);
    total_ += count;
  }
  const size_t columns = intervals_ + 1;
  table_.assign(buckets_.size() * columns, 0);
  for (size_t i = 0; i < intervals_; ++i) {
    for (const auto& [bucket, count] : intervals[i]) {
      table_[row_of[bucket] * columns + i + 1] += count;
    }
  }
  // Over the intervals of a row, then over the rows.
  for (size_t row = 0; row < buckets_.size(); ++row) {
    uint64_t* const here = &table_[row * columns];
    for (size_t i = 1; i < columns; ++i) here[i] += here[i - 1];
    if (row == 0) continue;
    const uint64_t* const before = here - columns;
    for (size_t i = 1; i < columns; ++i) here[i] += before[i];
  }
}

size_t RunTable::FindBlockLength(const std::vector<SparseCounts>& intervals) const {
  std::vector<double> series;
  for (const SparseCounts& interval : intervals) {
    const std::optional<double> median = LogMedian(interval);
    if (median.has_value()) series.push_back(*median);
  }
  const size_t m = series.size();
  if (m < 2) return 1;
  const double mean = Mean(series);
  for (double& value : series) value -= mean;
  const auto covariance = [&series, m](size_t lag) {
    double sum = 0;
    for (size_t i = lag; i < m; ++i) sum += series[i] * series[i - lag];
    return sum;
  };
  // What equal medians leave is rounding.
  const double rounding = 1e-20 * static_cast<double>(m);
  const double variance = covariance(0) < rounding ? 0 : covariance(0);
  const double limit = 2 / std::sqrt(static_cast<double>(m));
  size_t lag = 1;
  while (variance > 0 && lag < m / 2 && std::abs(covariance(lag) / variance) >= limit) ++lag;
  const double length =
      std::max(std::cbrt(static_cast<double>(intervals_)), 1.5 * static_cast<double>(lag));
  return std::clamp<size_t>(static_cast<size_t>(std::ceil(length - 1e-9)), 1,
                            std::max<size_t>(intervals_ / 6, 1));
}

// Where `count_below`, the number of values at or below a row, reaches the rank.
template <typename CountBelow>
double RunTable::Search(double p, CountBelow count_below) const {
  if (buckets_.empty()) return 0;
  const uint64_t total = count_below(buckets_.size() - 1);
  if (total == 0) return 0;
  const uint64_t rank = RankOf(p, total);
  size_t low = 0;
  size_t high = buckets_.size() - 1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (count_below(middle) >= rank) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  const uint64_t before = low == 0 ? 0 : count_below(low - 1);
  const auto inside = static_cast<double>(count_below(low) - before);
  const int64_t edge = HistogramBuckets::Low(buckets_[low]);
  const auto width = static_cast<double>(HistogramBuckets::High(buckets_[low]) + 1 - edge);
  const double part = (static_cast<double>(rank - before) - 0.5) / inside;
  return std::max(static_cast<double>(edge) + part * width, 0.5);
}

double RunTable::Quantile(double p) const {
  return Search(p, [this](size_t row) { return Below(row, intervals_); });
}

uint64_t RunTable::CountAbove(double p) const {
  return total_ == 0 ? 0 : total_ - RankOf(p, total_);
}

uint64_t RunTable::InBlock(size_t row, size_t start) const {
  const size_t end = start + block_length_;
  if (end <= intervals_) return Below(row, end) - Below(row, start);
  return Below(row, intervals_) - Below(row, start) + Below(row, end - intervals_);
}

double RunTable::QuantileOfBlocks(double p, std::span<const size_t> starts) const {
  return Search(p, [this, starts](size_t row) {
    uint64_t sum = 0;
    for (const size_t start : starts) sum += InBlock(row, start);
    return sum;
  });
}

RunTable::Variance RunTable::VarianceOf(double p) const {
  // The share of the bucket that counts as below follows from the rank, so that the sum of r is 0.
  const uint64_t rank = RankOf(p, total_);
  size_t row = 0;
  while (Below(row, intervals_) < rank) ++row;
  const uint64_t before = row == 0 ? 0 : Below(row - 1, intervals_);
  const double part =
      static_cast<double>(rank - before) / static_cast<double>(Below(row, intervals_) - before);
  std::vector<double> r(intervals_);
  const size_t last = buckets_.size() - 1;
  const auto in = [this](size_t at, size_t i) {
    return static_cast<double>(Below(at, i + 1) - Below(at, i));
  };
  for (size_t i = 0; i < intervals_; ++i) {
    const double under = row == 0 ? 0 : in(row - 1, i);
    r[i] = under + part * (in(row, i) - under) - p * in(last, i);
  }
  double variance = 0;
  for (size_t lag = 0; lag <= block_length_ && lag < intervals_; ++lag) {
    double sum = 0;
    for (size_t i = lag; i < intervals_; ++i) sum += r[i] * r[i - lag];
    const double weight =
        lag == 0 ? 1 : 2 * (1 - static_cast<double>(lag) / static_cast<double>(block_length_ + 1));
    variance += weight * sum;
  }
  const auto n = static_cast<double>(total_);
  const double independent = n * p * (1 - p);
  return {std::max(variance, independent) / (n * n), independent / (n * n)};
}

Interval RunTable::Woodruff(double p, double alpha) const {
  const double reach = NormalQuantile(1 - alpha / 2) * std::sqrt(VarianceOf(p).share);
  return {Quantile(std::max(p - reach, 0.0)), Quantile(std::min(p + reach, 1.0))};
}

double RunTable::DesignEffect(double p) const {
  if (total_ == 0) return 1;
  const Variance variance = VarianceOf(p);
  return variance.share / variance.independent;
}

}  // namespace fh::latency::compare
