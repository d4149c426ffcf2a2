// A strategy that crashes or hangs is named, with the update at hand; how the process ends stays.
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/feedhandler/cli/program.h"
#include "tests/sanitized.h"

namespace fh::test {
namespace {

using absl::StrContains;

class StrategyFault : public testing::Test {
 protected:
  void SetUp() override { WriteDay(capture_, {.seed = 3, .messages = 2300}); }

  ChildResult Replay(const std::string& how) {
    return Feedhandler({"replay", capture_, kSyntheticDay,
                        absl::StrCat("--strategy=", FEEDHANDLER_FAULTY_PLUGIN, ":", how)});
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
};

// Sanitizers report a crash in their own words and exit.
void ExpectEndedBy(const ChildResult& result, int signal) {
  if (kSlowdown > 1) {
    EXPECT_NE(result.exit_code, 0) << result;
  } else {
    EXPECT_EQ(result.signal, signal) << result;
  }
}

constexpr char kFirstUpdate[] = "while handling update channel 1 sequence ";

TEST_F(StrategyFault, ACrashIsNamed) {
  const ChildResult result = Replay("crash");
  ExpectEndedBy(result, SIGSEGV);
  EXPECT_TRUE(
      StrContains(result.error, absl::StrCat("strategy bad crashed (SIGSEGV) ", kFirstUpdate)))
      << result;
}

TEST_F(StrategyFault, AnAbortAndAnExceptionAreNamed) {
  for (const char* how : {"abort", "throw"}) {
    const ChildResult result = Replay(how);
    ExpectEndedBy(result, SIGABRT);
    EXPECT_TRUE(
        StrContains(result.error, absl::StrCat("strategy bad crashed (SIGABRT) ", kFirstUpdate)))
        << result;
  }
}

TEST_F(StrategyFault, AStackThatOverflowsIsNamed) {
#if defined(FEEDHANDLER_THREAD_SANITIZED)
  GTEST_SKIP() << "skipped: the thread sanitizer itself needs the stack that is full";
#endif
  const ChildResult result = Replay("overflow");
  ExpectEndedBy(result, SIGSEGV);
  EXPECT_TRUE(StrContains(result.error, "strategy bad crashed (SIGSEGV)")) << result;
}

TEST_F(StrategyFault, ACrashWhenStoppingIsNamed) {
  const ChildResult result = Replay("stop_crash");
  ExpectEndedBy(result, SIGSEGV);
  EXPECT_TRUE(StrContains(result.error, "while it was being stopped (OnStop)")) << result;
}

TEST_F(StrategyFault, ACallThatDoesNotEndIsNamedOnce) {
  const ChildResult result = Replay("hang");
  EXPECT_EQ(result.exit_code, 0) << result;
  const std::string note =
      "note: strategy bad on fh-strategy-0 has been in one call for more than 1 s, handling "
      "update channel 1 sequence ";
  EXPECT_TRUE(StrContains(result.error, note)) << result;
  EXPECT_EQ(result.error.find(note), result.error.rfind(note)) << result;
}

}  // namespace
}  // namespace fh::test
