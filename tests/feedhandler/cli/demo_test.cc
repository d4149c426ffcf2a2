// `feedhandler demo`: published = delivered + lost on both lines, with any backend, seed and loss.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/captures.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

constexpr char kBalanced[] = "published = delivered + lost on both lines";

void ExpectBalanced(const ChildResult& result) {
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StrContains(result.output, kBalanced)) << result;
  EXPECT_FALSE(absl::StrContains(result.output, "NOT BALANCED")) << result;
  EXPECT_TRUE(absl::StrContains(result.output, "Drops by layer\n  none\n")) << result;
  EXPECT_TRUE(absl::StrContains(result.output, "wire -> seen")) << result;
}

ChildResult Demo(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"demo"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  if (kSlowdown > 1) arguments.push_back(absl::StrCat("--rate=", 10'000 / kSlowdown));
  return Feedhandler(arguments);
}

class DemoOfBackend : public testing::TestWithParam<std::string> {};

TEST_P(DemoOfBackend, AccountsForEverything) {
  if (const std::string reason = WhyNotAvailable(GetParam()); !reason.empty()) {
    GTEST_SKIP() << "skipped: " << reason;
  }
  ExpectBalanced(Demo({"--messages=20000", "--symbols=50", "--loss-a=0.05", "--loss-b=0.05",
                       "--backend=" + GetParam()}));
}

INSTANTIATE_TEST_SUITE_P(EveryBackend, DemoOfBackend, testing::ValuesIn(kBackends));

class DemoOfSeed : public testing::TestWithParam<int> {};

TEST_P(DemoOfSeed, AccountsForEverything) {
  ExpectBalanced(Demo({"--messages=8000", "--symbols=40", absl::StrCat("--seed=", GetParam()),
                       absl::StrCat("--loss-a=", 0.01 * (GetParam() % 6)), "--loss-b=0.05",
                       "--messages-per-packet=3"}));
}

INSTANTIATE_TEST_SUITE_P(Seeds, DemoOfSeed, testing::Range(1, 8));

TEST(Demo, DeliversToAPlugin) {
  const ChildResult result =
      Demo({"--messages=8000", "--symbols=40", absl::StrCat("--plugin=", kExamplePlugin)});
  ExpectBalanced(result);
  EXPECT_TRUE(absl::StrContains(result.output, "busiest_symbols on fh-strategy-1")) << result;
}

TEST(Demo, WithoutLossDeliversEverything) {
  const ChildResult result = Demo({"--messages=8000", "--symbols=40", "--loss-a=0", "--loss-b=0"});
  ExpectBalanced(result);
  EXPECT_TRUE(absl::StrContains(result.output, "8,000 messages delivered as")) << result;
}

TEST(Demo, TakesACaptureOfMoldUdp64) {
  const ScratchFolder folder;
  WriteDay(folder / "day.pcap", {.seed = 3, .messages = 8000});
  const ChildResult result = Demo({folder / "day.pcap", "--loss-a=0.05", "--loss-b=0.05"});
  ExpectBalanced(result);
}

class DemoOfCapture : public testing::TestWithParam<const char*> {};

TEST_P(DemoOfCapture, AccountsForEverything) {
  const auto capture = CaptureFile(GetParam());
  if (!capture) GTEST_SKIP() << kNoCaptures;
  const ScratchFolder folder;
  ASSERT_NO_FATAL_FAILURE(CutCapture(*capture, folder / "start.pcap", 6000));
  ExpectBalanced(Demo({folder / "start.pcap", "--loss-a=0.03", "--loss-b=0.03"}));
}

INSTANTIATE_TEST_SUITE_P(Iex, DemoOfCapture,
                         testing::Values("iex/deep10_20170425_head60000.pcap",
                                         "iex/tops16_20170710_head6500.pcap"));

TEST(Demo, AtARateLatencyCountsFromTheScheduleToo) {
  const ChildResult result = Feedhandler(
      {"demo", "--messages=8000", "--symbols=40", absl::StrCat("--rate=", 10'000 / kSlowdown)});
  ExpectBalanced(result);
  for (const char* part : {"Latency by stage, open loop", "packets a second, eight at a time",
                           "from schedule", "from actual start", "sender's lateness"}) {
    EXPECT_TRUE(absl::StrContains(result.output, part)) << part << "\n" << result;
  }
  EXPECT_FALSE(absl::StrContains(result.output, "in neither figure")) << result;
}

TEST(Demo, WithoutARateItSaysThatTheLoopIsClosed) {
  const ChildResult result = Feedhandler({"demo", "--messages=8000", "--symbols=40", "--rate=0"});
  ExpectBalanced(result);
  EXPECT_TRUE(absl::StrContains(result.output, "Closed loop")) << result;
  EXPECT_FALSE(absl::StrContains(result.output, "from schedule")) << result;
}

TEST(Demo, RefusesWhatCannotBe) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--loss-a=1.5"},
                                             {"--symbols=1"},
                                             {"--messages=5"},
                                             {"--messages-per-packet=0"},
                                             {"--backend=carrier_pigeon"},
                                             {"--plugin=./none.so"},
                                             {"none.pcap"}}) {
    const ChildResult result = Demo(wrong);
    EXPECT_EQ(result.exit_code, 2) << wrong[0] << ": " << result;
    EXPECT_NE(result.error, "") << wrong[0];
  }
}

}  // namespace
}  // namespace fh::test
