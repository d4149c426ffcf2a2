// Are two builds, settings or days different, and by how much? Three answers: faster or slower by so
// much, no difference that matters, cannot tell (and how much more would have to be measured).
//
//   const auto a = Runs({"a1.latency", "a2.latency"}), b = ...;     // Reports that were read.
//   absl::StatusOr<Comparison> result = CompareReports(a, b, {.pairs = true});
//   if (!result.ok()) return result.status();
//   std::fputs(ComparisonText(*result).c_str(), stdout);
//
// What is compared is d = ln(Q_B(p) / Q_A(p)) at p50, p90, p99 and p99.9, shown as exp(d) - 1 in
// percent; a percentile takes part when at least kMinAbove values lie above it in each run. A
// difference is claimed only when the whole interval lies beyond +-noise (3 %), at a confidence that
// allows for as many questions as were asked at once (Holm), because with a million correlated values
// "is there any difference?" is always answered with yes.
//
// Where the interval comes from:
//   one run each    blocks of neighbouring intervals are drawn with replacement, round the end
//                   (circular moving-block bootstrap), at least kMinIntervals intervals a run. Checked
//                   by Woodruff's interval, which needs no random numbers. Neither covers what differs
//                   from run to run (addresses, CPU, temperature): the result says so.
//   several each    Student's t of the runs' own ln Q, with one variance for both sides.
//   pairs           Student's t of the d of each pair: for runs that were made in turns (ABAB...), at
//                   least kMinPairs; 10 find 10 % at p99 where runs differ by 3 %. Or sign flips.
//
// Percentiles are never averaged for show: the values beside the change are those of the histograms of
// all runs of a side together.
//
// Any thread; allocates; some 10 ms for runs of 300 intervals.
#ifndef FEEDHANDLER_LATENCY_COMPARE_COMPARE_H_
#define FEEDHANDLER_LATENCY_COMPARE_COMPARE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "latency/compare/run_table.h"
#include "latency/recording/latency_report.pb.h"

namespace fh::latency::compare {

namespace proto = ::feedhandler::latency;

inline constexpr uint64_t kMinAbove = 100;
inline constexpr size_t kMinIntervals = 60;
inline constexpr size_t kMinPairs = 5;

enum class Method : uint8_t {
  kAuto,       // Blocks for one run each, Student's t else.
  kWoodruff,   // For one run each: no random numbers.
  kSignFlips,  // For pairs: assumes less than t, and needs eight pairs to say anything.
};

struct Options {
  double noise = 0.03;
  double confidence = 0.95;
  bool pairs = false;
  Method method = Method::kAuto;
  // Of the drawn blocks. The same files give the same result, on every system.
  uint64_t seed = 20'231'114;
  size_t draws = 1000;
  // Fails the comparison: slower by more than this, with the interval beyond the noise. A true change
  // of this size trips it half of the time, so set it to half of what must be caught.
  std::optional<double> fail_above;
  // Which series, as files::TagOf or Series.stage call them; empty: the end-to-end series.
  std::vector<std::string> series;
};

enum class Outcome : uint8_t { kFaster, kSlower, kNoDifference, kCannotTell };

// "faster", "slower", "no difference", "cannot tell".
const char* OutcomeName(Outcome outcome);

// One percentile of one series: B against A.
struct Figure {
  std::string series;
  std::string percentile;  // "p99"
  // Of all runs of a side together; 0 when there are too few values.
  double a_ns = 0;
  double b_ns = 0;

  // Set unless `reason` says that it could not be looked at: 0.1 is 10 % slower.
  double change = 0;
  double low = 0;
  double high = 0;
  double confidence = 0;  // Of [low, high], after Holm.
  Outcome outcome = Outcome::kCannotTell;
  std::string reason;  // Why it could not be looked at.

  // With kCannotTell: how many intervals a run, runs a side or pairs would be needed if the
  // difference is what it looks like. Nothing when it looks too much like the noise to say.
  std::optional<uint64_t> needed;
  std::string needed_what;

  bool fails = false;  // Of Options::fail_above.

  // One run each: how many intervals hang together, as how many values one counts, and the interval
  // without random numbers at the same confidence.
  size_t block_a = 0;
  size_t block_b = 0;
  double design_effect_a = 0;
  double design_effect_b = 0;
  std::optional<Interval> twin;
  // Pairs: by sign flips, whether the changes' mean could be 0.
  std::optional<double> sign_flip_p;
};

struct Comparison {
  Options options;
  std::vector<std::string> names_a;
  std::vector<std::string> names_b;
  size_t intervals_a = 0;  // Least of a side, without the warm-up.
  size_t intervals_b = 0;
  std::vector<Figure> figures;
  // What the reader must know: what is not covered, what else differs, what was lost.
  std::vector<std::string> notes;

  bool fails() const;
};

struct NamedReport {
  std::string name;
  const proto::LatencyReport* report = nullptr;
};

// Errors, with what to do: no report on a side, other numbers of them with `pairs`; a series that is
// not in all of them, or that goes from another point to another one; one side corrected for an
// expected interval and the other not; histograms that are none.
absl::StatusOr<Comparison> CompareReports(std::span<const NamedReport> a,
                                          std::span<const NamedReport> b, const Options& options);

// One series of some runs; what CompareReports and tests compare.
struct SeriesRuns {
  std::string name;
  std::vector<RunTable> a;
  std::vector<RunTable> b;
  // Values that do not exceed it cannot be told from zero.
  double error_bound_ns = 0;
};

// Preconditions: each series has a run on each side, and as many on both with `pairs`.
std::vector<Figure> CompareRuns(std::span<const SeriesRuns> series, const Options& options);

// The same for what has no histogram: one value a run, made in pairs, more is worse.
struct PairedValues {
  std::string name;
  std::vector<double> a;
  std::vector<double> b;
};
std::vector<Figure> CompareValues(std::span<const PairedValues> values, const Options& options);

// For people: a table, and the notes.
std::string ComparisonText(const Comparison& comparison);
std::string ComparisonJson(const Comparison& comparison);
// "slower by 10.2% [8.1%, 12.3%]", "cannot tell: +4.0% [-1.0%, 9.2%]; about 900 intervals a run ..."
std::string VerdictText(const Figure& figure, double noise);

}  // namespace fh::latency::compare

#endif  // FEEDHANDLER_LATENCY_COMPARE_COMPARE_H_
