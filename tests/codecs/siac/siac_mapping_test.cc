// What the codecs of SIAC's feeds remember, and how blocks stand in the numbers.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "codecs/siac/cta_messages.h"
#include "codecs/siac/opra_messages.h"
#include "codecs/siac/siac_blocks.h"
#include "codecs/siac/siac_sample.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::siac {
namespace {

using Updates = std::vector<NormalizedUpdate>;

constexpr int64_t kCent = 10'000'000;

class SiacMapping : public testing::Test {
 protected:
  void Open(const char* codec) { codec_ = *(*FindCodec(codec))->make({.instruments = &store_}); }

  Updates Decode(const BlockWriter& block) {
    const test::PacketBytes bytes(block.Bytes());
    test::Decoded decoded = test::DecodePacket(*codec_, bytes.packet());
    frame_ = decoded.frame;
    return std::move(decoded.updates);
  }

  // A quote of 10.00 at 10.10 with an indicator, and what is appended.
  Updates Quote(char indicator, const std::string& appended = "", char participant = 'N') {
    BlockWriter block(Feed::kCqs, {.version = 2, .sequence = ++sequence_});
    uint8_t* message =
        block.AddCta(cta::kShortQuoteMessage, static_cast<uint32_t>(appended.size()));
    cta::kParticipantId.Put(message, participant);
    cta::short_quote::kSecuritySymbol.Put(message, "IBM");
    cta::short_quote::kBidPrice.Put(message, 1'000);
    cta::short_quote::kBidSize.Put(message, 3);
    cta::short_quote::kOfferPrice.Put(message, 1'010);
    cta::short_quote::kOfferSize.Put(message, 4);
    cta::short_quote::kNationalBboIndicator.Put(message, indicator);
    std::memcpy(message + cta::kShortQuoteMessage.length, appended.data(), appended.size());
    return Decode(block);
  }

  InstrumentStore store_{1'000};
  std::unique_ptr<Codec> codec_;
  PacketFrame frame_;
  uint32_t sequence_ = 100;
};

// "P 09.99 5": participant, two decimals, size.
std::string ShortAppendage(uint16_t cents, uint16_t size) {
  std::string bytes(5, 'P');
  auto* at = reinterpret_cast<uint8_t*>(bytes.data());
  cta::short_appendage::kPrice.Put(at, cents);
  cta::short_appendage::kSize.Put(at, size);
  return bytes;
}

std::string LongAppendage(uint64_t millionths, uint32_t size) {
  std::string bytes(18, 'P');
  auto* at = reinterpret_cast<uint8_t*>(bytes.data());
  cta::long_appendage::kPrice.Put(at, millionths);
  cta::long_appendage::kSize.Put(at, size);
  return bytes;
}

TEST_F(SiacMapping, TheBestOfAllMarketsIsKeptSideBySide) {
  Open("cta");
  Updates updates = Quote(' ');
  ASSERT_EQ(updates.size(), 1u) << "not among the best";
  EXPECT_EQ(updates[0].detail, 'N');
  updates = Quote('F');  // The best bid; the offer stays, and nobody has told it.
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[1].detail, 0);
  EXPECT_EQ(updates[1].top.bid_price, 1'000 * kCent);
  EXPECT_EQ(updates[1].top.ask_price, FH_UNDEFINED_PRICE);
  updates = Quote('C', ShortAppendage(1'005, 9));  // The bid stays, the offer is appended.
  EXPECT_EQ(updates[1].top.bid_price, 1'000 * kCent);
  EXPECT_EQ(updates[1].top.ask_price, 1'005 * kCent);
  EXPECT_EQ(updates[1].top.ask_size, 9u);
  updates = Quote('U', LongAppendage(9'990'000, 70'000) + LongAppendage(10'040'000, 80'000));
  EXPECT_EQ(updates[1].top.bid_price, 999 * kCent);
  EXPECT_EQ(updates[1].top.bid_size, 70'000u);
  EXPECT_EQ(updates[1].top.ask_price, 1'004 * kCent);
  updates = Quote('K');  // The bid is gone.
  EXPECT_EQ(updates[1].top.bid_price, FH_UNDEFINED_PRICE);
  EXPECT_EQ(updates[1].top.ask_price, 1'004 * kCent);
  updates = Quote('A');
  EXPECT_EQ(updates[1].top.ask_price, 1'004 * kCent);
  codec_->OnEvent({StreamEvent::Kind::kGap, 0, 1, 2});
  EXPECT_EQ(Quote('A')[1].top.ask_price, FH_UNDEFINED_PRICE)
      << "what was kept is not sure any more";
}

TEST_F(SiacMapping, AnAppendageThatIsMissingIsMalformed) {
  Open("cta");
  EXPECT_TRUE(Quote('T', ShortAppendage(1, 1)).empty());
  EXPECT_EQ(codec_->stats().malformed, 1u);
}

TEST_F(SiacMapping, ControlBlocksStandWhereTheirNumbersSay) {
  Open("cta");
  BlockWriter integrity(Feed::kCts, {.version = 2, .sequence = 41});
  integrity.AddCta(cta::kLineIntegrityMessage);
  Decode(integrity);
  EXPECT_EQ(frame_.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(frame_.first_sequence, 42u) << "41 was the last";
  EXPECT_EQ(frame_.number_count, 0u);
  BlockWriter reset(Feed::kCts, {.version = 2, .sequence = 999});
  reset.AddCta(cta::kResetBlockSequenceNumberMessage);
  Decode(reset);
  EXPECT_EQ(frame_.first_sequence, 1'000u);
  EXPECT_TRUE(frame_.stream_start);
  BlockWriter start(Feed::kCts, {.version = 2, .sequence = 0});
  start.AddCta(cta::kStartOfDayMessage);
  const Updates updates = Decode(start);
  EXPECT_EQ(frame_.kind, FrameKind::kUnsequenced);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[0].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_EQ(updates[1].status.code, 'A');
  BlockWriter resent(Feed::kCts, {.version = 2, .sequence = 7, .retransmission = 'V'});
  resent.AddCta(cta::kLongTradeMessage);
  const test::PacketBytes bytes(resent.Bytes());
  codec_->Frame({&bytes.packet(), 1}, {&frame_, 1});
  EXPECT_EQ(frame_.kind, FrameKind::kRetransmitted);
}

TEST_F(SiacMapping, VersionsTellWhetherBlocksOrMessagesAreNumbered) {
  const auto block = [](uint8_t version) {
    BlockWriter writer(Feed::kCts, {.version = version, .sequence = 7});
    writer.AddCta(cta::kShortTradeMessage);
    writer.AddCta(cta::kShortTradeMessage);
    return writer;
  };
  Open("cta");
  Decode(block(2));
  EXPECT_EQ(frame_.number_count, 2u);
  Decode(block(1));
  EXPECT_EQ(frame_.number_count, 2u);
  Decode(block(0));
  EXPECT_EQ(frame_.reject, RejectReason::kForeign);
  Open("cta_v0");
  const Updates updates = Decode(block(0));
  EXPECT_EQ(frame_.number_count, 1u);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[1].index, 1) << "records of a block are counted through";
  Decode(block(2));
  EXPECT_EQ(frame_.reject, RejectReason::kForeign);
}

TEST_F(SiacMapping, ABlockThatDoesNotAgreeWithItsChecksumIsDropped) {
  Open("cta");
  BlockWriter writer(Feed::kCts, {.version = 2, .sequence = 7});
  writer.AddCta(cta::kShortTradeMessage);
  std::string bytes = writer.Bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    const test::PacketBytes packet(damaged);
    codec_->Frame({&packet.packet(), 1}, {&frame_, 1});
    EXPECT_EQ(frame_.kind, FrameKind::kRejected) << i;
  }
}

TEST_F(SiacMapping, APartOfAShareIsNotLost) {
  Open("cta");
  BlockWriter writer(Feed::kCts, {.version = 2, .sequence = 7});
  cta::fractional_long_trade::kTradeVolume.Put(writer.AddCta(cta::kFractionalLongTradeMessage), 1);
  cta::fractional_long_trade::kTradeVolume.Put(writer.AddCta(cta::kFractionalLongTradeMessage),
                                               3'000'000);
  const Updates updates = Decode(writer);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].trade.size, 1u);
  EXPECT_EQ(updates[1].trade.size, 3u);
}

TEST_F(SiacMapping, OpraSeriesAreTheSameInBothFormsOfAQuote) {
  Open("opra");
  BlockWriter writer(Feed::kOpra, {.version = 5, .sequence = 7});
  uint8_t* message = writer.AddOpra(opra::kLongQuoteMessage);
  opra::kParticipantId.Put(message, 'C');
  opra::long_quote::kSecuritySymbol.Put(message, "IBM");
  opra::long_quote::kExpirationMonth.Put(message, 'N');
  opra::long_quote::kExpirationDay.Put(message, 20);
  opra::long_quote::kExpirationYear.Put(message, 26);
  opra::long_quote::kStrikePriceDenominatorCode.Put(message, 'B');
  opra::long_quote::kStrikePrice.Put(message, 13'550);
  opra::long_quote::kPremiumPriceDenominatorCode.Put(message, 'B');
  opra::long_quote::kOfferPrice.Put(message, 5);
  opra::long_quote::kOfferSize.Put(message, 10);
  message = writer.AddOpra(opra::kShortQuoteMessage);
  opra::kParticipantId.Put(message, 'N');
  opra::short_quote::kSecuritySymbolShort.Put(message, "IBM");
  opra::short_quote::kExpirationMonth.Put(message, 'N');
  opra::short_quote::kExpirationDay.Put(message, 20);
  opra::short_quote::kExpirationYear.Put(message, 26);
  opra::short_quote::kStrikePriceShort.Put(message, 1'355);
  opra::short_quote::kBidPriceShort.Put(message, 3);
  opra::short_quote::kBidSizeShort.Put(message, 2);
  const Updates updates = Decode(writer);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].instrument_id, updates[1].instrument_id);
  EXPECT_EQ(store_.Name(updates[0].instrument_id).view(), "IBM   260220P00135500");
  EXPECT_EQ(updates[0].top.bid_price, 0) << "a bid of zero";
  EXPECT_EQ(updates[0].top.ask_price, 5 * kCent);
  EXPECT_EQ(updates[1].top.bid_price, 3 * kCent);
  EXPECT_EQ(updates[1].top.ask_price, FH_UNDEFINED_PRICE) << "no offer";
}

// Checksums hide damage from messages: here they are made right again.
TEST_F(SiacMapping, DamagedMessagesWithRightChecksumsAreSurvived) {
  std::mt19937_64 random(7);
  for (const char* name : {"cta", "cta_v0", "opra"}) {
    const CodecInfo& info = **FindCodec(name);
    const uint32_t checksum_at = std::string(name) == "opra" ? 19 : 18;
    Open(name);
    for (uint64_t round = 0; round < 3'000; ++round) {
      std::string block = info.sample(round % 50);
      for (uint64_t i = 0, count = 1 + random() % 6; i < count; ++i) {
        block[20 + random() % (block.size() - 20)] = static_cast<char>(random());
      }
      const auto size = static_cast<uint32_t>(block.size());
      auto* bytes = reinterpret_cast<uint8_t*>(block.data());
      const uint16_t checksum = BlockChecksum(bytes, size, checksum_at);
      bytes[checksum_at] = static_cast<uint8_t>(checksum >> 8);
      bytes[checksum_at + 1] = static_cast<uint8_t>(checksum);
      const test::PacketBytes packet(block);
      const test::Decoded decoded = test::DecodePacket(*codec_, packet.packet());
      EXPECT_NE(decoded.frame.kind, FrameKind::kRejected);
      test::DescribePacket(*codec_, packet.packet(), decoded.frame);
    }
    const CodecStats& stats = codec_->stats();
    EXPECT_GT(stats.unknown + stats.malformed + stats.damaged_tails, 0u) << name;
  }
}

}  // namespace
}  // namespace fh::codecs::siac
