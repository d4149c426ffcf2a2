// The instrument id of an 8-byte symbol as it stands in a message, without a search of the
// instrument store for symbols that were seen before.
//
//   SymbolCache cache(options.instruments);
//   const uint32_t id = cache.Find(message + 10, stats);
//
// An open-addressed hash table of (symbol, id), four to a cache line: a symbol that was seen before
// costs a multiplication and mostly one line; a new one asks InstrumentStore::Intern. 32,768
// entries at most (512 KiB), for the 9,000 to 12,000 symbols of a US equity feed. It never grows
// and never evicts: symbols beyond three quarters of it are interned every time, so a flood of
// made-up symbols does not slow down the others.
//
// Owned by the feed thread. Allocates in the constructor only.
#ifndef FEEDHANDLER_CODECS_SYMBOL_CACHE_H_
#define FEEDHANDLER_CODECS_SYMBOL_CACHE_H_

#include <cstdint>
#include <cstring>
#include <memory>

#include "codecs/codec.h"
#include "codecs/instrument_store.h"

namespace fh::codecs {

// Of a venue whose symbols are kKeys, definitions may say what the instrument is called (Cboe's
// options): it keeps its id when it gets another name.
enum class SymbolsAre : uint8_t { kNames, kKeys };

class SymbolCache {
 public:
  // `table` may be null: then every id is FH_UNKNOWN_INSTRUMENT.
  explicit SymbolCache(InstrumentStore* table, SymbolsAre symbols = SymbolsAre::kNames);

  // `symbol`: 8 readable bytes. FH_UNKNOWN_INSTRUMENT when the table is full, which `stats.instruments_full` counts
  // once a symbol (as long as the cache has room to remember it).
  uint32_t Find(const uint8_t* symbol, CodecStats& stats) {
    uint64_t key;
    std::memcpy(&key, symbol, sizeof key);
    return FindKey(key, stats);
  }

  // The same of the eight bytes as they lie in memory.
  uint32_t FindKey(uint64_t key, CodecStats& stats) {
    uint64_t slot = key * kHashMultiplier >> hash_shift_;
    while (entries_[slot].key != key) {
      if (entries_[slot].key == 0) return Miss(slot, key, stats);
      slot = (slot + 1) & mask_;
    }
    return entries_[slot].id;
  }

  // What a definition says of an id that Find gave.
  void SayTerms(uint32_t id, const Symbol& symbol, const fh_terms& terms) {
    if (table_ != nullptr && id != FH_UNKNOWN_INSTRUMENT) table_->Define(id, symbol, terms);
  }

  // Forgets everything if the table has been cleared since the last call; else costs one load.
  void FollowTable() {
    if (table_ != nullptr && table_->epoch() != table_epoch_) [[unlikely]]
      Forget();
  }

 private:
  struct Entry {
    uint64_t key = 0;  // 0, a symbol of NULs, is the free entry's.
    uint32_t id = FH_UNKNOWN_INSTRUMENT;
  };
  static constexpr uint64_t kHashMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.

  // `slot` is the free one that ended the search.
  uint32_t Miss(uint64_t slot, uint64_t key, CodecStats& stats);
  void Forget();

  uint32_t Intern(uint64_t key);

  InstrumentStore* table_;
  SymbolsAre symbols_;
  uint64_t mask_;
  int hash_shift_;
  uint32_t table_epoch_;  // Of the ids in `entries_`.
  uint64_t used_ = 0;
  std::unique_ptr<Entry[]> entries_;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_SYMBOL_CACHE_H_
