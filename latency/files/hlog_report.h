// Interval logs as reports, and back. Used by files.cc; others read and write through files.h.
#ifndef FEEDHANDLER_LATENCY_FILES_HLOG_REPORT_H_
#define FEEDHANDLER_LATENCY_FILES_HLOG_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "latency/files/files.h"
#include "latency/files/hdr_histogram.h"
#include "latency/files/hlog.h"

namespace fh::latency::files {

// What a log says of itself in its first comment, so that its report comes back as it was.
std::string HlogComment(int64_t interval_ns, const proto::Series* end_to_end);

// A report of a log. Logs that this program wrote come back with its buckets, others with those of
// HdrHistogram. `notes` get what was skipped and changed.
absl::StatusOr<proto::LatencyReport> ReportOfHlog(const Hlog& log, Notes& notes);

// The whole log of a report. `notes` get what it has no place for.
absl::StatusOr<std::string> HlogOfReport(const proto::LatencyReport& report, Notes& notes);

// Buckets of a series, whichever they are, as HdrHistogram's. Errors: those that CheckReport finds.
absl::StatusOr<HdrHistogram> HdrOf(const proto::Buckets& buckets, const proto::Series& series);

// The whole of a series, with its exact maximum where there is one.
absl::StatusOr<HdrHistogram> HdrOfTotal(const proto::Series& series);

void SetHdrBuckets(const HdrHistogram& histogram, proto::Buckets* buckets);

// The settings of a series with `hdr`.
HdrSettings SettingsOf(const proto::Series::HdrBuckets& hdr);

}  // namespace fh::latency::files

#endif  // FEEDHANDLER_LATENCY_FILES_HLOG_REPORT_H_
