// The best bid and ask over several venues of one instrument, with who has them.
//
//   BestOfVenues<4> best;                        // Up to 64 venues.
//   best.Set(0, book.top(), book.condition().good() && is_trading);
//   best.bid().price, best.bid().size, best.bid().venues     // A bit for each venue at the best.
//
// A venue that counts for nothing (doubtful, halted) is left out, and excluded() says so. Between venues
// locked and crossed are normal: is_crossed() tells, nothing is corrected. Who maps instruments of
// channels to one, and which thread brings the tops together, is the caller's business. One thread; a
// few ns; a walk over the venues only when the best of a side gets worse.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_BEST_OF_VENUES_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_BEST_OF_VENUES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "feedhandler/books/book_types.h"
#include "feedhandler/books/tables.h"

namespace fh::books {

template <size_t Venues>
class BestOfVenues {
  static_assert(Venues >= 1 && Venues <= 64);

 public:
  struct Best {
    int64_t price = FH_UNDEFINED_PRICE;
    uint64_t size = 0;    // Of all venues at the price; saturates.
    uint64_t venues = 0;  // Bit n: venue n is at the price.

    friend bool operator==(const Best&, const Best&) = default;
  };

  // The top of a venue now, and whether it counts. Whether the best of a side is another than before.
  // Precondition: venue < Venues.
  bool Set(size_t venue, const Top& top, bool counts) {
    excluded_ = counts ? excluded_ & ~Bit(venue) : excluded_ | Bit(venue);
    const Top shown = counts ? top : Top{};
    const bool bid = SetSide(0, venue, {shown.bid_price, shown.bid_size});
    const bool ask = SetSide(1, venue, {shown.ask_price, shown.ask_size});
    return bid || ask;
  }

  const Best& bid() const { return best_[0]; }
  const Best& ask() const { return best_[1]; }
  uint64_t excluded() const { return excluded_; }
  bool is_crossed() const { return HasBoth() && bid().price > ask().price; }
  bool is_locked() const { return HasBoth() && bid().price == ask().price; }

 private:
  struct Quote {
    int64_t price = FH_UNDEFINED_PRICE;
    uint64_t size = 0;
    friend bool operator==(const Quote&, const Quote&) = default;
  };

  static uint64_t Bit(size_t venue) { return uint64_t{1} << venue; }
  bool HasBoth() const {
    return bid().price != FH_UNDEFINED_PRICE && ask().price != FH_UNDEFINED_PRICE;
  }

  bool SetSide(size_t side, size_t venue, const Quote& quote) {
    Quote& old = quotes_[side][venue];
    if (old == quote) return false;
    const bool is_far =
        (best_[side].venues & Bit(venue)) == 0 &&
        (quote.price == FH_UNDEFINED_PRICE ||
         (best_[side].venues != 0 &&
          detail::Goodness(side, quote.price) < detail::Goodness(side, best_[side].price)));
    old = quote;
    if (is_far) return false;
    Best best;
    for (size_t i = 0; i < Venues; ++i) {
      const Quote& other = quotes_[side][i];
      if (other.price == FH_UNDEFINED_PRICE) continue;
      const bool is_better = best.venues == 0 || detail::Goodness(side, other.price) >
                                                     detail::Goodness(side, best.price);
      if (is_better) best = {other.price, 0, 0};
      if (other.price != best.price) continue;
      if (__builtin_add_overflow(best.size, other.size, &best.size)) best.size = UINT64_MAX;
      best.venues |= Bit(i);
    }
    const bool is_other = !(best == best_[side]);
    best_[side] = best;
    return is_other;
  }

  std::array<Best, 2> best_;
  std::array<std::array<Quote, Venues>, 2> quotes_;
  uint64_t excluded_ = 0;
};

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_BEST_OF_VENUES_H_
