// The .latency file: latency_report.proto's message with a frame that tells a wrong, damaged or
// truncated file from a report.
//
//    0  12  "FHLATENCY" 0x0D 0x0A 0x1A   a transfer that changes line ends is seen here
//   12   4  version of the frame, 1
//   16   8  bytes of the message
//   24   4  CRC-32 of the message (zlib's)
//   28   4  CRC-32 of the 28 bytes above
//   32      the message
//
// Integers are little endian. The text form begins with kTextFirstBytes, and is Protobuf's text format
// behind it.
//
// Limits for files that are no friends: kMostFileBytes, and kMostMessages messages within one, both
// looked at before anything is allocated for it.
//
// Any thread; allocates.
#ifndef FEEDHANDLER_LATENCY_FILES_REPORT_FILE_H_
#define FEEDHANDLER_LATENCY_FILES_REPORT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "latency/recording/latency_report.pb.h"

namespace fh::latency::files {

namespace proto = ::feedhandler::latency;

inline constexpr uint32_t kReportVersion = 1;  // Of LatencyReport.version.
inline constexpr uint32_t kFrameVersion = 1;
inline constexpr size_t kFrameBytes = 32;
inline constexpr absl::string_view kReportFirstBytes("FHLATENCY\r\n\x1a", 12);
inline constexpr absl::string_view kTextFirstBytes = "# feedhandler latency report";
inline constexpr size_t kMostFileBytes = size_t{1} << 30;
inline constexpr size_t kMostTextBytes = size_t{1} << 28;
inline constexpr size_t kMostMessages = size_t{8} << 20;

// InvalidArgument when the report is too large to be read back.
absl::StatusOr<std::string> EncodeReport(const proto::LatencyReport& report);
absl::StatusOr<std::string> EncodeReportText(const proto::LatencyReport& report);

// Errors (InvalidArgument): offset, reason and what to do; without the file's name.
absl::StatusOr<proto::LatencyReport> DecodeReport(absl::string_view bytes);
absl::StatusOr<proto::LatencyReport> DecodeReportText(absl::string_view text);

// What CheckReport of files.h does.
absl::Status CheckContents(const proto::LatencyReport& report);

}  // namespace fh::latency::files

#endif  // FEEDHANDLER_LATENCY_FILES_REPORT_FILE_H_
