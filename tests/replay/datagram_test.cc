#include "replay/datagram.h"

#include <gtest/gtest.h>

#include <string>

#include "replay/udp_frame.h"
#include "tests/replay/capture_bytes.h"

namespace fh::test {
namespace {

using replay::Datagram;
using replay::DatagramOutcome;
using replay::FrameHeader;
using replay::LinkType;
using replay::ParseDatagram;
using replay::UdpFraming;

constexpr size_t kEthernet = 14;
constexpr size_t kIpv4 = 20;
constexpr size_t kIpv6 = 40;

rio::Endpoint At(const char* text) { return *rio::ParseEndpoint(text); }

UdpFraming FramingV4() {
  return {.source = At("10.1.2.3:1000"), .destination = At("239.1.2.3:2000")};
}
UdpFraming FramingV6() {
  return {.source = At("[fd00::1]:1000"), .destination = At("[ff15::42]:2000")};
}

Bytes Frame(const UdpFraming& framing, const Bytes& payload) {
  Bytes frame(payload.size() + replay::kMaxUdpFramingBytes);
  frame.resize(*replay::BuildUdpFrame(framing, payload, frame));
  return frame;
}

// From the network layer on.
Bytes Packet(const UdpFraming& framing, const Bytes& payload) {
  const Bytes frame = Frame(framing, payload);
  return Bytes(frame.begin() + kEthernet, frame.end());
}

Bytes Join(const Bytes& a, const Bytes& b) {
  Bytes both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

DatagramOutcome Parse(LinkType type, const Bytes& frame, Datagram& out, size_t original = 0) {
  const Bytes exact(frame);  // Of exact size, so that a sanitizer sees a read past the end.
  const auto outcome = ParseDatagram(
      type, exact, static_cast<uint32_t>(original == 0 ? frame.size() : original), out);
  if (!out.payload.empty()) {
    EXPECT_EQ(out.payload.data(), exact.data() + out.payload_offset);
    // Moves the view to bytes that outlive this call.
    out.payload = {frame.data() + out.payload_offset, out.payload.size()};
  }
  return outcome;
}

void ExpectDatagram(LinkType type, const Bytes& frame, const UdpFraming& framing,
                    const Bytes& payload) {
  Datagram datagram;
  ASSERT_EQ(Parse(type, frame, datagram), DatagramOutcome::kDatagram)
      << replay::FrameHeaderName(datagram.malformed);
  EXPECT_EQ(datagram.source, framing.source.address);
  EXPECT_EQ(datagram.destination_endpoint(), framing.destination);
  EXPECT_EQ(datagram.source_port, 1000);
  EXPECT_TRUE(datagram.has_ports);
  EXPECT_EQ(Bytes(datagram.payload.begin(), datagram.payload.end()), payload);
  EXPECT_EQ(datagram.payload_length, payload.size());
}

TEST(Datagram, EveryLinkLayerLeadsToThePayload) {
  const Bytes payload = Pattern(30, 1);
  for (const UdpFraming& framing : {FramingV4(), FramingV6()}) {
    const bool v4 = framing.source.address.is_v4();
    const Bytes ip = Packet(framing, payload);
    const Bytes ether_type = v4 ? BytesOf({8, 0}) : BytesOf({0x86, 0xdd});
    ExpectDatagram(LinkType::kEthernet, Frame(framing, payload), framing, payload);
    ExpectDatagram(LinkType::kLinuxSll, Join(Join(Bytes(14, 0), ether_type), ip), framing, payload);
    ExpectDatagram(LinkType::kLinuxSll2, Join(Join(ether_type, Bytes(18, 0)), ip), framing,
                   payload);
    for (const LinkType raw : {LinkType::kRaw, LinkType::kRawDlt12, LinkType::kRawDlt14,
                               v4 ? LinkType::kIpv4 : LinkType::kIpv6}) {
      ExpectDatagram(raw, ip, framing, payload);
    }
    for (const int family : v4 ? std::vector<int>{2} : std::vector<int>{10, 24, 28, 30}) {
      const Bytes little = BytesOf({family, 0, 0, 0});
      const Bytes big = BytesOf({0, 0, 0, family});
      for (const LinkType loop : {LinkType::kNull, LinkType::kLoop}) {
        ExpectDatagram(loop, Join(little, ip), framing, payload);
        ExpectDatagram(loop, Join(big, ip), framing, payload);
      }
    }
    const Bytes snap = Join(BytesOf({0, 60, 0xaa, 0xaa, 3, 0, 0, 0}), ether_type);
    ExpectDatagram(LinkType::kEthernet, Join(Join(Bytes(12, 0), snap), ip), framing, payload);
  }
}

TEST(Datagram, VlanTagsOfEveryKindNest) {
  const Bytes payload = Pattern(10, 1);
  const Bytes ip = Packet(FramingV4(), payload);
  for (const int tag : {0x8100, 0x88a8, 0x9100, 0x9200}) {
    Bytes frame(12, 0);
    for (int depth = 1; depth <= 5; ++depth) {
      frame = Join(frame, BytesOf({tag >> 8, tag & 0xff, 0xe0, depth}));
      const Bytes whole = Join(Join(frame, BytesOf({8, 0})), ip);
      Datagram datagram;
      if (depth > 4) {
        EXPECT_EQ(Parse(LinkType::kEthernet, whole, datagram), DatagramOutcome::kMalformed);
        EXPECT_EQ(datagram.malformed, FrameHeader::kVlan);
        continue;
      }
      EXPECT_EQ(Parse(LinkType::kEthernet, whole, datagram), DatagramOutcome::kDatagram);
      EXPECT_EQ(datagram.vlan_count, depth);
      EXPECT_EQ(datagram.vlan_ids[static_cast<size_t>(depth - 1)], depth);
    }
  }
}

TEST(Datagram, OtherProtocolsAreNamed) {
  Datagram datagram;
  Bytes frame = Frame(FramingV4(), Pattern(10, 1));
  frame[kEthernet + 9] = 6;
  EXPECT_EQ(Parse(LinkType::kEthernet, frame, datagram), DatagramOutcome::kNotUdp);
  EXPECT_EQ(datagram.ip_protocol, 6);
  EXPECT_EQ(datagram.destination, At("239.1.2.3:1").address);
  frame[12] = 0x08;
  frame[13] = 0x06;
  EXPECT_EQ(Parse(LinkType::kEthernet, frame, datagram), DatagramOutcome::kNotIp);
  EXPECT_EQ(datagram.ether_type, 0x0806);
  frame[12] = 0;
  EXPECT_EQ(Parse(LinkType::kEthernet, frame, datagram), DatagramOutcome::kNotIp);
  EXPECT_EQ(Parse(static_cast<LinkType>(147), frame, datagram), DatagramOutcome::kUnknownLinkType);
  EXPECT_EQ(Parse(LinkType::kRaw, BytesOf({0x50}), datagram), DatagramOutcome::kNotIp);
  EXPECT_EQ(Parse(LinkType::kNull, BytesOf({7, 0, 0, 0, 1}), datagram), DatagramOutcome::kNotIp);
}

TEST(Datagram, TrailingBytesAreNoPartOfIt) {
  const Bytes payload = Pattern(3, 1);
  ExpectDatagram(LinkType::kEthernet, Join(Frame(FramingV4(), payload), Bytes(20, 9)), FramingV4(),
                 payload);
  // Nor is what the IP packet holds beyond the UDP length.
  Bytes frame = Frame(FramingV4(), Pattern(10, 1));
  frame[kEthernet + kIpv4 + 5] = 8 + 4;
  ExpectDatagram(LinkType::kEthernet, frame, FramingV4(), Pattern(4, 1));
}

TEST(Datagram, EmptyPayloadsAreDatagrams) {
  ExpectDatagram(LinkType::kEthernet, Frame(FramingV4(), {}), FramingV4(), {});
}

TEST(Datagram, Ipv4OptionsAreSkipped) {
  Bytes frame = Frame(FramingV4(), Pattern(10, 1));
  frame[kEthernet] = 0x46;
  frame[kEthernet + 3] += 4;
  frame.insert(frame.begin() + kEthernet + kIpv4, 4, 1);
  ExpectDatagram(LinkType::kEthernet, frame, FramingV4(), Pattern(10, 1));
}

TEST(Datagram, Ipv6ExtensionHeadersAreWalked) {
  const Bytes payload = Pattern(10, 1);
  const Bytes plain = Packet(FramingV6(), payload);
  // Hop-by-hop, routing, destination options of 16 bytes, atomic fragment, authentication, then
  // UDP.
  const Bytes extensions = BytesOf({43, 0, 0, 0, 0, 0, 0, 0,                          //
                                    60, 0, 0, 0, 0, 0, 0, 0,                          //
                                    44, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                    51, 0, 0, 0, 0, 0, 0, 9,                          //
                                    17, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  Bytes packet = plain;
  packet[5] = static_cast<uint8_t>(packet[5] + extensions.size());
  packet[6] = 0;
  packet.insert(packet.begin() + kIpv6, extensions.begin(), extensions.end());
  ExpectDatagram(LinkType::kRaw, packet, FramingV6(), payload);
}

TEST(Datagram, Ipv6ExtensionChainsAreBounded) {
  Bytes packet = Packet(FramingV6(), {});
  packet.resize(kIpv6);
  packet[6] = 60;
  for (int i = 0; i < 17; ++i) packet = Join(packet, BytesOf({60, 0, 0, 0, 0, 0, 0, 0}));
  packet[5] = 17 * 8;
  Datagram datagram;
  EXPECT_EQ(Parse(LinkType::kRaw, packet, datagram), DatagramOutcome::kMalformed);
  EXPECT_EQ(datagram.malformed, FrameHeader::kIpv6Extension);
}

TEST(Datagram, FragmentsAreReportedAndTheFirstShowsItsPorts) {
  Bytes first = Packet(FramingV4(), Pattern(10, 1));
  first[6] = 0x20;
  Datagram datagram;
  EXPECT_EQ(Parse(LinkType::kRaw, first, datagram), DatagramOutcome::kFragment);
  EXPECT_TRUE(datagram.has_ports);
  EXPECT_EQ(datagram.destination_port, 2000);
  EXPECT_TRUE(datagram.more_fragments);
  Bytes later = first;
  later[6] = 0;
  later[7] = 3;
  EXPECT_EQ(Parse(LinkType::kRaw, later, datagram), DatagramOutcome::kFragment);
  EXPECT_FALSE(datagram.has_ports);
  EXPECT_EQ(datagram.fragment_offset, 24u);
  later[9] = 6;
  EXPECT_EQ(Parse(LinkType::kRaw, later, datagram), DatagramOutcome::kNotUdp);

  Bytes six = Packet(FramingV6(), Pattern(10, 1));
  six[5] = static_cast<uint8_t>(six[5] + 8);
  six[6] = 44;
  const Bytes header = BytesOf({17, 0, 0, 1, 0, 0, 0, 77});
  six.insert(six.begin() + kIpv6, header.begin(), header.end());
  EXPECT_EQ(Parse(LinkType::kRaw, six, datagram), DatagramOutcome::kFragment);
  EXPECT_EQ(datagram.destination_port, 2000);
  EXPECT_EQ(datagram.fragment_id, 77u);
  six[kIpv6 + 3] = 16;
  EXPECT_EQ(Parse(LinkType::kRaw, six, datagram), DatagramOutcome::kFragment);
  EXPECT_FALSE(datagram.has_ports);
  EXPECT_EQ(datagram.fragment_offset, 16u);
}

// Every cut of a frame: truncated when the capture cut it, malformed when it never was longer.
TEST(Datagram, CutAnywhereIsTruncatedOrMalformedButNeverADatagram) {
  UdpFraming tagged = FramingV4();
  tagged.vlan_id = 7;
  for (const UdpFraming& framing : {FramingV4(), FramingV6(), tagged}) {
    const Bytes whole = Frame(framing, Pattern(10, 1));
    for (size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
      Datagram datagram;
      EXPECT_EQ(Parse(LinkType::kEthernet, cut, datagram, whole.size()),
                DatagramOutcome::kTruncated);
      const size_t payload_offset = whole.size() - 10;
      EXPECT_EQ(datagram.has_ports, size >= payload_offset);
      if (size >= payload_offset) {
        EXPECT_EQ(datagram.payload.size(), size - payload_offset);
        EXPECT_EQ(datagram.payload_length, 10u);
      }
      EXPECT_EQ(Parse(LinkType::kEthernet, cut, datagram), DatagramOutcome::kMalformed) << size;
    }
  }
}

TEST(Datagram, LengthsThatContradictTheFrameAreMalformed) {
  struct Case {
    const char* what;
    size_t offset;
    uint8_t value;
    FrameHeader header;
  };
  const Case cases[] = {
      {"IPv4 version", kEthernet, 0x55, FrameHeader::kIpv4},
      {"IPv4 header length below 20", kEthernet, 0x44, FrameHeader::kIpv4},
      {"IPv4 total length below the header", kEthernet + 3, 19, FrameHeader::kIpv4},
      {"IPv4 total length beyond the frame", kEthernet + 3, 39, FrameHeader::kIpv4},
      {"IPv4 total length without room for UDP", kEthernet + 3, 27, FrameHeader::kUdp},
      {"UDP length 0", kEthernet + kIpv4 + 5, 0, FrameHeader::kUdp},
      {"UDP length 7", kEthernet + kIpv4 + 5, 7, FrameHeader::kUdp},
      {"UDP length beyond IP", kEthernet + kIpv4 + 5, 19, FrameHeader::kUdp},
  };
  for (const Case& c : cases) {
    Bytes frame = Frame(FramingV4(), Pattern(10, 1));
    frame[c.offset] = c.value;
    Datagram datagram;
    EXPECT_EQ(Parse(LinkType::kEthernet, frame, datagram), DatagramOutcome::kMalformed) << c.what;
    EXPECT_EQ(datagram.malformed, c.header) << c.what;
    EXPECT_TRUE(datagram.payload.empty()) << c.what;
  }
}

TEST(Datagram, CountersSeparateOutcomesAndHeaders) {
  replay::DatagramCounters counters;
  Datagram datagram;
  counters.Count(Parse(LinkType::kEthernet, Frame(FramingV4(), {}), datagram), datagram);
  counters.Count(Parse(LinkType::kEthernet, Bytes(5, 0), datagram), datagram);
  counters.Count(Parse(LinkType::kEthernet, Bytes(5, 0), datagram, 60), datagram);
  EXPECT_EQ(counters[DatagramOutcome::kDatagram], 1u);
  EXPECT_EQ(counters[DatagramOutcome::kMalformed], 1u);
  EXPECT_EQ(counters[DatagramOutcome::kTruncated], 1u);
  EXPECT_EQ(counters.malformed_by_header[static_cast<size_t>(FrameHeader::kLink)], 1u);
}

}  // namespace
}  // namespace fh::test
