#include "latency/page/page_data.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "latency/page/json_text.h"
#include "latency/page/page_grid.h"
#include "latency/recording/buckets.h"
#include "latency/summary/summary.h"

namespace fh::latency::page {
namespace {

constexpr uint32_t kMostColumns = 3600;
// Of one series' grid in memory.
constexpr size_t kMostCells = size_t{1} << 22;
constexpr size_t kMostRegularSamples = 3000;
constexpr size_t kMostSlowSamples = 3000;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// A report may hold any times.
int64_t Difference(int64_t later, int64_t earlier) {
  int64_t result = 0;
  if (__builtin_sub_overflow(later, earlier, &result)) return later < earlier ? kMin : kMax;
  return result;
}

// How much detail by interval a page has.
struct Detail {
  double relative_width = 0;
  bool parts = false;  // Also of series that are a part of another.
  uint32_t merge = 1;  // Intervals in a column.
  bool intervals = true;
};

bool IsPart(const proto::Series& series) {
  return !series.feed().empty() || !series.channel().empty() || !series.line().empty() ||
         !series.thread().empty() || !series.condition().empty();
}

class PageWriter {
 public:
  PageWriter(const proto::LatencyReport& report, const summary::Summary& summary)
      : report_(report), summary_(summary) {
    CheckSeries();
    CountIntervals();
    ChooseSamples();
  }

  // Empty when it can be told beforehand that it would be far too large.
  std::string Write(const Detail& detail, size_t most_bytes);

  // Intervals in a column at least.
  uint32_t LeastMerge() const {
    return static_cast<uint32_t>((intervals_ + kMostColumns - 1) / kMostColumns);
  }

 private:
  void CheckSeries();
  void CountIntervals();
  void ChooseSamples();
  void PutRun(JsonText& json) const;
  void PutEnvironment(JsonText& json) const;
  void PutBuckets(const proto::Series& family, const proto::Buckets& buckets, JsonText& json) const;
  void PutSeries(const proto::Series& series, const Rows& rows, const Detail& detail,
                 JsonText& json, std::string& bytes) const;
  void PutCounters(const Detail& detail, JsonText& json) const;
  void PutRaces(const Detail& detail, JsonText& json);
  void PutSamples(JsonText& json);
  void PutBands(JsonText& json) const;
  void PutSample(const proto::Sample& sample, JsonText& json);
  void PutJitter(JsonText& json);
  size_t Columns(const Detail& detail) const {
    return static_cast<size_t>((intervals_ + detail.merge - 1) / detail.merge);
  }
  size_t StringNumber(const std::string& text);

  const proto::LatencyReport& report_;
  const summary::Summary& summary_;
  std::vector<const proto::Sample*> samples_;
  std::array<size_t, 4>
      sampled_{};  // Regular ones: there, on the page; others: there, on the page.
  std::vector<const proto::Series*> series_;  // That make sense.
  std::vector<std::string> notes_;
  uint64_t intervals_ = 0;
  int64_t greatest_ = 0;
  std::vector<std::string> strings_;
  std::map<std::string, size_t> string_numbers_;
};

void PageWriter::CheckSeries() {
  for (const proto::Series& series : report_.series()) {
    const auto look = [&](int64_t, int64_t high, uint64_t) {
      greatest_ = std::max(greatest_, high);
    };
    absl::Status status = ForEachBucket(series, series.total(), look);
    for (const proto::Interval& interval : series.interval()) {
      if (!status.ok()) break;
      status = ForEachBucket(series, interval.buckets(), look);
    }
    if (status.ok()) {
      series_.push_back(&series);
    } else {
      notes_.push_back(absl::StrCat("The series ", summary::NameOf(series),
                                    " is left out: ", status.message(), "."));
    }
  }
}

void PageWriter::CountIntervals() {
  intervals_ = report_.run().intervals();
  for (const proto::Series* series : series_) {
    for (const proto::Interval& interval : series->interval()) {
      intervals_ = std::max<uint64_t>(intervals_, uint64_t{interval.number()} + 1);
    }
  }
  for (const proto::Counter& counter : report_.counter()) {
    intervals_ = std::max<uint64_t>(intervals_, static_cast<uint64_t>(counter.value_size()));
  }
  for (const proto::Race& race : report_.race()) {
    for (const proto::Race::Second& second : race.second()) {
      intervals_ = std::max<uint64_t>(intervals_, uint64_t{second.number()} + 1);
    }
  }
}

size_t PageWriter::StringNumber(const std::string& text) {
  const auto [at, is_new] = string_numbers_.emplace(text, strings_.size());
  if (is_new) strings_.push_back(text);
  return at->second;
}

void PageWriter::PutRun(JsonText& json) const {
  const proto::Run& run = report_.run();
  json.Key("program").Text(run.program()).Key("version").Text(run.version());
  json.Key("commit").Text(run.commit()).Key("build").Text(run.build());
  json.Key("argument").Open('[');
  for (const std::string& argument : run.argument()) json.Text(argument);
  json.Close(']');
  const int64_t start_ms = run.start_unix_ns() / 1'000'000;
  json.Key("startMs").Number(start_ms);
  json.Key("startNs").Number(run.start_unix_ns() - start_ms * 1'000'000);
  json.Key("durationNs").Number(run.duration_ns()).Key("intervalNs").Number(run.interval_ns());
  json.Key("intervals").Number(intervals_).Key("seed").Text(absl::StrCat(run.seed()));
  json.Key("backend").Text(run.backend()).Key("warmUp").Number(run.warm_up_intervals());
  json.Key("loop").Number(static_cast<int>(run.loop()));
  json.Key("offered").Number(run.offered_per_second());
  json.Key("achieved").Number(run.achieved_per_second());
  json.Key("peaks").Open('[');
  for (const proto::Run::Peak& peak : run.peak()) {
    json.Open('[').Number(peak.window_ns()).Number(peak.per_second()).Close(']');
  }
  json.Close(']').Key("mergedFrom").Open('[');
  for (const std::string& name : run.merged_from()) json.Text(name);
  json.Close(']').Key("clockSteps").Number(run.clock_steps());
  json.Key("clockSteppedNs").Number(run.clock_stepped_ns());
}

void PageWriter::PutEnvironment(JsonText& json) const {
  json.Key("facts").Open('[');
  for (const proto::Environment::Fact& fact : report_.environment().fact()) {
    json.Open('[').Text(fact.name()).Text(fact.value()).Close(']');
  }
  json.Close(']').Key("clocks").Open('[');
  for (const proto::Clock& clock : report_.clock()) {
    json.Open('{').Key("name").Text(clock.name()).Key("source").Text(clock.source());
    json.Key("resolution")
        .Number(clock.resolution_ns())
        .Key("bound")
        .Number(clock.error_bound_ns());
    json.Key("drift").Number(clock.drift_ppm()).Key("steps").Number(clock.steps());
    json.Key("cost")
        .Number(clock.cost_ns())
        .Key("missing")
        .Number(clock.share_missing())
        .Close('}');
  }
  json.Close(']').Key("causes").Open('[');
  for (const std::string& cause : report_.cause()) json.Text(cause);
  json.Close(']');
}

// Triples: how far the bucket begins above the end of the one before, its width, its count.
void PageWriter::PutBuckets(const proto::Series& family, const proto::Buckets& buckets,
                            JsonText& json) const {
  json.Open('[');
  int64_t end = 0;
  (void)ForEachBucket(family, buckets, [&](int64_t low, int64_t high, uint64_t count) {
    json.Number(low - end).Number(high - low + 1).Number(count);
    end = high + 1;
  });
  json.Close(']');
}

void PutOutside(absl::string_view name, const proto::Outside& outside, JsonText& json) {
  if (outside.count() == 0) return;
  json.Key(name).Open('[');
  json.Number(outside.count()).Number(outside.min()).Number(outside.max()).Close(']');
}

void PageWriter::PutSeries(const proto::Series& series, const Rows& rows, const Detail& detail,
                           JsonText& json, std::string& bytes) const {
  json.Open('{').Key("stage").Text(series.stage()).Key("name").Text(summary::NameOf(series));
  json.Key("part").Open('[').Text(series.feed()).Text(series.channel());
  json.Text(series.line()).Text(series.thread()).Close(']');
  json.Key("condition")
      .Text(series.condition())
      .Key("role")
      .Number(static_cast<int>(series.role()));
  json.Key("unit").Text(series.unit()).Key("from").Text(series.from_clock());
  json.Key("to").Text(series.to_clock()).Key("bound").Number(series.error_bound_ns());
  json.Key("corrected").Number(series.corrected_for_interval_ns());
  if (series.has_hdr()) {
    json.Key("hdr")
        .Open('[')
        .Number(series.hdr().digits())
        .Number(series.hdr().lowest())
        .Close(']');
  }
  json.Key("buckets");
  PutBuckets(series, series.total(), json);
  if (series.has_min()) json.Key("min").Number(series.min());
  if (series.has_max()) json.Key("max").Number(series.max());
  if (series.max_at_unix_ns() != 0) {
    json.Key("maxAt").Number(Difference(series.max_at_unix_ns(), report_.run().start_unix_ns()));
  }
  PutOutside("negative", series.negative(), json);
  PutOutside("above", series.above_range(), json);
  if (detail.intervals && series.interval_size() != 0 && (detail.parts || !IsPart(series))) {
    const Grid grid = MakeGrid(series, rows, Columns(detail), detail.merge);
    json.Key("grid").Open('[').Number(grid.first_row).Number(grid.rows);
    json.Number(bytes.size()).Number(grid.bytes.size()).Close(']');
    bytes += grid.bytes;
  }
  json.Close('}');
}

void PageWriter::PutCounters(const Detail& detail, JsonText& json) const {
  json.Key("counters").Open('[');
  for (const proto::Counter& counter : report_.counter()) {
    json.Open('{').Key("name").Text(counter.name());
    json.Key("part").Open('[').Text(counter.feed()).Text(counter.channel());
    json.Text(counter.line()).Text("").Close(']').Key("loss").Bool(counter.loss());
    json.Key("values").Open('[');
    uint64_t sum = 0;
    for (int i = 0; i < counter.value_size(); ++i) {
      sum += counter.value(i);
      const auto next = static_cast<uint64_t>(i) + 1;
      if (next % detail.merge != 0 && i + 1 != counter.value_size()) continue;
      json.Number(sum);
      sum = 0;
    }
    json.Close(']').Close('}');
  }
  json.Close(']');
}

void PageWriter::PutRaces(const Detail& detail, JsonText& json) {
  json.Key("races").Open('[');
  const proto::Series family;  // Ours.
  for (const proto::Race& race : report_.race()) {
    const auto ignore = [](int64_t, int64_t, uint64_t) {};
    absl::Status status = ForEachBucket(family, race.lead_of_a(), ignore);
    if (status.ok()) status = ForEachBucket(family, race.lead_of_b(), ignore);
    if (!status.ok()) {
      notes_.push_back(absl::StrCat("The race of ", race.feed(), " ", race.channel(),
                                    " is left out: ", status.message(), "."));
      continue;
    }
    json.Open('{').Key("part").Open('[').Text(race.feed()).Text(race.channel()).Text("").Text("");
    json.Close(']').Key("a").Text(race.line_a()).Key("b").Text(race.line_b());
    json.Key("ties").Number(race.ties()).Key("tieNs").Number(race.tie_ns());
    json.Key("onlyA").Number(race.only_on_a()).Key("onlyB").Number(race.only_on_b());
    json.Key("leadA");
    PutBuckets(family, race.lead_of_a(), json);
    json.Key("leadB");
    PutBuckets(family, race.lead_of_b(), json);
    json.Key("maxA").Number(race.max_lead_of_a()).Key("maxB").Number(race.max_lead_of_b());
    json.Key("seconds").Open('[');
    for (const proto::Race::Second& second : race.second()) {
      json.Open('[').Number(second.number() / detail.merge).Number(second.first_a());
      json.Number(second.first_b()).Number(second.ties()).Number(second.median_lead_of_a());
      json.Number(second.only_on_a()).Number(second.only_on_b()).Close(']');
    }
    json.Close(']').Close('}');
  }
  json.Close(']');
}

void PageWriter::PutSample(const proto::Sample& sample, JsonText& json) {
  json.Open('[').Number(static_cast<int>(sample.why()));
  json.Number(StringNumber(sample.feed())).Number(StringNumber(sample.channel()));
  json.Number(StringNumber(sample.line())).Number(StringNumber(sample.thread()));
  json.Number(StringNumber(sample.meanwhile())).Text(absl::StrCat(sample.sequence()));
  json.Number(sample.messages()).Number(sample.updates()).Number(sample.gap_before_ns());
  json.Number(sample.place_in_burst()).Number(sample.depth_at_dequeue());
  json.Number(sample.decoded_together());
  // The first stamp counts from the start, others from the first.
  int64_t base = report_.run().start_unix_ns();
  for (const proto::Sample::Stamp& stamp : sample.stamp()) {
    json.Number(StringNumber(stamp.point())).Number(Difference(stamp.unix_ns(), base));
    base = sample.stamp(0).unix_ns();
  }
  json.Close(']');
}

// Each packet once: one that was slow and among the worst may stand there twice. Of too many regular and
// slow ones some, evenly; the worst are few, and all are there.
void PageWriter::ChooseSamples() {
  std::set<std::tuple<std::string, std::string, std::string, uint64_t, std::string>> known;
  std::array<std::vector<const proto::Sample*>, 2> kinds;  // Regular ones, others.
  for (const bool worst : {true, false}) {
    for (const proto::Sample& sample : report_.sample()) {
      if ((sample.why() == proto::Sample::WORST) != worst || sample.stamp_size() == 0) continue;
      const bool is_new = known
                              .emplace(sample.feed(), sample.channel(), sample.line(),
                                       sample.sequence(), sample.thread())
                              .second;
      if (is_new) kinds[sample.why() == proto::Sample::REGULAR ? 0 : 1].push_back(&sample);
    }
  }
  constexpr std::array<size_t, 2> kMost = {kMostRegularSamples, kMostSlowSamples};
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    const size_t before = samples_.size();
    const size_t step = (kinds[kind].size() + kMost[kind] - 1) / kMost[kind];
    for (size_t i = 0; i < kinds[kind].size(); ++i) {
      const bool is_worst = kinds[kind][i]->why() == proto::Sample::WORST;
      if (is_worst || i % step == 0) samples_.push_back(kinds[kind][i]);
    }
    sampled_[2 * kind] = kinds[kind].size();
    sampled_[2 * kind + 1] = samples_.size() - before;
  }
}

void PageWriter::PutSamples(JsonText& json) {
  json.Key("samples").Open('[');
  for (const proto::Sample* sample : samples_) PutSample(*sample, json);
  json.Close(']').Key("sampled").Open('[');
  for (const size_t number : sampled_) json.Number(number);
  json.Close(']');
}

// Of the whole run, with all samples; of a selection the page makes them itself.
void PageWriter::PutBands(JsonText& json) const {
  json.Key("bands").Open('[');
  for (const summary::Band& band : summary_.bands) {
    json.Open('{').Key("name").Text(band.name).Key("n").Number(band.samples);
    json.Key("mean").Number(band.mean_ns).Key("residual").Number(band.residual_ns);
    json.Key("stages").Open('[');
    for (const summary::Band::StageShare& stage : band.stages) {
      json.Open('[').Text(stage.stage).Number(stage.mean_ns).Close(']');
    }
    json.Close(']').Close('}');
  }
  json.Close(']');
}

void PageWriter::PutJitter(JsonText& json) {
  if (!report_.has_jitter()) return;
  const proto::Jitter& jitter = report_.jitter();
  const proto::Series family;
  const absl::Status status =
      ForEachBucket(family, jitter.gaps(), [](int64_t, int64_t, uint64_t) {});
  if (!status.ok()) {
    notes_.push_back(absl::StrCat("The jitter floor is left out: ", status.message(), "."));
    return;
  }
  json.Key("jitter").Open('{').Key("cpu").Number(jitter.cpu());
  json.Key("duration")
      .Number(jitter.duration_ns())
      .Key("smallest")
      .Number(jitter.smallest_gap_ns());
  json.Key("threshold").Number(jitter.threshold_ns()).Key("max").Number(jitter.max_ns());
  json.Key("gaps");
  PutBuckets(family, jitter.gaps(), json);
  json.Key("curve").Open('[');
  for (const proto::Jitter::Point& point : jitter.curve()) {
    json.Open('[').Number(point.delay_ns()).Number(point.share_above()).Close(']');
  }
  json.Close(']').Close('}');
}

// The default level: the best one takes several times as long for a percent or two.
std::string Deflated(const std::string& text) {
  uLongf size = compressBound(static_cast<uLong>(text.size()));
  std::string out(size, '\0');
  const int result = compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                               reinterpret_cast<const Bytef*>(text.data()),
                               static_cast<uLong>(text.size()), Z_DEFAULT_COMPRESSION);
  out.resize(result == Z_OK ? size : 0);
  return out;
}

std::string PageWriter::Write(const Detail& detail, size_t most_bytes) {
  const Rows rows(detail.relative_width, greatest_);
  size_t cells = 0;
  for (const proto::Series* series : series_) {
    if (!detail.intervals || (!detail.parts && IsPart(*series))) continue;
    if (series->interval_size() != 0 && rows.count() * Columns(detail) > kMostCells) return "";
    cells += CellsInUse(*series, rows) / detail.merge;
  }
  // A cell in use takes half a byte to two.
  if (cells / 3 > most_bytes) return "";

  const size_t notes_before = notes_.size();
  strings_.clear();
  string_numbers_.clear();
  JsonText json;
  std::string bytes;
  json.Open('{')
      .Key("endToEnd")
      .Text(summary_.end_to_end.has_value() ? summary_.rows[*summary_.end_to_end].series->stage()
                                            : "");
  PutRun(json);
  PutBands(json);
  PutEnvironment(json);
  json.Key("merge").Number(detail.merge).Key("columns").Number(Columns(detail));
  json.Key("relativeWidth").Number(detail.relative_width).Key("rows").Open('[');
  for (const int64_t low : rows.low()) json.Number(low);
  json.Number(rows.end());
  json.Close(']').Key("series").Open('[');
  for (const proto::Series* series : series_) PutSeries(*series, rows, detail, json, bytes);
  json.Close(']');
  PutCounters(detail, json);
  PutRaces(detail, json);
  PutSamples(json);
  PutJitter(json);
  json.Key("strings").Open('[');
  for (const std::string& text : strings_) json.Text(text);
  json.Close(']').Key("notes").Open('[');
  for (const std::string& note : notes_) json.Text(note);
  json.Close(']').Close('}');
  notes_.resize(notes_before);

  std::string all(4, '\0');
  const auto length = static_cast<uint32_t>(json.text().size());
  for (size_t i = 0; i < 4; ++i) all[i] = static_cast<char>((length >> (8 * i)) & 0xff);
  absl::StrAppend(&all, json.text(), bytes);
  return Deflated(all);
}

}  // namespace

std::string Title(const proto::LatencyReport& report, const PageOptions& options) {
  static constexpr const char* kLoops[] = {", live load", ", open loop", ", closed loop"};
  const int loop = report.run().loop();
  std::string title = options.title;
  if (title.empty()) {
    title = report.run().program().empty() ? "Latency"
                                           : absl::StrCat("Latency of ", report.run().program());
  }
  return absl::StrCat(title, loop >= 0 && loop <= 2 ? kLoops[loop] : "");
}

std::string PageData(const proto::LatencyReport& report, const summary::Summary& summary,
                     size_t most_bytes) {
  PageWriter writer(report, summary);
  const uint32_t least = std::max<uint32_t>(writer.LeastMerge(), 1);
  std::vector<Detail> details;
  for (const double width : {1 / 128., 1 / 64., 1 / 32., 1 / 16., 1 / 8.}) {
    details.push_back({width, true, least});
  }
  for (const double width : {1 / 16., 1 / 8., 1 / 4.}) details.push_back({width, false, least});
  for (uint32_t merge = 2; merge <= 64; merge *= 2) {
    details.push_back(
        {1 / 8., false,
         static_cast<uint32_t>(std::min<uint64_t>(uint64_t{least} * merge, UINT32_MAX))});
  }
  for (const Detail& detail : details) {
    std::string data = writer.Write(detail, most_bytes);
    if (!data.empty() && data.size() <= most_bytes) return data;
  }
  return writer.Write({1 / 4., false, details.back().merge, false}, most_bytes);
}

}  // namespace fh::latency::page
