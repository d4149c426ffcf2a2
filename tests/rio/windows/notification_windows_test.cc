// Completion queues that tell a thread to wake up, through an event and through an I/O completion
// port, for every table that this host has.
#include <windows.h>
// After windows.h.
#include "gtest/gtest.h"
#include "rio/registered/event.h"
#include "tests/conformance/queue_harness.h"

namespace fh::test {
namespace {

constexpr DWORD kLong = 20'000;
constexpr DWORD kShort = 50;

class Notification : public ::testing::TestWithParam<rio::ProviderInfo> {
 protected:
  void SetUp() override {
    const rio::ProbeResult probe = GetParam().probe();
    if (!probe.available) GTEST_SKIP() << "skipped: " << GetParam().name << ": " << probe.reason;
    harness_.emplace(*GetParam().get());
  }

  // Sends one datagram from a socket of its own to `to`.
  void SendTo(const QueuedSocket& to) {
    rio::CompletionQueue sent = harness_->NewCompletions(4);
    QueuedSocket from = harness_->NewUdp("127.0.0.1", sent, {.receives = 0, .sends = 4});
    ASSERT_EQ(from.queue->Send({.data = harness_->SliceWith("wake up"),
                                .remote = harness_->AddressSlice(from.socket, to.local)}),
              rio::abi::kOk);
    ASSERT_EQ(harness_->Await(sent, 1).size(), 1u);
  }

  std::optional<QueueHarness> harness_;
};

INSTANTIATE_TEST_SUITE_P(Providers, Notification,
                         ::testing::ValuesIn(rio::Providers().begin(), rio::Providers().end()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Notification, AnEventIsSignalledOnceACompletionIsThere) {
  rio::CompletionQueue done = harness_->NewCompletions(16, rio::Wake::kEvent);
  QueuedSocket socket = harness_->NewUdp("127.0.0.1", done, {.receives = 8});
  ASSERT_EQ(socket.queue->Receive({.data = harness_->NewSlice(64), .context = 1}), rio::abi::kOk);
  ASSERT_EQ(done.Arm(), rio::abi::kOk);
  const HANDLE event = done.notification_handle();
  EXPECT_EQ(WaitForSingleObject(event, kShort), WAIT_TIMEOUT);
  SendTo(socket);
  EXPECT_EQ(WaitForSingleObject(event, kLong), WAIT_OBJECT_0);
  EXPECT_EQ(harness_->Await(done, 1).size(), 1u);
}

TEST_P(Notification, ACompletionPortGetsOnePacketForEachArm) {
  const HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1);
  ASSERT_NE(port, nullptr);
  OVERLAPPED own{};
  int key = 0;
  {
    auto made = rio::CompletionQueue::Create(
        *GetParam().get(), {.entries = 16,
                            .wake = rio::Wake::kPort,
                            .port = {.port = port, .key = &key, .overlapped = &own}});
    ASSERT_TRUE(made.ok()) << made.status();
    rio::CompletionQueue done = *std::move(made);
    QueuedSocket socket = harness_->NewUdp("127.0.0.1", done, {.receives = 8});
    DWORD bytes = 0;
    ULONG_PTR got_key = 0;
    OVERLAPPED* got = nullptr;
    for (uint64_t round = 1; round <= 3; ++round) {
      ASSERT_EQ(socket.queue->Receive({.data = harness_->NewSlice(64), .context = round}),
                rio::abi::kOk);
      ASSERT_EQ(done.Arm(), rio::abi::kOk);
      EXPECT_FALSE(GetQueuedCompletionStatus(port, &bytes, &got_key, &got, kShort)) << round;
      SendTo(socket);
      ASSERT_TRUE(GetQueuedCompletionStatus(port, &bytes, &got_key, &got, kLong)) << round;
      EXPECT_EQ(got, &own);
      EXPECT_EQ(got_key, reinterpret_cast<ULONG_PTR>(&key));
      std::array<rio::Completion, 4> completions;
      const rio::Dequeued dequeued = done.Dequeue(completions);
      ASSERT_EQ(dequeued.count, 1u);
      EXPECT_EQ(completions[0].request_context, round);
    }
    EXPECT_FALSE(GetQueuedCompletionStatus(port, &bytes, &got_key, &got, kShort));
  }
  CloseHandle(port);
}

}  // namespace
}  // namespace fh::test
