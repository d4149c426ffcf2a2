#include "codecs/pitch/order_table.h"

#include <bit>
#include <cassert>
#include <new>

namespace fh::codecs::pitch {

OrderTable::OrderTable(uint32_t most)
    : most_(most),
      mask_(std::bit_ceil(uint64_t{most} * 2) - 1),
      hash_shift_(std::countl_zero(mask_)),
      // Zero pages of the system, which cost nothing where a codec only frames and describes.
      slots_(static_cast<Slot*>(std::calloc(mask_ + 1, sizeof(Slot)))) {
  assert(most >= 1 && most <= uint32_t{1} << 30);
  if (slots_ == nullptr) throw std::bad_alloc();  // As `new` would.
}

// Ids of a unit are close together, and those of several units may be the same.
uint64_t OrderTable::Home(uint8_t unit, uint64_t order_id) const {
  constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.
  return (order_id ^ uint64_t{unit} << 56) * kMultiplier >> hash_shift_;
}

uint64_t OrderTable::Place(uint8_t unit, uint64_t order_id) const {
  uint64_t place = Home(unit, order_id);
  while (slots_[place].is_used &&
         (slots_[place].order_id != order_id || slots_[place].unit != unit)) {
    place = (place + 1) & mask_;
  }
  return place;
}

bool OrderTable::Put(uint8_t unit, uint64_t order_id, const Order& order) {
  Slot& slot = slots_[Place(unit, order_id)];
  if (!slot.is_used) {
    if (size_ == most_) return false;
    ++size_;
  }
  slot = {order_id, order, unit, true};
  return true;
}

OrderTable::Order* OrderTable::Find(uint8_t unit, uint64_t order_id) {
  Slot& slot = slots_[Place(unit, order_id)];
  return slot.is_used ? &slot.order : nullptr;
}

void OrderTable::Erase(uint8_t unit, uint64_t order_id) {
  const uint64_t place = Place(unit, order_id);
  if (slots_[place].is_used) EraseAt(place);
}

// Those behind it that were put there because their home was taken move up.
void OrderTable::EraseAt(uint64_t place) {
  --size_;
  for (uint64_t next = (place + 1) & mask_; slots_[next].is_used; next = (next + 1) & mask_) {
    const uint64_t home = Home(slots_[next].unit, slots_[next].order_id);
    if (((next - home) & mask_) < ((next - place) & mask_)) continue;  // Its home is behind.
    slots_[place] = slots_[next];
    place = next;
  }
  slots_[place] = {};
}

void OrderTable::ForgetUnit(uint8_t unit) {
  if (size_ == 0) return;
  for (uint64_t place = 0; place <= mask_;) {
    // What moves up into the place is looked at next; what comes round the end was looked at before,
    // and is of other units.
    if (slots_[place].is_used && slots_[place].unit == unit) {
      EraseAt(place);
    } else {
      ++place;
    }
  }
}

}  // namespace fh::codecs::pitch
