// The page of `feedhandler latency watch`: a running handler's lines, channels, drops, rings and
// latencies, from two scrapes of its /metrics.
//
//   std::string page = WatchPage(earlier, now, {.seconds = 1, .of = "http://127.0.0.1:9464"});
//
// Rates and latencies are those between the two scrapes. A percentile of buckets is known to lie
// between two bounds and no closer: the upper one is shown ("<25.0 us"); "-" where fewer than ten
// values lie above it. Any thread; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_LIVE_WATCH_PAGE_H_
#define FEEDHANDLER_FEEDHANDLER_LIVE_WATCH_PAGE_H_

#include <cstddef>
#include <string>

#include "feedhandler/live/metrics_text.h"

namespace fh {

struct WatchPageOptions {
  double seconds = 1;  // Between the two scrapes.
  std::string of;      // Whose they are.
  std::string note;    // Below the heading: what is wrong with the last scrape, say.
  // Of the terminal: what does not fit is cut, and said. 0: no limit.
  size_t columns = 0;
  size_t rows = 0;
  bool colour = false;
  double now_unix_seconds = 0;  // For how long the handler has run.
};

// Lines end with a newline. Nothing of what the handler says is taken for an escape of the terminal.
std::string WatchPage(const MetricSamples& earlier, const MetricSamples& now,
                      const WatchPageOptions& options);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_LIVE_WATCH_PAGE_H_
