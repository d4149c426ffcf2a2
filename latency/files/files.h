// Latency reports as files: read whatever measured them, written for whoever reads them, merged.
//
//   absl::StatusOr<ReportRead> read = files::ReadReport("day.latency");   // Or .hlog, .textproto.
//   if (!read.ok()) return read.status();
//   for (const std::string& note : read->notes) Warn(note);      // What was skipped, and why.
//   absl::StatusOr<Notes> left_out = files::WriteReport(read->report, "day.hlog");
//
//   absl::StatusOr<Merged> day = files::MergeReports(reports);   // A vector of them.
//
// A format is told by what a file holds when it is read, and by the ending of its name when it is
// written:
//
//   .latency    everything: the Protobuf message of latency_report.proto, framed (report_file.h)
//   .textproto  the same as Protobuf text, to look at and to edit
//   .hlog       HdrHistogram's interval log 1.3, which its viewers take: a tag a stage, and one line
//               without a tag, end to end (hlog.h). No clocks, environment, counters, samples, races;
//               no values outside of the buckets. Read: any version, also from other programs
//   .hgrm       HdrHistogram's percentile table of one series, for plotters (percentile_file.h).
//               Cannot be turned back into a report
//   .csv        the same table, separated by commas
//
// Any thread; allocates, reads and writes files: before and after the work, and on threads that
// nobody waits for. Files are read as if they came from an enemy: what is malformed is refused with
// where and why, or (lines of a log) skipped and said, and nothing grows beyond a limit that the
// header of its format names.
#ifndef FEEDHANDLER_LATENCY_FILES_FILES_H_
#define FEEDHANDLER_LATENCY_FILES_FILES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "feedhandler/output/replaced_file.h"
#include "latency/histogram.h"
#include "latency/recording/latency_report.pb.h"

namespace fh::latency::files {

namespace proto = ::feedhandler::latency;

// Sentences for whoever asked for a file: what of it was skipped, could not be kept or was changed.
using Notes = std::vector<std::string>;

enum class Format : uint8_t { kReport, kText, kHlog, kHgrm, kCsv };

// ".latency", ...
absl::string_view EndingOf(Format format);

// By the ending. InvalidArgument for any other one, naming those that there are.
absl::StatusOr<Format> FormatOfPath(absl::string_view path);

struct ReportRead {
  proto::LatencyReport report;  // Always one that CheckReport takes.
  Format format = Format::kReport;
  Notes notes;
};

// Reads a report, by what the file holds and not by its name. Errors name the file and say what to
// do: NotFound, InvalidArgument (no report, or a damaged one; offset or line and reason),
// FailedPrecondition (a percentile table, which cannot be turned back).
absl::StatusOr<ReportRead> ReadReport(const std::string& path);

// The same of bytes; `name` as in messages.
absl::StatusOr<ReportRead> ParseReport(absl::string_view bytes, absl::string_view name);

// What consumers may rely on: version 1, a positive interval when there are intervals, numbers of
// intervals ascending and below Run.intervals, buckets that exist, as many counts as indices and no
// sum of 2^63 or more, no negative durations and counts, shares between 0 and 1. InvalidArgument
// says which series is wrong, and how.
absl::Status CheckReport(const proto::LatencyReport& report);

struct WriteOptions {
  // Instead of the ending.
  std::optional<Format> format;
  // .hgrm and .csv: whose table, as TagOf says it; empty: end to end.
  std::string tag;
  // .hgrm and .csv: in which unit values are printed, 1'000 or 1'000'000. Plotters cut what needs
  // more than seven digits before the dot.
  int64_t unit_ns = 1'000'000;
  // .hgrm and .csv: lines for each halving of the distance to 100 %. Plotters join files line by line:
  // leave it.
  int ticks_per_half_distance = 5;
};

// Writes a report. The file is replaced as a whole, and only when it is new, empty or one of this
// format (replaced_file.h); "-" is standard output and needs a format. Returns what the format has
// no place for. Errors: as ReportOutput.
absl::StatusOr<Notes> WriteReport(const proto::LatencyReport& report, const std::string& path,
                                  const WriteOptions& options = {});

// The bytes that WriteReport would write; `notes` (may be null) get what is left out.
absl::StatusOr<std::string> FormatReport(const proto::LatencyReport& report, Format format,
                                         const WriteOptions& options, Notes* notes);

// A report that is written at the end, or again and again, and whose path is claimed at the start.
class ReportOutput {
 public:
  // `name` as in messages: "--latency=day.latency". Touches nothing. InvalidArgument: no such ending,
  // or the path is what claims refuse (output_claim.h).
  static absl::StatusOr<ReportOutput> Claim(const std::string& path, const std::string& name,
                                            const WriteOptions& options = {});

  // Puts the report in place, on the disk, as WriteReport does. InvalidArgument: CheckReport's; NotFound: no series
  // of that tag; DataLoss: it is not there, what was there before still is. More than once only when
  // is_file().
  absl::StatusOr<Notes> Write(const proto::LatencyReport& report);

  bool is_file() const { return file_.is_file(); }
  Format format() const { return *options_.format; }

 private:
  ReportOutput(ReplacedFile file, WriteOptions options)
      : file_(std::move(file)), options_(std::move(options)) {}

  ReplacedFile file_;
  WriteOptions options_;
};

// A table of percentiles (.hgrm or .csv) in its other form, which is all that can become of it; CSV has no
// footer to be turned into one, which a note says. The options' tag and unit are not used. Errors: as
// ReadReport and WriteReport.
absl::StatusOr<Notes> ConvertTable(const std::string& from, const std::string& to,
                                   const WriteOptions& options = {});

struct Merged {
  proto::LatencyReport report;
  Notes notes;
};

// Several runs, or several processes of one run, as one. What one long run would have recorded:
// buckets, counters and what lies outside of the buckets add up, extremes are the outermost, and
// percentiles follow from the sums (they are never averaged). Intervals are placed by their UNIX
// time; runs further apart than kMostMergedIntervals are placed one behind the other, and a note
// says so. Series of different HdrHistogram settings are recorded anew in the coarser ones, with a
// note. InvalidArgument when there is none, when their intervals have different lengths, when one is
// open loop and another closed, and when one was corrected for an expected interval and another was
// not.
inline constexpr uint32_t kMostMergedIntervals = 200'000;
absl::StatusOr<Merged> MergeReports(std::span<const proto::LatencyReport> reports);

// Adds to each total of closed-loop data the values that a schedule of one every `interval_ns` would
// have seen while it waited: v - I, v - 2I, ... down to I. The maximum stays. FailedPrecondition when
// the loop was not closed (open-loop data has these values already) or it was corrected before.
absl::Status CorrectForExpectedInterval(int64_t interval_ns, proto::LatencyReport* report);

// "wire-dequeued", or for a part "feed.channel.line.wire-dequeued": how a series is called in a log
// and in options. Without commas, spaces and control characters, and fewer than 64 bytes: what does
// not fit is shortened, with a sum that keeps it distinct. Empty for the end-to-end series.
std::string TagOf(const proto::Series& series);

// A series, or one of its intervals, as a histogram of this program, also when its buckets are
// HdrHistogram's: then each one is counted where its lowest value lies, which is exact for logs that
// this program wrote and within both errors for others; what lies beyond the range is counted as
// above_range. Errors: recording::SnapshotOf's.
absl::StatusOr<HistogramSnapshot> HistogramOf(const proto::Series& series);
absl::StatusOr<HistogramSnapshot> HistogramOf(const proto::Interval& interval,
                                              const proto::Series& series);

}  // namespace fh::latency::files

#endif  // FEEDHANDLER_LATENCY_FILES_FILES_H_
