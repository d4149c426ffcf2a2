// The messages of the synthetic day that are no order flow: directory, states, imbalances, crosses,
// halts and what else is rare.
#include <algorithm>
#include <utility>

#include "feedhandler/synthetic/itch_day.h"

namespace fh {
namespace {

namespace itch = codecs::itch50;
using synthetic_internal::kRares;
using synthetic_internal::Rare;

constexpr uint16_t kIpoSymbol = 0;            // Goes public in the course of the day.
constexpr uint16_t kDirectListingSymbol = 1;  // Is listed without an IPO.
constexpr uint16_t kTestSymbol = 2;           // Traded like any other, which is the trap.

}  // namespace

uint64_t ItchDay::MessagesAroundFlow(uint32_t symbols) {
  using synthetic_internal::Part;
  uint64_t count = 0;
  for (const Phase& phase : synthetic_internal::kDay) {
    switch (phase.part) {
      case Part::kSystemEvent:
      case Part::kBreakerLevels:
      case Part::kBreach:
        count += 1;
        break;
      case Part::kListings:
        count += 2;
        break;
      case Part::kDirectory:
      case Part::kFirstStates:
      case Part::kRegSho:
      case Part::kCross:
        count += symbols;
        break;
      case Part::kPositions:
        count += ActiveSymbols(symbols);
        break;
      case Part::kImbalances:
        count += uint64_t{ActiveSymbols(symbols)} * synthetic_internal::kImbalanceRounds;
        break;
      case Part::kFlow:
      case Part::kClosing:
        break;
    }
  }
  return count;
}

void ItchDay::MakeSymbols() {
  constexpr uint32_t kNames = 26 * 26 * 26 * 26;
  constexpr uint32_t kStride = 170'717;  // Coprime to kNames: no name comes twice.
  symbols_.resize(options_.symbols);
  by_activity_.resize(options_.symbols);
  const uint32_t first_name = random_.Below(kNames);
  for (uint32_t i = 0; i < options_.symbols; ++i) {
    Symbol& symbol = symbols_[i];
    symbol.name = {"        "};
    auto name = static_cast<uint32_t>((first_name + uint64_t{i} * kStride) % kNames);
    for (size_t letter = 0; letter < 4; ++letter, name /= 26) {
      symbol.name[letter] = static_cast<char>('A' + name % 26);
    }
    if (i % 97 == 96) symbol.name[4] = "+-=#"[i / 97 % 4];  // Warrants, preferred shares, units.
    // From 5 dollars in halvings of probability up to some 600.
    symbol.fair_ticks = 500 + random_.Below(500u << std::min(random_.Halvings(), 7u));
    symbol.walk_ticks = 1 + symbol.fair_ticks / 5000;
    by_activity_[i] = static_cast<uint16_t>(i);
  }
  symbols_[kTestSymbol].name = {"ZVZZT   "};
  for (uint32_t i = options_.symbols - 1; i > 0; --i) {
    std::swap(by_activity_[i], by_activity_[random_.Below(i + 1)]);
  }
}

void ItchDay::EmitSystemEvent(char code) {
  itch::SystemEvent::kEventCode.Put(Begin<itch::SystemEvent>(0), code);
}

void ItchDay::EmitDirectory(uint16_t symbol) {
  using R = itch::StockDirectory;
  const uint32_t kind = random_.Below(16);
  const bool fund = kind >= 12;
  uint8_t* const message = BeginOf<R>(symbol);
  R::kStock.Put(message, symbols_[symbol].name.data());
  R::kMarketCategory.Put(message, "QQQGGSSNNNAZPPPP"[kind]);
  R::kFinancialStatusIndicator.Put(message, random_.Chance(1, 50) ? 'D' : 'N');
  R::kRoundLotSize.Put(message, random_.Chance(1, 40) ? 10 : 100);
  R::kRoundLotsOnly.Put(message, 'N');
  R::kIssueClassification.Put(message, fund ? 'Q' : "CCCCCCAOPLUW"[kind]);
  R::kIssueSubType.Put(message, fund ? "E " : "Z ");
  R::kAuthenticity.Put(message, symbol == kTestSymbol ? 'T' : 'P');
  R::kShortSaleThresholdIndicator.Put(message, random_.Chance(1, 30) ? 'Y' : 'N');
  R::kIpoFlag.Put(message, symbol == kIpoSymbol ? 'Y' : 'N');
  R::kLuldReferencePriceTier.Put(message, kind < 4 ? '1' : '2');
  R::kEtpFlag.Put(message, fund ? 'Y' : 'N');
  R::kEtpLeverageFactor.Put(message, kind == 15 ? random_.Between(1, 3) : 0);
  R::kInverseIndicator.Put(message, kind == 15 && random_.Chance(1, 2) ? 'Y' : 'N');
}

void ItchDay::EmitTradingState(uint16_t symbol, char state, const char* reason) {
  using H = itch::StockTradingAction;
  symbols_[symbol].halted = state != 'T';
  uint8_t* const message = BeginOf<H>(symbol);
  H::kStock.Put(message, symbols_[symbol].name.data());
  H::kTradingState.Put(message, state);
  H::kReserved.Put(message, ' ');
  H::kReason.Put(message, reason);
}

void ItchDay::EmitFirstState(uint16_t symbol) {
  if (symbol == kIpoSymbol) return EmitTradingState(symbol, 'H', "IPO1");
  EmitTradingState(symbol, 'T', "");
}

void ItchDay::EmitRegSho(uint16_t symbol) {
  using Y = itch::RegShoRestriction;
  uint8_t* const message = BeginOf<Y>(symbol);
  Y::kStock.Put(message, symbols_[symbol].name.data());
  Y::kRegShoAction.Put(message, random_.Chance(1, 25) ? '2' : '0');
}

void ItchDay::EmitPosition(uint16_t symbol) {
  using L = itch::MarketParticipantPosition;
  constexpr const char* kMakers[] = {"CDRG", "VIRT", "NITE", "ETMM"};
  uint8_t* const message = BeginOf<L>(symbol);
  L::kMpid.Put(message, kMakers[random_.Below(4)]);
  L::kStock.Put(message, symbols_[symbol].name.data());
  L::kPrimaryMarketMaker.Put(message, random_.Chance(1, 2) ? 'Y' : 'N');
  L::kMarketMakerMode.Put(message, 'N');
  L::kMarketParticipantState.Put(message, random_.Chance(9, 10) ? 'A' : 'E');
}

void ItchDay::EmitBreakerLevels() {
  using V = itch::MwcbDeclineLevel;
  constexpr uint64_t kIndex = 474'283'000'000;  // 4,742.83 in eight decimals.
  uint8_t* const message = Begin<V>(0);
  V::kLevel1.Put(message, kIndex / 100 * 93);
  V::kLevel2.Put(message, kIndex / 100 * 87);
  V::kLevel3.Put(message, kIndex / 100 * 80);
}

void ItchDay::EmitListing(uint64_t index) {
  if (index == 0) {
    using K = itch::IpoQuotingPeriod;
    constexpr uint32_t kReleaseSeconds = (10 * 60 + 30) * 60;
    uint8_t* const message = BeginOf<K>(kIpoSymbol);
    K::kStock.Put(message, symbols_[kIpoSymbol].name.data());
    K::kIpoQuotationReleaseTime.Put(message, kReleaseSeconds);
    K::kIpoQuotationReleaseQualifier.Put(message, 'A');
    K::kIpoPrice.Put(message, symbols_[kIpoSymbol].fair_ticks * kTick);
    return;
  }
  using O = itch::DirectListing;
  const uint32_t price = symbols_[kDirectListingSymbol].fair_ticks * kTick;
  uint8_t* const message = BeginOf<O>(kDirectListingSymbol);
  O::kStock.Put(message, symbols_[kDirectListingSymbol].name.data());
  O::kOpenEligibilityStatus.Put(message, 'Y');
  O::kMinimumAllowablePrice.Put(message, price / 10 * 8);
  O::kMaximumAllowablePrice.Put(message, price / 10 * 18);
  O::kNearExecutionPrice.Put(message, price);
  O::kNearExecutionTime.Put(message, static_cast<uint64_t>(now_ns_));
  O::kLowerPriceRangeCollar.Put(message, price / 10 * 9);
  O::kUpperPriceRangeCollar.Put(message, price / 10 * 11);
}

void ItchDay::EmitImbalance(uint16_t symbol, char cross_type) {
  using I = itch::NetOrderImbalance;
  const uint32_t price = symbols_[symbol].fair_ticks * kTick;
  const uint32_t direction = random_.Below(4);
  uint8_t* const message = BeginOf<I>(symbol);
  I::kPairedShares.Put(message, uint64_t{random_.Below(5000)} * 100);
  I::kImbalanceShares.Put(message, direction == 3 ? 0 : random_.Between(1, 100'000));
  I::kImbalanceDirection.Put(message, "BSBN"[direction]);
  I::kStock.Put(message, symbols_[symbol].name.data());
  I::kFarPrice.Put(message, random_.Chance(1, 3) ? 0 : price - kTick);  // 0: none yet.
  I::kNearPrice.Put(message, price);
  I::kCurrentReferencePrice.Put(message, price);
  I::kCrossType.Put(message, cross_type);
  I::kPriceVariationIndicator.Put(message, 'L');
}

void ItchDay::EmitBulkPrint(uint16_t symbol, char cross_type, uint32_t ticks, uint64_t shares) {
  using Q = itch::CrossTrade;
  uint8_t* const message = BeginOf<Q>(symbol);
  Q::kCrossShares.Put(message, shares);
  Q::kStock.Put(message, symbols_[symbol].name.data());
  Q::kCrossPrice.Put(message, ticks * kTick);
  // Not remembered as a match: a broken trade names an execution.
  Q::kMatchNumber.Put(message, ++next_match_);
  Q::kCrossType.Put(message, cross_type);
}

void ItchDay::EmitOperationalHalt(uint16_t symbol, char action) {
  using H = itch::OperationalHalt;
  symbols_[symbol].halted = action == 'H';
  uint8_t* const message = BeginOf<H>(symbol);
  H::kStock.Put(message, symbols_[symbol].name.data());
  H::kMarketCode.Put(message, 'Q');
  H::kOperationalHaltAction.Put(message, action);
}

void ItchDay::EmitCollar(uint16_t symbol) {
  using J = itch::LuldAuctionCollar;
  const uint32_t price = symbols_[symbol].fair_ticks * kTick;
  uint8_t* const message = BeginOf<J>(symbol);
  J::kStock.Put(message, symbols_[symbol].name.data());
  J::kAuctionCollarReferencePrice.Put(message, price);
  J::kUpperAuctionCollarPrice.Put(message, price / 20 * 21);
  J::kLowerAuctionCollarPrice.Put(message, price / 20 * 19);
  J::kAuctionCollarExtension.Put(message, 0);
}

void ItchDay::EmitRetailInterest(uint16_t symbol) {
  using N = itch::RetailInterest;
  uint8_t* const message = BeginOf<N>(symbol);
  N::kStock.Put(message, symbols_[symbol].name.data());
  N::kInterestFlag.Put(message, "BSAN"[random_.Below(4)]);
}

// A trade is broken once: its number is forgotten.
void ItchDay::EmitBrokenTrade() {
  if (matches_.empty()) return EmitRetailInterest(PickSymbol());
  const size_t index = random_.Below(static_cast<uint32_t>(matches_.size()));
  const Match match = matches_[index];
  matches_[index] = matches_.back();
  matches_.pop_back();
  itch::BrokenTrade::kMatchNumber.Put(BeginOf<itch::BrokenTrade>(match.symbol), match.number);
}

void ItchDay::EmitRare() {
  const Rare rare = kRares[next_rare_];
  if (++next_rare_ == kRares.size()) next_rare_ = synthetic_internal::kFirstRepeatedRare;
  const uint32_t fair_ticks = symbols_[halted_symbol_].fair_ticks;
  switch (rare) {
    case Rare::kReleaseQuoting:
      return EmitTradingState(kIpoSymbol, 'Q', "IPOQ");
    case Rare::kReleaseCross:
      return EmitBulkPrint(kIpoSymbol, 'H', symbols_[kIpoSymbol].fair_ticks, 250'000);
    case Rare::kReleaseTrading:
      return EmitTradingState(kIpoSymbol, 'T', "R2");
    case Rare::kHalt:
      halted_symbol_ = PickTradingSymbol();
      return EmitTradingState(halted_symbol_, 'H', "T1");
    case Rare::kHaltQuoting:
      return EmitTradingState(halted_symbol_, 'Q', "T7");
    case Rare::kHaltImbalance:
      return EmitImbalance(halted_symbol_, 'H');
    case Rare::kHaltCross:
      return EmitBulkPrint(halted_symbol_, 'H', fair_ticks, 100 * random_.Between(10, 500));
    case Rare::kHaltOver:
      return EmitTradingState(halted_symbol_, 'T', "T3");
    case Rare::kPause:
      halted_symbol_ = PickTradingSymbol();
      return EmitTradingState(halted_symbol_, 'P', "LUDP");
    case Rare::kCollar:
      return EmitCollar(halted_symbol_);
    case Rare::kOperationalHalt:
      halted_symbol_ = PickTradingSymbol();
      return EmitOperationalHalt(halted_symbol_, 'H');
    case Rare::kOperationalHaltOver:
      return EmitOperationalHalt(halted_symbol_, 'T');
    case Rare::kRetailInterest:
      return EmitRetailInterest(PickSymbol());
    case Rare::kPosition:
      return EmitPosition(PickSymbol());
    case Rare::kBrokenTrade:
      return EmitBrokenTrade();
  }
}

}  // namespace fh
