// Random numbers that are the same on every platform and compiler for the same seed: integers only,
// no distribution of the standard library (their output is not specified).
//
//   SeededRandom random(seed);
//   if (random.Chance(4, 1000)) ...
//   const uint32_t shares = random.Between(1, 99);
//
// One thread. A nanosecond or two a number. Not for cryptography.
#ifndef FEEDHANDLER_FEEDHANDLER_SYNTHETIC_SEEDED_RANDOM_H_
#define FEEDHANDLER_FEEDHANDLER_SYNTHETIC_SEEDED_RANDOM_H_

#include <bit>
#include <cstdint>
#include <vector>

#include "codecs/sample_random.h"

namespace fh {

class SeededRandom {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}

  uint64_t Next() { return engine_.Next(); }
  uint32_t Next32() { return static_cast<uint32_t>(engine_.Next() >> 32); }

  // In [0, limit), limit > 0. Off from uniform by less than limit / 2^32, which nobody will see.
  uint32_t Below(uint32_t limit) {
    return static_cast<uint32_t>((uint64_t{Next32()} * limit) >> 32);
  }

  // In [low, high]; high - low < 2^32 - 1.
  uint32_t Between(uint32_t low, uint32_t high) { return low + Below(high - low + 1); }

  // True with probability numerator / denominator.
  bool Chance(uint32_t numerator, uint32_t denominator) { return Below(denominator) < numerator; }

  // 0 with probability 1/2, 1 with 1/4, and so on up to 32.
  uint32_t Halvings() { return static_cast<uint32_t>(std::countl_zero(Next32())); }

  // Distributed roughly as exponential with this mean: as many halvings as the coin allows, and
  // between two of them uniform. mean < 2^43.
  int64_t Exponential(int64_t mean) {
    constexpr int64_t kUnit = 1 << 16;    // The sum below has a mean of 1.5 units.
    int64_t length = Halvings() * kUnit;  // Two statements: their order is part of the result.
    length += Below(kUnit);
    return mean * length / (kUnit + kUnit / 2);
  }

 private:
  codecs::SampleRandom engine_;
};

// Picks index k of n with a probability proportional to 1 / (k + offset): Zipf's law, which the
// activity of symbols follows; `offset` takes the edge off the most active ones. Walker's alias
// method (with Vose's construction) in integers: two look-ups a pick, whatever n is.
class ZipfSampler {
 public:
  // 1 <= count <= 65536, 1 <= offset.
  ZipfSampler(uint32_t count, uint32_t offset);

  uint32_t Pick(SeededRandom& random) const {
    const uint64_t bits = random.Next();
    const auto index = static_cast<uint32_t>(((bits >> 32) * columns_.size()) >> 32);
    const Column& column = columns_[index];
    return static_cast<uint32_t>(bits) < column.threshold ? index : column.alias;
  }

 private:
  struct Column {
    uint64_t threshold;  // Of 2^32: how much of the column belongs to its own index.
    uint32_t alias;      // Who has the rest.
  };
  std::vector<Column> columns_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SYNTHETIC_SEEDED_RANDOM_H_
