// The three rooms of a channel's session, each by itself: admission (which stream), order window (each
// message once, in order), gap policy (when a gap is given up).
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "feedhandler/session/admission.h"
#include "feedhandler/session/gap_policy.h"
#include "feedhandler/session/line_state.h"
#include "feedhandler/session/order_window.h"
#include "feedhandler/session/session_batch.h"

namespace fh::test {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1'000'000'000;

// The rooms side by side, as ChannelSession has them, driven by hand.
class Rooms : public ::testing::Test {
 protected:
  static constexpr uint32_t kMost = 256;

  Rooms() {
    lines_[1].is_recovery = false;
    batch_.Begin();
  }

  // Messages [first, first + count) on `line`; what it points to lives as long as the test.
  Arrival At(uint8_t line, uint64_t first, uint32_t count, int64_t at_ns, char session = 'S') {
    packets_.push_back({.slice = static_cast<uint32_t>(packets_.size())});
    frames_.push_back(
        {.first_sequence = first,
         .message_count = count,
         .number_count = count,
         .kind = count == 0 ? codecs::FrameKind::kHeartbeat : codecs::FrameKind::kMessages});
    frames_.back().session.bytes[0] = session;
    LineState& state = lines_[line];
    ++state.stats.packets;
    state.stats.last_packet_ns = at_ns;
    return {&packets_.back(), &frames_.back(), at_ns, line};
  }

  // "1-3 gap 4-5 6-7": all that came out so far.
  std::string Out() {
    std::string out;
    const SessionBatch batch = batch_.Finish();
    ForEachStep(
        batch,
        [&](std::span<const codecs::DecodeJob> jobs) {
          for (const codecs::DecodeJob& job : jobs) {
            const uint64_t first = job.frame->first_sequence + job.skip;
            absl::StrAppend(&out, out.empty() ? "" : " ", first, "-", first + job.take - 1);
          }
        },
        [&](const SessionEvent& event) {
          if (event.kind != SessionEvent::Kind::kGap) return;
          absl::StrAppend(&out, out.empty() ? "" : " ", "gap ", event.first, "-", event.last);
        });
    return out;
  }

  SessionOptions options_{.lines = 2, .window_packets = 8};
  std::array<LineState, 2> lines_;
  SessionStats stats_;
  SessionBatchBuilder batch_{kMost, kMost};
  OrderWindow order_{options_, lines_, stats_, batch_};
  GapPolicy policy_{options_, lines_};
  Admission admission_{options_, lines_, order_, policy_, stats_, batch_};
  std::deque<rio::Packet> packets_;
  std::deque<codecs::PacketFrame> frames_;
};

// ---- Order window

class OrderWindowTest : public Rooms {
 protected:
  OrderWindowTest() { order_.Start({}, 1, /*from_start=*/true, /*maybe_bad=*/false); }
};

TEST_F(OrderWindowTest, EachMessageComesOnceAndInOrder) {
  order_.Take(At(0, 1, 2, 1), 3, true);
  order_.Take(At(0, 5, 2, 2), 7, true);
  order_.Take(At(1, 2, 3, 3), 5, true);  // 2 again, and what was missing.
  order_.Take(At(1, 1, 6, 4), 7, true);  // All of it again.
  EXPECT_EQ(Out(), "1-2 3-4 5-6");
  EXPECT_EQ(order_.expected(), 7u);
  EXPECT_TRUE(order_.IsEmpty());
  EXPECT_EQ(stats_.duplicate_messages, 1u + 6);
}

TEST_F(OrderWindowTest, WhatIsNotBelievedOpensNoGapAndWaitsForTheStream) {
  order_.Take(At(0, 1, 1, 1), 2, true);
  order_.Take(At(0, 3, 1, 2), 4, /*believed=*/false);
  EXPECT_FALSE(order_.IsMissing());
  EXPECT_EQ(order_.held(), 1u);
  order_.Take(At(1, 2, 1, 3), 3, true);
  EXPECT_EQ(Out(), "1-1 2-2 3-3");
}

TEST_F(OrderWindowTest, BeliefInAHeldPacketOpensTheGapBeforeIt) {
  order_.Take(At(0, 1, 1, 1), 2, true);
  order_.Take(At(0, 4, 1, 2), 5, /*believed=*/false);
  order_.Believe(5, 3);
  EXPECT_TRUE(order_.IsMissing());
  order_.GiveUpLowest(4);
  EXPECT_EQ(Out(), "1-1 gap 2-3 4-4");
  EXPECT_EQ(stats_.missing_messages, 2u);
}

TEST_F(OrderWindowTest, APositionThatWasWrongIsTakenBack) {
  order_.Take(At(0, 1, 1, 1), 2, true);
  order_.Take(At(0, 1'000, 1, 2), 1'001, true);
  order_.GiveUpLowest(3);
  ASSERT_EQ(order_.expected(), 1'001u);
  order_.GoBack(2);
  order_.Take(At(1, 2, 1, 4), 3, true);
  EXPECT_EQ(order_.expected(), 3u);
  EXPECT_EQ(stats_.taken_back_messages, 998u);
}

TEST_F(OrderWindowTest, AFullWindowGivesUpTheLowestGap) {
  order_.Take(At(0, 1, 1, 1), 2, true);
  for (uint64_t n = 3; n < 3 + 4 * options_.window_packets; n += 2) {
    order_.Take(At(0, n, 1, 2), n + 1, true);
  }
  EXPECT_LE(order_.held(), options_.window_packets);
  EXPECT_GT(stats_.gaps, 0u);
}

// ---- Gap policy

class GapPolicyTest : public OrderWindowTest {
 protected:
  // Message 2 is missing since `at_ns`.
  void Miss(int64_t at_ns) {
    order_.Take(At(0, 1, 1, at_ns), 2, true);
    order_.Take(At(0, 3, 1, at_ns), 4, true);
  }
};

TEST_F(GapPolicyTest, NothingMissingIsNeverDue) {
  EXPECT_EQ(policy_.Judge(order_, INT64_MAX, true), GapPolicy::Due::kNot);
  EXPECT_EQ(policy_.DeadlineNs(order_), INT64_MAX);
}

TEST_F(GapPolicyTest, AGapIsDueWhenTheStreamHasStoodStillForTheTimeout) {
  Miss(kSecond);
  const int64_t due_ns = kSecond + options_.gap_timeout_ns;
  EXPECT_EQ(policy_.DeadlineNs(order_), due_ns);
  EXPECT_EQ(policy_.Judge(order_, due_ns - 1, true), GapPolicy::Due::kNot);
  EXPECT_EQ(policy_.Judge(order_, due_ns, true), GapPolicy::Due::kTimeout);
}

TEST_F(GapPolicyTest, AGapsAgeCountsFromTheLastProgressOfItsStream) {
  order_.Take(At(0, 1, 1, kSecond), 2, true);
  order_.Take(At(0, 100, 1, kSecond), 101, true);
  // The other line, far behind, brings one after the other: the gap gets smaller, and waits.
  int64_t now_ns = kSecond;
  for (uint64_t n = 2; n < 100; ++n) {
    now_ns += options_.gap_timeout_ns / 2;
    EXPECT_EQ(policy_.Judge(order_, now_ns, true), GapPolicy::Due::kNot) << n;
    order_.Take(At(1, n, 1, now_ns), n + 1, true);
  }
  EXPECT_EQ(stats_.gaps, 0u);
  EXPECT_EQ(order_.expected(), 101u);
}

TEST_F(GapPolicyTest, ALineWhosePacketsMayStillBeWaitingIsWaitedForUntilItIsSilent) {
  Miss(kSecond);
  At(1, 1, 1, kSecond);  // Line B was heard then, and its clock stands there.
  const int64_t due_ns = kSecond + options_.gap_timeout_ns;
  At(0, 4, 1, due_ns + kMs);
  EXPECT_EQ(policy_.Judge(order_, due_ns + kMs, /*idle=*/false), GapPolicy::Due::kNot);
  EXPECT_EQ(policy_.Judge(order_, due_ns + kMs, /*idle=*/true), GapPolicy::Due::kTimeout);
  const int64_t silent_ns = kSecond + options_.line_silent_ns + 1;
  At(0, 5, 1, silent_ns);
  EXPECT_EQ(policy_.Judge(order_, silent_ns, /*idle=*/false), GapPolicy::Due::kTimeout);
}

TEST_F(GapPolicyTest, ARecoveryIsAwaitedUpToItsDeadline) {
  Miss(kSecond);
  policy_.Await(2, 10 * kSecond);
  EXPECT_EQ(policy_.Judge(order_, 9 * kSecond, true), GapPolicy::Due::kNot);
  EXPECT_EQ(policy_.Judge(order_, 10 * kSecond, true), GapPolicy::Due::kTimeout);
}

// ---- Admission

class AdmissionTest : public Rooms {
 protected:
  using Verdict = Admission::Verdict;

  Verdict Judge(uint8_t line, uint64_t first, uint32_t count, int64_t at_ns, char session = 'S') {
    return admission_.Judge(At(line, first, count, at_ns, session), first + count, false);
  }

  // The stream 'S' from message 1 on, at `at_ns`.
  void Join(int64_t at_ns) {
    uint64_t n = 1;
    while (Judge(0, n, 1, at_ns) != Verdict::kNewStream) ++n;
    order_.Start(admission_.rival().session, 1, true, false);
    admission_.Begin();
    admission_.TakeWaiting(at_ns, [this](const Arrival& arrival) {
      order_.Take(arrival, arrival.frame->first_sequence + 1, true);
    });
  }
};

TEST_F(AdmissionTest, TheFirstStreamIsBelievedAfterARowOfPackets) {
  EXPECT_FALSE(admission_.is_joined());
  for (uint32_t n = 1; n < options_.jump_confirmations; ++n) {
    EXPECT_EQ(Judge(0, n, 1, kSecond), Verdict::kWaits) << n;
  }
  EXPECT_EQ(Judge(0, options_.jump_confirmations, 1, kSecond), Verdict::kNewStream);
  EXPECT_EQ(admission_.waiting(), options_.jump_confirmations);  // None of them is lost.
}

TEST_F(AdmissionTest, TheFirstStreamIsBelievedByAgeWhenNobodySaysOtherwise) {
  Judge(0, 5, 1, kSecond);
  const int64_t deadline_ns = admission_.DeadlineNs(false);
  EXPECT_EQ(deadline_ns, kSecond + options_.gap_timeout_ns);
  EXPECT_EQ(admission_.JudgeAge(deadline_ns - 1, true, false), Verdict::kWaits);
  EXPECT_EQ(admission_.JudgeAge(deadline_ns, true, false), Verdict::kNewStream);
  EXPECT_EQ(admission_.rival().low, 5u);
}

TEST_F(AdmissionTest, WhatGoesOnIsOfTheStream) {
  Join(kSecond);
  EXPECT_EQ(Judge(0, order_.expected(), 3, kSecond), Verdict::kStream);
  EXPECT_EQ(Judge(1, order_.expected(), 3, kSecond), Verdict::kStream);
}

TEST_F(AdmissionTest, AJumpIsBelievedAfterARowAndARowIsBrokenByGoingOn) {
  Join(kSecond);
  const uint64_t next = order_.expected();
  EXPECT_EQ(Judge(0, 9'000, 1, kSecond), Verdict::kAhead);
  EXPECT_EQ(Judge(0, 9'001, 1, kSecond), Verdict::kAhead);
  EXPECT_EQ(Judge(0, 9'002, 1, kSecond), Verdict::kAhead);
  EXPECT_EQ(Judge(0, next, 1, kSecond), Verdict::kStream);  // It was a lie.
  EXPECT_EQ(Judge(0, 9'003, 1, kSecond), Verdict::kAhead);
  EXPECT_EQ(Judge(1, 9'000, 1, kSecond), Verdict::kAhead);  // Rows are each line's own.
  for (uint64_t n = 9'004; n < 9'006; ++n) EXPECT_EQ(Judge(0, n, 1, kSecond), Verdict::kAhead);
  EXPECT_EQ(Judge(0, 9'006, 1, kSecond), Verdict::kConfirmed);
  EXPECT_EQ(admission_.claim().high, 9'007u);
}

TEST_F(AdmissionTest, AnotherSessionIsBelievedAfterARowAndTheLastOneIsClosedThen) {
  Join(kSecond);
  for (uint64_t n = 1; n < options_.jump_confirmations; ++n) {
    EXPECT_EQ(Judge(1, n, 1, kSecond, 'T'), Verdict::kWaits);
  }
  EXPECT_EQ(Judge(1, options_.jump_confirmations, 1, kSecond, 'T'), Verdict::kNewStream);
  order_.Start(admission_.rival().session, 1, true, false);
  admission_.Begin();
  admission_.TakeWaiting(kSecond, [this](const Arrival& arrival) {
    order_.Take(arrival, arrival.frame->first_sequence + 1, true);
  });
  for (uint64_t n = 5; n < 9; ++n) order_.Take(At(1, n, 1, kSecond, 'T'), n + 1, true);
  EXPECT_EQ(Judge(0, 7, 1, kSecond, 'S'), Verdict::kStaleSession);
  // Closed is not for ever: venues use ids again.
  EXPECT_EQ(Judge(0, 1, 1, kSecond + 2 * options_.line_silent_ns, 'S'), Verdict::kWaits);
}

}  // namespace
}  // namespace fh::test
