#include "codecs/siac/cta_decoder.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codecs/instrument_store.h"
#include "codecs/value.h"

namespace fh::codecs::cta {
namespace {

using siac::QuotedSide;
using siac::SideEffect;

constexpr char kNoCondition = ' ';

// Categories and types are letters.
constexpr std::array<const MessageInfo*, 26 * 26> kByType = [] {
  std::array<const MessageInfo*, 26 * 26> table{};
  for (const MessageInfo* info : kMessages) {
    table[(info->type / 256 - 'A') * 26 + info->type % 256 - 'A'] = info;
  }
  return table;
}();

int64_t LongE9(uint64_t price) {
  int64_t price_e9;
  return __builtin_mul_overflow(price, 1'000, &price_e9) ? kUndefinedPrice : price_e9;
}
int64_t IndexE9(int64_t value) {
  int64_t price_e9;
  return __builtin_mul_overflow(value, 1'000, &price_e9) ? kUndefinedPrice : price_e9;
}
int64_t ShortE9(uint16_t price) { return int64_t{price} * 10'000'000; }

// Whole shares that hold all of it.
uint64_t WholeShares(uint64_t millionths) {
  return millionths / 1'000'000 + (millionths % 1'000'000 != 0);
}

QuotedSide SideOf(int64_t price, uint32_t size) {
  if (price == 0 && size == 0) return {};
  return {price, size};
}

// What a quote does to the best bid and the best offer of all markets, by its indicator.
struct Effects {
  SideEffect sides[2] = {SideEffect::kNone, SideEffect::kNone};
};
constexpr std::array<Effects, 256> kEffects = [] {
  constexpr SideEffect kColumns[] = {SideEffect::kKept, SideEffect::kFromQuote, SideEffect::kShort,
                                     SideEffect::kLong, SideEffect::kGone};
  struct Row {
    SideEffect bid;
    const char* letters;  // By column; '-': none.
  };
  constexpr Row kRows[] = {{SideEffect::kKept, "ABCDE"},
                           {SideEffect::kFromQuote, "FGHIJ"},
                           {SideEffect::kGone, "KLMNO"},
                           {SideEffect::kShort, "PRT-V"},
                           {SideEffect::kLong, "QS-UW"}};
  std::array<Effects, 256> table{};
  for (const Row& row : kRows) {
    for (size_t column = 0; column < 5; ++column) {
      if (row.letters[column] == '-') continue;
      table[static_cast<uint8_t>(row.letters[column])] = {{row.bid, kColumns[column]}};
    }
  }
  return table;
}();

constexpr uint32_t BytesOf(SideEffect effect) {
  if (effect == SideEffect::kShort) return short_appendage::kBytes;
  return effect == SideEffect::kLong ? long_appendage::kBytes : 0;
}

// The quote's indicator is the last byte of what is fixed.
const Effects& EffectsOf(const MessageInfo& info, const uint8_t* message) {
  return kEffects[message[info.length - 1]];
}

QuotedSide Appended(SideEffect effect, const uint8_t* at) {
  if (effect == SideEffect::kShort) {
    return {ShortE9(short_appendage::kPrice(at)), short_appendage::kSize(at)};
  }
  return {LongE9(long_appendage::kPrice(at)), long_appendage::kSize(at)};
}

// A trade, in whichever form.
struct Sale {
  uint64_t id = 0;
  int64_t price = 0;
  uint64_t size = 0;
  std::array<char, 8> conditions{};  // Four of the sale, trade-through exempt, facility, held, day.
};

bool IsTelling(const Sale& sale) {
  return std::any_of(sale.conditions.begin(), sale.conditions.begin() + 4,
                     [](char letter) { return letter != kNoCondition && letter != '\0'; }) ||
         sale.conditions[7] != '\0';
}

// The four conditions at `at`, and what comes with them.
std::array<char, 8> ConditionsAt(const uint8_t* at, char exempt, char facility, char held,
                                 char day) {
  std::array<char, 8> conditions{};
  std::memcpy(conditions.data(), at, 4);
  conditions[4] = exempt;
  conditions[5] = facility;
  conditions[6] = day != '\0' && held == '\0' ? ' ' : held;
  conditions[7] = day;
  return conditions;
}

void WriteTrade(siac::Sink& sink, const Sale& sale) {
  sink.Trade(FH_ACTION_TRADE, sale.id, sale.price, sale.size);
  if (IsTelling(sale)) {
    sink.Detail(FH_DETAIL_CONDITIONS, sale.id, sale.conditions.data(), sale.conditions.size());
  }
}

uint64_t ReferenceOf(const uint8_t* message) {
  return static_cast<uint64_t>(kParticipantReferenceNumber(message));
}

// High, low and volume of the day as a cancel or correction leaves them.
void WriteDay(siac::Sink& sink, uint64_t high, uint64_t low, uint64_t volume) {
  const uint8_t participant = std::exchange(sink.detail, uint8_t{0});
  sink.Statistic(FH_STAT_HIGH_PRICE, LongE9(high), 0);
  sink.Statistic(FH_STAT_LOW_PRICE, LongE9(low), 0);
  sink.Quantity(FH_STAT_VOLUME, volume);
  sink.detail = participant;
}

bool IsInForce(char restriction) {
  return restriction == 'A' || restriction == 'C' || restriction == 'E';
}

}  // namespace

CtaDecoder::CtaDecoder(const CodecOptions& options, bool numbers_blocks)
    : symbols_(options.instruments), numbers_blocks_(numbers_blocks) {}

const MessageInfo* CtaDecoder::Find(const uint8_t* message) {
  const auto category = static_cast<uint8_t>(kMessageCategory(message) - 'A');
  const auto type = static_cast<uint8_t>(kMessageType(message) - 'A');
  return category < 26 && type < 26 ? kByType[category * 26u + type] : nullptr;
}

const char* CtaDecoder::Check(const MessageInfo& info, const uint8_t* message,
                              uint32_t length) const {
  if (info.groups.empty()) return nullptr;
  const uint32_t room = length - info.length;
  if (&info == &kApproximateAdjustedVolumeMarketCenterMessage ||
      &info == &kFractionalApproximateAdjustedVolumeMarketCenterMessage) {
    const uint32_t count = volumes::kNumberOfParticipants(message);
    return count * volume_participant::kBytes > room ? "participants are missing" : nullptr;
  }
  const Effects& effects = EffectsOf(info, message);
  return BytesOf(effects.sides[0]) + BytesOf(effects.sides[1]) > room ? "an appendage is missing"
                                                                      : nullptr;
}

void CtaDecoder::BeginJob(const DecodeJob& job) {
  symbols_.FollowStore();
  is_first_ = true;
  sent_ns_ = job.frame->send_time_ns != 0 ? job.frame->send_time_ns : kUndefinedTime;
}

void CtaDecoder::OnEvent(const StreamEvent& event) {
  if (event.kind == StreamEvent::Kind::kStart || event.kind == StreamEvent::Kind::kGap) {
    symbols_.ForgetTops();
  }
}

bool CtaDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
                        const MessageContext& context, UpdateWriter& writer) {
  if (is_first_ || !numbers_blocks_) first_ = writer.next();
  is_first_ = false;
  int64_t ts_event_ns = siac::TimeNs(kTimestamp1Seconds(message), kTimestamp1Nanoseconds(message));
  if (ts_event_ns == kUndefinedTime) ts_event_ns = sent_ns_;
  const uint64_t before = writer.next();
  Sink sink{.message = message,
            .length = length,
            .context = context,
            .writer = writer,
            .ts_event_ns = ts_event_ns,
            .first = first_,
            .detail = message[kParticipantId.offset]};
  const bool is_mapped = Map(info, sink);
  if (writer.next() != before) {
    sink.SetLast();
    context.stats.undated += ts_event_ns == kUndefinedTime;
  }
  return is_mapped;
}

siac::SymbolState& CtaDecoder::FindSymbol(const siac::SymbolKey& key, Sink& sink) {
  siac::SymbolState& state = symbols_.Find(key, sink.context.stats, [&key](InstrumentStore& store) {
    char text[sizeof key];
    std::memcpy(text, &key, sizeof text);
    return store.Intern(Symbol(text, 11));
  });
  sink.instrument_id = state.id;
  return state;
}

// Blanks behind it, as if it stood in eleven bytes; 16 are readable.
siac::SymbolState& CtaDecoder::Symbol11(const uint8_t* text, Sink& sink) {
  siac::SymbolKey key;
  std::memcpy(&key.low, text, 8);
  std::memcpy(&key.high, text + 8, 3);
  return FindSymbol(key, sink);
}

siac::SymbolState& CtaDecoder::Symbol5(const uint8_t* text, Sink& sink) {
  char padded[11];
  std::memset(padded, ' ', sizeof padded);
  std::memcpy(padded, text, 5);
  return Symbol11(reinterpret_cast<const uint8_t*>(padded), sink);
}

void CtaDecoder::Quote(Sink& sink, siac::SymbolState& state, const QuotedSide (&quote)[2],
                       char indicator, uint32_t fixed_bytes) {
  sink.Top(FH_ACTION_MODIFY, {quote[0].price, quote[1].price, quote[0].size, quote[1].size});
  const Effects& effects = kEffects[static_cast<uint8_t>(indicator)];
  const uint8_t* const bid = sink.message + fixed_bytes;
  const uint8_t* const offer = bid + BytesOf(effects.sides[0]);
  QuotedSide appended[2];
  if (BytesOf(effects.sides[0]) != 0) appended[0] = Appended(effects.sides[0], bid);
  if (BytesOf(effects.sides[1]) != 0) appended[1] = Appended(effects.sides[1], offer);
  sink.Best(state, effects.sides, quote, appended);
}

// Price bands, and halts: the prices of such a message are no quote's.
bool CtaDecoder::QuoteIsStatus(Sink& sink) {
  const uint8_t* const message = sink.message;
  const char status = long_quote::kSecurityStatusIndicator(message);
  const char luld = long_quote::kLimitUpLimitDownIndicator(message);
  switch (status) {
    case ' ':
    case '\0':
      return false;
    case '0':
    case '9':
      sink.Statistic(FH_STAT_LOWER_BAND, LongE9(long_quote::kBidPrice(message)), 0);
      sink.Statistic(FH_STAT_UPPER_BAND, LongE9(long_quote::kOfferPrice(message)), 0);
      return true;
    case 'G':
      sink.Statistic(FH_STAT_MINIMUM_PRICE, LongE9(long_quote::kBidPrice(message)), 0);
      sink.Statistic(FH_STAT_MAXIMUM_PRICE, LongE9(long_quote::kOfferPrice(message)), 0);
      return true;
    case 'T':
      sink.Status(FH_STATUS_TRADING, FH_TRADING_OPEN, status, ' ', 0);
      return true;
    default: {
      constexpr std::string_view kHalts = "ACDEFIMNOPVXY123";
      if (kHalts.find(status) == std::string_view::npos) return false;
      sink.Status(FH_STATUS_TRADING, FH_TRADING_HALTED, status, luld, 0);
      return true;
    }
  }
}

void CtaDecoder::LongQuote(Sink& sink) {
  const uint8_t* const message = sink.message;
  siac::SymbolState& state = Symbol11(message + long_quote::kSecuritySymbol.offset, sink);
  if (QuoteIsStatus(sink)) [[unlikely]]
    return;
  const QuotedSide quote[2] = {
      SideOf(LongE9(long_quote::kBidPrice(message)), long_quote::kBidSize(message)),
      SideOf(LongE9(long_quote::kOfferPrice(message)), long_quote::kOfferSize(message))};
  Quote(sink, state, quote, long_quote::kNationalBboIndicator(message), kLongQuoteMessage.length);
}

// A market maker's quote, and with it the best of FINRA's: that one is the participant's.
void CtaDecoder::SpecialQuote(Sink& sink) {
  const uint8_t* const message = sink.message;
  siac::SymbolState& state = Symbol11(message + special_quote::kSecuritySymbol.offset, sink);
  if (QuoteIsStatus(sink)) return;
  const QuotedSide quote[2] = {SideOf(LongE9(special_quote::kFinraBestBidPrice(message)),
                                      special_quote::kFinraBestBidSize(message)),
                               SideOf(LongE9(special_quote::kFinraBestOfferPrice(message)),
                                      special_quote::kFinraBestOfferSize(message))};
  Quote(sink, state, quote, special_quote::kNationalBboIndicator(message),
        kSpecialLongQuoteMessage.length);
}

void CtaDecoder::TradingStatus(Sink& sink) {
  const uint8_t* const message = sink.message;
  const char code = status::kSecurityStatus(message);
  const int64_t high = LongE9(status::kHighIndicationPriceUpperLimitPriceBand(message));
  const int64_t low = LongE9(status::kLowIndicationPriceLowerLimitPriceBand(message));
  const char reason = status::kHaltReason(message);
  const uint32_t buy = status::kBuyVolume(message);
  const uint32_t sell = status::kSellVolume(message);
  switch (code) {
    case '2':
      return sink.Status(FH_STATUS_TRADING, FH_TRADING_HALTED, code, reason, 0);
    case '3':
      return sink.Status(FH_STATUS_TRADING, FH_TRADING_OPEN, code, reason, 0);
    case '5':
    case '6':
      sink.Status(FH_STATUS_AUCTION, FH_TRADING_UNKNOWN, code, reason, 0);
      sink.Statistic(FH_STAT_MINIMUM_PRICE, low, 0);
      sink.Statistic(FH_STAT_MAXIMUM_PRICE, high, 0);
      return;
    case '7':
    case '8':
    case '9':
    case 'A':
    case 'C':
    case 'D': {
      const bool is_none = code == 'C' || code == 'D';
      const bool is_buy = code == '7' || code == '9';
      const char side = is_none ? FH_SIDE_NONE : is_buy ? FH_SIDE_BID : FH_SIDE_ASK;
      NormalizedUpdate& update = sink.Next(FH_RECORD_IMBALANCE, FH_ACTION_NONE, side);
      const uint32_t more = is_none ? 0 : is_buy ? buy : sell;
      update.imbalance = {LongE9(status::kLastPrice(message)), is_none ? 0 : std::min(buy, sell),
                          more};
      update.detail = static_cast<uint8_t>(code);
      return;
    }
    case 'E':
      return sink.Status(FH_STATUS_SHORT_SALE, FH_TRADING_UNKNOWN,
                         status::kShortSaleRestrictionIndicator(message), ' ',
                         IsInForce(status::kShortSaleRestrictionIndicator(message)));
    case 'F': {
      const char luld = status::kLimitUpLimitDownIndicator(message);
      if (luld != 'A' && luld != 'B') {
        return sink.Status(FH_STATUS_SECURITY_EVENT, FH_TRADING_UNKNOWN, luld, ' ', 0);
      }
      sink.Statistic(FH_STAT_LOWER_BAND, low, 0);
      sink.Statistic(FH_STAT_UPPER_BAND, high, 0);
      return;
    }
    default:
      return sink.Status(FH_STATUS_TRADING, FH_TRADING_UNKNOWN, code, reason, 0);
  }
}

void CtaDecoder::Auction(Sink& sink) {
  const uint8_t* const message = sink.message;
  sink.Status(FH_STATUS_AUCTION, FH_TRADING_UNKNOWN, 'A', ' ',
              auction::kNumberOfExtensions(message));
  sink.Statistic(FH_STAT_COLLAR_REFERENCE, LongE9(auction::kAuctionCollarReferencePrice(message)),
                 0);
  sink.Statistic(FH_STAT_UPPER_BAND, LongE9(auction::kAuctionCollarUpperThresholdPrice(message)),
                 0);
  sink.Statistic(FH_STAT_LOWER_BAND, LongE9(auction::kAuctionCollarLowerThresholdPrice(message)),
                 0);
}

void CtaDecoder::Reference(Sink& sink) {
  const uint8_t* const message = sink.message;
  const char test = reference::kTest(message);
  const Symbol symbol(reference::kSecuritySymbol(message), reference::kSecuritySymbol.length);
  NormalizedUpdate& update = sink.Next(FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE);
  update.definition = {};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
  update.definition.round_lot = reference::kRoundLotSize(message);
  update.definition.kind =
      test == ' ' || test == '0' || test == 'N' || test == '\0' ? FH_KIND_STOCK : FH_KIND_TEST;
  update.definition.security_class = reference::kInstrumentType(message);
  update.detail = static_cast<uint8_t>(reference::kPrimaryListingMarketParticipantId(message));
  sink.Statistic(FH_STAT_PREVIOUS_CLOSE,
                 LongE9(reference::kPrimaryListingMarketPreviousClosingPrice(message)), 0);
}

void CtaDecoder::Control(Sink& sink) {
  const char type = kMessageType(sink.message);
  if (type == 'A') {
    symbols_.ForgetTops();
    sink.ClearTops();
  }
  sink.Status(FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, type, ' ', 0);
}

void CtaDecoder::Volumes(Sink& sink, bool is_fractional) {
  const uint8_t* at = sink.message + kApproximateAdjustedVolumeMarketCenterMessage.length;
  for (uint32_t i = volumes::kNumberOfParticipants(sink.message); i > 0; --i) {
    const uint64_t volume = volume_participant::kVolume(at);
    sink.detail = at[volume_participant::kParticipant.offset];
    sink.Quantity(FH_STAT_VOLUME, is_fractional ? WholeShares(volume) : volume);
    at += volume_participant::kBytes;
  }
}

bool CtaDecoder::Map(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (info.type) {
    case kLongQuoteMessage.type:
      LongQuote(sink);
      return true;
    case kShortQuoteMessage.type: {
      siac::SymbolState& state = Symbol5(message + short_quote::kSecuritySymbol.offset, sink);
      const QuotedSide quote[2] = {
          SideOf(ShortE9(short_quote::kBidPrice(message)), short_quote::kBidSize(message)),
          SideOf(ShortE9(short_quote::kOfferPrice(message)), short_quote::kOfferSize(message))};
      Quote(sink, state, quote, short_quote::kNationalBboIndicator(message),
            kShortQuoteMessage.length);
      return true;
    }
    case kLongTradeMessage.type: {
      using namespace long_trade;  // NOLINT: the message's fields.
      Symbol11(message + kSecuritySymbol.offset, sink);
      WriteTrade(sink, {ReferenceOf(message), LongE9(kTradePrice(message)), kTradeVolume(message),
                        ConditionsAt(message + kSaleConditionCategory1.offset,
                                     kTradeThroughExemptIndicator(message),
                                     kTradeReportingFacilityId(message),
                                     kHeldTradeIndicator(message), '\0')});
      return true;
    }
    case kFractionalLongTradeMessage.type: {
      using namespace fractional_long_trade;  // NOLINT
      Symbol11(message + kSecuritySymbol.offset, sink);
      WriteTrade(
          sink,
          {ReferenceOf(message), LongE9(kTradePrice(message)), WholeShares(kTradeVolume(message)),
           ConditionsAt(message + kSaleConditionCategory1.offset,
                        kTradeThroughExemptIndicator(message), kTradeReportingFacilityId(message),
                        kHeldTradeIndicator(message), '\0')});
      return true;
    }
    case kShortTradeMessage.type:
    case kFractionalShortTradeMessage.type: {
      // Up to the volume both have the same places.
      const bool is_fractional = &info == &kFractionalShortTradeMessage;
      Symbol5(message + short_trade::kSecuritySymbol.offset, sink);
      Sale sale{ReferenceOf(message),
                ShortE9(short_trade::kTradePrice(message)),
                is_fractional ? WholeShares(fractional_short_trade::kTradeVolume(message))
                              : short_trade::kTradeVolume(message),
                {' ', ' ', ' ', ' '}};
      const auto category =
          static_cast<uint8_t>(short_trade::kSaleConditionCategory(message) - '1');
      sale.conditions[category < 4 ? category : 3] = short_trade::kSaleCondition(message);
      WriteTrade(sink, sale);
      return true;
    }
    default:
      return MapRare(info, sink);
  }
}

bool CtaDecoder::MapRare(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  // The symbol stands at the same place in every message that has one of eleven letters.
  const char category = kMessageCategory(message);
  if (category != 'C' && category != 'M' &&
      (category != 'A' || info.type == kSymbolReferenceDataMessage.type)) {
    Symbol11(message + status::kSecuritySymbol.offset, sink);
  }
  const auto cancel_trade = [&sink](uint64_t id, int64_t price, uint64_t size, char action) {
    sink.Trade(FH_ACTION_CANCEL, id, price, size);
    sink.Detail(FH_DETAIL_CANCEL, id, &action, 1);
  };
  const auto correct = [&sink](const Sale& sale, uint64_t original) {
    sink.Trade(FH_ACTION_TRADE, sale.id, sale.price, sale.size);
    sink.Detail(FH_DETAIL_CORRECTION, original, sale.conditions.data(), sale.conditions.size());
  };
  switch (info.type) {
    case kTradeCancelErrorMessage.type: {
      using namespace cancel;  // NOLINT
      cancel_trade(static_cast<uint64_t>(kOriginalParticipantReferenceNumber(message)),
                   LongE9(kTradePrice(message)), kTradeVolume(message),
                   kCancelErrorAction(message));
      WriteDay(sink, kConsolidatedHighPrice(message), kConsolidatedLowPrice(message),
               kConsolidatedTotalVolume(message));
      return true;
    }
    case kFractionalTradeCancelErrorMessage.type: {
      using namespace fractional_cancel;  // NOLINT
      cancel_trade(static_cast<uint64_t>(kOriginalParticipantReferenceNumber(message)),
                   LongE9(kTradePrice(message)), WholeShares(kTradeVolume(message)),
                   kCancelErrorAction(message));
      WriteDay(sink, kConsolidatedHighPrice(message), kConsolidatedLowPrice(message),
               WholeShares(kConsolidatedTotalVolume(message)));
      return true;
    }
    case kTradeCorrectionMessage.type: {
      using namespace correction;  // NOLINT
      correct({ReferenceOf(message), LongE9(kCorrectedTradePrice(message)),
               kCorrectedTradeVolume(message),
               ConditionsAt(message + kCorrectedSaleConditionCategory1.offset,
                            kCorrectedTradeThroughExemptIndicator(message),
                            kTradeReportingFacilityId(message), '\0', '\0')},
              static_cast<uint64_t>(kOriginalParticipantReferenceNumber(message)));
      WriteDay(sink, kConsolidatedHighPrice(message), kConsolidatedLowPrice(message),
               kConsolidatedTotalVolume(message));
      return true;
    }
    case kFractionalTradeCorrectionMessage.type: {
      using namespace fractional_correction;  // NOLINT
      correct({ReferenceOf(message), LongE9(kCorrectedTradePrice(message)),
               WholeShares(kCorrectedTradeVolume(message)),
               ConditionsAt(message + kCorrectedSaleConditionCategory1.offset,
                            kCorrectedTradeThroughExemptIndicator(message),
                            kTradeReportingFacilityId(message), '\0', '\0')},
              static_cast<uint64_t>(kOriginalParticipantReferenceNumber(message)));
      WriteDay(sink, kConsolidatedHighPrice(message), kConsolidatedLowPrice(message),
               WholeShares(kConsolidatedTotalVolume(message)));
      return true;
    }
    case kPriorDayTradeMessage.type:
    case kPriorDayLongTradeMessage.type: {
      using namespace prior_trade;  // NOLINT
      WriteTrade(sink, {ReferenceOf(message), LongE9(kTradePrice(message)), kTradeVolume(message),
                        ConditionsAt(message + kSaleConditionCategory1.offset,
                                     kTradeThroughExemptIndicator(message),
                                     kTradeReportingFacilityId(message), '\0', 'P')});
      return true;
    }
    case kFractionalPriorDayTradeMessage.type: {
      using namespace fractional_prior_trade;  // NOLINT
      WriteTrade(sink, {ReferenceOf(message), LongE9(kTradePrice(message)),
                        WholeShares(kTradeVolume(message)),
                        ConditionsAt(message + kSaleConditionCategory1.offset,
                                     kTradeThroughExemptIndicator(message),
                                     kTradeReportingFacilityId(message), '\0', 'P')});
      return true;
    }
    case kPriorDayTradeCancelErrorMessage.type:
      cancel_trade(0, LongE9(prior_cancel::kTradePrice(message)),
                   prior_cancel::kTradeVolume(message), prior_cancel::kCancelErrorAction(message));
      return true;
    case kFractionalPriorDayTradeCancelErrorMessage.type:
      cancel_trade(0, LongE9(fractional_prior_cancel::kTradePrice(message)),
                   WholeShares(fractional_prior_cancel::kTradeVolume(message)),
                   fractional_prior_cancel::kCancelErrorAction(message));
      return true;
    case kPriorDayTradeCorrectionMessage.type: {
      using namespace prior_correction;  // NOLINT
      sink.Trade(FH_ACTION_CANCEL, 0, LongE9(kOriginalTradePrice(message)),
                 kOriginalTradeVolume(message));
      correct({ReferenceOf(message), LongE9(kCorrectedTradePrice(message)),
               kCorrectedTradeVolume(message),
               ConditionsAt(message + kCorrectedSaleConditionCategory1.offset,
                            kCorrectedTradeThroughExemptIndicator(message),
                            kTradeReportingFacilityId(message), '\0', 'P')},
              0);
      return true;
    }
    case kFractionalPriorDayTradeCorrectionMessage.type: {
      using namespace fractional_prior_correction;  // NOLINT
      sink.Trade(FH_ACTION_CANCEL, 0, LongE9(kOriginalTradePrice(message)),
                 WholeShares(kOriginalTradeVolume(message)));
      correct({ReferenceOf(message), LongE9(kCorrectedTradePrice(message)),
               WholeShares(kCorrectedTradeVolume(message)),
               ConditionsAt(message + kCorrectedSaleConditionCategory1.offset,
                            kCorrectedTradeThroughExemptIndicator(message),
                            kTradeReportingFacilityId(message), '\0', 'P')},
              0);
      return true;
    }
    case kSpecialLongQuoteMessage.type:
      SpecialQuote(sink);
      return true;
    case kTradingStatusMessage.type:
      TradingStatus(sink);
      return true;
    case kAuctionStatusMessage.type:
    case kQuoteAuctionStatusMessage.type:
      Auction(sink);
      return true;
    case kIndexMessage.type:
      sink.Statistic(FH_STAT_REFERENCE_PRICE, IndexE9(index::kIndexValue(message)), 0);
      return true;
    case kBidAndOfferIndexMessage.type:
      sink.Top(FH_ACTION_MODIFY, {IndexE9(index_quote::kBidIndexValue(message)),
                                  IndexE9(index_quote::kOfferIndexValue(message)), 0, 0});
      return true;
    case kConsolidatedStartOfDaySummaryMessage.type:
      sink.detail = 0;
      [[fallthrough]];
    case kParticipantStartOfDaySummaryMessage.type:
      if (info.type == kParticipantStartOfDaySummaryMessage.type) {
        sink.detail = message[participant_start::kSummaryParticipantId.offset];
      }
      sink.Statistic(FH_STAT_PREVIOUS_CLOSE,
                     LongE9(participant_start::kPreviousClosePrice(message)), 0);
      return true;
    case kConsolidatedEndOfDaySummaryMessage.type:
    case kFractionalConsolidatedEndOfDaySummaryMessage.type: {
      using namespace consolidated_day;  // NOLINT
      const bool is_fractional = &info == &kFractionalConsolidatedEndOfDaySummaryMessage;
      const uint64_t volume = kTotalVolume(message);
      sink.detail = 0;
      sink.Statistic(FH_STAT_CLOSING_PRICE, LongE9(kLastPrice(message)), 0);
      WriteDay(sink, kHighPrice(message), kLowPrice(message),
               is_fractional ? WholeShares(volume) : volume);
      return true;
    }
    case kParticipantEndOfDaySummaryMessage.type:
    case kFractionalParticipantEndOfDaySummaryMessage.type: {
      using namespace participant_day;  // NOLINT
      const bool is_fractional = &info == &kFractionalParticipantEndOfDaySummaryMessage;
      const uint64_t volume = kTotalVolume(message);
      sink.detail = message[kSummaryParticipantId.offset];
      sink.Statistic(FH_STAT_CLOSING_PRICE, LongE9(kLastPrice(message)), 0);
      sink.Statistic(FH_STAT_HIGH_PRICE, LongE9(kHighPrice(message)), 0);
      sink.Statistic(FH_STAT_LOW_PRICE, LongE9(kLowPrice(message)), 0);
      sink.Statistic(FH_STAT_OPENING_PRICE, LongE9(kOpenPrice(message)), 0);
      sink.Quantity(FH_STAT_VOLUME, is_fractional ? WholeShares(volume) : volume);
      return true;
    }
    case kMarketWideCircuitBreakerDeclineLevelStatusMessage.type:
    case kMarketWideCircuitBreakerDeclineLevelsMessage.type:
      sink.Statistic(FH_STAT_BREAKER_LEVEL_1, IndexE9(breaker_levels::kMwcbLevel1(message)), 0);
      sink.Statistic(FH_STAT_BREAKER_LEVEL_2, IndexE9(breaker_levels::kMwcbLevel2(message)), 0);
      sink.Statistic(FH_STAT_BREAKER_LEVEL_3, IndexE9(breaker_levels::kMwcbLevel3(message)), 0);
      return true;
    case kMarketWideCircuitBreakerStatusMessage.type: {
      const char level = breaker::kMarketWideCircuitBreakerLevelIndicator(message);
      sink.Status(FH_STATUS_CIRCUIT_BREAKER, FH_TRADING_UNKNOWN, level, ' ',
                  level >= '1' && level <= '3' ? level - '0' : 0);
      return true;
    }
    case kApproximateAdjustedVolumeMarketCenterMessage.type:
    case kFractionalApproximateAdjustedVolumeMarketCenterMessage.type:
      Volumes(sink, &info == &kFractionalApproximateAdjustedVolumeMarketCenterMessage);
      return true;
    case kSymbolReferenceDataMessage.type:
      Reference(sink);
      return true;
    default:
      if (category != 'C') return false;
      Control(sink);
      return true;
  }
}

void CtaDecoder::Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                          MessageVisitor& visitor) const {
  if (&info == &kFreeTextMessage) {
    for (const FieldInfo* field : info.fields) {
      Value value = ReadValue(*field, message);
      if (field == &text::kText) value.bytes = {message + field->offset, length - field->offset};
      visitor.Field(*field, value);
    }
    return;
  }
  DescribeFields(info, message, length, visitor);
  if (info.groups.empty()) return;
  const uint8_t* at = message + info.length;
  const auto entry = [&at, &visitor](const GroupInfo& group, uint32_t bytes) {
    visitor.BeginEntry();
    for (const FieldInfo* field : group.fields) visitor.Field(*field, ReadValue(*field, at));
    visitor.EndEntry();
    at += bytes;
  };
  if (info.groups.size() == 1) {
    const GroupInfo& group = *info.groups[0];
    const uint32_t count = volumes::kNumberOfParticipants(message);
    visitor.BeginGroup(group, count);
    for (uint32_t i = 0; i < count; ++i) entry(group, volume_participant::kBytes);
    visitor.EndGroup();
    return;
  }
  const Effects& effects = EffectsOf(info, message);
  for (size_t side = 0; side < 2; ++side) {
    const uint32_t bytes = BytesOf(effects.sides[side]);
    if (bytes == 0) continue;
    const bool is_short = effects.sides[side] == SideEffect::kShort;
    const GroupInfo& group = *kAppendages[side + (is_short ? 2 : 0)];
    visitor.BeginGroup(group, 1);
    entry(group, bytes);
    visitor.EndGroup();
  }
}

}  // namespace fh::codecs::cta
