// What all checks of the doctor work with: the host, what is needed of it, and the findings so far.
// Internal to feedhandler/doctor.
#ifndef FEEDHANDLER_FEEDHANDLER_DOCTOR_EXAMINATION_H_
#define FEEDHANDLER_FEEDHANDLER_DOCTOR_EXAMINATION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "feedhandler/doctor/cpus.h"
#include "feedhandler/doctor/doctor.h"

namespace fh::doctor_internal {

// What the configuration asks of the host; without one, the defaults.
struct Needs {
  explicit Needs(const Config* config);

  bool has_config = false;
  std::set<std::string> backends = {"auto"};  // Of all feed threads.
  std::vector<FeedThreadConfig> feed_threads;
  uint32_t socket_buffer_bytes = 8u << 20;
  uint64_t region_bytes = 0;
  uint32_t slice_bytes = 2048;  // The least of all feed threads.
  bool huge_pages = false;
  bool lock_memory = false;
  size_t lines = 0;
  bool source_specific = false;      // Some line joins for one sender alone.
  std::set<std::string> interfaces;  // That lines name.
  std::set<std::string> tagged;      // Those on which a line names its VLAN.
  bool generic_xdp = false;          // The configuration asks for it.
  uint32_t busy_poll_us = 0;
  size_t unnamed_lines = 0;           // Multicast lines that name none.
  std::map<int, std::string> pinned;  // CPU -> thread.
  size_t unpinned_threads = 0;
  size_t spinning_threads = 0;     // That never leave their CPU.
  bool realtime_spinning = false;  // SCHED_FIFO without giving way.

  bool Uses(const char* name) const { return backends.contains(name); }
  // The first of the backends on io_uring, or nothing.
  std::string Uring() const {
    const auto found = backends.lower_bound("io_uring");
    return found != backends.end() && found->starts_with("io_uring") ? *found : "";
  }

 private:
  void AddReceiver(const ReceiverConfig& receiver);
};

struct Examination {
  const DoctorHost& host;
  const Needs& needs;
  std::vector<Finding>& findings;

  void Ok(std::string item, std::string read) {
    findings.push_back({FindingLevel::kOk, std::move(item), std::move(read), "", ""});
  }
  void Warn(std::string item, std::string read, std::string why, std::string command = "") {
    findings.push_back({FindingLevel::kWarn, std::move(item), std::move(read), std::move(why),
                        std::move(command)});
  }
  void Fail(std::string item, std::string read, std::string why, std::string command = "") {
    findings.push_back({FindingLevel::kFail, std::move(item), std::move(read), std::move(why),
                        std::move(command)});
  }
  // Fails what a configuration needs; without one it is a warning.
  void Lossy(std::string item, std::string read, std::string why, std::string command = "") {
    findings.push_back({needs.has_config ? FindingLevel::kFail : FindingLevel::kWarn,
                        std::move(item), std::move(read), std::move(why), std::move(command)});
  }
};

// In order of the report.
void CheckBackends(Examination& examination);
void CheckSockets(Examination& examination);
void CheckInterfaces(Examination& examination);
void CheckSteering(Examination& examination);
void CheckCpus(Examination& examination);
void CheckMemory(Examination& examination);

// Whether the process has a capability (its number in linux/capability.h).
bool HasCapability(const rio::HostFiles& files, int capability);

// A soft or hard limit in /proc/self/limits; UINT64_MAX = unlimited, nothing = not known.
std::optional<uint64_t> ProcessLimit(const rio::HostFiles& files, const std::string& name,
                                     bool hard);

}  // namespace fh::doctor_internal

#endif  // FEEDHANDLER_FEEDHANDLER_DOCTOR_EXAMINATION_H_
