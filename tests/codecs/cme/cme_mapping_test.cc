// What messages of CME MDP 3.0 become: each rule of cme_decoder.h, on packets made for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "codecs/cme/cme_decoder.h"
#include "codecs/cme/cme_sample.h"
#include "codecs/cme/mdp3_framing.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::cme {
namespace {

namespace book = md_incremental_refresh_book46;
namespace trade = md_incremental_refresh_trade_summary48;
namespace session = md_incremental_refresh_session_statistics51;
namespace volume = md_incremental_refresh_volume37;
namespace limits = md_incremental_refresh_limits_banding50;
namespace future = md_instrument_definition_future54;
namespace option = md_instrument_definition_option55;
namespace spread = md_instrument_definition_spread56;
namespace image = snapshot_full_refresh52;
namespace orders = snapshot_full_refresh_order_book53;

using testing::HasSubstr;
using Updates = std::vector<NormalizedUpdate>;

constexpr uint64_t kTime = 1'478'961'038'229'196'541;
constexpr int64_t kE9 = 1'000'000'000;

class CmeMapping : public testing::Test {
 protected:
  CmeMapping() { codec_ = *(*FindCodec("cme_mdp3"))->make({.instruments = &table_}); }

  Updates Decode(const PacketWriter& packet) {
    const test::PacketBytes bytes(packet.Bytes());
    return test::DecodePacket(*codec_, bytes.packet()).updates;
  }

  // A packet of the next number.
  PacketWriter Packet() { return {++number_, 5}; }

  // An empty book message, which ends the event when `ends`.
  static void Begin(PacketWriter& packet, const MessageInfo& info, bool ends) {
    packet.Begin(info, 9);
    book::kTransactTime.Put(packet.message(), kTime);
    book::kMatchEventIndicator.Put(packet.message(), ends ? kEndOfEvent : 4);
  }
  static void EndEvent(PacketWriter& packet) {
    Begin(packet, kBook46, true);
    packet.Group(book::no_md_entries::kGroup, 32, 0);
    packet.Group(book::no_order_id_entries::kGroup, 24, 0);
  }
  static void Level(PacketWriter& packet, int32_t id, char type, uint8_t action, uint8_t depth) {
    uint8_t* entry = packet.Entry();
    book::no_md_entries::kMdEntryPx.Put(entry, 2077 * kE9);
    book::no_md_entries::kMdEntrySize.Put(entry, 12);
    book::no_md_entries::kSecurityId.Put(entry, id);
    book::no_md_entries::kNumberOfOrders.Put(entry, type == 'E' || type == 'F' ? INT32_MAX : 3);
    book::no_md_entries::kMdPriceLevel.Put(entry, depth);
    book::no_md_entries::kMdUpdateAction.Put(entry, action);
    book::no_md_entries::kMdEntryType.Put(entry, type);
  }
  static void Levels(PacketWriter& packet, const std::vector<int32_t>& ids, bool ends) {
    Begin(packet, kBook46, ends);
    packet.Group(book::no_md_entries::kGroup, 32, static_cast<uint8_t>(ids.size()));
    for (const int32_t id : ids) Level(packet, id, '0', 0, 1);
    packet.Group(book::no_order_id_entries::kGroup, 24, 0);
  }

  InstrumentStore table_{10'000};
  std::unique_ptr<Codec> codec_;
  uint32_t number_ = 1;
};

TEST_F(CmeMapping, LevelsHaveDepthCountsAndTheirActions) {
  PacketWriter packet = Packet();
  Begin(packet, kBook46, false);
  packet.Group(book::no_md_entries::kGroup, 32, 5);
  Level(packet, 7, '0', 0, 1);
  Level(packet, 7, '1', 1, 2);
  Level(packet, 7, '1', 2, 10);
  Level(packet, 7, '0', 5, 3);
  Level(packet, 7, 'F', 0, 1);
  packet.Group(book::no_order_id_entries::kGroup, 24, 0);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 5u);
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.record, FH_RECORD_LEVEL);
    EXPECT_EQ(update.instrument_id, 7u);
    EXPECT_EQ(update.level.price, 2077 * kE9);
    EXPECT_EQ(update.level.size, 12u);
    EXPECT_EQ(update.ts_event_ns, static_cast<int64_t>(kTime));
    EXPECT_EQ(update.sequence, number_);
  }
  const std::string actions = {updates[0].action, updates[1].action, updates[2].action,
                               updates[3].action, updates[4].action};
  EXPECT_EQ(actions, "AMCMA");
  const std::string sides = {updates[0].side, updates[1].side, updates[2].side, updates[3].side,
                             updates[4].side};
  EXPECT_EQ(sides, "BAABA");
  EXPECT_EQ(updates[0].level.depth, 1u);
  EXPECT_EQ(updates[2].level.depth, 10u);
  EXPECT_EQ(updates[0].level.order_count, 3u);
  EXPECT_EQ(updates[0].flags, FH_FLAG_MBP);
  EXPECT_EQ(updates[4].flags, FH_FLAG_MBP | FH_FLAG_IMPLIED);
  EXPECT_EQ(updates[4].level.order_count, 0u) << "not published";
  EXPECT_EQ(updates[3].detail, 5);
}

TEST_F(CmeMapping, PricesOfBothGenerationsBecome1e9) {
  PacketWriter packet = Packet();
  Begin(packet, kBook32, true);
  packet.Group(md_incremental_refresh_book32::no_md_entries::kGroup, 32, 2);
  uint8_t* entry = packet.Entry();
  md_incremental_refresh_book32::no_md_entries::kMdEntryPx.Put(entry, -97'500'000);
  book::no_md_entries::kMdEntryType.Put(entry, '0');
  book::no_md_entries::kSecurityId.Put(entry, 7);
  entry = packet.Entry();
  md_incremental_refresh_book32::no_md_entries::kMdEntryPx.Put(entry, INT64_MAX);
  book::no_md_entries::kMdEntryType.Put(entry, '1');
  book::no_md_entries::kSecurityId.Put(entry, 7);
  packet.Group(md_incremental_refresh_book32::no_order_id_entries::kGroup, 24, 0);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].level.price, -9'750'000'000);
  EXPECT_EQ(updates[1].level.price, kUndefinedPrice);
}

// The end of an event often comes in an empty message behind the last one with entries.
TEST_F(CmeMapping, TheLastRecordOfEachInstrumentHasLastWhenTheEventEndsInItsPacket) {
  PacketWriter packet = Packet();
  Levels(packet, {7, 8, 7}, false);
  EndEvent(packet);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0].flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(updates[1].flags & FH_FLAG_LAST, FH_FLAG_LAST);
  EXPECT_EQ(updates[2].flags & FH_FLAG_LAST, FH_FLAG_LAST);
}

TEST_F(CmeMapping, AnInstrumentOfEarlierPacketsGetsARecordWithLast) {
  PacketWriter first = Packet();
  Levels(first, {7, 8}, false);
  for (const NormalizedUpdate& update : Decode(first)) EXPECT_EQ(update.flags & FH_FLAG_LAST, 0);
  PacketWriter second = Packet();
  Levels(second, {8}, false);
  EndEvent(second);
  const Updates updates = Decode(second);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].instrument_id, 8u);
  EXPECT_EQ(updates[0].action, FH_ACTION_ADD);
  EXPECT_EQ(updates[0].flags & FH_FLAG_LAST, FH_FLAG_LAST);
  EXPECT_EQ(updates[1].instrument_id, 7u);
  EXPECT_EQ(updates[1].action, FH_ACTION_NONE);
  EXPECT_EQ(updates[1].flags & FH_FLAG_LAST, FH_FLAG_LAST);
  PacketWriter third = Packet();
  EndEvent(third);
  EXPECT_TRUE(Decode(third).empty()) << "nothing is open";
}

TEST_F(CmeMapping, OneRecordStandsForMoreInstrumentsThanAreKept) {
  std::vector<int32_t> ids;
  for (uint32_t i = 0; i <= CmeDecoder::kMostOpen; ++i) ids.push_back(static_cast<int32_t>(i + 10));
  PacketWriter first = Packet();
  Levels(first, ids, false);
  Decode(first);
  PacketWriter second = Packet();
  EndEvent(second);
  const Updates updates = Decode(second);
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_EQ(updates[0].action, FH_ACTION_NONE);
  EXPECT_EQ(updates[0].flags & FH_FLAG_LAST, FH_FLAG_LAST);
}

TEST_F(CmeMapping, OrdersBehindLevelsHaveTheirLevelsInstrumentSideAndPrice) {
  PacketWriter packet = Packet();
  Begin(packet, kBook46, true);
  packet.Group(book::no_md_entries::kGroup, 32, 2);
  Level(packet, 7, '0', 1, 1);
  Level(packet, 8, '1', 1, 1);
  packet.Group(book::no_order_id_entries::kGroup, 24, 2);
  uint8_t* order = packet.Entry();
  book::no_order_id_entries::kOrderId.Put(order, 900);
  book::no_order_id_entries::kMdDisplayQty.Put(order, 4);
  book::no_order_id_entries::kReferenceId.Put(order, 2);
  book::no_order_id_entries::kOrderUpdateAction.Put(order, 2);
  order = packet.Entry();
  book::no_order_id_entries::kOrderId.Put(order, 901);
  book::no_order_id_entries::kReferenceId.Put(order, 3);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 4u);
  EXPECT_EQ(updates[2].record, FH_RECORD_ORDER);
  EXPECT_EQ(updates[2].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[2].instrument_id, 8u);
  EXPECT_EQ(updates[2].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[2].order.order_id, 900u);
  EXPECT_EQ(updates[2].order.price, 2077 * kE9);
  EXPECT_EQ(updates[2].order.size, 4u);
  EXPECT_EQ(updates[3].instrument_id, FH_UNKNOWN_INSTRUMENT) << "of no level of this message";
  EXPECT_EQ(updates[3].flags & FH_FLAG_MAYBE_BAD_BOOK, FH_FLAG_MAYBE_BAD_BOOK);
}

void Trade(PacketWriter& packet, int32_t id, uint8_t aggressor, int32_t orders) {
  uint8_t* entry = packet.Entry();
  book::no_md_entries::kMdEntryPx.Put(entry, 3 * kE9);
  trade::no_md_entries::kMdEntrySize.Put(entry, 5);
  book::no_md_entries::kSecurityId.Put(entry, id);
  trade::no_md_entries::kNumberOfOrders.Put(entry, orders);
  trade::no_md_entries::kAggressorSide.Put(entry, aggressor);
  trade::no_md_entries::kMdTradeEntryId.Put(entry, 77);
}

void Order(PacketWriter& packet, uint64_t id, int32_t quantity) {
  uint8_t* order = packet.Entry();
  book::no_order_id_entries::kOrderId.Put(order, id);
  trade::no_order_id_entries::kLastQty.Put(order, quantity);
}

TEST_F(CmeMapping, ATradeFillsTheOrdersThatRestedAndNotTheAggressor) {
  PacketWriter packet = Packet();
  Begin(packet, trade::kMessage, true);
  packet.Group(trade::no_md_entries::kGroup, 32, 2);
  Trade(packet, 7, 2, 3);
  Trade(packet, 8, 0, 1);
  packet.Group(trade::no_order_id_entries::kGroup, 16, 4);
  Order(packet, 100, 5);
  Order(packet, 101, 3);
  Order(packet, 0, 2);
  Order(packet, 102, 5);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 4u);
  EXPECT_EQ(updates[0].action, FH_ACTION_TRADE);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[0].trade.trade_id, 77u);
  EXPECT_EQ(updates[0].trade.size, 5u);
  EXPECT_EQ(updates[1].side, FH_SIDE_NONE);
  EXPECT_EQ(updates[2].action, FH_ACTION_FILL);
  EXPECT_EQ(updates[2].order.order_id, 101u);
  EXPECT_EQ(updates[2].order.size, 3u);
  EXPECT_EQ(updates[2].side, FH_SIDE_BID);
  EXPECT_EQ(updates[2].instrument_id, 7u);
  EXPECT_EQ(updates[3].order.order_id, 102u);
  EXPECT_EQ(updates[3].instrument_id, 8u);
  EXPECT_EQ(updates[3].side, FH_SIDE_NONE);
}

// A summary that is too large for a packet goes on in the next.
TEST_F(CmeMapping, OrdersOfALaterMessageGoToTheTradesOfTheEvent) {
  PacketWriter first = Packet();
  Begin(first, trade::kMessage, false);
  first.Group(trade::no_md_entries::kGroup, 32, 2);
  Trade(first, 7, 1, 2);
  Trade(first, 8, 1, 2);
  first.Group(trade::no_order_id_entries::kGroup, 16, 1);
  Order(first, 100, 5);
  ASSERT_EQ(Decode(first).size(), 2u);
  PacketWriter second = Packet();
  Begin(second, trade::kMessage, true);
  second.Group(trade::no_md_entries::kGroup, 32, 0);
  second.Group(trade::no_order_id_entries::kGroup, 16, 3);
  Order(second, 101, 5);
  Order(second, 102, 5);
  Order(second, 103, 5);
  const Updates updates = Decode(second);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].order.order_id, 101u);
  EXPECT_EQ(updates[0].instrument_id, 7u);
  EXPECT_EQ(updates[1].order.order_id, 103u) << "102 is the second trade's aggressor";
  EXPECT_EQ(updates[1].instrument_id, 8u);
}

TEST_F(CmeMapping, StatisticsSayWhatTheyAre) {
  PacketWriter packet = Packet();
  Begin(packet, session::kMessage, false);
  packet.Group(session::no_md_entries::kGroup, 24, 2);
  for (const uint8_t flag : {0, 5}) {
    uint8_t* entry = packet.Entry();
    book::no_md_entries::kMdEntryPx.Put(entry, kE9);
    session::no_md_entries::kSecurityId.Put(entry, 7);
    session::no_md_entries::kOpenCloseSettlFlag.Put(entry, flag);
    session::no_md_entries::kMdEntryType.Put(entry, '4');
  }
  Begin(packet, volume::kMessage, false);
  packet.Group(volume::no_md_entries::kGroup, 16, 1);
  uint8_t* volume = packet.Entry();
  volume::no_md_entries::kMdEntrySize.Put(volume, 1234);
  volume::no_md_entries::kSecurityId.Put(volume, 7);
  Begin(packet, limits::kMessage, true);
  packet.Group(limits::no_md_entries::kGroup, 32, 1);
  uint8_t* limits = packet.Entry();
  limits::no_md_entries::kHighLimitPrice.Put(limits, 9 * kE9);
  limits::no_md_entries::kLowLimitPrice.Put(limits, 8 * kE9);
  limits::no_md_entries::kMaxPriceVariation.Put(limits, INT64_MAX);
  limits::no_md_entries::kSecurityId.Put(limits, 7);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 6u);
  const uint16_t types[] = {FH_STAT_OPENING_PRICE, FH_STAT_INDICATIVE_PRICE,
                            FH_STAT_VOLUME,        FH_STAT_UPPER_BAND,
                            FH_STAT_LOWER_BAND,    FH_STAT_PRICE_VARIATION};
  for (size_t i = 0; i < 6; ++i) EXPECT_EQ(updates[i].statistic.type, types[i]) << i;
  EXPECT_EQ(updates[2].statistic.quantity, 1234);
  EXPECT_EQ(updates[2].statistic.price, kUndefinedPrice);
  EXPECT_EQ(updates[4].statistic.price, 8 * kE9);
  EXPECT_EQ(updates[5].statistic.price, kUndefinedPrice);
  EXPECT_EQ(updates[5].flags & FH_FLAG_LAST, FH_FLAG_LAST);
}

TEST_F(CmeMapping, DefinitionsNameInstruments) {
  PacketWriter packet = Packet();
  packet.Begin(future::kMessage, 9);
  future::kLastUpdateTime.Put(packet.message(), kTime);
  future::kSymbol.Put(packet.message(), "ESZ6");
  future::kSecurityId.Put(packet.message(), 900);
  future::kSecurityUpdateAction.Put(packet.message(), 'A');
  packet.Group(future::no_events::kGroup, 9, 1);
  packet.Entry();
  packet.Group(future::no_md_feed_types::kGroup, 4, 2);
  for (const char* type : {"GBI", "GBX"}) {
    uint8_t* entry = packet.Entry();
    future::no_md_feed_types::kMdFeedType.Put(entry, type);
    future::no_md_feed_types::kMarketDepth.Put(entry, type[2] == 'X' ? 10 : 2);
  }
  packet.Group(future::no_inst_attrib::kGroup, 4, 0);
  packet.Group(future::no_lot_type_rules::kGroup, 5, 0);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
  EXPECT_EQ(std::string(updates[0].definition.symbol), "ESZ6");
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_FUTURE);
  EXPECT_EQ(updates[0].definition.book_depth, 10) << "of the outright book";
  EXPECT_EQ(updates[0].definition.size_decimals, 0);
  EXPECT_EQ(updates[0].detail, 'A');
  EXPECT_EQ(table_.Name(900).view(), "ESZ6");
}

TEST_F(CmeMapping, DefinitionsSayTheTermsOfAnOption) {
  PacketWriter packet = Packet();
  packet.Begin(option::kMessage, 9);
  uint8_t* root = packet.message();
  future::kSymbol.Put(root, "ESZ6 C2200");
  future::kSecurityId.Put(root, 901);
  option::kPutOrCall.Put(root, 1);
  option::kCurrency.Put(root, "USD");
  option::kStrikePrice.Put(root, 2200 * kE9);
  option::kMinPriceIncrement.Put(root, 250'000'000);
  option::kDisplayFactor.Put(root, 10'000'000);
  option::kUnitOfMeasureQty.Put(root, 50 * kE9);
  packet.Group(future::no_events::kGroup, 9, 2);
  uint8_t* activation = packet.Entry();
  future::no_events::kEventType.Put(activation, 5);
  future::no_events::kEventTime.Put(activation, 1'000);
  uint8_t* last_trade = packet.Entry();
  future::no_events::kEventType.Put(last_trade, 7);
  future::no_events::kEventTime.Put(last_trade, 2'000);
  packet.Group(future::no_md_feed_types::kGroup, 4, 0);
  packet.Group(future::no_inst_attrib::kGroup, 4, 0);
  packet.Group(future::no_lot_type_rules::kGroup, 5, 1);
  uint8_t* lot = packet.Entry();
  future::no_lot_type_rules::kLotType.Put(lot, 2);
  future::no_lot_type_rules::kMinLotSize.Put(lot, 50'000);
  packet.Group(option::no_underlyings::kGroup, 24, 1);
  option::no_underlyings::kUnderlyingSecurityId.Put(packet.Entry(), 900);
  packet.Group(option::no_related_instruments::kGroup, 24, 0);
  Decode(packet);
  const fh_terms terms = table_.Terms(901);
  EXPECT_EQ(terms.kind, FH_KIND_OPTION);
  EXPECT_EQ(terms.put_call, 'C');
  EXPECT_EQ(std::string(terms.currency), "USD");
  EXPECT_EQ(terms.strike, 2200 * kE9);
  EXPECT_EQ(terms.tick, 250'000'000);
  EXPECT_EQ(terms.display_factor, 10'000'000);
  EXPECT_EQ(terms.expiry_ns, 2'000);
  EXPECT_EQ(terms.round_lot, 5u);
  EXPECT_EQ(terms.size_decimals, 0);
  EXPECT_EQ(terms.multiplier, 50 * kE9);
  EXPECT_EQ(terms.underlying_id, 900u);
}

TEST_F(CmeMapping, DefinitionsSayTheLegsOfASpread) {
  PacketWriter packet = Packet();
  packet.Begin(spread::kMessage, 9);
  future::kSymbol.Put(packet.message(), "ESZ6-ESH7");
  future::kSecurityId.Put(packet.message(), 902);
  packet.Group(future::no_events::kGroup, 9, 0);
  packet.Group(future::no_md_feed_types::kGroup, 4, 0);
  packet.Group(future::no_inst_attrib::kGroup, 4, 0);
  packet.Group(future::no_lot_type_rules::kGroup, 5, 0);
  packet.Group(spread::no_legs::kGroup, 18, 8);
  for (int32_t i = 0; i < 8; ++i) {
    uint8_t* leg = packet.Entry();
    spread::no_legs::kLegSecurityId.Put(leg, 900 + i);
    spread::no_legs::kLegSide.Put(leg, 1 + i % 2);
    spread::no_legs::kLegRatioQty.Put(leg, 1 + i);
  }
  Decode(packet);
  const fh_terms terms = table_.Terms(902);
  EXPECT_EQ(terms.kind, FH_KIND_SPREAD);
  ASSERT_EQ(terms.leg_count, 8) << "all of them, though there is room for six";
  for (uint32_t i = 0; i < FH_MOST_LEGS; ++i) {
    EXPECT_EQ(terms.legs[i].instrument_id, 900 + i);
    EXPECT_EQ(terms.legs[i].ratio, (i % 2 == 0 ? 1 : -1) * static_cast<int32_t>(1 + i));
  }
}

TEST_F(CmeMapping, AStatusIsOfItsInstrumentOrOfNoneThatIsKnown) {
  PacketWriter packet = Packet();
  for (const int32_t id : {900, INT32_MAX}) {
    packet.Begin(security_status30::kMessage, 9);
    security_status30::kTransactTime.Put(packet.message(), kTime);
    security_status30::kSecurityGroup.Put(packet.message(), "ES");
    security_status30::kSecurityId.Put(packet.message(), id);
    security_status30::kSecurityTradingStatus.Put(packet.message(), 17);
    security_status30::kHaltReason.Put(packet.message(), 1);
    security_status30::kSecurityTradingEvent.Put(packet.message(), 4);
  }
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].instrument_id, 900u);
  EXPECT_EQ(updates[0].status.state, FH_TRADING_OPEN);
  EXPECT_EQ(updates[0].status.code, '1');
  EXPECT_EQ(updates[0].status.value, 4);
  EXPECT_EQ(std::string(updates[0].status.reason, 4), "ES  ");
  EXPECT_EQ(updates[1].instrument_id, FH_UNKNOWN_INSTRUMENT) << "a group is not all instruments";
}

TEST_F(CmeMapping, AChannelResetClearsLevelsAndOrdersOfAllInstruments) {
  PacketWriter packet = Packet();
  Begin(packet, channel_reset4::kMessage, true);
  packet.Group(channel_reset4::no_md_entries::kGroup, 2, 1);
  packet.Entry();
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].record, FH_RECORD_LEVEL);
  EXPECT_EQ(updates[1].record, FH_RECORD_ORDER);
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.action, FH_ACTION_CLEAR);
    EXPECT_EQ(update.instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  }
}

void SnapshotEntry(PacketWriter& packet, char type, uint8_t level) {
  uint8_t* entry = packet.Entry();
  image::no_md_entries::kMdEntryPx.Put(entry, 3 * kE9);
  image::no_md_entries::kMdEntrySize.Put(entry, 5);
  image::no_md_entries::kNumberOfOrders.Put(entry, 2);
  image::no_md_entries::kMdPriceLevel.Put(entry, level);
  image::no_md_entries::kMdEntryType.Put(entry, type);
}

TEST_F(CmeMapping, ASnapshotSaysWhereItStandsAndIsAClearAndThenWholeBooks) {
  PacketWriter packet = Packet();
  packet.Begin(image::kMessage, 9);
  image::kSecurityId.Put(packet.message(), 7);
  image::kLastMsgSeqNumProcessed.Put(packet.message(), 4'000'000'001u);
  image::kTransactTime.Put(packet.message(), kTime);
  image::kMdSecurityTradingStatus.Put(packet.message(), 255);
  image::kHighLimitPrice.Put(packet.message(), 9 * kE9);
  image::kLowLimitPrice.Put(packet.message(), INT64_MAX);
  image::kMaxPriceVariation.Put(packet.message(), INT64_MAX);
  packet.Group(image::no_md_entries::kGroup, 22, 5);
  SnapshotEntry(packet, '0', 1);
  SnapshotEntry(packet, '1', 1);
  SnapshotEntry(packet, 'F', 2);
  SnapshotEntry(packet, '2', 127);
  SnapshotEntry(packet, 'C', 127);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 8u);
  EXPECT_EQ(updates[0].record, FH_RECORD_STATUS);
  EXPECT_EQ(updates[0].status.kind, FH_STATUS_SNAPSHOT_AT);
  EXPECT_EQ(updates[0].status.value, 4'000'000'001);
  EXPECT_EQ(updates[1].record, FH_RECORD_LEVEL);
  EXPECT_EQ(updates[1].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[2].action, FH_ACTION_ADD);
  EXPECT_EQ(updates[2].side, FH_SIDE_BID);
  EXPECT_EQ(updates[2].level.depth, 1u);
  EXPECT_EQ(updates[2].level.order_count, 2u);
  EXPECT_EQ(updates[3].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[4].flags, FH_FLAG_SNAPSHOT | FH_FLAG_MBP | FH_FLAG_IMPLIED);
  EXPECT_EQ(updates[4].level.depth, 2u);
  EXPECT_EQ(updates[5].record, FH_RECORD_TRADE);
  EXPECT_EQ(updates[6].statistic.type, FH_STAT_OPEN_INTEREST);
  EXPECT_EQ(updates[7].statistic.type, FH_STAT_UPPER_BAND);
  EXPECT_EQ(updates[7].statistic.price, 9 * kE9);
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.instrument_id, 7u);
    EXPECT_EQ(update.ts_event_ns, static_cast<int64_t>(kTime));
    EXPECT_EQ(update.flags & FH_FLAG_SNAPSHOT, FH_FLAG_SNAPSHOT);
    EXPECT_EQ((update.flags & FH_FLAG_LAST) != 0, &update == &updates.back());
  }
}

// A snapshot is of no event: what one has left open is closed by its own end alone.
TEST_F(CmeMapping, ASnapshotNeitherClosesNorJoinsAnEvent) {
  PacketWriter packet = Packet();
  Levels(packet, {7}, false);
  packet.Begin(image::kMessage, 9);
  image::kSecurityId.Put(packet.message(), 7);
  packet.Group(image::no_md_entries::kGroup, 22, 0);
  EndEvent(packet);
  const Updates updates = Decode(packet);
  ASSERT_GE(updates.size(), 3u);
  EXPECT_EQ(updates[0].action, FH_ACTION_ADD);
  EXPECT_EQ(updates[0].flags & FH_FLAG_LAST, FH_FLAG_LAST) << "of the event";
  EXPECT_EQ(updates[1].flags & FH_FLAG_LAST, 0) << "where the snapshot stands";
  EXPECT_EQ(updates[2].action, FH_ACTION_CLEAR);
}

class CmeOrderSnapshot : public CmeMapping {
 protected:
  // Orders 100, 101, ... of instrument 7.
  Updates Chunk(uint32_t chunk, uint32_t chunks, uint8_t orders, int32_t instrument = 7) {
    PacketWriter packet = Packet();
    packet.Begin(orders::kMessage, 9);
    orders::kSecurityId.Put(packet.message(), instrument);
    orders::kLastMsgSeqNumProcessed.Put(packet.message(), 4'711u);
    orders::kNoChunks.Put(packet.message(), chunks);
    orders::kCurrentChunk.Put(packet.message(), chunk);
    packet.Group(orders::no_md_entries::kGroup, 29, orders);
    for (uint8_t i = 0; i < orders; ++i) {
      uint8_t* entry = packet.Entry();
      orders::no_md_entries::kOrderId.Put(entry, 100u + i);
      orders::no_md_entries::kMdEntryPx.Put(entry, 3 * kE9);
      orders::no_md_entries::kMdDisplayQty.Put(entry, 4);
      orders::no_md_entries::kMdEntryType.Put(entry, i % 2 == 0 ? '0' : '1');
    }
    return Decode(packet);
  }
};

TEST_F(CmeOrderSnapshot, AnImageOfOrdersIsClearedOnceAndEndsWithItsLastChunk) {
  const Updates first = Chunk(1, 2, 1);
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[0].status.kind, FH_STATUS_SNAPSHOT_AT);
  EXPECT_EQ(first[0].status.value, 4'711);
  EXPECT_EQ(first[0].flags, FH_FLAG_SNAPSHOT);
  EXPECT_EQ(first[1].action, FH_ACTION_CLEAR);
  EXPECT_EQ(first[1].record, FH_RECORD_ORDER);
  EXPECT_EQ(first[2].action, FH_ACTION_ADD);
  EXPECT_EQ(first[2].flags, FH_FLAG_SNAPSHOT);
  const Updates last = Chunk(2, 2, 2);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[0].order.order_id, 100u);
  EXPECT_EQ(last[0].order.size, 4u);
  EXPECT_EQ(last[0].flags, FH_FLAG_SNAPSHOT);
  EXPECT_EQ(last[1].side, FH_SIDE_ASK);
  EXPECT_EQ(last[1].flags, FH_FLAG_SNAPSHOT | FH_FLAG_LAST);
}

TEST_F(CmeOrderSnapshot, ChunksThatDoNotFollowTheOneBeforeMayBeBad) {
  Chunk(1, 4, 1);
  const auto bad = FH_FLAG_SNAPSHOT | FH_FLAG_MAYBE_BAD_BOOK;
  EXPECT_EQ(Chunk(3, 4, 1).at(0).flags, bad) << "2 is missing";
  EXPECT_EQ(Chunk(4, 4, 1).at(0).flags, bad | FH_FLAG_LAST) << "and stays so to the end";
  Chunk(1, 2, 1);
  EXPECT_EQ(Chunk(2, 2, 1, /*instrument=*/8).at(0).flags, bad | FH_FLAG_LAST) << "of another";
  Chunk(1, 2, 1);
  codec_->OnEvent({.kind = StreamEvent::Kind::kLoop, .stream = 0, .first = 1, .last = 0});
  EXPECT_EQ(Chunk(2, 2, 1).at(0).flags, bad | FH_FLAG_LAST) << "of the loop before";
}

TEST_F(CmeOrderSnapshot, AnEmptyLastChunkStillSaysThatTheImageIsWhole) {
  Chunk(1, 2, 1);
  const Updates last = Chunk(2, 2, 0);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].action, FH_ACTION_NONE);
  EXPECT_EQ(last[0].flags, FH_FLAG_SNAPSHOT | FH_FLAG_LAST);
}

// Template 36 counts orders and says nothing of them: the next summary's are not taken for its.
TEST_F(CmeMapping, OrdersOfASummaryAreNotOfATradeThatHasNone) {
  namespace old = md_incremental_refresh_trade36;
  PacketWriter packet = Packet();
  Begin(packet, old::kMessage, false);
  packet.Group(old::no_md_entries::kGroup, 32, 1);
  uint8_t* entry = packet.Entry();
  old::no_md_entries::kSecurityId.Put(entry, 6);
  old::no_md_entries::kNumberOfOrders.Put(entry, 2);
  old::no_md_entries::kTradeId.Put(entry, 44);
  Begin(packet, trade::kMessage, true);
  packet.Group(trade::no_md_entries::kGroup, 32, 1);
  Trade(packet, 7, 1, 2);
  packet.Group(trade::no_order_id_entries::kGroup, 16, 2);
  Order(packet, 100, 5);
  Order(packet, 101, 5);
  const Updates updates = Decode(packet);
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0].trade.trade_id, 44u);
  EXPECT_EQ(updates[2].order.order_id, 101u);
  EXPECT_EQ(updates[2].instrument_id, 7u);
}

// Blocks of other versions: one shorter than its template's first is refused, a longer one stepped over.
TEST_F(CmeMapping, RootBlocksAreAsLongAsTheMessageSays) {
  for (const int extra : {-1, 0, 6}) {
    PacketWriter packet = Packet();
    packet.Begin(security_status30::kMessage, 14);
    security_status30::kSecurityId.Put(packet.message(), 900);
    std::string bytes = packet.Bytes();
    bytes.resize(bytes.size() + static_cast<size_t>(extra));
    bytes[kPacketHeaderBytes] = static_cast<char>(bytes[kPacketHeaderBytes] + extra);
    bytes[kPacketHeaderBytes + kSizeBytes] = static_cast<char>(30 + extra);
    const test::PacketBytes packet_bytes(bytes);
    const uint64_t malformed = codec_->stats().malformed;
    EXPECT_EQ(test::DecodePacket(*codec_, packet_bytes.packet()).updates.size(),
              extra < 0 ? 0u : 1u);
    EXPECT_EQ(codec_->stats().malformed - malformed, extra < 0 ? 1u : 0u);
  }
}

// Blocks and entries are as long as the message says; a later version may have made them longer.
TEST_F(CmeMapping, LongerEntriesAreSteppedOverAndShorterOnesRefused) {
  PacketWriter longer = Packet();
  Begin(longer, kBook46, false);
  longer.Group(book::no_md_entries::kGroup, 40, 2);
  Level(longer, 7, '0', 0, 1);
  Level(longer, 8, '1', 0, 1);
  longer.Group(book::no_order_id_entries::kGroup, 24, 0);
  const Updates updates = Decode(longer);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[1].instrument_id, 8u);
  PacketWriter shorter = Packet();
  Begin(shorter, kBook46, false);
  shorter.Group(book::no_md_entries::kGroup, 26, 1);
  shorter.Entry();
  shorter.Group(book::no_order_id_entries::kGroup, 24, 0);
  EXPECT_TRUE(Decode(shorter).empty());
  EXPECT_EQ(codec_->stats().malformed, 1u);
}

TEST_F(CmeMapping, AGroupThatEndsOneByteTooLateIsRefused) {
  PacketWriter packet = Packet();
  Begin(packet, volume::kMessage, false);
  packet.Group(volume::no_md_entries::kGroup, 16, 2);
  volume::no_md_entries::kSecurityId.Put(packet.Entry(), 7);
  volume::no_md_entries::kSecurityId.Put(packet.Entry(), 7);
  std::string bytes = packet.Bytes();
  bytes.pop_back();
  bytes[kPacketHeaderBytes] = static_cast<char>(bytes[kPacketHeaderBytes] - 1);
  const test::PacketBytes cut(bytes);
  EXPECT_TRUE(test::DecodePacket(*codec_, cut.packet()).updates.empty());
  EXPECT_EQ(codec_->stats().malformed, 1u);
}

TEST_F(CmeMapping, OtherSchemasAndDamagedSizesAreNoPackets) {
  PacketWriter packet = Packet();
  Levels(packet, {7}, true);
  std::string bytes = packet.Bytes();
  EXPECT_EQ(GuessMdp3({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}), 100);
  bytes[kPacketHeaderBytes + kSizeBytes + kSchema.offset] = 9;
  const test::PacketBytes foreign(bytes);
  EXPECT_EQ(test::DecodePacket(*codec_, foreign.packet()).frame.reject, RejectReason::kForeign);
  bytes = packet.Bytes();
  bytes[kPacketHeaderBytes] = 9;
  const test::PacketBytes damaged(bytes);
  EXPECT_EQ(test::DecodePacket(*codec_, damaged.packet()).frame.reject, RejectReason::kBadLength);
}

TEST(CmeSchema, ASchemaOfAnotherVenueIsRefused) {
  const absl::Status status =
      (*FindCodec("cme_mdp3"))->make({.schema = FEEDHANDLER_SBE_SCHEMA}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has the id 77"));
  EXPECT_EQ((*FindCodec("cme_mdp3"))->make({.schema = "/nowhere.xml"}).status().code(),
            absl::StatusCode::kNotFound);
}

// A codec with a schema of one more template, 90, whose entries have these fields.
std::unique_ptr<Codec> WithTemplate90(const std::string& fields) {
  const std::string path = testing::TempDir() + "/cme_template_90.xml";
  std::ofstream(path) << R"(<messageSchema id="1" version="20"><types>
    <composite name="messageHeader"><type name="blockLength" primitiveType="uint16"/>
      <type name="templateId" primitiveType="uint16"/><type name="schemaId" primitiveType="uint16"/>
      <type name="version" primitiveType="uint16"/></composite>
    <composite name="groupSize"><type name="blockLength" primitiveType="uint16"/>
      <type name="numInGroup" primitiveType="uint8"/></composite>
    <composite name="PRICE"><type name="mantissa" primitiveType="int64"/>
      <type name="exponent" primitiveType="int8" presence="constant">-4</type></composite></types>
    <message name="MDIncrementalRefreshBook90" id="90"><field name="TransactTime" id="1" type="uint64"/>
      <field name="MatchEventIndicator" id="2" type="uint8"/>
      <group name="NoMDEntries" id="3" dimensionType="groupSize">)"
                      << fields << "</group></message></messageSchema>";
  absl::StatusOr<std::unique_ptr<Codec>> codec = (*FindCodec("cme_mdp3"))->make({.schema = path});
  EXPECT_TRUE(codec.ok()) << codec.status();
  return *std::move(codec);
}

constexpr MessageInfo kBook90 = [] {
  MessageInfo info = kBook46;
  info.type = 90;
  return info;
}();

// A template that the codec does not know by itself is decoded by a plan of the schema's.
TEST(CmeSchema, PlansOfASchemaAddTemplates) {
  const std::unique_ptr<Codec> codec = WithTemplate90(
      R"(<field name="MDEntryType" id="4" type="char"/><field name="MDUpdateAction" id="5" type="uint8"/>
         <field name="MDPriceLevel" id="6" type="uint8"/><field name="SecurityID" id="7" type="int32"/>
         <field name="MDEntryPx" id="8" type="PRICE"/><field name="MDEntrySize" id="9" type="uint16"/>)");
  PacketWriter packet(5, 5);
  packet.Begin(kBook90, 20);
  packet.Group(book::no_md_entries::kGroup, 17, 1);
  uint8_t* entry = packet.Entry();
  entry[0] = '1';
  entry[2] = 4;
  internal::Store<std::endian::little, int32_t>(entry + 3, 7);
  internal::Store<std::endian::little, int64_t>(entry + 7, 125'000);
  internal::Store<std::endian::little, uint16_t>(entry + 15, 21);
  const test::PacketBytes bytes(packet.Bytes());
  const Updates updates = test::DecodePacket(*codec, bytes.packet()).updates;
  // The root block has two bytes of padding, which this schema steps over too.
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].level.price, 12'500'000'000);
  EXPECT_EQ(updates[0].level.size, 21u);
  EXPECT_EQ(updates[0].level.depth, 4u);
  EXPECT_EQ(updates[0].instrument_id, 7u);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
}

// Entries so short would become more updates than there is room for.
TEST(CmeSchema, TemplatesWithTooShortEntriesAreDescribedAndNotMapped) {
  const std::unique_ptr<Codec> codec =
      WithTemplate90(R"(<field name="MDEntryType" id="4" type="char"/>)");
  PacketWriter packet(5, 5);
  packet.Begin(kBook90, 20);
  packet.Group(book::no_md_entries::kGroup, 1, 200);
  for (int i = 0; i < 200; ++i) *packet.Entry() = '0';
  const test::PacketBytes bytes(packet.Bytes());
  const test::Decoded decoded = test::DecodePacket(*codec, bytes.packet());
  EXPECT_TRUE(decoded.updates.empty());
  EXPECT_EQ(codec->stats().unmapped, 1u);
  EXPECT_EQ(test::DescribePacket(*codec, bytes.packet(), decoded.frame).at(0).info->type, 90u);
}

}  // namespace
}  // namespace fh::codecs::cme
