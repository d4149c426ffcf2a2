// A network namespace with nothing but loopback, on which IPv6 multicast works: the host's own
// loopback has no IPv6 multicast route, and a test has no business adding one.
//
//   std::thread([] { if (auto why = EnterLoopbackNamespace()) {...} }).join();
//
// The calling thread enters it and stays; other threads do not notice. Needs CAP_SYS_ADMIN. Windows
// has no namespaces, and its loopback takes IPv6 multicast as it is (Wine's does not).
#ifndef FEEDHANDLER_TESTS_CONFORMANCE_LOOPBACK_NAMESPACE_H_
#define FEEDHANDLER_TESTS_CONFORMANCE_LOOPBACK_NAMESPACE_H_

#ifdef _WIN32

#include <windows.h>
// After windows.h.
#include <optional>
#include <string>

#include "rio/socket/sender.h"

namespace fh::test {

// Wine has this function beside those of Windows, for programs that must know.
inline bool RunsUnderWine() {
  return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr;
}

// Why 127.0.0.2 and its kin cannot send here; nothing when they can.
inline std::optional<std::string> NoOtherLoopbackSources() {
  if (!RunsUnderWine()) return std::nullopt;
  return "skipped: Wine binds every loopback address as 127.0.0.1";
}

// Why a socket may be bound to an address that this host does not have; nothing when it may not.
inline std::optional<std::string> AnyAddressCanBeBound() {
  if (!RunsUnderWine()) return std::nullopt;
  return "skipped: Wine binds to every address, this host's or not";
}

inline std::optional<std::string> EnterLoopbackNamespace() {
  const auto sender = rio::Sender::Open(
      {.destinations = {*rio::ParseEndpoint("[ff15::1:2]:26400")}, .interface = "lo"});
  const uint8_t byte = 0;
  if (sender.ok() && (*sender)->Send({{{.data = &byte, .length = 1}}}) == 1) return std::nullopt;
  return "skipped: no IPv6 multicast on loopback here";
}

}  // namespace fh::test

#else

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "rio/socket/socket_posix.h"

namespace fh::test {

// Why 127.0.0.2 and its kin cannot send here; nothing when they can.
inline std::optional<std::string> NoOtherLoopbackSources() { return std::nullopt; }

// Why a socket may be bound to an address that this host does not have; nothing when it may not.
inline std::optional<std::string> AnyAddressCanBeBound() { return std::nullopt; }

// A request of rtnetlink(7): deliver ff00::/8 locally, through interface `index`.
struct LocalMulticastRoute {
  nlmsghdr header{};
  rtmsg route{};
  rtattr destination_header{};
  uint8_t destination[16] = {0xff};
  rtattr interface_header{};
  uint32_t interface_index = 0;
};
static_assert(sizeof(LocalMulticastRoute) == 16 + 12 + 4 + 16 + 4 + 4);

inline std::string Failure(const char* what) {
  return std::string("skipped: ") + what + ": " + std::strerror(errno);
}

inline bool AddLocalMulticastRoute(uint32_t interface_index) {
  rio::UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  LocalMulticastRoute request;
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_NEWROUTE;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK;
  request.route.rtm_family = AF_INET6;
  request.route.rtm_dst_len = 8;
  request.route.rtm_table = RT_TABLE_LOCAL;
  request.route.rtm_protocol = RTPROT_STATIC;
  request.route.rtm_type = RTN_LOCAL;
  request.destination_header = {.rta_len = 4 + 16, .rta_type = RTA_DST};
  request.interface_header = {.rta_len = 4 + 4, .rta_type = RTA_OIF};
  request.interface_index = interface_index;
  if (send(fd.get(), &request, sizeof request, 0) != sizeof request) return false;
  struct {
    nlmsghdr header;
    nlmsgerr error;
    uint8_t rest[256];
  } answer{};
  if (recv(fd.get(), &answer, sizeof answer, 0) < 0) return false;
  errno = -answer.error.error;
  return answer.header.nlmsg_type == NLMSG_ERROR && answer.error.error == 0;
}

// Nothing when the thread is in the namespace; otherwise why it is not.
inline std::optional<std::string> EnterLoopbackNamespace() {
  if (unshare(CLONE_NEWNET) != 0) return Failure("no network namespace for IPv6 multicast");
  rio::UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  if (ioctl(fd.get(), SIOCSIFFLAGS, &request) != 0) return Failure("cannot set lo up");
  if (!AddLocalMulticastRoute(if_nametoindex("lo"))) return Failure("no IPv6 route for multicast");
  return std::nullopt;
}

}  // namespace fh::test

#endif

#endif  // FEEDHANDLER_TESTS_CONFORMANCE_LOOPBACK_NAMESPACE_H_
