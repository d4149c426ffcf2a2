// The captures of B3's Binary UMDF: against a dissector where it has read one, and against the bytes as
// they stand where none has.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/field_leaves.h"
#include "tests/codecs/truth_table.h"

namespace fh::codecs {
namespace {

using test::CapturedPacket;
using test::CaptureFile;
using test::ForEachPacket;

// The only packet of a capture.
struct Captured {
  std::string text;  // As described.
  std::map<uint32_t, uint64_t> by_type;
  test::PlacedFields fields;
  test::Decoded decoded;
  CodecStats stats;
  int guess = -1;
};

Captured Read(const std::string& capture, InstrumentStore& store) {
  Captured read;
  const CodecInfo& info = **FindCodec("b3_umdf");
  const std::unique_ptr<Codec> codec = *info.make({.instruments = &store});
  uint64_t packets = 0;
  const absl::Status status =
      ForEachPacket(*CaptureFile(capture), [&](const CapturedPacket& captured) {
        ++packets;
        read.guess = info.guess({captured.packet.data, captured.packet.length});
        read.decoded = test::DecodePacket(*codec, captured.packet);
        test::OurFields ours(captured.packet, captured.payload_offset);
        codec->Describe(captured.packet, read.decoded.frame, ours);
        read.text = ours.text;
        read.by_type = ours.by_type;
        read.fields = ours.fields;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(packets, 1u);
  read.stats = codec->stats();
  return read;
}

TEST(B3Golden, EveryFieldOfASequenceIsWhatADissectorSays) {
  const auto expected = CaptureFile("expected/omi/B3/BinaryUmdf.v1.8/Sequence.jsonl");
  if (!expected) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore store(10);
  const Captured read = Read("omi/B3/BinaryUmdf.v1.8/Sequence.pcap", store);
  test::ExpectedLines lines(*expected);
  const std::optional<nlohmann::json> line = lines.Next();
  ASSERT_TRUE(line.has_value());
  test::PlacedFields theirs;
  for (size_t i = 1; i < line->at("tree").size(); ++i) {
    test::CollectFields(line->at("tree")[i], theirs);
  }
  EXPECT_EQ(theirs.size(), 7u);
  EXPECT_EQ(test::Differences(read.fields, theirs), "");
  test::NoteTruth({.protocol = "b3_umdf",
                   .capture = "omi/B3/BinaryUmdf.v1.8/Sequence.pcap",
                   .against = "a dissector, places and bytes",
                   .messages = 1,
                   .fields = theirs.size()});
  const PacketFrame& frame = read.decoded.frame;
  EXPECT_EQ(frame.kind, FrameKind::kHeartbeat) << "it has no number of its own";
  EXPECT_EQ(frame.first_sequence, 77'124u);
  EXPECT_EQ(frame.send_time_ns, 1'725'895'256'204'031'757);
  EXPECT_EQ(frame.session.bytes[0], '\xDF');
  EXPECT_EQ(frame.session.bytes[1], '\x15');
  EXPECT_EQ(frame.session.bytes[2], 50) << "the channel";
  EXPECT_EQ(read.guess, 0) << "a heartbeat claims nothing";
}

// No dissector has read these; the values are those of the bytes, by the exchange's schema.
TEST(B3Golden, TheMessagesOfVersion5AreWhatTheirBytesSay) {
  if (!CaptureFile("omi/B3")) GTEST_SKIP() << test::kNoCaptures;
  const std::string folder = "omi/B3/BinaryUmdf.v1.5/";
  struct Expectation {
    const char* capture;
    const char* text;
    uint64_t first;
  };
  const Expectation all[] = {
      {"Sequence",
       "sequence: message_length=16 encoding_type=60240 block_length=4 template_id=2 schema_id=2 "
       "version=5 next_seq_no=1",
       1},
      {"SecurityStatus",
       "security_status: message_length=48 encoding_type=60240 block_length=36 template_id=3 "
       "schema_id=2 version=5 security_id=100000180725 match_event_indicator= "
       "trading_session_id=REGULAR_TRADING_SESSION security_trading_status=FORBIDDEN "
       "security_trading_event=SECURITY_STATUS_CHANGE trade_date=2023-04-04 trad_ses_open_time=- "
       "transact_time=2023-04-04T20:25:24.336000000Z rpt_seq=1",
       4'591},
      {"SecurityGroupPhase",
       "security_group_phase: message_length=44 encoding_type=60240 block_length=32 template_id=10 "
       "schema_id=2 version=5 security_group=L0 match_event_indicator= "
       "trading_session_id=REGULAR_TRADING_SESSION trading_session_sub_id=CLOSE "
       "security_trading_event=- trade_date=2023-04-04 trad_ses_open_time=- "
       "transact_time=2023-04-04T20:25:24.320000000Z",
       3'999},
      {"PriceBand",
       "price_band_20: message_length=60 encoding_type=60240 block_length=48 template_id=20 "
       "schema_id=2 version=5 security_id=300000007880 match_event_indicator= "
       "price_band_type=REJECTION_BAND price_limit_type=PERCENTAGE "
       "price_band_midpoint_price_type=LAST_TRADED_PRICE low_limit_price=-20.0000 "
       "high_limit_price=20.0000 trading_reference_price=- "
       "md_entry_timestamp=2023-04-04T20:25:25.413000000Z rpt_seq=1",
       4'609}};
  for (const Expectation& expectation : all) {
    SCOPED_TRACE(expectation.capture);
    InstrumentStore store(10);
    const Captured read = Read(absl::StrCat(folder, expectation.capture, ".pcap"), store);
    EXPECT_EQ(read.text, expectation.text);
    EXPECT_EQ(read.decoded.frame.first_sequence, expectation.first);
    EXPECT_EQ(read.decoded.frame.session.bytes[0], 0x35);
    EXPECT_EQ(read.decoded.frame.session.bytes[1], 0x05);
    EXPECT_EQ(read.stats.malformed + read.stats.unknown + read.stats.unmapped, 0u);
    EXPECT_EQ(read.guess, std::string(expectation.capture) == "Sequence" ? 0 : 100);
  }
}

TEST(B3Golden, AStatusAndABandBecomeUpdates) {
  if (!CaptureFile("omi/B3")) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore store(10);
  const Captured status = Read("omi/B3/BinaryUmdf.v1.5/SecurityStatus.pcap", store);
  ASSERT_EQ(status.decoded.updates.size(), 1u);
  const NormalizedUpdate& update = status.decoded.updates[0];
  EXPECT_EQ(update.record, FH_RECORD_STATUS);
  EXPECT_EQ(store.VenueId(update.instrument_id), 100'000'180'725u);
  EXPECT_EQ(update.status.state, FH_TRADING_HALTED);
  EXPECT_EQ(update.detail, 18);
  EXPECT_EQ(update.status.value, 101);
  EXPECT_EQ(update.ts_event_ns, 1'680'639'924'336'000'000);
  EXPECT_EQ(update.flags, 0) << "the venue has not said that the event ends";
  const Captured band = Read("omi/B3/BinaryUmdf.v1.5/PriceBand.pcap", store);
  ASSERT_EQ(band.decoded.updates.size(), 2u) << "there is no reference";
  EXPECT_EQ(band.decoded.updates[0].statistic.type, FH_STAT_LOWER_BAND);
  EXPECT_EQ(band.decoded.updates[0].statistic.price, kUndefinedPrice) << "it is in per cent";
  EXPECT_EQ(band.decoded.updates[0].statistic.quantity, -200'000);
  EXPECT_EQ(band.decoded.updates[1].statistic.quantity, 200'000);
  EXPECT_EQ(band.decoded.updates[1].detail, 0x23);
}

}  // namespace
}  // namespace fh::codecs
