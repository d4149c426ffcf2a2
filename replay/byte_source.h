// Where a capture's bytes come from: a file, standard input, memory, or a decompressor over one of
// them.
//
//   absl::StatusOr<std::unique_ptr<ByteSource>> file = OpenByteSource("day.pcap.zst");
//   if (!file.ok()) return file.status();
//   absl::StatusOr<size_t> got = (*file)->Read(buffer);   // Compressed bytes: as they are stored.
//
// Readers of records take a ReadWindow over it (decompressed_window.h) instead of calling Read.
//
// One thread at a time. One virtual call and at most one system call for each Read, so read in
// large pieces (256 KiB). Files and memory allocate nothing; a decompressor allocates when it is
// made, and when the stream states how large a window it needs.
#ifndef FEEDHANDLER_REPLAY_BYTE_SOURCE_H_
#define FEEDHANDLER_REPLAY_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fh::replay {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills a part of `to` (not empty) and returns how many bytes; 0 at the end. Blocks until there
  // is at least one byte, but not until `to` is full, so a live pipe is passed on as it comes.
  // Bytes before an error are returned first; the error comes with every call after them. Errors:
  // what the system says of the read; DataLoss for compressed data that is damaged or cut short.
  virtual absl::StatusOr<size_t> Read(std::span<uint8_t> to) = 0;

  // Bytes taken from the file as it is stored (of a compressed file: compressed bytes), and their
  // total where that is known (not for pipes). For progress bars.
  virtual uint64_t stored_bytes_read() const = 0;
  virtual std::optional<uint64_t> stored_bytes_total() const = 0;
};

// Opens a file, or standard input for "-". Nothing is read or decompressed yet. Blocks only where
// opening does (a named pipe: until it has a writer). Errors name the path and the reason.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenByteSource(absl::string_view path);

// How messages call the source at `path`: "standard input" for "-".
inline absl::string_view SourceName(absl::string_view path) {
  return path == "-" ? "standard input" : path;
}

// Whether what was read of it is gone: standard input, a pipe with a name or a number (<(zcat ...)), a
// device. Opens nothing.
bool CanBeReadOnce(absl::string_view path);

// A source over `bytes`, which must outlive it.
std::unique_ptr<ByteSource> MemoryByteSource(std::span<const uint8_t> bytes);

enum class Compression : uint8_t { kNone, kGzip, kZstd };

// Bytes that CompressionOf needs to decide.
inline constexpr size_t kCompressionMagicBytes = 4;

// By the first bytes (RFC 1952, section 2.3.1; RFC 8878, section 3.1.1), never by a file name.
Compression CompressionOf(std::span<const uint8_t> start);

// Decompresses `stored`, of which `start` (copied) has been read already. `compression`: not kNone.
// Concatenated gzip members and zstd frames are read as one stream, as gzip and zstd themselves do.
// Memory is bounded: zstd windows above 128 MiB (--long=28 and more) are refused while reading.
std::unique_ptr<ByteSource> DecompressingSource(Compression compression,
                                                std::unique_ptr<ByteSource> stored,
                                                std::span<const uint8_t> start);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_BYTE_SOURCE_H_
