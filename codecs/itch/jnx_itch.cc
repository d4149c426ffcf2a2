// Japannext's PTS, ITCH 1.6, in the registry: order books by order.
//
// | message   | updates; the last has LAST                                                    |
// |---|---|
// | A, F      | order A                                                                       |
// | E         | trade T, order F, order C of the quantity                                     |
// | D         | order C, FH_SIZE_ALL                                                          |
// | U         | order C of the original, FH_SIZE_ALL; order A of the new one, side N          |
// | H, Y, S   | status                                                                        |
// | R         | definition, price limits                                                      |
// | T, L      | none (L: unmapped)                                                            |
//
// What becomes of an order names the order alone, not even its order book: whoever wants that has the
// orders remembered (CodecInfo::needs_orders). An order book is of a market (the group): what several
// trade is several instruments.
//
// Times count from the second of the last T: seconds since 1970, or since midnight in Tokyo when they
// are fewer than those of two days.
//
// Source: as in jnx_messages.h.
#include <algorithm>

#include "codecs/instrument_store.h"
#include "codecs/itch/itch_dialect.h"
#include "codecs/itch/jnx_messages.h"
#include "codecs/local_midnight.h"

namespace fh::codecs {

namespace jnx {

using namespace itch;  // NOLINT: one dialect, one file.

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr uint32_t kUsualDecimals = 1;

// 1e-9 of one unit of a price with so many decimals; 0 when updates cannot hold them.
int64_t UnitOf(uint32_t decimals) {
  if (decimals > 9) return 0;
  int64_t unit_e9 = kPriceScale;
  for (uint32_t i = 0; i < decimals; ++i) unit_e9 /= 10;
  return unit_e9;
}

class JnxMapping {
 public:
  static constexpr UpdateBound kBound{.per_message = 3};

  JnxMapping(const CodecOptions& options, const LocalMidnight& midnight)
      : instruments_(options.instruments), midnight_(midnight) {}

  void OnEvent(const StreamEvent& event) {
    clock_.Forget();
    if (event.kind == StreamEvent::Kind::kStart) units_.Clear();
  }

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t /*length*/,
                MessageVisitor& visitor) const {
    const int64_t unit_e9 = UnitOfMessage(info, message);
    for (const FieldInfo* field : info.fields) {
      Value value = ReadValue(*field, message);
      if (field->kind == FieldKind::kDecimal &&
          (unit_e9 == 0 || !ExponentOf(unit_e9, &value.exponent))) {
        value.state = Value::State::kNull;
      }
      visitor.Field(*field, value);
    }
  }

 protected:
  bool Map(const MessageInfo& info, Sink& sink);

 private:
  int64_t UnitOfMessage(const MessageInfo& info, const uint8_t* message) const {
    switch (info.type) {
      case OrderbookDirectory::kInfo.type:
        return UnitOf(OrderbookDirectory::kPriceDecimals(message));
      case OrderAddedWithoutAttributes::kInfo.type:
      case OrderAddedWithAttributes::kInfo.type:
        return units_.Of(OrderAddedWithoutAttributes::kOrderbookId(message));
      default:
        return units_.OfAny();
    }
  }
  // Counts a price that nobody can read.
  static int64_t Scaled(uint32_t price, int64_t unit_e9, const Sink& sink) {
    if (unit_e9 != 0) return PriceE9(int64_t{price}, unit_e9);
    ++sink.context.stats.unscaled;
    return kUndefinedPrice;
  }

  void Second(const Sink& sink);
  void Executed(const Sink& sink) const;
  void Directory(const Sink& sink);
  void System(const Sink& sink) const;

  InstrumentStore* instruments_;
  LocalMidnight midnight_;
  SecondsClock clock_;
  PriceUnits units_{UnitOf(kUsualDecimals)};
};

bool JnxMapping::Map(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  if (info.type == Seconds::kInfo.type) return Second(sink), true;
  if (info.type == PriceTickSize::kInfo.type) return false;
  sink.ts_event_ns = clock_.At(kNanoseconds(message), sink.context.stats);
  switch (info.type) {
    case OrderAddedWithoutAttributes::kInfo.type:
    case OrderAddedWithAttributes::kInfo.type: {
      using M = OrderAddedWithoutAttributes;
      sink.Order(FH_ACTION_ADD, SideOf(M::kBuySellIndicator(message)),
                 InstrumentOf(M::kOrderbookId(message)), M::kOrderNumber(message),
                 Scaled(M::kPrice(message), UnitOfMessage(info, message), sink),
                 M::kQuantity(message));
      return true;
    }
    case OrderExecuted::kInfo.type:
      return Executed(sink), true;
    case OrderDeleted::kInfo.type:
      sink.Order(FH_ACTION_CANCEL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT,
                 OrderDeleted::kOrderNumber(message), kUndefinedPrice, FH_SIZE_ALL);
      return true;
    case OrderReplaced::kInfo.type: {
      using M = OrderReplaced;
      sink.Order(FH_ACTION_CANCEL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT,
                 M::kOriginalOrderNumber(message), kUndefinedPrice, FH_SIZE_ALL);
      sink.Order(FH_ACTION_ADD, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, M::kNewOrderNumber(message),
                 Scaled(M::kPrice(message), units_.OfAny(), sink), M::kQuantity(message));
      return true;
    }
    case TradingState::kInfo.type: {
      const char state = TradingState::kTradingState(message);
      sink.Status(InstrumentOf(TradingState::kOrderbookId(message)), FH_STATUS_TRADING,
                  state == 'T'   ? FH_TRADING_OPEN
                  : state == 'V' ? FH_TRADING_HALTED
                                 : FH_TRADING_UNKNOWN,
                  state, 0);
      return true;
    }
    case ShortSellingPriceRestrictionState::kInfo.type: {
      using M = ShortSellingPriceRestrictionState;
      const char state = M::kShortSellingState(message);
      sink.Status(InstrumentOf(M::kOrderbookId(message)), FH_STATUS_SHORT_SALE, FH_TRADING_UNKNOWN,
                  state, state == '1');
      return true;
    }
    case OrderbookDirectory::kInfo.type:
      return Directory(sink), true;
    case SystemEvent::kInfo.type:
      return System(sink), true;
    default:
      return false;
  }
}

void JnxMapping::Second(const Sink& sink) {
  constexpr uint32_t kTwoDays = 2 * 86'400;
  const uint32_t second = Seconds::kSeconds(sink.message);
  clock_.Say(second < kTwoDays ? midnight_.WallClock(sink.context.ts_recv_ns, second)
                               : second * kSecondNs);
}

void JnxMapping::Executed(const Sink& sink) const {
  using M = OrderExecuted;
  const uint8_t* const message = sink.message;
  const uint32_t quantity = M::kExecutedQuantity(message);
  // Nothing of it is an execution, and C with size 0 would take all off.
  if (quantity == 0) return static_cast<void>(++sink.context.stats.malformed);
  const uint64_t order = M::kOrderNumber(message);
  sink.Trade(FH_ACTION_TRADE, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, M::kMatchNumber(message),
             kUndefinedPrice, quantity, 0);
  sink.Order(FH_ACTION_FILL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, order, kUndefinedPrice, quantity);
  sink.Order(FH_ACTION_CANCEL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, order, kUndefinedPrice,
             quantity);
}

void JnxMapping::Directory(const Sink& sink) {
  using M = OrderbookDirectory;
  const uint8_t* const message = sink.message;
  const uint32_t id = InstrumentOf(M::kOrderbookId(message));
  const uint32_t decimals = M::kPriceDecimals(message);
  const int64_t unit_e9 = UnitOf(decimals);
  const Symbol name(M::kOrderbookCode(message), M::kOrderbookCode.length);
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_STOCK;
  terms.size_decimals = 0;
  terms.price_decimals =
      decimals <= 9 ? static_cast<uint8_t>(decimals) : uint8_t{FH_UNKNOWN_DECIMALS};
  std::memcpy(terms.currency, "JPY", 3);
  terms.round_lot = M::kRoundLotSize(message);
  // The market, by its last letter: DAY, NGHT, DAYX, DAYU.
  sink.Definition(id, name, terms, '\0').detail = static_cast<uint8_t>(M::kGroup(message)[3]);
  const bool is_learnt = units_.Learn(id, unit_e9);
  const bool is_defined = instruments_ == nullptr || id == FH_UNKNOWN_INSTRUMENT ||
                          instruments_->Define(id, name, terms);
  if (!is_learnt || !is_defined) ++sink.context.stats.instruments_full;
  if (unit_e9 == 0) return;
  sink.Price(id, FH_STAT_UPPER_BAND, PriceE9(int64_t{M::kUpperPriceLimit(message)}, unit_e9));
  sink.Price(id, FH_STAT_LOWER_BAND, PriceE9(int64_t{M::kLowerPriceLimit(message)}, unit_e9));
}

// The events are of one market: its first message says nothing of the books of the others.
void JnxMapping::System(const Sink& sink) const {
  using M = SystemEvent;
  NormalizedUpdate& update = sink.Status(FH_ALL_INSTRUMENTS, FH_STATUS_SYSTEM_EVENT,
                                         FH_TRADING_UNKNOWN, M::kSystemEvent(sink.message), 0);
  std::memcpy(update.status.reason, M::kGroup(sink.message), M::kGroup.length);
}

// ---- Samples. ----

constexpr uint32_t kSampleBooks = 30;

const char* Letters(std::string_view name) {
  if (name == "buy_sell_indicator") return "BS";
  if (name == "system_event") return "OSQMEC";
  if (name == "trading_state") return "TV";
  if (name == "short_selling_state") return "01";
  return "Q";
}

uint64_t Number(const MessageInfo& info, const FieldInfo& field, SampleOrders& orders,
                SampleRandom& random) {
  const std::string_view name = field.name;
  const bool adds = info.type == OrderAddedWithoutAttributes::kInfo.type ||
                    info.type == OrderAddedWithAttributes::kInfo.type;
  if (name == "seconds") return 1'700'000'000;
  if (name == "nanoseconds") return random.Below(1'000'000'000);
  if (name == "orderbook_id") return 1 + random.Below(kSampleBooks);
  if (name == "new_order_number") return orders.Add();
  if (name == "order_number") return adds ? orders.Add() : orders.Any(random);
  if (name == "original_order_number") return orders.Any(random);
  if (name == "price_decimals") return kUsualDecimals;
  if (field.kind == FieldKind::kDecimal) return 10 * (1 + random.Below(100'000));
  return 100 * (1 + random.Below(100));
}

std::string_view Text(std::string_view name, SampleRandom& random) {
  if (name == "group") return random.Below(2) == 0 ? "DAY" : "NGHT";
  return name == "orderbook_code" ? "7203" : "";
}

constexpr Dialect kDialect = {.codec = "jnx_itch",
                              .messages = kMessages,
                              .common_types = "T",
                              .frequent = "AADDEFU",
                              .letters = Letters,
                              .number = Number,
                              .text = Text};

}  // namespace jnx

namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load("Asia/Tokyo", options.day_ns);
  if (!midnight.ok()) return midnight.status();
  return itch::MakeDialect(itch::DialectDecoder<jnx::kDialect, jnx::JnxMapping>(options, *midnight),
                           options, jnx::kDialect);
}

int Guess(std::span<const uint8_t> payload) { return itch::GuessDialect(jnx::kDialect, payload); }

std::string Sample(uint64_t seed) { return itch::SampleDialect(jnx::kDialect, seed); }

}  // namespace

extern constexpr CodecInfo codec_jnx_itch = {
    .name = "jnx_itch",
    .title = "Japannext PTS, ITCH 1.6",
    .framing = "moldudp64",
    .specification = "Japannext PTS ITCH Market Data 1.6, MoldUDP64 1.00",
    .checked = "every field of 2 captured messages against another dissector; others by its tables",
    .has_file_form = true,
    .numbering = {},
    .has_learnt_scales = true,
    .needs_orders = true,
    .make = Make,
    .guess = Guess,
    .sample = Sample,
    .messages = jnx::kMessages};

}  // namespace fh::codecs
