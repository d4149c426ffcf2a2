#include "codecs/iex/iex_tp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "codecs/iex/iex_messages.h"
#include "codecs/iex/iex_sample.h"

namespace fh::codecs::iex {
namespace {

// Keeps the bytes, with the readable tail that slices have.
class TestPacket {
 public:
  explicit TestPacket(std::string bytes) : bytes_(std::move(bytes)) {
    packet_.length = static_cast<uint32_t>(bytes_.size());
    bytes_.append(rio::kReadablePastEnd, '\x5A');
    packet_.data = reinterpret_cast<const uint8_t*>(bytes_.data());
  }
  TestPacket(const TestPacket&) = delete;
  TestPacket& operator=(const TestPacket&) = delete;

  const rio::Packet& get() const { return packet_; }

 private:
  std::string bytes_;
  rio::Packet packet_{};
};

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

PacketFrame Parse(const std::string& bytes, uint16_t protocol = kDeep10.protocol) {
  return IexTp(protocol).Parse(TestPacket(bytes).get());
}

// Three price levels, numbers 100 to 102.
std::string ThreeLevels(SegmentPosition position = {.stream_offset = 3'168,
                                                    .first_sequence = 100}) {
  SegmentWriter segment(kDeep10.protocol, position);
  for (uint32_t size = 1; size <= 3; ++size) kSize.Put(segment.Add(kBuyLevelMessage), size);
  return segment.Bytes();
}

void PutHeader(std::string& bytes, const LittleEndian<uint16_t>& field, uint16_t value) {
  field.Put(reinterpret_cast<uint8_t*>(bytes.data()), value);
}

std::vector<uint32_t> SizesSeen(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                                uint32_t take) {
  std::vector<uint32_t> sizes;
  IexTp(kDeep10.protocol)
      .ForEachMessage(packet, frame, skip, take, [&](const uint8_t* message, uint32_t length) {
        EXPECT_EQ(length, 30u);
        sizes.push_back(kSize(message));
      });
  return sizes;
}

TEST(IexTp, ReadsTheDocumentedHeartbeat) {
  const PacketFrame frame =
      Parse(FromHex("01000480010000000000dd48000000000000000000000000"
                    "0100000000000000"
                    "af326a0223e05d16"));
  EXPECT_EQ(frame.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(frame.first_sequence, 1u);
  EXPECT_EQ(frame.message_count, 0u);
  EXPECT_EQ(frame.send_time_ns, 1'611'690'682'637'497'007);
  EXPECT_TRUE(frame.stream_start);
  EXPECT_FALSE(frame.trailing_bytes);
  EXPECT_EQ(std::string(frame.session.bytes.data(), 8), FromHex("0000dd4801000000"));
}

TEST(IexTp, TellsWhereASegmentStands) {
  const PacketFrame frame = Parse(ThreeLevels());
  EXPECT_EQ(frame.kind, FrameKind::kMessages);
  EXPECT_EQ(frame.reject, RejectReason::kNone);
  EXPECT_EQ(frame.first_sequence, 100u);
  EXPECT_EQ(frame.message_count, 3u);
  EXPECT_EQ(frame.lost_in_tail, 0u);
  EXPECT_FALSE(frame.stream_start);
  EXPECT_FALSE(frame.trailing_bytes);
}

TEST(IexTp, SessionIsNumberAndChannel) {
  const SessionId one = Parse(ThreeLevels({.channel = 1, .session = 7})).session;
  EXPECT_EQ(one, Parse(ThreeLevels({.channel = 1, .session = 7, .first_sequence = 9})).session);
  EXPECT_NE(one, Parse(ThreeLevels({.channel = 2, .session = 7})).session);
  EXPECT_NE(one, Parse(ThreeLevels({.channel = 1, .session = 8})).session);
}

TEST(IexTp, OnlyNumberOneAtOffsetZeroStartsAStream) {
  EXPECT_TRUE(Parse(ThreeLevels({.stream_offset = 0, .first_sequence = 1})).stream_start);
  EXPECT_FALSE(Parse(ThreeLevels({.stream_offset = 32, .first_sequence = 1})).stream_start);
  EXPECT_FALSE(Parse(ThreeLevels({.stream_offset = 0, .first_sequence = 2})).stream_start);
}

TEST(IexTp, OtherProtocolsAndVersionsAreForeign) {
  const std::string deep = ThreeLevels();
  EXPECT_EQ(Parse(deep, kTops16.protocol).reject, RejectReason::kForeign);
  std::string version2 = deep;
  version2[0] = 2;
  EXPECT_EQ(Parse(version2).reject, RejectReason::kForeign);
  EXPECT_EQ(Parse(version2).kind, FrameKind::kRejected);
}

TEST(IexTp, EveryCutOfADatagramKeepsItsWholeMessagesOnly) {
  const std::string whole = ThreeLevels();
  for (size_t length = 0; length < whole.size(); ++length) {
    const PacketFrame frame = Parse(whole.substr(0, length));
    if (length < kSegmentHeaderBytes) {
      EXPECT_EQ(frame.reject, RejectReason::kTooShort) << length;
      continue;
    }
    const uint32_t messages = static_cast<uint32_t>((length - kSegmentHeaderBytes) / 32);
    EXPECT_EQ(frame.kind, FrameKind::kMessages) << length;
    EXPECT_EQ(frame.message_count, messages) << length;
    EXPECT_EQ(frame.lost_in_tail, 3 - messages) << length;
    EXPECT_FALSE(frame.trailing_bytes) << length;
  }
}

TEST(IexTp, BlocksBeyondThePayloadLengthDoNotCount) {
  std::string bytes = ThreeLevels();
  PutHeader(bytes, kPayloadLength, 95);
  EXPECT_EQ(Parse(bytes).message_count, 2u);
  EXPECT_EQ(Parse(bytes).lost_in_tail, 1u);
}

TEST(IexTp, MoreBlocksThanThePayloadCanHoldIsABadLength) {
  std::string bytes = ThreeLevels();
  PutHeader(bytes, kMessageCount, 49);
  EXPECT_EQ(Parse(bytes).reject, RejectReason::kBadLength);
  PutHeader(bytes, kMessageCount, 48);
  EXPECT_EQ(Parse(bytes).kind, FrameKind::kMessages);
}

TEST(IexTp, BytesBehindTheLastBlockAreTrailing) {
  EXPECT_TRUE(Parse(ThreeLevels() + "x").trailing_bytes);
  std::string fewer = ThreeLevels();
  PutHeader(fewer, kMessageCount, 2);
  EXPECT_TRUE(Parse(fewer).trailing_bytes);
  EXPECT_EQ(Parse(fewer).message_count, 2u);
}

TEST(IexTp, EmptyBlocksAreMessages) {
  SegmentWriter segment(kDeep10.protocol, {});
  segment.AddRaw("");
  segment.Add(kBuyLevelMessage);
  EXPECT_EQ(Parse(segment.Bytes()).message_count, 2u);
}

TEST(IexTp, WalksTheMessagesItIsAskedFor) {
  const TestPacket packet(ThreeLevels());
  const PacketFrame frame = IexTp(kDeep10.protocol).Parse(packet.get());
  EXPECT_THAT(SizesSeen(packet.get(), frame, 0, 3), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(SizesSeen(packet.get(), frame, 1, 1), testing::ElementsAre(2));
  EXPECT_THAT(SizesSeen(packet.get(), frame, 2, 9), testing::ElementsAre(3));
  EXPECT_THAT(SizesSeen(packet.get(), frame, 3, 1), testing::ElementsAre());
}

TEST(IexTp, GuessesByHeaderAndLengths) {
  const auto guess = [](uint16_t protocol, const std::string& bytes) {
    const TestPacket packet(bytes);
    return GuessSegment(protocol, {packet.get().data, packet.get().length});
  };
  EXPECT_EQ(guess(kDeep10.protocol, ThreeLevels()), 100);
  EXPECT_EQ(guess(kTops16.protocol, ThreeLevels()), 0);
  EXPECT_EQ(guess(kDeep10.protocol, ThreeLevels() + "x"), 50);
  EXPECT_EQ(guess(kDeep10.protocol, ThreeLevels().substr(0, 80)), 50);
  EXPECT_EQ(guess(kDeep10.protocol, "short"), 0);
}

class IexSamples : public testing::TestWithParam<const Feed*> {};

TEST_P(IexSamples, AreWholeAndHoldEveryType) {
  const Feed& feed = *GetParam();
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const std::string sample = SampleSegment(feed, seed);
    ASSERT_LT(sample.size(), 1'400u);
    const TestPacket packet(sample);
    ASSERT_EQ(GuessSegment(feed.protocol, {packet.get().data, packet.get().length}), 100);
    const IexTp framing(feed.protocol);
    const PacketFrame frame = framing.Parse(packet.get());
    std::string types;
    framing.ForEachMessage(
        packet.get(), frame, 0, frame.message_count,
        [&](const uint8_t* message, uint32_t) { types += static_cast<char>(message[0]); });
    for (const MessageInfo* info : feed.messages) {
      EXPECT_NE(types.find(static_cast<char>(info->type)), std::string::npos) << info->name;
    }
  }
  EXPECT_EQ(SampleSegment(feed, 7), SampleSegment(feed, 7));
  EXPECT_NE(SampleSegment(feed, 7), SampleSegment(feed, 8));
}

INSTANTIATE_TEST_SUITE_P(Feeds, IexSamples, testing::Values(&kTops15, &kTops16, &kDeep10),
                         [](const testing::TestParamInfo<const Feed*>& at) {
                           return at.param == &kTops15   ? "tops15"
                                  : at.param == &kTops16 ? "tops16"
                                                         : "deep10";
                         });

}  // namespace
}  // namespace fh::codecs::iex
