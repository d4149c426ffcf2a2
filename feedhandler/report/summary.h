// What happened, for people: every channel and line, and every place where something was lost,
// with the mend.
//
//   std::fputs(TextSummary(pipeline, pipeline.Counters(), nullptr).c_str(), stdout);
//
// Main thread, after the pipeline has stopped; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_SUMMARY_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_SUMMARY_H_

#include <string>

#include "feedhandler/pipeline/pipeline.h"
#include "latency/clock.h"
#include "rio/host/host_counters.h"

namespace fh {

// Channels, lines, drops by layer, strategies' own summaries. Ends with a newline. `host`: what the
// host's counters added since the start, or nullptr.
std::string TextSummary(Pipeline& pipeline, const FeedCounters& counters,
                        const rio::HostCounters* host);

// Just "Drops by layer": one line a layer that lost something, or one that says that none did.
std::string TextDrops(const Pipeline& pipeline, const FeedCounters& counters,
                      const rio::HostCounters* host);

// The latency report: all stages, then each thread's, feed's and line's own when there are several,
// and what made updates wait. After the pipeline has stopped.
std::string TextLatencies(const Pipeline& pipeline, const FeedCounters& counters,
                          const latency::Clock& clock, bool picture);

// What stamped the packets, for the latency report: "software", "hardware 99.9%, software 0.1%";
// empty when nothing did.
std::string StampText(const FeedCounters& counters);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_SUMMARY_H_
