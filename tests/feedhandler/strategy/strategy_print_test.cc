#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "feedhandler/strategy/loader.h"
#include "feedhandler/strategy/print.h"
#include "tests/feedhandler/strategy/fake_host.h"
#include "tests/feedhandler/strategy/test_updates.h"
#include "tests/platform.h"

namespace fh {
namespace {

using test::FakeHost;
using test::OneOfEach;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string TempFile(const std::string& name) { return testing::TempDir() + "/" + name; }

TEST(PrintStrategy, WritesCsvWithHeaderAndSymbols) {
  FakeHost host;
  host.symbols[{3, 7}] = "AAPL";
  const std::string path = TempFile("updates.csv");
  auto print = LoadStrategy("print", "output=" + path, host.table);
  ASSERT_TRUE(print.ok()) << print.status();
  const auto updates = OneOfEach();
  print->OnUpdates(updates);
  EXPECT_TRUE(print->OnStop().ok());
  const std::string text = ReadAll(path);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 12);
  EXPECT_THAT(text, AllOf(StartsWith("ts_event_ns,ts_recv_ns,"), HasSubstr(",AAPL,trade,T,")));
  EXPECT_EQ(print->Summary(), "updates=11 written to " + path);
}

TEST(PrintStrategy, WritesMoreThanItsBufferWhole) {
  FakeHost host;
  const std::string path = TempFile("large.jsonl");
  auto print =
      LoadStrategy("print", "format=json,without=ts_recv+symbol,output=" + path, host.table);
  ASSERT_TRUE(print.ok()) << print.status();
  const auto updates = OneOfEach();
  for (int i = 0; i < 1000; ++i) print->OnUpdates(updates);
  EXPECT_TRUE(print->OnStop().ok());
  const std::string text = ReadAll(path);
  EXPECT_GT(text.size(), 2 * OutputFile::kBufferBytes);
  const std::string once = text.substr(0, text.size() / 1000);
  for (size_t at = 0; at < text.size(); at += once.size()) {
    ASSERT_EQ(text.compare(at, once.size(), once), 0);
  }
  EXPECT_THAT(print->Summary(), StartsWith("updates=11000 "));
  EXPECT_EQ(text.find("ts_recv"), std::string::npos);
  EXPECT_EQ(text.find("symbol"), std::string::npos);
}

TEST(PrintStrategy, IdleMakesLinesVisible) {
  FakeHost host;
  const std::string path = TempFile("idle.csv");
  auto print = LoadStrategy("print", "output=" + path, host.table);
  ASSERT_TRUE(print.ok());
  print->OnUpdates(OneOfEach());
  EXPECT_TRUE(print->wants_idle());
  print->OnIdle();
  const std::string text = ReadAll(path);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 12);
}

TEST(PrintStrategy, FullDiskIsCountedAndFailsTheStop) {
  if (!test::HasFullDevice()) GTEST_SKIP() << test::kNoFullDevice;
  FakeHost host;
  auto print = LoadStrategy("print", "output=/dev/full", host.table);
  ASSERT_TRUE(print.ok()) << print.status();
  print->OnUpdates(OneOfEach());
  print->OnIdle();
  print->OnUpdates(OneOfEach());
  const absl::Status status = print->OnStop();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()),
              AllOf(StartsWith("print: writing /dev/full failed: No space left on device"),
                    HasSubstr("0 lines were written, 23 are lost")));
  EXPECT_THAT(print->Summary(), HasSubstr("updates=0 written to /dev/full, lost=23"));
}

TEST(PrintStrategy, OutputThatCannotBeOpenedSaysWhatToDo) {
  FakeHost host;
  EXPECT_THAT(
      std::string(LoadStrategy("print", "output=/no/such/folder/x", host.table).status().message()),
      AllOf(HasSubstr("cannot write /no/such/folder/x: No such file"),
            HasSubstr("existing folder")));
  EXPECT_THAT(std::string(LoadStrategy("print", "output=", host.table).status().message()),
              HasSubstr("names no file"));
}

TEST(PrintStrategy, UnknownFormatListsThem) {
  FakeHost host;
  EXPECT_THAT(std::string(LoadStrategy("print", "format=xml", host.table).status().message()),
              HasSubstr("format=xml is not one of csv|json"));
}

TEST(PrintStrategy, BinaryIsRowsOfWhichItCountsTheUpdates) {
  FakeHost host;
  const std::string path = TempFile("updates.fhu");
  auto print = LoadStrategy("print", "format=binary,output=" + path, host.table);
  ASSERT_TRUE(print.ok()) << print.status();
  print->OnUpdates(OneOfEach());
  print->OnIdle();
  EXPECT_EQ(ReadAll(path).size(), 12 * kUpdateRowBytes) << "what there is so far";
  EXPECT_TRUE(print->OnStop().ok());
  EXPECT_EQ(ReadAll(path).size(), (12 + 2 * 3 + 1) * kUpdateRowBytes) << "of two instruments";
  EXPECT_EQ(print->Summary(), "updates=11 written to " + path);
}

TEST(PrintStrategy, BinaryIsWholeOrNothingOfAnUpdate) {
  FakeHost host;
  for (const char* parameter : {"columns=price", "without=symbol"}) {
    const auto print =
        LoadStrategy("print", std::string("format=binary,output=-,") + parameter, host.table);
    ASSERT_FALSE(print.ok());
    EXPECT_THAT(std::string(print.status().message()),
                HasSubstr("format=binary writes updates as they are"));
  }
}

TEST(PrintStrategy, BinaryThatDoesNotFitIsCountedInRows) {
  if (!test::HasFullDevice()) GTEST_SKIP() << test::kNoFullDevice;
  FakeHost host;
  auto print = LoadStrategy("print", "format=binary,output=/dev/full", host.table);
  ASSERT_TRUE(print.ok()) << print.status();
  print->OnUpdates(OneOfEach());
  EXPECT_THAT(std::string(print->OnStop().message()),
              HasSubstr("0 rows were written, 19 are lost"));
  EXPECT_THAT(print->Summary(), HasSubstr("updates=0 written to /dev/full"));
}

TEST(PrintStrategy, SaysHowManyUpdatesMayHaveBeenOfTheSymbolsWanted) {
  FakeHost host;
  host.symbols[{3, 7}] = "AAPL";
  const std::string path = TempFile("unknown.csv");
  auto print = LoadStrategy("print", "symbol=AAPL,output=" + path, host.table);
  ASSERT_TRUE(print.ok()) << print.status();
  auto trade = test::BaseUpdate(FH_RECORD_TRADE, FH_ACTION_TRADE, 1);
  print->OnUpdates({{trade}});
  trade.instrument_id = FH_UNKNOWN_INSTRUMENT;
  print->OnUpdates({{trade}});
  EXPECT_TRUE(print->OnStop().ok());
  EXPECT_THAT(print->Summary(), AllOf(HasSubstr("updates=1 "),
                                      HasSubstr("left out of instruments without a name: 1")));
}

}  // namespace
}  // namespace fh
