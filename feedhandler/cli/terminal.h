// What the command line asks the operating system about itself: terminals and stop signals.
// terminal_posix.cc and terminal_windows.cc implement it; CMake picks one.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_TERMINAL_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_TERMINAL_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

namespace fh::cli {

// First thing in main(). From now on a reader of standard output that goes away shows as a failed
// write, what is written arrives as the same bytes on every system (Windows would add carriage
// returns), and no file that is opened becomes a standard stream that was closed.
void PrepareProcess();

bool StandardErrorIsTerminal();
// Whether standard output is a terminal on which the cursor can be moved: TERM=dumb cannot.
bool StandardOutputMovesCursor();

// Keys as they are pressed, where standard input is a terminal: without echo, and without waiting for
// the end of a line. The terminal is as it was when the object goes. One at a time, main thread.
class KeyReader {
 public:
  KeyReader();
  ~KeyReader();

  // The next key; nothing when none came within `most`, or a stop was asked for.
  std::optional<char> Wait(std::chrono::milliseconds most);

 private:
  struct Terminal;  // What it was; null where standard input is none.
  std::unique_ptr<Terminal> terminal_;
};

// Tells this process from the others of this host.
unsigned ProcessNumber();

// From now on SIGINT, SIGTERM and SIGHUP (Windows: Ctrl-C, Ctrl-Break, and closing the console) ask
// for a clean stop instead of ending the program; a second one ends it at once. Where SIGHUP is
// ignored (nohup) it stays so. Call before any thread starts.
void WatchStopSignals();

// From now on SIGUSR1 asks for an interim report instead of ending the program (Windows has
// nothing like it). Call before any thread starts.
void WatchReportSignal();

// Whether a report was asked for since the last call. Any thread.
bool TakeReportRequest();

// Whether a stop was asked for. Any thread.
bool StopRequested();

// The same, to be looked at by what takes a flag.
const std::atomic<bool>& StopFlag();

// Sleeps, but returns early when a stop or a report is asked for.
void SleepUnlessStopped(std::chrono::milliseconds duration);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_TERMINAL_H_
