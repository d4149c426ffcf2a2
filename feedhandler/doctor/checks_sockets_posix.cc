// Socket buffers, the backlog in front of them, group memberships, descriptors, capabilities.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "feedhandler/doctor/examination.h"
#include "latency/report.h"
#include "rio/host/host_counters.h"

namespace fh::doctor_internal {
namespace {

using latency::FormatCount;

// linux/capability.h.
constexpr int kCapNetAdmin = 12;
constexpr int kCapNetRaw = 13;
constexpr int kCapSysAdmin = 21;
constexpr int kCapBpf = 39;

uint64_t Unsigned(std::optional<int64_t> value) {
  return value.has_value() && *value > 0 ? static_cast<uint64_t>(*value) : 0;
}

void CheckBuffers(Examination& examination) {
  const rio::HostFiles& files = examination.host.files;
  const auto most = files.ReadNumber("/proc/sys/net/core/rmem_max");
  if (!most.has_value()) return;
  const uint64_t wanted = examination.needs.socket_buffer_bytes;
  const std::string read = absl::StrCat("net.core.rmem_max is ", FormatCount(Unsigned(most)),
                                        " bytes, ", FormatCount(wanted), " are wanted");
  if (wanted == 0) {
    const uint64_t standard = Unsigned(files.ReadNumber("/proc/sys/net/core/rmem_default"));
    examination.Lossy("socket buffer",
                      absl::StrCat("the configuration leaves the system's default, ",
                                   FormatCount(standard), " bytes"),
                      "it holds a hundred or two datagrams: a pause of a millisecond loses data",
                      "leave receiver.socket_buffer_bytes out of the configuration");
  } else if (Unsigned(most) >= wanted) {
    examination.Ok("socket buffer", read);
  } else if (HasCapability(files, kCapNetAdmin)) {
    examination.Ok("socket buffer",
                   absl::StrCat(read, "; CAP_NET_ADMIN passes the limit (SO_RCVBUFFORCE)"));
  } else {
    examination.Lossy("socket buffer", read,
                      "sockets get less room than a burst needs, and the kernel drops the rest",
                      absl::StrCat("sysctl -w net.core.rmem_max=", wanted));
  }
}

void CheckBacklog(Examination& examination) {
  constexpr int64_t kFew = 2000;
  const rio::HostFiles& files = examination.host.files;
  const auto backlog = files.ReadNumber("/proc/sys/net/core/netdev_max_backlog");
  if (backlog.has_value()) {
    const std::string read = absl::StrCat("net.core.netdev_max_backlog is ", *backlog, " packets");
    if (*backlog < kFew) {
      examination.Warn("backlog", read,
                       "with receive packet steering, veth or loopback a burst of more is dropped "
                       "before it comes to a socket",
                       "sysctl -w net.core.netdev_max_backlog=30000");
    } else {
      examination.Ok("backlog", read);
    }
  }
  const rio::HostCounters counters = ReadHostCounters(files, *examination.host.ethtool, {});
  if (!counters.known) return;
  const std::string read =
      absl::StrCat(FormatCount(counters.backlog_dropped), " packets dropped and ",
                   FormatCount(counters.backlog_squeezed), " times stopped early since the start");
  if (counters.backlog_dropped > 0) {
    examination.Warn("backlog so far", read, "the queue of a CPU has been full before",
                     "sysctl -w net.core.netdev_max_backlog=30000 net.core.netdev_budget=600");
  } else {
    examination.Ok("backlog so far", read);
  }
  const std::string udp = absl::StrCat(
      FormatCount(counters.udp_buffer_errors), " datagrams lost to full buffers, ",
      FormatCount(counters.udp_checksum_errors), " to wrong checksums since the start");
  if (counters.udp_buffer_errors > 0) {
    examination.Warn("UDP so far", udp,
                     "sockets of this host, whosever they are, were emptied too slowly before",
                     "ss -uamp   # which socket: d in skmem");
  } else {
    examination.Ok("UDP so far", udp);
  }
}

void CheckMemberships(Examination& examination) {
  const rio::HostFiles& files = examination.host.files;
  const auto groups = files.ReadNumber("/proc/sys/net/ipv4/igmp_max_memberships");
  const auto sources = files.ReadNumber("/proc/sys/net/ipv4/igmp_max_msf");
  if (groups.has_value() && sources.has_value()) {
    // Each line has its own socket, and the limits are a socket's.
    const std::string read = absl::StrCat("net.ipv4.igmp_max_memberships is ", *groups,
                                          ", igmp_max_msf ", *sources, "; a line needs 1 of each");
    if (*groups < 1 || *sources < 1) {
      examination.Lossy("memberships", read, "no group can be joined",
                        "sysctl -w net.ipv4.igmp_max_memberships=20 net.ipv4.igmp_max_msf=10");
    } else {
      examination.Ok("memberships", read);
    }
  }
  const auto forced = files.ReadNumber("/proc/sys/net/ipv4/conf/all/force_igmp_version");
  if (forced.has_value() && (*forced == 1 || *forced == 2)) {
    const std::string read = absl::StrCat("net.ipv4.conf.all.force_igmp_version is ", *forced);
    const std::string command = "sysctl -w net.ipv4.conf.all.force_igmp_version=0";
    if (examination.needs.source_specific) {
      examination.Fail("IGMP version", read, "joins for one sender need IGMPv3 (RFC 4607)",
                       command);
    } else {
      examination.Warn("IGMP version", read, "joins for one sender would not work", command);
    }
  }
  if (const auto descriptors = ProcessLimit(files, "Max open files", /*hard=*/true)) {
    constexpr uint64_t kOwn = 64;  // Files, rings, plugins.
    const std::string read = absl::StrCat("at most ", FormatCount(*descriptors),
                                          " descriptors, one a line: ", examination.needs.lines);
    if (*descriptors < examination.needs.lines + kOwn) {
      examination.Fail("descriptors", read, "not every line would get its socket",
                       "ulimit -Hn 65536   # or LimitNOFILE= in the systemd unit");
    } else if (examination.needs.has_config) {
      examination.Ok("descriptors", read);
    }
  }
}

void CheckUring(Examination& examination) {
  const auto disabled = examination.host.files.ReadNumber("/proc/sys/kernel/io_uring_disabled");
  if (!disabled.has_value() || examination.needs.Uring().empty()) return;
  const std::string read = absl::StrCat("kernel.io_uring_disabled is ", *disabled);
  const bool mine = *disabled == 1 && HasCapability(examination.host.files, kCapSysAdmin);
  if (*disabled == 0 || mine) {
    examination.Ok("io_uring", read);
  } else {
    examination.Fail("io_uring", read, "the configured receive path may not be used",
                     "sysctl -w kernel.io_uring_disabled=0");
  }
}

void CheckXdp(Examination& examination) {
  if (!examination.needs.Uses("af_xdp")) return;
  const rio::HostFiles& files = examination.host.files;
  std::string missing;
  const auto need = [&](int capability, const char* name) {
    if (HasCapability(files, capability) || HasCapability(files, kCapSysAdmin)) return;
    absl::StrAppend(&missing, missing.empty() ? "" : ", ", name);
  };
  need(kCapNetRaw, "CAP_NET_RAW");
  need(kCapNetAdmin, "CAP_NET_ADMIN");
  need(kCapBpf, "CAP_BPF");
  if (missing.empty()) {
    examination.Ok("af_xdp", "has the capabilities that it needs");
  } else {
    examination.Fail("af_xdp", absl::StrCat("this process lacks ", missing),
                     "no program can be attached to the interface without",
                     "setcap cap_net_raw,cap_net_admin,cap_bpf,cap_ipc_lock+ep $(command -v "
                     "feedhandler)");
  }
}

void CheckBusyPolling(Examination& examination) {
  const auto read_us = examination.host.files.ReadNumber("/proc/sys/net/core/busy_read");
  const auto poll_us = examination.host.files.ReadNumber("/proc/sys/net/core/busy_poll");
  if (!read_us.has_value() || !poll_us.has_value()) return;
  if (examination.needs.busy_poll_us == 0) {
    examination.Ok("busy polling",
                   absl::StrCat("net.core.busy_read is ", *read_us, " us, busy_poll ", *poll_us,
                                " us; a spinning feed thread polls by itself"));
  } else if (!HasCapability(examination.host.files, kCapNetAdmin)) {
    examination.Warn("busy polling", "this process lacks CAP_NET_ADMIN",
                     "receiver.busy_poll_us is asked for, and the kernel refuses it without",
                     "setcap cap_net_admin+ep $(command -v feedhandler)");
  } else if (!examination.needs.Uring().empty()) {
    examination.Warn(
        "busy polling",
        absl::StrCat("receiver.busy_poll_us is asked for with ", examination.needs.Uring()),
        "its idle poll makes no system call, in which the driver could be looked at",
        "set receiver.backend to \"recvmmsg\" or \"af_xdp\"");
  } else {
    examination.Ok("busy polling", absl::StrCat("each idle poll looks into the driver for up to ",
                                                examination.needs.busy_poll_us, " us"));
  }
}

}  // namespace

bool HasCapability(const rio::HostFiles& files, int capability) {
  const std::optional<std::string> status = files.Read("/proc/self/status");
  if (!status.has_value()) return false;
  for (const absl::string_view line : absl::StrSplit(*status, '\n')) {
    if (!absl::StartsWith(line, "CapEff:")) continue;
    uint64_t bits = 0;
    const absl::string_view text = line.substr(7);
    const size_t start = text.find_first_not_of(" \t");
    return start != absl::string_view::npos && absl::SimpleHexAtoi(text.substr(start), &bits) &&
           (bits >> capability & 1) != 0;
  }
  return false;
}

// "Max open files            1024                 524288               files     "
std::optional<uint64_t> ProcessLimit(const rio::HostFiles& files, const std::string& name,
                                     bool hard) {
  const std::optional<std::string> limits = files.Read("/proc/self/limits");
  if (!limits.has_value()) return std::nullopt;
  for (const absl::string_view line : absl::StrSplit(*limits, '\n')) {
    if (!absl::StartsWith(line, name)) continue;
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line.substr(name.size()), ' ', absl::SkipEmpty());
    const size_t index = hard ? 1 : 0;
    uint64_t value = 0;
    if (fields.size() <= index) return std::nullopt;
    if (fields[index] == "unlimited") return UINT64_MAX;
    if (absl::SimpleAtoi(fields[index], &value)) return value;
  }
  return std::nullopt;
}

void CheckSockets(Examination& examination) {
  CheckBuffers(examination);
  CheckBacklog(examination);
  CheckMemberships(examination);
  CheckUring(examination);
  CheckXdp(examination);
  CheckBusyPolling(examination);
}

}  // namespace fh::doctor_internal
