#include "rio/memory/region.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "rio/memory/region_platform.h"
#include "rio/packet.h"

namespace fh::rio {
namespace {

absl::Status CheckOptions(const RegionOptions& options) {
  if (options.slice_bytes == 0 || options.slice_bytes % 64 != 0 ||
      options.slice_bytes > kMaxSliceBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "slice_bytes is ", options.slice_bytes, "; it must be a multiple of 64, from ", "64 to ",
        kMaxSliceBytes, " (2048 holds an Ethernet frame, 9216 a jumbo one)"));
  }
  if (options.slice_count == 0 || options.slice_count > kMaxSliceCount) {
    return absl::InvalidArgumentError(absl::StrCat("slice_count is ", options.slice_count,
                                                   "; it must be from 1 to ", kMaxSliceCount));
  }
  if (options.numa_node && *options.numa_node < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("numa_node is ", *options.numa_node, "; nodes count from 0"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RegisteredRegion> RegisteredRegion::Create(const RegionOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  RegisteredRegion region;
  const size_t bytes =
      static_cast<size_t>(options.slice_bytes) * options.slice_count + kReadablePastEnd;
  absl::StatusOr<PageMapping> pages = MapPages(bytes, options, region.notes_);
  if (!pages.ok()) return pages.status();
  region.base_ = pages->first;
  region.mapping_ = pages->mapping;
  region.mapped_bytes_ = pages->mapped_bytes;
  region.slice_bytes_ = options.slice_bytes;
  region.slice_count_ = options.slice_count;
  return region;
}

RegisteredRegion::RegisteredRegion(RegisteredRegion&& other) noexcept { *this = std::move(other); }

RegisteredRegion& RegisteredRegion::operator=(RegisteredRegion&& other) noexcept {
  if (this == &other) return *this;
  Release();
  base_ = std::exchange(other.base_, nullptr);
  mapping_ = std::exchange(other.mapping_, nullptr);
  mapped_bytes_ = std::exchange(other.mapped_bytes_, 0);
  slice_bytes_ = std::exchange(other.slice_bytes_, 0);
  slice_count_ = std::exchange(other.slice_count_, 0);
  notes_ = std::move(other.notes_);
  return *this;
}

RegisteredRegion::~RegisteredRegion() { Release(); }

void RegisteredRegion::Release() {
  if (mapping_ != nullptr) UnmapPages(mapping_, mapped_bytes_);
  base_ = nullptr;
  mapping_ = nullptr;
}

}  // namespace fh::rio
