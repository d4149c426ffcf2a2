#include "feedhandler/cli/supervise.h"

#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/live/live_view.h"
#include "feedhandler/output/output_file.h"
#include "feedhandler/report/metrics.h"
#include "feedhandler/report/outcome.h"
#include "feedhandler/report/strategy_watch.h"
#include "feedhandler/report/summary.h"
#include "latency/report.h"

namespace fh::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::optional<rio::HostCounters> Added(const SuperviseOptions& options) {
  if (options.host == nullptr) return std::nullopt;
  return options.host->Added();
}

const rio::HostCounters* HostOf(const std::optional<rio::HostCounters>& added) {
  return added.has_value() ? &*added : nullptr;
}

uint64_t DeliveredMessages(const PipelineCounters& counters) {
  uint64_t messages = 0;
  for (const ChannelCounters& channel : counters.channels) {
    messages += channel.session.delivered_messages;
  }
  return messages;
}

// The main thread's rounds while the pipeline runs.
class Watch {
 public:
  Watch(Pipeline& pipeline, latency::Clock& clock, const SuperviseOptions& options)
      : pipeline_(pipeline),
        clock_(clock),
        options_(options),
        progress_(options.progress),
        view_(pipeline, clock, {.host = options.host, .is_live = !options.source_groups}) {
    if (options.http == nullptr) return;
    view_.Serve(*options.http, {.report = options.latency->Described(),
                                .collector = options.latency->collector()});
  }
  ~Watch() {
    if (options_.http != nullptr) options_.http->Stop();
  }

  void UntilDone() {
    while (!pipeline_.done() && !StopRequested() && !LimitReached() &&
           !OutputFile::StandardOutputReaderLeft()) {
      SleepUnlessStopped(kRound);
      KeepHouse();
      LookAtLatencies();
      LookAtStrategies();
      if (TakeReportRequest()) Report(pipeline_.Counters(), Moment::kMeanwhile);
    }
    progress_.Clear();
  }

  // What has arrived is delivered meanwhile, which takes as long as the strategies do.
  absl::Status Stop() {
    std::future<absl::Status> stopped =
        std::async(std::launch::async, [this] { return pipeline_.Stop(); });
    while (stopped.wait_for(kRound) != std::future_status::ready) {
      LookAtLatencies();
      LookAtStrategies();
    }
    return stopped.get();
  }

  // Also a last time, once the pipeline has stopped.
  void LookAtSilence(const PipelineCounters& counters) {
    for (const std::string& note : view_.Look(counters)) {
      progress_.Clear();
      std::fprintf(stderr, "note: %s\n", note.c_str());
    }
  }

  // Summary and latencies, to standard error.
  void Report(const PipelineCounters& counters, Moment moment) {
    progress_.Clear();
    const std::optional<rio::HostCounters> host = Added(options_);
    if (moment == Moment::kMeanwhile) {
      std::fprintf(stderr, "Interim report after %.0f s\n", Elapsed());
      LookAtSilence(counters);
    }
    std::fputs(TextSummary(pipeline_, counters, HostOf(host), view_.silence(), moment).c_str(),
               stderr);
    if (moment == Moment::kEnd && !options_.latencies) return;
    std::fputs(TextLatencies(pipeline_, counters, clock_, /*picture=*/false, moment).c_str(),
               stderr);
  }

  std::string Summary(const PipelineCounters& counters, const std::vector<std::string>& faults) {
    const std::optional<rio::HostCounters> host = Added(options_);
    return JsonSummary(pipeline_, counters, HostOf(host), view_.silence(), faults);
  }

  std::string Metrics(const PipelineCounters& counters) { return view_.MetricsText(counters); }

 private:
  static constexpr std::chrono::milliseconds kRound{20};

  void LookAtLatencies() {
    if (options_.latency != nullptr)
      options_.latency->Look([this] { return pipeline_.Counters(); });
  }

  void LookAtStrategies() {
    for (const std::string& note : strategy_watch_.Look(pipeline_.strategy_threads(), NowNs())) {
      progress_.Clear();
      std::fprintf(stderr, "note: %s\n", note.c_str());
    }
  }

  static int64_t NowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               SteadyClock::now().time_since_epoch())
        .count();
  }

  double Elapsed() const {
    return std::chrono::duration<double>(SteadyClock::now() - start_).count();
  }

  bool LimitReached() {
    if (options_.seconds.has_value() && Elapsed() >= *options_.seconds) return true;
    return options_.messages.has_value() &&
           DeliveredMessages(pipeline_.Counters()) >= *options_.messages;
  }

  void KeepHouse() {
    const SteadyClock::time_point now = SteadyClock::now();
    if (now < next_) return;
    // The first calibration is short; a second one soon after it sharpens it most.
    next_ = now + (calibrated_ ? std::chrono::seconds(1) : std::chrono::seconds(0));
    if (calibrated_ || Elapsed() > 0.1) {
      clock_.Recalibrate();
      calibrated_ = true;
    }
    const PipelineCounters counters = pipeline_.Counters();
    LookAtSilence(counters);
    const bool to_file = options_.metrics != nullptr && options_.metrics->file.has_value() &&
                         options_.metrics->file->is_file();
    if (to_file && calibrated_) {
      const absl::Status status = options_.metrics->file->Write(Metrics(counters));
      if (!status.ok() && !told_of_metrics_) Fail(status);  // Once; the end tells it again.
      told_of_metrics_ = !status.ok();
    }
    ShowProgress(counters);
  }

  void ShowProgress(const PipelineCounters& counters) {
    if (options_.progress.empty()) return;
    const std::string detail =
        absl::StrCat(latency::FormatCount(counters.packets), " packets, ",
                     latency::FormatCount(DeliveredMessages(counters)), " messages");
    if (options_.position) {
      const auto [done, total] = options_.position();
      progress_.Show(done, total, detail);
    } else {
      progress_.Show(0, std::nullopt, detail);
    }
  }

  Pipeline& pipeline_;
  latency::Clock& clock_;
  const SuperviseOptions& options_;
  ProgressBar progress_;
  StrategyWatch strategy_watch_;
  LiveView view_;
  const SteadyClock::time_point start_ = SteadyClock::now();
  SteadyClock::time_point next_ = start_;
  bool calibrated_ = false;
  bool told_of_metrics_ = false;
};

}  // namespace

absl::StatusOr<MetricsOutput> ClaimMetrics(const std::string& path) {
  if (path.empty()) return MetricsOutput();
  if (path == "-") return MetricsOutput{.wanted = true, .file = std::nullopt};
  absl::StatusOr<ReplacedFile> file =
      ReplacedFile::Claim(path, absl::StrCat("--metrics=", path), kMetricsFirstBytes);
  if (!file.ok()) return file.status();
  return MetricsOutput{.wanted = true, .file = *std::move(file)};
}

absl::StatusOr<std::optional<ReplacedFile>> ClaimSummary(const std::string& path) {
  if (path.empty()) return std::nullopt;
  absl::StatusOr<ReplacedFile> file =
      ReplacedFile::Claim(path, absl::StrCat("--json=", path), kSummaryFirstBytes);
  if (!file.ok()) return file.status();
  return *std::move(file);
}

namespace {

// Books that had no room for all of the updates are not the venue's. After the threads have stopped.
void AddBookFaults(std::span<const std::unique_ptr<StrategyThread>> threads,
                   std::vector<std::string>& faults) {
  for (const auto& thread : threads) {
    if (thread->books() == nullptr) continue;
    const books::BookStats stats = thread->books()->Counters().books;
    const auto of = [&stats](books::Cause cause) {
      return stats.faults[static_cast<size_t>(cause)];
    };
    const auto add = [&](uint64_t count, const char* what, const char* key) {
      if (count == 0) return;
      faults.push_back(absl::StrCat("books on ", thread->name(), ": there was no room for ", what,
                                    " of ", latency::FormatCount(count), " updates: raise ", key));
    };
    add(stats.books_full + stats.streams_full, "instruments or streams", "books.instruments");
    add(of(books::Cause::kOrdersFull), "orders", "books.orders (--orders)");
    add(of(books::Cause::kLevelsFull), "price levels", "books.levels");
  }
}

// Why the run did not do what it was for. A file that was not read to its end, since the reader of
// what was printed had enough, is no fault.
std::vector<std::string> Faults(Pipeline& pipeline, const PipelineCounters& counters,
                                const SuperviseOptions& options, const absl::Status& stopped) {
  std::vector<std::string> faults;
  const auto add = [&faults](const absl::Status& status) {
    if (!status.ok()) faults.emplace_back(status.message());
  };
  add(stopped);
  absl::Status source = options.source_status ? options.source_status() : absl::OkStatus();
  if (OutputFile::StandardOutputReaderLeft() && absl::IsAborted(source)) source = absl::OkStatus();
  add(source);
  const bool is_file = static_cast<bool>(options.source_groups);
  for (std::string& fault :
       RunFaults(pipeline.channels(), counters, is_file ? RunSource::kFile : RunSource::kLive,
                 is_file ? options.source_groups() : "")) {
    faults.push_back(std::move(fault));
  }
  AddBookFaults(pipeline.strategy_threads(), faults);
  return faults;
}

}  // namespace

int Supervise(Pipeline& pipeline, latency::Clock& clock, const SuperviseOptions& options) {
  Watch watch(pipeline, clock, options);
  watch.UntilDone();
  const absl::Status stopped = watch.Stop();
  const PipelineCounters counters = pipeline.Counters();
  watch.LookAtSilence(counters);
  if (options.report) {
    if (options.source_summary) std::fputs(options.source_summary().c_str(), stderr);
    watch.Report(counters, Moment::kEnd);
  }
  std::vector<std::string> faults = Faults(pipeline, counters, options, stopped);
  const auto write = [&faults](ReplacedFile& file, const std::string& text) {
    const absl::Status status = file.Write(text);
    if (!status.ok()) faults.emplace_back(status.message());
  };
  if (options.metrics != nullptr && options.metrics->wanted) {
    const std::string text = watch.Metrics(counters);
    if (options.metrics->file.has_value()) {
      write(*options.metrics->file, text);
    } else {
      std::fputs(text.c_str(), stderr);
    }
  }
  if (options.latency != nullptr) {
    for (std::string& fault : options.latency->Finish(counters)) faults.push_back(std::move(fault));
  }
  if (options.summary != nullptr && options.summary->has_value()) {
    write(**options.summary, watch.Summary(counters, faults));
  }
  for (const std::string& fault : faults) Fail(absl::DataLossError(fault));
  return faults.empty() ? kExitOk : kExitFailed;
}

int SuperviseUpdates(UpdateReplay& replay, const SuperviseOptions& options) {
  constexpr std::chrono::milliseconds kRound{20};
  ProgressBar progress(options.progress);
  StrategyWatch strategies;
  const auto look = [&] {
    const auto now = SteadyClock::now().time_since_epoch();
    const int64_t now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    for (const std::string& note : strategies.Look(replay.strategy_threads(), now_ns)) {
      progress.Clear();
      std::fprintf(stderr, "note: %s\n", note.c_str());
    }
  };
  while (!replay.done() && !StopRequested() && !OutputFile::StandardOutputReaderLeft()) {
    SleepUnlessStopped(kRound);
    look();
    if (options.progress.empty()) continue;
    progress.Show(replay.delivered(), replay.updates(),
                  absl::StrCat(latency::FormatCount(replay.delivered()), " updates"));
  }
  std::future<absl::Status> stopping =
      std::async(std::launch::async, [&replay] { return replay.Stop(); });
  while (stopping.wait_for(kRound) != std::future_status::ready) look();
  absl::Status stopped = stopping.get();
  progress.Clear();
  const auto end = [&] {
    std::vector<std::string> faults;
    const bool had_enough = OutputFile::StandardOutputReaderLeft() && absl::IsAborted(stopped);
    if (!stopped.ok() && !had_enough) faults.emplace_back(stopped.message());
    AddBookFaults(replay.strategy_threads(), faults);
    int exit_code = kExitOk;
    for (const std::string& fault : faults) exit_code = Fail(absl::DataLossError(fault));
    return exit_code;
  };
  if (!options.report) return end();
  std::fprintf(stderr, "Updates\n  %s of %s delivered, of %s instruments\nStrategies\n",
               latency::FormatCount(replay.delivered()).c_str(),
               latency::FormatCount(replay.updates()).c_str(),
               latency::FormatCount(replay.instruments()).c_str());
  for (const auto& thread : replay.strategy_threads()) {
    if (thread->books() != nullptr) {
      std::fputs(BooksText(thread->name(), thread->books()->Counters()).c_str(), stderr);
    }
    for (LoadedStrategy& strategy : thread->strategies()) {
      std::fprintf(stderr, "  %s on %s: %s\n", strategy.name().c_str(), thread->name().c_str(),
                   absl::StrReplaceAll(strategy.Summary(), {{"\n", "\n    "}}).c_str());
    }
  }
  return end();
}

}  // namespace fh::cli
