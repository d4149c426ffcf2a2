// Books by level, tops, and the levels of every book.
#include <cstring>

#include "feedhandler/books/book_set_impl.h"

namespace fh::books {
namespace {

// Searched one by one from the best; behind them by halves. Nearly all changes are near the best, and a
// step of a search by halves is foreseen half the time: four of them cost more than sixteen of these.
constexpr uint32_t kNear = 16;
// fh_update.detail of an M of CME and others that puts a new price in the place of a level.
constexpr uint8_t kOverlay = 5;

}  // namespace

uint32_t BookSet::Impl::Place(const SideSlot& side, size_t s, int64_t price) const {
  const LevelSlot* const levels = LevelsOf(side);
  const int64_t wanted = detail::Goodness(s, price);
  uint32_t high = side.count;  // All from here on are better.
  for (uint32_t i = 0; i < kNear; ++i) {
    if (high == 0) return 0;
    const int64_t goodness = detail::Goodness(s, levels[high - 1].price);
    if (goodness == wanted) return high - 1;
    if (goodness < wanted) return high;
    --high;
  }
  uint32_t low = 0;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (detail::Goodness(s, levels[middle].price) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool BookSet::Impl::InsertLevel(BookSlot& book, size_t s, uint32_t place, const LevelSlot& level) {
  SideSlot& side = book.sides[s];
  if (side.count == side.room && !level_pool.Grow(side)) return false;
  LevelSlot* const levels = LevelsOf(side);
  std::memmove(levels + place + 1, levels + place, (side.count - place) * sizeof(LevelSlot));
  levels[place] = level;
  ++side.count;
  book.hash += detail::HashOf(s, level);
  MarkMoved(side, side.count - 1 - place);
  return true;
}

void BookSet::Impl::EraseLevel(BookSlot& book, size_t s, uint32_t place) {
  SideSlot& side = book.sides[s];
  LevelSlot* const levels = LevelsOf(side);
  book.hash -= detail::HashOf(s, levels[place]);
  MarkMoved(side, side.count - 1 - place);
  --side.count;
  std::memmove(levels + place, levels + place + 1, (side.count - place) * sizeof(LevelSlot));
  level_pool.ShrinkIfSparse(side);
}

void BookSet::Impl::ChangeLevel(BookSlot& book, size_t s, uint32_t place, uint64_t size,
                                uint32_t orders) {
  SideSlot& side = book.sides[s];
  LevelSlot& level = LevelsOf(side)[place];
  book.hash -= detail::HashOf(s, level);
  level.low = size;
  level.orders = orders;
  book.hash += detail::HashOf(s, level);
  MarkChanged(side, side.count - 1 - place);
}

void BookSet::Impl::ClearSide(BookSlot& book, size_t s) {
  SideSlot& side = book.sides[s];
  if (book.family == static_cast<uint8_t>(Family::kOrders)) ForgetOrdersOf(book, s);
  const LevelSlot* const levels = LevelsOf(side);
  for (uint32_t i = 0; i < side.count; ++i) book.hash -= detail::HashOf(s, levels[i]);
  if (side.count != 0) side.changed = UINT32_MAX;
  side.count = 0;
  if (side.room > detail::LevelPool::kUnit) level_pool.Release(side);
}

void BookSet::Impl::ForgetOrdersOf(BookSlot& book, size_t s) {
  const SideSlot& side = book.sides[s];
  const bool is_watched = Direct(book).watches != 0;
  const auto forget = [&](uint32_t index) {
    if (is_watched) WatchedGone(index);
    Forget(index, HashOf(tables.orders[index]));
  };
  const LevelSlot* const levels = LevelsOf(side);
  for (uint32_t i = 0; i < side.count; ++i) {
    for (uint32_t at_order = levels[i].head; at_order != detail::kNobody;) {
      const uint32_t behind = tables.orders[at_order].behind;
      forget(at_order);
      at_order = behind;
    }
  }
  for (uint32_t at_order = book.loose; at_order != detail::kNobody;) {
    const uint32_t behind = tables.orders[at_order].behind;
    if (tables.orders[at_order].side == s) {
      Unlink(book, at_order);
      forget(at_order);
    }
    at_order = behind;
  }
}

// ---- Levels

detail::BookSlot* BookSet::Impl::ApplyLevel(const Update& update, InstrumentSlot* instrument) {
  const bool changes = update.action == FH_ACTION_ADD || update.action == FH_ACTION_MODIFY ||
                       update.action == FH_ACTION_CANCEL;
  if (!changes) {
    CheckKnownFlag(instrument, Family::kLevels, update);
    return nullptr;
  }
  BookSlot* const direct = BookOf(instrument, Family::kLevels, update);
  if (direct == nullptr) return nullptr;
  CheckFlag(*direct, update);
  Touch(*direct, update, *instrument);
  ChangeLevels(*direct, update);
  return direct;
}

void BookSet::Impl::ChangeLevels(BookSlot& direct, const Update& update) {
  if (update.side != FH_SIDE_BID && update.side != FH_SIDE_ASK) {
    return Doubt(direct, Cause::kSideUnknown, update.sequence);
  }
  const size_t side = update.side == FH_SIDE_BID ? 0 : 1;
  BookSlot* book = &direct;
  if ((update.flags & FH_FLAG_IMPLIED) != 0) {
    book = ImpliedOf(direct);
    if (book == nullptr) return Doubt(direct, Cause::kLevelsFull, update.sequence);
    direct.implied_changed = 1;
  }
  if (update.action == FH_ACTION_CANCEL || update.level.size == 0) {
    TakeLevel(*book, side, update);
  } else {
    SetLevel(*book, side, update);
  }
}

void BookSet::Impl::SetLevel(BookSlot& book, size_t s, const Update& update) {
  const fh_level& wanted = update.level;
  SideSlot& side = book.sides[s];
  if (wanted.price == FH_UNDEFINED_PRICE) {
    return Doubt(book, Cause::kContradiction, update.sequence);
  }
  uint32_t place = Place(side, s, wanted.price);
  if (place < side.count && LevelsOf(side)[place].price == wanted.price) {
    ChangeLevel(book, s, place, wanted.size, wanted.order_count);
    if (wanted.depth != 0 && side.count - place != wanted.depth) {
      Doubt(book, Cause::kContradiction, update.sequence);
    }
    return;
  }
  if (update.action == FH_ACTION_MODIFY && wanted.depth != 0) {
    if (update.detail == kOverlay && wanted.depth <= side.count) {
      EraseLevel(book, s, side.count - wanted.depth);
      place = Place(side, s, wanted.price);
    } else {
      Doubt(book, Cause::kContradiction, update.sequence);
    }
  }
  const LevelSlot level{.price = wanted.price, .low = wanted.size, .orders = wanted.order_count};
  // A level that would be cut at once may be the one for which there is no room.
  if (!InsertLevel(book, s, place, level)) {
    return Doubt(book, Cause::kLevelsFull, update.sequence);
  }
  if (wanted.depth != 0 && update.action == FH_ACTION_ADD && side.count - place != wanted.depth) {
    Doubt(book, Cause::kContradiction, update.sequence);
  }
  while (book.depth != 0 && side.count > book.depth) {
    EraseLevel(book, s, 0);
    ++stats.cut_levels;
  }
}

void BookSet::Impl::TakeLevel(BookSlot& book, size_t s, const Update& update) {
  const fh_level& gone = update.level;
  const SideSlot& side = book.sides[s];
  uint32_t place = side.count;
  if (gone.price != FH_UNDEFINED_PRICE) {
    place = Place(side, s, gone.price);
    if (place < side.count && LevelsOf(side)[place].price != gone.price) place = side.count;
  } else if (gone.depth != 0 && gone.depth <= side.count) {
    place = side.count - gone.depth;
  }
  if (place == side.count) {
    ++stats.unknown_levels;
    // Of a level that was cut, or is below all that is known, nothing follows.
    if (gone.depth != 0 && gone.depth <= side.count) {
      Doubt(book, Cause::kContradiction, update.sequence);
    }
    return;
  }
  if (gone.depth != 0 && side.count - place != gone.depth) {
    Doubt(book, Cause::kContradiction, update.sequence);
  }
  EraseLevel(book, s, place);
}

// ---- Tops

void BookSet::Impl::SetTopSide(BookSlot& book, size_t s, int64_t price, uint64_t size,
                               uint64_t sequence) {
  SideSlot& side = book.sides[s];
  if (price == FH_UNDEFINED_PRICE) return ClearSide(book, s);
  if (side.count == 1 && LevelsOf(side)[0].price == price) {
    if (LevelsOf(side)[0].low != size) ChangeLevel(book, s, 0, size, 0);
    return;
  }
  if (side.count == 1) EraseLevel(book, s, 0);
  if (!InsertLevel(book, s, 0, {.price = price, .low = size})) {
    Doubt(book, Cause::kLevelsFull, sequence);
  }
}

detail::BookSlot* BookSet::Impl::ApplyTop(const Update& update, InstrumentSlot* instrument) {
  if (update.action != FH_ACTION_MODIFY && update.action != FH_ACTION_ADD) {
    CheckKnownFlag(instrument, Family::kTops, update);
    return nullptr;
  }
  if (update.detail != 0 && OptionsOf(update.channel_id).tops_by_participant) return nullptr;
  BookSlot* const book = BookOf(instrument, Family::kTops, update);
  if (book == nullptr) return nullptr;
  Touch(*book, update, *instrument);
  // Each is the whole top, so it is right from the first one on that is not flagged.
  if ((update.flags & FH_FLAG_MAYBE_BAD_BOOK) != 0) {
    if (book->state != static_cast<uint8_t>(State::kDoubtful)) {
      Doubt(*book, Cause::kFlag, update.sequence);
    }
  } else if (book->state != static_cast<uint8_t>(State::kGood)) {
    Heal(*book);
  }
  SetTopSide(*book, 0, update.top.bid_price, update.top.bid_size, update.sequence);
  SetTopSide(*book, 1, update.top.ask_price, update.top.ask_size, update.sequence);
  return book;
}

}  // namespace fh::books
