// What the command line teaches, lists and refuses.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

const std::vector<std::string> kVerbs{"run",      "doctor",  "join",     "replay", "decode",
                                      "inspect",  "publish", "generate", "demo",   "codecs",
                                      "backends", "check",   "version"};

TEST(Help, OfEveryVerbNamesAnExample) {
  for (const std::string& verb : kVerbs) {
    const ChildResult result = Feedhandler({verb, "--help"});
    EXPECT_EQ(result.exit_code, 0) << verb << ": " << result;
    const size_t examples = result.output.find("\nExample");
    ASSERT_NE(examples, std::string::npos) << verb << ": " << result;
    EXPECT_TRUE(absl::StrContains(result.output.substr(examples), "feedhandler " + verb))
        << verb << ": " << result;
  }
}

TEST(Help, OfTheProgramNamesEveryVerb) {
  const ChildResult result = Feedhandler({"--help"});
  EXPECT_EQ(result.exit_code, 0) << result;
  for (const std::string& verb : kVerbs) {
    EXPECT_TRUE(absl::StrContains(result.output, absl::StrCat("\n  ", verb, " "))) << verb;
  }
}

TEST(Help, UnknownVerbIsNamed) {
  const ChildResult result = Feedhandler({"frobnicate"});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "frobnicate")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "--help")) << result;
}

TEST(Help, MissingVerbIsSaid) {
  const ChildResult result = Feedhandler({});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "--help")) << result;
}

TEST(Help, MissingArgumentsAreSaid) {
  for (const std::string verb :
       {"run", "join", "replay", "decode", "inspect", "publish", "generate", "check"}) {
    const ChildResult result = Feedhandler({verb});
    EXPECT_EQ(result.exit_code, 2) << verb << ": " << result;
    EXPECT_TRUE(absl::StrContains(result.error, "required")) << verb << ": " << result;
  }
}

TEST(Help, UnknownOptionsAreNamed) {
  for (const std::string& verb : kVerbs) {
    const ChildResult result = Feedhandler({verb, "--frobnicate"});
    EXPECT_EQ(result.exit_code, 2) << verb << ": " << result;
    EXPECT_NE(result.error, "") << verb;
  }
}

TEST(Lists, Version) {
  const ChildResult result = Feedhandler({"version"});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StartsWith(result.output, "feedhandler ")) << result;
  EXPECT_TRUE(absl::StrContains(result.output, "plugin ABI ")) << result;
  EXPECT_TRUE(absl::StrContains(result.output, "updates of 64 bytes")) << result;
}

TEST(Lists, Codecs) {
  const ChildResult result = Feedhandler({"codecs"});
  EXPECT_EQ(result.exit_code, 0) << result;
  for (const char* codec : {"itch50", "iex_tops15", "iex_tops16", "iex_deep10"}) {
    EXPECT_TRUE(absl::StrContains(result.output, codec)) << result;
  }
}

TEST(Lists, BackendsAreAvailableOrSayWhyNot) {
  const ChildResult result = Feedhandler({"backends"});
  EXPECT_EQ(result.exit_code, 0) << result;
  for (const std::string& backend : kBackends) {
    EXPECT_TRUE(absl::StrContains(result.output, backend)) << result;
    const std::string reason = WhyNotAvailable(backend);
    EXPECT_TRUE(reason.empty() || absl::StrContains(reason, "not available: ")) << reason;
  }
  EXPECT_EQ(WhyNotAvailable("recvmmsg"), "");
}

}  // namespace
}  // namespace fh::test
