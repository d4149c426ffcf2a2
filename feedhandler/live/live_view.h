// What the pages of a running handler are made from: copies of its counters, who is silent, what was
// lost lately, latencies by interval. Shared by the main thread, which looks once a second, and the
// HTTP server's.
//
//   LiveView view(pipeline, clock, {.host = &host});
//   view.Serve(*server, {.report = about});                // Pages /metrics, /health, /latency.
//   for (const std::string& note : view.Look(counters)) Print(note);   // Main thread, once a second.
//   server->Stop();                                        // Before the view goes.
//
// No hot thread ever waits for a page: feed threads copy their counters when asked
// (FeedThread::Counters), for pages at most ten times a second however many are asked for, and
// histograms are copied while they are written to. A page whose copy does not come within two seconds
// is a 503 that says so.
//
// Any thread, but for Look and silence(): the main thread's. Allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_LIVE_LIVE_VIEW_H_
#define FEEDHANDLER_FEEDHANDLER_LIVE_LIVE_VIEW_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "feedhandler/live/http_server.h"
#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/report/health.h"
#include "feedhandler/report/latency_collector.h"
#include "feedhandler/report/silence.h"
#include "latency/clock.h"
#include "rio/host/host_counters.h"

namespace fh {

struct LiveViewOptions {
  const rio::HostCounterWatch* host = nullptr;  // Null: the host's counters are not looked at.
  bool is_live = true;                          // Else a file, whose lines may be silent.
};

// What /latency is made from.
struct LatencyPageSource {
  proto::LatencyReport report;  // Its run, as far as the caller knows it, and its environment.
  // One that somebody else looks at, with as many intervals as it has; null: the view has its own.
  const LatencyCollector* collector = nullptr;
};

class LiveView {
 public:
  // All outlive the view.
  LiveView(Pipeline& pipeline, const latency::Clock& clock, const LiveViewOptions& options);

  // The pages of `server`, which is started with them, and stopped before the view and
  // source.collector go.
  void Serve(HttpServer& server, LatencyPageSource source);

  // Takes note of lines and losses. What has fallen silent since, or come back.
  std::vector<std::string> Look(const PipelineCounters& counters);
  // As of the last look; null of a file.
  const SilenceWatch* silence() const { return silence_.has_value() ? &*silence_ : nullptr; }

  // All metrics, as METRICS.md describes them.
  std::string MetricsText(const PipelineCounters& counters);

 private:
  using SteadyClock = std::chrono::steady_clock;

  HttpAnswer MetricsPage();
  HttpAnswer HealthPage();
  HttpAnswer LatencyPage();
  template <class Make>
  HttpAnswer Page(Make make);
  bool Refresh();
  std::string MetricsLocked(const PipelineCounters& counters);

  Pipeline& pipeline_;
  const latency::Clock& clock_;
  const LiveViewOptions options_;
  const double start_seconds_;  // UNIX.
  const HttpServer* server_ = nullptr;
  std::string latency_page_;  // The server's thread's, as the next one.
  std::optional<SteadyClock::time_point> latency_page_made_;
  LatencyPageSource source_;
  std::optional<LatencyCollector> collector_;  // While pages are served that it is for.
  std::mutex mutex_;                           // Of all below.
  std::optional<SilenceWatch> silence_;
  HealthWatch health_;
  PipelineCounters copy_;
  std::optional<SteadyClock::time_point> copied_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_LIVE_LIVE_VIEW_H_
