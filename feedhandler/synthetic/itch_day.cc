#include "feedhandler/synthetic/itch_day.h"

#include <algorithm>
#include <cassert>
#include <string>

#include "absl/strings/str_cat.h"

namespace fh {
namespace {

namespace itch = codecs::itch50;
using synthetic_internal::kClosingMessages;
using synthetic_internal::kDay;
using synthetic_internal::Part;

constexpr uint64_t kLeastFlowMessages = 2000;
constexpr uint64_t kRaresAtLeast = 2 * synthetic_internal::kRares.size();
constexpr uint64_t kFlowMessagesARare = 20'000;  // Unless that gives too few of them.

// What the order flow consists of, in draws of a thousand. An execution goes on to the next order
// with a chance of 1/4, so 39 draws make 52 of them.
constexpr uint32_t kAdds = 466;
constexpr uint32_t kDeletes = 408;
constexpr uint32_t kReplaces = 52;
constexpr uint32_t kExecutions = 39;
constexpr uint32_t kCancels = 9;
constexpr uint32_t kHiddenTrades = 9;
constexpr uint32_t kDraws = kAdds + kDeletes + kReplaces + kExecutions + kCancels + kHiddenTrades;

constexpr uint32_t kLeastTicks = 200;     // 2 dollars: prices walk no lower,
constexpr uint32_t kMostTicks = 200'000;  // and no higher than 2,000.

constexpr const char* kAttributions[] = {"NSDQ", "UBSS", "GSCO", "MSCO", "CDRG", "VIRT", "FLTU"};

}  // namespace

uint64_t ItchDay::LeastMessages(uint32_t symbols) {
  return MessagesAroundFlow(symbols) + kLeastFlowMessages;
}

absl::StatusOr<ItchDay> ItchDay::Create(const ItchDayOptions& options) {
  if (options.symbols < kLeastSymbols || options.symbols > kMostSymbols) {
    return absl::InvalidArgumentError(absl::StrCat("a day of ", options.symbols,
                                                   " symbols is not possible: take ", kLeastSymbols,
                                                   " to ", kMostSymbols));
  }
  if (options.messages < LeastMessages(options.symbols)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a day of ", options.symbols, " symbols has at least ", LeastMessages(options.symbols),
        " messages, not ", options.messages, ": take more messages or fewer symbols"));
  }
  return ItchDay(options);
}

ItchDay::ItchDay(const ItchDayOptions& options)
    : random_(options.seed),
      options_(options),
      flow_messages_(options.messages - MessagesAroundFlow(options.symbols)),
      activity_(options.symbols, /*offset=*/3),
      books_(options.symbols) {
  const uint64_t share = synthetic_internal::kRareToShare - synthetic_internal::kRareFromShare;
  const uint64_t rare_flow = flow_messages_ / 1000 * share;
  flow_between_rares_ = std::min(kFlowMessagesARare, rare_flow / kRaresAtLeast);
  flow_until_rare_ = flow_between_rares_;
  matches_.reserve(kRememberedMatches);
  MakeSymbols();
}

bool ItchDay::NextMessage(std::span<const uint8_t>& message) {
  while (phase_ < kDay.size()) {
    if (EmitOfPhase(kDay[phase_])) {
      message = {message_.data(), size_};
      return true;
    }
    ++phase_;
    index_ = 0;
  }
  return false;
}

bool ItchDay::EmitOfPhase(const Phase& phase) {
  switch (phase.part) {
    case Part::kFlow:
      return EmitFlow(phase);
    case Part::kCross:
      return EmitCross(phase);
    case Part::kClosing:
      return EmitClosing(phase);
    default:
      return EmitScripted(phase);
  }
}

bool ItchDay::EmitScripted(const Phase& phase) {
  const uint32_t symbols = options_.symbols;
  const uint32_t active = ActiveSymbols(symbols);
  uint64_t count = 1;
  switch (phase.part) {
    case Part::kDirectory:
    case Part::kFirstStates:
    case Part::kRegSho:
      count = symbols;
      break;
    case Part::kPositions:
      count = active;
      break;
    case Part::kListings:
      count = 2;
      break;
    case Part::kImbalances:
      count = uint64_t{active} * synthetic_internal::kImbalanceRounds;
      break;
    default:
      break;
  }
  if (index_ == count) return false;
  const uint64_t index = index_++;
  now_ns_ = std::max(now_ns_, phase.begin_ns);
  AdvanceTime(phase.end_ns, count - index);
  const auto symbol = static_cast<uint16_t>(index % symbols);
  switch (phase.part) {
    case Part::kDirectory:
      EmitDirectory(symbol);
      break;
    case Part::kFirstStates:
      EmitFirstState(symbol);
      break;
    case Part::kRegSho:
      EmitRegSho(symbol);
      break;
    case Part::kPositions:
      EmitPosition(static_cast<uint16_t>(index * 4 % symbols));
      break;
    case Part::kBreakerLevels:
      EmitBreakerLevels();
      break;
    case Part::kBreach:
      itch::MwcbStatusLevel::kBreachedLevel.Put(Begin<itch::MwcbStatusLevel>(0), '1');
      break;
    case Part::kListings:
      EmitListing(index);
      break;
    case Part::kImbalances:
      EmitImbalance(by_activity_[index % active], phase.code);
      break;
    default:
      EmitSystemEvent(phase.code);
      break;
  }
  return true;
}

uint64_t ItchDay::FlowUntil(const Phase& phase) const {
  const uint64_t flow = flow_messages_ - kClosingMessages;
  return flow / 1000 * phase.flow_share + flow % 1000 * phase.flow_share / 1000;
}

bool ItchDay::EmitFlow(const Phase& phase) {
  const uint64_t end = FlowUntil(phase);
  if (flow_emitted_ >= end) {
    now_ns_ = std::max(now_ns_, phase.end_ns);
    sweep_.going_on = false;
    return false;
  }
  now_ns_ = std::max(now_ns_, phase.begin_ns);
  // Orders that one aggressor takes execute at one time.
  if (!sweep_.going_on) AdvanceTime(phase.end_ns, end - flow_emitted_);
  ++flow_emitted_;
  const bool rare_time = phase.flow_share > synthetic_internal::kRareFromShare &&
                         phase.flow_share <= synthetic_internal::kRareToShare;
  if (rare_time && !sweep_.going_on && flow_until_rare_-- == 0) {
    flow_until_rare_ = flow_between_rares_;
    EmitRare();
  } else {
    EmitFlowMessage();
  }
  return true;
}

void ItchDay::EmitFlowMessage() {
  if (sweep_.going_on && EmitExecution()) return;
  uint32_t draw = random_.Below(kDraws);
  // Without an order there is nothing to do to one.
  if (draw < kAdds || books_.live() == 0) return EmitAdd(PickSymbol());
  draw -= kAdds;
  if (draw < kDeletes) return EmitDelete();
  draw -= kDeletes;
  if (draw < kReplaces) return EmitReplace();
  draw -= kReplaces;
  if (draw < kExecutions) {
    sweep_.symbol = PickTradingSymbol();
    const uint32_t bid = books_.BestTicks(sweep_.symbol, BookSide::kBid, 0);
    const uint32_t ask = books_.BestTicks(sweep_.symbol, BookSide::kAsk, bid);
    const bool rising = uint64_t{symbols_[sweep_.symbol].fair_ticks} * 2 > uint64_t{bid} + ask;
    const bool buyer = rising != random_.Chance(1, 4);
    sweep_.resting = buyer ? BookSide::kAsk : BookSide::kBid;
    if (!EmitExecution()) EmitAdd(sweep_.symbol);
    return;
  }
  draw -= kExecutions;
  if (draw < kCancels) return EmitCancel();
  EmitHiddenTrade(PickTradingSymbol());
}

bool ItchDay::EmitCross(const Phase& phase) {
  if (index_ == options_.symbols) {
    now_ns_ = std::max(now_ns_, phase.end_ns);
    return false;
  }
  const auto symbol = static_cast<uint16_t>(index_);
  if (!cross_.started) {
    AdvanceTime(phase.end_ns, options_.symbols - index_);
    cross_ = {.started = true};
    if (!symbols_[symbol].halted) {
      cross_.side = RandomSide();
      cross_.ticks = books_.BestTicks(symbol, cross_.side, 0);
      cross_.orders_left = random_.Below(4);
    }
  }
  if (ExecuteInCross(symbol)) return true;
  EmitBulkPrint(symbol, phase.code, cross_.shares == 0 ? 0 : cross_.ticks, cross_.shares);
  cross_.started = false;
  ++index_;
  return true;
}

// A cross takes the front orders of one side against interest that was never displayed. They are
// not printed one by one: the bulk print is theirs. False when the cross takes no more.
bool ItchDay::ExecuteInCross(uint16_t symbol) {
  const uint32_t front = books_.Front(symbol, cross_.side);
  // Crosses take from what the flow may still send until its next phase.
  const uint64_t limit = FlowUntil(kDay[phase_ + 1]);
  if (cross_.orders_left == 0 || front == SyntheticBooks::kNone || flow_emitted_ >= limit ||
      books_.order(front).ticks != cross_.ticks) {
    return false;
  }
  --cross_.orders_left;
  ++flow_emitted_;
  const uint32_t shares = books_.order(front).shares;
  cross_.shares += shares;
  ExecuteAtPrice(front, shares, cross_.ticks * kTick, /*printable=*/false);
  return true;
}

bool ItchDay::EmitClosing(const Phase& phase) {
  if (index_ == kClosingMessages) return false;
  AdvanceTime(phase.end_ns, kClosingMessages - index_ + 1);
  if (index_++ % 2 == 0 && !matches_.empty()) {
    EmitBrokenTrade();
  } else if (books_.live() != 0) {
    EmitDelete();
  } else {
    EmitRetailInterest(PickSymbol());
  }
  return true;
}

// Moves the clock so that the messages left come before `until_ns`: three quarters of them follow
// the one before within microseconds, the others wait.
void ItchDay::AdvanceTime(int64_t until_ns, uint64_t messages_until) {
  const int64_t left_ns = until_ns - now_ns_;
  if (left_ns <= 0) return;
  const int64_t mean_ns = left_ns / static_cast<int64_t>(messages_until + 1);
  int64_t gap_ns = random_.Chance(3, 4)
                       ? static_cast<int64_t>(random_.Between(200, 4000))
                       : random_.Exponential(std::min<int64_t>(mean_ns * 4, int64_t{1} << 41));
  if (mean_ns < 4000) gap_ns = random_.Exponential(mean_ns);
  now_ns_ += std::min(gap_ns, left_ns);
}

uint16_t ItchDay::PickTradingSymbol() {
  uint16_t symbol = PickSymbol();
  while (symbols_[symbol].halted) symbol = PickSymbol();
  return symbol;
}

uint32_t ItchDay::RandomShares() {
  if (random_.Chance(3, 5)) return 100 * random_.Between(1, 5);
  if (random_.Chance(3, 5)) return random_.Between(1, 99);
  return 100 * (1 + random_.Below(1u << std::min(random_.Halvings() + 2, 9u)));
}

// A price at which an order of this side rests: some ticks from where the price is drawn to, and
// never at or through the other side's best.
uint32_t ItchDay::PassiveTicks(uint16_t symbol, BookSide side) {
  const uint32_t fair = symbols_[symbol].fair_ticks;
  const uint32_t halvings = random_.Halvings();
  const uint32_t away = halvings == 0 ? 0 : random_.Below(1u << std::min(halvings, 7u));
  if (side == BookSide::kBid) {
    const uint32_t most = books_.BestTicks(symbol, BookSide::kAsk, UINT32_MAX) - 1;
    return std::min(fair - 1 - away, most);  // kLeastTicks are more than `away` can be.
  }
  return std::max(fair + 1 + away, books_.BestTicks(symbol, BookSide::kBid, 0) + 1);
}

void ItchDay::WalkPrice(uint16_t symbol) {
  if (!random_.Chance(1, 16)) return;
  Symbol& s = symbols_[symbol];
  const uint32_t step = random_.Between(1, s.walk_ticks);
  const bool up = s.fair_ticks <= kLeastTicks + step ||
                  (s.fair_ticks + step < kMostTicks && random_.Chance(1, 2));
  s.fair_ticks = up ? s.fair_ticks + step : s.fair_ticks - step;
}

uint64_t ItchDay::NextReference() {
  next_reference_ += random_.Chance(1, 8) ? 2 : 1;  // Hidden orders take numbers too.
  return next_reference_;
}

uint64_t ItchDay::NextMatch(uint16_t symbol) {
  next_match_ += random_.Between(1, 3);
  if (matches_.size() < kRememberedMatches) {
    matches_.push_back({next_match_, symbol});
  } else {
    matches_[next_remembered_++ % kRememberedMatches] = {next_match_, symbol};
  }
  return next_match_;
}

void ItchDay::EmitAdd(uint16_t symbol) {
  WalkPrice(symbol);
  const BookSide side = RandomSide();
  const SyntheticBooks::NewOrder order{.reference = NextReference(),
                                       .symbol = symbol,
                                       .side = side,
                                       .ticks = PassiveTicks(symbol, side),
                                       .shares = RandomShares()};
  books_.Add(order);
  const bool attributed = random_.Chance(1, 12);
  // F is A with an attribution behind it.
  uint8_t* const message =
      attributed ? BeginOf<itch::AddOrderMpid>(symbol) : BeginOf<itch::AddOrder>(symbol);
  itch::AddOrder::kOrderReferenceNumber.Put(message, order.reference);
  itch::AddOrder::kBuySellIndicator.Put(message, side == BookSide::kBid ? 'B' : 'S');
  itch::AddOrder::kShares.Put(message, order.shares);
  itch::AddOrder::kStock.Put(message, symbols_[symbol].name.data());
  itch::AddOrder::kPrice.Put(message, order.ticks * kTick);
  if (attributed) {
    itch::AddOrderMpid::kAttribution.Put(
        message, kAttributions[random_.Below(static_cast<uint32_t>(std::size(kAttributions)))]);
  }
}

void ItchDay::EmitDelete() {
  const uint32_t order = books_.PickLive(random_);
  uint8_t* const message = BeginOf<itch::OrderDelete>(books_.order(order).symbol);
  itch::OrderDelete::kOrderReferenceNumber.Put(message, books_.order(order).reference);
  books_.Remove(order);
}

void ItchDay::EmitCancel() {
  const uint32_t order = books_.PickLive(random_);
  const SyntheticBooks::Order& live = books_.order(order);
  // Now and then all that is left: then no D follows.
  const bool all = live.shares == 1 || random_.Chance(1, 50);
  const uint32_t shares = all ? live.shares : random_.Between(1, live.shares - 1);
  uint8_t* const message = BeginOf<itch::OrderCancel>(live.symbol);
  itch::OrderCancel::kOrderReferenceNumber.Put(message, live.reference);
  itch::OrderCancel::kCanceledShares.Put(message, shares);
  books_.Reduce(order, shares);
}

void ItchDay::EmitReplace() {
  const uint32_t order = books_.PickLive(random_);
  const SyntheticBooks::Order old = books_.order(order);
  WalkPrice(old.symbol);
  books_.Remove(order);
  const SyntheticBooks::NewOrder replacement{
      .reference = NextReference(),
      .symbol = old.symbol,
      .side = old.side,
      .ticks = PassiveTicks(old.symbol, old.side),
      .shares = random_.Chance(1, 2) ? old.shares : RandomShares()};
  books_.Add(replacement);
  uint8_t* const message = BeginOf<itch::OrderReplace>(old.symbol);
  itch::OrderReplace::kOriginalOrderReferenceNumber.Put(message, old.reference);
  itch::OrderReplace::kNewOrderReferenceNumber.Put(message, replacement.reference);
  itch::OrderReplace::kShares.Put(message, replacement.shares);
  itch::OrderReplace::kPrice.Put(message, replacement.ticks * kTick);
}

bool ItchDay::EmitExecution() {
  uint32_t front = books_.Front(sweep_.symbol, sweep_.resting);
  if (front == SyntheticBooks::kNone && !sweep_.going_on) {
    sweep_.resting = Opposite(sweep_.resting);
    front = books_.Front(sweep_.symbol, sweep_.resting);
  }
  if (front == SyntheticBooks::kNone) {
    sweep_.going_on = false;
    return false;
  }
  Execute(front);
  return true;
}

void ItchDay::Execute(uint32_t order) {
  const SyntheticBooks::Order& resting = books_.order(order);
  const uint16_t symbol = resting.symbol;
  const bool whole = resting.shares == 1 || random_.Chance(3, 4);
  const uint32_t shares = whole ? resting.shares : random_.Between(1, resting.shares - 1);
  // An aggressor that took less than the order had is satisfied.
  sweep_.going_on = whole && random_.Chance(1, 3);
  if (random_.Chance(1, 10)) {
    // A better price than the displayed one, for the resting order.
    const bool bid = resting.side == BookSide::kBid;
    const uint32_t price = resting.ticks * kTick + (bid ? 0 - kTick / 2 : kTick / 2);
    return ExecuteAtPrice(order, shares, price, /*printable=*/!random_.Chance(1, 10));
  }
  uint8_t* const message = BeginOf<itch::OrderExecuted>(symbol);
  itch::OrderExecuted::kOrderReferenceNumber.Put(message, resting.reference);
  itch::OrderExecuted::kExecutedShares.Put(message, shares);
  itch::OrderExecuted::kMatchNumber.Put(message, NextMatch(symbol));
  books_.Reduce(order, shares);
}

void ItchDay::ExecuteAtPrice(uint32_t order, uint32_t shares, uint32_t price, bool printable) {
  const SyntheticBooks::Order& resting = books_.order(order);
  uint8_t* const message = BeginOf<itch::OrderExecutedWithPrice>(resting.symbol);
  itch::OrderExecutedWithPrice::kOrderReferenceNumber.Put(message, resting.reference);
  itch::OrderExecutedWithPrice::kExecutedShares.Put(message, shares);
  itch::OrderExecutedWithPrice::kMatchNumber.Put(message, NextMatch(resting.symbol));
  itch::OrderExecutedWithPrice::kPrintable.Put(message, printable ? 'Y' : 'N');
  itch::OrderExecutedWithPrice::kExecutionPrice.Put(message, price);
  books_.Reduce(order, shares);
}

// Between the best prices. The order reference is always 0 and the side always B: what is hidden
// stays hidden (specification, section 1.5.1).
void ItchDay::EmitHiddenTrade(uint16_t symbol) {
  const uint32_t fair = symbols_[symbol].fair_ticks;
  const uint32_t bid = books_.BestTicks(symbol, BookSide::kBid, fair - 1);
  const uint32_t ask = std::max(books_.BestTicks(symbol, BookSide::kAsk, fair + 1), bid + 1);
  uint8_t* const message = BeginOf<itch::NonCrossTrade>(symbol);
  itch::NonCrossTrade::kOrderReferenceNumber.Put(message, 0);
  itch::NonCrossTrade::kBuySellIndicator.Put(message, 'B');
  itch::NonCrossTrade::kShares.Put(message, RandomShares());
  itch::NonCrossTrade::kStock.Put(message, symbols_[symbol].name.data());
  itch::NonCrossTrade::kPrice.Put(message, bid * kTick + random_.Below((ask - bid) * kTick + 1));
  itch::NonCrossTrade::kMatchNumber.Put(message, NextMatch(symbol));
}

}  // namespace fh
