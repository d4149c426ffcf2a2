#include "feedhandler/pipeline/update_publisher.h"

#include <gtest/gtest.h>

#include <thread>

namespace fh {
namespace {

using Update = codecs::NormalizedUpdate;

// Publishes updates numbered from `first` on as one decoded batch.
void PublishBatch(UpdatePublisher& publisher, uint64_t first, uint64_t count, uint64_t most = 0) {
  codecs::UpdateWriter writer = publisher.Begin(std::max(most, count));
  for (uint64_t i = 0; i < count; ++i) {
    Update& update = writer.Next();
    update = Update{};
    update.record = FH_RECORD_ORDER;
    update.sequence = first + i;
    update.channel_id = 9;
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
  UpdatePublisher publisher({&ring}, 1024, WhenFull::kDrop);
  codecs::UpdateWriter writer = publisher.Begin(10);
  const Update* written = &writer.Next();
  writer.Last() = Update{};
  publisher.Commit(writer);
  publisher.Publish(1);
  ASSERT_EQ(ring.Read().size(), 1u);
  EXPECT_EQ(ring.Read().data(), written);
}

TEST(UpdatePublisher, GivesEveryRingTheSameUpdates) {
  UpdateRing first(1024);
  UpdateRing second(1024);
  UpdatePublisher publisher({&first, &second}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 5);
  PublishBatch(publisher, 6, 3);
  for (UpdateRing* ring : {&first, &second}) {
    const std::vector<Update> updates = TakeAll(*ring);
    ASSERT_EQ(updates.size(), 8u);
    for (size_t i = 0; i < 8; ++i) EXPECT_EQ(updates[i].sequence, i + 1);
    // The last of each batch is marked with its time of publication.
    EXPECT_EQ(updates[4].published_ns32, 1'001u);
    EXPECT_EQ(updates[7].published_ns32, 1'006u);
    EXPECT_EQ(updates[6].published_ns32, 0u);
  }
}

TEST(UpdatePublisher, DropsWholeBatchesForASlowRingAloneAndSaysSoInItsStream) {
  UpdateRing slow(64);
  UpdateRing fast(1024);
  UpdatePublisher publisher({&slow, &fast}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 60);
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
  EXPECT_EQ(TakeAll(fast).size(), 2u);
  EXPECT_EQ(publisher.stats()[0].published + publisher.stats()[0].dropped, 60u + 1 + 2 + 30);
}

TEST(UpdatePublisher, StillLetsTheDecoderRunWhenNobodyHasRoom) {
  UpdateRing ring(64);
  UpdatePublisher publisher({&ring}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 64);
  PublishBatch(publisher, 65, 500);
  EXPECT_EQ(publisher.stats()[0].dropped, 500u);
  EXPECT_TRUE(publisher.OwesGapRecords());
  TakeAll(ring);
  publisher.SettleGapRecords();
  publisher.Publish(1);
  const std::vector<Update> updates = TakeAll(ring);
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].gap.count, 500u);
  EXPECT_FALSE(publisher.OwesGapRecords());
}

TEST(UpdatePublisher, APessimisticBoundDropsNothingThatFits) {
  UpdateRing ring(64);
  UpdatePublisher publisher({&ring}, 1024, WhenFull::kDrop);
  PublishBatch(publisher, 1, 10, 1000);  // Asks for more than the ring has, writes little.
  EXPECT_EQ(publisher.stats()[0].dropped, 0u);
  EXPECT_EQ(TakeAll(ring).size(), 10u);
}

TEST(UpdatePublisher, WaitsForSlowReadersOfAFileAndLosesNothing) {
  UpdateRing first(64);
  UpdateRing second(128);
  UpdatePublisher publisher({&first, &second}, 1024, WhenFull::kWait);
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
