// What the codec of ICE's feed remembers from message to message: orders, bundles, snapshots, scales.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "codecs/ice/ice_sample.h"
#include "codecs/ice/ice_tables.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::ice {
namespace {

using Updates = std::vector<NormalizedUpdate>;

constexpr uint32_t kMarket = 260;

class IceMapping : public testing::Test {
 protected:
  IceMapping() : codec_(*(*FindCodec("ice_impact"))->make({.instruments = &store_})) {}

  Updates Decode(const BlockWriter& block) { return DecodeOn(*codec_, block); }
  static Updates DecodeOn(Codec& codec, const BlockWriter& block) {
    const test::PacketBytes bytes(block.Bytes());
    return test::DecodePacket(codec, bytes.packet()).updates;
  }

  static void AddDefinition(BlockWriter& block) {
    uint8_t* message = block.Add(kExpiryMessage);
    kMarketId.Put(message, kMarket);
    expiry::kOrderPriceDenominator.Put(message, '2');
    expiry::kDealPriceDenominator.Put(message, '3');
    expiry::kSettlePriceDenominator.Put(message, '4');
    expiry::kContractSymbol.Put(message, "BRN FMZ0025!");
  }
  static void AddOrder(BlockWriter& block, uint64_t id, char side, int64_t price) {
    uint8_t* message = block.Add(kOrderMessage);
    kMarketId.Put(message, kMarket);
    order::kOrderId.Put(message, id);
    order::kSide.Put(message, side);
    order::kPrice.Put(message, price);
    order::kQuantity.Put(message, 5);
  }
  static uint8_t* AddTrade(BlockWriter& block, uint64_t id, char off_market = ' ') {
    uint8_t* message = block.Add(kTradeMessage);
    kMarketId.Put(message, kMarket);
    trade::kTradeId.Put(message, id);
    trade::kIsSystemPricedLeg.Put(message, 'N');
    trade::kOffMarketTradeIndicator.Put(message, off_market);
    trade::kPrice.Put(message, 81'230);
    trade::kQuantity.Put(message, 2);
    trade::kAggressorSide.Put(message, '1');
    trade::kTransactDateTime.Put(message, 1'700'000'000'123);
    trade::kSequenceWithinMillis.Put(message, 456'002);
    return message;
  }
  static void AddBundle(BlockWriter& block, char which) {
    bundle::kStartOrEnd.Put(block.Add(kBundleMessage), which);
  }

  InstrumentStore store_{100};
  std::unique_ptr<Codec> codec_;
};

TEST_F(IceMapping, OrdersAndTradesHaveTheirOwnScales) {
  BlockWriter block({});
  AddDefinition(block);
  AddOrder(block, 7, '2', -8123);
  AddTrade(block, 7);
  const Updates updates = Decode(block);
  ASSERT_EQ(updates.size(), 5u);
  EXPECT_EQ(store_.Name(kMarket).view(), "BRN FMZ0025!");
  EXPECT_EQ(updates[1].order.price, -81'230'000'000);
  EXPECT_EQ(updates[1].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[2].trade.price, 81'230'000'000);
  EXPECT_EQ(updates[2].ts_event_ns, 1'700'000'000'123'456'000);
  EXPECT_EQ(codec_->stats().unscaled, 0u);
}

TEST_F(IceMapping, AChannelKnowsTheScalesThatAnotherHasLearnt) {
  BlockWriter definition({});
  AddDefinition(definition);
  Decode(definition);
  const std::unique_ptr<Codec> other = *(*FindCodec("ice_impact"))->make({.instruments = &store_});
  BlockWriter block({});
  AddOrder(block, 7, '1', 8123);
  AddTrade(block, 9, 'K');
  const Updates updates = DecodeOn(*other, block);
  EXPECT_EQ(updates[0].order.price, 81'230'000'000);
  EXPECT_EQ(updates[1].trade.price, 81'230'000'000);
}

TEST_F(IceMapping, WithoutADefinitionPricesAreUndefinedAndCounted) {
  BlockWriter block({});
  AddOrder(block, 7, '1', 8123);
  AddOrder(block, 8, '1', 0);
  const Updates updates = Decode(block);
  EXPECT_EQ(updates[0].order.price, FH_UNDEFINED_PRICE);
  EXPECT_NE(updates[0].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  EXPECT_EQ(updates[1].order.price, 0) << "by any scale";
  EXPECT_EQ(codec_->stats().unscaled, 1u);
}

TEST_F(IceMapping, ARegularTradeTakesItsOrderOffAndOthersDoNot) {
  BlockWriter block({});
  AddOrder(block, 7, '2', 8123);
  AddOrder(block, 7, '2', 8124);
  AddTrade(block, 7);
  AddOrder(block, 7, '2', 8125);
  AddTrade(block, 7, 'K');
  trade::kIsSystemPricedLeg.Put(AddTrade(block, 7), 'Y');
  trade::kIsAdjustedTrade.Put(AddTrade(block, 7), 'Y');
  AddOrder(block, 7, '2', 8126);
  const Updates updates = Decode(block);
  std::string shown;
  for (const NormalizedUpdate& update : updates) {
    shown += std::to_string(update.record) + update.action + update.side + ' ';
  }
  EXPECT_EQ(shown,
            "1AA 1MA 4TB 1FA 1CA 1AA "  // What comes behind the trade is a new order.
            "4TB 11NN 4TB 11NN 4TB 11NN 1MA ");
  EXPECT_EQ(updates[3].order.order_id, 7u);
  EXPECT_EQ(updates[3].order.size, 2u);
  EXPECT_EQ(updates[4].order.size, uint64_t{FH_SIZE_ALL});
  EXPECT_NE(updates[8].flags & FH_FLAG_IMPLIED, 0) << "the leg";
  EXPECT_EQ(updates[11].trade_detail.kind, FH_DETAIL_CORRECTION);
}

TEST_F(IceMapping, ABundleIsOneEventOverBlocksUntilItEndsOrMessagesAreLost) {
  BlockWriter begins({.sequence = 1});
  AddOrder(begins, 1, '1', 1);
  AddBundle(begins, 'S');
  AddOrder(begins, 2, '1', 1);
  Updates updates = Decode(begins);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_NE(updates[0].flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(updates[1].flags & FH_FLAG_LAST, 0);
  BlockWriter ends({.sequence = 4});
  AddOrder(ends, 3, '1', 1);
  AddBundle(ends, 'E');
  AddOrder(ends, 4, '1', 1);
  updates = Decode(ends);
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0].flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(updates[1].action, FH_ACTION_NONE);
  EXPECT_EQ(updates[1].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_NE(updates[1].flags & FH_FLAG_LAST, 0);
  EXPECT_NE(updates[2].flags & FH_FLAG_LAST, 0);
  BlockWriter again({.sequence = 7});
  AddBundle(again, 'S');
  Decode(again);
  codec_->OnEvent({StreamEvent::Kind::kGap, 0, 8, 9});
  BlockWriter later({.sequence = 10});
  AddOrder(later, 5, '1', 1);
  EXPECT_NE(Decode(later)[0].flags & FH_FLAG_LAST, 0) << "the gap has ended the bundle";
}

TEST_F(IceMapping, ASnapshotIsOneEventUntilItsLastOrder) {
  BlockWriter block({});
  uint8_t* message = block.Add(kSnapshotMessage);
  kMarketId.Put(message, kMarket);
  snapshot::kTradingStatus.Put(message, 'O');
  snapshot::kLastMessageSequenceId.Put(message, 4'711u);
  snapshot::kNumOfBookEntries.Put(message, 2);
  for (const uint64_t id : {31u, 32u}) {
    uint8_t* special = block.Add(kSpecialMessage, kSpecialMessage.length + 4);
    special::kNumberOfSpecialFields.Put(special, 1);
    std::memcpy(special + kSpecialMessage.length, id == 31 ? "\6\0\1Y" : "\6\0\1N", 4);
    message = block.Add(kSnapshotOrderMessage);
    kMarketId.Put(message, kMarket);
    snapshot_order::kOrderId.Put(message, id);
    snapshot_order::kSide.Put(message, '1');
  }
  const Updates updates = Decode(block);
  ASSERT_GT(updates.size(), 5u);
  EXPECT_EQ(updates[0].status.kind, FH_STATUS_SNAPSHOT_AT);
  EXPECT_EQ(updates[0].status.value, 4'711);
  EXPECT_EQ(updates[1].action, FH_ACTION_CLEAR);
  for (size_t i = 0; i < updates.size(); ++i) {
    EXPECT_NE(updates[i].flags & FH_FLAG_SNAPSHOT, 0) << i;
    EXPECT_EQ((updates[i].flags & FH_FLAG_LAST) != 0, i + 1 == updates.size()) << i;
  }
  EXPECT_EQ(updates[updates.size() - 2].detail, 'A') << "all or none";
  EXPECT_EQ(updates.back().detail, 0);
}

TEST_F(IceMapping, LegsOfAStrategyAreItsTermsWhateverTheirLengthCounts) {
  for (const uint8_t leg_length : {uint8_t{25}, uint8_t{26}, uint8_t{7}, uint8_t{8}}) {
    const uint32_t leg_bytes = leg_length + leg_length % 2;
    BlockWriter block({});
    constexpr uint32_t kHead = 92;
    uint8_t* message = block.Add(kStrategyMessage, kHead + 2 * leg_bytes + 22);
    kMarketId.Put(message, kMarket);
    strategy::kOrderPriceDenominator.Put(message, '2');
    strategy::kNumberOfLegDefinitions.Put(message, 2);
    for (uint32_t i = 0; i < 2; ++i) {
      uint8_t* entry = message + kHead + i * leg_bytes;
      leg::kBodyLength.Put(entry, leg_length);
      leg::kMarket.Put(entry, 501 + i);
      leg::kRatio.Put(entry, static_cast<uint16_t>(1 + i));
      leg::kSide.Put(entry, i == 0 ? '1' : '2');
    }
    strategy::kStrategySymbol.Put(message + kHead + 2 * leg_bytes, "BRN-SPREAD");
    ASSERT_EQ(Decode(block).size(), 1u) << int{leg_length};
    const fh_terms terms = store_.Terms(kMarket);
    EXPECT_EQ(store_.Name(kMarket).view(), "BRN-SPREAD");
    EXPECT_EQ(terms.leg_count, 2);
    EXPECT_EQ(terms.legs[1].instrument_id, 502u);
    EXPECT_EQ(terms.legs[1].ratio, -2);
    EXPECT_EQ(terms.price_decimals, 2);
  }
  BlockWriter cut({});
  uint8_t* message = cut.Add(kStrategyMessage);
  strategy::kNumberOfLegDefinitions.Put(message, 200);
  std::memset(message + 92, 25, 22);
  EXPECT_TRUE(Decode(cut).empty());
  EXPECT_EQ(codec_->stats().malformed, 1u);
}

TEST(IceKnownOrders, FindsWhatWasAddedAfterRemovalsAround) {
  KnownOrders orders;
  for (uint64_t id = 0; id < 50'000; ++id) {
    EXPECT_EQ(orders.Add(id % 7, id), KnownOrders::Added::kNew);
  }
  for (uint64_t id = 0; id < 50'000; id += 3) orders.Remove(id % 7, id);
  uint64_t known = 0;
  for (uint64_t id = 0; id < 50'000; ++id) {
    known += orders.Add(id % 7, id) == KnownOrders::Added::kKnown;
  }
  EXPECT_EQ(known, 33'333u);
  uint64_t refused = 0;
  for (uint64_t id = 50'000; id < 250'000; ++id) {
    refused += orders.Add(1, id) == KnownOrders::Added::kNoRoom;
  }
  EXPECT_GT(refused, 0u);
  orders.Clear();
  EXPECT_EQ(orders.Add(1, 1), KnownOrders::Added::kNew);
}

}  // namespace
}  // namespace fh::codecs::ice
