// Any bytes as a latency report, an interval log, a histogram or a table of percentiles: no crash, an end,
// and what is taken can be written and read again. The first byte chooses what they are.
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "latency/files/files.h"
#include "latency/files/hdr_encoding.h"
#include "latency/files/hlog.h"
#include "latency/files/percentile_file.h"
#include "latency/files/report_file.h"

namespace {

using namespace fh::latency::files;  // NOLINT: a fuzz target of one library.

void CheckHistogram(const std::string& bytes) {
  const absl::StatusOr<HdrHistogram> histogram = Decode(bytes);
  if (!histogram.ok()) return;
  const absl::StatusOr<HdrHistogram> again = Decode(EncodeCompressed(*histogram));
  if (!again.ok() || again->slots() != histogram->slots()) std::abort();
  if (histogram->min() > histogram->max() ||
      histogram->ValueAtPercentile(100) != histogram->max()) {
    std::abort();
  }
  (void)FormatHgrm(*histogram);
}

void CheckReportBytes(const std::string& bytes) {
  const absl::StatusOr<ReportRead> read = ParseReport(bytes, "fuzz");
  if (!read.ok()) return;
  const absl::StatusOr<std::string> written =
      FormatReport(read->report, Format::kReport, {}, nullptr);
  if (!written.ok() || !ParseReport(*written, "again").ok()) std::abort();
  const absl::StatusOr<std::string> log = FormatReport(read->report, Format::kHlog, {}, nullptr);
  if (log.ok() && !ParseReport(*log, "log").ok()) std::abort();
  (void)MergeReports(std::vector<proto::LatencyReport>{read->report, read->report});
}

// A histogram's settings that make sense, before any payload.
std::string WithHeader(const std::string& payload) {
  std::string bytes = Encode(HdrHistogram());
  bytes.resize(40);
  bytes[6] = static_cast<char>(payload.size() >> 8);
  bytes[7] = static_cast<char>(payload.size());
  return bytes + payload;
}

std::string Framed(const std::string& message) {
  proto::LatencyReport empty;
  std::string frame = EncodeReport(empty).value().substr(0, 16);
  const auto put = [&](uint64_t value, int count) {
    for (int i = 0; i < count; ++i) frame.push_back(static_cast<char>(value >> (8 * i)));
  };
  const auto sum = [](const std::string& text) {
    return ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  };
  put(message.size(), 8);
  put(sum(message), 4);
  put(sum(frame), 4);
  return frame + message;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 8) {
    case 0:
      CheckReportBytes(bytes);
      break;
    case 1:
      CheckReportBytes(Framed("\x08\x01" + bytes));
      break;
    case 2:
      CheckReportBytes(absl::StrCat(kTextFirstBytes, "\nversion: 1\n", bytes));
      break;
    case 3:
      CheckHistogram(bytes);
      break;
    case 4:
      CheckHistogram(WithHeader(bytes));
      break;
    case 5:
      CheckReportBytes(absl::StrCat("#[Histogram log format version 1.3]\nTag=a,0,1,2,",
                                    absl::Base64Escape(WithHeader(bytes)), "\n", bytes));
      break;
    case 6:
      CheckReportBytes("#[Histogram log format version 1.3]\n" + bytes);
      break;
    default:
      (void)ParsePercentiles("Value Percentile TotalCount 1/(1-Percentile)\n" + bytes);
      (void)ParsePercentiles("\"Value\",\"Percentile\",\"TotalCount\"\n" + bytes);
  }
  return 0;
}
