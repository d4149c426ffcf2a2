// A window over a source's bytes as they were before compression, whatever that is.
#ifndef FEEDHANDLER_REPLAY_DECOMPRESSED_WINDOW_H_
#define FEEDHANDLER_REPLAY_DECOMPRESSED_WINDOW_H_

#include <cstddef>
#include <memory>

#include "replay/byte_source.h"
#include "replay/read_window.h"

namespace fh::replay {

// Reads `source`'s first bytes (which may block) and puts a decompressor in between if they say so.
ReadWindow DecompressedWindow(std::unique_ptr<ByteSource> source, size_t buffer_bytes);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_DECOMPRESSED_WINDOW_H_
