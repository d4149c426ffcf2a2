// What `feedhandler inspect` says: the files, their streams, and what to do next; as text, as JSON,
// and as a configuration for `run`.
//
//   InspectReport report;
//   InspectFiles({"day.pcap"}, {}, report);
//   std::fputs(InspectText(report, {.top = 20}).c_str(), stdout);
//
// One thread; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_INSPECT_REPORT_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_INSPECT_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "feedhandler/inspect/capture_scan.h"
#include "feedhandler/inspect/record_scan.h"
#include "feedhandler/inspect/stream_report.h"
#include "feedhandler/inspect/stream_table.h"

namespace fh {

struct InspectReport {
  std::vector<CaptureScan> captures;
  std::vector<RecordScan> record_files;  // Of length-prefixed messages.
  StreamTable table;                     // Of all captures together.
};

struct InspectOptions {
  uint64_t most_frames = UINT64_MAX;  // Of each file.
  ScanProgress progress;              // May be empty.
};

// Reads files, whichever kinds they are, into the report: captures merged by their stamps, files of
// messages one after the other. Blocks as long as that takes. Returns each file's status, which is
// in the report too, in the order of `paths`.
std::vector<absl::Status> InspectFiles(const std::vector<std::string>& paths,
                                       const InspectOptions& options, InspectReport& report);

// Whether any of the files could be read, wholly or in part.
bool ReadAny(const InspectReport& report);

// Ends with the commands to go on with.
std::string InspectText(const InspectReport& report, const StreamReportOptions& options);

// One object, on one line, with a newline.
std::string InspectJson(const InspectReport& report, const StreamReportOptions& options);

// A configuration (config.proto) of the channels found, with a built-in strategy.
// FailedPrecondition when no stream speaks what a codec reads.
absl::StatusOr<std::string> ConfigText(const InspectReport& report);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_INSPECT_REPORT_H_
