#include "latency/compare/statistics.h"

#include <cmath>
#include <functional>
#include <vector>

namespace fh::latency::compare {
namespace {

// The one place where it reaches `probability`, of a function that rises from below to above it.
double Solve(double low, double high, double probability,
             const std::function<double(double)>& share_below) {
  for (int i = 0; i < 200 && high - low > 1e-12 * (1 + std::abs(low)); ++i) {
    const double middle = (low + high) / 2;
    (share_below(middle) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

// The continued fraction of the incomplete beta function, by Lentz's method.
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m <= 300; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    result *= d * c;
    if (std::abs(d * c - 1) < 1e-14) break;
  }
  return result;
}

// Regularized incomplete beta function.
double Beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

}  // namespace

double NormalQuantile(double probability) {
  return Solve(-40, 40, probability, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); });
}

double StudentQuantile(double probability, double degrees) {
  return Solve(-1e6, 1e6, probability, [degrees](double t) {
    const double tail = 0.5 * Beta(degrees / 2, 0.5, degrees / (degrees + t * t));
    return t > 0 ? 1 - tail : tail;
  });
}

double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double StandardDeviation(std::span<const double> values) {
  const double mean = Mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double SignFlipP(std::span<const double> values, double center) {
  constexpr size_t kMostExact = 12;
  const bool is_exact = values.size() <= kMostExact;
  const uint64_t ways = uint64_t{1} << (is_exact ? values.size() : kMostExact);
  std::vector<double> apart;
  double sum = 0;
  for (const double value : values) {
    apart.push_back(value - center);
    sum += apart.back();
  }
  // What is as far but for rounding counts.
  const double limit = std::abs(sum) * (1 - 1e-12);
  Random random(1);
  uint64_t as_far = 0;
  for (uint64_t way = 0; way < ways; ++way) {
    double turned = 0;
    uint64_t bits = way;
    for (size_t i = 0; i < apart.size(); ++i) {
      // The first way turns none, also when ways are drawn.
      if (!is_exact && way > 0 && i % 64 == 0) bits = random.Next();
      turned += (bits >> (i % 64) & 1) != 0 ? -apart[i] : apart[i];
    }
    as_far += std::abs(turned) >= limit ? 1 : 0;
  }
  return static_cast<double>(as_far) / static_cast<double>(ways);
}

}  // namespace fh::latency::compare
