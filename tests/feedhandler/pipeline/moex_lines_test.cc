// MOEX FORTS through the whole of the pipeline's core: lines A and B of the captured increments
// become one stream, and the rounds of snapshots are no restarts.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codecs/registry.h"
#include "feedhandler/pipeline/feed_core.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/moex/moex_capture.h"

namespace fh {
namespace {

using codecs::NormalizedUpdate;

constexpr int64_t kMs = 1'000'000;

// One channel of two lines; what comes out, by record and number.
class MoexChannel {
 public:
  explicit MoexChannel(codecs::ChannelRole role)
      : ring_(1 << 16), publisher_({&ring_}, {0}, FeedCore::kMostOfAMessage, WhenFull::kDrop) {
    std::vector<Channel> channels;
    Channel channel{.feed = "moex",
                    .id = 0,
                    .session = {.lines = 2},
                    .line_names = {"A", "B"},
                    .role = role,
                    .streams = 1};
    auto codec = (*codecs::FindCodec("moex_forts"))->make({.channel_id = 0, .role = role});
    EXPECT_TRUE(codec.ok()) << codec.status();
    channel.codec = *std::move(codec);
    channels.push_back(std::move(channel));
    core_ = std::make_unique<FeedCore>(
        std::move(channels),
        std::vector<LineOfChannel>{{.channel = 0, .line = 0}, {.channel = 0, .line = 1}},
        publisher_, clock_, 4096, FeedCoreOptions{.capture_clock = true});
  }

  void Take(uint16_t line, const std::string& datagram, int64_t at_ns) {
    const rio::Packet bytes = storage_.emplace_back(datagram).packet();
    const rio::Packet packet{.data = bytes.data,
                             .length = bytes.length,
                             .slice = next_slice_++,
                             .stamp_ns = at_ns,
                             .dequeue_ticks = latency::Clock::Ticks(),
                             .line = line,
                             .stamp_source = rio::StampSource::kCapture,
                             .truncated = false};
    core_->OnPackets({&packet, 1});
    core_->TakeReleased();
    NormalizedUpdate update;
    while (ring_.Pop(update)) {
      ++records[update.record];
      if (update.record == FH_RECORD_LEVEL) numbers.insert(fh_number(update.sequence));
      if (update.record == FH_RECORD_GAP) {
        gaps.emplace_back(update.gap.cause, fh_number(update.gap.last));
      }
    }
  }

  ChannelCounters Counters() {
    std::vector<ChannelCounters> counters(1);
    core_->CopyCounters(counters);
    return counters[0];
  }

  std::map<int, uint64_t> records;
  std::set<uint64_t> numbers;
  std::vector<std::pair<uint16_t, uint64_t>> gaps;

 private:
  latency::Clock clock_;
  UpdateRing ring_;
  UpdatePublisher publisher_;
  std::unique_ptr<FeedCore> core_;
  std::vector<test::PacketBytes> storage_;
  uint32_t next_slice_ = 0;
};

using ByNumber = std::map<uint64_t, std::string>;

ByNumber Numbered(const std::string& name) {
  const auto codec = *(*codecs::FindCodec("moex_forts"))->make({});
  ByNumber datagrams;
  for (const std::string& datagram : test::MoexDatagrams(name)) {
    const test::PacketBytes bytes(datagram);
    codecs::PacketFrame frame;
    codec->Frame({&bytes.packet(), 1}, {&frame, 1});
    datagrams.emplace(frame.first_sequence, datagram);
  }
  return datagrams;
}

TEST(MoexLines, AAndBTogetherHaveNoGap) {
  if (!test::HasMoexCaptures()) GTEST_SKIP() << test::kNoCaptures;
  const ByNumber a = Numbered("increment_a");
  const ByNumber b = Numbered("increment_b");
  ByNumber all = a;
  all.insert(b.begin(), b.end());
  EXPECT_EQ(all.size() - b.size(), 24u) << "of A alone: B begins later";
  EXPECT_EQ(all.rbegin()->first - all.begin()->first + 1, all.size()) << "no gap";
  MoexChannel channel(codecs::ChannelRole::kIncremental);
  std::set<uint64_t> expected;
  for (const auto& [number, datagram] : all) {
    const int64_t at_ns = static_cast<int64_t>(number) * kMs;
    if (const auto found = a.find(number); found != a.end()) channel.Take(0, found->second, at_ns);
    if (const auto found = b.find(number); found != b.end()) channel.Take(1, found->second, at_ns);
    expected.insert(number);
  }
  EXPECT_EQ(channel.numbers, expected);
  const ChannelCounters counters = channel.Counters();
  EXPECT_EQ(counters.session.duplicate_messages, a.size() + b.size() - all.size());
  // What happened before the capture began.
  ASSERT_EQ(channel.gaps.size(), 1u);
  EXPECT_EQ(channel.gaps[0], std::pair(uint16_t{FH_GAP_LATE_JOIN}, all.begin()->first - 1));
  EXPECT_EQ(channel.records[FH_RECORD_SESSION], 1u);
}

// What one line loses comes of the other; what both lose is said.
TEST(MoexLines, LinesThatLoseCompleteEachOtherAndAloneSayWhatIsMissing) {
  if (!test::HasMoexCaptures()) GTEST_SKIP() << test::kNoCaptures;
  const ByNumber a = Numbered("increment_a");
  MoexChannel both(codecs::ChannelRole::kIncremental);
  MoexChannel alone(codecs::ChannelRole::kIncremental);
  uint64_t lost = 0;
  for (const auto& [number, datagram] : a) {
    // Slower than gaps time out.
    const int64_t at_ns = static_cast<int64_t>(number) * 200 * kMs;
    const bool a_loses = number % 97 == 0;
    if (!a_loses) both.Take(0, datagram, at_ns);
    if (number % 97 != 1) both.Take(1, datagram, at_ns);
    if (!a_loses) alone.Take(0, datagram, at_ns);
    lost += a_loses ? 1 : 0;
  }
  EXPECT_EQ(both.numbers.size(), a.size());
  EXPECT_EQ(both.gaps.size(), 1u) << "what was before the capture";
  EXPECT_EQ(alone.numbers.size(), a.size() - lost);
  EXPECT_EQ(alone.gaps.size(), 1 + lost);
}

TEST(MoexLines, RoundsOfSnapshotsAreNoRestarts) {
  if (!test::HasMoexCaptures()) GTEST_SKIP() << test::kNoCaptures;
  MoexChannel channel(codecs::ChannelRole::kSnapshot);
  int64_t at_ns = kMs;
  uint64_t packets = 0;
  for (const std::string& datagram : test::MoexDatagrams("snapshot")) {
    channel.Take(0, datagram, at_ns += kMs);
    ++packets;
  }
  EXPECT_EQ(packets, 4377u);
  EXPECT_EQ(channel.Counters().session.delivered_messages, packets);
  EXPECT_EQ(channel.records[FH_RECORD_SESSION], 0u) << "341 rounds";
  EXPECT_EQ(channel.records[FH_RECORD_STATUS], 341u + 3'695u) << "one a round, one a snapshot";
  for (const auto& [cause, last] : channel.gaps) EXPECT_EQ(cause, FH_GAP_LATE_JOIN);
}

}  // namespace
}  // namespace fh
