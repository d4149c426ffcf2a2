// Which of some measured paths is taken, and what is said of the others.
#include "feedhandler/tune/chooser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/feedhandler/tune/measured.h"

namespace fh::tune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<double> kLevel(9, 2000);

std::vector<double> Times(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

TEST(TuneChooser, TakesThePathThatIsClearlyFaster) {
  const std::vector<Measured> paths = {PathOf("first", kLevel),
                                       PathOf("second", Times(kLevel, 0.8))};
  const Choice choice = Choose(paths, Goal::kLatency);
  ASSERT_EQ(choice.chosen, 1u);
  EXPECT_THAT(choice.equals, IsEmpty());
  EXPECT_THAT(choice.verdicts[0], HasSubstr("lone p50 2000 ns, 25% more than second"));
  EXPECT_EQ(choice.verdicts[1], "the best");
}

TEST(TuneChooser, TakesTheFirstOfTheOrderWhenADifferenceIsTooSmallToMatter) {
  // Four percent in every single round: told apart, and not worth leaving the order for.
  const std::vector<Measured> paths = {PathOf("first", Times(kLevel, 1.04)),
                                       PathOf("second", kLevel)};
  const Choice choice = Choose(paths, Goal::kLatency);
  ASSERT_EQ(choice.chosen, 0u);
  EXPECT_THAT(choice.equals, ElementsAre(1));
  EXPECT_THAT(choice.verdicts[1], HasSubstr("within the noise of first"));
}

TEST(TuneChooser, TakesTheFirstOfTheOrderWhenTheRoundsContradictEachOther) {
  // The second one's median is far better; but in three rounds of nine it was the slower one.
  const std::vector<Measured> paths = {
      PathOf("first", kLevel),
      PathOf("second", {1000, 2500, 1000, 2500, 1000, 1000, 2500, 1000, 1000})};
  const Choice choice = Choose(paths, Goal::kLatency);
  ASSERT_EQ(choice.chosen, 0u);
  EXPECT_THAT(choice.equals, ElementsAre(1));
}

TEST(TuneChooser, AFewBadRoundsDoNotHideWhichIsFaster) {
  std::vector<double> disturbed = Times(kLevel, 0.8);
  disturbed[2] = disturbed[7] = 4e6;  // Another program had the CPU.
  const std::vector<Measured> paths = {PathOf("first", kLevel), PathOf("second", disturbed)};
  EXPECT_EQ(Choose(paths, Goal::kLatency).chosen, 1u);
}

TEST(TuneChooser, WhatMeetsAllPathsOfARoundDecidesNothing) {
  // The machine slows down threefold while it is measured: only the pairs of rounds show the rest.
  std::vector<double> drifting;
  for (int round = 0; round < 9; ++round) drifting.push_back(1000 + 250 * round);
  const std::vector<Measured> paths = {PathOf("first", Times(drifting, 1.1)),
                                       PathOf("second", drifting)};
  EXPECT_EQ(Choose(paths, Goal::kLatency).chosen, 1u);
}

TEST(TuneChooser, EqualsAreToldApartByTheWorkOfBothSides) {
  const std::vector<Measured> paths = {
      PathOf("first", kLevel, /*receive_ns=*/400, /*kernel_ns=*/500),
      // Cheaper for the feed thread, and dearer in all.
      PathOf("second", kLevel, /*receive_ns=*/100, /*kernel_ns=*/900),
      PathOf("third", kLevel, /*receive_ns=*/450, /*kernel_ns=*/300)};
  const Choice choice = Choose(paths, Goal::kLatency);
  ASSERT_EQ(choice.chosen, 2u);
  EXPECT_THAT(choice.verdicts[1], HasSubstr("both sides 1000 ns, 33% more than third"));
}

TEST(TuneChooser, TheGoalOfRateLooksAtTheCpuThatDoesMost) {
  // The same work in all, on one CPU or on two.
  std::vector<Measured> paths = {PathOf("together", Times(kLevel, 0.5), 400, 500),
                                 PathOf("apart", kLevel, 400, 500)};
  paths[0].placement = kTogether;
  EXPECT_EQ(Choose(paths, Goal::kRate).chosen, 1u);
  EXPECT_EQ(Choose(paths, Goal::kLatency).chosen, 0u);
  EXPECT_DOUBLE_EQ(BusiestCpuNs(kTogether, paths[0].turns[0]), 900);
  EXPECT_DOUBLE_EQ(BusiestCpuNs(kApart, paths[1].turns[0]), 500);
}

TEST(TuneChooser, APathThatLosesDatagramsIsOut) {
  std::vector<Measured> paths = {PathOf("whole", kLevel), PathOf("lossy", Times(kLevel, 0.5))};
  for (const size_t round : {0u, 3u, 8u}) paths[1].turns[round].lost = 1;
  const Choice choice = Choose(paths, Goal::kLatency);
  ASSERT_EQ(choice.chosen, 0u);
  EXPECT_THAT(choice.verdicts[1], HasSubstr("loses datagrams: in 3 of 9 turns"));
}

TEST(TuneChooser, OneLossInManyTurnsIsAnAccident) {
  std::vector<Measured> paths = {PathOf("whole", kLevel), PathOf("once", Times(kLevel, 0.5))};
  paths[1].turns[4].lost = 200;
  EXPECT_EQ(Choose(paths, Goal::kLatency).chosen, 1u);
}

TEST(TuneChooser, WhenAllLoseTheBestOfThemIsTaken) {
  std::vector<Measured> paths = {PathOf("first", kLevel), PathOf("second", Times(kLevel, 0.5))};
  for (Measured& path : paths) {
    for (Turn& turn : path.turns) turn.lost = 10;
  }
  EXPECT_EQ(Choose(paths, Goal::kLatency).chosen, 1u);
}

TEST(TuneChooser, APathThatCouldNotBeMeasuredIsNamedWithTheReason) {
  std::vector<Measured> paths = {PathOf("first", {}), PathOf("second", kLevel),
                                 PathOf("third", {})};
  paths[0].refusal = "needs CAP_NET_RAW";
  const Choice choice = Choose(paths, Goal::kLatency);
  ASSERT_EQ(choice.chosen, 1u);
  EXPECT_EQ(choice.verdicts[0], "not measured: needs CAP_NET_RAW");
  EXPECT_THAT(choice.verdicts[2], HasSubstr("not measured: "));
}

TEST(TuneChooser, NothingIsChosenOfNothing) {
  std::vector<Measured> paths = {PathOf("first", {})};
  paths[0].refusal = "not here";
  EXPECT_FALSE(Choose(paths, Goal::kLatency).chosen.has_value());
  EXPECT_FALSE(Choose({}, Goal::kLatency).chosen.has_value());
}

TEST(TuneChooser, TooFewRoundsTellNothingApart) {
  const std::vector<double> few(kLeastRounds - 1, 2000);
  const std::vector<Measured> paths = {PathOf("first", few), PathOf("second", Times(few, 0.5))};
  const Choice choice = Choose(paths, Goal::kLatency);
  EXPECT_EQ(choice.chosen, 0u);
  EXPECT_THAT(choice.equals, ElementsAre(1));
}

}  // namespace
}  // namespace fh::tune
