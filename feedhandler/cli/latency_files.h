// What --latency=FILE and --html=FILE of a verb ask for: what the run measured, as a file for other
// tools and as a page to look at.
//
//   LatencyArguments arguments;                          // Of the command line.
//   AddLatencyOptions(verb, arguments);
//   ...
//   absl::StatusOr<LatencyFiles> files = LatencyFiles::Claim(arguments);    // Before anything starts.
//   files->Start(pipeline, clock, {.program = "run", .backend = "io_uring"});
//   while (...) files->Look([&] { return view.Counters(); });               // Every 20 ms or so.
//   std::vector<std::string> faults = files->Finish(pipeline.Counters());   // Once all has stopped.
//
// Without the options nothing is claimed, collected or written. Main thread; allocates, writes files.
//
// A .latency or .textproto file is also put in place while the run goes on (--latency-save), so that a run
// that is killed leaves what it had measured until then. That takes a thread of its own for as long as the
// disk does, so neither intervals nor packets wait for it; and, however large the report has become, at
// most a hundredth of the time: the next one waits for a hundred times as long as the one before took.
// A report of 336 intervals in which all happened is 8 MB, and takes 0.1 s of CPU time. A save that fails
// leaves what was there; it is said once, counted, and a fault of the run.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_LATENCY_FILES_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_LATENCY_FILES_H_

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "feedhandler/cli/options.h"
#include "feedhandler/output/replaced_file.h"
#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/report/latency_collector.h"
#include "latency/clock.h"
#include "latency/files/files.h"
#include "latency/files/hlog.h"
#include "rio/host/host_counters.h"

namespace fh::cli {

struct LatencyArguments {
  std::string latency_file;
  std::string html_file;
  double interval_s = 1;
  double save_s = 60;  // 0: the report is written at the end alone.

  int64_t interval_ns() const { return static_cast<int64_t>(interval_s * 1e9 + 0.5); }
  int64_t save_ns() const { return static_cast<int64_t>(save_s * 1e9 + 0.5); }
};

// Returns --latency.
Option AddLatencyOptions(Verb verb, LatencyArguments& arguments);
// The same with --latency-save, of verbs that run a pipeline.
void AddPipelineLatencyOptions(Verb verb, LatencyArguments& arguments);

class LatencyFiles {
 public:
  // Errors say which option is wrong, or why its file will not be written.
  static absl::StatusOr<LatencyFiles> Claim(const LatencyArguments& arguments);

  bool wanted() const { return report_.has_value() || page_.has_value(); }

  struct About {
    std::string verb;          // "replay"
    std::string backend = {};  // Of a live run.
    std::vector<std::string> interfaces = {};
    const rio::HostCounterWatch* host = nullptr;  // May be null.
    uint64_t seed = 0;
    proto::Run::Loop loop = proto::Run::UNCONTROLLED;
  };
  // The first interval begins. Without anything wanted only `about` is kept.
  void Start(Pipeline& pipeline, const latency::Clock& clock, const About& about);

  // Takes the interval that has ended, if one has, and saves what was measured when it is time.
  // `counters`: what copies the pipeline's.
  void Look(const std::function<PipelineCounters()>& counters);

  // After Start: what `about` says of the run and its machine, in a report without anything measured.
  proto::LatencyReport Described() const;
  // Null unless something is wanted.
  const LatencyCollector* collector() const { return collector_.get(); }

  // Writes the files. What went wrong, a sentence each.
  std::vector<std::string> Finish(const PipelineCounters& counters);

  // The same for a report that no pipeline made; its machine and run are filled in.
  std::vector<std::string> Write(proto::LatencyReport report, const About& about);

 private:
  explicit LatencyFiles(const LatencyArguments& arguments) : arguments_(arguments) {}

  void OpenLog();
  void WriteLine(const proto::Series& series, int64_t start_ns, int64_t length_ns,
                 const proto::Buckets& added);
  std::vector<std::string> WriteAll(const proto::LatencyReport& report);
  proto::LatencyReport Report(Moment moment) const;
  void SaveWhenDue(int64_t now_ns);
  void TakeSaved();

  struct Saved {
    absl::Status status;
    int64_t end_ns = 0;  // By the monotonic clock.
    int64_t took_ns = 0;
  };
  Saved Save();

  LatencyArguments arguments_;
  std::optional<latency::files::ReportOutput> report_;
  std::optional<ReplacedFile> page_;
  About about_;
  // With .hlog, instead of report_: written line by line, so that a kill leaves all that was measured.
  std::optional<latency::files::HlogWriter> log_;
  absl::Status log_status_;
  std::unique_ptr<LatencyCollector> collector_;
  bool saves_meanwhile_ = false;
  int64_t next_save_ns_ = 0;
  uint64_t saves_ = 0;
  uint64_t failed_saves_ = 0;
  absl::Status first_failure_;
  std::future<Saved> saving_;  // Last of all: until it has ended its thread uses the others.
};

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_LATENCY_FILES_H_
