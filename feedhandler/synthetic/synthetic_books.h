// The generator's own order books: every live order in price and time priority, so that what it
// publishes is consistent: executions hit the front of the best price, nothing is overfilled, and
// no book is ever crossed.
//
//   const uint32_t order = books.Add({.reference = 7, .symbol = 3, .ticks = 1000, .shares = 100});
//   books.Reduce(books.Front(3, BookSide::kBid), 40);
//
// One thread. Memory: some 50 bytes for each live order at the peak, 12 for each price level. A few
// cache misses an operation.
#ifndef FEEDHANDLER_FEEDHANDLER_SYNTHETIC_SYNTHETIC_BOOKS_H_
#define FEEDHANDLER_FEEDHANDLER_SYNTHETIC_SYNTHETIC_BOOKS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "feedhandler/synthetic/seeded_random.h"

namespace fh {

enum class BookSide : uint8_t { kBid = 0, kAsk = 1 };

inline BookSide Opposite(BookSide side) {
  return side == BookSide::kBid ? BookSide::kAsk : BookSide::kBid;
}

class SyntheticBooks {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct NewOrder {
    uint64_t reference;
    uint16_t symbol;
    BookSide side;
    uint32_t ticks;  // Price.
    uint32_t shares;
  };

  struct Order : NewOrder {
    uint32_t earlier;  // Neighbours in the queue of its price level; kNone at the ends.
    uint32_t later;
    uint32_t live_index;  // Where it stands in the list of live orders.
  };

  // `symbols`: orders' symbol is below it.
  explicit SyntheticBooks(uint32_t symbols) : books_(size_t{symbols} * 2) {}

  // Appends the order to its price level and returns its handle, valid until the order is gone.
  uint32_t Add(const NewOrder& order);

  // Takes off `shares`, at most what the order has; an order without shares is removed.
  void Reduce(uint32_t order, uint32_t shares);

  void Remove(uint32_t order);

  const Order& order(uint32_t handle) const { return orders_[handle]; }

  // The order that executes first on this side; kNone when there is none.
  uint32_t Front(uint16_t symbol, BookSide side) const {
    const std::vector<Level>& levels = Levels(symbol, side);
    return levels.empty() ? kNone : levels.back().first;
  }

  // The best price; `otherwise` when the side is empty.
  uint32_t BestTicks(uint16_t symbol, BookSide side, uint32_t otherwise) const {
    const uint32_t front = Front(symbol, side);
    return front == kNone ? otherwise : orders_[front].ticks;
  }

  size_t live() const { return live_.size(); }

  // Any live order, the latest ones with preference, as cancels go in practice. There must be one.
  uint32_t PickLive(SeededRandom& random) const;

 private:
  struct Level {
    uint32_t key;  // Rises towards better prices.
    uint32_t first;
    uint32_t last;
  };

  static uint32_t KeyOf(BookSide side, uint32_t ticks) {
    return side == BookSide::kBid ? ticks : ~ticks;
  }
  std::vector<Level>& Levels(uint16_t symbol, BookSide side) {
    return books_[size_t{symbol} * 2 + static_cast<size_t>(side)];
  }
  const std::vector<Level>& Levels(uint16_t symbol, BookSide side) const {
    return books_[size_t{symbol} * 2 + static_cast<size_t>(side)];
  }

  std::vector<std::vector<Level>> books_;  // Bids and asks of each symbol; the best level is last.
  std::vector<Order> orders_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> live_;  // Handles, roughly by age.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SYNTHETIC_SYNTHETIC_BOOKS_H_
