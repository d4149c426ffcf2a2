// What a BookSet is made of: slots in tables that are mapped at the start, and refer to each other by
// 32-bit indices. Index 0 of orders and books is nobody. For the implementation and for views.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_TABLES_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_TABLES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "feedhandler/books/book_types.h"

namespace fh::books::detail {

inline constexpr uint32_t kNobody = 0;

// One price level. Its size has 96 bits, so that sums of sizes near 2^64 are exact and come back.
struct LevelSlot {
  int64_t price;
  uint64_t low;
  uint32_t high;
  uint32_t orders;
  uint32_t head;  // Of a book of orders: the oldest and the newest order.
  uint32_t tail;

  uint64_t size() const { return high == 0 ? low : UINT64_MAX; }
  void Add(uint64_t size) { high += __builtin_add_overflow(low, size, &low) ? 1 : 0; }
  void Take(uint64_t size) { high -= __builtin_sub_overflow(low, size, &low) ? 1 : 0; }
};
static_assert(sizeof(LevelSlot) == 32);

// One side: an array of levels, the best last, so that what changes at the top moves nothing.
struct SideSlot {
  uint32_t first;  // Of its levels, in the pool.
  uint32_t count;
  uint32_t changed;  // Ranks since the last notice: bit 0 is the best.
  uint32_t room;     // Levels that it holds room for: 0, or a power of two.
};
static_assert(sizeof(SideSlot) == 16);

struct alignas(64) OrderSlot {
  uint64_t id;
  uint64_t size;
  int64_t price;
  int64_t stamp;   // Within a level, less is ahead.
  uint32_t ahead;  // Neighbours in the queue.
  uint32_t behind;
  uint32_t book;
  uint32_t level;  // Where its level was last, counted from the worst: mostly still there.
  uint32_t instrument_id;
  uint16_t channel_id;
  uint16_t stream;
  uint8_t side;
  uint8_t in_level;  // 0: it has no price or no size, and stands in the book's list of such orders.
  uint8_t reserved[6];
};
static_assert(sizeof(OrderSlot) == 64);

// In the order of who needs it: an update of one record, whose event ends with it, touches the first two
// lines alone.
struct alignas(64) BookSlot {
  std::array<SideSlot, 2> sides;
  uint64_t hash;
  uint64_t replaced_sequence;  // Of the last C, and the side of its order.
  uint32_t implied;  // The book of the implied part; kNobody. Of that part: the other one.
  uint32_t watches;  // The first of its watches, plus 1; 0.
  uint8_t replaced_side;
  uint8_t family;
  uint8_t part;
  uint8_t state;
  uint8_t condition_changed : 1;  // Since the last notice.
  uint8_t watch_changed : 1;
  uint8_t implied_changed : 1;
  uint8_t is_listed : 1;  // In the list of books that were touched.
  uint8_t depth;          // 0: no limit.
  uint8_t is_open;
  uint8_t is_stale;  // Healed since the gap after which the session layer flags every update.

  Top shown;  // At the last notice.
  uint64_t sequence;
  int64_t ts_event_ns;
  int64_t ts_recv_ns;
  uint64_t hash_shown;

  uint64_t since;
  uint64_t opened_sequence;  // Of an event that did not end at once.
  int64_t opened_ns;
  uint32_t instrument_id;
  uint32_t instrument;  // Its slot.
  uint32_t loose;       // The first order that is in no level.
  uint16_t channel_id;
  uint16_t stream;
  uint8_t cause;
  uint8_t reserved[15];

  Top shown_consolidated;  // Of the implied part: of both.
  uint64_t reserved1[4];
};
static_assert(sizeof(BookSlot) == 256);

// What is known of an instrument, found by channel and id.
struct InstrumentSlot {
  uint64_t key;  // 0: free.
  std::array<uint32_t, kFamilies> books;
  uint8_t kinds;    // 0: nobody follows it.
  uint8_t depth;    // Of its definition; 0.
  uint8_t open;     // A bit for each family within an event.
  uint8_t is_late;  // It was followed while its channel was under way.
  uint64_t spare;
};
static_assert(sizeof(InstrumentSlot) == 32);

// The tables as views see them.
struct Tables {
  LevelSlot* levels = nullptr;
  OrderSlot* orders = nullptr;
  BookSlot* books = nullptr;
};

// Rises with what is better: bids by price, asks the other way round.
constexpr int64_t Goodness(size_t side, int64_t price) {
  return price ^ -static_cast<int64_t>(side);
}

// What a level adds to the hash of its book.
constexpr uint64_t LevelHash(size_t side, int64_t price, uint64_t size, uint32_t orders) {
  uint64_t h = (static_cast<uint64_t>(price) * 2 + side) * 0x9E3779B97F4A7C15u;
  h ^= size * 0xC2B2AE3D27D4EB4Fu + orders * 0x165667B19E3779F9u;
  h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93u;
  return h ^ (h >> 29);
}

inline uint64_t HashOf(size_t side, const LevelSlot& level) {
  return LevelHash(side, level.price, level.size(), level.orders);
}

}  // namespace fh::books::detail

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_TABLES_H_
