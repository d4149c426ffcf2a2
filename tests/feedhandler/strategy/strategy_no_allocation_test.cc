// What the program's own strategies do for each update does not allocate.
#include <gtest/gtest.h>

#include "feedhandler/strategy/loader.h"
#include "tests/allocation_counter.h"
#include "tests/feedhandler/strategy/fake_host.h"
#include "tests/feedhandler/strategy/test_updates.h"
#include "tests/platform.h"

namespace fh {
namespace {

struct Case {
  const char* name;
  std::string parameters;
};

// Parameters of `print` for output that goes nowhere.
std::string NullOutput(const std::string& more) { return more + "output=" + test::kNullDevice; }

class StrategyAllocation : public testing::TestWithParam<Case> {};

// Symbols without a table behind them: the fake host's would allocate.
size_t NoSymbol(void*, uint16_t, uint32_t, char* out, size_t) {
  *out = '\0';
  return 0;
}

TEST_P(StrategyAllocation, NoneAfterCreate) {
  test::FakeHost host;
  host.table.symbol = NoSymbol;
  auto strategy = LoadStrategy(GetParam().name, GetParam().parameters, host.table);
  ASSERT_TRUE(strategy.ok()) << strategy.status();
  auto updates = test::OneOfEach();
  const uint64_t before = test::AllocationCount();
  for (uint32_t i = 0; i < 20000; ++i) {
    for (auto& update : updates) {
      update.instrument_id = i;
      update.channel_id = static_cast<uint16_t>(i % 700);
    }
    strategy->OnUpdates(updates);
    if (i % 1000 == 0) strategy->OnIdle();
  }
  EXPECT_EQ(test::AllocationCount() - before, 0u);
  EXPECT_TRUE(strategy->OnStop().ok());
}

INSTANTIATE_TEST_SUITE_P(All, StrategyAllocation,
                         testing::Values(Case{"null", ""}, Case{"count", ""},
                                         Case{"print", NullOutput("")},
                                         Case{"print", NullOutput("format=json,")},
                                         Case{FEEDHANDLER_EXAMPLE_PLUGIN, "symbols=1000"}));

}  // namespace
}  // namespace fh
