#include "feedhandler/report/stage_metrics.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "feedhandler/report/metrics.h"
#include "latency/stages.h"

namespace fh {
namespace {

using latency::HistogramBuckets;

constexpr char kName[] = "feedhandler_stage_latency_seconds";
constexpr char kOutside[] = "feedhandler_stage_latency_outside_total";

// A channel has one feed thread, so that of its parts is left out.
std::string Labels(const LatencyPart& part) {
  std::string labels;
  const auto add = [&labels](const char* name, absl::string_view value) {
    if (value.empty()) return;
    absl::StrAppend(&labels, labels.empty() ? "" : ",", MetricLabel(name, value));
  };
  add("feed", part.feed);
  add("channel", part.channel);
  add("line", part.line);
  if (part.channel.empty()) add("thread", part.thread);
  add("stage", latency::StageKey(part.stage));
  return labels;
}

void AppendHistogram(const LatencyPart& part, std::string& text) {
  const std::string labels = Labels(part);
  // How many values lie at or below each bound.
  std::array<uint64_t, kStageBounds.size()> counts{};
  double sum_ns = 0;
  size_t bound = 0;
  uint64_t seen = 0;
  part.histogram.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    const auto limit = [](int64_t bound_ns) {
      return bound_ns + bound_ns / HistogramBuckets::kOffset;
    };
    while (bound < counts.size() && high > limit(kStageBounds[bound].bound_ns)) {
      counts[bound++] = seen;
    }
    seen += count;
    sum_ns +=
        (static_cast<double>(low) + static_cast<double>(high)) / 2 * static_cast<double>(count);
  });
  for (; bound < counts.size(); ++bound) counts[bound] = seen;
  for (size_t i = 0; i < counts.size(); ++i) {
    absl::StrAppend(&text, kName, "_bucket{", labels, ",le=\"", kStageBounds[i].le, "\"} ",
                    counts[i], "\n");
  }
  absl::StrAppend(&text, kName, "_bucket{", labels, ",le=\"+Inf\"} ", seen, "\n");
  absl::StrAppend(&text, kName, "_sum{", labels, "} ", MetricValue(sum_ns / 1e9), "\n");
  absl::StrAppend(&text, kName, "_count{", labels, "} ", seen, "\n");
}

}  // namespace

std::string StageHistogramText(const std::vector<LatencyPart>& parts) {
  if (parts.empty()) return "";
  std::string text = absl::StrCat(
      "# HELP ", kName,
      " Time from stage to stage; a bucket holds values up to 1/128 above its bound.\n# TYPE ",
      kName, " histogram\n");
  std::vector<Metric> outside;
  for (const LatencyPart& part : parts) {
    if (!part.condition.empty()) continue;
    AppendHistogram(part, text);
    const std::string labels = Labels(part);
    const auto add = [&](const char* side, uint64_t count) {
      outside.push_back({kOutside, absl::StrCat(labels, ",", MetricLabel("side", side)),
                         "Differences that no histogram holds: negative ones of two clocks, and "
                         "those above 73 minutes.",
                         static_cast<double>(count)});
    };
    add("negative", part.histogram.negative().count);
    add("above", part.histogram.above_range().count);
  }
  return absl::StrCat(text, PrometheusText(outside));
}

}  // namespace fh
