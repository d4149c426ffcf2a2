// Updates, written briefly, and books to look at in tests.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_UPDATES_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_UPDATES_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/books/book_set.h"

namespace fh::books {

using codecs::NormalizedUpdate;

inline constexpr int64_t kOne = codecs::kPriceScale;

inline std::unique_ptr<BookSet> MakeBooks(const BookOptions& options) {
  absl::StatusOr<std::unique_ptr<BookSet>> books = BookSet::Create(options);
  EXPECT_TRUE(books.ok()) << books.status();
  return books.ok() ? *std::move(books) : nullptr;
}

inline BookOptions Small() {
  BookOptions options;
  options.instruments = 64;
  options.orders = 4'096;
  options.levels = 4'096;
  options.streams = 16;
  options.watches = 16;
  return options;
}

inline NormalizedUpdate OrderUpdate(char action, uint32_t instrument, uint64_t sequence,
                                    uint64_t id, char side, uint64_t size, int64_t price,
                                    uint8_t flags = FH_FLAG_LAST) {
  NormalizedUpdate update{};
  update.record = FH_RECORD_ORDER;
  update.action = action;
  update.side = side;
  update.flags = flags;
  update.instrument_id = instrument;
  update.sequence = sequence;
  update.order = {.order_id = id, .price = price, .size = size};
  return update;
}

inline NormalizedUpdate LevelUpdate(char action, uint32_t instrument, uint64_t sequence, char side,
                                    uint64_t size, int64_t price, uint8_t flags = FH_FLAG_LAST,
                                    uint32_t orders = 0, uint32_t depth = 0) {
  NormalizedUpdate update{};
  update.record = FH_RECORD_LEVEL;
  update.action = action;
  update.side = side;
  update.flags = flags;
  update.instrument_id = instrument;
  update.sequence = sequence;
  update.level = {.price = price, .size = size, .order_count = orders, .depth = depth};
  return update;
}

inline NormalizedUpdate Other(uint8_t record, char action, uint32_t instrument, uint64_t sequence,
                              uint8_t flags = 0) {
  NormalizedUpdate update{};
  update.record = record;
  update.action = action;
  update.side = FH_SIDE_NONE;
  update.flags = flags;
  update.instrument_id = instrument;
  update.sequence = sequence;
  return update;
}

}  // namespace fh::books

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_UPDATES_H_
