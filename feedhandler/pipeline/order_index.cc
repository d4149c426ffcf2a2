#include "feedhandler/pipeline/order_index.h"

#include <algorithm>
#include <bit>

#include "codecs/prefetch.h"

namespace fh {
namespace {

using codecs::NormalizedUpdate;

// Updates between the one that is completed and the one whose entry is fetched.
constexpr uint64_t kFetchedAhead = 8;

// N of an order record is the end of an event.
bool IsOfOrder(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_ORDER && update.action != FH_ACTION_CLEAR &&
         update.action != FH_ACTION_NONE;
}

bool IsChannelClear(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_ORDER && update.action == FH_ACTION_CLEAR &&
         update.instrument_id == FH_ALL_INSTRUMENTS;
}

char Other(char side) { return side == FH_SIDE_BID ? FH_SIDE_ASK : FH_SIDE_BID; }

}  // namespace

OrderIndex::OrderIndex(uint32_t capacity)
    : capacity_(std::max(capacity, 1u)),
      mask_(
          static_cast<uint32_t>(std::bit_ceil(std::max(uint64_t{capacity} * 2, uint64_t{8})) - 1)),
      shift_(std::countl_zero(uint64_t{mask_})),
      entries_(std::make_unique<Entry[]>(size_t{mask_} + 1)),
      streams_(std::make_unique<Stream[]>(size_t{UINT16_MAX} + 1)) {}

uint32_t OrderIndex::Home(uint64_t order_id, uint16_t stream) const {
  const uint64_t key = order_id ^ uint64_t { stream } << 48;
  return static_cast<uint32_t>((key + 1) * 0x9E3779B97F4A7C15 >> shift_);  // 2^64 / golden ratio.
}

OrderIndex::Entry* OrderIndex::Find(const NormalizedUpdate& update) {
  const uint64_t order_id = update.order.order_id;
  const uint16_t stream = fh_stream(update.sequence);
  uint32_t slot = Home(order_id, stream);
  for (uint32_t i = 0; i < kMostProbes && entries_[slot].side != 0;
       ++i, slot = (slot + 1) & mask_) {
    Entry& entry = entries_[slot];
    if (entry.order_id == order_id && entry.stream == stream && IsLive(entry) &&
        IsOf(update, entry)) {
      return &entry;
    }
  }
  return nullptr;
}

void OrderIndex::Erase(Entry* entry) {
  --streams_[entry->stream].orders;
  --stats_.orders;
  FreeSlot(static_cast<uint32_t>(entry - entries_.get()));
}

// Entries behind it move up, so that no probe ends early.
void OrderIndex::FreeSlot(uint32_t hole) {
  for (uint32_t slot = (hole + 1) & mask_; entries_[slot].side != 0; slot = (slot + 1) & mask_) {
    const uint32_t home = Home(entries_[slot].order_id, entries_[slot].stream);
    if (((slot - home) & mask_) < ((slot - hole) & mask_)) continue;
    entries_[hole] = entries_[slot];
    hole = slot;
  }
  entries_[hole].side = 0;
  --taken_;
}

void OrderIndex::SweepAllOf(uint16_t stream) {
  // What moves into a freed slot is looked at next; what a walk over the end moved to the front was
  // looked at before it moved, or is looked at the second time.
  for (uint64_t slot = 0; slot <= mask_;) {
    const Entry& entry = entries_[slot];
    if (entry.side != 0 && (entry.stream == stream || !IsLive(entry))) {
      FreeSlot(static_cast<uint32_t>(slot));
    } else {
      ++slot;
    }
  }
}

void OrderIndex::Clear(uint16_t stream) {
  Stream& cleared = streams_[stream];
  if (cleared.orders == 0) return;
  stats_.orders -= cleared.orders;
  cleared.orders = 0;
  ++cleared.generation;
  // When generations come again, nothing may be left of their first time.
  const uint64_t dead = taken_ - stats_.orders;
  if (cleared.generation == 0 || dead > (uint64_t{mask_} + 1) / 8) SweepAllOf(stream);
}

void OrderIndex::Complete(codecs::UpdateWriter& writer, uint64_t first) {
  const uint64_t end = writer.next();
  for (uint64_t at = first; at < end; ++at) {
    if (at + kFetchedAhead < end) {
      const NormalizedUpdate& ahead = writer.At(at + kFetchedAhead);
      const uint32_t slot = Home(ahead.order.order_id, fh_stream(ahead.sequence));
      codecs::PrefetchForWrite(&entries_[slot]);
    }
    NormalizedUpdate& update = writer.At(at);
    if (update.record == FH_RECORD_TRADE) {
      if (at + 1 < end) CompleteTrade(update, writer.At(at + 1));
    } else if (IsOfOrder(update)) {
      CompleteOrder(update);
    } else if (IsChannelClear(update)) {
      Clear(fh_stream(update.sequence));
    }
  }
}

void OrderIndex::CompleteOrder(NormalizedUpdate& update) {
  if (update.action == FH_ACTION_ADD) return Add(update);
  Entry* const entry = Find(update);
  if (entry == nullptr) {
    ++stats_.unknown;
    return;
  }
  if (update.instrument_id == FH_UNKNOWN_INSTRUMENT) update.instrument_id = entry->instrument_id;
  if (update.side == FH_SIDE_NONE) update.side = entry->side;
  if (update.order.price == codecs::kUndefinedPrice) update.order.price = entry->price;
  if (update.action == FH_ACTION_MODIFY) {
    entry->price = update.order.price;
    entry->left = update.order.size;
  } else if (update.action == FH_ACTION_CANCEL) {
    TakeOff(update, entry);
  }
}

void OrderIndex::TakeOff(const NormalizedUpdate& update, Entry* entry) {
  const uint64_t size = update.order.size;
  if (size != FH_SIZE_ALL && size < entry->left) {
    entry->left -= size;
    return;
  }
  replaced_ = {update.sequence, entry->instrument_id, entry->side};
  Erase(entry);
}

void OrderIndex::CompleteTrade(NormalizedUpdate& trade, const NormalizedUpdate& fill) {
  const bool is_of_order = trade.action == FH_ACTION_TRADE && fill.record == FH_RECORD_ORDER &&
                           fill.action == FH_ACTION_FILL && fill.sequence == trade.sequence;
  if (!is_of_order) return;
  const Entry* const entry = Find(fill);
  if (entry == nullptr) return;  // Counted with the fill.
  if (trade.instrument_id == FH_UNKNOWN_INSTRUMENT) trade.instrument_id = entry->instrument_id;
  if (trade.side == FH_SIDE_NONE) trade.side = Other(entry->side);
  if (trade.trade.price == codecs::kUndefinedPrice) trade.trade.price = entry->price;
}

void OrderIndex::Add(NormalizedUpdate& update) {
  if (update.side == FH_SIDE_NONE) {
    if (replaced_.sequence != update.sequence) {
      ++stats_.unknown;
      return;
    }
    update.side = replaced_.side;
    if (update.instrument_id == FH_UNKNOWN_INSTRUMENT) {
      update.instrument_id = replaced_.instrument_id;
    }
  }
  Entry* const entry = SlotFor(update);
  const bool is_known = entry != nullptr && entry->side != 0 && IsLive(*entry);
  if (entry == nullptr || (!is_known && stats_.orders == capacity_)) {
    ++stats_.full;
    return;
  }
  const uint16_t stream = fh_stream(update.sequence);
  taken_ += entry->side == 0;
  stats_.orders += !is_known;
  streams_[stream].orders += !is_known;
  *entry = {.order_id = update.order.order_id,
            .price = update.order.price,
            .left = update.order.size,
            .instrument_id = update.instrument_id,
            .stream = stream,
            .side = update.side,
            .generation = streams_[stream].generation};
}

// Where the order is, or where it goes: into a slot of an older generation or a free one. Null when
// there is none near its home.
OrderIndex::Entry* OrderIndex::SlotFor(const NormalizedUpdate& update) {
  if (Entry* const known = Find(update)) return known;
  uint32_t slot = Home(update.order.order_id, fh_stream(update.sequence));
  for (uint32_t i = 0; i < kMostProbes; ++i, slot = (slot + 1) & mask_) {
    if (entries_[slot].side == 0 || !IsLive(entries_[slot])) return &entries_[slot];
  }
  return nullptr;
}

}  // namespace fh
