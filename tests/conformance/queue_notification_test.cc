// The part of the queues' suite that is Linux's own: notifications where a descriptor tells
// (eventfd, epoll), IPv6 groups in a network namespace, what the engines refuse, and the choice
// between them.
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/socket/socket_posix.h"
#include "tests/conformance/loopback_namespace.h"
#include "tests/conformance/queue_harness.h"
#include "tests/failing_call.h"

namespace fh::test {
namespace {

using rio::Completion;
using rio::CompletionQueue;
using rio::Wake;
using rio::abi::Buf;
using ::testing::HasSubstr;

class QueueNotification : public QueueConformance {
 protected:
  static int EventOf(const CompletionQueue& queue) {
    return static_cast<int>(reinterpret_cast<intptr_t>(queue.notification_handle()));
  }

  // Whether the event was signalled within `timeout_ms`; takes the signal.
  static bool TakeSignal(int event, int timeout_ms) {
    pollfd readable{.fd = event, .events = POLLIN, .revents = 0};
    eventfd_t count = 0;
    return TEMP_FAILURE_RETRY(poll(&readable, 1, timeout_ms)) == 1 &&
           eventfd_read(event, &count) == 0;
  }

  static constexpr int kSoonMs = 20'000;
  static constexpr int kNeverMs = 30;
};

INSTANTIATE_QUEUE_SUITE(QueueNotification);

TEST_P(QueueNotification, EpollTellsOfCompletionsOnManyQueues) {
  rio::UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  std::vector<CompletionQueue> queues;
  std::vector<QueuedSocket> receivers;
  constexpr uint32_t kQueues = 5;
  queues.reserve(kQueues);
  for (uint32_t i = 0; i < kQueues; ++i) {
    queues.push_back(h().NewCompletions(8, Wake::kEvent));
    epoll_event event{.events = EPOLLIN, .data = {.u32 = i}};
    ASSERT_EQ(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, EventOf(queues[i]), &event), 0);
    receivers.push_back(h().NewUdp("127.0.0.1", queues[i], {.receives = 4}));
    ASSERT_EQ(receivers[i].queue->Receive({.data = h().NewSlice(64)}), rio::abi::kOk);
    ASSERT_EQ(queues[i].Arm(), rio::abi::kOk);
  }
  CompletionQueue sent = h().NewCompletions(8);
  QueuedSocket sender = h().NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 4});
  for (const uint32_t i : {3u, 0u, 4u}) {
    ASSERT_EQ(sender.queue->Send({.data = h().SliceWith("x"),
                                  .remote = h().AddressSlice(sender.socket, receivers[i].local)}),
              rio::abi::kOk);
    h().Await(sent, 1);
    epoll_event event{};
    // What io_uring has left to do for an earlier test may interrupt it.
    ASSERT_EQ(TEMP_FAILURE_RETRY(epoll_wait(epoll.get(), &event, 1, kSoonMs)), 1);
    EXPECT_EQ(event.data.u32, i);
    EXPECT_TRUE(TakeSignal(EventOf(queues[i]), 0));
    h().Await(queues[i], 1);
  }
  receivers.clear();
}

TEST_P(QueueNotification, ANotificationIsGivenOnce) {
  CompletionQueue done = h().NewCompletions(64, Wake::kEvent);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 16});
  CompletionQueue sent = h().NewCompletions(8);
  QueuedSocket sender = h().NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 4});
  const Buf to = h().AddressSlice(sender.socket, receiver.local);
  for (int i = 0; i < 16; ++i) {
    ASSERT_EQ(receiver.queue->Receive({.data = h().NewSlice(64)}), rio::abi::kOk);
  }
  const int event = EventOf(done);
  const auto send = [&] {
    ASSERT_EQ(sender.queue->Send({.data = h().SliceWith("x"), .remote = to}), rio::abi::kOk);
    h().Await(sent, 1);
  };
  send();
  EXPECT_FALSE(TakeSignal(event, kNeverMs)) << "nobody has asked";
  ASSERT_EQ(done.Arm(), rio::abi::kOk);
  EXPECT_TRUE(TakeSignal(event, kSoonMs)) << "there is a completion already";
  h().Await(done, 1);
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(done.Arm(), rio::abi::kOk);
    EXPECT_FALSE(TakeSignal(event, kNeverMs)) << "nothing has come";
    send();
    EXPECT_TRUE(TakeSignal(event, kSoonMs));
    h().Await(done, 1);
    send();
    EXPECT_FALSE(TakeSignal(event, kNeverMs)) << "not asked for again";
    h().Await(done, 1);
  }
}

// A receive is under way when the last dequeue finds nothing; the datagram comes before the owner
// asks to be woken, which is how every loop that sleeps runs.
TEST_P(QueueNotification, WhatCameJustBeforeItWasAskedForIsSignalled) {
  CompletionQueue done = h().NewCompletions(64, Wake::kEvent);
  QueuedSocket receiver = h().NewUdp("127.0.0.1", done, {.receives = 16});
  CompletionQueue sent = h().NewCompletions(8);
  QueuedSocket sender = h().NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 4});
  const Buf to = h().AddressSlice(sender.socket, receiver.local);
  for (int i = 0; i < 16; ++i) {
    ASSERT_EQ(receiver.queue->Receive({.data = h().NewSlice(64)}), rio::abi::kOk);
  }
  for (int round = 0; round < 8; ++round) {
    std::array<Completion, 4> none;
    ASSERT_EQ(done.Dequeue(none).count, 0u);
    ASSERT_EQ(sender.queue->Send({.data = h().SliceWith("x"), .remote = to}), rio::abi::kOk);
    h().Await(sent, 1);
    ASSERT_EQ(done.Arm(), rio::abi::kOk);
    ASSERT_TRUE(TakeSignal(EventOf(done), kSoonMs)) << "round " << round;
    h().Await(done, 1);
  }
}

TEST_P(QueueNotification, CompletionsThatAreNotWorthASignalGiveNone) {
  CompletionQueue done = h().NewCompletions(64, Wake::kEvent);
  QueuedSocket self = h().NewUdp("127.0.0.1", done, {.receives = 4, .sends = 4});
  CompletionQueue other = h().NewCompletions(8);
  QueuedSocket sink = h().NewUdp("127.0.0.1", other, {.receives = 4});
  const Buf to = h().AddressSlice(self.socket, sink.local);
  const int event = EventOf(done);
  ASSERT_EQ(self.queue->Receive({.data = h().NewSlice(64), .context = 1}), rio::abi::kOk);
  ASSERT_EQ(done.Arm(), rio::abi::kOk);
  ASSERT_EQ(self.queue->Send({.data = h().SliceWith("x"), .remote = to, .notify = false}),
            rio::abi::kOk);
  EXPECT_FALSE(TakeSignal(event, kNeverMs));
  ASSERT_EQ(self.queue->Send({.data = h().SliceWith("x"), .remote = to}), rio::abi::kOk);
  EXPECT_TRUE(TakeSignal(event, kSoonMs));
  h().Await(done, 2);
}

TEST_P(QueueNotification, ClosingASocketSignalsToo) {
  CompletionQueue done = h().NewCompletions(64, Wake::kEvent);
  QueuedSocket self = h().NewUdp("127.0.0.1", done, {.receives = 4});
  ASSERT_EQ(self.queue->Receive({.data = h().NewSlice(64)}), rio::abi::kOk);
  ASSERT_EQ(done.Arm(), rio::abi::kOk);
  self.queue->CloseSocket();
  EXPECT_TRUE(TakeSignal(EventOf(done), kSoonMs));
  EXPECT_EQ(h().Await(done, 1)[0].status, rio::abi::kOperationAborted);
}

TEST_P(QueueNotification, WhatIsNoEventIsRefused) {
  const rio::abi::Table& table = *h().provider().table;
  rio::UniqueFd file(open("/dev/null", O_WRONLY | O_CLOEXEC));
  for (const int fd : {-1, file.get()}) {
    rio::abi::Notification notification{.type = rio::abi::NotifyType::kEvent};
    notification.event = {reinterpret_cast<void*>(static_cast<intptr_t>(fd)), 0};
    EXPECT_EQ(table.CreateCompletionQueue(8, &notification), rio::abi::kInvalidCq);
    EXPECT_EQ(h().provider().last_error(), rio::abi::kInvalid);
  }
}

TEST_P(QueueNotification, CompletionPortsAreForWindows) {
  int overlapped = 0;
  rio::abi::Notification notification{.type = rio::abi::NotifyType::kPort};
  notification.port = {&overlapped, nullptr, &overlapped};
  EXPECT_EQ(h().provider().table->CreateCompletionQueue(8, &notification), rio::abi::kInvalidCq);
  EXPECT_EQ(h().provider().last_error(), rio::abi::kNotSupported);
}

TEST_P(QueueNotification, ANonBlockingSocketWorksAsWell) {
  CompletionQueue done = h().NewCompletions(64);
  QueuedSocket self = h().NewUdp("127.0.0.1", done, {.receives = 4, .sends = 4});
  const int fd = static_cast<int>(self.socket.handle());
  ASSERT_EQ(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
  ASSERT_EQ(self.queue->Receive({.data = h().NewSlice(64)}), rio::abi::kOk);
  EXPECT_EQ(h().CountIdle(done), 0u);
  ASSERT_EQ(self.queue->Send(
                {.data = h().SliceWith("x"), .remote = h().AddressSlice(self.socket, self.local)}),
            rio::abi::kOk);
  h().Await(done, 2);
}

TEST_P(QueueNotification, AJoinedSocketReceivesItsIpv6Group) {
  std::optional<std::string> skipped;
  std::thread([&] {
    skipped = EnterLoopbackNamespace();
    if (skipped) return;
    CompletionQueue done = h().NewCompletions(64);
    const rio::IpAddress group = *rio::IpAddress::Parse("ff15::77:1");
    // Dual stack: it takes IPv4 groups too.
    const rio::IpAddress group4 = *rio::IpAddress::Parse("239.77.1.10");
    rio::Socket socket = h().NewSocket(rio::Socket::Kind::kUdp, rio::Socket::Family::kDual);
    ASSERT_TRUE(socket.Bind({rio::IpAddress(), 0}).ok());
    for (const rio::IpAddress& joined : {group, group4}) {
      const absl::Status status = socket.Join({.group = joined, .interface = "lo"});
      ASSERT_TRUE(status.ok()) << status;
    }
    ASSERT_TRUE(socket.SetMulticastInterface("lo").ok());
    QueuedSocket self = h().Queue(std::move(socket), done, {.receives = 4, .sends = 4});
    for (const rio::IpAddress& to : {group, group4}) {
      const Buf data = h().NewSlice(64);
      const Buf local = h().NewSlice(rio::abi::kAddressBytes);
      ASSERT_EQ(self.queue->Receive({.data = data, .local = local}), rio::abi::kOk);
      ASSERT_EQ(self.queue->Send({.data = h().SliceWith("six"),
                                  .remote = h().AddressSlice(self.socket, {to, self.local.port})}),
                rio::abi::kOk);
      for (const Completion& completion : h().Await(done, 2)) {
        EXPECT_EQ(completion.status, rio::abi::kOk);
      }
      EXPECT_EQ(h().ContentOf(data, 3), "six");
      EXPECT_EQ(h().EndpointIn(local).address, to) << h().EndpointIn(local).ToString();
    }
  }).join();
  if (skipped) GTEST_SKIP() << *skipped;
}

TEST(Providers, TheListNamesEachOnceAndAnUnknownNameListsThem) {
  const auto choice = rio::ChooseProvider("smoke_signals");
  EXPECT_EQ(choice.status().code(), absl::StatusCode::kInvalidArgument);
  for (const rio::ProviderInfo& info : rio::Providers()) {
    EXPECT_THAT(std::string(choice.status().message()), HasSubstr(info.name));
    EXPECT_EQ(std::string(info.name), info.get()->name);
    EXPECT_NE(std::string(info.description), "");
  }
}

TEST(Providers, APumpServesWhereIoUringIsRefused) {
  const int result = WithFailingCall(SYS_io_uring_setup, EPERM, [] {
    const auto choice = rio::ChooseProvider("auto");
    if (!choice.ok() || std::string(choice->provider->name) != "pump") return 1;
    if (choice->refusals.size() != 1 || choice->refusals[0].find("io_uring: ") != 0) return 2;
    if (&rio::DefaultProvider() != choice->provider) return 3;
    return rio::ChooseProvider("io_uring").status().code() == absl::StatusCode::kFailedPrecondition
               ? 0
               : 4;
  });
  if (result == kCannotFilter) GTEST_SKIP() << "skipped: no seccomp filters here";
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace fh::test
