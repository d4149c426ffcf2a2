// How many packets came at most within a second, 100, 10 and 1 ms: the load that a run's latencies
// were measured under.
//
//   RatePeaks peaks;
//   peaks.Note(now_ns, packets);        // Once a burst; times ascend, or are taken as the latest.
//   uint64_t most = peaks.most()[0];    // Within a millisecond.
//
// Windows lie side by side on the clock, so that a burst which falls on a border is counted in two:
// at the worst the figure is half of what a window that slides would show.
//
// One thread; no allocation. A comparison and an addition a burst, some ns more once a millisecond.
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
    if (now_ns >= end_ns_) [[unlikely]]
      Begin(now_ns);
    counts_[0] += packets;
  }

  // By window; those that are open count with what they have.
  Counts most() const {
    Counts most = most_;
    uint64_t open = 0;
    for (size_t i = 0; i < most.size(); ++i) {
      open += counts_[i];
      most[i] = std::max(most[i], open);
    }
    return most;
  }

 private:
  // The shortest window is over, and perhaps longer ones with it.
  void Begin(int64_t now_ns) {
    uint64_t closed = 0;
    for (size_t i = 0; i < kWindowsNs.size(); ++i) {
      counts_[i] += closed;
      const int64_t number = now_ns / kWindowsNs[i];
      closed = 0;
      if (number == numbers_[i]) break;
      numbers_[i] = number;
      most_[i] = std::max(most_[i], counts_[i]);
      closed = counts_[i];
      counts_[i] = 0;
    }
    end_ns_ = (numbers_[0] + 1) * kWindowsNs[0];
  }

  int64_t end_ns_ = INT64_MIN;
  std::array<int64_t, kWindowsNs.size()> numbers_{-1, -1, -1, -1};
  Counts counts_{};  // Of the open windows, without what shorter ones hold.
  Counts most_{};
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_RATE_PEAKS_H_
