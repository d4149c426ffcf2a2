// Runs as real ones are: values of a log-normal body, with stalls that hit neighbours and have a heavy
// tail, a level that wanders from interval to interval, and another one in each run.
//
//   Runs runs(seed);
//   RunTable a = runs.Make({.intervals = 300, .values = 2000});
//   RunTable b = runs.Make({.intervals = 300, .values = 2000, .slower = 1.1});
//
// What is not simulated: drift over a whole run, periods longer than an interval.
#ifndef FEEDHANDLER_TESTS_LATENCY_COMPARE_SIMULATED_RUNS_H_
#define FEEDHANDLER_TESTS_LATENCY_COMPARE_SIMULATED_RUNS_H_

#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "latency/compare/run_table.h"
#include "latency/compare/statistics.h"
#include "latency/histogram.h"

namespace fh::test {

struct RunShape {
  size_t intervals = 300;
  size_t values = 2000;      // Of an interval.
  double rho = 0.6;          // Of the interval's level, from one to the next.
  double level_sd = 0.05;    // Of its logarithm.
  double run_sd = 0.01;      // Of the run's.
  double body_sigma = 0.35;  // Of the logarithm of a value.
  double tail_alpha = 2.5;   // Of a stall's excess (Pareto).
  double in_stalls = 0.006;  // Share of values that are hit.
  double stall_length = 20;  // Values that one stall hits, on average.
  double slower = 1;
};

class SimulatedRuns {
 public:
  explicit SimulatedRuns(uint64_t seed) : random_(seed) {
    // Values of the body, drawn by rank: a table is quicker than a logarithm, a root and a cosine.
    for (size_t i = 0; i < body_.size(); ++i) {
      body_[i] = latency::compare::NormalQuantile((static_cast<double>(i) + 0.5) /
                                                  static_cast<double>(body_.size()));
    }
  }

  latency::compare::RunTable Make(const RunShape& shape) {
    const double scale = 10'000 * shape.slower * std::exp(shape.run_sd * Normal());
    std::array<double, kRanks> values{};
    for (size_t i = 0; i < kRanks; ++i) values[i] = std::exp(shape.body_sigma * body_[i]);
    std::vector<latency::compare::SparseCounts> intervals;
    double level = Normal();
    for (size_t i = 0; i < shape.intervals; ++i) {
      level = shape.rho * level + std::sqrt(1 - shape.rho * shape.rho) * Normal();
      intervals.push_back(MakeInterval(shape, values, scale * std::exp(shape.level_sd * level)));
    }
    return latency::compare::RunTable(std::move(intervals));
  }

 private:
  static constexpr size_t kRanks = 1 << 14;

  double Normal() { return body_[random_.Below(kRanks)]; }

  latency::compare::SparseCounts MakeInterval(const RunShape& shape,
                                              const std::array<double, kRanks>& values,
                                              double scale) {
    std::fill(counts_.begin(), counts_.end(), 0U);
    const double start = shape.in_stalls / shape.stall_length;
    size_t left = 0;  // Values that the present stall still hits.
    double stall = 0;
    for (size_t i = 0; i < shape.values; ++i) {
      const uint64_t bits = random_.Next();
      double value = values[bits % kRanks];
      if (left == 0 && static_cast<double>(bits >> 11) / 9007199254740992.0 < start) {
        left = 1 + static_cast<size_t>(-std::log(random_.Uniform()) * shape.stall_length);
        stall = 2 * std::pow(random_.Uniform(), -1 / shape.tail_alpha);
      }
      if (left > 0) {
        // The queue behind a stall drains.
        value += stall;
        stall *= 0.95;
        --left;
      }
      ++counts_[latency::HistogramBuckets::Index(static_cast<int64_t>(value * scale))];
    }
    latency::compare::SparseCounts sparse;
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] != 0) sparse.emplace_back(static_cast<uint32_t>(i), counts_[i]);
    }
    return sparse;
  }

  latency::compare::Random random_;
  std::array<double, kRanks> body_{};
  std::vector<uint32_t> counts_ = std::vector<uint32_t>(latency::HistogramBuckets::kCount);
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_LATENCY_COMPARE_SIMULATED_RUNS_H_
