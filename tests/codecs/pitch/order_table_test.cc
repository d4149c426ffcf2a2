// The orders that a PITCH decoder remembers, against a map, at every load.
#include "codecs/pitch/order_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <utility>

namespace fh::codecs::pitch {
namespace {

TEST(OrderTable, RemembersByUnitAndId) {
  OrderTable table(8);
  EXPECT_TRUE(table.Put(1, 77, {5, 100}));
  EXPECT_TRUE(table.Put(2, 77, {6, 200}));
  ASSERT_NE(table.Find(1, 77), nullptr);
  EXPECT_EQ(table.Find(1, 77)->instrument_id, 5u);
  EXPECT_EQ(table.Find(2, 77)->instrument_id, 6u);
  EXPECT_EQ(table.Find(3, 77), nullptr);
  EXPECT_EQ(table.Find(1, 78), nullptr);
  table.Erase(1, 77);
  EXPECT_EQ(table.Find(1, 77), nullptr);
  EXPECT_NE(table.Find(2, 77), nullptr);
}

TEST(OrderTable, AnIdThatComesAgainIsAnotherOrder) {
  OrderTable table(2);
  table.Put(1, 7, {5, 100});
  table.Put(1, 7, {6, 200});
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.Find(1, 7)->instrument_id, 6u);
}

TEST(OrderTable, RefusesWhatItHasNoRoomForAndKeepsTheRest) {
  OrderTable table(3);
  for (uint64_t id = 0; id < 3; ++id) EXPECT_TRUE(table.Put(1, id, {1, 1}));
  EXPECT_FALSE(table.Put(1, 3, {1, 1}));
  EXPECT_TRUE(table.Put(1, 2, {9, 1})) << "it is there already";
  EXPECT_EQ(table.Find(1, 3), nullptr);
  table.Erase(1, 0);
  EXPECT_TRUE(table.Put(1, 3, {1, 1}));
}

TEST(OrderTable, ForgetsAUnitAndNothingElse) {
  OrderTable table(64);
  for (uint64_t id = 0; id < 60; ++id) table.Put(static_cast<uint8_t>(id % 3), id, {1, 1});
  table.ForgetUnit(1);
  EXPECT_EQ(table.size(), 40u);
  for (uint64_t id = 0; id < 60; ++id) {
    EXPECT_EQ(table.Find(static_cast<uint8_t>(id % 3), id) != nullptr, id % 3 != 1) << id;
  }
}

// Searches go on where others were put and were taken away again.
TEST(OrderTable, IsTheMapThatItStandsForAtEveryLoad) {
  for (const uint32_t most : {1u, 2u, 7u, 64u, 1000u}) {
    std::mt19937_64 random(most);
    OrderTable table(most);
    std::map<std::pair<uint8_t, uint64_t>, uint32_t> model;
    for (int round = 0; round < 20'000; ++round) {
      const auto unit = static_cast<uint8_t>(random() % 3);
      const uint64_t id = random() % (2 * most);
      const auto instrument = static_cast<uint32_t>(random());
      const auto key = std::pair(unit, id);
      switch (random() % 4) {
        case 0:
        case 1: {
          const bool has_room = model.size() < most || model.contains(key);
          EXPECT_EQ(table.Put(unit, id, {instrument, 1}), has_room);
          if (has_room) model[key] = instrument;
          break;
        }
        case 2:
          table.Erase(unit, id);
          model.erase(key);
          break;
        default:
          if (random() % 500 == 0) {
            table.ForgetUnit(unit);
            std::erase_if(model, [&](const auto& entry) { return entry.first.first == unit; });
          }
      }
      ASSERT_EQ(table.size(), model.size());
      const OrderTable::Order* found = table.Find(unit, id);
      const auto expected = model.find(key);
      ASSERT_EQ(found != nullptr, expected != model.end());
      if (found != nullptr) {
        ASSERT_EQ(found->instrument_id, expected->second);
      }
    }
  }
}

}  // namespace
}  // namespace fh::codecs::pitch
