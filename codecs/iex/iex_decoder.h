// Turns messages of one IEX feed into normalized updates. For CodecOf (codec_of.h).
//
//   CodecOf<IexTp, IexDecoder<kDeep10>> codec(IexTp(kDeep10.protocol),
//   IexDecoder<kDeep10>(options),
//                                             options);
//
// | message            | updates                                                                 |
// |---|---|
// | 8, 5 price level   | level M, or C when its size is 0; LAST when the event flag says complete |
// | Q quote            | top M, LAST; a side of price 0 and size 0 is not there                  |
// | T trade            | trade T, side N; no LAST but in DEEP+: levels or a quote of the same    |
// |                    | event may follow                                                        |
// | a M R of DEEP+     | order A; order M, its new total; order C, FH_SIZE_ALL                   |
// | L of DEEP+         | trade T, order F, order C of the size                                   |
// | C of DEEP+         | order R of the symbol                                                   |
// | B trade break      | trade C                                                                 |
// | D directory        | definition; the previous close as a statistic when there is one         |
// | S H O P E I        | status; S "start of messages" first clears every book                   |
// | X official price   | statistic: opening or closing price                                     |
// | A auction          | imbalance; indicative, book clearing and collar prices as statistics    |
//
// Everything but T and open levels is an event of its own and ends with LAST. An open event that
// the venue never completes stays open: whoever keeps a book decides when to close it.
//
// `detail` has the message's flag byte (D, Q, 8, 5, T, B, L) or its auction type (A). It keeps no
// orders: the side of M, R and L, and the price of R, are left open. M and L of no shares, which nobody
// could tell from the end of an order, are malformed. Feed thread only; no allocation after construction.
//
// Source: "IEX DEEP Specification" 1.08, "IEX TOPS Specification" 1.64 and "IEX DEEP+ Specification" 1.04,
// message formats.
#ifndef FEEDHANDLER_CODECS_IEX_IEX_DECODER_H_
#define FEEDHANDLER_CODECS_IEX_IEX_DECODER_H_

#include <array>
#include <cstdint>
#include <cstring>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/iex/iex_messages.h"
#include "codecs/symbol_cache.h"
#include "codecs/update.h"

namespace fh::codecs::iex {

// What all feeds have in common; the messages' mapping, one function each.
class IexMapping {
 public:
  explicit IexMapping(const CodecOptions& options) : symbols_(options.instruments) {}

  void BeginJob(const DecodeJob&) { symbols_.FollowTable(); }

 protected:
  // What a message becomes: written to the writer's slots. See the table above.
  struct Sink {
    const uint8_t* message;
    const MessageContext& context;
    UpdateWriter& writer;
    uint64_t first = writer.next();  // The message's first record.
  };

  // Either side in one path: which comes next cannot be predicted.
  void PriceLevel(const Sink& sink) {
    const char side = sink.message[0] == '8' ? FH_SIDE_BID : FH_SIDE_ASK;
    const uint8_t flags = kEventFlags(sink.message);
    const uint32_t size = kSize(sink.message);
    NormalizedUpdate& update =
        Next(sink, FH_RECORD_LEVEL, size == 0 ? FH_ACTION_CANCEL : FH_ACTION_MODIFY, side,
             static_cast<uint8_t>(FH_FLAG_MBP | ((flags & kEventComplete) != 0 ? FH_FLAG_LAST : 0)),
             Instrument(sink));
    update.detail = flags;
    update.level = {PriceE9(kPrice(sink.message)), size, 0, 0};
  }

  void Quote(const Sink& sink) {
    NormalizedUpdate& update = Next(sink, FH_RECORD_TOP, FH_ACTION_MODIFY, FH_SIDE_NONE,
                                    FH_FLAG_TOB | FH_FLAG_LAST, Instrument(sink));
    update.detail = kQuoteUpdateFlags(sink.message);
    const uint32_t bid_size = kBidSize(sink.message);
    const uint32_t ask_size = kAskSize(sink.message);
    update.top = {QuotedPrice(kBidPrice(sink.message), bid_size),
                  QuotedPrice(kAskPrice(sink.message), ask_size), bid_size, ask_size};
  }

  // `sale_flags`: those bits of the sale condition that the feed's version defines.
  void Trade(const Sink& sink, char action, uint8_t sale_flags, bool is_whole_event) {
    NormalizedUpdate& update =
        Next(sink, FH_RECORD_TRADE, action, FH_SIDE_NONE,
             is_whole_event ? uint8_t{FH_FLAG_LAST} : uint8_t{0}, Instrument(sink));
    update.detail = kSaleConditionFlags(sink.message) & sale_flags;
    update.trade = {static_cast<uint64_t>(kTradeId(sink.message)), PriceE9(kPrice(sink.message)),
                    kSize(sink.message)};
  }

  // Of DEEP+. False when the message is none of an order.
  bool OfOrder(const Sink& sink);

  // The rare messages. False when the message has no normalized form.
  bool Other(Sink sink, uint8_t book_record);

 private:
  // The next slot with everything but the union filled in, `detail` 0.
  static NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side,
                                uint8_t flags, uint32_t instrument_id) {
    NormalizedUpdate& update = sink.writer.Next();
    update.record = record;
    update.action = action;
    update.side = side;
    // Each top of book is all of it: nothing that was missed before can make it wrong.
    const auto doubts =
        static_cast<uint8_t>(record == FH_RECORD_TOP ? ~FH_FLAG_MAYBE_BAD_BOOK : 0xff);
    update.flags = flags | (sink.context.flags & doubts);
    update.instrument_id = instrument_id;
    update.sequence = sink.context.sequence;
    update.ts_event_ns = kTimestamp(sink.message);
    update.ts_recv_ns = sink.context.ts_recv_ns;
    update.channel_id = sink.context.channel_id;
    update.index = RecordIndex(sink.writer.next() - 1 - sink.first);
    update.detail = 0;
    update.published_ns32 = 0;
    return update;
  }

  uint32_t Instrument(const Sink& sink) {
    return symbols_.Find(sink.message + kSymbol.offset, sink.context.stats);
  }

  // Four implied decimals to 1e-9; what does not fit (never sent) is undefined.
  static int64_t PriceE9(int64_t price_e4) {
    constexpr int64_t kScale = kPriceScale / 10'000;
    int64_t price_e9;
    return __builtin_mul_overflow(price_e4, kScale, &price_e9) ? kUndefinedPrice : price_e9;
  }
  static int64_t QuotedPrice(int64_t price_e4, uint32_t size) {
    return price_e4 == 0 && size == 0 ? kUndefinedPrice : PriceE9(price_e4);
  }

  void OrderExecuted(const Sink& sink);
  void SystemEvent(const Sink& sink, uint8_t book_record);
  void SecurityDirectory(const Sink& sink);
  void TradingStatus(const Sink& sink);
  void RetailLiquidity(const Sink& sink);
  bool OfficialPrice(const Sink& sink);
  void Auction(const Sink& sink);
  void Status(const Sink& sink, uint32_t instrument_id, uint16_t kind, uint8_t state, char code,
              int64_t value);
  void Statistic(const Sink& sink, uint32_t instrument_id, uint16_t type, int64_t price_e4);

  SymbolCache symbols_;
};

template <const Feed& kFeed>
class IexDecoder : public IexMapping {
 public:
  // One update a message, and more of three: S up to 2 (12 bytes with its length), D 2 (33), A 6
  // (82). 2 a message and one more for every 20 bytes hold all of them.
  static constexpr UpdateBound kBound{.per_message = 2, .bytes_per_entry = 20};
  static constexpr uint32_t kTypeBytes = 1;

  explicit IexDecoder(const CodecOptions& options) : IexMapping(options) {}

  static const MessageInfo* Find(const uint8_t* message) { return kByType[message[0]]; }

  bool Decode(const MessageInfo&, const uint8_t* message, uint32_t /*length*/,
              const MessageContext& context, UpdateWriter& writer) {
    const Sink sink{message, context, writer};
    if constexpr (kHasOrders) {
      if (OfOrder(sink)) return true;
    } else if (message[0] == '8' || message[0] == '5') [[likely]] {
      PriceLevel(sink);
      return true;
    }
    switch (message[0]) {
      case 'Q':
        Quote(sink);
        return true;
      case 'T':
        Trade(sink, FH_ACTION_TRADE, kSaleFlags, kHasOrders);
        return true;
      case 'B':
        Trade(sink, FH_ACTION_CANCEL, kSaleFlags, true);
        return true;
      default:
        return Other(sink, kBookRecord);
    }
  }

 private:
  static constexpr std::array<const MessageInfo*, 256> kByType = [] {
    std::array<const MessageInfo*, 256> table{};
    for (const MessageInfo* info : kFeed.messages) table[info->type] = info;
    return table;
  }();
  static constexpr bool kHasOrders = kByType['a'] != nullptr;
  static constexpr uint8_t kBookRecord = kHasOrders                ? FH_RECORD_ORDER
                                         : kByType['Q'] != nullptr ? FH_RECORD_TOP
                                                                   : FH_RECORD_LEVEL;
  static constexpr uint8_t kSaleFlags =
      kFeed.protocol == kTops15.protocol ? uint8_t{0xFF ^ kSinglePriceCross} : uint8_t{0xFF};
};

}  // namespace fh::codecs::iex

#endif  // FEEDHANDLER_CODECS_IEX_IEX_DECODER_H_
