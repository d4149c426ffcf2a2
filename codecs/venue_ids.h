// The instrument id of a venue's number of 64 bits, without a search of the instrument store for those
// that were seen before.
//
//   VenueIds ids(options.instruments);
//   ids.FollowStore();                                   // Before the messages of a job.
//   const uint32_t id = ids.Find(security_id, stats);
//
// An open-addressed hash table of (number, id), four to a cache line: a number that was seen before
// costs a multiplication and mostly one line; a new one asks InstrumentStore::InternVenueId. 65,536
// entries at most (1 MiB). It never grows and never evicts: numbers beyond three quarters of it are
// interned every time, so a flood of made-up ones does not slow down the others.
//
// Owned by the feed thread. Allocates in the constructor only.
#ifndef FEEDHANDLER_CODECS_VENUE_IDS_H_
#define FEEDHANDLER_CODECS_VENUE_IDS_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>

#include "codecs/codec.h"
#include "codecs/instrument_store.h"

namespace fh::codecs {

class VenueIds {
 public:
  // `store` may be null: then every id is FH_UNKNOWN_INSTRUMENT.
  explicit VenueIds(InstrumentStore* store)
      : store_(store),
        mask_(Entries(store) - 1),
        hash_shift_(std::countl_zero(mask_)),
        epoch_(store == nullptr ? 0 : store->epoch()),
        entries_(std::make_unique<Entry[]>(mask_ + 1)) {}

  // FH_UNKNOWN_INSTRUMENT of the number 0, which is no instrument's, and when the store is full; that
  // `stats.instruments_full` counts once a number (as long as there is room to remember it). Calls
  // on_new(id) when the number is new here and has an id.
  template <typename OnNew>
  uint32_t Find(uint64_t number, CodecStats& stats, OnNew&& on_new) {
    uint64_t slot = number * kHashMultiplier >> hash_shift_;
    while (entries_[slot].number != number) {
      if (entries_[slot].number == 0) {
        const uint32_t id = Miss(slot, number, stats);
        if (id != FH_UNKNOWN_INSTRUMENT) on_new(id);
        return id;
      }
      slot = (slot + 1) & mask_;
    }
    return entries_[slot].id;
  }
  uint32_t Find(uint64_t number, CodecStats& stats) {
    return Find(number, stats, [](uint32_t) {});
  }

  // Forgets everything if the store has been cleared since the last call; else costs one load.
  void FollowStore() {
    if (store_ != nullptr && store_->epoch() != epoch_) [[unlikely]]
      Forget();
  }

  // Null when there is none.
  InstrumentStore* store() const { return store_; }

 private:
  struct Entry {
    uint64_t number = 0;  // 0 is the free entry's.
    uint32_t id = FH_UNKNOWN_INSTRUMENT;
  };
  static constexpr uint64_t kHashMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.
  static constexpr uint64_t kLeastEntries = 1'024;
  static constexpr uint64_t kMostEntries = 65'536;

  // Twice what the store can hold, so that searches are short.
  static uint64_t Entries(const InstrumentStore* store) {
    if (store == nullptr) return kLeastEntries;
    return std::clamp(std::bit_ceil(uint64_t{store->capacity()} * 2), kLeastEntries, kMostEntries);
  }

  // `slot` is the free one that ended the search.
  uint32_t Miss(uint64_t slot, uint64_t number, CodecStats& stats) {
    if (number == 0) return FH_UNKNOWN_INSTRUMENT;
    uint32_t id = FH_UNKNOWN_INSTRUMENT;
    if (store_ != nullptr) {
      id = store_->InternVenueId(number);
      stats.instruments_full += id == FH_UNKNOWN_INSTRUMENT;
    }
    if (used_ < (mask_ + 1) / 4 * 3) {
      entries_[slot] = {number, id};
      ++used_;
    }
    return id;
  }

  void Forget() {
    std::fill_n(entries_.get(), mask_ + 1, Entry{});
    used_ = 0;
    epoch_ = store_->epoch();
  }

  InstrumentStore* store_;
  uint64_t mask_;
  int hash_shift_;
  uint32_t epoch_;  // Of the ids in `entries_`.
  uint64_t used_ = 0;
  std::unique_ptr<Entry[]> entries_;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_VENUE_IDS_H_
