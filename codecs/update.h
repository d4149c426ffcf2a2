// The normalized update, C++ view of codecs/update_abi.h (which is the manual), and the cursor
// decoders write to.
//
//   NormalizedUpdate& update = writer.Next();       // The ring slot itself: decode is the only
//   write. update = NormalizedUpdate{.record = FH_RECORD_TRADE, ...};
#ifndef FEEDHANDLER_CODECS_UPDATE_H_
#define FEEDHANDLER_CODECS_UPDATE_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

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

  // A slot of a ring was last read on another core. Whoever writes slots asks for the one this far
  // ahead, so that it has come over by then: where the cores are far apart, this saves a third of
  // the time of writing.
  static constexpr uint64_t kFetchedAhead = 64;

  // The next free slot, with unspecified content: the caller writes all 64 bytes.
  NormalizedUpdate& Next() {
    __builtin_prefetch(&slots_[(next_ + kFetchedAhead) & mask_], 1);
    return slots_[next_++ & mask_];
  }

  // The slot after the next `ahead` ones, without taking it.
  NormalizedUpdate& Peek(uint64_t ahead) { return slots_[(next_ + ahead) & mask_]; }

  // Takes `count` slots that were written through Peek.
  void Advance(uint64_t count) { next_ += count; }

  // The slot of an index that was taken before.
  NormalizedUpdate& At(uint64_t index) const { return slots_[index & mask_]; }

  // The slot taken last. At least one must have been taken.
  NormalizedUpdate& Last() { return slots_[(next_ - 1) & mask_]; }

  // The cursor itself, for decoders that keep it in registers through a run of messages: they fetch
  // ahead themselves, and give back what they took by Advance.
  NormalizedUpdate* slots() const { return slots_; }
  uint64_t mask() const { return mask_; }
  uint64_t next() const { return next_; }

 private:
  NormalizedUpdate* slots_;
  uint64_t mask_;
  uint64_t next_;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_UPDATE_H_
