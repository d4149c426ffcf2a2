// What a report may hold: files.h's CheckReport.
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "latency/files/report_file.h"
#include "latency/histogram.h"

namespace fh::latency::files {
namespace {

constexpr uint64_t kMostCount = std::numeric_limits<int64_t>::max();
// Seconds of three years; what a report of longer intervals or more of them is, nobody can draw.
constexpr uint32_t kMostIntervals = 100'000'000;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, what));
}

absl::Status CheckBuckets(const proto::Buckets& buckets, uint64_t end, absl::string_view where) {
  if (buckets.index_size() != buckets.count_size()) {
    return Wrong(where, absl::StrCat(" has ", buckets.index_size(), " buckets and ",
                                     buckets.count_size(), " counts"));
  }
  uint64_t index = 0;
  uint64_t total = 0;
  for (int i = 0; i < buckets.index_size(); ++i) {
    if (i > 0 && buckets.index(i) == 0) return Wrong(where, " names a bucket twice");
    index += buckets.index(i);
    if (index >= end) return Wrong(where, absl::StrCat(" has bucket ", index, ", beyond the last"));
    if (buckets.count(i) > kMostCount - total) {
      return Wrong(where, " has counts that add up to 2^63 or more");
    }
    total += buckets.count(i);
  }
  return absl::OkStatus();
}

absl::Status CheckRun(const proto::Run& run) {
  if (run.duration_ns() < 0 || run.interval_ns() < 0 || run.start_unix_ns() < 0) {
    return Wrong("the run", " has a negative time");
  }
  if (run.intervals() > kMostIntervals) {
    return Wrong("the run", absl::StrCat(" has ", run.intervals(), " intervals, more than the ",
                                         kMostIntervals, " that are read"));
  }
  if (run.intervals() > 0 && run.interval_ns() == 0) {
    return Wrong("the run", " has intervals of no length");
  }
  return absl::OkStatus();
}

absl::Status CheckSeries(const proto::Series& series, const proto::Run& run) {
  const std::string where = absl::StrCat("the series ", series.stage());
  const uint64_t end = HistogramBuckets::kCount;
  if (absl::Status total = CheckBuckets(series.total(), end, where); !total.ok()) return total;
  int64_t before = -1;
  for (const proto::Interval& interval : series.interval()) {
    if (interval.number() <= before) return Wrong(where, " has intervals that do not ascend");
    if (interval.number() >= run.intervals()) {
      return Wrong(where,
                   absl::StrCat(" has interval ", interval.number(), ", of ", run.intervals()));
    }
    before = interval.number();
    absl::Status buckets = CheckBuckets(interval.buckets(), end,
                                        absl::StrCat(where, ", interval ", interval.number(), ","));
    if (!buckets.ok()) return buckets;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckContents(const proto::LatencyReport& report) {
  if (report.version() != kReportVersion) {
    return absl::InvalidArgumentError(absl::StrCat("the report has version ", report.version(),
                                                   ", this program reads ", kReportVersion));
  }
  if (absl::Status run = CheckRun(report.run()); !run.ok()) return run;
  for (const proto::Series& series : report.series()) {
    if (absl::Status right = CheckSeries(series, report.run()); !right.ok()) return right;
  }
  return absl::OkStatus();
}

}  // namespace fh::latency::files
