// Turns messages of the example venue into updates.
//
// | message      | updates                                                              |
// |---|---|
// | D definition | definition; the instrument's id, name and lot size into the store     |
// | A add        | order A                                                              |
// | E execute    | trade T, then F of the resting order, then the C that takes it off   |
// | X delete     | order C of size 0: all of it                                         |
//
// Each message is an event of its own: its last record carries LAST.
#ifndef FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_DECODER_H_
#define FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_DECODER_H_

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/instrument_store.h"
#include "codecs/update.h"
#include "example_messages.h"

namespace fh::codecs::example {

class Decoder {
 public:
  // The most updates of one message: T, F and C of an execution.
  static constexpr UpdateBound kBound{.per_message = 3};
  // Bytes that Find reads.
  static constexpr uint32_t kTypeBytes = 1;

  explicit Decoder(const CodecOptions& options) : instruments_(options.instruments) {}

  static const MessageInfo* Find(const uint8_t* message) {
    switch (kType(message)) {
      case 'D':
        return &Definition::kInfo;
      case 'A':
        return &AddOrder::kInfo;
      case 'E':
        return &ExecuteOrder::kInfo;
      case 'X':
        return &DeleteOrder::kInfo;
      default:
        return nullptr;
    }
  }

  // The message is as long as its type demands.
  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t /*length*/,
              const MessageContext& context, UpdateWriter& writer) {
    switch (info.type) {
      case 'D':
        Define(message, context, writer);
        break;
      case 'A':
        Add(message, context, writer);
        break;
      case 'E':
        Execute(message, context, writer);
        break;
      default:
        OrderUpdate(message, FH_ACTION_CANCEL, 0, context, writer);
        break;
    }
    writer.Last().flags |= FH_FLAG_LAST;
    return true;
  }

 private:
  // Prices have four decimals, updates nine. What the wire says may be anything: one that does not fit
  // is not known.
  static int64_t Price(int64_t price_e4) {
    int64_t price_e9;
    return __builtin_mul_overflow(price_e4, 100'000, &price_e9) ? kUndefinedPrice : price_e9;
  }

  // All 64 bytes are written: a slot still has what was there before.
  static NormalizedUpdate& Next(uint8_t record, char action, char side, uint8_t index,
                                const MessageContext& context, UpdateWriter& writer) {
    NormalizedUpdate& update = writer.Next();
    std::memset(&update, 0, sizeof update);
    update.record = record;
    update.action = action;
    update.side = side;
    update.flags = context.flags;
    update.sequence = context.sequence;
    update.ts_recv_ns = context.ts_recv_ns;
    update.channel_id = context.channel_id;
    update.index = index;  // Its place among the message's records.
    return update;
  }

  static NormalizedUpdate& OrderUpdate(const uint8_t* message, char action, uint8_t index,
                                       const MessageContext& context, UpdateWriter& writer) {
    NormalizedUpdate& update = Next(FH_RECORD_ORDER, action, FH_SIDE_NONE, index, context, writer);
    update.instrument_id = kInstrument(message);
    update.ts_event_ns = static_cast<int64_t>(kTime(message));
    update.order.order_id = kOrder(message);
    update.order.price = kUndefinedPrice;
    return update;
  }

  static void Add(const uint8_t* message, const MessageContext& context, UpdateWriter& writer) {
    NormalizedUpdate& update = OrderUpdate(message, FH_ACTION_ADD, 0, context, writer);
    update.side = AddOrder::kSide(message) == 'B' ? FH_SIDE_BID : FH_SIDE_ASK;
    update.order.price = Price(AddOrder::kPrice(message));
    update.order.size = AddOrder::kQuantity(message);
  }

  // T says that there was a trade, F which order it hit, C takes the quantity off the book.
  static void Execute(const uint8_t* message, const MessageContext& context, UpdateWriter& writer) {
    const int64_t price = Price(ExecuteOrder::kPrice(message));
    const uint32_t quantity = ExecuteOrder::kQuantity(message);
    NormalizedUpdate& trade =
        Next(FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, 0, context, writer);
    trade.instrument_id = kInstrument(message);
    trade.ts_event_ns = static_cast<int64_t>(kTime(message));
    trade.trade = {ExecuteOrder::kTrade(message), price, quantity};
    NormalizedUpdate& fill = OrderUpdate(message, FH_ACTION_FILL, 1, context, writer);
    fill.order.price = price;
    fill.order.size = quantity;
    OrderUpdate(message, FH_ACTION_CANCEL, 2, context, writer).order.size = quantity;
  }

  void Define(const uint8_t* message, const MessageContext& context, UpdateWriter& writer) {
    NormalizedUpdate& update =
        Next(FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, 0, context, writer);
    const Symbol symbol(Definition::kSymbol(message), Definition::kSymbol.length);
    update.instrument_id = Definition::kInstrument(message);
    update.ts_event_ns = kUndefinedTime;  // The venue gives none.
    std::memcpy(update.definition.symbol, symbol.bytes.data(), Definition::kSymbol.length);
    update.definition.round_lot = Definition::kLotSize(message);
    update.definition.kind = FH_KIND_STOCK;
    if (instruments_ == nullptr) return;
    const bool room =
        instruments_->Define(update.instrument_id, symbol, TermsOf(update.definition));
    context.stats.instruments_full += !room;
  }

  InstrumentStore* instruments_;
};

}  // namespace fh::codecs::example

#endif  // FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_DECODER_H_
