// Cboe's units through the whole of the feed thread, with the real codec: units interleaved on a line,
// lines that lose and pack differently, seconds that are lost, messages without numbers, days that
// begin anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/pitch/pitch_messages.h"
#include "codecs/pitch/pitch_sample.h"
#include "codecs/registry.h"
#include "feedhandler/pipeline/feed_core.h"

namespace fh {
namespace {

using codecs::NormalizedUpdate;
using codecs::pitch::UnitPosition;
using codecs::pitch::UnitWriter;
using testing::ElementsAre;

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMidnightNs = 1'710'475'200 * kSecond;  // 2024-03-15 in New York.
constexpr uint32_t kOpening = 34'200;
constexpr int64_t kOpeningNs = kMidnightNs + kOpening * kSecond;
constexpr uint8_t kRecovery = 2;  // The line of a gap response.

// A message of a unit.
struct Sent {
  bool is_time = false;
  uint32_t second = 0;  // Of the clock when it is sent.
  uint64_t order_id = 0;
};

void Write(const Sent& sent, UnitWriter& unit) {
  if (sent.is_time) {
    codecs::pitch::kTime.Put(unit.Add(codecs::pitch::kTimeMessage, 6), sent.second);
    return;
  }
  uint8_t* const message = unit.Add(codecs::pitch::kAddLongMessage);
  codecs::pitch::kTimeOffset.Put(message, 1'000);
  codecs::pitch::kOrderId.Put(message, sent.order_id);
  codecs::pitch::kSide.Put(message, 'B');
  codecs::pitch::kQuantity15.Put(message, 100);
  codecs::pitch::kSymbol19.Put(message, "AAPL");
}

Sent Time(uint32_t second) { return {.is_time = true, .second = second}; }
Sent Order(uint64_t id) { return {.order_id = id}; }

// A channel of the US codec with lines A and B, and one of gap responses.
class Exchange {
 public:
  Exchange()
      : ring_(1 << 15), publisher_({&ring_}, {7}, FeedCore::kMostOfAMessage, WhenFull::kDrop) {
    std::vector<Channel> channels;
    Channel channel{.feed = "cboe",
                    .id = 7,
                    .instruments = &instruments_,
                    .session = {.lines = 2, .recovery_lines = 1, .jump_confirmations = 1},
                    .line_names = {"A", "B", "gap response"},
                    .streams = 4,
                    .orders = std::make_unique<OrderIndex>(10'000)};
    channel.codec =
        *(*codecs::FindCodec("cboe_pitch"))->make({.channel_id = 7, .instruments = &instruments_});
    channels.push_back(std::move(channel));
    core_ = std::make_unique<FeedCore>(
        std::move(channels), std::vector<LineOfChannel>{{0, 0}, {0, 1}, {0, 2}}, publisher_, clock_,
        4096, FeedCoreOptions{.capture_clock = true});
  }

  void Send(uint8_t line, const std::string& bytes, int64_t at_ns) {
    std::string& kept = storage_.emplace_back(bytes);
    kept.append(rio::kReadablePastEnd, '\0');
    const rio::Packet packet{.data = reinterpret_cast<const uint8_t*>(kept.data()),
                             .length = static_cast<uint32_t>(bytes.size()),
                             .slice = next_slice_++,
                             .stamp_ns = at_ns,
                             .dequeue_ticks = latency::Clock::Ticks(),
                             .line = line,
                             .stamp_source = rio::StampSource::kCapture,
                             .truncated = false};
    core_->OnPackets({&packet, 1});
    released_ += core_->TakeReleased().size();
  }
  void Send(uint8_t line, const UnitPosition& position, const std::vector<Sent>& messages,
            int64_t at_ns) {
    UnitWriter unit(position);
    for (const Sent& sent : messages) Write(sent, unit);
    Send(line, unit.Bytes(), at_ns);
  }
  void Finish() {
    core_->Finish();
    released_ += core_->TakeReleased().size();
  }

  std::vector<NormalizedUpdate> Take() {
    std::vector<NormalizedUpdate> updates;
    NormalizedUpdate update;
    while (ring_.Pop(update)) updates.push_back(update);
    return updates;
  }

  // "11@34200 gap 3-4 12@?": orders with the second of their time, and gaps.
  std::vector<std::string> Out() {
    std::vector<std::string> out;
    for (const NormalizedUpdate& update : Take()) {
      if (update.record == FH_RECORD_GAP) {
        out.push_back("gap " + std::to_string(fh_number(update.gap.first)) + "-" +
                      std::to_string(fh_number(update.gap.last)));
      } else if (update.record == FH_RECORD_ORDER) {
        const int64_t second = (update.ts_event_ns - kMidnightNs) / kSecond;
        out.push_back(std::to_string(update.order.order_id) + "@" +
                      (update.ts_event_ns == FH_UNDEFINED_TIME ? "?" : std::to_string(second)));
      }
    }
    return out;
  }

  ChannelCounters Counters() {
    std::array<ChannelCounters, 1> counters;
    core_->CopyCounters(counters);
    return counters[0];
  }
  bool GaveAllBack() const { return released_ == next_slice_; }

 private:
  latency::Clock clock_;
  UpdateRing ring_;
  UpdatePublisher publisher_;
  codecs::InstrumentStore instruments_{100};
  std::unique_ptr<FeedCore> core_;
  std::deque<std::string> storage_;
  uint32_t next_slice_ = 0;
  uint64_t released_ = 0;
};

TEST(PitchUnits, TwoInterleavedOnALineKeepTheirNumbersAndTheirSeconds) {
  Exchange exchange;
  exchange.Send(0, {1, 1}, {Time(kOpening), Order(11)}, kOpeningNs);
  exchange.Send(0, {2, 1}, {Time(kOpening + 1), Order(21)}, kOpeningNs);
  exchange.Send(0, {1, 3}, {Order(12)}, kOpeningNs);
  exchange.Send(0, {2, 3}, {Order(22)}, kOpeningNs);
  EXPECT_THAT(exchange.Out(), ElementsAre("11@34200", "21@34201", "12@34200", "22@34201"));
  EXPECT_EQ(exchange.Counters().streams, 2u);
  EXPECT_EQ(exchange.Counters().session.missing_messages, 0u);
}

TEST(PitchUnits, AHeartbeatSaysThatTheLastMessageIsMissingAndTheGapResponseBringsIt) {
  Exchange exchange;
  exchange.Send(0, {1, 1}, {Time(kOpening), Order(11)}, kOpeningNs);
  exchange.Send(0, UnitWriter({1, 4}).Bytes(), kOpeningNs + kMs);
  EXPECT_THAT(exchange.Out(), ElementsAre("11@34200"));
  exchange.Send(kRecovery, {1, 3}, {Order(12)}, kOpeningNs + 2 * kMs);
  exchange.Send(0, {1, 4}, {Order(13)}, kOpeningNs + 3 * kMs);
  EXPECT_THAT(exchange.Out(), ElementsAre("12@34200", "13@34200"));
  EXPECT_EQ(exchange.Counters().session.missing_messages, 0u);
}

TEST(PitchUnits, AHeartbeatWithoutANumberMeansNothing) {
  Exchange exchange;
  exchange.Send(0, {1, 1}, {Time(kOpening), Order(11)}, kOpeningNs);
  for (int i = 0; i < 5; ++i) {
    exchange.Send(0, UnitWriter({1, 0}).Bytes(), kOpeningNs + i * kSecond);
    exchange.Send(1, UnitWriter({1, 0}).Bytes(), kOpeningNs + i * kSecond);
  }
  exchange.Send(0, {1, 3}, {Order(12)}, kOpeningNs + 6 * kSecond);
  EXPECT_THAT(exchange.Out(), ElementsAre("11@34200", "12@34200"));
  EXPECT_EQ(exchange.Counters().session.restarts, 0u);
}

TEST(PitchUnits, WhatHasNoNumberComesOnceFromTwoLines) {
  Exchange exchange;
  exchange.Send(0, {1, 1}, {Time(kOpening), Order(11)}, kOpeningNs);
  UnitWriter mapping({1, 0});
  codecs::pitch::kFeedSymbol2.Put(mapping.Add(codecs::pitch::kSymbolMappingMessage), "00abCD");
  exchange.Send(0, mapping.Bytes(), kOpeningNs);
  exchange.Send(1, mapping.Bytes(), kOpeningNs);
  exchange.Send(0, {1, 3}, {Order(12)}, kOpeningNs);
  int definitions = 0;
  for (const NormalizedUpdate& update : exchange.Take()) {
    if (update.record != FH_RECORD_DEFINITION) continue;
    ++definitions;
    EXPECT_EQ(fh_number(update.sequence), 0u);
  }
  EXPECT_EQ(definitions, 1);
  EXPECT_EQ(exchange.Counters().session.missing_messages, 0u);
}

TEST(PitchUnits, ALostSecondIsSaidUntilTheNextOne) {
  Exchange exchange;
  exchange.Send(0, {1, 1}, {Time(kOpening), Order(11)}, kOpeningNs);
  // Numbers 3 and 4, a Time message among them, come on no line.
  exchange.Send(0, {1, 5}, {Order(12)}, kOpeningNs + 2 * kSecond);
  exchange.Send(0, {1, 6}, {Order(13), Time(kOpening + 3), Order(14)}, kOpeningNs + 3 * kSecond);
  EXPECT_THAT(exchange.Out(), ElementsAre("11@34200", "gap 3-4", "12@?", "13@?", "14@34203"));
  EXPECT_EQ(exchange.Counters().codec.undated, 2u);
}

TEST(PitchUnits, ASecondThatTheOtherLineBringsIsNotLost) {
  Exchange exchange;
  exchange.Send(0, {1, 1}, {Time(kOpening), Order(11)}, kOpeningNs);
  exchange.Send(0, {1, 4}, {Order(12)}, kOpeningNs + kSecond);
  exchange.Send(1, {1, 2}, {Order(11), Time(kOpening + 1), Order(12)}, kOpeningNs + kSecond + kMs);
  EXPECT_THAT(exchange.Out(), ElementsAre("11@34200", "12@34201"));
}

// What becomes of an order says its number alone; the end of a transaction is of no order.
TEST(PitchUnits, WhatBecomesOfAnOrderHasItsInstrumentSideAndPrice) {
  Exchange exchange;
  exchange.Send(0, {1, 1}, {Time(kOpening), Order(11)}, kOpeningNs);
  UnitWriter unit({1, 3});
  unit.Add(codecs::pitch::kTransactionBeginMessage);
  uint8_t* message = unit.Add(codecs::pitch::kExecutedMessage);
  codecs::pitch::kOrderId.Put(message, 11);
  codecs::pitch::kExecutedQuantity.Put(message, 10);
  unit.Add(codecs::pitch::kTransactionEndMessage);
  codecs::pitch::kOrderId.Put(unit.Add(codecs::pitch::kDeleteMessage), 11);
  exchange.Send(0, unit.Bytes(), kOpeningNs);
  const std::vector<NormalizedUpdate> all = exchange.Take();
  ASSERT_GE(all.size(), 5u);
  const std::vector<NormalizedUpdate> updates(all.end() - 5, all.end());
  EXPECT_EQ(updates[0].action, FH_ACTION_TRADE);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[1].action, FH_ACTION_FILL);
  EXPECT_EQ(updates[2].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[3].action, FH_ACTION_NONE);
  EXPECT_EQ(updates[4].action, FH_ACTION_CANCEL) << "deleted behind the transaction";
  for (const size_t i : {1, 2, 4}) {
    EXPECT_EQ(updates[i].side, FH_SIDE_BID);
    EXPECT_EQ(updates[i].order.price, 0);
  }
  for (const size_t i : {0, 1, 2, 4}) EXPECT_EQ(updates[i].instrument_id, 1u);
  EXPECT_EQ(exchange.Counters().orders.unknown, 0u);
}

TEST(PitchUnits, ADayThatBeginsAnewForgetsTheUnitAndNoOther) {
  Exchange exchange;
  for (uint32_t i = 0; i < 10; ++i) {
    for (const uint8_t unit : {1, 2}) {
      const uint64_t id = unit * 100u + i;
      exchange.Send(0, {unit, 1 + 2 * i}, {Time(kOpening), Order(id)}, kOpeningNs + i * kMs);
    }
  }
  exchange.Take();
  const int64_t next_ns = kOpeningNs + 60 * kSecond;
  for (uint32_t i = 0; i < 10; ++i) {
    exchange.Send(0, {1, 1 + i}, {Order(300 + i)}, next_ns + i * kSecond);
  }
  exchange.Send(0, {2, 21}, {Order(250)}, next_ns + 11 * kSecond);
  const std::vector<std::string> out = exchange.Out();
  ASSERT_EQ(out.size(), 11u);
  EXPECT_EQ(out.front(), "300@?") << "the second is the day's before";
  EXPECT_EQ(out.back(), "250@34200");
  EXPECT_EQ(exchange.Counters().session.restarts, 1u);
  EXPECT_EQ(exchange.Counters().session.missing_messages, 0u);
}

TEST(PitchUnits, BehindTheHighestNumberComesOne) {
  Exchange exchange;
  exchange.Send(0, {1, 4'294'967'293}, {Time(kOpening), Order(11)}, kOpeningNs);
  exchange.Send(0, {1, 4'294'967'295}, {Order(12), Order(13)}, kOpeningNs + kMs);
  exchange.Send(0, {1, 2}, {Order(14)}, kOpeningNs + 2 * kMs);
  const std::vector<std::string> out = exchange.Out();
  EXPECT_THAT(std::vector<std::string>(out.end() - 4, out.end()),
              ElementsAre("11@34200", "12@34200", "13@34200", "14@34200"));
  EXPECT_EQ(exchange.Counters().session.missing_messages, 0u);
  EXPECT_EQ(exchange.Counters().session.restarts, 0u);
}

// ---- Two units on two lines that lose, reorder and pack at will. ----

struct Unit {
  std::vector<Sent> sent;            // Number 1 first.
  std::map<uint64_t, size_t> place;  // Of an order in `sent`.
};

Unit MakeUnit(uint8_t number, std::mt19937_64& random) {
  Unit unit;
  uint32_t second = kOpening;
  for (uint32_t i = 0; i < 300; ++i) {
    if (i == 0 || random() % 10 == 0) {
      unit.sent.push_back(Time(++second));
      continue;
    }
    const uint64_t id = number * 10'000u + i;
    unit.place[id] = unit.sent.size();
    unit.sent.push_back({.second = second, .order_id = id});
  }
  return unit;
}

struct Datagram {
  uint8_t line;
  UnitPosition position;
  std::vector<Sent> messages;
  int64_t at_ns;
};

void AddLine(uint8_t line, uint8_t number, const Unit& unit, std::mt19937_64& random,
             std::vector<Datagram>& datagrams) {
  int64_t at_ns = kOpeningNs + line * kMs;
  for (size_t i = 0; i < unit.sent.size();) {
    const size_t count = std::min<size_t>(1 + random() % 5, unit.sent.size() - i);
    at_ns += kMs;
    if (random() % 5 != 0) {
      const auto from = unit.sent.begin() + static_cast<std::ptrdiff_t>(i);
      datagrams.push_back({line,
                           {number, static_cast<uint32_t>(i + 1)},
                           {from, from + static_cast<std::ptrdiff_t>(count)},
                           at_ns + static_cast<int64_t>(random() % (3 * kMs))});
    }
    i += count;
  }
}

// What came out of a unit: every message once, or its loss said, each with the right second or, behind
// a loss and before the next second, with none.
void ExpectHonest(uint8_t number, const Unit& unit, const std::vector<NormalizedUpdate>& updates) {
  std::set<size_t> lost;
  std::set<uint64_t> seen;
  bool knows_second = false;
  size_t next = 0;  // Place of the first message that nothing was said of.
  for (const NormalizedUpdate& update : updates) {
    if (fh_stream(update.sequence) != number) continue;
    if (update.record == FH_RECORD_GAP) {
      for (uint64_t i = fh_number(update.gap.first); i <= fh_number(update.gap.last); ++i) {
        lost.insert(i - 1);
      }
      knows_second = false;
      next = std::max<size_t>(next, fh_number(update.gap.last));
    }
    if (update.record != FH_RECORD_ORDER) continue;
    const uint64_t id = update.order.order_id;
    EXPECT_TRUE(seen.insert(id).second) << id << " twice";
    const size_t place = unit.place.at(id);
    EXPECT_EQ(fh_number(update.sequence), place + 1);
    for (; next < place; ++next) knows_second |= unit.sent[next].is_time;
    next = place + 1;
    const int64_t event_ns = kMidnightNs + unit.sent[place].second * kSecond + 1'000;
    EXPECT_EQ(update.ts_event_ns, knows_second ? event_ns : FH_UNDEFINED_TIME) << id;
  }
  for (const auto& [id, place] : unit.place)
    EXPECT_NE(seen.contains(id), lost.contains(place)) << id;
}

TEST(PitchUnits, EachMessageIsDeliveredOnceOrItsLossSaidAndTimesAreRightOrUnknown) {
  uint64_t missing = 0;
  uint64_t undated = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::array<Unit, 2> units = {MakeUnit(1, random), MakeUnit(2, random)};
    std::vector<Datagram> datagrams;
    for (const uint8_t line : {0, 1}) {
      for (const uint8_t unit : {0, 1}) {
        AddLine(line, static_cast<uint8_t>(unit + 1), units[unit], random, datagrams);
      }
    }
    std::stable_sort(datagrams.begin(), datagrams.end(),
                     [](const Datagram& a, const Datagram& b) { return a.at_ns < b.at_ns; });
    Exchange exchange;
    for (const Datagram& datagram : datagrams) {
      exchange.Send(datagram.line, datagram.position, datagram.messages, datagram.at_ns);
    }
    // What comes last tells of what was lost before it.
    for (const uint8_t unit : {0, 1}) {
      const auto next = static_cast<uint32_t>(units[unit].sent.size() + 1);
      exchange.Send(0, UnitWriter({static_cast<uint8_t>(unit + 1), next}).Bytes(),
                    kOpeningNs + 10 * kSecond);
    }
    exchange.Finish();
    const std::vector<NormalizedUpdate> updates = exchange.Take();
    for (const uint8_t unit : {0, 1}) {
      ExpectHonest(static_cast<uint8_t>(unit + 1), units[unit], updates);
    }
    EXPECT_TRUE(exchange.GaveAllBack());
    missing += exchange.Counters().session.missing_messages;
    undated += exchange.Counters().codec.undated;
  }
  EXPECT_GT(missing, 100u) << "some messages came on no line,";
  EXPECT_GT(undated, 10u) << "and some of them were seconds";
}

}  // namespace
}  // namespace fh
