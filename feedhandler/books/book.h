// One order book, to look at: levels best first, queues in time order, and what follows from them.
//
//   Book book = books.Find(channel_id, instrument_id);      // Of a BookSet (book_set.h).
//   if (!book.condition().good()) return;
//   for (Level level : book.bids().First(5)) Print(level.price, level.size, level.orders);
//   Top top = book.top();                                   // FH_UNDEFINED_PRICE: that side is empty.
//   book.mid(), book.microprice(), book.imbalance(5), book.Vwap(Side::kAsk, 1'000)
//   if (std::optional<Position> place = books.PositionOf(order_id, ...)) place->size_ahead
//
// A handle of 16 bytes, to be passed by value. It stays valid as long as its BookSet; what it shows is
// what the updates that were applied so far make of the book, so between the records of an event it
// shows books that never existed: look at LAST, which is when there are notices. On the thread of the
// BookSet only; others read a BookCopy (book_copy.h).
//
// Nothing allocates. Levels are made when they are looked at: levels()[n] is one read.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "feedhandler/books/book_types.h"
#include "feedhandler/books/tables.h"

namespace fh::books {

// The levels of one side, the best first.
class Levels {
 public:
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = Level;
    using difference_type = std::ptrdiff_t;
    using pointer = const Level*;
    using reference = Level;

    Iterator() = default;
    explicit Iterator(const detail::LevelSlot* behind) : behind_(behind) {}
    Level operator*() const { return Of(behind_[-1]); }
    Level operator[](difference_type n) const { return Of(behind_[-1 - n]); }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this += -1; }
    Iterator operator++(int) {
      Iterator old = *this;
      ++*this;
      return old;
    }
    Iterator operator--(int) {
      Iterator old = *this;
      --*this;
      return old;
    }
    Iterator& operator+=(difference_type n) {
      behind_ -= n;
      return *this;
    }
    Iterator& operator-=(difference_type n) {
      behind_ += n;
      return *this;
    }
    friend Iterator operator+(Iterator at, difference_type n) { return at += n; }
    friend Iterator operator-(Iterator at, difference_type n) { return at -= n; }
    friend difference_type operator-(Iterator a, Iterator b) { return b.behind_ - a.behind_; }
    friend bool operator==(Iterator a, Iterator b) { return a.behind_ == b.behind_; }
    friend auto operator<=>(Iterator a, Iterator b) { return b.behind_ <=> a.behind_; }

   private:
    const detail::LevelSlot* behind_ = nullptr;
  };

  Levels() = default;
  Levels(const detail::LevelSlot* worst, size_t count) : worst_(worst), count_(count) {}

  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  // Precondition: rank < size(). 0 is the best.
  Level operator[](size_t rank) const { return Of(worst_[count_ - 1 - rank]); }
  Level front() const { return (*this)[0]; }
  Iterator begin() const { return Iterator(worst_ + count_); }
  Iterator end() const { return Iterator(worst_); }
  // The best `most` of them.
  Levels First(size_t most) const {
    const size_t count = std::min(most, count_);
    return {worst_ + (count_ - count), count};
  }

 private:
  static Level Of(const detail::LevelSlot& slot) { return {slot.price, slot.size(), slot.orders}; }

  const detail::LevelSlot* worst_ = nullptr;
  size_t count_ = 0;
};

// The orders of one level, the oldest first.
class Orders {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Order;
    using difference_type = std::ptrdiff_t;
    using pointer = const Order*;
    using reference = Order;

    Iterator() = default;
    Iterator(const detail::OrderSlot* orders, uint32_t at) : orders_(orders), at_(at) {}
    Order operator*() const {
      const detail::OrderSlot& slot = orders_[at_];
      return {slot.id, slot.price, slot.size, static_cast<Side>(slot.side)};
    }
    Iterator& operator++() {
      at_ = orders_[at_].behind;
      return *this;
    }
    Iterator operator++(int) {
      Iterator old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(Iterator a, Iterator b) { return a.at_ == b.at_; }

   private:
    const detail::OrderSlot* orders_ = nullptr;
    uint32_t at_ = detail::kNobody;
  };

  Orders() = default;
  Orders(const detail::OrderSlot* orders, uint32_t head) : orders_(orders), head_(head) {}
  Iterator begin() const { return {orders_, head_}; }
  Iterator end() const { return {orders_, detail::kNobody}; }
  bool empty() const { return head_ == detail::kNobody; }

 private:
  const detail::OrderSlot* orders_ = nullptr;
  uint32_t head_ = detail::kNobody;
};

// What taking `size` of one side would cost: how much there is of it, and at which prices.
struct Taken {
  uint64_t size = 0;                           // At most what was asked for.
  int64_t average_price = FH_UNDEFINED_PRICE;  // Weighted by size, rounded to the nearest 1e-9.
  int64_t worst_price = FH_UNDEFINED_PRICE;
};

class Book {
 public:
  Book() = default;
  Book(const detail::Tables* tables, uint32_t index) : tables_(tables), index_(index) {}

  // Whether there is a book: nothing that the others say of none means anything, but nothing fails.
  explicit operator bool() const { return index_ != detail::kNobody; }
  uint32_t index() const { return index_; }

  uint16_t channel_id() const { return slot().channel_id; }
  uint32_t instrument_id() const { return slot().instrument_id; }
  Family family() const { return static_cast<Family>(slot().family); }
  Condition condition() const {
    const detail::BookSlot& book = slot();
    return {static_cast<State>(book.state), static_cast<Cause>(book.cause), book.since};
  }
  // Of the last update that changed it, or ended an event of it.
  uint64_t sequence() const { return slot().sequence; }
  int64_t ts_event_ns() const { return slot().ts_event_ns; }
  int64_t ts_recv_ns() const { return slot().ts_recv_ns; }
  // Whether it stands between two records of an event.
  bool is_open() const { return slot().is_open != 0; }
  // Levels a side that the venue keeps; 0: all.
  uint32_t depth() const { return slot().depth; }

  // The book of what the venue worked out from other instruments; an empty handle where there is none.
  // Its condition, sequence and times are those of the book that it is part of.
  Book implied() const { return {tables_, slot().implied}; }

  Levels bids() const { return levels(Side::kBid); }
  Levels asks() const { return levels(Side::kAsk); }
  Levels levels(Side side) const {
    const detail::SideSlot& s = slot().sides[static_cast<size_t>(side)];
    return {tables_ == nullptr ? nullptr : tables_->levels + s.first, s.count};
  }
  bool empty() const { return slot().sides[0].count + slot().sides[1].count == 0; }

  Top top() const;
  // With the implied part, sizes added where prices are the same.
  Top consolidated_top() const;
  // The best levels of both parts together, into `out`; how many were written.
  size_t Consolidated(Side side, std::span<Level> out) const;

  // The level of a price; size 0 and an undefined price when there is none. A search.
  Level level(Side side, int64_t price) const;
  // The orders of a level, of a book of orders; empty when there is none.
  Orders orders(Side side, int64_t price) const;
  // Orders without a price or size, in no order that means anything.
  Orders unplaced() const { return {tables_ == nullptr ? nullptr : tables_->orders, slot().loose}; }

  // Half way between the best prices, rounded down; FH_UNDEFINED_PRICE when a side is empty.
  int64_t mid() const;
  // The best prices weighted by the size of the other side; FH_UNDEFINED_PRICE when a side is empty.
  int64_t microprice() const;
  // (bid size - ask size) / (bid size + ask size) over the best `depth` levels; 0 when both are empty.
  double imbalance(size_t depth = 1) const;
  // What taking `size` from `side`, best first, would give. Walks as many levels as it takes.
  Taken Vwap(Side side, uint64_t size) const;
  // The size that stands on `side` at `price` or better; saturates.
  uint64_t SizeTo(Side side, int64_t price) const;
  // Levels added up in buckets of `step` (> 0): bids rounded down, asks up, to a multiple of it. Into
  // `out`, the best first; how many were written.
  size_t Grouped(Side side, int64_t step, std::span<Level> out) const;

  // A hash of all levels (side, price, size, count), whatever the way they came about: equal books
  // have equal hashes. O(1).
  uint64_t hash() const { return slot().hash; }
  // The same, worked out from the levels.
  uint64_t HashFromScratch() const;
  // A hash of all orders and their places in the queues, worked out from them.
  uint64_t OrderHash() const;

 private:
  const detail::BookSlot& slot() const;

  const detail::Tables* tables_ = nullptr;
  uint32_t index_ = detail::kNobody;
};

inline constexpr detail::BookSlot kNoBook{};

inline const detail::BookSlot& Book::slot() const {
  return tables_ == nullptr ? kNoBook : tables_->books[index_];
}

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_H_
