#include "codecs/moex/moex_mapping.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "codecs/instrument_store.h"

namespace fh::codecs::moex {
namespace {

constexpr uint32_t IdOf(uint64_t security_id) {
  return security_id == FH_ALL_INSTRUMENTS || security_id > FH_UNKNOWN_INSTRUMENT
             ? FH_UNKNOWN_INSTRUMENT
             : static_cast<uint32_t>(security_id);
}

// FIX 326.
uint8_t TradingState(int64_t status) {
  switch (status) {
    case 3:
    case 17:
    case 23:
      return FH_TRADING_OPEN;
    case 2:
    case 4:
    case 18:
    case 19:
      return FH_TRADING_HALTED;
    case 21:
      return FH_TRADING_ORDERS;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

// FIX 340.
uint8_t SessionState(int64_t status) {
  switch (status) {
    case 1:
    case 3:
      return FH_TRADING_HALTED;
    case 2:
      return FH_TRADING_OPEN;
    case 4:
      return FH_TRADING_ORDERS;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

struct NamedStatistic {
  char letter;
  uint16_t type;
  bool is_quantity;
};
constexpr NamedStatistic kStatistics[] = {{'4', FH_STAT_OPENING_PRICE, false},
                                          {'5', FH_STAT_CLOSING_PRICE, false},
                                          {'6', FH_STAT_SETTLEMENT_PRICE, false},
                                          {'7', FH_STAT_HIGH_PRICE, false},
                                          {'8', FH_STAT_LOW_PRICE, false},
                                          {'9', FH_STAT_AVERAGE_PRICE, false},
                                          {'B', FH_STAT_VOLUME, true},
                                          {'C', FH_STAT_OPEN_INTEREST, true}};

uint8_t Low8(int64_t code) { return static_cast<uint8_t>(code); }

}  // namespace

MoexMapping::MoexMapping(const MoexPlan& plan, const CodecOptions& options)
    : plan_(&plan), instruments_(options.instruments), role_(options.role), touched_(kTouched) {}

void MoexMapping::BeginPacket(const MessageContext& context, UpdateWriter& writer) {
  context_ = &context;
  writer_ = &writer;
  index_ = 0;
  depth_ = 0;
}

void MoexMapping::BeginMessage(const fast::FastPlan::Template& source) {
  // A message within another is shown to people, and has no meaning here.
  if (depth_++ > 0) return;
  kind_ = plan_->KindOf(source);
  slots_.fill(Slot{});
  sent_ns_ = kUndefinedTime;
  is_unmapped_ = kind_ == Kind::kOther;
  first_ = writer_->next();
  if (++message_ == 0) {
    // Once in four thousand million messages.
    std::fill(touched_.begin(), touched_.end(), Touched{});
    message_ = 1;
  }
  leg_count_ = 0;
  book_depth_ = 0;
  underlying_id_ = FH_UNKNOWN_INSTRUMENT;
}

uint32_t MoexMapping::Instrument() const {
  return Has(kTagSecurityId) ? IdOf(slots_[kTagSecurityId].number) : FH_UNKNOWN_INSTRUMENT;
}

void MoexMapping::BeginGroup(const fast::FastGroup&, uint32_t segment, uint32_t) {
  if (plan_->EntriesOf(segment) != Entries::kMarketData) return;
  if (sent_ns_ == kUndefinedTime && Has(kTagSendingTime)) {
    sent_ns_ = clock_.UnixNs(slots_[kTagSendingTime].number);
  }
  if (kind_ != Kind::kSnapshot || depth_ != 1) return;
  const uint32_t instrument_id = Instrument();
  if (Has(kTagLastProcessed)) {
    Next(FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, 0, instrument_id, sent_ns_).status =
        SnapshotAt(slots_[kTagLastProcessed].number);
  }
  NormalizedUpdate& update =
      Next(FH_RECORD_LEVEL, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_FLAG_MBP, instrument_id, sent_ns_);
  update.level = {.price = kUndefinedPrice, .size = 0, .order_count = 0, .depth = 0};
}

void MoexMapping::EndEntry(uint32_t segment) {
  switch (plan_->EntriesOf(segment)) {
    case Entries::kMarketData:
      if (depth_ == 1 && (kind_ == Kind::kIncrement || kind_ == Kind::kSnapshot)) Entry();
      break;
    case Entries::kFeedTypes:
      book_depth_ = std::max(book_depth_, static_cast<uint32_t>(Number(kTagMarketDepth)));
      break;
    case Entries::kUnderlyings:
      if (Has(kTagUnderlyingId)) underlying_id_ = IdOf(slots_[kTagUnderlyingId].number);
      break;
    case Entries::kLegs:
      if (leg_count_ < FH_MOST_LEGS) {
        const int64_t ratio_e9 = Price(kTagLegRatio);
        // Ratios that are no whole numbers are left open.
        const int64_t ratio =
            ratio_e9 == kUndefinedPrice || ratio_e9 % kPriceScale != 0 ? 0 : ratio_e9 / kPriceScale;
        legs_[leg_count_] = {
            IdOf(static_cast<uint64_t>(Number(kTagLegId))),
            static_cast<int32_t>(std::clamp<int64_t>(ratio, INT32_MIN, INT32_MAX))};
      }
      ++leg_count_;
      break;
    case Entries::kOther:
      break;
  }
}

int64_t MoexMapping::EntryTime() {
  if (!Has(kTagEntryTime)) return sent_ns_;
  const uint64_t time = slots_[kTagEntryTime].number;
  if (Has(kTagEntryDate)) return clock_.UnixNs(slots_[kTagEntryDate].number, time);
  return kind_ == Kind::kSnapshot ? MoexClock::NotAfter(sent_ns_, time)
                                  : MoexClock::Nearest(sent_ns_, time);
}

void MoexMapping::Entry() {
  const int64_t time_ns = EntryTime();
  const char type = Letter(kTagEntryType);
  switch (type) {
    case '0':
      return Level(FH_SIDE_BID, time_ns);
    case '1':
      return Level(FH_SIDE_ASK, time_ns);
    case '2':
      return Trade(time_ns);
    case 'J': {
      // The snapshot's own R has said it.
      if (kind_ == Kind::kSnapshot) return;
      NormalizedUpdate& update =
          Next(FH_RECORD_LEVEL, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_FLAG_MBP, Instrument(), time_ns);
      update.level = {.price = kUndefinedPrice, .size = 0, .order_count = 0, .depth = 0};
      return;
    }
    default:
      if (!Statistic(type, time_ns)) is_unmapped_ = true;
  }
}

void MoexMapping::Level(uint8_t side, int64_t time_ns) {
  const int64_t code = kind_ == Kind::kSnapshot ? 0 : Number(kTagAction);
  char action = FH_ACTION_CANCEL;
  uint8_t flags = FH_FLAG_MBP;
  if (code == 0) {
    action = FH_ACTION_ADD;
  } else if (code == 1 || code == 5) {
    action = FH_ACTION_MODIFY;
  } else if (code != 2) {
    flags |= FH_FLAG_MAYBE_BAD_BOOK;
  }
  NormalizedUpdate& update =
      Next(FH_RECORD_LEVEL, action, static_cast<char>(side), flags, Instrument(), time_ns);
  update.level = {.price = Price(kTagPrice),
                  .size = action == FH_ACTION_CANCEL ? 0 : Size(),
                  .order_count = static_cast<uint32_t>(std::max<int64_t>(Number(kTagOrders), 0)),
                  .depth = static_cast<uint32_t>(Number(kTagLevel))};
  update.detail = Low8(code);
}

void MoexMapping::Trade(int64_t time_ns) {
  const bool is_void = kind_ != Kind::kSnapshot && Number(kTagAction) == 2;
  NormalizedUpdate& update = Next(FH_RECORD_TRADE, is_void ? FH_ACTION_CANCEL : FH_ACTION_TRADE,
                                  FH_SIDE_NONE, 0, Instrument(), time_ns);
  const int64_t price = Price(kTagPrice);
  update.trade = {.trade_id = static_cast<uint64_t>(Number(kTagEntryId)),
                  .price = price != kUndefinedPrice ? price : Price(kTagLastPrice),
                  .size = Size()};
  update.detail = Low8(Number(kTagTrdType));
}

bool MoexMapping::Statistic(char type, int64_t time_ns) {
  for (const NamedStatistic& named : kStatistics) {
    if (named.letter != type) continue;
    NormalizedUpdate& update =
        Next(FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, 0, Instrument(), time_ns);
    update.statistic = {.price = named.is_quantity ? kUndefinedPrice : Price(kTagPrice),
                        .quantity = named.is_quantity ? static_cast<int64_t>(Size()) : 0,
                        .type = named.type,
                        .reserved0 = 0,
                        .reserved1 = 0};
    return true;
  }
  return false;
}

void MoexMapping::Price(uint16_t type, int64_t price, int64_t time_ns) {
  NormalizedUpdate& update =
      Next(FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, 0, Instrument(), time_ns);
  update.statistic = {.price = price, .quantity = 0, .type = type, .reserved0 = 0, .reserved1 = 0};
}

void MoexMapping::Band(uint16_t type, Tag tag) {
  if (Has(tag)) Price(type, Price(tag), sent_ns_);
}

void MoexMapping::Status(uint32_t instrument_id, uint8_t state, int64_t code, int64_t value) {
  NormalizedUpdate& update =
      Next(FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, 0, instrument_id, sent_ns_);
  update.status = {.kind = FH_STATUS_TRADING,
                   .state = state,
                   .code = 0,
                   .reason = {' ', ' ', ' ', ' '},
                   .value = value,
                   .reserved = 0};
  update.detail = Low8(code);
}

fh_terms MoexMapping::Terms() const {
  fh_terms terms = UnknownTerms();
  const char cfi = Letter(kTagCfiCode);
  const std::span<const uint8_t> type = slots_[kTagSecurityType].text;
  const std::string_view type_text(reinterpret_cast<const char*>(type.data()), type.size());
  if (leg_count_ != 0) {
    terms.kind = FH_KIND_SPREAD;
  } else if (cfi == 'F' || (Has(kTagSecurityType) && type_text == "FUT")) {
    terms.kind = FH_KIND_FUTURE;
  } else if (cfi == 'O' || (Has(kTagSecurityType) && type_text == "OPT")) {
    terms.kind = FH_KIND_OPTION;
  } else if (cfi == 'E') {
    terms.kind = FH_KIND_STOCK;
  } else if (cfi == 'D') {
    terms.kind = FH_KIND_BOND;
  }
  // ISO 10962: OC.. is a call, OP.. a put.
  const std::span<const uint8_t> code = slots_[kTagCfiCode].text;
  if (cfi == 'O' && code.size() > 1 && (code[1] == 'C' || code[1] == 'P')) {
    terms.put_call = static_cast<char>(code[1]);
  }
  terms.size_decimals = 0;  // Contracts.
  terms.book_depth = static_cast<uint8_t>(std::min<uint32_t>(book_depth_, UINT8_MAX));
  terms.tick = Price(kTagTick);
  terms.multiplier = Price(kTagMultiplier);
  terms.strike = Price(kTagStrike);
  if (Has(kTagCurrency)) {
    const std::span<const uint8_t> currency = slots_[kTagCurrency].text;
    std::memcpy(terms.currency, currency.data(),
                std::min<size_t>(currency.size(), sizeof terms.currency - 1));
  }
  if (Has(kTagMaturityDate)) {
    MoexClock clock;
    terms.expiry_ns = clock.UnixNs(slots_[kTagMaturityDate].number,
                                   static_cast<uint64_t>(Number(kTagMaturityTime)));
  }
  terms.underlying_id = underlying_id_;
  terms.leg_count = static_cast<uint8_t>(std::min<uint32_t>(leg_count_, UINT8_MAX));
  for (uint32_t i = 0; i < std::min<uint32_t>(leg_count_, FH_MOST_LEGS); ++i) {
    terms.legs[i] = legs_[i];
  }
  return terms;
}

void MoexMapping::Definition() {
  const uint32_t instrument_id = Instrument();
  Symbol symbol;
  if (Has(kTagSymbol)) {
    const std::span<const uint8_t> text = slots_[kTagSymbol].text;
    symbol = Symbol(reinterpret_cast<const char*>(text.data()), text.size());
  }
  const fh_terms terms = Terms();
  if (instruments_ != nullptr && (instrument_id == FH_UNKNOWN_INSTRUMENT ||
                                  !instruments_->Define(instrument_id, symbol, terms))) {
    ++context_->stats.instruments_full;
  }
  NormalizedUpdate& update =
      Next(FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, 0, instrument_id, sent_ns_);
  update.definition = {.round_lot = 0,
                       .kind = terms.kind,
                       .security_class = Letter(kTagCfiCode),
                       .size_decimals = terms.size_decimals,
                       .book_depth = terms.book_depth};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
}

void MoexMapping::EndMessage(const fast::FastPlan::Template&) {
  if (--depth_ > 0) return;
  if (sent_ns_ == kUndefinedTime && Has(kTagSendingTime)) {
    sent_ns_ = clock_.UnixNs(slots_[kTagSendingTime].number);
  }
  switch (kind_) {
    case Kind::kDefinition:
      Definition();
      Band(FH_STAT_UPPER_BAND, kTagHighLimit);
      Band(FH_STAT_LOWER_BAND, kTagLowLimit);
      break;
    case Kind::kDefinitionUpdate:
      Band(FH_STAT_REFERENCE_PRICE, kTagTheorPrice);
      break;
    case Kind::kSecurityStatus:
      Status(Instrument(), TradingState(Number(kTagTradingStatus)), Number(kTagTradingStatus), 0);
      Band(FH_STAT_UPPER_BAND, kTagHighLimit);
      Band(FH_STAT_LOWER_BAND, kTagLowLimit);
      break;
    case Kind::kSessionStatus:
      Status(FH_ALL_INSTRUMENTS, SessionState(Number(kTagSessionStatus)), Number(kTagSessionStatus),
             Number(kTagSessionEvent));
      break;
    case Kind::kSequenceReset:
      // Elsewhere it is the end of a loop.
      if (role_ == ChannelRole::kIncremental) {
        NormalizedUpdate& update = Next(FH_RECORD_LEVEL, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_FLAG_MBP,
                                        FH_ALL_INSTRUMENTS, sent_ns_);
        update.level = {.price = kUndefinedPrice, .size = 0, .order_count = 0, .depth = 0};
      }
      break;
    default:
      break;
  }
  if (is_unmapped_) ++context_->stats.unmapped;
}

NormalizedUpdate& MoexMapping::Next(uint8_t record, char action, char side, uint8_t flags,
                                    uint32_t instrument_id, int64_t ts_event_ns) {
  const uint8_t snapshot = kind_ == Kind::kSnapshot ? FH_FLAG_SNAPSHOT : 0;
  Touch(instrument_id);
  NormalizedUpdate& update = writer_->Next();
  update.record = record;
  update.action = action;
  update.side = side;
  update.flags = static_cast<uint8_t>(flags | snapshot | context_->flags | FH_FLAG_LAST);
  update.instrument_id = instrument_id;
  update.sequence = context_->sequence;
  update.ts_event_ns = ts_event_ns;
  update.ts_recv_ns = context_->ts_recv_ns;
  update.channel_id = context_->channel_id;
  update.index = RecordIndex(index_++);
  update.detail = 0;
  update.published_ns32 = 0;
  return update;
}

// The next record is the instrument's last so far; the one before it is not any more.
void MoexMapping::Touch(uint32_t instrument_id) {
  const auto record = static_cast<uint32_t>(writer_->next() - first_);
  constexpr uint32_t kSpread = 2'654'435'769;  // Knuth's.
  uint32_t place = (instrument_id * kSpread) >> 18;
  for (;; place = (place + 1) % kTouched) {
    Touched& touched = touched_[place];
    if (touched.message != message_) {
      touched = {message_, instrument_id, record};
      return;
    }
    if (touched.instrument_id != instrument_id) continue;
    writer_->At(first_ + touched.record).flags &= static_cast<uint8_t>(~FH_FLAG_LAST);
    touched.record = record;
    return;
  }
}

}  // namespace fh::codecs::moex
