// Where the frames of captures go: delivered, foreign or lost, and each in exactly one of these.
#include "replay/capture_account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "replay/udp_frame.h"
#include "tests/replay/capture_bytes.h"

namespace fh::test {
namespace {

using replay::CaptureAccount;
using replay::CaptureCounters;
using replay::CapturedFrame;
using replay::Datagram;
using replay::DatagramOutcome;
using replay::LinkType;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kIp = 14;
constexpr size_t kUdp = kIp + 20;
constexpr size_t kPayload = kUdp + 8;
constexpr char kOurs[] = "239.1.1.1:1000";
constexpr char kTheirs[] = "239.9.9.9:9";

Bytes FrameTo(const std::string& group, size_t payload_bytes = 100) {
  const replay::UdpFraming framing{.source = *rio::ParseEndpoint("10.0.0.1:4000"),
                                   .destination = *rio::ParseEndpoint(group)};
  Bytes frame(payload_bytes + replay::kMaxUdpFramingBytes);
  frame.resize(*replay::BuildUdpFrame(framing, Pattern(payload_bytes, 1), frame));
  return frame;
}

// As a fragment: `offset` in units of 8 bytes.
Bytes Fragment(Bytes frame, uint16_t offset, bool more) {
  frame[kIp + 6] = static_cast<uint8_t>((more ? 0x20 : 0) | offset >> 8);
  frame[kIp + 7] = static_cast<uint8_t>(offset);
  return frame;
}

class CaptureAccountTest : public testing::Test {
 protected:
  CaptureAccountTest()
      : account_(std::vector<rio::Subscription>{{.group = *rio::ParseEndpoint(kOurs)}}) {}

  // `kept`: bytes of the frame that the capture has.
  std::optional<uint16_t> Add(const Bytes& frame, size_t kept = SIZE_MAX,
                              LinkType link_type = LinkType::kEthernet) {
    CapturedFrame captured;
    captured.link_type = link_type;
    captured.original_length = static_cast<uint32_t>(frame.size());
    captured.bytes = std::span(frame).first(std::min(kept, frame.size()));
    ++frames_;
    return account_.LineOf(captured, datagram_);
  }

  const CaptureCounters& counters() const { return account_.counters(); }
  uint64_t lost(DatagramOutcome outcome) const { return counters().lost[outcome]; }

  // Every frame is in exactly one place.
  void TearDown() override {
    EXPECT_EQ(counters().delivered + counters().to_others + counters().LostFrames() +
                  counters().frames[DatagramOutcome::kNotIp] +
                  counters().frames[DatagramOutcome::kNotUdp],
              frames_);
  }

  CaptureAccount account_;
  Datagram datagram_;
  uint64_t frames_ = 0;
};

TEST_F(CaptureAccountTest, DatagramsAreOursOrForeign) {
  EXPECT_EQ(Add(FrameTo(kOurs)), 0);
  EXPECT_EQ(Add(FrameTo(kTheirs)), std::nullopt);
  EXPECT_EQ(Add(FrameTo("239.1.1.1:1001")), std::nullopt);
  EXPECT_EQ(counters().delivered, 1u);
  EXPECT_EQ(counters().to_others, 2u);
  EXPECT_EQ(counters().LostFrames(), 0u);
  EXPECT_EQ(replay::CaptureText(counters()),
            "  1 datagrams to the lines\n  foreign: 2 to other groups\n");
}

TEST_F(CaptureAccountTest, ACutDatagramIsDeliveredAsFarAsItIsThere) {
  EXPECT_EQ(Add(FrameTo(kOurs), kPayload + 40), 0);
  EXPECT_EQ(datagram_.payload.size(), 40u);
  EXPECT_EQ(datagram_.payload_length, 100u);
  EXPECT_EQ(Add(FrameTo(kTheirs), kPayload + 40), std::nullopt);
  EXPECT_EQ(counters().cut, 1u);
  EXPECT_EQ(counters().to_others, 1u);
  EXPECT_EQ(counters().LostFrames(), 0u);
  EXPECT_THAT(replay::CaptureText(counters()),
              HasSubstr("1 datagrams to the lines, 1 of them cut off by the capture"));
}

TEST_F(CaptureAccountTest, WhatIsCutBeforeItsPortsIsLostWhereItMayBeOurs) {
  Add(FrameTo(kOurs), kUdp + 4);    // The address is ours.
  Add(FrameTo(kTheirs), kUdp + 4);  // It is not.
  Add(FrameTo(kTheirs), kIp + 10);  // It is not there: who knows.
  EXPECT_EQ(lost(DatagramOutcome::kTruncated), 2u);
  EXPECT_EQ(counters().to_others, 1u);
  EXPECT_THAT(replay::CaptureText(counters()),
              HasSubstr("LOST: 2 cut off by the capture before the end of their headers"));
}

TEST_F(CaptureAccountTest, FragmentsOfOursAreLostAndOthersForeign) {
  Add(Fragment(FrameTo(kOurs), 0, true));
  Add(Fragment(FrameTo(kOurs), 10, false));  // Without ports: by its address.
  Add(Fragment(FrameTo(kTheirs), 0, true));
  Add(Fragment(FrameTo(kTheirs), 10, false));
  Add(Fragment(FrameTo("239.1.1.1:1001"), 0, true));  // Our address, another port.
  EXPECT_EQ(lost(DatagramOutcome::kFragment), 2u);
  EXPECT_EQ(counters().to_others, 3u);
  EXPECT_THAT(replay::CaptureText(counters()), HasSubstr("LOST: 2 fragments"));
}

TEST_F(CaptureAccountTest, DamagedFramesAreLostUnlessTheyShowThatTheyAreForeign) {
  for (const char* group : {kOurs, kTheirs}) {
    Bytes frame = FrameTo(group);
    frame[kUdp + 4] = 0xff;  // A UDP length beyond the packet.
    Add(frame);
  }
  Add({1, 2, 3});  // Not even a link header.
  EXPECT_EQ(lost(DatagramOutcome::kMalformed), 2u);
  EXPECT_EQ(counters().to_others, 1u);
  EXPECT_THAT(replay::CaptureText(counters()), HasSubstr("2 malformed (link 1, UDP 1)"));
}

TEST_F(CaptureAccountTest, UnknownLinkTypesAreLostSinceNobodyKnowsWhatTheyCarry) {
  Add(FrameTo(kOurs), SIZE_MAX, static_cast<LinkType>(147));
  EXPECT_EQ(lost(DatagramOutcome::kUnknownLinkType), 1u);
  EXPECT_THAT(replay::CaptureText(counters()), HasSubstr("LOST: 1 of an unknown link type"));
}

TEST_F(CaptureAccountTest, OtherProtocolsAreForeign) {
  Bytes tcp = FrameTo(kOurs);
  tcp[kIp + 9] = 6;
  Add(tcp);
  Bytes arp(60, 0);
  arp[12] = 0x08;
  arp[13] = 0x06;
  Add(arp);
  EXPECT_EQ(counters().LostFrames(), 0u);
  EXPECT_THAT(replay::CaptureText(counters()), HasSubstr("foreign: 1 not UDP, 1 not IP"));
  EXPECT_THAT(replay::CaptureText(counters()), Not(HasSubstr("LOST")));
}

}  // namespace
}  // namespace fh::test
