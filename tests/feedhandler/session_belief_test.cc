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

// ---- What long sweeps of the attack simulation found

// Lines whose packets carry a time of sending, a millisecond for each message.
class TimedBelief : public testing::Test {
 protected:
  void Send(uint8_t line, uint64_t first, uint32_t count, int64_t send_ns, bool starts = false) {
    now_ns_ += kMs / 10;
    harness_.Send({.line = line,
                   .first = first,
                   .count = count,
                   .at_ns = now_ns_,
                   .stream_start = starts,
                   .send_ns = send_ns});
  }
  void Wait(int64_t ns) {
    now_ns_ += ns;
    harness_.Idle(now_ns_);
  }
  // Line 0 brings 1 to 40, line 1 the first ten of them.
  void BringLineOneBehind() {
    for (int64_t n = 1; n <= 40; ++n) Send(0, static_cast<uint64_t>(n), 1, n * kMs);
    for (int64_t n = 1; n <= 10; ++n) Send(1, static_cast<uint64_t>(n), 1, n * kMs);
    EXPECT_EQ(harness_.TakeLog(), "start joined; 1-40");
  }

  int64_t now_ns_ = 100 * kSecond;
  SessionHarness harness_{
      SessionOptions{.lines = 2, .gap_timeout_ns = 50 * kMs, .early_gap_packets = 0}};
};

TEST_F(SessionBelief, ALineStandsWhereItsCorrectionDid) {
  SessionHarness harness(SessionOptions{.lines = 1, .gap_timeout_ns = 50 * kMs});
  harness.Send({.first = 1'000'000, .count = 1, .at_ns = kMs});
  harness.Idle(kSecond);
  for (uint64_t n = 1; n <= 20; ++n) {
    harness.Send({.first = n, .count = 1, .at_ns = kSecond + static_cast<int64_t>(n) * kMs});
  }
  EXPECT_EQ(harness.Log(),
            "start joined; gap 1-999999 late_join; 1000000-1000000!; start corrected; 1-20!");
  EXPECT_EQ(harness.session().line_stats(0).repeated_messages, 0u);
}

TEST_F(SessionBelief, WhereAGuessWasTakenBackOnePacketFromBelowIsNotBelieved) {
  const auto heartbeat = [this](uint64_t first) {
    now_ns_ += kMs;
    harness_.Send({.first = first, .at_ns = now_ns_, .kind = codecs::FrameKind::kHeartbeat});
  };
  heartbeat(10);
  Wait(60 * kMs);
  Say(10);
  heartbeat(20);
  Wait(60 * kMs);
  heartbeat(11);
  ASSERT_EQ(harness_.TakeLog(), "gap 5-9 lost; 10-10!; gap 11-19 lost; start corrected");
  Say(7);
  EXPECT_EQ(harness_.TakeLog(), "");
  EXPECT_EQ(harness_.session().expected(), 11u);
}

TEST_F(SessionBelief, ARowFromBelowCountsOnPastWhereTheGuessStands) {
  SessionHarness harness(SessionOptions{.lines = 1, .gap_timeout_ns = 50 * kMs});
  harness.Send({.first = 11, .count = 3, .at_ns = kMs});
  harness.Idle(kSecond);
  ASSERT_EQ(harness.TakeLog(), "start joined; gap 1-10 late_join; 11-13!");
  harness.Send({.first = 1, .count = 5, .at_ns = kSecond + 1 * kMs});
  harness.Send({.first = 6, .count = 5, .at_ns = kSecond + 2 * kMs});
  harness.Send({.first = 11, .count = 6, .at_ns = kSecond + 3 * kMs});
  harness.Send({.first = 17, .count = 3, .at_ns = kSecond + 4 * kMs});
  EXPECT_EQ(harness.TakeLog(), "start corrected; 1-19!");
}

// Without a time of sending, while another line still brings what is new.
TEST_F(SessionBelief, WhatIsReorderedAfterARestartIsNotTakenForTheStreamBefore) {
  GoOn(5, 200);
  harness_.TakeLog();
  uint64_t old_stream = 201;
  for (const uint64_t first : {1, 2, 4, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}) {
    Say(old_stream++, 'S', 1);
    Say(first);
  }
  EXPECT_EQ(stats().restarts, 1u);
}

TEST_F(TimedBelief, WhatStartsOverCountsOnPastAStreamOfOneMessage) {
  for (int64_t n = 1; n <= 5; ++n) Send(0, static_cast<uint64_t>(n), 1, n * kMs);
  Send(0, 1, 1, kSecond, /*starts=*/true);
  Wait(4 * kSecond);
  ASSERT_EQ(harness_.TakeLog(), "start joined; 1-5; start restarted; 1-1");
  now_ns_ += 10 * kSecond;
  Send(0, 1, 10, 100 * kSecond, /*starts=*/true);
  Send(0, 11, 8, 101 * kSecond);
  Send(0, 19, 8, 102 * kSecond);
  Send(0, 27, 8, 103 * kSecond);
  EXPECT_EQ(harness_.TakeLog(), "start restarted; 1-34");
}

TEST_F(TimedBelief, ALineThatWasAheadOfItselfOnceGoesOnWhereItWas) {
  BringLineOneBehind();
  Send(1, 30, 1, 10 * kMs);  // Forged.
  Send(1, 11, 1, 11 * kMs);
  Send(1, 1, 1, kSecond, /*starts=*/true);  // Forged, and the next.
  Send(1, 2, 1, kSecond + kMs);
  Send(1, 12, 1, 12 * kMs);
  Send(1, 3, 1, kSecond + 2 * kMs);
  Send(1, 4, 1, kSecond + 3 * kMs);
  Send(1, 13, 1, 13 * kMs);
  EXPECT_EQ(harness_.TakeLog(), "");
  EXPECT_EQ(harness_.session().stats().restarts, 0u);
}

TEST_F(TimedBelief, ALineThatWasAheadOfItselfAndOfAllGoesOnWhereItWas) {
  BringLineOneBehind();
  Send(1, 30, 1, 10 * kMs);  // Forged, and the next.
  Send(1, 1'000'000, 1, 10 * kMs);
  Send(1, 11, 1, 11 * kMs);
  Send(1, 1, 1, kSecond, /*starts=*/true);  // Forged, and the next.
  Send(1, 2, 1, kSecond + kMs);
  Send(1, 12, 1, 12 * kMs);
  Send(1, 3, 1, kSecond + 2 * kMs);
  Send(1, 4, 1, kSecond + 3 * kMs);
  Send(1, 13, 1, 13 * kMs);
  EXPECT_EQ(harness_.TakeLog(), "");
  EXPECT_EQ(harness_.session().stats().restarts, 0u);
}

}  // namespace
}  // namespace fh::test
