// After start, the feed thread and the strategy threads do not allocate: whatever the process
// allocates while packets of all kinds come is the test's own.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "feedhandler/pipeline/book_stage.h"
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

TEST(BookStageAllocation, BooksNoticesSubscriptionsAndNewSessionsAllocateNothingAfterTheStart) {
  BooksConfig books;
  books.instruments = 64;
  books.orders = 512;
  books.levels = 4096;
  auto stage = BookStage::Create(books, {{.id = 0}});
  ASSERT_TRUE(stage.ok()) << stage.status();
  uint64_t notices = 0;
  const fh_books* table = (*stage)->AddStrategy();
  table->listen(
      table->context, [](void* self, const fh_book_notice*) { ++*static_cast<uint64_t*>(self); },
      &notices);
  table->subscribe_all(table->context, FH_BOOK_TOP | FH_BOOK_LEVELS | FH_BOOK_TIMED, 5, 100);
  std::vector<codecs::NormalizedUpdate> run(64);
  const uint64_t before = test::AllocationCountOfThisThread();
  for (uint64_t round = 0; round < 200; ++round) {
    for (size_t i = 0; i < run.size(); ++i) {
      const uint64_t id = (round * 7 + i * 13) % 700;
      const bool is_add = (round + i) % 3 != 0;
      run[i] = {.record = FH_RECORD_ORDER,
                .action = is_add ? char{FH_ACTION_ADD} : char{FH_ACTION_CANCEL},
                .side = id % 2 == 0 ? char{FH_SIDE_BID} : char{FH_SIDE_ASK},
                .flags = FH_FLAG_LAST,
                .instrument_id = static_cast<uint32_t>(1 + id % 80),
                .sequence = round,
                .ts_recv_ns = static_cast<int64_t>(1 + round * 64 + i),
                .order = {.order_id = id,
                          .price = static_cast<int64_t>(1 + id % 40) * codecs::kPriceScale,
                          .size = is_add ? id : 0}};
    }
    if (round % 50 == 49) {
      run[0] = {.record = FH_RECORD_SESSION, .action = FH_ACTION_CLEAR, .flags = FH_FLAG_LAST};
      run[0].session = {
          .session = {}, .epoch = static_cast<uint32_t>(round), .state = FH_SESSION_NEW};
    }
    (*stage)->Begin(run);
    for (BookStage::Step step; (*stage)->Next(step);) {
      for (const BookStage::Due& due : step.due) due.Tell();
    }
    const auto one = static_cast<uint32_t>(1 + round % 60);
    table->subscribe(table->context, 0, one, FH_BOOK_EVENT, 1, 0);
    table->watch(table->context, 0, one, round);
    table->unwatch(table->context, 0, one, round / 2);
    for (const BookStage::Due& due : (*stage)->OnIdle(0)) due.Tell();
  }
  (*stage)->OnStop();
  EXPECT_EQ(test::AllocationCountOfThisThread(), before);
  EXPECT_GT(notices, 1000u);
}

}  // namespace
}  // namespace fh
