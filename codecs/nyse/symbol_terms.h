// What a channel's mappings have told of its symbols: the scale of their prices and whose clock their
// times are of. Looked at for every message, so it is a table of the codec's own.
//
//   SymbolTermsTable table(65536);
//   SymbolTerms* terms = table.Learn(index);           // A mapping; null: no room.
//   const SymbolTerms& terms = table.Find(index);      // Of one that is not there: all unknown.
//   table.Clear();                                     // The stream begins anew.
//
// Symbol indices are the venue's, up to 32 bits (options have eight digits): open addressing, four
// entries to a cache line; a look-up costs a multiplication and mostly one line. 32 to 64 bytes of
// memory a symbol that there is room for. Owned by the feed thread; allocates in the constructor only.
#ifndef FEEDHANDLER_CODECS_NYSE_SYMBOL_TERMS_H_
#define FEEDHANDLER_CODECS_NYSE_SYMBOL_TERMS_H_

#include <cstdint>
#include <memory>

#include "codecs/update_abi.h"

namespace fh::codecs::nyse {

struct SymbolTerms {
  static constexpr uint8_t kUnknownScale = FH_UNKNOWN_DECIMALS;

  uint32_t index = 0;          // 0: a free entry.
  uint32_t last_sequence = 0;  // The newest number of the symbol's own, of the live stream.
  uint32_t checked_at = 0;     // Of the store's changes, when it was last compared.
  uint8_t price_scale = kUnknownScale;  // Decimals of a numerator.
  uint8_t system = 0;                   // Whose seconds its nanoseconds are of.
  bool has_system = false;
  char status = 0;  // The trading status that was last said of it; 0: none.
};
static_assert(sizeof(SymbolTerms) == 16);

class SymbolTermsTable {
 public:
  // Holds `capacity` symbols, at least 512.
  explicit SymbolTermsTable(uint32_t capacity);

  // The entry of a symbol, free ones included: then `index` is 0 and nothing is known.
  const SymbolTerms& Find(uint32_t index) const { return entries_[SlotOf(index)]; }
  SymbolTerms& Find(uint32_t index) { return entries_[SlotOf(index)]; }

  // The entry of a symbol, a new one if there is none; null when there is no room for it.
  // Precondition: index != 0.
  SymbolTerms* Learn(uint32_t index);

  // Calls fn(const SymbolTerms&) for each symbol.
  template <typename Function>
  void ForEach(Function&& function) const {
    for (uint64_t slot = 0; used_ != 0 && slot <= mask_; ++slot) {
      if (entries_[slot].index != 0) function(entries_[slot]);
    }
  }

  void Clear();

 private:
  static constexpr uint64_t kHashMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.

  // Ends at the entry or at a free one: at most half of all are taken.
  uint64_t SlotOf(uint32_t index) const {
    uint64_t slot = index * kHashMultiplier >> shift_;
    while (entries_[slot].index != index && entries_[slot].index != 0) slot = (slot + 1) & mask_;
    return slot;
  }

  uint32_t capacity_;
  uint64_t mask_;
  int shift_;
  uint32_t used_ = 0;
  std::unique_ptr<SymbolTerms[]> entries_;
};

}  // namespace fh::codecs::nyse

#endif  // FEEDHANDLER_CODECS_NYSE_SYMBOL_TERMS_H_
