// What the conformance suite of the request queues needs: registered memory handed out in slices,
// sockets with queues over them, and completions waited for with a deadline. Portable: only the
// interfaces that users have.
#ifndef FEEDHANDLER_TESTS_CONFORMANCE_QUEUE_HARNESS_H_
#define FEEDHANDLER_TESTS_CONFORMANCE_QUEUE_HARNESS_H_

#include <array>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rio/registered/providers.h"
#include "rio/registered/queues.h"
#include "rio/socket/socket.h"

namespace fh::rio {
// Gtest names a parameter with it.
inline void PrintTo(const ProviderInfo& info, std::ostream* out) { *out << info.name; }
}  // namespace fh::rio

namespace fh::test {

// Long enough for a sanitizer on a busy machine; nothing waits for it but a failing test.
inline constexpr std::chrono::seconds kQueueDeadline{20};

// A socket and its request queue.
struct QueuedSocket {
  std::optional<rio::RequestQueue> queue;
  rio::Socket socket;  // Borrowed, for addresses and options.
  rio::Endpoint local;
};

class QueueHarness {
 public:
  explicit QueueHarness(const rio::Provider& provider, uint32_t memory_bytes = 16u << 20)
      : provider_(provider) {
    auto region =
        rio::RegisteredRegion::Create({.slice_bytes = 4096, .slice_count = memory_bytes / 4096});
    EXPECT_TRUE(region.ok()) << region.status();
    region_.emplace(*std::move(region));
    auto buffer = rio::RegisteredBuffer::Create(provider, *region_);
    EXPECT_TRUE(buffer.ok()) << buffer.status();
    buffer_ = *std::move(buffer);
  }

  const rio::Provider& provider() const { return provider_; }

  // A slice that nobody else has.
  rio::abi::Buf NewSlice(uint32_t bytes) {
    const uint32_t offset = used_;
    used_ += (bytes + 63) / 64 * 64;
    EXPECT_LE(used_, region_->bytes());
    return buffer_.slice(offset, bytes);
  }
  rio::abi::Buf SliceWith(const std::string& content) {
    const rio::abi::Buf slice = NewSlice(static_cast<uint32_t>(content.size()));
    std::memcpy(BytesOf(slice), content.data(), content.size());
    return slice;
  }
  uint8_t* BytesOf(const rio::abi::Buf& slice) { return buffer_.data() + slice.offset; }
  std::string ContentOf(const rio::abi::Buf& slice, uint32_t bytes) {
    return {reinterpret_cast<const char*>(BytesOf(slice)), bytes};
  }
  std::span<uint8_t, rio::abi::kAddressBytes> AddressOf(const rio::abi::Buf& slice) {
    return std::span<uint8_t, rio::abi::kAddressBytes>(BytesOf(slice), rio::abi::kAddressBytes);
  }
  rio::Endpoint EndpointIn(const rio::abi::Buf& slice) {
    return rio::DecodeAddress(AddressOf(slice));
  }
  // An address slice that names `endpoint` for sends from `socket`.
  rio::abi::Buf AddressSlice(const rio::Socket& socket, const rio::Endpoint& endpoint) {
    const rio::abi::Buf slice = NewSlice(rio::abi::kAddressBytes);
    EXPECT_TRUE(socket.EncodeAddress(endpoint, 0, AddressOf(slice)));
    return slice;
  }

  rio::CompletionQueue NewCompletions(uint32_t entries, rio::Wake wake = rio::Wake::kPolled) {
    auto queue = rio::CompletionQueue::Create(provider_, {.entries = entries, .wake = wake});
    EXPECT_TRUE(queue.ok()) << queue.status();
    return *std::move(queue);
  }

  rio::Socket NewSocket(rio::Socket::Kind kind, rio::Socket::Family family) {
    auto socket = rio::Socket::Open(kind, family, &provider_);
    EXPECT_TRUE(socket.ok()) << socket.status();
    return socket.ok() ? *std::move(socket) : rio::Socket();
  }

  // Gives a socket its request queue.
  QueuedSocket Queue(rio::Socket socket, rio::CompletionQueue& receives,
                     rio::CompletionQueue& sends, const rio::RequestQueueOptions& options) {
    QueuedSocket made;
    const auto local = socket.LocalEndpoint();
    if (local.ok()) made.local = *local;
    auto queue = rio::RequestQueue::Create(provider_, socket.handle(), receives, sends, options);
    EXPECT_TRUE(queue.ok()) << queue.status();
    if (!queue.ok()) return made;
    made.socket = rio::Socket::Borrow(socket.handle(), socket.kind(), socket.family());
    made.queue = *std::move(queue);
    socket.Release();
    return made;
  }
  QueuedSocket Queue(rio::Socket socket, rio::CompletionQueue& completions,
                     const rio::RequestQueueOptions& options) {
    return Queue(std::move(socket), completions, completions, options);
  }

  // A UDP socket on a free port of `address`.
  QueuedSocket NewUdp(const std::string& address, rio::CompletionQueue& completions,
                      const rio::RequestQueueOptions& options) {
    const rio::IpAddress ip = *rio::IpAddress::Parse(address);
    rio::Socket socket = NewSocket(
        rio::Socket::Kind::kUdp, ip.is_v4() ? rio::Socket::Family::kV4 : rio::Socket::Family::kV6);
    const absl::Status bound = socket.Bind({ip, 0});
    EXPECT_TRUE(bound.ok()) << bound;
    return Queue(std::move(socket), completions, options);
  }

  struct Connection {
    rio::Socket client;
    rio::Socket server;
  };
  // Two ends of a TCP connection over loopback. `buffer_bytes` > 0 makes them small.
  Connection Connect(int buffer_bytes = 0) {
    using rio::Socket;
    Socket listener = NewSocket(Socket::Kind::kTcp, Socket::Family::kV4);
    Connection connection{.client = NewSocket(Socket::Kind::kTcp, Socket::Family::kV4)};
    EXPECT_TRUE(listener.Set(rio::SocketOption::kLoopbackFastPath, 1).ok());
    EXPECT_TRUE(connection.client.Set(rio::SocketOption::kLoopbackFastPath, 1).ok());
    for (Socket* socket : {&listener, &connection.client}) {
      if (buffer_bytes == 0) continue;
      EXPECT_TRUE(socket->Set(rio::SocketOption::kSendBufferBytes, buffer_bytes).ok());
      EXPECT_TRUE(socket->Set(rio::SocketOption::kReceiveBufferBytes, buffer_bytes).ok());
    }
    EXPECT_TRUE(listener.Bind({*rio::IpAddress::Parse("127.0.0.1"), 0}).ok());
    EXPECT_TRUE(listener.Listen(4).ok());
    const absl::Status connected =
        connection.client.Connect(*listener.LocalEndpoint(), kQueueDeadline);
    EXPECT_TRUE(connected.ok()) << connected;
    auto accepted = listener.Accept(kQueueDeadline);
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    if (accepted.ok()) connection.server = *std::move(accepted);
    return connection;
  }

  // The loopback interface, as joins name it.
  static std::string LoopbackName() { return "lo"; }

  // Dequeues until there are `count` completions; fewer at the deadline.
  std::vector<rio::Completion> Await(rio::CompletionQueue& queue, size_t count) {
    std::vector<rio::Completion> completions;
    AwaitUntil(queue, [&](const rio::Completion& completion) {
      completions.push_back(completion);
      return completions.size() == count;
    });
    EXPECT_EQ(completions.size(), count);
    completions.resize(count);
    return completions;
  }

  // Dequeues until `take` returns true. False at the deadline.
  bool AwaitUntil(rio::CompletionQueue& queue,
                  const std::function<bool(const rio::Completion&)>& take) {
    const auto end = std::chrono::steady_clock::now() + kQueueDeadline;
    while (std::chrono::steady_clock::now() < end) {
      rio::Completion completion;
      const rio::Dequeued dequeued = queue.Dequeue({&completion, 1});
      if (dequeued.corrupt) return false;
      if (dequeued.count == 1 && take(completion)) return true;
      if (dequeued.count == 0) queue.Wait(std::chrono::milliseconds(20));
    }
    return false;
  }

  // Dequeues often enough that what is on its way would have come.
  size_t CountIdle(rio::CompletionQueue& queue) {
    size_t count = 0;
    for (int i = 0; i < 20; ++i) {
      std::array<rio::Completion, 16> completions;
      count += queue.Dequeue(completions).count;
      queue.Wait(std::chrono::milliseconds(1));
    }
    return count;
  }

 private:
  const rio::Provider& provider_;
  std::optional<rio::RegisteredRegion> region_;
  rio::RegisteredBuffer buffer_;
  uint32_t used_ = 0;
};

// A suite that runs over every table of the platform; one that this host cannot run is skipped with
// the reason of its probe.
class QueueConformance : public ::testing::TestWithParam<rio::ProviderInfo> {
 protected:
  void SetUp() override {
    const rio::ProbeResult probe = GetParam().probe();
    if (!probe.available) GTEST_SKIP() << "skipped: " << GetParam().name << ": " << probe.reason;
    EXPECT_TRUE(probe.reason.empty());
    harness_.emplace(*GetParam().get());
  }

  // IPv6 loopback may be switched off; not a reason to fail.
  static bool HasIpv6() {
    auto socket = rio::Socket::Open(rio::Socket::Kind::kUdp, rio::Socket::Family::kV6);
    return socket.ok() && socket->Bind({*rio::IpAddress::Parse("::1"), 0}).ok();
  }

  QueueHarness& h() { return *harness_; }

 private:
  std::optional<QueueHarness> harness_;
};

// Names the tests by their table.
#define INSTANTIATE_QUEUE_SUITE(suite)                                                         \
  INSTANTIATE_TEST_SUITE_P(                                                                    \
      Providers, suite, ::testing::ValuesIn(rio::Providers().begin(), rio::Providers().end()), \
      [](const auto& parameter) { return std::string(parameter.param.name); })

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CONFORMANCE_QUEUE_HARNESS_H_
