// The report as text: a section a function, in the order in which they are read.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "latency/jitter.h"
#include "latency/recording/buckets.h"
#include "latency/recording/jitter.h"
#include "latency/summary/bands.h"
#include "latency/summary/summary.h"

namespace fh::latency::summary {
namespace {

// Stamps of a file may be any; what is beyond an integer is cut.
std::string FormatMean(double mean_ns) {
  return FormatDuration(static_cast<int64_t>(std::clamp(mean_ns, -9e18, 9e18)));
}

uint64_t Whole(double count) {
  return count > 0 ? static_cast<uint64_t>(std::min(count, 1e18) + 0.5) : 0;
}

std::string PlusMinus(int64_t bound_ns) {
  return absl::StrCat(" (+-", FormatDuration(bound_ns), ")");
}

std::vector<ReportRow> TableRows(const std::vector<Row>& rows) {
  std::vector<ReportRow> table;
  for (const Row& row : rows) {
    const int64_t bound_ns = row.series->error_bound_ns();
    table.push_back({absl::StrCat(row.name, bound_ns > 0 ? PlusMinus(bound_ns) : ""),
                     &row.histogram, bound_ns});
  }
  return table;
}

// A heading and a table; nothing without rows.
std::string Table(const std::string& heading, const std::vector<Row>& rows,
                  const TextOptions& options) {
  if (rows.empty()) return "";
  return absl::StrCat("\n", heading, "\n", TextTable(TableRows(rows), options.unit));
}

std::string RunText(const proto::Run& run) {
  std::string text = absl::StrCat("\nRun: ", run.program(), " ", run.version());
  if (!run.commit().empty()) absl::StrAppend(&text, ", commit ", run.commit());
  if (!run.build().empty()) absl::StrAppend(&text, ", ", run.build());
  if (run.argument_size() > 0) {
    absl::StrAppend(&text, "\n  ", absl::StrJoin(run.argument(), " "));
  }
  absl::StrAppend(&text, "\n  ", FormatTime(run.start_unix_ns()), ", ",
                  FormatDuration(run.duration_ns()), ", ", run.intervals(), " interval(s) of ",
                  FormatDuration(run.interval_ns()));
  if (run.warm_up_intervals() > 0) {
    absl::StrAppend(&text, ", the first ", run.warm_up_intervals(), " of them warming up");
  }
  if (!run.backend().empty()) absl::StrAppend(&text, ", backend ", run.backend());
  if (run.seed() != 0) absl::StrAppend(&text, ", seed ", run.seed());
  if (run.clock_steps() > 0) {
    absl::StrAppend(&text, "\n  the system's clock was stepped ", run.clock_steps(),
                    " time(s), by ", FormatDuration(run.clock_stepped_ns()), " together");
  }
  if (run.merged_from_size() > 0) {
    absl::StrAppend(&text, "\n  merged from ", absl::StrJoin(run.merged_from(), ", "));
  }
  return text + "\n";
}

std::string Rate(double per_second) { return absl::StrCat(FormatCount(Whole(per_second)), "/s"); }

std::string LoadText(const proto::LatencyReport& report, const Summary& summary) {
  const proto::Run& run = report.run();
  std::vector<std::string> texts;
  if (run.offered_per_second() > 0) {
    texts.push_back(absl::StrCat("offered ", Rate(run.offered_per_second())));
  }
  if (run.achieved_per_second() > 0) {
    texts.push_back(absl::StrCat("achieved ", Rate(run.achieved_per_second())));
  }
  for (const proto::Run::Peak& peak : run.peak()) {
    texts.push_back(
        absl::StrCat("peak ", FormatDuration(peak.window_ns()), " ", Rate(peak.per_second())));
  }
  std::string text;
  if (!texts.empty()) absl::StrAppend(&text, "Load: ", absl::StrJoin(texts, ", "), "\n");
  for (const Loss& loss : summary.losses) {
    absl::StrAppend(&text, "Lost: ", FormatCount(loss.count), " ", loss.name, "\n");
  }
  if (!summary.losses.empty()) {
    absl::StrAppend(&text, "The latencies below are of what was not lost.\n");
  }
  return text;
}

// How far the delay varies: p99.9 - min.
std::string VariationText(const std::vector<Row>& rows) {
  std::vector<std::string> texts;
  for (const Row& row : rows) {
    const std::optional<int64_t> p999 = SupportedPercentile(row.histogram, 99.9);
    if (!p999.has_value()) continue;
    texts.push_back(absl::StrCat(row.name, " ", FormatDuration(*p999 - row.histogram.min())));
  }
  if (texts.empty()) return "";
  return absl::StrCat("Variation of the delay, p99.9 - min: ", absl::StrJoin(texts, "; "), "\n");
}

std::string CorrectedText(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    const int64_t interval_ns = row.series->corrected_for_interval_ns();
    if (interval_ns == 0) continue;
    absl::StrAppend(&text, row.name, " was corrected for an expected interval of ",
                    FormatDuration(interval_ns), ": part of its values is computed.\n");
  }
  return text;
}

std::string BandText(const Band& band) {
  if (band.samples == 0) return absl::StrCat("  ", band.name, ": no whole packet was kept of it\n");
  std::string text = absl::StrFormat(
      "  %s: mean %s of %s packet(s) that were kept (all values in the band: %s)\n", band.name,
      FormatMean(band.mean_ns), FormatCount(band.samples), FormatMean(band.histogram_mean_ns));
  for (const Band::StageShare& stage : band.stages) {
    absl::StrAppend(&text, absl::StrFormat("    %-28s %9s  %5.1f%%\n", stage.stage,
                                           FormatMean(stage.mean_ns), stage.share * 100));
  }
  absl::StrAppend(&text,
                  absl::StrFormat("    %-28s %9s  %5.1f%%\n", "residual (no stamp between)",
                                  FormatMean(band.residual_ns),
                                  band.mean_ns > 0 ? band.residual_ns / band.mean_ns * 100 : 0));
  if (band.negative > 0) {
    absl::StrAppend(&text, "    ", FormatCount(band.negative),
                    " stage(s) came out below zero (the stamps' clocks disagree)\n");
  }
  return text;
}

std::string BandsText(const Summary& summary) {
  if (summary.bands.empty()) return "";
  std::string text =
      "\nWhere the time goes: means of the stages of whole packets, which add up (percentiles do "
      "not)\n";
  for (const Band& band : summary.bands) absl::StrAppend(&text, BandText(band));
  return text;
}

// The page has all twenty.
std::string SlowestText(const proto::LatencyReport& report, const Summary& summary) {
  constexpr size_t kMost = 5;
  if (!summary.end_to_end.has_value()) return "";
  std::string text;
  for (const std::string& packet :
       SlowestPackets(report, *summary.rows[*summary.end_to_end].series, kMost)) {
    absl::StrAppend(&text, "  ", packet, "\n");
  }
  return text.empty() ? "" : absl::StrCat("\nThe slowest packets\n", text);
}

std::string LeadText(const std::string& line, uint64_t first, double share,
                     const HistogramSnapshot& lead, int64_t max_ns) {
  std::string text =
      absl::StrFormat("    %s first: %s (%.1f%%)", line, FormatCount(first), share * 100);
  for (const auto& [name, percentile] :
       std::vector<std::pair<const char*, double>>{{"p50", 50}, {"p90", 90}, {"p99", 99}}) {
    const std::optional<int64_t> value = SupportedPercentile(lead, percentile);
    if (value.has_value()) absl::StrAppend(&text, ", ", name, " ", FormatDuration(*value));
  }
  if (first > 0) absl::StrAppend(&text, ", max ", FormatDuration(max_ns));
  return text + "\n";
}

std::string RaceText(const proto::Race& race) {
  const absl::StatusOr<HistogramSnapshot> a = recording::FromBuckets(race.lead_of_a());
  const absl::StatusOr<HistogramSnapshot> b = recording::FromBuckets(race.lead_of_b());
  const std::string name = absl::StrCat("  feed ", race.feed(), ", channel ", race.channel());
  if (!a.ok() || !b.ok()) {
    return absl::StrCat(name, ": ", (a.ok() ? b : a).status().message(), "\n");
  }
  const double all = static_cast<double>(a->total()) + static_cast<double>(b->total()) +
                     static_cast<double>(race.ties());
  const auto share = [all](uint64_t count) {
    return all > 0 ? static_cast<double>(count) / all : 0;
  };
  return absl::StrCat(
      name, ": ", FormatCount(Whole(all)), " on both lines, ", FormatCount(race.only_on_a()),
      " only on ", race.line_a(), ", ", FormatCount(race.only_on_b()), " only on ", race.line_b(),
      "\n", LeadText(race.line_a(), a->total(), share(a->total()), *a, race.max_lead_of_a()),
      LeadText(race.line_b(), b->total(), share(b->total()), *b, race.max_lead_of_b()),
      absl::StrFormat("    ties: %s (%.1f%%), apart by less than %s\n", FormatCount(race.ties()),
                      share(race.ties()) * 100, FormatDuration(race.tie_ns())));
}

std::string RacesText(const proto::LatencyReport& report) {
  std::string text;
  for (const proto::Race& race : report.race()) absl::StrAppend(&text, RaceText(race));
  return text.empty() ? "" : absl::StrCat("\nLine races: who was first, and by how much\n", text);
}

std::string JitterFloorText(const proto::LatencyReport& report) {
  if (!report.has_jitter()) return "";
  const absl::StatusOr<JitterSummary> jitter = recording::JitterOf(report.jitter());
  return absl::StrCat("\n", jitter.ok()
                                ? JitterText(*jitter)
                                : absl::StrCat("Jitter floor: ", jitter.status().message(), "\n"));
}

std::string ClocksText(const proto::LatencyReport& report) {
  std::string text;
  for (const proto::Clock& clock : report.clock()) {
    absl::StrAppend(&text, "  ", clock.name(), ": ", clock.source(), ", resolution ",
                    FormatDuration(clock.resolution_ns()), ", error at most ",
                    FormatDuration(clock.error_bound_ns()));
    if (clock.drift_ppm() != 0) absl::StrAppend(&text, ", drift ", clock.drift_ppm(), " ppm");
    if (clock.steps() > 0) absl::StrAppend(&text, ", stepped ", clock.steps(), " time(s)");
    if (clock.cost_ns() > 0) {
      absl::StrAppend(&text, absl::StrFormat(", %.1f ns a stamp", clock.cost_ns()));
    }
    if (clock.share_missing() > 0) {
      absl::StrAppend(
          &text, absl::StrFormat(", %.2f%% of packets without one", clock.share_missing() * 100));
    }
    text += "\n";
  }
  return text.empty() ? "" : absl::StrCat("\nClocks\n", text);
}

std::string EnvironmentText(const proto::LatencyReport& report) {
  std::string text;
  for (const proto::Environment::Fact& fact : report.environment().fact()) {
    absl::StrAppend(&text, absl::StrFormat("  %-22s %s\n", fact.name(), fact.value()));
  }
  return text.empty() ? "" : absl::StrCat("\nEnvironment\n", text);
}

std::string CausesText(const proto::LatencyReport& report) {
  std::string text;
  for (const std::string& cause : report.cause()) absl::StrAppend(&text, "  ", cause, "\n");
  return text.empty() ? "" : absl::StrCat("\nWhat explains long waits\n", text);
}

// Names from a file go to a terminal: nothing in them may steer it.
std::string Printable(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7f) c = '?';
  }
  return text;
}

}  // namespace

std::string Text(const proto::LatencyReport& report, const Summary& summary,
                 const TextOptions& options) {
  std::string text =
      absl::StrCat(summary.verdict, "\n", RunText(report.run()), LoadText(report, summary));
  absl::StrAppend(&text, Table("Latency", summary.rows, options), VariationText(summary.rows),
                  CorrectedText(summary.rows));
  absl::StrAppend(
      &text, Table("The generator's own lateness: sent - intended", summary.lateness, options));
  absl::StrAppend(&text, Table("By part", summary.parts, options));
  absl::StrAppend(&text,
                  Table("By the gap before a packet, its place in the burst, and what waited "
                        "behind it",
                        summary.splits, options));
  absl::StrAppend(&text, BandsText(summary), SlowestText(report, summary), RacesText(report));
  if (options.picture && !summary.rows.empty()) {
    absl::StrAppend(&text, "\n", TextPicture(TableRows(summary.rows)));
  }
  const std::string maxima = TextMaxima(TableRows(summary.rows));
  if (!maxima.empty()) absl::StrAppend(&text, "\nThe greatest were\n", maxima);
  absl::StrAppend(&text, CausesText(report), JitterFloorText(report), ClocksText(report),
                  EnvironmentText(report));
  return Printable(std::move(text));
}

}  // namespace fh::latency::summary
