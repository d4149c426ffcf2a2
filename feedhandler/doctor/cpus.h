// CPUs as the kernel's files name them.
//
//   std::string irq;
//   const std::set<int> cpus = InterruptCpus(files, "eth1", irq);
//
// Main thread; reads files. Where a system has no such files everything is empty.
#ifndef FEEDHANDLER_FEEDHANDLER_DOCTOR_CPUS_H_
#define FEEDHANDLER_FEEDHANDLER_DOCTOR_CPUS_H_

#include <set>
#include <string>

#include "rio/host/host_files.h"

namespace fh {

// "0-3,8" as numbers; what is no number ends it.
std::set<int> ParseCpuList(const std::string& text);

// The CPUs that take the adapter's interrupts, and the number of the first of these.
std::set<int> InterruptCpus(const rio::HostFiles& files, const std::string& interface,
                            std::string& first_irq);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_DOCTOR_CPUS_H_
