// Network interfaces: whether they are up and can multicast, filters on the way in, rings,
// offloads, where their interrupts run.
#include <net/if.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "feedhandler/doctor/examination.h"
#include "latency/report.h"
#include "rio/host/host_counters.h"

namespace fh::doctor_internal {
namespace {

using latency::FormatCount;

std::string SysPath(const std::string& interface, const char* file) {
  return absl::StrCat("/sys/class/net/", interface, "/", file);
}

// Which routes leave through the interface: whether one is the default route (/proc/net/route).
bool HasDefaultRoute(const rio::HostFiles& files, const std::string& interface) {
  const std::optional<std::string> routes = files.Read("/proc/net/route");
  if (!routes.has_value()) return false;
  for (const absl::string_view line : absl::StrSplit(*routes, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
    if (fields.size() > 1 && fields[0] == interface && fields[1] == "00000000") return true;
  }
  return false;
}

void CheckFilter(Examination& examination, const std::string& name) {
  const rio::HostFiles& files = examination.host.files;
  // The larger of both applies (Documentation/networking/ip-sysctl.rst).
  const auto all = files.ReadNumber("/proc/sys/net/ipv4/conf/all/rp_filter");
  const auto own = files.ReadNumber(absl::StrCat("/proc/sys/net/ipv4/conf/", name, "/rp_filter"));
  if (!all.has_value() || !own.has_value()) return;
  const int64_t filter = std::max(*all, *own);
  const std::string read = absl::StrCat("rp_filter of ", name, " is ", filter);
  if (filter != 1) {
    examination.Ok("source filter", read);
    return;
  }
  const std::string why =
      "strict: packets are dropped, and counted nowhere but in nstat's IPReversePathFilter, unless "
      "the route back to their sender leaves through this interface, which is seldom so for "
      "multicast";
  const std::string command =
      absl::StrCat("sysctl -w net.ipv4.conf.", name, ".rp_filter=2 net.ipv4.conf.all.rp_filter=2");
  if (HasDefaultRoute(files, name)) {
    examination.Warn("source filter", read, why, command);
  } else {
    examination.Lossy("source filter", read, why, command);
  }
}

void CheckMtu(Examination& examination, const std::string& name) {
  constexpr int64_t kHeaderBytes = 28;  // IPv4 and UDP.
  const auto mtu = examination.host.files.ReadNumber(SysPath(name, "mtu"));
  if (!mtu.has_value()) return;
  const std::string read = absl::StrCat("MTU of ", name, " is ", *mtu, ", a slice has ",
                                        examination.needs.slice_bytes, " bytes");
  if (*mtu - kHeaderBytes > examination.needs.slice_bytes) {
    examination.Warn("MTU", read, "a datagram that fills a frame would be cut",
                     "set receiver.slice_bytes to 9216 if the venue sends such");
  } else {
    examination.Ok("MTU", read);
  }
}

void CheckDriver(Examination& examination, const std::string& name) {
  rio::Ethtool& ethtool = *examination.host.ethtool;
  if (const auto rings = ethtool.Rings(name)) {
    const std::string read =
        absl::StrCat(name, " has ", rings->rx, " of ", rings->rx_most, " receive descriptors");
    if (rings->rx < rings->rx_most) {
      examination.Warn("adapter's ring", read,
                       "a burst that the CPU does not fetch in time is lost in the adapter",
                       absl::StrCat("ethtool -G ", name, " rx ", rings->rx_most));
    } else {
      examination.Ok("adapter's ring", read);
    }
  }
  if (const auto coalescing = ethtool.GetCoalescing(name)) {
    const std::string read =
        absl::StrCat(name, " delays interrupts by ", coalescing->rx_us, " us",
                     coalescing->adaptive_rx ? ", and adapts that by itself" : "");
    if (coalescing->rx_us > 0 || coalescing->adaptive_rx) {
      examination.Warn("coalescing", read, "every packet may wait that long in the adapter",
                       absl::StrCat("ethtool -C ", name, " adaptive-rx off rx-usecs 0"));
    } else {
      examination.Ok("coalescing", read);
    }
  }
  if (const auto offloads = ethtool.GetOffloads(name)) {
    const std::string read = absl::StrCat("LRO of ", name, " is ", offloads->lro ? "on" : "off",
                                          ", GRO ", offloads->gro ? "on" : "off");
    const std::string command = absl::StrCat("ethtool -K ", name, " lro off");
    if (offloads->lro && examination.needs.Uses("af_xdp")) {
      examination.Fail("offloads", read, "drivers refuse a native XDP program while LRO is on",
                       command);
    } else if (offloads->lro) {
      examination.Warn("offloads", read, "it holds packets back, to merge them", command);
    } else {
      examination.Ok("offloads", read);
    }
  }
}

// While somebody polls, the adapter's interrupts must be put off, or they come all the same
// (Documentation/networking/napi.rst).
void CheckInterruptsPutOff(Examination& examination, const std::string& name) {
  constexpr int64_t kDefer = 2;
  constexpr int64_t kFlushNs = 200'000;
  if (examination.needs.busy_poll_us == 0) return;
  const rio::HostFiles& files = examination.host.files;
  const auto defer = files.ReadNumber(SysPath(name, "napi_defer_hard_irqs"));
  const auto flush_ns = files.ReadNumber(SysPath(name, "gro_flush_timeout"));
  if (!defer.has_value() || !flush_ns.has_value()) return;
  const std::string read = absl::StrCat("napi_defer_hard_irqs of ", name, " is ", *defer,
                                        ", gro_flush_timeout ", *flush_ns, " ns");
  if (*defer > 0 && *flush_ns > 0) {
    examination.Ok("busy polling", read);
    return;
  }
  examination.Warn("busy polling", read,
                   "its interrupts are not put off while the feed thread polls it, so both take "
                   "packets from it by turns",
                   absl::StrCat("echo ", kDefer, " > ", SysPath(name, "napi_defer_hard_irqs"),
                                "; echo ", kFlushNs, " > ", SysPath(name, "gro_flush_timeout")));
}

// What a redirect program does not see, it cannot tell apart.
void CheckVlanTags(Examination& examination, const std::string& name) {
  const Needs& needs = examination.needs;
  rio::Ethtool& ethtool = *examination.host.ethtool;
  const auto offloads = ethtool.GetOffloads(name);
  if (!needs.Uses("af_xdp") || !offloads.has_value()) return;
  const std::string read =
      absl::StrCat(name, offloads->rx_vlan ? " takes VLAN tags off frames (rx-vlan-offload)"
                                           : " leaves VLAN tags in the frames");
  const std::string command = absl::StrCat("ethtool -K ", name, " rxvlan off");
  if (!offloads->rx_vlan) {
    examination.Ok("VLAN tags", read);
  } else if (!needs.generic_xdp && ethtool.TellsVlanTags(name)) {
    examination.Ok("VLAN tags", absl::StrCat(read, ", and its driver tells which they were"));
  } else if (needs.tagged.contains(name)) {
    examination.Fail("VLAN tags", read,
                     "af_xdp gets the frames without them: lines that name a VLAN get nothing",
                     command);
  } else {
    examination.Warn("VLAN tags", read,
                     "af_xdp gets the frames without them: should the port carry VLANs, those with "
                     "a line's group would be taken for the line's own",
                     command);
  }
}

void CheckLosses(Examination& examination, const std::string& name) {
  const std::vector<std::string> names = {name};
  const rio::HostCounters counters =
      ReadHostCounters(examination.host.files, *examination.host.ethtool, names);
  const rio::InterfaceCounters& interface = counters.interfaces[0];
  if (!interface.known) return;
  const std::string read = absl::StrCat(name, " missed ", FormatCount(interface.missed),
                                        " frames and took ", FormatCount(interface.damaged),
                                        " damaged ones, of ", FormatCount(interface.packets));
  if (interface.missed > 0) {
    examination.Warn("adapter so far", read, "its ring has been full before",
                     absl::StrCat("ethtool -G ", name, " rx MAX; ethtool -S ", name));
  } else if (interface.damaged > 0) {
    examination.Warn("adapter so far", read, "something is wrong with cable, optics or port",
                     absl::StrCat("ethtool -S ", name, "; ethtool -m ", name));
  } else {
    examination.Ok("adapter so far", read);
  }
}

void CheckPlacement(Examination& examination, const std::string& name) {
  const rio::HostFiles& files = examination.host.files;
  std::string irq;
  const std::set<int> interrupts = InterruptCpus(files, name, irq);
  if (!interrupts.empty()) {
    const std::string read =
        absl::StrCat("interrupts of ", name, " go to CPU ", absl::StrJoin(interrupts, ","));
    const auto shared =
        std::find_if(examination.needs.pinned.begin(), examination.needs.pinned.end(),
                     [&](const auto& thread) { return interrupts.count(thread.first) != 0; });
    if (shared != examination.needs.pinned.end()) {
      examination.Warn("interrupts", absl::StrCat(read, ", which is that of ", shared->second),
                       "each interrupt stops the thread for some microseconds",
                       absl::StrCat("echo OTHER_CPU > /proc/irq/", irq,
                                    "/smp_affinity_list   # for each of its interrupts; stop "
                                    "irqbalance"));
    } else {
      examination.Ok("interrupts", read);
    }
  }
  const auto node = files.ReadNumber(SysPath(name, "device/numa_node"));
  if (!node.has_value() || *node < 0) return;
  const auto near = files.Read(absl::StrCat("/sys/devices/system/node/node", *node, "/cpulist"));
  if (!near.has_value()) return;
  const std::set<int> cpus = ParseCpuList(*near);
  for (const auto& [cpu, thread] : examination.needs.pinned) {
    if (cpus.count(cpu) != 0) continue;
    examination.Warn(
        "NUMA node",
        absl::StrCat(name, " is at node ", *node, " (CPU ", *near, "), ", thread, " at CPU ", cpu),
        "every packet crosses to another node's memory",
        absl::StrCat("pin it to one of ", *near, ", and set receiver.numa_node to ", *node));
    return;
  }
  examination.Ok("NUMA node", absl::StrCat(name, " is at node ", *node, " (CPU ", *near, ")"));
}

void CheckInterface(Examination& examination, const std::string& name) {
  const rio::HostFiles& files = examination.host.files;
  const std::optional<std::string> text = files.Read(SysPath(name, "flags"));
  uint64_t flags = 0;
  if (!text.has_value() || !absl::SimpleHexAtoi(*text, &flags)) {
    examination.Fail("interface", absl::StrCat("there is no ", name),
                     "the configuration joins groups on it",
                     absl::StrCat("ip -brief link   # the interfaces are: ",
                                  absl::StrJoin(files.List("/sys/class/net"), ", ")));
    return;
  }
  const bool is_loopback = (flags & IFF_LOOPBACK) != 0;
  const std::string up = absl::StrCat("ip link set ", name, " up");
  if ((flags & IFF_UP) == 0) {
    examination.Lossy("interface", absl::StrCat(name, " is down"), "nothing arrives", up);
  } else if (files.ReadNumber(SysPath(name, "carrier")) == 0) {
    examination.Lossy("interface", absl::StrCat(name, " has no link"),
                      "nothing arrives: look at cable, optics and the switch's port",
                      absl::StrCat("ethtool ", name));
  } else if (!is_loopback && (flags & IFF_MULTICAST) == 0) {
    examination.Lossy("interface", absl::StrCat(name, " is up, without multicast"),
                      "groups are not joined on it",
                      absl::StrCat("ip link set ", name, " multicast on"));
  } else {
    examination.Ok("interface", absl::StrCat(name, " is up"));
  }
  if (!is_loopback) CheckFilter(examination, name);
  if (!is_loopback) CheckMtu(examination, name);
  CheckDriver(examination, name);
  CheckInterruptsPutOff(examination, name);
  CheckVlanTags(examination, name);
  CheckLosses(examination, name);
  CheckPlacement(examination, name);
}

}  // namespace

void CheckInterfaces(Examination& examination) {
  const Needs& needs = examination.needs;
  if (needs.unnamed_lines > 0) {
    examination.Warn("interface", absl::StrCat(needs.unnamed_lines, " line(s) name no interface"),
                     "the system's route decides where they are joined, which on a machine with "
                     "several networks is seldom the right one",
                     "set interface: in each line of the configuration");
  }
  if (needs.has_config) {
    for (const std::string& name : needs.interfaces) CheckInterface(examination, name);
    return;
  }
  for (const std::string& name : examination.host.files.List("/sys/class/net")) {
    // Those that are down are nobody's concern.
    const auto flags = examination.host.files.Read(SysPath(name, "flags"));
    uint64_t bits = 0;
    if (!flags.has_value() || !absl::SimpleHexAtoi(*flags, &bits) || (bits & IFF_UP) == 0) continue;
    CheckInterface(examination, name);
  }
}

}  // namespace fh::doctor_internal
