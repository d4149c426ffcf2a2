#include "feedhandler/report/latency_collector.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <functional>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "feedhandler/report/drops.h"
#include "latency/recording/buckets.h"
#include "latency/report.h"

namespace fh {
namespace {

using latency::HistogramSnapshot;
using latency::Stage;

// What is not the clocks' slewing, which moves them by less between two looks.
constexpr int64_t kLeastStepNs = 10'000'000;

// Of a message in memory, about.
constexpr size_t kIntervalBytes = 160;
constexpr size_t kBucketBytes = sizeof(uint32_t) + sizeof(uint64_t);

size_t BytesOf(const proto::Interval& interval) {
  return kIntervalBytes + static_cast<size_t>(interval.buckets().index_size()) * kBucketBytes;
}

// Buckets as they come out of a message: absolute indices, ascending.
template <typename F>
void ForEachBucket(const proto::Buckets& buckets, F f) {
  uint32_t index = 0;
  for (int i = 0; i < buckets.index_size(); ++i) {
    index += buckets.index(i);
    f(index, buckets.count(i));
  }
}

void MergeInto(const proto::Interval& from, proto::Interval& into) {
  std::map<uint32_t, uint64_t> sum;
  const auto add = [&sum](uint32_t index, uint64_t count) { sum[index] += count; };
  ForEachBucket(into.buckets(), add);
  ForEachBucket(from.buckets(), add);
  proto::Buckets* const out = into.mutable_buckets();
  out->Clear();
  uint32_t last = 0;
  for (const auto& [index, count] : sum) {
    out->add_index(index - last);
    out->add_count(count);
    last = index;
  }
  into.set_max(std::max(into.max(), from.max()));
}

uint64_t RacedIn(const proto::Race::Second& second) {
  return second.first_a() + second.first_b() + second.ties();
}

void MergeInto(const proto::Race::Second& from, proto::Race::Second& into) {
  if (RacedIn(from) > RacedIn(into)) into.set_median_lead_of_a(from.median_lead_of_a());
  into.set_first_a(into.first_a() + from.first_a());
  into.set_first_b(into.first_b() + from.first_b());
  into.set_ties(into.ties() + from.ties());
  into.set_only_on_a(into.only_on_a() + from.only_on_a());
  into.set_only_on_b(into.only_on_b() + from.only_on_b());
}

// Every two neighbours as one of twice the length.
template <typename Message>
void MergeNeighbours(google::protobuf::RepeatedPtrField<Message>& intervals) {
  google::protobuf::RepeatedPtrField<Message> merged;
  for (Message& interval : intervals) {
    const uint32_t number = interval.number() / 2;
    if (!merged.empty() && merged.rbegin()->number() == number) {
      MergeInto(interval, *merged.rbegin());
    } else {
      interval.set_number(number);
      merged.Add()->Swap(&interval);
    }
  }
  intervals.Swap(&merged);
}

void MergeNeighbours(google::protobuf::RepeatedField<uint64_t>& values) {
  for (int i = 0; i < values.size(); ++i) {
    const uint64_t value = values[i];
    if (i % 2 == 0) {
      values[i / 2] = value;
    } else {
      values[i / 2] += value;
    }
  }
  values.Truncate((values.size() + 1) / 2);
}

bool IsEndToEnd(Stage stage) {
  return stage == Stage::kWireToSeen || stage == Stage::kDequeueToSeen;
}

proto::Series::Role RoleOf(const LatencyPart& part) {
  if (!part.condition.empty()) return proto::Series::SPLIT;
  if (part.stage == Stage::kScheduleToDone) return proto::Series::SCHEDULE;
  if (part.stage == Stage::kLateness) return proto::Series::LATENESS;
  if (IsEndToEnd(part.stage) || part.stage == Stage::kStartToDone) return proto::Series::TOTAL;
  return part.stage == Stage::kDequeueToDecoded ? proto::Series::TOTAL : proto::Series::STAGE;
}

proto::Series SeriesOf(const LatencyPart& part) {
  proto::Series series;
  series.set_stage(std::string(latency::StageKey(part.stage)));
  series.set_feed(part.feed);
  series.set_channel(part.channel);
  series.set_line(part.line);
  series.set_thread(part.thread);
  series.set_condition(part.condition);
  series.set_role(RoleOf(part));
  series.set_unit(part.of_packets ? "packets" : "updates");
  return series;
}

// Which kind of stamps most packets have.
rio::StampSource UsualStamp(const PipelineCounters& counters) {
  FeedCore::StampCounts sums{};
  for (const FeedCounters& thread : counters.threads) {
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += thread.stamps[i];
  }
  sums[static_cast<size_t>(rio::StampSource::kNone)] = 0;
  const auto most = std::max_element(sums.begin(), sums.end());
  return *most == 0 ? rio::StampSource::kNone : static_cast<rio::StampSource>(most - sums.begin());
}

const char* ClockName(rio::StampSource source) {
  switch (source) {
    case rio::StampSource::kNone:
      return "";
    case rio::StampSource::kCapture:
      return "capture";
    case rio::StampSource::kSoftware:
      return "kernel";
    case rio::StampSource::kHardware:
      return "nic";
    case rio::StampSource::kTrailer:
      return "trailer";
  }
  return "";
}

const char* OwnClock() {
  return latency::Clock::Source() == latency::TickSource::kTsc ? "tsc" : "monotonic";
}

// How far stamps of the adapter may be off: beyond that the receive path has said so.
constexpr int64_t kAdapterBoundNs = 1'000'000;

// The time that a batch was shown is carried to 4 ns.
constexpr int64_t kPublishedStepNs = 4;

// `has_both`: some packets had the kernel's stamp beside a better one.
void NameClocks(rio::StampSource usual, bool has_both, const latency::ClockQuality& quality,
                proto::Series& series) {
  series.set_to_clock(OwnClock());
  series.set_from_clock(OwnClock());
  series.set_error_bound_ns(series.stage() == "published-seen" ? kPublishedStepNs : 1);
  if (series.stage() == "kernel-dequeued") {
    series.set_from_clock(ClockName(rio::StampSource::kSoftware));
    series.set_error_bound_ns(quality.error_bound_ns);
    return;
  }
  const bool to_kernel = series.stage() == "wire-kernel";
  if (!to_kernel && series.stage() != "wire-dequeued" && series.stage() != "wire-seen") return;
  if (to_kernel) series.set_to_clock(ClockName(rio::StampSource::kSoftware));
  series.set_from_clock(ClockName(usual));
  series.set_error_bound_ns(quality.error_bound_ns +
                            (usual == rio::StampSource::kHardware ? kAdapterBoundNs : 0));
  // From the kernel on is all that such a stamp can tell; the total keeps its name.
  if (series.stage() == "wire-dequeued" && usual == rio::StampSource::kSoftware && !has_both) {
    series.set_stage("kernel-dequeued");
  }
}

// Mean of some stamps taken one after the other.
double StampCostNs(const latency::Clock& clock) {
  constexpr int kStamps = 1000;
  const uint64_t begin = latency::Clock::Ticks();
  uint64_t end = begin;
  for (int i = 0; i < kStamps; ++i) end = latency::Clock::Ticks();
  return static_cast<double>(clock.TicksToNs(static_cast<int64_t>(end - begin))) / kStamps;
}

uint64_t SumOf(const PipelineCounters& counters, uint64_t (*value)(const ChannelCounters&)) {
  uint64_t sum = 0;
  for (const ChannelCounters& channel : counters.channels) sum += value(channel);
  return sum;
}

}  // namespace

Instant Instant::Now() {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  return {duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count(),
          duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

LatencyCollector::LatencyCollector(Pipeline& pipeline, const latency::Clock& clock,
                                   const LatencyCollectorOptions& options)
    : pipeline_(pipeline), clock_(clock), options_(options), interval_ns_(options.interval_ns) {
  assert(options.interval_ns >= LatencyCollectorOptions::kLeastIntervalNs);
  assert(options.most_intervals >= 2);
}

void LatencyCollector::Start(Instant now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  start_ = last_ = now;
  next_ns_ = now.monotonic_ns + interval_ns_;
  MakeSeries(pipeline_.LatencyParts());
}

// First the sums, in the order of the way, then the parts as they come.
void LatencyCollector::MakeSeries(const std::vector<LatencyPart>& parts) {
  std::vector<Stage> stages(latency::kStages.begin(), latency::kStages.end());
  stages.insert(stages.end(), latency::kLoopStages.begin(), latency::kLoopStages.end());
  for (const Stage stage : stages) {
    for (size_t i = 0; i < parts.size(); ++i) {
      const LatencyPart& part = parts[i];
      if (part.stage != stage) continue;
      auto sum = std::find_if(taken_.begin(), taken_.end(), [&](const Taken& taken) {
        return taken.series.stage() == latency::StageKey(stage) &&
               taken.series.condition() == part.condition;
      });
      if (sum == taken_.end()) {
        proto::Series series =
            SeriesOf({.stage = stage, .condition = part.condition, .of_packets = part.of_packets});
        if (part.condition.empty() && IsEndToEnd(stage)) series.set_role(proto::Series::END_TO_END);
        taken_.push_back({.series = std::move(series), .last = {}, .parts = {}});
        sum = taken_.end() - 1;
      }
      sum->parts.push_back(i);
    }
  }
  for (const LatencyPart& part : parts) {
    taken_.push_back({.series = SeriesOf(part), .last = {}, .parts = {}});
  }
}

bool LatencyCollector::HasBothStamps() const {
  return std::any_of(taken_.begin(), taken_.end(), [](const Taken& taken) {
    return taken.series.stage() == "wire-kernel" &&
           taken.last.total() + taken.last.negative().count != 0;
  });
}

void LatencyCollector::Tell(const Taken& taken, const proto::Buckets& added) const {
  const bool is_known = taken.series.role() == proto::Series::END_TO_END ||
                        taken.last.total() != 0 || added.index_size() != 0;
  if (!options_.on_interval || !is_known) return;
  proto::Series named;
  named.set_stage(taken.series.stage());
  named.set_feed(taken.series.feed());
  named.set_channel(taken.series.channel());
  named.set_line(taken.series.line());
  named.set_thread(taken.series.thread());
  named.set_condition(taken.series.condition());
  named.set_role(taken.series.role());
  NameClocks(UsualStamp(counters_), HasBothStamps(), {}, named);
  options_.on_interval(named, told_ns_, telling_ns_ - told_ns_, added);
}

void LatencyCollector::Add(uint32_t number, const HistogramSnapshot& now, Taken& taken) {
  auto& intervals = *taken.series.mutable_interval();
  proto::Series added;
  latency::recording::AddInterval(number, now.Since(taken.last), &added);
  proto::Interval& interval = *added.mutable_interval(0);
  Tell(taken, interval.buckets());
  if (!intervals.empty() && intervals.rbegin()->number() == number) {
    bytes_ -= BytesOf(*intervals.rbegin());
    MergeInto(interval, *intervals.rbegin());
  } else {
    intervals.Add()->Swap(&interval);
  }
  bytes_ += BytesOf(*intervals.rbegin());
  taken.last = now;
}

void LatencyCollector::TakeSeries(uint32_t number, std::vector<LatencyPart> parts) {
  const size_t sums = taken_.size() - parts.size();
  for (size_t i = 0; i < sums; ++i) {
    HistogramSnapshot sum;
    for (const size_t part : taken_[i].parts) sum.Merge(parts[part].histogram);
    Add(number, sum, taken_[i]);
  }
  for (size_t i = 0; i < parts.size(); ++i) Add(number, parts[i].histogram, taken_[sums + i]);
}

void LatencyCollector::Count(uint32_t number, const std::string& name, const proto::Counter& of,
                             uint64_t now) {
  auto counted = std::find_if(counted_.begin(), counted_.end(), [&](const Counted& known) {
    return known.counter.name() == name && known.counter.feed() == of.feed() &&
           known.counter.channel() == of.channel() && known.counter.line() == of.line();
  });
  if (counted == counted_.end()) {
    counted_.push_back({.counter = of});
    counted = counted_.end() - 1;
    counted->counter.set_name(name);
  }
  auto& values = *counted->counter.mutable_value();
  while (values.size() <= static_cast<int>(number)) values.Add(0);
  values[static_cast<int>(number)] += now - counted->last;
  counted->last = now;
}

void LatencyCollector::TakeCounters(uint32_t number, const PipelineCounters& counters) {
  const proto::Counter all;
  proto::Counter loss;
  loss.set_loss(true);
  Count(number, "packets", all, counters.packets);
  Count(number, "updates", all,
        SumOf(counters, [](const ChannelCounters& of) { return of.codec.updates; }));
  Count(number, "messages", all,
        SumOf(counters, [](const ChannelCounters& of) { return of.session.delivered_messages; }));
  Count(number, "gaps", loss,
        SumOf(counters, [](const ChannelCounters& of) { return of.session.gaps; }));
  Count(number, "gap messages", loss,
        SumOf(counters, [](const ChannelCounters& of) { return of.session.missing_messages; }));
  std::map<std::string, uint64_t> drops;
  std::optional<rio::HostCounters> host;
  if (options_.host != nullptr) host = options_.host->Added();
  for (const Drop& drop : CollectDrops(pipeline_, counters, host.has_value() ? &*host : nullptr)) {
    if (drop.scope == DropScope::kOurs) drops[drop.layer] += drop.count;
  }
  for (const auto& [layer, count] : drops) {
    Count(number, absl::StrCat("dropped ", layer), loss, count);
  }
  for (size_t i = 0; i < counters.channels.size(); ++i) {
    const Channel& channel = *pipeline_.channels()[i];
    proto::Counter of;
    of.set_feed(channel.feed);
    of.set_channel(absl::StrCat(channel.id));
    for (size_t line = 0; line < channel.line_names.size(); ++line) {
      of.set_line(channel.line_names[line]);
      Count(number, "packets", of, counters.channels[i].lines[line].packets);
    }
  }
}

void LatencyCollector::TakeRaces(uint32_t number) {
  std::vector<LineRace> races = pipeline_.LineRacesNow();
  raced_.resize(races.size());
  for (size_t i = 0; i < races.size(); ++i) {
    Raced& raced = raced_[i];
    raced.race.set_feed(races[i].channel->feed);
    raced.race.set_channel(absl::StrCat(races[i].channel->id));
    raced.race.set_line_a(races[i].line_a);
    raced.race.set_line_b(races[i].line_b);
    const RaceCounts added = races[i].counts.Since(raced.last);
    raced.last = std::move(races[i].counts);
    if (added.raced() + added.only_on_a + added.only_on_b == 0) continue;
    proto::Race::Second second;
    second.set_number(number);
    second.set_first_a(added.lead_of_a.total());
    second.set_first_b(added.lead_of_b.total());
    second.set_ties(added.ties);
    second.set_median_lead_of_a(added.MedianLeadOfA());
    second.set_only_on_a(added.only_on_a);
    second.set_only_on_b(added.only_on_b);
    auto& seconds = *raced.race.mutable_second();
    if (!seconds.empty() && seconds.rbegin()->number() == number) {
      MergeInto(second, *seconds.rbegin());
    } else {
      seconds.Add()->Swap(&second);
    }
  }
}

void LatencyCollector::NoteStep(Instant now) {
  const int64_t step_ns = (now.unix_ns - last_.unix_ns) - (now.monotonic_ns - last_.monotonic_ns);
  if (std::abs(step_ns) < kLeastStepNs) return;
  ++clock_steps_;
  clock_stepped_ns_ += step_ns;
}

void LatencyCollector::Look(Instant now, const PipelineCounters& counters) {
  const std::lock_guard<std::mutex> lock(mutex_);
  // The interval that has ended; without one, the piece of the present one.
  const bool is_due = IsDue(now);
  const int64_t begun = (now.monotonic_ns - start_.monotonic_ns) / interval_ns_;
  const auto number = static_cast<uint32_t>(is_due ? begun - 1 : begun);
  if (number > intervals_) ++late_looks_;
  NoteStep(now);
  counters_ = counters;
  telling_ns_ = is_due ? begun * interval_ns_ : now.monotonic_ns - start_.monotonic_ns;
  TakeSeries(number, pipeline_.LatencyParts());
  told_ns_ = telling_ns_;
  TakeCounters(number, counters);
  TakeRaces(number);
  last_ = now;
  intervals_ = is_due ? number + 1 : number;
  if (is_due) next_ns_ = start_.monotonic_ns + (begun + 1) * interval_ns_;
  while (intervals_ > 1 && (intervals_ > options_.most_intervals || bytes_ > options_.most_bytes)) {
    MergeNeighbours();
  }
}

void LatencyCollector::MergeNeighbours() {
  bytes_ = 0;
  for (Taken& taken : taken_) {
    ::fh::MergeNeighbours(*taken.series.mutable_interval());
    for (const proto::Interval& interval : taken.series.interval()) bytes_ += BytesOf(interval);
  }
  for (Counted& counted : counted_) ::fh::MergeNeighbours(*counted.counter.mutable_value());
  for (Raced& raced : raced_) ::fh::MergeNeighbours(*raced.race.mutable_second());
  interval_ns_ *= 2;
  intervals_ /= 2;
  const int64_t begun = (last_.monotonic_ns - start_.monotonic_ns) / interval_ns_;
  next_ns_ = start_.monotonic_ns + (begun + 1) * interval_ns_;
}

void LatencyCollector::FillRun(Moment moment, proto::Run& run) const {
  const int64_t duration_ns = last_.monotonic_ns - start_.monotonic_ns;
  run.set_start_unix_ns(start_.unix_ns);
  run.set_duration_ns(duration_ns);
  run.set_interval_ns(interval_ns_);
  uint32_t intervals = 0;
  for (const Taken& taken : taken_) {
    if (taken.series.interval().empty()) continue;
    intervals = std::max(intervals, taken.series.interval().rbegin()->number() + 1);
  }
  run.set_intervals(intervals);
  if (duration_ns > 0) {
    run.set_achieved_per_second(static_cast<double>(counters_.packets) * 1e9 /
                                static_cast<double>(duration_ns));
  }
  if (const latency::OpenLoop* loop = pipeline_.open_loop(); loop != nullptr) {
    run.set_loop(proto::Run::OPEN);
    run.set_offered_per_second(loop->OfferedPerSecond());
    run.set_achieved_per_second(loop->AchievedPerSecond());
  }
  // Of the busiest feed thread: windows of several do not lie on each other.
  RatePeaks::Counts peaks{};
  for (const FeedCounters& thread : counters_.threads) {
    for (size_t i = 0; i < peaks.size(); ++i) peaks[i] = std::max(peaks[i], thread.peaks[i]);
  }
  for (size_t i = peaks.size(); i-- > 0;) {
    proto::Run::Peak* const peak = run.add_peak();
    peak->set_window_ns(RatePeaks::kWindowsNs[i]);
    peak->set_per_second(static_cast<double>(peaks[i]) * 1e9 /
                         static_cast<double>(RatePeaks::kWindowsNs[i]));
  }
  run.set_unfinished(moment == Moment::kMeanwhile);
  run.set_clock_steps(clock_steps_);
  run.set_clock_stepped_ns(clock_stepped_ns_);
}

void LatencyCollector::FillClocks(proto::LatencyReport& report) const {
  const latency::ClockQuality quality = clock_.Quality();
  proto::Clock* const own = report.add_clock();
  own->set_name(OwnClock());
  own->set_source(clock_.Describe());
  own->set_resolution_ns(std::max<int64_t>(
      1, quality.ticks_per_second > 0 ? static_cast<int64_t>(1e9 / quality.ticks_per_second) : 1));
  own->set_error_bound_ns(quality.error_bound_ns);
  own->set_drift_ppm(quality.rate_error_ppm);
  own->set_steps(static_cast<uint32_t>(quality.steps));
  own->set_cost_ns(StampCostNs(clock_));
  FeedCore::StampCounts sums{};
  uint64_t all = 0;
  for (const FeedCounters& thread : counters_.threads) {
    for (size_t i = 0; i < sums.size(); ++i) {
      sums[i] += thread.stamps[i];
      all += thread.stamps[i];
    }
  }
  for (size_t i = 1; i < sums.size(); ++i) {
    if (sums[i] == 0) continue;
    const auto source = static_cast<rio::StampSource>(i);
    proto::Clock* const clock = report.add_clock();
    clock->set_name(ClockName(source));
    clock->set_source(absl::StrCat(rio::StampSourceName(source), " stamps of packets"));
    clock->set_resolution_ns(1);
    if (source == rio::StampSource::kSoftware) {
      clock->set_error_bound_ns(quality.error_bound_ns);
    } else if (source == rio::StampSource::kHardware) {
      clock->set_error_bound_ns(quality.error_bound_ns + kAdapterBoundNs);
    }
    clock->set_share_missing(1 - static_cast<double>(sums[i]) / static_cast<double>(all));
  }
}

namespace {

// The stamps that there are, in the order of the way. Own ones ascend: what the time of publishing loses
// by rounding is not shown as a step back. A stamp of another clock that lies behind its dequeue is left
// out, and said.
void AddStamps(const PacketSample& from, const char* wire_point, proto::Sample& sample) {
  int64_t last_ns = INT64_MIN;
  const auto add = [&](const char* point, int64_t unix_ns) {
    if (unix_ns == 0) return;
    last_ns = std::max(last_ns, unix_ns);
    proto::Sample::Stamp* const stamp = sample.add_stamp();
    stamp->set_point(point);
    stamp->set_unix_ns(last_ns);
  };
  const int64_t next_ns = from.dequeued_ns != 0 ? from.dequeued_ns : from.seen_ns;
  if (from.wire_ns <= next_ns) {
    add(wire_point, from.wire_ns);
  } else {
    sample.set_meanwhile(absl::StrCat(sample.meanwhile(), sample.meanwhile().empty() ? "" : "; ",
                                      "its stamp lies behind its dequeue: the clocks disagree"));
  }
  add("dequeued", from.dequeued_ns);
  add("sequenced", from.sequenced_ns);
  add("decoded", from.decoded_ns);
  add("published", from.published_ns);
  add("seen", from.seen_ns);
  add("done", from.done_ns);
}

std::string Times(uint64_t times) {
  return times == 1 ? "once" : times == 2 ? "twice" : absl::StrCat(times, " times");
}

// "fh-feed was preempted twice"; nothing when it was not. A thread that gives way when idle is not told
// apart from one that is pushed.
void AddSwitches(const ThreadOptions& thread, const ContextSwitches& switches,
                 std::vector<std::string>& out) {
  std::vector<std::string> what;
  if (switches.preempted != 0) {
    what.push_back(absl::StrCat(
        thread.idle == IdleMode::kYield ? "gave way or was preempted " : "was preempted ",
        Times(switches.preempted)));
  }
  if (switches.waited != 0) what.push_back(absl::StrCat("waited ", Times(switches.waited)));
  if (!what.empty()) out.push_back(absl::StrCat(thread.name, " ", absl::StrJoin(what, " and ")));
}

std::string MeanwhileText(const SwitchesMeanwhile& meanwhile, const ThreadOptions& feed,
                          const ThreadOptions& strategy) {
  std::vector<std::string> texts;
  AddSwitches(feed, meanwhile.feed, texts);
  AddSwitches(strategy, meanwhile.strategy, texts);
  if (texts.empty()) return "";
  return absl::StrCat(absl::StrJoin(texts, ", "), " since the slow packet before");
}

std::string LineNames(const Channel& channel, uint16_t lines) {
  std::vector<std::string> names;
  for (size_t i = 0; i < channel.line_names.size(); ++i) {
    if ((lines >> i & 1) != 0) names.push_back(channel.line_names[i]);
  }
  return absl::StrJoin(names, ", ");
}

proto::Sample::Why WhyOf(PacketSample::Why why) {
  switch (why) {
    case PacketSample::Why::kRegular:
      return proto::Sample::REGULAR;
    case PacketSample::Why::kSlow:
      return proto::Sample::SLOW;
    case PacketSample::Why::kWorst:
      return proto::Sample::WORST;
  }
  return proto::Sample::REGULAR;
}

}  // namespace

const ThreadOptions& LatencyCollector::FeedThreadOf(uint16_t channel_id) const {
  for (const auto& part : pipeline_.feed_parts()) {
    for (const Channel& channel : part->core->channels()) {
      if (channel.id == channel_id) return part->thread->placement();
    }
  }
  return pipeline_.feed_parts()[0]->thread->placement();
}

// Of several strategy threads the worst of all, not of each.
void LatencyCollector::AddSamples(proto::LatencyReport& report) const {
  const char* const wire_point =
      UsualStamp(counters_) == rio::StampSource::kSoftware ? "kernel" : "wire";
  std::vector<int64_t> worst;
  for (const auto& thread : pipeline_.strategy_threads()) {
    for (const PacketSample& from : thread->Samples()) {
      if (from.why == PacketSample::Why::kWorst) worst.push_back(from.total_ns);
    }
  }
  std::sort(worst.begin(), worst.end(), std::greater<>());
  const int64_t least_worst_ns =
      worst.size() < PacketSamples::kMostWorst ? INT64_MIN : worst[PacketSamples::kMostWorst - 1];
  for (const auto& thread : pipeline_.strategy_threads()) {
    for (const PacketSample& from : thread->Samples()) {
      if (from.why == PacketSample::Why::kWorst && from.total_ns < least_worst_ns) continue;
      proto::Sample* const sample = report.add_sample();
      sample->set_why(WhyOf(from.why));
      for (const Channel* channel : pipeline_.channels()) {
        if (channel->id != from.channel_id) continue;
        sample->set_feed(channel->feed);
        sample->set_line(LineNames(*channel, from.lines));
      }
      sample->set_channel(absl::StrCat(from.channel_id));
      sample->set_sequence(from.sequence);
      sample->set_messages(from.messages);
      sample->set_updates(from.updates);
      sample->set_decoded_together(from.packets);
      sample->set_gap_before_ns(from.gap_ns);
      sample->set_place_in_burst(from.place);
      sample->set_depth_at_dequeue(from.behind);
      sample->set_thread(thread->name());
      sample->set_meanwhile(
          MeanwhileText(from.meanwhile, FeedThreadOf(from.channel_id), thread->placement()));
      AddStamps(from, wire_point, *sample);
    }
  }
}

proto::LatencyReport LatencyCollector::Report(const proto::Run& run, Moment moment) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return ReportLocked(run, moment);
}

proto::LatencyReport LatencyCollector::ReportLocked(const proto::Run& run, Moment moment) const {
  proto::LatencyReport report;
  report.set_version(1);
  *report.mutable_run() = run;
  FillRun(moment, *report.mutable_run());
  FillClocks(report);
  const rio::StampSource usual = UsualStamp(counters_);
  const latency::ClockQuality quality = clock_.Quality();
  const bool has_both = HasBothStamps();
  std::map<std::pair<std::string, std::string>, bool> has_values;
  for (const Taken& taken : taken_) {
    const HistogramSnapshot& all = taken.last;
    has_values[{taken.series.stage(), taken.series.condition()}] |=
        all.total() + all.negative().count + all.above_range().count > 0;
  }
  for (const Taken& taken : taken_) {
    // Of stamps that do not exist, say.
    if (!has_values[{taken.series.stage(), taken.series.condition()}] &&
        taken.series.role() != proto::Series::END_TO_END) {
      continue;
    }
    proto::Series* const series = report.add_series();
    *series = taken.series;
    latency::recording::SetHistogram(taken.last, series);
    NameClocks(usual, has_both, quality, *series);
  }
  for (const Counted& counted : counted_) *report.add_counter() = counted.counter;
  for (const Raced& raced : raced_) {
    const RaceCounts& counts = raced.last;
    if (counts.raced() + counts.only_on_a + counts.only_on_b == 0) continue;
    proto::Race* const race = report.add_race();
    *race = raced.race;
    race->set_ties(counts.ties);
    race->set_tie_ns(LineRaces::kTieNs);
    latency::recording::SetBuckets(counts.lead_of_a, race->mutable_lead_of_a());
    latency::recording::SetBuckets(counts.lead_of_b, race->mutable_lead_of_b());
    race->set_max_lead_of_a(counts.lead_of_a.max());
    race->set_max_lead_of_b(counts.lead_of_b.max());
    race->set_only_on_a(counts.only_on_a);
    race->set_only_on_b(counts.only_on_b);
  }
  if (moment == Moment::kEnd) {
    AddSamples(report);
    for (const std::string& cause : pipeline_.WaitCauses()) report.add_cause(cause);
    if (!SwitchesOfThisThread().has_value()) {
      report.add_cause(
          "How often threads were taken off their CPUs is not available on this system, nor which "
          "slow packets it was that waited for it");
    }
  }
  if (late_looks_ != 0) {
    report.add_cause(absl::StrCat(
        "The main thread came ", latency::FormatCount(late_looks_),
        " times so late that intervals were measured together with the one behind them"));
  }
  return report;
}

}  // namespace fh
