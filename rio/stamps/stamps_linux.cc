#include "rio/stamps/stamps_linux.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "rio/socket/control_posix.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

constexpr uint32_t kSoftwareFlags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
constexpr uint32_t kHardwareFlags = SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
// Disciplined clocks of one host agree to microseconds; TAI is 37 seconds off.
constexpr int64_t kClocksAgreeNs = 1'000'000;

int64_t ToNs(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

class KernelStampDevice final : public StampDevice {
 public:
  KernelStampDevice() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

  int GetAbilities(const std::string& interface, Abilities& abilities) override {
    ethtool_ts_info info{};
    info.cmd = ETHTOOL_GET_TS_INFO;
    const int error = Ask(interface, SIOCETHTOOL, &info);
    abilities = {info.so_timestamping, info.rx_filters, info.phc_index};
    return error;
  }

  int GetSetting(const std::string& interface, Setting& setting) override {
    return Exchange(interface, SIOCGHWTSTAMP, setting);
  }

  int Set(const std::string& interface, Setting& setting) override {
    return Exchange(interface, SIOCSHWTSTAMP, setting);
  }

  std::optional<int64_t> ClockAheadNs(int clock) override {
    const UniqueFd device(open(absl::StrCat("/dev/ptp", clock).c_str(), O_RDONLY | O_CLOEXEC));
    if (device.get() < 0) return std::nullopt;
    // A descriptor as a clock, as clock_gettime(2) documents under "Dynamic clocks".
    const auto id = static_cast<clockid_t>(~static_cast<unsigned>(device.get()) << 3 | 3);
    timespec before{}, adapter{}, after{};
    clock_gettime(CLOCK_REALTIME, &before);
    if (clock_gettime(id, &adapter) != 0) return std::nullopt;
    clock_gettime(CLOCK_REALTIME, &after);
    return ToNs(adapter) - (ToNs(before) + ToNs(after)) / 2;
  }

 private:
  int Exchange(const std::string& interface, unsigned long question, Setting& setting) {
    hwtstamp_config config{};
    config.tx_type = setting.tx_type;
    config.rx_filter = setting.rx_filter;
    const int error = Ask(interface, question, &config);
    if (error == 0) setting = {config.tx_type, config.rx_filter};
    return error;
  }

  int Ask(const std::string& interface, unsigned long question, void* data) {
    return AskDriver(fd_.get(), interface, question, data) ? 0 : errno;
  }

  const UniqueFd fd_;
};

StampGrant Fallback(const std::string& interface, absl::string_view why) {
  return {ReceiveStamps::kSoftware,
          absl::StrCat("no hardware stamps on ", interface.empty() ? "this line" : interface, ": ",
                       why, "; packets carry the kernel's software stamps instead")};
}

// The adapter stamps everything; is its clock of any use?
StampGrant Granted(StampDevice& device, const std::string& interface, int clock) {
  StampGrant grant{ReceiveStamps::kHardware, ""};
  if (clock < 0) return grant;
  const std::optional<int64_t> ahead_ns = device.ClockAheadNs(clock);
  if (!ahead_ns.has_value() || std::abs(*ahead_ns) <= kClocksAgreeNs) return grant;
  grant.note = absl::StrCat(
      "the clock of ", interface, " is ", absl::StrFormat("%.6f", std::abs(*ahead_ns) * 1e-9),
      " seconds ", *ahead_ns > 0 ? "ahead of" : "behind",
      " the system's, and so are its hardware stamps; keep them together with phc2sys (-w, or -O 0 "
      "when it shows TAI)");
  return grant;
}

}  // namespace

std::unique_ptr<StampDevice> HostStampDevice() { return std::make_unique<KernelStampDevice>(); }

StampGrant GrantStamps(StampDevice& device, const std::string& interface, ReceiveStamps wanted) {
  if (wanted != ReceiveStamps::kHardware) return {wanted, ""};
  if (interface.empty()) {
    return Fallback(interface, "its interface is not named; name it, so that it can be asked");
  }
  StampDevice::Abilities abilities;
  if (const int error = device.GetAbilities(interface, abilities); error != 0) {
    return Fallback(interface, absl::StrCat("its driver does not say what it can do (",
                                            std::strerror(error), ")"));
  }
  if ((abilities.flags & kHardwareFlags) != kHardwareFlags) {
    return Fallback(interface, absl::StrCat("its adapter has none (see ethtool -T ", interface,
                                            "); use one that has"));
  }
  StampDevice::Setting setting;
  const bool asked = device.GetSetting(interface, setting) == 0;
  if (asked && setting.rx_filter == HWTSTAMP_FILTER_ALL) {
    return Granted(device, interface, abilities.clock);
  }
  if ((abilities.rx_filters & (1u << HWTSTAMP_FILTER_ALL)) == 0) {
    return Fallback(interface, "its adapter stamps PTP packets only");
  }
  setting.rx_filter = HWTSTAMP_FILTER_ALL;
  if (const int error = device.Set(interface, setting); error != 0) {
    return Fallback(interface,
                    absl::StrCat("they are off and could not be turned on (", std::strerror(error),
                                 "); grant CAP_NET_ADMIN, or turn them on with hwstamp_ctl -i ",
                                 interface, " -r 1"));
  }
  // A driver may grant less than it was asked for, and says so in what it gives back.
  if (setting.rx_filter != HWTSTAMP_FILTER_ALL) {
    return Fallback(interface, absl::StrCat("its driver answered filter ", setting.rx_filter,
                                            " when asked to stamp all packets"));
  }
  return Granted(device, interface, abilities.clock);
}

int EnableStamps(int fd, ReceiveStamps stamps) {
  if (stamps == ReceiveStamps::kNone) return 0;
  // Hardware includes software, for the packets that the adapter did not stamp.
  const uint32_t flags = kSoftwareFlags | (stamps == ReceiveStamps::kHardware ? kHardwareFlags : 0);
  return SetIntOption(fd, SOL_SOCKET, SO_TIMESTAMPING, static_cast<int>(flags)) ? 0 : errno;
}

void AwaitSoftwareStamps() {
  constexpr int kRounds = 50;
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in self{};
  self.sin_family = AF_INET;
  self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof self;
  auto* const address = reinterpret_cast<sockaddr*>(&self);
  if (fd.get() < 0 || bind(fd.get(), address, length) != 0 ||
      getsockname(fd.get(), address, &length) != 0 ||
      EnableStamps(fd.get(), ReceiveStamps::kSoftware) != 0) {
    return;
  }
  for (int round = 0; round < kRounds; ++round) {
    char byte = 0;
    if (sendto(fd.get(), &byte, 1, MSG_DONTWAIT, address, length) != 1) return;
    pollfd ready{.fd = fd.get(), .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, 10) != 1) return;
    alignas(cmsghdr) std::array<uint8_t, kStampControlBytes> control{};
    iovec vector{.iov_base = &byte, .iov_len = 1};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    if (recvmsg(fd.get(), &header, MSG_DONTWAIT) < 0) return;
    if (ReadControlFacts(header.msg_control, header.msg_controllen).stamp_ns != 0) return;
    poll(nullptr, 0, 1);
  }
}

}  // namespace fh::rio
