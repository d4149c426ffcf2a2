// Registered memory: one region, allocated, touched and (when asked and possible) locked at start,
// cut into equal slices that the backends receive into. RIO calls the same thing a registered
// buffer.
//
//   absl::StatusOr<RegisteredRegion> region = RegisteredRegion::Create({.slice_count = 8192});
//   for (const std::string& note : region->notes()) Print(note);  // Asked for, and not possible.
//   uint8_t* first = region->slice(0);
//
// Create and the destructor allocate and make system calls; slice() is free. The region outlives
// every backend that was opened on it. Slices are named by index; their owner is whoever holds the
// index.
#ifndef FEEDHANDLER_RIO_MEMORY_REGION_H_
#define FEEDHANDLER_RIO_MEMORY_REGION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace fh::rio {

inline constexpr uint32_t kMaxSliceBytes = 1u << 20;
inline constexpr uint32_t kMaxSliceCount = 1u << 24;

struct RegionOptions {
  // Bytes a slice: a multiple of 64, up to kMaxSliceBytes. The default holds a 1,500-byte Ethernet
  // payload plus room for a backend's own headers; for jumbo frames use 9,216.
  uint32_t slice_bytes = 2048;
  uint32_t slice_count = 4096;  // 1 to kMaxSliceCount.
  // Linux: reserved ones (vm.nr_hugepages), or a note. Transparent ones are asked for in any case.
  bool huge_pages = false;
  bool lock = false;             // Keep the pages resident: RLIMIT_MEMLOCK or CAP_IPC_LOCK.
  std::optional<int> numa_node;  // Bind the pages to this node.
};

class RegisteredRegion {
 public:
  // Maps the memory and touches every page, so the hot path meets no page fault. Invalid options
  // and too little memory are errors; a wish that this host cannot grant is a note instead, with
  // the fix in it.
  static absl::StatusOr<RegisteredRegion> Create(const RegionOptions& options);

  RegisteredRegion(RegisteredRegion&& other) noexcept;
  RegisteredRegion& operator=(RegisteredRegion&& other) noexcept;
  ~RegisteredRegion();

  uint8_t* slice(uint32_t index) { return base_ + static_cast<size_t>(index) * slice_bytes_; }
  const uint8_t* slice(uint32_t index) const {
    return base_ + static_cast<size_t>(index) * slice_bytes_;
  }
  uint32_t slice_bytes() const { return slice_bytes_; }
  uint32_t slice_count() const { return slice_count_; }
  uint8_t* base() { return base_; }
  size_t bytes() const { return static_cast<size_t>(slice_bytes_) * slice_count_; }

  // What was asked for and is not available, a sentence each. Empty when every wish was granted.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  RegisteredRegion() = default;
  void Release();

  uint8_t* base_ = nullptr;  // Page aligned; kReadablePastEnd bytes behind the last slice too.
  void* mapping_ = nullptr;  // What to unmap: it may start before base_, to align huge pages.
  size_t mapped_bytes_ = 0;
  uint32_t slice_bytes_ = 0;
  uint32_t slice_count_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_MEMORY_REGION_H_
