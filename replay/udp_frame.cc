#include "replay/udp_frame.h"

#include <algorithm>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "replay/byte_order.h"

namespace fh::replay {
namespace {

constexpr uint16_t kEtherTypeIpv4 = 0x0800;
constexpr uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr uint16_t kEtherTypeVlan = 0x8100;
constexpr uint8_t kProtocolUdp = 17;
constexpr size_t kIpv4Bytes = 20;
constexpr size_t kIpv6Bytes = 40;
constexpr size_t kUdpBytes = 8;
constexpr uint16_t kMaxVlanId = 4095;

// The sum of the Internet checksum (RFC 1071), not folded yet: add spans of even size, then finish.
uint64_t AddToSum(uint64_t sum, std::span<const uint8_t> bytes) {
  size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) sum += LoadBe32(bytes.data() + i);
  if (i + 2 <= bytes.size()) {
    sum += LoadBe16(bytes.data() + i);
    i += 2;
  }
  if (i < bytes.size()) sum += static_cast<uint64_t>(bytes[i]) << 8;
  return sum;
}

uint16_t FinishSum(uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

absl::Status Check(const UdpFraming& framing, size_t payload_bytes, size_t room_bytes) {
  const rio::IpAddress& source = framing.source.address;
  const rio::IpAddress& destination = framing.destination.address;
  if (source.is_none() || source.family() != destination.family()) {
    return absl::InvalidArgumentError(
        absl::StrCat("source ", source.ToString(), " and destination ", destination.ToString(),
                     " are not addresses of one family; give both as IPv4 or both as IPv6"));
  }
  const size_t most = source.is_v4() ? kMaxUdpPayloadIpv4 : kMaxUdpPayloadIpv6;
  if (payload_bytes > most) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a payload of ", payload_bytes, " bytes does not fit into a UDP datagram of ", most));
  }
  if (framing.vlan_id.value_or(0) > kMaxVlanId) {
    return absl::InvalidArgumentError(
        absl::StrCat("VLAN id ", *framing.vlan_id, " is above ", kMaxVlanId));
  }
  if (room_bytes < payload_bytes + kMaxUdpFramingBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a frame with ", payload_bytes, " bytes of payload needs room for ",
                     payload_bytes + kMaxUdpFramingBytes, ", not ", room_bytes));
  }
  return absl::OkStatus();
}

uint8_t* WriteEthernet(const UdpFraming& framing, uint8_t* p) {
  const rio::IpAddress& destination = framing.destination.address;
  const MacAddress mac =
      destination.IsMulticast() ? MulticastMac(destination) : framing.unicast_mac;
  p = std::copy(mac.begin(), mac.end(), p);
  p = std::copy(framing.source_mac.begin(), framing.source_mac.end(), p);
  if (framing.vlan_id.has_value()) {
    StoreBe16(p, kEtherTypeVlan);
    StoreBe16(p + 2, *framing.vlan_id);
    p += 4;
  }
  StoreBe16(p, destination.is_v4() ? kEtherTypeIpv4 : kEtherTypeIpv6);
  return p + 2;
}

uint8_t* WriteIpv4(const UdpFraming& framing, size_t udp_bytes, uint8_t* p) {
  constexpr uint16_t kDontFragment = 0x4000;
  std::memset(p, 0, kIpv4Bytes);
  p[0] = 4 << 4 | kIpv4Bytes / 4;
  StoreBe16(p + 2, static_cast<uint16_t>(kIpv4Bytes + udp_bytes));
  StoreBe16(p + 4, framing.ip_id);
  StoreBe16(p + 6, kDontFragment);
  p[8] = framing.time_to_live;
  p[9] = kProtocolUdp;
  std::memcpy(p + 12, framing.source.address.bytes(), 4);
  std::memcpy(p + 16, framing.destination.address.bytes(), 4);
  StoreBe16(p + 10, FinishSum(AddToSum(0, {p, kIpv4Bytes})));
  return p + kIpv4Bytes;
}

uint8_t* WriteIpv6(const UdpFraming& framing, size_t udp_bytes, uint8_t* p) {
  std::memset(p, 0, 8);
  p[0] = 6 << 4;
  StoreBe16(p + 4, static_cast<uint16_t>(udp_bytes));
  p[6] = kProtocolUdp;
  p[7] = framing.time_to_live;
  std::memcpy(p + 8, framing.source.address.bytes(), 16);
  std::memcpy(p + 24, framing.destination.address.bytes(), 16);
  return p + kIpv6Bytes;
}

}  // namespace

MacAddress MulticastMac(const rio::IpAddress& group) {
  const uint8_t* ip = group.bytes();
  if (group.is_v4()) {
    return {0x01, 0x00, 0x5e, static_cast<uint8_t>(ip[1] & 0x7f), ip[2], ip[3]};
  }
  return {0x33, 0x33, ip[12], ip[13], ip[14], ip[15]};
}

absl::StatusOr<size_t> BuildUdpFrame(const UdpFraming& framing, std::span<const uint8_t> payload,
                                     std::span<uint8_t> to) {
  if (absl::Status checked = Check(framing, payload.size(), to.size()); !checked.ok()) {
    return checked;
  }
  const rio::IpAddress& source = framing.source.address;
  const rio::IpAddress& destination = framing.destination.address;
  const size_t udp_bytes = kUdpBytes + payload.size();
  uint8_t* p = WriteEthernet(framing, to.data());
  p = source.is_v4() ? WriteIpv4(framing, udp_bytes, p) : WriteIpv6(framing, udp_bytes, p);
  StoreBe16(p, framing.source.port);
  StoreBe16(p + 2, framing.destination.port);
  StoreBe16(p + 4, static_cast<uint16_t>(udp_bytes));
  StoreBe16(p + 6, 0);
  if (!payload.empty()) std::memcpy(p + kUdpBytes, payload.data(), payload.size());
  // The pseudo-header: addresses, protocol, UDP length.
  uint64_t sum = kProtocolUdp + udp_bytes;
  sum = AddToSum(sum, {source.bytes(), source.size()});
  sum = AddToSum(sum, {destination.bytes(), destination.size()});
  const uint16_t checksum = FinishSum(AddToSum(sum, {p, udp_bytes}));
  // Zero would mean "no checksum" (RFC 768).
  StoreBe16(p + 6, checksum == 0 ? 0xffff : checksum);
  return static_cast<size_t>(p + udp_bytes - to.data());
}

}  // namespace fh::replay
