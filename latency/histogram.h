// A log-linear histogram of durations: fixed size, about a nanosecond a value, bounded error.
//
//   fh::latency::Histogram histogram;             // 35 KiB in place, no allocation.
//   histogram.Record(latency_ns);                 // The one writer thread.
//   HistogramSnapshot all = histogram.Snapshot(); // Any thread, meanwhile.
//   all.Merge(other.Snapshot());
//   int64_t p99 = all.ValueAtPercentile(99);
//
// Buckets. Values 0..127 ns have a bucket each; above that buckets are as wide as 1/128 of their
// value, rounded down to a power of two. Whatever the histogram reports for a value v lies in
// [v, v * (1 + 1/128)]: kMaxRelativeError. Values reach up to 2^42 - 129 ns, 73 minutes.
//
// Nothing is clamped. A negative value (two clocks that disagree, or a stamp that was never set)
// and a value above the range are each counted apart, with their least and greatest, and are part
// neither of the buckets nor of total, min, max, mean and percentiles.
//
// Threads: one writer calls Record and RecordN; any number of threads may take snapshots meanwhile.
// No lock and no locked instruction on either side: the writer's counters are plain loads and
// stores that happen to be atomic. Nothing is ever reset; whoever needs intervals subtracts.
#ifndef FEEDHANDLER_LATENCY_HISTOGRAM_H_
#define FEEDHANDLER_LATENCY_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace fh::latency {

// Which bucket a value falls into, and what a bucket covers.
//
// kOffset is added to every value first. That makes the values below it, which a plain logarithm
// would spread out too far, fall into buckets of width 1 like all others: one formula, no branch.
struct HistogramBuckets {
  // Each power of two is cut into 2^kPrecisionBits buckets.
  static constexpr int kPrecisionBits = 7;
  static constexpr int kRangeBits = 42;
  static constexpr int64_t kOffset = int64_t{1} << kPrecisionBits;
  static constexpr int64_t kMaxValue = (int64_t{1} << kRangeBits) - 1 - kOffset;
  static constexpr double kMaxRelativeError = 1.0 / kOffset;
  static constexpr size_t kCount = size_t{kRangeBits - kPrecisionBits} << kPrecisionBits;

  // Precondition: 0 <= value <= kMaxValue.
  static constexpr size_t Index(int64_t value) {
    // A double is what we look for: an exponent, which is the power of two, and below it the
    // leading bits. The conversion is exact (42 bits of 53), and on several CPUs costs a quarter of
    // the instruction that finds the highest bit of an integer.
    constexpr int kMantissaBits = 52;
    constexpr uint64_t kFirst = uint64_t{1023 + kPrecisionBits} << kPrecisionBits;
    const auto bits = std::bit_cast<uint64_t>(static_cast<double>(value + kOffset));
    return static_cast<size_t>((bits >> (kMantissaBits - kPrecisionBits)) - kFirst);
  }

  // The least and the greatest value of a bucket. Precondition: index < kCount.
  static constexpr int64_t Low(size_t index) {
    const auto step = static_cast<int64_t>(index % kOffset);
    return ((kOffset + step) << (index >> kPrecisionBits)) - kOffset;
  }
  static constexpr int64_t High(size_t index) {
    return Low(index) + (int64_t{1} << (index >> kPrecisionBits)) - 1;
  }
};

static_assert(HistogramBuckets::Index(0) == 0);
static_assert(HistogramBuckets::Index(HistogramBuckets::kMaxValue) == HistogramBuckets::kCount - 1);

// How many values lay outside of the range on one side, and between which limits.
struct OutsideCount {
  uint64_t count = 0;
  int64_t min = 0;  // Of these values; 0 when there are none.
  int64_t max = 0;

  void Merge(const OutsideCount& other);
};

// One step of a percentile curve: `count` values, which are `percentile` percent, are <= `value`.
struct PercentilePoint {
  double percentile = 0;
  int64_t value = 0;
  uint64_t count = 0;
};

// What a histogram held at some moment. A plain value: copy, merge and keep it. Not thread-safe.
// Allocates when it is made (35 KiB); its other functions walk the buckets, a few microseconds
// each.
class HistogramSnapshot {
 public:
  HistogramSnapshot() : counts_(HistogramBuckets::kCount) {}

  // Values in range. Always the sum of the buckets, so percentiles and total agree.
  uint64_t total() const { return total_; }

  // Exact least and greatest value in range; 0 when total() is 0. A snapshot taken while a value is
  // being recorded may know it here before it is counted.
  int64_t min() const { return total_ == 0 ? 0 : min_; }
  int64_t max() const { return total_ == 0 ? 0 : max_; }
  // When max() was recorded first, UNIX ns; 0 when total() is 0.
  int64_t max_at_ns() const { return total_ == 0 ? 0 : max_at_ns_; }

  // Taken from the middles of the buckets, so within kMaxRelativeError / 2 of the exact mean.
  double Mean() const;
  double StdDev() const;

  // A value that at least `percentile` percent of all values do not exceed: the highest value of
  // the bucket in which the value of rank ceil(percentile / 100 * total) lies, but no more than
  // max(). So it is never below the exact percentile, and above it by at most kMaxRelativeError;
  // 100 gives max(), 0 or less gives min(). 0 when total() is 0.
  int64_t ValueAtPercentile(double percentile) const;

  // The rank above: how many values lie at or below the percentile.
  uint64_t RankOfPercentile(double percentile) const;

  // The curve that percentile plots need: `steps` points (at least 1) for each halving of the
  // distance to 100 %, so 0, 50, 75, 87.5, ... with steps = 1; the last point is 100 and max().
  std::vector<PercentilePoint> PercentileCurve(int steps) const;

  // Calls f(low, high, count) for every bucket that is not empty, from low values to high.
  template <typename F>
  void ForEachBucket(F f) const {
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] != 0) f(HistogramBuckets::Low(i), HistogramBuckets::High(i), counts_[i]);
    }
  }

  const OutsideCount& negative() const { return negative_; }
  const OutsideCount& above_range() const { return above_range_; }

  // Adds what `other` holds. Order does not matter; sums wrap at 2^64.
  void Merge(const HistogramSnapshot& other);

  // What came since `earlier`, a snapshot of the same histogram: an interval. Its min and max are
  // exact where this snapshot's are new ones, and else the edges of the outermost buckets, as are
  // those of what lay outside of the range.
  HistogramSnapshot Since(const HistogramSnapshot& earlier) const;

  // How many values a bucket holds. Precondition: index < HistogramBuckets::kCount.
  uint64_t count(size_t index) const { return counts_[index]; }

  // For who makes one of a file: `n` values of one bucket. min() and max() become the bucket's edges
  // where they lie beyond what they were, until SetExtremes says better.
  void AddBucket(size_t index, uint64_t n);
  // The exact least and greatest value, and when the latter was; those that lie in other buckets than
  // the outermost are not taken, and false says so.
  bool SetExtremes(int64_t min_ns, int64_t max_ns, int64_t max_at_ns);
  void SetOutside(const OutsideCount& negative, const OutsideCount& above_range) {
    negative_ = negative;
    above_range_ = above_range;
  }

 private:
  friend class Histogram;

  std::vector<uint64_t> counts_;
  uint64_t total_ = 0;
  int64_t min_ = std::numeric_limits<int64_t>::max();
  int64_t max_ = -1;
  int64_t max_at_ns_ = 0;
  OutsideCount negative_;
  OutsideCount above_range_;
};

class Histogram {
 public:
  // Writes every counter, so that recording takes no page fault later.
  Histogram() = default;
  Histogram(const Histogram&) = delete;
  Histogram& operator=(const Histogram&) = delete;

  // Counts one value in ns. Writer thread only; never blocks.
  void Record(int64_t value_ns) { RecordN(value_ns, 1); }

  // Counts `n` equal values, as for the n updates of one burst; nothing when n is 0.
  void RecordN(int64_t value_ns, uint64_t n) {
    if (n == 0) return;
    // One comparison for four questions: whatever lies between the least and the greatest value so
    // far is neither of them, not negative and not above the range. All else is rare.
    if (static_cast<uint64_t>(value_ns) - known_low_ >= known_width_) [[unlikely]] {
      RecordRare(value_ns, n);
      return;
    }
    // Follows from the above, which the compiler cannot see.
    if (value_ns < 0 || value_ns > HistogramBuckets::kMaxValue) __builtin_unreachable();
    Add(counts_[HistogramBuckets::Index(value_ns)], n);
  }

  // Fetches what Record of the same value will touch, so that who records in many histograms waits for
  // memory once and not for each.
  void Prefetch(int64_t value_ns) const {
    __builtin_prefetch(&known_low_);
    if (value_ns < 0 || value_ns > HistogramBuckets::kMaxValue) return;
    __builtin_prefetch(&counts_[HistogramBuckets::Index(value_ns)], 1);
  }

  // A copy, from any thread, while the writer goes on. Each bucket's count is one that it had at
  // some moment during the call, so of two snapshots the later has no smaller count anywhere;
  // values recorded during the call may be in it or not. Allocates; a few microseconds.
  HistogramSnapshot Snapshot() const;

 private:
  using Counter = std::atomic<uint64_t>;

  struct Outside {
    Counter count{0};
    std::atomic<int64_t> min{std::numeric_limits<int64_t>::max()};
    std::atomic<int64_t> max{std::numeric_limits<int64_t>::min()};

    OutsideCount Load() const;
  };

  // A single writer needs no read-modify-write. Release, so that what was stored before is seen
  // by who sees the count; on x86 it is a plain store.
  static void Add(Counter& counter, uint64_t n) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_release);
  }

  // RecordN for a value that is the least or the greatest so far, or outside of the range. For the
  // greatest it looks at the clock.
  void RecordRare(int64_t value_ns, uint64_t n);

  // The writer's own: values in [known_low_, known_low_ + known_width_) need no second look.
  alignas(64) uint64_t known_low_ = 0;
  uint64_t known_width_ = 0;
  std::atomic<int64_t> min_{std::numeric_limits<int64_t>::max()};
  std::atomic<int64_t> max_{-1};
  std::atomic<int64_t> max_at_ns_{0};
  Outside negative_;
  Outside above_range_;
  alignas(64) std::array<Counter, HistogramBuckets::kCount> counts_{};
};

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_HISTOGRAM_H_
