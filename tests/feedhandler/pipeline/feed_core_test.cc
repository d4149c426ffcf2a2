#include "feedhandler/pipeline/feed_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <memory>

#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "rio/receiver.h"
#include "rio/socket/sender.h"
#include "tests/all_backends.h"
#include "tests/feedhandler/pipeline/mold_stream.h"

namespace fh {
namespace {

using codecs::NormalizedUpdate;
using codecs::Symbol;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A core with one ITCH channel on two lines, fed by hand.
class FeedCoreTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kSlices = 64;

  explicit FeedCoreTest(codecs::InstrumentScope scope = codecs::InstrumentScope::kSession,
                        uint32_t orders = 0)
      : ring_(4096),
        publisher_({&ring_}, {5}, FeedCore::kMostOfAMessage, WhenFull::kDrop),
        instruments_(65535) {
    Channel channel{.feed = "test",
                    .id = 5,
                    .session = {.lines = 2, .jump_confirmations = 1},
                    .line_names = {"A", "B"}};
    channel.codec =
        *(*codecs::FindCodec("itch50"))->make({.channel_id = 5, .instruments = &instruments_});
    channel.instruments = &instruments_;
    channel.instrument_scope = scope;
    if (orders != 0) channel.orders = std::make_unique<OrderIndex>(orders);
    std::vector<Channel> channels;
    channels.push_back(std::move(channel));
    core_ =
        std::make_unique<FeedCore>(std::move(channels), std::vector<LineOfChannel>{{0, 0}, {0, 1}},
                                   publisher_, clock_, kSlices, FeedCoreOptions{});
  }

  // A packet that lives as long as the test; slices are numbered through.
  void Arrive(const std::vector<uint8_t>& bytes, uint16_t line) {
    storage_.push_back(bytes);
    storage_.back().resize(bytes.size() + rio::kReadablePastEnd);
    const rio::Packet packet{.data = storage_.back().data(),
                             .length = static_cast<uint32_t>(bytes.size()),
                             .slice = next_slice_++,
                             .stamp_ns = 0,
                             .dequeue_ticks = latency::Clock::Ticks(),
                             .line = line,
                             .stamp_source = rio::StampSource::kNone,
                             .truncated = false};
    core_->OnPackets(std::span(&packet, 1));
    const auto released = core_->TakeReleased();
    released_.insert(released_.end(), released.begin(), released.end());
  }

  std::vector<NormalizedUpdate> Updates() {
    std::vector<NormalizedUpdate> updates;
    NormalizedUpdate update;
    while (ring_.Pop(update)) updates.push_back(update);
    return updates;
  }

  std::vector<uint64_t> CancelledOrders() {
    std::vector<uint64_t> orders;
    for (const NormalizedUpdate& update : Updates()) {
      if (update.record == FH_RECORD_ORDER) orders.push_back(update.order.order_id);
    }
    return orders;
  }

  latency::Clock clock_;
  UpdateRing ring_;
  UpdatePublisher publisher_;
  codecs::InstrumentStore instruments_;
  std::unique_ptr<FeedCore> core_;
  std::deque<std::vector<uint8_t>> storage_;
  std::vector<uint32_t> released_;
  uint32_t next_slice_ = 0;
};

TEST_F(FeedCoreTest, DeliversEachMessageOnceWhicheverLineIsFirst) {
  Arrive(test::MoldPacket(1, 2), 0);
  Arrive(test::MoldPacket(1, 2), 1);
  Arrive(test::MoldPacket(2, 3), 1);  // Its first message is old, its tail is new.
  Arrive(test::MoldPacket(3, 1), 0);
  EXPECT_THAT(CancelledOrders(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(released_, ElementsAre(0, 1, 2, 3));
}

TEST_F(FeedCoreTest, HoldsTheSliceOfAnEarlyPacketUntilTheGapIsFilled) {
  Arrive(test::MoldPacket(1, 1), 0);
  Arrive(test::MoldPacket(3, 1), 0);
  EXPECT_THAT(CancelledOrders(), ElementsAre(1));
  EXPECT_THAT(released_, ElementsAre(0));
  Arrive(test::MoldPacket(2, 1), 1);
  EXPECT_THAT(CancelledOrders(), ElementsAre(2, 3));
  EXPECT_EQ(released_.size(), 3u);
}

TEST_F(FeedCoreTest, TellsAGapInTheStreamAndMarksWhatFollows) {
  Arrive(test::MoldPacket(1, 1), 0);
  Arrive(test::MoldPacket(4, 1), 0);
  Updates();
  core_->Finish();
  const std::vector<NormalizedUpdate> updates = Updates();
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].record, FH_RECORD_GAP);
  EXPECT_EQ(updates[0].gap.first, 2u);
  EXPECT_EQ(updates[0].gap.last, 3u);
  EXPECT_EQ(updates[0].gap.count, 2u);
  EXPECT_EQ(updates[0].gap.cause, FH_GAP_LOST);
  EXPECT_EQ(updates[0].channel_id, 5);
  EXPECT_EQ(updates[1].order.order_id, 4u);
  EXPECT_NE(updates[1].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
}

TEST_F(FeedCoreTest, ClearsAllBooksWhenTheVenueStartsANewSession) {
  Arrive(test::MoldPacket(1, 1), 0);
  Updates();
  Arrive(test::MoldPacket(1, 1, "SESSION002"), 0);
  const std::vector<NormalizedUpdate> updates = Updates();
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].record, FH_RECORD_SESSION);
  EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[0].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_EQ(updates[0].session.state, FH_SESSION_NEW);
  EXPECT_EQ(updates[1].sequence, 1u);
}

// Who unites two copies of a feed needs to know of which session a number is.
TEST_F(FeedCoreTest, ASessionsStartAndEndSayItsId) {
  const auto id_of = [](const NormalizedUpdate& update) {
    return std::string(update.session.session,
                       strnlen(update.session.session, sizeof(update.session.session)));
  };
  Arrive(test::MoldPacket(1, 1, "SESSION002"), 0);
  std::vector<uint8_t> end = test::MoldPacket(2, 0, "SESSION002");
  end[18] = end[19] = 0xff;
  Arrive(end, 0);
  const std::vector<NormalizedUpdate> updates = Updates();
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0].session.state, FH_SESSION_JOINED);
  EXPECT_EQ(id_of(updates[0]), "SESSION002");
  EXPECT_EQ(updates[2].record, FH_RECORD_SESSION);
  EXPECT_EQ(updates[2].action, FH_ACTION_NONE);
  EXPECT_EQ(updates[2].session.state, FH_SESSION_ENDED);
  EXPECT_EQ(id_of(updates[2]), "SESSION002");
}

TEST_F(FeedCoreTest, GivesBackTheSliceOfWhatIsNoPacketOfTheFraming) {
  Arrive({1, 2, 3}, 0);
  EXPECT_THAT(Updates(), IsEmpty());
  EXPECT_THAT(released_, ElementsAre(0));
  std::vector<ChannelCounters> counters(1);
  core_->CopyCounters(counters);
  EXPECT_EQ(counters[0].codec.too_short, 1u);
  EXPECT_EQ(counters[0].lines[0].rejected_packets, 1u);
}

TEST_F(FeedCoreTest, DecodesAPacketOfVeryManyMessagesInParts) {
  // More messages than half of the ring may become updates.
  Arrive(test::MoldPacket(1, 1500), 0);
  const std::vector<uint64_t> orders = CancelledOrders();
  ASSERT_EQ(orders.size(), 1500u);
  for (size_t i = 0; i < orders.size(); ++i) ASSERT_EQ(orders[i], i + 1);
}

TEST_F(FeedCoreTest, RecordsTheStagesOfTheFeedThread) {
  Arrive(test::MoldPacket(1, 1), 0);
  core_->OnIdle();
  const latency::StageSnapshot stages = core_->Stages();
  EXPECT_EQ(stages.of(latency::Stage::kDequeueToSequenced).total(), 1u);
  EXPECT_EQ(stages.of(latency::Stage::kSequencedToDecoded).total(), 1u);
  EXPECT_EQ(stages.of(latency::Stage::kDequeueToDecoded).total(), 1u);
  EXPECT_EQ(stages.of(latency::Stage::kDecodedToPublished).total(), 1u);
  EXPECT_EQ(stages.of(latency::Stage::kWireToDequeue).total(), 0u);
}

// Recording waits for an idle moment, of which there may be none.
TEST_F(FeedCoreTest, RecordsTheStagesOfAStreamThatNeverPauses) {
  constexpr uint64_t kPackets = 5000;
  for (uint64_t i = 1; i <= kPackets; ++i) Arrive(test::MoldPacket(i, 1), 0);
  const uint64_t meanwhile = core_->Stages().of(latency::Stage::kDequeueToDecoded).total();
  EXPECT_GE(meanwhile, kPackets - 2 * FeedCore::kMaxBurst * (FeedCore::kHops.size() + 1));
  core_->Finish();
  const latency::StageSnapshot stages = core_->Stages();
  for (const latency::Stage stage : FeedCore::kHops) {
    EXPECT_EQ(stages.of(stage).total(), kPackets) << latency::StageName(stage);
  }
}

// A stock directory message names locate `locate`.
std::vector<uint8_t> DirectoryPacket(uint64_t sequence, uint16_t locate, const char* symbol,
                                     const char* session) {
  constexpr size_t kDirectory = 39;
  std::vector<uint8_t> packet(20 + 2 + kDirectory);
  std::memcpy(packet.data(), session, 10);
  codecs::BigEndian<uint64_t>("", 10).Put(packet.data(), sequence);
  codecs::BigEndian<uint16_t>("", 18).Put(packet.data(), 1);
  codecs::BigEndian<uint16_t>("", 20).Put(packet.data(), kDirectory);
  uint8_t* message = packet.data() + 22;
  std::memset(message, ' ', kDirectory);
  message[0] = 'R';
  codecs::BigEndian<uint16_t>("", 1).Put(message, locate);
  std::memset(message + 3, 0, 8);
  std::memcpy(message + 11, symbol, std::strlen(symbol));
  return packet;
}

TEST_F(FeedCoreTest, ANewSessionsNumbersDoNotHaveTheNamesOfTheLast) {
  Arrive(DirectoryPacket(1, 7, "MONDAY", "SESSION001"), 0);
  EXPECT_EQ(instruments_.Name(7).view(), "MONDAY");
  Updates();
  Arrive(test::MoldPacket(1, 1, "SESSION002"), 0);  // Of locate 7, before it has a name.
  EXPECT_EQ(instruments_.Name(7).view(), "");
  const std::vector<NormalizedUpdate> updates = Updates();
  ASSERT_EQ(updates[0].record, FH_RECORD_SESSION);
  EXPECT_EQ(updates[0].session.state, FH_SESSION_NEW);
  EXPECT_EQ(updates[0].session.epoch, 1u);  // The epoch of the names that follow.
  EXPECT_EQ(instruments_.Name(7, 0).view(), "MONDAY");
  Arrive(DirectoryPacket(2, 7, "TUESDAY", "SESSION002"), 0);
  EXPECT_EQ(instruments_.Name(7).view(), "TUESDAY");
}

// One ITCH message in a packet of its own.
std::vector<uint8_t> PacketOf(uint64_t sequence, std::vector<uint8_t> message,
                              const char* session) {
  std::vector<uint8_t> packet(22);
  std::memcpy(packet.data(), session, 10);
  codecs::BigEndian<uint64_t>("", 10).Put(packet.data(), sequence);
  codecs::BigEndian<uint16_t>("", 18).Put(packet.data(), 1);
  codecs::BigEndian<uint16_t>("", 20).Put(packet.data(), static_cast<uint16_t>(message.size()));
  packet.insert(packet.end(), message.begin(), message.end());
  return packet;
}

std::vector<uint8_t> AddBid(uint64_t order, uint32_t price) {
  std::vector<uint8_t> message(36, ' ');
  message[0] = 'A';
  message[19] = 'B';
  codecs::BigEndian<uint64_t>("", 11).Put(message.data(), order);
  codecs::BigEndian<uint32_t>("", 20).Put(message.data(), 100);
  codecs::BigEndian<uint32_t>("", 32).Put(message.data(), price);
  return message;
}

std::vector<uint8_t> Execute(uint64_t order) {
  std::vector<uint8_t> message(31, 0);
  message[0] = 'E';
  codecs::BigEndian<uint64_t>("", 11).Put(message.data(), order);
  codecs::BigEndian<uint32_t>("", 19).Put(message.data(), 10);
  return message;
}

class FeedCoreWithOrders : public FeedCoreTest {
 protected:
  FeedCoreWithOrders() : FeedCoreTest(codecs::InstrumentScope::kSession, 1000) {}

  // Of the last trade.
  int64_t TradePrice() {
    int64_t price = 0;
    for (const NormalizedUpdate& update : Updates()) {
      if (update.record == FH_RECORD_TRADE) price = update.trade.price;
    }
    return price;
  }
};

TEST_F(FeedCoreWithOrders, ExecutionsHaveThePriceOfTheirOrder) {
  Arrive(PacketOf(1, AddBid(42, 1'234'500), "SESSION001"), 0);
  Arrive(PacketOf(2, Execute(42), "SESSION001"), 0);
  EXPECT_EQ(TradePrice(), 123'450'000'000);
}

TEST_F(FeedCoreWithOrders, ANewSessionsExecutionsHaveNothingOfTheLastOnesOrders) {
  Arrive(PacketOf(1, AddBid(42, 1'234'500), "SESSION001"), 0);
  Arrive(PacketOf(1, Execute(42), "SESSION002"), 0);
  EXPECT_EQ(TradePrice(), codecs::kUndefinedPrice);
  std::vector<ChannelCounters> counters(1);
  core_->CopyCounters(counters);
  EXPECT_EQ(counters[0].orders.orders, 0u);
  EXPECT_EQ(counters[0].orders.unknown, 2u);  // The fill and what it takes off.
}

// A store that other channels of the feed define in, and read, too.
class VenuesInstruments : public FeedCoreTest {
 protected:
  VenuesInstruments() : FeedCoreTest(codecs::InstrumentScope::kVenue) {}
};

TEST_F(VenuesInstruments, StayWhenOneChannelStartsANewSession) {
  instruments_.Define(900'000, Symbol("OTHERS"));  // By another channel.
  Arrive(DirectoryPacket(1, 7, "MONDAY", "SESSION001"), 0);
  Arrive(test::MoldPacket(1, 1, "SESSION002"), 0);
  EXPECT_EQ(instruments_.Name(7).view(), "MONDAY");
  EXPECT_EQ(instruments_.Name(900'000).view(), "OTHERS");
  const std::vector<NormalizedUpdate> updates = Updates();
  for (const NormalizedUpdate& update : updates) {
    if (update.record == FH_RECORD_SESSION) {
      EXPECT_EQ(update.session.epoch, 0u);
    }
  }
}

// Two channels of one line each, fed with stamps of a capture or of the live kernel.
class TwoChannels : public ::testing::Test {
 protected:
  static constexpr int64_t kSecond = 1'000'000'000;

  void Make(bool capture_clock) {
    std::vector<Channel> channels;
    for (uint16_t id = 1; id <= 2; ++id) {
      Channel channel{.feed = "test",
                      .id = id,
                      .session = {.lines = 1, .jump_confirmations = 1},
                      .line_names = {"A"}};
      channel.codec = *(*codecs::FindCodec("itch50"))->make({.channel_id = id});
      channels.push_back(std::move(channel));
    }
    core_ = std::make_unique<FeedCore>(
        std::move(channels), std::vector<LineOfChannel>{{0, 0}, {1, 0}}, publisher_, clock_,
        kSlices, FeedCoreOptions{.wire_stamps = !capture_clock, .capture_clock = capture_clock});
  }

  rio::Packet Packet(const std::vector<uint8_t>& bytes, uint16_t line, int64_t stamp_ns) {
    storage_.push_back(bytes);
    storage_.back().resize(bytes.size() + rio::kReadablePastEnd);
    return {.data = storage_.back().data(),
            .length = static_cast<uint32_t>(bytes.size()),
            .slice = next_slice_++,
            .stamp_ns = stamp_ns,
            .dequeue_ticks = latency::Clock::Ticks(),
            .line = line,
            .stamp_source = rio::StampSource::kSoftware,
            .truncated = false};
  }

  // As bursts of `most` packets; returns "channel:record:sequence" of all updates.
  std::vector<std::string> Play(const std::vector<rio::Packet>& packets, size_t most) {
    for (size_t begin = 0; begin < packets.size(); begin += most) {
      const size_t count = std::min(most, packets.size() - begin);
      core_->OnPackets(std::span(packets).subspan(begin, count));
      core_->TakeReleased();
    }
    std::vector<std::string> updates;
    NormalizedUpdate update;
    while (ring_.Pop(update)) {
      updates.push_back(absl::StrCat(update.channel_id, ":", update.record, ":", update.sequence));
    }
    return updates;
  }

  static constexpr uint32_t kSlices = 256;
  latency::Clock clock_;
  UpdateRing ring_{4096};
  UpdatePublisher publisher_{{&ring_}, {1, 2}, FeedCore::kMostOfAMessage, WhenFull::kDrop};
  std::unique_ptr<FeedCore> core_;
  std::deque<std::vector<uint8_t>> storage_;
  uint32_t next_slice_ = 0;
};

// Channel 1 lacks message 2 and falls silent; channel 2 has a packet every 10 ms.
std::vector<std::pair<std::vector<uint8_t>, uint16_t>> QuietBesideBusy() {
  std::vector<std::pair<std::vector<uint8_t>, uint16_t>> packets;
  packets.emplace_back(test::MoldPacket(1, 1), 0);
  packets.emplace_back(test::MoldPacket(3, 1), 0);
  for (uint64_t n = 1; n <= 30; ++n) packets.emplace_back(test::MoldPacket(n, 1), 1);
  return packets;
}

TEST_F(TwoChannels, AQuietChannelsGapInACaptureEndsByTheTimeOfTheOther) {
  std::vector<std::vector<std::string>> runs;
  for (const size_t burst : {1, 7, 64}) {
    ring_.Release(0);
    Make(/*capture_clock=*/true);
    std::vector<rio::Packet> packets;
    int64_t now_ns = 1000 * kSecond;
    for (const auto& [bytes, line] : QuietBesideBusy()) {
      packets.push_back(Packet(bytes, line, now_ns += 10'000'000));
    }
    runs.push_back(Play(packets, burst));
  }
  // However the file is cut into bursts: after 100 ms, so before channel 2 has ended.
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
  const auto gap =
      std::find(runs[0].begin(), runs[0].end(), absl::StrCat("1:", FH_RECORD_GAP, ":2"));
  const auto last =
      std::find(runs[0].begin(), runs[0].end(), absl::StrCat("2:", FH_RECORD_ORDER, ":30"));
  ASSERT_NE(gap, runs[0].end());
  ASSERT_NE(last, runs[0].end());
  EXPECT_LT(gap, last);
  EXPECT_GT(gap - runs[0].begin(), 10);
}

TEST_F(TwoChannels, AQuietChannelsGapInABusyLiveLoopEndsWithoutAnIdleMoment) {
  Make(/*capture_clock=*/false);
  const int64_t now_ns = clock_.NowUnixNs();
  std::vector<std::string> updates;
  int64_t stamp_ns = now_ns - kSecond;  // It has waited: the burst comes a second later.
  for (const auto& [bytes, line] : QuietBesideBusy()) {
    const rio::Packet packet = Packet(bytes, line, stamp_ns += 1'000'000);
    const std::vector<std::string> more = Play({packet}, 1);
    updates.insert(updates.end(), more.begin(), more.end());
  }
  EXPECT_EQ(std::count(updates.begin(), updates.end(), absl::StrCat("1:", FH_RECORD_GAP, ":2")), 1);
}

TEST_F(TwoChannels, AGapThatIsFilledDoesNotMakeThatOfTheOtherForgotten) {
  Make(/*capture_clock=*/false);
  const int64_t now_ns = clock_.NowUnixNs();
  const auto second_ticks = static_cast<uint64_t>(clock_.Quality().ticks_per_second);
  // A second ago: both lack message 2, then channel 2 gets it.
  int64_t stamp_ns = now_ns - kSecond;
  for (const auto& [number, line] : {std::pair{1, 0}, {3, 0}, {1, 1}, {3, 1}, {2, 1}}) {
    rio::Packet packet = Packet(test::MoldPacket(static_cast<uint64_t>(number), 1),
                                static_cast<uint16_t>(line), stamp_ns += 1'000'000);
    packet.dequeue_ticks -= second_ticks;
    for (const std::string& update : Play({packet}, 1)) {
      EXPECT_NE(update, absl::StrCat("1:", FH_RECORD_GAP, ":2")) << "not yet";
    }
  }
  const std::vector<std::string> updates = Play({Packet(test::MoldPacket(4, 1), 1, now_ns)}, 1);
  EXPECT_EQ(std::count(updates.begin(), updates.end(), absl::StrCat("1:", FH_RECORD_GAP, ":2")), 1);
}

TEST_F(TwoChannels, EachPacketsOwnWaitIsRecordedForItsLine) {
  Make(/*capture_clock=*/false);
  const int64_t now_ns = clock_.NowUnixNs();
  std::vector<rio::Packet> packets;
  for (uint64_t n = 1; n <= 50; ++n) {  // Aged 1 to 50 ms, in one burst.
    packets.push_back(
        Packet(test::MoldPacket(n, 1), n % 2, now_ns - static_cast<int64_t>(n) * 1'000'000));
  }
  Play(packets, 64);
  core_->OnIdle();
  const latency::HistogramSnapshot waits = core_->Stages().of(latency::Stage::kWireToDequeue);
  EXPECT_EQ(waits.total(), 50u);
  EXPECT_GE(waits.ValueAtPercentile(50), 25'000'000);
  EXPECT_GE(waits.max(), 50'000'000);
  EXPECT_EQ(core_->WaitOf(0).total(), 25u);
  EXPECT_EQ(core_->WaitOf(1).total(), 25u);
}

// Notes where the bytes are that it is given.
class SpyCodec final : public codecs::Codec {
 public:
  explicit SpyCodec(std::vector<const uint8_t*>& seen)
      : Codec({.per_message = 1, .bytes_per_entry = 0}), seen_(seen) {}

  void Frame(std::span<const rio::Packet>, std::span<codecs::PacketFrame> frames) override {
    for (codecs::PacketFrame& frame : frames) {
      frame = {};
      frame.kind = codecs::FrameKind::kMessages;
      frame.first_sequence = next_++;
      frame.message_count = 1;
      frame.number_count = 1;
    }
  }
  void Decode(std::span<const codecs::DecodeJob> jobs, codecs::UpdateWriter&) override {
    for (const codecs::DecodeJob& job : jobs) seen_.push_back(job.packet->data);
  }
  void Describe(const rio::Packet&, const codecs::PacketFrame&,
                codecs::MessageVisitor&) const override {}

 private:
  std::vector<const uint8_t*>& seen_;
  uint64_t next_ = 1;
};

class ZeroCopyTest : public ::testing::TestWithParam<const rio::BackendInfo*> {};

TEST_P(ZeroCopyTest, WhatTheDecoderReadsIsTheRegisteredSlice) {
  const rio::ProbeResult probe = GetParam()->probe();
  if (!probe.available) GTEST_SKIP() << "skipped: " << probe.reason;
  const int port = static_cast<uint16_t>(47'100 + (GetParam() - rio::SocketBackends().data()));
  const rio::Subscription line{.group = *rio::ParseEndpoint(absl::StrCat("239.192.71.1:", port)),
                               .interface = "lo"};
  const absl::Status status = rio::WithBackend(GetParam()->name, [&](auto type) -> absl::Status {
    using Receiver = rio::Receiver<typename decltype(type)::type>;
    auto receiver =
        Receiver::Open({.region = {.slice_count = 64}, .receive = {.subscriptions = {line}}});
    if (!receiver.ok()) return receiver.status();
    latency::Clock clock;
    UpdateRing ring(64);
    UpdatePublisher publisher({&ring}, {0}, 1024, WhenFull::kDrop);
    std::vector<const uint8_t*> seen;
    std::vector<Channel> channels(1);
    channels[0] = {
        .feed = "spy", .session = {.lines = 1, .jump_confirmations = 1}, .line_names = {"A"}};
    channels[0].codec = std::make_unique<SpyCodec>(seen);
    FeedCore core(std::move(channels), {{0, 0}}, publisher, clock, 64, {});

    auto sender = rio::Sender::Open({.destinations = {line.group}, .interface = "lo"});
    if (!sender.ok()) return sender.status();
    const uint8_t payload[100] = {42};
    const rio::Sender::Datagram datagram{.data = payload, .length = sizeof payload};
    for (int i = 0; i < 10; ++i) EXPECT_EQ((*sender)->Send(std::span(&datagram, 1)), 1u);

    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    std::array<rio::Packet, FeedCore::kMaxBurst> burst;
    while (seen.size() < 10 && std::chrono::steady_clock::now() < deadline) {
      const size_t count = (*receiver)->Poll(burst);
      if (count == 0) continue;
      const size_t before = seen.size();
      core.OnPackets(std::span(burst).first(count));
      for (size_t i = 0; i < count; ++i) {
        const uint8_t* slice = (*receiver)->region().slice(burst[i].slice);
        EXPECT_EQ(seen[before + i], burst[i].data);
        EXPECT_GE(burst[i].data, slice);
        EXPECT_LT(burst[i].data, slice + (*receiver)->region().slice_bytes());
        EXPECT_EQ(burst[i].data[0], 42);
      }
      (*receiver)->Release(core.TakeReleased());
    }
    EXPECT_EQ(seen.size(), 10u);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

INSTANTIATE_TEST_SUITE_P(Backends, ZeroCopyTest, ::testing::ValuesIn(test::AllBackends()),
                         test::BackendTestName);

}  // namespace
}  // namespace fh
