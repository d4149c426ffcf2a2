// What a page carries of a report: JSON, and histograms over time as bytes behind it. data.js reads it.
//
//   u32, little endian: length of the JSON text; the JSON text; the grids' bytes (page_grid.h), which the
//   JSON refers to by offset and length.
//
// Times are ns since the run's start, so that JavaScript's numbers hold them exactly.
#ifndef FEEDHANDLER_LATENCY_PAGE_PAGE_DATA_H_
#define FEEDHANDLER_LATENCY_PAGE_PAGE_DATA_H_

#include <cstddef>
#include <string>

#include "latency/page/page.h"
#include "latency/summary/summary.h"

namespace fh::latency::page {

// Deflated (zlib), at most `most_bytes` of it where leaving out intervals' detail can do that.
// `summary` is the report's, or an empty one.
std::string PageData(const proto::LatencyReport& report, const summary::Summary& summary,
                     size_t most_bytes);

// "Latency of feedhandler replay, open loop".
std::string Title(const proto::LatencyReport& report, const PageOptions& options);

}  // namespace fh::latency::page

#endif  // FEEDHANDLER_LATENCY_PAGE_PAGE_DATA_H_
