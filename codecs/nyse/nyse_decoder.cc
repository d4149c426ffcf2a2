#include "codecs/nyse/nyse_decoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

#include "absl/strings/string_view.h"
#include "codecs/instrument_store.h"
#include "codecs/nyse/nyse_packets.h"
#include "codecs/value.h"

namespace fh::codecs::nyse {
namespace {

// Of a complex series: how many legs the message holds.
uint32_t LegsOf(const uint8_t* message, uint32_t length) {
  return std::min<uint32_t>(options::kLegCount(message),
                            (length - options::kLegsAt) / options::kLegBytes);
}

// Without a table there is nobody to say how many symbols there are.
constexpr uint32_t kUsualSymbols = 4'096;

constexpr Head HeadOf(uint32_t type) {
  switch (type) {
    case 3:
    case 13:
    case 15:
    case 50:
    case 60:
      return Head::kIndex;
    case 32:
    case 33:
    case 34:
    case 51:
    case 105:
    case 106:
    case 108:
    case 220:
    case 221:
    case 222:
    case 223:
    case 307:
    case 320:
    case 321:
    case 322:
      return Head::kSource;
    case 340:
      return Head::kNanos;
    default:
      return type >= 100 && type <= 140 ? Head::kNanos : Head::kNone;
  }
}

constexpr std::array<Known, kTypes> kByType = [] {
  std::array<Known, kTypes> table{};
  for (const MessageInfo* info : kMessages) {
    Known& known = table[info->type];
    if (known.info == nullptr) known = {info, nullptr, nullptr, HeadOf(info->type)};
  }
  for (const MessageInfo* form : kArcaForms) table[form->type].arca = form;
  for (const MessageInfo* shorter : {&kShortRefreshHeader, &kShortImbalance, &kShortQuote}) {
    Known& known = table[shorter->type];
    known.longer = known.info;
    known.info = shorter;
  }
  return table;
}();

// 10 to the power of 9 - scale, by scale; 0 when a numerator of that scale has more digits than 1e-9
// holds, or the scale is unknown.
constexpr std::array<uint32_t, 256> kToE9 = [] {
  std::array<uint32_t, 256> powers{};
  powers[9] = 1;
  for (size_t scale = 9; scale-- > 0;) powers[scale] = powers[scale + 1] * 10;
  return powers;
}();

uint32_t SymbolOf(Head head, const uint8_t* message) {
  switch (head) {
    case Head::kIndex:
      return mapping::kSymbolIndex(message);
    case Head::kSource:
      return source::kSymbol(message);
    case Head::kNanos:
      return nanos::kSymbol(message);
    case Head::kNone:
      break;
  }
  return 0;
}

// Indices that updates cannot carry are nobody's.
uint32_t InstrumentOf(uint32_t symbol) {
  return symbol == FH_ALL_INSTRUMENTS ? FH_UNKNOWN_INSTRUMENT : symbol;
}

// B or S; what else stands there is of before sides were sent.
char SideOf(char letter) {
  if (letter == 'B') return FH_SIDE_BID;
  return letter == 'S' ? FH_SIDE_ASK : FH_SIDE_NONE;
}

// Whether the four conditions say more than a regular sale: '@' and spaces, or NUL in XDP 2.1.
bool AreTelling(const uint8_t* conditions) {
  return std::any_of(conditions, conditions + 4,
                     [](uint8_t letter) { return letter != '@' && letter != ' ' && letter != 0; });
}

// "150.5" in 1e-9; undefined when it is anything else.
int64_t PriceOfText(absl::string_view text) {
  int64_t price = 0;
  int decimals = -1;  // Behind the point; -1: none yet.
  bool has_digits = false;
  for (const char letter : text) {
    if (letter == ' ' || letter == '\0') continue;
    if (letter == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (letter < '0' || letter > '9') return kUndefinedPrice;
    has_digits = true;
    price = price * 10 + (letter - '0');
    decimals += decimals >= 0;
  }
  if (!has_digits) return kUndefinedPrice;
  for (int i = std::max(decimals, 0); i < 9; ++i) {
    if (__builtin_mul_overflow(price, 10, &price)) return kUndefinedPrice;
  }
  return decimals > 9 ? kUndefinedPrice : price;
}

uint8_t TradingState(char letter) {
  switch (letter) {
    case '5':  // Resume.
    case 'E':  // Early, core and late session.
    case 'O':
    case 'L':
      return FH_TRADING_OPEN;
    case '4':  // Halt.
    case '6':  // Suspended.
    case 'X':  // Closed.
      return FH_TRADING_HALTED;
    case '3':  // Opening delay.
      return FH_TRADING_PAUSED;
    case 'P':  // Pre-opening.
    case 'B':  // Orders are accepted.
      return FH_TRADING_ORDERS;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

}  // namespace

const Known* FindKnown(uint32_t type) {
  return type < kTypes && kByType[type].info != nullptr ? &kByType[type] : nullptr;
}

NyseDecoder::NyseDecoder(const CodecOptions& options)
    : instruments_(options.instruments),
      symbols_(instruments_ == nullptr ? kUsualSymbols : instruments_->capacity()) {}

void NyseDecoder::BeginJob(const DecodeJob& job) {
  const uint8_t* const header = job.packet->data;
  const uint8_t delivery = kDeliveryFlag(header);
  is_refresh_packet_ = IsRefresh(delivery);
  packet_flags_ = is_refresh_packet_ || delivery == kFailover ? FH_FLAG_SNAPSHOT : 0;
  if (instruments_ != nullptr) changes_ = static_cast<uint32_t>(instruments_->changes());
  packet_end_ = header + std::min<uint32_t>(job.packet->length, kPacketSize(header));
  if (job.skip != 0) return;  // More of the same packet.
  refresh_.is_open = refresh_.clear_due = refresh_.closes = false;
}

void NyseDecoder::OnEvent(const StreamEvent& event) {
  switch (event.kind) {
    case StreamEvent::Kind::kStart:
      ForgetScales();
      times_.Clear();
      break;
    case StreamEvent::Kind::kGap:
      times_.Forget();
      break;
    case StreamEvent::Kind::kLoop:
    case StreamEvent::Kind::kEnd:
      break;
  }
  refresh_ = {};
}

// What is known of a symbol, by the newest that any channel of the feed has told.
inline SymbolTerms& NyseDecoder::Terms(uint32_t symbol) {
  SymbolTerms& terms = symbols_.Find(symbol);
  if (terms.index == symbol && terms.checked_at == changes_) [[likely]]
    return terms;
  if (symbol != 0 && instruments_ != nullptr) CompareWithStore(symbol);
  return terms;
}

// The store's scale is the newer one. A symbol that the store has no room for keeps its own.
[[gnu::noinline]] void NyseDecoder::CompareWithStore(uint32_t symbol) {
  const uint8_t scale = instruments_->Terms(symbol).price_decimals;
  const bool is_known = scale != SymbolTerms::kUnknownScale;
  SymbolTerms* const terms =
      is_known || symbols_.Find(symbol).index == symbol ? symbols_.Learn(symbol) : nullptr;
  if (terms == nullptr) return;
  if (is_known) terms->price_scale = scale;
  terms->checked_at = changes_;
}

void NyseDecoder::ForgetScales() {
  if (instruments_ != nullptr) {
    symbols_.ForEach([this](const SymbolTerms& symbol) {
      const Symbol name = instruments_->Name(symbol.index);
      fh_terms terms = instruments_->Terms(symbol.index);
      terms.price_decimals = FH_UNKNOWN_DECIMALS;
      if (!name.view().empty()) instruments_->Define(symbol.index, name, terms);
    });
  }
  symbols_.Clear();
}

bool NyseDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
                         const MessageContext& context, UpdateWriter& writer) {
  const Head head = kByType[info.type].head;
  const uint32_t symbol = SymbolOf(head, message);
  SymbolTerms& terms = Terms(symbol);
  int64_t ts_event_ns = kUndefinedTime;
  if (head == Head::kNanos) {
    ts_event_ns = times_.Time(terms, nanos::kTimeNs(message));
  } else if (head == Head::kSource || &info == &kReset) {
    ts_event_ns = TimeNs(source::kTime(message), source::kTimeNs(message));
  }
  Sink sink{.message = message,
            .context = context,
            .writer = writer,
            .terms = terms,
            .instrument_id = InstrumentOf(symbol),
            .ts_event_ns = ts_event_ns,
            .flags = static_cast<uint8_t>(context.flags | packet_flags_),
            .last = FH_FLAG_LAST,
            .first = writer.next()};
  if (packet_flags_ == 0) [[likely]] {
    NoteSymbolSequence(head, message, terms);
  } else if (refresh_.is_open && symbol != 0) {
    OpenRefresh(sink, symbol);
  }
  const bool is_mapped = Map(info, sink);
  if (refresh_.closes && message + length == packet_end_) [[unlikely]]
    CloseRefresh(sink);
  context.stats.unscaled += sink.is_unscaled;
  context.stats.undated +=
      is_mapped && ts_event_ns == kUndefinedTime && (head == Head::kNanos || head == Head::kSource);
  return is_mapped || writer.next() != sink.first;
}

// The newest of the live stream, to tell how old a refresh is.
inline void NyseDecoder::NoteSymbolSequence(Head head, const uint8_t* message, SymbolTerms& terms) {
  if (terms.index == 0) return;
  if (head == Head::kNanos) {
    terms.last_sequence = nanos::kSymbolSequence(message);
  } else if (head == Head::kSource && kMessageType(message) != kStockSummary.type) {
    const uint32_t sequence = source::kSymbolSequence(message);
    // A clear names the next one.
    const bool is_clear = kMessageType(message) == kSymbolClear.type && sequence != 0;
    terms.last_sequence = sequence - (is_clear ? 1 : 0);
  }
}

void NyseDecoder::BeginRefresh(const MessageInfo& info, const uint8_t* message) {
  const uint16_t current = refresh::kCurrent(message);
  const uint16_t total = refresh::kTotal(message);
  if (&info == &kRefreshHeader) {
    refresh_ = {.clear_due = true,
                .total = total,
                .last_sequence = refresh::kLastSequence(message),
                .last_symbol_sequence = refresh::kLastSymbolSequence(message)};
  } else if (current == 0 || current != refresh_.next || total != refresh_.total) {
    refresh_.doubt = FH_FLAG_MAYBE_BAD_BOOK;
  }
  refresh_.is_open = true;
  refresh_.closes = current == total;
  refresh_.next = static_cast<uint16_t>(current + 1);
}

// The symbol of a refresh is that of the first message behind its header.
void NyseDecoder::OpenRefresh(Sink& sink, uint32_t symbol) {
  if (refresh_.clear_due) {
    refresh_.symbol = symbol;
    if (sink.terms.last_sequence > refresh_.last_symbol_sequence) {
      refresh_.doubt = FH_FLAG_MAYBE_BAD_BOOK;
    }
  } else if (refresh_.symbol != symbol) {
    refresh_.symbol = symbol;
    refresh_.doubt = FH_FLAG_MAYBE_BAD_BOOK;
  }
  sink.flags = static_cast<uint8_t>(sink.flags | refresh_.doubt);
  sink.last = 0;
  if (!refresh_.clear_due) return;
  refresh_.clear_due = false;
  Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, 0).status =
      SnapshotAt(refresh_.last_sequence);
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE, 0).order = {0, kUndefinedPrice, 0};
}

void NyseDecoder::CloseRefresh(const Sink& sink) {
  refresh_.closes = false;
  NormalizedUpdate& end = Next(sink, FH_RECORD_ORDER, FH_ACTION_NONE, FH_SIDE_NONE, FH_FLAG_LAST);
  end.order = {0, kUndefinedPrice, 0};
  end.instrument_id = InstrumentOf(refresh_.symbol);
  end.flags = static_cast<uint8_t>(end.flags | refresh_.doubt);
}

// The next slot with everything but the union filled in, `detail` 0.
inline NormalizedUpdate& NyseDecoder::Next(const Sink& sink, uint8_t record, char action, char side,
                                           uint8_t flags) {
  const uint64_t slot = sink.writer.next();
  NormalizedUpdate& update = sink.writer.Next();
  update.record = record;
  update.action = action;
  update.side = side;
  // Each top of book is all of it: nothing that was missed before can make it wrong.
  const auto doubts =
      static_cast<uint8_t>(record == FH_RECORD_TOP ? ~FH_FLAG_MAYBE_BAD_BOOK : 0xff);
  update.flags = static_cast<uint8_t>((flags | sink.flags) & doubts);
  update.instrument_id = sink.instrument_id;
  update.sequence = sink.context.sequence;
  update.ts_event_ns = sink.ts_event_ns;
  update.ts_recv_ns = sink.context.ts_recv_ns;
  update.channel_id = sink.context.channel_id;
  update.index = RecordIndex(slot - sink.first);
  update.detail = 0;
  update.published_ns32 = 0;
  return update;
}

inline int64_t NyseDecoder::PriceE9(Sink& sink, uint32_t numerator) {
  const uint32_t to_e9 = kToE9[sink.terms.price_scale];
  if (to_e9 == 0 && numerator != 0) [[unlikely]] {  // 0 is 0 by any scale.
    sink.is_unscaled = true;
    return kUndefinedPrice;
  }
  return int64_t{numerator} * to_e9;
}

inline void NyseDecoder::Order(Sink& sink, char action, char side, uint8_t flags, uint64_t id,
                               uint32_t price, uint64_t size) {
  const int64_t price_e9 = PriceE9(sink, price);
  // Whoever keeps a book has no place for it.
  if (price_e9 == kUndefinedPrice) flags |= FH_FLAG_MAYBE_BAD_BOOK;
  Next(sink, FH_RECORD_ORDER, action, side, flags).order = {id, price_e9, size};
}

inline void NyseDecoder::Trade(Sink& sink, char action, uint8_t flags, uint64_t id, int64_t price,
                               uint64_t size, uint8_t detail) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_TRADE, action, FH_SIDE_NONE, flags);
  update.trade = {id, price, size};
  update.detail = detail;
}

void NyseDecoder::Detail(Sink& sink, uint16_t kind, uint64_t original_id,
                         const uint8_t* conditions) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_TRADE_DETAIL, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.trade_detail = {};
  update.trade_detail.original_id = original_id;
  update.trade_detail.kind = kind;
  if (conditions != nullptr) std::memcpy(update.trade_detail.conditions, conditions, 4);
}

void NyseDecoder::Status(Sink& sink, uint16_t kind, uint8_t state, char code, int64_t value) {
  Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, 0).status = {
      kind, state, code, {' ', ' ', ' ', ' '}, value, 0};
}

void NyseDecoder::Statistic(Sink& sink, uint16_t type, int64_t price, int64_t quantity,
                            uint8_t detail) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.statistic = {};
  update.statistic.price = price;
  update.statistic.quantity = quantity;
  update.statistic.type = type;
  update.detail = detail;
}

// None for a price of 0, which is how the venue says that there is none.
void NyseDecoder::PriceStatistic(Sink& sink, uint16_t type, uint32_t price, uint8_t detail) {
  if (price != 0) Statistic(sink, type, PriceE9(sink, price), 0, detail);
}

inline void NyseDecoder::Add(Sink& sink) {
  const uint8_t* const message = sink.message;
  Order(sink, FH_ACTION_ADD, SideOf(add::kSide(message)), 0, add::kOrderId(message),
        add::kPrice(message), add::kVolume(message));
}

void NyseDecoder::AddRefresh(Sink& sink) {
  const uint8_t* const message = sink.message;
  Order(sink, FH_ACTION_ADD, SideOf(add_refresh::kSide(message)), 0, add_refresh::kOrderId(message),
        add_refresh::kPrice(message), add_refresh::kVolume(message));
}

inline void NyseDecoder::Modify(Sink& sink) {
  const uint8_t* const message = sink.message;
  Order(sink, FH_ACTION_MODIFY, SideOf(modify::kSide(message)), 0, modify::kOrderId(message),
        modify::kPrice(message), modify::kVolume(message));
}

inline void NyseDecoder::Delete(Sink& sink) {
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, FH_SIDE_NONE, 0).order = {
      remove::kOrderId(sink.message), kUndefinedPrice, FH_SIZE_ALL};
}

// The price is the execution's; the order keeps its own, which the message does not tell.
void NyseDecoder::Executed(Sink& sink, const ExecutedOrder& executed) {
  if (executed.volume == 0) {  // As a C it would mean all that is left.
    ++sink.context.stats.malformed;
    return;
  }
  const int64_t price = PriceE9(sink, executed.price);
  const uint32_t volume = executed.volume;
  if (executed.is_printable) {
    Trade(sink, FH_ACTION_TRADE, 0, executed.trade_id, price, volume, 0);
  }
  Next(sink, FH_RECORD_ORDER, FH_ACTION_FILL, FH_SIDE_NONE, 0).order = {executed.order_id, price,
                                                                        volume};
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, FH_SIDE_NONE, 0).order = {executed.order_id,
                                                                          kUndefinedPrice, volume};
}

void NyseDecoder::Execution(Sink& sink) {
  const uint8_t* const message = sink.message;
  const bool is_printable = execution::kPrintable(message) == 1;
  Executed(sink, {.order_id = execution::kOrderId(message),
                  .trade_id = execution::kTradeId(message),
                  .price = execution::kPrice(message),
                  .volume = execution::kVolume(message),
                  .is_printable = is_printable});
  const uint8_t* const conditions = message + execution::kCondition1.offset;
  if (is_printable && execution::kVolume(message) != 0 && AreTelling(conditions)) [[unlikely]]
    Detail(sink, FH_DETAIL_CONDITIONS, 0, conditions);
}

inline void NyseDecoder::Replace(Sink& sink) {
  const uint8_t* const message = sink.message;
  const char side = SideOf(replace::kSide(message));
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, side, 0).order = {replace::kOrderId(message),
                                                                  kUndefinedPrice, FH_SIZE_ALL};
  Order(sink, FH_ACTION_ADD, side, 0, replace::kNewOrderId(message), replace::kPrice(message),
        replace::kVolume(message));
}

void NyseDecoder::Quote(Sink& sink) {
  const uint8_t* const message = sink.message;
  const auto quoted = [&sink](uint32_t price, uint32_t size) {
    return price == 0 && size == 0 ? kUndefinedPrice : PriceE9(sink, price);
  };
  const uint32_t bid_size = quote::kBidVolume(message);
  const uint32_t ask_size = quote::kAskVolume(message);
  const int64_t bid = quoted(quote::kBidPrice(message), bid_size);
  const int64_t ask = quoted(quote::kAskPrice(message), ask_size);
  NormalizedUpdate& update = Next(sink, FH_RECORD_TOP, FH_ACTION_MODIFY, FH_SIDE_NONE, FH_FLAG_TOB);
  update.top = {bid, ask, bid_size, ask_size};
  update.detail = static_cast<uint8_t>(quote::kCondition(message));
}

// Those that are not printable are fills of an auction, of which the cross tells the volume.
bool NyseDecoder::HiddenTrade(Sink& sink) {
  const uint8_t* const message = sink.message;
  if (hidden::kPrintable(message) != 1) return false;
  Trade(sink, FH_ACTION_TRADE, 0, hidden::kTradeId(message), PriceE9(sink, hidden::kPrice(message)),
        hidden::kVolume(message), 0);
  const uint8_t* const conditions = message + hidden::kCondition1.offset;
  if (AreTelling(conditions)) Detail(sink, FH_DETAIL_CONDITIONS, 0, conditions);
  return true;
}

void NyseDecoder::Cross(Sink& sink) {
  const uint8_t* const message = sink.message;
  const char type = cross::kCrossType(message);
  if (cross::kVolume(message) == 0) {
    Status(sink, FH_STATUS_CROSS_DONE, FH_TRADING_UNKNOWN, type, 0);
    sink.writer.Last().detail = static_cast<uint8_t>(type);
    return;
  }
  Trade(sink, FH_ACTION_TRADE, 0, cross::kCrossId(message), PriceE9(sink, cross::kPrice(message)),
        cross::kVolume(message), static_cast<uint8_t>(type));
}

void NyseDecoder::Correction(Sink& sink) {
  const uint8_t* const message = sink.message;
  if (kMessageType(message) == kCrossCorrection.type) {
    Trade(sink, FH_ACTION_TRADE, 0, cross::kCrossId(message), kUndefinedPrice,
          cross::kCorrectedVolume(message), 0);
    return Detail(sink, FH_DETAIL_CORRECTION, cross::kCrossId(message), nullptr);
  }
  Trade(sink, FH_ACTION_TRADE, 0, trade::kNewTradeId(message),
        PriceE9(sink, trade::kNewPrice(message)), trade::kNewVolume(message), 0);
  Detail(sink, FH_DETAIL_CORRECTION, trade::kOriginalId(message),
         message + trade::kNewCondition1.offset);
}

void NyseDecoder::Imbalance(Sink& sink) {
  const uint8_t* const message = sink.message;
  const auto auction = static_cast<uint8_t>(imbalance::kAuction(message));
  const int64_t reference = PriceE9(sink, imbalance::kReference(message));
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE, SideOf(imbalance::kSide(message)), 0);
  update.imbalance = {reference, imbalance::kPaired(message), imbalance::kTotal(message)};
  update.detail = auction;
  PriceStatistic(sink, FH_STAT_NEAR_PRICE, imbalance::kContinuousClearing(message), auction);
  PriceStatistic(sink, FH_STAT_FAR_PRICE, imbalance::kAuctionClearing(message), auction);
  PriceStatistic(sink, FH_STAT_INDICATIVE_PRICE, imbalance::kIndicativeMatch(message), auction);
  PriceStatistic(sink, FH_STAT_UPPER_BAND, imbalance::kUpperCollar(message), auction);
  PriceStatistic(sink, FH_STAT_LOWER_BAND, imbalance::kLowerCollar(message), auction);
}

void NyseDecoder::Summary(Sink& sink) {
  const uint8_t* const message = sink.message;
  PriceStatistic(sink, FH_STAT_HIGH_PRICE, summary::kHigh(message), 0);
  PriceStatistic(sink, FH_STAT_LOW_PRICE, summary::kLow(message), 0);
  PriceStatistic(sink, FH_STAT_OPENING_PRICE, summary::kOpen(message), 0);
  PriceStatistic(sink, FH_STAT_CLOSING_PRICE, summary::kClose(message), 0);
  Statistic(sink, FH_STAT_VOLUME, kUndefinedPrice, summary::kVolume(message), 0);
}

// What the mapping of an index tells: to the feed's store, and to this channel's table.
void NyseDecoder::LearnMapping(uint32_t index, uint8_t scale, uint8_t system, const Sink& sink,
                               const Symbol& symbol, fh_terms terms) {
  if (InstrumentOf(index) == FH_UNKNOWN_INSTRUMENT) return;
  terms.price_decimals = kToE9[scale] != 0 ? scale : uint8_t{FH_UNKNOWN_DECIMALS};
  const bool is_stored = instruments_ == nullptr || instruments_->Define(index, symbol, terms);
  SymbolTerms* const known = symbols_.Learn(index);
  if (known != nullptr) {
    known->price_scale = scale;
    known->checked_at = changes_;
    known->system = system;
    known->has_system = true;
    times_.NoteSystem(system);
  }
  sink.context.stats.instruments_full += !is_stored || known == nullptr;
}

void NyseDecoder::Mapping(Sink& sink) {
  const uint8_t* const message = sink.message;
  const Symbol symbol(mapping::kSymbol(message), mapping::kSymbol.length);
  const uint8_t scale = mapping::kPriceScale(message);
  const char security_type = mapping::kSecurityType(message);
  fh_terms terms = UnknownTerms();
  terms.kind = security_type == 'T' ? FH_KIND_TEST : FH_KIND_STOCK;
  terms.size_decimals = 0;
  terms.round_lot = mapping::kLotSize(message);
  LearnMapping(mapping::kSymbolIndex(message), scale, mapping::kSystem(message), sink, symbol,
               terms);
  NormalizedUpdate& update = Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.definition = {};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
  update.definition.round_lot = mapping::kLotSize(message);
  update.definition.security_class = security_type;
  update.definition.kind = terms.kind;
  update.detail = static_cast<uint8_t>(mapping::kExchange(message));
  const uint32_t close = mapping::kPreviousClose(message);
  if (close == 0) return;
  sink.is_unscaled = kToE9[scale] == 0;
  Statistic(sink, FH_STAT_PREVIOUS_CLOSE,
            sink.is_unscaled ? kUndefinedPrice : int64_t{close} * kToE9[scale], 0, update.detail);
}

// A series is named by what it is: "AAPL240119C150.5".
void NyseDecoder::Series(Sink& sink) {
  const uint8_t* const message = sink.message;
  std::array<char, sizeof(Symbol)> text{};
  char* at = text.data();
  const auto append = [&at](const Alpha& field, const uint8_t* bytes) {
    const Symbol part(field(bytes), field.length);
    at = std::copy_n(part.bytes.data(), part.view().size(), at);
  };
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_OPTION;
  terms.size_decimals = 0;
  terms.put_call = series::kPutOrCall(message) == 0 ? 'P' : 'C';
  terms.multiplier = int64_t{series::kMultiplier(message)} * kPriceScale;
  terms.strike = PriceOfText({series::kStrike(message), series::kStrike.length});
  terms.underlying_id = InstrumentOf(series::kUnderlyingIndex(message));
  append(series::kRoot, message);
  append(series::kMaturity, message);
  *at++ = terms.put_call;
  append(series::kStrike, message);
  const Symbol symbol(text.data(), text.size());
  LearnMapping(series::kSeriesIndex(message), series::kPriceScale(message),
               series::kSystem(message), sink, symbol, terms);
  NormalizedUpdate& update = Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.definition = {};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
  update.definition.kind = FH_KIND_OPTION;
}

// Nothing names it, and its prices have the scale that a quote's own mapping tells, if any does.
void NyseDecoder::ComplexSeries(Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t index = options::kComplexIndex(message);
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_SPREAD;
  terms.size_decimals = 0;
  const uint32_t legs = LegsOf(message, kMessageSize(message));
  terms.leg_count = static_cast<uint8_t>(std::min<uint32_t>(legs, UINT8_MAX));
  for (uint32_t i = 0; i < legs && i < FH_MOST_LEGS; ++i) {
    const uint8_t* const leg = message + options::kLegsAt + i * options::kLegBytes;
    const int32_t ratio = options::kLegRatio(leg);
    terms.legs[i] = {InstrumentOf(options::kLegSymbol(leg)),
                     options::kLegSide(leg) == 'S' ? -ratio : ratio};
  }
  Symbol name;
  if (instruments_ != nullptr && InstrumentOf(index) != FH_UNKNOWN_INSTRUMENT) {
    name = instruments_->Name(index);
    terms.price_decimals = instruments_->Terms(index).price_decimals;
    sink.context.stats.instruments_full += !instruments_->Define(index, name, terms);
  }
  NormalizedUpdate& update = Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.definition = {};
  std::memcpy(update.definition.symbol, name.bytes.data(), sizeof update.definition.symbol);
  update.definition.kind = FH_KIND_SPREAD;
}

void NyseDecoder::SecurityStatus(Sink& sink) {
  const uint8_t* const message = sink.message;
  const char code = status::kStatus(message);
  switch (code) {
    case 'A':  // Short sale restriction activated, continued,
    case 'C':
    case 'D':  // lifted.
      return Status(sink, FH_STATUS_SHORT_SALE, FH_TRADING_UNKNOWN, code, code != 'D');
    case 'I':  // Indications of where a halt, or the day, will open.
    case 'G':
      Status(sink, FH_STATUS_AUCTION, FH_TRADING_UNKNOWN, code, 0);
      PriceStatistic(sink, FH_STAT_MINIMUM_PRICE, status::kPrice1(message), code);
      PriceStatistic(sink, FH_STAT_MAXIMUM_PRICE, status::kPrice2(message), code);
      return;
    default:
      break;
  }
  // At the close orders vanish without a word of each.
  if (code == 'X') {
    Next(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE, 0).order = {0, kUndefinedPrice, 0};
  }
  Status(sink, FH_STATUS_TRADING, TradingState(code), code, 0);
  const char halt = status::kHalt(message);
  if (halt != '~' && halt != '\0') sink.writer.Last().status.reason[0] = halt;
  // A refresh tells the state; the live stream told its changes.
  if ((sink.flags & FH_FLAG_SNAPSHOT) != 0) {
    const char state = status::kSsrState(message);
    Status(sink, FH_STATUS_SHORT_SALE, FH_TRADING_UNKNOWN, state, state == 'E');
  }
}

void NyseDecoder::SeriesStatus(Sink& sink) {
  const uint8_t* const message = sink.message;
  const char code = options::kStatus(message);
  Status(sink, FH_STATUS_TRADING, TradingState(code), code, 0);
  const char halt = options::kHalt(message);
  if (halt != '~' && halt != '\0') sink.writer.Last().status.reason[0] = halt;
}

// What somebody asks quotes for.
void NyseDecoder::QuoteRequest(Sink& sink) {
  const uint8_t* const message = sink.message;
  const int64_t price = PriceE9(sink, options::kRfqPrice(message));
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE, SideOf(options::kRfqSide(message)), 0);
  update.imbalance = {price, 0, options::kRfqQuantity(message)};
  update.detail = static_cast<uint8_t>(options::kRfqType(message));
}

// ArcaBook's forms, and its types 107 and 108, which begin as its 100 and 106 do. False: no order.
bool NyseDecoder::MapArca(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (info.type) {
    case 100:
    case 107:
      Order(sink, FH_ACTION_ADD, SideOf(arcabook::kSide(message)), 0, arcabook::kOrderId(message),
            arcabook::kPrice(message), arcabook::kVolume(message));
      return true;
    case 101:
      Order(sink, FH_ACTION_MODIFY, SideOf(arcabook::kSide(message)), 0,
            arcabook::kOrderId(message), arcabook::kPrice(message), arcabook::kVolume(message));
      return true;
    case 102:
      Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, SideOf(arcabook::kDeleteSide(message)), 0)
          .order = {arcabook::kOrderId(message), kUndefinedPrice, FH_SIZE_ALL};
      return true;
    case 103:
      Executed(sink, {.order_id = arcabook::kOrderId(message),
                      .trade_id = arcabook::kTradeId(message),
                      .price = arcabook::kPrice(message),
                      .volume = arcabook::kVolume(message),
                      .is_printable = true});
      return true;
    case 105: {
      const auto auction = static_cast<uint8_t>(imbalance::kAuction(message));
      NormalizedUpdate& update =
          Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE, SideOf(imbalance::kSide(message)), 0);
      update.imbalance = {kUndefinedPrice, imbalance::kPaired(message), imbalance::kTotal(message)};
      update.detail = auction;
      PriceStatistic(sink, FH_STAT_INDICATIVE_PRICE, arcabook::kIndicativeMatch(message), auction);
      PriceStatistic(sink, FH_STAT_NEAR_PRICE, imbalance::kContinuousClearing(message), auction);
      PriceStatistic(sink, FH_STAT_FAR_PRICE, imbalance::kAuctionClearing(message), auction);
      return true;
    }
    case 106:
    case 108:
      Order(sink, FH_ACTION_ADD, SideOf(arcabook::kRefreshSide(message)), 0,
            arcabook::kRefreshOrderId(message), arcabook::kRefreshPrice(message),
            arcabook::kRefreshVolume(message));
      return true;
    default:
      return false;
  }
}

void NyseDecoder::Clear(Sink& sink, uint32_t instrument_id) {
  sink.instrument_id = instrument_id;
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE, 0).order = {0, kUndefinedPrice, 0};
  Next(sink, FH_RECORD_TOP, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_FLAG_TOB).top = {
      kUndefinedPrice, kUndefinedPrice, 0, 0};
}

inline bool NyseDecoder::Map(const MessageInfo& info, Sink& sink) {
  const uint64_t before = sink.writer.next();
  bool is_mapped = true;
  if (kByType[info.type].arca == &info) [[unlikely]] {
    MapArca(info, sink);
  } else {
    is_mapped = MapForm(info, sink);
  }
  if (sink.writer.next() != before) {
    NormalizedUpdate& last = sink.writer.Last();
    last.flags = static_cast<uint8_t>(last.flags | sink.last);
  }
  return is_mapped;
}

// Forms of today.
inline bool NyseDecoder::MapForm(const MessageInfo& info, Sink& sink) {
  switch (info.type) {
    case 100:
      Add(sink);
      return true;
    case 101:
      Modify(sink);
      return true;
    case 102:
      Delete(sink);
      return true;
    case 103:
      Execution(sink);
      return true;
    case 104:
      Replace(sink);
      return true;
    case 140:
    case 340:
      Quote(sink);
      return true;
    default:
      return MapRare(info, sink);
  }
}

bool NyseDecoder::MapRare(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (info.type) {
    case 1:
      Clear(sink, FH_ALL_INSTRUMENTS);
      return true;
    case 2:
      times_.Learn(reference::kId(message), reference::kTime(message));
      return false;
    case 3:
      Mapping(sink);
      return true;
    case 32:
      Clear(sink, sink.instrument_id);
      return true;
    case 33:
      Status(sink, FH_STATUS_TRADING, FH_TRADING_OPEN,
             static_cast<char>('0' + session_change::kSession(message) % 10), 0);
      return true;
    case 34:
      SecurityStatus(sink);
      return true;
    case 35:
      if (is_refresh_packet_) BeginRefresh(info, message);
      return false;
    case 50:
      Series(sink);
      return true;
    case 51:
      SeriesStatus(sink);
      return true;
    case 60:
      ComplexSeries(sink);
      return true;
    case 105:
      Imbalance(sink);
      return true;
    case 106:
      AddRefresh(sink);
      return true;
    case 107:
    case 108:
      return MapArca(info, sink);
    case 110:
      return HiddenTrade(sink);
    case 111:
      Cross(sink);
      return true;
    case 112:
      Trade(sink, FH_ACTION_CANCEL, 0, cancel::kTradeId(message), kUndefinedPrice, 0, 0);
      return true;
    case 113:
    case 222:
    case 322:
      Correction(sink);
      return true;
    case 114: {
      const char code = retail::kIndicator(message);
      Status(sink, FH_STATUS_RETAIL_INTEREST, FH_TRADING_UNKNOWN, code, 0);
      sink.writer.Last().side = code == 'A'   ? FH_SIDE_BID
                                : code == 'B' ? FH_SIDE_ASK
                                              : FH_SIDE_NONE;
      return true;
    }
    case 220:
    case 320:
      Trade(sink, FH_ACTION_TRADE, 0, trade::kTradeId(message),
            PriceE9(sink, trade::kPrice(message)), trade::kVolume(message), 0);
      if (AreTelling(message + trade::kCondition1.offset)) {
        Detail(sink, FH_DETAIL_CONDITIONS, 0, message + trade::kCondition1.offset);
      }
      return true;
    case 221:
    case 321:
      Trade(sink, FH_ACTION_CANCEL, 0, trade::kOriginalId(message), kUndefinedPrice, 0, 0);
      return true;
    case 223:
      Summary(sink);
      return true;
    case 307:
      QuoteRequest(sink);
      return true;
    default:
      // What is said to a request server, and by it.
      return false;
  }
}

void NyseDecoder::Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                           MessageVisitor& visitor) const {
  const bool is_mapping = info.type == kMapping.type;
  const uint8_t scale = is_mapping
                            ? mapping::kPriceScale(message)
                            : symbols_.Find(SymbolOf(kByType[info.type].head, message)).price_scale;
  for (const FieldInfo* field : info.fields) {
    Value value = ReadValue(*field, message);
    if (field->kind == FieldKind::kDecimal) {
      value.exponent = static_cast<int16_t>(-int16_t{scale});
      if (scale == SymbolTerms::kUnknownScale) value.state = Value::State::kNull;
    }
    visitor.Field(*field, value);
  }
  if (&info == &kComplexMapping) DescribeLegs(message, length, visitor);
}

void NyseDecoder::DescribeLegs(const uint8_t* message, uint32_t length, MessageVisitor& visitor) {
  const uint32_t legs = LegsOf(message, length);
  visitor.BeginGroup(options::kLegs, legs);
  for (uint32_t i = 0; i < legs; ++i) {
    visitor.BeginEntry();
    for (const FieldInfo* field : options::kLegFields) {
      visitor.Field(*field, ReadValue(*field, message + options::kLegsAt + i * options::kLegBytes));
    }
    visitor.EndEntry();
  }
  visitor.EndGroup();
}

}  // namespace fh::codecs::nyse
