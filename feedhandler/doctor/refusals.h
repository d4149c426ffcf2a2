// What `run` would refuse of a configuration that is well written: what this host cannot do.
//
//   for (const std::string& refusal : HostRefusals(config, rio::HostFiles())) Print(refusal);
//   // itch.textproto:5:12: no interface 'eth77'; this host has: lo, eth0
//
// `run` refuses by HostRefusals itself, so that `check` and `doctor` cannot differ from it.
//
// Main thread, start-up only: makes system calls and allocates. Nothing is joined, sent or written:
// sockets are opened as for receiving and closed again (Windows joins, and leaves, since no socket
// there can be set up without).
#ifndef FEEDHANDLER_FEEDHANDLER_DOCTOR_REFUSALS_H_
#define FEEDHANDLER_FEEDHANDLER_DOCTOR_REFUSALS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "feedhandler/config/config.h"
#include "rio/host/host_files.h"

namespace fh {

// Receive path, NUMA node, and each line: interface, address, route. A sentence each, behind its
// place in the file.
std::vector<std::string> HostRefusals(const Config& config, const rio::HostFiles& files);

// Strategies: plugins that are not there or are none, parameters, outputs that cannot be written.
// Built-in strategies are made, and given up again, which leaves no file; plugins are only loaded.
// The output of one that writes to a pipe with a name is not looked at: opening it would wait for
// its reader.
std::vector<std::string> StrategyRefusals(const Config& config);

namespace doctor_internal {

// Opens the line's socket without joining, and looks for a route to a group that names no
// interface.
absl::Status ProbeLine(const rio::Subscription& line, const rio::ReceiverOptions& options,
                       bool af_xdp);

// The lines of a configuration as AF_XDP sees them; OK on systems without it.
absl::Status ProbeXdp(const rio::ReceiverOptions& options);

}  // namespace doctor_internal

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_DOCTOR_REFUSALS_H_
