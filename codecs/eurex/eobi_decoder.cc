#include "codecs/eurex/eobi_decoder.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <type_traits>

#include "codecs/eurex/eobi_packets.h"
#include "codecs/instrument_store.h"

namespace fh::codecs::eurex {
namespace {

constexpr uint8_t kBuy = 1;
constexpr uint8_t kSell = 2;
constexpr uint8_t kImpliedTrade = 1;  // Trade condition.
constexpr uint8_t kIndicative = 1;    // `detail` of a top.
// Trading states of instruments.
enum : uint8_t {
  kHalt = 2,
  kMoreBuyers = 7,
  kMoreSellers = 8,
  kClosed = 200,
  kRestricted = 201,
  kContinuous = 203,
  kFirstAuction = 204,
  kLastAuction = 213
};
constexpr uint8_t kFuture = 2;  // Security type; 1 is an option.
constexpr uint8_t kCrossAnnouncement = 1;

char SideOf(uint8_t side) {
  return side == kBuy ? FH_SIDE_BID : side == kSell ? FH_SIDE_ASK : FH_SIDE_NONE;
}

template <typename Field>
bool IsNull(const Field& field, const uint8_t* message) {
  return field.presence == Presence::kOptional &&
         static_cast<uint64_t>(field(message)) == field.number;
}

// 1e-9 of a price; undefined where it is null, or does not fit (never sent).
template <typename Field>
int64_t PriceE9(const Field& field, const uint8_t* message) {
  constexpr int64_t kScale = 10;
  const int64_t mantissa = field(message);
  int64_t price;
  if (mantissa == INT64_MIN || __builtin_mul_overflow(mantissa, kScale, &price)) {
    return kUndefinedPrice;
  }
  return price;
}

// Negative and null ones are none.
template <typename Field>
uint64_t SizeOf(const Field& field, const uint8_t* message) {
  const int64_t size = field(message);
  return size < 0 ? 0 : static_cast<uint64_t>(size);
}

template <typename Field>
int64_t TimeOf(const Field& field, const uint8_t* message) {
  const auto ns = static_cast<int64_t>(field(message));
  return ns < 0 ? kUndefinedTime : ns;
}

// Of the layouts, by a quantity's type.
template <typename Field>
constexpr uint8_t DecimalsOf(const Field& field) {
  return static_cast<uint8_t>(field.decimals);
}

uint8_t TradingState(uint8_t status) {
  switch (status) {
    case kContinuous:
      return FH_TRADING_OPEN;
    case kHalt:
    case kClosed:
    case kRestricted:
      return FH_TRADING_HALTED;
    case 202:
      return FH_TRADING_ORDERS;
    default:
      return status >= kFirstAuction && status <= kLastAuction ? FH_TRADING_ORDERS
                                                               : FH_TRADING_UNKNOWN;
  }
}

// Books are closed in auctions, and sent again behind them.
bool IsAuction(uint8_t status) { return status >= kFirstAuction && status <= kLastAuction; }

uint8_t SessionState(uint8_t status) {
  switch (status) {
    case 1:
    case 3:
      return FH_TRADING_HALTED;
    case 2:
      return FH_TRADING_OPEN;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

struct NamedStatistic {
  uint8_t entry_type;
  uint16_t type;
  bool is_quantity;
};
constexpr NamedStatistic kStatistics[] = {
    {4, FH_STAT_OPENING_PRICE, false}, {5, FH_STAT_CLOSING_PRICE, false},
    {7, FH_STAT_HIGH_PRICE, false},    {8, FH_STAT_LOW_PRICE, false},
    {66, FH_STAT_VOLUME, true},        {101, FH_STAT_PREVIOUS_CLOSE, false},
    {200, FH_STAT_CROSS_PRICE, false}, {201, FH_STAT_CROSS_PRICE, false},
    {202, FH_STAT_CROSS_PRICE, false}, {203, FH_STAT_CROSS_PRICE, false},
    {204, FH_STAT_CROSS_PRICE, false}};

}  // namespace

EobiDecoder::EobiDecoder(const CodecOptions& options)
    : ids_(options.instruments),
      is_incremental_(options.role == ChannelRole::kIncremental),
      products_(kProducts) {}

void EobiDecoder::Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                           MessageVisitor& visitor) {
  DescribeFields(info, message, length, visitor);
  if (info.groups.empty()) return;
  const EntryPlace place = EntriesOf(info, message);
  visitor.BeginGroup(*info.groups[0], place.count);
  for (uint32_t i = 0; i < place.count; ++i) {
    visitor.BeginEntry();
    for (const FieldInfo* field : info.groups[0]->fields) {
      visitor.Field(*field, ReadValue(*field, message + place.first + i * place.bytes));
    }
    visitor.EndEntry();
  }
  visitor.EndGroup();
}

EobiDecoder::Product& EobiDecoder::FindProduct(int32_t segment) {
  uint32_t slot = static_cast<uint32_t>(segment) * 0x9E3779B1u >> 22;
  static_assert(kProducts == 1u << 10);
  while (products_[slot].is_used && products_[slot].segment != segment) {
    slot = (slot + 1) % kProducts;
  }
  Product& product = products_[slot];
  if (product.is_used) return product;
  if (product_count_ == kMostProducts) return stray_;
  ++product_count_;
  product.is_used = true;
  product.segment = segment;
  return product;
}

void EobiDecoder::BeginJob(const DecodeJob& job) {
  ids_.FollowStore();
  const uint8_t* const header = job.packet->data;
  segment_ = kMarketSegmentId(header);
  product_ = &FindProduct(segment_);
  send_time_ns_ = job.frame->send_time_ns;
  is_complete_ = kCompletionIndicator(header) == 1;
  is_begun_ = false;
  index_ = 0;
  ++job_;
  if (!product_->is_open) {
    product_->match_count = 0;
    product_->match_ns = kUndefinedTime;
  }
  product_->is_open = !is_complete_;
  if (is_incremental_ && product_ != &stray_) FollowNumbers(job);
}

// Do the product's messages begin where its last packet ended?
void EobiDecoder::FollowNumbers(const DecodeJob& job) {
  const uint8_t* const first = job.packet->data + kPacketHeaderBytes;
  const bool is_heartbeat = kTemplateId(first) == Heartbeat::kInfo.type;
  if (is_heartbeat && kBodyLen(first) < Heartbeat::kInfo.length) return;
  // Snapshots on an incremental channel count on their own.
  const uint32_t type = kTemplateId(first);
  if (type >= ProductSummary::kInfo.type && type <= SnapshotOrder13::kInfo.type) return;
  const uint64_t number = is_heartbeat ? uint64_t{Heartbeat::kLastMsgSeqNumProcessed(first)} + 1
                                       : uint64_t{kMsgSeqNum(first)};
  const uint64_t next = number + (is_heartbeat ? 0 : job.frame->message_count);
  if (number <= 1) {
    product_->is_doubtful = false;
  } else if (product_->next_number != 0 && number != product_->next_number) {
    product_->is_doubtful = true;
  }
  product_->next_number = next;
}

void EobiDecoder::OnEvent(const StreamEvent& event) {
  // What a unit of work left open before a gap, or a new start, is not closed by a packet after it.
  const bool starts = event.kind == StreamEvent::Kind::kStart;
  const auto forget = [starts](Product& product) {
    product.is_open = false;
    product.touched_count = 0;
    product.touched_more = false;
    product.match_count = 0;
    if (!starts) return;
    product.is_doubtful = false;
    product.next_number = 0;
  };
  for (Product& product : products_) forget(product);
  forget(stray_);
  if (event.kind == StreamEvent::Kind::kGap) {
    image_.flags = FH_FLAG_MAYBE_BAD_BOOK;
  } else {
    image_ = {};
  }
}

[[gnu::always_inline]] inline NormalizedUpdate& EobiDecoder::Fill(const Sink& sink, uint8_t record,
                                                                  char action, char side,
                                                                  uint32_t instrument_id,
                                                                  int64_t ts_event_ns) {
  NormalizedUpdate& update = sink.writer.Next();
  update.record = record;
  update.action = action;
  update.side = side;
  update.flags = sink.flags;
  update.instrument_id = instrument_id;
  update.sequence = sink.context.sequence;
  update.ts_event_ns = ts_event_ns;
  update.ts_recv_ns = sink.context.ts_recv_ns;
  update.channel_id = sink.context.channel_id;
  update.index = RecordIndex(index_++);
  update.detail = 0;
  update.published_ns32 = 0;
  return update;
}

// A part of the unit of work.
[[gnu::always_inline]] inline NormalizedUpdate& EobiDecoder::Next(const Sink& sink, uint8_t record,
                                                                  char action, char side,
                                                                  uint32_t instrument_id,
                                                                  int64_t ts_event_ns) {
  const uint64_t slot = sink.writer.next();
  NormalizedUpdate& update = Fill(sink, record, action, side, instrument_id, ts_event_ns);
  if (!is_complete_) {
    TouchOpen(instrument_id);
    return update;
  }
  // LAST moves on to the instrument's newest record.
  update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_LAST);
  for (uint32_t i = 0; i < kMostTouched; ++i) {
    Touched& place = touched_[(instrument_id + i) % kMostTouched];
    if (place.job != job_) {
      place = {job_, slot, instrument_id};
      return update;
    }
    if (place.instrument_id != instrument_id) continue;
    NormalizedUpdate& before = sink.writer.At(place.slot);
    before.flags = static_cast<uint8_t>(before.flags & ~FH_FLAG_LAST);
    place.slot = slot;
    return update;
  }
  return update;
}

void EobiDecoder::TouchOpen(uint32_t instrument_id) {
  Product& product = *product_;
  const auto end = product.touched.begin() + product.touched_count;
  if (std::find(product.touched.begin(), end, instrument_id) != end) return;
  if (product.touched_count == kMostOpen) {
    product.touched_more = true;
  } else {
    product.touched[product.touched_count++] = instrument_id;
  }
}

// The packet completes what earlier ones began: their instruments are consistent, unless more comes.
void EobiDecoder::EndEarlierPackets(const Sink& sink) {
  Product& product = *product_;
  const auto end = [&](uint32_t instrument_id) {
    Next(sink, FH_RECORD_ORDER, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, send_time_ns_)
        .order = {0, kUndefinedPrice, 0};
  };
  if (product.touched_more) {
    end(FH_ALL_INSTRUMENTS);
  } else {
    for (uint32_t i = 0; i < product.touched_count; ++i) end(product.touched[i]);
  }
  product.touched_count = 0;
  product.touched_more = false;
}

// Until a definition says more: the number, and what its sizes are.
void EobiDecoder::Name(uint32_t id, int64_t security_id, uint8_t size_decimals) {
  if (ids_.store()->IsDefined(id)) return;
  char text[24] = {};
  std::to_chars(std::begin(text), std::end(text), security_id);
  fh_terms terms = UnknownTerms();
  terms.size_decimals = size_decimals;
  ids_.store()->Define(id, Symbol(text, sizeof text), terms);
}

[[gnu::always_inline]] inline void EobiDecoder::Order(const Sink& sink, char action, char side,
                                                      uint32_t instrument_id, int64_t time_ns,
                                                      const fh_order& order, uint8_t flags) {
  NormalizedUpdate& update = Next(sink, FH_RECORD_ORDER, action, side, instrument_id, time_ns);
  update.flags = static_cast<uint8_t>(update.flags | flags);
  update.order = order;
}

template <typename M>
[[gnu::always_inline]] inline void EobiDecoder::Add(const Sink& sink) {
  const uint8_t* const message = sink.message;
  Order(sink, FH_ACTION_ADD, SideOf(M::kSide(message)),
        Instrument(M::kSecurityId(message), sink, DecimalsOf(M::kDisplayQty)),
        TimeOf(M::kTrdRegTsTimePriority, message),
        {M::kTrdRegTsTimePriority(message), PriceE9(M::kPrice, message),
         SizeOf(M::kDisplayQty, message)});
}

template <typename M>
[[gnu::always_inline]] inline void EobiDecoder::Modify(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id =
      Instrument(M::kSecurityId(message), sink, DecimalsOf(M::kDisplayQty));
  const int64_t time_ns = TimeOf(M::kTrdRegTsTimePriority, message);
  const char side = SideOf(M::kSide(message));
  Order(sink, FH_ACTION_CANCEL, side, instrument_id, time_ns,
        {M::kTrdRegTsPrevTimePriority(message), PriceE9(M::kPrevPrice, message),
         SizeOf(M::kPrevDisplayQty, message)});
  Order(sink, FH_ACTION_ADD, side, instrument_id, time_ns,
        {M::kTrdRegTsTimePriority(message), PriceE9(M::kPrice, message),
         SizeOf(M::kDisplayQty, message)});
}

template <typename M>
[[gnu::always_inline]] inline void EobiDecoder::ModifySamePriority(const Sink& sink) {
  const uint8_t* const message = sink.message;
  Order(sink, FH_ACTION_MODIFY, SideOf(M::kSide(message)),
        Instrument(M::kSecurityId(message), sink, DecimalsOf(M::kDisplayQty)),
        TimeOf(M::kTransactTime, message),
        {M::kTrdRegTsTimePriority(message), PriceE9(M::kPrice, message),
         SizeOf(M::kDisplayQty, message)},
        FH_FLAG_PRIORITY_KEPT);
}

template <typename M>
[[gnu::always_inline]] inline void EobiDecoder::Delete(const Sink& sink) {
  const uint8_t* const message = sink.message;
  Order(sink, FH_ACTION_CANCEL, SideOf(M::kSide(message)),
        Instrument(M::kSecurityId(message), sink, DecimalsOf(M::kDisplayQty)),
        TimeOf(M::kTransactTime, message),
        {M::kTrdRegTsTimePriority(message), PriceE9(M::kPrice, message),
         SizeOf(M::kDisplayQty, message)});
}

void EobiDecoder::MassDelete(const Sink& sink) {
  Order(sink, FH_ACTION_CLEAR, FH_SIDE_NONE,
        Instrument(OrderMassDelete::kSecurityId(sink.message), sink, FH_UNKNOWN_DECIMALS),
        TimeOf(OrderMassDelete::kTransactTime, sink.message), {0, kUndefinedPrice, 0});
}

// Its time is that of the match, which the summary alone says.
template <typename M>
void EobiDecoder::Execution(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const Product& product = *product_;
  const int64_t security_id = M::kSecurityId(message);
  const uint32_t instrument_id = Instrument(security_id, sink, DecimalsOf(M::kLastQty));
  const char side = SideOf(M::kSide(message));
  const uint64_t quantity = SizeOf(M::kLastQty, message);
  const int64_t last_price = PriceE9(M::kLastPx, message);
  const uint64_t order_id = M::kTrdRegTsTimePriority(message);
  const auto matches_end =
      product.matches.begin() + std::min(product.match_count, Product::kMatches);
  const bool is_announced =
      std::find(product.matches.begin(), matches_end, security_id) != matches_end;
  const int64_t time_ns = is_announced ? product.match_ns : send_time_ns_;
  if (!is_announced) {
    Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, instrument_id, time_ns).trade = {
        M::kTrdMatchId(message), last_price, quantity};
  }
  Order(sink, FH_ACTION_FILL, side, instrument_id, time_ns, {order_id, last_price, quantity});
  Order(sink, FH_ACTION_CANCEL, side, instrument_id, time_ns,
        {order_id, PriceE9(M::kPrice, message), quantity});
}

template <typename M>
void EobiDecoder::Summary(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const int64_t security_id = M::kSecurityId(message);
  uint64_t match_id = 0;
  int64_t time_ns = send_time_ns_;
  if constexpr (requires { M::kExecId; }) {
    match_id = M::kExecId(message);
    time_ns = TimeOf(M::kExecId, message);
  }
  Product& product = *product_;
  product.matches[product.match_count % Product::kMatches] = security_id;
  ++product.match_count;
  product.match_ns = time_ns;
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, SideOf(M::kAggressorSide(message)),
           Instrument(security_id, sink, DecimalsOf(M::kLastQty)), time_ns);
  if (!IsNull(M::kTradeCondition, message)) {
    update.detail = static_cast<uint8_t>(M::kTradeCondition(message));
    if (update.detail == kImpliedTrade) update.flags |= FH_FLAG_IMPLIED;
  }
  update.trade = {match_id, PriceE9(M::kLastPx, message), SizeOf(M::kLastQty, message)};
}

// A report without a quantity says a price and no trade.
template <typename M>
void EobiDecoder::Report(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const uint32_t instrument_id = Instrument(M::kSecurityId(message), sink, DecimalsOf(M::kLastQty));
  const int64_t time_ns = TimeOf(M::kTransactTime, message);
  const int64_t price = PriceE9(M::kLastPx, message);
  const uint64_t quantity = SizeOf(M::kLastQty, message);
  const uint8_t match_type = IsNull(M::kMatchType, message) ? uint8_t{0} : M::kMatchType(message);
  if (quantity == 0) {
    return Statistic(
        Next(sink, FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id, time_ns),
        FH_STAT_REFERENCE_PRICE, price, 0, match_type);
  }
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, instrument_id, time_ns);
  update.detail = match_type;
  update.trade = {IsNull(M::kTrdMatchId, message) ? 0 : M::kTrdMatchId(message), price, quantity};
}

void EobiDecoder::OffBookReport(const Sink& sink) {
  using M = TesTradeReport;
  const uint8_t* const message = sink.message;
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE,
           Instrument(M::kSecurityId(message), sink, DecimalsOf(M::kLastQty)),
           TimeOf(M::kTransactTime, message));
  update.detail =
      IsNull(M::kTrdType, message) ? uint8_t{0} : static_cast<uint8_t>(M::kTrdType(message));
  update.trade = {IsNull(M::kTrdMatchId, message) ? 0 : M::kTrdMatchId(message),
                  PriceE9(M::kLastPx, message), SizeOf(M::kLastQty, message)};
}

template <typename M>
void EobiDecoder::Reversal(const Sink& sink) {
  const uint8_t* const message = sink.message;
  Next(sink, FH_RECORD_TRADE, FH_ACTION_CANCEL, FH_SIDE_NONE,
       Instrument(M::kSecurityId(message), sink, DecimalsOf(M::kLastQty)),
       TimeOf(M::kTransactTime, message))
      .trade = {M::kTrdMatchId(message), PriceE9(M::kLastPx, message),
                SizeOf(M::kLastQty, message)};
}

// Of all instruments of the product, whose number is `value`; they have no id in common.
NormalizedUpdate& EobiDecoder::ProductStatus(const Sink& sink, int64_t time_ns, uint8_t state,
                                             uint8_t detail) {
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, FH_UNKNOWN_INSTRUMENT, time_ns);
  update.detail = detail;
  update.status = {.kind = FH_STATUS_TRADING,
                   .state = state,
                   .code = ' ',
                   .reason = {' ', ' ', ' ', ' '},
                   .value = segment_,
                   .reserved = 0};
  return update;
}

void EobiDecoder::State(NormalizedUpdate& update, uint8_t status, uint8_t event) {
  constexpr uint8_t kNull = 255;
  update.detail = status;
  update.status = {.kind = FH_STATUS_TRADING,
                   .state = TradingState(status),
                   .code = ' ',
                   .reason = {' ', ' ', ' ', ' '},
                   .value = event == kNull ? 0 : event,
                   .reserved = 0};
}

void EobiDecoder::Statistic(NormalizedUpdate& update, uint16_t type, int64_t price,
                            int64_t quantity, uint8_t detail) {
  update.detail = detail;
  update.statistic = {
      .price = price, .quantity = quantity, .type = type, .reserved0 = 0, .reserved1 = 0};
}

// The clear of the book that an auction closes, the state, the limits.
void EobiDecoder::StateAndLimits(const Sink& sink, const InstrumentStateOf& of) {
  if (IsAuction(of.status)) {
    Order(sink, FH_ACTION_CLEAR, FH_SIDE_NONE, of.instrument_id, of.time_ns,
          {0, kUndefinedPrice, 0});
  }
  const auto next = [&](uint8_t record) -> NormalizedUpdate& {
    return Next(sink, record, FH_ACTION_NONE, FH_SIDE_NONE, of.instrument_id, of.time_ns);
  };
  State(next(FH_RECORD_STATUS), of.status, of.event);
  if (of.high != kUndefinedPrice) {
    Statistic(next(FH_RECORD_STATISTIC), FH_STAT_UPPER_BAND, of.high, 0, 0);
  }
  if (of.low != kUndefinedPrice) {
    Statistic(next(FH_RECORD_STATISTIC), FH_STAT_LOWER_BAND, of.low, 0, 0);
  }
}

template <typename M>
void EobiDecoder::InstrumentState(const Sink& sink) {
  const uint8_t* const message = sink.message;
  InstrumentStateOf of{
      .instrument_id = Instrument(M::kSecurityId(message), sink, FH_UNKNOWN_DECIMALS),
      .time_ns = TimeOf(M::kTransactTime, message),
      .status = M::kSecurityTradingStatus(message),
      .event = M::kSecurityTradingEvent(message)};
  if constexpr (requires { M::kHighPx; }) {
    of.high = PriceE9(M::kHighPx, message);
    of.low = PriceE9(M::kLowPx, message);
  }
  StateAndLimits(sink, of);
}

// The state of all instruments of the product's kind but of those that the entries name.
void EobiDecoder::MassState(const Sink& sink) {
  using M = MassInstrumentStateChange;
  const uint8_t* const message = sink.message;
  const int64_t time_ns = TimeOf(M::kTransactTime, message);
  const uint8_t status = M::kSecurityMassTradingStatus(message);
  ProductStatus(sink, time_ns, TradingState(status), status);
  const EntryPlace place = EntriesOf(M::kInfo, message);
  for (uint32_t i = 0; i < place.count; ++i) {
    const uint8_t* const entry = message + place.first + i * place.bytes;
    StateAndLimits(
        sink, {.instrument_id = Instrument(M::Entry::kSecurityId(entry), sink, FH_UNKNOWN_DECIMALS),
               .time_ns = time_ns,
               .status = M::Entry::kSecurityTradingStatus(entry),
               .event = M::Entry::kSecurityTradingEvent(entry),
               .high = PriceE9(M::Entry::kHighPx, entry),
               .low = PriceE9(M::Entry::kLowPx, entry)});
  }
}

// Each is the whole top: no loss before makes it doubtful.
template <typename M>
void EobiDecoder::Top(const Sink& sink, uint8_t detail) {
  const uint8_t* const message = sink.message;
  uint8_t decimals = FH_UNKNOWN_DECIMALS;
  if constexpr (requires { M::kBidSize; }) decimals = DecimalsOf(M::kBidSize);
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_TOP, FH_ACTION_MODIFY, FH_SIDE_NONE,
           Instrument(M::kSecurityId(message), sink, decimals), TimeOf(M::kTransactTime, message));
  update.flags = static_cast<uint8_t>((update.flags | FH_FLAG_TOB) & ~FH_FLAG_MAYBE_BAD_BOOK);
  update.detail = detail;
  update.top = {PriceE9(M::kBidPx, message), PriceE9(M::kOfferPx, message), 0, 0};
  if constexpr (requires { M::kBidSize; }) {
    update.top.bid_size = fh_top_size(SizeOf(M::kBidSize, message));
    update.top.ask_size = fh_top_size(SizeOf(M::kOfferSize, message));
  }
}

// Quotes are asked for, or a cross is announced, which `detail` says.
template <typename M>
void EobiDecoder::Request(const Sink& sink) {
  const uint8_t* const message = sink.message;
  char side = FH_SIDE_NONE;
  if constexpr (requires { M::kSide; }) side = SideOf(M::kSide(message));
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, side,
           Instrument(M::kSecurityId(message), sink, DecimalsOf(M::kLastQty)),
           TimeOf(M::kTransactTime, message));
  if constexpr (requires { M::kCrossRequestType; }) {
    update.detail = M::kCrossRequestType(message);
  } else if (M::kInfo.type == CrossRequest6::kInfo.type) {
    update.detail = kCrossAnnouncement;
  }
  update.status = {.kind = FH_STATUS_QUOTE_REQUEST,
                   .state = FH_TRADING_UNKNOWN,
                   .code = ' ',
                   .reason = {' ', ' ', ' ', ' '},
                   .value = static_cast<int64_t>(SizeOf(M::kLastQty, message)),
                   .reserved = 0};
}

template <typename M>
void EobiDecoder::ClearingPrice(const Sink& sink) {
  const uint8_t* const message = sink.message;
  uint8_t decimals = FH_UNKNOWN_DECIMALS;
  if constexpr (requires { M::kLastQty; }) decimals = DecimalsOf(M::kLastQty);
  char side = FH_SIDE_NONE;
  if constexpr (requires { M::kSecurityTradingStatus; }) {
    const uint8_t status = M::kSecurityTradingStatus(message);
    side = status == kMoreBuyers    ? FH_SIDE_BID
           : status == kMoreSellers ? FH_SIDE_ASK
                                    : FH_SIDE_NONE;
  }
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_IMBALANCE, FH_ACTION_NONE, side,
           Instrument(M::kSecurityId(message), sink, decimals), TimeOf(M::kTransactTime, message));
  update.imbalance = {PriceE9(M::kLastPx, message), 0, 0};
  if constexpr (requires { M::kLastQty; }) {
    update.imbalance.paired = SizeOf(M::kLastQty, message);
    update.imbalance.imbalance = SizeOf(M::kImbalanceQty, message);
  }
}

template <typename M>
void EobiDecoder::InstrumentImage(const Sink& sink) {
  const uint8_t* const message = sink.message;
  const int64_t time_ns = TimeOf(M::kLastUpdateTime, message);
  const uint8_t decimals = DecimalsOf(M::Entry::kMdEntrySize);
  image_ = {.is_open = true,
            .flags = 0,
            .instrument_id = Instrument(M::kSecurityId(message), sink, decimals),
            .orders_left = M::kTotNoOrders(message)};
  const auto next = [&](uint8_t record, char action) -> NormalizedUpdate& {
    NormalizedUpdate& update =
        Fill(sink, record, action, FH_SIDE_NONE, image_.instrument_id, time_ns);
    update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_SNAPSHOT);
    return update;
  };
  next(FH_RECORD_ORDER, FH_ACTION_CLEAR).order = {0, kUndefinedPrice, 0};
  uint8_t event = UINT8_MAX;
  if constexpr (requires { M::kSecurityTradingEvent; }) event = M::kSecurityTradingEvent(message);
  State(next(FH_RECORD_STATUS, FH_ACTION_NONE), M::kSecurityTradingStatus(message), event);
  const EntryPlace place = EntriesOf(M::kInfo, message);
  for (uint32_t i = 0; i < place.count; ++i) {
    const uint8_t* const entry = message + place.first + i * place.bytes;
    const uint8_t type = M::Entry::kMdEntryType(entry);
    const auto known = std::find_if(
        std::begin(kStatistics), std::end(kStatistics),
        [type](const NamedStatistic& statistic) { return statistic.entry_type == type; });
    if (known == std::end(kStatistics)) continue;
    const int64_t quantity = static_cast<int64_t>(SizeOf(M::Entry::kMdEntrySize, entry));
    Statistic(next(FH_RECORD_STATISTIC, FH_ACTION_NONE), known->type,
              known->is_quantity ? kUndefinedPrice : PriceE9(M::Entry::kMdEntryPx, entry),
              known->is_quantity ? quantity : 0, type);
  }
  if (image_.orders_left == 0) CloseImage(sink);
}

template <typename M>
void EobiDecoder::ImageOrder(const Sink& sink) {
  const uint8_t* const message = sink.message;
  NormalizedUpdate& update = Fill(sink, FH_RECORD_ORDER, FH_ACTION_ADD, SideOf(M::kSide(message)),
                                  image_.is_open ? image_.instrument_id : FH_UNKNOWN_INSTRUMENT,
                                  TimeOf(M::kTrdRegTsTimePriority, message));
  const uint8_t doubt = image_.is_open ? image_.flags : uint8_t{FH_FLAG_MAYBE_BAD_BOOK};
  update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_SNAPSHOT | doubt);
  update.order = {M::kTrdRegTsTimePriority(message), PriceE9(M::kPrice, message),
                  SizeOf(M::kDisplayQty, message)};
  if (image_.is_open && --image_.orders_left == 0) CloseImage(sink);
}

// The image is whole: its last record says so.
void EobiDecoder::CloseImage(const Sink& sink) {
  image_.is_open = false;
  NormalizedUpdate& last = sink.writer.Last();
  last.flags = static_cast<uint8_t>(last.flags | FH_FLAG_LAST);
}

template <typename M>
void EobiDecoder::Complex(const Sink& sink) {
  const uint8_t* const message = sink.message;
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_SPREAD;
  const EntryPlace place = EntriesOf(M::kInfo, message);
  terms.leg_count = static_cast<uint8_t>(std::min<uint32_t>(place.count, UINT8_MAX));
  for (uint32_t i = 0; i < place.count && i < FH_MOST_LEGS; ++i) {
    using Leg = typename M::Entry;
    const uint8_t* const leg = message + place.first + i * place.bytes;
    const int32_t ratio = IsNull(Leg::kLegRatioQty, leg) ? 0 : Leg::kLegRatioQty(leg);
    const bool is_sold = Leg::kLegSide(leg) == kSell && ratio != INT32_MIN;
    terms.legs[i] = {Instrument(Leg::kLegSecurityId(leg), sink, FH_UNKNOWN_DECIMALS),
                     is_sold ? -ratio : ratio};
  }
  const char* name = "";
  size_t length = 0;
  if constexpr (requires { M::kSecurityDesc; }) {
    name = M::kSecurityDesc(message);
    length = M::kSecurityDesc.length;
  }
  Define(sink, M::kSecurityId(message), TimeOf(M::kTransactTime, message), {name, length}, terms);
}

void EobiDecoder::Flexible(const Sink& sink) {
  using M = AddFlexibleInstrument;
  const uint8_t* const message = sink.message;
  fh_terms terms = UnknownTerms();
  terms.kind = M::kSecurityType(message) == kFuture ? FH_KIND_FUTURE : FH_KIND_OPTION;
  terms.strike = PriceE9(M::kStrikePrice, message);
  if (terms.kind == FH_KIND_OPTION && !IsNull(M::kPutOrCall, message)) {
    terms.put_call = M::kPutOrCall(message) == 0 ? 'P' : 'C';
  }
  Define(sink, M::kSecurityId(message), TimeOf(M::kTransactTime, message),
         {M::kSecurityDesc(message), M::kSecurityDesc.length}, terms);
}

void EobiDecoder::Scaled(const Sink& sink) {
  using M = AddScaledSimpleInstrument;
  const uint8_t* const message = sink.message;
  fh_terms terms = UnknownTerms();
  terms.kind = M::kSecurityType(message) == kFuture ? FH_KIND_FUTURE : FH_KIND_OPTION;
  terms.underlying_id = Instrument(M::kRelatedSecurityId(message), sink, FH_UNKNOWN_DECIMALS);
  Define(sink, M::kSecurityId(message), TimeOf(M::kTransactTime, message),
         {M::kSecurityDesc(message), M::kSecurityDesc.length}, terms);
}

// Without a name it keeps the one that it has.
void EobiDecoder::Define(const Sink& sink, int64_t security_id, int64_t time_ns,
                         std::string_view name, fh_terms terms) {
  const uint32_t id = Instrument(security_id, sink, FH_UNKNOWN_DECIMALS);
  Symbol symbol(name.data(), name.size());
  if (ids_.store() != nullptr && id != FH_UNKNOWN_INSTRUMENT) {
    if (name.empty()) symbol = ids_.store()->Name(id);
    terms.size_decimals = ids_.store()->Terms(id).size_decimals;
    ids_.store()->Define(id, symbol, terms);
  }
  NormalizedUpdate& update =
      Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, id, time_ns);
  update.definition = {.round_lot = 0,
                       .kind = terms.kind,
                       .security_class = '\0',
                       .size_decimals = terms.size_decimals,
                       .book_depth = 0};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
}

// The messages of books are first in the list: of most layouts, the newest before the older.
bool EobiDecoder::DecodeOfBook(const MessageInfo& info, const Sink& sink) {
  const auto is = [&info](const MessageInfo& layout) { return &info == &layout; };
  switch (info.type) {
    case 13100:
      is(OrderAdd13::kInfo) ? Add<OrderAdd13>(sink) : Add<OrderAdd6>(sink);
      return true;
    case 13101:
      is(OrderModify13::kInfo) ? Modify<OrderModify13>(sink) : Modify<OrderModify6>(sink);
      return true;
    case 13102:
      is(OrderDelete13::kInfo) ? Delete<OrderDelete13>(sink) : Delete<OrderDelete6>(sink);
      return true;
    case 13103:
      MassDelete(sink);
      return true;
    case 13104:
      is(FullOrderExecution13::kInfo) ? Execution<FullOrderExecution13>(sink)
                                      : Execution<FullOrderExecution6>(sink);
      return true;
    case 13105:
      is(PartialOrderExecution13::kInfo) ? Execution<PartialOrderExecution13>(sink)
                                         : Execution<PartialOrderExecution6>(sink);
      return true;
    case 13106:
      is(OrderModifySamePrio13::kInfo) ? ModifySamePriority<OrderModifySamePrio13>(sink)
                                       : ModifySamePriority<OrderModifySamePrio6>(sink);
      return true;
    case 13202:
      if (is(ExecutionSummary13::kInfo)) Summary<ExecutionSummary13>(sink);
      if (is(ExecutionSummary7::kInfo)) Summary<ExecutionSummary7>(sink);
      if (is(ExecutionSummary6::kInfo)) Summary<ExecutionSummary6>(sink);
      if (is(ExecutionSummary2::kInfo)) Summary<ExecutionSummary2>(sink);
      return true;
    case 13602:
      is(SnapshotOrder13::kInfo) ? ImageOrder<SnapshotOrder13>(sink)
                                 : ImageOrder<SnapshotOrder6>(sink);
      return true;
    default:
      return false;
  }
}

bool EobiDecoder::DecodeRare(const MessageInfo& info, const Sink& sink) {
  const uint8_t* const message = sink.message;
  const auto is = [&info](const MessageInfo& layout) { return &info == &layout; };
  switch (info.type) {
    case 13200:
      is(TradeReversal13::kInfo) ? Reversal<TradeReversal13>(sink) : Reversal<TradeReversal6>(sink);
      return true;
    case 13201:
      is(TradeReport13::kInfo) ? Report<TradeReport13>(sink) : Report<TradeReport6>(sink);
      return true;
    case 13203:
      OffBookReport(sink);
      return true;
    case 13300:
      ProductStatus(sink, TimeOf(ProductStateChange::kTransactTime, message),
                    SessionState(ProductStateChange::kTradSesStatus(message)),
                    ProductStateChange::kTradingSessionSubId(message));
      return true;
    case 13301:
      is(InstrumentStateChange13::kInfo) ? InstrumentState<InstrumentStateChange13>(sink)
                                         : InstrumentState<InstrumentStateChange6>(sink);
      return true;
    case 13302:
      MassState(sink);
      return true;
    case 13400:
      is(AddComplexInstrument13::kInfo) ? Complex<AddComplexInstrument13>(sink)
                                        : Complex<AddComplexInstrument6>(sink);
      return true;
    case 13401:
      Flexible(sink);
      return true;
    case 13402:
      Scaled(sink);
      return true;
    case 13500:
      if (is(AuctionBbo13::kInfo)) Top<AuctionBbo13>(sink, kIndicative);
      if (is(AuctionBbo6::kInfo)) Top<AuctionBbo6>(sink, kIndicative);
      if (is(AuctionBbo3::kInfo)) Top<AuctionBbo3>(sink, kIndicative);
      return true;
    case 13501:
      if (is(AuctionClearingPrice13::kInfo)) ClearingPrice<AuctionClearingPrice13>(sink);
      if (is(AuctionClearingPrice6::kInfo)) ClearingPrice<AuctionClearingPrice6>(sink);
      if (is(AuctionClearingPrice3::kInfo)) ClearingPrice<AuctionClearingPrice3>(sink);
      return true;
    case 13502:
      is(CrossRequest13::kInfo) ? Request<CrossRequest13>(sink) : Request<CrossRequest6>(sink);
      return true;
    case 13503:
      is(QuoteRequest13::kInfo) ? Request<QuoteRequest13>(sink) : Request<QuoteRequest6>(sink);
      return true;
    case 13504:
      is(TopOfBook13::kInfo) ? Top<TopOfBook13>(sink, 0) : Top<TopOfBook6>(sink, 0);
      return true;
    case 13600: {  // Alike as far as read.
      NormalizedUpdate& update =
          ProductStatus(sink, send_time_ns_, SessionState(ProductSummary3::kTradSesStatus(message)),
                        ProductSummary3::kTradingSessionSubId(message));
      update.flags = static_cast<uint8_t>(update.flags | FH_FLAG_SNAPSHOT);
      return true;
    }
    case 13601:
      if (is(InstrumentSummary13::kInfo)) InstrumentImage<InstrumentSummary13>(sink);
      if (is(InstrumentSummary6::kInfo)) InstrumentImage<InstrumentSummary6>(sink);
      if (is(InstrumentSummary3::kInfo)) InstrumentImage<InstrumentSummary3>(sink);
      return true;
    default:
      return false;
  }
}

bool EobiDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t /*length*/,
                         const MessageContext& context, UpdateWriter& writer) {
  const uint8_t doubt = product_->is_doubtful ? uint8_t{FH_FLAG_MAYBE_BAD_BOOK} : uint8_t{0};
  const Sink sink{message, context, writer, static_cast<uint8_t>(context.flags | doubt)};
  if (!is_begun_) {
    is_begun_ = true;
    if (is_complete_) EndEarlierPackets(sink);
  }
  return DecodeOfBook(info, sink) || DecodeRare(info, sink);
}

}  // namespace fh::codecs::eurex
