#include "codecs/ice/ice_tables.h"

#include <algorithm>
#include <bit>
#include <new>

namespace fh::codecs::ice {

namespace {

constexpr uint32_t kLeastMarkets = 512;

}  // namespace

MarketTable::MarketTable(uint32_t capacity)
    : capacity_(std::max(capacity, kLeastMarkets)),
      mask_(std::bit_ceil(uint64_t{capacity_} * 2) - 1),
      shift_(std::countl_zero(mask_)),
      entries_(std::make_unique<MarketTerms[]>(mask_ + 1)) {}

MarketTerms* MarketTable::Learn(uint32_t market) {
  MarketTerms& entry = Find(market);
  if (entry.market == market) return &entry;
  if (used_ == capacity_) return nullptr;
  ++used_;
  entry.market = market;
  return &entry;
}

KnownOrders::KnownOrders() : entries_(static_cast<Entry*>(std::calloc(kMask + 1, sizeof(Entry)))) {
  if (entries_ == nullptr) throw std::bad_alloc();
}

uint64_t KnownOrders::SlotOf(uint32_t market, uint64_t order) const {
  uint64_t slot = Home(market, order);
  while (entries_[slot].is_used != 0 &&
         (entries_[slot].order != order || entries_[slot].market != market)) {
    slot = (slot + 1) & kMask;
  }
  return slot;
}

KnownOrders::Added KnownOrders::Add(uint32_t market, uint64_t order) {
  Entry& entry = entries_[SlotOf(market, order)];
  if (entry.is_used != 0) return Added::kKnown;
  if (used_ >= kMost) return Added::kNoRoom;
  entry = {order, market, 1};
  ++used_;
  return Added::kNew;
}

// Those behind the gap that could not stand nearer their home move up.
void KnownOrders::Remove(uint32_t market, uint64_t order) {
  uint64_t gap = SlotOf(market, order);
  if (entries_[gap].is_used == 0) return;
  --used_;
  for (uint64_t next = (gap + 1) & kMask; entries_[next].is_used != 0; next = (next + 1) & kMask) {
    const uint64_t home = Home(entries_[next].market, entries_[next].order);
    if (((next - home) & kMask) < ((next - gap) & kMask)) continue;
    entries_[gap] = entries_[next];
    gap = next;
  }
  entries_[gap] = {};
}

void KnownOrders::Clear() {
  if (used_ == 0) return;
  std::fill_n(entries_.get(), kMask + 1, Entry{});
  used_ = 0;
}

}  // namespace fh::codecs::ice
