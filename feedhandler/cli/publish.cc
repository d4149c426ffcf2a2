// `feedhandler publish CAPTURE...`: a capture back onto the wire.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codecs/json_writer.h"
#include "feedhandler/cli/latency_files.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "latency/recording/buckets.h"
#include "latency/report.h"
#include "latency/stages.h"
#include "replay/publisher.h"

namespace fh::cli {
namespace {

using latency::FormatCount;
using latency::FormatDuration;

// Between the first datagram and the last; 0 when there is no time between them.
double DatagramsPerSecond(const replay::PublishStats& stats) {
  if (stats.elapsed_ns <= 0 || stats.sent < 2) return 0;
  return static_cast<double>(stats.sent - 1) * 1e9 / static_cast<double>(stats.elapsed_ns);
}

struct PublishArguments {
  std::vector<std::string> captures;
  std::string to;
  std::vector<std::string> redirects;
  bool unicast = false;
  std::string interface;
  int ttl = 1;
  double speed = 1;
  bool flat_out = false;
  double rate = 0;
  bool json = false;
  LatencyArguments latency;
};

// What the sender measures of itself, by interval: how long after they were due datagrams were sent.
class SenderReport {
 public:
  explicit SenderReport(int64_t interval_ns) : interval_ns_(interval_ns) {
    series_.set_stage(std::string(latency::StageKey(latency::Stage::kLateness)));
    series_.set_role(proto::Series::LATENESS);
    series_.set_unit("packets");
    sent_.set_name("packets");
  }

  // Now and then, and at the end.
  void Look(const latency::HistogramSnapshot& lateness, uint64_t sent, bool is_end) {
    const int64_t elapsed_ns = Instant::Now().monotonic_ns - start_.monotonic_ns;
    if (!is_end && elapsed_ns < (next_ + 1) * interval_ns_) return;
    const int64_t ended = is_end ? elapsed_ns / interval_ns_ : elapsed_ns / interval_ns_ - 1;
    latency::recording::AddInterval(static_cast<uint32_t>(ended), lateness.Since(last_), &series_);
    while (sent_.value_size() <= ended) sent_.add_value(0);
    *sent_.mutable_value()->Mutable(static_cast<int>(ended)) += sent - counted_;
    next_ = ended + 1;
    last_ = lateness;
    counted_ = sent;
    elapsed_ns_ = elapsed_ns;
  }

  proto::LatencyReport Report(const replay::PublishStats& stats, bool is_open) const {
    proto::LatencyReport report;
    report.set_version(1);
    report.mutable_run()->set_start_unix_ns(start_.unix_ns);
    report.mutable_run()->set_duration_ns(elapsed_ns_);
    report.mutable_run()->set_interval_ns(interval_ns_);
    report.mutable_run()->set_intervals(static_cast<uint32_t>(next_));
    report.mutable_run()->set_loop(is_open ? proto::Run::OPEN : proto::Run::CLOSED);
    report.mutable_run()->set_achieved_per_second(DatagramsPerSecond(stats));
    *report.add_series() = series_;
    latency::recording::SetHistogram(last_, report.mutable_series(0));
    *report.add_counter() = sent_;
    return report;
  }

 private:
  const int64_t interval_ns_;
  const Instant start_ = Instant::Now();
  int64_t next_ = 0;  // The interval that has not ended.
  int64_t elapsed_ns_ = 0;
  latency::HistogramSnapshot last_;
  uint64_t counted_ = 0;
  proto::Series series_;
  proto::Counter sent_;
};

absl::StatusOr<replay::PublishOptions> Options(const PublishArguments& arguments) {
  replay::PublishOptions options;
  if (!arguments.to.empty()) {
    const absl::StatusOr<rio::Endpoint> to = rio::ParseEndpoint(arguments.to);
    if (!to.ok()) return to.status();
    options.all_to = *to;
  }
  for (const std::string& redirect : arguments.redirects) {
    const std::vector<std::string> sides = absl::StrSplit(redirect, '=');
    if (sides.size() != 2) {
      return absl::InvalidArgumentError(
          absl::StrCat("--map=", redirect, ": write OLD:PORT=NEW:PORT"));
    }
    const absl::StatusOr<rio::Endpoint> from = rio::ParseEndpoint(sides[0]);
    const absl::StatusOr<rio::Endpoint> to = rio::ParseEndpoint(sides[1]);
    if (!from.ok()) return from.status();
    if (!to.ok()) return to.status();
    options.redirects[*from] = *to;
  }
  options.unicast = arguments.unicast;
  options.interface = arguments.interface;
  options.ttl = arguments.ttl;
  options.pace.speed = arguments.flat_out ? replay::PaceOptions::kFlatOut : arguments.speed;
  options.pace.max_packets_per_second = arguments.rate;
  return options;
}

// Of the schedule; 0 without one.
double OfferedPerSecond(const replay::PublishStats& stats) {
  if (stats.schedule_ns <= 0 || stats.scheduled < 2) return 0;
  return static_cast<double>(stats.scheduled - 1) * 1e9 / static_cast<double>(stats.schedule_ns);
}

// What the datagrams went by, and how well: in which loop a latency measured with them would be.
std::string LoopText(const PublishArguments& arguments, const replay::Publisher& publisher) {
  const latency::HistogramSnapshot lateness = publisher.lateness().Snapshot();
  if (lateness.total() == 0) {
    return "closed loop: sent when the socket took the one before; there was no schedule to be "
           "late "
           "for\n";
  }
  const auto rate = [](double value) { return FormatCount(static_cast<uint64_t>(value)); };
  std::string text = "open loop, by ";
  if (!arguments.flat_out) absl::StrAppend(&text, "the capture's stamps at ", arguments.speed, "x");
  if (arguments.rate > 0) {
    absl::StrAppend(&text, arguments.flat_out ? "a clock at " : ", at most ", rate(arguments.rate),
                    " a second");
  }
  const auto at = [&](double percentile) {
    return FormatDuration(lateness.ValueAtPercentile(percentile));
  };
  absl::StrAppend(&text, ": ", rate(OfferedPerSecond(publisher.stats())), " a second offered, ",
                  rate(DatagramsPerSecond(publisher.stats())),
                  " sent\n  lateness (sent - due): ", at(50), " (p50), ", at(99), " (p99), ",
                  at(99.9), " (p99.9), ", FormatDuration(lateness.max()),
                  " at most; no slip moved the schedule\n");
  return text;
}

// Flat out the rate is what was asked for; otherwise a limit, below which the capture may stay.
bool MissedRate(const PublishArguments& arguments, const replay::PublishStats& stats) {
  constexpr double kNear = 0.99;
  constexpr uint64_t kEnoughToTell = 100;
  return arguments.flat_out && arguments.rate > 0 && stats.sent >= kEnoughToTell &&
         DatagramsPerSecond(stats) < kNear * arguments.rate;
}

void PrintJson(const replay::Publisher& publisher) {
  const replay::PublishStats& stats = publisher.stats();
  JsonWriter json;
  json.BeginObject().Key("sent").Number(stats.sent).Key("bytes").Number(stats.bytes);
  json.Key("destinations").Number(stats.destinations);
  json.Key("elapsed_ns").Number(stats.elapsed_ns);
  json.Key("datagrams_per_second").Real(DatagramsPerSecond(stats));
  json.Key("frames").Number(stats.frames).Key("not_in_list").Number(stats.not_in_list);
  json.Key("unicast").Number(stats.unicast).Key("interrupted").Number(stats.interrupted);
  json.Key("failed").Number(stats.failed).Key("late").Number(stats.late);
  json.Key("drift_ns").Number(stats.drift_ns);
  const latency::HistogramSnapshot lateness = publisher.lateness().Snapshot();
  json.Key("loop").Word(lateness.total() != 0 ? "open" : "closed");
  json.Key("offered_per_second").Real(OfferedPerSecond(stats));
  json.Key("lateness_p50_ns").Number(lateness.ValueAtPercentile(50));
  json.Key("lateness_p99_ns").Number(lateness.ValueAtPercentile(99));
  json.Key("lateness_p999_ns").Number(lateness.ValueAtPercentile(99.9));
  json.Key("lateness_max_ns").Number(lateness.max());
  json.Key("backward_stamps").Number(stats.backward_stamps);
  json.Key("unstamped").Number(stats.unstamped).EndObject().EndLine();
  Print(json.text());
}

void PrintStats(const PublishArguments& arguments, const replay::Publisher& publisher) {
  const replay::PublishStats& stats = publisher.stats();
  const double reached = DatagramsPerSecond(stats);
  std::fprintf(stderr,
               "published %s datagrams (%s bytes) to %s destination(s) in %s, %s a second\n",
               FormatCount(stats.sent).c_str(), FormatCount(stats.bytes).c_str(),
               FormatCount(stats.destinations).c_str(), FormatDuration(stats.elapsed_ns).c_str(),
               FormatCount(static_cast<uint64_t>(reached)).c_str());
  if (MissedRate(arguments, stats)) {
    std::fprintf(stderr, "note: --rate=%s was not reached, but %s a second\n",
                 FormatCount(static_cast<uint64_t>(arguments.rate)).c_str(),
                 FormatCount(static_cast<uint64_t>(reached)).c_str());
  }
  std::string rest;
  const auto add = [&rest](uint64_t count, absl::string_view what) {
    if (count != 0) absl::StrAppend(&rest, rest.empty() ? "" : ", ", FormatCount(count), " ", what);
  };
  add(stats.not_in_list, "not in the list of --map");
  add(stats.unicast, "to unicast hosts (--unicast sends them too)");
  add(stats.interrupted, "interrupted");
  add(stats.failed, "that the socket refused");
  for (size_t i = 0; i < stats.outcomes.by_outcome.size(); ++i) {
    const auto outcome = static_cast<replay::DatagramOutcome>(i);
    if (outcome == replay::DatagramOutcome::kDatagram) continue;
    add(stats.outcomes.by_outcome[i], replay::DatagramOutcomeName(outcome));
  }
  add(stats.backward_stamps, "stamps going backwards");
  add(stats.unstamped, "without a stamp");
  if (!rest.empty()) std::fprintf(stderr, "  not published or odd: %s\n", rest.c_str());
  if (stats.sent != 0) std::fputs(LoopText(arguments, publisher).c_str(), stderr);
  const latency::HistogramSnapshot errors = publisher.gap_errors().Snapshot();
  if (errors.total() == 0) return;
  std::fprintf(stderr,
               "  gaps between datagrams off by %s (p50), %s (p99); drift at the end %s; "
               "%s late by more than %s\n",
               FormatDuration(errors.ValueAtPercentile(50)).c_str(),
               FormatDuration(errors.ValueAtPercentile(99)).c_str(),
               FormatDuration(stats.drift_ns).c_str(), FormatCount(stats.late).c_str(),
               FormatDuration(replay::Publisher::kLateNs).c_str());
}

int Publish(const PublishArguments& arguments) {
  absl::StatusOr<replay::PublishOptions> options = Options(arguments);
  if (!options.ok()) return Fail(options.status());
  absl::StatusOr<LatencyFiles> latency = LatencyFiles::Claim(arguments.latency);
  if (!latency.ok()) return Fail(latency.status());
  SenderReport report(arguments.latency.interval_ns());
  ProgressBar bar("publishing");
  std::unique_ptr<replay::Publisher> sender;
  options->progress_ns = std::min(options->progress_ns, arguments.latency.interval_ns());
  options->progress = [&](const replay::PublishStats& stats) {
    if (latency->wanted()) report.Look(sender->lateness().Snapshot(), stats.sent, /*is_end=*/false);
    bar.Show(stats.stored_bytes_read, stats.stored_bytes_total,
             absl::StrCat(FormatCount(stats.sent), " datagrams"));
  };
  absl::StatusOr<std::unique_ptr<replay::Publisher>> publisher =
      replay::Publisher::Open(arguments.captures, *options);
  if (!publisher.ok()) return Fail(publisher.status());
  sender = *std::move(publisher);
  WatchStopSignals();
  absl::Status status = sender->Run(&StopFlag());
  bar.Clear();
  if (latency->wanted()) {
    report.Look(sender->lateness().Snapshot(), sender->stats().sent, /*is_end=*/true);
    const bool is_open = sender->lateness().Snapshot().total() != 0;
    for (const std::string& fault :
         latency->Write(report.Report(sender->stats(), is_open), {.verb = "publish"})) {
      status.Update(absl::DataLossError(fault));
    }
  }
  for (const std::string& note : sender->Notes()) {
    std::fprintf(stderr, "note: %s\n", note.c_str());
  }
  PrintStats(arguments, *sender);
  if (arguments.json) PrintJson(*sender);
  if (!status.ok()) {
    const int code = Fail(status);
    return sender->stats().sent == 0 ? code : kExitFailed;
  }
  const replay::PublishStats& stats = sender->stats();
  if (stats.sent == 0 && stats.not_in_list != 0) {
    Fail(absl::NotFoundError(absl::StrCat("nothing of the capture was for a group of --map",
                                          replay::GroupText(sender->not_in_list()))));
    return kExitFailed;
  }
  if (stats.sent + stats.failed == 0 && !StopRequested()) {
    Fail(absl::NotFoundError(stats.unicast != 0
                                 ? "nothing was published: the capture's datagrams are to unicast "
                                   "hosts only (--unicast sends them too, --to or --map elsewhere)"
                                 : "nothing was published: the capture holds no datagram"));
    return kExitFailed;
  }
  return stats.failed == 0 && !StopRequested() ? kExitOk : kExitFailed;
}

}  // namespace

void AddPublishVerb(Verb program, int& exit_code) {
  const Verb verb =
      program.AddVerb("publish", "Send the datagrams of a capture again, as multicast");
  auto arguments = std::make_shared<PublishArguments>();
  verb.Add("CAPTURE", arguments->captures,
           "pcap or pcapng (.gz and .zst too), or - for standard input; several are merged by "
           "their time stamps")
      .Required();
  const Option to = verb.Add("--to", arguments->to, "GROUP:PORT for everything");
  verb.Add("--map", arguments->redirects,
           "OLD:PORT=NEW:PORT; may be repeated; what is not mapped is not sent")
      .Excludes(to);
  verb.AddFlag("--unicast", arguments->unicast,
               "Also send to the unicast hosts of the capture (never done unasked)");
  verb.Add("--interface", arguments->interface,
           "Network interface to send on, such as lo or eth1 (default: the route decides)");
  verb.Add("--ttl", arguments->ttl, "Hops; 1 stays in the subnet").ShowDefault();
  const Option speed =
      verb.Add("--speed", arguments->speed, "Multiple of the captured pace, 0.1 to 1000")
          .Range(replay::PaceOptions::kLeastSpeed, replay::PaceOptions::kMostSpeed)
          .ShowDefault();
  verb.AddFlag("--flat-out", arguments->flat_out, "As fast as the socket takes them")
      .Excludes(speed);
  verb.Add(
      "--rate", arguments->rate,
      "At most this many datagrams a second; with --flat-out so many, or what was reached is said");
  verb.AddFlag("--json", arguments->json, "Print the result as one JSON object too");
  AddLatencyOptions(verb, arguments->latency);
  verb.Footer(
      "Every datagram has an absolute deadline, so the pace does not drift; the last 100 us "
      "before\n"
      "it are spun. Without --to or --map datagrams go to the groups they were captured on.\n\n"
      "Examples:\n"
      "  feedhandler publish day.pcap --interface=lo\n"
      "  feedhandler publish day.pcap.zst --interface=lo --speed=10\n"
      "  feedhandler publish day.pcap --interface=lo --flat-out --rate=100000 \\\n"
      "      --map=224.0.31.64:14340=239.1.1.1:5000 --map=224.0.32.64:15340=239.1.1.2:5000");
  verb.OnRun([arguments, &exit_code] { exit_code = Publish(*arguments); });
}

}  // namespace fh::cli
