// Updates written with --format=binary: numpy reads them by the recipe of README.md, replay takes
// them as its input, and what is damaged or asked for in vain is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codecs/update.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using absl::StrContains;

class UpdateFileOfADay : public testing::Test {
 protected:
  void SetUp() override {
    WriteDay(capture_, {.seed = 3, .messages = 6000, .loss_a = 0.02, .loss_b = 0.02});
  }

  ChildResult Write(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"replay", capture_, kSyntheticDay, "--updates=" + binary_,
                                       "--format=binary"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Feedhandler(arguments);
  }

  // As text, without the time of publication, which is each run's own.
  static std::string Csv(const std::vector<std::string>& input) {
    std::vector<std::string> arguments{"replay"};
    arguments.insert(arguments.end(), input.begin(), input.end());
    arguments.emplace_back("--updates=-");
    arguments.emplace_back(
        "--columns=ts_event_ns,ts_recv_ns,channel_id,sequence,instrument_id,record,action,side,"
        "flags,"
        "index,detail,order_id,trade_id,price,size,kind,state,code,reason,value,round_lot,is_test,"
        "security_class,quantity,type,first,last,count,cause,stream,session,epoch,size_decimals,"
        "book_depth");
    const ChildResult result = Feedhandler(arguments);
    EXPECT_EQ(result.exit_code, 0) << result;
    return result.output;
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
  const std::string binary_ = folder_ / "day.fhu";
};

TEST_F(UpdateFileOfADay, GivesStrategiesWhatTheCaptureGave) {
  const ChildResult written = Write();
  ASSERT_EQ(written.exit_code, 0) << written;
  const std::string direct = Csv({capture_, kSyntheticDay});
  EXPECT_GT(std::count(direct.begin(), direct.end(), '\n'), 6000);
  EXPECT_EQ(Csv({binary_}), direct);
}

TEST_F(UpdateFileOfADay, CountsAndHashesTheSame) {
  ASSERT_EQ(Write({"--strategy=count"}).exit_code, 0);
  const auto hash = [](const ChildResult& result) {
    for (absl::string_view line : absl::StrSplit(result.error, '\n')) {
      if (StrContains(line, "hash=")) return std::string(line.substr(line.find("updates=")));
    }
    return std::string();
  };
  const ChildResult direct = Feedhandler({"replay", capture_, kSyntheticDay, "--strategy=count"});
  const ChildResult again = Feedhandler({"replay", binary_, "--strategy=count"});
  EXPECT_EQ(again.exit_code, 0) << again;
  EXPECT_FALSE(hash(direct).empty()) << direct;
  EXPECT_EQ(hash(again), hash(direct));
}

TEST_F(UpdateFileOfADay, NamesItsInstrumentsToStrategies) {
  ASSERT_EQ(Write().exit_code, 0);
  const std::string plugin = absl::StrCat("--strategy=", kExamplePlugin);
  const auto table = [](const ChildResult& result) {
    return result.error.substr(result.error.find("traded symbols"));
  };
  const ChildResult direct = Feedhandler({"replay", capture_, kSyntheticDay, plugin});
  const ChildResult again = Feedhandler({"replay", binary_, plugin});
  ASSERT_TRUE(StrContains(direct.error, "traded symbols")) << direct;
  ASSERT_TRUE(StrContains(again.error, "traded symbols")) << again;
  constexpr size_t kLines = 12;  // Of the plugin's summary, 10 of them of symbols.
  const std::vector<std::string> wanted = absl::StrSplit(table(direct), '\n');
  ASSERT_GT(wanted.size(), kLines);
  for (size_t i = 0; i < kLines; ++i) {
    EXPECT_TRUE(StrContains(again.error, absl::StripAsciiWhitespace(wanted[i]))) << again;
  }
  EXPECT_FALSE(StrContains(table(again), "?")) << "every one has a name: " << again;
}

TEST_F(UpdateFileOfADay, WrittenAgainItIsTheSameFile) {
  ASSERT_EQ(Write().exit_code, 0);
  const std::string second = folder_ / "again.fhu";
  const ChildResult again =
      Feedhandler({"replay", binary_, "--updates=" + second, "--format=binary"});
  ASSERT_EQ(again.exit_code, 0) << again;
  std::string one = ReadFile(binary_);
  std::string two = ReadFile(second);
  ASSERT_EQ(one.size(), two.size());
  constexpr size_t kMark = offsetof(fh_update, published_ns32);
  for (size_t row = 64; row + 64 < one.size(); row += 64) {
    if (static_cast<uint8_t>(one[row]) >= 0xF0) break;  // Behind the updates.
    for (size_t i = 0; i < 4; ++i) one[row + kMark + i] = two[row + kMark + i] = 0;
  }
  EXPECT_TRUE(one == two);
}

TEST_F(UpdateFileOfADay, IsReadCompressedToo) {
  ASSERT_EQ(Write().exit_code, 0);
  const std::string packed = folder_ / "day.fhu.gz";
  ASSERT_EQ(RunChild("/bin/sh", {"-c", absl::StrCat("gzip -c ", binary_, " > ", packed)}).exit_code,
            0);
  EXPECT_EQ(Csv({packed}), Csv({binary_}));
}

TEST_F(UpdateFileOfADay, GoesToAPipeToo) {
  const ChildResult piped = Feedhandler(
      {"replay", capture_, kSyntheticDay, "--updates=-", "--format=binary", "--record=trade"});
  ASSERT_EQ(piped.exit_code, 0) << piped;
  ASSERT_EQ(piped.output.size() % 64, 0U);
  WriteFile(binary_, piped.output);
  const ChildResult read = Feedhandler({"replay", binary_, "--strategy=count"});
  EXPECT_EQ(read.exit_code, 0) << read;
  EXPECT_TRUE(StrContains(read.error, " trade.T=")) << read;
  EXPECT_FALSE(StrContains(read.error, " order.A=")) << read;
}

TEST_F(UpdateFileOfADay, IsNeverItsOwnOutput) {
  ASSERT_EQ(Write().exit_code, 0);
  const std::string before = ReadFile(binary_);
  const ChildResult result =
      Feedhandler({"replay", binary_, "--updates=" + binary_, "--format=binary"});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_TRUE(ReadFile(binary_) == before);
}

TEST_F(UpdateFileOfADay, WhatIsDamagedIsRefusedBeforeAStrategySeesIt) {
  ASSERT_EQ(Write().exit_code, 0);
  const std::string whole = ReadFile(binary_);
  const std::string out = folder_ / "out.csv";
  const auto refuse = [&](const std::string& bytes, const char* why) {
    WriteFile(binary_, bytes);
    const ChildResult result = Feedhandler({"replay", binary_, "--updates=" + out});
    EXPECT_NE(result.exit_code, 0) << result;
    EXPECT_TRUE(StrContains(result.error, why)) << result;
    EXPECT_FALSE(std::filesystem::exists(out));
  };
  refuse(whole.substr(0, whole.size() / 2), "not written to its end");
  refuse(whole.substr(0, whole.size() - 64), "not written to its end");
  refuse(whole + "more", "bytes behind the end");
  std::string other = whole;
  other[offsetof(fh_update, sequence) + 6] = 1;  // The header's version of the updates.
  refuse(other, "with updates of version 1, this program reads");
}

TEST_F(UpdateFileOfADay, OptionsOfCapturesAreRefused) {
  ASSERT_EQ(Write().exit_code, 0);
  for (const std::string option :
       {"--codec=itch50", "--records", "--day=2024-01-02", "--trailer=metamako", "--json=-"}) {
    const ChildResult result = Feedhandler({"replay", binary_, option});
    EXPECT_EQ(result.exit_code, 2) << option << result;
    EXPECT_TRUE(StrContains(result.error, "is a file of updates")) << result;
  }
  const ChildResult two = Feedhandler({"replay", capture_, binary_});
  EXPECT_EQ(two.exit_code, 2) << two;
  EXPECT_TRUE(StrContains(two.error, "name it alone")) << two;
  const ChildResult columns = Write({"--columns=price"});
  EXPECT_EQ(columns.exit_code, 2) << columns;
  EXPECT_TRUE(StrContains(columns.error, "format=binary writes updates as they are")) << columns;
}

// The first block of README.md that begins with `import NAME`.
std::string Recipe(const std::string& name) {
  const std::string readme = ReadFile(FEEDHANDLER_README);
  const size_t begin = readme.find("```python\nimport " + name) + 10;
  return readme.substr(begin, readme.find("\n```", begin) - begin);
}

// What the numbers of the file are in text, row by row, against the CSV of the same updates.
constexpr char kCompare[] = R"(
import csv, pandas
FLAGS = ["IMPLIED", "PRIORITY_KEPT", "MAYBE_BAD_BOOK", "BAD_TS_RECV", "MBP", "SNAPSHOT", "TOB", "LAST"]
RECORDS = ["", "order", "level", "top", "trade", "status", "definition", "imbalance", "statistic",
           "gap", "session", "trade_detail"]
UNDEFINED = 2**63 - 1
def price(value):
    if value == UNDEFINED:
        return ""
    text = "%s%d.%09d" % ("-" if value < 0 else "", abs(value) // 10**9, abs(value) % 10**9)
    return text.rstrip("0").rstrip(".")
def plain(value):
    return "" if value == UNDEFINED else str(value)
names = {}
changes = sorted(((int(i["first_update"]), (int(i["channel_id"]), int(i["instrument_id"])),
                   i["symbol"].decode()) for i in instruments), reverse=True)
rows = list(csv.DictReader(open("day.csv")))
assert len(rows) == len(updates), (len(rows), len(updates))
seen = set()
for number, (row, update) in enumerate(zip(rows, updates)):
    while changes and changes[-1][0] <= number:
        _, key, symbol = changes.pop()
        names[key] = symbol
    record = RECORDS[update["record"]]
    seen.add(record)
    flags = int(update["flags"])
    expected = {
        "record": record, "action": update["action"].decode(), "side": update["side"].decode(),
        "flags": "|".join(FLAGS[bit] for bit in range(7, -1, -1) if flags >> bit & 1),
        "instrument_id": str(update["instrument_id"]), "channel_id": str(update["channel_id"]),
        "sequence": str(update["sequence"] & numpy.uint64(2**48 - 1)), "index": str(update["index"]),
        "ts_event_ns": plain(int(update["ts_event_ns"])), "ts_recv_ns": plain(int(update["ts_recv_ns"])),
        "symbol": names.get((int(update["channel_id"]), int(update["instrument_id"])), "")}
    if record == "order":
        expected.update(order_id=str(update["order_id"]), price=price(int(update["price"])),
                        size=str(update["size"]))
    elif record == "trade":
        expected.update(trade_id=str(update["trade_id"]), price=price(int(update["price"])),
                        size=str(update["size"]))
    elif record == "level":
        expected.update(price=price(int(update["level_price"])), size=str(update["level_size"]),
                        order_count=str(update["order_count"]), depth=str(update["depth"]))
    elif record == "status":
        expected.update(value=str(update["value"]), code=update["code"].decode())
    elif record == "definition":
        expected.update(round_lot=str(update["round_lot"]), size_decimals=str(update["size_decimals"]),
                        book_depth=str(update["book_depth"]))
    elif record == "statistic":
        expected.update(price=price(int(update["statistic_price"])), quantity=str(update["quantity"]))
    elif record == "gap":
        expected.update(first=str(update["first"]), last=str(update["last"]), count=str(update["count"]))
    elif record == "session":
        expected.update(epoch=str(update["epoch"]), session=update["session"].decode())
    for column, value in expected.items():
        assert row[column] == value, (number, column, row[column], value)
assert {"order", "trade", "definition", "session", "gap"} <= seen, seen
trades = updates[updates["record"] == 4]
frame = pandas.DataFrame({name: trades[name] for name in ("ts_event_ns", "trade_id", "price", "size")})
assert list(frame["ts_event_ns"]) == [int(t) for t in trades["ts_event_ns"]]
assert frame["ts_event_ns"].dtype == "int64" and frame["size"].dtype == "uint64"
assert len(frame) > 10
)";

TEST_F(UpdateFileOfADay, NumpyReadsItByTheRecipeWithoutChangingABit) {
  std::string python;
  for (const char* candidate : {"/usr/bin/python3", "python3"}) {
    if (RunChild("/usr/bin/env", {candidate, "-c", "import numpy, pandas"}).exit_code != 0)
      continue;
    python = candidate;
    break;
  }
  if (python.empty()) GTEST_SKIP() << "skipped: python3-numpy and python3-pandas are not installed";
  ASSERT_EQ(Write().exit_code, 0);
  const ChildResult csv = Feedhandler({"replay", binary_, "--updates=" + (folder_ / "day.csv")});
  ASSERT_EQ(csv.exit_code, 0) << csv;
  WriteFile(folder_ / "read.py", absl::StrCat("import os\nos.chdir('", folder_.path().string(),
                                              "')\n", Recipe("numpy"), kCompare));
  const ChildResult read = RunChild("/usr/bin/env", {python, folder_ / "read.py"});
  EXPECT_EQ(read.exit_code, 0) << read;
}

}  // namespace
}  // namespace fh::test
