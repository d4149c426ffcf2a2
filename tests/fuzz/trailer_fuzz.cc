// Any bytes as a frame with a stamp in it. The first two bytes say where the packet ends and where
// a stamp header is, the third whether there is a reference.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "rio/stamps/trailer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kChoices = 3;
  if (size < kChoices) return 0;
  // A copy of exact size: the sanitizer sees a read past the end.
  const std::vector<uint8_t> frame(data + kChoices, data + size);
  const fh::rio::StampPlace place{.tail = data[0], .header = data[1]};
  const int64_t reference_ns = data[2] % 2 == 0 ? 0 : 1'700'000'000'000'000'000;
  for (const fh::rio::TrailerFormat format : fh::rio::kTrailerFormats) {
    const auto stamp = fh::rio::ParseTrailer(frame, place, format, reference_ns);
    if (!stamp.has_value()) continue;
    if (stamp->ns <= 0 || stamp->picoseconds >= 1000) std::abort();
    // What is found is also detected, as that or as a format that is looked for first.
    if (reference_ns != 0 &&
        fh::rio::DetectTrailer(frame, place, reference_ns) == fh::rio::TrailerFormat::kNone) {
      std::abort();
    }
  }
  if (fh::rio::AristaHeaderBytes(frame) > frame.size()) std::abort();
  return 0;
}
