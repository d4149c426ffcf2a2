#include "latency/files/hlog.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/latency/files/vectors.h"

namespace fh::latency::files {
namespace {

using test::DataFile;
using test::FileText;
using test::HdrCapture;

constexpr int64_t kMsNs = 1'000'000;
constexpr int64_t kSecondNs = 1'000'000'000;

constexpr absl::string_view kHead =
    "#[Histogram log format version 1.3]\n"
    "#[StartTime: 1700000000.000 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]\n"
    "#[BaseTime: 1700000000.000 (seconds since epoch)]\n";

HdrHistogram Some(int64_t value = 850, uint64_t count = 3) {
  HdrHistogram histogram;
  histogram.Record(value, count);
  return histogram;
}

int64_t ToMs(const nlohmann::json& seconds) {
  return static_cast<int64_t>(seconds.get<double>() * 1000 + 0.5);
}

int64_t Ms(int64_t ns) { return (ns + kMsNs / 2) / kMsNs; }

void ExpectInterval(const HlogInterval& interval, const nlohmann::json& expected) {
  EXPECT_EQ(interval.tag, expected["tag"].get<std::string>());
  EXPECT_EQ(Ms(interval.start_unix_ns), ToMs(expected["start_abs"]));
  EXPECT_EQ(Ms(interval.length_ns), ToMs(expected["length"]));
  EXPECT_EQ(interval.histogram.total(), expected["count"].get<uint64_t>());
  EXPECT_EQ(interval.histogram.max(), expected["max"].get<int64_t>());
}

void ExpectTag(const HdrHistogram& sum, uint64_t intervals, const nlohmann::json& expected) {
  EXPECT_EQ(intervals, expected["intervals"].get<uint64_t>());
  EXPECT_EQ(sum.total(), expected["total_count"].get<uint64_t>());
  EXPECT_EQ(sum.min(), expected["min"].get<int64_t>());
  EXPECT_EQ(sum.ValueAtPercentile(50), expected["p50"].get<int64_t>());
  EXPECT_EQ(sum.ValueAtPercentile(90), expected["p90"].get<int64_t>());
  EXPECT_EQ(sum.ValueAtPercentile(99), expected["p99"].get<int64_t>());
  EXPECT_EQ(sum.ValueAtPercentile(99.9), expected["p99_9"].get<int64_t>());
  EXPECT_EQ(sum.max(), expected["max"].get<int64_t>());
  EXPECT_NEAR(sum.Mean(), expected["mean"].get<double>(), 0.001);
}

void ExpectFile(const std::string& name, const std::string& text, const nlohmann::json& expected) {
  SCOPED_TRACE(name);
  const absl::StatusOr<Hlog> log = ParseHlog(text);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(log->skipped_lines, 0u);
  EXPECT_FALSE(log->partial_last_line);
  ASSERT_EQ(log->intervals.size(), expected["intervals"].get<size_t>());
  EXPECT_EQ(Ms(log->start_time_ns), ToMs(expected["start_time"]));
  EXPECT_EQ(Ms(log->base_time_ns), ToMs(expected["base_time"]));
  ExpectInterval(log->intervals.front(), expected["first_interval"]);
  ExpectInterval(log->intervals.back(), expected["last_interval"]);
  const HdrSettings& settings = log->intervals[0].histogram.layout().settings();
  EXPECT_EQ(settings.lowest, expected["header"]["lowest"].get<int64_t>());
  EXPECT_EQ(settings.highest, expected["header"]["highest"].get<int64_t>());
  EXPECT_EQ(settings.digits, expected["header"]["digits"].get<int>());
  std::map<std::string, std::pair<HdrHistogram, uint64_t>> tags;
  for (const HlogInterval& interval : log->intervals) {
    auto& [sum, intervals] = tags[interval.tag];
    if (intervals++ == 0) sum = HdrHistogram(interval.histogram.layout());
    ASSERT_TRUE(sum.Merge(interval.histogram));
  }
  ASSERT_EQ(tags.size(), expected["tags"].size());
  for (const auto& [tag, sum] : tags) {
    SCOPED_TRACE(tag);
    ExpectTag(sum.first, sum.second, expected["tags"][tag]);
  }
}

nlohmann::json Expected() {
  const auto path = HdrCapture("expected.json");
  return path.has_value() ? nlohmann::json::parse(FileText(*path)) : nlohmann::json();
}

TEST(HlogTest, EveryLogOfTheOthersHasItsIntervalsTagsTimesAndFigures) {
  const nlohmann::json expected = Expected();
  if (expected.is_null()) GTEST_SKIP() << fh::test::kNoCaptures;
  ASSERT_GE(expected["files"].size(), 10u);
  for (const auto& [name, facts] : expected["files"].items()) {
    ExpectFile(name, FileText(*HdrCapture(name)), facts);
  }
}

TEST(HlogTest, WhatIsMalformedIsSkippedAndSaid) {
  const nlohmann::json expected = Expected();
  if (expected.is_null()) GTEST_SKIP() << fh::test::kNoCaptures;
  const std::map<std::string, std::string> reasons{
      {"test_tagged_invalid_histogram.txt", "its histogram: "},
      {"test_tagged_invalid_tag_key.txt", "it does not begin with a tag or a time"},
      {"test_tagged_invalid_timestamp.txt", "it does not begin with a tag or a time"},
      {"test_tagged_missing_histogram.txt", "it has no histogram"}};
  ASSERT_EQ(expected["malformed"].size(), reasons.size());
  for (const auto& [name, reason] : reasons) {
    // They have no line end: as the last line of a file, and as another one.
    const std::string line = FileText(*HdrCapture(name));
    const Hlog last = ParseHlog(line).value();
    EXPECT_TRUE(last.partial_last_line);
    EXPECT_TRUE(absl::StartsWith(last.partial_reason, reason)) << last.partial_reason;
    const Hlog log = ParseHlog(absl::StrCat("\n", line, "\n")).value();
    EXPECT_TRUE(log.intervals.empty());
    ASSERT_EQ(log.skipped_lines, 1u) << name;
    EXPECT_EQ(log.skipped[0].line, 2u);
    EXPECT_TRUE(absl::StartsWith(log.skipped[0].reason, reason)) << log.skipped[0].reason;
  }
}

TEST(HlogTest, OurVectorIsWrittenAgainByteForByteButForItsPackedBytes) {
  const std::string text = FileText(DataFile("synthetic-tags.hlog"));
  const Hlog log = ParseHlog(text).value();
  ASSERT_EQ(log.intervals.size(), 48u);
  std::string again = HlogHeader(log.start_time_ns, {"Synthetic vector, CC0"});
  for (const HlogInterval& interval : log.intervals) {
    again += HlogLine(interval.tag, interval.start_unix_ns - log.base_time_ns, interval.length_ns,
                      interval.histogram);
  }
  const std::vector<std::string> ours = absl::StrSplit(again, '\n');
  const std::vector<std::string> theirs = absl::StrSplit(text, '\n');
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    const size_t histogram = std::min(ours[i].find("HISTFAAA"), theirs[i].find("HISTFAAA"));
    EXPECT_EQ(ours[i].substr(0, histogram), theirs[i].substr(0, histogram));
    if (histogram == std::string::npos) continue;
    // Another zlib packs otherwise; what is packed is the same.
    EXPECT_EQ(Encode(DecodeBase64(ours[i].substr(histogram)).value()),
              Encode(DecodeBase64(theirs[i].substr(histogram)).value()));
  }
}

// The deviations that one of the three readers takes.
TEST(HlogTest, WhateverOneReaderTakesIsTaken) {
  const std::string packed = EncodeBase64(Some());
  const std::string first = absl::StrCat("Tag=a,0.000,1.000,0.001,", packed, "\n");
  const std::string second = absl::StrCat("1.000,1.000,0.001,", packed, "\n");
  const std::string good = absl::StrCat(kHead, first, second);
  const std::vector<std::pair<std::string, std::string>> variants{
      {"as it should be", good},
      {"no LF at the end", good.substr(0, good.size() - 1)},
      {"blank line at the end", good + "\n"},
      {"blank line inside", absl::StrCat(kHead, first, "\n", second)},
      {"CRLF", absl::StrReplaceAll(good, {{"\n", "\r\n"}})},
      {"six decimals", absl::StrReplaceAll(good, {{".000,", ".000000,"}})},
      {"comment after the first line", absl::StrCat(kHead, first, "#[late]\n", second)},
      {"comment of 200 bytes", absl::StrCat("#[", std::string(200, 'x'), "]\n", good)},
      {"no version", absl::StrReplaceAll(good, {{"#[Histogram log format version 1.3]\n", ""}})},
      {"version 1.4", absl::StrReplaceAll(good, {{"1.3]", "1.4]"}})},
      {"legend", absl::StrCat(kHead, "\"StartTimestamp\",\"EndTimestamp\"\n", first, second)},
      {"exponent", absl::StrReplaceAll(good, {{"\n1.000,", "\n1e0,"}})},
      {"blanks behind commas", absl::StrReplaceAll(good, {{",1.000,", ", 1.000, "}})},
      {"garbage", absl::StrCat(kHead, first, "garbage\n", second)},
  };
  for (const auto& [name, text] : variants) {
    SCOPED_TRACE(name);
    const absl::StatusOr<Hlog> log = ParseHlog(text);
    ASSERT_TRUE(log.ok());
    ASSERT_EQ(log->intervals.size(), 2u);
    EXPECT_EQ(log->intervals[0].tag, "a");
    EXPECT_EQ(log->intervals[1].start_unix_ns, 1'700'000'001 * kSecondNs);
    EXPECT_EQ(log->intervals[1].length_ns, kSecondNs);
    EXPECT_EQ(log->intervals[1].histogram.total(), 3u);
    EXPECT_FALSE(log->partial_last_line);
    EXPECT_EQ(log->skipped_lines, name == "garbage" ? 1u : 0u);
  }
}

TEST(HlogTest, SkippedLinesAreCountedWithNumberAndReason) {
  const std::string packed = EncodeBase64(Some());
  const std::string text = absl::StrCat(
      kHead, "0.000,-1.000,0.001,", packed, "\n", "0.000,1.000,0,021,", packed, "\n",
      "0.000,1.000,0.001,", packed.substr(0, packed.size() - 8), "\n", "9e18,1.000,0.001,", packed,
      "\n", "nan,1.000,0.001,", packed, "\n", "0.000,1.000,0.001,", packed, "\n");
  const Hlog log = ParseHlog(text).value();
  EXPECT_EQ(log.intervals.size(), 1u);
  ASSERT_EQ(log.skipped.size(), 5u);
  EXPECT_EQ(log.skipped[0].line, 4u);
  EXPECT_EQ(log.skipped[0].reason, "its length is negative");
  EXPECT_TRUE(absl::StrContains(log.skipped[1].reason, "too many fields"));
  EXPECT_TRUE(absl::StrContains(log.skipped[2].reason, "offset"));
  EXPECT_EQ(log.skipped[4].line, 8u);
}

TEST(HlogTest, EveryCutOfALogIsReadUpToTheCut) {
  const std::string text = FileText(DataFile("synthetic-tags.hlog"));
  // At every byte of the first lines, and then further apart.
  for (size_t bytes = 0; bytes < text.size(); bytes += bytes < 3000 ? 1 : 97) {
    const absl::StatusOr<Hlog> log = ParseHlog(absl::string_view(text).substr(0, bytes));
    ASSERT_TRUE(log.ok());
    ASSERT_EQ(log->skipped_lines, 0u) << bytes;
    size_t whole = 0;
    for (size_t at = 0; (at = text.find("HISTFAAA", at)) < bytes; ++at) {
      whole += text.find('\n', at) <= bytes ? 1 : 0;
    }
    ASSERT_EQ(log->intervals.size(), whole) << bytes;
  }
}

TEST(HlogTest, LogsBeyondTheLimitsAreRefused) {
  std::string text = "x\n";
  while (text.size() <= 2 * kMostHlogLines) text += text;
  EXPECT_TRUE(absl::StrContains(ParseHlog(text).status().message(), "lines"));
}

TEST(HlogTest, TagsThatOtherReadersCannotTakeAreNotWritten) {
  EXPECT_EQ(WhyNoTag("feedA.310.A.wire-dequeued"), "");
  EXPECT_EQ(WhyNoTag("a:b/c|d=e\xC3\xA4"), "");
  EXPECT_NE(WhyNoTag("a,b"), "");
  EXPECT_NE(WhyNoTag("a b"), "");
  EXPECT_NE(WhyNoTag("a\rb"), "");
  EXPECT_NE(WhyNoTag("a\nb"), "");
  EXPECT_EQ(WhyNoTag(std::string(63, 'x')), "");
  EXPECT_NE(WhyNoTag(std::string(64, 'x')), "");
}

class HlogWriterTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  const std::string path_ =
      (std::filesystem::path(::testing::TempDir()) /
       absl::StrCat("hlog_", ::testing::UnitTest::GetInstance()->random_seed(), "_",
                    ::testing::UnitTest::GetInstance()->current_test_info()->name(), ".hlog"))
          .string();
};

TEST_F(HlogWriterTest, EachLineIsInTheFileWhenWriteReturns) {
  auto log =
      HlogWriter::Open(path_, path_, 1'700'000'000 * kSecondNs, {"feedhandler latency test"});
  ASSERT_TRUE(log.ok()) << log.status();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(log->Write("wire-dequeued", i * kSecondNs, kSecondNs, Some()).ok());
    ASSERT_TRUE(log->Write("", i * kSecondNs, kSecondNs, HdrHistogram()).ok());
    const Hlog read = ParseHlog(FileText(path_)).value();
    EXPECT_EQ(read.intervals.size(), static_cast<size_t>(2 * i + 2));
    EXPECT_EQ(read.skipped_lines, 0u);
  }
  EXPECT_EQ(log->lines(), 10u);
  EXPECT_TRUE(log->Close().ok());
}

TEST_F(HlogWriterTest, LinesHaveTheOneShape) {
  auto log = HlogWriter::Open(path_, path_, 1'700'000'000'123'456'789,
                              {"feedhandler latency\ntest", std::string(300, 'c')});
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_TRUE(log->Write("a.1.A.wire-dequeued", 0, kSecondNs, Some(2345)).ok());
  ASSERT_TRUE(log->Write("", 1'999'600'000, 499'500'000, Some(499)).ok());
  ASSERT_TRUE(log->Close().ok());
  const std::string text = FileText(path_);
  ASSERT_EQ(text.back(), '\n');
  const std::regex shape(
      "#\\[[ -~]{0,122}\\]|"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"|"
      "(Tag=[^ "
      ",]{1,63},)?[0-9]+\\.[0-9]{3},[0-9]+\\.[0-9]{3},[0-9]+\\.[0-9]{3},HISTFAAA[A-Za-z0-9+/]+=*");
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  ASSERT_EQ(lines.size(), 9u);
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    EXPECT_TRUE(std::regex_match(lines[i], shape)) << lines[i];
    EXPECT_LE(lines[i].size(), lines[i][0] == '#' ? 125u : 4096u);
  }
  EXPECT_EQ(lines[0], "#[feedhandler latency test]");
  EXPECT_EQ(lines[3],
            "#[StartTime: 1700000000.123 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]");
  EXPECT_EQ(lines[4], "#[BaseTime: 1700000000.123 (seconds since epoch)]");
  EXPECT_TRUE(absl::StartsWith(lines[6], "Tag=a.1.A.wire-dequeued,0.000,1.000,0.002,HISTFAAA"));
  EXPECT_TRUE(absl::StartsWith(lines[7], "2.000,0.500,0.000,HISTFAAA")) << lines[7];
}

TEST_F(HlogWriterTest, WhatWouldBreakTheLogIsRefusedAndNotWritten) {
  auto log = HlogWriter::Open(path_, path_, kSecondNs, {});
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_TRUE(log->Write("a", 5 * kSecondNs, kSecondNs, Some()).ok());
  const std::string before = FileText(path_);
  EXPECT_FALSE(log->Write("a b", 6 * kSecondNs, kSecondNs, Some()).ok());
  EXPECT_FALSE(log->Write("a", 4 * kSecondNs, kSecondNs, Some()).ok());
  EXPECT_FALSE(log->Write("a", 6 * kSecondNs, -1, Some()).ok());
  EXPECT_EQ(FileText(path_), before);
  EXPECT_TRUE(log->Write("a", 6 * kSecondNs, kSecondNs, Some()).ok());
  EXPECT_TRUE(log->Close().ok());
}

TEST_F(HlogWriterTest, ASecondWriterOfThisProcessIsRefusedAndHarmsNothing) {
  auto log = HlogWriter::Open(path_, "--log=first", kSecondNs, {});
  ASSERT_TRUE(log.ok()) << log.status();
  const auto second = HlogWriter::Open(path_, "--log=second", kSecondNs, {});
  EXPECT_FALSE(second.ok());
  ASSERT_TRUE(log->Write("", 0, kSecondNs, Some()).ok());
  EXPECT_EQ(ParseHlog(FileText(path_)).value().intervals.size(), 1u);
}

TEST(LatencyTrap03UnitsAndTimes, TheMaximumComesFromTheHistogramAndTimesFromTheBase) {
  const Hlog log =
      ParseHlog(absl::StrCat(kHead, "5.000,1.000,123456.000,", EncodeBase64(Some(2000)), "\n"))
          .value();
  EXPECT_EQ(log.intervals[0].histogram.max(), 2000);
  EXPECT_EQ(log.intervals[0].start_unix_ns, 1'700'000'005 * kSecondNs);
}

TEST(LatencyTrap03UnitsAndTimes, WithoutABaseTheJavaLibrarysRuleHolds) {
  const std::string packed = EncodeBase64(Some());
  const auto start_of = [&](const std::string& header, const std::string& time) {
    return Ms(ParseHlog(absl::StrCat(header, time, ",1.000,0.001,", packed, "\n"))
                  .value()
                  .intervals.at(0)
                  .start_unix_ns);
  };
  const std::string start = "#[StartTime: 1700000000.500 (seconds since epoch), whatever]\n";
  EXPECT_EQ(start_of(start, "0.127"), 1'700'000'000'627);           // Counts from the start.
  EXPECT_EQ(start_of(start, "1699999999.000"), 1'699'999'999'000);  // UNIX time.
  EXPECT_EQ(start_of("", "0.127"), 127);                            // Nobody knows better.
  EXPECT_EQ(start_of(start + "#[BaseTime: 0.000 (seconds since epoch)]\n", "5.000"), 5000);
  EXPECT_EQ(start_of("#[BaseTime: 100.000 (seconds since epoch)]\n" + start, "5.000"), 105'000);
}

TEST(LatencyTrap07TheNormalizingOffsetIsIgnored, ALogThatHasOneAndARatioAndATrailingBlank) {
  const auto path = HdrCapture("bug-whitespace.hlog");
  if (!path.has_value()) GTEST_SKIP() << fh::test::kNoCaptures;
  const Hlog log = ParseHlog(FileText(*path)).value();
  ASSERT_EQ(log.intervals.size(), 1u);
  EXPECT_EQ(log.intervals[0].histogram.total(), 0u);
  EXPECT_EQ(log.intervals[0].histogram.max(), 0);
}

TEST(LatencyTrap09AnEmptyIntervalHasNoMinimum, WrittenAsALineAndReadAsNothing) {
  const Hlog log = ParseHlog(FileText(DataFile("synthetic-tags.hlog"))).value();
  size_t empty = 0;
  for (const HlogInterval& interval : log.intervals) {
    if (interval.histogram.total() != 0) continue;
    ++empty;
    EXPECT_EQ(interval.tag, "dequeued-decoded");
    EXPECT_EQ(interval.histogram.min(), 0);
    EXPECT_EQ(interval.histogram.Mean(), 0);
  }
  EXPECT_EQ(empty, 1u);
  EXPECT_TRUE(
      absl::StartsWith(HlogLine("", 0, kSecondNs, HdrHistogram()), "0.000,1.000,0.000,HISTFAAA"));
}

}  // namespace
}  // namespace fh::latency::files
