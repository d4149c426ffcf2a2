// Turns messages of MEMX's MEMOIR feeds into normalized updates. For CodecOf (codec_of.h).
//
//   CodecOf<MemxFraming, MemxDecoder<kDepth>> codec(MemxFraming(), MemxDecoder<kDepth>(...),
//   options);
//
// | message                                       | updates                                      |
// |---|---|
// | order added                                   | order A                                      |
// | order deleted                                 | order C 0                                    |
// | order reduced                                 | order C of what is taken off                 |
// | order executed                                | trade T, order F, order C of the quantity    |
// | trade; trade of Last Sale                     | trade T, with its conditions                 |
// | broken trade, trade cancel                    | trade C                                      |
// | corrected trade                               | trade T, trade detail                        |
// | best bid, best offer, short forms, best both  | top M                                        |
// | clear book                                    | order or top R                               |
// | Reg SHO, trading status, session, underlier   | status                                       |
// | directory                                     | definition                                   |
// | snapshot complete                             | order or top N of all instruments            |
//
// Blocks. A message is as long as its SBE header says: longer blocks are read as far as known,
// shorter ones are malformed. The schema must be the feed's; any version will do.
//
// Instruments. Securities of equities have numbers of the session, which are the ids. Options are
// symbols: ids 1, 2, 3, ... in the order in which any channel of the feed sees them, underliers
// too; the directory names them as OSI does.
//
// Tops. A message tells one side, an update has both (top_table.h): `side` is the one that was told
// (N: both). Where the other side was told before messages were lost, or not at all since the
// stream was joined, the update carries MAYBE_BAD_BOOK.
//
// LAST is on the last record of each message. Snapshots come over TCP, on a channel of their own.
//
// Feed thread only; no allocation after construction.
//
// Source: as in memx_messages.h.
#ifndef FEEDHANDLER_CODECS_MEMX_MEMX_DECODER_H_
#define FEEDHANDLER_CODECS_MEMX_MEMX_DECODER_H_

#include <array>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/instrument_store.h"
#include "codecs/local_midnight.h"
#include "codecs/memx/memx_framing.h"
#include "codecs/memx/memx_messages.h"
#include "codecs/symbol_cache.h"
#include "codecs/top_table.h"
#include "codecs/update.h"

namespace fh::codecs::memx {

// A feed: the schema that its messages are of.
struct Feed {
  uint8_t schema;
  std::span<const MessageInfo* const> messages;
};
inline constexpr Feed kDepth{2, kDepthMessages};
inline constexpr Feed kTop{3, kTopMessages};
inline constexpr Feed kLastSale{4, kLastSaleMessages};
inline constexpr Feed kOptions{10, kOptionMessages};

// What all feeds have in common.
class MemxMapping {
 public:
  // The three records of an execution.
  static constexpr UpdateBound kBound{.per_message = 3};
  static constexpr uint32_t kTypeBytes = kSbeHeaderBytes;

  // `has_tops`, `has_symbols`: of Top, of options.
  MemxMapping(const CodecOptions& options, const LocalMidnight& midnight, bool has_tops,
              bool has_symbols);

  void BeginJob(const DecodeJob&) { symbols_.FollowTable(); }
  void OnEvent(const StreamEvent& event);

 protected:
  // What a message becomes: written to the writer's slots.
  struct Sink {
    const uint8_t* message;
    const MessageContext& context;
    UpdateWriter& writer;
    uint32_t instrument_id;
    uint64_t first = writer.next();  // The message's first record.
  };
  enum class Last : bool { kNo, kYes };

  // The next slot with everything but the union filled in, `detail` 0.
  static NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side,
                                Last last) {
    NormalizedUpdate& update = sink.writer.Next();
    update.record = record;
    update.action = action;
    update.side = side;
    update.flags =
        static_cast<uint8_t>(sink.context.flags | (last == Last::kYes ? FH_FLAG_LAST : 0));
    update.instrument_id = sink.instrument_id;
    update.sequence = sink.context.sequence;
    update.ts_event_ns = static_cast<int64_t>(kTimestamp(sink.message));
    update.ts_recv_ns = sink.context.ts_recv_ns;
    update.channel_id = sink.context.channel_id;
    update.index = RecordIndex(sink.writer.next() - 1 - sink.first);
    update.detail = 0;
    update.published_ns32 = 0;
    return update;
  }

  // 1e-9; undefined when there is none, or it does not fit (never sent).
  template <typename T, int kDecimals>
  static int64_t PriceE9(const Price<T, kDecimals>& field, const uint8_t* message) {
    int64_t scale = kPriceScale;
    for (int i = 0; i < kDecimals; ++i) scale /= 10;
    const T price = field(message);
    int64_t price_e9;
    const bool overflows = __builtin_mul_overflow(price, scale, &price_e9);
    return overflows || price == field.kNull ? kUndefinedPrice : price_e9;
  }
  static char SideOf(char letter) {
    return letter == 'B' ? FH_SIDE_BID : letter == 'S' ? FH_SIDE_ASK : FH_SIDE_NONE;
  }

  static void Add(const Sink& sink, uint64_t order_id, char side, uint32_t quantity,
                  int64_t price_e9) {
    Next(sink, FH_RECORD_ORDER, FH_ACTION_ADD, SideOf(side), Last::kYes).order = {
        order_id, price_e9, quantity};
  }
  static void Delete(const Sink& sink, uint64_t order_id) {
    Next(sink, FH_RECORD_ORDER, FH_ACTION_CANCEL, FH_SIDE_NONE, Last::kYes).order = {
        order_id, kUndefinedPrice, FH_SIZE_ALL};
  }
  static void Reduce(const Sink& sink, uint64_t order_id, char side, uint32_t quantity);
  static void Execute(const Sink& sink, uint64_t order_id, uint64_t trade_id, uint32_t quantity,
                      int64_t price_e9, uint8_t detail);
  static void Trade(const Sink& sink, char action, uint64_t trade_id, uint32_t quantity,
                    int64_t price_e9, Last last);
  static void TradeDetail(const Sink& sink, uint16_t kind, uint64_t original_id,
                          const uint8_t* conditions);
  static void Sale(const Sink& sink);
  static void Corrected(const Sink& sink, uint64_t trade_id, uint32_t quantity, int64_t price_e9,
                        const uint8_t* conditions);
  static void Clear(const Sink& sink, uint8_t record);
  static void SnapshotComplete(const Sink& sink, uint8_t record);
  static void Status(const Sink& sink, uint16_t kind, uint8_t state, char code, char reason,
                     int64_t value);

  struct Quoted {
    int64_t price_e9;
    uint32_t size;
  };
  template <typename P, typename S>
  static Quoted Quote(const uint8_t* message, const P& price, const S& size) {
    const uint32_t quantity = size(message);
    const bool is_there = (quantity != 0) | (price(message) != 0);
    return {is_there ? PriceE9(price, message) : kUndefinedPrice, quantity};
  }
  void OneSide(const Sink& sink, TopTable::Side side, const Quoted& quoted);
  void BothSides(const Sink& sink, const Quoted& bid, const Quoted& offer);
  void TopClear(const Sink& sink);

  void Directory(const Sink& sink, bool is_test, int64_t mpv_e9);
  void OptionDirectory(const Sink& sink);
  // What is not of one feed alone; false when the type has no normalized form.
  bool Common(const MessageInfo& info, const Sink& sink);
  bool MapOptions(const MessageInfo& info, Sink& sink);

  // Of a symbol of eight characters; shorter ones padded.
  template <uint16_t kLength>
  uint32_t SymbolId(const uint8_t* text, const Sink& sink);

 private:
  void Define(const Sink& sink, const Symbol& name, const fh_terms& terms, char security_class);

  InstrumentStore* instruments_;
  LocalMidnight midnight_;
  SymbolCache symbols_;
  TopTable tops_;
};

// `kFeed` says what the templates are.
template <const Feed& kFeed>
class MemxDecoder : public MemxMapping {
 public:
  MemxDecoder(const CodecOptions& options, const LocalMidnight& midnight)
      : MemxMapping(options, midnight, &kFeed == &kTop, &kFeed == &kOptions) {}

  static const MessageInfo* Find(const uint8_t* message) {
    return kSchema(message) == kFeed.schema ? kByTemplate[kTemplate(message)] : nullptr;
  }

  // Precondition: the message is as long as its type.
  static const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) {
    const uint32_t end = kSbeHeaderBytes + kBlockLength(message);
    if (end > length) return "its block reaches beyond its end";
    return end < info.length ? "its block is shorter than its type" : nullptr;
  }

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t /*length*/,
              const MessageContext& context, UpdateWriter& writer) {
    if constexpr (&kFeed == &kOptions) {
      Sink sink{message, context, writer, FH_ALL_INSTRUMENTS};
      return MapOptions(info, sink);
    } else {
      // Messages without a security do not use it.
      const uint32_t security = kSecurity(message);
      const Sink sink{message, context, writer, security == 0 ? FH_UNKNOWN_INSTRUMENT : security};
      const uint8_t type = kTemplate(message);
      if constexpr (&kFeed == &kDepth) return MapDepth(type, sink) || Common(info, sink);
      if constexpr (&kFeed == &kTop) return MapTop(type, sink) || Common(info, sink);
      return MapLastSale(type, sink) || Common(info, sink);
    }
  }

 private:
  static constexpr std::array<const MessageInfo*, 256> kByTemplate = [] {
    std::array<const MessageInfo*, 256> table{};
    for (const MessageInfo* info : kFeed.messages) table[info->type] = info;
    return table;
  }();

  static bool MapDepth(uint8_t type, const Sink& sink) {
    const uint8_t* const m = sink.message;
    switch (type) {
      case kAdded.type:
        Add(sink, added::kOrderId(m), added::kSide(m), added::kQuantity(m),
            PriceE9(added::kPrice, m));
        return true;
      case kDeleted.type:
        Delete(sink, deleted::kOrderId(m));
        return true;
      case kReduced.type:
        Reduce(sink, reduced::kOrderId(m), FH_SIDE_NONE, reduced::kQuantity(m));
        return true;
      case kExecuted.type:
        Execute(sink, executed::kOrderId(m), executed::kTradeId(m), executed::kQuantity(m),
                PriceE9(executed::kPrice, m), 0);
        return true;
      case kTrade.type:
        Trade(sink, FH_ACTION_TRADE, trade::kTradeId(m), trade::kQuantity(m),
              PriceE9(trade::kPrice, m), Last::kYes);
        return true;
      case kBroken.type:
        Trade(sink, FH_ACTION_CANCEL, broken::kTradeId(m), broken::kQuantity(m),
              PriceE9(broken::kPrice, m), Last::kYes);
        return true;
      case kCorrected.type:
        Corrected(sink, corrected::kTradeId(m), corrected::kQuantity(m),
                  PriceE9(corrected::kPrice, m), nullptr);
        return true;
      case kClear.type:
        Clear(sink, FH_RECORD_ORDER);
        return true;
      default:
        return false;
    }
  }

  bool MapTop(uint8_t type, const Sink& sink) {
    const uint8_t* const m = sink.message;
    switch (type) {
      case kBid.type:
        OneSide(sink, TopTable::kBid, Quote(m, quote::kPrice, quote::kSize));
        return true;
      case kOffer.type:
        OneSide(sink, TopTable::kAsk, Quote(m, quote::kPrice, quote::kSize));
        return true;
      case kShortBid.type:
        OneSide(sink, TopTable::kBid, Quote(m, short_quote::kPrice, short_quote::kSize));
        return true;
      case kShortOffer.type:
        OneSide(sink, TopTable::kAsk, Quote(m, short_quote::kPrice, short_quote::kSize));
        return true;
      case kQuotes.type:
        BothSides(sink, Quote(m, quotes::kBidPrice, quotes::kBidSize),
                  Quote(m, quotes::kOfferPrice, quotes::kOfferSize));
        return true;
      case kTopClear.type:
        TopClear(sink);
        return true;
      default:
        return false;
    }
  }

  static bool MapLastSale(uint8_t type, const Sink& sink) {
    const uint8_t* const m = sink.message;
    switch (type) {
      case kSale.type:
        Sale(sink);
        return true;
      case kSaleCancel.type:
        Trade(sink, FH_ACTION_CANCEL, sale_cancel::kTradeId(m), sale_cancel::kQuantity(m),
              PriceE9(sale_cancel::kPrice, m), Last::kYes);
        return true;
      case kSaleCorrect.type:
        Corrected(sink, sale_correct::kTradeId(m), sale_correct::kQuantity(m),
                  PriceE9(sale_correct::kPrice, m), m + sale_correct::kConditions.offset);
        return true;
      default:
        return false;
    }
  }
};

}  // namespace fh::codecs::memx

#endif  // FEEDHANDLER_CODECS_MEMX_MEMX_DECODER_H_
