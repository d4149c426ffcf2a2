// Where the calling thread runs, and what it was given.
#ifndef FEEDHANDLER_TESTS_BENCH_THIS_THREAD_H_
#define FEEDHANDLER_TESTS_BENCH_THIS_THREAD_H_

#include <sched.h>
#include <sys/resource.h>

#include <ctime>
#include <string>

#include "tests/bench/believable.h"

namespace fh::bench {

// Returns when the thread runs there; ends the program when it may not.
inline void PinTo(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0 || sched_getcpu() != cpu) {
    Fail("cannot run on core " + std::to_string(cpu) +
         ": give the program cores 0 and 1 (taskset)");
  }
}

// The thread's own time, kernel included: what other programs take of the core is not its cost.
inline double ThreadCpuNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// How often the core was taken from the thread.
inline long Preemptions() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

}  // namespace fh::bench

#endif  // FEEDHANDLER_TESTS_BENCH_THIS_THREAD_H_
