// `feedhandler latency report FILE...`: what was measured, as text and as a page.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "feedhandler/cli/latency_verbs.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/output/replaced_file.h"
#include "latency/files/files.h"
#include "latency/page/page.h"
#include "latency/recording/jitter.h"
#include "latency/summary/summary.h"

namespace fh::cli {
namespace {

namespace summary = latency::summary;

struct ReportArguments {
  std::vector<std::string> files;
  std::string html;
  std::string jitter;
  std::string unit = "auto";
  bool no_picture = false;
};

latency::DurationUnit UnitOf(const std::string& name) {
  if (name == "ns") return latency::DurationUnit::kNs;
  if (name == "us") return latency::DurationUnit::kUs;
  return name == "ms" ? latency::DurationUnit::kMs : latency::DurationUnit::kAuto;
}

// Several files as one.
absl::StatusOr<summary::proto::LatencyReport> Read(const std::vector<std::string>& paths) {
  std::vector<summary::proto::LatencyReport> reports;
  for (const std::string& path : paths) {
    absl::StatusOr<latency::files::ReportRead> read = latency::files::ReadReport(path);
    if (!read.ok()) return read.status();
    PrintNotes(path, read->notes);
    reports.push_back(std::move(read->report));
  }
  if (reports.size() == 1) return std::move(reports[0]);
  absl::StatusOr<latency::files::Merged> merged = latency::files::MergeReports(reports);
  if (!merged.ok()) return merged.status();
  PrintNotes("merged", merged->notes);
  return std::move(merged->report);
}

// The machine's floor, as `feedhandler jitter` wrote it, into the report of a run.
absl::Status AddFloor(const std::string& path, summary::proto::LatencyReport& report) {
  const absl::StatusOr<latency::files::ReportRead> floor = latency::files::ReadReport(path);
  if (!floor.ok()) return floor.status();
  PrintNotes(path, floor->notes);
  const absl::Status taken = latency::recording::TakeJitter(floor->report, &report);
  if (taken.ok()) return taken;
  return absl::InvalidArgumentError(absl::StrCat("--jitter=", path, ": ", taken.message()));
}

int Report(const ReportArguments& arguments) {
  absl::StatusOr<summary::proto::LatencyReport> report = Read(arguments.files);
  if (!report.ok()) return Fail(report.status());
  if (!arguments.jitter.empty()) {
    const absl::Status added = AddFloor(arguments.jitter, *report);
    if (!added.ok()) return Fail(added);
  }
  const absl::StatusOr<summary::Summary> figures = summary::Summarize(*report);
  if (!figures.ok()) return Fail(figures.status());
  if (!arguments.html.empty()) {
    absl::StatusOr<ReplacedFile> page = ReplacedFile::Claim(
        arguments.html, absl::StrCat("--html=", arguments.html), latency::page::kPageFirstBytes);
    if (!page.ok()) return Fail(page.status());
    const absl::Status written = page->Write(latency::page::HtmlPage(*report));
    if (!written.ok()) return Fail(written);
  }
  // With the page on standard output the text would be in it.
  if (arguments.html == "-") return kExitOk;
  Print(summary::Text(*report, *figures,
                      {.unit = UnitOf(arguments.unit), .picture = !arguments.no_picture}));
  return kExitOk;
}

}  // namespace

void AddLatencyReport(Verb latency, int& exit_code) {
  const Verb verb = latency.AddVerb("report", "Print what a run measured");
  auto arguments = std::make_shared<ReportArguments>();
  verb.Add("FILE", arguments->files,
           "What --latency=FILE of a run wrote; several are reported as one run")
      .Required();
  verb.Add("--html", arguments->html,
           "Write a page to look at as well: one file that needs no network (- = standard "
           "output, instead of the text)");
  verb.Add(
      "--jitter", arguments->jitter,
      "Show the machine's floor beside it, which `feedhandler jitter --latency=THIS` measured");
  verb.Add("--unit", arguments->unit, "Of the tables: auto, ns, us or ms")
      .OneOf({"auto", "ns", "us", "ms"})
      .ShowDefault();
  verb.AddFlag("--no-picture", arguments->no_picture, "Without the picture of the distributions");
  verb.Footer(
      "The first line is the verdict; below it what it rests on: the run and its load, what was "
      "lost,\n"
      "each stage with both ends named, parts and splits, where the time of middling and of slow\n"
      "packets goes, line races, the machine's own jitter, clocks, environment.\n"
      "A percentile is printed when at least 10 values lie above it, \"-\" otherwise; \"~0\" is "
      "below\n"
      "what the clocks of both ends can tell from zero.\n\n"
      "Exit code 0: printed, and the page is written; 1: the page is not; 2: there is no such "
      "file, it\n"
      "is no report, or the page must not be written there.\n\n"
      "Examples:\n"
      "  feedhandler latency report day.latency\n"
      "  feedhandler latency report day.latency --html=day.html\n"
      "  feedhandler latency report day.latency --jitter=floor.latency --html=day.html\n"
      "  feedhandler latency report morning.latency evening.latency --unit=us | less -S");
  verb.OnRun([arguments, &exit_code] { exit_code = Report(*arguments); });
}

}  // namespace fh::cli
