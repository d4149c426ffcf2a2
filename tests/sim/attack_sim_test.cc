// The simulation that asks for liveness: whatever is slipped in between, what a line brings in
// order arrives. The truth is kept apart (attack_world.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <span>
#include <string>

#include "tests/seeds.h"
#include "tests/sim/attack_world.h"

namespace fh::test {
namespace {

constexpr uint64_t kSeeds = 5000;
constexpr int64_t kBurstNs = 1'000'000;  // Packets of one burst came within this.

// Time passes between packets too: the session is asked whenever it has said that it wants to be.
void Play(const AttackWorld& world, uint64_t seed, SessionHarness& harness) {
  std::mt19937_64 random(seed);
  std::span<const Sent> rest(world.arrivals());
  while (!rest.empty()) {
    const size_t most = 1 + random() % world.options().max_burst;
    size_t burst = 1;
    const int64_t until_ns = std::min(rest[0].at_ns + kBurstNs, harness.session().NextDeadlineNs());
    while (burst < std::min(most, rest.size()) && rest[burst].at_ns < until_ns) {
      ++burst;
    }
    harness.SendBurst(rest.first(burst));
    rest = rest.subspan(burst);
    while (!rest.empty() && harness.session().NextDeadlineNs() < rest.front().at_ns) {
      harness.Idle(harness.session().NextDeadlineNs());
    }
  }
  harness.Flush(world.arrivals().back().at_ns);
}

TEST(AttackSim, WhatALineBringsInOrderArrives) {
  const Seeds seeds(kSeeds);
  AttackWorld::Account total;
  for (const uint64_t seed : seeds) {
    const AttackWorld world(seed);
    SessionHarness harness(world.options(), /*keep_log=*/false);
    Play(world, seed, harness);
    const AttackWorld::Account account = world.Judge(harness);
    EXPECT_EQ(account.verdict, "") << "seed " << seed;
    total.owed += account.owed;
    total.lies += account.lies;
    total.lies_delivered += account.lies_delivered;
    total.streams += account.streams;
  }
  std::printf("%llu messages owed, %llu lies told, %llu delivered; %llu streams\n",
              static_cast<unsigned long long>(total.owed),
              static_cast<unsigned long long>(total.lies),
              static_cast<unsigned long long>(total.lies_delivered),
              static_cast<unsigned long long>(total.streams));
  // That the worlds are not empty.
  EXPECT_GT(total.owed, seeds.Share(1'000'000));
  EXPECT_GT(total.lies, seeds.Share(50'000));
  EXPECT_GT(total.streams, seeds.Share(5'000));
}

}  // namespace
}  // namespace fh::test
