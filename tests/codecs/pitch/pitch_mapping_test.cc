// What messages of Cboe's Multicast PITCH become: each rule of pitch_decoder.h, on packets made for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/pitch/cfe_messages.h"
#include "codecs/pitch/pitch_messages.h"
#include "codecs/pitch/pitch_sample.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::pitch {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using Updates = std::vector<NormalizedUpdate>;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kHourNs = 3'600 * kSecondNs;
constexpr int64_t kMidnightNs = 1'710'475'200 * kSecondNs;  // 2024-03-15 in New York.
constexpr int64_t kReceivedNs = kMidnightNs + 34'200 * kSecondNs + 600'000'000;
constexpr int64_t kEventNs = kMidnightNs + 34'200 * kSecondNs + 123'456'789;
constexpr uint64_t kOrder = 245'620'911'467'925'505;
constexpr uint8_t kUnit = 3;

class PitchMappingTest : public testing::Test {
 protected:
  PitchMappingTest() { Use("cboe_pitch"); }

  void Use(const char* name, uint32_t instruments = 100, int64_t day_ns = 0) {
    table_ = std::make_unique<InstrumentStore>(instruments);
    codec_ = *(*FindCodec(name))
                  ->make({.channel_id = 42, .instruments = table_.get(), .day_ns = day_ns});
    Restart();
  }
  void Restart() { unit_ = std::make_unique<UnitWriter>(UnitPosition{kUnit, next_}); }

  // Appends a message of kOrder at 123,456,789 ns behind its second.
  uint8_t* Add(const MessageInfo& info, uint8_t length = 0) {
    uint8_t* const message = unit_->Add(info, length);
    if (info.fields.size() > 2 && info.fields[2] == &kTimeOffset) {
      kTimeOffset.Put(message, 123'456'789);
    }
    if (info.fields.size() > 3 && info.fields[3] == &kOrderId) kOrderId.Put(message, kOrder);
    return message;
  }
  void AddTime(uint32_t seconds = 34'200) { kTime.Put(Add(kTimeMessage, 6), seconds); }
  uint8_t* AddOrder(const char* symbol = "AAPL", uint64_t id = kOrder, uint32_t quantity = 300) {
    uint8_t* const message = Add(kAddLongMessage);
    kOrderId.Put(message, id);
    kSide.Put(message, 'B');
    kQuantity15.Put(message, quantity);
    kSymbol19.Put(message, symbol);
    kLongPrice25.Put(message, 1'234'500);
    return message;
  }

  // Decodes what was added and starts a new packet behind it.
  Updates Decode(int64_t received_ns = kReceivedNs, uint8_t flags = 0) {
    const test::PacketBytes bytes(unit_->Bytes(), 0x5A);
    PacketFrame frame;
    codec_->Frame({&bytes.packet(), 1}, {&frame, 1});
    EXPECT_EQ(frame.lost_in_tail, 0u);
    if (frame.kind == FrameKind::kMessages) next_ += frame.number_count;
    Restart();
    const DecodeJob job{&bytes.packet(), &frame, 0, frame.message_count, received_ns, flags};
    return test::DecodeJobs(*codec_, {&job, 1});
  }
  // The same without what it becomes.
  void Skip() { Decode(); }

  void Event(StreamEvent::Kind kind, uint16_t unit = kUnit) {
    codec_->OnEvent({kind, unit, next_, next_});
  }

  uint32_t next_ = 500;
  std::unique_ptr<InstrumentStore> table_;
  std::unique_ptr<Codec> codec_;
  std::unique_ptr<UnitWriter> unit_;
};

// ---- What every update says. ----

TEST_F(PitchMappingTest, EveryUpdateSaysWhatWhenAndWhere) {
  AddTime();
  AddOrder("MSFT", 1);
  AddOrder("AAPL", 2);
  const Updates updates = Decode(kReceivedNs, FH_FLAG_MAYBE_BAD_BOOK);
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[1].sequence, uint64_t{kUnit} << 48 | 502);
  EXPECT_EQ(updates[1].ts_event_ns, kEventNs);
  EXPECT_EQ(updates[1].ts_recv_ns, kReceivedNs);
  EXPECT_EQ(updates[1].channel_id, 42);
  EXPECT_EQ(updates[1].index, 0);
  EXPECT_EQ(updates[1].flags, FH_FLAG_MAYBE_BAD_BOOK | FH_FLAG_LAST);
  EXPECT_EQ(updates[0].instrument_id, 1u);
  EXPECT_EQ(updates[1].instrument_id, 2u);
  EXPECT_EQ(table_->Name(2).view(), "AAPL");
  EXPECT_EQ(codec_->stats().unmapped, 0u) << "a Time message is read, not left out";
}

// ---- Orders. ----

TEST_F(PitchMappingTest, OrdersOfEachFormAreAdded) {
  AddTime();
  AddOrder();
  uint8_t* message = Add(kAddShortMessage);
  kSide.Put(message, 'S');
  kShortQuantity15.Put(message, 65'535);
  kSymbol17.Put(message, "AAPL");
  kShortPrice23.Put(message, 12'345);
  message = Add(kAddExpandedMessage);
  kSide.Put(message, 'S');
  kQuantity15.Put(message, 7);
  kExpandedSymbol19.Put(message, "BRK.ABCD");
  kLongPrice27.Put(message, 6'000'000'001);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(3));
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.record, FH_RECORD_ORDER);
    EXPECT_EQ(update.action, FH_ACTION_ADD);
    EXPECT_EQ(update.flags, FH_FLAG_LAST);
    EXPECT_EQ(update.order.order_id, kOrder);
  }
  EXPECT_EQ(updates[0].side, FH_SIDE_BID);
  EXPECT_EQ(updates[0].order.price, 123'450'000'000);
  EXPECT_EQ(updates[0].order.size, 300u);
  EXPECT_EQ(updates[1].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[1].order.price, 123'450'000'000);
  EXPECT_EQ(updates[1].order.size, 65'535u);
  EXPECT_EQ(updates[0].instrument_id, updates[1].instrument_id) << "six characters or eight";
  EXPECT_EQ(updates[2].order.price, 600'000'000'100'000);
  EXPECT_EQ(table_->Name(updates[2].instrument_id).view(), "BRK.ABCD");
}

TEST_F(PitchMappingTest, AnExecutionIsATradeAFillAndWhatItTakesOff) {
  AddTime();
  AddOrder();
  Skip();
  uint8_t* const message = Add(kExecutedMessage, 26);
  kExecutedQuantity.Put(message, 100);
  kExecutionId18.Put(message, 77);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(3));
  EXPECT_EQ(updates[0].record, FH_RECORD_TRADE);
  EXPECT_EQ(updates[0].action, FH_ACTION_TRADE);
  EXPECT_EQ(updates[0].trade.trade_id, 77u);
  EXPECT_EQ(updates[0].trade.price, kUndefinedPrice);
  EXPECT_EQ(updates[0].trade.size, 100u);
  EXPECT_EQ(updates[1].record, FH_RECORD_ORDER);
  EXPECT_EQ(updates[1].action, FH_ACTION_FILL);
  EXPECT_EQ(updates[1].order.order_id, kOrder);
  EXPECT_EQ(updates[1].order.size, 100u);
  EXPECT_EQ(updates[2].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[2].order.order_id, kOrder);
  EXPECT_EQ(updates[2].order.size, 100u);
  for (uint8_t i = 0; i < 3; ++i) {
    EXPECT_EQ(updates[i].instrument_id, FH_UNKNOWN_INSTRUMENT);
    EXPECT_EQ(updates[i].side, FH_SIDE_NONE);
    EXPECT_EQ(updates[i].index, i);
    EXPECT_EQ(updates[i].flags, i == 2 ? FH_FLAG_LAST : 0);
  }
}

TEST_F(PitchMappingTest, AConditionIsTheTradesDetailWhereThereIsOne) {
  for (const uint8_t length : {26, 27}) {
    uint8_t* const message = Add(kExecutedMessage, length);
    kExecutedQuantity.Put(message, 100);
    if (length == 27) kTradeCondition26.Put(message, 'S');
    EXPECT_EQ(Decode()[0].detail, length == 27 ? 'S' : ' ');
  }
}

TEST_F(PitchMappingTest, AnExecutionAtAPriceSaysWhatRemains) {
  AddOrder();
  for (const uint32_t remaining : {200u, 0u}) {
    uint8_t* const message = Add(kExecutedAtPriceMessage, 38);
    kExecutedQuantity.Put(message, 1'000);
    kRemainingQuantity.Put(message, remaining);
    kExecutionId22.Put(message, 78);
    kLongPrice30.Put(message, 1'234'600);
  }
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(7));
  EXPECT_EQ(updates[1].trade.trade_id, 78u);
  EXPECT_EQ(updates[1].trade.price, 123'460'000'000);
  EXPECT_EQ(updates[1].trade.size, 1'000u);
  EXPECT_EQ(updates[2].action, FH_ACTION_FILL);
  EXPECT_EQ(updates[2].order.price, 123'460'000'000);
  EXPECT_EQ(updates[3].action, FH_ACTION_MODIFY);
  EXPECT_EQ(updates[3].order.size, 200u);
  EXPECT_EQ(updates[3].order.price, kUndefinedPrice) << "as it was";
  EXPECT_EQ(updates[3].flags, FH_FLAG_PRIORITY_KEPT | FH_FLAG_LAST);
  EXPECT_EQ(updates[6].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[6].order.size, uint64_t{FH_SIZE_ALL});
  EXPECT_EQ(updates[6].flags, FH_FLAG_LAST);
}

TEST_F(PitchMappingTest, ReducingTakesOffAQuantityDeletingAll) {
  AddOrder("AAPL", kOrder, 100'000);
  kCanceledQuantity.Put(Add(kReduceLongMessage), 70'000);
  kShortCanceledQuantity.Put(Add(kReduceShortMessage), 100);
  Add(kDeleteMessage);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(4));
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(updates[i].record, FH_RECORD_ORDER);
    EXPECT_EQ(updates[i].action, FH_ACTION_CANCEL);
    EXPECT_EQ(updates[i].order.order_id, kOrder);
    EXPECT_EQ(updates[i].flags, FH_FLAG_LAST);
  }
  EXPECT_EQ(updates[1].order.size, 70'000u);
  EXPECT_EQ(updates[2].order.size, 100u);
  EXPECT_EQ(updates[3].order.size, uint64_t{FH_SIZE_ALL});
}

// A C of size 0 would take the whole order off the book.
TEST_F(PitchMappingTest, TakingOffNothingIsMalformed) {
  AddOrder();
  Add(kReduceLongMessage);
  Add(kReduceShortMessage);
  Add(kExecutedMessage);
  EXPECT_THAT(Decode(), SizeIs(1));
  EXPECT_EQ(codec_->stats().malformed, 3u);
}

TEST_F(PitchMappingTest, ModifyingGivesTheNewTotalAndMayKeepThePlace) {
  AddOrder();
  for (const uint8_t flags : {0x01, 0x03}) {
    uint8_t* message = Add(kModifyLongMessage);
    kQuantity14.Put(message, 70'000);
    kLongPrice18.Put(message, 1'235'000);
    kModifyFlags26.Put(message, flags);
    message = Add(kModifyShortMessage);
    kShortQuantity14.Put(message, 400);
    kShortPrice16.Put(message, 12'350);
    kModifyFlags18.Put(message, flags);
  }
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(5));
  for (size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(updates[i].action, FH_ACTION_MODIFY);
    EXPECT_EQ(updates[i].order.price, 123'500'000'000);
    EXPECT_EQ(updates[i].order.size, i % 2 == 1 ? 70'000u : 400u);
    EXPECT_EQ(updates[i].flags, FH_FLAG_LAST | (i > 2 ? FH_FLAG_PRIORITY_KEPT : 0));
  }
}

// ---- Which instrument. ----

// feed.orders fills it in (order_index.h).
TEST_F(PitchMappingTest, WhatBecomesOfAnOrderNamesTheOrderAlone) {
  AddOrder();
  Add(kDeleteMessage);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[1].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(updates[1].side, FH_SIDE_NONE);
  EXPECT_EQ(updates[1].order.price, kUndefinedPrice);
  EXPECT_TRUE((*FindCodec("cboe_pitch"))->needs_orders);
}

TEST_F(PitchMappingTest, SymbolsWithoutRoomAreCounted) {
  Use("cboe_pitch", 1);
  AddOrder("AAPL", 1);
  AddOrder("MSFT", 2);
  EXPECT_EQ(Decode()[1].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(codec_->stats().instruments_full, 1u);
}

// ---- Trades. ----

TEST_F(PitchMappingTest, TradesOfEachFormHaveNoSide) {
  AddTime();
  uint8_t* message = Add(kTradeLongMessage, 41);
  kSide.Put(message, 'B');
  kQuantity15.Put(message, 70'000);
  kSymbol19.Put(message, "AAPL");
  kLongPrice25.Put(message, 1'234'500);
  kExecutionId33.Put(message, 5);
  message = Add(kTradeShortMessage, 33);
  kSide.Put(message, 'B');
  kShortQuantity15.Put(message, 100);
  kSymbol17.Put(message, "AAPL");
  kShortPrice23.Put(message, 12'345);
  kExecutionId25.Put(message, 6);
  message = Add(kTradeExpandedMessage, 44);
  kSide.Put(message, 'B');
  kQuantity15.Put(message, 1);
  kExpandedSymbol19.Put(message, "AAPL");
  kLongPrice27.Put(message, 1'234'500);
  kExecutionId35.Put(message, 7);
  kTradeCondition43.Put(message, 'S');
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(3));
  const std::vector<uint64_t> sizes = {70'000, 100, 1};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(updates[i].record, FH_RECORD_TRADE);
    EXPECT_EQ(updates[i].action, FH_ACTION_TRADE);
    EXPECT_EQ(updates[i].side, FH_SIDE_NONE);
    EXPECT_EQ(updates[i].flags, FH_FLAG_LAST);
    EXPECT_EQ(updates[i].trade.trade_id, 5 + i);
    EXPECT_EQ(updates[i].trade.price, 123'450'000'000);
    EXPECT_EQ(updates[i].trade.size, sizes[i]);
    EXPECT_EQ(updates[i].instrument_id, 1u);
    EXPECT_EQ(updates[i].detail, i == 2 ? 'S' : ' ');
  }
}

TEST_F(PitchMappingTest, ABrokenTradeIsNamedByItsExecutionAlone) {
  kExecutionId6.Put(Add(kTradeBreakMessage), 5);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].record, FH_RECORD_TRADE);
  EXPECT_EQ(updates[0].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[0].trade.trade_id, 5u);
  EXPECT_EQ(updates[0].trade.price, kUndefinedPrice);
  EXPECT_EQ(updates[0].instrument_id, FH_UNKNOWN_INSTRUMENT);
}

TEST_F(PitchMappingTest, APriceThatDoesNotFitIsUndefined) {
  kLongPrice25.Put(AddOrder(), UINT64_MAX);
  EXPECT_EQ(Decode()[0].order.price, kUndefinedPrice);
}

// ---- Time. ----

TEST_F(PitchMappingTest, WithoutASecondThereIsNoTime) {
  AddOrder();
  EXPECT_EQ(Decode()[0].ts_event_ns, kUndefinedTime);
  EXPECT_EQ(codec_->stats().undated, 1u);
}

TEST_F(PitchMappingTest, ASecondHoldsOverPacketsUntilTheNext) {
  AddTime();
  Skip();
  AddOrder();
  EXPECT_EQ(Decode()[0].ts_event_ns, kEventNs);
  AddOrder();
  AddTime(34'201);
  AddOrder();
  const Updates updates = Decode();
  EXPECT_EQ(updates[0].ts_event_ns, kEventNs);
  EXPECT_EQ(updates[1].ts_event_ns, kEventNs + kSecondNs);
  EXPECT_EQ(codec_->stats().undated, 0u);
}

TEST_F(PitchMappingTest, SecondsAreAUnitsOwn) {
  AddTime();
  Skip();
  unit_ = std::make_unique<UnitWriter>(UnitPosition{kUnit + 1, 9});
  AddOrder();
  EXPECT_EQ(Decode()[0].ts_event_ns, kUndefinedTime);
}

// Observed in such feeds: times that are two seconds old, and no word.
TEST_F(PitchMappingTest, BehindAGapThereIsNoTimeUntilTheNextSecond) {
  for (const auto kind : {StreamEvent::Kind::kGap, StreamEvent::Kind::kStart}) {
    AddTime();
    Skip();
    Event(kind, kUnit + 1);
    AddOrder();
    EXPECT_EQ(Decode()[0].ts_event_ns, kEventNs) << "the gap is another unit's";
    Event(kind);
    AddOrder();
    Add(kDeleteMessage);
    AddTime(34'202);
    AddOrder();
    const Updates updates = Decode();
    EXPECT_EQ(updates[0].ts_event_ns, kUndefinedTime);
    EXPECT_EQ(updates[1].ts_event_ns, kUndefinedTime);
    EXPECT_EQ(updates[2].ts_event_ns, kEventNs + 2 * kSecondNs);
  }
  EXPECT_EQ(codec_->stats().undated, 4u);
}

TEST_F(PitchMappingTest, ASecondIsOfTheNearestDay) {
  const auto event_ns = [&](uint32_t seconds, int64_t received_ns) {
    AddTime(seconds);
    AddOrder();
    return Decode(received_ns)[0].ts_event_ns - 123'456'789;
  };
  // Sent before midnight, received behind it; and the other way round, by a clock that is behind.
  EXPECT_EQ(event_ns(86'399, kMidnightNs + 1), kMidnightNs - kSecondNs);
  EXPECT_EQ(event_ns(0, kMidnightNs - 1), kMidnightNs);
  EXPECT_EQ(event_ns(86'400, kMidnightNs + 1), kMidnightNs);
  // The night of 2024-03-10, in which clocks went forward at two: half past nine is half past nine.
  constexpr int64_t kSpringNs = 1'710'046'800 * kSecondNs;
  EXPECT_EQ(event_ns(34'200, kSpringNs + 9 * kHourNs), kSpringNs + 34'200 * kSecondNs - kHourNs);
  // 2024-11-03: what clocks show twice is the moment nearest to the time of receipt.
  constexpr int64_t kAutumnNs = 1'730'606'400 * kSecondNs;
  EXPECT_EQ(event_ns(5'400, kAutumnNs + 5'401 * kSecondNs), kAutumnNs + 5'400 * kSecondNs);
  EXPECT_EQ(event_ns(5'400, kAutumnNs + 9'001 * kSecondNs), kAutumnNs + 9'000 * kSecondNs);
}

TEST_F(PitchMappingTest, AGivenDayHoldsWheneverTheDataIsReceived) {
  Use("cboe_pitch", 100, kMidnightNs + 20 * kHourNs);
  AddTime();
  AddOrder();
  EXPECT_EQ(Decode(kReceivedNs + 1'000 * 24 * kHourNs)[0].ts_event_ns, kEventNs);
}

TEST_F(PitchMappingTest, ASecondThatNoClockShowsIsNone) {
  AddTime();
  AddTime(172'800);
  AddOrder();
  EXPECT_EQ(Decode()[0].ts_event_ns, kUndefinedTime);
}

TEST_F(PitchMappingTest, ATimeMessageWithAnEpochSaysTheSecondItself) {
  uint8_t* const message = Add(kTimeMessage, 10);
  kTime.Put(message, 1);
  kEpochTime6.Put(message, 1'700'000'000);
  AddOrder();
  EXPECT_EQ(Decode()[0].ts_event_ns, 1'700'000'000 * kSecondNs + 123'456'789);
}

TEST_F(PitchMappingTest, ATimeReferenceSaysTheMidnightThatCounts) {
  uint8_t* const message = Add(kTimeReferenceMessage);
  kMidnightReference.Put(message, 1'700'000'000);
  kTime6.Put(message, 60);
  AddOrder();
  EXPECT_EQ(Decode()[0].ts_event_ns, 1'700'000'060 * kSecondNs + 123'456'789);
}

TEST_F(PitchMappingTest, WhatHasNoNumberHasNoTimeAndChangesNone) {
  AddTime();
  Skip();
  unit_ = std::make_unique<UnitWriter>(UnitPosition{kUnit, 0});
  AddTime(40'000);
  AddOrder();
  const Updates updates = Decode();
  EXPECT_EQ(updates[0].ts_event_ns, kUndefinedTime);
  EXPECT_EQ(updates[0].sequence, uint64_t{kUnit} << 48);
  AddOrder();
  EXPECT_EQ(Decode()[0].ts_event_ns, kEventNs);
}

// ---- The unit. ----

TEST_F(PitchMappingTest, AUnitClearEmptiesEveryBookOfTheUnit) {
  Add(kUnitClearMessage);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].record, FH_RECORD_ORDER);
  EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[0].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_EQ(fh_stream(updates[0].sequence), kUnit);
}

TEST_F(PitchMappingTest, ATransactionIsOneEvent) {
  AddOrder("AAPL", 1);
  Add(kTransactionBeginMessage);
  AddOrder("AAPL", 2);
  Skip();
  kExecutedQuantity.Put(Add(kExecutedMessage), 1);
  Add(kTransactionEndMessage);
  AddOrder("AAPL", 3);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(5));
  EXPECT_EQ(updates[2].flags, 0) << "of another packet than the one that began it";
  EXPECT_EQ(updates[3].record, FH_RECORD_ORDER);
  EXPECT_EQ(updates[3].action, FH_ACTION_NONE);
  EXPECT_EQ(updates[3].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_EQ(updates[3].flags, FH_FLAG_LAST);
  EXPECT_EQ(updates[4].flags, FH_FLAG_LAST);
}

TEST_F(PitchMappingTest, ATransactionWhoseEndWasLostEndsWithTheGap) {
  Add(kTransactionBeginMessage);
  Skip();
  Event(StreamEvent::Kind::kGap);
  AddOrder();
  EXPECT_EQ(Decode()[0].flags, FH_FLAG_LAST);
}

TEST_F(PitchMappingTest, TheEndOfTheSessionIsAnEvent) {
  Add(kEndOfSessionMessage);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].status.kind, FH_STATUS_SYSTEM_EVENT);
  EXPECT_EQ(updates[0].status.code, 'C');
  EXPECT_EQ(updates[0].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
}

// ---- Status. ----

TEST_F(PitchMappingTest, TradingStatusAndPriceTest) {
  const std::vector<std::pair<char, uint8_t>> states = {
      {'T', FH_TRADING_OPEN},    {'H', FH_TRADING_HALTED}, {'S', FH_TRADING_HALTED},
      {'Q', FH_TRADING_QUOTING}, {'A', FH_TRADING_ORDERS}, {'R', FH_TRADING_ORDERS},
      {'L', FH_TRADING_OPEN},    {'x', FH_TRADING_UNKNOWN}};
  for (const auto& [letter, state] : states) {
    uint8_t* const message = Add(kTradingStatusMessage);
    kExpandedSymbol6.Put(message, "AAPL");
    kTradingStatus.Put(message, letter);
    kRegShoAction.Put(message, letter == 'T' ? '1' : letter == 'H' ? '0' : ' ');
    const Updates updates = Decode();
    ASSERT_THAT(updates, SizeIs(letter == 'T' || letter == 'H' ? 2 : 1)) << letter;
    EXPECT_EQ(updates[0].record, FH_RECORD_STATUS);
    EXPECT_EQ(updates[0].status.kind, FH_STATUS_TRADING);
    EXPECT_EQ(updates[0].status.state, state) << letter;
    EXPECT_EQ(updates[0].status.code, letter);
    EXPECT_EQ(updates[0].flags, updates.size() == 1 ? FH_FLAG_LAST : 0);
    if (updates.size() == 1) continue;
    EXPECT_EQ(updates[1].status.kind, FH_STATUS_SHORT_SALE);
    EXPECT_EQ(updates[1].status.value, letter == 'T');
    EXPECT_EQ(updates[1].flags, FH_FLAG_LAST);
  }
}

TEST_F(PitchMappingTest, RetailInterestHasASide) {
  const std::vector<std::pair<char, char>> sides = {
      {'B', FH_SIDE_BID}, {'S', FH_SIDE_ASK}, {'A', FH_SIDE_NONE}, {'N', FH_SIDE_NONE}};
  for (const auto& [letter, side] : sides) {
    kRetailPriceImprovement.Put(Add(kRetailMessage), letter);
    const Updates updates = Decode();
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].status.kind, FH_STATUS_RETAIL_INTEREST);
    EXPECT_EQ(updates[0].status.code, letter);
    EXPECT_EQ(updates[0].side, side);
  }
}

// ---- Auctions. ----

TEST_F(PitchMappingTest, AnAuctionUpdateIsAnImbalanceAndItsPrices) {
  for (const MessageInfo* info : {&kAuctionUpdateMessage, &kOptionsAuctionUpdateMessage}) {
    uint8_t* const message = Add(*info);
    kExpandedSymbol6.Put(message, "AAPL");
    kAuctionType14.Put(message, 'C');
    kReferencePrice.Put(message, 1'000'000);
    kBuyShares.Put(message, 500);
    kSellShares.Put(message, 1'200);
    kIndicativePrice.Put(message, 1'010'000);
    kAuctionOnlyPrice.Put(message, 1'020'000);
    const Updates updates = Decode();
    ASSERT_THAT(updates, SizeIs(3));
    EXPECT_EQ(updates[0].record, FH_RECORD_IMBALANCE);
    EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
    EXPECT_EQ(updates[0].detail, 'C');
    EXPECT_EQ(updates[0].imbalance.reference_price, 100'000'000'000);
    EXPECT_EQ(updates[0].imbalance.paired, 500u);
    EXPECT_EQ(updates[0].imbalance.imbalance, 700u);
    EXPECT_EQ(updates[1].statistic.type, FH_STAT_INDICATIVE_PRICE);
    EXPECT_EQ(updates[1].statistic.price, 101'000'000'000);
    EXPECT_EQ(updates[2].statistic.type, FH_STAT_BOOK_CLEARING_PRICE);
    EXPECT_EQ(updates[2].statistic.price, 102'000'000'000);
    EXPECT_EQ(updates[0].flags | updates[1].flags, 0);
    EXPECT_EQ(updates[2].flags, FH_FLAG_LAST);
  }
}

TEST_F(PitchMappingTest, AnAuctionWithoutPricesHasNone) {
  kBuyShares.Put(Add(kAuctionUpdateMessage), 500);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].side, FH_SIDE_BID);
  EXPECT_EQ(updates[0].imbalance.reference_price, kUndefinedPrice);
  EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
}

TEST_F(PitchMappingTest, AnAuctionSummaryIsItsPriceOrNoCross) {
  const std::vector<std::pair<char, uint16_t>> types = {{'O', FH_STAT_OPENING_PRICE},
                                                        {'C', FH_STAT_CLOSING_PRICE},
                                                        {'I', FH_STAT_IPO_PRICE},
                                                        {'H', FH_STAT_CROSS_PRICE}};
  for (const auto& [letter, type] : types) {
    uint8_t* message = Add(kAuctionSummaryMessage);
    kAuctionType14.Put(message, letter);
    kLongPrice15.Put(message, 1'000'000);
    kShares23.Put(message, 900);
    message = Add(kAuctionSummaryMessage);
    kAuctionType14.Put(message, letter);
    const Updates updates = Decode();
    ASSERT_THAT(updates, SizeIs(2));
    EXPECT_EQ(updates[0].record, FH_RECORD_STATISTIC);
    EXPECT_EQ(updates[0].statistic.type, type);
    EXPECT_EQ(updates[0].statistic.price, 100'000'000'000);
    EXPECT_EQ(updates[0].statistic.quantity, 900);
    EXPECT_EQ(updates[0].detail, letter);
    EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
    EXPECT_EQ(updates[1].status.kind, FH_STATUS_CROSS_DONE);
    EXPECT_EQ(updates[1].status.code, letter);
  }
}

TEST_F(PitchMappingTest, AnAuctionNotificationIsASideToMatch) {
  uint8_t* const message = Add(kAuctionNotificationMessage, 43);
  kSymbol6.Put(message, "00abCD");
  kAuctionType20.Put(message, 'B');
  kSide21.Put(message, 'S');
  kLongPrice22.Put(message, 10'000);
  kContracts30.Put(message, 25);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].record, FH_RECORD_IMBALANCE);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[0].imbalance.reference_price, kPriceScale);
  EXPECT_EQ(updates[0].imbalance.imbalance, 25u);
  EXPECT_EQ(updates[0].detail, 'B');
}

// ---- Definitions, and what has no normalized form. ----

TEST_F(PitchMappingTest, ASymbolMappingDefinesAnOption) {
  for (const uint8_t length : {30, 38}) {
    unit_ = std::make_unique<UnitWriter>(UnitPosition{0, 0});
    uint8_t* const message = Add(kSymbolMappingMessage, length);
    kFeedSymbol2.Put(message, "00abCD");
    kOsiSymbol.Put(message, "SPX   240621C05000000");
    kSymbolCondition.Put(message, 'N');
    const Updates updates = Decode();
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
    EXPECT_EQ(updates[0].definition.kind, FH_KIND_OPTION);
    EXPECT_EQ(std::string(updates[0].definition.symbol, 16), "SPX   240621C050");
    EXPECT_EQ(updates[0].definition.security_class, 'N');
    EXPECT_EQ(updates[0].instrument_id, 1u);
    EXPECT_EQ(updates[0].ts_event_ns, kUndefinedTime);
  }
  AddOrder("00abCD");
  EXPECT_EQ(Decode()[0].instrument_id, 1u);
  EXPECT_EQ(table_->Name(1).view(), "SPX   240621C05000000");
}

TEST_F(PitchMappingTest, ASymbolMappingSaysTheTermsOfAnOption) {
  unit_ = std::make_unique<UnitWriter>(UnitPosition{0, 0});
  uint8_t* const message = Add(kSymbolMappingMessage, 38);
  kFeedSymbol2.Put(message, "00abCD");
  kOsiSymbol.Put(message, "SPX   240621P05000500");
  kUnderlying30.Put(message, "SPX");
  Skip();
  const fh_terms terms = table_->Terms(1);
  EXPECT_EQ(terms.kind, FH_KIND_OPTION);
  EXPECT_EQ(terms.put_call, 'P');
  EXPECT_EQ(terms.strike, 5'000'500'000'000);
  EXPECT_EQ(terms.expiry_ns, 1'719'028'800 * kSecondNs - 1) << "2024-06-21 in New York";
  EXPECT_EQ(table_->Name(terms.underlying_id).view(), "SPX");
}

TEST_F(PitchMappingTest, AnOptionSymbolOfAnotherFormSaysNoTerms) {
  for (const char* osi : {"SPX   240621X05000000", "SPX   24O621C05000000", "", "SPX"}) {
    uint8_t* const message = Add(kSymbolMappingMessage, 30);
    kFeedSymbol2.Put(message, "00abCD");
    kOsiSymbol.Put(message, osi);
    Skip();
    EXPECT_EQ(table_->Terms(1).strike, kUndefinedPrice) << osi;
    EXPECT_EQ(table_->Terms(1).expiry_ns, kUndefinedTime) << osi;
  }
}

// A channel that has not seen the definition yet must not take the name away again.
TEST_F(PitchMappingTest, ChannelsOfAFeedShareNamesAndIds) {
  uint8_t* const message = Add(kSymbolMappingMessage, 30);
  kFeedSymbol2.Put(message, "00abCD");
  kOsiSymbol.Put(message, "SPX   240621P05000500");
  Skip();
  codec_ = *(*FindCodec("cboe_pitch"))->make({.channel_id = 43, .instruments = table_.get()});
  AddOrder("00abCD");
  EXPECT_EQ(Decode()[0].instrument_id, 1u);
  EXPECT_EQ(table_->Name(1).view(), "SPX   240621P05000500");
}

TEST_F(PitchMappingTest, RequestsAndAnswersAreDescribedOnly) {
  for (const MessageInfo* info :
       {&kLoginMessage, &kGapRequestMessage, &kGapResponseMessage, &kSpinImageMessage,
        &kAuctionTradeMessage, &kWidthUpdateMessage}) {
    Add(*info);
  }
  EXPECT_THAT(Decode(), IsEmpty());
  EXPECT_EQ(codec_->stats().unmapped, 6u);
}

TEST_F(PitchMappingTest, ShorterMessagesAreMalformedLongerOnesAreRead) {
  AddOrder();
  unit_->AddRaw(std::string("\x0d\x29", 2) + std::string(11, '\0'));
  std::string longer("\x20\x29", 2);
  longer.resize(32, '\x7f');
  unit_->AddRaw(longer);
  unit_->AddRaw(std::string("\x02\x7a", 2));
  EXPECT_THAT(Decode(), SizeIs(2));
  EXPECT_EQ(codec_->stats().malformed, 1u);
  EXPECT_EQ(codec_->stats().unknown, 1u);
}

TEST_F(PitchMappingTest, FieldsThatAMessageHasNotAreAbsent) {
  Add(kTimeMessage, 6);
  Add(kTimeMessage, 10);
  const test::PacketBytes bytes(unit_->Bytes());
  PacketFrame frame;
  codec_->Frame({&bytes.packet(), 1}, {&frame, 1});
  const auto described = test::DescribePacket(*codec_, bytes.packet(), frame);
  ASSERT_THAT(described, SizeIs(2));
  EXPECT_TRUE(described[0].fields.back().bytes.empty());
  EXPECT_EQ(described[1].fields.back().bytes.size(), 4u);
}

// ---- CFE. ----

TEST_F(PitchMappingTest, FuturesHaveSignedPricesAndNoFlags) {
  Use("cboe_cfe");
  uint8_t* message = Add(kCfeTimeMessage);
  kEpochTime6Always.Put(message, 1'700'000'000);
  message = Add(kCfeAddLongMessage);
  kSide.Put(message, 'S');
  kQuantity15.Put(message, 4);
  kSymbol19.Put(message, "0002Tt");
  kCfePrice25.Put(message, -12'500);
  message = Add(kCfeModifyShortMessage);
  kShortQuantity14.Put(message, 3);
  kCfePrice16.Put(message, -125);
  message = Add(kCfeModifyLongMessage);
  kQuantity14.Put(message, 2);
  kCfePrice18.Put(message, -12'600);
  message = Add(kCfeAddShortMessage);
  kCfePrice23.Put(message, -1);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(4));
  EXPECT_EQ(updates[0].ts_event_ns, 1'700'000'000 * kSecondNs + 123'456'789);
  EXPECT_EQ(updates[0].order.price, -1'250'000'000);
  EXPECT_EQ(updates[1].order.price, -1'250'000'000);
  EXPECT_EQ(updates[2].order.price, -1'260'000'000);
  EXPECT_EQ(updates[3].order.price, -10'000'000);
  EXPECT_EQ(updates[1].flags, FH_FLAG_LAST) << "they always lose their place";
}

TEST_F(PitchMappingTest, FuturesTradesHaveAlwaysACondition) {
  Use("cboe_cfe");
  uint8_t* message = Add(kCfeTradeLongMessage);
  kCfePrice25.Put(message, 12'500);
  kExecutionId33.Put(message, 9);
  kCfeCondition41.Put(message, 'B');
  message = Add(kCfeTradeShortMessage);
  kCfePrice23.Put(message, 125);
  kCfeCondition33.Put(message, 'S');
  message = Add(kCfeExecutedMessage);
  kExecutedQuantity.Put(message, 1);
  kCfeCondition26.Put(message, 'O');
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(5));
  EXPECT_EQ(updates[0].trade.price, 1'250'000'000);
  EXPECT_EQ(updates[0].trade.trade_id, 9u);
  EXPECT_EQ(updates[0].detail, 'B');
  EXPECT_EQ(updates[1].trade.price, 1'250'000'000);
  EXPECT_EQ(updates[1].detail, 'S');
  EXPECT_EQ(updates[2].detail, 'O');
}

TEST_F(PitchMappingTest, AFutureIsDefinedWithItsOwnTime) {
  Use("cboe_cfe");
  struct Case {
    uint8_t legs;
    char state;
    uint8_t kind;
  };
  for (const Case& example :
       {Case{0, 'A', FH_KIND_FUTURE}, Case{2, 'A', FH_KIND_SPREAD}, Case{2, 'T', FH_KIND_TEST}}) {
    unit_ = std::make_unique<UnitWriter>(UnitPosition{kUnit, 0});
    uint8_t* const message = Add(kDefinitionMessage, 41);
    kSymbol6.Put(message, "0002Tt");
    kUnitTimestamp12.Put(message, 1'700'000'000);
    kListingState.Put(message, example.state);
    kLegCount.Put(message, example.legs);
    const Updates updates = Decode();
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].definition.kind, example.kind);
    EXPECT_EQ(updates[0].definition.security_class, example.state);
    EXPECT_EQ(std::string(updates[0].definition.symbol), "0002Tt");
    EXPECT_EQ(updates[0].ts_event_ns, 1'700'000'000 * kSecondNs + 123'456'789);
  }
  EXPECT_EQ(codec_->stats().undated, 0u);
  Add(kDefinitionMessage, 41);
  EXPECT_EQ(Decode()[0].ts_event_ns, kUndefinedTime);
  EXPECT_EQ(codec_->stats().undated, 1u);
}

TEST_F(PitchMappingTest, ADefinitionSaysTheTermsOfAFuture) {
  Use("cboe_cfe");
  uint8_t* const message = Add(kDefinitionMessage, 65);
  kSymbol6.Put(message, "0002Tt");
  kListingState.Put(message, 'A');
  kPriceIncrement.Put(message, 500);
  kContractSize.Put(message, 1'000);
  kExpirationDate.Put(message, 20'240'619);
  kLegCount.Put(message, 3);
  kLegOffset.Put(message, 45);
  kLegRatio.Put(message + 45, 1);
  kLegSymbol.Put(message + 45, "0002Tu");
  kLegRatio.Put(message + 55, -2);
  kLegSymbol.Put(message + 55, "0002Tv");
  const Updates updates = Decode();
  const fh_terms terms = table_->Terms(updates[0].instrument_id);
  EXPECT_EQ(terms.kind, FH_KIND_SPREAD);
  EXPECT_EQ(terms.tick, 50'000'000);
  EXPECT_EQ(terms.multiplier, 1'000 * kPriceScale);
  EXPECT_EQ(terms.expiry_ns, 1'718'859'600 * kSecondNs - 1) << "2024-06-19 in Chicago";
  EXPECT_EQ(terms.leg_count, 3) << "all of them, though the message holds two";
  EXPECT_EQ(table_->Name(terms.legs[0].instrument_id).view(), "0002Tu");
  EXPECT_EQ(terms.legs[1].ratio, -2);
  EXPECT_EQ(terms.legs[2].instrument_id, FH_UNKNOWN_INSTRUMENT);
}

TEST_F(PitchMappingTest, LegsThatAreNotThereAreNotRead) {
  Use("cboe_cfe");
  for (const uint8_t offset : {uint8_t{0}, uint8_t{40}, uint8_t{46}, uint8_t{255}}) {
    uint8_t* const message = Add(kDefinitionMessage, 45);
    kExpirationDate.Put(message, 20'240'631);
    kLegCount.Put(message, 255);
    kLegOffset.Put(message, offset);
    const fh_terms terms = table_->Terms(Decode()[0].instrument_id);
    EXPECT_EQ(terms.legs[0].instrument_id, FH_UNKNOWN_INSTRUMENT);
    EXPECT_EQ(terms.expiry_ns, kUndefinedTime) << "June has thirty days";
  }
}

TEST_F(PitchMappingTest, FuturesStatisticsAreEachARecord) {
  Use("cboe_cfe");
  uint8_t* message = Add(kPriceLimitsMessage);
  kUpperLimit.Put(message, 10'000);
  kLowerLimit.Put(message, -10'000);
  message = Add(kSettlementMessage);
  kSettlementPrice.Put(message, 20'000);
  kIssue.Put(message, 'R');
  kOpenInterest.Put(Add(kOpenInterestMessage), 77);
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(4));
  EXPECT_EQ(updates[0].statistic.type, FH_STAT_UPPER_BAND);
  EXPECT_EQ(updates[0].statistic.price, kPriceScale);
  EXPECT_EQ(updates[1].statistic.type, FH_STAT_LOWER_BAND);
  EXPECT_EQ(updates[1].statistic.price, -kPriceScale);
  EXPECT_EQ(updates[1].flags, FH_FLAG_LAST);
  EXPECT_EQ(updates[2].statistic.type, FH_STAT_SETTLEMENT_PRICE);
  EXPECT_EQ(updates[2].detail, 'R');
  EXPECT_EQ(updates[3].statistic.type, FH_STAT_OPEN_INTEREST);
  EXPECT_EQ(updates[3].statistic.quantity, 77);
  EXPECT_EQ(updates[3].statistic.price, kUndefinedPrice);
}

TEST_F(PitchMappingTest, ASummarySaysOnlyWhatItsFlagsCallValid) {
  Use("cboe_cfe");
  const auto types = [&](uint8_t flags) {
    kSummaryFlags.Put(Add(kSummaryMessage), flags);
    std::vector<uint16_t> all;
    for (const NormalizedUpdate& update : Decode()) all.push_back(update.statistic.type);
    return all;
  };
  EXPECT_THAT(types(0), testing::ElementsAre(FH_STAT_VOLUME, FH_STAT_OPEN_INTEREST));
  EXPECT_THAT(types(kHighValid | kLowValid | kOpenCloseValid),
              testing::ElementsAre(FH_STAT_HIGH_PRICE, FH_STAT_LOW_PRICE, FH_STAT_OPENING_PRICE,
                                   FH_STAT_CLOSING_PRICE, FH_STAT_VOLUME, FH_STAT_OPEN_INTEREST));
  EXPECT_THAT(types(kHighValid | kHighIsBid | kLowValid | kLowIsOffer),
              testing::ElementsAre(FH_STAT_HIGHEST_BID, FH_STAT_LOWEST_OFFER, FH_STAT_VOLUME,
                                   FH_STAT_OPEN_INTEREST));
}

TEST_F(PitchMappingTest, FuturesQueueBeforeTheyTrade) {
  Use("cboe_cfe");
  uint8_t* const message = Add(kCfeTradingStatusMessage);
  kTradingStatus.Put(message, 'Q');
  const Updates updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].status.state, FH_TRADING_ORDERS);
}

}  // namespace
}  // namespace fh::codecs::pitch
