#include "feedhandler/synthetic/itch_day.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/itch/itch50_messages.h"
#include "tests/feedhandler/synthetic/itch_oracle.h"

namespace fh {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ItchDay Day(const ItchDayOptions& options) {
  absl::StatusOr<ItchDay> day = ItchDay::Create(options);
  EXPECT_TRUE(day.ok()) << day.status();
  return *std::move(day);
}

// FNV-1a over lengths and bytes.
uint64_t HashOf(const ItchDayOptions& options) {
  ItchDay day = Day(options);
  std::span<const uint8_t> message;
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3; };
  while (day.NextMessage(message)) {
    add(static_cast<uint8_t>(message.size()));
    for (uint8_t byte : message) add(byte);
  }
  return hash;
}

// A change of these is a change of everybody's data: of benchmarks, of recorded expectations.
TEST(ItchDayTest, TheSameSeedGivesTheSameDayEverywhere) {
  EXPECT_EQ(HashOf({.seed = 1, .messages = 100'000, .symbols = 100}), 15159064209213342237u);
  EXPECT_EQ(HashOf({.seed = 2, .messages = 100'000, .symbols = 100}), 18046511103003006845u);
  EXPECT_EQ(HashOf({.seed = 1, .messages = 30'000, .symbols = 4}), 1648155940688682480u);
}

struct Size {
  uint64_t seed;
  uint64_t messages;
  uint32_t symbols;
};

class ItchDayRulesTest : public ::testing::TestWithParam<Size> {};

TEST_P(ItchDayRulesTest, EveryMessageKeepsTheRulesOfTheVenue) {
  const Size& size = GetParam();
  const uint64_t messages =
      size.messages == 0 ? ItchDay::LeastMessages(size.symbols) : size.messages;
  ItchDay day = Day({.seed = size.seed, .messages = messages, .symbols = size.symbols});
  test::ItchOracle oracle;
  std::span<const uint8_t> message;
  uint64_t count = 0;
  for (; day.NextMessage(message); ++count) {
    oracle.Take(message);
    ASSERT_EQ(static_cast<int64_t>(codecs::itch50::kTimestamp(message.data())), day.time_ns());
  }
  EXPECT_THAT(oracle.violations(), IsEmpty());
  EXPECT_EQ(count, messages);
  EXPECT_FALSE(day.NextMessage(message));
  EXPECT_EQ(oracle.live_orders(), day.live_orders());
  EXPECT_EQ(oracle.events(), "OSQMEC");
  for (const codecs::MessageInfo* info : codecs::itch50::kMessages) {
    EXPECT_GT(oracle.counts()[info->type], 0u) << info->name;
  }
}

INSTANTIATE_TEST_SUITE_P(Days, ItchDayRulesTest,
                         ::testing::Values(Size{1, 0, 4}, Size{2, 0, 4}, Size{3, 0, 5},
                                           Size{4, 0, 100}, Size{5, 0, 8000}, Size{6, 400'000, 200},
                                           Size{7, 100'000, 4}, Size{8, 500'000, 65'535}),
                         [](const auto& param_info) {
                           return absl::StrCat("seed", param_info.param.seed);
                         });

TEST(ItchDayTest, TheMixIsThatOfARealDay) {
  ItchDay day = Day({.seed = 3, .messages = 1'000'000, .symbols = 500});
  test::ItchOracle oracle;
  std::span<const uint8_t> message;
  while (day.NextMessage(message)) oracle.Take(message);
  const auto percent = [&](const std::string& types) {
    uint64_t sum = 0;
    for (char type : types) sum += oracle.count(type);
    return static_cast<double>(sum) / 1e4;
  };
  EXPECT_NEAR(percent("AF"), 46.6, 1.0);
  EXPECT_NEAR(percent("D"), 40.8, 1.0);
  EXPECT_NEAR(percent("U"), 5.2, 0.3);
  EXPECT_NEAR(percent("EC"), 5.2, 0.3);
  EXPECT_NEAR(percent("X"), 0.9, 0.1);
  EXPECT_GT(oracle.emptying_cancels(), 0u);  // Rare, and a trap: no D follows.
}

// Or else the rules above would prove nothing.
TEST(ItchOracleTest, SeesWhatALostMessageBreaks) {
  ItchDay day = Day({.seed = 3, .messages = 30'000, .symbols = 50});
  test::ItchOracle oracle;
  std::span<const uint8_t> message;
  for (uint64_t i = 0; day.NextMessage(message); ++i) {
    if (i % 1000 != 999) oracle.Take(message);
  }
  EXPECT_THAT(oracle.violations(), Contains(HasSubstr("unknown order")));
}

TEST(ItchDayTest, AFewSymbolsHaveMostOfTheActivity) {
  ItchDay day = Day({.seed = 4, .messages = 300'000, .symbols = 1000});
  std::vector<uint64_t> by_locate(1001);
  std::span<const uint8_t> message;
  uint64_t adds = 0;
  while (day.NextMessage(message)) {
    if (codecs::itch50::kMessageType(message.data()) != 'A') continue;
    ++by_locate[codecs::itch50::kStockLocate(message.data())];
    ++adds;
  }
  std::sort(by_locate.rbegin(), by_locate.rend());
  uint64_t of_tenth = 0;
  for (size_t i = 0; i < 100; ++i) of_tenth += by_locate[i];
  EXPECT_GT(of_tenth * 2, adds);
  EXPECT_LT(by_locate[0] * 5, adds);
  EXPECT_EQ(by_locate[999] > 0, true);
}

TEST(ItchDayTest, RefusesWhatItCannotMakeAndSaysTheLimits) {
  EXPECT_THAT(std::string(ItchDay::Create({.symbols = 3}).status().message()), HasSubstr("4 to"));
  EXPECT_THAT(std::string(ItchDay::Create({.symbols = 70'000}).status().message()),
              HasSubstr("65535"));
  EXPECT_THAT(std::string(ItchDay::Create({.messages = 100, .symbols = 10}).status().message()),
              HasSubstr("take more messages or fewer symbols"));
}

}  // namespace
}  // namespace fh
