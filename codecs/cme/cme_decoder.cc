#include "codecs/cme/cme_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "codecs/instrument_store.h"

namespace fh::codecs::cme {
namespace {

// Values of the wire.
enum : int64_t {
  kNew = 0,
  kChange = 1,
  kDelete = 2,
  kDeleteThru = 3,
  kDeleteFrom = 4,
  kOverlay = 5
};
constexpr int64_t kBuyer = 1;
constexpr int64_t kSeller = 2;
constexpr int64_t kIndicativeOpen = 5;
constexpr int64_t kPrivateWorkup = 201;
constexpr int64_t kPublicWorkup = 202;
constexpr int64_t kNoTradingStatus = -1;

uint32_t InstrumentId(int64_t security_id) {
  const auto id = static_cast<uint32_t>(security_id);
  return id == FH_ALL_INSTRUMENTS ? FH_UNKNOWN_INSTRUMENT : id;
}

uint64_t SizeOf(int64_t size) { return size < 0 ? 0 : static_cast<uint64_t>(size); }

char SideOf(char entry_type) {
  switch (entry_type) {
    case '0':
    case 'E':
      return FH_SIDE_BID;
    case '1':
    case 'F':
      return FH_SIDE_ASK;
    default:
      return FH_SIDE_NONE;
  }
}

char Opposite(char side) {
  if (side == FH_SIDE_NONE) return side;
  return side == FH_SIDE_BID ? FH_SIDE_ASK : FH_SIDE_BID;
}

char ActionOf(int64_t action) {
  if (action == kNew) return FH_ACTION_ADD;
  return action == kChange || action == kOverlay ? FH_ACTION_MODIFY : FH_ACTION_CANCEL;
}

bool IsImplied(char entry_type) { return entry_type == 'E' || entry_type == 'F'; }

uint16_t DailyStatistic(char type) {
  switch (type) {
    case '6':
      return FH_STAT_SETTLEMENT_PRICE;
    case 'B':
      return FH_STAT_CLEARED_VOLUME;
    case 'C':
      return FH_STAT_OPEN_INTEREST;
    case 'W':
      return FH_STAT_FIXING_PRICE;
    default:
      return 0;
  }
}

uint16_t SessionStatistic(char type, int64_t open_flag) {
  switch (type) {
    case '4':
      return open_flag == kIndicativeOpen ? FH_STAT_INDICATIVE_PRICE : FH_STAT_OPENING_PRICE;
    case '7':
      return FH_STAT_HIGH_PRICE;
    case '8':
      return FH_STAT_LOW_PRICE;
    case '9':
      return FH_STAT_AVERAGE_PRICE;
    case 'N':
      return FH_STAT_HIGHEST_BID;
    case 'O':
      return FH_STAT_LOWEST_OFFER;
    default:
      return 0;
  }
}

// Of an entry of a snapshot, which has all of them.
uint16_t AnyStatistic(char type, int64_t open_flag) {
  if (type == 'e') return FH_STAT_VOLUME;
  const uint16_t daily = DailyStatistic(type);
  return daily != 0 ? daily : SessionStatistic(type, open_flag);
}

uint8_t TradingState(int64_t status) {
  switch (status) {
    case 17:
    case kPrivateWorkup:
    case kPublicWorkup:
      return FH_TRADING_OPEN;
    case 2:
    case 4:
    case 18:
    case 26:
      return FH_TRADING_HALTED;
    case 15:
      return FH_TRADING_QUOTING;
    case 21:
    case 24:
    case 25:
      return FH_TRADING_ORDERS;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

// Whether entries of the template are long enough for the number of updates that was promised.
template <typename Plan>
bool CanMap(const Plan& plan) {
  const Layout& layout = plan.layout;
  switch (layout.mapping) {
    case Mapping::kBook:
    case Mapping::kOrders:
    case Mapping::kTrades:
    case Mapping::kVolume:
    case Mapping::kDaily:
    case Mapping::kSession:
    case Mapping::kSnapshot:
    case Mapping::kOrderSnapshot:
    case Mapping::kQuoteRequest:
    case Mapping::kLimits: {
      constexpr uint32_t kLeast = CmeDecoder::kBound.bytes_per_entry;
      const uint32_t records = layout.mapping == Mapping::kLimits ? 3 : 1;
      return plan.entries != nullptr && layout.least_entry >= records * kLeast &&
             (plan.orders == nullptr || layout.least_order >= kLeast);
    }
    default:
      return true;
  }
}

// Null, or why the entries cannot be read; `at` moves behind them. A group of a later version is
// not there.
const char* PassGroup(const GroupInfo& group, uint16_t least, uint32_t version, const uint8_t*& at,
                      const uint8_t* end) {
  if (group.since > version) return nullptr;
  const WireGroup found = ReadGroup(group, at, end);
  if (found.why != nullptr) return found.why;
  if (found.count != 0 && found.block_length < least) return "entries shorter than their type's";
  at = found.first + found.count * found.block_length;
  return nullptr;
}

}  // namespace

CmeDecoder::CmeDecoder(const CodecOptions& options, std::unique_ptr<const sbe::SbeSchema> schema)
    : schema_(std::move(schema)), instruments_(options.instruments) {
  for (const MessageInfo* info : kMessages) AddTemplate(*info);
  if (schema_ == nullptr) return;
  for (const MessageInfo* info : schema_->messages()) AddTemplate(*info);
}

void CmeDecoder::AddTemplate(const MessageInfo& info) {
  Template plan{.info = &info, .entries = nullptr, .orders = nullptr, .layout = Layout::Of(info)};
  const auto group = [&info](size_t at, std::string_view name) -> const GroupInfo* {
    if (info.groups.size() <= at || info.groups[at]->name != name) return nullptr;
    const bool is_flat = info.groups[at]->groups.empty() && info.groups[at]->data.empty();
    return is_flat ? info.groups[at] : nullptr;
  };
  plan.entries = group(0, "no_md_entries");
  if (plan.entries == nullptr) plan.entries = group(0, "no_related_sym");
  if (plan.entries != nullptr) plan.orders = group(1, "no_order_id_entries");
  const size_t known_groups = (plan.entries != nullptr ? 1 : 0) + (plan.orders != nullptr ? 1 : 0);
  plan.has_more = info.groups.size() != known_groups || !info.data.empty();
  if (!CanMap(plan)) plan.layout.mapping = Mapping::kNone;
  if (plan.layout.mapping == Mapping::kDefinition) {
    plan.terms = static_cast<uint32_t>(terms_.size());
    terms_.push_back(TermsPlan::Of(info));
  }
  if (places_.size() <= info.type) places_.resize(info.type + 1);
  uint32_t& place = places_[info.type];
  if (place == 0) {
    plan.is_compiled = true;  // Of one that has no constants in the code it says nothing.
    templates_.push_back(plan);
    place = static_cast<uint32_t>(templates_.size());
    return;
  }
  plan.is_compiled = PlanOf(info.type).layout == plan.layout;
  templates_[place - 1] = plan;
}

void CmeDecoder::Forget() {
  touched_count_ = 0;
  touched_more_ = false;
  trades_begin_ = 0;
  trades_end_ = 0;
  image_ = OpenImage{};
}

const char* CmeDecoder::Check(const MessageInfo& info, const uint8_t* message,
                              uint32_t length) const {
  const WireBlock root = RootOf(message, length);
  if (root.length > length) return "a block reaches beyond the message's end";
  if (root.length < info.length) return "a block shorter than its type's";
  const Template& plan = PlanOf(info.type);
  if (plan.entries == nullptr) return CheckBlocks(info.block(), root);
  const uint8_t* at = message + root.length;
  if (const char* why =
          PassGroup(*plan.entries, plan.layout.least_entry, root.version, at, root.end)) {
    return why;
  }
  if (plan.orders != nullptr) {
    if (const char* why =
            PassGroup(*plan.orders, plan.layout.least_order, root.version, at, root.end)) {
      return why;
    }
  }
  return plan.has_more ? CheckBlocks(info.block(), root) : nullptr;
}

void CmeDecoder::Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                          MessageVisitor& visitor) const {
  DescribeBlocks(info.block(), RootOf(message, length), visitor);
}

[[gnu::always_inline]] inline NormalizedUpdate& CmeDecoder::NextAlone(const Sink& sink,
                                                                      uint8_t record, char action,
                                                                      char side, uint8_t flags,
                                                                      uint32_t instrument_id) {
  NormalizedUpdate& update = sink.writer.Next();
  update.record = record;
  update.action = action;
  update.side = side;
  update.flags = static_cast<uint8_t>(flags | sink.context.flags);
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

// Notes the last record of an instrument in the open event.
[[gnu::always_inline]] inline void CmeDecoder::Touch(uint32_t instrument_id, uint64_t slot) {
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

[[gnu::always_inline]] inline NormalizedUpdate& CmeDecoder::Next(const Sink& sink, uint8_t record,
                                                                 char action, char side,
                                                                 uint8_t flags,
                                                                 uint32_t instrument_id) {
  Touch(instrument_id, sink.writer.next());
  return NextAlone(sink, record, action, side, flags, instrument_id);
}

// Every instrument of the event is consistent now.
void CmeDecoder::EndEvent(const Sink& sink) {
  const uint32_t count = touched_count_;
  const bool more = touched_more_;
  // What Next touches from here on is of the next event.
  const std::array<Touched, kMostOpen> touched = touched_;
  for (uint32_t i = 0; i < count && !more; ++i) {
    if (touched[i].job == job_) {
      NormalizedUpdate& last = sink.writer.At(touched[i].slot);
      last.flags = static_cast<uint8_t>(last.flags | FH_FLAG_LAST);
      continue;
    }
    NormalizedUpdate& end = Next(sink, FH_RECORD_LEVEL, FH_ACTION_NONE, FH_SIDE_NONE,
                                 FH_FLAG_MBP | FH_FLAG_LAST, touched[i].instrument_id);
    end.level = {kUndefinedPrice, 0, 0, 0};
  }
  if (more) {
    NormalizedUpdate& end = Next(sink, FH_RECORD_LEVEL, FH_ACTION_NONE, FH_SIDE_NONE,
                                 FH_FLAG_MBP | FH_FLAG_LAST, FH_ALL_INSTRUMENTS);
    end.level = {kUndefinedPrice, 0, 0, 0};
  }
  Forget();
}

// A body of a loop over entries: out of line it would not see the layout as the constant that it is.
#define FH_CME_INLINE __attribute__((always_inline))

// Calls each(entry, index) for the entries of a group at `at`, which moves behind them.
template <typename Each>
[[gnu::always_inline]] inline void CmeDecoder::ForEachEntry(const GroupInfo* group,
                                                            const Sink& sink, const uint8_t*& at,
                                                            const uint8_t* end, Each&& each) {
  if (group == nullptr || group->since > sink.root.version) return;
  const WireGroup found = ReadGroup(*group, at, end);
  BlockBytes entry{found.first, found.block_length, sink.root.version};
  for (uint64_t i = 0; i < found.count; ++i) {
    each(entry);
    entry.at += found.block_length;
  }
  at = entry.at;
}

[[gnu::always_inline]] inline void CmeDecoder::Level(const Layout& layout, const Sink& sink,
                                                     const BlockBytes& entry) {
  const auto type = static_cast<char>(layout.type.Read(entry, 0));
  const uint32_t instrument_id = InstrumentId(layout.security_id.Read(entry, 0));
  const char side = SideOf(type);
  if (side == FH_SIDE_NONE) {
    // Best prices of the market (w, x) repeat what levels say.
    if (type != 'J') return;
    Next(sink, FH_RECORD_LEVEL, FH_ACTION_CLEAR, side, FH_FLAG_MBP, instrument_id).level = {
        kUndefinedPrice, 0, 0, 0};
    return;
  }
  const int64_t action = layout.action.Read(entry, kNew);
  uint8_t flags = FH_FLAG_MBP;
  if (IsImplied(type)) flags |= FH_FLAG_IMPLIED;
  if (action == kDeleteThru || action == kDeleteFrom) flags |= FH_FLAG_MAYBE_BAD_BOOK;
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_LEVEL, ActionOf(action), side, flags, instrument_id);
  update.detail = static_cast<uint8_t>(action);
  update.level = {layout.price.ReadPrice(entry), SizeOf(layout.size.Read(entry, 0)),
                  static_cast<uint32_t>(layout.order_count.Read(entry, 0)),
                  static_cast<uint32_t>(layout.level.Read(entry, 0))};
}

[[gnu::always_inline]] inline void CmeDecoder::Book(const Template& plan, const Layout& layout,
                                                    const Sink& sink, const uint8_t* end) {
  const uint8_t* at = sink.root.at + sink.root.length;
  const bool has_entries = plan.entries->since <= sink.root.version;
  const WireGroup entries = has_entries ? ReadGroup(*plan.entries, at, end) : WireGroup{};
  ForEachEntry(plan.entries, sink, at, end,
               [&](const BlockBytes& entry) FH_CME_INLINE { Level(layout, sink, entry); });
  ForEachEntry(plan.orders, sink, at, end, [&](const BlockBytes& order) FH_CME_INLINE {
    const int64_t reference = layout.behind_reference.Read(order, 0);
    if (reference < 1 || reference > static_cast<int64_t>(entries.count)) {
      // Of no level of the message: nothing says which instrument, side and price.
      Next(sink, FH_RECORD_ORDER, FH_ACTION_NONE, FH_SIDE_NONE, FH_FLAG_MAYBE_BAD_BOOK,
           FH_UNKNOWN_INSTRUMENT)
          .order = {static_cast<uint64_t>(layout.behind_order_id.Read(order, 0)), kUndefinedPrice,
                    SizeOf(layout.behind_qty.Read(order, 0))};
      return;
    }
    const BlockBytes level{entries.first + (reference - 1) * entries.block_length,
                           entries.block_length, sink.root.version};
    const int64_t action = layout.behind_action.Read(order, kNew);
    NormalizedUpdate& update = Next(sink, FH_RECORD_ORDER, ActionOf(action),
                                    SideOf(static_cast<char>(layout.type.Read(level, 0))), 0,
                                    InstrumentId(layout.security_id.Read(level, 0)));
    update.detail = static_cast<uint8_t>(action);
    update.order = {static_cast<uint64_t>(layout.behind_order_id.Read(order, 0)),
                    layout.price.ReadPrice(level), SizeOf(layout.behind_qty.Read(order, 0))};
  });
}

[[gnu::always_inline]] inline void CmeDecoder::Orders(const Template& plan, const Layout& layout,
                                                      const Sink& sink, const uint8_t* end) {
  const uint8_t* at = sink.root.at + sink.root.length;
  ForEachEntry(plan.entries, sink, at, end, [&](const BlockBytes& entry) FH_CME_INLINE {
    const int64_t action = layout.action.Read(entry, kNew);
    NormalizedUpdate& update = Next(sink, FH_RECORD_ORDER, ActionOf(action),
                                    SideOf(static_cast<char>(layout.type.Read(entry, 0))), 0,
                                    InstrumentId(layout.security_id.Read(entry, 0)));
    update.detail = static_cast<uint8_t>(action);
    update.order = {static_cast<uint64_t>(layout.order_id.Read(entry, 0)),
                    layout.price.ReadPrice(entry), SizeOf(layout.display_qty.Read(entry, 0))};
  });
}

void CmeDecoder::Fill(const Sink& sink, OpenTrade& trade, uint64_t order_id, int64_t quantity) {
  --trade.left;
  if (std::exchange(trade.aggressor_comes, false) || order_id == 0) return;
  Next(sink, FH_RECORD_ORDER, FH_ACTION_FILL, trade.fill_side, 0, trade.instrument_id).order = {
      order_id, trade.price, SizeOf(quantity)};
}

void CmeDecoder::Trades(const Template& plan, const Layout& layout, const Sink& sink,
                        const uint8_t* end) {
  const uint8_t* at = sink.root.at + sink.root.length;
  ForEachEntry(plan.entries, sink, at, end, [&](const BlockBytes& entry) {
    const int64_t aggressor = layout.aggressor.Read(entry, 0);
    const char side = aggressor == kBuyer    ? FH_SIDE_BID
                      : aggressor == kSeller ? FH_SIDE_ASK
                                             : FH_SIDE_NONE;
    const bool is_bust = layout.action.Read(entry, kNew) == kDelete;
    const uint32_t instrument_id = InstrumentId(layout.security_id.Read(entry, 0));
    const int64_t price = layout.price.ReadPrice(entry);
    NormalizedUpdate& update =
        Next(sink, FH_RECORD_TRADE, is_bust ? FH_ACTION_CANCEL : FH_ACTION_TRADE, side, 0,
             instrument_id);
    update.detail = static_cast<uint8_t>(layout.action.Read(entry, kNew));
    update.trade = {static_cast<uint64_t>(layout.trade_id.Read(entry, 0)), price,
                    SizeOf(layout.size.Read(entry, 0))};
    const int64_t orders = layout.order_count.Read(entry, 0);
    if (orders <= 0 || is_bust || plan.orders == nullptr) return;
    if (trades_end_ == kMostTrades) {
      ++sink.context.stats.malformed;  // No message can say so much of trades of one event.
      return;
    }
    trades_[trades_end_++] = {instrument_id, price, orders, Opposite(side), side != FH_SIDE_NONE};
  });
  ForEachEntry(plan.orders, sink, at, end, [&](const BlockBytes& order) {
    if (trades_begin_ == trades_end_) return;
    OpenTrade& trade = trades_[trades_begin_];
    Fill(sink, trade, static_cast<uint64_t>(layout.behind_order_id.Read(order, 0)),
         layout.behind_qty.Read(order, 0));
    if (trade.left == 0) ++trades_begin_;
  });
  if (trades_begin_ == trades_end_) trades_begin_ = trades_end_ = 0;
}

void CmeDecoder::Statistic(const Sink& sink, uint32_t instrument_id, uint16_t type, int64_t price,
                           int64_t quantity, uint8_t detail) {
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, 0, instrument_id);
  update.detail = detail;
  update.statistic = {};
  update.statistic.price = price;
  update.statistic.quantity = quantity;
  update.statistic.type = type;
}

void CmeDecoder::Statistics(const Template& plan, const Layout& layout, const Sink& sink,
                            const uint8_t* end) {
  const uint8_t* at = sink.root.at + sink.root.length;
  ForEachEntry(plan.entries, sink, at, end, [&](const BlockBytes& entry) {
    const uint32_t instrument_id = InstrumentId(layout.security_id.Read(entry, 0));
    const auto detail = static_cast<uint8_t>(layout.action.Read(entry, kNew));
    const int64_t price = detail == kDelete ? kUndefinedPrice : layout.price.ReadPrice(entry);
    const int64_t quantity = layout.size.Read(entry, 0);
    const auto type = static_cast<char>(layout.type.Read(entry, 0));
    switch (layout.mapping) {
      case Mapping::kVolume:
        return Statistic(sink, instrument_id, FH_STAT_VOLUME, kUndefinedPrice, quantity, detail);
      case Mapping::kLimits:
        Statistic(sink, instrument_id, FH_STAT_UPPER_BAND, layout.high.ReadPrice(entry), 0, 0);
        Statistic(sink, instrument_id, FH_STAT_LOWER_BAND, layout.low.ReadPrice(entry), 0, 0);
        return Statistic(sink, instrument_id, FH_STAT_PRICE_VARIATION,
                         layout.variation.ReadPrice(entry), 0, 0);
      case Mapping::kDaily:
        return Statistic(sink, instrument_id, DailyStatistic(type), price, quantity, detail);
      default:
        return Statistic(sink, instrument_id,
                         SessionStatistic(type, layout.open_flag.Read(entry, 0)), price, quantity,
                         detail);
    }
  });
}

void CmeDecoder::Status(const Layout& layout, const Sink& sink) {
  const int64_t security_id = layout.root_security_id.Read(sink.root, 0);
  const int64_t status = layout.trading_status.Read(sink.root, 0);
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, 0, InstrumentId(security_id));
  update.detail = static_cast<uint8_t>(status);
  update.status = {FH_STATUS_TRADING,
                   TradingState(status),
                   static_cast<char>('0' + layout.halt_reason.Read(sink.root, 0) % 10),
                   {' ', ' ', ' ', ' '},
                   layout.trading_event.Read(sink.root, 0),
                   0};
  // Of a group of instruments: the first four letters of its name; groups have one to four.
  if (layout.security_group != 0 && layout.security_group + 6u <= sink.root.length) {
    const Symbol group(reinterpret_cast<const char*>(sink.root.at) + layout.security_group, 4);
    std::memcpy(update.status.reason, group.bytes.data(), group.view().size());
  }
}

void CmeDecoder::Definition(const Template& plan, const Layout& layout, const Sink& sink,
                            const uint8_t* end) {
  const int64_t security_id = layout.root_security_id.Read(sink.root, 0);
  const uint32_t instrument_id = InstrumentId(security_id);
  Symbol symbol;
  if (layout.symbol != 0 && uint32_t{layout.symbol} + layout.symbol_length <= sink.root.length) {
    symbol =
        Symbol(reinterpret_cast<const char*>(sink.root.at) + layout.symbol, layout.symbol_length);
  }
  const fh_terms terms = terms_[plan.terms].Read(*plan.info, sink.root, end);
  if (instruments_ != nullptr && instrument_id != FH_UNKNOWN_INSTRUMENT &&
      !instruments_->Define(instrument_id, symbol, terms)) {
    ++sink.context.stats.instruments_full;
  }
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, 0, instrument_id);
  update.definition = {
      .round_lot = static_cast<uint32_t>(std::min<uint64_t>(terms.round_lot, UINT32_MAX)),
      .kind = terms.kind,
      .size_decimals = terms.size_decimals,
      .book_depth = terms.book_depth};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
  update.detail = static_cast<uint8_t>(layout.update_action.Read(sink.root, 0));
}

void CmeDecoder::Reset(const Sink& sink) {
  Next(sink, FH_RECORD_LEVEL, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_FLAG_MBP, FH_ALL_INSTRUMENTS)
      .level = {kUndefinedPrice, 0, 0, 0};
  Next(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE, 0, FH_ALL_INSTRUMENTS).order = {
      0, kUndefinedPrice, 0};
}

// Somebody asks for quotes.
void CmeDecoder::QuoteRequest(const Template& plan, const Layout& layout, const Sink& sink,
                              const uint8_t* end) {
  const uint8_t* at = sink.root.at + sink.root.length;
  ForEachEntry(plan.entries, sink, at, end, [&](const BlockBytes& entry) {
    const int64_t wanted = layout.quote_side.Read(entry, 0);
    const char side = wanted == kBuyer    ? FH_SIDE_BID
                      : wanted == kSeller ? FH_SIDE_ASK
                                          : FH_SIDE_NONE;
    NormalizedUpdate& update = Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, side, 0,
                                    InstrumentId(layout.security_id.Read(entry, 0)));
    update.detail = static_cast<uint8_t>(layout.quote_type.Read(entry, 0));
    update.status = {FH_STATUS_QUOTE_REQUEST,
                     FH_TRADING_UNKNOWN,
                     0,
                     {' ', ' ', ' ', ' '},
                     layout.quote_size.Read(entry, 0),
                     0};
  });
}

// At which packet of the live channel.
void CmeDecoder::SnapshotStands(const Layout& layout, const Sink& sink, uint8_t flags,
                                uint32_t instrument_id) {
  constexpr int64_t kNotThere = -1;
  const int64_t number = layout.last_processed.Read(sink.root, kNotThere);
  if (number == kNotThere) return;
  NextAlone(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, flags, instrument_id).status =
      SnapshotAt(static_cast<uint64_t>(number));
}

// A level, the last trade or a statistic.
void CmeDecoder::SnapshotEntry(const Layout& layout, const Sink& sink, const BlockBytes& entry,
                               uint32_t instrument_id) {
  const auto type = static_cast<char>(layout.type.Read(entry, 0));
  const int64_t price = layout.price.ReadPrice(entry);
  const int64_t size = layout.size.Read(entry, 0);
  if (const char side = SideOf(type); side != FH_SIDE_NONE) {
    const auto flags = static_cast<uint8_t>(FH_FLAG_SNAPSHOT | FH_FLAG_MBP |
                                            (IsImplied(type) ? FH_FLAG_IMPLIED : 0));
    NextAlone(sink, FH_RECORD_LEVEL, FH_ACTION_ADD, side, flags, instrument_id).level = {
        price, SizeOf(size), static_cast<uint32_t>(layout.order_count.Read(entry, 0)),
        static_cast<uint32_t>(layout.level.Read(entry, 0))};
    return;
  }
  // Nothing is there (J), which R has said; the market's best prices repeat what levels say.
  if (type == 'J' || type == 'w' || type == 'x') return;
  if (type == '2') {
    NextAlone(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, FH_FLAG_SNAPSHOT, instrument_id)
        .trade = {0, price, SizeOf(size)};
    return;
  }
  NormalizedUpdate& update = NextAlone(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE,
                                       FH_FLAG_SNAPSHOT, instrument_id);
  update.statistic = {};
  update.statistic.price = price;
  update.statistic.quantity = size;
  update.statistic.type = AnyStatistic(type, layout.open_flag.Read(entry, 0));
}

void CmeDecoder::Snapshot(const Template& plan, const Layout& layout, const Sink& sink,
                          const uint8_t* end) {
  const uint32_t instrument_id = InstrumentId(layout.root_security_id.Read(sink.root, 0));
  SnapshotStands(layout, sink, FH_FLAG_SNAPSHOT, instrument_id);
  NextAlone(sink, FH_RECORD_LEVEL, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_FLAG_SNAPSHOT | FH_FLAG_MBP,
            instrument_id)
      .level = {kUndefinedPrice, 0, 0, 0};
  const uint8_t* at = sink.root.at + sink.root.length;
  ForEachEntry(plan.entries, sink, at, end,
               [&](const BlockBytes& entry) { SnapshotEntry(layout, sink, entry, instrument_id); });
  const std::pair<uint16_t, const FieldPlace*> limits[] = {
      {FH_STAT_UPPER_BAND, &layout.root_high},
      {FH_STAT_LOWER_BAND, &layout.root_low},
      {FH_STAT_PRICE_VARIATION, &layout.root_variation}};
  for (const auto& [type, place] : limits) {
    const int64_t price = place->ReadPrice(sink.root);
    if (price == kUndefinedPrice) continue;
    NormalizedUpdate& update = NextAlone(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE,
                                         FH_FLAG_SNAPSHOT, instrument_id);
    update.statistic = {};
    update.statistic.price = price;
    update.statistic.type = type;
  }
  const int64_t status = layout.trading_status.Read(sink.root, kNoTradingStatus);
  if (status != kNoTradingStatus) {
    NormalizedUpdate& update = NextAlone(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE,
                                         FH_FLAG_SNAPSHOT, instrument_id);
    update.detail = static_cast<uint8_t>(status);
    update.status = {FH_STATUS_TRADING, TradingState(status), 0, {' ', ' ', ' ', ' '}, 0, 0};
  }
  NormalizedUpdate& last = sink.writer.At(sink.writer.next() - 1);
  last.flags = static_cast<uint8_t>(last.flags | FH_FLAG_LAST);
}

void CmeDecoder::OrderSnapshot(const Template& plan, const Layout& layout, const Sink& sink,
                               const uint8_t* end) {
  const uint32_t instrument_id = InstrumentId(layout.root_security_id.Read(sink.root, 0));
  const int64_t chunk = layout.chunk.Read(sink.root, 1);
  const bool is_first = chunk <= 1;
  const bool is_last = chunk >= layout.chunk_count.Read(sink.root, 1);
  const bool follows = is_first || (image_.instrument_id == instrument_id &&
                                    image_.next_chunk == chunk && image_.next_chunk != 0);
  const auto flags =
      static_cast<uint8_t>(FH_FLAG_SNAPSHOT | (follows ? 0 : FH_FLAG_MAYBE_BAD_BOOK));
  const uint64_t begin = sink.writer.next();
  if (is_first) {
    SnapshotStands(layout, sink, flags, instrument_id);
    NextAlone(sink, FH_RECORD_ORDER, FH_ACTION_CLEAR, FH_SIDE_NONE, flags, instrument_id).order = {
        0, kUndefinedPrice, 0};
  }
  const uint8_t* at = sink.root.at + sink.root.length;
  ForEachEntry(plan.entries, sink, at, end, [&](const BlockBytes& entry) {
    NextAlone(sink, FH_RECORD_ORDER, FH_ACTION_ADD,
              SideOf(static_cast<char>(layout.type.Read(entry, 0))), flags, instrument_id)
        .order = {static_cast<uint64_t>(layout.order_id.Read(entry, 0)),
                  layout.price.ReadPrice(entry), SizeOf(layout.display_qty.Read(entry, 0))};
  });
  image_ = is_last ? OpenImage{} : OpenImage{instrument_id, follows ? chunk + 1 : 0};
  if (!is_last) return;
  if (sink.writer.next() == begin) {
    // A last chunk without orders.
    NextAlone(sink, FH_RECORD_ORDER, FH_ACTION_NONE, FH_SIDE_NONE, flags, instrument_id).order = {
        0, kUndefinedPrice, 0};
  }
  NormalizedUpdate& last = sink.writer.At(sink.writer.next() - 1);
  last.flags = static_cast<uint8_t>(last.flags | FH_FLAG_LAST);
}

bool CmeDecoder::DecodeBy(const Template& plan, const Layout& layout, const Sink& sink,
                          const uint8_t* end) {
  switch (layout.mapping) {
    case Mapping::kBook:
      Book(plan, layout, sink, end);
      return true;
    case Mapping::kOrders:
      Orders(plan, layout, sink, end);
      return true;
    case Mapping::kTrades:
      Trades(plan, layout, sink, end);
      return true;
    case Mapping::kVolume:
    case Mapping::kDaily:
    case Mapping::kSession:
    case Mapping::kLimits:
      Statistics(plan, layout, sink, end);
      return true;
    case Mapping::kReset:
      Reset(sink);
      return true;
    case Mapping::kStatus:
      Status(layout, sink);
      return true;
    case Mapping::kDefinition:
      Definition(plan, layout, sink, end);
      return true;
    case Mapping::kSnapshot:
      Snapshot(plan, layout, sink, end);
      return true;
    case Mapping::kOrderSnapshot:
      OrderSnapshot(plan, layout, sink, end);
      return true;
    case Mapping::kQuoteRequest:
      QuoteRequest(plan, layout, sink, end);
      return true;
    case Mapping::kNone:
      return false;
  }
  return false;
}

bool CmeDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
                        const MessageContext& context, UpdateWriter& writer) {
  static constexpr Layout kLayout32 = Layout::Of(kBook32);
  static constexpr Layout kLayout46 = Layout::Of(kBook46);
  static constexpr Layout kLayout47 = Layout::Of(kOrder47);
  const Template& plan = PlanOf(info.type);
  const WireBlock wire = RootOf(message, length);
  const BlockBytes root{message, wire.length, wire.version};
  const Sink sink{message, context, writer, root,
                  plan.layout.transact_time.Read(root, kUndefinedTime)};
  bool mapped = true;
  if (plan.is_compiled && info.type == kBook46.type) {
    Book(plan, kLayout46, sink, wire.end);
  } else if (plan.is_compiled && info.type == kBook32.type) {
    Book(plan, kLayout32, sink, wire.end);
  } else if (plan.is_compiled && info.type == kOrder47.type) {
    Orders(plan, kLayout47, sink, wire.end);
  } else {
    mapped = DecodeBy(plan, plan.layout, sink, wire.end);
  }
  if (mapped && (plan.layout.match_event.Read(root, 0) & kEndOfEvent) != 0) EndEvent(sink);
  return mapped;
}

}  // namespace fh::codecs::cme
