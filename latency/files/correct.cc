// Correction of closed-loop data for the interval at which requests should have been sent: files.h.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "latency/files/files.h"
#include "latency/files/hdr_histogram.h"
#include "latency/files/hlog_report.h"
#include "latency/recording/buckets.h"

namespace fh::latency::files {
namespace {

constexpr uint64_t kMostTotal = uint64_t{1} << 62;
// Bucket by bucket and not value by value: a wait of a second in a schedule of nanoseconds has a
// thousand million values. This is for all intervals of a report.
constexpr uint64_t kMostSteps = uint64_t{1} << 31;

// How many of v - I, v - 2I, ..., those that are >= I, lie in [low, high]. Preconditions: I > 0, v >= 2I,
// low <= v - I.
uint64_t StepsWithin(int64_t value, int64_t interval, int64_t low, int64_t high) {
  // v - k * I with 1 <= k <= v / I - 1.
  const int64_t last = std::min(value / interval - 1, (value - low) / interval);
  const int64_t first = high >= value - interval ? 1 : (value - high - 1) / interval + 1;
  return first > last ? 0 : static_cast<uint64_t>(last - first + 1);
}

// Adds to buckets what was missed. Two kinds of buckets, one arithmetic: `layout` has Index, Low and
// High, `slots` are the buckets in use. False when it is too much.
template <typename Layout, typename Slots, typename Value>
bool AddMissed(const Layout& layout, const Slots& slots, int64_t interval, Value value_of,
               uint64_t& steps, std::vector<uint64_t>& counts) {
  uint64_t total = 0;
  for (const HdrSlot& slot : slots) {
    total += slot.count;
    const int64_t value = value_of(slot.index);
    if (value / 2 < interval) continue;
    const size_t first = layout.Index(interval);
    const size_t last = layout.Index(value - interval);
    steps += last - first + 1;
    if (steps > kMostSteps) return false;
    if (counts.size() <= last) counts.resize(last + 1);
    for (size_t i = first; i <= last; ++i) {
      const uint64_t more = StepsWithin(value, interval, layout.Low(static_cast<uint32_t>(i)),
                                        layout.High(static_cast<uint32_t>(i)));
      if (more != 0 && slot.count > (kMostTotal - std::min(kMostTotal, total)) / more) return false;
      total += more * slot.count;
      counts[i] += more * slot.count;
    }
  }
  return true;
}

absl::Status TooMuch(int64_t interval_ns) {
  return absl::OutOfRangeError(absl::StrCat(
      "an expected interval of ", interval_ns,
      " ns adds too many values; give the one at which requests should have been sent"));
}

class Corrector {
 public:
  explicit Corrector(int64_t interval_ns) : interval_ns_(interval_ns) {}

  absl::Status Correct(proto::Series& series) {
    const int64_t max = series.has_max() ? series.max() : -1;
    absl::Status corrected = Correct(series, max, *series.mutable_total());
    for (proto::Interval& interval : *series.mutable_interval()) {
      if (corrected.ok()) corrected = Correct(series, interval.max(), *interval.mutable_buckets());
    }
    if (!corrected.ok()) return corrected;
    series.set_corrected_for_interval_ns(interval_ns_);
    // What was added may lie below the least value that was measured; then its bucket is all we know.
    if (!series.has_hdr() && series.has_min() && series.total().index_size() > 0) {
      const size_t first = series.total().index(0);
      if (HistogramBuckets::High(first) < series.min()) {
        series.set_min(HistogramBuckets::Low(first));
      }
    }
    return absl::OkStatus();
  }

 private:
  // `max`: the exact one of these buckets; -1: not known.
  absl::Status Correct(const proto::Series& series, int64_t max, proto::Buckets& buckets) {
    std::vector<uint64_t> counts;
    if (series.has_hdr()) {
      absl::StatusOr<HdrHistogram> histogram = HdrOf(buckets, series);
      if (!histogram.ok()) return histogram.status();
      const HdrLayout& layout = histogram->layout();
      const bool fits = AddMissed(
          layout, histogram->slots(), interval_ns_,
          [&](uint32_t index) { return layout.High(index); }, steps_, counts);
      if (!fits) return TooMuch(interval_ns_);
      for (size_t i = 0; i < counts.size(); ++i) {
        if (!histogram->Add(static_cast<uint32_t>(i), counts[i])) return TooMuch(interval_ns_);
      }
      SetHdrBuckets(*histogram, &buckets);
      return absl::OkStatus();
    }
    absl::StatusOr<HistogramSnapshot> snapshot = recording::FromBuckets(buckets);
    if (!snapshot.ok()) return snapshot.status();
    if (max >= 0) snapshot->SetExtremes(snapshot->min(), max, 0);
    std::vector<HdrSlot> slots;
    for (uint32_t i = 0; i < HistogramBuckets::kCount; ++i) {
      if (snapshot->count(i) != 0) slots.push_back({i, snapshot->count(i)});
    }
    const bool fits = AddMissed(
        HistogramBuckets(), slots, interval_ns_,
        [&](uint32_t index) { return std::min(HistogramBuckets::High(index), snapshot->max()); },
        steps_, counts);
    if (!fits) return TooMuch(interval_ns_);
    for (size_t i = 0; i < counts.size(); ++i) snapshot->AddBucket(i, counts[i]);
    recording::SetBuckets(*snapshot, &buckets);
    return absl::OkStatus();
  }

  int64_t interval_ns_;
  uint64_t steps_ = 0;
};

bool IsTotal(const proto::Series& series) {
  return series.role() == proto::Series::END_TO_END || series.role() == proto::Series::TOTAL;
}

}  // namespace

absl::Status CorrectForExpectedInterval(int64_t interval_ns, proto::LatencyReport* report) {
  if (interval_ns <= 0 || interval_ns > HistogramBuckets::kMaxValue) {
    return absl::InvalidArgumentError("an expected interval is longer than 0 and at most an hour");
  }
  if (absl::Status right = CheckReport(*report); !right.ok()) return right;
  if (report->run().loop() != proto::Run::CLOSED) {
    return absl::FailedPreconditionError(
        "only closed-loop data is corrected for an expected interval: open-loop data counts from "
        "the schedule and has every wait in it already, and a live feed has no such interval");
  }
  proto::LatencyReport corrected = *report;
  Corrector corrector(interval_ns);
  for (proto::Series& series : *corrected.mutable_series()) {
    if (series.corrected_for_interval_ns() != 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          series.stage(), " was corrected for an interval of ", series.corrected_for_interval_ns(),
          " ns already; correcting twice counts the same waits twice"));
    }
    if (!IsTotal(series)) continue;
    if (absl::Status done = corrector.Correct(series); !done.ok()) return done;
  }
  *report = std::move(corrected);
  return absl::OkStatus();
}

}  // namespace fh::latency::files
