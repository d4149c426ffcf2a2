#include "rio/frame/frame.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace fh::rio {
namespace {

// The last bytes, zeros behind them: an odd one is the first of its word (RFC 1071, section 4.1).
uint64_t SumTail(const uint8_t* data, size_t bytes) {
  uint64_t sum = 0;
  for (; bytes >= 4; data += 4, bytes -= 4) sum += LoadRaw<uint32_t>(data);
  uint32_t last = 0;
  for (size_t i = 0; i < bytes; ++i) {
    const size_t shift = std::endian::native == std::endian::little ? i : 3 - i;
    last |= uint32_t{data[i]} << 8 * shift;
  }
  return sum + last;
}

#if defined(__x86_64__)
// Words of 32 bits are added up in lanes of 64, so that no carry is lost: 64 bytes take four
// unpacks and four adds.
__attribute__((target("avx2"))) uint64_t SumAvx2(const uint8_t* data, size_t bytes) {
  const __m256i zero = _mm256_setzero_si256();
  __m256i sums[4] = {zero, zero, zero, zero};
  for (; bytes >= 64; data += 64, bytes -= 64) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + 32));
    sums[0] = _mm256_add_epi64(sums[0], _mm256_unpacklo_epi32(a, zero));
    sums[1] = _mm256_add_epi64(sums[1], _mm256_unpackhi_epi32(a, zero));
    sums[2] = _mm256_add_epi64(sums[2], _mm256_unpacklo_epi32(b, zero));
    sums[3] = _mm256_add_epi64(sums[3], _mm256_unpackhi_epi32(b, zero));
  }
  const __m256i all =
      _mm256_add_epi64(_mm256_add_epi64(sums[0], sums[1]), _mm256_add_epi64(sums[2], sums[3]));
  uint64_t lanes[4];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), all);
  return lanes[0] + lanes[1] + lanes[2] + lanes[3] + SumTail(data, bytes);
}
#endif

}  // namespace

uint64_t SumPortable(const uint8_t* data, size_t bytes) {
  uint64_t low = 0;
  uint64_t high = 0;
  for (; bytes >= 8; data += 8, bytes -= 8) {
    const auto words = LoadRaw<uint64_t>(data);
    low += words & 0xffffffff;
    high += words >> 32;
  }
  return low + high + SumTail(data, bytes);
}

SumFunction ChooseSum() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return SumAvx2;
#endif
  return SumPortable;
}

}  // namespace fh::rio
