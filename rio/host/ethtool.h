// What a network driver says of itself through SIOCETHTOOL: its own counters, ring sizes, offloads.
//
//   std::unique_ptr<Ethtool> ethtool = HostEthtool();
//   if (const auto rings = ethtool->Rings("eth1")) Print(rings->rx, rings->rx_most);
//
// An interface, so that tests can play network adapters; where the system has no such thing every
// answer is "not known". Main thread; one or two system calls each.
#ifndef FEEDHANDLER_RIO_HOST_ETHTOOL_H_
#define FEEDHANDLER_RIO_HOST_ETHTOOL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fh::rio {

class Ethtool {
 public:
  struct RingSizes {
    uint32_t rx = 0;
    uint32_t rx_most = 0;
  };
  struct Coalescing {
    uint32_t rx_us = 0;
    bool adaptive_rx = false;
  };
  struct Offloads {
    bool gro = false;
    bool lro = false;
    bool rx_vlan = false;  // Takes VLAN tags off received frames; they then stand beside them.
  };

  virtual ~Ethtool() = default;
  // Names are the driver's own: "rx_out_of_buffer". Empty when it has none.
  virtual std::vector<std::pair<std::string, uint64_t>> Counters(const std::string& interface) = 0;
  virtual std::optional<RingSizes> Rings(const std::string& interface) = 0;
  virtual std::optional<Coalescing> GetCoalescing(const std::string& interface) = 0;
  virtual std::optional<Offloads> GetOffloads(const std::string& interface) = 0;
  virtual std::optional<std::string> Driver(const std::string& interface) = 0;
  // Whether the driver tells XDP programs, in native mode, which VLAN tags it took off frames.
  virtual bool TellsVlanTags(const std::string& interface) = 0;
};

// The drivers of this host.
std::unique_ptr<Ethtool> HostEthtool();

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_HOST_ETHTOOL_H_
