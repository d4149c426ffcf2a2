// `feedhandler latency merge FILE... --out=FILE`: several runs, or processes of one, as one run.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "feedhandler/cli/latency_verbs.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/output/output_claim.h"
#include "latency/files/files.h"

namespace fh::cli {
namespace {

namespace files = latency::files;

struct MergeArguments {
  std::vector<std::string> inputs;
  std::string out;
};

int Merge(const MergeArguments& arguments) {
  std::vector<FileHold> holds;
  for (const std::string& path : arguments.inputs) {
    absl::StatusOr<FileHold> hold = HoldInput(path, absl::StrCat("the report ", path));
    if (!hold.ok()) return Fail(hold.status());
    holds.push_back(*std::move(hold));
  }
  // Before the reports are read: that may take a while.
  absl::StatusOr<files::ReportOutput> output =
      files::ReportOutput::Claim(arguments.out, absl::StrCat("--out=", arguments.out));
  if (!output.ok()) return Fail(output.status());
  std::vector<files::proto::LatencyReport> reports;
  for (const std::string& path : arguments.inputs) {
    absl::StatusOr<files::ReportRead> read = files::ReadReport(path);
    if (!read.ok()) return Fail(read.status());
    PrintNotes(path, read->notes);
    reports.push_back(std::move(read->report));
  }
  absl::StatusOr<files::Merged> merged = files::MergeReports(reports);
  if (!merged.ok()) return Fail(merged.status());
  PrintNotes(arguments.out, merged->notes);
  if (arguments.inputs.size() > 1) {
    merged->report.mutable_run()->clear_merged_from();
    for (const std::string& path : arguments.inputs) {
      merged->report.mutable_run()->add_merged_from(path);
    }
  }
  const absl::StatusOr<files::Notes> notes = output->Write(merged->report);
  if (!notes.ok()) return Fail(notes.status());
  PrintNotes(arguments.out, *notes);
  return kExitOk;
}

}  // namespace

void AddLatencyMerge(Verb latency, int& exit_code) {
  const Verb verb = latency.AddVerb("merge", "Join what several runs measured");
  auto arguments = std::make_shared<MergeArguments>();
  verb.Add("FILE", arguments->inputs, "Reports and interval logs, in any order").Required();
  verb.Add("--out,-o", arguments->out,
           "Where to; its ending says the format: .latency (everything), .textproto, .hlog, .hgrm, "
           ".csv")
      .Required();
  verb.Footer(
      "Histograms, counters and what lies outside of the histograms add up, as if one long run "
      "had been\n"
      "measured; percentiles come from the sums and are never averaged. Intervals are placed by "
      "the time\n"
      "of day. Reports whose intervals have different lengths, open and closed loop, and corrected "
      "and\n"
      "uncorrected ones are not merged. What could not be kept is said on standard error.\n\n"
      "Exit code 0: written; 1: --out could not be written, and nothing is there; 2: an input is "
      "missing or\n"
      "no report, they cannot be merged, or --out is a file that is somebody else's.\n\n"
      "Examples:\n"
      "  feedhandler latency merge monday.latency tuesday.latency --out=both.latency\n"
      "  feedhandler latency merge lines/*.hlog --out=all.hlog");
  verb.OnRun([arguments, &exit_code] { exit_code = Merge(*arguments); });
}

}  // namespace fh::cli
