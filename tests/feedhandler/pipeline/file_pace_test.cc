// A capture's packets at the times of their stamps, on a clock that only moves when it is asked.
#include "feedhandler/pipeline/file_pace.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

#include "tests/replay/fake_pace_clock.h"

namespace fh {
namespace {

using latency::OpenLoop;
using latency::Schedule;
using test::FakePaceClock;

constexpr int64_t kFirstStamp = 1'700'000'000'000'000'000;

rio::Packet Stamped(int64_t stamp_ns) {
  return {.stamp_ns = stamp_ns, .stamp_source = rio::StampSource::kCapture};
}

class FilePaceTest : public testing::Test {
 protected:
  FilePace Pace(double speed) {
    return FilePace({.speed = speed, .clock = &clock_, .loop = loop_.get()}, pace_clock_);
  }

  // Sends the packet when it is due; how late that was, by the schedule.
  int64_t Send(FilePace& pace, int64_t stamp_ns) {
    rio::Packet packet = Stamped(stamp_ns);
    while (!pace.IsDue(packet, true)) {
    }
    pace.Sent(packet);
    EXPECT_NE(packet.dequeue_ticks, 0u);
    const Schedule::Times times = loop_->schedule().Find(Schedule::OfStamp(stamp_ns));
    EXPECT_EQ(times.sent_ns, clock_.ToUnixNs(packet.dequeue_ticks));
    return times.sent_ns - times.intended_ns;
  }

  const latency::Clock clock_;
  FakePaceClock pace_clock_;
  std::unique_ptr<OpenLoop> loop_ = std::make_unique<OpenLoop>(OpenLoop::Options{.schedule = "s"});
};

TEST_F(FilePaceTest, PacketsGoOutAtTheirDistanceFromTheFirstDividedBySpeed) {
  FilePace pace = Pace(2);
  EXPECT_LT(Send(pace, kFirstStamp), 200);
  const int64_t origin_ns = pace_clock_.now_ns;
  for (int64_t i = 1; i <= 100; ++i) {
    EXPECT_LT(Send(pace, kFirstStamp + i * 700'000), 200);
    EXPECT_NEAR(static_cast<double>(pace_clock_.now_ns - origin_ns),
                static_cast<double>(i) * 350'000, 300);
  }
  EXPECT_EQ(loop_->packets(), 101u);
}

TEST_F(FilePaceTest, Trap14AReaderHeldUpForTenMillisecondsIsLateAndTheScheduleStays) {
  FilePace pace = Pace(1);
  for (int64_t i = 0; i < 300; ++i) {
    if (i == 100) pace_clock_.now_ns += 10'000'000;
    const int64_t late_ns = Send(pace, kFirstStamp + i * 100'000);
    const int64_t expected_ns = i < 100 || i >= 200 ? 0 : 10'000'000 - (i - 99) * 100'000;
    EXPECT_NEAR(static_cast<double>(late_ns), static_cast<double>(expected_ns), 30'000) << i;
  }
  EXPECT_EQ(loop_->lateness().Snapshot().total(), 300u);
  EXPECT_NEAR(static_cast<double>(loop_->lateness().Snapshot().max()), 9'900'000, 30'000);
}

TEST_F(FilePaceTest, WaitsForAMomentOnlyAndNotAtAllWhenAskedNotTo) {
  FilePace pace = Pace(1);
  Send(pace, kFirstStamp);
  const rio::Packet later = Stamped(kFirstStamp + 3'600'000'000'000);
  const int64_t before_ns = pace_clock_.now_ns;
  EXPECT_FALSE(pace.IsDue(later, false));
  EXPECT_LT(pace_clock_.now_ns - before_ns, 100);
  EXPECT_FALSE(pace.IsDue(later, true));
  EXPECT_LT(pace_clock_.now_ns - before_ns, 2 * FilePace::kMostWaitNs);
}

TEST_F(FilePaceTest, AStampThatGoesBackIsDueWithItsPredecessor) {
  FilePace pace = Pace(1);
  Send(pace, kFirstStamp);
  Send(pace, kFirstStamp + 5'000'000);
  EXPECT_LT(Send(pace, kFirstStamp + 1'000'000), 1'000);
}

TEST_F(FilePaceTest, APacketWithoutAStampGoesOutAndHasNoTime) {
  FilePace pace = Pace(1);
  Send(pace, kFirstStamp);
  rio::Packet packet{};
  EXPECT_TRUE(pace.IsDue(packet, false));
  pace.Sent(packet);
  EXPECT_NE(packet.dequeue_ticks, 0u);
  EXPECT_EQ(loop_->packets(), 1u);
  EXPECT_EQ(loop_->schedule().FindStamp(clock_.NowUnixNs()).intended_ns, Schedule::kUnknown);
}

TEST_F(FilePaceTest, WhatTheTableForgotHasTheTimeOfTheRule) {
  loop_ = std::make_unique<OpenLoop>(OpenLoop::Options{.schedule = "s", .places = 2});
  FilePace pace = Pace(4);
  for (int64_t i = 0; i < 100; ++i) Send(pace, kFirstStamp + i * 1'000'000);
  const Schedule& schedule = loop_->schedule();
  const int64_t first_ns = schedule.FindStamp(kFirstStamp).intended_ns;
  EXPECT_NEAR(static_cast<double>(schedule.FindStamp(kFirstStamp + 40'000'000).intended_ns),
              static_cast<double>(first_ns + 10'000'000), 100'000);
}

}  // namespace
}  // namespace fh
