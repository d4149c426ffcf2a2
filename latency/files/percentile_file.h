// HdrHistogram's percentile tables: .hgrm, which plotters take, and the same as CSV.
//
//   std::string text = FormatHgrm(histogram, {.unit_ns = 1'000'000});
//   absl::StatusOr<PercentileTable> table = ParsePercentiles(text);      // Either form.
//
// Written byte for byte as the Java library does (but for the twelfth decimal of some percentiles,
// which it rounds from the decimal text). A table cannot be turned back into a histogram: ask the
// histogram for a percentile, never the table, whose lines stop at other ones (99.0625, not 99).
//
// Read are Java's and C's forms, with comments and other text around the table (wrk2 prints its
// reports so), and CSV. At most kMostPercentileBytes. Any thread; allocates; the same under every
// locale.
#ifndef FEEDHANDLER_LATENCY_FILES_PERCENTILE_FILE_H_
#define FEEDHANDLER_LATENCY_FILES_PERCENTILE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "latency/files/hdr_histogram.h"

namespace fh::latency::files {

inline constexpr size_t kMostPercentileBytes = size_t{64} << 20;

// With which every table begins.
inline constexpr absl::string_view kHgrmFirstBytes = "       Value     Percentile TotalCount";
inline constexpr absl::string_view kCsvFirstBytes = "\"Value\",\"Percentile\",\"TotalCount\"";

struct PercentileOptions {
  int64_t unit_ns = 1'000'000;  // Of the values printed: 1'000 or 1'000'000.
  int ticks_per_half_distance = 5;
};

std::string FormatHgrm(const HdrHistogram& histogram, const PercentileOptions& options = {});
std::string FormatPercentileCsv(const HdrHistogram& histogram,
                                const PercentileOptions& options = {});

// Whether a line is the head of such a table, in either form.
bool IsPercentileHead(absl::string_view line);

struct PercentileLine {
  double value = 0;  // In the file's unit, which no file names.
  double share = 0;  // 0 to 1.
  uint64_t count = 0;
};

struct PercentileTable {
  std::vector<PercentileLine> lines;  // Ascending.
  bool is_csv = false;
  // What stands below an .hgrm table.
  bool has_footer = false;
  double mean = 0;
  double std_dev = 0;
  double max = 0;
  uint64_t total = 0;
  uint64_t buckets = 0;
  uint64_t sub_buckets = 0;
  int decimals = 0;  // Of the values.
};

// InvalidArgument: the line and what is wrong with it, or that there is no table.
absl::StatusOr<PercentileTable> ParsePercentiles(absl::string_view text);

// The table in the other form, as far as it goes: CSV has no footer to be turned into one.
std::string FormatHgrm(const PercentileTable& table);
std::string FormatPercentileCsv(const PercentileTable& table);

}  // namespace fh::latency::files

#endif  // FEEDHANDLER_LATENCY_FILES_PERCENTILE_FILE_H_
