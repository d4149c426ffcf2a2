#include "latency/files/percentile_file.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "latency/files/hlog.h"
#include "tests/latency/files/vectors.h"

namespace fh::latency::files {
namespace {

using test::DataFile;
using test::FileText;
using test::HdrCapture;

HdrHistogram SumOf(const std::string& log_text, const std::string& tag) {
  const Hlog log = ParseHlog(log_text).value();
  HdrHistogram sum;
  bool first = true;
  for (const HlogInterval& interval : log.intervals) {
    if (interval.tag != tag) continue;
    if (std::exchange(first, false)) sum = HdrHistogram(interval.histogram.layout());
    EXPECT_TRUE(sum.Merge(interval.histogram));
  }
  return sum;
}

// The Java library rounds the twelfth decimal from the decimal text, others from the number.
std::string WithoutTwelfthDecimals(const std::string& text) {
  std::string result;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    std::string copy(line);
    const size_t dot = copy.find('.', std::min(copy.size(), copy.find('.') + 1));
    if (dot != std::string::npos && dot + 12 < copy.size() && copy[0] != '#') copy[dot + 12] = '#';
    result += copy + "\n";
  }
  return result;
}

std::string WithoutComments(std::string text) {
  while (absl::StartsWith(text, "#")) text.erase(0, text.find('\n') + 1);
  return text;
}

TEST(LatencyTrap12TicksAreNeitherDoubledNorLeftOut, OurFourFilesAreThoseOfTheJavaLibrary) {
  const std::string log = FileText(DataFile("synthetic-tags.hlog"));
  for (const std::string tag : {"", "wire-dequeued", "dequeued-decoded", "decoded-published"}) {
    SCOPED_TRACE(tag);
    const std::string expected =
        FileText(DataFile("synthetic-tags." + (tag.empty() ? "default" : tag) + ".hgrm"));
    EXPECT_EQ(WithoutTwelfthDecimals(FormatHgrm(SumOf(log, tag), {.unit_ns = 1000})),
              WithoutTwelfthDecimals(expected));
  }
}

TEST(LatencyTrap12TicksAreNeitherDoubledNorLeftOut, TheThreeOfTheLogProcessor) {
  const auto log = HdrCapture("jHiccup-2.0.7S.logV2.hlog");
  const auto tagged = HdrCapture("tagged-Log.logV2.hlog");
  if (!log.has_value() || !tagged.has_value()) GTEST_SKIP() << fh::test::kNoCaptures;
  const auto expected = [](const std::string& name) {
    return WithoutTwelfthDecimals(WithoutComments(FileText(*HdrCapture(name))));
  };
  const HdrHistogram all = SumOf(FileText(*log), "");
  EXPECT_EQ(WithoutTwelfthDecimals(FormatHgrm(all)), expected("jHiccup-2.0.7S.logV2.hgrm"));
  EXPECT_EQ(WithoutTwelfthDecimals(FormatHgrm(SumOf(FileText(*tagged), "A"))),
            expected("tagged-Log.logV2.A.hgrm"));
  EXPECT_EQ(WithoutTwelfthDecimals(FormatPercentileCsv(all)),
            expected("jHiccup-2.0.7S.logV2.csv.hgrm"));
}

TEST(PercentileFileTest, TablesComeBackInBothForms) {
  const HdrHistogram histogram = SumOf(FileText(DataFile("synthetic-tags.hlog")), "");
  const std::string hgrm = FormatHgrm(histogram);
  const std::string csv = FormatPercentileCsv(histogram);
  const PercentileTable table = ParsePercentiles(hgrm).value();
  const PercentileTable same = ParsePercentiles(csv).value();
  EXPECT_FALSE(table.is_csv);
  EXPECT_TRUE(same.is_csv);
  EXPECT_TRUE(table.has_footer);
  EXPECT_EQ(table.total, 9600u);
  EXPECT_EQ(table.buckets, 32u);
  EXPECT_EQ(table.sub_buckets, 2048u);
  EXPECT_EQ(FormatHgrm(table), hgrm);
  EXPECT_EQ(FormatPercentileCsv(table), csv);
  EXPECT_EQ(FormatPercentileCsv(same), csv);
}

TEST(PercentileFileTest, FormsOfOtherProgramsAreRead) {
  for (const auto& [name, lines, total] :
       {std::tuple("example1.txt", size_t{0}, uint64_t{475109}),
        std::tuple("wrk2-file1.out", size_t{0}, uint64_t{5394558}),
        std::tuple("jHiccup-2.0.7S.logV2.csv.hgrm", size_t{0}, uint64_t{48761})}) {
    const auto path = HdrCapture(name);
    if (!path.has_value()) GTEST_SKIP() << fh::test::kNoCaptures;
    const auto table = ParsePercentiles(FileText(*path));
    ASSERT_TRUE(table.ok()) << name << table.status();
    EXPECT_GT(table->lines.size(), 50u);
    EXPECT_EQ(table->total, total);
    EXPECT_EQ(table->lines.back().share, 1);
  }
}

TEST(PercentileFileTest, EveryCutIsRefused) {
  HdrHistogram histogram;
  for (int64_t value = 1; value < 100'000; value *= 3) histogram.Record(value * 1000, 7);
  for (const std::string& text : {FormatHgrm(histogram), FormatPercentileCsv(histogram)}) {
    ASSERT_TRUE(ParsePercentiles(text).ok());
    const size_t table_end = text.find("#[Mean");
    for (size_t bytes = 0; bytes + 1 < text.size(); ++bytes) {
      if (bytes == table_end) continue;  // A table without its footer, as CSV is turned into one.
      ASSERT_FALSE(ParsePercentiles(absl::string_view(text).substr(0, bytes)).ok())
          << text.substr(0, bytes);
    }
  }
}

TEST(PercentileFileTest, WhatMakesNoSenseIsRefusedWithItsLine) {
  const std::string head = "Value Percentile TotalCount 1/(1-Percentile)\n\n";
  const auto refused = [&](const std::string& lines, const std::string& part) {
    const auto table = ParsePercentiles(head + lines);
    EXPECT_TRUE(absl::StrContains(table.status().message(), part)) << table.status();
  };
  refused("1.0 0.5 1 2.0\n0.9 1.0 2\n", "line 4: the table does not ascend");
  refused("1.0 0.5 9 2.0\n1.9 1.0 2\n", "line 4: the table does not ascend");
  refused("x 0.5 1 2.0\n", "line 3: the value");
  refused("1 1.5 1 2.0\n", "line 3: the percentile");
  refused("1 nan 1 2.0\n", "line 3: the percentile");
  refused("1 0.5 -1 2.0\n", "line 3: the count");
  refused("1 0.5\n", "line 3: 2 columns");
  refused("1 0.5 1\n", "line 3: the line is cut");
  EXPECT_TRUE(absl::StrContains(ParsePercentiles("hello\n").status().message(), "no table"));
}

TEST(PercentileFileTest, AnEmptyHistogramHasATableWithoutLines) {
  const std::string text = FormatHgrm(HdrHistogram());
  const auto table = ParsePercentiles(text);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_TRUE(table->lines.empty());
  EXPECT_TRUE(table->has_footer);
}

// The share of 100 % is reached by rounding before the last value: the ticks still end.
TEST(PercentileFileTest, MoreValuesThanADoubleCountsAreAnEnd) {
  HdrHistogram histogram;
  histogram.Record(1000, (uint64_t{1} << 62) + 12345);
  histogram.Record(2000, 1);
  EXPECT_LT(FormatHgrm(histogram).size(), size_t{1} << 16);
}

TEST(LatencyTrap11PercentilesAreRanks, TheTableSaysWhatTheHistogramSays) {
  const HdrHistogram histogram = SumOf(FileText(DataFile("synthetic-tags.hlog")), "");
  const PercentileTable table = ParsePercentiles(FormatHgrm(histogram, {.unit_ns = 1})).value();
  for (const PercentileLine& line : table.lines) {
    EXPECT_EQ(line.value, static_cast<double>(histogram.ValueAtPercentile(line.share * 100)))
        << line.share;
    EXPECT_NE(line.share, 0.99);  // No tick: it must come from the histogram.
  }
}

}  // namespace
}  // namespace fh::latency::files
