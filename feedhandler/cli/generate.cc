// `feedhandler generate`: the synthetic ITCH 5.0 day as a file.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/synthetic/itch_files.h"
#include "latency/report.h"

namespace fh::cli {
namespace {

using latency::FormatCount;

struct GenerateArguments {
  std::string output;
  std::string format = "pcap";
  ItchDayOptions day;
  std::vector<std::string> groups = {"239.255.1.1:26400", "239.255.1.2:26400"};
  std::vector<double> loss;
  double duplication = 0;
  double reordering = 0;
  std::string session = "SYNTHETIC1";
  uint32_t messages_per_packet = 65'534;
};

absl::StatusOr<ItchCaptureOptions> CaptureOptions(const GenerateArguments& arguments) {
  ItchCaptureOptions options;
  options.packets.session = arguments.session;
  options.packets.max_messages = arguments.messages_per_packet;
  for (size_t i = 0; i < arguments.groups.size(); ++i) {
    const absl::StatusOr<rio::Endpoint> group = rio::ParseEndpoint(arguments.groups[i]);
    if (!group.ok()) return group.status();
    const double loss = i < arguments.loss.size() ? arguments.loss[i] : 0;
    options.lines.push_back({.destination = *group,
                             .damage = {.seed = arguments.day.seed + i + 1,
                                        .loss = loss,
                                        .duplication = arguments.duplication,
                                        .reordering = arguments.reordering}});
  }
  return options;
}

int Generate(const GenerateArguments& arguments) {
  ProgressBar bar("generating");
  WatchStopSignals();
  const ItchFileProgress progress = [&](uint64_t messages) {
    bar.Show(messages, arguments.day.messages, absl::StrCat(FormatCount(messages), " messages"));
    return !StopRequested();
  };
  absl::StatusOr<ItchFileReport> report;
  if (arguments.format == "records") {
    report = WriteItchRecords(arguments.output, arguments.day, progress);
  } else {
    const absl::StatusOr<ItchCaptureOptions> options = CaptureOptions(arguments);
    if (!options.ok()) return Fail(options.status());
    report = WriteItchCapture(arguments.output, arguments.day, *options, progress);
  }
  bar.Clear();
  if (!report.ok()) return Fail(report.status());
  std::fprintf(stderr, "%s: %s messages, %s packets, %s bytes%s\n", arguments.output.c_str(),
               FormatCount(report->messages).c_str(), FormatCount(report->packets).c_str(),
               FormatCount(report->bytes).c_str(), report->stopped ? " (stopped early)" : "");
  for (size_t line = 0; line < report->undelivered.size(); ++line) {
    uint64_t lost = 0;
    for (const MessageRange& range : report->undelivered[line]) lost += range.size();
    if (lost == 0) continue;
    std::fprintf(stderr, "  %s lacks %s messages\n", arguments.groups[line].c_str(),
                 FormatCount(lost).c_str());
  }
  return report->stopped ? kExitFailed : kExitOk;
}

}  // namespace

void AddGenerateVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb(
      "generate", "Make a synthetic ITCH 5.0 day: the same bytes for the same seed, everywhere");
  auto arguments = std::make_shared<GenerateArguments>();
  verb.Add("OUTPUT", arguments->output, "File to write (- = standard output)").Required();
  verb.Add("--format", arguments->format,
           "pcap (MoldUDP64 over UDP) or records (the exchange's length-prefixed form)")
      .OneOf({"pcap", "records"})
      .ShowDefault();
  verb.Add("--seed", arguments->day.seed, "What everything follows from").ShowDefault();
  verb.Add("--messages", arguments->day.messages, "How many in all").ShowDefault();
  verb.Add("--symbols", arguments->day.symbols, "How many instruments").ShowDefault();
  verb.Add("--group", arguments->groups,
           "Of pcap: GROUP:PORT of each line; repeat it for lines A, B, ...")
      .ShowDefault();
  verb.Add("--loss", arguments->loss,
           "Of pcap: share of packets that each line lacks, in the order of the groups");
  verb.Add("--duplication", arguments->duplication, "Share of packets sent twice");
  verb.Add("--reordering", arguments->reordering, "Share of packets sent late");
  verb.Add("--session", arguments->session, "MoldUDP64 session, up to 10 characters").ShowDefault();
  verb.Add("--messages-per-packet", arguments->messages_per_packet,
           "At most; a packet holds up to 1,400 bytes in any case")
      .Range(1, 65'534);
  verb.Footer(
      "The day has every message type, a directory, Zipf activity, price-time priority "
      "executions,\n"
      "crosses and halts, and is consistent: no unknown order, none overfilled.\n\n"
      "Examples:\n"
      "  feedhandler generate day.pcap --messages=5000000 --loss=0.01 --loss=0.02\n"
      "  feedhandler generate - --format=records | feedhandler replay - --records --codec=itch50");
  verb.OnRun([arguments, &exit_code] { exit_code = Generate(*arguments); });
}

}  // namespace fh::cli
