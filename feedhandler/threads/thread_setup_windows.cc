#include <windows.h>

#include <bit>

#include "absl/strings/str_cat.h"
#include "feedhandler/threads/thread_setup.h"

namespace fh {
namespace {

constexpr int kCpusOfGroup = 64;  // Affinity masks speak of one processor group.

uint64_t AllowedMask() {
  DWORD_PTR process = 0, system = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system) == 0) return 1;
  return process;
}

void Pin(int cpu, std::vector<std::string>& notes) {
  const bool in_range = cpu >= 0 && cpu < kCpusOfGroup;
  DWORD error = ERROR_INVALID_PARAMETER;
  if (in_range) {
    const DWORD_PTR mask = DWORD_PTR{1} << cpu;
    if ((AllowedMask() & mask) != 0 && SetThreadAffinityMask(GetCurrentThread(), mask) != 0) return;
    if ((AllowedMask() & mask) != 0) error = GetLastError();
  }
  notes.push_back(absl::StrCat("could not pin the thread to CPU ", cpu, " (error ", error,
                               "): choose one of the ", AllowedCpus(),
                               " CPUs that this process may use (Task Manager, Set affinity, "
                               "shows them)"));
}

void Name(const std::string& name) {
  // Since Windows 10 1607; the headers of mingw-w64 do not declare it.
  using SetDescription = HRESULT(WINAPI*)(HANDLE, PCWSTR);
  static const auto set_description = reinterpret_cast<SetDescription>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "SetThreadDescription")));
  if (set_description == nullptr) return;
  std::wstring wide;
  for (const char c : name.substr(0, 15)) wide.push_back(static_cast<unsigned char>(c));
  set_description(GetCurrentThread(), wide.c_str());
}

// Windows has few classes where Linux has 99 numbers: the upper half asks for the class from which
// only real-time processes take the core.
void SetRealtime(int priority, std::vector<std::string>& notes) {
  const int wanted = priority >= 50 ? THREAD_PRIORITY_TIME_CRITICAL : THREAD_PRIORITY_HIGHEST;
  if (SetThreadPriority(GetCurrentThread(), wanted) != 0) return;
  notes.push_back(absl::StrCat("could not raise the thread's priority (error ", GetLastError(),
                               "): start the program as a user who may increase scheduling "
                               "priority"));
}

}  // namespace

std::vector<std::string> SetUpThisThread(const ThreadOptions& options) {
  std::vector<std::string> notes;
  if (!options.name.empty()) Name(options.name);
  if (options.cpu.has_value()) Pin(*options.cpu, notes);
  if (options.realtime_priority.has_value()) SetRealtime(*options.realtime_priority, notes);
  return notes;
}

std::optional<ContextSwitches> SwitchesOfThisThread() { return std::nullopt; }

int AllowedCpus() { return std::popcount(AllowedMask()); }

int ConfiguredCpus() {
  DWORD_PTR process = 0, system = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system) == 0) return 1;
  return kCpusOfGroup - std::countl_zero(uint64_t{system});
}

IdleMode ResolveIdle(IdleMode mode, int hot_threads) {
  if (mode != IdleMode::kAuto) return mode;
  return hot_threads < AllowedCpus() ? IdleMode::kSpin : IdleMode::kYield;
}

void IdleWaiter::GiveWay() { SwitchToThread(); }

}  // namespace fh
