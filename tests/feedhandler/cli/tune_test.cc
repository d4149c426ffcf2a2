// `feedhandler tune`, as far as figures do not matter.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

constexpr char kFeed[] = R"(
feed {
  name: "nasdaq" codec: "itch50"
  channel { line { group: "239.255.1.1:26477" interface: "lo" } }
}
strategy_thread { strategy { name: "count" } }
)";

class Tune : public testing::Test {
 protected:
  Tune() { std::filesystem::create_directories(folder_); }
  ~Tune() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string Text(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / absl::StrCat("tune", ::getpid());
};

TEST_F(Tune, WritesAPartOfAConfigurationThatCheckAccepts) {
  const ChildResult result = Feedhandler(
      {"tune", "--seconds=0", "--sockets-only", "--json", "--output=" + Path("part.textproto")});
  ASSERT_EQ(result.exit_code, 0) << result;
  std::ofstream(Path("whole.textproto")) << kFeed << Text(Path("part.textproto"));
  const ChildResult check = Feedhandler({"check", Path("whole.textproto")});
  EXPECT_EQ(check.exit_code, 0) << check << Text(Path("whole.textproto"));

  // Every path is there: with figures, or with the reason why not.
  const auto json = nlohmann::json::parse(result.output);
  bool has_chosen = false;
  for (const std::string backend : {"recvmmsg", "io_uring", "io_uring_multishot", "af_xdp"}) {
    bool is_there = false;
    for (const auto& path : json["paths"]) {
      if (path["backend"] != backend) continue;
      is_there = true;
      has_chosen = has_chosen || path["chosen"];
      if (path["rounds"] == 0) {
        EXPECT_TRUE(absl::StartsWith(path["verdict"].get<std::string>(), "not measured: ")) << path;
        continue;
      }
      EXPECT_GE(path["rounds"], 5) << path;
      EXPECT_GT(path["receive_ns"], 0) << path;
      EXPECT_GT(path["kernel_ns"], 0) << path;
      EXPECT_GT(path["lone_p50_ns"], 0) << path;
      EXPECT_LE(path["lone_p50_ns"], path["lone_p99_ns"]) << path;
    }
    EXPECT_TRUE(is_there) << backend << ": " << result;
  }
  EXPECT_TRUE(has_chosen) << result;
  for (const auto& path : json["paths"]) {
    if (path["backend"] != "af_xdp") continue;
    EXPECT_EQ(path["verdict"], "not measured: left out with --sockets-only") << path;
  }
}

TEST_F(Tune, WithoutPrivilegesItMeasuresTheHostsLoopbackAndSaysWhatItCannot) {
  constexpr char kSetpriv[] = "/usr/bin/setpriv";
  if (::geteuid() != 0 || !std::filesystem::exists(kSetpriv)) {
    GTEST_SKIP() << "skipped: needs root, to take its privileges away, and setpriv";
  }
  const ChildResult result =
      RunChild(kSetpriv, {"--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs",
                          kProgram, "tune", "--seconds=0", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result;
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["network"], "this host's loopback");
  EXPECT_TRUE(absl::StrContains(json["notes"][0].get<std::string>(), "no virtual cable")) << result;
  for (const auto& path : json["paths"]) {
    if (path["backend"] != "af_xdp") continue;
    EXPECT_TRUE(absl::StrContains(path["verdict"].get<std::string>(), "needs a network namespace"))
        << path;
  }
}

TEST_F(Tune, TakesInterfaceAndCpuFromTheConfiguration) {
  std::ofstream(Path("itch.textproto")) << kFeed << "feed_thread { cpu: 0 }\n";
  const ChildResult result =
      Feedhandler({"tune", Path("itch.textproto"), "--seconds=0", "--sockets-only", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result;
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["paths"][0]["feed_cpu"], 0) << result;
  ASSERT_FALSE(json["notes"].empty()) << result;
  EXPECT_TRUE(absl::StrContains(json["notes"][0].get<std::string>(), "interrupts of lo")) << result;
}

TEST_F(Tune, OfSeveralFeedThreadsOneIsNamed) {
  const std::string path = Path("two.textproto");
  std::ofstream(path)
      << "feed_thread { name: \"a\" cpu: 0 }\nfeed_thread { name: \"b\" }\n"
      << std::string(kFeed).replace(std::string(kFeed).find("feed {"), 6, "feed { thread: \"b\"")
      << "feed { name: \"other\" codec: \"itch50\" thread: \"a\" channel { id: 2 line "
         "{ group: \"239.1.1.2:26402\" } } }\n";
  const auto tune = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"tune", path, "--seconds=0", "--sockets-only", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Feedhandler(arguments);
  };
  const ChildResult open = tune({});
  EXPECT_EQ(open.exit_code, 2) << open;
  EXPECT_TRUE(absl::StrContains(open.error, "several feed threads: name one of a, b")) << open;
  const ChildResult wrong = tune({"--feed-thread=c"});
  EXPECT_EQ(wrong.exit_code, 2) << wrong;
  EXPECT_TRUE(absl::StrContains(wrong.error, "no feed thread 'c'")) << wrong;
  const ChildResult named = tune({"--feed-thread=a"});
  ASSERT_EQ(named.exit_code, 0) << named;
  EXPECT_EQ(nlohmann::json::parse(named.output)["paths"][0]["feed_cpu"], 0) << named;
}

TEST_F(Tune, RefusesAnInterfaceThatIsNotThere) {
  for (const char* interface : {"nope0", "192.0.2.77"}) {
    const ChildResult result = Feedhandler({"tune", "--seconds=0", "--sockets-only", "--json",
                                            absl::StrCat("--interface=", interface)});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_TRUE(absl::StrContains(result.error, absl::StrCat("no interface '", interface, "'")))
        << result;
    EXPECT_EQ(result.output, "");
  }
}

TEST_F(Tune, TakesAnInterfaceByItsAddress) {
  const ChildResult result =
      Feedhandler({"tune", "--seconds=0", "--sockets-only", "--json", "--interface=127.0.0.1"});
  ASSERT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StrContains(result.output, "interrupts of lo")) << result;
}

TEST_F(Tune, WritesNoOutputOverItsConfiguration) {
  std::ofstream(Path("itch.textproto")) << kFeed;
  const ChildResult result = Feedhandler(
      {"tune", Path("itch.textproto"), "--seconds=0", "--output=" + Path("itch.textproto")});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_EQ(Text(Path("itch.textproto")), kFeed);
}

TEST_F(Tune, StoppedItLeavesNothingAndSaysSo) {
  ChildProcess tune(kProgram, {"tune", "--seconds=600", "--output=" + Path("part.textproto")});
  ASSERT_TRUE(tune.WaitForError("measuring")) << tune.Peek();
  tune.Signal(SIGINT);
  const ChildResult result = tune.Wait();
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "stopped")) << result;
  EXPECT_FALSE(std::filesystem::exists(Path("part.textproto")));
}

TEST_F(Tune, RefusesWhatItCannotSend) {
  EXPECT_EQ(Feedhandler({"tune", "--packet-bytes=8"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"tune", "--packet-bytes=9000"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"tune", "--goal=beauty"}).exit_code, 2);
}

}  // namespace
}  // namespace fh::test
