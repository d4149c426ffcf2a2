#include "latency/summary/summary.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "latency/files/files.h"
#include "latency/summary/bands.h"

namespace fh::latency::summary {
namespace {

// "; feed itch, channel 1, line A", or nothing.
template <typename Parts>
std::string PartsOf(const Parts& of) {
  std::vector<std::string> parts;
  const auto add = [&parts](const char* what, const std::string& name) {
    if (!name.empty()) parts.push_back(absl::StrCat(what, " ", name));
  };
  add("feed", of.feed());
  add("channel", of.channel());
  add("line", of.line());
  if constexpr (requires { of.thread(); }) add("thread", of.thread());
  return parts.empty() ? "" : absl::StrCat("; ", absl::StrJoin(parts, ", "));
}

bool HasParts(const proto::Series& series) {
  return !series.feed().empty() || !series.channel().empty() || !series.line().empty() ||
         !series.thread().empty();
}

bool HasValues(const HistogramSnapshot& histogram) {
  return histogram.total() + histogram.negative().count + histogram.above_range().count > 0;
}

// The one that the verdict speaks of: what is marked so, else a total, else whatever there is.
std::optional<size_t> EndToEnd(const std::vector<Row>& rows) {
  const std::vector<proto::Series::Role> wanted{proto::Series::END_TO_END, proto::Series::SCHEDULE,
                                                proto::Series::TOTAL, proto::Series::STAGE};
  for (const proto::Series::Role role : wanted) {
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].series->role() == role && rows[i].histogram.total() > 0) return i;
    }
  }
  return std::nullopt;
}

std::vector<Loss> LossesOf(const proto::LatencyReport& report) {
  std::vector<Loss> losses;
  for (const proto::Counter& counter : report.counter()) {
    if (!counter.loss()) continue;
    uint64_t sum = 0;
    for (const uint64_t value : counter.value()) sum += value;
    if (sum > 0) losses.push_back({absl::StrCat(counter.name(), PartsOf(counter)), sum});
  }
  return losses;
}

bool CountsLosses(const proto::LatencyReport& report) {
  return std::any_of(report.counter().begin(), report.counter().end(),
                     [](const proto::Counter& counter) { return counter.loss(); });
}

// "p50 2.31 us, p99 9.12 us, max 1.20 ms"
std::string Percentiles(const Row& row) {
  std::vector<std::string> texts;
  for (const auto& [name, percentile] :
       std::vector<std::pair<const char*, double>>{{"p50", 50}, {"p99", 99}, {"p99.9", 99.9}}) {
    const std::optional<int64_t> value = SupportedPercentile(row.histogram, percentile);
    if (!value.has_value()) continue;
    const bool is_known = *value > row.series->error_bound_ns();
    texts.push_back(
        absl::StrCat(name, " ", is_known ? FormatDuration(*value) : "within clock error"));
  }
  texts.push_back(absl::StrCat("max ", FormatDuration(row.histogram.max())));
  return absl::StrJoin(texts, ", ");
}

std::string LossText(const proto::LatencyReport& report, const std::vector<Loss>& losses) {
  if (losses.empty()) return CountsLosses(report) ? "nothing lost" : "losses were not counted";
  std::vector<std::string> texts;
  for (const Loss& loss : losses) {
    texts.push_back(absl::StrCat(FormatCount(loss.count), " ", loss.name));
  }
  return absl::StrCat("LOST: ", absl::StrJoin(texts, "; "));
}

std::string LoopText(const proto::LatencyReport& report, const Row& row) {
  const bool from_schedule = row.series->role() == proto::Series::SCHEDULE ||
                             absl::StartsWith(row.series->stage(), "schedule-");
  switch (report.run().loop()) {
    case proto::Run::OPEN:
      return from_schedule ? "open loop, from the schedule" : "open loop, from actual stamps";
    case proto::Run::CLOSED:
      return row.series->corrected_for_interval_ns() > 0
                 ? "closed loop, corrected for the expected interval"
                 : "closed loop, which hides queueing";
    default:
      return "load not controlled, as it came";
  }
}

// A sentence. Where there is a schedule, its figure and the one from the actual start stand side by
// side.
std::string VerdictOf(const proto::LatencyReport& report, const Summary& summary) {
  constexpr absl::string_view kUnfinished = " The run had not ended when this was written.";
  const proto::Run& run = report.run();
  if (!summary.end_to_end.has_value()) {
    return absl::StrCat("Nothing was measured.", run.unfinished() ? kUnfinished : "");
  }
  const Row& row = summary.rows[*summary.end_to_end];
  std::string text = absl::StrCat(row.name, ": ", Percentiles(row));
  for (const Row& other : summary.rows) {
    if (&other == &row || other.series->role() != proto::Series::SCHEDULE) continue;
    absl::StrAppend(&text, "; ", other.name, ": ", Percentiles(other));
  }
  const std::string unit = row.series->unit().empty() ? "values" : row.series->unit();
  absl::StrAppend(&text, "; ", FormatCount(row.histogram.total()), " ", unit);
  if (run.duration_ns() > 0) {
    const double seconds = static_cast<double>(run.duration_ns()) / 1e9;
    const double rate = static_cast<double>(row.histogram.total()) / seconds;
    absl::StrAppend(&text, " in ", FormatDuration(run.duration_ns()), " (",
                    FormatCount(static_cast<uint64_t>(std::min(rate, 1e18) + 0.5)), " a second)");
  }
  return absl::StrCat(text, "; ", LossText(report, summary.losses), "; ", LoopText(report, row),
                      ".", run.unfinished() ? kUnfinished : "");
}

// Schedules last, so that what they are compared with stands above.
std::vector<Row>& PlaceOf(const proto::Series& series, Summary& summary) {
  if (series.role() == proto::Series::LATENESS) return summary.lateness;
  if (!series.condition().empty()) return summary.splits;
  return HasParts(series) ? summary.parts : summary.rows;
}

}  // namespace

std::string NameOf(const proto::Series& series) {
  std::string name;
  if (series.role() == proto::Series::LATENESS || series.stage() == "lateness") {
    name = "lateness of the generator";
  } else {
    name = absl::StrReplaceAll(series.stage(), {{"-", " -> "}});
    if (absl::StartsWith(series.stage(), "start-")) name += " (from actual start)";
    if (absl::StartsWith(series.stage(), "schedule-")) name += " (from schedule)";
  }
  if (name.empty()) name = "end to end";
  if (!series.condition().empty()) absl::StrAppend(&name, ", ", series.condition());
  return absl::StrCat(name, PartsOf(series));
}

std::optional<int64_t> SupportedPercentile(const HistogramSnapshot& histogram, double percentile) {
  if (histogram.total() - histogram.RankOfPercentile(percentile) < kMinTail) return std::nullopt;
  return histogram.ValueAtPercentile(percentile);
}

absl::StatusOr<Summary> Summarize(const proto::LatencyReport& report) {
  Summary summary;
  for (const proto::Series& series : report.series()) {
    absl::StatusOr<HistogramSnapshot> histogram = files::HistogramOf(series);
    if (!histogram.ok()) {
      return absl::Status(histogram.status().code(),
                          absl::StrCat(NameOf(series), ": ", histogram.status().message()));
    }
    if (!HasValues(*histogram)) continue;
    PlaceOf(series, summary).push_back({&series, NameOf(series), *std::move(histogram)});
  }
  summary.end_to_end = EndToEnd(summary.rows);
  summary.losses = LossesOf(report);
  summary.verdict = VerdictOf(report, summary);
  if (summary.end_to_end.has_value()) {
    const Row& total = summary.rows[*summary.end_to_end];
    summary.bands = Bands(report, *total.series, total.histogram);
  }
  return summary;
}

}  // namespace fh::latency::summary
