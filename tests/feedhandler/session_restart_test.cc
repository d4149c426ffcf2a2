// New sessions, restarts under the same id, the end of a session.
#include <gtest/gtest.h>

#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

using codecs::FrameKind;

constexpr int64_t kMs = 1'000'000;

SessionOptions TwoLines() {
  return Trusting({.lines = 2, .gap_timeout_ns = 10 * kMs, .early_gap_packets = 0});
}

// Regression: a channel reset in mid-session corrupted books.
TEST(SessionRestart, ANewSessionIdFinishesTheOldOneAndClears) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2});
  harness.Send({.line = 0, .first = 5, .count = 1});
  harness.Send({.line = 0, .first = 1, .count = 2, .session = 'T'});
  EXPECT_EQ(harness.Log(), "start joined; 1-2; gap 3-4 lost; 5-5!; start new; 1-2");
  EXPECT_EQ(harness.session().session_id().bytes[0], 'T');
  EXPECT_EQ(harness.events().back().session.bytes[0], 'T');
  EXPECT_EQ(harness.events()[1].session.bytes[0], 'S');
  EXPECT_FALSE(harness.session().maybe_bad_book());
  EXPECT_EQ(harness.outstanding(), 0u);
}

TEST(SessionRestart, AClosedSessionNeverComesBack) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2});
  harness.Send({.line = 0, .first = 1, .count = 1, .session = 'T'});
  harness.Send({.line = 1, .first = 3, .count = 2});
  harness.Send({.line = 1, .first = 5, .kind = FrameKind::kHeartbeat});
  harness.Send({.line = 1, .first = 1, .count = 1, .session = 'T'});
  harness.Send({.line = 1, .first = 2, .count = 1, .session = 'T'});
  EXPECT_EQ(harness.Log(), "start joined; 1-2; start new; 1-2");
  EXPECT_EQ(harness.session().stats().stale_session, 2u);
  EXPECT_EQ(harness.session().stats().dropped_messages, 2u);
  EXPECT_EQ(harness.session().line_stats(1).stale_packets, 2u);
}

TEST(SessionRestart, OnlySoManyClosedSessionsAreRemembered) {
  SessionHarness harness(TwoLines());
  const auto id = [](uint32_t i) { return static_cast<char>('A' + i); };
  for (uint32_t i = 0; i <= Admission::kClosedSessions; ++i) {
    harness.Send({.first = 1, .count = 1, .session = id(i)});
  }
  EXPECT_EQ(harness.session().stats().sessions, Admission::kClosedSessions + 1);
  harness.Send({.first = 2, .count = 1, .session = id(0)});  // The oldest still remembered.
  EXPECT_EQ(harness.session().stats().stale_session, 1u);
  harness.Send({.first = 1, .count = 1, .session = 'z'});
  harness.Send({.first = 1, .count = 1, .session = id(0)});  // Forgotten.
  EXPECT_EQ(harness.session().stats().sessions, Admission::kClosedSessions + 3);
}

TEST(SessionRestart, TheBeginningOfANewSessionMayComeFromTheOtherLine) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 1, .at_ns = 0});
  harness.Send({.line = 0, .first = 4, .count = 1, .at_ns = kMs, .session = 'T'});
  harness.Send({.line = 1, .first = 1, .count = 2, .at_ns = kMs, .session = 'T'});
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1; start new; 1-2");
  harness.Idle(20 * kMs);
  EXPECT_EQ(harness.TakeLog(), "gap 3-3 lost; 4-4!");
}

TEST(SessionRestart, ANewSessionThatIsUnderWayIsALateJoin) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 1, .at_ns = 0});
  harness.Send({.line = 0, .first = 500, .count = 1, .at_ns = kMs, .session = 'T'});
  harness.Idle(20 * kMs);
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1; start new; gap 1-499 late_join; 500-500!");
  // Far ahead of everything: the first packet of a stream is believed, and not waited for.
  harness.Send({.line = 0, .first = 1ull << 40, .count = 1, .at_ns = 21 * kMs, .session = 'U'});
  EXPECT_EQ(harness.TakeLog(),
            "start new; gap 1-1099511627775 late_join; 1099511627776-1099511627776!");
}

TEST(SessionRestart, TheSameIdStartingOverIsARestart) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2, .stream_start = true, .send_ns = 100});
  harness.Send({.line = 0, .first = 3, .count = 2, .send_ns = 110});
  harness.Send({.line = 0, .first = 1, .count = 1, .stream_start = true, .send_ns = 200});
  harness.Send({.line = 0, .first = 2, .count = 1, .send_ns = 210});
  EXPECT_EQ(harness.Log(), "start joined; 1-4; start restarted; 1-2");
  EXPECT_EQ(harness.session().stats().restarts, 1u);
}

TEST(SessionRestart, ADuplicateOfTheFirstPacketIsNone) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2, .stream_start = true, .send_ns = 100});
  harness.Send({.line = 0, .first = 3, .count = 2, .send_ns = 110});
  harness.Send({.line = 0, .first = 1, .count = 2, .stream_start = true, .send_ns = 100});
  harness.Send({.line = 1, .first = 1, .count = 2, .stream_start = true, .send_ns = 100});
  EXPECT_EQ(harness.Log(), "start joined; 1-4");
}

// The other line's copy may be stamped by another clock.
TEST(SessionRestart, TheFirstPacketOfALineIsNoneWhileAnotherLineIsAlive) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2, .stream_start = true, .send_ns = 100});
  harness.Send({.line = 1, .first = 1, .count = 2, .stream_start = true, .send_ns = 101});
  harness.Send({.line = 1, .first = 3, .count = 2, .send_ns = 103});
  EXPECT_EQ(harness.Log(), "start joined; 1-4");
}

TEST(SessionRestart, ALineThatTakesOverFromADeadOneMayRestart) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2, .stream_start = true, .send_ns = 100});
  harness.Send({.line = 1,
                .first = 1,
                .count = 2,
                .at_ns = 4000 * kMs,
                .stream_start = true,
                .send_ns = 900});
  EXPECT_EQ(harness.Log(), "start joined; 1-2; start restarted; 1-2");
}

TEST(SessionRestart, HeartbeatsBeforeTheFirstMessageAreNone) {
  SessionHarness harness(TwoLines());
  for (int64_t i = 1; i < 4; ++i) {
    harness.Send({.line = 0,
                  .first = 1,
                  .kind = FrameKind::kHeartbeat,
                  .stream_start = true,
                  .send_ns = 100 * i});
  }
  harness.Send({.line = 0, .first = 1, .count = 2, .stream_start = true, .send_ns = 500});
  EXPECT_EQ(harness.Log(), "start joined; 1-2");
}

TEST(SessionRestart, FramingsWithoutATimeOfSendingNeverRestart) {
  SessionHarness harness(TwoLines());
  harness.Send({.first = 1, .count = 2, .stream_start = true});
  harness.Send({.first = 3, .count = 2});
  harness.Send({.first = 1, .count = 2, .stream_start = true});
  EXPECT_EQ(harness.Log(), "start joined; 1-4");
}

TEST(SessionRestart, ALineThatStillCarriesTheOldRunIsDroppedUntilItRestarts) {
  SessionHarness harness(TwoLines());
  for (uint8_t line = 0; line < 2; ++line) {
    harness.Send({.line = line, .first = 1, .count = 4, .stream_start = true, .send_ns = 100});
  }
  harness.Send({.line = 0, .first = 1, .count = 1, .stream_start = true, .send_ns = 200});
  harness.Send({.line = 1, .first = 5, .count = 1, .send_ns = 110});
  harness.Send({.line = 0, .first = 2, .count = 1, .send_ns = 210});
  harness.Send({.line = 1, .first = 1, .count = 1, .stream_start = true, .send_ns = 200});
  harness.Send({.line = 1, .first = 2, .count = 2, .send_ns = 220});
  EXPECT_EQ(harness.Log(), "start joined; 1-4; start restarted; 1-3");
  EXPECT_EQ(harness.session().stats().stale_restart, 1u);
  EXPECT_EQ(harness.session().stats().restarts, 1u);
  EXPECT_EQ(harness.session().line_stats(1).won_messages, 1u);
}

TEST(SessionRestart, ALineMayLoseItsOwnRestartPacket) {
  SessionHarness harness(TwoLines());
  for (uint8_t line = 0; line < 2; ++line) {
    harness.Send({.line = line, .first = 1, .count = 4, .stream_start = true, .send_ns = 100});
  }
  harness.Send({.line = 0, .first = 1, .count = 1, .stream_start = true, .send_ns = 200});
  harness.Send({.line = 1, .first = 2, .count = 2, .send_ns = 220});
  EXPECT_EQ(harness.Log(), "start joined; 1-4; start restarted; 1-3");
}

TEST(SessionRestart, PublishersWithDifferentClocksAreFollowed) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 4, .stream_start = true, .send_ns = 100});
  harness.Send({.line = 1, .first = 1, .count = 4, .stream_start = true, .send_ns = 90});
  harness.Send({.line = 0, .first = 1, .count = 1, .stream_start = true, .send_ns = 200});
  harness.Send({.line = 1, .first = 1, .count = 1, .stream_start = true, .send_ns = 190});
  harness.Send({.line = 1, .first = 2, .count = 1, .send_ns = 195});
  EXPECT_EQ(harness.Log(), "start joined; 1-4; start restarted; 1-2");
  EXPECT_EQ(harness.session().stats().stale_restart, 0u);
}

TEST(SessionRestart, AStragglerOfTheOldRunOnARestartedLineIsDropped) {
  SessionHarness harness(TwoLines());
  harness.Send({.first = 1, .count = 4, .stream_start = true, .send_ns = 100});
  harness.Send({.first = 1, .count = 1, .stream_start = true, .send_ns = 200});
  harness.Send({.first = 5, .count = 1, .send_ns = 110});
  harness.Send({.first = 2, .count = 1, .send_ns = 110});
  harness.Flush();
  EXPECT_EQ(harness.Log(), "start joined; 1-4; start restarted; 1-1");
  EXPECT_EQ(harness.session().stats().stale_restart, 2u);
}

TEST(SessionRestart, AnUnseenRestartShowsInTheCounters) {
  SessionHarness harness(TwoLines());
  harness.Send({.first = 1, .count = 8, .stream_start = true, .send_ns = 100});
  harness.Send({.first = 2, .count = 1, .send_ns = 210});
  harness.Send({.first = 3, .count = 1, .send_ns = 220});
  EXPECT_EQ(harness.Log(), "start joined; 1-8");
  harness.Flush();
  EXPECT_EQ(harness.Log(), "start joined; 1-8");
  EXPECT_EQ(harness.session().line_stats(0).went_back_packets, 2u);
}

TEST(SessionEnd, IsReportedOnceWhenNothingIsOutstanding) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2});
  for (uint8_t line = 0; line < 2; ++line) {
    harness.Send({.line = line, .first = 3, .kind = FrameKind::kEndOfSession});
    harness.Send({.line = line, .first = 3, .kind = FrameKind::kEndOfSession});
  }
  EXPECT_EQ(harness.Log(), "start joined; 1-2; end 3");
}

TEST(SessionEnd, WaitsForWhatIsMissing) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2});
  harness.Send({.line = 0, .first = 5, .kind = FrameKind::kEndOfSession});
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-2");
  harness.Send({.line = 1, .first = 3, .count = 2});
  EXPECT_EQ(harness.TakeLog(), "3-4; end 5");
}

TEST(SessionEnd, ComesAfterGapsThatWereGivenUp) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2});
  harness.Send({.line = 0, .first = 5, .kind = FrameKind::kEndOfSession});
  harness.Idle(10 * kMs);
  harness.Send({.line = 0, .first = 1, .count = 1, .session = 'T'});
  EXPECT_EQ(harness.Log(), "start joined; 1-2; gap 3-4 lost; end 5; start new; 1-1");
}

TEST(SessionEnd, IsReportedByAChangeOfSessionIfItWasStillPending) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 2});
  harness.Send({.line = 0, .first = 5, .kind = FrameKind::kEndOfSession});
  harness.Send({.line = 0, .first = 1, .count = 1, .session = 'T'});
  EXPECT_EQ(harness.Log(), "start joined; 1-2; gap 3-4 lost; end 5; start new; 1-1");
}

TEST(SessionEnd, AnEndThatIsBehindWhatWasDeliveredIsIgnored) {
  SessionHarness harness(TwoLines());
  harness.Send({.line = 0, .first = 1, .count = 5});
  harness.Send({.line = 0, .first = 3, .kind = FrameKind::kEndOfSession});
  harness.Send({.line = 0, .first = 6, .count = 1});
  EXPECT_EQ(harness.Log(), "start joined; 1-6");
}

}  // namespace
}  // namespace fh::test
