// What every backend over sockets and frames promises of interfaces: a group on two of them is two
// lines, a line takes nothing of another interface, and a line whose interface goes comes back with
// it, while the others go on. On virtual cables between two networks of the test's own.
#include <net/if.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/af_xdp/xdp_options.h"
#include "rio/backends.h"
#include "rio/receiver.h"
#include "rio/socket/line_keeper.h"
#include "rio/socket/multicast.h"
#include "rio/socket/sender.h"
#include "tests/conformance/network_namespaces.h"

namespace fh::test {
namespace {

using rio::Packet;
using rio::ReceiverOptions;
using rio::Subscription;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kDeadline{30};
constexpr char kGroup[] = "239.1.1.1:26400";
constexpr char kGroup6[] = "[ff15::1]:26400";

// Ways to receive.
template <class B>
struct OverSockets {
  using Backend = B;
  static constexpr const char* kName = B::kName;
  static void Choose(ReceiverOptions&) {}
};
template <rio::XdpMode kMode>
struct OverAfXdp {
  using Backend = rio::AfXdpBackend;
  static constexpr const char* kName =
      kMode == rio::XdpMode::kNative ? "af_xdp_native" : "af_xdp_generic";
  static void Choose(ReceiverOptions& options) { rio::XdpOptionsIn(options).mode = kMode; }
};
using Ways = ::testing::Types<OverSockets<rio::RecvmmsgBackend>, OverSockets<rio::IoUringBackend>,
                              OverSockets<rio::IoUringMultishotBackend>,
                              OverAfXdp<rio::XdpMode::kGeneric>, OverAfXdp<rio::XdpMode::kNative>>;
struct WayNames {
  template <class Way>
  static std::string GetName(int) {
    return Way::kName;
  }
};

Subscription LineOn(const char* interface, const char* group = kGroup,
                    const char* source = nullptr) {
  Subscription line;
  line.group = *rio::ParseEndpoint(group);
  line.interface = interface;
  if (source != nullptr) line.source = *rio::IpAddress::Parse(source);
  return line;
}

template <class Way>
class InterfaceConformance : public ::testing::Test {
 protected:
  using Backend = typename Way::Backend;

  void SetUp() override {
    const rio::ProbeResult probe = Backend::Probe();
    if (!probe.available) GTEST_SKIP() << "skipped: " << probe.reason;
    std::string why;
    network_ = VethNetwork::Create(/*cables=*/2, why);
    if (network_ == nullptr) GTEST_SKIP() << why;
  }
  void TearDown() override { receiver_.reset(); }

  void Open(std::vector<Subscription> lines, uint32_t slices = 4096) {
    rio::ReceiveSetup setup;
    setup.region.slice_count = slices;
    setup.receive.subscriptions = std::move(lines);
    setup.receive.tell = [this](const std::string& news) {
      const std::lock_guard lock(mutex_);
      news_.push_back(news);
    };
    Way::Choose(setup.receive);
    auto receiver = rio::Receiver<Backend>::Open(setup);
    ASSERT_TRUE(receiver.ok()) << receiver.status();
    receiver_ = *std::move(receiver);
  }

  // `count` datagrams over a cable; `payload` says which.
  void Send(int cable, uint32_t count, const std::string& payload, const char* group = kGroup) {
    const std::string interface = "tx" + std::to_string(cable);
    network_->AtSender([&] {
      auto sender =
          rio::Sender::Open({.destinations = {*rio::ParseEndpoint(group)}, .interface = interface});
      ASSERT_TRUE(sender.ok()) << sender.status();
      const rio::Sender::Datagram datagram{.data = reinterpret_cast<const uint8_t*>(payload.data()),
                                           .length = static_cast<uint32_t>(payload.size())};
      for (uint32_t i = 0; i < count; ++i) ASSERT_EQ((*sender)->Send({&datagram, 1}), 1u);
    });
  }

  // Takes what comes, and gives it back.
  size_t Poll() {
    std::array<Packet, 64> packets;
    const size_t count = receiver_->Poll(packets);
    for (const Packet& packet : std::span(packets).first(count)) {
      came_.push_back({packet.line, {reinterpret_cast<const char*>(packet.data), packet.length}});
    }
    receiver_->Release(std::span<const Packet>(packets).first(count));
    return count;
  }
  void PollUntilIdle() {
    for (int idle = 0; idle < 300;) idle = Poll() > 0 ? 0 : idle + 1;
  }

  // Polls until `is_so`, with fresh counts. False at the deadline.
  template <class F>
  bool Await(F&& is_so) {
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    for (;;) {
      PollUntilIdle();
      receiver_->RefreshStats();
      if (is_so(receiver_->stats())) return true;
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  // How many packets came on the line, all with this payload.
  size_t CameOn(uint16_t line, const std::string& payload) {
    PollUntilIdle();
    size_t count = 0;
    for (const auto& [its_line, its_payload] : came_) {
      if (its_line != line) continue;
      EXPECT_EQ(its_payload, payload) << "on line " << line;
      ++count;
    }
    return count;
  }
  void Forget() { came_.clear(); }

  // The next `count` packets, held.
  std::vector<Packet> Hold(size_t count) {
    std::vector<Packet> held;
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (held.size() < count && std::chrono::steady_clock::now() < end) {
      std::array<Packet, 16> packets;
      const size_t came = receiver_->Poll(packets);
      held.insert(held.end(), packets.begin(), packets.begin() + static_cast<long>(came));
    }
    return held;
  }

  // The first of so many interfaces goes and comes back while packets are held.
  void LoseInterfacesAndNoSlice(int interfaces) {
    constexpr uint32_t kSlices = 64;
    std::vector<Subscription> lines = {LineOn("rx0"), LineOn("rx1")};
    lines.resize(static_cast<size_t>(interfaces));
    Open(lines, kSlices);
    for (int round = 0; round < 4; ++round) {
      for (int cable = 0; cable < interfaces; ++cable) Send(cable, 8, "held");
      const std::vector<Packet> held = Hold(8 * lines.size());
      ASSERT_EQ(held.size(), 8 * lines.size());
      ASSERT_TRUE(VethNetwork::Remove(0));
      ASSERT_TRUE(Await([](const rio::BackendStats& s) { return s.deaf_lines == 1; }));
      ASSERT_EQ(receiver_->held(), held.size());
      for (const Packet& packet : held) {
        EXPECT_EQ(std::string(reinterpret_cast<const char*>(packet.data), packet.length), "held");
      }
      // One comes back before the interface does, and the others after it.
      receiver_->Release(std::span<const Packet>(held).first(1));
      ASSERT_TRUE(network_->Restore(0));
      ASSERT_TRUE(Await([](const rio::BackendStats& s) { return s.deaf_lines == 0; }));
      receiver_->Release(std::span<const Packet>(held).subspan(1));
      EXPECT_EQ(receiver_->held(), 0u);
      Forget();
      // As often round as every slice has been used.
      for (int i = 0; i < 40; ++i) {
        for (int cable = 0; cable < interfaces; ++cable) {
          Send(cable, 8, cable == 0 ? "cable 0" : "cable 1");
        }
        PollUntilIdle();
      }
      EXPECT_EQ(CameOn(0, "cable 0"), 320u);
      if (interfaces > 1) {
        EXPECT_EQ(CameOn(1, "cable 1"), 320u);
      }
      EXPECT_EQ(receiver_->held(), 0u);
    }
    receiver_->Close();
    EXPECT_EQ(receiver_->backend().owned(), 0u);
  }

  std::vector<std::string> News() {
    const std::lock_guard lock(mutex_);
    return news_;
  }

  std::unique_ptr<VethNetwork> network_;
  std::unique_ptr<rio::Receiver<Backend>> receiver_;
  std::vector<std::pair<uint16_t, std::string>> came_;
  std::mutex mutex_;
  std::vector<std::string> news_;
};
TYPED_TEST_SUITE(InterfaceConformance, Ways, WayNames);

TYPED_TEST(InterfaceConformance, AGroupOnTwoInterfacesIsTwoLines) {
  this->Open({LineOn("rx0"), LineOn("rx1"), LineOn("rx0", kGroup6), LineOn("rx1", kGroup6)});
  for (int round = 0; round < 5; ++round) {
    this->Send(0, 20, "cable 0");
    this->Send(1, 10, "cable 1");
    this->Send(0, 4, "cable 0", kGroup6);
    this->Send(1, 2, "cable 1", kGroup6);
    this->PollUntilIdle();
  }
  EXPECT_EQ(this->CameOn(0, "cable 0"), 100u);
  EXPECT_EQ(this->CameOn(1, "cable 1"), 50u);
  EXPECT_EQ(this->CameOn(2, "cable 0"), 20u);
  EXPECT_EQ(this->CameOn(3, "cable 1"), 10u);
}

// Whoever else joined the group on the other interface.
TYPED_TEST(InterfaceConformance, ALineTakesNothingOfAnotherInterface) {
  this->Open({LineOn("rx0"), LineOn("rx0", kGroup6)});
  const auto four = rio::OpenLineSocket(LineOn("rx1"), {});
  const auto six = rio::OpenLineSocket(LineOn("rx1", kGroup6), {});
  ASSERT_TRUE(four.ok() && six.ok());
  this->Send(1, 10, "cable 1");
  this->Send(1, 10, "cable 1", kGroup6);
  this->Send(0, 5, "cable 0");
  this->Send(0, 7, "cable 0", kGroup6);
  EXPECT_EQ(this->CameOn(0, "cable 0"), 5u);
  EXPECT_EQ(this->CameOn(1, "cable 0"), 7u);
  this->receiver_->RefreshStats();
  EXPECT_EQ(this->receiver_->stats().kernel_drops, 0u);
}

// On the same interface: what another program joined there is no line of ours.
TYPED_TEST(InterfaceConformance, ALineTakesNothingOfAnotherGroupOfItsInterface) {
  this->Open({LineOn("rx0")});
  const auto other = rio::OpenLineSocket(LineOn("rx0", "239.1.1.2:26400"), {});
  ASSERT_TRUE(other.ok());
  this->Send(0, 10, "another group", "239.1.1.2:26400");
  this->Send(0, 5, "cable 0");
  EXPECT_EQ(this->CameOn(0, "cable 0"), 5u);
}

TYPED_TEST(InterfaceConformance, AnInterfaceThatComesBackAsANewOneIsJoinedAnew) {
  this->Open({LineOn("rx0"), LineOn("rx1"), LineOn("rx0", kGroup6),
              LineOn("rx0", "239.1.1.9:26400", "10.77.0.1")});
  for (int round = 1; round <= 3; ++round) {
    const uint32_t before = if_nametoindex("rx0");
    this->Send(0, 3, "in the queue");
    ASSERT_TRUE(VethNetwork::Remove(0));
    ASSERT_TRUE(this->Await([](const rio::BackendStats& s) { return s.deaf_lines == 3; }));
    EXPECT_EQ(this->CameOn(0, "in the queue"), 3u) << "what had arrived is delivered";
    this->Forget();
    this->Send(1, 5, "cable 1");
    EXPECT_EQ(this->CameOn(1, "cable 1"), 5u) << "the other line goes on";
    const rio::BackendStats& stats = this->receiver_->stats();
    EXPECT_EQ(stats.line_losses, 3u * static_cast<uint64_t>(round));
    EXPECT_TRUE(this->receiver_->line_stats()[0].deaf);
    EXPECT_FALSE(this->receiver_->line_stats()[1].deaf);

    ASSERT_TRUE(this->network_->Restore(0));
    ASSERT_NE(if_nametoindex("rx0"), before);
    ASSERT_TRUE(this->Await([&](const rio::BackendStats& s) { return s.deaf_lines == 0; }))
        << ::testing::PrintToString(this->News());
    EXPECT_EQ(stats.line_returns, 3u * static_cast<uint64_t>(round));
    this->Forget();
    this->Send(0, 7, "cable 0");
    this->Send(0, 8, "cable 0", kGroup6);
    this->Send(0, 9, "cable 0", "239.1.1.9:26400");
    this->Send(1, 6, "cable 1");
    EXPECT_EQ(this->CameOn(0, "cable 0"), 7u);
    EXPECT_EQ(this->CameOn(1, "cable 1"), 6u);
    EXPECT_EQ(this->CameOn(2, "cable 0"), 8u);
    EXPECT_EQ(this->CameOn(3, "cable 0"), 9u);
    this->Forget();
  }
  EXPECT_EQ(this->receiver_->line_stats()[1].losses, 0u);
  EXPECT_EQ(this->receiver_->line_stats()[0].losses, 3u);
  EXPECT_EQ(this->receiver_->line_stats()[0].returns, 3u);
  EXPECT_EQ(this->receiver_->held(), 0u);
  EXPECT_EQ(this->receiver_->stats().errors, 0u);
  EXPECT_THAT(this->News(), Contains(AllOf(HasSubstr("interface rx0 is gone"),
                                           HasSubstr("3 line(s) receive nothing"))));
  EXPECT_THAT(this->News(), Contains(HasSubstr("3 line(s) of interface rx0 joined anew")));
}

TYPED_TEST(InterfaceConformance, ALinkThatIsLostIsCountedAndReceivesAgainByItself) {
  this->Open({LineOn("rx0"), LineOn("rx1")});
  ASSERT_TRUE(VethNetwork::Run("ip link set rx0 down"));
  ASSERT_TRUE(this->Await([](const rio::BackendStats& s) { return s.deaf_lines == 1; }));
  EXPECT_THAT(this->News(), Contains(HasSubstr("interface rx0 is down")));
  ASSERT_TRUE(VethNetwork::Run("ip link set rx0 up"));
  ASSERT_TRUE(this->Await([](const rio::BackendStats& s) { return s.deaf_lines == 0; }));
  this->Send(0, 7, "cable 0");
  EXPECT_EQ(this->CameOn(0, "cable 0"), 7u);
  // The other end: the cable is still in, but nobody is there.
  ASSERT_TRUE(this->network_->AtSender([] { return VethNetwork::Run("ip link set tx0 down"); }));
  ASSERT_TRUE(this->Await([](const rio::BackendStats& s) { return s.deaf_lines == 1; }));
  EXPECT_THAT(this->News(), Contains(HasSubstr("interface rx0 has no link")));
  ASSERT_TRUE(this->network_->AtSender([] { return VethNetwork::Run("ip link set tx0 up"); }));
  ASSERT_TRUE(this->Await([](const rio::BackendStats& s) { return s.deaf_lines == 0; }));
  EXPECT_EQ(this->receiver_->line_stats()[0].losses, 2u);
  EXPECT_EQ(this->receiver_->line_stats()[0].returns, 2u);
  EXPECT_EQ(this->receiver_->line_stats()[1].losses, 0u);
  this->Forget();
  this->Send(0, 7, "cable 0");
  EXPECT_EQ(this->CameOn(0, "cable 0"), 7u);
}

// All addresses of an interface go, as when a DHCP lease ends, and others come.
TYPED_TEST(InterfaceConformance, AnInterfaceThatChangesItsAddressesGoesOnReceiving) {
  this->Open({LineOn("rx0"), LineOn("rx0", kGroup6)});
  ASSERT_TRUE(VethNetwork::Run("ip address flush dev rx0"));
  ASSERT_TRUE(VethNetwork::Run(
      "ip address add 10.77.0.101/24 dev rx0 && ip address add fd77:0::101/64 dev rx0 nodad"));
  ASSERT_TRUE(this->Await([](const rio::BackendStats& s) { return s.deaf_lines == 0; }));
  this->Send(0, 5, "cable 0");
  this->Send(0, 6, "cable 0", kGroup6);
  EXPECT_EQ(this->CameOn(0, "cable 0"), 5u);
  EXPECT_EQ(this->CameOn(1, "cable 0"), 6u);
}

// Slices that the caller holds, and those that the kernel had for an interface that is gone, all
// come back: traffic that needs every one of them flows afterwards. With one interface and with
// two, of which the other goes on.
TYPED_TEST(InterfaceConformance, NoSliceIsLostWithTheOnlyInterface) {
  this->LoseInterfacesAndNoSlice(1);
}
TYPED_TEST(InterfaceConformance, NoSliceIsLostWithOneOfTwoInterfaces) {
  this->LoseInterfacesAndNoSlice(2);
}

TYPED_TEST(InterfaceConformance, ClosesWhileItsInterfaceIsGone) {
  this->Open({LineOn("rx0")});
  ASSERT_TRUE(VethNetwork::Remove(0));
  ASSERT_TRUE(this->Await([](const rio::BackendStats& s) { return s.deaf_lines == 1; }));
  this->receiver_->Wait(std::chrono::milliseconds(1));
  this->receiver_->Close();
  EXPECT_EQ(this->receiver_->backend().owned(), 0u);
  EXPECT_EQ(this->receiver_->stats().line_losses, 1u);
  EXPECT_EQ(this->receiver_->stats().deaf_lines, 1u);
}

}  // namespace
}  // namespace fh::test
