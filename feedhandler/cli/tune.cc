// `feedhandler tune [CONFIG]`: which receive path, on which CPU, with which settings.
#include "feedhandler/tune/tune.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/supervise.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/config/config.h"
#include "feedhandler/inspect/host_network.h"
#include "feedhandler/output/output_file.h"
#include "feedhandler/pipeline/live.h"

namespace fh::cli {
namespace {

struct TuneArguments {
  std::string config;
  std::string feed_thread;
  std::string output = "-";
  std::string goal = "latency";
  tune::Options options;
  bool json = false;
};

// The feed thread that is meant: of several one must be named, since each has a place of its own.
absl::StatusOr<const FeedThreadConfig*> FeedThreadOf(const Config& config,
                                                     const std::string& name) {
  if (name.empty() && config.feed_threads.size() == 1) return &config.feed_threads.front();
  std::vector<std::string> names;
  for (const FeedThreadConfig& thread : config.feed_threads) {
    if (!name.empty() && thread.name == name) return &thread;
    names.push_back(thread.name);
  }
  if (config.feed_threads.size() == 1 && names[0].empty()) {
    return absl::NotFoundError(absl::StrCat("there is no feed thread '", name,
                                            "': the configuration has one, without a name. Leave "
                                            "--feed-thread out"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name.empty() ? "the configuration has several feed threads"
                                : absl::StrCat("there is no feed thread '", name, "'"),
                   ": name one of ", absl::StrJoin(names, ", "), " with --feed-thread"));
}

// What the configuration says of the place: the feed thread's CPU, and the interface of its first line
// that names one, unless another was given.
absl::Status TakeFrom(const TuneArguments& arguments, tune::Options& options) {
  if (arguments.config.empty()) {
    return arguments.feed_thread.empty()
               ? absl::OkStatus()
               : absl::InvalidArgumentError("--feed-thread is one of a configuration: name it");
  }
  const absl::StatusOr<Config> config =
      LoadConfig(arguments.config, {.cpus = 0, .backends = LiveBackendNames()});
  if (!config.ok()) return config.status();
  const absl::StatusOr<const FeedThreadConfig*> thread =
      FeedThreadOf(*config, arguments.feed_thread);
  if (!thread.ok()) return thread.status();
  options.feed_cpu = (*thread)->thread.cpu;
  for (const rio::Subscription& line : (*thread)->receiver.options.subscriptions) {
    if (options.interface.empty()) options.interface = line.interface;
  }
  return absl::OkStatus();
}

// An interface may be given by its address. Then its name is taken; one that is not there is refused.
absl::Status Resolve(std::string& interface) {
  const std::vector<HostInterface> known = HostInterfaces();
  if (interface.empty() || known.empty()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const HostInterface& candidate : known) {
    bool is_wanted = candidate.name == interface;
    for (const rio::IpAddress& address : candidate.addresses) {
      is_wanted = is_wanted || address.ToString() == interface;
    }
    if (is_wanted) {
      interface = candidate.name;
      return absl::OkStatus();
    }
    names.push_back(candidate.name);
  }
  return absl::NotFoundError(
      absl::StrCat("there is no interface '", interface, "' to measure for; this host has ",
                   absl::StrJoin(names, ", "), ". Name one of them with --interface"));
}

absl::Status Write(OutputFile& file, const std::string& text) {
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    char* const at = file.Reserve(line.size() + 1);
    line.copy(at, line.size());
    at[line.size()] = '\n';
    file.Commit(line.size() + 1);
  }
  return file.Close();
}

int Tune(TuneArguments arguments) {
  const absl::StatusOr<FileHold> config_file = HoldConfig(arguments.config);
  if (!config_file.ok()) return Fail(config_file.status());
  if (absl::Status status = TakeFrom(arguments, arguments.options); !status.ok()) {
    return Fail(status);
  }
  if (absl::Status status = Resolve(arguments.options.interface); !status.ok()) return Fail(status);
  // With --json the report has standard output, unless the snippet goes elsewhere.
  std::optional<OutputFile> output;
  if (!arguments.json || arguments.output != "-") {
    absl::StatusOr<OutputFile> opened =
        OutputFile::Open(arguments.output, absl::StrCat("--output=", arguments.output));
    if (!opened.ok()) return Fail(opened.status());
    output.emplace(*std::move(opened));
  }
  arguments.options.goal = arguments.goal == "rate" ? tune::Goal::kRate : tune::Goal::kLatency;
  WatchStopSignals();
  std::fprintf(stderr,
               "feedhandler: measuring for about %.0f s; leave the machine alone meanwhile\n",
               arguments.options.seconds);
  ProgressBar bar("measuring");
  arguments.options.progress = [&bar](double done) {
    bar.Show(static_cast<uint64_t>(done * 1000), 1000, "");
    return !StopRequested();
  };
  const absl::StatusOr<tune::Report> report = tune::Measure(arguments.options);
  bar.Clear();
  if (!report.ok()) {
    Fail(report.status());
    return kExitFailed;
  }
  if (arguments.json) Print(tune::ReportJson(*report));
  if (arguments.output != "-") std::fputs(tune::Figures(*report).c_str(), stderr);
  if (output.has_value()) {
    if (absl::Status status = Write(*output, tune::Snippet(*report)); !status.ok()) {
      return Fail(status);
    }
  }
  return kExitOk;
}

}  // namespace

void AddTuneVerb(Verb program, int& exit_code) {
  const Verb verb =
      program.AddVerb("tune", "Measure the receive paths of this host, and write what to set");
  auto arguments = std::make_shared<TuneArguments>();
  verb.Add("CONFIG", arguments->config,
           "Take the interface and the feed thread's CPU from this configuration");
  verb.Add("--feed-thread", arguments->feed_thread,
           "Which of the configuration's feed threads, where it has several");
  verb.Add("--interface", arguments->options.interface,
           "Work for the CPU that takes this interface's interrupts (nothing is sent on it)");
  verb.Add("--packet-bytes", arguments->options.packet_bytes, "Payload of a datagram")
      .Range(tune::kLeastPacketBytes, tune::kMostPacketBytes)
      .ShowDefault();
  verb.Add("--seconds", arguments->options.seconds,
           "How long to measure, about; five rounds at least")
      .Range(0.0, 3600.0)
      .ShowDefault();
  verb.Add("--goal", arguments->goal,
           "latency: of a datagram that comes alone; rate: of bursts, on the busiest CPU")
      .OneOf({"latency", "rate"})
      .ShowDefault();
  verb.AddFlag("--sockets-only", arguments->options.sockets_only,
               "Only what `auto` may take: nothing that takes groups from other programs");
  verb.AddFlag("--loopback", arguments->options.loopback,
               "Over loopback, although a virtual cable could be made");
  verb.Add("--output", arguments->output,
           "Where the part of the configuration goes (- = standard output)")
      .ShowDefault();
  verb.AddFlag("--json", arguments->json, "Print the figures as one JSON object");
  verb.Footer(
      "Each path is measured in turn with the others (A B C, C B A, ...): what the feed thread "
      "takes,\n"
      "what the kernel takes up to the queue, and what a datagram\n"
      "that comes alone waits; with the kernel's work on another core, on the core's other thread, "
      "and\n"
      "on the feed thread's own CPU. Then the settings of the chosen one. Paths that cannot be "
      "told\n"
      "apart are equal, and the first in the order of `auto` is taken. What cannot be measured is "
      "named,\n"
      "with the reason.\n"
      "The traffic is this program's own, over a virtual cable between network namespaces that end "
      "with\n"
      "it (as root), or over loopback. An adapter's own interrupt and driver are not in the "
      "figures: "
      "they\n"
      "are the same for all paths but AF_XDP, for which they are less.\n\n"
      "Exit code 0: a part of a configuration was written, which `check` accepts in its file; 1: "
      "no "
      "path\n"
      "could be measured, or it was stopped; 2: wrong usage or configuration.\n\n"
      "Examples:\n"
      "  feedhandler tune\n"
      "  feedhandler tune itch.textproto --seconds=60 --output=receiver.textproto\n"
      "  feedhandler tune --interface=eth1 --goal=rate --packet-bytes=1400 --sockets-only");
  verb.OnRun([arguments, &exit_code] { exit_code = Tune(*arguments); });
}

}  // namespace fh::cli
