// What happens to a feed on a trading day, tried on every codec of the registry that has the property:
// each message is delivered once, in the order of its stream, or its loss is said.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "feedhandler/pipeline/feed_core.h"
#include "tests/scenarios/scenario_venues.h"

namespace fh {
namespace {

using codecs::CodecInfo;
using codecs::FrameKind;
using codecs::NormalizedUpdate;
using test::ScenarioVenue;
using test::WirePacket;
using Tags = std::vector<uint64_t>;

constexpr int64_t kUs = 1'000;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMorning = 1'700'000'000 * kSecond;

// A channel of the venue on lines A and B, with a clock that the packets' stamps turn.
class Day {
 public:
  // `store`: shared with another channel; null: one of its own.
  explicit Day(const CodecInfo& info, codecs::ChannelRole role = codecs::ChannelRole::kIncremental,
               codecs::InstrumentStore* store = nullptr)
      : venue_(*test::FindScenarioVenue(info.name)),
        numbering_(info.numbering),
        ring_(1 << 16),
        publisher_({&ring_}, {1}, FeedCore::kMostOfAMessage, WhenFull::kDrop),
        own_store_(1000) {
    if (store == nullptr) store = &own_store_;
    Channel channel{.feed = info.name,
                    .id = 1,
                    .instruments = store,
                    .instrument_scope = info.instrument_scope,
                    .session = {.lines = 2},
                    .line_names = {"A", "B"},
                    .role = role,
                    .streams = static_cast<uint16_t>(info.numbering.has_streams ? 4 : 1)};
    if (numbering_.marks_retransmissions) channel.session.recovery_lines = 1;
    if (numbering_.marks_retransmissions) channel.line_names.push_back("again");
    channel.codec = *info.make({.channel_id = 1, .role = role, .instruments = store});
    std::vector<Channel> channels;
    channels.push_back(std::move(channel));
    core_ = std::make_unique<FeedCore>(std::move(channels),
                                       std::vector<LineOfChannel>{{0, 0}, {0, 1}}, publisher_,
                                       clock_, 1 << 16, FeedCoreOptions{.capture_clock = true});
  }

  bool numbers_packets() const { return numbering_.unit == codecs::Numbering::Unit::kPackets; }
  // Numbers that a packet of `messages` uses.
  uint64_t NumbersOf(uint64_t messages) const { return numbers_packets() ? 1 : messages; }

  void Send(uint16_t line, WirePacket packet) {
    packet.time_ns = now_ns_ + kUs;
    SendBytes(line, venue_.packet(packet));
  }

  void SendBytes(uint16_t line, std::string packet) {
    now_ns_ += kUs;
    std::string& bytes = storage_.emplace_back(std::move(packet));
    const size_t length = bytes.size();
    bytes.resize(length + rio::kReadablePastEnd);
    const rio::Packet arrived{.data = reinterpret_cast<const uint8_t*>(bytes.data()),
                              .length = static_cast<uint32_t>(length),
                              .slice = next_slice_++,
                              .stamp_ns = now_ns_,
                              .dequeue_ticks = latency::Clock::Ticks(),
                              .line = line,
                              .stamp_source = rio::StampSource::kCapture,
                              .truncated = false};
    burst_.push_back(arrived);
    if (burst_.size() >= burst_size_) Deliver();
  }

  void Deliver() {
    core_->OnPackets(burst_);
    burst_.clear();
    core_->TakeReleased();
    Drain();
  }
  // Packets that come together from now on.
  void SetBurst(size_t packets) { burst_size_ = packets; }

  // The same packet on both lines.
  void SendTwice(const WirePacket& packet) {
    Send(0, packet);
    Send(1, packet);
  }

  void Finish() {
    if (!burst_.empty()) Deliver();
    core_->Finish();
    Drain();
  }

  const Tags& tags() const { return tags_; }
  const std::vector<uint32_t>& instruments() const { return instruments_; }  // Of each tag.
  // Numbers that were said to be lost, or to be from before the join.
  const std::set<uint64_t>& lost() const { return lost_; }
  uint64_t late_join_gaps() const { return late_join_gaps_; }
  uint64_t starts() const { return starts_; }
  ChannelCounters Counters() const {
    std::vector<ChannelCounters> counters(1);
    core_->CopyCounters(counters);
    return counters[0];
  }

 private:
  void Drain() {
    NormalizedUpdate update;
    while (ring_.Pop(update)) {
      if (update.record == FH_RECORD_GAP) {
        late_join_gaps_ += update.gap.cause == FH_GAP_LATE_JOIN;
        const uint64_t first = fh_number(update.gap.first);
        const uint64_t last = std::min(fh_number(update.gap.last), first + 100'000);
        for (uint64_t number = first; number <= last; ++number) lost_.insert(number);
      } else if (codecs::IsSessionStart(update)) {
        ++starts_;
      } else if (const uint64_t tag = venue_.tag(update);
                 tag != 0 && (tags_.empty() || tags_.back() != tag)) {
        tags_.push_back(tag);  // Of several records of a message, one.
        instruments_.push_back(update.instrument_id);
      }
    }
  }

  const ScenarioVenue& venue_;
  const codecs::Numbering numbering_;
  latency::Clock clock_;
  UpdateRing ring_;
  UpdatePublisher publisher_;
  codecs::InstrumentStore own_store_;
  std::unique_ptr<FeedCore> core_;
  std::deque<std::string> storage_;
  std::vector<rio::Packet> burst_;
  size_t burst_size_ = 1;
  int64_t now_ns_ = kMorning;
  uint32_t next_slice_ = 0;
  Tags tags_;
  std::vector<uint32_t> instruments_;
  std::set<uint64_t> lost_;
  uint64_t late_join_gaps_ = 0;
  uint64_t starts_ = 0;
};

class Scenario : public testing::TestWithParam<const CodecInfo*> {
 protected:
  void SetUp() override {
    ASSERT_NE(test::FindScenarioVenue(GetParam()->name), nullptr)
        << GetParam()->name << " has no row in tests/scenarios/scenario_venues.cc";
  }
  const CodecInfo& info() const { return *GetParam(); }
  const ScenarioVenue& venue() const { return *test::FindScenarioVenue(GetParam()->name); }
};

// Codecs that have the property; see Having() below.
class WrappingNumbers : public Scenario {};
class SeveralUnits : public Scenario {};
class Unsequenced : public Scenario {};
class SnapshotLoops : public Scenario {};
class MarkedAgain : public Scenario {};
class VenuesInstrumentsScenario : public Scenario {};

Tags Range(uint64_t first, uint64_t last) {
  Tags tags;
  for (uint64_t tag = first; tag <= last; ++tag) tags.push_back(tag);
  return tags;
}

TEST_P(Scenario, EachMessageOfTwoLossyLinesComesOnceOrItsLossIsSaid) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    Day day(info());
    uint64_t number = 1;
    uint64_t tag = 1;
    std::map<uint64_t, Tags> sent;  // By first number.
    for (int i = 0; i < 400; ++i) {
      WirePacket packet{.number = number, .tags = Range(tag, tag + random() % 5)};
      tag += packet.tags.size();
      number += day.NumbersOf(packet.tags.size());
      sent[packet.number] = packet.tags;
      const bool is_first = i == 0;
      if (is_first || random() % 5 != 0) day.Send(0, packet);
      if (is_first || random() % 5 != 0) day.Send(1, packet);
      if (random() % 10 == 0) day.Send(random() % 2, packet);
    }
    day.Finish();
    std::vector<uint64_t> expected;
    for (const auto& [first, tags] : sent) {
      for (size_t i = 0; i < tags.size(); ++i) {
        if (!day.lost().contains(day.numbers_packets() ? first : first + i)) {
          expected.push_back(tags[i]);
        }
      }
    }
    ASSERT_EQ(day.tags(), expected) << "seed " << seed;
    ASSERT_GT(day.lost().size(), 0u);
    ASSERT_LT(day.lost().size(), number / 5) << "far more than both lines lost together";
  }
}

TEST_P(Scenario, WhoJoinsLateGetsAllThatFollowsAndIsToldWhatCameBefore) {
  Day day(info());
  for (uint64_t i = 0; i < 20; ++i) day.SendTwice({.number = 5001 + i, .tags = {1 + i}});
  EXPECT_EQ(day.tags(), Range(1, 20));
  EXPECT_EQ(day.late_join_gaps(), 1u);
  EXPECT_EQ(day.starts(), 1u);
}

TEST_P(Scenario, ALoneLineThatBringsPacketsOutOfOrderLosesNone) {
  for (const uint64_t messages : {1, 20}) {
    for (const size_t run : {2, 4, 8, 16, 32}) {
      std::mt19937_64 random(run);
      Day day(info());
      day.SetBurst(run);
      std::vector<WirePacket> packets;
      for (uint64_t i = 0, number = 1; i < 10 + 20 * run; ++i) {
        packets.push_back({.number = number, .tags = Range(1 + i * messages, (i + 1) * messages)});
        number += day.NumbersOf(messages);
      }
      for (size_t first = 10; first < packets.size(); first += run) {
        std::shuffle(&packets[first], &packets[first] + run, random);
      }
      for (const WirePacket& packet : packets) day.Send(0, packet);
      day.Finish();
      EXPECT_EQ(day.tags(), Range(1, packets.size() * messages))
          << "runs of " << run << " packets of " << messages;
      EXPECT_EQ(day.lost().size(), 0u);
    }
  }
}

TEST_P(Scenario, AfterARestartEverythingOfBothSessionsHasCome) {
  Day day(info());
  for (uint64_t i = 0; i < 50; ++i) day.SendTwice({.number = 1 + i, .tags = {1 + i}});
  const uint32_t session = venue().names_sessions ? 2 : 1;
  for (uint64_t i = 0; i < 50; ++i) {
    day.SendTwice({.number = 1 + i, .tags = {101 + i}, .session = session});
  }
  day.Finish();
  Tags expected = Range(1, 50);
  for (const uint64_t tag : Range(101, 150)) expected.push_back(tag);
  EXPECT_EQ(day.tags(), expected);
  EXPECT_EQ(day.starts(), 2u);
}

TEST_P(WrappingNumbers, BehindTheHighestNumberTheNextOnesFollow) {
  const codecs::Numbering& numbering = info().numbering;
  Day day(info());
  const uint64_t highest = (uint64_t{1} << numbering.bits) - 1;
  uint64_t number = highest - 9;
  for (uint64_t i = 0; i < 20; ++i) {
    day.SendTwice({.number = number, .tags = {1 + i}});
    number = number == highest ? numbering.after_wrap : number + 1;
  }
  EXPECT_EQ(day.tags(), Range(1, 20));
  EXPECT_EQ(day.starts(), 1u);
  EXPECT_EQ(day.Counters().session.missing_messages, 0u);
}

TEST_P(SeveralUnits, UnitsOnOneLineDoNotDisturbEachOther) {
  Day day(info());
  std::set<uint64_t> expected;
  for (uint64_t i = 0; i < 100; ++i) {
    for (const uint16_t unit : {1, 2}) {
      const uint64_t tag = unit * 1000 + i;
      expected.insert(tag);
      day.SendTwice({.number = unit * 500 + i, .tags = {tag}, .stream = unit});
    }
  }
  EXPECT_EQ(day.tags().size(), expected.size());
  EXPECT_EQ(std::set<uint64_t>(day.tags().begin(), day.tags().end()), expected);
  EXPECT_EQ(day.Counters().streams, 2u);
}

TEST_P(Unsequenced, PacketsOutsideOfAllNumberingComeOnceInTheirPlace) {
  Day day(info());
  for (uint64_t i = 1; i <= 10; ++i) day.SendTwice({.number = i, .tags = {i}});  // Is believed now.
  for (uint64_t i = 0; i < 100; ++i) {
    day.SendTwice({.number = 11 + i, .tags = {11 + 2 * i}});
    day.SendTwice({.number = 0, .tags = {12 + 2 * i}, .kind = FrameKind::kUnsequenced});
  }
  EXPECT_EQ(day.tags(), Range(1, 210));
}

TEST_P(SnapshotLoops, EachRoundOfASnapshotChannelIsDeliveredAndIsNoRestart) {
  Day day(info(), codecs::ChannelRole::kSnapshot);
  Tags expected;
  for (uint64_t round = 0; round < 30; ++round) {
    for (uint64_t i = 0; i < 10; ++i) {
      day.SendTwice({.number = 1 + i, .tags = {1 + 10 * round + i}});
      expected.push_back(1 + 10 * round + i);
    }
  }
  EXPECT_EQ(day.tags(), expected);
  EXPECT_EQ(day.starts(), 0u) << "a round is no session";
  EXPECT_EQ(day.lost().size(), 0u);
}

TEST_P(MarkedAgain, WhatIsSentAgainFillsItsGapAndSaysNothingOfWhereTheStreamStands) {
  Day day(info());
  for (uint64_t i = 1; i <= 10; ++i) {
    if (i == 5) continue;
    day.SendTwice({.number = i, .tags = {i}});
    if (i == 7) day.Send(0, {.number = 5, .tags = {5}, .kind = FrameKind::kRetransmitted});
  }
  day.Send(0, {.number = 2, .tags = {2}, .kind = FrameKind::kRetransmitted});
  day.SendTwice({.number = 11, .tags = {11}});
  EXPECT_EQ(day.tags(), Range(1, 11));
  EXPECT_EQ(day.starts(), 1u);
  EXPECT_EQ(day.Counters().session.missing_messages, 0u);
}

// Definitions come on a channel of their own, and orders of the same instruments on another.
TEST_P(VenuesInstrumentsScenario, DefinitionsOfAnotherChannelNameThemBeforeAndAfterTheyAreUsed) {
  // Observed with a table a channel: an id over 65,535 refused, names unknown on the other channel.
  codecs::InstrumentStore store(1000);
  Day orders(info(), codecs::ChannelRole::kIncremental, &store);
  Day definitions(info(), codecs::ChannelRole::kDefinitions, &store);
  definitions.SendBytes(0, venue().definition(1, 900'000, "MORNING"));
  for (uint64_t i = 1; i <= 10; ++i) {
    orders.SendTwice({.number = i, .tags = {i}, .instrument = 900'000});
  }
  orders.SendTwice({.number = 11, .tags = {11}, .instrument = 900'001});  // Not yet defined.
  EXPECT_EQ(orders.tags(), Range(1, 11));
  EXPECT_EQ(orders.instruments().front(), 900'000u);
  EXPECT_EQ(orders.instruments().back(), 900'001u);
  EXPECT_EQ(store.Name(900'000).view(), "MORNING");
  EXPECT_EQ(store.Name(900'001).view(), "");
  definitions.SendBytes(0, venue().definition(2, 900'001, "MIDDAY"));
  EXPECT_EQ(store.Name(900'001).view(), "MIDDAY");
  // The next round begins; a channel of orders starts anew: nothing is forgotten by either.
  definitions.SendBytes(0, venue().definition(1, 900'000, "MORNING"));
  for (uint64_t i = 0; i < 50; ++i) orders.SendTwice({.number = 1 + i, .tags = {101 + i}});
  EXPECT_EQ(store.Name(900'001).view(), "MIDDAY");
  // Renamed by the venue.
  definitions.SendBytes(0, venue().definition(2, 900'001, "RENAMED"));
  EXPECT_EQ(store.Name(900'001).view(), "RENAMED");
  EXPECT_EQ(store.epoch(), 0u);
}

template <typename Property>
std::vector<const CodecInfo*> Having(Property property) {
  std::vector<const CodecInfo*> having;
  for (const CodecInfo* info : codecs::Codecs()) {
    const ScenarioVenue* venue = test::FindScenarioVenue(info->name);
    if (venue != nullptr && property(*info, *venue)) having.push_back(info);
  }
  return having;
}

std::string NameOf(const testing::TestParamInfo<const CodecInfo*>& param_info) {
  return param_info.param->name;
}

INSTANTIATE_TEST_SUITE_P(Registry, Scenario, testing::ValuesIn(codecs::Codecs()), NameOf);
INSTANTIATE_TEST_SUITE_P(Registry, WrappingNumbers,
                         testing::ValuesIn(Having([](const CodecInfo& codec, const ScenarioVenue&) {
                           return codec.numbering.bits < 64;
                         })),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Registry, SeveralUnits,
                         testing::ValuesIn(Having([](const CodecInfo& codec, const ScenarioVenue&) {
                           return codec.numbering.has_streams;
                         })),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Registry, Unsequenced,
                         testing::ValuesIn(Having([](const CodecInfo&, const ScenarioVenue& venue) {
                           return venue.has_unsequenced;
                         })),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Registry, SnapshotLoops,
                         testing::ValuesIn(Having([](const CodecInfo&, const ScenarioVenue& venue) {
                           return venue.has_loops;
                         })),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Registry, MarkedAgain,
                         testing::ValuesIn(Having([](const CodecInfo& codec, const ScenarioVenue&) {
                           return codec.numbering.marks_retransmissions;
                         })),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Registry, VenuesInstrumentsScenario,
                         testing::ValuesIn(Having([](const CodecInfo&, const ScenarioVenue& venue) {
                           return venue.definition != nullptr;
                         })),
                         NameOf);

}  // namespace
}  // namespace fh
