// Checks a stream of ITCH 5.0 messages against the rules of a venue, with a plain order map that
// shares nothing with the generator.
//
//   ItchOracle oracle;
//   oracle.Take(message);                    // For each message.
//   EXPECT_THAT(oracle.violations(), IsEmpty());
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_SYNTHETIC_ITCH_ORACLE_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_SYNTHETIC_ITCH_ORACLE_H_

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/itch/itch50_messages.h"

namespace fh::test {

class ItchOracle {
 public:
  // What has occurred, by type letter.
  const std::array<uint64_t, 256>& counts() const { return counts_; }
  uint64_t count(char type) const { return counts_[static_cast<uint8_t>(type)]; }
  const std::vector<std::string>& violations() const { return violations_; }
  size_t live_orders() const { return orders_.size(); }
  uint64_t emptying_cancels() const { return emptying_cancels_; }
  const std::string& events() const { return events_; }  // Letters of S.

  void Take(std::span<const uint8_t> message) {
    namespace itch = codecs::itch50;
    const uint8_t* m = message.data();
    const char type = itch::kMessageType(m);
    locate_ = itch::kStockLocate(m);
    ++taken_;
    ++counts_[static_cast<uint8_t>(type)];
    const uint64_t time = itch::kTimestamp(m);
    Check(time >= last_time_, "time goes backwards");
    last_time_ = time;
    Check(message.size() == LengthOf(type), "length");
    Check(events_.empty() || events_.back() != 'C', "a message after the end of messages");
    Check(type == 'S' || !events_.empty(), "a message before the start of messages");
    switch (type) {
      case 'S':
        events_ += itch::SystemEvent::kEventCode(m);
        break;
      case 'R':
        Check(names_.emplace(locate_, Text(itch::StockDirectory::kStock(m), 8)).second,
              "locate described twice");
        Check(name_set_.insert(names_[locate_]).second, "symbol listed twice");
        break;
      case 'H':
        CheckName(itch::StockTradingAction::kStock(m));
        SetHalted(halted_, itch::StockTradingAction::kTradingState(m) != 'T');
        break;
      case 'h':
        CheckName(itch::OperationalHalt::kStock(m));
        SetHalted(held_here_, itch::OperationalHalt::kOperationalHaltAction(m) == 'H');
        break;
      case 'P':
        CheckName(itch::NonCrossTrade::kStock(m));
        CheckTrading();
        Check(itch::NonCrossTrade::kPrice(m) > 0 && itch::NonCrossTrade::kShares(m) > 0, "P empty");
        TakeMatch(itch::NonCrossTrade::kMatchNumber(m), true);
        break;
      case 'Q':
        TakeCross(m);
        break;
      case 'B':
        Check(breakable_.erase(codecs::itch50::BrokenTrade::kMatchNumber(m)) == 1,
              "a broken trade that is none");
        break;
      default:
        TakeOrder(type, m);
    }
  }

 private:
  struct Order {
    uint16_t locate;
    char side;
    uint32_t price;
    uint32_t shares;
  };
  // Price to references in time order; a sell side is kept by negative price: best first.
  using Side = std::map<int64_t, std::list<uint64_t>>;

  static std::string Text(const char* text, size_t size) { return {text, size}; }

  static size_t LengthOf(char type) {
    for (const codecs::MessageInfo* info : codecs::itch50::kMessages) {
      if (info->type == static_cast<uint8_t>(type)) return info->length;
    }
    return 0;
  }

  void Check(bool holds, const char* rule) {
    if (!holds && violations_.size() < 20) {
      violations_.push_back(absl::StrCat("message ", taken_, ": ", rule));
    }
  }

  void CheckName(const char* stock) {
    const auto name = names_.find(locate_);
    Check(name != names_.end() && name->second == Text(stock, 8), "stock is not the locate's");
  }

  void CheckTrading() {
    Check(!halted_.contains(locate_) && !held_here_.contains(locate_), "executes while halted");
  }

  void SetHalted(std::set<uint16_t>& set, bool halted) {
    halted ? void(set.insert(locate_)) : void(set.erase(locate_));
  }

  void TakeMatch(uint64_t number, bool breakable) {
    Check(matches_.insert(number).second, "match number used twice");
    if (breakable) breakable_.insert(number);
  }

  void TakeCross(const uint8_t* m) {
    using Q = codecs::itch50::CrossTrade;
    CheckName(Q::kStock(m));
    TakeMatch(Q::kMatchNumber(m), false);
    const char type = Q::kCrossType(m);
    if (type != 'H') {
      Check(Q::kCrossShares(m) == unprinted_in_cross_, "bulk print is not what was executed");
    }
    Check((Q::kCrossShares(m) == 0) == (Q::kCrossPrice(m) == 0), "cross price");
    unprinted_in_cross_ = 0;
  }

  Side& SideOf(uint16_t locate, char side) { return books_[{locate, side}]; }
  static int64_t Key(char side, uint32_t price) {
    return side == 'B' ? -int64_t{price} : int64_t{price};
  }

  void Add(uint64_t reference, const Order& order) {
    Check(order.shares > 0 && order.price > 0, "an empty order");
    Check(references_.insert(reference).second, "reference used twice");
    const Side& other = SideOf(order.locate, order.side == 'B' ? 'S' : 'B');
    if (!other.empty()) {
      // Both keys are distances from the best of all prices of that side.
      const int64_t best = other.begin()->first < 0 ? -other.begin()->first : other.begin()->first;
      Check(order.side == 'B' ? order.price < best : order.price > best, "book crossed");
    }
    orders_.emplace(reference, order);
    SideOf(order.locate, order.side)[Key(order.side, order.price)].push_back(reference);
  }

  Order* Find(uint64_t reference) {
    const auto found = orders_.find(reference);
    Check(found != orders_.end(), "unknown order");
    if (found == orders_.end()) return nullptr;
    Check(found->second.locate == locate_, "order of another stock");
    return &found->second;
  }

  void Remove(uint64_t reference, const Order& order) {
    Side& side = SideOf(order.locate, order.side);
    const auto level = side.find(Key(order.side, order.price));
    level->second.remove(reference);
    if (level->second.empty()) side.erase(level);
    orders_.erase(reference);
  }

  void Reduce(uint64_t reference, uint32_t shares) {
    Order* const order = Find(reference);
    if (order == nullptr) return;
    Check(shares > 0 && shares <= order->shares, "overfilled");
    order->shares -= std::min(shares, order->shares);
    if (order->shares == 0) Remove(reference, Order(*order));
  }

  void CheckFront(uint64_t reference) {
    CheckTrading();
    const auto found = orders_.find(reference);
    if (found == orders_.end()) return;  // Told by Reduce.
    const Side& side = SideOf(found->second.locate, found->second.side);
    Check(side.begin()->second.front() == reference, "not the first of the best price");
  }

  void TakeExecution(const uint8_t* m, bool with_price) {
    namespace itch = codecs::itch50;
    using C = itch::OrderExecutedWithPrice;
    const uint64_t reference = C::kOrderReferenceNumber(m);
    const uint32_t shares = C::kExecutedShares(m);
    CheckFront(reference);
    TakeMatch(C::kMatchNumber(m), true);
    if (with_price) {
      const auto found = orders_.find(reference);
      if (found != orders_.end()) {
        const bool bid = found->second.side == 'B';
        const uint32_t price = C::kExecutionPrice(m);
        Check(bid ? price <= found->second.price : price >= found->second.price,
              "a resting order executes at a worse price than its own");
        const bool at_display = price == found->second.price;
        // In a cross at its own price; away from crosses at a better one.
        if (C::kPrintable(m) == 'N' && at_display) unprinted_in_cross_ += shares;
      }
    }
    Reduce(reference, shares);
  }

  void TakeOrder(char type, const uint8_t* m) {
    namespace itch = codecs::itch50;
    if (type == 'A' || type == 'F') {
      CheckName(itch::AddOrder::kStock(m));
      Add(itch::AddOrder::kOrderReferenceNumber(m),
          {locate_, itch::AddOrder::kBuySellIndicator(m), itch::AddOrder::kPrice(m),
           itch::AddOrder::kShares(m)});
    } else if (type == 'E' || type == 'C') {
      TakeExecution(m, type == 'C');
    } else if (type == 'X') {
      const size_t before = orders_.size();
      Reduce(itch::OrderCancel::kOrderReferenceNumber(m), itch::OrderCancel::kCanceledShares(m));
      emptying_cancels_ += orders_.size() < before;
    } else if (type == 'D') {
      const uint64_t reference = itch::OrderDelete::kOrderReferenceNumber(m);
      if (const Order* order = Find(reference)) Remove(reference, Order(*order));
    } else if (type == 'U') {
      const uint64_t reference = itch::OrderReplace::kOriginalOrderReferenceNumber(m);
      const Order* const found = Find(reference);
      if (found == nullptr) return;
      Order order = *found;
      Remove(reference, order);
      order.shares = itch::OrderReplace::kShares(m);
      order.price = itch::OrderReplace::kPrice(m);
      Add(itch::OrderReplace::kNewOrderReferenceNumber(m), order);
    }
  }

  uint64_t taken_ = 0;
  uint64_t last_time_ = 0;
  uint16_t locate_ = 0;
  std::array<uint64_t, 256> counts_{};
  std::vector<std::string> violations_;
  std::string events_;
  std::unordered_map<uint16_t, std::string> names_;
  std::set<std::string> name_set_;
  std::set<uint16_t> halted_;
  std::set<uint16_t> held_here_;
  std::unordered_map<uint64_t, Order> orders_;
  std::unordered_set<uint64_t> references_;
  std::map<std::pair<uint16_t, char>, Side> books_;
  std::unordered_set<uint64_t> matches_;
  std::unordered_set<uint64_t> breakable_;
  uint64_t unprinted_in_cross_ = 0;
  uint64_t emptying_cancels_ = 0;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_SYNTHETIC_ITCH_ORACLE_H_
