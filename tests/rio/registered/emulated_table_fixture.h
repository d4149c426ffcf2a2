// A table over the fake network, with a socket, its queues and 32 slices of registered memory: for
// the tests of the rules.
#ifndef FEEDHANDLER_TESTS_RIO_REGISTERED_EMULATED_TABLE_FIXTURE_H_
#define FEEDHANDLER_TESTS_RIO_REGISTERED_EMULATED_TABLE_FIXTURE_H_

#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "rio/registered/emulated_table.h"
#include "tests/rio/registered/fake_engine.h"

namespace fh::test {

inline void* Context(uintptr_t n) { return reinterpret_cast<void*>(n); }

class EmulatedTable : public ::testing::Test {
 protected:
  EmulatedTable() {
    ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
    buffer_ = table_.RegisterBuffer(memory_.data(), static_cast<uint32_t>(memory_.size()));
  }
  ~EmulatedTable() override {
    for (rio::abi::Socket socket : std::set(network_.sockets)) provider_.close_socket(socket);
    for (rio::abi::Cq queue : queues_) table_.CloseCompletionQueue(queue);
    if (buffer_ != rio::abi::kInvalidBufferId) table_.DeregisterBuffer(buffer_);
    EXPECT_EQ(network_.queue_count(), 0u);
    EXPECT_TRUE(network_.sockets.empty());
  }

  rio::abi::Socket NewSocket() {
    int error = 0;
    return provider_.open_socket(2, 2, 17, &error);
  }
  rio::abi::Cq NewCq(uint32_t size, rio::abi::Notification* notification = nullptr) {
    const rio::abi::Cq queue = table_.CreateCompletionQueue(size, notification);
    if (queue != rio::abi::kInvalidCq) queues_.push_back(queue);
    return queue;
  }
  rio::abi::Rq NewRq(rio::abi::Socket socket, uint32_t receives, uint32_t sends,
                     rio::abi::Cq receive_queue, rio::abi::Cq send_queue) {
    return table_.CreateRequestQueue(socket, receives, 1, sends, 1, receive_queue, send_queue,
                                     Context(77));
  }
  // A socket with a request queue of its own completion queue.
  void Open(uint32_t receives, uint32_t sends, rio::abi::Notification* notification = nullptr) {
    socket_ = NewSocket();
    cq_ = NewCq(receives + sends, notification);
    rq_ = NewRq(socket_, receives, sends, cq_, cq_);
    ASSERT_NE(rq_, rio::abi::kInvalidRq);
  }

  rio::abi::Buf Slice(uint32_t n, uint32_t length = 64) const { return {buffer_, n * 64, length}; }
  bool Receive(uintptr_t context, uint32_t flags = 0) {
    rio::abi::Buf slice = Slice(static_cast<uint32_t>(context % 32));
    return table_.Receive(rq_, &slice, 1, flags, Context(context)) != 0;
  }
  bool Send(uintptr_t context, uint32_t flags = 0) {
    rio::abi::Buf slice = Slice(static_cast<uint32_t>(context % 32));
    return table_.Send(rq_, &slice, 1, flags, Context(context)) != 0;
  }
  bool Commit() { return table_.Receive(rq_, nullptr, 0, rio::abi::kCommitOnly, nullptr) != 0; }
  int error() const { return provider_.last_error(); }

  std::vector<rio::abi::Result> Dequeue(rio::abi::Cq queue, uint32_t most = 64) {
    std::vector<rio::abi::Result> results(most);
    const uint32_t count = table_.DequeueCompletion(queue, results.data(), most);
    EXPECT_NE(count, rio::abi::kCorruptCq);
    results.resize(count == rio::abi::kCorruptCq ? 0 : count);
    return results;
  }
  std::vector<uint64_t> Contexts(rio::abi::Cq queue, uint32_t most = 64) {
    std::vector<uint64_t> contexts;
    for (const rio::abi::Result& result : Dequeue(queue, most)) {
      contexts.push_back(result.request_context);
    }
    return contexts;
  }

  FakeNetwork& network_ = FakeNetwork::Reset();
  const rio::Provider& provider_ = rio::EmulatedProvider<FakeEngine>();
  const rio::abi::Table& table_ = *provider_.table;
  alignas(64) std::array<char, 32 * 64> memory_{};
  rio::abi::BufferId buffer_ = rio::abi::kInvalidBufferId;
  std::vector<rio::abi::Cq> queues_;
  rio::abi::Socket socket_ = rio::kBadSocket;
  rio::abi::Cq cq_ = rio::abi::kInvalidCq;
  rio::abi::Rq rq_ = rio::abi::kInvalidRq;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_RIO_REGISTERED_EMULATED_TABLE_FIXTURE_H_
