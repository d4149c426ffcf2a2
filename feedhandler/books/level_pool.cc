#include "feedhandler/books/level_pool.h"

#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace fh::books::detail {

LevelPool::LevelPool(LevelSlot* levels, uint32_t count) : levels_(levels), units_(count / kUnit) {
  free_.fill(kNone);
  const auto units = static_cast<uint32_t>(units_.size());
  for (uint32_t unit = 0; unit < units;) {
    // The largest block that is aligned here and fits.
    int order = unit == 0 ? kOrders - 1 : std::countr_zero(unit);
    while ((uint64_t{1} << order) > units - unit) --order;
    Push(unit, order);
    unit += uint32_t{1} << order;
  }
}

int LevelPool::OrderOf(uint32_t room) { return std::countr_zero(room / kUnit); }

void LevelPool::Push(uint32_t unit, int order) {
  units_[unit] = {
      .next = free_[order], .previous = kNone, .free_order = static_cast<uint8_t>(order + 1)};
  if (free_[order] != kNone) units_[free_[order]].previous = unit;
  free_[order] = unit;
}

void LevelPool::Unlink(uint32_t unit, int order) {
  const Unit& gone = units_[unit];
  if (gone.previous == kNone) {
    free_[order] = gone.next;
  } else {
    units_[gone.previous].next = gone.next;
  }
  if (gone.next != kNone) units_[gone.next].previous = gone.previous;
  units_[unit].free_order = 0;
}

uint32_t LevelPool::Take(int order) {
  int from = order;
  while (from < kOrders && free_[from] == kNone) ++from;
  if (from == kOrders) return kNone;
  const uint32_t unit = free_[from];
  Unlink(unit, from);
  while (from > order) {
    --from;
    Push(unit + (uint32_t{1} << from), from);
  }
  used_ += uint64_t{kUnit} << order;
  return unit;
}

void LevelPool::Give(uint32_t unit, int order) {
  used_ -= uint64_t{kUnit} << order;
  for (; order + 1 < kOrders; ++order) {
    const uint32_t other = unit ^ (uint32_t{1} << order);
    if (other >= units_.size() || units_[other].free_order != order + 1) break;
    Unlink(other, order);
    unit &= other;
  }
  Push(unit, order);
}

bool LevelPool::Move(SideSlot& side, uint32_t room) {
  const uint32_t unit = Take(OrderOf(room));
  if (unit == kNone) return false;
  std::memcpy(&levels_[unit * kUnit], &levels_[side.first], side.count * sizeof(LevelSlot));
  if (side.room != 0) Give(side.first / kUnit, OrderOf(side.room));
  side.first = unit * kUnit;
  side.room = room;
  return true;
}

bool LevelPool::Grow(SideSlot& side) {
  if (side.room >= uint32_t{1} << 30) return false;
  return Move(side, side.room == 0 ? kUnit : side.room * 2);
}

void LevelPool::ShrinkIfSparse(SideSlot& side) {
  if (side.room > kUnit && side.count <= side.room / 8) Move(side, side.room / 2);
}

void LevelPool::Release(SideSlot& side) {
  if (side.room == 0) return;
  Give(side.first / kUnit, OrderOf(side.room));
  side.first = 0;
  side.room = 0;
}

absl::Status LevelPool::Audit(uint64_t held_by_sides) const {
  uint64_t free = 0;
  for (int order = 0; order < kOrders; ++order) {
    for (uint32_t unit = free_[order]; unit != kNone; unit = units_[unit].next) {
      if (units_[unit].free_order != order + 1 || free > units_.size()) {
        return absl::InternalError(absl::StrCat("level pool: free block ", unit, " is damaged"));
      }
      free += uint64_t{1} << order;
    }
  }
  if (used_ != held_by_sides || used_ + free * kUnit != units_.size() * kUnit) {
    return absl::InternalError(absl::StrCat("level pool: ", used_, " levels used, ", free * kUnit,
                                            " free, sides hold ", held_by_sides, ", of ",
                                            units_.size() * kUnit));
  }
  return absl::OkStatus();
}

}  // namespace fh::books::detail
