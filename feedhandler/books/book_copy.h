// A copy of one book's best levels for other threads: a seqlock, which the book's thread writes
// without waiting, and any number of readers read without stopping it.
//
//   BookCopy<10> copy;
//   copy.Write(book, notice.changed);             // The book's thread, at notices with kDepth.
//   BookCopy<10>::Record record = copy.Read();    // Any thread: whole, never torn.
//
// Write stores only the levels that have changed since the notice before, so it is given every notice
// that says so (follow kDepth with depth_of_notices >= N, and kCondition, which is always told); the
// first call of a book is Write(book). A reader that meets a write in between tries again; it never
// blocks the writer, and sees each record at most a write old. All words are atomics, so there is no
// race by the letter either. 32 + 48 N bytes and the number; allocates nothing.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_COPY_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_COPY_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "feedhandler/books/book.h"

namespace fh::books {

template <size_t N>
class BookCopy {
  static_assert(N >= 1 && N <= 31);

 public:
  struct Record {
    Condition condition;  // Without `since`.
    uint64_t sequence = 0;
    int64_t ts_event_ns = 0;
    uint64_t hash = 0;                    // Of the whole book.
    std::array<uint32_t, 2> counts = {};  // Levels of each side in `levels`.
    std::array<std::array<Level, N>, 2> levels = {};
  };

  // The book's thread. `changed`: Notice::changed; without, everything is stored.
  void Write(const Book& book, std::array<uint32_t, 2> changed = {UINT32_MAX, UINT32_MAX}) {
    const uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    const Condition condition = book.condition();
    const std::array<Levels, 2> sides = {book.bids(), book.asks()};
    const uint64_t bids = std::min(sides[0].size(), N);
    const uint64_t asks = std::min(sides[1].size(), N);
    Store(0, static_cast<uint64_t>(condition.state) | static_cast<uint64_t>(condition.cause) << 8 |
                 bids << 16 | asks << 24);
    Store(1, book.sequence());
    Store(2, static_cast<uint64_t>(book.ts_event_ns()));
    Store(3, book.hash());
    for (size_t side = 0; side < 2; ++side) {
      const size_t count = side == 0 ? bids : asks;
      uint32_t left = changed[side] & ((1u << N) - 1);
      while (left != 0) {
        const auto rank = static_cast<size_t>(std::countr_zero(left));
        if (rank >= count) break;
        left &= left - 1;
        const Level level = sides[side][rank];
        const size_t at = kHeader + (side * N + rank) * kWordsOfALevel;
        Store(at, static_cast<uint64_t>(level.price));
        Store(at + 1, level.size);
        Store(at + 2, level.orders);
      }
    }
    version_.store(version + 2, std::memory_order_release);
  }

  // Any thread. Nothing before the first Write. Tries again while a write is under way.
  Record Read() const {
    for (;;) {
      if (const std::optional<Record> record = TryRead()) return *record;
    }
  }

  // Once: none when a write came in between.
  std::optional<Record> TryRead() const {
    const uint64_t version = version_.load(std::memory_order_acquire);
    if ((version & 1) != 0) return std::nullopt;
    Record record;
    const uint64_t header = Load(0);
    record.condition.state = static_cast<State>(header & 0xFF);
    record.condition.cause = static_cast<Cause>(header >> 8 & 0xFF);
    record.counts = {static_cast<uint32_t>(header >> 16 & 0xFF),
                     static_cast<uint32_t>(header >> 24 & 0xFF)};
    record.sequence = Load(1);
    record.ts_event_ns = static_cast<int64_t>(Load(2));
    record.hash = Load(3);
    for (size_t side = 0; side < 2; ++side) {
      // A torn header may say anything; what it says is thrown away below.
      const size_t count = std::min<size_t>(record.counts[side], N);
      for (size_t rank = 0; rank < count; ++rank) {
        const size_t at = kHeader + (side * N + rank) * kWordsOfALevel;
        record.levels[side][rank] = {static_cast<int64_t>(Load(at)), Load(at + 1),
                                     static_cast<uint32_t>(Load(at + 2))};
      }
    }
    if (version_.load(std::memory_order_relaxed) != version) return std::nullopt;
    return record;
  }

  // How often it was written.
  uint64_t writes() const { return version_.load(std::memory_order_acquire) / 2; }

 private:
  static constexpr size_t kHeader = 4;
  static constexpr size_t kWordsOfALevel = 3;

  // Each word is stored behind the odd version, and who reads it sees that version when it looks again:
  // release and acquire on every word in place of two fences, which the thread sanitizer does not know.
  // On x86 both cost the same: nothing.
  void Store(size_t at, uint64_t word) { words_[at].store(word, std::memory_order_release); }
  uint64_t Load(size_t at) const { return words_[at].load(std::memory_order_acquire); }

  alignas(64) std::atomic<uint64_t> version_{0};
  std::array<std::atomic<uint64_t>, kHeader + 2 * N * kWordsOfALevel> words_{};
};

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_COPY_H_
