// The few functions of statistics that comparisons need, and random numbers that are the same on
// every system.
//
//   NormalQuantile(0.975)       // 1.960
//   StudentQuantile(0.975, 4)   // 2.776, at 5 pairs
//   Random random(seed);        // random.Below(m)
//
// Any thread; no allocation but in SignFlipP.
#ifndef FEEDHANDLER_LATENCY_COMPARE_STATISTICS_H_
#define FEEDHANDLER_LATENCY_COMPARE_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace fh::latency::compare {

// The value that a standard normal variable stays below with `probability`, in (0, 1).
double NormalQuantile(double probability);

// The same of Student's t with `degrees` >= 1 of freedom.
double StudentQuantile(double probability, double degrees);

double Mean(std::span<const double> values);

// Of a sample (n - 1). Precondition: at least two values.
double StandardDeviation(std::span<const double> values);

// Whether the mean of `values` could be `center` by chance: the share of all ways to turn signs of
// (value - center) around that bring the sum at least as far from zero. Exact for up to 12 values;
// for more, 4,096 ways drawn with a fixed seed. Never below 1 / (number of ways).
double SignFlipP(std::span<const double> values, double center);

// SplitMix64: small, quick, and good enough to draw blocks.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  // In [0, n). Precondition: 0 < n < 2^32.
  size_t Below(size_t n) { return static_cast<size_t>(((Next() >> 32) * n) >> 32); }
  // In (0, 1).
  double Uniform() { return (static_cast<double>(Next() >> 11) + 0.5) / 9007199254740992.0; }

 private:
  uint64_t state_;
};

}  // namespace fh::latency::compare

#endif  // FEEDHANDLER_LATENCY_COMPARE_STATISTICS_H_
