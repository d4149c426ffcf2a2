// What comes into the ring of a strategy thread that does not want everything.
#include "feedhandler/pipeline/update_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "feedhandler/pipeline/update_publisher.h"

namespace fh {
namespace {

using codecs::InstrumentStore;
using codecs::Symbol;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Update = codecs::NormalizedUpdate;

constexpr uint8_t kOrder = FH_RECORD_ORDER;
constexpr uint8_t kLast = FH_FLAG_LAST;

// `sequence` tells one from another.
Update Of(uint32_t instrument, uint64_t sequence, uint8_t flags = kLast, uint8_t record = kOrder,
          uint16_t channel = 1) {
  return {.record = record,
          .flags = flags,
          .instrument_id = instrument,
          .sequence = sequence,
          .channel_id = channel};
}

std::vector<uint64_t> Sequences(UpdateRing& ring) {
  std::vector<uint64_t> sequences;
  Update update;
  while (ring.Pop(update)) sequences.push_back(update.sequence);
  return sequences;
}

// Two rings: the first has the filter, the second everything; or the other way round, since the
// decoder writes into the first.
class Filtered {
 public:
  Filtered(const UpdateWish& wish, bool filtered_first, uint64_t filtered_updates = 1024)
      : wanted(filtered_updates),
        publisher(filtered_first ? std::vector<UpdateRing*>{&wanted, &everything}
                                 : std::vector<UpdateRing*>{&everything, &wanted},
                  {1, 2}, 1024, WhenFull::kDrop),
        index(filtered_first ? 0 : 1) {
    UpdateFilter filter(wish);
    filter.AddChannel(1, &instruments);
    filter.AddChannel(2, nullptr);
    publisher.SetFilter(index, std::move(filter));
    instruments.Define(1, Symbol("ONE"));
    instruments.Define(2, Symbol("TWO"));
  }

  // As one decoded batch.
  void Publish(const std::vector<Update>& updates) {
    codecs::UpdateWriter writer = publisher.Begin(updates.size());
    for (const Update& update : updates) writer.Next() = update;
    publisher.Commit(writer);
    publisher.Publish(1'000);
  }
  const RingStats& stats() { return publisher.stats()[index]; }

  UpdateRing wanted;
  UpdateRing everything{4096};
  InstrumentStore instruments{16};
  UpdatePublisher publisher;
  size_t index;
};

class UpdateFilterTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(InPlaceAndCopied, UpdateFilterTest, testing::Bool());

TEST_P(UpdateFilterTest, LeavesOutWholeChannelsWithTheirControlRecords) {
  Filtered filtered({.channels = {2}}, GetParam());
  filtered.Publish({Of(1, 1), Of(1, 2)});
  filtered.Publish({Of(1, 3, kLast, kOrder, 2)});
  filtered.publisher.AppendControl(Of(0, 4, kLast, FH_RECORD_GAP, 1));
  filtered.publisher.AppendControl(Of(0, 5, kLast, FH_RECORD_GAP, 2));
  filtered.publisher.Publish(1);
  EXPECT_THAT(Sequences(filtered.wanted), ElementsAre(3, 5));
  EXPECT_THAT(Sequences(filtered.everything), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(filtered.stats().filtered, 3u);
  EXPECT_EQ(filtered.stats().offered, 2u);
  EXPECT_EQ(filtered.stats().published, 2u);
  EXPECT_EQ(filtered.stats().dropped, 0u);
}

TEST_P(UpdateFilterTest, LeavesOutOtherInstruments) {
  Filtered filtered({.symbols = {"TWO"}}, GetParam());
  filtered.Publish({Of(1, 1), Of(2, 2), Of(1, 3), Of(2, 4), Of(1, 5)});
  filtered.Publish({Of(1, 6)});
  filtered.Publish({Of(2, 7)});
  EXPECT_THAT(Sequences(filtered.wanted), ElementsAre(2, 4, 7));
  EXPECT_THAT(Sequences(filtered.everything), ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_EQ(filtered.stats().filtered, 4u);
  EXPECT_EQ(filtered.stats().offered, 3u);
}

TEST_P(UpdateFilterTest, WhatConcernsAllOrCannotBeNamedPasses) {
  Filtered filtered({.symbols = {"TWO"}}, GetParam());
  filtered.Publish({Of(FH_ALL_INSTRUMENTS, 1), Of(FH_UNKNOWN_INSTRUMENT, 2), Of(1, 3)});
  filtered.publisher.AppendControl(Of(0, 4, kLast, FH_RECORD_GAP));
  filtered.publisher.AppendControl(Of(0, 5, kLast, FH_RECORD_SESSION));
  filtered.Publish({Of(1, 6, kLast, kOrder, 2)});  // A channel whose instruments have no names.
  EXPECT_THAT(Sequences(filtered.wanted), ElementsAre(1, 2, 4, 5, 6));
}

TEST_P(UpdateFilterTest, AnInstrumentThatIsNamedLatePassesUntilItsNameSaysOtherwise) {
  Filtered filtered({.symbols = {"FIVE"}}, GetParam());
  filtered.Publish({Of(5, 1), Of(6, 2), Of(1, 3)});  // Neither 5 nor 6 has a name yet.
  filtered.instruments.Define(5, Symbol("FIVE"));
  filtered.instruments.Define(6, Symbol("SIX"));
  filtered.Publish({Of(5, 4, kLast, FH_RECORD_DEFINITION), Of(6, 5, kLast, FH_RECORD_DEFINITION),
                    Of(5, 6), Of(6, 7)});
  EXPECT_THAT(Sequences(filtered.wanted), ElementsAre(1, 2, 4, 5, 6));
}

TEST_P(UpdateFilterTest, AnIdThatStandsForAnotherInstrumentIsLookedUpAnew) {
  Filtered filtered({.symbols = {"ONE"}}, GetParam());
  filtered.Publish({Of(1, 1), Of(2, 2)});
  filtered.instruments.Define(1, Symbol("TWO"));
  filtered.instruments.Define(2, Symbol("ONE"));
  filtered.Publish({Of(1, 3, kLast, FH_RECORD_DEFINITION), Of(2, 4, kLast, FH_RECORD_DEFINITION),
                    Of(1, 5), Of(2, 6)});
  filtered.instruments.Clear();  // Another session; nothing has a name.
  filtered.Publish({Of(1, 7), Of(2, 8)});
  EXPECT_THAT(Sequences(filtered.wanted), ElementsAre(1, 3, 4, 6, 7, 8));
}

TEST_P(UpdateFilterTest, TheEndOfAnEventOfWhichSomethingPassedPasses) {
  Filtered filtered({.symbols = {"TWO"}}, GetParam());
  filtered.Publish({Of(1, 1, 0), Of(1, 2, kLast)});           // Nothing of this event.
  filtered.Publish({Of(1, 3, 0), Of(2, 4, 0), Of(1, 5, 0)});  // Over two batches.
  filtered.Publish({Of(1, 6, 0), Of(1, 7, kLast), Of(1, 8, kLast)});
  filtered.Publish({Of(2, 9, kLast), Of(1, 10, kLast)});
  EXPECT_THAT(Sequences(filtered.wanted), ElementsAre(4, 7, 9));
}

TEST_P(UpdateFilterTest, ALossIsOfWhatIsWantedAlone) {
  Filtered filtered({.channels = {1}, .symbols = {"TWO"}}, GetParam(), 64);
  std::vector<Update> updates;
  for (uint64_t i = 1; i <= 120; ++i) updates.push_back(Of(i % 2 == 0 ? 2 : 1, i));
  filtered.Publish(updates);  // 60 do not fit beside what is reserved for control records.
  filtered.Publish(std::vector<Update>(200, Of(1, 500)));
  EXPECT_EQ(filtered.stats().offered, 60u);
  EXPECT_EQ(filtered.stats().filtered, 260u);
  EXPECT_EQ(filtered.stats().dropped, 60u);
  filtered.Publish({Of(2, 501)});
  Update update;
  ASSERT_TRUE(filtered.wanted.Pop(update));
  EXPECT_EQ(update.record, FH_RECORD_GAP);
  EXPECT_EQ(update.gap.first, 2u);
  EXPECT_EQ(update.gap.last, 120u);
  EXPECT_EQ(update.gap.count, 60u);
  EXPECT_THAT(Sequences(filtered.wanted), ElementsAre(501));
}

TEST(UpdateFilter, WithoutAWishNothingIsAsked) {
  UpdateFilter filter(UpdateWish{});
  filter.AddChannel(1, nullptr);
  EXPECT_FALSE(filter.LeavesOut());
  UpdateFilter of_one({.channels = {1}});
  of_one.AddChannel(1, nullptr);
  EXPECT_FALSE(of_one.LeavesOut());
  of_one.AddChannel(3, nullptr);
  EXPECT_TRUE(of_one.LeavesOut());
  EXPECT_EQ(of_one.WantsOf(2), UpdateFilter::Wants::kNothing);  // Was not added.
  EXPECT_EQ(of_one.WantsOf(9), UpdateFilter::Wants::kNothing);
}

}  // namespace
}  // namespace fh
