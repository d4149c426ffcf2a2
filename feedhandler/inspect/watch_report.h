// What `feedhandler join` says: after every interval what arrived in it, and a summary at the end.
//
//   WatchReport report;
//   std::fputs(report.Interval(state, WatchReport::Form::kTable).c_str(), stdout);
//   std::fputs(WatchSummary(state).c_str(), stdout);
//
// One thread; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_WATCH_REPORT_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_WATCH_REPORT_H_

#include <string>
#include <vector>

#include "feedhandler/inspect/host_network.h"
#include "feedhandler/inspect/watch.h"

namespace fh {

class WatchReport {
 public:
  enum class Form {
    kTable,  // For a terminal: a header, a line for each group, one for drops.
    kLines,  // key=value, a line for each group.
    kJson,   // One object on one line.
  };

  // What arrived since the last call (rates), and what has arrived so far (all else).
  std::string Interval(const WatchState& state, Form form);

 private:
  struct Row {
    std::string group;
    rio::LineStats line;
    double packets_per_second = 0;
    double bits_per_second = 0;
    const Stream* stream = nullptr;  // Null until something arrived.
  };
  std::vector<Row> NextRows(const WatchState& state);

  static std::string Table(const std::vector<Row>& rows, const WatchState& state);
  static std::string Lines(const std::vector<Row>& rows, const WatchState& state);
  static std::string Json(const std::vector<Row>& rows, const WatchState& state);

  std::vector<rio::LineStats> before_;
  double seconds_before_ = 0;
};

// What may be wrong, for each group that has brought nothing; empty when all have. A few lines,
// with the commands that tell more.
std::string SilenceHints(const WatchState& state, const std::vector<HostInterface>& interfaces);

// Streams and numbers as `inspect` shows them, and drops by layer.
std::string WatchSummary(const WatchState& state);
std::string WatchSummaryJson(const WatchState& state);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_WATCH_REPORT_H_
