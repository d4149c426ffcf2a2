#include "replay/stamp_scale.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace fh::test {
namespace {

using replay::StampScale;

__extension__ typedef unsigned __int128 Wide;

constexpr Wide kNs = 1'000'000'000;

// floor(units * 10^9 / 10^n) in 128 bits where that is enough: n up to 28 and units of 64 bits.
Wide DecimalNs(uint64_t units, int n) {
  Wide divisor = 1;
  for (int i = 0; i < n; ++i) divisor *= 10;
  return Wide{units} * kNs / divisor;
}

Wide BinaryNs(uint64_t units, int n) { return n > 127 ? 0 : Wide{units} * kNs >> n; }

void ExpectSame(uint64_t units, int resolution, Wide exact) {
  const auto got = StampScale(static_cast<uint8_t>(resolution)).ToUnixNs(units);
  if (exact > Wide{std::numeric_limits<int64_t>::max()}) {
    EXPECT_FALSE(got.has_value()) << resolution << " " << units;
  } else {
    ASSERT_TRUE(got.has_value()) << resolution << " " << units;
    EXPECT_EQ(*got, static_cast<int64_t>(exact)) << resolution << " " << units;
  }
}

TEST(StampScale, EveryResolutionIsExactAndRoundedDown) {
  std::mt19937_64 random(7);
  for (int n = 0; n <= 127; ++n) {
    for (int i = 0; i < 200; ++i) {
      const uint64_t units = random() >> (random() % 64);
      if (n <= 28) ExpectSame(units, n, DecimalNs(units, n));
      ExpectSame(units, 0x80 + n, BinaryNs(units, n));
    }
  }
}

TEST(StampScale, EdgesOfTheRangeAreExact) {
  const auto max = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(StampScale(9).ToUnixNs(max), std::numeric_limits<int64_t>::max());
  EXPECT_FALSE(StampScale(9).ToUnixNs(max + 1).has_value());
  EXPECT_TRUE(StampScale(6).ToUnixNs(max / 1000).has_value());
  EXPECT_FALSE(StampScale(6).ToUnixNs(max / 1000 + 1).has_value());
  EXPECT_EQ(StampScale(100).ToUnixNs(UINT64_MAX), 0);
  EXPECT_EQ(StampScale(0x80 + 127).ToUnixNs(UINT64_MAX), 0);
}

TEST(StampScale, OffsetsAreAddedWithoutOverflow) {
  EXPECT_EQ(StampScale(9, 10).ToUnixNs(0), 10'000'000'000);
  EXPECT_EQ(StampScale(6, -1).ToUnixNs(1), -999'999'000);
  EXPECT_EQ(StampScale(9, -10).ToUnixNs(3'000'000'001), -6'999'999'999);
  EXPECT_EQ(StampScale(0, INT64_MAX).ToUnixNs(1), std::nullopt);
  EXPECT_EQ(StampScale(0, INT64_MIN).ToUnixNs(1), std::nullopt);
  EXPECT_EQ(StampScale(0, INT64_MAX).ToUnixNs(UINT64_MAX), std::nullopt);
  EXPECT_EQ(StampScale(0, INT64_MIN).ToUnixNs((uint64_t{1} << 63) + 5), 5'000'000'000);
}

}  // namespace
}  // namespace fh::test
