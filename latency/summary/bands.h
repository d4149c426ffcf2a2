// Whole packets of a summary: in bands, put where their total belongs, and the slowest one by one.
#ifndef FEEDHANDLER_LATENCY_SUMMARY_BANDS_H_
#define FEEDHANDLER_LATENCY_SUMMARY_BANDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "latency/histogram.h"
#include "latency/summary/summary.h"

namespace fh::latency::summary {

// The `most` packets with the greatest totals, from the greatest down, a line each: where and when it
// came, what it held, how long each stage took, and what happened meanwhile. `total` as below.
std::vector<std::string> SlowestPackets(const proto::LatencyReport& report,
                                        const proto::Series& total, size_t most);

// `total`: the series whose ends the samples' totals have, and its histogram. Empty without samples.
std::vector<Band> Bands(const proto::LatencyReport& report, const proto::Series& total,
                        const HistogramSnapshot& histogram);

}  // namespace fh::latency::summary

#endif  // FEEDHANDLER_LATENCY_SUMMARY_BANDS_H_
