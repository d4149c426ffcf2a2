#include "latency/files/hlog_report.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "latency/files/report_file.h"
#include "latency/recording/buckets.h"

namespace fh::latency::files {
namespace {

constexpr int64_t kNsOfMs = 1'000'000;
// Of a report's intervals.
constexpr int64_t kLeastIntervalNs = 100 * kNsOfMs;
constexpr absl::string_view kIntervalKey = ", interval ";
constexpr absl::string_view kEndToEndKey = " ms, end to end ";
constexpr absl::string_view kDefaultEndToEnd = "end-to-end";

// What HlogComment said.
struct OwnComment {
  int64_t interval_ns = 0;
  std::string end_to_end;
};

std::optional<OwnComment> FindOwnComment(const Hlog& log) {
  for (const std::string& line : log.comments) {
    if (!absl::StartsWith(line, kHlogFirstBytes)) continue;
    absl::string_view rest = line;
    const size_t interval = rest.find(kIntervalKey);
    const size_t end_to_end = rest.find(kEndToEndKey);
    if (interval == rest.npos || end_to_end == rest.npos || end_to_end < interval) continue;
    const size_t digits = interval + kIntervalKey.size();
    int64_t interval_ms = 0;
    if (!absl::SimpleAtoi(rest.substr(digits, end_to_end - digits), &interval_ms)) continue;
    if (interval_ms < kLeastIntervalNs / kNsOfMs || interval_ms > 86'400'000) continue;
    rest.remove_prefix(end_to_end + kEndToEndKey.size());
    return OwnComment{interval_ms * kNsOfMs, std::string(rest.substr(0, rest.find(']')))};
  }
  return std::nullopt;
}

bool IsOurs(const HdrHistogram& histogram) {
  const HdrSettings own;
  const HdrSettings& settings = histogram.layout().settings();
  return settings.lowest == own.lowest && settings.digits == own.digits &&
         histogram.max() <= own.highest;
}

// Bytes of a log that become a text of a report.
std::string Printable(absl::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<uint8_t>(c) < ' ' || static_cast<uint8_t>(c) >= 0x7F) c = '?';
  }
  return clean;
}

proto::Series::Role RoleOf(absl::string_view stage, bool has_parts) {
  if (stage == "lateness") return proto::Series::LATENESS;
  if (stage == "schedule-done") return proto::Series::SCHEDULE;
  if (stage == "dequeued-seen" || stage == "wire-seen" || stage == "start-done") {
    return has_parts ? proto::Series::STAGE : proto::Series::TOTAL;
  }
  return proto::Series::STAGE;
}

// "feed.channel.line.stage" or "stage"; the tags of others may have any dots.
void NameSeries(absl::string_view tag, bool own, proto::Series* series) {
  const std::vector<std::string> parts = absl::StrSplit(Printable(tag), '.');
  if (!own || parts.size() != 4) {
    series->set_stage(Printable(tag));
    series->set_role(RoleOf(tag, false));
    return;
  }
  series->set_feed(parts[0]);
  series->set_channel(parts[1]);
  series->set_line(parts[2]);
  series->set_stage(parts[3]);
  series->set_role(RoleOf(parts[3], true));
}

// The middle one of all lengths, but no less than a report's intervals are.
int64_t CommonLength(const Hlog& log, Notes& notes) {
  std::vector<int64_t> lengths;
  for (const HlogInterval& interval : log.intervals) lengths.push_back(interval.length_ns);
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  const int64_t common = *middle;
  if (common >= kLeastIntervalNs) return common;
  const int64_t at_once = common <= 0 ? 1 : (kLeastIntervalNs + common - 1) / common;
  const int64_t length = common <= 0 ? kLeastIntervalNs : common * at_once;
  notes.push_back(absl::StrCat("intervals of ", common, " ns were joined to ones of ", length,
                               " ns: a report has none shorter than 100 ms"));
  return length;
}

// All intervals of one tag, by number.
struct TagHistograms {
  std::map<uint32_t, HdrHistogram> intervals;
  bool ours = true;  // All have our settings.
  HdrSettings settings;
  bool first = true;
  int64_t latest_number = 0;
  int64_t latest_start_ns = 0;
};

class HlogConverter {
 public:
  HlogConverter(const Hlog& log, Notes& notes) : log_(log), notes_(notes) {}

  absl::StatusOr<proto::LatencyReport> Convert() {
    Skipped();
    report_.set_version(kReportVersion);
    own_ = FindOwnComment(log_);
    if (!log_.intervals.empty()) {
      interval_ns_ = own_.has_value() ? own_->interval_ns : CommonLength(log_, notes_);
      start_ns_ = log_.base_time_ns;
      if (!own_.has_value()) start_ns_ = log_.intervals[0].start_unix_ns;
      for (const HlogInterval& interval : log_.intervals) {
        start_ns_ = std::min(start_ns_, interval.start_unix_ns);
      }
      if (absl::Status taken = TakeAll(); !taken.ok()) return taken;
    }
    FillRun();
    for (const auto& [tag, histograms] : tags_) {
      if (!AddSeries(tag, histograms)) {
        return absl::InvalidArgumentError(
            absl::StrCat("the counts of the tag \"", Printable(tag), "\" add up to 2^63 or more"));
      }
    }
    return std::move(report_);
  }

 private:
  void Skipped() {
    for (const HlogSkipped& skipped : log_.skipped) {
      notes_.push_back(
          absl::StrCat("line ", skipped.line, " was skipped: ", Printable(skipped.reason)));
    }
    if (log_.skipped_lines > log_.skipped.size()) {
      notes_.push_back(
          absl::StrCat(log_.skipped_lines - log_.skipped.size(), " more lines were skipped"));
    }
    if (log_.partial_last_line) {
      notes_.push_back(
          absl::StrCat("1 partial line at the end was left out: ", Printable(log_.partial_reason)));
    }
  }

  absl::Status TakeAll() {
    uint64_t joined = 0;
    for (const HlogInterval& interval : log_.intervals) {
      TagHistograms& tag = tags_[interval.tag];
      const int64_t number = NumberOf(interval, tag);
      if (number >= int64_t{kMostMergedIntervals}) {
        return absl::InvalidArgumentError(
            absl::StrCat("line ", interval.line, ": it begins more than ", kMostMergedIntervals,
                         " intervals behind the first one; cut the log into several"));
      }
      end_ns_ = std::max(end_ns_, interval.start_unix_ns + interval.length_ns);
      if (!Take(tag, static_cast<uint32_t>(number), interval, joined)) {
        return absl::InvalidArgumentError(
            absl::StrCat("line ", interval.line, ": the counts add up to 2^63 or more"));
      }
    }
    if (joined > 0) {
      notes_.push_back(absl::StrCat(joined, " intervals began in the same ", interval_ns_ / kNsOfMs,
                                    " ms as the one before of their tag, and were added to it"));
    }
    return absl::OkStatus();
  }

  // Where it lies in a report, whose intervals are all of one length. One that begins a little early
  // gets a number of its own all the same: intervals of other programs jump about.
  int64_t NumberOf(const HlogInterval& interval, TagHistograms& tag) const {
    int64_t number = (interval.start_unix_ns - start_ns_ + interval_ns_ / 2) / interval_ns_;
    if (tag.first || interval.start_unix_ns - tag.latest_start_ns >= interval_ns_ / 2) {
      if (!tag.first) number = std::max(number, tag.latest_number + 1);
      tag.latest_number = number;
      tag.latest_start_ns = interval.start_unix_ns;
    }
    return number;
  }

  bool Take(TagHistograms& tag, uint32_t number, const HlogInterval& interval, uint64_t& joined) {
    const HdrSettings& settings = interval.histogram.layout().settings();
    tag.ours = tag.ours && IsOurs(interval.histogram);
    if (std::exchange(tag.first, false)) tag.settings = settings;
    if (settings.lowest != tag.settings.lowest || settings.digits != tag.settings.digits) {
      Coarsen(tag, Coarser(settings, tag.settings));
    }
    tag.settings.highest = std::max(tag.settings.highest, settings.highest);
    HdrHistogram histogram = interval.histogram;
    if (settings.lowest != tag.settings.lowest || settings.digits != tag.settings.digits) {
      histogram = Recorded(histogram, tag.settings).value();
    }
    const auto [at, added] = tag.intervals.try_emplace(number, histogram);
    if (added) return true;
    ++joined;
    return at->second.Merge(histogram);
  }

  void Coarsen(TagHistograms& tag, const HdrSettings& settings) {
    if (!settings_differ_) {
      notes_.push_back(
          "the settings of the histograms differ from line to line: they were recorded anew in "
          "the coarser ones");
    }
    settings_differ_ = true;
    tag.settings = settings;
    for (auto& [number, histogram] : tag.intervals) {
      histogram = Recorded(histogram, settings).value();
    }
  }

  void FillRun() {
    proto::Run* run = report_.mutable_run();
    uint32_t intervals = 0;
    for (const auto& [tag, histograms] : tags_) {
      intervals = std::max(intervals, histograms.intervals.rbegin()->first + 1);
    }
    run->set_start_unix_ns(start_ns_);
    run->set_interval_ns(interval_ns_);
    run->set_intervals(intervals);
    run->set_duration_ns(std::max<int64_t>(0, end_ns_ - start_ns_));
    run->set_program("an interval log");
  }

  bool AddSeries(const std::string& tag, const TagHistograms& histograms) {
    proto::Series* series = report_.add_series();
    if (tag.empty()) {
      series->set_stage(own_.has_value() && !own_->end_to_end.empty()
                            ? Printable(own_->end_to_end)
                            : std::string(kDefaultEndToEnd));
      series->set_role(proto::Series::END_TO_END);
    } else {
      NameSeries(tag, own_.has_value(), series);
    }
    const bool ours = own_.has_value() && histograms.ours;
    HdrHistogram total(HdrLayout::Make(histograms.settings).value());
    HistogramSnapshot own_total;
    for (const auto& [number, histogram] : histograms.intervals) {
      if (ours) {
        const HistogramSnapshot interval = FromHdr(histogram);
        recording::AddInterval(number, interval, series);
        // Nearer to the exact one than the bucket's edge.
        series->mutable_interval()->rbegin()->set_max(std::min(interval.max(), histogram.max()));
        own_total.Merge(interval);
        continue;
      }
      proto::Interval* interval = series->add_interval();
      interval->set_number(number);
      SetHdrBuckets(histogram, interval->mutable_buckets());
      interval->set_max(histogram.max());
      if (!total.Merge(histogram)) return false;
    }
    if (ours) {
      // Nobody knows the extremes exactly.
      recording::SetBuckets(own_total, series->mutable_total());
      return own_total.total() < uint64_t{1} << 63;
    }
    SetHdrBuckets(total, series->mutable_total());
    series->mutable_hdr()->set_digits(static_cast<uint32_t>(histograms.settings.digits));
    series->mutable_hdr()->set_lowest(histograms.settings.lowest);
    return true;
  }

  const Hlog& log_;
  Notes& notes_;
  proto::LatencyReport report_;
  std::optional<OwnComment> own_;
  std::map<std::string, TagHistograms> tags_;
  int64_t interval_ns_ = 0;
  int64_t start_ns_ = 0;
  int64_t end_ns_ = 0;
  bool settings_differ_ = false;
};

// Which series become lines of a log.
struct LogSeries {
  const proto::Series* end_to_end = nullptr;
  std::map<std::string, const proto::Series*> tagged;
};

LogSeries ChooseSeries(const proto::LatencyReport& report, Notes& notes) {
  LogSeries chosen;
  uint64_t left_out = 0;
  for (const proto::Series& series : report.series()) {
    if (series.role() == proto::Series::END_TO_END && series.feed().empty() &&
        series.channel().empty() && series.line().empty() && series.thread().empty() &&
        series.condition().empty() && chosen.end_to_end == nullptr) {
      chosen.end_to_end = &series;
    } else if (!series.thread().empty() || !series.condition().empty() ||
               !chosen.tagged.try_emplace(TagOf(series), &series).second) {
      ++left_out;
    }
  }
  chosen.tagged.erase("");
  if (left_out > 0) {
    notes.push_back(absl::StrCat(left_out,
                                 " series are not in the log, which has no place for parts by "
                                 "thread and by condition"));
  }
  if (chosen.end_to_end == nullptr) {
    notes.push_back("the report has no end-to-end series: the lines without a tag are empty");
  }
  return chosen;
}

void NoteWhatLogsLack(const proto::LatencyReport& report, Notes& notes) {
  uint64_t outside = 0;
  for (const proto::Series& series : report.series()) {
    outside += series.negative().count() + series.above_range().count();
  }
  if (outside > 0) {
    notes.push_back(absl::StrCat(outside,
                                 " values that no bucket holds (negative, or above the range) are "
                                 "not in the log"));
  }
  if (report.counter_size() + report.race_size() + report.sample_size() + report.clock_size() > 0 ||
      report.has_environment() || report.has_jitter()) {
    notes.push_back(
        "clocks, environment, counters, races, samples and the jitter floor are not in the log");
  }
}

HdrHistogram WithExactMaximum(const proto::Buckets& buckets, int64_t max,
                              const proto::Series& series) {
  if (!series.has_hdr()) {
    absl::StatusOr<HistogramSnapshot> snapshot = recording::FromBuckets(buckets);
    if (!snapshot.ok()) return HdrHistogram();
    snapshot->SetExtremes(snapshot->min(), max, 0);
    return ToHdr(*snapshot);
  }
  absl::StatusOr<HdrHistogram> histogram = HdrOf(buckets, series);
  return histogram.ok() ? *std::move(histogram) : HdrHistogram();
}

}  // namespace

std::string HlogComment(int64_t interval_ns, const proto::Series* end_to_end) {
  const std::string stage =
      end_to_end == nullptr ? std::string(kDefaultEndToEnd) : Printable(end_to_end->stage());
  return absl::StrCat(kHlogFirstBytes.substr(2), kIntervalKey, interval_ns / kNsOfMs, kEndToEndKey,
                      stage.substr(0, kMostTagBytes));
}

absl::StatusOr<proto::LatencyReport> ReportOfHlog(const Hlog& log, Notes& notes) {
  return HlogConverter(log, notes).Convert();
}

HdrSettings SettingsOf(const proto::Series::HdrBuckets& hdr) {
  HdrSettings settings{.lowest = hdr.lowest(), .digits = static_cast<int>(hdr.digits())};
  if (settings.lowest > 0 && settings.highest / 2 < settings.lowest) {
    settings.highest = std::numeric_limits<int64_t>::max();
  }
  return settings;
}

void SetHdrBuckets(const HdrHistogram& histogram, proto::Buckets* buckets) {
  buckets->Clear();
  uint32_t last = 0;
  for (const HdrSlot& slot : histogram.slots()) {
    buckets->add_index(slot.index - last);
    buckets->add_count(slot.count);
    last = slot.index;
  }
}

absl::StatusOr<HdrHistogram> HdrOf(const proto::Buckets& buckets, const proto::Series& series) {
  if (!series.has_hdr()) {
    const absl::StatusOr<HistogramSnapshot> snapshot = recording::FromBuckets(buckets);
    if (!snapshot.ok()) return snapshot.status();
    return ToHdr(*snapshot);
  }
  const absl::StatusOr<HdrLayout> layout = HdrLayout::Make(SettingsOf(series.hdr()));
  if (!layout.ok()) return layout.status();
  HdrHistogram histogram(*layout);
  uint64_t index = 0;
  for (int i = 0; i < std::min(buckets.index_size(), buckets.count_size()); ++i) {
    index += buckets.index(i);
    if (index >= layout->most_slots() ||
        !histogram.Add(static_cast<uint32_t>(index), buckets.count(i))) {
      return absl::InvalidArgumentError(
          absl::StrCat("a histogram has slot ", index, ", or counts that add up to 2^63"));
    }
  }
  return histogram;
}

absl::StatusOr<HdrHistogram> HdrOfTotal(const proto::Series& series) {
  if (series.has_hdr()) return HdrOf(series.total(), series);
  const absl::StatusOr<HistogramSnapshot> snapshot = recording::SnapshotOf(series);
  if (!snapshot.ok()) return snapshot.status();
  return ToHdr(*snapshot);
}

absl::StatusOr<std::string> HlogOfReport(const proto::LatencyReport& report, Notes& notes) {
  const proto::Run& run = report.run();
  const LogSeries chosen = ChooseSeries(report, notes);
  NoteWhatLogsLack(report, notes);
  // By number of the interval; a series without intervals is one of the whole run.
  std::map<uint32_t, std::vector<std::pair<std::string, HdrHistogram>>> lines;
  std::set<uint32_t> with_end_to_end;
  uint64_t whole_runs = 0;
  const auto add = [&](const std::string& tag, const proto::Series& series) {
    for (const proto::Interval& interval : series.interval()) {
      lines[interval.number()].emplace_back(
          tag, WithExactMaximum(interval.buckets(), interval.max(), series));
    }
    if (series.interval().empty()) {
      ++whole_runs;
      lines[0].emplace_back(tag, HdrOfTotal(series).value_or(HdrHistogram()));
    }
  };
  for (const auto& [tag, series] : chosen.tagged) add(tag, *series);
  if (chosen.end_to_end != nullptr) add("", *chosen.end_to_end);
  if (whole_runs > 0) {
    notes.push_back(
        absl::StrCat(whole_runs, " series have no intervals: each is one line, of the whole run"));
  }
  const int64_t whole_ns = std::max<int64_t>(run.duration_ns(), 0);
  const int64_t interval_ns = run.interval_ns() > 0 ? run.interval_ns() : whole_ns;
  std::string text = HlogHeader(run.start_unix_ns(), {HlogComment(interval_ns, chosen.end_to_end)});
  for (const auto& [number, tagged] : lines) {
    const int64_t start_ns = int64_t{number} * interval_ns;
    const int64_t rest_ns = run.duration_ns() - start_ns;
    const int64_t length_ns = rest_ns > 0 ? std::min(interval_ns, rest_ns) : interval_ns;
    bool end_to_end = false;
    for (const auto& [tag, histogram] : tagged) {
      end_to_end = end_to_end || tag.empty();
      text += HlogLine(tag, start_ns, length_ns, histogram);
    }
    // Viewers want a line without a tag in each interval.
    if (!end_to_end) text += HlogLine("", start_ns, length_ns, HdrHistogram());
  }
  if (text.size() > kMostHlogBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the log would have more than ", kMostHlogBytes,
                     " bytes; write .latency, or measure with longer intervals"));
  }
  return text;
}

}  // namespace fh::latency::files
