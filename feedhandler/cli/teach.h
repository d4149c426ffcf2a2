// What the parser knows, for those who are not running a verb: completion for shells and manual
// pages, made from the same texts as --help, so that none of them can be out of date.
//
//   Print(CompletionScript(program, "bash"));
//   Print(ManualPage(program, "replay"));
//
// Pure functions of the parser; main thread, allocate.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_TEACH_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_TEACH_H_

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fh::cli {

// In the order of --help.
std::vector<std::string> VerbNames(const CLI::App& program);

// "there is no verb 'x'; did you mean 'y'? There are: ...".
absl::Status UnknownVerb(const CLI::App& program, absl::string_view given);

// The verbs help, completion and man. `program` outlives its parsing.
void AddTeachVerbs(CLI::App& program, int& exit_code);

// A script for bash, zsh or fish to source. InvalidArgument for other shells.
absl::StatusOr<std::string> CompletionScript(const CLI::App& program, absl::string_view shell);

// A page of man(1) in roff: of a verb, or, for "", of the program. InvalidArgument for a verb that
// there is not.
absl::StatusOr<std::string> ManualPage(const CLI::App& program, const std::string& verb);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_TEACH_H_
