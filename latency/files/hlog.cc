#include "latency/files/hlog.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "latency/files/decimal.h"
#include "latency/files/hdr_encoding.h"

namespace fh::latency::files {
namespace {

constexpr int64_t kNsOfMs = 1'000'000;
constexpr int64_t kNsOfSecond = 1'000'000'000;
constexpr int64_t kYearNs = int64_t{365} * 24 * 3600 * kNsOfSecond;
constexpr int64_t kLatestNs = int64_t{126} * kYearNs;
constexpr int64_t kLongestNs = 10 * kYearNs;
constexpr size_t kMostSkippedKept = 100;
constexpr size_t kMostCommentsKept = 100;
constexpr absl::string_view kStartTime = "#[StartTime:";
constexpr absl::string_view kBaseTime = "#[BaseTime:";
constexpr absl::string_view kVersion = "#[Histogram log format version ";
constexpr absl::string_view kTag = "Tag=";

// "Tue Nov 14 22:13:20 UTC 2023", whatever the locale.
std::string DateText(int64_t unix_ns) {
  using std::chrono::days;
  constexpr std::array<absl::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<absl::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds at{std::chrono::seconds(unix_ns / kNsOfSecond)};
  const auto day = std::chrono::floor<days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  const auto two = [](int64_t number) { return absl::StrCat(absl::Dec(number, absl::kZeroPad2)); };
  return absl::StrCat(kDays[std::chrono::weekday{day}.c_encoding()], " ",
                      kMonths[static_cast<unsigned>(date.month()) - 1], " ",
                      two(static_cast<unsigned>(date.day())), " ", two(time.hours().count()), ":",
                      two(time.minutes().count()), ":", two(time.seconds().count()), " UTC ",
                      static_cast<int>(date.year()));
}

// The number behind a keyword, up to the next blank or bracket.
std::optional<int64_t> TimeBehind(absl::string_view line, absl::string_view keyword) {
  absl::string_view rest = absl::StripLeadingAsciiWhitespace(line.substr(keyword.size()));
  return SecondsToNs(rest.substr(0, rest.find_first_of(" ]\t,")));
}

class HlogParser {
 public:
  explicit HlogParser(absl::string_view text) : rest_(text) {}

  absl::StatusOr<Hlog> Parse() {
    while (!rest_.empty()) {
      const size_t end = rest_.find('\n');
      const bool whole = end != absl::string_view::npos;
      absl::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(whole ? end + 1 : rest_.size());
      if (++line_ > kMostHlogLines) return TooMuch(kMostHlogLines, "lines");
      if (absl::Status taken = Take(absl::StripAsciiWhitespace(line), whole); !taken.ok()) {
        return taken;
      }
    }
    return std::move(log_);
  }

 private:
  static absl::Status TooMuch(uint64_t most, absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("the log has more than ", most, " ", what,
                     "; cut it into several, or use longer intervals"));
  }

  absl::Status Take(absl::string_view line, bool whole) {
    if (line.empty()) return absl::OkStatus();
    if (line[0] == '#') {
      TakeComment(line);
      return absl::OkStatus();
    }
    if (absl::StartsWith(line, "\"Start")) return absl::OkStatus();  // The legend.
    HlogInterval interval;
    const std::string reason = TakeInterval(line, interval);
    if (reason.empty()) {
      log_.intervals.push_back(std::move(interval));
    } else if (!whole) {
      log_.partial_last_line = true;
      log_.partial_reason = reason;
    } else {
      ++log_.skipped_lines;
      if (log_.skipped.size() < kMostSkippedKept) log_.skipped.push_back({line_, reason});
    }
    if (slots_ > kMostHlogSlots) return TooMuch(kMostHlogSlots, "slots in use");
    if (unpacked_bytes_ > kMostHlogUnpackedBytes) {
      return TooMuch(kMostHlogUnpackedBytes, "bytes of histograms");
    }
    return absl::OkStatus();
  }

  void TakeComment(absl::string_view line) {
    if (absl::StartsWith(line, kStartTime)) {
      if (const auto time = TimeBehind(line, kStartTime); time.has_value()) {
        log_.start_time_ns = *time;
        start_known_ = true;
      }
    } else if (absl::StartsWith(line, kBaseTime)) {
      if (const auto time = TimeBehind(line, kBaseTime); time.has_value()) {
        log_.base_time_ns = *time;
        base_known_ = true;
      }
    } else if (absl::StartsWith(line, kVersion)) {
      absl::string_view version = line.substr(kVersion.size());
      version = version.substr(0, version.find(']'));
      log_.version = std::string(version.substr(0, 16));
    } else if (log_.intervals.empty() && log_.comments.size() < kMostCommentsKept) {
      log_.comments.emplace_back(line.substr(0, 1024));
    }
  }

  // Empty, or why this is no interval.
  std::string TakeInterval(absl::string_view line, HlogInterval& interval) {
    interval.line = line_;
    const size_t packed = line.find(",HIST");
    const size_t tag = line.substr(0, packed).rfind(kTag);
    if (line.rfind(",HIST") != packed || (tag != absl::string_view::npos && tag != 0)) {
      return "lines ran together, as when two programs write one log";
    }
    absl::string_view rest = line;
    if (absl::StartsWith(rest, kTag)) {
      rest.remove_prefix(kTag.size());
      interval.tag = std::string(absl::StripAsciiWhitespace(Field(rest)));
      if (interval.tag.size() > kMostTagBytes * 4) return "the tag is too long";
    }
    const absl::string_view start_text = Field(rest);
    const absl::string_view length_text = Field(rest);
    const absl::string_view max_text = Field(rest);
    const absl::string_view histogram_text = absl::StripAsciiWhitespace(rest);
    const std::optional<int64_t> start = SecondsToNs(start_text);
    const std::optional<int64_t> length = SecondsToNs(length_text);
    if (!start.has_value()) return "it does not begin with a tag or a time";
    if (!length.has_value()) return "its length is no time";
    if (*length < 0) return "its length is negative";
    if (!Number(max_text).has_value()) return "its maximum is no number";
    if (histogram_text.empty()) return "it has no histogram";
    if (histogram_text.find(',') != absl::string_view::npos) {
      return "it has too many fields";
    }
    absl::StatusOr<HdrHistogram> histogram = DecodeBase64(histogram_text, &unpacked_bytes_);
    if (!histogram.ok()) return absl::StrCat("its histogram: ", histogram.status().message());
    interval.histogram = *std::move(histogram);
    return Place(*start, *length, interval);
  }

  std::string Place(int64_t start, int64_t length, HlogInterval& interval) {
    // The Java library's rule: without a base time, times are UNIX seconds unless the first one lies
    // more than a year before the start.
    if (!start_known_) log_.start_time_ns = start;
    start_known_ = true;
    if (!base_known_) {
      log_.base_time_ns = start < log_.start_time_ns - kYearNs ? log_.start_time_ns : 0;
    }
    base_known_ = true;
    if (__builtin_add_overflow(start, log_.base_time_ns, &interval.start_unix_ns) ||
        interval.start_unix_ns < 0 || interval.start_unix_ns > kLatestNs) {
      return "it lies before 1970 or after 2096";
    }
    if (length > kLongestNs) return "it takes longer than ten years";
    interval.length_ns = length;
    slots_ += interval.histogram.slots().size();
    return "";
  }

  // What stands before the next comma, which goes, too.
  static absl::string_view Field(absl::string_view& rest) {
    const size_t comma = rest.find(',');
    const absl::string_view field = absl::StripAsciiWhitespace(rest.substr(0, comma));
    rest.remove_prefix(comma == absl::string_view::npos ? rest.size() : comma + 1);
    return field;
  }

  absl::string_view rest_;
  Hlog log_;
  uint64_t line_ = 0;
  uint64_t slots_ = 0;
  uint64_t unpacked_bytes_ = 0;
  bool start_known_ = false;
  bool base_known_ = false;
};

}  // namespace

absl::StatusOr<Hlog> ParseHlog(absl::string_view text) {
  if (text.size() > kMostHlogBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the log has more than ", kMostHlogBytes, " bytes; cut it into several"));
  }
  return HlogParser(text).Parse();
}

absl::string_view WhyNoTag(absl::string_view tag) {
  if (tag.size() > kMostTagBytes) return "a tag has fewer than 64 bytes";
  for (const char c : tag) {
    if (c == ',' || static_cast<uint8_t>(c) <= ' ' || c == '\x7F') {
      return "a tag has no comma, no blank and no control character";
    }
  }
  return "";
}

std::string HlogHeader(int64_t start_unix_ns, const std::vector<std::string>& comments) {
  std::string header;
  for (const std::string& comment : comments) {
    std::string text = absl::StrCat("#[", comment.substr(0, kMostCommentBytes - 4), "]");
    for (char& c : text) {
      if (static_cast<uint8_t>(c) < ' ') c = ' ';  // No line end of theirs.
    }
    absl::StrAppend(&header, text, "\n");
  }
  const std::string start = FixedPoint(start_unix_ns / kNsOfMs, 1000, 3);
  absl::StrAppend(&header, kVersion, "1.3]\n", kStartTime, " ", start, " (seconds since epoch), ",
                  DateText(start_unix_ns), "]\n", kBaseTime, " ", start,
                  " (seconds since epoch)]\n\"StartTimestamp\",\"Interval_Length\","
                  "\"Interval_Max\",\"Interval_Compressed_Histogram\"\n");
  return header;
}

std::string HlogLine(absl::string_view tag, int64_t start_ns, int64_t length_ns,
                     const HdrHistogram& histogram) {
  return absl::StrCat(tag.empty() ? "" : absl::StrCat(kTag, tag, ","),
                      FixedPoint(start_ns, kNsOfSecond, 3), ",",
                      FixedPoint(length_ns, kNsOfSecond, 3), ",",
                      FixedPoint(histogram.max(), kNsOfMs, 3), ",", EncodeBase64(histogram), "\n");
}

absl::StatusOr<HlogWriter> HlogWriter::Open(const std::string& path, const std::string& name,
                                            int64_t start_unix_ns,
                                            const std::vector<std::string>& comments) {
  absl::StatusOr<OutputClaim> claim = OutputClaim::Make(path, name, OutputClaim::Use::kAppended);
  if (!claim.ok()) return claim.status();
  HlogWriter writer(*std::move(claim));
  writer.error_ = writer.claim_.Begin();
  if (absl::Status put = writer.Put(HlogHeader(std::max<int64_t>(start_unix_ns, 0), comments));
      !put.ok()) {
    return put;
  }
  return writer;
}

absl::Status HlogWriter::Put(absl::string_view bytes) {
  if (error_ == 0 &&
      system_file::WriteAll(claim_.descriptor(), bytes.data(), bytes.size()) < bytes.size()) {
    error_ = errno;
  }
  if (error_ == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("writing ", claim_.path(),
                                          " failed: ", std::strerror(error_), "; ", lines_,
                                          " intervals are in it"));
}

absl::Status HlogWriter::Write(absl::string_view tag, int64_t start_ns, int64_t length_ns,
                               const HdrHistogram& histogram) {
  if (const absl::string_view why = WhyNoTag(tag); !why.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", tag, "\" is no tag for a log: ", why));
  }
  if (start_ns < latest_start_ns_ || length_ns < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an interval that begins ", start_ns, " ns after the log's start and takes ", length_ns,
        " ns cannot follow one that begins after ", latest_start_ns_, " ns"));
  }
  latest_start_ns_ = start_ns;
  absl::Status put = Put(HlogLine(tag, start_ns, length_ns, histogram));
  ++(put.ok() ? lines_ : lost_lines_);
  return put;
}

absl::Status HlogWriter::Close() {
  const int close_error = claim_.Close();
  if (error_ == 0) error_ = close_error;
  if (error_ == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("writing ", claim_.path(),
                                          " failed: ", std::strerror(error_), "; ", lines_,
                                          " intervals were written, ", lost_lines_, " are lost"));
}

}  // namespace fh::latency::files
