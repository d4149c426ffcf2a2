// The vector loop and the portable loop must write the same bytes, whatever the messages hold.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codecs/instrument_table.h"
#include "codecs/itch/itch50_messages.h"
#include "codecs/itch/itch50_plans.h"
#include "codecs/itch/itch50_sample.h"
#include "codecs/length_blocks.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::itch50 {
namespace {

using test::DecodePacket;
using test::PacketBytes;
using test::SameUpdates;

constexpr char kNoVectors[] = "skipped: this processor has no AVX-512 VBMI";

std::unique_ptr<Codec> Make(bool portable, InstrumentTable* table) {
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
    InstrumentTable first_table(65'535);
    InstrumentTable second_table(65'535);
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
