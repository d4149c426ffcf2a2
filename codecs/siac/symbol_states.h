// The instrument id of a symbol of up to 16 bytes as it stands in a message, and the best of all markets
// that the feed has said of it.
//
//   SymbolStates states(options.instruments);
//   SymbolState& state = states.Find(key, stats, [](...) { return store->Intern(name); });
//   states.ForgetTops();                          // After a gap: no side of any is known.
//
// An open-addressed hash table; a symbol that was seen before costs two multiplications and mostly one
// line of 64 bytes. 65,536 entries at most (4 MiB), for the symbols or series of one line. It never
// grows and never evicts: symbols beyond three quarters of it are interned every time, and the best of
// all markets is not kept for them.
//
// Owned by the feed thread. Allocates in the constructor only.
#ifndef FEEDHANDLER_CODECS_SIAC_SYMBOL_STATES_H_
#define FEEDHANDLER_CODECS_SIAC_SYMBOL_STATES_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>

#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "codecs/update.h"

namespace fh::codecs::siac {

// Not all zero.
struct SymbolKey {
  uint64_t low = 0;
  uint64_t high = 0;
  friend bool operator==(const SymbolKey&, const SymbolKey&) = default;
};

struct alignas(64) SymbolState {
  SymbolKey key;  // All zero: a free entry.
  fh_top best = {kUndefinedPrice, kUndefinedPrice, 0, 0};
  uint32_t id = FH_UNKNOWN_INSTRUMENT;
  uint32_t best_since = 0;  // Which of SymbolStates' periods `best` is of.
};

class SymbolStates {
 public:
  // `store` may be null: then every id is FH_UNKNOWN_INSTRUMENT.
  explicit SymbolStates(InstrumentStore* store)
      : store_(store),
        mask_((store == nullptr
                   ? kLeast
                   : std::clamp(std::bit_ceil(uint64_t{store->capacity()} * 2), kLeast, kMost)) -
              1),
        shift_(std::countl_zero(mask_)),
        epoch_(store == nullptr ? 0 : store->epoch()),
        entries_(std::make_unique<SymbolState[]>(mask_ + 1)) {}

  // `intern(InstrumentStore&)` gives the id of a symbol that is not known yet.
  template <typename Intern>
  SymbolState& Find(const SymbolKey& key, CodecStats& stats, Intern intern) {
    uint64_t slot = (key.low * kMultiplier ^ key.high) * kMultiplier >> shift_;
    while (entries_[slot].key != key) {
      if (entries_[slot].key == SymbolKey{}) {
        if (used_ >= (mask_ + 1) / 4 * 3) {
          beyond_ = {};
          Intern1(beyond_, stats, intern);
          return beyond_;
        }
        ++used_;
        entries_[slot].key = key;
        Intern1(entries_[slot], stats, intern);
        break;
      }
      slot = (slot + 1) & mask_;
    }
    SymbolState& state = entries_[slot];
    if (state.best_since != period_) [[unlikely]] {
      state.best = {kUndefinedPrice, kUndefinedPrice, 0, 0};
      state.best_since = period_;
    }
    return state;
  }

  void ForgetTops() { ++period_; }

  // Forgets everything if the store has been cleared since the last call; else costs one load.
  void FollowStore() {
    if (store_ == nullptr || store_->epoch() == epoch_) [[likely]]
      return;
    epoch_ = store_->epoch();
    std::fill_n(entries_.get(), mask_ + 1, SymbolState{});
    used_ = 0;
  }

 private:
  static constexpr uint64_t kLeast = 1'024;
  static constexpr uint64_t kMost = 65'536;
  static constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.

  template <typename Intern>
  void Intern1(SymbolState& state, CodecStats& stats, Intern intern) {
    if (store_ == nullptr) return;
    state.id = intern(*store_);
    stats.instruments_full += state.id == FH_UNKNOWN_INSTRUMENT;
  }

  InstrumentStore* store_;
  uint64_t mask_;
  int shift_;
  uint32_t epoch_;
  uint32_t period_ = 0;
  uint64_t used_ = 0;
  std::unique_ptr<SymbolState[]> entries_;
  SymbolState beyond_;
};

// What a quote says of one side of the best of all markets.
enum class SideEffect : uint8_t { kNone, kKept, kFromQuote, kShort, kLong, kGone };

struct QuotedSide {
  int64_t price = kUndefinedPrice;
  uint32_t size = 0;
};

}  // namespace fh::codecs::siac

#endif  // FEEDHANDLER_CODECS_SIAC_SYMBOL_STATES_H_
