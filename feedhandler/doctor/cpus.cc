#include "feedhandler/doctor/cpus.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace fh {

std::set<int> ParseCpuList(const std::string& text) {
  constexpr int kMostCpus = 8192;
  std::set<int> cpus;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> ends = absl::StrSplit(part, '-');
    int first = 0;
    int last = 0;
    if (!absl::SimpleAtoi(ends.front(), &first) || !absl::SimpleAtoi(ends.back(), &last)) break;
    for (int cpu = std::max(first, 0); cpu <= std::min(last, kMostCpus); ++cpu) cpus.insert(cpu);
  }
  return cpus;
}

std::set<int> InterruptCpus(const rio::HostFiles& files, const std::string& interface,
                            std::string& first_irq) {
  std::set<int> cpus;
  for (const std::string& irq :
       files.List(absl::StrCat("/sys/class/net/", interface, "/device/msi_irqs"))) {
    const std::string folder = absl::StrCat("/proc/irq/", irq, "/");
    std::optional<std::string> list = files.Read(folder + "effective_affinity_list");
    if (!list.has_value() || list->empty()) list = files.Read(folder + "smp_affinity_list");
    if (!list.has_value()) continue;
    if (first_irq.empty()) first_irq = irq;
    cpus.merge(ParseCpuList(*list));
  }
  return cpus;
}

}  // namespace fh
