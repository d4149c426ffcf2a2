// Several reports as one: files.h's MergeReports.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "latency/files/files.h"
#include "latency/files/hdr_histogram.h"
#include "latency/files/hlog_report.h"
#include "latency/files/report_file.h"
#include "latency/report.h"

namespace fh::latency::files {
namespace {

constexpr int64_t kNsOfMs = 1'000'000;
constexpr size_t kMostWorst = 20;
constexpr int kMostSamples = 100'000;

// A report, and how many intervals behind the first one it begins.
struct Placed {
  const proto::LatencyReport* report;
  uint32_t shift;

  const proto::Run& run() const { return report->run(); }
};

using Placement = std::vector<Placed>;

absl::Status CannotMerge(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("these reports cannot be merged: ", why));
}

template <typename Series>
struct Contribution {
  const Series* series;
  uint32_t shift;
};

// Buckets of one series in the slots that it is merged in. Those of this program stay what they are:
// then the slots are their indices.
absl::StatusOr<HdrHistogram> SlotsOf(const proto::Buckets& buckets, const proto::Series& series,
                                     bool own, const HdrSettings& settings) {
  if (!own) {
    absl::StatusOr<HdrHistogram> histogram = HdrOf(buckets, series);
    if (!histogram.ok()) return histogram;
    const HdrSettings& has = histogram->layout().settings();
    if (has.lowest == settings.lowest && has.digits == settings.digits) return histogram;
    return Recorded(*histogram, settings);
  }
  HdrHistogram histogram;
  uint32_t index = 0;
  for (int i = 0; i < buckets.index_size(); ++i) {
    index += buckets.index(i);
    if (!histogram.Add(index, buckets.count(i))) return CannotMerge("a histogram is damaged");
  }
  return histogram;
}

void MergeOutside(const proto::Outside& from, proto::Outside* to) {
  OutsideCount sum{to->count(), to->min(), to->max()};
  sum.Merge({from.count(), from.min(), from.max()});
  to->set_count(sum.count);
  to->set_min(sum.min);
  to->set_max(sum.max);
}

class Merger {
 public:
  explicit Merger(std::span<const proto::LatencyReport> reports) {
    for (const proto::LatencyReport& report : reports) placed_.push_back({&report, 0});
    // So that the order in which files are named makes no difference.
    std::stable_sort(placed_.begin(), placed_.end(), [](const Placed& a, const Placed& b) {
      return a.run().start_unix_ns() < b.run().start_unix_ns();
    });
  }

  absl::StatusOr<Merged> Merge() {
    if (placed_.empty()) return absl::InvalidArgumentError("there is no report to merge");
    for (const Placed& one : placed_) {
      if (absl::Status right = CheckReport(*one.report); !right.ok()) return right;
    }
    out().set_version(kReportVersion);
    if (absl::Status place = Place(); !place.ok()) return place;
    MergeRun();
    MergeEnvironment();
    MergeClocks();
    if (absl::Status series = MergeAllSeries(); !series.ok()) return series;
    MergeCounters();
    if (absl::Status races = MergeRaces(); !races.ok()) return races;
    MergeSamples();
    MergeJitter();
    std::set<std::string> causes;
    for (const Placed& one : placed_) {
      for (const std::string& cause : one.report->cause()) {
        if (causes.insert(cause).second) out().add_cause(cause);
      }
    }
    return std::move(merged_);
  }

 private:
  proto::LatencyReport& out() { return merged_.report; }
  void Note(std::string note) { merged_.notes.push_back(std::move(note)); }

  absl::Status Place() {
    const proto::Run& first = placed_[0].run();
    int64_t interval_ns = 0;
    uint64_t behind = 0;
    for (const Placed& one : placed_) {
      behind += one.run().intervals();
      if (one.run().loop() != first.loop()) {
        return CannotMerge(
            "they were not loaded in the same way (open loop, closed loop; a log of HdrHistogram "
            "does not say which); compare them instead");
      }
      if (one.run().intervals() == 0) continue;
      if (interval_ns != 0 && one.run().interval_ns() != interval_ns) {
        return CannotMerge(absl::StrCat("one has intervals of ", interval_ns / kNsOfMs,
                                        " ms, another of ", one.run().interval_ns() / kNsOfMs,
                                        " ms; measure with the same ones"));
      }
      interval_ns = one.run().interval_ns();
    }
    interval_ns_ = interval_ns;
    if (behind > kMostMergedIntervals && placed_.size() > 1) {
      return CannotMerge(
          absl::StrCat("together they have more than ", kMostMergedIntervals, " intervals"));
    }
    if (!PlaceByTime()) {
      Note(absl::StrCat("the runs are more than ", kMostMergedIntervals,
                        " intervals apart, or do not say when they began: they are placed one "
                        "behind the other"));
      by_time_ = false;
      uint32_t shift = 0;
      for (Placed& one : placed_) {
        one.shift = std::exchange(shift, shift + one.run().intervals());
      }
    }
    for (const Placed& one : placed_) {
      if (one.run().intervals() > 0) {
        intervals_ = std::max(intervals_, one.shift + one.run().intervals());
      }
    }
    return absl::OkStatus();
  }

  bool PlaceByTime() {
    if (interval_ns_ == 0 || placed_.size() == 1) return true;
    const int64_t start = placed_[0].run().start_unix_ns();
    if (start == 0) return false;
    uint64_t off_grid = 0;
    for (Placed& one : placed_) {
      const int64_t later = one.run().start_unix_ns() - start;
      const int64_t shift = later / interval_ns_ + (later % interval_ns_ >= interval_ns_ / 2 + 1);
      if (shift + int64_t{one.run().intervals()} > int64_t{kMostMergedIntervals}) return false;
      one.shift = static_cast<uint32_t>(shift);
      off_grid += std::abs(later - shift * interval_ns_) > interval_ns_ / 100;
    }
    if (off_grid > 0) {
      Note(absl::StrCat(off_grid,
                        " of the runs began between two intervals of the first one: theirs are "
                        "counted in the nearest ones"));
    }
    return true;
  }

  // The same text of all; empty, with a note, when they differ.
  template <typename Get>
  std::string Common(absl::string_view what, Get get) {
    const std::string& first = get(placed_[0].run());
    for (const Placed& one : placed_) {
      if (get(one.run()) == first) continue;
      Note(absl::StrCat("the reports differ in their ", what, ": the merged one has none"));
      return "";
    }
    return first;
  }

  void MergeRun() {
    const proto::Run& first = placed_[0].run();
    proto::Run* run = out().mutable_run();
    run->set_program(Common(
        "program", [](auto& r) -> auto& { return r.program(); }));
    run->set_version(Common(
        "version", [](auto& r) -> auto& { return r.version(); }));
    run->set_commit(Common(
        "commit", [](auto& r) -> auto& { return r.commit(); }));
    run->set_build(Common(
        "build", [](auto& r) -> auto& { return r.build(); }));
    run->set_backend(Common(
        "backend", [](auto& r) -> auto& { return r.backend(); }));
    if (placed_.size() == 1) *run->mutable_argument() = first.argument();
    run->set_seed(first.seed());
    run->set_start_unix_ns(first.start_unix_ns());
    run->set_interval_ns(interval_ns_);
    run->set_intervals(intervals_);
    run->set_loop(first.loop());
    run->set_warm_up_intervals(first.warm_up_intervals());
    bool later_warm_up = false;
    for (const Placed& one : placed_) {
      if (one.run().seed() != first.seed()) run->set_seed(0);
      later_warm_up = later_warm_up || (one.shift > 0 && one.run().warm_up_intervals() > 0);
      run->set_clock_steps(run->clock_steps() + one.run().clock_steps());
      run->set_clock_stepped_ns(run->clock_stepped_ns() + one.run().clock_stepped_ns());
      run->set_unfinished(run->unfinished() || one.run().unfinished());
      if (placed_.size() == 1) continue;
      if (one.run().merged_from().empty()) {
        run->add_merged_from(
            absl::StrCat(one.run().program().empty() ? "a run" : one.run().program(), " of ",
                         FormatTime(one.run().start_unix_ns())));
      }
      run->mutable_merged_from()->MergeFrom(one.run().merged_from());
    }
    if (placed_.size() == 1) *run->mutable_merged_from() = first.merged_from();
    if (later_warm_up) {
      Note("only the warm-up of the first run is marked: those of later ones are in the figures");
    }
    MergeLoad(run);
  }

  // How long any of them ran, each rate by its share of it, and peaks of runs that did not overlap.
  void MergeLoad(proto::Run* run) {
    int64_t duration_ns = 0;
    int64_t covered_until = 0;
    bool overlap = false;
    double offered = 0;
    double achieved = 0;
    std::map<int64_t, double> peaks;
    for (const Placed& one : placed_) {
      const int64_t start = by_time_ ? one.run().start_unix_ns() : covered_until;
      const int64_t end = start + one.run().duration_ns();
      overlap = overlap || (start < covered_until && end > start);
      duration_ns += std::max<int64_t>(0, end - std::max(start, covered_until));
      covered_until = std::max(covered_until, end);
      offered += one.run().offered_per_second() * static_cast<double>(one.run().duration_ns());
      achieved += one.run().achieved_per_second() * static_cast<double>(one.run().duration_ns());
      for (const proto::Run::Peak& peak : one.run().peak()) {
        double& most = peaks[peak.window_ns()];
        most = std::max(most, peak.per_second());
      }
    }
    run->set_duration_ns(duration_ns);
    if (duration_ns > 0) {
      run->set_offered_per_second(offered / static_cast<double>(duration_ns));
      run->set_achieved_per_second(achieved / static_cast<double>(duration_ns));
    }
    if (overlap && !peaks.empty()) {
      Note("the runs overlap in time, and how their peaks add up is not known: there are none");
      return;
    }
    for (const auto& [window_ns, most] : peaks) {
      proto::Run::Peak* peak = run->add_peak();
      peak->set_window_ns(window_ns);
      peak->set_per_second(most);
    }
  }

  void MergeEnvironment() {
    std::vector<std::string> order;
    std::map<std::string, std::vector<std::string>> values;
    for (const Placed& one : placed_) {
      for (const proto::Environment::Fact& fact : one.report->environment().fact()) {
        std::vector<std::string>& all = values[fact.name()];
        if (all.empty()) order.push_back(fact.name());
        if (std::find(all.begin(), all.end(), fact.value()) == all.end()) {
          all.push_back(fact.value());
        }
      }
    }
    uint64_t differ = 0;
    for (const std::string& name : order) {
      proto::Environment::Fact* fact = out().mutable_environment()->add_fact();
      fact->set_name(name);
      fact->set_value(absl::StrJoin(values[name], " | "));
      differ += values[name].size() > 1;
    }
    if (differ > 0) {
      Note(absl::StrCat(differ, " facts of the environment differ: each lists all values"));
    }
  }

  void MergeClocks() {
    std::map<std::string, proto::Clock*> clocks;
    for (const Placed& one : placed_) {
      for (const proto::Clock& clock : one.report->clock()) {
        proto::Clock*& merged = clocks[clock.name()];
        if (merged == nullptr) {
          merged = out().add_clock();
          *merged = clock;
          continue;
        }
        // The worst of all: what is said of a stamp must hold for each.
        merged->set_resolution_ns(std::max(merged->resolution_ns(), clock.resolution_ns()));
        merged->set_error_bound_ns(std::max(merged->error_bound_ns(), clock.error_bound_ns()));
        if (std::abs(clock.drift_ppm()) > std::abs(merged->drift_ppm())) {
          merged->set_drift_ppm(clock.drift_ppm());
        }
        merged->set_steps(merged->steps() + clock.steps());
        merged->set_cost_ns(std::max(merged->cost_ns(), clock.cost_ns()));
        merged->set_share_missing(std::max(merged->share_missing(), clock.share_missing()));
      }
    }
  }

  absl::Status MergeAllSeries() {
    using Key = std::tuple<std::string, std::string, std::string, std::string, std::string,
                           std::string, int>;
    std::map<Key, size_t> numbers;
    std::vector<std::vector<Contribution<proto::Series>>> all;
    for (const Placed& one : placed_) {
      for (const proto::Series& series : one.report->series()) {
        const Key key{series.stage(),  series.feed(),      series.channel(), series.line(),
                      series.thread(), series.condition(), series.role()};
        const auto [at, added] = numbers.try_emplace(key, all.size());
        if (added) all.emplace_back();
        all[at->second].push_back({&series, one.shift});
      }
    }
    for (const std::vector<Contribution<proto::Series>>& contributions : all) {
      absl::Status merged = MergeSeries(contributions, out().add_series());
      if (!merged.ok()) return merged;
    }
    return absl::OkStatus();
  }

  absl::Status MergeSeries(const std::vector<Contribution<proto::Series>>& contributions,
                           proto::Series* merged) {
    const proto::Series& first = *contributions[0].series;
    const std::string name = first.stage();
    bool own = true;
    bool differ = false;
    HdrSettings settings = first.has_hdr() ? SettingsOf(first.hdr()) : HdrSettings{};
    for (const auto& [series, shift] : contributions) {
      if (series->unit() != first.unit()) {
        return CannotMerge(absl::StrCat(name, " counts ", first.unit(), " in one and ",
                                        series->unit(), " in another"));
      }
      if (series->corrected_for_interval_ns() != first.corrected_for_interval_ns()) {
        return CannotMerge(absl::StrCat(name,
                                        " was corrected for an expected interval in one and not, "
                                        "or for another one, in another; merge what was measured, "
                                        "and correct that"));
      }
      own = own && !series->has_hdr();
      const HdrSettings has = series->has_hdr() ? SettingsOf(series->hdr()) : HdrSettings{};
      differ = differ || series->has_hdr() != first.has_hdr() || has.lowest != settings.lowest ||
               has.digits != settings.digits;
      settings = Coarser(settings, has);
    }
    if (differ) {
      Note(absl::StrCat("the histograms of ", name,
                        " have different settings: they were recorded anew with lowest value ",
                        settings.lowest, " and ", settings.digits, " digits"));
    }
    SetNames(contributions, merged);
    SetExtremes(contributions, merged);
    if (!own) {
      merged->mutable_hdr()->set_digits(static_cast<uint32_t>(settings.digits));
      merged->mutable_hdr()->set_lowest(settings.lowest);
    }
    return SetAllBuckets(contributions, own, settings, merged);
  }

  void SetNames(const std::vector<Contribution<proto::Series>>& contributions,
                proto::Series* merged) {
    const proto::Series& first = *contributions[0].series;
    merged->set_stage(first.stage());
    merged->set_feed(first.feed());
    merged->set_channel(first.channel());
    merged->set_line(first.line());
    merged->set_thread(first.thread());
    merged->set_condition(first.condition());
    merged->set_role(first.role());
    merged->set_unit(first.unit());
    merged->set_from_clock(first.from_clock());
    merged->set_to_clock(first.to_clock());
    merged->set_corrected_for_interval_ns(first.corrected_for_interval_ns());
    for (const auto& [series, shift] : contributions) {
      merged->set_error_bound_ns(std::max(merged->error_bound_ns(), series->error_bound_ns()));
      if (series->from_clock() != first.from_clock() || series->to_clock() != first.to_clock()) {
        Note(absl::StrCat(first.stage(),
                          " was measured by different clocks: it names those of the ",
                          "first report"));
      }
    }
  }

  static void SetExtremes(const std::vector<Contribution<proto::Series>>& contributions,
                          proto::Series* merged) {
    bool known = true;
    for (const auto& [series, shift] : contributions) {
      if (series->has_negative()) MergeOutside(series->negative(), merged->mutable_negative());
      if (series->has_above_range()) {
        MergeOutside(series->above_range(), merged->mutable_above_range());
      }
      if (series->total().index().empty()) continue;
      known = known && series->has_min() && series->has_max();
      if (!known) break;
      if (!merged->has_min() || series->min() < merged->min()) merged->set_min(series->min());
      if (!merged->has_max() || series->max() > merged->max()) {
        merged->set_max(series->max());
        merged->set_max_at_unix_ns(series->max_at_unix_ns());
      }
    }
    if (known) return;
    merged->clear_min();
    merged->clear_max();
    merged->clear_max_at_unix_ns();
  }

  absl::Status SetAllBuckets(const std::vector<Contribution<proto::Series>>& contributions,
                             bool own, const HdrSettings& settings, proto::Series* merged) {
    const HdrHistogram empty =
        own ? HdrHistogram() : HdrHistogram(HdrLayout::Make(settings).value());
    const auto too_many = [&] {
      return CannotMerge(absl::StrCat("the counts of ", merged->stage(), " reach 2^63"));
    };
    HdrHistogram total = empty;
    std::map<uint32_t, std::pair<HdrHistogram, int64_t>> intervals;
    for (const auto& [series, shift] : contributions) {
      const absl::StatusOr<HdrHistogram> all = SlotsOf(series->total(), *series, own, settings);
      if (!all.ok()) return all.status();
      if (!total.Merge(*all)) return too_many();
      for (const proto::Interval& interval : series->interval()) {
        absl::StatusOr<HdrHistogram> slots = SlotsOf(interval.buckets(), *series, own, settings);
        if (!slots.ok()) return slots.status();
        auto& [sum, max] = intervals.try_emplace(interval.number() + shift, empty, 0).first->second;
        if (!sum.Merge(*slots)) return too_many();
        max = std::max(max, interval.max());
      }
    }
    SetHdrBuckets(total, merged->mutable_total());
    for (const auto& [number, interval] : intervals) {
      proto::Interval* to = merged->add_interval();
      to->set_number(number);
      SetHdrBuckets(interval.first, to->mutable_buckets());
      to->set_max(interval.second);
    }
    return absl::OkStatus();
  }

  void MergeCounters() {
    using Key = std::tuple<std::string, std::string, std::string, std::string>;
    std::map<Key, proto::Counter*> counters;
    for (const Placed& one : placed_) {
      for (const proto::Counter& counter : one.report->counter()) {
        proto::Counter*& merged =
            counters[{counter.name(), counter.feed(), counter.channel(), counter.line()}];
        if (merged == nullptr) {
          merged = out().add_counter();
          *merged = counter;
          merged->clear_value();
        }
        merged->set_loss(merged->loss() || counter.loss());
        for (int i = 0; i < counter.value_size(); ++i) {
          const int at = i + static_cast<int>(one.shift);
          while (merged->value_size() <= at) merged->add_value(0);
          merged->set_value(at, merged->value(at) + counter.value(i));
        }
      }
    }
  }

  absl::Status MergeRaces() {
    using Key = std::tuple<std::string, std::string, std::string, std::string, int64_t>;
    std::map<Key, std::vector<Contribution<proto::Race>>> races;
    for (const Placed& one : placed_) {
      for (const proto::Race& race : one.report->race()) {
        races[{race.feed(), race.channel(), race.line_a(), race.line_b(), race.tie_ns()}].push_back(
            {&race, one.shift});
      }
    }
    for (const auto& [key, contributions] : races) {
      absl::Status merged = MergeRace(contributions, out().add_race());
      if (!merged.ok()) return merged;
    }
    return absl::OkStatus();
  }

  absl::Status MergeRace(const std::vector<Contribution<proto::Race>>& contributions,
                         proto::Race* merged) {
    *merged = *contributions[0].series;
    merged->clear_second();
    std::map<uint32_t, proto::Race::Second> seconds;
    HdrHistogram lead_of_a;
    HdrHistogram lead_of_b;
    uint64_t both = 0;
    for (const auto& [race, shift] : contributions) {
      const proto::Series own;
      const auto a = SlotsOf(race->lead_of_a(), own, /*own=*/true, {});
      const auto b = SlotsOf(race->lead_of_b(), own, /*own=*/true, {});
      if (!a.ok() || !b.ok() || !lead_of_a.Merge(*a) || !lead_of_b.Merge(*b)) {
        return CannotMerge("the counts of a race reach 2^63");
      }
      if (race != contributions[0].series) {
        merged->set_ties(merged->ties() + race->ties());
        merged->set_only_on_a(merged->only_on_a() + race->only_on_a());
        merged->set_only_on_b(merged->only_on_b() + race->only_on_b());
        merged->set_max_lead_of_a(std::max(merged->max_lead_of_a(), race->max_lead_of_a()));
        merged->set_max_lead_of_b(std::max(merged->max_lead_of_b(), race->max_lead_of_b()));
      }
      for (const proto::Race::Second& second : race->second()) {
        both += !AddSecond(second, shift, seconds);
      }
    }
    SetHdrBuckets(lead_of_a, merged->mutable_lead_of_a());
    SetHdrBuckets(lead_of_b, merged->mutable_lead_of_b());
    for (auto& [number, second] : seconds) *merged->add_second() = std::move(second);
    if (both > 0) {
      Note(absl::StrCat(both, " intervals of the race on channel ", merged->channel(),
                        " are in two reports, and medians cannot be merged: they have that of "
                        "the report with more packets"));
    }
    return absl::OkStatus();
  }

  // False when the interval was there already.
  static bool AddSecond(const proto::Race::Second& second, uint32_t shift,
                        std::map<uint32_t, proto::Race::Second>& seconds) {
    const auto [at, added] = seconds.try_emplace(second.number() + shift, second);
    proto::Race::Second& sum = at->second;
    sum.set_number(second.number() + shift);
    if (added) return true;
    const auto packets = [](const proto::Race::Second& of) {
      return of.first_a() + of.first_b() + of.ties();
    };
    if (packets(second) > packets(sum)) sum.set_median_lead_of_a(second.median_lead_of_a());
    sum.set_first_a(sum.first_a() + second.first_a());
    sum.set_first_b(sum.first_b() + second.first_b());
    sum.set_ties(sum.ties() + second.ties());
    sum.set_only_on_a(sum.only_on_a() + second.only_on_a());
    sum.set_only_on_b(sum.only_on_b() + second.only_on_b());
    return false;
  }

  static int64_t TotalOf(const proto::Sample& sample) {
    if (sample.stamp_size() < 2) return 0;
    return sample.stamp(sample.stamp_size() - 1).unix_ns() - sample.stamp(0).unix_ns();
  }

  void MergeSamples() {
    std::vector<const proto::Sample*> worst;
    uint64_t left_out = 0;
    for (const Placed& one : placed_) {
      for (const proto::Sample& sample : one.report->sample()) {
        if (sample.why() == proto::Sample::WORST) {
          worst.push_back(&sample);
        } else if (out().sample_size() < kMostSamples) {
          *out().add_sample() = sample;
        } else {
          ++left_out;
        }
      }
    }
    std::stable_sort(worst.begin(), worst.end(),
                     [](auto* a, auto* b) { return TotalOf(*a) > TotalOf(*b); });
    for (size_t i = 0; i < worst.size(); ++i) {
      proto::Sample* sample = out().add_sample();
      *sample = *worst[i];
      // No longer one of the worst, but slow all the same.
      if (i >= kMostWorst) sample->set_why(proto::Sample::SLOW);
    }
    if (left_out > 0) Note(absl::StrCat(left_out, " samples were left out"));
  }

  void MergeJitter() {
    int measured = 0;
    for (const Placed& one : placed_) {
      if (!one.report->has_jitter()) continue;
      if (measured++ == 0) *out().mutable_jitter() = one.report->jitter();
    }
    if (measured > 1) {
      Note(absl::StrCat(measured, " reports have a jitter floor: that of the first one was kept"));
    }
  }

  Placement placed_;
  Merged merged_;
  int64_t interval_ns_ = 0;
  uint32_t intervals_ = 0;
  bool by_time_ = true;
};

}  // namespace

absl::StatusOr<Merged> MergeReports(std::span<const proto::LatencyReport> reports) {
  absl::StatusOr<Merged> merged = Merger(reports).Merge();
  if (!merged.ok()) return merged;
  if (absl::Status right = CheckReport(merged->report); !right.ok()) return right;
  return merged;
}

}  // namespace fh::latency::files
