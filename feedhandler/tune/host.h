// What a measurement asks the operating system: clocks of threads, CPUs. host_posix.cc and
// host_windows.cc implement it; CMake picks one. And where the two sides of a receive path can run
// on these CPUs.
//
//   const std::vector<Placement> placements = Placements(HostCpus::Of(rio::HostFiles()), {}, {});
//
// Any thread; start-up only.
#ifndef FEEDHANDLER_FEEDHANDLER_TUNE_HOST_H_
#define FEEDHANDLER_FEEDHANDLER_TUNE_HOST_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "feedhandler/tune/measurement.h"
#include "rio/host/host_files.h"

namespace fh::tune {

// CPU time of the calling thread, the kernel's work in it included. On Windows time on the wall: its
// threads' clocks tick in 16 ms.
double ThreadNs();
// "CPU time", "time on the wall".
extern const char* const kThreadNsIs;

// The CPUs that this thread may run on, in order.
std::vector<int> AllowedCpuNumbers();

struct HostCpus {
  std::vector<int> allowed;
  std::set<int> isolated;                 // isolcpus: where nothing else runs.
  std::map<int, std::set<int>> siblings;  // Of each CPU, itself included: threads of one core.

  static HostCpus Of(const rio::HostFiles& files);
};

// Every kind that these CPUs allow, in the order of Placement::Kind. `kernel_cpu`: where interrupts
// go; `feed_cpu`: where the feed thread is to run: both are heeded as far as they are allowed and a
// kind leaves the choice. Isolated CPUs come first for the feed thread, and last for the kernel.
// Empty only when no CPU is allowed.
std::vector<Placement> Placements(const HostCpus& cpus, std::optional<int> kernel_cpu,
                                  std::optional<int> feed_cpu);

// How many times each CPU has worked on received packets (NET_RX of /proc/softirqs); empty where the
// system does not say.
std::vector<uint64_t> ReceiveSoftirqs(const rio::HostFiles& files);

}  // namespace fh::tune

#endif  // FEEDHANDLER_FEEDHANDLER_TUNE_HOST_H_
