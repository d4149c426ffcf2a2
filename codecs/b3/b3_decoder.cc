#include "codecs/b3/b3_decoder.h"

#include <algorithm>
#include <cstring>

#include "codecs/instrument_store.h"
#include "codecs/value.h"

namespace fh::codecs::b3 {
namespace {

// Values of the wire.
enum : uint8_t { kNew = 0, kChange = 1, kDelete = 2, kDeleteThru = 3 };
constexpr uint8_t kEndOfEvent = 0x80;
constexpr uint8_t kRecovery = 0x20;
constexpr uint8_t kImplied = 0x10;
// Before, the bit meant the last implied message of an event.
constexpr uint16_t kImpliedSince = 10;
constexpr uint16_t kSidesOnlySince = 15;  // Positions mean nothing any more.
constexpr uint8_t kBuy = 1;
constexpr uint8_t kSell = 2;
constexpr uint8_t kTheoreticalFlag = 5;
constexpr uint8_t kPreviousDayFlag = 4;
constexpr uint8_t kPriceUnit = 0;
constexpr uint16_t kMoreBuyers = 1 << 8;
constexpr uint16_t kMoreSellers = 1 << 9;
constexpr uint8_t kNull8 = 255;
constexpr int64_t kNsPerSecond = 1'000'000'000;

char SideOf(char entry_type) {
  return entry_type == '0' ? FH_SIDE_BID : entry_type == '1' ? FH_SIDE_ASK : FH_SIDE_NONE;
}

uint64_t SizeOf(int64_t size) { return size < 0 ? 0 : static_cast<uint64_t>(size); }

// 1e-9 of a decimal; undefined where it is null, or does not fit (never sent).
template <typename Field>
int64_t PriceE9(const Field& field, const uint8_t* message) {
  const int64_t mantissa = field(message);
  int64_t scale = kPriceScale;
  for (int i = 0; i < field.decimals; ++i) scale /= 10;
  int64_t price;
  if ((field.presence == Presence::kOptional && static_cast<uint64_t>(mantissa) == field.number) ||
      __builtin_mul_overflow(mantissa, scale, &price)) {
    return kUndefinedPrice;
  }
  return price;
}

template <typename Field>
int64_t TimeOf(const Field& field, const uint8_t* message) {
  const uint64_t ns = field(message);
  return ns == 0 || ns > static_cast<uint64_t>(INT64_MAX) ? kUndefinedTime
                                                          : static_cast<int64_t>(ns);
}

bool Has(const FieldInfo& field, const uint8_t* message) {
  return HasField(field, kHeadBytes + uint32_t{kBlockLength(message)}, kVersion(message));
}

uint8_t TradingState(uint8_t status) {
  switch (status) {
    case 2:
      return FH_TRADING_PAUSED;
    case 4:
    case 18:
      return FH_TRADING_HALTED;
    case 17:
      return FH_TRADING_OPEN;
    case 21:
    case 101:
      return FH_TRADING_ORDERS;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

// Of a security type's number.
uint8_t KindOf(uint8_t type) {
  switch (type) {
    case 3:   // Common stock,
    case 5:   // ETF,
    case 14:  // preferred stock.
      return FH_KIND_STOCK;
    case 4:  // Term of a stock,
    case 7:  // forward,
    case 8:  // future.
      return FH_KIND_FUTURE;
    case 6:   // Options on futures,
    case 10:  // on an index,
    case 12:  // on a stock,
    case 13:  // their exercise,
    case 16:  // on spot.
      return FH_KIND_OPTION;
    case 2:
      return FH_KIND_BOND;
    case 9:
      return FH_KIND_INDEX;
    case 11:
      return FH_KIND_SPREAD;
    default:
      return FH_KIND_UNKNOWN;
  }
}

// Where the match event indicator is; 0: the message has none.
constexpr std::array<uint8_t, B3Decoder::kMostTypes> kEventPlace = [] {
  std::array<uint8_t, B3Decoder::kMostTypes> places{};
  for (const MessageInfo* info : kMessages) {
    for (const FieldInfo* field : info->fields) {
      if (std::string_view(field->name) == "match_event_indicator") {
        places[info->type] = static_cast<uint8_t>(field->offset);
      }
    }
  }
  return places;
}();

// Where the time is; 0: the message has none.
constexpr std::array<uint8_t, B3Decoder::kMostTypes> kTimePlace = [] {
  std::array<uint8_t, B3Decoder::kMostTypes> places{};
  for (const MessageInfo* info : kMessages) {
    for (const FieldInfo* field : info->fields) {
      const std::string_view name = field->name;
      if (name == "md_entry_timestamp" || name == "transact_time" || name == "orig_time") {
        places[info->type] = static_cast<uint8_t>(field->offset);
      }
    }
  }
  return places;
}();

}  // namespace

const char* B3Decoder::CheckMore(const MessageInfo& info, const uint8_t* message,
                                 const WireBlock& root) {
  if (info.type == SnapshotFullRefreshOrders::kInfo.type) {
    using Entries = SnapshotFullRefreshOrders::NoMdEntries;
    const WireGroup found = ReadGroup(Entries::kInfo, message + root.length, root.end);
    if (found.why == nullptr && found.count != 0 && found.block_length < Entries::kBytes) {
      return "entries shorter than their type's";
    }
    return found.why;
  }
  return CheckBlocks(info.block(), root);
}

void B3Decoder::Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                         MessageVisitor& visitor) {
  const WireBlock root = RootOf(message, length);
  for (const FieldInfo* field : info.fields) {
    const bool is_there = HasField(*field, root.length, root.version);
    visitor.Field(*field, is_there ? ReadValue(*field, message) : kAbsentValue);
  }
  DescribeBlocks({.fields = {}, .groups = info.groups, .data = info.data}, root, visitor);
}

void B3Decoder::OnEvent(const StreamEvent& event) {
  // What an event left open before a gap, or a new start, is not closed by one after it.
  touched_count_ = 0;
  touched_more_ = false;
  ForgetMatches();
  if (event.kind == StreamEvent::Kind::kGap) {
    image_.flags = FH_FLAG_MAYBE_BAD_BOOK;
  } else {
    image_ = {};
  }
}

[[gnu::always_inline]] inline NormalizedUpdate& B3Decoder::Next(const Sink& sink, uint8_t record,
                                                                char action, char side,
                                                                uint32_t instrument_id) {
  NormalizedUpdate& update = sink.writer.Next();
  update.record = record;
  update.action = action;
  update.side = side;
  update.flags = sink.flags;
  update.instrument_id = instrument_id;
  update.sequence = sink.context.sequence;
  update.ts_event_ns = sink.ts_event_ns;
  update.ts_recv_ns = sink.context.ts_recv_ns;
  update.channel_id = sink.context.channel_id;
  update.index = RecordIndex(index_++);
  update.detail = 0;
  update.published_ns32 = 0;
  return update;
}

// Of orders and trades, which are parts of events. A message that is an event by itself, as most are,
// has its mark already.
[[gnu::always_inline]] inline NormalizedUpdate& B3Decoder::NextOfBook(const Sink& sink,
                                                                      uint8_t record, char action,
                                                                      char side,
                                                                      uint32_t instrument_id) {
  if ((sink.flags & FH_FLAG_LAST) == 0) Touch(instrument_id, sink.writer.next());
  return Next(sink, record, action, side, instrument_id);
}

// Notes the last record of an instrument in the open event.
void B3Decoder::Touch(uint32_t instrument_id, uint64_t slot) {
  for (uint32_t i = touched_count_; i-- > 0;) {
    if (touched_[i].instrument_id == instrument_id) {
      touched_[i].job = job_;
      touched_[i].slot = slot;
      return;
    }
  }
  if (touched_count_ == kMostOpen) {
    touched_more_ = true;
    return;
  }
  touched_[touched_count_++] = {instrument_id, job_, slot};
}

// Every instrument of the event is consistent now.
void B3Decoder::EndEvent(const Sink& sink) {
  const auto set_last = [&sink](uint64_t slot) {
    NormalizedUpdate& last = sink.writer.At(slot);
    last.flags = static_cast<uint8_t>(last.flags | FH_FLAG_LAST);
  };
  const auto end = [&](uint32_t instrument_id) {
    NormalizedUpdate& update =
        Next(sink, FH_RECORD_ORDER, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id);
    update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_LAST);
    update.order = {0, kUndefinedPrice, 0};
  };
  if (sink.writer.next() != sink.first) set_last(sink.writer.next() - 1);
  for (uint32_t i = 0; i < touched_count_ && !touched_more_; ++i) {
    touched_[i].job == job_ ? set_last(touched_[i].slot) : end(touched_[i].instrument_id);
  }
  if (touched_more_) end(FH_ALL_INSTRUMENTS);
  touched_count_ = 0;
  touched_more_ = false;
  ForgetMatches();
}

void B3Decoder::Clear(const Sink& sink, uint32_t instrument_id, char side) {
  NextOfBook(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, side, instrument_id).order = {
      0, kUndefinedPrice, 0};
}

[[gnu::always_inline]] inline void B3Decoder::OrderOrChange(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint8_t action = Order::kMdUpdateAction(message);
  NormalizedUpdate& update = NextOfBook(sink, FH_RECORD_ORDER,
                                        action == kNew      ? FH_ACTION_ADD
                                        : action == kDelete ? FH_ACTION_CANCEL
                                                            : FH_ACTION_MODIFY,
                                        SideOf(Order::kMdEntryType(message)),
                                        Instrument(Order::kSecurityId(message), sink));
  update.detail = action;
  update.order = {Order::kSecondaryOrderId(message), PriceE9(Order::kMdEntryPx, message),
                  SizeOf(Order::kMdEntrySize(message))};
}

[[gnu::always_inline]] inline void B3Decoder::DeleteOne(const Sink& sink) {
  const uint8_t* const message = sink.message;
  NormalizedUpdate& update = NextOfBook(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL,
                                        SideOf(DeleteOrder::kMdEntryType(message)),
                                        Instrument(DeleteOrder::kSecurityId(message), sink));
  update.detail = kDelete;
  const int64_t price = Has(DeleteOrder::kMdEntryPx, message)
                            ? PriceE9(DeleteOrder::kMdEntryPx, message)
                            : kUndefinedPrice;
  // A size that is null is no size.
  update.order = {DeleteOrder::kSecondaryOrderId(message), price,
                  SizeOf(DeleteOrder::kMdEntrySize(message))};
}

// The venue deletes from the first position on, which is the whole side; parts were never seen.
void B3Decoder::MassDelete(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = Instrument(MassDeleteOrders::kSecurityId(message), sink);
  const char side = SideOf(MassDeleteOrders::kMdEntryType(message));
  const uint8_t action = MassDeleteOrders::kMdUpdateAction(message);
  const bool is_whole =
      kVersion(message) >= kSidesOnlySince ||
      (action == kDeleteThru && MassDeleteOrders::kMdEntryPositionNo(message) <= 1);
  if (is_whole && side != FH_SIDE_NONE) {
    Clear(sink, instrument_id, side);
  } else {
    NormalizedUpdate& update =
        NextOfBook(sink, FH_RECORD_ORDER, FH_ACTION_NONE, side, instrument_id);
    update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_MAYBE_BAD_BOOK);
    update.order = {0, kUndefinedPrice, 0};
  }
  sink.writer.Last().detail = action;
}

void B3Decoder::Summary(const Sink& sink) {
  const uint8_t side = ExecutionSummary::kAggressorSide(sink.message);
  char aggressor = FH_SIDE_NONE;
  if (side == kBuy) aggressor = FH_SIDE_BID;
  if (side == kSell) aggressor = FH_SIDE_ASK;
  matches_[next_match_] = {ExecutionSummary::kSecurityId(sink.message), aggressor};
  next_match_ = (next_match_ + 1) % kMatches;
  has_matches_ = true;
}

// Of the instrument's latest match.
char B3Decoder::AggressorOf(uint64_t security_id) const {
  for (uint32_t i = 1; i <= kMatches; ++i) {
    const Match& match = matches_[(next_match_ + kMatches - i) % kMatches];
    if (match.security_id == security_id) return match.side;
  }
  return FH_SIDE_NONE;
}

template <typename M>
void B3Decoder::TradeOf(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint64_t security_id = M::kSecurityId(message);
  NormalizedUpdate& update = NextOfBook(sink, FH_RECORD_TRADE, FH_ACTION_TRADE,
                                        AggressorOf(security_id), Instrument(security_id, sink));
  update.detail = static_cast<uint8_t>(M::kTradeCondition(message));
  update.trade = {M::kTradeId(message), PriceE9(M::kMdEntryPx, message),
                  SizeOf(M::kMdEntrySize(message))};
}

void B3Decoder::Bust(const Sink& sink) {
  const uint8_t* const message = sink.message;
  NextOfBook(sink, FH_RECORD_TRADE, FH_ACTION_CANCEL, FH_SIDE_NONE,
             Instrument(TradeBust::kSecurityId(message), sink))
      .trade = {TradeBust::kTradeId(message), PriceE9(TradeBust::kMdEntryPx, message),
                SizeOf(TradeBust::kMdEntrySize(message))};
}

// `group`: three letters, of a group's phase; else null.
void B3Decoder::Status(const Sink& sink, uint32_t instrument_id, uint8_t status, uint8_t event,
                       const char* group) {
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id);
  update.detail = status;
  update.status = {.kind = FH_STATUS_TRADING,
                   .state = TradingState(status),
                   .code = ' ',
                   .reason = {' ', ' ', ' ', ' '},
                   .value = event == kNull8 ? 0 : event,
                   .reserved = 0};
  if (group == nullptr) return;
  const Symbol name(group, SecurityGroupPhase::kSecurityGroup.length);
  std::memcpy(update.status.reason, name.bytes.data(), name.view().size());
}

void B3Decoder::Statistic(const Sink& sink, uint64_t security_id, uint16_t type, int64_t price,
                          int64_t quantity, uint8_t detail) {
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, Instrument(security_id, sink));
  update.detail = detail;
  update.statistic = {
      .price = price, .quantity = quantity, .type = type, .reserved0 = 0, .reserved1 = 0};
}

// Limits in ticks or per cent are no prices: the number goes as a quantity of 1e-4.
template <typename M>
void B3Decoder::Band(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint64_t security_id = M::kSecurityId(message);
  const uint8_t unit = M::kPriceLimitType(message);
  const auto detail =
      static_cast<uint8_t>((M::kPriceBandType(message) & 0x0F) | (unit & 0x0F) << 4);
  const auto limit = [&](uint16_t type, const auto& field) {
    const int64_t number = field(message);
    if (static_cast<uint64_t>(number) == field.number) return;
    const bool is_price = unit == kPriceUnit || unit == kNull8;
    Statistic(sink, security_id, type, is_price ? PriceE9(field, message) : kUndefinedPrice,
              is_price ? 0 : number, detail);
  };
  limit(FH_STAT_LOWER_BAND, M::kLowLimitPrice);
  limit(FH_STAT_UPPER_BAND, M::kHighLimitPrice);
  const int64_t reference = PriceE9(M::kTradingReferencePrice, message);
  if (reference != kUndefinedPrice) {
    Statistic(sink, security_id, FH_STAT_REFERENCE_PRICE, reference, 0, detail);
  }
}

void B3Decoder::Theoretical(const Sink& sink) {
  using M = TheoreticalOpeningPrice;
  const uint8_t* const message = sink.message;
  const uint8_t action = M::kMdUpdateAction(message);
  const int64_t price = action == kDelete ? kUndefinedPrice : PriceE9(M::kMdEntryPx, message);
  const uint64_t size = action == kDelete ? 0 : SizeOf(M::kMdEntrySize(message));
  NormalizedUpdate& update = Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE, FH_SIDE_NONE,
                                  Instrument(M::kSecurityId(message), sink));
  update.detail = action;
  update.imbalance = {.reference_price = price, .paired = size, .imbalance = 0};
  Statistic(sink, M::kSecurityId(message), FH_STAT_INDICATIVE_PRICE, price, 0, action);
}

void B3Decoder::Imbalance(const Sink& sink) {
  using M = AuctionImbalance;
  const uint8_t* const message = sink.message;
  const uint16_t condition = M::kImbalanceCondition(message);
  const char side = (condition & kMoreBuyers) != 0    ? FH_SIDE_BID
                    : (condition & kMoreSellers) != 0 ? FH_SIDE_ASK
                                                      : FH_SIDE_NONE;
  const uint8_t action = M::kMdUpdateAction(message);
  NormalizedUpdate& update = Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE, side,
                                  Instrument(M::kSecurityId(message), sink));
  update.detail = action;
  update.imbalance = {.reference_price = kUndefinedPrice,
                      .paired = 0,
                      .imbalance = action == kDelete ? 0 : SizeOf(M::kMdEntrySize(message))};
}

template <typename M>
void B3Decoder::Definition(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = Instrument(M::kSecurityId(message), sink);
  fh_terms terms = UnknownTerms();
  terms.kind = KindOf(M::kSecurityType(message));
  terms.size_decimals = 0;
  const uint8_t decimals = M::kTickSizeDenominator(message);
  if (decimals != kNull8) terms.price_decimals = decimals;
  if (terms.kind == FH_KIND_OPTION) {
    const uint8_t put_or_call = M::kPutOrCall(message);
    terms.put_call = put_or_call == 0 ? 'P' : put_or_call == 1 ? 'C' : '\0';
  }
  std::memcpy(terms.currency, M::kCurrency(message), M::kCurrency.length);
  terms.tick = PriceE9(M::kMinPriceIncrement, message);
  terms.multiplier = PriceE9(M::kContractMultiplier, message);
  terms.strike = PriceE9(M::kStrikePrice, message);
  const int64_t divisor = M::kPriceDivisor(message);
  if (divisor > 0) terms.display_factor = kPriceScale / 10 * kPriceScale / divisor;
  int64_t expiry;
  if (!__builtin_mul_overflow(M::kSecurityValidityTimestamp(message), kNsPerSecond, &expiry) &&
      expiry > 0) {
    terms.expiry_ns = expiry;
  }
  terms.round_lot = SizeOf(M::kMinLotSize(message));
  const WireBlock root = RootOf(message, sink.length);
  const WireGroup underlyings = ReadGroup(M::NoUnderlyings::kInfo, message + root.length, root.end);
  if (underlyings.count > 0 && underlyings.block_length >= sizeof(uint64_t)) {
    terms.underlying_id =
        Instrument(M::NoUnderlyings::kUnderlyingSecurityId(underlyings.first), sink);
  }
  const WireGroup legs = ReadGroup(
      M::NoLegs::kInfo, underlyings.first + underlyings.count * underlyings.block_length, root.end);
  if (legs.count != 0 && legs.block_length >= M::NoLegs::kBytes) {
    terms.leg_count = static_cast<uint8_t>(std::min<uint64_t>(legs.count, UINT8_MAX));
    for (uint64_t i = 0; i < legs.count && i < FH_MOST_LEGS; ++i) {
      using Leg = typename M::NoLegs;
      const uint8_t* const leg = legs.first + i * legs.block_length;
      const int64_t ratio = PriceE9(Leg::kLegRatioQty, leg);
      // Ratios that are no whole numbers are left open.
      const bool is_whole = ratio != kUndefinedPrice && ratio % kPriceScale == 0;
      const auto whole = static_cast<int32_t>(is_whole ? ratio / kPriceScale : 0);
      terms.legs[i] = {Instrument(Leg::kLegSecurityId(leg), sink),
                       Leg::kLegSide(leg) == kSell ? -whole : whole};
    }
  }
  const Symbol symbol(M::kSymbol(message), M::kSymbol.length);
  if (ids_.store() != nullptr && instrument_id != FH_UNKNOWN_INSTRUMENT) {
    ids_.store()->Define(instrument_id, symbol, terms);
  }
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id);
  update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_LAST);
  update.detail = static_cast<uint8_t>(M::kSecurityUpdateAction(message));
  update.definition = {
      .round_lot = static_cast<uint32_t>(std::min<uint64_t>(terms.round_lot, UINT32_MAX)),
      .kind = terms.kind,
      .security_class = *M::kCfiCode(message),
      .size_decimals = terms.size_decimals,
      .book_depth = 0};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
}

void B3Decoder::BeginImage(const Sink& sink) {
  using M = SnapshotFullRefreshHeader;
  const uint8_t* const message = sink.message;
  image_ = {.is_open = true,
            .flags = 0,
            .security_id = M::kSecurityId(message),
            .orders_left = uint64_t{M::kTotNumBids(message)} + M::kTotNumOffers(message),
            .others_left = M::kTotNumStats(message)};
  const uint32_t instrument_id = Instrument(image_.security_id, sink);
  NormalizedUpdate& at = Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id);
  at.flags = static_cast<uint8_t>(at.flags | FH_FLAG_SNAPSHOT);
  at.status = SnapshotAt(M::kLastMsgSeqNumProcessed(message));
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE, instrument_id);
  update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_SNAPSHOT);
  update.order = {0, kUndefinedPrice, 0};
  if (image_.orders_left + image_.others_left == 0) CloseImage(sink, update.instrument_id);
}

void B3Decoder::ImageOrders(const Sink& sink) {
  using M = SnapshotFullRefreshOrders;
  using Entry = M::NoMdEntries;
  const WireBlock root = RootOf(sink.message, sink.length);
  const uint64_t security_id = M::kSecurityId(sink.message);
  const uint32_t instrument_id = Instrument(security_id, sink);
  const bool is_ours = image_.is_open && image_.security_id == security_id;
  const uint8_t doubt = is_ours ? image_.flags : uint8_t{FH_FLAG_MAYBE_BAD_BOOK};
  const uint8_t flags = FH_FLAG_SNAPSHOT | doubt;
  const WireGroup entries = ReadGroup(Entry::kInfo, sink.message + root.length, root.end);
  const uint8_t* entry = entries.first;
  for (uint64_t i = 0; i < entries.count; ++i, entry += entries.block_length) {
    NormalizedUpdate& update = Next(sink, FH_RECORD_ORDER, FH_ACTION_ADD,
                                    SideOf(Entry::kMdEntryType(entry)), instrument_id);
    update.flags = static_cast<uint8_t>(update.flags | flags);
    update.ts_event_ns = TimeOf(Entry::kMdInsertTimestamp, entry);
    update.order = {Entry::kSecondaryOrderId(entry), PriceE9(Entry::kMdEntryPx, entry),
                    SizeOf(Entry::kMdEntrySize(entry))};
  }
  if (!is_ours) return;
  image_.orders_left -= std::min(image_.orders_left, entries.count);
  if (image_.orders_left + image_.others_left == 0) CloseImage(sink, instrument_id);
}

// A status or statistic of the instrument, between the header and the orders.
void B3Decoder::PassImage(const Sink& sink) {
  for (uint64_t slot = sink.first; slot < sink.writer.next(); ++slot) {
    NormalizedUpdate& update = sink.writer.At(slot);
    update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_SNAPSHOT | image_.flags);
  }
  image_.others_left -= std::min<uint64_t>(image_.others_left, 1);
  if (image_.orders_left + image_.others_left == 0) {
    CloseImage(sink, Instrument(image_.security_id, sink));
  }
}

// The image is whole: its last record says so.
void B3Decoder::CloseImage(const Sink& sink, uint32_t instrument_id) {
  image_.is_open = false;
  if (sink.writer.next() == sink.first) {
    Next(sink, FH_RECORD_ORDER, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id).order = {
        0, kUndefinedPrice, 0};
  }
  NormalizedUpdate& last = sink.writer.Last();
  last.flags = static_cast<uint8_t>(last.flags | FH_FLAG_SNAPSHOT | image_.flags | FH_FLAG_LAST);
}

// What a snapshot holds besides orders begins with the security's number.
bool B3Decoder::IsOfImage(uint32_t type, const uint8_t* message) const {
  return image_.is_open && kEventPlace[type] == kHeadBytes + sizeof(uint64_t) &&
         type != SecurityGroupPhase::kInfo.type && type != EmptyBook::kInfo.type &&
         SecurityStatus::kSecurityId(message) == image_.security_id;
}

void B3Decoder::LastTrade(const Sink& sink) {
  using M = LastTradePrice;
  const uint8_t* const message = sink.message;
  NormalizedUpdate& update = Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE,
                                  Instrument(M::kSecurityId(message), sink));
  update.detail = static_cast<uint8_t>(M::kTradeCondition(message));
  update.trade = {M::kTradeId(message), PriceE9(M::kMdEntryPx, message),
                  SizeOf(M::kMdEntrySize(message))};
}

bool B3Decoder::DecodeRare(uint32_t type, const Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (type) {
    case SecurityStatus::kInfo.type:
      Status(sink, Instrument(SecurityStatus::kSecurityId(message), sink),
             SecurityStatus::kSecurityTradingStatus(message),
             SecurityStatus::kSecurityTradingEvent(message), nullptr);
      return true;
    case SecurityGroupPhase::kInfo.type:
      Status(sink, FH_UNKNOWN_INSTRUMENT, SecurityGroupPhase::kTradingSessionSubId(message),
             SecurityGroupPhase::kSecurityTradingEvent(message),
             SecurityGroupPhase::kSecurityGroup(message));
      return true;
    case EmptyBook::kInfo.type:
      Clear(sink, Instrument(EmptyBook::kSecurityId(message), sink), FH_SIDE_NONE);
      return true;
    case ChannelReset::kInfo.type:
      Clear(sink, FH_ALL_INSTRUMENTS, FH_SIDE_NONE);
      return true;
    case SecurityDefinition4::kInfo.type:
      Definition<SecurityDefinition4>(sink);
      return true;
    case SecurityDefinition::kInfo.type:
      Definition<SecurityDefinition>(sink);
      return true;
    case OpeningPrice::kInfo.type: {
      const uint8_t action = OpeningPrice::kMdUpdateAction(message);
      Statistic(sink, OpeningPrice::kSecurityId(message),
                OpeningPrice::kOpenCloseSettlFlag(message) == kTheoreticalFlag
                    ? FH_STAT_INDICATIVE_PRICE
                    : FH_STAT_OPENING_PRICE,
                action == kDelete ? kUndefinedPrice : PriceE9(OpeningPrice::kMdEntryPx, message), 0,
                action);
      return true;
    }
    case TheoreticalOpeningPrice::kInfo.type:
      Theoretical(sink);
      return true;
    case ClosingPrice::kInfo.type: {
      const uint8_t flag = ClosingPrice::kOpenCloseSettlFlag(message);
      Statistic(sink, ClosingPrice::kSecurityId(message),
                flag == kPreviousDayFlag ? FH_STAT_PREVIOUS_CLOSE : FH_STAT_CLOSING_PRICE,
                PriceE9(ClosingPrice::kMdEntryPx, message), 0, flag);
      return true;
    }
    case AuctionImbalance::kInfo.type:
      Imbalance(sink);
      return true;
    case PriceBand20::kInfo.type:
      Band<PriceBand20>(sink);
      return true;
    case PriceBand::kInfo.type:
      Band<PriceBand>(sink);
      return true;
    case HighPrice::kInfo.type:
    case LowPrice::kInfo.type: {  // Alike.
      const uint8_t action = HighPrice::kMdUpdateAction(message);
      Statistic(sink, HighPrice::kSecurityId(message),
                type == HighPrice::kInfo.type ? FH_STAT_HIGH_PRICE : FH_STAT_LOW_PRICE,
                action == kDelete ? kUndefinedPrice : PriceE9(HighPrice::kMdEntryPx, message), 0,
                action);
      return true;
    }
    case SettlementPrice::kInfo.type:
      Statistic(sink, SettlementPrice::kSecurityId(message), FH_STAT_SETTLEMENT_PRICE,
                PriceE9(SettlementPrice::kMdEntryPx, message), 0,
                SettlementPrice::kOpenCloseSettlFlag(message));
      return true;
    case OpenInterest::kInfo.type:
      Statistic(sink, OpenInterest::kSecurityId(message), FH_STAT_OPEN_INTEREST, kUndefinedPrice,
                OpenInterest::kMdEntrySize(message), 0);
      return true;
    // Elsewhere it repeats a trade that 53 or 54 has told.
    case LastTradePrice::kInfo.type:
      if (!IsOfImage(type, message)) return false;
      LastTrade(sink);
      return true;
    case ExecutionStatistics::kInfo.type: {
      using M = ExecutionStatistics;
      Statistic(sink, M::kSecurityId(message), FH_STAT_VOLUME, kUndefinedPrice,
                M::kTradeVolume(message), 0);
      const int64_t average = PriceE9(M::kVwapPx, message);
      if (average != kUndefinedPrice) {
        Statistic(sink, M::kSecurityId(message), FH_STAT_AVERAGE_PRICE, average, 0, 0);
      }
      return true;
    }
    default:
      return false;
  }
}

bool B3Decoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
                       const MessageContext& context, UpdateWriter& writer) {
  const uint32_t type = info.type;
  const uint8_t event = kEventPlace[type] == 0 ? uint8_t{0} : message[kEventPlace[type]];
  int64_t time_ns = kUndefinedTime;
  if (kTimePlace[type] != 0) {
    time_ns = TimeOf(LittleEndian<uint64_t>("", kTimePlace[type]), message);
  }
  uint8_t flags = context.flags;
  if ((event & (kRecovery | kImplied)) != 0) [[unlikely]] {
    if ((event & kRecovery) != 0) flags |= FH_FLAG_SNAPSHOT;
    if ((event & kImplied) != 0 && kVersion(message) >= kImpliedSince) flags |= FH_FLAG_IMPLIED;
  }
  const bool ends = (event & kEndOfEvent) != 0;
  // Of these each message is one record.
  const bool is_event =
      ends && touched_count_ == 0 && !touched_more_ &&
      (type == Order::kInfo.type || type == DeleteOrder::kInfo.type || type == Trade::kInfo.type);
  if (is_event) flags |= FH_FLAG_LAST;
  const Sink sink{message, length, context, writer, time_ns, flags, writer.next()};
  bool is_mapped = true;
  switch (type) {
    case Order::kInfo.type:
      OrderOrChange(sink);
      break;
    case DeleteOrder::kInfo.type:
      DeleteOne(sink);
      break;
    case MassDeleteOrders::kInfo.type:
      MassDelete(sink);
      break;
    case Trade::kInfo.type:
      TradeOf<Trade>(sink);
      break;
    case ForwardTrade::kInfo.type:
      TradeOf<ForwardTrade>(sink);
      break;
    case ExecutionSummary::kInfo.type:
      Summary(sink);
      return true;
    case TradeBust::kInfo.type:
      Bust(sink);
      break;
    case SnapshotFullRefreshHeader::kInfo.type:
      BeginImage(sink);
      return true;
    case SnapshotFullRefreshOrders::kInfo.type:
      ImageOrders(sink);
      return true;
    default:
      is_mapped = DecodeRare(type, sink);
      if (IsOfImage(type, message)) {
        PassImage(sink);
        return is_mapped;
      }
  }
  if (is_event) {
    if (has_matches_) [[unlikely]]
      ForgetMatches();
  } else if (ends) {
    EndEvent(sink);
  }
  return is_mapped;
}

}  // namespace fh::codecs::b3
