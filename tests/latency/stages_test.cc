#include "latency/stages.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>

namespace fh::latency {
namespace {

TEST(StagesTest, EveryStageHasItsOwnNameAndPlace) {
  std::set<std::string> names;
  for (size_t i = 0; i < kStageCount; ++i) {
    EXPECT_EQ(static_cast<size_t>(kStages[i]), i);
    names.insert(std::string(StageName(kStages[i])));
  }
  EXPECT_EQ(names.size(), kStageCount);
  EXPECT_EQ(names.count("unknown"), 0u);
}

TEST(StagesTest, RecordsEachStageApart) {
  const Clock clock;
  const auto recorder = std::make_unique<StageRecorder>("feed", clock);
  recorder->Record(Stage::kWireToDequeue, 1000);
  recorder->Record(Stage::kDequeueToDecoded, 50, 7);
  recorder->Record(Stage::kWireToDequeue, -3, 2);
  const StageSnapshot snapshot = recorder->Snapshot();
  EXPECT_EQ(recorder->name(), "feed");
  EXPECT_EQ(snapshot.of(Stage::kWireToDequeue).total(), 1u);
  EXPECT_EQ(snapshot.of(Stage::kWireToDequeue).negative().count, 2u);
  EXPECT_EQ(snapshot.of(Stage::kDequeueToDecoded).total(), 7u);
  EXPECT_EQ(snapshot.of(Stage::kDequeueToDecoded).max(), 50);
  EXPECT_EQ(snapshot.of(Stage::kPublishedToSeen).total(), 0u);
}

TEST(StagesTest, TicksAreConvertedByTheClockAndKeepTheirSign) {
  const Clock clock;
  const auto recorder = std::make_unique<StageRecorder>("feed", clock);
  const uint64_t from = Clock::Ticks();
  recorder->RecordTicks(Stage::kDecodedToPublished, from, from + 1'000'000, 3);
  recorder->RecordTicks(Stage::kDecodedToPublished, from, from - 1'000'000);
  const StageSnapshot snapshot = recorder->Snapshot();
  const HistogramSnapshot& stage = snapshot.of(Stage::kDecodedToPublished);
  EXPECT_EQ(stage.total(), 3u);
  EXPECT_EQ(stage.max(), clock.TicksToNs(1'000'000));
  EXPECT_EQ(stage.negative().count, 1u);
  EXPECT_EQ(stage.negative().min, clock.TicksToNs(-1'000'000));
}

TEST(StagesTest, MergesRecordersOfSeveralThreadsWhileTheyWrite) {
  const Clock clock;
  const auto feed = std::make_unique<StageRecorder>("feed", clock);
  const auto first = std::make_unique<StageRecorder>("first", clock);
  const auto second = std::make_unique<StageRecorder>("second", clock);
  constexpr uint64_t kUpdates = 20'000;
  std::atomic<int> running{3};
  const auto write = [&](StageRecorder& recorder, Stage stage) {
    for (uint64_t i = 0; i < kUpdates; ++i) recorder.Record(stage, static_cast<int64_t>(i));
    running.fetch_sub(1);
  };
  std::thread feed_thread(write, std::ref(*feed), Stage::kDequeueToDecoded);
  std::thread first_thread(write, std::ref(*first), Stage::kDequeueToSeen);
  std::thread second_thread(write, std::ref(*second), Stage::kDequeueToSeen);
  uint64_t last = 0;
  while (running.load() > 0) {
    const StageSnapshot snapshot = MergeStages({feed.get(), first.get(), second.get()});
    ASSERT_GE(snapshot.of(Stage::kDequeueToSeen).total(), last);
    last = snapshot.of(Stage::kDequeueToSeen).total();
  }
  feed_thread.join();
  first_thread.join();
  second_thread.join();
  const StageSnapshot snapshot = MergeStages({feed.get(), first.get(), second.get()});
  EXPECT_EQ(snapshot.of(Stage::kDequeueToDecoded).total(), kUpdates);
  EXPECT_EQ(snapshot.of(Stage::kDequeueToSeen).total(), 2 * kUpdates);
  EXPECT_EQ(snapshot.of(Stage::kDequeueToSeen).max(), static_cast<int64_t>(kUpdates) - 1);
}

TEST(StagesTest, MergingNothingGivesAnEmptySnapshot) {
  const StageSnapshot snapshot = MergeStages({});
  for (const Stage stage : kStages) EXPECT_EQ(snapshot.of(stage).total(), 0u);
}

}  // namespace
}  // namespace fh::latency
