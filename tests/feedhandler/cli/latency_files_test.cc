// --latency=FILE: what a run measured, in the file that the ending names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "latency/files/files.h"
#include "latency/files/hlog.h"
#include "latency/recording/buckets.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using ::testing::HasSubstr;

latency::files::proto::LatencyReport Read(const std::string& path) {
  absl::StatusOr<latency::files::ReportRead> read = latency::files::ReadReport(path);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? std::move(read->report) : latency::files::proto::LatencyReport();
}

uint64_t CountOf(const latency::files::proto::LatencyReport& report, const std::string& stage) {
  for (const auto& series : report.series()) {
    if (series.stage() != stage || !series.feed().empty() || !series.thread().empty()) continue;
    const auto total = latency::recording::SnapshotOf(series);
    EXPECT_TRUE(total.ok()) << total.status();
    return total.ok() ? total->total() : 0;
  }
  return 0;
}

TEST(LatencyFiles, ADemoWritesEveryStageWithItsClock) {
  const ScratchFolder folder;
  const ChildResult demo = Feedhandler(
      {"demo", "--messages=4000", "--symbols=20", "--latency=" + (folder / "demo.latency"),
       "--html=" + (folder / "demo.html"), "--latency-interval=0.1"});
  ASSERT_EQ(demo.exit_code, 0) << demo;
  const auto report = Read(folder / "demo.latency");
  std::map<std::string, std::string> clocks;
  for (const auto& series : report.series()) clocks[series.stage()] = series.from_clock();
  EXPECT_EQ(clocks["kernel-dequeued"], "kernel");
  EXPECT_EQ(clocks["wire-seen"], "kernel");
  for (const char* stage : {"dequeued-sequenced", "sequenced-decoded", "decoded-published",
                            "published-seen", "seen-done"}) {
    EXPECT_THAT(clocks[stage], ::testing::AnyOf("tsc", "monotonic")) << stage;
    EXPECT_GT(CountOf(report, stage), 0u) << stage;
  }
  EXPECT_EQ(report.run().program(), "feedhandler demo");
  EXPECT_EQ(report.run().interval_ns(), 100'000'000);
  EXPECT_GE(report.run().argument_size(), 4);
  EXPECT_FALSE(report.run().backend().empty());
  EXPECT_GT(report.run().achieved_per_second(), 0);
  EXPECT_GT(report.run().peak(3).per_second(), 0);
  EXPECT_GE(report.clock_size(), 2);
  const std::string page = ReadFile(folder / "demo.html");
  EXPECT_EQ(page.find("<!DOCTYPE html>"), 0u);
  EXPECT_THAT(page, HasSubstr("</html>"));
}

TEST(LatencyFiles, AReplayWritesThemToo) {
  const ScratchFolder folder;
  const ChildResult made =
      Feedhandler({"generate", folder / "day.pcap", "--messages=3000", "--symbols=10"});
  ASSERT_EQ(made.exit_code, 0) << made;
  const ChildResult replayed =
      Feedhandler({"replay", folder / "day.pcap", "--latency=" + (folder / "day.textproto")});
  ASSERT_EQ(replayed.exit_code, 0) << replayed;
  const auto report = Read(folder / "day.textproto");
  EXPECT_GT(CountOf(report, "dequeued-sequenced"), 0u);
  EXPECT_GT(CountOf(report, "seen-done"), 3000u);
}

TEST(LatencyFiles, ALogIsWrittenAsItGoesInTheShapeThatAllReadersTake) {
  const ScratchFolder folder;
  const ChildResult demo =
      Feedhandler({"demo", "--messages=4000", "--symbols=20", "--latency=" + (folder / "demo.hlog"),
                   "--latency-interval=0.1"});
  ASSERT_EQ(demo.exit_code, 0) << demo;
  const auto report = Read(folder / "demo.hlog");
  EXPECT_GT(CountOf(report, "seen-done"), 4000u);
  EXPECT_GT(CountOf(report, "kernel-dequeued"), 0u);
  size_t end_to_end = 0;
  for (const auto& series : report.series()) {
    end_to_end += series.role() == latency::files::proto::Series::END_TO_END;
  }
  EXPECT_EQ(end_to_end, 1u);
}

size_t Intervals(const std::string& log) {
  size_t lines = 0;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    lines += !line.empty() && line[0] != '#' && line[0] != '"' ? 1 : 0;
  }
  return lines;
}

// A replay that would take half a minute, ended while it writes.
class LatencyFilesOfARunThatIsEnded : public ::testing::Test {
 protected:
  // Returns once it has measured something. `most_blocks`: of 512 bytes, that a file may have.
  std::unique_ptr<ChildProcess> Start(const std::string& file, const std::string& save_s = "60",
                                      const std::string& most_blocks = "unlimited") {
    WriteDay(folder_ / "fast.pcap", {.messages = 6000});
    CutCapture(folder_ / "fast.pcap", folder_ / "day.pcap", /*frames=*/3000,
               /*apart_ns=*/10'000'000);
    const std::string metrics = folder_ / "day.prom";
    std::filesystem::remove(metrics);
    auto replay = std::make_unique<ChildProcess>(
        "/bin/sh",
        std::vector<std::string>{
            "-c", "trap '' XFSZ; ulimit -f " + most_blocks + "; exec \"$0\" \"$@\"", kProgram,
            "replay", folder_ / "day.pcap", kSyntheticDay, "--speed=1", "--metrics=" + metrics,
            "--latency=" + file, "--latency-interval=0.1", "--latency-save=" + save_s});
    EXPECT_TRUE(Eventually([&] {
      return Metric(ReadFile(metrics), "stage_latency_seconds_count", "stage=\"seen-done\"") > 0;
    })) << replay->Peek();
    return replay;
  }

  // The report so far; empty while there is none.
  static latency::files::proto::LatencyReport ReadIfThere(const std::string& file) {
    const auto read = latency::files::ReadReport(file);
    return read.ok() ? read->report : latency::files::proto::LatencyReport();
  }

  std::vector<std::string> TracesOfWriting() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename().string();
      if (name[0] == '.') names.push_back(name);
    }
    return names;
  }

  const ScratchFolder folder_;
};

TEST_F(LatencyFilesOfARunThatIsEnded, KilledItLeavesWhatItHadMeasuredUntilItsLatestSave) {
  for (const char* name : {"day.latency", "day.textproto"}) {
    const std::string file = folder_ / name;
    const auto replay = Start(file, "0.2");
    uint64_t before = 0;
    ASSERT_TRUE(Eventually([&] {
      before = CountOf(ReadIfThere(file), "seen-done");
      return before > 0;
    })) << replay->Peek();
    ASSERT_TRUE(Eventually([&] { return CountOf(Read(file), "seen-done") > before; }))
        << replay->Peek();
    replay->Signal(SIGKILL);
    EXPECT_EQ(replay->Wait().signal, SIGKILL);
    const auto report = Read(file);
    EXPECT_TRUE(report.run().unfinished());
    EXPECT_GT(CountOf(report, "seen-done"), before);
    EXPECT_GT(report.environment().fact_size(), 0);
    // Whole up to one moment: the intervals are the total, and reach to where it says.
    uint64_t sum = 0;
    for (const auto& series : report.series()) {
      if (series.stage() != "seen-done" || !series.thread().empty()) continue;
      for (const auto& interval : series.interval()) {
        sum += latency::recording::SnapshotOf(interval)->total();
      }
    }
    EXPECT_EQ(sum, CountOf(report, "seen-done"));
    EXPECT_GE(report.run().intervals() * report.run().interval_ns() + report.run().interval_ns(),
              report.run().duration_ns());
    EXPECT_THAT(Feedhandler({"latency", "report", file}).output,
                HasSubstr("The run had not ended when this was written."));
  }
}

TEST_F(LatencyFilesOfARunThatIsEnded, AFullDiskLeavesTheReportBeforeAndIsSaidOnceAndAFault) {
  const std::string file = folder_ / "day.textproto";
  // Enough for the first save, and for metrics. What follows is soon larger; where a save takes long the next
  // one waits a hundred times as long.
  const auto replay = Start(file, "0.2", /*most_blocks=*/"128");
  ASSERT_TRUE(replay->WaitForError("could not be saved while the run goes on")) << replay->Peek();
  const std::string kept = ReadFile(file);
  const uint64_t count = CountOf(Read(file), "seen-done");
  EXPECT_GT(count, 0u);
  replay->Signal(SIGTERM);
  const ChildResult ended = replay->Wait();
  EXPECT_EQ(ended.exit_code, 1) << ended;
  EXPECT_EQ(ReadFile(file), kept);
  const std::vector<std::string> told = absl::StrSplit(ended.error, "could not be saved");
  EXPECT_EQ(told.size(), 2u) << ended;
  EXPECT_THAT(ended.error, HasSubstr("saves while the run went on failed, first with: writing"));
  EXPECT_THAT(TracesOfWriting(), ::testing::IsEmpty());
}

TEST_F(LatencyFilesOfARunThatIsEnded, NobodyElseReplacesItMeanwhile) {
  const std::string file = folder_ / "day.latency";
  const auto replay = Start(file, "0.2");
  ASSERT_TRUE(Eventually([&] { return ReadIfThere(file).run().unfinished(); })) << replay->Peek();
  const std::vector<std::string> again = {"replay", folder_ / "fast.pcap", kSyntheticDay,
                                          "--latency=" + file};
  const ChildResult other = Feedhandler(again);
  EXPECT_EQ(other.exit_code, 2) << other;
  EXPECT_THAT(other.error, HasSubstr("another program writes it"));
  replay->Signal(SIGTERM);
  EXPECT_TRUE(replay->Wait().Exited());
  EXPECT_FALSE(Read(file).run().unfinished());
  EXPECT_EQ(Feedhandler(again).exit_code, 0);
}

TEST_F(LatencyFilesOfARunThatIsEnded, Trap02KilledEveryLineOfItsLogIsReadable) {
  const std::string file = folder_ / "day.hlog";
  const auto replay = Start(file);
  ASSERT_TRUE(Eventually([&] { return Intervals(ReadFile(file)) > 30; })) << replay->Peek();
  replay->Signal(SIGKILL);
  EXPECT_EQ(replay->Wait().signal, SIGKILL);
  const std::string text = ReadFile(file);
  const absl::StatusOr<latency::files::Hlog> log = latency::files::ParseHlog(text);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(log->skipped_lines, 0u);
  EXPECT_EQ(log->intervals.size(), Intervals(text) - (log->partial_last_line ? 1 : 0));
  EXPECT_GT(CountOf(Read(file), "seen-done"), 0u);
}

TEST_F(LatencyFilesOfARunThatIsEnded, TerminatedItWritesAWholeFile) {
  for (const char* name : {"day.hlog", "day.latency"}) {
    const std::string file = folder_ / name;
    const auto replay = Start(file);
    replay->Signal(SIGTERM);
    const ChildResult ended = replay->Wait();
    EXPECT_TRUE(ended.Exited()) << ended;
    const auto report = Read(file);
    EXPECT_GT(CountOf(report, "seen-done"), 0u) << name;
    if (file.back() == 'g') {
      EXPECT_EQ(ReadFile(file).back(), '\n') << "the last line is whole";
    } else {
      EXPECT_GT(report.environment().fact_size(), 0);
      EXPECT_GT(report.sample_size(), 0) << "what only the end has";
      EXPECT_FALSE(report.run().unfinished());
    }
  }
}

TEST(LatencyFiles, APublisherSaysHowLateItWas) {
  const ScratchFolder folder;
  const ChildResult made =
      Feedhandler({"generate", folder / "day.pcap", "--messages=3000", "--symbols=10"});
  ASSERT_EQ(made.exit_code, 0) << made;
  const ChildResult published = Feedhandler(
      {"publish", folder / "day.pcap", "--interface=lo", "--to=239.255.77.3:26990", "--flat-out",
       "--rate=20000", "--latency=" + (folder / "sent.latency"), "--latency-interval=0.1"});
  ASSERT_EQ(published.exit_code, 0) << published;
  const auto report = Read(folder / "sent.latency");
  ASSERT_EQ(report.series_size(), 1);
  EXPECT_EQ(report.series(0).stage(), "lateness");
  EXPECT_EQ(report.series(0).role(), latency::files::proto::Series::LATENESS);
  EXPECT_GT(CountOf(report, "lateness"), 0u);
  EXPECT_EQ(report.run().program(), "feedhandler publish");
}

TEST(LatencyFiles, IntervalsAndSavesAreNumbersOfSeconds) {
  const ScratchFolder folder;
  const std::string file = "--latency=" + (folder / "a.latency");
  for (const char* option : {"--latency-interval=nan", "--latency-interval=-NaN",
                             "--latency-interval=0", "--latency-interval=inf", "--latency-save=nan",
                             "--latency-save=-1", "--latency-save=soon"}) {
    const ChildResult refused = Feedhandler({"replay", "day.pcap", file, option});
    EXPECT_EQ(refused.exit_code, 2) << option << refused;
    EXPECT_THAT(refused.error, HasSubstr(std::string(option).substr(0, 9))) << option;
  }
  const ChildResult alone = Feedhandler({"replay", "day.pcap", "--latency-save=5"});
  EXPECT_EQ(alone.exit_code, 2) << alone;
  EXPECT_THAT(alone.error, HasSubstr("--latency"));
}

TEST(LatencyFiles, ThePathsThatNoOutputMayBeAreRefused) {
  const ScratchFolder folder;
  const ChildResult made =
      Feedhandler({"generate", folder / "day.pcap", "--messages=3000", "--symbols=10"});
  ASSERT_EQ(made.exit_code, 0) << made;
  const ChildResult ending =
      Feedhandler({"replay", folder / "day.pcap", "--latency=" + (folder / "day.txt")});
  EXPECT_EQ(ending.exit_code, 2) << ending;
  EXPECT_THAT(ending.error, HasSubstr(".hlog"));
  const ChildResult input =
      Feedhandler({"replay", folder / "day.pcap", "--latency=" + (folder / "day.pcap")});
  EXPECT_EQ(input.exit_code, 2) << input;
  const ChildResult twice =
      Feedhandler({"replay", folder / "day.pcap", "--latency=" + (folder / "a.latency"),
                   "--json=" + (folder / "a.latency")});
  EXPECT_EQ(twice.exit_code, 2) << twice;
  WriteFile(folder / "other.latency", "somebody else's");
  const ChildResult others =
      Feedhandler({"replay", folder / "day.pcap", "--latency=" + (folder / "other.latency")});
  EXPECT_EQ(others.exit_code, 2) << others;
  EXPECT_THAT(others.error, HasSubstr("other.latency"));
}

}  // namespace
}  // namespace fh::test
