// How the AF_XDP backend binds to its interfaces.
//
//   options.own = XdpOptions{.mode = XdpMode::kNative, .queues = {0, 1}};
//
// Plain values; any thread.
#ifndef FEEDHANDLER_RIO_AF_XDP_XDP_OPTIONS_H_
#define FEEDHANDLER_RIO_AF_XDP_XDP_OPTIONS_H_

#include <any>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "rio/backend.h"

namespace fh::rio {

// Where the redirect program runs.
enum class XdpMode : uint8_t {
  kProbe,    // In the driver where it can, otherwise generic; a note says which and why.
  kNative,   // In the driver, before the kernel makes a packet of the frame.
  kGeneric,  // Behind the driver: any interface, loopback too.
};

// Who writes the frame into the slice.
enum class XdpCopy : uint8_t {
  kProbe,     // The adapter where it can, otherwise the kernel; a note says so.
  kCopy,      // The kernel, once.
  kZeroCopy,  // The adapter itself; only in native mode, and only some drivers.
};

// What receivers of one process share that take frames from different queues of the same interface:
// there is one program on an interface, and it has to know the lines of all of them. Made before the
// first is opened, and given to each. Their stamps are to be the same.
struct XdpSharing {
  std::vector<Subscription> lines;  // Of all receivers.
  uint32_t queues = 0;              // One more than the highest that any of them names.

  // The backend's: programs that are attached, by interface index. They end with their last receiver.
  std::mutex mutex;
  std::map<uint32_t, std::weak_ptr<void>> programs;
};

struct XdpOptions {
  XdpMode mode = XdpMode::kProbe;
  XdpCopy copy = XdpCopy::kProbe;
  // Receive queues, the same of each interface; empty: all. Lines whose frames come on another
  // queue are lost to this backend (their datagrams count as kernel_drops).
  std::vector<uint32_t> queues;
  // Frames that each queue holds while nobody polls: a power of two. 20 ms of traffic must fit, for
  // which a busy core may be away: 16,384 are 20 ms at 819,000 packets a second, about a full 10
  // Gbit/s of 1,400-byte datagrams. The slices of the region are shared out over the queues, and a
  // queue holds no more frames than it has slices.
  uint32_t ring_entries = 16384;
  // With whom interfaces are shared; null: with nobody.
  std::shared_ptr<XdpSharing> sharing = nullptr;
  // Check UDP checksums (see rio/frame/frame.h): nobody else does.
  bool verify_checksums = true;
};

// Slices for XdpCopy::kCopy. Those of 2,048 bytes put the first lines of all frames into a few sets
// of the caches, which then hold few of them; one line more spreads them (a fifth less time a
// packet was measured). For zero-copy slices are a power of two: many adapters can do nothing else.
inline constexpr uint32_t kXdpCopySliceBytes = 2048 + 64;

// Those of the options, to be changed; made when there are none yet.
inline XdpOptions& XdpOptionsIn(ReceiverOptions& options) {
  if (std::any_cast<XdpOptions>(&options.own) == nullptr) options.own = XdpOptions();
  return *std::any_cast<XdpOptions>(&options.own);
}

// Those of the options, or the defaults.
inline XdpOptions XdpOptionsOf(const ReceiverOptions& options) {
  const auto* const own = std::any_cast<XdpOptions>(&options.own);
  return own != nullptr ? *own : XdpOptions();
}

inline constexpr uint32_t kLeastXdpRingEntries = 8;
inline constexpr uint32_t kMostXdpRingEntries = 1u << 20;

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_AF_XDP_XDP_OPTIONS_H_
