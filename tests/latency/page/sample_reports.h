// Latency reports for tests of the page: what a run would have measured, made up, the same every time.
#ifndef FEEDHANDLER_TESTS_LATENCY_PAGE_SAMPLE_REPORTS_H_
#define FEEDHANDLER_TESTS_LATENCY_PAGE_SAMPLE_REPORTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "latency/recording/latency_report.pb.h"

namespace fh::latency::page {

namespace proto = ::feedhandler::latency;

struct RunShape {
  uint32_t seconds = 3600;
  uint32_t packets_per_second = 1000;
  // Once a second the feed thread stands still for that long, from 700 ms on.
  int64_t stall_ns = 10'000'000;
};

// Six stages from the wire to the strategy, totals from the schedule and from the actual start, parts by
// channel and line, splits by gap, place and depth, samples, two races, losses, a jitter floor.
proto::LatencyReport RunReport(const RunShape& shape);

struct NamedReport {
  std::string name;
  proto::LatencyReport report;
};

// What is at the edges: nothing at all, series without values, zeros, one value, one interval, foreign
// HdrHistograms, names that would be markup, buckets that make no sense, a stamp the wrong way round.
std::vector<NamedReport> EdgeReports();

}  // namespace fh::latency::page

#endif  // FEEDHANDLER_TESTS_LATENCY_PAGE_SAMPLE_REPORTS_H_
