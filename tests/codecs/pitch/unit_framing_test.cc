// The sequenced unit header.
#include "codecs/pitch/unit_framing.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "codecs/pitch/pitch_messages.h"
#include "codecs/pitch/pitch_sample.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::pitch {
namespace {

using test::PacketBytes;

PacketFrame Parse(const std::string& payload) {
  const PacketBytes bytes(payload, 0xFF);
  return UnitFraming().Parse(bytes.packet());
}

// A header as it stands, and messages of the given lengths.
std::string Packet(uint16_t length, uint8_t count, uint8_t unit, uint32_t sequence,
                   const std::string& messages = "") {
  std::string header(kUnitHeaderBytes, '\0');
  auto* const at = reinterpret_cast<uint8_t*>(header.data());
  kHdrLength.Put(at, length);
  kHdrCount.Put(at, count);
  kHdrUnit.Put(at, unit);
  kHdrSequence.Put(at, sequence);
  return header + messages;
}

TEST(UnitFraming, ReadsTheHeaderOfARealPacket) {
  const std::string payload(
      "\x28\x00\x02\x01\x03\x00\x00\x00"
      "\x06\x20\x13\x29\x01\x00"
      "\x1a\x22\xf0\x45\x79\x20\x01\x10\x74\xe9\xea\x9e\x68\x03\x42\x64\x00"
      "A     \xd0\x07\x01",
      40);
  const PacketFrame frame = Parse(payload);
  EXPECT_EQ(frame.kind, FrameKind::kMessages);
  EXPECT_EQ(frame.first_sequence, 3u);
  EXPECT_EQ(frame.stream, 1u);
  EXPECT_EQ(frame.message_count, 2u);
  EXPECT_EQ(frame.number_count, 2u);
  EXPECT_EQ(frame.lost_in_tail, 0u);
  EXPECT_FALSE(frame.stream_start);
  EXPECT_FALSE(frame.trailing_bytes);
}

TEST(UnitFraming, TheUnitIsTheStream) {
  EXPECT_EQ(Parse(Packet(8, 0, 0, 5)).stream, 0u);
  EXPECT_EQ(Parse(Packet(8, 0, 255, 5)).stream, 255u);
  EXPECT_TRUE(UnitFraming::kNumbering.has_streams);
  EXPECT_EQ(UnitFraming::kNumbering.bits, 32);
  EXPECT_EQ(UnitFraming::kNumbering.after_wrap, 1);
}

TEST(UnitFraming, AHeartbeatSaysWhatComesNext) {
  const PacketFrame frame = Parse(Packet(8, 0, 3, 42));
  EXPECT_EQ(frame.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(frame.first_sequence, 42u);
  EXPECT_EQ(frame.number_count, 0u);
}

TEST(UnitFraming, NumberZeroIsNoNumber) {
  const PacketFrame heartbeat = Parse(Packet(8, 0, 3, 0));
  EXPECT_EQ(heartbeat.kind, FrameKind::kUnsequenced);
  EXPECT_EQ(heartbeat.message_count, 0u);
  UnitWriter unit({.unit = 3, .sequence = 0});
  unit.Add(kSymbolMappingMessage);
  unit.Add(kSymbolMappingMessage);
  const PacketFrame frame = Parse(unit.Bytes());
  EXPECT_EQ(frame.kind, FrameKind::kUnsequenced);
  EXPECT_EQ(frame.message_count, 2u);
}

TEST(UnitFraming, NumberOneBeginsTheStream) {
  EXPECT_TRUE(Parse(Packet(8, 0, 1, 1)).stream_start);
  EXPECT_FALSE(Parse(Packet(8, 0, 1, 0)).stream_start);
  EXPECT_FALSE(Parse(Packet(8, 0, 1, 2)).stream_start);
}

TEST(UnitFraming, WhatIsNoPacketIsRejected) {
  EXPECT_EQ(Parse("").reject, RejectReason::kTooShort);
  EXPECT_EQ(Parse(Packet(8, 0, 1, 1).substr(0, 7)).reject, RejectReason::kTooShort);
  EXPECT_EQ(Parse(Packet(7, 0, 1, 1)).reject, RejectReason::kBadLength);
  EXPECT_EQ(Parse(Packet(9, 1, 1, 1)).reject, RejectReason::kBadLength) << "no room for a message";
  EXPECT_EQ(Parse(Packet(65'528, 1, 1, 1)).reject, RejectReason::kBadLength);
}

TEST(UnitFraming, AWrongMessageLengthEndsWhatCanBeRead) {
  const std::string good("\x06\x2d\0\0\0\0", 6);
  for (const std::string& bad :
       {std::string("\0\x2d", 2), std::string("\x01\x2d", 2), std::string("\x07\x2d\0\0\0\0", 6)}) {
    const auto length = static_cast<uint16_t>(kUnitHeaderBytes + good.size() + bad.size());
    const PacketFrame frame = Parse(Packet(length, 2, 1, 10, good + bad));
    EXPECT_EQ(frame.kind, FrameKind::kMessages);
    EXPECT_EQ(frame.message_count, 1u);
    EXPECT_EQ(frame.number_count, 1u);
    EXPECT_EQ(frame.lost_in_tail, 1u);
  }
}

TEST(UnitFraming, TheHeadersLengthEndsTheMessages) {
  const std::string message("\x06\x2d\0\0\0\0", 6);
  const PacketFrame frame = Parse(Packet(14, 2, 1, 10, message + message));
  EXPECT_EQ(frame.reject, RejectReason::kNone);
  EXPECT_EQ(frame.message_count, 1u);
  EXPECT_EQ(frame.lost_in_tail, 1u);
  EXPECT_TRUE(Parse(Packet(14, 1, 1, 10, message + message)).trailing_bytes);
  EXPECT_TRUE(Parse(Packet(8, 0, 1, 10, "x")).trailing_bytes);
}

int GuessOf(const char* codec, const std::string& payload) {
  return (*FindCodec(codec))
      ->guess({reinterpret_cast<const uint8_t*>(payload.data()), payload.size()});
}

TEST(UnitFraming, GuessesTellFuturesFromTheRestByTheLengths) {
  UnitWriter us({.sequence = 5});
  us.Add(kAddLongMessage);
  EXPECT_EQ(GuessOf("cboe_pitch", us.Bytes()), 100);
  EXPECT_EQ(GuessOf("cboe_cfe", us.Bytes()), 0);
  UnitWriter cfe({.sequence = 5});
  cfe.Add(kCfeAddLongMessage);
  EXPECT_EQ(GuessOf("cboe_pitch", cfe.Bytes()), 0);
  EXPECT_EQ(GuessOf("cboe_cfe", cfe.Bytes()), 100);
}

TEST(UnitFraming, GuessesTakeShortAndLongFormsAndHalfBelieveAHeartbeat) {
  UnitWriter unit({.sequence = 5});
  unit.Add(kExecutedMessage, 26);
  unit.Add(kExecutedMessage, 27);
  unit.Add(kAddExpandedMessage, 50);
  EXPECT_EQ(GuessOf("cboe_pitch", unit.Bytes()), 100);
  unit.AddRaw(std::string("\x06\x7a\0\0\0\0", 6));
  EXPECT_EQ(GuessOf("cboe_pitch", unit.Bytes()), 75) << "a type of a later version";
  EXPECT_EQ(GuessOf("cboe_pitch", Packet(8, 0, 1, 5)), 50);
  EXPECT_EQ(GuessOf("cboe_pitch", Packet(8, 0, 1, 5, "x")), 0);
  EXPECT_EQ(GuessOf("cboe_pitch", std::string(8, '\0')), 0);
}

}  // namespace
}  // namespace fh::codecs::pitch
