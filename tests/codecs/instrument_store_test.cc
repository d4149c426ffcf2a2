#include "codecs/instrument_store.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

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

TEST(InstrumentStoreTest, InternGivesTheSameSymbolTheSameId) {
  InstrumentStore table(1000);
  for (int round = 0; round < 2; ++round) {
    for (uint32_t i = 1; i <= 1000; ++i) EXPECT_EQ(table.Intern(Numbered(i)), i);
  }
  EXPECT_EQ(table.size(), 1000u);
  EXPECT_EQ(table.Name(77), Numbered(77));
}

TEST(InstrumentStoreTest, AFullTableGivesNoId) {
  InstrumentStore table(2);
  EXPECT_EQ(table.Intern(Numbered(1)), 1u);
  EXPECT_EQ(table.Intern(Numbered(2)), 2u);
  EXPECT_EQ(table.Intern(Numbered(3)), FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(table.Intern(Numbered(2)), 2u);
}

TEST(InstrumentStoreTest, DefineTakesAnyNumberOfTheVenueAndNeverTheOnesThatMeanSomethingElse) {
  InstrumentStore store(100);
  EXPECT_TRUE(store.Define(4'000'000'000, Symbol("HIGH")));
  EXPECT_FALSE(store.Define(FH_ALL_INSTRUMENTS, Symbol("ALL")));
  EXPECT_FALSE(store.Define(FH_UNKNOWN_INSTRUMENT, Symbol("UNKNOWN")));
  EXPECT_FALSE(store.IsDefined(99));
  EXPECT_TRUE(store.IsDefined(4'000'000'000));
  EXPECT_EQ(store.Name(4'000'000'000).view(), "HIGH");
  EXPECT_EQ(store.Name(FH_UNKNOWN_INSTRUMENT).view(), "");
  EXPECT_EQ(store.size(), 1u);
}

TEST(InstrumentStoreTest, AFullStoreRefusesNewIdsAndGoesOnRenamingThoseItHas) {
  InstrumentStore store(3);
  for (uint32_t id : {70'000u, 80'000u, 90'000u}) EXPECT_TRUE(store.Define(id, Numbered(id)));
  EXPECT_FALSE(store.Define(100'000, Symbol("MORE")));
  EXPECT_EQ(store.InternVenueId(5), FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(store.Intern(Symbol("MORE")), FH_UNKNOWN_INSTRUMENT);
  EXPECT_TRUE(store.Define(80'000, Symbol("RENAMED")));
  EXPECT_EQ(store.Name(80'000).view(), "RENAMED");
  EXPECT_EQ(store.Name(100'000).view(), "");
  EXPECT_EQ(store.Name(70'000), Numbered(70'000));
}

TEST(InstrumentStoreTest, ARenamedInstrumentIsFoundByItsNewNameAlone) {
  InstrumentStore store(1000);
  for (uint32_t id = 1; id <= 1000; ++id) store.Define(id, Numbered(id));
  for (uint32_t id = 1; id <= 1000; id += 3) store.Define(id, Numbered(5000 + id));
  for (uint32_t id = 1; id <= 1000; ++id) {
    const bool is_renamed = id % 3 == 1;
    EXPECT_EQ(store.Find(Numbered(id)), is_renamed ? FH_UNKNOWN_INSTRUMENT : id);
    EXPECT_EQ(store.Find(Numbered(5000 + id)), is_renamed ? id : FH_UNKNOWN_INSTRUMENT);
  }
}

TEST(InstrumentStoreTest, NamesThatChangeAllDayTakeNoRoomFromOthers) {
  InstrumentStore store(1000);
  for (uint32_t i = 0; i <= 10'000; ++i) store.Define(1, Numbered(i));
  store.Define(2, Symbol("OTHER"));
  EXPECT_EQ(store.Find(Symbol("OTHER")), 2u);
  EXPECT_EQ(store.Find(Numbered(10'000)), 1u);
  EXPECT_EQ(store.Find(Numbered(9'999)), FH_UNKNOWN_INSTRUMENT);
}

TEST(InstrumentStoreTest, OfTwoWithTheSameNameTheLowerIsFoundUntilItIsRenamed) {
  InstrumentStore store(10);
  store.Define(9, Symbol("TWICE"));
  store.Define(4, Symbol("TWICE"));
  EXPECT_EQ(store.Find(Symbol("TWICE")), 4u);
  store.Define(4, Symbol("OTHER"));
  EXPECT_EQ(store.Find(Symbol("TWICE")), 9u);
}

TEST(InstrumentStoreTest, WideVenueIdsAreGivenNarrowOnesThatStayBeforeAndAfterTheirDefinition) {
  InstrumentStore store(1000);
  const uint64_t wide = 0x1234'5678'9ABC'DEF0;
  const uint32_t id = store.InternVenueId(wide);
  EXPECT_EQ(store.InternVenueId(wide + 1), id + 1);
  EXPECT_EQ(store.Name(id).view(), "");
  EXPECT_EQ(store.VenueId(id), wide);
  EXPECT_TRUE(store.Define(id, Symbol("WIDE")));
  EXPECT_EQ(store.InternVenueId(wide), id);
  EXPECT_EQ(store.Name(id).view(), "WIDE");
  EXPECT_EQ(store.VenueId(id), wide);
  store.Clear();
  EXPECT_EQ(store.InternVenueId(wide + 1), 1u);
}

TEST(InstrumentStoreTest, NothingThatHasNoNameIsFoundByNone) {
  InstrumentStore store(1000);
  for (uint64_t wide = 0; wide < 1000; ++wide) EXPECT_EQ(store.InternVenueId(wide), wide + 1);
  EXPECT_EQ(store.Find(Symbol()), FH_UNKNOWN_INSTRUMENT);
}

TEST(InstrumentStoreTest, TermsComeWithTheirEpochAndStayWhenOnlyTheNameIsSaid) {
  InstrumentStore store(10);
  fh_terms terms = UnknownTerms();
  terms.tick = 250'000'000;
  terms.kind = FH_KIND_FUTURE;
  EXPECT_EQ(store.Terms(7).tick, FH_UNDEFINED_PRICE);
  EXPECT_EQ(store.Terms(7).size_decimals, FH_UNKNOWN_DECIMALS);
  EXPECT_TRUE(store.Define(7, Symbol("ESZ6"), terms));
  EXPECT_TRUE(store.Define(7, Symbol("ESZ6")));
  EXPECT_TRUE(store.Define(7, Symbol("ESZ26")));
  EXPECT_EQ(store.Terms(7).tick, 250'000'000);
  EXPECT_EQ(store.Terms(7).kind, FH_KIND_FUTURE);
  store.Clear();
  EXPECT_EQ(store.Terms(7).tick, FH_UNDEFINED_PRICE);
  EXPECT_EQ(store.Terms(7, 0).tick, 250'000'000);
}

TEST(InstrumentStoreTest, ChangesCountWhatChangedAndNothingElse) {
  InstrumentStore store(10);
  store.Define(7, Symbol("A"));
  const uint64_t before = store.changes();
  store.Define(7, Symbol("A"));
  EXPECT_EQ(store.changes(), before);
  store.Define(7, Symbol("B"));
  EXPECT_EQ(store.changes(), before + 1);
  store.Define(7, Symbol("B"), UnknownTerms());
  EXPECT_EQ(store.changes(), before + 1);
  store.Clear();
  EXPECT_EQ(store.changes(), before + 2);
}

// Ids whose hashes agree in their upper bits, as somebody who knows the multiplier would choose them.
TEST(InstrumentStoreTest, IdsThatAreMadeToCollideCostTheirOwnNamesAlone) {
  InstrumentStore store(1 << 16);
  uint32_t refused = 0;
  uint32_t made = 0;
  for (uint64_t id = 1; id < 0xFFFF'FFFF && made < 2000; ++id) {
    if ((id + 1) * 0x9E3779B97F4A7C15 >> 52 != 0) continue;
    ++made;
    refused += !store.Define(static_cast<uint32_t>(id), Symbol("MADE"));
  }
  EXPECT_GT(refused, 0u);
  EXPECT_TRUE(store.Define(12'345, Symbol("HONEST")));
  EXPECT_EQ(store.Name(12'345).view(), "HONEST");
}

// Two feed threads define the instruments of one venue.
TEST(InstrumentStoreTest, SeveralWritersAgreeOnWhatTheyWrote) {
  constexpr uint32_t kIds = 300;
  for (int round = 0; round < 300; ++round) {
    InstrumentStore store(kIds);
    std::array<std::vector<uint32_t>, 2> given{std::vector<uint32_t>(kIds),
                                               std::vector<uint32_t>(kIds)};
    std::atomic<int> ready{0};
    const auto write = [&](size_t who) {
      ready.fetch_add(1);
      while (ready.load() < 2) std::this_thread::yield();
      for (uint32_t i = 0; i < kIds; ++i) {
        given[who][i] = store.InternVenueId(uint64_t{i} << 33);
        store.Define(given[who][i], Numbered(i));
      }
    };
    std::thread other([&] { write(1); });
    write(0);
    other.join();
    ASSERT_EQ(given[0], given[1]);
    ASSERT_EQ(store.size(), kIds);
    for (uint32_t i = 0; i < kIds; ++i) {
      ASSERT_EQ(store.Name(given[0][i]), Numbered(i));
      ASSERT_EQ(store.VenueId(given[0][i]), uint64_t{i} << 33);
    }
  }
}

TEST(InstrumentStoreTest, FindLooksAnIdUpByItsName) {
  InstrumentStore table(100);
  table.Define(40, Symbol("FORTY"));
  EXPECT_EQ(table.Find(Symbol("FORTY")), 40u);
  EXPECT_EQ(table.Find(Symbol("FIFTY")), FH_UNKNOWN_INSTRUMENT);
}

TEST(InstrumentStoreTest, ClearForgetsIdsAndCountsTheEpoch) {
  InstrumentStore table(10);
  EXPECT_EQ(table.Intern(Numbered(1)), 1u);
  table.Define(9, Numbered(9));
  table.Clear();
  EXPECT_EQ(table.epoch(), 1u);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_FALSE(table.IsDefined(1));
  EXPECT_EQ(table.Name(9).view(), "");
  EXPECT_EQ(table.Intern(Numbered(2)), 1u);
}

TEST(InstrumentStoreTest, WhatWasDefinedTwoSessionsAgoIsNotDefinedAgain) {
  InstrumentStore table(8);
  EXPECT_TRUE(table.Define(3, Symbol("OLD")));
  table.Clear();
  table.Clear();
  EXPECT_FALSE(table.IsDefined(3));
  EXPECT_EQ(table.Name(3).view(), "");
}

TEST(InstrumentStoreTest, AReaderBehindTheWriterGetsTheNamesOfItsEpochAndNeverThoseOfAnother) {
  InstrumentStore table(10);
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

TEST(InstrumentStoreTest, NoReaderSeesANameOfAnotherEpoch) {
  InstrumentStore table(1);
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

TEST(InstrumentStoreTest, ReadersNeverSeeHalfOfAName) {
  InstrumentStore table(4);
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
