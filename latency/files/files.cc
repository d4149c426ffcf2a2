#include "latency/files/files.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "latency/files/report_file.h"
#include "latency/recording/buckets.h"

namespace fh::latency::files {
namespace {

constexpr std::array<std::pair<Format, absl::string_view>, 5> kEndings{
    {{Format::kReport, ".latency"},
     {Format::kText, ".textproto"},
     {Format::kHlog, ".hlog"},
     {Format::kHgrm, ".hgrm"},
     {Format::kCsv, ".csv"}}};

absl::Status Named(absl::string_view name, const absl::Status& status) {
  return status.ok() ? status
                     : absl::Status(status.code(), absl::StrCat(name, ": ", status.message()));
}

absl::StatusOr<std::string> FileBytes(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  std::string bytes;
  std::array<char, 1 << 16> piece;
  size_t count = 0;
  while (bytes.size() <= kMostFileBytes &&
         (count = std::fread(piece.data(), 1, piece.size(), file)) > 0) {
    bytes.append(piece.data(), count);
  }
  const int error = std::ferror(file) != 0 ? errno : 0;
  std::fclose(file);
  if (error != 0) {
    return absl::DataLossError(absl::StrCat("cannot read ", path, ": ", std::strerror(error)));
  }
  return bytes;
}

}  // namespace

absl::string_view EndingOf(Format format) {
  for (const auto& [known, ending] : kEndings) {
    if (known == format) return ending;
  }
  return "";
}

absl::StatusOr<Format> FormatOfPath(absl::string_view path) {
  for (const auto& [format, ending] : kEndings) {
    if (path.size() > ending.size() && absl::EndsWithIgnoreCase(path, ending)) return format;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the name ", path,
                   " does not say what to write: let it end in .latency, .textproto, .hlog, .hgrm "
                   "or .csv"));
}

absl::StatusOr<ReportRead> ReadReport(const std::string& path) {
  const absl::StatusOr<std::string> bytes = FileBytes(path);
  if (!bytes.ok()) return bytes.status();
  return ParseReport(*bytes, path);
}

absl::StatusOr<ReportRead> ParseReport(absl::string_view bytes, absl::string_view name) {
  const bool text = absl::StartsWith(bytes, kTextFirstBytes);
  absl::StatusOr<proto::LatencyReport> report =
      text ? DecodeReportText(bytes) : DecodeReport(bytes);
  if (!report.ok()) return Named(name, report.status());
  if (absl::Status right = CheckReport(*report); !right.ok()) return Named(name, right);
  return ReportRead{*std::move(report), text ? Format::kText : Format::kReport, {}};
}

absl::Status CheckReport(const proto::LatencyReport& report) { return CheckContents(report); }

absl::StatusOr<std::string> FormatReport(const proto::LatencyReport& report, Format format,
                                         const WriteOptions&, Notes*) {
  if (absl::Status right = CheckReport(report); !right.ok()) return right;
  switch (format) {
    case Format::kReport:
      return EncodeReport(report);
    case Format::kText:
      return EncodeReportText(report);
    default:
      return absl::UnimplementedError(absl::StrCat(EndingOf(format), " is not written yet"));
  }
}

absl::StatusOr<ReportOutput> ReportOutput::Claim(const std::string& path, const std::string& name,
                                                 const WriteOptions& options) {
  WriteOptions chosen = options;
  if (!chosen.format.has_value()) {
    const absl::StatusOr<Format> format = FormatOfPath(path);
    if (!format.ok()) return Named(name, format.status());
    chosen.format = *format;
  }
  absl::StatusOr<ReplacedFile> file = ReplacedFile::Claim(
      path, name, *chosen.format == Format::kText ? kTextFirstBytes : kReportFirstBytes);
  if (!file.ok()) return file.status();
  return ReportOutput(*std::move(file), std::move(chosen));
}

absl::StatusOr<Notes> ReportOutput::Write(const proto::LatencyReport& report) {
  Notes notes;
  const absl::StatusOr<std::string> bytes =
      FormatReport(report, *options_.format, options_, &notes);
  if (!bytes.ok()) return bytes.status();
  if (absl::Status written = file_.Write(*bytes); !written.ok()) return written;
  return notes;
}

absl::StatusOr<Notes> WriteReport(const proto::LatencyReport& report, const std::string& path,
                                  const WriteOptions& options) {
  absl::StatusOr<ReportOutput> output = ReportOutput::Claim(path, path, options);
  if (!output.ok()) return output.status();
  return output->Write(report);
}

absl::StatusOr<Merged> MergeReports(std::span<const proto::LatencyReport>) {
  return absl::UnimplementedError("reports are not merged yet");
}

absl::Status CorrectForExpectedInterval(int64_t, proto::LatencyReport*) {
  return absl::UnimplementedError("reports are not corrected yet");
}

std::string TagOf(const proto::Series& series) { return series.stage(); }

absl::StatusOr<HistogramSnapshot> HistogramOf(const proto::Series& series) {
  return recording::SnapshotOf(series);
}

absl::StatusOr<HistogramSnapshot> HistogramOf(const proto::Interval& interval,
                                              const proto::Series&) {
  return recording::SnapshotOf(interval);
}

}  // namespace fh::latency::files
