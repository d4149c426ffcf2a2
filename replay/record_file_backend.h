// A message file as exchanges publish it as a receive path: records of [2-byte big-endian
// length][message] from the first byte on, no header (Nasdaq calls it BinaryFILE). Plain, or
// compressed with gzip or zstd, from a file or from standard input.
//
//   absl::StatusOr<std::unique_ptr<RecordFileBackend>> backend =
//       RecordFileBackend::Open("12302019.NASDAQ_ITCH50.gz", region);
//   if (!backend.ok()) return backend.status();
//   ...   // Post, Poll, finished() and status() as for CaptureBackend.
//
// Packets go to a codec of framing "length_prefixed".
//
// A packet is a run of whole records with their lengths, some 1,400 bytes, copied into a posted
// slice; all are of line 0 and have no stamp, since the file has none. A record of length 0 ends
// the session (a convention of writers of such files): it comes as a packet of its own, the last
// one.
//
// status() tells what is wrong with the file, and at which byte of the decompressed stream: a
// record that is cut off, one that no slice can hold, bytes behind the end of the session, damaged
// compression. Everything before it has been delivered.
//
// What is not said here is as in file_backend.h. One thread at a time. Poll blocks no longer than
// reading the file takes; of a pipe it delivers the records that are there rather than wait for a
// full packet. Nothing is allocated by Poll but what a decompressor needs (byte_source.h). Memory
// is constant, a read buffer of 256 KiB.
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
#include "rio/memory/region.h"
#include "rio/packet.h"

namespace fh::replay {

// Bytes of a file's start, decompressed, that LooksLikeRecordFile can make use of.
inline constexpr size_t kRecordFileGuessBytes = 4096;

// Whether a file that starts so may be one of length-prefixed records: every length up to the end
// of `start` is plausible, and at least three records, or all of a shorter file, are whole. For
// guessing only; any thread. Captures, compressed files and text are never taken for record files.
bool LooksLikeRecordFile(std::span<const uint8_t> start);

// The first bytes of a file, decompressed, at most `count`, for guesses. Blocks as reading does; of
// standard input ("-") the bytes are gone then. Errors: those of OpenByteSource; what the system
// says of the read; DataLoss for damaged compressed data.
absl::StatusOr<std::vector<uint8_t>> FirstBytes(absl::string_view path, size_t count);

class RecordFileBackend : public FileBackend {
 public:
  static constexpr char kName[] = "records";
  static constexpr char kDescription[] =
      "files of length-prefixed messages (plain, gzip or zstd), as exchanges publish them";

  // Opens `path` ("-": standard input), and of a pipe waits for the bytes that tell its
  // compression. `region` outlives the backend. Errors: what the system says of the path. What the
  // file holds is not looked at yet: an empty one is in order, and damage is told by status().
  static absl::StatusOr<std::unique_ptr<RecordFileBackend>> Open(absl::string_view path,
                                                                 rio::RegisteredRegion& region);

  // Reads a file that is in memory, compressed or not. `bytes` outlives the backend; `name` stands
  // in messages.
  static std::unique_ptr<RecordFileBackend> FromMemory(std::span<const uint8_t> bytes,
                                                       rio::RegisteredRegion& region,
                                                       absl::string_view name = "memory");

  // Without a posted slice it reads nothing, so nothing is lost, and counts `starved`. 0 does not
  // mean that the end was reached, finished() does.
  size_t Poll(std::span<rio::Packet> packets);

  uint64_t records() const { return records_; }  // Delivered, the end of the session not counted.
  bool has_end_record() const { return has_end_record_; }  // Delivered too.

  // For progress bars: bytes taken from the file as it is stored, and its size where that is known
  // (not for pipes).
  uint64_t stored_bytes_read() const { return window_.source().stored_bytes_read(); }
  std::optional<uint64_t> stored_bytes_total() const {
    return window_.source().stored_bytes_total();
  }

  // Most bytes of a packet, lengths included; a single record above that is a packet of its own.
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
