// `feedhandler inspect CAPTURE...`: what is in captures.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/registry.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/inspect/inspect_report.h"
#include "feedhandler/output/output_claim.h"
#include "latency/report.h"

namespace fh::cli {
namespace {

struct InspectArguments {
  std::vector<std::string> captures;
  std::vector<std::string> codecs;
  bool json = false;
  bool config = false;
  size_t top = 50;
  uint64_t frames = UINT64_MAX;
};

// What is wrong with each file.
std::vector<absl::Status> Scan(const InspectArguments& arguments, InspectReport& report) {
  ProgressBar progress("reading");
  const InspectOptions options{
      .most_frames = arguments.frames,
      .progress = [&](uint64_t read, std::optional<uint64_t> total, uint64_t frames) {
        progress.Show(read, total, latency::FormatCount(frames));
        return !StopRequested();
      }};
  return InspectFiles(arguments.captures, options, report);
}

int PrintConfig(const InspectReport& report) {
  const absl::StatusOr<std::string> text = ConfigText(report);
  if (!text.ok()) {
    Fail(text.status());
    return kExitFailed;
  }
  Print(*text);
  return kExitOk;
}

// The output first, then what is wrong.
int Inspect(const InspectArguments& arguments) {
  const absl::StatusOr<std::vector<FileHold>> holds = HoldCaptures(arguments.captures);
  if (!holds.ok()) return Fail(holds.status());
  // Plugins join those that look at the payloads.
  for (const std::string& codec : arguments.codecs) {
    if (absl::Status found = codecs::FindCodec(codec).status(); !found.ok()) return Fail(found);
  }
  WatchStopSignals();
  InspectReport report;
  const std::vector<absl::Status> statuses = Scan(arguments, report);
  const StreamReportOptions options{.top = arguments.top};
  const bool any = ReadAny(report);
  int exit_code = kExitOk;
  if (arguments.json) {
    Print(InspectJson(report, options));
  } else if (any && arguments.config) {
    exit_code = PrintConfig(report);
  } else if (any) {
    Print(InspectText(report, options));
  }
  FlushStandardOutput();
  for (const absl::Status& status : statuses) {
    if (status.ok()) continue;
    const int code = Fail(status);
    // A file that could not be opened among others that could is work half done.
    exit_code = std::max(exit_code, any ? kExitFailed : code);
  }
  if (StopRequested()) {
    Fail(absl::AbortedError("stopped before the end of the input"));
    exit_code = std::max(exit_code, kExitFailed);
  }
  return exit_code;
}

}  // namespace

void AddInspectVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb("inspect", "Say what is in a capture");
  auto arguments = std::make_shared<InspectArguments>();
  verb.Add("CAPTURE", arguments->captures,
           "pcap, pcapng, snoop or length-prefixed file (.gz and .zst too), or - for standard "
           "input; several are looked at as one")
      .Required();
  verb.Add("--codec", arguments->codecs,
           "Plugin with a codec that looks at the payloads beside those of the program; "
           "may be repeated");
  const Option json = verb.AddFlag("--json", arguments->json, "Print one JSON object");
  verb.AddFlag("--config", arguments->config,
               "Print a configuration for `feedhandler run` with the feeds and lines found")
      .Excludes(json);
  verb.Add("--top", arguments->top, "Streams to show, the busiest first").ShowDefault();
  verb.Add("--frames", arguments->frames, "Frames to read of each file (default: all)");
  verb.Footer(
      "Link types, stamps, a clock that goes backwards, what is no UDP datagram and why; then "
      "each\n"
      "stream (group and port): traffic with the busiest second and millisecond, what it speaks\n"
      "(every codec looks at the first payloads), its sessions, numbers and gaps, and which\n"
      "streams are lines A and B of one channel. Gaps are of each line alone. A damaged file is\n"
      "reported up to the damage, with exit code 1.\n\n"
      "Examples:\n"
      "  feedhandler inspect day.pcap.zst\n"
      "  feedhandler inspect a.pcap b.pcap --json | jq '.channels'\n"
      "  feedhandler inspect day.pcap --config > feed.textproto && feedhandler check "
      "feed.textproto\n"
      "  feedhandler inspect day.pcap --codec=./libmine.so");
  verb.OnRun([arguments, &exit_code] { exit_code = Inspect(*arguments); });
}

}  // namespace fh::cli
