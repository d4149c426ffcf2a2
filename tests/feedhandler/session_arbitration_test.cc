// Arbitration of lines: first arrival wins, per message; reordering is not loss.
#include <gtest/gtest.h>

#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

constexpr int64_t kMs = 1'000'000;

TEST(SessionArbitration, InOrderPacketsGoStraightThrough) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 1, .count = 3});
  harness.Send({.first = 4, .count = 1});
  harness.Send({.first = 5, .count = 7});
  EXPECT_EQ(harness.Log(), "start joined; 1-11");
  EXPECT_EQ(harness.outstanding(), 0u);
  EXPECT_EQ(harness.session().expected(), 12u);
  EXPECT_EQ(harness.broken(), "");
}

TEST(SessionArbitration, FirstArrivalWinsWhicheverLineItIs) {
  SessionHarness harness(Trusting({.lines = 2}));
  harness.Send({.line = 0, .first = 1, .count = 2, .at_ns = 10, .tag = 100});
  harness.Send({.line = 1, .first = 1, .count = 2, .at_ns = 15, .tag = 200});
  harness.TakeLog();
  harness.Send({.line = 1, .first = 3, .count = 2, .at_ns = 20, .tag = 201});
  harness.Send({.line = 0, .first = 3, .count = 2, .at_ns = 27, .tag = 101});
  ASSERT_EQ(harness.delivered().size(), 2u);
  EXPECT_EQ(harness.delivered()[0].tag, 100u);
  EXPECT_EQ(harness.delivered()[1].tag, 201u);
  EXPECT_EQ(harness.delivered()[1].recv_ns, 20);
  const LineStats& a = harness.session().line_stats(0);
  const LineStats& b = harness.session().line_stats(1);
  EXPECT_EQ(a.won_messages, 2u);
  EXPECT_EQ(a.duplicate_messages, 2u);
  EXPECT_EQ(a.behind_packets, 1u);
  EXPECT_EQ(a.behind_ns, 7u);
  EXPECT_EQ(b.won_messages, 2u);
  EXPECT_EQ(b.behind_ns, 5u);
  EXPECT_EQ(harness.session().stats().duplicate_messages, 4u);
}

// Regression, seen in other handlers: the whole packet was discarded because its first message was
// old, although its tail was new.
TEST(SessionArbitration, PacketWithOldHeadAndNewTailGivesItsTail) {
  SessionHarness harness(Trusting({.lines = 2}));
  harness.Send({.line = 0, .first = 1, .count = 4});
  harness.Send({.line = 1, .first = 3, .count = 5, .tag = 7});
  EXPECT_EQ(harness.Log(), "start joined; 1-7");
  EXPECT_EQ(harness.session().stats().duplicate_messages, 2u);
  EXPECT_EQ(harness.session().line_stats(1).won_messages, 3u);
}

// Regression: reordering taken for loss.
TEST(SessionArbitration, ReorderedPacketsAreDeliveredInOrderWithoutAGap) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 1, .count = 1, .at_ns = 1});
  harness.Send({.first = 6, .count = 2, .at_ns = 2});
  harness.Send({.first = 4, .count = 2, .at_ns = 3});
  EXPECT_EQ(harness.outstanding(), 2u);
  harness.Send({.first = 2, .count = 2, .at_ns = 4});
  EXPECT_EQ(harness.Log(), "start joined; 1-7");
  EXPECT_EQ(harness.outstanding(), 0u);
  EXPECT_EQ(harness.session().stats().gaps, 0u);
  EXPECT_EQ(harness.session().stats().held_packets, 2u);
  EXPECT_EQ(harness.session().stats().most_held, 2u);
  const LineStats& line = harness.session().line_stats(0);
  EXPECT_EQ(line.skipped_messages, 4u);
  EXPECT_EQ(line.brought_messages, 4u);
  EXPECT_EQ(line.reordered_packets, 2u);
}

TEST(SessionArbitration, TheOtherLineFillsWhatOneLost) {
  SessionHarness harness(Trusting({.lines = 2}));
  harness.Send({.line = 0, .first = 1, .count = 2});
  harness.Send({.line = 0, .first = 5, .count = 2});
  harness.Send({.line = 1, .first = 1, .count = 2});
  harness.Send({.line = 1, .first = 3, .count = 2});
  EXPECT_EQ(harness.Log(), "start joined; 1-6");
  EXPECT_EQ(harness.session().line_stats(0).skipped_messages, 2u);
  EXPECT_EQ(harness.session().line_stats(1).skipped_messages, 0u);
}

TEST(SessionArbitration, OverlappingHeldPacketsAreTrimmedByMessage) {
  SessionHarness harness(Trusting({.lines = 2}));
  harness.Send({.line = 0, .first = 1, .count = 1});
  harness.Send({.line = 0, .first = 4, .count = 4});  // 4-7 waits.
  harness.Send({.line = 1, .first = 6, .count = 4});  // 6-9 overlaps it.
  harness.Send({.line = 1, .first = 5, .count = 2});  // 5-6: nothing new.
  EXPECT_EQ(harness.outstanding(), 2u);
  harness.Send({.line = 1, .first = 2, .count = 3});  // 2-4
  EXPECT_EQ(harness.Log(), "start joined; 1-9");
  EXPECT_EQ(harness.session().stats().duplicate_messages, 2u + 1u + 2u);
  EXPECT_EQ(harness.accounted_messages(), harness.sent_messages());
}

TEST(SessionArbitration, APacketThatContainsHeldOnesReplacesThem) {
  SessionHarness harness(Trusting({.lines = 2}));
  harness.Send({.line = 0, .first = 1, .count = 1});
  harness.Send({.line = 0, .first = 5, .count = 2});
  harness.Send({.line = 0, .first = 7, .count = 1});
  harness.Send({.line = 1, .first = 5, .count = 4});
  EXPECT_EQ(harness.outstanding(), 1u);
  harness.Send({.line = 1, .first = 2, .count = 3});
  EXPECT_EQ(harness.Log(), "start joined; 1-8");
  EXPECT_EQ(harness.accounted_messages(), harness.sent_messages());
  EXPECT_EQ(harness.broken(), "");
}

TEST(SessionArbitration, AHeldPacketAlreadyPassedIsReturnedAsADuplicate) {
  SessionHarness harness(Trusting({.lines = 2}));
  harness.Send({.line = 0, .first = 1, .count = 1});
  harness.Send({.line = 0, .first = 4, .count = 1});
  harness.Send({.line = 1, .first = 2, .count = 6});
  EXPECT_EQ(harness.Log(), "start joined; 1-7");
  EXPECT_EQ(harness.outstanding(), 0u);
  EXPECT_EQ(harness.accounted_messages(), harness.sent_messages());
}

TEST(SessionArbitration, OneBurstMayHoldDrainAndRelease) {
  SessionHarness harness(Trusting({.lines = 2, .max_burst = 8}));
  const std::vector<Sent> burst = {{.line = 0, .first = 1, .count = 2},
                                   {.line = 0, .first = 9, .count = 2},
                                   {.line = 0, .first = 5, .count = 4},
                                   {.line = 1, .first = 1, .count = 4},
                                   {.line = 1, .first = 11, .count = 1}};
  harness.SendBurst(burst);
  EXPECT_EQ(harness.Log(), "start joined; 1-11");
  EXPECT_EQ(harness.outstanding(), 0u);
  EXPECT_EQ(harness.broken(), "");
}

TEST(SessionArbitration, JobsCarryTheReceiveTimeOfTheirOwnPacket) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 1, .count = 1, .at_ns = 5});
  harness.Send({.first = 3, .count = 1, .at_ns = 6});
  harness.TakeLog();
  harness.Send({.first = 2, .count = 1, .at_ns = 7});
  const std::vector<Delivered>& runs = harness.delivered();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].recv_ns, 5);
  EXPECT_EQ(runs[1].recv_ns, 7);
}

TEST(SessionArbitration, SixteenLinesWork) {
  SessionHarness harness(Trusting({.lines = 16}));
  for (uint64_t number = 1; number <= 64; ++number) {
    harness.Send({.line = static_cast<uint8_t>(number % 16), .first = number, .count = 1});
  }
  EXPECT_EQ(harness.Log(), "start joined; 1-64");
}

TEST(SessionArbitration, EachLineIsToldWhatItAloneLost) {
  SessionHarness harness(Trusting({.lines = 2}));
  harness.Send({.line = 0, .first = 1, .count = 1});
  harness.Send({.line = 1, .first = 1, .count = 1});
  harness.Send({.line = 0, .first = 4, .count = 1});  // A left out 2-3
  harness.Send({.line = 1, .first = 2, .count = 1});
  harness.Send({.line = 1, .first = 3, .count = 1});
  harness.Send({.line = 1, .first = 8, .count = 1});  // B left out 4-7
  harness.Send({.line = 0, .first = 5, .count = 3});
  harness.Send({.line = 0, .first = 3, .count = 1});  // A brings 3 after all
  harness.Send({.line = 0, .first = 3, .count = 1});  // and again
  const LineStats& a = harness.session().line_stats(0);
  const LineStats& b = harness.session().line_stats(1);
  EXPECT_EQ(a.skipped_messages - a.brought_messages, 1u);
  EXPECT_EQ(a.repeated_messages, 1u);
  EXPECT_EQ(a.gaps, 1u);
  EXPECT_EQ(b.skipped_messages - b.brought_messages, 4u);
  EXPECT_EQ(harness.session().stats().gaps, 0u);
  EXPECT_EQ(harness.Log(), "start joined; 1-8");
}

TEST(SessionArbitration, RejectedPacketsAreReturnedAndCounted) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 999, .count = 9, .kind = codecs::FrameKind::kRejected});
  EXPECT_EQ(harness.Log(), "");
  EXPECT_EQ(harness.outstanding(), 0u);
  EXPECT_EQ(harness.session().line_stats(0).rejected_packets, 1u);
  EXPECT_EQ(harness.session().expected(), 0u);
}

TEST(SessionArbitration, DuplicatesOnTheSameLineAreDropped) {
  SessionHarness harness(Trusting({.lines = 1}));
  harness.Send({.first = 1, .count = 2, .at_ns = kMs});
  harness.Send({.first = 1, .count = 2, .at_ns = kMs});
  harness.Send({.first = 3, .count = 2, .at_ns = kMs});
  EXPECT_EQ(harness.Log(), "start joined; 1-4");
  harness.Flush();
  EXPECT_EQ(harness.session().line_stats(0).repeated_messages, 2u);
  EXPECT_EQ(harness.session().line_stats(0).reordered_packets, 0u);
  EXPECT_EQ(harness.session().stats().duplicate_messages, 2u);
}

}  // namespace
}  // namespace fh::test
