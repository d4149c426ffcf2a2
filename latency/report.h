// Latencies as text for people: a table of percentiles, and a picture of the distributions.
//
//   std::fputs(TextReport(MergeStages({&feed, &strategy}), {.clock = clock.Describe()}).c_str(),
//              stdout);
//
//   stage                       count      min      p50      p90      p99    p99.9   ...      max
//   wire -> dequeued        1,000,000  1.20 us  2.31 us  3.90 us  9.12 us  41.0 us   ...  1.20 ms
//
// A percentile that the samples do not carry is printed as "-": fewer than kMinTail values lie
// above it, so it would say no more than max does. Values that were negative or above the
// histogram's range get a line of their own below the table, with their limits.
//
// Off the hot path: allocates, and walks each histogram's buckets some ten times.
#ifndef FEEDHANDLER_LATENCY_REPORT_H_
#define FEEDHANDLER_LATENCY_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "latency/histogram.h"
#include "latency/stages.h"

namespace fh::latency {

// How many values must lie above a percentile for it to be printed.
inline constexpr uint64_t kMinTail = 10;

// One line of a table. The histogram must live until the call returns.
struct ReportRow {
  std::string name;
  const HistogramSnapshot* histogram = nullptr;
  // Of both ends' clocks together. What does not exceed it is printed as "~0": within clock error.
  int64_t error_bound_ns = 0;
};

struct ReportOptions {
  // The first line.
  std::string title = "Latency by stage";
  // Clock::Describe(); empty leaves the line out.
  std::string clock;
  // What the stages that begin at "wire" count from: "hardware", "software 99.9%, none 0.1%".
  // Stands in a line of its own and with each of their names; empty leaves both out.
  std::string wire_stamp;
  // The picture below the table.
  bool picture = true;
  // A second table: stages apart for each thread, feed and line. Empty leaves it out.
  std::vector<ReportRow> parts;
  // Sentences that explain long waits, a line each: who shares a core, who was taken off its CPU.
  std::vector<std::string> causes;
};

// "850 ns", "1.23 us", "41.0 us", "1.20 ms", "3.40 s": three digits, 7 characters at most for what
// a histogram holds. Negative durations have a sign.
std::string FormatDuration(int64_t duration_ns);

// The same in a unit of the reader's choice: "1230.000 us", without digits that nobody measured.
enum class DurationUnit : uint8_t { kAuto, kNs, kUs, kMs };
std::string FormatDuration(int64_t duration_ns, DurationUnit unit);

// "1,234,567".
std::string FormatCount(uint64_t count);

// "2026-11-21 14:03:22.123456 UTC".
std::string FormatTime(int64_t unix_ns);

// Any histograms in one table; rows without any value are left out. Ends with a newline.
std::string TextTable(const std::vector<ReportRow>& rows, DurationUnit unit = DurationUnit::kAuto);

// When each row had its greatest value, a line each; rows of which nobody knows it are left out.
std::string TextMaxima(const std::vector<ReportRow>& rows);

// One strip for each row over a common logarithmic axis of time; darker is more. Empty when there
// are no values.
std::string TextPicture(const std::vector<ReportRow>& rows);

// Title, what the figures contain, clock, table and picture of all stages that were recorded; when
// the greatest values were, and what explains them.
std::string TextReport(const StageSnapshot& snapshot, const ReportOptions& options = {});

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_REPORT_H_
