// From an Ethernet frame, as AF_XDP delivers it, to the UDP payload in it: everything that the
// kernel's own stack would have checked on the way to a socket.
//
//   FrameView view;
//   if (ParseFrame(frame, bytes, checks, view) == FrameVerdict::kDatagram) {
//     ... view.payload, view.payload_bytes, lines.Find(view) ...
//   }
//
// Checked: Ethernet with up to two VLAN tags (which VLAN that is, is the line table's to check:
// frame_lines.h); IPv4 (length, options, header checksum, no fragment)
// or IPv6 without extension headers; UDP (length, checksum). Nothing outside the frame is read, and
// padding behind the datagram is not part of it. Sources: RFC 791, RFC 768, RFC 8200, RFC 1071,
// IEEE 802.1Q.
//
// The UDP checksum is the one thing that reads the payload, so it costs with the datagram's length;
// a network adapter has checked it too, but its verdict does not come with an AF_XDP frame. A
// datagram sent on this host (loopback, veth, a bridge to a container) never was on a wire: its
// sender left the checksum to an adapter that is not there, and the field holds the sum of the
// pseudo-header alone. Such a datagram is taken as it is, without reading its payload. (A damaged
// datagram looks like that once in 65,536 times; as often its checksum would be right by chance.)
//
// Hot path: no allocation, no system call. Any thread.
#ifndef FEEDHANDLER_RIO_FRAME_FRAME_H_
#define FEEDHANDLER_RIO_FRAME_FRAME_H_

#include <cstddef>
#include <cstdint>

#include "rio/frame/headers.h"
#include "rio/vlan.h"

namespace fh::rio {

enum class FrameVerdict : uint8_t {
  kDatagram,
  kBadHeader,    // Lengths or fields that contradict each other, or no UDP.
  kBadChecksum,  // Of the IPv4 header or of the datagram.
};

// A VLAN in the upper half of FrameView::port_and_vlan: its number, and whether another one is
// around it. 0 = untagged.
inline constexpr uint32_t kVlanShift = 16;
inline constexpr uint32_t kOuterVlanBit = 1u << 28;
constexpr uint32_t VlanBits(const Vlan& vlan) {
  return uint32_t{vlan.id} << kVlanShift | (vlan.outer != 0 ? kOuterVlanBit : 0);
}

struct FrameView {
  const uint8_t* payload;  // Inside the frame.
  uint32_t payload_bytes;
  // The destination port, in network order as loaded, and above it VlanBits: together, so that most
  // frames, which have no tag, cost nothing more for it.
  uint32_t port_and_vlan;
  uint16_t outer_vlan;  // The VLAN around it; 0 = none.
  bool is_v6;
  const uint8_t* ip;  // The IP header.

  void SetVlan(const Vlan& vlan) {
    port_and_vlan = (port_and_vlan & 0xffff) | VlanBits(vlan);
    outer_vlan = vlan.outer;
  }
  const uint8_t* source() const {
    return ip + (is_v6 ? Ipv6Header::kSourceAt : Ipv4Header::kSourceAt);
  }
  const uint8_t* destination() const {
    return ip + (is_v6 ? Ipv6Header::kDestinationAt : Ipv4Header::kDestinationAt);
  }
};

// Adds up `bytes` bytes as 16-bit words of the machine's order; the ones' complement sum of RFC
// 1071 is what Fold makes of it. Up to 64 KiB.
using SumFunction = uint64_t (*)(const uint8_t* data, size_t bytes);

// The fastest that this processor has. Start-up only; call it once.
SumFunction ChooseSum();
// Eight bytes at a time; runs everywhere.
uint64_t SumPortable(const uint8_t* data, size_t bytes);

struct FrameChecks {
  bool udp_checksum = true;
  SumFunction sum = SumPortable;
};

namespace frame_internal {

inline uint16_t Fold(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(sum);
}

// Whether a sum of words, which is not 0, folds to 0xffff, as that of intact data with its checksum
// does. In ones' complement 0xffff is a zero, so it is a question of divisibility, which compilers
// answer with one multiplication: folding takes a chain of ten steps.
inline bool IsIntact(uint64_t sum) { return sum % 0xffff == 0; }

// `pseudo`: the sum of the pseudo-header's words.
inline bool IsUdpChecksumRight(const uint8_t* udp, uint32_t udp_bytes, uint64_t pseudo,
                               uint16_t field, SumFunction sum) {
  // Left to an adapter by a sender on this host; see above.
  if (IsIntact(pseudo + 0xffff - field)) [[likely]]
    return true;
  return IsIntact(pseudo + sum(udp, udp_bytes));
}

// The UDP header at `udp`, of which `room` bytes are there. `pseudo`: as far as it is the
// addresses'. `may_be_absent`: a checksum of 0 says that there is none.
inline FrameVerdict ParseUdp(UdpHeader udp, uint32_t room, uint64_t pseudo, bool may_be_absent,
                             const FrameChecks& checks, FrameView& view) {
  const uint32_t udp_bytes = udp.bytes();
  if (udp_bytes < UdpHeader::kBytes || udp_bytes > room) return FrameVerdict::kBadHeader;
  view.port_and_vlan = LoadRaw<uint16_t>(udp.at + UdpHeader::kDestinationPortAt);
  view.outer_vlan = 0;
  view.payload = udp.at + UdpHeader::kBytes;
  view.payload_bytes = udp_bytes - static_cast<uint32_t>(UdpHeader::kBytes);
  if (!checks.udp_checksum) return FrameVerdict::kDatagram;
  const uint16_t field = udp.raw_checksum();
  if (field == 0) return may_be_absent ? FrameVerdict::kDatagram : FrameVerdict::kBadChecksum;
  pseudo += Order16(kProtocolUdp);
  pseudo += LoadRaw<uint16_t>(udp.at + 4);
  return IsUdpChecksumRight(udp.at, udp_bytes, pseudo, field, checks.sum)
             ? FrameVerdict::kDatagram
             : FrameVerdict::kBadChecksum;
}

inline FrameVerdict ParseV4(Ipv4Header ip, uint32_t room, const FrameChecks& checks,
                            FrameView& view) {
  if (room < Ipv4Header::kLeastBytes + UdpHeader::kBytes || ip.version() != 4) {
    return FrameVerdict::kBadHeader;
  }
  const uint32_t header_bytes = ip.header_bytes();
  const uint32_t total_bytes = ip.total_bytes();
  if (header_bytes < Ipv4Header::kLeastBytes || total_bytes < header_bytes + UdpHeader::kBytes ||
      total_bytes > room || ip.is_fragment() || ip.protocol() != kProtocolUdp) {
    return FrameVerdict::kBadHeader;
  }
  const uint64_t addresses =
      uint64_t{LoadRaw<uint32_t>(ip.source())} + LoadRaw<uint32_t>(ip.destination());
  uint64_t header_sum = addresses + LoadRaw<uint32_t>(ip.at) + LoadRaw<uint32_t>(ip.at + 4);
  header_sum += LoadRaw<uint32_t>(ip.at + 8);
  for (uint32_t at = Ipv4Header::kLeastBytes; at < header_bytes; at += 4) {
    header_sum += LoadRaw<uint32_t>(ip.at + at);
  }
  if (!IsIntact(header_sum)) return FrameVerdict::kBadChecksum;
  view.is_v6 = false;
  view.ip = ip.at;
  return ParseUdp({ip.at + header_bytes}, total_bytes - header_bytes, addresses,
                  /*may_be_absent=*/true, checks, view);
}

inline FrameVerdict ParseV6(Ipv6Header ip, uint32_t room, const FrameChecks& checks,
                            FrameView& view) {
  if (room < Ipv6Header::kBytes + UdpHeader::kBytes || ip.version() != 6 ||
      ip.next_header() != kProtocolUdp) {
    return FrameVerdict::kBadHeader;
  }
  const uint32_t payload_bytes = ip.payload_bytes();
  if (payload_bytes < UdpHeader::kBytes || payload_bytes > room - Ipv6Header::kBytes) {
    return FrameVerdict::kBadHeader;
  }
  uint64_t addresses = 0;
  for (size_t at = Ipv6Header::kSourceAt; at < Ipv6Header::kBytes; at += 4) {
    addresses += LoadRaw<uint32_t>(ip.at + at);
  }
  view.is_v6 = true;
  view.ip = ip.at;
  // RFC 8200, section 8.1: over IPv6 the checksum is not optional.
  return ParseUdp({ip.at + Ipv6Header::kBytes}, payload_bytes, addresses, /*may_be_absent=*/false,
                  checks, view);
}

}  // namespace frame_internal

// `frame`: `bytes` bytes from the destination MAC address on. `view` is filled only with
// kDatagram. `tags`: those that were taken off the frame before, for which it stands as if they
// were still there.
inline FrameVerdict ParseFrame(const uint8_t* frame, uint32_t bytes, const FrameChecks& checks,
                               FrameView& view, VlanTags tags = {}) {
  using namespace frame_internal;  // NOLINT: the names above are this function's parts.
  constexpr auto kFirst = static_cast<uint32_t>(EthernetHeader::kBytes);
  constexpr auto kTag = static_cast<uint32_t>(VlanTagHeader::kBytes);
  if (bytes < kFirst + Ipv4Header::kLeastBytes + UdpHeader::kBytes) return FrameVerdict::kBadHeader;
  if (LoadRaw<uint16_t>(frame + EthernetHeader::kTypeAt) == Order16(kEtherTypeIpv4) && tags.empty())
      [[likely]]
    return ParseV4({frame + kFirst}, bytes - kFirst, checks, view);
  uint32_t at = kFirst;
  uint16_t type = EthernetHeader{frame}.type();
  // What is left behind two tags is still more than a third one.
  for (int tag = 0; tag < 2 && VlanTagHeader::IsType(type); ++tag) {
    const VlanTagHeader header{frame + at};
    tags.Push(VlanTagHeader::IsServiceType(type), header.control());
    type = header.next_type();
    at += kTag;
  }
  FrameVerdict verdict = FrameVerdict::kBadHeader;
  if (type == kEtherTypeIpv4) verdict = ParseV4({frame + at}, bytes - at, checks, view);
  if (type == kEtherTypeIpv6) verdict = ParseV6({frame + at}, bytes - at, checks, view);
  if (verdict == FrameVerdict::kDatagram) view.SetVlan(tags.vlan());
  return verdict;
}

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_FRAME_FRAME_H_
