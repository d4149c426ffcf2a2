// The IEX messages that are rare: everything but levels, quotes and trades.
#include <cstring>

#include "codecs/iex/iex_decoder.h"

namespace fh::codecs::iex {

namespace {

uint8_t TradingState(char status) {
  switch (status) {
    case 'T':
      return FH_TRADING_OPEN;
    case 'H':
      return FH_TRADING_HALTED;
    case 'P':
      return FH_TRADING_PAUSED;
    case 'O':
      return FH_TRADING_ORDERS;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

uint8_t OperationalState(char status) {
  switch (status) {
    case 'O':
      return FH_TRADING_HALTED;
    case 'N':
      return FH_TRADING_OPEN;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

// Of a retail liquidity indicator (A, B) or an imbalance (B, S): the letters overlap.
char SideOf(char letter, char buy, char sell) {
  if (letter == buy) return FH_SIDE_BID;
  return letter == sell ? FH_SIDE_ASK : FH_SIDE_NONE;
}

}  // namespace

bool IexMapping::OfOrder(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const auto order = [&](char action, char side, uint8_t flags) -> fh_order& {
    NormalizedUpdate& update =
        Next(sink, FH_RECORD_ORDER, action, side, flags | FH_FLAG_LAST, Instrument(sink));
    update.order = {static_cast<uint64_t>(kOrderId(message)), kUndefinedPrice, FH_SIZE_ALL};
    return update.order;
  };
  switch (message[0]) {
    case 'a': {
      fh_order& added = order(FH_ACTION_ADD, SideOf(kSide(message), '8', '5'), 0);
      added.price = PriceE9(kPrice30(message));
      added.size = kSize26(message);
      return true;
    }
    case 'M': {
      if (kSize26(message) == 0) return ++sink.context.stats.malformed, true;
      const bool keeps = (kModifyFlags(message) & kKeepsPriority) != 0;
      fh_order& modified = order(FH_ACTION_MODIFY, FH_SIDE_NONE,
                                 keeps ? uint8_t{FH_FLAG_PRIORITY_KEPT} : uint8_t{0});
      modified.price = PriceE9(kPrice30(message));
      modified.size = kSize26(message);
      return true;
    }
    case 'R':
      order(FH_ACTION_CANCEL, FH_SIDE_NONE, 0);
      return true;
    case 'L':
      OrderExecuted(sink);
      return true;
    case 'C':
      order(FH_ACTION_CLEAR, FH_SIDE_NONE, 0).order_id = 0;
      return true;
    default:
      return false;
  }
}

void IexMapping::OrderExecuted(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t size = kSize26(message);
  // Nothing of it is an execution, and C with size 0 would take all off.
  if (size == 0) return static_cast<void>(++sink.context.stats.malformed);
  const uint32_t id = Instrument(sink);
  const auto order_id = static_cast<uint64_t>(kOrderIdReference(message));
  const int64_t price = PriceE9(kPrice30(message));
  NormalizedUpdate& trade = Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, 0, id);
  trade.trade = {static_cast<uint64_t>(kTradeId38(message)), price, size};
  trade.detail = kSaleConditionFlags(message);
  Next(sink, FH_RECORD_ORDER, FH_ACTION_FILL, FH_SIDE_NONE, 0, id).order = {order_id, price, size};
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, FH_SIDE_NONE, FH_FLAG_LAST, id).order = {
      order_id, kUndefinedPrice, size};
}

bool IexMapping::Other(Sink sink, uint8_t book_record) {
  const uint8_t* const message = sink.message;
  switch (message[0]) {
    case 'S':
      SystemEvent(sink, book_record);
      return true;
    case 'D':
      SecurityDirectory(sink);
      return true;
    case 'H':
      TradingStatus(sink);
      return true;
    case 'I':
      RetailLiquidity(sink);
      return true;
    case 'O': {
      const char code = kOperationalHaltStatus(message);
      Status(sink, Instrument(sink), FH_STATUS_OPERATIONAL_HALT, OperationalState(code), code, 0);
      return true;
    }
    case 'P':
      Status(sink, Instrument(sink), FH_STATUS_SHORT_SALE, FH_TRADING_UNKNOWN, kDetail(message),
             kShortSalePriceTestStatus(message));
      return true;
    case 'E':
      Status(sink, Instrument(sink), FH_STATUS_SECURITY_EVENT, FH_TRADING_UNKNOWN,
             kSecurityEvent(message), 0);
      return true;
    case 'X':
      return OfficialPrice(sink);
    case 'A':
      Auction(sink);
      return true;
    default:
      return false;
  }
}

void IexMapping::SystemEvent(const Sink& sink, uint8_t book_record) {
  const char event = kSystemEvent(sink.message);
  if (event == 'O') {
    const uint8_t flags = book_record == FH_RECORD_TOP     ? FH_FLAG_TOB
                          : book_record == FH_RECORD_LEVEL ? FH_FLAG_MBP
                                                           : 0;
    NormalizedUpdate& clear =
        Next(sink, book_record, FH_ACTION_CLEAR, FH_SIDE_NONE, flags, FH_ALL_INSTRUMENTS);
    if (book_record == FH_RECORD_TOP) {
      clear.top = {kUndefinedPrice, kUndefinedPrice, 0, 0};
    } else if (book_record == FH_RECORD_LEVEL) {
      clear.level = {kUndefinedPrice, 0, 0, 0};
    } else {
      clear.order = {0, kUndefinedPrice, 0};
    }
  }
  Status(sink, FH_ALL_INSTRUMENTS, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, event, 0);
}

void IexMapping::SecurityDirectory(const Sink& sink) {
  const uint32_t instrument_id = Instrument(sink);
  const uint8_t flags = kSecurityDirectoryFlags(sink.message);
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, FH_FLAG_LAST, instrument_id);
  const Symbol symbol(kSymbol(sink.message), kSymbol.length);
  update.definition = {};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), kSymbol.length);
  update.definition.round_lot = kRoundLotSize(sink.message);
  update.definition.kind = (flags & kTestSecurityFlag) != 0 ? FH_KIND_TEST : FH_KIND_STOCK;
  update.detail = flags;
  symbols_.SayTerms(instrument_id, symbol, TermsOf(update.definition));
  Statistic(sink, instrument_id, FH_STAT_PREVIOUS_CLOSE, kAdjustedPocPrice(sink.message));
}

void IexMapping::TradingStatus(const Sink& sink) {
  const char code = kTradingStatus(sink.message);
  Status(sink, Instrument(sink), FH_STATUS_TRADING, TradingState(code), code, 0);
  std::memcpy(sink.writer.Last().status.reason, kReason(sink.message), kReason.length);
}

void IexMapping::RetailLiquidity(const Sink& sink) {
  const char code = kRetailLiquidityIndicator(sink.message);
  Status(sink, Instrument(sink), FH_STATUS_RETAIL_INTEREST, FH_TRADING_UNKNOWN, code, 0);
  sink.writer.Last().side = SideOf(code, 'A', 'B');
}

bool IexMapping::OfficialPrice(const Sink& sink) {
  const char price_type = kPriceType(sink.message);
  if (price_type != 'Q' && price_type != 'M') return false;
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, FH_FLAG_LAST, Instrument(sink));
  update.statistic = {};
  update.statistic.price = PriceE9(kOfficialPrice(sink.message));
  update.statistic.type = price_type == 'Q' ? FH_STAT_OPENING_PRICE : FH_STAT_CLOSING_PRICE;
  return true;
}

void IexMapping::Auction(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = Instrument(sink);
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE, SideOf(kImbalanceSide(message), 'B', 'S'),
           FH_FLAG_LAST, instrument_id);
  update.imbalance = {PriceE9(kReferencePrice(message)), kPairedShares(message),
                      kImbalanceShares(message)};
  update.detail = static_cast<uint8_t>(kAuctionType(message));
  Statistic(sink, instrument_id, FH_STAT_INDICATIVE_PRICE, kIndicativeClearingPrice(message));
  Statistic(sink, instrument_id, FH_STAT_BOOK_CLEARING_PRICE, kAuctionBookClearingPrice(message));
  Statistic(sink, instrument_id, FH_STAT_COLLAR_REFERENCE, kCollarReferencePrice(message));
  Statistic(sink, instrument_id, FH_STAT_LOWER_BAND, kLowerAuctionCollar(message));
  Statistic(sink, instrument_id, FH_STAT_UPPER_BAND, kUpperAuctionCollar(message));
}

void IexMapping::Status(const Sink& sink, uint32_t instrument_id, uint16_t kind, uint8_t state,
                        char code, int64_t value) {
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, FH_FLAG_LAST, instrument_id);
  update.status = {kind, state, code, {' ', ' ', ' ', ' '}, value, 0};
}

// A further record of the same message, which takes LAST over from the one before. None for a price
// of 0, which is how IEX says that there is none.
void IexMapping::Statistic(const Sink& sink, uint32_t instrument_id, uint16_t type,
                           int64_t price_e4) {
  if (price_e4 == 0) return;
  NormalizedUpdate& before = sink.writer.Last();
  before.flags = static_cast<uint8_t>(before.flags & ~FH_FLAG_LAST);
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, FH_FLAG_LAST, instrument_id);
  update.statistic = {};
  update.statistic.price = PriceE9(price_e4);
  update.statistic.type = type;
  update.detail = before.detail;
}

}  // namespace fh::codecs::iex
