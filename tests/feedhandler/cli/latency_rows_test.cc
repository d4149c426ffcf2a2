// The latency report: rows by strategy thread, feed and line, when the greatest values were, and what
// made updates wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST(LatencyRows, EveryThreadFeedAndLineHasItsOwn) {
  const ChildResult demo = Feedhandler({"demo", "--messages=4000", "--symbols=20"});
  EXPECT_EQ(demo.exit_code, 0) << demo;
  EXPECT_THAT(demo.output, AllOf(HasSubstr("wire -> dequeued, synthetic 1 line A"),
                                 HasSubstr("wire -> dequeued, synthetic 1 line B"),
                                 HasSubstr("published -> seen, fh-strategy-0"),
                                 HasSubstr("published -> seen, fh-strategy-1"),
                                 HasSubstr("wire -> seen, synthetic by fh-strategy-0"),
                                 HasSubstr("wire -> seen, synthetic by fh-strategy-1")));
  EXPECT_THAT(demo.output, HasSubstr("The greatest were\n"));
  EXPECT_THAT(demo.output, ContainsRegex("wire -> seen \\*? +[0-9.]+ [num]?s  at 20[0-9-]+ "));
}

TEST(LatencyRows, ThreadsThatShareACoreOrGiveWaySaySo) {
  const ScratchFolder folder;
  WriteFile(folder / "run.textproto",
            "feed { name: \"f\" codec: \"itch50\"\n"
            "  channel { id: 1 line { name: \"A\" group: \"239.255.1.1:26400\" } } }\n"
            "feed_thread { cpu: 0 idle: YIELD }\n"
            "strategy_thread { thread { cpu: 0 idle: YIELD } strategy { name: \"null\" } }\n");
  const ChildResult made =
      Feedhandler({"generate", folder / "day.pcap", "--messages=3000", "--symbols=10"});
  ASSERT_EQ(made.exit_code, 0) << made;
  const ChildResult replayed =
      Feedhandler({"replay", folder / "day.pcap", "--config=" + (folder / "run.textproto")});
  EXPECT_EQ(replayed.exit_code, 0) << replayed;
  EXPECT_THAT(replayed.error, HasSubstr("fh-feed and fh-strategy-0 share CPU 0"));
  EXPECT_THAT(replayed.error, HasSubstr("fh-feed, fh-strategy-0 give way when idle"));
}

}  // namespace
}  // namespace fh::test
