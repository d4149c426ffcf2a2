// How many packets came at most within a second, 100, 10 and 1 ms: the load that a run's latencies
// were measured under.
//
//   RatePeaks peaks;
//   peaks.Note(now_ns, packets);        // Once a burst; times ascend, or are taken as the latest.
//   uint64_t most = peaks.most()[0];    // Within a millisecond.
//
// Windows slide by a millisecond, so that a burst of some ms is whole in one of them wherever it
// falls; only the shortest, which are the clock's own milliseconds, may cut one.
//
// One thread; no allocation, 8 KiB. Four additions a burst, as many more for each millisecond that has
// passed, some us at most after a pause.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_RATE_PEAKS_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_RATE_PEAKS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace fh {

class RatePeaks {
 public:
  static constexpr std::array<int64_t, 4> kWindowsNs = {1'000'000, 10'000'000, 100'000'000,
                                                        1'000'000'000};
  using Counts = std::array<uint64_t, kWindowsNs.size()>;

  void Note(int64_t now_ns, uint64_t packets) {
    const int64_t step = now_ns / kStepNs;
    if (step > step_) Advance(step);
    counts_[place_] += packets;
    for (size_t i = 0; i < sums_.size(); ++i) {
      sums_[i] += packets;
      most_[i] = std::max(most_[i], sums_[i]);
    }
  }

  // By window.
  const Counts& most() const { return most_; }

 private:
  static constexpr int64_t kStepNs = kWindowsNs.front();
  static constexpr int64_t kMostSteps = kWindowsNs.back() / kStepNs;
  static constexpr size_t kPlaces = 1024;  // A power of two above the steps of the longest window.
  static_assert(kMostSteps < static_cast<int64_t>(kPlaces));

  void Advance(int64_t step) {
    if (step_ < 0 || step - step_ >= kMostSteps) {
      counts_.fill(0);
      sums_.fill(0);
      step_ = step;
      return;
    }
    for (; step_ < step; ++step_) {
      place_ = (place_ + 1) % kPlaces;
      counts_[place_] = 0;
      for (size_t i = 0; i < sums_.size(); ++i) {
        sums_[i] -= counts_[(place_ - static_cast<size_t>(kWindowsNs[i] / kStepNs)) % kPlaces];
      }
    }
  }

  int64_t step_ = -1;
  size_t place_ = 0;
  std::array<uint64_t, kPlaces> counts_{};  // Of each millisecond, the latest at place_.
  Counts sums_{};                           // Of the windows that end with it.
  Counts most_{};
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_RATE_PEAKS_H_
