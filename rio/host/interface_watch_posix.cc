#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "rio/host/interface_watch.h"

namespace fh::rio {
namespace {

constexpr size_t kNewsBytes = 32 * 1024;

// The whole of a small file into `text`, which keeps its room.
bool ReadAll(const char* path, std::string& text) {
  const UniqueFd fd(open(path, O_RDONLY | O_CLOEXEC));
  text.clear();
  if (fd.get() < 0) return false;
  std::array<char, 4096> part;
  ssize_t bytes = 0;
  while ((bytes = read(fd.get(), part.data(), part.size())) > 0) {
    text.append(part.data(), static_cast<size_t>(bytes));
  }
  return bytes == 0;
}

// A line an interface that begins with its index, and below it, indented, a line a group: in
// hexadecimal, as the kernel has it in memory.
bool HasV4(absl::string_view text, const IpAddress& group, uint32_t interface_index) {
  uint32_t wanted = 0;
  std::memcpy(&wanted, group.bytes(), sizeof wanted);
  uint32_t index = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.empty()) continue;
    if (line[0] != '\t') {
      if (!absl::SimpleAtoi(line.substr(0, line.find('\t')), &index)) index = 0;  // The heading.
      continue;
    }
    const size_t first = line.find_first_not_of('\t');
    uint32_t found = 0;
    if (first == absl::string_view::npos || line.size() - first < 8 ||
        !absl::SimpleHexAtoi(line.substr(first, 8), &found)) {
      continue;
    }
    if (found == wanted && (interface_index == 0 || index == interface_index)) return true;
  }
  return false;
}

// "7    eth1            ff150000000000000000000000000001     1 00000004 0".
bool HasV6(absl::string_view text, const IpAddress& group, uint32_t interface_index) {
  std::array<char, 33> wanted{};
  for (size_t i = 0; i < 16; ++i) std::snprintf(&wanted[2 * i], 3, "%02x", group.bytes()[i]);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const size_t at = line.find(absl::string_view(wanted.data(), 32));
    uint32_t index = 0;
    if (at == absl::string_view::npos) continue;
    if (interface_index == 0) return true;
    if (absl::SimpleAtoi(line.substr(0, line.find(' ')), &index) && index == interface_index) {
      return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<InterfaceWatch> InterfaceWatch::Open() {
  InterfaceWatch watch;
  watch.news_ = OpenDescriptor(
      [] { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE); });
  watch.wake_ = OpenDescriptor([] { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); });
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (watch.news_.get() < 0 || watch.wake_.get() < 0 ||
      bind(watch.news_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    return SocketError(error, "network interfaces cannot be watched",
                       error == EMFILE ? kDescriptorFix
                                       : "allow AF_NETLINK in the sandbox "
                                         "(RestrictAddressFamilies= in a systemd unit)");
  }
  watch.buffer_.resize(kNewsBytes);
  return watch;
}

void InterfaceWatch::Wait(std::chrono::milliseconds timeout, std::vector<uint32_t>& removed) {
  removed.clear();
  pollfd ready[] = {{.fd = news_.get(), .events = POLLIN, .revents = 0},
                    {.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  const auto wait_ms = std::clamp<int64_t>(timeout.count(), 0, INT32_MAX);
  if (poll(ready, 2, static_cast<int>(wait_ms)) <= 0) return;
  eventfd_t ignored = 0;
  if (ready[1].revents != 0) eventfd_read(wake_.get(), &ignored);
  if (ready[0].revents != 0) ReadNews(removed);
}

// Of what was told only removals are kept. When the kernel had more to tell than it had room for
// (ENOBUFS) the rest is gone, and what is now is looked at all the same.
void InterfaceWatch::ReadNews(std::vector<uint32_t>& removed) {
  for (;;) {
    const ssize_t bytes = recv(news_.get(), buffer_.data(), buffer_.size(), 0);
    if (bytes < 0 && (errno == EINTR || errno == ENOBUFS)) continue;
    if (bytes <= 0) return;
    auto left = static_cast<size_t>(bytes);
    const uint8_t* at = buffer_.data();
    nlmsghdr header;
    while (left >= sizeof header) {
      std::memcpy(&header, at, sizeof header);
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > left) break;
      ifinfomsg interface;
      if (header.nlmsg_type == RTM_DELLINK && header.nlmsg_len >= NLMSG_LENGTH(sizeof interface)) {
        std::memcpy(&interface, at + NLMSG_HDRLEN, sizeof interface);
        // Of another family: it has only left a bridge.
        if (interface.ifi_family == AF_UNSPEC) {
          removed.push_back(static_cast<uint32_t>(interface.ifi_index));
        }
      }
      const size_t step = std::min<size_t>(NLMSG_ALIGN(header.nlmsg_len), left);
      at += step;
      left -= step;
    }
  }
}

void InterfaceWatch::Wake() const { eventfd_write(wake_.get(), 1); }

InterfaceNow LookAtInterface(int fd, const std::string& name) {
  InterfaceNow now;
  ifreq request{};
  if (!AskInterface(fd, name, SIOCGIFINDEX, request)) return now;
  now.index = static_cast<uint32_t>(request.ifr_ifindex);
  if (!AskInterface(fd, name, SIOCGIFFLAGS, request)) return {};
  now.is_up = (request.ifr_flags & IFF_UP) != 0;
  now.has_link = (request.ifr_flags & IFF_RUNNING) != 0;
  return now;
}

void Memberships::Read() {
  // Not /proc/net, which is that of the process's first thread.
  known_v4_ = ReadAll("/proc/thread-self/net/igmp", v4_);
  known_v6_ = ReadAll("/proc/thread-self/net/igmp6", v6_);
}

bool Memberships::Has(const IpAddress& group, uint32_t interface_index) const {
  if (group.is_v4()) return !known_v4_ || HasV4(v4_, group, interface_index);
  return !known_v6_ || HasV6(v6_, group, interface_index);
}

}  // namespace fh::rio
