// The captures of T7's EOBI against an independent dissector, and against the bytes where that reads
// them wrongly.
//
// Differences of the ground truth, by the bytes:
//  * It takes ApplSeqNum for eight bytes: in OrderModify.pcap the eight are 8b2d0700 b0020000, of which
//    the upper four are the same in packets of a product and small (688 is a product's number), and
//    behind them stand 02 01 00 08: partition 2, complete, no reset, padding. So its product is
//    134217986, and the packet of a product with a complete unit of work is "incomplete".
//  * It reads the ExecutionSummary of 56 bytes (BodyLen 3800) in the layout of 64: the execution id
//    01000000 02ff0000 is a quantity of 1, the side 2 and no condition; and from LastQty on it is 8 off.
//  * It takes the five bytes of padding of an execution for one, so that the price begins at 12: the
//    price 00cfa0994b000000 stands at 16, as LastPx at 48 is the same number.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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

constexpr char kFolder[] = "omi/Eurex/Eobi.T7.v6.0/";

// The only packet of a capture.
struct Captured {
  std::string text;  // As described.
  std::map<uint32_t, uint64_t> by_type;
  test::PlacedFields fields;
  test::Decoded decoded;
  CodecStats stats;
  int guess = -1;
};

Captured Read(const std::string& name, InstrumentStore& store) {
  Captured read;
  const CodecInfo& info = **FindCodec("eurex_eobi");
  const std::unique_ptr<Codec> codec = *info.make({.instruments = &store});
  uint64_t packets = 0;
  const absl::Status status = ForEachPacket(
      *CaptureFile(absl::StrCat(kFolder, name, ".pcap")), [&](const CapturedPacket& captured) {
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
  EXPECT_EQ(read.guess, 100);
  read.stats = codec->stats();
  EXPECT_EQ(read.stats.malformed + read.stats.unknown + read.stats.unmapped, 0u);
  return read;
}

TEST(EobiGolden, EveryFieldIsWhatADissectorSays) {
  if (!CaptureFile(kFolder)) GTEST_SKIP() << test::kNoCaptures;
  const std::map<std::string, uint64_t> fields = {
      {"OrderAdd", 11}, {"OrderModify", 15}, {"ProductSummary", 62}};
  for (const auto& [name, count] : fields) {
    SCOPED_TRACE(name);
    InstrumentStore store(10);
    const Captured read = Read(name, store);
    test::ExpectedLines lines(*CaptureFile(absl::StrCat("expected/", kFolder, name, ".jsonl")));
    const std::optional<nlohmann::json> line = lines.Next();
    ASSERT_TRUE(line.has_value());
    test::PlacedFields theirs;
    for (size_t i = 1; i < line->at("tree").size(); ++i) {
      test::CollectFields(line->at("tree")[i], theirs);
    }
    EXPECT_EQ(theirs.size(), count);
    EXPECT_EQ(test::Differences(read.fields, theirs), "");
    test::TruthRow row{.protocol = "eurex_eobi",
                       .capture = absl::StrCat(kFolder, name, ".pcap"),
                       .against = "a dissector, places and bytes",
                       .fields = count};
    for (const auto& [type, messages] : read.by_type) row.messages += messages;
    test::NoteTruth(row);
  }
}

TEST(EobiGolden, PacketHeadersAreReadByTheBytes) {
  if (!CaptureFile(kFolder)) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore store(10);
  const Captured read = Read("OrderModify", store);
  EXPECT_EQ(read.decoded.frame.first_sequence, 0x0007'2d8bu);
  EXPECT_EQ(read.decoded.frame.send_time_ns, 1'401'710'400'938'491'753);
  EXPECT_EQ(read.decoded.frame.kind, FrameKind::kMessages);
  EXPECT_FALSE(read.decoded.frame.stream_start);
}

TEST(EobiGolden, AModifiedOrderIsAnotherOneBehindTheOld) {
  if (!CaptureFile(kFolder)) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore store(10);
  const Captured read = Read("OrderModify", store);
  ASSERT_EQ(read.decoded.updates.size(), 2u);
  const NormalizedUpdate& old = read.decoded.updates[0];
  const NormalizedUpdate& now = read.decoded.updates[1];
  EXPECT_EQ(old.action, FH_ACTION_CANCEL);
  EXPECT_EQ(old.order.order_id, 1'401'710'400'922'006'415u);
  EXPECT_EQ(old.order.price, 146'920'000'000);
  EXPECT_EQ(old.order.size, 1u);
  EXPECT_EQ(old.flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(now.action, FH_ACTION_ADD);
  EXPECT_EQ(now.side, FH_SIDE_ASK);
  EXPECT_EQ(now.order.order_id, 1'401'710'400'938'397'707u);
  EXPECT_EQ(now.order.price, 146'930'000'000);
  EXPECT_EQ(now.flags & FH_FLAG_LAST, FH_FLAG_LAST) << "the unit of work is complete";
  EXPECT_EQ(store.VenueId(now.instrument_id), 558'044u);
  EXPECT_EQ(store.Name(now.instrument_id).view(), "558044");
  EXPECT_EQ(store.Terms(now.instrument_id).size_decimals, 0);
}

TEST(EobiGolden, AMatchOf2014IsReadInItsShorterLayout) {
  if (!CaptureFile(kFolder)) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore store(10);
  const Captured read = Read("ExecutionSummary", store);
  EXPECT_EQ(read.text,
            "execution_summary: body_len=56 template_id=13202 msg_seq_num=423356 "
            "security_id=567008 aggressor_time=2014-06-02T12:00:03.853731979Z "
            "request_time=2014-06-02T12:00:03.853757170Z last_qty=1 aggressor_side=Sell "
            "trade_condition=- last_px=3247.00000000 resting_hidden_qty=0 resting_cxl_qty=0\n"
            "partial_order_execution: body_len=56 template_id=13105 msg_seq_num=423357 side=Buy "
            "ord_type=0 algorithmic_trade_indicator=0 price=3247.00000000 "
            "trd_reg_ts_time_priority=2014-06-02T10:19:32.623550414Z security_id=567008 "
            "trd_match_id=11711 last_qty=1 last_px=3247.00000000");
  const std::vector<NormalizedUpdate>& updates = read.decoded.updates;
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0].action, FH_ACTION_TRADE);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK) << "the aggressor sold";
  EXPECT_EQ(updates[0].trade.price, 3'247'000'000'000);
  EXPECT_EQ(updates[0].trade.size, 1u);
  EXPECT_EQ(updates[1].action, FH_ACTION_FILL);
  EXPECT_EQ(updates[1].side, FH_SIDE_BID);
  EXPECT_EQ(updates[1].order.order_id, 1'401'704'372'623'550'414u);
  EXPECT_EQ(updates[2].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[2].order.size, 1u);
  EXPECT_EQ(updates[2].flags & FH_FLAG_LAST, FH_FLAG_LAST);
}

TEST(EobiGolden, ASnapshotOfEmptyBooksIsAnImageEach) {
  if (!CaptureFile(kFolder)) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore store(10);
  const Captured read = Read("ProductSummary", store);
  const std::map<uint32_t, uint64_t> types = {{13600, 1}, {13601, 4}};
  EXPECT_EQ(read.by_type, types);
  const std::vector<NormalizedUpdate>& updates = read.decoded.updates;
  ASSERT_EQ(updates.size(), 9u);
  EXPECT_EQ(updates[0].status.state, FH_TRADING_OPEN);
  EXPECT_EQ(updates[0].status.value, 603) << "the product";
  for (size_t i = 1; i < updates.size(); i += 2) {
    EXPECT_EQ(updates[i].action, FH_ACTION_CLEAR);
    EXPECT_EQ(updates[i].flags, FH_FLAG_SNAPSHOT);
    EXPECT_EQ(updates[i + 1].record, FH_RECORD_STATUS);
    EXPECT_EQ(updates[i + 1].flags, FH_FLAG_SNAPSHOT | FH_FLAG_LAST);
    EXPECT_EQ(updates[i + 1].status.state, FH_TRADING_OPEN);
    EXPECT_EQ(updates[i + 1].ts_event_ns, 1'512'372'600'104'055'833);
  }
  EXPECT_EQ(store.VenueId(updates[1].instrument_id), 272'687u);
}

}  // namespace
}  // namespace fh::codecs
