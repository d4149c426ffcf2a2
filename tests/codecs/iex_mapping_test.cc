// What each IEX message becomes, one test a message type.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/iex/iex_messages.h"
#include "codecs/iex/iex_sample.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"

namespace fh::codecs::iex {
namespace {

constexpr int64_t kEventNs = 1'700'000'000'123'456'789;
constexpr int64_t kReceivedNs = 1'700'000'000'123'999'999;
constexpr uint64_t kFirst = 500;

using testing::IsEmpty;
using testing::SizeIs;

class IexMappingTest : public testing::Test {
 protected:
  // Opens the codec anew.
  void Use(const Feed& feed, uint32_t instruments = 100) {
    feed_ = &feed;
    table_ = std::make_unique<InstrumentStore>(instruments);
    const char* name = feed.protocol == kTops15.protocol   ? "iex_tops15"
                       : feed.protocol == kTops16.protocol ? "iex_tops16"
                                                           : "iex_deep10";
    const CodecOptions options{.channel_id = 42, .instruments = table_.get()};
    codec_ = *(*FindCodec(name))->make(options);
    segment_ =
        std::make_unique<SegmentWriter>(feed.protocol, SegmentPosition{.first_sequence = kFirst});
  }

  // Appends a message of the symbol at kEventNs.
  uint8_t* Add(const MessageInfo& info, const char* symbol = "ZIEXT") {
    uint8_t* message = segment_->Add(info);
    kTimestamp.Put(message, kEventNs);
    if (info.type != 'S') kSymbol.Put(message, symbol);
    return message;
  }

  // Decodes what was added, all or a part of it, and starts a new segment.
  std::vector<NormalizedUpdate> Decode(uint32_t skip = 0, uint32_t take = UINT32_MAX,
                                       uint8_t flags = 0) {
    std::string bytes = segment_->Bytes();
    segment_ =
        std::make_unique<SegmentWriter>(feed_->protocol, SegmentPosition{.first_sequence = kFirst});
    rio::Packet packet{};
    packet.length = static_cast<uint32_t>(bytes.size());
    bytes.append(rio::kReadablePastEnd, '\x5A');
    packet.data = reinterpret_cast<const uint8_t*>(bytes.data());
    PacketFrame frame;
    codec_->Frame({&packet, 1}, {&frame, 1});
    EXPECT_EQ(frame.lost_in_tail, 0u);
    const DecodeJob job{&packet,     &frame, skip, std::min(take, frame.message_count - skip),
                        kReceivedNs, flags};
    std::vector<NormalizedUpdate> slots(1 << 12);
    UpdateWriter writer(slots.data(), slots.size() - 1, 0);
    codec_->Decode({&job, 1}, writer);
    EXPECT_LE(writer.next(), codec_->MaxUpdates(job));
    slots.resize(writer.next());
    return slots;
  }

  // The same message with another letter each time; returns the one update of each.
  std::vector<NormalizedUpdate> EachLetter(const MessageInfo& info, const Letter& field,
                                           const std::string& letters) {
    std::vector<NormalizedUpdate> all;
    for (const char letter : letters) {
      field.Put(Add(info), letter);
      const std::vector<NormalizedUpdate> updates = Decode();
      EXPECT_THAT(updates, SizeIs(1)) << letter;
      if (updates.size() == 1) all.push_back(updates[0]);
      EXPECT_EQ(all.back().status.code, letter);
      EXPECT_EQ(all.back().record, FH_RECORD_STATUS);
      EXPECT_EQ(all.back().flags, FH_FLAG_LAST);
    }
    return all;
  }

  const Feed* feed_ = nullptr;
  std::unique_ptr<InstrumentStore> table_;
  std::unique_ptr<Codec> codec_;
  std::unique_ptr<SegmentWriter> segment_;
};

TEST_F(IexMappingTest, EveryUpdateSaysWhatWhenAndWhere) {
  Use(kDeep10);
  Add(kBuyLevelMessage, "MSFT");
  Add(kTradeMessage, "ZIEXT");
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[1].sequence, kFirst + 1);
  EXPECT_EQ(updates[1].ts_event_ns, kEventNs);
  EXPECT_EQ(updates[1].ts_recv_ns, kReceivedNs);
  EXPECT_EQ(updates[1].channel_id, 42);
  EXPECT_EQ(updates[1].index, 0);
  EXPECT_EQ(updates[0].instrument_id, 1u);
  EXPECT_EQ(updates[1].instrument_id, 2u);
  EXPECT_EQ(table_->Name(2).view(), "ZIEXT");
}

TEST_F(IexMappingTest, LevelIsANewTotalOrGone) {
  Use(kDeep10);
  uint8_t* message = Add(kBuyLevelMessage);
  kSize.Put(message, 9'700);
  kPrice.Put(message, 990'500);
  message = Add(kSellLevelMessage);
  kEventFlags.Put(message, kEventComplete);
  kPrice.Put(message, 990'600);
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[0].record, FH_RECORD_LEVEL);
  EXPECT_EQ(updates[0].action, FH_ACTION_MODIFY);
  EXPECT_EQ(updates[0].side, FH_SIDE_BID);
  EXPECT_EQ(updates[0].flags, FH_FLAG_MBP);
  EXPECT_EQ(updates[0].level.price, 99'050'000'000);
  EXPECT_EQ(updates[0].level.size, 9'700u);
  EXPECT_EQ(updates[0].level.order_count, 0u);
  EXPECT_EQ(updates[0].level.depth, 0u);
  EXPECT_EQ(updates[1].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[1].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[1].flags, FH_FLAG_MBP | FH_FLAG_LAST);
  EXPECT_EQ(updates[1].level.price, 99'060'000'000);
}

TEST_F(IexMappingTest, OnlyTheLowestEventFlagCompletesAnEvent) {
  Use(kDeep10);
  kEventFlags.Put(Add(kBuyLevelMessage), 0xFE);
  kEventFlags.Put(Add(kBuyLevelMessage), 0xFF);
  const std::vector<NormalizedUpdate> updates = Decode();
  EXPECT_EQ(updates[0].flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(updates[1].flags & FH_FLAG_LAST, FH_FLAG_LAST);
}

TEST_F(IexMappingTest, TradeLeavesItsEventOpen) {
  for (const Feed* feed : {&kTops16, &kDeep10}) {
    Use(*feed);
    uint8_t* message = Add(kTradeMessage);
    kSaleConditionFlags.Put(message, 0xC8);
    kSize.Put(message, 100);
    kPrice.Put(message, 990'500);
    kTradeId.Put(message, 429'974);
    const std::vector<NormalizedUpdate> updates = Decode();
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].record, FH_RECORD_TRADE);
    EXPECT_EQ(updates[0].action, FH_ACTION_TRADE);
    EXPECT_EQ(updates[0].side, FH_SIDE_NONE);
    EXPECT_EQ(updates[0].flags, 0);
    EXPECT_EQ(updates[0].detail, 0xC8);
    EXPECT_EQ(updates[0].trade.trade_id, 429'974u);
    EXPECT_EQ(updates[0].trade.price, 99'050'000'000);
    EXPECT_EQ(updates[0].trade.size, 100u);
  }
}

TEST_F(IexMappingTest, TradeBreakCancelsATrade) {
  Use(kTops16);
  uint8_t* message = Add(kTradeBreakMessage);
  kTradeId.Put(message, 429'974);
  kSize.Put(message, 100);
  kPrice.Put(message, 990'500);
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].record, FH_RECORD_TRADE);
  EXPECT_EQ(updates[0].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
  EXPECT_EQ(updates[0].trade.trade_id, 429'974u);
  EXPECT_EQ(updates[0].trade.price, 99'050'000'000);
  EXPECT_EQ(updates[0].trade.size, 100u);
}

TEST_F(IexMappingTest, Tops15TradesAreLongerAndKnowNoCross) {
  Use(kTops15);
  uint8_t* message = Add(kTops15TradeMessage);
  kSaleConditionFlags.Put(message, 0xF8);
  kTradeId.Put(message, 7);
  segment_->AddRaw(std::string(38, 'T'));
  segment_->AddRaw(std::string(38, 'B'));
  Add(kTops15TradeBreakMessage);
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[0].detail, 0xF0);
  EXPECT_EQ(updates[0].trade.trade_id, 7u);
  EXPECT_EQ(updates[1].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[1].sequence, kFirst + 3);
  EXPECT_EQ(codec_->stats().malformed, 2u);
}

TEST_F(IexMappingTest, QuoteIsTheWholeTop) {
  for (const Feed* feed : {&kTops15, &kTops16}) {
    Use(*feed);
    uint8_t* message = Add(kQuoteMessage);
    kQuoteUpdateFlags.Put(message, 0x40);
    kBidSize.Put(message, 9'700);
    kBidPrice.Put(message, 990'500);
    kAskPrice.Put(message, 990'700);
    kAskSize.Put(message, 1'000);
    const std::vector<NormalizedUpdate> updates = Decode();
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].record, FH_RECORD_TOP);
    EXPECT_EQ(updates[0].action, FH_ACTION_MODIFY);
    EXPECT_EQ(updates[0].flags, FH_FLAG_TOB | FH_FLAG_LAST);
    EXPECT_EQ(updates[0].detail, 0x40);
    EXPECT_EQ(updates[0].top.bid_price, 99'050'000'000);
    EXPECT_EQ(updates[0].top.bid_size, 9'700u);
    EXPECT_EQ(updates[0].top.ask_price, 99'070'000'000);
    EXPECT_EQ(updates[0].top.ask_size, 1'000u);
  }
}

TEST_F(IexMappingTest, ASideOfPriceAndSizeZeroIsNotThere) {
  Use(kTops16);
  uint8_t* message = Add(kQuoteMessage);
  kBidSize.Put(message, 100);  // A bid at 0.00 is odd but there.
  const std::vector<NormalizedUpdate> updates = Decode();
  EXPECT_EQ(updates[0].top.bid_price, 0);
  EXPECT_EQ(updates[0].top.ask_price, kUndefinedPrice);
  EXPECT_EQ(updates[0].top.ask_size, 0u);
}

TEST_F(IexMappingTest, StartOfMessagesClearsEveryBook) {
  Use(kDeep10);
  kSystemEvent.Put(Add(kSystemEventMessage), 'O');
  std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[0].record, FH_RECORD_LEVEL);
  EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[0].flags, FH_FLAG_MBP);
  EXPECT_EQ(updates[0].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_EQ(updates[1].record, FH_RECORD_STATUS);
  EXPECT_EQ(updates[1].status.kind, FH_STATUS_SYSTEM_EVENT);
  EXPECT_EQ(updates[1].status.code, 'O');
  EXPECT_EQ(updates[1].flags, FH_FLAG_LAST);
  EXPECT_EQ(updates[1].sequence, updates[0].sequence);

  Use(kTops16);
  kSystemEvent.Put(Add(kSystemEventMessage), 'O');
  updates = Decode();
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[0].record, FH_RECORD_TOP);
  EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[0].flags, FH_FLAG_TOB);
}

TEST_F(IexMappingTest, OtherSystemEventsAreStatusOnly) {
  Use(kDeep10);
  for (const NormalizedUpdate& update : EachLetter(kSystemEventMessage, kSystemEvent, "SRMEC")) {
    EXPECT_EQ(update.status.kind, FH_STATUS_SYSTEM_EVENT);
    EXPECT_EQ(update.instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  }
}

TEST_F(IexMappingTest, DirectoryDefinesTheInstrumentAndItsPreviousClose) {
  Use(kTops16);
  uint8_t* message = Add(kSecurityDirectoryMessage);
  kSecurityDirectoryFlags.Put(message, 0xA0);
  kRoundLotSize.Put(message, 100);
  kAdjustedPocPrice.Put(message, 990'500);
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
  EXPECT_EQ(updates[0].flags, 0);
  EXPECT_STREQ(updates[0].definition.symbol, "ZIEXT");
  EXPECT_EQ(updates[0].definition.round_lot, 100u);
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_TEST);
  EXPECT_EQ(updates[0].detail, 0xA0);
  EXPECT_EQ(updates[1].record, FH_RECORD_STATISTIC);
  EXPECT_EQ(updates[1].statistic.type, FH_STAT_PREVIOUS_CLOSE);
  EXPECT_EQ(updates[1].statistic.price, 99'050'000'000);
  EXPECT_EQ(updates[1].instrument_id, updates[0].instrument_id);
  EXPECT_EQ(updates[1].flags, FH_FLAG_LAST);
}

TEST_F(IexMappingTest, DirectoryWithoutAPreviousCloseEndsWithTheDefinition) {
  Use(kDeep10);
  Add(kSecurityDirectoryMessage);
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_STOCK);
}

TEST_F(IexMappingTest, TradingStatusTellsStateAndReason) {
  Use(kDeep10);
  const std::vector<NormalizedUpdate> updates =
      EachLetter(kTradingStatusMessage, kTradingStatus, "THPO?");
  const uint8_t states[] = {FH_TRADING_OPEN, FH_TRADING_HALTED, FH_TRADING_PAUSED,
                            FH_TRADING_ORDERS, FH_TRADING_UNKNOWN};
  for (size_t i = 0; i < updates.size(); ++i) {
    EXPECT_EQ(updates[i].status.kind, FH_STATUS_TRADING);
    EXPECT_EQ(updates[i].status.state, states[i]) << updates[i].status.code;
  }
  kReason.Put(Add(kTradingStatusMessage), "T1");
  EXPECT_EQ(std::string(Decode()[0].status.reason, 4), "T1  ");
}

TEST_F(IexMappingTest, OperationalHaltIsOnThisMarketOnly) {
  Use(kTops16);
  const std::vector<NormalizedUpdate> updates =
      EachLetter(kOperationalHaltMessage, kOperationalHaltStatus, "ON?");
  EXPECT_EQ(updates[0].status.kind, FH_STATUS_OPERATIONAL_HALT);
  EXPECT_EQ(updates[0].status.state, FH_TRADING_HALTED);
  EXPECT_EQ(updates[1].status.state, FH_TRADING_OPEN);
  EXPECT_EQ(updates[2].status.state, FH_TRADING_UNKNOWN);
}

TEST_F(IexMappingTest, ShortSaleTestTellsWhetherItIsInForce) {
  Use(kTops16);
  for (const uint8_t in_force : {uint8_t{0}, uint8_t{1}}) {
    uint8_t* message = Add(kShortSaleMessage);
    kShortSalePriceTestStatus.Put(message, in_force);
    kDetail.Put(message, 'C');
    const std::vector<NormalizedUpdate> updates = Decode();
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].status.kind, FH_STATUS_SHORT_SALE);
    EXPECT_EQ(updates[0].status.value, in_force);
    EXPECT_EQ(updates[0].status.code, 'C');
    EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
  }
}

TEST_F(IexMappingTest, RetailInterestHasASide) {
  Use(kDeep10);
  const std::vector<NormalizedUpdate> updates =
      EachLetter(kRetailLiquidityMessage, kRetailLiquidityIndicator, "ABC ");
  const std::string sides = "BANN";
  for (size_t i = 0; i < updates.size(); ++i) {
    EXPECT_EQ(updates[i].status.kind, FH_STATUS_RETAIL_INTEREST);
    EXPECT_EQ(updates[i].side, sides[i]) << updates[i].status.code;
  }
}

TEST_F(IexMappingTest, SecurityEventIsAStatus) {
  Use(kDeep10);
  for (const NormalizedUpdate& update : EachLetter(kSecurityEventMessage, kSecurityEvent, "OC")) {
    EXPECT_EQ(update.status.kind, FH_STATUS_SECURITY_EVENT);
  }
}

TEST_F(IexMappingTest, OfficialPriceIsAnOpenOrAClose) {
  Use(kTops16);
  for (const char type : {'Q', 'M'}) {
    uint8_t* message = Add(kOfficialPriceMessage);
    kPriceType.Put(message, type);
    kOfficialPrice.Put(message, 990'500);
    const std::vector<NormalizedUpdate> updates = Decode();
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].record, FH_RECORD_STATISTIC);
    EXPECT_EQ(updates[0].statistic.type,
              type == 'Q' ? FH_STAT_OPENING_PRICE : FH_STAT_CLOSING_PRICE);
    EXPECT_EQ(updates[0].statistic.price, 99'050'000'000);
    EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
  }
  kPriceType.Put(Add(kOfficialPriceMessage), 'Z');
  EXPECT_THAT(Decode(), IsEmpty());
  EXPECT_EQ(codec_->stats().unmapped, 1u);
}

TEST_F(IexMappingTest, AuctionIsAnImbalanceAndThePricesThatThereAre) {
  Use(kDeep10);
  uint8_t* message = Add(kAuctionMessage);
  kAuctionType.Put(message, 'C');
  kPairedShares.Put(message, 100'000);
  kReferencePrice.Put(message, 990'500);
  kIndicativeClearingPrice.Put(message, 991'500);
  kImbalanceShares.Put(message, 10'000);
  kImbalanceSide.Put(message, 'S');
  kAuctionBookClearingPrice.Put(message, 991'400);
  kCollarReferencePrice.Put(message, 990'600);
  kLowerAuctionCollar.Put(message, 940'500);
  kUpperAuctionCollar.Put(message, 1'040'500);
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(6));
  EXPECT_EQ(updates[0].record, FH_RECORD_IMBALANCE);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[0].detail, 'C');
  EXPECT_EQ(updates[0].imbalance.reference_price, 99'050'000'000);
  EXPECT_EQ(updates[0].imbalance.paired, 100'000u);
  EXPECT_EQ(updates[0].imbalance.imbalance, 10'000u);
  const std::pair<uint16_t, int64_t> statistics[] = {{FH_STAT_INDICATIVE_PRICE, 99'150'000'000},
                                                     {FH_STAT_BOOK_CLEARING_PRICE, 99'140'000'000},
                                                     {FH_STAT_COLLAR_REFERENCE, 99'060'000'000},
                                                     {FH_STAT_LOWER_BAND, 94'050'000'000},
                                                     {FH_STAT_UPPER_BAND, 104'050'000'000}};
  for (size_t i = 1; i < 6; ++i) {
    EXPECT_EQ(updates[i].record, FH_RECORD_STATISTIC);
    EXPECT_EQ(updates[i].detail, 'C');
    EXPECT_EQ(updates[i].statistic.type, statistics[i - 1].first);
    EXPECT_EQ(updates[i].statistic.price, statistics[i - 1].second);
  }
  for (size_t i = 0; i < 6; ++i) EXPECT_EQ(updates[i].flags, i == 5 ? FH_FLAG_LAST : 0) << i;
}

TEST_F(IexMappingTest, AuctionWithoutPricesIsAnImbalanceAlone) {
  Use(kTops16);
  for (const auto& [letter, side] : {std::pair{'B', 'B'}, {'S', 'A'}, {'N', 'N'}}) {
    kImbalanceSide.Put(Add(kAuctionMessage), letter);
    const std::vector<NormalizedUpdate> updates = Decode();
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].side, side);
    EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
  }
}

TEST_F(IexMappingTest, PricesBeyondTheRangeAreUndefined) {
  Use(kDeep10);
  for (const int64_t price_e4 : {INT64_MAX, INT64_MIN, INT64_MAX / 100'000 + 1}) {
    kPrice.Put(Add(kTradeMessage), price_e4);
  }
  kPrice.Put(Add(kTradeMessage), -12'345);
  const std::vector<NormalizedUpdate> updates = Decode();
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(updates[i].trade.price, kUndefinedPrice);
  EXPECT_EQ(updates[3].trade.price, -1'234'500'000);
}

TEST_F(IexMappingTest, LettersOfOtherFeedsAreUnknown) {
  Use(kDeep10);
  Add(kQuoteMessage);
  segment_->AddRaw(std::string(38, 'a'));
  EXPECT_THAT(Decode(), IsEmpty());
  EXPECT_EQ(codec_->stats().unknown, 2u);
  Use(kTops16);
  Add(kBuyLevelMessage);
  Add(kSecurityEventMessage);
  EXPECT_THAT(Decode(), IsEmpty());
  EXPECT_EQ(codec_->stats().unknown, 2u);
  Use(kTops15);
  Add(kSystemEventMessage);
  EXPECT_THAT(Decode(), IsEmpty());
  EXPECT_EQ(codec_->stats().unknown, 1u);
}

TEST_F(IexMappingTest, ShortMessagesAreSkippedAndLongOnesReadAsFarAsKnown) {
  Use(kDeep10);
  std::string level(30, '\0');
  level[0] = '8';
  kSize.Put(reinterpret_cast<uint8_t*>(level.data()), 77);
  segment_->AddRaw(level.substr(0, 29));
  segment_->AddRaw("");
  segment_->AddRaw(level + "grown");
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].level.size, 77u);
  EXPECT_EQ(updates[0].sequence, kFirst + 2);
  EXPECT_EQ(codec_->stats().malformed, 2u);
  EXPECT_EQ(codec_->stats().messages, 3u);
}

TEST_F(IexMappingTest, DecodesTheMessagesItIsToldToWithTheFlagsItIsGiven) {
  Use(kDeep10);
  for (int i = 0; i < 5; ++i) kEventFlags.Put(Add(kBuyLevelMessage), kEventComplete);
  const std::vector<NormalizedUpdate> updates = Decode(1, 3, FH_FLAG_MAYBE_BAD_BOOK);
  ASSERT_THAT(updates, SizeIs(3));
  EXPECT_EQ(updates[0].sequence, kFirst + 1);
  EXPECT_EQ(updates[2].sequence, kFirst + 3);
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.flags, FH_FLAG_MBP | FH_FLAG_LAST | FH_FLAG_MAYBE_BAD_BOOK);
  }
}

TEST_F(IexMappingTest, AQuoteIsCleanWhateverWasMissedBeforeIt) {
  Use(kTops16);
  Add(kQuoteMessage);
  Add(kTradeMessage);
  const std::vector<NormalizedUpdate> updates =
      Decode(0, 2, FH_FLAG_MAYBE_BAD_BOOK | FH_FLAG_SNAPSHOT);
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[0].record, FH_RECORD_TOP);
  EXPECT_EQ(updates[0].flags, FH_FLAG_TOB | FH_FLAG_LAST | FH_FLAG_SNAPSHOT);
  EXPECT_EQ(updates[1].flags, FH_FLAG_MAYBE_BAD_BOOK | FH_FLAG_SNAPSHOT);
}

TEST_F(IexMappingTest, SymbolsKeepTheirIdsAcrossManyOthers) {
  constexpr uint32_t kSymbols = 30'000;  // More than the symbol cache holds.
  Use(kDeep10, kSymbols);
  constexpr uint32_t kInAPacket = 1'000;
  const auto name = [](uint32_t i) { return absl::StrCat("S", i); };
  for (int round = 0; round < 2; ++round) {
    for (uint32_t first = 0; first < kSymbols; first += kInAPacket) {
      for (uint32_t i = 0; i < kInAPacket; ++i) Add(kTradeMessage, name(first + i).c_str());
      const std::vector<NormalizedUpdate> updates = Decode();
      ASSERT_THAT(updates, SizeIs(kInAPacket));
      for (uint32_t i = 0; i < kInAPacket; ++i) {
        ASSERT_EQ(updates[i].instrument_id, first + i + 1) << "round " << round;
      }
    }
  }
  EXPECT_EQ(table_->Name(kSymbols).view(), name(kSymbols - 1));
  EXPECT_EQ(codec_->stats().instruments_full, 0u);
}

TEST_F(IexMappingTest, AFullTableIsCountedOnceASymbol) {
  Use(kDeep10, 1);
  Add(kTradeMessage, "A");
  Add(kTradeMessage, "B");
  Add(kTradeMessage, "B");
  Add(kTradeMessage, "C");
  const std::vector<NormalizedUpdate> updates = Decode();
  ASSERT_THAT(updates, SizeIs(4));
  EXPECT_EQ(updates[0].instrument_id, 1u);
  for (size_t i = 1; i < 4; ++i) EXPECT_EQ(updates[i].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(codec_->stats().instruments_full, 2u);
}

TEST_F(IexMappingTest, AClearedTableNumbersAnew) {
  Use(kDeep10);
  Add(kTradeMessage, "A");
  Add(kTradeMessage, "B");
  Decode();
  table_->Clear();
  Add(kTradeMessage, "B");
  EXPECT_EQ(Decode()[0].instrument_id, 1u);
  EXPECT_EQ(table_->Name(1).view(), "B");
}

TEST_F(IexMappingTest, OtherFramingsAreRefusedWithTheFix) {
  const auto codec = (*FindCodec("iex_deep10"))->make({.framing = "length_prefixed"});
  ASSERT_FALSE(codec.ok());
  EXPECT_THAT(std::string(codec.status().message()), testing::HasSubstr("leave `framing` out"));
}

}  // namespace
}  // namespace fh::codecs::iex
