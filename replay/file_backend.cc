#include "replay/file_backend.h"

#include <thread>

namespace fh::replay {

FileBackend::FileBackend(rio::RegisteredRegion& region, size_t line_count)
    : region_(region), posted_(region.slice_count()), line_stats_(line_count) {
  latency::Clock::Ticks();  // The first call decides the clock's source: not in the first Poll.
}

void FileBackend::Wait(std::chrono::nanoseconds timeout) {
  if (finished() || posted_.empty()) std::this_thread::sleep_for(timeout);
}

}  // namespace fh::replay
