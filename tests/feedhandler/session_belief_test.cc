// What is believed, and when: one packet is no proof, a row of them is, and what was believed wrongly
// is taken back. The attack simulation has all of it at once; here each stands alone.
#include <gtest/gtest.h>

#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1'000 * kMs;
constexpr uint32_t kForged = 1;
constexpr uint32_t kTrue = 2;

// Four packets in a row are believed.
class SessionBelief : public testing::Test {
 protected:
  SessionBelief() {
    for (uint64_t first = 1; first <= 4; ++first) Say(first);
    EXPECT_EQ(harness_.TakeLog(), "start joined; 1-4");
  }

  // A packet of one message, each a millisecond after the one before.
  void Say(uint64_t first, char session = 'S', uint8_t line = 0, uint32_t tag = kTrue) {
    now_ns_ += kMs;
    harness_.Send({.line = line,
                   .first = first,
                   .count = 1,
                   .at_ns = now_ns_,
                   .session = session,
                   .tag = tag});
  }
  void GoOn(uint64_t from, uint64_t to, uint8_t line = 0) {
    for (uint64_t first = from; first <= to; ++first) Say(first, 'S', line);
  }
  void Wait(int64_t ns) {
    now_ns_ += ns;
    harness_.Idle(now_ns_);
  }
  const SessionStats& stats() { return harness_.session().stats(); }
  const LineStats& line_stats(uint32_t line) { return harness_.session().line_stats(line); }

  int64_t now_ns_ = 0;
  SessionHarness harness_{
      SessionOptions{.lines = 2, .gap_timeout_ns = 50 * kMs, .early_gap_packets = 0}};
};

TEST_F(SessionBelief, OneWildNumberIsNotBelieved) {
  Say(1'000'000, 'S', 0, kForged);
  GoOn(5, 12);
  Wait(kSecond);
  EXPECT_EQ(harness_.TakeLog(), "5-12");
  EXPECT_EQ(stats().unbelieved, 1u);
  EXPECT_EQ(harness_.outstanding(), 0u);
}

TEST_F(SessionBelief, TheSamePacketAgainIsNoMoreOfAProof) {
  for (int i = 0; i < 4; ++i) Say(1'000'000, 'S', 0, kForged);
  GoOn(5, 12);
  Wait(kSecond);
  EXPECT_EQ(harness_.TakeLog(), "5-12");
  EXPECT_EQ(harness_.outstanding(), 0u);
}

TEST_F(SessionBelief, ARowIsBelieved) {
  for (uint64_t first = 1'000'000; first < 1'000'004; ++first) Say(first);
  Wait(60 * kMs);
  EXPECT_EQ(harness_.TakeLog(), "gap 5-999999 lost; 1000000-1000003!");
}

TEST_F(SessionBelief, AnotherSessionTakesARowToo) {
  Say(1, 'T', 0, kForged);
  GoOn(5, 5);
  for (int i = 0; i < 4; ++i) Say(1, 'T', 1, kForged);
  EXPECT_EQ(harness_.TakeLog(), "5-5");
  for (uint64_t first = 2; first <= 4; ++first) Say(first, 'T', 1);
  EXPECT_EQ(harness_.TakeLog(), "start new; 1-4");
}

TEST_F(SessionBelief, WhatWaitsForOneSessionWaitsOnWhileAnotherBegins) {
  Say(1, 'T', 0);
  for (uint64_t first = 1; first <= 4; ++first) Say(first, 'U', 1);
  EXPECT_EQ(harness_.TakeLog(), "start new; 1-4");
  for (uint64_t first = 2; first <= 4; ++first) Say(first, 'T', 0);
  EXPECT_EQ(harness_.TakeLog(), "start new; 1-4");
}

TEST_F(SessionBelief, ALineThatGoesOnBreaksItsRow) {
  for (uint64_t first = 1; first <= 3; ++first) Say(first, 'T', 0, kForged);
  GoOn(5, 5);
  Say(4, 'T', 0, kForged);
  GoOn(6, 6);
  EXPECT_EQ(harness_.TakeLog(), "5-6");
}

TEST_F(SessionBelief, WhatNobodyGoesOnWithIsLetGoAndCounted) {
  for (uint64_t first = 1; first <= 2; ++first) Say(first, 'T', 1, kForged);
  EXPECT_EQ(harness_.outstanding(), 2u);
  for (uint64_t first = 5; first <= 60; ++first) {
    Say(first);
    now_ns_ += kSecond;
  }
  EXPECT_EQ(harness_.TakeLog(), "5-60");
  EXPECT_EQ(harness_.outstanding(), 0u);
  EXPECT_EQ(stats().unbelieved, 2u);
  EXPECT_EQ(stats().dropped_messages, 2u);
  EXPECT_EQ(line_stats(1).dropped_messages, 2u);
  EXPECT_EQ(harness_.accounted_messages(), harness_.sent_messages());
}

TEST_F(SessionBelief, AClaimOfALineThatFellSilentIsLetGo) {
  Say(1'000'000, 'S', 1, kForged);
  for (uint64_t first = 5; first <= 20; ++first) {
    Say(first);
    now_ns_ += kSecond;
  }
  EXPECT_EQ(harness_.TakeLog(), "5-20");
  EXPECT_EQ(harness_.outstanding(), 0u);
  EXPECT_EQ(stats().unbelieved, 1u);
}

TEST_F(SessionBelief, ALineIsWhereItWentOnNotWhereItClaimedToBe) {
  Say(50, 'S', 0, kForged);
  GoOn(5, 20);
  EXPECT_EQ(harness_.TakeLog(), "5-20");
  EXPECT_EQ(line_stats(0).skipped_messages, line_stats(0).brought_messages)
      << "the line itself left nothing out";
  GoOn(21, 59, 1);
  Say(60);
  EXPECT_EQ(line_stats(0).skipped_messages - line_stats(0).brought_messages, 38u)
      << "21 to 59, but 50, which it has brought, whatever it was";
}

TEST_F(SessionBelief, ADoubtedPacketMakesWayForTheTrueOne) {
  Say(10, 'S', 0, kForged);
  GoOn(5, 9);
  EXPECT_EQ(harness_.TakeLog(), "5-9");
  GoOn(10, 12);
  EXPECT_EQ(harness_.TakeLog(), "10-12");
  EXPECT_EQ(stats().unbelieved, 1u);
}

TEST_F(SessionBelief, AWrongGuessIsTakenBackAndNothingOfItIsLost) {
  Say(50, 'S', 0, kForged);
  Wait(60 * kMs);
  EXPECT_EQ(harness_.TakeLog(), "gap 5-49 lost; 50-50!");
  harness_.MarkClean();
  GoOn(5, 8);
  EXPECT_EQ(harness_.TakeLog(), "start corrected; 5-8!");
  EXPECT_EQ(stats().corrections, 1u);
  EXPECT_EQ(stats().missing_messages, 45u);
  EXPECT_EQ(stats().taken_back_messages, 45u);
  EXPECT_TRUE(harness_.session().maybe_bad_book()) << "the forged message may be in the book";
}

// Duplicates and heartbeats may come for ever on a quiet channel; what brings nothing for long and is
// neither says that something is wrong.
TEST_F(SessionBelief, AChannelThatGetsPacketsAndNoMessageIsStuckUntilOneComes) {
  const auto reject = [this] {
    now_ns_ += kMs;
    harness_.Send({.at_ns = now_ns_, .kind = codecs::FrameKind::kRejected});
  };
  for (int i = 0; i < 100; ++i) reject();
  EXPECT_EQ(stats().stuck_times, 0u) << "not for long yet";
  now_ns_ += 3 * kSecond;
  reject();
  EXPECT_EQ(stats().stuck_times, 1u);
  EXPECT_TRUE(stats().is_stuck);
  reject();
  EXPECT_EQ(stats().stuck_times, 1u) << "said once";
  GoOn(5, 5);
  EXPECT_FALSE(stats().is_stuck);
  EXPECT_EQ(stats().vain_packets, 0u);
}

}  // namespace
}  // namespace fh::test
