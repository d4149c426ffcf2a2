// What the command line asks the operating system about itself: terminals and stop signals.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_TERMINAL_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_TERMINAL_H_

#include <atomic>
#include <chrono>

namespace fh::cli {

bool StandardErrorIsTerminal();

// From now on SIGINT and SIGTERM ask for a clean stop instead of ending the program; a second
// signal ends it at once. Call before any thread starts.
void WatchStopSignals();

// Whether a stop was asked for. Any thread.
bool StopRequested();

// The same, to be looked at by what takes a flag.
const std::atomic<bool>& StopFlag();

// Sleeps, but returns early when a stop is asked for.
void SleepUnlessStopped(std::chrono::milliseconds duration);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_TERMINAL_H_
