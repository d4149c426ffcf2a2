#include "feedhandler/report/stage_metrics.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "feedhandler/report/metrics.h"
#include "latency/stages.h"

namespace fh {
namespace {

using latency::HistogramBuckets;
using latency::HistogramSnapshot;
using latency::Stage;

constexpr char kName[] = "feedhandler_stage_latency_seconds";
constexpr char kOutside[] = "feedhandler_stage_latency_outside_total";

std::string Labels(const StageSeries& series) {
  std::string labels;
  for (const auto& [name, value] : {std::pair<const char*, const std::string&>{"feed", series.feed},
                                    {"channel", series.channel},
                                    {"line", series.line},
                                    {"feed_thread", series.feed_thread},
                                    {"thread", series.thread},
                                    {"stage", series.stage}}) {
    if (value.empty()) continue;
    absl::StrAppend(&labels, labels.empty() ? "" : ",", MetricLabel(name, value));
  }
  return labels;
}

void AppendHistogram(const StageSeries& series, std::string& text) {
  const std::string labels = Labels(series);
  // How many values lie at or below each bound.
  std::array<uint64_t, kStageBounds.size()> counts{};
  double sum_ns = 0;
  size_t bound = 0;
  uint64_t seen = 0;
  series.histogram.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
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

void AddFeedPart(const Pipeline& pipeline, size_t index, std::vector<StageSeries>& all) {
  const FeedPart& part = *pipeline.feed_parts()[index];
  const FeedCore& core = *part.core;
  for (size_t i = 0; i < core.lines().size(); ++i) {
    const Channel& channel = core.channels()[core.lines()[i].channel];
    all.push_back({.stage = std::string(StageKey(Stage::kWireToDequeue)),
                   .feed = channel.feed,
                   .channel = absl::StrCat(channel.id),
                   .line = channel.line_names[core.lines()[i].line],
                   .histogram = core.WaitOf(i)});
  }
  latency::StageSnapshot stages = core.Stages();
  for (const Stage stage : {Stage::kDequeueToDecoded, Stage::kDecodedToPublished}) {
    all.push_back({.stage = std::string(StageKey(stage)),
                   .feed_thread = part.name,
                   .histogram = std::move(stages.stages[static_cast<size_t>(stage)])});
  }
}

}  // namespace

std::vector<StageSeries> StageSeriesOf(const Pipeline& pipeline) {
  std::vector<StageSeries> all;
  for (size_t i = 0; i < pipeline.feed_parts().size(); ++i) AddFeedPart(pipeline, i, all);
  const std::vector<std::string>& feeds = pipeline.feed_names();
  for (const auto& thread : pipeline.strategy_threads()) {
    latency::StageSnapshot stages = thread->Stages();
    constexpr auto kInRing = static_cast<size_t>(Stage::kPublishedToSeen);
    all.push_back({.stage = std::string(StageKey(Stage::kPublishedToSeen)),
                   .thread = thread->name(),
                   .histogram = std::move(stages.stages[kInRing])});
    for (size_t feed = 0; feed < feeds.size(); ++feed) {
      all.push_back({.stage = std::string(StageKey(thread->total_stage())),
                     .feed = feeds[feed],
                     .thread = thread->name(),
                     .histogram = thread->TotalOf(feed)});
    }
  }
  return all;
}

std::string StageHistogramText(const std::vector<StageSeries>& series) {
  if (series.empty()) return "";
  std::string text = absl::StrCat(
      "# HELP ", kName,
      " Time from stage to stage; a bucket holds values up to 1/128 above its bound.\n# TYPE ",
      kName, " histogram\n");
  for (const StageSeries& one : series) AppendHistogram(one, text);
  std::vector<Metric> outside;
  for (const StageSeries& one : series) {
    const std::string labels = Labels(one);
    const auto add = [&](const char* side, uint64_t count) {
      outside.push_back({kOutside, absl::StrCat(labels, ",", MetricLabel("side", side)),
                         "Differences that no histogram holds: negative ones of two clocks, and "
                         "those above 73 minutes.",
                         static_cast<double>(count)});
    };
    add("negative", one.histogram.negative().count);
    add("above", one.histogram.above_range().count);
  }
  return absl::StrCat(text, PrometheusText(outside));
}

}  // namespace fh
