// What the machine itself takes from a thread that does nothing but look at the clock: the floor under
// every latency that a program on that CPU can have.
//
//   JitterProbe probe(clock, {.duration_ns = 10'000'000'000});
//   probe.Run(&stop);                                        // On the pinned thread; spins.
//   std::fputs(JitterText(probe.Summary(cpu)).c_str(), stdout);
//
// The thread reads the counter as fast as it can. The smallest distance of two readings is what a
// reading costs, and is subtracted; what is left of a longer one was taken by somebody else: an
// interrupt, the kernel, another thread, the hypervisor, the firmware. Distances below the threshold
// are the reading's own unevenness. The time that the probe itself takes to note a gap is left out of
// both gaps and duration.
//
// A packet does not care how many gaps there are, but in how long a one it falls. If it arrives at any
// moment with the same probability, it waits for longer than x with
//   P(delay > x) = sum(max(0, gap - x)) / duration
//
// One thread runs the probe and has a core to itself, busy; progress and stop are for others. Run
// allocates nothing and calls nothing of the system.
#ifndef FEEDHANDLER_LATENCY_JITTER_H_
#define FEEDHANDLER_LATENCY_JITTER_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "latency/clock.h"
#include "latency/histogram.h"

namespace fh::latency {

// One point of the curve: the share of moments at which a packet would wait for longer.
struct JitterPoint {
  int64_t delay_ns = 0;
  double share_above = 0;
};

struct JitterSummary {
  static constexpr std::array<int64_t, 4> kSizesNs{1'000, 10'000, 100'000, 1'000'000};

  int cpu = -1;  // -1: wherever the thread was.
  int64_t duration_ns = 0;
  int64_t smallest_gap_ns = 0;  // Subtracted from each gap.
  int64_t threshold_ns = 0;
  HistogramSnapshot gaps;
  int64_t max_ns = 0;
  int64_t lost_ns = 0;                             // The sum of all gaps.
  std::array<uint64_t, kSizesNs.size()> longer{};  // Gaps longer than each of kSizesNs.
  std::vector<JitterPoint> curve;                  // Ascending delays, down to a share of 0.

  double ShareLost() const;
  double PerSecond(uint64_t count) const;
};

// Counts gaps, and works out what they mean. One thread; 36 KiB, nothing is allocated by Add.
class JitterTally {
 public:
  // Of the curve: 1-2-5 from 100 ns to 50 s, and before it the time lost altogether.
  static constexpr size_t kDelays = 28;
  static std::array<int64_t, kDelays> DelaysNs();

  // A gap, less the smallest one, that is not below the threshold. Some 20 ns.
  void Add(int64_t gap_ns);

  // `duration_ns`: how long was looked. Allocates.
  JitterSummary Summary(int64_t duration_ns) const;

 private:
  Histogram gaps_;
  int64_t max_ns_ = 0;
  std::array<uint64_t, JitterSummary::kSizesNs.size()> longer_{};
  std::array<int64_t, kDelays> beyond_ns_{};  // The sum of max(0, gap - delay).
};

struct JitterOptions {
  int64_t duration_ns = 10'000'000'000;
  int64_t threshold_ns = 100;
};

class JitterProbe {
 public:
  // `clock` outlives the probe.
  JitterProbe(const Clock& clock, const JitterOptions& options)
      : clock_(clock), options_(options) {}

  // Spins until the duration is over or `stop` (may be null) becomes true. Once.
  void Run(const std::atomic<bool>* stop = nullptr) {
    RunOn([] { return Clock::Ticks(); },
          [this](uint64_t ticks) { return clock_.TicksToNs(static_cast<int64_t>(ticks)); }, stop);
  }

  // The same by another counter, for tests: `ticks()` reads it, `to_ns(ticks)` scales a difference.
  template <class Ticks, class ToNs>
  void RunOn(Ticks ticks, ToNs to_ns, const std::atomic<bool>* stop);

  // How long it has looked already. Any thread, meanwhile; moves about every millisecond.
  int64_t elapsed_ns() const { return elapsed_ns_.load(std::memory_order_relaxed); }

  // After Run. Allocates.
  JitterSummary Summary(int cpu) const;

 private:
  // Readings between two looks at the stop flag and the duration.
  static constexpr int kReadingsARound = 16'384;
  // Of the first search for the smallest gap: long enough to be between two interrupts.
  static constexpr int kFirstRounds = 64;

  template <class Ticks>
  static uint64_t FindSmallest(Ticks ticks, const std::atomic<bool>* stop);

  const Clock& clock_;
  const JitterOptions options_;
  JitterTally tally_;
  int64_t smallest_ns_ = 0;
  int64_t looked_ns_ = 0;
  std::atomic<int64_t> elapsed_ns_{0};
};

template <class Ticks>
uint64_t JitterProbe::FindSmallest(Ticks ticks, const std::atomic<bool>* stop) {
  uint64_t smallest = UINT64_MAX;
  for (int round = 0; round < kFirstRounds; ++round) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) break;
    uint64_t last = ticks();
    for (int i = 0; i < kReadingsARound; ++i) {
      const uint64_t now = ticks();
      smallest = std::min(smallest, now - last);
      last = now;
    }
  }
  return smallest == UINT64_MAX ? 0 : smallest;
}

template <class Ticks, class ToNs>
void JitterProbe::RunOn(Ticks ticks, ToNs to_ns, const std::atomic<bool>* stop) {
  uint64_t smallest = FindSmallest(ticks, stop);
  // In ticks, so that a short distance costs a comparison.
  const double ticks_per_ns = 1e6 / static_cast<double>(std::max<int64_t>(1, to_ns(1'000'000)));
  auto threshold = static_cast<uint64_t>(static_cast<double>(options_.threshold_ns) * ticks_per_ns);
  while (to_ns(threshold) < options_.threshold_ns) ++threshold;  // Rounded up as the clock rounds.
  const auto duration =
      static_cast<uint64_t>(static_cast<double>(options_.duration_ns) * ticks_per_ns);
  uint64_t looked = 0;
  while (looked < duration && (stop == nullptr || !stop->load(std::memory_order_relaxed))) {
    uint64_t last = ticks();
    for (int i = 0; i < kReadingsARound && looked < duration; ++i) {
      const uint64_t now = ticks();
      const uint64_t distance = now - last;
      looked += distance;
      last = now;
      if (distance < smallest) smallest = distance;
      if (distance - smallest < threshold) [[likely]]
        continue;
      tally_.Add(to_ns(distance - smallest));
      last = ticks();  // What noting it took is nobody's.
    }
    elapsed_ns_.store(to_ns(looked), std::memory_order_relaxed);
  }
  smallest_ns_ = to_ns(smallest);
  looked_ns_ = to_ns(looked);
}

// For people: gaps a second by size, the greatest, the share of time lost, and the curve as a picture.
// Ends with a newline.
std::string JitterText(const JitterSummary& summary);

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_JITTER_H_
