// The C++ queues over a table: what users of Registered I/O write, with its set-up errors, its
// waiting and its orders of closing.
#include "rio/registered/queues.h"

#include <array>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/registered/emulated_table.h"
#include "tests/rio/registered/fake_engine.h"
#include "tests/rio/registered/faulty_table.h"

namespace fh::rio {
namespace {

using test::FakeEngine;
using test::FakeNetwork;
using test::FaultPlan;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::chrono::nanoseconds kNow{0};

class Queues : public ::testing::Test {
 protected:
  Queues() {
    auto memory = RegisteredBuffer::Create(provider_, memory_.data(), memory_.size());
    EXPECT_TRUE(memory.ok()) << memory.status();
    if (memory.ok()) buffer_ = *std::move(memory);
  }
  ~Queues() override { buffer_ = RegisteredBuffer(); }

  static void ExpectAllClosed() {
    EXPECT_EQ(FakeNetwork::Get().queue_count(), 0u);
    EXPECT_TRUE(FakeNetwork::Get().sockets.empty());
  }

  abi::Socket NewSocket() const {
    int error = 0;
    return provider_.open_socket(2, 2, 17, &error);
  }
  CompletionQueue NewCq(uint32_t entries, Wake wake = Wake::kPolled) const {
    return *CompletionQueue::Create(provider_, {.entries = entries, .wake = wake});
  }
  ReceiveRequest ReceiveInto(uint32_t n, bool defer = false) const {
    return {.data = buffer_.slice(n * 64, 64), .context = n, .defer = defer};
  }
  SendRequest SendFrom(uint32_t n) const {
    return {.data = buffer_.slice(n * 64, 64), .context = n};
  }
  static std::vector<uint64_t> Contexts(CompletionQueue& queue) {
    std::array<Completion, 64> burst;
    const Dequeued dequeued = queue.Dequeue(burst);
    EXPECT_FALSE(dequeued.corrupt);
    std::vector<uint64_t> contexts;
    for (uint32_t i = 0; i < dequeued.count; ++i) contexts.push_back(burst[i].request_context);
    return contexts;
  }

  FakeNetwork& network_ = FakeNetwork::Reset();
  FaultPlan& plan_ = FaultPlan::Reset(EmulatedProvider<FakeEngine>());
  const Provider& provider_ = test::FaultyProvider();
  std::array<uint8_t, 32 * 64> memory_{};
  RegisteredBuffer buffer_;
};

TEST_F(Queues, ReceivesAndSends) {
  {
    CompletionQueue done = NewCq(8);
    auto queue = RequestQueue::Create(provider_, NewSocket(), done,
                                      {.receives = 4, .sends = 4, .socket_context = 99});
    ASSERT_TRUE(queue.ok()) << queue.status();
    EXPECT_EQ(queue->Receive(ReceiveInto(1)), abi::kOk);
    EXPECT_EQ(queue->Send(SendFrom(2)), abi::kOk);
    EXPECT_EQ(queue->outstanding(), 2u);
    ASSERT_TRUE(network_.Deliver(queue->socket(), "hello"));
    std::array<Completion, 4> burst;
    const Dequeued dequeued = done.Dequeue(burst);
    ASSERT_EQ(dequeued.count, 2u);
    EXPECT_FALSE(dequeued.corrupt);
    EXPECT_EQ(burst[0].request_context, 2u);
    EXPECT_EQ(burst[0].bytes, 64u);
    EXPECT_EQ(burst[1].request_context, 1u);
    EXPECT_EQ(burst[1].bytes, 5u);
    EXPECT_EQ(burst[1].socket_context, 99u);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(buffer_.data() + 64), 5), "hello");
    EXPECT_EQ(queue->outstanding(), 0u);
  }
  ExpectAllClosed();
}

TEST_F(Queues, AddressesAndControlComeWithADatagramWhenAskedFor) {
  CompletionQueue done = NewCq(8);
  auto queue = *RequestQueue::Create(provider_, NewSocket(), done, {.receives = 4, .sends = 4});
  ReceiveRequest request = ReceiveInto(0);
  request.remote = buffer_.slice(64, abi::kAddressBytes);
  request.local = buffer_.slice(128, abi::kAddressBytes);
  request.control = buffer_.slice(192, 64);
  EXPECT_EQ(queue.Receive(request), abi::kOk);
  ASSERT_TRUE(network_.Deliver(queue.socket(), "z"));
  EXPECT_THAT(Contexts(done), ElementsAre(0));
  EXPECT_EQ(memory_[64], 1);
  EXPECT_EQ(memory_[128], 2);
  EXPECT_EQ(memory_[192 + abi::kControlOffset], 'z');
  SendRequest send = SendFrom(5);
  send.remote = buffer_.slice(64, abi::kAddressBytes);
  EXPECT_EQ(queue.Send(send), abi::kOk);
  EXPECT_THAT(Contexts(done), ElementsAre(5));
}

TEST_F(Queues, DeferredRequestsStartWithACommit) {
  CompletionQueue done = NewCq(8);
  auto queue = *RequestQueue::Create(provider_, NewSocket(), done, {.receives = 8});
  for (uint32_t n = 0; n < 8; ++n) EXPECT_EQ(queue.Receive(ReceiveInto(n, true)), abi::kOk);
  EXPECT_EQ(network_.submits, 0u);
  EXPECT_EQ(queue.Commit(), abi::kOk);
  EXPECT_EQ(network_.submits, 1u);
  EXPECT_EQ(network_.Waiting(queue.socket(), Operation::Kind::kReceive), 8u);
}

TEST_F(Queues, PostingSaysWhyItIsRefused) {
  CompletionQueue done = NewCq(8);
  auto queue = *RequestQueue::Create(provider_, NewSocket(), done, {.receives = 1});
  EXPECT_EQ(queue.Receive({.data = buffer_.slice(0, 32 * 64 + 1)}), abi::kFault);
  EXPECT_EQ(queue.Receive(ReceiveInto(0)), abi::kOk);
  EXPECT_EQ(queue.Receive(ReceiveInto(1)), abi::kNoBuffers);
  EXPECT_EQ(queue.Send(SendFrom(1)), abi::kNoBuffers);
  EXPECT_EQ(queue.outstanding(), 1u);
  queue.CloseSocket();
  EXPECT_EQ(queue.socket(), kBadSocket);
  EXPECT_EQ(queue.Receive(ReceiveInto(1)), abi::kNotSocket);
  EXPECT_EQ(queue.Send(SendFrom(1)), abi::kNotSocket);
  EXPECT_EQ(queue.Commit(), abi::kNotSocket);
}

TEST_F(Queues, SetUpErrorsNameTheCallTheCodeAndTheFix) {
  plan_.create_cq = 1;
  auto failed = CompletionQueue::Create(provider_, {.entries = 4});
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(failed.status().ToString(), HasSubstr("RIOCreateCompletionQueue"));
  EXPECT_THAT(failed.status().ToString(), HasSubstr("WSAENOBUFS (10055)"));
  EXPECT_EQ(CompletionQueue::Create(provider_, {.entries = 0}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CompletionQueue::Create(provider_, {.entries = 4, .wake = Wake::kPort}).status().code(),
            absl::StatusCode::kInvalidArgument);

  CompletionQueue done = NewCq(4);
  const abi::Socket socket = NewSocket();
  auto too_large = RequestQueue::Create(provider_, socket, done, {.receives = 5});
  EXPECT_EQ(too_large.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(too_large.status().ToString(), HasSubstr("completion queue must have room"));
  EXPECT_TRUE(network_.sockets.contains(socket)) << "it stays the caller's";
  provider_.close_socket(socket);

  plan_.register_buffer = 1;
  auto unregistered = RegisteredBuffer::Create(provider_, memory_.data(), 64);
  EXPECT_EQ(unregistered.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RegisteredBuffer::Create(provider_, memory_.data(), 0).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(RegisteredBuffer::Create(provider_, memory_.data(), size_t{1} << 32).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(Queues, QueuesAreResized) {
  CompletionQueue done = NewCq(4);
  auto queue = *RequestQueue::Create(provider_, NewSocket(), done, {.receives = 4});
  EXPECT_EQ(queue.Resize(8, 0).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(done.Resize(16).ok());
  EXPECT_TRUE(queue.Resize(8, 8).ok());
  EXPECT_EQ(done.Resize(15).code(), absl::StatusCode::kFailedPrecondition);
  for (uint32_t n = 0; n < 8; ++n) EXPECT_EQ(queue.Receive(ReceiveInto(n)), abi::kOk);
  EXPECT_EQ(queue.Resize(7, 8).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(Queues, SendsAndReceivesCompleteApartWhenAskedTo) {
  CompletionQueue receives = NewCq(4);
  CompletionQueue sends = NewCq(4);
  auto queue =
      *RequestQueue::Create(provider_, NewSocket(), receives, sends, {.receives = 4, .sends = 4});
  EXPECT_EQ(queue.Receive(ReceiveInto(1)), abi::kOk);
  EXPECT_EQ(queue.Send(SendFrom(2)), abi::kOk);
  EXPECT_THAT(Contexts(sends), ElementsAre(2));
  EXPECT_EQ(queue.outstanding(), 1u);
  ASSERT_TRUE(network_.Deliver(queue.socket(), "x"));
  EXPECT_THAT(Contexts(receives), ElementsAre(1));
  EXPECT_EQ(queue.outstanding(), 0u);
}

TEST_F(Queues, AnEventWakesAThreadThatSleeps) {
  CompletionQueue done = NewCq(8, Wake::kEvent);
  EXPECT_NE(done.notification_handle(), nullptr);
  auto queue = *RequestQueue::Create(provider_, NewSocket(), done, {.receives = 4, .sends = 4});
  EXPECT_EQ(done.Wait(std::chrono::milliseconds(1)), abi::kOk);  // Nothing: the timeout.
  EXPECT_TRUE(Contexts(done).empty());
  EXPECT_EQ(queue.Receive(ReceiveInto(1)), abi::kOk);
  ASSERT_TRUE(network_.Deliver(queue.socket(), "x"));
  EXPECT_EQ(done.Wait(std::chrono::hours(1)), abi::kOk);
  EXPECT_THAT(Contexts(done), ElementsAre(1));
  // What came while nobody waited is told at once.
  EXPECT_EQ(queue.Send(SendFrom(2)), abi::kOk);
  EXPECT_EQ(done.Wait(std::chrono::hours(1)), abi::kOk);
  EXPECT_THAT(Contexts(done), ElementsAre(2));
  // Arming twice is no error here.
  EXPECT_EQ(done.Arm(), abi::kOk);
  EXPECT_EQ(done.Arm(), abi::kOk);
}

TEST_F(Queues, AQueueThatIsPolledWaitsAsItsProviderDoes) {
  CompletionQueue done = NewCq(4);
  EXPECT_EQ(done.notification_handle(), nullptr);
  EXPECT_EQ(done.Wait(kNow), abi::kOk);
  EXPECT_EQ(done.Arm(), abi::kInvalid);
  Provider blind = provider_;
  blind.wait = nullptr;
  auto other = CompletionQueue::Create(blind, {.entries = 4});
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->Wait(kNow), abi::kNotSupported);
}

TEST_F(Queues, CloseDrainsAndHandsOverWhatItDequeues) {
  CompletionQueue done = NewCq(16);
  auto first =
      *RequestQueue::Create(provider_, NewSocket(), done, {.receives = 4, .socket_context = 1});
  auto second =
      *RequestQueue::Create(provider_, NewSocket(), done, {.receives = 4, .socket_context = 2});
  network_.late = true;
  EXPECT_EQ(first.Receive(ReceiveInto(1)), abi::kOk);
  EXPECT_EQ(first.Receive(ReceiveInto(2, true)), abi::kOk);  // Never committed.
  EXPECT_EQ(second.Receive(ReceiveInto(3)), abi::kOk);
  ASSERT_TRUE(network_.Deliver(second.socket(), "other"));
  std::vector<std::pair<uint64_t, int32_t>> taken;
  EXPECT_TRUE(first
                  .Close([&](const Completion& completion) {
                    EXPECT_EQ(completion.socket_context, completion.request_context == 3 ? 2u : 1u);
                    taken.emplace_back(completion.request_context, completion.status);
                  })
                  .ok());
  EXPECT_THAT(taken, ::testing::UnorderedElementsAre(
                         std::pair<uint64_t, int32_t>(1, abi::kOperationAborted),
                         std::pair<uint64_t, int32_t>(2, abi::kOperationAborted),
                         std::pair<uint64_t, int32_t>(3, abi::kOk)));
  EXPECT_EQ(first.outstanding(), 0u);
  EXPECT_EQ(second.outstanding(), 0u);
  EXPECT_TRUE(first.Close([](const Completion&) {}).ok()) << "the second time it does nothing";
  EXPECT_EQ(network_.sockets.size(), 1u);
}

TEST_F(Queues, EveryOrderOfDestructionIsSafe) {
  for (int order = 0; order < 6; ++order) {
    network_.late = order % 2 == 1;
    std::optional<CompletionQueue> done = NewCq(8);
    std::optional<RequestQueue> queue =
        *RequestQueue::Create(provider_, NewSocket(), *done, {.receives = 4, .sends = 4});
    EXPECT_EQ(queue->Receive(ReceiveInto(1)), abi::kOk);
    EXPECT_EQ(queue->Receive(ReceiveInto(2, true)), abi::kOk);
    EXPECT_EQ(queue->Send(SendFrom(3)), abi::kOk);
    switch (order / 2) {
      case 0:
        queue.reset();
        done.reset();
        break;
      case 1:
        done.reset();
        queue.reset();
        break;
      default:
        queue->CloseSocket();
        done->Close();
        queue.reset();
        done.reset();
    }
    ExpectAllClosed();
  }
  // Nothing is in use any more, or this would abort.
  buffer_ = RegisteredBuffer();
}

TEST_F(Queues, ACorruptQueueIsAStateNotACount) {
  std::optional<CompletionQueue> done = NewCq(8);
  std::optional<RequestQueue> queue =
      *RequestQueue::Create(provider_, NewSocket(), *done, {.receives = 4});
  EXPECT_EQ(queue->Receive(ReceiveInto(1)), abi::kOk);
  plan_.corrupt_percent = 100;
  std::array<Completion, 4> burst;
  Dequeued dequeued = done->Dequeue(burst);
  EXPECT_TRUE(dequeued.corrupt);
  EXPECT_EQ(dequeued.count, 0u);
  EXPECT_TRUE(done->corrupt());
  plan_.corrupt_percent = 0;
  EXPECT_TRUE(done->Dequeue(burst).corrupt) << "for good";
  EXPECT_EQ(done->Wait(std::chrono::hours(1)), abi::kInvalid);
  EXPECT_TRUE(queue->Close([](const Completion&) {}).ok()) << "nothing will be reported";
  queue.reset();
  done.reset();
  ExpectAllClosed();
}

TEST_F(Queues, CloseDrainsTheQueueThatIsLeft) {
  CompletionQueue receives = NewCq(4);
  CompletionQueue sends = NewCq(4);
  auto queue =
      *RequestQueue::Create(provider_, NewSocket(), receives, sends, {.receives = 4, .sends = 4});
  EXPECT_EQ(queue.Receive(ReceiveInto(1)), abi::kOk);
  network_.hold_sends = true;
  EXPECT_EQ(queue.Send(SendFrom(2)), abi::kOk);
  receives.Close();
  std::vector<uint64_t> taken;
  EXPECT_TRUE(
      queue
          .Close([&](const Completion& completion) { taken.push_back(completion.request_context); })
          .ok());
  EXPECT_THAT(taken, ElementsAre(2));
}

TEST_F(Queues, HandlesMove) {
  CompletionQueue done = NewCq(8);
  RequestQueue queue = *RequestQueue::Create(provider_, NewSocket(), done, {.receives = 4});
  EXPECT_EQ(queue.Receive(ReceiveInto(1)), abi::kOk);
  CompletionQueue moved_done = std::move(done);
  RequestQueue moved_queue = std::move(queue);
  RegisteredBuffer moved_buffer = std::move(buffer_);
  ASSERT_TRUE(network_.Deliver(moved_queue.socket(), "x"));
  EXPECT_THAT(Contexts(moved_done), ElementsAre(1));
  buffer_ = std::move(moved_buffer);
}

TEST(ErrorName, NamesWinsockCodes) {
  EXPECT_EQ(ErrorName(abi::kNoBuffers), "WSAENOBUFS (10055)");
  EXPECT_EQ(ErrorName(12345), "error (12345)");
}

}  // namespace
}  // namespace fh::rio
