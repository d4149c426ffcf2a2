// Asking for a cache line before it is written.
//
//   PrefetchForWrite(&slots[next + 64]);     // Long before slots[next + 64] is stored to.
#ifndef FEEDHANDLER_CODECS_PREFETCH_H_
#define FEEDHANDLER_CODECS_PREFETCH_H_

namespace fh::codecs {

// Asks for the line of `address` in the state in which it can be stored to at once. It costs one
// instruction, never waits and never faults, whatever the address is.
//
// On baseline x86-64 compilers turn __builtin_prefetch(p, 1) into the prefetch for reading: a line
// of another core then comes shared, and the store pays a second transfer. So the instruction is
// named. Processors whose CPUID lacks 3DNow! prefetch (leaf 0x80000001, ecx bit 8) execute it as a
// nop.
inline __attribute__((always_inline)) void PrefetchForWrite(const void* address) {
#if defined(__x86_64__)
  asm volatile("prefetchw (%0)" : : "r"(address));
#else
  __builtin_prefetch(address, 1);
#endif
}

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_PREFETCH_H_
