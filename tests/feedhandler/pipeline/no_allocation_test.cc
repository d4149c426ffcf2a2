// After start, the feed thread and the strategy threads do not allocate: whatever the process
// allocates while packets of all kinds come is the test's own.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "feedhandler/pipeline/live.h"
#include "feedhandler/pipeline/pipeline.h"
#include "rio/socket/sender.h"
#include "tests/all_backends.h"
#include "tests/allocation_counter.h"
#include "tests/feedhandler/pipeline/mold_stream.h"

namespace fh {
namespace {

// What all threads but the caller's have allocated.
uint64_t AllocationsOfOthers() {
  return test::AllocationCount() - test::AllocationCountOfThisThread();
}

class NoAllocationTest : public ::testing::TestWithParam<const rio::BackendInfo*> {};

TEST_P(NoAllocationTest, FeedAndStrategyThreadsDoNotAllocateAfterStart) {
  const rio::ProbeResult probe = GetParam()->probe();
  if (!probe.available) GTEST_SKIP() << "skipped: " << probe.reason;
  const int port = static_cast<uint16_t>(47'200 + 2 * (GetParam() - rio::SocketBackends().data()));
  Config config;
  FeedConfig feed{.name = "itch", .codec = "itch50"};
  ChannelConfig channel{.id = 1};
  rio::SenderOptions sending{.interface = "lo"};
  for (uint16_t line = 0; line < 2; ++line) {
    const rio::Endpoint group = *rio::ParseEndpoint(absl::StrCat("239.192.72.1:", port + line));
    channel.lines.push_back(
        {.name = line == 0 ? "A" : "B", .subscription = {.group = group, .interface = "lo"}});
    config.feed_threads[0].receiver.options.subscriptions.push_back(
        channel.lines.back().subscription);
    sending.destinations.push_back(group);
  }
  feed.channels.push_back(channel);
  config.feeds.push_back(feed);
  config.feed_threads[0].receiver.backend = GetParam()->name;
  for (const char* strategy : {"count", "null"}) {
    StrategyThreadConfig& thread = config.strategy_threads.emplace_back();
    thread.strategies.push_back({.name = strategy, .parameters = ""});
  }

  latency::Clock clock;
  auto pipeline = Pipeline::Create(config, {}, clock);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  const auto backend = StartLive(**pipeline, config);
  ASSERT_TRUE(backend.ok()) << backend.status();
  auto sender = rio::Sender::Open(sending);
  ASSERT_TRUE(sender.ok()) << sender.status();

  const uint64_t before = AllocationsOfOthers();
  // In order, early, late, lost on both lines, heartbeats, foreign bytes: all roads but the end.
  const std::vector<uint8_t> start = test::MoldPacket(1, 1);
  const rio::Sender::Datagram join{start.data(), static_cast<uint32_t>(start.size()), 0};
  ASSERT_EQ((*sender)->Send(std::span(&join, 1)), 1u);
  const auto delivered = [&] { return (*pipeline)->strategy_threads()[0]->delivered(); };
  uint64_t first = 2;
  constexpr int kRounds = 300;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<uint8_t> packet = test::MoldPacket(first, 10);
    const std::vector<uint8_t> next = test::MoldPacket(first + 10, 10);
    const std::vector<uint8_t> foreign{1, 2, 3};
    first += round % 50 == 49 ? 25 : 20;
    const rio::Sender::Datagram burst[] = {
        {next.data(), static_cast<uint32_t>(next.size()), 0},
        {packet.data(), static_cast<uint32_t>(packet.size()), 1},
        {packet.data(), static_cast<uint32_t>(packet.size()), 0},
        {foreign.data(), static_cast<uint32_t>(foreign.size()), 0},
    };
    ASSERT_EQ((*sender)->Send(burst), 4u);
    // No faster than what is received: where receives complete on another thread, sockets are soon
    // full.
    const uint64_t sent = 20 * static_cast<uint64_t>(round);
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (delivered() + 400 < sent && std::chrono::steady_clock::now() < patience) {
      std::this_thread::yield();
    }
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (delivered() < kRounds * 20 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  const uint64_t after = AllocationsOfOthers();
  EXPECT_GE(delivered(), static_cast<uint64_t>(kRounds * 20));
  EXPECT_EQ(after - before, 0u);
  EXPECT_TRUE((*pipeline)->Stop().ok());
}

INSTANTIATE_TEST_SUITE_P(Backends, NoAllocationTest, ::testing::ValuesIn(test::AllBackends()),
                         test::BackendTestName);

}  // namespace
}  // namespace fh
