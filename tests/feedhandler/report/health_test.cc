// When a running handler is not well, and in which words: by counts at given moments.
#include "feedhandler/report/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fh {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kSecondNs = 1'000'000'000;

class HealthTest : public testing::Test {
 protected:
  HealthTest() {
    Channel channel{.feed = "itch", .id = 1};
    channel.session.lines = 2;
    channel.session.line_silent_ns = 3 * kSecondNs;
    channel.line_names = {"A", "B"};
    channels_.push_back(std::move(channel));
    pointers_ = {&channels_[0]};
    counters_.channels.resize(1);
    counters_.threads.resize(1);
    counters_.threads[0].channels.resize(1);
    counters_.threads[0].receive_lines.resize(2);
    health_.emplace(pointers_);
  }

  std::vector<std::string> At(int64_t second, const SilenceWatch* silence = nullptr) {
    health_->Look(counters_, drops_, second * kSecondNs);
    return health_->Reasons(silence);
  }

  std::vector<Channel> channels_;
  std::vector<const Channel*> pointers_;
  PipelineCounters counters_;
  std::vector<Drop> drops_{{.layer = "socket", .unit = "datagrams", .fix = "raise it"},
                           {.scope = DropScope::kHost, .layer = "nic", .unit = "frames"}};
  std::optional<HealthWatch> health_;
};

TEST_F(HealthTest, IsGoodBeforeTheFirstLookAndWhileNothingIsLost) {
  EXPECT_THAT(health_->Reasons(nullptr), IsEmpty());
  EXPECT_THAT(At(1), IsEmpty());
  EXPECT_EQ(HealthJson({}), "{\"status\":\"ok\",\"reasons\":[]}\n");
}

TEST_F(HealthTest, SaysWhichLineIsSilentAndWhichIsWithoutInterface) {
  SilenceWatch silence(pointers_, 0);
  ++counters_.channels[0].lines[0].packets;
  silence.Look(counters_, 4 * kSecondNs);
  EXPECT_THAT(At(4, &silence), ElementsAre("itch channel 1 line B: nothing for 4.00 s"));
  EXPECT_THAT(At(4), IsEmpty()) << "of a file lines may be silent";
  counters_.threads[0].receive_lines[1].deaf = true;
  EXPECT_THAT(At(5), ElementsAre(HasSubstr("line B: is without interface")));
}

TEST_F(HealthTest, SaysThatAChannelIsStuckAsLongAsItIs) {
  counters_.channels[0].session.is_stuck = true;
  EXPECT_THAT(At(1), ElementsAre(HasSubstr("itch channel 1: stuck")));
  counters_.channels[0].session.is_stuck = false;
  EXPECT_THAT(At(2), IsEmpty());
}

TEST_F(HealthTest, LossesCountForAMinuteFromWhenTheyCame) {
  At(1);
  At(99);
  counters_.channels[0].session.gaps = 2;
  counters_.channels[0].session.missing_messages = 1500;
  drops_[0].count = 7;
  drops_[1].count = 1000;  // The host's need not be ours.
  const auto reasons = At(100);
  EXPECT_THAT(reasons,
              ElementsAre("itch channel 1: 2 gaps within the last minute, 1,500 messages missing",
                          "layer socket dropped 7 datagrams within the last minute: raise it"));
  for (int64_t second = 101; second < 159; ++second) {
    EXPECT_EQ(At(second).size(), 2u) << second;
  }
  EXPECT_THAT(At(161), IsEmpty());
  ++counters_.channels[0].session.gaps;
  EXPECT_THAT(At(162), ElementsAre(HasSubstr("1 gaps")));
}

TEST_F(HealthTest, WhatWasLostBeforeTheFirstLookCounts) {
  counters_.channels[0].session.gaps = 1;
  EXPECT_THAT(At(1), ElementsAre(HasSubstr("1 gaps")));
  EXPECT_THAT(At(62), IsEmpty());
}

TEST_F(HealthTest, JsonHasEveryReasonEscaped) {
  EXPECT_EQ(HealthJson({"a \"b\"", "c"}),
            "{\"status\":\"unhealthy\",\"reasons\":[\"a \\\"b\\\"\",\"c\"]}\n");
}

}  // namespace
}  // namespace fh
