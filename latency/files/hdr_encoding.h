// HdrHistogram's encodings: histograms as bytes, and bytes in base64 as they stand in logs.
//
//   std::string text = EncodeBase64(histogram);                     // "HISTFAAA...", for a log.
//   absl::StatusOr<HdrHistogram> back = DecodeBase64(text);
//
// Written is V2, read are V0, V1 and V2, each compressed (zlib) or not. Numbers are big endian, counts
// of V2 in ZigZag LEB128 words of at most 9 bytes. A normalizing offset is ignored: counts in files are
// in logical order. DoubleHistograms are refused.
//
// Limits: a histogram has at most kMostHdrBytes when it is unpacked, and takes memory for the slots that
// it uses. Any thread; allocates.
#ifndef FEEDHANDLER_LATENCY_FILES_HDR_ENCODING_H_
#define FEEDHANDLER_LATENCY_FILES_HDR_ENCODING_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "latency/files/hdr_histogram.h"

namespace fh::latency::files {

inline constexpr size_t kMostHdrBytes = size_t{8} << 20;

std::string Encode(const HdrHistogram& histogram);
std::string EncodeCompressed(const HdrHistogram& histogram);
std::string EncodeBase64(const HdrHistogram& histogram);

// InvalidArgument: offset (in the unpacked bytes where they are packed) and reason. What was unpacked
// is added to `unpacked_bytes` (may be null), for who reads many and has a limit for all.
absl::StatusOr<HdrHistogram> Decode(absl::string_view bytes, uint64_t* unpacked_bytes = nullptr);
absl::StatusOr<HdrHistogram> DecodeBase64(absl::string_view text,
                                          uint64_t* unpacked_bytes = nullptr);

}  // namespace fh::latency::files

#endif  // FEEDHANDLER_LATENCY_FILES_HDR_ENCODING_H_
