// Wrong files, configurations and addresses: a message that says what to do, and an exit code of
// ours; never a crash, never a hang.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/captures.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

class BadInput : public testing::Test {
 protected:
  std::string Config(const std::string& text) {
    WriteFile(config_, text);
    return config_;
  }

  // A configuration of one line.
  std::string ConfigOf(const std::string& group, const std::string& interface,
                       const std::string& backend = "auto") {
    return Config(
        absl::StrCat("feed { name: \"f\" codec: \"itch50\" channel { id: 1\n  line { group: \"",
                     group, "\" interface: \"", interface, "\" } } }\nreceiver { backend: \"",
                     backend, "\" }\nstrategy_thread { strategy { name: \"null\" } }\n"));
  }

  static ChildResult RunConfig(const std::string& config,
                               const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"run", config, "--seconds=0.1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Feedhandler(arguments);
  }

  static void ExpectRefused(const ChildResult& result, int exit_code,
                            const std::vector<std::string>& said) {
    EXPECT_EQ(result.exit_code, exit_code) << result;
    for (const std::string& text : said) {
      EXPECT_TRUE(absl::StrContains(result.error, text)) << "lacks: " << text << "\n" << result;
    }
  }

  ScratchFolder folder_;
  const std::string config_ = folder_ / "run.textproto";
};

TEST_F(BadInput, WrongKeyIsNamedWithItsPlace) {
  const std::string config = Config(
      "feed {\n  name: \"f\" codec: \"itch50\"\n  channel {\n    id: 1\n    line { group: "
      "\"239.1.1.1:5000\" colour: \"red\" }\n  }\n}\nstrategy_thread { strategy { name: \"null\" } "
      "}\n");
  const std::string place = config + ":5:36:";
  for (const std::string verb : {"check", "run"}) {
    ExpectRefused(Feedhandler({verb, config}), 2, {place, "colour", "group", "interface"});
  }
}

TEST_F(BadInput, EveryErrorOfAConfigurationIsReported) {
  const std::string config = Config(
      "feed { name: \"f\" codec: \"nope\" channel { id: 1 line { group: \"here\" } } }\n"
      "strategy_thread { strategy { name: \"nope\" } }\n");
  ExpectRefused(Feedhandler({"check", config}), 2,
                {config + ":1:", config + ":2:", "itch50", "'here'", "count"});
}

TEST_F(BadInput, MissingConfigurationIsSaid) {
  for (const std::string verb : {"check", "run"}) {
    ExpectRefused(Feedhandler({verb, folder_ / "none"}), 2, {folder_ / "none"});
    ExpectRefused(Feedhandler({verb, folder_.path()}), 2, {folder_.path()});
  }
}

TEST_F(BadInput, UnknownBackendListsThoseThatExist) {
  const std::string config = ConfigOf("239.1.1.1:5000", "lo", "carrier_pigeon");
  for (const std::string verb : {"check", "run"}) {
    ExpectRefused(Feedhandler({verb, config}), 2,
                  {"carrier_pigeon", "are: auto, recvmmsg, io_uring"});
  }
  ExpectRefused(RunConfig(ConfigOf("239.1.1.1:5000", "lo"), {"--backend=carrier_pigeon"}), 2,
                {"carrier_pigeon", "recvmmsg", "io_uring"});
}

TEST_F(BadInput, MissingInterfaceListsInterfaces) {
  ExpectRefused(RunConfig(ConfigOf("239.1.1.1:5000", "eth77")), 2, {"'eth77'", "this host has: "});
}

TEST_F(BadInput, ForeignUnicastAddressIsNoGroup) {
  for (const std::string interface : {"lo", ""}) {
    ExpectRefused(RunConfig(ConfigOf("198.51.100.7:5000", interface)), 2,
                  {"198.51.100.7", "neither a multicast group", "nor an address of this host"});
  }
}

// A socket of this process's own on an address, alone.
class Holder {
 public:
  explicit Holder(const char* address) : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    ::inet_pton(AF_INET, address, &where.sin_addr);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    socklen_t length = sizeof where;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&where), &length);
    port_ = ntohs(where.sin_port);
  }
  ~Holder() { ::close(socket_); }
  int port() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

TEST_F(BadInput, PortInUseIsSaidWithTheFix) {
  const Holder unicast("127.0.0.1");
  const Holder any("0.0.0.0");
  for (const std::string& backend : kBackends) {
    if (!WhyNotAvailable(backend).empty()) continue;
    ExpectRefused(RunConfig(ConfigOf(absl::StrCat("127.0.0.1:", unicast.port()), "", backend)), 2,
                  {"Address already in use", "another program", absl::StrCat(unicast.port())});
    ExpectRefused(RunConfig(ConfigOf(absl::StrCat("239.1.1.1:", any.port()), "lo", backend)), 2,
                  {"Address already in use", "another program", absl::StrCat(any.port())});
  }
}

TEST_F(BadInput, LimitsThatCannotBeAreRefused) {
  const std::string config = ConfigOf("239.1.1.1:5000", "lo");
  ExpectRefused(Feedhandler({"run", config, "--seconds=-1"}), 2, {"--seconds"});
  ExpectRefused(Feedhandler({"run", config, "--seconds=soon"}), 2, {"--seconds"});
  ExpectRefused(Feedhandler({"run", config, "--messages=-5"}), 2, {"--messages"});
  ExpectRefused(Feedhandler({"run", config, "--day=yesterday"}), 2, {"yesterday", "2026-03-31"});
}

TEST_F(BadInput, NegativeCountsAreRefused) {
  const std::string file = folder_ / "day.pcap";
  ExpectRefused(Feedhandler({"generate", file, "--messages=-5"}), 2, {"--messages"});
  ExpectRefused(Feedhandler({"generate", file, "--symbols=-5"}), 2, {"--symbols"});
  ExpectRefused(Feedhandler({"demo", "--messages=-5"}), 2, {"--messages"});
  ExpectRefused(Feedhandler({"demo", "--rate=-5"}), 2, {"--rate"});
  ExpectRefused(Feedhandler({"inspect", file, "--frames=-5"}), 2, {"--frames"});
}

TEST_F(BadInput, WhatCannotBeWrittenOrReadForWantOfPermissionIsSaid) {
  if (::geteuid() == 0) GTEST_SKIP() << "skipped: root may read and write everything";
  WriteFile(folder_ / "secret", "x");
  std::filesystem::permissions(folder_ / "secret", std::filesystem::perms::none);
  ExpectRefused(Feedhandler({"check", folder_ / "secret"}), 2, {"secret", "Permission denied"});
  ExpectRefused(Feedhandler({"replay", folder_ / "secret"}), 2, {"secret", "Permission denied"});
}

TEST_F(BadInput, PublishSaysWhatIsWrong) {
  WriteDay(folder_ / "day.pcap", {});
  const std::string day = folder_ / "day.pcap";
  ExpectRefused(Feedhandler({"publish", folder_ / "none"}), 2, {"none", "No such file"});
  ExpectRefused(Feedhandler({"publish", day, "--to=239.1.1.1"}), 2, {"239.1.1.1", "ADDRESS:PORT"});
  ExpectRefused(Feedhandler({"publish", day, "--map=here"}), 2,
                {"--map=here", "OLD:PORT=NEW:PORT"});
  ExpectRefused(Feedhandler({"publish", day, "--interface=eth77"}), 2,
                {"eth77", "this host has: "});
  ExpectRefused(Feedhandler({"publish", day, "--speed=0"}), 2, {"--speed"});
  ExpectRefused(Feedhandler({"publish", day, "--speed=-1"}), 2, {"--speed"});
  ExpectRefused(Feedhandler({"publish", day, "--rate=-1"}), 2, {"positive"});
}

TEST_F(BadInput, GenerateSaysWhatIsWrong) {
  const std::string file = folder_ / "day.pcap";
  ExpectRefused(Feedhandler({"generate", "/nowhere/day.pcap"}), 2, {"/nowhere/day.pcap"});
  ExpectRefused(Feedhandler({"generate", file, "--messages=5"}), 2, {"at least"});
  ExpectRefused(Feedhandler({"generate", file, "--format=docx"}), 2, {"--format"});
  ExpectRefused(Feedhandler({"generate", file, "--group=here"}), 2, {"'here'"});
}

// Every odd, damaged and rare file, through every verb that reads captures.
class OddFiles : public testing::TestWithParam<const char*> {};

TEST_P(OddFiles, AreReadOrRefused) {
  const auto folder = CaptureFile("formats");
  if (!folder) GTEST_SKIP() << kNoCaptures;
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const ChildResult result = Feedhandler({GetParam(), entry.path()});
    EXPECT_TRUE(result.Exited()) << entry.path() << ": " << result;
    EXPECT_GE(result.exit_code, 0) << entry.path() << ": " << result;
    EXPECT_LE(result.exit_code, 2) << entry.path() << ": " << result;
    if (result.exit_code == 0) continue;
    EXPECT_TRUE(absl::StrContains(result.error, "feedhandler: ")) << entry.path() << ": " << result;
    EXPECT_TRUE(absl::StrContains(result.error, entry.path().filename().string()))
        << entry.path() << ": " << result;
  }
  EXPECT_GT(files, 40U);
}

INSTANTIATE_TEST_SUITE_P(Verbs, OddFiles, testing::Values("inspect", "replay", "decode", "demo"),
                         [](const auto& test) { return std::string(test.param); });

TEST_F(BadInput, WhatIsNoCaptureIsSaidOnce) {
  WriteFile(folder_ / "empty", "");
  WriteFile(folder_ / "text", "The quick brown fox jumps over the lazy dog.\n");
  for (const std::string verb : {"inspect", "replay", "decode", "publish", "demo"}) {
    for (const std::string name : {"empty", "text"}) {
      const ChildResult result = Feedhandler({verb, folder_ / name});
      ExpectRefused(result, 2, {folder_ / name, "pcap"});
      const size_t first = result.error.find("not a packet capture");
      EXPECT_EQ(result.error.find("not a packet capture", first + 1), std::string::npos) << result;
    }
  }
}

}  // namespace
}  // namespace fh::test
