#include "feedhandler/pipeline/feed_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <deque>
#include <memory>

#include "codecs/instrument_table.h"
#include "codecs/registry.h"
#include "rio/receiver.h"
#include "rio/socket/sender.h"
#include "tests/all_backends.h"
#include "tests/feedhandler/pipeline/mold_stream.h"

namespace fh {
namespace {

using codecs::NormalizedUpdate;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A core with one ITCH channel on two lines, fed by hand.
class FeedCoreTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kSlices = 64;

  FeedCoreTest()
      : ring_(4096),
        publisher_({&ring_}, FeedCore::kMostOfAMessage, WhenFull::kDrop),
        instruments_(65535) {
    Channel channel{.feed = "test", .id = 5, .session = {.lines = 2}, .line_names = {"A", "B"}};
    channel.codec =
        *(*codecs::FindCodec("itch50"))->make({.channel_id = 5, .instruments = &instruments_});
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
  codecs::InstrumentTable instruments_;
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
  EXPECT_EQ(updates[0].record, FH_RECORD_STATUS);
  EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[0].instrument_id, uint32_t{FH_ALL_INSTRUMENTS});
  EXPECT_EQ(updates[0].status.kind, FH_STATUS_SESSION_START);
  EXPECT_EQ(updates[1].sequence, 1u);
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
  const latency::StageSnapshot stages = core_->stages().Snapshot();
  EXPECT_EQ(stages.of(latency::Stage::kDequeueToDecoded).total(), 1u);
  EXPECT_EQ(stages.of(latency::Stage::kDecodedToPublished).total(), 1u);
  EXPECT_EQ(stages.of(latency::Stage::kWireToDequeue).total(), 0u);
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
    UpdatePublisher publisher({&ring}, 1024, WhenFull::kDrop);
    std::vector<const uint8_t*> seen;
    std::vector<Channel> channels(1);
    channels[0] = {.feed = "spy", .session = {.lines = 1}, .line_names = {"A"}};
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
