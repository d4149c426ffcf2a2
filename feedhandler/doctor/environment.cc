#include "feedhandler/doctor/environment.h"

#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "feedhandler/doctor/cpus.h"
#include "feedhandler/threads/thread_setup.h"

namespace fh {
namespace {

constexpr char kCpus[] = "/sys/devices/system/cpu/";

// "model name	: AMD EPYC" of the first processor.
std::optional<std::string> OfFirstCpu(const std::string& info, absl::string_view key) {
  for (absl::string_view line : absl::StrSplit(info, '\n')) {
    if (!absl::ConsumePrefix(&line, key)) continue;
    line = absl::StripLeadingAsciiWhitespace(line);
    if (absl::ConsumePrefix(&line, ":")) return std::string(absl::StripAsciiWhitespace(line));
  }
  return std::nullopt;
}

// What most CPUs say, and the others apart: "performance", "performance: 0,1; powersave: 2".
std::string OfAllCpus(const rio::HostFiles& files, const char* file) {
  std::map<std::string, std::vector<int>> values;
  for (int cpu = 0; cpu < ConfiguredCpus(); ++cpu) {
    const auto value = files.Read(absl::StrCat(kCpus, "cpu", cpu, "/", file));
    if (value.has_value()) values[*value].push_back(cpu);
  }
  if (values.size() == 1) return values.begin()->first;
  std::vector<std::string> texts;
  for (const auto& [value, cpus] : values) {
    texts.push_back(absl::StrCat(value, ": CPU ", absl::StrJoin(cpus, ",")));
  }
  return absl::StrJoin(texts, "; ");
}

// Idle states of the first CPU that may be used, with what it takes to come back from them.
std::string IdleStates(const rio::HostFiles& files) {
  const std::string folder = absl::StrCat(kCpus, "cpu0/cpuidle");
  std::vector<std::string> states;
  for (const std::string& state : files.List(folder)) {
    const std::string path = absl::StrCat(folder, "/", state, "/");
    const auto name = files.Read(path + "name");
    if (!name.has_value() || files.ReadNumber(path + "disable").value_or(0) != 0) continue;
    const auto latency_us = files.ReadNumber(path + "latency");
    states.push_back(latency_us.has_value() ? absl::StrCat(*name, " (", *latency_us, " us)")
                                            : *name);
  }
  return absl::StrJoin(states, ", ");
}

std::string Interrupts(const rio::HostFiles& files, const std::string& interface) {
  std::string first_irq;
  const std::set<int> cpus = InterruptCpus(files, interface, first_irq);
  return cpus.empty() ? "" : absl::StrCat("CPU ", absl::StrJoin(cpus, ","));
}

}  // namespace

std::vector<MachineFact> MachineFacts(const rio::HostFiles& files,
                                      const std::vector<std::string>& interfaces) {
  std::vector<MachineFact> facts;
  const auto add = [&facts](const std::string& name, std::optional<std::string> value) {
    if (value.has_value() && !value->empty()) facts.push_back({name, *std::move(value)});
  };
  const std::string info = files.Read("/proc/cpuinfo").value_or("");
  add("cpu", OfFirstCpu(info, "model name"));
  add("cpus", absl::StrCat(AllowedCpus(), " of ", ConfiguredCpus(), " may be used"));
  add("microcode", OfFirstCpu(info, "microcode"));
  add("kernel", files.Read("/proc/sys/kernel/osrelease"));
  add("kernel command line", files.Read("/proc/cmdline"));
  add("governor", OfAllCpus(files, "cpufreq/scaling_governor"));
  add("boost", files.Read(absl::StrCat(kCpus, "cpufreq/boost")));
  add("c-states", IdleStates(files));
  add("smt", files.Read(absl::StrCat(kCpus, "smt/control")));
  add("isolated cpus", files.Read(absl::StrCat(kCpus, "isolated")));
  const auto tickless = files.Read(absl::StrCat(kCpus, "nohz_full"));
  if (tickless != "(null)") add("cpus without ticks", tickless);
  add("clock source",
      files.Read("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  add("huge pages", files.Read("/sys/kernel/mm/transparent_hugepage/enabled"));
  for (const std::string& interface : interfaces) {
    add(absl::StrCat("interrupts of ", interface), Interrupts(files, interface));
  }
  return facts;
}

std::string BuildText() {
#if defined(__clang__)
  const std::string compiler = absl::StrCat("clang ", __clang_version__);
#elif defined(__GNUC__)
  const std::string compiler = absl::StrCat("gcc ", __VERSION__);
#else
  const std::string compiler = "another compiler";
#endif
#if defined(__OPTIMIZE__)
  return absl::StrCat(compiler, ", optimised");
#else
  return absl::StrCat(compiler, ", not optimised");
#endif
}

}  // namespace fh
