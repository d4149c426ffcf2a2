// What happened, for people: every channel and line, and every place where something was lost,
// with the fix.
//
//   std::fputs(TextSummary(pipeline, pipeline.Counters(), nullptr).c_str(), stdout);
//
// Main thread; allocates. At the end the pipeline has stopped; meanwhile what only its threads know
// is left out.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_SUMMARY_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/report/silence.h"
#include "latency/clock.h"
#include "rio/host/host_counters.h"

namespace fh {

enum class Moment : uint8_t { kMeanwhile, kEnd };

// Channels, lines, drops by layer, and at the end the strategies' own summaries. Ends with a
// newline. `host`: what the host's counters added since the start, or nullptr; `silence`: of a live
// run, as of its last look, or nullptr.
std::string TextSummary(Pipeline& pipeline, const PipelineCounters& counters,
                        const rio::HostCounters* host, const SilenceWatch* silence = nullptr,
                        Moment moment = Moment::kEnd);

// With which every JsonSummary begins: files of an earlier run are known by it.
inline constexpr char kSummaryFirstBytes[] = "{\"feedhandler_summary\":";

// The same at the end as one JSON object, with the latencies of all stages in ns, and a newline:
// {"feedhandler_summary":1,"ok":true,"faults":[],"channels":[{...,"lines":[...]}],"drops":[...],
// "strategies":[...],"books":[...],"latencies":[...]}. `faults`: why the exit code will not be 0.
std::string JsonSummary(Pipeline& pipeline, const PipelineCounters& counters,
                        const rio::HostCounters* host, const SilenceWatch* silence,
                        const std::vector<std::string>& faults);

// A line or some of the books of a strategy thread.
std::string BooksText(const std::string& thread, const BookCounters& counters);

// Just "Drops by layer": one line a layer that lost something, or one that says that none did.
std::string TextDrops(const Pipeline& pipeline, const PipelineCounters& counters,
                      const rio::HostCounters* host);

// The latency report: all stages, then each thread's, feed's and line's own when there are several,
// and at the end what made updates wait.
std::string TextLatencies(const Pipeline& pipeline, const PipelineCounters& counters,
                          const latency::Clock& clock, bool picture, Moment moment = Moment::kEnd);

// What stamped the packets, for the latency report: "software", "hardware 99.9%, software 0.1%";
// empty when nothing did.
std::string StampText(const PipelineCounters& counters);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_SUMMARY_H_
