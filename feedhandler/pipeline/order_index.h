// What orders are, for venues whose executions, cancels and replaces name only the order (Nasdaq,
// Cboe): so that trades, fills and cancels carry instrument, side and price.
//
//   OrderIndex index(1'048'576);          // Orders at a time.
//   index.Complete(writer, first);        // The updates that Decode has just written, in place.
//
// A feed has one when it says so (feed.orders), or when its codec leaves even the instrument open
// (CodecInfo::needs_orders) and the feed does not say 0.
//
// It works on updates, so it is the same for every codec. What it fills in was open (FH_SIDE_NONE,
// FH_UNDEFINED_PRICE, FH_UNKNOWN_INSTRUMENT); what a venue says itself is never changed:
//   F, C, M  of an order it knows: instrument, side, price (C: that of the order).
//   T        followed by F of the same message: instrument and price of that order, the other side.
//   A        behind C of the same message, without side (a replace): the old order's side.
// Of an order that it does not know, since it was added before the join, in a gap, or when the index
// was full, everything stays open, and is counted.
//
// A fixed open-addressed table of 32-byte entries, half full at most; each update of an order costs a
// probe, for which the line is fetched ahead, as updates come in batches. A channel's R clears its
// stream by a new generation, at the cost of no walk: entries of older ones are nobody's, give their
// slots to new orders, and are swept out when they are a quarter of the table's room. R of one
// instrument clears nothing (it would be a walk through all): those orders are gone for the venue, and
// are forgotten with the session. The feed thread's own; allocates in the constructor.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_ORDER_INDEX_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_ORDER_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "codecs/update.h"

namespace fh {

// Plain counters that only grow, but for `orders`.
struct OrderIndexStats {
  uint64_t orders = 0;   // That it knows now.
  uint64_t full = 0;     // Orders that there was no room for.
  uint64_t unknown = 0;  // F, C, M and replaces of orders that it does not know.
};

class OrderIndex {
 public:
  // `capacity`: at least 1; 64 to 128 bytes each.
  explicit OrderIndex(uint32_t capacity);

  // Completes the updates [first, writer.next()). A message's updates come in one call.
  void Complete(codecs::UpdateWriter& writer, uint64_t first);

  // A session starts: all books of the stream are void. Every 256th time, or when much was cleared
  // since, a walk through all entries.
  void Clear(uint16_t stream);

  const OrderIndexStats& stats() const { return stats_; }
  // With orders that it knows, or that were cleared and not yet swept out.
  uint64_t slots_taken() const { return taken_; }

 private:
  struct Entry {
    uint64_t order_id;
    int64_t price;
    uint64_t left;
    uint32_t instrument_id;
    uint16_t stream;
    char side;  // 0: the entry is free.
    uint8_t generation;
  };
  static_assert(sizeof(Entry) == 32);

  struct Stream {
    uint32_t orders = 0;
    uint8_t generation = 0;
  };

  static constexpr uint32_t kMostProbes = 256;

  uint32_t Home(uint64_t order_id, uint16_t stream) const;
  Entry* Find(const codecs::NormalizedUpdate& update);
  // Some venues number orders by instrument (NYSE): where a message names it, it counts.
  static bool IsOf(const codecs::NormalizedUpdate& update, const Entry& entry) {
    return update.instrument_id == FH_UNKNOWN_INSTRUMENT ||
           update.instrument_id == entry.instrument_id;
  }
  bool IsLive(const Entry& entry) const {
    return entry.generation == streams_[entry.stream].generation;
  }
  void Erase(Entry* entry);
  void FreeSlot(uint32_t hole);
  void SweepAllOf(uint16_t stream);
  void CompleteOrder(codecs::NormalizedUpdate& update);
  void CompleteTrade(codecs::NormalizedUpdate& trade, const codecs::NormalizedUpdate& fill);
  void Add(codecs::NormalizedUpdate& update);
  Entry* SlotFor(const codecs::NormalizedUpdate& update);
  void TakeOff(const codecs::NormalizedUpdate& update, Entry* entry);

  uint32_t capacity_;
  uint32_t mask_;
  int shift_;
  std::unique_ptr<Entry[]> entries_;
  std::unique_ptr<Stream[]> streams_;  // 65,536: by the venue's number of the stream.
  uint64_t taken_ = 0;                 // Slots with orders, live or of an older generation.
  OrderIndexStats stats_;
  // What the last C took off, for a replace in the same message.
  struct Replaced {
    uint64_t sequence = UINT64_MAX;
    uint32_t instrument_id = FH_UNKNOWN_INSTRUMENT;
    char side = FH_SIDE_NONE;
  };
  Replaced replaced_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_ORDER_INDEX_H_
