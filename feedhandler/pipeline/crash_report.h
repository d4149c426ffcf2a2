// When a strategy crashes the program, its name and the update at hand are the last words.
//
//   ReportCrashes();                     // Once, before threads start.
//   ...                                  // A plugin follows a null pointer on a strategy thread:
//   // feedhandler: strategy spread crashed (SIGSEGV) while handling update channel 1 sequence 42,
//   // the first of 3 of the call
//
// The signal then goes where it went before: a core dump, a sanitizer's report and the exit status
// stay as they are. Crashes outside of strategies add nothing. crash_report_posix.cc and
// crash_report_windows.cc implement it; CMake picks one.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_CRASH_REPORT_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_CRASH_REPORT_H_

#include <array>
#include <cstddef>
#include <memory>

#include "feedhandler/pipeline/strategy_thread.h"

namespace fh {

// SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT (Windows: unhandled exceptions) of this process.
void ReportCrashes();

// A stack of this thread's own for the report, as long as it lives: the thread's may be what
// overflowed. Allocates.
class CrashStack {
 public:
  CrashStack();
  CrashStack(const CrashStack&) = delete;
  CrashStack& operator=(const CrashStack&) = delete;
  ~CrashStack();

 private:
  std::unique_ptr<char[]> memory_;
};

// The line above with its newline, `why` in parentheses; how many bytes. For signal handlers: cuts
// what has no room.
size_t FormatCrash(const StrategyCall& call, const char* why, std::array<char, 512>& out);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_CRASH_REPORT_H_
