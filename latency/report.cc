#include "latency/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace fh::latency {
namespace {

constexpr size_t kNameWidth = 20;
constexpr size_t kCountWidth = 14;
constexpr size_t kValueWidth = 9;
constexpr char kWithinClockError[] = "~0";
constexpr size_t kMaxColumns = 84;  // Of the picture: as wide as the table.

struct NamedPercentile {
  const char* name;
  double percentile;
};
constexpr std::array<NamedPercentile, 6> kPercentiles = {{{"p50", 50},
                                                          {"p90", 90},
                                                          {"p99", 99},
                                                          {"p99.9", 99.9},
                                                          {"p99.99", 99.99},
                                                          {"p99.999", 99.999}}};

std::string Left(absl::string_view text, size_t width) {
  std::string padded(text);
  padded.resize(std::max(width, padded.size()), ' ');
  return padded;
}

std::string Right(absl::string_view text, size_t width) {
  return absl::StrCat(std::string(width - std::min(width, text.size()), ' '), text);
}

// One unit for all values needs more digits.
size_t ValueWidth(DurationUnit unit) {
  return unit == DurationUnit::kAuto ? kValueWidth : kValueWidth + 7;
}

bool HasValues(const HistogramSnapshot& histogram) {
  return histogram.total() + histogram.negative().count + histogram.above_range().count > 0;
}

std::string OutsideLine(absl::string_view name, const OutsideCount& outside,
                        absl::string_view what) {
  return absl::StrCat("  ! ", name, ": ", FormatCount(outside.count), " ", what, ", ",
                      FormatDuration(outside.min), " .. ", FormatDuration(outside.max), "\n");
}

// Of the first column.
size_t WidthOf(const std::vector<ReportRow>& rows) {
  size_t width = kNameWidth;
  for (const ReportRow& row : rows) {
    if (HasValues(*row.histogram)) width = std::max(width, row.name.size() + 1);
  }
  return width;
}

std::tm UtcOf(std::time_t seconds) {
  std::tm utc{};
#ifdef _WIN32
  gmtime_s(&utc, &seconds);
#else
  gmtime_r(&seconds, &utc);
#endif
  return utc;
}

std::string TableLine(const ReportRow& row, size_t width, DurationUnit unit) {
  const HistogramSnapshot& histogram = *row.histogram;
  std::string line =
      absl::StrCat(Left(row.name, width), Right(FormatCount(histogram.total()), kCountWidth));
  const auto add = [&line, unit](absl::string_view text) {
    absl::StrAppend(&line, Right(text, ValueWidth(unit)));
  };
  const auto value = [&row, unit](int64_t value_ns) {
    const bool known = row.error_bound_ns == 0 || value_ns > row.error_bound_ns;
    return known ? FormatDuration(value_ns, unit) : kWithinClockError;
  };
  const bool any = histogram.total() > 0;
  add(any ? value(histogram.min()) : "-");
  for (const NamedPercentile& named : kPercentiles) {
    const uint64_t tail = histogram.total() - histogram.RankOfPercentile(named.percentile);
    add(tail >= kMinTail ? value(histogram.ValueAtPercentile(named.percentile)) : "-");
  }
  add(any ? value(histogram.max()) : "-");
  return line + "\n";
}

// The columns of the picture: equal steps of the logarithm between two powers of ten.
struct Axis {
  int first_decade = 0;
  int decades = 1;
  size_t columns_per_decade = 12;

  size_t Columns() const { return static_cast<size_t>(decades) * columns_per_decade; }

  size_t ColumnOf(double value_ns) const {
    const double position = (std::log10(std::max(value_ns, 1.0)) - first_decade) *
                            static_cast<double>(columns_per_decade);
    return std::min(static_cast<size_t>(std::max(position, 0.0)), Columns() - 1);
  }
};

int Decade(int64_t value_ns) {
  int decade = 0;
  for (; value_ns >= 10; value_ns /= 10) ++decade;
  return decade;
}

Axis ChooseAxis(int64_t min_ns, int64_t max_ns) {
  Axis axis;
  axis.first_decade = Decade(min_ns);
  axis.decades = Decade(max_ns) - axis.first_decade + 1;
  axis.columns_per_decade = std::min<size_t>(12, kMaxColumns / static_cast<size_t>(axis.decades));
  return axis;
}

char Shade(double share) {
  if (share <= 0) return ' ';
  if (share < 0.001) return '.';
  if (share < 0.01) return ':';
  if (share < 0.1) return '+';
  if (share < 0.3) return '#';
  return '@';
}

std::string Strip(const HistogramSnapshot& histogram, const Axis& axis) {
  std::vector<uint64_t> columns(axis.Columns());
  histogram.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    columns[axis.ColumnOf((static_cast<double>(low) + static_cast<double>(high)) / 2)] += count;
  });
  std::string strip;
  for (const uint64_t count : columns) {
    strip += Shade(static_cast<double>(count) / static_cast<double>(histogram.total()));
  }
  return strip;
}

std::string AxisLabels(const Axis& axis) {
  constexpr std::array<const char*, 5> kUnits = {"ns", "us", "ms", "s", "000s"};
  constexpr std::array<int, 3> kNumbers = {1, 10, 100};
  std::string labels;
  for (int i = axis.first_decade; i < axis.first_decade + axis.decades; ++i) {
    const auto decade = static_cast<size_t>(i);
    labels +=
        Left(absl::StrCat("|", kNumbers[decade % 3], kUnits[decade / 3]), axis.columns_per_decade);
  }
  return labels;
}

}  // namespace

std::string FormatDuration(int64_t duration_ns) {
  constexpr std::array<const char*, 4> kUnits = {"ns", "us", "ms", "s"};
  double value = static_cast<double>(duration_ns);
  size_t unit = 0;
  // 999.5 would be rounded to 1000, which belongs to the next unit.
  while (std::abs(value) >= (unit == 0 ? 1000 : 999.5) && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  const double size = std::abs(value);
  const int decimals = unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  char text[48];
  std::snprintf(text, sizeof(text), "%.*f %s", decimals, value, kUnits[unit]);
  return text;
}

std::string FormatDuration(int64_t duration_ns, DurationUnit unit) {
  struct Format {
    double unit_ns;
    int decimals;
    const char* name;
  };
  constexpr std::array<Format, 4> kFormats = {
      {{1, 0, ""}, {1, 0, "ns"}, {1e3, 3, "us"}, {1e6, 6, "ms"}}};
  if (unit == DurationUnit::kAuto) return FormatDuration(duration_ns);
  const Format& format = kFormats[static_cast<size_t>(unit)];
  return absl::StrFormat("%.*f %s", format.decimals,
                         static_cast<double>(duration_ns) / format.unit_ns, format.name);
}

std::string FormatCount(uint64_t count) {
  std::string text = absl::StrCat(count);
  for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

std::string FormatTime(int64_t unix_ns) {
  const std::time_t seconds = unix_ns / 1'000'000'000;
  const std::tm utc = UtcOf(seconds);
  return absl::StrFormat("%04d-%02d-%02d %02d:%02d:%02d.%06d UTC", utc.tm_year + 1900,
                         utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                         unix_ns % 1'000'000'000 / 1000);
}

std::string TextMaxima(const std::vector<ReportRow>& rows) {
  std::string text;
  for (const ReportRow& row : rows) {
    if (row.histogram->max_at_ns() == 0) continue;
    absl::StrAppend(&text, "  ", Left(row.name, WidthOf(rows)),
                    Right(FormatDuration(row.histogram->max()), kValueWidth), "  at ",
                    FormatTime(row.histogram->max_at_ns()), "\n");
  }
  return text;
}

std::string TextTable(const std::vector<ReportRow>& rows, DurationUnit unit) {
  const size_t width = WidthOf(rows);
  std::string text = absl::StrCat(Left("stage", width), Right("count", kCountWidth),
                                  Right("min", ValueWidth(unit)));
  for (const NamedPercentile& named : kPercentiles) {
    absl::StrAppend(&text, Right(named.name, ValueWidth(unit)));
  }
  absl::StrAppend(&text, Right("max", ValueWidth(unit)), "\n");
  std::string outside;
  bool unsupported = false;
  bool within_error = false;
  for (const ReportRow& row : rows) {
    const HistogramSnapshot& histogram = *row.histogram;
    if (!HasValues(histogram)) continue;
    absl::StrAppend(&text, TableLine(row, width, unit));
    within_error |=
        histogram.total() > 0 && histogram.min() <= row.error_bound_ns && row.error_bound_ns > 0;
    unsupported |= histogram.total() - histogram.RankOfPercentile(99.999) < kMinTail;
    if (histogram.negative().count > 0) {
      absl::StrAppend(&outside, OutsideLine(row.name, histogram.negative(),
                                            "negative (the stamps' clocks disagree)"));
    }
    if (histogram.above_range().count > 0) {
      absl::StrAppend(&outside, OutsideLine(row.name, histogram.above_range(), "above 73 minutes"));
    }
  }
  if (!outside.empty()) absl::StrAppend(&text, "Not in the figures above:\n", outside);
  if (unsupported) {
    absl::StrAppend(&text, "\"-\": fewer than ", kMinTail, " values lie above this percentile.\n");
  }
  if (within_error) {
    absl::StrAppend(&text, "\"", kWithinClockError,
                    "\": within clock error, which stands beside the name: such a value cannot be "
                    "told from zero.\n");
  }
  return text;
}

std::string TextPicture(const std::vector<ReportRow>& rows) {
  HistogramSnapshot all;
  for (const ReportRow& row : rows) all.Merge(*row.histogram);
  if (all.total() == 0) return "";
  const Axis axis = ChooseAxis(all.min(), all.max());
  const size_t width = WidthOf(rows);
  std::string text = absl::StrCat(Left("", width), "  ", AxisLabels(axis), "|\n");
  for (const ReportRow& row : rows) {
    if (row.histogram->total() == 0) continue;
    absl::StrAppend(&text, Left(row.name, width), "  ", Strip(*row.histogram, axis), "\n");
  }
  absl::StrAppend(&text, Left("", width),
                  "  share of values a column: . <0.1%  : <1%  + <10%  # <30%  @ more\n");
  return text;
}

std::string TextReport(const StageSnapshot& snapshot, const ReportOptions& options) {
  std::vector<ReportRow> rows;
  const bool named = !options.wire_stamp.empty();
  for (const Stage stage : kStages) {
    if (HasValues(snapshot.of(stage))) {
      const bool is_wire = stage == Stage::kWireToDequeue || stage == Stage::kWireToSeen;
      rows.push_back(
          {absl::StrCat(StageName(stage), is_wire && named ? " *" : ""), &snapshot.of(stage)});
    }
  }
  std::string text = absl::StrCat(options.title, "\n");
  if (rows.empty()) return absl::StrCat(text, "Nothing was recorded.\n");
  absl::StrAppend(&text,
                  "Includes queueing: in the kernel where a stage starts at \"wire\", in the ring "
                  "where it ends at \"seen\"; not corrected for coordinated omission.\n");
  if (!options.clock.empty()) absl::StrAppend(&text, "Clock: ", options.clock, "\n");
  if (named && (HasValues(snapshot.of(Stage::kWireToDequeue)) ||
                HasValues(snapshot.of(Stage::kWireToSeen)))) {
    absl::StrAppend(&text, "* from stamps: ", options.wire_stamp, "\n");
  }
  absl::StrAppend(&text, "\n", TextTable(rows));
  if (!options.parts.empty()) absl::StrAppend(&text, "\n", TextTable(options.parts));
  if (options.picture) {
    const std::string picture = TextPicture(rows);
    if (!picture.empty()) absl::StrAppend(&text, "\n", picture);
  }
  const std::string maxima = TextMaxima(rows);
  if (!maxima.empty()) absl::StrAppend(&text, "\nThe greatest were\n", maxima);
  if (!options.causes.empty()) absl::StrAppend(&text, "\n");
  for (const std::string& cause : options.causes) absl::StrAppend(&text, cause, "\n");
  return text;
}

}  // namespace fh::latency
