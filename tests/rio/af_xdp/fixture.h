// What the tests of AF_XDP share: two cables between two networks, receivers on one end, datagrams
// from the other.
#ifndef FEEDHANDLER_TESTS_RIO_AF_XDP_FIXTURE_H_
#define FEEDHANDLER_TESTS_RIO_AF_XDP_FIXTURE_H_

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rio/backend/af_xdp.h"
#include "rio/receiver.h"
#include "rio/socket/sender.h"
#include "tests/conformance/network_namespaces.h"

namespace fh::test {

inline constexpr char kGroup[] = "239.1.1.1:26400";

inline rio::Subscription LineOn(const char* interface, const char* group = kGroup) {
  rio::Subscription line;
  line.group = *rio::ParseEndpoint(group);
  line.interface = interface;
  return line;
}

inline rio::ReceiveSetup SetupOf(std::vector<rio::Subscription> lines, uint32_t slices = 1024) {
  rio::ReceiveSetup setup;
  setup.region.slice_count = slices;
  setup.receive.subscriptions = std::move(lines);
  return setup;
}

using XdpReceiver = rio::Receiver<rio::AfXdpBackend>;

inline std::unique_ptr<XdpReceiver> Opened(const rio::ReceiveSetup& setup) {
  auto receiver = XdpReceiver::Open(setup);
  EXPECT_TRUE(receiver.ok()) << receiver.status();
  return receiver.ok() ? *std::move(receiver) : nullptr;
}

inline std::string Refusal(const rio::ReceiveSetup& setup) {
  const auto receiver = XdpReceiver::Open(setup);
  return receiver.ok() ? "(opened)" : std::string(receiver.status().ToString());
}

// Sends `count` datagrams of `bytes` bytes.
inline void Send(const char* interface, const char* group, uint32_t count, size_t bytes = 64) {
  auto sender =
      rio::Sender::Open({.destinations = {*rio::ParseEndpoint(group)}, .interface = interface});
  ASSERT_TRUE(sender.ok()) << sender.status();
  const std::vector<uint8_t> payload(bytes, 'x');
  const rio::Sender::Datagram datagram{.data = payload.data(),
                                       .length = static_cast<uint32_t>(bytes)};
  for (uint32_t i = 0; i < count; ++i) ASSERT_EQ((*sender)->Send({&datagram, 1}), 1u);
}

// Polls until nothing more comes; the packets are held.
inline std::vector<rio::Packet> Drain(XdpReceiver& receiver) {
  std::vector<rio::Packet> all;
  std::array<rio::Packet, 64> packets;
  for (int idle = 0; idle < 1000;) {
    const size_t count = receiver.Poll(packets);
    all.insert(all.end(), packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(count));
    idle = count == 0 ? idle + 1 : 0;
  }
  return all;
}

class AfXdpOnCables : public ::testing::Test {
 protected:
  void SetUp() override {
    const rio::ProbeResult probe = rio::AfXdpBackend::Probe();
    if (!probe.available) GTEST_SKIP() << "skipped: " << probe.reason;
    std::string why;
    network_ = VethNetwork::Create(/*cables=*/2, why);
    if (network_ == nullptr) GTEST_SKIP() << why;
  }

  void SendOver(int cable, uint32_t count, size_t bytes = 64, const char* group = kGroup) {
    network_->AtSender([&] { Send(cable == 0 ? "tx0" : "tx1", group, count, bytes); });
  }

  std::unique_ptr<VethNetwork> network_;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_RIO_AF_XDP_FIXTURE_H_
