// Nasdaq's feeds for tops of book and last sales in the registry: `nasdaq_basic`, which reads BBO 2.1 of
// any of its three markets and NLS Plus 4.0 (their types never contradict each other), and `nls_plus3`,
// NLS Plus 3 with its type elsewhere.
//
// | message            | updates; the last has LAST                                             |
// |---|---|
// | Q quotation        | top M                                                                  |
// | e; T, t of NLS 3   | trade T; trade detail for conditions; the consolidated volume          |
// | o cancel or error  | trade C with what it was; the consolidated volume                      |
// | b correction       | trade T in place of another, trade detail; the consolidated volume     |
// | R                  | definition                                                             |
// | S H Y W h k        | status; S with event O clears the tops; k also the IPO price           |
// | V g p i            | statistics                                                             |
// | A NextShares       | none (unmapped: its prices are no prices)                              |
//
// `trade_id` is the trade control number: its ten characters, six bits each. Sizes and volumes of NLS
// Plus 4.0 are millionths of a share, and R there says so (six decimals).
//
// Source: as in nasdaq_basic_messages.h.
#include <algorithm>

#include "codecs/instrument_store.h"
#include "codecs/itch/itch_dialect.h"
#include "codecs/itch/nasdaq_basic_messages.h"
#include "codecs/local_midnight.h"
#include "codecs/symbol_cache.h"

namespace fh::codecs {

namespace basic {

using namespace itch;  // NOLINT: two dialects, one file.

constexpr uint8_t kSizeDecimalsOfNls = 6;
constexpr uint64_t kUnitsOfNls = 1'000'000;

// Ten letters and digits, six bits each: no two have the same.
uint64_t ControlNumber(const char* text) {
  uint64_t number = 0;
  for (int i = 0; i < 10; ++i) number = number << 6 | (static_cast<uint8_t>(text[i]) & 0x3F);
  return number;
}

// A regular sale has '@' or a space, and spaces.
bool IsRegular(const char* conditions) {
  return (conditions[0] == '@' || conditions[0] == ' ') &&
         std::all_of(conditions + 1, conditions + 4, [](char c) { return c == ' '; });
}

int64_t QuotedPrice(const BigEndian<uint32_t>& field, const uint8_t* message, uint32_t size) {
  return size == 0 && field(message) == 0 ? kUndefinedPrice : PriceE9(field, message);
}

// What both forms have.
class BasicBase {
 public:
  // p: five statistics of 60 bytes; trades up to three.
  static constexpr UpdateBound kBound{.per_message = 3, .bytes_per_entry = 20};

  BasicBase(const CodecOptions& options, const LocalMidnight& midnight)
      : symbols_(options.instruments), midnight_(midnight) {}

  void BeginJob(const DecodeJob& job) {
    symbols_.FollowTable();
    midnight_ns_ = midnight_.At(job.ts_recv_ns);
  }

 protected:
  void Date(Sink& sink, uint64_t since_midnight_ns) const {
    sink.ts_event_ns = midnight_ns_ + static_cast<int64_t>(since_midnight_ns);
  }
  uint32_t Instrument(const Alpha& symbol, const Sink& sink) {
    return symbols_.Find(sink.message + symbol.offset, sink.context.stats);
  }

  static void System(const Sink& sink, char event) {
    if (event == 'O') sink.ClearTops();
    sink.Status(FH_ALL_INSTRUMENTS, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, event, 0);
  }
  static void Trading(const Sink& sink, uint32_t id, char state, const char* reason) {
    NormalizedUpdate& update = sink.Status(id, FH_STATUS_TRADING, TradingStateOf(state), state, 0);
    std::memcpy(update.status.reason, reason, sizeof update.status.reason);
  }
  static void Detail(const Sink& sink, uint32_t id, uint16_t kind, uint64_t original_id,
                     const char* conditions) {
    NormalizedUpdate& update = sink.Next(FH_RECORD_TRADE_DETAIL, FH_ACTION_NONE, FH_SIDE_NONE, id);
    update.trade_detail.original_id = original_id;
    update.trade_detail.kind = kind;
    std::memcpy(update.trade_detail.conditions, conditions, 4);
  }
  template <typename M, typename Price>
  static void Sale(const Sink& sink, uint32_t id, const Price& price) {
    const uint8_t* const message = sink.message;
    sink.Trade(FH_ACTION_TRADE, FH_SIDE_NONE, id, ControlNumber(M::kTradeControlNumber(message)),
               PriceE9(price, message), M::kTradeSize(message),
               M::kOriginatingMarketCenterIdentifier(message));
    if (const char* conditions = M::kSaleConditionModifier(message); !IsRegular(conditions)) {
      Detail(sink, id, FH_DETAIL_CONDITIONS, 0, conditions);
    }
    sink.Volume(id, FH_STAT_VOLUME, M::kConsolidatedVolume(message));
  }

  SymbolCache symbols_;

 private:
  LocalMidnight midnight_;
  int64_t midnight_ns_ = 0;  // Of the current job.
};

class BasicMapping : public BasicBase {
 public:
  using BasicBase::BasicBase;

 protected:
  bool Map(const MessageInfo& info, Sink& sink);

 private:
  bool Sales(const MessageInfo& info, const Sink& sink);
  void Quote(const Sink& sink);
  void Directory(const Sink& sink);
  void Levels(const Sink& sink) const;
};

bool BasicMapping::Map(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  Date(sink, kTimestamp(message));
  switch (info.type) {
    case Quotation::kInfo.type:
      return Quote(sink), true;
    case SystemEvent::kInfo.type:
      return System(sink, SystemEvent::kEventCode(message)), true;
    case StockDirectory::kInfo.type:
      return Directory(sink), true;
    case StockTradingAction::kInfo.type:
      Trading(sink, Instrument(StockTradingAction::kStock, sink),
              StockTradingAction::kCurrentTradingState(message),
              StockTradingAction::kReason(message));
      return true;
    case RegShoShortSalePriceTestRestrictedIndicator::kInfo.type: {
      using M = RegShoShortSalePriceTestRestrictedIndicator;
      const char action = M::kRegShoAction(message);
      sink.Status(Instrument(M::kStock, sink), FH_STATUS_SHORT_SALE, FH_TRADING_UNKNOWN, action,
                  action == '1' || action == '2');
      return true;
    }
    case OperationalHalt::kInfo.type: {
      const char action = OperationalHalt::kOperationalHaltAction(message);
      sink.Status(Instrument(OperationalHalt::kStock, sink), FH_STATUS_OPERATIONAL_HALT,
                  TradingStateOf(action), action, 0)
          .detail = static_cast<uint8_t>(OperationalHalt::kMarketCode(message));
      return true;
    }
    case MwcbStatus::kInfo.type: {
      const char level = MwcbStatus::kBreachedLevel(message);
      sink.Status(FH_ALL_INSTRUMENTS, FH_STATUS_CIRCUIT_BREAKER, FH_TRADING_UNKNOWN, level,
                  level >= '1' && level <= '3' ? level - '0' : 0);
      return true;
    }
    case MwcbDeclineLevel::kInfo.type:
      return Levels(sink), true;
    default:
      return Sales(info, sink);
  }
}

// Of NLS Plus.
bool BasicMapping::Sales(const MessageInfo& info, const Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (info.type) {
    case TradeReport::kInfo.type:
      Sale<TradeReport>(sink, Instrument(TradeReport::kIssueSymbol, sink),
                        TradeReport::kTradePrice);
      return true;
    case TradeCancelError::kInfo.type: {
      using M = TradeCancelError;
      const uint32_t id = Instrument(M::kIssueSymbol, sink);
      sink.Trade(FH_ACTION_CANCEL, FH_SIDE_NONE, id,
                 ControlNumber(M::kOriginalTradeControlNumber(message)),
                 PriceE9(M::kOriginalTradePrice, message), M::kOriginalTradeSize(message),
                 M::kOriginatingMarketCenterIdentifier(message));
      sink.Volume(id, FH_STAT_VOLUME, M::kConsolidatedVolume(message));
      return true;
    }
    case TradeCorrection::kInfo.type: {
      using M = TradeCorrection;
      const uint32_t id = Instrument(M::kIssueSymbol, sink);
      sink.Trade(FH_ACTION_TRADE, FH_SIDE_NONE, id,
                 ControlNumber(M::kCorrectedTradeControlNumber(message)),
                 PriceE9(M::kCorrectedTradePrice, message), M::kCorrectedTradeSize(message),
                 M::kOriginatingMarketCenterIdentifier(message));
      Detail(sink, id, FH_DETAIL_CORRECTION, ControlNumber(M::kOriginalTradeControlNumber(message)),
             M::kCorrectedSaleConditionModifier(message));
      sink.Volume(id, FH_STAT_VOLUME, M::kConsolidatedVolume(message));
      return true;
    }
    case AdjustedClosingPrice::kInfo.type:
      sink.Price(Instrument(AdjustedClosingPrice::kIssueSymbol, sink), FH_STAT_PREVIOUS_CLOSE,
                 PriceE9(AdjustedClosingPrice::kAdjustedClosingPrice, message));
      return true;
    case EndOfDayTradeSummary::kInfo.type: {
      using M = EndOfDayTradeSummary;
      const uint32_t id = Instrument(M::kIssueSymbol, sink);
      sink.Price(id, FH_STAT_OPENING_PRICE, PriceE9(M::kConsolidatedOpenPrice, message));
      sink.Price(id, FH_STAT_HIGH_PRICE, PriceE9(M::kConsolidatedHighPrice, message));
      sink.Price(id, FH_STAT_LOW_PRICE, PriceE9(M::kConsolidatedLowPrice, message));
      sink.Price(id, FH_STAT_CLOSING_PRICE, PriceE9(M::kConsolidatedClosingPrice, message));
      sink.Volume(id, FH_STAT_VOLUME, M::kConsolidatedVolume(message));
      return true;
    }
    case IpoInformation::kInfo.type: {
      const char kind = IpoInformation::kReferenceForNetChange(message);
      sink.Price(Instrument(IpoInformation::kIssueSymbol, sink),
                 kind == 'W' ? FH_STAT_IPO_PRICE : FH_STAT_REFERENCE_PRICE,
                 PriceE9(IpoInformation::kReferencePrice, message), kind);
      return true;
    }
    case IpoQuotingPeriodUpdate::kInfo.type: {
      using M = IpoQuotingPeriodUpdate;
      const uint32_t id = Instrument(M::kStock, sink);
      sink.Status(id, FH_STATUS_IPO_QUOTING, FH_TRADING_UNKNOWN,
                  M::kIpoQuotationReleaseQualifier(message), M::kIpoQuotationReleaseTime(message));
      sink.Price(id, FH_STAT_IPO_PRICE, PriceE9(M::kIpoPrice, message));
      return true;
    }
    default:
      return false;
  }
}

void BasicMapping::Quote(const Sink& sink) {
  using M = Quotation;
  const uint8_t* const message = sink.message;
  const uint32_t bid_size = M::kBestBidSize(message);
  const uint32_t ask_size = M::kBestOfferSize(message);
  NormalizedUpdate& update = sink.Next(FH_RECORD_TOP, FH_ACTION_MODIFY, FH_SIDE_NONE,
                                       Instrument(M::kStock, sink), FH_FLAG_TOB);
  update.top = {QuotedPrice(M::kBestBidPrice, message, bid_size),
                QuotedPrice(M::kBestOfferPrice, message, ask_size), bid_size, ask_size};
}

void BasicMapping::Directory(const Sink& sink) {
  using M = StockDirectory;
  const uint8_t* const message = sink.message;
  const bool is_of_nls = sink.length >= M::kBloombergId.offset + uint32_t{M::kBloombergId.length};
  const uint32_t id = Instrument(M::kStock, sink);
  const Symbol name(M::kStock(message), M::kStock.length);
  fh_terms terms = UnknownTerms();
  terms.kind = M::kAuthenticity(message) == 'T' ? FH_KIND_TEST : FH_KIND_STOCK;
  terms.size_decimals = is_of_nls ? kSizeDecimalsOfNls : 0;
  terms.round_lot = M::kRoundLotSize(message) * (is_of_nls ? kUnitsOfNls : 1);
  sink.Definition(id, name, terms, M::kIssueClassification(message)).detail =
      static_cast<uint8_t>(M::kMarketCategory(message));
  symbols_.SayTerms(id, name, terms);
}

void BasicMapping::Levels(const Sink& sink) const {
  using M = MwcbDeclineLevel;
  sink.Price(FH_ALL_INSTRUMENTS, FH_STAT_BREAKER_LEVEL_1, PriceE9(M::kLevel1, sink.message));
  sink.Price(FH_ALL_INSTRUMENTS, FH_STAT_BREAKER_LEVEL_2, PriceE9(M::kLevel2, sink.message));
  sink.Price(FH_ALL_INSTRUMENTS, FH_STAT_BREAKER_LEVEL_3, PriceE9(M::kLevel3, sink.message));
}

// ---- Samples. ----

const char* Letters(std::string_view name) {
  if (name == "event_code") return "OSQMEC";
  if (name == "authenticity") return "PT";
  if (name == "current_trading_state") return "HPQT";
  if (name == "reg_sho_action") return "012";
  if (name == "breached_level") return "123";
  if (name == "market_code") return "QBX";
  if (name == "operational_halt_action") return "HT";
  if (name == "reference_for_net_change") return "FW";
  if (name == "originating_market_center_identifier") return "QLBX2";
  return "QNAPZV";
}

uint64_t Number(const MessageInfo& /*info*/, const FieldInfo& field, SampleOrders& /*orders*/,
                SampleRandom& random) {
  if (field.kind == FieldKind::kNsSinceMidnight) return random.Below(86'400'000'000'000);
  if (field.kind == FieldKind::kSecondsSinceMidnight) return random.Below(86'400);
  if (field.kind == FieldKind::kDecimal) return 10'000 * (1 + random.Below(300));
  return field.length == 2 ? random.Below(4) : 100 * random.Below(3);
}

std::string_view Text(std::string_view name, SampleRandom& random) {
  static constexpr std::array<std::string_view, 5> kSymbols = {"AAPL", "MSFT", "SPY", "ZVZZT",
                                                               "BRK.A"};
  if (name == "stock" || name.ends_with("_symbol")) return kSymbols[random.Below(5)];
  if (name.ends_with("control_number")) return random.Below(2) == 0 ? "0000A02AD0" : "0000A02CWI";
  if (name.ends_with("modifier")) return random.Below(2) == 0 ? "@" : "@ TI";
  return name == "reason" ? "LUDP" : "";
}

constexpr Dialect kDialect = {.codec = "nasdaq_basic",
                              .messages = kMessages,
                              .frequent = "QQQe",
                              .letters = Letters,
                              .number = Number,
                              .text = Text};

}  // namespace basic

namespace nls3 {

using namespace itch;  // NOLINT: two dialects, one file.

class Nls3Mapping : public basic::BasicBase {
 public:
  using BasicBase::BasicBase;

 protected:
  bool Map(const MessageInfo& info, Sink& sink) {
    const uint8_t* const message = sink.message;
    Date(sink, kTimestamp(message));
    switch (info.type) {
      case TradeReport::kInfo.type:
        Sale<TradeReport>(sink, Instrument(TradeReport::kIssueSymbol, sink),
                          TradeReport::kTradePrice);
        return true;
      case TradeReportLongPrice::kInfo.type:
        Sale<TradeReportLongPrice>(sink, Instrument(TradeReportLongPrice::kIssueSymbol, sink),
                                   TradeReportLongPrice::kTradePrice);
        return true;
      case StockTradingAction::kInfo.type:
        Trading(sink, Instrument(StockTradingAction::kIssueSymbol, sink),
                StockTradingAction::kCurrentTradingState(message),
                StockTradingAction::kReason(message));
        return true;
      default:
        System(sink, SystemEvent::kEventCode(message));
        return true;
    }
  }
};

constexpr Dialect kDialect = {.codec = "nls_plus3",
                              .messages = kMessages,
                              .type_at = 8,
                              .frequent = "TTTt",
                              .letters = basic::Letters,
                              .number = basic::Number,
                              .text = basic::Text};

}  // namespace nls3

namespace {

template <const itch::Dialect& kDialect, typename Mapping>
absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load("America/New_York", options.day_ns);
  if (!midnight.ok()) return midnight.status();
  return itch::MakeDialect(itch::DialectDecoder<kDialect, Mapping>(options, *midnight), options,
                           kDialect);
}

template <const itch::Dialect& kDialect>
int Guess(std::span<const uint8_t> payload) {
  return itch::GuessDialect(kDialect, payload);
}

template <const itch::Dialect& kDialect>
std::string Sample(uint64_t seed) {
  return itch::SampleDialect(kDialect, seed);
}

}  // namespace

extern constexpr CodecInfo codec_nasdaq_basic = {
    .name = "nasdaq_basic",
    .title = "Nasdaq BBO 2.1 (Nasdaq, Texas, PSX) and NLS Plus 4.0",
    .framing = "moldudp64",
    .specification = "Nasdaq PSX BBO 2.1, Nasdaq NLS Plus 4.0, MoldUDP64 1.00",
    .checked =
        "every field of 5 captured messages of one type against another dissector; others by its "
        "tables",
    .has_file_form = true,
    .numbering = {},
    .make = Make<basic::kDialect, basic::BasicMapping>,
    .guess = Guess<basic::kDialect>,
    .sample = Sample<basic::kDialect>,
    .messages = basic::kMessages};

extern constexpr CodecInfo codec_nls_plus3 = {
    .name = "nls_plus3",
    .title = "Nasdaq NLS Plus 3: trades, halts, system events",
    .framing = "moldudp64",
    .specification = "Nasdaq NLS Plus 3, MoldUDP64 1.00",
    .checked = "12 captured messages of 3 types by hand: no other decoder knows this version",
    .has_file_form = true,
    .numbering = {},
    .make = Make<nls3::kDialect, nls3::Nls3Mapping>,
    .guess = Guess<nls3::kDialect>,
    .sample = Sample<nls3::kDialect>,
    .messages = nls3::kMessages};

}  // namespace fh::codecs
