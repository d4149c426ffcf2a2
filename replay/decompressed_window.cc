#include "replay/decompressed_window.h"

#include <cstdint>
#include <span>
#include <utility>

namespace fh::replay {

DecompressedWindow OpenDecompressedWindow(std::unique_ptr<ByteSource> source, size_t buffer_bytes) {
  ReadWindow window(std::move(source), buffer_bytes);
  window.Ensure(kCompressionMagicBytes);
  const std::span<const uint8_t> start{window.data(), window.available()};
  const Compression compression = CompressionOf(start);
  if (compression != Compression::kNone) {
    window = ReadWindow(DecompressingSource(compression, window.TakeSource(), start), buffer_bytes);
  }
  return {std::move(window), compression};
}

}  // namespace fh::replay
