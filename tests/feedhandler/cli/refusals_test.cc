// What `run` refuses, `check` and `doctor` refuse too: in the same words, with the line of the
// configuration where it has one.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using absl::StrContains;

struct Parts {
  std::string group = "239.255.77.77:5000";
  std::string line = "interface: \"lo\"";
  std::string receiver = "";
  std::string strategy = "name: \"null\"";
};

class Refusals : public testing::Test {
 protected:
  std::string Config(const Parts& parts) {
    WriteFile(config_,
              absl::StrCat("feed {\n  name: \"f\" codec: \"itch50\"\n  channel { id: 1 "
                           "line {\n    group: \"",
                           parts.group, "\" ", parts.line, " } }\n}\nreceiver { ", parts.receiver,
                           " }\nstrategy_thread {\n  strategy { ", parts.strategy, " }\n}\n"));
    return config_;
  }

  // All three verbs, with `texts` in what they say; `more`: arguments of all.
  void ExpectRefused(const Parts& parts, const std::vector<std::string>& texts,
                     const std::vector<std::string>& more = {}) {
    Config(parts);
    for (const std::string verb : {"run", "check", "doctor"}) {
      std::vector<std::string> arguments{verb, config_};
      arguments.insert(arguments.end(), more.begin(), more.end());
      if (verb == "run") arguments.push_back("--seconds=0.1");
      const ChildResult result = Feedhandler(arguments);
      EXPECT_EQ(result.exit_code, verb == "doctor" ? 1 : 2) << verb << result;
      const std::string said = verb == "doctor" ? result.output : result.error;
      for (const std::string& text : texts) {
        EXPECT_TRUE(StrContains(said, text)) << verb << ": no '" << text << "' in " << result;
      }
    }
  }

  ScratchFolder folder_;
  const std::string config_ = folder_ / "run.textproto";
};

TEST_F(Refusals, OfNothingWhenAllIsThere) {
  const ChildResult result = Feedhandler({"check", Config({})});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(StrContains(result.output, "no errors")) << result;
}

TEST_F(Refusals, OfAnInterfaceThatIsNotThere) {
  ExpectRefused({.line = "interface: \"eth77\""}, {config_ + ":4:5: ", "'eth77'", "this host has"});
  const ChildResult elsewhere = Feedhandler({"check", "--file-only", config_});
  EXPECT_EQ(elsewhere.exit_code, 0) << elsewhere;
}

TEST_F(Refusals, OfANumaNodeThatIsNotThere) {
  if (!std::filesystem::exists("/sys/devices/system/node")) {
    GTEST_SKIP() << "skipped: this host does not say which NUMA nodes it has";
  }
  ExpectRefused({.receiver = "numa_node: 77"}, {"there is no NUMA node 77; this host has: 0"});
}

TEST_F(Refusals, OfAfXdpWithoutAnInterface) {
  if (const std::string reason = WhyNotAvailable("af_xdp"); !reason.empty()) {
    GTEST_SKIP() << "skipped: " << reason;
  }
  ExpectRefused({.line = "", .receiver = "backend: \"af_xdp\""}, {"interface"});
}

TEST_F(Refusals, OfAForeignUnicastAddress) {
  ExpectRefused({.group = "198.51.100.7:5000"},
                {config_ + ":4:5: ", "198.51.100.7", "nor an address of this host"});
}

TEST_F(Refusals, OfAnOutputThatCannotBeWritten) {
  ExpectRefused({.strategy = "name: \"print\" parameters: \"output=/nowhere/updates.csv\""},
                {config_ + ":8:14: ", "/nowhere/updates.csv"});
  ExpectRefused({}, {"/nowhere/day.prom"}, {"--metrics=/nowhere/day.prom"});
}

TEST_F(Refusals, LeaveNoFileBehind) {
  const std::string updates = folder_ / "updates.csv";
  const std::string metrics = folder_ / "day.prom";
  Config({.strategy = absl::StrCat("name: \"print\" parameters: \"output=", updates, "\"")});
  for (const std::string verb : {"check", "doctor"}) {
    const ChildResult result = Feedhandler({verb, config_, "--metrics=" + metrics});
    EXPECT_LT(result.exit_code, 2) << result;
    EXPECT_FALSE(std::filesystem::exists(updates)) << verb;
    EXPECT_FALSE(std::filesystem::exists(metrics)) << verb;
  }
}

TEST_F(Refusals, OfAMissingPluginNameItsLine) {
  ExpectRefused({.strategy = "name: \"./none/libmissing.so\""},
                {config_ + ":8:14: ", "libmissing.so"});
}

TEST_F(Refusals, OfAGroupWithoutARoute) {
  const ChildResult possible = RunChild("/usr/bin/unshare", {"--net", "--map-root-user", "true"});
  if (possible.exit_code != 0) {
    GTEST_SKIP() << "skipped: no network namespace can be made: " << possible.error;
  }
  Config({.line = ""});
  for (const std::string verb : {"run", "check", "doctor"}) {
    const ChildResult result =
        RunChild("/usr/bin/unshare", {"--net", "--map-root-user", kProgram, verb, config_});
    EXPECT_EQ(result.exit_code, verb == "doctor" ? 1 : 2) << result;
    const std::string said = verb == "doctor" ? result.output : result.error;
    EXPECT_TRUE(StrContains(said, config_ + ":4:5: cannot join 239.255.77.77:5000")) << result;
  }
}

}  // namespace
}  // namespace fh::test
