// Any bytes as a frame that the redirect program let through: nothing outside of it is read, and a
// payload lies inside.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "rio/frame/frame.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using fh::rio::FrameVerdict;
  static const fh::rio::SumFunction sum = fh::rio::ChooseSum();
  if (size == 0) return 0;
  // A copy of exact size: the sanitizer sees a read past the end.
  const std::vector<uint8_t> frame(data + 1, data + size);
  fh::rio::FrameView view{};
  const FrameVerdict verdict =
      fh::rio::ParseFrame(frame.data(), static_cast<uint32_t>(frame.size()),
                          {.udp_checksum = data[0] % 2 == 0, .sum = sum}, view);
  if (verdict != FrameVerdict::kDatagram) return 0;
  if (view.payload < frame.data() + 42 ||
      view.payload + view.payload_bytes > frame.data() + frame.size()) {
    std::abort();
  }
  if (view.destination() < frame.data() || view.destination() >= view.payload) std::abort();
  return 0;
}
