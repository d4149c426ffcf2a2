#include "feedhandler/pipeline/update_publisher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace fh {
namespace {

using Update = codecs::NormalizedUpdate;

// Publishes updates numbered from `first` on as one decoded batch.
void PublishBatch(UpdatePublisher& publisher, uint64_t first, uint64_t count, uint64_t most = 0,
                  uint16_t channel_id = 9) {
  codecs::UpdateWriter writer = publisher.Begin(std::max(most, count));
  for (uint64_t i = 0; i < count; ++i) {
    Update& update = writer.Next();
    update = Update{};
    update.record = FH_RECORD_ORDER;
    update.sequence = first + i;
    update.channel_id = channel_id;
  }
  publisher.Commit(writer);
  publisher.Publish(1'000 + static_cast<int64_t>(first));
}

std::vector<Update> TakeAll(UpdateRing& ring) {
  std::vector<Update> updates;
  Update update;
  while (ring.Pop(update)) updates.push_back(update);
  return updates;
}

TEST(UpdatePublisher, DecodesInPlaceIntoTheSlotsTheStrategyReads) {
  UpdateRing ring(1024);
  UpdatePublisher publisher({&ring}, {9}, 1024, WhenFull::kDrop);
  codecs::UpdateWriter writer = publisher.Begin(10);
  writer.Next() = Update{.record = FH_RECORD_ORDER};  // The first waits beside the ring.
  const Update* written = &writer.Next();
  writer.Last() = Update{};
  publisher.Commit(writer);
  publisher.Publish(1);
  ASSERT_EQ(ring.Read().size(), 2u);
  EXPECT_EQ(ring.Read()[0].record, FH_RECORD_ORDER);
  EXPECT_EQ(&ring.Read()[1], written);
}

TEST(UpdatePublisher, GivesEveryRingTheSameUpdates) {
  UpdateRing first(1024);
  UpdateRing second(1024);
  UpdatePublisher publisher({&first, &second}, {9}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 5);
  PublishBatch(publisher, 6, 3);
  for (UpdateRing* ring : {&first, &second}) {
    const std::vector<Update> updates = TakeAll(*ring);
    ASSERT_EQ(updates.size(), 8u);
    for (size_t i = 0; i < 8; ++i) EXPECT_EQ(updates[i].sequence, i + 1);
    // The first of each batch is marked with its time of publication, to 4 ns.
    EXPECT_EQ(codecs::PublishedNs32(updates[0]), 1'000u);
    EXPECT_EQ(codecs::PublishedNs32(updates[5]), 1'008u);
    EXPECT_EQ(updates[6].published_ns32, 0u);
  }
}

TEST(UpdatePublisher, DropsWholeBatchesForASlowRingAloneAndSaysSoInItsStream) {
  UpdateRing slow(64);
  UpdateRing fast(1024);
  UpdatePublisher publisher({&slow, &fast}, {9}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 60);   // Four slots are kept for control records.
  PublishBatch(publisher, 61, 20);  // Does not fit into `slow`.
  PublishBatch(publisher, 81, 10);  // Neither.
  EXPECT_EQ(publisher.stats()[0].dropped, 30u);
  for (const RingStats& ring : publisher.stats()) {
    EXPECT_EQ(ring.offered, 90u);
    EXPECT_EQ(ring.offered + ring.gap_records, ring.published + ring.dropped);
  }
  EXPECT_EQ(publisher.stats()[0].drop_events, 1u);
  EXPECT_EQ(publisher.stats()[1].dropped, 0u);
  EXPECT_EQ(TakeAll(fast).size(), 90u);
  EXPECT_EQ(TakeAll(slow).size(), 60u);
  PublishBatch(publisher, 91, 2);
  const std::vector<Update> updates = TakeAll(slow);
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0].record, FH_RECORD_GAP);
  EXPECT_EQ(updates[0].gap.cause, FH_GAP_RING_FULL);
  EXPECT_EQ(updates[0].gap.first, 61u);
  EXPECT_EQ(updates[0].gap.last, 90u);
  EXPECT_EQ(updates[0].gap.count, 30u);
  EXPECT_EQ(updates[0].channel_id, 9);
  EXPECT_NE(updates[0].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  EXPECT_EQ(updates[1].sequence, 91u);
  EXPECT_NE(updates[1].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  EXPECT_EQ(TakeAll(fast).size(), 2u);
  EXPECT_EQ(publisher.stats()[0].published + publisher.stats()[0].dropped, 60u + 1 + 2 + 30);
}

TEST(UpdatePublisher, StillLetsTheDecoderRunWhenNobodyHasRoom) {
  UpdateRing ring(64);
  UpdatePublisher publisher({&ring}, {9}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 60);
  PublishBatch(publisher, 61, 500);
  EXPECT_EQ(publisher.stats()[0].dropped, 500u);
  EXPECT_TRUE(publisher.HasDebts());
  TakeAll(ring);
  publisher.SettleDebts();
  publisher.Publish(1);
  const std::vector<Update> updates = TakeAll(ring);
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].gap.count, 500u);
  EXPECT_FALSE(publisher.HasDebts());
}

TEST(UpdatePublisher, APessimisticBoundDropsNothingThatFits) {
  UpdateRing ring(64);
  UpdatePublisher publisher({&ring}, {9}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 10, 1000);  // Asks for more than the ring has, writes little.
  EXPECT_EQ(publisher.stats()[0].dropped, 0u);
  EXPECT_EQ(TakeAll(ring).size(), 10u);
}

// ---- What readers are told of their losses

Update Control(uint8_t record, uint16_t kind, uint16_t channel_id, uint8_t state = 0) {
  Update update{.record = record, .channel_id = channel_id};
  if (record == FH_RECORD_STATUS) {
    update.status = {.kind = kind, .state = state, .reason = {' ', ' ', ' ', ' '}, .value = 0};
  }
  return update;
}

Update Session(uint16_t channel_id, uint8_t state, uint32_t epoch) {
  Update update = Control(FH_RECORD_SESSION, 0, channel_id);
  update.session.state = state;
  update.session.epoch = epoch;
  return update;
}

Update Start(uint16_t channel_id, uint32_t epoch) {
  return Session(channel_id, FH_SESSION_JOINED, epoch);
}

Update Lost(uint16_t channel_id, uint64_t first, uint64_t last) {
  Update update = Control(FH_RECORD_GAP, 0, channel_id);
  update.gap = {.first = first, .last = last, .count = 1, .cause = FH_GAP_LOST};
  return update;
}

// A ring that is full but for what is kept for control records, of channels 1 and 2.
class FullRing : public ::testing::Test {
 protected:
  FullRing() : publisher_({&ring_}, {1, 2}, 1024, WhenFull::kDrop) {
    PublishBatch(publisher_, 1, 56, 0, 1);
  }

  // Everything that waits, behind what filled it.
  std::vector<Update> AfterDraining() {
    std::vector<Update> updates = TakeAll(ring_);
    updates.erase(updates.begin(), updates.begin() + 56);
    publisher_.SettleDebts();
    publisher_.Publish(1);
    const std::vector<Update> late = TakeAll(ring_);
    updates.insert(updates.end(), late.begin(), late.end());
    const RingStats& stats = publisher_.stats()[0];
    EXPECT_EQ(stats.offered + stats.gap_records, stats.published + stats.dropped);
    EXPECT_EQ(stats.published, 56 + updates.size());
    return updates;
  }

  // Until the room for control records is used up too.
  void FillReserve() {
    for (int i = 0; i < 8; ++i) publisher_.AppendControl(Lost(2, 1, 1));
    publisher_.Publish(1);
  }

  UpdateRing ring_{64};
  UpdatePublisher publisher_;
};

TEST_F(FullRing, EachChannelsLossIsItsOwnRecordWithItsOwnBounds) {
  PublishBatch(publisher_, 57, 10, 0, 1);
  PublishBatch(publisher_, 9'000, 5, 0, 2);
  PublishBatch(publisher_, 67, 10, 0, 1);
  const std::vector<Update> updates = AfterDraining();
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].channel_id, 1);
  EXPECT_EQ(updates[0].gap.first, 57u);
  EXPECT_EQ(updates[0].gap.last, 76u);
  EXPECT_EQ(updates[0].gap.count, 20u);
  EXPECT_EQ(updates[1].channel_id, 2);
  EXPECT_EQ(updates[1].gap.first, 9'000u);
  EXPECT_EQ(updates[1].gap.last, 9'004u);
  EXPECT_EQ(updates[1].gap.count, 5u);
}

TEST_F(FullRing, ControlRecordsHaveRoom) {
  publisher_.AppendControl(Lost(1, 57, 60));
  publisher_.AppendControl(Start(2, 0));
  publisher_.Publish(1);
  EXPECT_EQ(publisher_.stats()[0].dropped, 0u);
  const std::vector<Update> updates = AfterDraining();
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].gap.cause, FH_GAP_LOST);
  EXPECT_EQ(updates[1].record, FH_RECORD_SESSION);
}

TEST_F(FullRing, UpdatesDoNotTakeTheRoomOfControlRecords) {
  for (uint64_t number = 57; number < 71; ++number) PublishBatch(publisher_, number, 1, 0, 1);
  EXPECT_EQ(publisher_.stats()[0].dropped, 14u);
  publisher_.AppendControl(Start(2, 0));
  const std::vector<Update> updates = AfterDraining();
  EXPECT_EQ(std::count_if(updates.begin(), updates.end(),
                          [](const Update& update) { return update.record == FH_RECORD_SESSION; }),
            1);
}

TEST_F(FullRing, ALossIsToldBeforeTheSessionThatFollowsIt) {
  PublishBatch(publisher_, 57, 10, 0, 1);
  publisher_.AppendControl(Start(1, 1));
  const std::vector<Update> updates = AfterDraining();
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].gap.cause, FH_GAP_RING_FULL);
  EXPECT_EQ(updates[1].record, FH_RECORD_SESSION);
}

TEST_F(FullRing, ALostSessionStartIsToldLaterInItsPlace) {
  FillReserve();
  PublishBatch(publisher_, 57, 10, 0, 1);
  publisher_.AppendControl(Start(1, 1));
  PublishBatch(publisher_, 1, 7, 0, 1);
  publisher_.AppendControl(Session(1, FH_SESSION_ENDED, 1));
  publisher_.AppendControl(Control(FH_RECORD_STATUS, FH_STATUS_CHANNEL_STUCK, 1, 1));
  std::vector<Update> updates = AfterDraining();
  ASSERT_EQ(updates.size(), 8u + 5);
  updates.erase(updates.begin(), updates.begin() + 8);
  EXPECT_EQ(updates[0].gap.first, 57u);
  EXPECT_EQ(updates[0].gap.last, 66u);
  EXPECT_EQ(updates[1].record, FH_RECORD_SESSION);
  EXPECT_EQ(updates[2].gap.first, 1u);  // Of the new session: never above its last.
  EXPECT_EQ(updates[2].gap.last, 7u);
  EXPECT_EQ(updates[3].session.state, FH_SESSION_ENDED);
  EXPECT_EQ(updates[4].status.kind, FH_STATUS_CHANNEL_STUCK);
}

TEST_F(FullRing, OfSeveralLostSessionStartsTheNewestIsTold) {
  FillReserve();
  publisher_.AppendControl(Start(1, 1));
  PublishBatch(publisher_, 1, 7, 0, 1);
  Update corrected = Start(1, 1);
  corrected.session.state = FH_SESSION_CORRECTED;
  publisher_.AppendControl(Session(1, FH_SESSION_NEW, 0));
  publisher_.AppendControl(corrected);
  std::vector<Update> updates = AfterDraining();
  ASSERT_EQ(updates.size(), 8u + 2);
  updates.erase(updates.begin(), updates.begin() + 8);
  EXPECT_EQ(updates[0].gap.count, 7u);
  EXPECT_EQ(updates[1].record, FH_RECORD_SESSION);
  EXPECT_EQ(updates[1].session.epoch, 1u);
  // The reader does not know what was corrected: to it this is a new session.
  EXPECT_EQ(updates[1].session.state, FH_SESSION_NEW);
}

TEST_F(FullRing, WhatFollowsALossIsDoubtfulUntilTheNextSessionAndOnlyThatChannels) {
  PublishBatch(publisher_, 57, 10, 0, 1);
  AfterDraining();
  PublishBatch(publisher_, 67, 2, 0, 1);
  PublishBatch(publisher_, 1, 2, 0, 2);
  publisher_.AppendControl(Start(1, 1));
  PublishBatch(publisher_, 1, 1, 0, 1);
  const std::vector<Update> updates = TakeAll(ring_);
  ASSERT_EQ(updates.size(), 6u);
  const auto is_doubtful = [&](size_t i) {
    return (updates[i].flags & FH_FLAG_MAYBE_BAD_BOOK) != 0;
  };
  EXPECT_TRUE(is_doubtful(0));
  EXPECT_TRUE(is_doubtful(1));
  EXPECT_FALSE(is_doubtful(2));
  EXPECT_FALSE(is_doubtful(3));
  EXPECT_FALSE(is_doubtful(5));
}

TEST(UpdatePublisher, OnlyTheRingThatLostSomethingIsDoubtful) {
  UpdateRing slow(64);
  UpdateRing fast(1024);
  UpdatePublisher publisher({&fast, &slow}, {9}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 60);
  PublishBatch(publisher, 61, 20);
  TakeAll(slow);
  TakeAll(fast);
  PublishBatch(publisher, 81, 1);
  const std::vector<Update> of_fast = TakeAll(fast);
  ASSERT_EQ(of_fast.size(), 1u);
  EXPECT_EQ(of_fast[0].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  const std::vector<Update> of_slow = TakeAll(slow);
  ASSERT_EQ(of_slow.size(), 2u);
  EXPECT_NE(of_slow[1].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
}

TEST(UpdatePublisher, ATopOfBookIsRightInItself) {
  UpdateRing ring(64);
  UpdatePublisher publisher({&ring}, {9}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 60);
  PublishBatch(publisher, 61, 1);
  TakeAll(ring);
  codecs::UpdateWriter writer = publisher.Begin(1);
  writer.Next() = Update{.record = FH_RECORD_TOP, .channel_id = 9};
  publisher.Commit(writer);
  publisher.Publish(1);
  const std::vector<Update> updates = TakeAll(ring);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[1].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
}

TEST(UpdatePublisher, ARoundWithNothingNewMarksNothing) {
  UpdateRing ring(64);
  UpdatePublisher publisher({&ring}, {9}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 3);
  publisher.Publish(5'000);
  EXPECT_EQ(codecs::PublishedNs32(TakeAll(ring)[0]), 1'000u);
}

TEST(UpdatePublisher, ReadersOfAFileAreWaitedForWhenNamesChange) {
  UpdateRing ring(64);
  UpdatePublisher publisher({&ring}, {9}, 1024, WhenFull::kWait);
  PublishBatch(publisher, 1, 30);
  std::thread reader([&] {
    for (Update update; ring.Depth() > 0;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      ring.Pop(update);
    }
  });
  publisher.WaitForReaders();
  EXPECT_EQ(ring.Depth(), 0u);
  reader.join();
}

TEST(UpdatePublisher, WaitsForSlowReadersOfAFileAndLosesNothing) {
  UpdateRing first(64);
  UpdateRing second(128);
  UpdatePublisher publisher({&first, &second}, {9}, 1024, WhenFull::kWait);
  constexpr uint64_t kBatches = 300;
  const auto consume = [](UpdateRing& ring) {
    uint64_t expected = 1;
    Update update;
    while (expected <= kBatches * 100) {
      if (!ring.Pop(update)) {
        std::this_thread::yield();
        continue;
      }
      ASSERT_EQ(update.record, FH_RECORD_ORDER);
      ASSERT_EQ(update.sequence, expected++);
    }
  };
  std::thread one([&] { consume(first); });
  std::thread two([&] { consume(second); });
  // Batches that are larger than the smallest ring.
  for (uint64_t i = 0; i < kBatches; ++i) PublishBatch(publisher, 1 + i * 100, 100);
  one.join();
  two.join();
  EXPECT_EQ(publisher.stats()[0].dropped + publisher.stats()[1].dropped, 0u);
}

}  // namespace
}  // namespace fh
