#include "feedhandler/synthetic/mold_packetizer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "codecs/moldudp64/moldudp64.h"

namespace fh {
namespace {

using codecs::FrameKind;

std::string Hex(std::span<const uint8_t> bytes) {
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::vector<uint8_t> Bytes(absl::string_view hex) {
  const std::string raw = absl::HexStringToBytes(hex);
  return {raw.begin(), raw.end()};
}

codecs::PacketFrame Parse(const MoldPacket& packet) {
  rio::Packet received{};
  received.data = packet.bytes.data();
  received.length = static_cast<uint32_t>(packet.bytes.size());
  return codecs::MoldUdp64().Parse(received);
}

// A packet of a real day (2023-08-22), and the heartbeat and end of session that would follow it.
TEST(MoldPacketizerTest, MakesTheBytesOfARealPacket) {
  MoldPacketizer packets({.session = "000010059B", .first_sequence = 14764496});
  packets.Add(Bytes("440ab100001f1acf4c4eb70000000001665d6a"));
  EXPECT_EQ(Hex(packets.Take().bytes),
            "303030303130303539420000000000e149d000010013"
            "440ab100001f1acf4c4eb70000000001665d6a");
  EXPECT_EQ(Hex(packets.Heartbeat().bytes), "303030303130303539420000000000e149d10000");
  EXPECT_EQ(Hex(packets.EndOfSession().bytes), "303030303130303539420000000000e149d1ffff");
}

TEST(MoldPacketizerTest, FillsUpToThePayloadLimitAndNumbersOn) {
  MoldPacketizer packets({.session = "S", .max_payload_bytes = 100});
  const std::vector<uint8_t> message(18);
  int added = 0;
  for (; packets.Fits(message); ++added) packets.Add(message);
  EXPECT_EQ(added, 4);  // 20 + 4 * 20 = 100.
  EXPECT_EQ(packets.next_sequence(), 5u);
  const MoldPacket first = packets.Take();
  EXPECT_EQ(first.bytes.size(), 100u);
  EXPECT_EQ(Parse(first).message_count, 4u);
  EXPECT_EQ(std::string(Parse(first).session.bytes.data(), 10), "S         ");
  EXPECT_TRUE(packets.empty());
  packets.Add(message);
  const MoldPacket second = packets.Take();
  EXPECT_EQ(second.first_sequence, 5u);
  EXPECT_EQ(Parse(second).first_sequence, 5u);
  EXPECT_EQ(Parse(second).lost_in_tail, 0u);
  EXPECT_FALSE(Parse(second).trailing_bytes);
}

TEST(MoldPacketizerTest, KeepsTheLimitOfMessagesAndTakesEmptyOnes) {
  MoldPacketizer packets({.max_messages = 2});
  packets.Add({});
  packets.Add({});
  EXPECT_FALSE(packets.Fits({}));
  EXPECT_EQ(Parse(packets.Take()).message_count, 2u);
  EXPECT_EQ(packets.next_sequence(), 3u);
}

TEST(MoldPacketizerTest, PacketsWithoutMessagesCarryTheNextNumber) {
  MoldPacketizer packets;
  packets.Add({});
  packets.Take();
  const MoldPacket heartbeat = packets.Heartbeat();
  EXPECT_EQ(Parse(heartbeat).kind, FrameKind::kHeartbeat);
  EXPECT_EQ(heartbeat.first_sequence, 2u);
  EXPECT_EQ(heartbeat.message_count, 0u);
  EXPECT_EQ(Parse(packets.EndOfSession()).kind, FrameKind::kEndOfSession);
}

}  // namespace
}  // namespace fh
