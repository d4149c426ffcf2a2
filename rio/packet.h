// One received datagram as codecs see it: a view of the registered slice that the receive path
// filled.
//
//   for (const rio::Packet& packet : burst) Parse(packet.data, packet.length);
//
// The bytes belong to the thread that polled them, until it posts the slice again. Nothing is
// copied: `data` points into the registered region. Beyond the datagram's end at least
// kReadablePastEnd bytes may be read (they are the rest of the slice or the region's tail, with
// unspecified content), so that wide vector loads need no special case at the end; nothing may be
// concluded from them.
#ifndef FEEDHANDLER_RIO_PACKET_H_
#define FEEDHANDLER_RIO_PACKET_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace fh::rio {

inline constexpr size_t kReadablePastEnd = 64;

// What a stamp is, since "hardware timestamp" alone has fooled many: zero always means "none",
// never 1970.
enum class StampSource : uint8_t {
  kNone = 0,
  kCapture,   // The capture file's record.
  kSoftware,  // The kernel, when it took the packet from the driver (SO_TIMESTAMPING).
  kHardware,  // The network adapter.
  kTrailer,   // A switch or tap on the way, which wrote it into the frame (rio/stamps/trailer.h).
};

struct Packet {
  const uint8_t* data;  // First byte of the UDP payload.
  uint32_t length;      // Bytes of payload.
  uint32_t slice;  // Index of the slice in the registered region; names it when it is posted again.
  int64_t stamp_ns;        // UNIX ns of `stamp_source`; 0 = none.
  uint64_t dequeue_ticks;  // latency::Clock ticks when the completion was taken from the backend.
  uint16_t line;  // Index of the subscription (rio::ReceiverOptions::subscriptions) it arrived on.
  StampSource stamp_source;
  bool truncated;  // The datagram was longer than the slice; `length` bytes of it are here.
  // With a stamp of the adapter or a trailer and one of the kernel: how far behind stamp_ns the
  // kernel's is, clamped, and 1 where they are equal. 0: there is no second stamp.
  int32_t kernel_after_ns = 0;
};

// What Packet::kernel_after_ns is for two stamps that are there.
inline int32_t KernelAfterNs(int64_t stamp_ns, int64_t kernel_ns) {
  const int64_t after_ns =
      static_cast<int64_t>(static_cast<uint64_t>(kernel_ns) - static_cast<uint64_t>(stamp_ns));
  if (after_ns == 0) return 1;
  return static_cast<int32_t>(std::clamp<int64_t>(after_ns, INT32_MIN, INT32_MAX));
}

static_assert(sizeof(Packet) == 40);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_PACKET_H_
