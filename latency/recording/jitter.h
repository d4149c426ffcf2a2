// The jitter floor as latency_report.proto has it, and back.
//
//   recording::SetJitter(probe.Summary(cpu), report.mutable_jitter());
//   absl::StatusOr<JitterSummary> floor = recording::JitterOf(report.jitter());
//
// Any thread; allocates. What is read is checked: a report is a file, and may hold anything.
#ifndef FEEDHANDLER_LATENCY_RECORDING_JITTER_H_
#define FEEDHANDLER_LATENCY_RECORDING_JITTER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "latency/jitter.h"
#include "latency/recording/latency_report.pb.h"

namespace fh::latency::recording {

void SetJitter(const JitterSummary& summary, ::feedhandler::latency::Jitter* jitter);

// Of the file there are the buckets only: the counts by size are within a bucket's width, and so is
// the time lost where no curve tells it. Errors (InvalidArgument): buckets that cannot be, a duration that is not positive, a curve
// that is not one.
absl::StatusOr<JitterSummary> JitterOf(const ::feedhandler::latency::Jitter& jitter);

// Puts the floor that another run measured (`feedhandler jitter --latency=FILE`) into a report, so that
// it stands on its charts. NotFound when `from` has none; errors of JitterOf.
absl::Status TakeJitter(const ::feedhandler::latency::LatencyReport& from,
                        ::feedhandler::latency::LatencyReport* into);

}  // namespace fh::latency::recording

#endif  // FEEDHANDLER_LATENCY_RECORDING_JITTER_H_
