// Work on two cores at once, timed from a moment at which both threads are known to run.
//
//   TwoCores cores;                               // The caller's thread on core 0, another on 1.
//   const double ns = cores.TimeNs("ring", produce, consume);   // produce there, consume here.
//
// A sample in which a thread lost its core, or the other one began late, is taken again; when that
// happens too often the program fails, since it would measure the scheduler.
#ifndef FEEDHANDLER_TESTS_BENCH_TWO_CORES_H_
#define FEEDHANDLER_TESTS_BENCH_TWO_CORES_H_

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/believable.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {

inline void Relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

class TwoCores {
 public:
  static constexpr int kHere = 0;
  static constexpr int kThere = 1;

  TwoCores() {
    PinTo(kHere);
    thread_ = std::thread([this] { Serve(); });
  }
  ~TwoCores() {
    step_.store(Step::kStop, std::memory_order_release);
    thread_.join();
  }
  TwoCores(const TwoCores&) = delete;
  TwoCores& operator=(const TwoCores&) = delete;

  // Runs there() on the other core and here() on this one, from the same moment on. How long
  // here() took.
  template <class There, class Here>
  double TimeNs(const std::string& what, There there, Here here) {
    std::string trouble;
    for (int tries = 0; tries < kMostTries; ++tries) {
      const double elapsed_ns = TryNs(there, here, trouble);
      if (trouble.empty()) return elapsed_ns;
    }
    Fail(what + ": in " + std::to_string(kMostTries) + " tries " + trouble);
  }

  // What two cores take at least to say something to each other and back: a line there, a line
  // back. Which way of waiting is the faster one depends on the processor.
  double PingPongNs() {
    return std::min(PingPongNs(Relax), PingPongNs([] {}));
  }

  // Of answer(i) on the other core and ask(i) here, i from 1 on.
  template <class Answer, class Ask>
  double RoundTripNs(const std::string& what, Answer answer, Ask ask) {
    constexpr uint64_t kGroup = 50;
    constexpr uint64_t kGroups = 40;
    constexpr uint64_t kWarmUps = 8;
    uint64_t asked = 0;
    uint64_t answered = 0;
    std::vector<double> groups;
    groups.reserve(kGroups);
    TimeNs(
        what,
        [&] {
          // Counted in each thread's own place: a line that both write would be measured too.
          uint64_t next = answered;
          for (uint64_t i = 0; i < (kWarmUps + kGroups) * kGroup; ++i) answer(++next);
          answered = next;
        },
        [&] {
          groups.clear();
          uint64_t next = asked;
          for (uint64_t group = 0; group < kWarmUps + kGroups; ++group) {
            const double start_ns = ClockNs(CLOCK_MONOTONIC);
            for (uint64_t i = 0; i < kGroup; ++i) ask(++next);
            if (group < kWarmUps) continue;
            groups.push_back((ClockNs(CLOCK_MONOTONIC) - start_ns) / kGroup);
          }
          asked = next;
        });
    return Quantile(groups, 0.5);
  }

 private:
  enum class Step : int { kNothing, kTask, kArmed, kGo, kDone, kStop };

  static constexpr int kMostTries = 200;
  // The other thread is told by a line that it waits for: far less than a microsecond.
  static constexpr double kMostLateNs = 5'000;

  template <class Wait>
  double PingPongNs(Wait wait) {
    struct alignas(128) Line {
      std::atomic<uint64_t> value{0};
    };
    Line there;
    Line back;
    return RoundTripNs(
        "ping-pong",
        [&](uint64_t i) {
          while (there.value.load(std::memory_order_acquire) != i) wait();
          back.value.store(i, std::memory_order_release);
        },
        [&](uint64_t i) {
          there.value.store(i, std::memory_order_release);
          while (back.value.load(std::memory_order_acquire) != i) wait();
        });
  }

  template <class There, class Here>
  double TryNs(There& there, Here& here, std::string& trouble) {
    task_ = [&] { there(); };
    step_.store(Step::kTask, std::memory_order_release);
    WaitFor(Step::kArmed);
    const long preemptions = Preemptions();
    const double start_ns = ClockNs(CLOCK_MONOTONIC);
    step_.store(Step::kGo, std::memory_order_release);
    here();
    const double elapsed_ns = ClockNs(CLOCK_MONOTONIC) - start_ns;
    const bool is_here = sched_getcpu() == kHere && Preemptions() == preemptions;
    WaitFor(Step::kDone);
    step_.store(Step::kNothing, std::memory_order_release);
    trouble.clear();
    if (!is_here) trouble = "the measuring thread did not have core 0 to itself";
    if (!was_there_) trouble = "the other thread did not have core 1 to itself";
    if (begun_ns_ - start_ns > kMostLateNs) trouble = "the other thread began late";
    return elapsed_ns;
  }

  void WaitFor(Step step) const {
    while (step_.load(std::memory_order_acquire) != step) Relax();
  }

  void Serve() {
    PinTo(kThere);
    for (;;) {
      const Step step = step_.load(std::memory_order_acquire);
      if (step == Step::kStop) return;
      if (step != Step::kTask) {
        Relax();
        continue;
      }
      if (sched_getcpu() != kThere) Fail("the other thread does not run on a core of its own");
      const long preemptions = Preemptions();
      step_.store(Step::kArmed, std::memory_order_release);
      WaitFor(Step::kGo);
      begun_ns_ = ClockNs(CLOCK_MONOTONIC);
      task_();
      was_there_ = sched_getcpu() == kThere && Preemptions() == preemptions;
      step_.store(Step::kDone, std::memory_order_release);
    }
  }

  std::atomic<Step> step_{Step::kNothing};
  std::function<void()> task_;
  double begun_ns_ = 0;
  bool was_there_ = false;
  std::thread thread_;
};

}  // namespace fh::bench

#endif  // FEEDHANDLER_TESTS_BENCH_TWO_CORES_H_
