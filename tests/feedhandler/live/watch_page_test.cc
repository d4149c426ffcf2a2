// The page of `feedhandler latency watch`, from metrics as they come over the network.
#include "feedhandler/live/watch_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace fh {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// `n` values at or below 1 us, and as many more below 10 us, of a line; the rest in proportion.
std::string Metrics(int n) {
  const std::string line = "{feed=\"itch\",channel=\"1\",line=\"B\"} ";
  const std::string channel = "{feed=\"itch\",channel=\"1\"} ";
  const std::string bucket =
      "feedhandler_stage_latency_seconds_bucket{feed=\"itch\",line=\"B\",stage=\"wire-seen\",le=\"";
  return absl::StrCat("# HELP x y\nfeedhandler_line_packets_total", line, n,
                      "\nfeedhandler_line_silent_seconds", line, "4.5\nfeedhandler_messages_total",
                      channel, 10 * n, "\nfeedhandler_gaps_total", channel, n / 1000,
                      "\nfeedhandler_stuck", channel,
                      "1\nfeedhandler_dropped_packets_total{layer=\"socket\"} ", n / 100,
                      "\nfeedhandler_dropped_packets_total{layer=\"xdp_ring\"} "
                      "0\nfeedhandler_ring_depth{thread=\"s\"} 90"
                      "\nfeedhandler_ring_capacity{thread=\"s\"} 100\n",
                      bucket, "1e-06\"} ", n, "\n", bucket, "1e-05\"} ", 2 * n, "\n", bucket,
                      "+Inf\"} ", 2 * n + n / 50, "\n");
}

std::string Page(int earlier, int now, WatchPageOptions options = {}) {
  return WatchPage(ParseMetrics(Metrics(earlier)), ParseMetrics(Metrics(now)), options);
}

TEST(WatchPage, HasLinesChannelsDropsRingsAndLatenciesOfTheInterval) {
  const std::string page = Page(1000, 3000, {.seconds = 2, .of = "here"});
  EXPECT_THAT(page, HasSubstr("feedhandler at here"));
  EXPECT_THAT(page, HasSubstr("over the last 2.0 s"));
  EXPECT_THAT(page, ContainsRegex("itch +1  B +1,000  4.50 s .*! silent"));  // 2,000 in 2 s.
  EXPECT_THAT(page, ContainsRegex("itch +1 +10,000 .* 3 +2 .*! stuck"));
  EXPECT_THAT(page, ContainsRegex("socket +30 +20  packets !"));
  EXPECT_THAT(page, Not(HasSubstr("xdp_ring"))) << "it lost nothing";
  EXPECT_THAT(page, ContainsRegex("s +90 +100 +90% !"));
}

// 2,020 values were added: half of them below 1 us would be 1,010, and 1,000 are.
TEST(WatchPage, PercentilesAreBoundsOfTheIntervalAndSaidToBe) {
  const std::string page = Page(1000, 2000);
  EXPECT_THAT(page, ContainsRegex("wire-seen +itch B +2,020 +<10.0 us +<10.0 us +-\n"));
  EXPECT_THAT(page, HasSubstr("from the buckets of the metrics"));
  // Of 202,000 there are 2,000 above the last bound: p99.9 is one of them.
  EXPECT_THAT(Page(0, 100'000), ContainsRegex("<10.0 us +<10.0 us +>10.0 us !\n"));
  EXPECT_THAT(Page(1000, 1000), HasSubstr("nothing was measured meanwhile"));
}

TEST(WatchPage, OfAHandlerThatWasStartedAnewCountsFromItsStart) {
  EXPECT_THAT(Page(5000, 1000), ContainsRegex("itch +1  B +1,000 "));
}

TEST(WatchPage, FitsTheTerminalAndSaysWhatDoesNot) {
  const std::string page = Page(1000, 2000, {.columns = 40, .rows = 8});
  const std::vector<std::string> lines = absl::StrSplit(page, '\n');
  EXPECT_EQ(lines.size(), 9u);  // The last one is empty.
  for (const std::string& line : lines) EXPECT_LE(line.size(), 40u);
  EXPECT_THAT(page, ContainsRegex("more lines"));
}

TEST(WatchPage, ColoursOnlyWhereAskedTo) {
  EXPECT_THAT(Page(1000, 2000), Not(HasSubstr("\033")));
  EXPECT_THAT(Page(1000, 2000, {.colour = true}), HasSubstr("\033[31m"));
}

// A handler may be anybody: names are shown, and move no cursor.
TEST(WatchPage, WhatComesOverTheNetworkIsNoEscape) {
  const MetricSamples samples = ParseMetrics(
      "feedhandler_messages_total{feed=\"\033[2Jx\\n\\\"\x80\",channel=\"1\"} 1e300\n"
      "feedhandler_line_packets_total{feed=\"f\"} NaN\nfeedhandler_line_silent_seconds{feed=\"f\"} "
      "-1\n"
      "feedhandler_ring_depth -Inf\n{} 1\nx{a=\"\nx{a=\"b\" 1\nnothing\n x 1\n");
  const std::string page = WatchPage({}, samples, {});
  EXPECT_THAT(page,
              AllOf(HasSubstr("?[2Jx?\"?"), HasSubstr("5 lines of the answer are no metrics")))
      << page;
  EXPECT_TRUE(std::all_of(page.begin(), page.end(),
                          [](unsigned char c) { return c == '\n' || (c >= ' ' && c < 127); }));
}

TEST(ParseMetrics, ReadsLabelsWithEscapesAndTimeStamps) {
  const MetricSamples samples =
      ParseMetrics("a{x=\"1\\\\2\\\"3\\n\",y=\"\"} 2.5e-07 1700000000000\nb 3\n");
  EXPECT_EQ(samples.Value("a", {{"x", "1\\2\"3\n"}, {"y", ""}}), 2.5e-7);
  EXPECT_EQ(samples.Value("b", {}), 3);
  EXPECT_EQ(samples.samples, 2u);
  EXPECT_EQ(samples.wrong_lines, 0u);
  EXPECT_TRUE(samples.Of("c").empty());
}

}  // namespace
}  // namespace fh
