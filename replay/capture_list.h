// Captures that are read one after the other, as the replay and the publisher do.
//
//   absl::StatusOr<CaptureList> captures = OpenCaptures({"morning.pcap.zst", "noon.pcap.zst"});
//
// Every function may be called by the thread that reads the captures, no other.
#ifndef FEEDHANDLER_REPLAY_CAPTURE_LIST_H_
#define FEEDHANDLER_REPLAY_CAPTURE_LIST_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "replay/capture_reader.h"

namespace fh::replay {

using CaptureList = std::vector<std::unique_ptr<CaptureReader>>;

// Opens all `paths` ("-": standard input, once) and reads their headers, so a wrong one is told
// before anything of the others is used. Blocks as CaptureReader::Open does. Errors: those of
// CaptureReader::Open; InvalidArgument when standard input is named twice. No paths give no
// captures.
absl::StatusOr<CaptureList> OpenCaptures(const std::vector<std::string>& paths);

// For progress bars: bytes taken from all files as they are stored, and the sum of their sizes
// where all are known (not with a pipe among them).
uint64_t StoredBytesRead(const CaptureList& captures);
std::optional<uint64_t> StoredBytesTotal(const CaptureList& captures);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_CAPTURE_LIST_H_
