// ASX 24's derivatives, ITCH 1.05, in the registry: order books by order, with implied orders beside.
//
// | message                     | updates; the last has LAST                                       |
// |---|---|
// | A; j implied                | order A                                                          |
// | X                           | order C, the canceled quantity                                   |
// | D; k implied                | order C, FH_SIZE_ALL                                             |
// | l implied                   | order M, the new total and price                                 |
// | E, C auction, e combination | trade T, order F, order C of the quantity, or FH_SIZE_ALL        |
// | P, p                        | trade T                                                          |
// | B                           | trade C                                                          |
// | O, S, q                     | status                                                           |
// | f, h, M, m                  | definition; f, h also the settlement of the day before           |
// | Z                           | imbalance                                                        |
// | t, Y, W, V                  | statistics                                                       |
// | T, x                        | none (x: unmapped)                                               |
//
// An execution behind which nothing remains takes off all that is left. Of a trade between two orders
// of a book (auctions, combinations) each order has its message, with the trade's id: the first of them
// has the T. The side of T is that opposite to the order's, which rested; auctions have no aggressor.
//
// Source: as in asx_messages.h.
#include <algorithm>

#include "codecs/instrument_store.h"
#include "codecs/itch/asx_messages.h"
#include "codecs/itch/itch_dialect.h"

namespace fh::codecs {

namespace asx {

using namespace itch;  // NOLINT: one dialect, one file.

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kDayNs = 86'400 * kSecondNs;
constexpr int64_t kUsualUnit = kPriceScale / 1'000'000;
constexpr int64_t kLotUnit = kPriceScale / 1'000'000;

uint8_t StateOf(char state) {
  switch (state) {
    case 'O':
      return FH_TRADING_OPEN;
    case 'P':
      return FH_TRADING_ORDERS;
    case 'H':
    case 'R':
    case 'C':
    case 'M':  // Maintenance.
      return FH_TRADING_HALTED;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

// 1e-9 of one unit of a price with that denominator; 0 when there is none.
int64_t UnitOf(uint32_t denominator) {
  if (denominator == 0) return kUsualUnit;
  return kPriceScale % denominator == 0 ? kPriceScale / denominator : 0;
}

// Of combinations and bundles: how many legs there are, and how many the message holds.
uint32_t LegsOf(const uint8_t* message) { return CombinationSymbolDirectory::kLegs(message); }
bool HasLegs(const MessageInfo& info) { return !info.groups.empty(); }

class AsxMapping {
 public:
  // W: six statistics of 61 bytes; t, Y: four; all others up to three.
  static constexpr UpdateBound kBound{.per_message = 3, .bytes_per_entry = 20};

  explicit AsxMapping(const CodecOptions& options) : instruments_(options.instruments) {}

  void OnEvent(const StreamEvent& event) {
    clock_.Forget();
    last_trade_ = 0;
    if (event.kind == StreamEvent::Kind::kStart) units_.Clear();
  }

  const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) const {
    const bool is_whole = !HasLegs(info) || info.length + LegsOf(message) * Leg::kBytes <= length;
    return is_whole ? nullptr : "its legs reach beyond its end";
  }

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const;

 protected:
  bool Map(const MessageInfo& info, Sink& sink);

 private:
  // What a price of the message's instrument is worth; counts it when nobody knows.
  int64_t Unit(const Sink& sink) const {
    const int64_t unit_e9 = units_.Of(kTradeableInstrumentId(sink.message));
    if (unit_e9 == 0) ++sink.context.stats.unscaled;
    return unit_e9;
  }
  template <typename T>
  static int64_t Scaled(const BigEndian<T>& field, const Sink& sink, int64_t unit_e9) {
    return unit_e9 == 0 ? kUndefinedPrice : PriceE9(int64_t{field(sink.message)}, unit_e9);
  }

  void Add(const Sink& sink, uint32_t id, uint8_t flags) const;
  void Executed(const Sink& sink, uint32_t id, bool is_auction);
  template <typename M>
  void Traded(const Sink& sink, uint32_t id) const;
  void Equilibrium(const Sink& sink, uint32_t id) const;
  void Day(const Sink& sink, uint32_t id) const;
  void Thresholds(const Sink& sink, uint32_t id) const;
  template <typename M>
  fh_terms TermsOf(const Sink& sink, uint8_t kind, int64_t unit_e9) const;
  void Future(const Sink& sink, uint32_t id);
  void Option(const Sink& sink, uint32_t id);
  void Combination(const Sink& sink, uint32_t id);
  void Define(const Sink& sink, uint32_t id, const Symbol& name, const fh_terms& terms, char cfi,
              int64_t unit_e9);

  InstrumentStore* instruments_;
  SecondsClock clock_;
  PriceUnits units_{kUsualUnit};
  uint64_t last_trade_ = 0;  // That a T was written for.
};

bool AsxMapping::Map(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  if (info.type == Seconds::kInfo.type) {
    clock_.Say(int64_t{Seconds::kSecond(message)} * kSecondNs);
    return true;
  }
  sink.ts_event_ns = clock_.At(kNanoseconds(message), sink.context.stats);
  const uint32_t id = InstrumentOf(kTradeableInstrumentId(message));
  switch (info.type) {
    case AddOrder::kInfo.type:
      return Add(sink, id, 0), true;
    case ImpliedOrderAdded::kInfo.type:
      return Add(sink, id, FH_FLAG_IMPLIED), true;
    case ImpliedOrderReplaced::kInfo.type:
      sink.Order(FH_ACTION_MODIFY, SideOf(ImpliedOrderReplaced::kSide(message)), id,
                 ImpliedOrderReplaced::kOrderId(message),
                 Scaled(ImpliedOrderReplaced::kPrice, sink, Unit(sink)),
                 ImpliedOrderReplaced::kQuantity(message), FH_FLAG_IMPLIED);
      return true;
    case OrderDeleted::kInfo.type:
    case ImpliedOrderDeleted::kInfo.type:
      sink.Order(FH_ACTION_CANCEL, SideOf(OrderDeleted::kSide(message)), id,
                 OrderDeleted::kOrderId(message), kUndefinedPrice, FH_SIZE_ALL,
                 info.type == ImpliedOrderDeleted::kInfo.type ? FH_FLAG_IMPLIED : 0);
      return true;
    case OrderVolumeCancelled::kInfo.type: {
      const uint32_t quantity = OrderVolumeCancelled::kQuantity(message);
      // C of size 0 would take all off.
      if (quantity == 0) return ++sink.context.stats.malformed, true;
      sink.Order(FH_ACTION_CANCEL, SideOf(OrderVolumeCancelled::kSide(message)), id,
                 OrderVolumeCancelled::kOrderId(message), kUndefinedPrice, quantity);
      return true;
    }
    case OrderExecuted::kInfo.type:
    case CombinationOrderExecuted::kInfo.type:
      return Executed(sink, id, false), true;
    case AuctionOrderExecuted::kInfo.type:
      return Executed(sink, id, true), true;
    case TradeExecuted::kInfo.type:
      return Traded<TradeExecuted>(sink, id), true;
    case CombinationTradeExecuted::kInfo.type:
      return Traded<CombinationTradeExecuted>(sink, id), true;
    case TradeCancellation::kInfo.type:
      sink.Trade(FH_ACTION_CANCEL, FH_SIDE_NONE, id, TradeCancellation::kTradeId(message),
                 kUndefinedPrice, 0, 0);
      return true;
    case OrderBookState::kInfo.type: {
      const char state = OrderBookState::kSessionState(message);
      sink.Status(id, FH_STATUS_TRADING, StateOf(state), state, 0);
      return true;
    }
    case RequestForQuote::kInfo.type: {
      const char side = RequestForQuote::kRfqSide(message);  // T: both; X: for a cross.
      sink.Status(id, FH_STATUS_QUOTE_REQUEST, FH_TRADING_UNKNOWN, side,
                  RequestForQuote::kQuantity(message))
          .side = SideOf(side);
      return true;
    }
    case EndOfBusinessTradeDate::kInfo.type:
      sink.Status(FH_ALL_INSTRUMENTS, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN,
                  EndOfBusinessTradeDate::kEventCode(message), 0);
      return true;
    case FutureSymbolDirectory::kInfo.type:
      return Future(sink, id), true;
    case OptionsSymbolDirectory::kInfo.type:
      return Option(sink, id), true;
    case CombinationSymbolDirectory::kInfo.type:
    case BundlesSymbolDirectory::kInfo.type:
      return Combination(sink, id), true;
    case EquilibriumPrice::kInfo.type:
      return Equilibrium(sink, id), true;
    case OpenHighLowLastTradeAdjustment::kInfo.type:
    case MarketSettlement::kInfo.type:
      return Day(sink, id), true;
    case AnomalousOrderThresholdPublish::kInfo.type:
      return Thresholds(sink, id), true;
    case VolumeAndOpenInterest::kInfo.type:
      sink.Volume(id, FH_STAT_VOLUME, VolumeAndOpenInterest::kCumulativeVolume(message));
      sink.Volume(id, FH_STAT_OPEN_INTEREST, VolumeAndOpenInterest::kOpenInterest(message));
      return true;
    default:
      return false;
  }
}

void AsxMapping::Add(const Sink& sink, uint32_t id, uint8_t flags) const {
  const uint8_t* const message = sink.message;
  sink.Order(FH_ACTION_ADD, SideOf(AddOrder::kSide(message)), id, AddOrder::kOrderId(message),
             Scaled(AddOrder::kPrice, sink, Unit(sink)), AddOrder::kQuantity(message), flags);
}

// All three kinds are alike up to the price.
void AsxMapping::Executed(const Sink& sink, uint32_t id, bool is_auction) {
  using M = OrderExecuted;
  const uint8_t* const message = sink.message;
  const char side = SideOf(M::kSide(message));
  const uint64_t order_id = M::kOrderId(message);
  const uint64_t trade_id = M::kTradeId(message);
  const uint32_t quantity = M::kExecutedQuantity(message);
  // Nothing of it is an execution, and C with size 0 would take all off.
  if (quantity == 0) return static_cast<void>(++sink.context.stats.malformed);
  const int64_t price = Scaled(M::kTradePrice, sink, Unit(sink));
  if (trade_id == 0 || trade_id != last_trade_) {
    sink.Trade(FH_ACTION_TRADE, is_auction ? char{FH_SIDE_NONE} : OtherSide(side), id, trade_id,
               price, quantity, M::kTradeType(message));
  }
  last_trade_ = trade_id;
  sink.Order(FH_ACTION_FILL, side, id, order_id, price, quantity);
  // What remains is said: none, and the order is gone, whatever was missed before.
  sink.Order(FH_ACTION_CANCEL, side, id, order_id, kUndefinedPrice,
             M::kQuantityRemaining(message) == 0 ? uint64_t{FH_SIZE_ALL} : quantity);
}

template <typename M>
void AsxMapping::Traded(const Sink& sink, uint32_t id) const {
  const uint8_t* const message = sink.message;
  sink.Trade(FH_ACTION_TRADE, FH_SIDE_NONE, id, M::kTradeId(message),
             Scaled(M::kTradePrice, sink, Unit(sink)), M::kExecutedQuantity(message),
             M::kTradeType(message));
}

void AsxMapping::Equilibrium(const Sink& sink, uint32_t id) const {
  using M = EquilibriumPrice;
  const uint8_t* const message = sink.message;
  const uint64_t bid = M::kBidQuantity(message);
  const uint64_t ask = M::kAskQuantity(message);
  const char side = bid > ask ? FH_SIDE_BID : ask > bid ? FH_SIDE_ASK : FH_SIDE_NONE;
  const uint64_t matched = M::kMatchedQuantity(message);
  // Prices of spreads may be 0: it is the quantity that says whether there is one.
  const int64_t price =
      matched == 0 ? kUndefinedPrice : Scaled(M::kEquilibriumPrice, sink, Unit(sink));
  sink.Next(FH_RECORD_IMBALANCE, FH_ACTION_NONE, side, id).imbalance = {
      price, matched, std::max(bid, ask) - std::min(bid, ask)};
}

void AsxMapping::Day(const Sink& sink, uint32_t id) const {
  using M = MarketSettlement;
  const int64_t unit_e9 = Unit(sink);
  const char detail = static_cast<char>(kMessageType(sink.message));
  sink.Price(id, FH_STAT_OPENING_PRICE, Scaled(M::kOpeningTrade, sink, unit_e9), detail);
  sink.Price(id, FH_STAT_HIGH_PRICE, Scaled(M::kHighestTrade, sink, unit_e9), detail);
  sink.Price(id, FH_STAT_LOW_PRICE, Scaled(M::kLowestTrade, sink, unit_e9), detail);
  sink.Volume(id, FH_STAT_VOLUME, M::kTotalTradedVolume(sink.message));
}

void AsxMapping::Thresholds(const Sink& sink, uint32_t id) const {
  using M = AnomalousOrderThresholdPublish;
  const int64_t unit_e9 = Unit(sink);
  constexpr char kAnomalous = 'A';
  constexpr char kExtreme = 'E';
  sink.Price(id, FH_STAT_REFERENCE_PRICE, Scaled(M::kAotPrice, sink, unit_e9), kAnomalous);
  sink.Price(id, FH_STAT_UPPER_BAND, Scaled(M::kAotUpperPrice, sink, unit_e9), kAnomalous);
  sink.Price(id, FH_STAT_LOWER_BAND, Scaled(M::kAotLowerPrice, sink, unit_e9), kAnomalous);
  sink.Price(id, FH_STAT_REFERENCE_PRICE, Scaled(M::kEtrPrice, sink, unit_e9), kExtreme);
  sink.Price(id, FH_STAT_UPPER_BAND, Scaled(M::kEtrUpperPrice, sink, unit_e9), kExtreme);
  sink.Price(id, FH_STAT_LOWER_BAND, Scaled(M::kEtrLowerPrice, sink, unit_e9), kExtreme);
}

// What futures and options have alike.
template <typename M>
fh_terms AsxMapping::TermsOf(const Sink& sink, uint8_t kind, int64_t unit_e9) const {
  const uint8_t* const message = sink.message;
  fh_terms terms = UnknownTerms();
  terms.kind = kind;
  terms.size_decimals = 0;
  terms.price_decimals = M::kPriceDisplayDecimals(message);
  terms.tick =
      unit_e9 == 0 ? kUndefinedPrice : PriceE9(int64_t{M::kPriceMinimumTick(message)}, unit_e9);
  terms.multiplier = PriceE9(M::kLotSizeOrFaceValue(message), kLotUnit);
  std::memcpy(terms.currency, M::kCurrency(message), M::kCurrency.length);
  // The day begins there at the moment that is given.
  const uint32_t last = M::kLastTradingDate(message);
  if (last != 0) terms.expiry_ns = last * kSecondNs + kDayNs - 1;
  return terms;
}

void AsxMapping::Define(const Sink& sink, uint32_t id, const Symbol& name, const fh_terms& terms,
                        char cfi, int64_t unit_e9) {
  sink.Definition(id, name, terms, cfi);
  const bool is_learnt = units_.Learn(id, unit_e9);
  const bool is_defined = instruments_ == nullptr || id == FH_UNKNOWN_INSTRUMENT ||
                          instruments_->Define(id, name, terms);
  if (!is_learnt || !is_defined) ++sink.context.stats.instruments_full;
}

void AsxMapping::Future(const Sink& sink, uint32_t id) {
  using M = FutureSymbolDirectory;
  const int64_t unit_e9 = UnitOf(M::kPriceFractionalDenominator(sink.message));
  Define(sink, id, Symbol(M::kSymbolName(sink.message), M::kSymbolName.length),
         TermsOf<M>(sink, FH_KIND_FUTURE, unit_e9), *M::kCfiCode(sink.message), unit_e9);
  sink.Price(id, FH_STAT_SETTLEMENT_PRICE, Scaled(M::kPriorDaySettlement, sink, unit_e9));
}

void AsxMapping::Option(const Sink& sink, uint32_t id) {
  using M = OptionsSymbolDirectory;
  const uint8_t* const message = sink.message;
  const int64_t unit_e9 = UnitOf(M::kPriceFractionalDenominator(message));
  fh_terms terms = TermsOf<M>(sink, FH_KIND_OPTION, unit_e9);
  const char type = M::kOptionType(message);
  terms.put_call = type == 'P' || type == 'C' ? type : '\0';
  terms.strike = Scaled(M::kStrike, sink, UnitOf(M::kStrikePriceFractionalDenominator(message)));
  terms.underlying_id = InstrumentOf(M::kUnderlyingTradeableInstrumentId(message));
  Define(sink, id, Symbol(M::kSymbolName(message), M::kSymbolName.length), terms,
         *M::kCfiCode(message), unit_e9);
  sink.Price(id, FH_STAT_SETTLEMENT_PRICE, Scaled(M::kPriorDaySettlement, sink, unit_e9));
}

void AsxMapping::Combination(const Sink& sink, uint32_t id) {
  using M = CombinationSymbolDirectory;
  const uint8_t* const message = sink.message;
  const int64_t unit_e9 = UnitOf(M::kPriceFractionalDenominator(message));
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_SPREAD;
  terms.size_decimals = 0;
  terms.price_decimals = M::kPriceDisplayDecimals(message);
  terms.tick =
      unit_e9 == 0 ? kUndefinedPrice : PriceE9(int64_t{M::kPriceMinimumTick(message)}, unit_e9);
  terms.leg_count = static_cast<uint8_t>(LegsOf(message));
  for (uint32_t i = 0; i < std::min<uint32_t>(terms.leg_count, FH_MOST_LEGS); ++i) {
    const uint8_t* const leg = message + M::kInfo.length + i * Leg::kBytes;
    const auto ratio = static_cast<int32_t>(std::min<uint32_t>(Leg::kRatioLeg(leg), INT32_MAX));
    terms.legs[i] = {InstrumentOf(Leg::kTradeableInstrumentIdLeg(leg)),
                     Leg::kSideLeg(leg) == 'S' ? -ratio : ratio};
  }
  Define(sink, id, Symbol(M::kSymbolName(message), M::kSymbolName.length), terms,
         *M::kCfiCode(message), unit_e9);
}

// Fields of a block, its prices by what one of them is worth.
void DescribeBlock(std::span<const FieldInfo* const> fields, const uint8_t* block, int64_t unit_e9,
                   int64_t strike_unit_e9, MessageVisitor& visitor) {
  for (const FieldInfo* field : fields) {
    Value value = ReadValue(*field, block);
    if (field->kind == FieldKind::kDecimal && field->is_signed) {
      const int64_t unit = field == &OptionsSymbolDirectory::kStrike ? strike_unit_e9 : unit_e9;
      if (unit == 0 || !ExponentOf(unit, &value.exponent)) value.state = Value::State::kNull;
    }
    visitor.Field(*field, value);
  }
}

void AsxMapping::Describe(const MessageInfo& info, const uint8_t* message, uint32_t /*length*/,
                          MessageVisitor& visitor) const {
  int64_t unit_e9 = kUsualUnit;
  int64_t strike_unit_e9 = kUsualUnit;
  if (HasLegs(info)) {
    unit_e9 = UnitOf(CombinationSymbolDirectory::kPriceFractionalDenominator(message));
  } else if (info.type == FutureSymbolDirectory::kInfo.type) {
    unit_e9 = UnitOf(FutureSymbolDirectory::kPriceFractionalDenominator(message));
  } else if (info.type == OptionsSymbolDirectory::kInfo.type) {
    unit_e9 = UnitOf(OptionsSymbolDirectory::kPriceFractionalDenominator(message));
    strike_unit_e9 = UnitOf(OptionsSymbolDirectory::kStrikePriceFractionalDenominator(message));
  } else if (info.length >= kTradeableInstrumentId.offset + kTradeableInstrumentId.length) {
    unit_e9 = units_.Of(kTradeableInstrumentId(message));
  }
  DescribeBlock(info.fields, message, unit_e9, strike_unit_e9, visitor);
  if (!HasLegs(info)) return;
  const uint32_t legs = LegsOf(message);
  visitor.BeginGroup(kLegGroup, legs);
  for (uint32_t i = 0; i < legs; ++i) {
    visitor.BeginEntry();
    DescribeBlock(Leg::kFields, message + info.length + i * Leg::kBytes, unit_e9, unit_e9, visitor);
    visitor.EndEntry();
  }
  visitor.EndGroup();
}

// ---- Samples. ----

constexpr uint32_t kSampleInstruments = 40;
constexpr uint64_t kSampleSecond = 1'700'000'000;

uint32_t MessageLength(const MessageInfo& info, const uint8_t* /*message*/) {
  const uint32_t room = info.type == BundlesSymbolDirectory::kInfo.type ? 20 : 6;
  return info.length + room * Leg::kBytes;
}

const char* Letters(std::string_view name) {
  if (name == "side" || name.ends_with("_side")) return name == "rfq_side" ? "TBSX" : "BS";
  if (name == "session_state") return "PORHCM";
  if (name == "event_code") return "C";
  if (name == "option_type") return "PC";
  return "TtLlSsRrAaBb";
}

uint64_t Number(const MessageInfo& info, const FieldInfo& field, SampleOrders& orders,
                SampleRandom& random) {
  const std::string_view name = field.name;
  const bool adds = info.type == AddOrder::kInfo.type || info.type == ImpliedOrderAdded::kInfo.type;
  if (name == "second") return kSampleSecond;
  if (name == "nanoseconds") return random.Below(1'000'000'000);
  if (name.ends_with("trade_date")) return 19'675;
  if (name == "tradeable_instrument_id") return 1 + random.Below(kSampleInstruments);
  if (name == "order_id") return adds ? orders.Add() : orders.Any(random);
  if (name == "quantity_remaining") return random.Below(3);
  if (name == "trade_id") return random.Next();  // Another one for each.
  if (name == "legs") return 2;
  if (name.ends_with("fractional_denominator")) return 1'000'000;
  if (field.kind == FieldKind::kUnixSeconds) return kSampleSecond + random.Below(1'000'000);
  if (field.kind == FieldKind::kDecimal) return 10'000 * (1 + random.Below(1'000'000));
  return 1 + random.Below(field.length == 1 ? 9 : 1'000);
}

std::string_view TextOf(std::string_view name, SampleRandom& random) {
  if (name == "symbol_name") return random.Below(2) == 0 ? "APZ6" : "BSM00008900C";
  if (name == "currency") return "AUD";
  return name == "cfi_code" ? "FCAPSO" : "XSFE";
}

void AppendLegs(const MessageInfo& info, SampleRandom& random, std::string& message) {
  if (!HasLegs(info)) return;
  const uint32_t fixed = info.length;
  message.resize(MessageLength(info, nullptr), '\0');
  for (uint32_t i = 0; i < 2; ++i) {
    auto* leg = reinterpret_cast<uint8_t*>(message.data()) + fixed + i * Leg::kBytes;
    Leg::kTradeableInstrumentIdLeg.Put(leg,
                                       static_cast<uint32_t>(1 + random.Below(kSampleInstruments)));
    Leg::kSideLeg.Put(leg, i == 0 ? 'B' : 'S');
    Leg::kRatioLeg.Put(leg, 1);
  }
}

constexpr Dialect kDialect = {.codec = "asx_itch",
                              .messages = kMessages,
                              .common_types = "T",
                              .length = MessageLength,
                              .frequent = "AADEXPjlk",
                              .letters = Letters,
                              .number = Number,
                              .text = TextOf,
                              .append = AppendLegs};

}  // namespace asx

namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  return itch::MakeDialect(itch::DialectDecoder<asx::kDialect, asx::AsxMapping>(options), options,
                           asx::kDialect);
}

int Guess(std::span<const uint8_t> payload) { return itch::GuessDialect(asx::kDialect, payload); }

std::string Sample(uint64_t seed) { return itch::SampleDialect(asx::kDialect, seed); }

}  // namespace

extern constexpr CodecInfo codec_asx_itch = {
    .name = "asx_itch",
    .title = "ASX 24 derivatives, ITCH 1.05",
    .framing = "moldudp64",
    .specification = "ASX Trade24 ITCH 1.05, MoldUDP64 1.00",
    .checked =
        "every field of 19 captured messages of 11 types against another dissector; others by its "
        "tables",
    .has_file_form = true,
    .numbering = {},
    .has_learnt_scales = true,
    .make = Make,
    .guess = Guess,
    .sample = Sample,
    .messages = asx::kMessages};

}  // namespace fh::codecs
