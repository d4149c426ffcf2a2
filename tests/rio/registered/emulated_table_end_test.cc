// The ends of an emulated table: sockets and queues closed in every order with requests on their
// way, and the wrong use that would corrupt memory on Windows and ends the program here. Threads
// that share a queue, as far as RIO lets them, and further.
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/rio/registered/emulated_table_fixture.h"

namespace fh::test {
namespace {

using ::testing::ElementsAre;
namespace abi = rio::abi;

using EmulatedTableDeathTest = EmulatedTable;

TEST_F(EmulatedTable, ClosingTheSocketCompletesWhatIsOutstanding) {
  Open(4, 4);
  network_.hold_sends = true;
  ASSERT_TRUE(Receive(1));
  ASSERT_TRUE(Receive(2));
  ASSERT_TRUE(Send(3));
  ASSERT_TRUE(Receive(4, abi::kDefer));
  ASSERT_TRUE(network_.Deliver(socket_, "before"));
  provider_.close_socket(socket_);
  EXPECT_FALSE(Receive(5));
  EXPECT_EQ(error(), abi::kNotSocket);
  EXPECT_FALSE(Commit());
  EXPECT_EQ(error(), abi::kNotSocket);
  EXPECT_TRUE(network_.sockets.contains(socket_)) << "given up before its requests came back";
  const std::vector<abi::Result> results = Dequeue(cq_);
  ASSERT_EQ(results.size(), 4u);
  for (const abi::Result& result : results) {
    EXPECT_EQ(result.status,
              result.request_context == 1 ? int{abi::kOk} : int{abi::kOperationAborted});
  }
  EXPECT_FALSE(network_.sockets.contains(socket_));
}

TEST_F(EmulatedTable, ClosingTwoSocketsOfOneQueueKeepsThemApart) {
  const abi::Cq cq = NewCq(8);
  const abi::Socket first = NewSocket();
  const abi::Socket second = NewSocket();
  const abi::Rq first_queue = NewRq(first, 2, 0, cq, cq);
  rq_ = NewRq(second, 2, 0, cq, cq);
  abi::Buf slice = Slice(0);
  ASSERT_TRUE(table_.Receive(first_queue, &slice, 1, 0, Context(1)));
  ASSERT_TRUE(Receive(2));
  provider_.close_socket(first);
  EXPECT_THAT(Contexts(cq), ElementsAre(1));
  EXPECT_THAT(network_.sockets, ElementsAre(second));
  ASSERT_TRUE(network_.Deliver(second, "x"));
  EXPECT_THAT(Contexts(cq), ElementsAre(2));
}

TEST_F(EmulatedTable, ClosingACompletionQueueDropsWhatCompletesLater) {
  Open(4, 0);
  ASSERT_TRUE(Receive(1));
  ASSERT_TRUE(Receive(2));
  table_.CloseCompletionQueue(cq_);
  abi::Result result;
  EXPECT_EQ(table_.DequeueCompletion(cq_, &result, 1), abi::kCorruptCq);
  EXPECT_EQ(table_.Notify(cq_), abi::kInvalid);
  EXPECT_FALSE(Receive(3));
  EXPECT_EQ(error(), abi::kInvalid);
  EXPECT_TRUE(network_.Deliver(socket_, "dropped"));
  EXPECT_EQ(network_.queue_count(), 1u) << "a receive is still on its way";
  network_.late = true;
  provider_.close_socket(socket_);
  EXPECT_EQ(network_.queue_count(), 0u);
  EXPECT_TRUE(network_.sockets.empty());
}

TEST_F(EmulatedTable, ClosingInTheOtherOrderWaitsForTheEngine) {
  Open(4, 0);
  ASSERT_TRUE(Receive(1));
  network_.late = true;
  provider_.close_socket(socket_);
  EXPECT_TRUE(Dequeue(cq_).empty());
  table_.CloseCompletionQueue(cq_);
  EXPECT_EQ(network_.queue_count(), 0u);
  EXPECT_TRUE(network_.sockets.empty());
  // Nothing is written to the buffer any more.
  table_.DeregisterBuffer(buffer_);
  buffer_ = abi::kInvalidBufferId;
}

TEST_F(EmulatedTableDeathTest, DeregisteringABufferInUseAborts) {
  Open(4, 0);
  ASSERT_TRUE(Receive(1, abi::kDefer));
  EXPECT_DEATH(table_.DeregisterBuffer(buffer_), "deregistered while requests name it");
  ASSERT_TRUE(Commit());
  EXPECT_DEATH(table_.DeregisterBuffer(buffer_), "deregistered while requests name it");
  ASSERT_TRUE(network_.Deliver(socket_, "x"));
  EXPECT_DEATH(table_.DeregisterBuffer(buffer_), "deregistered while requests name it")
      << "completed, but not dequeued";
  EXPECT_THAT(Contexts(cq_), ElementsAre(1));
  table_.DeregisterBuffer(buffer_);
  EXPECT_DEATH(table_.DeregisterBuffer(buffer_), "not registered");
  buffer_ = abi::kInvalidBufferId;
}

TEST_F(EmulatedTableDeathTest, DeregisteringAnAddressSlicesBufferInUseAborts) {
  Open(4, 0);
  std::array<char, 64> addresses{};
  const abi::BufferId other = table_.RegisterBuffer(addresses.data(), 64);
  abi::Buf data = Slice(0);
  abi::Buf remote = {other, 0, abi::kAddressBytes};
  ASSERT_TRUE(table_.ReceiveEx(rq_, &data, 1, nullptr, &remote, nullptr, nullptr, 0, nullptr));
  EXPECT_DEATH(table_.DeregisterBuffer(other), "deregistered while requests name it");
  ASSERT_TRUE(network_.Deliver(socket_, "x"));
  EXPECT_EQ(Dequeue(cq_).size(), 1u);
  table_.DeregisterBuffer(other);
}

TEST_F(EmulatedTableDeathTest, TwoThreadsInARequestQueueAbort) {
  Open(8, 8);
  // A second thread posts while the first one is inside.
  const auto both = [&] {
    network_.on_submit = [&] { std::thread([&] { Receive(2, abi::kDefer); }).join(); };
    Receive(1);
  };
  EXPECT_DEATH(both(), "two threads use one request queue at once");
  const auto resize = [&] {
    network_.on_submit = [&] { std::thread([&] { table_.ResizeRequestQueue(rq_, 2, 2); }).join(); };
    Send(1);
  };
  EXPECT_DEATH(resize(), "two threads use one request queue at once");
}

TEST_F(EmulatedTableDeathTest, TwoThreadsInACompletionQueueAbort) {
  Open(8, 8);
  const auto both = [&] {
    network_.on_collect = [&] {
      std::thread([&] {
        abi::Result result;
        table_.DequeueCompletion(cq_, &result, 1);
      }).join();
    };
    Dequeue(cq_);
  };
  EXPECT_DEATH(both(), "two threads use one completion queue at once");
}

// One thread posts, one commits, one dequeues: what RIO allows to overlap.
TEST_F(EmulatedTable, PostingCommittingAndDequeuingMayOverlap) {
  Open(16, 0);
  network_.complete_at_submit = true;
  constexpr uint64_t kTotal = 20'000;
  std::atomic<bool> done{false};
  std::thread committer([&] {
    while (!done) {
      EXPECT_TRUE(Commit());
      std::this_thread::yield();
    }
  });
  std::thread poster([&] {
    for (uint64_t posted = 0; posted < kTotal;) {
      if (Receive(posted, posted % 7 == 0 ? 0 : abi::kDefer)) {
        ++posted;
      } else {
        std::this_thread::yield();
      }
    }
  });
  uint64_t expected = 0;
  while (expected < kTotal) {
    for (const uint64_t context : Contexts(cq_, 8)) ASSERT_EQ(context, expected++);
    std::this_thread::yield();
  }
  done = true;
  poster.join();
  committer.join();
}

// The table itself keeps its word too: what a commit looks at is given up behind it.
TEST_F(EmulatedTable, ACommitMayOverlapTheCloseOfItsSocket) {
  constexpr int kRounds = 2000;
  cq_ = NewCq(8);
  for (int round = 0; round < kRounds; ++round) {
    const abi::Socket socket = NewSocket();
    rq_ = NewRq(socket, 4, 4, cq_, cq_);
    ASSERT_NE(rq_, abi::kInvalidRq);
    ASSERT_TRUE(Receive(1, abi::kDefer));
    std::atomic<bool> committing{false};
    std::thread committer([&] {
      while (Commit()) committing = true;
      EXPECT_EQ(error(), abi::kNotSocket);
    });
    while (!committing) std::this_thread::yield();
    provider_.close_socket(socket);
    EXPECT_EQ(Dequeue(cq_).size(), 1u);
    committer.join();
  }
}

}  // namespace
}  // namespace fh::test
