#include <algorithm>
#include <array>
#include <cstring>

#include "codecs/memx/memx_decoder.h"

namespace fh::codecs::memx {
namespace {

// Without a store there is nobody to say how many instruments there are.
constexpr uint32_t kUsualInstruments = 4'096;

uint8_t TradingState(char letter) {
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

// Of symbols that are padded with spaces or NULs.
size_t LengthOf(const char* text, size_t most) {
  while (most > 0 && (text[most - 1] == ' ' || text[most - 1] == '\0')) --most;
  return most;
}

// Whether the four conditions say more than a regular sale.
bool AreTelling(const uint8_t* conditions) {
  return std::any_of(conditions, conditions + 4,
                     [](uint8_t letter) { return letter != '@' && letter != ' ' && letter != 0; });
}

// YYYYMMDD; 0 when it is anything else.
uint32_t DateOf(const char* text) {
  uint32_t date = 0;
  for (size_t i = 0; i < options::directory::kMaturity.length; ++i) {
    if (text[i] < '0' || text[i] > '9') return 0;
    date = date * 10 + static_cast<uint32_t>(text[i] - '0');
  }
  return date;
}

// "SPY   240621C00500000": root, YYMMDD, C or P, and the strike in thousandths.
Symbol OsiSymbol(const uint8_t* message) {
  namespace o = options::directory;
  constexpr size_t kOsiBytes = 21;
  constexpr uint64_t kPerThousandth = 100'000;
  std::array<char, kOsiBytes> osi;
  osi.fill(' ');
  std::memcpy(osi.data(), o::kRoot(message), LengthOf(o::kRoot(message), o::kRoot.length));
  std::memcpy(&osi[6], o::kMaturity(message) + 2, 6);
  osi[12] = o::kIsCall(message) != 0 ? 'C' : 'P';
  uint64_t thousandths = o::kStrike(message) / kPerThousandth;
  for (size_t i = kOsiBytes; i-- > 13; thousandths /= 10) {
    osi[i] = static_cast<char>('0' + thousandths % 10);
  }
  return {osi.data(), osi.size()};
}

}  // namespace

MemxMapping::MemxMapping(const CodecOptions& options, const LocalMidnight& midnight, bool has_tops,
                         bool has_symbols)
    : instruments_(options.instruments),
      midnight_(midnight),
      symbols_(has_symbols ? options.instruments : nullptr, SymbolsAre::kKeys),
      tops_(!has_tops                 ? 0
            : instruments_ == nullptr ? kUsualInstruments
                                      : instruments_->capacity()) {}

void MemxMapping::OnEvent(const StreamEvent& event) {
  switch (event.kind) {
    case StreamEvent::Kind::kStart:
      tops_.Restart(event.first);
      break;
    case StreamEvent::Kind::kGap:
      tops_.Forget();
      break;
    case StreamEvent::Kind::kLoop:
    case StreamEvent::Kind::kEnd:
      break;
  }
}

// Nothing taken off would mean everything.
void MemxMapping::Reduce(const Sink& sink, uint64_t order_id, char side, uint32_t quantity) {
  if (quantity == 0) {
    ++sink.context.stats.malformed;
    return;
  }
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, side, Last::kYes).order = {
      order_id, kUndefinedPrice, quantity};
}

// The price is the execution's, which may be a better one than the order's.
void MemxMapping::Execute(const Sink& sink, uint64_t order_id, uint64_t trade_id, uint32_t quantity,
                          int64_t price_e9, uint8_t detail) {
  if (quantity == 0) {
    ++sink.context.stats.malformed;
    return;
  }
  Trade(sink, FH_ACTION_TRADE, trade_id, quantity, price_e9, Last::kNo);
  sink.writer.Last().detail = detail;
  Next(sink, FH_RECORD_ORDER, FH_ACTION_FILL, FH_SIDE_NONE, Last::kNo).order = {order_id, price_e9,
                                                                                quantity};
  Reduce(sink, order_id, FH_SIDE_NONE, quantity);
}

void MemxMapping::Trade(const Sink& sink, char action, uint64_t trade_id, uint32_t quantity,
                        int64_t price_e9, Last last) {
  Next(sink, FH_RECORD_TRADE, action, FH_SIDE_NONE, last).trade = {trade_id, price_e9, quantity};
}

// `conditions`: four letters, or null.
void MemxMapping::TradeDetail(const Sink& sink, uint16_t kind, uint64_t original_id,
                              const uint8_t* conditions) {
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TRADE_DETAIL, FH_ACTION_NONE, FH_SIDE_NONE, Last::kYes);
  update.trade_detail = {};
  update.trade_detail.original_id = original_id;
  update.trade_detail.kind = kind;
  if (conditions != nullptr) std::memcpy(update.trade_detail.conditions, conditions, 4);
}

void MemxMapping::Sale(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint8_t* const conditions = message + sale::kCondition1.offset;
  const bool is_telling = AreTelling(conditions);
  Trade(sink, FH_ACTION_TRADE, sale::kTradeId(message), sale::kQuantity(message),
        PriceE9(sale::kPrice, message), is_telling ? Last::kNo : Last::kYes);
  if (is_telling) {
    TradeDetail(sink, FH_DETAIL_CONDITIONS, sale::kTradeId(message), conditions);
  }
}

// The trade keeps its id: the new values stand in place of the old ones.
void MemxMapping::Corrected(const Sink& sink, uint64_t trade_id, uint32_t quantity,
                            int64_t price_e9, const uint8_t* conditions) {
  Trade(sink, FH_ACTION_TRADE, trade_id, quantity, price_e9, Last::kNo);
  TradeDetail(sink, FH_DETAIL_CORRECTION, trade_id, conditions);
}

void MemxMapping::Clear(const Sink& sink, uint8_t record) {
  Next(sink, record, FH_ACTION_CLEAR, FH_SIDE_NONE, Last::kYes).order = {0, kUndefinedPrice, 0};
}

void MemxMapping::SnapshotComplete(const Sink& sink, uint8_t record) {
  NormalizedUpdate& at = Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, Last::kNo);
  at.instrument_id = FH_ALL_INSTRUMENTS;
  at.flags = static_cast<uint8_t>(at.flags | FH_FLAG_SNAPSHOT);
  at.status = SnapshotAt(snapshot::kAsOf(sink.message));
  NormalizedUpdate& update = Next(sink, record, FH_ACTION_NONE, FH_SIDE_NONE, Last::kYes);
  update.instrument_id = FH_ALL_INSTRUMENTS;
  update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_SNAPSHOT);
  if (record == FH_RECORD_TOP) {
    update.flags = static_cast<uint8_t>((update.flags & ~FH_FLAG_MAYBE_BAD_BOOK) | FH_FLAG_TOB);
    update.top = {kUndefinedPrice, kUndefinedPrice, 0, 0};
  } else {
    update.order = {0, kUndefinedPrice, 0};
  }
}

void MemxMapping::Status(const Sink& sink, uint16_t kind, uint8_t state, char code, char reason,
                         int64_t value) {
  Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, Last::kYes).status = {
      kind, state, code, {reason, ' ', ' ', ' '}, value, 0};
}

// ---- Tops. ----

void MemxMapping::OneSide(const Sink& sink, TopTable::Side side, const Quoted& quoted) {
  TopTable::Entry nobody;
  TopTable::Entry* entry =
      sink.instrument_id == FH_UNKNOWN_INSTRUMENT ? &nobody : tops_.Learn(sink.instrument_id);
  if (entry == nullptr) [[unlikely]] {
    ++sink.context.stats.instruments_full;
    entry = &nobody;
  }
  tops_.Tell(*entry, side, quoted.price_e9, quoted.size);
  const bool is_bid = side == TopTable::kBid;
  const bool is_certain = tops_.IsCertain(*entry, is_bid ? TopTable::kAsk : TopTable::kBid);
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TOP, FH_ACTION_MODIFY, is_bid ? FH_SIDE_BID : FH_SIDE_ASK, Last::kYes);
  update.flags = static_cast<uint8_t>((update.flags & ~FH_FLAG_MAYBE_BAD_BOOK) | FH_FLAG_TOB |
                                      (is_certain ? 0 : FH_FLAG_MAYBE_BAD_BOOK));
  update.top = {entry->price[TopTable::kBid], entry->price[TopTable::kAsk],
                entry->size[TopTable::kBid], entry->size[TopTable::kAsk]};
}

void MemxMapping::BothSides(const Sink& sink, const Quoted& bid, const Quoted& offer) {
  if (sink.instrument_id != FH_UNKNOWN_INSTRUMENT) {
    if (TopTable::Entry* const entry = tops_.Learn(sink.instrument_id)) [[likely]] {
      tops_.Tell(*entry, TopTable::kBid, bid.price_e9, bid.size);
      tops_.Tell(*entry, TopTable::kAsk, offer.price_e9, offer.size);
    }
  }
  NormalizedUpdate& update = Next(sink, FH_RECORD_TOP, FH_ACTION_MODIFY, FH_SIDE_NONE, Last::kYes);
  update.flags = static_cast<uint8_t>((update.flags & ~FH_FLAG_MAYBE_BAD_BOOK) | FH_FLAG_TOB);
  update.top = {bid.price_e9, offer.price_e9, bid.size, offer.size};
}

void MemxMapping::TopClear(const Sink& sink) {
  constexpr Quoted kNobody{kUndefinedPrice, 0};
  BothSides(sink, kNobody, kNobody);
  sink.writer.Last().action = FH_ACTION_CLEAR;
}

// ---- What is known of instruments. ----

void MemxMapping::Define(const Sink& sink, const Symbol& name, const fh_terms& terms,
                         char security_class) {
  if (instruments_ != nullptr && sink.instrument_id != FH_UNKNOWN_INSTRUMENT &&
      !instruments_->Define(sink.instrument_id, name, terms)) {
    ++sink.context.stats.instruments_full;
  }
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, Last::kYes);
  update.definition = {};
  std::memcpy(update.definition.symbol, name.bytes.data(), sizeof update.definition.symbol);
  update.definition.kind = terms.kind;
  update.definition.security_class = security_class;
  update.definition.size_decimals = terms.size_decimals;
  update.definition.round_lot = static_cast<uint32_t>(terms.round_lot);
}

// "BRK B": root and suffix, as CMS writes them.
void MemxMapping::Directory(const Sink& sink, bool is_test, int64_t mpv_e9) {
  using namespace directory;
  const uint8_t* const message = sink.message;
  std::array<char, kSymbol.length + kSuffix.length + 1> name;
  char* at = std::copy_n(kSymbol(message), LengthOf(kSymbol(message), kSymbol.length), name.data());
  const size_t suffix = LengthOf(kSuffix(message), kSuffix.length);
  if (suffix != 0) *at++ = ' ';
  at = std::copy_n(kSuffix(message), suffix, at);
  fh_terms terms = UnknownTerms();
  terms.kind = is_test ? FH_KIND_TEST : FH_KIND_STOCK;
  terms.size_decimals = 0;
  terms.round_lot = kRoundLot(message);
  terms.tick = mpv_e9;
  Define(sink, Symbol(name.data(), static_cast<size_t>(at - name.data())), terms, '\0');
}

template <uint16_t kLength>
[[gnu::always_inline]] inline uint32_t MemxMapping::SymbolId(const uint8_t* text,
                                                             const Sink& sink) {
  std::array<uint8_t, 8> padded;
  padded.fill(' ');
  std::memcpy(padded.data(), text, kLength);
  // Some fill with NULs; and what is all NUL is no symbol.
  for (uint8_t& letter : padded) {
    if (letter == 0) letter = ' ';
  }
  return symbols_.Find(padded.data(), sink.context.stats);
}

void MemxMapping::OptionDirectory(const Sink& sink) {
  namespace o = options::directory;
  const uint8_t* const message = sink.message;
  fh_terms terms = UnknownTerms();
  terms.kind = o::kIsTest(message) != 0 ? FH_KIND_TEST : FH_KIND_OPTION;
  terms.size_decimals = 0;
  terms.put_call = o::kIsCall(message) != 0 ? 'C' : 'P';
  terms.strike = PriceE9(o::kStrike, message);
  terms.expiry_ns = midnight_.EndOfDay(DateOf(o::kMaturity(message)));
  terms.underlying_id = SymbolId<o::kUnderlier.length>(message + o::kUnderlier.offset, sink);
  // Until something else does, its symbol names the underlying.
  if (instruments_ != nullptr && terms.underlying_id != FH_UNKNOWN_INSTRUMENT &&
      !instruments_->IsDefined(terms.underlying_id)) {
    symbols_.SayTerms(terms.underlying_id, Symbol(o::kUnderlier(message), o::kUnderlier.length),
                      UnknownTerms());
  }
  Define(sink, OsiSymbol(message), terms, o::kClosingOnly(message) != 0 ? 'C' : '\0');
  sink.writer.Last().detail = o::kProduct(message);
}

// ---- The messages that are not in a feed's own switch. ----

bool MemxMapping::Common(const MessageInfo& info, const Sink& sink) {
  const uint8_t* const message = sink.message;
  if (&info == &kDirectory) {
    Directory(sink, directory::kIsTest(message) != 0, PriceE9(directory::kMpv, message));
  } else if (&info == &kShortDirectory) {
    Directory(sink, short_directory::kIsTest(message) != 0,
              PriceE9(short_directory::kMpv, message));
  } else if (&info == &kRegSho) {
    const uint8_t restriction = reg_sho::kRestriction(message);
    Status(sink, FH_STATUS_SHORT_SALE, FH_TRADING_UNKNOWN,
           static_cast<char>('0' + restriction % 10), ' ', restriction);
  } else if (&info == &kStatus) {
    const char code = status::kStatus(message);
    Status(sink, FH_STATUS_TRADING, TradingState(code), code, status::kReason(message), 0);
  } else if (&info == &kSession) {
    Status(sink, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, session::kSession(message), ' ', 0);
    sink.writer.Last().instrument_id = FH_ALL_INSTRUMENTS;
  } else if (&info == &kSnapshot || &info == &kTopSnapshot) {
    SnapshotComplete(sink, &info == &kSnapshot ? FH_RECORD_ORDER : FH_RECORD_TOP);
  } else {
    return false;
  }
  return true;
}

bool MemxMapping::MapOptions(const MessageInfo& info, Sink& sink) {
  namespace o = options;
  const uint8_t* const m = sink.message;
  if (info.type == o::kSnapshot.type) {
    SnapshotComplete(sink, FH_RECORD_ORDER);
    return true;
  }
  constexpr Alpha kUnderlier = o::underlier::kUnderlier;
  sink.instrument_id = info.type == o::kUnderlier.type
                           ? SymbolId<kUnderlier.length>(m + kUnderlier.offset, sink)
                           : SymbolId<o::kSymbol.length>(m + o::kSymbol.offset, sink);
  switch (info.type) {
    case o::kShortAdded.type:
      Add(sink, o::short_added::kOrderId(m), o::short_added::kSide(m), o::short_added::kQuantity(m),
          PriceE9(o::short_added::kPrice, m));
      return true;
    case o::kLongAdded.type:
      Add(sink, o::long_added::kOrderId(m), o::long_added::kSide(m), o::long_added::kQuantity(m),
          PriceE9(o::long_added::kPrice, m));
      return true;
    case o::kExtendedAdded.type:
      Add(sink, o::extended_added::kOrderId(m), o::extended_added::kSide(m),
          o::extended_added::kQuantity(m), PriceE9(o::extended_added::kPrice, m));
      sink.writer.Last().detail = static_cast<uint8_t>(o::kCapacity(m));
      return true;
    case o::kDeleted.type:
      Delete(sink, o::deleted::kOrderId(m));
      return true;
    case o::kReduced.type:
      // The quantity is what remains.
      Reduce(sink, o::reduced::kOrderId(m), SideOf(o::reduced::kSide(m)), o::reduced::kReduced(m));
      return true;
    case o::kExecuted.type:
      Execute(sink, o::executed::kOrderId(m), o::executed::kTradeId(m), o::executed::kQuantity(m),
              PriceE9(o::executed::kPrice, m), o::executed::kConditions(m));
      return true;
    case o::kBroken.type:
      Trade(sink, FH_ACTION_CANCEL, o::broken::kTradeId(m), o::broken::kQuantity(m),
            PriceE9(o::broken::kPrice, m), Last::kYes);
      return true;
    case o::kCorrected.type:
      Corrected(sink, o::corrected::kTradeId(m), o::corrected::kQuantity(m),
                PriceE9(o::corrected::kPrice, m), nullptr);
      return true;
    case o::kClear.type:
      Clear(sink, FH_RECORD_ORDER);
      return true;
    case o::kDirectory.type:
      OptionDirectory(sink);
      return true;
    case o::kStatus.type: {
      const char code = o::status::kStatus(m);
      Status(sink, FH_STATUS_TRADING, TradingState(code), code, o::status::kReason(m), 0);
      sink.writer.Last().detail = static_cast<uint8_t>(o::status::kSession(m));
      return true;
    }
    case o::kUnderlier.type:
      Status(sink, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, o::underlier::kSession(m), ' ', 0);
      return true;
    default:
      return false;
  }
}

}  // namespace fh::codecs::memx
