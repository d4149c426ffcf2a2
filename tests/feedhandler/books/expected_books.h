// An expected file of books, and what is compared with it: the CRC of all tops, bisectable; the tops
// of some instruments; books, queues and positions at checkpoints.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_EXPECTED_BOOKS_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_EXPECTED_BOOKS_H_

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/captures.h"
#include "tests/codecs/expected_json.h"
#include "tests/feedhandler/books/updates.h"

namespace fh::books {

using nlohmann::json;
using Key = std::vector<uint64_t>;

inline std::optional<json> ExpectedBooks(const std::string& name) {
  const auto file = test::CaptureFile("expected/books/" + name);
  if (!file) return std::nullopt;
  return test::ExpectedLines(*file).NextDocument();
}

inline json PriceJson(int64_t price) { return price == FH_UNDEFINED_PRICE ? json() : json(price); }

inline std::string PriceText(int64_t price) {
  return price == FH_UNDEFINED_PRICE ? "-" : std::to_string(price);
}

// Tops in stream order, as `tops_crc32` counts them.
class TopLog {
 public:
  TopLog(const json& expected, std::string prefix)
      : expected_(expected), prefix_(std::move(prefix)) {}

  void Add(const Key& key, const std::string& name, const Top& top) {
    std::string line;
    json row = json::array();
    for (const uint64_t part : key) {
      absl::StrAppend(&line, part, ",");
      row.push_back(part);
    }
    absl::StrAppend(&line, name, ",", PriceText(top.bid_price), ",", top.bid_size, ",",
                    PriceText(top.ask_price), ",", top.ask_size, "\n");
    crc_ = crc32(crc_, reinterpret_cast<const Bytef*>(line.data()), static_cast<uInt>(line.size()));
    ++count_;
    const json& every = expected_.contains(prefix_ + "_crc32_every_1000")
                            ? expected_[prefix_ + "_crc32_every_1000"]
                            : kNone;
    if (count_ % 1000 == 0 && count_ / 1000 <= every.size()) {
      EXPECT_EQ(CrcText(), every[count_ / 1000 - 1].back())
          << prefix_ << " " << count_ << ": " << line;
    }
    row.insert(row.end(),
               {PriceJson(top.bid_price), top.bid_size, PriceJson(top.ask_price), top.ask_size});
    tops_[name].push_back(row);
  }

  void ExpectAll() const {
    EXPECT_EQ(count_, expected_[prefix_ + "_count"].get<uint64_t>()) << prefix_;
    if (expected_.contains(prefix_)) {
      for (const auto& [name, rows] : expected_[prefix_].items()) {
        const auto found = tops_.find(name);
        const json got = found == tops_.end() ? json::array() : found->second;
        for (size_t i = 0; i < std::max(rows.size(), got.size()); ++i) {
          const json want_row = i < rows.size() ? rows[i] : json();
          const json got_row = i < got.size() ? got[i] : json();
          ASSERT_EQ(got_row, want_row) << prefix_ << " " << name << " number " << i;
        }
      }
    }
    EXPECT_EQ(CrcText(), expected_[prefix_ + "_crc32"].get<std::string>()) << prefix_;
  }

 private:
  std::string CrcText() const { return absl::StrFormat("%08x", crc_); }

  static inline const json kNone = json::array();
  const json& expected_;
  std::string prefix_;
  uLong crc_ = 0;
  uint64_t count_ = 0;
  std::map<std::string, json> tops_;
};

// Levels as the files have them, with as many columns as `like` has.
inline json SideJson(Levels levels, const json& like) {
  json side = json::array();
  const size_t columns = like.empty() ? 2 : like[0].size();
  for (const Level level : levels) {
    json row = {level.price, level.size};
    if (columns == 3) row.push_back(level.orders);
    side.push_back(row);
  }
  return side;
}

inline json QueueJson(const Book& book, Side side) {
  json queue = json::array();
  for (const Level level : book.levels(side)) {
    json orders = json::array();
    for (const Order order : book.orders(side, level.price))
      orders.push_back({order.id, order.size});
    queue.push_back({level.price, orders});
  }
  return queue;
}

inline void ExpectLevels(const Book& book, const json& expected) {
  EXPECT_EQ(SideJson(book.bids(), expected["b"]), expected["b"]);
  EXPECT_EQ(SideJson(book.asks(), expected["a"]), expected["a"]);
  if (expected.contains("bq")) {
    EXPECT_EQ(QueueJson(book, Side::kBid), expected["bq"]);
  }
  if (expected.contains("aq")) {
    EXPECT_EQ(QueueJson(book, Side::kAsk), expected["aq"]);
  }
  EXPECT_EQ(book.hash(), book.HashFromScratch());
}

// All books of a checkpoint, by name: those that it lists as it has them, all others empty.
inline void ExpectCheckpoint(const json& checkpoint, const std::map<std::string, Book>& books) {
  SCOPED_TRACE("checkpoint at " + checkpoint["at"].dump());
  const json& expected = checkpoint["books"];
  for (const auto& [name, book] : books) {
    SCOPED_TRACE(name);
    if (!expected.contains(name)) {
      EXPECT_TRUE(book.empty());
      continue;
    }
    ExpectLevels(book, expected[name]);
  }
  for (const auto& [name, book] : expected.items()) {
    EXPECT_TRUE(books.contains(name)) << name;
  }
}

}  // namespace fh::books

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_EXPECTED_BOOKS_H_
