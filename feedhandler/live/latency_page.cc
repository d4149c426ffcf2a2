#include "feedhandler/live/latency_page.h"

#include "feedhandler/report/summary.h"

namespace fh {

HttpAnswer LatencyPageOf(const Pipeline& pipeline, const PipelineCounters& counters,
                         const latency::Clock& clock) {
  return {.body = TextLatencies(pipeline, counters, clock, /*picture=*/true, Moment::kMeanwhile)};
}

}  // namespace fh
