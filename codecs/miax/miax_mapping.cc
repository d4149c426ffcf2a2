#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "codecs/miax/miax_decoder.h"

namespace fh::codecs::miax {
namespace {

// Without a store there is nobody to say how many instruments there are.
constexpr uint32_t kUsualInstruments = 4'096;

constexpr char kRegular = 'A';

char SideOf(TopTable::Side side) { return side == TopTable::kBid ? FH_SIDE_BID : FH_SIDE_ASK; }

// A trade's id is unique with the number of its correction: 0 for one that was never corrected.
uint64_t TradeId(uint32_t id, uint8_t correction) { return uint64_t{correction} << 32 | id; }

int64_t TimeNs(uint32_t seconds, uint32_t nanoseconds) {
  return int64_t{seconds} * kPriceScale + nanoseconds;
}

// Digits alone; 0 when there is anything else.
uint32_t Number(const char* digits, size_t length) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits, digits + length, number);
  return error == std::errc() && end == digits + length ? number : 0;
}

// Of symbols that are padded with spaces.
size_t LengthOf(const char* text, size_t most) {
  while (most > 0 && (text[most - 1] == ' ' || text[most - 1] == '\0')) --most;
  return most;
}

// The least step of any price of a series.
int64_t TickOf(char increment) {
  switch (increment) {
    case 'P':  // A cent.
    case 'N':  // A cent up to 3.00, five from there on.
      return kPriceScale / 100;
    case 'D':  // Five cents, or ten from 3.00 on.
      return kPriceScale / 20;
    default:
      return kUndefinedPrice;
  }
}

// "IBM   240621C00150000": root, YYMMDD, C or P, and the strike in thousandths.
Symbol OsiSymbol(const uint8_t* message) {
  constexpr size_t kOsiBytes = 21;
  std::array<char, kOsiBytes> osi;
  osi.fill(' ');
  std::memcpy(osi.data(), series::kSymbol(message), series::kSymbol.length);
  std::memcpy(&osi[6], series::kExpiration(message) + 2, 6);
  osi[12] = series::kRight(message);
  uint32_t thousandths = series::kStrike(message) / 10;
  for (size_t i = kOsiBytes; i-- > 13; thousandths /= 10) {
    osi[i] = static_cast<char>('0' + thousandths % 10);
  }
  return {osi.data(), osi.size()};
}

uint8_t OnyxState(uint8_t status) {
  switch (status) {
    case 1:  // Pre-open.
      return FH_TRADING_ORDERS;
    case 2:  // Freeze: behind the pre-open, nothing can be entered or traded.
      return FH_TRADING_PAUSED;
    case 3:
      return FH_TRADING_OPEN;
    case 4:  // Halt, operational halt, closed.
    case 5:
    case 6:
      return FH_TRADING_HALTED;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

}  // namespace

MiaxMapping::MiaxMapping(const CodecOptions& options, const LocalMidnight& midnight)
    : instruments_(options.instruments),
      midnight_(midnight),
      tops_(instruments_ == nullptr ? kUsualInstruments : instruments_->capacity()) {}

void MiaxMapping::OnEvent(const StreamEvent& event) {
  switch (event.kind) {
    case StreamEvent::Kind::kStart:
      second_ns_ = kUndefinedTime;
      is_test_ = false;
      tops_.Restart(event.first);
      break;
    case StreamEvent::Kind::kGap:
      second_ns_ = kUndefinedTime;
      tops_.Forget();
      break;
    case StreamEvent::Kind::kLoop:
    case StreamEvent::Kind::kEnd:
      break;
  }
}

void MiaxMapping::OneSide(const Sink& sink, uint32_t number, TopTable::Side side,
                          const Quoted& quoted) {
  const uint32_t instrument_id = InstrumentOf(number);
  TopTable::Entry nobody;
  TopTable::Entry* entry =
      instrument_id == FH_UNKNOWN_INSTRUMENT ? &nobody : tops_.Learn(instrument_id);
  if (entry == nullptr) [[unlikely]] {
    ++sink.context.stats.instruments_full;
    entry = &nobody;
  }
  tops_.Tell(*entry, side, quoted.price_e9, quoted.size);
  const TopTable::Side other = side == TopTable::kBid ? TopTable::kAsk : TopTable::kBid;
  const int doubt = tops_.IsCertain(*entry, other) ? 0 : FH_FLAG_MAYBE_BAD_BOOK;
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TOP, FH_ACTION_MODIFY, SideOf(side), instrument_id, Last::kYes);
  update.flags =
      static_cast<uint8_t>((update.flags & ~FH_FLAG_MAYBE_BAD_BOOK) | FH_FLAG_TOB | doubt);
  update.top = {entry->price[TopTable::kBid], entry->price[TopTable::kAsk],
                entry->size[TopTable::kBid], entry->size[TopTable::kAsk]};
  update.detail = static_cast<uint8_t>(quoted.condition);
}

void MiaxMapping::BothSides(const Sink& sink, uint32_t number, const Quoted& bid,
                            const Quoted& ask) {
  const uint32_t instrument_id = InstrumentOf(number);
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TOP, FH_ACTION_MODIFY, FH_SIDE_NONE, instrument_id, Last::kYes);
  if (instrument_id != FH_UNKNOWN_INSTRUMENT) {
    if (TopTable::Entry* const entry = tops_.Learn(instrument_id)) [[likely]] {
      tops_.Tell(*entry, TopTable::kBid, bid.price_e9, bid.size);
      tops_.Tell(*entry, TopTable::kAsk, ask.price_e9, ask.size);
    }
  }
  update.flags = static_cast<uint8_t>((update.flags & ~FH_FLAG_MAYBE_BAD_BOOK) | FH_FLAG_TOB);
  update.top = {bid.price_e9, ask.price_e9, bid.size, ask.size};
  update.detail = static_cast<uint8_t>(bid.condition != kRegular ? bid.condition : ask.condition);
}

void MiaxMapping::Trade(const Sink& sink, char action, uint32_t instrument_id,
                        const fh_trade& trade, uint8_t detail, Last last) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_TRADE, action, FH_SIDE_NONE, instrument_id, last);
  update.trade = trade;
  update.detail = detail;
}

void MiaxMapping::Status(const Sink& sink, uint32_t instrument_id, uint16_t kind, uint8_t state,
                         char code, int64_t value) {
  Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, Last::kYes).status = {
      kind, state, code, {' ', ' ', ' ', ' '}, value, 0};
}

// An undocumented '!' comes in tests and changes nothing.
void MiaxMapping::SystemState(const Sink& sink, char status) {
  if (status == '1') is_test_ = true;
  if (status == '2' || status == 'S' || status == 'C') is_test_ = false;
  Status(sink, FH_ALL_INSTRUMENTS, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, status, 0);
}

void MiaxMapping::Definition(const Sink& sink, uint32_t instrument_id, const Symbol& name,
                             const fh_terms& terms, char security_class, uint8_t detail,
                             Last last) {
  if (instruments_ != nullptr && instrument_id != FH_UNKNOWN_INSTRUMENT &&
      !instruments_->Define(instrument_id, name, terms)) {
    ++sink.context.stats.instruments_full;
  }
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, last);
  update.definition = {};
  std::memcpy(update.definition.symbol, name.bytes.data(), sizeof update.definition.symbol);
  update.definition.kind = terms.kind;
  update.definition.security_class = security_class;
  update.definition.size_decimals = terms.size_decimals;
  update.detail = detail;
}

// ---- Options. ----

void MiaxMapping::OptionTrade(const Sink& sink) const {
  using namespace trade;
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = InstrumentOf(kProductId(message));
  const bool is_correction = kCorrection(message) != 0;
  Trade(
      sink, FH_ACTION_TRADE, instrument_id,
      {TradeId(kTradeId(message), kCorrection(message)), PriceE9(kPrice, message), kSize(message)},
      static_cast<uint8_t>(kCondition(message)), is_correction ? Last::kNo : Last::kYes);
  if (!is_correction) return;
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TRADE_DETAIL, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, Last::kYes);
  update.trade_detail = {};
  update.trade_detail.original_id =
      TradeId(kReferenceTradeId(message), kReferenceCorrection(message));
  update.trade_detail.conditions[0] = kCondition(message);
  update.trade_detail.kind = FH_DETAIL_CORRECTION;
}

void MiaxMapping::OptionCancel(const Sink& sink) const {
  using namespace cancel;
  const uint8_t* const message = sink.message;
  Trade(
      sink, FH_ACTION_CANCEL, InstrumentOf(kProductId(message)),
      {TradeId(kTradeId(message), kCorrection(message)), PriceE9(kPrice, message), kSize(message)},
      static_cast<uint8_t>(kCondition(message)), Last::kYes);
}

void MiaxMapping::StrategyTrade(const Sink& sink) const {
  using namespace strategy_trade;
  const uint8_t* const message = sink.message;
  Trade(sink, FH_ACTION_TRADE, InstrumentOf(kStrategyId(message)),
        {kTradeId(message), PriceE9(kNetPrice, message), kSize(message)},
        static_cast<uint8_t>(kCondition(message)), Last::kYes);
}

// The id of an underlying, which has a symbol of eleven characters and no number.
uint32_t MiaxMapping::Underlying(const char* symbol, CodecStats& stats) {
  if (instruments_ == nullptr) return FH_UNKNOWN_INSTRUMENT;
  const Symbol name(symbol, series::kUnderlying.length);
  const bool is_same = name == last_underlying_ && store_epoch_ == instruments_->epoch();
  if (is_same && last_underlying_id_ != FH_UNKNOWN_INSTRUMENT) return last_underlying_id_;
  if (name.view().empty()) return FH_UNKNOWN_INSTRUMENT;
  uint32_t id = instruments_->Find(name);
  if (id == FH_UNKNOWN_INSTRUMENT) {
    if (store_epoch_ != instruments_->epoch()) next_underlying_ = kFirstUnderlying;
    while (instruments_->IsDefined(next_underlying_)) ++next_underlying_;
    id = next_underlying_;
    if (!instruments_->Define(id, name)) {
      stats.instruments_full += !is_same;
      id = FH_UNKNOWN_INSTRUMENT;
    }
  }
  last_underlying_ = name;
  last_underlying_id_ = id;
  store_epoch_ = instruments_->epoch();
  return id;
}

// At the day's closing time, where there is one; else the day's end.
int64_t MiaxMapping::Expiry(const char* date, const char* closing_time) {
  constexpr int64_t kDayNs = 86'400 * kPriceScale;
  const uint32_t day = Number(date, series::kExpiration.length);
  if (day == 0) return kUndefinedTime;
  if (day != last_date_) {
    last_date_ = day;
    last_date_end_ns_ = midnight_.EndOfDay(day);
  }
  const bool is_time = closing_time[2] == ':' && closing_time[5] == ':';
  const int64_t seconds = int64_t{Number(closing_time, 2)} * 3'600 +
                          Number(closing_time + 3, 2) * 60 + Number(closing_time + 6, 2);
  if (last_date_end_ns_ == kUndefinedTime || !is_time || seconds == 0 || seconds >= 86'400) {
    return last_date_end_ns_;
  }
  // From the day's end: clocks change before anything closes.
  return last_date_end_ns_ + 1 - kDayNs + seconds * kPriceScale;
}

void MiaxMapping::Series(const Sink& sink, bool is_complex) {
  using namespace series;
  const uint8_t* const message = sink.message;
  const uint32_t number = kProductId(message);
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_OPTION;
  terms.size_decimals = 0;
  terms.put_call = kRight(message) == 'C' || kRight(message) == 'P' ? kRight(message) : '\0';
  terms.tick = TickOf(kBboIncrement(message));
  terms.strike = PriceE9(kStrike, message);
  terms.expiry_ns = Expiry(kExpiration(message), kClosingTime(message));
  terms.underlying_id = Underlying(kUnderlying(message), sink.context.stats);
  Definition(sink, is_complex ? ComplexProduct(number) : InstrumentOf(number), OsiSymbol(message),
             terms, kActive(message), static_cast<uint8_t>(kRestricted(message)), Last::kYes);
}

// "IBM#33554433": strategies have a number alone.
void MiaxMapping::Strategy(const Sink& sink) {
  using namespace strategy;
  const uint8_t* const message = sink.message;
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_SPREAD;
  terms.size_decimals = 0;
  terms.underlying_id = Underlying(kUnderlying(message), sink.context.stats);
  terms.leg_count = kNumberOfLegs(message);
  for (uint32_t i = 0; i < std::min<uint32_t>(terms.leg_count, FH_MOST_LEGS); ++i) {
    const uint8_t* const leg = message + kLegsAt + i * kLegBytes;
    const uint32_t product = kLegProductId(leg);
    const int32_t ratio = kLegRatio(leg);
    terms.legs[i] = {product == 0 ? terms.underlying_id : ComplexProduct(product),
                     kLegSide(leg) == 'A' ? -ratio : ratio};
  }
  std::array<char, kUnderlying.length + 12> name;
  char* at = std::copy_n(kUnderlying(message), LengthOf(kUnderlying(message), kUnderlying.length),
                         name.data());
  *at++ = '#';
  at = std::to_chars(at, name.data() + name.size(), kStrategyId(message)).ptr;
  Definition(sink, InstrumentOf(kStrategyId(message)),
             Symbol(name.data(), static_cast<size_t>(at - name.data())), terms, kActive(message),
             static_cast<uint8_t>(kUpdateReason(message)), Last::kYes);
}

void MiaxMapping::Halt(const Sink& sink) {
  using namespace halt;
  const uint8_t* const message = sink.message;
  const char status = kStatus(message);
  const uint8_t state = status == 'H'                    ? FH_TRADING_HALTED
                        : status == 'R' || status == 'O' ? FH_TRADING_OPEN
                                                         : FH_TRADING_UNKNOWN;
  Status(sink, Underlying(kUnderlying(message), sink.context.stats), FH_STATUS_TRADING, state,
         status, TimeNs(kEventSeconds(message), kEventNanoseconds(message)));
  sink.writer.Last().status.reason[0] = kReason(message);
}

void MiaxMapping::DescribeStrategy(const uint8_t* message, uint32_t /*length*/,
                                   MessageVisitor& visitor) {
  using namespace strategy;
  const uint32_t legs = kNumberOfLegs(message);
  visitor.BeginGroup(kLegs, legs);
  for (uint32_t i = 0; i < legs; ++i) {
    visitor.BeginEntry();
    for (const FieldInfo* field : kLegFields) {
      visitor.Field(*field, ReadValue(*field, message + kLegsAt + i * kLegBytes));
    }
    visitor.EndEntry();
  }
  visitor.EndGroup();
}

// ---- Onyx. ----

void MiaxMapping::OnyxStatus(const Sink& sink) const {
  using namespace onyx::status;
  const uint8_t* const message = sink.message;
  const uint8_t status = kTradingStatus(message);
  Status(sink, InstrumentOf(onyx::kInstrumentId(message)), FH_STATUS_TRADING, OnyxState(status),
         static_cast<char>('0' + status % 10), kMarketState(message));
  sink.writer.Last().detail = status;
}

void MiaxMapping::OnyxTrade(const Sink& sink, char action) const {
  using namespace onyx::trade;
  const uint8_t* const message = sink.message;
  Trade(sink, action, InstrumentOf(kInstrumentId(message)),
        {kTradeId(message), PriceE9(kPrice, message), kSize(message)}, kCorrection(message),
        Last::kYes);
}

void MiaxMapping::OnyxDefinition(const Sink& sink) {
  using namespace onyx::definition;
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = InstrumentOf(onyx::kInstrumentId(message));
  const uint32_t maturity = kMaturity(message);
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_FUTURE;
  terms.size_decimals = 0;
  terms.tick = PriceE9(kTick, message);
  // "MES-202509": the product and the month.
  std::array<char, kProduct.length + 12> name;
  char* at =
      std::copy_n(kProduct(message), LengthOf(kProduct(message), kProduct.length), name.data());
  *at++ = '-';
  at = std::to_chars(at, name.data() + name.size(), maturity).ptr;
  Definition(sink, instrument_id, Symbol(name.data(), static_cast<size_t>(at - name.data())), terms,
             '\0', 0, Last::kNo);
  const auto statistic = [&](uint16_t type, int64_t price_e9, int64_t quantity, Last last) {
    NormalizedUpdate& update =
        Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, last);
    update.statistic = {};
    update.statistic.price = price_e9;
    update.statistic.quantity = quantity;
    update.statistic.type = type;
  };
  statistic(FH_STAT_SETTLEMENT_PRICE, PriceE9(kSettlement, message), 0, Last::kNo);
  statistic(FH_STAT_VOLUME, kUndefinedPrice, kVolume(message), Last::kNo);
  statistic(FH_STAT_OPEN_INTEREST, kUndefinedPrice, kOpenInterest(message), Last::kNo);
  statistic(FH_STAT_UPPER_BAND, PriceE9(kHighLimit, message), 0, Last::kNo);
  statistic(FH_STAT_LOWER_BAND, PriceE9(kLowLimit, message), 0, Last::kYes);
}

}  // namespace fh::codecs::miax
