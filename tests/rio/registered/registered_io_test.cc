// What the backend over Registered I/O does beyond the contract of all backends: how slices are
// shared out, how few calls it makes, what it says of faults.
#include "rio/backend/registered_io.h"

#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/registered/emulated_table.h"
#include "tests/rio/registered/fake_engine.h"
#include "tests/rio/registered/fake_lines.h"
#include "tests/rio/registered/faulty_table.h"

namespace fh::rio {
namespace {

using test::FakeEngine;
using test::FakeLines;
using test::FakeNetwork;
using test::FaultPlan;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RegisteredIoTest : public ::testing::Test {
 protected:
  RegisteredIoTest() { FakeLines::Reset(); }
  ~RegisteredIoTest() override {
    backend_.reset();
    EXPECT_EQ(network_.queue_count(), 0u);
    EXPECT_TRUE(network_.sockets.empty());
  }

  absl::Status TryOpen(uint16_t lines, uint32_t slices, ReceiverOptions options) {
    auto region = RegisteredRegion::Create({.slice_bytes = 64, .slice_count = slices});
    if (!region.ok()) return region.status();
    region_.emplace(*std::move(region));
    options.subscriptions = test::OptionsForFakeLines(lines).subscriptions;
    auto backend =
        RegisteredIoBackend::Open(test::FaultyProvider(), options, *region_, FakeLines::kHooks);
    if (!backend.ok()) return backend.status();
    backend_ = *std::move(backend);
    return absl::OkStatus();
  }

  void Open(uint16_t lines, uint32_t slices, ReceiverOptions options = {}) {
    const absl::Status status = TryOpen(lines, slices, std::move(options));
    ASSERT_TRUE(status.ok()) << status;
    std::vector<uint32_t> all(slices);
    std::iota(all.begin(), all.end(), 0u);
    backend_->Post(all);
    EXPECT_EQ(Poll().size(), 0u);
  }

  std::vector<Packet> Poll() {
    std::vector<Packet> packets(256);
    packets.resize(backend_->Poll(packets));
    return packets;
  }
  void Release(const std::vector<Packet>& packets) {
    for (const Packet& packet : packets) backend_->Post({&packet.slice, 1});
  }
  bool Deliver(uint16_t port, const std::string& payload = "x") {
    return network_.Deliver(FakeLines::current.at(port), payload);
  }
  size_t Posted(uint16_t port) const {
    return network_.Waiting(FakeLines::current.at(port), Operation::Kind::kReceive);
  }

  FakeNetwork& network_ = FakeNetwork::Reset();
  FaultPlan& plan_ = FaultPlan::Reset(EmulatedProvider<FakeEngine>());
  std::optional<RegisteredRegion> region_;
  std::unique_ptr<RegisteredIoBackend> backend_;
};

TEST_F(RegisteredIoTest, LinesHaveEqualSharesOfTheSlices) {
  Open(3, 1000);
  for (uint16_t port = 1; port <= 3; ++port) EXPECT_EQ(Posted(port), 333u);
  EXPECT_EQ(backend_->owned(), 1000u);
  EXPECT_THAT(backend_->notes(), IsEmpty());
}

TEST_F(RegisteredIoTest, ThousandsOfReceivesAreOutstandingAndTheRestIsKeptInReserve) {
  Open(1, 10'000);
  EXPECT_EQ(Posted(1), RegisteredIoBackend::kMaxPosted);
  // The reserve takes the place of what is held.
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Deliver(1));
  EXPECT_EQ(Poll().size(), 100u);
  Poll();
  EXPECT_EQ(Posted(1), RegisteredIoBackend::kMaxPosted);
}

TEST_F(RegisteredIoTest, ALineWhosePacketsAreHeldTakesNoReceivesOfAnother) {
  Open(2, 128);
  for (int round = 0; round < 3; ++round) {
    while (Deliver(1)) {
    }
    Poll();  // Held for good.
  }
  EXPECT_EQ(Posted(1), 0u);
  EXPECT_EQ(Posted(2), 64u);
  Poll();
  EXPECT_GT(backend_->stats().starved, 0u);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(Deliver(2)) << "the quiet line has lost its receives";
    Release(Poll());
  }
}

TEST_F(RegisteredIoTest, PostsABatchWithOneCommit) {
  Open(1, 256);
  EXPECT_EQ(network_.submits, 1u);
  for (uint64_t round = 1; round <= 5; ++round) {
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(Deliver(1));
    Release(Poll());
    Poll();
    EXPECT_EQ(network_.submits, 1 + round);
  }
  // A poll that finds nothing tells the engine nothing.
  for (int i = 0; i < 10; ++i) Poll();
  EXPECT_EQ(network_.submits, 6u);
}

TEST_F(RegisteredIoTest, FewReceivesAreNoted) {
  Open(4, 128);
  EXPECT_THAT(backend_->notes(), Contains(HasSubstr("only 32 receives outstanding")));
}

TEST_F(RegisteredIoTest, EveryLineNeedsASlice) {
  const absl::Status status = TryOpen(5, 4, {});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("5 lines need as many slices"));
}

TEST_F(RegisteredIoTest, OpeningFailsWithTheCallThatFailed) {
  plan_.create_rq = 1;
  EXPECT_THAT(TryOpen(2, 128, {}).ToString(), HasSubstr("RIOCreateRequestQueue"));
  plan_.create_cq = 1;
  EXPECT_THAT(TryOpen(2, 128, {}).ToString(), HasSubstr("RIOCreateCompletionQueue"));
  plan_.register_buffer = 1;
  EXPECT_THAT(TryOpen(2, 128, {}).ToString(), HasSubstr("RIORegisterBuffer"));
  FakeLines::failures = 1;
  EXPECT_THAT(TryOpen(2, 128, {}).ToString(), HasSubstr("the port is taken"));
}

TEST_F(RegisteredIoTest, AFailedReceiveIsCountedAndPostedAgain) {
  Open(1, 100);
  ASSERT_TRUE(
      network_.End(FakeLines::current[1], Operation::Kind::kReceive, abi::kNetworkUnreachable));
  EXPECT_EQ(Poll().size(), 0u);
  EXPECT_EQ(backend_->stats().errors, 1u);
  EXPECT_EQ(backend_->stats().last_error, abi::kNetworkUnreachable);
  EXPECT_EQ(backend_->owned(), 100u);
  Poll();
  EXPECT_EQ(Posted(1), 100u);
}

TEST_F(RegisteredIoTest, ARefusedPostKeepsItsSliceForTheNextPoll) {
  plan_.post_percent = 100;
  Open(1, 100);
  EXPECT_EQ(Posted(1), 0u);
  EXPECT_EQ(backend_->owned(), 100u);
  EXPECT_EQ(backend_->stats().last_error, abi::kNoBuffers);
  plan_.post_percent = 0;
  plan_.commit_percent = 100;
  Poll();
  EXPECT_EQ(Posted(1), 0u) << "posted, but not committed";
  plan_.commit_percent = 0;
  Poll();
  EXPECT_EQ(Posted(1), 100u);
}

TEST_F(RegisteredIoTest, ACorruptQueueIsRebuiltWithItsLinesJoinedAnew) {
  Open(2, 128);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Deliver(1));
  const std::vector<Packet> held = Poll();
  EXPECT_EQ(held.size(), 5u);
  ASSERT_TRUE(Deliver(2, "lost with the queue"));
  const std::map<uint16_t, abi::Socket> before = FakeLines::current;
  plan_.corrupt_percent = 100;
  EXPECT_EQ(Poll().size(), 0u);
  plan_.corrupt_percent = 0;
  EXPECT_EQ(backend_->stats().ring_overflows, 1u);
  EXPECT_THAT(backend_->notes(), Contains(HasSubstr("RIO_CORRUPT_CQ")));
  EXPECT_EQ(backend_->owned(), 123u);
  for (const auto& [port, socket] : before) {
    EXPECT_FALSE(network_.sockets.contains(socket));
    EXPECT_TRUE(network_.sockets.contains(FakeLines::current[port]));
  }
  Poll();
  EXPECT_EQ(Posted(1), 59u) << "what is held still counts for its line";
  EXPECT_EQ(Posted(2), 64u);
  Release(held);
  Poll();
  EXPECT_EQ(Posted(1), 64u);
  ASSERT_TRUE(Deliver(2, "after"));
  EXPECT_EQ(Poll().size(), 1u);
}

TEST_F(RegisteredIoTest, ARebuildThatFailsIsTriedAgainEverMoreRarely) {
  Open(1, 128);
  plan_.corrupt_percent = 100;
  plan_.create_rq = 1000;
  Poll();
  plan_.corrupt_percent = 0;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(Poll().size(), 0u);
    EXPECT_EQ(backend_->owned(), 128u);
  }
  EXPECT_LT(1000 - plan_.create_rq, 12u);
  EXPECT_TRUE(network_.sockets.empty());
  backend_->Wait(std::chrono::microseconds(1));  // Returns, although there is no queue.
  plan_.create_rq = 0;
  for (int i = 0; i < 1100; ++i) Poll();
  ASSERT_TRUE(Deliver(1));
  EXPECT_EQ(Poll().size(), 1u);
}

TEST_F(RegisteredIoTest, StampsComeFromTheControlSlice) {
  FakeLines::with_side = true;
  Open(1, 128);
  ASSERT_TRUE(Deliver(1, "a"));
  const std::vector<Packet> packets = Poll();
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(packets[0].stamp_ns, 'a');
  EXPECT_EQ(packets[0].stamp_source, StampSource::kSoftware);
  EXPECT_EQ(backend_->stats().unstamped, 0u);
}

TEST_F(RegisteredIoTest, CloseWaitsForReceivesThatEndLate) {
  Open(2, 128);
  network_.late = true;
  ASSERT_TRUE(Deliver(1));
  backend_->Close();
  EXPECT_EQ(backend_->owned(), 0u);
  EXPECT_EQ(network_.queue_count(), 0u);
  backend_->Close();
  EXPECT_EQ(Poll().size(), 0u);
}

}  // namespace
}  // namespace fh::rio
