// Several feed threads in one pipeline, live over loopback: every message reaches every strategy
// thread that wants it, once and in the order of its channel, and each thread counts its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "feedhandler/config/config.h"
#include "feedhandler/pipeline/live.h"
#include "feedhandler/pipeline/pipeline.h"
#include "rio/socket/sender.h"
#include "tests/feedhandler/pipeline/mold_stream.h"

namespace fh {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr int kChannels = 4;
constexpr uint16_t kMessagesPerPacket = 10;
constexpr uint64_t kPackets = 200;  // Of each channel.
constexpr uint64_t kMessages = kPackets * kMessagesPerPacket;
// A session start and the updates.
constexpr uint64_t kRecords = kMessages + 1;

// Four channels of one line, on `threads` feed threads by turns. `base_port`: no other test's.
Config MakeConfig(int threads, int base_port) {
  Config config;
  config.feed_threads.clear();
  FeedConfig feed{.name = "itch", .codec = "itch50"};
  for (int i = 0; i < kChannels; ++i) {
    ChannelConfig channel{.id = static_cast<uint16_t>(i + 1)};
    channel.lines.push_back({.name = "A",
                             .subscription = {.group = *rio::ParseEndpoint(
                                                  absl::StrCat("239.192.77.1:", base_port + i)),
                                              .interface = "lo"}});
    channel.feed_thread = static_cast<size_t>(i % threads);
    feed.channels.push_back(channel);
  }
  config.feeds.push_back(feed);
  for (int i = 0; i < threads; ++i) {
    FeedThreadConfig& thread = config.feed_threads.emplace_back();
    thread.name = threads == 1 ? "" : absl::StrCat("t", i);
    thread.thread.idle = IdleMode::kYield;
    thread.receiver.backend = "auto";
    thread.receiver.options.subscriptions = SubscriptionsOf(config.feeds, static_cast<size_t>(i));
  }
  return config;
}

StrategyThreadConfig& AddStrategyThread(Config& config, const std::string& strategy,
                                        const std::string& parameters = "") {
  StrategyThreadConfig& thread = config.strategy_threads.emplace_back();
  thread.thread.idle = IdleMode::kYield;
  thread.strategies.push_back({.name = strategy, .parameters = parameters});
  return thread;
}

// A deadline as a safety net.
template <class Done>
bool WaitFor(Done done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// Sends `packets` of each channel, no faster than they are received: sockets would be full.
void SendAll(const Config& config, Pipeline& pipeline, uint64_t packets = kPackets) {
  rio::SenderOptions sending{.interface = "lo"};
  for (const rio::Subscription& line : SubscriptionsOf(config.feeds)) {
    sending.destinations.push_back(line.group);
  }
  auto sender = rio::Sender::Open(sending);
  ASSERT_TRUE(sender.ok()) << sender.status();
  constexpr uint64_t kAhead = 50;
  for (uint64_t packet = 0; packet < packets; ++packet) {
    const std::vector<uint8_t> bytes =
        test::MoldPacket(1 + packet * kMessagesPerPacket, kMessagesPerPacket);
    for (uint16_t channel = 0; channel < kChannels; ++channel) {
      const rio::Sender::Datagram datagram{bytes.data(), static_cast<uint32_t>(bytes.size()),
                                           channel};
      ASSERT_EQ((*sender)->Send(std::span(&datagram, 1)), 1u);
    }
    if (packet % kAhead != kAhead - 1) continue;
    ASSERT_TRUE(WaitFor([&] { return pipeline.Counters().packets >= (packet + 1) * kChannels; }));
  }
  ASSERT_TRUE(WaitFor([&] { return pipeline.Counters().packets >= packets * kChannels; }));
}

// Of a file of updates, by channel, the sequences of its orders.
std::map<int, std::vector<uint64_t>> OrdersOf(const std::string& path) {
  std::map<int, std::vector<uint64_t>> orders;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // The names of the columns.
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    uint64_t sequence = 0;
    int channel = 0;
    EXPECT_EQ(cells.size(), 2u) << line;
    EXPECT_TRUE(absl::SimpleAtoi(cells[0], &channel) && absl::SimpleAtoi(cells[1], &sequence));
    orders[channel].push_back(sequence);
  }
  return orders;
}

class FeedThreads : public testing::TestWithParam<int> {};

TEST_P(FeedThreads, DeliverEverythingOnceAndInTheOrderOfItsChannel) {
  Config config = MakeConfig(GetParam(), 47'300 + 10 * GetParam());
  const std::string path = absl::StrReplaceAll(
      absl::StrCat(testing::TempDir(), "/feed_threads_", GetParam(), ".csv"), {{"\\", "/"}});
  AddStrategyThread(config, "print",
                    absl::StrCat("output=", path, ",columns=channel_id\\,sequence,record=order"));
  AddStrategyThread(config, "count");
  latency::Clock clock;
  auto pipeline = Pipeline::Create(config, {}, clock);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  for (const auto& thread : (*pipeline)->strategy_threads()) {
    EXPECT_EQ(thread->rings(), static_cast<size_t>(GetParam()));
  }
  const auto backend = StartLive(**pipeline, config);
  ASSERT_TRUE(backend.ok()) << backend.status();
  ASSERT_NO_FATAL_FAILURE(SendAll(config, **pipeline));
  ASSERT_TRUE((*pipeline)->Stop().ok());

  for (const auto& thread : (*pipeline)->strategy_threads()) {
    EXPECT_EQ(thread->delivered(), kChannels * kRecords);
  }
  std::vector<uint64_t> expected;
  for (uint64_t number = 1; number <= kMessages; ++number) expected.push_back(number);
  const std::map<int, std::vector<uint64_t>> orders = OrdersOf(path);
  ASSERT_EQ(orders.size(), static_cast<size_t>(kChannels));
  for (const auto& [channel, sequences] : orders) EXPECT_EQ(sequences, expected) << channel;

  const PipelineCounters counters = (*pipeline)->Counters();
  EXPECT_EQ(counters.packets, kChannels * kPackets);
  ASSERT_EQ(counters.threads.size(), static_cast<size_t>(GetParam()));
  ASSERT_EQ(counters.channels.size(), static_cast<size_t>(kChannels));
  const auto channels_each = static_cast<uint64_t>(kChannels / GetParam());
  for (const FeedCounters& thread : counters.threads) {
    EXPECT_EQ(thread.receive.packets, channels_each * kPackets);
    for (const RingStats& ring : thread.rings) {
      EXPECT_EQ(ring.published, channels_each * kRecords);
      EXPECT_EQ(ring.dropped, 0u);
      EXPECT_EQ(ring.filtered, 0u);
    }
  }
  for (size_t i = 0; i < counters.channels.size(); ++i) {
    EXPECT_EQ(counters.channels[i].session.delivered_messages, kMessages)
        << (*pipeline)->channels()[i]->id;
  }
}

INSTANTIATE_TEST_SUITE_P(Number, FeedThreads, testing::Values(1, 2, 4));

TEST(FeedThreadsOfAPipeline, StrategiesGetTheChannelsThatTheyWantAlone) {
  Config config = MakeConfig(2, 47'350);  // t0 has the channels 1 and 3, t1 has 2 and 4.
  AddStrategyThread(config, "count").wish = {.channels = {3}};
  AddStrategyThread(config, "count").wish = {.channels = {1, 2}};
  AddStrategyThread(config, "count");
  latency::Clock clock;
  auto pipeline = Pipeline::Create(config, {}, clock);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  const auto& threads = (*pipeline)->strategy_threads();
  EXPECT_EQ(threads[0]->rings(), 1u);  // Of t0 alone.
  EXPECT_EQ(threads[1]->rings(), 2u);
  const auto backend = StartLive(**pipeline, config);
  ASSERT_TRUE(backend.ok()) << backend.status();
  EXPECT_THAT(*backend, AllOf(HasSubstr(" (t0), "), EndsWith(" (t1)")));
  ASSERT_NO_FATAL_FAILURE(SendAll(config, **pipeline));
  ASSERT_TRUE((*pipeline)->Stop().ok());
  EXPECT_EQ(threads[0]->delivered(), kRecords);
  EXPECT_EQ(threads[1]->delivered(), 2 * kRecords);
  EXPECT_EQ(threads[2]->delivered(), 4 * kRecords);
  const PipelineCounters counters = (*pipeline)->Counters();
  ASSERT_EQ(counters.threads[0].rings.size(), 3u);
  ASSERT_EQ(counters.threads[1].rings.size(), 2u);
  EXPECT_EQ(counters.threads[0].rings[0].filtered, kRecords);
  EXPECT_EQ(counters.threads[0].rings[1].filtered, kRecords);
  EXPECT_EQ(counters.threads[1].rings[0].filtered, kRecords);
  EXPECT_EQ(counters.threads[1].rings[1].filtered, 0u);
}

// A strategy that stays in its first call until the test lets it go.
std::atomic<bool> held{false};
std::atomic<bool> may_go{false};

fh_strategy HeldStrategy() {
  fh_strategy table{};
  table.struct_size = sizeof(fh_strategy);
  table.abi_version = FH_PLUGIN_ABI_VERSION;
  table.update_size = sizeof(fh_update);
  table.name = "held";
  table.help = "for a test";
  table.create = [](const fh_host*, const char*, char*, size_t) -> void* { return &held; };
  table.on_updates = [](void*, const fh_update*, size_t) {
    held = true;
    while (!may_go) std::this_thread::yield();
  };
  table.destroy = [](void*) {};
  return table;
}

TEST(FeedThreadsOfAPipeline, AStrategyThatIsSlowHurtsItsOwnRingsAlone) {
  Config config = MakeConfig(2, 47'360);
  AddStrategyThread(config, "null").ring_updates = 1024;
  AddStrategyThread(config, "count");
  latency::Clock clock;
  auto pipeline = Pipeline::Create(config, {}, clock);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  const auto& threads = (*pipeline)->strategy_threads();
  const fh_strategy table = HeldStrategy();
  StrategyHost host("held", nullptr);
  auto strategy = CreateStrategy(table, "", host.table());
  ASSERT_TRUE(strategy.ok()) << strategy.status();
  held = may_go = false;
  threads[0]->Add(*std::move(strategy), &host);
  const auto backend = StartLive(**pipeline, config);
  ASSERT_TRUE(backend.ok()) << backend.status();
  ASSERT_NO_FATAL_FAILURE(SendAll(config, **pipeline));
  EXPECT_TRUE(held);
  EXPECT_TRUE(WaitFor([&] { return threads[1]->delivered() == kChannels * kRecords; }));
  may_go = true;
  ASSERT_TRUE((*pipeline)->Stop().ok());
  for (const FeedCounters& thread : (*pipeline)->Counters().threads) {
    EXPECT_GT(thread.rings[0].dropped, 0u);
    EXPECT_EQ(thread.rings[1].dropped, 0u);
    for (const RingStats& ring : thread.rings) {
      EXPECT_EQ(ring.offered, 2 * kRecords);
      EXPECT_EQ(ring.offered + ring.gap_records, ring.published + ring.dropped);
    }
  }
  EXPECT_EQ(threads[1]->delivered(), kChannels * kRecords);
}

TEST(FeedThreadsOfAPipeline, AReceiverThatCannotBeOpenedEndsTheOthers) {
  Config config = MakeConfig(2, 47'370);
  AddStrategyThread(config, "count");
  config.feed_threads[1].receiver.options.subscriptions[0].interface = "fh-no-such";
  latency::Clock clock;
  auto pipeline = Pipeline::Create(config, {}, clock);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  const auto backend = StartLive(**pipeline, config);
  ASSERT_FALSE(backend.ok());
  EXPECT_THAT(std::string(backend.status().message()), HasSubstr("fh-no-such"));
  EXPECT_TRUE((*pipeline)->done());
  EXPECT_EQ((*pipeline)->strategy_threads()[0]->delivered(), 0u);
}

TEST(FeedThreadsOfAPipeline, AStopDeliversWhatHasArrivedOnEveryThread) {
  Config config = MakeConfig(4, 47'380);
  AddStrategyThread(config, "count");
  latency::Clock clock;
  auto pipeline = Pipeline::Create(config, {}, clock);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  const auto backend = StartLive(**pipeline, config);
  ASSERT_TRUE(backend.ok()) << backend.status();
  ASSERT_NO_FATAL_FAILURE(SendAll(config, **pipeline, 3));
  EXPECT_FALSE((*pipeline)->done());
  (*pipeline)->RequestStop();
  EXPECT_TRUE(WaitFor([&] { return (*pipeline)->done(); }));
  ASSERT_TRUE((*pipeline)->Stop().ok());
  EXPECT_EQ((*pipeline)->strategy_threads()[0]->delivered(),
            kChannels * (3 * kMessagesPerPacket + 1));
  // Counters of threads that have ended are their last.
  EXPECT_EQ((*pipeline)->Counters().packets, 3u * kChannels);
}

}  // namespace
}  // namespace fh
