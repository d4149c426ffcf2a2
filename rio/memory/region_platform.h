// The operating system's part of the registered region: pages with wishes. Internal to rio/; one
// source file a platform implements it, and CMake picks that file.
//
// Start-up and shutdown only: every function makes system calls.
#ifndef FEEDHANDLER_RIO_MEMORY_REGION_PLATFORM_H_
#define FEEDHANDLER_RIO_MEMORY_REGION_PLATFORM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/memory/region.h"

namespace fh::rio {

struct PageMapping {
  void* mapping = nullptr;   // For UnmapPages.
  size_t mapped_bytes = 0;   // For UnmapPages.
  uint8_t* first = nullptr;  // Page aligned; at least the bytes asked for, zeroed and touched.
};

// Maps `bytes` of zeroed memory as `options` wish. What could not be granted is added to `notes`.
absl::StatusOr<PageMapping> MapPages(size_t bytes, const RegionOptions& options,
                                     std::vector<std::string>& notes);

void UnmapPages(void* mapping, size_t mapped_bytes);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_MEMORY_REGION_PLATFORM_H_
