// What a strategy thread measures, and how it cuts what it hands on.
#include "feedhandler/pipeline/strategy_thread.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "feedhandler/strategy/strategy.h"

namespace fh {
namespace {

using Update = codecs::NormalizedUpdate;

Update At(int64_t recv_ns, uint16_t channel_id = 1) {
  return {.record = FH_RECORD_ORDER, .ts_recv_ns = recv_ns, .channel_id = channel_id};
}

LoadedStrategy CountStrategy(const StrategyHost& host) {
  absl::StatusOr<LoadedStrategy> strategy = LoadStrategy("count", "", host.table());
  EXPECT_TRUE(strategy.ok()) << strategy.status();
  return *std::move(strategy);
}

TEST(StrategyThread, EachPacketsOwnAgeIsRecordedNotThatOfTheBurstsLast) {
  const latency::Clock clock;
  StrategyHost host("count", nullptr);
  StrategyThread thread({.thread = {.name = "t", .idle = IdleMode::kYield}, .wire_stamps = true},
                        clock);
  thread.Add(CountStrategy(host), &host);
  const int64_t now_ns = clock.NowUnixNs();
  for (int64_t age_ms = 64; age_ms >= 1; --age_ms) {  // One burst of 64 packets, shown at once.
    ASSERT_TRUE(thread.ring().Append(At(now_ns - age_ms * 1'000'000)));
  }
  thread.ring().Flush(static_cast<uint32_t>(now_ns));
  thread.Start();
  ASSERT_TRUE(thread.Stop().ok());
  const latency::HistogramSnapshot ages = thread.Stages().of(latency::Stage::kWireToSeen);
  EXPECT_EQ(ages.total(), 64u);
  EXPECT_GE(ages.ValueAtPercentile(50), 32'000'000);
  EXPECT_GE(ages.max(), 64'000'000);
  EXPECT_EQ(ages.max() - ages.min(), 63'000'000);
  EXPECT_EQ(thread.delivered(), 64u);
  EXPECT_GE(ages.max_at_ns(), now_ns);
}

TEST(StrategyThread, EachUpdateWaitedAsLongAsItsOwnBatch) {
  const latency::Clock clock;
  StrategyHost host("count", nullptr);
  StrategyThread thread({.thread = {.name = "t", .idle = IdleMode::kYield}}, clock);
  thread.Add(CountStrategy(host), &host);
  const int64_t now_ns = clock.NowUnixNs();
  const auto show = [&](int updates, int64_t age_ms) {
    for (int i = 0; i < updates; ++i) ASSERT_TRUE(thread.ring().Append(At(now_ns)));
    thread.ring().Flush(static_cast<uint32_t>(now_ns - age_ms * 1'000'000));
  };
  show(3, 900);
  show(2, 500);
  ASSERT_TRUE(thread.ring().Push(At(now_ns)));  // Without a time: counted with what follows.
  show(1, 100);
  thread.Start();
  ASSERT_TRUE(thread.Stop().ok());
  const latency::HistogramSnapshot waits = thread.Stages().of(latency::Stage::kPublishedToSeen);
  EXPECT_EQ(waits.total(), 7u);
  EXPECT_EQ((waits.max() - waits.min() + 500'000) / 1'000'000, 800);
  EXPECT_EQ((waits.ValueAtPercentile(50) - waits.min() + 50'000'000) / 100'000'000, 4);
}

TEST(StrategyThread, TotalsAreKeptForEachFeed) {
  const latency::Clock clock;
  StrategyHost host("count", nullptr);
  StrategyThread thread(
      {.thread = {.name = "t", .idle = IdleMode::kYield}, .feeds = 2, .feed_of_channel = {0, 0, 1}},
      clock);
  thread.Add(CountStrategy(host), &host);
  const int64_t now_ns = clock.NowUnixNs();
  ASSERT_TRUE(thread.ring().Push(At(now_ns, 1)));
  ASSERT_TRUE(thread.ring().Push(At(now_ns, 2)));
  ASSERT_TRUE(thread.ring().Push(At(now_ns, 2)));
  ASSERT_TRUE(thread.ring().Push(At(now_ns, 900)));  // Of no feed that was named: the first.
  thread.Start();
  ASSERT_TRUE(thread.Stop().ok());
  EXPECT_EQ(thread.TotalOf(0).total(), 2u);
  EXPECT_EQ(thread.TotalOf(1).total(), 2u);
  EXPECT_EQ(thread.Stages().of(latency::Stage::kDequeueToSeen).total(), 4u);
}

TEST(StrategyThread, LatencyCountsFromTheScheduleUntilTheStrategiesAreDone) {
  const latency::Clock clock;
  latency::Schedule schedule(latency::Schedule::Key::kStamp, 64);
  StrategyHost host("count", nullptr);
  StrategyThread thread({.thread = {.name = "t", .idle = IdleMode::kYield}, .schedule = &schedule},
                        clock);
  thread.Add(CountStrategy(host), &host);
  constexpr int64_t kStamp = 1'700'000'000'000'000'000;
  const int64_t now_ns = clock.NowUnixNs();
  schedule.FollowStamps(kStamp, kStamp + 1'000, now_ns - 9'000'000'000, 1);
  // Due 9 s ago and sent 1 s ago: three updates of one packet.
  schedule.Tell(latency::Schedule::OfStamp(kStamp),
                {now_ns - 9'000'000'000, now_ns - 1'000'000'000});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(thread.ring().Push(At(kStamp)));
  // Of the session layer: of no packet.
  Update gap = At(kStamp);
  gap.record = FH_RECORD_GAP;
  ASSERT_TRUE(thread.ring().Push(gap));
  ASSERT_TRUE(thread.ring().Push(At(kStamp + 5'000)));  // Never sent.
  thread.Start();
  ASSERT_TRUE(thread.Stop().ok());
  const latency::LoopSnapshot loop = thread.Loop();
  EXPECT_EQ(loop.from_schedule.total(), 3u);
  EXPECT_EQ(loop.from_start.total(), 3u);
  EXPECT_EQ(loop.untimed, 1u);
  EXPECT_GE(loop.from_schedule.min(), 9'000'000'000);
  EXPECT_LT(loop.from_start.min(), 9'000'000'000);
  EXPECT_GE(loop.from_start.max(), 1'000'000'000);
}

TEST(StrategyThread, MessagesOfASocketHaveTheTimesThatTheirPublisherTold) {
  const latency::Clock clock;
  latency::Schedule schedule(latency::Schedule::Key::kMessage, 64);
  StrategyHost host("count", nullptr);
  StrategyThread thread({.thread = {.name = "t", .idle = IdleMode::kYield}, .schedule = &schedule},
                        clock);
  thread.Add(CountStrategy(host), &host);
  const int64_t now_ns = clock.NowUnixNs();
  for (uint64_t sequence = 10; sequence < 14; ++sequence) {
    Update update = At(now_ns);
    update.sequence = sequence;
    ASSERT_TRUE(thread.ring().Push(update));
    if (sequence == 13) continue;  // Not told.
    const int64_t due_ns = now_ns - static_cast<int64_t>(sequence) * 1'000'000'000;
    schedule.Tell(latency::Schedule::OfMessage(1, sequence), {due_ns, due_ns});
  }
  thread.Start();
  ASSERT_TRUE(thread.Stop().ok());
  const latency::LoopSnapshot loop = thread.Loop();
  EXPECT_EQ(loop.from_schedule.total(), 3u);
  EXPECT_EQ(loop.untimed, 1u);
  EXPECT_GE(loop.from_schedule.min(), 10'000'000'000);
  EXPECT_GE(loop.from_schedule.max(), 12'000'000'000);
}

// A strategy that notes channel and sequence of every update.
struct Order {
  static inline std::vector<std::pair<uint16_t, uint64_t>> seen;
};

LoadedStrategy OrderStrategy(const StrategyHost& host) {
  fh_strategy table{};
  table.struct_size = sizeof(fh_strategy);
  table.abi_version = FH_PLUGIN_ABI_VERSION;
  table.update_size = sizeof(fh_update);
  table.name = "order";
  table.help = "for a test";
  table.create = [](const fh_host*, const char*, char*, size_t) -> void* { return &Order::seen; };
  table.on_updates = [](void*, const fh_update* updates, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      Order::seen.emplace_back(updates[i].channel_id, updates[i].sequence);
    }
  };
  table.destroy = [](void*) {};
  Order::seen.clear();
  absl::StatusOr<LoadedStrategy> strategy = CreateStrategy(table, "", host.table());
  EXPECT_TRUE(strategy.ok()) << strategy.status();
  return *std::move(strategy);
}

TEST(StrategyThread, RingsHaveTurnsAndKeepTheirOrder) {
  const latency::Clock clock;
  StrategyHost host("order", nullptr);
  StrategyThread thread({.thread = {.name = "t", .idle = IdleMode::kYield}, .rings = 3}, clock);
  thread.Add(OrderStrategy(host), &host);
  ASSERT_EQ(thread.rings(), 3u);
  constexpr uint64_t kMany = 3 * StrategyThread::kMostPerTurn;
  const uint64_t counts[] = {kMany, 0, 10};
  for (uint16_t ring = 0; ring < 3; ++ring) {
    for (uint64_t i = 1; i <= counts[ring]; ++i) {
      Update update = At(1, ring);
      update.sequence = i;
      ASSERT_TRUE(thread.ring(ring).Append(update));
    }
    thread.ring(ring).Flush();
  }
  thread.Start();
  ASSERT_TRUE(thread.Stop().ok());
  EXPECT_EQ(thread.delivered(), kMany + 10);
  uint64_t next[3] = {1, 1, 1};
  uint64_t before_the_quiet_one = 0;
  for (const auto& [ring, sequence] : Order::seen) {
    EXPECT_EQ(sequence, next[ring]++);
    if (ring == 0 && next[2] == 1) ++before_the_quiet_one;
  }
  EXPECT_LE(before_the_quiet_one, StrategyThread::kMostPerTurn);
  EXPECT_EQ(thread.ring(0).Consumed(), kMany);
  EXPECT_EQ(thread.ring(2).Consumed(), 10u);
}

// A strategy that notes the name of instrument 1 with every update.
struct Names {
  explicit Names(const fh_host* table) : host(table) {}
  Host host;
  static inline std::vector<std::string> seen;
};

LoadedStrategy NamesStrategy(const StrategyHost& host) {
  fh_strategy table{};
  table.struct_size = sizeof(fh_strategy);
  table.abi_version = FH_PLUGIN_ABI_VERSION;
  table.update_size = sizeof(fh_update);
  table.name = "names";
  table.help = "for a test";
  table.create = [](const fh_host* given, const char*, char*, size_t) -> void* {
    return new Names(given);
  };
  table.on_updates = [](void* self, const fh_update* updates, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      Names::seen.emplace_back(static_cast<Names*>(self)->host.Symbol(updates[i].channel_id, 1));
    }
  };
  table.destroy = [](void* self) { delete static_cast<Names*>(self); };
  Names::seen.clear();
  absl::StatusOr<LoadedStrategy> strategy = CreateStrategy(table, "", host.table());
  EXPECT_TRUE(strategy.ok()) << strategy.status();
  return *std::move(strategy);
}

TEST(StrategyThread, AReaderThatIsBehindSeesTheNamesOfItsOwnSession) {
  const latency::Clock clock;
  codecs::InstrumentStore instruments(4);
  StrategyHost host("names", nullptr);
  host.AddChannel(1, &instruments);
  StrategyThread thread({.thread = {.name = "t", .idle = IdleMode::kYield}}, clock);
  thread.Add(NamesStrategy(host), &host);
  // The feed thread is a session ahead when the strategy begins to read.
  instruments.Define(1, codecs::Symbol("MONDAY"));
  ASSERT_TRUE(thread.ring().Push(At(1)));
  instruments.Clear();
  Update start{.record = FH_RECORD_SESSION, .channel_id = 1};
  start.session.epoch = 1;
  ASSERT_TRUE(thread.ring().Push(start));
  instruments.Define(1, codecs::Symbol("TUESDAY"));
  ASSERT_TRUE(thread.ring().Push(At(2)));
  thread.Start();
  ASSERT_TRUE(thread.Stop().ok());
  ASSERT_EQ(Names::seen.size(), 3u);
  EXPECT_EQ(Names::seen[0], "MONDAY");
  EXPECT_EQ(Names::seen[1], "TUESDAY");
  EXPECT_EQ(Names::seen[2], "TUESDAY");
}

// A strategy that notes what its thread says of the call.
std::vector<StrategyCall> calls;

void NoteCall() {
  const StrategyThread* thread = StrategyThread::OfThisThread();
  if (thread == nullptr || !thread->CurrentCall().has_value()) return;
  calls.push_back(*thread->CurrentCall());
}

LoadedStrategy CallsStrategy(const StrategyHost& host) {
  fh_strategy table{};
  table.struct_size = sizeof(fh_strategy);
  table.abi_version = FH_PLUGIN_ABI_VERSION;
  table.update_size = sizeof(fh_update);
  table.name = "calls";
  table.help = "for a test";
  table.create = [](const fh_host*, const char*, char*, size_t) -> void* { return &calls; };
  table.on_updates = [](void*, const fh_update*, size_t) { NoteCall(); };
  table.on_stop = [](void*, char*, size_t) {
    NoteCall();
    return 0;
  };
  table.destroy = [](void*) {};
  absl::StatusOr<LoadedStrategy> strategy = CreateStrategy(table, "", host.table());
  EXPECT_TRUE(strategy.ok()) << strategy.status();
  return *std::move(strategy);
}

TEST(StrategyThread, KnowsWhichStrategyIsCalledWithWhat) {
  calls.clear();
  const latency::Clock clock;
  StrategyHost host("calls", nullptr);
  StrategyThread thread({.thread = {.name = "t", .idle = IdleMode::kYield}}, clock);
  thread.Add(CountStrategy(host), &host);
  thread.Add(CallsStrategy(host), &host);
  for (uint64_t sequence = 1000; sequence < 1300; ++sequence) {
    Update update = At(1, /*channel_id=*/65'535);
    update.sequence = sequence;
    ASSERT_TRUE(thread.ring().Push(update));
  }
  EXPECT_FALSE(thread.CurrentCall().has_value());
  thread.Start();
  ASSERT_TRUE(thread.Stop().ok());
  EXPECT_FALSE(thread.CurrentCall().has_value());
  EXPECT_EQ(StrategyThread::OfThisThread(), nullptr);
  ASSERT_EQ(calls.size(), 3U);  // 256 updates, 44, and the stop.
  for (const StrategyCall& call : calls) EXPECT_STREQ(call.strategy, "calls");
  EXPECT_EQ(calls[0].updates, 256U);
  EXPECT_EQ(calls[0].sequence, 1000U);
  EXPECT_EQ(calls[0].channel_id, 65'535);
  EXPECT_EQ(calls[1].updates, 44U);
  EXPECT_EQ(calls[1].sequence, 1256U);
  EXPECT_EQ(calls[2].kind, StrategyCall::Kind::kStop);
  EXPECT_NE(calls[0].id, calls[1].id);
}

}  // namespace
}  // namespace fh
