// The pipeline's counters under Prometheus names, with units, labelled by feed, channel, line, feed
// thread (where it has a name) and strategy thread: one list from which the text for scrapers and the summary for people are made.
//
//   std::vector<Metric> metrics = CollectMetrics(pipeline, pipeline.Counters(), nullptr);
//   WriteFile(PrometheusText(metrics));
//
// Main thread; allocates. Nothing here touches the hot threads: it works on copies.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_METRICS_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_METRICS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/report/silence.h"
#include "rio/host/host_counters.h"

namespace fh {

struct Metric {
  std::string name;    // "feedhandler_line_packets_total"
  std::string labels;  // "feed=\"itch\",channel=\"1\",line=\"A\"", or empty.
  std::string help;    // One sentence.
  double value = 0;
};

// "feed=\"itch\"": one label, with what the format wants escaped in `value`.
std::string MetricLabel(absl::string_view name, absl::string_view value);

// The shortest text that is this number, with a dot in every locale: "12", "2.5e-07".
std::string MetricValue(double value);

// `host`: what the host's counters added since the start, or nullptr. Losses of our own are
// feedhandler_dropped_packets_total and feedhandler_dropped_updates_total, those of the whole host
// feedhandler_host_dropped_packets_total, by layer. All names and labels: METRICS.md.
// `silence`: of a live run, as of its last look; else nullptr.
std::vector<Metric> CollectMetrics(const Pipeline& pipeline, const PipelineCounters& counters,
                                   const rio::HostCounters* host,
                                   const SilenceWatch* silence = nullptr);

// With which every PrometheusText of this program begins: files of an earlier run are known by it.
inline constexpr char kMetricsFirstBytes[] = "# HELP feedhandler_";

// Text exposition format 0.0.4: HELP and TYPE once a name, then the samples. Names that end in
// _total are counters, all others gauges.
std::string PrometheusText(const std::vector<Metric>& metrics);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_METRICS_H_
