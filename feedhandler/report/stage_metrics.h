// Latencies by stage as Prometheus' classic histograms, and what lies outside of them.
//
//   std::string text = PrometheusText(metrics) + StageHistogramText(pipeline.LatencyParts());
//
//   feedhandler_stage_latency_seconds_bucket{feed="itch",channel="1",line="A",stage="wire-dequeued",
//                                            le="1e-06"} 1234
//
// Every series has the same 19 bounds for ever, so that any of them can be added up. A slot of our
// histograms, which are finer, is counted into a bound when its highest value is at most 1/128 above
// it: so a bucket may hold values up to 0.8% above its bound, and none below it is missing. The sum is
// made from the middles of the slots. Values that no histogram holds (negative differences of two
// clocks, more than 73 minutes) are counted apart.
//
// Parts of one stage add up to it: there is no series of the whole beside them.
//
// Any thread; works on snapshots, allocates, some microseconds a series.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_STAGE_METRICS_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_STAGE_METRICS_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "feedhandler/pipeline/pipeline.h"

namespace fh {

// An upper bound of a bucket: in ns, and as the label `le` says it, the one way for ever.
struct StageBound {
  int64_t bound_ns;
  const char* le;  // Seconds.
};

// 1, 2.5 and 5 of each decade from 100 ns to 100 ms.
inline constexpr std::array<StageBound, 19> kStageBounds = {{
    {100, "1e-07"},        {250, "2.5e-07"},      {500, "5e-07"},       {1'000, "1e-06"},
    {2'500, "2.5e-06"},    {5'000, "5e-06"},      {10'000, "1e-05"},    {25'000, "2.5e-05"},
    {50'000, "5e-05"},     {100'000, "0.0001"},   {250'000, "0.00025"}, {500'000, "0.0005"},
    {1'000'000, "0.001"},  {2'500'000, "0.0025"}, {5'000'000, "0.005"}, {10'000'000, "0.01"},
    {25'000'000, "0.025"}, {50'000'000, "0.05"},  {100'000'000, "0.1"},
}};

// feedhandler_stage_latency_seconds, and feedhandler_stage_latency_outside_total by side, of the parts
// that are under no condition; empty without any.
std::string StageHistogramText(const std::vector<LatencyPart>& parts);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_STAGE_METRICS_H_
