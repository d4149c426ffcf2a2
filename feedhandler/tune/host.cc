#include "feedhandler/tune/host.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "feedhandler/doctor/cpus.h"

namespace fh::tune {

HostCpus HostCpus::Of(const rio::HostFiles& files) {
  HostCpus cpus{.allowed = AllowedCpuNumbers()};
  cpus.isolated = ParseCpuList(files.Read("/sys/devices/system/cpu/isolated").value_or(""));
  for (const int cpu : cpus.allowed) {
    cpus.siblings[cpu] = ParseCpuList(files
                                          .Read(absl::StrCat("/sys/devices/system/cpu/cpu", cpu,
                                                             "/topology/thread_siblings_list"))
                                          .value_or(""));
    cpus.siblings[cpu].insert(cpu);
  }
  return cpus;
}

std::vector<Placement> Placements(const HostCpus& cpus, std::optional<int> kernel_cpu,
                                  std::optional<int> feed_cpu) {
  if (cpus.allowed.empty()) return {};
  const auto is_allowed = [&](std::optional<int> cpu) {
    return cpu.has_value() &&
           std::find(cpus.allowed.begin(), cpus.allowed.end(), *cpu) != cpus.allowed.end();
  };
  // The first that is no worse than any other.
  const auto best = [&](const std::vector<int>& of, auto badness) -> std::optional<int> {
    const auto found = std::min_element(of.begin(), of.end(),
                                        [&](int a, int b) { return badness(a) < badness(b); });
    return found == of.end() ? std::nullopt : std::optional<int>(*found);
  };
  const auto is_isolated = [&](int cpu) { return cpus.isolated.count(cpu) != 0; };
  const int kernel = is_allowed(kernel_cpu) ? *kernel_cpu : *best(cpus.allowed, [&](int cpu) {
    return 2 * static_cast<int>(cpu == feed_cpu) + static_cast<int>(is_isolated(cpu));
  });
  const auto siblings = cpus.siblings.find(kernel);
  const auto is_sibling = [&](int cpu) {
    return siblings != cpus.siblings.end() && siblings->second.count(cpu) != 0;
  };
  std::vector<int> others;
  std::vector<int> beside;
  for (const int cpu : cpus.allowed) {
    if (cpu != kernel) (is_sibling(cpu) ? beside : others).push_back(cpu);
  }
  const auto for_feed = [&](int cpu) {
    return 2 * static_cast<int>(cpu != feed_cpu) + static_cast<int>(!is_isolated(cpu));
  };
  std::vector<Placement> placements;
  if (const auto cpu = best(others, for_feed)) {
    placements.push_back({Placement::Kind::kOtherCore, *cpu, kernel});
  }
  if (const auto cpu = best(beside, for_feed)) {
    placements.push_back({Placement::Kind::kSibling, *cpu, kernel});
  }
  placements.push_back({Placement::Kind::kSameCpu, kernel, kernel});
  return placements;
}

std::vector<uint64_t> ReceiveSoftirqs(const rio::HostFiles& files) {
  std::vector<uint64_t> counts;
  const std::optional<std::string> table = files.Read("/proc/softirqs");
  if (!table.has_value()) return counts;
  for (const absl::string_view line : absl::StrSplit(*table, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (fields.empty() || fields[0] != "NET_RX:") continue;
    for (size_t i = 1; i < fields.size(); ++i) {
      uint64_t count = 0;
      if (absl::SimpleAtoi(fields[i], &count)) counts.push_back(count);
    }
  }
  return counts;
}

}  // namespace fh::tune
