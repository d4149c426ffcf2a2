#include "codecs/ice/ice_decoder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "absl/time/civil_time.h"
#include "codecs/ice/ice_blocks.h"
#include "codecs/value.h"

namespace fh::codecs::ice {
namespace {

// Without a store there is nobody to say how many markets there are.
constexpr uint32_t kUsualMarkets = 4'096;
constexpr uint32_t kMostDecimals = 9;

// 10 to the power of 9 - decimals; 0 when a price of so many decimals has more than 1e-9 holds, or how
// many it has is unknown.
constexpr std::array<int64_t, 256> kToE9 = [] {
  std::array<int64_t, 256> powers{};
  powers[kMostDecimals] = 1;
  for (size_t decimals = kMostDecimals; decimals-- > 0;) {
    powers[decimals] = powers[decimals + 1] * 10;
  }
  return powers;
}();

uint8_t DecimalsOfLetter(char letter) {
  return letter >= '0' && letter <= '9' ? static_cast<uint8_t>(letter - '0')
                                        : uint8_t{FH_UNKNOWN_DECIMALS};
}

int64_t ScaledE9(int64_t raw, uint8_t decimals) {
  const int64_t to_e9 = kToE9[decimals];
  int64_t price;
  if (to_e9 == 0 || __builtin_mul_overflow(raw, to_e9, &price)) return kUndefinedPrice;
  return price;
}

char SideOf(char letter) {
  if (letter == '1') return FH_SIDE_BID;
  return letter == '2' ? FH_SIDE_ASK : FH_SIDE_NONE;
}

char Opposite(char side) {
  if (side == FH_SIDE_BID) return FH_SIDE_ASK;
  return side == FH_SIDE_ASK ? FH_SIDE_BID : FH_SIDE_NONE;
}

// A blank says that there is nothing to say.
uint8_t DetailOf(char letter) { return letter == ' ' ? uint8_t{0} : static_cast<uint8_t>(letter); }

int64_t NsOfMs(uint64_t ms) {
  return ms != 0 && ms <= kLastMs ? static_cast<int64_t>(ms) * kNsPerMs : kUndefinedTime;
}

// `within`: the microsecond in the millisecond, times 1000, and a count within it.
int64_t NsOfMs(uint64_t ms, uint32_t within) {
  const int64_t ns = NsOfMs(ms);
  return ns == kUndefinedTime || within >= kNsPerMs ? ns : ns + within / 1000 * 1000;
}

int64_t NsOfTimestamp(uint64_t ns) {
  return ns != 0 && ns <= kLastMs * kNsPerMs ? static_cast<int64_t>(ns) : kUndefinedTime;
}

// Midnight, UTC, behind the day: the hour at which trading ends is not told.
int64_t NsOfDay(uint16_t year, uint16_t month, uint16_t day) {
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) {
    return kUndefinedTime;
  }
  constexpr int64_t kNsPerDay = 86'400'000'000'000;
  const int64_t days = absl::CivilDay(year, month, day) - absl::CivilDay(1970, 1, 1);
  return (days + 1) * kNsPerDay - 1;
}

uint8_t TradingState(char status) {
  switch (status) {
    case 'O':
      return FH_TRADING_OPEN;
    case '1':  // Before the open and the close orders are taken.
    case '2':
      return FH_TRADING_ORDERS;
    case 'C':
    case 'E':
      return FH_TRADING_HALTED;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

// ISO 4217 where the text begins with three capitals and has no more.
void PutCurrency(const Alpha& field, const uint8_t* message, fh_terms& terms) {
  const Symbol text(field(message), field.length);
  const absl::string_view name = text.view();
  if (name.size() == 3) std::memcpy(terms.currency, name.data(), name.size());
}

// A price or step of prices that may be "none".
int64_t StepE9(int64_t raw, uint8_t decimals) {
  return raw > 0 ? ScaledE9(raw, decimals) : kUndefinedPrice;
}

// Where the time of the event is, by type: the first of the message's times, but for 3, which begins
// with the time of an end to come.
constexpr std::array<uint8_t, 256> kTimeAt = [] {
  std::array<uint8_t, 256> places{};
  for (const MessageInfo* info : kMessages) {
    for (const FieldInfo* field : info->fields) {
      if (field->kind != FieldKind::kUnixMs || places[info->type] != 0) continue;
      places[info->type] = field->offset < 256 ? static_cast<uint8_t>(field->offset) : uint8_t{0};
    }
  }
  places['3'] = transition::kMessageDateTime.offset;
  return places;
}();

}  // namespace

IceDecoder::IceDecoder(const CodecOptions& options)
    : instruments_(options.instruments),
      markets_(instruments_ == nullptr ? kUsualMarkets : instruments_->capacity()) {}

const char* IceDecoder::Check(const MessageInfo& info, const uint8_t* message,
                              uint32_t length) const {
  if (info.groups.empty()) return nullptr;
  Entries entries(info, message, length);
  while (entries.NextGroup()) {
    while (entries.NextEntry()) {
    }
  }
  if (entries.why() != nullptr || &info == &kSpecialMessage) return entries.why();
  // What the shortest version has behind the legs.
  constexpr ptrdiff_t kLeastTail = 22;
  return message + length - entries.next() < kLeastTail ? "legs reach too far" : nullptr;
}

void IceDecoder::BeginJob(const DecodeJob& job) {
  sent_ns_ = job.frame->send_time_ns != 0 ? job.frame->send_time_ns : kUndefinedTime;
  if (instruments_ != nullptr) changes_ = static_cast<uint32_t>(instruments_->changes());
}

void IceDecoder::OnEvent(const StreamEvent& event) {
  in_bundle_ = all_or_none_ = false;
  snapshot_left_ = 0;
  if (event.kind == StreamEvent::Kind::kStart || event.kind == StreamEvent::Kind::kLoop) {
    orders_.Clear();
  }
}

// What is known of a market, by the newest that any channel of the feed has told.
inline MarketTerms& IceDecoder::Terms(uint32_t market) {
  MarketTerms& terms = markets_.Find(market);
  if (terms.market == market && terms.checked_at == changes_) [[likely]]
    return terms;
  if (market != 0 && instruments_ != nullptr) CompareWithStore(market);
  return terms;
}

// That nobody has told anything is noted too.
[[gnu::noinline]] void IceDecoder::CompareWithStore(uint32_t market) {
  const fh_terms stored = instruments_->Terms(market);
  const bool is_known =
      stored.price_decimals != FH_UNKNOWN_DECIMALS || stored.reserved[kDealDecimalsAt] != 0;
  MarketTerms* const terms = markets_.Learn(market);
  if (terms == nullptr) return;
  if (is_known) {
    terms->order_decimals = stored.price_decimals;
    terms->deal_decimals = static_cast<uint8_t>(stored.reserved[kDealDecimalsAt] - 1);
    terms->settle_decimals = static_cast<uint8_t>(stored.reserved[kSettleDecimalsAt] - 1);
  }
  terms->checked_at = changes_;
}

uint8_t IceDecoder::DecimalsOf(const MarketTerms& terms, Scale scale) {
  switch (scale) {
    case Scale::kOrder:
      return terms.order_decimals;
    case Scale::kDeal:
      return terms.deal_decimals;
    case Scale::kSettle:
      return terms.settle_decimals;
  }
  return FH_UNKNOWN_DECIMALS;
}

int64_t IceDecoder::PriceE9(Sink& sink, int64_t raw, Scale scale) {
  if (raw == 0) return 0;  // By any scale.
  const uint8_t decimals = DecimalsOf(Terms(sink.instrument_id), scale);
  if (kToE9[decimals] == 0) [[unlikely]]
    sink.is_unscaled = true;
  return ScaledE9(raw, decimals);
}

int64_t IceDecoder::TimeOf(char type, const uint8_t* message, uint32_t length) const {
  const auto has = [length](const FieldInfo& field) {
    return uint32_t{field.offset} + field.length <= length;
  };
  int64_t ns = kUndefinedTime;
  switch (type) {
    case 'E':
      if (has(order::kModificationTimestamp)) {
        ns = NsOfTimestamp(order::kModificationTimestamp(message));
      }
      break;
    case 'F':
      if (has(remove::kMessageDateTime)) ns = NsOfMs(remove::kMessageDateTime(message));
      if (has(remove::kSequenceWithinMillis)) {
        ns = NsOfMs(remove::kMessageDateTime(message), remove::kSequenceWithinMillis(message));
      }
      break;
    case 'G':
      ns = NsOfMs(trade::kTransactDateTime(message), trade::kSequenceWithinMillis(message));
      break;
    case 't':
    case 's':
      if (has(add_level::kTimestamp)) ns = NsOfTimestamp(add_level::kTimestamp(message));
      break;
    case 'r':
      if (has(delete_level::kTimestamp)) ns = NsOfTimestamp(delete_level::kTimestamp(message));
      break;
    case 'D':
    case 'm':
    case 'C':  // An image: as it is now.
    case 'T':
    case 'b':
      break;
    default: {
      const uint8_t at = kTimeAt[static_cast<uint8_t>(type)];
      if (at != 0) ns = NsOfMs(internal::Load<std::endian::big, uint64_t>(message + at));
    }
  }
  return ns == kUndefinedTime ? sent_ns_ : ns;
}

bool IceDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
                        const MessageContext& context, UpdateWriter& writer) {
  const char type = kMessageType(message);
  const bool has_market = info.length >= 7 && type != 'L' && type != 'i';
  const uint32_t market = has_market ? kMarketId(message) : FH_ALL_INSTRUMENTS;
  Sink sink{
      .message = message,
      .length = length,
      .context = context,
      .writer = writer,
      .instrument_id = has_market && market == FH_ALL_INSTRUMENTS ? FH_UNKNOWN_INSTRUMENT : market,
      .ts_event_ns = TimeOf(type, message, length),
      .flags = context.flags,
      .first = writer.next()};
  const bool was_in_bundle = in_bundle_;
  const bool is_mapped = Map(type, sink);
  if (type != 'b') all_or_none_ = false;
  if (writer.next() != sink.first) {
    // The end of a bundle is outside of it; so is what a snapshot ends with.
    const bool goes_on = (was_in_bundle && in_bundle_) || snapshot_left_ != 0;
    if (!goes_on) {
      NormalizedUpdate& last = writer.Last();
      last.flags = static_cast<uint8_t>(last.flags | FH_FLAG_LAST);
    }
    context.stats.undated += sink.ts_event_ns == kUndefinedTime;
  }
  context.stats.unscaled += sink.is_unscaled;
  return is_mapped;
}

// The next slot with everything but the union filled in, `detail` 0.
NormalizedUpdate& IceDecoder::Next(const Sink& sink, uint8_t record, char action, char side,
                                   uint8_t flags) {
  const uint64_t slot = sink.writer.next();
  NormalizedUpdate& update = sink.writer.Next();
  update.record = record;
  update.action = action;
  update.side = side;
  update.flags = static_cast<uint8_t>(flags | sink.flags);
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

void IceDecoder::Order(Sink& sink, char action, char side, uint8_t flags, uint64_t id,
                       int64_t raw_price, uint64_t size) {
  const int64_t price = PriceE9(sink, raw_price, Scale::kOrder);
  // Whoever keeps a book has no place for it.
  if (price == kUndefinedPrice) flags |= FH_FLAG_MAYBE_BAD_BOOK;
  NormalizedUpdate& update = Next(sink, FH_RECORD_ORDER, action, side, flags);
  update.order = {id, price, size};
  update.detail = all_or_none_ ? 'A' : 0;
}

void IceDecoder::TradeRecord(Sink& sink, char action, char side, uint64_t id, int64_t raw_price,
                             uint64_t size, char indicator) {
  const int64_t price = PriceE9(sink, raw_price, Scale::kDeal);
  NormalizedUpdate& update = Next(sink, FH_RECORD_TRADE, action, side, 0);
  update.trade = {id, price, size};
  update.detail = DetailOf(indicator);
}

void IceDecoder::Detail(Sink& sink, uint16_t kind, uint64_t id, const char* conditions,
                        size_t count) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_TRADE_DETAIL, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.trade_detail = {};
  update.trade_detail.original_id = id;
  update.trade_detail.kind = kind;
  std::memcpy(update.trade_detail.conditions, conditions, count);
}

void IceDecoder::Status(Sink& sink, uint16_t kind, uint8_t state, char code, int64_t value) {
  Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, 0).status = {
      kind, state, code, {' ', ' ', ' ', ' '}, value, 0};
}

void IceDecoder::Statistic(Sink& sink, uint16_t type, int64_t price, int64_t quantity,
                           uint8_t detail) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.statistic = {};
  update.statistic.price = price;
  update.statistic.quantity = quantity;
  update.statistic.type = type;
  update.detail = detail;
}

void IceDecoder::PriceStatistic(Sink& sink, uint16_t type, int64_t raw_price, Scale scale,
                                uint8_t detail) {
  Statistic(sink, type, PriceE9(sink, raw_price, scale), 0, detail);
}

void IceDecoder::AddOrModify(Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint64_t id = order::kOrderId(message);
  const KnownOrders::Added added = orders_.Add(sink.instrument_id, id);
  uint8_t flags = order::kIsImplied(message) == 'Y' ? FH_FLAG_IMPLIED : 0;
  if (added == KnownOrders::Added::kNoRoom) flags |= FH_FLAG_MAYBE_BAD_BOOK;
  Order(sink, added == KnownOrders::Added::kKnown ? FH_ACTION_MODIFY : FH_ACTION_ADD,
        SideOf(order::kSide(message)), flags, id, order::kPrice(message),
        order::kQuantity(message));
}

void IceDecoder::Delete(Sink& sink) {
  const uint64_t id = remove::kOrderId(sink.message);
  orders_.Remove(sink.instrument_id, id);
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, FH_SIDE_NONE, 0).order = {id, kUndefinedPrice,
                                                                          FH_SIZE_ALL};
}

void IceDecoder::Trade(Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint64_t id = trade::kTradeId(message);
  const char side = SideOf(trade::kAggressorSide(message));
  const char indicator = trade::kOffMarketTradeIndicator(message);
  const bool is_leg = trade::kIsSystemPricedLeg(message) == 'Y';
  const bool is_adjusted = trade::kIsAdjustedTrade(message) == 'Y';
  const uint32_t quantity = trade::kQuantity(message);
  TradeRecord(sink, FH_ACTION_TRADE, side, id, trade::kPrice(message), quantity, indicator);
  if (is_leg) sink.writer.Last().flags |= FH_FLAG_IMPLIED;
  if (is_adjusted) {
    Detail(sink, FH_DETAIL_CORRECTION, id, trade::kOffMarketTradeType(message),
           trade::kOffMarketTradeType.length);
  } else if (is_leg || indicator != ' ' || trade::kIsImpliedSpreadAtMarketOpen(message) == 'Y') {
    const std::array<char, 6> conditions = {indicator,
                                            trade::kSystemPricedLegType(message),
                                            trade::kIsImpliedSpreadAtMarketOpen(message),
                                            trade::kOffMarketTradeType(message)[0],
                                            trade::kOffMarketTradeType(message)[1],
                                            trade::kOffMarketTradeType(message)[2]};
    Detail(sink, FH_DETAIL_CONDITIONS, id, conditions.data(), conditions.size());
  }
  if (is_leg || is_adjusted || indicator != ' ') return;
  orders_.Remove(sink.instrument_id, id);
  const int64_t price = PriceE9(sink, trade::kPrice(message), Scale::kDeal);
  Next(sink, FH_RECORD_ORDER, FH_ACTION_FILL, Opposite(side), 0).order = {id, price, quantity};
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, Opposite(side), 0).order = {id, kUndefinedPrice,
                                                                            FH_SIZE_ALL};
}

// t, s, r and m have the same places.
void IceDecoder::Level(Sink& sink, char action) {
  const uint8_t* const message = sink.message;
  const char side = SideOf(add_level::kSide(message));
  const uint32_t depth = add_level::kPriceLevelPosition(message);
  if (action == FH_ACTION_CANCEL) {
    Next(sink, FH_RECORD_LEVEL, action, side, FH_FLAG_MBP).level = {kUndefinedPrice, 0, 0, depth};
    return;
  }
  const int64_t price = PriceE9(sink, add_level::kPrice(message), Scale::kOrder);
  const uint8_t doubt = price == kUndefinedPrice ? FH_FLAG_MAYBE_BAD_BOOK : 0;
  Next(sink, FH_RECORD_LEVEL, action, side, static_cast<uint8_t>(FH_FLAG_MBP | doubt)).level = {
      price, add_level::kQuantity(message), add_level::kOrderCount(message), depth};
}

void IceDecoder::EndSnapshotEntry(Sink& sink) {
  if (sink.instrument_id != snapshot_market_) snapshot_left_ = 0;
  snapshot_left_ -= snapshot_left_ != 0;
}

void IceDecoder::SnapshotOrder(Sink& sink) {
  const uint8_t* const message = sink.message;
  sink.flags |= FH_FLAG_SNAPSHOT;
  Order(sink, FH_ACTION_ADD, SideOf(snapshot_order::kSide(message)),
        snapshot_order::kIsImplied(message) == 'Y' ? FH_FLAG_IMPLIED : 0,
        snapshot_order::kOrderId(message), snapshot_order::kPrice(message),
        snapshot_order::kQuantity(message));
  EndSnapshotEntry(sink);
}

void IceDecoder::Snapshot(Sink& sink) {
  const uint8_t* const message = sink.message;
  sink.flags |= FH_FLAG_SNAPSHOT;
  snapshot_left_ = snapshot::kNumOfBookEntries(message);
  snapshot_market_ = sink.instrument_id;
  Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, 0).status =
      SnapshotAt(snapshot::kLastMessageSequenceId(message));
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE, 0).order = {0, kUndefinedPrice, 0};
  Next(sink, FH_RECORD_LEVEL, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_FLAG_MBP).level = {kUndefinedPrice,
                                                                                   0, 0, 0};
  const char status = snapshot::kTradingStatus(message);
  Status(sink, FH_STATUS_TRADING, TradingState(status), status, 0);
  Volumes(sink, snapshot::kVolume, snapshot::kBlockVolume, snapshot::kEfsVolume,
          snapshot::kEfpVolume);
  Statistic(sink, FH_STAT_OPEN_INTEREST, kUndefinedPrice, snapshot::kOpenInterest(message), 0);
  // A day without a trade has no prices: they are 0.
  if (snapshot::kVolume(message) != 0) {
    PriceStatistic(sink, FH_STAT_OPENING_PRICE, snapshot::kOpeningPrice(message), Scale::kDeal, 0);
    PriceStatistic(sink, FH_STAT_HIGH_PRICE, snapshot::kHigh(message), Scale::kDeal, 0);
    PriceStatistic(sink, FH_STAT_LOW_PRICE, snapshot::kLow(message), Scale::kDeal, 0);
    PriceStatistic(sink, FH_STAT_AVERAGE_PRICE, snapshot::kVwap(message), Scale::kDeal, 0);
  }
  if (snapshot::kSettlePriceDateTime(message) != 0) {
    Settlement(sink, snapshot::kSettlementPrice, snapshot::kSettlementPriceWithDealPricePrecision,
               static_cast<uint8_t>(snapshot::kIsSettlePriceOfficial(message)));
  }
  if (snapshot::kHasPreviousDaySettlementPrice(message) == 'Y') {
    PriceStatistic(sink, FH_STAT_PREVIOUS_CLOSE, snapshot::kPreviousDaySettlementPrice(message),
                   Scale::kSettle, 0);
  }
}

// The whole, and what of it was done off the market; `detail` names that.
void IceDecoder::Volumes(Sink& sink, const U32& volume, const U32& block, const U32& efs,
                         const U32& efp) {
  const uint8_t* const message = sink.message;
  Statistic(sink, FH_STAT_VOLUME, kUndefinedPrice, volume(message), 0);
  if (block(message) != 0) {
    Statistic(sink, FH_STAT_VOLUME, kUndefinedPrice, block(message), 'K');
  }
  if (efs(message) != 0) Statistic(sink, FH_STAT_VOLUME, kUndefinedPrice, efs(message), 'S');
  if (efp(message) != 0) Statistic(sink, FH_STAT_VOLUME, kUndefinedPrice, efp(message), 'E');
}

// The finer of two forms of the same price, if its decimals are known.
void IceDecoder::Settlement(Sink& sink, const Price& settle, const Price& deal, uint8_t detail) {
  const bool is_finer_known = kToE9[Terms(sink.instrument_id).settle_decimals] != 0;
  PriceStatistic(sink, FH_STAT_SETTLEMENT_PRICE,
                 is_finer_known ? settle(sink.message) : deal(sink.message),
                 is_finer_known ? Scale::kSettle : Scale::kDeal, detail);
}

void IceDecoder::Investigated(Sink& sink) {
  const uint8_t* const message = sink.message;
  const std::array<char, 5> conditions = {
      investigated::kInvestigationStatus(message), investigated::kOffMarketTradeIndicator(message),
      investigated::kOffMarketTradeType(message)[0], investigated::kOffMarketTradeType(message)[1],
      investigated::kOffMarketTradeType(message)[2]};
  Detail(sink, FH_DETAIL_CONDITIONS, investigated::kTradeId(message), conditions.data(),
         conditions.size());
}

// The option is described, not numbered: the trade is shown under its underlying market, and its price
// has no known scale there.
void IceDecoder::OldOptionTrade(Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint64_t id = old_option_trade::kTradeId(message);
  const char code = old_option_trade::kEventCode(message);
  const char indicator = old_option_trade::kOffMarketTradeIndicator(message);
  const bool is_free = old_option_trade::kPrice(message) == 0;
  sink.is_unscaled = !is_free;
  NormalizedUpdate& update = Next(
      sink, FH_RECORD_TRADE, code == '1' ? FH_ACTION_CANCEL : FH_ACTION_TRADE, FH_SIDE_NONE, 0);
  update.trade = {id, is_free ? 0 : kUndefinedPrice, old_option_trade::kQuantity(message)};
  update.detail = DetailOf(indicator);
  const std::array<char, 2> conditions = {indicator, old_option_trade::kOptionType(message)};
  Detail(sink, code == '2' ? FH_DETAIL_CORRECTION : FH_DETAIL_CONDITIONS, id, conditions.data(),
         conditions.size());
}

void IceDecoder::Statistics(Sink& sink) {
  const uint8_t* const message = sink.message;
  Volumes(sink, statistics::kVolume, statistics::kBlockVolume, statistics::kEfsVolume,
          statistics::kEfpVolume);
  PriceStatistic(sink, FH_STAT_HIGH_PRICE, statistics::kHigh(message), Scale::kDeal, 0);
  PriceStatistic(sink, FH_STAT_LOW_PRICE, statistics::kLow(message), Scale::kDeal, 0);
  PriceStatistic(sink, FH_STAT_AVERAGE_PRICE, statistics::kVwap(message), Scale::kDeal, 0);
}

void IceDecoder::Day(Sink& sink) {
  const uint8_t* const message = sink.message;
  Volumes(sink, day::kVolume, day::kBlockVolume, day::kEfsVolume, day::kEfpVolume);
  if (day::kVolume(message) != 0) {
    PriceStatistic(sink, FH_STAT_OPENING_PRICE, day::kOpeningPrice(message), Scale::kDeal, 0);
    PriceStatistic(sink, FH_STAT_HIGH_PRICE, day::kHigh(message), Scale::kDeal, 0);
    PriceStatistic(sink, FH_STAT_LOW_PRICE, day::kLow(message), Scale::kDeal, 0);
    PriceStatistic(sink, FH_STAT_AVERAGE_PRICE, day::kVwap(message), Scale::kDeal, 0);
  }
  Settlement(sink, day::kSettlementPrice, day::kSettlementPriceWithDealPricePrecision, 0);
  Statistic(sink, FH_STAT_OPEN_INTEREST, kUndefinedPrice, day::kOpenInterest(message), 0);
}

void IceDecoder::PreOpen(Sink& sink) {
  const uint8_t* const message = sink.message;
  const bool has_volume = pre_open::kHasPreOpenVolume(message) == 'Y';
  const int64_t price = PriceE9(sink, pre_open::kPreOpenPrice(message), Scale::kDeal);
  Statistic(sink, FH_STAT_INDICATIVE_PRICE, price,
            has_volume ? pre_open::kPreOpenVolume(message) : 0,
            static_cast<uint8_t>(pre_open::kHasPreOpenVolume(message)));
}

void IceDecoder::PriceLimit(Sink& sink) {
  const uint8_t* const message = sink.message;
  const char hold = price_limit::kIplHoldType(message);
  const uint8_t state = hold == 'S' ? FH_TRADING_PAUSED : FH_TRADING_OPEN;
  Status(sink, FH_STATUS_TRADING, state, hold, price_limit::kIplHoldDuration(message));
  sink.writer.Last().detail = DetailOf(price_limit::kIsUp(message));
  PriceStatistic(sink, FH_STAT_UPPER_BAND, price_limit::kIplUp(message), Scale::kOrder, 0);
  PriceStatistic(sink, FH_STAT_LOWER_BAND, price_limit::kIplDown(message), Scale::kOrder, 0);
}

void IceDecoder::Lockdown(Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t bid = lockdown::kAggBidQty(message);
  const uint32_t offer = lockdown::kAggOfferQty(message);
  const bool is_final = lockdown::kIsFinal(message) == 'Y';
  const int64_t price = PriceE9(sink, lockdown::kUsdPrice(message), Scale::kDeal);
  const char side = bid > offer ? FH_SIDE_BID : bid < offer ? FH_SIDE_ASK : FH_SIDE_NONE;
  NormalizedUpdate& update = Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE, side, 0);
  update.imbalance = {price, std::min(bid, offer), std::max(bid, offer) - std::min(bid, offer)};
  update.detail = static_cast<uint8_t>(lockdown::kIsBalanced(message));
  if (is_final) Statistic(sink, FH_STAT_FIXING_PRICE, price, 0, 'Y');
}

// Of the feed's store, and of this channel's table.
void IceDecoder::Define(Sink& sink, const Symbol& symbol, fh_terms& terms, MarketTerms learnt,
                        char status) {
  const uint32_t market = sink.instrument_id;
  terms.size_decimals = 0;  // Contracts, or lots.
  terms.price_decimals = learnt.order_decimals;
  terms.reserved[kDealDecimalsAt] = static_cast<uint8_t>(learnt.deal_decimals + 1);
  terms.reserved[kSettleDecimalsAt] = static_cast<uint8_t>(learnt.settle_decimals + 1);
  if (market != FH_UNKNOWN_INSTRUMENT) {
    const bool is_stored = instruments_ == nullptr || instruments_->Define(market, symbol, terms);
    MarketTerms* const known = markets_.Learn(market);
    if (known != nullptr) {
      learnt.market = market;
      learnt.checked_at = changes_;
      *known = learnt;
    }
    sink.context.stats.instruments_full += !is_stored || known == nullptr;
  }
  NormalizedUpdate& update = Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.definition = {};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
  update.definition.round_lot = static_cast<uint32_t>(terms.round_lot);
  update.definition.kind = terms.kind;
  update.detail = static_cast<uint8_t>(status);
}

void IceDecoder::Expiry(Sink& sink) {
  const uint8_t* const message = sink.message;
  MarketTerms learnt;
  learnt.order_decimals = DecimalsOfLetter(expiry::kOrderPriceDenominator(message));
  learnt.deal_decimals = DecimalsOfLetter(expiry::kDealPriceDenominator(message));
  learnt.settle_decimals = DecimalsOfLetter(expiry::kSettlePriceDenominator(message));
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_FUTURE;
  terms.round_lot = expiry::kLotSize(message);
  terms.tick = StepE9(expiry::kIncrementPrice(message), learnt.order_decimals);
  terms.multiplier = StepE9(expiry::kUnitQuantity(message),
                            DecimalsOfLetter(expiry::kUnitQtyDenominator(message)));
  terms.expiry_ns = NsOfDay(expiry::kMaturityYear(message), expiry::kMaturityMonth(message),
                            expiry::kMaturityDay(message));
  PutCurrency(expiry::kCurrency, message, terms);
  Define(sink, Symbol(expiry::kContractSymbol(message), expiry::kContractSymbol.length), terms,
         learnt, 0);
}

// An option has no symbol of its own: that of its future, then C or P and the strike.
void IceDecoder::Option(Sink& sink) {
  const uint8_t* const message = sink.message;
  MarketTerms learnt;
  learnt.order_decimals = DecimalsOfLetter(option::kOrderPriceDenominator(message));
  learnt.deal_decimals = DecimalsOfLetter(option::kDealPriceDenominator(message));
  learnt.settle_decimals = DecimalsOfLetter(option::kSettlePriceDenominator(message));
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_OPTION;
  terms.put_call = option::kOptionType(message);
  if (terms.put_call != 'C' && terms.put_call != 'P') terms.put_call = 0;
  terms.round_lot = option::kLotSize(message);
  terms.tick = StepE9(option::kIncrementPremiumPrice(message), learnt.order_decimals);
  const int64_t strike = option::kStrikePrice(message);
  terms.strike = ScaledE9(strike, DecimalsOfLetter(option::kNumDecimalsStrikePrice(message)));
  terms.expiry_ns =
      NsOfDay(option::kOptionsExpirationYear(message), option::kOptionsExpirationMonth(message),
              option::kOptionsExpirationDay(message));
  const uint32_t underlying = option::kUnderlyingMarketId(message);
  if (underlying != 0) terms.underlying_id = underlying;
  PutCurrency(option::kCurrency, message, terms);
  constexpr size_t kRootBytes = 13;
  std::array<char, 48> text{};
  const Symbol root(option::kFuturesContractSymbol(message), kRootBytes);
  char* at = std::copy_n(root.bytes.data(), root.view().size(), text.data());
  *at++ = ' ';
  *at++ = option::kOptionType(message);
  at = std::to_chars(at, text.data() + text.size(), strike).ptr;
  Define(sink, Symbol(text.data(), static_cast<size_t>(at - text.data())), terms, learnt,
         option::kTradingStatus(message));
}

// 9 and U; what is behind the legs has no fixed place.
void IceDecoder::Strategy(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  const bool is_options = &info == &kOptionStrategyMessage;
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_SPREAD;
  Entries entries(info, message, sink.length);
  while (entries.NextGroup()) {
    while (entries.NextEntry()) {
      const uint32_t kNeeded = is_options ? 12 : 8;  // Up to the side.
      if (entries.group() == &kHedgeDefinitions || entries.bytes() < kNeeded) continue;
      const auto ratio = static_cast<int32_t>(is_options ? strategy_leg::kRatio(entries.at())
                                                         : leg::kRatio(entries.at()));
      const char side = is_options ? strategy_leg::kSide(entries.at()) : leg::kSide(entries.at());
      if (terms.leg_count < FH_MOST_LEGS) {
        terms.legs[terms.leg_count] = {leg::kMarket(entries.at()), side == '2' ? -ratio : ratio};
      }
      if (terms.leg_count < UINT8_MAX) ++terms.leg_count;
    }
  }
  const uint8_t* const tail = entries.next();
  const auto has = [&sink, tail](const FieldInfo& field) {
    return sink.message + sink.length - tail >= int64_t{field.offset} + field.length;
  };
  MarketTerms learnt;
  const Letter& deal =
      is_options ? option_strategy::kDealPriceDenominator : strategy::kDealPriceDenominator;
  const Letter& settle =
      is_options ? option_strategy::kSettlePriceDenominator : strategy::kSettlePriceDenominator;
  learnt.order_decimals =
      DecimalsOfLetter(is_options ? option_strategy::kOrderPriceDenominator(message)
                                  : strategy::kOrderPriceDenominator(message));
  // Before 1.1.33 a strategy names one scale.
  learnt.deal_decimals = has(deal) ? DecimalsOfLetter(deal(tail)) : learnt.order_decimals;
  if (has(settle)) learnt.settle_decimals = DecimalsOfLetter(settle(tail));
  terms.tick = StepE9(
      is_options ? option_strategy::kIncrementPrice(message) : strategy::kIncrementPrice(message),
      learnt.order_decimals);
  const Letter& test =
      is_options ? option_strategy::kTestMarketIndicator : strategy::kTestMarketIndicator;
  if (has(test) && test(tail) == 'Y') terms.kind = FH_KIND_TEST;
  const Alpha& name = is_options ? option_strategy::kStrategySymbol : strategy::kStrategySymbol;
  Symbol symbol(name(tail), name.length);
  if (symbol.view().empty()) {
    const Alpha& contract =
        is_options ? option_strategy::kContractSymbol : strategy::kFuturesContractSymbol;
    symbol = Symbol(contract(message), contract.length);
  }
  Define(sink, symbol, terms, learnt,
         is_options ? option_strategy::kTradingStatus(message) : strategy::kTradingStatus(message));
}

bool IceDecoder::Map(char type, Sink& sink) {
  switch (type) {
    case 'E':
      AddOrModify(sink);
      return true;
    case 'F':
      Delete(sink);
      return true;
    case 'T':
      in_bundle_ = bundle::kStartOrEnd(sink.message) == 'S';
      if (in_bundle_) return true;
      sink.instrument_id = FH_ALL_INSTRUMENTS;
      Next(sink, FH_RECORD_ORDER, FH_ACTION_NONE, FH_SIDE_NONE, 0).order = {0, kUndefinedPrice, 0};
      return true;
    case 'G':
      Trade(sink);
      return true;
    case 'D':
      SnapshotOrder(sink);
      return true;
    case 't':
      Level(sink, FH_ACTION_ADD);
      return true;
    case 's':
      Level(sink, FH_ACTION_MODIFY);
      return true;
    case 'r':
      Level(sink, FH_ACTION_CANCEL);
      return true;
    case 'm':
      sink.flags |= FH_FLAG_SNAPSHOT;
      Level(sink, FH_ACTION_ADD);
      EndSnapshotEntry(sink);
      return true;
    default:
      return MapRare(type, sink);
  }
}

bool IceDecoder::MapRare(char type, Sink& sink) {
  const uint8_t* const message = sink.message;
  switch (type) {
    case 'C':
      Snapshot(sink);
      return true;
    case 'Y':
      TradeRecord(sink, FH_ACTION_TRADE, FH_SIDE_NONE, spot_trade::kTradeId(message),
                  spot_trade::kPrice(message), spot_trade::kQuantity(message), ' ');
      if (spot_trade::kIsSystemPricedLeg(message) == 'Y') {
        sink.writer.Last().flags |= FH_FLAG_IMPLIED;
      }
      return true;
    case 'H':
      Investigated(sink);
      return true;
    case 'I':
      TradeRecord(sink, FH_ACTION_CANCEL, FH_SIDE_NONE, cancelled::kTradeId(message),
                  cancelled::kPrice(message), cancelled::kQuantity(message),
                  cancelled::kOffMarketTradeIndicator(message));
      return true;
    case 'W':
      OldOptionTrade(sink);
      return true;
    case 'J':
      Statistics(sink);
      return true;
    case 'u':
      Day(sink);
      return true;
    case 'M':
    case 'v':  // At the same place.
      Statistic(sink, FH_STAT_OPEN_INTEREST, kUndefinedPrice, open_interest::kOpenInterest(message),
                0);
      return true;
    case 'N':
      PriceStatistic(sink, FH_STAT_OPENING_PRICE, open_price::kOpenPrice(message), Scale::kDeal, 0);
      return true;
    case 'c':
      PriceStatistic(sink, FH_STAT_CLOSING_PRICE, close_price::kClosePrice(message), Scale::kDeal,
                     0);
      return true;
    case 'O':
      Settlement(sink, settlement::kSettlementPrice,
                 settlement::kSettlementPriceWithDealPricePrecision,
                 static_cast<uint8_t>(settlement::kIsOfficial(message)));
      return true;
    case 'w':
      Settlement(sink, option_settlement::kSettlementPrice,
                 option_settlement::kSettlementPriceWithDealPricePrecision,
                 static_cast<uint8_t>(option_settlement::kIsOfficial(message)));
      return true;
    case 'g':
      PreOpen(sink);
      return true;
    case 'z':
      PriceStatistic(sink, FH_STAT_REFERENCE_PRICE, index::kPrice(message), Scale::kDeal,
                     static_cast<uint8_t>(index::kStatus(message)));
      return true;
    case '0': {
      const int64_t raw = fixing_price::kPrice(message);
      const uint8_t decimals = fixing_price::kNumDecimalsPrice(message);
      sink.is_unscaled = raw != 0 && kToE9[decimals] == 0;
      Statistic(sink, FH_STAT_INDICATIVE_PRICE, raw == 0 ? 0 : ScaledE9(raw, decimals), 0, 0);
      return true;
    }
    case '4':
      Lockdown(sink);
      return true;
    case '3':
      Status(sink, FH_STATUS_AUCTION, FH_TRADING_UNKNOWN, transition::kStatus(message),
             transition::kThresholdImbalanceQty(message));
      return true;
    case 'K': {
      const char status = state::kTradingStatus(message);
      Status(sink, FH_STATUS_TRADING, TradingState(status), status, 0);
      return true;
    }
    case 'f':
      Status(sink, FH_STATUS_SECURITY_EVENT, FH_TRADING_UNKNOWN, event::kEventType(message), 0);
      return true;
    case 'V':
      PriceLimit(sink);
      return true;
    case 'k':
      Status(sink, FH_STATUS_QUOTE_REQUEST, FH_TRADING_UNKNOWN, 'k', request::kQuantity(message));
      sink.writer.Last().side = SideOf(request::kSide(message));
      return true;
    case 'R':
      Expiry(sink);
      return true;
    case 'l':
      Option(sink);
      return true;
    case '9':
      Strategy(kStrategyMessage, sink);
      return true;
    case 'U':
      Strategy(kOptionStrategyMessage, sink);
      return true;
    case 'b': {
      all_or_none_ = false;
      Entries entries(kSpecialMessage, message, sink.length);
      entries.NextGroup();
      while (entries.NextEntry()) {
        constexpr uint8_t kAllOrNone = 6;
        all_or_none_ |= special_field::kId(entries.at()) == kAllOrNone &&
                        entries.bytes() > special_field::kHeaderBytes &&
                        entries.at()[special_field::kHeaderBytes] == 'Y';
      }
      return false;
    }
    default:
      return false;  // L, i.
  }
}

// How many decimals a price of the message has; FH_UNKNOWN_DECIMALS. `at`: what its place counts from.
uint8_t IceDecoder::DecimalsOf(const FieldInfo& field, const uint8_t* message,
                               const uint8_t* at) const {
  const std::string_view name = field.name;
  const bool has_order_scale = name.starts_with("increment_");
  switch (kMessageType(message)) {
    case 'R':
      if (name == "off_exchange_increment_option_price") {
        return DecimalsOfLetter(expiry::kNumDecimalsOptionsPrice(message));
      }
      return DecimalsOfLetter(has_order_scale ? expiry::kOrderPriceDenominator(message)
                                              : expiry::kDealPriceDenominator(message));
    case 'l':
      if (name == "strike_price") return DecimalsOfLetter(option::kNumDecimalsStrikePrice(message));
      return DecimalsOfLetter(has_order_scale ? option::kOrderPriceDenominator(message)
                                              : option::kDealPriceDenominator(message));
    case '9':
      if (has_order_scale) return DecimalsOfLetter(strategy::kOrderPriceDenominator(message));
      if (name == "off_exchange_increment_option_price") {
        return DecimalsOfLetter(strategy::kNumDecimalsOptionsPrice(at));
      }
      break;
    case 'U':
      if (has_order_scale)
        return DecimalsOfLetter(option_strategy::kOrderPriceDenominator(message));
      break;
    case '0':
      return name == "price" ? fixing_price::kNumDecimalsPrice(message)
                             : fixing_price::kNumDecimalsPriceInGram(message);
    case 'W':
      return FH_UNKNOWN_DECIMALS;
    default:
      break;
  }
  const MarketTerms& terms = markets_.Find(kMarketId(message));
  if (name == "settlement_price" || name == "previous_day_settlement_price") {
    return terms.settle_decimals;
  }
  constexpr std::string_view kInOrderScale = "EDtsmV";
  return kInOrderScale.find(kMessageType(message)) != std::string_view::npos ? terms.order_decimals
                                                                             : terms.deal_decimals;
}

void IceDecoder::DescribeEntries(Entries& entries, MessageVisitor& visitor) {
  while (entries.NextGroup()) {
    const GroupInfo& group = *entries.group();
    visitor.BeginGroup(group, entries.count());
    while (entries.NextEntry()) {
      visitor.BeginEntry();
      for (const FieldInfo* field : group.fields) {
        const bool is_there = uint32_t{field->offset} + field->length <= entries.bytes();
        Value value = is_there ? ReadValue(*field, entries.at()) : kAbsentValue;
        if (is_there && field == &special_field::kValue) {
          value.bytes = {entries.at() + field->offset, entries.bytes() - field->offset};
        } else if (is_there && field == &hedge::kPrice) {
          const uint8_t decimals = entries.bytes() > hedge::kPriceDenominator.offset
                                       ? DecimalsOfLetter(hedge::kPriceDenominator(entries.at()))
                                       : uint8_t{FH_UNKNOWN_DECIMALS};
          value.exponent = static_cast<int16_t>(-int16_t{decimals});
          if (kToE9[decimals] == 0) value.state = Value::State::kNull;
        }
        visitor.Field(*field, value);
      }
      visitor.EndEntry();
    }
    visitor.EndGroup();
  }
}

void IceDecoder::Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                          MessageVisitor& visitor) const {
  const auto describe = [&](const FieldInfo& field, const uint8_t* at, uint32_t bytes) {
    if (uint32_t{field.offset} + field.length > bytes) return visitor.Field(field, kAbsentValue);
    Value value = ReadValue(field, at);
    if (field.kind == FieldKind::kDecimal) {
      const uint8_t decimals = DecimalsOf(field, message, at);
      value.exponent = static_cast<int16_t>(-int16_t{decimals});
      if (kToE9[decimals] == 0) value.state = Value::State::kNull;
    }
    visitor.Field(field, value);
  };
  const bool has_tail = !info.has_places;
  const uint32_t head = has_tail ? kMessageHeaderBytes + Entries::HeadBytes(info) : length;
  size_t i = 0;
  // What is behind the legs counts from there: its first field is at 0.
  for (; i < info.fields.size() && (i == 0 || info.fields[i]->offset != 0); ++i) {
    describe(*info.fields[i], message, head);
  }
  if (info.groups.empty()) return;
  Entries entries(info, message, length);
  DescribeEntries(entries, visitor);
  const auto tail_bytes = static_cast<uint32_t>(message + length - entries.next());
  for (; i < info.fields.size(); ++i) describe(*info.fields[i], entries.next(), tail_bytes);
}

}  // namespace fh::codecs::ice
