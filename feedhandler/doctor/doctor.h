// `feedhandler doctor`: what of this host would lose packets or slow them down, why, and the
// command that changes it.
//
//   const DoctorHost host = ThisHost();
//   const std::vector<Finding> findings = Examine(host, &config);        // Or nullptr.
//   std::fputs(FindingsText(findings).c_str(), stdout);
//   return WouldLoseData(findings) ? 1 : 0;
//
// Nothing is changed and nothing is joined: it reads files under /proc and /sys and asks network
// drivers. Both are given to it, so that tests examine machines of their own making.
//
// With a configuration only what that configuration needs can fail: its interfaces, its buffers,
// the CPUs it pins. Without one the interfaces of the host are looked at, against the defaults.
//
// Main thread; some hundred small files, well below a second.
#ifndef FEEDHANDLER_FEEDHANDLER_DOCTOR_DOCTOR_H_
#define FEEDHANDLER_FEEDHANDLER_DOCTOR_DOCTOR_H_

#include <memory>
#include <string>
#include <vector>

#include "feedhandler/config/config.h"
#include "rio/host/ethtool.h"
#include "rio/host/host_files.h"

namespace fh {

enum class FindingLevel : uint8_t {
  kOk,
  kWarn,  // Slower than it could be, or lossy under a load that this host may never see.
  kFail,  // Data would be lost, or the configuration cannot run.
};

struct Finding {
  FindingLevel level = FindingLevel::kOk;
  std::string item;  // "socket buffer"
  std::string read;  // What was found: "net.core.rmem_max is 212,992 bytes".
  std::string why;   // Why that matters. Empty when it is well.
  // What changes it; several commands are lines. Empty when it is well, or when no command does.
  std::string command;
};

// A receive path and why this host cannot run it (empty: it can).
struct BackendState {
  std::string name;
  std::string refusal;
};

struct DoctorHost {
  rio::HostFiles files;
  std::shared_ptr<rio::Ethtool> ethtool;
  std::vector<BackendState> backends;
  std::string clock;  // latency::Clock::Describe().
};

// The machine that this program runs on; probes all backends.
DoctorHost ThisHost();

// `config`: may be null.
std::vector<Finding> Examine(const DoctorHost& host, const Config* config);

// A paragraph a finding, the grave ones with why and command, and a count at the end.
std::string FindingsText(const std::vector<Finding>& findings);

// One JSON object: {"ok": ..., "findings": [{"item", "level", "read", "why", "command"}, ...]}.
std::string FindingsJson(const std::vector<Finding>& findings);

// Whether any finding is kFail.
bool WouldLoseData(const std::vector<Finding>& findings);

const char* FindingLevelName(FindingLevel level);  // "OK", "WARN", "FAIL".

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_DOCTOR_DOCTOR_H_
