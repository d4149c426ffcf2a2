// How often a comparison is right, over many simulated runs whose truth is known. The program of
// section 3 of the brief: autocorrelation and run-to-run noise are in it, because independent samples
// would prove nothing.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "latency/compare/compare.h"
#include "tests/latency/compare/simulated_runs.h"
#include "tests/seeds.h"

namespace fh::test {
namespace {

using latency::compare::CompareRuns;
using latency::compare::Comparison;
using latency::compare::Figure;
using latency::compare::Options;
using latency::compare::Outcome;
using latency::compare::RunTable;
using latency::compare::SeriesRuns;

bool Claims(const Figure& figure) {
  return figure.outcome == Outcome::kSlower || figure.outcome == Outcome::kFaster;
}

// How many of the trials said it, by percentile.
struct Tally {
  std::vector<uint64_t> claimed = std::vector<uint64_t>(4);
  std::vector<uint64_t> slower = std::vector<uint64_t>(4);
  std::vector<uint64_t> cannot_tell = std::vector<uint64_t>(4);
  uint64_t any = 0;  // A claim at any percentile.

  void Add(const std::vector<Figure>& figures) {
    bool any_here = false;
    for (size_t i = 0; i < figures.size(); ++i) {
      claimed[i] += Claims(figures[i]) ? 1 : 0;
      slower[i] += figures[i].outcome == Outcome::kSlower ? 1 : 0;
      cannot_tell[i] += figures[i].outcome == Outcome::kCannotTell ? 1 : 0;
      any_here |= Claims(figures[i]);
    }
    any += any_here ? 1 : 0;
  }

  std::string Text() const {
    std::string text = "any claim " + std::to_string(any);
    const char* const names[] = {"p50", "p90", "p99", "p99.9"};
    for (size_t i = 0; i < 4; ++i) {
      text += std::string("; ") + names[i] + " claimed " + std::to_string(claimed[i]) +
              ", cannot tell " + std::to_string(cannot_tell[i]);
    }
    return text;
  }
};

SeriesRuns Pair(RunTable a, RunTable b) {
  SeriesRuns runs;
  runs.name = "simulated";
  runs.a.push_back(std::move(a));
  runs.b.push_back(std::move(b));
  return runs;
}

std::vector<Figure> Compared(const SeriesRuns& runs, const Options& options = {}) {
  return CompareRuns({&runs, 1}, options);
}

// The greatest number of `trials` that 5 in 100 allow, with room for a sample that is smaller than 100.
uint64_t FiveOfHundred(uint64_t trials) { return (5 * trials + 50) / 100 + (trials < 100 ? 1 : 0); }

// Trap 20.
TEST(CompareSimulation, Trap20SameBinaryDoesNotRegress) {
  const Seeds seeds(100);
  Tally tally;
  for (const uint64_t seed : seeds) {
    SimulatedRuns runs(seed);
    RunTable a = runs.Make({});
    tally.Add(Compared(Pair(std::move(a), runs.Make({}))));
  }
  std::printf("same binary, %d trials: %s\n", static_cast<int>(seeds.size()), tally.Text().c_str());
  EXPECT_LE(tally.any, FiveOfHundred(seeds.size())) << tally.Text();
}

TEST(CompareSimulation, TenPercentAreFoundAtP50AndP99) {
  const Seeds seeds(100);
  Tally tally;
  for (const uint64_t seed : seeds) {
    SimulatedRuns runs(1000 + seed);
    RunTable a = runs.Make({});
    tally.Add(Compared(Pair(std::move(a), runs.Make({.slower = 1.1}))));
  }
  std::printf("10%% slower, %d trials: %s\n", static_cast<int>(seeds.size()), tally.Text().c_str());
  EXPECT_LE(seeds.size() - tally.slower[0], FiveOfHundred(seeds.size())) << tally.Text();
  EXPECT_LE(seeds.size() - tally.slower[2], FiveOfHundred(seeds.size())) << tally.Text();
  // What a tail like this allows at p99.9 is to say so.
  EXPECT_GE(tally.cannot_tell[3], seeds.size() / 2) << tally.Text();
}

SeriesRuns Pairs(SimulatedRuns& runs, size_t pairs, double slower) {
  SeriesRuns series;
  series.name = "pairs";
  const RunShape shape{.intervals = 60, .values = 500, .run_sd = 0.03};
  RunShape changed = shape;
  changed.slower = slower;
  for (size_t i = 0; i < pairs; ++i) {
    series.a.push_back(runs.Make(shape));
    series.b.push_back(runs.Make(changed));
  }
  return series;
}

// Runs that differ by 3 % of themselves: one run each would be fooled, ten pairs are not. "Different" is
// here what it is in the brief, different at all (--noise=0): pairs have the noise in their interval.
// Beyond the default of 3 %, ten pairs find most, and never claim what is not there.
TEST(CompareSimulation, TenPairsStandRunsThatDifferByThreePercent) {
  const Seeds seeds(100);
  Tally same;
  Tally same_beyond;
  Tally slower;
  Tally surely_slower;
  Tally single;
  for (const uint64_t seed : seeds) {
    SimulatedRuns runs(2000 + seed);
    const SeriesRuns equal = Pairs(runs, 10, 1);
    const SeriesRuns changed = Pairs(runs, 10, 1.1);
    same.Add(Compared(equal, {.noise = 0, .pairs = true}));
    slower.Add(Compared(changed, {.noise = 0, .pairs = true}));
    surely_slower.Add(Compared(changed, {.pairs = true}));
    same_beyond.Add(Compared(equal, {.pairs = true}));
    single.Add(Compared(Pairs(runs, 1, 1)));
  }
  std::printf(
      "ten pairs, %d trials: same: %s\n  10%% slower: %s\n  beyond 3%%: %s\n  one run each: %s\n",
      static_cast<int>(seeds.size()), same.Text().c_str(), slower.Text().c_str(),
      surely_slower.Text().c_str(), single.Text().c_str());
  EXPECT_EQ(same_beyond.any, 0U) << same_beyond.Text();
  EXPECT_LE(same.any, FiveOfHundred(seeds.size())) << same.Text();
  EXPECT_LE(seeds.size() - slower.slower[0], FiveOfHundred(seeds.size())) << slower.Text();
  EXPECT_LE(seeds.size() - slower.slower[2], FiveOfHundred(seeds.size())) << slower.Text();
  EXPECT_GE(surely_slower.slower[0], seeds.Share(80)) << surely_slower.Text();
}

// The interval of drawn blocks and that without random numbers are of the same width.
TEST(CompareSimulation, DrawnBlocksAgreeWithWoodruffsIntervals) {
  const Seeds seeds(40);
  std::vector<double> ratios(3);
  for (const uint64_t seed : seeds) {
    SimulatedRuns runs(3000 + seed);
    RunTable a = runs.Make({});
    const std::vector<Figure> figures = Compared(Pair(std::move(a), runs.Make({})));
    for (size_t i = 0; i < ratios.size(); ++i) {
      ASSERT_TRUE(figures[i].twin.has_value());
      ratios[i] += std::log((figures[i].high - figures[i].low) /
                            (figures[i].twin->high - figures[i].twin->low));
    }
  }
  for (const double sum : ratios) {
    const double ratio = std::exp(sum / static_cast<double>(seeds.size()));
    EXPECT_GT(ratio, 0.9);
    EXPECT_LT(ratio, 1.1);
  }
}

}  // namespace
}  // namespace fh::test
