// A latency report as one HTML page: verdict, table, percentile curves by nines, heat maps over time and
// within the second, waterfall, races, rates and drops, jitter floor, environment.
//
//   std::string html = page::HtmlPage(report);             // Write it to a file, or serve it.
//
// The page needs nothing but itself: no library, no network. Its content security policy lets run only
// the style and script that were compiled in, by their hashes. Whatever comes from the report is text: it
// travels compressed and in base64, and is never taken for markup, so a feed may be called "</script>".
//
// What does not fit into PageOptions::most_bytes is left out step by step, and the page says what: first
// the histograms by interval get coarser (totals never do), then parts of a stage lose theirs, then
// neighbouring intervals become one column (sums; maxima stay maxima).
//
// Any thread. Allocates; a second of processor time for an hour of intervals.
#ifndef FEEDHANDLER_LATENCY_PAGE_PAGE_H_
#define FEEDHANDLER_LATENCY_PAGE_PAGE_H_

#include <cstddef>
#include <string>

#include "latency/recording/latency_report.pb.h"

namespace fh::latency::page {

namespace proto = ::feedhandler::latency;

struct PageOptions {
  // The heading. Empty: the program's name.
  std::string title;
  // How large the page may become. Without any interval it has some 150,000 bytes plus its totals, which
  // are there in any case.
  size_t most_bytes = 2'000'000;
};

// With which every page begins, so that a file that begins so may be replaced by another one.
inline constexpr char kPageFirstBytes[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src ";

// Never fails: a report is a file and may hold anything; what of it makes no sense is left out and named
// on the page.
std::string HtmlPage(const proto::LatencyReport& report, const PageOptions& options = {});

}  // namespace fh::latency::page

#endif  // FEEDHANDLER_LATENCY_PAGE_PAGE_H_
