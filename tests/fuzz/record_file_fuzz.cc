// Any bytes as a file of length-prefixed records: no crash, an end, and packets that together are
// exactly the start of the file, whole records each. The first byte chooses the slice size.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "replay/byte_order.h"
#include "replay/byte_source.h"
#include "replay/record_file_backend.h"
#include "rio/memory/region.h"

namespace {

constexpr uint32_t kSlices = 4;

fh::rio::RegisteredRegion& RegionOf(uint32_t slice_bytes) {
  static std::optional<fh::rio::RegisteredRegion> small;
  static std::optional<fh::rio::RegisteredRegion> large;
  std::optional<fh::rio::RegisteredRegion>& region = slice_bytes < 2048 ? small : large;
  if (!region.has_value()) {
    auto created =
        fh::rio::RegisteredRegion::Create({.slice_bytes = slice_bytes, .slice_count = kSlices});
    if (!created.ok()) std::abort();
    region.emplace(*std::move(created));
  }
  return *region;
}

void CheckWholeRecords(const fh::rio::Packet& packet) {
  uint32_t offset = 0;
  while (offset < packet.length) {
    if (packet.length - offset < 2) std::abort();
    offset += 2u + fh::replay::LoadBe16(packet.data + offset);
  }
  if (offset != packet.length) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  fh::rio::RegisteredRegion& region = RegionOf(data[0] % 2 == 0 ? 128 : 2048);
  const std::span<const uint8_t> file{data + 1, size - 1};
  static_cast<void>(fh::replay::LooksLikeRecordFile(file));
  const auto backend = fh::replay::RecordFileBackend::FromMemory(file, region);
  std::vector<uint32_t> slices(kSlices);
  std::iota(slices.begin(), slices.end(), 0u);
  backend->Post(slices);
  const bool plain = fh::replay::CompressionOf(file) == fh::replay::Compression::kNone;
  size_t read = 0;
  fh::rio::Packet packets[3];
  while (!backend->finished()) {
    const size_t count = backend->Poll(packets);
    for (const fh::rio::Packet& packet : std::span(packets).first(count)) {
      CheckWholeRecords(packet);
      if (plain && std::memcmp(packet.data, file.data() + read, packet.length) != 0) std::abort();
      read += packet.length;
      backend->Post(std::span(&packet.slice, 1));
    }
  }
  if (backend->owned() != kSlices || backend->Poll(packets) != 0) std::abort();
  if (plain && backend->status().ok() && read != file.size()) std::abort();
  return 0;
}
