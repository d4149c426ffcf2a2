#include "replay/record_file_backend.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replay/byte_order.h"
#include "replay/decompressed_window.h"

namespace fh::replay {
namespace {

constexpr uint32_t kLengthBytes = 2;
constexpr size_t kBufferBytes = 256 * 1024;
// Longer messages are not known of any exchange; pcap's, gzip's, zstd's and text's first two bytes
// would be longer ones.
constexpr uint32_t kPlausibleLength = 2048;
constexpr int kRecordsToBelieve = 3;

}  // namespace

bool LooksLikeRecordFile(std::span<const uint8_t> start) {
  size_t offset = 0;
  int whole = 0;
  while (start.size() - offset >= kLengthBytes) {
    const uint32_t length = LoadBe16(start.data() + offset);
    if (length == 0) return whole > 0;  // The end of the session.
    if (length > kPlausibleLength) return false;
    if (start.size() - offset - kLengthBytes < length) break;
    offset += kLengthBytes + length;
    ++whole;
  }
  return whole >= kRecordsToBelieve || (whole > 0 && offset == start.size());
}

absl::StatusOr<std::vector<uint8_t>> FirstBytes(absl::string_view path, size_t count) {
  absl::StatusOr<std::unique_ptr<ByteSource>> source = OpenByteSource(path);
  if (!source.ok()) return source.status();
  ReadWindow window = OpenDecompressedWindow(*std::move(source), std::max<size_t>(count, 1)).window;
  if (!window.Ensure(count) && !window.source_status().ok()) {
    return absl::Status(window.source_status().code(),
                        absl::StrCat(SourceName(path), ": ", window.source_status().message()));
  }
  return std::vector<uint8_t>(window.data(), window.data() + std::min(count, window.available()));
}

absl::StatusOr<std::unique_ptr<RecordFileBackend>> RecordFileBackend::Open(
    absl::string_view path, rio::RegisteredRegion& region) {
  absl::StatusOr<std::unique_ptr<ByteSource>> source = OpenByteSource(path);
  if (!source.ok()) return source.status();
  // The constructor is private, which make_unique cannot reach.
  return std::unique_ptr<RecordFileBackend>(new RecordFileBackend(
      OpenDecompressedWindow(*std::move(source), kBufferBytes).window, region, SourceName(path)));
}

std::unique_ptr<RecordFileBackend> RecordFileBackend::FromMemory(std::span<const uint8_t> bytes,
                                                                 rio::RegisteredRegion& region,
                                                                 absl::string_view name) {
  return std::unique_ptr<RecordFileBackend>(new RecordFileBackend(
      OpenDecompressedWindow(MemoryByteSource(bytes), kBufferBytes).window, region, name));
}

RecordFileBackend::RecordFileBackend(ReadWindow window, rio::RegisteredRegion& region,
                                     absl::string_view name)
    : FileBackend(region, /*line_count=*/1), window_(std::move(window)), name_(name) {}

size_t RecordFileBackend::Poll(std::span<rio::Packet> packets) {
  const size_t most = Room(packets.size());
  size_t filled = 0;
  while (filled < most && !finished()) {
    // What is there goes out before more is waited for, which matters for pipes.
    const uint32_t bytes = NextRun(/*may_read=*/filled == 0);
    if (bytes == 0) break;
    Fill({window_.data(), bytes}, bytes, /*line=*/0, /*stamp_ns=*/0, packets[filled++]);
    window_.Consume(bytes);
    if (has_end_record_) EndSession();
  }
  return Deliver(packets.first(filled));
}

uint32_t RecordFileBackend::NextRun(bool may_read) {
  uint32_t run = 0;
  for (;;) {
    const bool first = run == 0;
    if (!Has(run + kLengthBytes, first && may_read)) {
      if (first && may_read) EndOfFile(kLengthBytes);
      return run;
    }
    const uint32_t bytes = kLengthBytes + LoadBe16(window_.data() + run);
    if (bytes == kLengthBytes) {
      has_end_record_ = first;  // Alone in its packet, which is where codecs look for it.
      return first ? kLengthBytes : run;
    }
    if (!first && run + bytes > std::min(kPacketBytes, slice_bytes())) return run;
    if (bytes > slice_bytes()) {
      Damaged(window_.offset(),
              absl::StrCat("has ", bytes - kLengthBytes, " bytes, more than a slice of ",
                           slice_bytes(), " can hold: take larger slices if that is no damage"));
      return 0;
    }
    if (!Has(run + bytes, first && may_read)) {
      if (first && may_read) EndOfFile(bytes);
      return run;
    }
    run += bytes;
    ++records_;
  }
}

void RecordFileBackend::EndSession() {
  End();
  // Of a pipe that its writer keeps open, nobody knows whether more will follow.
  const bool is_file = window_.source().stored_bytes_total().has_value();
  if (window_.available() != 0 || (is_file && window_.Ensure(1))) {
    Damaged(window_.offset(), "stands behind the end of the session, where nothing may follow");
  }
}

// The stream ended or failed before `needed` bytes of the record at the window's start were there.
void RecordFileBackend::EndOfFile(uint64_t needed) {
  End();
  const uint64_t offset = window_.offset();
  if (!window_.source_status().ok()) {
    Damaged(offset, absl::StrCat("cannot be read: ", window_.source_status().message()));
  } else if (window_.available() != 0) {
    Damaged(offset, absl::StrCat("is cut off, ", window_.available(), " of its ",
                                 needed == kLengthBytes ? "length's " : "", needed,
                                 " bytes are there: the file was copied before it was complete"));
  }
}

void RecordFileBackend::Damaged(uint64_t offset, absl::string_view what) {
  End(absl::DataLossError(absl::StrCat(name_, ": record ", records_ + 1, " at byte ", offset, " ",
                                       what, ". The ", records_, " records before it are good.")));
}

}  // namespace fh::replay
