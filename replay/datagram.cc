#include "replay/datagram.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "replay/byte_order.h"
#include "rio/frame/headers.h"

namespace fh::replay {
namespace {

using rio::EthernetHeader;
using rio::Ipv4Header;
using rio::Ipv6Header;
using rio::kEtherTypeIpv4;
using rio::kEtherTypeIpv6;
using rio::kProtocolUdp;
using rio::UdpHeader;
using rio::VlanTagHeader;

constexpr uint16_t kFirstEtherType = 0x0600;  // Below: an 802.3 length (IEEE 802.3, 3.2.6).

constexpr size_t kSnapBytes = 8;
constexpr size_t kSllBytes = 16;
constexpr size_t kSll2Bytes = 20;
constexpr size_t kLoopbackBytes = 4;
constexpr int kMaxIpv6Extensions = 16;

// IPv6 extension headers (IANA's list, with RFC 8200 for the common ones).
constexpr uint8_t kHopByHop = 0;
constexpr uint8_t kRouting = 43;
constexpr uint8_t kFragmentHeader = 44;
constexpr uint8_t kAuthentication = 51;
constexpr uint8_t kDestinationOptions = 60;
constexpr uint8_t kMobility = 135;
constexpr uint8_t kHostIdentity = 139;
constexpr uint8_t kShim6 = 140;

bool IsIpv6Extension(uint8_t protocol) {
  return protocol == kHopByHop || protocol == kRouting || protocol == kFragmentHeader ||
         protocol == kAuthentication || protocol == kDestinationOptions || protocol == kMobility ||
         protocol == kHostIdentity || protocol == kShim6;
}

// To copy from: six moves, where value initialization becomes a string instruction of 20 cycles.
constexpr Datagram kEmptyDatagram{};

// Walks one frame. Each step returns its outcome or goes on to the next one.
class Parser {
 public:
  Parser(std::span<const uint8_t> frame, uint32_t original_length, Datagram& out)
      : frame_(frame), cut_by_capture_(frame.size() < original_length), out_(out) {}

  DatagramOutcome Link(LinkType type) {
    switch (type) {
      case LinkType::kEthernet:
        return Ethernet();
      case LinkType::kLinuxSll:
        if (!Has(kSllBytes)) return Short(FrameHeader::kLink);
        return EtherType(LoadBe16(At(14)), kSllBytes);
      case LinkType::kLinuxSll2:
        if (!Has(kSll2Bytes)) return Short(FrameHeader::kLink);
        return EtherType(LoadBe16(At(0)), kSll2Bytes);
      case LinkType::kRawDlt12:
      case LinkType::kRawDlt14:
      case LinkType::kRaw:
      case LinkType::kIpv4:
      case LinkType::kIpv6:
        return RawIp();
      case LinkType::kNull:
      case LinkType::kLoop:
        return Loopback();
    }
    return DatagramOutcome::kUnknownLinkType;
  }

 private:
  bool Has(size_t count) const { return frame_.size() - position_ >= count; }
  const uint8_t* At(size_t offset) const { return frame_.data() + position_ + offset; }

  DatagramOutcome Malformed(FrameHeader header) {
    out_.malformed = header;
    return DatagramOutcome::kMalformed;
  }

  // Built in place: a temporary is stored in pieces and then loaded as a whole, which stalls on
  // store forwarding for longer than the rest of the parser takes.
  template <typename Make>
  void SetAddresses(Make make, const uint8_t* source, const uint8_t* destination) {
    new (&out_.source) rio::IpAddress(make(source));
    new (&out_.destination) rio::IpAddress(make(destination));
  }

  // The frame ends before `header` or what it announces does.
  DatagramOutcome Short(FrameHeader header) {
    return cut_by_capture_ ? DatagramOutcome::kTruncated : Malformed(header);
  }

  DatagramOutcome Ethernet() {
    if (!Has(EthernetHeader::kBytes)) return Short(FrameHeader::kLink);
    return EtherType(EthernetHeader{At(0)}.type(), EthernetHeader::kBytes);
  }

  // `type` stands in a header that ends `header_bytes` further on.
  DatagramOutcome EtherType(uint16_t type, size_t header_bytes) {
    position_ += header_bytes;
    if (type != kEtherTypeIpv4) return Tagged(type);
    return Network(type);
  }

  DatagramOutcome Tagged(uint16_t type) {
    rio::VlanTags tags;
    while (VlanTagHeader::IsType(type) || type == rio::kAristaEtherType) {
      if (type == rio::kAristaEtherType) {
        if (!StampHeader()) break;
        type = LoadBe16(At(0));
        position_ += 2;
        continue;
      }
      if (!Has(VlanTagHeader::kBytes)) return Short(FrameHeader::kVlan);
      if (out_.vlan_count == Datagram::kMaxVlanTags) return Malformed(FrameHeader::kVlan);
      const VlanTagHeader tag{At(0)};
      out_.vlan_ids[out_.vlan_count++] = tag.id();
      tags.Push(VlanTagHeader::IsServiceType(type), tag.control());
      type = tag.next_type();
      position_ += VlanTagHeader::kBytes;
    }
    out_.vlan = tags.vlan();
    return Network(type);
  }

  // Nothing but the network layer is left of the link's headers.
  DatagramOutcome Network(uint16_t type) {
    if (type < kFirstEtherType) {
      // IEEE 802.2 with SNAP and no organization carries an EtherType (RFC 1042).
      constexpr uint8_t kSnap[] = {0xaa, 0xaa, 0x03, 0, 0, 0};
      if (!Has(kSnapBytes) || std::memcmp(At(0), kSnap, sizeof(kSnap)) != 0) {
        return DatagramOutcome::kNotIp;
      }
      type = LoadBe16(At(6));
      position_ += kSnapBytes;
    }
    out_.ether_type = type;
    if (type == kEtherTypeIpv4) return Ipv4();
    if (type == kEtherTypeIpv6) return Ipv6();
    return DatagramOutcome::kNotIp;
  }

  // Steps over a stamp header, whose EtherType has just been read, to the next EtherType. A second
  // one would be no stamp of the device nearest to us: the frame is then not for us.
  bool StampHeader() {
    const size_t bytes = rio::AristaHeaderBytes(frame_.subspan(position_));
    if (out_.stamp_header != 0 || bytes == 0 || !Has(bytes + 2)) return false;
    out_.stamp_header = static_cast<uint32_t>(position_ - 2);
    position_ += bytes;
    return true;
  }

  DatagramOutcome RawIp() {
    if (!Has(1)) return Short(FrameHeader::kLink);
    const uint8_t version = *At(0) >> 4;
    if (version != 4 && version != 6) return DatagramOutcome::kNotIp;
    return EtherType(version == 4 ? kEtherTypeIpv4 : kEtherTypeIpv6, 0);
  }

  // The protocol family of the capturing host, in its byte order (kNull) or the network's (kLoop).
  // All families fit into a byte, so either order is taken in both. AF_INET is 2 everywhere;
  // AF_INET6 depends on the system.
  DatagramOutcome Loopback() {
    if (!Has(kLoopbackBytes)) return Short(FrameHeader::kLink);
    const uint32_t as_is = LoadLe32(At(0));
    const uint32_t family = as_is > 0xff ? LoadBe32(At(0)) : as_is;
    constexpr uint32_t kInet = 2;
    constexpr uint32_t kInet6[] = {10, 24, 28, 30};
    if (family == kInet) return EtherType(kEtherTypeIpv4, kLoopbackBytes);
    if (std::find(std::begin(kInet6), std::end(kInet6), family) != std::end(kInet6)) {
      return EtherType(kEtherTypeIpv6, kLoopbackBytes);
    }
    return DatagramOutcome::kNotIp;
  }

  // RFC 791, section 3.1.
  DatagramOutcome Ipv4() {
    if (!Has(Ipv4Header::kLeastBytes)) return Short(FrameHeader::kIpv4);
    const Ipv4Header ip{At(0)};
    const size_t header_bytes = ip.header_bytes();
    const size_t total_bytes = ip.total_bytes();
    if (ip.version() != 4 || header_bytes < Ipv4Header::kLeastBytes) {
      return Malformed(FrameHeader::kIpv4);
    }
    SetAddresses(&rio::IpAddress::V4, ip.source(), ip.destination());
    out_.ip_protocol = ip.protocol();
    out_.time_to_live = ip.time_to_live();
    out_.more_fragments = ip.more_fragments();
    out_.fragment_offset = ip.fragment_offset_bytes();
    out_.fragment_id = ip.id();
    if (total_bytes < header_bytes) return Malformed(FrameHeader::kIpv4);
    const bool whole = Has(total_bytes);
    if (whole) out_.packet_end = static_cast<uint32_t>(position_ + total_bytes);
    if (!Has(header_bytes)) return Short(FrameHeader::kIpv4);
    position_ += header_bytes;
    if (out_.ip_protocol != kProtocolUdp) return DatagramOutcome::kNotUdp;
    return Transport(total_bytes - header_bytes, whole, FrameHeader::kIpv4);
  }

  // RFC 8200, section 3.
  DatagramOutcome Ipv6() {
    if (!Has(Ipv6Header::kBytes)) return Short(FrameHeader::kIpv6);
    const Ipv6Header ip{At(0)};
    if (ip.version() != 6) return Malformed(FrameHeader::kIpv6);
    const size_t payload_bytes = ip.payload_bytes();
    SetAddresses(&rio::IpAddress::V6, ip.source(), ip.destination());
    out_.time_to_live = ip.hop_limit();
    out_.ip_protocol = ip.next_header();
    position_ += Ipv6Header::kBytes;
    const bool whole = Has(payload_bytes);
    if (whole) out_.packet_end = static_cast<uint32_t>(position_ + payload_bytes);
    size_t left = payload_bytes;
    for (int i = 0; IsIpv6Extension(out_.ip_protocol); ++i) {
      if (i == kMaxIpv6Extensions) return Malformed(FrameHeader::kIpv6Extension);
      const DatagramOutcome extension = Ipv6Extension(left);
      if (extension != DatagramOutcome::kDatagram) return extension;
      // The parts behind the first one begin amid the datagram: no header follows.
      if (out_.fragment_offset != 0) break;
    }
    if (out_.ip_protocol != kProtocolUdp) return DatagramOutcome::kNotUdp;
    return Transport(left, whole, FrameHeader::kIpv6);
  }

  // One extension header, which `left` bytes of IP payload must hold; takes it off them. kDatagram
  // when parsing goes on. RFC 8200, section 4; RFC 4302, section 2.2 for the odd unit of
  // authentication.
  DatagramOutcome Ipv6Extension(size_t& left) {
    constexpr size_t kUnit = 8;
    if (left < kUnit) return Malformed(FrameHeader::kIpv6Extension);
    if (!Has(kUnit)) return Short(FrameHeader::kIpv6Extension);
    const uint8_t* header = At(0);
    size_t bytes = kUnit;
    if (out_.ip_protocol == kFragmentHeader) {
      const uint16_t fragment = LoadBe16(header + 2);
      out_.more_fragments = (fragment & 1) != 0;
      out_.fragment_offset = fragment & 0xfff8u;
      out_.fragment_id = LoadBe32(header + 4);
    } else if (out_.ip_protocol == kAuthentication) {
      bytes = (size_t{header[1]} + 2) * 4;
    } else {
      bytes = (size_t{header[1]} + 1) * kUnit;
    }
    if (left < bytes) return Malformed(FrameHeader::kIpv6Extension);
    if (!Has(bytes)) return Short(FrameHeader::kIpv6Extension);
    out_.ip_protocol = header[0];
    position_ += bytes;
    left -= bytes;
    return DatagramOutcome::kDatagram;
  }

  // RFC 768, in `ip_payload_bytes` of an IP packet that is `whole` in the frame or not.
  DatagramOutcome Transport(size_t ip_payload_bytes, bool whole, FrameHeader ip) {
    const bool is_fragment = out_.more_fragments || out_.fragment_offset != 0;
    const bool is_first = out_.fragment_offset == 0;
    const bool has_header =
        is_first && ip_payload_bytes >= UdpHeader::kBytes && Has(UdpHeader::kBytes);
    const UdpHeader udp{At(0)};  // Read only with has_header.
    if (has_header) {
      out_.source_port = udp.source_port();
      out_.destination_port = udp.destination_port();
      out_.has_ports = true;
      out_.payload_length = static_cast<uint32_t>(std::max<size_t>(udp.bytes(), UdpHeader::kBytes) -
                                                  UdpHeader::kBytes);
      out_.payload_offset = static_cast<uint32_t>(position_ + UdpHeader::kBytes);
    }
    if (is_fragment) return DatagramOutcome::kFragment;
    if (!whole && !cut_by_capture_) return Malformed(ip);
    if (!has_header) return whole ? Malformed(FrameHeader::kUdp) : DatagramOutcome::kTruncated;
    const size_t udp_bytes = udp.bytes();
    if (udp_bytes < UdpHeader::kBytes || udp_bytes > ip_payload_bytes)
      return Malformed(FrameHeader::kUdp);
    const size_t there = std::min(udp_bytes, frame_.size() - position_);
    out_.payload = {At(UdpHeader::kBytes), there - UdpHeader::kBytes};
    return there == udp_bytes ? DatagramOutcome::kDatagram : DatagramOutcome::kTruncated;
  }

  const std::span<const uint8_t> frame_;
  const bool cut_by_capture_;
  size_t position_ = 0;  // Never beyond frame_.size().
  Datagram& out_;
};

}  // namespace

DatagramOutcome ParseDatagram(LinkType link_type, std::span<const uint8_t> frame,
                              uint32_t original_length, Datagram& datagram) {
  datagram = kEmptyDatagram;
  return Parser(frame, original_length, datagram).Link(link_type);
}

const char* DatagramOutcomeName(DatagramOutcome outcome) {
  switch (outcome) {
    case DatagramOutcome::kDatagram:
      return "datagram";
    case DatagramOutcome::kNotIp:
      return "not IP";
    case DatagramOutcome::kNotUdp:
      return "not UDP";
    case DatagramOutcome::kFragment:
      return "fragment";
    case DatagramOutcome::kTruncated:
      return "truncated";
    case DatagramOutcome::kMalformed:
      return "malformed";
    case DatagramOutcome::kUnknownLinkType:
      return "unknown link type";
  }
  return "?";
}

const char* FrameHeaderName(FrameHeader header) {
  switch (header) {
    case FrameHeader::kNone:
      return "none";
    case FrameHeader::kLink:
      return "link";
    case FrameHeader::kVlan:
      return "VLAN";
    case FrameHeader::kIpv4:
      return "IPv4";
    case FrameHeader::kIpv6:
      return "IPv6";
    case FrameHeader::kIpv6Extension:
      return "IPv6 extension";
    case FrameHeader::kUdp:
      return "UDP";
  }
  return "?";
}

}  // namespace fh::replay
