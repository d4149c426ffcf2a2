// From reports to runs: which series, which intervals, and what else differs.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "latency/compare/compare.h"
#include "latency/files/files.h"
#include "latency/report.h"
#include "latency/summary/summary.h"

namespace fh::latency::compare {
namespace {

using Reports = std::span<const NamedReport>;

// More than anybody measures, and all that a double counts one by one.
constexpr double kMostValues = 9007199254740992;

bool IsWhole(const proto::Series& series) {
  return series.feed().empty() && series.channel().empty() && series.line().empty() &&
         series.thread().empty() && series.condition().empty();
}

std::vector<std::string> SeriesOf(const proto::LatencyReport& report) {
  std::vector<std::string> names;
  for (const proto::Series& series : report.series()) {
    if (series.role() == proto::Series::LATENESS) continue;
    names.push_back(IsWhole(series) ? series.stage() : files::TagOf(series));
  }
  return names;
}

// `wanted` empty: what the verdict speaks of.
absl::StatusOr<const proto::Series*> Find(const NamedReport& named, const std::string& wanted) {
  for (const proto::Series& series : named.report->series()) {
    const bool is_wanted =
        wanted.empty()
            ? series.role() == proto::Series::END_TO_END && IsWhole(series)
            : (IsWhole(series) && series.stage() == wanted) || files::TagOf(series) == wanted;
    if (is_wanted) return &series;
  }
  if (wanted.empty()) {
    return absl::NotFoundError(absl::StrCat(named.name,
                                            " has no end-to-end series; name one with --stage: ",
                                            absl::StrJoin(SeriesOf(*named.report), ", ")));
  }
  return absl::NotFoundError(absl::StrCat(named.name, " has no series '", wanted, "'; it has: ",
                                          absl::StrJoin(SeriesOf(*named.report), ", ")));
}

absl::Status InFile(const NamedReport& named, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(named.name, ": ", status.message()));
}

// By interval, the warm-up left out; a series without intervals is one.
absl::StatusOr<RunTable> TableOf(const NamedReport& named, const proto::Series& series) {
  std::vector<SparseCounts> intervals;
  double total = 0;
  for (const proto::Interval& interval : series.interval()) {
    if (interval.number() < named.report->run().warm_up_intervals()) continue;
    const absl::StatusOr<HistogramSnapshot> histogram = files::HistogramOf(interval, series);
    if (!histogram.ok()) return InFile(named, histogram.status());
    intervals.push_back(SparseOf(*histogram));
    total += static_cast<double>(histogram->total());
  }
  if (series.interval().empty()) {
    const absl::StatusOr<HistogramSnapshot> histogram = files::HistogramOf(series);
    if (!histogram.ok()) return InFile(named, histogram.status());
    intervals.push_back(SparseOf(*histogram));
    total += static_cast<double>(histogram->total());
  }
  if (total > kMostValues) {
    return InFile(named, absl::InvalidArgumentError("it claims to hold more than 2^53 values"));
  }
  return RunTable(std::move(intervals));
}

// What must be the same for a comparison to mean anything.
absl::Status Same(const NamedReport& first, const proto::Series& a, const NamedReport& other,
                  const proto::Series& b) {
  if (a.stage() != b.stage()) {
    return absl::FailedPreconditionError(
        absl::StrCat(first.name, " measured ", a.stage(), " from end to end, and ", other.name, " ",
                     b.stage(), ": not the same way. Name a series that both have with --stage"));
  }
  // Foreign logs do not say what they count.
  if (!a.unit().empty() && !b.unit().empty() && a.unit() != b.unit()) {
    return absl::FailedPreconditionError(
        absl::StrCat(a.stage(), " counts ", a.unit(), " in ", first.name, " and ", b.unit(), " in ",
                     other.name, ": not the same thing, measure both with the same program"));
  }
  if (a.corrected_for_interval_ns() != b.corrected_for_interval_ns()) {
    return absl::FailedPreconditionError(
        absl::StrCat(a.stage(), " was corrected for an expected interval in one of ", first.name,
                     " and ", other.name, ", and not so in the other: compare what was measured"));
  }
  return absl::OkStatus();
}

absl::StatusOr<SeriesRuns> RunsOf(Reports a, Reports b, const std::string& wanted) {
  SeriesRuns runs;
  const proto::Series* first = nullptr;
  for (const bool is_b : {false, true}) {
    for (const NamedReport& named : is_b ? b : a) {
      const absl::StatusOr<const proto::Series*> series = Find(named, wanted);
      if (!series.ok()) return series.status();
      if (first == nullptr) first = *series;
      if (absl::Status same = Same(a[0], *first, named, **series); !same.ok()) return same;
      absl::StatusOr<RunTable> table = TableOf(named, **series);
      if (!table.ok()) return table.status();
      (is_b ? runs.b : runs.a).push_back(*std::move(table));
      runs.error_bound_ns =
          std::max(runs.error_bound_ns, static_cast<double>((*series)->error_bound_ns()));
    }
  }
  runs.name = summary::NameOf(*first);
  return runs;
}

// What differs beside the latencies ----------------------------------------------------------

std::string FactOf(const proto::LatencyReport& report, const std::string& name) {
  for (const proto::Environment::Fact& fact : report.environment().fact()) {
    if (fact.name() == name) return fact.value();
  }
  return "";
}

template <typename Value>
std::string Differing(Reports a, Reports b, Value value) {
  std::vector<std::string> of_a;
  std::vector<std::string> of_b;
  for (const NamedReport& named : a) of_a.push_back(value(named));
  for (const NamedReport& named : b) of_b.push_back(value(named));
  for (std::vector<std::string>* values : {&of_a, &of_b}) {
    std::sort(values->begin(), values->end());
    values->erase(std::unique(values->begin(), values->end()), values->end());
  }
  if (of_a == of_b) return "";
  return absl::StrCat("A ", absl::StrJoin(of_a, " / "), ", B ", absl::StrJoin(of_b, " / "));
}

std::string LoopName(const NamedReport& named) {
  const proto::Run::Loop loop = named.report->run().loop();
  return loop == proto::Run::OPEN     ? "open loop"
         : loop == proto::Run::CLOSED ? "closed loop"
                                      : "load as it came";
}

std::pair<double, double> MeanRates(Reports a, Reports b) {
  const auto mean = [](Reports reports) {
    double sum = 0;
    for (const NamedReport& named : reports) sum += named.report->run().achieved_per_second();
    return sum / static_cast<double>(reports.size());
  };
  return {mean(a), mean(b)};
}

// The stamp of an adapter is taken earlier than the kernel's: a stage is longer from there.
void NoteClocks(Reports a, Reports b, const std::string& wanted, std::vector<std::string>& notes) {
  const proto::Series* stage = nullptr;
  bool known = true;
  const std::string clocks = Differing(a, b, [&](const NamedReport& named) {
    stage = *Find(named, wanted);  // It was found before.
    known &= !stage->from_clock().empty() && !stage->to_clock().empty();
    return absl::StrCat(stage->from_clock(), " to ", stage->to_clock());
  });
  if (clocks.empty() || !known) return;  // Logs do not say it.
  notes.push_back(absl::StrCat(summary::NameOf(*stage), " was measured with other clocks: ", clocks,
                               ". What differs may be they."));
}

void NoteSameFiles(Reports a, Reports b, std::vector<std::string>& notes) {
  for (const NamedReport& named : a) {
    const bool is_on_both = std::any_of(
        b.begin(), b.end(), [&](const NamedReport& other) { return other.name == named.name; });
    if (is_on_both) notes.push_back(absl::StrCat(named.name, " is compared with itself."));
  }
}

void NoteLosses(char side, Reports reports, std::vector<std::string>& notes) {
  std::map<std::string, uint64_t> lost;
  for (const NamedReport& named : reports) {
    for (const proto::Counter& counter : named.report->counter()) {
      if (!counter.loss()) continue;
      for (const uint64_t value : counter.value()) lost[counter.name()] += value;
    }
  }
  for (const auto& [name, count] : lost) {
    if (count == 0) continue;
    notes.push_back(absl::StrFormat("%c lost %s %s: its latencies are of what was left.", side,
                                    FormatCount(count), name));
  }
}

void NoteUnfinished(char side, Reports reports, std::vector<std::string>& notes) {
  const auto unfinished =
      std::count_if(reports.begin(), reports.end(),
                    [](const NamedReport& named) { return named.report->run().unfinished(); });
  if (unfinished == 0) return;
  notes.push_back(absl::StrFormat(
      "%c has %d run(s) that had not ended when their reports were written.", side, unfinished));
}

// Of a source that waits for the program, the way from end to end is mostly the wait in the program's own
// queues: full ones, however fast it is.
void NoteFlatOut(Reports a, Reports b, const Options& options, std::vector<std::string>& notes) {
  if (!options.series.empty()) return;
  const auto is_closed = [](const NamedReport& named) {
    return named.report->run().loop() == proto::Run::CLOSED;
  };
  const bool of_a = std::any_of(a.begin(), a.end(), is_closed);
  const bool of_b = std::any_of(b.begin(), b.end(), is_closed);
  if (!of_a && !of_b) return;
  notes.push_back(absl::StrCat(
      of_a && of_b ? "A and B were"
      : of_a       ? "A was"
                   : "B was",
      " measured flat out, without a schedule (closed loop): from end to end is mostly how long "
      "packets waited behind those before, and says little of how fast the program is. Compare a "
      "stage, as --stage=dequeued-decoded, or measure at a rate (replay --speed=1)."));
}

std::vector<std::string> NotesOf(Reports a, Reports b, const Options& options) {
  std::vector<std::string> notes;
  if (!options.pairs && a.size() == 1 && b.size() == 1) {
    notes.emplace_back(
        "One run each: what differs from run to run (addresses, CPU, temperature) is not covered. "
        "To cover it, measure in turns (A B A B ...) and compare with --pairs.");
  } else if (options.pairs && a.size() < kMinPairs) {
    notes.push_back(
        absl::StrCat(a.size() == 1 ? "One pair is" : absl::StrCat(a.size(), " pairs are"),
                     " few: measure at least ", kMinPairs, "."));
  } else if (!options.pairs && a.size() == b.size()) {
    notes.emplace_back("If the runs were made in turns (A B A B ...), --pairs finds more.");
  }
  NoteSameFiles(a, b, notes);
  NoteFlatOut(a, b, options, notes);
  NoteUnfinished('A', a, notes);
  NoteUnfinished('B', b, notes);
  NoteLosses('A', a, notes);
  NoteLosses('B', b, notes);
  const auto note = [&notes](const char* what, const std::string& values) {
    if (!values.empty()) notes.push_back(absl::StrCat(what, ": ", values, "."));
  };
  note("The load came in another way", Differing(a, b, LoopName));
  for (const char* fact : {"cpu", "kernel", "governor"}) {
    note("Measured on another machine", Differing(a, b, [fact](const NamedReport& named) {
           return absl::StrCat(fact, " ", FactOf(*named.report, fact));
         }));
  }
  const auto [rate_a, rate_b] = MeanRates(a, b);
  if (std::abs(rate_a - rate_b) > 0.05 * std::max(rate_a, rate_b)) {
    notes.push_back(absl::StrFormat("The load differs: A %.0f, B %.0f a second.", rate_a, rate_b));
  }
  return notes;
}

size_t LeastIntervals(const std::vector<SeriesRuns>& series,
                      std::vector<RunTable> SeriesRuns::*side) {
  size_t least = SIZE_MAX;
  for (const SeriesRuns& one : series) {
    for (const RunTable& run : one.*side) least = std::min(least, run.intervals());
  }
  return least;
}

// A bootstrap that its twin contradicts is worth a word.
void NoteTwins(const std::vector<Figure>& figures, double noise, std::vector<std::string>& notes) {
  for (const Figure& figure : figures) {
    if (!figure.twin.has_value()) continue;
    const bool is_claim = figure.outcome == Outcome::kSlower || figure.outcome == Outcome::kFaster;
    const bool twin_claims = figure.twin->low > noise || figure.twin->high < 1 / (1 + noise) - 1;
    if (is_claim == twin_claims) continue;
    notes.push_back(absl::StrFormat(
        "%s %s is a close call: without random numbers the interval is [%+.1f%%, %+.1f%%].",
        figure.series, figure.percentile, figure.twin->low * 100, figure.twin->high * 100));
  }
}

}  // namespace

absl::StatusOr<Comparison> CompareReports(Reports a, Reports b, const Options& options) {
  if (a.empty() || b.empty()) {
    return absl::InvalidArgumentError("a comparison needs at least one report on each side");
  }
  if (options.pairs && a.size() != b.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "pairs are as many reports on both sides, in the order in which they were measured: A has ",
        a.size(), ", B has ", b.size()));
  }
  Comparison comparison{.options = options};
  for (const NamedReport& named : a) comparison.names_a.push_back(named.name);
  for (const NamedReport& named : b) comparison.names_b.push_back(named.name);
  std::vector<SeriesRuns> series;
  std::vector<std::string> wanted = options.series;
  if (wanted.empty()) wanted.emplace_back();
  for (const std::string& one : wanted) {
    absl::StatusOr<SeriesRuns> runs = RunsOf(a, b, one);
    if (!runs.ok()) return runs.status();
    series.push_back(*std::move(runs));
  }
  comparison.intervals_a = LeastIntervals(series, &SeriesRuns::a);
  comparison.intervals_b = LeastIntervals(series, &SeriesRuns::b);
  comparison.figures = CompareRuns(series, options);
  comparison.notes = NotesOf(a, b, options);
  for (const std::string& one : wanted) NoteClocks(a, b, one, comparison.notes);
  NoteTwins(comparison.figures, options.noise, comparison.notes);
  return comparison;
}

}  // namespace fh::latency::compare
