// `feedhandler jitter`: what this machine takes from a thread that does nothing but look at the clock.
#include "latency/jitter.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/json_writer.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/doctor/doctor.h"
#include "feedhandler/doctor/environment.h"
#include "feedhandler/threads/thread_setup.h"
#include "feedhandler/version.h"
#include "latency/clock.h"
#include "latency/files/files.h"
#include "latency/recording/jitter.h"
#include "latency/report.h"

namespace fh::cli {
namespace {

using latency::FormatCount;
using latency::JitterSummary;

constexpr double kLeastSeconds = 0.05;
constexpr double kMostSeconds = 86'400;

struct JitterArguments {
  std::optional<int> cpu;
  double seconds = 10;
  std::string latency_file;
  bool json = false;
};

// What the spinning thread says of itself.
struct Placed {
  absl::Status status;
  int cpu = -1;
};

// Pins the calling thread: to the CPU that was asked for, else to the last one that it may have, which
// is the least likely to have interrupts.
Placed Pin(std::optional<int> wanted) {
  for (int cpu = wanted.value_or(ConfiguredCpus() - 1); cpu >= 0; --cpu) {
    const std::vector<std::string> notes = SetUpThisThread({.name = "fh-jitter", .cpu = cpu});
    if (notes.empty()) return {absl::OkStatus(), cpu};
    if (wanted.has_value() || cpu == 0) return {absl::FailedPreconditionError(notes[0]), -1};
  }
  return {absl::FailedPreconditionError("no CPU of this machine could be used"), -1};
}

struct Measured {
  absl::Status status;
  JitterSummary summary;
  std::optional<uint64_t> preempted;
};

Measured Measure(const JitterArguments& arguments, const latency::Clock& clock) {
  const auto duration_ns = static_cast<int64_t>(arguments.seconds * 1e9);
  latency::JitterProbe probe(clock, {.duration_ns = duration_ns});
  Placed placed;
  std::optional<uint64_t> preempted;
  std::promise<void> ended;
  std::future<void> has_ended = ended.get_future();
  std::thread thread([&] {
    placed = Pin(arguments.cpu);
    if (placed.status.ok()) {
      const std::optional<ContextSwitches> before = SwitchesOfThisThread();
      probe.Run(&StopFlag());
      if (before.has_value()) {
        preempted = (SwitchesOfThisThread().value_or(*before) - *before).preempted;
      }
    }
    ended.set_value();
  });
  ProgressBar bar("looking");
  const auto total_ms = static_cast<uint64_t>(duration_ns / 1'000'000);
  while (has_ended.wait_for(std::chrono::milliseconds(200)) != std::future_status::ready) {
    const auto done_ms = static_cast<uint64_t>(probe.elapsed_ns() / 1'000'000);
    bar.Show(done_ms, total_ms, absl::StrCat(done_ms / 1000, " s"));
  }
  thread.join();
  bar.Clear();
  return {placed.status, placed.status.ok() ? probe.Summary(placed.cpu) : JitterSummary(),
          preempted};
}

// What of the host makes gaps on this CPU: the doctor's findings, as for a feed thread that is pinned
// there.
std::vector<Finding> FindingsOf(int cpu) {
  static const std::set<std::string> kItems{
      "governor", "isolation",    "hyper-threads", "real time",
      "CPU",      "clock source", "TSC",           "virtual machine"};
  Config config;
  config.feed_threads[0].thread.cpu = cpu;
  std::vector<Finding> findings;
  for (Finding& finding : Examine(ThisHost(), &config)) {
    if (finding.level == FindingLevel::kOk || kItems.count(finding.item) == 0) continue;
    findings.push_back(std::move(finding));
  }
  return findings;
}

// Which kind of thief makes gaps of such sizes.
std::string Causes(const JitterSummary& summary, std::optional<uint64_t> preempted) {
  std::string text;
  if (preempted.has_value()) {
    absl::StrAppend(&text, "  The scheduler took the CPU away ", FormatCount(*preempted), " times",
                    *preempted == 0 ? ": gaps are interrupts, firmware or a hypervisor's.\n"
                                    : ", for another thread.\n");
  }
  if (summary.longer[3] != 0) {
    absl::StrAppend(&text,
                    "  Gaps of more than 1 ms: other threads on this CPU, or a hypervisor that ran "
                    "another machine on it. Isolate the CPU and pin nothing else to it; on a "
                    "virtual machine ask for a CPU of its own.\n");
  }
  if (summary.longer[1] != 0) {
    absl::StrAppend(&text,
                    "  Gaps of more than 10 us: interrupts with what follows them in the kernel "
                    "(/proc/interrupts counts them by CPU; put their smp_affinity elsewhere), or "
                    "firmware.\n");
  }
  if (summary.longer[0] != 0) {
    absl::StrAppend(&text,
                    "  Gaps of more than 1 us: the timer's tick above all, some hundred a second "
                    "(nohz_full stops it where one thread runs alone).\n");
  }
  return text;
}

void PrintJson(const JitterSummary& summary, std::optional<uint64_t> preempted) {
  JsonWriter json;
  json.BeginObject().Key("cpu").Number(summary.cpu);
  json.Key("duration_ns").Number(summary.duration_ns);
  json.Key("smallest_gap_ns").Number(summary.smallest_gap_ns);
  json.Key("threshold_ns").Number(summary.threshold_ns);
  json.Key("gaps").Number(summary.gaps.total()).Key("max_ns").Number(summary.max_ns);
  json.Key("lost_ns").Number(summary.lost_ns).Key("share_lost").Real(summary.ShareLost());
  if (preempted.has_value()) json.Key("preempted").Number(*preempted);
  json.Key("longer").BeginArray();
  for (size_t i = 0; i < summary.longer.size(); ++i) {
    json.BeginObject().Key("than_ns").Number(JitterSummary::kSizesNs[i]);
    json.Key("count").Number(summary.longer[i]).EndObject();
  }
  json.EndArray().Key("curve").BeginArray();
  for (const latency::JitterPoint& point : summary.curve) {
    json.BeginObject().Key("delay_ns").Number(point.delay_ns);
    json.Key("share_above").Real(point.share_above).EndObject();
  }
  json.EndArray().EndObject().EndLine();
  Print(json.text());
}

latency::files::proto::LatencyReport ReportOf(const JitterArguments& arguments,
                                              const JitterSummary& summary, int64_t start_unix_ns) {
  latency::files::proto::LatencyReport report;
  report.set_version(1);
  auto* const run = report.mutable_run();
  run->set_program("feedhandler jitter");
  run->set_version(kVersion);
  run->set_build(BuildText());
  run->add_argument("feedhandler");
  run->add_argument("jitter");
  run->add_argument(absl::StrCat("--cpu=", summary.cpu));
  run->add_argument(absl::StrCat("--seconds=", arguments.seconds));
  run->set_start_unix_ns(start_unix_ns);
  run->set_duration_ns(summary.duration_ns);
  for (const MachineFact& fact : MachineFacts(rio::HostFiles())) {
    auto* const added = report.mutable_environment()->add_fact();
    added->set_name(fact.name);
    added->set_value(fact.value);
  }
  latency::recording::SetJitter(summary, report.mutable_jitter());
  return report;
}

int Jitter(const JitterArguments& arguments) {
  if (arguments.cpu.has_value() && (*arguments.cpu < 0 || *arguments.cpu >= ConfiguredCpus())) {
    return Fail(absl::InvalidArgumentError(absl::StrCat(
        "there is no CPU ", *arguments.cpu, ": this machine has CPUs 0 to ", ConfiguredCpus() - 1,
        "; choose one of them with --cpu, the one that the feed "
        "thread will be pinned to")));
  }
  // Written so that what is no number is refused too.
  if (!(arguments.seconds >= kLeastSeconds && arguments.seconds <= kMostSeconds)) {
    return Fail(absl::InvalidArgumentError(absl::StrCat("--seconds=", arguments.seconds, ": take ",
                                                        kLeastSeconds, " to ",
                                                        static_cast<int>(kMostSeconds))));
  }
  std::optional<latency::files::ReportOutput> output;
  if (!arguments.latency_file.empty()) {
    absl::StatusOr<latency::files::ReportOutput> claimed = latency::files::ReportOutput::Claim(
        arguments.latency_file, absl::StrCat("--latency=", arguments.latency_file));
    if (!claimed.ok()) return Fail(claimed.status());
    output.emplace(*std::move(claimed));
  }
  const latency::Clock clock;
  WatchStopSignals();
  const int64_t start_unix_ns = clock.NowUnixNs();
  const Measured measured = Measure(arguments, clock);
  if (!measured.status.ok()) return Fail(measured.status);
  if (arguments.json) {
    PrintJson(measured.summary, measured.preempted);
  } else {
    Print(absl::StrCat(latency::JitterText(measured.summary), "Clock: ", clock.Describe(),
                       "\n\nWhere gaps come from\n", Causes(measured.summary, measured.preempted),
                       "What to do about it\n", FindingsText(FindingsOf(measured.summary.cpu))));
  }
  if (output.has_value()) {
    const auto written = output->Write(ReportOf(arguments, measured.summary, start_unix_ns));
    if (!written.ok()) {
      Fail(written.status());
      return kExitFailed;
    }
    for (const std::string& note : *written) std::fprintf(stderr, "note: %s\n", note.c_str());
  }
  if (!StopRequested()) return kExitOk;
  std::fprintf(stderr, "note: stopped after %s of the %s s asked for\n",
               latency::FormatDuration(measured.summary.duration_ns).c_str(),
               absl::StrCat(arguments.seconds).c_str());
  return kExitFailed;
}

}  // namespace

void AddJitterVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb(
      "jitter", "Measure what this machine takes from a thread that only looks at the clock");
  auto arguments = std::make_shared<JitterArguments>();
  verb.Add("--cpu", arguments->cpu,
           "CPU to look at (default: the last one that this process may use)");
  verb.Add("--seconds", arguments->seconds, "How long to look, 0.05 to 86400").ShowDefault();
  verb.Add("--latency", arguments->latency_file,
           "Write it to this report (.latency, .textproto), so that it stands on the chart of "
           "a handler's: `feedhandler latency report RUN --jitter=FILE`");
  verb.AddFlag("--json", arguments->json, "Print one JSON object");
  verb.Footer(
      "A thread, pinned to the CPU, reads the time-stamp counter as fast as it can. What lies "
      "between\n"
      "two readings beyond the smallest distance was taken by somebody else: an interrupt, "
      "another\n"
      "thread, the hypervisor, the firmware. Gaps from 100 ns on count. No program on that CPU can "
      "be\n"
      "better than this floor; a handler whose tail lies close to it has to look for a quieter "
      "CPU,\n"
      "not for faster code.\n\n"
      "A packet that arrives at any moment waits for longer than x with the probability\n"
      "sum(max(0, gap - x)) / time: the curve that is printed. Measure the CPU that the feed "
      "thread\n"
      "is to have, while the machine does what it usually does; the CPU is busy meanwhile. A "
      "second\n"
      "opinion: `rtla osnoise top`, `oslat`.\n\n"
      "Exit code 0: measured; 1: stopped before its time; 2: there is no such CPU, or this "
      "process\n"
      "may not use it.\n\n"
      "Examples:\n"
      "  feedhandler jitter --cpu=3 --seconds=60\n"
      "  feedhandler jitter --cpu=3 --latency=floor.latency\n"
      "  feedhandler jitter --json | jq .max_ns");
  verb.OnRun([arguments, &exit_code] { exit_code = Jitter(*arguments); });
}

}  // namespace fh::cli
