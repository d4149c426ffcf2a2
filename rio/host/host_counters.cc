#include "rio/host/host_counters.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace fh::rio {
namespace {

// Drivers' names for frames that came and found no room; a name of a queue stands before or within.
// ixgbe and i40e, mlx5, sfc, bnxt, virtio_net, veth, ena.
constexpr std::array<absl::string_view, 12> kLossNames = {
    "rx_no_dma_resources", "rx_no_buffer_count", "rx_missed_errors",        "rx_out_of_buffer",
    "rx_discards_phy",     "rx_nodesc_drop_cnt", "rx_nodesc_drops",         "rx_discard_pkts",
    "rx_fifo_errors",      "rx_alloc_failed",    "rx_steer_missed_packets", "rx_dropped"};

bool SaysLoss(absl::string_view name) {
  for (const absl::string_view loss : kLossNames) {
    if (absl::EndsWith(name, loss)) return true;
  }
  // "rx0_drops", "rx_queue_3_drops", "queue_1_rx_overruns".
  return absl::StartsWith(name, "rx") &&
         (absl::EndsWith(name, "_drops") || absl::EndsWith(name, "_overruns"));
}

InterfaceCounters ReadInterface(const HostFiles& files, Ethtool& ethtool, const std::string& name) {
  InterfaceCounters counters;
  counters.name = name;
  const auto read = [&](const char* file) -> uint64_t {
    const auto value =
        files.ReadNumber(absl::StrCat("/sys/class/net/", name, "/statistics/", file));
    counters.known |= value.has_value();
    return value.has_value() ? static_cast<uint64_t>(*value) : 0;
  };
  counters.packets = read("rx_packets");
  counters.missed = read("rx_missed_errors") + read("rx_fifo_errors") + read("rx_over_errors");
  counters.damaged = read("rx_crc_errors") + read("rx_frame_errors") + read("rx_length_errors");
  counters.dropped = read("rx_dropped");
  if (!counters.known) return counters;
  for (auto& [counter, value] : ethtool.Counters(name)) {
    if (SaysLoss(counter)) counters.details.emplace_back(std::move(counter), value);
  }
  return counters;
}

// A line a CPU, in hexadecimal: processed, dropped, time_squeeze, ...
void ReadSoftnet(const HostFiles& files, HostCounters& counters) {
  const std::optional<std::string> text = files.Read("/proc/net/softnet_stat");
  if (!text.has_value()) return;
  counters.known = true;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ', absl::SkipEmpty());
    uint64_t value = 0;
    if (fields.size() < 3) continue;
    if (absl::SimpleHexAtoi(fields[1], &value)) counters.backlog_dropped += value;
    if (absl::SimpleHexAtoi(fields[2], &value)) counters.backlog_squeezed += value;
  }
}

// IPv4: a line of names and a line of numbers, both beginning with "Udp:".
void ReadUdp4(const HostFiles& files, HostCounters& counters) {
  const std::optional<std::string> text = files.Read("/proc/net/snmp");
  if (!text.has_value()) return;
  std::vector<absl::string_view> names;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (!absl::StartsWith(line, "Udp: ")) continue;
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (names.empty()) {
      names = fields;
      continue;
    }
    for (size_t i = 1; i < std::min(names.size(), fields.size()); ++i) {
      uint64_t value = 0;
      if (!absl::SimpleAtoi(fields[i], &value)) continue;
      if (names[i] == "InErrors") counters.udp_in_errors += value;
      if (names[i] == "RcvbufErrors") counters.udp_buffer_errors += value;
      if (names[i] == "InCsumErrors") counters.udp_checksum_errors += value;
      if (names[i] == "MemErrors") counters.udp_memory_errors += value;
    }
    return;
  }
}

// IPv6: a name and a number a line.
void ReadUdp6(const HostFiles& files, HostCounters& counters) {
  const std::optional<std::string> text = files.Read("/proc/net/snmp6");
  if (!text.has_value()) return;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    uint64_t value = 0;
    if (fields.size() < 2 || !absl::SimpleAtoi(fields.back(), &value)) continue;
    if (fields[0] == "Udp6InErrors") counters.udp_in_errors += value;
    if (fields[0] == "Udp6RcvbufErrors") counters.udp_buffer_errors += value;
    if (fields[0] == "Udp6InCsumErrors") counters.udp_checksum_errors += value;
    if (fields[0] == "Udp6MemErrors") counters.udp_memory_errors += value;
  }
}

// A counter that went back was reset (a driver reloaded): what it shows now is what was added.
uint64_t Added(uint64_t before, uint64_t after) { return after >= before ? after - before : after; }

InterfaceCounters Since(const InterfaceCounters& before, const InterfaceCounters& after) {
  InterfaceCounters added = after;
  added.packets = Added(before.packets, after.packets);
  added.missed = Added(before.missed, after.missed);
  added.damaged = Added(before.damaged, after.damaged);
  added.dropped = Added(before.dropped, after.dropped);
  for (auto& [name, value] : added.details) {
    for (const auto& [other, start] : before.details) {
      if (other == name) value = Added(start, value);
    }
  }
  return added;
}

}  // namespace

HostCounters ReadHostCounters(const HostFiles& files, Ethtool& ethtool,
                              std::span<const std::string> interfaces) {
  HostCounters counters;
  for (const std::string& name : interfaces) {
    counters.interfaces.push_back(ReadInterface(files, ethtool, name));
  }
  ReadSoftnet(files, counters);
  ReadUdp4(files, counters);
  ReadUdp6(files, counters);
  return counters;
}

HostCounters Since(const HostCounters& before, const HostCounters& after) {
  HostCounters added = after;
  added.backlog_dropped = Added(before.backlog_dropped, after.backlog_dropped);
  added.backlog_squeezed = Added(before.backlog_squeezed, after.backlog_squeezed);
  added.udp_in_errors = Added(before.udp_in_errors, after.udp_in_errors);
  added.udp_buffer_errors = Added(before.udp_buffer_errors, after.udp_buffer_errors);
  added.udp_checksum_errors = Added(before.udp_checksum_errors, after.udp_checksum_errors);
  added.udp_memory_errors = Added(before.udp_memory_errors, after.udp_memory_errors);
  const size_t count = std::min(before.interfaces.size(), after.interfaces.size());
  for (size_t i = 0; i < count; ++i) {
    added.interfaces[i] = Since(before.interfaces[i], after.interfaces[i]);
  }
  return added;
}

HostCounterWatch::HostCounterWatch(std::vector<std::string> interfaces, HostFiles files)
    : interfaces_(std::move(interfaces)),
      files_(std::move(files)),
      ethtool_(HostEthtool()),
      start_(ReadHostCounters(files_, *ethtool_, interfaces_)) {}

HostCounters HostCounterWatch::Added() const {
  return Since(start_, ReadHostCounters(files_, *ethtool_, interfaces_));
}

}  // namespace fh::rio
