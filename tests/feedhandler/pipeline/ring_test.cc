#include "feedhandler/pipeline/ring.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace fh {
namespace {

using Update = codecs::NormalizedUpdate;

Update Numbered(uint64_t sequence) {
  Update update{};
  update.sequence = sequence;
  update.ts_event_ns = static_cast<int64_t>(sequence * 3);
  return update;
}

TEST(UpdateRing, GivesBackWhatWasPutInInOrderAcrossManyLaps) {
  UpdateRing ring(64);
  uint64_t in = 0;
  uint64_t out = 0;
  for (int round = 0; round < 1000; ++round) {
    for (int i = 0; i < round % 64; ++i) ASSERT_TRUE(ring.Push(Numbered(in++)));
    Update update;
    while (ring.Pop(update)) {
      ASSERT_EQ(update.sequence, out);
      ASSERT_EQ(update.ts_event_ns, static_cast<int64_t>(out * 3));
      ++out;
    }
    ASSERT_EQ(in, out);
  }
}

TEST(UpdateRing, RefusesWhenFullAndTakesAgainAfterARelease) {
  UpdateRing ring(64);
  for (uint64_t i = 0; i < 64; ++i) ASSERT_TRUE(ring.Push(Numbered(i)));
  EXPECT_FALSE(ring.Push(Numbered(64)));
  EXPECT_FALSE(ring.HasRoom(1));
  EXPECT_EQ(ring.Depth(), 64u);
  ASSERT_EQ(ring.Read(3).size(), 3u);
  ring.Release(3);
  EXPECT_TRUE(ring.HasRoom(3));
  EXPECT_FALSE(ring.HasRoom(4));
}

TEST(UpdateRing, ShowsNothingBeforeItIsFlushed) {
  UpdateRing ring(64);
  codecs::UpdateWriter writer = ring.Writer();
  writer.Next() = Numbered(7);
  ring.Commit(writer.next());
  EXPECT_TRUE(ring.Read().empty());
  EXPECT_EQ(ring.Unpublished(), 1u);
  EXPECT_EQ(ring.Newest().sequence, 7u);
  ring.Flush();
  ASSERT_EQ(ring.Read().size(), 1u);
  EXPECT_EQ(ring.Read()[0].sequence, 7u);
  EXPECT_EQ(ring.Unpublished(), 0u);
}

TEST(UpdateRing, AppendShowsARunAtATimeAndFlushTheRest) {
  UpdateRing ring(256);
  Update update;
  for (uint64_t i = 0; i < 40; ++i) ASSERT_TRUE(ring.Append(Numbered(i)));
  uint64_t seen = 0;
  while (ring.Pop(update)) ASSERT_EQ(update.sequence, seen++);
  EXPECT_EQ(seen, 32u);
  ring.Flush();
  while (ring.Pop(update)) ASSERT_EQ(update.sequence, seen++);
  EXPECT_EQ(seen, 40u);
}

TEST(UpdateRing, ReadsInPlaceAndSplitsARunOnlyAtTheEndOfTheStorage) {
  UpdateRing ring(64);
  for (uint64_t i = 0; i < 60; ++i) ring.Push(Numbered(i));
  ring.Release(ring.Read().size());
  for (uint64_t i = 60; i < 70; ++i) ring.Push(Numbered(i));
  const std::span<const Update> first = ring.Read();
  ASSERT_EQ(first.size(), 4u);
  EXPECT_EQ(first[0].sequence, 60u);
  ring.Release(4);
  const std::span<const Update> second = ring.Read();
  ASSERT_EQ(second.size(), 6u);
  EXPECT_EQ(second[0].sequence, 64u);
}

TEST(UpdateRing, PassesEverythingBetweenTwoThreads) {
  constexpr uint64_t kUpdates = 300'000;
  UpdateRing ring(1024);
  std::thread producer([&ring] {
    std::mt19937_64 random(1);
    for (uint64_t next = 0; next < kUpdates;) {
      const uint64_t count = std::min<uint64_t>(1 + random() % 200, kUpdates - next);
      while (!ring.HasRoom(count)) std::this_thread::yield();
      codecs::UpdateWriter writer = ring.Writer();
      for (uint64_t i = 0; i < count; ++i) writer.Next() = Numbered(next++);
      ring.Publish(writer.next());
    }
  });
  uint64_t expected = 0;
  while (expected < kUpdates) {
    const std::span<const Update> run = ring.Read(100);
    for (const Update& update : run) {
      ASSERT_EQ(update.sequence, expected);
      ASSERT_EQ(update.ts_event_ns, static_cast<int64_t>(expected * 3));
      ++expected;
    }
    ring.Release(run.size());
    if (run.empty()) std::this_thread::yield();
  }
  producer.join();
  EXPECT_TRUE(ring.Read().empty());
}

}  // namespace
}  // namespace fh
