#include "latency/files/percentile_file.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "latency/files/decimal.h"

namespace fh::latency::files {
namespace {

constexpr absl::string_view kHgrmHead =
    "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
constexpr absl::string_view kCsvHead =
    "\"Value\",\"Percentile\",\"TotalCount\",\"1/(1-Percentile)\"\n";
constexpr int kMostTicks = 1000;
constexpr size_t kMostColumns = 4;

// As printf's %12s: longer ones are not cut.
std::string Right(absl::string_view text, size_t width) {
  return absl::StrCat(std::string(text.size() < width ? width - text.size() : 0, ' '), text);
}

struct Printed {
  std::string value;
  double share;
  uint64_t count;
};

std::string HgrmLine(const Printed& line) {
  std::string text = absl::StrCat(Right(line.value, 12), " ", FixedPoint(line.share, 12), " ",
                                  Right(absl::StrCat(line.count), 10));
  if (line.share < 1) absl::StrAppend(&text, " ", Right(FixedPoint(1 / (1 - line.share), 2), 14));
  return text + "\n";
}

std::string CsvLine(const Printed& line) {
  return absl::StrCat(line.value, ",", FixedPoint(line.share, 12), ",", line.count, ",",
                      line.share < 1 ? FixedPoint(1 / (1 - line.share), 2) : "Infinity", "\n");
}

// Calls f for each line of the table: the ticks, and the maximum at the end.
template <typename F>
void ForEachLine(const HdrHistogram& histogram, const PercentileOptions& options, F f) {
  const int digits = histogram.layout().settings().digits;
  const auto value = [&](uint32_t index) {
    return FixedPoint(histogram.layout().High(index), options.unit_ns, digits);
  };
  const int ticks = std::clamp(options.ticks_per_half_distance, 1, kMostTicks);
  double level = 0;  // In percent.
  uint64_t below = 0;
  for (const HdrSlot& slot : histogram.slots()) {
    below += slot.count;
    const double reached =
        100 * static_cast<double>(below) / static_cast<double>(histogram.total());
    while (reached >= level && level < 100) {
      f(Printed{value(slot.index), level / 100, below});
      const double halvings = std::floor(std::log2(100 / (100 - level))) + 1;
      const double next = level + 100 / (ticks * std::exp2(halvings));
      // The end of what a double can tell apart: with more than 2^53 values it may come before theirs.
      if (below == histogram.total() || next == level) break;
      level = next;
    }
  }
  if (histogram.total() == 0) return;
  f(Printed{value(histogram.slots().back().index), 1, histogram.total()});
}

std::string Footer(const std::string& mean, const std::string& std_dev, const std::string& max,
                   uint64_t total, uint64_t buckets, uint64_t sub_buckets) {
  return absl::StrCat("#[Mean    = ", Right(mean, 12), ", StdDeviation   = ", Right(std_dev, 12),
                      "]\n", "#[Max     = ", Right(max, 12),
                      ", Total count    = ", Right(absl::StrCat(total), 12), "]\n",
                      "#[Buckets = ", Right(absl::StrCat(buckets), 12),
                      ", SubBuckets     = ", Right(absl::StrCat(sub_buckets), 12), "]\n");
}

Printed PrintedOf(const PercentileTable& table, const PercentileLine& line) {
  return {FixedPoint(line.value, table.decimals), line.share, line.count};
}

// The two numbers of a line of the footer.
bool FooterNumbers(absl::string_view line, double& first, double& second) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::ByAnyChar("=,]"));
  if (parts.size() != 5) return false;
  const std::optional<double> one = Number(absl::StripAsciiWhitespace(parts[1]));
  const std::optional<double> two = Number(absl::StripAsciiWhitespace(parts[3]));
  if (!one.has_value() || !two.has_value()) return false;
  first = *one;
  second = *two;
  return std::isfinite(first) && std::isfinite(second) && first >= 0 && second >= 0;
}

uint64_t Whole(double value) {
  return value < 9e18 ? static_cast<uint64_t>(value) : uint64_t{9'000'000'000'000'000'000};
}

class PercentileParser {
 public:
  absl::StatusOr<PercentileTable> Parse(absl::string_view text) {
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      ++line_;
      const absl::Status taken = Take(absl::StripAsciiWhitespace(line));
      if (!taken.ok()) return taken;
    }
    if (!in_table_) {
      return absl::InvalidArgumentError(
          "it has no table of percentiles: no line Value Percentile TotalCount 1/(1-Percentile)");
    }
    if (!ended_ && (!complete_ || in_footer_ || !absl::EndsWith(text, "\n"))) {
      return Wrong("the table ends before 100 %: the file is cut");
    }
    if (!table_.has_footer && !table_.lines.empty()) table_.total = table_.lines.back().count;
    return std::move(table_);
  }

 private:
  absl::Status Wrong(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("line ", line_, ": ", what));
  }

  absl::Status Take(absl::string_view line) {
    if (line.empty() || ended_) return absl::OkStatus();
    if (!in_table_) {
      in_table_ = IsPercentileHead(line);
      table_.is_csv = in_table_ && line.find(',') != absl::string_view::npos;
      return absl::OkStatus();
    }
    if (line[0] == '#') return TakeFooter(line);
    absl::Status taken = TakeLine(line);
    // Behind a complete table may stand anything.
    if (!taken.ok() && complete_) {
      ended_ = true;
      return absl::OkStatus();
    }
    return taken;
  }

  absl::Status TakeFooter(absl::string_view line) {
    double first = 0;
    double second = 0;
    const bool mean = absl::StartsWith(line, "#[Mean");
    const bool max = absl::StartsWith(line, "#[Max");
    if (!mean && !max && !absl::StartsWith(line, "#[Buckets")) return absl::OkStatus();
    in_footer_ = true;
    if (!FooterNumbers(line, first, second)) return Wrong("the footer is damaged");
    if (mean) {
      table_.mean = first;
      table_.std_dev = second;
    } else if (max) {
      table_.max = first;
      table_.total = Whole(second);
    } else {
      table_.buckets = Whole(first);
      table_.sub_buckets = Whole(second);
      table_.has_footer = true;
      complete_ = true;  // A table of no values has no lines.
      ended_ = true;
    }
    return absl::OkStatus();
  }

  absl::Status TakeLine(absl::string_view line) {
    const std::vector<absl::string_view> fields =
        table_.is_csv ? std::vector<absl::string_view>(absl::StrSplit(line, ','))
                      : std::vector<absl::string_view>(
                            absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty()));
    if (fields.size() != kMostColumns && fields.size() != kMostColumns - 1) {
      return Wrong(absl::StrCat(fields.size(), " columns instead of 4"));
    }
    const std::optional<double> value = Number(fields[0]);
    const std::optional<double> share = Number(fields[1]);
    uint64_t count = 0;
    if (!value.has_value() || !std::isfinite(*value) || *value < 0) {
      return Wrong("the value is no number");
    }
    if (!share.has_value() || !(*share >= 0 && *share <= 1)) {
      return Wrong("the percentile is no number from 0 to 1");
    }
    if (!absl::SimpleAtoi(fields[2], &count)) return Wrong("the count is no number");
    if (fields.size() == kMostColumns && !Number(fields[3]).has_value()) {
      return Wrong("the fourth column is no number");
    }
    if (fields.size() < kMostColumns && *share < 1) return Wrong("the line is cut");
    if (!table_.lines.empty()) {
      const PercentileLine& above = table_.lines.back();
      if (*value < above.value || *share < above.share || count < above.count) {
        return Wrong("the table does not ascend");
      }
    }
    const size_t dot = fields[0].find('.');
    if (dot != absl::string_view::npos &&
        fields[0].find_first_of("eE") == absl::string_view::npos) {
      table_.decimals = std::max(table_.decimals,
                                 static_cast<int>(std::min<size_t>(fields[0].size() - dot - 1, 9)));
    }
    table_.lines.push_back({*value, *share, count});
    // wrk2 prints shares with six decimals: the last lines before the end look like it.
    complete_ = complete_ || *share >= 1;
    return absl::OkStatus();
  }

  PercentileTable table_;
  uint64_t line_ = 0;
  bool in_table_ = false;
  bool complete_ = false;
  bool in_footer_ = false;
  bool ended_ = false;
};

}  // namespace

std::string FormatHgrm(const HdrHistogram& histogram, const PercentileOptions& options) {
  std::string text(kHgrmHead);
  ForEachLine(histogram, options, [&](const Printed& line) { text += HgrmLine(line); });
  const int digits = histogram.layout().settings().digits;
  const auto unit = static_cast<double>(options.unit_ns);
  return text + Footer(FixedPoint(histogram.Mean() / unit, digits),
                       FixedPoint(histogram.StdDev() / unit, digits),
                       FixedPoint(histogram.max(), options.unit_ns, digits), histogram.total(),
                       static_cast<uint64_t>(histogram.layout().buckets()),
                       static_cast<uint64_t>(histogram.layout().sub_buckets()));
}

std::string FormatPercentileCsv(const HdrHistogram& histogram, const PercentileOptions& options) {
  std::string text(kCsvHead);
  ForEachLine(histogram, options, [&](const Printed& line) { text += CsvLine(line); });
  return text;
}

bool IsPercentileHead(absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  if (absl::StartsWith(line, "\"")) line.remove_prefix(1);
  return absl::StartsWith(line, "Value") && absl::StrContains(line, "Percentile") &&
         absl::StrContains(line, "TotalCount");
}

absl::StatusOr<PercentileTable> ParsePercentiles(absl::string_view text) {
  if (text.size() > kMostPercentileBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a table of percentiles has at most ", kMostPercentileBytes, " bytes"));
  }
  return PercentileParser().Parse(text);
}

std::string FormatHgrm(const PercentileTable& table) {
  std::string text(kHgrmHead);
  for (const PercentileLine& line : table.lines) text += HgrmLine(PrintedOf(table, line));
  if (!table.has_footer) return text;
  return text + Footer(FixedPoint(table.mean, table.decimals),
                       FixedPoint(table.std_dev, table.decimals),
                       FixedPoint(table.max, table.decimals), table.total, table.buckets,
                       table.sub_buckets);
}

std::string FormatPercentileCsv(const PercentileTable& table) {
  std::string text(kCsvHead);
  for (const PercentileLine& line : table.lines) text += CsvLine(PrintedOf(table, line));
  return text;
}

}  // namespace fh::latency::files
