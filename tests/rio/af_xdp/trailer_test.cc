// Stamps in live frames: AF_XDP sees what sockets do not.
#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "replay/udp_frame.h"
#include "rio/backend/af_xdp.h"
#include "rio/receiver.h"
#include "tests/conformance/network_namespaces.h"
#include "tests/rio/trailer_bytes.h"

namespace fh::test {
namespace {

// Sends frames as they are, on loopback.
class RawTraffic {
 public:
  RawTraffic() : fd_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
    address_.sll_family = AF_PACKET;
    address_.sll_ifindex = static_cast<int>(if_nametoindex("lo"));
    address_.sll_halen = ETH_ALEN;
  }

  void Send(const rio::Endpoint& group, const std::string& payload, const TrailerBytes& trailer) {
    const replay::UdpFraming framing{.source = *rio::ParseEndpoint("127.0.0.1:40000"),
                                     .destination = group};
    std::vector<uint8_t> frame(payload.size() + replay::kMaxUdpFramingBytes);
    const auto size = replay::BuildUdpFrame(
        framing, {reinterpret_cast<const uint8_t*>(payload.data()), payload.size()}, frame);
    ASSERT_TRUE(size.ok()) << size.status();
    frame.resize(*size);
    for (const uint8_t byte : trailer) frame.push_back(byte);
    ASSERT_EQ(sendto(fd_.get(), frame.data(), frame.size(), 0,
                     reinterpret_cast<const sockaddr*>(&address_), sizeof address_),
              static_cast<ssize_t>(frame.size()));
  }

 private:
  const rio::UniqueFd fd_;
  sockaddr_ll address_{};
};

std::vector<rio::Packet> Take(rio::Receiver<rio::AfXdpBackend>& receiver, size_t most) {
  std::vector<rio::Packet> packets;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::array<rio::Packet, 16> burst;
  while (packets.size() < most && std::chrono::steady_clock::now() < end) {
    const size_t count = receiver.Poll(burst);
    packets.insert(packets.end(), burst.begin(), burst.begin() + static_cast<long>(count));
  }
  return packets;
}

int64_t UnixNs() {
  return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

// A receiver over the loopback interface of a namespace of its own.
class AfXdpTrailers : public testing::Test {
 protected:
  void SetUp() override {
    const rio::ProbeResult probe = rio::AfXdpBackend::Probe();
    if (!probe.available) GTEST_SKIP() << "skipped: " << probe.reason;
    std::string why;
    network_ = LoopbackNetwork::Create(why);
    if (network_ == nullptr) GTEST_SKIP() << why;
  }

  void Open(rio::ReceiveStamps stamps) {
    rio::ReceiveSetup setup;
    setup.region.slice_count = 4096;
    setup.receive.stamps = stamps;
    setup.receive.subscriptions = {
        {.group = group_, .interface = "lo", .trailer = rio::TrailerFormat::kMetamako}};
    rio::XdpOptionsIn(setup.receive).mode = rio::XdpMode::kGeneric;
    auto receiver = rio::Receiver<rio::AfXdpBackend>::Open(setup);
    ASSERT_TRUE(receiver.ok()) << receiver.status();
    receiver_ = *std::move(receiver);
  }

  const rio::Endpoint group_ = *rio::ParseEndpoint("239.1.2.3:26400");
  std::unique_ptr<LoopbackNetwork> network_;
  std::unique_ptr<rio::Receiver<rio::AfXdpBackend>> receiver_;
};

// A trailer that says when the frame was on the wire, and the kernel that says when it came.
TEST_F(AfXdpTrailers, BesideThemTheKernelsStampIsKept) {
  ASSERT_NO_FATAL_FAILURE(Open(rio::ReceiveStamps::kSoftware));

  const int64_t before_ns = UnixNs();
  const int64_t wire_ns = before_ns - 300'000'000;
  RawTraffic traffic;
  const std::string payload(80, 'x');
  traffic.Send(group_, payload,
               MetamakoTrailer({.seconds = static_cast<uint32_t>(wire_ns / 1'000'000'000),
                                .ns = static_cast<uint32_t>(wire_ns % 1'000'000'000)}));
  traffic.Send(group_, payload, {});
  const std::vector<rio::Packet> packets = Take(*receiver_, 2);
  ASSERT_EQ(packets.size(), 2u);
  EXPECT_EQ(packets[0].stamp_source, rio::StampSource::kTrailer);
  EXPECT_EQ(packets[0].stamp_ns, wire_ns);
  EXPECT_GE(packets[0].stamp_ns + packets[0].kernel_after_ns, before_ns);
  EXPECT_LE(packets[0].stamp_ns + packets[0].kernel_after_ns, UnixNs());
  EXPECT_EQ(packets[1].stamp_source, rio::StampSource::kSoftware) << "has no trailer";
  EXPECT_EQ(packets[1].kernel_after_ns, 0);
}

TEST_F(AfXdpTrailers, LivePacketsCarryTheStampsOfTheirFrames) {
  ASSERT_NO_FATAL_FAILURE(Open(rio::ReceiveStamps::kNone));
  for (const std::string& note : receiver_->notes()) {
    EXPECT_EQ(note.find("not seen by sockets"), std::string::npos) << note;
  }

  const auto now_s = static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                               std::chrono::system_clock::now().time_since_epoch())
                                               .count());
  RawTraffic traffic;
  const std::string payload(80, 'x');
  traffic.Send(group_, payload,
               MetamakoTrailer({.seconds = now_s, .ns = 123'456'789, .device = 1, .port = 2}));
  traffic.Send(group_, payload, {});
  traffic.Send(group_, payload, MetamakoTrailer({.seconds = 1000, .ns = 5}));

  const std::vector<rio::Packet> packets = Take(*receiver_, 3);
  ASSERT_EQ(packets.size(), 3u);
  EXPECT_EQ(packets[0].stamp_source, rio::StampSource::kTrailer);
  EXPECT_EQ(packets[0].stamp_ns, int64_t{now_s} * 1'000'000'000 + 123'456'789);
  EXPECT_EQ(packets[0].length, payload.size()) << "the stamp is no part of the payload";
  for (size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(packets[i].stamp_source, rio::StampSource::kNone);
    EXPECT_EQ(packets[i].stamp_ns, 0);
  }
  EXPECT_EQ(receiver_->stats().unstamped, 2u);
}

}  // namespace
}  // namespace fh::test
