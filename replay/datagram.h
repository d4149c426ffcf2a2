// From a captured frame to the UDP datagram in it, or to the reason why there is none.
//
//   Datagram datagram;
//   const DatagramOutcome outcome = ParseDatagram(frame.link_type, frame.bytes,
//                                                 frame.original_length, datagram);
//   counters.Count(outcome, datagram);
//   if (outcome == DatagramOutcome::kDatagram) Use(datagram.destination, datagram.payload);
//
// Link layers: Ethernet (DIX, or 802.3 with SNAP) with up to four VLAN tags (802.1Q, 802.1ad, and
// the older 0x9100 and 0x9200) and Arista's stamp header, Linux cooked v1 and v2, raw IP, BSD and
// OpenBSD loopback. IPv4 with options, IPv6 with extension headers. Checksums are not verified:
// captures taken on the sending host hold frames whose checksums the network adapter would have
// filled in.
//
// Pure function of its arguments; any thread; no allocation. Some 7 ns for UDP over IPv4 over
// Ethernet.
#ifndef FEEDHANDLER_REPLAY_DATAGRAM_H_
#define FEEDHANDLER_REPLAY_DATAGRAM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "replay/captured_frame.h"
#include "rio/endpoint.h"
#include "rio/stamps/trailer.h"
#include "rio/vlan.h"

namespace fh::replay {

enum class DatagramOutcome : uint8_t {
  kDatagram,   // A whole UDP datagram.
  kNotIp,      // Another network protocol (ARP, LLDP, MPLS, ...): Datagram::ether_type.
  kNotUdp,     // IP, with another transport (TCP, IGMP, ...): Datagram::ip_protocol.
  kFragment,   // A part of a UDP datagram; parts are not put together again.
  kTruncated,  // The capture kept too little of the frame (snap length) for the whole datagram.
  kMalformed,  // A header contradicts the frame: Datagram::malformed says which.
  kUnknownLinkType,  // Nothing is known of this link layer.
};
inline constexpr size_t kDatagramOutcomes = 7;

// The headers of a frame: which of them is malformed.
enum class FrameHeader : uint8_t { kNone, kLink, kVlan, kIpv4, kIpv6, kIpv6Extension, kUdp };
inline constexpr size_t kFrameHeaders = 7;

// "not UDP", "IPv6 extension", ...: for reports.
const char* DatagramOutcomeName(DatagramOutcome outcome);
const char* FrameHeaderName(FrameHeader header);

// What was found, as far as parsing came; what it did not reach is zero. Views point into the
// frame.
struct Datagram {
  static constexpr size_t kMaxVlanTags = 4;

  rio::IpAddress source;       // None unless an IP header was found whole.
  rio::IpAddress destination;  // The same.
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  bool has_ports = false;  // Also for a first fragment, and for truncated and malformed datagrams.

  // The UDP payload. Of a truncated datagram what is there of it; otherwise empty unless the
  // outcome is kDatagram. What follows the datagram in the frame (Ethernet padding, frame check
  // sequence) is no part of it.
  std::span<const uint8_t> payload;
  uint32_t payload_offset = 0;  // Of payload in the frame; 0 when there is no UDP header.
  uint32_t payload_length = 0;  // As the UDP header says; more than payload.size() when truncated.

  uint16_t ether_type = 0;  // Of the network layer; 0 for an 802.3 frame that is not SNAP.
  uint8_t ip_protocol = 0;  // Behind IPv6's extension headers.
  uint8_t time_to_live = 0;

  std::array<uint16_t, kMaxVlanTags> vlan_ids{};  // 12 bits each, outermost first.
  uint8_t vlan_count = 0;
  rio::Vlan vlan;  // What they make together.

  bool more_fragments = false;
  uint32_t packet_end = 0;       // Behind the IP packet, which is whole; 0 = it is not.
  uint32_t stamp_header = 0;     // EtherType of a stamp header (rio/stamps/trailer.h); 0 = none.
  uint32_t fragment_offset = 0;  // Bytes.
  uint32_t fragment_id = 0;

  FrameHeader malformed = FrameHeader::kNone;  // Set with kMalformed only.

  rio::Endpoint destination_endpoint() const { return {destination, destination_port}; }

  // Where a device on the way may have written a stamp. Of a frame that is whole, and a datagram.
  rio::StampPlace stamp_place() const { return {.tail = packet_end, .header = stamp_header}; }
};

// Parses `frame`, which had `original_length` bytes on the wire (pass frame.size() when unknown).
// `datagram` is overwritten. Any bytes are allowed; nothing outside of `frame` is read.
//
// Where a header says that there should be more than the frame holds, the outcome is kTruncated if
// the capture cut the frame, else kMalformed. Strict where a kernel is strict, so that a replay
// delivers what a socket would have: an IP length beyond the frame, a UDP length below 8 or beyond
// the IP payload are malformed (UDP length 0 too: it is for IPv6 jumbograms alone, which no market
// data uses).
DatagramOutcome ParseDatagram(LinkType link_type, std::span<const uint8_t> frame,
                              uint32_t original_length, Datagram& datagram);

// Counts of a capture's frames by outcome.
struct DatagramCounters {
  std::array<uint64_t, kDatagramOutcomes> by_outcome{};
  std::array<uint64_t, kFrameHeaders> malformed_by_header{};

  void Count(DatagramOutcome outcome, const Datagram& datagram) {
    ++by_outcome[static_cast<size_t>(outcome)];
    if (outcome == DatagramOutcome::kMalformed) {
      ++malformed_by_header[static_cast<size_t>(datagram.malformed)];
    }
  }
  uint64_t operator[](DatagramOutcome outcome) const {
    return by_outcome[static_cast<size_t>(outcome)];
  }
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_DATAGRAM_H_
