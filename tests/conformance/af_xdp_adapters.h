// AF_XDP in the conformance suite, twice: in generic mode on a loopback interface, and in native
// mode on a veth pair; each in network namespaces of its own.
#ifndef FEEDHANDLER_TESTS_CONFORMANCE_AF_XDP_ADAPTERS_H_
#define FEEDHANDLER_TESTS_CONFORMANCE_AF_XDP_ADAPTERS_H_

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rio/backend/af_xdp.h"
#include "rio/backend/recvmmsg.h"
#include "tests/conformance/backend_harness.h"
#include "tests/conformance/network_namespaces.h"

namespace fh::test {

// What holds for both.
template <class B>
struct AfXdpAdapter : SocketBackendAdapter<B> {
  // There can be one on an interface.
  using Stranger = rio::RecvmmsgBackend;
  static constexpr bool kKernelQueue = false;
  static constexpr bool kWaitsForSlices = false;
  static constexpr bool kLineQueues = false;
  static constexpr bool kTruncates = false;
  // What the kernel leaves free, and the Ethernet, IPv4 and UDP headers.
  static constexpr uint32_t kFramingBytes = rio::kChunkHeadroomBytes + 14 + 20 + 8;
  static constexpr uint32_t kLeastSliceBytes = rio::kLeastChunkBytes;

  // A datagram that finds no slice is lost, so there are more than a case leaves unpolled.
  static rio::ReceiveSetup Fit(rio::ReceiveSetup setup) {
    setup.region.slice_bytes = std::max(setup.region.slice_bytes, kLeastSliceBytes);
    setup.region.slice_count = std::max(setup.region.slice_count, 4096u);
    return setup;
  }
};

template <>
struct BackendAdapter<rio::AfXdpBackend> : AfXdpAdapter<rio::AfXdpBackend> {
  struct Environment {
    std::string why;
    std::unique_ptr<LoopbackNetwork> network = LoopbackNetwork::Create(why);
  };

  absl::StatusOr<std::unique_ptr<rio::AfXdpBackend>> Open(rio::ReceiverOptions options,
                                                          rio::RegisteredRegion& region) {
    rio::XdpOptionsIn(options).mode = rio::XdpMode::kGeneric;
    return rio::AfXdpBackend::Open(options, region);
  }
};

// The backend on the receiving end of a cable. The suite speaks of "lo" and of addresses in
// 127.0.0.0/8; here they are rx0 and those of its network.
class AfXdpOnVeth {
 public:
  static constexpr char kName[] = "af_xdp_native";
  static constexpr const char* kDescription = rio::AfXdpBackend::kDescription;

  static rio::ProbeResult Probe() { return rio::AfXdpBackend::Probe(); }
  explicit AfXdpOnVeth(std::unique_ptr<rio::AfXdpBackend> backend) : backend_(std::move(backend)) {}

  void Post(std::span<const uint32_t> slices) { backend_->Post(slices); }
  size_t Poll(std::span<rio::Packet> packets) { return backend_->Poll(packets); }
  void Wait(std::chrono::nanoseconds timeout) { backend_->Wait(timeout); }
  void RefreshStats() { backend_->RefreshStats(); }
  const rio::BackendStats& stats() const { return backend_->stats(); }
  std::span<const rio::LineStats> line_stats() const { return backend_->line_stats(); }
  const std::vector<std::string>& notes() const { return backend_->notes(); }
  uint32_t owned() const { return backend_->owned(); }
  bool finished() const { return backend_->finished(); }
  void Close() { backend_->Close(); }

  // 127.0.0.1 to receive from is rx0's address; 127.0.0.N to send from is tx0's Nth.
  static rio::IpAddress OnCable(const rio::IpAddress& address, bool is_sender) {
    if (!address.is_v4() || address.bytes()[0] != 127) return address;
    const uint8_t bytes[4] = {10, 77, 0, is_sender ? address.bytes()[3] : uint8_t{100}};
    return rio::IpAddress::V4(bytes);
  }
  static rio::Subscription OnCable(rio::Subscription line, const char* interface) {
    line.group.address = OnCable(line.group.address, false);
    line.source = OnCable(line.source, true);
    line.interface = interface;
    return line;
  }

 private:
  std::unique_ptr<rio::AfXdpBackend> backend_;
};

// The network of the case that runs.
inline VethNetwork*& CurrentVeth() {
  static VethNetwork* network = nullptr;
  return network;
}

// Sends from the other end.
class VethTraffic {
 public:
  explicit VethTraffic(const std::vector<rio::Subscription>& lines, const char* source = nullptr) {
    rio::SenderOptions options{.interface = "tx0"};
    for (const rio::Subscription& line : lines) {
      options.destinations.push_back(AfXdpOnVeth::OnCable(line, "tx0").group);
    }
    if (source != nullptr) {
      options.source = AfXdpOnVeth::OnCable(*rio::IpAddress::Parse(source), true);
    }
    CurrentVeth()->AtSender([&] {
      auto sender = rio::Sender::Open(options);
      EXPECT_TRUE(sender.ok()) << sender.status();
      if (sender.ok()) sender_ = *std::move(sender);
    });
  }

  void Send(uint32_t line, const std::string& payload) {
    const rio::Sender::Datagram datagram{.data = reinterpret_cast<const uint8_t*>(payload.data()),
                                         .length = static_cast<uint32_t>(payload.size()),
                                         .destination = line};
    ASSERT_NE(sender_, nullptr);
    ASSERT_EQ(sender_->Send({&datagram, 1}), 1u) << "error " << sender_->stats().last_error;
  }

 private:
  std::unique_ptr<rio::Sender> sender_;
};

template <>
struct BackendAdapter<AfXdpOnVeth> : AfXdpAdapter<AfXdpOnVeth> {
  using Traffic = VethTraffic;

  struct Environment {
    std::string why;
    std::unique_ptr<VethNetwork> network = VethNetwork::Create(/*cables=*/1, why);
    Environment() { CurrentVeth() = network.get(); }
    ~Environment() { CurrentVeth() = nullptr; }
  };
  static std::optional<std::string> EnterIpv6Namespace() { return std::nullopt; }

  absl::StatusOr<std::unique_ptr<AfXdpOnVeth>> Open(rio::ReceiverOptions options,
                                                    rio::RegisteredRegion& region) {
    for (rio::Subscription& line : options.subscriptions) line = AfXdpOnVeth::OnCable(line, "rx0");
    rio::XdpOptionsIn(options).mode = rio::XdpMode::kNative;
    absl::StatusOr<std::unique_ptr<rio::AfXdpBackend>> backend =
        rio::AfXdpBackend::Open(options, region);
    if (!backend.ok()) return backend.status();
    return std::make_unique<AfXdpOnVeth>(*std::move(backend));
  }
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CONFORMANCE_AF_XDP_ADAPTERS_H_
