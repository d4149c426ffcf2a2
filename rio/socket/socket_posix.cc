#include "rio/socket/socket_posix.h"

#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

std::string ExistingInterfaces() {
  std::string names;
  struct if_nameindex* interfaces = if_nameindex();
  if (interfaces == nullptr) return "(none)";
  for (struct if_nameindex* i = interfaces; i->if_name != nullptr; ++i) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", i->if_name);
  }
  if_freenameindex(interfaces);
  return names.empty() ? "(none)" : names;
}

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return absl::StatusCode::kPermissionDenied;
    case EADDRINUSE:
      return absl::StatusCode::kAlreadyExists;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    case EADDRNOTAVAIL:
    case ENODEV:
      return absl::StatusCode::kNotFound;
    case ECONNREFUSED:
    case ECONNRESET:
      return absl::StatusCode::kUnavailable;
    case ETIMEDOUT:
      return absl::StatusCode::kDeadlineExceeded;
    case EAFNOSUPPORT:
    case ENOSYS:
    case EOPNOTSUPP:
    case ENOPROTOOPT:
      return absl::StatusCode::kUnimplemented;
    default:
      return absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

bool RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return false;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

void UniqueFd::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

bool AskInterface(int fd, const std::string& name, unsigned long question, ifreq& request) {
  if (name.size() >= IFNAMSIZ) {
    errno = ENODEV;
    return false;
  }
  std::memcpy(request.ifr_name, name.c_str(), name.size() + 1);
  return ioctl(fd, question, &request) == 0;
}

bool AskDriver(int fd, const std::string& name, unsigned long question, void* data) {
  ifreq request{};
  request.ifr_data = static_cast<char*>(data);
  return AskInterface(fd, name, question, request);
}

std::optional<uint32_t> ReadSocketDrops(int fd) {
  uint32_t values[SK_MEMINFO_VARS] = {};
  socklen_t length = sizeof values;
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values, &length) != 0 ||
      length <= SK_MEMINFO_DROPS * sizeof(uint32_t)) {
    return std::nullopt;
  }
  return values[SK_MEMINFO_DROPS];
}

absl::StatusOr<uint32_t> InterfaceIndex(int fd, const std::string& name) {
  if (name.empty()) return 0u;
  ifreq request{};
  if (AskInterface(fd, name, SIOCGIFINDEX, request)) {
    return static_cast<uint32_t>(request.ifr_ifindex);
  }
  return absl::NotFoundError(absl::StrCat("there is no network interface '", name,
                                          "'; this host has: ", ExistingInterfaces()));
}

bool InterfaceIsUp(int fd, const std::string& name) {
  ifreq request{};
  if (name.empty()) return true;
  return AskInterface(fd, name, SIOCGIFFLAGS, request) && (request.ifr_flags & IFF_UP) != 0;
}

absl::StatusOr<UniqueFd> OpenUdpSocket(const IpAddress& address) {
  if (address.is_none()) return absl::InvalidArgumentError("the address of a line is missing");
  const int family = address.is_v4() ? AF_INET : AF_INET6;
  constexpr int kType = SOCK_DGRAM | SOCK_CLOEXEC;
  UniqueFd fd = OpenDescriptor([family] { return socket(family, kType, IPPROTO_UDP); });
  if (fd.get() >= 0) return fd;
  const int error = errno;
  std::string fix = "see socket(2)";
  if (error == EMFILE) {
    fix = kDescriptorFix;
  } else if (error == ENFILE) {
    fix = "the host has no descriptors left: sysctl fs.file-max";
  } else if (error == EAFNOSUPPORT) {
    fix = address.is_v6() ? "this host runs without IPv6 (ipv6.disable=1?); use IPv4 groups or "
                            "enable it"
                          : "this host runs without IPv4";
  } else if (error == EACCES || error == EPERM) {
    fix =
        "the sandbox forbids sockets: allow AF_INET and AF_INET6 (RestrictAddressFamilies= in a "
        "systemd unit)";
  }
  return SocketError(error, absl::StrCat("no UDP socket for ", address.ToString()), fix);
}

bool SetIntOption(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

std::string EnableBusyPoll(int fd, uint32_t us, uint32_t budget) {
  // glibc's headers of some systems lack them (asm-generic/socket.h).
  constexpr int kPreferBusyPoll = 69;
  constexpr int kBusyPollBudget = 70;
  if (SetIntOption(fd, SOL_SOCKET, kPreferBusyPoll, 1) &&
      SetIntOption(fd, SOL_SOCKET, SO_BUSY_POLL, static_cast<int>(us)) &&
      SetIntOption(fd, SOL_SOCKET, kBusyPollBudget, static_cast<int>(budget))) {
    return "";
  }
  const int error = errno;
  return absl::StrCat(
      "busy polling is not available (", std::strerror(error), "): ",
      error == EPERM ? "grant CAP_NET_ADMIN" : "it takes Linux 5.11 with CONFIG_NET_RX_BUSY_POLL");
}

absl::Status SocketError(int error, const std::string& what, const std::string& fix) {
  return absl::Status(CodeOf(error),
                      absl::StrCat(what, ": ", std::strerror(error), fix.empty() ? "" : "; ", fix));
}

bool SetMulticastInterfaceIndex(int fd, bool v4, uint32_t interface_index) {
  if (!v4) {
    return SetIntOption(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(interface_index));
  }
  ip_mreqn request{};
  request.imr_ifindex = static_cast<int>(interface_index);
  return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request) == 0;
}

int ChangeMembership(int fd, const IpAddress& group, const IpAddress& source,
                     uint32_t interface_index, bool join) {
  const int level = group.is_v4() ? IPPROTO_IP : IPPROTO_IPV6;
  const SocketAddress group_address = ToSocketAddress({group, 0}, interface_index);
  int result = 0;
  if (source.is_none()) {
    group_req request{};
    request.gr_interface = interface_index;
    request.gr_group = group_address.storage;
    result = setsockopt(fd, level, join ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP, &request,
                        sizeof request);
  } else {
    group_source_req request{};
    request.gsr_interface = interface_index;
    request.gsr_group = group_address.storage;
    request.gsr_source = ToSocketAddress({source, 0}, 0).storage;
    result = setsockopt(fd, level, join ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP,
                        &request, sizeof request);
  }
  return result == 0 ? 0 : errno;
}

std::string JoinFix(int error, bool v4, const std::string& interface) {
  switch (error) {
    case ENODEV:
    case ENETUNREACH:
    case EADDRNOTAVAIL:
      if (interface.empty()) {
        return "no route leads to the group: name the line's interface, or add a route";
      }
      return v4 ? "the interface takes no multicast (is it up?)"
                : "the interface takes no IPv6 multicast: is it up, and is "
                  "net.ipv6.conf.<interface>.disable_ipv6 = 0?";
    case ENOBUFS:
    case ENOMEM:
      return v4 ? "net.ipv4.igmp_max_memberships and net.ipv4.igmp_max_msf must be at least 1"
                : "net.core.optmem_max and net.ipv6.mld_max_msf must leave room for a membership";
    case EINVAL:
      return "the address is not a multicast group that can be joined";
    default:
      return v4 ? "see ip(7)" : "see ipv6(7)";
  }
}

std::string BindFix(int error, const Endpoint& endpoint) {
  switch (error) {
    case EADDRINUSE:
      return absl::StrCat("another program holds the port alone: find it with ss -ulpn 'sport = :",
                          endpoint.port, "'");
    case EADDRNOTAVAIL:
      return absl::StrCat(endpoint.address.ToString(),
                          " is neither a multicast group (224.0.0.0/4, ff00::/8) nor an address of "
                          "this host (ip address)");
    case EACCES:
    case EPERM:
      return "ports below net.ipv4.ip_unprivileged_port_start need CAP_NET_BIND_SERVICE";
    case EINVAL:
      return "a link-local IPv6 address needs the interface's name";
    default:
      return "see bind(2)";
  }
}

}  // namespace fh::rio
