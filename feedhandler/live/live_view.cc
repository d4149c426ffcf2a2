#include "feedhandler/live/live_view.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "feedhandler/live/latency_page.h"
#include "feedhandler/report/drops.h"
#include "feedhandler/report/metrics.h"
#include "feedhandler/report/stage_metrics.h"

namespace fh {
namespace {

constexpr std::chrono::milliseconds kFresh{100};
constexpr std::chrono::seconds kPatience{2};

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::optional<rio::HostCounters> Added(const rio::HostCounterWatch* host) {
  if (host == nullptr) return std::nullopt;
  return host->Added();
}

const rio::HostCounters* PointerTo(const std::optional<rio::HostCounters>& added) {
  return added.has_value() ? &*added : nullptr;
}

}  // namespace

LiveView::LiveView(Pipeline& pipeline, const latency::Clock& clock, const LiveViewOptions& options)
    : pipeline_(pipeline),
      clock_(clock),
      options_(options),
      start_seconds_(static_cast<double>(clock.NowUnixNs() / 1'000'000) / 1e3),
      health_(pipeline.channels()) {
  if (options.is_live) silence_.emplace(pipeline.channels(), NowNs());
}

void LiveView::Serve(HttpServer& server) {
  server_ = &server;
  server.Start(
      {{"/metrics", "counters and latencies for Prometheus", [this] { return MetricsPage(); }},
       {"/health", "is all well? 200, or 503 and why not", [this] { return HealthPage(); }},
       {"/latency", "latencies by stage", [this] { return LatencyPage(); }}});
}

PipelineCounters LiveView::Counters() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return pipeline_.Counters();
}

std::vector<std::string> LiveView::Look(const PipelineCounters& counters) {
  const std::lock_guard<std::mutex> lock(mutex_);
  health_.Look(counters, CollectDrops(pipeline_, counters, nullptr), NowNs());
  if (!silence_.has_value()) return {};
  return silence_->Look(counters, NowNs());
}

std::string LiveView::MetricsText(const PipelineCounters& counters) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return MetricsLocked(counters);
}

std::string LiveView::MetricsLocked(const PipelineCounters& counters) {
  const std::optional<rio::HostCounters> host = Added(options_.host);
  std::vector<Metric> metrics = CollectMetrics(pipeline_, counters, PointerTo(host), silence());
  metrics.push_back({"feedhandler_start_time_seconds", "",
                     "When the handler started, in seconds since 1970.", start_seconds_});
  metrics.push_back({"feedhandler_clock_error_bound_seconds", "",
                     "How far the program's clock may be off the system's.",
                     static_cast<double>(clock_.Quality().error_bound_ns) / 1e9});
  if (server_ != nullptr) {
    for (Metric& metric : server_->Metrics()) metrics.push_back(std::move(metric));
  }
  return absl::StrCat(PrometheusText(metrics), StageHistogramText(StageSeriesOf(pipeline_)));
}

// The lock is not waited for without end: who has it may wait for a feed thread that a strategy keeps
// (a file's reader waits for a full ring).
template <class Make>
HttpAnswer LiveView::Page(Make make) {
  const SteadyClock::time_point deadline = SteadyClock::now() + kPatience;
  std::unique_lock<std::mutex> lock(mutex_, std::defer_lock);
  while (!lock.try_lock()) {
    if (SteadyClock::now() >= deadline) {
      return {.status = 503,
              .body = "the feed thread has not answered for two seconds: does a strategy hang?\n"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return make(Fresh());
}

const PipelineCounters& LiveView::Fresh() {
  const SteadyClock::time_point now = SteadyClock::now();
  if (!copied_.has_value() || now - *copied_ >= kFresh) {
    copy_ = pipeline_.Counters();
    copied_ = now;
  }
  return copy_;
}

HttpAnswer LiveView::MetricsPage() {
  return Page([this](const PipelineCounters& counters) {
    return HttpAnswer{.type = "text/plain; version=0.0.4; charset=utf-8",
                      .body = MetricsLocked(counters)};
  });
}

HttpAnswer LiveView::HealthPage() {
  return Page([this](const PipelineCounters& counters) {
    health_.Look(counters, CollectDrops(pipeline_, counters, nullptr), NowNs());
    const std::vector<std::string> reasons = health_.Reasons(silence());
    return HttpAnswer{.status = reasons.empty() ? 200 : 503,
                      .type = "application/json",
                      .body = HealthJson(reasons)};
  });
}

HttpAnswer LiveView::LatencyPage() {
  return Page([this](const PipelineCounters& counters) {
    return LatencyPageOf(pipeline_, counters, clock_);
  });
}

}  // namespace fh
