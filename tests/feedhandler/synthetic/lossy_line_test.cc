#include "feedhandler/synthetic/lossy_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace fh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Arrivals {
  std::vector<uint64_t> arrived;  // First sequences, in the order of arrival.
  std::set<uint64_t> messages;
  uint64_t sent_messages = 0;
  bool bytes_kept = true;
};

// Sends packets of one to three messages, whose bytes are their first sequence number.
Arrivals SendThrough(LossyLine& line, uint64_t packets) {
  Arrivals run;
  const auto deliver = [&run](const MoldPacket& packet) {
    run.arrived.push_back(packet.first_sequence);
    for (uint64_t i = 0; i < packet.message_count; ++i) {
      run.messages.insert(packet.first_sequence + i);
    }
    uint64_t written = 0;
    std::copy(packet.bytes.begin(), packet.bytes.end(), reinterpret_cast<uint8_t*>(&written));
    run.bytes_kept &= written == packet.first_sequence;
  };
  uint64_t next = 1;
  for (uint64_t i = 0; i < packets; ++i) {
    const uint64_t name = next;
    const auto count = static_cast<uint32_t>(1 + i % 3);
    line.Send({{reinterpret_cast<const uint8_t*>(&name), sizeof name}, next, count}, deliver);
    next += count;
  }
  line.Flush(deliver);
  run.sent_messages = next - 1;
  return run;
}

TEST(LossyLineTest, AWholeLineDeliversEverythingInOrderAtOnce) {
  LossyLine line({});
  const Arrivals run = SendThrough(line, 1000);
  EXPECT_EQ(run.arrived.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(run.arrived.begin(), run.arrived.end()));
  EXPECT_THAT(line.undelivered(), IsEmpty());
}

TEST(LossyLineTest, UndeliveredIsExactlyWhatDidNotArrive) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    LossyLine line({.seed = seed,
                    .loss = static_cast<double>(seed % 11) / 20,
                    .duplication = 0.1,
                    .reordering = 0.2,
                    .max_displacement = static_cast<uint32_t>(1 + seed % 64)});
    const Arrivals run = SendThrough(line, 500);
    std::set<uint64_t> expected;
    for (uint64_t i = 1; i <= run.sent_messages; ++i) {
      if (!run.messages.contains(i)) expected.insert(i);
    }
    std::set<uint64_t> told;
    uint64_t behind = 0;
    for (const MessageRange& range : line.undelivered()) {
      EXPECT_GT(range.first, behind) << "not joined or not ordered, seed " << seed;
      behind = range.last + 1;
      for (uint64_t i = range.first; i <= range.last; ++i) told.insert(i);
    }
    EXPECT_EQ(told, expected) << "seed " << seed;
    EXPECT_EQ(line.stats().messages_lost, expected.size());
    EXPECT_EQ(line.stats().delivered,
              line.stats().packets - line.stats().lost + line.stats().duplicated);
    EXPECT_EQ(run.arrived.size(), line.stats().delivered);
    EXPECT_TRUE(run.bytes_kept);
  }
}

TEST(LossyLineTest, NoPacketIsOvertakenByMoreThanAllowed) {
  constexpr uint32_t kMost = 8;
  LossyLine line({.seed = 5, .reordering = 0.3, .max_displacement = kMost});
  const Arrivals run = SendThrough(line, 5000);
  EXPECT_FALSE(std::is_sorted(run.arrived.begin(), run.arrived.end()));
  std::vector<uint64_t> in_order = run.arrived;
  std::sort(in_order.begin(), in_order.end());
  uint32_t most = 0;
  for (size_t i = 0; i < run.arrived.size(); ++i) {
    const auto later_ones_before =
        std::count_if(run.arrived.begin(), run.arrived.begin() + static_cast<ptrdiff_t>(i),
                      [&](uint64_t other) { return other > run.arrived[i]; });
    most = std::max(most, static_cast<uint32_t>(later_ones_before));
  }
  EXPECT_LE(most, kMost);
  EXPECT_GT(most, kMost / 2);
  EXPECT_GT(line.stats().reordered, 1000u);
}

TEST(LossyLineTest, TheSameSeedDoesTheSameAndSharesComeOut) {
  const LossyLineOptions options{.seed = 9, .loss = 0.05, .duplication = 0.02, .reordering = 0.1};
  LossyLine a(options);
  LossyLine b(options);
  EXPECT_EQ(SendThrough(a, 20'000).arrived, SendThrough(b, 20'000).arrived);
  EXPECT_NEAR(static_cast<double>(a.stats().lost), 1000, 150);
  EXPECT_NEAR(static_cast<double>(a.stats().duplicated), 380, 100);
  EXPECT_NEAR(static_cast<double>(a.stats().reordered), 1860, 200);
}

TEST(LossyLineTest, EverythingCanBeLost) {
  LossyLine line({.loss = 1.0});
  const Arrivals run = SendThrough(line, 9);
  EXPECT_THAT(run.arrived, IsEmpty());
  EXPECT_THAT(line.undelivered(), ElementsAre(MessageRange{1, run.sent_messages}));
}

TEST(IntersectionTest, GivesWhatNeitherLineDelivered) {
  EXPECT_THAT(Intersection({{1, 5}, {10, 20}, {30, 30}}, {{4, 12}, {15, 16}, {20, 40}}),
              ElementsAre(MessageRange{4, 5}, MessageRange{10, 12}, MessageRange{15, 16},
                          MessageRange{20, 20}, MessageRange{30, 30}));
  EXPECT_THAT(Intersection({{1, 5}}, {{6, 9}}), IsEmpty());
  EXPECT_THAT(Intersection({}, {{6, 9}}), IsEmpty());
}

}  // namespace
}  // namespace fh
