#include "codecs/instrument_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "codecs/update_abi.h"

namespace fh::codecs {
namespace {

Symbol Numbered(uint32_t number) { return Symbol(absl::StrCat("SYM", number)); }

TEST(SymbolTest, LeavesOutPaddingAndCutsWhatIsTooLong) {
  EXPECT_EQ(Symbol("AAPL    ").view(), "AAPL");
  EXPECT_EQ(Symbol(absl::string_view("AAPL\0\0", 6)).view(), "AAPL");
  EXPECT_EQ(Symbol("").view(), "");
  EXPECT_EQ(Symbol("BRK A").view(), "BRK A");
  EXPECT_EQ(Symbol(std::string(30, 'x')).view(), std::string(24, 'x'));
}

TEST(InstrumentTableTest, InternGivesTheSameSymbolTheSameId) {
  InstrumentTable table(1000);
  for (int round = 0; round < 2; ++round) {
    for (uint32_t i = 1; i <= 1000; ++i) EXPECT_EQ(table.Intern(Numbered(i)), i);
  }
  EXPECT_EQ(table.size(), 1000u);
  EXPECT_EQ(table.Name(77), Numbered(77));
}

TEST(InstrumentTableTest, AFullTableGivesNoId) {
  InstrumentTable table(2);
  EXPECT_EQ(table.Intern(Numbered(1)), 1u);
  EXPECT_EQ(table.Intern(Numbered(2)), 2u);
  EXPECT_EQ(table.Intern(Numbered(3)), FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(table.Intern(Numbered(2)), 2u);
}

TEST(InstrumentTableTest, DefineTakesTheVenuesNumbersAndNothingOutside) {
  InstrumentTable table(100);
  EXPECT_TRUE(table.Define(100, Symbol("LAST")));
  EXPECT_FALSE(table.Define(0, Symbol("ZERO")));
  EXPECT_FALSE(table.Define(101, Symbol("BEYOND")));
  EXPECT_FALSE(table.IsDefined(99));
  EXPECT_TRUE(table.IsDefined(100));
  EXPECT_FALSE(table.IsDefined(101));
  EXPECT_EQ(table.Name(100).view(), "LAST");
  EXPECT_EQ(table.Name(101).view(), "");
  EXPECT_TRUE(table.Define(100, Symbol("RENAMED")));
  EXPECT_EQ(table.Name(100).view(), "RENAMED");
  EXPECT_EQ(table.size(), 1u);
}

TEST(InstrumentTableTest, FindLooksAnIdUpByItsName) {
  InstrumentTable table(100);
  table.Define(40, Symbol("FORTY"));
  EXPECT_EQ(table.Find(Symbol("FORTY")), 40u);
  EXPECT_EQ(table.Find(Symbol("FIFTY")), FH_UNKNOWN_INSTRUMENT);
}

TEST(InstrumentTableTest, ClearForgetsIdsAndCountsTheEpoch) {
  InstrumentTable table(10);
  EXPECT_EQ(table.Intern(Numbered(1)), 1u);
  table.Define(9, Numbered(9));
  table.Clear();
  EXPECT_EQ(table.epoch(), 1u);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_FALSE(table.IsDefined(1));
  EXPECT_EQ(table.Name(9).view(), "");
  EXPECT_EQ(table.Intern(Numbered(2)), 1u);
}

TEST(InstrumentTableTest, WhatWasDefinedTwoSessionsAgoIsNotDefinedAgain) {
  InstrumentTable table(8);
  EXPECT_TRUE(table.Define(3, Symbol("OLD")));
  table.Clear();
  table.Clear();
  EXPECT_FALSE(table.IsDefined(3));
  EXPECT_EQ(table.Name(3).view(), "");
}

TEST(InstrumentTableTest, AReaderBehindTheWriterGetsTheNamesOfItsEpochAndNeverThoseOfAnother) {
  InstrumentTable table(10);
  table.Define(1, Symbol("MONDAY"));
  table.Define(2, Symbol("ONLYMON"));
  table.Clear();
  EXPECT_EQ(table.Name(1, 0).view(), "MONDAY");
  table.Define(1, Symbol("TUESDAY"));
  EXPECT_EQ(table.Name(1, 0).view(), "MONDAY");
  EXPECT_EQ(table.Name(1, 1).view(), "TUESDAY");
  EXPECT_EQ(table.Name(2, 1).view(), "");
  table.Clear();
  EXPECT_EQ(table.Name(1, 0).view(), "");  // Two epochs ago.
  EXPECT_EQ(table.Name(1, 1).view(), "TUESDAY");
  table.Define(1, Symbol("WEDNESDAY"));
  EXPECT_EQ(table.Name(1, 0).view(), "");
  EXPECT_EQ(table.Name(1, 2).view(), "WEDNESDAY");
  EXPECT_EQ(table.Name(1, 3).view(), "");  // Not begun.
}

TEST(InstrumentTableTest, NoReaderSeesANameOfAnotherEpoch) {
  InstrumentTable table(1);
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> named{0};
  std::thread reader([&] {
    while (!stop.load()) {
      const uint32_t epoch = table.epoch();
      const Symbol name = table.Name(1, epoch);
      if (name.view().empty()) continue;
      ASSERT_EQ(name, Numbered(epoch));
      named.fetch_add(1);
    }
  });
  for (uint32_t epoch = 0; epoch < 20'000 || named.load() < 100; ++epoch) {
    table.Define(1, Numbered(epoch));
    table.Clear();
  }
  stop.store(true);
  reader.join();
}

TEST(InstrumentTableTest, ReadersNeverSeeHalfOfAName) {
  InstrumentTable table(4);
  const Symbol names[] = {Symbol(std::string(24, 'a')), Symbol(std::string(24, 'b')), Symbol()};
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> reads{0};
  std::thread reader([&] {
    while (!stop.load()) {
      for (uint32_t id = 1; id <= 4; ++id) {
        const Symbol name = table.Name(id);
        ASSERT_TRUE(name == names[0] || name == names[1] || name == names[2]) << name.view();
        reads.fetch_add(1);
      }
    }
  });
  for (uint32_t i = 0; i < 20'000 || reads.load() < 1'000; ++i) {
    table.Define(1 + i % 4, names[i / 4 % 2]);
    if (i % 1'000 == 999) table.Clear();
  }
  stop.store(true);
  reader.join();
}

}  // namespace
}  // namespace fh::codecs
