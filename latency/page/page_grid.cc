#include "latency/page/page_grid.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "latency/histogram.h"

namespace fh::latency::page {
namespace {

constexpr int64_t kMaxInt64 = std::numeric_limits<int64_t>::max();

struct Bucket {
  int64_t low = 0;
  int64_t high = 0;
};

// An HdrHistogram's slots.
struct HdrShape {
  int unit_magnitude = 0;
  int half_magnitude = 0;

  // False when the slot lies beyond what 63 bits hold.
  bool BucketOf(uint64_t index, Bucket* out) const {
    const auto half = uint64_t{1} << half_magnitude;
    uint64_t sub = (index & (half - 1)) + half;
    int64_t bucket = static_cast<int64_t>(index >> half_magnitude) - 1;
    if (bucket < 0) {
      bucket = 0;
      sub -= half;
    }
    const int64_t shift = bucket + unit_magnitude;
    if (shift + half_magnitude + 1 > 62) return false;
    out->low = static_cast<int64_t>(sub << shift);
    out->high = out->low + ((int64_t{1} << shift) - 1);
    return true;
  }
};

absl::Status ShapeOf(const proto::Series::HdrBuckets& hdr, HdrShape* out) {
  if (hdr.digits() > 5 || hdr.lowest() < 1) {
    return absl::InvalidArgumentError(absl::StrCat("an HdrHistogram with ", hdr.digits(),
                                                   " digits and the lowest value ", hdr.lowest()));
  }
  const auto wanted = static_cast<uint64_t>(2 * std::llround(std::pow(10.0, hdr.digits())));
  const int sub_magnitude = static_cast<int>(std::bit_width(wanted - 1));
  out->unit_magnitude = static_cast<int>(std::bit_width(static_cast<uint64_t>(hdr.lowest()))) - 1;
  out->half_magnitude = sub_magnitude - 1;
  if (out->unit_magnitude + sub_magnitude > 62) {
    return absl::InvalidArgumentError(
        "an HdrHistogram whose lowest value leaves no room for digits");
  }
  return absl::OkStatus();
}

void PutVarint(uint64_t value, std::string* out) {
  while (value >= 128) {
    out->push_back(static_cast<char>(static_cast<unsigned char>(value | 128)));
    value >>= 7;
  }
  out->push_back(static_cast<char>(static_cast<unsigned char>(value)));
}

}  // namespace

absl::Status ForEachBucket(const proto::Series& series, const proto::Buckets& buckets,
                           absl::FunctionRef<void(int64_t, int64_t, uint64_t)> f) {
  if (buckets.index_size() != buckets.count_size()) {
    return absl::InvalidArgumentError(absl::StrCat("a histogram with ", buckets.index_size(),
                                                   " buckets and ", buckets.count_size(),
                                                   " counts"));
  }
  HdrShape shape;
  if (series.has_hdr()) {
    if (absl::Status status = ShapeOf(series.hdr(), &shape); !status.ok()) return status;
  }
  uint64_t index = 0;
  uint64_t total = 0;
  for (int i = 0; i < buckets.index_size(); ++i) {
    if (i != 0 && buckets.index(i) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("a histogram with bucket ", index, " twice"));
    }
    index += buckets.index(i);
    Bucket bucket;
    bool known = index < HistogramBuckets::kCount;
    if (series.has_hdr()) {
      known = shape.BucketOf(index, &bucket);
    } else if (known) {
      bucket = {HistogramBuckets::Low(index), HistogramBuckets::High(index)};
    }
    if (!known) {
      return absl::InvalidArgumentError(
          absl::StrCat("a histogram with bucket ", index, ", beyond the last one"));
    }
    if (buckets.count(i) > std::numeric_limits<uint64_t>::max() - total) {
      return absl::InvalidArgumentError("a histogram whose counts add up to 2^64 or more");
    }
    total += buckets.count(i);
    if (buckets.count(i) != 0) f(bucket.low, bucket.high, buckets.count(i));
  }
  return absl::OkStatus();
}

Rows::Rows(double relative_width, int64_t greatest) {
  low_.push_back(0);
  const auto add = [&](int64_t low, int64_t high) {
    const auto width = static_cast<double>(high - low_.back()) + 1;
    const bool full = width > std::max(1.0, static_cast<double>(low_.back()) * relative_width);
    if (full && low != low_.back()) low_.push_back(low);
    end_ = high + 1;
  };
  size_t i = 0;
  for (; i < HistogramBuckets::kCount && HistogramBuckets::Low(i) <= greatest; ++i) {
    add(HistogramBuckets::Low(i), HistogramBuckets::High(i));
  }
  if (i < HistogramBuckets::kCount) return;
  // Values of foreign files, beyond an hour.
  for (int64_t low = HistogramBuckets::kMaxValue + 1; low <= greatest;) {
    low_.push_back(low);
    const auto step = static_cast<int64_t>(static_cast<double>(low) * relative_width);
    end_ = low > kMaxInt64 - step ? kMaxInt64 : low + step;
    low = end_;
    if (low == kMaxInt64) break;
  }
}

size_t Rows::RowOf(int64_t value) const {
  return static_cast<size_t>(std::upper_bound(low_.begin(), low_.end(), value) - low_.begin()) - 1;
}

Grid MakeGrid(const proto::Series& series, const Rows& rows, size_t columns, uint32_t merge) {
  std::vector<uint64_t> tops(columns);  // 0, or 1 + the maximum.
  size_t first = rows.count();
  size_t end = 0;
  for (const proto::Interval& interval : series.interval()) {
    (void)ForEachBucket(series, interval.buckets(), [&](int64_t, int64_t high, uint64_t) {
      const size_t row = rows.RowOf(high);
      first = std::min(first, row);
      end = std::max(end, row + 1);
    });
  }
  Grid grid;
  if (end != 0) {
    grid.first_row = first;
    grid.rows = end - first;
  }
  std::vector<uint64_t> cells(grid.rows * columns);
  for (const proto::Interval& interval : series.interval()) {
    const size_t column = interval.number() / merge;
    if (column >= columns) continue;
    Bucket top;
    (void)ForEachBucket(series, interval.buckets(), [&](int64_t low, int64_t high, uint64_t count) {
      cells[(rows.RowOf(high) - first) * columns + column] += count;
      top = {low, high};
    });
    // Exact, unless the file does not know it.
    const bool exact = interval.max() >= top.low && interval.max() <= top.high;
    const auto max = static_cast<uint64_t>(exact ? interval.max() : top.high);
    tops[column] = std::max(tops[column], max + 1);
  }
  for (const uint64_t top : tops) PutVarint(top, &grid.bytes);
  for (const uint64_t cell : cells) PutVarint(cell, &grid.bytes);
  return grid;
}

size_t CellsInUse(const proto::Series& series, const Rows& rows) {
  size_t cells = 0;
  for (const proto::Interval& interval : series.interval()) {
    size_t last = rows.count();
    (void)ForEachBucket(series, interval.buckets(), [&](int64_t, int64_t high, uint64_t) {
      const size_t row = rows.RowOf(high);
      if (row != last) ++cells;
      last = row;
    });
  }
  return cells;
}

}  // namespace fh::latency::page
