#include "latency/files/files.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "latency/files/hlog.h"
#include "latency/files/hlog_report.h"
#include "latency/files/percentile_file.h"
#include "latency/files/report_file.h"

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
  if (error == EISDIR) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is a folder: name the files in it"));
  }
  if (error != 0) {
    return absl::DataLossError(absl::StrCat("cannot read ", path, ": ", std::strerror(error)));
  }
  return bytes;
}

// What a file without our first bytes is, by its first line that says something.
enum class Kind : uint8_t { kText, kHlog, kPercentiles, kUnknown };

Kind KindOf(absl::string_view bytes) {
  // Far enough for the text that programs print above a table.
  constexpr size_t kMostBytes = size_t{1} << 16;
  bool comments = false;
  for (absl::string_view line : absl::StrSplit(bytes.substr(0, kMostBytes), '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    if (IsPercentileHead(line)) return Kind::kPercentiles;
    if (line[0] == '#') {
      comments = true;
      if (absl::StartsWith(line, "#[Histogram log format")) return Kind::kHlog;
      continue;
    }
    if (absl::StartsWith(line, "\"StartTimestamp\"") || absl::StartsWith(line, "Tag=")) {
      return Kind::kHlog;
    }
    if (absl::ascii_isdigit(static_cast<unsigned char>(line[0])) &&
        absl::StrContains(line, ",HIST")) {
      return Kind::kHlog;
    }
    const size_t word = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
    if (word != 0 && word != line.npos && (line[word] == ':' || line[word] == ' ') &&
        (absl::StartsWith(line, "version:") || absl::EndsWith(line, "{"))) {
      return Kind::kText;
    }
  }
  return comments && absl::StartsWith(bytes, "#[") ? Kind::kHlog : Kind::kUnknown;
}

// Without the file's name in messages, and not checked yet.
absl::StatusOr<ReportRead> ParseAny(absl::string_view bytes) {
  if (bytes.empty()) return absl::InvalidArgumentError("the file is empty: measure again");
  ReportRead read;
  const bool framed = bytes[0] == kReportFirstBytes[0];
  const bool text = absl::StartsWith(bytes, kTextFirstBytes);
  const Kind kind = framed || text ? Kind::kText : KindOf(bytes);
  absl::StatusOr<proto::LatencyReport> report;
  switch (kind) {
    case Kind::kText:
      read.format = framed ? Format::kReport : Format::kText;
      report = framed ? DecodeReport(bytes) : DecodeReportText(bytes);
      break;
    case Kind::kHlog: {
      read.format = Format::kHlog;
      const absl::StatusOr<Hlog> log = ParseHlog(bytes);
      if (!log.ok()) return log.status();
      report = ReportOfHlog(*log, read.notes);
      break;
    }
    case Kind::kPercentiles:
      return absl::FailedPreconditionError(
          "this is a table of percentiles, which cannot be turned back into a report: read the "
          ".latency or .hlog file that it was made from");
    case Kind::kUnknown:
      return absl::InvalidArgumentError(
          "this is no latency report: neither .latency nor .textproto nor .hlog; give a file that "
          "--latency=FILE wrote, or an interval log of HdrHistogram");
  }
  if (!report.ok()) return report.status();
  read.report = *std::move(report);
  return read;
}

// The series whose table is asked for.
absl::StatusOr<const proto::Series*> SeriesOfTag(const proto::LatencyReport& report,
                                                 absl::string_view tag) {
  std::vector<std::string> tags;
  for (const proto::Series& series : report.series()) {
    std::string own = TagOf(series);
    if (own == tag) return &series;
    tags.push_back(own.empty() ? "end to end" : std::move(own));
  }
  return absl::NotFoundError(
      absl::StrCat(tag.empty() ? "the report has no end-to-end series"
                               : absl::StrCat("the report has no series \"", tag, "\""),
                   tags.empty() ? "; it has none at all"
                                : absl::StrCat("; it has: ", absl::StrJoin(tags, ", "))));
}

absl::StatusOr<std::string> FormatTable(const proto::LatencyReport& report, Format format,
                                        const WriteOptions& options, Notes& notes) {
  if (options.unit_ns != 1'000 && options.unit_ns != 1'000'000) {
    return absl::InvalidArgumentError("a table is in units of 1,000 or 1,000,000 ns");
  }
  const absl::StatusOr<const proto::Series*> series = SeriesOfTag(report, options.tag);
  if (!series.ok()) return series.status();
  absl::StatusOr<HdrHistogram> histogram = HdrOfTotal(**series);
  if (!histogram.ok()) return histogram.status();
  if (report.series_size() > 1) {
    notes.push_back(absl::StrCat("the table is that of ",
                                 options.tag.empty() ? "end to end" : options.tag, ", one of ",
                                 report.series_size(), " series"));
  }
  notes.push_back("a table cannot be turned back into a report: keep that, too");
  const PercentileOptions table{options.unit_ns, options.ticks_per_half_distance};
  return format == Format::kHgrm ? FormatHgrm(*histogram, table)
                                 : FormatPercentileCsv(*histogram, table);
}

// With what each file of a format begins: only such files are replaced.
absl::string_view FirstBytesOf(Format format) {
  switch (format) {
    case Format::kReport:
      return kReportFirstBytes;
    case Format::kText:
      return kTextFirstBytes;
    case Format::kHlog:
      return kHlogFirstBytes;
    case Format::kHgrm:
      return kHgrmFirstBytes;
    case Format::kCsv:
      return kCsvFirstBytes;
  }
  return "";
}

// Sets the format of `options`, when it has none, by the path.
absl::StatusOr<ReplacedFile> ClaimFor(const std::string& path, const std::string& name,
                                      WriteOptions& options) {
  if (!options.format.has_value()) {
    const absl::StatusOr<Format> format = FormatOfPath(path);
    if (!format.ok()) return Named(name, format.status());
    options.format = *format;
  }
  return ReplacedFile::Claim(path, name, FirstBytesOf(*options.format));
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
  absl::StatusOr<ReportRead> read = ParseAny(bytes);
  if (!read.ok()) return Named(name, read.status());
  if (absl::Status right = CheckReport(read->report); !right.ok()) return Named(name, right);
  return read;
}

absl::Status CheckReport(const proto::LatencyReport& report) { return CheckContents(report); }

absl::StatusOr<std::string> FormatReport(const proto::LatencyReport& report, Format format,
                                         const WriteOptions& options, Notes* notes) {
  if (absl::Status right = CheckReport(report); !right.ok()) return right;
  Notes left_out;
  Notes& out = notes != nullptr ? *notes : left_out;
  switch (format) {
    case Format::kReport:
      return EncodeReport(report);
    case Format::kText:
      return EncodeReportText(report);
    case Format::kHlog:
      return HlogOfReport(report, out);
    case Format::kHgrm:
    case Format::kCsv:
      break;
  }
  return FormatTable(report, format, options, out);
}

absl::StatusOr<ReportOutput> ReportOutput::Claim(const std::string& path, const std::string& name,
                                                 const WriteOptions& options) {
  WriteOptions chosen = options;
  absl::StatusOr<ReplacedFile> file = ClaimFor(path, name, chosen);
  if (!file.ok()) return file.status();
  return ReportOutput(*std::move(file), std::move(chosen));
}

absl::StatusOr<Notes> ReportOutput::Write(const proto::LatencyReport& report) {
  Notes notes;
  const absl::StatusOr<std::string> bytes =
      FormatReport(report, *options_.format, options_, &notes);
  if (!bytes.ok()) return bytes.status();
  const absl::Status written = file_.Write(*bytes, ReplacedFile::Keep::kOnDisk);
  if (!written.ok()) return written;
  return notes;
}

absl::StatusOr<Notes> WriteReport(const proto::LatencyReport& report, const std::string& path,
                                  const WriteOptions& options) {
  absl::StatusOr<ReportOutput> output = ReportOutput::Claim(path, path, options);
  if (!output.ok()) return output.status();
  return output->Write(report);
}

absl::StatusOr<Notes> ConvertTable(const std::string& from, const std::string& to,
                                   const WriteOptions& options) {
  const absl::StatusOr<std::string> bytes = FileBytes(from);
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<PercentileTable> table = ParsePercentiles(*bytes);
  if (!table.ok()) return Named(from, table.status());
  WriteOptions chosen = options;
  absl::StatusOr<ReplacedFile> file = ClaimFor(to, to, chosen);
  if (!file.ok()) return file.status();
  if (*chosen.format != Format::kHgrm && *chosen.format != Format::kCsv) {
    return absl::FailedPreconditionError(
        absl::StrCat(from,
                     ": this is a table of percentiles, which becomes .hgrm or .csv and nothing "
                     "else: convert the .latency or .hlog file that it was made from"));
  }
  const bool hgrm = *chosen.format == Format::kHgrm;
  absl::Status written = file->Write(hgrm ? FormatHgrm(*table) : FormatPercentileCsv(*table));
  if (!written.ok()) return written;
  Notes notes;
  if (hgrm && !table->has_footer) notes.push_back("mean and deviation are not known: no footer");
  return notes;
}

}  // namespace fh::latency::files
