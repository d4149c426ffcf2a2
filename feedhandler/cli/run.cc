// `feedhandler run CONFIG`: the pipeline on live groups.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "feedhandler/cli/http_option.h"
#include "feedhandler/cli/sources.h"
#include "feedhandler/cli/supervise.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/trading_day.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/config/config.h"
#include "feedhandler/doctor/refusals.h"
#include "feedhandler/pipeline/crash_report.h"
#include "feedhandler/pipeline/live.h"
#include "feedhandler/report/drops.h"

namespace fh::cli {
namespace {

struct RunArguments {
  std::string config;
  std::string backend;
  std::string stamps;
  std::string day;
  std::string metrics_file;
  std::string json_file;
  HttpOption http;
  LatencyArguments latency;
  std::optional<double> seconds;
  std::optional<uint64_t> messages;
};

int Run(const RunArguments& arguments) {
  const absl::StatusOr<FileHold> config_file = HoldConfig(arguments.config);
  if (!config_file.ok()) return Fail(config_file.status());
  absl::StatusOr<Config> config = LoadConfig(
      arguments.config,
      {.cpus = ConfiguredCpus(), .backends = LiveBackendNames(), .backend = arguments.backend});
  if (!config.ok()) return Fail(config.status());
  for (const std::string& warning : config->warnings) {
    std::fprintf(stderr, "%s\n", warning.c_str());
  }
  if (!arguments.stamps.empty()) {
    const std::optional<rio::ReceiveStamps> stamps = rio::ParseReceiveStamps(arguments.stamps);
    if (!stamps.has_value()) {
      return Fail(absl::InvalidArgumentError(absl::StrCat(
          "there are no stamps '", arguments.stamps, "'; there are: none, software, hardware")));
    }
    for (FeedThreadConfig& thread : config->feed_threads) thread.receiver.options.stamps = *stamps;
  }
  const absl::StatusOr<int64_t> day_ns = ParseTradingDay(arguments.day);
  if (!day_ns.ok()) return Fail(day_ns.status());

  absl::StatusOr<MetricsOutput> metrics = ClaimMetrics(arguments.metrics_file);
  if (!metrics.ok()) return Fail(metrics.status());
  absl::StatusOr<std::optional<ReplacedFile>> summary = ClaimSummary(arguments.json_file);
  if (!summary.ok()) return Fail(summary.status());
  const absl::StatusOr<std::unique_ptr<HttpServer>> http = OpenHttp(arguments.http, config->http);
  if (!http.ok()) return Fail(http.status());
  absl::StatusOr<LatencyFiles> latency = LatencyFiles::Claim(arguments.latency);
  if (!latency.ok()) return Fail(latency.status());
  return ReceiveLive(*config, *day_ns,
                     {.progress = "receiving",
                      .metrics = &*metrics,
                      .summary = &*summary,
                      .http = http->get(),
                      .latency = &*latency,
                      .seconds = arguments.seconds,
                      .messages = arguments.messages});
}

}  // namespace

int ReceiveLive(Config& config, int64_t day_ns, SuperviseOptions options) {
  const std::vector<std::string> refusals = HostRefusals(config, rio::HostFiles());
  if (!refusals.empty()) return Fail(absl::InvalidArgumentError(absl::StrJoin(refusals, "\n")));
  for (FeedThreadConfig& thread : config.feed_threads) {
    thread.receiver.options.tell = [](const std::string& news) {
      std::fprintf(stderr, "note: %s\n", news.c_str());
    };
  }
  latency::Clock clock;
  WatchStopSignals();
  ReportCrashes();
  WatchReportSignal();
  absl::StatusOr<std::unique_ptr<Pipeline>> pipeline =
      Pipeline::Create(config, {.day_ns = day_ns}, clock);
  if (!pipeline.ok()) return Fail(pipeline.status());
  const rio::HostCounterWatch host(InterfacesOf(config));
  const absl::StatusOr<std::string> backend = StartLive(**pipeline, config);
  if (!backend.ok()) return Fail(backend.status());
  if (options.latency != nullptr) {
    options.latency->Start(
        **pipeline, clock,
        {.verb = "run", .backend = *backend, .interfaces = InterfacesOf(config), .host = &host});
  }
  std::fprintf(stderr, "listening with %s; stop with Ctrl-C\n", backend->c_str());
  for (const std::string& note : (*pipeline)->Notes()) {
    std::fprintf(stderr, "note: %s\n", note.c_str());
  }
  options.host = &host;
  return Supervise(**pipeline, clock, options);
}

void AddRunVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb("run", "Receive live groups into strategies");
  auto arguments = std::make_shared<RunArguments>();
  verb.Add("CONFIG", arguments->config, "File in Protobuf text format").Required();
  verb.Add("--backend", arguments->backend,
           "Receive path instead of the configured one (see `feedhandler backends`)");
  verb.Add("--stamps", arguments->stamps,
           "What stamps packets instead of the configured: none, software (the kernel) or "
           "hardware (the adapter; where it cannot, the kernel, which is said)");
  verb.Add("--day", arguments->day, kDayHelp);
  verb.Add("--seconds", arguments->seconds, "Stop after this many seconds").Range(0.0, 1e9);
  verb.Add("--messages", arguments->messages, "Stop after this many messages");
  verb.Add("--metrics", arguments->metrics_file,
           "Keep counters in this file, in Prometheus' text format, rewritten every second. "
           "A file that is not of an earlier run is refused. To - (standard error), a device "
           "or a pipe they go once, at the end");
  verb.Add("--json", arguments->json_file,
           "Write the summary at the end as one JSON object to this file (- = standard "
           "output)");
  AddHttpOptions(verb, arguments->http);
  AddPipelineLatencyOptions(verb, arguments->latency);
  verb.Footer(
      "Joins every line of the configuration, arbitrates them, decodes, and hands updates to the\n"
      "configured strategies until Ctrl-C (or SIGTERM): what has arrived by then is delivered, "
      "then\n"
      "counters by layer and latencies by stage are printed to standard error. Beside this\n"
      "program's drops stand those that the host counted meanwhile, from the adapter to UDP.\n"
      "With several feed_thread blocks each receives its own channels on a core of its own, and a\n"
      "strategy_thread takes what it wants of them (feed, channel, symbol); what one of them had "
      "and\n"
      "lost is said apart.\n"
      "The keys of the configuration are explained in feedhandler/config/config.proto.\n\n"
      "Example:\n"
      "  feedhandler check itch.textproto && feedhandler run itch.textproto");
  verb.OnRun([arguments, &exit_code] { exit_code = Run(*arguments); });
}

}  // namespace fh::cli
