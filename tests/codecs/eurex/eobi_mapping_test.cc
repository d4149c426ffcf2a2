// What each message of T7's EOBI becomes, in the layouts of the releases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "codecs/eurex/eobi_messages.h"
#include "codecs/eurex/eobi_packets.h"
#include "codecs/eurex/eobi_sample.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::eurex {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using Updates = std::vector<NormalizedUpdate>;

constexpr int64_t kSecurity = 72'057'594'040'000'001;
constexpr int64_t kOther = kSecurity + 1;
constexpr int64_t kSend = 1'700'000'000'000'000'000;
constexpr uint64_t kPrio = 1'699'999'999'000'000'001;
constexpr int64_t kPrice = 12'345'000'000;  // 123.45
constexpr int64_t kPriceE9 = 123'450'000'000;
constexpr int64_t kFive = 50'000;  // 5 in 1e-4.

class EobiMapping : public testing::Test {
 protected:
  EobiMapping() { Open(ChannelRole::kIncremental); }

  void Open(ChannelRole role) {
    codec_ =
        *(*FindCodec("eurex_eobi"))->make({.channel_id = 9, .role = role, .instruments = &store_});
  }

  // The next packet of the channel and of its product.
  PacketWriter Packet(bool is_complete = true, int32_t product = 688) {
    return PacketWriter({.number = number_++,
                         .market_segment_id = product,
                         .first_message = 1,
                         .is_complete = is_complete,
                         .send_time_ns = kSend});
  }

  Updates Decode(const PacketWriter& packet, uint8_t flags = 0) {
    const test::PacketBytes bytes(packet.Bytes());
    const test::Decoded decoded = test::DecodePacket(*codec_, bytes.packet(), flags);
    frame_ = decoded.frame;
    for (size_t i = 0; i < decoded.updates.size(); ++i) {
      EXPECT_EQ(decoded.updates[i].index, i);
      EXPECT_EQ(decoded.updates[i].sequence, frame_.first_sequence);
    }
    return decoded.updates;
  }

  static void AddOrder(PacketWriter& packet, uint64_t prio, int64_t security = kSecurity) {
    uint8_t* message = packet.Add(OrderAdd13::kInfo);
    OrderAdd13::kSecurityId.Put(message, security);
    OrderAdd13::kTrdRegTsTimePriority.Put(message, prio);
    OrderAdd13::kDisplayQty.Put(message, kFive);
    OrderAdd13::kSide.Put(message, 2);
    OrderAdd13::kPrice.Put(message, kPrice);
  }
  template <typename M>
  static void AddExecution(PacketWriter& packet, uint64_t prio, int64_t security = kSecurity) {
    uint8_t* message = packet.Add(M::kInfo);
    M::kSide.Put(message, 1);
    M::kTrdMatchId.Put(message, 4'711);
    M::kPrice.Put(message, kPrice);
    M::kTrdRegTsTimePriority.Put(message, prio);
    M::kSecurityId.Put(message, security);
    M::kLastQty.Put(message, std::is_same_v<decltype(M::kLastQty(message)), int32_t> ? 5 : kFive);
    M::kLastPx.Put(message, kPrice + 1'000'000);
  }
  static void AddSummary(PacketWriter& packet, int64_t security = kSecurity) {
    uint8_t* message = packet.Add(ExecutionSummary13::kInfo);
    ExecutionSummary13::kSecurityId.Put(message, security);
    ExecutionSummary13::kExecId.Put(message, kPrio + 5);
    ExecutionSummary13::kLastQty.Put(message, 3 * kFive);
    ExecutionSummary13::kAggressorSide.Put(message, 2);
    ExecutionSummary13::kTradeCondition.Put(message, UINT16_MAX);
    ExecutionSummary13::kLastPx.Put(message, kPrice);
  }

  uint32_t Id(int64_t security = kSecurity) {
    return store_.InternVenueId(static_cast<uint64_t>(security));
  }

  static std::string Actions(const Updates& updates) {
    std::string actions;
    for (const NormalizedUpdate& update : updates) actions += update.action;
    return actions;
  }
  static std::string Lasts(const Updates& updates) {
    std::string lasts;
    for (const NormalizedUpdate& update : updates) {
      lasts += (update.flags & FH_FLAG_LAST) != 0 ? 'L' : '-';
    }
    return lasts;
  }

  InstrumentStore store_{100};
  std::unique_ptr<Codec> codec_;
  PacketFrame frame_;
  uint32_t number_ = 7;
};

TEST_F(EobiMapping, AnOrderOf13IsAddedInItsDecimals) {
  PacketWriter packet = Packet();
  AddOrder(packet, kPrio);
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].record, FH_RECORD_ORDER);
  EXPECT_EQ(updates[0].action, FH_ACTION_ADD);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[0].instrument_id, Id());
  EXPECT_EQ(updates[0].order.order_id, kPrio);
  EXPECT_EQ(updates[0].order.price, kPriceE9);
  EXPECT_EQ(updates[0].order.size, static_cast<uint64_t>(kFive));
  EXPECT_EQ(updates[0].ts_event_ns, static_cast<int64_t>(kPrio));
  EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
  EXPECT_EQ(store_.Terms(Id()).size_decimals, 4);
  EXPECT_EQ(store_.Name(Id()).view(), "72057594040000001");
}

TEST_F(EobiMapping, AnOrderOf6HasWholeUnits) {
  PacketWriter packet = Packet();
  uint8_t* message = packet.Add(OrderAdd6::kInfo);
  OrderAdd6::kSecurityId.Put(message, kSecurity);
  OrderAdd6::kDisplayQty.Put(message, 5);
  OrderAdd6::kSide.Put(message, 1);
  OrderAdd6::kPrice.Put(message, INT64_MIN);
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].order.size, 5u);
  EXPECT_EQ(updates[0].side, FH_SIDE_BID);
  EXPECT_EQ(updates[0].order.price, kUndefinedPrice) << "a market order";
  EXPECT_EQ(store_.Terms(Id()).size_decimals, 0);
}

template <typename M>
void FillModify(uint8_t* message) {
  M::kSecurityId.Put(message, kSecurity);
  M::kTrdRegTsPrevTimePriority.Put(message, kPrio);
  M::kTrdRegTsTimePriority.Put(message, kPrio + 1);
  M::kPrevPrice.Put(message, kPrice);
  M::kPrice.Put(message, 2 * kPrice);
  M::kPrevDisplayQty.Put(message, 7);
  M::kDisplayQty.Put(message, 9);
  M::kSide.Put(message, 2);
}

TEST_F(EobiMapping, AModifiedOrderIsANewOneBehindTheOld) {
  PacketWriter packet = Packet();
  FillModify<OrderModify6>(packet.Add(OrderModify6::kInfo));
  FillModify<OrderModify13>(packet.Add(OrderModify13::kInfo));
  const Updates updates = Decode(packet);
  EXPECT_EQ(Actions(updates), "CACA");
  EXPECT_EQ(Lasts(updates), "---L") << "LAST is the instrument's last in the packet";
  for (size_t i = 0; i < updates.size(); i += 2) {
    EXPECT_EQ(updates[i].order.order_id, kPrio);
    EXPECT_EQ(updates[i].order.price, kPriceE9);
    EXPECT_EQ(updates[i].order.size, 7u);
    EXPECT_EQ(updates[i + 1].order.order_id, kPrio + 1);
    EXPECT_EQ(updates[i + 1].order.price, 2 * kPriceE9);
    EXPECT_EQ(updates[i + 1].order.size, 9u);
    EXPECT_EQ(updates[i + 1].side, FH_SIDE_ASK);
  }
}

template <typename M>
void FillDetails(uint8_t* message) {
  M::kSecurityId.Put(message, kSecurity);
  M::kTransactTime.Put(message, kSend - 1);
  M::kTrdRegTsTimePriority.Put(message, kPrio);
  M::kPrice.Put(message, kPrice);
  M::kDisplayQty.Put(message, 9);
  M::kSide.Put(message, 1);
}

TEST_F(EobiMapping, OrdersKeepTheirPriorityOrGo) {
  PacketWriter packet = Packet();
  FillDetails<OrderModifySamePrio6>(packet.Add(OrderModifySamePrio6::kInfo));
  FillDetails<OrderModifySamePrio13>(packet.Add(OrderModifySamePrio13::kInfo));
  FillDetails<OrderDelete6>(packet.Add(OrderDelete6::kInfo));
  FillDetails<OrderDelete13>(packet.Add(OrderDelete13::kInfo));
  const Updates updates = Decode(packet);
  EXPECT_EQ(Actions(updates), "MMCC");
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.order.order_id, kPrio);
    EXPECT_EQ(update.order.size, 9u);
    EXPECT_EQ(update.order.price, kPriceE9);
    EXPECT_EQ(update.side, FH_SIDE_BID);
    EXPECT_EQ(update.ts_event_ns, kSend - 1);
    EXPECT_EQ((update.flags & FH_FLAG_PRIORITY_KEPT) != 0, update.action == FH_ACTION_MODIFY);
  }
}

TEST_F(EobiMapping, AMassDeleteClearsTheInstrument) {
  PacketWriter packet = Packet();
  OrderMassDelete::kSecurityId.Put(packet.Add(OrderMassDelete::kInfo), kSecurity);
  const Updates updates = Decode(packet);
  EXPECT_EQ(Actions(updates), "R");
  EXPECT_EQ(updates[0].instrument_id, Id());
}

// The books' example: T once for all of the match, F and C for each order, LAST where the unit ends.
TEST_F(EobiMapping, AMatchIsOneTradeAndAFillForEachOrder) {
  PacketWriter first = Packet(/*is_complete=*/false);
  AddSummary(first);
  AddExecution<FullOrderExecution13>(first, kPrio);
  const Updates begin = Decode(first);
  EXPECT_EQ(Actions(begin), "TFC");
  EXPECT_EQ(Lasts(begin), "---");
  EXPECT_EQ(begin[0].side, FH_SIDE_ASK);
  EXPECT_EQ(begin[0].trade.trade_id, kPrio + 5);
  EXPECT_EQ(begin[0].trade.size, static_cast<uint64_t>(3 * kFive));
  EXPECT_EQ(begin[0].trade.price, kPriceE9);
  PacketWriter second = Packet();
  AddExecution<PartialOrderExecution13>(second, kPrio + 1);
  const Updates end = Decode(second);
  EXPECT_EQ(Actions(end), "NFC") << "the match was announced in the packet before";
  EXPECT_EQ(Lasts(end), "--L");
  EXPECT_EQ(end[1].side, FH_SIDE_BID);
  EXPECT_EQ(end[1].order.order_id, kPrio + 1);
  EXPECT_EQ(end[1].order.price, kPriceE9 + 10'000'000) << "of the execution";
  EXPECT_EQ(end[2].order.price, kPriceE9) << "of the order";
  EXPECT_EQ(end[2].order.size, static_cast<uint64_t>(kFive));
  EXPECT_EQ(end[2].ts_event_ns, static_cast<int64_t>(kPrio + 5)) << "that of the match";
}

TEST_F(EobiMapping, ExecutionsWithoutASummaryAreTradesThemselves) {
  PacketWriter packet = Packet();
  AddSummary(packet, kOther);
  AddExecution<PartialOrderExecution13>(packet, kPrio);
  const Updates updates = Decode(packet);
  EXPECT_EQ(Actions(updates), "TTFC");
  EXPECT_EQ(updates[1].side, FH_SIDE_NONE);
  EXPECT_EQ(updates[1].trade.trade_id, 4'711u);
  EXPECT_EQ(updates[1].ts_event_ns, kSend);
  PacketWriter next = Packet();
  AddExecution<PartialOrderExecution13>(next, kPrio, kOther);
  EXPECT_EQ(Actions(Decode(next)), "TFC") << "a summary is of its unit of work only";
}

TEST_F(EobiMapping, BothLayoutsOfAnExecutionAreToldApart) {
  for (const int64_t quantity :
       {int64_t{1}, int64_t{429'495}, int64_t{429'497}, int64_t{900'000}}) {
    PacketWriter packet = Packet();
    AddExecution<PartialOrderExecution6>(packet, kPrio);
    AddExecution<PartialOrderExecution13>(packet, kPrio);
    std::string bytes = packet.Bytes();
    auto* at = reinterpret_cast<uint8_t*>(bytes.data()) + kPacketHeaderBytes;
    PartialOrderExecution6::kLastQty.Put(at, static_cast<int32_t>(quantity));
    EXPECT_EQ(FindMessage(at), &PartialOrderExecution6::kInfo) << quantity;
    // Padding that is not zero.
    at[12] = 0x5A;
    EXPECT_EQ(FindMessage(at), &PartialOrderExecution6::kInfo) << quantity;
    at += PartialOrderExecution6::kInfo.length;
    PartialOrderExecution13::kLastQty.Put(at, quantity * 10'000);
    EXPECT_EQ(FindMessage(at), &PartialOrderExecution13::kInfo) << quantity;
  }
}

TEST_F(EobiMapping, SummariesOfEveryRelease) {
  const auto fill = []<typename M>(PacketWriter& packet) {
    uint8_t* message = packet.Add(M::kInfo);
    M::kSecurityId.Put(message, kSecurity);
    M::kLastQty.Put(message, 40);
    M::kAggressorSide.Put(message, 1);
    M::kLastPx.Put(message, kPrice);
    M::kTradeCondition.Put(message, 1);
    if constexpr (requires { M::kExecId; }) M::kExecId.Put(message, kPrio);
  };
  PacketWriter packet = Packet();
  fill.operator()<ExecutionSummary2>(packet);
  fill.operator()<ExecutionSummary6>(packet);
  fill.operator()<ExecutionSummary7>(packet);
  fill.operator()<ExecutionSummary13>(packet);
  const Updates updates = Decode(packet);
  EXPECT_EQ(Actions(updates), "TTTT");
  for (size_t i = 0; i < updates.size(); ++i) {
    EXPECT_EQ(updates[i].trade.size, 40u) << i;
    EXPECT_EQ(updates[i].trade.price, kPriceE9);
    EXPECT_EQ(updates[i].side, FH_SIDE_BID);
    EXPECT_NE(updates[i].flags & FH_FLAG_IMPLIED, 0);
    EXPECT_EQ(updates[i].ts_event_ns, i == 0 ? kSend : static_cast<int64_t>(kPrio));
  }
}

TEST_F(EobiMapping, ReportsAndReversals) {
  const auto report = []<typename M>(PacketWriter& packet, int32_t quantity) {
    uint8_t* message = packet.Add(M::kInfo);
    M::kSecurityId.Put(message, kSecurity);
    M::kTransactTime.Put(message, kSend - 3);
    M::kTrdMatchId.Put(message, 99);
    M::kLastQty.Put(message, quantity);
    M::kLastPx.Put(message, kPrice);
    if constexpr (requires { M::kMatchType; }) M::kMatchType.Put(message, 7);
  };
  PacketWriter packet = Packet();
  report.operator()<TradeReport6>(packet, 5);
  report.operator()<TradeReport13>(packet, 5);
  report.operator()<TesTradeReport>(packet, 5);
  report.operator()<TradeReversal6>(packet, 5);
  report.operator()<TradeReversal13>(packet, 5);
  report.operator()<TradeReport13>(packet, 0);
  const Updates updates = Decode(packet);
  EXPECT_EQ(Actions(updates), "TTTCCN");
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(updates[i].record, FH_RECORD_TRADE);
    EXPECT_EQ(updates[i].trade.trade_id, 99u) << i;
    EXPECT_EQ(updates[i].trade.size, 5u) << i;
    EXPECT_EQ(updates[i].trade.price, kPriceE9);
    EXPECT_EQ(updates[i].ts_event_ns, kSend - 3);
  }
  EXPECT_EQ(updates[0].detail, 7);
  EXPECT_EQ(updates[5].record, FH_RECORD_STATISTIC) << "a price, and no trade";
  EXPECT_EQ(updates[5].statistic.type, FH_STAT_REFERENCE_PRICE);
}

TEST_F(EobiMapping, StatesOfInstruments) {
  const std::pair<uint8_t, uint8_t> states[] = {
      {2, FH_TRADING_HALTED},   {200, FH_TRADING_HALTED}, {201, FH_TRADING_HALTED},
      {202, FH_TRADING_ORDERS}, {203, FH_TRADING_OPEN},   {255, FH_TRADING_UNKNOWN}};
  for (const auto& [status, state] : states) {
    PacketWriter packet = Packet();
    uint8_t* message = packet.Add(InstrumentStateChange6::kInfo);
    InstrumentStateChange6::kSecurityId.Put(message, kSecurity);
    InstrumentStateChange6::kSecurityTradingStatus.Put(message, status);
    const Updates updates = Decode(packet);
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].status.state, state);
    EXPECT_EQ(updates[0].detail, status);
    EXPECT_EQ(updates[0].instrument_id, Id());
  }
}

TEST_F(EobiMapping, AnAuctionClosesTheBook) {
  PacketWriter packet = Packet();
  uint8_t* message = packet.Add(InstrumentStateChange13::kInfo);
  InstrumentStateChange13::kSecurityId.Put(message, kSecurity);
  InstrumentStateChange13::kSecurityTradingStatus.Put(message, 208);
  InstrumentStateChange13::kHighPx.Put(message, 2 * kPrice);
  InstrumentStateChange13::kLowPx.Put(message, kPrice);
  const Updates updates = Decode(packet);
  EXPECT_EQ(Actions(updates), "RNNN");
  EXPECT_EQ(Lasts(updates), "---L");
  EXPECT_EQ(updates[1].status.state, FH_TRADING_ORDERS);
  EXPECT_EQ(updates[2].statistic.type, FH_STAT_UPPER_BAND);
  EXPECT_EQ(updates[2].statistic.price, 2 * kPriceE9);
  EXPECT_EQ(updates[3].statistic.type, FH_STAT_LOWER_BAND);
}

TEST_F(EobiMapping, StatesOfProductsNameThem) {
  PacketWriter packet = Packet(true, 4'242);
  uint8_t* message = packet.Add(ProductStateChange::kInfo);
  ProductStateChange::kTradSesStatus.Put(message, 2);
  ProductStateChange::kTradingSessionSubId.Put(message, 3);
  uint8_t* mass = packet.Add(MassInstrumentStateChange::kInfo, 1);
  MassInstrumentStateChange::kSecurityMassTradingStatus.Put(mass, 203);
  MassInstrumentStateChange::kNoRelatedSym.Put(mass, 1);
  uint8_t* entry = mass + MassInstrumentStateChange::kInfo.length;
  MassInstrumentStateChange::Entry::kSecurityId.Put(entry, kSecurity);
  MassInstrumentStateChange::Entry::kSecurityTradingStatus.Put(entry, 200);
  MassInstrumentStateChange::Entry::kHighPx.Put(entry, INT64_MIN);
  MassInstrumentStateChange::Entry::kLowPx.Put(entry, INT64_MIN);
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(3));
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(updates[i].instrument_id, FH_UNKNOWN_INSTRUMENT);
    EXPECT_EQ(updates[i].status.value, 4'242);
    EXPECT_EQ(updates[i].status.state, FH_TRADING_OPEN);
  }
  EXPECT_EQ(updates[0].detail, 3);
  EXPECT_EQ(updates[2].instrument_id, Id());
  EXPECT_EQ(updates[2].status.state, FH_TRADING_HALTED);
}

template <typename M>
void FillTop(uint8_t* message) {
  M::kSecurityId.Put(message, kSecurity);
  M::kBidPx.Put(message, kPrice);
  M::kOfferPx.Put(message, INT64_MIN);
  if constexpr (requires { M::kBidSize; }) {
    M::kBidSize.Put(message, 11);
    M::kOfferSize.Put(message, static_cast<decltype(M::kOfferSize(message))>(-1));
  }
}

TEST_F(EobiMapping, TopsOfBooksAndOfAuctions) {
  PacketWriter packet = Packet();
  FillTop<TopOfBook6>(packet.Add(TopOfBook6::kInfo));
  FillTop<TopOfBook13>(packet.Add(TopOfBook13::kInfo));
  FillTop<AuctionBbo3>(packet.Add(AuctionBbo3::kInfo));
  FillTop<AuctionBbo6>(packet.Add(AuctionBbo6::kInfo));
  FillTop<AuctionBbo13>(packet.Add(AuctionBbo13::kInfo));
  const Updates updates = Decode(packet, FH_FLAG_MAYBE_BAD_BOOK);
  ASSERT_THAT(updates, SizeIs(5));
  const std::vector<uint32_t> sizes = {0, 11, 0, 11, 11};
  const std::vector<uint8_t> details = {0, 0, 1, 1, 1};
  for (size_t i = 0; i < updates.size(); ++i) {
    EXPECT_EQ(updates[i].record, FH_RECORD_TOP);
    EXPECT_EQ(updates[i].top.bid_price, kPriceE9);
    EXPECT_EQ(updates[i].top.ask_price, kUndefinedPrice);
    EXPECT_EQ(updates[i].top.bid_size, sizes[i]) << i;
    EXPECT_EQ(updates[i].top.ask_size, 0u);
    EXPECT_EQ(updates[i].detail, details[i]) << i;
    EXPECT_EQ(updates[i].flags & (FH_FLAG_TOB | FH_FLAG_MAYBE_BAD_BOOK), FH_FLAG_TOB);
  }
}

TEST_F(EobiMapping, ClearingPricesAreImbalances) {
  PacketWriter packet = Packet();
  AuctionClearingPrice3::kLastPx.Put(packet.Add(AuctionClearingPrice3::kInfo), kPrice);
  for (const uint8_t status : {uint8_t{7}, uint8_t{8}, uint8_t{255}}) {
    uint8_t* message = packet.Add(AuctionClearingPrice13::kInfo);
    AuctionClearingPrice13::kLastPx.Put(message, kPrice);
    AuctionClearingPrice13::kLastQty.Put(message, kFive);
    AuctionClearingPrice13::kImbalanceQty.Put(message, 2 * kFive);
    AuctionClearingPrice13::kSecurityTradingStatus.Put(message, status);
  }
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(4));
  const std::string sides{updates[0].side, updates[1].side, updates[2].side, updates[3].side};
  EXPECT_EQ(sides, "NBAN");
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.record, FH_RECORD_IMBALANCE);
    EXPECT_EQ(update.imbalance.reference_price, kPriceE9);
  }
  EXPECT_EQ(updates[0].imbalance.paired, 0u);
  EXPECT_EQ(updates[1].imbalance.paired, static_cast<uint64_t>(kFive));
  EXPECT_EQ(updates[1].imbalance.imbalance, static_cast<uint64_t>(2 * kFive));
}

TEST_F(EobiMapping, HeartbeatsBecomeNothing) {
  PacketWriter packet = Packet();
  packet.Add(Heartbeat::kInfo);
  EXPECT_THAT(Decode(packet), IsEmpty());
  EXPECT_EQ(codec_->stats().unmapped, 1u);
}

TEST_F(EobiMapping, RequestsForQuotesAndCrossesInTheLayoutsOfTheReleases) {
  const auto request = [this]<typename M>(M, uint64_t quantity) {
    PacketWriter packet = Packet();
    uint8_t* message = packet.Add(M::kInfo);
    M::kSecurityId.Put(message, kSecurity);
    M::kLastQty.Put(message, quantity);
    M::kTransactTime.Put(message, kSend + 3);
    if constexpr (requires { M::kSide; }) M::kSide.Put(message, 2);
    if constexpr (requires { M::kCrossRequestType; }) M::kCrossRequestType.Put(message, 2);
    const Updates updates = Decode(packet);
    EXPECT_THAT(updates, SizeIs(1));
    if (updates.size() != 1) return NormalizedUpdate{};
    EXPECT_EQ(updates[0].record, FH_RECORD_STATUS);
    EXPECT_EQ(updates[0].status.kind, FH_STATUS_QUOTE_REQUEST);
    EXPECT_EQ(updates[0].instrument_id, Id());
    EXPECT_EQ(updates[0].ts_event_ns, kSend + 3);
    EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
    EXPECT_EQ(updates[0].status.value, static_cast<int64_t>(quantity));
    return updates[0];
  };
  const NormalizedUpdate quote6 = request(QuoteRequest6{}, 5);
  EXPECT_EQ(quote6.side, FH_SIDE_ASK);
  EXPECT_EQ(quote6.detail, 0);
  EXPECT_EQ(request(QuoteRequest13{}, kFive).side, FH_SIDE_ASK);
  const NormalizedUpdate cross6 = request(CrossRequest6{}, 6);
  EXPECT_EQ(cross6.side, FH_SIDE_NONE);
  EXPECT_EQ(cross6.detail, 1) << "an announcement: before 7.0 there were no others";
  const NormalizedUpdate cross13 = request(CrossRequest13{}, kFive);
  EXPECT_EQ(cross13.side, FH_SIDE_ASK);
  EXPECT_EQ(cross13.detail, 2);
}

TEST_F(EobiMapping, DefinitionsNameAndTellLegs) {
  PacketWriter packet = Packet();
  AddOrder(packet, kPrio);
  using M = AddComplexInstrument13;
  uint8_t* message = packet.Add(M::kInfo, 2);
  M::kSecurityId.Put(message, kSecurity);
  M::kSecurityDesc.Put(message, "FDAX SPREAD DEC26 MAR27");
  M::kNoLegs.Put(message, 2);
  for (int i = 0; i < 2; ++i) {
    uint8_t* leg = message + M::kInfo.length + i * M::kEntryBytes;
    M::Entry::kLegSecurityId.Put(leg, kOther + i);
    M::Entry::kLegRatioQty.Put(leg, 3);
    M::Entry::kLegSide.Put(leg, static_cast<uint8_t>(1 + i));
  }
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[1].record, FH_RECORD_DEFINITION);
  EXPECT_EQ(updates[1].definition.kind, FH_KIND_SPREAD);
  EXPECT_EQ(store_.Name(Id()).view(), "FDAX SPREAD DEC26 MAR27");
  const fh_terms terms = store_.Terms(Id());
  EXPECT_EQ(terms.size_decimals, 4) << "what the orders have told stays";
  EXPECT_EQ(terms.leg_count, 2);
  EXPECT_EQ(terms.legs[0].instrument_id, Id(kOther));
  EXPECT_EQ(terms.legs[0].ratio, 3);
  EXPECT_EQ(terms.legs[1].ratio, -3);
  PacketWriter more = Packet();
  uint8_t* flexible = more.Add(AddFlexibleInstrument::kInfo);
  AddFlexibleInstrument::kSecurityId.Put(flexible, kOther);
  AddFlexibleInstrument::kSecurityType.Put(flexible, 1);
  AddFlexibleInstrument::kPutOrCall.Put(flexible, 0);
  AddFlexibleInstrument::kStrikePrice.Put(flexible, kPrice);
  uint8_t* scaled = more.Add(AddScaledSimpleInstrument::kInfo);
  AddScaledSimpleInstrument::kSecurityId.Put(scaled, kOther + 5);
  AddScaledSimpleInstrument::kSecurityType.Put(scaled, 2);
  AddScaledSimpleInstrument::kRelatedSecurityId.Put(scaled, kOther);
  EXPECT_THAT(Decode(more), SizeIs(2));
  EXPECT_EQ(store_.Terms(Id(kOther)).kind, FH_KIND_OPTION);
  EXPECT_EQ(store_.Terms(Id(kOther)).put_call, 'P');
  EXPECT_EQ(store_.Terms(Id(kOther)).strike, kPriceE9);
  EXPECT_EQ(store_.Terms(Id(kOther + 5)).kind, FH_KIND_FUTURE);
  EXPECT_EQ(store_.Terms(Id(kOther + 5)).underlying_id, Id(kOther));
}

TEST_F(EobiMapping, AComplexInstrumentOf6KeepsItsName) {
  PacketWriter packet = Packet();
  using M = AddComplexInstrument6;
  uint8_t* message = packet.Add(M::kInfo, 2);
  M::kSecurityId.Put(message, kSecurity);
  M::kNoLegs.Put(message, 2);
  for (int i = 0; i < 2; ++i) {
    uint8_t* leg = message + M::kInfo.length + i * M::kEntryBytes;
    M::Entry::kLegSecurityId.Put(leg, kOther + i);
    M::Entry::kLegRatioQty.Put(leg, INT32_MIN);
    M::Entry::kLegSide.Put(leg, 2);
  }
  EXPECT_THAT(Decode(packet), SizeIs(1));
  EXPECT_EQ(store_.Name(Id()).view(), "72057594040000001");
  EXPECT_EQ(store_.Terms(Id()).leg_count, 2);
  EXPECT_EQ(store_.Terms(Id()).legs[1].instrument_id, Id(kOther + 1));
  EXPECT_EQ(store_.Terms(Id()).legs[1].ratio, 0) << "not said";
}

TEST_F(EobiMapping, AUnitOfWorkEndsForInstrumentsOfEarlierPackets) {
  PacketWriter first = Packet(/*is_complete=*/false);
  AddOrder(first, kPrio, kSecurity);
  AddOrder(first, kPrio + 1, kOther);
  EXPECT_EQ(Lasts(Decode(first)), "--");
  PacketWriter between = Packet(/*is_complete=*/true, 5);
  AddOrder(between, kPrio, kOther + 7);
  EXPECT_EQ(Actions(Decode(between)), "A") << "of another product, and ends nothing of this one";
  PacketWriter second = Packet();
  AddOrder(second, kPrio + 2, kSecurity);
  const Updates updates = Decode(second);
  EXPECT_EQ(Actions(updates), "NNA");
  EXPECT_EQ(Lasts(updates), "-LL");
  EXPECT_EQ(updates[1].instrument_id, Id(kOther));
}

TEST_F(EobiMapping, WhatAGapLeftOpenIsNotEndedBehindIt) {
  PacketWriter first = Packet(/*is_complete=*/false);
  AddOrder(first, kPrio, kOther);
  Decode(first);
  codec_->OnEvent({StreamEvent::Kind::kGap, 0, number_, number_});
  ++number_;
  PacketWriter second = Packet();
  AddOrder(second, kPrio + 2);
  EXPECT_EQ(Actions(Decode(second)), "A");
}

class EobiNumbers : public EobiMapping {
 protected:
  // Whether the product is in doubt behind a packet of two orders.
  bool IsDoubtful(uint32_t first_message, int32_t product = 688) {
    PacketWriter packet({.number = number_++,
                         .market_segment_id = product,
                         .first_message = first_message,
                         .send_time_ns = kSend});
    AddOrder(packet, kPrio);
    AddOrder(packet, kPrio + 1);
    const Updates updates = Decode(packet);
    EXPECT_THAT(updates, SizeIs(2));
    EXPECT_EQ(updates[0].flags & FH_FLAG_MAYBE_BAD_BOOK, updates[1].flags & FH_FLAG_MAYBE_BAD_BOOK);
    return (updates[0].flags & FH_FLAG_MAYBE_BAD_BOOK) != 0;
  }
};

TEST_F(EobiNumbers, AProductThatLacksMessagesIsInDoubtAndNoOther) {
  EXPECT_FALSE(IsDoubtful(100)) << "the first that is seen";
  EXPECT_FALSE(IsDoubtful(102));
  EXPECT_FALSE(IsDoubtful(500, 5));
  EXPECT_TRUE(IsDoubtful(105)) << "104 is missing";
  EXPECT_TRUE(IsDoubtful(107));
  EXPECT_FALSE(IsDoubtful(502, 5));
  EXPECT_FALSE(IsDoubtful(1)) << "its numbers start over";
  EXPECT_FALSE(IsDoubtful(3));
}

TEST_F(EobiNumbers, AHeartbeatTellsOfMissingMessages) {
  EXPECT_FALSE(IsDoubtful(100));
  const auto beat = [this](uint32_t last) {
    PacketWriter packet = Packet();
    Heartbeat::kLastMsgSeqNumProcessed.Put(packet.Add(Heartbeat::kInfo), last);
    Decode(packet);
  };
  beat(101);
  EXPECT_FALSE(IsDoubtful(102));
  beat(110);
  EXPECT_TRUE(IsDoubtful(111));
}

TEST_F(EobiNumbers, AStreamThatStartsOverForgetsThem) {
  EXPECT_FALSE(IsDoubtful(100));
  EXPECT_TRUE(IsDoubtful(200));
  codec_->OnEvent({StreamEvent::Kind::kStart, 0, 1, 0});
  EXPECT_FALSE(IsDoubtful(300));
}

TEST_F(EobiNumbers, SnapshotChannelsCountOnTheirOwn) {
  Open(ChannelRole::kSnapshot);
  EXPECT_FALSE(IsDoubtful(100));
  EXPECT_FALSE(IsDoubtful(7));
}

class EobiImage : public EobiMapping {
 protected:
  static void AddImage(PacketWriter& packet, uint16_t orders) {
    using M = InstrumentSummary13;
    uint8_t* message = packet.Add(M::kInfo, 15);
    M::kSecurityId.Put(message, kSecurity);
    M::kLastUpdateTime.Put(message, kSend - 9);
    M::kTotNoOrders.Put(message, orders);
    M::kSecurityTradingStatus.Put(message, 203);
    M::kNoMdEntries.Put(message, 3);
    const std::pair<uint8_t, int64_t> entries[] = {{7, kPrice}, {66, INT64_MIN}, {2, kPrice}};
    for (size_t i = 0; i < std::size(entries); ++i) {
      uint8_t* entry = message + M::kInfo.length + i * M::kEntryBytes;
      M::Entry::kMdEntryType.Put(entry, entries[i].first);
      M::Entry::kMdEntryPx.Put(entry, entries[i].second);
      M::Entry::kMdEntrySize.Put(entry, kFive);
    }
  }
  static void AddOrderOfImage(PacketWriter& packet, uint64_t prio) {
    uint8_t* message = packet.Add(SnapshotOrder13::kInfo);
    SnapshotOrder13::kTrdRegTsTimePriority.Put(message, prio);
    SnapshotOrder13::kDisplayQty.Put(message, kFive);
    SnapshotOrder13::kSide.Put(message, 1);
    SnapshotOrder13::kPrice.Put(message, kPrice);
  }
};

TEST_F(EobiImage, ASnapshotGoesOverPackets) {
  PacketWriter first = Packet(false);
  AddImage(first, 2);
  AddOrderOfImage(first, kPrio);
  const Updates begin = Decode(first);
  EXPECT_EQ(Actions(begin), "RNNNA");
  EXPECT_EQ(Lasts(begin), "-----");
  EXPECT_EQ(begin[2].statistic.type, FH_STAT_HIGH_PRICE);
  EXPECT_EQ(begin[2].statistic.price, kPriceE9);
  EXPECT_EQ(begin[3].statistic.type, FH_STAT_VOLUME);
  EXPECT_EQ(begin[3].statistic.quantity, kFive);
  PacketWriter second = Packet(true);
  AddOrderOfImage(second, kPrio + 1);
  const Updates end = Decode(second);
  EXPECT_EQ(Actions(end), "A");
  EXPECT_EQ(Lasts(end), "L");
  EXPECT_EQ(end[0].instrument_id, Id()) << "the orders do not name it";
  EXPECT_EQ(end[0].order.order_id, kPrio + 1);
  EXPECT_EQ(end[0].side, FH_SIDE_BID);
  for (const NormalizedUpdate& update : begin) EXPECT_EQ(update.flags, FH_FLAG_SNAPSHOT);
}

TEST_F(EobiImage, OneThatLacksAPacketIsDoubtful) {
  PacketWriter first = Packet();
  AddImage(first, 2);
  Decode(first);
  codec_->OnEvent({StreamEvent::Kind::kGap, 0, number_, number_});
  ++number_;
  PacketWriter second = Packet();
  AddOrderOfImage(second, kPrio);
  EXPECT_NE(Decode(second)[0].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  PacketWriter third = Packet();
  AddImage(third, 1);
  AddOrderOfImage(third, kPrio);
  for (const NormalizedUpdate& update : Decode(third)) {
    EXPECT_EQ(update.flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  }
}

TEST_F(EobiImage, OrdersOfNoInstrumentAreUnknown) {
  PacketWriter packet = Packet();
  AddOrderOfImage(packet, kPrio);
  const Updates updates = Decode(packet);
  EXPECT_EQ(updates[0].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(updates[0].flags, FH_FLAG_SNAPSHOT | FH_FLAG_MAYBE_BAD_BOOK);
}

TEST_F(EobiImage, ReleasesBefore6CountTheirEntriesElsewhere) {
  PacketWriter packet = Packet();
  using M = InstrumentSummary3;
  uint8_t* message = packet.Add(M::kInfo, 11);
  M::kSecurityId.Put(message, kSecurity);
  M::kNoMdEntries.Put(message, 1);
  M::Entry::kMdEntryType.Put(message + M::kInfo.length, 4);
  M::Entry::kMdEntryPx.Put(message + M::kInfo.length, kPrice);
  const Updates updates = Decode(packet);
  EXPECT_EQ(Actions(updates), "RNN");
  EXPECT_EQ(updates[2].statistic.type, FH_STAT_OPENING_PRICE);
  EXPECT_EQ(Lasts(updates), "--L");
}

TEST_F(EobiImage, TheSummaryOfAProductIsItsState) {
  for (const MessageInfo* info : {&ProductSummary3::kInfo, &ProductSummary::kInfo}) {
    PacketWriter packet = Packet();
    ProductSummary::kTradSesStatus.Put(packet.Add(*info), 3);
    const Updates updates = Decode(packet);
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].status.state, FH_TRADING_HALTED);
    EXPECT_NE(updates[0].flags & FH_FLAG_SNAPSHOT, 0);
  }
}

TEST(EobiLayouts, FieldsOfOlderOnesLieWithinThemAndDoNotOverlap) {
  for (const MessageInfo* info : kOlderLayouts) {
    std::vector<bool> used(info->length);
    std::set<std::string> names;
    for (const FieldInfo* field : info->fields) {
      EXPECT_TRUE(names.insert(field->name).second) << info->name << '.' << field->name;
      ASSERT_LE(field->offset + field->length, info->length) << info->name << '.' << field->name;
      for (uint32_t i = 0; i < field->length; ++i) {
        EXPECT_FALSE(used[field->offset + i]) << info->name << '.' << field->name;
        used[field->offset + i] = true;
      }
    }
    EXPECT_EQ(std::count(used.begin(), used.end(), false), 0) << info->name;
  }
}

TEST(EobiLayouts, EveryLayoutIsFoundByItsOwnBytes) {
  for (const auto& layouts : {std::span<const MessageInfo* const>(kMessages),
                              std::span<const MessageInfo* const>(kOlderLayouts)}) {
    for (const MessageInfo* info : layouts) {
      if (info->type == 13104 || info->type == 13105) continue;  // Told apart by their values.
      const uint32_t most = info->type == 13400 ? 20 : info->type == 13302 ? 24 : 15;
      const uint32_t entries = info == &InstrumentSummary3::kInfo ? 11
                               : info->groups.empty()             ? 0
                                                                  : most;
      PacketWriter packet({});
      EXPECT_EQ(FindMessage(packet.Add(*info, entries)), info) << info->name << ' ' << info->length;
    }
  }
}

TEST(EobiFraming, AResetOrTheFirstNumberStartsTheStream) {
  const auto starts = [](uint32_t number, bool is_reset) {
    PacketWriter packet({.number = number, .is_reset = is_reset});
    packet.Add(OrderAdd13::kInfo);
    const test::PacketBytes bytes(packet.Bytes());
    return EobiPackets().Parse(bytes.packet()).stream_start;
  };
  EXPECT_TRUE(starts(1, false));
  EXPECT_TRUE(starts(900, true));
  EXPECT_FALSE(starts(2, false));
}

TEST(EobiFraming, HeartbeatsAloneClaimNothing) {
  PacketWriter packet({.number = 5});
  packet.Add(Heartbeat::kInfo);
  const auto guess = [&packet] {
    const std::string& bytes = packet.Bytes();
    return GuessEobi({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  };
  EXPECT_EQ(guess(), 0);
  packet.Add(OrderAdd13::kInfo);
  EXPECT_EQ(guess(), 100);
}

}  // namespace
}  // namespace fh::codecs::eurex
