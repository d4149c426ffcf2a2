#include "codecs/instrument_table.h"

#include <algorithm>
#include <bit>

#include "codecs/update_abi.h"

namespace fh::codecs {
namespace {

using Words = std::array<uint64_t, 3>;
static_assert(sizeof(Words) == sizeof(Symbol::bytes));

// Mixes all 24 bytes; the constant is 2^64 divided by the golden ratio.
uint32_t HashOf(const Symbol& symbol) {
  const auto words = std::bit_cast<Words>(symbol.bytes);
  uint64_t hash = 0;
  for (const uint64_t word : words) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
  }
  return static_cast<uint32_t>(hash);
}

}  // namespace

InstrumentTable::InstrumentTable(uint32_t capacity)
    : capacity_(capacity),
      hash_mask_(std::bit_ceil(capacity < 4 ? 8u : capacity * 2) - 1),
      hash_(std::make_unique<uint32_t[]>(size_t{hash_mask_} + 1)) {
  for (Names& names : names_) names.entries = std::make_unique<Entry[]>(size_t{capacity} + 1);
}

uint32_t InstrumentTable::Intern(const Symbol& symbol) {
  // At most half of the hash is in use, so that a free slot ends every probe.
  uint32_t slot = HashOf(symbol) & hash_mask_;
  for (; hash_[slot] != 0; slot = (slot + 1) & hash_mask_) {
    if (Read(names().entries[hash_[slot]]) == symbol) return hash_[slot];
  }
  if (next_id_ > capacity_) return FH_UNKNOWN_INSTRUMENT;
  const uint32_t id = next_id_++;
  Write(id, symbol);
  hash_[slot] = id;
  size_.store(size() + 1, std::memory_order_relaxed);
  return id;
}

bool InstrumentTable::Define(uint32_t id, const Symbol& symbol) {
  if (id == 0 || id > capacity_) return false;
  const Entry& entry = names().entries[id];
  const bool is_new = entry.version.load(std::memory_order_relaxed) == 0;
  if (!is_new && Read(entry) == symbol) return true;
  Write(id, symbol);
  if (is_new) size_.store(size() + 1, std::memory_order_relaxed);
  return true;
}

Symbol InstrumentTable::Name(uint32_t id, uint32_t epoch) const {
  if (id > capacity_) return Symbol();
  const Names& names = names_[epoch % 2];
  const Symbol symbol = Read(names.entries[id]);
  // Looked at last: whoever saw a word of a later epoch sees that epoch here.
  return names.epoch.load(std::memory_order_relaxed) == epoch ? symbol : Symbol();
}

uint32_t InstrumentTable::Find(const Symbol& symbol) const {
  for (uint32_t id = 1; id < names().end; ++id) {
    if (IsDefined(id) && Read(names().entries[id]) == symbol) return id;
  }
  return FH_UNKNOWN_INSTRUMENT;
}

// The names of the epoch before stay; those before them make room.
void InstrumentTable::Clear() {
  const uint32_t epoch = epoch_.load(std::memory_order_relaxed) + 1;
  Names& names = names_[epoch % 2];
  names.epoch.store(epoch, std::memory_order_relaxed);
  // Zero means undefined, and a reader that is in the middle of the entry sees the change.
  // Released, so that a reader who sees it also sees the new epoch.
  for (uint32_t id = 1; id < names.end; ++id) {
    names.entries[id].version.store(0, std::memory_order_release);
  }
  names.end = 1;
  std::memset(hash_.get(), 0, (size_t{hash_mask_} + 1) * sizeof(uint32_t));
  next_id_ = 1;
  size_.store(0, std::memory_order_relaxed);
  epoch_.store(epoch, std::memory_order_release);
}

// A sequence lock: readers that overlap with the writer read again. Versions never repeat, even
// over Clear, so that a reader cannot take half of an old name and half of a new one.
void InstrumentTable::Write(uint32_t id, const Symbol& symbol) {
  Names& now = names();
  Entry& entry = now.entries[id];
  const auto words = std::bit_cast<Words>(symbol.bytes);
  next_version_ += 2;
  entry.version.store(next_version_ - 1, std::memory_order_relaxed);
  // Released, so that a reader who sees a new word also sees the odd version, and the epoch.
  for (size_t i = 0; i < words.size(); ++i) {
    entry.words[i].store(words[i], std::memory_order_release);
  }
  entry.version.store(next_version_, std::memory_order_release);
  now.end = std::max(now.end, id + 1);
}

Symbol InstrumentTable::Read(const Entry& entry) const {
  for (;;) {
    const uint32_t before = entry.version.load(std::memory_order_acquire);
    if (before == 0) return Symbol();
    if (before % 2 != 0) continue;
    Words words;
    for (size_t i = 0; i < words.size(); ++i) {
      words[i] = entry.words[i].load(std::memory_order_acquire);
    }
    if (entry.version.load(std::memory_order_relaxed) != before) continue;
    Symbol symbol;
    symbol.bytes = std::bit_cast<std::array<char, 24>>(words);
    return symbol;
  }
}

}  // namespace fh::codecs
