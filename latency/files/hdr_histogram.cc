#include "latency/files/hdr_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"

namespace fh::latency::files {
namespace {

constexpr uint64_t kMostTotal = std::numeric_limits<int64_t>::max();
constexpr int kMostDigits = 5;
constexpr int kMostBits = 62;

int BitsOf(int64_t value) { return std::bit_width(static_cast<uint64_t>(value)); }

}  // namespace

absl::StatusOr<HdrLayout> HdrLayout::Make(const HdrSettings& settings) {
  if (settings.digits < 0 || settings.digits > kMostDigits) {
    return absl::InvalidArgumentError(
        absl::StrCat("a histogram of ", settings.digits, " digits; there are 0 to 5"));
  }
  if (settings.lowest < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("a histogram with a lowest value of ", settings.lowest, "; it is at least 1"));
  }
  if (settings.highest / 2 < settings.lowest) {
    return absl::InvalidArgumentError(
        absl::StrCat("a histogram from ", settings.lowest, " to ", settings.highest,
                     "; the highest value is at least twice the lowest"));
  }
  HdrLayout layout;
  layout.settings_ = settings;
  layout.unit_bits_ = BitsOf(settings.lowest) - 1;
  int64_t exact = 2;  // Values up to this one have slots of their own.
  for (int i = 0; i < settings.digits; ++i) exact *= 10;
  layout.sub_bits_ = BitsOf(exact - 1);
  if (layout.unit_bits_ + layout.sub_bits_ > kMostBits) {
    return absl::InvalidArgumentError(absl::StrCat("a histogram with a lowest value of ",
                                                   settings.lowest, " and ", settings.digits,
                                                   " digits, which do not fit into 62 bits"));
  }
  layout.buckets_ =
      std::max(1, BitsOf(settings.highest) - layout.sub_bits_ - layout.unit_bits_ + 1);
  return layout;
}

uint32_t HdrLayout::most_slots() const { return Index(std::numeric_limits<int64_t>::max()) + 1; }

uint32_t HdrLayout::Index(int64_t value) const {
  const int bucket = std::max(0, BitsOf(value) - sub_bits_ - unit_bits_);
  const auto sub = static_cast<uint64_t>(value) >> (bucket + unit_bits_);
  const uint64_t half = uint64_t{1} << (sub_bits_ - 1);
  return static_cast<uint32_t>((static_cast<uint64_t>(bucket + 1) << (sub_bits_ - 1)) + sub - half);
}

HdrLayout::Place HdrLayout::PlaceOf(uint32_t index) const {
  const uint32_t half = uint32_t{1} << (sub_bits_ - 1);
  const int bucket = static_cast<int>(index >> (sub_bits_ - 1)) - 1;
  const uint64_t within = index & (half - 1);
  if (bucket < 0) return {unit_bits_, within};
  return {bucket + unit_bits_, within + half};
}

int64_t HdrLayout::Low(uint32_t index) const {
  const Place place = PlaceOf(index);
  return static_cast<int64_t>(place.sub << place.shift);
}

int64_t HdrLayout::High(uint32_t index) const {
  const Place place = PlaceOf(index);
  // Of the last slot of all, 2^63 is where the next one would begin: unsigned until it is less.
  return static_cast<int64_t>(((place.sub + 1) << place.shift) - 1);
}

int64_t HdrLayout::Middle(uint32_t index) const {
  const Place place = PlaceOf(index);
  return Low(index) + static_cast<int64_t>((uint64_t{1} << place.shift) / 2);
}

bool HdrHistogram::Add(uint32_t index, uint64_t count) {
  if (count == 0) return true;
  if (index >= layout_.most_slots() || count > kMostTotal - total_) return false;
  total_ += count;
  if (slots_.empty() || slots_.back().index < index) {
    slots_.push_back({index, count});
    return true;
  }
  const auto at =
      std::lower_bound(slots_.begin(), slots_.end(), index,
                       [](const HdrSlot& slot, uint32_t wanted) { return slot.index < wanted; });
  if (at->index == index) {
    at->count += count;
  } else {
    slots_.insert(at, {index, count});
  }
  return true;
}

bool HdrHistogram::Record(int64_t value, uint64_t count) {
  return value >= 0 && Add(layout_.Index(value), count);
}

bool HdrHistogram::Merge(const HdrHistogram& other) {
  if (other.total_ > kMostTotal - total_) return false;
  std::vector<HdrSlot> merged;
  merged.reserve(std::max(slots_.size(), other.slots_.size()));
  auto mine = slots_.begin();
  auto theirs = other.slots_.begin();
  while (mine != slots_.end() || theirs != other.slots_.end()) {
    if (theirs == other.slots_.end() || (mine != slots_.end() && mine->index < theirs->index)) {
      merged.push_back(*mine++);
    } else if (mine == slots_.end() || theirs->index < mine->index) {
      merged.push_back(*theirs++);
    } else {
      merged.push_back({mine->index, mine->count + theirs->count});
      ++mine;
      ++theirs;
    }
  }
  slots_ = std::move(merged);
  total_ += other.total_;
  return true;
}

double HdrHistogram::Mean() const {
  if (total_ == 0) return 0;
  double sum = 0;
  for (const HdrSlot& slot : slots_) {
    sum += static_cast<double>(layout_.Middle(slot.index)) * static_cast<double>(slot.count);
  }
  return sum / static_cast<double>(total_);
}

double HdrHistogram::StdDev() const {
  if (total_ == 0) return 0;
  const double mean = Mean();
  double squares = 0;
  for (const HdrSlot& slot : slots_) {
    const double distance = static_cast<double>(layout_.Middle(slot.index)) - mean;
    squares += distance * distance * static_cast<double>(slot.count);
  }
  return std::sqrt(squares / static_cast<double>(total_));
}

int64_t HdrHistogram::ValueAtPercentile(double percentile) const {
  if (total_ == 0) return 0;
  if (percentile >= 100) return max();  // A double does not hold every rank of many values.
  // One step less, so that 99 % of 100 values is the 99th, not the 100th, whatever the product is
  // rounded to: the Java library's rule.
  const double asked =
      std::clamp(std::nextafter(percentile, -std::numeric_limits<double>::infinity()), 0.0, 100.0);
  const double exact = std::ceil(asked * static_cast<double>(total_) / 100);
  const uint64_t rank = exact >= static_cast<double>(total_)
                            ? total_
                            : std::max<uint64_t>(1, static_cast<uint64_t>(exact));
  uint64_t below = 0;
  for (const HdrSlot& slot : slots_) {
    below += slot.count;
    if (below >= rank) {
      return percentile <= 0 ? layout_.Low(slot.index) : layout_.High(slot.index);
    }
  }
  return max();
}

HdrHistogram ToHdr(const HistogramSnapshot& snapshot) {
  HdrHistogram histogram;
  const HdrLayout& layout = histogram.layout();
  snapshot.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    const bool top = snapshot.max() <= high;
    const bool exact =
        top && snapshot.max() >= low && layout.Low(layout.Index(snapshot.max())) >= low;
    // A histogram of this program may count up to 2^64; no file can.
    histogram.Record(exact ? snapshot.max() : high,
                     std::min(count, kMostTotal - histogram.total()));
  });
  return histogram;
}

HistogramSnapshot FromHdr(const HdrHistogram& histogram) {
  HistogramSnapshot snapshot;
  OutsideCount above;
  for (const HdrSlot& slot : histogram.slots()) {
    const int64_t low = histogram.layout().Low(slot.index);
    if (low <= HistogramBuckets::kMaxValue) {
      snapshot.AddBucket(HistogramBuckets::Index(low), slot.count);
    } else {
      above.Merge({slot.count, low, histogram.layout().High(slot.index)});
    }
  }
  snapshot.SetOutside({}, above);
  return snapshot;
}

absl::StatusOr<HdrHistogram> Recorded(const HdrHistogram& histogram, const HdrSettings& settings) {
  const absl::StatusOr<HdrLayout> layout = HdrLayout::Make(settings);
  if (!layout.ok()) return layout.status();
  HdrHistogram recorded(*layout);
  for (const HdrSlot& slot : histogram.slots()) {
    recorded.Record(histogram.layout().Low(slot.index), slot.count);
  }
  return recorded;
}

HdrSettings Coarser(const HdrSettings& a, const HdrSettings& b) {
  return {.lowest = std::max(a.lowest, b.lowest),
          .highest = std::max(a.highest, b.highest),
          .digits = std::min(a.digits, b.digits)};
}

}  // namespace fh::latency::files
