// What must hold of books and tables at any time, and views that walk.
#include "absl/strings/str_cat.h"
#include "feedhandler/books/book_set_impl.h"

namespace fh::books {
namespace {

constexpr const char* kSides[] = {"bids", "asks"};

}  // namespace

absl::Status BookSet::Impl::AuditLevel(const BookSlot& book, size_t s, const LevelSlot& level,
                                       uint64_t& orders) const {
  const auto wrong = [&](auto... what) {
    return absl::InternalError(
        absl::StrCat("book ", IndexOf(book), " ", kSides[s], " ", level.price, ": ", what...));
  };
  if (book.family != static_cast<uint8_t>(Family::kOrders)) return absl::OkStatus();
  LevelSlot sum{};
  uint32_t ahead = detail::kNobody;
  for (uint32_t index = level.head; index != detail::kNobody;
       ahead = index, index = tables.orders[index].behind) {
    const OrderSlot& order = tables.orders[index];
    if (++sum.orders > level.orders) return wrong("more orders in the queue than it says");
    if (order.ahead != ahead) return wrong("order ", order.id, " has another one ahead");
    if (order.book != IndexOf(book) || order.side != s || order.price != level.price ||
        order.in_level == 0 || order.size == 0) {
      return wrong("order ", order.id, " does not belong there");
    }
    if (ahead != detail::kNobody && tables.orders[ahead].stamp >= order.stamp) {
      return wrong("order ", order.id, " came before the one ahead of it");
    }
    const uint32_t known = FindOrder(order.channel_id, order.instrument_id, order.stream, order.id);
    if (known != index) return wrong("order ", order.id, " is not found by its id");
    sum.Add(order.size);
  }
  if (ahead != level.tail) return wrong("the queue does not end with its tail");
  if (sum.orders != level.orders || sum.low != level.low || sum.high != level.high) {
    return wrong("its orders are ", sum.orders, " of ", sum.size(), ", it says ", level.orders,
                 " of ", level.size());
  }
  orders += sum.orders;
  return absl::OkStatus();
}

absl::Status BookSet::Impl::AuditBook(const BookSlot& book, uint64_t& orders) const {
  uint64_t hash = 0;
  for (size_t s = 0; s < 2; ++s) {
    const SideSlot& side = book.sides[s];
    if (side.count > side.room) return absl::InternalError("more levels than room");
    const LevelSlot* const levels = LevelsOf(side);
    for (uint32_t i = 0; i < side.count; ++i) {
      const LevelSlot& level = levels[i];
      hash += detail::HashOf(s, level);
      const bool may_be_empty = book.family == static_cast<uint8_t>(Family::kTops);
      if (level.size() == 0 && !may_be_empty) {
        return absl::InternalError(absl::StrCat("book ", IndexOf(book), ": a level of size 0"));
      }
      if (i > 0 && detail::Goodness(s, levels[i - 1].price) >= detail::Goodness(s, level.price)) {
        return absl::InternalError(absl::StrCat("book ", IndexOf(book), " ", kSides[s],
                                                ": prices do not rise at ", level.price));
      }
      if (absl::Status status = AuditLevel(book, s, level, orders); !status.ok()) return status;
    }
  }
  if (hash != book.hash) {
    return absl::InternalError(absl::StrCat("book ", IndexOf(book), ": another hash"));
  }
  uint32_t ahead = detail::kNobody;
  for (uint32_t index = book.loose; index != detail::kNobody;
       ahead = index, index = tables.orders[index].behind) {
    const OrderSlot& order = tables.orders[index];
    if (order.in_level != 0 || order.book != IndexOf(book) || order.ahead != ahead ||
        ++orders > orders_used) {
      return absl::InternalError(
          absl::StrCat("book ", IndexOf(book), ": unplaced order ", order.id, " is damaged"));
    }
  }
  return absl::OkStatus();
}

absl::Status BookSet::Audit(uint32_t book) const {
  uint64_t orders = 0;
  return impl_->AuditBook(tables_.books[book], orders);
}

absl::Status BookSet::AuditAll() const {
  const Impl& impl = *impl_;
  uint64_t orders = 0;
  uint64_t room = 0;
  for (uint32_t i = 1; i < impl.book_count; ++i) {
    const detail::BookSlot& book = tables_.books[i];
    if (absl::Status status = impl.AuditBook(book, orders); !status.ok()) return status;
    room += book.sides[0].room + book.sides[1].room;
  }
  uint64_t free = 0;
  for (uint32_t at = impl.free_order; at != detail::kNobody && free <= impl.orders_top;
       at = tables_.orders[at].behind) {
    ++free;
  }
  uint64_t known = 0;
  for (uint32_t at = 0; at <= impl.ids.mask(); ++at) {
    known += impl.ids.entry(at).order != detail::kNobody;
  }
  if (orders != impl.orders_used || known != orders || free + orders + 1 != impl.orders_top) {
    return absl::InternalError(absl::StrCat("orders: ", orders, " in books, ", known, " by id, ",
                                            impl.orders_used, " used, ", free, " free, of ",
                                            impl.orders_top - 1));
  }
  return impl.level_pool.Audit(room);
}

// ---- Orders by id

std::optional<Order> BookSet::FindOrder(uint16_t channel_id, uint32_t instrument_id,
                                        uint64_t id) const {
  const uint32_t index = impl_->OrderByName(channel_id, instrument_id, id);
  if (index == detail::kNobody) return std::nullopt;
  const detail::OrderSlot& order = tables_.orders[index];
  return Order{order.id, order.price, order.size, static_cast<Side>(order.side)};
}

std::optional<Position> BookSet::PositionOf(uint16_t channel_id, uint32_t instrument_id,
                                            uint64_t id) const {
  const uint32_t index = impl_->OrderByName(channel_id, instrument_id, id);
  if (index == detail::kNobody) return std::nullopt;
  const detail::OrderSlot& order = tables_.orders[index];
  Position position{.size = order.size};
  if (order.in_level == 0) return position;
  const detail::SideSlot& side = tables_.books[order.book].sides[order.side];
  const detail::LevelSlot& level = impl_->LevelsOf(side)[impl_->LevelOf(side, order)];
  position.level = {level.price, level.size(), level.orders};
  for (uint32_t at = order.ahead; at != detail::kNobody; at = tables_.orders[at].ahead) {
    ++position.orders_ahead;
    if (__builtin_add_overflow(position.size_ahead, tables_.orders[at].size,
                               &position.size_ahead)) {
      position.size_ahead = UINT64_MAX;
      // What is ahead of it is counted all the same.
      for (at = tables_.orders[at].ahead; at != detail::kNobody; at = tables_.orders[at].ahead) {
        ++position.orders_ahead;
      }
      break;
    }
  }
  return position;
}

uint32_t BookSet::Impl::OrderByName(uint16_t channel, uint32_t instrument, uint64_t id) const {
  const InstrumentSlot* const slot = FindInstrument(channel, instrument);
  if (slot == nullptr) return detail::kNobody;
  const uint32_t book = slot->books[static_cast<size_t>(Family::kOrders)];
  if (book == detail::kNobody) return detail::kNobody;
  return FindOrder(channel, instrument, tables.books[book].stream, id);
}

}  // namespace fh::books
