// The top of book of each instrument, for venues that tell one side at a time: an update has both.
//
//   TopTable tops(capacity);
//   tops.Restart(first_number);                       // A stream begins, or begins anew.
//   tops.Forget();                                    // Messages were lost.
//   if (TopTable::Entry* entry = tops.Learn(id)) {    // Null: no room.
//     tops.Tell(*entry, TopTable::kBid, price, size);
//     const bool is_right = tops.IsCertain(*entry, TopTable::kAsk);
//   }
//
// A side is certain when it was told behind the last loss. Of a stream that was followed from its
// first message, sides that nobody told are certain too: they are empty. What is uncertain keeps
// its last value.
//
// Owned by the feed thread; allocates in the constructor only. 64 to 128 bytes an instrument that
// there is room for, touched as it is used. A look-up costs a multiplication and mostly one cache
// line, and is cut off after kMostProbes. Restart costs a pass over the table when it was used.
#ifndef FEEDHANDLER_CODECS_TOP_TABLE_H_
#define FEEDHANDLER_CODECS_TOP_TABLE_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "codecs/update.h"

namespace fh::codecs {

class TopTable {
 public:
  enum Side : uint8_t { kBid = 0, kAsk = 1 };

  struct Entry {
    uint32_t id = 0;        // 0: a free one.
    uint16_t told[2] = {};  // Behind which loss the side was told; 0: never.
    int64_t price[2] = {kUndefinedPrice, kUndefinedPrice};
    uint32_t size[2] = {};
  };
  static_assert(sizeof(Entry) == 32);

  // Holds `capacity` instruments, at least 512.
  explicit TopTable(uint32_t capacity)
      : entries_(std::bit_ceil(2 * uint64_t{std::max(capacity, kLeastCapacity)})),
        mask_(entries_.size() - 1),
        shift_(64 - std::countr_zero(entries_.size())) {}

  // The instrument's entry, a new one if there is none; null when there is no room.
  // Precondition: id != 0.
  Entry* Learn(uint32_t id) {
    uint64_t slot = id * kHashMultiplier >> shift_;
    if (entries_[slot].id == id) [[likely]]
      return &entries_[slot];
    return Search(id, slot);
  }

  void Tell(Entry& entry, Side side, int64_t price, uint32_t size) const {
    entry.told[side] = loss_;
    entry.price[side] = price;
    entry.size[side] = size;
  }
  bool IsCertain(const Entry& entry, Side side) const { return entry.told[side] == loss_; }

  // `first`: the number of the stream's first message that will be seen.
  void Restart(uint64_t first) {
    if (used_ != 0) std::fill(entries_.begin(), entries_.end(), Entry{});
    used_ = 0;
    loss_ = 1;
    is_whole_ = first <= 1;
  }

  void Forget() {
    is_whole_ = false;
    if (++loss_ != 0) return;
    for (Entry& entry : entries_) entry.told[kBid] = entry.told[kAsk] = 0;
    loss_ = 1;
  }

 private:
  static constexpr uint32_t kLeastCapacity = 512;
  static constexpr uint32_t kMostProbes = 256;
  static constexpr uint64_t kHashMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.

  [[gnu::noinline]] Entry* Search(uint32_t id, uint64_t slot) {
    for (uint32_t i = 0; i < kMostProbes; ++i, slot = (slot + 1) & mask_) {
      Entry& entry = entries_[slot];
      if (entry.id == id) return &entry;
      if (entry.id != 0) continue;
      if (used_ > mask_ / 2) return nullptr;
      ++used_;
      entry.id = id;
      entry.told[kBid] = entry.told[kAsk] = is_whole_ ? loss_ : uint16_t{0};
      return &entry;
    }
    return nullptr;
  }

  std::vector<Entry> entries_;
  uint64_t mask_;
  int shift_;
  uint64_t used_ = 0;
  uint16_t loss_ = 1;      // One more with each loss.
  bool is_whole_ = false;  // The stream was followed from its first message on.
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_TOP_TABLE_H_
