// What a latency report says: its verdict, the rows of its tables, what was lost, and which stages
// take the time. The text report and the page are both made from this, so they cannot differ.
//
//   absl::StatusOr<summary::Summary> summary = summary::Summarize(report);
//   if (!summary.ok()) return summary.status();              // A file may hold anything.
//   std::puts(summary->verdict.c_str());
//   for (const summary::Row& row : summary->rows) Draw(row.name, row.histogram);
//   std::fputs(summary::Text(report, *summary).c_str(), stdout);    // All of it, for people.
//
// Any thread; allocates 35 KiB a series. Percentiles come from
// histograms that were added up, and are never averaged.
#ifndef FEEDHANDLER_LATENCY_SUMMARY_SUMMARY_H_
#define FEEDHANDLER_LATENCY_SUMMARY_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "latency/histogram.h"
#include "latency/recording/latency_report.pb.h"
#include "latency/report.h"

namespace fh::latency::summary {

namespace proto = ::feedhandler::latency;

// "wire -> dequeued, gap < 10 us; feed itch, channel 1, line A": stage, condition, parts.
std::string NameOf(const proto::Series& series);

// The percentile, or nothing when fewer than kMinTail values lie above it.
std::optional<int64_t> SupportedPercentile(const HistogramSnapshot& histogram, double percentile);

// A series with values (or with values outside of its range), and its name. The series belongs to
// the report.
struct Row {
  const proto::Series* series = nullptr;
  std::string name;
  HistogramSnapshot histogram;
};

// A sum over the run, of a Counter with `loss` that is not zero.
struct Loss {
  std::string name;  // "dropped socket; feed itch, channel 1, line A"
  uint64_t count = 0;
};

// Where the packets of a band of the end-to-end latency spend it, on average. Means add up, medians
// do not: the stages' means and `residual_ns` are together `mean_ns`, always.
//
// From whole packets (LatencyReport.sample). Of slow packets more are kept than of others, so the
// samples up to p99.9 and those above count as much as the histogram has values in each part.
struct Band {
  std::string name;      // "p49 - p51", "above p99"
  int64_t from_ns = 0;   // Of the total, exclusive.
  int64_t to_ns = 0;     // Inclusive.
  uint64_t samples = 0;  // That lie in it; the other members are 0 without any.
  double mean_ns = 0;    // Of the samples' totals.
  // Of all values in the band, from the buckets: how well the samples stand for them.
  double histogram_mean_ns = 0;

  struct StageShare {
    std::string stage;  // "wire -> kernel"
    double mean_ns = 0;
    double share = 0;  // Of the band's mean.
  };
  std::vector<StageShare> stages;  // In the order of the way.
  double residual_ns = 0;          // Total less stages: the ways between stamps that were missing.
  uint64_t negative = 0;           // Stages that came out below zero: two clocks that disagree.
};

struct Summary {
  // One sentence: how much, how fast, lost or not, which loop.
  std::string verdict;
  // What the verdict speaks of: index into rows; nothing in a report without values.
  std::optional<size_t> end_to_end;
  std::vector<Row> rows;    // Of all parts together, unconditioned, without lateness.
  std::vector<Row> parts;   // Of feeds, channels, lines, threads.
  std::vector<Row> splits;  // Under a condition.
  std::vector<Row> lateness;
  std::vector<Loss> losses;
  std::vector<Band> bands;  // Empty when there is no whole packet, or no total to place it by.
};

// Errors: a series that is not what it should be, by name.
absl::StatusOr<Summary> Summarize(const proto::LatencyReport& report);

struct TextOptions {
  DurationUnit unit = DurationUnit::kAuto;
  bool picture = true;
};

// The report as text: the verdict, then everything behind it. A section that has nothing to say is
// not there.
std::string Text(const proto::LatencyReport& report, const Summary& summary,
                 const TextOptions& options = {});

}  // namespace fh::latency::summary

#endif  // FEEDHANDLER_LATENCY_SUMMARY_SUMMARY_H_
