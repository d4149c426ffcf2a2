// What verbs print on standard output, so that no line that could not be written goes unnoticed.
//
//   Print(absl::StrCat(name, "\n"));
//   ...
//   if (!FlushStandardOutput()) return;       // Nobody listens any more.
//
// RunProgram asks for StandardOutputStatus after every verb, and fails when it is not OK.
//
// Main thread. Print gathers and writes when enough is there; blocks as writing does.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_STANDARD_OUTPUT_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_STANDARD_OUTPUT_H_

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace fh::cli {

// Appends to standard output.
void Print(absl::string_view text);

// The same for a format as absl::StrFormat takes it.
template <typename... Args>
void PrintF(const absl::FormatSpec<Args...>& format, const Args&... args) {
  Print(absl::StrFormat(format, args...));
}

// Writes what is gathered. False when nothing more can be written, which ends what only prints: the
// reader went away (`| head`), or there is an error.
bool FlushStandardOutput();

// The first error, after writing what is gathered: DataLoss with the reason. A reader that went
// away is none.
absl::Status StandardOutputStatus();

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_STANDARD_OUTPUT_H_
