// Prometheus' text read back, for `feedhandler latency watch`.
//
//   const MetricSamples samples = ParseMetrics(text);
//   samples.Sum("feedhandler_gaps_total", {{"feed", "itch"}})
//
// The text comes from the network: what is no sample is left out and counted. Any thread; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_LIVE_METRICS_TEXT_H_
#define FEEDHANDLER_FEEDHANDLER_LIVE_METRICS_TEXT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace fh {

using MetricLabels = std::map<std::string, std::string>;

struct MetricSamples {
  // By name, then by labels.
  std::map<std::string, std::map<MetricLabels, double>, std::less<>> families;
  uint64_t samples = 0;
  uint64_t wrong_lines = 0;

  // All of a name; none when there are none.
  const std::map<MetricLabels, double>& Of(absl::string_view name) const;
  // Of one series; 0 when it is not there.
  double Value(absl::string_view name, const MetricLabels& labels) const;
};

MetricSamples ParseMetrics(absl::string_view text);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_LIVE_METRICS_TEXT_H_
