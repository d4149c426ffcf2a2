#include "feedhandler/cli/latency_files.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/doctor/environment.h"
#include "feedhandler/version.h"
#include "latency/files/hlog_report.h"
#include "latency/page/page.h"

namespace fh::cli {
namespace {

proto::Run RunOf(const LatencyFiles::About& about) {
  proto::Run run;
  run.set_program(absl::StrCat("feedhandler ", about.verb));
  run.set_version(kVersion);
  run.set_build(BuildText());
  for (const std::string& argument : CommandLine()) run.add_argument(argument);
  run.set_seed(about.seed);
  run.set_backend(about.backend);
  if (about.loop != proto::Run::UNCONTROLLED) run.set_loop(about.loop);
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

void AddLatencyOptions(Verb verb, LatencyArguments& arguments) {
  verb.Add("--latency", arguments.latency_file,
           "Write what was measured to this file, by interval; its ending decides how: "
           ".latency (everything), .textproto, .hlog (HdrHistogram), .hgrm, .csv");
  verb.Add("--html", arguments.html_file,
           "Write it as a page to look at: one file that needs no network");
  verb.Add("--latency-interval", arguments.interval_s,
           "Length of an interval in seconds, at least 0.1")
      .Range(0.1, 86'400.0)
      .ShowDefault();
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
    absl::StatusOr<ReplacedFile> page =
        ReplacedFile::Claim(arguments.html_file, absl::StrCat("--html=", arguments.html_file),
                            latency::page::kPageFirstBytes);
    if (!page.ok()) return page.status();
    files.page_.emplace(*std::move(page));
  }
  return files;
}

// The path is free again in between: nobody else of this program claims it at that time.
void LatencyFiles::OpenLog() {
  const latency::files::Format format = report_->format();
  if (format != latency::files::Format::kHlog) return;
  report_.reset();
  const int64_t start_unix_ns = Instant::Now().unix_ns;
  absl::StatusOr<latency::files::HlogWriter> log = latency::files::HlogWriter::Open(
      arguments_.latency_file, absl::StrCat("--latency=", arguments_.latency_file), start_unix_ns,
      {latency::files::HlogComment(arguments_.interval_ns(), nullptr)});
  log_status_ = log.status();
  if (log.ok()) log_.emplace(*std::move(log));
}

// After the first line that is lost there are no more: the writer says so at the end.
void LatencyFiles::WriteLine(const proto::Series& series, int64_t start_ns, int64_t length_ns,
                             const proto::Buckets& added) {
  const absl::StatusOr<latency::files::HdrHistogram> histogram =
      latency::files::HdrOf(added, series);
  log_status_.Update(
      histogram.ok() ? log_->Write(latency::files::TagOf(series), start_ns, length_ns, *histogram)
                     : histogram.status());
}

void LatencyFiles::Start(Pipeline& pipeline, const latency::Clock& clock, const About& about) {
  about_ = about;
  if (!wanted()) return;
  if (report_.has_value()) OpenLog();
  decltype(LatencyCollectorOptions::on_interval) on_interval;
  if (log_.has_value()) {
    on_interval = [this](const proto::Series& series, int64_t start_ns, int64_t length_ns,
                         const proto::Buckets& added) {
      WriteLine(series, start_ns, length_ns, added);
    };
  }
  collector_ = std::make_unique<LatencyCollector>(
      pipeline, clock,
      LatencyCollectorOptions{
          .interval_ns = arguments_.interval_ns(), .host = about.host, .on_interval = on_interval});
  collector_->Start(Instant::Now());
}

proto::LatencyReport LatencyFiles::Described() const {
  proto::LatencyReport report;
  *report.mutable_run() = RunOf(about_);
  FillEnvironment(about_, *report.mutable_environment());
  return report;
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
  const proto::LatencyReport described = Described();
  proto::LatencyReport report = collector_->Report(described.run(), Moment::kEnd);
  *report.mutable_environment() = described.environment();
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
  if (log_.has_value()) log_status_.Update(log_->Close());
  if (!log_status_.ok()) faults.emplace_back(log_status_.message());
  if (page_.has_value()) {
    const absl::Status written = page_->Write(latency::page::HtmlPage(report));
    if (!written.ok()) faults.emplace_back(written.message());
  }
  return faults;
}

}  // namespace fh::cli
