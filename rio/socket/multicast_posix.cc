#include <net/if.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "rio/socket/line_options.h"
#include "rio/socket/multicast.h"
#include "rio/stamps/stamps_linux.h"

namespace fh::rio {
namespace {

// The kernel's UAPI value; glibc's headers lack it.
constexpr int kSoBindToIfIndex = 62;

absl::Status Join(int fd, const Subscription& line, uint32_t interface_index) {
  const int error =
      ChangeMembership(fd, line.group.address, line.source, interface_index, /*join=*/true);
  if (error == 0) return absl::OkStatus();
  return SocketError(error, absl::StrCat("cannot join ", LineName(line)),
                     JoinFix(error, line.group.address.is_v4(), line.interface));
}

// Only what the line joined itself, and only from its interface.
absl::Status IsolateGroup(int fd, const Subscription& line, uint32_t interface_index,
                          std::vector<std::string>& notes) {
  const bool v4 = line.group.address.is_v4();
  // Several programs may listen to one group; each gets a copy.
  SetIntOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (!SetIntOption(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL,
                    0)) {
    if (v4) {
      return SocketError(errno, "cannot set IP_MULTICAST_ALL", "Linux 2.6.31 or later has it");
    }
    notes.push_back(
        "IPV6_MULTICAST_ALL is not available (Linux before 4.20): a line may see what other "
        "programs joined on the same group through other interfaces or sources");
  }
  // The IPv4 membership check looks at the interface, the IPv6 one does not.
  if (!v4 && interface_index != 0 &&
      !SetIntOption(fd, SOL_SOCKET, kSoBindToIfIndex, static_cast<int>(interface_index))) {
    notes.push_back(absl::StrCat("IPv6 lines are not bound to their interface (",
                                 std::strerror(errno),
                                 "): the same group on two interfaces would mix. Linux 5.7 or "
                                 "later allows it, earlier ones need CAP_NET_RAW"));
  }
  return absl::OkStatus();
}

std::string ReadFirstLine(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line.empty() ? "unknown" : line;
}

void SizeBuffer(int fd, uint32_t wanted_bytes, std::vector<std::string>& notes) {
  if (wanted_bytes == 0) return;
  const int wanted = static_cast<int>(wanted_bytes > INT32_MAX / 2 ? INT32_MAX / 2 : wanted_bytes);
  if (!SetIntOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, wanted)) {
    SetIntOption(fd, SOL_SOCKET, SO_RCVBUF, wanted);
  }
  int doubled = 0;
  socklen_t length = sizeof doubled;
  if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &doubled, &length) != 0) return;
  // The kernel doubles what it is asked for, to make room for its own bookkeeping (socket(7)).
  if (doubled / 2 >= wanted) return;
  notes.push_back(absl::StrCat("socket receive buffers are ", doubled / 2, " bytes instead of ",
                               wanted, ": raise net.core.rmem_max (now ",
                               ReadFirstLine("/proc/sys/net/core/rmem_max"),
                               ") or grant CAP_NET_ADMIN"));
}

absl::Status EnableControl(const ReceiverOptions& options, const std::string& interface,
                           LineSocket& line) {
  const int fd = line.fd.get();
  StampGrant grant = GrantStamps(*HostStampDevice(), interface, options.stamps);
  line.stamps = grant.granted;
  if (!grant.note.empty()) line.notes.push_back(std::move(grant.note));
  if (const int error = EnableStamps(fd, line.stamps); error != 0) {
    return SocketError(error, "no receive stamps", "ask for none (stamps: NONE)");
  }
  if (options.drops_in_stream && !SetIntOption(fd, SOL_SOCKET, SO_RXQ_OVFL, 1)) {
    return SocketError(errno, "no drop counts in the stream", "leave drops_in_stream out");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LineSocket> OpenLineSocket(const Subscription& subscription,
                                          const ReceiverOptions& options, bool join) {
  if (absl::Status status = CheckSubscription(subscription); !status.ok()) return status;
  absl::StatusOr<UniqueFd> fd = OpenUdpSocket(subscription.group.address);
  if (!fd.ok()) return fd.status();
  const absl::StatusOr<uint32_t> interface_index =
      InterfaceIndex(fd->get(), subscription.interface);
  if (!interface_index.ok()) return interface_index.status();

  LineSocket line;
  line.fd = *std::move(fd);
  line.interface_index = *interface_index;
  const int descriptor = line.fd.get();
  const bool multicast = subscription.group.address.IsMulticast();
  if (!InterfaceIsUp(descriptor, subscription.interface)) {
    line.notes.push_back(absl::StrCat("interface ", subscription.interface,
                                      " is down: nothing will arrive before it is up (ip link set ",
                                      subscription.interface, " up)"));
  }
  if (subscription.group.address.is_v6()) {
    SetIntOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  }
  if (multicast) {
    absl::Status status = IsolateGroup(descriptor, subscription, *interface_index, line.notes);
    if (!status.ok()) return status;
  }
  SizeBuffer(descriptor, options.socket_buffer_bytes, line.notes);
  if (options.busy_poll_us > 0) {
    std::string note = EnableBusyPoll(descriptor, options.busy_poll_us, options.burst);
    if (!note.empty()) line.notes.push_back(std::move(note));
  }
  if (absl::Status status = EnableControl(options, subscription.interface, line); !status.ok()) {
    return status;
  }
  const SocketAddress address = ToSocketAddress(subscription.group, *interface_index);
  if (bind(descriptor, address.get(), address.length) != 0) {
    const int error = errno;
    return SocketError(error, absl::StrCat("cannot listen to ", LineName(subscription)),
                       BindFix(error, subscription.group));
  }
  if (multicast && join) {
    absl::Status status = Join(descriptor, subscription, *interface_index);
    if (!status.ok()) return status;
  }
  return line;
}

}  // namespace fh::rio
