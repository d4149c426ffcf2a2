#include "latency/compare/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace fh::latency::compare {
namespace {

TEST(Statistics, QuantilesAreThoseOfTheTables) {
  EXPECT_NEAR(NormalQuantile(0.975), 1.959964, 1e-6);
  EXPECT_NEAR(NormalQuantile(0.5), 0, 1e-9);
  EXPECT_NEAR(NormalQuantile(0.005), -2.575829, 1e-6);
  EXPECT_NEAR(StudentQuantile(0.975, 1), 12.7062, 1e-4);
  EXPECT_NEAR(StudentQuantile(0.975, 4), 2.7764, 1e-4);  // 5 pairs.
  EXPECT_NEAR(StudentQuantile(0.975, 9), 2.2622, 1e-4);  // 10 pairs.
  EXPECT_NEAR(StudentQuantile(0.025, 9), -2.2622, 1e-4);
  EXPECT_NEAR(StudentQuantile(0.995, 30), 2.7500, 1e-4);
  EXPECT_NEAR(StudentQuantile(0.975, 1e6), 1.95997, 1e-4);
}

TEST(Statistics, MeanAndDeviationOfASample) {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(Mean(values), 5);
  EXPECT_NEAR(StandardDeviation(values), std::sqrt(32.0 / 7), 1e-12);
}

TEST(Statistics, SignFlipsCountTheWaysThatAreAsFar) {
  // All of one sign: of 32 ways only this one and its opposite are as far.
  EXPECT_DOUBLE_EQ(SignFlipP(std::vector<double>{1, 2, 3, 4, 5}, 0), 2.0 / 32);
  // 1 + 2 - 3 = 0: every way is as far.
  EXPECT_DOUBLE_EQ(SignFlipP(std::vector<double>{1, 2, -3}, 0), 1);
  // 1 + 2 + 3 - 4 = 2: 2, 4, 6, 8 and 10 are as far, on both sides; 0 is not.
  EXPECT_DOUBLE_EQ(SignFlipP(std::vector<double>{1, 2, 3, -4}, 0), 14.0 / 16);
  // About their own mean nothing is far.
  EXPECT_DOUBLE_EQ(SignFlipP(std::vector<double>{1, 2, 3, 4, 5}, 3), 1);
}

TEST(Statistics, SignFlipsOfManyPairsAreDrawnAndStayTheSame) {
  std::vector<double> values;
  for (int i = 0; i < 200; ++i) values.push_back(i % 2 == 0 ? 1.5 : -1);
  const double p = SignFlipP(values, 0);
  EXPECT_EQ(p, SignFlipP(values, 0));
  // The sum is 50, of a standard deviation of 18: 2.8 of them.
  EXPECT_GT(p, 0.001);
  EXPECT_LT(p, 0.012);
}

}  // namespace
}  // namespace fh::latency::compare
