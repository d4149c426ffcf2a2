// Receive stamps: which one a receiver asks for, and what the one that a packet carries is called.
//
//   options.stamps = *ParseReceiveStamps("hardware");
//   ...
//   Print(StampSourceName(packet.stamp_source));      // "hardware", or "software" when the adapter
//                                                     // had none for this packet.
//
// Whatever is asked for, Packet::dequeue_ticks (the CPU's own counter) is always there, and
// Packet::stamp_source says what Packet::stamp_ns is. A stamp of zero means "none": the packet says
// kNone and BackendStats::unstamped counts it, so that an adapter that stamps nothing is seen.
//
// Plain values and pure functions; any thread, no allocation.
#ifndef FEEDHANDLER_RIO_STAMPS_STAMPS_H_
#define FEEDHANDLER_RIO_STAMPS_STAMPS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "rio/packet.h"

namespace fh::rio {

enum class ReceiveStamps : uint8_t {
  kNone,
  // The kernel's system clock when it took the packet from the driver: the wait in the socket's
  // queue is in it, the wait in the adapter is not. A sixth of recvmmsg's rate.
  kSoftware,
  // The adapter's own clock, which is only as good as what disciplines it (ptp4l, phc2sys). Where
  // the adapter has none, a note says so and software stamps take their place.
  kHardware,
};

// What a packet carries when this was granted.
StampSource SourceOf(ReceiveStamps granted);

// "none", "software", "hardware".
const char* ReceiveStampsName(ReceiveStamps stamps);

// The reverse; nothing for any other text.
std::optional<ReceiveStamps> ParseReceiveStamps(absl::string_view name);

inline constexpr size_t kStampSources = 5;  // As many as StampSource has.

// "none", "capture", "software", "hardware", "trailer".
const char* StampSourceName(StampSource source);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_STAMPS_STAMPS_H_
