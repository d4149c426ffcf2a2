#include "latency/histogram.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace fh::latency {
namespace {

int64_t UnixNs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

double Middle(int64_t low, int64_t high) {
  return (static_cast<double>(low) + static_cast<double>(high)) / 2;
}

}  // namespace

void OutsideCount::Merge(const OutsideCount& other) {
  if (other.count == 0) return;
  min = count == 0 ? other.min : std::min(min, other.min);
  max = count == 0 ? other.max : std::max(max, other.max);
  count += other.count;
}

OutsideCount Histogram::Outside::Load() const {
  const uint64_t seen = count.load(std::memory_order_acquire);
  if (seen == 0) return {};
  return {seen, min.load(std::memory_order_relaxed), max.load(std::memory_order_relaxed)};
}

void Histogram::RecordRare(int64_t value_ns, uint64_t n) {
  const bool in_range = value_ns >= 0 && value_ns <= HistogramBuckets::kMaxValue;
  Outside& side = value_ns < 0 ? negative_ : above_range_;
  std::atomic<int64_t>& min = in_range ? min_ : side.min;
  std::atomic<int64_t>& max = in_range ? max_ : side.max;
  // Before the count, so that a snapshot that sees a value counted knows its limits.
  if (value_ns < min.load(std::memory_order_relaxed)) {
    min.store(value_ns, std::memory_order_relaxed);
  }
  if (value_ns > max.load(std::memory_order_relaxed)) {
    max.store(value_ns, std::memory_order_relaxed);
    if (in_range) max_at_ns_.store(UnixNs(), std::memory_order_relaxed);
  }
  if (!in_range) {
    Add(side.count, n);
    return;
  }
  known_low_ = static_cast<uint64_t>(min.load(std::memory_order_relaxed));
  known_width_ = static_cast<uint64_t>(max.load(std::memory_order_relaxed)) - known_low_ + 1;
  Add(counts_[HistogramBuckets::Index(value_ns)], n);
}

HistogramSnapshot Histogram::Snapshot() const {
  HistogramSnapshot snapshot;
  for (size_t i = 0; i < counts_.size(); ++i) {
    snapshot.counts_[i] = counts_[i].load(std::memory_order_acquire);
    snapshot.total_ += snapshot.counts_[i];
  }
  snapshot.min_ = min_.load(std::memory_order_relaxed);
  snapshot.max_ = max_.load(std::memory_order_relaxed);
  snapshot.max_at_ns_ = max_at_ns_.load(std::memory_order_relaxed);
  snapshot.negative_ = negative_.Load();
  snapshot.above_range_ = above_range_.Load();
  return snapshot;
}

void HistogramSnapshot::Merge(const HistogramSnapshot& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  total_ += other.total_;
  min_ = std::min(min_, other.min_);
  if (other.max_ > max_) max_at_ns_ = other.max_at_ns_;
  max_ = std::max(max_, other.max_);
  negative_.Merge(other.negative_);
  above_range_.Merge(other.above_range_);
}

void HistogramSnapshot::AddBucket(size_t index, uint64_t n) {
  if (n == 0) return;
  counts_[index] += n;
  total_ += n;
  min_ = std::min(min_, HistogramBuckets::Low(index));
  max_ = std::max(max_, HistogramBuckets::High(index));
}

bool HistogramSnapshot::SetExtremes(int64_t min_ns, int64_t max_ns, int64_t max_at_ns) {
  if (total_ == 0) return false;
  const auto holds = [this](int64_t value, int64_t edge) {
    return value >= 0 && value <= HistogramBuckets::kMaxValue &&
           HistogramBuckets::Index(value) == HistogramBuckets::Index(edge) &&
           counts_[HistogramBuckets::Index(value)] != 0;
  };
  const bool right = holds(min_ns, min_) && holds(max_ns, max_) && min_ns <= max_ns;
  if (!right) return false;
  min_ = min_ns;
  max_ = max_ns;
  max_at_ns_ = max_at_ns;
  return true;
}

HistogramSnapshot HistogramSnapshot::Since(const HistogramSnapshot& earlier) const {
  HistogramSnapshot interval;
  for (size_t i = 0; i < counts_.size(); ++i)
    interval.AddBucket(i, counts_[i] - earlier.counts_[i]);
  if (interval.total_ != 0) {
    interval.max_at_ns_ = max_ > earlier.max_ ? max_at_ns_ : 0;
    if (max_ > earlier.max_) interval.max_ = max_;
    interval.max_ = std::min(interval.max_, max_);
    if (min_ < earlier.min_) interval.min_ = min_;
    interval.min_ = std::max(interval.min_, min_);
  }
  const auto outside = [](const OutsideCount& now, const OutsideCount& before) {
    return now.count == before.count ? OutsideCount{}
                                     : OutsideCount{now.count - before.count, now.min, now.max};
  };
  interval.negative_ = outside(negative_, earlier.negative_);
  interval.above_range_ = outside(above_range_, earlier.above_range_);
  return interval;
}

double HistogramSnapshot::Mean() const {
  if (total_ == 0) return 0;
  double sum = 0;
  ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    sum += Middle(low, high) * static_cast<double>(count);
  });
  return sum / static_cast<double>(total_);
}

double HistogramSnapshot::StdDev() const {
  if (total_ == 0) return 0;
  const double mean = Mean();
  double squares = 0;
  ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    const double distance = Middle(low, high) - mean;
    squares += distance * distance * static_cast<double>(count);
  });
  return std::sqrt(squares / static_cast<double>(total_));
}

uint64_t HistogramSnapshot::RankOfPercentile(double percentile) const {
  const double share = std::clamp(percentile, 0.0, 100.0) / 100;
  const double exact = share * static_cast<double>(total_);
  // 99.9 % of 1000 is 999, not the 1000 that rounding errors would make of it.
  const double nearest = std::nearbyint(exact);
  const double rank = std::abs(exact - nearest) <= exact * 1e-12 ? nearest : std::ceil(exact);
  return std::min(static_cast<uint64_t>(rank), total_);
}

int64_t HistogramSnapshot::ValueAtPercentile(double percentile) const {
  if (total_ == 0) return 0;
  const uint64_t rank = RankOfPercentile(percentile);
  if (rank == 0) return min();
  if (rank == total_) return max_;
  uint64_t below = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    below += counts_[i];
    if (below >= rank) return std::min(HistogramBuckets::High(i), max_);
  }
  return max_;
}

std::vector<PercentilePoint> HistogramSnapshot::PercentileCurve(int steps) const {
  std::vector<PercentilePoint> curve;
  if (total_ == 0) return curve;
  steps = std::max(steps, 1);
  curve.push_back({0, min(), 0});
  double start = 0;  // Of the present halving, in percent.
  double length = 50;
  int step = 1;
  uint64_t below = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    below += counts_[i];
    if (below == total_) break;
    const int64_t value = std::min(HistogramBuckets::High(i), max_);
    for (;;) {
      const double percentile = start + length * step / steps;
      if (RankOfPercentile(percentile) > below) break;
      curve.push_back({percentile, value, below});
      if (++step > steps) {
        start += length;
        length /= 2;
        step = 1;
      }
    }
  }
  curve.push_back({100, max_, total_});
  return curve;
}

}  // namespace fh::latency
