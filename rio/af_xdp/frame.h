// From an Ethernet frame, as AF_XDP delivers it, to the UDP payload in it: everything that the
// kernel's own stack would have checked on the way to a socket.
//
//   FrameView view;
//   if (ParseFrame(frame, bytes, checks, view) == FrameVerdict::kDatagram) {
//     ... view.payload, view.payload_bytes, lines.Find(view) ...
//   }
//
// Checked: Ethernet with up to two VLAN tags; IPv4 (length, options, header checksum, no fragment)
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
#ifndef FEEDHANDLER_RIO_AF_XDP_FRAME_H_
#define FEEDHANDLER_RIO_AF_XDP_FRAME_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace fh::rio {

enum class FrameVerdict : uint8_t {
  kDatagram,
  kBadHeader,    // Lengths or fields that contradict each other, or no UDP.
  kBadChecksum,  // Of the IPv4 header or of the datagram.
};

struct FrameView {
  const uint8_t* payload;  // Inside the frame.
  uint32_t payload_bytes;
  bool is_v6;
  uint16_t port;      // Destination, in network order as loaded.
  const uint8_t* ip;  // The IP header.

  const uint8_t* source() const { return ip + (is_v6 ? 8 : 12); }
  const uint8_t* destination() const { return ip + (is_v6 ? 24 : 16); }
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
inline uint32_t LoadBe16(const uint8_t* data) { return Order16(LoadRaw<uint16_t>(data)); }

inline constexpr uint16_t kTypeV4 = Order16(0x0800);
inline constexpr uint16_t kTypeV6 = Order16(0x86dd);
inline constexpr uint16_t kTypeTag = Order16(0x8100);
inline constexpr uint16_t kTypeServiceTag = Order16(0x88a8);
inline constexpr uint32_t kUdpProtocol = 17;
inline constexpr uint32_t kEthernetBytes = 14;
inline constexpr uint32_t kTagBytes = 4;
inline constexpr uint32_t kLeastV4Bytes = 20;
inline constexpr uint32_t kV6Bytes = 40;
inline constexpr uint32_t kUdpBytes = 8;

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
inline FrameVerdict ParseUdp(const uint8_t* udp, uint32_t room, uint64_t pseudo, bool may_be_absent,
                             const FrameChecks& checks, FrameView& view) {
  const uint32_t udp_bytes = LoadBe16(udp + 4);
  if (udp_bytes < kUdpBytes || udp_bytes > room) return FrameVerdict::kBadHeader;
  view.port = LoadRaw<uint16_t>(udp + 2);
  view.payload = udp + kUdpBytes;
  view.payload_bytes = udp_bytes - kUdpBytes;
  if (!checks.udp_checksum) return FrameVerdict::kDatagram;
  const auto field = LoadRaw<uint16_t>(udp + 6);
  if (field == 0) return may_be_absent ? FrameVerdict::kDatagram : FrameVerdict::kBadChecksum;
  pseudo += Order16(static_cast<uint16_t>(kUdpProtocol));
  pseudo += LoadRaw<uint16_t>(udp + 4);
  return IsUdpChecksumRight(udp, udp_bytes, pseudo, field, checks.sum) ? FrameVerdict::kDatagram
                                                                       : FrameVerdict::kBadChecksum;
}

inline FrameVerdict ParseV4(const uint8_t* ip, uint32_t room, const FrameChecks& checks,
                            FrameView& view) {
  if (room < kLeastV4Bytes + kUdpBytes || ip[0] >> 4 != 4) return FrameVerdict::kBadHeader;
  const uint32_t header_bytes = (ip[0] & 0xfu) * 4;
  const uint32_t total_bytes = LoadBe16(ip + 2);
  // No fragment: neither an offset nor more to come.
  if (header_bytes < kLeastV4Bytes || total_bytes < header_bytes + kUdpBytes ||
      total_bytes > room || (LoadBe16(ip + 6) & 0x3fff) != 0 || ip[9] != kUdpProtocol) {
    return FrameVerdict::kBadHeader;
  }
  const uint64_t addresses = uint64_t{LoadRaw<uint32_t>(ip + 12)} + LoadRaw<uint32_t>(ip + 16);
  uint64_t header_sum = addresses + LoadRaw<uint32_t>(ip) + LoadRaw<uint32_t>(ip + 4);
  header_sum += LoadRaw<uint32_t>(ip + 8);
  for (uint32_t at = kLeastV4Bytes; at < header_bytes; at += 4) {
    header_sum += LoadRaw<uint32_t>(ip + at);
  }
  if (!IsIntact(header_sum)) return FrameVerdict::kBadChecksum;
  view.is_v6 = false;
  view.ip = ip;
  return ParseUdp(ip + header_bytes, total_bytes - header_bytes, addresses, /*may_be_absent=*/true,
                  checks, view);
}

inline FrameVerdict ParseV6(const uint8_t* ip, uint32_t room, const FrameChecks& checks,
                            FrameView& view) {
  if (room < kV6Bytes + kUdpBytes || ip[0] >> 4 != 6 || ip[6] != kUdpProtocol) {
    return FrameVerdict::kBadHeader;
  }
  const uint32_t payload_bytes = LoadBe16(ip + 4);
  if (payload_bytes < kUdpBytes || payload_bytes > room - kV6Bytes) return FrameVerdict::kBadHeader;
  uint64_t addresses = 0;
  for (uint32_t at = 8; at < kV6Bytes; at += 4) addresses += LoadRaw<uint32_t>(ip + at);
  view.is_v6 = true;
  view.ip = ip;
  // RFC 8200, section 8.1: over IPv6 the checksum is not optional.
  return ParseUdp(ip + kV6Bytes, payload_bytes, addresses, /*may_be_absent=*/false, checks, view);
}

}  // namespace frame_internal

// `frame`: `bytes` bytes from the destination MAC address on. `view` is filled only with
// kDatagram.
inline FrameVerdict ParseFrame(const uint8_t* frame, uint32_t bytes, const FrameChecks& checks,
                               FrameView& view) {
  using namespace frame_internal;  // NOLINT: the names above are this function's parts.
  if (bytes < kEthernetBytes + kLeastV4Bytes + kUdpBytes) return FrameVerdict::kBadHeader;
  uint32_t at = kEthernetBytes;
  auto type = LoadRaw<uint16_t>(frame + 12);
  if (type == kTypeV4) [[likely]]
    return ParseV4(frame + at, bytes - at, checks, view);
  // What is left behind two tags is still more than a third one.
  for (int tag = 0; tag < 2 && (type == kTypeTag || type == kTypeServiceTag); ++tag) {
    type = LoadRaw<uint16_t>(frame + at + 2);
    at += kTagBytes;
  }
  if (type == kTypeV4) return ParseV4(frame + at, bytes - at, checks, view);
  if (type == kTypeV6) return ParseV6(frame + at, bytes - at, checks, view);
  return FrameVerdict::kBadHeader;
}

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_AF_XDP_FRAME_H_
