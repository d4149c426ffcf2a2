// Turns messages of Cboe's Multicast PITCH into normalized updates. For CodecOf (codec_of.h).
//
//   CodecOf<UnitFraming, PitchDecoder<kUs>> codec(UnitFraming(), PitchDecoder<kUs>(...), options);
//
// | message                    | updates                                                           |
// |---|---|
// | 21, 22, 2F add             | order A                                                           |
// | 23 executed                | trade T, order F, order C of the quantity                         |
// | 24 executed at price, size | trade T, order F, order M to what remains (price kept), or C 0     |
// | 25, 26 reduce; 29 delete   | order C of the quantity; C 0                                      |
// | 27, 28 modify              | order M, PRIORITY_KEPT where the flag says so                     |
// | 2A, 2B, 30 trade           | trade T                                                           |
// | 2C break                   | trade C                                                           |
// | 97 unit clear              | order R of all instruments of the unit                            |
// | 31, 98, 2D                 | status                                                            |
// | 95, D1, AD                 | imbalance; prices of auctions as statistics                       |
// | 96; BE, B9, D3, BA of CFE  | statistic; 96 without shares: status                              |
// | 2E, 9E; BB of CFE          | definition                                                        |
// | BD transaction end         | order N with LAST: the event ends                                 |
// | 40, 41 of Europe           | as 21 and 2A                                                      |
// | 32, 35 of Europe           | trade T; the second of no known instrument                        |
// | 34, AC of Europe           | statistic; imbalance with the indicative price as a statistic     |
// | D8, D9 of Europe           | statistic of an index: its value, its settlement                  |
// | 37 to 3E, 58 to 5A of Australia | as 21, 23, 25, 27, 31, 29, 2A, 2C; 24, 95, 96               |
// | E3 of Australia            | statistic of a closing price, else nothing                        |
//
// Symbols. Only what adds an order or reports a trade names one; all else that is of an order has
// FH_UNKNOWN_INSTRUMENT, and where a message does not say them no side and no price. Whoever wants them
// has the orders remembered (feedhandler/pipeline/order_index.h), which this feed does unless it is told
// not to (CodecInfo::needs_orders). Definitions may name what a symbol stands for (OSI symbols of
// options): names and terms are in the instrument store, for all channels of a feed.
//
// Time. A unit says its second once, in a message of its own, and all others count from it. Until one
// has come, and behind each gap of the unit until the next one, events have no time (FH_UNDEFINED_TIME,
// CodecStats::undated), rather than one of an older second. What has no sequence number has no
// time either, but where a message says its own second; a snapshot channel (the Spin of a unit) has
// a second of its own. Australia's messages say their whole time.
//
// LAST is on the last record of each message, and between 0xBC and 0xBD on none but that of 0xBD: what
// an options or futures match does is one event.
//
// Feed thread only; no allocation after construction.
//
// Source: as in pitch_messages.h and cfe_messages.h.
#ifndef FEEDHANDLER_CODECS_PITCH_PITCH_DECODER_H_
#define FEEDHANDLER_CODECS_PITCH_PITCH_DECODER_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/local_midnight.h"
#include "codecs/pitch/australia_messages.h"
#include "codecs/pitch/cfe_messages.h"
#include "codecs/pitch/europe_messages.h"
#include "codecs/pitch/pitch_messages.h"
#include "codecs/pitch/unit_framing.h"
#include "codecs/symbol_cache.h"
#include "codecs/update.h"

namespace fh::codecs::pitch {

enum class Market : uint8_t { kUs, kFutures, kEurope, kAustralia };

// A feed: what it sends, and where the clocks hang that it means.
struct Feed {
  Market market;
  const char* time_zone;  // Null: each message says its whole time.
  std::span<const MessageInfo* const> messages;
  // Of a busy day, for samples: an add first, then what becomes of it.
  std::array<uint8_t, 8> busy_types;
};
inline constexpr Feed kUs{
    Market::kUs, "America/New_York", kUsMessages, {0x21, 0x22, 0x29, 0x23, 0x22, 0x28, 0x29, 0x26}};
inline constexpr Feed kCfe{Market::kFutures,
                           "America/Chicago",
                           kCfeMessages,
                           {0x21, 0x22, 0x29, 0x23, 0x22, 0x28, 0x29, 0x26}};
inline constexpr Feed kEurope{Market::kEurope,
                              "Europe/London",
                              kEuropeMessages,
                              {0x40, 0x22, 0x29, 0x23, 0x22, 0x28, 0x29, 0x26}};
inline constexpr Feed kAustralia{Market::kAustralia,
                                 nullptr,
                                 kAustraliaMessages,
                                 {0x37, 0x37, 0x3C, 0x38, 0x37, 0x3A, 0x3C, 0x39}};

// What all feeds have in common.
class PitchMapping {
 public:
  // Three records of an execution and of an auction; six of a summary, whose 65 bytes pay for more.
  static constexpr UpdateBound kBound{.per_message = 3, .bytes_per_entry = 20};
  static constexpr uint32_t kTypeBytes = kLeastMessageBytes;

  // `midnight`: of feeds whose times count from it.
  PitchMapping(const CodecOptions& options, std::optional<LocalMidnight> midnight);

  void BeginJob(const DecodeJob& job) {
    symbols_.FollowTable();
    is_sequenced_ = job.frame->kind != FrameKind::kUnsequenced;
    unit_number_ = static_cast<uint8_t>(job.frame->stream);
    unit_ = &units_[is_sequenced_ ? unit_number_ : kUnits];
  }

  void OnEvent(const StreamEvent& event);

 protected:
  // What a message becomes: written to the writer's slots. See the table above.
  struct Sink {
    const uint8_t* message;
    uint32_t length;
    const MessageContext& context;
    UpdateWriter& writer;
    int64_t ts_event_ns;
    uint64_t first = writer.next();  // The message's first record.
  };
  enum class Last : bool { kNo, kYes };

  // The next slot with everything but the union filled in, `detail` 0.
  NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side,
                         uint32_t instrument_id, Last last) const {
    NormalizedUpdate& update = sink.writer.Next();
    const bool closes = last == Last::kYes && !unit_->in_transaction;
    update.record = record;
    update.action = action;
    update.side = side;
    update.flags = static_cast<uint8_t>(sink.context.flags | (closes ? FH_FLAG_LAST : 0));
    update.instrument_id = instrument_id;
    update.sequence = sink.context.sequence;
    update.ts_event_ns = sink.ts_event_ns;
    update.ts_recv_ns = sink.context.ts_recv_ns;
    update.channel_id = sink.context.channel_id;
    update.index = RecordIndex(sink.writer.next() - 1 - sink.first);
    update.detail = 0;
    update.published_ns32 = 0;
    return update;
  }

  // UNIX ns of a message with a time offset.
  int64_t EventTime(const uint8_t* message, CodecStats& stats) const {
    if (unit_->second_ns == kUndefinedTime) [[unlikely]] {
      stats.undated += is_sequenced_ || is_snapshot_;
      return kUndefinedTime;
    }
    return unit_->second_ns + kTimeOffset(message);
  }

  // `symbol`: `length` bytes, padded on the right; at most eight.
  [[gnu::always_inline]] uint32_t Instrument(const Alpha& symbol, const Sink& sink) {
    return InstrumentOfText(sink.message + symbol.offset, symbol.length, sink.context.stats);
  }

  // 1e-9 of a number with so many decimals; what does not fit (never sent) is undefined.
  template <typename T>
  static int64_t PriceE9(const IntegerField<T, std::endian::little>& field,
                         const uint8_t* message) {
    int64_t scale = kPriceScale;
    for (int i = 0; i < field.decimals; ++i) scale /= 10;
    int64_t price_e9;
    return __builtin_mul_overflow(field(message), scale, &price_e9) ? kUndefinedPrice : price_e9;
  }
  // A letter that not every message of the type has.
  static char LetterOf(const Letter& field, const Sink& sink) {
    return sink.length > field.offset ? field(sink.message) : ' ';
  }
  static char SideOf(char letter) {
    return letter == 'B' ? FH_SIDE_BID : letter == 'S' ? FH_SIDE_ASK : FH_SIDE_NONE;
  }

  // Of an order: what most messages begin with.
  [[gnu::always_inline]] void Add(const Sink& sink, const Alpha& symbol, uint32_t quantity,
                                  int64_t price_e9) {
    AddOrder(sink, kOrderId(sink.message), kSide(sink.message), symbol, quantity, price_e9);
  }
  [[gnu::always_inline]] void AddOrder(const Sink& sink, uint64_t order_id, char side,
                                       const Alpha& symbol, uint32_t quantity, int64_t price_e9) {
    Next(sink, FH_RECORD_ORDER, FH_ACTION_ADD, SideOf(side), Instrument(symbol, sink), Last::kYes)
        .order = {order_id, price_e9, quantity};
  }
  struct Execution {
    uint64_t order_id;
    uint64_t execution_id;
    uint32_t quantity;
    int64_t price_e9 = kUndefinedPrice;
    char condition;
  };
  void Executed(const Sink& sink, const Execution& execution) const;
  void Executed(const Sink& sink, char condition) const {
    Executed(sink, {.order_id = kOrderId(sink.message),
                    .execution_id = kExecutionId18(sink.message),
                    .quantity = kExecutedQuantity(sink.message),
                    .condition = condition});
  }
  void ExecutedAtPrice(const Sink& sink) const;
  void Reduce(const Sink& sink, uint64_t order_id, uint32_t quantity) const;
  void Reduce(const Sink& sink, uint32_t quantity) const {
    Reduce(sink, kOrderId(sink.message), quantity);
  }
  void ModifyOrder(const Sink& sink, uint64_t order_id, uint32_t quantity, int64_t price_e9,
                   bool keeps_priority) const;
  void Modify(const Sink& sink, uint32_t quantity, int64_t price_e9, bool keeps_priority) const {
    ModifyOrder(sink, kOrderId(sink.message), quantity, price_e9, keeps_priority);
  }
  void Delete(const Sink& sink) const { TakeOff(sink, kOrderId(sink.message), FH_SIZE_ALL); }
  void TakeOff(const Sink& sink, uint64_t order_id, uint64_t quantity) const;
  void Trade(const Sink& sink, const Alpha& symbol, uint32_t quantity, int64_t price_e9,
             uint64_t execution_id, char condition);

  static void DescribeDefinition(const uint8_t* message, uint32_t length, MessageVisitor& visitor);

  // The rare messages of all feeds, and of one of them. False when one has no normalized form.
  bool Other(const Sink& sink);
  bool OtherOfUs(const Sink& sink);
  bool OtherOfCfe(const Sink& sink);
  bool OtherOfEurope(const Sink& sink);
  // All of Australia's.
  bool OfAustralia(const Sink& sink);

 private:
  struct Unit {
    int64_t second_ns = kUndefinedTime;  // That offsets count from.
    bool in_transaction = false;
  };

  void Time(const Sink& sink);
  void TimeReference(const Sink& sink);
  void TradeAndFill(const Sink& sink, const Execution& execution) const;
  void ReportedTrade(const Sink& sink, uint32_t instrument_id, const fh_trade& trade, char flags);
  void TradeBreak(const Sink& sink, uint64_t execution_id) const;
  void EndOfSession(const Sink& sink) const;
  void Status(const Sink& sink, uint32_t instrument_id, uint16_t kind, uint8_t state, char code,
              int64_t value, Last last) const;
  void Statistic(const Sink& sink, uint32_t instrument_id, uint16_t type, int64_t price_e9,
                 int64_t quantity, uint8_t detail) const;
  template <typename T>
  void Price(const Sink& sink, uint32_t instrument_id, uint16_t type,
             const IntegerField<T, std::endian::little>& price, uint8_t detail) const {
    if (price(sink.message) == 0) return;
    Statistic(sink, instrument_id, type, PriceE9(price, sink.message), 0, detail);
  }
  void Imbalance(const Sink& sink, uint32_t instrument_id, int64_t reference_e9, uint32_t buy,
                 uint32_t sell, char type);
  void Summed(const Sink& sink, uint32_t instrument_id, char type, int64_t price_e9,
              uint32_t shares);
  void Close(const Sink& sink) const;
  void Definition(const Sink& sink, uint32_t instrument_id, const Symbol& name,
                  const fh_terms& terms, char security_class);
  void OptionDefinition(const Sink& sink);
  // Six letters are put together in a register: what was written to memory in parts could not be read
  // as one before it is in the cache.
  [[gnu::always_inline]] uint32_t InstrumentOfText(const uint8_t* text, size_t length,
                                                   CodecStats& stats) {
    if (length == sizeof(uint64_t)) return symbols_.Find(text, stats);
    if (std::endian::native == std::endian::little && length == 6) {
      const uint64_t first = internal::Load<std::endian::little, uint32_t>(text);
      const uint64_t others = internal::Load<std::endian::little, uint16_t>(text + 4);
      return symbols_.FindKey(first | others << 32 | uint64_t{0x2020} << 48, stats);
    }
    std::array<uint8_t, 8> padded;
    padded.fill(' ');
    std::memcpy(padded.data(), text, length);
    return symbols_.Find(padded.data(), stats);
  }
  void UnitClear(const Sink& sink) const;
  void TransactionEnd(const Sink& sink);
  void UsTradingStatus(const Sink& sink);
  void EuAuctionUpdate(const Sink& sink);
  bool EuStatistic(const Sink& sink);
  uint32_t Index(const Sink& sink);
  void AuExecuted(const Sink& sink, int64_t price_e9, char type) const;
  bool AuValue(const Sink& sink);
  void RetailInterest(const Sink& sink);
  void AuctionUpdate(const Sink& sink);
  void AuctionSummary(const Sink& sink);
  void AuctionNotification(const Sink& sink);
  void FuturesDefinition(const Sink& sink);
  void PriceLimits(const Sink& sink);
  void Summary(const Sink& sink);

  SymbolCache symbols_;
  int64_t EndOfDay(uint32_t date) const {
    return midnight_ ? midnight_->EndOfDay(date) : kUndefinedTime;
  }

  std::optional<LocalMidnight> midnight_;
  // Messages without numbers are an image's, whose second is its own.
  bool is_snapshot_;
  // One more for messages without numbers: but for images its second is never known.
  std::vector<Unit> units_{kUnits + 1};
  Unit* unit_ = &units_[kUnits];  // Of the job at hand.
  uint8_t unit_number_ = 0;
  bool is_sequenced_ = false;
};

// `kFeed` says what the types are, and which fields they have.
template <const Feed& kFeed>
class PitchDecoder : public PitchMapping {
 public:
  using PitchMapping::PitchMapping;

  static const MessageInfo* Find(const uint8_t* message) {
    const MessageInfo* const info = kByType[kMessageType(message)];
    if constexpr (kFeed.market == Market::kEurope) {
      if (info == &kEuAuctionUpdateMessage && kMessageLength(message) < info->length) {
        return &kEuNarrowAuctionUpdateMessage;
      }
    }
    return info;
  }

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const {
    if (&info == &kDefinitionMessage) return DescribeDefinition(message, length, visitor);
    DescribeFields(info, message, length, visitor);
  }

  bool Decode(const MessageInfo&, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer) {
    const uint8_t type = kMessageType(message);
    if constexpr (kFeed.market == Market::kAustralia) {
      const uint64_t time = kIsTimed[type] ? kAuTime(message) : 0;
      const bool is_time = time != 0 && time < static_cast<uint64_t>(kUndefinedTime);
      return OfAustralia({message, length, context, writer,
                          is_time ? static_cast<int64_t>(time) : kUndefinedTime});
    }
    const int64_t event_ns = kIsDated[type] ? EventTime(message, context.stats) : FH_UNDEFINED_TIME;
    const Sink sink{message, length, context, writer, event_ns};
    switch (type) {
      case kAddLongMessage.type:
        Add(sink, kSymbol19, kQuantity15(message), LongPriceAt25(message));
        return true;
      case kAddShortMessage.type:
        Add(sink, kSymbol17, kShortQuantity15(message), ShortPriceAt23(message));
        return true;
      case kDeleteMessage.type:
        Delete(sink);
        return true;
      case kExecutedMessage.type:
        Executed(sink, kFeed.market == Market::kEurope ? kMode27(message)
                                                       : LetterOf(kTradeCondition26, sink));
        return true;
      case kReduceLongMessage.type:
        Reduce(sink, kCanceledQuantity(message));
        return true;
      case kReduceShortMessage.type:
        Reduce(sink, kShortCanceledQuantity(message));
        return true;
      case kModifyLongMessage.type:
      case kModifyShortMessage.type:
        DecodeModify(sink, type == kModifyLongMessage.type);
        return true;
      case kTradeLongMessage.type:
        Trade(sink, kSymbol19, kQuantity15(message), LongPriceAt25(message),
              kExecutionId33(message), LetterOf(kTradeCondition41, sink));
        return true;
      case kTradeShortMessage.type:
        if constexpr (kFeed.market == Market::kEurope) {
          Trade(sink, kExpandedSymbol17, kShortQuantity15(message), PriceE9(kShortPrice25, message),
                kExecutionId27(message), kMode36(message));
          return true;
        }
        Trade(sink, kSymbol17, kShortQuantity15(message), ShortPriceAt23(message),
              kExecutionId25(message), LetterOf(kTradeCondition33, sink));
        return true;
      default:
        if (Other(sink)) return true;
        return kFeed.market == Market::kFutures  ? OtherOfCfe(sink)
               : kFeed.market == Market::kEurope ? OtherOfEurope(sink)
                                                 : OtherOfUs(sink);
    }
  }

 private:
  static constexpr std::array<const MessageInfo*, 256> kByType = [] {
    std::array<const MessageInfo*, 256> table{};
    for (const MessageInfo* info : kFeed.messages) table[info->type] = info;
    return table;
  }();
  // Types whose third field, behind length and type, is called so.
  static constexpr std::array<bool, 256> WithThirdField(std::string_view name) {
    std::array<bool, 256> types{};
    for (const MessageInfo* info : kFeed.messages) {
      types[info->type] = info->fields.size() > 2 && info->fields[2]->name == name;
    }
    return types;
  }
  // Whether messages of the type count from the unit's second. Definitions of futures may say their
  // own.
  static constexpr std::array<bool, 256> kIsDated = [] {
    std::array<bool, 256> dated = WithThirdField(kTimeOffset.name);
    dated[kDefinitionMessage.type] = false;
    return dated;
  }();
  // Whether messages of the type say their whole time.
  static constexpr std::array<bool, 256> kIsTimed = WithThirdField(kAuTime.name);

  static int64_t LongPriceAt25(const uint8_t* message) {
    return kFeed.market == Market::kFutures ? PriceE9(kCfePrice25, message)
                                            : PriceE9(kLongPrice25, message);
  }
  static int64_t ShortPriceAt23(const uint8_t* message) {
    return kFeed.market == Market::kFutures ? PriceE9(kCfePrice23, message)
                                            : PriceE9(kShortPrice23, message);
  }

  void DecodeModify(const Sink& sink, bool is_long) {
    const uint8_t* const message = sink.message;
    const uint32_t quantity = is_long ? kQuantity14(message) : kShortQuantity14(message);
    if constexpr (kFeed.market == Market::kEurope) {
      Modify(sink, quantity,
             is_long ? PriceE9(kLongPrice18, message) : PriceE9(kShortPrice16, message),
             /*keeps_priority=*/false);
    } else if constexpr (kFeed.market == Market::kFutures) {
      Modify(sink, quantity,
             is_long ? PriceE9(kCfePrice18, message) : PriceE9(kCfePrice16, message),
             /*keeps_priority=*/false);
    } else {
      const uint8_t flags = is_long ? kModifyFlags26(message) : kModifyFlags18(message);
      Modify(sink, quantity,
             is_long ? PriceE9(kLongPrice18, message) : PriceE9(kShortPrice16, message),
             (flags & kKeepsPriority) != 0);
    }
  }
};

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_PITCH_DECODER_H_
