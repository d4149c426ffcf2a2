// The emulated table keeps RIO's rules of posting and dequeuing: right use works, wrong use is
// refused as Windows refuses it.
#include "rio/registered/emulated_table.h"

#include <array>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/rio/registered/emulated_table_fixture.h"

namespace fh::test {
namespace {

using rio::Operation;
using ::testing::ElementsAre;
namespace abi = rio::abi;

constexpr auto kReceive = Operation::Kind::kReceive;

TEST_F(EmulatedTable, NamesItsSizeAndFillsEveryFunction) {
  EXPECT_EQ(table_.size, 112u);
  std::array<uintptr_t, 14> words{};
  std::memcpy(words.data(), &table_, sizeof table_);
  for (size_t i = 1; i < words.size(); ++i) EXPECT_NE(words[i], 0u) << i;
}

TEST_F(EmulatedTable, AReceiveCompletesWithItsBytesAndContexts) {
  Open(4, 0);
  ASSERT_TRUE(Receive(3));
  EXPECT_TRUE(Dequeue(cq_).empty());
  ASSERT_TRUE(network_.Deliver(socket_, "hello"));
  const std::vector<abi::Result> results = Dequeue(cq_);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].status, abi::kOk);
  EXPECT_EQ(results[0].bytes, 5u);
  EXPECT_EQ(results[0].socket_context, 77u);
  EXPECT_EQ(results[0].request_context, 3u);
  EXPECT_EQ(std::string(&memory_[3 * 64], 5), "hello");
}

TEST_F(EmulatedTable, ADatagramThatIsTooLongCompletesWithMessageSize) {
  Open(4, 0);
  ASSERT_TRUE(Receive(0));
  ASSERT_TRUE(network_.Deliver(socket_, std::string(65, 'x')));
  const std::vector<abi::Result> results = Dequeue(cq_);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].status, abi::kMessageSize);
  EXPECT_EQ(results[0].bytes, 64u);
}

TEST_F(EmulatedTable, AddressControlAndFlagSlicesAreFilled) {
  Open(4, 4);
  abi::Buf data = Slice(0);
  abi::Buf local = Slice(1, abi::kAddressBytes);
  abi::Buf remote = Slice(2, abi::kAddressBytes);
  abi::Buf control = Slice(3);
  abi::Buf flags = Slice(4, 4);
  memory_[4 * 64] = 1;
  ASSERT_TRUE(table_.ReceiveEx(rq_, &data, 1, &local, &remote, &control, &flags, 0, Context(1)));
  ASSERT_TRUE(network_.Deliver(socket_, "z"));
  EXPECT_THAT(Contexts(cq_), ElementsAre(1));
  EXPECT_EQ(memory_[1 * 64], 2);
  EXPECT_EQ(memory_[2 * 64], 1);
  EXPECT_EQ(memory_[3 * 64 + abi::kControlOffset], 'z');
  EXPECT_EQ(memory_[4 * 64], 0);
  ASSERT_TRUE(table_.SendEx(rq_, &data, 1, nullptr, &remote, nullptr, nullptr, 0, Context(2)));
  EXPECT_THAT(Contexts(cq_), ElementsAre(2));
}

TEST_F(EmulatedTable, RefusesMoreThanOneDataSlice) {
  Open(4, 4);
  std::array<abi::Buf, 2> slices = {Slice(0), Slice(1)};
  EXPECT_FALSE(table_.Receive(rq_, slices.data(), 2, 0, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.Send(rq_, slices.data(), 2, 0, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.Receive(rq_, slices.data(), 0, 0, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.Receive(rq_, nullptr, 1, 0, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_EQ(network_.Waiting(socket_, kReceive), 0u);
  // A datagram whose bytes are not wanted needs no slice.
  EXPECT_TRUE(table_.Receive(rq_, nullptr, 0, 0, nullptr));
}

TEST_F(EmulatedTable, RefusesRequestQueuesForMoreThanOneDataSlice) {
  const abi::Socket socket = NewSocket();
  const abi::Cq cq = NewCq(16);
  EXPECT_EQ(table_.CreateRequestQueue(socket, 4, 2, 4, 1, cq, cq, nullptr), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_EQ(table_.CreateRequestQueue(socket, 4, 1, 4, 0, cq, cq, nullptr), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_EQ(NewRq(socket, 0, 0, cq, cq), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_EQ(NewRq(socket, 1, 0, cq, abi::kInvalidCq), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_EQ(NewRq(rio::kBadSocket, 1, 0, cq, cq), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kNotSocket);
}

TEST_F(EmulatedTable, ASocketHasOneRequestQueue) {
  Open(1, 1);
  const abi::Cq more = NewCq(16);
  EXPECT_EQ(NewRq(socket_, 1, 1, more, more), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kInvalid);
}

TEST_F(EmulatedTable, ChargesWhenPostedAndCreditsWhenDequeued) {
  Open(2, 1);
  EXPECT_TRUE(Receive(1));
  EXPECT_TRUE(Receive(2));
  EXPECT_FALSE(Receive(3));
  EXPECT_EQ(error(), abi::kNoBuffers);
  // Sends have a credit of their own.
  EXPECT_TRUE(Send(10));
  EXPECT_FALSE(Send(11));
  EXPECT_EQ(error(), abi::kNoBuffers);
  ASSERT_TRUE(network_.Deliver(socket_, "a"));
  // Completed, but not dequeued.
  EXPECT_FALSE(Receive(3));
  EXPECT_THAT(Contexts(cq_, 1), ElementsAre(10));
  EXPECT_FALSE(Receive(3));
  EXPECT_TRUE(Send(11));
  EXPECT_THAT(Contexts(cq_, 1), ElementsAre(1));
  EXPECT_TRUE(Receive(3));
  EXPECT_FALSE(Receive(4));
}

TEST_F(EmulatedTable, ChargesDeferredRequestsToo) {
  Open(2, 0);
  EXPECT_TRUE(Receive(1, abi::kDefer));
  EXPECT_TRUE(Receive(2, abi::kDefer));
  EXPECT_FALSE(Receive(3, abi::kDefer));
  EXPECT_EQ(error(), abi::kNoBuffers);
  EXPECT_FALSE(Receive(3));
  EXPECT_EQ(error(), abi::kNoBuffers);
}

TEST_F(EmulatedTable, DeferStartsNothingBeforeACommit) {
  Open(8, 8);
  EXPECT_TRUE(Receive(1, abi::kDefer));
  EXPECT_TRUE(Receive(2, abi::kDefer));
  EXPECT_TRUE(Send(10, abi::kDefer));
  EXPECT_EQ(network_.submits, 0u);
  EXPECT_TRUE(Commit());
  EXPECT_EQ(network_.submits, 1u);
  EXPECT_EQ(network_.Waiting(socket_, kReceive), 2u);
  EXPECT_TRUE(network_.sent.empty()) << "receives and sends are committed apart";
  // A request without DEFER takes those before it along, in order.
  EXPECT_TRUE(Send(11));
  EXPECT_EQ(network_.submits, 2u);
  EXPECT_THAT(Contexts(cq_), ElementsAre(10, 11));
  ASSERT_TRUE(network_.Deliver(socket_, "a"));
  ASSERT_TRUE(network_.Deliver(socket_, "b"));
  EXPECT_THAT(Contexts(cq_), ElementsAre(1, 2));
  // With nothing deferred a commit does nothing.
  EXPECT_TRUE(Commit());
  EXPECT_EQ(network_.submits, 2u);
}

TEST_F(EmulatedTable, CommitOnlyTakesNoOtherArgument) {
  Open(4, 4);
  EXPECT_TRUE(Receive(1, abi::kDefer));
  abi::Buf slice = Slice(0);
  EXPECT_FALSE(table_.Receive(rq_, &slice, 1, abi::kCommitOnly, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.Receive(rq_, nullptr, 1, abi::kCommitOnly, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.Receive(rq_, nullptr, 0, abi::kCommitOnly, Context(1)));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.Receive(rq_, nullptr, 0, abi::kCommitOnly | abi::kDefer, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.Send(rq_, nullptr, 0, abi::kCommitOnly | abi::kDontNotify, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.ReceiveEx(rq_, nullptr, 0, nullptr, &slice, nullptr, nullptr,
                                abi::kCommitOnly, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_EQ(network_.submits, 0u);
  EXPECT_FALSE(Receive(2, 16)) << "an unknown flag";
  EXPECT_EQ(error(), abi::kInvalid);
}

TEST_F(EmulatedTable, RefusesSlicesOutsideTheirBuffer) {
  Open(4, 4);
  const auto bytes = static_cast<uint32_t>(memory_.size());
  const abi::BufferId gone = table_.RegisterBuffer(memory_.data(), 64);
  table_.DeregisterBuffer(gone);
  const std::array<abi::Buf, 8> bad = {abi::Buf{buffer_, 0, bytes + 1},
                                       abi::Buf{buffer_, bytes, 1},
                                       abi::Buf{buffer_, bytes + 1, 0},
                                       abi::Buf{buffer_, 64, UINT32_MAX},
                                       abi::Buf{abi::kInvalidBufferId, 0, 1},
                                       abi::Buf{0, 0, 1},
                                       abi::Buf{gone, 0, 1},
                                       abi::Buf{buffer_ + 12345, 0, 1}};
  for (abi::Buf slice : bad) {
    EXPECT_FALSE(table_.Receive(rq_, &slice, 1, 0, nullptr)) << slice.offset << " " << slice.length;
    EXPECT_EQ(error(), abi::kFault);
    EXPECT_FALSE(table_.Send(rq_, &slice, 1, 0, nullptr)) << slice.offset << " " << slice.length;
    EXPECT_EQ(error(), abi::kFault);
  }
  EXPECT_EQ(network_.submits, 0u);
  abi::Buf whole = {buffer_, 0, bytes};
  EXPECT_TRUE(table_.Receive(rq_, &whole, 1, 0, nullptr));
  abi::Buf last = {buffer_, bytes - 1, 1};
  EXPECT_TRUE(table_.Receive(rq_, &last, 1, 0, nullptr));
}

TEST_F(EmulatedTable, RefusesAddressSlicesThatAreTooShort) {
  Open(4, 4);
  abi::Buf data = Slice(0);
  abi::Buf short_address = Slice(1, abi::kAddressBytes - 1);
  abi::Buf short_control = Slice(1, abi::kControlOffset - 1);
  abi::Buf short_flags = Slice(1, 3);
  EXPECT_FALSE(
      table_.ReceiveEx(rq_, &data, 1, &short_address, nullptr, nullptr, nullptr, 0, nullptr));
  EXPECT_EQ(error(), abi::kFault);
  EXPECT_FALSE(
      table_.ReceiveEx(rq_, &data, 1, nullptr, &short_address, nullptr, nullptr, 0, nullptr));
  EXPECT_EQ(error(), abi::kFault);
  EXPECT_FALSE(
      table_.ReceiveEx(rq_, &data, 1, nullptr, nullptr, &short_control, nullptr, 0, nullptr));
  EXPECT_EQ(error(), abi::kFault);
  EXPECT_FALSE(
      table_.ReceiveEx(rq_, &data, 1, nullptr, nullptr, nullptr, &short_flags, 0, nullptr));
  EXPECT_EQ(error(), abi::kFault);
  EXPECT_FALSE(table_.SendEx(rq_, &data, 1, nullptr, &short_address, nullptr, nullptr, 0, nullptr));
  EXPECT_EQ(error(), abi::kFault);
}

TEST_F(EmulatedTable, RefusesALocalAddressInSendEx) {
  Open(4, 4);
  abi::Buf data = Slice(0);
  abi::Buf local = Slice(1, abi::kAddressBytes);
  EXPECT_FALSE(table_.SendEx(rq_, &data, 1, &local, nullptr, nullptr, nullptr, 0, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
}

TEST_F(EmulatedTable, RefusesToRegisterNothing) {
  EXPECT_EQ(table_.RegisterBuffer(nullptr, 64), abi::kInvalidBufferId);
  EXPECT_EQ(error(), abi::kFault);
  EXPECT_EQ(table_.RegisterBuffer(memory_.data(), 0), abi::kInvalidBufferId);
  EXPECT_EQ(error(), abi::kInvalid);
}

TEST_F(EmulatedTable, BufferIdsAreNeverGivenTwice) {
  std::set<abi::BufferId> ids;
  for (int i = 0; i < 1000; ++i) {
    const abi::BufferId id = table_.RegisterBuffer(memory_.data(), 64);
    EXPECT_TRUE(ids.insert(id).second);
    EXPECT_NE(id, abi::kInvalidBufferId);
    table_.DeregisterBuffer(id);
  }
}

TEST_F(EmulatedTable, ACompletionQueueAdmitsWhatFits) {
  EXPECT_EQ(NewCq(0), abi::kInvalidCq);
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_EQ(NewCq(abi::kMaxCqSize + 1), abi::kInvalidCq);
  EXPECT_EQ(error(), abi::kInvalid);
  const abi::Cq shared = NewCq(10);
  const abi::Cq sends = NewCq(3);
  EXPECT_EQ(NewRq(NewSocket(), 6, 5, shared, shared), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kNoBuffers);
  EXPECT_NE(NewRq(NewSocket(), 4, 2, shared, shared), abi::kInvalidRq);
  EXPECT_NE(NewRq(NewSocket(), 4, 3, shared, sends), abi::kInvalidRq);
  const abi::Socket socket = NewSocket();
  EXPECT_EQ(NewRq(socket, 1, 0, shared, shared), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kNoBuffers);
  EXPECT_EQ(NewRq(socket, 0, 1, shared, sends), abi::kInvalidRq);
  EXPECT_EQ(error(), abi::kNoBuffers);
  // Room comes with a larger queue.
  EXPECT_TRUE(table_.ResizeCompletionQueue(shared, 11));
  EXPECT_NE(NewRq(socket, 1, 0, shared, shared), abi::kInvalidRq);
}

TEST_F(EmulatedTable, ACompletionQueueDoesNotShrinkBelowItsRequestQueues) {
  Open(6, 2);
  EXPECT_FALSE(table_.ResizeCompletionQueue(cq_, 7));
  EXPECT_EQ(error(), abi::kTooManyReferences);
  EXPECT_TRUE(table_.ResizeCompletionQueue(cq_, 100));
  EXPECT_TRUE(table_.ResizeCompletionQueue(cq_, 8));
  EXPECT_FALSE(table_.ResizeCompletionQueue(cq_, 0));
  EXPECT_EQ(error(), abi::kInvalid);
  // The room of a closed socket is free again.
  provider_.close_socket(socket_);
  EXPECT_TRUE(table_.ResizeCompletionQueue(cq_, 1));
}

TEST_F(EmulatedTable, ARequestQueueIsResizedWithRequestsOutstanding) {
  Open(2, 0);
  ASSERT_TRUE(table_.ResizeCompletionQueue(cq_, 16));
  uintptr_t next = 0;
  ASSERT_TRUE(Receive(next++));
  ASSERT_TRUE(Receive(next++, abi::kDefer));
  EXPECT_FALSE(table_.ResizeRequestQueue(rq_, 1, 0));
  EXPECT_EQ(error(), abi::kTooManyReferences);
  EXPECT_FALSE(table_.ResizeRequestQueue(rq_, 17, 0));
  EXPECT_EQ(error(), abi::kNoBuffers);
  uint64_t expected = 0;
  for (const uint32_t limit : {5u, 7u, 16u, 9u, 16u}) {
    ASSERT_TRUE(table_.ResizeRequestQueue(rq_, limit, 0)) << limit;
    while (Receive(next, next % 2 == 0 ? abi::kDefer : 0)) ++next;
    EXPECT_EQ(error(), abi::kNoBuffers);
    EXPECT_TRUE(Commit());
    EXPECT_EQ(network_.Waiting(socket_, kReceive), limit);
    for (int i = 0; i < 9; ++i) network_.Deliver(socket_, "x");
    for (const uint64_t context : Contexts(cq_)) EXPECT_EQ(context, expected++);
  }
}

TEST_F(EmulatedTable, NotifySignalsOnceAndForWhatCounts) {
  auto event = rio::WaitEvent::Create();
  ASSERT_TRUE(event.ok());
  constexpr std::chrono::nanoseconds kNow{0};
  abi::Notification notification{.type = abi::NotifyType::kEvent,
                                 .event = {.handle = event->handle(), .reset = 0}};
  Open(8, 8, &notification);
  EXPECT_EQ(table_.Notify(cq_), abi::kOk);
  EXPECT_FALSE(event->Wait(kNow));
  EXPECT_EQ(table_.Notify(cq_), abi::kAlready);
  // Completions that do not count do not signal, and do not disarm.
  ASSERT_TRUE(Send(1, abi::kDontNotify));
  EXPECT_FALSE(event->Wait(kNow));
  EXPECT_THAT(Contexts(cq_), ElementsAre(1));
  EXPECT_EQ(table_.Notify(cq_), abi::kAlready);
  ASSERT_TRUE(Send(2));
  EXPECT_TRUE(event->Wait(kNow));
  // One-shot: the next completion does not signal.
  ASSERT_TRUE(Send(3));
  EXPECT_FALSE(event->Wait(kNow));
  // Armed while the queue is not empty, it signals at once; dequeuing first is not required.
  EXPECT_EQ(table_.Notify(cq_), abi::kOk);
  EXPECT_TRUE(event->Wait(kNow));
  EXPECT_THAT(Contexts(cq_), ElementsAre(2, 3));
  ASSERT_TRUE(Send(4, abi::kDontNotify));
  EXPECT_EQ(table_.Notify(cq_), abi::kOk);
  EXPECT_FALSE(event->Wait(kNow));
}

TEST_F(EmulatedTable, NotifyNeedsANotification) {
  Open(1, 1);
  EXPECT_EQ(table_.Notify(cq_), abi::kInvalid);
  abi::Notification port{};
  port.type = abi::NotifyType::kPort;
  EXPECT_EQ(NewCq(4, &port), abi::kInvalidCq) << "a port needs an OVERLAPPED";
  EXPECT_EQ(error(), abi::kInvalid);
  port.type = static_cast<abi::NotifyType>(3);
  EXPECT_EQ(NewCq(4, &port), abi::kInvalidCq);
  EXPECT_EQ(error(), abi::kInvalid);
}

TEST_F(EmulatedTable, SendsAndReceivesMayCompleteInQueuesOfTheirOwn) {
  socket_ = NewSocket();
  const abi::Cq receives = NewCq(2);
  const abi::Cq sends = NewCq(2);
  rq_ = NewRq(socket_, 2, 2, receives, sends);
  ASSERT_TRUE(Receive(1));
  ASSERT_TRUE(Send(2));
  ASSERT_TRUE(network_.Deliver(socket_, "x"));
  EXPECT_THAT(Contexts(receives), ElementsAre(1));
  EXPECT_THAT(Contexts(sends), ElementsAre(2));
}

TEST_F(EmulatedTable, NothingIsLostWhenTheRingsTurnManyTimes) {
  Open(5, 3);
  uint64_t posted = 0;
  uint64_t expected = 0;
  for (int round = 0; round < 1000; ++round) {
    while (Receive(posted, abi::kDefer)) ++posted;
    ASSERT_TRUE(Commit());
    for (int i = 0; i < 1 + round % 5; ++i) network_.Deliver(socket_, "x");
    for (const uint64_t context : Contexts(cq_, 1 + round % 7)) ASSERT_EQ(context, expected++);
  }
  EXPECT_GT(expected, 2000u);
}

TEST_F(EmulatedTable, FailuresOfTheEngineAreReported) {
  network_.queue_error = abi::kNotSupported;
  EXPECT_EQ(NewCq(4), abi::kInvalidCq);
  EXPECT_EQ(error(), abi::kNotSupported);
  int code = abi::kOk;
  EXPECT_STREQ(rio::FirstFailure(provider_, &code), "RIOCreateCompletionQueue");
  EXPECT_EQ(code, abi::kNotSupported);
  EXPECT_TRUE(network_.sockets.empty());
  network_.socket_error = 24;
  EXPECT_STREQ(rio::FirstFailure(provider_, &code), "a UDP socket");
  EXPECT_EQ(code, 24);
  network_.socket_error = network_.queue_error = 0;
  EXPECT_EQ(rio::FirstFailure(provider_, &code), nullptr);
  EXPECT_EQ(network_.queue_count(), 0u);
}

TEST_F(EmulatedTable, NullHandlesAreRefused) {
  abi::Result result;
  abi::Buf slice = Slice(0);
  EXPECT_FALSE(table_.Receive(nullptr, &slice, 1, 0, nullptr));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_FALSE(table_.Send(nullptr, &slice, 1, 0, nullptr));
  EXPECT_EQ(table_.DequeueCompletion(nullptr, &result, 1), abi::kCorruptCq);
  EXPECT_EQ(table_.Notify(nullptr), abi::kInvalid);
  EXPECT_FALSE(table_.ResizeCompletionQueue(nullptr, 1));
  EXPECT_FALSE(table_.ResizeRequestQueue(nullptr, 1, 1));
  table_.CloseCompletionQueue(nullptr);
}

}  // namespace
}  // namespace fh::test
