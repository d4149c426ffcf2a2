#include "latency/page/page_grid.h"

#include <algorithm>
#include <limits>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "latency/files/hdr_histogram.h"
#include "latency/histogram.h"

namespace fh::latency::page {
namespace {

constexpr int64_t kMaxInt64 = std::numeric_limits<int64_t>::max();

struct Bucket {
  int64_t low = 0;
  int64_t high = 0;
};

// One more than any value must be an integer, too.
constexpr int64_t kGreatest = kMaxInt64 - 1;

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
  files::HdrLayout layout;
  if (series.has_hdr()) {
    if (series.hdr().digits() > 5 || series.hdr().lowest() > kMaxInt64 / 2) {
      return absl::InvalidArgumentError(absl::StrCat("an HdrHistogram with ", series.hdr().digits(),
                                                     " digits and the lowest value ",
                                                     series.hdr().lowest()));
    }
    absl::StatusOr<files::HdrLayout> made =
        files::HdrLayout::Make({.lowest = series.hdr().lowest(),
                                .highest = kMaxInt64,
                                .digits = static_cast<int>(series.hdr().digits())});
    if (!made.ok()) return made.status();
    layout = *made;
  }
  uint64_t index = 0;
  uint64_t total = 0;
  for (int i = 0; i < buckets.index_size(); ++i) {
    if (i != 0 && buckets.index(i) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("a histogram with bucket ", index, " twice"));
    }
    index += buckets.index(i);
    Bucket bucket;
    const bool known = index < (series.has_hdr() ? layout.most_slots() : HistogramBuckets::kCount);
    if (known && series.has_hdr()) {
      const auto slot = static_cast<uint32_t>(index);
      bucket = {layout.Low(slot), std::min(layout.High(slot), kGreatest)};
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
