#include "tests/latency/page/sample_reports.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "latency/histogram.h"
#include "latency/recording/buckets.h"

namespace fh::latency::page {
namespace {

constexpr int64_t kStart = 1'763'800'200'123'456'789;  // A Saturday in November 2025.
constexpr int64_t kSecond = 1'000'000'000;

constexpr std::array<const char*, 9> kPoints = {
    "intended", "wire", "kernel", "dequeued", "sequenced", "decoded", "published", "seen", "done"};

// Log-normal durations from a table: the same on every machine, and fast.
class Durations {
 public:
  Durations(double median_ns, double sigma) {
    for (size_t i = 0; i < kSize; ++i) {
      const double p = (static_cast<double>(i) + 0.5) / kSize;
      values_[i] = static_cast<int64_t>(median_ns * std::exp(sigma * NormalQuantile(p)));
    }
  }
  int64_t operator()(std::mt19937_64& random) const { return values_[random() % kSize]; }

 private:
  static constexpr size_t kSize = 1 << 14;

  // The error is below 0.5%, which is enough to make something up.
  static double NormalQuantile(double p) {
    const double t = std::sqrt(-2 * std::log(std::min(p, 1 - p)));
    const double z = t - (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t);
    return p < 0.5 ? -z : z;
  }

  std::array<int64_t, kSize> values_{};
};

// A series while it is being recorded.
class Recorded {
 public:
  Recorded(proto::LatencyReport* report, const std::string& stage, proto::Series::Role role)
      : series_(report->add_series()) {
    series_->set_stage(stage);
    series_->set_role(role);
    series_->set_unit("packets");
    series_->set_from_clock("nic");
    series_->set_to_clock("tsc");
  }
  proto::Series* series() { return series_; }
  void Record(int64_t ns) { histogram_.Record(ns); }
  void EndInterval(uint32_t number) {
    const HistogramSnapshot now = histogram_.Snapshot();
    recording::AddInterval(number, now.Since(before_), series_);
    before_ = now;
  }
  void End() { recording::SetHistogram(histogram_.Snapshot(), series_); }

 private:
  proto::Series* series_;
  Histogram histogram_;
  HistogramSnapshot before_;
};

class RunMaker {
 public:
  explicit RunMaker(const RunShape& shape) : shape_(shape) {}

  proto::LatencyReport Make();

 private:
  using Stamps = std::array<int64_t, kPoints.size()>;

  void DescribeRun();
  void DescribeMachine();
  void AddSeries();
  void Second(uint32_t second);
  Stamps StampsOf(int64_t intended);
  void RecordPacket(const Stamps& stamps, uint32_t number);
  void RecordSplits(int64_t total, uint32_t number);
  void AddSample(const Stamps& stamps, uint32_t number, proto::Sample::Why why);
  void AddRaces();
  void AddCounters();
  void AddJitter();
  Recorded* Add(const std::string& stage, proto::Series::Role role) {
    recorded_.push_back(std::make_unique<Recorded>(&report_, stage, role));
    return recorded_.back().get();
  }

  RunShape shape_;
  proto::LatencyReport report_;
  std::mt19937_64 random_{20251122};
  std::vector<std::unique_ptr<Recorded>> recorded_;
  std::vector<Recorded*> stages_;
  std::vector<Recorded*> lines_;
  std::vector<Recorded*> splits_;
  Recorded* total_ = nullptr;
  Recorded* schedule_ = nullptr;
  Recorded* start_ = nullptr;
  Recorded* lateness_ = nullptr;
  std::array<Durations, 8> durations_ = {
      Durations(900, 0.6),  Durations(1800, 0.45), Durations(5200, 0.5), Durations(260, 0.3),
      Durations(640, 0.35), Durations(110, 0.25),  Durations(420, 0.4),  Durations(1500, 0.7)};
  int64_t free_at_ = 0;  // When the feed thread has done with the packet before.
};

void RunMaker::DescribeRun() {
  report_.set_version(1);
  proto::Run* run = report_.mutable_run();
  run->set_program("feedhandler replay");
  run->set_version("0.9.0");
  run->set_commit("4f1c9d2e7a");
  run->set_build("gcc 12.2.0 -O3 -march=x86-64-v2");
  for (const char* argument : {"feedhandler", "replay", "--speed=1", "--latency=run.latency"}) {
    run->add_argument(argument);
  }
  run->set_start_unix_ns(kStart);
  run->set_duration_ns(int64_t{shape_.seconds} * kSecond);
  run->set_interval_ns(kSecond);
  run->set_intervals(shape_.seconds);
  run->set_seed(42);
  run->set_backend("recvmmsg");
  run->set_warm_up_intervals(5);
  run->set_loop(proto::Run::OPEN);
  run->set_offered_per_second(shape_.packets_per_second);
  run->set_achieved_per_second(shape_.packets_per_second * 0.9998);
  for (const auto& [window, factor] : {std::pair{kSecond, 1.1},
                                       {kSecond / 10, 1.9},
                                       {kSecond / 100, 4.2},
                                       {kSecond / 1000, 11.0}}) {
    proto::Run::Peak* peak = run->add_peak();
    peak->set_window_ns(window);
    peak->set_per_second(shape_.packets_per_second * factor);
  }
}

void RunMaker::DescribeMachine() {
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"cpu", "Example CPU 9000, 8 cores"},
           {"microcode", "0xa101148"},
           {"kernel", "Linux 6.1.0"},
           {"kernel command line", "isolcpus=2-5 nohz_full=2-5 intel_idle.max_cstate=1"},
           {"governor", "performance"},
           {"smt", "off"},
           {"isolated cpus", "2-5"},
           {"interrupts of eth1", "cpu 1"}}) {
    proto::Environment::Fact* fact = report_.mutable_environment()->add_fact();
    fact->set_name(name);
    fact->set_value(value);
  }
  proto::Clock* tsc = report_.add_clock();
  tsc->set_name("tsc");
  tsc->set_source("TSC, 2.6 GHz, invariant");
  tsc->set_resolution_ns(1);
  tsc->set_cost_ns(7.5);
  proto::Clock* nic = report_.add_clock();
  nic->set_name("nic");
  nic->set_source("hardware stamps of eth1, PTP");
  nic->set_resolution_ns(8);
  nic->set_error_bound_ns(180);
  nic->set_drift_ppm(0.031);
  nic->set_share_missing(0.0004);
  report_.add_cause("The threads feed-0 and books share CPU 3.");
  report_.add_cause("feed-0 was taken off its CPU 12 times.");
}

void RunMaker::AddSeries() {
  total_ = Add("wire-seen", proto::Series::END_TO_END);
  for (size_t i = 1; i + 2 < kPoints.size(); ++i) {
    stages_.push_back(Add(absl::StrCat(kPoints[i], "-", kPoints[i + 1]), proto::Series::STAGE));
  }
  stages_[0]->series()->set_error_bound_ns(180);
  total_->series()->set_error_bound_ns(180);
  schedule_ = Add("schedule-done", proto::Series::SCHEDULE);
  start_ = Add("start-done", proto::Series::TOTAL);
  lateness_ = Add("lateness", proto::Series::LATENESS);
  for (const char* channel : {"310", "312"}) {
    for (const char* line : {"A", "B"}) {
      lines_.push_back(Add("wire-seen", proto::Series::TOTAL));
      lines_.back()->series()->set_feed("futures");
      lines_.back()->series()->set_channel(channel);
      lines_.back()->series()->set_line(line);
      lines_.back()->series()->set_thread("feed-0");
    }
  }
  for (const char* condition :
       {"gap < 10 us", "gap < 100 us", "gap < 1 ms", "gap >= 1 ms", "place 1", "place 2-8",
        "place 9-64", "depth 0", "depth 1", "depth 2-3"}) {
    splits_.push_back(Add("wire-seen", proto::Series::SPLIT));
    splits_.back()->series()->set_condition(condition);
  }
}

RunMaker::Stamps RunMaker::StampsOf(int64_t intended) {
  Stamps at{};
  at[0] = intended;
  at[1] = intended + durations_[0](random_) / 4;
  at[2] = at[1] + durations_[1](random_);
  // The feed thread takes one packet after the other, and stands still from 700 ms of a second on.
  int64_t ready = std::max(at[2] + durations_[2](random_), free_at_);
  const int64_t phase = ready % kSecond;
  const int64_t stall = 700'000'000;
  if (phase >= stall && phase < stall + shape_.stall_ns) ready += stall + shape_.stall_ns - phase;
  at[3] = ready;
  for (size_t i = 4; i < at.size(); ++i) at[i] = at[i - 1] + durations_[i - 1](random_);
  free_at_ = at[6];
  return at;
}

void RunMaker::RecordSplits(int64_t total, uint32_t number) {
  const size_t gap = number % 17 == 0 ? 3 : number % 5 == 0 ? 2 : number % 3 == 0 ? 1 : 0;
  const size_t place = number % 8 == 0 ? 4 : number % 8 < 6 ? 5 : 6;
  const size_t depth = number % 3 + 7;
  splits_[gap]->Record(total + static_cast<int64_t>(gap) * 900);
  splits_[place]->Record(total + static_cast<int64_t>(place) * 300);
  splits_[depth]->Record(total + static_cast<int64_t>(depth) * 350);
}

void RunMaker::AddSample(const Stamps& stamps, uint32_t number, proto::Sample::Why why) {
  proto::Sample* sample = report_.add_sample();
  sample->set_why(why);
  sample->set_feed("futures");
  sample->set_channel(number % 2 == 0 ? "310" : "312");
  sample->set_line(number % 4 < 2 ? "A" : "B");
  sample->set_sequence(90'000'000'000 + number);
  sample->set_messages(1 + number % 4);
  sample->set_updates(1 + number % 7);
  sample->set_gap_before_ns(stamps[1] % 1'000'000);
  sample->set_place_in_burst(1 + number % 9);
  sample->set_depth_at_dequeue(number % 5);
  sample->set_thread("books");
  sample->set_decoded_together(1 + number % 3);
  if (why != proto::Sample::REGULAR) sample->set_meanwhile("preempted once");
  for (size_t i = 0; i < kPoints.size(); ++i) {
    proto::Sample::Stamp* stamp = sample->add_stamp();
    stamp->set_point(kPoints[i]);
    stamp->set_unix_ns(kStart - kStart % kSecond + stamps[i]);
  }
}

void RunMaker::RecordPacket(const Stamps& stamps, uint32_t number) {
  const int64_t total = stamps[7] - stamps[1];
  total_->Record(total);
  for (size_t i = 0; i < stages_.size(); ++i) stages_[i]->Record(stamps[i + 2] - stamps[i + 1]);
  schedule_->Record(stamps[8] - stamps[0]);
  start_->Record(stamps[8] - stamps[3] + 900);
  lateness_->Record(stamps[1] - stamps[0]);
  lines_[number % lines_.size()]->Record(total);
  RecordSplits(total, number);
  if (total > 2'000'000) {
    AddSample(stamps, number, total > 9'900'000 ? proto::Sample::WORST : proto::Sample::SLOW);
  } else if (number % 1024 == 0) {
    AddSample(stamps, number, proto::Sample::REGULAR);
  }
}

void RunMaker::Second(uint32_t second) {
  // More around the half hour.
  const double wave = 1 + 0.5 * std::sin(second / 573.0);
  const auto packets = static_cast<uint32_t>(shape_.packets_per_second * wave);
  for (uint32_t i = 0; i < packets; ++i) {
    const auto offset = static_cast<int64_t>(random_() % static_cast<uint64_t>(kSecond / packets));
    const int64_t intended = second * kSecond + kStart % kSecond + i * (kSecond / packets) + offset;
    RecordPacket(StampsOf(intended), second * shape_.packets_per_second + i);
  }
}

void RunMaker::AddRaces() {
  const Durations lead(700, 0.8);
  for (const char* channel : {"310", "312"}) {
    proto::Race* race = report_.add_race();
    race->set_feed("futures");
    race->set_channel(channel);
    race->set_line_a("A");
    race->set_line_b("B");
    race->set_tie_ns(8);
    Histogram of_a;
    Histogram of_b;
    for (uint32_t second = 0; second < shape_.seconds; ++second) {
      proto::Race::Second* row = race->add_second();
      row->set_number(second);
      // Another path from two thirds of the run on.
      const bool later = second > shape_.seconds * 2 / 3;
      row->set_first_a(later ? 30 + random_() % 20 : 60 + random_() % 20);
      row->set_first_b(later ? 60 + random_() % 20 : 25 + random_() % 20);
      row->set_ties(random_() % 4);
      row->set_median_lead_of_a(later ? -lead(random_) / 2 : lead(random_) / 2);
      row->set_only_on_a(second % 900 == 5 ? 3 : 0);
      for (uint64_t i = 0; i < row->first_a(); ++i) of_a.Record(lead(random_));
      for (uint64_t i = 0; i < row->first_b(); ++i) of_b.Record(lead(random_) / 2);
      race->set_ties(race->ties() + row->ties());
      race->set_only_on_a(race->only_on_a() + row->only_on_a());
    }
    recording::SetBuckets(of_a.Snapshot(), race->mutable_lead_of_a());
    recording::SetBuckets(of_b.Snapshot(), race->mutable_lead_of_b());
    race->set_max_lead_of_a(of_a.Snapshot().max());
    race->set_max_lead_of_b(of_b.Snapshot().max());
  }
}

void RunMaker::AddCounters() {
  proto::Counter* packets = report_.add_counter();
  packets->set_name("packets");
  proto::Counter* updates = report_.add_counter();
  updates->set_name("updates");
  proto::Counter* dropped = report_.add_counter();
  dropped->set_name("dropped socket");
  dropped->set_loss(true);
  proto::Counter* gaps = report_.add_counter();
  gaps->set_name("gap messages");
  gaps->set_loss(true);
  gaps->set_feed("futures");
  gaps->set_channel("310");
  for (uint32_t second = 0; second < shape_.seconds; ++second) {
    const double wave = 1 + 0.5 * std::sin(second / 573.0);
    const auto count = static_cast<uint64_t>(shape_.packets_per_second * wave);
    packets->add_value(count);
    updates->add_value(count * 3 + random_() % 100);
    dropped->add_value(second % 701 == 300 ? 12 + random_() % 40 : 0);
    gaps->add_value(second % 1201 == 900 ? 3 : 0);
  }
}

void RunMaker::AddJitter() {
  proto::Jitter* jitter = report_.mutable_jitter();
  jitter->set_cpu(3);
  jitter->set_duration_ns(60 * kSecond);
  jitter->set_smallest_gap_ns(19);
  jitter->set_threshold_ns(100);
  const Durations gap(900, 1.2);
  std::vector<int64_t> gaps;
  for (int i = 0; i < 40'000; ++i) gaps.push_back(gap(random_) + 100);
  Histogram histogram;
  for (const int64_t ns : gaps) histogram.Record(ns);
  recording::SetBuckets(histogram.Snapshot(), jitter->mutable_gaps());
  jitter->set_max_ns(histogram.Snapshot().max());
  for (double delay = 100; delay < static_cast<double>(jitter->max_ns()); delay *= 1.25) {
    double above = 0;
    for (const int64_t ns : gaps) above += std::max(0.0, static_cast<double>(ns) - delay);
    proto::Jitter::Point* point = jitter->add_curve();
    point->set_delay_ns(static_cast<int64_t>(delay));
    point->set_share_above(above / static_cast<double>(jitter->duration_ns()));
  }
}

proto::LatencyReport RunMaker::Make() {
  DescribeRun();
  DescribeMachine();
  AddSeries();
  for (uint32_t second = 0; second < shape_.seconds; ++second) {
    Second(second);
    for (const auto& recorded : recorded_) recorded->EndInterval(second);
  }
  for (const auto& recorded : recorded_) recorded->End();
  AddRaces();
  AddCounters();
  AddJitter();
  proto::Outside* negative = stages_[0]->series()->mutable_negative();
  negative->set_count(17);
  negative->set_min(-212);
  negative->set_max(-3);
  return std::move(report_);
}

// A report of one series with these values by interval.
proto::LatencyReport Small(const std::string& name,
                           const std::vector<std::vector<int64_t>>& intervals) {
  proto::LatencyReport report;
  report.set_version(1);
  report.mutable_run()->set_program(name);
  report.mutable_run()->set_start_unix_ns(kStart);
  report.mutable_run()->set_interval_ns(kSecond);
  report.mutable_run()->set_intervals(static_cast<uint32_t>(intervals.size()));
  report.mutable_run()->set_duration_ns(static_cast<int64_t>(intervals.size()) * kSecond);
  Recorded recorded(&report, "dequeued-seen", proto::Series::END_TO_END);
  for (size_t i = 0; i < intervals.size(); ++i) {
    for (const int64_t value : intervals[i]) recorded.Record(value);
    recorded.EndInterval(static_cast<uint32_t>(i));
  }
  recorded.End();
  return report;
}

// Only HdrHistogram's buckets, as of a file of somebody else.
proto::LatencyReport Foreign() {
  proto::LatencyReport report;
  report.set_version(1);
  report.mutable_run()->set_program("convert");
  report.mutable_run()->set_start_unix_ns(kStart);
  report.mutable_run()->set_interval_ns(kSecond);
  report.mutable_run()->set_intervals(4);
  proto::Series* series = report.add_series();
  series->set_stage("responses");
  series->mutable_hdr()->set_digits(3);
  series->mutable_hdr()->set_lowest(1000);
  // Slots of 512 ns up to 1 ms, wider ones beyond: 0, 512, 5120, 1048576 and some 8 s.
  for (const uint32_t index : {0, 1, 9, 2038, 13000}) series->mutable_total()->add_index(index);
  for (const uint64_t count : {4, 40, 4000, 400, 4}) series->mutable_total()->add_count(count);
  for (uint32_t i = 0; i < 4; ++i) {
    proto::Interval* interval = series->add_interval();
    interval->set_number(i);
    *interval->mutable_buckets() = series->total();
    for (uint64_t& count : *interval->mutable_buckets()->mutable_count()) count /= 4;
  }
  proto::Series* fine = report.add_series();
  fine->set_stage("requests");
  fine->mutable_hdr()->set_digits(2);
  fine->mutable_hdr()->set_lowest(1);
  fine->mutable_total()->add_index(700);
  fine->mutable_total()->add_count(1'000'000'000'000);
  return report;
}

constexpr char kHostile[] =
    "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>&amp;\"'";

proto::LatencyReport Hostile() {
  proto::LatencyReport report = RunReport({.seconds = 30, .packets_per_second = 400});
  report.mutable_run()->set_program(kHostile);
  report.mutable_run()->add_argument(kHostile);
  report.mutable_environment()->add_fact()->set_name(kHostile);
  report.mutable_environment()->mutable_fact(0)->set_value(kHostile);
  report.add_cause(kHostile);
  for (proto::Series& series : *report.mutable_series()) {
    if (!series.feed().empty()) series.set_feed(kHostile);
    series.set_stage(absl::StrCat(series.stage(), kHostile));
    series.set_unit(kHostile);
  }
  for (proto::Race& race : *report.mutable_race()) race.set_line_a(kHostile);
  for (proto::Counter& counter : *report.mutable_counter()) counter.set_name(kHostile);
  for (proto::Sample& sample : *report.mutable_sample()) {
    sample.set_feed(kHostile);
    sample.set_meanwhile("\x01=1+1\xff\xfe\n\u2028");
  }
  return report;
}

// Numbers that no run has.
proto::LatencyReport Senseless() {
  proto::LatencyReport report = Small("senseless", {{100}, {200}});
  proto::Run* run = report.mutable_run();
  run->set_start_unix_ns(std::numeric_limits<int64_t>::min());
  run->set_interval_ns(-1);
  run->set_duration_ns(std::numeric_limits<int64_t>::max());
  run->set_offered_per_second(std::numeric_limits<double>::quiet_NaN());
  run->set_achieved_per_second(std::numeric_limits<double>::infinity());
  proto::Series* beyond = report.add_series();
  beyond->set_stage("beyond");
  beyond->mutable_total()->add_index(4'000'000'000);
  beyond->mutable_total()->add_count(1);
  proto::Series* uneven = report.add_series();
  uneven->set_stage("uneven");
  uneven->mutable_total()->add_index(1);
  proto::Series* late = report.add_series();
  late->set_stage("late");
  late->add_interval()->set_number(std::numeric_limits<uint32_t>::max());
  report.add_race()->mutable_lead_of_a()->add_index(9999);
  proto::Sample* sample = report.add_sample();
  sample->add_stamp()->set_unix_ns(std::numeric_limits<int64_t>::max());
  sample->add_stamp()->set_unix_ns(std::numeric_limits<int64_t>::min());
  report.add_sample();
  report.mutable_jitter()->add_curve()->set_share_above(std::numeric_limits<double>::quiet_NaN());
  return report;
}

}  // namespace

proto::LatencyReport RunReport(const RunShape& shape) { return RunMaker(shape).Make(); }

std::vector<NamedReport> EdgeReports() {
  std::vector<NamedReport> reports;
  reports.push_back({"nothing", {}});
  reports.push_back({"none", Small("none", {{}, {}, {}})});
  reports.push_back({"zeros", Small("zeros", {{0, 0, 0}, {0}, {0, 0}})});
  reports.push_back({"one_value", Small("one value", {{}, {1234567}, {}})});
  reports.push_back({"one_interval", Small("one interval", {{0, 5, 120, 1500, 1500, 90'000}})});
  proto::LatencyReport one_zero =
      Small("one zero", {std::vector<int64_t>(5000, 2000), {0}, std::vector<int64_t>(5000, 4000)});
  reports.push_back({"one_zero", std::move(one_zero)});
  reports.push_back({"foreign", Foreign()});
  reports.push_back({"hostile", Hostile()});
  reports.push_back({"senseless", Senseless()});
  proto::LatencyReport closed = Small("closed", {{100, 200}, {300}});
  closed.mutable_run()->set_loop(proto::Run::CLOSED);
  reports.push_back({"closed", std::move(closed)});
  return reports;
}

}  // namespace fh::latency::page
