// `feedhandler jitter`: what it prints, what it writes, and what it refuses.
#include "latency/recording/jitter.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "latency/files/files.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

TEST(JitterVerb, SaysRatesTheGreatestTheTimeLostAndWhatToDo) {
  const ChildResult result = Feedhandler({"jitter", "--seconds=0.1"});
  EXPECT_EQ(result.exit_code, 0) << result;
  for (const char* part :
       {"Jitter floor of CPU", "a reading of the clock", "Where gaps come from", "What to do"}) {
    EXPECT_TRUE(absl::StrContains(result.output, part)) << part << "\n" << result;
  }
}

TEST(JitterVerb, ACpuThatIsNotThereIsRefusedWithThoseThereAre) {
  for (const char* cpu : {"--cpu=100000", "--cpu=-1"}) {
    const ChildResult result = Feedhandler({"jitter", cpu, "--seconds=0.1"});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_TRUE(absl::StrContains(result.error, "this machine has CPUs 0 to")) << result;
    EXPECT_TRUE(absl::StrContains(result.error, "--cpu")) << result;
  }
}

TEST(JitterVerb, ATimeThatCannotBeIsRefused) {
  EXPECT_EQ(Feedhandler({"jitter", "--seconds=0"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"jitter", "--seconds=nan"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"jitter", "--latency=floor.xyz", "--seconds=0.1"}).exit_code, 2);
}

TEST(JitterVerb, WritesTheFloorIntoAReportThatIsReadBack) {
  const ScratchFolder folder;
  const std::string path = folder / "floor.latency";
  const ChildResult result =
      Feedhandler({"jitter", "--seconds=0.1", "--latency=" + path, "--json"});
  EXPECT_EQ(result.exit_code, 0) << result;
  const auto read = latency::files::ReadReport(path);
  ASSERT_TRUE(read.ok()) << read.status();
  const auto floor = latency::recording::JitterOf(read->report.jitter());
  ASSERT_TRUE(floor.ok()) << floor.status();
  EXPECT_GE(floor->cpu, 0);
  EXPECT_GE(floor->duration_ns, 100'000'000);
  EXPECT_EQ(floor->threshold_ns, 100);
  EXPECT_TRUE(absl::StrContains(result.output, absl::StrCat("\"max_ns\":", floor->max_ns)))
      << result;
  EXPECT_EQ(read->report.run().program(), "feedhandler jitter");
  const ChildResult shown =
      Feedhandler({"latency", "report", path, "--jitter=" + path, "--no-picture"});
  EXPECT_EQ(shown.exit_code, 0) << shown;
  EXPECT_TRUE(absl::StrContains(shown.output, "itter")) << shown;
}

}  // namespace
}  // namespace fh::test
