// What each message of NYSE's feeds becomes, and what the codec remembers: scales, seconds, refreshes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/nyse/nyse_sample.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::nyse {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using Updates = std::vector<NormalizedUpdate>;

constexpr uint32_t kSymbol = 77;
constexpr uint8_t kSystem = 5;
constexpr uint32_t kSecond = 1'700'000'000;
constexpr uint32_t kNs = 123'456'789;
constexpr int64_t kEventNs = int64_t{kSecond} * 1'000'000'000 + kNs;

class NyseMapping : public testing::Test {
 protected:
  NyseMapping() { Open(); }

  void Open(uint32_t capacity = 10'000) {
    codec_.reset();
    table_ = std::make_unique<InstrumentStore>(capacity);
    codec_ = *(*FindCodec("nyse_xdp"))->make({.channel_id = 42, .instruments = table_.get()});
  }

  Updates Decode(const PacketWriter& packet, uint8_t flags = 0) {
    const test::PacketBytes bytes(packet.Bytes());
    codec_->Frame({&bytes.packet(), 1}, {&frame_, 1});
    EXPECT_EQ(frame_.lost_in_tail, 0u);
    return test::DecodeMessages(*codec_, bytes.packet(), frame_, 0, frame_.message_count, flags);
  }

  static void AddMapping(PacketWriter& packet, uint32_t index = kSymbol, uint8_t scale = 4,
                         uint8_t system = kSystem, const char* name = "ABC") {
    uint8_t* message = packet.Add(kMapping);
    mapping::kSymbolIndex.Put(message, index);
    std::memcpy(message + mapping::kSymbol.offset, name, std::strlen(name));
    mapping::kPriceScale.Put(message, scale);
    mapping::kSystem.Put(message, system);
  }
  static void AddReference(PacketWriter& packet, uint32_t id = kSystem, uint32_t second = kSecond) {
    uint8_t* message = packet.Add(kTimeReference);
    reference::kId.Put(message, id);
    reference::kTime.Put(message, second);
  }
  // A message of the symbol at kEventNs.
  static uint8_t* Begin(PacketWriter& packet, const MessageInfo& info, uint32_t symbol = kSymbol) {
    uint8_t* message = packet.Add(info);
    if (FindKnown(info.type)->head == Head::kSource) {
      source::kTime.Put(message, kSecond);
      source::kTimeNs.Put(message, kNs);
      source::kSymbol.Put(message, symbol);
    } else {
      nanos::kTimeNs.Put(message, kNs);
      nanos::kSymbol.Put(message, symbol);
    }
    return message;
  }
  static void AddOrder(PacketWriter& packet, uint64_t id, uint32_t symbol = kSymbol) {
    uint8_t* message = Begin(packet, kAddOrder, symbol);
    add::kOrderId.Put(message, id);
    add::kPrice.Put(message, 101'200);
    add::kVolume.Put(message, 500);
    add::kSide.Put(message, 'B');
  }

  // Names the symbol and tells its second.
  void Learn() {
    PacketWriter packet({});
    AddMapping(packet);
    AddReference(packet);
    Decode(packet);
  }

  // What one message becomes, once the symbol is known. Checks what all updates have in common.
  Updates Become(const MessageInfo& info, const std::function<void(uint8_t*)>& fill) {
    Learn();
    PacketWriter packet({.sequence = 900});
    fill(Begin(packet, info));
    const Updates updates = Decode(packet);
    for (size_t i = 0; i < updates.size(); ++i) {
      EXPECT_EQ(updates[i].instrument_id, kSymbol);
      EXPECT_EQ(updates[i].sequence, 900u);
      EXPECT_EQ(updates[i].ts_event_ns, kEventNs);
      EXPECT_EQ(updates[i].ts_recv_ns, test::kTestReceiveNs);
      EXPECT_EQ(updates[i].channel_id, 42);
      EXPECT_EQ(updates[i].index, i);
      const bool is_last = i + 1 == updates.size();
      EXPECT_EQ((updates[i].flags & FH_FLAG_LAST) != 0, is_last) << i;
    }
    EXPECT_EQ(codec_->stats().unscaled, 0u);
    return updates;
  }

  std::unique_ptr<InstrumentStore> table_;
  std::unique_ptr<Codec> codec_;
  PacketFrame frame_;
};

// "A B 500@10.12" of the records of orders; others by their number.
std::vector<std::string> Shown(const Updates& updates) {
  std::vector<std::string> shown;
  for (const NormalizedUpdate& update : updates) {
    std::string text = absl::StrCat(std::string(1, update.action), std::string(1, update.side));
    if (update.record == FH_RECORD_ORDER) {
      absl::StrAppend(&text, " ", update.order.order_id, " ", update.order.size);
      if (update.order.price != kUndefinedPrice) absl::StrAppend(&text, "@", update.order.price);
    } else if (update.record == FH_RECORD_TRADE) {
      absl::StrAppend(&text, " trade ", update.trade.trade_id, " ", update.trade.size);
      if (update.trade.price != kUndefinedPrice) absl::StrAppend(&text, "@", update.trade.price);
    } else {
      absl::StrAppend(&text, " record ", update.record);
    }
    if ((update.flags & FH_FLAG_SNAPSHOT) != 0) text += " snapshot";
    if ((update.flags & FH_FLAG_MAYBE_BAD_BOOK) != 0) text += " bad?";
    if ((update.flags & FH_FLAG_LAST) != 0) text += " last";
    shown.push_back(text);
  }
  return shown;
}

TEST_F(NyseMapping, ThePacketOfTheDocumentsBecomesWhatTheySay) {
  const std::string bytes = absl::HexStringToBytes(
      "9d000b040a00000000f1536520b86b072c0003004d0000004142430000000000000000000100054e044364007c"
      "8c010000000000005901000100000010000200050000000000000000f153652700640015cd5b074d0000000100"
      "0000ab00000001000000508b0100f4010000422020202020002a006700ff1664074d00000002000000ab000000"
      "0100000009000000ec8a0100c8000000010040202020");
  const test::PacketBytes packet(bytes);
  const test::Decoded decoded = test::DecodePacket(*codec_, packet.packet());
  EXPECT_EQ(decoded.frame.first_sequence, 10u);
  EXPECT_EQ(decoded.frame.number_count, 4u);
  const Updates& updates = decoded.updates;
  EXPECT_THAT(Shown(updates),
              ElementsAre("NN record 6", "NN record 8 last", "AB 4294967467 500@10120000000 last",
                          "TN trade 9 200@10110000000", "FN 4294967467 200@10110000000",
                          "CN 4294967467 200 last"));
  EXPECT_EQ(updates[2].ts_event_ns, 1'700'000'000'123'456'789);
  EXPECT_EQ(updates[2].sequence, 12u);
  EXPECT_EQ(table_->Name(77).view(), "ABC");
}

// ---- Messages ----

TEST_F(NyseMapping, AMappingNamesTheInstrument) {
  PacketWriter packet({});
  AddMapping(packet);
  uint8_t* message = packet.Add(kMapping);
  mapping::kSymbolIndex.Put(message, 78);
  std::memcpy(message + mapping::kSymbol.offset, "BRK A PR.WI", 11);
  mapping::kPriceScale.Put(message, 6);
  mapping::kSecurityType.Put(message, 'T');
  mapping::kExchange.Put(message, 'P');
  mapping::kLotSize.Put(message, 40);
  mapping::kPreviousClose.Put(message, 12'345'678);
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(3));
  EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
  EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_STOCK);
  EXPECT_EQ(updates[1].instrument_id, 78u);
  EXPECT_STREQ(updates[1].definition.symbol, "BRK A PR.WI");
  EXPECT_EQ(updates[1].definition.round_lot, 40u);
  EXPECT_EQ(updates[1].definition.kind, FH_KIND_TEST);
  EXPECT_EQ(updates[1].definition.security_class, 'T');
  EXPECT_EQ(updates[1].detail, 'P');
  EXPECT_EQ(updates[1].flags, 0);
  EXPECT_EQ(updates[2].statistic.type, FH_STAT_PREVIOUS_CLOSE);
  EXPECT_EQ(updates[2].statistic.price, 12'345'678'000);
  EXPECT_EQ(updates[2].flags, FH_FLAG_LAST);
  EXPECT_EQ(table_->Name(78).view(), "BRK A PR.WI");
  const fh_terms terms = table_->Terms(78);
  EXPECT_EQ(terms.kind, FH_KIND_TEST);
  EXPECT_EQ(terms.round_lot, 40u);
  EXPECT_EQ(terms.price_decimals, 6);
  EXPECT_EQ(terms.size_decimals, 0);
}

TEST_F(NyseMapping, ASeriesMappingNamesAnOption) {
  PacketWriter packet({});
  uint8_t* message = packet.Add(kSeriesMapping);
  series::kSeriesIndex.Put(message, 9'001);
  std::memcpy(message + series::kRoot.offset, "AAPL", 4);
  std::memcpy(message + series::kMaturity.offset, "240119", 6);
  std::memcpy(message + series::kStrike.offset, "150.5", 5);
  series::kPutOrCall.Put(message, 1);
  series::kMultiplier.Put(message, 100);
  series::kUnderlyingIndex.Put(message, 78);
  series::kPriceScale.Put(message, 2);
  uint8_t* quote = packet.Add(kOptionQuote);
  option_quote::kSeries.Put(quote, 9'001);
  quote::kBidPrice.Put(quote, 125);
  quote::kBidVolume.Put(quote, 10);
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_OPTION);
  EXPECT_EQ(std::string(updates[0].definition.symbol, 16), "AAPL240119C150.5");
  EXPECT_EQ(table_->Name(9'001).view(), "AAPL240119C150.5");
  const fh_terms terms = table_->Terms(9'001);
  EXPECT_EQ(terms.kind, FH_KIND_OPTION);
  EXPECT_EQ(terms.put_call, 'C');
  EXPECT_EQ(terms.strike, 150'500'000'000);
  EXPECT_EQ(terms.multiplier, 100'000'000'000);
  EXPECT_EQ(terms.underlying_id, 78u);
  EXPECT_EQ(terms.price_decimals, 2);
  EXPECT_EQ(updates[1].instrument_id, 9'001u);
  EXPECT_EQ(updates[1].top.bid_price, 1'250'000'000);
  EXPECT_EQ(updates[1].top.bid_size, 10u);
  EXPECT_EQ(updates[1].top.ask_price, kUndefinedPrice);
}

TEST_F(NyseMapping, OrdersAreAddedWithTheirSideAndScale) {
  for (const auto& [letter, side] : {std::pair{'B', FH_SIDE_BID}, {'S', FH_SIDE_ASK}}) {
    const Updates updates = Become(kAddOrder, [letter = letter](uint8_t* message) {
      add::kOrderId.Put(message, 0x1'0000'00AB);
      add::kPrice.Put(message, 101'200);
      add::kVolume.Put(message, 500);
      add::kSide.Put(message, letter);
    });
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].record, FH_RECORD_ORDER);
    EXPECT_EQ(updates[0].action, FH_ACTION_ADD);
    EXPECT_EQ(updates[0].side, side);
    EXPECT_EQ(updates[0].order.order_id, 0x1'0000'00ABu);
    EXPECT_EQ(updates[0].order.price, 10'120'000'000);
    EXPECT_EQ(updates[0].order.size, 500u);
    EXPECT_EQ(updates[0].flags, FH_FLAG_LAST);
  }
}

TEST_F(NyseMapping, AModifyIsTheNewTotalAndOldOnesTellNoSide) {
  for (const auto& [letter, shown] : {std::pair{'S', "MA 9 70@10000000000 last"},
                                      {'B', "MB 9 70@10000000000 last"},
                                      {'\0', "MN 9 70@10000000000 last"}}) {
    EXPECT_THAT(Shown(Become(kModifyOrder,
                             [letter = letter](uint8_t* message) {
                               modify::kOrderId.Put(message, 9);
                               modify::kPrice.Put(message, 100'000);
                               modify::kVolume.Put(message, 70);
                               modify::kSide.Put(message, letter);
                             })),
                ElementsAre(shown));
  }
}

TEST_F(NyseMapping, ADeleteTakesAllThatIsLeft) {
  EXPECT_THAT(
      Shown(Become(kDeleteOrder, [](uint8_t* message) { remove::kOrderId.Put(message, 9); })),
      ElementsAre("CN 9 0 last"));
}

TEST_F(NyseMapping, AReplaceIsTheOldOrdersEndAndANewOne) {
  for (const auto& [letter, end, start] : {std::tuple{'S', "CA 9 0", "AA 10 70@9990000000 last"},
                                           {'\0', "CN 9 0", "AN 10 70@9990000000 last"}}) {
    EXPECT_THAT(Shown(Become(kReplaceOrder,
                             [letter = letter](uint8_t* message) {
                               replace::kOrderId.Put(message, 9);
                               replace::kNewOrderId.Put(message, 10);
                               replace::kPrice.Put(message, 99'900);
                               replace::kVolume.Put(message, 70);
                               replace::kSide.Put(message, letter);
                             })),
                ElementsAre(end, start));
  }
}

TEST_F(NyseMapping, AnExecutionIsATradeWhenPrintableAndAlwaysAFillAndItsCancel) {
  const auto execute = [this](uint8_t printable, uint32_t volume, const char* conditions) {
    return Become(kOrderExecution, [=](uint8_t* message) {
      execution::kOrderId.Put(message, 9);
      execution::kTradeId.Put(message, 68'747);
      execution::kPrice.Put(message, 100'100);
      execution::kVolume.Put(message, volume);
      execution::kPrintable.Put(message, printable);
      std::memcpy(message + execution::kCondition1.offset, conditions, 4);
    });
  };
  EXPECT_THAT(Shown(execute(1, 100, "@   ")), ElementsAre("TN trade 68747 100@10010000000",
                                                          "FN 9 100@10010000000", "CN 9 100 last"));
  EXPECT_THAT(Shown(execute(0, 100, "\0\0\0\0")),
              ElementsAre("FN 9 100@10010000000", "CN 9 100 last"));
  const Updates sweep = execute(1, 100, "@F I");
  EXPECT_THAT(Shown(sweep), ElementsAre("TN trade 68747 100@10010000000", "FN 9 100@10010000000",
                                        "CN 9 100", "NN record 11 last"));
  EXPECT_EQ(sweep[3].trade_detail.kind, FH_DETAIL_CONDITIONS);
  EXPECT_STREQ(sweep[3].trade_detail.conditions, "@F I");
  // As a cancel it would take off all.
  EXPECT_THAT(execute(1, 0, "@   "), SizeIs(0));
  EXPECT_EQ(codec_->stats().malformed, 1u);
}

TEST_F(NyseMapping, HiddenTradesOfAnAuctionAreInItsCross) {
  const auto trade = [this](uint8_t printable) {
    return Become(kNonDisplayedTrade, [=](uint8_t* message) {
      hidden::kTradeId.Put(message, 5);
      hidden::kPrice.Put(message, 100'100);
      hidden::kVolume.Put(message, 30);
      hidden::kPrintable.Put(message, printable);
    });
  };
  EXPECT_THAT(Shown(trade(1)), ElementsAre("TN trade 5 30@10010000000 last"));
  const uint64_t unmapped = codec_->stats().unmapped;
  EXPECT_THAT(trade(0), SizeIs(0));
  EXPECT_EQ(codec_->stats().unmapped, unmapped + 2);  // And the reference.
}

TEST_F(NyseMapping, ACrossIsATradeOrDoneWithoutShares) {
  const auto cross = [this](uint32_t volume) {
    return Become(kCrossTrade, [=](uint8_t* message) {
      cross::kCrossId.Put(message, 5);
      cross::kPrice.Put(message, 100'100);
      cross::kVolume.Put(message, volume);
      cross::kCrossType.Put(message, '6');
    });
  };
  const Updates done = cross(9'000);
  EXPECT_THAT(Shown(done), ElementsAre("TN trade 5 9000@10010000000 last"));
  EXPECT_EQ(done[0].detail, '6');
  const Updates empty = cross(0);
  ASSERT_THAT(empty, SizeIs(1));
  EXPECT_EQ(empty[0].status.kind, FH_STATUS_CROSS_DONE);
  EXPECT_EQ(empty[0].status.code, '6');
}

TEST_F(NyseMapping, TradesAreTakenBackById) {
  EXPECT_THAT(
      Shown(Become(kTradeCancel, [](uint8_t* message) { cancel::kTradeId.Put(message, 5); })),
      ElementsAre("CN trade 5 0 last"));
  EXPECT_THAT(Shown(Become(kTradesFeedCancel,
                           [](uint8_t* message) { trade::kOriginalId.Put(message, 6); })),
              ElementsAre("CN trade 6 0 last"));
}

TEST_F(NyseMapping, ACorrectionIsTheTradeThatStandsAndTheOneItStandsFor) {
  const Updates cross = Become(kCrossCorrection, [](uint8_t* message) {
    cross::kCrossId.Put(message, 5);
    cross::kCorrectedVolume.Put(message, 800);
  });
  EXPECT_THAT(Shown(cross), ElementsAre("TN trade 5 800", "NN record 11 last"));
  EXPECT_EQ(cross[1].trade_detail.kind, FH_DETAIL_CORRECTION);
  EXPECT_EQ(cross[1].trade_detail.original_id, 5u);
  const Updates trade = Become(kTradeCorrection, [](uint8_t* message) {
    trade::kOriginalId.Put(message, 6);
    trade::kNewTradeId.Put(message, 7);
    trade::kNewPrice.Put(message, 100'200);
    trade::kNewVolume.Put(message, 40);
    std::memcpy(message + trade::kNewCondition1.offset, "@  Z", 4);
  });
  EXPECT_THAT(Shown(trade), ElementsAre("TN trade 7 40@10020000000", "NN record 11 last"));
  EXPECT_EQ(trade[1].trade_detail.original_id, 6u);
  EXPECT_STREQ(trade[1].trade_detail.conditions, "@  Z");
}

TEST_F(NyseMapping, TheTradesFeedTellsItsConditions) {
  const Updates updates = Become(kTrade, [](uint8_t* message) {
    trade::kTradeId.Put(message, 6);
    trade::kPrice.Put(message, 100'200);
    trade::kVolume.Put(message, 40);
    std::memcpy(message + trade::kCondition1.offset, "@ T ", 4);
  });
  EXPECT_THAT(Shown(updates), ElementsAre("TN trade 6 40@10020000000", "NN record 11 last"));
}

TEST_F(NyseMapping, AQuoteIsTheWholeTop) {
  for (const MessageInfo* info : {&kQuote, &kShortQuote, &kOptionQuote}) {
    const Updates updates = Become(*info, [](uint8_t* message) {
      quote::kAskPrice.Put(message, 103'800);
      quote::kAskVolume.Put(message, 100);
      quote::kBidPrice.Put(message, 0);
      quote::kBidVolume.Put(message, 0);
      quote::kCondition.Put(message, 'R');
    });
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].record, FH_RECORD_TOP);
    EXPECT_EQ(updates[0].flags, FH_FLAG_TOB | FH_FLAG_LAST);
    EXPECT_EQ(updates[0].top.ask_price, 10'380'000'000);
    EXPECT_EQ(updates[0].top.ask_size, 100u);
    EXPECT_EQ(updates[0].top.bid_price, kUndefinedPrice);
    EXPECT_EQ(updates[0].top.bid_size, 0u);
    EXPECT_EQ(updates[0].detail, 'R');
  }
}

TEST_F(NyseMapping, AnImbalanceAndThePricesThatThereAre) {
  for (const MessageInfo* info : {&kImbalance, &kShortImbalance}) {
    const Updates updates = Become(*info, [](uint8_t* message) {
      imbalance::kReference.Put(message, 100'000);
      imbalance::kPaired.Put(message, 900);
      imbalance::kTotal.Put(message, 1'100);
      imbalance::kAuction.Put(message, 'C');
      imbalance::kSide.Put(message, 'S');
      imbalance::kContinuousClearing.Put(message, 100'100);
      imbalance::kLowerCollar.Put(message, 90'000);
    });
    ASSERT_THAT(updates, SizeIs(3));
    EXPECT_EQ(updates[0].record, FH_RECORD_IMBALANCE);
    EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
    EXPECT_EQ(updates[0].detail, 'C');
    EXPECT_EQ(updates[0].imbalance.reference_price, 10'000'000'000);
    EXPECT_EQ(updates[0].imbalance.paired, 900u);
    EXPECT_EQ(updates[0].imbalance.imbalance, 1'100u);
    EXPECT_EQ(updates[1].statistic.type, FH_STAT_NEAR_PRICE);
    EXPECT_EQ(updates[1].statistic.price, 10'010'000'000);
    EXPECT_EQ(updates[2].statistic.type, FH_STAT_LOWER_BAND);
    EXPECT_EQ(updates[2].statistic.price, 9'000'000'000);
  }
}

TEST_F(NyseMapping, ASummaryIsTheDaySoFar) {
  const Updates updates = Become(kStockSummary, [](uint8_t* message) {
    summary::kHigh.Put(message, 101'000);
    summary::kLow.Put(message, 99'000);
    summary::kOpen.Put(message, 100'000);
    summary::kVolume.Put(message, 900);
  });
  ASSERT_THAT(updates, SizeIs(4));
  const std::vector<uint16_t> types = {FH_STAT_HIGH_PRICE, FH_STAT_LOW_PRICE, FH_STAT_OPENING_PRICE,
                                       FH_STAT_VOLUME};
  for (size_t i = 0; i < types.size(); ++i) EXPECT_EQ(updates[i].statistic.type, types[i]);
  EXPECT_EQ(updates[1].statistic.price, 9'900'000'000);
  EXPECT_EQ(updates[3].statistic.quantity, 900);
  EXPECT_EQ(updates[3].statistic.price, kUndefinedPrice);
}

TEST_F(NyseMapping, StatusTellsWhetherThereIsTrading) {
  const auto become = [this](char code, char halt) {
    return Become(kSecurityStatus, [=](uint8_t* message) {
      status::kStatus.Put(message, code);
      status::kHalt.Put(message, halt);
      status::kPrice1.Put(message, 99'000);
      status::kPrice2.Put(message, 101'000);
      status::kSsrState.Put(message, 'E');
    });
  };
  const std::vector<std::pair<char, uint8_t>> states = {
      {'4', FH_TRADING_HALTED}, {'5', FH_TRADING_OPEN},   {'6', FH_TRADING_HALTED},
      {'3', FH_TRADING_PAUSED}, {'P', FH_TRADING_ORDERS}, {'B', FH_TRADING_ORDERS},
      {'E', FH_TRADING_OPEN},   {'O', FH_TRADING_OPEN},   {'L', FH_TRADING_OPEN},
      {'T', FH_TRADING_UNKNOWN}};
  for (const auto& [code, state] : states) {
    const Updates updates = become(code, 'M');
    ASSERT_THAT(updates, SizeIs(1)) << code;
    EXPECT_EQ(updates[0].status.kind, FH_STATUS_TRADING);
    EXPECT_EQ(updates[0].status.state, state) << code;
    EXPECT_EQ(updates[0].status.code, code);
    EXPECT_EQ(std::string(updates[0].status.reason, 4), "M   ");
  }
  EXPECT_EQ(std::string(become('O', '~')[0].status.reason, 4), "    ");
  for (const auto& [code, value] : {std::pair{'A', 1}, {'C', 1}, {'D', 0}}) {
    const Updates updates = become(code, '~');
    ASSERT_THAT(updates, SizeIs(1));
    EXPECT_EQ(updates[0].status.kind, FH_STATUS_SHORT_SALE);
    EXPECT_EQ(updates[0].status.value, value);
  }
  const Updates indication = become('G', '~');
  ASSERT_THAT(indication, SizeIs(3));
  EXPECT_EQ(indication[0].status.kind, FH_STATUS_AUCTION);
  EXPECT_EQ(indication[1].statistic.type, FH_STAT_MINIMUM_PRICE);
  EXPECT_EQ(indication[1].statistic.price, 9'900'000'000);
  EXPECT_EQ(indication[2].statistic.type, FH_STAT_MAXIMUM_PRICE);
}

TEST_F(NyseMapping, AtTheCloseASymbolsOrdersAreGone) {
  const Updates updates =
      Become(kSecurityStatus, [](uint8_t* message) { status::kStatus.Put(message, 'X'); });
  EXPECT_THAT(Shown(updates), ElementsAre("RN 0 0", "NN record 5 last"));
  EXPECT_EQ(updates[1].status.state, FH_TRADING_HALTED);
}

TEST_F(NyseMapping, RareStatuses) {
  const Updates change =
      Become(kSessionChange, [](uint8_t* message) { session_change::kSession.Put(message, 4); });
  ASSERT_THAT(change, SizeIs(1));
  EXPECT_EQ(change[0].status.kind, FH_STATUS_TRADING);
  EXPECT_EQ(change[0].status.code, '4');
  for (const auto& [letter, side] : {std::pair{'A', FH_SIDE_BID},
                                     {'B', FH_SIDE_ASK},
                                     {'C', FH_SIDE_NONE},
                                     {' ', FH_SIDE_NONE}}) {
    const Updates retail = Become(kRetailInterest, [letter = letter](uint8_t* message) {
      retail::kIndicator.Put(message, letter);
    });
    ASSERT_THAT(retail, SizeIs(1));
    EXPECT_EQ(retail[0].status.kind, FH_STATUS_RETAIL_INTEREST);
    EXPECT_EQ(retail[0].side, side);
    EXPECT_EQ(retail[0].status.code, letter);
  }
}

TEST_F(NyseMapping, AClearIsOfASymbolAndAResetOfAll) {
  const Updates one = Become(kSymbolClear, [](uint8_t*) {});
  EXPECT_THAT(Shown(one), ElementsAre("RN 0 0", "RN record 3 last"));
  EXPECT_EQ(one[1].flags, FH_FLAG_TOB | FH_FLAG_LAST);
  PacketWriter packet({.delivery = kSequenceReset});
  uint8_t* message = packet.Add(kReset);
  source::kTime.Put(message, kSecond);
  const Updates all = Decode(packet);
  EXPECT_TRUE(frame_.stream_start);
  EXPECT_THAT(Shown(all), ElementsAre("RN 0 0", "RN record 3 last"));
  EXPECT_EQ(all[0].instrument_id, FH_ALL_INSTRUMENTS);
  EXPECT_EQ(all[1].instrument_id, FH_ALL_INSTRUMENTS);
}

TEST_F(NyseMapping, AnIndexOf0IsNobodys) {
  PacketWriter packet({});
  AddMapping(packet, 0);
  AddOrder(packet, 9, 0);
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(2));
  EXPECT_EQ(updates[0].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(updates[1].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(updates[1].order.price, kUndefinedPrice);
}

TEST_F(NyseMapping, LongerMessagesAreReadAndShorterOnesAreNot) {
  Learn();
  PacketWriter packet({});
  AddOrder(packet, 9);
  std::string bytes = packet.Bytes();
  // One byte more, and one less: old ArcaBook's adds are such.
  for (const int more : {1, -1}) {
    std::string other = bytes;
    other.resize(static_cast<size_t>(static_cast<int>(other.size()) + more));
    auto* header = reinterpret_cast<uint8_t*>(other.data());
    kPacketSize.Put(header, static_cast<uint16_t>(other.size()));
    kMessageSize.Put(header + kPacketHeaderBytes,
                     static_cast<uint16_t>(other.size() - kPacketHeaderBytes));
    const test::PacketBytes packet_bytes(other);
    const test::Decoded decoded = test::DecodePacket(*codec_, packet_bytes.packet());
    EXPECT_EQ(decoded.updates.size(), more > 0 ? 1u : 0u);
    EXPECT_EQ(decoded.frame.lost_in_tail, 0u);
  }
  EXPECT_EQ(codec_->stats().malformed, 1u);
}

// ---- Scales ----

// The old ArcaBook's forms are told by their exact sizes: what has another one and is shorter than
// today's is neither.
TEST_F(NyseMapping, TheFormsOfArcaBookAreTheirSizesAlone) {
  for (const MessageInfo* form : kArcaForms) {
    for (const int more : {-1, 0, 1}) {
      MessageInfo info = *form;
      info.length = static_cast<uint16_t>(info.length + more);
      Open();
      const Updates updates = Become(info, [](uint8_t* message) {
        if (kMessageType(message) == kArcaExecution.type) arcabook::kVolume.Put(message, 100);
      });
      EXPECT_EQ(updates.empty(), more != 0) << form->type << ' ' << info.length;
      EXPECT_EQ(codec_->stats().malformed, more != 0 ? 1u : 0u);
    }
  }
}

TEST_F(NyseMapping, AnExecutionOfArcaBookIsPrintedAlways) {
  EXPECT_THAT(Shown(Become(kArcaExecution,
                           [](uint8_t* message) {
                             arcabook::kOrderId.Put(message, 4'000'000'000);
                             arcabook::kPrice.Put(message, 101'100);
                             arcabook::kVolume.Put(message, 200);
                             arcabook::kTradeId.Put(message, 9);
                           })),
              ElementsAre("TN trade 9 200@10110000000", "FN 4000000000 200@10110000000",
                          "CN 4000000000 200 last"));
}

// Legs that the message counts but does not hold are not read.
TEST_F(NyseMapping, LegsOfAComplexSeriesEndWithTheMessage) {
  for (const uint16_t room : {0, 7, 8, 16, 20}) {
    MessageInfo info = kComplexMapping;
    info.length = static_cast<uint16_t>(options::kLegsAt + room);
    PacketWriter packet({});
    uint8_t* message = packet.Add(info);
    options::kLegCount.Put(message, 2);
    const test::PacketBytes bytes(packet.Bytes());
    codec_->Frame({&bytes.packet(), 1}, {&frame_, 1});
    class Legs final : public MessageVisitor {
     public:
      void BeginMessage(uint64_t, const MessageInfo*, std::span<const uint8_t>,
                        const char*) override {}
      void Field(const FieldInfo&, const Value&) override {}
      void BeginEntry() override { ++count; }
      void EndMessage() override {}
      uint32_t count = 0;
    } legs;
    codec_->Describe(bytes.packet(), frame_, legs);
    EXPECT_EQ(legs.count, std::min<uint32_t>(2, room / options::kLegBytes)) << room;
    ASSERT_THAT(Decode(packet), SizeIs(1));
  }
}

TEST_F(NyseMapping, TheLegsOfAComplexSeriesAreItsTerms) {
  MessageInfo info = kComplexMapping;
  info.length = static_cast<uint16_t>(options::kLegsAt + 2 * options::kLegBytes);
  PacketWriter packet({});
  uint8_t* message = packet.Add(info);
  options::kComplexIndex.Put(message, 9'100);
  options::kLegCount.Put(message, 2);
  uint8_t* leg = message + options::kLegsAt;
  options::kLegSymbol.Put(leg, 9'001);
  options::kLegRatio.Put(leg, 2);
  options::kLegSide.Put(leg, 'S');
  options::kLegSymbol.Put(leg + options::kLegBytes, 9'002);
  options::kLegRatio.Put(leg + options::kLegBytes, 1);
  options::kLegSide.Put(leg + options::kLegBytes, 'B');
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
  EXPECT_EQ(updates[0].instrument_id, 9'100u);
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_SPREAD);
  const fh_terms& terms = table_->Terms(9'100);
  EXPECT_EQ(terms.kind, FH_KIND_SPREAD);
  ASSERT_EQ(terms.leg_count, 2);
  EXPECT_EQ(terms.legs[0].instrument_id, 9'001u);
  EXPECT_EQ(terms.legs[0].ratio, -2);
  EXPECT_EQ(terms.legs[1].instrument_id, 9'002u);
  EXPECT_EQ(terms.legs[1].ratio, 1);
}

TEST_F(NyseMapping, WithoutAMappingThereIsNoPriceAndItIsCounted) {
  PacketWriter packet({});
  AddReference(packet);
  AddOrder(packet, 9);
  uint8_t* quote = Begin(packet, kQuote);
  quote::kBidPrice.Put(quote, 99'000);
  quote::kBidVolume.Put(quote, 5);
  Begin(packet, kDeleteOrder);
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(3));
  EXPECT_EQ(updates[0].instrument_id, kSymbol);
  EXPECT_EQ(updates[0].order.price, kUndefinedPrice);
  EXPECT_EQ(updates[0].order.size, 500u);
  EXPECT_EQ(updates[0].flags, FH_FLAG_LAST | FH_FLAG_MAYBE_BAD_BOOK);
  EXPECT_EQ(updates[1].top.bid_price, kUndefinedPrice);
  EXPECT_EQ(updates[1].top.bid_size, 5u);
  EXPECT_EQ(updates[1].flags, FH_FLAG_LAST | FH_FLAG_TOB);
  EXPECT_EQ(codec_->stats().unscaled, 2u);
}

TEST_F(NyseMapping, AMappingCountsFromItselfOnAndEachSymbolHasItsOwn) {
  PacketWriter packet({});
  AddOrder(packet, 1, 500);
  AddMapping(packet, 500, 6);
  AddMapping(packet, 501, 3);
  AddOrder(packet, 2, 500);
  AddOrder(packet, 3, 501);
  AddMapping(packet, 500, 4);
  AddOrder(packet, 4, 500);
  std::vector<int64_t> prices;
  for (const NormalizedUpdate& update : Decode(packet)) {
    if (update.record == FH_RECORD_ORDER) prices.push_back(update.order.price);
  }
  EXPECT_THAT(prices, ElementsAre(kUndefinedPrice, 101'200'000, 101'200'000'000, 10'120'000'000));
  EXPECT_EQ(codec_->stats().unscaled, 1u);
}

TEST_F(NyseMapping, AScaleThatUpdatesCannotHoldIsNone) {
  for (const auto& [scale, price] : {std::pair<uint8_t, int64_t>{0, 101'200'000'000'000},
                                     {9, 101'200},
                                     {10, kUndefinedPrice},
                                     {255, kUndefinedPrice}}) {
    Open();
    PacketWriter packet({});
    AddMapping(packet, kSymbol, scale);
    AddOrder(packet, 9);
    EXPECT_EQ(Decode(packet)[1].order.price, price) << int{scale};
  }
}

TEST_F(NyseMapping, TheLargestPriceOfEveryScaleFits) {
  PacketWriter packet({});
  AddMapping(packet, kSymbol, 0);
  add::kPrice.Put(Begin(packet, kAddOrder), UINT32_MAX);
  EXPECT_EQ(Decode(packet)[1].order.price, int64_t{UINT32_MAX} * 1'000'000'000);
}

TEST_F(NyseMapping, ManySymbolsKeepTheirScalesAndMoreThanThereIsRoomForAreCounted) {
  Open(600);
  const auto scale_of = [](uint32_t index) { return static_cast<uint8_t>(index / 4096 % 7); };
  // Options have eight digits, and indices that hash alike.
  for (uint32_t i = 0; i < 700; ++i) {
    PacketWriter packet({});
    AddMapping(packet, 30'588'629 + i * 4'096, scale_of(30'588'629 + i * 4'096));
    Decode(packet);
  }
  EXPECT_EQ(codec_->stats().instruments_full, 100u);
  for (uint32_t i = 0; i < 700; ++i) {
    const uint32_t index = 30'588'629 + i * 4'096;
    PacketWriter packet({});
    AddOrder(packet, 1, index);
    int64_t price = 101'200;
    for (int digit = scale_of(index); digit < 9; ++digit) price *= 10;
    EXPECT_EQ(Decode(packet)[0].order.price, i < 600 ? price : kUndefinedPrice) << i;
  }
  EXPECT_EQ(codec_->stats().unscaled, 100u);
}

TEST_F(NyseMapping, ANewStreamForgetsScalesAndTimesAndAGapTimesAlone) {
  const auto order = [this] {
    PacketWriter packet({});
    AddOrder(packet, 9);
    return Decode(packet)[0];
  };
  Learn();
  EXPECT_EQ(order().ts_event_ns, kEventNs);
  codec_->OnEvent({.kind = StreamEvent::Kind::kGap, .stream = 0, .first = 5, .last = 6});
  EXPECT_EQ(order().ts_event_ns, kUndefinedTime);
  EXPECT_EQ(order().order.price, 10'120'000'000);
  Learn();
  codec_->OnEvent({.kind = StreamEvent::Kind::kStart, .stream = 0, .first = 1, .last = 0});
  EXPECT_EQ(order().ts_event_ns, kUndefinedTime);
  EXPECT_EQ(order().order.price, kUndefinedPrice);
}

// A definitions channel of the feed, and one that shares the store with it.
class NyseFeed : public NyseMapping {
 protected:
  NyseFeed() { other_ = *(*FindCodec("nyse_xdp"))->make({.instruments = table_.get()}); }

  void DefineByTheOther(uint8_t scale) {
    PacketWriter packet({});
    AddMapping(packet, kSymbol, scale);
    const test::PacketBytes bytes(packet.Bytes());
    test::DecodePacket(*other_, bytes.packet());
  }
  NormalizedUpdate Order() {
    PacketWriter packet({});
    AddOrder(packet, 9);
    return Decode(packet)[0];
  }

  std::unique_ptr<Codec> other_;
};

TEST_F(NyseFeed, WhatAnotherChannelDefinesHasItsScaleHere) {
  EXPECT_EQ(Order().order.price, kUndefinedPrice);
  DefineByTheOther(4);
  EXPECT_EQ(Order().order.price, 10'120'000'000);
  DefineByTheOther(6);
  EXPECT_EQ(Order().order.price, 101'200'000);
  EXPECT_EQ(codec_->stats().unscaled, 1u);
}

TEST_F(NyseFeed, ScalesOfTheDayBeforeAreGoneFromTheStoreToo) {
  Learn();
  codec_->OnEvent({.kind = StreamEvent::Kind::kStart, .stream = 0, .first = 1, .last = 0});
  EXPECT_EQ(Order().order.price, kUndefinedPrice);
  EXPECT_EQ(table_->Name(kSymbol).view(), "ABC");
  DefineByTheOther(6);
  EXPECT_EQ(Order().order.price, 101'200'000);
}

// ---- Times ----

TEST_F(NyseMapping, EachSystemHasItsOwnSecond) {
  PacketWriter packet({});
  AddMapping(packet, 500, 4, 5);
  AddMapping(packet, 501, 4, 7);
  AddMapping(packet, 502, 4, 9);
  AddReference(packet, 5, kSecond);
  AddReference(packet, 7, kSecond + 1);
  AddOrder(packet, 1, 500);
  AddOrder(packet, 2, 501);
  AddOrder(packet, 3, 502);
  AddReference(packet, 5, kSecond + 2);
  AddOrder(packet, 4, 500);
  AddOrder(packet, 5, 501);
  std::vector<int64_t> times;
  for (const NormalizedUpdate& update : Decode(packet)) {
    if (update.record == FH_RECORD_ORDER) times.push_back(update.ts_event_ns);
  }
  EXPECT_THAT(times, ElementsAre(kEventNs, kEventNs + 1'000'000'000, kUndefinedTime,
                                 kEventNs + 2'000'000'000, kEventNs + 1'000'000'000));
}

TEST_F(NyseMapping, WhereIdsAreNoSystemsTheNewestReferenceIsEverybodys) {
  PacketWriter packet({});
  AddMapping(packet, 500, 4, 5);
  AddReference(packet, 1, kSecond - 1);
  AddReference(packet, 70'000, kSecond);
  AddOrder(packet, 1, 500);
  AddOrder(packet, 2, 501);  // Nobody has named it.
  const Updates updates = Decode(packet);
  EXPECT_EQ(updates[1].ts_event_ns, kEventNs);
  EXPECT_EQ(updates[2].ts_event_ns, kUndefinedTime);
}

TEST_F(NyseMapping, WhatIsNoTimeIsUndefined) {
  Learn();
  PacketWriter packet({});
  nanos::kTimeNs.Put(Begin(packet, kDeleteOrder), 1'000'000'000);
  source::kTimeNs.Put(Begin(packet, kSymbolClear), 1'000'000'000);
  source::kTime.Put(Begin(packet, kSymbolClear), 0);
  for (const NormalizedUpdate& update : Decode(packet)) {
    EXPECT_EQ(update.ts_event_ns, kUndefinedTime);
  }
}

// ---- Refreshes ----

class NyseRefresh : public NyseMapping {
 protected:
  // A packet of the refresh of a symbol: its first has a mapping, all an order of `id`.
  PacketWriter RefreshPacket(uint16_t current, uint16_t total, uint64_t id,
                             uint32_t symbol = kSymbol, uint32_t last_symbol_sequence = 40) {
    PacketWriter packet({.sequence = 7'777, .delivery = total == 1 ? kRefreshOnly : kRefreshPart});
    uint8_t* header = packet.Add(current == 1 ? kRefreshHeader : kShortRefreshHeader);
    refresh::kCurrent.Put(header, current);
    refresh::kTotal.Put(header, total);
    if (current == 1) {
      refresh::kLastSequence.Put(header, 4'711);
      refresh::kLastSymbolSequence.Put(header, last_symbol_sequence);
      AddMapping(packet, symbol);
    }
    if (id == 0) return packet;
    uint8_t* message = Begin(packet, kAddOrderRefresh, symbol);
    add_refresh::kOrderId.Put(message, id);
    add_refresh::kPrice.Put(message, 100'000);
    add_refresh::kVolume.Put(message, 10);
    add_refresh::kSide.Put(message, 'S');
    return packet;
  }
};

TEST_F(NyseRefresh, IsOutsideOfTheNumbersAndClearsAddsAndCloses) {
  const Updates begin = Decode(RefreshPacket(1, 2, 8));
  EXPECT_THAT(Shown(begin), ElementsAre("NN record 5 snapshot", "RN 0 0 snapshot",
                                        "NN record 6 snapshot", "AA 8 10@10000000000 snapshot"));
  EXPECT_EQ(begin[0].status.kind, FH_STATUS_SNAPSHOT_AT);
  EXPECT_EQ(begin[0].status.value, 4'711) << "of the channel, not of the symbol";
  EXPECT_EQ(begin[0].instrument_id, kSymbol);
  EXPECT_EQ(frame_.kind, FrameKind::kUnsequenced);
  EXPECT_EQ(frame_.first_sequence, 0u);
  const Updates end = Decode(RefreshPacket(2, 2, 9));
  EXPECT_THAT(Shown(end), ElementsAre("AA 9 10@10000000000 snapshot", "NN 0 0 snapshot last"));
  EXPECT_EQ(end[1].instrument_id, kSymbol);
  EXPECT_EQ(end[1].sequence, 0u);
}

TEST_F(NyseRefresh, OfASymbolWithoutOrdersClearsItsBook) {
  EXPECT_THAT(Shown(Decode(RefreshPacket(1, 1, 0))),
              ElementsAre("NN record 5 snapshot", "RN 0 0 snapshot", "NN record 6 snapshot",
                          "NN 0 0 snapshot last"));
}

TEST_F(NyseRefresh, TellsTheShortSaleState) {
  PacketWriter packet = RefreshPacket(1, 1, 0);
  uint8_t* message = Begin(packet, kSecurityStatus);
  status::kStatus.Put(message, 'O');
  status::kSsrState.Put(message, 'E');
  const Updates updates = Decode(packet);
  ASSERT_THAT(updates, SizeIs(6));
  EXPECT_EQ(updates[3].status.kind, FH_STATUS_TRADING);
  EXPECT_EQ(updates[4].status.kind, FH_STATUS_SHORT_SALE);
  EXPECT_EQ(updates[4].status.value, 1);
}

TEST_F(NyseRefresh, ThatLacksAPacketSaysSoUntilTheNextBegins) {
  Decode(RefreshPacket(1, 3, 8));
  EXPECT_THAT(Shown(Decode(RefreshPacket(3, 3, 9))),
              ElementsAre("AA 9 10@10000000000 snapshot bad?", "NN 0 0 snapshot bad? last"));
  EXPECT_THAT(Shown(Decode(RefreshPacket(1, 1, 8))).back(), "NN 0 0 snapshot last");
}

TEST_F(NyseRefresh, ThePacketsOfAnotherSymbolAreNotTakenForThisOnes) {
  Decode(RefreshPacket(1, 2, 8));
  // The second of this one and the first of the other are lost.
  const Updates other = Decode(RefreshPacket(2, 2, 9, 78));
  EXPECT_THAT(Shown(other), ElementsAre("AA 9 10 snapshot bad?", "NN 0 0 snapshot bad? last"));
  EXPECT_EQ(other[1].instrument_id, 78u);
}

TEST_F(NyseRefresh, ThatIsOlderThanTheLiveStreamSaysSo) {
  Learn();
  PacketWriter live({});
  nanos::kSymbolSequence.Put(Begin(live, kDeleteOrder), 41);
  Decode(live);
  EXPECT_THAT(Shown(Decode(RefreshPacket(1, 1, 8, kSymbol, 40))).back(),
              "NN 0 0 snapshot bad? last");
  EXPECT_THAT(Shown(Decode(RefreshPacket(1, 1, 8, kSymbol, 41))).back(), "NN 0 0 snapshot last");
}

TEST_F(NyseRefresh, AMappingThatWasAskedForIsNoRefreshOfABook) {
  PacketWriter packet({.delivery = kRefreshOnly});
  AddMapping(packet);
  EXPECT_THAT(Shown(Decode(packet)), ElementsAre("NN record 6 snapshot last"));
}

TEST_F(NyseRefresh, AFailoverIsASnapshotWithinTheNumbers) {
  Learn();
  PacketWriter packet({.sequence = 12, .delivery = kFailover});
  Begin(packet, kSymbolClear);
  uint8_t* message = Begin(packet, kAddOrderRefresh);
  add_refresh::kOrderId.Put(message, 8);
  add_refresh::kPrice.Put(message, 100'000);
  add_refresh::kSide.Put(message, 'B');
  const Updates updates = Decode(packet);
  EXPECT_EQ(frame_.kind, FrameKind::kMessages);
  EXPECT_THAT(Shown(updates), ElementsAre("RN 0 0 snapshot", "RN record 3 snapshot last",
                                          "AB 8 0@10000000000 snapshot last"));
  EXPECT_EQ(updates[2].sequence, 13u);
}

// ---- Packets ----

TEST_F(NyseMapping, TheDeliveryFlagSaysWhatAPacketIs) {
  const std::vector<std::pair<uint8_t, FrameKind>> kinds = {
      {10, FrameKind::kMessages},      {11, FrameKind::kMessages},
      {12, FrameKind::kMessages},      {13, FrameKind::kRetransmitted},
      {15, FrameKind::kRetransmitted}, {17, FrameKind::kUnsequenced},
      {18, FrameKind::kUnsequenced},   {19, FrameKind::kUnsequenced},
      {20, FrameKind::kUnsequenced},   {21, FrameKind::kUnsequenced}};
  uint32_t known = 0;
  for (uint32_t flag = 0; flag < 256; ++flag) {
    PacketWriter packet({.sequence = 5, .delivery = static_cast<uint8_t>(flag)});
    packet.Add(kTimeReference);
    const test::PacketBytes bytes(packet.Bytes());
    codec_->Frame({&bytes.packet(), 1}, {&frame_, 1});
    const auto found = std::find_if(kinds.begin(), kinds.end(),
                                    [flag](const auto& kind) { return kind.first == flag; });
    if (found == kinds.end()) {
      EXPECT_EQ(frame_.kind, FrameKind::kRejected) << flag;
      EXPECT_EQ(frame_.reject, flag == 1 ? RejectReason::kBadLength : RejectReason::kForeign);
      continue;
    }
    ++known;
    EXPECT_EQ(frame_.kind, found->second) << flag;
    EXPECT_EQ(frame_.message_count, 1u);
    EXPECT_EQ(frame_.number_count, 1u);
    EXPECT_EQ(frame_.first_sequence, found->second == FrameKind::kUnsequenced ? 0u : 5u);
  }
  EXPECT_EQ(known, kinds.size());
}

TEST_F(NyseMapping, AHeartbeatTellsTheNextNumber) {
  const PacketWriter packet(
      {.sequence = 4'000'000'000, .delivery = kHeartbeat, .send_nanoseconds = 7});
  const test::PacketBytes bytes(packet.Bytes());
  codec_->Frame({&bytes.packet(), 1}, {&frame_, 1});
  EXPECT_EQ(frame_.kind, FrameKind::kHeartbeat);
  EXPECT_EQ(frame_.first_sequence, 4'000'000'000u);
  EXPECT_EQ(frame_.send_time_ns, 1'700'000'000'000'000'007);
  EXPECT_FALSE(frame_.stream_start);
}

TEST_F(NyseMapping, MessagesThatDoNotAddUpAreADamagedTail) {
  PacketWriter packet({.sequence = 5});
  AddReference(packet);
  AddReference(packet);
  AddReference(packet);
  const auto framed = [this](std::string bytes, const std::function<void(uint8_t*)>& damage) {
    damage(reinterpret_cast<uint8_t*>(bytes.data()));
    const test::PacketBytes damaged(bytes, 0xFF);
    codec_->Frame({&damaged.packet(), 1}, {&frame_, 1});
    return frame_;
  };
  uint8_t* second = nullptr;
  const auto resize = [&second](uint16_t size) {
    return [&second, size](uint8_t* bytes) {
      second = bytes + kPacketHeaderBytes + 16;
      kMessageSize.Put(second, size);
    };
  };
  for (const uint16_t size : {0, 3, 33, 65'535}) {
    const PacketFrame frame = framed(packet.Bytes(), resize(size));
    EXPECT_EQ(frame.message_count, 1u) << size;
    EXPECT_EQ(frame.lost_in_tail, 2u) << size;
  }
  // More announced, fewer, and bytes behind.
  EXPECT_EQ(framed(packet.Bytes(), [](uint8_t* b) { kMessageCount.Put(b, 5); }).lost_in_tail, 2u);
  EXPECT_TRUE(framed(packet.Bytes(), [](uint8_t* b) { kMessageCount.Put(b, 2); }).trailing_bytes);
  EXPECT_TRUE(framed(packet.Bytes() + "x", [](uint8_t*) {}).trailing_bytes);
  // The packet's own size ends before its messages, and before itself.
  EXPECT_EQ(framed(packet.Bytes(), [](uint8_t* b) { kPacketSize.Put(b, 63); }).message_count, 2u);
  EXPECT_EQ(framed(packet.Bytes(), [](uint8_t* b) { kPacketSize.Put(b, 15); }).reject,
            RejectReason::kBadLength);
  EXPECT_EQ(framed(packet.Bytes().substr(0, 15), [](uint8_t*) {}).reject, RejectReason::kTooShort);
}

TEST_F(NyseMapping, PricesAreDescribedByTheirScaleOnceItIsKnown) {
  class Prices final : public MessageVisitor {
   public:
    void BeginMessage(uint64_t, const MessageInfo*, std::span<const uint8_t>,
                      const char*) override {}
    void Field(const FieldInfo& field, const Value& value) override {
      if (field.kind == FieldKind::kDecimal) texts.push_back(ValueText(field, value));
    }
    void EndMessage() override {}
    std::vector<std::string> texts;
  };
  const auto described = [this] {
    PacketWriter packet({});
    AddOrder(packet, 9);
    const test::PacketBytes bytes(packet.Bytes());
    codec_->Frame({&bytes.packet(), 1}, {&frame_, 1});
    Prices prices;
    codec_->Describe(bytes.packet(), frame_, prices);
    return prices.texts;
  };
  EXPECT_THAT(described(), ElementsAre("null"));
  Learn();
  EXPECT_THAT(described(), ElementsAre("10.1200"));
}

TEST(NyseCodec, OtherFramingsAreRefusedWithTheFix) {
  const absl::Status status =
      (*FindCodec("nyse_xdp"))->make({.framing = "length_prefixed"}).status();
  EXPECT_NE(std::string(status.message()).find("leave `framing` out"), std::string::npos);
}

}  // namespace
}  // namespace fh::codecs::nyse
