// Books the slow way: ordered maps of levels, lists of orders, sizes added up each time, one update at
// a time. Written from the rules in feedhandler/books/book_set.h, and apart from the library: no pools,
// no stamps, no stages. For tests and the fuzz target.
//
//   Oracle oracle;
//   for (const auto& [instrument, family, top] : oracle.Apply(update)) ...  // Tops at LAST.
//   oracle.Expect(books, instrument)                                       // "" when equal.
//
// One channel, direct orders and levels; no limit of depth, no implied part, tops left out.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_ORACLE_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_ORACLE_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/books/book_set.h"

namespace fh::books {

__extension__ using Sum128 = unsigned __int128;

class Oracle {
 public:
  using Update = fh_update;
  using TopRow = std::tuple<uint32_t, Family, Top>;

  explicit Oracle(codecs::PlaceRule places = codecs::PlaceRule::kByFlag) : places_(places) {}

  // A book of which somebody watches an order is there before any update of it: what clears all books
  // concerns it.
  void Watched(uint32_t instrument_id) { books_.try_emplace({instrument_id, Family::kOrders}); }

  // Tops that are others than before, ascending by instrument and family.
  std::vector<TopRow> Apply(const Update& u) {
    tops_.clear();
    const bool is_all = u.instrument_id == FH_ALL_INSTRUMENTS;
    if (u.instrument_id == FH_UNKNOWN_INSTRUMENT) return tops_;
    if (u.record == FH_RECORD_GAP) {
      channel_doubtful_ = true;
      channel_stale_ = false;
      for (auto& [key, book] : books_) {
        book.state = State::kDoubtful;
        book.stale = false;
      }
      return tops_;
    }
    if (codecs::IsSessionStart(u) && u.action == 'R') {
      for (auto& [key, book] : books_) book = OneBook{};
      channel_doubtful_ = channel_stale_ = false;
      return tops_;
    }
    if (u.action == 'R' && u.record != FH_RECORD_SESSION) {
      Clear(u);
    } else if (!is_all && u.record == FH_RECORD_ORDER) {
      ApplyOrder(u);
    } else if (!is_all && u.record == FH_RECORD_LEVEL) {
      ApplyLevel(u);
    }
    if ((u.flags & FH_FLAG_LAST) != 0) Close(u);
    return tops_;
  }

  // What differs between a book and this one's; empty when nothing does.
  std::string Expect(const BookSet& books, uint32_t instrument, Family family) const {
    std::ostringstream wrong;
    const Book book = books.Find(0, instrument, family);
    const auto found = books_.find({instrument, family});
    if (found == books_.end()) return book && !book.empty() ? "a book of nothing" : "";
    const OneBook& mine = found->second;
    if (!book) return "no book";
    for (const Side side : {Side::kBid, Side::kAsk}) {
      const auto rows = mine.Rows(side, family);
      const Levels levels = book.levels(side);
      if (rows.size() != levels.size()) {
        wrong << "levels " << levels.size() << " for " << rows.size() << "; ";
        continue;
      }
      for (size_t i = 0; i < rows.size(); ++i) {
        const Level level = levels[i];
        if (!(level == rows[i])) {
          wrong << "level " << i << ": " << level.price << " " << level.size << " " << level.orders
                << " for " << rows[i].price << " " << rows[i].size << " " << rows[i].orders << "; ";
        }
        if (family == Family::kOrders) ExpectQueue(book, side, level.price, mine, wrong);
      }
    }
    if (book.condition().state != mine.state) wrong << "state " << Name(book.condition().state);
    return wrong.str();
  }

  std::string ExpectAll(const BookSet& books) const {
    for (const auto& [key, book] : books_) {
      const std::string wrong = Expect(books, key.first, key.second);
      if (!wrong.empty()) return "instrument " + std::to_string(key.first) + ": " + wrong;
    }
    return "";
  }

  size_t orders() const {
    size_t count = 0;
    for (const auto& [key, book] : books_) count += book.where.size();
    return count;
  }

 private:
  struct OneOrder {
    uint64_t id;
    int64_t price;
    uint64_t size;
    char side;
    bool placed() const { return price != FH_UNDEFINED_PRICE && size != 0; }
  };
  using Queue = std::list<OneOrder>;

  struct OneBook {
    // Orders of both sides by price, and those without a place.
    std::map<char, std::map<int64_t, Queue>> queues;
    std::map<uint64_t, OneOrder> where;  // By id: where to look.
    std::map<char, std::map<int64_t, std::pair<uint64_t, uint32_t>>> levels;
    State state = State::kGood;
    bool stale = false;
    bool open = false;
    uint64_t touched = 0;
    uint64_t replaced = UINT64_MAX;
    char replaced_side = 'N';
    Top shown;

    std::vector<Level> Rows(Side side, Family family) const {
      const char s = side == Side::kBid ? 'B' : 'A';
      std::vector<Level> rows;
      if (family == Family::kOrders) {
        const auto found = queues.find(s);
        if (found != queues.end()) {
          for (const auto& [price, queue] : found->second) {
            Sum128 sum = 0;
            for (const OneOrder& order : queue) sum += order.size;
            const uint64_t size = sum > UINT64_MAX ? UINT64_MAX : static_cast<uint64_t>(sum);
            rows.push_back({price, size, static_cast<uint32_t>(queue.size())});
          }
        }
      } else if (const auto found = levels.find(s); found != levels.end()) {
        for (const auto& [price, level] : found->second) {
          rows.push_back({price, level.first, level.second});
        }
      }
      if (side == Side::kBid) std::reverse(rows.begin(), rows.end());
      return rows;
    }

    Top TopOf(Family family) const {
      Top top;
      if (const auto bids = Rows(Side::kBid, family); !bids.empty()) {
        top.bid_price = bids[0].price;
        top.bid_size = bids[0].size;
      }
      if (const auto asks = Rows(Side::kAsk, family); !asks.empty()) {
        top.ask_price = asks[0].price;
        top.ask_size = asks[0].size;
      }
      return top;
    }
  };

  void ExpectQueue(const Book& book, Side side, int64_t price, const OneBook& mine,
                   std::ostringstream& wrong) const {
    const Queue& queue = mine.queues.at(side == Side::kBid ? 'B' : 'A').at(price);
    auto at = queue.begin();
    for (const Order order : book.orders(side, price)) {
      if (at == queue.end() || order.id != at->id || order.size != at->size) {
        wrong << "queue at " << price << " differs at order " << order.id << "; ";
        return;
      }
      ++at;
    }
    if (at != queue.end()) wrong << "queue at " << price << " is too short; ";
  }

  OneBook& BookOf(const Update& u, Family family) {
    const auto [at, is_new] = books_.try_emplace({u.instrument_id, family});
    if (is_new && channel_doubtful_) at->second.state = State::kDoubtful;
    if (is_new) at->second.stale = channel_stale_;
    return at->second;
  }

  static void Doubt(OneBook& book) { book.state = State::kDoubtful; }

  void Heal(OneBook& book) {
    book.stale = channel_doubtful_ || channel_stale_;
    book.state = State::kGood;
  }

  void CheckFlag(OneBook& book, const Update& u) {
    if ((u.flags & FH_FLAG_MAYBE_BAD_BOOK) == 0) {
      book.stale = false;
    } else if (!book.stale) {
      Doubt(book);
    }
  }

  static void Touch(OneBook& book, const Update& u) {
    book.open = true;
    book.touched = u.sequence;
  }

  void Clear(const Update& u) {
    const bool is_all = u.instrument_id == FH_ALL_INSTRUMENTS;
    if (is_all && (u.flags & FH_FLAG_SNAPSHOT) == 0) {
      channel_stale_ = channel_stale_ || channel_doubtful_;
      channel_doubtful_ = false;
    }
    if (!is_all && u.record == FH_RECORD_ORDER) BookOf(u, Family::kOrders);
    if (!is_all && u.record == FH_RECORD_LEVEL) BookOf(u, Family::kLevels);
    for (auto& [key, book] : books_) {
      if (!is_all && key.first != u.instrument_id) continue;
      if (u.record == FH_RECORD_ORDER && key.second != Family::kOrders) continue;
      if (u.record == FH_RECORD_LEVEL && key.second != Family::kLevels) continue;
      if (u.record == FH_RECORD_TOP) continue;
      Touch(book, u);
      for (const char side : {'B', 'A'}) {
        if (u.side == (side == 'B' ? 'A' : 'B')) continue;
        book.queues[side].clear();
        book.levels[side].clear();
        std::erase_if(book.where, [&](const auto& entry) { return entry.second.side == side; });
      }
      if (u.side == 'B' || u.side == 'A') continue;
      if ((u.flags & FH_FLAG_SNAPSHOT) == 0) {
        Heal(book);
      } else {
        book.state = State::kRecovering;
      }
    }
  }

  static void TakeOut(OneBook& book, const OneOrder& order) {
    if (order.placed()) {
      auto& levels = book.queues[order.side];
      Queue& queue = levels[order.price];
      queue.remove_if([&](const OneOrder& other) { return other.id == order.id; });
      if (queue.empty()) levels.erase(order.price);
    }
  }

  static void PutIn(OneBook& book, const OneOrder& order, bool at_head) {
    if (order.placed()) {
      Queue& queue = book.queues[order.side][order.price];
      Sum128 before = 0;
      for (const OneOrder& other : queue) before += other.size;
      if (before <= UINT64_MAX && before + order.size > UINT64_MAX) Doubt(book);
      queue.insert(at_head ? queue.begin() : queue.end(), order);
    }
    book.where[order.id] = order;
  }

  static void Resize(OneBook& book, OneOrder order, uint64_t size) {
    if (order.placed()) {
      Sum128 before = 0;
      OneOrder* own = nullptr;
      for (OneOrder& other : book.queues[order.side][order.price]) {
        before += other.size;
        if (other.id == order.id) own = &other;
      }
      if (before <= UINT64_MAX && before - order.size + size > UINT64_MAX) Doubt(book);
      own->size = size;
    }
    order.size = size;
    book.where[order.id] = order;
  }

  void ApplyOrder(const Update& u) {
    if (u.action == 'F') return;
    if (u.action == 'N') {
      const auto found = books_.find({u.instrument_id, Family::kOrders});
      if (found != books_.end()) CheckFlag(found->second, u);
      return;
    }
    OneBook& book = BookOf(u, Family::kOrders);
    CheckFlag(book, u);
    Touch(book, u);
    const uint64_t id = u.order.order_id;
    const auto found = book.where.find(id);
    if (u.action == 'A') {
      char side = u.side;
      if (side != 'B' && side != 'A') {
        if (book.replaced != u.sequence) return Doubt(book);
        side = book.replaced_side;
      }
      if (found != book.where.end()) {
        Doubt(book);
        TakeOut(book, found->second);
        book.where.erase(found);
      }
      return PutIn(book, {id, u.order.price, u.order.size, side},
                   (u.flags & FH_FLAG_PRIORITY_KEPT) != 0);
    }
    if (u.action != 'M' && u.action != 'C') return;
    if (found == book.where.end()) return Doubt(book);
    const OneOrder old = found->second;
    if (u.action == 'C') {
      book.replaced = u.sequence;
      book.replaced_side = old.side;
      if (u.order.size != 0 && u.order.size < old.size)
        return Resize(book, old, old.size - u.order.size);
      if (u.order.size > old.size) Doubt(book);
      TakeOut(book, old);
      book.where.erase(id);
      return;
    }
    OneOrder changed = old;
    changed.size = u.order.size;
    if (u.side == 'B' || u.side == 'A') changed.side = u.side;
    if (u.order.price != FH_UNDEFINED_PRICE) changed.price = u.order.price;
    bool keeps =
        old.placed() && changed.placed() && changed.side == old.side && changed.price == old.price;
    if (places_ == codecs::PlaceRule::kByFlag)
      keeps = keeps && (u.flags & FH_FLAG_PRIORITY_KEPT) != 0;
    if (places_ == codecs::PlaceRule::kByPriceAndSize) keeps = keeps && changed.size <= old.size;
    if (keeps) return Resize(book, old, changed.size);
    TakeOut(book, old);
    PutIn(book, changed, false);
  }

  void ApplyLevel(const Update& u) {
    if (u.action == 'N' || u.action == 'F' || u.action == 'T') {
      const auto found = books_.find({u.instrument_id, Family::kLevels});
      if (found != books_.end()) CheckFlag(found->second, u);
      return;
    }
    OneBook& book = BookOf(u, Family::kLevels);
    CheckFlag(book, u);
    Touch(book, u);
    if (u.side != 'B' && u.side != 'A') return Doubt(book);
    auto& side = book.levels[u.side];
    if (u.action == 'C' || u.level.size == 0) {
      side.erase(u.level.price);
    } else if (u.level.price == FH_UNDEFINED_PRICE) {
      Doubt(book);
    } else {
      side[u.level.price] = {u.level.size, u.level.order_count};
    }
  }

  void Close(const Update& u) {
    const bool ends_all = u.record <= FH_RECORD_TRADE || u.record == FH_RECORD_STATISTIC ||
                          u.record == FH_RECORD_TRADE_DETAIL;
    for (auto& [key, book] : books_) {
      if (u.instrument_id != FH_ALL_INSTRUMENTS && key.first != u.instrument_id) continue;
      if (!book.open || (!ends_all && book.touched != u.sequence)) continue;
      book.open = false;
      if (book.state == State::kRecovering && (u.flags & FH_FLAG_SNAPSHOT) != 0) Heal(book);
      if (const Top top = book.TopOf(key.second); top != book.shown) {
        book.shown = top;
        tops_.emplace_back(key.first, key.second, top);
      }
    }
  }

  codecs::PlaceRule places_;
  std::map<std::pair<uint32_t, Family>, OneBook> books_;
  bool channel_doubtful_ = false;
  bool channel_stale_ = false;
  std::vector<TopRow> tops_;
};

// Updates that collide, contradict and repeat, drawn by `next` (any number): ids, prices and sizes from
// small pools with extremes among them, faults, gaps, snapshots, events that stay open.
template <typename Next>
fh_update AnyUpdate(Next next, uint64_t& sequence) {
  static constexpr int64_t kPrices[] = {100, 101, 102, 103, 99,        98,
                                        -5,  0,   1,   104, INT64_MIN, INT64_MAX - 1};
  static constexpr uint64_t kSizes[] = {1, 2, 10, 10, 100, 7, 50, UINT64_MAX};
  fh_update u{};
  if (next(4) != 0) ++sequence;
  u.sequence = sequence;
  u.instrument_id = static_cast<uint32_t>(1 + next(3));
  u.side = "BBBAAAN"[next(7)];
  u.flags = next(3) != 0 ? FH_FLAG_LAST : 0;
  const int64_t price = next(40) == 0   ? FH_UNDEFINED_PRICE
                        : next(30) == 0 ? kPrices[6 + next(6)]
                                        : kPrices[next(6)];
  const uint64_t size = next(60) == 0 ? 0 : next(50) == 0 ? kSizes[7] : kSizes[next(7)];
  const uint64_t kind = next(100);
  if (kind < 65) {
    u.record = FH_RECORD_ORDER;
    u.action = "AAAACCCMMF"[next(10)];
    if (next(8) == 0) u.flags |= FH_FLAG_PRIORITY_KEPT;
    u.order = {
        .order_id = next(24), .price = price, .size = u.action == 'C' && next(2) == 0 ? 0 : size};
  } else if (kind < 88) {
    u.record = FH_RECORD_LEVEL;
    u.action = "MMMAC"[next(5)];
    u.level = {
        .price = price, .size = size, .order_count = static_cast<uint32_t>(next(5)), .depth = 0};
  } else if (kind < 92) {
    u.record = next(2) == 0 ? FH_RECORD_TRADE : FH_RECORD_STATUS;
    u.action = u.record == FH_RECORD_TRADE ? 'T' : 'N';
  } else if (kind < 95) {
    u.record = next(2) == 0 ? FH_RECORD_ORDER : FH_RECORD_LEVEL;
    u.action = next(2) == 0 ? 'N' : 'R';
    if (next(4) != 0) u.side = 'N';
    if (next(2) == 0) u.flags |= FH_FLAG_SNAPSHOT;
    if (next(3) == 0) u.instrument_id = FH_ALL_INSTRUMENTS;
  } else if (kind < 97) {
    u.record = FH_RECORD_ORDER;
    u.action = 'N';
    u.side = 'N';
    u.flags = FH_FLAG_LAST | FH_FLAG_SNAPSHOT;
    if (next(2) == 0) u.instrument_id = FH_ALL_INSTRUMENTS;
  } else if (kind < 98) {
    u.record = FH_RECORD_GAP;
    u.action = 'N';
    u.instrument_id = FH_ALL_INSTRUMENTS;
    u.gap.cause = FH_GAP_LOST;
  } else if (next(10) == 0) {
    u.record = FH_RECORD_SESSION;
    u.action = 'R';
    u.instrument_id = FH_ALL_INSTRUMENTS;
    u.session.state = FH_SESSION_RESTARTED;
  } else {
    u.record = FH_RECORD_LEVEL;
    u.action = 'N';
    u.side = 'N';
    u.flags = FH_FLAG_LAST;
  }
  if (next(60) == 0) u.flags |= FH_FLAG_MAYBE_BAD_BOOK;
  return u;
}

}  // namespace fh::books

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_ORACLE_H_
