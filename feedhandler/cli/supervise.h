// What the main thread does while a pipeline runs, and what it says at the end; shared by `run`,
// `replay` and `demo`.
//
//   absl::StatusOr<MetricsOutput> metrics = ClaimMetrics("metrics.prom");
//   SuperviseOptions options{.metrics = &*metrics};
//   const int exit_code = Supervise(*pipeline, clock, options);
//
// Everything about the run goes to standard error, so that updates can go to standard output.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_SUPERVISE_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_SUPERVISE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "feedhandler/cli/latency_files.h"
#include "feedhandler/live/http_server.h"
#include "feedhandler/output/replaced_file.h"
#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/pipeline/update_replay.h"
#include "latency/clock.h"
#include "rio/host/host_counters.h"

namespace fh::cli {

// What `--metrics` asks for.
struct MetricsOutput {
  bool wanted = false;
  // Rewritten every second; what is no file takes the counters once, at the end. None: standard
  // error, at the end.
  std::optional<ReplacedFile> file;
};

// `path`: empty for nothing, "-" for standard error. Before anything starts. Errors are those of
// ReplacedFile::Claim.
absl::StatusOr<MetricsOutput> ClaimMetrics(const std::string& path);

// What `--json` of a run asks for: its summary as JSON, at the end. `path`: empty for nothing, "-"
// for standard output. Errors are those of ReplacedFile::Claim.
absl::StatusOr<std::optional<ReplacedFile>> ClaimSummary(const std::string& path);

struct SuperviseOptions {
  std::string progress;   // What the progress bar says is being done; empty: there is none.
  bool report = true;     // Summary and latencies at the end; without, faults alone.
  bool latencies = true;  // In the report at the end.
  MetricsOutput* metrics = nullptr;                // Where counters go; null: nowhere.
  std::optional<ReplacedFile>* summary = nullptr;  // Of ClaimSummary, or null.
  HttpServer* http = nullptr;                      // Of OpenHttp; null: no pages.
  LatencyFiles* latency = nullptr;                 // Started; null: none, and no pages.
  // What the host's counters showed before the start; null: they are not looked at.
  const rio::HostCounterWatch* host = nullptr;
  std::optional<double> seconds;     // Stop after this long.
  std::optional<uint64_t> messages;  // Stop once this many messages were delivered.
  std::function<std::pair<uint64_t, std::optional<uint64_t>>()> position;  // Of a file, in bytes.
  // Asked after the end: whether a file was whole, and what of it was not for us.
  std::function<absl::Status()> source_status;
  std::function<std::string()> source_summary;
  // Of a file: asked after the end, when nothing of it was for a line. None: a live source.
  std::function<std::string()> source_groups;
};

// Waits until the pipeline is done, a stop signal comes or a limit is reached; keeps the clock
// calibrated and the metrics file fresh meanwhile. Then stops the pipeline and prints summary and
// latency report; both in between when a signal asks for it. Says when lines of a live source fall
// silent and come back. Returns the exit code: kExitFailed when a strategy or the source failed, or
// the run did not do what it was for (outcome.h). The reader of standard output going away ends it
// too, with what the rest of the run deserves.
int Supervise(Pipeline& pipeline, latency::Clock& clock, const SuperviseOptions& options);

// The same for a file of updates, which has no lines, sessions or packets: progress, strategies
// that hang, the strategies' summaries at the end. Of `options` progress and report are looked at.
int SuperviseUpdates(UpdateReplay& replay, const SuperviseOptions& options);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_SUPERVISE_H_
