// How the cost of an update grows with what a configuration has of everything: channels, strategy
// threads (a ring each), feed threads, instruments. Flat is what is wanted: a thread's cost is that of
// its own packets. Packets of ten messages in memory, without sockets.
//
// Each figure stands beside the same work with one of the kind, measured in turns with it; the cost of
// a further ring is a figure of its own.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/moldudp64/moldudp64.h"
#include "feedhandler/pipeline/feed_core.h"
#include "feedhandler/pipeline/strategy_thread.h"
#include "feedhandler/pipeline/update_filter.h"
#include "feedhandler/pipeline/update_publisher.h"
#include "feedhandler/strategy/host.h"
#include "latency/clock.h"
#include "rio/packet.h"
#include "tests/bench/itch_feed.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"
#include "tests/feedhandler/pipeline/mold_stream.h"

namespace fh::bench {
namespace {

using latency::Clock;

constexpr uint16_t kMessages = 10;  // A packet.
constexpr uint64_t kUpdates = kMessages * FeedCore::kMaxBurst;
constexpr uint64_t kRingUpdates = 1 << 14;
constexpr int kSamples = 15;
constexpr int kBursts = 60;  // A sample: its median.

// Bursts of 64 packets of one channel, with the numbers of that channel.
class Bursts {
 public:
  explicit Bursts(uint32_t channels) : next_(channels, 1) {
    const std::vector<uint8_t> packet = test::MoldPacket(1, kMessages);
    for (size_t i = 0; i < FeedCore::kMaxBurst; ++i) {
      bytes_.push_back(packet);
      packets_[i].data = bytes_[i].data();
      packets_[i].length = static_cast<uint32_t>(packet.size());
    }
  }

  // The next burst of the channel whose turn it is. Until the next call.
  std::span<rio::Packet> Next() {
    const auto channel = static_cast<uint16_t>(turn_++ % next_.size());
    for (size_t i = 0; i < FeedCore::kMaxBurst; ++i) {
      codecs::MoldUdp64::kSequence.Put(bytes_[i].data(), next_[channel]);
      next_[channel] += kMessages;
      packets_[i].line = channel;
    }
    return packets_;
  }

 private:
  std::vector<uint64_t> next_;
  std::vector<std::vector<uint8_t>> bytes_;
  std::array<rio::Packet, FeedCore::kMaxBurst> packets_{};
  uint64_t turn_ = 0;
};

// What a feed thread has, without the thread.
class FeedSide {
 public:
  FeedSide(uint32_t channels, std::vector<UpdateRing*> rings)
      : channels_(channels),
        publisher_(std::move(rings), channels_.ids, FeedCore::kMostOfAMessage, WhenFull::kDrop),
        core_(std::move(channels_.list), channels_.lines, publisher_, clock_, 4096,
              FeedCoreOptions()),
        bursts_(channels) {}
  ~FeedSide() {
    for (const RingStats& ring : publisher_.stats()) {
      if (ring.dropped != 0) Fail("updates were dropped: the readers were not waited for");
    }
  }

  // Nanoseconds an update of the next burst, from dequeue to published.
  double BurstNs() {
    const std::span<rio::Packet> packets = bursts_.Next();
    const uint64_t start = Clock::Ticks();
    for (rio::Packet& packet : packets) packet.dequeue_ticks = start;
    core_.OnPackets(packets);
    const auto ticks = static_cast<int64_t>(Clock::Ticks() - start);
    core_.TakeReleased();
    return static_cast<double>(clock_.TicksToNs(ticks)) / kUpdates;
  }
  uint64_t published() const { return publisher_.stats()[0].published; }

 private:
  Clock clock_;
  ItchChannels channels_;
  UpdatePublisher publisher_;
  FeedCore core_;
  Bursts bursts_;
};

// A feed side, and strategy threads on the other core.
class Read {
 public:
  Read(uint32_t channels, int strategy_threads)
      : threads_(Start(strategy_threads)), feed_(channels, Rings()) {}
  ~Read() {
    Wait();
    for (const auto& thread : threads_) {
      if (!thread->Stop().ok() || thread->delivered() != feed_.published()) {
        Fail("a strategy did not get everything");
      }
    }
  }

  double BurstNs() {
    const double ns = feed_.BurstNs();
    Wait();
    return ns;
  }

 private:
  std::vector<std::unique_ptr<StrategyThread>> Start(int count) {
    std::vector<std::unique_ptr<StrategyThread>> threads;
    for (int i = 0; i < count; ++i) {
      threads.push_back(std::make_unique<StrategyThread>(
          StrategyThreadOptions{
              .thread = {.name = "strategy", .cpu = kStrategyCpu, .idle = IdleMode::kYield},
              .ring_updates = kRingUpdates,
              .feed_of_channel = {}},
          clock_));
      auto hash = CreateStrategy(*StrategyTable<SequenceHash>(), "", host_.table());
      if (!hash.ok()) Fail(std::string(hash.status().message()));
      threads.back()->Add(*std::move(hash));
      threads.back()->Start();
    }
    return threads;
  }
  std::vector<UpdateRing*> Rings() {
    std::vector<UpdateRing*> rings;
    for (const auto& thread : threads_) rings.push_back(&thread->ring());
    return rings;
  }
  void Wait() {
    for (const auto& thread : threads_) {
      while (thread->delivered() < feed_.published()) std::this_thread::yield();
    }
  }

  Clock clock_;
  StrategyHost host_{"sequence_hash", {}};
  std::vector<std::unique_ptr<StrategyThread>> threads_;
  FeedSide feed_;
};

// Median of a sample's bursts of each, by turns.
template <class Ours, class Theirs>
std::pair<double, double> ByTurns(Ours&& ours, Theirs&& theirs) {
  std::vector<double> of_ours;
  std::vector<double> of_theirs;
  for (int i = 0; i < kBursts; ++i) {
    of_ours.push_back(ours());
    of_theirs.push_back(theirs());
  }
  return {Quantile(of_ours, 0.5), Quantile(of_theirs, 0.5)};
}

void ByChannels(uint32_t channels) {
  Read many(channels, 1);
  Read one(1, 1);
  Comparison comparison{.name = absl::StrCat("scale: ", channels, " channels"),
                        .unit = "ns an update",
                        .subject = absl::StrCat(channels, " channels"),
                        .reference = "one channel"};
  // Once round all channels: each has its session then, and its memory.
  for (uint32_t i = 0; i < channels; ++i) many.BurstNs();
  for (int sample = 0; sample < kSamples; ++sample) {
    const auto [ours, theirs] =
        ByTurns([&] { return many.BurstNs(); }, [&] { return one.BurstNs(); });
    comparison.Add(ours, theirs);
  }
  comparison.Print();
}

void ByStrategyThreads(int threads) {
  Read many(8, threads);
  Read one(8, 1);
  Comparison cost{.name = absl::StrCat("scale: ", threads, " strategy threads"),
                  .unit = "ns an update",
                  .subject = absl::StrCat(threads, " rings"),
                  .reference = "one ring"};
  Comparison further{.name = absl::StrCat("scale: a further ring, of ", threads),
                     .unit = "ns an update",
                     .subject = "each ring but the first",
                     .reference = "one ring",
                     .subject_limit = 5};
  for (int sample = -2; sample < kSamples; ++sample) {
    const auto [ours, theirs] =
        ByTurns([&] { return many.BurstNs(); }, [&] { return one.BurstNs(); });
    if (sample < 0) continue;
    cost.Add(ours, theirs);
    further.Add((ours - theirs) / (threads - 1), theirs);
  }
  cost.Print();
  further.Print();
}

// `threads` feed threads at once, each with a ring that it empties itself; on two cores by turns.
double FeedThreadsNs(int threads) {
  std::vector<std::thread> running;
  std::vector<double> medians(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([i, &median = medians[static_cast<size_t>(i)]] {
      PinTo(i % 2);
      UpdateRing ring(kRingUpdates);
      FeedSide feed(12, {&ring});
      uint64_t read = 0;
      std::vector<double> bursts;
      for (int burst = 0; burst < 2'000; ++burst) {
        bursts.push_back(feed.BurstNs());
        for (auto run = ring.Read(); !run.empty(); run = ring.Read()) {
          read += run.size();
          ring.Release(run.size());
        }
      }
      if (read != feed.published() || read < 2'000 * kUpdates) Fail("not all updates were read");
      median = Quantile(bursts, 0.5);
    });
  }
  for (std::thread& thread : running) thread.join();
  return Quantile(medians, 1);  // The slowest.
}

void ByFeedThreads(int threads) {
  Comparison comparison{.name = absl::StrCat("scale: ", threads, " feed threads of 12 channels"),
                        .unit = "ns an update",
                        .subject = absl::StrCat("the slowest of ", threads),
                        .reference = "one feed thread",
                        .note = threads > 2 ? "on two cores, by turns" : "a core each"};
  for (int sample = 0; sample < kSamples; ++sample) {
    comparison.Add(FeedThreadsNs(threads), FeedThreadsNs(1));
  }
  comparison.Print();
}

// Definitions, and updates of instruments by chance through a filter of ten names.
void ByInstruments(uint32_t count, uint32_t busy) {
  codecs::InstrumentStore store(count);
  const Clock clock;
  const uint64_t start = Clock::Ticks();
  for (uint32_t id = 1; id <= count; ++id) {
    if (!store.Define(id, codecs::Symbol(absl::StrCat("I", id)))) Fail("the store is full");
  }
  const double define_ns =
      static_cast<double>(clock.TicksToNs(static_cast<int64_t>(Clock::Ticks() - start))) / count;
  UpdateWish wish;
  for (int i = 1; i <= 10; ++i) wish.symbols.push_back(absl::StrCat("I", i));
  UpdateRing some(kRingUpdates);
  UpdateRing all(kRingUpdates);
  UpdatePublisher filtered({&some}, {1}, FeedCore::kMostOfAMessage, WhenFull::kDrop);
  UpdatePublisher plain({&all}, {1}, FeedCore::kMostOfAMessage, WhenFull::kDrop);
  UpdateFilter filter(wish);
  filter.AddChannel(1, &store);
  filtered.SetFilter(0, std::move(filter));
  std::mt19937 random(1);
  std::vector<NormalizedUpdate> updates(kUpdates);
  const auto time_ns = [&](UpdatePublisher& publisher, UpdateRing& ring) {
    const uint64_t begin = Clock::Ticks();
    codecs::UpdateWriter writer = publisher.Begin(updates.size());
    for (const NormalizedUpdate& update : updates) writer.Next() = update;
    publisher.Commit(writer);
    publisher.Publish(1);
    const auto ticks = static_cast<int64_t>(Clock::Ticks() - begin);
    for (auto run = ring.Read(); !run.empty(); run = ring.Read()) ring.Release(run.size());
    return static_cast<double>(clock.TicksToNs(ticks)) / kUpdates;
  };
  Comparison comparison{
      .name = absl::StrCat("scale: ", count, " instruments, ", busy, " of them busy, by name"),
      .unit = "ns an update",
      .subject = "publisher with a filter of 10 names",
      .reference = "publisher without",
      .note = absl::StrCat(static_cast<int>(define_ns + 0.5), " ns a definition")};
  for (int sample = -1; sample < kSamples; ++sample) {
    std::vector<double> ours;
    std::vector<double> theirs;
    for (int burst = 0; burst < kBursts; ++burst) {
      for (NormalizedUpdate& update : updates) {
        update = {.record = FH_RECORD_ORDER,
                  .flags = FH_FLAG_LAST,
                  .instrument_id = static_cast<uint32_t>(1 + random() % busy),
                  .channel_id = 1};
      }
      ours.push_back(time_ns(filtered, some));
      theirs.push_back(time_ns(plain, all));
    }
    if (sample >= 0) comparison.Add(Quantile(ours, 0.5), Quantile(theirs, 0.5));
  }
  const RingStats& stats = filtered.stats()[0];
  if (stats.filtered + stats.offered != plain.stats()[0].offered) Fail("updates are missing");
  if (busy > 10 && stats.filtered == 0) Fail("nothing was filtered");
  comparison.Print();
}

}  // namespace
}  // namespace fh::bench

int main() {
  using namespace fh::bench;
  if (fh::AllowedCpus() < 2) {
    std::printf("scale_bench: needs two cores\n");
    return 0;
  }
  PinTo(kFeedCpu);
  for (const uint32_t channels : {1, 8, 48, 200}) ByChannels(channels);
  for (const int threads : {2, 4, 8}) ByStrategyThreads(threads);
  for (const int threads : {2, 4}) ByFeedThreads(threads);
  for (const uint32_t count : {10u, 1'000u, 100'000u, 1'000'000u}) {
    ByInstruments(count, count);
    if (count > 1'000) ByInstruments(count, 1'000);
  }
  return 0;
}
