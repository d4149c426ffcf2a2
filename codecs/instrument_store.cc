#include "codecs/instrument_store.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <new>
#include <thread>

namespace fh::codecs {
namespace {

constexpr uint32_t kNoSlot = UINT32_MAX;
constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.

uint64_t HashOf(uint64_t number) { return (number + 1) * kGolden; }

uint64_t HashOf(const Symbol& symbol) {
  uint64_t hash = 0;
  for (const uint64_t word : std::bit_cast<std::array<uint64_t, 3>>(symbol.bytes)) {
    hash = (hash ^ word) * kGolden;
    hash ^= hash >> 32;
  }
  return hash * kGolden;
}

template <typename T>
T LoadRelaxed(const T& value) {
  return std::atomic_ref<T>(const_cast<T&>(value)).load(std::memory_order_relaxed);
}
template <typename T>
T LoadAcquire(const T& value) {
  return std::atomic_ref<T>(const_cast<T&>(value)).load(std::memory_order_acquire);
}
template <typename T>
void StoreRelaxed(T& to, T value) {
  std::atomic_ref<T>(to).store(value, std::memory_order_relaxed);
}
template <typename T>
void StoreRelease(T& to, T value) {
  std::atomic_ref<T>(to).store(value, std::memory_order_release);
}

}  // namespace

InstrumentStore::WriterLock::WriterLock(std::atomic_flag& flag) : flag_(flag) {
  while (flag_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
}

template <typename T>
InstrumentStore::Array<T> InstrumentStore::MakeArray(size_t size) {
  void* const memory = std::calloc(size, sizeof(T));
  if (memory == nullptr) throw std::bad_alloc();
  return Array<T>(static_cast<T*>(memory));
}

InstrumentStore::InstrumentStore(uint32_t capacity)
    : capacity_(std::max(capacity, 1u)),
      mask_(
          static_cast<uint32_t>(std::bit_ceil(std::max(uint64_t{capacity} * 2, uint64_t{8})) - 1)),
      shift_(std::countl_zero(uint64_t{mask_})),
      by_symbol_(MakeArray<uint32_t>(size_t{mask_} + 1)),
      by_venue_id_(MakeArray<uint32_t>(size_t{mask_} + 1)) {
  for (Epoch& epoch : epochs_) {
    epoch.entries = MakeArray<Entry>(size_t{capacity_} + 1);
    epoch.by_id = MakeArray<uint32_t>(size_t{mask_} + 1);
  }
}

uint32_t InstrumentStore::Intern(const Symbol& symbol) {
  const WriterLock lock(is_writing_);
  uint32_t slot = Home(HashOf(symbol));
  for (uint32_t i = 0; i < kMostProbes && by_symbol_[slot] != 0; ++i, slot = After(slot)) {
    const uint32_t place = by_symbol_[slot];
    if (ContentAt(place).symbol == symbol) return now().entries[place].id;
  }
  // Who could not be found again would be given another id the next time.
  const uint32_t free = FreeSlot(by_symbol_, HashOf(symbol));
  const uint32_t id = NextId();
  const uint32_t place = now().end;
  if (free == kNoSlot || !Add(id, {id, symbol, UnknownTerms()})) return FH_UNKNOWN_INSTRUMENT;
  by_symbol_[free] = place;
  return id;
}

uint32_t InstrumentStore::InternVenueId(uint64_t venue_id) {
  const WriterLock lock(is_writing_);
  uint32_t slot = Home(HashOf(venue_id));
  for (uint32_t i = 0; i < kMostProbes && by_venue_id_[slot] != 0; ++i, slot = After(slot)) {
    const uint32_t place = by_venue_id_[slot];
    if (ContentAt(place).venue_id == venue_id) return now().entries[place].id;
  }
  const uint32_t free = FreeSlot(by_venue_id_, HashOf(venue_id));
  const uint32_t id = NextId();
  const uint32_t place = now().end;
  if (free == kNoSlot || !Add(id, {venue_id, Symbol(), UnknownTerms()})) {
    return FH_UNKNOWN_INSTRUMENT;
  }
  by_venue_id_[free] = place;
  return id;
}

bool InstrumentStore::Set(uint32_t id, const Symbol& symbol, const fh_terms* terms) {
  if (id == FH_ALL_INSTRUMENTS || id == FH_UNKNOWN_INSTRUMENT) return false;
  const WriterLock lock(is_writing_);
  Epoch& epoch = now();
  uint32_t slot = Home(HashOf(id));
  for (uint32_t i = 0; i < kMostProbes && epoch.by_id[slot] != 0; ++i, slot = After(slot)) {
    const uint32_t place = epoch.by_id[slot];
    if (epoch.entries[place].id != id) continue;
    Content content = ContentAt(place);
    const bool is_renamed = content.symbol != symbol;
    const bool has_other_terms =
        terms != nullptr && std::memcmp(terms, &content.terms, sizeof(*terms)) != 0;
    if (!is_renamed && !has_other_terms) return true;
    const auto symbol_hash = [this](uint32_t at) { return HashOf(ContentAt(at).symbol); };
    if (is_renamed) Remove(by_symbol_, place, symbol_hash);
    content.symbol = symbol;
    if (terms != nullptr) content.terms = *terms;
    Write(epoch.entries[place], content);
    if (is_renamed) IndexSymbol(symbol, place);
    return true;
  }
  const uint32_t place = epoch.end;
  if (!Add(id, {id, symbol, terms != nullptr ? *terms : UnknownTerms()})) return false;
  IndexSymbol(symbol, place);
  return true;
}

// Of very many instruments without a name none could be found by it.
void InstrumentStore::IndexSymbol(const Symbol& symbol, uint32_t place) {
  if (symbol.view().empty()) return;
  const uint32_t free = FreeSlot(by_symbol_, HashOf(symbol));
  if (free != kNoSlot) by_symbol_[free] = place;
}

bool InstrumentStore::Add(uint32_t id, const Content& content) {
  Epoch& epoch = now();
  const uint32_t slot = FreeSlot(epoch.by_id, HashOf(id));
  if (slot == kNoSlot || epoch.end > capacity_) return false;
  const uint32_t place = epoch.end++;
  StoreRelaxed(epoch.entries[place].id, id);
  Write(epoch.entries[place], content);
  StoreRelease(epoch.by_id[slot], place);
  size_.store(place, std::memory_order_relaxed);
  return true;
}

// Venues that have ids given do not define their own, but a file may do anything.
uint32_t InstrumentStore::NextId() {
  uint64_t venue_id;
  while (Read(now(), next_id_, 0, 1, &venue_id)) ++next_id_;
  return next_id_;
}

uint32_t InstrumentStore::FreeSlot(const Index& index, uint64_t hash) const {
  uint32_t slot = Home(hash);
  for (uint32_t i = 0; i < kMostProbes; ++i, slot = After(slot)) {
    if (index[slot] == 0) return slot;
  }
  return kNoSlot;
}

// Whoever stands behind moves up, so that no probe ends early. `hash_of` tells of a place what it
// is indexed by.
template <typename HashOfPlace>
void InstrumentStore::Remove(Index& index, uint32_t place, HashOfPlace hash_of) {
  uint32_t hole = Home(hash_of(place));
  for (uint32_t i = 0; index[hole] != place; ++i, hole = After(hole)) {
    if (i == kMostProbes || index[hole] == 0) return;
  }
  for (uint32_t slot = After(hole); index[slot] != 0; slot = After(slot)) {
    const uint32_t from_home = (slot - Home(hash_of(index[slot]))) & mask_;
    if (from_home < ((slot - hole) & mask_)) continue;
    index[hole] = index[slot];
    hole = slot;
  }
  index[hole] = 0;
}

// Frees what stands from the home of `hash` on. Done for each hash in an index, this frees all of it.
void InstrumentStore::Empty(Index& index, uint64_t hash) {
  for (uint32_t slot = Home(hash); index[slot] != 0; slot = After(slot)) {
    StoreRelease(index[slot], uint32_t{0});
  }
}

// The names of the epoch before stay; those before them make room.
void InstrumentStore::Clear() {
  const WriterLock lock(is_writing_);
  for (uint32_t place = 1; place < now().end; ++place) {
    const Content content = ContentAt(place);
    Empty(by_symbol_, HashOf(content.symbol));
    Empty(by_venue_id_, HashOf(content.venue_id));
  }
  const uint32_t number = epoch_.load(std::memory_order_relaxed) + 1;
  Epoch& next = epochs_[number % 2];
  next.number.store(number, std::memory_order_relaxed);
  // Zero means free, and a reader that is in the middle of the entry sees the change. Released, so
  // that a reader who sees it also sees the new epoch.
  for (uint32_t place = 1; place < next.end; ++place) {
    StoreRelease(next.entries[place].version, uint32_t{0});
    Empty(next.by_id, HashOf(next.entries[place].id));
  }
  next.end = 1;
  next_id_ = 1;
  size_.store(0, std::memory_order_relaxed);
  epoch_.store(number, std::memory_order_release);
  changes_.fetch_add(1, std::memory_order_release);
}

Symbol InstrumentStore::Name(uint32_t id, uint32_t epoch) const {
  const Epoch& found = epochs_[epoch % 2];
  Symbol symbol;
  std::array<uint64_t, sizeof(Symbol) / sizeof(uint64_t)> words{};
  if (!Read(found, id, offsetof(Content, symbol) / sizeof(uint64_t), words.size(), words.data())) {
    return symbol;
  }
  symbol.bytes = std::bit_cast<decltype(symbol.bytes)>(words);
  // Looked at last: whoever saw a word of a later epoch sees that epoch here.
  return found.number.load(std::memory_order_relaxed) == epoch ? symbol : Symbol();
}

fh_terms InstrumentStore::Terms(uint32_t id, uint32_t epoch) const {
  const Epoch& found = epochs_[epoch % 2];
  std::array<uint64_t, sizeof(fh_terms) / sizeof(uint64_t)> words{};
  if (!Read(found, id, offsetof(Content, terms) / sizeof(uint64_t), words.size(), words.data()) ||
      found.number.load(std::memory_order_relaxed) != epoch) {
    return UnknownTerms();
  }
  return std::bit_cast<fh_terms>(words);
}

uint64_t InstrumentStore::VenueId(uint32_t id) const {
  uint64_t venue_id = id;
  Read(now(), id, offsetof(Content, venue_id) / sizeof(uint64_t), 1, &venue_id);
  return venue_id;
}

uint32_t InstrumentStore::Find(const Symbol& symbol) const {
  const WriterLock lock(is_writing_);
  uint32_t found = FH_UNKNOWN_INSTRUMENT;
  uint32_t slot = Home(HashOf(symbol));
  for (uint32_t i = 0; i < kMostProbes && by_symbol_[slot] != 0; ++i, slot = After(slot)) {
    const uint32_t place = by_symbol_[slot];
    if (ContentAt(place).symbol == symbol) found = std::min(found, now().entries[place].id);
  }
  return found;
}

// Of a writer, whose own entries stand still.
InstrumentStore::Content InstrumentStore::ContentAt(uint32_t place) const {
  return std::bit_cast<Content>(now().entries[place].words);
}

// A sequence lock: readers that overlap with the writer read again. Versions never repeat, even
// over Clear, so that a reader cannot take half of an old entry and half of a new one.
void InstrumentStore::Write(Entry& entry, const Content& content) {
  const auto words = std::bit_cast<decltype(entry.words)>(content);
  next_version_ += 2;
  if (next_version_ == 0) next_version_ = 2;
  StoreRelaxed(entry.version, next_version_ - 1);
  // Released, so that a reader who sees a new word also sees the odd version, and the epoch.
  for (size_t i = 0; i < words.size(); ++i) StoreRelease(entry.words[i], words[i]);
  StoreRelease(entry.version, next_version_);
  changes_.fetch_add(1, std::memory_order_release);
}

// Words [first, first + count) of the id's entry; false when it has none. The id is looked at behind
// the version: a place may be given to another one in a later epoch.
bool InstrumentStore::Read(const Epoch& epoch, uint32_t id, size_t first, size_t count,
                           uint64_t* out) const {
  uint32_t slot = Home(HashOf(id));
  for (uint32_t i = 0; i < kMostProbes; ++i, slot = After(slot)) {
    const uint32_t place = LoadAcquire(epoch.by_id[slot]);
    if (place == 0) return false;
    const Entry& entry = epoch.entries[place];
    for (;;) {
      const uint32_t before = LoadAcquire(entry.version);
      if (before % 2 != 0) continue;
      if (before == 0 || LoadRelaxed(entry.id) != id) break;
      for (size_t word = 0; word < count; ++word)
        out[word] = LoadAcquire(entry.words[first + word]);
      if (LoadRelaxed(entry.version) == before) return true;
    }
  }
  return false;
}

}  // namespace fh::codecs
