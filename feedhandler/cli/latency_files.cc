#include "feedhandler/cli/latency_files.h"

#include <algorithm>
#include <chrono>
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

Option AddLatencyOptions(Verb verb, LatencyArguments& arguments) {
  const Option latency =
      verb.Add("--latency", arguments.latency_file,
               "Write what was measured to this file, by interval; its ending decides how: "
               ".latency (everything), .textproto, .hlog (HdrHistogram), .hgrm, .csv");
  verb.Add("--html", arguments.html_file,
           "Write it as a page to look at: one file that needs no network");
  verb.Add("--latency-interval", arguments.interval_s,
           "Length of an interval in seconds, at least 0.1")
      .Range(0.1, 86'400.0)
      .ShowDefault();
  return latency;
}

void AddPipelineLatencyOptions(Verb verb, LatencyArguments& arguments) {
  const Option latency = AddLatencyOptions(verb, arguments);
  verb.Add("--latency-save", arguments.save_s,
           "Also put a .latency or .textproto file of --latency in place every so many seconds, so "
           "that a run that is killed leaves it; 0: at the end alone")
      .Range(0.0, 86'400.0)
      .ShowDefault()
      .Needs(latency);
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
  const Instant now = Instant::Now();
  collector_->Start(now);
  // The others cannot say that their run had not ended.
  saves_meanwhile_ = report_.has_value() && report_->is_file() && arguments_.save_s > 0 &&
                     (report_->format() == latency::files::Format::kReport ||
                      report_->format() == latency::files::Format::kText);
  next_save_ns_ = now.monotonic_ns + arguments_.save_ns();
}

proto::LatencyReport LatencyFiles::Described() const {
  proto::LatencyReport report;
  *report.mutable_run() = RunOf(about_);
  FillEnvironment(about_, *report.mutable_environment());
  return report;
}

void LatencyFiles::Look(const std::function<PipelineCounters()>& counters) {
  if (collector_ == nullptr) return;
  const Instant now = Instant::Now();
  if (collector_->IsDue(now)) collector_->Look(now, counters());
  if (saves_meanwhile_) SaveWhenDue(now.monotonic_ns);
}

proto::LatencyReport LatencyFiles::Report(Moment moment) const {
  const proto::LatencyReport described = Described();
  proto::LatencyReport report = collector_->Report(described.run(), moment);
  *report.mutable_environment() = described.environment();
  return report;
}

void LatencyFiles::SaveWhenDue(int64_t now_ns) {
  if (saving_.valid()) {
    if (saving_.wait_for(std::chrono::seconds(0)) == std::future_status::timeout) return;
    TakeSaved();
  }
  if (now_ns < next_save_ns_) return;
  // Where the system gives no thread, it is done by the next look.
  saving_ = std::async(std::launch::async | std::launch::deferred, [this] { return Save(); });
}

LatencyFiles::Saved LatencyFiles::Save() {
  const int64_t begin_ns = Instant::Now().monotonic_ns;
  Saved saved{.status = report_->Write(Report(Moment::kMeanwhile)).status()};
  saved.end_ns = Instant::Now().monotonic_ns;
  saved.took_ns = saved.end_ns - begin_ns;
  return saved;
}

void LatencyFiles::TakeSaved() {
  constexpr int64_t kLeastPause = 100;  // Times what a save took.
  const Saved saved = saving_.get();
  next_save_ns_ = saved.end_ns + std::max(arguments_.save_ns(), kLeastPause * saved.took_ns);
  ++saves_;
  if (saved.status.ok()) return;
  if (++failed_saves_ > 1) return;
  first_failure_ = saved.status;
  std::fprintf(
      stderr,
      "note: --latency=%s could not be saved while the run goes on: %s; what it held is still "
      "there, and it is tried again\n",
      arguments_.latency_file.c_str(), std::string(saved.status.message()).c_str());
}

std::vector<std::string> LatencyFiles::Finish(const PipelineCounters& counters) {
  if (collector_ == nullptr) return {};
  collector_->Look(Instant::Now(), counters);
  if (saving_.valid()) TakeSaved();
  std::vector<std::string> faults = WriteAll(Report(Moment::kEnd));
  if (failed_saves_ != 0) {
    faults.push_back(absl::StrCat(
        "--latency=", arguments_.latency_file, ": ", failed_saves_, " of ", saves_,
        " saves while the run went on failed, first with: ", first_failure_.message()));
  }
  return faults;
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
