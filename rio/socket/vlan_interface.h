// The interface that Linux has for a VLAN of another interface: through it sockets receive the
// VLAN's datagrams, and joins go out with its tag.
//
//   std::optional<std::string> name = FindVlanInterface(VlanInterfaces(), "eth1", {.id = 100});
//   if (!name.has_value()) Print(HowToMakeVlanInterface("eth1", {.id = 100}));   // line_options.h
//
// Start-up only: VlanInterfaces makes two system calls an interface of this host.
#ifndef FEEDHANDLER_RIO_SOCKET_VLAN_INTERFACE_H_
#define FEEDHANDLER_RIO_SOCKET_VLAN_INTERFACE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rio/vlan.h"

namespace fh::rio {

struct VlanDevice {
  std::string name;    // "eth1.100", or whatever it was called.
  std::string parent;  // "eth1"
  uint16_t id = 0;     // 100
};

// Those of this host; none on a kernel without VLANs.
std::vector<VlanDevice> VlanInterfaces();

// "eth1.100"; of a VLAN in a VLAN the interface on the interface. Nothing when there is none, or
// `vlan` is untagged.
std::optional<std::string> FindVlanInterface(std::span<const VlanDevice> devices,
                                             const std::string& parent, const Vlan& vlan);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_VLAN_INTERFACE_H_
