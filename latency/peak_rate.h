// The greatest number of packets within a second, 100, 10 and 1 ms: what a mean rate hides.
//
//   PeakRate peaks;
//   peaks.Add(now_ns, packets);                     // The one writer, once a burst.
//   for (const RatePeak& peak : peaks.Peaks()) ... peak.window_ns, peak.per_second ...
//
// Windows slide by a millisecond: a burst that lies across the edge of one is cut. Times may stand
// still; one that lies before an earlier one counts with that. 6 KiB; about 3 ns a call, and 2 us at
// most after a pause. Peaks from any thread, meanwhile.
#ifndef FEEDHANDLER_LATENCY_PEAK_RATE_H_
#define FEEDHANDLER_LATENCY_PEAK_RATE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fh::latency {

struct RatePeak {
  int64_t window_ns = 0;
  double per_second = 0;
};

class PeakRate {
 public:
  static constexpr int64_t kStepNs = 1'000'000;
  static constexpr std::array<size_t, 4> kWindows{1000, 100, 10, 1};  // In steps.

  void Add(int64_t now_ns, uint64_t packets) {
    const int64_t step = now_ns / kStepNs;
    if (step > step_) Advance(step);
    counts_[place_] += packets;
    for (size_t i = 0; i < kWindows.size(); ++i) {
      sums_[i] += packets;
      if (sums_[i] > most_[i].load(std::memory_order_relaxed)) {
        most_[i].store(sums_[i], std::memory_order_relaxed);
      }
    }
  }

  // In the order of kWindows. Empty while nothing has come.
  std::vector<RatePeak> Peaks() const {
    std::vector<RatePeak> peaks;
    for (size_t i = 0; i < kWindows.size(); ++i) {
      const uint64_t most = most_[i].load(std::memory_order_relaxed);
      if (most == 0) continue;
      const int64_t window_ns = static_cast<int64_t>(kWindows[i]) * kStepNs;
      peaks.push_back(
          {window_ns, static_cast<double>(most) * 1e9 / static_cast<double>(window_ns)});
    }
    return peaks;
  }

 private:
  static constexpr size_t kSteps = 1024;  // A power of two above the longest window.

  void Advance(int64_t step) {
    if (step_ < 0 || step - step_ > static_cast<int64_t>(kWindows[0])) {
      counts_.fill(0);
      sums_.fill(0);
      step_ = step;
      return;
    }
    for (; step_ < step; ++step_) {
      place_ = (place_ + 1) % kSteps;
      counts_[place_] = 0;
      for (size_t i = 0; i < kWindows.size(); ++i) {
        sums_[i] -= counts_[(place_ + kSteps - kWindows[i]) % kSteps];
      }
    }
  }

  int64_t step_ = -1;
  size_t place_ = 0;
  std::array<uint64_t, kSteps> counts_{};
  std::array<uint64_t, kWindows.size()> sums_{};
  std::array<std::atomic<uint64_t>, kWindows.size()> most_{};
};

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_PEAK_RATE_H_
