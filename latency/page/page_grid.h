// Histograms over time as a page carries them: rows of values, columns of time, exact counts.
//
// Rows are buckets of any histogram put together until each is as wide as `relative_width` of its value;
// for the buckets of latency/histogram.h no bucket is cut, so counts stay exact.
#ifndef FEEDHANDLER_LATENCY_PAGE_PAGE_GRID_H_
#define FEEDHANDLER_LATENCY_PAGE_PAGE_GRID_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "latency/recording/latency_report.pb.h"

namespace fh::latency::page {

namespace proto = ::feedhandler::latency;

// Calls f(low, high, count) for each bucket that is not empty, from low values to high; of this program's
// buckets or an HdrHistogram's. InvalidArgument, maybe after some calls, for what is no histogram.
absl::Status ForEachBucket(const proto::Series& series, const proto::Buckets& buckets,
                           absl::FunctionRef<void(int64_t low, int64_t high, uint64_t count)> f);

class Rows {
 public:
  // Up to `greatest`.
  Rows(double relative_width, int64_t greatest);

  size_t count() const { return low_.size(); }
  // Of the row that holds `value`, which must be >= 0; the last one for all that is greater.
  size_t RowOf(int64_t value) const;
  const std::vector<int64_t>& low() const { return low_; }
  // Where the last one ends.
  int64_t end() const { return end_; }

 private:
  std::vector<int64_t> low_;
  int64_t end_ = 1;
};

// What became of a series' intervals.
struct Grid {
  size_t first_row = 0;
  size_t rows = 0;
  // All in LEB128: for each column 0 (not measured) or 1 + its maximum; then row after row, the counts by
  // column.
  std::string bytes;
};

// `merge` intervals are one column. Precondition: every histogram of the series is valid.
Grid MakeGrid(const proto::Series& series, const Rows& rows, size_t columns, uint32_t merge);

// How many cells a grid would have that are not 0: what its size comes from.
size_t CellsInUse(const proto::Series& series, const Rows& rows);

}  // namespace fh::latency::page

#endif  // FEEDHANDLER_LATENCY_PAGE_PAGE_GRID_H_
