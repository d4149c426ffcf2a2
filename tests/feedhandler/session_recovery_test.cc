// The place for recovery sources: gaps are announced, waited for, and filled by arrivals of a
// recovery line, from whichever source; memory stays bounded meanwhile.
#include <gtest/gtest.h>

#include <array>
#include <deque>

#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

using codecs::FrameKind;

constexpr int64_t kMs = 1'000'000;
constexpr uint8_t kRecovery = 2;

SessionOptions WithRecovery() {
  return Trusting({.lines = 2,
                   .recovery_lines = 1,
                   .gap_timeout_ns = 10 * kMs,
                   .early_gap_packets = 0,
                   .announce_gaps = true});
}

// A stand-in for a retransmission server and its client: is told of gaps, asks some time later for
// what is still missing, and answers with at most three messages a packet.
class FakeRecovery {
 public:
  explicit FakeRecovery(SessionHarness& harness) : harness_(harness) {}

  // Reads new events and asks the session to wait.
  void Watch(int64_t now_ns) {
    const std::vector<SessionEvent>& events = harness_.events();
    for (; seen_ < events.size(); ++seen_) {
      if (events[seen_].kind != SessionEvent::Kind::kGapOpened) continue;
      harness_.session().AwaitRecovery(events[seen_].last, now_ns + 100 * kMs);
    }
  }

  void Answer(int64_t now_ns) {
    std::array<SequenceRange, 8> missing;
    const size_t count = harness_.session().Missing(missing);
    for (size_t i = 0; i < count; ++i) {
      for (uint64_t at = missing[i].first; at <= missing[i].last; at += 3) {
        const uint64_t end = std::min(at + 3, missing[i].last + 1);
        harness_.Send({.line = kRecovery,
                       .first = at,
                       .count = static_cast<uint32_t>(end - at),
                       .at_ns = now_ns});
      }
    }
  }

 private:
  SessionHarness& harness_;
  size_t seen_ = 0;
};

TEST(SessionRecovery, EverySkippedRangeIsAnnouncedOnce) {
  SessionHarness harness(WithRecovery());
  harness.Send({.line = 0, .first = 1, .count = 1});
  harness.Send({.line = 0, .first = 5, .count = 1});
  harness.Send({.line = 1, .first = 5, .count = 1});
  harness.Send({.line = 0, .first = 8, .kind = FrameKind::kHeartbeat});
  harness.Send({.line = 1, .first = 8, .kind = FrameKind::kHeartbeat});
  harness.Send({.line = 0, .first = 8, .count = 1, .lost_in_tail = 2});
  harness.Send({.line = 0, .first = 11, .count = 1});
  EXPECT_EQ(harness.Log(), "start joined; 1-1; opened 2-4; opened 6-7; opened 9-10");
  std::array<SequenceRange, 8> missing;
  ASSERT_EQ(harness.session().Missing(missing), 3u);
  EXPECT_EQ(missing[0], (SequenceRange{2, 4}));
  EXPECT_EQ(missing[1], (SequenceRange{6, 7}));
  EXPECT_EQ(missing[2], (SequenceRange{9, 10}));
  harness.Send({.line = 1, .first = 3, .count = 1});
  ASSERT_EQ(harness.session().Missing(std::span(missing).first(2)), 2u);
  EXPECT_EQ(missing[0], (SequenceRange{2, 2}));
  EXPECT_EQ(missing[1], (SequenceRange{4, 4}));
}

TEST(SessionRecovery, AGapIsNotGivenUpWhileItIsAwaited) {
  SessionHarness harness(WithRecovery());
  FakeRecovery recovery(harness);
  harness.Send({.line = 0, .first = 1, .count = 1, .at_ns = 0});
  harness.Send({.line = 0, .first = 6, .count = 1, .at_ns = 0});
  recovery.Watch(0);
  EXPECT_EQ(harness.session().NextDeadlineNs(), 100 * kMs);
  harness.Idle(90 * kMs);
  recovery.Answer(90 * kMs);
  EXPECT_EQ(harness.Log(), "start joined; 1-1; opened 2-5; 2-6");
  EXPECT_EQ(harness.session().stats().gaps, 0u);
  EXPECT_EQ(harness.session().line_stats(kRecovery).won_messages, 4u);
}

TEST(SessionRecovery, TheDeadlineEndsTheWait) {
  SessionHarness harness(WithRecovery());
  FakeRecovery recovery(harness);
  harness.Send({.line = 0, .first = 1, .count = 1, .at_ns = 0});
  harness.Send({.line = 0, .first = 6, .count = 1, .at_ns = 0});
  recovery.Watch(0);
  harness.Idle(100 * kMs);
  recovery.Answer(101 * kMs);
  EXPECT_EQ(harness.Log(), "start joined; 1-1; opened 2-5; gap 2-5 lost; 6-6!");
}

TEST(SessionRecovery, OnlyWhatIsAwaitedIsWaitedFor) {
  SessionHarness harness(WithRecovery());
  harness.Send({.line = 0, .first = 1, .count = 1, .at_ns = 0});
  harness.Send({.line = 0, .first = 4, .count = 1, .at_ns = 0});
  harness.Send({.line = 0, .first = 6, .count = 1, .at_ns = 0});
  harness.session().AwaitRecovery(3, 100 * kMs);
  harness.Idle(20 * kMs);
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1; opened 2-3; opened 5-5");
  harness.Send({.line = kRecovery, .first = 2, .count = 2, .at_ns = 20 * kMs});
  // The stream has moved since: what is missing now is waited for from here on.
  EXPECT_EQ(harness.session().NextDeadlineNs(), 30 * kMs);
  harness.Idle(30 * kMs);
  EXPECT_EQ(harness.TakeLog(), "2-4; gap 5-5 lost; 6-6!");
}

// Regression: recovery was tied to line A only.
TEST(SessionRecovery, AnyLineMayFillWhatIsBeingRecovered) {
  SessionHarness harness(WithRecovery());
  FakeRecovery recovery(harness);
  harness.Send({.line = 0, .first = 1, .count = 1, .at_ns = 0});
  harness.Send({.line = 0, .first = 6, .count = 1, .at_ns = 0});
  recovery.Watch(0);
  harness.Send({.line = kRecovery, .first = 2, .count = 1, .at_ns = 50 * kMs});
  harness.Send({.line = 1, .first = 3, .count = 2, .at_ns = 51 * kMs});
  recovery.Answer(60 * kMs);
  EXPECT_EQ(harness.Log(), "start joined; 1-1; opened 2-5; 2-6");
}

// Regression: the recovery queue overflowed exactly when the market was busy.
TEST(SessionRecovery, AFullWindowEndsTheWaitAndSaysSo) {
  SessionOptions options = WithRecovery();
  options.window_packets = 4;
  SessionHarness harness(options);
  FakeRecovery recovery(harness);
  harness.Send({.line = 0, .first = 1, .count = 1});
  for (uint64_t number = 3; number <= 6; ++number) {
    harness.Send({.line = 0, .first = number, .count = 1});
  }
  recovery.Watch(0);
  EXPECT_EQ(harness.TakeLog(), "start joined; 1-1; opened 2-2");
  harness.Send({.line = 0, .first = 7, .count = 1});
  EXPECT_EQ(harness.TakeLog(), "gap 2-2 lost; 3-7!");
  EXPECT_EQ(harness.outstanding(), 0u);
}

TEST(SessionRecovery, ALateJoinCanBeReplayedFromTheFirstMessage) {
  SessionOptions options = WithRecovery();
  options.late_join = LateJoin::kFromFirst;
  options.window_messages = 10;
  SessionHarness harness(options);
  FakeRecovery recovery(harness);
  // The window by messages is passed at once, so the caller says beforehand that it will wait.
  harness.Send({.line = 0, .first = 1, .kind = FrameKind::kHeartbeat});
  harness.session().AwaitRecovery(UINT64_MAX, 1000 * kMs);
  harness.Send({.line = 0, .first = 101, .count = 1, .at_ns = kMs});
  recovery.Answer(2 * kMs);
  EXPECT_EQ(harness.Log(), "start joined; opened 1-100; 1-101");
}

TEST(SessionRecovery, AnUnansweredReplayOfALateJoinIsReportedAsLateJoin) {
  SessionOptions options = WithRecovery();
  options.late_join = LateJoin::kFromFirst;
  SessionHarness harness(options);
  harness.Send({.line = 0, .first = 101, .count = 1, .at_ns = kMs});
  harness.Idle(20 * kMs);
  EXPECT_EQ(harness.Log(), "start joined; opened 1-100; gap 1-100 late_join; 101-101!");
}

TEST(SessionRecovery, ARecoveryLineNeverChangesTheSession) {
  SessionHarness harness(WithRecovery());
  harness.Send({.line = kRecovery, .first = 1, .count = 1});
  EXPECT_EQ(harness.Log(), "");
  harness.Send({.line = 0, .first = 1, .count = 2, .stream_start = true, .send_ns = 100});
  harness.Send({.line = kRecovery, .first = 1, .count = 1, .session = 'T'});
  harness.Send({.line = kRecovery, .first = 1, .count = 1, .stream_start = true, .send_ns = 900});
  harness.Send({.line = 0, .first = 3, .count = 1, .send_ns = 110});
  EXPECT_EQ(harness.Log(), "start joined; 1-3");
  EXPECT_EQ(harness.session().stats().stale_session, 2u);
}

TEST(SessionRecovery, AnAnswerFromBeforeARestartIsDropped) {
  SessionHarness harness(WithRecovery());
  harness.Send({.line = 0, .first = 1, .count = 1, .stream_start = true, .send_ns = 100});
  harness.Send({.line = 0, .first = 4, .count = 1, .send_ns = 110});
  harness.Send({.line = 0, .first = 1, .count = 1, .stream_start = true, .send_ns = 200});
  harness.Send({.line = kRecovery, .first = 2, .count = 2, .send_ns = 105});
  harness.Send({.line = 0, .first = 2, .count = 1, .send_ns = 210});
  EXPECT_EQ(harness.Log(),
            "start joined; 1-1; opened 2-3; gap 2-3 lost; 4-4!; start restarted; 1-2");
  EXPECT_EQ(harness.session().stats().stale_restart, 1u);
}

}  // namespace
}  // namespace fh::test
