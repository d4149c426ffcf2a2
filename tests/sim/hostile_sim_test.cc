// Random frames with numbers from everywhere, at random times: no message twice, nothing backwards,
// every slice back, every message accounted for, and no loop over numbers.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/seeds.h"
#include "tests/sim/hostile_script.h"

namespace fh::test {
namespace {

TEST(HostileSim, NothingBreaksTheInvariants) {
  SessionStats total;
  const Seeds seeds(2000);
  for (const uint64_t seed : seeds) {
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
  EXPECT_GT(total.delivered_messages, seeds.Share(100'000));
  EXPECT_GT(total.gaps, seeds.Share(5'000));
  EXPECT_GT(total.restarts, seeds.Share(100));
  EXPECT_GT(total.sessions, seeds.Share(3'000));
  EXPECT_GT(total.unbelieved, seeds.Share(10'000));
  EXPECT_GT(total.window_overflows, seeds.Share(1'000));
}

}  // namespace
}  // namespace fh::test
