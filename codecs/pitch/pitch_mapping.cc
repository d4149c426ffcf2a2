#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

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

PitchMapping::PitchMapping(const CodecOptions& options, std::optional<LocalMidnight> midnight)
    : symbols_(options.instruments, SymbolsAre::kKeys),
      midnight_(std::move(midnight)),
      is_snapshot_(options.role == ChannelRole::kSnapshot) {}

// What was said of the unit before is of another second, or of another transaction.
void PitchMapping::OnEvent(const StreamEvent& event) {
  units_[static_cast<uint8_t>(event.stream)] = {};
}

// ---- Orders. ----

void PitchMapping::TakeOff(const Sink& sink, uint64_t order_id, uint64_t quantity) const {
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, Last::kYes)
      .order = {order_id, kUndefinedPrice, quantity};
}

void PitchMapping::TradeAndFill(const Sink& sink, const Execution& execution) const {
  NormalizedUpdate& trade =
      Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, Last::kNo);
  trade.trade = {execution.execution_id, execution.price_e9, execution.quantity};
  trade.detail = static_cast<uint8_t>(execution.condition);
  Next(sink, FH_RECORD_ORDER, FH_ACTION_FILL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, Last::kNo)
      .order = {execution.order_id, execution.price_e9, execution.quantity};
}

void PitchMapping::Executed(const Sink& sink, const Execution& execution) const {
  // Nothing of it is an execution, and C with size 0 would take all off.
  if (execution.quantity == 0) return static_cast<void>(++sink.context.stats.malformed);
  TradeAndFill(sink, execution);
  TakeOff(sink, execution.order_id, execution.quantity);
}

void PitchMapping::ExecutedAtPrice(const Sink& sink) const {
  const uint8_t* const message = sink.message;
  const uint64_t order_id = kOrderId(message);
  TradeAndFill(sink, {.order_id = order_id,
                      .execution_id = kExecutionId22(message),
                      .quantity = kExecutedQuantity(message),
                      .price_e9 = PriceE9(kLongPrice30, message),
                      .condition = LetterOf(kTradeCondition38, sink)});
  // More than was displayed may have been executed: what remains counts.
  const uint32_t remaining = kRemainingQuantity(message);
  if (remaining == 0) return TakeOff(sink, order_id, FH_SIZE_ALL);
  NormalizedUpdate& left = Next(sink, FH_RECORD_ORDER, FH_ACTION_MODIFY, FH_SIDE_NONE,
                                FH_UNKNOWN_INSTRUMENT, Last::kYes);
  left.order = {order_id, kUndefinedPrice, remaining};
  left.flags |= FH_FLAG_PRIORITY_KEPT;
}

void PitchMapping::Reduce(const Sink& sink, uint64_t order_id, uint32_t quantity) const {
  if (quantity == 0) return static_cast<void>(++sink.context.stats.malformed);
  TakeOff(sink, order_id, quantity);
}

void PitchMapping::ModifyOrder(const Sink& sink, uint64_t order_id, uint32_t quantity,
                               int64_t price_e9, bool keeps_priority) const {
  NormalizedUpdate& update = Next(sink, FH_RECORD_ORDER, FH_ACTION_MODIFY, FH_SIDE_NONE,
                                  FH_UNKNOWN_INSTRUMENT, Last::kYes);
  update.order = {order_id, price_e9, quantity};
  if (keeps_priority) update.flags |= FH_FLAG_PRIORITY_KEPT;
}

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
      TradeBreak(sink, kExecutionId6(sink.message));
      return true;
    case kEndOfSessionMessage.type:
      EndOfSession(sink);
      return true;
    default:
      return false;
  }
}

void PitchMapping::TradeBreak(const Sink& sink, uint64_t execution_id) const {
  Next(sink, FH_RECORD_TRADE, FH_ACTION_CANCEL, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, Last::kYes)
      .trade = {execution_id, kUndefinedPrice, 0};
}

void PitchMapping::EndOfSession(const Sink& sink) const {
  Status(sink, FH_ALL_INSTRUMENTS, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, 'C', 0, Last::kYes);
}

void PitchMapping::Time(const Sink& sink) {
  if (!is_sequenced_ && !is_snapshot_) return;
  const bool has_epoch =
      sink.length >= uint32_t{kEpochTime6.offset} + kEpochTime6.length && kEpochTime6(sink.message);
  unit_->second_ns = has_epoch ? kEpochTime6(sink.message) * kSecondNs
                               : midnight_->WallClock(sink.context.ts_recv_ns, kTime(sink.message));
}

void PitchMapping::TimeReference(const Sink& sink) {
  if (!is_sequenced_ && !is_snapshot_) return;
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
    terms.expiry_ns = EndOfDay(20'000'000 + *date);
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

// A symbol of options has six characters, and what is behind it is reserved: padding, whatever it is.
void PitchMapping::UsTradingStatus(const Sink& sink) {
  const bool is_short = kExpandedSymbol6(sink.message)[kSymbol6.length] <= ' ';
  const uint32_t instrument_id = Instrument(is_short ? kSymbol6 : kExpandedSymbol6, sink);
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

void PitchMapping::Imbalance(const Sink& sink, uint32_t instrument_id, int64_t reference_e9,
                             uint32_t buy, uint32_t sell, char type) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE,
                                  buy > sell   ? FH_SIDE_BID
                                  : sell > buy ? FH_SIDE_ASK
                                               : FH_SIDE_NONE,
                                  instrument_id, Last::kNo);
  update.imbalance = {reference_e9, std::min(buy, sell), std::max(buy, sell) - std::min(buy, sell)};
  update.detail = static_cast<uint8_t>(type);
}

void PitchMapping::AuctionUpdate(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = Instrument(kExpandedSymbol6, sink);
  const char type = kAuctionType14(message);
  const auto detail = static_cast<uint8_t>(type);
  Imbalance(sink, instrument_id,
            kReferencePrice(message) == 0 ? kUndefinedPrice : PriceE9(kReferencePrice, message),
            kBuyShares(message), kSellShares(message), type);
  Price(sink, instrument_id, FH_STAT_INDICATIVE_PRICE, kIndicativePrice, detail);
  Price(sink, instrument_id, FH_STAT_BOOK_CLEARING_PRICE, kAuctionOnlyPrice, detail);
  Close(sink);
}

// The shares are reported as executions and trades too: this is no trade of its own.
void PitchMapping::Summed(const Sink& sink, uint32_t instrument_id, char type, int64_t price_e9,
                          uint32_t shares) {
  if (shares == 0) {
    Status(sink, instrument_id, FH_STATUS_CROSS_DONE, FH_TRADING_UNKNOWN, type, 0, Last::kYes);
    sink.writer.Last().detail = static_cast<uint8_t>(type);
    return;
  }
  Statistic(sink, instrument_id, AuctionPriceType(type), price_e9, shares,
            static_cast<uint8_t>(type));
  Close(sink);
}

void PitchMapping::AuctionSummary(const Sink& sink) {
  Summed(sink, Instrument(kExpandedSymbol6, sink), kAuctionType14(sink.message),
         PriceE9(kLongPrice15, sink.message), kShares23(sink.message));
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
  terms.expiry_ns = EndOfDay(kExpirationDate(message));
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

// ---- Europe. ----

namespace {

uint8_t EuTradingState(char status) {
  switch (status) {
    case 'T':
      return FH_TRADING_OPEN;
    case 'C':
    case 'S':
    case 'H':
    case 'N':  // No reference price.
      return FH_TRADING_HALTED;
    case 'V':  // Volatility interruption.
      return FH_TRADING_PAUSED;
    case 'O':  // Auctions and their extensions.
    case 'E':
    case 'M':
    case 'P':
    case 'U':
      return FH_TRADING_ORDERS;
    default:  // R: reports of off-book trades only.
      return FH_TRADING_UNKNOWN;
  }
}

uint8_t AuTradingState(char status) {
  switch (status) {
    case 'T':
    case 'M':  // At the market's close.
      return FH_TRADING_OPEN;
    case 'C':
    case 'H':
    case 'S':
      return FH_TRADING_HALTED;
    case 'A':
    case 'O':
    case 'E':
    case 'P':
      return FH_TRADING_ORDERS;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

}  // namespace

// Symbols have eight characters here: an index whose ticker has more is unknown.
uint32_t PitchMapping::Index(const Sink& sink) {
  static_assert(kExpandedSymbol6.offset == kIndexTicker6.offset);
  const char* const ticker = kIndexTicker6(sink.message);
  for (uint32_t i = kExpandedSymbol6.length; i < kIndexTicker6.length; ++i) {
    if (ticker[i] != ' ' && ticker[i] != '\0') return FH_UNKNOWN_INSTRUMENT;
  }
  return Instrument(kExpandedSymbol6, sink);
}

bool PitchMapping::OtherOfEurope(const Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (kMessageType(message)) {
    case kEuAddLongMessage.type:
    case kEuAddExpandedMessage.type:
      Add(sink, kExpandedSymbol19, kQuantity15(message), PriceE9(kLongPrice27, message));
      return true;
    case kEuExecutedAtPriceMessage.type:
      ExecutedAtPrice(sink);
      sink.writer.At(sink.first).detail = static_cast<uint8_t>(kMode39(message));
      return true;
    case kEuTradeLongMessage.type:
      Trade(sink, kExpandedSymbol19, kQuantity15(message), PriceE9(kLongPrice27, message),
            kExecutionId35(message), kMode44(message));
      return true;
    case kTradeReportMessage.type:
      ReportedTrade(sink, Instrument(kExpandedSymbol14, sink),
                    {kTradeId30(message), PriceE9(kReportPrice22, message), kLongShares6(message)},
                    kReportFlags53(message));
      return true;
    case kUnknownReportMessage.type:
      ReportedTrade(sink, FH_UNKNOWN_INSTRUMENT,
                    {kTradeId34(message), PriceE9(kReportPrice26, message), kLongShares6(message)},
                    kReportFlags57(message));
      return true;
    case kEuTradingStatusMessage.type: {
      const char code = kTradingStatus(message);
      Status(sink, Instrument(kExpandedSymbol6, sink), FH_STATUS_TRADING, EuTradingState(code),
             code, 0, Last::kYes);
      return true;
    }
    case kEuStatisticsMessage.type:
      return EuStatistic(sink);
    case kIndexQuoteMessage.type:
      Statistic(sink, Index(sink), FH_STAT_REFERENCE_PRICE, PriceE9(kIndexPrice16, message), 0,
                static_cast<uint8_t>(kIndexStatus24(message)));
      Close(sink);
      return true;
    case kIndexSettlementMessage.type:
      Statistic(sink, Index(sink), FH_STAT_SETTLEMENT_PRICE, PriceE9(kIndexPrice16, message), 0, 0);
      Close(sink);
      return true;
    case kEuAuctionUpdateMessage.type:
      EuAuctionUpdate(sink);
      return true;
    case kAuctionSummaryMessage.type:
      AuctionSummary(sink);
      return true;
    default:
      return false;  // Values of indices, which are no instruments; sessions.
  }
}

void PitchMapping::ReportedTrade(const Sink& sink, uint32_t instrument_id, const fh_trade& trade,
                                 char flags) {
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, instrument_id, Last::kYes);
  update.trade = trade;
  update.detail = static_cast<uint8_t>(flags);
}

bool PitchMapping::EuStatistic(const Sink& sink) {
  uint16_t type;
  switch (kStatisticType22(sink.message)) {
    case 'O':
      type = FH_STAT_OPENING_PRICE;
      break;
    case 'C':
      type = FH_STAT_CLOSING_PRICE;
      break;
    case 'H':
      type = FH_STAT_HIGH_PRICE;
      break;
    case 'L':
      type = FH_STAT_LOW_PRICE;
      break;
    case 'P':
      type = FH_STAT_PREVIOUS_CLOSE;
      break;
    default:
      return false;
  }
  Statistic(sink, Instrument(kExpandedSymbol6, sink), type,
            PriceE9(kStatisticPrice14, sink.message), 0,
            static_cast<uint8_t>(kDetermination23(sink.message)));
  Close(sink);
  return true;
}

// It has no sides: what can be paired at the indicative price.
void PitchMapping::EuAuctionUpdate(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const bool is_narrow = sink.length < kEuAuctionUpdateMessage.length;
  const uint32_t instrument_id = Instrument(kExpandedSymbol6, sink);
  const char type = kAuctionType14(message);
  const uint32_t shares = is_narrow ? kIndicativeShares27(message) : kIndicativeShares31(message);
  Imbalance(sink, instrument_id,
            kReferencePrice(message) == 0 ? kUndefinedPrice : PriceE9(kReferencePrice, message),
            shares, shares, type);
  const auto detail = static_cast<uint8_t>(type);
  if (is_narrow) {
    Price(sink, instrument_id, FH_STAT_INDICATIVE_PRICE, kNarrowIndicativePrice23, detail);
  } else {
    Price(sink, instrument_id, FH_STAT_INDICATIVE_PRICE, kIndicativePrice23, detail);
  }
  Close(sink);
}

// ---- Australia. ----

bool PitchMapping::OfAustralia(const Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (kMessageType(message)) {
    case kAuAddMessage.type:
      AddOrder(sink, kAuOrderId(message), kAuSide(message), kAuSymbol23, kAuQuantity19(message),
               PriceE9(kAuPrice29, message));
      return true;
    case kAuDeleteMessage.type:
      TakeOff(sink, kAuOrderId(message), FH_SIZE_ALL);
      return true;
    case kAuExecutedMessage.type:
      AuExecuted(sink, kUndefinedPrice, ' ');
      return true;
    case kAuExecutedAtPriceMessage.type:
      AuExecuted(sink, PriceE9(kAuPrice43, message), kAuExecutionType42(message));
      return true;
    case kAuReduceMessage.type:
      Reduce(sink, kAuOrderId(message), kAuCanceled18(message));
      return true;
    case kAuModifyMessage.type:
      ModifyOrder(sink, kAuOrderId(message), kAuNewQuantity18(message),
                  PriceE9(kAuPrice22, message), /*keeps_priority=*/false);
      return true;
    case kAuTradeMessage.type:
      Trade(sink, kAuSymbol10, kAuQuantity16(message), PriceE9(kAuPrice20, message),
            kAuExecutionId28(message), kAuTradeType60(message));
      return true;
    case kAuTradeBreakMessage.type:
      TradeBreak(sink, kAuExecutionId10(message));
      return true;
    case kAuTradingStatusMessage.type: {
      const char code = kAuTradingStatus16(message);
      Status(sink, Instrument(kAuSymbol10, sink), FH_STATUS_TRADING, AuTradingState(code), code, 0,
             Last::kYes);
      return true;
    }
    case kAuAuctionUpdateMessage.type: {
      const uint32_t instrument_id = Instrument(kAuSymbol10, sink);
      const char type = kAuAuctionType16(message);
      Imbalance(sink, instrument_id, kUndefinedPrice, kAuBuy17(message), kAuSell21(message), type);
      Price(sink, instrument_id, FH_STAT_INDICATIVE_PRICE, kAuIndicative25,
            static_cast<uint8_t>(type));
      Close(sink);
      return true;
    }
    case kAuAuctionSummaryMessage.type:
      Summed(sink, Instrument(kAuSymbol10, sink), kAuAuctionType16(message),
             PriceE9(kAuPrice17, message), kAuShares25(message));
      return true;
    case kAuValueMessage.type:
      return AuValue(sink);
    case kAuUnitClearMessage.type:
      UnitClear(sink);
      return true;
    case kAuEndOfSessionMessage.type:
      EndOfSession(sink);
      return true;
    default:
      return false;
  }
}

void PitchMapping::AuExecuted(const Sink& sink, int64_t price_e9, char type) const {
  const uint8_t* const message = sink.message;
  Executed(sink, {.order_id = kAuOrderId(message),
                  .execution_id = kAuExecutionId22(message),
                  .quantity = kAuQuantity18(message),
                  .price_e9 = price_e9,
                  .condition = type});
}

// Values of funds and indices have no statistic of their own.
bool PitchMapping::AuValue(const Sink& sink) {
  if (kAuValueCategory16(sink.message) != '1') return false;
  Statistic(sink, Instrument(kAuSymbol10, sink), FH_STAT_CLOSING_PRICE,
            PriceE9(kAuValue17, sink.message), 0, '1');
  Close(sink);
  return true;
}

}  // namespace fh::codecs::pitch
