// What the conformance suite needs to drive a backend: how to open it (the adapter), traffic for
// its lines, and a receiver that remembers what came.
//
// A backend joins the suite by being in the list of types of backend_conformance_test.cc; one that
// is opened or fed in another way than a socket backend also specialises BackendAdapter, as
// file_adapters.h does.
#ifndef FEEDHANDLER_TESTS_CONFORMANCE_BACKEND_HARNESS_H_
#define FEEDHANDLER_TESTS_CONFORMANCE_BACKEND_HARNESS_H_

#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rio/backend.h"
#include "rio/receiver.h"
#include "rio/socket/sender.h"
#include "tests/conformance/loopback_namespace.h"

namespace fh::test {

// Long enough for a sanitizer on a busy machine; nothing waits for it but a failing test.
inline constexpr std::chrono::seconds kDeadline{30};

// A group and port on loopback that no other test of this machine uses at the same time.
inline rio::Subscription NewLine() {
  static std::atomic<uint32_t> counter{0};
  const auto pid = static_cast<uint32_t>(getpid());
  const uint32_t n = counter.fetch_add(1);
  const uint8_t bytes[4] = {239, static_cast<uint8_t>(pid >> 8), static_cast<uint8_t>(pid),
                            static_cast<uint8_t>(n)};
  rio::Subscription line;
  line.group = {rio::IpAddress::V4(bytes), static_cast<uint16_t>(20000 + (pid * 61 + n) % 12000)};
  line.interface = "lo";
  return line;
}

inline std::vector<rio::Subscription> NewLines(size_t count) {
  std::vector<rio::Subscription> lines;
  for (size_t i = 0; i < count; ++i) lines.push_back(NewLine());
  return lines;
}

// Sends to the lines of a subscription list, by index.
class Traffic {
 public:
  explicit Traffic(const std::vector<rio::Subscription>& lines, const char* source = nullptr) {
    rio::SenderOptions options{.interface = "lo"};
    for (const rio::Subscription& line : lines) options.destinations.push_back(line.group);
    if (source != nullptr) options.source = *rio::IpAddress::Parse(source);
    auto sender = rio::Sender::Open(options);
    EXPECT_TRUE(sender.ok()) << sender.status();
    if (sender.ok()) sender_ = *std::move(sender);
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

// The payload as it lies in the packet's slice.
inline std::string BytesOfPacket(const rio::Packet& packet) {
  return {reinterpret_cast<const char*>(packet.data), packet.length};
}

// What is so with most backends.
struct AdapterDefaults {
  // The network that a case runs in, made before it; or `why` it is not available.
  struct Environment {
    std::string why;
  };
  static std::optional<std::string> EnterIpv6Namespace() { return EnterLoopbackNamespace(); }

  // What the backend needs besides what the case asks for.
  static rio::ReceiveSetup Fit(rio::ReceiveSetup setup) { return setup; }
  static constexpr uint32_t kLeastSliceBytes = 0;

  // Datagrams that find no slice wait, in the kernel or elsewhere.
  static constexpr bool kWaitsForSlices = true;
  // Every line has a queue of its own.
  static constexpr bool kLineQueues = true;
  // Takes as much as fits of a datagram that is longer than a slice.
  static constexpr bool kTruncates = true;
};

// How the suite opens and feeds a backend, and what the backend promises beyond the contract. One
// object serves one backend, and outlives it.
template <class B>
struct SocketBackendAdapter : AdapterDefaults {
  // What sends to the backend's lines.
  using Traffic = fh::test::Traffic;
  // Another program that listens on the same host.
  using Stranger = B;

  // Datagrams that find no slice wait in a queue of the kernel, and its overflow is counted
  // exactly.
  static constexpr bool kKernelQueue = true;
  // Stamps of the kernel on request.
  static constexpr bool kKernelStamps = true;
  // Receives from the host's network: a case may need what not every host allows.
  static constexpr bool kSockets = true;
  // Takes what the subscriptions name and tells them apart. Otherwise all that is sent is line 0.
  static constexpr bool kSubscribes = true;
  // Takes empty datagrams.
  static constexpr bool kAnyLength = true;
  // Bytes of a slice that are not the datagram's.
  static constexpr uint32_t kFramingBytes = 0;

  absl::StatusOr<std::unique_ptr<B>> Open(const rio::ReceiverOptions& options,
                                          rio::RegisteredRegion& region) {
    return B::Open(options, region);
  }

  // How many packets the backend may be polled for, up to `most`, before the poll would block; and
  // how many came then.
  size_t Ready(size_t most) { return most; }
  void Took(size_t) {}

  static std::string PayloadOf(const rio::Packet& packet) { return BytesOfPacket(packet); }
};

template <class B>
struct BackendAdapter : SocketBackendAdapter<B> {};

template <class B>
using TrafficOf = typename BackendAdapter<B>::Traffic;

// The options of most tests: small enough for an unprivileged socket buffer.
inline rio::ReceiveSetup SetupFor(std::vector<rio::Subscription> lines) {
  rio::ReceiveSetup setup;
  setup.region.slice_count = 512;
  setup.receive.subscriptions = std::move(lines);
  return setup;
}

// What lies behind a datagram may be the next slice, which somebody may be filling: it may be read,
// and nothing concluded from it. A backend that fills slices on a thread of the program lets the
// thread sanitizer see that, so it does not look here.
__attribute__((no_sanitize("thread"), noinline)) inline void ReadPastEnd(
    const rio::Packet& packet) {
  volatile uint8_t sink = 0;
  for (size_t i = 0; i < rio::kReadablePastEnd; ++i) sink = packet.data[packet.length + i];
  (void)sink;
}

template <class B>
class Harness {
 public:
  explicit Harness(const rio::ReceiveSetup& wanted) {
    const rio::ReceiveSetup setup = BackendAdapter<B>::Fit(wanted);
    auto region = rio::RegisteredRegion::Create(setup.region);
    EXPECT_TRUE(region.ok()) << region.status();
    if (!region.ok()) return;
    auto owned = std::make_unique<rio::RegisteredRegion>(*std::move(region));
    auto backend = adapter_.Open(setup.receive, *owned);
    EXPECT_TRUE(backend.ok()) << backend.status();
    if (!backend.ok()) return;
    receiver_ = std::make_unique<rio::Receiver<B>>(std::move(owned), *std::move(backend));
  }

  bool ok() const { return receiver_ != nullptr; }
  rio::Receiver<B>& receiver() { return *receiver_; }

  // Polls once; what comes is checked, its payload remembered, and its slice held.
  size_t Poll() {
    std::array<rio::Packet, 64> packets;
    const size_t most = adapter_.Ready(packets.size());
    const size_t count = receiver_->Poll(std::span(packets).first(most));
    adapter_.Took(count);
    EXPECT_LE(count, most);
    for (size_t i = 0; i < count; ++i) {
      Check(packets[i]);
      held_.push_back(packets[i]);
      payloads_.push_back(BackendAdapter<B>::PayloadOf(packets[i]));
      lines_.push_back(packets[i].line);
    }
    EXPECT_EQ(receiver_->held(), held_.size()) << "a slice was lost or is owned twice";
    return count;
  }

  // Polls until `count` datagrams have come in all, releasing each unless `hold`. False at the
  // deadline.
  bool PollUntil(size_t count, bool hold = false) {
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (payloads_.size() < count) {
      if (Poll() > 0 && !hold) ReleaseAll();
      if (std::chrono::steady_clock::now() > end) return false;
    }
    return true;
  }

  // Polls often enough that anything queued would have come.
  void PollIdle() {
    for (int i = 0; i < 200; ++i) {
      if (Poll() > 0) ReleaseAll();
    }
  }

  void Release(size_t index) {
    const uint32_t slice = held_[index].slice;
    receiver_->Release({&slice, 1});
    held_[index] = held_.back();
    held_.pop_back();
  }

  void ReleaseAll() {
    receiver_->Release(std::span<const rio::Packet>(held_));
    held_.clear();
  }

  const std::vector<rio::Packet>& held() const { return held_; }
  const std::vector<std::string>& payloads() const { return payloads_; }
  const std::vector<uint16_t>& lines() const { return lines_; }

  // What came on one line, in order.
  std::vector<std::string> PayloadsOf(uint16_t line) const {
    std::vector<std::string> payloads;
    for (size_t i = 0; i < payloads_.size(); ++i) {
      if (lines_[i] == line) payloads.push_back(payloads_[i]);
    }
    return payloads;
  }

 private:
  void Check(const rio::Packet& packet) {
    rio::RegisteredRegion& region = receiver_->region();
    ASSERT_LT(packet.slice, region.slice_count());
    const uint8_t* slice = region.slice(packet.slice);
    EXPECT_GE(packet.data, slice) << "the bytes must be the registered slice";
    EXPECT_LE(packet.data + packet.length, slice + region.slice_bytes());
    EXPECT_NE(packet.dequeue_ticks, 0u);
    EXPECT_EQ(packet.stamp_ns == 0, packet.stamp_source == rio::StampSource::kNone);
    ReadPastEnd(packet);
    for (const rio::Packet& other : held_) ASSERT_NE(other.slice, packet.slice) << "owned twice";
  }

  BackendAdapter<B> adapter_;
  std::unique_ptr<rio::Receiver<B>> receiver_;
  std::vector<rio::Packet> held_;
  std::vector<std::string> payloads_;
  std::vector<uint16_t> lines_;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CONFORMANCE_BACKEND_HARNESS_H_
