#include "latency/peak_rate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace fh::latency {
namespace {

constexpr int64_t kMs = 1'000'000;

TEST(PeakRateTest, ABurstShowsInTheShortWindowsMost) {
  PeakRate peaks;
  EXPECT_TRUE(peaks.Peaks().empty());
  for (int64_t ms = 0; ms < 3'000; ++ms) peaks.Add(ms * kMs, ms == 1'500 ? 501 : 1);
  const std::vector<RatePeak> all = peaks.Peaks();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].window_ns, 1'000'000'000);
  EXPECT_DOUBLE_EQ(all[0].per_second, 1'500);
  EXPECT_DOUBLE_EQ(all[1].per_second, 6'000);
  EXPECT_DOUBLE_EQ(all[2].per_second, 51'000);
  EXPECT_DOUBLE_EQ(all[3].per_second, 501'000);
}

TEST(PeakRateTest, AreThoseOfAllWindowsThereAre) {
  std::mt19937_64 random(7);
  PeakRate peaks;
  std::vector<uint64_t> counts;
  for (int64_t ms = 0; ms < 6'000;) {
    const uint64_t packets = random() % 100;
    peaks.Add(1'700'000'000'000'000'000 + ms * kMs + static_cast<int64_t>(random() % kMs), packets);
    counts.resize(static_cast<size_t>(ms) + 1);
    counts.back() += packets;
    // Mostly on, sometimes a pause, once one that is longer than all windows.
    ms += random() % 50 == 0 ? 300 : random() % 3;
    if (ms > 3'000 && counts.size() < 3'000) ms += 1'500;
  }
  const std::vector<RatePeak> all = peaks.Peaks();
  ASSERT_EQ(all.size(), PeakRate::kWindows.size());
  for (size_t i = 0; i < all.size(); ++i) {
    const size_t window = PeakRate::kWindows[i];
    uint64_t most = 0;
    for (size_t end = 0; end < counts.size(); ++end) {
      uint64_t sum = 0;
      for (size_t j = end + 1 > window ? end + 1 - window : 0; j <= end; ++j) sum += counts[j];
      most = std::max(most, sum);
    }
    EXPECT_DOUBLE_EQ(all[i].per_second,
                     static_cast<double>(most) * 1'000 / static_cast<double>(window));
  }
}

TEST(PeakRateTest, ATimeThatGoesBackCountsWithTheLatest) {
  PeakRate peaks;
  peaks.Add(5'000 * kMs, 3);
  peaks.Add(2 * kMs, 4);
  EXPECT_DOUBLE_EQ(peaks.Peaks()[3].per_second, 7'000);
}

}  // namespace
}  // namespace fh::latency
