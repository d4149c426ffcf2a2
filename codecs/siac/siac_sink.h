// How the decoders of SIAC's feeds write records. Included by their .cc files' headers only.
#ifndef FEEDHANDLER_CODECS_SIAC_SIAC_SINK_H_
#define FEEDHANDLER_CODECS_SIAC_SIAC_SINK_H_

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "codecs/codec_of.h"
#include "codecs/siac/symbol_states.h"
#include "codecs/update.h"

namespace fh::codecs::siac {

inline constexpr int64_t kNsPerSecond = 1'000'000'000;

// Undefined when the feed says 0 (no time) or what is no time.
inline int64_t TimeNs(uint32_t seconds, uint32_t nanoseconds) {
  if (seconds == 0 || nanoseconds >= kNsPerSecond) return kUndefinedTime;
  return int64_t{seconds} * kNsPerSecond + nanoseconds;
}

// A message on its way.
struct Sink {
  const uint8_t* message;
  uint32_t length;
  const MessageContext& context;
  UpdateWriter& writer;
  int64_t ts_event_ns;
  uint64_t first;  // The record from which `index` counts.
  uint32_t instrument_id = FH_ALL_INSTRUMENTS;
  uint8_t detail = 0;  // The participant.

  // The next slot with everything but the union filled in.
  NormalizedUpdate& Next(uint8_t record, char action, char side) {
    const uint64_t slot = writer.next();
    NormalizedUpdate& update = writer.Next();
    update.record = record;
    update.action = action;
    update.side = side;
    // Each top of book is all of it: nothing that was missed before can make it wrong.
    update.flags =
        record == FH_RECORD_TOP
            ? static_cast<uint8_t>((context.flags & ~FH_FLAG_MAYBE_BAD_BOOK) | FH_FLAG_TOB)
            : context.flags;
    update.instrument_id = instrument_id;
    update.sequence = context.sequence;
    update.ts_event_ns = ts_event_ns;
    update.ts_recv_ns = context.ts_recv_ns;
    update.channel_id = context.channel_id;
    update.index = RecordIndex(slot - first);
    update.detail = detail;
    update.published_ns32 = 0;
    return update;
  }

  void Top(char action, const fh_top& top) { Next(FH_RECORD_TOP, action, FH_SIDE_NONE).top = top; }
  void ClearTops() { Top(FH_ACTION_CLEAR, {kUndefinedPrice, kUndefinedPrice, 0, 0}); }

  void Trade(char action, uint64_t id, int64_t price, uint64_t size) {
    Next(FH_RECORD_TRADE, action, FH_SIDE_NONE).trade = {id, price, size};
  }

  // At most eight letters.
  void Detail(uint16_t kind, uint64_t original_id, const char* conditions, size_t count) {
    NormalizedUpdate& update = Next(FH_RECORD_TRADE_DETAIL, FH_ACTION_NONE, FH_SIDE_NONE);
    update.trade_detail = {};
    update.trade_detail.original_id = original_id;
    update.trade_detail.kind = kind;
    std::memcpy(update.trade_detail.conditions, conditions, count);
  }

  void Status(uint16_t kind, uint8_t state, char code, char reason, int64_t value) {
    Next(FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE).status = {
        kind, state, code, {reason, ' ', ' ', ' '}, value, 0};
  }

  void Statistic(uint16_t type, int64_t price, int64_t quantity) {
    NormalizedUpdate& update = Next(FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE);
    update.statistic = {};
    update.statistic.price = price;
    update.statistic.quantity = quantity;
    update.statistic.type = type;
  }
  void Quantity(uint16_t type, uint64_t quantity) {
    Statistic(type, kUndefinedPrice, static_cast<int64_t>(std::min<uint64_t>(quantity, INT64_MAX)));
  }

  // The best of all markets, as a record of its own without participant, when the quote changes it.
  // `quote` and `appended` are the two sides as they stand there, bid first.
  void Best(SymbolState& state, const SideEffect (&effects)[2], const QuotedSide (&quote)[2],
            const QuotedSide (&appended)[2]) {
    if (effects[0] == SideEffect::kNone) return;
    QuotedSide best[2] = {{state.best.bid_price, state.best.bid_size},
                          {state.best.ask_price, state.best.ask_size}};
    for (int side = 0; side < 2; ++side) {
      if (effects[side] == SideEffect::kKept) continue;
      best[side] = effects[side] == SideEffect::kGone        ? QuotedSide{}
                   : effects[side] == SideEffect::kFromQuote ? quote[side]
                                                             : appended[side];
    }
    state.best = {best[0].price, best[1].price, best[0].size, best[1].size};
    detail = 0;
    Top(FH_ACTION_MODIFY, state.best);
  }

  void SetLast() {
    NormalizedUpdate& last = writer.Last();
    last.flags = static_cast<uint8_t>(last.flags | FH_FLAG_LAST);
  }
};

}  // namespace fh::codecs::siac

#endif  // FEEDHANDLER_CODECS_SIAC_SIAC_SINK_H_
