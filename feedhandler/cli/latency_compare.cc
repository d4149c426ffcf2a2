// `feedhandler latency compare A B`: is B slower than A?
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "feedhandler/cli/latency_verbs.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/verbs.h"
#include "latency/compare/compare.h"
#include "latency/files/files.h"

namespace fh::cli {
namespace {

namespace compare = latency::compare;
namespace fs = std::filesystem;

struct CompareArguments {
  std::string a;
  std::string b;
  std::string noise = "3%";
  std::string fail_above;
  std::string format = "text";
  std::string method = "auto";
  std::vector<std::string> stages;
  bool pairs = false;
  uint64_t seed = compare::Options().seed;
};

// "3%" and "3" are 0.03.
absl::StatusOr<double> ShareOf(absl::string_view text, absl::string_view option) {
  double percent = 0;
  if (!absl::SimpleAtod(absl::StripSuffix(text, "%"), &percent) || !(percent >= 0) ||
      !(percent <= 1000)) {
    return absl::InvalidArgumentError(absl::StrCat(
        option, "=", text, " is no percentage; give one from 0% to 1000%, as in ", option, "=5%"));
  }
  return percent / 100;
}

// A file, a folder's reports by name, or files with commas between.
absl::StatusOr<std::vector<std::string>> PathsOf(const std::string& side) {
  std::error_code error;
  if (fs::is_directory(side, error)) {
    std::vector<std::string> paths;
    for (const fs::directory_entry& entry : fs::directory_iterator(side, error)) {
      const std::string ending = entry.path().extension().string();
      if (ending == ".latency" || ending == ".hlog") paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    if (!paths.empty()) return paths;
    return absl::NotFoundError(
        absl::StrCat("the folder ", side, " holds no .latency and no .hlog file"));
  }
  if (fs::exists(side, error)) return std::vector<std::string>{side};
  return std::vector<std::string>(absl::StrSplit(side, ',', absl::SkipEmpty()));
}

// The reports of a side; what of a file was skipped goes to standard error.
absl::StatusOr<std::vector<latency::files::ReportRead>> ReadSide(
    const std::vector<std::string>& paths) {
  std::vector<latency::files::ReportRead> reports;
  for (const std::string& path : paths) {
    absl::StatusOr<latency::files::ReportRead> read = latency::files::ReadReport(path);
    if (!read.ok()) return read.status();
    PrintNotes(path, read->notes);
    reports.push_back(*std::move(read));
  }
  return reports;
}

std::vector<compare::NamedReport> Named(const std::vector<std::string>& paths,
                                        const std::vector<latency::files::ReportRead>& reports) {
  std::vector<compare::NamedReport> named;
  for (size_t i = 0; i < paths.size(); ++i) named.push_back({paths[i], &reports[i].report});
  return named;
}

absl::StatusOr<compare::Options> OptionsOf(const CompareArguments& arguments) {
  compare::Options options{
      .pairs = arguments.pairs, .seed = arguments.seed, .series = arguments.stages};
  const absl::StatusOr<double> noise = ShareOf(arguments.noise, "--noise");
  if (!noise.ok()) return noise.status();
  options.noise = *noise;
  if (!arguments.fail_above.empty()) {
    const absl::StatusOr<double> limit = ShareOf(arguments.fail_above, "--fail-above");
    if (!limit.ok()) return limit.status();
    options.fail_above = *limit;
  }
  if (arguments.method == "woodruff") options.method = compare::Method::kWoodruff;
  if (arguments.method == "sign-flips") options.method = compare::Method::kSignFlips;
  if (options.method == compare::Method::kSignFlips && !options.pairs) {
    return absl::InvalidArgumentError("--method=sign-flips turns pairs around: give --pairs too");
  }
  return options;
}

int Compare(const CompareArguments& arguments) {
  const absl::StatusOr<compare::Options> options = OptionsOf(arguments);
  if (!options.ok()) return Fail(options.status());
  const absl::StatusOr<std::vector<std::string>> paths_a = PathsOf(arguments.a);
  if (!paths_a.ok()) return Fail(paths_a.status());
  const absl::StatusOr<std::vector<std::string>> paths_b = PathsOf(arguments.b);
  if (!paths_b.ok()) return Fail(paths_b.status());
  const auto a = ReadSide(*paths_a);
  if (!a.ok()) return Fail(a.status());
  const auto b = ReadSide(*paths_b);
  if (!b.ok()) return Fail(b.status());
  const absl::StatusOr<compare::Comparison> comparison =
      compare::CompareReports(Named(*paths_a, *a), Named(*paths_b, *b), *options);
  if (!comparison.ok()) return Fail(comparison.status());
  Print(arguments.format == "json" ? compare::ComparisonJson(*comparison)
                                   : compare::ComparisonText(*comparison));
  return comparison->fails() ? kExitFailed : kExitOk;
}

void AddOptions(Verb verb, CompareArguments& arguments) {
  verb.Add("A", arguments.a,
           "What is compared with: a report, several with commas between, or a folder of them")
      .Required();
  verb.Add("B", arguments.b, "What is compared: the same").Required();
  verb.AddFlag("--pairs", arguments.pairs,
               "The runs were made in turns (A B A B ...): compare the first of A with the first "
               "of B, and so on");
  verb.Add("--noise", arguments.noise,
           "What is too small to matter: only differences that surely exceed it are claimed")
      .ShowDefault();
  verb.Add("--fail-above", arguments.fail_above,
           "Exit with 1 when a percentile is slower by more than this (a percentage), and "
           "surely by more than --noise");
  verb.Add("--stage", arguments.stages,
           "Compare this series, as `report` names it with '-' (wire-dequeued; repeat it for "
           "more), instead of the one from end to end");
  verb.Add("--method", arguments.method,
           "auto: drawn blocks of intervals for one run each, Student's t for several and "
           "for pairs; woodruff: for one run each, without random numbers; sign-flips: for "
           "pairs")
      .OneOf({"auto", "woodruff", "sign-flips"})
      .ShowDefault();
  verb.Add("--seed", arguments.seed, "Of the drawn blocks").ShowDefault();
  verb.Add("--format", arguments.format, "text or json").OneOf({"text", "json"}).ShowDefault();
}

}  // namespace

void AddLatencyCompare(Verb latency, int& exit_code) {
  const Verb verb = latency.AddVerb("compare", "Say whether one build, setting or day is slower");
  auto arguments = std::make_shared<CompareArguments>();
  AddOptions(verb, *arguments);
  verb.Footer(
      "p50, p90, p99 and p99.9 of B against A, each with an interval and one of three answers:\n"
      "faster or slower by so much; no difference beyond --noise; cannot tell, and how much more\n"
      "would have to be measured. All answers of a table hold together with 95% confidence.\n"
      "One run each needs 60 intervals behind the warm-up (300 to find 10% at p99), and says "
      "nothing\n"
      "of what differs from run to run: measure in turns, at least 5 pairs (10 for 10% at p99), "
      "and\n"
      "give --pairs. A percentile takes part when 100 values of each run lie above it.\n\n"
      "Exit code 0: compared; 1: something is slower by more than --fail-above; 2: wrong usage, a "
      "file\n"
      "that is no report, or reports that cannot be compared. A true difference of the size of\n"
      "--fail-above trips it half of the time: give half of what must be caught.\n\n"
      "Examples:\n"
      "  feedhandler latency compare monday.latency tuesday.latency\n"
      "  feedhandler latency compare old1.latency,old2.latency new1.latency,new2.latency\n"
      "  feedhandler latency compare base/ branch/ --pairs --fail-above=5%\n"
      "  feedhandler latency compare a.latency b.latency --stage=dequeued-decoded --format=json");
  verb.OnRun([arguments, &exit_code] { exit_code = Compare(*arguments); });
}

}  // namespace fh::cli
