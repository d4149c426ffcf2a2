#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "feedhandler/tune/network.h"
#include "rio/socket/socket_posix.h"

namespace fh::tune {
namespace {

constexpr char kReceiving[] = "tune-rx";
constexpr char kSending[] = "tune-tx";
constexpr char kDeadEnd[] = "tune-end";
constexpr uint32_t kReceivingAddress = 0x0a4d4d02;  // 10.77.77.2
constexpr uint32_t kSendingAddress = 0x0a4d4d01;
constexpr uint32_t kDeadEndAddress = 0x0a4d4e01;

absl::Status Refused(const char* what) {
  return absl::UnavailableError(absl::StrCat("cannot ", what, " (", std::strerror(errno),
                                             "): run it as root, or with CAP_SYS_ADMIN and "
                                             "CAP_NET_ADMIN"));
}

rio::UniqueFd OwnNamespace() {
  return rio::UniqueFd(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

// A request to rtnetlink(7), put together from the front.
class Request {
 public:
  Request(uint16_t type, uint16_t flags) {
    header().nlmsg_type = type;
    header().nlmsg_flags = static_cast<uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK);
    length_ = NLMSG_HDRLEN;
  }

  template <class T>
  void Append(const T& value) {
    std::memcpy(bytes_ + length_, &value, sizeof value);
    length_ += NLMSG_ALIGN(sizeof value);
  }
  void Text(uint16_t type, const char* text) {
    const size_t bytes = std::strlen(text) + 1;
    Append(rtattr{static_cast<uint16_t>(sizeof(rtattr) + bytes), type});
    std::memcpy(bytes_ + length_, text, bytes);
    length_ += NLMSG_ALIGN(bytes);
  }
  void Number(uint16_t type, uint32_t number) {
    Append(rtattr{sizeof(rtattr) + sizeof number, type});
    Append(number);
  }
  // What is added until End(Begin(type)) is inside of it.
  size_t Begin(uint16_t type) {
    const size_t at = length_;
    Append(rtattr{0, type});
    return at;
  }
  void End(size_t at) {
    reinterpret_cast<rtattr*>(bytes_ + at)->rta_len = static_cast<uint16_t>(length_ - at);
  }

  // False with errno.
  bool Do() {
    header().nlmsg_len = static_cast<uint32_t>(length_);
    const rio::UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (send(fd.get(), bytes_, length_, 0) != static_cast<ssize_t>(length_)) return false;
    struct {
      nlmsghdr header;
      nlmsgerr error;
      uint8_t rest[512];
    } answer{};
    if (recv(fd.get(), &answer, sizeof answer, 0) < 0) return false;
    errno = -answer.error.error;
    return answer.header.nlmsg_type == NLMSG_ERROR && errno == 0;
  }

 private:
  nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(bytes_); }

  alignas(nlmsghdr) uint8_t bytes_[512] = {};
  size_t length_;
};

// kReceiving here, and kSending in the namespace of `peer`.
bool AddCable(int peer) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  request.Append(ifinfomsg{});
  request.Text(IFLA_IFNAME, kReceiving);
  const size_t info = request.Begin(IFLA_LINKINFO);
  request.Text(IFLA_INFO_KIND, "veth");
  const size_t data = request.Begin(IFLA_INFO_DATA);
  const size_t other_end = request.Begin(VETH_INFO_PEER);
  request.Append(ifinfomsg{});
  request.Text(IFLA_IFNAME, kSending);
  request.Number(IFLA_NET_NS_FD, static_cast<uint32_t>(peer));
  request.End(other_end);
  request.End(data);
  request.End(info);
  return request.Do();
}

bool SetUp(const char* interface, uint32_t address) {
  const rio::UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  if (address != 0) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(address);
    std::memcpy(&request.ifr_addr, &own, sizeof own);
    if (ioctl(fd.get(), SIOCSIFADDR, &request) != 0) return false;
    own.sin_addr.s_addr = htonl(0xffffff00);
    std::memcpy(&request.ifr_netmask, &own, sizeof own);
    if (ioctl(fd.get(), SIOCSIFNETMASK, &request) != 0) return false;
  }
  if (ioctl(fd.get(), SIOCGIFFLAGS, &request) != 0) return false;
  request.ifr_flags = static_cast<int16_t>(request.ifr_flags | IFF_UP);
  return ioctl(fd.get(), SIOCSIFFLAGS, &request) == 0;
}

// A tunnel in the calling thread's namespace whose other end nobody reads: it holds as much as its
// queue does, and drops the rest when it is sent. Lives as long as the descriptor; -1: none.
rio::UniqueFd MakeDeadEnd() {
  rio::UniqueFd fd(open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  ifreq request{};
  std::strncpy(request.ifr_name, kDeadEnd, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (fd.get() < 0 || ioctl(fd.get(), TUNSETIFF, &request) != 0 ||
      !SetUp(kDeadEnd, kDeadEndAddress)) {
    return rio::UniqueFd();
  }
  return fd;
}

std::string DeadEndName(const rio::UniqueFd& fd) { return fd.get() >= 0 ? kDeadEnd : ""; }

class CableNetwork : public Network {
 public:
  absl::Status Make() {
    if (unshare(CLONE_NEWNET) != 0) return Refused("make a network namespace");
    sending_ = OwnNamespace();
    if (unshare(CLONE_NEWNET) != 0) return Refused("make a network namespace");
    receiving_ = OwnNamespace();
    if (!AddCable(sending_.get())) return Refused("make a pair of virtual interfaces (veth)");
    if (!SetUp(kReceiving, kReceivingAddress)) return Refused("set the virtual interface up");
    if (absl::Status status = EnterSendingEnd(); !status.ok()) return status;
    const bool is_up = SetUp(kSending, kSendingAddress);
    dead_end_ = MakeDeadEnd();
    if (setns(receiving_.get(), CLONE_NEWNET) != 0 || !is_up) {
      return Refused("set the virtual interface up");
    }
    return absl::OkStatus();
  }

  absl::Status EnterSendingEnd() override {
    if (setns(sending_.get(), CLONE_NEWNET) != 0) return Refused("enter a network namespace");
    return absl::OkStatus();
  }
  std::string receive_interface() const override { return kReceiving; }
  std::string send_interface() const override { return kSending; }
  std::string dead_end_interface() const override { return DeadEndName(dead_end_); }
  std::string description() const override {
    return "a virtual cable (veth) between two network namespaces of its own";
  }
  bool is_own() const override { return true; }

 private:
  rio::UniqueFd sending_;
  rio::UniqueFd receiving_;
  rio::UniqueFd dead_end_;
};

class LoopbackNetwork : public Network {
 public:
  LoopbackNetwork(rio::UniqueFd own, rio::UniqueFd dead_end)
      : own_(std::move(own)), dead_end_(std::move(dead_end)) {}

  absl::Status EnterSendingEnd() override {
    if (is_own() && setns(own_.get(), CLONE_NEWNET) != 0) {
      return Refused("enter a network namespace");
    }
    return absl::OkStatus();
  }
  std::string receive_interface() const override { return "lo"; }
  std::string send_interface() const override { return "lo"; }
  std::string dead_end_interface() const override { return DeadEndName(dead_end_); }
  std::string description() const override {
    return is_own() ? "the loopback of a network namespace of its own" : "this host's loopback";
  }
  bool is_own() const override { return own_.get() >= 0; }

 private:
  rio::UniqueFd own_;
  rio::UniqueFd dead_end_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Network>> Network::Cable() {
  auto network = std::make_unique<CableNetwork>();
  if (absl::Status status = network->Make(); !status.ok()) return status;
  return network;
}

absl::StatusOr<std::unique_ptr<Network>> Network::Loopback() {
  if (unshare(CLONE_NEWNET) != 0) return Refused("make a network namespace");
  if (!SetUp("lo", 0)) return Refused("set its loopback up");
  return std::make_unique<LoopbackNetwork>(OwnNamespace(), MakeDeadEnd());
}

std::unique_ptr<Network> Network::HostLoopback() {
  return std::make_unique<LoopbackNetwork>(rio::UniqueFd(), rio::UniqueFd());
}

}  // namespace fh::tune
