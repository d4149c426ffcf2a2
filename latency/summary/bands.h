// The bands of a summary: whole packets, put where their total belongs.
#ifndef FEEDHANDLER_LATENCY_SUMMARY_BANDS_H_
#define FEEDHANDLER_LATENCY_SUMMARY_BANDS_H_

#include <vector>

#include "latency/histogram.h"
#include "latency/summary/summary.h"

namespace fh::latency::summary {

// `total`: the series whose ends the samples' totals have, and its histogram. Empty without samples.
std::vector<Band> Bands(const proto::LatencyReport& report, const proto::Series& total,
                        const HistogramSnapshot& histogram);

}  // namespace fh::latency::summary

#endif  // FEEDHANDLER_LATENCY_SUMMARY_BANDS_H_
