// What the command line teaches, lists and refuses.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

const std::vector<std::string> kVerbs{
    "run",  "doctor", "join",     "replay", "decode",  "inspect",    "publish", "generate",
    "demo", "codecs", "backends", "check",  "version", "strategies", "help",    "completion",
    "man",  "tune",   "latency",  "jitter", "book",    "check-books"};

const std::vector<std::string> kLatencyParts{"report", "compare", "merge", "convert", "watch"};

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

TEST(Help, AMistypedVerbIsGuessed) {
  for (const auto& [typed, meant] : std::vector<std::pair<std::string, std::string>>{
           {"repaly", "replay"}, {"inspct", "inspect"}, {"runn", "run"}, {"docter", "doctor"}}) {
    const ChildResult result = Feedhandler({typed, "day.pcap"});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_TRUE(absl::StrContains(result.error, absl::StrCat("did you mean '", meant, "'?")))
        << result;
    const ChildResult help = Feedhandler({"help", typed});
    EXPECT_EQ(help.exit_code, 2) << help;
    EXPECT_TRUE(absl::StrContains(help.error, meant)) << help;
  }
  EXPECT_FALSE(absl::StrContains(Feedhandler({"frobnicate"}).error, "did you mean"));
}

TEST(Help, OfTheVerbHelpIsThatOfTheOption) {
  for (const std::string& verb : kVerbs) {
    EXPECT_EQ(Feedhandler({"help", verb}).output, Feedhandler({verb, "--help"}).output);
  }
  EXPECT_EQ(Feedhandler({"help"}).output, Feedhandler({"--help"}).output);
}

TEST(Help, OfAPartNamesAnExample) {
  const std::string verb = Feedhandler({"latency", "--help"}).output;
  for (const std::string& part : kLatencyParts) {
    EXPECT_TRUE(absl::StrContains(verb, absl::StrCat("\n  ", part, " "))) << part << verb;
    const ChildResult help = Feedhandler({"latency", part, "--help"});
    EXPECT_EQ(help.exit_code, 0) << help;
    EXPECT_TRUE(absl::StrContains(help.output, "\nExample")) << help;
    EXPECT_TRUE(absl::StrContains(help.output, "feedhandler latency " + part)) << help;
    EXPECT_EQ(Feedhandler({"help", "latency", part}).output, help.output);
    const ChildResult page = Feedhandler({"man", "latency"});
    EXPECT_TRUE(absl::StrContains(page.output, "feedhandler latency " + part)) << page;
  }
}

TEST(Help, UnknownPartsAreNamedAndGuessed) {
  const ChildResult result = Feedhandler({"latency", "reprot", "a.latency"});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "there is no verb 'latency reprot'")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "did you mean 'report'?")) << result;
  EXPECT_EQ(Feedhandler({"help", "latency", "reprot"}).error, result.error);
  EXPECT_EQ(Feedhandler({"latency"}).exit_code, 2);
  const ChildResult none = Feedhandler({"help", "replay", "reprot"});
  EXPECT_EQ(none.exit_code, 2) << none;
  EXPECT_TRUE(absl::StrContains(none.error, "has no parts")) << none;
}

TEST(Help, VersionIsAnOptionToo) {
  const ChildResult result = Feedhandler({"--version"});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StartsWith(Feedhandler({"version"}).output, result.output)) << result;
}

TEST(Help, CompletionKnowsEveryVerbAndItsOptions) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const ChildResult result = Feedhandler({"completion", shell});
    EXPECT_EQ(result.exit_code, 0) << result;
    for (const std::string& verb : kVerbs) EXPECT_TRUE(absl::StrContains(result.output, verb));
    EXPECT_TRUE(absl::StrContains(result.output, "line")) << result;
  }
  EXPECT_EQ(Feedhandler({"completion", "csh"}).exit_code, 2);
}

std::string Completed(const std::string& words, int at) {
  return RunChild("/bin/bash",
                  {"-c", absl::StrCat(
                             "source <(", kProgram, " completion bash); COMP_WORDS=(feedhandler ",
                             words, "); COMP_CWORD=", at, "; _feedhandler; echo ${COMPREPLY[@]}")})
      .output;
}

TEST(Help, BashCompletesVerbsAndOptions) {
  EXPECT_EQ(Completed("rep", 1), "replay\n");
  EXPECT_EQ(Completed("replay --upd", 2), "--updates\n");
  EXPECT_EQ(Completed("completion z", 2), "zsh\n");
  EXPECT_EQ(Completed("latency repo", 2), "report\n");
}

TEST(Help, ShellsTakeTheirScripts) {
  const ScratchFolder folder;
  int shells = 0;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const std::string path = absl::StrCat("/usr/bin/", shell);
    if (::access(path.c_str(), X_OK) != 0) continue;
    ++shells;
    WriteFile(folder / shell, Feedhandler({"completion", shell}).output);
    const ChildResult result = RunChild(path, {"-n", folder / shell});
    EXPECT_EQ(result.exit_code, 0) << shell << result;
    EXPECT_EQ(result.error, "") << shell;
  }
  if (shells == 0) GTEST_SKIP() << "skipped: no shell in /usr/bin";
}

TEST(Help, ManualPagesSayWhatHelpSays) {
  const ChildResult listed = Feedhandler({"man", "--list"});
  for (const std::string& verb : kVerbs) {
    EXPECT_TRUE(absl::StrContains(listed.output, verb + "\n")) << listed;
    const ChildResult page = Feedhandler({"man", verb});
    EXPECT_EQ(page.exit_code, 0) << page;
    EXPECT_TRUE(absl::StrContains(page.output, "\n.SH SYNOPSIS\n")) << page;
  }
  EXPECT_EQ(Feedhandler({"man", "frobnicate"}).exit_code, 2);
  const ChildResult page = Feedhandler({"man", "replay"});
  EXPECT_TRUE(absl::StrContains(page.output, "\n\\-\\-updates=VALUE\n") ||
              absl::StrContains(page.output, ".B \\-\\-updates=VALUE\n"))
      << page;
  EXPECT_TRUE(absl::StrContains(page.output, "feedhandler replay day.pcap")) << page;
}

TEST(Help, ManualPagesAreWhatGroffTakes) {
  if (::access("/usr/bin/groff", X_OK) != 0) GTEST_SKIP() << "skipped: no groff";
  const ScratchFolder folder;
  for (const std::string& verb : kVerbs) {
    WriteFile(folder / "page.1", Feedhandler({"man", verb}).output);
    const ChildResult result =
        RunChild("/usr/bin/groff", {"-man", "-Tascii", "-ww", folder / "page.1"});
    EXPECT_EQ(result.exit_code, 0) << verb << result;
    EXPECT_EQ(result.error, "") << verb;
  }
}

TEST(Lists, AreJsonWhenAskedFor) {
  for (const std::string verb : {"codecs", "backends", "strategies", "version"}) {
    const ChildResult result = Feedhandler({verb, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_FALSE(nlohmann::json::parse(result.output).empty()) << result;
  }
  const auto codecs = nlohmann::json::parse(Feedhandler({"codecs", "--json"}).output);
  EXPECT_EQ(codecs[0]["name"], "itch50");
  const ChildResult check = Feedhandler({"check", "/none", "--json"});
  EXPECT_EQ(check.exit_code, 2) << check;
  const auto verdict = nlohmann::json::parse(check.output);
  EXPECT_FALSE(verdict["ok"].get<bool>());
  EXPECT_EQ(verdict["errors"].size(), 1U);
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
  for (const char* codec : {"itch50", "iex_tops15", "iex_tops16", "iex_deep10", "nyse_xdp"}) {
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
