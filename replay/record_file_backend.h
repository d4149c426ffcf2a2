// A message file as exchanges publish it as a receive path: records of [2-byte big-endian
// length][message] from the first byte on, no header (Nasdaq calls it BinaryFILE). Plain, or
// compressed with gzip or zstd, from a file or from standard input.
//
//   absl::StatusOr<std::unique_ptr<RecordFileBackend>> backend =
//       RecordFileBackend::Open("12302019.NASDAQ_ITCH50.gz", region);
//   ... Post, Poll, finished() and status() as for CaptureBackend; packets go to a codec of framing
//   "length_prefixed".
//
// A packet is a run of whole records with their lengths, some 1,400 bytes, copied into a posted
// slice; all are of line 0 and have no stamp, since the file has none. A record of length 0 ends
// the session (a convention of writers of such files): it comes as a packet of its own, the last
// one.
//
// One thread. Poll blocks no longer than reading the file takes; of a pipe it delivers the records
// that are there rather than wait for a full packet. No allocation after Open but for records above
// 256 KiB, which cannot be. Constant memory.
#ifndef FEEDHANDLER_REPLAY_RECORD_FILE_BACKEND_H_
#define FEEDHANDLER_REPLAY_RECORD_FILE_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replay/file_backend.h"
#include "replay/read_window.h"
#include "rio/backend.h"
#include "rio/packet.h"
#include "rio/region.h"

namespace fh::replay {

// Whether a file that starts so may be one of length-prefixed records: every length up to the end
// of `start` is plausible, and at least three records, or all of a shorter file, are whole. For
// guessing only. `start`: decompressed; kRecordFileGuessBytes are enough. Captures, compressed
// files and text are never taken for record files.
inline constexpr size_t kRecordFileGuessBytes = 4096;
bool LooksLikeRecordFile(std::span<const uint8_t> start);

// The first bytes of a file, decompressed, at most `count`, for guesses. Errors: those of
// OpenByteSource, and of damaged compressed data.
absl::StatusOr<std::vector<uint8_t>> FirstBytes(absl::string_view path, size_t count);

class RecordFileBackend : public FileBackend {
 public:
  static constexpr char kName[] = "records";
  static constexpr char kDescription[] =
      "files of length-prefixed messages (plain, gzip or zstd), as exchanges publish them";

  // Opens `path` ("-": standard input). `region` outlives the backend. Errors: what the system says
  // of the path.
  static absl::StatusOr<std::unique_ptr<RecordFileBackend>> Open(absl::string_view path,
                                                                 rio::RegisteredRegion& region);

  // Reads a file that is in memory, compressed or not. `bytes` outlives the backend; `name` stands
  // in messages.
  static std::unique_ptr<RecordFileBackend> FromMemory(std::span<const uint8_t> bytes,
                                                       rio::RegisteredRegion& region,
                                                       absl::string_view name = "memory");

  // Without a posted slice it reads nothing, so nothing is lost, and counts `starved`.
  size_t Poll(std::span<rio::Packet> packets);

  uint64_t records() const { return records_; }  // Delivered, the end of the session not counted.
  bool has_end_record() const { return has_end_record_; }

  // For progress bars: bytes taken from the file as it is stored, and its size where it is known.
  uint64_t stored_bytes_read() const { return window_.source().stored_bytes_read(); }
  std::optional<uint64_t> stored_bytes_total() const {
    return window_.source().stored_bytes_total();
  }

  static constexpr uint32_t kPacketBytes = 1400;

 private:
  RecordFileBackend(ReadWindow window, rio::RegisteredRegion& region, absl::string_view name);

  // Bytes of the next packet, which lie at the window's start. 0 when there is none any more or,
  // unless it `may_read`, none without reading.
  uint32_t NextRun(bool may_read);
  bool Has(uint32_t bytes, bool may_read) {
    return window_.available() >= bytes || (may_read && window_.Ensure(bytes));
  }
  void EndSession();
  void EndOfFile(uint64_t needed);
  void Damaged(uint64_t offset, absl::string_view what);

  ReadWindow window_;
  const std::string name_;
  uint64_t records_ = 0;
  bool has_end_record_ = false;
};

static_assert(rio::Backend<RecordFileBackend>);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_RECORD_FILE_BACKEND_H_
