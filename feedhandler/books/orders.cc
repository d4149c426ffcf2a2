// Books by order: adds, cancels, modifications, and places in queues.
#include "feedhandler/books/book_set_impl.h"

namespace fh::books {
namespace {

uint64_t SaltOf(const ChannelOptions& options, uint16_t channel, uint32_t instrument,
                uint16_t stream) {
  return options.order_ids == OrderIds::kOfInstrument
             ? uint64_t{channel} << 32 | instrument
             : uint64_t{1} << 63 | uint64_t{channel} << 32 | stream;
}

char CharOf(uint8_t side) { return side == 0 ? FH_SIDE_BID : FH_SIDE_ASK; }

}  // namespace

uint32_t BookSet::Impl::HashOf(const Update& update) const {
  return detail::IdTable::Hash(update.order.order_id,
                               SaltOf(OptionsOf(update.channel_id), update.channel_id,
                                      update.instrument_id, fh_stream(update.sequence)));
}

// Whether a slot has the order that an update is about.
bool BookSet::Impl::IsMeant(const Update& update, uint32_t index) const {
  const OrderSlot& order = tables.orders[index];
  if (order.id != update.order.order_id || order.channel_id != update.channel_id) return false;
  if (OptionsOf(update.channel_id).order_ids == OrderIds::kOfInstrument) {
    return order.instrument_id == update.instrument_id;
  }
  return order.stream == fh_stream(update.sequence) &&
         (order.instrument_id == update.instrument_id ||
          update.instrument_id == FH_UNKNOWN_INSTRUMENT);
}

uint32_t BookSet::Impl::FindOrder(const Update& update, uint32_t hash) const {
  return ids.Find(hash, [&](uint32_t index) { return IsMeant(update, index); });
}

uint32_t BookSet::Impl::FindOrder(uint16_t channel, uint32_t instrument, uint16_t stream,
                                  uint64_t id) const {
  Update update{
      .instrument_id = instrument, .sequence = fh_sequence(stream, 0), .channel_id = channel};
  update.order.order_id = id;
  return FindOrder(update);
}

uint32_t BookSet::Impl::HashOf(const OrderSlot& order) const {
  return detail::IdTable::Hash(order.id, SaltOf(OptionsOf(order.channel_id), order.channel_id,
                                                order.instrument_id, order.stream));
}

// ---- Queues

// Puts an order into the level of its price, at the tail or the head; one without a price or size into
// the list of those. False: no room for a level; the order is in neither.
bool BookSet::Impl::Link(BookSlot& book, uint32_t index, bool at_head) {
  OrderSlot& order = tables.orders[index];
  if (order.price == FH_UNDEFINED_PRICE || order.size == 0) {
    order.in_level = 0;
    order.ahead = detail::kNobody;
    order.behind = book.loose;
    if (book.loose != detail::kNobody) tables.orders[book.loose].ahead = index;
    book.loose = index;
    return true;
  }
  const size_t s = order.side;
  SideSlot& side = book.sides[s];
  const uint32_t place = Place(side, s, order.price);
  if (place == side.count || LevelsOf(side)[place].price != order.price) {
    LevelSlot level{.price = order.price, .orders = 1, .head = index, .tail = index};
    level.Add(order.size);
    if (!InsertLevel(book, s, place, level)) return false;
    order.ahead = order.behind = detail::kNobody;
    order.stamp = ++stamp;
  } else {
    LevelSlot& level = LevelsOf(side)[place];
    book.hash -= detail::HashOf(s, level);
    if (at_head) {
      order.stamp = tables.orders[level.head].stamp - 1;
      order.ahead = detail::kNobody;
      order.behind = level.head;
      tables.orders[level.head].ahead = index;
      level.head = index;
    } else {
      order.stamp = ++stamp;
      order.ahead = level.tail;
      order.behind = detail::kNobody;
      tables.orders[level.tail].behind = index;
      level.tail = index;
    }
    ++level.orders;
    const bool was_whole = level.high == 0;
    level.Add(order.size);
    book.hash += detail::HashOf(s, level);
    MarkChanged(side, side.count - 1 - place);
    if (was_whole && level.high != 0) Doubt(book, Cause::kSizeOverflow, sequence_now);
  }
  order.level = place;
  order.in_level = 1;
  return true;
}

uint32_t BookSet::Impl::LevelOf(const SideSlot& side, const OrderSlot& order) const {
  if (order.level < side.count && LevelsOf(side)[order.level].price == order.price) {
    return order.level;
  }
  return Place(side, order.side, order.price);
}

void BookSet::Impl::Unlink(BookSlot& book, uint32_t index) {
  OrderSlot& order = tables.orders[index];
  if (order.in_level == 0) {
    if (order.ahead == detail::kNobody) {
      book.loose = order.behind;
    } else {
      tables.orders[order.ahead].behind = order.behind;
    }
    if (order.behind != detail::kNobody) tables.orders[order.behind].ahead = order.ahead;
    return;
  }
  const size_t s = order.side;
  SideSlot& side = book.sides[s];
  const uint32_t place = LevelOf(side, order);
  LevelSlot& level = LevelsOf(side)[place];
  if (level.orders == 1) {
    EraseLevel(book, s, place);
    return;
  }
  book.hash -= detail::HashOf(s, level);
  if (order.ahead == detail::kNobody) {
    level.head = order.behind;
  } else {
    tables.orders[order.ahead].behind = order.behind;
  }
  if (order.behind == detail::kNobody) {
    level.tail = order.ahead;
  } else {
    tables.orders[order.behind].ahead = order.ahead;
  }
  --level.orders;
  level.Take(order.size);
  book.hash += detail::HashOf(s, level);
  MarkChanged(side, side.count - 1 - place);
}

// Another size, above 0, in the same place.
void BookSet::Impl::Resize(BookSlot& book, uint32_t index, uint64_t size) {
  OrderSlot& order = tables.orders[index];
  SideSlot& side = book.sides[order.side];
  const uint32_t place = LevelOf(side, order);
  order.level = place;
  LevelSlot& level = LevelsOf(side)[place];
  book.hash -= detail::HashOf(order.side, level);
  const bool was_whole = level.high == 0;
  level.Take(order.size);
  level.Add(size);
  book.hash += detail::HashOf(order.side, level);
  MarkChanged(side, side.count - 1 - place);
  if (was_whole && level.high != 0) Doubt(book, Cause::kSizeOverflow, sequence_now);
  order.size = size;
}

// The slot is free, and the id unknown. The order is linked to nothing any more.
void BookSet::Impl::Forget(uint32_t index, uint32_t hash) {
  OrderSlot& order = tables.orders[index];
  ids.Erase(hash, index);
  order.book = detail::kNobody;
  order.behind = free_order;
  free_order = index;
  --orders_used;
}

void BookSet::Impl::RemoveOrder(BookSlot& book, uint32_t index, uint32_t hash) {
  if (Direct(book).watches != 0) {
    WatchedLeaves(book, index);
    WatchedGone(index);
  }
  Unlink(book, index);
  Forget(index, hash);
}

// ---- Updates

template <bool kFill, typename U>
void BookSet::Impl::AddOrder(U& update, BookSlot& direct, uint32_t hash) {
  char side = update.side;
  if (side != FH_SIDE_BID && side != FH_SIDE_ASK) {
    if (direct.replaced_sequence != update.sequence) {
      return Doubt(direct, Cause::kSideUnknown, update.sequence);
    }
    side = static_cast<char>(direct.replaced_side);
    if constexpr (kFill) update.side = side;
  }
  if (const uint32_t old = FindOrder(update, hash); old != detail::kNobody) {
    Doubt(direct, Cause::kDuplicateOrder, update.sequence);
    RemoveOrder(tables.books[tables.orders[old].book], old, hash);
  }
  BookSlot* book = &direct;
  if ((update.flags & FH_FLAG_IMPLIED) != 0) {
    book = ImpliedOf(direct);
    if (book == nullptr) return Doubt(direct, Cause::kLevelsFull, update.sequence);
    direct.implied_changed = 1;
  }
  uint32_t index = free_order;
  if (index == detail::kNobody) {
    if (orders_top > options.orders) return Doubt(direct, Cause::kOrdersFull, update.sequence);
    index = orders_top;
  }
  OrderSlot& order = tables.orders[index];
  const uint32_t next_free = order.behind;
  const uint16_t stream = fh_stream(update.sequence);
  const uint64_t id = update.order.order_id;
  if (!ids.Insert(hash, index)) return Doubt(direct, Cause::kOrdersFull, update.sequence);
  if (index == free_order) {
    free_order = next_free;
  } else {
    ++orders_top;
  }
  ++orders_used;
  order = {.id = id,
           .size = update.order.size,
           .price = update.order.price,
           .book = IndexOf(*book),
           .instrument_id = update.instrument_id,
           .channel_id = update.channel_id,
           .stream = stream,
           .side = static_cast<uint8_t>(side == FH_SIDE_BID ? 0 : 1)};
  const bool at_head = (update.flags & FH_FLAG_PRIORITY_KEPT) != 0;
  if (!Link(*book, index, at_head)) {
    Forget(index, hash);
    return Doubt(direct, Cause::kLevelsFull, update.sequence);
  }
  if (direct.watches != 0) WatchedLinked(*book, index);
}

bool BookSet::Impl::KeepsPlace(const Update& update, const OrderSlot& order) const {
  switch (OptionsOf(update.channel_id).places) {
    case codecs::PlaceRule::kByFlag:
      return (update.flags & FH_FLAG_PRIORITY_KEPT) != 0;
    case codecs::PlaceRule::kByPrice:
      return true;
    case codecs::PlaceRule::kByPriceAndSize:
      return update.order.size <= order.size;
  }
  return false;
}

template <bool kFill, typename U>
void BookSet::Impl::ModifyOrder(U& update, uint32_t index, BookSlot& direct) {
  OrderSlot& order = tables.orders[index];
  BookSlot& book = tables.books[order.book];
  const uint8_t side = update.side == FH_SIDE_BID ? 0 : update.side == FH_SIDE_ASK ? 1 : order.side;
  const int64_t price = update.order.price == FH_UNDEFINED_PRICE ? order.price : update.order.price;
  if constexpr (kFill) {
    update.order.price = price;
    if (update.side == FH_SIDE_NONE) update.side = CharOf(side);
  }
  if (&book != &direct) direct.implied_changed = 1;
  const uint64_t size = update.order.size;
  if (order.in_level != 0 && side == order.side && price == order.price && size != 0 &&
      KeepsPlace(update, order)) {
    const uint64_t less = order.size - size;
    Resize(book, index, size);
    if (direct.watches != 0) WatchedResized(book, index, less);
    return;
  }
  if (direct.watches != 0) WatchedLeaves(book, index);
  Unlink(book, index);
  order.side = side;
  order.price = price;
  order.size = size;
  if (!Link(book, index, /*at_head=*/false)) {
    if (direct.watches != 0) WatchedGone(index);
    Forget(index, HashOf(order));
    return Doubt(direct, Cause::kLevelsFull, update.sequence);
  }
  if (direct.watches != 0) WatchedLinked(book, index);
}

template <bool kFill, typename U>
void BookSet::Impl::CancelOrder(U& update, uint32_t index, BookSlot& direct, uint32_t hash) {
  OrderSlot& order = tables.orders[index];
  BookSlot& book = tables.books[order.book];
  if constexpr (kFill) FillFromOrder(update, order);
  if (&book != &direct) direct.implied_changed = 1;
  direct.replaced_sequence = update.sequence;
  direct.replaced_side = static_cast<uint8_t>(CharOf(order.side));
  const uint64_t size = update.order.size;
  if (size != FH_SIZE_ALL && size < order.size) {
    // It is in a level, unless it has no price.
    if (order.in_level == 0) {
      order.size -= size;
      return;
    }
    Resize(book, index, order.size - size);
    if (direct.watches != 0) WatchedResized(book, index, size);
    return;
  }
  if (size != FH_SIZE_ALL && size > order.size) {
    Doubt(direct, Cause::kMoreThanLeft, update.sequence);
  }
  RemoveOrder(book, index, hash);
}

void BookSet::Impl::FillFromOrder(Update& update, const OrderSlot& order) const {
  if (update.instrument_id == FH_UNKNOWN_INSTRUMENT) update.instrument_id = order.instrument_id;
  if (update.side == FH_SIDE_NONE) update.side = CharOf(order.side);
  if (update.order.price == FH_UNDEFINED_PRICE) update.order.price = order.price;
}

void BookSet::Impl::FillTrade(Update& trade, const Update& fill) const {
  const bool is_of_order = trade.action == FH_ACTION_TRADE && fill.record == FH_RECORD_ORDER &&
                           fill.action == FH_ACTION_FILL && fill.sequence == trade.sequence &&
                           fill.channel_id == trade.channel_id;
  if (!is_of_order) return;
  const uint32_t index = FindOrder(fill);
  if (index == detail::kNobody) return;
  const OrderSlot& order = tables.orders[index];
  if (trade.instrument_id == FH_UNKNOWN_INSTRUMENT) trade.instrument_id = order.instrument_id;
  if (trade.side == FH_SIDE_NONE) trade.side = CharOf(1 - order.side);
  if (trade.trade.price == FH_UNDEFINED_PRICE) trade.trade.price = order.price;
}

template <bool kFill, typename U>
void BookSet::Impl::ChangeOrders(U& update, BookSlot& direct, const Staged& staged) {
  if (update.action == FH_ACTION_ADD) return AddOrder<kFill>(update, direct, staged.hash);
  if (update.action != FH_ACTION_MODIFY && update.action != FH_ACTION_CANCEL) return;
  // The guess is mostly right: then nothing waits for the table of ids. A slot that was given back since
  // belongs to no book.
  uint32_t index = staged.order;
  if (index == detail::kNobody || tables.orders[index].book == detail::kNobody ||
      !IsMeant(update, index)) {
    index = FindOrder(update, staged.hash);
  }
  if (index == detail::kNobody) return Doubt(direct, Cause::kUnknownOrder, update.sequence);
  if (update.action == FH_ACTION_MODIFY) return ModifyOrder<kFill>(update, index, direct);
  CancelOrder<kFill>(update, index, direct, staged.hash);
}

template <bool kFill, typename U>
detail::BookSlot* BookSet::Impl::ApplyOrder(U& update, InstrumentSlot* instrument,
                                            const Staged& staged) {
  if (update.action == FH_ACTION_NONE) {
    CheckKnownFlag(instrument, Family::kOrders, update);
    return nullptr;
  }
  if (update.action == FH_ACTION_FILL) {
    if constexpr (kFill) {
      const uint32_t index = FindOrder(update, staged.hash);
      if (index != detail::kNobody) FillFromOrder(update, tables.orders[index]);
    }
    return nullptr;
  }
  BookSlot* const direct = BookOf(instrument, Family::kOrders, update);
  if (direct == nullptr) return nullptr;
  CheckFlag(*direct, update);
  sequence_now = update.sequence;
  Touch(*direct, update, *instrument);
  ChangeOrders<kFill>(update, *direct, staged);
  return direct;
}

template detail::BookSlot* BookSet::Impl::ApplyOrder<false, const fh_update>(const fh_update&,
                                                                             InstrumentSlot*,
                                                                             const Staged&);
template detail::BookSlot* BookSet::Impl::ApplyOrder<true, fh_update>(fh_update&, InstrumentSlot*,
                                                                      const Staged&);

}  // namespace fh::books
