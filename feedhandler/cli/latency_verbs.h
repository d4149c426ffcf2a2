// What `feedhandler latency` consists of: each part in a file of its own, and a line in the table of
// latency.cc.
//
// Main thread, once a process.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_LATENCY_VERBS_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_LATENCY_VERBS_H_

#include <string>

#include "feedhandler/cli/options.h"
#include "latency/files/files.h"

namespace fh::cli {

// Each adds a subcommand to `latency` whose callback sets `exit_code`.
void AddLatencyReport(Verb latency, int& exit_code);
void AddLatencyCompare(Verb latency, int& exit_code);
void AddLatencyMerge(Verb latency, int& exit_code);
void AddLatencyConvert(Verb latency, int& exit_code);
void AddLatencyWatch(Verb latency, int& exit_code);

// What of `file` was skipped or could not be kept, a line each on standard error.
void PrintNotes(const std::string& file, const latency::files::Notes& notes);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_LATENCY_VERBS_H_
