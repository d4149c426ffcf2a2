// What the host counts of packets that never reached a socket: by the network adapter, by the
// driver, by the queue in front of the protocols, and by UDP.
//
//   const HostFiles files;
//   const HostCounters before = ReadHostCounters(files, *HostEthtool(), {"eth1"});
//   ...
//   const HostCounters lost = Since(before, ReadHostCounters(files, *ethtool, {"eth1"}));
//
// These counters are the whole machine's (those of UDP, the network namespace's): they say where
// packets go missing, not that they were ours. On a system without them all is zero and `known` is
// false. Sources: the kernel's Documentation/networking/statistics.rst,
// net/core/net-procfs.c (softnet_stat), RFC 4113 (UDP).
//
// Main thread; reads some ten files an interface, and asks its driver.
#ifndef FEEDHANDLER_RIO_HOST_HOST_COUNTERS_H_
#define FEEDHANDLER_RIO_HOST_HOST_COUNTERS_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rio/host/ethtool.h"
#include "rio/host/host_files.h"

namespace fh::rio {

struct InterfaceCounters {
  std::string name;
  bool known = false;
  uint64_t packets = 0;
  // The adapter had frames and the host no room for them: rx_missed_errors, rx_fifo_errors and
  // rx_over_errors.
  uint64_t missed = 0;
  // Damaged on the wire: rx_crc_errors, rx_frame_errors, rx_length_errors.
  uint64_t damaged = 0;
  // rx_dropped: for want of memory, and frames of protocols that nobody wants.
  uint64_t dropped = 0;
  // The driver's own counters of loss, by its own names; they are part of the above.
  std::vector<std::pair<std::string, uint64_t>> details;
};

struct HostCounters {
  std::vector<InterfaceCounters> interfaces;
  bool known = false;                // Of the counters below.
  uint64_t backlog_dropped = 0;      // The queue of a CPU was full (net.core.netdev_max_backlog).
  uint64_t backlog_squeezed = 0;     // The kernel stopped receiving before it was done: no loss.
  uint64_t udp_in_errors = 0;        // Datagrams that no socket could take, whatever the reason,
  uint64_t udp_buffer_errors = 0;    // of which socket buffers that were full,
  uint64_t udp_checksum_errors = 0;  // of which wrong checksums.
  uint64_t udp_memory_errors = 0;    // of which net.ipv4.udp_mem.
};

// `interfaces`: names; those that do not exist are in the result with `known` false.
HostCounters ReadHostCounters(const HostFiles& files, Ethtool& ethtool,
                              std::span<const std::string> interfaces);

// What was added between two readings of the same interfaces.
HostCounters Since(const HostCounters& before, const HostCounters& after);

// Reads now what has been added since it was made.
class HostCounterWatch {
 public:
  HostCounterWatch(std::vector<std::string> interfaces, HostFiles files = HostFiles());
  HostCounters Added() const;

 private:
  std::vector<std::string> interfaces_;
  HostFiles files_;
  std::unique_ptr<Ethtool> ethtool_;
  HostCounters start_;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_HOST_HOST_COUNTERS_H_
