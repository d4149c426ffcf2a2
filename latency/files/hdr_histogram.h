// HdrHistogram's histogram, as far as its files need it: which slot holds a value, counts by slot, and
// the way from and to the histograms of this program.
//
//   HdrHistogram histogram = ToHdr(snapshot);              // lowest 1, highest 2^42 - 1, 3 digits.
//   int64_t p99 = histogram.ValueAtPercentile(99);         // As the Java library says it.
//   absl::StatusOr<HdrHistogram> coarse = Recorded(foreign, {.lowest = 1000, .digits = 2});
//
// A histogram of `digits` decimal digits has slots of width 1 (times the power of two in `lowest`) up
// to 2 * 10^digits, then of twice the width for each doubling of the value. Counts are kept by slot
// and only for slots in use, so a file cannot make it allocate more than it has bytes. All values
// are integers; intermediate ones do not overflow up to INT64_MAX.
//
// Plain values; one thread at a time. Allocates.
#ifndef FEEDHANDLER_LATENCY_FILES_HDR_HISTOGRAM_H_
#define FEEDHANDLER_LATENCY_FILES_HDR_HISTOGRAM_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "latency/histogram.h"

namespace fh::latency::files {

struct HdrSettings {
  int64_t lowest = 1;  // Lowest discernible value.
  int64_t highest = (int64_t{1} << 42) - 1;
  int digits = 3;

  friend bool operator==(const HdrSettings&, const HdrSettings&) = default;
};

// The slots of some settings.
class HdrLayout {
 public:
  // InvalidArgument unless 1 <= lowest, 2 * lowest <= highest, 0 <= digits <= 5, and values fit into 62
  // bits of slots.
  static absl::StatusOr<HdrLayout> Make(const HdrSettings& settings);
  // The settings of what this program writes.
  HdrLayout() = default;

  // Precondition: value >= 0. May lie beyond slots().
  uint32_t Index(int64_t value) const;
  // Least and greatest value of a slot, and the one in the middle. Precondition: index < most_slots().
  int64_t Low(uint32_t index) const;
  int64_t High(uint32_t index) const;
  int64_t Middle(uint32_t index) const;

  const HdrSettings& settings() const { return settings_; }
  int buckets() const { return buckets_; }
  int64_t sub_buckets() const { return int64_t{1} << sub_bits_; }
  // Up to `highest`, and up to INT64_MAX.
  uint32_t slots() const { return static_cast<uint32_t>(buckets_ + 1) << (sub_bits_ - 1); }
  uint32_t most_slots() const;

 private:
  // Of a slot: how far its values are shifted, and what is shifted.
  struct Place {
    int shift;
    uint64_t sub;
  };
  Place PlaceOf(uint32_t index) const;

  HdrSettings settings_;
  int unit_bits_ = 0;
  int sub_bits_ = 11;
  int buckets_ = 32;
};

struct HdrSlot {
  uint32_t index = 0;
  uint64_t count = 0;

  friend bool operator==(const HdrSlot&, const HdrSlot&) = default;
};

class HdrHistogram {
 public:
  HdrHistogram() = default;
  explicit HdrHistogram(const HdrLayout& layout) : layout_(layout) {}

  // False, and nothing is added, when the slot lies beyond INT64_MAX or the total would reach 2^63.
  // A slot beyond `highest` is taken: the Java library's histograms grow, too. Fast when slots come in
  // ascending order.
  bool Add(uint32_t index, uint64_t count);
  bool Record(int64_t value, uint64_t count);
  // Precondition: equal lowest and digits. False as above; then part of `other` may have been added.
  bool Merge(const HdrHistogram& other);

  const HdrLayout& layout() const { return layout_; }
  // Ascending, no count is 0.
  const std::vector<HdrSlot>& slots() const { return slots_; }
  uint64_t total() const { return total_; }

  // The edges of the outermost slots in use: the lower one of the first, the upper one of the last.
  // 0 when there is none.
  int64_t min() const { return slots_.empty() ? 0 : layout_.Low(slots_.front().index); }
  int64_t max() const { return slots_.empty() ? 0 : layout_.High(slots_.back().index); }
  // From the middles of the slots.
  double Mean() const;
  double StdDev() const;
  // The upper edge of the slot where the count of all values up to it reaches the percentile; 0: the
  // lower edge of the first one.
  int64_t ValueAtPercentile(double percentile) const;

 private:
  HdrLayout layout_;
  std::vector<HdrSlot> slots_;
  uint64_t total_ = 0;
};

// The highest value of each bucket, so that no figure becomes smaller than it was and the way back is
// exact; the exact maximum for the topmost bucket where that does not lead to another bucket.
HdrHistogram ToHdr(const HistogramSnapshot& snapshot);

// By the lowest value of each slot. What lies beyond the range is counted as above it.
HistogramSnapshot FromHdr(const HdrHistogram& histogram);

// Recorded anew in other settings, by the lowest value of each slot. InvalidArgument: HdrLayout::Make's.
absl::StatusOr<HdrHistogram> Recorded(const HdrHistogram& histogram, const HdrSettings& settings);

// The settings that neither of both has a coarser lowest value or fewer digits than.
HdrSettings Coarser(const HdrSettings& a, const HdrSettings& b);

}  // namespace fh::latency::files

#endif  // FEEDHANDLER_LATENCY_FILES_HDR_HISTOGRAM_H_
