// What each message of B3's Binary UMDF becomes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/b3/b3_messages.h"
#include "codecs/b3/b3_packets.h"
#include "codecs/b3/b3_sample.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::b3 {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using Updates = std::vector<NormalizedUpdate>;
using Fill = std::function<void(uint8_t*)>;

constexpr uint64_t kSecurity = 100'000'180'725;
constexpr uint64_t kOther = 100'000'180'726;
constexpr uint64_t kTime = 1'700'000'000'123'456'789;
constexpr uint8_t kEndOfEvent = 0x80;

class B3Mapping : public testing::Test {
 protected:
  B3Mapping() {
    codec_ = *(*FindCodec("b3_umdf"))->make({.channel_id = 9, .instruments = &store_});
  }

  Updates Decode(const std::string& payload, uint8_t flags = 0) {
    const test::PacketBytes bytes(payload);
    const test::Decoded decoded = test::DecodePacket(*codec_, bytes.packet(), flags);
    frame_ = decoded.frame;
    return decoded.updates;
  }

  // A message of the security at kTime.
  template <typename M>
  static uint8_t* Add(PacketWriter& packet, uint64_t security = kSecurity, uint8_t event = 0) {
    uint8_t* message = packet.Add(M::kInfo);
    if constexpr (requires { M::kSecurityId; }) M::kSecurityId.Put(message, security);
    if constexpr (requires { M::kMatchEventIndicator; }) {
      M::kMatchEventIndicator.Put(message, event);
    }
    if constexpr (requires { M::kMdEntryTimestamp; }) M::kMdEntryTimestamp.Put(message, kTime);
    if constexpr (requires { M::kTransactTime; }) M::kTransactTime.Put(message, kTime);
    return message;
  }
  static void AddOrder(PacketWriter& packet, uint64_t id, uint64_t security = kSecurity,
                       uint8_t event = 0, uint8_t action = 0) {
    uint8_t* message = Add<Order>(packet, security, event);
    Order::kMdUpdateAction.Put(message, action);
    Order::kMdEntryType.Put(message, '0');
    Order::kMdEntryPx.Put(message, 123'400);
    Order::kMdEntrySize.Put(message, 500);
    Order::kSecondaryOrderId.Put(message, id);
  }

  template <typename M>
  Updates Become(const Fill& fill, uint8_t event = kEndOfEvent) {
    PacketWriter packet({.number = number_++});
    fill(Add<M>(packet, kSecurity, event));
    const Updates updates = Decode(packet.Bytes());
    for (size_t i = 0; i < updates.size(); ++i) {
      EXPECT_EQ(updates[i].sequence, number_ - 1);
      EXPECT_EQ(updates[i].ts_event_ns, static_cast<int64_t>(kTime));
      EXPECT_EQ(updates[i].channel_id, 9);
      EXPECT_EQ(updates[i].index, i);
      EXPECT_EQ((updates[i].flags & FH_FLAG_LAST) != 0,
                i + 1 == updates.size() && event == kEndOfEvent);
    }
    return updates;
  }

  uint32_t Id(uint64_t security = kSecurity) { return store_.InternVenueId(security); }

  InstrumentStore store_{100};
  std::unique_ptr<Codec> codec_;
  PacketFrame frame_;
  uint32_t number_ = 7;
};

TEST_F(B3Mapping, OrdersAreAddedChangedAndDeleted) {
  for (const auto& [action, expected] :
       {std::pair<uint8_t, char>{0, FH_ACTION_ADD}, {1, FH_ACTION_MODIFY}}) {
    const Updates updates = Become<Order>([action = action](uint8_t* message) {
      Order::kMdUpdateAction.Put(message, action);
      Order::kMdEntryType.Put(message, '1');
      Order::kMdEntryPx.Put(message, -123'400);
      Order::kMdEntrySize.Put(message, 500);
      Order::kSecondaryOrderId.Put(message, 4'711);
    });
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].record, FH_RECORD_ORDER);
    EXPECT_EQ(updates[0].action, expected);
    EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
    EXPECT_EQ(updates[0].instrument_id, Id());
    EXPECT_EQ(updates[0].order.order_id, 4'711u);
    EXPECT_EQ(updates[0].order.price, -12'340'000'000);
    EXPECT_EQ(updates[0].order.size, 500u);
  }
  const auto remove = [](int64_t size) {
    return [size](uint8_t* message) {
      DeleteOrder::kMdEntryType.Put(message, '0');
      DeleteOrder::kMdEntrySize.Put(message, size);
      DeleteOrder::kSecondaryOrderId.Put(message, 4'711);
      DeleteOrder::kMdEntryPx.Put(message, 123'400);
    };
  };
  const Updates gone = Become<DeleteOrder>(remove(300));
  ASSERT_THAT(gone, SizeIs(1));
  EXPECT_EQ(gone[0].action, FH_ACTION_CANCEL);
  EXPECT_EQ(gone[0].side, FH_SIDE_BID);
  EXPECT_EQ(gone[0].order.size, 300u);
  EXPECT_EQ(gone[0].order.price, 12'340'000'000);
  EXPECT_EQ(Become<DeleteOrder>(remove(INT64_MIN))[0].order.size, uint64_t{FH_SIZE_ALL});
}

TEST_F(B3Mapping, AMarketOrderHasNoPrice) {
  const Updates updates =
      Become<Order>([](uint8_t* message) { Order::kMdEntryPx.Put(message, INT64_MIN); });
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].order.price, kUndefinedPrice);
}

TEST_F(B3Mapping, AMassDeleteClearsOneSide) {
  const auto remove = [this](uint8_t action, uint32_t position, uint16_t version) {
    return Become<MassDeleteOrders>([=](uint8_t* message) {
      MassDeleteOrders::kMdUpdateAction.Put(message, action);
      MassDeleteOrders::kMdEntryType.Put(message, '1');
      MassDeleteOrders::kMdEntryPositionNo.Put(message, position);
      kVersion.Put(message, version);
    });
  };
  for (const auto& updates : {remove(3, 1, 9), remove(4, 7, 16)}) {
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
    EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
    EXPECT_EQ(updates[0].instrument_id, Id());
  }
  for (const auto& updates : {remove(3, 2, 9), remove(4, 1, 9)}) {
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].action, FH_ACTION_NONE) << "a part that nobody can name";
    EXPECT_NE(updates[0].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  }
}

TEST_F(B3Mapping, TradesHaveTheAggressorOfTheirInstrumentsSummary) {
  PacketWriter packet({.number = 7});
  for (const auto& [security, side] : {std::pair<uint64_t, uint8_t>{kSecurity, 1}, {kOther, 2}}) {
    uint8_t* summary = Add<ExecutionSummary>(packet, security);
    ExecutionSummary::kAggressorSide.Put(summary, side);
  }
  for (const uint64_t security : {kSecurity, kOther, kSecurity + 2}) {
    uint8_t* trade = Add<Trade>(packet, security, security > kOther ? kEndOfEvent : 0);
    Trade::kMdEntryPx.Put(trade, 123'400);
    Trade::kMdEntrySize.Put(trade, 300);
    Trade::kTradeId.Put(trade, 990);
    Trade::kTradeCondition.Put(trade, 0x2001);
  }
  const Updates updates = Decode(packet.Bytes());
  ASSERT_THAT(updates, SizeIs(3)) << "a summary is no trade";
  const std::string sides{updates[0].side, updates[1].side, updates[2].side};
  EXPECT_EQ(sides, "BAN");
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.action, FH_ACTION_TRADE);
    EXPECT_EQ(update.trade.trade_id, 990u);
    EXPECT_EQ(update.trade.price, 12'340'000'000);
    EXPECT_EQ(update.trade.size, 300u);
    EXPECT_EQ(update.detail, 1);
    EXPECT_NE(update.flags & FH_FLAG_LAST, 0) << "the end is that of every instrument";
  }
  const Updates later = Become<Trade>([](uint8_t*) {});
  EXPECT_EQ(later[0].side, FH_SIDE_NONE) << "the match is over";
}

TEST_F(B3Mapping, ForwardTradesAndBusts) {
  const Updates forward = Become<ForwardTrade>([](uint8_t* message) {
    ForwardTrade::kMdEntryPx.Put(message, 100);
    ForwardTrade::kTradeId.Put(message, 3);
  });
  ASSERT_THAT(forward, SizeIs(1));
  EXPECT_EQ(forward[0].action, FH_ACTION_TRADE);
  EXPECT_EQ(forward[0].trade.price, 10'000'000);
  const Updates bust = Become<TradeBust>([](uint8_t* message) {
    TradeBust::kTradeId.Put(message, 3);
    TradeBust::kMdEntrySize.Put(message, 5);
  });
  ASSERT_THAT(bust, SizeIs(1));
  EXPECT_EQ(bust[0].record, FH_RECORD_TRADE);
  EXPECT_EQ(bust[0].action, FH_ACTION_CANCEL);
  EXPECT_EQ(bust[0].trade.trade_id, 3u);
  EXPECT_EQ(bust[0].trade.size, 5u);
}

TEST_F(B3Mapping, AnEventThatBeganInAnEarlierPacketEndsForItsInstruments) {
  PacketWriter first({.number = 7});
  AddOrder(first, 1, kSecurity);
  AddOrder(first, 2, kOther);
  for (const NormalizedUpdate& update : Decode(first.Bytes())) {
    EXPECT_EQ(update.flags & FH_FLAG_LAST, 0);
  }
  PacketWriter second({.number = 8});
  AddOrder(second, 3, kSecurity);
  AddOrder(second, 4, kOther + 1, kEndOfEvent);
  const Updates updates = Decode(second.Bytes());
  ASSERT_THAT(updates, SizeIs(3));
  for (const NormalizedUpdate& update : updates) EXPECT_NE(update.flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(updates[2].action, FH_ACTION_NONE);
  EXPECT_EQ(updates[2].instrument_id, Id(kOther));
  EXPECT_EQ(updates[2].index, 2);
}

TEST_F(B3Mapping, AnEventOfManyInstrumentsEndsForAll) {
  PacketWriter first({.number = 7});
  for (uint64_t i = 0; i < 9; ++i) AddOrder(first, i, kSecurity + i);
  Decode(first.Bytes());
  PacketWriter second({.number = 8});
  AddOrder(second, 4, kSecurity, kEndOfEvent);
  const Updates updates = Decode(second.Bytes());
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[1].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_NE(updates[1].flags & FH_FLAG_LAST, 0);
}

TEST_F(B3Mapping, WhatAGapLeftOpenIsNotEndedBehindIt) {
  PacketWriter first({.number = 7});
  AddOrder(first, 1, kOther);
  Decode(first.Bytes());
  codec_->OnEvent({StreamEvent::Kind::kGap, 0, 8, 8});
  PacketWriter second({.number = 9});
  AddOrder(second, 4, kSecurity, kEndOfEvent);
  EXPECT_THAT(Decode(second.Bytes()), SizeIs(1));
}

TEST_F(B3Mapping, RecoveryAndImpliedAreFlags) {
  EXPECT_EQ(Become<Order>([](uint8_t*) {}, 0x20)[0].flags, FH_FLAG_SNAPSHOT);
  EXPECT_EQ(Become<Order>([](uint8_t*) {}, 0x10)[0].flags, FH_FLAG_IMPLIED);
  const auto older = [](uint8_t* message) { kVersion.Put(message, 9); };
  EXPECT_EQ(Become<Order>(older, 0x10)[0].flags, 0) << "the bit had another meaning";
}

TEST_F(B3Mapping, BooksAreClearedByInstrumentAndByChannel) {
  const Updates empty = Become<EmptyBook>([](uint8_t*) {});
  ASSERT_THAT(empty, SizeIs(1));
  EXPECT_EQ(empty[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(empty[0].side, FH_SIDE_NONE);
  EXPECT_EQ(empty[0].instrument_id, Id());
  const Updates reset = Become<ChannelReset>([](uint8_t*) {});
  ASSERT_THAT(reset, SizeIs(1));
  EXPECT_EQ(reset[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(reset[0].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
}

TEST_F(B3Mapping, StatusesOfInstrumentsAndGroups) {
  const std::pair<uint8_t, uint8_t> states[] = {{2, FH_TRADING_PAUSED},   {4, FH_TRADING_HALTED},
                                                {17, FH_TRADING_OPEN},    {18, FH_TRADING_HALTED},
                                                {20, FH_TRADING_UNKNOWN}, {21, FH_TRADING_ORDERS},
                                                {101, FH_TRADING_ORDERS}};
  for (const auto& [status, state] : states) {
    const Updates updates = Become<SecurityStatus>([status = status](uint8_t* message) {
      SecurityStatus::kSecurityTradingStatus.Put(message, status);
      SecurityStatus::kSecurityTradingEvent.Put(message, 102);
    });
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].status.kind, FH_STATUS_TRADING);
    EXPECT_EQ(updates[0].status.state, state);
    EXPECT_EQ(updates[0].detail, status);
    EXPECT_EQ(updates[0].status.value, 102);
  }
  const Updates group = Become<SecurityGroupPhase>([](uint8_t* message) {
    std::memcpy(message + SecurityGroupPhase::kSecurityGroup.offset, "L0\0", 3);
    SecurityGroupPhase::kTradingSessionSubId.Put(message, 17);
    SecurityGroupPhase::kSecurityTradingEvent.Put(message, 255);
  });
  ASSERT_THAT(group, SizeIs(1));
  EXPECT_EQ(group[0].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(std::string(group[0].status.reason, 4), "L0  ");
  EXPECT_EQ(group[0].status.state, FH_TRADING_OPEN);
  EXPECT_EQ(group[0].status.value, 0);
}

TEST_F(B3Mapping, StatisticsHaveTheirTypeAndScale) {
  const auto expect = [](const Updates& updates, uint16_t type, int64_t price, int64_t quantity) {
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].record, FH_RECORD_STATISTIC);
    EXPECT_EQ(updates[0].statistic.type, type);
    EXPECT_EQ(updates[0].statistic.price, price);
    EXPECT_EQ(updates[0].statistic.quantity, quantity);
  };
  const auto opening = [this](uint8_t action, uint8_t flag) {
    return Become<OpeningPrice>([=](uint8_t* message) {
      OpeningPrice::kMdUpdateAction.Put(message, action);
      OpeningPrice::kOpenCloseSettlFlag.Put(message, flag);
      OpeningPrice::kMdEntryPx.Put(message, 123'400);
    });
  };
  expect(opening(0, 0), FH_STAT_OPENING_PRICE, 12'340'000'000, 0);
  expect(opening(0, 5), FH_STAT_INDICATIVE_PRICE, 12'340'000'000, 0);
  expect(opening(2, 0), FH_STAT_OPENING_PRICE, kUndefinedPrice, 0);
  const auto closing = [this](uint8_t flag) {
    return Become<ClosingPrice>([=](uint8_t* message) {
      ClosingPrice::kOpenCloseSettlFlag.Put(message, flag);
      ClosingPrice::kMdEntryPx.Put(message, 1'234'000'000);  // In 1e-8.
    });
  };
  expect(closing(0), FH_STAT_CLOSING_PRICE, 12'340'000'000, 0);
  expect(closing(4), FH_STAT_PREVIOUS_CLOSE, 12'340'000'000, 0);
  expect(Become<HighPrice>([](uint8_t* message) { HighPrice::kMdEntryPx.Put(message, 2); }),
         FH_STAT_HIGH_PRICE, 200'000, 0);
  expect(Become<LowPrice>([](uint8_t* message) { LowPrice::kMdEntryPx.Put(message, 2); }),
         FH_STAT_LOW_PRICE, 200'000, 0);
  expect(Become<SettlementPrice>(
             [](uint8_t* message) { SettlementPrice::kMdEntryPx.Put(message, 3); }),
         FH_STAT_SETTLEMENT_PRICE, 300'000, 0);
  expect(Become<OpenInterest>([](uint8_t* message) { OpenInterest::kMdEntrySize.Put(message, 4); }),
         FH_STAT_OPEN_INTEREST, kUndefinedPrice, 4);
  const Updates day = Become<ExecutionStatistics>([](uint8_t* message) {
    ExecutionStatistics::kTradeVolume.Put(message, 70);
    ExecutionStatistics::kVwapPx.Put(message, 5);
  });
  ASSERT_THAT(day, SizeIs(2));
  EXPECT_EQ(day[0].statistic.type, FH_STAT_VOLUME);
  EXPECT_EQ(day[0].statistic.quantity, 70);
  EXPECT_EQ(day[1].statistic.type, FH_STAT_AVERAGE_PRICE);
  EXPECT_EQ(day[1].statistic.price, 500'000);
}

TEST_F(B3Mapping, BandsInPricesArePrices) {
  const Updates updates = Become<PriceBand>([](uint8_t* message) {
    PriceBand::kPriceBandType.Put(message, 1);
    PriceBand::kPriceLimitType.Put(message, 0);
    PriceBand::kLowLimitPrice.Put(message, 90'000);
    PriceBand::kHighLimitPrice.Put(message, 110'000);
    PriceBand::kTradingReferencePrice.Put(message, 1'000'000'000);  // In 1e-8.
  });
  ASSERT_THAT(updates, SizeIs(3));
  EXPECT_EQ(updates[0].statistic.type, FH_STAT_LOWER_BAND);
  EXPECT_EQ(updates[0].statistic.price, 9'000'000'000);
  EXPECT_EQ(updates[1].statistic.type, FH_STAT_UPPER_BAND);
  EXPECT_EQ(updates[1].statistic.price, 11'000'000'000);
  EXPECT_EQ(updates[2].statistic.type, FH_STAT_REFERENCE_PRICE);
  EXPECT_EQ(updates[2].statistic.price, 10'000'000'000);
  EXPECT_EQ(updates[2].detail, 0x01);
}

TEST_F(B3Mapping, AuctionsHavePriceQuantityAndSurplus) {
  const Updates theoretical = Become<TheoreticalOpeningPrice>([](uint8_t* message) {
    TheoreticalOpeningPrice::kMdEntryPx.Put(message, 123'400);
    TheoreticalOpeningPrice::kMdEntrySize.Put(message, 900);
  });
  ASSERT_THAT(theoretical, SizeIs(2));
  EXPECT_EQ(theoretical[0].record, FH_RECORD_IMBALANCE);
  EXPECT_EQ(theoretical[0].imbalance.reference_price, 12'340'000'000);
  EXPECT_EQ(theoretical[0].imbalance.paired, 900u);
  EXPECT_EQ(theoretical[1].statistic.type, FH_STAT_INDICATIVE_PRICE);
  const auto imbalance = [this](uint16_t condition) {
    return Become<AuctionImbalance>([=](uint8_t* message) {
      AuctionImbalance::kImbalanceCondition.Put(message, condition);
      AuctionImbalance::kMdEntrySize.Put(message, 30);
    })[0];
  };
  EXPECT_EQ(imbalance(1 << 8).side, FH_SIDE_BID);
  EXPECT_EQ(imbalance(1 << 9).side, FH_SIDE_ASK);
  EXPECT_EQ(imbalance(0).side, FH_SIDE_NONE);
  EXPECT_EQ(imbalance(0).imbalance.imbalance, 30u);
}

TEST_F(B3Mapping, ADefinitionTellsTheTerms) {
  using M = SecurityDefinition;
  PacketWriter packet({.number = 7});
  uint8_t* message = packet.Add(M::kInfo);
  M::kSecurityId.Put(message, kSecurity);
  M::kSymbol.Put(message, "PETRA123");
  M::kSecurityType.Put(message, 12);
  M::kSecurityUpdateAction.Put(message, 'A');
  M::kMinPriceIncrement.Put(message, 1'000'000);
  M::kStrikePrice.Put(message, 251'000);
  M::kContractMultiplier.Put(message, 10'000'000'000);
  M::kPriceDivisor.Put(message, 10'000'000'000);
  M::kSecurityValidityTimestamp.Put(message, 1'800'000'000);
  M::kMinLotSize.Put(message, 100);
  M::kCurrency.Put(message, "BRL");
  M::kCfiCode.Put(message, "OCASPS");
  M::kTickSizeDenominator.Put(message, 2);
  M::kPutOrCall.Put(message, 1);
  packet.Group(M::NoUnderlyings::kInfo, 1);
  M::NoUnderlyings::kUnderlyingSecurityId.Put(packet.Entry(), kOther);
  packet.Group(M::NoLegs::kInfo, 2);
  for (const auto& [leg, ratio, side] :
       {std::tuple<uint64_t, int64_t, uint8_t>{kOther, 20'000'000, 1},
        {kOther + 1, 15'000'000, 2}}) {
    uint8_t* entry = packet.Entry();
    M::NoLegs::kLegSecurityId.Put(entry, leg);
    M::NoLegs::kLegRatioQty.Put(entry, ratio);
    M::NoLegs::kLegSide.Put(entry, side);
  }
  packet.Group(M::NoInstrAttribs::kInfo, 0);
  packet.Text(M::kSecurityDescData, "CALL");
  const Updates updates = Decode(packet.Bytes());
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
  EXPECT_EQ(updates[0].instrument_id, Id());
  EXPECT_EQ(std::string(updates[0].definition.symbol), "PETRA123");
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_OPTION);
  EXPECT_EQ(updates[0].definition.security_class, 'O');
  EXPECT_EQ(updates[0].definition.round_lot, 100u);
  EXPECT_EQ(updates[0].detail, 'A');
  EXPECT_NE(updates[0].flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(store_.Name(Id()).view(), "PETRA123");
  const fh_terms terms = store_.Terms(Id());
  EXPECT_EQ(terms.tick, 10'000'000);
  EXPECT_EQ(terms.strike, 25'100'000'000);
  EXPECT_EQ(terms.multiplier, 100'000'000'000);
  EXPECT_EQ(terms.display_factor, 10'000'000);
  EXPECT_EQ(terms.expiry_ns, 1'800'000'000'000'000'000);
  EXPECT_EQ(terms.round_lot, 100u);
  EXPECT_EQ(std::string(terms.currency), "BRL");
  EXPECT_EQ(terms.put_call, 'C');
  EXPECT_EQ(terms.price_decimals, 2);
  EXPECT_EQ(terms.size_decimals, 0);
  EXPECT_EQ(terms.underlying_id, Id(kOther));
  EXPECT_EQ(terms.leg_count, 2);
  EXPECT_EQ(terms.legs[0].instrument_id, Id(kOther));
  EXPECT_EQ(terms.legs[0].ratio, 2);
  EXPECT_EQ(terms.legs[1].ratio, 0) << "1.5 is no whole number";
}

TEST_F(B3Mapping, WhatNothingBecomesIsCounted) {
  PacketWriter packet({.number = 7});
  Add<LastTradePrice>(packet);
  Add<QuantityBand>(packet);
  uint8_t* news = Add<News>(packet);
  News::kSecurityId.Put(news, 0);
  for (const DataInfo* data : News::kInfo.data) packet.Text(*data, "X");
  EXPECT_THAT(Decode(packet.Bytes()), IsEmpty());
  EXPECT_EQ(codec_->stats().unmapped, 3u);
}

class B3Image : public B3Mapping {
 protected:
  static void AddHeader(PacketWriter& packet, uint32_t bids, uint32_t offers, uint16_t stats) {
    using M = SnapshotFullRefreshHeader;
    uint8_t* header = Add<M>(packet);
    M::kTotNumBids.Put(header, bids);
    M::kTotNumOffers.Put(header, offers);
    M::kTotNumStats.Put(header, stats);
    M::kLastMsgSeqNumProcessed.Put(header, 4'711u);
  }
  static void AddOrders(PacketWriter& packet, uint8_t count) {
    using M = SnapshotFullRefreshOrders;
    Add<M>(packet);
    packet.Group(M::NoMdEntries::kInfo, count);
    for (uint8_t i = 0; i < count; ++i) {
      uint8_t* entry = packet.Entry();
      M::NoMdEntries::kMdEntryPx.Put(entry, 123'400);
      M::NoMdEntries::kMdEntrySize.Put(entry, 10 + i);
      M::NoMdEntries::kSecondaryOrderId.Put(entry, 800u + i);
      M::NoMdEntries::kMdEntryType.Put(entry, '1');
      M::NoMdEntries::kMdInsertTimestamp.Put(entry, kTime);
    }
  }
};

TEST_F(B3Image, ASnapshotSaysWhereItStandsAndIsAClearItsStatisticsAndItsOrders) {
  PacketWriter first({.number = 1});
  AddHeader(first, 1, 2, 1);
  Add<HighPrice>(first);
  AddOrders(first, 1);
  const Updates begin = Decode(first.Bytes());
  ASSERT_THAT(begin, SizeIs(4));
  EXPECT_EQ(begin[0].status.kind, FH_STATUS_SNAPSHOT_AT);
  EXPECT_EQ(begin[0].status.value, 4'711);
  EXPECT_EQ(begin[0].instrument_id, begin[1].instrument_id);
  EXPECT_EQ(begin[1].action, FH_ACTION_CLEAR);
  EXPECT_EQ(begin[2].record, FH_RECORD_STATISTIC);
  EXPECT_EQ(begin[3].action, FH_ACTION_ADD);
  for (const NormalizedUpdate& update : begin) EXPECT_EQ(update.flags, FH_FLAG_SNAPSHOT);
  PacketWriter second({.number = 2});
  AddOrders(second, 2);
  const Updates end = Decode(second.Bytes());
  ASSERT_THAT(end, SizeIs(2));
  EXPECT_EQ(end[0].flags, FH_FLAG_SNAPSHOT);
  EXPECT_EQ(end[1].flags, FH_FLAG_SNAPSHOT | FH_FLAG_LAST);
  EXPECT_EQ(end[1].order.order_id, 801u);
  EXPECT_EQ(end[1].order.size, 11u);
  EXPECT_EQ(end[1].order.price, 12'340'000'000);
  EXPECT_EQ(end[1].side, FH_SIDE_ASK);
  EXPECT_EQ(end[1].ts_event_ns, static_cast<int64_t>(kTime));
}

TEST_F(B3Image, AnEmptyBookIsASnapshotToo) {
  PacketWriter packet({.number = 1});
  AddHeader(packet, 0, 0, 0);
  const Updates updates = Decode(packet.Bytes());
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[1].flags, FH_FLAG_SNAPSHOT | FH_FLAG_LAST);
}

TEST_F(B3Image, AStatisticWithoutAFormEndsTheSnapshotAllTheSame) {
  PacketWriter packet({.number = 1});
  AddHeader(packet, 0, 0, 1);
  Add<QuantityBand>(packet);
  const Updates updates = Decode(packet.Bytes());
  ASSERT_THAT(updates, SizeIs(3));
  EXPECT_EQ(updates[2].action, FH_ACTION_NONE);
  EXPECT_EQ(updates[2].flags, FH_FLAG_SNAPSHOT | FH_FLAG_LAST);
}

TEST_F(B3Image, TheLastTradeIsATradeOfTheSnapshot) {
  PacketWriter packet({.number = 1});
  AddHeader(packet, 0, 0, 1);
  uint8_t* last = Add<LastTradePrice>(packet);
  LastTradePrice::kMdEntryPx.Put(last, 123'400);
  LastTradePrice::kMdEntrySize.Put(last, 9);
  LastTradePrice::kTradeId.Put(last, 77);
  const Updates updates = Decode(packet.Bytes());
  ASSERT_GE(updates.size(), 3u);
  EXPECT_EQ(updates[2].record, FH_RECORD_TRADE);
  EXPECT_EQ(updates[2].action, FH_ACTION_TRADE);
  EXPECT_EQ(updates[2].side, FH_SIDE_NONE);
  EXPECT_NE(updates[2].flags & FH_FLAG_SNAPSHOT, 0);
  EXPECT_EQ(updates[2].trade.trade_id, 77u);
  EXPECT_EQ(updates[2].trade.price, 12'340'000'000);
  EXPECT_EQ(updates[2].trade.size, 9u);
  EXPECT_EQ(updates.back().flags & FH_FLAG_LAST, FH_FLAG_LAST);
}

TEST_F(B3Image, OneThatLacksAPacketIsDoubtful) {
  PacketWriter first({.number = 1});
  AddHeader(first, 1, 2, 0);
  Decode(first.Bytes());
  codec_->OnEvent({StreamEvent::Kind::kGap, 0, 2, 2});
  PacketWriter third({.number = 3});
  AddOrders(third, 3);
  for (const NormalizedUpdate& update : Decode(third.Bytes())) {
    EXPECT_NE(update.flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  }
  PacketWriter fourth({.number = 4});
  AddHeader(fourth, 1, 0, 0);
  AddOrders(fourth, 1);
  for (const NormalizedUpdate& update : Decode(fourth.Bytes())) {
    EXPECT_EQ(update.flags & FH_FLAG_MAYBE_BAD_BOOK, 0) << "the next one is whole";
  }
}

TEST_F(B3Image, OrdersWithoutAHeaderAreDoubtful) {
  PacketWriter packet({.number = 1});
  AddOrders(packet, 1);
  const Updates updates = Decode(packet.Bytes());
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].flags, FH_FLAG_SNAPSHOT | FH_FLAG_MAYBE_BAD_BOOK);
}

class B3Framing : public B3Mapping {};

TEST_F(B3Framing, PacketsWithoutANumberSayWhichComesNext) {
  PacketWriter sequence({.number = 0, .sequence_version = 5'599});
  Sequence::kNextSeqNo.Put(sequence.Add(Sequence::kInfo), 77'124);
  EXPECT_THAT(Decode(sequence.Bytes()), IsEmpty());
  EXPECT_EQ(frame_.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(frame_.first_sequence, 77'124u);
  EXPECT_FALSE(frame_.stream_start);
  PacketWriter reset({.number = 0});
  reset.Add(SequenceReset::kInfo);
  Decode(reset.Bytes());
  EXPECT_EQ(frame_.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(frame_.first_sequence, 1u);
  EXPECT_TRUE(frame_.stream_start);
  PacketWriter order({.number = 0});
  AddOrder(order, 1);
  EXPECT_THAT(Decode(order.Bytes()), SizeIs(1));
  EXPECT_EQ(frame_.kind, FrameKind::kUnsequenced);
}

TEST_F(B3Framing, ASequenceVersionIsASession) {
  const auto session = [this](uint16_t version, uint8_t channel) {
    PacketWriter packet({.number = 7, .sequence_version = version, .channel = channel});
    AddOrder(packet, 1);
    Decode(packet.Bytes());
    return frame_.session;
  };
  EXPECT_EQ(session(1, 50), session(1, 50));
  EXPECT_NE(session(1, 50), session(2, 50));
  EXPECT_NE(session(1, 50), session(1, 51));
}

TEST_F(B3Framing, OtherEncodingsSchemasAndVersionsAreCounted) {
  PacketWriter packet({.number = 7});
  AddOrder(packet, 1);
  std::string foreign = packet.Bytes();
  foreign[kPacketHeaderBytes + kEncodingType.offset] ^= 1;
  Decode(foreign);
  EXPECT_EQ(frame_.reject, RejectReason::kForeign);
  for (const auto& [field, value] : {std::pair<LittleEndian<uint16_t>, uint16_t>{kSchemaId, 3},
                                     {kVersion, 4},
                                     {kTemplateId, 58},
                                     {kTemplateId, 9'999}}) {
    PacketWriter other({.number = 7});
    AddOrder(other, 1);
    std::string bytes = other.Bytes();
    field.Put(reinterpret_cast<uint8_t*>(bytes.data()) + kPacketHeaderBytes, value);
    const uint64_t before = codec_->stats().unknown;
    EXPECT_THAT(Decode(bytes), IsEmpty());
    EXPECT_EQ(codec_->stats().unknown, before + 1);
  }
}

TEST_F(B3Framing, LongerBlocksAreReadAsFarAsKnown) {
  PacketWriter packet({.number = 7});
  AddOrder(packet, 4'711);
  std::string bytes = packet.Bytes() + std::string(8, '\x7F');
  auto* message = reinterpret_cast<uint8_t*>(bytes.data()) + kPacketHeaderBytes;
  kMessageLength.Put(message, static_cast<uint16_t>(kMessageLength(message) + 8));
  kBlockLength.Put(message, static_cast<uint16_t>(kBlockLength(message) + 8));
  kVersion.Put(message, 40);
  const Updates updates = Decode(bytes);
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].order.order_id, 4'711u);
}

}  // namespace
}  // namespace fh::codecs::b3
