// The one suite that every Registered I/O table of this platform passes, through the interface that
// users have. A table that this host cannot run is reported as skipped, with the reason that its
// probe gives.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "gtest/gtest.h"
#include "tests/conformance/queue_harness.h"

namespace fh::test {
namespace {

using rio::Completion;
using rio::CompletionQueue;
using rio::Endpoint;
using rio::IpAddress;
using rio::RequestQueue;
using rio::Socket;
using rio::SocketOption;
using rio::Wake;
using rio::abi::Buf;

INSTANTIATE_QUEUE_SUITE(QueueConformance);

constexpr char kNoIpv6[] = "skipped: no IPv6 loopback on this host";

TEST_P(QueueConformance, ADatagramArrivesWithBothAddresses) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    if (address[0] == ':' && !HasIpv6()) continue;
    CompletionQueue done = h().NewCompletions(64);
    QueuedSocket receiver = h().NewUdp(address, done, {.receives = 4, .socket_context = 7});
    QueuedSocket sender = h().NewUdp(address, done, {.receives = 0, .sends = 4});
    const Buf data = h().NewSlice(2048);
    const Buf remote = h().NewSlice(rio::abi::kAddressBytes);
    const Buf local = h().NewSlice(rio::abi::kAddressBytes);
    ASSERT_EQ(
        receiver.queue->Receive({.data = data, .remote = remote, .local = local, .context = 42}),
        rio::abi::kOk);
    ASSERT_EQ(sender.queue->Send({.data = h().SliceWith("hello"),
                                  .remote = h().AddressSlice(sender.socket, receiver.local),
                                  .context = 43}),
              rio::abi::kOk);
    for (const Completion& completion : h().Await(done, 2)) {
      EXPECT_EQ(completion.status, rio::abi::kOk);
      EXPECT_EQ(completion.bytes, 5u);
      EXPECT_EQ(completion.socket_context, completion.request_context == 42 ? 7u : 0u);
    }
    EXPECT_EQ(h().ContentOf(data, 5), "hello");
    EXPECT_EQ(h().EndpointIn(remote), sender.local) << h().EndpointIn(remote).ToString();
    EXPECT_EQ(h().EndpointIn(local), receiver.local) << h().EndpointIn(local).ToString();
  }
  if (!HasIpv6()) GTEST_SKIP() << kNoIpv6 << "; IPv4 alone was tried";
}

TEST_P(QueueConformance, ADualStackSocketSpeaksToBothVersions) {
  if (!HasIpv6()) GTEST_SKIP() << kNoIpv6;
  CompletionQueue done = h().NewCompletions(64);
  Socket socket = h().NewSocket(Socket::Kind::kUdp, Socket::Family::kDual);
  ASSERT_TRUE(socket.Bind({IpAddress(), 0}).ok());
  QueuedSocket dual = h().Queue(std::move(socket), done, {.receives = 4, .sends = 4});
  for (const char* address : {"127.0.0.1", "::1"}) {
    QueuedSocket peer = h().NewUdp(address, done, {.receives = 4, .sends = 4});
    const Buf asked = h().NewSlice(100);
    const Buf answered = h().NewSlice(100);
    const Buf remote = h().NewSlice(rio::abi::kAddressBytes);
    ASSERT_EQ(dual.queue->Receive({.data = asked, .remote = remote}), rio::abi::kOk);
    ASSERT_EQ(peer.queue->Receive({.data = answered}), rio::abi::kOk);
    const Endpoint there{*IpAddress::Parse(address), dual.local.port};
    ASSERT_EQ(peer.queue->Send({.data = h().SliceWith("question"),
                                .remote = h().AddressSlice(peer.socket, there)}),
              rio::abi::kOk);
    h().Await(done, 2);
    EXPECT_EQ(h().ContentOf(asked, 8), "question");
    EXPECT_EQ(h().EndpointIn(remote), peer.local) << h().EndpointIn(remote).ToString();
    // The slice that the receive filled can be sent to as it is.
    ASSERT_EQ(dual.queue->Send({.data = h().SliceWith("answer"), .remote = remote}), rio::abi::kOk);
    h().Await(done, 2);
    EXPECT_EQ(h().ContentOf(answered, 6), "answer");
  }
}

TEST_P(QueueConformance, AJoinedSocketReceivesItsGroup) {
  CompletionQueue done = h().NewCompletions(64);
  const IpAddress group = *IpAddress::Parse("239.77.1.9");
  Socket socket = h().NewSocket(Socket::Kind::kUdp, Socket::Family::kV4);
  ASSERT_TRUE(socket.Set(SocketOption::kReuseAddress, 1).ok());
  ASSERT_TRUE(socket.Bind({IpAddress(), 0}).ok());
  const auto interface = h().LoopbackName();
  const absl::Status joined = socket.Join({.group = group, .interface = interface});
  ASSERT_TRUE(joined.ok()) << joined;
  QueuedSocket receiver = h().Queue(std::move(socket), done, {.receives = 4});

  Socket out = h().NewSocket(Socket::Kind::kUdp, Socket::Family::kV4);
  ASSERT_TRUE(out.SetMulticastInterface(interface).ok());
  ASSERT_TRUE(out.Set(SocketOption::kMulticastLoop, 1).ok());
  ASSERT_TRUE(out.Set(SocketOption::kMulticastTtl, 0).ok());
  QueuedSocket sender = h().Queue(std::move(out), done, {.receives = 0, .sends = 4});
  const Buf data = h().NewSlice(100);
  const Buf local = h().NewSlice(rio::abi::kAddressBytes);
  ASSERT_EQ(receiver.queue->Receive({.data = data, .local = local}), rio::abi::kOk);
  ASSERT_EQ(
      sender.queue->Send({.data = h().SliceWith("to all"),
                          .remote = h().AddressSlice(sender.socket, {group, receiver.local.port})}),
      rio::abi::kOk);
  h().Await(done, 2);
  EXPECT_EQ(h().ContentOf(data, 6), "to all");
  EXPECT_EQ(h().EndpointIn(local).address, group);
  EXPECT_TRUE(receiver.socket.Leave({.group = group, .interface = interface}).ok());
}

TEST_P(QueueConformance, ControlSlicesCarryTheMessagesAskedFor) {
  CompletionQueue done = h().NewCompletions(64);
  Socket socket = h().NewSocket(Socket::Kind::kUdp, Socket::Family::kV4);
  ASSERT_TRUE(socket.Bind({*IpAddress::Parse("127.0.0.1"), 0}).ok());
  ASSERT_TRUE(socket.Set(SocketOption::kPacketInfo, 1).ok());
  QueuedSocket receiver = h().Queue(std::move(socket), done, {.receives = 4});
  QueuedSocket sender = h().NewUdp("127.0.0.1", done, {.receives = 0, .sends = 4});
  const Buf data = h().NewSlice(100);
  const Buf control = h().NewSlice(128);
  ASSERT_EQ(receiver.queue->Receive({.data = data, .control = control}), rio::abi::kOk);
  ASSERT_EQ(sender.queue->Send({.data = h().SliceWith("x"),
                                .remote = h().AddressSlice(sender.socket, receiver.local)}),
            rio::abi::kOk);
  h().Await(done, 2);
  rio::abi::ControlHeader header{};
  std::memcpy(&header, h().BytesOf(control), sizeof header);
  EXPECT_GT(header.total_length, rio::abi::kControlOffset);
  EXPECT_LE(header.total_length, 128u);
}

TEST_P(QueueConformance, AConnectedUdpSocketNeedsNoAddresses) {
  CompletionQueue done = h().NewCompletions(64);
  Socket sockets[2];
  for (Socket& socket : sockets) {
    socket = h().NewSocket(Socket::Kind::kUdp, Socket::Family::kV4);
    ASSERT_TRUE(socket.Bind({*IpAddress::Parse("127.0.0.1"), 0}).ok());
  }
  ASSERT_TRUE(sockets[0].Connect(*sockets[1].LocalEndpoint(), kQueueDeadline).ok());
  ASSERT_TRUE(sockets[1].Connect(*sockets[0].LocalEndpoint(), kQueueDeadline).ok());
  QueuedSocket a = h().Queue(std::move(sockets[0]), done, {.receives = 4, .sends = 4});
  QueuedSocket b = h().Queue(std::move(sockets[1]), done, {.receives = 4, .sends = 4});
  const Buf data = h().NewSlice(100);
  ASSERT_EQ(b.queue->Receive({.data = data}), rio::abi::kOk);
  ASSERT_EQ(a.queue->Send({.data = h().SliceWith("connected")}), rio::abi::kOk);
  h().Await(done, 2);
  EXPECT_EQ(h().ContentOf(data, 9), "connected");
}

TEST_P(QueueConformance, DatagramsCompleteInTheOrderInWhichTheyWereSent) {
  constexpr uint32_t kReceives = 128;
  constexpr uint32_t kDatagrams = 3000;
  CompletionQueue done = h().NewCompletions(kReceives);
  CompletionQueue sent = h().NewCompletions(64);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = kReceives});
  QueuedSocket sender = h().NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 64});
  const Buf to = h().AddressSlice(sender.socket, receiver.local);
  std::vector<Buf> slices;
  for (uint32_t i = 0; i < kReceives; ++i) {
    slices.push_back(h().NewSlice(64));
    ASSERT_EQ(receiver.queue->Receive({.data = slices[i], .context = i, .defer = true}),
              rio::abi::kOk);
  }
  ASSERT_EQ(receiver.queue->Commit(), rio::abi::kOk);
  const Buf numbers = h().NewSlice(64 * 4);
  uint32_t expected = 0;
  for (uint32_t n = 0; n < kDatagrams;) {
    // Bursts of every length, fewer than a small socket buffer holds.
    const uint32_t burst = std::min(1 + n * 7 % 40, kDatagrams - n);
    for (uint32_t i = 0; i < burst; ++i, ++n) {
      Buf number{.id = numbers.id, .offset = numbers.offset + i * 4, .length = 4};
      std::memcpy(h().BytesOf(number), &n, sizeof n);
      ASSERT_EQ(sender.queue->Send({.data = number, .remote = to, .defer = true}), rio::abi::kOk);
    }
    ASSERT_EQ(sender.queue->Commit(), rio::abi::kOk);
    h().Await(sent, burst);
    for (const Completion& completion : h().Await(done, burst)) {
      const auto slice = static_cast<size_t>(completion.request_context);
      uint32_t number = 0;
      std::memcpy(&number, h().BytesOf(slices[slice]), sizeof number);
      ASSERT_EQ(number, expected++);
      ASSERT_EQ(receiver.queue->Receive({.data = slices[slice], .context = slice, .defer = true}),
                rio::abi::kOk);
    }
    ASSERT_EQ(receiver.queue->Commit(), rio::abi::kOk);
  }
}

TEST_P(QueueConformance, ADatagramThatIsTooLongIsCutAndReported) {
  CompletionQueue done = h().NewCompletions(64);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 8});
  QueuedSocket sender = h().NewUdp("127.0.0.1", done, {.receives = 0, .sends = 8});
  const Buf to = h().AddressSlice(sender.socket, receiver.local);
  // Plain, and with an address slice.
  for (const bool plain : {true, false}) {
    std::array<Buf, 3> slices;
    for (size_t i = 0; i < slices.size(); ++i) {
      slices[i] = h().NewSlice(100);
      rio::ReceiveRequest request{.data = slices[i], .context = i};
      if (!plain) request.remote = h().NewSlice(rio::abi::kAddressBytes);
      ASSERT_EQ(receiver.queue->Receive(request), rio::abi::kOk);
    }
    for (const uint32_t bytes : {100u, 101u, 99u}) {
      ASSERT_EQ(sender.queue->Send(
                    {.data = h().SliceWith(std::string(bytes, 'a')), .remote = to, .context = 9}),
                rio::abi::kOk);
    }
    for (const Completion& completion : h().Await(done, 6)) {
      if (completion.request_context == 9) continue;
      const bool cut = completion.request_context == 1;
      EXPECT_EQ(completion.status, cut ? rio::abi::kMessageSize : rio::abi::kOk);
      EXPECT_EQ(completion.bytes, completion.request_context == 2 ? 99u : 100u);
      EXPECT_EQ(
          h().ContentOf(slices[static_cast<size_t>(completion.request_context)], completion.bytes),
          std::string(completion.bytes, 'a'));
    }
  }
}

TEST_P(QueueConformance, EmptyDatagramsAreDatagrams) {
  CompletionQueue done = h().NewCompletions(64);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 8});
  QueuedSocket sender = h().NewUdp("127.0.0.1", done, {.receives = 0, .sends = 8});
  const Buf to = h().AddressSlice(sender.socket, receiver.local);
  const Buf data = h().NewSlice(100);
  ASSERT_EQ(receiver.queue->Receive({.data = data, .context = 1}), rio::abi::kOk);
  ASSERT_EQ(sender.queue->Send({.data = h().NewSlice(0), .remote = to, .context = 2}),
            rio::abi::kOk);
  for (const Completion& completion : h().Await(done, 2)) {
    EXPECT_EQ(completion.status, rio::abi::kOk);
    EXPECT_EQ(completion.bytes, 0u);
  }
}

TEST_P(QueueConformance, DeferredRequestsWaitForTheCommit) {
  CompletionQueue done = h().NewCompletions(64);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 8});
  QueuedSocket sender = h().NewUdp("127.0.0.1", done, {.receives = 0, .sends = 8});
  const Buf to = h().AddressSlice(sender.socket, receiver.local);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(receiver.queue->Receive({.data = h().NewSlice(64), .defer = true}), rio::abi::kOk);
    ASSERT_EQ(sender.queue->Send({.data = h().SliceWith("x"), .remote = to, .defer = true}),
              rio::abi::kOk);
  }
  EXPECT_EQ(h().CountIdle(done), 0u);
  ASSERT_EQ(sender.queue->Commit(), rio::abi::kOk);
  h().Await(done, 3);
  EXPECT_EQ(h().CountIdle(done), 0u) << "the receives are deferred still";
  ASSERT_EQ(receiver.queue->Commit(), rio::abi::kOk);
  h().Await(done, 3);
}

// A thread that commits need not know that another one closes.
TEST_P(QueueConformance, ACommitMayOverlapTheClose) {
  constexpr uint32_t kRounds = 200;
  constexpr uint32_t kReceives = 8;
  CompletionQueue done = h().NewCompletions(64);
  const Buf slice = h().NewSlice(64);
  for (uint32_t round = 0; round < kRounds; ++round) {
    QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = kReceives, .sends = 1});
    ASSERT_TRUE(receiver.queue.has_value());
    for (uint32_t i = 0; i < kReceives; ++i) {
      ASSERT_EQ(receiver.queue->Receive({.data = slice, .context = i, .defer = true}),
                rio::abi::kOk);
    }
    std::atomic<bool> committing{false};
    std::thread committer([&] {
      rio::abi::Error error = rio::abi::kOk;
      while (error == rio::abi::kOk) {
        error = receiver.queue->Commit();
        committing = true;
      }
      EXPECT_EQ(error, rio::abi::kNotSocket);
    });
    while (!committing) std::this_thread::yield();
    uint32_t ended = 0;
    const absl::Status closed = receiver.queue->Close([&](const Completion&) { ++ended; });
    EXPECT_TRUE(closed.ok()) << closed;
    committer.join();
    ASSERT_EQ(ended, kReceives) << "round " << round;
  }
}

TEST_P(QueueConformance, ManyRequestQueuesShareOneCompletionQueue) {
  constexpr uint32_t kSockets = 200;
  CompletionQueue done = h().NewCompletions(kSockets * 2);
  CompletionQueue sent = h().NewCompletions(16);
  QueuedSocket sender = h().NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 16});
  std::vector<QueuedSocket> receivers;
  std::vector<Buf> slices;
  for (uint32_t i = 0; i < kSockets; ++i) {
    receivers.push_back(h().NewUdp("127.0.0.1", done, {.receives = 2, .socket_context = i}));
    for (uint64_t n = 0; n < 2; ++n) {
      slices.push_back(h().NewSlice(64));
      ASSERT_EQ(receivers[i].queue->Receive({.data = slices.back(), .context = i * 2 + n}),
                rio::abi::kOk);
    }
  }
  for (uint32_t round = 0; round < 2; ++round) {
    for (uint32_t i = 0; i < kSockets; ++i) {
      const Buf to = h().AddressSlice(sender.socket, receivers[i].local);
      ASSERT_EQ(sender.queue->Send({.data = h().SliceWith(std::to_string(i)), .remote = to}),
                rio::abi::kOk);
      h().Await(sent, 1);
    }
    std::set<uint64_t> seen;
    for (const Completion& completion : h().Await(done, kSockets)) {
      seen.insert(completion.socket_context);
      EXPECT_EQ(completion.request_context / 2, completion.socket_context);
      EXPECT_EQ(
          h().ContentOf(slices[static_cast<size_t>(completion.request_context)], completion.bytes),
          std::to_string(completion.socket_context));
    }
    EXPECT_EQ(seen.size(), kSockets);
  }
}

TEST_P(QueueConformance, APollTakesHundredsOfCompletions) {
  constexpr uint32_t kEach = 128;  // As many as fit into the smallest socket buffer.
  CompletionQueue done = h().NewCompletions(2 * kEach);
  CompletionQueue sent = h().NewCompletions(16);
  QueuedSocket sender = h().NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 16});
  std::vector<QueuedSocket> receivers;
  for (uint32_t i = 0; i < 2; ++i) {
    receivers.push_back(h().NewUdp("127.0.0.1", done, {.receives = kEach}));
    for (uint32_t n = 0; n < kEach; ++n) {
      ASSERT_EQ(receivers[i].queue->Receive({.data = h().NewSlice(64), .defer = true}),
                rio::abi::kOk);
    }
    ASSERT_EQ(receivers[i].queue->Commit(), rio::abi::kOk);
    const Buf to = h().AddressSlice(sender.socket, receivers[i].local);
    const Buf text = h().SliceWith("x");
    for (uint32_t n = 0; n < kEach; ++n) {
      ASSERT_EQ(sender.queue->Send({.data = text, .remote = to}), rio::abi::kOk);
      h().Await(sent, 1);
    }
  }
  // An engine with a thread of its own may be at it still.
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  uint32_t total = 0;
  uint32_t most = 0;
  std::array<Completion, 2 * kEach> completions;
  const auto end = std::chrono::steady_clock::now() + kQueueDeadline;
  while (total < 2 * kEach && std::chrono::steady_clock::now() < end) {
    const uint32_t count = done.Dequeue(completions).count;
    total += count;
    most = std::max(most, count);
  }
  EXPECT_EQ(total, 2 * kEach);
  EXPECT_GT(most, 64u);
}

TEST_P(QueueConformance, SendsAndReceivesMayBeReportedApart) {
  CompletionQueue received = h().NewCompletions(64);
  CompletionQueue sent = h().NewCompletions(64);
  Socket socket = h().NewSocket(Socket::Kind::kUdp, Socket::Family::kV4);
  ASSERT_TRUE(socket.Bind({*IpAddress::Parse("127.0.0.1"), 0}).ok());
  QueuedSocket self = h().Queue(std::move(socket), received, sent, {.receives = 4, .sends = 4});
  ASSERT_EQ(self.queue->Receive({.data = h().NewSlice(64), .context = 1}), rio::abi::kOk);
  ASSERT_EQ(self.queue->Send({.data = h().SliceWith("self"),
                              .remote = h().AddressSlice(self.socket, self.local),
                              .context = 2}),
            rio::abi::kOk);
  EXPECT_EQ(h().Await(sent, 1)[0].request_context, 2u);
  EXPECT_EQ(h().Await(received, 1)[0].request_context, 1u);
}

TEST_P(QueueConformance, QueuesGrowAndShrinkButNotBelowWhatTheyHold) {
  CompletionQueue done = h().NewCompletions(8);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 8});
  for (uint64_t i = 0; i < 8; ++i) {
    ASSERT_EQ(receiver.queue->Receive({.data = h().NewSlice(64), .context = i}), rio::abi::kOk);
  }
  EXPECT_EQ(receiver.queue->Receive({.data = h().NewSlice(64)}), rio::abi::kNoBuffers);
  EXPECT_FALSE(receiver.queue->Resize(16, 0).ok()) << "the completion queue has no room";
  EXPECT_FALSE(done.Resize(4).ok());
  ASSERT_TRUE(done.Resize(64).ok());
  ASSERT_TRUE(receiver.queue->Resize(32, 4).ok());
  for (uint64_t i = 8; i < 32; ++i) {
    ASSERT_EQ(receiver.queue->Receive({.data = h().NewSlice(64), .context = i}), rio::abi::kOk);
  }
  EXPECT_FALSE(receiver.queue->Resize(31, 4).ok());
  const Buf to = h().AddressSlice(receiver.socket, receiver.local);
  for (int i = 0; i < 32; ++i) {
    ASSERT_EQ(receiver.queue->Send({.data = h().SliceWith("x"), .remote = to, .context = 99}),
              rio::abi::kOk);
    h().Await(done, 2);
  }
  EXPECT_TRUE(receiver.queue->Resize(4, 1).ok());
  EXPECT_TRUE(done.Resize(5).ok());
  EXPECT_EQ(receiver.queue->Receive({.data = h().NewSlice(64)}), rio::abi::kOk);
}

TEST_P(QueueConformance, ClosingGivesEveryRequestBack) {
  CompletionQueue done = h().NewCompletions(512);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 500, .sends = 4});
  for (uint64_t i = 0; i < 500; ++i) {
    ASSERT_EQ(receiver.queue->Receive({.data = h().NewSlice(64), .context = i}), rio::abi::kOk);
  }
  const Buf to = h().AddressSlice(receiver.socket, receiver.local);
  ASSERT_EQ(receiver.queue->Send({.data = h().SliceWith("last"), .remote = to, .context = 999}),
            rio::abi::kOk);
  std::set<uint64_t> back;
  uint32_t fine = 0;
  const absl::Status closed = receiver.queue->Close([&](const Completion& completion) {
    EXPECT_TRUE(back.insert(completion.request_context).second);
    if (completion.status == rio::abi::kOk) {
      ++fine;
    } else {
      EXPECT_EQ(completion.status, rio::abi::kOperationAborted);
    }
  });
  EXPECT_TRUE(closed.ok()) << closed;
  EXPECT_EQ(back.size(), 501u);
  EXPECT_LE(fine, 2u);
  EXPECT_EQ(receiver.queue->outstanding(), 0u);
}

TEST_P(QueueConformance, ThePortIsFreeAgainOnceClosed) {
  CompletionQueue done = h().NewCompletions(64);
  Endpoint address;
  for (int round = 0; round < 20; ++round) {
    Socket socket = h().NewSocket(Socket::Kind::kUdp, Socket::Family::kV4);
    if (round == 0) address.address = *IpAddress::Parse("127.0.0.1");
    const absl::Status bound = socket.Bind(address);
    ASSERT_TRUE(bound.ok()) << round << ": " << bound;
    address = *socket.LocalEndpoint();
    QueuedSocket self = h().Queue(std::move(socket), done, {.receives = 16, .sends = 4});
    for (int i = 0; i < 16; ++i) {
      ASSERT_EQ(self.queue->Receive({.data = h().NewSlice(64), .context = 1}), rio::abi::kOk);
    }
    const std::string text = "round " + std::to_string(round);
    ASSERT_EQ(self.queue->Send({.data = h().SliceWith(text),
                                .remote = h().AddressSlice(self.socket, self.local)}),
              rio::abi::kOk);
    h().Await(done, 2);
    ASSERT_TRUE(self.queue->Close([](const Completion&) {}).ok());
  }
}

TEST_P(QueueConformance, WaitingEndsWithACompletion) {
  for (const Wake wake : {Wake::kPolled, Wake::kEvent}) {
    CompletionQueue done = h().NewCompletions(64, wake);
    if (wake == Wake::kPolled && h().provider().wait == nullptr) continue;
    CompletionQueue sent = h().NewCompletions(64);
    QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 8});
    QueuedSocket sender = h().NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 8});
    const Buf to = h().AddressSlice(sender.socket, receiver.local);
    for (int i = 0; i < 8; ++i) {
      ASSERT_EQ(receiver.queue->Receive({.data = h().NewSlice(64)}), rio::abi::kOk);
    }
    EXPECT_EQ(done.Wait(std::chrono::milliseconds(1)), rio::abi::kOk) << "in vain";
    for (int i = 0; i < 8; ++i) {
      std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        EXPECT_EQ(sender.queue->Send({.data = h().SliceWith("x"), .remote = to}), rio::abi::kOk);
        h().Await(sent, 1);
      });
      // Wait may return early, but not always.
      uint32_t waits = 0;
      std::array<Completion, 8> completions;
      while (done.Dequeue(completions).count == 0 && waits < 100) {
        ++waits;
        EXPECT_EQ(done.Wait(kQueueDeadline), rio::abi::kOk);
      }
      EXPECT_LT(waits, 100u);
      later.join();
    }
  }
}

TEST_P(QueueConformance, SlicesPostedWhileTheOwnerSleepsAreUsed) {
  CompletionQueue done = h().NewCompletions(64, Wake::kEvent);
  QueuedSocket self = h().NewUdp("127.0.0.1", done, {.receives = 8, .sends = 8});
  const Buf to = h().AddressSlice(self.socket, self.local);
  const Buf text = h().SliceWith("x");
  const Buf room = h().NewSlice(64);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(self.queue->Receive({.data = room, .context = 1}), rio::abi::kOk);
    EXPECT_EQ(self.queue->Send({.data = text, .remote = to, .context = 2}), rio::abi::kOk);
  });
  std::set<uint64_t> seen;
  const auto end = std::chrono::steady_clock::now() + kQueueDeadline;
  while (seen.size() < 2 && std::chrono::steady_clock::now() < end) {
    std::array<Completion, 8> completions;
    const uint32_t count = done.Dequeue(completions).count;
    for (uint32_t i = 0; i < count; ++i) seen.insert(completions[i].request_context);
    if (count == 0) done.Wait(std::chrono::milliseconds(100));
  }
  later.join();
  EXPECT_EQ(seen.size(), 2u);
}

TEST_P(QueueConformance, OneThreadPostsWhileAnotherDequeues) {
  constexpr uint32_t kRounds = 1000;
  CompletionQueue done = h().NewCompletions(64, Wake::kEvent);
  QueuedSocket self = h().NewUdp("127.0.0.1", done, {.receives = 32, .sends = 32});
  const Buf to = h().AddressSlice(self.socket, self.local);
  const Buf text = h().SliceWith("x");
  const Buf room = h().NewSlice(64);
  const auto end = std::chrono::steady_clock::now() + kQueueDeadline;
  std::thread poster([&] {
    const auto post = [&](const auto& request) {
      while (request() == rio::abi::kNoBuffers && std::chrono::steady_clock::now() < end) {
        std::this_thread::yield();
      }
    };
    for (uint32_t i = 0; i < kRounds; ++i) {
      post([&] { return self.queue->Receive({.data = room, .context = 1}); });
      post([&] { return self.queue->Send({.data = text, .remote = to, .context = 2}); });
    }
  });
  uint32_t counts[3] = {};
  while ((counts[1] < kRounds || counts[2] < kRounds) && std::chrono::steady_clock::now() < end) {
    std::array<Completion, 16> completions;
    const uint32_t count = done.Dequeue(completions).count;
    for (uint32_t i = 0; i < count; ++i) ++counts[completions[i].request_context];
    if (count == 0) done.Wait(kQueueDeadline);  // No wake may get lost.
  }
  poster.join();
  EXPECT_EQ(counts[1], kRounds);
  EXPECT_EQ(counts[2], kRounds);
}

TEST_P(QueueConformance, AQueuePassesFromOneThreadToTheNext) {
  CompletionQueue done = h().NewCompletions(64);
  QueuedSocket self = h().NewUdp("127.0.0.1", done, {.receives = 16, .sends = 8});
  const Buf to = h().AddressSlice(self.socket, self.local);
  const auto use = [&](int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(self.queue->Receive({.data = h().NewSlice(64), .context = 1}), rio::abi::kOk);
      ASSERT_EQ(self.queue->Send({.data = h().SliceWith("x"), .remote = to, .context = 2}),
                rio::abi::kOk);
      h().Await(done, 2);
    }
  };
  // What is outstanding goes along.
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(self.queue->Receive({.data = h().NewSlice(64), .context = 1}), rio::abi::kOk);
  }
  use(3);
  for (int thread = 0; thread < 3; ++thread) std::thread([&] { use(3); }).join();
  use(3);
  uint32_t back = 0;
  EXPECT_TRUE(self.queue->Close([&](const Completion&) { ++back; }).ok());
  EXPECT_EQ(back, 4u);
}

TEST_P(QueueConformance, WhatCameForAThreadThatEndedGoesToTheNext) {
  CompletionQueue done = h().NewCompletions(64);
  CompletionQueue sent = h().NewCompletions(64);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 4});
  QueuedSocket sender = h().NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 4});
  const Buf to = h().AddressSlice(sender.socket, receiver.local);
  const Buf text = h().SliceWith("x");
  ASSERT_EQ(receiver.queue->Receive({.data = h().NewSlice(64), .context = 7}), rio::abi::kOk);
  std::thread([&] {
    std::array<Completion, 4> completions;
    EXPECT_EQ(done.Dequeue(completions).count, 0u);
    // It comes while this thread owns the queue, which then looks no more.
    ASSERT_EQ(sender.queue->Send({.data = text, .remote = to}), rio::abi::kOk);
    h().Await(sent, 1);
  }).join();
  EXPECT_EQ(h().Await(done, 1)[0].request_context, 7u);
}

TEST_P(QueueConformance, SlicesOutsideTheBufferAndUnknownBuffersAreRefused) {
  CompletionQueue done = h().NewCompletions(64);
  QueuedSocket self = h().NewUdp("127.0.0.1", done, {.receives = 8, .sends = 8});
  Buf slice = h().NewSlice(64);
  slice.length = 1u << 30;
  EXPECT_NE(self.queue->Receive({.data = slice}), rio::abi::kOk);
  slice = h().NewSlice(64);
  slice.id = rio::abi::kInvalidBufferId;
  EXPECT_NE(self.queue->Receive({.data = slice}), rio::abi::kOk);
  EXPECT_EQ(self.queue->outstanding(), 0u);
}

}  // namespace
}  // namespace fh::test
