// Turns messages of MIAX's top-of-market feeds into normalized updates. For CodecOf (codec_of.h).
//
//   CodecOf<MachFraming, MiaxDecoder<kTom>> codec(MachFraming(), MiaxDecoder<kTom>(...), options);
//
// | message                          | updates                                                |
// |---|---|
// | B O W A h i j k; b o e f         | top M, the other side as it was                        |
// | d D; m w; 15 of Onyx             | top M                                                  |
// | T, t; 16 of Onyx                 | trade T; of a correction also trade detail             |
// | X; 14 of Onyx                    | trade C                                                |
// | P; C; 1 of Onyx                  | definition; prices and quantities of 1 as statistics   |
// | S; 3 of Onyx                     | status, of all instruments                             |
// | H; 4 of Onyx                     | status, of the underlying; of the instrument           |
//
// Instruments. The venue's numbers are the ids: products of ToM and Onyx, strategies of cToM.
// Products of cToM are numbers of their own, which strategies use too, so their ids have
// kComplexProduct added. Underlyings have symbols alone: ids from kFirstUnderlying on in the order
// in which they are seen. What a halt says of an underlying holds for all series whose terms name
// it.
//
// Tops. A message mostly tells one side, an update has both (top_table.h): `side` is the one that
// was told (N: both), `detail` the condition letter that comes with it; of two the first that is
// not A. Where the other side was told before messages were lost, or not at all since the stream
// was joined, the update carries MAYBE_BAD_BOOK.
//
// Time. Options feeds say a second once, in a message of its own, and all others count from it.
// Until one has come, and behind each gap until the next one, events have no time
// (FH_UNDEFINED_TIME, CodecStats::undated), rather than one of an older second.
//
// Tests. What comes between the start and the end of a test session is played: it is counted
// (CodecStats::unmapped) and makes no update, but definitions and the states themselves. A gap may
// hide the end: the test goes on until some state or another session ends it, because prices that
// are missing do less harm than prices that nobody has quoted.
//
// LAST is on the last record of each message.
//
// Feed thread only; no allocation after construction.
//
// Source: as in miax_messages.h.
#ifndef FEEDHANDLER_CODECS_MIAX_MIAX_DECODER_H_
#define FEEDHANDLER_CODECS_MIAX_MIAX_DECODER_H_

#include <array>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/instrument_store.h"
#include "codecs/local_midnight.h"
#include "codecs/miax/mach_framing.h"
#include "codecs/miax/miax_messages.h"
#include "codecs/top_table.h"
#include "codecs/update.h"

namespace fh::codecs::miax {

// A feed: what it sends, and shorter forms of older versions.
struct Feed {
  std::span<const MessageInfo* const> messages;
  std::span<const MessageInfo* const> short_messages;
  char version_letter;  // The first of the version that states name: "TOM1.9", "CTOM1.0".
  bool is_complex;
};
inline constexpr Feed kTom{kTomMessages, {}, 'T', false};
inline constexpr Feed kComplex{kComplexMessages, kComplexMessages10, 'C', true};
inline constexpr Feed kOnyx{kOnyxMessages, {}, 'T', false};

// The venue's numbers are below.
inline constexpr uint32_t kMostVenueId = 0x3FFF'FFFF;
inline constexpr uint32_t kComplexProduct = 0x8000'0000;
inline constexpr uint32_t kFirstUnderlying = 0xC000'0000;

// 0 and what no update can carry are nobody's.
inline uint32_t InstrumentOf(uint32_t number) {
  return number - 1 < kMostVenueId ? number : FH_UNKNOWN_INSTRUMENT;
}
inline uint32_t ComplexProduct(uint32_t number) {
  return number - 1 < kMostVenueId ? number | kComplexProduct : FH_UNKNOWN_INSTRUMENT;
}

// What all feeds have in common.
class MiaxMapping {
 public:
  // Two records of a correction; six of a definition of Onyx, whose 132 bytes pay for more.
  static constexpr UpdateBound kBound{.per_message = 2, .bytes_per_entry = 24};
  static constexpr uint32_t kTypeBytes = kHeaderBytes + 1;

  MiaxMapping(const CodecOptions& options, const LocalMidnight& midnight);

  void OnEvent(const StreamEvent& event);

 protected:
  // What a message becomes: written to the writer's slots.
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
  static NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side,
                                uint32_t instrument_id, Last last) {
    NormalizedUpdate& update = sink.writer.Next();
    update.record = record;
    update.action = action;
    update.side = side;
    update.flags =
        static_cast<uint8_t>(sink.context.flags | (last == Last::kYes ? FH_FLAG_LAST : 0));
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

  // 1e-9; what does not fit (never sent) is undefined.
  template <typename T>
  static int64_t PriceE9(const LittleEndian<T>& field, const uint8_t* message) {
    int64_t scale = kPriceScale;
    for (int i = 0; i < field.decimals; ++i) scale /= 10;
    if constexpr (sizeof(T) <= 4) return int64_t{field(message)} * scale;
    int64_t price_e9;
    return __builtin_mul_overflow(field(message), scale, &price_e9) ? kUndefinedPrice : price_e9;
  }

  struct Quoted {
    int64_t price_e9;
    uint32_t size;
    char condition;
  };
  // A side of price 0 and size 0 is not there; 0 alone is a price of strategies.
  template <typename P, typename S>
  static Quoted Quote(const uint8_t* message, const P& price, const S& size,
                      const Letter& condition) {
    const uint32_t quantity = size(message);
    const bool is_there = (quantity != 0) | (price(message) != 0);
    return {is_there ? PriceE9(price, message) : kUndefinedPrice, quantity, condition(message)};
  }

  void OneSide(const Sink& sink, uint32_t number, TopTable::Side side, const Quoted& quoted);
  void BothSides(const Sink& sink, uint32_t number, const Quoted& bid, const Quoted& ask);

  static void Trade(const Sink& sink, char action, uint32_t instrument_id, const fh_trade& trade,
                    uint8_t detail, Last last);
  static void Status(const Sink& sink, uint32_t instrument_id, uint16_t kind, uint8_t state,
                     char code, int64_t value);
  void SystemState(const Sink& sink, char status);
  void Definition(const Sink& sink, uint32_t instrument_id, const Symbol& name,
                  const fh_terms& terms, char security_class, uint8_t detail, Last last);

  void OptionTrade(const Sink& sink) const;
  void OptionCancel(const Sink& sink) const;
  void StrategyTrade(const Sink& sink) const;
  void Series(const Sink& sink, bool is_complex);
  void Strategy(const Sink& sink);
  void Halt(const Sink& sink);

  void OnyxStatus(const Sink& sink) const;
  void OnyxTrade(const Sink& sink, char action) const;
  void OnyxDefinition(const Sink& sink);

  static void DescribeStrategy(const uint8_t* message, uint32_t length, MessageVisitor& visitor);

  int64_t second_ns_ = kUndefinedTime;  // That nanoseconds count from.
  bool is_test_ = false;

 private:
  uint32_t Underlying(const char* symbol, CodecStats& stats);
  int64_t Expiry(const char* date, const char* closing_time);

  InstrumentStore* instruments_;
  LocalMidnight midnight_;
  TopTable tops_;
  uint32_t next_underlying_ = kFirstUnderlying;
  // Definitions come sorted: what was looked up last.
  Symbol last_underlying_;
  uint32_t last_underlying_id_ = FH_UNKNOWN_INSTRUMENT;
  uint32_t store_epoch_ = 0;
  uint32_t last_date_ = 0;
  int64_t last_date_end_ns_ = kUndefinedTime;
};

// `kFeed` says what the types are.
template <const Feed& kFeed>
class MiaxDecoder : public MiaxMapping {
 public:
  using MiaxMapping::MiaxMapping;

  static const MessageInfo* Find(const uint8_t* message) {
    const MessageInfo* const info = kByType[message[kHeaderBytes]];
    if constexpr (!kFeed.short_messages.empty()) {
      if (info != nullptr && kPacketLength(message) < info->length) {
        const MessageInfo* const shorter = kShortByType[message[kHeaderBytes]];
        if (shorter != nullptr) return shorter;
      }
    }
    return info;
  }

  static const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) {
    if (!kFeed.is_complex || &info != &kStrategy) return nullptr;
    const uint32_t legs = strategy::kNumberOfLegs(message);
    return strategy::kLegsAt + legs * strategy::kLegBytes > length ? "legs reach beyond its end"
                                                                   : nullptr;
  }

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const {
    DescribeFields(info, message, length, visitor);
    if (&info == &kStrategy) DescribeStrategy(message, length, visitor);
  }

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer) {
    if constexpr (&kFeed == &kOnyx) {
      const auto time_ns = static_cast<int64_t>(onyx::kTimestamp(message));
      return MapOnyx({message, length, context, writer, time_ns});
    } else {
      const uint8_t type = message[kHeaderBytes];
      if (type == kSystemTime.type) {
        second_ns_ = int64_t{system_time::kSeconds(message)} * kPriceScale;
        return false;
      }
      int64_t time_ns = kUndefinedTime;
      if (second_ns_ != kUndefinedTime) [[likely]] {
        time_ns = second_ns_ + kNanoseconds(message);
      } else {
        ++context.stats.undated;
      }
      const Sink sink{message, length, context, writer, time_ns};
      if (is_test_ && type != kSystemState.type && type != kSeries.type && type != kStrategy.type) {
        context.stats.undated -= second_ns_ == kUndefinedTime;
        return false;
      }
      return (kFeed.is_complex ? MapComplex(info, sink) : MapTom(sink)) || MapOptions(sink);
    }
  }

 private:
  using Types = std::array<const MessageInfo*, 256>;
  static constexpr Types TableOf(std::span<const MessageInfo* const> messages) {
    Types table{};
    for (const MessageInfo* info : messages) table[info->type] = info;
    return table;
  }
  static constexpr Types kByType = TableOf(kFeed.messages);
  static constexpr Types kShortByType = TableOf(kFeed.short_messages);

  bool MapTom(const Sink& sink) {
    const uint8_t* const m = sink.message;
    switch (m[kHeaderBytes]) {
      case kBidCompact.type:
      case kCustomerBidCompact.type:
        return CompactSide(sink, TopTable::kBid);
      case kOfferCompact.type:
      case kCustomerOfferCompact.type:
        return CompactSide(sink, TopTable::kAsk);
      case kBidWide.type:
      case kCustomerBidWide.type:
        return WideSide(sink, TopTable::kBid);
      case kOfferWide.type:
      case kCustomerOfferWide.type:
        return WideSide(sink, TopTable::kAsk);
      case kQuotesCompact.type: {
        using namespace compact_quotes;
        BothSides(sink, kProductId(m), Quote(m, kBidPrice, kBidSize, kBidCondition),
                  Quote(m, kOfferPrice, kOfferSize, kOfferCondition));
        return true;
      }
      case kQuotesWide.type: {
        using namespace wide_quotes;
        BothSides(sink, kProductId(m), Quote(m, kBidPrice, kBidSize, kBidCondition),
                  Quote(m, kOfferPrice, kOfferSize, kOfferCondition));
        return true;
      }
      case kTrade.type:
        OptionTrade(sink);
        return true;
      case kTradeCancel.type:
        OptionCancel(sink);
        return true;
      default:
        return false;
    }
  }

  bool CompactSide(const Sink& sink, TopTable::Side side) {
    using namespace compact_quote;
    OneSide(sink, kProductId(sink.message), side, Quote(sink.message, kPrice, kSize, kCondition));
    return true;
  }
  bool WideSide(const Sink& sink, TopTable::Side side) {
    using namespace wide_quote;
    OneSide(sink, kProductId(sink.message), side, Quote(sink.message, kPrice, kSize, kCondition));
    return true;
  }

  // Only the condition lies elsewhere in version 1.0, and what follows it.
  bool MapComplex(const MessageInfo& info, const Sink& sink) {
    const uint8_t* const m = sink.message;
    const uint32_t number = strategy::kStrategyId(m);
    switch (m[kHeaderBytes]) {
      case kNetBidCompact.type:
      case kNetOfferCompact.type: {
        using namespace compact_net;
        const Letter& condition =
            info.length < kNetBidCompact.length ? compact_net_10::kCondition : kCondition;
        OneSide(sink, number,
                m[kHeaderBytes] == kNetBidCompact.type ? TopTable::kBid : TopTable::kAsk,
                Quote(m, kPrice, kSize, condition));
        return true;
      }
      case kNetBidWide.type:
      case kNetOfferWide.type: {
        using namespace wide_net;
        const Letter& condition =
            info.length < kNetBidWide.length ? wide_net_10::kCondition : kCondition;
        OneSide(sink, number, m[kHeaderBytes] == kNetBidWide.type ? TopTable::kBid : TopTable::kAsk,
                Quote(m, kPrice, kSize, condition));
        return true;
      }
      case kNetsCompact.type:
        if (info.length < kNetsCompact.length) {
          using namespace compact_nets_10;
          BothSides(sink, number, Quote(m, kBidPrice, kBidSize, kBidCondition),
                    Quote(m, kOfferPrice, kOfferSize, kOfferCondition));
        } else {
          using namespace compact_nets;
          BothSides(sink, number, Quote(m, kBidPrice, kBidSize, kBidCondition),
                    Quote(m, kOfferPrice, kOfferSize, kOfferCondition));
        }
        return true;
      case kNetsWide.type:
        if (info.length < kNetsWide.length) {
          using namespace wide_nets_10;
          BothSides(sink, number, Quote(m, kBidPrice, kBidSize, kBidCondition),
                    Quote(m, kOfferPrice, kOfferSize, kOfferCondition));
        } else {
          using namespace wide_nets;
          BothSides(sink, number, Quote(m, kBidPrice, kBidSize, kBidCondition),
                    Quote(m, kOfferPrice, kOfferSize, kOfferCondition));
        }
        return true;
      case kStrategyTrade.type:
        StrategyTrade(sink);
        return true;
      case kStrategy.type:
        Strategy(sink);
        return true;
      default:
        return false;
    }
  }

  bool MapOptions(const Sink& sink) {
    switch (sink.message[kHeaderBytes]) {
      case kSeries.type:
        Series(sink, kFeed.is_complex);
        return true;
      case kSystemState.type:
        SystemState(sink, state::kStatus(sink.message));
        return true;
      case kHalt.type:
        Halt(sink);
        return true;
      default:
        return false;
    }
  }

  // A side that is not there has size 0, whatever stands for its price.
  static Quoted OnyxQuote(const uint8_t* message, const FuturesPrice& price, const Number32& size) {
    const uint32_t quantity = size(message);
    return {quantity == 0 ? kUndefinedPrice : PriceE9(price, message), quantity, '\0'};
  }

  bool MapOnyx(const Sink& sink) {
    const uint8_t* const m = sink.message;
    switch (onyx::kMessageType(m)) {
      case onyx::kQuotes.type: {
        using namespace onyx::quotes;
        BothSides(sink, onyx::kInstrumentId(m), OnyxQuote(m, kBidPrice, kBidSize),
                  OnyxQuote(m, kOfferPrice, kOfferSize));
        return true;
      }
      case onyx::kTrade.type:
        OnyxTrade(sink, FH_ACTION_TRADE);
        return true;
      case onyx::kTradeCancel.type:
        OnyxTrade(sink, FH_ACTION_CANCEL);
        return true;
      case onyx::kStatus.type:
        OnyxStatus(sink);
        return true;
      case onyx::kSystemState.type:
        SystemState(sink, onyx::state::kStatus(m));
        return true;
      case onyx::kDefinition.type:
        OnyxDefinition(sink);
        return true;
      default:
        return false;
    }
  }
};

}  // namespace fh::codecs::miax

#endif  // FEEDHANDLER_CODECS_MIAX_MIAX_DECODER_H_
