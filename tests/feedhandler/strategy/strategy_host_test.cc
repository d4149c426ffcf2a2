#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "feedhandler/strategy/host.h"

namespace fh {
namespace {

TEST(StrategyHost, NamesInstrumentsOfItsChannels) {
  codecs::InstrumentStore instruments(16);
  ASSERT_TRUE(instruments.Define(3, codecs::Symbol("AAPL")));
  StrategyHost host("s", nullptr);
  host.AddChannel(7, &instruments);
  const Host view(&host.table());
  EXPECT_EQ(view.Symbol(7, 3), "AAPL");
  EXPECT_EQ(view.Symbol(7, 4), "");
  EXPECT_EQ(view.Symbol(7, 4000000), "");
  EXPECT_EQ(view.Symbol(6, 3), "");
  EXPECT_EQ(view.Symbol(65535, 3), "");
  view.Log(LogSeverity::kInfo, "nobody listens");
}

TEST(StrategyHost, GivesTheNamesOfTheSessionThatTheStrategyIsIn) {
  codecs::InstrumentStore instruments(16);
  instruments.Define(1, codecs::Symbol("MONDAY"));
  StrategyHost host("s", nullptr);
  host.AddChannel(7, &instruments);
  const Host view(&host.table());
  instruments.Clear();
  instruments.Define(1, codecs::Symbol("TUESDAY"));
  EXPECT_EQ(view.Symbol(7, 1), "MONDAY");
  host.OnSessionStart(7, 1);
  EXPECT_EQ(view.Symbol(7, 1), "TUESDAY");
  host.OnSessionStart(8, 1);  // Of no channel.
  host.OnSessionStart(65535, 1);
}

TEST(StrategyHost, CutsToTheBufferAndTellsTheWholeLength) {
  codecs::InstrumentStore instruments(16);
  ASSERT_TRUE(instruments.Define(1, codecs::Symbol("ABCDEFGHIJKLMNOPQRSTUVWX")));
  StrategyHost host("s", nullptr);
  host.AddChannel(0, &instruments);
  const fh_host& table = host.table();
  std::array<char, 5> small;
  EXPECT_EQ(table.symbol(table.context, 0, 1, small.data(), small.size()), 24u);
  EXPECT_STREQ(small.data(), "ABCD");
  EXPECT_EQ(table.symbol(table.context, 0, 1, nullptr, 0), 24u);
  EXPECT_EQ(Host(&table).Symbol(0, 1, small), "ABCD");
  EXPECT_EQ(Host(&table).Symbol(0, 1), "ABCDEFGHIJKLMNOPQRSTUVWX");
}

TEST(StrategyHost, TermsThatNobodyKnowsSaySo) {
  codecs::InstrumentStore instruments(4);
  ASSERT_TRUE(instruments.Define(1, codecs::Symbol("AAPL")));
  StrategyHost host("s", nullptr);
  host.AddChannel(0, &instruments);
  const fh_host& table = host.table();
  fh_terms terms;
  std::memset(&terms, 0x5a, sizeof(terms));
  terms.struct_size = sizeof(terms);
  EXPECT_EQ(table.terms(table.context, 0, 1, &terms), 1);
  EXPECT_EQ(terms.struct_size, sizeof(terms));
  EXPECT_EQ(terms.kind, FH_KIND_UNKNOWN);
  EXPECT_EQ(terms.tick, FH_UNDEFINED_PRICE);
  EXPECT_EQ(terms.expiry_ns, FH_UNDEFINED_TIME);
  EXPECT_EQ(terms.size_decimals, FH_UNKNOWN_DECIMALS);
  EXPECT_EQ(terms.legs[FH_MOST_LEGS - 1].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(table.terms(table.context, 0, 2, &terms), 0);
  EXPECT_EQ(table.terms(table.context, 9, 1, &terms), 0);
  EXPECT_EQ(Host(&table).Terms(0, 1).round_lot, 0u);
}

// A plugin that was built when fh_terms ended sooner.
TEST(StrategyHost, TermsAreCutToTheCallersStructure) {
  StrategyHost host("s", nullptr);
  fh_terms terms;
  std::memset(&terms, 0x5a, sizeof(terms));
  terms.struct_size = offsetof(fh_terms, strike);
  host.table().terms(host.table().context, 0, 1, &terms);
  EXPECT_EQ(terms.struct_size, offsetof(fh_terms, strike));
  EXPECT_EQ(terms.tick, FH_UNDEFINED_PRICE);
  EXPECT_EQ(terms.strike, 0x5a5a5a5a5a5a5a5a);
}

TEST(StrategyHost, LogLinesCarryTheStrategysName) {
  std::vector<std::pair<LogSeverity, std::string>> lines;
  StrategyHost host("spread", [&](LogSeverity severity, const std::string& line) {
    lines.emplace_back(severity, line);
  });
  Host(&host.table()).Log(LogSeverity::kError, "no quotes");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].first, LogSeverity::kError);
  EXPECT_EQ(lines[0].second, "spread: no quotes");
}

}  // namespace
}  // namespace fh
