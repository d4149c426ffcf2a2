// The fields of the headers of a frame, read where they lie: each offset and mask stands here once,
// for receive paths that take frames and for captures.
//
//   const Ipv4Header ip{data};
//   if (ip.version() != 4 || ip.header_bytes() < Ipv4Header::kLeastBytes) return kMalformed;
//   const UdpHeader udp{ip.at + ip.header_bytes()};
//
// Nothing is checked: a header may be read as far as its bytes are there (kLeastBytes, kBytes), and
// what it says may be a lie. Sources: IEEE 802.3 and 802.1Q, RFC 791, RFC 8200, RFC 768.
//
// Inline, no allocation; any thread.
#ifndef FEEDHANDLER_RIO_FRAME_HEADERS_H_
#define FEEDHANDLER_RIO_FRAME_HEADERS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace fh::rio {

template <class T>
T LoadRaw(const uint8_t* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

inline constexpr uint16_t Swap16(uint16_t value) {
  return static_cast<uint16_t>(value << 8 | value >> 8);
}
// Between the network's order and the machine's, both ways.
inline constexpr uint16_t Order16(uint16_t value) {
  return std::endian::native == std::endian::little ? Swap16(value) : value;
}
inline uint16_t LoadNetwork16(const uint8_t* data) { return Order16(LoadRaw<uint16_t>(data)); }

inline constexpr uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr uint16_t kEtherTypeIpv6 = 0x86dd;
inline constexpr uint16_t kEtherTypeTag = 0x8100;
inline constexpr uint16_t kEtherTypeServiceTag = 0x88a8;
inline constexpr uint8_t kProtocolUdp = 17;

// Two addresses and an EtherType.
struct EthernetHeader {
  static constexpr size_t kBytes = 14;
  static constexpr size_t kTypeAt = 12;
  const uint8_t* at;

  uint16_t type() const { return LoadNetwork16(at + kTypeAt); }
};

// What stands behind the EtherType of a VLAN tag: its control information and the next EtherType.
struct VlanTagHeader {
  static constexpr size_t kBytes = 4;
  const uint8_t* at;

  // Of 802.1Q, 802.1ad, and the two that were in use before it.
  static constexpr bool IsType(uint16_t ether_type) {
    return ether_type == kEtherTypeTag || IsServiceType(ether_type);
  }
  static constexpr bool IsServiceType(uint16_t ether_type) {
    return ether_type == kEtherTypeServiceTag || ether_type == 0x9100 || ether_type == 0x9200;
  }

  uint16_t control() const { return LoadNetwork16(at); }
  uint16_t id() const { return control() & 0x0fff; }
  uint16_t next_type() const { return LoadNetwork16(at + 2); }
};

struct Ipv4Header {
  static constexpr size_t kLeastBytes = 20;
  static constexpr size_t kSourceAt = 12;
  static constexpr size_t kDestinationAt = 16;
  const uint8_t* at;

  uint32_t version() const { return at[0] >> 4; }
  uint32_t header_bytes() const { return (at[0] & 0xfu) * 4; }
  uint32_t total_bytes() const { return LoadNetwork16(at + 2); }
  uint32_t id() const { return LoadNetwork16(at + 4); }
  bool more_fragments() const { return (at[6] & 0x20) != 0; }
  uint32_t fragment_offset_bytes() const { return (LoadNetwork16(at + 6) & 0x1fffu) * 8; }
  // A part of a datagram: more parts follow, or it begins amid it.
  bool is_fragment() const { return (LoadNetwork16(at + 6) & 0x3fff) != 0; }
  uint8_t time_to_live() const { return at[8]; }
  uint8_t protocol() const { return at[9]; }
  const uint8_t* source() const { return at + kSourceAt; }
  const uint8_t* destination() const { return at + kDestinationAt; }
};

struct Ipv6Header {
  static constexpr size_t kBytes = 40;
  static constexpr size_t kSourceAt = 8;
  static constexpr size_t kDestinationAt = 24;
  const uint8_t* at;

  uint32_t version() const { return at[0] >> 4; }
  uint32_t payload_bytes() const { return LoadNetwork16(at + 4); }
  uint8_t next_header() const { return at[6]; }
  uint8_t hop_limit() const { return at[7]; }
  const uint8_t* source() const { return at + kSourceAt; }
  const uint8_t* destination() const { return at + kDestinationAt; }
};

struct UdpHeader {
  static constexpr size_t kBytes = 8;
  static constexpr size_t kDestinationPortAt = 2;
  const uint8_t* at;

  uint16_t source_port() const { return LoadNetwork16(at); }
  uint16_t destination_port() const { return LoadNetwork16(at + kDestinationPortAt); }
  // The header's and the payload's.
  uint32_t bytes() const { return LoadNetwork16(at + 4); }
  // In the network's order, as loaded; 0 = none.
  uint16_t raw_checksum() const { return LoadRaw<uint16_t>(at + 6); }
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_FRAME_HEADERS_H_
