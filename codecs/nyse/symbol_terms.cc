#include "codecs/nyse/symbol_terms.h"

#include <algorithm>
#include <bit>

namespace fh::codecs::nyse {

namespace {

constexpr uint32_t kLeastSymbols = 512;

}  // namespace

SymbolTermsTable::SymbolTermsTable(uint32_t capacity)
    : capacity_(std::max(capacity, kLeastSymbols)),
      mask_(std::bit_ceil(uint64_t{capacity_} * 2) - 1),
      shift_(std::countl_zero(mask_)),
      entries_(std::make_unique<SymbolTerms[]>(mask_ + 1)) {}

SymbolTerms* SymbolTermsTable::Learn(uint32_t index) {
  SymbolTerms& entry = Find(index);
  if (entry.index == index) return &entry;
  if (used_ == capacity_) return nullptr;
  ++used_;
  entry.index = index;
  return &entry;
}

void SymbolTermsTable::Clear() {
  if (used_ == 0) return;
  std::fill_n(entries_.get(), mask_ + 1, SymbolTerms{});
  used_ = 0;
}

}  // namespace fh::codecs::nyse
