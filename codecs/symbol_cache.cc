#include "codecs/symbol_cache.h"

#include <algorithm>
#include <bit>

#include "codecs/update.h"

namespace fh::codecs {

namespace {

constexpr uint64_t kLeastEntries = 1'024;
constexpr uint64_t kMostEntries = 32'768;

// Twice what the table can hold, so that searches are short.
uint64_t Entries(const InstrumentStore* table) {
  if (table == nullptr) return kLeastEntries;
  return std::clamp(std::bit_ceil(uint64_t{table->capacity()} * 2), kLeastEntries, kMostEntries);
}

}  // namespace

SymbolCache::SymbolCache(InstrumentStore* table, SymbolsAre symbols)
    : table_(table),
      symbols_(symbols),
      mask_(Entries(table) - 1),
      hash_shift_(std::countl_zero(mask_)),
      table_epoch_(table == nullptr ? 0 : table->epoch()),
      entries_(std::make_unique<Entry[]>(mask_ + 1)) {}

uint32_t SymbolCache::Intern(uint64_t key) {
  char text[sizeof key];
  std::memcpy(text, &key, sizeof key);
  const Symbol symbol(text, sizeof text);
  if (symbols_ == SymbolsAre::kNames) return table_->Intern(symbol);
  const uint32_t id = table_->InternVenueId(key);
  // The key, as long as nothing has named it.
  if (id != FH_UNKNOWN_INSTRUMENT && !table_->IsDefined(id)) table_->Define(id, symbol);
  return id;
}

uint32_t SymbolCache::Miss(uint64_t slot, uint64_t key, CodecStats& stats) {
  uint32_t id = FH_UNKNOWN_INSTRUMENT;
  if (table_ != nullptr) {
    id = Intern(key);
    stats.instruments_full += id == FH_UNKNOWN_INSTRUMENT;
  }
  if (used_ < (mask_ + 1) / 4 * 3) {
    entries_[slot] = {key, id};
    ++used_;
  }
  return id;
}

void SymbolCache::Forget() {
  std::fill_n(entries_.get(), mask_ + 1, Entry{});
  used_ = 0;
  table_epoch_ = table_->epoch();
}

}  // namespace fh::codecs
