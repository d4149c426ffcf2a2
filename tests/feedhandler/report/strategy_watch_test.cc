// A strategy that is long in one call is named once.
#include "feedhandler/report/strategy_watch.h"

#include <gtest/gtest.h>

namespace fh {
namespace {

constexpr int64_t kMs = 1'000'000;

StrategyCall Call(uint64_t id) {
  return {.kind = StrategyCall::Kind::kUpdates,
          .strategy = "spread",
          .id = id,
          .updates = 3,
          .channel_id = 7,
          .sequence = 42};
}

TEST(StrategyWatchTest, NamesACallThatLastsLongerThanASecondOnce) {
  StrategyWatch watch;
  EXPECT_FALSE(watch.Look(0, "fh-strategy-0", Call(9), 0).has_value());
  EXPECT_FALSE(watch.Look(0, "fh-strategy-0", Call(9), 1000 * kMs).has_value());
  EXPECT_EQ(watch.Look(0, "fh-strategy-0", Call(9), 1001 * kMs),
            "strategy spread on fh-strategy-0 has been in one call for more than 1 s, handling "
            "update channel 7 sequence 42, the first of 3 of the call");
  EXPECT_FALSE(watch.Look(0, "fh-strategy-0", Call(9), 9000 * kMs).has_value());
  EXPECT_FALSE(watch.Look(0, "fh-strategy-0", Call(10), 9001 * kMs).has_value());
  EXPECT_TRUE(watch.Look(0, "fh-strategy-0", Call(10), 11'000 * kMs).has_value());
}

TEST(StrategyWatchTest, SaysNothingOfManyShortCalls) {
  StrategyWatch watch;
  for (uint64_t id = 1; id < 200; ++id) {
    EXPECT_FALSE(watch.Look(0, "s", Call(id), static_cast<int64_t>(id) * 20 * kMs).has_value());
  }
  EXPECT_FALSE(watch.Look(0, "s", std::nullopt, 5000 * kMs).has_value());
  EXPECT_FALSE(watch.Look(0, "s", std::nullopt, 9000 * kMs).has_value());
}

}  // namespace
}  // namespace fh
