// The vector loop and the portable loop must write the same bytes, whatever the messages hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/itch/itch50_messages.h"
#include "codecs/itch/itch50_plans.h"
#include "codecs/itch/itch50_sample.h"
#include "codecs/length_blocks.h"
#include "codecs/moldudp64/moldudp64.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::itch50 {
namespace {

using test::DecodeMessages;
using test::DecodePacket;
using test::PacketBytes;
using test::SameUpdates;

constexpr char kNoVectors[] = "skipped: this processor has no AVX-512 VBMI";

std::unique_ptr<Codec> Make(bool portable, InstrumentStore* table) {
  CodecOptions options;
  options.framing = "length_prefixed";
  options.portable = portable;
  options.instruments = table;
  return *(*FindCodec("itch50"))->make(options);
}

class ItchPathsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanUseAvx512()) GTEST_SKIP() << kNoVectors;
  }

  // Both paths on the same records, with different bytes behind them.
  void ExpectSame(const std::string& records) {
    const PacketBytes first(records, 0x00);
    const PacketBytes second(records, 0xFF);
    InstrumentStore first_table(65'535);
    InstrumentStore second_table(65'535);
    const std::unique_ptr<Codec> vectors = Make(false, &first_table);
    const std::unique_ptr<Codec> portable = Make(true, &second_table);
    // Twice: the second time all symbols are known.
    for (int round = 0; round < 2; ++round) {
      const test::Decoded left = DecodePacket(*vectors, first.packet());
      const test::Decoded right = DecodePacket(*portable, second.packet());
      EXPECT_TRUE(SameUpdates(left.updates, right.updates));
    }
    EXPECT_EQ(vectors->stats().malformed, portable->stats().malformed);
    EXPECT_EQ(vectors->stats().unknown, portable->stats().unknown);
    EXPECT_EQ(vectors->stats().unmapped, portable->stats().unmapped);
    EXPECT_EQ(vectors->stats().updates, portable->stats().updates);
    EXPECT_EQ(first_table.size(), second_table.size());
  }
};

TEST_F(ItchPathsTest, AgreeOnValidMessagesOfAllTypes) {
  SampleRandom random(1);
  for (int round = 0; round < 200; ++round) {
    std::string records;
    for (int i = 0; i < 100; ++i) {
      LengthBlocks<std::endian::big>::Append(
          records, SampleMessage(*kMessages[random.Below(kMessages.size())], random));
    }
    ExpectSame(records);
  }
}

TEST_F(ItchPathsTest, AgreeOnRandomContentOfEveryTypeAndLength) {
  SampleRandom random(2);
  for (const MessageInfo* info : kMessages) {
    std::string records;
    for (uint32_t length = 1; length <= 80; ++length) {
      std::string message(length, '\0');
      for (char& byte : message) byte = static_cast<char>(random.Next());
      message[0] = static_cast<char>(info->type);
      LengthBlocks<std::endian::big>::Append(records, message);
    }
    ExpectSame(records);
  }
}

TEST_F(ItchPathsTest, AgreeOnExtremeNumbers) {
  for (const uint8_t fill : {0x00, 0x7F, 0x80, 0xFF}) {
    std::string records;
    for (uint32_t letter = 0; letter < 256; ++letter) {
      std::string message(64, static_cast<char>(fill));
      message[0] = static_cast<char>(letter);
      LengthBlocks<std::endian::big>::Append(records, message);
    }
    ExpectSame(records);
  }
}

TEST_F(ItchPathsTest, AgreeOnFilesCutAtEveryByte) {
  SampleRandom random(3);
  std::string records;
  for (const MessageInfo* info : kMessages) {
    LengthBlocks<std::endian::big>::Append(records, SampleMessage(*info, random));
  }
  for (size_t length = 0; length <= records.size(); ++length) ExpectSame(records.substr(0, length));
}

// Any letter, any length from 0 on, any content, in packets; in parts, and cut anywhere.
TEST_F(ItchPathsTest, AgreeOnPacketsOfAnything) {
  constexpr uint64_t kLongest = 80;
  SampleRandom random(5);
  InstrumentStore first_table(30'000);
  InstrumentStore second_table(30'000);
  CodecOptions options;
  options.instruments = &first_table;
  const std::unique_ptr<Codec> vectors = *(*FindCodec("itch50"))->make(options);
  options.instruments = &second_table;
  options.portable = true;
  const std::unique_ptr<Codec> portable = *(*FindCodec("itch50"))->make(options);
  for (int round = 0; round < 5'000; ++round) {
    const auto count = static_cast<uint16_t>(1 + random.Below(30));
    std::string packet(MoldUdp64::kHeaderBytes, '\0');
    MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), "ANYTHING  ", round, count);
    for (uint32_t i = 0; i < count; ++i) {
      const MessageInfo& info = *kMessages[random.Below(kMessages.size())];
      std::string message = SampleMessage(info, random);
      const uint64_t kind = random.Below(4);
      if (kind == 0) message.assign(random.Below(kLongest), '\0');
      if (kind <= 1) {
        for (char& byte : message) byte = static_cast<char>(random.Next());
      }
      if (kind == 1) message[0] = static_cast<char>(info.type);
      if (kind == 2) message.resize(random.Below(kLongest), '\xAA');
      LengthBlocks<std::endian::big>::Append(packet, message);
    }
    if (round % 2 == 0) packet.resize(random.Below(packet.size()));
    const PacketBytes first(packet, 0x00);
    const PacketBytes second(packet, 0xFF);
    const test::Decoded left = DecodePacket(*vectors, first.packet());
    const test::Decoded right = DecodePacket(*portable, second.packet());
    ASSERT_TRUE(SameUpdates(left.updates, right.updates)) << "round " << round;
    if (left.frame.message_count == 0) continue;
    const auto skip = static_cast<uint32_t>(random.Below(left.frame.message_count));
    const uint32_t take = std::min(3u, left.frame.message_count - skip);
    ASSERT_TRUE(SameUpdates(DecodeMessages(*vectors, first.packet(), left.frame, skip, take),
                            DecodeMessages(*portable, second.packet(), right.frame, skip, take)));
  }
  EXPECT_EQ(std::memcmp(&vectors->stats(), &portable->stats(), sizeof(CodecStats)), 0);
  for (uint32_t id = 1; id <= 30'000; ++id) {
    ASSERT_EQ(first_table.Name(id), second_table.Name(id)) << "locate " << id;
  }
}

// Slots are a ring: records of one message may lie on both sides of its end.
TEST_F(ItchPathsTest, AgreeWhereTheRingWrapsWithinAMessage) {
  SampleRandom random(4);
  std::string records;
  for (int i = 0; i < 20; ++i) {
    LengthBlocks<std::endian::big>::Append(
        records, SampleMessage(i % 2 == 0 ? OrderExecuted::kInfo : OrderReplace::kInfo, random));
  }
  const PacketBytes bytes(records);
  constexpr uint64_t kSlots = 128;
  for (uint64_t start = 0; start < kSlots; ++start) {
    std::vector<std::vector<NormalizedUpdate>> results;
    for (const bool portable : {false, true}) {
      const std::unique_ptr<Codec> codec = Make(portable, nullptr);
      PacketFrame frame;
      codec->Frame({&bytes.packet(), 1}, {&frame, 1});
      const DecodeJob job = {&bytes.packet(),      &frame, 0, frame.message_count,
                             test::kTestReceiveNs, 0};
      ASSERT_LE(codec->MaxUpdates(job), kSlots);
      std::vector<NormalizedUpdate> slots(kSlots);
      UpdateWriter writer(slots.data(), kSlots - 1, start);
      codec->Decode({&job, 1}, writer);
      std::vector<NormalizedUpdate> updates;
      for (uint64_t i = start; i < writer.next(); ++i) updates.push_back(writer.At(i));
      results.push_back(updates);
    }
    EXPECT_EQ(results[0].size(), 50u);
    EXPECT_TRUE(SameUpdates(results[0], results[1]));
  }
}

}  // namespace
}  // namespace fh::codecs::itch50
