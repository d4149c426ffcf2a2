// A window over a source's bytes as they were before compression, whatever that is.
//
//   DecompressedWindow input = OpenDecompressedWindow(*std::move(source), 256 * 1024);
//   while (input.window.Ensure(kHeaderBytes)) ...
//
// Every reader of this folder opens its source so: compression is told by content, in one place.
#ifndef FEEDHANDLER_REPLAY_DECOMPRESSED_WINDOW_H_
#define FEEDHANDLER_REPLAY_DECOMPRESSED_WINDOW_H_

#include <cstddef>
#include <memory>

#include "replay/byte_source.h"
#include "replay/read_window.h"

namespace fh::replay {

struct DecompressedWindow {
  ReadWindow window;
  Compression compression;  // What was found in the source; the window shows nothing of it.
};

// Reads the first bytes of `source` and puts a decompressor in between if they say so.
// `buffer_bytes`: of the window, at least 1. Allocates, and blocks until kCompressionMagicBytes are
// there or the source ends. A source that fails is told by the window, as at any later byte.
DecompressedWindow OpenDecompressedWindow(std::unique_ptr<ByteSource> source, size_t buffer_bytes);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_DECOMPRESSED_WINDOW_H_
