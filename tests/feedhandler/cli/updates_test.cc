// What --updates leaves out when asked to, and what others read of it; the summary as JSON.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using absl::StrContains;

class Updates : public testing::Test {
 protected:
  void SetUp() override { WriteDay(capture_, {.seed = 3, .messages = 6000}); }

  ChildResult Replay(std::vector<std::string> more) {
    more.insert(more.begin(), {"replay", capture_, kSyntheticDay, "--updates=-"});
    return Feedhandler(more);
  }

  // Lines of cells, the header first.
  std::vector<std::vector<std::string>> Cells(const std::vector<std::string>& more) {
    const ChildResult result = Replay(more);
    EXPECT_EQ(result.exit_code, 0) << result;
    std::vector<std::vector<std::string>> lines;
    for (absl::string_view line : absl::StrSplit(result.output, '\n', absl::SkipEmpty())) {
      lines.push_back(absl::StrSplit(line, ','));
    }
    return lines;
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
};

TEST_F(Updates, HaveTheColumnsAskedForInTheirOrder) {
  const auto all = Cells({});
  const auto some = Cells({"--columns=price,record,symbol"});
  ASSERT_EQ(all.size(), some.size());
  EXPECT_EQ(some[0], (std::vector<std::string>{"symbol", "record", "price"}));
  std::vector<size_t> places;
  for (const std::string& name : some[0]) {
    places.push_back(
        static_cast<size_t>(std::find(all[0].begin(), all[0].end(), name) - all[0].begin()));
  }
  for (size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(some[i].size(), 3U) << i;
    for (size_t k = 0; k < places.size(); ++k) ASSERT_EQ(some[i][k], all[i][places[k]]) << i;
  }
  const ChildResult json = Replay({"--columns=price,record", "--format=json"});
  for (absl::string_view line : absl::StrSplit(json.output, '\n', absl::SkipEmpty())) {
    const auto object = nlohmann::json::parse(line);
    EXPECT_TRUE(object.contains("record"));
    EXPECT_EQ(object.size(), object.contains("price") ? 2U : 1U) << line;
  }
}

TEST_F(Updates, HaveTheRecordsAndSymbolsAskedFor) {
  const auto all = Cells({"--columns=symbol,record,instrument_id"});
  std::set<std::string> symbols;
  for (const auto& line : all) symbols.insert(line[1]);  // "" of those that concern all.
  ASSERT_GT(symbols.size(), 3U);
  const std::string symbol = *std::next(symbols.begin(), 2);
  const auto expected = std::count_if(all.begin() + 1, all.end(), [&](const auto& line) {
    return (line[2] == "order" || line[2] == "trade") && (line[1] == symbol || line[0] == "0");
  });
  ASSERT_GT(expected, 0);
  const auto some = Cells({"--columns=symbol,record,instrument_id", "--record=order,trade",
                           "--symbol=" + symbol + ",NONE"});
  EXPECT_EQ(static_cast<std::ptrdiff_t>(some.size()) - 1, expected);
  for (size_t i = 1; i < some.size(); ++i) {
    EXPECT_TRUE(some[i][1] == symbol || some[i][0] == "0") << some[i][1];
    EXPECT_TRUE(some[i][2] == "order" || some[i][2] == "trade") << some[i][2];
  }
  const ChildResult result = Replay({"--symbol=" + symbol + ",NONE"});
  EXPECT_TRUE(StrContains(result.error, "no update of NONE")) << result;
  EXPECT_TRUE(StrContains(result.output, ",session,R,")) << "what concerns all stays";
}

TEST_F(Updates, UnknownNamesAreRefusedWithTheList) {
  const ChildResult column = Replay({"--columns=price,colour"});
  EXPECT_EQ(column.exit_code, 2) << column;
  EXPECT_TRUE(StrContains(column.error, "'colour'")) << column;
  EXPECT_TRUE(StrContains(column.error, "ts_event_ns, ts_recv_ns")) << column;
  const ChildResult record = Replay({"--record=trades"});
  EXPECT_EQ(record.exit_code, 2) << record;
  EXPECT_TRUE(StrContains(record.error, "order, level, top, trade")) << record;
  const ChildResult alone = Feedhandler({"replay", capture_, "--columns=price"});
  EXPECT_EQ(alone.exit_code, 2) << alone;
  EXPECT_TRUE(StrContains(alone.error, "--updates")) << alone;
}

TEST_F(Updates, TheSummaryIsJsonWhenAskedFor) {
  const std::string path = folder_ / "summary.json";
  const ChildResult result = Feedhandler({"replay", capture_, "--json=" + path});
  EXPECT_EQ(result.exit_code, 0) << result;
  const auto summary = nlohmann::json::parse(ReadFile(path));
  EXPECT_TRUE(summary["ok"].get<bool>());
  EXPECT_EQ(summary["channels"][0]["delivered_messages"], 6000);
  EXPECT_EQ(summary["channels"][0]["lines"].size(), 2U);
  EXPECT_EQ(summary["strategies"][0]["strategy"], "count");
  const ChildResult printed = Feedhandler({"replay", capture_, "--json=-"});
  EXPECT_EQ(nlohmann::json::parse(printed.output)["channels"], summary["channels"]);
  const ChildResult both = Replay({"--json=-"});
  EXPECT_EQ(both.exit_code, 2) << both;
}

TEST_F(Updates, TheSummaryOfWhatWentWrongSaysSo) {
  const std::string path = folder_ / "summary.json";
  const ChildResult result =
      Feedhandler({"replay", capture_, "--codec=itch50", "--line=239.9.9.9:1", "--json=" + path});
  EXPECT_EQ(result.exit_code, 1) << result;
  const auto summary = nlohmann::json::parse(ReadFile(path));
  EXPECT_FALSE(summary["ok"].get<bool>());
  EXPECT_EQ(summary["faults"].size(), 1U);
}

TEST_F(Updates, ThePublishedIsJsonWhenAskedFor) {
  const ChildResult result =
      Feedhandler({"publish", capture_, "--interface=lo", "--flat-out", "--json",
                   absl::StrCat("--to=", TestGroup(0).ToString())});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_GT(nlohmann::json::parse(result.output)["sent"].get<int>(), 100);
}

// The recipe of README.md, as it stands there, on a file in which every time is another one.
TEST_F(Updates, PandasKeepsTimesByTheRecipe) {
  // Debian's own may have it where another python3 comes first.
  std::string python;
  for (const char* candidate : {"/usr/bin/python3", "python3"}) {
    if (RunChild("/usr/bin/env", {candidate, "-c", "import pandas"}).exit_code != 0) continue;
    python = candidate;
    break;
  }
  if (python.empty()) GTEST_SKIP() << "skipped: python3-pandas is not installed";
  const ChildResult result = Replay({});
  ASSERT_EQ(result.exit_code, 0) << result;
  WriteFile(folder_ / "day.csv", result.output);
  const std::string readme = ReadFile(FEEDHANDLER_README);
  const size_t begin = readme.find("```python\n") + 10;
  const std::string recipe = readme.substr(begin, readme.find("\n```", begin) - begin);
  WriteFile(folder_ / "read.py",
            absl::StrCat("import os, csv\nos.chdir('", folder_.path().string(), "')\n", recipe,
                         "\nrows = list(csv.DictReader(open('day.csv')))\n"
                         "for column in ('ts_event_ns', 'ts_recv_ns', 'sequence', 'price'):\n"
                         "  for row, value in zip(rows, updates[column]):\n"
                         "    text = '' if value is pandas.NA else str(value)\n"
                         "    assert row[column] == text, (column, row[column], text)\n"
                         "for row, time in zip(rows, updates['time']):\n"
                         "  text = '' if time is pandas.NaT else str(time.value)\n"
                         "  assert row['ts_event_ns'] == text, (row['ts_event_ns'], text)\n"));
  const ChildResult read = RunChild("/usr/bin/env", {python, folder_ / "read.py"});
  EXPECT_EQ(read.exit_code, 0) << read;
}

}  // namespace
}  // namespace fh::test
