#include "feedhandler/synthetic/seeded_random.h"

namespace fh {

ZipfSampler::ZipfSampler(uint32_t count, uint32_t offset) : columns_(count) {
  constexpr uint64_t kWeight = uint64_t{1} << 28;
  uint64_t total = 0;
  for (uint32_t k = 0; k < count; ++k) total += kWeight / (k + offset);
  // A column holds `total`, so all columns together hold count * total.
  std::vector<uint64_t> share(count);
  std::vector<uint32_t> small;
  std::vector<uint32_t> large;
  for (uint32_t k = 0; k < count; ++k) {
    share[k] = kWeight / (k + offset) * count;
    (share[k] < total ? small : large).push_back(k);
  }
  while (!small.empty() && !large.empty()) {
    const uint32_t poor = small.back();
    const uint32_t rich = large.back();
    small.pop_back();
    columns_[poor] = {(share[poor] << 32) / total, rich};
    share[rich] -= total - share[poor];
    if (share[rich] < total) {
      large.pop_back();
      small.push_back(rich);
    }
  }
  for (uint32_t k : large) columns_[k] = {uint64_t{1} << 32, k};
  for (uint32_t k : small) columns_[k] = {uint64_t{1} << 32, k};
}

}  // namespace fh
