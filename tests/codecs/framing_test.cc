// The two framings of Nasdaq's: MoldUDP64 in datagrams, length prefixes in files.
#include <gtest/gtest.h>

#include <bit>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "codecs/length_blocks.h"
#include "codecs/length_prefixed/length_prefixed.h"
#include "codecs/moldudp64/moldudp64.h"
#include "tests/captures.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

using test::PacketBytes;
using Blocks = LengthBlocks<std::endian::big>;

std::string Header(uint64_t sequence, uint16_t count) {
  std::string header(MoldUdp64::kHeaderBytes, '\0');
  MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(header.data()), "000010059B", sequence, count);
  return header;
}

std::string Records(const std::vector<std::string>& messages) {
  std::string bytes;
  for (const std::string& message : messages) Blocks::Append(bytes, message);
  return bytes;
}

PacketFrame ParseMold(const std::string& payload) {
  const PacketBytes bytes(payload, 0xFF);
  return MoldUdp64().Parse(bytes.packet());
}

TEST(MoldUdp64Test, ReadsTheHeaderOfARealPacket) {
  const std::string payload(
      "000010059B\x00\x00\x00\x00\x00\xe1\x49\xd0\x00\x01\x00\x13"
      "D\x0a\xb1\x00\x00\x1f\x1a\xcf\x4c\x4e\xb7\x00\x00\x00\x00\x01\x66\x5d\x6a",
      41);
  const PacketFrame frame = ParseMold(payload);
  EXPECT_EQ(frame.kind, FrameKind::kMessages);
  EXPECT_EQ(frame.first_sequence, 14'764'496u);
  EXPECT_EQ(frame.message_count, 1u);
  EXPECT_EQ(std::string(frame.session.bytes.data(), 10), "000010059B");
  EXPECT_FALSE(frame.stream_start);
  EXPECT_FALSE(frame.trailing_bytes);
}

TEST(MoldUdp64Test, TellsHeartbeatsAndTheEndOfTheSession) {
  const PacketFrame heartbeat = ParseMold(Header(5, 0));
  EXPECT_EQ(heartbeat.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(heartbeat.first_sequence, 5u);
  EXPECT_EQ(heartbeat.message_count, 0u);
  const PacketFrame end = ParseMold(Header(6, 0xFFFF));
  EXPECT_EQ(end.kind, FrameKind::kEndOfSession);
  EXPECT_EQ(end.first_sequence, 6u);
  EXPECT_EQ(end.message_count, 0u);
  EXPECT_TRUE(ParseMold(Header(5, 0) + "x").trailing_bytes);
}

// The headers that follow that packet: one message on, nothing in them.
TEST(MoldUdp64Test, ReadsHeadersWithoutMessages) {
  const std::string start("000010059B\x00\x00\x00\x00\x00\xe1\x49\xd1", 18);
  const PacketFrame heartbeat = ParseMold(start + std::string("\x00\x00", 2));
  EXPECT_EQ(heartbeat.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(heartbeat.first_sequence, 14'764'497u);
  EXPECT_FALSE(heartbeat.trailing_bytes);
  const PacketFrame end = ParseMold(start + "\xff\xff");
  EXPECT_EQ(end.kind, FrameKind::kEndOfSession);
  EXPECT_EQ(end.first_sequence, 14'764'497u);
  EXPECT_EQ(end.session, heartbeat.session);
  EXPECT_EQ(Header(14'764'497, 0xFFFF), start + "\xff\xff") << "and PutHeader writes them";
}

// 65,534 is the last count that means messages.
TEST(MoldUdp64Test, TakesTheMostMessagesThatAPacketCanAnnounce) {
  std::string packet = Header(1, 0xFFFE);
  packet.append(size_t{0xFFFE} * Blocks::kLengthBytes, '\0');
  const PacketFrame frame = ParseMold(packet);
  EXPECT_EQ(frame.kind, FrameKind::kMessages);
  EXPECT_EQ(frame.message_count, 0xFFFEu);
  EXPECT_EQ(frame.lost_in_tail, 0u);
  EXPECT_FALSE(frame.trailing_bytes);
}

TEST(MoldUdp64Test, NothingIsAnnouncedThatNoDatagramCouldCarry) {
  const PacketFrame frame = ParseMold(Header(100, 60'000) + Records({"one"}));
  EXPECT_EQ(frame.message_count, 1u);
  // Empty messages, in the largest datagram, behind the header and the one of five bytes.
  EXPECT_EQ(frame.lost_in_tail, (kMostDatagramBytes - 20 - 5) / 2);
}

// No whole message at all is still a packet of this framing: its numbers are lost, not unknown.
TEST(MoldUdp64Test, AHeaderWithoutItsBlocksLosesThemAll) {
  for (const std::string& rest :
       {std::string(), std::string("\x00", 1), std::string("\x00\x01", 2)}) {
    const PacketFrame frame = ParseMold(Header(100, 3) + rest);
    EXPECT_EQ(frame.kind, FrameKind::kMessages);
    EXPECT_EQ(frame.first_sequence, 100u);
    EXPECT_EQ(frame.message_count, 0u);
    EXPECT_EQ(frame.lost_in_tail, 3u);
  }
}

TEST(MoldUdp64Test, RejectsWhatIsShorterThanAHeader) {
  for (size_t length = 0; length < MoldUdp64::kHeaderBytes; ++length) {
    const PacketFrame frame = ParseMold(Header(1, 1).substr(0, length));
    EXPECT_EQ(frame.kind, FrameKind::kRejected);
    EXPECT_EQ(frame.reject, RejectReason::kTooShort);
  }
}

TEST(MoldUdp64Test, ABlockBeyondTheEndIsLostWithAllBehindIt) {
  const std::string whole = Header(100, 3) + Records({"one", "two", "three"});
  const PacketFrame cut = ParseMold(whole.substr(0, whole.size() - 1));
  EXPECT_EQ(cut.kind, FrameKind::kMessages);
  EXPECT_EQ(cut.message_count, 2u);
  EXPECT_EQ(cut.lost_in_tail, 1u);
  const PacketFrame announced = ParseMold(Header(100, 9) + Records({"one", "two"}));
  EXPECT_EQ(announced.message_count, 2u);
  EXPECT_EQ(announced.lost_in_tail, 7u);
}

TEST(MoldUdp64Test, BytesBehindTheLastBlockAreNoticed) {
  const PacketFrame frame = ParseMold(Header(100, 1) + Records({"one", "two"}));
  EXPECT_EQ(frame.message_count, 1u);
  EXPECT_EQ(frame.lost_in_tail, 0u);
  EXPECT_TRUE(frame.trailing_bytes);
}

TEST(MoldUdp64Test, AnEmptyMessageTakesANumberAndSequenceZeroIsTaken) {
  const PacketFrame frame = ParseMold(Header(0, 3) + Records({"", "x", ""}));
  EXPECT_EQ(frame.first_sequence, 0u);
  EXPECT_EQ(frame.message_count, 3u);
  EXPECT_FALSE(frame.trailing_bytes);
}

TEST(MoldUdp64Test, GivesTheMessagesThatAreAskedFor) {
  const PacketBytes bytes(Header(1, 4) + Records({"a", "bb", "", "dddd"}));
  const MoldUdp64 framing;
  const PacketFrame frame = MoldUdp64().Parse(bytes.packet());
  for (uint32_t skip = 0; skip <= 4; ++skip) {
    for (uint32_t take = 0; skip + take <= 4; ++take) {
      std::vector<std::string> seen;
      framing.ForEachMessage(bytes.packet(), frame, skip, take,
                             [&](const uint8_t* message, uint32_t length) {
                               seen.emplace_back(reinterpret_cast<const char*>(message), length);
                             });
      const std::vector<std::string> all = {"a", "bb", "", "dddd"};
      EXPECT_EQ(seen, std::vector(all.begin() + skip, all.begin() + skip + take));
    }
  }
}

// Three packets, back to back, of a capture that stops 5 bytes before the end of the last message.
TEST(MoldUdp64Test, ADumpOfPacketsIsWalkedHeaderByHeader) {
  const auto path = test::CaptureFile("itch/omx_mold_sample.dat");
  if (!path) GTEST_SKIP() << test::kNoCaptures;
  std::ifstream file(*path, std::ios::binary);
  std::string dump{std::istreambuf_iterator<char>(file), {}};
  std::vector<uint64_t> sequences;
  uint32_t whole = 0;
  uint32_t lost = 0;
  size_t at = 0;
  while (at < dump.size()) {
    const PacketBytes bytes(dump.substr(at));
    const PacketFrame frame = MoldUdp64().Parse(bytes.packet());
    ASSERT_EQ(frame.kind, FrameKind::kMessages);
    EXPECT_EQ(frame.session, SessionId());
    sequences.push_back(frame.first_sequence);
    whole += frame.message_count;
    lost += frame.lost_in_tail;
    const BlockRun run = MoldUdp64::Run(bytes.packet(), frame, 0, frame.message_count);
    const BlockCount count = Blocks::CountWhole(run.first, run.end, run.count);
    at = frame.lost_in_tail != 0 ? dump.size() : at + (count.end - bytes.packet().data);
  }
  EXPECT_EQ(sequences, (std::vector<uint64_t>{1, 16, 29}));
  EXPECT_EQ(whole, 40u);
  EXPECT_EQ(lost, 1u);
}

PacketFrame ParseFile(LengthPrefixed& framing, const std::string& records) {
  const PacketBytes bytes(records, 0xFF);
  return framing.Parse(bytes.packet());
}

TEST(LengthPrefixedTest, CountsMessagesInTheOrderOfTheCalls) {
  LengthPrefixed framing;
  const PacketFrame first = ParseFile(framing, Records({"a", "bb"}));
  EXPECT_EQ(first.kind, FrameKind::kMessages);
  EXPECT_EQ(first.first_sequence, 1u);
  EXPECT_EQ(first.message_count, 2u);
  const PacketFrame second = ParseFile(framing, Records({"ccc"}));
  EXPECT_EQ(second.first_sequence, 3u);
  EXPECT_EQ(second.session, first.session);
  EXPECT_EQ(ParseFile(framing, "").kind, FrameKind::kHeartbeat);
}

TEST(LengthPrefixedTest, ARecordOfNoLengthEndsTheSession) {
  LengthPrefixed framing;
  const PacketFrame last = ParseFile(framing, Records({"a", ""}));
  EXPECT_EQ(last.kind, FrameKind::kMessages);
  EXPECT_EQ(last.message_count, 1u);
  const PacketFrame end = ParseFile(framing, Records({"after the end"}));
  EXPECT_EQ(end.kind, FrameKind::kEndOfSession);
  EXPECT_EQ(end.first_sequence, 2u);
  EXPECT_EQ(end.message_count, 0u);
  EXPECT_TRUE(end.trailing_bytes);

  LengthPrefixed other;
  const PacketFrame only = ParseFile(other, Records({""}));
  EXPECT_EQ(only.kind, FrameKind::kEndOfSession);
  EXPECT_FALSE(only.trailing_bytes);
}

TEST(LengthPrefixedTest, TheLongestRecordIsTaken) {
  LengthPrefixed framing;
  const PacketFrame frame = ParseFile(framing, Records({std::string(0xFFFF, 'x'), "y"}));
  EXPECT_EQ(frame.message_count, 2u);
  EXPECT_EQ(frame.lost_in_tail, 0u);
  const PacketFrame cut = ParseFile(framing, Records({std::string(0xFFFF, 'x')}).substr(0, 0xFFFF));
  EXPECT_EQ(cut.kind, FrameKind::kMessages);
  EXPECT_EQ(cut.first_sequence, 3u);
  EXPECT_EQ(cut.message_count, 0u);
  EXPECT_EQ(cut.lost_in_tail, 1u);
}

TEST(LengthPrefixedTest, GivesTheMessagesThatAreAskedForAndNoneBehindTheEnd) {
  LengthPrefixed framing;
  const PacketBytes bytes(Records({"a", "bb", "ccc", "", "dddd"}));
  const PacketFrame frame = framing.Parse(bytes.packet());
  EXPECT_EQ(frame.message_count, 3u);
  EXPECT_TRUE(frame.trailing_bytes);
  std::vector<std::string> seen;
  framing.ForEachMessage(bytes.packet(), frame, 1, 5, [&](const uint8_t* message, uint32_t length) {
    seen.emplace_back(reinterpret_cast<const char*>(message), length);
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"bb", "ccc"}));
}

TEST(LengthPrefixedTest, APartialRecordAtTheEndIsLost) {
  for (const std::string& partial : {std::string("\x00", 1), std::string("\x00\x05two", 5)}) {
    LengthPrefixed framing;
    const PacketFrame frame = ParseFile(framing, Records({"one"}) + partial);
    EXPECT_EQ(frame.message_count, 1u);
    EXPECT_EQ(frame.lost_in_tail, 1u);
    EXPECT_FALSE(frame.trailing_bytes);
  }
}

}  // namespace
}  // namespace fh::codecs
