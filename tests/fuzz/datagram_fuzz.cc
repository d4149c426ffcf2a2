// Any bytes as a frame of any link type. The first two bytes choose the link type, the third
// whether the capture cut the frame.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "replay/datagram.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using fh::replay::DatagramOutcome;
  using fh::replay::LinkType;
  constexpr size_t kChoices = 3;
  constexpr LinkType kTypes[] = {LinkType::kEthernet, LinkType::kLinuxSll, LinkType::kLinuxSll2,
                                 LinkType::kRaw,      LinkType::kNull,     LinkType::kLoop,
                                 LinkType::kIpv6};
  if (size < kChoices) return 0;
  // Mostly one of those that are known.
  const auto any = static_cast<LinkType>(data[0] << 8 | data[1]);
  const LinkType type = data[0] < 250 ? kTypes[data[0] % std::size(kTypes)] : any;
  // A copy of exact size: the sanitizer sees a read past the end.
  const std::vector<uint8_t> frame(data + kChoices, data + size);
  const auto original = static_cast<uint32_t>(frame.size() + data[2] % 2);
  fh::replay::Datagram datagram;
  const DatagramOutcome outcome = fh::replay::ParseDatagram(type, frame, original, datagram);
  const bool is_datagram = outcome == DatagramOutcome::kDatagram;
  if (is_datagram && datagram.payload.size() != datagram.payload_length) std::abort();
  if (datagram.payload_offset + datagram.payload.size() > frame.size()) std::abort();
  if ((outcome == DatagramOutcome::kMalformed) !=
      (datagram.malformed != fh::replay::FrameHeader::kNone)) {
    std::abort();
  }
  if (outcome == DatagramOutcome::kTruncated && original == frame.size()) std::abort();
  return 0;
}
