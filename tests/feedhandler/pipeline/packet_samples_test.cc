// Which packets are kept with all of their stamps, and that notes of runs find their updates.
#include "feedhandler/pipeline/packet_samples.h"

#include <gtest/gtest.h>

#include <thread>

#include "feedhandler/pipeline/run_notes.h"

namespace fh {
namespace {

using Why = PacketSample::Why;

size_t CountOf(const PacketSamples& samples, Why why) {
  size_t count = 0;
  for (const PacketSample& sample : samples.All()) count += sample.why == why;
  return count;
}

TEST(PacketSamples, TheWorstTwentyAreThoseOfTheWholeRun) {
  PacketSamples samples(256);
  constexpr int64_t kPackets = 100'000;
  for (int64_t i = 0; i < kPackets; ++i) {
    // Every 1,000th is slow, the slowest in the middle of the run.
    const int64_t total_ns =
        i % 1000 != 500 ? 1000 + i % 7 : 1'000'000 - std::abs(i - kPackets / 2) * 5;
    if (const auto why = samples.Pick(total_ns)) samples.Add({.total_ns = total_ns}, *why);
    samples.SetDone(i + 1);
  }
  const std::vector<PacketSample> all = samples.All();
  ASSERT_GE(all.size(), PacketSamples::kMostWorst);
  for (size_t i = 0; i < PacketSamples::kMostWorst; ++i) {
    EXPECT_EQ(all[i].why, Why::kWorst);
    EXPECT_EQ(all[i].total_ns, 1'000'000 - 500 * 5 - static_cast<int64_t>(i / 2) * 5000) << i;
    EXPECT_NE(all[i].done_ns, 0);
  }
  EXPECT_EQ(CountOf(samples, Why::kRegular), static_cast<size_t>(kPackets) / PacketSamples::kEach);
  // Those above the running p99.9, about: one in a thousand.
  EXPECT_GE(CountOf(samples, Why::kSlow), 30u);
  EXPECT_LE(CountOf(samples, Why::kSlow), 200u);
}

TEST(PacketSamples, OfALongRunTheRegularOnesAreThinnedOut) {
  PacketSamples samples(256);
  const uint64_t packets = uint64_t{5} * PacketSamples::kMostRegular * PacketSamples::kEach;
  for (uint64_t i = 0; i < packets; ++i) {
    if (const auto why = samples.Pick(1000)) {
      samples.Add({.sequence = i, .total_ns = 1000}, *why);
      samples.SetDone(1);
    }
  }
  EXPECT_LE(CountOf(samples, Why::kRegular), PacketSamples::kMostRegular);
  EXPECT_GE(CountOf(samples, Why::kRegular), PacketSamples::kMostRegular / 2);
  EXPECT_EQ(CountOf(samples, Why::kWorst), PacketSamples::kMostWorst);
  EXPECT_LE(CountOf(samples, Why::kSlow), PacketSamples::kMostSlow);
}

TEST(RunNotes, AnUpdateFindsTheNoteOfItsRunAndNoOthers) {
  RunNotes notes(4);
  notes.Push({.position = 0, .dequeued_ns = 100, .updates = 3});
  // The updates at 3 and 4 have none.
  notes.Push({.position = 5, .dequeued_ns = 200, .updates = 1});
  notes.Push({.position = 6, .dequeued_ns = 300, .updates = 2});
  notes.Push({.position = 8, .dequeued_ns = 400, .updates = 1});
  notes.Push({.position = 9, .dequeued_ns = 500, .updates = 1});  // No room.
  EXPECT_EQ(notes.missed(), 1u);
  EXPECT_EQ(notes.Find(0)->dequeued_ns, 100);
  EXPECT_EQ(notes.Find(2)->dequeued_ns, 100);
  EXPECT_EQ(notes.Find(3), nullptr);
  EXPECT_EQ(notes.Find(4), nullptr);
  EXPECT_EQ(notes.Find(7)->dequeued_ns, 300);
  EXPECT_EQ(notes.Find(8)->dequeued_ns, 400);
  EXPECT_EQ(notes.Find(9), nullptr);
  notes.Push({.position = 10, .dequeued_ns = 600, .updates = 1});
  EXPECT_EQ(notes.Find(10)->dequeued_ns, 600);
}

TEST(RunNotes, GoFromOneThreadToAnother) {
  RunNotes notes(1024);
  constexpr uint64_t kRuns = 100'000;
  std::atomic<uint64_t> shown{0};
  std::thread producer([&] {
    for (uint64_t i = 0; i < kRuns; ++i) {
      notes.Push({.position = 2 * i, .dequeued_ns = static_cast<int64_t>(i), .updates = 2});
      shown.store(2 * i + 2, std::memory_order_release);
    }
  });
  uint64_t found = 0;
  uint64_t wrong = 0;
  for (uint64_t position = 0; position < 2 * kRuns; ++position) {
    while (shown.load(std::memory_order_acquire) <= position) std::this_thread::yield();
    const RunNote* note = notes.Find(position);
    if (note == nullptr) continue;
    ++found;
    wrong += note->dequeued_ns != static_cast<int64_t>(position / 2);
  }
  producer.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(found + 2 * notes.missed(), 2 * kRuns);
}

}  // namespace
}  // namespace fh
