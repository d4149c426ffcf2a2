#include "feedhandler/synthetic/seeded_random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace fh {
namespace {

TEST(SeededRandomTest, TheSameNumbersEverywhere) {
  SeededRandom random(42);
  // SplitMix64 with seed 42, as its authors' code prints it.
  EXPECT_EQ(random.Next(), 13679457532755275413u);
  EXPECT_EQ(random.Next(), 2949826092126892291u);
}

TEST(SeededRandomTest, BoundsHoldAndAreReached) {
  SeededRandom random(1);
  std::vector<int> seen(6);
  for (int i = 0; i < 10'000; ++i) ++seen.at(random.Between(3, 8) - 3);
  for (int count : seen) EXPECT_NEAR(count, 1667, 200);
}

TEST(SeededRandomTest, ExponentialHasItsMeanAndALongTail) {
  SeededRandom random(2);
  double sum = 0;
  int64_t most = 0;
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    const int64_t value = random.Exponential(1'000'000);
    ASSERT_GE(value, 0);
    sum += static_cast<double>(value);
    most = std::max(most, value);
  }
  EXPECT_NEAR(sum / kDraws, 1e6, 2e4);
  EXPECT_GT(most, 8'000'000);
}

class ZipfSamplerTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(ZipfSamplerTest, PicksInProportionToOneOverRank) {
  const uint32_t count = GetParam();
  const ZipfSampler zipf(count, 3);
  double total = 0;
  for (uint32_t k = 0; k < count; ++k) total += 1.0 / (k + 3);
  SeededRandom random(7);
  constexpr int kDraws = 400'000;
  std::vector<int> seen(count);
  for (int i = 0; i < kDraws; ++i) ++seen.at(zipf.Pick(random));
  for (uint32_t k = 0; k < std::min(count, 20u); ++k) {
    const double expected = kDraws / (k + 3.0) / total;
    EXPECT_NEAR(seen[k], expected, 6 * std::sqrt(expected) + 1) << k;
  }
  int in_second_half = 0;
  for (uint32_t k = count / 2; k < count; ++k) in_second_half += seen[k];
  double expected_share = 0;
  for (uint32_t k = count / 2; k < count; ++k) expected_share += 1.0 / (k + 3) / total;
  EXPECT_NEAR(in_second_half, expected_share * kDraws, 0.05 * kDraws * expected_share + 1);
}

INSTANTIATE_TEST_SUITE_P(Counts, ZipfSamplerTest, ::testing::Values(1, 2, 5, 1000, 65'535));

}  // namespace
}  // namespace fh
