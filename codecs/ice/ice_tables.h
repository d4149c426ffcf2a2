// What a channel of ICE's has told of its markets and orders, looked at for every message.
//
//   MarketTable markets(65'536);
//   MarketTerms* terms = markets.Learn(market);     // A definition; null: no room.
//   KnownOrders orders;
//   const bool is_new = orders.Add(market, order);  // Of the message that says "add or modify".
//   orders.Remove(market, order);
//
// Both are open-addressed tables of 16-byte entries, four to a cache line, of fixed size: a look-up
// costs a multiplication and mostly one line. KnownOrders holds 196,608 orders in 4 MiB that are touched
// as they are used. Owned by the feed thread; allocate in the constructor only.
#ifndef FEEDHANDLER_CODECS_ICE_ICE_TABLES_H_
#define FEEDHANDLER_CODECS_ICE_ICE_TABLES_H_

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "codecs/update_abi.h"

namespace fh::codecs::ice {

struct MarketTerms {
  uint32_t market = 0;      // 0: a free entry.
  uint32_t checked_at = 0;  // Of the store's changes, when it was last compared.
  uint8_t order_decimals = FH_UNKNOWN_DECIMALS;
  uint8_t deal_decimals = FH_UNKNOWN_DECIMALS;
  uint8_t settle_decimals = FH_UNKNOWN_DECIMALS;
  uint8_t reserved = 0;
};

class MarketTable {
 public:
  // Holds `capacity` markets, at least 512.
  explicit MarketTable(uint32_t capacity);

  // The entry of a market, free ones included: then `market` is 0 and nothing is known.
  const MarketTerms& Find(uint32_t market) const { return entries_[SlotOf(market)]; }
  MarketTerms& Find(uint32_t market) { return entries_[SlotOf(market)]; }

  // The entry of a market, a new one if there is none; null when there is no room for it.
  // Precondition: market != 0.
  MarketTerms* Learn(uint32_t market);

 private:
  // Ends at the entry or at a free one: at most half of all are taken.
  uint64_t SlotOf(uint32_t market) const {
    uint64_t slot = market * uint64_t{0x9E3779B97F4A7C15} >> shift_;
    while (entries_[slot].market != market && entries_[slot].market != 0) slot = (slot + 1) & mask_;
    return slot;
  }

  uint32_t capacity_;
  uint64_t mask_;
  int shift_;
  uint32_t used_ = 0;
  std::unique_ptr<MarketTerms[]> entries_;
};

class KnownOrders {
 public:
  enum class Added : uint8_t { kNew, kKnown, kNoRoom };

  KnownOrders();

  Added Add(uint32_t market, uint64_t order);
  // An order that is not there stays so.
  void Remove(uint32_t market, uint64_t order);
  void Clear();

 private:
  struct Entry {
    uint64_t order;
    uint32_t market;
    uint32_t is_used;
  };
  static_assert(sizeof(Entry) == 16);
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  static constexpr int kBits = 18;
  static constexpr uint64_t kMask = (uint64_t{1} << kBits) - 1;
  static constexpr uint64_t kMost = kMask / 4 * 3;

  static uint64_t Home(uint32_t market, uint64_t order) {
    return (order ^ uint64_t{market} << 32) * uint64_t{0x9E3779B97F4A7C15} >> (64 - kBits);
  }
  // Of the order, or the free one where it would be.
  uint64_t SlotOf(uint32_t market, uint64_t order) const;

  uint64_t used_ = 0;
  std::unique_ptr<Entry[], Free> entries_;  // Zeroed memory that the system gives page by page.
};

}  // namespace fh::codecs::ice

#endif  // FEEDHANDLER_CODECS_ICE_ICE_TABLES_H_
