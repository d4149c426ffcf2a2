// What the feed thread does with packets once they are there (frame, arbitrate, decode into the
// ring, publish): lone datagrams, as most of a trading day are, warm and after 10 ms in which the
// caches were used for something else; polls that found nothing; and full bursts that alternate
// between many channels. A strategy thread on another core reads what is published.
//
// The references are the least in the same state of the caches: framing and decoding the same
// packet for a lone datagram, a look at the clock for an idle poll, and for bursts of many channels
// the same packets as bursts of one.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/moldudp64/moldudp64.h"
#include "feedhandler/pipeline/feed_core.h"
#include "feedhandler/pipeline/strategy_thread.h"
#include "feedhandler/pipeline/update_publisher.h"
#include "feedhandler/strategy/host.h"
#include "latency/clock.h"
#include "rio/packet.h"
#include "tests/bench/drain.h"
#include "tests/bench/itch_feed.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {
namespace {

using latency::Clock;

constexpr uint32_t kLoneBytes = 200;

// The feed thread's core with `channels` channels of one line each, or of several with stamps, and packets
// of a synthetic day that each channel is given in turn.
class Channels {
 public:
  // `idle`: kYield when another one's strategy is on the same core.
  explicit Channels(uint32_t channels, bool measure = true, uint32_t lines = 1,
                    IdleMode idle = IdleMode::kSpin)
      : channels_(channels, lines),
        strategy_(
            {.thread = {.name = "strategy", .cpu = kStrategyCpu, .idle = idle}, .measure = measure},
            clock_),
        publisher_({&strategy_.ring()}, channels_.ids, FeedCore::kMostOfAMessage, WhenFull::kDrop),
        core_(std::move(channels_.list), channels_.lines, publisher_, clock_, kSlices,
              FeedCoreOptions{.wire_stamps = lines > 1, .measure = measure}) {
    publisher_.SetNotes(0, &strategy_.notes(0));
    auto hash = CreateStrategy(*StrategyTable<SequenceHash>(), "", host_.table());
    if (!hash.ok()) Fail(std::string(hash.status().message()));
    strategy_.Add(*std::move(hash));
    strategy_.Start();
  }
  ~Channels() {
    if (!strategy_.Stop().ok()) Fail("the strategy failed");
    if (publisher_.stats()[0].dropped != 0) Fail("updates were dropped");
  }

  void OnPackets(std::span<rio::Packet> packets) {
    const uint64_t now = Clock::Ticks();
    for (rio::Packet& packet : packets) packet.dequeue_ticks = now;
    core_.OnPackets(packets);
    core_.TakeReleased();
  }
  void OnIdle() { core_.OnIdle(); }

  void WaitForStrategy() {
    while (strategy_.delivered() < publisher_.stats()[0].published) std::this_thread::yield();
  }

 private:
  static constexpr uint32_t kSlices = 4096;

  Clock clock_;
  ItchChannels channels_;
  StrategyHost host_{"sequence_hash", {}};
  StrategyThread strategy_;
  UpdatePublisher publisher_;
  FeedCore core_;
};

// The datagrams of a day in memory, from the first on, one after the other.
class Day {
 public:
  explicit Day(uint32_t bytes) : stream_(bytes) { Refill(); }

  bool IsOrderFlow() const { return stream_.IsOrderFlow(); }
  rio::Packet Next() {
    if (next_ == payloads_.datagrams().size()) Refill();
    const auto& datagram = payloads_.datagrams()[next_++];
    rio::Packet packet{};
    packet.data = static_cast<const uint8_t*>(datagram.data);
    packet.length = static_cast<uint32_t>(datagram.length);
    return packet;
  }
  uint32_t left() const { return static_cast<uint32_t>(payloads_.datagrams().size() - next_); }

 private:
  void Refill() {
    stream_.Next(payloads_);
    next_ = 0;
  }

  Stream stream_;
  Payloads payloads_;
  size_t next_ = 0;
};

// The least that has to be done with a packet: frame it, decode it into a place of one's own.
class Decode {
 public:
  void OnPacket(const rio::Packet& packet) {
    codecs::PacketFrame frame;
    codec_->Frame({&packet, 1}, {&frame, 1});
    const codecs::DecodeJob job{&packet, &frame, 0, frame.message_count, 0, 0};
    codecs::UpdateWriter writer(updates_.data(), updates_.size() - 1, next_);
    codec_->Decode({&job, 1}, writer);
    next_ = writer.next();
  }

 private:
  codecs::InstrumentStore instruments_{kSymbols};
  std::unique_ptr<codecs::Codec> codec_ = MakeItchCodec(instruments_);
  std::vector<NormalizedUpdate> updates_ = std::vector<NormalizedUpdate>(1024);
  uint64_t next_ = 0;
};

// Drives what others have in the caches out of them.
class Polluter {
 public:
  void Pollute() {
    for (size_t i = 0; i < bytes_.size(); i += 64) ++bytes_[i];
    asm volatile("" : : "r"(bytes_.data()) : "memory");
  }

 private:
  std::vector<uint8_t> bytes_ = std::vector<uint8_t>(64u << 20);
};

// One datagram a time, from dequeue to published. Each sample is a median of packets, warm; cold,
// where the packets are few, a packet.
void Lone(bool is_cold) {
  const int samples = is_cold ? 150 : 31;
  const int packets = is_cold ? 1 : 400;
  Channels channels(1);
  Decode decode;
  Day day(kLoneBytes);
  Polluter polluter;
  const Clock clock;
  const auto next = [&] {
    rio::Packet packet = day.Next();
    decode.OnPacket(packet);
    channels.OnPackets({&packet, 1});
    channels.WaitForStrategy();
  };
  while (!day.IsOrderFlow() || day.left() > 0) next();
  Comparison comparison{
      .name = std::string("feed: a lone datagram of 200 B, dequeue to published, ") +
              (is_cold ? "cold" : "warm"),
      .unit = "ns",
      .subject = "FeedCore::OnPackets",
      .reference = "Codec::Frame and Decode alone",
      .subject_limit = is_cold ? 0.0 : 80.0,
      .note = is_cold ? "10 ms apart, 64 MiB written between" : "one seen before the next comes"};
  const auto time_ns = [&](auto&& work) {
    if (is_cold) {
      polluter.Pollute();
      ::usleep(10'000);
    }
    const uint64_t start = Clock::Ticks();
    work();
    return static_cast<double>(clock.TicksToNs(static_cast<int64_t>(Clock::Ticks() - start)));
  };
  for (int sample = 0; sample < samples; ++sample) {
    std::vector<double> ours;
    std::vector<double> theirs;
    for (int i = 0; i < packets; ++i) {
      rio::Packet packet = day.Next();
      for (int turn = 0; turn < 2; ++turn) {
        if ((sample + i + turn) % 2 == 0) {
          ours.push_back(time_ns([&] { channels.OnPackets({&packet, 1}); }));
          channels.WaitForStrategy();
        } else {
          theirs.push_back(time_ns([&] { decode.OnPacket(packet); }));
        }
      }
    }
    comparison.Add(Quantile(ours, 0.5), Quantile(theirs, 0.5));
  }
  comparison.Print();
}

// A day's packets by turns for each channel, with the numbers of that channel.
class Turns {
 public:
  explicit Turns(uint32_t channels) : channels_(channels), next_(channels, 1) {}

  void Reset() { count_ = 0; }
  // A copy of `packet` for the channel whose turn it is, or for a certain one.
  void Add(const rio::Packet& packet) { Add(packet, static_cast<uint32_t>(turn_++ % channels_)); }
  void Add(const rio::Packet& packet, uint32_t channel) {
    uint8_t* const bytes = storage_[count_].data();
    std::memcpy(bytes, packet.data, packet.length);
    Mold::kSequence.Put(bytes, next_[channel]);
    next_[channel] += Mold::kCount(bytes);
    packets_[count_] = packet;
    packets_[count_].data = bytes;
    packets_[count_].line = static_cast<uint16_t>(channel);
    ++count_;
  }
  std::span<rio::Packet> burst() { return std::span(packets_).first(count_); }
  bool IsFull() const { return count_ == packets_.size(); }

 private:
  using Mold = codecs::MoldUdp64;
  using Bytes = std::array<uint8_t, 320>;

  const uint32_t channels_;
  std::vector<uint64_t> next_;
  std::array<Bytes, FeedCore::kMaxBurst> storage_{};
  std::array<rio::Packet, FeedCore::kMaxBurst> packets_{};
  uint64_t turn_ = 0;
  size_t count_ = 0;
};

// Hands both channels' bursts, in turns, and notes what each took.
class BurstRace {
 public:
  BurstRace(Channels& many, uint32_t many_count, Channels& others, uint32_t others_count)
      : many_(many), others_(others), turns_(many_count), others_turns_(others_count) {
    // Everybody learns the symbols.
    while (!day_.IsOrderFlow() || day_.left() > 0) {
      const rio::Packet packet = day_.Next();
      for (uint32_t i = 0; i < many_count; ++i) Learn(many_, turns_, packet, i);
      for (uint32_t i = 0; i < others_count; ++i) Learn(others_, others_turns_, packet, i);
    }
    Flush(many_, turns_);
    Flush(others_, others_turns_);
  }

  void Run(Comparison& comparison) {
    constexpr int kSamples = 31;
    constexpr int kBursts = 100;
    for (int sample = -2; sample < kSamples; ++sample) {
      std::vector<double> ours;
      std::vector<double> theirs;
      for (int i = 0; i < kBursts; ++i) {
        Refill();
        if (i % 2 == 0) ours.push_back(TimeNs(many_, turns_));
        theirs.push_back(TimeNs(others_, others_turns_));
        if (i % 2 != 0) ours.push_back(TimeNs(many_, turns_));
      }
      if (sample >= 0) comparison.Add(Quantile(ours, 0.5), Quantile(theirs, 0.5));
    }
    comparison.Print();
  }

 private:
  static void Flush(Channels& channels, Turns& made) {
    if (made.burst().empty()) return;
    channels.OnPackets(made.burst());
    channels.WaitForStrategy();
    made.Reset();
  }
  static void Learn(Channels& channels, Turns& made, const rio::Packet& packet, uint32_t channel) {
    made.Add(packet, channel);
    if (made.IsFull()) Flush(channels, made);
  }
  void Refill() {
    turns_.Reset();
    others_turns_.Reset();
    while (!turns_.IsFull()) {
      const rio::Packet packet = day_.Next();
      turns_.Add(packet);
      others_turns_.Add(packet);
    }
  }
  double TimeNs(Channels& channels, Turns& made) const {
    const uint64_t start = Clock::Ticks();
    channels.OnPackets(made.burst());
    const auto ticks = static_cast<int64_t>(Clock::Ticks() - start);
    channels.WaitForStrategy();
    return static_cast<double>(clock_.TicksToNs(ticks)) / FeedCore::kMaxBurst;
  }

  Channels& many_;
  Channels& others_;
  Turns turns_;
  Turns others_turns_;
  Day day_{kLoneBytes};
  Clock clock_;
};

// Bursts of 64 packets, each of another channel than the one before.
void Mixed(uint32_t count) {
  Channels many(count);
  Channels one(1);
  Comparison comparison{
      .name = "feed: bursts of 64, " + std::to_string(count) + " channels by turns, 200 B",
      .unit = "ns a datagram",
      .subject = "FeedCore::OnPackets",
      .reference = "the same packets on one channel",
      .note = "dequeue to published"};
  BurstRace(many, count, one, 1).Run(comparison);
}

// The same, with and without stages recorded.
void Measured(uint32_t count) {
  Channels measured(count);
  Channels bare(count, false);
  Comparison comparison{
      .name = "feed: measuring, bursts of 64, " + std::to_string(count) + " channels by turns",
      .unit = "ns a datagram",
      .subject = "FeedCore::OnPackets",
      .reference = "the same without recording stages",
      .note = "no poll is idle, so that all is recorded within the bursts"};
  BurstRace(measured, count, bare, count).Run(comparison);
}

// Lone datagrams, all that is always on and nothing of it: with no burst to share it, what a run of packets
// costs is what a packet does.
void MeasuredLone() {
  constexpr int kSamples = 31;
  constexpr int kPackets = 400;
  Channels measured(1, true, 1, IdleMode::kYield);
  Channels bare(1, false, 1, IdleMode::kYield);
  Day day(kLoneBytes);
  const Clock clock;
  const auto time_ns = [&](Channels& channels, rio::Packet packet) {
    const uint64_t start = Clock::Ticks();
    channels.OnPackets({&packet, 1});
    const auto ticks = static_cast<int64_t>(Clock::Ticks() - start);
    channels.WaitForStrategy();
    channels.OnIdle();
    return static_cast<double>(clock.TicksToNs(ticks));
  };
  while (!day.IsOrderFlow() || day.left() > 0) {
    const rio::Packet packet = day.Next();
    time_ns(measured, packet);
    time_ns(bare, packet);
  }
  Comparison comparison{.name = "feed: measuring, lone datagrams of 200 B",
                        .unit = "ns a datagram",
                        .subject = "FeedCore::OnPackets",
                        .reference = "the same without recording stages",
                        .note = "what is recorded while nothing arrives is not in it"};
  for (int sample = -2; sample < kSamples; ++sample) {
    std::vector<double> ours;
    std::vector<double> theirs;
    for (int i = 0; i < kPackets; ++i) {
      const rio::Packet packet = day.Next();
      if (i % 2 == 0) ours.push_back(time_ns(measured, packet));
      theirs.push_back(time_ns(bare, packet));
      if (i % 2 != 0) ours.push_back(time_ns(measured, packet));
    }
    if (sample >= 0) comparison.Add(Quantile(ours, 0.5), Quantile(theirs, 0.5));
  }
  comparison.Print();
}

// A channel's packets on line A, then on line B, with the kernel's stamps: B is behind by 200 ns more or
// less, so that each line is first at times.
void MeasuredLines() {
  constexpr int kSamples = 31;
  constexpr int kBursts = 100;
  Channels measured(1, true, 2, IdleMode::kYield);
  Channels bare(1, false, 2, IdleMode::kYield);
  Turns made(1);
  Day day(kLoneBytes);
  const Clock clock;
  const auto time_ns = [&](Channels& channels) {
    const std::span<rio::Packet> burst = made.burst();
    const int64_t first_ns = clock.NowUnixNs() - 100'000;
    double sum = 0;
    for (const uint16_t line : {0, 1}) {
      for (size_t i = 0; i < burst.size(); ++i) {
        const auto at = static_cast<int64_t>(i);
        burst[i].line = line;
        burst[i].stamp_source = rio::StampSource::kSoftware;
        burst[i].stamp_ns = first_ns + 300 * at + line * ((at * 37 + first_ns) % 64 * 20 - 400);
      }
      const uint64_t start = Clock::Ticks();
      channels.OnPackets(burst);
      sum += static_cast<double>(clock.TicksToNs(static_cast<int64_t>(Clock::Ticks() - start)));
      channels.WaitForStrategy();
    }
    return sum / static_cast<double>(2 * burst.size());
  };
  const auto fill = [&] {
    made.Reset();
    while (!made.IsFull()) made.Add(day.Next());
  };
  while (!day.IsOrderFlow() || day.left() > FeedCore::kMaxBurst) {
    fill();
    time_ns(measured);
    time_ns(bare);
  }
  Comparison comparison{
      .name = "feed: measuring, lines A and B with stamps, bursts of 64, 200 B",
      .unit = "ns a datagram",
      .subject = "FeedCore::OnPackets",
      .reference = "the same without recording stages and races",
      .note = "every second datagram is the other line's copy; no system call is in it"};
  for (int sample = -2; sample < kSamples; ++sample) {
    std::vector<double> ours;
    std::vector<double> theirs;
    for (int i = 0; i < kBursts; ++i) {
      fill();
      if (i % 2 == 0) ours.push_back(time_ns(measured));
      theirs.push_back(time_ns(bare));
      if (i % 2 != 0) ours.push_back(time_ns(measured));
    }
    if (sample >= 0) comparison.Add(Quantile(ours, 0.5), Quantile(theirs, 0.5));
  }
  comparison.Print();
}

// What every burst pays so that slow ones can be explained: its run is described (who brought it, with how
// many messages), and it is compared with the slow ones.
void Explained() {
  constexpr int kSamples = 31;
  constexpr int kBursts = 20'000;
  codecs::InstrumentStore instruments(kSymbols);
  const std::unique_ptr<codecs::Codec> codec = MakeItchCodec(instruments);
  Day day(kLoneBytes);
  std::array<rio::Packet, FeedCore::kMaxBurst> packets;
  std::array<codecs::PacketFrame, FeedCore::kMaxBurst> frames;
  std::vector<codecs::DecodeJob> jobs;
  for (rio::Packet& packet : packets) packet = day.Next();
  codec->Frame(packets, frames);
  for (size_t i = 0; i < packets.size(); ++i) {
    jobs.push_back({&packets[i], &frames[i], 0, frames[i].message_count, 0, 0});
  }
  SlowFollower slow;
  Comparison describe{.name = "feed: describing a run of 64 datagrams",
                      .unit = "ns a datagram",
                      .subject = "DescribeRun",
                      .reference = "a run of one, all its own"};
  Comparison check{.name = "feed: is a burst slow?",
                   .unit = "ns a burst",
                   .subject = "SlowFollower::IsSlow",
                   .reference = "one look at the clock"};
  const auto time_ns = [](auto&& work) {
    const double start = ThreadCpuNs();
    for (int i = 0; i < kBursts; ++i) work(i);
    return (ThreadCpuNs() - start) / kBursts;
  };
  const LineOfChannel line{};
  const auto describe_ns = [&](std::span<const codecs::DecodeJob> run) {
    return time_ns([&](int) {
             RunNote note;
             DescribeRun(*codec, run, {&line, 1}, note);
             asm volatile("" : : "r"(&note) : "memory");
           }) /
           static_cast<double>(run.size());
  };
  for (int sample = -3; sample < kSamples; ++sample) {
    const double of_many = describe_ns(jobs);
    const double of_one = describe_ns(std::span(jobs).first(1));
    const double checked = time_ns([&](int i) {
      asm volatile("" : : "r"(slow.IsSlow(1000 + i % 64)));
    });
    const double looked = time_ns([](int) { asm volatile("" : : "r"(Clock::Ticks())); });
    if (sample < 0) continue;
    describe.Add(of_many, of_one);
    check.Add(checked, looked);
  }
  describe.Print();
  check.Print();
}

// A poll that found nothing, beside the system call.
void Idle(uint32_t count) {
  constexpr int kSamples = 31;
  constexpr int kPolls = 2'000;
  Channels channels(count);
  const Clock clock;
  Comparison comparison{.name = "feed: idle poll, " + std::to_string(count) + " channels",
                        .unit = "ns a poll",
                        .subject = "FeedCore::OnIdle",
                        .reference = "one look at the clock",
                        .subject_limit = 20};
  for (int sample = -3; sample < kSamples; ++sample) {
    double start = ThreadCpuNs();
    for (int i = 0; i < kPolls; ++i) channels.OnIdle();
    const double ours = ThreadCpuNs() - start;
    start = ThreadCpuNs();
    for (int i = 0; i < kPolls; ++i) asm volatile("" : : "r"(clock.NowUnixNs()));
    const double theirs = ThreadCpuNs() - start;
    if (sample >= 0) comparison.Add(ours / kPolls, theirs / kPolls);
  }
  comparison.Print();
}

}  // namespace
}  // namespace fh::bench

int main() {
  using namespace fh::bench;
  if (fh::AllowedCpus() < 2) {
    std::printf("burst_bench: needs two cores\n");
    return 0;
  }
  PinTo(kFeedCpu);
  for (const uint32_t channels : {1, 48, 200}) Idle(channels);
  for (const uint32_t channels : {8, 48, 200}) Mixed(channels);
  for (const uint32_t channels : {1, 48, 200}) Measured(channels);
  MeasuredLines();
  MeasuredLone();
  Explained();
  for (const bool is_cold : {false, true}) Lone(is_cold);
  return 0;
}
