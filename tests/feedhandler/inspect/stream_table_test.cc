// Traffic and numbers of streams.
#include "feedhandler/inspect/stream_table.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "codecs/pitch/pitch_sample.h"
#include "codecs/registry.h"
#include "tests/feedhandler/inspect/streams.h"

namespace fh::test {
namespace {

constexpr char kGroup[] = "239.1.1.1:26400";
constexpr int64_t kStart = 1'500'000'000'000'000'000;
constexpr int64_t kMs = 1'000'000;

TEST(Traffic, CountsBusiestWindowsOfTheClock) {
  Traffic traffic;
  for (int i = 0; i < 5; ++i) traffic.Count(100, false, kStart + i * 100'000);
  for (int i = 0; i < 3; ++i) traffic.Count(300, false, kStart + (900 + i) * kMs);
  traffic.Count(50, true, kStart + 2000 * kMs);
  EXPECT_EQ(traffic.packets, 9u);
  EXPECT_EQ(traffic.bytes, 1450u);
  EXPECT_EQ(traffic.most_in_ms, 5u);
  EXPECT_EQ(traffic.most_in_second, 8u);
  EXPECT_EQ(traffic.least_bytes, 50u);
  EXPECT_EQ(traffic.most_bytes, 300u);
  EXPECT_EQ(traffic.truncated, 1u);
  EXPECT_DOUBLE_EQ(traffic.Seconds(), 2.0);
  EXPECT_DOUBLE_EQ(traffic.PacketsPerSecond(), 4.5);
}

TEST(Traffic, AClockThatSwingsOverAWindowsEdgeDoesNotHideABurst) {
  Traffic traffic;
  for (int i = 0; i < 6; ++i) traffic.Count(100, false, kStart + 5 * kMs - (i % 2));
  EXPECT_GE(traffic.most_in_ms, 5u);
}

TEST(Traffic, WithoutStampsThereIsNoRate) {
  Traffic traffic;
  traffic.Count(100, false, 0);
  traffic.Count(100, false, 0);
  EXPECT_EQ(traffic.packets, 2u);
  EXPECT_EQ(traffic.most_in_ms, 0u);
  EXPECT_EQ(traffic.PacketsPerSecond(), 0);
}

TEST(StreamTable, CountsGapsRepeatsAndHeartbeatsOfASession) {
  StreamTable table;
  Feed(table, kGroup, MoldPacket("DAY", 1, 3));
  Feed(table, kGroup, MoldPacket("DAY", 4, 2));
  Feed(table, kGroup, MoldPacket("DAY", 10, 1));  // 6 to 9 are missing,
  Feed(table, kGroup, MoldPacket("DAY", 8, 2));   // of which 8 and 9 come late.
  Feed(table, kGroup, MoldPacket("DAY", 4, 2));   // Came already.
  Feed(table, kGroup, MoldPacket("DAY", 11, 0));
  const Stream& stream = At(table, kGroup);
  EXPECT_EQ(stream.Speaks(), "itch50");
  EXPECT_EQ(stream.before_guess, 0u);
  ASSERT_EQ(stream.sessions.size(), 1u);
  const SessionTrack& session = stream.sessions[0];
  EXPECT_EQ(SessionText("moldudp64", session.id()), "DAY");
  EXPECT_EQ(session.packets(), 6u);
  EXPECT_EQ(session.messages(), 10u);
  EXPECT_EQ(session.heartbeats(), 1u);
  EXPECT_EQ(session.first(), 1u);
  EXPECT_EQ(session.end(), 11u);
  EXPECT_EQ(session.gaps(), 1u);
  EXPECT_EQ(session.missing(), 2u);
  EXPECT_EQ(session.repeated(), 2u);
  EXPECT_EQ(session.reordered_packets(), 1u);
}

std::string UnitPacket(uint8_t unit, uint32_t sequence, int count) {
  codecs::pitch::UnitWriter packet({.unit = unit, .sequence = sequence});
  for (int i = 0; i < count; ++i) {
    uint8_t* const message = packet.Add(codecs::pitch::kDeleteMessage);
    codecs::pitch::kOrderId.Put(message, unit * 1000u + sequence + static_cast<uint32_t>(i));
  }
  return packet.Bytes();
}

// Deletes are the same in all of Cboe's dialects: it is said which one this is.
const codecs::CodecInfo* Pitch() { return *codecs::FindCodec("cboe_pitch"); }

// Two units of Cboe's: taken for one, each would be a wild number of the other.
TEST(StreamTable, FollowsEachNumberedStreamOfALine) {
  StreamTable table(Pitch());
  for (uint32_t i = 0; i < 5; ++i) {
    Feed(table, kGroup, UnitPacket(1, 1 + 2 * i, 2));
    Feed(table, kGroup, UnitPacket(2, 70'000'001 + 2 * i, 2));
  }
  Feed(table, kGroup, UnitPacket(2, 70'000'012, 1));
  const Stream& stream = At(table, kGroup);
  EXPECT_EQ(stream.Speaks(), "cboe_pitch");
  ASSERT_EQ(stream.sessions.size(), 2u);
  EXPECT_EQ(stream.sessions[0].stream(), 1u);
  EXPECT_EQ(stream.sessions[0].end(), 11u);
  EXPECT_EQ(stream.sessions[0].missing(), 0u);
  EXPECT_EQ(stream.sessions[1].stream(), 2u);
  EXPECT_EQ(stream.sessions[1].first(), 70'000'001u);
  EXPECT_EQ(stream.sessions[1].missing(), 1u);
  EXPECT_EQ(stream.sessions[0].implausible() + stream.sessions[1].implausible(), 0u);
}

TEST(StreamTable, WhatIsTheSameInTwoDialectsIsTakenForNeither) {
  StreamTable table;
  for (uint32_t i = 0; i < 5; ++i) Feed(table, kGroup, UnitPacket(1, 1 + 2 * i, 2));
  EXPECT_EQ(At(table, kGroup).Speaks(), "unknown");
}

TEST(StreamTable, MessagesOutsideOfAllNumbersAreCountedAndMoveNothing) {
  StreamTable table(Pitch());
  Feed(table, kGroup, UnitPacket(1, 0, 2));
  Feed(table, kGroup, UnitPacket(1, 500, 2));
  Feed(table, kGroup, UnitPacket(1, 0, 3));
  Feed(table, kGroup, UnitPacket(1, 502, 1));
  const Stream& stream = At(table, kGroup);
  ASSERT_EQ(stream.sessions.size(), 1u);
  const SessionTrack& session = stream.sessions[0];
  EXPECT_EQ(session.messages(), 8u);
  EXPECT_EQ(session.unnumbered(), 5u);
  EXPECT_EQ(session.first(), 500u);
  EXPECT_EQ(session.end(), 503u);
  EXPECT_EQ(session.gaps() + session.missing() + session.repeated(), 0u);
}

// A capture that begins between a packet and the one that overtook it.
TEST(StreamTable, NumbersBelowTheFirstAreRepeatedOnlyWhenTheyComeAgain) {
  StreamTable table;
  Feed(table, kGroup, MoldPacket("DAY", 100, 3));
  Feed(table, kGroup, MoldPacket("DAY", 97, 3));
  Feed(table, kGroup, MoldPacket("DAY", 90, 2));
  EXPECT_EQ(At(table, kGroup).sessions[0].repeated(), 0u);
  Feed(table, kGroup, MoldPacket("DAY", 96, 2));  // 97 again.
  EXPECT_EQ(At(table, kGroup).sessions[0].repeated(), 1u);
  Feed(table, kGroup, MoldPacket("DAY", 99, 2));  // Both again.
  EXPECT_EQ(At(table, kGroup).sessions[0].repeated(), 3u);
  EXPECT_EQ(At(table, kGroup).sessions[0].first(), 90u);
}

TEST(StreamTable, AHeartbeatThatIsAheadShowsWhatWasLostBeforeIt) {
  StreamTable table;
  Feed(table, kGroup, MoldPacket("DAY", 1, 3));
  Feed(table, kGroup, MoldPacket("DAY", 9, 0));
  EXPECT_EQ(At(table, kGroup).missing(), 5u);
  EXPECT_EQ(At(table, kGroup).sessions[0].end(), 4u);
}

TEST(StreamTable, KeepsSessionsOfOneStreamApart) {
  StreamTable table;
  for (uint64_t i = 0; i < 10; ++i) {
    Feed(table, kGroup, MoldPacket("ONE", 1 + i, 1));
    Feed(table, kGroup, MoldPacket("TWO", 1000 + i, 1));
  }
  ASSERT_EQ(At(table, kGroup).sessions.size(), 2u);
  EXPECT_EQ(At(table, kGroup).gaps(), 0u);
  EXPECT_EQ(At(table, kGroup).messages(), 20u);
}

TEST(StreamTable, DoesNotBelieveOneWildNumberButTwoThatAgree) {
  StreamTable table;
  const uint64_t wild = uint64_t{1} << 40;
  Feed(table, kGroup, MoldPacket("DAY", 1, 1));
  Feed(table, kGroup, MoldPacket("DAY", wild, 1));
  Feed(table, kGroup, MoldPacket("DAY", 2, 1));
  EXPECT_EQ(At(table, kGroup).gaps(), 0u);
  EXPECT_EQ(At(table, kGroup).sessions[0].implausible(), 1u);
  Feed(table, kGroup, MoldPacket("DAY", wild, 1));
  Feed(table, kGroup, MoldPacket("DAY", wild + 1, 1));
  EXPECT_EQ(At(table, kGroup).gaps(), 1u);
  Feed(table, kGroup, MoldPacket("DAY", UINT64_MAX, 2));  // Would wrap round.
  EXPECT_EQ(At(table, kGroup).gaps(), 1u);
}

TEST(StreamTable, ReadsNumbersOfAFramingWhoseMessagesNobodyKnows) {
  StreamTable table;
  for (uint64_t sequence : {1, 2, 5}) {
    std::string packet(codecs::MoldUdp64::kHeaderBytes, '\0');
    codecs::MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), "OTHER     ", sequence,
                                 1);
    codecs::MoldUdp64::Blocks::Append(packet, "~~~~~~~~");
    Feed(table, kGroup, packet);
  }
  const Stream& stream = At(table, kGroup);
  EXPECT_EQ(stream.Speaks(), "moldudp64");
  EXPECT_EQ(stream.messages(), 3u);
  EXPECT_EQ(stream.missing(), 2u);
}

TEST(StreamTable, AHeartbeatFirstLosesNothingOfTheCounts) {
  StreamTable table;
  Feed(table, kGroup, MoldPacket("DAY", 1, 0));
  Feed(table, kGroup, MoldPacket("DAY", 1, 3));
  const Stream& stream = At(table, kGroup);
  EXPECT_EQ(stream.Speaks(), "itch50");
  EXPECT_EQ(stream.before_guess, 0u);
  EXPECT_EQ(stream.sessions[0].heartbeats(), 1u);
}

TEST(StreamTable, WhatTheCaptureCutOffIsNotMissingInTheStream) {
  StreamTable table;
  Feed(table, kGroup, MoldPacket("DAY", 1, 2));
  Feed(table, kGroup, MoldPacket("DAY", 3, 5), {.kept_bytes = 64});
  Feed(table, kGroup, MoldPacket("DAY", 8, 2));
  const Stream& stream = At(table, kGroup);
  EXPECT_EQ(stream.traffic.truncated, 1u);
  EXPECT_EQ(stream.damaged_tails, 0u);
  EXPECT_EQ(stream.messages(), 6u);  // Those that are there.
  EXPECT_EQ(stream.cut(), 3u);
  EXPECT_EQ(stream.missing(), 0u);
  EXPECT_EQ(stream.sessions[0].end(), 10u);
}

TEST(StreamTable, CountsTheMessagesOfEveryPacketAsThoseWhoDecodeThemDo) {
  StreamTable table;
  Feed(table, kGroup, MoldPacket("DAY", 1, 2));
  Feed(table, kGroup, MoldPacket("DAY", 1, 2));                  // Again,
  Feed(table, kGroup, MoldPacket("DAY", uint64_t{1} << 40, 3));  // not believed,
  Feed(table, kGroup, MoldPacket("DAY", UINT64_MAX, 2));         // beyond all numbers,
  Feed(table, kGroup, MoldPacket("DAY", 3, 1) + "more");         // with something behind.
  EXPECT_EQ(At(table, kGroup).messages(), 10u);
  EXPECT_EQ(At(table, kGroup).trailing_bytes, 1u);
  EXPECT_EQ(At(table, kGroup).sessions[0].end(), 4u);
}

TEST(StreamTable, AnnouncedMessagesThatThePacketDoesNotHoldAreMissing) {
  StreamTable table;
  for (uint64_t i = 0; i < 8; ++i) Feed(table, kGroup, MoldPacket("DAY", 1 + i * 5, 5));
  Feed(table, kGroup, MoldPacket("DAY", 41, 5).substr(0, 64));
  Feed(table, kGroup, MoldPacket("DAY", 46, 1));
  EXPECT_EQ(At(table, kGroup).damaged_tails, 1u);
  EXPECT_EQ(At(table, kGroup).lost_in_tails(), 3u);
  EXPECT_EQ(At(table, kGroup).cut(), 0u);
  EXPECT_EQ(At(table, kGroup).missing(), 3u);
}

TEST(StreamTable, ListsSourcesAndVlansAndCountsThoseBeyondTheLimit) {
  StreamTable table;
  for (int i = 0; i < 20; ++i) {
    Feed(table, kGroup, "payload",
         {.source = absl::StrCat("10.0.0.", i), .vlan = uint16_t(i / 10)});
  }
  const Stream& stream = At(table, kGroup);
  EXPECT_EQ(stream.sources.size(), StreamTable::kMostSources);
  EXPECT_EQ(stream.more_sources, 4u);
  EXPECT_EQ(stream.vlans.size(), 2u);
  EXPECT_EQ(stream.Speaks(), "unknown");
  EXPECT_EQ(stream.first_bytes.size(), 7u);
}

TEST(StreamTable, CountsTheMessagesOfSessionsThatItDoesNotFollow) {
  StreamTable table;
  for (size_t i = 0; i < StreamTable::kMostSessions + 3; ++i) {
    Feed(table, kGroup, MoldPacket(absl::StrCat("S", i), 1, 2));
  }
  const Stream& stream = At(table, kGroup);
  EXPECT_EQ(stream.sessions.size(), StreamTable::kMostSessions);
  EXPECT_EQ(stream.more_sessions, 3u);
  EXPECT_EQ(stream.messages(), 2 * (StreamTable::kMostSessions + 3));
}

TEST(StreamTable, IsBoundedAndCountsWhatIsBeyond) {
  StreamTable table;
  for (size_t i = 0; i < StreamTable::kMostStreams + 5; ++i) {
    Feed(table, absl::StrCat("239.1.", i / 250, ".", i % 250, ":1000"), "payload");
  }
  EXPECT_EQ(table.streams().size(), StreamTable::kMostStreams);
  EXPECT_EQ(table.overflowed(), 5u);
}

}  // namespace
}  // namespace fh::test
