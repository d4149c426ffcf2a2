// Which slot an order is in, by its id: open addressing, 8 bytes an entry, at most half full, without
// tombstones.
//
//   uint32_t entry = ids.Home(hash);  ids.Prefetch(hash);
//   uint32_t order = ids.Find(hash, [&](uint32_t order) { return orders[order].id == id; });
//   ids.Insert(hash, order);          // False: no free entry within kMostProbes of its home.
//   ids.Erase(hash, order);
//
// An entry keeps 32 bits of the hash: its home is known without its order, and few orders are looked
// at in vain. No look takes more than kMostProbes steps, whatever the ids.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_ID_TABLE_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_ID_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "codecs/prefetch.h"
#include "feedhandler/books/tables.h"

namespace fh::books::detail {

class IdTable {
 public:
  static constexpr uint32_t kMostProbes = 256;

  struct Entry {
    uint32_t tag;
    uint32_t order;  // kNobody: free.
  };

  IdTable() = default;
  // 2^bits entries of zeroes; 3 <= bits <= 31.
  IdTable(Entry* entries, int bits)
      : entries_(entries), mask_((uint32_t{1} << bits) - 1), shift_(32 - bits) {}

  // `salt`: what an id is unique within.
  static uint32_t Hash(uint64_t id, uint64_t salt) {
    return static_cast<uint32_t>(
        ((id + 1) * 0x9E3779B97F4A7C15u ^ salt * 0xD6E8FEB86659FD93u) * 0x9E3779B97F4A7C15u >> 32);
  }

  void Prefetch(uint32_t hash) const { codecs::PrefetchForWrite(&entries_[hash >> shift_]); }

  // The order most likely meant, without looking at it: a hint.
  uint32_t Guess(uint32_t hash) const {
    uint32_t at = hash >> shift_;
    for (int i = 0; i < 4; ++i, at = (at + 1) & mask_) {
      if (entries_[at].order == kNobody) return kNobody;
      if (entries_[at].tag == hash) return entries_[at].order;
    }
    return kNobody;
  }

  template <typename IsMeant>
  uint32_t Find(uint32_t hash, IsMeant is_meant) const {
    uint32_t at = hash >> shift_;
    for (uint32_t i = 0; i < kMostProbes; ++i, at = (at + 1) & mask_) {
      const Entry& entry = entries_[at];
      if (entry.order == kNobody) return kNobody;
      if (entry.tag == hash && is_meant(entry.order)) return entry.order;
    }
    return kNobody;
  }

  // Precondition: it is not there.
  bool Insert(uint32_t hash, uint32_t order) {
    uint32_t at = hash >> shift_;
    for (uint32_t i = 0; i < kMostProbes; ++i, at = (at + 1) & mask_) {
      if (entries_[at].order != kNobody) continue;
      entries_[at] = {hash, order};
      return true;
    }
    return false;
  }

  // Precondition: it is there.
  void Erase(uint32_t hash, uint32_t order) {
    uint32_t hole = hash >> shift_;
    while (entries_[hole].order != order) hole = (hole + 1) & mask_;
    // Entries behind it move up, so that no look ends early. None is further from home than
    // kMostProbes.
    for (uint32_t at = (hole + 1) & mask_;
         entries_[at].order != kNobody && ((at - hole) & mask_) < kMostProbes;
         at = (at + 1) & mask_) {
      const uint32_t home = entries_[at].tag >> shift_;
      if (((at - home) & mask_) < ((at - hole) & mask_)) continue;
      entries_[hole] = entries_[at];
      hole = at;
    }
    entries_[hole].order = kNobody;
  }

  uint32_t mask() const { return mask_; }
  const Entry& entry(uint32_t at) const { return entries_[at]; }

 private:
  Entry* entries_ = nullptr;
  uint32_t mask_ = 0;
  int shift_ = 31;
};

}  // namespace fh::books::detail

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_ID_TABLE_H_
