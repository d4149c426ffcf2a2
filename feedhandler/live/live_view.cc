#include "feedhandler/live/live_view.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "feedhandler/report/drops.h"
#include "feedhandler/report/metrics.h"
#include "feedhandler/report/stage_metrics.h"
#include "latency/page/page.h"

namespace fh {
namespace {

constexpr std::chrono::milliseconds kFresh{100};
constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::seconds kPageFresh{2};

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

void LiveView::Serve(HttpServer& server, LatencyPageSource source) {
  server_ = &server;
  source_ = std::move(source);
  if (source_.collector == nullptr) {
    // An hour and a quarter by the second; longer runs by two seconds, four, ...
    collector_.emplace(
        pipeline_, clock_,
        LatencyCollectorOptions{.most_bytes = size_t{32} << 20, .host = options_.host});
    collector_->Start(Instant::Now());
    source_.collector = &*collector_;
  }
  server.Start(
      {{"/metrics", "counters and latencies for Prometheus", [this] { return MetricsPage(); }},
       {"/health", "is all well? 200, or 503 and why not", [this] { return HealthPage(); }},
       {"/latency", "latencies with their pictures, for a browser",
        [this] { return LatencyPage(); }}});
}

std::vector<std::string> LiveView::Look(const PipelineCounters& counters) {
  const std::lock_guard<std::mutex> lock(mutex_);
  health_.Look(counters, CollectDrops(pipeline_, counters, nullptr), NowNs());
  if (const Instant now = Instant::Now(); collector_.has_value() && collector_->IsDue(now)) {
    collector_->Look(now, counters);
  }
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
  return absl::StrCat(PrometheusText(metrics), StageHistogramText(pipeline_.LatencyParts()));
}

template <class Make>
HttpAnswer LiveView::Page(Make make) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!Refresh()) {
    return {.status = 503,
            .body = "the feed thread has not answered for two seconds: does a strategy hang?\n"};
  }
  return make(copy_);
}

bool LiveView::Refresh() {
  const SteadyClock::time_point now = SteadyClock::now();
  if (copied_.has_value() && now - *copied_ < kFresh) return true;
  std::optional<PipelineCounters> counters = pipeline_.TryCounters(kPatience);
  if (!counters.has_value()) return false;
  copy_ = *std::move(counters);
  copied_ = SteadyClock::now();
  return true;
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

// Up to the last interval that has ended. A page takes up to a second to make, so it is not made
// again and again for who asks again and again.
HttpAnswer LiveView::LatencyPage() {
  const SteadyClock::time_point now = SteadyClock::now();
  if (!latency_page_made_.has_value() || now - *latency_page_made_ >= kPageFresh) {
    proto::LatencyReport report =
        source_.collector->Report(source_.report.run(), Moment::kMeanwhile);
    *report.mutable_environment() = source_.report.environment();
    latency_page_ = latency::page::HtmlPage(report);
    latency_page_made_ = SteadyClock::now();
  }
  return {.type = "text/html; charset=utf-8", .body = latency_page_};
}

}  // namespace fh
