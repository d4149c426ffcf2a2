// Exit statuses and notices that scripts can trust: what a run that did not do what it was for
// says, how it ends when nobody reads any more, and what it says meanwhile.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "feedhandler/inspect/discover.h"
#include "feedhandler/synthetic/itch_files.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using absl::StrContains;

class Outcome : public testing::Test {
 protected:
  void SetUp() override { WriteDay(capture_, {.seed = 3, .messages = 2300}); }

  // A configuration of line A and B of the capture; `codec` of them, `group_b` in place of B's.
  std::string Config(const std::string& codec, const std::string& group_a,
                     const std::string& group_b) {
    const std::string path = folder_ / "feed.textproto";
    WriteFile(path, absl::StrCat("feed { name: \"x\" codec: \"", codec,
                                 "\" channel { id: 5 line { name: \"A\" group: \"", group_a,
                                 "\" } line { name: \"B\" group: \"", group_b,
                                 "\" } } } strategy_thread { strategy { name: \"null\" } }"));
    return path;
  }

  // A live run on groups of ours, with `more` keys in its feed.
  void PrepareLive(const std::string& strategy, const std::string& parameters) {
    const auto feeds = DiscoverFeeds({capture_}, "");
    ASSERT_TRUE(feeds.ok()) << feeds.status();
    setup_.feeds = *feeds;
    setup_.strategy = strategy;
    setup_.parameters = parameters;
    WriteFile(config_, setup_.ConfigText());
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
  const std::string config_ = folder_ / "run.textproto";
  LiveSetup setup_;
};

TEST_F(Outcome, OfAReplayOfWhichNothingMatchesListsTheGroups) {
  const ChildResult result = Feedhandler(
      {"replay", capture_, "--config=" + Config("itch50", "239.9.9.9:1", "239.9.9.9:2")});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(StrContains(result.error, "x channel 5 lines A, B")) << result;
  EXPECT_TRUE(StrContains(result.error, "  239.255.1.1:26400  ")) << result;
  EXPECT_TRUE(StrContains(result.error, "  239.255.1.2:26400  ")) << result;
  EXPECT_TRUE(StrContains(result.error, "feedhandler inspect")) << result;
}

TEST_F(Outcome, OfAReplayWithTheWrongCodecNamesChannelAndReason) {
  const ChildResult result =
      Feedhandler({"replay", capture_,
                   "--config=" + Config("iex_deep10", "239.255.1.1:26400", "239.255.1.2:26400")});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(StrContains(result.error, "x channel 5: ")) << result;
  EXPECT_TRUE(StrContains(result.error, "packets were rejected (")) << result;
  EXPECT_TRUE(StrContains(result.error, "is the codec the group's?")) << result;
}

TEST_F(Outcome, OfAReplayMostOfWhichIsLost) {
  // A few packets at the start and a few at the end.
  CutCapture(capture_, folder_ / "start.pcap", 20);
  CutCapture(capture_, folder_ / "end.pcap", 100'000, 0, 900);
  const ChildResult result =
      Feedhandler({"replay", folder_ / "start.pcap", folder_ / "end.pcap", "--codec=itch50",
                   "--line=239.255.1.1:26400", "--line=239.255.1.2:26400"});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(StrContains(result.error, "more was lost than delivered")) << result;
}

TEST_F(Outcome, OfALineThatNeverBroughtAnythingIsInTheSummary) {
  const ChildResult result =
      Feedhandler({"replay", capture_, "--metrics=-",
                   "--config=" + Config("itch50", "239.255.1.1:26400", "239.9.9.9:2")});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(StrContains(result.error, "NEVER BROUGHT ANYTHING")) << result;
  EXPECT_TRUE(StrContains(result.error, "lost 2,300  NEVER")) << result;
  EXPECT_EQ(Metric(result.error, "line_missing_messages", "line=\"B\""), 2300) << result;
}

TEST_F(Outcome, OfDecodeWithTheWrongGroupOrCodec) {
  const ChildResult group =
      Feedhandler({"decode", capture_, "--codec=itch50", "--group=239.9.9.9:1"});
  EXPECT_EQ(group.exit_code, 1) << group;
  EXPECT_TRUE(StrContains(group.error, "  239.255.1.1:26400  ")) << group;
  const ChildResult codec =
      Feedhandler({"decode", capture_, "--codec=iex_deep10", "--group=239.255.1.1:26400"});
  EXPECT_EQ(codec.exit_code, 1) << codec;
}

TEST_F(Outcome, OfDecodeWithASchemaThatNobodyReadsOrThatIsNotThere) {
  const ChildResult nobody = Feedhandler({"decode", capture_, "--schema=templates.xml"});
  EXPECT_EQ(nobody.exit_code, 2) << nobody;
  EXPECT_TRUE(StrContains(nobody.error, "itch50 reads no schema")) << nobody;
  const ChildResult missing =
      Feedhandler({"decode", capture_, "--codec=cme_mdp3", "--group=239.255.1.1:26400",
                   "--schema=/nowhere/templates.xml"});
  EXPECT_EQ(missing.exit_code, 2) << missing;
  EXPECT_TRUE(StrContains(missing.error, "/nowhere/templates.xml")) << missing;
}

TEST_F(Outcome, OfPublishThatMapsNothingListsTheGroups) {
  const ChildResult result = Feedhandler(
      {"publish", capture_, "--interface=lo", "--flat-out", "--map=239.9.9.9:1=239.255.9.9:2"});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(StrContains(result.error, "  239.255.1.1:26400  ")) << result;
}

TEST_F(Outcome, OfAPublishThatCannotKeepItsRateSaysWhatItReached) {
  const ChildResult result = Feedhandler({"publish", capture_, "--interface=lo", "--flat-out",
                                          "--rate=1000000000", "--to=" + TestGroup(0).ToString()});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "note: --rate=1,000,000,000 was not reached, but "))
      << result;
}

TEST_F(Outcome, OfARunWithoutAPacketNamesTheLines) {
  ASSERT_NO_FATAL_FAILURE(PrepareLive("null", ""));
  const ChildResult result = Feedhandler({"run", config_, "--seconds=0.1"});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(StrContains(result.error, "no packet came on any line: ")) << result;
  EXPECT_TRUE(StrContains(result.error, "channel 1 lines A, B")) << result;
}

TEST_F(Outcome, OfADemoThatIsInterrupted) {
  ChildProcess demo(kProgram, {"demo", "--messages=2000000", "--rate=1000"});
  ASSERT_TRUE(Eventually([&] { return StrContains(demo.Peek().output, "receiving on"); }));
  demo.Signal(SIGINT);
  const ChildResult result = demo.Wait();
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(StrContains(result.error, "stopped before the end of the day")) << result;
}

// Whether the process has a handler for the signal.
bool Catches(pid_t pid, int signal) {
  const std::string status = ReadFile(absl::StrCat("/proc/", pid, "/status"));
  const size_t at = status.find("SigCgt:");
  if (at == std::string::npos) return false;
  return (std::stoull(status.substr(at + 7), nullptr, 16) >> (signal - 1) & 1) != 0;
}

// Standard input that never ends: whoever interrupts is not told that all was looked at.
TEST_F(Outcome, OfAnInspectThatIsInterrupted) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  // Not the child's: it would keep the pipe open for itself.
  const int writer = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  const std::string start = ReadFile(capture_).substr(0, 60'000);
  ASSERT_EQ(::write(writer, start.data(), start.size()), static_cast<ssize_t>(start.size()));
  ChildProcess inspect(kProgram, {"inspect", "-"}, pipe);
  ASSERT_TRUE(Eventually([&] { return Catches(inspect.pid(), SIGINT); }));
  inspect.Signal(SIGINT);
  ::close(writer);
  const ChildResult result = inspect.Wait();
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(StrContains(result.error, "stopped before the end of the input")) << result;
}

// A pipe whose reader takes a little and goes away.
ChildResult Head(const std::vector<std::string>& arguments) {
  std::string command = kProgram;
  for (const std::string& argument : arguments) absl::StrAppend(&command, " '", argument, "'");
  return RunChild("/bin/bash",
                  {"-c", absl::StrCat(command, " | head -n 3; exit ${PIPESTATUS[0]}")});
}

TEST_F(Outcome, OfAReplayWhoseReaderGoesAwayIsQuiet) {
  WriteDay(capture_, {.seed = 3, .messages = 200'000});
  const ChildResult result = Head({"replay", capture_, "--updates=-"});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 3) << result;
  EXPECT_FALSE(StrContains(result.error, "feedhandler:")) << result;
  EXPECT_FALSE(StrContains(result.error, "roken pipe")) << result;
}

TEST_F(Outcome, OfADecodeWhoseReaderGoesAwayIsQuiet) {
  WriteDay(capture_, {.seed = 3, .messages = 200'000});
  const ChildResult result = Head({"decode", capture_});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_FALSE(StrContains(result.error, "feedhandler:")) << result;
}

// Takes what there is of at most a page; how many lines that were.
int64_t ReadLines(int descriptor) {
  std::array<char, 4096> bytes;
  const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
  return std::count(bytes.begin(), bytes.begin() + std::max<ssize_t>(count, 0), '\n');
}

// It ends by itself, without a signal: there is nobody to print for.
TEST_F(Outcome, OfARunWhoseReaderGoesAwayIsQuiet) {
  ASSERT_NO_FATAL_FAILURE(PrepareLive("print", "output=-"));
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ChildProcess run(kProgram, {"run", config_, kSyntheticDay}, "/dev/null", pipe);
  ASSERT_TRUE(run.WaitForError("listening with")) << run.Peek();
  std::thread publisher([&] { Publish(setup_, capture_); });
  // More than the header, so that packets came; less than there is, which no pipe holds.
  const bool came = Eventually([&] { return ReadLines(reader) > 1; });
  ::close(reader);
  publisher.join();
  ASSERT_TRUE(came);
  const ChildResult result = run.Wait();
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(StrContains(result.error, "Latency by stage")) << result;
  EXPECT_FALSE(StrContains(result.error, "feedhandler:")) << result;
}

TEST_F(Outcome, OfARunMeanwhileIsReportedWhenASignalAsks) {
  ASSERT_NO_FATAL_FAILURE(PrepareLive("null", ""));
  const auto run = StartRun(config_, {});
  ASSERT_NE(run, nullptr);
  const ChildResult published = Publish(setup_, capture_);
  ASSERT_EQ(published.exit_code, 0) << published;
  run->Signal(SIGUSR1);
  ASSERT_TRUE(run->WaitForError("Interim report after")) << run->Peek();
  ASSERT_TRUE(run->WaitForError("Latency by stage")) << run->Peek();
  EXPECT_TRUE(run->Running());
  run->Signal(SIGUSR1);
  ASSERT_TRUE(Eventually([&] {
    const std::string error = run->Peek().error;
    return error.rfind("Interim report") != error.find("Interim report");
  })) << run->Peek();
  run->Signal(SIGTERM);
  const ChildResult result = run->Wait();
  EXPECT_EQ(result.exit_code, 0) << result;
}

TEST_F(Outcome, OfALineThatFallsSilentIsSaidMeanwhileInTheSummaryAndInTheMetrics) {
  ASSERT_NO_FATAL_FAILURE(PrepareLive("null", ""));
  WriteFile(config_, absl::StrCat(setup_.ConfigText()));
  std::string text = ReadFile(config_);
  text.replace(text.find("line_silent_us: 60000000"), 24, "line_silent_us: 500000");
  WriteFile(config_, text);
  const auto run = StartRun(config_, {"--metrics=" + (folder_ / "run.prom")});
  ASSERT_NE(run, nullptr);
  ASSERT_TRUE(run->WaitForError("line A: nothing for ")) << run->Peek();
  ASSERT_TRUE(run->WaitForError("nothing on any line for ")) << run->Peek();
  const ChildResult published =
      Feedhandler({"publish", capture_, "--interface=lo", "--flat-out", RateArgument(),
                   absl::StrCat("--map=239.255.1.1:26400=", TestGroup(0).ToString())});
  ASSERT_EQ(published.exit_code, 0) << published;
  ASSERT_TRUE(run->WaitForError("line A: is back after ")) << run->Peek();
  ASSERT_TRUE(Eventually([&] {
    return Metric(ReadFile(folder_ / "run.prom"), "messages_total").value_or(0) >= 2300;
  }));
  run->Signal(SIGTERM);
  const ChildResult result = run->Wait();
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(StrContains(result.error, "lost 2,300  NEVER BROUGHT ANYTHING")) << result;
  const std::string metrics = ReadFile(folder_ / "run.prom");
  EXPECT_GT(Metric(metrics, "line_silent_seconds", "line=\"B\""), 0) << metrics;
  EXPECT_TRUE(Metric(metrics, "feed_silent_seconds").has_value()) << metrics;
}

TEST_F(Outcome, SaysOnceThatALineIsSilent) {
  ASSERT_NO_FATAL_FAILURE(PrepareLive("null", ""));
  std::string text = ReadFile(config_);
  text.replace(text.find("line_silent_us: 60000000"), 24, "line_silent_us: 200000");
  WriteFile(config_, text);
  const ChildResult result = Feedhandler({"run", config_, "--seconds=3.5"});
  const std::string note = "line B: nothing for ";
  EXPECT_TRUE(StrContains(result.error, note)) << result;
  EXPECT_EQ(result.error.find(note), result.error.rfind(note)) << result;
}

}  // namespace
}  // namespace fh::test
