// `feedhandler latency report FILE`: what was measured, as text.
#include <cstdio>
#include <memory>
#include <string>

#include "feedhandler/cli/latency_verbs.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/verbs.h"
#include "latency/files/files.h"
#include "latency/summary/summary.h"

namespace fh::cli {
namespace {

namespace summary = latency::summary;

struct ReportArguments {
  std::string file;
  std::string unit = "auto";
  bool no_picture = false;
};

latency::DurationUnit UnitOf(const std::string& name) {
  if (name == "ns") return latency::DurationUnit::kNs;
  if (name == "us") return latency::DurationUnit::kUs;
  return name == "ms" ? latency::DurationUnit::kMs : latency::DurationUnit::kAuto;
}

int Report(const ReportArguments& arguments) {
  const absl::StatusOr<latency::files::ReportRead> read =
      latency::files::ReadReport(arguments.file);
  if (!read.ok()) return Fail(read.status());
  const absl::StatusOr<summary::Summary> figures = summary::Summarize(read->report);
  if (!figures.ok()) return Fail(figures.status());
  Print(summary::Text(read->report, *figures,
                      {.unit = UnitOf(arguments.unit), .picture = !arguments.no_picture}));
  FlushStandardOutput();
  for (const std::string& note : read->notes) {
    std::fprintf(stderr, "feedhandler: %s: %s\n", arguments.file.c_str(), note.c_str());
  }
  return kExitOk;
}

}  // namespace

void AddLatencyReport(CLI::App& latency, int& exit_code) {
  CLI::App* verb = latency.add_subcommand("report", "Print what a run measured");
  auto arguments = std::make_shared<ReportArguments>();
  verb->add_option("FILE", arguments->file, "What --latency=FILE of a run wrote")->required();
  verb->add_option("--unit", arguments->unit, "Of the tables: auto, ns, us or ms")
      ->check(CLI::IsMember({"auto", "ns", "us", "ms"}))
      ->capture_default_str();
  verb->add_flag("--no-picture", arguments->no_picture, "Without the picture of the distributions");
  verb->footer(
      "The first line is the verdict; below it what it rests on: the run and its load, what was "
      "lost,\n"
      "each stage with both ends named, parts and splits, where the time of middling and of slow\n"
      "packets goes, line races, the machine's own jitter, clocks, environment.\n"
      "A percentile is printed when at least 10 values lie above it, \"-\" otherwise; \"~0\" is "
      "below\n"
      "what the clocks of both ends can tell from zero.\n\n"
      "Exit code 0: printed; 2: there is no such file, or it is no report.\n\n"
      "Examples:\n"
      "  feedhandler latency report day.latency\n"
      "  feedhandler latency report day.latency --unit=us | less -S");
  verb->callback([arguments, &exit_code] { exit_code = Report(*arguments); });
}

}  // namespace fh::cli
