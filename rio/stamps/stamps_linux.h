// How Linux is asked for receive stamps, and how they are read (SO_TIMESTAMPING; the kernel's
// Documentation/networking/timestamping.rst). Internal to the backends over sockets.
//
//   std::unique_ptr<StampDevice> device = HostStampDevice();
//   const StampGrant grant = GrantStamps(*device, "eth1", ReceiveStamps::kHardware);
//   if (!grant.note.empty()) notes.push_back(grant.note);
//   EnableStamps(fd, grant.granted);                      // Then in each datagram's control data:
//   const ControlFacts facts = ReadControlFacts(control, bytes);   // rio/socket/control_posix.h
//
// Start-up only, but for BestStamp, which is inline and for the hot path.
#ifndef FEEDHANDLER_RIO_STAMPS_STAMPS_LINUX_H_
#define FEEDHANDLER_RIO_STAMPS_STAMPS_LINUX_H_

#include <sys/socket.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>

#include "rio/packet.h"
#include "rio/stamps/stamps.h"

namespace fh::rio {

// What a network adapter can be asked about its stamps. An interface, so that tests can play the
// adapters that no test machine has.
class StampDevice {
 public:
  struct Abilities {
    uint32_t flags = 0;       // SOF_TIMESTAMPING_*.
    uint32_t rx_filters = 0;  // A bit for each HWTSTAMP_FILTER_*.
    int clock = -1;           // /dev/ptp<clock>; -1 = none.
  };
  struct Setting {
    int tx_type = 0;
    int rx_filter = 0;
  };

  virtual ~StampDevice() = default;

  // Each returns 0 or the errno.
  virtual int GetAbilities(const std::string& interface, Abilities& abilities) = 0;
  virtual int GetSetting(const std::string& interface, Setting& setting) = 0;
  // `setting` becomes what the driver made of it.
  virtual int Set(const std::string& interface, Setting& setting) = 0;
  // How far the adapter's clock is ahead of the system's, to a few microseconds.
  virtual std::optional<int64_t> ClockAheadNs(int clock) = 0;
};

// The adapters of this host: ETHTOOL_GET_TS_INFO, SIOCGHWTSTAMP and SIOCSHWTSTAMP.
std::unique_ptr<StampDevice> HostStampDevice();

struct StampGrant {
  ReceiveStamps granted = ReceiveStamps::kNone;
  std::string note;  // What to know about it, with the fix; may be empty.
};

// What packets of `interface` will carry when `wanted` is asked for. For hardware stamps the
// adapter is switched on (and stays on, as with hwstamp_ctl(8)) unless it is already, and is read
// back; where it cannot, software is granted and the note says why.
StampGrant GrantStamps(StampDevice& device, const std::string& interface, ReceiveStamps wanted);

// Asks the socket for stamps. 0, or the errno.
int EnableStamps(int fd, ReceiveStamps stamps);

// The kernel begins to stamp some time after the first socket has asked for it. Waits until it does
// (well below a millisecond, at most 50 ms), with datagrams to itself on loopback. After
// EnableStamps on any socket, which stays open.
void AwaitSoftwareStamps();

// Room that the control message of a stamp takes: three timespecs with their header.
inline constexpr size_t kStampControlBytes = CMSG_SPACE(3 * 2 * sizeof(int64_t));

struct KernelStamp {
  int64_t ns = 0;
  StampSource source = StampSource::kNone;
  int32_t kernel_after_ns = 0;  // As Packet::kernel_after_ns.
};

// What a control message of SO_TIMESTAMPING holds.
struct KernelStamps {
  timespec software;
  timespec obsolete;
  timespec hardware;
};

// The best of them: the adapter's, else the kernel's, else none. A zero in either is "none".
inline KernelStamp BestStamp(const KernelStamps& stamps) {
  const auto ns = [](const timespec& stamp) {
    return static_cast<int64_t>(stamp.tv_sec) * 1'000'000'000 + stamp.tv_nsec;
  };
  const int64_t software = ns(stamps.software);
  if (const int64_t hardware = ns(stamps.hardware); hardware != 0) {
    return {hardware, StampSource::kHardware,
            software == 0 ? 0 : KernelAfterNs(hardware, software)};
  }
  return {software, software == 0 ? StampSource::kNone : StampSource::kSoftware};
}

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_STAMPS_STAMPS_LINUX_H_
