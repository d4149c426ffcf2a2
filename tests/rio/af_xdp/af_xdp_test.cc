// What AF_XDP promises beyond the contract of all backends: where each datagram went is counted,
// several queues and interfaces, slices of any size, and an answer to misuse. On veth pairs and
// loopback interfaces of the tests' own.
#include "rio/backend/af_xdp.h"

#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/receiver.h"
#include "rio/socket/sender.h"
#include "tests/conformance/network_namespaces.h"
#include "tests/rio/af_xdp/fixture.h"
#include "tests/rio/af_xdp/frames.h"

namespace fh::rio {
namespace {

using test::Drain;
using test::kGroup;
using test::LineOn;
using test::Opened;
using test::Refusal;
using test::Send;
using test::SetupOf;
using test::VethNetwork;
using test::XdpReceiver;
using ::testing::AllOf;
using ::testing::HasSubstr;

using AfXdp = test::AfXdpOnCables;

TEST_F(AfXdp, ATinyRingOverflowsAndEveryDatagramIsAccountedFor) {
  ReceiveSetup setup = SetupOf({LineOn("rx0")});
  XdpOptionsIn(setup.receive).ring_entries = 8;
  const auto receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  for (int round = 0; round < 3; ++round) {
    SendOver(0, 500);
    receiver->Release(std::span<const Packet>(Drain(*receiver)));
  }
  receiver->RefreshStats();
  const BackendStats& stats = receiver->stats();
  EXPECT_EQ(stats.packets, 24u);
  EXPECT_EQ(stats.packets + stats.Own("xdp_ring"), 1500u);
  EXPECT_EQ(stats.Own("xdp_slices"), 0u) << "slices were there all the time";
  EXPECT_EQ(stats.Own("xdp_fill_empty"), 0u);
  receiver->Close();
  EXPECT_EQ(receiver->stats().Own("xdp_ring"), 1476u) << "stats outlive the backend";
}

TEST_F(AfXdp, HeldSlicesStarveItAndEveryDatagramIsAccountedFor) {
  const auto receiver = Opened(SetupOf({LineOn("rx0")}, 16));
  ASSERT_NE(receiver, nullptr);
  SendOver(0, 100);
  const std::vector<Packet> held = Drain(*receiver);
  EXPECT_EQ(held.size(), 16u);
  EXPECT_GT(receiver->stats().starved, 0u);
  SendOver(0, 50);
  EXPECT_EQ(Drain(*receiver).size(), 0u);
  receiver->RefreshStats();
  EXPECT_EQ(receiver->stats().Own("xdp_slices"), 84u + 50u);
  EXPECT_EQ(receiver->stats().Own("xdp_fill_empty"), 84u + 50u);
  EXPECT_EQ(receiver->stats().Own("xdp_ring"), 0u);
  // Posting again is all it takes.
  receiver->Release(std::span<const Packet>(held));
  SendOver(0, 10);
  EXPECT_EQ(Drain(*receiver).size(), 10u);
}

TEST_F(AfXdp, CountsAddUpUnderRandomHolding) {
  std::mt19937 random(5);
  const auto receiver = Opened(SetupOf({LineOn("rx0")}, 24));
  ASSERT_NE(receiver, nullptr);
  std::vector<Packet> held;
  uint64_t sent = 0;
  for (int round = 0; round < 200; ++round) {
    const uint32_t count = random() % 20;
    SendOver(0, count);
    sent += count;
    const std::vector<Packet> got = Drain(*receiver);
    held.insert(held.end(), got.begin(), got.end());
    std::shuffle(held.begin(), held.end(), random);
    while (!held.empty() && random() % 8 != 0) {
      receiver->Release(std::span<const Packet>(&held.back(), 1));
      held.pop_back();
    }
    ASSERT_EQ(receiver->held(), held.size());
  }
  receiver->RefreshStats();
  const BackendStats& stats = receiver->stats();
  EXPECT_EQ(stats.packets + stats.Own("xdp_slices") + stats.Own("xdp_ring"), sent);
}

TEST_F(AfXdp, FragmentsEndAtTheLinesSocketAndAreCountedThere) {
  const auto receiver = Opened(SetupOf({LineOn("rx0"), LineOn("rx0", "239.1.1.2:26400")}));
  ASSERT_NE(receiver, nullptr);
  SendOver(0, 7, 3000);  // The cable takes 2,000.
  SendOver(0, 3, 100);
  EXPECT_EQ(Drain(*receiver).size(), 3u);
  receiver->RefreshStats();
  EXPECT_EQ(receiver->stats().kernel_drops, 7u);
  EXPECT_EQ(receiver->line_stats()[0].kernel_drops, 7u);
  EXPECT_EQ(receiver->line_stats()[1].kernel_drops, 0u);
}

TEST_F(AfXdp, FramesThatAreLongerThanASliceAreCounted) {
  const auto receiver = Opened(SetupOf({LineOn("rx0")}));
  ASSERT_NE(receiver, nullptr);
  SendOver(0, 4, 1751);
  SendOver(0, 4, 1750);
  EXPECT_EQ(Drain(*receiver).size(), 4u);
  receiver->RefreshStats();
  EXPECT_EQ(receiver->stats().Own("xdp_slices"), 4u);
  EXPECT_EQ(receiver->stats().Own("xdp_fill_empty"), 0u);
  EXPECT_THAT(receiver->notes(), ::testing::Contains(AllOf(HasSubstr("rx0"), HasSubstr("4096"))));
}

TEST_F(AfXdp, DamagedFramesAreCountedAndTheirSlicesUsedAgain) {
  const auto receiver = Opened(SetupOf({LineOn("rx0")}, 16));
  ASSERT_NE(receiver, nullptr);
  test::TestFrame frame = test::FrameTo(kGroup, "payload");
  const auto inject = [&] {
    network_->AtSender([&] {
      const UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
      sockaddr_ll address{};
      address.sll_family = AF_PACKET;
      address.sll_ifindex = static_cast<int>(if_nametoindex("tx0"));
      ASSERT_EQ(sendto(fd.get(), frame.bytes.data(), frame.bytes.size(), 0,
                       reinterpret_cast<const sockaddr*>(&address), sizeof address),
                static_cast<ssize_t>(frame.bytes.size()));
    });
    return Drain(*receiver).size();
  };
  EXPECT_EQ(inject(), 1u);
  frame.bytes.back() ^= 1;
  for (int i = 0; i < 40; ++i) EXPECT_EQ(inject(), 0u);
  EXPECT_EQ(receiver->stats().Own("bad_frames"), 40u);
  EXPECT_EQ(receiver->stats().Own("bad_checksums"), 40u);
  frame.bytes.back() ^= 1;
  frame.bytes[frame.udp() + 5] += 1;  // A datagram longer than its packet.
  EXPECT_EQ(inject(), 0u);
  EXPECT_EQ(receiver->stats().Own("bad_frames"), 41u);
  EXPECT_EQ(receiver->held(), 1u);
}

TEST_F(AfXdp, LinesOfTwoInterfacesShareTheSlices) {
  // The same group on both: the interface tells them apart.
  const auto receiver = Opened(SetupOf({LineOn("rx0"), LineOn("rx1")}, 64));
  ASSERT_NE(receiver, nullptr);
  for (int round = 0; round < 20; ++round) {
    SendOver(0, 5);
    SendOver(1, 3);
    const std::vector<Packet> packets = Drain(*receiver);
    EXPECT_EQ(packets.size(), 8u);
    receiver->Release(std::span<const Packet>(packets));
  }
  EXPECT_EQ(receiver->line_stats()[0].packets, 100u);
  EXPECT_EQ(receiver->line_stats()[1].packets, 60u);
}

TEST_F(AfXdp, TakesAllQueuesOfAnInterfaceOrThoseThatAreNamed) {
  network_.reset();
  std::string why;
  network_ = VethNetwork::Create(/*cables=*/1, why, /*queues=*/4);
  ASSERT_NE(network_, nullptr) << why;
  constexpr uint32_t kGroups = 64;
  std::vector<Subscription> lines;
  for (uint32_t i = 0; i < kGroups; ++i) {
    lines.push_back(LineOn("rx0", ("239.2.2." + std::to_string(i) + ":26400").c_str()));
  }
  const auto send = [&] {
    for (const Subscription& line : lines) SendOver(0, 2, 64, line.group.ToString().c_str());
  };
  {
    const auto receiver = Opened(SetupOf(lines));
    ASSERT_NE(receiver, nullptr);
    send();
    EXPECT_EQ(Drain(*receiver).size(), 2 * kGroups);
  }
  // What comes on the others ends at the lines' sockets.
  ReceiveSetup setup = SetupOf(lines);
  XdpOptionsIn(setup.receive).queues = {1};
  const auto receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  send();
  const size_t got = Drain(*receiver).size();
  receiver->RefreshStats();
  EXPECT_GT(got, 0u);
  EXPECT_GT(receiver->stats().kernel_drops, 0u);
  EXPECT_EQ(got + receiver->stats().kernel_drops, 2 * kGroups);
}

TEST_F(AfXdp, ReceiversOfOneProcessShareAnInterfacesQueuesOut) {
  network_.reset();
  std::string why;
  network_ = VethNetwork::Create(/*cables=*/1, why, /*queues=*/4);
  ASSERT_NE(network_, nullptr) << why;
  constexpr uint32_t kGroups = 64;
  std::vector<Subscription> lines;
  for (uint32_t i = 0; i < kGroups; ++i) {
    lines.push_back(LineOn("rx0", ("239.2.3." + std::to_string(i) + ":26400").c_str()));
  }
  const auto sharing = std::make_shared<XdpSharing>();
  sharing->lines = lines;
  sharing->queues = 4;
  // The groups by halves, and the queues by turns; nothing steers them.
  ReceiveSetup setups[2] = {SetupOf({lines.begin(), lines.begin() + kGroups / 2}),
                            SetupOf({lines.begin() + kGroups / 2, lines.end()})};
  std::unique_ptr<XdpReceiver> receivers[2];
  for (uint32_t i = 0; i < 2; ++i) {
    XdpOptionsIn(setups[i].receive).queues = {i, i + 2};
    XdpOptionsIn(setups[i].receive).sharing = sharing;
    receivers[i] = Opened(setups[i]);
    ASSERT_NE(receivers[i], nullptr);
  }
  const auto send = [&] {
    for (const Subscription& line : lines) SendOver(0, 2, 64, line.group.ToString().c_str());
  };
  send();
  uint64_t taken = 0;
  for (const auto& receiver : receivers) {
    const size_t got = Drain(*receiver).size();
    EXPECT_GT(got, 0u);
    EXPECT_GT(receiver->stats().Own("xdp_queue"), 0u);
    EXPECT_EQ(receiver->stats().Own("bad_frames"), 0u);
    taken += got + receiver->stats().Own("xdp_queue");
  }
  EXPECT_EQ(taken, 2 * kGroups);
  // One goes, the other stays; then it comes back.
  receivers[0].reset();
  const uint64_t before = receivers[1]->stats().Own("xdp_queue");
  send();
  EXPECT_GT(Drain(*receivers[1]).size(), 0u);
  EXPECT_GT(receivers[1]->stats().Own("xdp_queue"), before);
  receivers[0] = Opened(setups[0]);
  ASSERT_NE(receivers[0], nullptr);
  send();
  EXPECT_GT(Drain(*receivers[0]).size(), 0u);
  // With the last one the program is gone, and others may attach theirs.
  for (auto& receiver : receivers) receiver.reset();
  EXPECT_NE(Opened(SetupOf({LineOn("rx0")})), nullptr);
}

TEST_F(AfXdp, SlicesOfAnySizeFromTwoKilobytesHoldFrames) {
  for (const uint32_t slice_bytes : {2048u, 2112u, 3072u, 4096u, 8192u, 9216u}) {
    ReceiveSetup setup = SetupOf({LineOn("rx0")}, 32);
    setup.region.slice_bytes = slice_bytes;
    const auto receiver = Opened(setup);
    ASSERT_NE(receiver, nullptr) << slice_bytes;
    for (int round = 0; round < 10; ++round) {
      SendOver(0, 10, 1700);
      const std::vector<Packet> packets = Drain(*receiver);
      ASSERT_EQ(packets.size(), 10u) << slice_bytes;
      for (const Packet& packet : packets) {
        const uint8_t* const slice = receiver->region().slice(packet.slice);
        EXPECT_GE(packet.data, slice);
        EXPECT_LE(packet.data + packet.length, slice + slice_bytes);
        EXPECT_EQ(std::count(packet.data, packet.data + packet.length, 'x'), 1700);
      }
      receiver->Release(std::span<const Packet>(packets));
    }
  }
}

TEST_F(AfXdp, AnotherProgramOnTheInterfaceIsNamedAsTheReason) {
  const auto first = Opened(SetupOf({LineOn("rx0")}));
  ASSERT_NE(first, nullptr);
  EXPECT_THAT(Refusal(SetupOf({LineOn("rx0")})),
              AllOf(HasSubstr("another XDP program"), HasSubstr("ip link show rx0")));
}

TEST_F(AfXdp, AQueueThatAnotherSocketHoldsIsNamedAsTheReason) {
  auto region = RegisteredRegion::Create({.slice_count = 64});
  ASSERT_TRUE(region.ok());
  const auto holder = XskSocket::Open({.interface = "rx0",
                                       .interface_index = if_nametoindex("rx0"),
                                       .queue = 0,
                                       .rx_entries = 64,
                                       .fill_entries = 64},
                                      *region, *ChunkLayout::For(*region));
  ASSERT_TRUE(holder.ok()) << holder.status();
  EXPECT_THAT(Refusal(SetupOf({LineOn("rx0")})),
              AllOf(HasSubstr("queue 0 of rx0"), HasSubstr("another AF_XDP program")));
}

TEST_F(AfXdp, MisuseIsAnsweredWithTheFix) {
  EXPECT_THAT(Refusal(SetupOf({LineOn("")})), HasSubstr("name the line's interface"));
  EXPECT_THAT(Refusal(SetupOf({LineOn("nope7")})), AllOf(HasSubstr("nope7"), HasSubstr("rx0")));
  EXPECT_THAT(Refusal(SetupOf({LineOn("rx0"), LineOn("rx0")})), HasSubstr("subscribed twice"));
  ReceiveSetup setup = SetupOf({LineOn("rx0")});
  setup.region.slice_bytes = 1024;
  EXPECT_THAT(Refusal(setup), AllOf(HasSubstr("slice_bytes"), HasSubstr("2048")));
  setup = SetupOf({LineOn("rx0")});
  XdpOptionsIn(setup.receive).copy = XdpCopy::kZeroCopy;
  EXPECT_THAT(Refusal(setup), AllOf(HasSubstr("no zero-copy"), HasSubstr("copy mode")));
  XdpOptionsIn(setup.receive).mode = XdpMode::kGeneric;
  EXPECT_THAT(Refusal(setup), HasSubstr("native mode"));
  setup = SetupOf({LineOn("lo")});
  XdpOptionsIn(setup.receive).mode = XdpMode::kNative;
  EXPECT_THAT(Refusal(setup), HasSubstr("generic mode"));
  setup = SetupOf({LineOn("rx0")});
  XdpOptionsIn(setup.receive).queues = {77};
  EXPECT_THAT(Refusal(setup), HasSubstr("ethtool -l rx0"));
  XdpOptionsIn(setup.receive).queues = {0, 0};
  EXPECT_THAT(Refusal(setup), HasSubstr("twice"));
  XdpOptionsIn(setup.receive).queues = {};
  XdpOptionsIn(setup.receive).ring_entries = 100;
  EXPECT_THAT(Refusal(setup), HasSubstr("power of two"));
}

// More packets are held than the kernel has slices at a time: those that are spare go round.
TEST_F(AfXdp, SpareSlicesTakeThePlaceOfThoseThatAreHeld) {
  ReceiveSetup setup = SetupOf({LineOn("rx0")}, 1024);
  XdpOptionsIn(setup.receive).ring_entries = 8;  // So the kernel gets 264 slices.
  const auto receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  std::vector<Packet> held;
  while (held.size() < 1000) {
    SendOver(0, 8);
    const std::vector<Packet> packets = Drain(*receiver);
    ASSERT_EQ(packets.size(), 8u) << "behind " << held.size();
    held.insert(held.end(), packets.begin(), packets.end());
  }
  receiver->RefreshStats();
  EXPECT_EQ(receiver->stats().Own("xdp_slices"), 0u);
  EXPECT_EQ(receiver->stats().Own("xdp_ring"), 0u);
  EXPECT_EQ(receiver->held(), 1000u);
}

int OptionOf(int fd, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

// The AF_XDP sockets of this process.
std::vector<int> XskDescriptors() {
  std::vector<int> descriptors;
  for (int fd = 0; fd < 1024; ++fd) {
    if (OptionOf(fd, SO_DOMAIN) == AF_XDP) descriptors.push_back(fd);
  }
  return descriptors;
}

TEST_F(AfXdp, BusyPollingIsAskedOfEveryQueue) {
  constexpr int kPrefer = 69;  // SO_PREFER_BUSY_POLL
  ReceiveSetup setup = SetupOf({LineOn("rx0"), LineOn("rx1")});
  setup.receive.busy_poll_us = 37;
  auto receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  EXPECT_THAT(receiver->notes(), ::testing::Not(::testing::Contains(HasSubstr("busy polling"))));
  const std::vector<int> sockets = XskDescriptors();
  ASSERT_EQ(sockets.size(), 2u);
  for (const int fd : sockets) {
    EXPECT_EQ(OptionOf(fd, SO_BUSY_POLL), 37);
    EXPECT_EQ(OptionOf(fd, kPrefer), 1);
  }
  SendOver(0, 5);
  EXPECT_EQ(Drain(*receiver).size(), 5u);
  receiver.reset();
  setup.receive.busy_poll_us = 0;
  receiver = Opened(setup);
  for (const int fd : XskDescriptors()) EXPECT_EQ(OptionOf(fd, kPrefer), 0);
}

TEST_F(AfXdp, AnInterfaceThatComesBackIsBusyPolledAsBefore) {
  ReceiveSetup setup = SetupOf({LineOn("rx0")});
  setup.receive.busy_poll_us = 37;
  const auto receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  const auto await_deaf_lines = [&](uint64_t count) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    do {
      Drain(*receiver);
      receiver->RefreshStats();
    } while (receiver->stats().deaf_lines != count && std::chrono::steady_clock::now() < end);
    return receiver->stats().deaf_lines == count;
  };
  ASSERT_TRUE(VethNetwork::Remove(0));
  ASSERT_TRUE(await_deaf_lines(1));
  ASSERT_TRUE(network_->Restore(0));
  ASSERT_TRUE(await_deaf_lines(0));
  const std::vector<int> sockets = XskDescriptors();
  ASSERT_EQ(sockets.size(), 1u);
  EXPECT_EQ(OptionOf(sockets[0], SO_BUSY_POLL), 37);
}

// An adapter writes within pages, one by one.
TEST_F(AfXdp, ZeroCopyIsNotTriedWithSlicesThatCrossPages) {
  ReceiveSetup setup = SetupOf({LineOn("rx0")});
  setup.region.slice_bytes = kXdpCopySliceBytes;
  auto receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  EXPECT_THAT(receiver->notes(),
              ::testing::Contains(AllOf(HasSubstr("zero-copy is not tried: slices of 2112 bytes"),
                                        HasSubstr("2048 or 4096"))));
  EXPECT_THAT(receiver->notes(),
              ::testing::Not(::testing::Contains(HasSubstr("not in native mode, zero-copy"))));
  XdpOptionsIn(setup.receive).copy = XdpCopy::kZeroCopy;
  EXPECT_THAT(Refusal(setup), AllOf(HasSubstr("no zero-copy: slices of 2112 bytes cross pages"),
                                    HasSubstr("2048 or 4096")));
  // Whoever wants copies is not told of it.
  XdpOptionsIn(setup.receive).copy = XdpCopy::kCopy;
  receiver.reset();
  receiver = Opened(setup);
  ASSERT_NE(receiver, nullptr);
  EXPECT_THAT(receiver->notes(), ::testing::Not(::testing::Contains(HasSubstr("zero-copy"))));
}

TEST_F(AfXdp, ProbingSaysWhatItFellBackFrom) {
  const auto receiver = Opened(SetupOf({LineOn("rx0")}));
  ASSERT_NE(receiver, nullptr);
  EXPECT_EQ(receiver->backend().mode(), "native mode, copy");
  EXPECT_THAT(receiver->notes(), ::testing::Contains(HasSubstr("not in native mode, zero-copy")));
}

// Runs `body` in a child process without some capabilities and with a memory lock limit; what it
// returns is returned.
std::string WithoutCapabilities(uint64_t dropped, const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{.rlim_cur = 64 << 10, .rlim_max = 64 << 10};
    setrlimit(RLIMIT_MEMLOCK, &limit);
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct data[2]{};
    syscall(SYS_capget, &header, data);
    for (int word = 0; word < 2; ++word) {
      const auto keep = static_cast<uint32_t>(~(dropped >> 32 * word));
      data[word].effective &= keep;
      data[word].permitted &= keep;
    }
    syscall(SYS_capset, &header, data);
    const std::string answer = body();
    _exit(write(ends[1], answer.data(), answer.size()) < 0 ? 1 : 0);
  }
  close(ends[1]);
  std::string answer(4096, '\0');
  const ssize_t bytes = read(ends[0], answer.data(), answer.size());
  answer.resize(bytes < 0 ? 0 : static_cast<size_t>(bytes));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return answer;
}

constexpr uint64_t Bit(int capability) { return uint64_t{1} << capability; }

TEST_F(AfXdp, MissingPrivilegesAreNamed) {
  const auto refusal = [] { return Refusal(SetupOf({LineOn("rx0")})); };
  const auto probe = [] { return AfXdpBackend::Probe().reason; };
  EXPECT_THAT(WithoutCapabilities(Bit(CAP_NET_RAW), refusal), HasSubstr("CAP_NET_RAW"));
  EXPECT_THAT(WithoutCapabilities(Bit(CAP_NET_RAW), probe), HasSubstr("CAP_NET_RAW"));
  const uint64_t bpf = Bit(CAP_BPF) | Bit(CAP_SYS_ADMIN);
  EXPECT_THAT(WithoutCapabilities(bpf, refusal), HasSubstr("CAP_BPF"));
  EXPECT_THAT(WithoutCapabilities(bpf, probe), HasSubstr("CAP_BPF"));
  const uint64_t admin = Bit(CAP_NET_ADMIN) | Bit(CAP_SYS_ADMIN);
  EXPECT_THAT(WithoutCapabilities(admin, refusal), HasSubstr("CAP_NET_ADMIN"));
  EXPECT_THAT(WithoutCapabilities(Bit(CAP_IPC_LOCK), refusal),
              AllOf(HasSubstr("LimitMEMLOCK"), HasSubstr("64 KiB")));
}

}  // namespace
}  // namespace fh::rio
