// OpenBook Ultra: what packets and updates become, beyond what the captures hold.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/nyse/openbook_packets.h"
#include "codecs/nyse/openbook_sample.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::openbook {
namespace {

using test::DecodePacket;
using test::PacketBytes;

constexpr int64_t kDayNs = 1'577'736'000'000'000'000;  // 2019-12-30, 15:00 in New York.
constexpr int64_t kMidnightNs = 1'577'682'000'000'000'000;

class OpenBook : public testing::Test {
 protected:
  std::vector<NormalizedUpdate> Decode(const PacketWriter& packet) {
    const PacketBytes bytes(packet.Bytes());
    test::Decoded decoded = DecodePacket(*codec_, bytes.packet());
    frame_ = decoded.frame;
    return decoded.updates;
  }

  InstrumentStore table_{100};
  std::unique_ptr<Codec> codec_ =
      *(*FindCodec("nyse_openbook"))->make({.instruments = &table_, .day_ns = kDayNs});
  PacketFrame frame_;
};

uint8_t* Full(PacketWriter& packet, uint32_t symbol, uint32_t number, uint32_t points) {
  uint8_t* update = packet.Update(points);
  kSymbolIndex.Put(update, symbol);
  kSymbolSequence.Put(update, number);
  kFullScale.Put(update, 4);
  std::memcpy(update + kSymbol.offset, "IBM", 3);
  kFullTradingStatus.Put(update, 'O');
  for (uint32_t i = 0; i < points; ++i) {
    uint8_t* point = update + kFullBytes + i * kFullPointBytes;
    kPointPrice.Put(point, static_cast<int32_t>(1'500'000 + 100 * i));
    kPointVolume.Put(point, 100 * (i + 1));
    kFullOrders.Put(point, 3);
    kFullSide.Put(point, i % 2 == 0 ? 'B' : 'S');
  }
  return update;
}

uint8_t* Delta(PacketWriter& packet, uint32_t volume, char status) {
  uint8_t* update = packet.Update(1);
  kSymbolIndex.Put(update, 7);
  kDeltaScale.Put(update, 2);
  kDeltaTradingStatus.Put(update, status);
  uint8_t* point = update + kDeltaBytes;
  kPointPrice.Put(point, 15'025);
  kPointVolume.Put(point, volume);
  kDeltaSide.Put(point, 'S');
  kReason.Put(point, 'C');
  return update;
}

TEST_F(OpenBook, AFullUpdateIsTheWholeBookOfASymbol) {
  PacketWriter packet(kFullUpdate.type, {.sequence = 9});
  uint8_t* update = Full(packet, 7, 40, 2);
  kMpv.Put(update, 100);
  kSourceTime.Put(update, 34'200'001);
  kSourceTimeMicros.Put(update, 7);
  const std::vector<NormalizedUpdate> updates = Decode(packet);
  ASSERT_EQ(updates.size(), 5u);
  EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
  EXPECT_EQ(updates[1].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[1].record, FH_RECORD_LEVEL);
  EXPECT_EQ(updates[2].side, FH_SIDE_BID);
  EXPECT_EQ(updates[2].level.price, 150'000'000'000);
  EXPECT_EQ(updates[2].level.order_count, 3u);
  EXPECT_EQ(updates[3].level.price, 150'010'000'000);
  EXPECT_EQ(updates[4].status.state, FH_TRADING_OPEN);
  EXPECT_EQ(updates[4].flags & FH_FLAG_LAST, FH_FLAG_LAST);
  for (const NormalizedUpdate& each : updates) {
    EXPECT_EQ(each.instrument_id, 7u);
    EXPECT_EQ(each.ts_event_ns, kMidnightNs + 34'200'001'007'000);
  }
  const fh_terms terms = table_.Terms(7);
  EXPECT_EQ(terms.price_decimals, 4);
  EXPECT_EQ(terms.tick, 10'000'000);
}

TEST_F(OpenBook, AFullUpdateThatGoesOnInTheNextPacketIsNotBegunAgain) {
  PacketWriter first(kFullUpdate.type, {.sequence = 9});
  Full(first, 7, 40, 2);
  std::string linked = first.Bytes();
  linked[kLinkFlag.offset] = 1;
  const PacketBytes bytes(linked);
  EXPECT_EQ(DecodePacket(*codec_, bytes.packet()).updates.size(), 5u);
  PacketWriter second(kFullUpdate.type, {.sequence = 10});
  Full(second, 7, 40, 1);
  const std::vector<NormalizedUpdate> rest = Decode(second);
  ASSERT_EQ(rest.size(), 1u) << "its level, and no R";
  EXPECT_EQ(rest[0].action, FH_ACTION_MODIFY);
  PacketWriter third(kFullUpdate.type, {.sequence = 11});
  Full(third, 7, 41, 1);
  EXPECT_EQ(Decode(third).size(), 4u) << "another image";
}

TEST_F(OpenBook, ALinkIsForgottenWithTheMessagesThatWereLost) {
  PacketWriter first(kFullUpdate.type, {.sequence = 9});
  Full(first, 7, 40, 2);
  std::string linked = first.Bytes();
  linked[kLinkFlag.offset] = 1;
  const PacketBytes bytes(linked);
  DecodePacket(*codec_, bytes.packet());
  codec_->OnEvent({StreamEvent::Kind::kGap, 0, 10, 10});
  PacketWriter next(kFullUpdate.type, {.sequence = 11});
  Full(next, 7, 40, 1);
  EXPECT_EQ(Decode(next).size(), 4u);
}

TEST_F(OpenBook, ALevelOfVolumeZeroIsGoneAndTheStatusIsSaidWhenItChanges) {
  PacketWriter packet(kDeltaUpdate.type, {.sequence = 9});
  Delta(packet, 300, 'O');
  Delta(packet, 0, 'O');
  Delta(packet, 100, 'H');
  const std::vector<NormalizedUpdate> updates = Decode(packet);
  ASSERT_EQ(updates.size(), 5u);
  EXPECT_EQ(updates[0].action, FH_ACTION_MODIFY);
  EXPECT_EQ(updates[0].level.price, 150'250'000'000);
  EXPECT_EQ(updates[0].detail, 'C');
  EXPECT_EQ(updates[1].status.state, FH_TRADING_OPEN) << "the first time";
  EXPECT_EQ(updates[2].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[2].flags, FH_FLAG_LAST | FH_FLAG_MBP) << "an event of its own";
  EXPECT_EQ(updates[4].status.state, FH_TRADING_HALTED);
  EXPECT_EQ(updates[4].index, 4) << "packets are numbered";
}

TEST_F(OpenBook, AScaleThatNobodyHasLeavesThePriceOpen) {
  PacketWriter packet(kDeltaUpdate.type, {.sequence = 9});
  kDeltaScale.Put(Delta(packet, 300, 'O'), 10);
  const std::vector<NormalizedUpdate> updates = Decode(packet);
  EXPECT_EQ(updates[0].level.price, kUndefinedPrice);
  EXPECT_NE(updates[0].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  EXPECT_EQ(codec_->stats().unscaled, 1u);
}

TEST_F(OpenBook, ATimeOfNoDayIsNone) {
  PacketWriter packet(kDeltaUpdate.type, {.sequence = 9});
  kSourceTimeMicros.Put(Delta(packet, 300, 'O'), 1000);
  EXPECT_EQ(Decode(packet)[0].ts_event_ns, kUndefinedTime);
  EXPECT_EQ(codec_->stats().undated, 1u);
}

TEST_F(OpenBook, TheFlagSaysWhatAPacketIs) {
  struct Case {
    uint8_t flag;
    FrameKind kind;
  };
  for (const Case& one :
       {Case{kOriginal, FrameKind::kMessages}, Case{kReplay, FrameKind::kMessages},
        Case{kOriginal | kTestFlag, FrameKind::kMessages},
        Case{kRetransmitted, FrameKind::kRetransmitted},
        Case{kRetransmittedReplay, FrameKind::kRetransmitted},
        Case{kRefresh, FrameKind::kUnsequenced}, Case{kEndOfRefresh, FrameKind::kUnsequenced},
        Case{0, FrameKind::kRejected}, Case{7, FrameKind::kRejected}}) {
    PacketWriter packet(kFullUpdate.type, {.sequence = 9, .flag = one.flag});
    Full(packet, 7, 1, 1);
    const std::vector<NormalizedUpdate> updates = Decode(packet);
    EXPECT_EQ(frame_.kind, one.kind) << int{one.flag};
    for (const NormalizedUpdate& update : updates) {
      EXPECT_EQ((update.flags & FH_FLAG_SNAPSHOT) != 0, one.kind == FrameKind::kUnsequenced);
    }
  }
}

TEST_F(OpenBook, AResetBeginsTheNumbersAndClearsAll) {
  PacketWriter packet(kReset.type, {.sequence = 1});
  packet.Next(2);
  const std::vector<NormalizedUpdate> updates = Decode(packet);
  EXPECT_TRUE(frame_.stream_start);
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].instrument_id, FH_ALL_INSTRUMENTS);
  EXPECT_EQ(updates[0].flags, FH_FLAG_LAST | FH_FLAG_MBP);
}

TEST_F(OpenBook, APacketWhoseUpdatesDoNotAddUpIsWantedFromAnotherLine) {
  PacketWriter packet(kDeltaUpdate.type, {.sequence = 9});
  Delta(packet, 300, 'O');
  Delta(packet, 200, 'O');
  for (const size_t size_at : {size_t{kHeaderBytes}, size_t{kHeaderBytes + kDeltaBytes + 28}}) {
    std::string damaged = packet.Bytes();
    damaged[size_at + 1] = static_cast<char>(damaged[size_at + 1] + 1);
    const PacketBytes bytes(damaged);
    PacketFrame frame;
    codec_->Frame({&bytes.packet(), 1}, {&frame, 1});
    EXPECT_EQ(frame.number_count, 0u) << size_at;
    EXPECT_EQ(frame.lost_in_tail, 1u);
  }
  std::string more = packet.Bytes();
  more[kMessageCount.offset] = 3;
  const PacketBytes bytes(more);
  PacketFrame frame;
  codec_->Frame({&bytes.packet(), 1}, {&frame, 1});
  EXPECT_EQ(frame.lost_in_tail, 1u) << "an update is missing";
}

TEST_F(OpenBook, AnIndexOfZeroIsNoInstrument) {
  PacketWriter packet(kFullUpdate.type, {.sequence = 9});
  Full(packet, 0, 40, 1);
  for (const NormalizedUpdate& update : Decode(packet)) {
    EXPECT_EQ(update.instrument_id, FH_UNKNOWN_INSTRUMENT);
  }
}

}  // namespace
}  // namespace fh::codecs::openbook
