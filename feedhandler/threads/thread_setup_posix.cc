#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "feedhandler/threads/thread_setup.h"

namespace fh {
namespace {

std::string PinNote(int cpu, int error) {
  return absl::StrCat("could not pin the thread to CPU ", cpu, " (", std::strerror(error),
                      "): choose one of the ", AllowedCpus(),
                      " CPUs that this process may use (taskset -p shows them)");
}

// The share of each period that real-time tasks may use, or -1 when it is not limited.
int64_t RealtimeRuntimeUs() {
  int64_t runtime_us = -1;
  std::ifstream("/proc/sys/kernel/sched_rt_runtime_us") >> runtime_us;
  return runtime_us;
}

void SetRealtime(int priority, std::vector<std::string>& notes) {
  sched_param parameters{};
  parameters.sched_priority = priority;
  const int error = pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
  if (error != 0) {
    notes.push_back(absl::StrCat("could not set SCHED_FIFO priority ", priority, " (",
                                 std::strerror(error),
                                 "): grant CAP_SYS_NICE, or raise `ulimit -r`"));
  } else if (const int64_t runtime_us = RealtimeRuntimeUs(); runtime_us >= 0) {
    notes.push_back(absl::StrCat(
        "SCHED_FIFO is on while kernel.sched_rt_runtime_us is ", runtime_us,
        ": a spinning thread will be stalled once in every period; set it to -1 with `sysctl -w "
        "kernel.sched_rt_runtime_us=-1`, or leave realtime_priority out and isolate the core"));
  }
}

}  // namespace

std::vector<std::string> SetUpThisThread(const ThreadOptions& options) {
  std::vector<std::string> notes;
  if (!options.name.empty()) {
    pthread_setname_np(pthread_self(), options.name.substr(0, 15).c_str());
  }
  if (options.cpu.has_value()) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (*options.cpu < 0 || *options.cpu >= CPU_SETSIZE) {
      notes.push_back(PinNote(*options.cpu, EINVAL));
    } else {
      CPU_SET(*options.cpu, &set);
      const int error = pthread_setaffinity_np(pthread_self(), sizeof set, &set);
      if (error != 0) notes.push_back(PinNote(*options.cpu, error));
    }
  }
  if (options.realtime_priority.has_value()) SetRealtime(*options.realtime_priority, notes);
  return notes;
}

std::optional<ContextSwitches> SwitchesOfThisThread() {
  rusage usage{};
  if (getrusage(RUSAGE_THREAD, &usage) != 0) return std::nullopt;
  return ContextSwitches{static_cast<uint64_t>(usage.ru_nivcsw),
                         static_cast<uint64_t>(usage.ru_nvcsw)};
}

int AllowedCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return CPU_COUNT(&set);
}

int ConfiguredCpus() { return static_cast<int>(sysconf(_SC_NPROCESSORS_CONF)); }

IdleMode ResolveIdle(IdleMode mode, int hot_threads) {
  if (mode != IdleMode::kAuto) return mode;
  return hot_threads < AllowedCpus() ? IdleMode::kSpin : IdleMode::kYield;
}

void IdleWaiter::GiveWay() { sched_yield(); }

}  // namespace fh
