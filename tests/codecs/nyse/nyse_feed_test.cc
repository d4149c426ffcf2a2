// NYSE's feeds through the whole of the feed thread: two lines that lose, retransmissions, resets,
// references that are lost, definitions after use and in the middle of the day, refreshes beside the
// live stream. Each message is delivered once or its loss is said; times, names and prices are right or
// undefined.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/nyse/nyse_sample.h"
#include "codecs/registry.h"
#include "feedhandler/pipeline/feed_core.h"
#include "tests/codecs/codec_harness.h"

namespace fh {
namespace {

using codecs::NormalizedUpdate;
using testing::ElementsAre;
namespace nyse = codecs::nyse;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr uint32_t kSecond = 1'700'000'000;
constexpr uint8_t kSystem = 5;

// What stands in a packet, one letter a message: M maps symbol 77 with four decimals, m with six; T is
// the reference of the present second; O an order of 77; P an order of 78; D maps 78.
class Exchange {
 public:
  // A packet that begins with `number`, sent at `at` seconds of the day.
  static std::string Packet(uint32_t number, const std::string& what, uint32_t at,
                            uint8_t delivery = nyse::kOriginal) {
    nyse::PacketWriter packet(
        {.sequence = number, .delivery = delivery, .send_seconds = kSecond + at});
    for (const char letter : what) {
      Add(packet, letter, at, number++);
    }
    return packet.Bytes();
  }

  static std::string Reset(uint32_t at) {
    nyse::PacketWriter packet(
        {.sequence = 1, .delivery = nyse::kSequenceReset, .send_seconds = kSecond + at});
    nyse::source::kTime.Put(packet.Add(nyse::kReset), kSecond + at);
    return packet.Bytes();
  }

 private:
  static void Add(nyse::PacketWriter& packet, char letter, uint32_t at, uint32_t number) {
    switch (letter) {
      case 'M':
        return AddMapping(packet, 77, 4, "ABC");
      case 'm':
        return AddMapping(packet, 77, 6, "ABC");
      case 'D':
        return AddMapping(packet, 78, 3, "BRK.A");
      case 'T': {
        uint8_t* message = packet.Add(nyse::kTimeReference);
        nyse::reference::kId.Put(message, kSystem);
        nyse::reference::kTime.Put(message, kSecond + at);
        return;
      }
      default: {
        uint8_t* message = packet.Add(nyse::kAddOrder);
        nyse::nanos::kTimeNs.Put(message, number);
        nyse::nanos::kSymbol.Put(message, letter == 'O' ? 77 : 78);
        nyse::nanos::kSymbolSequence.Put(message, number);
        nyse::add::kOrderId.Put(message, number);
        nyse::add::kPrice.Put(message, 101'200);
        nyse::add::kVolume.Put(message, 1);
        nyse::add::kSide.Put(message, 'B');
      }
    }
  }
  static void AddMapping(nyse::PacketWriter& packet, uint32_t index, uint8_t scale,
                         const char* name) {
    uint8_t* message = packet.Add(nyse::kMapping);
    nyse::mapping::kSymbolIndex.Put(message, index);
    std::memcpy(message + nyse::mapping::kSymbol.offset, name, std::strlen(name));
    nyse::mapping::kPriceScale.Put(message, scale);
    nyse::mapping::kSystem.Put(message, kSystem);
  }
};

// One channel of the feed on two lines.
class NyseChannel : public testing::Test {
 protected:
  NyseChannel()
      : store_(1'000),
        ring_(1 << 16),
        publisher_({&ring_}, {3}, FeedCore::kMostOfAMessage, WhenFull::kDrop) {
    Channel channel{.feed = "nyse",
                    .id = 3,
                    .instruments = &store_,
                    .session = {.lines = 2, .jump_confirmations = 2},
                    .line_names = {"A", "B"}};
    const codecs::CodecInfo& info = **codecs::FindCodec("nyse_xdp");
    channel.codec = *info.make({.channel_id = 3, .instruments = &store_});
    channel.instrument_scope = info.instrument_scope;
    std::vector<Channel> channels;
    channels.push_back(std::move(channel));
    core_ = std::make_unique<FeedCore>(
        std::move(channels),
        std::vector<LineOfChannel>{{.channel = 0, .line = 0}, {.channel = 0, .line = 1}},
        publisher_, clock_, 1 << 16, FeedCoreOptions{.capture_clock = true});
  }

  void Send(uint16_t line, const std::string& payload, int64_t at_ns) {
    const test::PacketBytes& bytes =
        *storage_.emplace_back(std::make_unique<test::PacketBytes>(payload));
    rio::Packet packet = bytes.packet();
    packet.slice = next_slice_++;
    packet.stamp_ns = at_ns;
    packet.dequeue_ticks = latency::Clock::Ticks();
    packet.line = line;
    packet.stamp_source = rio::StampSource::kCapture;
    core_->OnPackets({&packet, 1});
    core_->TakeReleased();
  }
  void Both(const std::string& payload, int64_t at_ns) {
    Send(0, payload, at_ns);
    Send(1, payload, at_ns + 1'000);
  }

  // "7=10.12 s0" is order 7 at 10.12 in second 0 of the day; "?" where price or time is undefined, "!"
  // where the book may be bad; "gap 2-3", "start".
  std::vector<std::string> Out() {
    std::vector<std::string> out;
    NormalizedUpdate update;
    while (ring_.Pop(update)) {
      if (update.record == FH_RECORD_GAP) {
        out.push_back(absl::StrCat("gap ", update.gap.first, "-", update.gap.last));
      } else if (codecs::IsSessionStart(update)) {
        out.push_back("start");
      } else if (update.record == FH_RECORD_DEFINITION) {
        out.push_back(absl::StrCat("names ", update.instrument_id));
      } else if (update.record == FH_RECORD_ORDER && update.action == FH_ACTION_ADD) {
        out.push_back(OrderText(update));
      }
    }
    return out;
  }

  ChannelCounters Counters() {
    ChannelCounters counters;
    core_->CopyCounters({&counters, 1});
    return counters;
  }

  codecs::InstrumentStore store_;
  latency::Clock clock_;
  UpdateRing ring_;
  UpdatePublisher publisher_;
  std::unique_ptr<FeedCore> core_;

 private:
  static std::string OrderText(const NormalizedUpdate& update) {
    std::string text = absl::StrCat(update.order.order_id, "=");
    if (update.order.price == FH_UNDEFINED_PRICE) {
      text += "?";
    } else {
      absl::StrAppend(&text, static_cast<double>(update.order.price) / 1e9);
    }
    if (update.ts_event_ns == FH_UNDEFINED_TIME) {
      text += " ?";
    } else {
      // The nanoseconds are the order's number.
      EXPECT_EQ(update.ts_event_ns % kSecondNs, static_cast<int64_t>(update.order.order_id));
      absl::StrAppend(&text, " s", update.ts_event_ns / kSecondNs - kSecond);
    }
    if ((update.flags & FH_FLAG_SNAPSHOT) != 0) {
      text += " snapshot";
    } else {
      EXPECT_EQ(update.sequence, update.order.order_id) << "it has another message's number";
    }
    if ((update.flags & FH_FLAG_MAYBE_BAD_BOOK) != 0) text += "!";
    return text;
  }

  std::deque<std::unique_ptr<test::PacketBytes>> storage_;
  uint32_t next_slice_ = 0;
};

TEST_F(NyseChannel, ADayOnTwoLinesIsDeliveredOnce) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MT", 0), 1'000'000);
  Both(Exchange::Packet(4, "OO", 0), 2'000'000);
  Both(Exchange::Packet(6, "TO", 1), kSecondNs);
  EXPECT_THAT(Out(), ElementsAre("start", "names 77", "4=10.12 s0", "5=10.12 s0", "7=10.12 s1"));
  EXPECT_EQ(Counters().session.delivered_messages, 7u);
  EXPECT_EQ(Counters().session.duplicate_messages, 7u);
  EXPECT_EQ(Counters().session.missing_messages, 0u);
}

TEST_F(NyseChannel, WhatOneLineLosesTheOtherBrings) {
  Both(Exchange::Reset(0), 0);
  std::mt19937_64 random(20170929);
  std::vector<std::string> expected = {"start", "names 77"};
  Both(Exchange::Packet(2, "MT", 0), 1);
  for (uint32_t number = 4; number < 1'000; ++number) {
    const std::string packet = Exchange::Packet(number, "O", 0);
    const uint64_t lost = random() % 4;
    if (lost != 0) Send(0, packet, number * 1'000);
    if (lost != 1) Send(1, packet, number * 1'000 + 100);
    expected.push_back(absl::StrCat(number, "=10.12 s0"));
  }
  EXPECT_EQ(Out(), expected);
  EXPECT_EQ(Counters().session.missing_messages, 0u);
}

TEST_F(NyseChannel, ARetransmissionFillsTheGapAndTellsNoPosition) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MT", 0), 1);
  Both(Exchange::Packet(6, "O", 0), 2);  // 4 and 5 are lost on both.
  // In packets of other sizes, with what is known already, and sent much later.
  Send(0, Exchange::Packet(3, "TO", 0, nyse::kRetransmissionPart), 3);
  Send(0, Exchange::Packet(5, "O", 0, nyse::kRetransmissionOnly), 4);
  // The start of the day once more, for somebody else.
  Send(0, Exchange::Packet(1, "MMTO", 0, nyse::kRetransmissionPart), 5);
  Send(0, Exchange::Packet(5, "O", 0, nyse::kRetransmissionPart), 6);
  Both(Exchange::Packet(7, "O", 0), 7);
  EXPECT_THAT(Out(), ElementsAre("start", "names 77", "4=10.12 s0", "5=10.12 s0", "6=10.12 s0",
                                 "7=10.12 s0"));
  EXPECT_EQ(Counters().session.restarts, 0u);
  EXPECT_EQ(Counters().session.missing_messages, 0u);
}

TEST_F(NyseChannel, AReferenceThatIsLostLeavesTimesUndefinedUntilTheNext) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MTO", 0), 1);
  Both(Exchange::Packet(6, "O", 1), kSecondNs);  // 5 was the reference of second 1.
  Both(Exchange::Packet(7, "O", 1), 3 * kSecondNs);
  Both(Exchange::Packet(8, "TO", 4), 4 * kSecondNs);
  core_->Finish();
  EXPECT_THAT(Out(), ElementsAre("start", "names 77", "4=10.12 s0", "gap 5-5", "6=10.12 ?!",
                                 "7=10.12 ?!", "9=10.12 s4!"));
  EXPECT_EQ(Counters().codec.undated, 2u);
}

TEST_F(NyseChannel, ADefinitionAfterUseCountsFromThereOn) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MTP", 0), 1);
  Both(Exchange::Packet(5, "PDP", 0), 2);
  EXPECT_THAT(Out(),
              ElementsAre("start", "names 77", "4=? ?!", "5=? ?!", "names 78", "7=101.2 s0"));
  EXPECT_EQ(Counters().codec.unscaled, 2u);
  EXPECT_EQ(store_.Name(78).view(), "BRK.A");
}

TEST_F(NyseChannel, AMappingInTheMiddleOfTheDayChangesTheScaleThere) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MTOmO", 0), 1);
  EXPECT_THAT(Out(), ElementsAre("start", "names 77", "4=10.12 s0", "names 77", "6=0.1012 s0"));
}

TEST_F(NyseChannel, ALateJoinHasNoPricesUntilItsSymbolsAreNamed) {
  Both(Exchange::Packet(5'000, "TO", 0), 0);
  Both(Exchange::Packet(5'002, "O", 0), 1);
  Both(Exchange::Packet(5'003, "MO", 0), 2);
  EXPECT_THAT(Out(), ElementsAre("start", "gap 1-4999", "5001=? ?!", "5002=? ?!", "names 77",
                                 "5004=10.12 s0!"));
  EXPECT_EQ(Counters().codec.unscaled, 2u);
  EXPECT_EQ(Counters().session.delivered_messages, 5u);
}

// Asked for by anybody's request server: the answer is outside of the numbers, and names the symbol.
TEST_F(NyseChannel, AMappingThatIsSentAgainIsTaken) {
  Both(Exchange::Packet(5'000, "TO", 0), 0);
  Both(Exchange::Packet(5'002, "O", 0), 1);
  Both(Exchange::Packet(0, "M", 0, nyse::kRefreshOnly), 2);
  Both(Exchange::Packet(5'003, "O", 0), 3);
  EXPECT_THAT(Out(), ElementsAre("start", "gap 1-4999", "5001=? ?!", "5002=? ?!", "names 77",
                                 "5003=10.12 s0!"));
  EXPECT_EQ(Counters().session.missing_messages, 0u);
}

TEST_F(NyseChannel, AResetInTheMiddleOfTheDayStartsAnew) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MT", 0), 1);
  for (uint32_t number = 4; number < 40; ++number) {
    Both(Exchange::Packet(number, "O", 0), number * 1'000);
  }
  Out();
  // Orders come before their mapping: nothing of before holds.
  Both(Exchange::Reset(100), 100 * kSecondNs);
  Both(Exchange::Packet(2, "O", 100), 100 * kSecondNs + 1'000'000);
  Both(Exchange::Packet(3, "mTO", 100), 100 * kSecondNs + 2'000'000);
  Both(Exchange::Packet(6, "O", 100), 100 * kSecondNs + 3'000'000);
  EXPECT_THAT(Out(), ElementsAre("start", "2=? ?!", "names 77", "5=0.1012 s100", "6=0.1012 s100"));
  EXPECT_EQ(Counters().session.restarts, 1u);
  EXPECT_EQ(Counters().session.missing_messages, 0u);
  EXPECT_EQ(Counters().codec.unscaled, 1u);
}

TEST_F(NyseChannel, ResetsThatAreRepeatedBeforeTheDayAreHarmless) {
  for (uint32_t at = 0; at < 6; ++at) Both(Exchange::Reset(at), at * kSecondNs);
  Both(Exchange::Packet(2, "MTO", 6), 6 * kSecondNs);
  Both(Exchange::Packet(5, "O", 6), 6 * kSecondNs + 1'000);
  const std::vector<std::string> out = Out();
  const std::vector<std::string> day(out.end() - 3, out.end());
  EXPECT_THAT(day, ElementsAre("names 77", "4=10.12 s6", "5=10.12 s6"));
  EXPECT_EQ(Counters().session.missing_messages, 0u);
  EXPECT_EQ(Counters().codec.unscaled, 0u);
}

TEST_F(NyseChannel, HeartbeatsShowWhatWasLostAtTheEnd) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MTO", 0), 1);
  for (uint32_t at = 1; at < 5; ++at) {
    Both(Exchange::Packet(6, "", at, nyse::kHeartbeat), at * kSecondNs);
  }
  core_->Finish();
  EXPECT_THAT(Out(), ElementsAre("start", "names 77", "4=10.12 s0", "gap 5-5"));
}

TEST_F(NyseChannel, ARefreshBesideTheLiveStreamIsMarkedAndDisturbsNoNumber) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MTO", 0), 1);
  nyse::PacketWriter packet({.sequence = 999, .delivery = nyse::kRefreshOnly});
  uint8_t* header = packet.Add(nyse::kRefreshHeader);
  nyse::refresh::kCurrent.Put(header, 1);
  nyse::refresh::kTotal.Put(header, 1);
  nyse::refresh::kLastSymbolSequence.Put(header, 4);
  uint8_t* message = packet.Add(nyse::kAddOrderRefresh);
  nyse::source::kTime.Put(message, kSecond);
  nyse::source::kTimeNs.Put(message, 50);
  nyse::source::kSymbol.Put(message, 77);
  nyse::add_refresh::kOrderId.Put(message, 50);
  nyse::add_refresh::kPrice.Put(message, 101'300);
  Both(packet.Bytes(), 2);
  Both(Exchange::Packet(5, "O", 0), 3);
  // The same refresh is older than the stream by now; the venue sends it in other bytes.
  std::string again = packet.Bytes();
  nyse::kSendNanoseconds.Put(reinterpret_cast<uint8_t*>(again.data()), 9);
  Both(again, 4);
  EXPECT_THAT(Out(), ElementsAre("start", "names 77", "4=10.12 s0", "50=10.13 s0 snapshot",
                                 "5=10.12 s0", "50=10.13 s0 snapshot!"));
  EXPECT_EQ(Counters().session.missing_messages, 0u);
  EXPECT_EQ(Counters().session.restarts, 0u);
}

TEST_F(NyseChannel, NumbersOf32BitsGoOnBehindTheirEnd) {
  constexpr uint32_t kFirst = UINT32_MAX - 3;
  Both(Exchange::Packet(kFirst, "M", 0), 0);
  Both(Exchange::Packet(kFirst + 1, "T", 0), 1);
  Both(Exchange::Packet(kFirst + 2, "MMMM", 0), 2);  // Two of them behind the end.
  Both(Exchange::Packet(2, "M", 0), 3);
  EXPECT_EQ(Counters().session.missing_messages, 0u);
  EXPECT_EQ(Counters().session.delivered_messages, 7u);
  EXPECT_EQ(Counters().session.restarts, 0u);
}

TEST_F(NyseChannel, ADamagedPacketGivesItsWholeMessagesAndTheOtherLineTheRest) {
  Both(Exchange::Reset(0), 0);
  Both(Exchange::Packet(2, "MT", 0), 1);
  const std::string packet = Exchange::Packet(4, "OOO", 0);
  Send(0, packet.substr(0, packet.size() - 1), 2);
  Send(1, packet, 3);
  EXPECT_THAT(Out(), ElementsAre("start", "names 77", "4=10.12 s0", "5=10.12 s0", "6=10.12 s0"));
  EXPECT_EQ(Counters().codec.damaged_tails, 1u);
  EXPECT_EQ(Counters().session.missing_messages, 0u);
}

}  // namespace
}  // namespace fh
