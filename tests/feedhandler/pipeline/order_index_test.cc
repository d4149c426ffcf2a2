// What venues leave open about orders is filled in from what they said before, and nothing else is
// touched: held against a map of orders that is written the plain way.
#include "feedhandler/pipeline/order_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

#include "codecs/update.h"

namespace fh {
namespace {

using codecs::kUndefinedPrice;
using codecs::NormalizedUpdate;
using codecs::UpdateWriter;

NormalizedUpdate Order(char action, uint64_t order_id, uint64_t sequence) {
  return {.record = FH_RECORD_ORDER,
          .action = action,
          .side = FH_SIDE_NONE,
          .instrument_id = 7,
          .sequence = sequence,
          .order = {order_id, kUndefinedPrice, 0}};
}

NormalizedUpdate Add(uint64_t order_id, char side, int64_t price, uint64_t size,
                     uint64_t sequence = 1) {
  NormalizedUpdate update = Order(FH_ACTION_ADD, order_id, sequence);
  update.side = side;
  update.order.price = price;
  update.order.size = size;
  return update;
}

NormalizedUpdate Cancel(uint64_t order_id, uint64_t size, uint64_t sequence = 1) {
  NormalizedUpdate update = Order(FH_ACTION_CANCEL, order_id, sequence);
  update.order.size = size;
  return update;
}

NormalizedUpdate Trade(uint64_t sequence) {
  return {.record = FH_RECORD_TRADE,
          .action = FH_ACTION_TRADE,
          .side = FH_SIDE_NONE,
          .instrument_id = 7,
          .sequence = sequence,
          .trade = {900, kUndefinedPrice, 10}};
}

using Updates = std::vector<NormalizedUpdate>;

Updates Complete(OrderIndex& index, const Updates& updates) {
  std::vector<NormalizedUpdate> slots(64);
  UpdateWriter writer(slots.data(), 63, 40);  // Over the end of the ring.
  for (const NormalizedUpdate& update : updates) writer.Next() = update;
  index.Complete(writer, 40);
  Updates completed;
  for (uint64_t i = 0; i < updates.size(); ++i) completed.push_back(writer.At(40 + i));
  return completed;
}

TEST(OrderIndexTest, AnExecutionHasSideAndPriceOfItsOrderAndTheTradeTheOtherSide) {
  OrderIndex index(100);
  Complete(index, {Add(1, FH_SIDE_BID, 500, 30)});
  const Updates updates =
      Complete(index, {Trade(2), Order(FH_ACTION_FILL, 1, 2), Cancel(1, 10, 2)});
  EXPECT_EQ(updates[0].trade.price, 500);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[1].order.price, 500);
  EXPECT_EQ(updates[1].side, FH_SIDE_BID);
  EXPECT_EQ(updates[2].order.price, 500);
  EXPECT_EQ(updates[2].side, FH_SIDE_BID);
  EXPECT_EQ(updates[2].order.size, 10u);
  EXPECT_EQ(index.stats().orders, 1u);
  Complete(index, {Cancel(1, 20, 3)});
  EXPECT_EQ(index.stats().orders, 0u) << "all of it is off";
}

TEST(OrderIndexTest, WhatTheVenueSaysStays) {
  OrderIndex index(100);
  Complete(index, {Add(1, FH_SIDE_BID, 500, 30)});
  NormalizedUpdate trade = Trade(2);
  trade.trade.price = 499;
  trade.side = FH_SIDE_BID;
  NormalizedUpdate fill = Order(FH_ACTION_FILL, 1, 2);
  fill.order.price = 499;
  const Updates updates = Complete(index, {trade, fill});
  EXPECT_EQ(updates[0].trade.price, 499);
  EXPECT_EQ(updates[0].side, FH_SIDE_BID);
  EXPECT_EQ(updates[1].order.price, 499);
  EXPECT_EQ(updates[1].side, FH_SIDE_BID);
}

TEST(OrderIndexTest, ATradeThatIsOfNoOrderStaysOpen) {
  OrderIndex index(100);
  Complete(index, {Add(1, FH_SIDE_BID, 500, 30)});
  const Updates updates = Complete(index, {Trade(2), Order(FH_ACTION_FILL, 1, 3), Trade(4)});
  EXPECT_EQ(updates[0].trade.price, kUndefinedPrice);
  EXPECT_EQ(updates[0].side, FH_SIDE_NONE);
  EXPECT_EQ(updates[2].trade.price, kUndefinedPrice);
}

TEST(OrderIndexTest, AReplaceHasTheSideOfTheOrderThatItReplaces) {
  OrderIndex index(100);
  Complete(index, {Add(1, FH_SIDE_ASK, 500, 30)});
  NormalizedUpdate replacing = Add(2, FH_SIDE_NONE, 501, 40, 2);
  replacing.instrument_id = FH_UNKNOWN_INSTRUMENT;
  const Updates updates = Complete(index, {Cancel(1, FH_SIZE_ALL, 2), replacing});
  EXPECT_EQ(updates[1].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[1].instrument_id, 7u);
  EXPECT_EQ(Complete(index, {Order(FH_ACTION_FILL, 2, 3)})[0].order.price, 501);
  // Another message's new order has nothing to do with it.
  EXPECT_EQ(Complete(index, {Add(3, FH_SIDE_NONE, 501, 40, 4)})[0].side, FH_SIDE_NONE);
}

TEST(OrderIndexTest, AnOrderFromBeforeTheJoinStaysOpenAndIsCounted) {
  OrderIndex index(100);
  const Updates updates =
      Complete(index, {Trade(1), Order(FH_ACTION_FILL, 9, 1), Cancel(9, 10, 1),
                       Cancel(8, FH_SIZE_ALL, 2), Add(10, FH_SIDE_NONE, 1, 1, 2)});
  for (const NormalizedUpdate& update : updates) EXPECT_EQ(update.side, FH_SIDE_NONE);
  EXPECT_EQ(index.stats().unknown, 4u);
  EXPECT_EQ(index.stats().orders, 0u);
}

TEST(OrderIndexTest, AMessageThatNamesOnlyItsOrderHasItsInstrument) {
  OrderIndex index(100);
  Complete(index, {Add(1, FH_SIDE_BID, 500, 30)});
  NormalizedUpdate trade = Trade(2);
  NormalizedUpdate fill = Order(FH_ACTION_FILL, 1, 2);
  trade.instrument_id = fill.instrument_id = FH_UNKNOWN_INSTRUMENT;
  for (const NormalizedUpdate& update : Complete(index, {trade, fill})) {
    EXPECT_EQ(update.instrument_id, 7u);
  }
}

TEST(OrderIndexTest, OrdersOfTwoInstrumentsMayHaveTheSameId) {
  OrderIndex index(100);
  NormalizedUpdate other = Add(1, FH_SIDE_ASK, 700, 10);
  other.instrument_id = 8;
  Complete(index, {Add(1, FH_SIDE_BID, 500, 30), other});
  EXPECT_EQ(index.stats().orders, 2u);
  NormalizedUpdate fill = Order(FH_ACTION_FILL, 1, 2);
  EXPECT_EQ(Complete(index, {fill})[0].order.price, 500);
  fill.instrument_id = 8;
  EXPECT_EQ(Complete(index, {fill})[0].order.price, 700);
}

TEST(OrderIndexTest, TheEndOfAnEventIsNoOrderAndClearsNothing) {
  OrderIndex index(100);
  NormalizedUpdate end = Order(FH_ACTION_NONE, 0, 2);
  end.instrument_id = FH_ALL_INSTRUMENTS;
  Complete(index, {Add(1, FH_SIDE_BID, 500, 30), end});
  EXPECT_EQ(index.stats().orders, 1u);
  EXPECT_EQ(index.stats().unknown, 0u);
}

TEST(OrderIndexTest, AModifiedOrderHasItsNewPriceAndSize) {
  OrderIndex index(100);
  NormalizedUpdate modify = Order(FH_ACTION_MODIFY, 1, 2);
  modify.order.price = 510;
  modify.order.size = 5;
  Complete(index, {Add(1, FH_SIDE_BID, 500, 30), modify});
  EXPECT_EQ(Complete(index, {Cancel(1, 5, 3)})[0].order.price, 510);
  EXPECT_EQ(index.stats().orders, 0u);
}

TEST(OrderIndexTest, WhenItIsFullTheRestStaysOpenAndIsCounted) {
  OrderIndex index(2);
  Complete(index,
           {Add(1, FH_SIDE_BID, 1, 1), Add(2, FH_SIDE_BID, 2, 1), Add(3, FH_SIDE_BID, 3, 1)});
  EXPECT_EQ(index.stats().full, 1u);
  EXPECT_EQ(Complete(index, {Order(FH_ACTION_FILL, 3, 2)})[0].order.price, kUndefinedPrice);
  EXPECT_EQ(Complete(index, {Order(FH_ACTION_FILL, 2, 2)})[0].order.price, 2);
  Complete(index, {Cancel(1, FH_SIZE_ALL), Add(4, FH_SIDE_BID, 4, 1)});
  EXPECT_EQ(Complete(index, {Order(FH_ACTION_FILL, 4, 2)})[0].order.price, 4);
}

TEST(OrderIndexTest, StreamsHaveOrdersOfTheirOwnAndAreClearedApart) {
  OrderIndex index(1000);
  for (uint64_t id = 1; id <= 200; ++id) {
    for (uint16_t stream : {3, 4}) {
      Complete(index, {Add(id, stream == 3 ? FH_SIDE_BID : FH_SIDE_ASK, 100 + stream, 1,
                           fh_sequence(stream, id))});
    }
  }
  EXPECT_EQ(index.stats().orders, 400u);
  index.Clear(3);
  EXPECT_EQ(index.stats().orders, 200u);
  for (uint64_t id = 1; id <= 200; ++id) {
    EXPECT_EQ(Complete(index, {Order(FH_ACTION_FILL, id, fh_sequence(3, 500))})[0].side,
              FH_SIDE_NONE);
    EXPECT_EQ(Complete(index, {Order(FH_ACTION_FILL, id, fh_sequence(4, 500))})[0].order.price,
              104);
  }
}

TEST(OrderIndexTest, AClearOfTheChannelForgetsItsOrdersAndOneOfAnInstrumentDoesNot) {
  OrderIndex index(100);
  NormalizedUpdate clear = Order(FH_ACTION_CLEAR, 0, 2);
  Complete(index, {Add(1, FH_SIDE_BID, 500, 30), clear});
  EXPECT_EQ(index.stats().orders, 1u);
  clear.instrument_id = FH_ALL_INSTRUMENTS;
  Complete(index, {clear});
  EXPECT_EQ(index.stats().orders, 0u);
}

// Clears cost no walk, so what they leave behind must neither come back, nor take the room of others,
// nor hide orders of other streams: many more clears than there are generations.
TEST(OrderIndexTest, WhatWasClearedNeverComesBackHoweverOften) {
  constexpr uint32_t kCapacity = 64;
  OrderIndex index(kCapacity);
  std::mt19937_64 random(1);
  std::map<std::pair<uint16_t, uint64_t>, int64_t> orders;
  for (uint64_t step = 1; step < 60'000; ++step) {
    const auto stream = static_cast<uint16_t>(random() % 3);
    const uint64_t id = random() % 40;
    const uint64_t sequence = fh_sequence(stream, step);
    if (random() % 40 == 0) {
      index.Clear(stream);
      std::erase_if(orders, [stream](const auto& order) { return order.first.first == stream; });
    } else if (random() % 2 == 0 && orders.size() < kCapacity) {
      Complete(index, {Add(id, FH_SIDE_BID, static_cast<int64_t>(step), 5, sequence)});
      orders[{stream, id}] = static_cast<int64_t>(step);
    } else {
      const bool takes_off = random() % 2 == 0;
      const NormalizedUpdate update = Complete(
          index,
          {takes_off ? Cancel(id, FH_SIZE_ALL, sequence) : Order(FH_ACTION_FILL, id, sequence)})[0];
      const auto known = orders.find({stream, id});
      ASSERT_EQ(update.order.price, known == orders.end() ? kUndefinedPrice : known->second)
          << step;
      if (takes_off && known != orders.end()) orders.erase(known);
    }
    ASSERT_EQ(index.stats().orders, orders.size()) << step;
  }
  EXPECT_EQ(index.stats().full, 0u);
}

// Its orders are nobody's, and their generation comes again with the 256th clear from then.
TEST(OrderIndexTest, AGenerationThatComesAgainHasNothingOfItsFirstTime) {
  OrderIndex index(4096);
  Complete(index, {Add(77, FH_SIDE_BID, 500, 1)});
  for (uint64_t clear = 1; clear <= 256; ++clear) {
    index.Clear(0);
    Complete(index, {Add(1000 + clear, FH_SIDE_ASK, 1, 1)});
    ASSERT_EQ(Complete(index, {Order(FH_ACTION_FILL, 77, 2)})[0].side, FH_SIDE_NONE) << clear;
  }
}

TEST(OrderIndexTest, WhatWasClearedLeavesRoom) {
  OrderIndex index(512);
  uint64_t id = 0;
  for (int clear = 0; clear < 200; ++clear) {
    for (int i = 0; i < 20; ++i) {
      Complete(index, {Add(++id * 0x9E3779B97F4A7C15, FH_SIDE_ASK, 1, 1)});
    }
    index.Clear(0);
    // Free slots end a walk through the table early: an order that nobody knows is soon told.
    ASSERT_LE(index.slots_taken(), 512u / 4);
  }
  EXPECT_EQ(index.stats().full, 0u);
}

// Orders come and go at random in a table that is nearly always full, so that probes are long.
TEST(OrderIndexTest, AgreesWithAMapOfOrders) {
  struct Known {
    char side;
    int64_t price;
    uint64_t left;
  };
  for (uint64_t seed = 0; seed < 6; ++seed) {
    std::mt19937_64 random(seed);
    constexpr uint32_t kCapacity = 500;
    OrderIndex index(kCapacity);
    std::map<uint64_t, Known> orders;
    for (uint64_t step = 1; step < 20'000; ++step) {
      const uint64_t id = random() % 700 * (seed % 2 == 0 ? 1 : 0x9E3779B97F4A7C15);
      const auto known = orders.find(id);
      if (random() % 2 == 0) {
        if (known == orders.end() && orders.size() == kCapacity) continue;
        const Known added{static_cast<char>(random() % 2 == 0 ? FH_SIDE_BID : FH_SIDE_ASK),
                          static_cast<int64_t>(random() % 1000), 1 + random() % 50};
        Complete(index, {Add(id, added.side, added.price, added.left, step)});
        orders[id] = added;
        continue;
      }
      const uint64_t size = random() % 20;
      const NormalizedUpdate cancel = Complete(index, {Cancel(id, size, step)})[0];
      ASSERT_EQ(cancel.side, known == orders.end() ? char{FH_SIDE_NONE} : known->second.side);
      if (known == orders.end()) continue;
      ASSERT_EQ(cancel.order.price, known->second.price);
      if (size == FH_SIZE_ALL || size >= known->second.left) {
        orders.erase(known);
      } else {
        known->second.left -= size;
      }
      ASSERT_EQ(index.stats().orders, orders.size());
    }
    ASSERT_EQ(index.stats().full, 0u);
  }
}

}  // namespace
}  // namespace fh
