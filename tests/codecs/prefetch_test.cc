// That lines are asked for in order to be written, not to be read: the instruction is in the code.
#include "codecs/prefetch.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "codecs/update.h"
#include "tests/sanitized.h"

namespace fh::codecs {
namespace {

#if defined(__x86_64__)

__attribute__((noinline)) void Prefetch(const void* address) {
  PrefetchForWrite(address);
  asm volatile("" : : : "memory");  // The body is not empty to the compiler.
}

__attribute__((noinline)) NormalizedUpdate& Take(UpdateWriter& writer) { return writer.Next(); }

// Whether 0F 0D /1, which is prefetchw, is among the first bytes of a function.
bool HasPrefetchw(const void* function) {
  constexpr int kBytes = 96;
  const auto* code = static_cast<const volatile uint8_t*>(function);
  for (int i = 0; i < kBytes; ++i) {
    if (code[i] == 0x0f && code[i + 1] == 0x0d && (code[i + 2] >> 3 & 7) == 1) return true;
  }
  return false;
}

TEST(Prefetch, ForWriteIsPrefetchw) {
  Prefetch(nullptr);  // No address faults.
  EXPECT_TRUE(HasPrefetchw(reinterpret_cast<const void*>(&Prefetch)));
}

TEST(Prefetch, AWriterAsksForTheSlotsAheadInOrderToWriteThem) {
#if !defined(__OPTIMIZE__) || defined(FEEDHANDLER_SANITIZED)
  GTEST_SKIP()
      << "skipped: the code is not that of a release: calls, or a sanitizer's checks first";
#endif
  NormalizedUpdate slots[2];
  UpdateWriter writer(slots, 1, 0);
  EXPECT_EQ(&Take(writer), &slots[0]);
  EXPECT_TRUE(HasPrefetchw(reinterpret_cast<const void*>(&Take)));
}

#else

TEST(Prefetch, ForWriteIsPrefetchw) { GTEST_SKIP() << "another processor"; }

#endif

}  // namespace
}  // namespace fh::codecs
