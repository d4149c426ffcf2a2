// Networks of a test's own, so that it neither meets other tests nor leaves anything behind: a
// namespace with loopback alone, or two that pairs of virtual Ethernet cables (veth) connect.
//
//   std::string why;
//   auto network = VethNetwork::Create(/*cables=*/2, why);
//   if (network == nullptr) GTEST_SKIP() << why;
//   ... this thread is where rx0 and rx1 are, with 10.77.0.100 and 10.77.1.100 ...
//   network->AtSender([&] { ... and here are tx0 and tx1, 10.77.0.1 to .3 and 10.77.1.1 to .3 ...
//   });
//
// Threads that are started meanwhile, and child processes, are in the namespace of the thread that
// started them. With the object, the thread goes back to where it was, and the kernel removes the
// namespaces with all that is in them. Needs CAP_SYS_ADMIN and the program `ip`.
#ifndef FEEDHANDLER_TESTS_CONFORMANCE_NETWORK_NAMESPACES_H_
#define FEEDHANDLER_TESTS_CONFORMANCE_NETWORK_NAMESPACES_H_

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "rio/socket/socket_posix.h"
#include "tests/conformance/loopback_namespace.h"

namespace fh::test {

inline rio::UniqueFd CurrentNamespace() {
  return rio::UniqueFd(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

inline bool EnterNamespace(const rio::UniqueFd& fd) { return setns(fd.get(), CLONE_NEWNET) == 0; }

// In a new namespace with loopback up, until it goes out of scope. One thread.
class LoopbackNetwork {
 public:
  // Null, with the reason in `why`, when it is not available.
  static std::unique_ptr<LoopbackNetwork> Create(std::string& why) {
    std::unique_ptr<LoopbackNetwork> network(new LoopbackNetwork());
    if (const auto failure = EnterLoopbackNamespace()) {
      why = *failure;
      return nullptr;
    }
    return network;
  }
  ~LoopbackNetwork() { EnterNamespace(home_); }

 private:
  LoopbackNetwork() : home_(CurrentNamespace()) {}

  rio::UniqueFd home_;
};

class VethNetwork {
 public:
  // Null, with the reason in `why`, when it is not available.
  // `queues`: of each end.
  static std::unique_ptr<VethNetwork> Create(int cables, std::string& why, int queues = 1) {
    std::unique_ptr<VethNetwork> network(new VethNetwork());
    if (!network->MakeNamespaces()) {
      why = Failure("no network namespaces");
      return nullptr;
    }
    for (int cable = 0; cable < cables; ++cable) {
      if (network->Connect(std::to_string(cable), queues)) continue;
      why = "skipped: no veth pair (is the program `ip` there, and veth in the kernel?)";
      return nullptr;
    }
    return network;
  }
  VethNetwork(const VethNetwork&) = delete;
  VethNetwork& operator=(const VethNetwork&) = delete;
  ~VethNetwork() { EnterNamespace(home_); }

  template <class F>
  auto AtSender(F&& f) {
    const Visit visit(sender_, receiver_);
    return f();
  }

  // Takes a cable away, and puts it in again: its ends are other interfaces of the same names then.
  static bool Remove(int cable) { return Run("ip link delete rx" + std::to_string(cable)); }
  bool Restore(int cable, int queues = 1) { return Connect(std::to_string(cable), queues); }

  static std::string ReceiverAddress(int cable = 0) {
    return "10.77." + std::to_string(cable) + ".100";
  }

  // Whether what `interface` of this namespace sends has its checksums left to an adapter that is
  // not there, as it is at first; or computed, as it is on a wire.
  static bool SetChecksumOffload(const char* interface, bool on) {
    ethtool_value value{.cmd = ETHTOOL_STXCSUM, .data = on ? 1u : 0u};
    ifreq request{};
    std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&value);
    const rio::UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return ioctl(fd.get(), SIOCETHTOOL, &request) == 0;
  }

  static bool Run(const std::string& command) {
    return std::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0;
  }

 private:
  struct Visit {
    Visit(const rio::UniqueFd& there, const rio::UniqueFd& back) : home(back) {
      EnterNamespace(there);
    }
    ~Visit() { EnterNamespace(home); }
    const rio::UniqueFd& home;
  };

  VethNetwork() : home_(CurrentNamespace()) {}

  bool MakeNamespaces() {
    if (unshare(CLONE_NEWNET) != 0) return false;
    sender_ = CurrentNamespace();
    if (!Run("ip link set lo up") || unshare(CLONE_NEWNET) != 0) return false;
    receiver_ = CurrentNamespace();
    return Run("ip link set lo up") && sender_.get() >= 0 && receiver_.get() >= 0;
  }

  // Addresses are usable at once, without looking for others that have them, and so is the route
  // for IPv6 multicast, which the kernel adds some time after the cable is in. A full slice fits.
  static bool SetUp(const std::string& name, const std::string& addresses) {
    return Run("echo 0 > /proc/sys/net/ipv6/conf/" + name + "/accept_dad") &&
           Run("ip link set " + name + " mtu 2000") && Run(addresses) &&
           Run("ip link set " + name + " up") &&
           Run("ip -6 route append multicast ff00::/8 dev " + name + " table local");
  }

  bool Connect(const std::string& n, int queue_count) {
    const std::string count = std::to_string(queue_count);
    const std::string queues = " numrxqueues " + count + " numtxqueues " + count + " ";
    const std::string there =
        "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(sender_.get());
    const std::string rx = "rx" + n;
    const std::string tx = "tx" + n;
    const auto add = [&n](const std::string& interface, const std::string& host) {
      return "ip address add 10.77." + n + "." + host + "/24 dev " + interface +
             " && ip address add fd77:" + n + "::" + host + "/64 dev " + interface + " nodad";
    };
    return Run("ip link add " + rx + queues + "type veth peer name " + tx + queues + "netns " +
               there) &&
           SetUp(rx, add(rx, "100")) && AtSender([&] {
             return SetUp(tx, add(tx, "1") + " && " + add(tx, "2") + " && " + add(tx, "3"));
           }) &&
           HasLink(rx);
  }

  // The kernel says so some time after both ends are up: a line that is opened before is deaf first.
  static bool HasLink(const std::string& name) {
    return Run("for i in $(seq 500); do ip link show " + name +
               " | grep -q LOWER_UP && exit 0; sleep 0.01; done; exit 1");
  }

  rio::UniqueFd home_;
  rio::UniqueFd sender_;
  rio::UniqueFd receiver_;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CONFORMANCE_NETWORK_NAMESPACES_H_
