// HdrHistogram's interval log (.hlog): any version read, 1.3 written.
//
//   absl::StatusOr<HlogWriter> log = HlogWriter::Open("day.hlog", "--log=day.hlog", start_unix_ns, {});
//   absl::Status written = log->Write("A.310.wire-dequeued", 0, kSecondNs, histogram);
//   written = log->Write("", 0, kSecondNs, end_to_end);            // Once an interval, without a tag.
//
//   absl::StatusOr<Hlog> read = ParseHlog(bytes);
//
// Written is the one shape that the readers in Java, JavaScript and C all take:
//
//   #[comment, at most 126 bytes a line]
//   #[Histogram log format version 1.3]
//   #[StartTime: 1700000000.000 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]
//   #[BaseTime: 1700000000.000 (seconds since epoch)]
//   "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
//   Tag=wire-dequeued,0.000,1.000,0.002,HISTFAAA...
//   0.000,1.000,0.021,HISTFAAA...
//
// Values are nanoseconds; Interval_Max is in milliseconds, for people, and never read. The same under
// every locale. Each line is one write at the end of the file, so that a program that is killed leaves
// whole lines.
//
// Read is whatever one of the three readers takes: lines end in LF or CRLF, the last one in nothing,
// blank lines, comments anywhere, blanks behind commas, numbers with an exponent, no header. A line
// that cannot be read is skipped and reported with its number. A log has at most kMostHlogBytes,
// kMostHlogLines and kMostHlogSlots slots in use; beyond that it is refused.
//
// Any thread, one at a time; allocates. Write blocks in write(2).
#ifndef FEEDHANDLER_LATENCY_FILES_HLOG_H_
#define FEEDHANDLER_LATENCY_FILES_HLOG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "feedhandler/output/output_claim.h"
#include "latency/files/hdr_histogram.h"

namespace fh::latency::files {

inline constexpr size_t kMostHlogBytes = size_t{1} << 30;
inline constexpr uint64_t kMostHlogLines = 10'000'000;
inline constexpr uint64_t kMostHlogSlots = uint64_t{1} << 25;
inline constexpr uint64_t kMostHlogUnpackedBytes = uint64_t{1} << 30;
inline constexpr size_t kMostTagBytes = 63;
inline constexpr size_t kMostCommentBytes = 126;  // "#[", "]" and the line end included.
// With which every log of this program begins.
inline constexpr absl::string_view kHlogFirstBytes = "#[feedhandler latency";

struct HlogInterval {
  std::string tag;  // Empty: none.
  int64_t start_unix_ns = 0;
  int64_t length_ns = 0;
  HdrHistogram histogram;
  uint64_t line = 0;  // 1: the first.
};

struct HlogSkipped {
  uint64_t line = 0;
  std::string reason;
};

struct Hlog {
  std::vector<HlogInterval> intervals;  // As in the file.
  // As the header has it, or as the Java library deduces it without one.
  int64_t start_time_ns = 0;
  int64_t base_time_ns = 0;
  std::string version;                // "1.3"; empty: not said.
  std::vector<std::string> comments;  // Other lines with #, before the first interval; some.
  // Lines that are no intervals, no header, no comment and not blank: how many, and the first ones.
  uint64_t skipped_lines = 0;
  std::vector<HlogSkipped> skipped;
  // The file ends within a line, as after a kill of who wrote it; that line is not among the skipped.
  bool partial_last_line = false;
  std::string partial_reason;
};

// InvalidArgument: beyond a limit.
absl::StatusOr<Hlog> ParseHlog(absl::string_view text);

// Why this is no tag for a log: a comma, a blank, a control character, too long. Empty when it is one.
absl::string_view WhyNoTag(absl::string_view tag);

// The lines before the first interval. `comments`: without "#[" and "]"; the first one begins as
// kHlogFirstBytes says. What is too long is cut. start_unix_ns >= 0.
std::string HlogHeader(int64_t start_unix_ns, const std::vector<std::string>& comments);

// One line. `start_ns`: from the log's start on. Preconditions: times >= 0, a tag as above or "".
std::string HlogLine(absl::string_view tag, int64_t start_ns, int64_t length_ns,
                     const HdrHistogram& histogram);

class HlogWriter {
 public:
  // Claims the file, empties it and writes the header. `name` as in messages. InvalidArgument:
  // OutputClaim::Make's, and when another program writes the file; DataLoss: the header is not there.
  // `start_unix_ns` is cut to a millisecond.
  static absl::StatusOr<HlogWriter> Open(const std::string& path, const std::string& name,
                                         int64_t start_unix_ns,
                                         const std::vector<std::string>& comments);

  // One line, with one call of the system. `start_ns` counts from the log's start. InvalidArgument,
  // and nothing is written: no tag for a log, a time that is negative or before that of the line
  // above. DataLoss: the line is not in the file, or not whole; nothing is written after that.
  absl::Status Write(absl::string_view tag, int64_t start_ns, int64_t length_ns,
                     const HdrHistogram& histogram);

  // DataLoss when any line was lost. Once.
  absl::Status Close();

  uint64_t lines() const { return lines_; }  // Intervals in the file.

 private:
  explicit HlogWriter(OutputClaim claim) : claim_(std::move(claim)) {}
  absl::Status Put(absl::string_view bytes);

  OutputClaim claim_;
  int64_t latest_start_ns_ = 0;
  uint64_t lines_ = 0;
  uint64_t lost_lines_ = 0;
  int error_ = 0;
};

}  // namespace fh::latency::files

#endif  // FEEDHANDLER_LATENCY_FILES_HLOG_H_
