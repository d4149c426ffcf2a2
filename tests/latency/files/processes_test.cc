// Logs and other processes: those that write them at once, that are killed meanwhile, and the readers of
// other projects, where they are installed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <clocale>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <locale>
#include <regex>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "latency/files/files.h"
#include "latency/files/hlog.h"
#include "latency/files/hlog_report.h"
#include "latency/files/percentile_file.h"
#include "tests/failing_call.h"
#include "tests/latency/files/sample_reports.h"
#include "tests/latency/files/vectors.h"

namespace fh::latency::files {
namespace {

using test::FileText;
using test::kSecondNs;
using test::kStartNs;
using test::SampleReport;

constexpr std::chrono::seconds kPatience(60);
constexpr char kIntervalShape[] =
    "(Tag=[^ "
    ",]{1,63},)?[0-9]+\\.[0-9]{3},[0-9]+\\.[0-9]{3},[0-9]+\\.[0-9]{3},HISTFAAA[A-Za-z0-9+/]+=*";

HdrHistogram Some() {
  HdrHistogram histogram;
  for (int64_t value = 1; value < 1'000'000'000; value = value * 5 / 4 + 1) {
    histogram.Record(value, static_cast<uint64_t>(value % 7 + 1));
  }
  return histogram;
}

class ProcessesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = (std::filesystem::path(::testing::TempDir()) /
             absl::StrCat("processes_", ::getpid(), ".hlog"))
                .string();
  }
  void TearDown() override {
    if (child_ > 0) Kill();
    std::filesystem::remove(path_);
  }

  // A process that writes lines until it is killed.
  void StartWriter() {
    // What an earlier one wrote must not be taken for this one's.
    ::unlink(path_.c_str());
    child_ = ::fork();
    ASSERT_GE(child_, 0);
    if (child_ != 0) return;
    auto log = HlogWriter::Open(path_, path_, kStartNs, {"feedhandler latency test"});
    if (!log.ok()) ::_exit(1);
    const HdrHistogram histogram = Some();
    for (int64_t i = 0;
         log->Write(i % 3 == 0 ? "" : "a.b", i * kSecondNs, kSecondNs, histogram).ok(); ++i) {
    }
    ::_exit(2);
  }

  void WaitForLines(size_t lines) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
      const std::string text = FileText(path_);
      if (static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) >= lines) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << "the writer does not write";
  }

  void Kill() {
    ::kill(child_, SIGKILL);
    int status = 0;
    ::waitpid(std::exchange(child_, 0), &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
  }

  std::string path_;
  pid_t child_ = 0;
};

using LatencyTrap01TwoWritersOfOneLog = ProcessesTest;

TEST_F(LatencyTrap01TwoWritersOfOneLog, TheSecondProcessIsRefusedUntilTheFirstIsGone) {
  StartWriter();
  WaitForLines(10);
  const auto second = HlogWriter::Open(path_, "--latency=x.hlog", kStartNs, {});
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(absl::StrContains(second.status().message(), "another program writes it"))
      << second.status();
  Kill();
  // Nothing of what the first one wrote is lost.
  EXPECT_GE(ParseHlog(FileText(path_)).value().intervals.size(), 5u);
  const auto third = HlogWriter::Open(path_, "--latency=x.hlog", kStartNs, {});
  EXPECT_TRUE(third.ok()) << third.status();
}

TEST_F(LatencyTrap01TwoWritersOfOneLog, LinesThatRanTogetherAreReportedWithTheirNumber) {
  const std::string line = HlogLine("", 0, kSecondNs, Some());
  const std::string without_end = line.substr(0, line.size() - 1);
  for (const std::string& together :
       {absl::StrCat(without_end, line), absl::StrCat(without_end, HlogLine("a", 0, 1, Some())),
        absl::StrCat(without_end.substr(0, 8), line)}) {
    const Hlog log = ParseHlog(absl::StrCat(line, together, line)).value();
    EXPECT_EQ(log.intervals.size(), 2u);
    ASSERT_EQ(log.skipped_lines, 1u);
    EXPECT_EQ(log.skipped[0].line, 2u);
    EXPECT_TRUE(absl::StrContains(log.skipped[0].reason, "two programs") ||
                absl::StrContains(log.skipped[0].reason, "no time"))
        << log.skipped[0].reason;
  }
}

using LatencyTrap02AWriterThatIsKilled = ProcessesTest;

TEST_F(LatencyTrap02AWriterThatIsKilled, EveryCompleteLineIsReadable) {
  for (int round = 0; round < 5; ++round) {
    StartWriter();
    WaitForLines(static_cast<size_t>(20 + 37 * round));
    Kill();
    const std::string text = FileText(path_);
    const Hlog log = ParseHlog(text).value();
    EXPECT_EQ(log.skipped_lines, 0u);
    const size_t lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    EXPECT_EQ(log.intervals.size(), lines - 5);  // The header has five.
    EXPECT_EQ(log.partial_last_line, text.back() != '\n');
    const std::regex shape(kIntervalShape);
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      if (line.empty() || line[0] == '#' || line[0] == '"') continue;
      ASSERT_TRUE(std::regex_match(line, shape)) << line;
    }
  }
}

TEST_F(LatencyTrap02AWriterThatIsKilled, ALineThatWasCutIsOnePartialLine) {
  const std::string line = HlogLine("a", 0, kSecondNs, Some());
  for (size_t bytes = 1; bytes + 1 < line.size(); ++bytes) {
    const Hlog log = ParseHlog(line + line.substr(0, bytes)).value();
    ASSERT_EQ(log.intervals.size(), 1u) << bytes;
    ASSERT_TRUE(log.partial_last_line) << bytes;
    ASSERT_EQ(log.skipped_lines, 0u);
  }
}

// A comma for the dot, and dots between thousands.
class GermanNumbers : public std::numpunct<char> {
 protected:
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(LatencyTrap21NumbersInEveryLocale, FilesAreTheSameUnderAGermanOne) {
  const proto::LatencyReport report = test::SampleReport(0, 5);
  const auto all = [&] {
    std::vector<std::string> texts;
    for (const Format format :
         {Format::kReport, Format::kText, Format::kHlog, Format::kHgrm, Format::kCsv}) {
      texts.push_back(FormatReport(report, format, {}, nullptr).value());
    }
    return texts;
  };
  const std::vector<std::string> before = all();
  const std::string c_before = std::setlocale(LC_ALL, nullptr);
  const std::locale cpp_before =
      std::locale::global(std::locale(std::locale::classic(), new GermanNumbers));
  // Where it is installed; the C++ one above is everywhere.
  const bool german = std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
  const std::vector<std::string> meanwhile = all();
  const bool read = ParseReport(before[1], "text").ok() && ParsePercentiles(before[3]).ok();
  const size_t intervals = ParseHlog(before[2]).value().intervals.size();
  std::locale::global(cpp_before);
  std::setlocale(LC_ALL, c_before.c_str());
  EXPECT_EQ(meanwhile, before);
  EXPECT_TRUE(read);
  EXPECT_EQ(intervals, 15u);
  if (!german) std::printf("not with LC_ALL=de_DE.UTF-8: this machine has no such locale\n");
}

// What a shell command prints; nothing when it fails.
std::optional<std::string> OutputOf(const std::string& command) {
  std::FILE* pipe = ::popen(absl::StrCat("timeout 100 ", command, " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  std::array<char, 4096> piece;
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), pipe)) {
    output.append(piece.data(), count);
  }
  if (::pclose(pipe) != 0) return std::nullopt;
  return output;
}

class OraclesTest : public ProcessesTest {
 protected:
  // A log as a run writes it, from empty intervals to counts beyond 2^32 and values of an hour.
  void SetUp() override {
    ProcessesTest::SetUp();
    auto log = HlogWriter::Open(path_, path_, kStartNs,
                                {HlogComment(kSecondNs, nullptr), std::string(200, 'c')});
    ASSERT_TRUE(log.ok()) << log.status();
    const proto::LatencyReport report = test::SampleReport(0, 12);
    for (int i = 0; i < 12; ++i) {
      for (const proto::Series& series : report.series()) {
        HdrHistogram histogram = HdrOf(series.interval(i).buckets(), series).value();
        if (i == 4) histogram.Record(3'600'000'000'000, 5'000'000'000);
        ASSERT_TRUE(log->Write(TagOf(series), i * kSecondNs, kSecondNs, histogram).ok());
      }
    }
    ASSERT_TRUE(log->Close().ok());
    read_ = ParseHlog(FileText(path_)).value();
    ASSERT_EQ(read_.intervals.size(), 36u);
  }

  Hlog read_;
};

TEST_F(OraclesTest, HdrHistogramJsReadsEverySlotOfEveryInterval) {
  const std::string script = path_ + ".js";
  std::ofstream(script) << R"js(
const hdr = require('hdr-histogram-js');
const text = require('fs').readFileSync(process.argv[2], 'utf8');
const reader = new hdr.HistogramLogReader(text, 64);
for (let h; (h = reader.nextIntervalHistogram());) {
  let line = (h.tag && h.tag !== 'NO TAG' ? h.tag : '-') + ' ' + h.startTimeStampMsec;
  for (let i = 0; i < h.countsArrayLength; ++i) {
    const count = h.getCountAtIndex(i);
    if (count > 0) line += ' ' + i + ':' + count;
  }
  console.log(line);
}
)js";
  const auto output = OutputOf(absl::StrCat("node ", script, " ", path_));
  std::filesystem::remove(script);
  if (!output.has_value()) {
    GTEST_SKIP() << "skipped: no hdr-histogram-js (npm install hdr-histogram-js@3.0.1 and set "
                    "NODE_PATH to its node_modules)";
  }
  std::string expected;
  for (const HlogInterval& interval : read_.intervals) {
    absl::StrAppend(&expected, interval.tag.empty() ? "-" : interval.tag, " ",
                    interval.start_unix_ns / 1'000'000);
    for (const HdrSlot& slot : interval.histogram.slots()) {
      absl::StrAppend(&expected, " ", slot.index, ":", slot.count);
    }
    expected += "\n";
  }
  EXPECT_EQ(*output, expected);
}

TEST_F(OraclesTest, TheJavaLibraryReadsEveryTag) {
  constexpr char kJar[] = "/usr/share/java/hdrhistogram.jar";
  if (!std::filesystem::exists(kJar) || !OutputOf("java -version").has_value()) {
    GTEST_SKIP() << "skipped: no java, or no libhdrhistogram-java (apt-get install "
                    "libhdrhistogram-java default-jre-headless)";
  }
  for (const std::string tag : {"", "wire-dequeued", "feedA.310.A.wire-dequeued"}) {
    SCOPED_TRACE(tag);
    // So many lines that each slot in use has one.
    const auto output = OutputOf(
        absl::StrCat("java -cp ", kJar, " org.HdrHistogram.HistogramLogProcessor -i ", path_,
                     " -csv -outputValueUnitRatio 1000 -percentilesOutputTicksPerHalf 1000",
                     tag.empty() ? "" : " -tag ", tag));
    ASSERT_TRUE(output.has_value());
    HdrHistogram sum;
    for (const HlogInterval& interval : read_.intervals) {
      if (interval.tag == tag) {
        ASSERT_TRUE(sum.Merge(interval.histogram));
      }
    }
    const auto theirs = ParsePercentiles(*output);
    ASSERT_TRUE(theirs.ok()) << theirs.status();
    const PercentileTable ours =
        ParsePercentiles(
            FormatPercentileCsv(sum, {.unit_ns = 1000, .ticks_per_half_distance = 1000}))
            .value();
    ASSERT_EQ(theirs->lines.size(), ours.lines.size());
    for (size_t i = 0; i < ours.lines.size(); ++i) {
      ASSERT_EQ(theirs->lines[i].value, ours.lines[i].value) << i;
      ASSERT_EQ(theirs->lines[i].count, ours.lines[i].count) << i;
    }
  }
}

TEST(ReportFileProcesses, WhatTheDiskDoesNotKeepIsNotPutInPlace) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / absl::StrCat("fh_not_kept_", ::getpid());
  std::filesystem::create_directory(folder);
  const std::string path = (folder / "a.latency").string();
  ASSERT_TRUE(WriteReport(SampleReport(0, 3), path).ok());
  const int told = ::fh::test::WithFailingCall(SYS_fsync, EIO, [&] {
    return absl::IsDataLoss(WriteReport(SampleReport(0, 9), path).status()) ? 0 : 1;
  });
  const auto kept = ReadReport(path);
  const auto names = std::distance(std::filesystem::directory_iterator(folder), {});
  std::filesystem::remove_all(folder);
  if (told == ::fh::test::kCannotFilter) GTEST_SKIP() << "skipped: this host has no seccomp";
  EXPECT_EQ(told, 0) << "it is said";
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->report.run().intervals(), 3u);
  EXPECT_EQ(names, 1) << "nothing else is left";
}

}  // namespace
}  // namespace fh::latency::files
