// The machine that something was measured on, as facts by name, for latency reports.
//
//   for (const auto& [name, value] : MachineFacts(rio::HostFiles())) ...
//       // {"cpu", "AMD EPYC 9R45"}, {"kernel", "6.1.0-18-amd64"}, {"governor", "performance"}, ...
//
// What the system does not show is left out; on Windows that is nearly all. Main thread; reads some
// files under /proc and /sys.
#ifndef FEEDHANDLER_FEEDHANDLER_DOCTOR_ENVIRONMENT_H_
#define FEEDHANDLER_FEEDHANDLER_DOCTOR_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "rio/host/host_files.h"

namespace fh {

struct MachineFact {
  std::string name;
  std::string value;
};

// In the order to be shown. `interfaces`: of lines, whose interrupts are looked for; may be empty.
std::vector<MachineFact> MachineFacts(const rio::HostFiles& files,
                                      const std::vector<std::string>& interfaces = {});

// The compiler, and whether the build was optimised.
std::string BuildText();

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_DOCTOR_ENVIRONMENT_H_
