// Notices at most once an interval for each book, the last state never lost: also of a book that falls
// silent right after a change.
//
//   Conflation timed(capacity, /*interval_ns=*/100'000'000);
//   timed.Add(notice);                                     // At every notice.
//   timed.Due(now_ns, [&](uint32_t book, uint8_t kinds) { Show(books.book(book)); });
//
// Due is called with every burst and when nothing comes (OnIdle): at each boundary of the interval it
// gives every book that changed since the boundary before, in the order of their first change, with all
// kinds that were noticed; the caller looks at the book as it is now. Boundaries are multiples of the
// interval, so two runs over the same times give the same. One thread; allocates in the constructor.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_CONFLATION_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_CONFLATION_H_

#include <cstdint>
#include <vector>

#include "feedhandler/books/book_types.h"

namespace fh::books {

class Conflation {
 public:
  // `books`: indices of books are at most this (BookSet::most_books). `interval_ns` > 0.
  Conflation(uint32_t books, int64_t interval_ns)
      : kinds_(uint64_t{books} + 1), interval_ns_(interval_ns) {
    waiting_.reserve(kinds_.size());
  }

  void Add(const Notice& notice) {
    if (kinds_[notice.book] == 0) waiting_.push_back(notice.book);
    kinds_[notice.book] |= notice.kinds;
  }

  // Calls f(book, kinds) for what waits, when a boundary has passed since the call before.
  template <typename F>
  void Due(int64_t now_ns, F f) {
    const int64_t boundary = now_ns / interval_ns_;
    if (boundary == boundary_) return;
    boundary_ = boundary;
    Flush(f);
  }

  // The same at once: at the end.
  template <typename F>
  void Flush(F f) {
    for (const uint32_t book : waiting_) {
      f(book, kinds_[book]);
      kinds_[book] = 0;
    }
    waiting_.clear();
  }

  size_t waiting() const { return waiting_.size(); }

 private:
  std::vector<uint8_t> kinds_;  // By book; 0: it does not wait.
  std::vector<uint32_t> waiting_;
  int64_t interval_ns_;
  int64_t boundary_ = INT64_MIN;
};

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_CONFLATION_H_
