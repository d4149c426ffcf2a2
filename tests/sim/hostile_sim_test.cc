// Random frames with numbers from everywhere, at random times: no message twice, nothing backwards,
// every slice back, every message accounted for, and no loop over numbers.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/sim/hostile_script.h"

namespace fh::test {
namespace {

TEST(HostileSim, NothingBreaksTheInvariants) {
  SessionStats total;
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<uint8_t> script((1 + random() % 400) * kHostileStepBytes);
    for (uint8_t& byte : script) byte = static_cast<uint8_t>(random());
    const HostileResult result = PlayHostile(script);
    ASSERT_EQ(result.broken, "") << "seed " << seed;
    total.delivered_messages += result.stats.delivered_messages;
    total.gaps += result.stats.gaps;
    total.restarts += result.stats.restarts;
    total.sessions += result.stats.sessions;
    total.unbelieved += result.stats.unbelieved;
    total.window_overflows += result.stats.window_overflows;
  }
  // That the scripts reach the places that matter.
  EXPECT_GT(total.delivered_messages, 100'000u);
  EXPECT_GT(total.gaps, 5'000u);
  EXPECT_GT(total.restarts, 100u);
  EXPECT_GT(total.sessions, 3'000u);
  EXPECT_GT(total.unbelieved, 10'000u);
  EXPECT_GT(total.window_overflows, 1'000u);
}

}  // namespace
}  // namespace fh::test
