// What pipeline_bench and af_xdp_bench share: a synthetic ITCH day in datagrams of a size, the
// production pipeline polled by the caller's thread, with a strategy on another core, and a plain
// decode that says what the strategy must have seen.
//
//   Feed<RecvmmsgBackend> feed({.subscriptions = lines});
//   Stream stream(1400);
//   PlainDecode plain;
//   stream.Next(payloads); plain.Add(payloads); filler.Fill(payloads);
//   const double elapsed_ns = feed.DrainNs(kDatagrams);
//   feed.Check(stream.messages(), plain.Summary());
#ifndef FEEDHANDLER_TESTS_BENCH_ITCH_FEED_H_
#define FEEDHANDLER_TESTS_BENCH_ITCH_FEED_H_

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "codecs/update.h"
#include "feedhandler/pipeline/feed_core.h"
#include "feedhandler/pipeline/strategy_thread.h"
#include "feedhandler/pipeline/update_publisher.h"
#include "feedhandler/strategy/host.h"
#include "feedhandler/strategy/loader.h"
#include "feedhandler/strategy/strategy.h"
#include "feedhandler/synthetic/itch_day.h"
#include "feedhandler/synthetic/mold_packetizer.h"
#include "latency/clock.h"
#include "rio/receiver.h"
#include "tests/bench/drain.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {

using codecs::NormalizedUpdate;

inline constexpr int kFeedCpu = 0;
inline constexpr int kStrategyCpu = 1;
inline constexpr uint32_t kSymbols = 1000;
inline constexpr int64_t kFlowBeginsNs = int64_t{4} * 3600 * 1'000'000'000;

// A strategy that looks at every update, and at little of it.
class SequenceHash {
 public:
  static constexpr char kName[] = "sequence_hash";
  static constexpr char kHelp[] = "Hashes sequence numbers and times, in order.";

  static std::unique_ptr<SequenceHash> Create(Host, std::string_view, std::string&) {
    return std::make_unique<SequenceHash>();
  }

  void OnUpdates(std::span<const NormalizedUpdate> updates) {
    for (const NormalizedUpdate& update : updates) {
      if (update.sequence == 0) continue;  // The session's own: that the stream has started.
      const auto time_ns = static_cast<uint64_t>(update.ts_event_ns);
      hash_ = (std::rotl(hash_, 29) ^ update.sequence ^ time_ns << 20) * 0x9e3779b97f4a7c15;
      ++updates_;
    }
  }

  std::string Summary() {
    return std::to_string(updates_) + " updates, hash " + std::to_string(hash_);
  }

 private:
  uint64_t updates_ = 0;
  uint64_t hash_ = 0;
};

inline std::unique_ptr<codecs::Codec> MakeItchCodec(codecs::InstrumentStore& instruments) {
  auto codec =
      (*codecs::FindCodec("itch50"))
          ->make({.channel_id = 1, .instruments = &instruments, .day_ns = kSyntheticMidnightNs});
  if (!codec.ok()) Fail(std::string(codec.status().message()));
  return *std::move(codec);
}

// Channels 1 to `channels` of ITCH, of `lines_each` lines, as FeedCore and UpdatePublisher take them.
struct ItchChannels {
  explicit ItchChannels(uint32_t channels, uint32_t lines_each = 1) {
    for (uint32_t i = 0; i < channels; ++i) {
      const auto id = static_cast<uint16_t>(i + 1);
      ids.push_back(id);
      for (uint32_t line = 0; line < lines_each; ++line) {
        lines.push_back({.channel = static_cast<uint16_t>(i), .line = static_cast<uint8_t>(line)});
      }
      stores.push_back(std::make_unique<codecs::InstrumentStore>(kSymbols));
      list.push_back({.feed = "itch", .id = id, .codec = MakeItchCodec(*stores.back())});
      list.back().session.lines = lines_each;
    }
  }

  std::vector<uint16_t> ids;
  std::vector<LineOfChannel> lines;
  std::vector<std::unique_ptr<codecs::InstrumentStore>> stores;  // Stay while the codecs do.
  std::vector<Channel> list;
};

// A day's messages in datagrams of a size.
class Stream {
 public:
  explicit Stream(uint32_t bytes)
      : bytes_(bytes), day_(MakeDay()), packets_({.max_payload_bytes = bytes}) {}

  // The next kDatagrams datagrams.
  void Next(Payloads& payloads) {
    payloads.Clear();
    std::span<const uint8_t> message;
    while (!payloads.IsFull()) {
      if (!day_.NextMessage(message)) Fail("the day is too short");
      if (message.size() + kOverhead > bytes_) continue;
      if (!packets_.Fits(message)) payloads.Add(packets_.Take().bytes);
      packets_.Add(message);
    }
  }

  // Messages that were in what Next gave so far.
  uint64_t messages() const { return packets_.next_sequence() - packets_.message_count() - 1; }
  bool IsOrderFlow() const { return day_.time_ns() > kFlowBeginsNs; }

 private:
  static constexpr size_t kOverhead = 22;  // The packet's header and a message's length.

  static ItchDay MakeDay() {
    auto day = ItchDay::Create({.messages = 6'000'000, .symbols = kSymbols});
    if (!day.ok()) Fail(std::string(day.status().message()));
    return *std::move(day);
  }

  uint32_t bytes_;
  ItchDay day_;
  MoldPacketizer packets_;
};

// What must come out: the datagrams framed and decoded one by one.
class PlainDecode {
 public:
  void Add(const Payloads& payloads) {
    for (const rio::Sender::Datagram& datagram : payloads.datagrams()) {
      rio::Packet packet{};
      packet.data = datagram.data;
      packet.length = datagram.length;
      codecs::PacketFrame frame;
      codec_->Frame({&packet, 1}, {&frame, 1});
      const codecs::DecodeJob job{&packet, &frame, 0, frame.message_count, 0, 0};
      codecs::UpdateWriter writer(updates_.data(), updates_.size() - 1, 0);
      codec_->Decode({&job, 1}, writer);
      hash_.OnUpdates({updates_.data(), writer.next()});
    }
  }
  std::string Summary() { return hash_.Summary(); }

 private:
  codecs::InstrumentStore instruments_{kSymbols};
  std::unique_ptr<codecs::Codec> codec_ = MakeItchCodec(instruments_);
  std::vector<NormalizedUpdate> updates_ = std::vector<NormalizedUpdate>(1024);
  SequenceHash hash_;
};

// What a benchmark compares beside the receive path.
struct FeedChoice {
  bool measure = true;              // Whether stages are recorded, as they always are in a run.
  IdleMode idle = IdleMode::kSpin;  // kYield: another feed's strategy is on the same core.
};

// The production pipeline, polled by the caller's thread.
template <class B>
class Feed {
 public:
  explicit Feed(const rio::ReceiverOptions& options, uint32_t slices = kSlices,
                uint32_t slice_bytes = kSliceBytes, const FeedChoice& choice = {})
      : strategy_({.thread = {.name = "strategy", .cpu = kStrategyCpu, .idle = choice.idle},
                   .measure = choice.measure},
                  clock_),
        publisher_({&strategy_.ring()}, {1}, FeedCore::kMostOfAMessage, WhenFull::kDrop),
        core_(MakeChannels(options.subscriptions.size()),
              LinesOfChannel(options.subscriptions.size()), publisher_, clock_, slices,
              FeedCoreOptions{.wire_stamps = options.stamps != rio::ReceiveStamps::kNone,
                              .measure = choice.measure}),
        receiver_(OpenReceiver(options, slices, slice_bytes)) {
    auto hash = CreateStrategy(*StrategyTable<SequenceHash>(), "", host_.table());
    if (!hash.ok()) Fail(std::string(hash.status().message()));
    publisher_.SetNotes(0, &strategy_.notes(0));
    strategy_.Add(*std::move(hash));
    strategy_.Start();
  }

  double DrainNs(size_t datagrams) {
    size_t count = 0;
    uint32_t idle = 0;
    const double start = ThreadCpuNs();
    while (count < datagrams && idle < 1'000'000) {
      const size_t got = PollOnce();
      count += got;
      idle = got == 0 ? idle + 1 : 0;
    }
    const double elapsed = ThreadCpuNs() - start;
    if (count != datagrams) Fail("only " + std::to_string(count) + " datagrams came");
    WaitForStrategy();
    return elapsed;
  }

  // Everything was seen, once: `messages`, and updates as `expected`.
  void Check(uint64_t messages, const std::string& expected) {
    if (!strategy_.Stop().ok()) Fail("the strategy failed");
    std::array<ChannelCounters, 1> counters;
    core_.CopyCounters(counters);
    if (counters[0].session.delivered_messages != messages) Fail("messages were lost");
    if (publisher_.stats()[0].dropped != 0) Fail("updates were dropped");
    const std::string seen = strategy_.strategies()[0].Summary();
    if (seen != expected) Fail("the strategy saw " + seen + " instead of " + expected);
  }

 private:
  static constexpr uint32_t kSlices = 4096;

  // As FeedThread does.
  size_t PollOnce() {
    const size_t count = receiver_->Poll(packets_);
    if (count == 0) {
      core_.OnIdle();
    } else {
      core_.OnPackets(std::span(packets_).first(count));
    }
    const std::span<const uint32_t> released = core_.TakeReleased();
    if (!released.empty()) receiver_->Release(released);
    return count;
  }

  void WaitForStrategy() {
    while (strategy_.delivered() < publisher_.stats()[0].published) std::this_thread::yield();
  }

  std::vector<Channel> MakeChannels(size_t lines) {
    std::vector<Channel> channels;
    channels.push_back({.feed = "itch", .id = 1, .codec = MakeItchCodec(instruments_)});
    channels[0].session.lines = static_cast<uint32_t>(lines);
    return channels;
  }

  static std::vector<LineOfChannel> LinesOfChannel(size_t lines) {
    std::vector<LineOfChannel> result;
    for (size_t i = 0; i < lines; ++i) {
      result.push_back({.channel = 0, .line = static_cast<uint8_t>(i)});
    }
    return result;
  }

  static std::unique_ptr<rio::Receiver<B>> OpenReceiver(const rio::ReceiverOptions& options,
                                                        uint32_t slices, uint32_t slice_bytes) {
    auto receiver = rio::Receiver<B>::Open(
        {.region = {.slice_bytes = slice_bytes, .slice_count = slices}, .receive = options});
    if (!receiver.ok()) Fail(std::string(receiver.status().message()));
    return *std::move(receiver);
  }

  latency::Clock clock_;
  codecs::InstrumentStore instruments_{kSymbols};
  StrategyHost host_{"sequence_hash", {}};
  StrategyThread strategy_;
  UpdatePublisher publisher_;
  FeedCore core_;
  std::unique_ptr<rio::Receiver<B>> receiver_;
  std::array<rio::Packet, FeedCore::kMaxBurst> packets_;
};

inline std::string Note(const Comparison& comparison, double messages_a_datagram, size_t lines) {
  std::vector<double> added;
  for (size_t i = 0; i < comparison.subject_samples.size(); ++i) {
    added.push_back(comparison.subject_samples[i] - comparison.reference_samples[i]);
  }
  // With two lines half of the datagrams bring nothing new.
  const double delivered = messages_a_datagram / static_cast<double>(lines);
  char note[200];
  std::snprintf(
      note, sizeof note,
      "%.1f messages a datagram; %.1f ns a delivered message in all, of which the "
      "pipeline adds %.1f (%.0f ns a datagram)%s",
      messages_a_datagram, Quantile(comparison.subject_samples, 0.5) / delivered,
      Quantile(added, 0.5) / delivered, Quantile(added, 0.5),
      messages_a_datagram > 20 ? "; the bar does not grow with the messages to decode" : "");
  return note;
}

}  // namespace fh::bench

#endif  // FEEDHANDLER_TESTS_BENCH_ITCH_FEED_H_
