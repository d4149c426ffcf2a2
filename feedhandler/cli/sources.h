// A configuration's groups, or captures, into the strategies of a configuration: what `run`, `replay`
// and the verbs that look at books have in common.
//
//   absl::StatusOr<FileSource> source = OpenFileSource({.paths = captures});
//   source->config.strategy_threads = {...};
//   return ReplaySource(*source, day_ns, {.progress = "replaying"});       // The exit code.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_SOURCES_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_SOURCES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "feedhandler/cli/supervise.h"
#include "feedhandler/config/config.h"
#include "feedhandler/pipeline/from_file.h"
#include "replay/pacer.h"

namespace fh::cli {

// Receives live until a stop is asked for or a limit of `options` is reached. Says what the host lacks
// first. Fills in what of `options` belongs to the source.
int ReceiveLive(Config& config, int64_t day_ns, SuperviseOptions options);

// Replays captures or a length-prefixed file to the end: flat out, or by its stamps at `speed` times
// their pace.
int ReplaySource(const FileSource& source, int64_t day_ns, SuperviseOptions options,
                 double speed = replay::PaceOptions::kFlatOut);

// The same for a file of updates (update_file.h).
int ReplayUpdateFile(const std::string& path, const std::vector<StrategyThreadConfig>& threads,
                     const SuperviseOptions& options);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_SOURCES_H_
