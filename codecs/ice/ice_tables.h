// What a channel of ICE's has told of its markets and orders, looked at for every message.
//
//   MarketTable markets(65'536);
//   MarketTerms* terms = markets.Learn(market);     // A definition; null: no room.
//   KnownOrders orders;
//   const bool is_new = orders.Add(market, order);  // Of the message that says "add or modify".
//   orders.Remove(market, order);
//
// MarketTable is open-addressed, four entries to a cache line. KnownOrders has buckets of 64 bytes, which
// hold eight orders each: a look-up is a line or two, whatever the ids, and an order whose bucket is full has
// no room (of 100,000 orders that is some three). 4 MiB, touched as they are used. Owned by the feed
// thread; allocate in the constructor only.
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
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  static constexpr int kBits = 16;  // Of a bucket's number.
  static constexpr size_t kBuckets = size_t{1} << kBits;
  static constexpr size_t kPlaces = 8;
  struct Bucket {
    uint64_t keys[kPlaces];  // 0: free.
  };

  // Market and order in one. Two that come to the same (by malice only) count as one order.
  static uint64_t KeyOf(uint32_t market, uint64_t order) {
    const uint64_t key = (order + (uint64_t{market} << 40)) * uint64_t{0x9E3779B97F4A7C15} ^
                         market * uint64_t{0xC2B2AE3D27D4EB4F};
    return key == 0 ? 1 : key;
  }
  Bucket& BucketOf(uint64_t key) { return buckets_[key >> (64 - kBits)]; }

  bool is_empty_ = true;
  std::unique_ptr<Bucket[], Free> buckets_;  // Zeroed memory that the system gives page by page.
};

}  // namespace fh::codecs::ice

#endif  // FEEDHANDLER_CODECS_ICE_ICE_TABLES_H_
