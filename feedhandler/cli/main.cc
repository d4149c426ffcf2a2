#include <csignal>
#include <cstdio>

#include "absl/strings/str_split.h"
#include "feedhandler/cli/verbs.h"

namespace fh::cli {

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

int Main(int argc, char** argv) {
  // A reader that goes away (`| head`) shows as a failed write, which is reported.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App program(
      "feedhandler: exchange market data, from a multicast group or a capture file to a strategy.",
      "feedhandler");
  program.require_subcommand(1);
  program.footer(
      "Try:\n"
      "  feedhandler demo                                    a whole day, made and received here\n"
      "  feedhandler inspect day.pcap                        what is in a capture?\n"
      "  feedhandler decode day.pcap | head                  every message as a JSON line\n"
      "  feedhandler replay day.pcap --updates=- | head      the pipeline on a capture\n"
      "  feedhandler run itch.textproto                      the pipeline on live groups\n"
      "`feedhandler VERB --help` teaches each verb. Exit codes: 0 done, 1 not or not wholly done,\n"
      "2 wrong usage or configuration.");
  program.failure_message(CLI::FailureMessage::simple);
  int exit_code = kExitOk;
  AddRunVerb(program, exit_code);
  AddJoinVerb(program, exit_code);
  AddReplayVerb(program, exit_code);
  AddDecodeVerb(program, exit_code);
  AddInspectVerb(program, exit_code);
  AddPublishVerb(program, exit_code);
  AddGenerateVerb(program, exit_code);
  AddDemoVerb(program, exit_code);
  AddListVerbs(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return exit_code;
}

}  // namespace
}  // namespace fh::cli

int main(int argc, char** argv) { return fh::cli::Main(argc, argv); }
