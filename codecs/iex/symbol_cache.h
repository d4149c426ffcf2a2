// The instrument id of an 8-byte symbol as it stands in a message, without a search of the
// instrument table for symbols that were seen before.
//
//   SymbolCache cache(options.instruments);
//   const uint32_t id = cache.Find(message + 10, stats);
//
// A two-way set-associative cache: both ways of a set share a cache line. A hit costs one
// multiplication and one line; a miss asks InstrumentTable::Intern. 16,384 entries (256 KiB) for
// the 9,000 to 12,000 symbols of a US equity feed, of which some hundred are busy at a time.
//
// Owned by the feed thread. Allocates in the constructor only.
#ifndef FEEDHANDLER_CODECS_IEX_SYMBOL_CACHE_H_
#define FEEDHANDLER_CODECS_IEX_SYMBOL_CACHE_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>

#include "codecs/codec.h"
#include "codecs/instrument_table.h"

namespace fh::codecs::iex {

class SymbolCache {
 public:
  // `table` may be null: then every id is FH_ALL_INSTRUMENTS (0).
  explicit SymbolCache(InstrumentTable* table)
      : table_(table),
        sets_(std::make_unique<Set[]>(kSets)),
        table_epoch_(table == nullptr ? 0 : table->epoch()) {}

  // `symbol`: 8 readable bytes. 0 when the table is full, which `stats.instruments_full` counts
  // once a symbol (as long as the cache remembers it).
  uint32_t Find(const uint8_t* symbol, CodecStats& stats) {
    uint64_t key;
    std::memcpy(&key, symbol, sizeof key);
    Set& set = sets_[key * kHashMultiplier >> kHashShift];
    if (set.ways[0].key == key) [[likely]]
      return set.ways[0].id;
    if (set.ways[1].key == key) return set.ways[1].id;
    return Miss(set, key, stats);
  }

  // Forgets everything if the table has been cleared since the last call; else costs one load.
  void FollowTable() {
    if (table_ != nullptr && table_->epoch() != table_epoch_) [[unlikely]]
      Forget();
  }

 private:
  struct Way {
    uint64_t key = 0;  // 0, a symbol of NULs, is the free way's: id 0.
    uint32_t id = 0;
  };
  struct alignas(32) Set {
    Way ways[2];
  };
  static constexpr int kSetBits = 13;
  static constexpr size_t kSets = size_t{1} << kSetBits;
  static constexpr int kHashShift = 64 - kSetBits;
  static constexpr uint64_t kHashMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.

  uint32_t Miss(Set& set, uint64_t key, CodecStats& stats);
  void Forget();

  InstrumentTable* table_;
  std::unique_ptr<Set[]> sets_;
  uint32_t table_epoch_;  // Of the ids in `sets_`.
};

}  // namespace fh::codecs::iex

#endif  // FEEDHANDLER_CODECS_IEX_SYMBOL_CACHE_H_
