// What the dialects of ITCH keep from message to message (seconds, scales, the other side of a quote),
// and what they make of messages that no venue should send.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "codecs/iex/iex_messages.h"
#include "codecs/iex/iex_sample.h"
#include "codecs/instrument_store.h"
#include "codecs/itch/asx_messages.h"
#include "codecs/itch/ise_messages.h"
#include "codecs/itch/jnx_messages.h"
#include "codecs/itch/nasdaq_basic_messages.h"
#include "codecs/length_blocks.h"
#include "codecs/moldudp64/moldudp64.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

using test::PacketBytes;
using Updates = std::vector<NormalizedUpdate>;

constexpr int64_t kSecondNs = 1'000'000'000;

// A message of spaces and zeros, to be filled in.
class Message {
 public:
  explicit Message(const MessageInfo& info, uint32_t length = 0)
      : bytes_(length == 0 ? info.length : length, '\0') {
    for (const FieldInfo* field : info.fields) {
      if (std::string_view(field->name) == "message_type") {
        bytes_[field->offset] = static_cast<char>(info.type);
      }
    }
  }
  template <typename Field, typename T>
  Message&& With(const Field& field, T value) && {
    field.Put(reinterpret_cast<uint8_t*>(bytes_.data()), value);
    return std::move(*this);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

std::string Packet(const std::vector<Message>& messages, uint64_t first = 1) {
  std::string packet(MoldUdp64::kHeaderBytes, '\0');
  MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), "SESSION001", first,
                       static_cast<uint16_t>(messages.size()));
  for (const Message& message : messages) {
    LengthBlocks<std::endian::big>::Append(packet, message.bytes());
  }
  return packet;
}

class Dialect {
 public:
  explicit Dialect(const char* name, int64_t day_ns = 0)
      : codec_(*(*FindCodec(name))
                    ->make({.channel_id = 1, .instruments = &instruments, .day_ns = day_ns})) {}

  Updates Take(const std::vector<Message>& messages) {
    return test::DecodePacket(*codec_, PacketBytes(Packet(messages)).packet()).updates;
  }
  void Tell(StreamEvent::Kind kind) { codec_->OnEvent({kind, 0, 1, 1}); }
  const CodecStats& stats() const { return codec_->stats(); }
  Codec& codec() { return *codec_; }

  InstrumentStore instruments{100};

 private:
  std::unique_ptr<Codec> codec_;
};

int GuessOf(const char* name, const std::string& payload) {
  return (*FindCodec(name))
      ->guess({reinterpret_cast<const uint8_t*>(payload.data()), payload.size()});
}

Message AsxAdd(uint32_t instrument = 5, int64_t price = 7'000'000) {
  using M = asx::AddOrder;
  return Message(M::kInfo)
      .With(asx::kNanoseconds, 7u)
      .With(asx::kTradeDate, uint16_t{19'797})
      .With(asx::kTradeableInstrumentId, instrument)
      .With(M::kSide, 'B')
      .With(M::kOrderId, uint64_t{9})
      .With(M::kQuantity, 3u)
      .With(M::kPrice, price);
}

Message AsxSecond(uint32_t second) {
  return Message(asx::Seconds::kInfo).With(asx::Seconds::kSecond, second);
}

TEST(AsxMapping, ALostSecondLeavesMessagesUndatedUntilTheNextOne) {
  Dialect asx("asx_itch");
  EXPECT_EQ(asx.Take({AsxAdd()})[0].ts_event_ns, kUndefinedTime) << "joined between two seconds";
  EXPECT_EQ(asx.Take({AsxSecond(100), AsxAdd()})[0].ts_event_ns, 100 * kSecondNs + 7);
  asx.Tell(StreamEvent::Kind::kGap);
  EXPECT_EQ(asx.Take({AsxAdd(), AsxAdd()})[1].ts_event_ns, kUndefinedTime);
  EXPECT_EQ(asx.stats().undated, 3u);
  EXPECT_EQ(asx.Take({AsxSecond(103), AsxAdd()})[0].ts_event_ns, 103 * kSecondNs + 7);
  EXPECT_EQ(asx.stats().undated, 3u);
}

Message AsxFuture(uint32_t denominator) {
  using M = asx::FutureSymbolDirectory;
  return Message(M::kInfo)
      .With(asx::kTradeableInstrumentId, 5u)
      .With(M::kSymbolName, "ODD")
      .With(M::kPriceFractionalDenominator, denominator)
      .With(M::kPriceMinimumTick, 5u);
}

TEST(AsxMapping, APriceIsWorthWhatItsInstrumentSays) {
  Dialect asx("asx_itch");
  EXPECT_EQ(asx.Take({AsxAdd()})[0].order.price, 7 * kPriceScale)
      << "millionths, unless it says so";
  asx.Take({AsxFuture(1'000)});
  EXPECT_EQ(asx.Take({AsxAdd()})[0].order.price, 7'000 * kPriceScale);
  EXPECT_EQ(asx.Take({AsxAdd(6)})[0].order.price, 7 * kPriceScale) << "another instrument";
  EXPECT_EQ(asx.instruments.Terms(5).tick, 5'000'000);
  asx.Tell(StreamEvent::Kind::kGap);
  EXPECT_EQ(asx.Take({AsxAdd()})[0].order.price, 7'000 * kPriceScale) << "a gap takes nothing back";
  asx.Take({AsxFuture(3)});  // No decimal number.
  EXPECT_EQ(asx.Take({AsxAdd()})[0].order.price, kUndefinedPrice);
  EXPECT_EQ(asx.stats().unscaled, 1u);
  asx.Take({AsxFuture(1'000'000)});
  EXPECT_EQ(asx.Take({AsxAdd()})[0].order.price, 7 * kPriceScale);
  asx.Take({AsxFuture(1'000)});
  asx.Tell(StreamEvent::Kind::kStart);
  EXPECT_EQ(asx.Take({AsxAdd()})[0].order.price, 7 * kPriceScale) << "of the session before";
}

Message AsxAuction(char side, uint64_t order, uint64_t trade) {
  using M = asx::AuctionOrderExecuted;
  return Message(M::kInfo)
      .With(asx::kTradeableInstrumentId, 5u)
      .With(M::kSide, side)
      .With(M::kOrderId, order)
      .With(M::kTradeId, trade)
      .With(M::kExecutedQuantity, 4u);
}

TEST(AsxMapping, ATradeOfTwoOrdersIsOneTrade) {
  Dialect asx("asx_itch");
  const auto trades = [](const Updates& updates) {
    uint64_t count = 0;
    for (const NormalizedUpdate& update : updates) count += update.action == FH_ACTION_TRADE;
    return count;
  };
  EXPECT_EQ(trades(asx.Take({AsxAuction('B', 1, 70), AsxAuction('S', 2, 70)})), 1u);
  EXPECT_EQ(trades(asx.Take({AsxAuction('B', 1, 71), AsxAuction('B', 1, 72)})), 2u);
  asx.Tell(StreamEvent::Kind::kGap);
  EXPECT_EQ(trades(asx.Take({AsxAuction('S', 2, 72)})), 1u) << "the first message may be lost";
}

TEST(AsxMapping, LegsThatTheMessageDoesNotHoldAreMalformed) {
  using M = asx::CombinationSymbolDirectory;
  const auto combination = [](uint8_t legs, uint32_t length) {
    return Message(M::kInfo, length)
        .With(asx::kTradeableInstrumentId, 8u)
        .With(M::kSymbolName, "A-B")
        .With(M::kLegs, legs);
  };
  Dialect asx("asx_itch");
  EXPECT_EQ(asx.Take({combination(6, 222)}).size(), 1u);
  EXPECT_EQ(asx.instruments.Terms(8).leg_count, 6);
  EXPECT_EQ(asx.Take({combination(7, 222)}).size(), 0u);
  EXPECT_EQ(asx.Take({combination(255, 222)}).size(), 0u);
  EXPECT_EQ(asx.stats().malformed, 2u);
}

TEST(AsxMapping, NoQuantityIsNotAllOfIt) {
  using M = asx::OrderVolumeCancelled;
  Dialect asx("asx_itch");
  EXPECT_TRUE(asx.Take({Message(M::kInfo).With(asx::kTradeableInstrumentId, 5u)}).empty());
  EXPECT_TRUE(asx.Take({Message(asx::OrderExecuted::kInfo)}).empty());
  EXPECT_EQ(asx.stats().malformed, 2u);
  EXPECT_EQ(asx.Take({AsxAdd(0)})[0].instrument_id, FH_UNKNOWN_INSTRUMENT);
}

Message JnxDirectory(uint32_t book, uint32_t decimals) {
  using M = jnx::OrderbookDirectory;
  return Message(M::kInfo)
      .With(M::kOrderbookId, book)
      .With(M::kOrderbookCode, "7203")
      .With(M::kGroup, "DAY")
      .With(M::kPriceDecimals, decimals);
}

Message JnxAdd(uint32_t book) {
  using M = jnx::OrderAddedWithoutAttributes;
  return Message(M::kInfo)
      .With(M::kOrderbookId, book)
      .With(M::kGroup, "DAY")
      .With(M::kBuySellIndicator, 'B')
      .With(M::kQuantity, 100u)
      .With(M::kPrice, 33'950u);
}

Message JnxReplace() {
  return Message(jnx::OrderReplaced::kInfo).With(jnx::OrderReplaced::kPrice, 33'950u);
}

TEST(JnxMapping, SecondsAreOfTheEpochOrOfTheDayInTokyo) {
  const absl::Time noon = absl::FromCivil(absl::CivilHour(2024, 3, 15, 3), absl::UTCTimeZone());
  Dialect jnx("jnx_itch", absl::ToUnixNanos(noon));
  const auto second = [](uint32_t number) {
    return Message(jnx::Seconds::kInfo).With(jnx::Seconds::kSeconds, number);
  };
  EXPECT_EQ(jnx.Take({second(1'710'460'800), JnxAdd(1)})[0].ts_event_ns, 1'710'460'800 * kSecondNs);
  // Nine in the morning there is midnight in UTC.
  EXPECT_EQ(jnx.Take({second(9 * 3'600), JnxAdd(1)})[0].ts_event_ns, 1'710'460'800 * kSecondNs);
  jnx.Tell(StreamEvent::Kind::kGap);
  EXPECT_EQ(jnx.Take({JnxAdd(1)})[0].ts_event_ns, kUndefinedTime);
  EXPECT_EQ(jnx.stats().undated, 1u);
}

TEST(JnxMapping, AReplacementHasAPriceAsLongAsAllOrderBooksHaveTheSameDecimals) {
  Dialect jnx("jnx_itch");
  EXPECT_EQ(jnx.Take({JnxAdd(1)})[0].order.price, 3'395 * kPriceScale);
  EXPECT_EQ(jnx.Take({JnxDirectory(1, 1), JnxReplace()}).back().order.price, 3'395 * kPriceScale);
  EXPECT_EQ(jnx.Take({JnxDirectory(2, 3), JnxReplace()}).back().order.price, kUndefinedPrice);
  EXPECT_EQ(jnx.stats().unscaled, 1u);
  EXPECT_EQ(jnx.Take({JnxAdd(2)})[0].order.price, 33'950'000'000);
  EXPECT_EQ(jnx.Take({JnxAdd(1)})[0].order.price, 3'395 * kPriceScale);
  EXPECT_EQ(jnx.Take({JnxDirectory(3, 10), JnxAdd(3)}).back().order.price, kUndefinedPrice);
  EXPECT_EQ(jnx.instruments.Terms(2).price_decimals, 3);
  EXPECT_EQ(jnx.instruments.Terms(3).price_decimals, FH_UNKNOWN_DECIMALS);
}

TEST(JnxMapping, WhatBecomesOfAnOrderNamesTheOrderAlone) {
  EXPECT_TRUE((*FindCodec("jnx_itch"))->needs_orders);
  Dialect jnx("jnx_itch");
  EXPECT_TRUE(jnx.Take({Message(jnx::OrderExecuted::kInfo)}).empty()) << "of no shares";
  EXPECT_EQ(jnx.stats().malformed, 1u);
  const Updates updates = jnx.Take(
      {Message(jnx::OrderExecuted::kInfo).With(jnx::OrderExecuted::kExecutedQuantity, 5u)});
  ASSERT_EQ(updates.size(), 3u);
  for (const NormalizedUpdate& update : updates) {
    EXPECT_EQ(update.instrument_id, FH_UNKNOWN_INSTRUMENT);
    EXPECT_EQ(update.side, FH_SIDE_NONE);
  }
}

Message IseBid(int32_t price, uint32_t size) {
  using M = ise::StrategyBestBidUpdate;
  return Message(M::kInfo).With(ise::kStrategyId, 9u).With(M::kPrice, price).With(M::kSize, size);
}

TEST(IseMapping, AOneSidedQuoteLeavesTheOtherSideUntilAGap) {
  using Ask = ise::StrategyBestAskUpdate;
  Dialect ise("ise_combo");
  const Message ask =
      Message(Ask::kInfo).With(ise::kStrategyId, 9u).With(Ask::kPrice, -200).With(Ask::kSize, 4u);
  ise.Take({ask});
  fh_top top = ise.Take({IseBid(-300, 7)})[0].top;
  EXPECT_EQ(top.bid_price, -30'000'000);
  EXPECT_EQ(top.ask_price, -20'000'000);
  EXPECT_EQ(top.bid_size, 7u);
  EXPECT_EQ(top.ask_size, 4u);
  top = ise.Take({IseBid(0, 0)})[0].top;
  EXPECT_EQ(top.bid_price, kUndefinedPrice) << "that side is empty";
  EXPECT_EQ(ise.Take({IseBid(0, 3)})[0].top.bid_price, 0) << "strategies may trade at nothing";
  ise.Tell(StreamEvent::Kind::kGap);
  top = ise.Take({IseBid(-300, 7)})[0].top;
  EXPECT_EQ(top.ask_price, kUndefinedPrice) << "it may have changed";
  EXPECT_EQ(top.ask_size, 0u);
}

TEST(IseMapping, EntriesThatTheMessageDoesNotHoldAreMalformed) {
  using M = ise::ComplexStrategyDirectory;
  Dialect ise("ise_combo");
  EXPECT_EQ(ise.Take({Message(M::kInfo, 27 + 28).With(M::kNumberOfLegs, uint8_t{1})}).size(), 1u);
  EXPECT_EQ(ise.Take({Message(M::kInfo, 27 + 27).With(M::kNumberOfLegs, uint8_t{1})}).size(), 0u);
  EXPECT_EQ(ise.stats().malformed, 1u);
}

TEST(NasdaqBasicMapping, TheDirectoryOfBboIsShorterAndItsSizesAreWhole) {
  using M = basic::StockDirectory;
  Dialect basic("nasdaq_basic");
  const Message directory = Message(M::kInfo).With(M::kStock, "ZQXA").With(M::kRoundLotSize, 100u);
  EXPECT_EQ(directory.bytes().size(), 37u);
  const Updates updates = basic.Take({directory});
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].definition.size_decimals, 0);
  EXPECT_EQ(updates[0].definition.round_lot, 100u);
  EXPECT_EQ(basic.instruments.Terms(updates[0].instrument_id).round_lot, 100u);
}

// Packets of heartbeats, of what several dialects have alike, and of what none would send.
TEST(DialectGuess, NothingIsClaimedWithoutEvidence) {
  const std::string heartbeat = Packet({});
  const std::string second = Packet({AsxSecond(1'700'000'000)});
  const std::string late = Packet({std::move(JnxAdd(1)).With(jnx::kNanoseconds, 1'000'000'000u)});
  const std::string good = Packet({JnxAdd(1)});
  for (const char* name : {"asx_itch", "jnx_itch", "ise_combo", "nasdaq_basic", "nls_plus3"}) {
    EXPECT_EQ(GuessOf(name, heartbeat), 0) << name;
    EXPECT_EQ(GuessOf(name, second), 0) << name;
    EXPECT_EQ(GuessOf(name, late), 0) << name;
  }
  EXPECT_EQ(GuessOf("jnx_itch", good), 100);
  EXPECT_EQ(GuessOf("jnx_itch", good + "x"), 0);
}

TEST(DeepPlusMapping, NoSharesAreNotAllOfThem) {
  for (const MessageInfo* info : {&iex::kOrderExecutedMessage, &iex::kOrderModifyMessage}) {
    iex::SegmentWriter segment(iex::kDeepPlus10.protocol, {});
    segment.Add(*info);
    uint8_t* full = segment.Add(*info);
    iex::kSize26.Put(full, 5);
    Dialect deep("iex_deepplus10");
    const PacketBytes bytes(segment.Bytes());
    const Updates updates = test::DecodePacket(deep.codec(), bytes.packet()).updates;
    EXPECT_EQ(deep.stats().malformed, 1u) << info->name;
    ASSERT_FALSE(updates.empty());
    EXPECT_EQ(updates.back().order.size, 5u);
  }
}

}  // namespace
}  // namespace fh::codecs
