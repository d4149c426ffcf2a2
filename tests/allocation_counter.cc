#include "tests/allocation_counter.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "tests/sanitized.h"

namespace {

std::atomic<uint64_t> allocations{0};
thread_local uint64_t allocations_of_this_thread = 0;

void Count() {
  allocations.fetch_add(1, std::memory_order_relaxed);
  ++allocations_of_this_thread;
}

}  // namespace

namespace fh::test {

uint64_t AllocationCount() { return allocations.load(std::memory_order_relaxed); }

uint64_t AllocationCountOfThisThread() { return allocations_of_this_thread; }

}  // namespace fh::test

#if defined(FEEDHANDLER_SANITIZED)

// sanitizer/allocator_interface.h, which not every compiler ships.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*,
                                                                             size_t),
                                                         void (*free_hook)(const volatile void*));

namespace {

[[maybe_unused]] const int hooks = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, size_t) { Count(); }, [](const volatile void*) {});

}  // namespace

#elif defined(_WIN32)

// The C runtime's malloc belongs to a system library; what can be replaced is operator new, and the
// forms that are not here call one of these.
void* operator new(std::size_t bytes) {
  Count();
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  Count();
  if (void* memory = _aligned_malloc(bytes, static_cast<std::size_t>(alignment))) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { _aligned_free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  _aligned_free(memory);
}

#else

// glibc's own entry points, for whoever replaces malloc.
extern "C" {

void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);

void* malloc(size_t bytes) {
  Count();
  return __libc_malloc(bytes);
}

void* calloc(size_t count, size_t bytes) {
  Count();
  return __libc_calloc(count, bytes);
}

void* realloc(void* memory, size_t bytes) {
  Count();
  return __libc_realloc(memory, bytes);
}

void* aligned_alloc(size_t alignment, size_t bytes) {
  Count();
  return __libc_memalign(alignment, bytes);
}

}  // extern "C"

#endif
