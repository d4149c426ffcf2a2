#include "latency/recording/jitter.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "latency/recording/buckets.h"

namespace fh::latency::recording {

void SetJitter(const JitterSummary& summary, ::feedhandler::latency::Jitter* jitter) {
  jitter->Clear();
  jitter->set_cpu(summary.cpu);
  jitter->set_duration_ns(summary.duration_ns);
  jitter->set_smallest_gap_ns(summary.smallest_gap_ns);
  jitter->set_threshold_ns(summary.threshold_ns);
  SetBuckets(summary.gaps, jitter->mutable_gaps());
  jitter->set_max_ns(summary.max_ns);
  for (const JitterPoint& point : summary.curve) {
    ::feedhandler::latency::Jitter::Point* added = jitter->add_curve();
    added->set_delay_ns(point.delay_ns);
    added->set_share_above(point.share_above);
  }
}

absl::StatusOr<JitterSummary> JitterOf(const ::feedhandler::latency::Jitter& jitter) {
  absl::StatusOr<HistogramSnapshot> gaps = FromBuckets(jitter.gaps());
  if (!gaps.ok()) return gaps.status();
  if (jitter.duration_ns() <= 0) {
    return absl::InvalidArgumentError("the jitter floor of the report was looked for in no time");
  }
  JitterSummary summary{.cpu = jitter.cpu(),
                        .duration_ns = jitter.duration_ns(),
                        .smallest_gap_ns = jitter.smallest_gap_ns(),
                        .threshold_ns = jitter.threshold_ns(),
                        .gaps = *std::move(gaps),
                        .max_ns = jitter.max_ns(),
                        .curve = {}};
  double lost_ns = 0;
  summary.gaps.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    lost_ns +=
        (static_cast<double>(low) + static_cast<double>(high)) / 2 * static_cast<double>(count);
    for (size_t i = 0; i < summary.longer.size(); ++i) {
      if (low > JitterSummary::kSizesNs[i]) summary.longer[i] += count;
    }
  });
  int64_t last_ns = -1;
  double last_share = 1;
  for (const ::feedhandler::latency::Jitter::Point& point : jitter.curve()) {
    // Written so that what is no number is refused too.
    if (!(point.delay_ns() > last_ns && point.share_above() >= 0 &&
          point.share_above() <= last_share)) {
      return absl::InvalidArgumentError(
          "the curve of the report's jitter floor is none: delays must rise, and shares fall from "
          "1 to 0");
    }
    last_ns = point.delay_ns();
    last_share = point.share_above();
    summary.curve.push_back({last_ns, last_share});
  }
  if (!summary.curve.empty() && summary.curve[0].delay_ns == 0) {
    lost_ns = summary.curve[0].share_above * static_cast<double>(summary.duration_ns);
  }
  summary.lost_ns =
      static_cast<int64_t>(std::min(lost_ns, static_cast<double>(summary.duration_ns)));
  return summary;
}

absl::Status TakeJitter(const ::feedhandler::latency::LatencyReport& from,
                        ::feedhandler::latency::LatencyReport* into) {
  if (!from.has_jitter()) {
    return absl::NotFoundError(
        "the report has no jitter floor: `feedhandler jitter --latency=FILE` writes one");
  }
  if (absl::Status status = JitterOf(from.jitter()).status(); !status.ok()) return status;
  *into->mutable_jitter() = from.jitter();
  return absl::OkStatus();
}

}  // namespace fh::latency::recording
