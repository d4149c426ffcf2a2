#include "feedhandler/cli/supervise.h"

#include <chrono>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/report/metrics.h"
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

uint64_t DeliveredMessages(const FeedCounters& counters) {
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
      : pipeline_(pipeline), clock_(clock), options_(options), progress_(options.progress) {}

  void UntilDone() {
    while (!pipeline_.done() && !StopRequested() && !LimitReached()) {
      SleepUnlessStopped(std::chrono::milliseconds(20));
      KeepHouse();
    }
    progress_.Clear();
  }

 private:
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
    const bool to_file = options_.metrics != nullptr && options_.metrics->file.has_value() &&
                         options_.metrics->file->is_file();
    if (to_file && calibrated_) {
      const absl::Status status = options_.metrics->file->Write(
          PrometheusText(CollectMetrics(pipeline_, pipeline_.Counters(), HostOf(Added(options_)))));
      if (!status.ok() && !told_of_metrics_) Fail(status);  // Once; the end tells it again.
      told_of_metrics_ = !status.ok();
    }
    ShowProgress();
  }

  void ShowProgress() {
    if (options_.progress.empty()) return;
    const FeedCounters counters = pipeline_.Counters();
    const std::string detail =
        absl::StrCat(latency::FormatCount(counters.receive.packets), " packets, ",
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

int Supervise(Pipeline& pipeline, latency::Clock& clock, const SuperviseOptions& options) {
  Watch watch(pipeline, clock, options);
  watch.UntilDone();
  absl::Status status = pipeline.Stop();
  const FeedCounters counters = pipeline.Counters();
  if (options.source_summary) std::fputs(options.source_summary().c_str(), stderr);
  const std::optional<rio::HostCounters> host = Added(options);
  std::fputs(TextSummary(pipeline, counters, HostOf(host)).c_str(), stderr);
  std::fputs(TextLatencies(pipeline, counters, clock, /*picture=*/false).c_str(), stderr);
  if (options.metrics != nullptr && options.metrics->wanted) {
    const std::string text = PrometheusText(CollectMetrics(pipeline, counters, HostOf(host)));
    if (options.metrics->file.has_value()) {
      status.Update(options.metrics->file->Write(text));
    } else {
      std::fputs(text.c_str(), stderr);
    }
  }
  if (options.source_status) status.Update(options.source_status());
  if (status.ok()) return kExitOk;
  Fail(status);
  return kExitFailed;
}

}  // namespace fh::cli
