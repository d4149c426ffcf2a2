#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "feedhandler/strategy/loader.h"
#include "feedhandler/strategy/strategy.h"
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

std::string Plugin(const std::string& name) {
  return std::string(FEEDHANDLER_TEST_PLUGINS) + "/" + name + test::kPluginSuffix;
}

std::string Refusal(const std::string& name_or_path, const std::string& parameters = "") {
  FakeHost host;
  const auto strategy = LoadStrategy(name_or_path, parameters, host.table);
  return strategy.ok() ? "" : std::string(strategy.status().message());
}

TEST(StrategyLoader, UnknownNameListsTheBuiltIns) {
  EXPECT_THAT(Refusal("cuont"),
              AllOf(HasSubstr("\"cuont\""), HasSubstr("built in are: count, null, print"),
                    HasSubstr(std::string("./cuont") + test::kPluginSuffix)));
  FakeHost host;
  EXPECT_EQ(LoadStrategy("cuont", "", host.table).status().code(), absl::StatusCode::kNotFound);
}

TEST(StrategyLoader, BuiltInsLoadByName) {
  for (const char* name : {"count", "null", "print"}) {
    FakeHost host;
    const auto strategy = LoadStrategy(name, "", host.table);
    ASSERT_TRUE(strategy.ok()) << strategy.status();
    EXPECT_EQ(strategy->name(), name);
    const auto description = DescribeStrategy(name);
    ASSERT_TRUE(description.ok());
    EXPECT_THAT(description->help, HasSubstr("Parameters: "));
  }
}

TEST(StrategyLoader, BuiltInsRefuseUnknownParametersByNamingTheirs) {
  EXPECT_THAT(Refusal("count", "hsah=on"),
              AllOf(StartsWith("count: "), HasSubstr("\"hsah\""), HasSubstr("hash=off|on")));
  EXPECT_THAT(Refusal("null", "x=1"), HasSubstr("takes no parameters"));
}

TEST(StrategyLoader, MissingFile) {
  EXPECT_THAT(
      Refusal(std::string("./no_such_plugin") + test::kPluginSuffix),
      AllOf(HasSubstr(std::string("./no_such_plugin") + test::kPluginSuffix + " does not exist"),
            HasSubstr(std::filesystem::current_path().string())));
}

TEST(StrategyLoader, FolderAndOrdinaryFileAreNotLibraries) {
  EXPECT_THAT(Refusal(testing::TempDir() + "/"), HasSubstr("is a folder"));
  const std::string path = testing::TempDir() + "/text" + test::kPluginSuffix;
  std::ofstream(path) << "not ELF";
  EXPECT_THAT(Refusal(path), AllOf(HasSubstr("cannot be loaded as a shared library"),
                                   HasSubstr("build it as a MODULE or SHARED library")));
}

TEST(StrategyLoader, MissingSymbolNamesTheMacro) {
  EXPECT_THAT(Refusal(Plugin("bad_symbol")),
              HasSubstr("does not export fh_plugin; use FH_PLUGIN(...)"));
}

TEST(StrategyLoader, NullTable) {
  EXPECT_THAT(Refusal(Plugin("bad_null_table")), HasSubstr("returns null"));
}

TEST(StrategyLoader, OtherAbiVersionSaysWhatToRebuild) {
  EXPECT_THAT(Refusal(Plugin("bad_version")),
              HasSubstr("was built against ABI 1 with 64-byte updates, this program has ABI 2 with "
                        "64-byte updates: rebuild it against the installed headers"));
}

TEST(StrategyLoader, OtherUpdateSizeSaysWhatToRebuild) {
  EXPECT_THAT(Refusal(Plugin("bad_update_size")),
              HasSubstr("was built against ABI 2 with 56-byte updates"));
}

TEST(StrategyLoader, TableThatIsTooShort) {
  EXPECT_THAT(Refusal(Plugin("bad_table_size")), HasSubstr("strategy table of 40 bytes"));
}

TEST(StrategyLoader, NullFunctionIsNamed) {
  EXPECT_THAT(Refusal(Plugin("bad_null_function")), HasSubstr("has no on_updates"));
}

TEST(StrategyLoader, CreateThatRefusesIsQuoted) {
  EXPECT_EQ(Refusal(Plugin("c_plugin"), "refuse"), "c_counter: told to refuse; leave it out");
  EXPECT_THAT(Refusal(Plugin("bad_silent")), HasSubstr("without saying why"));
}

TEST(StrategyLoader, CreateThatThrowsIsAnError) {
  EXPECT_THAT(Refusal(Plugin("bad_throws")), HasSubstr("thrown on purpose"));
}

TEST(StrategyLoader, OptionalFunctionsMayBeMissing) {
  FakeHost host;
  auto strategy = LoadStrategy(Plugin("bad_in_no_way"), "", host.table);
  ASSERT_TRUE(strategy.ok()) << strategy.status();
  EXPECT_FALSE(strategy->wants_idle());
  strategy->OnIdle();
  EXPECT_TRUE(strategy->OnStop().ok());
  EXPECT_EQ(strategy->Summary(), "");
}

TEST(StrategyLoader, PluginInPlainCRuns) {
  FakeHost host;
  host.symbols[{3, 7}] = "AAPL";
  auto strategy = LoadStrategy(Plugin("c_plugin"), "", host.table);
  ASSERT_TRUE(strategy.ok()) << strategy.status();
  EXPECT_EQ(host.log.size(), 1u);
  const auto updates = OneOfEach();
  strategy->OnUpdates(updates);
  strategy->OnUpdates(updates);
  EXPECT_TRUE(strategy->wants_idle());
  strategy->OnIdle();
  EXPECT_TRUE(strategy->OnStop().ok());
  EXPECT_EQ(strategy->Summary(), "updates=22 idles=1 first=AAPL");
}

TEST(StrategyLoader, FailureAtStopNamesTheStrategy) {
  FakeHost host;
  auto strategy = LoadStrategy(Plugin("c_plugin"), "fail_at_stop", host.table);
  ASSERT_TRUE(strategy.ok());
  EXPECT_EQ(strategy->OnStop().message(), "c_counter: could not flush");
}

TEST(StrategyLoader, MovedStrategiesAreDestroyedOnceAndBeforeTheirLibrary) {
  FakeHost host;
  auto first = LoadStrategy(Plugin("c_plugin"), "", host.table);
  auto second = LoadStrategy(Plugin("bad_in_no_way"), "", host.table);
  ASSERT_TRUE(first.ok() && second.ok());
  LoadedStrategy moved(*std::move(first));
  moved = *std::move(second);
  EXPECT_EQ(moved.name(), "bad");
  std::vector<LoadedStrategy> all;
  all.push_back(std::move(moved));
  all[0].OnUpdates(OneOfEach());
}

TEST(StrategyLoader, ExamplePluginReportsTheBusiestSymbols) {
  FakeHost host;
  host.symbols[{3, 7}] = "AAPL";
  auto strategy = LoadStrategy(FEEDHANDLER_EXAMPLE_PLUGIN, "top=1,by=trades", host.table);
  ASSERT_TRUE(strategy.ok()) << strategy.status();
  auto updates = OneOfEach();
  std::erase_if(updates, codecs::IsSessionStart);  // One session.
  for (auto& update : updates) {
    if (update.record == FH_RECORD_TRADE) update.trade.price = 10'500'000'000;
    if (update.record == FH_RECORD_TOP) update.top.ask_price = 99'520'000'000;
  }
  strategy->OnUpdates(updates);
  strategy->OnUpdates(updates);
  const std::string summary = strategy->Summary();
  EXPECT_THAT(summary, HasSubstr("traded symbols: 1, broken trades: 0, missing messages: 24"));
  EXPECT_THAT(summary,
              HasSubstr("AAPL              2           24     10.5000     10.5000      0.0200"));
  EXPECT_THAT(Refusal(FEEDHANDLER_EXAMPLE_PLUGIN, "top=0"),
              HasSubstr("top=0 is not a number from 1 to 1000"));
}

TEST(StrategyLoader, ExamplePluginKeepsSessionsApart) {
  FakeHost host;
  host.symbols[{3, 7}] = "OLD";
  auto strategy = LoadStrategy(FEEDHANDLER_EXAMPLE_PLUGIN, "", host.table);
  ASSERT_TRUE(strategy.ok());
  auto trade = test::BaseUpdate(FH_RECORD_TRADE, FH_ACTION_TRADE, 1);
  trade.trade = {.trade_id = 1, .price = 1'000'000'000, .size = 5};
  auto start = test::BaseUpdate(FH_RECORD_SESSION, FH_ACTION_CLEAR, 0);
  start.session.state = FH_SESSION_NEW;
  strategy->OnUpdates({{trade}});
  strategy->OnUpdates({{start}});
  host.symbols[{3, 7}] = "NEW";
  strategy->OnUpdates({{trade}});
  EXPECT_THAT(strategy->Summary(), AllOf(HasSubstr("OLD "), HasSubstr("NEW ")));
}

// What the C++ convenience catches at the boundary.
class Throwing {
 public:
  static constexpr char kName[] = "throwing";
  static constexpr char kHelp[] = "Throws.";
  static std::unique_ptr<Throwing> Create(Host, std::string_view parameters, std::string&) {
    if (parameters == "create") throw std::runtime_error("from create");
    return std::make_unique<Throwing>();
  }
  void OnUpdates(std::span<const codecs::NormalizedUpdate>) {}
  bool OnStop(std::string&) { throw std::runtime_error("from stop"); }
  std::string Summary() { throw 7; }
};

TEST(StrategyTable, CatchesExceptionsOfCreateStopAndSummary) {
  FakeHost host;
  const fh_strategy& table = *StrategyTable<Throwing>();
  EXPECT_EQ(table.on_idle, nullptr);
  EXPECT_EQ(CreateStrategy(table, "create", host.table).status().message(),
            "throwing: from create");
  auto strategy = CreateStrategy(table, "", host.table);
  ASSERT_TRUE(strategy.ok());
  EXPECT_EQ(strategy->OnStop().message(), "throwing: from stop");
  EXPECT_EQ(strategy->Summary(), "an exception that is not a std::exception");
}

}  // namespace
}  // namespace fh
