// The suite of queue_conformance_test.cc for TCP: streams whose receives land in registered slices.
#include <algorithm>

#include "gtest/gtest.h"
#include "tests/conformance/queue_harness.h"

namespace fh::test {
namespace {

using rio::Completion;
using rio::CompletionQueue;
using rio::Socket;
using rio::abi::Buf;

class QueueStreamConformance : public QueueConformance {};

INSTANTIATE_QUEUE_SUITE(QueueStreamConformance);

// Sends `total` bytes from one end to the other in slices and takes them in slices of other sizes;
// every byte must be the right one.
class Stream {
 public:
  Stream(QueueHarness& harness, QueuedSocket& from, QueuedSocket& to, size_t total, uint32_t tag)
      : h_(harness), from_(from), to_(to), total_(total), tag_(tag) {
    for (uint32_t i = 0; i < kDepth; ++i) {
      out_.push_back(h_.NewSlice(20'000 + i * 1'111));
      in_.push_back(h_.NewSlice(16'000 + i * 777));
    }
  }

  void Start() {
    for (uint32_t i = 0; i < kDepth; ++i) {
      PostReceive(i);
      PostSend(i);
    }
  }

  bool finished() const { return received_ == total_ && acknowledged_ == total_; }

  void Take(const Completion& completion) {
    ASSERT_EQ(completion.status, rio::abi::kOk);
    const auto slot = static_cast<uint32_t>(completion.request_context & 0xff);
    if ((completion.request_context & kSend) != 0) {
      acknowledged_ += completion.bytes;
      PostSend(slot);
      return;
    }
    const uint8_t* bytes = h_.BytesOf(in_[slot]);
    for (uint32_t i = 0; i < completion.bytes; ++i) {
      ASSERT_EQ(bytes[i], ByteAt(received_ + i)) << "at " << received_ + i;
    }
    received_ += completion.bytes;
    PostReceive(slot);
  }

  bool IsMine(const Completion& completion) const {
    return (completion.request_context >> 16) == tag_;
  }

 private:
  static constexpr uint32_t kDepth = 8;
  static constexpr uint64_t kSend = 0x100;

  uint8_t ByteAt(size_t position) const {
    return static_cast<uint8_t>((position * 2654435761u >> 13) + tag_);
  }

  void PostReceive(uint32_t slot) {
    // The last ones stay outstanding; closing gives them back.
    const uint64_t context = static_cast<uint64_t>(tag_) << 16 | slot;
    ASSERT_EQ(to_.queue->Receive({.data = in_[slot], .context = context}), rio::abi::kOk);
  }

  void PostSend(uint32_t slot) {
    Buf slice = out_[slot];
    slice.length = static_cast<uint32_t>(std::min<size_t>(slice.length, total_ - posted_));
    if (slice.length == 0) return;
    for (uint32_t i = 0; i < slice.length; ++i) h_.BytesOf(slice)[i] = ByteAt(posted_ + i);
    posted_ += slice.length;
    const uint64_t context = static_cast<uint64_t>(tag_) << 16 | kSend | slot;
    ASSERT_EQ(from_.queue->Send({.data = slice, .context = context}), rio::abi::kOk);
  }

  QueueHarness& h_;
  QueuedSocket& from_;
  QueuedSocket& to_;
  size_t total_;
  uint32_t tag_;
  std::vector<Buf> out_;
  std::vector<Buf> in_;
  size_t posted_ = 0;
  size_t acknowledged_ = 0;
  size_t received_ = 0;
};

TEST_P(QueueStreamConformance, AStreamArrivesByteForByteInBothDirections) {
  // With small socket buffers sends have to wait for room, which is where bytes get mixed up.
  for (const int buffer_bytes : {0, 8192}) {
    CompletionQueue done = h().NewCompletions(128);
    QueueHarness::Connection connection = h().Connect(buffer_bytes);
    const rio::RequestQueueOptions options{.receives = 16, .sends = 16};
    QueuedSocket client = h().Queue(std::move(connection.client), done, options);
    QueuedSocket server = h().Queue(std::move(connection.server), done, options);
    Stream there(h(), client, server, 4u << 20, 1);
    Stream back(h(), server, client, 3u << 20, 2);
    there.Start();
    back.Start();
    const bool finished = h().AwaitUntil(done, [&](const Completion& completion) {
      (there.IsMine(completion) ? there : back).Take(completion);
      return HasFatalFailure() || (there.finished() && back.finished());
    });
    EXPECT_TRUE(finished);
  }
}

TEST_P(QueueStreamConformance, WaitAllFillsTheSlice) {
  CompletionQueue done = h().NewCompletions(64);
  QueueHarness::Connection connection = h().Connect();
  QueuedSocket client = h().Queue(std::move(connection.client), done, {.receives = 0, .sends = 8});
  QueuedSocket server = h().Queue(std::move(connection.server), done, {.receives = 8});
  const Buf whole = h().NewSlice(10);
  const Buf rest = h().NewSlice(10);
  ASSERT_EQ(server.queue->Receive({.data = whole, .context = 1, .wait_all = true}), rio::abi::kOk);
  ASSERT_EQ(server.queue->Receive({.data = rest, .context = 2}), rio::abi::kOk);
  for (const char* part : {"012", "345", "678"}) {
    ASSERT_EQ(client.queue->Send({.data = h().SliceWith(part), .context = 9}), rio::abi::kOk);
    EXPECT_EQ(h().Await(done, 1)[0].request_context, 9u);
    EXPECT_EQ(h().CountIdle(done), 0u) << "the slice is not full yet";
  }
  ASSERT_EQ(client.queue->Send({.data = h().SliceWith("9abc"), .context = 9}), rio::abi::kOk);
  for (const Completion& completion : h().Await(done, 3)) {
    const uint64_t context = completion.request_context;
    EXPECT_EQ(completion.bytes, context == 1 ? 10u : context == 2 ? 3u : 4u);
  }
  EXPECT_EQ(h().ContentOf(whole, 10), "0123456789");
  EXPECT_EQ(h().ContentOf(rest, 3), "abc");
}

TEST_P(QueueStreamConformance, TheEndOfAStreamIsAReceiveOfNothing) {
  CompletionQueue done = h().NewCompletions(64);
  QueueHarness::Connection connection = h().Connect();
  QueuedSocket client = h().Queue(std::move(connection.client), done, {.receives = 0, .sends = 8});
  QueuedSocket server = h().Queue(std::move(connection.server), done, {.receives = 8});
  for (uint64_t i = 0; i < 3; ++i) {
    ASSERT_EQ(server.queue->Receive({.data = h().NewSlice(64), .context = i}), rio::abi::kOk);
  }
  ASSERT_EQ(client.queue->Send({.data = h().SliceWith("end"), .context = 9}), rio::abi::kOk);
  h().Await(done, 2);
  ASSERT_TRUE(client.socket.Shutdown(Socket::Direction::kSend).ok());
  for (const Completion& completion : h().Await(done, 2)) {
    EXPECT_EQ(completion.status, rio::abi::kOk);
    EXPECT_EQ(completion.bytes, 0u);
  }
}

TEST_P(QueueStreamConformance, ClosingEndsSendsThatWaitForRoom) {
  CompletionQueue done = h().NewCompletions(64);
  QueueHarness::Connection connection = h().Connect(8192);
  QueuedSocket client = h().Queue(std::move(connection.client), done, {.receives = 4, .sends = 16});
  ASSERT_EQ(client.queue->Receive({.data = h().NewSlice(64), .context = 100}), rio::abi::kOk);
  // Far more than both buffers hold, and nobody reads.
  for (uint64_t i = 0; i < 16; ++i) {
    ASSERT_EQ(client.queue->Send({.data = h().NewSlice(600'000), .context = i}), rio::abi::kOk);
  }
  h().CountIdle(done);
  ASSERT_GT(client.queue->outstanding(), 1u);
  uint64_t back = client.queue->outstanding();
  uint32_t aborted = 0;
  const absl::Status closed = client.queue->Close([&](const Completion& completion) {
    --back;
    aborted += completion.status == rio::abi::kOperationAborted ? 1 : 0;
  });
  EXPECT_TRUE(closed.ok()) << closed;
  EXPECT_EQ(back, 0u);
  EXPECT_GT(aborted, 1u);
}

TEST_P(QueueStreamConformance, AResetIsAnErrorOfTheReceive) {
  CompletionQueue done = h().NewCompletions(64);
  QueueHarness::Connection connection = h().Connect();
  QueuedSocket server = h().Queue(std::move(connection.server), done, {.receives = 8, .sends = 8});
  ASSERT_EQ(server.queue->Send({.data = h().SliceWith("never read"), .context = 9}), rio::abi::kOk);
  h().Await(done, 1);
  ASSERT_EQ(server.queue->Receive({.data = h().NewSlice(64), .context = 1}), rio::abi::kOk);
  EXPECT_EQ(h().CountIdle(done), 0u);
  connection.client.Close();  // With data that was not read: a reset (RFC 1122, 4.2.2.13).
  const Completion completion = h().Await(done, 1)[0];
  EXPECT_EQ(completion.request_context, 1u);
  EXPECT_EQ(completion.status, rio::abi::kConnectionReset);
}

}  // namespace
}  // namespace fh::test
