// Any bytes as a capture file, through every format and decompressor: no crash, an end, and frames
// that lie where they may. The first byte chooses the buffer size, so that records straddle its
// end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <vector>

#include "replay/capture_reader.h"
#include "replay/datagram.h"
#include "rio/packet.h"

namespace {

// None; pcap with ns stamps; a pcapng section with an Ethernet interface; snoop.
const std::vector<uint8_t> kHeaders[] = {
    {},
    {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0},
    {0x0a, 0x0d, 0x0d, 0x0a, 28,   0,    0,    0,    0x4d, 0x3c, 0x2b, 0x1a, 1,  0, 0, 0,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28,   0,    0,    0,    1,  0, 0, 0,
     20,   0,    0,    0,    1,    0,    0,    0,    0,    0,    0,    0,    20, 0, 0, 0},
    {'s', 'n', 'o', 'o', 'p', 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 4},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t buffer_bytes = size_t{1} << (data[0] % 12);
  std::vector<uint8_t> file = kHeaders[data[0] / 16 % std::size(kHeaders)];
  file.insert(file.end(), data + 1, data + size);
  auto reader = fh::replay::CaptureReader::FromMemory(file, "fuzz", {.buffer_bytes = buffer_bytes});
  if (!reader.ok()) return 0;
  fh::replay::CapturedFrame frame;
  fh::replay::Datagram datagram;
  uint64_t frames = 0;
  uint64_t sum = 0;
  while ((*reader)->Next(frame) == fh::replay::ReadResult::kFrame) {
    ++frames;
    for (const uint8_t byte : frame.bytes) sum += byte;
    sum += frame.bytes.data()[frame.bytes.size() + fh::rio::kReadablePastEnd - 1];
    fh::replay::ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram);
    if (frame.number < frames) std::abort();
  }
  volatile uint64_t keep = sum;
  static_cast<void>(keep);
  if (frames != (*reader)->stats().frames) std::abort();
  // The end is final.
  if ((*reader)->Next(frame) == fh::replay::ReadResult::kFrame) std::abort();
  return 0;
}
