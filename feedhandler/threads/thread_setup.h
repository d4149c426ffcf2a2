// Where a hot thread runs and how it waits.
//
//   std::vector<std::string> notes = SetUpThisThread({.name = "fh-feed", .cpu = 3});
//   IdleWaiter idle(ResolveIdle(IdleMode::kAuto, hot_threads));
//   while (running) {
//     if (DoWork()) idle.Reset(); else idle.Wait();
//   }
//
// SetUpThisThread makes system calls and allocates: call it before the loop. IdleWaiter::Wait is
// a pause instruction, or a sched_yield once the thread has been idle for a moment and shares its
// core.
#ifndef FEEDHANDLER_FEEDHANDLER_THREADS_THREAD_SETUP_H_
#define FEEDHANDLER_FEEDHANDLER_THREADS_THREAD_SETUP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fh {

enum class IdleMode : uint8_t {
  kAuto,   // Spin when every hot thread can have a core of its own, otherwise yield.
  kSpin,   // Never leave the core: lowest latency, one whole core.
  kYield,  // Spin for a moment, then give way to whoever else wants the core.
};

struct ThreadOptions {
  std::string name;        // At most 15 characters are kept.
  std::optional<int> cpu;  // Pin to this CPU.
  // SCHED_FIFO priority, 1 to 99. A trap comes with it: by default Linux gives real-time tasks only
  // 0.95 s of every second (kernel.sched_rt_runtime_us), so a thread that spins under SCHED_FIFO is
  // stalled for about 50 ms every second. Either set kernel.sched_rt_runtime_us=-1 (and leave a
  // core to everybody else), or isolate the core (isolcpus) and stay with the normal scheduler.
  std::optional<int> realtime_priority;
  IdleMode idle = IdleMode::kAuto;
};

// Applies the options to the calling thread. What could not be done is returned, a sentence each
// with the fix; the thread runs on without it.
std::vector<std::string> SetUpThisThread(const ThreadOptions& options);

// How often a thread left its CPU.
struct ContextSwitches {
  // Taken off although it would have gone on. A sched_yield with somebody waiting counts too.
  uint64_t preempted = 0;
  uint64_t waited = 0;  // Left it: slept, waited for a lock or a disk.

  ContextSwitches operator-(const ContextSwitches& before) const {
    return {preempted - before.preempted, waited - before.waited};
  }
};

// Of the calling thread since it began; empty where the system does not say. A call of the system, some
// 300 ns.
std::optional<ContextSwitches> SwitchesOfThisThread();

// CPUs that this process may run on.
int AllowedCpus();

// The highest CPU number of the machine plus one, for checking configurations.
int ConfiguredCpus();

// What kAuto means when `hot_threads` threads want to spin on this machine.
IdleMode ResolveIdle(IdleMode mode, int hot_threads);

class IdleWaiter {
 public:
  // `mode` is kSpin or kYield (see ResolveIdle).
  explicit IdleWaiter(IdleMode mode) : yields_(mode != IdleMode::kSpin) {}

  void Reset() { idle_rounds_ = 0; }

  // Once for every round of a loop that found nothing to do.
  void Wait() {
    if (++idle_rounds_ < kRoundsBeforeYield || !yields_) {
      Pause();
    } else {
      GiveWay();
    }
  }

 private:
  // Long enough that a busy stream never yields, short against a scheduler's slice.
  static constexpr uint32_t kRoundsBeforeYield = 64;

  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  static void GiveWay();

  bool yields_;
  uint32_t idle_rounds_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_THREADS_THREAD_SETUP_H_
