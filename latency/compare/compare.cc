#include "latency/compare/compare.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "latency/compare/statistics.h"
#include "latency/report.h"

namespace fh::latency::compare {
namespace {

struct NamedShare {
  const char* name;
  double share;
};
constexpr std::array<NamedShare, 4> kPercentiles = {
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

// What is known of one d, from which an interval follows at any confidence.
struct Evidence {
  size_t figure = 0;
  double d = 0;
  std::function<Interval(double alpha)> interval;
  size_t measured = 0;  // Intervals a run, runs a side or pairs: what more of would help.
  const char* unit = "";
};

double Percent(double d) { return std::expm1(d); }

bool IsBeyond(const Interval& interval, double delta) {
  return interval.low > delta || interval.high < -delta;
}

// By order in a row that is sorted.
Interval Middle(const std::vector<double>& sorted, double alpha) {
  const auto cut = static_cast<size_t>(alpha / 2 * static_cast<double>(sorted.size()));
  return {sorted[cut], sorted[sorted.size() - 1 - cut]};
}

// One run each -------------------------------------------------------------------------------

// ln Q of each draw, for each percentile.
std::vector<std::vector<double>> DrawBlocks(const RunTable& run, size_t draws, Random& random) {
  std::vector<std::vector<double>> logs(kPercentiles.size());
  const size_t m = run.intervals();
  std::vector<size_t> starts((m + run.block_length() - 1) / run.block_length());
  for (size_t draw = 0; draw < draws; ++draw) {
    for (size_t& start : starts) start = random.Below(m);
    for (size_t i = 0; i < kPercentiles.size(); ++i) {
      logs[i].push_back(
          std::log(std::max(run.QuantileOfBlocks(kPercentiles[i].share, starts), 0.5)));
    }
  }
  return logs;
}

// The two runs' half-widths in quadrature: the low side of one with the high side of the other.
Interval TwinOf(const RunTable& a, const RunTable& b, double share, double alpha) {
  const double log_a = std::log(a.Quantile(share));
  const double log_b = std::log(b.Quantile(share));
  const Interval around_a = a.Woodruff(share, alpha);
  const Interval around_b = b.Woodruff(share, alpha);
  const double d = log_b - log_a;
  return {d - std::hypot(log_b - std::log(around_b.low), std::log(around_a.high) - log_a),
          d + std::hypot(std::log(around_b.high) - log_b, log_a - std::log(around_a.low))};
}

// Several runs -------------------------------------------------------------------------------

std::vector<double> Logs(const std::vector<RunTable>& runs, double share) {
  std::vector<double> logs;
  for (const RunTable& run : runs) logs.push_back(std::log(run.Quantile(share)));
  return logs;
}

// Of the difference of the means, with one variance for both sides.
Interval TwoSamples(const std::vector<double>& a, const std::vector<double>& b, double alpha) {
  const auto squares = [](const std::vector<double>& values) {
    if (values.size() < 2) return 0.0;
    const double sd = StandardDeviation(values);
    return sd * sd * static_cast<double>(values.size() - 1);
  };
  const auto n_a = static_cast<double>(a.size());
  const auto n_b = static_cast<double>(b.size());
  const double degrees = n_a + n_b - 2;
  const double variance = (squares(a) + squares(b)) / degrees;
  const double reach =
      StudentQuantile(1 - alpha / 2, degrees) * std::sqrt(variance * (1 / n_a + 1 / n_b));
  const double d = Mean(b) - Mean(a);
  return {d - reach, d + reach};
}

Interval OfPairs(const std::vector<double>& d, double alpha) {
  const double mean = Mean(d);
  const auto n = static_cast<double>(d.size());
  const double reach = StudentQuantile(1 - alpha / 2, n - 1) * StandardDeviation(d) / std::sqrt(n);
  return {mean - reach, mean + reach};
}

// All centres that sign flips do not refuse; without bounds when there are too few pairs.
Interval OfSignFlips(const std::vector<double>& d, double alpha) {
  const double mean = Mean(d);
  const double far = 1000 * (StandardDeviation(d) + 1e-9);
  const auto edge = [&](double direction) {
    if (SignFlipP(d, mean + direction * far) > alpha) {
      return direction * std::numeric_limits<double>::infinity();
    }
    double inside = 0;
    double outside = far;
    for (int i = 0; i < 60; ++i) {
      const double middle = (inside + outside) / 2;
      (SignFlipP(d, mean + direction * middle) > alpha ? inside : outside) = middle;
    }
    return mean + direction * outside;
  };
  return {edge(-1), edge(1)};
}

// Deciding -----------------------------------------------------------------------------------

// What would be needed, if the difference is what it looks like: half-widths fall with the root.
void SayWhatIsNeeded(const Evidence& evidence, const Interval& interval, double delta,
                     Figure& figure) {
  constexpr double kMostTimes = 1000;
  const double gap = std::abs(std::abs(evidence.d) - delta);
  const double half = (interval.high - interval.low) / 2;
  const double times = gap > 0 ? half / gap * (half / gap) : kMostTimes + 1;
  figure.needed_what = evidence.unit;
  if (!(times <= kMostTimes)) return;
  const auto needed =
      static_cast<uint64_t>(std::ceil(times * static_cast<double>(evidence.measured)));
  figure.needed = std::max<uint64_t>(needed, evidence.measured + 1);
}

void Settle(const Evidence& evidence, double alpha, const Options& options, Figure& figure) {
  const Interval interval = evidence.interval(alpha);
  figure.change = Percent(evidence.d);
  figure.low = Percent(interval.low);
  figure.high = Percent(interval.high);
  figure.confidence = 1 - alpha;
  const double delta = std::log1p(options.noise);
  if (interval.low > delta) {
    figure.outcome = Outcome::kSlower;
  } else if (interval.high < -delta) {
    figure.outcome = Outcome::kFaster;
  } else if (interval.low >= -delta && interval.high <= delta) {
    figure.outcome = Outcome::kNoDifference;
  } else {
    figure.outcome = Outcome::kCannotTell;
    SayWhatIsNeeded(evidence, interval, delta, figure);
  }
  figure.fails = options.fail_above.has_value() && figure.outcome == Outcome::kSlower &&
                 figure.change > *options.fail_above;
}

// Holm: the first claim must hold at 1 - alpha / k, the next one at 1 - alpha / (k - 1), and so on;
// what is not claimed keeps the confidence at which it was refused.
void Decide(std::vector<Evidence> open, const Options& options, std::vector<Figure>& figures) {
  const double delta = std::log1p(options.noise);
  while (!open.empty()) {
    const double alpha = (1 - options.confidence) / static_cast<double>(open.size());
    const auto claimed =
        std::stable_partition(open.begin(), open.end(), [alpha, delta](const Evidence& evidence) {
          return !IsBeyond(evidence.interval(alpha), delta);
        });
    const bool is_last = claimed == open.end();
    for (auto it = is_last ? open.begin() : claimed; it != open.end(); ++it) {
      Settle(*it, alpha, options, figures[it->figure]);
    }
    open.erase(is_last ? open.begin() : claimed, open.end());
  }
}

// Looking ------------------------------------------------------------------------------------

uint64_t Total(const std::vector<RunTable>& runs) {
  uint64_t total = 0;
  for (const RunTable& run : runs) total += run.total();
  return total;
}

double QuantileOfAll(const std::vector<RunTable>& runs, double share) {
  if (runs.size() == 1) return runs[0].Quantile(share);
  std::vector<SparseCounts> all;
  for (const RunTable& run : runs) all.push_back(run.counts());
  return RunTable(std::move(all)).Quantile(share);
}

// Why a percentile takes no part; empty when it does.
std::string WhyNot(const SeriesRuns& series, double share, const Options& options) {
  uint64_t least = std::numeric_limits<uint64_t>::max();
  size_t fewest = std::numeric_limits<size_t>::max();
  double smallest = std::numeric_limits<double>::max();
  for (const std::vector<RunTable>* side : {&series.a, &series.b}) {
    for (const RunTable& run : *side) {
      least = std::min(least, run.CountAbove(share));
      fewest = std::min(fewest, run.intervals());
      smallest = std::min(smallest, run.Quantile(share));
    }
  }
  if (least < kMinAbove) {
    return absl::StrCat(
        least, " value(s) of a run lie above it, and ", kMinAbove, " are needed",
        least > 0 ? absl::StrCat(": measure ", (kMinAbove + least - 1) / least, " times as many")
                  : "");
  }
  if (smallest <= series.error_bound_ns) {
    return absl::StrCat("within clock error (",
                        FormatDuration(static_cast<int64_t>(series.error_bound_ns)), ")");
  }
  const bool is_single = series.a.size() == 1 && series.b.size() == 1;
  if (is_single && options.pairs) return "one pair says nothing: measure at least 5";
  if (is_single && fewest < kMinIntervals) {
    return absl::StrCat("a run has ", fewest, " interval(s) behind its warm-up, and ",
                        kMinIntervals, " are needed");
  }
  return "";
}

std::vector<double> Differences(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> d;
  for (size_t i = 0; i < a.size(); ++i) d.push_back(b[i] - a[i]);
  return d;
}

Evidence PairsEvidence(std::vector<double> d, const Options& options, Figure& figure) {
  figure.sign_flip_p = SignFlipP(d, 0);
  Evidence evidence{.d = Mean(d), .measured = d.size(), .unit = "pairs"};
  if (options.method == Method::kSignFlips) {
    evidence.interval = [d](double alpha) { return OfSignFlips(d, alpha); };
  } else {
    evidence.interval = [d](double alpha) { return OfPairs(d, alpha); };
  }
  return evidence;
}

Evidence RunsEvidence(const SeriesRuns& series, double share) {
  std::vector<double> a = Logs(series.a, share);
  std::vector<double> b = Logs(series.b, share);
  Evidence evidence{
      .d = Mean(b) - Mean(a), .measured = std::min(a.size(), b.size()), .unit = "runs a side"};
  evidence.interval = [a = std::move(a), b = std::move(b)](double alpha) {
    return TwoSamples(a, b, alpha);
  };
  return evidence;
}

Evidence SingleEvidence(const SeriesRuns& series, double share, const Options& options,
                        std::vector<double> draws, Figure& figure) {
  const RunTable& a = series.a[0];
  const RunTable& b = series.b[0];
  figure.block_a = a.block_length();
  figure.block_b = b.block_length();
  figure.design_effect_a = a.DesignEffect(share);
  figure.design_effect_b = b.DesignEffect(share);
  Evidence evidence{.d = std::log(b.Quantile(share)) - std::log(a.Quantile(share)),
                    .measured = std::min(a.intervals(), b.intervals()),
                    .unit = "intervals a run"};
  if (options.method == Method::kWoodruff) {
    evidence.interval = [&a, &b, share](double alpha) { return TwinOf(a, b, share, alpha); };
  } else {
    std::sort(draws.begin(), draws.end());
    evidence.interval = [draws = std::move(draws)](double alpha) { return Middle(draws, alpha); };
  }
  return evidence;
}

// d of each draw, for each percentile; nothing where no blocks are drawn.
std::vector<std::vector<double>> DrawsOf(const SeriesRuns& series, size_t draws,
                                         const Options& options) {
  const bool is_single = series.a.size() == 1 && series.b.size() == 1 && !options.pairs;
  if (!is_single || options.method == Method::kWoodruff || series.a[0].intervals() == 0 ||
      series.b[0].intervals() == 0) {
    return std::vector<std::vector<double>>(kPercentiles.size());
  }
  Random random(options.seed);
  const auto a = DrawBlocks(series.a[0], draws, random);
  const auto b = DrawBlocks(series.b[0], draws, random);
  std::vector<std::vector<double>> d;
  for (size_t i = 0; i < kPercentiles.size(); ++i) d.push_back(Differences(a[i], b[i]));
  return d;
}

}  // namespace

std::vector<Figure> CompareRuns(std::span<const SeriesRuns> series, const Options& options) {
  // So many that the outermost draws still have neighbours at the confidence that Holm asks for.
  const size_t draws = std::max(options.draws, 250 * kPercentiles.size() * series.size());
  std::vector<Figure> figures;
  std::vector<Evidence> evidence;
  for (const SeriesRuns& one : series) {
    std::vector<std::vector<double>> drawn = DrawsOf(one, draws, options);
    for (size_t i = 0; i < kPercentiles.size(); ++i) {
      const double share = kPercentiles[i].share;
      Figure figure{.series = one.name, .percentile = kPercentiles[i].name};
      figure.reason = WhyNot(one, share, options);
      if (Total(one.a) > 0 && Total(one.b) > 0) {
        figure.a_ns = QuantileOfAll(one.a, share);
        figure.b_ns = QuantileOfAll(one.b, share);
      }
      if (figure.reason.empty()) {
        if (options.pairs) {
          evidence.push_back(
              PairsEvidence(Differences(Logs(one.a, share), Logs(one.b, share)), options, figure));
        } else if (one.a.size() + one.b.size() > 2) {
          evidence.push_back(RunsEvidence(one, share));
        } else {
          evidence.push_back(SingleEvidence(one, share, options, std::move(drawn[i]), figure));
        }
        evidence.back().figure = figures.size();
      }
      figures.push_back(std::move(figure));
    }
  }
  Decide(std::move(evidence), options, figures);
  for (size_t i = 0; i < figures.size(); ++i) {
    Figure& figure = figures[i];
    if (figure.block_a == 0) continue;
    const SeriesRuns& one = series[i / kPercentiles.size()];
    const Interval twin = TwinOf(one.a[0], one.b[0], kPercentiles[i % kPercentiles.size()].share,
                                 1 - figure.confidence);
    figure.twin = Interval{Percent(twin.low), Percent(twin.high)};
  }
  return figures;
}

std::vector<Figure> CompareValues(std::span<const PairedValues> values, const Options& options) {
  std::vector<Figure> figures;
  std::vector<Evidence> evidence;
  for (const PairedValues& one : values) {
    Figure figure{.series = one.name};
    const auto is_positive = [](double value) { return value > 0 && std::isfinite(value); };
    if (one.a.size() != one.b.size() || one.a.size() < 2) {
      figure.reason = absl::StrCat(one.a.size(), " and ", one.b.size(), " value(s) are no pairs");
    } else if (!std::all_of(one.a.begin(), one.a.end(), is_positive) ||
               !std::all_of(one.b.begin(), one.b.end(), is_positive)) {
      figure.reason = "a value is not above zero";
    } else {
      std::vector<double> d;
      for (size_t i = 0; i < one.a.size(); ++i) d.push_back(std::log(one.b[i] / one.a[i]));
      std::vector<double> logs;
      for (const double value : one.a) logs.push_back(std::log(value));
      figure.a_ns = std::exp(Mean(logs));
      figure.b_ns = figure.a_ns * std::exp(Mean(d));
      evidence.push_back(PairsEvidence(std::move(d), options, figure));
      evidence.back().figure = figures.size();
    }
    figures.push_back(std::move(figure));
  }
  Decide(std::move(evidence), options, figures);
  return figures;
}

bool Comparison::fails() const {
  return std::any_of(figures.begin(), figures.end(),
                     [](const Figure& figure) { return figure.fails; });
}

const char* OutcomeName(Outcome outcome) {
  constexpr std::array<const char*, 4> kNames = {"faster", "slower", "no difference",
                                                 "cannot tell"};
  return kNames[static_cast<size_t>(outcome)];
}

}  // namespace fh::latency::compare
