// Puts Ethernet, optional VLAN, IPv4 or IPv6, and UDP headers in front of a payload.
//
//   UdpFraming framing{.source = {host, 40000}, .destination = {group, 26400}};
//   const absl::StatusOr<size_t> size = BuildUdpFrame(framing, payload, buffer);
//
// Checksums are right, and the destination MAC address of a group is the one its members listen to
// (RFC 1112, section 6.4; RFC 2464, section 7). Pure function, any thread; no allocation but for
// error messages; about a nanosecond for every 4 bytes of payload, which is the checksum.
#ifndef FEEDHANDLER_REPLAY_UDP_FRAME_H_
#define FEEDHANDLER_REPLAY_UDP_FRAME_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "rio/endpoint.h"

namespace fh::replay {

using MacAddress = std::array<uint8_t, 6>;

struct UdpFraming {
  rio::Endpoint source;
  rio::Endpoint destination;                    // Of the same family as the source.
  MacAddress source_mac{0x02, 0, 0, 0, 0, 1};   // Locally administered.
  MacAddress unicast_mac{0x02, 0, 0, 0, 0, 2};  // Taken when the destination is no group.
  std::optional<uint16_t> vlan_id;              // 802.1Q tag with this id (0 to 4095).
  uint8_t time_to_live = 32;
  uint16_t ip_id = 0;  // IPv4 only.
};

// Ethernet, VLAN, IPv6 and UDP: no framing is longer than this.
inline constexpr size_t kMaxUdpFramingBytes = 14 + 4 + 40 + 8;

// The largest payloads that the length fields can state.
inline constexpr size_t kMaxUdpPayloadIpv4 = 65535 - 20 - 8;
inline constexpr size_t kMaxUdpPayloadIpv6 = 65535 - 8;

// The MAC address that stands for a multicast group. Precondition: group.IsMulticast().
MacAddress MulticastMac(const rio::IpAddress& group);

// Writes the frame to the start of `to` and returns its bytes. Payloads are not fragmented,
// whatever a link's MTU would allow, and short frames are not padded. Errors (InvalidArgument):
// families that differ or are none, a payload too large, a VLAN id above 4095, `to` smaller than
// payload plus kMaxUdpFramingBytes. `payload` may not overlap `to`.
absl::StatusOr<size_t> BuildUdpFrame(const UdpFraming& framing, std::span<const uint8_t> payload,
                                     std::span<uint8_t> to);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_UDP_FRAME_H_
