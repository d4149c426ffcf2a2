// The functions of fh_books, on a stage.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "feedhandler/pipeline/book_stage.h"

namespace fh {
namespace {

using books::Book;
using books::Family;
using books::Level;
using books::Side;

constexpr uint32_t kKinds = FH_BOOK_TOP | FH_BOOK_LEVELS | FH_BOOK_EVENT | FH_BOOK_STATE |
                            FH_BOOK_CLEARED | FH_BOOK_QUEUE | FH_BOOK_IMPLIED_TOP |
                            FH_BOOK_CONSOLIDATED_TOP | FH_BOOK_TIMED | FH_BOOK_GOOD_ONLY;

Side SideOf(char side) { return side == FH_SIDE_ASK ? Side::kAsk : Side::kBid; }

fh_book_level AsC(const Level& level) { return {level.price, level.size, level.orders, 0}; }

size_t CopyLevels(const books::Levels& levels, fh_book_level* out) {
  size_t count = 0;
  for (const Level level : levels) out[count++] = AsC(level);
  return count;
}

// Both parts, by price.
size_t CopyConsolidated(const Book& book, Side side, fh_book_level* out, size_t most) {
  std::array<Level, FH_BOOK_MOST_CONSOLIDATED> levels;
  const size_t count =
      book.Consolidated(side, std::span(levels).first(std::min(most, levels.size())));
  std::transform(levels.begin(), levels.begin() + static_cast<ptrdiff_t>(count), out, AsC);
  return count;
}

}  // namespace

Book BookStage::BookOf(fh_book book) const {
  return book == FH_NO_BOOK || book > most_books_ ? Book() : books_->book(book);
}

// For what the strategy asks for, and is told. Once; its create may subscribe before anybody listens.
void BookStage::MakeRoom(Strategy& strategy) {
  if (!strategy.of_one.empty()) return;
  const size_t most = most_books_ + size_t{1};
  strategy.of_one.resize(2 * kMostSubscriptions);
  strategy.kept.reserve(kMostSubscriptions);
  strategy.pending.reserve(most);
  strategy.is_pending.resize(most);
  due_.reserve(strategies_.size() * most + kMostWatches);
}

// Whether it can be; of timed ones the interval from now on.
bool BookStage::TakeWish(Strategy& strategy, Wish wish, int64_t interval_ns) {
  const bool is_timed = (wish.kinds & FH_BOOK_TIMED) != 0;
  const bool needs_levels = (wish.kinds & FH_BOOK_LEVELS) != 0;
  if ((wish.kinds & ~kKinds) != 0 ||
      (needs_levels && (wish.levels < 1 || wish.levels > kMostLevels)) ||
      (is_timed && interval_ns <= 0)) {
    ++counters_.refused;
    return false;
  }
  if (is_timed) {
    if (strategy.interval_ns != interval_ns) strategy.next_ns = 0;
    strategy.interval_ns = interval_ns;
    has_timed_ = true;
  }
  return true;
}

int BookStage::SubscribeAll(Strategy& strategy, Wish wish, int64_t interval_ns) {
  if (!TakeWish(strategy, wish, interval_ns)) return 0;
  strategy.of_others = wish;
  FollowAll();
  return 1;
}

int BookStage::Subscribe(Strategy& strategy, uint16_t channel_id, uint32_t instrument_id, Wish wish,
                         int64_t interval_ns) {
  if (channel_id >= is_kept_.size() || !is_kept_[channel_id]) {
    ++counters_.refused;
    return 0;
  }
  if (!TakeWish(strategy, wish, interval_ns)) return 0;
  wish.is_set = true;
  if (instrument_id == FH_ALL_INSTRUMENTS) {
    strategy.of_all[channel_id] = wish;
    FollowAll();
    return 1;
  }
  const uint64_t key = KeyOf(channel_id, instrument_id);
  MakeRoom(strategy);
  Subscription* slot = FindSlot(strategy, key);
  if (slot->key == 0 && strategy.used >= kMostSubscriptions) {
    ++counters_.refused;
    return 0;
  }
  strategy.used += slot->key == 0 ? 1 : 0;
  *slot = {.key = key, .wish = wish};
  if (!books_->Follow(channel_id, instrument_id, FollowedFor(channel_id, instrument_id))) {
    ++counters_.refused;
    return 0;
  }
  return 1;
}

std::optional<uint32_t> BookStage::WatchOf(const Strategy& strategy, uint16_t channel_id,
                                           uint32_t instrument_id, uint64_t order_id) const {
  const Book book = books_->Find(channel_id, instrument_id, Family::kOrders);
  std::optional<uint32_t> found;
  if (!book) return found;
  books_->ForEachWatch(book.index(), [&](uint32_t number, const books::Watched& watched) {
    if (watched.order_id == order_id && watchers_[number] == strategy.index + 1) found = number;
  });
  return found;
}

int BookStage::Watch(Strategy& strategy, uint16_t channel_id, uint32_t instrument_id,
                     uint64_t order_id) {
  if (WatchOf(strategy, channel_id, instrument_id, order_id).has_value()) return 1;
  std::optional<uint32_t> number;
  if (channel_id < is_kept_.size() && is_kept_[channel_id]) {
    number = books_->Watch(channel_id, instrument_id, order_id);
  }
  if (!number.has_value() || *number >= watchers_.size()) {
    ++counters_.refused;
    return 0;
  }
  watchers_[*number] = strategy.index + 1;
  return 1;
}

void BookStage::Unwatch(const Strategy& strategy, uint16_t channel_id, uint32_t instrument_id,
                        uint64_t order_id) {
  const std::optional<uint32_t> found = WatchOf(strategy, channel_id, instrument_id, order_id);
  if (found.has_value()) DropWatch(*found);
}

fh_books BookStage::TableOf(Strategy& strategy) {
  fh_books table{};
  table.struct_size = sizeof(fh_books);
  table.context = &strategy;
  table.listen = [](void* context, void (*on_book)(void*, const fh_book_notice*), void* self) {
    auto& caller = *static_cast<Strategy*>(context);
    caller.on_book = on_book;
    caller.self = self;
    caller.stage->has_listeners_ = true;
    caller.stage->MakeRoom(caller);
  };
  table.find = [](void* context, uint16_t channel_id, uint32_t instrument_id, int family) {
    const books::BookSet& books = *static_cast<Strategy*>(context)->stage->books_;
    Book book;
    if (family == FH_BOOK_OF_ANY) {
      book = books.Find(channel_id, instrument_id);
    } else if (family >= 0 && family < static_cast<int>(books::kFamilies)) {
      book = books.Find(channel_id, instrument_id, static_cast<Family>(family));
    }
    return book ? fh_book{book.index()} : FH_NO_BOOK;
  };
  table.top = [](void* context, fh_book number, int part, fh_book_top* out) {
    const Book book = static_cast<Strategy*>(context)->stage->BookOf(number);
    books::Top top;
    if (book && part == FH_BOOK_DIRECT) top = book.top();
    if (book && part == FH_BOOK_IMPLIED && book.implied()) top = book.implied().top();
    if (book && part == FH_BOOK_CONSOLIDATED) top = book.consolidated_top();
    *out = {top.bid_price, top.ask_price, top.bid_size, top.ask_size};
  };
  table.levels = [](void* context, fh_book number, int part, char side, fh_book_level* out,
                    size_t most) -> size_t {
    Book book = static_cast<Strategy*>(context)->stage->BookOf(number);
    if (!book || (side != FH_SIDE_BID && side != FH_SIDE_ASK)) return 0;
    if (part == FH_BOOK_CONSOLIDATED) return CopyConsolidated(book, SideOf(side), out, most);
    if (part == FH_BOOK_IMPLIED) book = book.implied();
    return book ? CopyLevels(book.levels(SideOf(side)).First(most), out) : 0;
  };
  table.state = [](void* context, fh_book number, fh_book_state* out) {
    const Book book = static_cast<Strategy*>(context)->stage->BookOf(number);
    fh_book_state state{};
    state.struct_size = out->struct_size;
    state.state = FH_BOOK_DOUBTFUL;
    state.cause = FH_BOOK_CAUSE_FOLLOWED_LATE;
    state.ts_event_ns = FH_UNDEFINED_TIME;
    if (book) {
      const books::Condition condition = book.condition();
      state.state = static_cast<uint8_t>(condition.state);
      state.cause = static_cast<uint8_t>(condition.cause);
      state.since_sequence = condition.since;
      state.sequence = book.sequence();
      state.ts_event_ns = book.ts_event_ns();
      state.hash = book.hash();
      state.bid_levels = static_cast<uint32_t>(book.bids().size());
      state.ask_levels = static_cast<uint32_t>(book.asks().size());
    }
    std::memcpy(out, &state, std::min<size_t>(out->struct_size, sizeof(state)));
  };
  table.position = [](void* context, fh_book number, uint64_t order_id, fh_queue_position* out) {
    const BookStage& stage = *static_cast<Strategy*>(context)->stage;
    const Book book = stage.BookOf(number);
    if (!book) return 0;
    const uint16_t channel_id = book.channel_id();
    const uint32_t instrument_id = book.instrument_id();
    const std::optional<books::Order> order =
        stage.books_->FindOrder(channel_id, instrument_id, order_id);
    const std::optional<books::Position> place =
        stage.books_->PositionOf(channel_id, instrument_id, order_id);
    if (!order.has_value() || !place.has_value()) return 0;
    *out = {.orders_ahead = place->orders_ahead,
            .size_ahead = place->size_ahead,
            .size = place->size,
            .level_size = place->level.size,
            .price = order->price,
            .level_orders = place->level.orders,
            .side = order->side == Side::kBid ? char{FH_SIDE_BID} : char{FH_SIDE_ASK},
            .reserved = {}};
    return 1;
  };
  table.watch = [](void* context, uint16_t channel_id, uint32_t instrument_id, uint64_t order_id) {
    auto& caller = *static_cast<Strategy*>(context);
    return caller.stage->Watch(caller, channel_id, instrument_id, order_id);
  };
  table.unwatch = [](void* context, uint16_t channel_id, uint32_t instrument_id,
                     uint64_t order_id) {
    auto& caller = *static_cast<Strategy*>(context);
    caller.stage->Unwatch(caller, channel_id, instrument_id, order_id);
  };
  table.subscribe = [](void* context, uint16_t channel_id, uint32_t instrument_id, uint32_t kinds,
                       uint32_t levels, int64_t interval_ns) {
    auto& caller = *static_cast<Strategy*>(context);
    return caller.stage->Subscribe(caller, channel_id, instrument_id,
                                   {.kinds = kinds, .levels = levels}, interval_ns);
  };
  table.subscribe_all = [](void* context, uint32_t kinds, uint32_t levels, int64_t interval_ns) {
    auto& caller = *static_cast<Strategy*>(context);
    return caller.stage->SubscribeAll(caller, {.kinds = kinds, .levels = levels}, interval_ns);
  };
  table.orders = [](void* context, fh_book number, char side, int64_t price, fh_book_order* out,
                    size_t most) -> size_t {
    const Book book = static_cast<Strategy*>(context)->stage->BookOf(number);
    if (!book || book.family() != Family::kOrders) return 0;
    size_t count = 0;
    for (const books::Order order : book.orders(SideOf(side), price)) {
      if (count == most) break;
      out[count++] = {order.id, order.size};
    }
    return count;
  };
  table.vwap = [](void* context, fh_book number, char side, uint64_t size, int64_t* price,
                  uint64_t* filled) {
    const Book book = static_cast<Strategy*>(context)->stage->BookOf(number);
    const books::Taken taken = book ? book.Vwap(SideOf(side), size) : books::Taken();
    *price = taken.average_price;
    *filled = taken.size;
    return taken.size == 0 ? 0 : 1;
  };
  return table;
}

const fh_books* BookStage::AddStrategy() {
  auto strategy = std::make_unique<Strategy>();
  strategy->stage = this;
  strategy->index = static_cast<uint32_t>(strategies_.size());
  strategy->of_all.resize(is_kept_.size());
  strategy->table = TableOf(*strategy);
  strategies_.push_back(std::move(strategy));
  return &strategies_.back()->table;
}

}  // namespace fh
