// Watched orders: what stands ahead of them, kept up without a walk.
#include "feedhandler/books/book_set_impl.h"

namespace fh::books {

void BookSet::Impl::Changed(WatchSlot& watch) {
  watch.shown.has_changed = true;
  tables.books[watch.shown.book].watch_changed = 1;
  if (watch.is_listed) return;
  watch.is_listed = true;
  watched_changed.push_back(static_cast<uint32_t>(&watch - watches.data()));
}

// What was told is no change any more.
void BookSet::Impl::TakeBackChanges() {
  size_t kept = 0;
  for (const uint32_t number : watched_changed) {
    WatchSlot& watch = watches[number];
    if (watch.is_used && tables.books[watch.shown.book].watch_changed != 0) {
      watched_changed[kept++] = number;
      continue;
    }
    watch.shown.has_changed = false;
    watch.is_listed = false;
  }
  watched_changed.resize(kept);
}

// An order of the same level that stands ahead becomes `orders` more, and `size` less.
void BookSet::Impl::WatchedAhead(BookSlot& book, const OrderSlot& order, int orders,
                                 uint64_t size_less) {
  for (uint32_t n = Direct(book).watches; n != 0; n = watches[n - 1].next) {
    WatchSlot& watch = watches[n - 1];
    if (watch.shown.stage != Watched::Stage::kStanding) continue;
    const OrderSlot& own = tables.orders[watch.order];
    if (own.book != order.book || own.side != order.side || own.price != order.price ||
        own.in_level == 0 || order.stamp >= own.stamp) {
      continue;
    }
    watch.shown.orders_ahead += static_cast<uint64_t>(static_cast<int64_t>(orders));
    watch.shown.size_ahead -= size_less;
    Changed(watch);
  }
}

// It has been put into a level, or into none.
void BookSet::Impl::WatchedLinked(BookSlot& book, uint32_t index) {
  const OrderSlot& order = tables.orders[index];
  if (order.in_level != 0 && order.behind != detail::kNobody) {
    WatchedAhead(book, order, 1, 0 - order.size);
  }
  for (uint32_t n = Direct(book).watches; n != 0; n = watches[n - 1].next) {
    WatchSlot& watch = watches[n - 1];
    if (watch.shown.order_id == order.id) Stand(watch, index);
  }
}

void BookSet::Impl::Stand(WatchSlot& watch, uint32_t index) {
  const OrderSlot& order = tables.orders[index];
  watch.order = index;
  watch.shown.stage = Watched::Stage::kStanding;
  watch.shown.side = static_cast<Side>(order.side);
  watch.shown.price = order.price;
  watch.shown.size = order.size;
  watch.shown.orders_ahead = 0;
  watch.shown.size_ahead = 0;
  Changed(watch);
  if (order.in_level == 0 || order.ahead == detail::kNobody) return;
  const SideSlot& side = tables.books[order.book].sides[order.side];
  const LevelSlot& level = LevelsOf(side)[LevelOf(side, order)];
  if (order.behind == detail::kNobody) {
    watch.shown.orders_ahead = level.orders - 1;
    watch.shown.size_ahead = level.low - order.size;
    return;
  }
  for (uint32_t ahead = order.ahead; ahead != detail::kNobody; ahead = tables.orders[ahead].ahead) {
    ++watch.shown.orders_ahead;
    watch.shown.size_ahead += tables.orders[ahead].size;
  }
}

void BookSet::Impl::WatchedResized(BookSlot& book, uint32_t index, uint64_t less) {
  const OrderSlot& order = tables.orders[index];
  if (order.behind != detail::kNobody) WatchedAhead(book, order, 0, less);
  for (uint32_t n = Direct(book).watches; n != 0; n = watches[n - 1].next) {
    WatchSlot& watch = watches[n - 1];
    if (watch.shown.stage != Watched::Stage::kStanding || watch.order != index) continue;
    watch.shown.size = order.size;
    Changed(watch);
  }
}

// It leaves its place; what stands behind it moves up.
void BookSet::Impl::WatchedLeaves(BookSlot& book, uint32_t index) {
  const OrderSlot& order = tables.orders[index];
  if (order.in_level != 0 && order.behind != detail::kNobody) {
    WatchedAhead(book, order, -1, order.size);
  }
}

void BookSet::Impl::WatchedGone(uint32_t index) {
  const OrderSlot& order = tables.orders[index];
  for (uint32_t n = Direct(tables.books[order.book]).watches; n != 0; n = watches[n - 1].next) {
    WatchSlot& watch = watches[n - 1];
    if (watch.shown.stage != Watched::Stage::kStanding || watch.order != index) continue;
    watch.order = detail::kNobody;
    watch.shown.stage = Watched::Stage::kGone;
    watch.shown.orders_ahead = watch.shown.size_ahead = watch.shown.size = 0;
    Changed(watch);
  }
}

// ---- The owner's side

std::optional<uint32_t> BookSet::Watch(uint16_t channel_id, uint32_t instrument_id,
                                       uint64_t order_id) {
  Impl& impl = *impl_;
  detail::InstrumentSlot* const instrument = impl.InstrumentOf(channel_id, instrument_id);
  if (instrument == nullptr || instrument->kinds == 0) return std::nullopt;
  const Update about{.instrument_id = instrument_id, .channel_id = channel_id};
  detail::BookSlot* const book = impl.BookOf(instrument, Family::kOrders, about);
  book_count_ = impl.book_count;
  if (book == nullptr) return std::nullopt;
  if (impl.free_watch == 0) {
    ++impl.stats.watches_full;
    return std::nullopt;
  }
  const uint32_t number = impl.free_watch - 1;
  WatchSlot& watch = impl.watches[number];
  impl.free_watch = watch.next;
  watch = WatchSlot{.is_listed = watch.is_listed};
  watch.is_used = true;
  watch.shown.order_id = order_id;
  watch.shown.book = impl.IndexOf(*book);
  watch.next = book->watches;
  book->watches = number + 1;
  const uint32_t order = impl.FindOrder(channel_id, instrument_id, book->stream, order_id);
  if (order != detail::kNobody) impl.Stand(watch, order);
  return number;
}

void BookSet::Unwatch(uint32_t number) {
  Impl& impl = *impl_;
  if (number >= impl.watches.size() || !impl.watches[number].is_used) return;
  WatchSlot& watch = impl.watches[number];
  uint32_t* link = &impl.tables.books[watch.shown.book].watches;
  while (*link != number + 1) link = &impl.watches[*link - 1].next;
  *link = watch.next;
  watch.is_used = false;
  watch.next = impl.free_watch;
  impl.free_watch = number + 1;
}

const Watched& BookSet::watched(uint32_t watch) const { return impl_->watches[watch].shown; }

uint32_t BookSet::NextWatch(uint32_t watch) const { return impl_->watches[watch].next; }

}  // namespace fh::books
