#include "feedhandler/synthetic/synthetic_books.h"

#include <algorithm>
#include <cassert>

namespace fh {
namespace {

constexpr uint32_t kRecentOrders = 8192;

}  // namespace

uint32_t SyntheticBooks::Add(const NewOrder& order) {
  uint32_t handle = static_cast<uint32_t>(orders_.size());
  if (free_.empty()) {
    orders_.emplace_back();
  } else {
    handle = free_.back();
    free_.pop_back();
  }
  Order& added = orders_[handle];
  static_cast<NewOrder&>(added) = order;
  added.earlier = added.later = kNone;
  added.live_index = static_cast<uint32_t>(live_.size());
  live_.push_back(handle);

  std::vector<Level>& levels = Levels(order.symbol, order.side);
  const uint32_t key = KeyOf(order.side, order.ticks);
  const auto level = std::lower_bound(levels.begin(), levels.end(), key,
                                      [](const Level& l, uint32_t k) { return l.key < k; });
  if (level == levels.end() || level->key != key) {
    levels.insert(level, {key, handle, handle});
  } else {
    added.earlier = level->last;
    orders_[level->last].later = handle;
    level->last = handle;
  }
  return handle;
}

void SyntheticBooks::Reduce(uint32_t order, uint32_t shares) {
  assert(shares <= orders_[order].shares);
  orders_[order].shares -= shares;
  if (orders_[order].shares == 0) Remove(order);
}

void SyntheticBooks::Remove(uint32_t order) {
  const Order removed = orders_[order];
  if (removed.earlier != kNone) orders_[removed.earlier].later = removed.later;
  if (removed.later != kNone) orders_[removed.later].earlier = removed.earlier;
  if (removed.earlier == kNone || removed.later == kNone) {
    std::vector<Level>& levels = Levels(removed.symbol, removed.side);
    const auto level =
        std::lower_bound(levels.begin(), levels.end(), KeyOf(removed.side, removed.ticks),
                         [](const Level& l, uint32_t k) { return l.key < k; });
    if (removed.earlier == kNone) level->first = removed.later;
    if (removed.later == kNone) level->last = removed.earlier;
    if (level->first == kNone) levels.erase(level);
  }
  const uint32_t moved = live_.back();
  live_[removed.live_index] = moved;
  orders_[moved].live_index = removed.live_index;
  live_.pop_back();
  free_.push_back(order);
}

uint32_t SyntheticBooks::PickLive(SeededRandom& random) const {
  assert(!live_.empty());
  const auto size = static_cast<uint32_t>(live_.size());
  const uint32_t recent = std::min(size, kRecentOrders);
  const uint32_t from_end = random.Chance(3, 5) ? random.Below(recent) : random.Below(size);
  return live_[size - 1 - from_end];
}

}  // namespace fh
