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

KnownOrders::KnownOrders() : buckets_(static_cast<Bucket*>(std::calloc(kBuckets, sizeof(Bucket)))) {
  if (buckets_ == nullptr) throw std::bad_alloc();
}

KnownOrders::Added KnownOrders::Add(uint32_t market, uint64_t order) {
  const uint64_t key = KeyOf(market, order);
  uint64_t* free = nullptr;
  for (uint64_t& place : BucketOf(key).keys) {
    if (place == key) return Added::kKnown;
    if (place == 0) free = &place;
  }
  if (free == nullptr) return Added::kNoRoom;
  *free = key;
  is_empty_ = false;
  return Added::kNew;
}

void KnownOrders::Remove(uint32_t market, uint64_t order) {
  const uint64_t key = KeyOf(market, order);
  for (uint64_t& place : BucketOf(key).keys) {
    if (place == key) place = 0;
  }
}

void KnownOrders::Clear() {
  if (is_empty_) return;
  std::fill_n(buckets_.get(), kBuckets, Bucket{});
  is_empty_ = true;
}

}  // namespace fh::codecs::ice
