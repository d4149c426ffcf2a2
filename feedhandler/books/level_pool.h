// Room for the levels of all sides: blocks of a power of two of levels, split and joined (a buddy
// system), so that books that grow and shrink leave no holes that nobody can use.
//
//   LevelPool pool(levels, count);
//   if (pool.Grow(side)) ...            // Twice the room for a side, with its levels; false: full.
//   pool.Release(side);
//
// Grow and Release are a few ns, and the copy of the side's levels. Allocates in the constructor only.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_LEVEL_POOL_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_LEVEL_POOL_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "feedhandler/books/tables.h"

namespace fh::books::detail {

class LevelPool {
 public:
  // The least that a side has room for when it has any: two cache lines.
  static constexpr uint32_t kUnit = 4;

  LevelPool() = default;
  // `count` levels, a multiple of kUnit, below 2^31.
  LevelPool(LevelSlot* levels, uint32_t count);

  // Twice as much room for a side (kUnit, when it has none). False when there is none; the side is as
  // it was.
  bool Grow(SideSlot& side);
  // Half as much, when it is more than kUnit and less than an eighth is used.
  void ShrinkIfSparse(SideSlot& side);
  // Gives the room of a side without levels back.
  void Release(SideSlot& side);

  uint64_t used() const { return used_; }
  // Whether free and used blocks are all there is, and `used` is what sides hold.
  absl::Status Audit(uint64_t held_by_sides) const;

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr int kOrders = 30;

  struct Unit {
    uint32_t next;
    uint32_t previous;
    uint8_t free_order;  // Of a free block's first unit: its order, plus 1; else 0.
  };

  static int OrderOf(uint32_t room);
  uint32_t Take(int order);
  void Give(uint32_t unit, int order);
  void Push(uint32_t unit, int order);
  void Unlink(uint32_t unit, int order);
  bool Move(SideSlot& side, uint32_t room);

  LevelSlot* levels_ = nullptr;
  std::vector<Unit> units_;
  std::array<uint32_t, kOrders> free_{};
  uint64_t used_ = 0;
};

}  // namespace fh::books::detail

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_LEVEL_POOL_H_
