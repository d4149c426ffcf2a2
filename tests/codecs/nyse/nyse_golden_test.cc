// The captures of NYSE's feeds against what an independent dissector made of them: names, places and
// bytes of every field, headers included; and what the fields become.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/nyse/nyse_messages.h"
#include "codecs/nyse/nyse_packets.h"
#include "codecs/registry.h"
#include "codecs/value.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/truth_table.h"

namespace fh::codecs {
namespace {

using nlohmann::json;
using test::CapturedPacket;
using test::CaptureFile;
using test::Child;
using test::Comparable;
using test::ExpectedLines;
using test::ForEachPacket;
using test::Hex;

constexpr char kCapture[] = "nyse/imbalances_xdp_20170929_head6000.pcap";
constexpr char kExpected[] = "expected/imbalances_xdp_20170929_head6000.pcap.fields.jsonl.gz";

struct Leaf {
  std::string name;
  std::string hex;
};
using Leaves = std::map<uint64_t, Leaf>;  // By their place in the frame.

void CollectLeaves(const json& node, Leaves& leaves) {
  if (node.value("len", 0) == 0 && !node.contains("c")) return;
  if (!node.contains("c")) {
    leaves[node.value("pos", uint64_t{0})] = {node.value("f", ""), node.value("hex", "")};
    return;
  }
  for (const json& child : node["c"]) CollectLeaves(child, leaves);
}

class FieldLeaves final : public MessageVisitor {
 public:
  FieldLeaves(const uint8_t* payload, uint64_t offset) : payload_(payload), offset_(offset) {}
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t>,
                    const char* why) override {
    ASSERT_NE(info, nullptr) << why;
    ++by_type[absl::StrCat(info->type)];
  }
  void Field(const FieldInfo& field, const Value& value) override {
    leaves[offset_ + static_cast<uint64_t>(value.bytes.data() - payload_)] = {
        Comparable(field.name), Hex(value.bytes)};
  }
  void EndMessage() override {}

  Leaves leaves;
  std::map<std::string, uint64_t> by_type;

 private:
  const uint8_t* payload_;
  uint64_t offset_;
};

std::string Differences(const Leaves& ours, const Leaves& theirs, bool with_names) {
  std::string text;
  for (const auto& [place, leaf] : ours) {
    const auto found = theirs.find(place);
    if (found == theirs.end() || found->second.hex != leaf.hex ||
        (with_names && found->second.name != leaf.name)) {
      absl::StrAppend(&text, " ours ", place, ":", leaf.name, "=", leaf.hex);
    }
  }
  for (const auto& [place, leaf] : theirs) {
    if (!ours.contains(place)) {
      absl::StrAppend(&text, " theirs ", place, ":", leaf.name, "=", leaf.hex);
    }
  }
  return text;
}

uint64_t LabelNumber(const json& parent, const char* name) {
  const json* child = Child(parent, name);
  EXPECT_NE(child, nullptr) << name;
  if (child == nullptr) return 0;
  const std::string label = child->value("label", "");
  return std::stoull(label.substr(label.find(": ") + 2));
}

// What the header says, by the dissector's numbers.
void ExpectFrame(const json& header, const PacketFrame& frame) {
  EXPECT_EQ(frame.first_sequence, LabelNumber(header, "sequencenumber"));
  EXPECT_EQ(frame.message_count, LabelNumber(header, "messagecount"));
  EXPECT_EQ(static_cast<uint64_t>(frame.send_time_ns),
            LabelNumber(header, "timestamp") * 1'000'000'000 + LabelNumber(header, "nanoseconds"));
  EXPECT_EQ(frame.stream_start, frame.first_sequence == 1);
}

// Prices of this capture have four decimals.
void ExpectImbalance(const json& body, const std::vector<NormalizedUpdate>& updates) {
  ASSERT_FALSE(updates.empty());
  const NormalizedUpdate& update = updates[0];
  EXPECT_EQ(update.record, FH_RECORD_IMBALANCE);
  EXPECT_EQ(update.instrument_id, LabelNumber(body, "symbolindex"));
  EXPECT_EQ(static_cast<uint64_t>(update.ts_event_ns),
            LabelNumber(body, "sourcetime") * 1'000'000'000 + LabelNumber(body, "sourcetimens"));
  EXPECT_EQ(static_cast<uint64_t>(update.imbalance.reference_price),
            LabelNumber(body, "referenceprice") * 100'000);
  EXPECT_EQ(update.imbalance.paired, LabelNumber(body, "pairedqty"));
  EXPECT_EQ(update.imbalance.imbalance, LabelNumber(body, "totalimbalanceqty"));
  const std::string side = Child(body, "imbalanceside")->value("hex", "");
  EXPECT_EQ(update.side, side == "42" ? FH_SIDE_BID : side == "53" ? FH_SIDE_ASK : FH_SIDE_NONE);
  const std::vector<std::pair<const char*, uint16_t>> prices = {
      {"continuousbookclearingprice", FH_STAT_NEAR_PRICE},
      {"closingonlyclearingprice", FH_STAT_FAR_PRICE},
      {"indicativematchprice", FH_STAT_INDICATIVE_PRICE},
      {"uppercollar", FH_STAT_UPPER_BAND},
      {"lowercollar", FH_STAT_LOWER_BAND}};
  size_t next = 1;
  for (const auto& [name, type] : prices) {
    const uint64_t price = LabelNumber(body, name) * 100'000;
    if (price == 0) continue;
    ASSERT_LT(next, updates.size());
    EXPECT_EQ(updates[next].statistic.type, type);
    EXPECT_EQ(static_cast<uint64_t>(updates[next].statistic.price), price);
    ++next;
  }
  EXPECT_EQ(updates.size(), next);
}

TEST(NyseGolden, EveryFieldOfTheImbalancesIsWhatADissectorSaysAndBecomes) {
  const auto capture = CaptureFile(kCapture);
  const auto expected = CaptureFile(kExpected);
  const auto counts = CaptureFile("expected/imbalances_xdp_20170929_head6000.pcap.counts.json");
  if (!capture || !expected || !counts) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore table(65'535);
  const std::unique_ptr<Codec> codec = *(*FindCodec("nyse_xdp"))->make({.instruments = &table});
  ExpectedLines lines(*expected);
  std::map<std::string, uint64_t> by_type;
  uint64_t next = 1;
  uint64_t fields = 0;
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    if (testing::Test::HasFailure()) return;
    const std::optional<json> line = lines.Next();
    ASSERT_TRUE(line.has_value());
    const json& tree = line->at("tree");
    const test::Decoded decoded = test::DecodePacket(*codec, captured.packet);
    ASSERT_EQ(decoded.frame.kind, FrameKind::kMessages);
    ExpectFrame(tree[0], decoded.frame);
    EXPECT_EQ(decoded.frame.first_sequence, next++) << "a gap";
    FieldLeaves ours(captured.packet.data, captured.payload_offset);
    codec->Describe(captured.packet, decoded.frame, ours);
    Leaves theirs;
    for (size_t i = 1; i < tree.size(); ++i) CollectLeaves(tree[i], theirs);
    EXPECT_EQ(Differences(ours.leaves, theirs, /*with_names=*/true), "") << captured.frame_number;
    fields += ours.leaves.size();
    for (const auto& [type, count] : ours.by_type) by_type[type] += count;
    const json& message = tree[1];
    if (const json* body = Child(message, "imbalancemessage")) {
      ExpectImbalance(*body, decoded.updates);
    } else if (const json* mapping = Child(message, "symbolindexmappingmessage")) {
      const std::string label = Child(*mapping, "symbol")->value("label", "");
      const auto index = static_cast<uint32_t>(LabelNumber(*mapping, "symbolindex"));
      EXPECT_EQ(table.Name(index).view(), label.substr(label.find(": ") + 2));
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(lines.Next().has_value());
  EXPECT_EQ(json(by_type), ExpectedLines(*counts).NextDocument()->at("by_type"));
  EXPECT_EQ(fields, 115'790u + 2 * 6'000u) << "sizes and types of the messages too";
  const CodecStats& stats = codec->stats();
  EXPECT_EQ(stats.messages, 6'000u);
  test::NoteTruth({.protocol = "nyse_xdp",
                   .capture = kCapture,
                   .against = "a dissector, names, places and bytes",
                   .messages = stats.messages,
                   .fields = fields});
  EXPECT_EQ(stats.malformed + stats.unknown + stats.unmapped + stats.unscaled, 0u);
  EXPECT_EQ(stats.damaged_tails + stats.trailing_bytes + stats.instruments_full, 0u);
}

// Of each feed a packet of each type: its fields by place and bytes. The dissector takes unpaired_qty
// for one byte; the feed's document, and the message's length, say four.
TEST(NyseGolden, SinglePacketsOfTheOtherFeedsAgreeByteByByte) {
  if (!CaptureFile("omi/Nyse")) GTEST_SKIP() << test::kNoCaptures;
  uint64_t files = 0;
  std::map<std::string, uint64_t> by_type;
  for (const std::string feed :
       {"Bbo.Xdp.v2.3a", "IntegratedFeed.Pillar.v2.5", "ImbalancesFeed.Xdp.v2.1.f",
        "Arca.Options.TopFeed.Pillar.1.2.c"}) {
    const std::string folder = absl::StrCat("omi/Nyse/", feed);
    test::TruthRow row{.protocol = "nyse_xdp",
                       .capture = folder + "/",
                       .against = "a dissector, places and bytes"};
    for (const auto& file : std::filesystem::directory_iterator(*CaptureFile(folder))) {
      SCOPED_TRACE(file.path().string());
      const std::string stem = file.path().stem().string();
      const auto expected = CaptureFile(absl::StrCat("expected/", folder, "/", stem, ".jsonl"));
      ASSERT_TRUE(expected.has_value());
      const std::unique_ptr<Codec> codec = *(*FindCodec("nyse_xdp"))->make({});
      ExpectedLines lines(*expected);
      const absl::Status status = ForEachPacket(file.path(), [&](const CapturedPacket& captured) {
        const std::optional<json> line = lines.Next();
        ASSERT_TRUE(line.has_value());
        Leaves theirs;
        const json& tree = line->at("tree");
        for (size_t i = 1; i < tree.size(); ++i) CollectLeaves(tree[i], theirs);
        const test::PacketBytes packet(std::string(
            reinterpret_cast<const char*>(captured.packet.data), captured.packet.length));
        PacketFrame frame;
        codec->Frame({&packet.packet(), 1}, {&frame, 1});
        EXPECT_EQ(frame.kind, stem == "HeartBeat" ? FrameKind::kHeartbeat : FrameKind::kMessages);
        EXPECT_EQ(frame.lost_in_tail, 0u);
        EXPECT_FALSE(frame.trailing_bytes);
        FieldLeaves ours(packet.packet().data, captured.payload_offset);
        codec->Describe(packet.packet(), frame, ours);
        for (const auto& [type, count] : ours.by_type) {
          by_type[type] += count;
          row.messages += count;
        }
        row.fields += ours.leaves.size();
        if (stem == "ImbalanceMessage") {
          for (const uint64_t behind : {125, 126, 127}) theirs.erase(behind);
          EXPECT_EQ(ours.leaves[125].hex, "4c040000");
          EXPECT_EQ(ours.leaves[129].hex, "42");
          for (const uint64_t behind : {125, 129, 130}) ours.leaves.erase(behind);
          row.differences += 3;
        }
        EXPECT_EQ(Differences(ours.leaves, theirs, /*with_names=*/false), "");
        ++files;
      });
      EXPECT_TRUE(status.ok()) << status;
    }
    test::NoteTruth(row);
  }
  EXPECT_EQ(files, 16u);
  const std::map<std::string, uint64_t> expected = {
      {"1", 3},   {"2", 1},   {"3", 1},   {"34", 1},  {"100", 1}, {"102", 1}, {"103", 1},
      {"104", 1}, {"105", 1}, {"110", 1}, {"111", 1}, {"140", 1}, {"223", 1}, {"340", 1}};
  EXPECT_EQ(by_type, expected);
}

// OpenBook Ultra: headers, updates and price points by name, place and bytes; each packet is a message.
TEST(NyseGolden, EveryFieldOfOpenBookIsWhatADissectorSays) {
  const std::string folder = "omi/Nyse/Nyse.Equities.OpenBook.Ultra.2.1.b";
  if (!CaptureFile(folder)) GTEST_SKIP() << test::kNoCaptures;
  std::map<std::string, uint64_t> by_type;
  uint64_t fields = 0;
  for (const auto& file : std::filesystem::directory_iterator(*CaptureFile(folder))) {
    SCOPED_TRACE(file.path().string());
    const auto expected =
        CaptureFile(absl::StrCat("expected/", folder, "/", file.path().stem().string(), ".jsonl"));
    ASSERT_TRUE(expected.has_value());
    const std::unique_ptr<Codec> codec = *(*FindCodec("nyse_openbook"))->make({});
    ExpectedLines lines(*expected);
    const absl::Status status = ForEachPacket(file.path(), [&](const CapturedPacket& captured) {
      const std::optional<json> line = lines.Next();
      ASSERT_TRUE(line.has_value());
      Leaves theirs;
      for (const json& part : line->at("tree")) CollectLeaves(part, theirs);
      PacketFrame frame;
      codec->Frame({&captured.packet, 1}, {&frame, 1});
      EXPECT_EQ(frame.message_count, 1u);
      EXPECT_FALSE(frame.trailing_bytes);
      FieldLeaves ours(captured.packet.data, captured.payload_offset);
      codec->Describe(captured.packet, frame, ours);
      for (const auto& [type, count] : ours.by_type) by_type[type] += count;
      EXPECT_EQ(Differences(ours.leaves, theirs, /*with_names=*/true), "");
      fields += ours.leaves.size();
      EXPECT_EQ(
          (*FindCodec("nyse_openbook"))->guess({captured.packet.data, captured.packet.length}),
          file.path().stem() == "HeartbeatMessage" ? 50 : 100);
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  const std::map<std::string, uint64_t> expected = {{"1", 1}, {"2", 1}, {"230", 1}, {"231", 1}};
  EXPECT_EQ(by_type, expected);
  EXPECT_EQ(fields, 4 * 8 + 1 + 2 * 12 + 21 * (9 + 9u));
}

// By hand from the bytes: in the first of 21 updates 8,367 shares in 4 orders are left at 171.60.
TEST(NyseGolden, TheUpdatesOfOpenBookBecomeLevels) {
  const auto deltas =
      CaptureFile("omi/Nyse/Nyse.Equities.OpenBook.Ultra.2.1.b/DeltaUpdateMessage.pcap");
  const auto full =
      CaptureFile("omi/Nyse/Nyse.Equities.OpenBook.Ultra.2.1.b/FullUpdateMessage.pcap");
  if (!deltas || !full) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore table(100);
  const std::unique_ptr<Codec> codec =
      *(*FindCodec("nyse_openbook"))->make({.instruments = &table});
  ASSERT_TRUE(ForEachPacket(*full, [&](const CapturedPacket& captured) {
                PacketFrame frame;
                codec->Frame({&captured.packet, 1}, {&frame, 1});
                const DecodeJob job{&captured.packet, &frame, 0, 1, captured.packet.stamp_ns, 0};
                const auto updates = test::DecodeJobs(*codec, {&job, 1});
                ASSERT_EQ(updates.size(), 6u);  // Definition, R, status; twice.
                EXPECT_EQ(updates[0].sequence, 34u);
                EXPECT_EQ(updates[0].instrument_id, 9053u);
                EXPECT_EQ(updates[1].action, FH_ACTION_CLEAR);
                EXPECT_EQ(updates[2].status.state, FH_TRADING_ORDERS);
                EXPECT_EQ(updates[2].flags, FH_FLAG_LAST);
                // 00:53:13.900 274 in New York, as the capture's clock says it.
                EXPECT_EQ(updates[0].ts_event_ns, 1'505'105'593'900'274'000);
              }).ok());
  EXPECT_EQ(table.Name(9053).view(), "BSAC");
  EXPECT_EQ(table.Name(40767).view(), "BSMX");
  ASSERT_TRUE(ForEachPacket(*deltas, [&](const CapturedPacket& captured) {
                PacketFrame frame;
                codec->Frame({&captured.packet, 1}, {&frame, 1});
                const DecodeJob job{&captured.packet, &frame, 0, 1, captured.packet.stamp_ns, 0};
                const auto updates = test::DecodeJobs(*codec, {&job, 1});
                ASSERT_EQ(updates.size(), 22u);  // 21 levels, and the status once.
                const NormalizedUpdate& level = updates[0];
                EXPECT_EQ(level.record, FH_RECORD_LEVEL);
                EXPECT_EQ(level.action, FH_ACTION_MODIFY);
                EXPECT_EQ(level.side, FH_SIDE_ASK);
                EXPECT_EQ(level.instrument_id, 44'936u);
                EXPECT_EQ(level.level.price, 171'600'000'000);
                EXPECT_EQ(level.level.size, 8'367u);
                EXPECT_EQ(level.level.order_count, 4u);
                EXPECT_EQ(level.detail, 'E');
                EXPECT_EQ(updates[1].status.code, 'P');
                EXPECT_EQ(updates[21].level.size, 7'164u);
                EXPECT_EQ(updates[21].flags, FH_FLAG_LAST | FH_FLAG_MBP);
              }).ok());
}

TEST(NyseGolden, GuessKnowsItsOwnPacketsAndNoOtherFeeds) {
  if (!CaptureFile("omi") || !CaptureFile(kCapture)) GTEST_SKIP() << test::kNoCaptures;
  const CodecInfo& nyse = **FindCodec("nyse_xdp");
  std::vector<std::filesystem::path> own = {*CaptureFile(kCapture)};
  std::vector<std::filesystem::path> foreign;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*CaptureFile("omi"))) {
    if (entry.path().extension() != ".pcap") continue;
    const std::string path = entry.path().generic_string();
    const bool is_own = path.find("/Nyse/") != std::string::npos &&
                        path.find("OpenBook.Ultra") == std::string::npos;
    (is_own ? own : foreign).push_back(entry.path());
  }
  uint64_t packets = 0;
  for (const auto& path : own) {
    const absl::Status status = ForEachPacket(path, [&](const CapturedPacket& captured) {
      ++packets;
      for (const CodecInfo* info : Codecs()) {
        const int guess = info->guess({captured.packet.data, captured.packet.length});
        EXPECT_EQ(guess, info == &nyse ? 100 : 0) << info->name << " of " << path;
      }
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(packets, 6'016u);
  EXPECT_GT(foreign.size(), 50u);
  for (const auto& path : foreign) {
    static_cast<void>(ForEachPacket(path, [&](const CapturedPacket& captured) {
      EXPECT_EQ(nyse.guess({captured.packet.data, captured.packet.length}), 0) << path;
    }));
  }
}

}  // namespace
}  // namespace fh::codecs
