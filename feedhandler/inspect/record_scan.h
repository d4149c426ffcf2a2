// What is in an exchange's file of length-prefixed messages: how many, how long, and which codec
// they are of.
//
//   if (IsRecordFile(path)) {
//     const RecordScan scan = ScanRecordFile(path, UINT64_MAX, nullptr);
//     Print(scan.records, scan.codec == nullptr ? "?" : scan.codec->name);
//   }
//
// One thread; blocks as long as reading takes. Constant memory.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_RECORD_SCAN_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_RECORD_SCAN_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "codecs/codec.h"
#include "feedhandler/inspect/capture_scan.h"

namespace fh {

struct RecordScan {
  std::string path;
  uint64_t records = 0;  // The one of length 0 that ends a session is not counted.
  uint64_t bytes = 0;    // Of the messages, without their lengths.
  uint32_t least_bytes = 0;
  uint32_t most_bytes = 0;
  bool has_end_record = false;
  bool complete = false;  // Read to the end.
  absl::Status status;    // Where it is damaged.

  // As GuessRecordCodec says.
  const codecs::CodecInfo* codec = nullptr;
  int confidence = 0;
};

// A guess from the first bytes, decompressed. False for standard input, which it would use up, and
// for what cannot be read.
bool IsRecordFile(const std::string& path);

struct RecordGuess {
  // The codec with a file form that knows most of the first messages by type and length; null when
  // none knows half of them.
  const codecs::CodecInfo* codec = nullptr;
  int confidence = 0;  // The share of those messages, in percent.
};

// What a file of length-prefixed messages speaks, judged by its first 256 KiB.
RecordGuess GuessRecordCodec(const std::string& path);

// Never fails: the status is in the result. `progress` counts records, and may be empty.
RecordScan ScanRecordFile(const std::string& path, uint64_t most_records,
                          const ScanProgress& progress);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_RECORD_SCAN_H_
