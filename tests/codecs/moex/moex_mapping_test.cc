// What messages of MOEX FORTS become, and what packets that are damaged, foreign or lean on what is
// not there do not.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/fast/fast_wire.h"
#include "codecs/fast/fast_writer.h"
#include "codecs/instrument_store.h"
#include "codecs/message_json.h"
#include "codecs/moex/moex_fields.h"
#include "codecs/moex/moex_sample.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

using fast::FastWriter;
using test::DecodePacket;
using test::PacketBytes;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kDayNs = 86'400 * kSecondNs;
constexpr int64_t kAug1Ns = 1'375'315'200 * kSecondNs;  // 2013-08-01 00:00 UTC

std::unique_ptr<Codec> Make(CodecOptions options = {}) {
  options.channel_id = 7;
  absl::StatusOr<std::unique_ptr<Codec>> codec = (*FindCodec("moex_forts"))->make(options);
  EXPECT_TRUE(codec.ok()) << codec.status();
  return *std::move(codec);
}

struct Entry {
  const char* type = "0";
  uint32_t action = 0;
  uint64_t security = 49'630'790;
  uint32_t level = 1;
  int exponent = 1;
  int64_t mantissa = 13'337;
  int64_t size = 40;
  uint64_t time = 142'402'462;
  std::optional<uint32_t> date = std::nullopt;
};

// 35=X, every field sent.
std::string Increment(const std::vector<Entry>& entries, uint64_t number = 482'727,
                      int64_t sent = 20'130'801'142'437'941) {
  FastWriter packet;
  packet.Map({true}).Unsigned(120).Map({true, true}).Unsigned(74).Unsigned(number).Signed(sent);
  packet.Unsigned(entries.size());
  uint64_t security = 0;
  uint64_t time = 0;
  uint32_t date = 0;
  for (const Entry& entry : entries) {
    packet.Map({true}).Unsigned(entry.action).Ascii(entry.type);
    packet.SignedOrNull(static_cast<int64_t>(entry.security - security)).Unsigned(1);
    packet.UnsignedOrNull(entry.level).Null().DecimalOrNull(entry.exponent, entry.mantissa);
    packet.SignedOrNull(entry.size);
    if (entry.date) {
      packet.SignedOrNull(int64_t{*entry.date} - date);
      date = *entry.date;
    } else {
      packet.Null();
    }
    packet.Signed(static_cast<int64_t>(entry.time - time)).Nulls(5);
    security = entry.security;
    time = entry.time;
  }
  return packet.bytes();
}

std::vector<NormalizedUpdate> UpdatesOf(const std::string& packet, CodecOptions options = {}) {
  const std::unique_ptr<Codec> codec = Make(options);
  const PacketBytes bytes(packet);
  return DecodePacket(*codec, bytes.packet()).updates;
}

TEST(MoexMapping, LevelsHaveTheirActionPlaceAndPrice) {
  const auto updates = UpdatesOf(Increment({{.type = "0", .action = 0, .level = 3},
                                            {.type = "1", .action = 1, .exponent = -2},
                                            {.type = "1", .action = 2, .level = 2, .size = 0},
                                            {.type = "0", .action = 4, .size = 5}}));
  ASSERT_EQ(updates.size(), 4u);
  EXPECT_EQ(updates[0].action, FH_ACTION_ADD);
  EXPECT_EQ(updates[0].side, FH_SIDE_BID);
  EXPECT_EQ(updates[0].instrument_id, 49'630'790u);
  EXPECT_EQ(updates[0].sequence, 482'727u);
  EXPECT_EQ(updates[0].level.price, 133'370 * kPriceScale);
  EXPECT_EQ(updates[0].level.size, 40u);
  EXPECT_EQ(updates[0].level.depth, 3u);
  EXPECT_EQ(updates[0].flags, FH_FLAG_MBP);
  EXPECT_EQ(updates[0].ts_event_ns, kAug1Ns + (14 * 3600 + 24 * 60 + 2) * kSecondNs + 462'000'000);
  EXPECT_EQ(updates[1].action, FH_ACTION_MODIFY);
  EXPECT_EQ(updates[1].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[1].level.price, 13'337 * kPriceScale / 100);
  EXPECT_EQ(updates[2].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[2].level.size, 0u);
  EXPECT_EQ(updates[2].level.depth, 2u);
  EXPECT_EQ(updates[3].action, FH_ACTION_CANCEL) << "never seen";
  EXPECT_NE(updates[3].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
}

TEST(MoexMapping, LastIsOnTheLastRecordOfEachInstrument) {
  const auto updates =
      UpdatesOf(Increment({{.security = 1}, {.security = 2}, {.security = 1}, {.security = 3}}));
  ASSERT_EQ(updates.size(), 4u);
  const std::vector<bool> last = {false, true, true, true};
  for (size_t i = 0; i < last.size(); ++i) {
    EXPECT_EQ((updates[i].flags & FH_FLAG_LAST) != 0, last[i]) << i;
    EXPECT_EQ(updates[i].index, i);
  }
}

TEST(MoexMapping, TradesAndStatistics) {
  const auto updates = UpdatesOf(Increment(
      {{.type = "2"}, {.type = "2", .action = 2}, {.type = "J"}, {.type = "7"}, {.type = "B"}}));
  ASSERT_EQ(updates.size(), 5u);
  EXPECT_EQ(updates[0].record, FH_RECORD_TRADE);
  EXPECT_EQ(updates[0].action, FH_ACTION_TRADE);
  EXPECT_EQ(updates[0].trade.price, 133'370 * kPriceScale);
  EXPECT_EQ(updates[0].trade.size, 40u);
  EXPECT_EQ(updates[1].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[2].record, FH_RECORD_LEVEL);
  EXPECT_EQ(updates[2].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[3].statistic.type, FH_STAT_HIGH_PRICE);
  EXPECT_EQ(updates[4].statistic.type, FH_STAT_VOLUME);
  EXPECT_EQ(updates[4].statistic.quantity, 40);
  EXPECT_EQ(updates[4].statistic.price, kUndefinedPrice);
}

TEST(MoexMapping, EntriesOfUnknownKindsAreCounted) {
  const std::unique_ptr<Codec> codec = Make();
  const PacketBytes bytes(Increment({{.type = "Q"}, {.type = "z"}}));
  EXPECT_TRUE(DecodePacket(*codec, bytes.packet()).updates.empty());
  EXPECT_EQ(codec->stats().unmapped, 1u) << "a message";
}

TEST(MoexMapping, TimesOfDayAreOfTheNearestDay) {
  // Sent a tenth of a second past midnight, of an event just before it; and the other way.
  EXPECT_EQ(UpdatesOf(Increment({{.time = 235'959'950}}, 1, 20'130'802'000'000'100))[0].ts_event_ns,
            kAug1Ns + kDayNs - 50'000'000);
  EXPECT_EQ(UpdatesOf(Increment({{.time = 10}}, 1, 20'130'801'235'959'990))[0].ts_event_ns,
            kAug1Ns + kDayNs + 10'000'000);
  EXPECT_EQ(UpdatesOf(Increment({{.date = 20'130'731}}))[0].ts_event_ns,
            kAug1Ns - kDayNs + (14 * 3600 + 24 * 60 + 2) * kSecondNs + 462'000'000);
  EXPECT_EQ(UpdatesOf(Increment({{.time = 146'102'462}}))[0].ts_event_ns, kUndefinedTime);
}

TEST(MoexMapping, LevelsOfASnapshotMayBeOldButNotOfTomorrow) {
  constexpr int64_t kSent = kAug1Ns + 14 * 3600 * kSecondNs;
  using moex::MoexClock;
  EXPECT_EQ(MoexClock::NotAfter(kSent, 130'000'000), kAug1Ns + 13 * 3600 * kSecondNs);
  EXPECT_EQ(MoexClock::NotAfter(kSent, 1'000'000), kAug1Ns + 600 * kSecondNs);
  EXPECT_EQ(MoexClock::NotAfter(kSent, 190'000'000), kAug1Ns - 5 * 3600 * kSecondNs);
  EXPECT_EQ(MoexClock::NotAfter(kSent, 140'000'500), kSent + kSecondNs / 2) << "clocks differ";
}

TEST(MoexMapping, PricesThatDoNotFitAreNotMadeUp) {
  EXPECT_EQ(moex::PriceOf(338, 2), 33'800 * kPriceScale);
  EXPECT_EQ(moex::PriceOf(33'824, 0), 33'824 * kPriceScale);
  EXPECT_EQ(moex::PriceOf(-5, -9), -5);
  EXPECT_EQ(moex::PriceOf(50, -10), 5);
  EXPECT_EQ(moex::PriceOf(5, -10), kUndefinedPrice);
  EXPECT_EQ(moex::PriceOf(1, 10), kUndefinedPrice);
  EXPECT_EQ(moex::PriceOf(0, 63), 0);
}

TEST(MoexMapping, IdsThatDoNotFitAreUnknown) {
  EXPECT_EQ(UpdatesOf(Increment({{.security = 0x1'0000'0005}}))[0].instrument_id,
            FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(UpdatesOf(Increment({{.security = 0}}))[0].instrument_id, FH_UNKNOWN_INSTRUMENT);
  EXPECT_EQ(UpdatesOf(Increment({{.security = 4'000'000'000}}))[0].instrument_id, 4'000'000'000u);
}

// A definition in which nothing is left out but legs.
std::string Definition(uint64_t security) {
  FastWriter packet;
  packet.Map({true}).Unsigned(120).Map({true, true}).Unsigned(79).Unsigned(5);
  packet.Unsigned(20'130'801'060'000'000).Unsigned(11).Ascii("RTS-9.13M150913CA 140000");
  packet.BytesOrNull("x").Unsigned(security).Null().Null().Ascii("OPT").Ascii("OCXXXX");
  packet.DecimalOrNull(3, 140).DecimalOrNull(0, 1).UnsignedOrNull(17).Ascii("RUB").Ascii("F");
  packet.Null().Null().Null().Unsigned(1).Ascii("OPT-BOOK-5").UnsignedOrNull(5).Null();
  packet.UnsignedOrNull(1).Ascii("RTS-9.13").UnsignedOrNull(77);
  packet.DecimalOrNull(1, 14'500).Null().DecimalOrNull(-1, 5).Null().Nulls(6);
  packet.UnsignedOrNull(1).Ascii("RTS-9.13").Unsigned(78).Signed(0).Signed(-2);
  packet.Nulls(4).UnsignedOrNull(20'130'915).UnsignedOrNull(150'000'000);
  return packet.bytes();
}

TEST(MoexMapping, DefinitionsNameTheInstrumentAndSayItsTerms) {
  InstrumentStore store(10);
  CodecOptions options;
  options.instruments = &store;
  const auto updates = UpdatesOf(Definition(49'630'790), options);
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0].record, FH_RECORD_DEFINITION);
  EXPECT_EQ(updates[0].instrument_id, 49'630'790u);
  EXPECT_EQ(std::string(updates[0].definition.symbol, 16), "RTS-9.13M150913C");
  EXPECT_EQ(updates[0].definition.kind, FH_KIND_SPREAD);
  EXPECT_EQ(updates[0].definition.security_class, 'O');
  EXPECT_EQ(updates[0].definition.book_depth, 5);
  EXPECT_EQ(updates[0].flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(updates[1].statistic.type, FH_STAT_UPPER_BAND);
  EXPECT_EQ(updates[1].statistic.price, 145'000 * kPriceScale);
  EXPECT_EQ(store.Name(49'630'790).view(), "RTS-9.13M150913CA 140000");
  const fh_terms terms = store.Terms(49'630'790);
  EXPECT_EQ(terms.put_call, 'C');
  EXPECT_EQ(terms.strike, 140'000 * kPriceScale);
  EXPECT_EQ(terms.tick, kPriceScale / 2);
  EXPECT_EQ(terms.multiplier, kPriceScale);
  EXPECT_STREQ(terms.currency, "RUB");
  EXPECT_EQ(terms.size_decimals, 0);
  EXPECT_EQ(terms.underlying_id, 77u);
  EXPECT_EQ(terms.leg_count, 1);
  EXPECT_EQ(terms.legs[0].instrument_id, 78u);
  EXPECT_EQ(terms.legs[0].ratio, -2);
  EXPECT_EQ(terms.expiry_ns, kAug1Ns + 45 * kDayNs + 15 * 3600 * kSecondNs);
}

std::string SequenceReset() {
  FastWriter packet;
  packet.Map({true}).Unsigned(120).Map({true}).Unsigned(49).Unsigned(13);
  packet.Signed(20'130'801'142'440'110).Unsigned(1);
  return packet.bytes();
}

TEST(MoexMapping, ASequenceResetClearsIncrementsAndEndsALoop) {
  const auto updates = UpdatesOf(SequenceReset());
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].action, FH_ACTION_CLEAR);
  EXPECT_EQ(updates[0].instrument_id, FH_ALL_INSTRUMENTS);
  CodecOptions options;
  options.role = ChannelRole::kSnapshot;
  EXPECT_TRUE(UpdatesOf(SequenceReset(), options).empty());
}

std::string WithPreamble(const std::string& packet, uint32_t number) {
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes + packet;
}

TEST(MoexFraming, TheNumberInFrontIsKnownByBeingTheMessagesOwn) {
  const std::string packet = Increment({{}, {.type = "1"}});
  const std::vector<NormalizedUpdate> plain = UpdatesOf(packet);
  EXPECT_TRUE(test::SameUpdates(plain, UpdatesOf(WithPreamble(packet, 482'727))));
  const std::unique_ptr<Codec> codec = Make();
  const PacketBytes other(WithPreamble(packet, 482'728));
  EXPECT_EQ(DecodePacket(*codec, other.packet()).frame.kind, FrameKind::kRejected);
  // One whose number looks like a Reset.
  const std::string odd = Increment({{}}, 0x0001'F8C0);
  EXPECT_TRUE(test::SameUpdates(UpdatesOf(odd), UpdatesOf(WithPreamble(odd, 0x0001'F8C0))));
  EXPECT_EQ(UpdatesOf(odd).size(), 1u);
}

// Nothing of a packet is left for the next one: times and ids are differences to what was before.
TEST(MoexFraming, EachPacketStandsForItself) {
  const std::unique_ptr<Codec> codec = Make();
  const PacketBytes first(Increment({{}, {.security = 7, .time = 142'402'999}}));
  const PacketBytes second(Increment({{.type = "1"}}, 482'728));
  DecodePacket(*codec, first.packet());
  EXPECT_TRUE(test::SameUpdates(DecodePacket(*codec, second.packet()).updates,
                                UpdatesOf(Increment({{.type = "1"}}, 482'728))));
}

// Without a Reset in front they begin empty all the same.
TEST(MoexFraming, PacketsWithoutAResetStandForThemselvesToo) {
  const std::unique_ptr<Codec> codec = Make();
  const PacketBytes first(Increment({{}, {.security = 7, .time = 142'402'999}}));
  const std::string whole = Increment({{.type = "1"}}, 482'728);
  const PacketBytes bare(whole.substr(2));
  DecodePacket(*codec, first.packet());
  EXPECT_TRUE(test::SameUpdates(DecodePacket(*codec, bare.packet()).updates, UpdatesOf(whole)));
}

std::string DescribedAs(const std::string& packet) {
  const std::unique_ptr<Codec> codec = Make();
  const PacketBytes bytes(packet);
  PacketFrame frame;
  codec->Frame({&bytes.packet(), 1}, {&frame, 1});
  std::string text;
  MessageJson json(text);
  codec->Describe(bytes.packet(), frame, json);
  return text;
}

// What a packet leans on and is not in it is not made up, and said.
TEST(MoexFraming, AFieldThatLeansOnAnotherPacketIsDamageWithItsReason) {
  // The number itself: an increment of one that is not known.
  FastWriter unnumbered;
  unnumbered.Map({true}).Unsigned(120).Map({true}).Unsigned(74).Signed(1).Unsigned(0);
  const std::unique_ptr<Codec> codec = Make();
  const PacketBytes bytes(unnumbered.bytes());
  EXPECT_EQ(DecodePacket(*codec, bytes.packet()).frame.reject, RejectReason::kBadLength);
  EXPECT_NE(DescribedAs(unnumbered.bytes()).find("which is not known (D5)"), std::string::npos)
      << DescribedAs(unnumbered.bytes());
  // A field behind it: the type of a snapshot's first entry.
  FastWriter snapshot;
  snapshot.Map({true}).Unsigned(120).Map({true, true}).Unsigned(75).Unsigned(9).Signed(1);
  snapshot.Unsigned(1).Unsigned(1).Unsigned(1).Null().Null().Unsigned(1).Map({}).Nulls(11);
  const PacketBytes leans(snapshot.bytes());
  const test::Decoded decoded = DecodePacket(*codec, leans.packet());
  EXPECT_EQ(decoded.frame.kind, FrameKind::kMessages);
  EXPECT_EQ(decoded.frame.first_sequence, 9u);
  EXPECT_EQ(decoded.frame.number_count, 0u) << "wanted whole from another line";
  EXPECT_EQ(decoded.frame.lost_in_tail, 1u);
  EXPECT_TRUE(decoded.updates.empty());
  EXPECT_EQ(codec->stats().damaged_tails, 1u);
  EXPECT_NE(DescribedAs(snapshot.bytes()).find("(D5)"), std::string::npos);
}

TEST(MoexFraming, UnknownTemplatesAndSecondMessagesAreRejected) {
  FastWriter unknown;
  unknown.Map({true}).Unsigned(120).Map({true}).Unsigned(4242).Unsigned(1);
  const std::unique_ptr<Codec> codec = Make();
  const PacketBytes bytes(unknown.bytes());
  EXPECT_EQ(DecodePacket(*codec, bytes.packet()).frame.reject, RejectReason::kForeign);
  EXPECT_NE(DescribedAs(unknown.bytes()).find(kUnknownType), std::string::npos);
  const std::string packet = Increment({{}});
  const PacketBytes twice(packet + packet);
  EXPECT_EQ(DecodePacket(*codec, twice.packet()).frame.reject, RejectReason::kBadLength);
}

TEST(MoexFraming, EveryCutOfALargePacketGivesNothing) {
  const std::string packet = moex::IncrementPacket(3, 40);
  EXPECT_EQ(UpdatesOf(packet).size() > 20, true);
  for (size_t length = 0; length < packet.size(); ++length) {
    const PacketBytes cut(packet.substr(0, length), 0xA5);
    EXPECT_TRUE(DecodePacket(*Make(), cut.packet()).updates.empty()) << length;
  }
}

absl::Status StatusOfSchema(const std::string& xml) {
  const std::string path = testing::TempDir() + "/moex_mapping_test_templates.xml";
  std::ofstream(path) << xml;
  CodecOptions options;
  options.schema = path;
  return (*FindCodec("moex_forts"))->make(options).status();
}

TEST(MoexSchema, FilesOfOthersAreRefusedWithTheFix) {
  const absl::Status none = StatusOfSchema("<templates><template name='T' id='1'/></templates>");
  EXPECT_NE(none.message().find("MessageType is X or W"), absl::string_view::npos) << none;
  const absl::Status small = StatusOfSchema(
      "<templates><template name='T' id='1'><string name='MessageType'><constant value='X'/>"
      "</string><sequence name='MDEntries'><string name='MDEntryType'><copy/></string></sequence>"
      "</template></templates>");
  EXPECT_NE(small.message().find("entries of market data may take"), absl::string_view::npos)
      << small;
  EXPECT_NE(StatusOfSchema("<nothing/>").message().find("not templates of FAST"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace fh::codecs
