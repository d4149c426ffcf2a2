// The verb `doctor`: exit codes that scripts can trust, for any host.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

std::string ConfigOn(const std::string& interface) {
  return absl::StrCat(
      "feed { name: \"itch\" codec: \"itch50\" channel { line { group: \"239.1.1.1:26400\" "
      "interface: \"",
      interface, "\" } } }\nstrategy_thread { strategy { name: \"count\" } }\n");
}

TEST(Doctor, ExitCodeAndJsonAgree) {
  const ChildResult json = Feedhandler({"doctor", "--json"});
  ASSERT_TRUE(json.Exited()) << json;
  const auto findings = nlohmann::json::parse(json.output);
  EXPECT_EQ(findings["ok"].get<bool>(), json.exit_code == 0) << json;
  EXPECT_GT(findings["findings"].size(), 5u);
  for (const auto& finding : findings["findings"]) {
    EXPECT_EQ(finding["level"] == "OK", finding["why"] == "") << finding;
  }
  const ChildResult text = Feedhandler({"doctor"});
  EXPECT_EQ(text.exit_code, json.exit_code);
  EXPECT_TRUE(absl::StrContains(text.output, "would lose data,")) << text;
}

TEST(Doctor, AnInterfaceThatIsNotThereFailsWithTheFix) {
  const ScratchFolder folder;
  WriteFile(folder / "bad.textproto", ConfigOn("none0"));
  const ChildResult result = Feedhandler({"doctor", folder / "bad.textproto"});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.output, "FAIL  interface          there is no none0"))
      << result;
  EXPECT_TRUE(absl::StrContains(result.output, "# ip -brief link")) << result;
}

TEST(Doctor, AWrongConfigurationIsNotExamined) {
  const ScratchFolder folder;
  WriteFile(folder / "wrong.textproto", "feeds { }\n");
  const ChildResult result = Feedhandler({"doctor", folder / "wrong.textproto"});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_EQ(result.output, "");
  EXPECT_TRUE(absl::StrContains(result.error, "wrong.textproto:1:1")) << result;
}

TEST(Stamps, ARunSaysWhatStampsItsPackets) {
  const ScratchFolder folder;
  WriteFile(folder / "run.textproto",
            absl::StrCat("feed { name: \"itch\" codec: \"itch50\" channel { line { group: \"",
                         TestGroup(0).ToString(),
                         "\" interface: \"lo\" trailer: \"metamako\" } } }\n"
                         "receiver { backend: \"recvmmsg\" }\n"
                         "strategy_thread { strategy { name: \"count\" } }\n"));
  ASSERT_NO_FATAL_FAILURE(WriteWholeDay(folder / "day.pcap", {.seed = 1}));
  const auto run = StartRun(folder / "run.textproto", {"--stamps=hardware", "--metrics=-"});
  ASSERT_NE(run, nullptr);
  const ChildResult published = Feedhandler({"publish", folder / "day.pcap", "--interface=lo",
                                             "--flat-out", "--to=" + TestGroup(0).ToString()});
  ASSERT_EQ(published.exit_code, 0) << published;
  run->Signal(SIGINT);
  const ChildResult ran = run->Wait();
  EXPECT_EQ(ran.exit_code, 0) << ran;
  EXPECT_TRUE(absl::StrContains(ran.error, "note: no hardware stamps on lo")) << ran;
  EXPECT_TRUE(absl::StrContains(ran.error, "(trailer) are not seen by sockets")) << ran;
  EXPECT_TRUE(absl::StrContains(ran.error, "* from stamps: software")) << ran;
  EXPECT_GT(Metric(ran.error, "receive_stamps_total", "source=\"software\"").value_or(0), 0);
  EXPECT_EQ(Metric(ran.error, "receive_unstamped_total"), 0) << ran;
}

TEST(Stamps, UnknownOnesAreNamedWithThoseThatThereAre) {
  const ScratchFolder folder;
  WriteFile(folder / "run.textproto", ConfigOn("lo"));
  const ChildResult run = Feedhandler({"run", folder / "run.textproto", "--stamps=atomic"});
  EXPECT_EQ(run.exit_code, 2) << run;
  EXPECT_TRUE(absl::StrContains(run.error, "none, software, hardware")) << run;
  const ChildResult replay = Feedhandler({"replay", "day.pcap", "--trailer=sundial"});
  EXPECT_EQ(replay.exit_code, 2) << replay;
  EXPECT_TRUE(absl::StrContains(replay.error, "metamako, exablaze, vss, arista")) << replay;
}

}  // namespace
}  // namespace fh::test
