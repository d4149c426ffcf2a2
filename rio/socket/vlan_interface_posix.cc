#include <linux/if_vlan.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

#include "rio/socket/socket_posix.h"
#include "rio/socket/vlan_interface.h"

namespace fh::rio {
namespace {

// The kernel's questions about a VLAN's interface; false when it is none.
bool Ask(int fd, const char* name, int command, vlan_ioctl_args& arguments) {
  arguments = {};
  arguments.cmd = command;
  std::strncpy(arguments.device1, name, sizeof arguments.device1 - 1);
  return ioctl(fd, SIOCGIFVLAN, &arguments) == 0;
}

}  // namespace

std::vector<VlanDevice> VlanInterfaces() {
  const UniqueFd fd = OpenDescriptor([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); });
  const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> interfaces(
      if_nameindex(), &if_freenameindex);
  std::vector<VlanDevice> devices;
  if (interfaces == nullptr) return devices;
  for (const struct if_nameindex* i = interfaces.get(); i->if_name != nullptr; ++i) {
    vlan_ioctl_args parent;
    vlan_ioctl_args number;
    if (!Ask(fd.get(), i->if_name, GET_VLAN_REALDEV_NAME_CMD, parent)) continue;
    if (!Ask(fd.get(), i->if_name, GET_VLAN_VID_CMD, number)) continue;
    devices.push_back({.name = i->if_name,
                       .parent = parent.u.device2,
                       .id = static_cast<uint16_t>(number.u.VID)});
  }
  return devices;
}

std::optional<std::string> FindVlanInterface(std::span<const VlanDevice> devices,
                                             const std::string& parent, const Vlan& vlan) {
  const auto find = [devices](const std::string& below, uint16_t id) {
    std::optional<std::string> name;
    for (const VlanDevice& device : devices) {
      if (device.parent == below && device.id == id) name = device.name;
    }
    return name;
  };
  std::optional<std::string> found;
  if (vlan.outer != 0) found = find(parent, vlan.outer);
  if (vlan.id == 0 || (vlan.outer != 0 && !found.has_value())) return found;
  return find(found.value_or(parent), vlan.id);
}

}  // namespace fh::rio
