#include "feedhandler/books/book.h"

#include "feedhandler/books/tables.h"

namespace fh::books {
namespace {

__extension__ using Wide = __int128;
__extension__ using WideSize = unsigned __int128;

constexpr uint64_t Sum(uint64_t a, uint64_t b) {
  uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

bool IsBetter(Side side, int64_t price, int64_t other) {
  const auto s = static_cast<size_t>(side);
  return detail::Goodness(s, price) > detail::Goodness(s, other);
}

// Rounded to the nearest, halves away from zero.
int64_t Rounded(Wide numerator, WideSize denominator) {
  const bool is_negative = numerator < 0;
  const WideSize size =
      is_negative ? -static_cast<WideSize>(numerator) : static_cast<WideSize>(numerator);
  const auto whole = static_cast<int64_t>(size / denominator);
  const WideSize rest = size % denominator;
  const int64_t rounded = whole + (rest >= denominator - rest ? 1 : 0);
  return is_negative ? -rounded : rounded;
}

// The multiple of `step` next to a price, away from the other side: below a bid, above an ask.
Wide Bucket(Side side, int64_t price, int64_t step) {
  Wide quotient = price / step;
  const int64_t rest = price % step;
  if (side == Side::kBid && rest < 0) --quotient;
  if (side == Side::kAsk && rest > 0) ++quotient;
  return quotient * step;
}

uint64_t Mixed(uint64_t a, uint64_t b) {
  uint64_t h = (a ^ 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
  h ^= h >> 32;
  h = (h ^ b) * 0xC2B2AE3D27D4EB4Fu;
  return h ^ (h >> 29);
}

}  // namespace

Top Book::top() const {
  const Levels bid = bids();
  const Levels ask = asks();
  Top top;
  if (!bid.empty()) {
    const Level best = bid.front();
    top.bid_price = best.price;
    top.bid_size = best.size;
  }
  if (!ask.empty()) {
    const Level best = ask.front();
    top.ask_price = best.price;
    top.ask_size = best.size;
  }
  return top;
}

Top Book::consolidated_top() const {
  Top top;
  Level best;
  if (Consolidated(Side::kBid, {&best, 1}) == 1) {
    top.bid_price = best.price;
    top.bid_size = best.size;
  }
  if (Consolidated(Side::kAsk, {&best, 1}) == 1) {
    top.ask_price = best.price;
    top.ask_size = best.size;
  }
  return top;
}

size_t Book::Consolidated(Side side, std::span<Level> out) const {
  const Levels direct = levels(side);
  const Levels others = slot().implied == detail::kNobody ? Levels() : implied().levels(side);
  size_t a = 0;
  size_t b = 0;
  size_t count = 0;
  while (count < out.size() && (a < direct.size() || b < others.size())) {
    const bool has_both = a < direct.size() && b < others.size();
    if (has_both && direct[a].price == others[b].price) {
      const Level one = direct[a++];
      const Level other = others[b++];
      out[count++] = {one.price, Sum(one.size, other.size), one.orders + other.orders};
    } else if (has_both ? IsBetter(side, direct[a].price, others[b].price) : a < direct.size()) {
      out[count++] = direct[a++];
    } else {
      out[count++] = others[b++];
    }
  }
  return count;
}

Level Book::level(Side side, int64_t price) const {
  const Levels all = levels(side);
  const auto found = std::partition_point(all.begin(), all.end(), [&](const Level& level) {
    return IsBetter(side, level.price, price);
  });
  return found != all.end() && (*found).price == price ? *found : Level{};
}

Orders Book::orders(Side side, int64_t price) const {
  if (tables_ == nullptr || family() != Family::kOrders) return {};
  const detail::SideSlot& s = slot().sides[static_cast<size_t>(side)];
  const detail::LevelSlot* const worst = tables_->levels + s.first;
  const auto goodness = [&](int64_t p) { return detail::Goodness(static_cast<size_t>(side), p); };
  const detail::LevelSlot* const found = std::partition_point(
      worst, worst + s.count,
      [&](const detail::LevelSlot& level) { return goodness(level.price) < goodness(price); });
  if (found == worst + s.count || found->price != price) return {};
  return {tables_->orders, found->head};
}

int64_t Book::mid() const {
  const Top best = top();
  if (best.bid_price == FH_UNDEFINED_PRICE || best.ask_price == FH_UNDEFINED_PRICE) {
    return FH_UNDEFINED_PRICE;
  }
  const Wide sum = Wide{best.bid_price} + best.ask_price;
  return static_cast<int64_t>(sum >> 1);
}

int64_t Book::microprice() const {
  const Top best = top();
  if (best.bid_price == FH_UNDEFINED_PRICE || best.ask_price == FH_UNDEFINED_PRICE) {
    return FH_UNDEFINED_PRICE;
  }
  const WideSize sizes = WideSize{best.bid_size} + best.ask_size;
  if (sizes == 0) return mid();
  // The bid, and of the spread the share of the bid's size: fits, where the products would not.
  const Wide spread = Wide{best.ask_price} - best.bid_price;
  const double share = static_cast<double>(best.bid_size) / static_cast<double>(sizes);
  return static_cast<int64_t>(
      best.bid_price +
      static_cast<Wide>(static_cast<double>(spread) * share + (spread >= 0 ? 0.5 : -0.5)));
}

double Book::imbalance(size_t depth) const {
  double bid = 0;
  double ask = 0;
  for (const Level level : bids().First(depth)) bid += static_cast<double>(level.size);
  for (const Level level : asks().First(depth)) ask += static_cast<double>(level.size);
  return bid + ask == 0 ? 0 : (bid - ask) / (bid + ask);
}

Taken Book::Vwap(Side side, uint64_t size) const {
  Taken taken;
  Wide value = 0;  // A sum of prices times sizes that add up to 64 bits.
  for (const Level level : levels(side)) {
    if (taken.size == size) break;
    const uint64_t some = std::min(level.size, size - taken.size);
    taken.size += some;
    taken.worst_price = level.price;
    value += Wide{level.price} * some;
  }
  if (taken.size != 0) taken.average_price = Rounded(value, taken.size);
  return taken;
}

uint64_t Book::SizeTo(Side side, int64_t price) const {
  uint64_t size = 0;
  for (const Level level : levels(side)) {
    if (IsBetter(side, price, level.price)) break;
    size = Sum(size, level.size);
  }
  return size;
}

size_t Book::Grouped(Side side, int64_t step, std::span<Level> out) const {
  size_t count = 0;
  if (step <= 0) return 0;
  for (const Level level : levels(side)) {
    const Wide bucket = Bucket(side, level.price, step);
    const auto price = static_cast<int64_t>(std::clamp<Wide>(bucket, INT64_MIN, INT64_MAX - 1));
    if (count == 0 || out[count - 1].price != price) {
      if (count == out.size()) break;
      out[count++] = {price, 0, 0};
    }
    out[count - 1].size = Sum(out[count - 1].size, level.size);
    out[count - 1].orders += level.orders;
  }
  return count;
}

uint64_t Book::HashFromScratch() const {
  uint64_t hash = 0;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const Level level : levels(side)) {
      hash += detail::LevelHash(static_cast<size_t>(side), level.price, level.size, level.orders);
    }
  }
  return hash;
}

uint64_t Book::OrderHash() const {
  uint64_t hash = 0;
  if (tables_ == nullptr || family() != Family::kOrders) return hash;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    const detail::SideSlot& s = slot().sides[static_cast<size_t>(side)];
    for (uint32_t i = 0; i < s.count; ++i) {
      uint64_t rank = 0;
      for (const Order order : Orders(tables_->orders, tables_->levels[s.first + i].head)) {
        hash +=
            Mixed(Mixed(order.id, static_cast<uint64_t>(order.price)), Mixed(order.size, ++rank));
      }
    }
  }
  return hash;
}

}  // namespace fh::books
