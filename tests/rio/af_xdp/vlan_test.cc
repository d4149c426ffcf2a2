// Lines and VLANs over AF_XDP, with real traffic between two networks: tags in the frame, as most
// adapters deliver them once told to, and tags that an adapter took off.
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/af_xdp/bpf.h"
#include "rio/af_xdp/metadata.h"
#include "rio/backend/recvmmsg.h"
#include "rio/frame/headers.h"
#include "rio/socket/vlan_interface.h"
#include "tests/rio/af_xdp/fixture.h"
#include "tests/rio/af_xdp/frames.h"

namespace fh::rio {
namespace {

using test::Drain;
using test::kGroup;
using test::LineOn;
using test::Opened;
using test::SetupOf;
using test::VethNetwork;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNoVlans[] = "skipped: this kernel has no interfaces for VLANs (CONFIG_VLAN_8021Q)";

Subscription LineIn(const char* interface, Vlan vlan) {
  Subscription line = LineOn(interface);
  line.vlan = vlan;
  return line;
}

class AfXdpVlan : public test::AfXdpOnCables {
 protected:
  // VLAN interfaces at both ends; false where the kernel has none.
  bool MakeVlanInterfaces() {
    const auto add = [](const std::string& interface, const std::string& host) {
      for (const char* id : {"100", "200"}) {
        const std::string name = interface + "." + id;
        if (!VethNetwork::Run("ip link add link " + interface + " name " + name + " type vlan id " +
                              id + " && ip address add 10." + id + ".0." + host + "/24 dev " +
                              name + " && ip link set " + name + " up")) {
          return false;
        }
      }
      return true;
    };
    return add("rx0", "100") && network_->AtSender([&] { return add("tx0", "1"); });
  }

  // One frame with these tags, from the outermost.
  void Inject(const std::vector<std::pair<uint16_t, uint16_t>>& tags) {
    test::TestFrame frame = test::FrameTo(kGroup, "payload");
    for (size_t i = tags.size(); i-- > 0;) frame.AddTag(tags[i].first, tags[i].second);
    network_->AtSender([&] {
      const UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
      sockaddr_ll address{};
      address.sll_family = AF_PACKET;
      address.sll_ifindex = static_cast<int>(if_nametoindex("tx0"));
      ASSERT_EQ(sendto(fd.get(), frame.bytes.data(), frame.bytes.size(), 0,
                       reinterpret_cast<const sockaddr*>(&address), sizeof address),
                static_cast<ssize_t>(frame.bytes.size()));
    });
  }

  // Datagrams that get a tag on their way out, as those of a VLAN's interface do. 0: none.
  void SendInVlan(uint16_t vlan, uint32_t count) {
    network_->AtSender([&] {
      const UniqueFd tagging = vlan != 0 ? TagWhatLeaves("tx0", vlan) : UniqueFd();
      ASSERT_TRUE(vlan == 0 || tagging.get() >= 0) << std::strerror(errno);
      test::Send("tx0", kGroup, count);
    });
  }

  // A program that the kernel runs on what leaves the interface, as long as the descriptor is open.
  static UniqueFd TagWhatLeaves(const char* interface, uint16_t vlan) {
    constexpr int32_t kVlanPush = 18;      // BPF_FUNC_skb_vlan_push
    constexpr uint32_t kOnTheWayOut = 47;  // BPF_TCX_EGRESS, Linux 6.6
    BpfAssembler code;
    code.MoveNumber(R2, htons(kEtherTypeTag));
    code.MoveNumber(R3, vlan);
    code.Call(kVlanPush);
    code.MoveNumber(R0, -1);  // TCX_NEXT
    code.Exit();
    const std::vector<bpf_insn> instructions = *code.Finish();
    bpf_attr load{};
    load.prog_type = BPF_PROG_TYPE_SCHED_CLS;
    load.insns = reinterpret_cast<uintptr_t>(instructions.data());
    load.insn_cnt = static_cast<uint32_t>(instructions.size());
    load.license = reinterpret_cast<uintptr_t>("Apache-2.0");
    const UniqueFd program(static_cast<int>(syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load)));
    bpf_attr link{};
    link.link_create.prog_fd = static_cast<uint32_t>(program.get());
    link.link_create.target_ifindex = if_nametoindex(interface);
    link.link_create.attach_type = static_cast<bpf_attach_type>(kOnTheWayOut);
    return UniqueFd(static_cast<int>(syscall(SYS_bpf, BPF_LINK_CREATE, &link, sizeof link)));
  }

  // Whether the other end leaves tags to an adapter that is not there: then they travel beside the
  // frame, as behind an adapter that takes them off.
  void LeaveTagsBesideFrames(bool on) {
    network_->AtSender([&] {
      const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
      ethtool_value flags{.cmd = ETHTOOL_GFLAGS, .data = 0};
      ASSERT_TRUE(AskDriver(fd.get(), "tx0", SIOCETHTOOL, &flags));
      flags.cmd = ETHTOOL_SFLAGS;
      flags.data = on ? flags.data | ETH_FLAG_TXVLAN : flags.data & ~uint32_t{ETH_FLAG_TXVLAN};
      ASSERT_TRUE(AskDriver(fd.get(), "tx0", SIOCETHTOOL, &flags));
    });
  }

  static std::vector<uint64_t> PacketsByLine(test::XdpReceiver& receiver) {
    const std::vector<Packet> packets = Drain(receiver);
    receiver.Release(std::span<const Packet>(packets));
    std::vector<uint64_t> counts(receiver.line_stats().size());
    for (const Packet& packet : packets) ++counts[packet.line];
    return counts;
  }
};

TEST_F(AfXdpVlan, FramesOfOneGroupInSeveralVlansAreDifferentLines) {
  for (const XdpMode mode : {XdpMode::kGeneric, XdpMode::kNative}) {
    ReceiveSetup setup =
        SetupOf({LineIn("rx0", {}), LineIn("rx0", {.id = 100}), LineIn("rx0", {.id = 200}),
                 LineIn("rx0", {.id = 100, .outer = 200}), LineIn("rx0", {.outer = 100})});
    XdpOptionsIn(setup.receive).mode = mode;
    const auto receiver = Opened(setup);
    ASSERT_NE(receiver, nullptr);
    for (int i = 0; i < 3; ++i) Inject({});
    Inject({{0x8100, 7 << 13}});  // A priority is no VLAN.
    for (int i = 0; i < 5; ++i) Inject({{0x8100, 100}});
    for (int i = 0; i < 6; ++i) Inject({{0x8100, 200}});
    for (int i = 0; i < 7; ++i) Inject({{0x88a8, 200}, {0x8100, 100}});
    Inject({{0x8100, 200}, {0x8100, 100}});
    for (int i = 0; i < 9; ++i) Inject({{0x88a8, 100}});
    // Of no line.
    Inject({{0x8100, 300}});
    Inject({{0x88a8, 300}, {0x8100, 100}});
    EXPECT_EQ(PacketsByLine(*receiver), (std::vector<uint64_t>{4, 5, 6, 8, 9}))
        << receiver->backend().mode();
    receiver->RefreshStats();
    EXPECT_EQ(receiver->stats().Own("bad_frames"), 0u) << "the program let them pass";
  }
}

TEST_F(AfXdpVlan, ALineWithoutVlanTakesUntaggedFramesAlone) {
  for (const XdpMode mode : {XdpMode::kGeneric, XdpMode::kNative}) {
    ReceiveSetup setup = SetupOf({LineIn("rx0", {})});
    XdpOptionsIn(setup.receive).mode = mode;
    const auto receiver = Opened(setup);
    ASSERT_NE(receiver, nullptr);
    Inject({{0x8100, 100}});
    Inject({{0x8100, 200}});
    Inject({});
    EXPECT_EQ(PacketsByLine(*receiver), std::vector<uint64_t>{1});
  }
}

// In native mode the driver of veth tells the program which tag was taken off.
TEST_F(AfXdpVlan, TagsThatTheAdapterTookOffAreAskedOfItsDriver) {
  if ((DriverMetadata(if_nametoindex("rx0")).value_or(0) & kDriverTellsVlanTag) == 0) {
    GTEST_SKIP() << "skipped: this kernel's veth does not tell XDP programs of VLAN tags";
  }
  ReceiveSetup setup =
      SetupOf({LineIn("rx0", {}), LineIn("rx0", {.id = 100}), LineIn("rx0", {.id = 200})});
  XdpOptionsIn(setup.receive).mode = XdpMode::kNative;
  const auto receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  EXPECT_THAT(receiver->notes(), Not(Contains(HasSubstr("takes VLAN tags off"))));
  for (const bool beside : {true, false}) {
    LeaveTagsBesideFrames(beside);
    SendInVlan(0, 3);
    SendInVlan(100, 4);
    SendInVlan(200, 5);
    SendInVlan(300, 6);
    EXPECT_EQ(PacketsByLine(*receiver), (std::vector<uint64_t>{3, 4, 5})) << beside;
  }
  EXPECT_EQ(receiver->stats().unstamped, 0u);
}

// Generic programs see the frame alone. What that means is said, and the command that helps.
TEST_F(AfXdpVlan, TagsThatNobodyTellsAreSaidToBeOff) {
  ReceiveSetup setup = SetupOf({LineIn("rx0", {}), LineIn("rx0", {.id = 100})});
  XdpOptionsIn(setup.receive).mode = XdpMode::kGeneric;
  auto receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  EXPECT_THAT(
      receiver->notes(),
      Contains(AllOf(HasSubstr("rx0 takes VLAN tags off"), HasSubstr("ethtool -K rx0 rxvlan off"),
                     HasSubstr("the lines that name a VLAN get nothing"))));
  SendInVlan(100, 4);
  EXPECT_EQ(PacketsByLine(*receiver), (std::vector<uint64_t>{4, 0})) << "as the note says";
  LeaveTagsBesideFrames(false);
  SendInVlan(0, 3);
  SendInVlan(100, 4);
  SendInVlan(200, 5);
  EXPECT_EQ(PacketsByLine(*receiver), (std::vector<uint64_t>{3, 4}));
  receiver.reset();
  setup.receive.subscriptions.pop_back();
  receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  EXPECT_THAT(receiver->notes(), Contains(HasSubstr("frames of every VLAN with a line's group")));
}

std::string InterfacesThatJoined(const char* hex_group) {
  std::ifstream file("/proc/thread-self/net/igmp");
  std::string line, interface, joined;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string index;
    if (line.empty() || line[0] != '\t') fields >> index >> interface;
    if (line.find(hex_group) != std::string::npos) joined += interface + ";";
  }
  return joined;
}

// The network is asked for the group in its VLAN, or not at all.
TEST_F(AfXdpVlan, JoinsGoOutInTheVlan) {
  if (!MakeVlanInterfaces()) GTEST_SKIP() << kNoVlans;
  auto receiver = Opened(SetupOf({LineIn("rx0", {.id = 100})}));
  ASSERT_NE(receiver, nullptr);
  EXPECT_THAT(InterfacesThatJoined("010101EF"), HasSubstr("rx0.100"));
  EXPECT_THAT(InterfacesThatJoined("010101EF"), Not(HasSubstr("rx0;")));
  EXPECT_THAT(receiver->notes(), Not(Contains(HasSubstr("is not joined"))));
}

TEST_F(AfXdpVlan, WithoutAnInterfaceForTheVlanTheLineIsNotJoinedAndThatIsSaid) {
  const auto receiver = Opened(SetupOf({LineIn("rx0", {.id = 300})}));
  ASSERT_NE(receiver, nullptr);
  EXPECT_EQ(InterfacesThatJoined("010101EF"), "");
  EXPECT_THAT(receiver->notes(),
              Contains(AllOf(HasSubstr("is not joined"),
                             HasSubstr("ip link add link rx0 name rx0.300 type vlan id 300"))));
  Inject({{0x8100, 300}});
  EXPECT_EQ(PacketsByLine(*receiver), std::vector<uint64_t>{1}) << "it is sent here anyway";
}

TEST(VlanInterface, IsFoundByParentAndNumberAndInsideOfAnother) {
  const std::vector<VlanDevice> devices = {{"eth1.100", "eth1", 100},
                                           {"eth2.100", "eth2", 100},
                                           {"service", "eth1", 77},
                                           {"inner", "service", 100},
                                           {"eth1.200", "eth1", 200}};
  EXPECT_EQ(FindVlanInterface(devices, "eth1", {.id = 100}), "eth1.100");
  EXPECT_EQ(FindVlanInterface(devices, "eth2", {.id = 100}), "eth2.100");
  EXPECT_EQ(FindVlanInterface(devices, "eth1", {.id = 101}), std::nullopt);
  EXPECT_EQ(FindVlanInterface(devices, "eth3", {.id = 100}), std::nullopt);
  EXPECT_EQ(FindVlanInterface(devices, "eth1", {}), std::nullopt);
  EXPECT_EQ(FindVlanInterface(devices, "eth1", {.id = 100, .outer = 77}), "inner");
  EXPECT_EQ(FindVlanInterface(devices, "eth1", {.outer = 77}), "service");
  EXPECT_EQ(FindVlanInterface(devices, "eth1", {.id = 200, .outer = 77}), std::nullopt);
  EXPECT_EQ(FindVlanInterface(devices, "eth1", {.id = 200, .outer = 78}), std::nullopt);
}

// Sockets take a VLAN's datagrams through its interface, and refuse what they could not keep.
TEST_F(AfXdpVlan, SocketsReceiveThroughTheVlansInterface) {
  ReceiveSetup setup = SetupOf({LineIn("rx0", {.id = 100})});
  const auto refused = Receiver<RecvmmsgBackend>::Open(setup);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(refused.status().message(),
              AllOf(HasSubstr("sockets do not see VLAN tags"), HasSubstr("rx0.100")));
  if (!MakeVlanInterfaces()) GTEST_SKIP() << kNoVlans;
  setup = SetupOf({LineOn("rx0.100"), LineOn("rx0.200"), LineOn("rx0")});
  const auto receiver = Receiver<RecvmmsgBackend>::Open(setup);
  ASSERT_TRUE(receiver.ok()) << receiver.status();
  network_->AtSender([] {
    test::Send("tx0.100", kGroup, 3);
    test::Send("tx0.200", kGroup, 4);
    test::Send("tx0", kGroup, 5);
  });
  std::array<Packet, 64> packets;
  for (int i = 0; i < 100; ++i) (*receiver)->Poll(packets);
  EXPECT_EQ((*receiver)->line_stats()[0].packets, 3u);
  EXPECT_EQ((*receiver)->line_stats()[1].packets, 4u);
  EXPECT_EQ((*receiver)->line_stats()[2].packets, 5u);
}

TEST_F(AfXdpVlan, AnyVlanIsNoLineOfALiveReceiver) {
  EXPECT_THAT(test::Refusal(SetupOf({LineIn("rx0", {.any = true})})),
              HasSubstr("any VLAN is for captures"));
  EXPECT_THAT(test::Refusal(SetupOf({LineIn("rx0", {.id = 4095})})),
              HasSubstr("VLANs count from 1 to 4094"));
}

}  // namespace
}  // namespace fh::rio
