// What a session believes, and how it takes it back: the cases that once silenced a stream, by name.
// The same as a property over thousands of seeds: tests/sim/attack_sim_test.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

constexpr int64_t kUs = 1'000;
constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3'600 * kSecond;
constexpr int64_t kDay = 24 * kHour;
constexpr uint32_t kTruth = 1;
constexpr uint32_t kLie = 2;

// Lines A and B, both whole, one message a packet; lies in between.
class TwoWholeLines {
 public:
  explicit TwoWholeLines(const SessionOptions& options = {.lines = 2}) : harness_(options, false) {}

  // Messages 1 to `messages` of `session`, a packet each, 10 us apart from `start_ns` on; B 3 us
  // behind A. After message number n on A comes what `lies` has for n.
  void Send(uint64_t messages, const std::multimap<uint64_t, Sent>& lies = {},
            int64_t start_ns = kSecond, char session = 'S') {
    for (uint64_t n = 1; n <= messages; ++n) {
      const int64_t at_ns = start_ns + static_cast<int64_t>(n) * 10 * kUs;
      SendTruth(0, n, at_ns, session);
      const auto [begin, end] = lies.equal_range(n);
      for (auto lie = begin; lie != end; ++lie) {
        Sent sent = lie->second;
        sent.at_ns = at_ns + kUs;
        sent.tag = kLie;
        harness_.Send(sent);
      }
      SendTruth(1, n, at_ns + 3 * kUs, session);
      now_ns_ = at_ns + 3 * kUs;
    }
  }

  void SendTruth(uint8_t line, uint64_t number, int64_t at_ns, char session = 'S') {
    harness_.Send({.line = line,
                   .first = number,
                   .count = 1,
                   .at_ns = at_ns,
                   .session = session,
                   .tag = kTruth});
  }

  // How many messages of the truth were delivered. Each comes once: the harness sees to that.
  uint64_t Arrived() {
    harness_.Flush(now_ns_);
    EXPECT_EQ(harness_.broken(), "");
    uint64_t count = 0;
    for (const Delivered& run : harness_.delivered()) {
      if (run.tag == kTruth) count += run.last - run.first + 1;
    }
    return count;
  }

  uint64_t Lost() {
    const SessionStats& stats = harness_.session().stats();
    return stats.missing_messages - stats.taken_back_messages;
  }

  SessionHarness& harness() { return harness_; }

 private:
  SessionHarness harness_;
  int64_t now_ns_ = 0;
};

TEST(SessionAdmission, AStrayPacket4051AheadLosesNothing) {
  TwoWholeLines lines;
  lines.Send(20'000, {{1'000, {.line = 0, .first = 1'000 + 4'051, .count = 1}}});
  EXPECT_GE(lines.Arrived() + 1, 20'000u);  // Message 5,051 is the lie's, if it comes first.
  EXPECT_EQ(lines.Lost(), 0u);
}

TEST(SessionAdmission, AStrayPacket900000AheadLosesNothing) {
  TwoWholeLines lines;
  lines.Send(20'000, {{6'000, {.line = 0, .first = 906'000, .count = 1}}});
  EXPECT_EQ(lines.Arrived(), 20'000u);
  EXPECT_EQ(lines.Lost(), 0u);
  EXPECT_EQ(lines.harness().session().stats().dropped_messages, 1u);
}

TEST(SessionAdmission, StrayPacketsOfEveryDistanceLoseNothing) {
  for (uint64_t distance = 1; distance < uint64_t{1} << 62; distance *= 3) {
    TwoWholeLines lines;
    lines.Send(3'000, {{1'000, {.line = 0, .first = 1'001 + distance, .count = 1}},
                       {2'000, {.line = 1, .first = 2'001 + distance, .count = 1}}});
    // A lie just ahead may be taken for the message it says that it is; no other is missing.
    EXPECT_GE(lines.Arrived() + (distance < 3'000 ? 2 : 0), 3'000u) << distance;
    EXPECT_EQ(lines.Lost(), 0u) << distance;
  }
}

TEST(SessionAdmission, ACountOf60000WithOneMessagePresentLosesNothing) {
  TwoWholeLines lines;
  lines.Send(5'000, {{1'500, {.line = 0, .first = 1'501, .count = 1, .lost_in_tail = 59'999}}});
  EXPECT_GE(lines.Arrived() + 1, 5'000u);  // Message 1,501 is the lie's.
  EXPECT_EQ(lines.Lost(), 0u);
}

TEST(SessionAdmission, OnePacketOfAnUnknownSessionClosesNothing) {
  TwoWholeLines lines;
  lines.Send(5'000, {{2'000, {.line = 1, .first = 77, .count = 3, .session = 'X'}}});
  EXPECT_EQ(lines.Arrived(), 5'000u);
  EXPECT_EQ(lines.harness().session().stats().sessions, 1u);
  EXPECT_EQ(lines.harness().session().stats().dropped_messages, 3u);  // Said, not silent.
}

TEST(SessionAdmission, AHeartbeatOrAnEndOfAnotherPlaceEndsNothing) {
  for (const codecs::FrameKind kind :
       {codecs::FrameKind::kHeartbeat, codecs::FrameKind::kEndOfSession}) {
    for (const char session : {'S', 'X'}) {
      TwoWholeLines lines;
      lines.Send(3'000, {{1'000, {.line = 0, .first = 500'000, .session = session, .kind = kind}},
                         {2'000, {.line = 0, .first = 3, .session = session, .kind = kind}}});
      EXPECT_EQ(lines.Arrived(), 3'000u) << session;
      EXPECT_EQ(lines.Lost(), 0u) << session;
    }
  }
}

TEST(SessionAdmission, AWildFirstNumberIsNoBeginning) {
  for (const uint64_t wild : {uint64_t{2'000}, uint64_t{1'000'000}, uint64_t{1} << 63}) {
    TwoWholeLines lines;
    lines.harness().Send({.line = 0, .first = wild, .count = 1, .at_ns = kSecond, .tag = kLie});
    lines.Send(2'000);
    EXPECT_GE(lines.Arrived() + (wild == 2'000), 2'000u) << wild;
    EXPECT_EQ(lines.Lost(), 0u) << wild;
  }
}

TEST(SessionAdmission, AWildFirstNumberThatWasBelievedIsTakenBack) {
  TwoWholeLines lines;
  lines.harness().Send({.line = 0, .first = 1'000'000, .count = 1, .at_ns = kSecond, .tag = kLie});
  lines.harness().Idle(2 * kSecond);  // Nobody says otherwise: it is believed by age.
  ASSERT_EQ(lines.harness().session().expected(), 1'000'001u);
  lines.Send(2'000, {}, 3 * kSecond);
  EXPECT_EQ(lines.Arrived(), 2'000u);
}

TEST(SessionAdmission, TheSameIdOnTheNextDayIsANewRun) {
  TwoWholeLines lines;
  lines.Send(2'000);
  lines.Send(2'000, {}, kSecond + kDay);
  lines.Send(1'500, {}, kSecond + 4 * kDay);  // After a weekend.
  EXPECT_EQ(lines.Arrived(), 5'500u);
  EXPECT_EQ(lines.harness().session().stats().restarts, 2u);
}

TEST(SessionAdmission, SessionsABAOnThreeDaysAreThree) {
  TwoWholeLines lines;
  lines.Send(1'000, {}, kSecond, 'A');
  lines.Send(1'000, {}, kSecond + kDay, 'B');
  lines.Send(1'000, {}, kSecond + 2 * kDay, 'A');
  EXPECT_EQ(lines.Arrived(), 3'000u);
  EXPECT_EQ(lines.harness().session().stats().sessions, 3u);
}

TEST(SessionAdmission, StragglersOfTheLastSessionDoNotBringItBack) {
  TwoWholeLines lines;
  lines.Send(1'000, {}, kSecond, 'A');
  std::multimap<uint64_t, Sent> stragglers;
  for (uint64_t n = 0; n < 50; ++n) {
    stragglers.insert({100 + n, {.line = 1, .first = 951 + n, .count = 1, .session = 'A'}});
  }
  lines.Send(1'000, stragglers, 2 * kSecond, 'B');
  EXPECT_EQ(lines.Arrived(), 2'000u);
  EXPECT_EQ(lines.harness().session().stats().sessions, 2u);
  EXPECT_EQ(lines.harness().session().stats().stale_session, 50u);
}

// Regression: the place for packets that wait was lost to heartbeats of two lines in turns, and none of
// the stream was ever delivered.
TEST(SessionAdmission, AFloodOfHeartbeatsOnTwoLinesKeepsNobodyOut) {
  SessionHarness harness({.lines = 2});
  int64_t now_ns = kSecond;
  for (int burst = 0; burst < 100; ++burst) {
    std::vector<Sent> heartbeats;
    for (int i = 0; i < 63; ++i) {
      heartbeats.push_back({.line = static_cast<uint8_t>(burst % 2),
                            .first = 1,
                            .at_ns = now_ns += kUs,
                            .kind = codecs::FrameKind::kHeartbeat});
    }
    harness.SendBurst(heartbeats);
  }
  for (uint64_t n = 1; n <= 10; ++n) {
    harness.Send({.line = 0, .first = n, .count = 1, .at_ns = now_ns += kUs});
  }
  EXPECT_EQ(harness.session().stats().delivered_messages, 10u);
  EXPECT_EQ(harness.session().stats().dropped_messages, 0u);
}

TEST(SessionAdmission, TheFirstMessageOfAQuietDayNeedNotWaitForOthers) {
  SessionHarness harness({.lines = 2});
  for (int second = 0; second < 5; ++second) {  // Before the open.
    for (const uint8_t line : {0, 1}) {
      harness.Send({.line = line,
                    .first = 1,
                    .at_ns = second * kSecond,
                    .kind = codecs::FrameKind::kHeartbeat});
    }
  }
  harness.Send({.line = 0, .first = 1, .count = 1, .at_ns = 5 * kSecond});
  EXPECT_EQ(harness.session().stats().delivered_messages, 1u);
}

// ---- A channel that gets packets and delivers nothing

TEST(SessionAdmission, AChannelThatDeliversNothingForLongSaysSoOnceAndWhenItDoesAgain) {
  SessionHarness harness({.lines = 1});
  int64_t now_ns = kSecond;
  for (int i = 0; i < 100; ++i) {  // Ten seconds of another protocol.
    harness.Send({.at_ns = now_ns += 100 * kMs, .kind = codecs::FrameKind::kRejected});
  }
  EXPECT_TRUE(harness.session().stats().is_stuck);
  EXPECT_EQ(harness.session().stats().stuck_times, 1u);
  ASSERT_EQ(harness.events().size(), 1u);
  EXPECT_EQ(harness.events()[0].kind, SessionEvent::Kind::kStuck);
  for (uint64_t n = 1; n <= 8; ++n) {
    harness.Send({.first = n, .count = 1, .at_ns = now_ns += kMs});
  }
  EXPECT_FALSE(harness.session().stats().is_stuck);
  EXPECT_EQ(harness.session().stats().vain_packets, 0u);
  EXPECT_EQ(std::count_if(harness.events().begin(), harness.events().end(),
                          [](const SessionEvent& event) {
                            return event.kind == SessionEvent::Kind::kUnstuck;
                          }),
            1);
}

TEST(SessionAdmission, HeartbeatsAndRepeatedMessagesAreNoReasonToSayThatAChannelIsStuck) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 1, .count = 1, .at_ns = kSecond});
  for (int second = 2; second < 60; ++second) {
    harness.Send({.first = 2, .at_ns = second * kSecond, .kind = codecs::FrameKind::kHeartbeat});
  }
  EXPECT_EQ(harness.session().stats().stuck_times, 0u);
}

}  // namespace
}  // namespace fh::test
