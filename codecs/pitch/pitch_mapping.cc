#include <algorithm>
#include <cstring>
#include <optional>

#include "codecs/pitch/pitch_decoder.h"

namespace fh::codecs::pitch {

namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

std::optional<uint32_t> Digits(const char* text, size_t count) {
  uint32_t number = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = 10 * number + static_cast<uint32_t>(text[i] - '0');
  }
  return number;
}

uint8_t TradingState(char status) {
  switch (status) {
    case 'T':
    case 'L':  // The curb session of options.
      return FH_TRADING_OPEN;
    case 'H':
    case 'S':
      return FH_TRADING_HALTED;
    case 'Q':
      return FH_TRADING_QUOTING;
    case 'A':
    case 'R':  // Options open by rotation.
      return FH_TRADING_ORDERS;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

uint16_t AuctionPriceType(char auction) {
  switch (auction) {
    case 'O':
      return FH_STAT_OPENING_PRICE;
    case 'C':
      return FH_STAT_CLOSING_PRICE;
    case 'I':
      return FH_STAT_IPO_PRICE;
    default:
      return FH_STAT_CROSS_PRICE;
  }
}

}  // namespace

PitchMapping::PitchMapping(const CodecOptions& options, const LocalMidnight& midnight)
    : symbols_(options.instruments, SymbolsAre::kKeys), midnight_(midnight) {}

// What was said of the unit before is of another second, or of another transaction.
void PitchMapping::OnEvent(const StreamEvent& event) {
  units_[static_cast<uint8_t>(event.stream)] = {};
}

// ---- Orders. ----

void PitchMapping::Add(const Sink& sink, const Alpha& symbol, uint32_t quantity, int64_t price_e9) {
  Next(sink, FH_RECORD_ORDER, FH_ACTION_ADD, SideOf(kSide(sink.message)), Instrument(symbol, sink),
       Last::kYes)
      .order = {kOrderId(sink.message), price_e9, quantity};
}

void PitchMapping::TakeOff(const Sink& sink, uint64_t quantity) const {
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, Last::kYes)
      .order = {kOrderId(sink.message), kUndefinedPrice, quantity};
}

void PitchMapping::TradeAndFill(const Sink& sink, uint64_t execution_id, int64_t price_e9,
                                char condition) const {
  const uint32_t quantity = kExecutedQuantity(sink.message);
  NormalizedUpdate& trade =
      Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, Last::kNo);
  trade.trade = {execution_id, price_e9, quantity};
  trade.detail = static_cast<uint8_t>(condition);
  Next(sink, FH_RECORD_ORDER, FH_ACTION_FILL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, Last::kNo)
      .order = {kOrderId(sink.message), price_e9, quantity};
}

void PitchMapping::Executed(const Sink& sink, char condition) const {
  const uint32_t quantity = kExecutedQuantity(sink.message);
  // Nothing of it is an execution, and C with size 0 would take all off.
  if (quantity == 0) return static_cast<void>(++sink.context.stats.malformed);
  TradeAndFill(sink, kExecutionId18(sink.message), kUndefinedPrice, condition);
  TakeOff(sink, quantity);
}

void PitchMapping::ExecutedAtPrice(const Sink& sink) const {
  const uint8_t* const message = sink.message;
  TradeAndFill(sink, kExecutionId22(message), PriceE9(kLongPrice30, message),
               LetterOf(kTradeCondition38, sink));
  // More than was displayed may have been executed: what remains counts.
  const uint32_t remaining = kRemainingQuantity(message);
  if (remaining == 0) return TakeOff(sink, FH_SIZE_ALL);
  NormalizedUpdate& left = Next(sink, FH_RECORD_ORDER, FH_ACTION_MODIFY, FH_SIDE_NONE,
                                FH_UNKNOWN_INSTRUMENT, Last::kYes);
  left.order = {kOrderId(message), kUndefinedPrice, remaining};
  left.flags |= FH_FLAG_PRIORITY_KEPT;
}

void PitchMapping::Reduce(const Sink& sink, uint32_t quantity) const {
  if (quantity == 0) return static_cast<void>(++sink.context.stats.malformed);
  TakeOff(sink, quantity);
}

void PitchMapping::Modify(const Sink& sink, uint32_t quantity, int64_t price_e9,
                          bool keeps_priority) const {
  NormalizedUpdate& update = Next(sink, FH_RECORD_ORDER, FH_ACTION_MODIFY, FH_SIDE_NONE,
                                  FH_UNKNOWN_INSTRUMENT, Last::kYes);
  update.order = {kOrderId(sink.message), price_e9, quantity};
  if (keeps_priority) update.flags |= FH_FLAG_PRIORITY_KEPT;
}

void PitchMapping::Delete(const Sink& sink) const { TakeOff(sink, FH_SIZE_ALL); }

// Its side is always "buy" and says nothing; its order was never displayed.
void PitchMapping::Trade(const Sink& sink, const Alpha& symbol, uint32_t quantity, int64_t price_e9,
                         uint64_t execution_id, char condition) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE,
                                  Instrument(symbol, sink), Last::kYes);
  update.trade = {execution_id, price_e9, quantity};
  update.detail = static_cast<uint8_t>(condition);
}

// ---- Rare messages of all feeds. ----

bool PitchMapping::Other(const Sink& sink) {
  switch (kMessageType(sink.message)) {
    case kTimeMessage.type:
      Time(sink);
      return true;
    case kTimeReferenceMessage.type:
      TimeReference(sink);
      return true;
    case kTransactionBeginMessage.type:
      unit_->in_transaction = true;
      return true;
    case kTransactionEndMessage.type:
      TransactionEnd(sink);
      return true;
    case kUnitClearMessage.type:
      UnitClear(sink);
      return true;
    case kTradeBreakMessage.type:
      Next(sink, FH_RECORD_TRADE, FH_ACTION_CANCEL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, Last::kYes)
          .trade = {kExecutionId6(sink.message), kUndefinedPrice, 0};
      return true;
    case kEndOfSessionMessage.type:
      Status(sink, FH_ALL_INSTRUMENTS, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, 'C', 0,
             Last::kYes);
      return true;
    default:
      return false;
  }
}

void PitchMapping::Time(const Sink& sink) {
  if (!is_sequenced_) return;
  const bool has_epoch =
      sink.length >= uint32_t{kEpochTime6.offset} + kEpochTime6.length && kEpochTime6(sink.message);
  unit_->second_ns = has_epoch ? kEpochTime6(sink.message) * kSecondNs
                               : midnight_.WallClock(sink.context.ts_recv_ns, kTime(sink.message));
}

void PitchMapping::TimeReference(const Sink& sink) {
  if (!is_sequenced_) return;
  unit_->second_ns = (int64_t{kMidnightReference(sink.message)} + kTime6(sink.message)) * kSecondNs;
}

void PitchMapping::TransactionEnd(const Sink& sink) {
  unit_->in_transaction = false;
  Next(sink, FH_RECORD_ORDER, FH_ACTION_NONE, FH_SIDE_NONE, FH_ALL_INSTRUMENTS, Last::kYes)
      .order = {0, kUndefinedPrice, 0};
}

void PitchMapping::UnitClear(const Sink& sink) const {
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_ALL_INSTRUMENTS, Last::kYes)
      .order = {0, kUndefinedPrice, 0};
}

void PitchMapping::Status(const Sink& sink, uint32_t instrument_id, uint16_t kind, uint8_t state,
                          char code, int64_t value, Last last) const {
  Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, last).status = {
      kind, state, code, {' ', ' ', ' ', ' '}, value, 0};
}

// The caller closes the event.
void PitchMapping::Statistic(const Sink& sink, uint32_t instrument_id, uint16_t type,
                             int64_t price_e9, int64_t quantity, uint8_t detail) const {
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, Last::kNo);
  update.statistic = {};
  update.statistic.price = price_e9;
  update.statistic.quantity = quantity;
  update.statistic.type = type;
  update.detail = detail;
}

void PitchMapping::Close(const Sink& sink) const {
  if (!unit_->in_transaction) sink.writer.Last().flags |= FH_FLAG_LAST;
}

void PitchMapping::Definition(const Sink& sink, uint32_t instrument_id, const Symbol& name,
                              const fh_terms& terms, char security_class) {
  symbols_.SayTerms(instrument_id, name, terms);
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, Last::kYes);
  update.definition = {};
  std::memcpy(update.definition.symbol, name.bytes.data(), sizeof update.definition.symbol);
  update.definition.kind = terms.kind;
  update.definition.size_decimals = terms.size_decimals;
  update.definition.security_class = security_class;
}

// ---- Rare messages of US equities and options. ----

bool PitchMapping::OtherOfUs(const Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (kMessageType(message)) {
    case kAddExpandedMessage.type:
      Add(sink, kExpandedSymbol19, kQuantity15(message), PriceE9(kLongPrice27, message));
      return true;
    case kTradeExpandedMessage.type:
      Trade(sink, kExpandedSymbol19, kQuantity15(message), PriceE9(kLongPrice27, message),
            kExecutionId35(message), LetterOf(kTradeCondition43, sink));
      return true;
    case kExecutedAtPriceMessage.type:
      ExecutedAtPrice(sink);
      return true;
    case kTradingStatusMessage.type:
      UsTradingStatus(sink);
      return true;
    case kRetailMessage.type:
      RetailInterest(sink);
      return true;
    case kAuctionUpdateMessage.type:
    case kOptionsAuctionUpdateMessage.type:
      AuctionUpdate(sink);
      return true;
    case kAuctionSummaryMessage.type:
      AuctionSummary(sink);
      return true;
    case kAuctionNotificationMessage.type:
      AuctionNotification(sink);
      return true;
    case kSymbolMappingMessage.type:
    case kConstituentMappingMessage.type:
      OptionDefinition(sink);
      return true;
    default:
      // What is traded in auctions of options is also reported as a trade; the rest are requests.
      return false;
  }
}

// OSI: root, YYMMDD, C or P, and the strike in thousandths.
void PitchMapping::OptionDefinition(const Sink& sink) {
  constexpr size_t kDateAt = 6;
  constexpr size_t kStrikeAt = 13;
  const char* const osi = kOsiSymbol(sink.message);
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_OPTION;
  terms.size_decimals = 0;
  const std::optional<uint32_t> date = Digits(osi + kDateAt, 6);
  const std::optional<uint32_t> strike = Digits(osi + kStrikeAt, 8);
  const char right = osi[kStrikeAt - 1];
  if (date && strike && (right == 'C' || right == 'P')) {
    terms.expiry_ns = midnight_.EndOfDay(20'000'000 + *date);
    terms.put_call = right;
    terms.strike = int64_t{*strike} * (kPriceScale / 1'000);
  }
  const uint32_t instrument_id = Instrument(kFeedSymbol2, sink);
  if (sink.length >= uint32_t{kUnderlying30.offset} + kUnderlying30.length) {
    terms.underlying_id = Instrument(kUnderlying30, sink);
  }
  Definition(sink, instrument_id, Symbol(osi, kOsiSymbol.length), terms,
             kSymbolCondition(sink.message));
}

void PitchMapping::UsTradingStatus(const Sink& sink) {
  const uint32_t instrument_id = Instrument(kExpandedSymbol6, sink);
  const char code = kTradingStatus(sink.message);
  Status(sink, instrument_id, FH_STATUS_TRADING, TradingState(code), code, 0, Last::kNo);
  const char price_test = kRegShoAction(sink.message);
  if (price_test == '0' || price_test == '1') {
    Status(sink, instrument_id, FH_STATUS_SHORT_SALE, FH_TRADING_UNKNOWN, price_test,
           price_test == '1', Last::kNo);
  }
  Close(sink);
}

void PitchMapping::RetailInterest(const Sink& sink) {
  const char code = kRetailPriceImprovement(sink.message);
  Status(sink, Instrument(kExpandedSymbol6, sink), FH_STATUS_RETAIL_INTEREST, FH_TRADING_UNKNOWN,
         code, 0, Last::kYes);
  sink.writer.Last().side = SideOf(code);
}

void PitchMapping::Price(const Sink& sink, uint32_t instrument_id, uint16_t type,
                         const LongPrice& price, uint8_t detail) const {
  if (price(sink.message) == 0) return;
  Statistic(sink, instrument_id, type, PriceE9(price, sink.message), 0, detail);
}

void PitchMapping::AuctionUpdate(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = Instrument(kExpandedSymbol6, sink);
  const uint32_t buy = kBuyShares(message);
  const uint32_t sell = kSellShares(message);
  const auto detail = static_cast<uint8_t>(kAuctionType14(message));
  NormalizedUpdate& update = Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE,
                                  buy > sell   ? FH_SIDE_BID
                                  : sell > buy ? FH_SIDE_ASK
                                               : FH_SIDE_NONE,
                                  instrument_id, Last::kNo);
  update.imbalance = {
      kReferencePrice(message) == 0 ? kUndefinedPrice : PriceE9(kReferencePrice, message),
      std::min(buy, sell), std::max(buy, sell) - std::min(buy, sell)};
  update.detail = detail;
  Price(sink, instrument_id, FH_STAT_INDICATIVE_PRICE, kIndicativePrice, detail);
  Price(sink, instrument_id, FH_STAT_BOOK_CLEARING_PRICE, kAuctionOnlyPrice, detail);
  Close(sink);
}

// The shares are reported as executions and trades too: this is no trade of its own.
void PitchMapping::AuctionSummary(const Sink& sink) {
  const uint32_t instrument_id = Instrument(kExpandedSymbol6, sink);
  const char type = kAuctionType14(sink.message);
  const uint32_t shares = kShares23(sink.message);
  if (shares == 0) {
    Status(sink, instrument_id, FH_STATUS_CROSS_DONE, FH_TRADING_UNKNOWN, type, 0, Last::kYes);
    sink.writer.Last().detail = static_cast<uint8_t>(type);
    return;
  }
  Statistic(sink, instrument_id, AuctionPriceType(type), PriceE9(kLongPrice15, sink.message),
            shares, static_cast<uint8_t>(type));
  Close(sink);
}

void PitchMapping::AuctionNotification(const Sink& sink) {
  const uint8_t* const message = sink.message;
  NormalizedUpdate& update = Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE,
                                  SideOf(kSide21(message)), Instrument(kSymbol6, sink), Last::kYes);
  update.imbalance = {kLongPrice22(message) == 0 ? kUndefinedPrice : PriceE9(kLongPrice22, message),
                      0, kContracts30(message)};
  update.detail = static_cast<uint8_t>(kAuctionType20(message));
}

// ---- Rare messages of CFE. ----

bool PitchMapping::OtherOfCfe(const Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (kMessageType(message)) {
    case kCfeTradingStatusMessage.type: {
      const char code = kTradingStatus(message);
      // The letter for queuing of equities is another: Q is that here.
      Status(sink, Instrument(kSymbol6, sink), FH_STATUS_TRADING,
             code == 'Q' ? uint8_t{FH_TRADING_ORDERS} : TradingState(code), code, 0, Last::kYes);
      return true;
    }
    case kDefinitionMessage.type:
      FuturesDefinition(sink);
      return true;
    case kPriceLimitsMessage.type:
      PriceLimits(sink);
      return true;
    case kSettlementMessage.type:
      Statistic(sink, Instrument(kSymbol6, sink), FH_STAT_SETTLEMENT_PRICE,
                PriceE9(kSettlementPrice, message), 0, static_cast<uint8_t>(kIssue(message)));
      Close(sink);
      return true;
    case kOpenInterestMessage.type:
      Statistic(sink, Instrument(kSymbol6, sink), FH_STAT_OPEN_INTEREST, kUndefinedPrice,
                kOpenInterest(message), 0);
      Close(sink);
      return true;
    case kSummaryMessage.type:
      Summary(sink);
      return true;
    default:
      return false;
  }
}

void PitchMapping::FuturesDefinition(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t own_second = kUnitTimestamp12(message);
  const int64_t event_ns = own_second != 0 ? own_second * kSecondNs + kTimeOffset(message)
                                           : EventTime(message, sink.context.stats);
  const Sink dated{message, sink.length, sink.context, sink.writer, event_ns};
  const char state = kListingState(message);
  const uint32_t legs = WholeLegs(message, sink.length);
  fh_terms terms = UnknownTerms();
  terms.kind = state == 'T'             ? FH_KIND_TEST
               : kLegCount(message) > 0 ? FH_KIND_SPREAD
                                        : FH_KIND_FUTURE;
  terms.size_decimals = 0;
  terms.tick = PriceE9(kPriceIncrement, message);
  terms.multiplier = kContractSize(message) * kPriceScale;
  terms.expiry_ns = midnight_.EndOfDay(kExpirationDate(message));
  terms.leg_count = kLegCount(message);
  for (uint32_t i = 0; i < std::min<uint32_t>(legs, FH_MOST_LEGS); ++i) {
    const uint8_t* const leg = message + kLegOffset(message) + i * kLegBytes;
    terms.legs[i] = {
        InstrumentOfText(leg + kLegSymbol.offset, kLegSymbol.length, sink.context.stats),
        kLegRatio(leg)};
  }
  Definition(dated, Instrument(kSymbol6, sink), Symbol(kSymbol6(message), kSymbol6.length), terms,
             state);
}

// Version 1.1 has no contract date, and legs may begin where it would be.
void PitchMapping::DescribeDefinition(const uint8_t* message, uint32_t length,
                                      MessageVisitor& visitor) {
  const uint32_t first_leg = kLegOffset(message);
  DescribeFields(kDefinitionMessage, message,
                 first_leg > kVarianceBlockOffset.offset ? std::min(length, first_leg) : length,
                 visitor);
  const uint32_t legs = WholeLegs(message, length);
  visitor.BeginGroup(kLegs, legs);
  for (uint32_t i = 0; i < legs; ++i) {
    visitor.BeginEntry();
    for (const FieldInfo* field : kLegFields) {
      visitor.Field(*field, ReadValue(*field, message + first_leg + i * kLegBytes));
    }
    visitor.EndEntry();
  }
  visitor.EndGroup();
}

void PitchMapping::PriceLimits(const Sink& sink) {
  const uint32_t instrument_id = Instrument(kSymbol6, sink);
  Statistic(sink, instrument_id, FH_STAT_UPPER_BAND, PriceE9(kUpperLimit, sink.message), 0, 0);
  Statistic(sink, instrument_id, FH_STAT_LOWER_BAND, PriceE9(kLowerLimit, sink.message), 0, 0);
  Close(sink);
}

void PitchMapping::Summary(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = Instrument(kSymbol6, sink);
  const uint8_t flags = kSummaryFlags(message);
  const auto price = [&](uint8_t valid, uint16_t type, const SignedLongPrice& field) {
    if ((flags & valid) == 0) return;
    Statistic(sink, instrument_id, type, PriceE9(field, message), 0, flags);
  };
  price(kHighValid, (flags & kHighIsBid) != 0 ? FH_STAT_HIGHEST_BID : FH_STAT_HIGH_PRICE,
        kHighPrice);
  price(kLowValid, (flags & kLowIsOffer) != 0 ? FH_STAT_LOWEST_OFFER : FH_STAT_LOW_PRICE,
        kLowPrice);
  price(kOpenCloseValid, FH_STAT_OPENING_PRICE, kOpenPrice);
  price(kOpenCloseValid, FH_STAT_CLOSING_PRICE, kClosePrice);
  Statistic(sink, instrument_id, FH_STAT_VOLUME, kUndefinedPrice, kTotalVolume(message), flags);
  Statistic(sink, instrument_id, FH_STAT_OPEN_INTEREST, kUndefinedPrice, kOpenInterest(message),
            flags);
  Close(sink);
}

}  // namespace fh::codecs::pitch
