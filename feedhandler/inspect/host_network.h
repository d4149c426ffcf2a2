// What this host says of its network interfaces and of its terminal, for messages to people.
// host_network_posix.cc and host_network_windows.cc implement it; CMake picks one.
//
// Makes system calls, allocates. Any thread.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_HOST_NETWORK_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_HOST_NETWORK_H_

#include <string>
#include <vector>

#include "rio/endpoint.h"

namespace fh {

struct HostInterface {
  std::string name;
  bool up = false;
  bool multicast = false;                 // Says that it can.
  std::vector<rio::IpAddress> addresses;  // Link-local ones too.
};

// In the system's order; empty when it does not tell.
std::vector<HostInterface> HostInterfaces();

// Commands of this system by which a person looks further, as to be typed.
struct NetworkCommands {
  std::string bring_up;      // Switches the interface on.
  std::string joins;         // Lists the groups that it has joined.
  std::string capture;       // Shows datagrams to the group as they come in.
  std::string firewall;      // Lists the rules.
  std::string reverse_path;  // Shows the reverse-path filter; empty where there is none.
};
NetworkCommands CommandsFor(const std::string& device, const rio::Endpoint& group);

// A word as it is to be typed into this system's usual shell, in quotes where it needs them.
std::string QuotedArgument(const std::string& word);

bool StandardOutputIsTerminal();

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_HOST_NETWORK_H_
