// What each ITCH message becomes; the table is in codecs/itch/itch50_decoder.h.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/itch/itch50_messages.h"
#include "codecs/length_blocks.h"
#include "codecs/moldudp64/moldudp64.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::itch50 {
namespace {

using test::DecodePacket;
using test::PacketBytes;

constexpr uint16_t kLocate = 2737;
constexpr uint64_t kTime = 34'200'007'495'351;              // 09:30:00.007495351
constexpr int64_t kMidnightNs = 1'577'682'000'000'000'000;  // 2019-12-30 in New York
constexpr int64_t kDollar = kPriceScale;

// A message to be filled with its fields' Put.
class Message {
 public:
  explicit Message(const MessageInfo& info) : bytes_(info.length, ' ') {
    kMessageType.Put(data(), static_cast<char>(info.type));
    kStockLocate.Put(data(), kLocate);
    kTrackingNumber.Put(data(), 0);
    kTimestamp.Put(data(), kTime);
  }
  template <typename Field, typename Value>
  Message& Set(const Field& field, Value value) {
    field.Put(data(), value);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  uint8_t* data() { return reinterpret_cast<uint8_t*>(bytes_.data()); }
  std::string bytes_;
};

class ItchMappingTest : public testing::TestWithParam<bool> {
 protected:
  ItchMappingTest() : table_(5'000) {
    CodecOptions options;
    options.channel_id = 3;
    options.instruments = &table_;
    options.framing = "length_prefixed";
    options.portable = GetParam();
    codec_ = *(*FindCodec("itch50"))->make(options);
  }

  std::vector<NormalizedUpdate> DecodeBytes(const std::vector<std::string>& messages,
                                            uint8_t flags = 0) {
    std::string records;
    for (const std::string& message : messages) {
      LengthBlocks<std::endian::big>::Append(records, message);
    }
    const PacketBytes bytes(records);
    return DecodePacket(*codec_, bytes.packet(), flags).updates;
  }
  std::vector<NormalizedUpdate> Decode(const Message& message) {
    return DecodeBytes({message.bytes()});
  }

  // What all updates have in common, their places in the message, and LAST on the last one only.
  static void ExpectOneEvent(const std::vector<NormalizedUpdate>& updates,
                             uint32_t instrument = kLocate, uint64_t sequence = 1) {
    ASSERT_FALSE(updates.empty());
    for (size_t i = 0; i < updates.size(); ++i) {
      const NormalizedUpdate& update = updates[i];
      EXPECT_EQ(update.instrument_id, instrument);
      EXPECT_EQ(update.sequence, sequence);
      EXPECT_EQ(update.ts_event_ns, kMidnightNs + static_cast<int64_t>(kTime));
      EXPECT_EQ(update.ts_recv_ns, test::kTestReceiveNs);
      EXPECT_EQ(update.channel_id, 3);
      EXPECT_EQ(update.index, i);
      EXPECT_EQ(update.flags, i + 1 == updates.size() ? FH_FLAG_LAST : 0);
    }
  }

  static void ExpectOrder(const NormalizedUpdate& update, char action, char side, uint64_t id,
                          int64_t price, uint64_t size) {
    EXPECT_EQ(update.record, FH_RECORD_ORDER);
    EXPECT_EQ(update.action, action);
    EXPECT_EQ(update.side, side);
    EXPECT_EQ(update.order.order_id, id);
    EXPECT_EQ(update.order.price, price);
    EXPECT_EQ(update.order.size, size);
  }

  static void ExpectTrade(const NormalizedUpdate& update, char action, uint64_t id, int64_t price,
                          uint64_t size) {
    EXPECT_EQ(update.record, FH_RECORD_TRADE);
    EXPECT_EQ(update.action, action);
    EXPECT_EQ(update.side, FH_SIDE_NONE);
    EXPECT_EQ(update.trade.trade_id, id);
    EXPECT_EQ(update.trade.price, price);
    EXPECT_EQ(update.trade.size, size);
  }

  static void ExpectStatistic(const NormalizedUpdate& update, uint16_t type, int64_t price) {
    EXPECT_EQ(update.record, FH_RECORD_STATISTIC);
    EXPECT_EQ(update.action, FH_ACTION_NONE);
    EXPECT_EQ(update.statistic.type, type);
    EXPECT_EQ(update.statistic.price, price);
  }

  static void ExpectStatus(const NormalizedUpdate& update, uint16_t kind, char code, uint8_t state,
                           int64_t value) {
    EXPECT_EQ(update.record, FH_RECORD_STATUS);
    EXPECT_EQ(update.action, FH_ACTION_NONE);
    EXPECT_EQ(update.status.kind, kind);
    EXPECT_EQ(update.status.code, code);
    EXPECT_EQ(update.status.state, state);
    EXPECT_EQ(update.status.value, value);
  }

  static Message Add(char side = 'B') {
    return Message(AddOrder::kInfo)
        .Set(AddOrder::kOrderReferenceNumber, 77)
        .Set(AddOrder::kBuySellIndicator, side)
        .Set(AddOrder::kShares, 100)
        .Set(AddOrder::kStock, "CASY")
        .Set(AddOrder::kPrice, 2'555'200);
  }

  InstrumentStore table_;
  std::unique_ptr<Codec> codec_;
};

TEST_P(ItchMappingTest, AnAddIsAnOrderWithItsSide) {
  for (const auto& [letter, side] : {std::pair{'B', FH_SIDE_BID},
                                     {'S', FH_SIDE_ASK},
                                     {'x', FH_SIDE_NONE},
                                     {'Y', FH_SIDE_NONE}}) {
    const std::vector<NormalizedUpdate> updates =
        DecodeBytes({Add(letter).bytes(), Add(letter).bytes()});
    ASSERT_EQ(updates.size(), 2u);
    for (const NormalizedUpdate& update : updates) {
      ExpectOrder(update, FH_ACTION_ADD, static_cast<char>(side), 77, 255'520'000'000, 100);
      EXPECT_EQ(update.flags, FH_FLAG_LAST);
    }
  }
}

TEST_P(ItchMappingTest, AnAddWithAnAttributionIsAnAdd) {
  const std::string bytes(
      "F\x06\xca\x00\x00\x1f\x1a\xce\xd9\x99\x36\x00\x00\x00\x00\x01\x20\xbe\x75S\x00\x00\x00\x64"
      "CASY    \x00\x26\xfd\x40"
      "FLTU",
      40);
  const std::vector<NormalizedUpdate> updates = DecodeBytes({bytes});
  ASSERT_EQ(updates.size(), 1u);
  ExpectOrder(updates[0], FH_ACTION_ADD, FH_SIDE_ASK, 0x120be75, 255'520'000'000, 100);
  EXPECT_EQ(updates[0].instrument_id, 0x6cau);
  EXPECT_EQ(table_.Name(0x6ca).view(), "CASY");
}

TEST_P(ItchMappingTest, AnExecutionIsTradeFillAndCancel) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(OrderExecuted::kInfo)
                 .Set(OrderExecuted::kOrderReferenceNumber, 77)
                 .Set(OrderExecuted::kExecutedShares, 40)
                 .Set(OrderExecuted::kMatchNumber, 255'581));
  ASSERT_EQ(updates.size(), 3u);
  ExpectOneEvent(updates);
  ExpectTrade(updates[0], FH_ACTION_TRADE, 255'581, kUndefinedPrice, 40);
  ExpectOrder(updates[1], FH_ACTION_FILL, FH_SIDE_NONE, 77, kUndefinedPrice, 40);
  ExpectOrder(updates[2], FH_ACTION_CANCEL, FH_SIDE_NONE, 77, kUndefinedPrice, 40);
}

Message ExecutedWithPrice(char printable) {
  return Message(OrderExecutedWithPrice::kInfo)
      .Set(OrderExecutedWithPrice::kOrderReferenceNumber, 77)
      .Set(OrderExecutedWithPrice::kExecutedShares, 4926)
      .Set(OrderExecutedWithPrice::kMatchNumber, 255'581)
      .Set(OrderExecutedWithPrice::kPrintable, printable)
      .Set(OrderExecutedWithPrice::kExecutionPrice, 224'800);
}

TEST_P(ItchMappingTest, APrintableExecutionHasItsPriceInTradeAndFill) {
  const std::vector<NormalizedUpdate> updates = Decode(ExecutedWithPrice('Y'));
  ASSERT_EQ(updates.size(), 3u);
  ExpectOneEvent(updates);
  ExpectTrade(updates[0], FH_ACTION_TRADE, 255'581, 22'480'000'000, 4926);
  ExpectOrder(updates[1], FH_ACTION_FILL, FH_SIDE_NONE, 77, 22'480'000'000, 4926);
  ExpectOrder(updates[2], FH_ACTION_CANCEL, FH_SIDE_NONE, 77, kUndefinedPrice, 4926);
}

TEST_P(ItchMappingTest, AnExecutionThatIsNotPrintableIsNoTrade) {
  const std::vector<NormalizedUpdate> updates = Decode(ExecutedWithPrice('N'));
  ASSERT_EQ(updates.size(), 2u);
  ExpectOneEvent(updates);
  ExpectOrder(updates[0], FH_ACTION_FILL, FH_SIDE_NONE, 77, 22'480'000'000, 4926);
  ExpectOrder(updates[1], FH_ACTION_CANCEL, FH_SIDE_NONE, 77, kUndefinedPrice, 4926);
}

TEST_P(ItchMappingTest, ACancelTakesItsSharesOffAndADeleteAll) {
  const std::vector<NormalizedUpdate> cancel =
      Decode(Message(OrderCancel::kInfo)
                 .Set(OrderCancel::kOrderReferenceNumber, 77)
                 .Set(OrderCancel::kCanceledShares, 30));
  ASSERT_EQ(cancel.size(), 1u);
  ExpectOneEvent(cancel);
  ExpectOrder(cancel[0], FH_ACTION_CANCEL, FH_SIDE_NONE, 77, kUndefinedPrice, 30);
  const std::vector<NormalizedUpdate> gone =
      Decode(Message(OrderDelete::kInfo).Set(OrderDelete::kOrderReferenceNumber, 78));
  ASSERT_EQ(gone.size(), 1u);
  ExpectOneEvent(gone, kLocate, 2);
  ExpectOrder(gone[0], FH_ACTION_CANCEL, FH_SIDE_NONE, 78, kUndefinedPrice, FH_SIZE_ALL);
}

// A C of size 0 means all of the order: taking off no shares must not become that.
TEST_P(ItchMappingTest, TakingOffNoSharesIsMalformed) {
  for (const Message& message :
       {Message(OrderCancel::kInfo).Set(OrderCancel::kCanceledShares, 0),
        Message(OrderExecuted::kInfo).Set(OrderExecuted::kExecutedShares, 0),
        ExecutedWithPrice('Y').Set(OrderExecutedWithPrice::kExecutedShares, 0)}) {
    EXPECT_TRUE(Decode(message).empty());
  }
  EXPECT_EQ(codec_->stats().malformed, 3u);
}

TEST_P(ItchMappingTest, AReplaceIsACancelOfAllAndAnAdd) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(OrderReplace::kInfo)
                 .Set(OrderReplace::kOriginalOrderReferenceNumber, 77)
                 .Set(OrderReplace::kNewOrderReferenceNumber, 99)
                 .Set(OrderReplace::kShares, 500)
                 .Set(OrderReplace::kPrice, 391'400));
  ASSERT_EQ(updates.size(), 2u);
  ExpectOneEvent(updates);
  ExpectOrder(updates[0], FH_ACTION_CANCEL, FH_SIDE_NONE, 77, kUndefinedPrice, FH_SIZE_ALL);
  ExpectOrder(updates[1], FH_ACTION_ADD, FH_SIDE_NONE, 99, 39'140'000'000, 500);
}

TEST_P(ItchMappingTest, ATradeAgainstAHiddenOrderIsATradeOnly) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(NonCrossTrade::kInfo)
                 .Set(NonCrossTrade::kBuySellIndicator, 'B')
                 .Set(NonCrossTrade::kShares, 7)
                 .Set(NonCrossTrade::kPrice, 10'000)
                 .Set(NonCrossTrade::kMatchNumber, 5));
  ASSERT_EQ(updates.size(), 1u);
  ExpectOneEvent(updates);
  ExpectTrade(updates[0], FH_ACTION_TRADE, 5, kDollar, 7);
}

TEST_P(ItchMappingTest, ACrossIsATradeAndItsPrice) {
  for (const auto& [letter, type] : {std::pair{'O', FH_STAT_OPENING_PRICE},
                                     {'C', FH_STAT_CLOSING_PRICE},
                                     {'H', FH_STAT_CROSS_PRICE}}) {
    const std::vector<NormalizedUpdate> updates =
        DecodeBytes({Message(CrossTrade::kInfo)
                         .Set(CrossTrade::kCrossShares, uint64_t{1} << 40)
                         .Set(CrossTrade::kCrossPrice, 20'000)
                         .Set(CrossTrade::kMatchNumber, 6)
                         .Set(CrossTrade::kCrossType, letter)
                         .bytes()});
    ASSERT_EQ(updates.size(), 2u);
    ExpectTrade(updates[0], FH_ACTION_TRADE, 6, 2 * kDollar, uint64_t{1} << 40);
    ExpectStatistic(updates[1], static_cast<uint16_t>(type), 2 * kDollar);
    EXPECT_EQ(updates[0].detail, letter);
    EXPECT_EQ(updates[1].flags, FH_FLAG_LAST);
  }
}

TEST_P(ItchMappingTest, ACrossOfOneShareIsATrade) {
  const std::vector<NormalizedUpdate> updates = Decode(Message(CrossTrade::kInfo)
                                                           .Set(CrossTrade::kCrossShares, 1)
                                                           .Set(CrossTrade::kCrossPrice, 10'000)
                                                           .Set(CrossTrade::kMatchNumber, 6)
                                                           .Set(CrossTrade::kCrossType, 'I'));
  ASSERT_EQ(updates.size(), 2u);
  ExpectOneEvent(updates);
  ExpectTrade(updates[0], FH_ACTION_TRADE, 6, kDollar, 1);
  ExpectStatistic(updates[1], FH_STAT_CROSS_PRICE, kDollar);
}

TEST_P(ItchMappingTest, ACrossWithoutSharesIsAStatusOnly) {
  const std::vector<NormalizedUpdate> updates = Decode(Message(CrossTrade::kInfo)
                                                           .Set(CrossTrade::kCrossShares, 0)
                                                           .Set(CrossTrade::kCrossPrice, 0)
                                                           .Set(CrossTrade::kMatchNumber, 6)
                                                           .Set(CrossTrade::kCrossType, 'O'));
  ASSERT_EQ(updates.size(), 1u);
  ExpectOneEvent(updates);
  ExpectStatus(updates[0], FH_STATUS_CROSS_DONE, 'O', FH_TRADING_UNKNOWN, 0);
}

TEST_P(ItchMappingTest, ABrokenTradeIsATradeTakenBack) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(BrokenTrade::kInfo).Set(BrokenTrade::kMatchNumber, 6));
  ASSERT_EQ(updates.size(), 1u);
  ExpectOneEvent(updates);
  ExpectTrade(updates[0], FH_ACTION_CANCEL, 6, kUndefinedPrice, 0);
}

TEST_P(ItchMappingTest, AnImbalanceHasNearAndFarPriceWhenTheyAreThere) {
  Message message(NetOrderImbalance::kInfo);
  message.Set(NetOrderImbalance::kPairedShares, 11)
      .Set(NetOrderImbalance::kImbalanceShares, 12)
      .Set(NetOrderImbalance::kImbalanceDirection, 'S')
      .Set(NetOrderImbalance::kFarPrice, 10'000)
      .Set(NetOrderImbalance::kNearPrice, 20'000)
      .Set(NetOrderImbalance::kCurrentReferencePrice, 30'000)
      .Set(NetOrderImbalance::kCrossType, 'O');
  const std::vector<NormalizedUpdate> updates = Decode(message);
  ASSERT_EQ(updates.size(), 3u);
  ExpectOneEvent(updates);
  EXPECT_EQ(updates[0].record, FH_RECORD_IMBALANCE);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[0].detail, 'O');
  EXPECT_EQ(updates[0].imbalance.reference_price, 3 * kDollar);
  EXPECT_EQ(updates[0].imbalance.paired, 11u);
  EXPECT_EQ(updates[0].imbalance.imbalance, 12u);
  ExpectStatistic(updates[1], FH_STAT_NEAR_PRICE, 2 * kDollar);
  ExpectStatistic(updates[2], FH_STAT_FAR_PRICE, kDollar);
  message.Set(NetOrderImbalance::kFarPrice, 0)
      .Set(NetOrderImbalance::kNearPrice, 0)
      .Set(NetOrderImbalance::kCurrentReferencePrice, 0);
  const std::vector<NormalizedUpdate> bare = Decode(message);
  ASSERT_EQ(bare.size(), 1u);
  EXPECT_EQ(bare[0].imbalance.reference_price, kUndefinedPrice);
}

TEST_P(ItchMappingTest, ADirectoryEntryDefinesItsInstrument) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(StockDirectory::kInfo)
                 .Set(StockDirectory::kStock, "ZVZZT")
                 .Set(StockDirectory::kMarketCategory, 'Q')
                 .Set(StockDirectory::kRoundLotSize, 100)
                 .Set(StockDirectory::kIssueClassification, 'C')
                 .Set(StockDirectory::kAuthenticity, 'T'));
  ASSERT_EQ(updates.size(), 1u);
  ExpectOneEvent(updates);
  EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
  EXPECT_STREQ(updates[0].definition.symbol, "ZVZZT");
  EXPECT_EQ(updates[0].definition.round_lot, 100u);
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_TEST);
  EXPECT_EQ(updates[0].definition.security_class, 'C');
  EXPECT_EQ(updates[0].detail, 'Q');
  EXPECT_EQ(table_.Name(kLocate).view(), "ZVZZT");
}

TEST_P(ItchMappingTest, TheStartOfMessagesClearsEveryBook) {
  Message message(SystemEvent::kInfo);
  message.Set(kStockLocate, 0).Set(SystemEvent::kEventCode, 'O');
  const std::vector<NormalizedUpdate> updates = Decode(message);
  ASSERT_EQ(updates.size(), 2u);
  ExpectOneEvent(updates, FH_ALL_INSTRUMENTS);
  EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
  ExpectStatus(updates[1], FH_STATUS_SYSTEM_EVENT, 'O', FH_TRADING_UNKNOWN, 0);
  const std::vector<NormalizedUpdate> end = Decode(message.Set(SystemEvent::kEventCode, 'C'));
  ASSERT_EQ(end.size(), 1u);
  ExpectStatus(end[0], FH_STATUS_SYSTEM_EVENT, 'C', FH_TRADING_UNKNOWN, 0);
}

TEST_P(ItchMappingTest, TradingActionsAndHaltsSayTheState) {
  for (const auto& [letter, state] : {std::pair{'T', FH_TRADING_OPEN},
                                      {'H', FH_TRADING_HALTED},
                                      {'P', FH_TRADING_PAUSED},
                                      {'Q', FH_TRADING_QUOTING},
                                      {'?', FH_TRADING_UNKNOWN}}) {
    const std::vector<NormalizedUpdate> updates =
        DecodeBytes({Message(StockTradingAction::kInfo)
                         .Set(StockTradingAction::kTradingState, letter)
                         .Set(StockTradingAction::kReason, "LUDP")
                         .bytes()});
    ASSERT_EQ(updates.size(), 1u);
    ExpectStatus(updates[0], FH_STATUS_TRADING, letter, static_cast<uint8_t>(state), 0);
    EXPECT_EQ(std::string(updates[0].status.reason, 4), "LUDP");
  }
  const std::vector<NormalizedUpdate> halt =
      DecodeBytes({Message(OperationalHalt::kInfo)
                       .Set(OperationalHalt::kMarketCode, 'X')
                       .Set(OperationalHalt::kOperationalHaltAction, 'H')
                       .bytes()});
  ASSERT_EQ(halt.size(), 1u);
  ExpectStatus(halt[0], FH_STATUS_OPERATIONAL_HALT, 'H', FH_TRADING_HALTED, 0);
  EXPECT_EQ(halt[0].detail, 'X');
}

TEST_P(ItchMappingTest, SmallerStatusMessages) {
  const std::vector<NormalizedUpdate> updates = DecodeBytes(
      {Message(RegShoRestriction::kInfo).Set(RegShoRestriction::kRegShoAction, '2').bytes(),
       Message(RegShoRestriction::kInfo).Set(RegShoRestriction::kRegShoAction, '0').bytes(),
       Message(RetailInterest::kInfo).Set(RetailInterest::kInterestFlag, 'S').bytes(),
       Message(MwcbStatusLevel::kInfo).Set(MwcbStatusLevel::kBreachedLevel, '2').bytes()});
  ASSERT_EQ(updates.size(), 4u);
  ExpectStatus(updates[0], FH_STATUS_SHORT_SALE, '2', FH_TRADING_UNKNOWN, 1);
  ExpectStatus(updates[1], FH_STATUS_SHORT_SALE, '0', FH_TRADING_UNKNOWN, 0);
  ExpectStatus(updates[2], FH_STATUS_RETAIL_INTEREST, 'S', FH_TRADING_UNKNOWN, 0);
  EXPECT_EQ(updates[2].side, FH_SIDE_ASK);
  ExpectStatus(updates[3], FH_STATUS_CIRCUIT_BREAKER, '2', FH_TRADING_UNKNOWN, 2);
  EXPECT_EQ(updates[3].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
}

TEST_P(ItchMappingTest, BreakerLevelsHaveEightDecimalsAndDoNotOverflow) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(MwcbDeclineLevel::kInfo)
                 .Set(MwcbDeclineLevel::kLevel1, 300'012'345'678)
                 .Set(MwcbDeclineLevel::kLevel2, 1)
                 .Set(MwcbDeclineLevel::kLevel3, ~uint64_t{0}));
  ASSERT_EQ(updates.size(), 3u);
  ExpectOneEvent(updates, FH_ALL_INSTRUMENTS);
  ExpectStatistic(updates[0], FH_STAT_BREAKER_LEVEL_1, 3'000'123'456'780);
  ExpectStatistic(updates[1], FH_STAT_BREAKER_LEVEL_2, 10);
  ExpectStatistic(updates[2], FH_STAT_BREAKER_LEVEL_3, kUndefinedPrice);
}

TEST_P(ItchMappingTest, ACollarIsThreePrices) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(LuldAuctionCollar::kInfo)
                 .Set(LuldAuctionCollar::kAuctionCollarReferencePrice, 30'000)
                 .Set(LuldAuctionCollar::kUpperAuctionCollarPrice, 40'000)
                 .Set(LuldAuctionCollar::kLowerAuctionCollarPrice, 20'000)
                 .Set(LuldAuctionCollar::kAuctionCollarExtension, 1'000));
  ASSERT_EQ(updates.size(), 3u);
  ExpectOneEvent(updates);
  ExpectStatistic(updates[0], FH_STAT_COLLAR_REFERENCE, 3 * kDollar);
  ExpectStatistic(updates[1], FH_STAT_UPPER_BAND, 4 * kDollar);
  ExpectStatistic(updates[2], FH_STAT_LOWER_BAND, 2 * kDollar);
  EXPECT_EQ(updates[0].detail, 255);
}

TEST_P(ItchMappingTest, AnIpoIsFoundByItsSymbolWhenItHasNoLocate) {
  table_.Define(kLocate, Symbol("NEWCO"));
  Message message(IpoQuotingPeriod::kInfo);
  message.Set(kStockLocate, 0)
      .Set(IpoQuotingPeriod::kStock, "NEWCO")
      .Set(IpoQuotingPeriod::kIpoQuotationReleaseTime, 36'000)
      .Set(IpoQuotingPeriod::kIpoQuotationReleaseQualifier, 'A')
      .Set(IpoQuotingPeriod::kIpoPrice, 250'000);
  const std::vector<NormalizedUpdate> updates = Decode(message);
  ASSERT_EQ(updates.size(), 2u);
  ExpectOneEvent(updates);
  ExpectStatus(updates[0], FH_STATUS_IPO_QUOTING, 'A', FH_TRADING_UNKNOWN, 36'000);
  ExpectStatistic(updates[1], FH_STAT_IPO_PRICE, 25 * kDollar);
}

TEST_P(ItchMappingTest, ADirectListingIsAStatusAndFivePrices) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(DirectListing::kInfo)
                 .Set(DirectListing::kOpenEligibilityStatus, 'Y')
                 .Set(DirectListing::kMinimumAllowablePrice, 10'000)
                 .Set(DirectListing::kMaximumAllowablePrice, 20'000)
                 .Set(DirectListing::kNearExecutionPrice, 30'000)
                 .Set(DirectListing::kNearExecutionTime, 12'345)
                 .Set(DirectListing::kLowerPriceRangeCollar, 40'000)
                 .Set(DirectListing::kUpperPriceRangeCollar, 50'000));
  ASSERT_EQ(updates.size(), 6u);
  ExpectOneEvent(updates);
  ExpectStatus(updates[0], FH_STATUS_AUCTION, 'Y', FH_TRADING_UNKNOWN, 12'345);
  ExpectStatistic(updates[1], FH_STAT_MINIMUM_PRICE, 1 * kDollar);
  ExpectStatistic(updates[2], FH_STAT_MAXIMUM_PRICE, 2 * kDollar);
  ExpectStatistic(updates[3], FH_STAT_NEAR_PRICE, 3 * kDollar);
  ExpectStatistic(updates[4], FH_STAT_LOWER_BAND, 4 * kDollar);
  ExpectStatistic(updates[5], FH_STAT_UPPER_BAND, 5 * kDollar);
}

TEST_P(ItchMappingTest, AParticipantsPositionIsCountedOnly) {
  EXPECT_TRUE(
      Decode(
          Message(MarketParticipantPosition::kInfo).Set(MarketParticipantPosition::kStock, "LATE"))
          .empty());
  EXPECT_EQ(codec_->stats().unmapped, 1u);
  EXPECT_EQ(table_.Name(kLocate).view(), "LATE") << "but its symbol is learnt";
}

// Id 0 would say that it concerns every instrument.
TEST_P(ItchMappingTest, AMessageOfNoInstrumentIsNotOneOfAll) {
  const auto nowhere = [](Message message) { return message.Set(kStockLocate, 0).bytes(); };
  const std::vector<NormalizedUpdate> updates =
      DecodeBytes({nowhere(Add()), nowhere(Message(OrderDelete::kInfo)),
                   nowhere(Message(OrderExecuted::kInfo).Set(OrderExecuted::kExecutedShares, 1)),
                   nowhere(Message(OrderReplace::kInfo)),
                   nowhere(Message(StockTradingAction::kInfo)), Add().bytes()});
  ASSERT_EQ(updates.size(), 9u);
  for (size_t i = 0; i < 8; ++i) EXPECT_EQ(updates[i].instrument_id, FH_UNKNOWN_INSTRUMENT) << i;
  EXPECT_EQ(updates[7].sequence, 5u);
  EXPECT_EQ(updates[8].instrument_id, kLocate);
  EXPECT_EQ(codec_->stats().malformed, 0u);
}

TEST_P(ItchMappingTest, ShortUnknownAndLongMessages) {
  const std::string add = Add().bytes();
  const std::string deleted = Message(OrderDelete::kInfo).bytes();
  const std::vector<NormalizedUpdate> updates =
      DecodeBytes({add.substr(0, add.size() - 1), "z", "\xff", add + "of a later version",
                   deleted.substr(0, 5), deleted + std::string(70, 'x')});
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].action, FH_ACTION_ADD);
  EXPECT_EQ(updates[0].sequence, 4u) << "skipped messages use up their numbers";
  EXPECT_EQ(updates[1].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[1].sequence, 6u);
  EXPECT_EQ(codec_->stats().malformed, 2u);
  EXPECT_EQ(codec_->stats().unknown, 2u);
}

TEST_P(ItchMappingTest, AnEmptyMessageOfADatagramUsesUpItsNumber) {
  CodecOptions options;
  options.portable = GetParam();
  const std::unique_ptr<Codec> codec = *(*FindCodec("itch50"))->make(options);
  std::string packet(MoldUdp64::kHeaderBytes, '\0');
  MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), "SESSION", 10, 3);
  for (const std::string& message : {std::string(), Add().bytes(), std::string()}) {
    LengthBlocks<std::endian::big>::Append(packet, message);
  }
  const PacketBytes bytes(packet);
  const std::vector<NormalizedUpdate> updates = DecodePacket(*codec, bytes.packet()).updates;
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].sequence, 11u);
  EXPECT_EQ(codec->stats().malformed, 2u);
}

TEST_P(ItchMappingTest, FlagsOfTheJobAreOnEveryUpdate) {
  for (const MessageInfo* info : kMessages) {
    const std::vector<NormalizedUpdate> updates =
        DecodeBytes({Message(*info).bytes()}, FH_FLAG_MAYBE_BAD_BOOK | FH_FLAG_SNAPSHOT);
    for (size_t i = 0; i < updates.size(); ++i) {
      EXPECT_EQ(updates[i].flags, FH_FLAG_MAYBE_BAD_BOOK | FH_FLAG_SNAPSHOT |
                                      (i + 1 == updates.size() ? FH_FLAG_LAST : 0))
          << info->name;
    }
  }
}

TEST_P(ItchMappingTest, LettersThatNameNoSideGiveNone) {
  for (const auto& [letter, side] : {std::pair{'B', FH_SIDE_BID},
                                     {'S', FH_SIDE_ASK},
                                     {'N', FH_SIDE_NONE},
                                     {'O', FH_SIDE_NONE},
                                     {'A', FH_SIDE_NONE},
                                     {'P', FH_SIDE_NONE}}) {
    const std::vector<NormalizedUpdate> updates = DecodeBytes(
        {Message(NetOrderImbalance::kInfo)
             .Set(NetOrderImbalance::kImbalanceDirection, letter)
             .bytes(),
         Message(RetailInterest::kInfo).Set(RetailInterest::kInterestFlag, letter).bytes()});
    ASSERT_GE(updates.size(), 2u);
    EXPECT_EQ(updates.front().side, side) << letter;
    EXPECT_EQ(updates.back().side, side) << letter;
  }
}

// A price of 0 says that there is none.
TEST_P(ItchMappingTest, PricesThatAreNotThereAreNoStatistics) {
  const std::vector<NormalizedUpdate> ipo =
      Decode(Message(IpoQuotingPeriod::kInfo)
                 .Set(IpoQuotingPeriod::kIpoQuotationReleaseTime, 0)
                 .Set(IpoQuotingPeriod::kIpoQuotationReleaseQualifier, 'C')
                 .Set(IpoQuotingPeriod::kIpoPrice, 0));
  ASSERT_EQ(ipo.size(), 1u);
  ExpectOneEvent(ipo);
  ExpectStatus(ipo[0], FH_STATUS_IPO_QUOTING, 'C', FH_TRADING_UNKNOWN, 0);
  const std::vector<NormalizedUpdate> levels = Decode(Message(MwcbDeclineLevel::kInfo)
                                                          .Set(MwcbDeclineLevel::kLevel1, 0)
                                                          .Set(MwcbDeclineLevel::kLevel2, 5)
                                                          .Set(MwcbDeclineLevel::kLevel3, 0));
  ASSERT_EQ(levels.size(), 1u);
  ExpectOneEvent(levels, FH_ALL_INSTRUMENTS, 2);
  ExpectStatistic(levels[0], FH_STAT_BREAKER_LEVEL_2, 50);
}

TEST_P(ItchMappingTest, AHaltIsLiftedByItsLetter) {
  const std::vector<NormalizedUpdate> updates =
      Decode(Message(OperationalHalt::kInfo)
                 .Set(OperationalHalt::kMarketCode, 'Q')
                 .Set(OperationalHalt::kOperationalHaltAction, 'T'));
  ASSERT_EQ(updates.size(), 1u);
  ExpectOneEvent(updates);
  ExpectStatus(updates[0], FH_STATUS_OPERATIONAL_HALT, 'T', FH_TRADING_OPEN, 0);
}

// 200,000.0000, the highest price of the feed, and the highest that four bytes can say.
TEST_P(ItchMappingTest, TheHighestPricesAreExact) {
  const std::vector<NormalizedUpdate> updates = DecodeBytes(
      {Add().Set(AddOrder::kPrice, 0x77359400u).bytes(),
       Add().Set(AddOrder::kPrice, 0xFFFFFFFFu).bytes(), Add().Set(AddOrder::kPrice, 0u).bytes()});
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0].order.price, 200'000 * kDollar);
  EXPECT_EQ(updates[1].order.price, 429'496'729'500'000);
  EXPECT_EQ(updates[2].order.price, 0);
}

TEST_P(ItchMappingTest, SymbolsAreLearntOnceAndAnewInANewSession) {
  Decode(Add());
  EXPECT_EQ(table_.Name(kLocate).view(), "CASY");
  Decode(Add().Set(AddOrder::kStock, "OTHER"));
  EXPECT_EQ(table_.Name(kLocate).view(), "CASY") << "only the directory renames";
  Decode(Message(StockDirectory::kInfo).Set(StockDirectory::kStock, "DIR"));
  EXPECT_EQ(table_.Name(kLocate).view(), "DIR");
  table_.Clear();
  Decode(Add().Set(AddOrder::kStock, "NEXT"));
  EXPECT_EQ(table_.Name(kLocate).view(), "NEXT");
}

// A day's directory numbers its stocks without a hole; a receiver that joined late knows some.
TEST_P(ItchMappingTest, LocatesAreLearntWhetherTheyComeInARowOrNot) {
  const auto learn = [&](uint16_t locate, const char* name) {
    Decode(Add().Set(kStockLocate, locate).Set(AddOrder::kStock, name));
    EXPECT_EQ(table_.Name(locate).view(), name);
  };
  for (const char* session : {"A", "B"}) {
    for (const uint16_t locate : {2, 1, 3, 5, 65'535}) {
      learn(locate, absl::StrCat(session, locate).c_str());
    }
    learn(4, session);
    table_.Clear();
  }
}

TEST_P(ItchMappingTest, TheDirectorySaysTheTerms) {
  Decode(Message(StockDirectory::kInfo).Set(StockDirectory::kRoundLotSize, 100u));
  EXPECT_EQ(table_.Terms(kLocate).round_lot, 100u);
  EXPECT_EQ(table_.Terms(kLocate).kind, FH_KIND_STOCK);
  EXPECT_EQ(table_.Terms(kLocate).size_decimals, 0);
  Decode(Message(StockDirectory::kInfo).Set(StockDirectory::kAuthenticity, 'T'));
  EXPECT_EQ(table_.Terms(kLocate).kind, FH_KIND_TEST);
}

TEST_P(ItchMappingTest, ALocateThatTheStoreHasNoRoomForIsCountedOnce) {
  for (uint32_t id = 1; id <= table_.capacity(); ++id) table_.Define(id, Symbol("TAKEN"));
  for (int i = 0; i < 3; ++i) {
    const std::vector<NormalizedUpdate> updates = Decode(Add().Set(kStockLocate, 60'000));
    ASSERT_EQ(updates.size(), 1u);
    EXPECT_EQ(updates[0].instrument_id, 60'000u);
  }
  EXPECT_EQ(codec_->stats().instruments_full, 1u);
}

INSTANTIATE_TEST_SUITE_P(Paths, ItchMappingTest, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& param_info) {
                           return param_info.param ? "portable" : "fastest";
                         });

}  // namespace
}  // namespace fh::codecs::itch50
