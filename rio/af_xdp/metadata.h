// What the redirect program writes in front of a frame, where the receive stamp of the frame or the
// VLAN tag that the adapter took off it is to be known ("XDP metadata", Linux 6.3; the kernel's
// Documentation/networking/xdp-rx-metadata.rst). Internal to the AF_XDP backend.
//
//   const MetadataPlan plan = PlanMetadata(wanted, interface, /*native=*/true);
//   for (const std::string& note : plan.notes) ...
//   RedirectProgram::Create(lines, queues, plan.features);
//   ...
//   if (plan.features.metadata()) {
//     const XdpMetadata metadata = ReadMetadata(frame);
//   }
//
// Start-up only: reads the kernel's type information (some 6 MB, milliseconds) and makes system
// calls; but for ReadMetadata, which is for the hot path. Any thread.
#ifndef FEEDHANDLER_RIO_AF_XDP_METADATA_H_
#define FEEDHANDLER_RIO_AF_XDP_METADATA_H_

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "rio/packet.h"
#include "rio/stamps/stamps.h"
#include "rio/vlan.h"

namespace fh::rio {

// The 16 bytes before the first byte of the frame. A multiple of 4, as the kernel asks.
struct XdpMetadata {
  enum Source : uint32_t {
    kNone = 0,
    kAdapter = 1,  // ns is UNIX time, as far as the adapter's clock is right.
    kKernel = 2,   // ns is CLOCK_TAI when the program saw the frame.
  };

  uint64_t ns;
  // The tag that was taken off: its control information, and kService for one of 802.1ad; kTagged
  // when there is one at all.
  uint32_t tag;
  uint32_t source;

  static constexpr uint32_t kService = 1u << 16;
  static constexpr uint32_t kTagged = 1u << 17;

  VlanTags tags() const {
    VlanTags tags;
    if ((tag & kTagged) != 0) tags.Push((tag & kService) != 0, tag & 0xffff);
    return tags;
  }
};
static_assert(sizeof(XdpMetadata) == 16);

inline XdpMetadata ReadMetadata(const uint8_t* frame) {
  XdpMetadata metadata;
  std::memcpy(&metadata, frame - sizeof metadata, sizeof metadata);
  return metadata;
}

// What the redirect program does besides choosing. Of the numbers, 0 = it does not.
struct RedirectFeatures {
  bool kernel_stamps = false;
  uint32_t rx_timestamp = 0;  // Of the kernel's functions, by which the adapter's driver tells.
  uint32_t rx_vlan_tag = 0;
  // The tag stands in the metadata. Otherwise it only decides which frames are taken, which is
  // enough where no line names a VLAN, and costs the receiver nothing.
  bool tells_tag = false;
  uint32_t device = 0;  // The interface's index: functions of its driver make the program its own.

  bool needs_driver() const { return rx_timestamp != 0 || rx_vlan_tag != 0; }
  bool metadata() const { return kernel_stamps || rx_timestamp != 0 || tells_tag; }
};

struct MetadataPlan {
  RedirectFeatures features;
  ReceiveStamps stamps = ReceiveStamps::kNone;  // What packets will carry.
  std::vector<std::string> notes;               // What was asked for and is not available, and why.
};

struct MetadataWanted {
  std::string interface;
  uint32_t interface_index = 0;
  ReceiveStamps stamps = ReceiveStamps::kNone;
  bool native = false;
  bool names_vlans = false;  // Some line of the interface names its VLAN.
};

// What is available of what is wanted. Hardware stamps are switched on at the adapter when its driver
// offers them to XDP programs. Where an adapter takes VLAN tags off the frames, and its driver does
// not tell which, the notes say what that means.
MetadataPlan PlanMetadata(const MetadataWanted& wanted);

// What packets can carry when the kernel refuses a program with `features`: the same without the
// driver's functions, and a note with the kernel's reason.
MetadataPlan WithoutDriver(const MetadataWanted& wanted, const std::string& reason);

// The number of one of the kernel's own functions in its type information (BTF,
// /sys/kernel/btf/vmlinux), by which programs call it; 0 = there is none of that name.
uint32_t KernelFunctionNumber(std::span<const uint8_t> type_information, absl::string_view name);

// What the driver of an interface tells XDP programs: bits of NETDEV_XDP_RX_METADATA_*. Nothing
// where the kernel does not say (before Linux 6.6).
std::optional<uint64_t> DriverMetadata(uint32_t interface_index);
inline constexpr uint64_t kDriverTellsTimestamp = 1;
inline constexpr uint64_t kDriverTellsVlanTag = 4;

// Whether the adapter takes VLAN tags off the frames that it receives (ethtool -k:
// rx-vlan-offload).
bool TakesVlanTagsOff(const std::string& interface);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_AF_XDP_METADATA_H_
