// Which lines and feeds are silent, by counts at given moments.
#include "feedhandler/report/silence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fh {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kSecondNs = 1'000'000'000;

class SilenceTest : public testing::Test {
 protected:
  SilenceTest() {
    Channel channel{.feed = "itch", .id = 1};
    channel.session.lines = 2;
    channel.session.line_silent_ns = 3 * kSecondNs;
    channel.line_names = {"A", "B"};
    channels_.push_back(std::move(channel));
    pointers_ = {&channels_[0]};
    counters_.channels.resize(1);
  }

  uint64_t& packets(size_t line) { return counters_.channels[0].lines[line].packets; }

  std::vector<Channel> channels_;
  std::vector<const Channel*> pointers_;
  PipelineCounters counters_;
};

TEST_F(SilenceTest, OfALineIsSaidOnceAndItsReturnToo) {
  SilenceWatch silence(pointers_, 0);
  for (int64_t second = 1; second < 10; ++second) {
    ++packets(0);
    const auto notes = silence.Look(counters_, second * kSecondNs);
    if (second == 3) {
      EXPECT_THAT(notes, ElementsAre("itch channel 1 line B: nothing for 3 s"));
    } else {
      EXPECT_THAT(notes, IsEmpty()) << second;
    }
  }
  EXPECT_FALSE(silence.IsSilent(0, 0));
  EXPECT_TRUE(silence.IsSilent(0, 1));
  EXPECT_EQ(silence.LineAgeNs(0, 1), 9 * kSecondNs);
  EXPECT_EQ(silence.feeds()[0].age_ns, 0);
  ++packets(1);
  EXPECT_THAT(silence.Look(counters_, 10 * kSecondNs),
              ElementsAre("itch channel 1 line B: is back after 10 s"));
  EXPECT_EQ(silence.LineAgeNs(0, 1), 0);
}

TEST_F(SilenceTest, OfAllLinesIsThatOfTheFeed) {
  SilenceWatch silence(pointers_, 0);
  EXPECT_THAT(silence.Look(counters_, 3 * kSecondNs - 1), IsEmpty());
  EXPECT_THAT(silence.Look(counters_, 3 * kSecondNs),
              ElementsAre("itch channel 1 line A: nothing for 3 s",
                          "itch channel 1 line B: nothing for 3 s",
                          "feed itch: nothing on any line for 3 s"));
  EXPECT_TRUE(silence.feeds()[0].is_silent);
  EXPECT_EQ(silence.feeds()[0].age_ns, 3 * kSecondNs);
}

TEST(LostOnLineTest, OfALineThatIsHeardIsWhatItJumpedOver) {
  const LineStats line{
      .packets = 9, .won_messages = 5, .skipped_messages = 7, .brought_messages = 2};
  EXPECT_EQ(LostOnLine(line, {.delivered_messages = 1000}, /*is_silent=*/false), 5U);
}

TEST(LostOnLineTest, OfALineThatNeverBroughtAnythingIsAllThatWasDelivered) {
  EXPECT_EQ(LostOnLine({}, {.delivered_messages = 1000}, /*is_silent=*/false), 1000U);
}

TEST(LostOnLineTest, OfALineThatFellSilentIsWhatWasDeliveredWithoutIt) {
  const LineStats line{.packets = 9,
                       .won_messages = 100,
                       .duplicate_messages = 210,
                       .skipped_messages = 7,
                       .brought_messages = 2,
                       .repeated_messages = 10};
  EXPECT_EQ(LostOnLine(line, {.delivered_messages = 1000}, /*is_silent=*/true), 700U);
  EXPECT_EQ(LostOnLine(line, {.delivered_messages = 300}, /*is_silent=*/true), 5U);
}

}  // namespace
}  // namespace fh
