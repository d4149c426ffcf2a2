#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedhandler/strategy/count.h"
#include "tests/feedhandler/strategy/fake_host.h"
#include "tests/feedhandler/strategy/test_updates.h"

namespace fh {
namespace {

using test::BaseUpdate;
using test::OneOfEach;
using ::testing::HasSubstr;
using ::testing::Not;
using Updates = std::vector<codecs::NormalizedUpdate>;

std::unique_ptr<CountStrategy> Counted(const Updates& updates, const char* parameters = "") {
  test::FakeHost host;
  std::string error;
  auto count = CountStrategy::Create(Host(&host.table), parameters, error);
  EXPECT_NE(count, nullptr) << error;
  count->OnUpdates(updates);
  return count;
}

uint64_t Hash(const Updates& updates) { return Counted(updates)->totals().hash; }

TEST(CountStrategy, CountsByRecordActionAndChannel) {
  Updates updates = OneOfEach();
  updates.push_back(BaseUpdate(FH_RECORD_ORDER, FH_ACTION_CANCEL, 30));
  updates.back().channel_id = 1;
  updates.push_back(BaseUpdate(77, '?', 31));
  const std::string summary = Counted(updates, "hash=off")->Summary();
  EXPECT_EQ(summary,
            "updates=13 trades=1 volume=12 fills=0 filled=0 broken=0 gaps=1 missing=12\n"
            "channel 1: updates=1 order.C=1\n"
            "channel 3: updates=12 other.other=1 order.A=1 level.M=1 top.M=1 trade.T=1 status.N=1 "
            "definition.N=1 imbalance.N=1 statistic.N=1 gap.N=1 session.R=1 trade_detail.N=1");
  EXPECT_THAT(Counted(updates, "detail=off")->Summary(), Not(HasSubstr("channel")));
}

TEST(CountStrategy, VolumeIsTheSumOfTradesAndFilledTheSumOfFills) {
  Updates updates;
  for (uint64_t size : {100, 50}) {
    auto trade = BaseUpdate(FH_RECORD_TRADE, FH_ACTION_TRADE, 1);
    trade.trade.size = size;
    updates.push_back(trade);
    auto fill = BaseUpdate(FH_RECORD_ORDER, FH_ACTION_FILL, 1);
    fill.order.size = size - 10;
    updates.push_back(fill);
    auto cancel = BaseUpdate(FH_RECORD_ORDER, FH_ACTION_CANCEL, 1);
    cancel.order.size = size;
    updates.push_back(cancel);
  }
  auto broken = BaseUpdate(FH_RECORD_TRADE, FH_ACTION_CANCEL, 2);
  broken.trade.size = 50;  // Some venues say it again.
  updates.push_back(broken);
  const auto totals = Counted(updates)->totals();
  EXPECT_EQ(totals.updates, 7u);
  EXPECT_EQ(totals.trades, 2u);
  EXPECT_EQ(totals.volume, 150u);
  EXPECT_EQ(totals.fills, 2u);
  EXPECT_EQ(totals.filled, 130u);
  EXPECT_EQ(totals.broken, 1u);
}

TEST(CountStrategy, HashIgnoresReceiveTimesOnly) {
  const Updates updates = OneOfEach();
  Updates other = updates;
  for (auto& update : other) {
    update.ts_recv_ns += 17;
    update.published_ns32 += 3;
    update.flags ^= FH_FLAG_BAD_TS_RECV;
  }
  EXPECT_EQ(Hash(updates), Hash(other));
  // Every other bit counts.
  for (size_t byte = 0; byte < sizeof(fh_update); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      Updates changed = updates;
      reinterpret_cast<uint8_t*>(&changed[4])[byte] ^= static_cast<uint8_t>(1u << bit);
      const bool ignored = (byte >= 24 && byte < 32) || byte >= 60 ||
                           (byte == 3 && (1 << bit) == FH_FLAG_BAD_TS_RECV);
      EXPECT_EQ(Hash(changed) == Hash(updates), ignored) << byte << " " << bit;
    }
  }
}

TEST(CountStrategy, HashDependsOnOrderWithinAChannelOnly) {
  Updates updates = OneOfEach();
  Updates swapped = updates;
  std::swap(swapped[2], swapped[3]);
  EXPECT_NE(Hash(updates), Hash(swapped));

  Updates one_channel_first;
  Updates interleaved;
  for (const uint16_t channel : {5, 6}) {
    for (auto update : updates) {
      update.channel_id = channel;
      one_channel_first.push_back(update);
    }
  }
  for (size_t i = 0; i < updates.size(); ++i) {
    interleaved.push_back(one_channel_first[i + updates.size()]);
    interleaved.push_back(one_channel_first[i]);
  }
  EXPECT_EQ(Hash(one_channel_first), Hash(interleaved));
}

TEST(CountStrategy, HashDoesNotDependOnHowUpdatesAreBatched) {
  const Updates updates = OneOfEach();
  test::FakeHost host;
  std::string error;
  auto count = CountStrategy::Create(Host(&host.table), "", error);
  for (const auto& update : updates) count->OnUpdates({&update, 1});
  EXPECT_EQ(count->totals().hash, Hash(updates));
  // A fixed value: outputs of different versions can be compared.
  EXPECT_THAT(count->Summary(), HasSubstr("hash=cf603595b11c6e86"));
}

TEST(CountStrategy, MoreChannelsThanItTellsApartAreStillCounted) {
  Updates updates;
  for (uint32_t channel = 0; channel < 2000; ++channel) {
    updates.push_back(BaseUpdate(FH_RECORD_ORDER, FH_ACTION_ADD, channel));
    updates.back().channel_id = static_cast<uint16_t>(channel * 32);
  }
  EXPECT_EQ(Counted(updates)->totals().updates, 2000u);
}

}  // namespace
}  // namespace fh
