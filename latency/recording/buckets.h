// Histograms as latency_report.proto writes them, and back.
//
//   recording::SetHistogram(snapshot, series);                         // Total, extremes, outside.
//   recording::AddInterval(number, later.Since(earlier), series);
//   absl::StatusOr<HistogramSnapshot> back = recording::SnapshotOf(series);
//
// Any thread; allocates. What is read is checked: a report is a file, and may hold anything.
#ifndef FEEDHANDLER_LATENCY_RECORDING_BUCKETS_H_
#define FEEDHANDLER_LATENCY_RECORDING_BUCKETS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "latency/histogram.h"
#include "latency/recording/latency_report.pb.h"

namespace fh::latency::recording {

namespace proto = ::feedhandler::latency;

void SetBuckets(const HistogramSnapshot& snapshot, proto::Buckets* buckets);

// Total, extremes and what lay outside; intervals are left as they are.
void SetHistogram(const HistogramSnapshot& snapshot, proto::Series* series);

void AddInterval(uint32_t number, const HistogramSnapshot& interval, proto::Series* series);

// The log-linear buckets as a histogram, whose min and max are the outermost buckets' edges. Errors: an
// index beyond the last bucket, other numbers of indices than counts, a sum beyond 2^64.
absl::StatusOr<HistogramSnapshot> FromBuckets(const proto::Buckets& buckets);

// The whole of a series, with its exact extremes where they agree with the buckets. Errors: as above;
// FailedPrecondition when its buckets are HdrHistogram's.
absl::StatusOr<HistogramSnapshot> SnapshotOf(const proto::Series& series);

// One interval.
absl::StatusOr<HistogramSnapshot> SnapshotOf(const proto::Interval& interval);

}  // namespace fh::latency::recording

#endif  // FEEDHANDLER_LATENCY_RECORDING_BUCKETS_H_
