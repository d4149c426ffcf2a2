#include "feedhandler/pipeline/ring.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <thread>
#include <utility>
#include <vector>

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

// Writes `count` updates numbered from `first` on, and does not show them.
void Write(UpdateRing& ring, uint64_t first, uint64_t count) {
  codecs::UpdateWriter writer = ring.Writer();
  for (uint64_t i = 0; i < count; ++i) writer.Next() = Numbered(first + i);
  ring.Commit(writer.next());
}

TEST(UpdateRing, ShowsWhatIsBehindARunWhereverThatIsCut) {
  UpdateRing ring(64);
  for (uint64_t i = 0; i < 62; ++i) ASSERT_TRUE(ring.Push(Numbered(i)));
  ASSERT_EQ(ring.Read(10).size(), 10u);  // Single ones: no more are looked for than these.
  ASSERT_NE(ring.Behind(10), nullptr);
  EXPECT_EQ(ring.Behind(10)->sequence, 10u);
  ring.Release(10);
  while (ring.Consumed() < 61) ring.Release(ring.Read(1).size());
  ASSERT_EQ(ring.Read().size(), 1u);
  EXPECT_EQ(ring.Behind(1), nullptr) << "nothing is published";
  codecs::UpdateWriter writer = ring.Writer();
  for (uint64_t i = 62; i < 66; ++i) writer.Next() = Numbered(i);
  ring.Commit(writer.next());
  EXPECT_EQ(ring.Behind(1), nullptr) << "nor now";
  ring.Flush();
  ASSERT_NE(ring.Behind(1), nullptr);
  EXPECT_EQ(ring.Behind(1)->sequence, 62u);
  ring.Release(1);
  ASSERT_EQ(ring.Read().size(), 2u) << "the storage ends";
  ASSERT_NE(ring.Behind(2), nullptr);
  EXPECT_EQ(ring.Behind(2)->sequence, 64u) << "where it begins";
  EXPECT_EQ(ring.Behind(4), nullptr);
}

TEST(UpdateRing, MarksOfLapsBeforeShowNothing) {
  for (const uint64_t run : {1, 2, 64}) {
    UpdateRing ring(64);
    for (uint64_t next = 0; next < 6 * 64; next += run) {
      ASSERT_TRUE(ring.Read().empty());
      Write(ring, next, run);
      ASSERT_TRUE(ring.Read().empty()) << next;
      ring.Flush();
      ASSERT_EQ(ring.Read().size(), run);
      ASSERT_EQ(ring.Read()[0].sequence, next);
      ring.Release(run);
    }
  }
}

TEST(UpdateRing, ShowsASingleUpdateWithoutWhatIsWrittenBehindIt) {
  UpdateRing ring(64);
  Write(ring, 1, 1);
  ring.Flush();
  Write(ring, 2, 5);
  ASSERT_EQ(ring.Read().size(), 1u);
  ring.Release(1);
  EXPECT_TRUE(ring.Read().empty());
  ring.Flush();
  ASSERT_EQ(ring.Read().size(), 5u);
  EXPECT_EQ(ring.Read()[0].sequence, 2u);
}

TEST(UpdateRing, DepthCountsSingleUpdatesAndRuns) {
  UpdateRing ring(64);
  ring.Push(Numbered(1));
  Write(ring, 2, 5);
  EXPECT_EQ(ring.Depth(), 1u);
  ring.Flush();
  EXPECT_EQ(ring.Depth(), 6u);
  ring.Release(ring.Read(1).size());
  EXPECT_EQ(ring.Depth(), 5u);
}

TEST(UpdateRing, AReaderThatIsBehindIsGivenSingleUpdatesTogether) {
  UpdateRing ring(64);
  for (uint64_t i = 0; i < 10; ++i) ring.Push(Numbered(i));
  EXPECT_EQ(ring.Read(4).size(), 4u);
  ring.Release(4);
  EXPECT_EQ(ring.Read().size(), 6u);
}

TEST(UpdateRing, TheFirstOfABatchCarriesItsTime) {
  UpdateRing ring(64);
  Update update;
  for (const auto& [given, shown] :
       std::vector<std::pair<uint32_t, uint32_t>>{{0, 0},
                                                  {1, 8},
                                                  {1001, 1000},
                                                  {1002, 1004},
                                                  {UINT32_MAX, 8},
                                                  {4'000'000'000, 4'000'000'000}}) {
    for (const uint64_t count : {1, 3}) {
      Write(ring, 1, count);
      ring.Flush(given);
      ASSERT_TRUE(ring.Pop(update));
      EXPECT_NE(update.published_ns32, 0u);
      EXPECT_EQ(codecs::PublishedNs32(update), shown);
      for (uint64_t i = 1; i < count; ++i) {
        ASSERT_TRUE(ring.Pop(update));
        EXPECT_EQ(update.published_ns32, 0u);
      }
    }
  }
}

TEST(UpdateRing, TimesThatUpdatesBringAlongShowNothing) {
  UpdateRing ring(64);
  Update update = Numbered(1);
  Update taken;
  for (const uint32_t brought : {UINT32_MAX, UINT32_MAX - 1}) {  // Out of another ring's two laps.
    update.published_ns32 = brought;
    for (uint64_t i = 0; i < 64; ++i) ASSERT_TRUE(ring.Append(update));
    while (ring.Pop(taken)) {
    }
    for (uint64_t i = 0; i < 64; ++i) {
      ASSERT_FALSE(ring.Pop(taken)) << i;
      ASSERT_TRUE(ring.Push(update));
      ASSERT_TRUE(ring.Pop(taken));
      EXPECT_EQ(codecs::PublishedNs32(taken), 0u);
    }
  }
}

TEST(UpdateRing, WhatADecoderWroteBehindItsUpdatesShowsNothing) {
  UpdateRing ring(64);
  for (uint64_t next = 0; next < 1000; ++next) {
    ASSERT_TRUE(ring.HasRoom(4));
    codecs::UpdateWriter writer = ring.Writer();
    writer.Next() = Numbered(next);
    // Each of the four ends of a mark, many times in each lap.
    const int byte = 0xf0 + static_cast<int>(next * 7 / 5 % 4);
    for (uint64_t ahead = 0; ahead < 3; ++ahead) std::memset(&writer.Peek(ahead), byte, 64);
    ring.Publish(writer.next());
    ASSERT_EQ(ring.Read().size(), 1u);
    ASSERT_EQ(ring.Read()[0].sequence, next);
    ring.Release(1);
    ASSERT_TRUE(ring.Read().empty());
  }
}

TEST(UpdateRing, PassesEverythingBetweenTwoThreads) {
  constexpr uint64_t kUpdates = 300'000;
  UpdateRing ring(1024);
  std::thread producer([&ring] {
    std::mt19937_64 random(1);
    for (uint64_t next = 0; next < kUpdates;) {
      if (random() % 2 == 0) {  // Alone, at once or with what follows.
        const bool at_once = random() % 2 == 0;
        while (!(at_once ? ring.Push(Numbered(next)) : ring.Append(Numbered(next)))) {
          ring.Flush();
          std::this_thread::yield();
        }
        ++next;
        continue;
      }
      const uint64_t count = std::min<uint64_t>(1 + random() % 200, kUpdates - next);
      ring.Flush();
      while (!ring.HasRoom(count)) std::this_thread::yield();
      Write(ring, next, count);
      next += count;
      if (random() % 4 != 0) ring.Flush();
    }
    ring.Flush();
  });
  uint64_t expected = 0;
  uint64_t marks = 0;
  while (expected < kUpdates) {
    const std::span<const Update> run = ring.Read(100);
    for (const Update& update : run) {
      ASSERT_EQ(update.sequence, expected);
      ASSERT_EQ(update.ts_event_ns, static_cast<int64_t>(expected * 3));
      marks += update.published_ns32 & 1;  // As a strategy that reads all of it.
      ++expected;
    }
    ring.Release(run.size());
    if (run.empty()) std::this_thread::yield();
  }
  producer.join();
  EXPECT_NE(marks, 0u);
  EXPECT_TRUE(ring.Read().empty());
}

}  // namespace
}  // namespace fh
