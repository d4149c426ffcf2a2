#include "codecs/iex/symbol_cache.h"

#include <algorithm>

#include "codecs/update.h"

namespace fh::codecs::iex {

uint32_t SymbolCache::Miss(Set& set, uint64_t key, CodecStats& stats) {
  uint32_t id = FH_ALL_INSTRUMENTS;
  if (table_ != nullptr) {
    char text[sizeof key];
    std::memcpy(text, &key, sizeof key);
    id = table_->Intern(Symbol(text, sizeof text));
    stats.instruments_full += id == FH_ALL_INSTRUMENTS;
  }
  set.ways[1] = set.ways[0];
  set.ways[0] = {key, id};
  return id;
}

void SymbolCache::Forget() {
  std::fill_n(sets_.get(), kSets, Set{});
  table_epoch_ = table_->epoch();
}

}  // namespace fh::codecs::iex
