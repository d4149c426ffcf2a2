// The normalized update, C++ view of codecs/update_abi.h (which is the manual), and the cursor
// decoders write to.
//
//   NormalizedUpdate& update = writer.Next();       // The ring's slot itself, but for a batch's first.
//   update = NormalizedUpdate{.record = FH_RECORD_TRADE, ...};
#ifndef FEEDHANDLER_CODECS_UPDATE_H_
#define FEEDHANDLER_CODECS_UPDATE_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "codecs/instrument_abi.h"
#include "codecs/prefetch.h"
#include "codecs/update_abi.h"

namespace fh::codecs {

using NormalizedUpdate = fh_update;

static_assert(sizeof(NormalizedUpdate) == 64);
static_assert(std::is_trivially_copyable_v<NormalizedUpdate>);
static_assert(sizeof(fh_order) == 24 && sizeof(fh_level) == 24 && sizeof(fh_top) == 24 &&
              sizeof(fh_trade) == 24 && sizeof(fh_status) == 24 && sizeof(fh_definition) == 24 &&
              sizeof(fh_imbalance) == 24 && sizeof(fh_statistic) == 24 && sizeof(fh_gap) == 24 &&
              sizeof(fh_session) == 24 && sizeof(fh_trade_detail) == 24);
static_assert(offsetof(NormalizedUpdate, instrument_id) == 4);
static_assert(offsetof(NormalizedUpdate, sequence) == 8);
static_assert(offsetof(NormalizedUpdate, ts_event_ns) == 16);
static_assert(offsetof(NormalizedUpdate, ts_recv_ns) == 24);
static_assert(offsetof(NormalizedUpdate, order) == 32);
static_assert(offsetof(NormalizedUpdate, channel_id) == 56);
static_assert(offsetof(NormalizedUpdate, index) == 58);
static_assert(offsetof(NormalizedUpdate, detail) == 59);
static_assert(offsetof(NormalizedUpdate, published_ns32) == 60);

// Whether what is known of the channel is void from here on, and ids are of `session.epoch`.
inline bool IsSessionStart(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_SESSION && update.session.state != FH_SESSION_ENDED;
}

inline constexpr int64_t kUndefinedPrice = FH_UNDEFINED_PRICE;
inline constexpr int64_t kUndefinedTime = FH_UNDEFINED_TIME;
inline constexpr int64_t kPriceScale = 1'000'000'000;  // 1.0 in int64 prices.

// Terms of which nothing is known.
inline fh_terms UnknownTerms() {
  fh_terms terms{};
  terms.struct_size = sizeof(terms);
  terms.size_decimals = FH_UNKNOWN_DECIMALS;
  terms.price_decimals = FH_UNKNOWN_DECIMALS;
  terms.tick = FH_UNDEFINED_PRICE;
  terms.display_factor = FH_UNDEFINED_PRICE;
  terms.multiplier = FH_UNDEFINED_PRICE;
  terms.strike = FH_UNDEFINED_PRICE;
  terms.expiry_ns = FH_UNDEFINED_TIME;
  terms.underlying_id = FH_UNKNOWN_INSTRUMENT;
  for (fh_leg& leg : terms.legs) leg.instrument_id = FH_UNKNOWN_INSTRUMENT;
  return terms;
}

// What a definition's record says of them.
inline fh_terms TermsOf(const fh_definition& definition) {
  fh_terms terms = UnknownTerms();
  terms.kind = definition.kind;
  terms.size_decimals = definition.size_decimals;
  terms.book_depth = definition.book_depth;
  terms.round_lot = definition.round_lot;
  return terms;
}

// Where a snapshot stands: `number` as the venue wrote it, of the live channel's one stream.
inline fh_status SnapshotAt(uint64_t number) {
  return {.kind = FH_STATUS_SNAPSHOT_AT,
          .state = 0,
          .code = 0,
          .reason = {' ', ' ', ' ', ' '},
          .value = static_cast<int64_t>(number),
          .reserved = 0};
}

// published_ns32 as the ring writes it: the time, and two bits of its own; kShownWithoutTime where
// the time was not given.
inline constexpr uint32_t kPublishedTimeBits = ~uint32_t{3};
inline constexpr uint32_t kShownWithoutTime = 4;

// The low 32 bits of the UNIX ns at which the batch that begins with `update` was shown to its
// reader, to 4 ns; 0 when the update is not the first of a batch, or the time was not given.
inline uint32_t PublishedNs32(const NormalizedUpdate& update) {
  const uint32_t time = update.published_ns32 & kPublishedTimeBits;
  return time == kShownWithoutTime ? 0 : time;
}

// fh_update::index of the record that is `before` records behind its message's first.
constexpr uint8_t RecordIndex(uint64_t before) {
  return static_cast<uint8_t>(before < UINT8_MAX ? before : UINT8_MAX);
}

// A cursor over a power of two of update slots (a ring's storage, or a scratch array). The owner
// has made sure that there is room for everything the call may write (Codec::MaxUpdates), so Next()
// does not check.
class UpdateWriter {
 public:
  // `slots`: `mask + 1` slots, a power of two. `next`: index of the first free slot, not yet
  // masked.
  UpdateWriter(NormalizedUpdate* slots, uint64_t mask, uint64_t next)
      : slots_(slots), mask_(mask), next_(next) {}

  // The same, with one index whose slot is elsewhere: a ring's reader looks at the first slot of the
  // next batch until it is shown, so nobody writes there before.
  UpdateWriter(NormalizedUpdate* slots, uint64_t mask, uint64_t next, uint64_t staged,
               NormalizedUpdate* stage)
      : slots_(slots), mask_(mask), next_(next), staged_(staged), stage_(stage) {}

  // A slot of a ring was last read on another core. Whoever writes slots asks for the one this far
  // ahead, so that it has come over by then: where the cores are far apart, this saves a third of
  // the time of writing.
  static constexpr uint64_t kFetchedAhead = 64;

  // The next free slot, with unspecified content: the caller writes all 64 bytes.
  NormalizedUpdate& Next() {
    PrefetchForWrite(&slots_[(next_ + kFetchedAhead) & mask_]);
    return At(next_++);
  }

  // The slot after the next `ahead` ones, without taking it.
  NormalizedUpdate& Peek(uint64_t ahead) { return At(next_ + ahead); }

  // Takes `count` slots that were written through Peek.
  void Advance(uint64_t count) { next_ += count; }

  // The slot of an index that was taken before.
  NormalizedUpdate& At(uint64_t index) const {
    return index == staged_ ? *stage_ : slots_[index & mask_];
  }

  // The slot taken last. At least one must have been taken.
  NormalizedUpdate& Last() { return At(next_ - 1); }

  // The cursor itself, for decoders that keep it in registers through a run of messages: they fetch
  // ahead themselves, and give back what they took by Advance. The slot of index staged() is stage().
  NormalizedUpdate* slots() const { return slots_; }
  uint64_t mask() const { return mask_; }
  uint64_t next() const { return next_; }
  uint64_t staged() const { return staged_; }
  NormalizedUpdate* stage() const { return stage_; }

 private:
  NormalizedUpdate* slots_;
  uint64_t mask_;
  uint64_t next_;
  uint64_t staged_ = UINT64_MAX;
  NormalizedUpdate* stage_ = nullptr;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_UPDATE_H_
