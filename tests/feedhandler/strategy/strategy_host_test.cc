#include <gtest/gtest.h>

#include <array>

#include "feedhandler/strategy/host.h"

namespace fh {
namespace {

TEST(StrategyHost, NamesInstrumentsOfItsChannels) {
  codecs::InstrumentTable instruments(16);
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
  codecs::InstrumentTable instruments(16);
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
  codecs::InstrumentTable instruments(16);
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
