// Whole packets with all of their stamps, as a strategy thread picks them: one in kEach, those above the
// running p99.9 of all totals, and the worst of the run.
//
//   PacketSamples samples;
//   if (const auto why = samples.Pick(total_ns)) samples.Add({...}, *why);     // The strategy thread.
//   samples.SetDone(done_ns, meanwhile);                    // Of those added since the last time.
//   for (const PacketSample& sample : samples.All()) ...    // After the thread has ended.
//
// Bounded however long the run: of the regular ones every second is dropped when there are
// kMostRegular, and half as many are picked from then on; of the slow ones the latest kMostSlow stay.
// One thread; nothing allocates after construction. A packet that is not picked costs three comparisons.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_PACKET_SAMPLES_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_PACKET_SAMPLES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "feedhandler/threads/thread_setup.h"

namespace fh {

// Follows the p99.9 of what it is shown, without keeping any of it: a value above moves it up by a
// sixteenth, a thousand below move it down by as much.
class SlowFollower {
 public:
  // Whether the value lies above, which it takes into account.
  bool IsSlow(int64_t total_ns) {
    constexpr uint32_t kBelow = 1000;
    constexpr int64_t kStep = 16;
    if (total_ns > slow_ns_) [[unlikely]] {
      slow_ns_ = slow_ns_ == 0 ? 2 * total_ns : slow_ns_ + slow_ns_ / kStep + 1;
      return true;
    }
    if (++below_ == kBelow) [[unlikely]] {
      below_ = 0;
      slow_ns_ -= slow_ns_ / kStep;
    }
    return false;
  }

 private:
  int64_t slow_ns_ = 0;
  uint32_t below_ = 0;
};

// How often the threads on a packet's way left their CPUs since the slow packet before it.
struct SwitchesMeanwhile {
  ContextSwitches feed;
  ContextSwitches strategy;
};

struct PacketSample {
  enum class Why : uint8_t { kRegular, kSlow, kWorst };
  Why why = Why::kRegular;
  uint16_t channel_id = 0;
  uint64_t sequence = 0;  // Of its first update.
  uint32_t updates = 0;
  // Of the packets that were decoded together with it, itself among them; of one alone its own.
  uint32_t packets = 0;  // 0: not known.
  uint32_t messages = 0;
  uint16_t lines = 0;   // Bit i: line i of the channel.
  int64_t gap_ns = 0;   // Since the packet before, of those that this thread saw.
  uint32_t place = 0;   // In the burst; 1: first.
  uint32_t behind = 0;  // Packets behind it when it was dequeued.
  int64_t total_ns = 0;
  // UNIX ns; 0: not known.
  int64_t wire_ns = 0;  // Its stamp, of whatever kind.
  int64_t dequeued_ns = 0;
  int64_t sequenced_ns = 0;
  int64_t decoded_ns = 0;
  int64_t published_ns = 0;
  int64_t seen_ns = 0;
  int64_t done_ns = 0;
  SwitchesMeanwhile meanwhile;  // Of slow ones.
};

class PacketSamples {
 public:
  static constexpr uint32_t kEach = 1024;
  static constexpr size_t kMostRegular = 4096;
  static constexpr size_t kMostSlow = 512;
  static constexpr size_t kMostWorst = 20;
  using Why = PacketSample::Why;

  // `most_open`: between two calls of SetDone.
  explicit PacketSamples(size_t most_open) {
    open_.reserve(most_open);
    regular_.reserve(kMostRegular);
    slow_.reserve(kMostSlow);
    worst_.reserve(kMostWorst);
  }

  // Whether a packet of this total is to be added, and as what.
  std::optional<Why> Pick(int64_t total_ns) {
    const bool is_slow = follower_.IsSlow(total_ns);
    if (--until_next_ == 0) [[unlikely]] {
      until_next_ = each_;
      has_open_slow_ |= is_slow;
      return Why::kRegular;
    }
    if (is_slow || total_ns > least_worst_ns_) [[unlikely]] {
      has_open_slow_ = true;
      return is_slow ? Why::kSlow : Why::kWorst;
    }
    return std::nullopt;
  }

  // Precondition: fewer than most_open since the last SetDone.
  void Add(const PacketSample& sample, Why why) {
    open_.push_back(sample);
    open_.back().why = why;
  }

  bool has_open() const { return !open_.empty(); }
  // Whether one of them is slow: worth a question what happened meanwhile.
  bool has_open_slow() const { return has_open_slow_; }

  // When the strategies had taken what was added since the last call, and what happened meanwhile.
  void SetDone(int64_t done_ns, const SwitchesMeanwhile& meanwhile = {}) {
    for (PacketSample& sample : open_) {
      sample.done_ns = done_ns;
      sample.meanwhile = meanwhile;
      Keep(sample);
    }
    open_.clear();
    has_open_slow_ = false;
  }

  // The worst first, from the greatest total down; then the others as they came.
  std::vector<PacketSample> All() const {
    std::vector<PacketSample> all = worst_;
    std::sort(all.begin(), all.end(),
              [](const PacketSample& a, const PacketSample& b) { return a.total_ns > b.total_ns; });
    all.insert(all.end(), slow_.begin(), slow_.end());
    all.insert(all.end(), regular_.begin(), regular_.end());
    return all;
  }

 private:
  void Keep(PacketSample sample) {
    if (sample.why == Why::kRegular) {
      if (regular_.size() == kMostRegular) ThinOut();
      regular_.push_back(sample);
    } else if (sample.why == Why::kSlow && slow_.size() < kMostSlow) {
      slow_.push_back(sample);
    } else if (sample.why == Why::kSlow) {
      slow_[slow_next_] = sample;
      slow_next_ = (slow_next_ + 1) % kMostSlow;
    }
    if (sample.total_ns <= least_worst_ns_) return;
    sample.why = Why::kWorst;
    const auto less = [](const PacketSample& a, const PacketSample& b) {
      return a.total_ns < b.total_ns;
    };
    if (worst_.size() < kMostWorst) {
      worst_.push_back(sample);
    } else {
      *std::min_element(worst_.begin(), worst_.end(), less) = sample;
    }
    if (worst_.size() < kMostWorst) return;
    least_worst_ns_ = std::min_element(worst_.begin(), worst_.end(), less)->total_ns;
  }

  void ThinOut() {
    for (size_t i = 0; i < kMostRegular / 2; ++i) regular_[i] = regular_[2 * i];
    regular_.resize(kMostRegular / 2);
    each_ *= 2;
  }

  std::vector<PacketSample> open_;
  std::vector<PacketSample> regular_;
  std::vector<PacketSample> slow_;
  std::vector<PacketSample> worst_;
  size_t slow_next_ = 0;
  uint32_t each_ = kEach;
  uint32_t until_next_ = kEach;
  SlowFollower follower_;
  bool has_open_slow_ = false;
  int64_t least_worst_ns_ = INT64_MIN;  // Of the worst, once there are as many as there may be.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_PACKET_SAMPLES_H_
