// Gaps: when they are given up, what is said of them, and how much a wild number may do.
#include <gtest/gtest.h>

#include <limits>

#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

using codecs::FrameKind;

constexpr int64_t kMs = 1'000'000;
constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

SessionOptions OneLine() {
  return Trusting({.lines = 1, .gap_timeout_ns = 10 * kMs, .early_gap_packets = 0});
}

TEST(SessionGap, IsReportedOnceAfterTheTimeoutAndMarksWhatFollows) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 2, .at_ns = 0});
  harness.Send({.first = 5, .count = 1, .at_ns = kMs});
  EXPECT_EQ(harness.session().NextDeadlineNs(), 11 * kMs);
  harness.Idle(11 * kMs - 1);
  EXPECT_EQ(harness.Log(), "start joined; 1-2");
  harness.Idle(11 * kMs);
  harness.Send({.first = 6, .count = 1, .at_ns = 12 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-2; gap 3-4 lost; 5-6!");
  EXPECT_EQ(harness.session().stats().missing_messages, 2u);
  EXPECT_EQ(harness.session().stats().timed_out_gaps, 1u);
  EXPECT_EQ(harness.session().NextDeadlineNs(), std::numeric_limits<int64_t>::max());
}

TEST(SessionGap, IsTimedByArrivalsToo) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1, .at_ns = 0});
  harness.Send({.first = 3, .count = 1, .at_ns = kMs});
  harness.Send({.first = 4, .count = 1, .at_ns = 12 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-1; gap 2-2 lost; 3-4!");
}

TEST(SessionGap, ThePacketThatFillsItIsTakenEvenWhenItComesAtTheDeadline) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1, .at_ns = 0});
  harness.Send({.first = 3, .count = 1, .at_ns = kMs});
  harness.Send({.first = 2, .count = 1, .at_ns = 50 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-3");
}

TEST(SessionGap, EachHasItsOwnTimeout) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1, .at_ns = 0});
  harness.Send({.first = 3, .count = 1, .at_ns = 0});
  harness.Send({.first = 5, .count = 1, .at_ns = 5 * kMs});
  harness.Idle(10 * kMs);
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1; gap 2-2 lost; 3-3!");
  harness.Idle(15 * kMs);
  EXPECT_EQ(harness.TakeLog(), "gap 4-4 lost; 5-5!");
}

TEST(SessionGap, APartOfAGapKeepsTheAgeOfTheWhole) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1, .at_ns = 0});
  harness.Send({.first = 9, .count = 1, .at_ns = 0});
  harness.Send({.first = 11, .count = 1, .at_ns = 5 * kMs});
  harness.Send({.first = 5, .count = 1, .at_ns = 8 * kMs});
  harness.Idle(10 * kMs);
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1; gap 2-4 lost; 5-5!; gap 6-8 lost; 9-9!");
  harness.Idle(15 * kMs);
  EXPECT_EQ(harness.TakeLog(), "gap 10-10 lost; 11-11!");
}

TEST(SessionGap, ATailThatGrowsKeepsTheAgeOfItsBeginning) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1, .at_ns = 0});
  harness.Send({.first = 3, .at_ns = kMs, .kind = FrameKind::kHeartbeat});
  harness.Send({.first = 4, .at_ns = 5 * kMs, .kind = FrameKind::kHeartbeat});
  harness.Send({.first = 6, .count = 1, .at_ns = 7 * kMs});
  EXPECT_EQ(harness.session().NextDeadlineNs(), 11 * kMs);
  harness.Idle(11 * kMs);
  EXPECT_EQ(harness.Log(), "start joined; 1-1; gap 2-5 lost; 6-6!");
}

// When the feed thread was held up, the packet that fills the gap may still wait in the socket of
// the other line: it is the slowest line that says how late it is.
TEST(SessionGap, WaitsForTheSlowestLineThatIsAlive) {
  SessionOptions options = OneLine();
  options.lines = 2;
  options.line_silent_ns = 1000 * kMs;
  SessionHarness harness(options);
  harness.Send({.line = 0, .first = 1, .count = 1, .at_ns = 0});
  harness.Send({.line = 1, .first = 1, .count = 1, .at_ns = 0});
  harness.Send({.line = 0, .first = 3, .count = 1, .at_ns = kMs});
  harness.Send({.line = 0, .first = 4, .count = 1, .at_ns = 60 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-1");
  harness.Send({.line = 1, .first = 2, .count = 1, .at_ns = 2 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-4");
  // A line that has been silent for long is not waited for.
  harness.Send({.line = 0, .first = 6, .count = 1, .at_ns = 2000 * kMs});
  harness.Send({.line = 0, .first = 7, .count = 1, .at_ns = 2011 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-4; gap 5-5 lost; 6-7!");
}

TEST(SessionGap, IsGivenUpEarlyWhenEveryLineHasMovedPastIt) {
  SessionOptions options = OneLine();
  options.lines = 2;
  options.early_gap_packets = 3;
  SessionHarness harness(options);
  harness.Send({.line = 0, .first = 1, .count = 1});
  harness.Send({.line = 1, .first = 1, .count = 1});
  harness.Send({.line = 0, .first = 3, .count = 1});  // Opens the gap.
  for (uint64_t number = 4; number <= 9; ++number) {
    harness.Send({.line = 0, .first = number, .count = 1});
  }
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1");  // B may still bring it.
  for (uint64_t number = 3; number <= 5; ++number) {
    harness.Send({.line = 1, .first = number, .count = 1});
  }
  EXPECT_EQ(harness.TakeLog(), "");
  harness.Send({.line = 1, .first = 6, .count = 1});
  EXPECT_EQ(harness.TakeLog(), "gap 2-2 lost; 3-9!");
  EXPECT_EQ(harness.session().stats().early_gaps, 1u);
}

TEST(SessionGap, TheOldestIsGivenUpWhenTheWindowIsFull) {
  SessionOptions options = OneLine();
  options.window_packets = 3;
  SessionHarness harness(options);
  harness.Send({.first = 1, .count = 1});
  harness.Send({.first = 3, .count = 1});
  harness.Send({.first = 5, .count = 1});
  harness.Send({.first = 7, .count = 1});
  EXPECT_EQ(harness.outstanding(), 3u);
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1");
  harness.Send({.first = 9, .count = 1});
  EXPECT_EQ(harness.TakeLog(), "gap 2-2 lost; 3-3!");
  EXPECT_EQ(harness.outstanding(), 3u);
  EXPECT_EQ(harness.session().stats().window_overflows, 1u);
  EXPECT_EQ(harness.broken(), "");
}

// The packet for which there is no room may be the one that starts lowest: then only what is below
// it is lost.
TEST(SessionGap, AFullWindowGivesUpNoMoreThanItMust) {
  SessionOptions options = OneLine();
  options.window_packets = 2;
  SessionHarness harness(options);
  harness.Send({.first = 1, .count = 1});
  harness.Send({.first = 8, .count = 1});
  harness.Send({.first = 10, .count = 1});
  harness.Send({.first = 5, .count = 1});
  EXPECT_EQ(harness.Log(), "start joined; 1-1; gap 2-4 lost; 5-5!");
  harness.Send({.first = 6, .count = 2});
  EXPECT_EQ(harness.Log(), "start joined; 1-1; gap 2-4 lost; 5-8!");
}

TEST(SessionGap, TheWindowIsBoundedByMessagesToo) {
  SessionOptions options = OneLine();
  options.window_messages = 100;
  SessionHarness harness(options);
  harness.Send({.first = 1, .count = 1});
  harness.Send({.first = 101, .count = 1});
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1");
  harness.Send({.first = 102, .count = 1});
  EXPECT_EQ(harness.TakeLog(), "gap 2-100 lost; 101-102!");
}

TEST(SessionGap, FlushGivesEverythingUpAndAllSlicesBack) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1});
  harness.Send({.first = 3, .count = 1});
  harness.Send({.first = 6, .count = 1});
  harness.Send({.first = 9, .kind = FrameKind::kHeartbeat});
  harness.Flush();
  EXPECT_EQ(harness.Log(),
            "start joined; 1-1; gap 2-2 lost; 3-3!; gap 4-5 lost; 6-6!; gap 7-8 lost");
  EXPECT_EQ(harness.outstanding(), 0u);
}

TEST(SessionGap, WhatComesAfterItWasGivenUpIsLateAndNeverDelivered) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1, .at_ns = 0});
  harness.Send({.first = 5, .count = 1, .at_ns = 0});
  harness.Idle(10 * kMs);
  harness.Send({.first = 1, .count = 5, .at_ns = 11 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-1; gap 2-4 lost; 5-5!");
  harness.Flush();
  EXPECT_EQ(harness.session().stats().late_messages, 3u);
  EXPECT_EQ(harness.session().stats().duplicate_messages, 2u);
}

TEST(SessionGap, AHeartbeatThatIsAheadTellsOfALostTail) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 2, .at_ns = 0});
  harness.Send({.first = 3, .at_ns = kMs, .kind = FrameKind::kHeartbeat});
  EXPECT_EQ(harness.session().NextDeadlineNs(), std::numeric_limits<int64_t>::max());
  harness.Send({.first = 5, .at_ns = 2 * kMs, .kind = FrameKind::kHeartbeat});
  EXPECT_EQ(harness.outstanding(), 0u);
  EXPECT_EQ(harness.session().NextDeadlineNs(), 12 * kMs);
  harness.Idle(12 * kMs);
  harness.Send({.first = 5, .count = 1, .at_ns = 13 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-2; gap 3-4 lost; 5-5!");
}

TEST(SessionGap, TheOtherLineFillsATailThatAHeartbeatAnnounced) {
  SessionOptions options = OneLine();
  options.lines = 2;
  SessionHarness harness(options);
  harness.Send({.line = 0, .first = 1, .count = 2});
  harness.Send({.line = 0, .first = 5, .kind = FrameKind::kHeartbeat});
  harness.Send({.line = 1, .first = 1, .count = 3});
  harness.Send({.line = 1, .first = 4, .count = 1});
  EXPECT_EQ(harness.Log(), "start joined; 1-4");
  EXPECT_EQ(harness.session().NextDeadlineNs(), std::numeric_limits<int64_t>::max());
}

TEST(SessionGap, ATailThatWasDamagedOnEveryLineIsReportedAsDamaged) {
  SessionOptions options = OneLine();
  options.lines = 2;
  SessionHarness harness(options);
  harness.Send({.line = 0, .first = 1, .count = 2, .at_ns = 0, .lost_in_tail = 3});
  harness.Send({.line = 1, .first = 1, .count = 3, .at_ns = 0, .lost_in_tail = 2});
  harness.Send({.line = 0, .first = 8, .count = 1, .at_ns = 0});
  harness.Idle(10 * kMs);
  EXPECT_EQ(harness.Log(), "start joined; 1-3; gap 4-5 damaged; gap 6-7 lost; 8-8!");
}

TEST(SessionGap, ADamagedTailThatNothingFollowsIsMissedAllTheSame) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 2, .at_ns = 0, .lost_in_tail = 3});
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-2");
  harness.Idle(harness.session().NextDeadlineNs());
  harness.Idle(harness.session().NextDeadlineNs());
  EXPECT_EQ(harness.TakeLog(), "gap 3-5 damaged");
}

TEST(SessionGap, ADamagedTailIsFilledByTheOtherLine) {
  SessionHarness harness(Trusting({.lines = 2}));
  harness.Send({.line = 0, .first = 1, .count = 2, .lost_in_tail = 3});
  harness.Send({.line = 0, .first = 6, .count = 1});
  harness.Send({.line = 1, .first = 1, .count = 5});
  EXPECT_EQ(harness.Log(), "start joined; 1-6");
}

TEST(SessionGap, MarkCleanEndsTheFlagUntilTheNextGap) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1});
  harness.Send({.first = 3, .count = 1});
  harness.Idle(10 * kMs);
  harness.MarkClean();
  harness.Send({.first = 4, .count = 1, .at_ns = 11 * kMs});
  harness.Send({.first = 6, .count = 1, .at_ns = 11 * kMs});
  harness.Flush();
  EXPECT_EQ(harness.Log(), "start joined; 1-1; gap 2-2 lost; 3-3!; 4-4; gap 5-5 lost; 6-6!");
}

TEST(SessionGap, LateJoinReportsWhatWasBeforeAndGoesOnFromThere) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 100, .count = 2});
  harness.Send({.first = 98, .count = 2});
  EXPECT_EQ(harness.Log(), "start joined; gap 1-99 late_join; 100-101!");
  EXPECT_EQ(harness.session().stats().late_messages, 2u);
  EXPECT_EQ(harness.session().stats().unseen_messages, 99u);
  EXPECT_EQ(harness.session().stats().gaps, 0u);
}

TEST(SessionGap, LateJoinByAHeartbeat) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 100, .kind = FrameKind::kHeartbeat});
  harness.Send({.first = 100, .count = 1});
  EXPECT_EQ(harness.Log(), "start joined; gap 1-99 late_join; 100-100!");
}

TEST(SessionGap, AStreamThatStartsWithNumberZeroIsTolerated) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 0, .count = 2});
  harness.Send({.first = 2, .count = 1});
  EXPECT_EQ(harness.Log(), "start joined; 0-2");
}

TEST(SessionGap, AHeartbeatBeforeTheFirstMessageIsNoLateJoin) {
  SessionHarness harness(Trusting({.lines = 1, .early_gap_packets = 0}));
  harness.Send({.first = 0, .kind = FrameKind::kHeartbeat});
  harness.Send({.first = 1, .kind = FrameKind::kHeartbeat});
  harness.Send({.first = 2, .count = 1});
  harness.Flush();
  EXPECT_EQ(harness.Log(), "start joined; gap 1-1 lost; 2-2!");
}

TEST(SessionGap, NumbersAtTheEndOfTheRangeDoNotOverflow) {
  SessionOptions options = OneLine();
  options.max_jump = uint64_t{1} << 62;
  options.jump_confirmations = 1;
  SessionHarness harness(options);
  harness.Send({.first = kMax - 20, .count = 10, .lost_in_tail = 100});
  harness.Send({.first = kMax - 10, .count = 20});
  harness.Send({.first = kMax - 9, .count = 5, .lost_in_tail = 0xffff});
  harness.Send({.first = kMax, .kind = FrameKind::kHeartbeat});
  harness.Send({.first = 5, .count = 0xffffffff});
  harness.Flush();
  EXPECT_EQ(harness.broken(), "");
  EXPECT_EQ(harness.outstanding(), 0u);
  EXPECT_EQ(harness.session().expected(), kMax);
  EXPECT_GE(harness.session().stats().unbelieved, 1u);
}

TEST(SessionGap, AHugeGapIsOneRangeAndOneStep) {
  SessionOptions options = OneLine();
  options.max_jump = uint64_t{1} << 62;
  SessionHarness harness(options);
  harness.Send({.first = 1, .count = 1});
  harness.Send({.first = uint64_t{1} << 61, .count = 1});
  EXPECT_EQ(harness.Log(),
            "start joined; 1-1; gap 2-2305843009213693951 lost; "
            "2305843009213693952-2305843009213693952!");
}

TEST(SessionGap, CaptureTimeThatGoesBackwardsDoesNotGiveUpGaps) {
  SessionHarness harness(OneLine());
  harness.Send({.first = 1, .count = 1, .at_ns = 100 * kMs});
  harness.Send({.first = 3, .count = 1, .at_ns = 100 * kMs});
  harness.Send({.first = 4, .count = 1, .at_ns = std::numeric_limits<int64_t>::min()});
  harness.Send({.first = 2, .count = 1, .at_ns = 99 * kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-4");
}

TEST(SessionOptionsTest, BadOnesAreRefusedWithTheFix) {
  EXPECT_TRUE(ValidateSessionOptions({}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.lines = 0}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.lines = 17}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.lines = 16, .recovery_lines = 1}).ok());
  EXPECT_TRUE(ValidateSessionOptions({.lines = 15, .recovery_lines = 1}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.max_burst = 0}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.window_packets = 0}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.window_packets = 65537}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.window_messages = 0}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.gap_timeout_ns = -1}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.max_jump = 0}).ok());
  EXPECT_FALSE(ValidateSessionOptions({.jump_confirmations = 0}).ok());
  EXPECT_EQ(ValidateSessionOptions({.window_packets = 0}).message(),
            "window_packets is 0; use 1 to 65536, and fewer than the region has slices");
}

}  // namespace
}  // namespace fh::test
