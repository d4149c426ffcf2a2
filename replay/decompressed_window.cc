#include "replay/decompressed_window.h"

#include <cstdint>
#include <span>
#include <utility>

namespace fh::replay {

ReadWindow DecompressedWindow(std::unique_ptr<ByteSource> source, size_t buffer_bytes) {
  ReadWindow window(std::move(source), buffer_bytes);
  window.Ensure(kCompressionMagicBytes);
  const std::span<const uint8_t> start{window.data(), window.available()};
  const Compression compression = CompressionOf(start);
  if (compression == Compression::kNone) return window;
  return ReadWindow(DecompressingSource(compression, window.TakeSource(), start), buffer_bytes);
}

}  // namespace fh::replay
