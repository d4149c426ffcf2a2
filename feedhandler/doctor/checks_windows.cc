// What Windows lets a program see of itself without administrator's rights. Adapters' settings and
// their counters are in the hands of each driver (Get-NetAdapterAdvancedProperty,
// Get-NetAdapterStatistics) and are not judged here.
#include <windows.h>

#include "absl/strings/str_cat.h"
#include "feedhandler/doctor/examination.h"
#include "latency/report.h"

namespace fh::doctor_internal {

bool HasCapability(const rio::HostFiles&, int) { return false; }

std::optional<uint64_t> ProcessLimit(const rio::HostFiles&, const std::string&, bool) {
  return std::nullopt;
}

void CheckSockets(Examination&) {}

void CheckInterfaces(Examination& examination) {
  if (examination.needs.unnamed_lines == 0) return;
  examination.Warn("interface",
                   absl::StrCat(examination.needs.unnamed_lines, " line(s) name no interface"),
                   "the system's route decides where they are joined, which on a machine with "
                   "several networks is seldom the right one",
                   "set interface: in each line of the configuration");
}

void CheckCpus(Examination& examination) {
  const DWORD priority = GetPriorityClass(GetCurrentProcess());
  if (priority == HIGH_PRIORITY_CLASS || priority == REALTIME_PRIORITY_CLASS) {
    examination.Ok("priority", "the process has a high priority class");
  } else {
    examination.Warn("priority", "the process has an ordinary priority class",
                     "other programs run before its threads do", "start /high feedhandler run ...");
  }
  const DWORD cpus = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
  const std::string read = absl::StrCat(cpus, " CPUs");
  if (examination.needs.spinning_threads > cpus) {
    examination.Fail("CPU",
                     absl::StrCat(examination.needs.spinning_threads, " threads spin on ", read),
                     "each waits for the others to be descheduled, for milliseconds",
                     "set idle: YIELD, or AUTO, or take fewer strategy threads");
  } else {
    examination.Ok("CPU", read);
  }
}

void CheckMemory(Examination& examination) {
  const SIZE_T page_bytes = GetLargePageMinimum();
  if (!examination.needs.huge_pages) return;
  if (page_bytes == 0) {
    examination.Warn("large pages", "this processor or system has none",
                     "the packet buffers would be on ordinary pages");
  } else {
    examination.Ok("large pages",
                   absl::StrCat("of ", latency::FormatCount(page_bytes),
                                " bytes, for users with the right \"Lock pages in memory\""));
  }
}

}  // namespace fh::doctor_internal
