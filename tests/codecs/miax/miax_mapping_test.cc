// What becomes of MIAX's messages where it depends on more than the message: seconds, the other
// side of a top, tests, versions, damage. Each message by itself: facts/miax_*.txt.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "codecs/instrument_store.h"
#include "codecs/miax/mach_framing.h"
#include "codecs/miax/miax_messages.h"
#include "codecs/miax/miax_sample.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::miax {
namespace {

using Updates = std::vector<NormalizedUpdate>;

constexpr int64_t kSecondNs = 1'700'000'000'000'000'000;

class MiaxMapping : public testing::Test {
 protected:
  void Use(const char* name) {
    table_ = std::make_unique<InstrumentStore>(1'000);
    codec_ = *(*FindCodec(name))->make({.channel_id = 42, .instruments = table_.get()});
  }
  PacketFrame Frame(const std::string& bytes) {
    const test::PacketBytes packet(bytes);
    PacketFrame frame;
    codec_->Frame({&packet.packet(), 1}, {&frame, 1});
    return frame;
  }
  Updates Decode(const std::string& bytes, uint8_t flags = 0) {
    const test::PacketBytes packet(bytes);
    return test::DecodePacket(*codec_, packet.packet(), flags).updates;
  }
  void Event(StreamEvent::Kind kind, uint64_t first) { codec_->OnEvent({kind, 0, first, first}); }

  static void PutSecond(MachWriter& mach) {
    system_time::kSeconds.Put(mach.Add(kSystemTime), kSecondNs / kPriceScale);
  }
  static void PutSide(MachWriter& mach, const MessageInfo& info, uint32_t product, uint16_t price,
                      uint16_t size, char condition = 'A') {
    uint8_t* const message = mach.Add(info);
    compact_quote::kProductId.Put(message, product);
    compact_quote::kPrice.Put(message, price);
    compact_quote::kSize.Put(message, size);
    compact_quote::kCondition.Put(message, condition);
  }
  static std::string Side(const MessageInfo& info, uint32_t product, uint16_t price,
                          uint16_t size) {
    MachWriter mach({.sequence = 10});
    PutSide(mach, info, product, price, size);
    return mach.Bytes();
  }
  static bool IsDoubtful(const NormalizedUpdate& update) {
    return (update.flags & FH_FLAG_MAYBE_BAD_BOOK) != 0;
  }

  std::unique_ptr<InstrumentStore> table_;
  std::unique_ptr<Codec> codec_;
};

// Made for the protocol's description, by hand.
TEST_F(MiaxMapping, TheDescriptionsDatagramIsDecoded) {
  Use("miax_tom");
  const std::string bytes = absl::HexStringToBytes(
      "2900000000000000110003013100f153652a000000000000001c0003014280b2e60e07000000870014000500412b"
      "000000000000002200030141e4b2e60e07000000a43800007011010000000000432c000000000000002800030154"
      "48b3e60e0700000029230000000000000000b03600000300000020");
  const PacketFrame frame = Frame(bytes);
  EXPECT_EQ(frame.kind, FrameKind::kMessages);
  EXPECT_EQ(frame.first_sequence, 41u);
  EXPECT_EQ(frame.message_count, 4u);
  EXPECT_EQ(frame.session.bytes[0], 1);
  Event(StreamEvent::Kind::kStart, 1);
  const Updates updates = Decode(bytes);
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0].sequence, 42u);
  EXPECT_EQ(updates[0].instrument_id, 7u);
  EXPECT_EQ(updates[0].ts_event_ns, kSecondNs + 250'000'000);
  EXPECT_EQ(updates[0].top.bid_price, 1'350'000'000);
  EXPECT_EQ(updates[0].top.bid_size, 20u);
  EXPECT_EQ(updates[0].top.ask_price, kUndefinedPrice);
  EXPECT_EQ(updates[1].top.bid_price, 1'350'000'000) << "kept";
  EXPECT_EQ(updates[1].top.ask_price, 1'450'000'000);
  EXPECT_EQ(updates[1].top.ask_size, 70'000u);
  EXPECT_EQ(updates[1].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[1].detail, 'C') << "not firm";
  EXPECT_EQ(updates[2].record, FH_RECORD_TRADE);
  EXPECT_EQ(updates[2].trade.trade_id, 9'001u);
  EXPECT_EQ(updates[2].trade.price, 1'400'000'000);
  EXPECT_EQ(updates[2].trade.size, 3u);
}

TEST_F(MiaxMapping, WithoutItsSecondAMessageIsUndatedUntilTheNextOneComes) {
  Use("miax_tom");
  EXPECT_EQ(Decode(Side(kBidCompact, 7, 100, 1)).at(0).ts_event_ns, kUndefinedTime);
  EXPECT_EQ(codec_->stats().undated, 1u);
  MachWriter mach({.sequence = 2});
  PutSecond(mach);
  PutSide(mach, kBidCompact, 7, 100, 1);
  EXPECT_EQ(Decode(mach.Bytes()).at(0).ts_event_ns, kSecondNs);
  EXPECT_EQ(Decode(Side(kBidCompact, 7, 101, 1)).at(0).ts_event_ns, kSecondNs);
  Event(StreamEvent::Kind::kGap, 5);
  EXPECT_EQ(Decode(Side(kBidCompact, 7, 102, 1)).at(0).ts_event_ns, kUndefinedTime)
      << "the gap may have held another second";
  EXPECT_EQ(codec_->stats().undated, 2u);
  EXPECT_EQ(Decode(mach.Bytes()).at(0).ts_event_ns, kSecondNs);
  EXPECT_EQ(codec_->stats().undated, 2u);
}

TEST_F(MiaxMapping, ATopIsInDoubtWhileItsOtherSideIs) {
  Use("miax_tom");
  Event(StreamEvent::Kind::kStart, 50);
  EXPECT_TRUE(IsDoubtful(Decode(Side(kBidCompact, 7, 100, 1)).at(0))) << "joined in its midst";
  EXPECT_FALSE(IsDoubtful(Decode(Side(kOfferCompact, 7, 110, 1)).at(0)));
  EXPECT_FALSE(IsDoubtful(Decode(Side(kBidCompact, 7, 101, 1), FH_FLAG_MAYBE_BAD_BOOK).at(0)));
  Event(StreamEvent::Kind::kGap, 60);
  const NormalizedUpdate behind = Decode(Side(kBidCompact, 7, 102, 1)).at(0);
  EXPECT_TRUE(IsDoubtful(behind));
  EXPECT_EQ(behind.top.ask_price, 1'100'000'000) << "the last that is known";
  EXPECT_FALSE(IsDoubtful(Decode(Side(kOfferCompact, 7, 111, 1)).at(0)));
  Event(StreamEvent::Kind::kStart, 1);
  const NormalizedUpdate first = Decode(Side(kOfferCompact, 7, 120, 1)).at(0);
  EXPECT_FALSE(IsDoubtful(first)) << "nothing was quoted before";
  EXPECT_EQ(first.top.bid_price, kUndefinedPrice);
  EXPECT_EQ(first.top.bid_size, 0u);
}

TEST_F(MiaxMapping, ASideOfNothingIsNotThere) {
  Use("miax_tom");
  Decode(Side(kBidCompact, 7, 100, 1));
  const NormalizedUpdate update = Decode(Side(kBidCompact, 7, 0, 0)).at(0);
  EXPECT_EQ(update.top.bid_price, kUndefinedPrice);
  EXPECT_EQ(update.top.bid_size, 0u);
}

TEST_F(MiaxMapping, NothingOfATestSessionReachesABook) {
  Use("miax_tom");
  const auto state = [&](char status) {
    MachWriter mach({.sequence = 10});
    state::kStatus.Put(mach.Add(kSystemState), status);
    return mach.Bytes();
  };
  EXPECT_EQ(Decode(state('1')).at(0).status.code, '1');
  EXPECT_TRUE(Decode(Side(kBidCompact, 7, 100, 1)).empty());
  Decode(state('!'));
  EXPECT_TRUE(Decode(Side(kBidCompact, 7, 100, 1)).empty());
  Event(StreamEvent::Kind::kGap, 5);
  EXPECT_TRUE(Decode(Side(kBidCompact, 7, 100, 1)).empty());
  EXPECT_EQ(codec_->stats().unmapped, 3u);
  Decode(state('2'));
  EXPECT_EQ(Decode(Side(kBidCompact, 7, 100, 1)).size(), 1u);
  Decode(state('1'));
  Event(StreamEvent::Kind::kStart, 1);
  EXPECT_EQ(Decode(Side(kBidCompact, 7, 100, 1)).size(), 1u) << "another session";
}

TEST_F(MiaxMapping, AHaltNamesTheUnderlyingOfItsSeries) {
  Use("miax_tom");
  MachWriter mach({.sequence = 10});
  uint8_t* message = mach.Add(kSeries);
  series::kProductId.Put(message, 7);
  series::kUnderlying.Put(message, "QQQ");
  message = mach.Add(kHalt);
  halt::kUnderlying.Put(message, "QQQ");
  halt::kStatus.Put(message, 'H');
  const Updates updates = Decode(mach.Bytes());
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[1].instrument_id, table_->Terms(7).underlying_id);
  EXPECT_EQ(table_->Name(updates[1].instrument_id).view(), "QQQ");
  EXPECT_EQ(updates[1].status.state, FH_TRADING_HALTED);
}

TEST_F(MiaxMapping, StrategiesAndProductsOfOneNumberAreTwoInstruments) {
  Use("miax_ctom");
  MachWriter mach({.sequence = 10});
  series::kProductId.Put(mach.Add(kSeries), 7);
  strategy::kStrategyId.Put(mach.Add(kStrategy), 7);
  const Updates updates = Decode(mach.Bytes());
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].instrument_id, 0x8000'0007u);
  EXPECT_EQ(updates[1].instrument_id, 7u);
}

TEST_F(MiaxMapping, TheLengthTellsTheVersionOfAQuote) {
  Use("miax_ctom");
  MachWriter mach({.sequence = 10});
  for (const MessageInfo* info : {&kNetBidCompact10, &kNetBidCompact}) {
    uint8_t* const message = mach.Add(*info);
    strategy::kStrategyId.Put(message, 7);
    compact_net::kPrice.Put(message, -125);
    compact_net::kSize.Put(message, 3);
    const bool is_10 = info == &kNetBidCompact10;
    (is_10 ? compact_net_10::kCondition : Letter(compact_net::kCondition)).Put(message, 'W');
  }
  const Updates updates = Decode(mach.Bytes());
  ASSERT_EQ(updates.size(), 2u);
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.top.bid_price, -1'250'000'000);
    EXPECT_EQ(update.detail, 'W');
  }
}

TEST_F(MiaxMapping, LegsBeyondTheEndAreDamage) {
  Use("miax_ctom");
  MachWriter mach({.sequence = 10});
  strategy::kNumberOfLegs.Put(mach.Add(kStrategy, strategy::kLegBytes), 2);
  EXPECT_TRUE(Decode(mach.Bytes()).empty());
  EXPECT_EQ(codec_->stats().malformed, 1u);
}

// ---- The framing. ----

TEST_F(MiaxMapping, HeartbeatsTellTheNextNumber) {
  Use("miax_tom");
  const auto control = [&](PacketType type, uint8_t session, uint64_t sequence) {
    MachWriter mach({.session = session});
    mach.AddControl(type, sequence);
    return Frame(mach.Bytes());
  };
  PacketFrame frame = control(kHeartbeat, 2, 44);
  EXPECT_EQ(frame.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(frame.first_sequence, 45u);
  EXPECT_EQ(frame.session.bytes[0], 2);
  frame = control(kEndOfSession, 2, 44);
  EXPECT_EQ(frame.kind, FrameKind::kEndOfSession);
  EXPECT_EQ(frame.first_sequence, 45u);
  frame = control(kStartOfSession, 3, 0);
  EXPECT_EQ(frame.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(frame.first_sequence, 1u);
  EXPECT_TRUE(frame.stream_start);
  frame = control(kHeartbeat, 0, 0);
  EXPECT_EQ(frame.kind, FrameKind::kUnsequenced) << "before the session: says nothing";
  EXPECT_EQ(frame.message_count, 0u);
  EXPECT_EQ(control(static_cast<PacketType>(4), 1, 1).reject, RejectReason::kForeign);
  EXPECT_EQ(control(kApplication, 0, 1).reject, RejectReason::kForeign);
}

TEST_F(MiaxMapping, WhatIsOutOfTurnInADatagramEndsIt) {
  Use("miax_tom");
  const std::string first = Side(kBidCompact, 7, 100, 1);
  const auto followed_by = [&](const MachPosition& position) {
    MachWriter mach(position);
    PutSide(mach, kOfferCompact, 7, 110, 1);
    return Frame(first + mach.Bytes());
  };
  EXPECT_EQ(followed_by({.session = 1, .sequence = 11}).message_count, 2u);
  for (const MachPosition& position :
       {MachPosition{.session = 1, .sequence = 12}, MachPosition{.session = 2, .sequence = 11}}) {
    const PacketFrame frame = followed_by(position);
    EXPECT_EQ(frame.message_count, 1u);
    EXPECT_EQ(frame.lost_in_tail, 1u);
  }
  std::string tiny = first;
  tiny.append(12, '\0');
  EXPECT_EQ(Frame(tiny).lost_in_tail, 1u) << "a length of 0 ends the walk";
}

TEST_F(MiaxMapping, LongerMessagesOfALaterVersionAreRead) {
  Use("miax_tom");
  MachWriter mach({.sequence = 10});
  uint8_t* const message = mach.Add(kBidCompact, 5);
  compact_quote::kProductId.Put(message, 7);
  compact_quote::kPrice.Put(message, 100);
  compact_quote::kSize.Put(message, 1);
  const Updates updates = Decode(mach.Bytes());
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].top.bid_price, kPriceScale);
}

}  // namespace
}  // namespace fh::codecs::miax
