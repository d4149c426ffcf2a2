#include <windows.h>
// After windows.h.
#include <chrono>

#include "feedhandler/tune/host.h"

namespace fh::tune {

const char* const kThreadNsIs = "time on the wall";

double ThreadNs() {
  return std::chrono::duration<double, std::nano>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::vector<int> AllowedCpuNumbers() {
  DWORD_PTR process = 0;
  DWORD_PTR system = 0;
  std::vector<int> cpus;
  if (!GetProcessAffinityMask(GetCurrentProcess(), &process, &system)) return {0};
  for (int cpu = 0; cpu < static_cast<int>(8 * sizeof process); ++cpu) {
    if ((process >> cpu & 1) != 0) cpus.push_back(cpu);
  }
  return cpus;
}

}  // namespace fh::tune
