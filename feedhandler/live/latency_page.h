// What the page /latency shows, made from a running handler.
//
// Any thread; allocates; a millisecond or more.
#ifndef FEEDHANDLER_FEEDHANDLER_LIVE_LATENCY_PAGE_H_
#define FEEDHANDLER_FEEDHANDLER_LIVE_LATENCY_PAGE_H_

#include "feedhandler/live/http_server.h"
#include "feedhandler/pipeline/pipeline.h"
#include "latency/clock.h"

namespace fh {

// `counters`: a copy of the pipeline's.
HttpAnswer LatencyPageOf(const Pipeline& pipeline, const PipelineCounters& counters,
                         const latency::Clock& clock);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_LIVE_LATENCY_PAGE_H_
