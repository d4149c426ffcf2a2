// Counts every allocation of the process: malloc and all that stands on it, operator new included.
//
//   const uint64_t before = AllocationCount();
//   ...
//   EXPECT_EQ(AllocationCount(), before);
//
// Linking allocation_counter.cc is all it takes. With a sanitizer, whose allocator cannot be
// replaced, its own hooks count. On Windows operator new alone is counted.
#ifndef FEEDHANDLER_TESTS_ALLOCATION_COUNTER_H_
#define FEEDHANDLER_TESTS_ALLOCATION_COUNTER_H_

#include <cstdint>

namespace fh::test {

uint64_t AllocationCount();

// Those of the calling thread alone: the difference is what all others did.
uint64_t AllocationCountOfThisThread();

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_ALLOCATION_COUNTER_H_
