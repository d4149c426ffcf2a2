// Whether a run did what it was for: what went so wrong that its exit status has to say so.
//
//   for (const std::string& fault : RunFaults(pipeline.channels(), counters, RunSource::kLive)) ...
//
// A fault is: a channel that was stuck; packets on a channel of which no message could be used;
// nothing at all that was for us; and, of a file, more lost than delivered. Losses of a live run
// are the network's, and are reported but no fault of the run; a line that is silent beside one
// that is not is a note (silence.h).
//
// Pure functions of copies of the counters; main thread, allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_OUTCOME_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_OUTCOME_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "feedhandler/pipeline/pipeline.h"

namespace fh {

enum class RunSource : uint8_t { kLive, kFile };

// A sentence each, which names feed and channel; empty when all is well. `groups`: of a file of
// which nothing was for a line, what it holds (replay::GroupText).
std::vector<std::string> RunFaults(std::span<const Channel* const> channels,
                                   const PipelineCounters& counters, RunSource source,
                                   const std::string& groups = "");

// What was given up and came after all, once a wrong position was taken back, was not lost.
uint64_t LostMessages(const SessionStats& session);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_OUTCOME_H_
