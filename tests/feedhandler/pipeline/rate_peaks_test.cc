#include "feedhandler/pipeline/rate_peaks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace fh {
namespace {

constexpr int64_t kMs = 1'000'000;

TEST(RatePeaksTest, ABurstShowsInTheShortWindowsMost) {
  RatePeaks peaks;
  EXPECT_EQ(peaks.most(), RatePeaks::Counts());
  for (int64_t ms = 0; ms < 3'000; ++ms) peaks.Note(ms * kMs, ms == 1'500 ? 501 : 1);
  EXPECT_EQ(peaks.most(), (RatePeaks::Counts{501, 510, 600, 1'500}));
}

TEST(RatePeaksTest, ABurstOnABorderOfTheClockIsWholeInItsWindow) {
  RatePeaks peaks;
  for (int64_t ms = 10'995; ms < 11'005; ++ms) peaks.Note(ms * kMs, 10);
  EXPECT_EQ(peaks.most(), (RatePeaks::Counts{10, 100, 100, 100}));
}

TEST(RatePeaksTest, AreThoseOfAllWindowsThereAre) {
  std::mt19937_64 random(7);
  RatePeaks peaks;
  std::vector<uint64_t> counts;
  for (int64_t ms = 0; ms < 6'000;) {
    const uint64_t packets = random() % 100;
    peaks.Note(1'700'000'000'000'000'000 + ms * kMs + static_cast<int64_t>(random() % kMs),
               packets);
    counts.resize(static_cast<size_t>(ms) + 1);
    counts.back() += packets;
    // Mostly on, sometimes a pause, once one that is longer than all windows.
    ms += random() % 50 == 0 ? 300 : random() % 3;
    if (ms > 3'000 && counts.size() < 3'000) ms += 1'500;
  }
  for (size_t i = 0; i < RatePeaks::kWindowsNs.size(); ++i) {
    const auto window = static_cast<size_t>(RatePeaks::kWindowsNs[i] / kMs);
    uint64_t most = 0;
    for (size_t end = 0; end < counts.size(); ++end) {
      uint64_t sum = 0;
      for (size_t j = end + 1 > window ? end + 1 - window : 0; j <= end; ++j) sum += counts[j];
      most = std::max(most, sum);
    }
    EXPECT_EQ(peaks.most()[i], most) << window;
  }
}

TEST(RatePeaksTest, ATimeThatGoesBackCountsWithTheLatest) {
  RatePeaks peaks;
  peaks.Note(5'000 * kMs, 3);
  peaks.Note(2 * kMs, 4);
  EXPECT_EQ(peaks.most()[0], 7u);
}

}  // namespace
}  // namespace fh
