#include "rio/frame/frame.h"

#include <bit>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "replay/datagram.h"
#include "rio/af_xdp/socket.h"
#include "rio/frame/frame_lines.h"
#include "rio/memory/region.h"
#include "tests/rio/af_xdp/frames.h"

namespace fh::rio {
namespace {

using test::FrameTo;
using test::TestFrame;

constexpr char kGroup[] = "239.1.1.1:26400";
constexpr char kGroup6[] = "[ff15::1]:26400";

struct Parsed {
  FrameVerdict verdict;
  std::string payload;
};

Parsed Parse(const std::vector<uint8_t>& bytes, bool checksum = true) {
  // A copy of exact size: a sanitizer sees a read past the end.
  const std::vector<uint8_t> frame(bytes.begin(), bytes.end());
  FrameView view{};
  const FrameVerdict verdict = ParseFrame(frame.data(), static_cast<uint32_t>(frame.size()),
                                          {.udp_checksum = checksum, .sum = ChooseSum()}, view);
  if (verdict != FrameVerdict::kDatagram) return {verdict, ""};
  return {verdict, {reinterpret_cast<const char*>(view.payload), view.payload_bytes}};
}

TEST(SliceNumbers, NamesTheSliceOfEveryAddress) {
  for (const uint32_t slice_bytes : {2048u, 2112u, 2304u, 3072u, 3968u, 4096u}) {
    const SliceNumbers numbers(slice_bytes);
    for (const uint32_t slice : {0u, 1u, 2u, 3u, 12345u, 1u << 23, kMaxSliceCount - 1}) {
      EXPECT_EQ(numbers.Of(uint64_t{slice} * slice_bytes), slice) << slice_bytes;
      if (!std::has_single_bit(slice_bytes)) continue;
      EXPECT_EQ(numbers.Of(uint64_t{slice} * slice_bytes + 256), slice);
      EXPECT_EQ(numbers.Of(uint64_t{slice} * slice_bytes + slice_bytes - 1), slice);
    }
  }
}

TEST(AfXdpFrame, GivesThePayloadOfEveryFraming) {
  for (const char* group : {kGroup, kGroup6}) {
    const char* source = group == kGroup ? "10.0.0.1:1000" : "[fd77::1]:1000";
    for (const size_t length : {0u, 1u, 2u, 17u, 64u, 200u, 1399u, 1400u}) {
      const std::string payload(length, 'p');
      for (int tags = 0; tags <= 2; ++tags) {
        TestFrame frame = FrameTo(group, payload, source);
        for (int tag = 0; tag < tags; ++tag) frame.AddTag(tag == 0 ? 0x8100 : 0x88a8, 100);
        EXPECT_EQ(Parse(frame.bytes).verdict, FrameVerdict::kDatagram);
        EXPECT_EQ(Parse(frame.bytes).payload, payload);
        // Padding, as short frames have it, is not part of it.
        frame.bytes.resize(frame.bytes.size() + 20, 0xee);
        EXPECT_EQ(Parse(frame.bytes).payload, payload);
      }
      if (group == kGroup6) continue;
      for (const size_t options : {4u, 20u, 40u}) {
        TestFrame frame = FrameTo(group, payload);
        frame.AddOptions(options);
        EXPECT_EQ(Parse(frame.bytes).payload, payload) << options;
      }
    }
  }
}

TEST(AfXdpFrame, AFrameThatIsCutAnywhereIsRefused) {
  for (const char* group : {kGroup, kGroup6}) {
    TestFrame frame = FrameTo(group, "payload", group == kGroup ? "10.0.0.1:1" : "[fd77::1]:1");
    frame.AddTag(0x8100, 1);
    for (size_t bytes = 0; bytes < frame.bytes.size(); ++bytes) {
      EXPECT_EQ(
          Parse({frame.bytes.begin(), frame.bytes.begin() + static_cast<long>(bytes)}).verdict,
          FrameVerdict::kBadHeader)
          << bytes;
    }
  }
}

TEST(AfXdpFrame, EveryFlippedBitBehindTheMacAddressesIsFound) {
  const TestFrame whole = FrameTo(kGroup, "some payload of odd lengt");
  for (size_t bit = whole.ip * 8; bit < whole.bytes.size() * 8; ++bit) {
    TestFrame frame = whole;
    frame.bytes[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    EXPECT_NE(Parse(frame.bytes).verdict, FrameVerdict::kDatagram) << "bit " << bit;
  }
}

TEST(AfXdpFrame, WhatContradictsItselfIsABadHeader) {
  const auto refused = [](const char* what, auto change) {
    TestFrame frame = FrameTo(kGroup, "payload");
    change(frame);
    frame.FixHeaderChecksum();
    EXPECT_EQ(Parse(frame.bytes).verdict, FrameVerdict::kBadHeader) << what;
  };
  refused("another protocol", [](TestFrame& f) { f.bytes[f.ip + 9] = 6; });
  refused("a first fragment", [](TestFrame& f) { f.bytes[f.ip + 6] = 0x20; });
  refused("a later fragment", [](TestFrame& f) { f.bytes[f.ip + 7] = 1; });
  refused("a length beyond the frame", [](TestFrame& f) { f.bytes[f.ip + 3] += 1; });
  refused("a length within the headers", [](TestFrame& f) { f.bytes[f.ip + 3] = 27; });
  refused("a UDP length beyond the packet", [](TestFrame& f) { f.bytes[f.udp() + 5] += 1; });
  refused("a UDP length within its header", [](TestFrame& f) { f.bytes[f.udp() + 5] = 7; });
  refused("IPv6 by its version alone", [](TestFrame& f) { f.bytes[f.ip] = 0x65; });
  refused("a third tag", [](TestFrame& f) {
    for (int tag = 0; tag < 3; ++tag) f.AddTag(0x8100, 1);
  });
}

TEST(AfXdpFrame, ChecksumsThatAreAbsentUnfinishedOrNotWantedPass) {
  TestFrame frame = FrameTo(kGroup, "payload");
  const size_t field = frame.udp() + 6;
  frame.bytes[field] ^= 0xff;
  EXPECT_EQ(Parse(frame.bytes).verdict, FrameVerdict::kBadChecksum);
  EXPECT_EQ(Parse(frame.bytes, /*checksum=*/false).payload, "payload");
  frame.bytes[field] = frame.bytes[field + 1] = 0;
  EXPECT_EQ(Parse(frame.bytes).payload, "payload");
  // The sum of the pseudo-header alone: a sender on this host left the rest to its adapter.
  const size_t udp_bytes = frame.bytes.size() - frame.udp();
  uint64_t sum = SumPortable(frame.bytes.data() + frame.ip + 12, 8);
  sum += Order16(17);
  sum += Order16(static_cast<uint16_t>(udp_bytes));
  const uint16_t unfinished = frame_internal::Fold(sum);
  std::memcpy(frame.bytes.data() + field, &unfinished, 2);
  EXPECT_EQ(Parse(frame.bytes).payload, "payload");
  // IPv6 has no absent checksums.
  TestFrame six = FrameTo(kGroup6, "payload", "[fd77::1]:1");
  six.bytes[six.udp() + 6] = six.bytes[six.udp() + 7] = 0;
  EXPECT_EQ(Parse(six.bytes).verdict, FrameVerdict::kBadChecksum);
}

TEST(AfXdpFrame, TheFastSumIsThePortableOne) {
  std::mt19937 random(1);
  const SumFunction sum = ChooseSum();
  for (size_t bytes = 0; bytes < 3000; bytes = bytes * 9 / 8 + 1) {
    std::vector<uint8_t> data(bytes);
    for (uint8_t& byte : data) byte = bytes % 2 == 0 ? 0xff : static_cast<uint8_t>(random());
    EXPECT_EQ(frame_internal::Fold(sum(data.data(), bytes)),
              frame_internal::Fold(SumPortable(data.data(), bytes)))
        << bytes;
  }
}

Subscription Line(const char* group, const char* source = nullptr) {
  Subscription line;
  line.group = *ParseEndpoint(group);
  line.interface = "eth1";
  if (source != nullptr) line.source = *IpAddress::Parse(source);
  return line;
}

int32_t LineOf(const FrameLines& lines, const char* group, const char* source) {
  const TestFrame frame = FrameTo(group, "x", source);
  FrameView view{};
  EXPECT_EQ(ParseFrame(frame.bytes.data(), static_cast<uint32_t>(frame.bytes.size()), {}, view),
            FrameVerdict::kDatagram);
  return lines.Find(view);
}

TEST(AfXdpLines, FindsHundredsOfGroupsOfBothVersions) {
  std::vector<Subscription> subscriptions;
  std::vector<uint16_t> lines;
  for (uint16_t i = 0; i < 600; ++i) {
    const std::string group =
        i % 3 == 0 ? "[ff15::" + std::to_string(i + 1) + "]:5000"
                   : "239.5." + std::to_string(i % 256) + ".1:" + std::to_string(5000 + i / 256);
    subscriptions.push_back(Line(group.c_str()));
    lines.push_back(i);
  }
  const auto table = FrameLines::Create(subscriptions, lines);
  ASSERT_TRUE(table.ok()) << table.status();
  for (uint16_t i = 0; i < 600; ++i) {
    EXPECT_EQ(LineOf(*table, subscriptions[i].group.ToString().c_str(),
                     i % 3 == 0 ? "[fd77::1]:1" : "10.0.0.1:1"),
              i);
  }
  EXPECT_EQ(LineOf(*table, "239.5.1.1:4999", "10.0.0.1:1"), FrameLines::kNoLine);
  EXPECT_EQ(LineOf(*table, "[ff15::ffff]:5000", "[fd77::1]:1"), FrameLines::kNoLine);
}

TEST(AfXdpLines, ALineWithASourceHasItsFramesAndTheOtherLineTheRest) {
  const std::vector<Subscription> subscriptions = {Line(kGroup, "10.0.0.1"), Line(kGroup),
                                                   Line(kGroup, "10.0.0.2"),
                                                   Line("239.1.1.2:1", "10.0.0.1")};
  const std::vector<uint16_t> lines = {0, 1, 2, 3};
  const auto table = FrameLines::Create(subscriptions, lines);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(LineOf(*table, kGroup, "10.0.0.1:9"), 0);
  EXPECT_EQ(LineOf(*table, kGroup, "10.0.0.2:9"), 2);
  EXPECT_EQ(LineOf(*table, kGroup, "10.0.0.3:9"), 1);
  EXPECT_EQ(LineOf(*table, "239.1.1.2:1", "10.0.0.2:9"), FrameLines::kNoLine);
}

TEST(AfXdpLines, LinesOfOneGroupInSeveralVlansAreSeveral) {
  const std::vector<Vlan> vlans = {{},
                                   {.id = 100},
                                   {.id = 200},
                                   {.id = 100, .outer = 200},
                                   {.id = 100, .outer = 300},
                                   {.outer = 200}};
  for (const char* group : {kGroup, kGroup6}) {
    std::vector<Subscription> subscriptions;
    std::vector<uint16_t> lines;
    for (const Vlan& vlan : vlans) {
      lines.push_back(static_cast<uint16_t>(subscriptions.size()));
      subscriptions.push_back(Line(group));
      subscriptions.back().vlan = vlan;
    }
    const auto table = FrameLines::Create(subscriptions, lines);
    ASSERT_TRUE(table.ok()) << table.status();
    const auto line_of = [&](const std::vector<std::pair<uint16_t, uint16_t>>& tags) {
      TestFrame frame = FrameTo(group, "x", group == kGroup ? "10.0.0.1:1" : "[fd77::1]:1");
      for (size_t i = tags.size(); i-- > 0;) frame.AddTag(tags[i].first, tags[i].second);
      FrameView view{};
      EXPECT_EQ(ParseFrame(frame.bytes.data(), static_cast<uint32_t>(frame.bytes.size()), {}, view),
                FrameVerdict::kDatagram);
      return table->Find(view);
    };
    EXPECT_EQ(line_of({}), 0);
    EXPECT_EQ(line_of({{0x8100, 100}}), 1);
    EXPECT_EQ(line_of({{0x8100, 200}}), 2);
    EXPECT_EQ(line_of({{0x88a8, 200}, {0x8100, 100}}), 3);
    EXPECT_EQ(line_of({{0x88a8, 300}, {0x8100, 100}}), 4);
    EXPECT_EQ(line_of({{0x88a8, 200}}), 5);
    EXPECT_EQ(line_of({{0x8100, 300}}), FrameLines::kNoLine);
    EXPECT_EQ(line_of({{0x88a8, 400}, {0x8100, 100}}), FrameLines::kNoLine);
    EXPECT_EQ(line_of({{0x88a8, 200}, {0x8100, 101}}), FrameLines::kNoLine);
  }
}

TEST(AfXdpLines, ATagThatWasTakenOffCountsAsTheOutermost) {
  TestFrame frame = FrameTo(kGroup, "x");
  const auto vlan_of = [&](bool service, uint16_t control) {
    VlanTags off;
    off.Push(service, control);
    FrameView view{};
    EXPECT_EQ(
        ParseFrame(frame.bytes.data(), static_cast<uint32_t>(frame.bytes.size()), {}, view, off),
        FrameVerdict::kDatagram);
    return std::pair(view.port_and_vlan >> kVlanShift, view.outer_vlan);
  };
  EXPECT_EQ(vlan_of(false, 0), std::pair(0u, uint16_t{0}));
  EXPECT_EQ(vlan_of(false, 0x2064), std::pair(100u, uint16_t{0}));
  EXPECT_EQ(vlan_of(true, 200), std::pair(VlanBits({.outer = 200}) >> kVlanShift, uint16_t{200}));
  frame.AddTag(0x8100, 100);
  EXPECT_EQ(vlan_of(true, 200),
            std::pair(VlanBits({.id = 100, .outer = 200}) >> kVlanShift, uint16_t{200}));
}

TEST(AfXdpLines, TheSameLineTwiceIsAnError) {
  const std::vector<Subscription> twice = {Line(kGroup), Line(kGroup)};
  const std::vector<uint16_t> lines = {0, 1};
  EXPECT_EQ(FrameLines::Create(twice, lines).status().code(), absl::StatusCode::kInvalidArgument);
}

// Captures are read by a parser that says why something is no datagram; what both take for one,
// they find at the same place and give to the same line.
TEST(AfXdpFrame, AgreesWithTheParserOfCapturesOnDamagedFramesToo) {
  std::vector<Subscription> subscriptions;
  for (const char* group : {kGroup, kGroup6}) {
    for (const Vlan vlan : {Vlan{}, Vlan{.id = 100}, Vlan{.id = 100, .outer = 200}}) {
      subscriptions.push_back(Line(group));
      subscriptions.back().vlan = vlan;
    }
  }
  const FrameLines table = FrameLines::FirstOf(subscriptions);
  std::mt19937 random(5);
  uint32_t datagrams = 0;
  for (int round = 0; round < 200'000; ++round) {
    const bool six = random() % 2 == 0;
    TestFrame frame = FrameTo(six ? kGroup6 : kGroup, std::string(random() % 40, 'x'),
                              six ? "[fd77::1]:1" : "10.0.0.1:1");
    constexpr uint16_t kTypes[] = {0x8100, 0x88a8};
    constexpr uint16_t kIds[] = {0, 100, 200, 300};
    for (uint32_t tags = random() % 3; tags > 0; --tags) {
      frame.AddTag(kTypes[random() % 2], kIds[random() % 4]);
    }
    if (!six && random() % 4 == 0) frame.AddOptions(4);
    for (uint32_t damage = random() % 3; damage > 0; --damage) {
      frame.bytes[12 + random() % (frame.bytes.size() - 12)] = static_cast<uint8_t>(random());
    }
    if (random() % 4 == 0) frame.bytes.resize(frame.bytes.size() - random() % 20);
    FrameView view{};
    const FrameVerdict verdict =
        ParseFrame(frame.bytes.data(), static_cast<uint32_t>(frame.bytes.size()),
                   {.udp_checksum = false}, view);
    replay::Datagram datagram;
    const replay::DatagramOutcome outcome =
        replay::ParseDatagram(replay::LinkType::kEthernet, frame.bytes,
                              static_cast<uint32_t>(frame.bytes.size()), datagram);
    if (verdict != FrameVerdict::kDatagram) continue;
    ++datagrams;
    ASSERT_EQ(outcome, replay::DatagramOutcome::kDatagram) << "round " << round;
    ASSERT_EQ(datagram.payload.data(), view.payload);
    ASSERT_EQ(datagram.payload.size(), view.payload_bytes);
    ASSERT_EQ(table.Find(view),
              table.Find(datagram.destination_endpoint(), datagram.source, datagram.vlan));
  }
  EXPECT_GT(datagrams, 50'000u);
}

}  // namespace
}  // namespace fh::rio
