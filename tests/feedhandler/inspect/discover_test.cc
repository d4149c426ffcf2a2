// What is found in captures: feeds, channels, and which groups are lines A and B of one channel.
#include "feedhandler/inspect/discover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codecs/registry.h"
#include "feedhandler/inspect/capture_scan.h"
#include "feedhandler/inspect/channels.h"
#include "tests/captures.h"
#include "tests/feedhandler/inspect/streams.h"
#include "tests/replay/capture_fixture.h"

namespace fh::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kGroupA[] = "239.1.1.1:26400";
constexpr char kGroupB[] = "239.1.2.1:26400";
constexpr char kGroupC[] = "239.1.1.2:26401";

// Packets of three messages to two groups; each loses every seventh packet, but not the same.
std::vector<TestDatagram> TwoLossyLines() {
  std::vector<TestDatagram> datagrams;
  for (uint64_t i = 0; i < 200; ++i) {
    const std::string payload = MoldPacket("DAY", 1 + i * 3, 3);
    const int64_t stamp_ns = 1'500'000'000'000'000'000 + static_cast<int64_t>(i) * 1000;
    if (i % 7 != 2) datagrams.push_back({stamp_ns, kGroupB, payload});
    if (i % 7 != 5) datagrams.push_back({stamp_ns + 10, kGroupA, payload});
  }
  return datagrams;
}

std::vector<std::string> Groups(const ChannelConfig& channel) {
  std::vector<std::string> groups;
  for (const LineConfig& line : channel.lines) {
    groups.push_back(line.name + " " + line.subscription.group.ToString());
  }
  return groups;
}

TEST(DiscoverFeeds, FindsLinesAAndBOfOneChannelThoughBothLosePackets) {
  TempFile file("ab.pcap");
  WriteCapture(file.path(), TwoLossyLines());
  const absl::StatusOr<std::vector<FeedConfig>> feeds = DiscoverFeeds({file.path()}, "itch50");
  ASSERT_TRUE(feeds.ok()) << feeds.status();
  ASSERT_EQ(feeds->size(), 1u);
  EXPECT_EQ(feeds->front().codec, "itch50");
  ASSERT_EQ(feeds->front().channels.size(), 1u);
  EXPECT_EQ(feeds->front().channels[0].id, 1);
  EXPECT_THAT(Groups(feeds->front().channels[0]),
              ElementsAre("A 239.1.1.1:26400", "B 239.1.2.1:26400"));
}

TEST(DiscoverFeeds, FindsLinesThatLieInSeveralFiles) {
  TempFile file_a("a.pcap");
  TempFile file_b("b.pcap");
  std::vector<TestDatagram> of_a;
  std::vector<TestDatagram> of_b;
  for (const TestDatagram& datagram : TwoLossyLines()) {
    (datagram.group == kGroupA ? of_a : of_b).push_back(datagram);
  }
  WriteCapture(file_a.path(), of_a);
  WriteCapture(file_b.path(), of_b);
  const absl::StatusOr<std::vector<FeedConfig>> feeds =
      DiscoverFeeds({file_a.path(), file_b.path()}, "");
  ASSERT_TRUE(feeds.ok()) << feeds.status();
  ASSERT_EQ(feeds->size(), 1u);
  ASSERT_EQ(feeds->front().channels.size(), 1u);
  EXPECT_EQ(feeds->front().channels[0].lines.size(), 2u);
}

TEST(DiscoverFeeds, SaysWhatThereIsInsteadOfTheCodecAskedFor) {
  TempFile file("ab.pcap");
  WriteCapture(file.path(), TwoLossyLines());
  const absl::StatusOr<std::vector<FeedConfig>> feeds = DiscoverFeeds({file.path()}, "iex_deep10");
  ASSERT_EQ(feeds.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(feeds.status().message(), HasSubstr("nothing looks like iex_deep10"));
  EXPECT_THAT(feeds.status().message(), HasSubstr("239.1.1.1:26400: 172 packets, itch50"));
}

TEST(DiscoverFeeds, NamesTheCodecsThatExist) {
  const absl::Status status = DiscoverFeeds({"unread.pcap"}, "itch51").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(status.message(), HasSubstr("itch50"));
}

TEST(DiscoverFeeds, RefusesStandardInputWhichCannotBeReadAgain) {
  const absl::Status status = DiscoverFeeds({"-"}, "itch50").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("--line="));
}

TEST(DiscoverFeeds, TakesAQuietLineForTheCodecThatIsAskedFor) {
  TempFile file("quiet.pcap");
  WriteCapture(file.path(), {{1'000'000'000, kGroupA, MoldPacket("DAY", 17, 0)},
                             {2'000'000'000, kGroupA, MoldPacket("DAY", 17, 0)}});
  EXPECT_TRUE(DiscoverFeeds({file.path()}, "itch50").ok());
  EXPECT_EQ(DiscoverFeeds({file.path()}, "").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// "sbe" is of no venue, and no packet is guessed to be its; B3 frames its packets like this.
TEST(DiscoverFeeds, FindsTheLinesOfACodecThatIsTakenOnlyWhenItIsNamed) {
  std::string packet("\x32\x01\xdf\x15\x00\x00\x00\x00\x0d\xb7\x92\x61\x97\x9c\xf3\x17", 16);
  packet += std::string("\x10\x00\x50\xeb\x04\x00\x02\x00\x02\x00\x09\x00\x44\x2d\x01\x00", 16);
  TempFile file("sbe.pcap");
  WriteCapture(file.path(), {{1'000'000'000, kGroupA, packet}, {2'000'000'000, kGroupA, packet}});
  EXPECT_EQ(DiscoverFeeds({file.path()}, "").status().code(),
            absl::StatusCode::kFailedPrecondition);
  const absl::StatusOr<std::vector<FeedConfig>> feeds = DiscoverFeeds({file.path()}, "sbe");
  ASSERT_TRUE(feeds.ok()) << feeds.status();
  ASSERT_EQ(feeds->size(), 1u);
  EXPECT_EQ(feeds->front().codec, "sbe");
}

TEST(DiscoverChannels, KeepsChannelsApartThatNumberAlikeUnderOneSessionName) {
  StreamTable table;
  for (uint64_t i = 0; i < 50; ++i) {
    Feed(table, kGroupA, MoldPacket("DAY", 1 + i * 2, 2));
    Feed(table, kGroupC, MoldPacket("DAY", 1 + i * 2, 2, 1'000'000));
    Feed(table, kGroupB, MoldPacket("DAY", 1 + i * 2, 2));
  }
  const std::vector<DiscoveredChannel> channels = DiscoverChannels(table);
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_EQ(channels[0].lines.size(), 2u);
  ASSERT_EQ(channels[1].lines.size(), 1u);
  EXPECT_EQ(channels[1].lines[0]->group.ToString(), kGroupC);
}

TEST(DiscoverChannels, RecognisesLinesThatPackTheSameMessagesDifferently) {
  StreamTable table;
  for (uint64_t i = 0; i < 60; ++i) Feed(table, kGroupA, MoldPacket("DAY", 1 + i * 2, 2));
  for (uint64_t i = 0; i < 40; ++i) Feed(table, kGroupB, MoldPacket("DAY", 1 + i * 3, 3));
  EXPECT_EQ(DiscoverChannels(table).size(), 1u);
}

TEST(DiscoverChannels, KeepsSessionsApartThatDoNotOverlap) {
  StreamTable table;
  Feed(table, kGroupA, MoldPacket("DAY", 1, 5));
  Feed(table, kGroupB, MoldPacket("DAY", 100, 5));
  Feed(table, kGroupC, MoldPacket("NIGHT", 1, 5));
  EXPECT_EQ(DiscoverChannels(table).size(), 3u);
}

TEST(DiscoverChannels, TakesALineWithHeartbeatsAloneByItsSessionAndNumber) {
  StreamTable table(*codecs::FindCodec("itch50"));
  Feed(table, kGroupA, MoldPacket("DAY", 1, 5));
  Feed(table, kGroupB, MoldPacket("DAY", 6, 0));
  const std::vector<DiscoveredChannel> channels = DiscoverChannels(table);
  ASSERT_EQ(channels.size(), 1u);
  EXPECT_EQ(channels[0].lines.size(), 2u);
}

TEST(LineName, GoesOnBehindZ) {
  EXPECT_EQ(LineName(0), "A");
  EXPECT_EQ(LineName(25), "Z");
  EXPECT_EQ(LineName(26), "AA");
  EXPECT_EQ(LineName(701), "ZZ");
}

struct RealCapture {
  const char* file;
  const char* codec;
  size_t lines;
  uint64_t messages;
};

class DiscoverRealCapture : public ::testing::TestWithParam<RealCapture> {};

TEST_P(DiscoverRealCapture, FindsItsOneChannelWithoutBeingToldTheCodec) {
  const auto path = CaptureFile(GetParam().file);
  if (!path) GTEST_SKIP() << kNoCaptures;
  StreamTable table;
  const CaptureScan scan = ScanCaptures({{path->string()}}, nullptr, table)[0];
  ASSERT_TRUE(scan.status.ok()) << scan.status;
  EXPECT_TRUE(scan.complete);
  uint64_t messages = 0;
  for (const auto& stream : table.streams()) {
    if (stream->Speaks() == GetParam().codec) messages += stream->messages();
  }
  EXPECT_EQ(messages, GetParam().messages);

  const absl::StatusOr<std::vector<FeedConfig>> feeds = DiscoverFeeds({path->string()}, "");
  ASSERT_TRUE(feeds.ok()) << feeds.status();
  ASSERT_EQ(feeds->size(), 1u);
  EXPECT_EQ(feeds->front().codec, GetParam().codec);
  ASSERT_EQ(feeds->front().channels.size(), 1u);
  EXPECT_EQ(feeds->front().channels[0].lines.size(), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Of, DiscoverRealCapture,
    ::testing::Values(RealCapture{"iex/deep10_20170425_head60000.pcap", "iex_deep10", 1, 329'936},
                      RealCapture{"iex/tops16_20170710_head6500.pcap", "iex_tops16", 1, 44'214},
                      RealCapture{"nyse/imbalances_xdp_20170929_head6000.pcap", "nyse_xdp", 1,
                                  6'000}),
    [](const auto& capture) { return std::string(capture.param.codec); });

// Two groups: the unit's, and one that says by heartbeats without a number that it is there. By
// themselves these claim nothing; who names the codec has them followed.
TEST(StreamTableOnRealCapture, FollowsCboesUnit) {
  const auto path = CaptureFile("pitch/mcastpitch_realtime_useq.pcap");
  if (!path) GTEST_SKIP() << kNoCaptures;
  StreamTable table;
  ScanCaptures({{path->string()}}, nullptr, table);
  const Stream& stream = At(table, "239.39.62.190:32001");
  EXPECT_EQ(stream.Speaks(), "cboe_pitch");
  ASSERT_EQ(stream.sessions.size(), 1u);
  EXPECT_EQ(stream.sessions[0].stream(), 1u);
  EXPECT_EQ(stream.sessions[0].messages(), 40u);
  EXPECT_EQ(stream.sessions[0].heartbeats(), 356u);
  EXPECT_EQ(stream.sessions[0].missing(), 2u) << "heartbeats said 1, and then 3 came";
  EXPECT_EQ(stream.before_guess, 0u) << "heartbeats before the first message are counted too";
  EXPECT_EQ(At(table, "239.39.62.191:32001").Speaks(), "unknown");
  StreamTable asked(*codecs::FindCodec("cboe_pitch"));
  ScanCaptures({{path->string()}}, nullptr, asked);
  const Stream& heartbeats = At(asked, "239.39.62.191:32001");
  ASSERT_EQ(heartbeats.sessions.size(), 1u);
  EXPECT_FALSE(heartbeats.sessions[0].has_numbers());
}

TEST(StreamTableOnRealCapture, SeesTheElevenRestartsOfTheTestSystem) {
  const auto path = CaptureFile("iex/deep10_20170425_head60000.pcap");
  if (!path) GTEST_SKIP() << kNoCaptures;
  StreamTable table;
  ScanCaptures({{path->string()}}, nullptr, table);
  uint64_t restarts = 0;
  for (const auto& stream : table.streams()) {
    for (const SessionTrack& session : stream->sessions) restarts += session.restarts();
  }
  EXPECT_EQ(restarts, 11u);
}

// Packets have the numbers there, and each holds several messages.
TEST(StreamTableOnRealCapture, PairsTheLinesOfAFeedThatNumbersPackets) {
  const auto path = CaptureFile("cme/mdp3_v1.6_20161112_AB.pcapng");
  if (!path) GTEST_SKIP() << kNoCaptures;
  StreamTable table;
  const CaptureScan scan = ScanCaptures({{path->string()}}, nullptr, table)[0];
  EXPECT_EQ(scan.backwards, 581u);  // As tshark's exact stamps say.
  const std::vector<DiscoveredChannel> channels = DiscoverChannels(table);
  ASSERT_EQ(channels.size(), 1u);
  ASSERT_EQ(channels[0].lines.size(), 2u);
  for (const Stream* line : channels[0].lines) {
    EXPECT_EQ(line->messages(), 10'273u);
    EXPECT_EQ(line->missing(), 0u);
    for (const auto& session : line->sessions) EXPECT_EQ(session.repeated(), 0u);
  }
}

}  // namespace
}  // namespace fh::test
