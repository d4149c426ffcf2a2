// A machine of a test's making: files as under /proc and /sys, and drivers that say what they are
// told to say. Healthy until a test makes it ill.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_DOCTOR_FAKE_MACHINE_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_DOCTOR_FAKE_MACHINE_H_

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "feedhandler/doctor/doctor.h"

namespace fh::test {

class FakeEthtool : public rio::Ethtool {
 public:
  std::vector<std::pair<std::string, uint64_t>> Counters(const std::string&) override {
    return counters;
  }
  std::optional<RingSizes> Rings(const std::string&) override { return rings; }
  std::optional<Coalescing> GetCoalescing(const std::string&) override { return coalescing; }
  std::optional<Offloads> GetOffloads(const std::string&) override { return offloads; }
  std::optional<std::string> Driver(const std::string&) override { return "fake"; }
  bool TellsVlanTags(const std::string&) override { return tells_vlan_tags; }

  std::vector<std::pair<std::string, uint64_t>> counters;
  std::optional<RingSizes> rings = RingSizes{.rx = 4096, .rx_most = 4096};
  std::optional<Coalescing> coalescing = Coalescing{.rx_us = 0, .adaptive_rx = false};
  std::optional<Offloads> offloads = Offloads{.gro = true, .lro = false};
  bool tells_vlan_tags = false;
};

class FakeMachine {
 public:
  FakeMachine()
      : root_(std::filesystem::temp_directory_path() /
              absl::StrCat("fh_machine_", getpid(), "_", counter_.fetch_add(1))) {
    WriteKernel();
    WriteInterface("eth1");
    WriteCpus();
  }
  FakeMachine(const FakeMachine&) = delete;
  FakeMachine& operator=(const FakeMachine&) = delete;
  ~FakeMachine() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file(absl::StrCat(root_.string(), path));
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << "\n";
  }
  void Remove(const std::string& path) {
    std::filesystem::remove_all(absl::StrCat(root_.string(), path));
  }

  rio::HostFiles files() const { return rio::HostFiles(root_.string()); }
  FakeEthtool& ethtool() { return *ethtool_; }
  DoctorHost host() const {
    return {.files = files(),
            .ethtool = ethtool_,
            .backends = {{"recvmmsg", ""}, {"af_xdp", backend_refusal}},
            .clock = "TSC at 3 GHz"};
  }

  // Capabilities of the process, in hexadecimal.
  void SetCapabilities(const std::string& bits) {
    Write("/proc/self/status",
          absl::StrCat("Name:\tfeedhandler\nCapEff:\t", bits, "\nThreads:\t1"));
  }
  void SetSoftnet(const std::string& dropped, const std::string& squeezed) {
    Write("/proc/net/softnet_stat", absl::StrCat("000001ff ", dropped, " ", squeezed,
                                                 " 00000000 00000000\n000001ff 00000000 00000000 "
                                                 "00000000 00000000"));
  }
  void SetLimits(const std::string& locked, const std::string& files) {
    Write("/proc/self/limits",
          absl::StrCat("Limit                     Soft Limit           Hard Limit           Units\n"
                       "Max open files            1024                 ",
                       files, "               files\nMax locked memory         ", locked,
                       "              ", locked, "              bytes"));
  }

  std::string backend_refusal;

 private:
  void WriteKernel() {
    Write("/proc/sys/net/core/rmem_max", "16777216");
    Write("/proc/sys/net/core/rmem_default", "212992");
    Write("/proc/sys/net/core/netdev_max_backlog", "30000");
    Write("/proc/sys/net/core/busy_read", "0");
    Write("/proc/sys/net/core/busy_poll", "0");
    Write("/proc/sys/net/ipv4/igmp_max_memberships", "20");
    Write("/proc/sys/net/ipv4/igmp_max_msf", "10");
    Write("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
    Write("/proc/sys/net/ipv4/conf/all/force_igmp_version", "0");
    Write("/proc/sys/kernel/sched_rt_runtime_us", "950000");
    Write("/proc/sys/kernel/io_uring_disabled", "0");
    Write("/proc/net/route", "Iface\tDestination\tGateway\neth0\t00000000\t0101A8C0");
    Write("/proc/net/snmp",
          "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors "
          "IgnoredMulti MemErrors\nUdp: 100 0 0 100 0 0 0 0 0");
    Write("/proc/meminfo", "MemTotal: 16000000 kB\nHugePages_Free: 64\nHugepagesize: 2048 kB");
    SetSoftnet("00000000", "00000000");
    SetCapabilities("0000000000000000");
    SetLimits("67108864", "524288");
  }

  void WriteInterface(const std::string& name) {
    const std::string folder = absl::StrCat("/sys/class/net/", name, "/");
    Write(folder + "flags", "0x1003");  // Up, broadcast, multicast.
    Write(folder + "carrier", "1");
    Write(folder + "mtu", "1500");
    Write(folder + "statistics/rx_packets", "1000000");
    Write(folder + "statistics/rx_missed_errors", "0");
    Write(folder + "statistics/rx_crc_errors", "0");
    Write(folder + "device/numa_node", "0");
    Write(folder + "device/msi_irqs/42", "msix");
    Write("/proc/irq/42/smp_affinity_list", "0-1");
    Write("/proc/irq/42/effective_affinity_list", "0");
    Write(absl::StrCat("/proc/sys/net/ipv4/conf/", name, "/rp_filter"), "0");
  }

  void WriteCpus() {
    Write("/sys/devices/system/cpu/online", "0-7");
    Write("/sys/devices/system/cpu/isolated", "2-5");
    Write("/sys/devices/system/cpu/nohz_full", "2-5");
    Write("/sys/devices/system/node/node0/cpulist", "0-3");
    Write("/sys/devices/system/node/node1/cpulist", "4-7");
    for (int cpu = 0; cpu < 8; ++cpu) {
      const std::string folder = absl::StrCat("/sys/devices/system/cpu/cpu", cpu, "/");
      Write(folder + "cpufreq/scaling_governor", "performance");
      Write(folder + "topology/thread_siblings_list", absl::StrCat(cpu % 4, ",", cpu % 4 + 4));
    }
    Write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc");
    Write("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu tsc constant_tsc nonstop_tsc avx2");
  }

  static inline std::atomic<int> counter_{0};
  const std::filesystem::path root_;
  std::shared_ptr<FakeEthtool> ethtool_ = std::make_shared<FakeEthtool>();
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_DOCTOR_FAKE_MACHINE_H_
