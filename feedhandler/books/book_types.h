// The words of order books: sides, tops, states, faults, notices. No code beyond comparisons.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_TYPES_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_TYPES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "codecs/update_abi.h"

namespace fh::books {

enum class Side : uint8_t { kBid = 0, kAsk = 1 };

constexpr Side Other(Side side) { return side == Side::kBid ? Side::kAsk : Side::kBid; }

// Which records a book is made of. An instrument has up to one book of each, and never is one derived
// from another: a venue that sends orders and levels of one instrument has two books of it, and what
// they say can be compared.
enum class Family : uint8_t { kOrders = 0, kLevels = 1, kTops = 2 };
inline constexpr size_t kFamilies = 3;

// Which part of a book: what the venue's participants entered, what the venue worked out from other
// instruments (FH_FLAG_IMPLIED), or both added by price.
enum class Part : uint8_t { kDirect = 0, kImplied = 1, kConsolidated = 2 };

// A price level. `size` is UINT64_MAX when it is that or more. `orders`: as the venue says it, 0 = not
// published; of a book of orders, how many there are.
struct Level {
  int64_t price = FH_UNDEFINED_PRICE;
  uint64_t size = 0;
  uint32_t orders = 0;

  friend bool operator==(const Level&, const Level&) = default;
};

// The best of both sides. A side that is empty has FH_UNDEFINED_PRICE and size 0.
struct Top {
  int64_t bid_price = FH_UNDEFINED_PRICE;
  uint64_t bid_size = 0;
  int64_t ask_price = FH_UNDEFINED_PRICE;
  uint64_t ask_size = 0;

  friend bool operator==(const Top&, const Top&) = default;
};

// An order that stands in a book. `price` is undefined for one without a price (a market order), which
// is in no level.
struct Order {
  uint64_t id = 0;
  int64_t price = FH_UNDEFINED_PRICE;
  uint64_t size = 0;
  Side side = Side::kBid;
};

// Where an order stands in the queue of its level.
struct Position {
  uint64_t orders_ahead = 0;
  uint64_t size_ahead = 0;  // Saturates at UINT64_MAX.
  uint64_t size = 0;        // Its own.
  Level level;              // The level that it stands in.
};

// Whether a book is what the venue has. A doubtful one goes on with every update; it is right again
// after a clear, a snapshot, a new session, or when its owner has a proof.
enum class State : uint8_t { kGood = 0, kDoubtful = 1, kRecovering = 2 };  // 2: within a snapshot.

// Why a book is doubtful: the first cause since it was good.
enum class Cause : uint8_t {
  kNone = 0,
  kGap,             // FH_RECORD_GAP
  kFlag,            // FH_FLAG_MAYBE_BAD_BOOK
  kUnknownOrder,    // C or M of an order that is not there: left out.
  kMoreThanLeft,    // C of more than the order had: all of it was taken off.
  kDuplicateOrder,  // A of an order that is there: the new one took its place.
  kSideUnknown,     // A without a side, and no order before it that tells: left out.
  kContradiction,   // A level that is not where the venue says it is.
  kOrdersFull,      // No room for an order, in the pool or near its place in the table: left out.
  kLevelsFull,      // No room for a level: left out.
  kSizeOverflow,    // A level has 2^64 or more.
  kFollowedLate,    // What happened before it was followed is not known.
  kMismatch,        // Its owner has compared it with the venue's own, and it differed.
  kCount
};
inline constexpr size_t kCauses = static_cast<size_t>(Cause::kCount);

// In words, for people: "gap", "unknown order". Never null.
const char* Name(Cause cause);
const char* Name(State state);

struct Condition {
  State state = State::kGood;
  Cause cause = Cause::kNone;
  uint64_t since = 0;  // fh_update.sequence of the update that was the cause.

  bool good() const { return state == State::kGood; }
};

// What somebody wants to be told of an instrument (BookSet::Follow), and what a notice tells.
enum Kind : uint8_t {
  kTop = 1,    // One of the four values of the top is another.
  kDepth = 2,  // One of the levels that are followed is another (BookOptions::depth_of_notices).
  kEvent = 4,  // An event of the instrument has ended, whatever it changed.
  kCondition = 8,  // Its condition is another. Always told, at LAST or at once when it is a gap.
  kCleared = 16,   // A session starts: it is empty, and what was known of it is void. Always told.
  kWatched = 32,   // A watched order has moved in its queue, or is gone. Always told.
  kImpliedTop = 64,       // As kTop, of the implied part; told with kTop.
  kConsolidatedTop = 128  // As kTop, of both parts together; told with kTop.
};

// One book, at the end of an event that somebody follows.
struct Notice {
  uint32_t book = 0;  // BookSet::book(book).
  uint32_t at = 0;    // The update that ended it, in the span that was applied.
  uint8_t kinds = 0;  // Kind; never 0.
  uint8_t reserved[3] = {};
  // Which ranks of bids and asks may be others than at the notice before: bit 0 is the best; bit 31
  // is the 32nd and all behind it. BookCopy::Write takes them.
  std::array<uint32_t, 2> changed = {};
};
static_assert(sizeof(Notice) == 20);

// Counters of a BookSet; they only grow, but for those that say "now".
struct BookStats {
  uint64_t updates = 0;                       // Applied, or looked at and passed by.
  uint64_t not_followed = 0;                  // Of instruments that nobody follows.
  uint64_t events = 0;                        // Ends of events of books.
  uint64_t tops = 0;                          // Of them, with another top.
  std::array<uint64_t, kCauses> faults = {};  // By Cause.
  uint64_t gaps = 0;                          // FH_RECORD_GAP.
  uint64_t unknown_levels = 0;                // C of a level that is not there: no fault.
  uint64_t cut_levels = 0;                    // That fell below the depth of their book.
  uint64_t healed = 0;                        // Books that became good again.
  uint64_t books_full = 0;          // Updates of instruments for which there was no book left.
  uint64_t streams_full = 0;        // Updates of streams that there was no room for.
  uint64_t unknown_instrument = 0;  // Updates of FH_UNKNOWN_INSTRUMENT that no order could tell.
  uint64_t watches_full = 0;
  uint64_t doubtful_now = 0;   // Books that are not good. Filled by stats(), a walk.
  uint64_t open_now = 0;       // Books within an event. The same.
  uint64_t oldest_open = 0;    // sequence of the update that opened the oldest of them, or 0.
  int64_t oldest_open_ns = 0;  // Its ts_recv_ns, or 0.
  uint64_t books = 0;          // Now.
  uint64_t orders = 0;         // Now.
  uint64_t levels_room = 0;    // Levels that the books hold room for, now.
};

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_TYPES_H_
