#include "latency/open_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "latency/schedule.h"

namespace fh::latency {
namespace {

constexpr int64_t kStamp = 1'700'000'000'000'000'000;
constexpr int64_t kNow = 1'800'000'000'000'000'000;

TEST(StallArithmeticTest, IsThatOfTheBrief) {
  const StallArithmetic stalls{
      .stall_ns = 10'000'000, .period_ns = 1'000'000'000, .utilization = 0.1};
  EXPECT_NEAR(stalls.ShareTouched(), 0.01111, 1e-5);
  EXPECT_NEAR(static_cast<double>(stalls.WaitNs(99.5)), 5'500'000, 1);
  EXPECT_NEAR(static_cast<double>(stalls.WaitNs(99.9)), 9'100'000, 1);
  EXPECT_EQ(stalls.WaitNs(98), 0);
  EXPECT_EQ(stalls.WaitNs(100), 10'000'000);
}

TEST(ScheduleTest, WhatWasToldIsFoundAndNothingElse) {
  Schedule schedule(Schedule::Key::kMessage, 64);
  schedule.Tell(Schedule::OfMessage(3, 1000), {kNow, kNow + 7});
  const Schedule::Times times = schedule.Find(Schedule::OfMessage(3, 1000));
  EXPECT_EQ(times.intended_ns, kNow);
  EXPECT_EQ(times.sent_ns, kNow + 7);
  EXPECT_EQ(schedule.Find(Schedule::OfMessage(3, 1001)).intended_ns, Schedule::kUnknown);
  EXPECT_EQ(schedule.Find(Schedule::OfMessage(4, 1000)).intended_ns, Schedule::kUnknown);
  EXPECT_EQ(schedule.Find(0).intended_ns, Schedule::kUnknown);
}

TEST(ScheduleTest, MessagesOfAChannelThatFollowEachOtherHaveAllPlaces) {
  Schedule schedule(Schedule::Key::kMessage, 64);
  for (uint64_t i = 0; i < 64; ++i) {
    schedule.Tell(Schedule::OfMessage(9, 500 + i), {kNow + static_cast<int64_t>(i), kNow});
  }
  for (uint64_t i = 0; i < 64; ++i) {
    EXPECT_EQ(schedule.Find(Schedule::OfMessage(9, 500 + i)).intended_ns,
              kNow + static_cast<int64_t>(i));
  }
  schedule.Tell(Schedule::OfMessage(9, 564), {kNow, kNow});
  EXPECT_EQ(schedule.Find(Schedule::OfMessage(9, 500)).intended_ns, Schedule::kUnknown);
}

TEST(ScheduleTest, AStampThatWasForgottenHasTheTimeOfTheRule) {
  Schedule schedule(Schedule::Key::kStamp, 64);
  EXPECT_EQ(schedule.FindStamp(kStamp + 500).intended_ns, Schedule::kUnknown);
  schedule.FollowStamps(kStamp, kStamp + 600, kNow, 2);
  EXPECT_EQ(schedule.FindStamp(kStamp + 500).intended_ns, kNow + 250);
  EXPECT_EQ(schedule.FindStamp(kStamp + 500).sent_ns, Schedule::kUnknown);
  // What went backwards was due later than its stamp says; only the sender knows.
  schedule.Tell(Schedule::OfStamp(kStamp + 500), {kNow + 900, kNow + 950});
  EXPECT_EQ(schedule.FindStamp(kStamp + 500).intended_ns, kNow + 900);
  EXPECT_EQ(schedule.FindStamp(kStamp + 500).sent_ns, kNow + 950);
  EXPECT_EQ(schedule.FindStamp(kStamp + 601).intended_ns, Schedule::kUnknown);  // Not sent yet.
  schedule.FollowStamps(kStamp, kStamp + 600, kNow + 40, 2);
  EXPECT_EQ(schedule.FindStamp(kStamp + 600).intended_ns, kNow + 340);
}

TEST(ScheduleTest, AReaderNeverSeesTimesOfTwoPackets) {
  Schedule schedule(Schedule::Key::kMessage, 2);  // Everything is overwritten all the time.
  std::atomic<bool> stop{false};
  std::thread sender([&] {
    for (uint64_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
      const uint64_t message = i * 2654435761 % 8;
      const auto time_ns = static_cast<int64_t>(message);
      schedule.Tell(Schedule::OfMessage(0, message), {time_ns, -time_ns});
    }
  });
  uint64_t torn = 0;
  for (uint64_t found = 0, i = 0; found < 1'000; ++i) {
    const uint64_t message = i % 8;
    const Schedule::Times times = schedule.Find(Schedule::OfMessage(0, message));
    if (times.intended_ns == Schedule::kUnknown) continue;
    ++found;
    const auto time_ns = static_cast<int64_t>(message);
    torn += times.intended_ns != time_ns || times.sent_ns != -time_ns;
  }
  stop = true;
  sender.join();
  EXPECT_EQ(torn, 0u);
}

TEST(LoopMeterTest, CountsFromTheScheduleAndFromTheStart) {
  const auto meter = std::make_unique<LoopMeter>();
  meter->Done({kNow, kNow + 100}, kNow + 1'000, 2);
  LoopSnapshot snapshot = meter->Snapshot();
  EXPECT_EQ(snapshot.from_schedule.total(), 2u);
  EXPECT_EQ(snapshot.from_schedule.max(), 1'000);
  EXPECT_EQ(snapshot.from_start.max(), 900);
}

TEST(LoopMeterTest, AClosedLoopStartsWhenTheOneBeforeIsDone) {
  const auto meter = std::make_unique<LoopMeter>();
  meter->Done({kNow, kNow}, kNow + 10'000, 1);
  meter->EndOfRun(kNow + 10'000);
  meter->Done({kNow + 100, kNow + 100}, kNow + 10'050, 1);  // Waited for the one before.
  const LoopSnapshot snapshot = meter->Snapshot();
  EXPECT_EQ(snapshot.from_schedule.max(), 10'000);
  EXPECT_EQ(snapshot.from_schedule.min(), 9'950);
  EXPECT_EQ(snapshot.from_start.max(), 10'000);
  EXPECT_EQ(snapshot.from_start.min(), 50);
}

TEST(LoopMeterTest, WhoseTimesAreNotKnownIsCountedApart) {
  const auto meter = std::make_unique<LoopMeter>();
  meter->Done({}, kNow, 3);
  meter->Done({kNow, Schedule::kUnknown}, kNow + 5, 1);  // Nothing was done before either.
  meter->EndOfRun(kNow + 5);
  meter->Done({kNow + 1, Schedule::kUnknown}, kNow + 8, 1);
  const LoopSnapshot snapshot = meter->Snapshot();
  EXPECT_EQ(snapshot.untimed, 3u);
  EXPECT_EQ(snapshot.from_schedule.total(), 2u);
  EXPECT_EQ(snapshot.from_start.total(), 1u);
  EXPECT_EQ(snapshot.from_start.max(), 3);
}

TEST(OpenLoopTest, RatesAreThoseOfTheScheduleAndOfTheSending) {
  const auto loop =
      std::make_unique<OpenLoop>(OpenLoop::Options{.schedule = "a clock", .places = 64});
  EXPECT_EQ(loop->OfferedPerSecond(), 0);
  for (int64_t i = 0; i <= 1'000; ++i) loop->Sent({kNow + i * 1'000'000, kNow + i * 1'250'000});
  EXPECT_DOUBLE_EQ(loop->OfferedPerSecond(), 1'000);
  EXPECT_DOUBLE_EQ(loop->AchievedPerSecond(), 800);
  EXPECT_EQ(loop->lateness().Snapshot().total(), 1'001u);
  EXPECT_EQ(loop->lateness().Snapshot().max(), 250'000'000);
}

TEST(OpenLoopTest, TheTextSaysBothFiguresWhatTheyAreAndHowWrongOneWouldBe) {
  const auto loop = std::make_unique<OpenLoop>(
      OpenLoop::Options{.schedule = "the capture's stamps at 2x", .places = 64});
  const auto meter = std::make_unique<LoopMeter>();
  int64_t free_ns = 0;
  for (int64_t i = 0; i < 100'000; ++i) {
    const Schedule::Times times{kNow + i * 1'000, kNow + i * 1'000};
    loop->Sent(times);
    free_ns = std::max(free_ns, times.sent_ns) + (i == 1'000 ? 5'000'000 : 800);
    meter->Done(times, free_ns, 1);
    meter->EndOfRun(free_ns);
  }
  const std::string text = TextLoop(*loop, meter->Snapshot());
  for (const char* part :
       {"Open loop: sent by the capture's stamps at 2x", "1,000,000 packets a", "from schedule",
        "from actual start", "sender's lateness", "a closed loop would have said"}) {
    EXPECT_TRUE(absl::StrContains(text, part)) << part << "\n" << text;
  }
  LoopSnapshot untimed;
  untimed.untimed = 12;
  EXPECT_TRUE(absl::StrContains(TextLoop(*loop, untimed), "12 updates are in neither figure"));
}

TEST(OpenLoopTest, ASenderAloneHasItsLatenessOnly) {
  const auto loop =
      std::make_unique<OpenLoop>(OpenLoop::Options{.schedule = "a clock", .places = 64});
  EXPECT_EQ(TextLoop(*loop, {}), "");
  loop->Sent({kNow, kNow + 1'000});
  const std::string text = TextLoop(*loop, {});
  EXPECT_TRUE(absl::StrContains(text, "sender's lateness")) << text;
  EXPECT_FALSE(absl::StrContains(text, "from actual start")) << text;
}

}  // namespace
}  // namespace fh::latency
