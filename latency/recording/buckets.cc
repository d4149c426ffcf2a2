#include "latency/recording/buckets.h"

#include "absl/strings/str_cat.h"

namespace fh::latency::recording {
namespace {

void SetOutside(const OutsideCount& outside, proto::Outside* out) {
  out->set_count(outside.count);
  out->set_min(outside.min);
  out->set_max(outside.max);
}

OutsideCount OutsideOf(const proto::Outside& outside) {
  return {outside.count(), outside.min(), outside.max()};
}

}  // namespace

void SetBuckets(const HistogramSnapshot& snapshot, proto::Buckets* buckets) {
  buckets->Clear();
  size_t last = 0;
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) {
    if (snapshot.count(i) == 0) continue;
    buckets->add_index(static_cast<uint32_t>(i - last));
    buckets->add_count(snapshot.count(i));
    last = i;
  }
}

void SetHistogram(const HistogramSnapshot& snapshot, proto::Series* series) {
  SetBuckets(snapshot, series->mutable_total());
  series->clear_min();
  series->clear_max();
  series->clear_max_at_unix_ns();
  if (snapshot.total() != 0) {
    series->set_min(snapshot.min());
    series->set_max(snapshot.max());
    series->set_max_at_unix_ns(snapshot.max_at_ns());
  }
  series->clear_negative();
  series->clear_above_range();
  if (snapshot.negative().count != 0) SetOutside(snapshot.negative(), series->mutable_negative());
  if (snapshot.above_range().count != 0) {
    SetOutside(snapshot.above_range(), series->mutable_above_range());
  }
}

void AddInterval(uint32_t number, const HistogramSnapshot& interval, proto::Series* series) {
  proto::Interval* out = series->add_interval();
  out->set_number(number);
  SetBuckets(interval, out->mutable_buckets());
  out->set_max(interval.max());
}

absl::StatusOr<HistogramSnapshot> FromBuckets(const proto::Buckets& buckets) {
  if (buckets.index_size() != buckets.count_size()) {
    return absl::InvalidArgumentError(absl::StrCat("a histogram has ", buckets.index_size(),
                                                   " buckets and ", buckets.count_size(),
                                                   " counts"));
  }
  HistogramSnapshot snapshot;
  uint64_t index = 0;
  for (int i = 0; i < buckets.index_size(); ++i) {
    index += buckets.index(i);
    if (index >= HistogramBuckets::kCount) {
      return absl::InvalidArgumentError(
          absl::StrCat("a histogram has bucket ", index, ", beyond the last one"));
    }
    if (buckets.count(i) > UINT64_MAX - snapshot.total()) {
      return absl::InvalidArgumentError("the counts of a histogram add up to 2^64 or more");
    }
    snapshot.AddBucket(index, buckets.count(i));
  }
  return snapshot;
}

absl::StatusOr<HistogramSnapshot> SnapshotOf(const proto::Series& series) {
  if (series.has_hdr()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the series ", series.stage(), " has HdrHistogram's buckets, not those of this program"));
  }
  absl::StatusOr<HistogramSnapshot> snapshot = FromBuckets(series.total());
  if (!snapshot.ok()) return snapshot;
  if (series.has_min() && series.has_max()) {
    snapshot->SetExtremes(series.min(), series.max(), series.max_at_unix_ns());
  }
  snapshot->SetOutside(OutsideOf(series.negative()), OutsideOf(series.above_range()));
  return snapshot;
}

absl::StatusOr<HistogramSnapshot> SnapshotOf(const proto::Interval& interval) {
  absl::StatusOr<HistogramSnapshot> snapshot = FromBuckets(interval.buckets());
  if (snapshot.ok()) snapshot->SetExtremes(snapshot->min(), interval.max(), 0);
  return snapshot;
}

}  // namespace fh::latency::recording
