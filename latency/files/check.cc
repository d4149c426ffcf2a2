// What a report may hold: files.h's CheckReport.
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "latency/files/hdr_histogram.h"
#include "latency/files/hlog_report.h"
#include "latency/files/report_file.h"
#include "latency/histogram.h"

namespace fh::latency::files {
namespace {

constexpr uint64_t kMostCount = std::numeric_limits<int64_t>::max();
// Seconds of three years; what a report of longer intervals or more of them is, nobody can draw.
constexpr int64_t kLatestNs = 4'000'000'000'000'000'000;
constexpr uint32_t kMostIntervals = 100'000'000;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, what));
}

absl::Status CheckBuckets(const proto::Buckets& buckets, uint64_t end, absl::string_view where) {
  if (buckets.index_size() != buckets.count_size()) {
    return Wrong(where, absl::StrCat(" has ", buckets.index_size(), " buckets and ",
                                     buckets.count_size(), " counts"));
  }
  uint64_t index = 0;
  uint64_t total = 0;
  for (int i = 0; i < buckets.index_size(); ++i) {
    if (i > 0 && buckets.index(i) == 0) return Wrong(where, " names a bucket twice");
    index += buckets.index(i);
    if (index >= end) return Wrong(where, absl::StrCat(" has bucket ", index, ", beyond the last"));
    if (buckets.count(i) > kMostCount - total) {
      return Wrong(where, " has counts that add up to 2^63 or more");
    }
    total += buckets.count(i);
  }
  return absl::OkStatus();
}

absl::Status CheckRun(const proto::Run& run) {
  if (run.duration_ns() < 0 || run.interval_ns() < 0 || run.start_unix_ns() < 0) {
    return Wrong("the run", " has a negative time");
  }
  if (run.intervals() > kMostIntervals) {
    return Wrong("the run", absl::StrCat(" has ", run.intervals(), " intervals, more than the ",
                                         kMostIntervals, " that are read"));
  }
  if (run.intervals() > 0 && run.interval_ns() == 0) {
    return Wrong("the run", " has intervals of no length");
  }
  if (run.start_unix_ns() > kLatestNs || run.duration_ns() > kLatestNs ||
      (run.intervals() > 0 && run.interval_ns() > kLatestNs / run.intervals())) {
    return Wrong("the run", " lasts too long or lies beyond the year 2096");
  }
  return absl::OkStatus();
}

absl::Status CheckSeries(const proto::Series& series, const proto::Run& run) {
  const std::string where = absl::StrCat("the series ", series.stage());
  uint64_t end = HistogramBuckets::kCount;
  if (series.has_hdr()) {
    const absl::StatusOr<HdrLayout> layout = HdrLayout::Make(SettingsOf(series.hdr()));
    if (!layout.ok()) return Wrong(where, absl::StrCat(" is ", layout.status().message()));
    end = layout->most_slots();
  }
  if (absl::Status total = CheckBuckets(series.total(), end, where); !total.ok()) return total;
  int64_t before = -1;
  for (const proto::Interval& interval : series.interval()) {
    if (interval.number() <= before) return Wrong(where, " has intervals that do not ascend");
    if (interval.number() >= run.intervals()) {
      return Wrong(where,
                   absl::StrCat(" has interval ", interval.number(), ", of ", run.intervals()));
    }
    before = interval.number();
    if (interval.max() < 0) return Wrong(where, " has an interval with a negative maximum");
    absl::Status buckets = CheckBuckets(interval.buckets(), end,
                                        absl::StrCat(where, ", interval ", interval.number(), ","));
    if (!buckets.ok()) return buckets;
  }
  return absl::OkStatus();
}

absl::Status CheckRace(const proto::Race& race, const proto::Run& run) {
  const std::string where = absl::StrCat("the race of channel ", race.channel());
  for (const proto::Buckets* buckets : {&race.lead_of_a(), &race.lead_of_b()}) {
    absl::Status right = CheckBuckets(*buckets, HistogramBuckets::kCount, where);
    if (!right.ok()) return right;
  }
  int64_t before = -1;
  for (const proto::Race::Second& second : race.second()) {
    if (second.number() <= before || second.number() >= run.intervals()) {
      return Wrong(where, absl::StrCat(" has interval ", second.number(), " out of place"));
    }
    before = second.number();
  }
  return absl::OkStatus();
}

absl::Status CheckJitter(const proto::Jitter& jitter) {
  if (jitter.duration_ns() < 0) return Wrong("the jitter floor", " has a negative duration");
  for (const proto::Jitter::Point& point : jitter.curve()) {
    if (!(point.share_above() >= 0 && point.share_above() <= 1)) {
      return Wrong("the jitter floor", " has a share that is not between 0 and 1");
    }
  }
  return CheckBuckets(jitter.gaps(), HistogramBuckets::kCount, "the jitter floor");
}

}  // namespace

absl::Status CheckContents(const proto::LatencyReport& report) {
  if (report.version() != kReportVersion) {
    return absl::InvalidArgumentError(absl::StrCat("the report has version ", report.version(),
                                                   ", this program reads ", kReportVersion));
  }
  if (absl::Status run = CheckRun(report.run()); !run.ok()) return run;
  for (const proto::Series& series : report.series()) {
    if (absl::Status right = CheckSeries(series, report.run()); !right.ok()) return right;
  }
  for (const proto::Counter& counter : report.counter()) {
    if (static_cast<uint32_t>(counter.value_size()) > report.run().intervals()) {
      return Wrong(
          absl::StrCat("the counter ", counter.name()),
          absl::StrCat(" has ", counter.value_size(), " intervals, of ", report.run().intervals()));
    }
  }
  for (const proto::Race& race : report.race()) {
    if (absl::Status right = CheckRace(race, report.run()); !right.ok()) return right;
  }
  for (const proto::Clock& clock : report.clock()) {
    if (!(clock.share_missing() >= 0 && clock.share_missing() <= 1) ||
        !std::isfinite(clock.drift_ppm()) || !std::isfinite(clock.cost_ns())) {
      return Wrong(absl::StrCat("the clock ", clock.name()), " has a share or rate that is none");
    }
  }
  return CheckJitter(report.jitter());
}

}  // namespace fh::latency::files
