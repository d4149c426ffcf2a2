#include "feedhandler/cli/latency_files.h"

#include <CLI/App.hpp>
#include <cmath>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/doctor/environment.h"
#include "feedhandler/version.h"
#include "latency/page/page.h"

namespace fh::cli {
namespace {

constexpr double kNsPerSecond = 1e9;

// With which every page begins.
constexpr char kPageFirstBytes[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
    "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src ";

proto::Run RunOf(const LatencyFiles::About& about) {
  proto::Run run;
  run.set_program(absl::StrCat("feedhandler ", about.verb));
  run.set_version(kVersion);
  run.set_build(BuildText());
  for (const std::string& argument : CommandLine()) run.add_argument(argument);
  run.set_seed(about.seed);
  run.set_backend(about.backend);
  run.set_loop(about.loop);
  return run;
}

void FillEnvironment(const LatencyFiles::About& about, proto::Environment& environment) {
  for (const MachineFact& fact : MachineFacts(rio::HostFiles(), about.interfaces)) {
    proto::Environment::Fact* const out = environment.add_fact();
    out->set_name(fact.name);
    out->set_value(fact.value);
  }
  if (about.backend.empty()) return;
  proto::Environment::Fact* const out = environment.add_fact();
  out->set_name("backend");
  out->set_value(about.backend);
}

}  // namespace

void AddLatencyOptions(CLI::App* verb, LatencyArguments& arguments) {
  verb->add_option("--latency", arguments.latency_file,
                   "Write what was measured to this file, by interval; its ending decides how: "
                   ".latency (everything), .textproto, .hlog (HdrHistogram), .hgrm, .csv");
  verb->add_option("--html", arguments.html_file,
                   "Write it as a page to look at: one file that needs no network");
  verb->add_option("--latency-interval", arguments.interval_s,
                   "Length of an interval in seconds, at least 0.1")
      ->check(CLI::Range(0.1, 86'400.0))
      ->capture_default_str();
}

absl::StatusOr<LatencyFiles> LatencyFiles::Claim(const LatencyArguments& arguments) {
  LatencyFiles files(arguments);
  if (!arguments.latency_file.empty()) {
    absl::StatusOr<latency::files::ReportOutput> report = latency::files::ReportOutput::Claim(
        arguments.latency_file, absl::StrCat("--latency=", arguments.latency_file));
    if (!report.ok()) return report.status();
    files.report_.emplace(*std::move(report));
  }
  if (!arguments.html_file.empty()) {
    absl::StatusOr<ReplacedFile> page = ReplacedFile::Claim(
        arguments.html_file, absl::StrCat("--html=", arguments.html_file), kPageFirstBytes);
    if (!page.ok()) return page.status();
    files.page_.emplace(*std::move(page));
  }
  return files;
}

void LatencyFiles::Start(Pipeline& pipeline, const latency::Clock& clock, const About& about) {
  if (!wanted()) return;
  about_ = about;
  collector_ = std::make_unique<LatencyCollector>(
      pipeline, clock,
      LatencyCollectorOptions{
          .interval_ns = static_cast<int64_t>(std::llround(arguments_.interval_s * kNsPerSecond)),
          .host = about.host});
  collector_->Start(Instant::Now());
}

void LatencyFiles::Look(const std::function<PipelineCounters()>& counters) {
  if (collector_ == nullptr) return;
  if (const Instant now = Instant::Now(); collector_->IsDue(now)) {
    collector_->Look(now, counters());
  }
}

std::vector<std::string> LatencyFiles::Finish(const PipelineCounters& counters) {
  if (collector_ == nullptr) return {};
  collector_->Look(Instant::Now(), counters);
  proto::LatencyReport report = collector_->Report(RunOf(about_), Moment::kEnd);
  FillEnvironment(about_, *report.mutable_environment());
  return WriteAll(report);
}

std::vector<std::string> LatencyFiles::Write(proto::LatencyReport report, const About& about) {
  if (!wanted()) return {};
  report.mutable_run()->MergeFrom(RunOf(about));
  FillEnvironment(about, *report.mutable_environment());
  return WriteAll(report);
}

std::vector<std::string> LatencyFiles::WriteAll(const proto::LatencyReport& report) {
  std::vector<std::string> faults;
  if (report_.has_value()) {
    const absl::StatusOr<latency::files::Notes> written = report_->Write(report);
    if (!written.ok()) {
      faults.emplace_back(written.status().message());
    } else {
      for (const std::string& note : *written) {
        std::fprintf(stderr, "note: --latency=%s: %s\n", arguments_.latency_file.c_str(),
                     note.c_str());
      }
    }
  }
  if (page_.has_value()) {
    const absl::Status written = page_->Write(latency::page::HtmlPage(report));
    if (!written.ok()) faults.emplace_back(written.message());
  }
  return faults;
}

}  // namespace fh::cli
