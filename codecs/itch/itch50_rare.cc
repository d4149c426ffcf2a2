#include "codecs/itch/itch50_rare.h"

#include <algorithm>
#include <cstring>

#include "codecs/itch/itch50_messages.h"
#include "codecs/itch/itch50_plans.h"

namespace fh::codecs::itch50 {
namespace {

int64_t Price4E9(uint32_t raw) { return int64_t{raw} * kPrice4Factor; }

// Eight implied decimals. What would overflow is no price.
int64_t Price8E9(uint64_t raw) {
  constexpr uint64_t kMost = FH_UNDEFINED_PRICE / 10;
  return raw > kMost ? kUndefinedPrice : static_cast<int64_t>(raw) * 10;
}

char SideOf(char letter) {
  return letter == 'B' ? FH_SIDE_BID : letter == 'S' ? FH_SIDE_ASK : FH_SIDE_NONE;
}

uint8_t TradingStateOf(char letter) {
  switch (letter) {
    case 'T':
      return FH_TRADING_OPEN;
    case 'H':
      return FH_TRADING_HALTED;
    case 'P':
      return FH_TRADING_PAUSED;
    case 'Q':
      return FH_TRADING_QUOTING;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

uint16_t CrossPriceOf(char cross_type) {
  return cross_type == 'O'   ? FH_STAT_OPENING_PRICE
         : cross_type == 'C' ? FH_STAT_CLOSING_PRICE
                             : FH_STAT_CROSS_PRICE;
}

// Where a message's updates go, and what they have in common.
struct Sink {
  const uint8_t* message;
  int64_t midnight_ns;
  const MessageContext& context;
  UpdateWriter& writer;
  uint64_t first = writer.next();  // The message's first record.

  // An update without its body, which is all zero. Locate 0 stands for no instrument: who means all
  // of them says so.
  NormalizedUpdate& Next(uint8_t record, char action, char side) const {
    NormalizedUpdate& update = writer.Next();
    std::memset(&update, 0, sizeof update);
    update.record = record;
    update.action = action;
    update.side = side;
    update.flags = context.flags;
    const uint32_t locate = kStockLocate(message);
    update.instrument_id = locate != 0 ? locate : FH_UNKNOWN_INSTRUMENT;
    update.sequence = context.sequence;
    update.ts_event_ns = midnight_ns + static_cast<int64_t>(kTimestamp(message));
    update.ts_recv_ns = context.ts_recv_ns;
    update.channel_id = context.channel_id;
    update.index = RecordIndex(writer.next() - 1 - first);
    return update;
  }

  NormalizedUpdate& Status(uint16_t kind, char code, uint8_t state, int64_t value) const {
    NormalizedUpdate& update = Next(FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE);
    update.status.kind = kind;
    update.status.state = state;
    update.status.code = code;
    std::memset(update.status.reason, ' ', sizeof update.status.reason);
    update.status.value = value;
    return update;
  }

  // A price of 0 says that there is none: nothing is written.
  void Statistic(uint16_t type, int64_t price, uint8_t detail) const {
    if (price == 0) return;
    NormalizedUpdate& update = Next(FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE);
    update.statistic.price = price;
    update.statistic.type = type;
    update.detail = detail;
  }

  // Of all records of the message so far.
  void SetInstrument(uint32_t instrument_id) const {
    for (uint64_t i = first; i < writer.next(); ++i) writer.At(i).instrument_id = instrument_id;
  }

  NormalizedUpdate& Trade(char action, uint64_t trade_id, int64_t price, uint64_t size) const {
    NormalizedUpdate& update = Next(FH_RECORD_TRADE, action, FH_SIDE_NONE);
    update.trade = {trade_id, price, size};
    return update;
  }
};

void System(const Sink& sink) {
  const char event = SystemEvent::kEventCode(sink.message);
  if (event == 'O') {
    // The first message of the day: whatever a book holds is of another day.
    NormalizedUpdate& clear = sink.Next(FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE);
    clear.instrument_id = FH_ALL_INSTRUMENTS;
    clear.order.price = kUndefinedPrice;
  }
  sink.Status(FH_STATUS_SYSTEM_EVENT, event, FH_TRADING_UNKNOWN, 0).instrument_id =
      FH_ALL_INSTRUMENTS;
}

void Directory(const Sink& sink, InstrumentStore* instruments) {
  using M = StockDirectory;
  NormalizedUpdate& update = sink.Next(FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE);
  const Symbol symbol(M::kStock(sink.message), M::kStock.length);
  std::memcpy(update.definition.symbol, symbol.bytes.data(), M::kStock.length);
  update.definition.round_lot = M::kRoundLotSize(sink.message);
  update.definition.kind = M::kAuthenticity(sink.message) == 'T' ? FH_KIND_TEST : FH_KIND_STOCK;
  update.definition.security_class = M::kIssueClassification(sink.message);
  update.detail = static_cast<uint8_t>(M::kMarketCategory(sink.message));
  if (instruments == nullptr || instruments->Name(update.instrument_id) != symbol) return;
  instruments->Define(update.instrument_id, symbol, TermsOf(update.definition));
}

void TradingAction(const Sink& sink) {
  using M = StockTradingAction;
  const char letter = M::kTradingState(sink.message);
  NormalizedUpdate& update = sink.Status(FH_STATUS_TRADING, letter, TradingStateOf(letter), 0);
  std::memcpy(update.status.reason, M::kReason(sink.message), M::kReason.length);
}

void Halt(const Sink& sink) {
  using M = OperationalHalt;
  const char action = M::kOperationalHaltAction(sink.message);
  sink.Status(FH_STATUS_OPERATIONAL_HALT, action, TradingStateOf(action), 0).detail =
      static_cast<uint8_t>(M::kMarketCode(sink.message));
}

void ShortSale(const Sink& sink) {
  const char action = RegShoRestriction::kRegShoAction(sink.message);
  sink.Status(FH_STATUS_SHORT_SALE, action, FH_TRADING_UNKNOWN, action == '1' || action == '2');
}

void Retail(const Sink& sink) {
  const char interest = RetailInterest::kInterestFlag(sink.message);
  sink.Status(FH_STATUS_RETAIL_INTEREST, interest, FH_TRADING_UNKNOWN, 0).side = SideOf(interest);
}

void Breaker(const Sink& sink) {
  const char level = MwcbStatusLevel::kBreachedLevel(sink.message);
  sink.Status(FH_STATUS_CIRCUIT_BREAKER, level, FH_TRADING_UNKNOWN,
              level >= '1' && level <= '3' ? level - '0' : 0)
      .instrument_id = FH_ALL_INSTRUMENTS;
}

void BreakerLevels(const Sink& sink) {
  using M = MwcbDeclineLevel;
  sink.Statistic(FH_STAT_BREAKER_LEVEL_1, Price8E9(M::kLevel1(sink.message)), 0);
  sink.Statistic(FH_STAT_BREAKER_LEVEL_2, Price8E9(M::kLevel2(sink.message)), 0);
  sink.Statistic(FH_STAT_BREAKER_LEVEL_3, Price8E9(M::kLevel3(sink.message)), 0);
  sink.SetInstrument(FH_ALL_INSTRUMENTS);
}

void Collar(const Sink& sink) {
  using M = LuldAuctionCollar;
  const auto extensions =
      static_cast<uint8_t>(std::min<uint32_t>(M::kAuctionCollarExtension(sink.message), 255));
  sink.Statistic(FH_STAT_COLLAR_REFERENCE, Price4E9(M::kAuctionCollarReferencePrice(sink.message)),
                 extensions);
  sink.Statistic(FH_STAT_UPPER_BAND, Price4E9(M::kUpperAuctionCollarPrice(sink.message)),
                 extensions);
  sink.Statistic(FH_STAT_LOWER_BAND, Price4E9(M::kLowerAuctionCollarPrice(sink.message)),
                 extensions);
}

// The text allows a locate of 0 here: then the symbol says which instrument is meant.
void IpoQuoting(const Sink& sink, const InstrumentStore* instruments) {
  using M = IpoQuotingPeriod;
  uint32_t instrument = FH_UNKNOWN_INSTRUMENT;
  if (kStockLocate(sink.message) == 0 && instruments != nullptr) {
    instrument = instruments->Find(Symbol(M::kStock(sink.message), M::kStock.length));
  }
  sink.Status(FH_STATUS_IPO_QUOTING, M::kIpoQuotationReleaseQualifier(sink.message),
              FH_TRADING_UNKNOWN, M::kIpoQuotationReleaseTime(sink.message));
  sink.Statistic(FH_STAT_IPO_PRICE, Price4E9(M::kIpoPrice(sink.message)), 0);
  if (instrument != FH_UNKNOWN_INSTRUMENT) sink.SetInstrument(instrument);
}

void Cross(const Sink& sink) {
  using M = CrossTrade;
  const char type = M::kCrossType(sink.message);
  const uint64_t shares = M::kCrossShares(sink.message);
  if (shares == 0) {
    sink.Status(FH_STATUS_CROSS_DONE, type, FH_TRADING_UNKNOWN, 0).detail =
        static_cast<uint8_t>(type);
    return;
  }
  const int64_t price = Price4E9(M::kCrossPrice(sink.message));
  sink.Trade(FH_ACTION_TRADE, M::kMatchNumber(sink.message), price, shares).detail =
      static_cast<uint8_t>(type);
  sink.Statistic(CrossPriceOf(type), price, static_cast<uint8_t>(type));
}

void Imbalance(const Sink& sink) {
  using M = NetOrderImbalance;
  const auto type = static_cast<uint8_t>(M::kCrossType(sink.message));
  const int64_t reference = Price4E9(M::kCurrentReferencePrice(sink.message));
  NormalizedUpdate& update =
      sink.Next(FH_RECORD_IMBALANCE, FH_ACTION_NONE, SideOf(M::kImbalanceDirection(sink.message)));
  update.imbalance = {reference == 0 ? kUndefinedPrice : reference, M::kPairedShares(sink.message),
                      M::kImbalanceShares(sink.message)};
  update.detail = type;
  sink.Statistic(FH_STAT_NEAR_PRICE, Price4E9(M::kNearPrice(sink.message)), type);
  sink.Statistic(FH_STAT_FAR_PRICE, Price4E9(M::kFarPrice(sink.message)), type);
}

void Listing(const Sink& sink) {
  using M = DirectListing;
  sink.Status(FH_STATUS_AUCTION, M::kOpenEligibilityStatus(sink.message), FH_TRADING_UNKNOWN,
              static_cast<int64_t>(M::kNearExecutionTime(sink.message)));
  sink.Statistic(FH_STAT_MINIMUM_PRICE, Price4E9(M::kMinimumAllowablePrice(sink.message)), 0);
  sink.Statistic(FH_STAT_MAXIMUM_PRICE, Price4E9(M::kMaximumAllowablePrice(sink.message)), 0);
  sink.Statistic(FH_STAT_NEAR_PRICE, Price4E9(M::kNearExecutionPrice(sink.message)), 0);
  sink.Statistic(FH_STAT_LOWER_BAND, Price4E9(M::kLowerPriceRangeCollar(sink.message)), 0);
  sink.Statistic(FH_STAT_UPPER_BAND, Price4E9(M::kUpperPriceRangeCollar(sink.message)), 0);
}

}  // namespace

bool DecodeRare(const uint8_t* message, int64_t midnight_ns, InstrumentStore* instruments,
                const MessageContext& context, UpdateWriter& writer) {
  const Sink sink = {message, midnight_ns, context, writer};
  switch (static_cast<uint8_t>(kMessageType(message))) {
    case SystemEvent::kInfo.type:
      return System(sink), true;
    case StockDirectory::kInfo.type:
      return Directory(sink, instruments), true;
    case StockTradingAction::kInfo.type:
      return TradingAction(sink), true;
    case OperationalHalt::kInfo.type:
      return Halt(sink), true;
    case RegShoRestriction::kInfo.type:
      return ShortSale(sink), true;
    case RetailInterest::kInfo.type:
      return Retail(sink), true;
    case MwcbStatusLevel::kInfo.type:
      return Breaker(sink), true;
    case MwcbDeclineLevel::kInfo.type:
      return BreakerLevels(sink), true;
    case LuldAuctionCollar::kInfo.type:
      return Collar(sink), true;
    case IpoQuotingPeriod::kInfo.type:
      return IpoQuoting(sink, instruments), true;
    case CrossTrade::kInfo.type:
      return Cross(sink), true;
    case BrokenTrade::kInfo.type:
      sink.Trade(FH_ACTION_CANCEL, BrokenTrade::kMatchNumber(message), kUndefinedPrice, 0);
      return true;
    case NetOrderImbalance::kInfo.type:
      return Imbalance(sink), true;
    case DirectListing::kInfo.type:
      return Listing(sink), true;
    default:
      return false;
  }
}

}  // namespace fh::codecs::itch50
