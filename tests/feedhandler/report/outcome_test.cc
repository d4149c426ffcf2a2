// What the exit status of a run has to say, from counters alone.
#include "feedhandler/report/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fh {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RunFaultsTest : public testing::Test {
 protected:
  RunFaultsTest() {
    Channel channel{.feed = "itch", .id = 7};
    channel.session.lines = 2;
    channel.line_names = {"A", "B"};
    channels_.push_back(std::move(channel));
    pointers_ = {&channels_[0]};
    counters_.channels.resize(1);
    counters_.packets = 10;
    counters_.channels[0].lines[0] = {.packets = 10, .messages = 100};
    counters_.channels[0].session.delivered_messages = 100;
    counters_.channels[0].codec.messages = 100;
    counters_.channels[0].codec.updates = 100;
  }

  SessionStats& session() { return counters_.channels[0].session; }
  LineStats& line() { return counters_.channels[0].lines[0]; }
  codecs::CodecStats& codec() { return counters_.channels[0].codec; }
  void NothingDelivered() {
    session().delivered_messages = 0;
    codec().messages = 0;
    codec().updates = 0;
  }
  std::vector<std::string> Live() { return RunFaults(pointers_, counters_, RunSource::kLive); }
  std::vector<std::string> File(const std::string& groups = "") {
    return RunFaults(pointers_, counters_, RunSource::kFile, groups);
  }

  std::vector<Channel> channels_;
  std::vector<const Channel*> pointers_;
  PipelineCounters counters_;
};

TEST_F(RunFaultsTest, AreNoneWhenAllIsWell) {
  EXPECT_THAT(Live(), IsEmpty());
  EXPECT_THAT(File(), IsEmpty());
}

TEST_F(RunFaultsTest, NameAChannelWithMoreStreamsThanSessions) {
  channels_[0].streams = 8;
  counters_.channels[0].strayed_messages = 3;
  EXPECT_THAT(Live(), ElementsAre(AllOf(HasSubstr("itch channel 7: 3 messages"),
                                        HasSubstr("streams (8 now)"))));
}

TEST_F(RunFaultsTest, NameAChannelThatWasStuck) {
  session().stuck_times = 1;
  EXPECT_THAT(Live(), ElementsAre(AllOf(HasSubstr("itch channel 7"), HasSubstr("stuck 1 time"))));
  session().stuck_times = 2;
  session().is_stuck = true;
  EXPECT_THAT(File(), ElementsAre(HasSubstr("stuck 2 times, and is")));
}

TEST_F(RunFaultsTest, SayWhyPacketsBroughtNothing) {
  NothingDelivered();
  line() = {.packets = 10, .rejected_packets = 10};
  codec().foreign = 9;
  codec().too_short = 1;
  EXPECT_THAT(Live(), ElementsAre(AllOf(HasSubstr("itch channel 7: 10 packets came"),
                                        HasSubstr("9 of another protocol, 1 too short"),
                                        HasSubstr("is the codec the group's?"))));
  line() = {.packets = 10, .messages = 50};
  session().dropped_messages = 50;
  EXPECT_THAT(Live(), ElementsAre(HasSubstr("50 messages were of a session that is over")));
  session().dropped_messages = 0;
  EXPECT_THAT(Live(), ElementsAre(HasSubstr("all 50 messages came too late")));
}

TEST_F(RunFaultsTest, AreNoneForHeartbeatsAlone) {
  NothingDelivered();
  line() = {.packets = 10};
  EXPECT_THAT(Live(), IsEmpty());
}

TEST_F(RunFaultsTest, AreNoneForAFewForeignPacketsAmongMany) {
  line().rejected_packets = 3;
  EXPECT_THAT(Live(), IsEmpty());
}

TEST_F(RunFaultsTest, SayThatNothingCouldBeDecoded) {
  codec().updates = 0;
  codec().unknown = 90;
  codec().malformed = 10;
  EXPECT_THAT(Live(), ElementsAre(HasSubstr("none of 100 messages could be decoded")));
  codec().unknown = 89;  // The last one is known, and has no normalized form.
  EXPECT_THAT(Live(), IsEmpty());
}

TEST_F(RunFaultsTest, NameTheLinesWhenNoPacketCame) {
  counters_.packets = 0;
  EXPECT_THAT(Live(), ElementsAre(AllOf(HasSubstr("no packet came"),
                                        HasSubstr("itch channel 7 lines A, B"))));
}

TEST_F(RunFaultsTest, ListTheGroupsOfAFileOfWhichNothingMatched) {
  counters_.packets = 0;
  EXPECT_THAT(File("\nit holds:\n  239.1.1.1:5"),
              ElementsAre(AllOf(HasSubstr("nothing of the input was for a line of itch channel 7"),
                                HasSubstr("239.1.1.1:5"))));
}

TEST_F(RunFaultsTest, SayThatMoreOfAFileIsLostThanDelivered) {
  session().missing_messages = 101;
  EXPECT_THAT(File(), ElementsAre(HasSubstr("101 messages are missing")));
  EXPECT_THAT(Live(), IsEmpty());  // The network's losses are no fault of the run.
  session().taken_back_messages = 1;
  EXPECT_THAT(File(), IsEmpty());
}

}  // namespace
}  // namespace fh
