// A short list of ranges of message numbers with a fixed capacity: what a line left out, what was
// given up, what was damaged. Ranges, never single numbers, so that a jump by 2^60 costs as much as
// a jump by one.
//
//   RangeList<64> missing;
//   missing.Add(5, 9);
//   missing.Remove(7, 7);        // -> 1; left: 5..6 and 8..9
//   missing.Overlap(1, 8);       // -> 3
//
// One thread; no allocation; every call is O(kCapacity) at worst. When the list is full the range
// that was added first is forgotten, because numbers grow and the oldest matter least.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_RANGE_LIST_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_RANGE_LIST_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace fh {

// Message numbers first..last, both included.
struct SequenceRange {
  uint64_t first;
  uint64_t last;
  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

template <size_t kCapacity>
class RangeList {
 public:
  // Requires first <= last, and no overlap with what is in the list where Overlap or Remove are to
  // count exactly.
  void Add(uint64_t first, uint64_t last) {
    if (size_ == kCapacity) {
      std::move(ranges_.begin() + 1, ranges_.end(), ranges_.begin());
      --size_;
    }
    ranges_[size_++] = {first, last};
    highest_ = std::max(highest_, last);
  }

  // How many numbers of first..last are in the list. Requires first <= last.
  uint64_t Overlap(uint64_t first, uint64_t last) const {
    uint64_t count = 0;
    for (size_t i = 0; i < size_; ++i) count += Common(ranges_[i], first, last);
    return count;
  }

  // Takes first..last out and returns how many numbers that were. Requires first <= last.
  uint64_t Remove(uint64_t first, uint64_t last) {
    uint64_t count = 0;
    size_t kept = 0;
    SequenceRange split{};
    bool has_split = false;
    for (size_t i = 0; i < size_; ++i) {
      const SequenceRange range = ranges_[i];
      const uint64_t common = Common(range, first, last);
      count += common;
      const bool below = range.first < first;
      const bool above = range.last > last;
      if (common == 0) {
        ranges_[kept++] = range;
      } else if (below) {
        ranges_[kept++] = {range.first, first - 1};
        if (above) {
          split = {last + 1, range.last};
          has_split = true;
        }
      } else if (above) {
        ranges_[kept++] = {last + 1, range.last};
      }
    }
    size_ = kept;
    if (has_split) Add(split.first, split.last);
    return count;
  }

  // The range with the lowest start among those that end at or after `number`; null if none does.
  const SequenceRange* FirstEndingFrom(uint64_t number) const {
    const SequenceRange* best = nullptr;
    for (size_t i = 0; i < size_; ++i) {
      if (ranges_[i].last < number) continue;
      if (best == nullptr || ranges_[i].first < best->first) best = &ranges_[i];
    }
    return best;
  }

  // The highest number ever added since the last Clear; 0 when none was.
  uint64_t highest() const { return highest_; }
  bool empty() const { return size_ == 0; }
  void Clear() {
    size_ = 0;
    highest_ = 0;
  }

 private:
  static uint64_t Common(const SequenceRange& range, uint64_t first, uint64_t last) {
    const uint64_t low = std::max(range.first, first);
    const uint64_t high = std::min(range.last, last);
    return low <= high ? high - low + 1 : 0;
  }

  std::array<SequenceRange, kCapacity> ranges_{};
  size_t size_ = 0;
  uint64_t highest_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_RANGE_LIST_H_
