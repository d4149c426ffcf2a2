// The program: all verbs, and what is the same for each of them.
#include "feedhandler/cli/program.h"

// All of CLI11 is compiled here, once; the other files see the part that declares options.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/teach.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/version.h"

namespace fh::cli {

namespace {

std::vector<std::string>& MutableCommandLine() {
  static std::vector<std::string> arguments;
  return arguments;
}

}  // namespace

const std::vector<std::string>& CommandLine() { return MutableCommandLine(); }

absl::StatusOr<FileHold> HoldConfig(const std::string& path) {
  if (path.empty()) return FileHold();
  return HoldInput(path, absl::StrCat("the configuration ", path));
}

int Fail(const absl::Status& status) {
  for (absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    std::fprintf(stderr, "feedhandler: %.*s\n", static_cast<int>(line.size()), line.data());
  }
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnavailable:
      return kExitUsage;
    default:
      return kExitFailed;
  }
}

namespace {

bool AnyVerb(const CLI::App*) { return true; }

// The parser takes -5 for 2^64 - 5.
void RefuseNegativeCounts(CLI::App& program) {
  for (CLI::App* verb : program.get_subcommands(AnyVerb)) {
    for (CLI::Option* option : verb->get_options()) {
      if (absl::StartsWith(option->get_type_name(), "UINT")) option->check(CLI::NonNegativeNumber);
    }
    RefuseNegativeCounts(*verb);
  }
}

// An option that may be repeated takes one value each time: it must not swallow the capture behind
// it.
void OneValueEach(CLI::App& program) {
  for (CLI::App* verb : program.get_subcommands(AnyVerb)) {
    for (CLI::Option* option : verb->get_options()) {
      if (!option->get_positional()) option->allow_extra_args(false);
    }
    OneValueEach(*verb);
  }
}

// What stands where the name of a verb, or of a verb's part, must; nullptr when it is none of these
// that is wrong.
const char* InPlaceOfAVerb(const CLI::App& app, int argc, char** argv) {
  const bool wants = !app.get_subcommands(AnyVerb).empty() && app.get_subcommands().empty();
  return wants && argc > 1 && argv[1][0] != '-' ? argv[1] : nullptr;
}

// After every verb: nothing that was printed is lost without a word.
int CheckStandardOutput(int exit_code) {
  const absl::Status status = StandardOutputStatus();
  if (status.ok()) return exit_code;
  Fail(status);
  return exit_code == kExitOk ? kExitFailed : exit_code;
}

}  // namespace

void AddVerbs(CLI::App& program, int& exit_code) {
  program.require_subcommand(1);
  // The parser takes /x for an option on Windows; here an argument means the same on every system.
  program.allow_windows_style_options(false);
  program.footer(
      "Try:\n"
      "  feedhandler demo                                    a whole day, made and received here\n"
      "  feedhandler inspect day.pcap                        what is in a capture?\n"
      "  feedhandler decode day.pcap | head                  every message as a JSON line\n"
      "  feedhandler replay day.pcap --updates=- | head      the pipeline on a capture\n"
      "  feedhandler book day.pcap --symbol=AAPL             an order book as a ladder\n"
      "  feedhandler run itch.textproto                      the pipeline on live groups\n"
      "  feedhandler doctor itch.textproto                   is this host ready for it?\n"
      "  feedhandler tune itch.textproto                     what to set, by measuring\n"
      "  feedhandler latency report day.latency              what did a run take?\n"
      "`feedhandler VERB --help` (or `help VERB`, `man feedhandler-VERB`) teaches each verb. Exit "
      "codes:\n0 done, 1 not or not wholly done, 2 wrong usage or configuration. A reader of the "
      "output that\ngoes away (`| head`) ends a verb quietly, and is no fault.");
  program.failure_message(CLI::FailureMessage::simple);
  const Verb verbs(&program);
  AddRunVerb(verbs, exit_code);
  AddJoinVerb(verbs, exit_code);
  AddReplayVerb(verbs, exit_code);
  AddBookVerbs(verbs, exit_code);
  AddDecodeVerb(verbs, exit_code);
  AddInspectVerb(verbs, exit_code);
  AddPublishVerb(verbs, exit_code);
  AddGenerateVerb(verbs, exit_code);
  AddDemoVerb(verbs, exit_code);
  AddDoctorVerb(verbs, exit_code);
  AddJitterVerb(verbs, exit_code);
  AddTuneVerb(verbs, exit_code);
  AddLatencyVerb(verbs, exit_code);
  AddListVerbs(verbs, exit_code);
  AddTeachVerbs(program, exit_code);
  program.set_version_flag("--version", absl::StrCat("feedhandler ", kVersion));
  RefuseNegativeCounts(program);
  OneValueEach(program);
}

int RunProgram(int argc, char** argv) {
  PrepareProcess();
  MutableCommandLine().assign(argv, argv + argc);
  CLI::App program(
      "feedhandler: exchange market data, from a multicast group or a capture file to a strategy.",
      "feedhandler");
  int exit_code = kExitOk;
  AddVerbs(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // The parser only knows that a verb is missing; what was given in its place says more.
    if (const char* given = InPlaceOfAVerb(program, argc, argv); given != nullptr) {
      return Fail(UnknownVerb(program, given));
    }
    const std::vector<CLI::App*> verbs = program.get_subcommands();
    if (verbs.size() == 1) {
      if (const char* given = InPlaceOfAVerb(*verbs[0], argc - 1, argv + 1); given != nullptr) {
        return Fail(UnknownVerb(*verbs[0], given));
      }
    }
    std::ostringstream help;
    std::ostringstream wrong;
    exit_code = program.exit(error, help, wrong) == 0 ? kExitOk : kExitUsage;
    Print(help.str());
    std::fputs(wrong.str().c_str(), stderr);
  }
  return CheckStandardOutput(exit_code);
}

}  // namespace fh::cli
