#include "codecs/siac/opra_decoder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "absl/time/civil_time.h"
#include "codecs/instrument_store.h"
#include "codecs/value.h"

namespace fh::codecs::opra {
namespace {

using siac::QuotedSide;
using siac::SideEffect;

constexpr uint32_t kRootBytes = 5;

// 10 to the power of 9 - decimals; 0: unknown.
constexpr std::array<int64_t, 256> kToE9 = [] {
  std::array<int64_t, 256> powers{};
  powers[9] = 1;
  for (size_t decimals = 9; decimals-- > 0;) powers[decimals] = powers[decimals + 1] * 10;
  return powers;
}();

// What a quote does to the best of all markets, and how long what is behind it is.
struct Effects {
  SideEffect sides[2] = {SideEffect::kNone, SideEffect::kNone};
  uint8_t bytes = 0;
  bool is_known = false;
};
constexpr std::array<Effects, 256> kEffects = [] {
  // Both orders have the same three, and then the appendage first or last.
  constexpr SideEffect kBids[] = {SideEffect::kKept, SideEffect::kFromQuote, SideEffect::kGone,
                                  SideEffect::kLong};
  constexpr SideEffect kOffers[] = {SideEffect::kKept, SideEffect::kFromQuote, SideEffect::kLong,
                                    SideEffect::kGone};
  std::array<Effects, 256> table{};
  for (size_t letter = 0; letter < 16; ++letter) {
    Effects& effects = table['A' + letter];
    effects.sides[0] = kBids[letter / 4];
    effects.sides[1] = kOffers[letter % 4];
    effects.bytes = static_cast<uint8_t>(
        ((effects.sides[0] == SideEffect::kLong) + (effects.sides[1] == SideEffect::kLong)) *
        appendage::kBytes);
    effects.is_known = true;
  }
  table[' '].is_known = true;
  return table;
}();

const Effects& EffectsOf(const uint8_t* message) {
  return kEffects[static_cast<uint8_t>(kMessageIndicator(message))];
}

// By category; of quotes without what is behind them.
constexpr std::array<uint8_t, 256> kBytes = [] {
  std::array<uint8_t, 256> table{};
  for (const MessageInfo* info : kMessages) {
    if (info->type < 256) table[info->type] = static_cast<uint8_t>(info->length);
  }
  return table;
}();

constexpr std::array<const MessageInfo*, 256> kByCategory = [] {
  std::array<const MessageInfo*, 256> table{};
  for (const MessageInfo* info : kMessages) {
    if (info->type < 256) table[info->type] = info;
  }
  return table;
}();

struct Expiration {
  char put_call;
  int month;  // 1 to 12; 0: none.
  int day;
  int year;
};

Expiration ExpirationAt(const uint8_t* at) {
  const auto letter = static_cast<char>(at[0]);
  const bool is_known = letter >= 'A' && letter <= 'X';
  const int index = letter - 'A';
  return {index < 12 ? 'C' : 'P', is_known ? index % 12 + 1 : 0, at[1], 2000 + at[2]};
}

int64_t EndOfDayNs(const Expiration& expiration) {
  if (expiration.month == 0 || expiration.day < 1 || expiration.day > 31) return kUndefinedTime;
  constexpr int64_t kNsPerDay = 86'400'000'000'000;
  const int64_t days = absl::CivilDay(expiration.year, expiration.month, expiration.day) -
                       absl::CivilDay(1970, 1, 1);
  return (days + 1) * kNsPerDay - 1;
}

char* PutDigits(char* at, int64_t value, size_t width) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const auto count = static_cast<size_t>(end - digits.data());
  for (size_t i = count; i < width; ++i) *at++ = '0';
  return std::copy_n(digits.data(), count, at);
}

// OSI: the root in six, the day, C or P, and the strike's thousandths in eight digits.
Symbol NameOf(const uint8_t* root, const uint8_t* expiration, int64_t strike_e9) {
  std::array<char, 48> text;
  const Expiration day = ExpirationAt(expiration);
  char* at = text.data();
  std::memset(at, ' ', 6);
  std::memcpy(at, root, kRootBytes);
  at += 6;
  at = PutDigits(at, day.year % 100, 2);
  at = PutDigits(at, day.month, 2);
  at = PutDigits(at, day.day, 2);
  *at++ = day.put_call;
  constexpr int64_t kThousandth = 1'000'000;
  if (strike_e9 != kUndefinedPrice && strike_e9 >= 0 && strike_e9 % kThousandth == 0 &&
      strike_e9 / kThousandth < 100'000'000) {
    at = PutDigits(at, strike_e9 / kThousandth, 8);
  } else {  // More than the symbol has digits for.
    at = std::to_chars(at, text.data() + text.size(), strike_e9).ptr;
  }
  return Symbol(text.data(), static_cast<size_t>(at - text.data()));
}

fh_terms TermsOf(const uint8_t* expiration, int64_t strike_e9) {
  const Expiration day = ExpirationAt(expiration);
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_OPTION;
  terms.size_decimals = 0;
  terms.put_call = day.put_call;
  terms.strike = strike_e9;
  terms.expiry_ns = EndOfDayNs(day);
  return terms;
}

}  // namespace

uint32_t MessageBytes(const uint8_t* message, uint32_t room) {
  if (room < kMessageHeaderBytes) return 0;
  const char category = kMessageCategory(message);
  uint32_t bytes = kBytes[static_cast<uint8_t>(category)];
  if (bytes == 0 || bytes > room) return 0;
  if (category == 'k' || category == 'q') {
    const Effects& effects = EffectsOf(message);
    if (!effects.is_known) return 0;
    bytes += effects.bytes;
  } else if (category == 'C') {
    bytes += administrative::kMessageDataLength(message);
  }
  return bytes <= room ? bytes : 0;
}

OpraDecoder::OpraDecoder(const CodecOptions& options) : symbols_(options.instruments) {}

const MessageInfo* OpraDecoder::Find(const uint8_t* message) {
  const MessageInfo* info = kByCategory[static_cast<uint8_t>(kMessageCategory(message))];
  return info == &kUnderlyingMessage && kMessageType(message) == 'I' ? &kUnderlyingQuoteMessage
                                                                     : info;
}

void OpraDecoder::BeginJob(const DecodeJob& job) {
  symbols_.FollowStore();
  sent_ns_ = job.frame->send_time_ns != 0 ? job.frame->send_time_ns : kUndefinedTime;
}

void OpraDecoder::OnEvent(const StreamEvent& event) {
  if (event.kind == StreamEvent::Kind::kStart || event.kind == StreamEvent::Kind::kGap) {
    symbols_.ForgetTops();
  }
}

bool OpraDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
                         const MessageContext& context, UpdateWriter& writer) {
  Sink sink{.message = message,
            .length = length,
            .context = context,
            .writer = writer,
            .ts_event_ns = sent_ns_,
            .first = writer.next(),
            .detail = message[kParticipantId.offset]};
  const bool is_mapped = Map(info, sink);
  if (writer.next() != sink.first) {
    sink.SetLast();
    context.stats.undated += sent_ns_ == kUndefinedTime;
  }
  return is_mapped;
}

int64_t OpraDecoder::PriceE9(Sink& sink, int64_t price, char denominator) const {
  if (price == 0) return 0;  // By any scale.
  const int64_t to_e9 = kToE9[DecimalsOf(denominator)];
  int64_t price_e9;
  if (to_e9 == 0 || __builtin_mul_overflow(price, to_e9, &price_e9)) {
    ++sink.context.stats.unscaled;
    return kUndefinedPrice;
  }
  return price_e9;
}

siac::SymbolState& OpraDecoder::FindSeries(const Series& series, Sink& sink) {
  siac::SymbolKey key;
  std::memcpy(&key.low, series.root, kRootBytes);
  std::memcpy(reinterpret_cast<char*>(&key.low) + kRootBytes, series.expiration, 3);
  key.high = static_cast<uint64_t>(series.strike_e9) + 1;  // Of a root: 0.
  siac::SymbolState& state =
      symbols_.Find(key, sink.context.stats, [&series](InstrumentStore& store) {
        const Symbol name = NameOf(series.root, series.expiration, series.strike_e9);
        const uint32_t id = store.Intern(name);
        if (id != FH_UNKNOWN_INSTRUMENT) {
          store.Define(id, name, TermsOf(series.expiration, series.strike_e9));
        }
        return id;
      });
  sink.instrument_id = state.id;
  return state;
}

siac::SymbolState& OpraDecoder::FindRoot(const uint8_t* root, Sink& sink) {
  siac::SymbolKey key;
  std::memcpy(&key.low, root, kRootBytes);
  key.low |= uint64_t{1} << 63;  // Never all zero, and no series'.
  siac::SymbolState& state = symbols_.Find(key, sink.context.stats, [root](InstrumentStore& store) {
    return store.Intern(Symbol(reinterpret_cast<const char*>(root), kRootBytes));
  });
  sink.instrument_id = state.id;
  return state;
}

// In a, d, f and k at the same place.
OpraDecoder::Series OpraDecoder::SeriesAt(Sink& sink) const {
  const uint8_t* const message = sink.message;
  return {message + long_quote::kSecuritySymbol.offset,
          message + long_quote::kExpirationMonth.offset,
          PriceE9(sink, long_quote::kStrikePrice(message),
                  long_quote::kStrikePriceDenominatorCode(message))};
}

void OpraDecoder::Quote(Sink& sink, siac::SymbolState& state, int64_t bid, uint32_t bid_size,
                        int64_t offer, uint32_t offer_size, const uint8_t* behind) {
  const char type = kMessageType(sink.message);
  QuotedSide quote[2];
  if (bid != 0 || offer != 0) quote[0] = {bid, bid_size};
  if (offer != 0) quote[1] = {offer, offer_size};
  if (type == 'T' || type == 'R') [[unlikely]] {
    sink.Status(FH_STATUS_TRADING, type == 'T' ? FH_TRADING_HALTED : FH_TRADING_ORDERS, type, ' ',
                0);
  }
  sink.Top(FH_ACTION_MODIFY, {quote[0].price, quote[1].price, quote[0].size, quote[1].size});
  const Effects& effects = EffectsOf(sink.message);
  QuotedSide appended[2];
  for (int side = 0; side < 2; ++side) {
    if (effects.sides[side] != SideEffect::kLong) continue;
    appended[side] = {PriceE9(sink, appendage::kPrice(behind), appendage::kDenominator(behind)),
                      appendage::kSize(behind)};
    behind += appendage::kBytes;
  }
  sink.Best(state, effects.sides, quote, appended);
}

void OpraDecoder::LongQuote(Sink& sink) {
  using namespace long_quote;  // NOLINT: the message's fields.
  const uint8_t* const message = sink.message;
  siac::SymbolState& state = FindSeries(SeriesAt(sink), sink);
  const char denominator = kPremiumPriceDenominatorCode(message);
  Quote(sink, state, PriceE9(sink, kBidPrice(message), denominator), kBidSize(message),
        PriceE9(sink, kOfferPrice(message), denominator), kOfferSize(message),
        message + kLongQuoteMessage.length);
}

void OpraDecoder::ShortQuote(Sink& sink) {
  using namespace short_quote;  // NOLINT
  const uint8_t* const message = sink.message;
  uint8_t root[kRootBytes] = {0, 0, 0, 0, ' '};
  std::memcpy(root, message + kSecuritySymbolShort.offset, kSecuritySymbolShort.length);
  siac::SymbolState& state = FindSeries(
      {root, message + kExpirationMonth.offset, kStrikePriceShort(message) * int64_t{100'000'000}},
      sink);
  constexpr int64_t kCent = 10'000'000;
  Quote(sink, state, kBidPriceShort(message) * kCent, kBidSizeShort(message),
        kOfferPriceShort(message) * kCent, kOfferSizeShort(message),
        message + kShortQuoteMessage.length);
}

void OpraDecoder::LastSale(Sink& sink) {
  using namespace last_sale;  // NOLINT
  const uint8_t* const message = sink.message;
  FindSeries(SeriesAt(sink), sink);
  const char type = kMessageType(message);
  const uint64_t id = kTradeIdentifier(message);
  const int64_t price =
      PriceE9(sink, kPremiumPrice(message), kPremiumPriceDenominatorCode(message));
  const bool is_cancel = type == 'A' || type == 'C' || type == 'E' || type == 'G';
  sink.Trade(is_cancel ? FH_ACTION_CANCEL : FH_ACTION_TRADE, id, price, kVolume(message));
  if (type == ' ') return;
  sink.Detail(is_cancel ? FH_DETAIL_CANCEL : FH_DETAIL_CONDITIONS, id, &type, 1);
}

void OpraDecoder::Day(Sink& sink) {
  using namespace day;  // NOLINT
  const uint8_t* const message = sink.message;
  FindSeries(SeriesAt(sink), sink);
  const char denominator = kPremiumPriceDenominatorCode(message);
  sink.Quantity(FH_STAT_VOLUME, kVolume(message));
  sink.Quantity(FH_STAT_OPEN_INTEREST, kOpenInterestVolume(message));
  sink.Statistic(FH_STAT_OPENING_PRICE, PriceE9(sink, kOpenPrice(message), denominator), 0);
  sink.Statistic(FH_STAT_HIGH_PRICE, PriceE9(sink, kHighPrice(message), denominator), 0);
  sink.Statistic(FH_STAT_LOW_PRICE, PriceE9(sink, kLowPrice(message), denominator), 0);
  sink.Statistic(FH_STAT_CLOSING_PRICE, PriceE9(sink, kLastPrice(message), denominator), 0);
}

void OpraDecoder::Definition(Sink& sink) {
  const uint8_t* const message = sink.message;
  const Series found = {
      message + series::kSecuritySymbol.offset, message + series::kExpirationMonth.offset,
      PriceE9(sink, series::kStrikePrice(message), series::kStrikePriceDenominatorCode(message))};
  FindSeries(found, sink);
  const Symbol symbol = NameOf(found.root, found.expiration, found.strike_e9);
  NormalizedUpdate& update = sink.Next(FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE);
  update.definition = {};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
  update.definition.kind = FH_KIND_OPTION;
}

bool OpraDecoder::Map(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (info.type) {
    case kLongQuoteMessage.type:
      LongQuote(sink);
      return true;
    case kShortQuoteMessage.type:
      ShortQuote(sink);
      return true;
    case kLastSaleMessage.type:
      LastSale(sink);
      return true;
    case kOpenInterestMessage.type:
      FindSeries(SeriesAt(sink), sink);
      sink.Quantity(FH_STAT_OPEN_INTEREST, open_interest::kOpenInterestVolume(message));
      return true;
    case kDayMessage.type:
      Day(sink);
      return true;
    case kSeriesMessage.type:
      Definition(sink);
      return true;
    case kUnderlyingMessage.type:
      FindRoot(message + underlying::kSecuritySymbol.offset, sink);
      sink.Statistic(FH_STAT_REFERENCE_PRICE,
                     PriceE9(sink, underlying::kIndexValue(message),
                             underlying::kIndexValueDenominatorCode(message)),
                     0);
      return true;
    case kUnderlyingQuoteMessage.type: {
      using namespace underlying_quote;  // NOLINT
      FindRoot(message + kSecuritySymbol.offset, sink);
      const char denominator = kIndexValueDenominatorCode(message);
      sink.Top(FH_ACTION_MODIFY, {PriceE9(sink, kBidIndexValue(message), denominator),
                                  PriceE9(sink, kOfferIndexValue(message), denominator), 0, 0});
      return true;
    }
    case kControlMessage.type: {
      const char type = kMessageType(message);
      if (type == 'C') {
        symbols_.ForgetTops();
        sink.ClearTops();
      }
      sink.Status(FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, type, ' ', 0);
      return true;
    }
    default:
      return false;
  }
}

void OpraDecoder::Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                           MessageVisitor& visitor) const {
  // A price has the decimals of the last letter before it.
  uint8_t decimals = kUnknownDecimals;
  const auto describe = [&](const FieldInfo& field, const uint8_t* at) {
    Value value = ReadValue(field, at);
    if (field.kind == FieldKind::kChar) {
      const std::string_view name = field.name;
      if (name.find("denominator") != std::string_view::npos) {
        decimals = DecimalsOf(static_cast<char>(at[field.offset]));
      }
    } else if (field.kind == FieldKind::kDecimal && field.decimals == 0) {
      value.exponent = static_cast<int16_t>(-int16_t{decimals});
      if (decimals == kUnknownDecimals) value.state = Value::State::kNull;
    } else if (&field == &administrative::kMessageData) {
      value.bytes = {at + field.offset, length - field.offset};
    }
    visitor.Field(field, value);
  };
  for (const FieldInfo* field : info.fields) {
    // A summary's bid and offer are the option's again.
    if (field == &day::kBidPrice) decimals = DecimalsOf(day::kPremiumPriceDenominatorCode(message));
    describe(*field, message);
  }
  if (info.groups.empty()) return;
  const Effects& effects = EffectsOf(message);
  const uint8_t* at = message + info.length;
  for (size_t side = 0; side < 2; ++side) {
    if (effects.sides[side] != SideEffect::kLong) continue;
    visitor.BeginGroup(*kAppendages[side], 1);
    visitor.BeginEntry();
    for (const FieldInfo* field : appendage::kFields) describe(*field, at);
    visitor.EndEntry();
    visitor.EndGroup();
    at += appendage::kBytes;
  }
}

}  // namespace fh::codecs::opra
