#include "feedhandler/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "codecs/registry.h"
#include "rio/af_xdp/xdp_options.h"

namespace fh {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const ConfigHost kHost{.cpus = 4, .backends = {"recvmmsg", "io_uring"}};

constexpr char kGood[] = R"(feed {
  name: "itch"
  codec: "iex_tops16"
  channel {
    id: 7
    line { group: "239.1.1.1:26400" interface: "lo" source: "10.0.0.1" }
    line { name: "second" group: "[ff15::1]:26401" }
  }
}
strategy_thread {
  strategy { name: "count" parameters: "detail=off" }
}
)";

// kGood with one text replaced, parsed; the error, or "" when there is none.
std::string ErrorAfter(const std::string& replace, const std::string& with) {
  const std::string text = absl::StrReplaceAll(kGood, {{replace, with}});
  EXPECT_NE(text, kGood) << replace;
  const auto config = ParseConfig(text, "f", kHost);
  return config.ok() ? "" : std::string(config.status().message());
}

// kGood with `more` behind it: what stands there begins on line 14.
std::string ErrorOf(const std::string& more) {
  const auto config = ParseConfig(absl::StrCat(kGood, more), "f", kHost);
  return config.ok() ? "" : std::string(config.status().message());
}

Config Parsed(const std::string& more) {
  auto config = ParseConfig(absl::StrCat(kGood, more), "f", kHost);
  EXPECT_TRUE(config.ok()) << config.status();
  return config.ok() ? *std::move(config) : Config{};
}

TEST(Config, FillsInEverything) {
  const Config config = Parsed("");
  ASSERT_EQ(config.feeds.size(), 1u);
  const FeedConfig& feed = config.feeds[0];
  EXPECT_EQ(feed.name, "itch");
  EXPECT_EQ(feed.codec, "iex_tops16");
  EXPECT_EQ(feed.session.window_packets, SessionOptions().window_packets);
  ASSERT_EQ(feed.channels.size(), 1u);
  EXPECT_EQ(feed.channels[0].id, 7);
  ASSERT_EQ(feed.channels[0].lines.size(), 2u);
  EXPECT_EQ(feed.channels[0].lines[0].name, "A");
  EXPECT_EQ(feed.channels[0].lines[1].name, "second");
  const auto& subscriptions = config.feed_threads[0].receiver.options.subscriptions;
  ASSERT_EQ(subscriptions.size(), 2u);
  EXPECT_EQ(subscriptions[0].group.ToString(), "239.1.1.1:26400");
  EXPECT_EQ(subscriptions[0].interface, "lo");
  EXPECT_EQ(subscriptions[0].source.ToString(), "10.0.0.1");
  EXPECT_EQ(subscriptions[1].group.ToString(), "[ff15::1]:26401");
  EXPECT_TRUE(subscriptions[1].source.is_none());
  EXPECT_EQ(config.feed_threads[0].receiver.backend, "auto");
  EXPECT_EQ(config.feed_threads[0].receiver.region.slice_count, 4096u);
  EXPECT_EQ(config.feed_threads[0].thread.name, "fh-feed");
  ASSERT_EQ(config.strategy_threads.size(), 1u);
  EXPECT_EQ(config.strategy_threads[0].thread.name, "fh-strategy-0");
  EXPECT_EQ(config.strategy_threads[0].ring_updates, 65536u);
  EXPECT_EQ(config.strategy_threads[0].strategies[0].name, "count");
  EXPECT_EQ(config.strategy_threads[0].strategies[0].parameters, "detail=off");
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST(Config, EveryKeyArrives) {
  const Config config = Parsed(R"(
    receiver {
      backend: "io_uring" slices: 8192 slice_bytes: 9216 socket_buffer_bytes: 0 burst: 32
      stamps: HARDWARE huge_pages: true lock_memory: true numa_node: 0 busy_poll_us: 20
      xdp {
        mode: NATIVE copy: ZERO_COPY queue: 2 queue: 3 ring_entries: 4096 verify_checksums: false
      }
    }
    feed_thread { cpu: 3 realtime_priority: 50 idle: SPIN }
    strategy_thread {
      thread { cpu: 0 idle: YIELD }
      ring_updates: 1024
      strategy { name: "./plugin.so" }
      strategy { name: "null" }
    }
    feed {
      name: "two" codec: "iex_deep10" channel { id: 8 line { group: "127.0.0.1:1" trailer: "metamako" } }
      session {
        window_packets: 10 window_messages: 11 gap_timeout_us: 12 early_gap_packets: 0
        line_silent_us: 13 max_jump: 14 jump_confirmations: 15 late_join: FROM_FIRST
      }
    })");
  const ReceiverConfig& receiver = config.feed_threads[0].receiver;
  EXPECT_EQ(receiver.backend, "io_uring");
  EXPECT_EQ(receiver.region.slice_count, 8192u);
  EXPECT_EQ(receiver.region.slice_bytes, 9216u);
  EXPECT_EQ(receiver.options.socket_buffer_bytes, 0u);
  EXPECT_EQ(receiver.options.burst, 32u);
  EXPECT_EQ(receiver.options.stamps, rio::ReceiveStamps::kHardware);
  EXPECT_TRUE(receiver.region.huge_pages);
  EXPECT_TRUE(receiver.region.lock);
  EXPECT_EQ(receiver.region.numa_node, 0);
  const rio::XdpOptions xdp = rio::XdpOptionsOf(receiver.options);
  EXPECT_EQ(xdp.mode, rio::XdpMode::kNative);
  EXPECT_EQ(xdp.copy, rio::XdpCopy::kZeroCopy);
  EXPECT_EQ(xdp.queues, (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(xdp.ring_entries, 4096u);
  EXPECT_FALSE(xdp.verify_checksums);
  EXPECT_EQ(receiver.options.busy_poll_us, 20u);
  EXPECT_EQ(receiver.options.subscriptions.size(), 3u);
  EXPECT_EQ(receiver.options.subscriptions[2].trailer, rio::TrailerFormat::kMetamako);
  EXPECT_EQ(config.feed_threads[0].thread.cpu, 3);
  EXPECT_EQ(config.feed_threads[0].thread.realtime_priority, 50);
  EXPECT_EQ(config.feed_threads[0].thread.idle, IdleMode::kSpin);
  const StrategyThreadConfig& thread = config.strategy_threads.at(1);
  EXPECT_EQ(thread.thread.cpu, 0);
  EXPECT_EQ(thread.thread.idle, IdleMode::kYield);
  EXPECT_EQ(thread.ring_updates, 1024u);
  EXPECT_EQ(thread.strategies.size(), 2u);
  const SessionOptions& session = config.feeds.at(1).session;
  EXPECT_EQ(session.window_packets, 10u);
  EXPECT_EQ(session.window_messages, 11u);
  EXPECT_EQ(session.gap_timeout_ns, 12'000);
  EXPECT_EQ(session.early_gap_packets, 0u);
  EXPECT_EQ(session.line_silent_ns, 13'000);
  EXPECT_EQ(session.max_jump, 14u);
  EXPECT_EQ(session.jump_confirmations, 15u);
  EXPECT_EQ(session.late_join, LateJoin::kFromFirst);
}

TEST(Config, ChannelsHaveRolesAndLinesForRetransmissions) {
  const absl::StatusOr<Config> config = ParseConfig(
      "feed { name: \"f\" codec: \"itch50\"\n"
      "  channel { id: 1 line { group: \"239.1.1.1:1\" } line { group: \"239.1.1.2:1\" "
      "retransmission: true } }\n"
      "  channel { id: 2 role: SNAPSHOT line { group: \"239.1.1.3:1\" } }\n"
      "  channel { id: 3 role: DEFINITIONS line { group: \"239.1.1.4:1\" } } }\n"
      "strategy_thread { strategy { name: \"count\" } }\n",
      "f", {});
  ASSERT_TRUE(config.ok()) << config.status();
  const std::vector<ChannelConfig>& channels = config->feeds[0].channels;
  EXPECT_EQ(channels[0].role, codecs::ChannelRole::kIncremental);
  EXPECT_EQ(channels[1].role, codecs::ChannelRole::kSnapshot);
  EXPECT_EQ(channels[2].role, codecs::ChannelRole::kDefinitions);
  EXPECT_FALSE(channels[0].lines[0].retransmission);
  EXPECT_TRUE(channels[0].lines[1].retransmission);
  // Loops hold no packets.
  EXPECT_EQ(HeldSlices(config->feeds), MostHeldSlices(config->feeds[0].session));
}

TEST(Config, SaysWhatOfRolesAndStreamsCannotBe) {
  EXPECT_THAT(ErrorAfter("line {", "line { retransmission: true"),
              HasSubstr("one must carry the stream itself"));
  EXPECT_THAT(ErrorAfter("    id: 7", "    id: 7 streams: 4"),
              HasSubstr("iex_tops16 has one stream a channel; leave streams out"));
  EXPECT_THAT(ErrorAfter("    id: 7", "    id: 7 streams: 257"), HasSubstr("use 1 to 256"));
}

TEST(Config, RoomForInstrumentsAndOrders) {
  EXPECT_THAT(ErrorAfter("codec: \"iex_tops16\"", "codec: \"iex_tops16\" instruments: 0"),
              HasSubstr("use 1 to 16777216"));
  EXPECT_THAT(ErrorAfter("codec: \"iex_tops16\"", "codec: \"iex_tops16\" orders: 67108865"),
              HasSubstr("use 0 to 67108864"));
  FeedConfig feed{.name = "a", .codec = "itch50"};
  EXPECT_EQ(InstrumentsOf(feed), 65'536U);
  feed.codec = "cme_mdp3";
  EXPECT_EQ(InstrumentsOf(feed), 1'048'576U) << "of all channels and sessions";
  feed.instruments = 10;
  EXPECT_EQ(InstrumentsOf(feed), 10U);
  EXPECT_EQ(OrdersOf(feed), 0U);
  feed.codec = "cboe_pitch";
  EXPECT_EQ(OrdersOf(feed), 262'144U) << "nothing else names the instrument";
  feed.orders = 0;
  EXPECT_EQ(OrdersOf(feed), 0U);
}

TEST(Config, UnknownKeyIsNamedWithPlaceSuggestionAndWhatIsAccepted) {
  EXPECT_EQ(ErrorAfter("  strategy {", "  ring_update: 4\n  strategy {"),
            "f:11:3: unknown key \"ring_update\"; did you mean \"ring_updates\"? "
            "strategy_thread takes: thread, ring_updates, strategy, feed, channel, symbol, books");
  EXPECT_EQ(ErrorOf("recevier { burst: 1 }"),
            "f:13:1: unknown key \"recevier\"; did you mean \"receiver\"? the file takes: feed, "
            "receiver, feed_thread, strategy_thread, http");
  EXPECT_EQ(ErrorAfter("{ group: \"239", "{ colour: 3 group: \"239"),
            "f:6:12: unknown key \"colour\"; line takes: name, group, interface, source, trailer, "
            "vlan, outer_vlan, retransmission");
  EXPECT_EQ(ErrorOf("feed_thread {\n\tpriority: 3 }"),
            "f:14:2: unknown key \"priority\"; feed_thread takes: cpu, realtime_priority, idle, "
            "name, receiver");
}

TEST(Config, AllUnknownKeysAreReportedInOrder) {
  const std::string error = ErrorOf("aaa: 1\nbbb { ccc: [1, 2] }\n");
  EXPECT_THAT(error, AllOf(StartsWith("f:13:1: unknown key \"aaa\""),
                           HasSubstr("\nf:14:1: unknown key \"bbb\"")));
}

TEST(Config, UnknownChoiceListsTheChoices) {
  EXPECT_EQ(ErrorOf("feed_thread { idle: SPINN }"),
            "f:13:21: unknown value \"SPINN\" of idle; did you mean \"SPIN\"? it can be: AUTO, "
            "SPIN, YIELD");
  EXPECT_THAT(ErrorOf("feed_thread { idle: 77 }"), StartsWith("f:13:"));
}

TEST(Config, WrongTypesHaveTheirPlace) {
  EXPECT_THAT(ErrorAfter("id: 7", "id: \"x\""), StartsWith("f:5:9: Expected integer, got: \"x\""));
  EXPECT_THAT(ErrorAfter("id: 7", "id: -7"), StartsWith("f:5:9: "));
  EXPECT_THAT(ErrorAfter("id: 7", "id: 99999999999"), StartsWith("f:5:9: "));
  EXPECT_THAT(ErrorAfter("name: \"itch\"", "name: itch"), StartsWith("f:2:9: Expected string"));
  EXPECT_THAT(ErrorOf("receiver { huge_pages: maybe }"), StartsWith("f:13:24: "));
}

TEST(Config, RepeatedSingleKeyTrailingGarbageAndOpenBraces) {
  EXPECT_THAT(ErrorAfter("id: 7", "id: 7 id: 8"),
              AllOf(StartsWith("f:5:"), HasSubstr("\"id\" is specified multiple times")));
  EXPECT_THAT(ErrorOf("}"), StartsWith("f:13:1: Expected identifier, got: }"));
  EXPECT_THAT(ErrorOf("feed {"), StartsWith("f:13:7: "));
  EXPECT_THAT(ErrorOf("\xff\x01"), StartsWith("f:13:1: "));
  EXPECT_THAT(ErrorOf("name: \"open"), StartsWith("f:13:"));
}

TEST(Config, EmptyFileSaysWhatIsMissing) {
  const auto config = ParseConfig("", "f", kHost);
  EXPECT_EQ(config.status().message(),
            "f: feed: nothing to receive; add feed { name: ... codec: ... channel { ... } }\n"
            "f: strategy_thread: nobody gets the updates; add strategy_thread { strategy { name: "
            "\"count\" } }");
}

TEST(Config, UnknownCodecListsTheCodecs) {
  EXPECT_THAT(ErrorAfter("iex_tops16", "itch51"),
              AllOf(StartsWith("f:3:3: feed[0].codec: "), HasSubstr("itch51"),
                    HasSubstr("iex_tops16"), HasSubstr("iex_deep10")));
  EXPECT_THAT(ErrorAfter("  codec: \"iex_tops16\"\n", ""),
              AllOf(StartsWith("f:1:1: feed[0].codec: is missing"), HasSubstr("iex_tops16")));
}

TEST(Config, ASchemaIsForCodecsThatReadOne) {
  EXPECT_THAT(
      ErrorAfter("  codec: \"iex_tops16\"\n",
                 "  codec: \"iex_tops16\"\n  schema: \"templates.xml\"\n"),
      AllOf(StartsWith("f:4:3: feed[0].schema: "), HasSubstr("iex_tops16 reads no schema")));
  const auto config = ParseConfig(
      absl::StrCat(kGood,
                   "feed { name: \"cme\" codec: \"cme_mdp3\" schema: \"templates.xml\"\n"
                   "  channel { id: 9 line { group: \"239.3.3.3:1\" } } }"),
      "f", {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->feeds.back().schema, "templates.xml");
}

TEST(Config, BadGroupsHaveTheirPlace) {
  for (const char* group : {"239.1.1:26400", "239.1.1.1", "239.1.1.1:0", "239.1.1.1:70000",
                            "itch.example:1", "[ff15::1:26400", "239.1.1.1:x"}) {
    EXPECT_THAT(ErrorAfter("239.1.1.1:26400", group),
                StartsWith("f:6:12: feed[0].channel[0].line[0].group: "))
        << group;
  }
  EXPECT_EQ(ErrorAfter("group: \"[ff15::1]:26401\"", ""),
            "f:7:5: feed[0].channel[0].line[1].group: is missing; write group: "
            "\"239.1.2.3:26400\" or \"[ff15::1]:26400\"");
}

// A group in two VLANs is two lines; sockets, which see no tags, are told how to get them.
TEST(Config, ALineNamesItsVlan) {
  const std::string lines =
      "feed { name: \"v\" codec: \"iex_deep10\" channel { id: 9\n"
      "  line { group: \"239.3.3.3:1\" interface: \"eth1\" vlan: 100 }\n"
      "  line { group: \"239.3.3.3:1\" interface: \"eth1\" vlan: 200 }\n"
      "  line { group: \"239.3.3.3:1\" interface: \"eth1\" vlan: 100 outer_vlan: 200 }\n"
      "  line { group: \"239.3.3.3:1\" interface: \"eth1\" }\n"
      "} }";
  const std::string text = absl::StrCat(kGood, lines);
  ConfigHost host = kHost;
  host.backend = "af_xdp";
  const auto config = ParseConfig(text, "f", host);
  ASSERT_TRUE(config.ok()) << config.status();
  const std::vector<LineConfig>& read = config->feeds.back().channels[0].lines;
  ASSERT_EQ(read.size(), 4u);
  EXPECT_EQ(read[0].subscription.vlan, (rio::Vlan{.id = 100}));
  EXPECT_EQ(read[1].subscription.vlan, (rio::Vlan{.id = 200}));
  EXPECT_EQ(read[2].subscription.vlan, (rio::Vlan{.id = 100, .outer = 200}));
  EXPECT_TRUE(read[3].subscription.vlan.is_untagged());
  EXPECT_TRUE(ParseConfig(text, "f", {}).ok()) << "for a capture";
  EXPECT_THAT(ErrorOf(lines),
              AllOf(StartsWith("f:14:"), HasSubstr("line[0].vlan: "),
                    HasSubstr("sockets do not see VLAN tags"),
                    HasSubstr("ip link add link eth1 name eth1.100 type vlan id 100"),
                    HasSubstr("f:15:"), HasSubstr("eth1.200.100")));
  EXPECT_THAT(ErrorAfter("interface: \"lo\"", "interface: \"lo\" vlan: 4095"),
              HasSubstr("vlan: 4095 is no VLAN; they count from 1 to 4094"));
  EXPECT_THAT(ErrorAfter("interface: \"lo\"", "interface: \"lo\" vlan: 7 outer_vlan: 9999"),
              HasSubstr("outer_vlan: 9999 is no VLAN"));
}

TEST(Config, SourceMustFitTheGroup) {
  EXPECT_THAT(ErrorAfter("10.0.0.1", "10.0.0"),
              StartsWith("f:6:53: feed[0].channel[0].line[0].source: "));
  EXPECT_THAT(ErrorAfter("10.0.0.1", "fe80::1"), HasSubstr("different IP versions"));
  EXPECT_THAT(ErrorAfter("10.0.0.1", "239.9.9.9"), HasSubstr("name the sender's own address"));
  EXPECT_THAT(ErrorAfter("239.1.1.1", "10.1.1.1"), HasSubstr("10.1.1.1 is not one; leave it out"));
}

TEST(Config, DuplicatesNameTheLineOfTheFirst) {
  EXPECT_EQ(ErrorOf("feed { name: \"itch\" codec: \"iex_deep10\"\n"
                    "  channel { id: 7\n"
                    "    line { group: \"[ff15::1]:26401\" } } }"),
            "f:13:8: feed[1].name: \"itch\" is also the feed of line 2; names are unique\n"
            "f:14:13: feed[1].channel[0].id: 7 is also the channel of line 5; ids are unique over "
            "all feeds\n"
            "f:15:12: feed[1].channel[0].line[0].group: [ff15::1]:26401 is also the line of line "
            "7; each line has its own group");
  EXPECT_THAT(ErrorAfter("\"second\"", "\"A\""),
              StartsWith("f:7:12: feed[0].channel[0].line[1].name: \"A\" is the name of another"));
}

TEST(Config, ChannelsAndLinesMustBeThere) {
  EXPECT_THAT(ErrorOf("feed { name: \"b\" codec: \"iex_deep10\" }"),
              StartsWith("f:13:1: feed[1].channel: no channel; add channel {"));
  EXPECT_THAT(ErrorOf("feed { name: \"b\" codec: \"iex_deep10\" channel { id: 9 } }"),
              StartsWith("f:13:38: feed[1].channel[0].line: no line; add line {"));
  std::string lines;
  for (int i = 0; i < 17; ++i) absl::StrAppend(&lines, "line { group: \"239.2.2.", i, ":1\" }");
  EXPECT_THAT(ErrorOf(absl::StrCat("feed { name: \"b\" codec: \"iex_deep10\" channel { id: 9 ",
                                   lines, " } }")),
              HasSubstr("has 17 lines, at most 16 are possible"));
  EXPECT_THAT(ErrorAfter("id: 7", "id: 65536"),
              StartsWith("f:5:5: feed[0].channel[0].id: 65536 is too large; use 0 to 65535"));
  EXPECT_THAT(ErrorAfter("interface: \"lo\"", "interface: \"sixteen_letters_\""),
              HasSubstr("longer than the 15 characters"));
  EXPECT_THAT(ErrorAfter("interface: \"lo\"", "interface: \"a_name_far_too_long\""),
              HasSubstr("longer than the 15 characters"));
}

TEST(Config, RingMustBeAPowerOfTwo) {
  EXPECT_EQ(ErrorAfter("  strategy {", "  ring_updates: 1000000\n  strategy {"),
            "f:11:3: strategy_thread[0].ring_updates: 1000000 is not a power of two from 1024 to "
            "67108864; use 1048576");
  EXPECT_THAT(ErrorAfter("  strategy {", "  ring_updates: 512\n  strategy {"),
              HasSubstr("use 1024"));
  EXPECT_THAT(ErrorAfter("  strategy {", "  ring_updates: 0\n  strategy {"), HasSubstr("use 1024"));
  EXPECT_THAT(ErrorAfter("  strategy {", "  ring_updates: 4294967295\n  strategy {"),
              HasSubstr("use 67108864"));
}

TEST(Config, CpusMustExist) {
  EXPECT_EQ(ErrorOf("feed_thread { cpu: 4 }"),
            "f:13:15: feed_thread[0].cpu: there is no CPU 4; this machine has 4, 0 to 3");
  EXPECT_THAT(ErrorOf("feed_thread { cpu: -1 }"), HasSubstr("there is no CPU -1"));
  EXPECT_TRUE(ParseConfig(absl::StrCat(kGood, "feed_thread { cpu: 99 }"), "f", {}).ok());
  EXPECT_FALSE(ParseConfig(absl::StrCat(kGood, "feed_thread { cpu: -1 }"), "f", {}).ok());
}

TEST(Config, SharedCpuIsAWarning) {
  const Config config = Parsed(
      "feed_thread { cpu: 2 }\n"
      "strategy_thread { thread { cpu: 2 } strategy { name: \"null\" } }");
  EXPECT_THAT(config.warnings,
              ElementsAre("f:14:28: strategy_thread[1].thread.cpu: CPU 2 is also that of fh-feed; "
                          "both threads are slower for it"));
}

TEST(Config, PrioritiesBurstsAndSlicesHaveLimits) {
  EXPECT_THAT(ErrorOf("feed_thread { realtime_priority: 100 }"), HasSubstr("100 is not from 1"));
  EXPECT_THAT(ErrorOf("feed_thread { realtime_priority: 0 }"), HasSubstr("0 is not from 1 to 99"));
  EXPECT_THAT(ErrorOf("receiver { burst: 1025 }"), HasSubstr("1025 is not from 1 to 1024"));
  const std::string error = ErrorOf(
      "receiver { backend: \"iouring\" burst: 0 slice_bytes: 100 numa_node: -1\n"
      "  slices: 1000 socket_buffer_bytes: 4294967295 }");
  EXPECT_THAT(error, HasSubstr("f:13:12: receiver.backend: no backend is called \"iouring\"; did "
                               "you mean \"io_uring\"? backends are: auto, recvmmsg, io_uring"));
  EXPECT_THAT(error, HasSubstr("f:13:31: receiver.burst: 0 is not from 1 to 1024"));
  EXPECT_THAT(error, HasSubstr("f:13:40: receiver.slice_bytes: 100 is not a multiple of 64"));
  EXPECT_THAT(error, HasSubstr("f:13:57: receiver.numa_node: is negative"));
  EXPECT_THAT(error,
              HasSubstr("f:14:3: receiver.slices: 1000 slices cannot hold the 1088 packets"));
  EXPECT_THAT(error, HasSubstr("f:14:16: receiver.socket_buffer_bytes: is more than"));
}

TEST(Config, SlicesFollowFromTheWindowsWhenNotGiven) {
  std::string feed = "feed { name: \"b\" codec: \"iex_deep10\" session { window_packets: 4000 }";
  for (int i = 0; i < 3; ++i) {
    absl::StrAppend(&feed, "channel { id: ", i, " line { group: \"239.3.3.", i, ":1\" } }");
  }
  EXPECT_EQ(Parsed(feed + "}").feed_threads[0].receiver.region.slice_count, 32768u);
}

TEST(Config, SlicesFollowFromTheRingsOfAfXdpWhenNotGiven) {
  const ConfigHost host{.cpus = 4, .backends = {"recvmmsg"}, .backend = "af_xdp"};
  const auto config =
      ParseConfig(absl::StrCat(kGood, "receiver { xdp { queue: 0 queue: 1 } }"), "f", host);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->feed_threads[0].receiver.backend, "af_xdp");
  EXPECT_GE(config->feed_threads[0].receiver.region.slice_count, 2 * 16'384u);
}

TEST(Config, SlicesOfAfXdpAreALineLongerWhenTheKernelCopies) {
  const ConfigHost host{.cpus = 4, .backends = {"recvmmsg"}, .backend = "af_xdp"};
  const auto slice_bytes = [&](const char* receiver) {
    const auto config = ParseConfig(absl::StrCat(kGood, receiver), "f", host);
    EXPECT_TRUE(config.ok()) << config.status();
    return config.ok() ? config->feed_threads[0].receiver.region.slice_bytes : 0;
  };
  EXPECT_EQ(slice_bytes("receiver { xdp { } }"), 2048u);
  EXPECT_EQ(slice_bytes("receiver { xdp { copy: COPY } }"), 2112u);
  EXPECT_EQ(slice_bytes("receiver { slice_bytes: 4096 xdp { copy: COPY } }"), 4096u);
}

TEST(Config, XdpKeysAreCheckedEachAtItsPlace) {
  EXPECT_EQ(ErrorOf("receiver { xdp {\n  ring_entries: 1000\n  queue: 1 queue: 1\n"
                    "  mode: GENERIC copy: ZERO_COPY } }"),
            "f:13:12: receiver.xdp.queue: a queue is named twice\n"
            "f:14:3: receiver.xdp.ring_entries: 1000 is not a power of two from 8 to 1048576\n"
            "f:16:17: receiver.xdp.copy: ZERO_COPY is available with mode: NATIVE only");
  EXPECT_EQ(ErrorOf("receiver { xdp { mode: 7 } }"),
            "f:13:18: receiver.xdp.mode: is not a choice; it can be AUTO, NATIVE or GENERIC");
}

TEST(Config, BusyPollingIsOfEveryBackend) {
  EXPECT_THAT(ErrorOf("receiver { busy_poll_us: 1000001 }"),
              HasSubstr("receiver.busy_poll_us: 1000001 is more than 1000000, a second"));
  // Where it was.
  EXPECT_THAT(ErrorOf("receiver { xdp { busy_poll_us: 20 } }"),
              HasSubstr("unknown key \"busy_poll_us\""));
}

TEST(Config, SessionKeysAreCheckedEachAtItsPlace) {
  const std::string error = ErrorOf(
      "feed { name: \"b\" codec: \"iex_deep10\" channel { id: 9 line { group: \"239.3.3.3:1\" } }\n"
      "  session {\n"
      "    window_packets: 0\n"
      "    max_jump: 0\n"
      "    gap_timeout_us: 5\n"
      "    jump_confirmations: 0 } }");
  EXPECT_THAT(error, HasSubstr("f:15:5: feed[1].session.window_packets: "));
  EXPECT_THAT(error, HasSubstr("f:16:5: feed[1].session.max_jump: "));
  EXPECT_THAT(error, HasSubstr("f:18:5: feed[1].session.jump_confirmations: "));
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 2);
}

TEST(Config, StrategiesMustExist) {
  EXPECT_THAT(ErrorAfter("\"count\"", "\"cuont\""),
              AllOf(StartsWith("f:11:14: strategy_thread[0].strategy[0].name: no strategy is"),
                    HasSubstr("built in are: count, null, print, stall")));
  EXPECT_THAT(ErrorOf("strategy_thread { }"),
              StartsWith("f:13:1: strategy_thread[1].strategy: no strategy; add"));
  EXPECT_THAT(ErrorOf("strategy_thread { strategy { } }"),
              StartsWith("f:13:19: strategy_thread[1].strategy[0].name: is missing"));
}

// ---- Several feed threads

constexpr char kThreads[] = R"(feed_thread { name: "a" cpu: 0 }
feed_thread { name: "b" cpu: 1 receiver { backend: "io_uring" slices: 8192 } }
receiver { burst: 32 }
feed {
  name: "x" codec: "itch50" thread: "a"
  channel { id: 1 line { group: "239.1.1.1:1" } }
  channel { id: 2 thread: "b" line { group: "239.1.1.2:1" } line { group: "239.1.1.3:1" } }
}
feed { name: "y" codec: "itch50"
  channel { id: 3 thread: "a" line { group: "239.1.1.4:1" } } }
strategy_thread { strategy { name: "count" } }
)";

// kThreads with one text replaced; the error, or "" when there is none.
std::string ThreadErrorAfter(const std::string& replace, const std::string& with,
                             const ConfigHost& host = kHost) {
  const std::string text = absl::StrReplaceAll(kThreads, {{replace, with}});
  EXPECT_NE(text, kThreads) << replace;
  const auto config = ParseConfig(text, "f", host);
  return config.ok() ? "" : std::string(config.status().message());
}

TEST(ConfigFeedThreads, ShareOutChannelsEachWithItsReceiver) {
  const auto config = ParseConfig(kThreads, "f", kHost);
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->feed_threads.size(), 2u);
  const FeedThreadConfig& a = config->feed_threads[0];
  const FeedThreadConfig& b = config->feed_threads[1];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.thread.name, "fh-feed-a");
  EXPECT_EQ(a.thread.cpu, 0);
  EXPECT_EQ(a.receiver.backend, "auto");
  EXPECT_EQ(a.receiver.options.burst, 32u);
  EXPECT_EQ(b.receiver.backend, "io_uring");
  EXPECT_EQ(b.receiver.options.burst, 64u);  // Nothing of the common one.
  EXPECT_EQ(b.receiver.region.slice_count, 8192u);
  EXPECT_EQ(config->feeds[0].channels[0].feed_thread, 0u);
  EXPECT_EQ(config->feeds[0].channels[1].feed_thread, 1u);
  EXPECT_EQ(config->feeds[1].channels[0].feed_thread, 0u);
  const auto groups = [](const FeedThreadConfig& thread) {
    std::string text;
    for (const auto& line : thread.receiver.options.subscriptions) {
      absl::StrAppend(&text, line.group.ToString(), " ");
    }
    return text;
  };
  EXPECT_EQ(groups(a), "239.1.1.1:1 239.1.1.4:1 ");
  EXPECT_EQ(groups(b), "239.1.1.2:1 239.1.1.3:1 ");
}

TEST(ConfigFeedThreads, AreNamedAndNamesMustExist) {
  EXPECT_EQ(
      ThreadErrorAfter("thread: \"b\" line", "thread: \"bb\" line"),
      "f:2:15: feed_thread[1].name: no feed and no channel says thread: \"b\"; give it one, or "
      "take it out\n"
      "f:7:19: feed[0].channel[1].thread: no feed thread is called \"bb\"; did you mean "
      "\"b\"? feed threads are: a, b");
  EXPECT_THAT(
      ThreadErrorAfter("codec: \"itch50\" thread: \"a\"", "codec: \"itch50\" thread: \"c\""),
      StartsWith("f:5:29: feed[0].thread: no feed thread is called \"c\""));
  EXPECT_EQ(ThreadErrorAfter("id: 3 thread: \"a\"", "id: 3"),
            "f:10:3: feed[1].channel[0].thread: is missing: which feed thread receives it? feed "
            "threads are: a, b");
  EXPECT_THAT(ThreadErrorAfter("name: \"b\" cpu", "cpu"),
              HasSubstr("f:2:1: feed_thread[1].name: is missing; with several"));
  EXPECT_THAT(ThreadErrorAfter("name: \"b\" cpu", "name: \"a\" cpu"),
              HasSubstr("f:2:15: feed_thread[1].name: \"a\" is also the feed thread of line 1"));
  EXPECT_THAT(ThreadErrorAfter("name: \"b\" cpu", "name: \"b \\\"\" cpu"),
              HasSubstr("f:2:15: feed_thread[1].name: \"b \"\" is not made of up to 32 letters"));
  EXPECT_THAT(
      ErrorAfter("codec: \"iex_tops16\"", "codec: \"iex_tops16\" thread: \"a\""),
      StartsWith("f:3:23: feed[0].thread: no feed thread is called \"a\"; the one that there "
                 "is has no name"));
}

TEST(ConfigFeedThreads, TheOneThatThereIsNeedsNoName) {
  const Config config = Parsed("feed_thread { cpu: 1 }");
  ASSERT_EQ(config.feed_threads.size(), 1u);
  EXPECT_EQ(config.feed_threads[0].thread.name, "fh-feed");
  EXPECT_EQ(config.feed_threads[0].name, "");
  EXPECT_EQ(Parsed("feed_thread { cpu: 1 name: \"only\" }").feed_threads[0].thread.name,
            "fh-feed-only");
}

TEST(ConfigFeedThreads, DoNotShareACpu) {
  EXPECT_EQ(
      ThreadErrorAfter("cpu: 1", "cpu: 0"),
      "f:2:25: feed_thread[1].cpu: CPU 0 is also that of fh-feed-a; feed threads that wait for "
      "each other lose packets: give each a CPU of its own");
}

TEST(ConfigFeedThreads, AReceiverThatNobodyUsesIsAnError) {
  EXPECT_EQ(ThreadErrorAfter("cpu: 0 }", "cpu: 0 receiver { burst: 8 } }"),
            "f:3:1: receiver: nobody uses it: every feed thread has a receiver of its own; take it "
            "out");
}

TEST(ConfigFeedThreads, EachHasSlicesForItsOwnWindowsAlone) {
  EXPECT_THAT(ThreadErrorAfter("slices: 8192", "slices: 1000"),
              StartsWith("f:2:63: feed_thread[1].receiver.slices: 1000 slices cannot hold the 1088 "
                         "packets"));
  EXPECT_EQ(ThreadErrorAfter("slices: 8192", "slices: 1100"), "");  // Not those of a's channels.
}

TEST(ConfigFeedThreads, NoQueueIsGivenTwice) {
  const auto error = [](const std::string& a, const std::string& b, const std::string& other,
                        const std::string& more = "") {
    const std::string text = absl::StrCat(
        "feed_thread { name: \"a\" receiver { backend: \"af_xdp\" xdp { ", a, " } ", more, " } }\n",
        "feed_thread { name: \"b\" receiver { backend: \"af_xdp\" xdp { ", b, " } } }\n",
        "feed { name: \"x\" codec: \"itch50\"\n",
        "channel { id: 1 thread: \"a\" line { group: \"239.1.1.1:1\" interface: \"eth1\" } }\n",
        "channel { id: 2 thread: \"b\" line { group: \"239.1.1.2:1\" interface: \"", other,
        "\" } } }\nstrategy_thread { strategy { name: \"count\" } }\n");
    const auto config = ParseConfig(text, "f", {.backends = {"af_xdp"}});
    return config.ok() ? "" : std::string(config.status().message());
  };
  EXPECT_EQ(error("queue: 0 queue: 2", "queue: 1", "eth1"), "");
  EXPECT_EQ(error("queue: 0", "queue: 0", "eth2"), "");
  EXPECT_EQ(
      error("queue: 0 queue: 1", "queue: 1", "eth1"),
      "f:2:60: feed_thread[1].receiver.xdp.queue[0]: queue 1 of eth1 for feed thread \"b\", and "
      "\"a\" takes frames from there too; name queues of its own for each thread (ethtool -l "
      "eth1 shows how many there are)");
  EXPECT_THAT(error("queue: 0", "queue: 1", "eth1", "stamps: SOFTWARE"),
              HasSubstr("feed_thread[1].receiver.stamps: feed thread \"a\" has others on eth1"));
  EXPECT_EQ(error("queue: 0", "queue: 1", "eth2", "stamps: SOFTWARE"), "");
  EXPECT_THAT(error("", "queue: 1", "eth1"), HasSubstr("queue 1 of eth1 for feed thread \"b\""));
  EXPECT_THAT(error("queue: 1", "", "eth1"), HasSubstr("all queues of eth1 for feed thread \"b\""));
}

TEST(ConfigStrategyThreads, SayWhatTheyWant) {
  const auto wish = [](const std::string& keys) {
    const auto config = ParseConfig(
        absl::StrCat(kThreads, "strategy_thread { ", keys, " strategy { name: \"null\" } }"), "f",
        kHost);
    EXPECT_TRUE(config.ok()) << config.status();
    return config.ok() ? config->strategy_threads[1].wish : UpdateWish{};
  };
  EXPECT_THAT(wish("").channels, IsEmpty());
  EXPECT_THAT(wish("feed: \"x\"").channels, ElementsAre(1, 2));
  EXPECT_THAT(wish("feed: \"x\" channel: 2 channel: 3").channels, ElementsAre(1, 2, 3));
  EXPECT_THAT(wish("symbol: \"AAPL\" symbol: \"A B\"").symbols, ElementsAre("AAPL", "A B"));
  EXPECT_TRUE(wish("").WantsChannel(7));
  EXPECT_FALSE(wish("channel: 2").WantsChannel(1));
}

TEST(ConfigStrategyThreads, AChannelThatNobodyWantsIsAWarning) {
  const std::string text = absl::StrReplaceAll(
      kThreads, {{"strategy_thread { ", "strategy_thread { feed: \"y\" channel: 2 "}});
  const auto config = ParseConfig(text, "f", kHost);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(
      config->warnings,
      ElementsAre("f:6:13: feed[0].channel[0].id: no strategy thread listens to channel 1: it "
                  "is received and decoded for nobody"));
}

TEST(ConfigStrategyThreads, WhatTheyWantMustExist) {
  const auto error = [](const std::string& keys) {
    return ErrorOf(absl::StrCat("strategy_thread { ", keys, " strategy { name: \"null\" } }"));
  };
  EXPECT_EQ(
      error("feed: \"itch\" feed: \"itcch\""),
      "f:13:32: strategy_thread[1].feed[1]: no feed is called \"itcch\"; did you mean \"itch\"? "
      "feeds are: itch");
  EXPECT_EQ(
      error("channel: 8"),
      "f:13:19: strategy_thread[1].channel[0]: no channel has the id 8; name one of a channel "
      "of this file");
  for (const std::string symbol : {"", "AAPL ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}) {
    EXPECT_THAT(error(absl::StrCat("symbol: \"", symbol, "\"")),
                HasSubstr("can be no instrument's name"));
  }
}

// A strategy thread of kThreads with books { `keys` }; what it says of itself are `more`.
std::string BooksText(const std::string& keys, const std::string& more = "") {
  return absl::StrCat("strategy_thread { ", more, " books { ", keys,
                      " } strategy { name: \"null\" } }");
}

TEST(ConfigBooks, AreOffUnlessAskedForAndCompleteWhenTheyAre) {
  const Config config = Parsed(BooksText(""));
  ASSERT_EQ(config.strategy_threads.size(), 2u);
  EXPECT_FALSE(config.strategy_threads[0].books.has_value());
  ASSERT_TRUE(config.strategy_threads[1].books.has_value());
  const BooksConfig& books = *config.strategy_threads[1].books;
  EXPECT_EQ(books.priority, std::nullopt);
  EXPECT_TRUE(books.publish_doubtful && books.top_records && books.fill_in && books.heal);
  EXPECT_THAT(books.channels, IsEmpty());
}

TEST(ConfigBooks, EveryKeyArrives) {
  const Config config = Parsed(
      BooksText("symbol: \"AAPL\" channel: 7 depth: 10 instruments: 5 orders: 6 levels: 8 "
                "priority: BY_PRICE publish_doubtful: false top_records: false fill_in: false "
                "heal: false heal_log: 100 heal_images: 200",
                "symbol: \"AAPL\" symbol: \"MSFT\""));
  ASSERT_EQ(config.strategy_threads.size(), 2u);
  ASSERT_TRUE(config.strategy_threads[1].books.has_value());
  const BooksConfig& books = *config.strategy_threads[1].books;
  EXPECT_THAT(books.symbols, ElementsAre("AAPL"));
  EXPECT_THAT(books.channels, ElementsAre(7));
  EXPECT_EQ(books.depth, 10);
  EXPECT_EQ(books.instruments, 5u);
  EXPECT_EQ(books.orders, 6u);
  EXPECT_EQ(books.levels, 8u);
  EXPECT_EQ(books.priority, codecs::PlaceRule::kByPrice);
  EXPECT_FALSE(books.publish_doubtful || books.top_records || books.fill_in || books.heal);
  EXPECT_EQ(books.heal_log, 100u);
  EXPECT_EQ(books.heal_images, 200u);
}

// A feed of a live channel and one with images, of which `more` is said.
std::string WithImages(const std::string& codec, const std::string& more,
                       const std::string& third = "") {
  return absl::StrCat("feed { name: \"f\" codec: \"", codec,
                      "\" channel { id: 1 line { group: \"239.1.1.1:1\" } }\n"
                      "channel { id: 2 role: SNAPSHOT ",
                      more, " line { group: \"239.1.1.2:1\" } } ", third,
                      " }\n"
                      "strategy_thread { strategy { name: \"count\" } }\n");
}

TEST(ConfigBooks, ImagesAreOfTheChannelThatTheyNameOrOfTheOnlyOne) {
  const auto live_of = [](const std::string& text) {
    const auto config = ParseConfig(text, "f", {});
    EXPECT_TRUE(config.ok()) << config.status();
    return config.ok() ? LiveChannelOf(config->feeds[0], config->feeds[0].channels[1])
                       : std::optional<uint16_t>();
  };
  const std::string third = "channel { id: 3 line { group: \"239.1.1.3:1\" } }";
  EXPECT_EQ(live_of(WithImages("moex_forts", "")), 1);
  EXPECT_EQ(live_of(WithImages("moex_forts", "", third)), std::nullopt) << "1 or 3";
  EXPECT_EQ(live_of(WithImages("moex_forts", "live_channel: 3", third)), 3);
  EXPECT_EQ(live_of(WithImages("itch50", "")), std::nullopt) << "ids are each channel's own";
  const auto config = ParseConfig(WithImages("moex_forts", ""), "f", {});
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(LiveChannelOf(config->feeds[0], config->feeds[0].channels[0]), std::nullopt);
  const auto error_of = [](const std::string& text) {
    return std::string(ParseConfig(text, "f", {}).status().message());
  };
  EXPECT_THAT(error_of(WithImages("moex_forts", "live_channel: 2")),
              HasSubstr("2 is no channel of this feed with role: INCREMENTAL"));
  EXPECT_THAT(error_of(WithImages("moex_forts", "",
                                  "channel { id: 3 live_channel: 1 line { group: "
                                  "\"239.1.1.3:1\" } }")),
              HasSubstr("is of channels with role: SNAPSHOT alone"));
}

TEST(ConfigBooks, WhatCannotBeIsSaidAtItsPlace) {
  EXPECT_EQ(ErrorOf(BooksText("orders: 0")),
            "f:13:28: strategy_thread[1].books.orders: 0 is not from 1 to 67108864; leave it out "
            "for the default");
  EXPECT_THAT(ErrorOf(BooksText("orders: 67108865")), HasSubstr("from 1 to 67108864"));
  EXPECT_THAT(ErrorOf(BooksText("instruments: 0")), HasSubstr("from 1 to 1048576"));
  EXPECT_THAT(ErrorOf(BooksText("instruments: 1048577")), HasSubstr("from 1 to 1048576"));
  EXPECT_THAT(ErrorOf(BooksText("heal_log: 16777217")), HasSubstr("from 1 to 16777216"));
  EXPECT_THAT(ErrorOf(BooksText("heal_images: 0")), HasSubstr("from 1 to 16777216"));
  EXPECT_THAT(ErrorOf(BooksText("levels: 4294967295")), HasSubstr("from 1 to 67108864"));
  EXPECT_THAT(ErrorOf(BooksText("depth: 255")), HasSubstr("255 is more than 254"));
  EXPECT_THAT(ErrorOf(BooksText("priority: FIFO")), HasSubstr("FIFO"));
  EXPECT_THAT(ErrorOf(BooksText("priority: 9")), HasSubstr("is not a choice; it can be BY_VENUE"));
  EXPECT_THAT(ErrorOf(BooksText("symbol: \"\"")), HasSubstr("can be no instrument's name"));
  EXPECT_THAT(ErrorOf(BooksText("symbol: \"IBM\"", "symbol: \"AAPL\"")),
              HasSubstr("books.symbol[0]: the thread does not listen to IBM"));
  EXPECT_THAT(ErrorOf(BooksText("channel: 8")),
              HasSubstr("books.channel[0]: the thread listens to no channel 8"));
  EXPECT_THAT(ErrorOf(BooksText("order: 5")), HasSubstr("did you mean \"orders\"?"));
}

TEST(ConfigBooks, ACodecSaysWhatAModifiedOrderKeeps) {
  std::set<codecs::PlaceRule> seen;
  for (const codecs::CodecInfo* codec : codecs::Codecs()) {
    EXPECT_EQ(PlaceRuleOf({.name = "f", .codec = codec->name}), codec->place_rule) << codec->name;
    seen.insert(codec->place_rule);
  }
  EXPECT_EQ(seen.size(), 3u) << "each is some codec's";
}

TEST(Config, ListsOfMessagesKeepTheirPlaces) {
  EXPECT_THAT(ErrorOf("strategy_thread { strategy: [ { name: \"null\" }, { name: \"nil\" } ] }"),
              StartsWith("f:13:"));
}

TEST(Config, NestingAndSizeAreBounded) {
  std::string deep;
  for (int i = 0; i < 10000; ++i) absl::StrAppend(&deep, "x { ");
  EXPECT_THAT(ErrorOf(deep), StartsWith("f:13:"));
  EXPECT_THAT(ErrorOf(std::string(kMaxConfigBytes, '#')), HasSubstr("longer than 1048576 bytes"));
  std::string many;
  for (int i = 0; i < 200; ++i) absl::StrAppend(&many, "key", i, ": 1\n");
  EXPECT_THAT(ErrorOf(many), EndsWith("f: and 150 more"));
}

TEST(Config, FilesThatCannotBeReadSayWhy) {
  EXPECT_EQ(LoadConfig("/no/such.textproto", kHost).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(LoadConfig(testing::TempDir(), kHost).status().message()),
              HasSubstr("Is a directory"));
  const std::string path = testing::TempDir() + "/good.textproto";
  std::ofstream(path) << kGood;
  EXPECT_TRUE(LoadConfig(path, kHost).ok());
  std::ofstream(path) << "x: 1";
  EXPECT_THAT(std::string(LoadConfig(path, kHost).status().message()),
              StartsWith(absl::StrCat(path, ":1:1: unknown key")));
}

TEST(ConfigExamples, AllAreAccepted) {
  int examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(FEEDHANDLER_EXAMPLES)) {
    if (entry.path().extension() != ".textproto") continue;
    ++examples;
    const auto config = LoadConfig(entry.path().string(), kHost);
    EXPECT_TRUE(config.ok()) << config.status();
  }
  EXPECT_GE(examples, 3);
}

TEST(ConfigExamples, FortyEightChannelsOnFourCoresAreSharedOut) {
  const auto config = LoadConfig(FEEDHANDLER_EXAMPLES "/cores_4_channels_48.textproto", kHost);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(config->warnings, IsEmpty());
  std::set<int> cpus;
  std::vector<size_t> lines;
  for (const FeedThreadConfig& thread : config->feed_threads) {
    cpus.insert(thread.thread.cpu.value_or(-1));
    lines.push_back(thread.receiver.options.subscriptions.size());
  }
  for (const StrategyThreadConfig& thread : config->strategy_threads) {
    cpus.insert(thread.thread.cpu.value_or(-1));
  }
  EXPECT_THAT(lines, ElementsAre(48, 48));    // 24 channels of two lines each.
  EXPECT_EQ(cpus, (std::set<int>{1, 2, 3}));  // And one for everything else.
}

// The defaults that config.proto states, in the comment before each key.
TEST(ConfigManual, StatesTheDefaultsOfTheProgram) {
  std::ifstream file(FEEDHANDLER_CONFIG_PROTO);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const SessionOptions session;
  const rio::ReceiverOptions receiver;
  const rio::RegionOptions region;
  const std::pair<std::string, uint64_t> defaults[] = {
      {" window_packets = ", session.window_packets},
      {" window_messages = ", session.window_messages},
      {" gap_timeout_us = ", static_cast<uint64_t>(session.gap_timeout_ns) / 1000},
      {" early_gap_packets = ", session.early_gap_packets},
      {" line_silent_us = ", static_cast<uint64_t>(session.line_silent_ns) / 1000},
      {" max_jump = ", session.max_jump},
      {" jump_confirmations = ", session.jump_confirmations},
      {" slice_bytes = ", region.slice_bytes},
      {" socket_buffer_bytes = ", receiver.socket_buffer_bytes},
      {" burst = ", receiver.burst},
      {" ring_updates = ", StrategyThreadConfig().ring_updates},
  };
  for (const auto& [key, value] : defaults) {
    const size_t at = text.find(key);
    ASSERT_NE(at, std::string::npos) << key;
    const size_t comment = text.rfind("\n\n", at);
    const std::string said =
        absl::StrReplaceAll(text.substr(comment, at - comment), {{"\n  //", ""}});
    EXPECT_THAT(said, HasSubstr(absl::StrCat("Default ", value, "."))) << key;
  }
  const BooksConfig books;
  EXPECT_THAT(text,
              HasSubstr(absl::StrCat("Default ", books.instruments, ", ", books.orders, ",")));
}

}  // namespace
}  // namespace fh
