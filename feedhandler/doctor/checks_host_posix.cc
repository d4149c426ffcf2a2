// CPUs and memory: who else runs where the hot threads run, how fast, and from what memory.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "feedhandler/doctor/examination.h"
#include "latency/report.h"

namespace fh::doctor_internal {
namespace {

using latency::FormatCount;

constexpr int kCapIpcLock = 14;  // linux/capability.h.

std::string CpuPath(int cpu, const char* file) {
  return absl::StrCat("/sys/devices/system/cpu/cpu", cpu, "/", file);
}

// The CPUs that matter: those of pinned threads, else all.
std::set<int> WatchedCpus(const Examination& examination) {
  std::set<int> cpus;
  for (const auto& [cpu, thread] : examination.needs.pinned) cpus.insert(cpu);
  if (!cpus.empty()) return cpus;
  return ParseCpuList(examination.host.files.Read("/sys/devices/system/cpu/online").value_or(""));
}

void CheckGovernor(Examination& examination) {
  std::map<std::string, std::set<int>> governors;
  for (const int cpu : WatchedCpus(examination)) {
    const auto governor = examination.host.files.Read(CpuPath(cpu, "cpufreq/scaling_governor"));
    if (governor.has_value()) governors[*governor].insert(cpu);
  }
  if (governors.empty()) {
    examination.Ok("governor", "no frequency scaling is visible here");
    return;
  }
  for (const auto& [governor, cpus] : governors) {
    const std::string read = absl::StrCat("CPU ", absl::StrJoin(cpus, ","), ": ", governor);
    if (governor == "performance") {
      examination.Ok("governor", read);
    } else {
      examination.Warn("governor", read,
                       "the clock is slow when a burst comes, and takes a while to rise",
                       "cpupower frequency-set -g performance");
    }
  }
}

void CheckIsolation(Examination& examination) {
  const rio::HostFiles& files = examination.host.files;
  const Needs& needs = examination.needs;
  const std::string isolated = files.Read("/sys/devices/system/cpu/isolated").value_or("");
  const std::string tickless = files.Read("/sys/devices/system/cpu/nohz_full").value_or("");
  const std::string read = absl::StrCat(
      "isolated: ", isolated.empty() ? "none" : isolated,
      "; without ticks: ", tickless.empty() || tickless == "(null)" ? "none" : tickless);
  const std::set<int> cpus = ParseCpuList(isolated);
  std::string list;
  for (const auto& [cpu, thread] : needs.pinned) {
    if (cpus.count(cpu) == 0) absl::StrAppend(&list, list.empty() ? "" : ",", cpu);
  }
  if (needs.has_config && needs.unpinned_threads > 0) {
    examination.Warn("isolation",
                     absl::StrCat(needs.unpinned_threads, " hot thread(s) are not pinned; ", read),
                     "the scheduler moves them, and others run where they run",
                     "set feed_thread { cpu: ... } and thread { cpu: ... } to isolated CPUs");
  } else if (!list.empty()) {
    examination.Warn("isolation", absl::StrCat("CPU ", list, " is not isolated; ", read),
                     "the scheduler puts other work on it, for milliseconds at a time",
                     absl::StrCat("add isolcpus=", list, " nohz_full=", list, " rcu_nocbs=", list,
                                  " to the kernel's command line"));
  } else {
    examination.Ok("isolation", read);
  }
  for (const auto& [cpu, thread] : needs.pinned) {
    const auto siblings = files.Read(CpuPath(cpu, "topology/thread_siblings_list"));
    if (!siblings.has_value()) continue;
    for (const int sibling : ParseCpuList(*siblings)) {
      const auto other = needs.pinned.find(sibling);
      if (sibling <= cpu || other == needs.pinned.end()) continue;
      examination.Warn("hyper-threads",
                       absl::StrCat(thread, " and ", other->second, " are on CPU ", cpu, " and ",
                                    sibling, ", which are one core"),
                       "two spinning threads of one core halve each other",
                       "pin them to different cores (lscpu -e)");
    }
  }
}

void CheckScheduler(Examination& examination) {
  const Needs& needs = examination.needs;
  const auto runtime_us = examination.host.files.ReadNumber("/proc/sys/kernel/sched_rt_runtime_us");
  if (runtime_us.has_value()) {
    const std::string read = absl::StrCat("kernel.sched_rt_runtime_us is ", *runtime_us);
    if (*runtime_us >= 0 && needs.realtime_spinning) {
      examination.Fail(
          "real time", absl::StrCat(read, ", and a thread spins under SCHED_FIFO"),
          "Linux takes the CPU from it for the rest of every second, some 50 ms",
          "sysctl -w kernel.sched_rt_runtime_us=-1   # or leave realtime_priority out");
    } else {
      examination.Ok("real time", read);
    }
  }
  const std::set<int> online =
      ParseCpuList(examination.host.files.Read("/sys/devices/system/cpu/online").value_or(""));
  for (const auto& [cpu, thread] : needs.pinned) {
    if (online.empty() || online.count(cpu) != 0) continue;
    examination.Fail("CPU",
                     absl::StrCat(thread, " is pinned to CPU ", cpu, ", which is not online"),
                     "the thread would run anywhere", "pin it to another CPU");
  }
  if (!online.empty() && needs.spinning_threads > online.size()) {
    examination.Fail(
        "CPU", absl::StrCat(needs.spinning_threads, " threads spin on ", online.size(), " CPUs"),
        "each waits for the others to be descheduled, for milliseconds",
        "set idle: YIELD, or AUTO, or take fewer strategy threads");
  }
}

// The first line of /proc/cpuinfo's flags.
std::string CpuFlags(const rio::HostFiles& files) {
  const std::string info = files.Read("/proc/cpuinfo").value_or("");
  for (const absl::string_view line : absl::StrSplit(info, '\n')) {
    if (absl::StartsWith(line, "flags")) return absl::StrCat(line, " ");
  }
  return "";
}

void CheckClock(Examination& examination) {
  const rio::HostFiles& files = examination.host.files;
  const auto source =
      files.Read("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  const std::string flags = CpuFlags(files);
  if (source.has_value()) {
    const std::string read = absl::StrCat("the kernel keeps time by ", *source);
    if (*source == "tsc" || *source == "kvm-clock" || *source == "hyperv_clocksource_tsc_page") {
      examination.Ok("clock source", read);
    } else {
      examination.Warn("clock source", read,
                       "reading it takes a microsecond, and the TSC was found unreliable",
                       "add tsc=reliable clocksource=tsc to the kernel's command line, if the "
                       "hardware's is");
    }
  }
  if (flags.empty()) return;
  const bool steady =
      absl::StrContains(flags, " constant_tsc ") && absl::StrContains(flags, " nonstop_tsc ");
  if (steady) {
    examination.Ok("TSC", "constant and never stopping");
  } else {
    examination.Warn("TSC", "not constant, or it stops in sleep states",
                     "latencies are measured with a slower clock", "");
  }
  if (absl::StrContains(flags, " hypervisor ")) {
    examination.Warn("virtual machine", "this is one",
                     "its CPUs stall for as long as the host pleases: figures of latency are the "
                     "host's as much as ours");
  }
}

uint64_t MemoryInfo(const rio::HostFiles& files, const std::string& name) {
  const std::string info = files.Read("/proc/meminfo").value_or("");
  for (const absl::string_view line : absl::StrSplit(info, '\n')) {
    if (!absl::StartsWith(line, name + ":")) continue;
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line.substr(name.size() + 1), ' ', absl::SkipEmpty());
    uint64_t value = 0;
    if (!fields.empty() && absl::SimpleAtoi(fields[0], &value)) return value;
  }
  return 0;
}

}  // namespace

void CheckCpus(Examination& examination) {
  CheckGovernor(examination);
  CheckIsolation(examination);
  CheckScheduler(examination);
  CheckClock(examination);
}

void CheckMemory(Examination& examination) {
  const rio::HostFiles& files = examination.host.files;
  const Needs& needs = examination.needs;
  const uint64_t free_pages = MemoryInfo(files, "HugePages_Free");
  const uint64_t page_bytes = MemoryInfo(files, "Hugepagesize") * 1024;
  const std::string read =
      absl::StrCat(free_pages, " huge pages are free, of ", FormatCount(page_bytes), " bytes each");
  if (needs.huge_pages && page_bytes > 0 && free_pages * page_bytes < needs.region_bytes) {
    const uint64_t wanted = (needs.region_bytes + page_bytes - 1) / page_bytes;
    examination.Warn("huge pages", read, "the packet buffers would be on ordinary pages",
                     absl::StrCat("sysctl -w vm.nr_hugepages=", wanted));
  } else if (page_bytes > 0) {
    examination.Ok("huge pages",
                   absl::StrCat(read, needs.huge_pages ? "" : "; the configuration wants none"));
  }
  const auto limit = ProcessLimit(files, "Max locked memory", /*hard=*/false);
  const bool locks = needs.lock_memory || needs.Uses("af_xdp");
  if (!limit.has_value() || !locks) return;
  const std::string locked =
      absl::StrCat(*limit == UINT64_MAX ? "unlimited" : absl::StrCat(FormatCount(*limit), " bytes"),
                   " may be locked, ", FormatCount(needs.region_bytes), " are needed");
  if (*limit >= needs.region_bytes || HasCapability(files, kCapIpcLock)) {
    examination.Ok("locked memory", locked);
  } else {
    const std::string command =
        "ulimit -l unlimited   # or LimitMEMLOCK=infinity in the systemd unit, or CAP_IPC_LOCK";
    if (needs.Uses("af_xdp")) {
      examination.Fail("locked memory", locked, "AF_XDP cannot register the packet buffers",
                       command);
    } else {
      examination.Warn("locked memory", locked, "the packet buffers could be paged out", command);
    }
  }
}

}  // namespace fh::doctor_internal
