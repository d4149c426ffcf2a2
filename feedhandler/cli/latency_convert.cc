// `feedhandler latency convert FILE --out=FILE`: what was measured, in another format.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "feedhandler/cli/latency_verbs.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/output/output_claim.h"
#include "latency/files/files.h"

namespace fh::cli {
namespace {

namespace files = latency::files;

struct ConvertArguments {
  std::string file;
  std::string out;
  std::string format;
  std::string tag;
  std::string unit = "ms";
  std::string correct_for;
  bool tags = false;
};

void PrintTags(const files::proto::LatencyReport& report) {
  for (const files::proto::Series& series : report.series()) {
    const std::string tag = files::TagOf(series);
    Print(absl::StrCat(tag.empty() ? absl::StrCat("(end to end) ", series.stage()) : tag, "\n"));
  }
}

absl::StatusOr<files::WriteOptions> OptionsOf(const ConvertArguments& arguments) {
  files::WriteOptions options;
  options.tag = arguments.tag;
  options.unit_ns = arguments.unit == "us" ? 1'000 : 1'000'000;
  if (!arguments.format.empty()) {
    const absl::StatusOr<files::Format> format =
        files::FormatOfPath(absl::StrCat("x.", arguments.format));
    if (!format.ok()) return format.status();
    options.format = *format;
  }
  return options;
}

absl::Status Correct(const std::string& text, files::proto::LatencyReport& report) {
  absl::Duration interval;
  if (!absl::ParseDuration(text, &interval)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--correct-for=", text, " is no time: write 100us or 10ms"));
  }
  return files::CorrectForExpectedInterval(absl::ToInt64Nanoseconds(interval), &report);
}

int Convert(const ConvertArguments& arguments) {
  const absl::StatusOr<files::WriteOptions> options = OptionsOf(arguments);
  if (!options.ok()) return Fail(options.status());
  const absl::StatusOr<FileHold> hold =
      HoldInput(arguments.file, absl::StrCat("the report ", arguments.file));
  if (!hold.ok()) return Fail(hold.status());
  absl::StatusOr<files::ReportRead> read = files::ReadReport(arguments.file);
  absl::StatusOr<files::Notes> notes;
  if (read.ok() && arguments.tags) {
    PrintTags(read->report);
    return kExitOk;
  }
  if (arguments.out.empty()) {
    return Fail(absl::InvalidArgumentError("say where to: --out=FILE"));
  }
  if (read.ok()) {
    if (!arguments.correct_for.empty()) {
      absl::Status corrected = Correct(arguments.correct_for, read->report);
      if (!corrected.ok()) return Fail(corrected);
    }
    PrintNotes(arguments.file, read->notes);
    notes = files::WriteReport(read->report, arguments.out, *options);
  } else if (read.status().code() == absl::StatusCode::kFailedPrecondition) {
    // A table of percentiles: into the other form of it, and nothing else.
    notes = files::ConvertTable(arguments.file, arguments.out, *options);
  } else {
    return Fail(read.status());
  }
  if (!notes.ok()) return Fail(notes.status());
  PrintNotes(arguments.out, *notes);
  return kExitOk;
}

}  // namespace

void AddLatencyConvert(Verb latency, int& exit_code) {
  const Verb verb = latency.AddVerb("convert", "Write what a run measured in another format");
  auto arguments = std::make_shared<ConvertArguments>();
  verb.Add("FILE", arguments->file, "A report, an interval log or a table of percentiles")
      .Required();
  verb.Add("--out,-o", arguments->out,
           "Where to; its ending says the format (- = standard output, with --format)");
  verb.Add("--format", arguments->format, "Instead of the ending")
      .OneOf({"latency", "textproto", "hlog", "hgrm", "csv"});
  verb.Add("--tag", arguments->tag, "Whose table (hgrm, csv); without it that from end to end");
  verb.AddFlag("--tags", arguments->tags, "Only print which tags there are");
  verb.Add("--unit", arguments->unit, "Of a table's values: us or ms")
      .OneOf({"us", "ms"})
      .ShowDefault();
  verb.Add("--correct-for", arguments->correct_for,
           "Closed loop only: add what a request every TIME would have waited (10ms)");
  verb.Footer(
      "  .latency    everything that was measured\n"
      "  .textproto  the same as text\n"
      "  .hlog       an interval log that the viewers of HdrHistogram read: a tag a stage\n"
      "  .hgrm       one table of percentiles for plotters; cannot be turned back\n"
      "  .csv        the same table, separated by commas\n"
      "What the other format has no place for is said on standard error.\n"
      "Read are also the logs of other programs. A correction is made once, and only where the "
      "next\n"
      "request waited for the one before; open-loop figures have every wait in them.\n\n"
      "Exit code 0: written; 1: --out could not be written, and nothing is there; 2: FILE is "
      "missing or no\n"
      "report, has no such tag (--tags prints those it has), must not be corrected, or --out is a "
      "file that\n"
      "is somebody else's.\n\n"
      "Examples:\n"
      "  feedhandler latency convert day.latency --out=day.hlog\n"
      "  feedhandler latency convert day.latency --tag=wire-dequeued --unit=us --out=wire.hgrm\n"
      "  feedhandler latency convert hiccup.hlog --format=textproto --out=- | less");
  verb.OnRun([arguments, &exit_code] { exit_code = Convert(*arguments); });
}

}  // namespace fh::cli
