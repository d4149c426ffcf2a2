// What the doctor says of machines: a healthy one, and one for each thing that can be wrong.
#include "feedhandler/doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "feedhandler/doctor/examination.h"
#include "rio/host/host_counters.h"
#include "tests/feedhandler/doctor/fake_machine.h"

namespace fh::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kConfig[] = R"(
  feed { name: "itch" codec: "itch50" channel {
    line { name: "A" group: "239.1.1.1:26400" interface: "eth1" }
  } }
  RECEIVER
  feed_thread { cpu: 2 FEED }
  strategy_thread { thread { cpu: 3 STRATEGY } strategy { name: "count" } }
)";

Config ConfigWith(const std::string& receiver = "", const std::string& feed = "",
                  const std::string& strategy = "") {
  std::string text = kConfig;
  const auto replace = [&text](const std::string& name, const std::string& by) {
    text.replace(text.find(name), name.size(), by);
  };
  replace("RECEIVER", receiver.empty() ? "" : "receiver { " + receiver + " }");
  replace("FEED", feed);
  replace("STRATEGY", strategy);
  absl::StatusOr<Config> config = ParseConfig(text, "test", {});
  EXPECT_TRUE(config.ok()) << config.status();
  return config.ok() ? *std::move(config) : Config{};
}

std::vector<Finding> Graver(const std::vector<Finding>& findings, FindingLevel level) {
  std::vector<Finding> graver;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(graver),
               [level](const Finding& finding) { return finding.level >= level; });
  return graver;
}

std::string Items(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += std::string(FindingLevelName(finding.level)) + " " + finding.item + ": " +
            finding.read + "\n";
  }
  return text;
}

TEST(Doctor, FindsNothingWrongWithAHealthyMachine) {
  const FakeMachine machine;
  const Config config = ConfigWith();
  for (const Config* given : {&config, static_cast<const Config*>(nullptr)}) {
    const std::vector<Finding> findings = Examine(machine.host(), given);
    EXPECT_GT(findings.size(), 15u);
    EXPECT_THAT(Items(Graver(findings, FindingLevel::kWarn)), IsEmpty());
    EXPECT_FALSE(WouldLoseData(findings));
  }
}

// One thing that is wrong: what to do to the machine, and what comes of it.
struct Illness {
  const char* name;
  std::function<void(FakeMachine&)> infect;
  FindingLevel with_config;
  FindingLevel without_config;  // kOk: nobody needs it.
  const char* item;
  const char* command;  // A part of it.
  std::string receiver = "";
  std::string feed = "";
  std::string strategy = "";
};

constexpr FindingLevel kOk = FindingLevel::kOk;
constexpr FindingLevel kWarn = FindingLevel::kWarn;
constexpr FindingLevel kFail = FindingLevel::kFail;

std::vector<Illness> Illnesses() {
  return {
      {"SmallBuffers", [](FakeMachine& m) { m.Write("/proc/sys/net/core/rmem_max", "212992"); },
       kFail, kWarn, "socket buffer", "sysctl -w net.core.rmem_max=8388608"},
      {"DefaultBuffers", [](FakeMachine&) {}, kFail, kOk, "socket buffer",
       "leave receiver.socket_buffer_bytes out", "socket_buffer_bytes: 0"},
      {"ShortBacklog",
       [](FakeMachine& m) { m.Write("/proc/sys/net/core/netdev_max_backlog", "1000"); }, kWarn,
       kWarn, "backlog", "sysctl -w net.core.netdev_max_backlog=30000"},
      {"BacklogLostBefore", [](FakeMachine& m) { m.SetSoftnet("0000000a", "00000001"); }, kWarn,
       kWarn, "backlog so far", "netdev_budget"},
      {"SocketsLostBefore",
       [](FakeMachine& m) {
         m.Write("/proc/net/snmp", "Udp: InDatagrams InErrors RcvbufErrors\nUdp: 1 7 7");
       },
       kWarn, kWarn, "UDP so far", "ss -uamp"},
      {"NoMemberships",
       [](FakeMachine& m) { m.Write("/proc/sys/net/ipv4/igmp_max_memberships", "0"); }, kFail,
       kWarn, "memberships", "igmp_max_memberships=20"},
      {"OldIgmp",
       [](FakeMachine& m) { m.Write("/proc/sys/net/ipv4/conf/all/force_igmp_version", "2"); },
       kWarn, kWarn, "IGMP version", "force_igmp_version=0"},
      {"FewDescriptors", [](FakeMachine& m) { m.SetLimits("67108864", "64"); }, kFail, kOk,
       "descriptors", "ulimit -Hn"},
      {"UringForbidden", [](FakeMachine& m) { m.Write("/proc/sys/kernel/io_uring_disabled", "2"); },
       kFail, kOk, "io_uring", "io_uring_disabled=0", "backend: \"io_uring\""},
      {"XdpWithoutCapabilities", [](FakeMachine& m) { m.SetCapabilities("0000000000001000"); },
       kFail, kOk, "af_xdp", "setcap cap_net_raw", "backend: \"af_xdp\" slices: 8192"},
      {"XdpCannotRun", [](FakeMachine& m) { m.backend_refusal = "no bpf here"; }, kFail, kOk,
       "receive path", "", "backend: \"af_xdp\""},
      {"Missing", [](FakeMachine& m) { m.Remove("/sys/class/net/eth1"); }, kFail, kOk, "interface",
       "ip -brief link"},
      {"Down", [](FakeMachine& m) { m.Write("/sys/class/net/eth1/flags", "0x1002"); }, kFail, kOk,
       "interface", "ip link set eth1 up"},
      {"NoLink", [](FakeMachine& m) { m.Write("/sys/class/net/eth1/carrier", "0"); }, kFail, kWarn,
       "interface", "ethtool eth1"},
      {"NoMulticast", [](FakeMachine& m) { m.Write("/sys/class/net/eth1/flags", "0x3"); }, kFail,
       kWarn, "interface", "multicast on"},
      {"StrictFilter",
       [](FakeMachine& m) { m.Write("/proc/sys/net/ipv4/conf/eth1/rp_filter", "1"); }, kFail, kWarn,
       "source filter", "sysctl -w net.ipv4.conf.eth1.rp_filter=2"},
      {"StrictFilterOnTheWayOut",
       [](FakeMachine& m) {
         m.Write("/proc/sys/net/ipv4/conf/all/rp_filter", "1");
         m.Write("/proc/net/route", "Iface\tDestination\neth1\t00000000");
       },
       kWarn, kWarn, "source filter", "rp_filter=2"},
      {"JumboFrames", [](FakeMachine& m) { m.Write("/sys/class/net/eth1/mtu", "9000"); }, kWarn,
       kWarn, "MTU", "9216"},
      {"SmallRing",
       [](FakeMachine& m) {
         m.ethtool().rings = rio::Ethtool::RingSizes{.rx = 512, .rx_most = 8192};
       },
       kWarn, kWarn, "adapter's ring", "ethtool -G eth1 rx 8192"},
      {"Coalescing",
       [](FakeMachine& m) {
         m.ethtool().coalescing = rio::Ethtool::Coalescing{.rx_us = 50, .adaptive_rx = true};
       },
       kWarn, kWarn, "coalescing", "ethtool -C eth1"},
      {"LargeReceiveOffload",
       [](FakeMachine& m) {
         m.ethtool().offloads = rio::Ethtool::Offloads{.gro = true, .lro = true};
       },
       kWarn, kWarn, "offloads", "ethtool -K eth1 lro off"},
      {"BusyPollingIsNotAllowed", [](FakeMachine&) {}, kWarn, kOk, "busy polling",
       "setcap cap_net_admin", "busy_poll_us: 50"},
      {"InterruptsAreNotPutOff",
       [](FakeMachine& m) {
         m.SetCapabilities("0000000000001000");
         m.Write("/sys/class/net/eth1/napi_defer_hard_irqs", "0");
         m.Write("/sys/class/net/eth1/gro_flush_timeout", "0");
       },
       kWarn, kOk, "busy polling",
       "echo 2 > /sys/class/net/eth1/napi_defer_hard_irqs; echo 200000 > "
       "/sys/class/net/eth1/gro_flush_timeout",
       "busy_poll_us: 50"},
      {"BusyPollingWithoutSystemCalls",
       [](FakeMachine& m) { m.SetCapabilities("0000000000001000"); }, kWarn, kOk, "busy polling",
       "recvmmsg", "backend: \"io_uring\" busy_poll_us: 50"},
      {"VlanTagsTakenOff",
       [](FakeMachine& m) {
         m.SetCapabilities("000001ffffffffff");
         m.ethtool().offloads = rio::Ethtool::Offloads{.rx_vlan = true};
       },
       kWarn, kOk, "VLAN tags", "ethtool -K eth1 rxvlan off", "backend: \"af_xdp\" slices: 8192"},
      {"VlanTagsTakenOffAndTold",
       [](FakeMachine& m) {
         m.SetCapabilities("000001ffffffffff");
         m.ethtool().offloads = rio::Ethtool::Offloads{.rx_vlan = true};
         m.ethtool().tells_vlan_tags = true;
       },
       kWarn, kOk, "VLAN tags", "ethtool -K eth1 rxvlan off",
       "backend: \"af_xdp\" slices: 8192 xdp { mode: GENERIC }"},
      {"RingLostBefore",
       [](FakeMachine& m) { m.Write("/sys/class/net/eth1/statistics/rx_missed_errors", "3"); },
       kWarn, kWarn, "adapter so far", "ethtool -S eth1"},
      {"DamagedFrames",
       [](FakeMachine& m) { m.Write("/sys/class/net/eth1/statistics/rx_crc_errors", "3"); }, kWarn,
       kWarn, "adapter so far", "ethtool -m eth1"},
      {"InterruptsOnTheFeedThread",
       [](FakeMachine& m) { m.Write("/proc/irq/42/effective_affinity_list", "2"); }, kWarn, kOk,
       "interrupts", "/proc/irq/42/smp_affinity_list"},
      {"AnotherNode", [](FakeMachine& m) { m.Write("/sys/class/net/eth1/device/numa_node", "1"); },
       kWarn, kOk, "NUMA node", "receiver.numa_node to 1"},
      {"Powersave",
       [](FakeMachine& m) {
         m.Write("/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "powersave");
       },
       kWarn, kWarn, "governor", "cpupower"},
      {"NotIsolated", [](FakeMachine& m) { m.Write("/sys/devices/system/cpu/isolated", ""); },
       kWarn, kOk, "isolation", "isolcpus=2,3"},
      {"RealTimeThrottling", [](FakeMachine&) {}, kFail, kOk, "real time", "sched_rt_runtime_us=-1",
       "", "realtime_priority: 50 idle: SPIN"},
      {"OfflineCpu", [](FakeMachine& m) { m.Write("/sys/devices/system/cpu/online", "0-2"); },
       kFail, kOk, "CPU", "pin it"},
      {"MoreSpinnersThanCpus",
       [](FakeMachine& m) { m.Write("/sys/devices/system/cpu/online", "3"); }, kFail, kOk, "CPU",
       "idle: YIELD", "", "idle: SPIN", "idle: SPIN"},
      {"SlowClock",
       [](FakeMachine& m) {
         m.Write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet");
       },
       kWarn, kWarn, "clock source", "tsc=reliable"},
      {"UnsteadyTsc", [](FakeMachine& m) { m.Write("/proc/cpuinfo", "flags\t\t: fpu tsc avx2"); },
       kWarn, kWarn, "TSC", ""},
      {"VirtualMachine",
       [](FakeMachine& m) {
         m.Write("/proc/cpuinfo", "flags\t\t: constant_tsc nonstop_tsc hypervisor");
       },
       kWarn, kWarn, "virtual machine", ""},
      {"NoHugePages",
       [](FakeMachine& m) { m.Write("/proc/meminfo", "HugePages_Free: 1\nHugepagesize: 2048 kB"); },
       kWarn, kOk, "huge pages", "sysctl -w vm.nr_hugepages=4", "huge_pages: true"},
      {"LittleLockedMemory", [](FakeMachine& m) { m.SetLimits("65536", "524288"); }, kWarn, kOk,
       "locked memory", "ulimit -l", "lock_memory: true"},
      {"LittleLockedMemoryForXdp",
       [](FakeMachine& m) {
         m.SetLimits("65536", "524288");
         m.SetCapabilities("0000008000003000");
       },
       kFail, kOk, "locked memory", "ulimit -l", "backend: \"af_xdp\""},
  };
}

class DoctorFinds : public testing::TestWithParam<size_t> {
 protected:
  const Illness illness_ = Illnesses()[GetParam()];
};

TEST_P(DoctorFinds, ItWithItsReasonAndItsFix) {
  FakeMachine machine;
  illness_.infect(machine);
  const Config config = ConfigWith(illness_.receiver, illness_.feed, illness_.strategy);
  for (const bool with_config : {true, false}) {
    SCOPED_TRACE(with_config);
    const FindingLevel expected = with_config ? illness_.with_config : illness_.without_config;
    const std::vector<Finding> findings = Examine(machine.host(), with_config ? &config : nullptr);
    EXPECT_EQ(WouldLoseData(findings), expected == kFail) << Items(findings);
    const std::vector<Finding> graver = Graver(findings, kWarn);
    if (expected == kOk) {
      EXPECT_THAT(Items(graver), IsEmpty());
      continue;
    }
    const auto found = std::find_if(graver.begin(), graver.end(), [&](const Finding& finding) {
      return finding.item == illness_.item && finding.level == expected &&
             finding.command.find(illness_.command) != std::string::npos;
    });
    ASSERT_NE(found, graver.end()) << Items(findings);
    EXPECT_FALSE(found->read.empty());
    EXPECT_FALSE(found->why.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, DoctorFinds, testing::Range<size_t>(0, Illnesses().size()),
                         [](const auto& test) { return Illnesses()[test.param].name; });

// What only warns where no line names a VLAN keeps one that does from receiving anything.
TEST(Doctor, AVlanWhoseTagsAreTakenOffIsLost) {
  FakeMachine machine;
  machine.SetCapabilities("000001ffffffffff");
  machine.ethtool().offloads = rio::Ethtool::Offloads{.rx_vlan = true};
  Config config = ConfigWith("backend: \"af_xdp\" slices: 8192");
  config.feed_threads[0].receiver.options.subscriptions[0].vlan = {.id = 100};
  const std::vector<Finding> found = Graver(Examine(machine.host(), &config), kFail);
  ASSERT_EQ(found.size(), 1u) << Items(found);
  EXPECT_EQ(found[0].item, "VLAN tags");
  EXPECT_EQ(found[0].command, "ethtool -K eth1 rxvlan off");
  // The driver tells; or the tags stay on.
  machine.ethtool().tells_vlan_tags = true;
  EXPECT_FALSE(WouldLoseData(Examine(machine.host(), &config)));
  machine.ethtool().tells_vlan_tags = false;
  machine.ethtool().offloads->rx_vlan = false;
  EXPECT_FALSE(WouldLoseData(Examine(machine.host(), &config)));
}

TEST(Doctor, PrintsTheFlowSteeringOfEachFeedThread) {
  FakeMachine machine;
  absl::StatusOr<Config> config = ParseConfig(R"(
    feed_thread { name: "a" receiver { backend: "af_xdp" xdp { queue: 0 queue: 2 } } }
    feed_thread { name: "b" receiver { backend: "af_xdp" xdp { queue: 1 } } }
    feed_thread { name: "c" }
    feed { name: "itch" codec: "itch50"
      channel { id: 1 thread: "a"
        line { group: "239.1.1.1:1" interface: "eth1" }
        line { group: "239.1.1.2:2" interface: "eth1" source: "10.0.0.1" }
        line { group: "[ff15::1]:3" interface: "eth1" vlan: 100 } }
      channel { id: 2 thread: "b" line { group: "239.1.1.4:4" interface: "eth1" } }
      channel { id: 3 thread: "c" line { group: "239.1.1.5:5" interface: "eth1" } } }
    strategy_thread { strategy { name: "count" } })",
                                              "test", {});
  ASSERT_TRUE(config.ok()) << config.status();
  std::vector<Finding> found = Examine(machine.host(), &*config);
  std::erase_if(found, [](const Finding& finding) { return finding.item != "flow steering"; });
  ASSERT_EQ(found.size(), 2u);  // What comes to sockets may come on any queue.
  EXPECT_EQ(found[0].read, "feed thread a takes frames of eth1 from queue 0,2 alone: 3 lines");
  EXPECT_EQ(found[0].command,
            "ethtool -K eth1 ntuple on\n"
            "ethtool -N eth1 flow-type udp4 dst-ip 239.1.1.1 dst-port 1 action 0\n"
            "ethtool -N eth1 flow-type udp4 src-ip 10.0.0.1 dst-ip 239.1.1.2 dst-port 2 action 2\n"
            "ethtool -N eth1 flow-type udp6 dst-ip ff15::1 dst-port 3 vlan 100 m 0xf000 action 0");
  EXPECT_EQ(found[1].command,
            "ethtool -K eth1 ntuple on\n"
            "ethtool -N eth1 flow-type udp4 dst-ip 239.1.1.4 dst-port 4 action 1");
  // Each command is a line of its own.
  EXPECT_THAT(FindingsText(found),
              HasSubstr("# ethtool -K eth1 ntuple on\n                         # ethtool -N eth1 "
                        "flow-type udp4 dst-ip 239.1.1.1"));
}

TEST(Doctor, JudgesTheReceiversOfAllFeedThreads) {
  FakeMachine machine;
  machine.Write("/proc/sys/net/core/rmem_max", "8388608");
  absl::StatusOr<Config> config = ParseConfig(R"(
    feed_thread { name: "a" cpu: 2 }
    feed_thread { name: "b" cpu: 9 receiver { socket_buffer_bytes: 16777216 } }
    feed { name: "itch" codec: "itch50"
      channel { id: 1 thread: "a" line { group: "239.1.1.1:1" interface: "eth1" } }
      channel { id: 2 thread: "b" line { group: "239.1.1.4:4" interface: "eth9" } } }
    strategy_thread { strategy { name: "count" } })",
                                              "test", {});
  ASSERT_TRUE(config.ok()) << config.status();
  const std::string items = Items(Graver(Examine(machine.host(), &*config), FindingLevel::kFail));
  EXPECT_THAT(items, HasSubstr("socket buffer"));  // Of b.
  EXPECT_THAT(items, HasSubstr("there is no eth9"));
  EXPECT_THAT(items, HasSubstr("fh-feed-b"));  // Its CPU.
}

TEST(Doctor, InterruptsThatArePutOffSuitBusyPolling) {
  FakeMachine machine;
  machine.SetCapabilities("0000000000001000");
  machine.Write("/sys/class/net/eth1/napi_defer_hard_irqs", "2");
  machine.Write("/sys/class/net/eth1/gro_flush_timeout", "200000");
  const Config config = ConfigWith("busy_poll_us: 50");
  EXPECT_THAT(Items(Graver(Examine(machine.host(), &config), kWarn)), IsEmpty());
}

TEST(Doctor, AnAdministratorPassesTheLimitOfBuffers) {
  FakeMachine machine;
  machine.Write("/proc/sys/net/core/rmem_max", "212992");
  machine.SetCapabilities("0000000000001000");  // CAP_NET_ADMIN.
  const Config config = ConfigWith();
  EXPECT_THAT(Items(Graver(Examine(machine.host(), &config), kWarn)), IsEmpty());
}

TEST(Doctor, KnowsOnlyWhatTheMachineShows) {
  FakeMachine machine;
  machine.Remove("/proc");
  machine.Remove("/sys");
  machine.ethtool() = FakeEthtool();
  for (const Finding& finding : Examine(machine.host(), nullptr)) {
    EXPECT_EQ(finding.level, kOk) << finding.item;
  }
}

TEST(Doctor, ThisHostIsExaminedWithoutHarm) {
  const std::vector<Finding> findings = Examine(ThisHost(), nullptr);
  EXPECT_GT(findings.size(), 5u);
  for (const Finding& finding : findings) {
    EXPECT_FALSE(finding.item.empty());
    EXPECT_FALSE(finding.read.empty());
    EXPECT_EQ(finding.why.empty(), finding.level == kOk) << finding.item;
  }
}

TEST(Doctor, TextAndJsonSayTheSame) {
  const std::vector<Finding> findings = {{kOk, "one", "it is \"well\"", "", ""},
                                         {kFail, "two", "read", "because", "do this"}};
  EXPECT_EQ(FindingsText(findings),
            "OK    one                it is \"well\"\n"
            "FAIL  two                read\n"
            "                         because\n"
            "                         # do this\n"
            "\n1 would lose data, 0 could be better, 1 well\n");
  const auto json = nlohmann::json::parse(FindingsJson(findings));
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["findings"][0]["read"], "it is \"well\"");
  EXPECT_EQ(json["findings"][1]["level"], "FAIL");
  EXPECT_EQ(json["findings"][1]["command"], "do this");
}

TEST(CpuLists, AreReadAsTheKernelWritesThem) {
  EXPECT_THAT(ParseCpuList("0-2,8"), ElementsAre(0, 1, 2, 8));
  EXPECT_THAT(ParseCpuList("5"), ElementsAre(5));
  EXPECT_THAT(ParseCpuList(""), IsEmpty());
  EXPECT_THAT(ParseCpuList("(null)"), IsEmpty());
  EXPECT_THAT(ParseCpuList("3,x,4"), ElementsAre(3));
  EXPECT_LE(ParseCpuList("0-999999999").size(), 8193u);
}

TEST(HostCounters, AddUpTheFilesOfTheKernelAndOnlyWhatWasAdded) {
  FakeMachine machine;
  machine.ethtool().counters = {
      {"rx_out_of_buffer", 5}, {"tx_packets", 9}, {"rx_queue_3_drops", 1}};
  const std::vector<std::string> names = {"eth1", "none0"};
  const rio::HostCounters before = ReadHostCounters(machine.files(), machine.ethtool(), names);
  ASSERT_EQ(before.interfaces.size(), 2u);
  EXPECT_TRUE(before.interfaces[0].known);
  EXPECT_FALSE(before.interfaces[1].known);
  EXPECT_EQ(before.interfaces[0].details.size(), 2u);

  machine.Write("/sys/class/net/eth1/statistics/rx_missed_errors", "10");
  machine.Write("/sys/class/net/eth1/statistics/rx_fifo_errors", "2");
  machine.Write("/sys/class/net/eth1/statistics/rx_crc_errors", "3");
  machine.Write("/sys/class/net/eth1/statistics/rx_dropped", "4");
  machine.SetSoftnet("0000001f", "00000002");  // The second CPU's line stays 0.
  machine.Write("/proc/net/snmp",
                "Udp: InDatagrams InErrors RcvbufErrors InCsumErrors MemErrors\nUdp: 1 9 5 3 1\n"
                "UdpLite: InDatagrams InErrors\nUdpLite: 100 100");
  machine.Write("/proc/net/snmp6", "Udp6InErrors    \t2\nUdp6RcvbufErrors\t2\nUdp6OutDatagrams 7");
  machine.ethtool().counters[0].second = 8;
  const rio::HostCounters added =
      Since(before, ReadHostCounters(machine.files(), machine.ethtool(), names));
  EXPECT_EQ(added.interfaces[0].missed, 12u);
  EXPECT_EQ(added.interfaces[0].damaged, 3u);
  EXPECT_EQ(added.interfaces[0].dropped, 4u);
  EXPECT_EQ(added.interfaces[0].details[0],
            std::make_pair(std::string("rx_out_of_buffer"), uint64_t{3}));
  EXPECT_EQ(added.backlog_dropped, 0x1fu);
  EXPECT_EQ(added.backlog_squeezed, 2u);
  EXPECT_EQ(added.udp_in_errors, 11u);
  EXPECT_EQ(added.udp_buffer_errors, 7u);
  EXPECT_EQ(added.udp_checksum_errors, 3u);
  EXPECT_EQ(added.udp_memory_errors, 1u);
}

TEST(HostCounters, ACounterThatWasResetShowsWhatItHasSince) {
  FakeMachine machine;
  const std::vector<std::string> names = {"eth1"};
  machine.Write("/sys/class/net/eth1/statistics/rx_missed_errors", "100");
  const rio::HostCounters before = ReadHostCounters(machine.files(), machine.ethtool(), names);
  machine.Write("/sys/class/net/eth1/statistics/rx_missed_errors", "7");
  EXPECT_EQ(Since(before, ReadHostCounters(machine.files(), machine.ethtool(), names))
                .interfaces[0]
                .missed,
            7u);
}

}  // namespace
}  // namespace fh::test
