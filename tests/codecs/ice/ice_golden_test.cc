// The captures of ICE's iMpact feed against what an independent dissector made of them: places and bytes
// of every field, headers included; and what the fields become.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "codecs/ice/ice_messages.h"
#include "codecs/instrument_store.h"
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

struct Leaf {
  std::string name;
  std::string hex;
  std::string text;  // In people's terms; of a price the integer as it is.
};
using Leaves = std::map<uint64_t, Leaf>;  // By their place in the frame.

std::string AfterColon(const json& node) {
  const std::string label = node.value("label", "");
  const size_t at = label.find(": ");
  return at == std::string::npos ? "" : label.substr(at + 2);
}

void CollectLeaves(const json& node, Leaves& leaves) {
  if (node.value("len", 0) == 0 && !node.contains("c")) return;
  if (!node.contains("c")) {
    leaves[node.value("pos", uint64_t{0})] = {node.value("f", ""), node.value("hex", ""),
                                              AfterColon(node)};
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
    ++by_type[std::string(1, static_cast<char>(info->type))];
  }
  void Field(const FieldInfo& field, const Value& value) override {
    if (value.state == Value::State::kAbsent) return;
    std::string text;
    if (field.kind == FieldKind::kDecimal) {
      EXPECT_EQ(value.state, Value::State::kNull) << "no definition is in these captures";
      text = absl::StrCat(static_cast<int64_t>(value.number));
    } else if (!field.names.empty() && field.length == 1 && field.kind == FieldKind::kUnsigned) {
      text = absl::StrCat(value.number);
    } else if (field.kind == FieldKind::kChar) {
      text = std::string(1, static_cast<char>(value.bytes[0]));
    } else {
      text = ValueText(field, value);
    }
    leaves[offset_ + static_cast<uint64_t>(value.bytes.data() - payload_)] = {
        Comparable(field.name), Hex(value.bytes), text};
  }
  void EndMessage() override {}

  Leaves leaves;
  std::map<std::string, uint64_t> by_type;

 private:
  const uint8_t* payload_;
  uint64_t offset_;
};

// "Bid (1)" -> "1"; "2016-08-05 00:00:00.014" -> as RFC 3339.
std::string AsOurs(const Leaf& theirs, const Leaf& ours) {
  const std::string& text = theirs.text;
  if (ours.text.size() == 24 && ours.text.back() == 'Z') {
    return absl::StrReplaceAll(text, {{" ", "T"}}) + "Z";
  }
  if (ours.text.size() == 30 && ours.text.back() == 'Z') {
    return absl::StrReplaceAll(text, {{" ", "T"}}) + "Z";
  }
  if (text.empty() || text == "No Value") return "";
  if (theirs.name == "reserved2") return "0";
  if (theirs.name == "offmarkettradetype" && text == "Regular (<whitespace>)") return "";
  if (text.back() == ')') {
    const size_t open = text.rfind('(');
    const std::string inner = text.substr(open + 1, text.size() - open - 2);
    return inner == "<whitespace>" ? " " : inner;
  }
  return text;
}

// Where ours and theirs differ, in bytes, names or terms.
std::string Differences(const Leaves& ours, const Leaves& theirs) {
  std::string text;
  for (const auto& [place, leaf] : ours) {
    const auto found = theirs.find(place);
    if (found == theirs.end() || found->second.hex != leaf.hex ||
        // The dissector calls a special field's value by what its id means.
        (found->second.name != leaf.name && leaf.name != "variablefield")) {
      absl::StrAppend(&text, " ours ", place, ":", leaf.name, "=", leaf.hex);
    } else if (const std::string wanted = AsOurs(found->second, leaf);
               leaf.name != "messagetype" && wanted != leaf.text) {
      absl::StrAppend(&text, " ", leaf.name, "=", leaf.text, " theirs ", wanted);
    }
  }
  for (const auto& [place, leaf] : theirs) {
    if (!ours.contains(place)) {
      absl::StrAppend(&text, " theirs ", place, ":", leaf.name, "=", leaf.hex);
    }
  }
  return text;
}

uint64_t Number(const json& parent, const char* name) {
  const json* child = Child(parent, name);
  EXPECT_NE(child, nullptr) << name;
  uint64_t number = 0;
  EXPECT_TRUE(child != nullptr && absl::SimpleHexAtoi(child->value("hex", ""), &number)) << name;
  return number;
}

void ExpectFrame(const json& header, const PacketFrame& frame) {
  EXPECT_EQ(frame.first_sequence, Number(header, "sequence"));
  EXPECT_EQ(frame.message_count, Number(header, "numberofmsgs"));
  EXPECT_EQ(static_cast<uint64_t>(frame.send_time_ns), Number(header, "sentdatetime") * 1'000'000);
  EXPECT_EQ(frame.kind, frame.message_count == 0 ? FrameKind::kHeartbeat : FrameKind::kMessages);
}

// What the dissector's fields of each message become, but for prices, which have no scale here.
struct Expected {
  std::map<uint64_t, std::vector<NormalizedUpdate>> by_sequence;
  std::map<std::pair<uint32_t, uint64_t>, bool> orders;  // Those that stand.
  uint64_t compared = 0;
};

void ExpectUpdates(const json& message, const std::vector<NormalizedUpdate>& updates,
                   int64_t sent_ns, Expected& state) {
  const std::string type = Child(*Child(message, "messageheader"), "messagetype")->value("hex", "");
  ++state.compared;
  if (type == "54") {
    const bool is_end =
        Child(*Child(message, "messagebundlemarker"), "startorend")->value("hex", "") == "45";
    ASSERT_EQ(updates.size(), is_end ? 1u : 0u);
    if (is_end) {
      EXPECT_EQ(updates[0].flags & FH_FLAG_LAST, FH_FLAG_LAST);
    }
    return;
  }
  ASSERT_FALSE(updates.empty());
  const NormalizedUpdate& first = updates[0];
  if (const json* order = Child(message, "addormodifyordermessage")) {
    const auto market = static_cast<uint32_t>(Number(*order, "marketid"));
    const uint64_t id = Number(*order, "orderid");
    bool& stands = state.orders[{market, id}];
    ASSERT_EQ(updates.size(), 1u);
    EXPECT_EQ(first.action, stands ? FH_ACTION_MODIFY : FH_ACTION_ADD);
    stands = true;
    EXPECT_EQ(first.instrument_id, market);
    EXPECT_EQ(first.order.order_id, id);
    EXPECT_EQ(first.order.size, Number(*order, "quantity"));
    EXPECT_EQ(first.side, Number(*order, "side") == '1' ? FH_SIDE_BID : FH_SIDE_ASK);
    EXPECT_EQ((first.flags & FH_FLAG_IMPLIED) != 0, Number(*order, "isimplied") == 'Y');
    EXPECT_EQ(first.order.price, Number(*order, "price") == 0 ? 0 : FH_UNDEFINED_PRICE);
    const json* const stamp = Child(*order, "modificationtimestamp");
    EXPECT_EQ(first.ts_event_ns, stamp != nullptr
                                     ? static_cast<int64_t>(Number(*order, "modificationtimestamp"))
                                     : sent_ns);
  } else if (const json* gone = Child(message, "deleteordermessage")) {
    state.orders.erase(
        {static_cast<uint32_t>(Number(*gone, "marketid")), Number(*gone, "orderid")});
    EXPECT_EQ(first.action, FH_ACTION_CANCEL);
    EXPECT_EQ(first.order.order_id, Number(*gone, "orderid"));
    EXPECT_EQ(first.ts_event_ns / 1'000,
              static_cast<int64_t>(Number(*gone, "messagedatetime") * 1'000 +
                                   Number(*gone, "sequencewithinmillis") / 1'000));
  } else if (const json* trade = Child(message, "trademessage")) {
    const bool hits = Number(*trade, "issystempricedleg") == 'N' &&
                      Number(*trade, "offmarkettradeindicator") == ' ';
    const uint64_t id = Number(*trade, "tradeid");
    EXPECT_EQ(first.record, FH_RECORD_TRADE);
    EXPECT_EQ(first.trade.trade_id, id);
    EXPECT_EQ(first.trade.size, Number(*trade, "quantity"));
    ASSERT_EQ(updates.size(), hits ? 3u : 2u);
    if (!hits) return;
    state.orders.erase({static_cast<uint32_t>(Number(*trade, "marketid")), id});
    EXPECT_EQ(updates[1].action, FH_ACTION_FILL);
    EXPECT_EQ(updates[2].action, FH_ACTION_CANCEL);
    EXPECT_EQ(updates[2].order.order_id, id);
  } else if (const json* interest = Child(message, "openinterestmessage")) {
    EXPECT_EQ(first.statistic.type, FH_STAT_OPEN_INTEREST);
    EXPECT_EQ(first.statistic.quantity, static_cast<int64_t>(Number(*interest, "openinterest")));
  } else if (const json* state_change = Child(message, "marketstatechangemessage")) {
    EXPECT_EQ(first.status.kind, FH_STATUS_TRADING);
    EXPECT_EQ(first.status.code, static_cast<char>(Number(*state_change, "tradingstatus")));
  } else if (const json* indication = Child(message, "preopenpriceindicatormessage")) {
    EXPECT_EQ(first.statistic.type, FH_STAT_INDICATIVE_PRICE);
    EXPECT_EQ(first.statistic.quantity, static_cast<int64_t>(Number(*indication, "preopenvolume")));
  } else if (const json* statistics = Child(message, "marketstatisticsmessage")) {
    EXPECT_EQ(first.statistic.type, FH_STAT_VOLUME);
    EXPECT_EQ(first.statistic.quantity, static_cast<int64_t>(Number(*statistics, "volume")));
  } else {
    EXPECT_TRUE(Child(message, "openpricemessage") != nullptr);
    EXPECT_EQ(first.statistic.type, FH_STAT_OPENING_PRICE);
  }
}

struct Capture {
  const char* stem;
  uint64_t messages;
  uint64_t fields;
};

class IceGolden : public testing::TestWithParam<Capture> {};

TEST_P(IceGolden, EveryFieldIsWhatADissectorSaysAndBecomes) {
  const std::string stem = GetParam().stem;
  const auto capture = CaptureFile(absl::StrCat("ice/", stem, ".pcap"));
  const auto expected = CaptureFile(absl::StrCat("expected/", stem, ".pcap.fields.jsonl.gz"));
  const auto counts = CaptureFile(absl::StrCat("expected/", stem, ".pcap.counts.json"));
  if (!capture || !expected || !counts) GTEST_SKIP() << test::kNoCaptures;
  const std::unique_ptr<Codec> codec = *(*FindCodec("ice_impact"))->make({});
  ExpectedLines lines(*expected);
  std::map<std::string, uint64_t> by_type;
  uint64_t next = 0;
  uint64_t fields = 0;
  Expected state;
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    if (testing::Test::HasFailure()) return;
    const std::optional<json> line = lines.Next();
    ASSERT_TRUE(line.has_value());
    const json& tree = line->at("tree");
    const test::Decoded decoded = test::DecodePacket(*codec, captured.packet);
    ExpectFrame(tree[0], decoded.frame);
    if (next != 0) {
      EXPECT_EQ(decoded.frame.first_sequence, next) << "a gap";
    }
    next = decoded.frame.first_sequence + decoded.frame.number_count;
    FieldLeaves ours(captured.packet.data, captured.payload_offset);
    codec->Describe(captured.packet, decoded.frame, ours);
    Leaves theirs;
    for (size_t i = 1; i < tree.size(); ++i) CollectLeaves(tree[i], theirs);
    EXPECT_EQ(Differences(ours.leaves, theirs), "") << captured.frame_number;
    fields += ours.leaves.size();
    for (const auto& [type, count] : ours.by_type) by_type[type] += count;
    std::map<uint64_t, std::vector<NormalizedUpdate>> updates;
    for (const NormalizedUpdate& update : decoded.updates) {
      updates[update.sequence].push_back(update);
    }
    for (size_t i = 1; i < tree.size(); ++i) {
      ExpectUpdates(tree[i], updates[decoded.frame.first_sequence + i - 1],
                    decoded.frame.send_time_ns, state);
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(lines.Next().has_value());
  EXPECT_EQ(json(by_type), ExpectedLines(*counts).NextDocument()->at("by_type"));
  EXPECT_EQ(fields, GetParam().fields);
  EXPECT_EQ(state.compared, GetParam().messages);
  const CodecStats& stats = codec->stats();
  EXPECT_EQ(stats.messages, GetParam().messages);
  EXPECT_EQ(stats.malformed + stats.unknown + stats.unmapped + stats.undated, 0u);
  EXPECT_EQ(stats.damaged_tails + stats.trailing_bytes + stats.bad_length, 0u);
  EXPECT_GT(stats.unscaled, 0u) << "no definition is in these captures";
  test::NoteTruth({.protocol = "ice_impact",
                   .capture = absl::StrCat("ice/", stem, ".pcap"),
                   .against = "a dissector, bytes, values and updates",
                   .messages = state.compared,
                   .fields = fields});
}

INSTANTIATE_TEST_SUITE_P(Of, IceGolden,
                         testing::Values(Capture{"impact_1.1.24_20160804", 16'458, 204'247},
                                         Capture{"impact_1.1.33_20180821_head4340", 16'516,
                                                 131'989}),
                         [](const testing::TestParamInfo<Capture>& capture) {
                           return absl::StrCat("Capture", capture.index);
                         });

// Single blocks of types that the long captures have not: snapshots, special fields.
TEST(IceGoldenOfSamples, SingleBlocksAgreeFieldByField) {
  if (!CaptureFile("omi/Ice")) GTEST_SKIP() << test::kNoCaptures;
  std::map<std::string, uint64_t> by_type;
  test::TruthRow row{
      .protocol = "ice_impact", .capture = "omi/Ice/", .against = "a dissector, bytes and values"};
  for (const std::string feed : {"Mdf.iMpact.v1.1.24", "Mdf.iMpact.v1.1.33"}) {
    const std::string folder = absl::StrCat("omi/Ice/", feed);
    for (const auto& file : std::filesystem::directory_iterator(*CaptureFile(folder))) {
      SCOPED_TRACE(file.path().string());
      const std::string stem = file.path().stem().string();
      ExpectedLines lines(*CaptureFile(absl::StrCat("expected/", folder, "/", stem, ".jsonl")));
      const std::unique_ptr<Codec> codec = *(*FindCodec("ice_impact"))->make({});
      const absl::Status status = ForEachPacket(file.path(), [&](const CapturedPacket& captured) {
        const std::optional<json> line = lines.Next();
        ASSERT_TRUE(line.has_value());
        const test::Decoded decoded = test::DecodePacket(*codec, captured.packet);
        ExpectFrame(line->at("tree")[0], decoded.frame);
        FieldLeaves ours(captured.packet.data, captured.payload_offset);
        codec->Describe(captured.packet, decoded.frame, ours);
        Leaves theirs;
        for (size_t i = 1; i < line->at("tree").size(); ++i) {
          CollectLeaves(line->at("tree")[i], theirs);
        }
        EXPECT_EQ(Differences(ours.leaves, theirs), "");
        for (const auto& [type, count] : ours.by_type) {
          by_type[type] += count;
          row.messages += count;
        }
        row.fields += ours.leaves.size();
        if (stem == "MarketSnapshotOrderMessage" || stem == "SpecialFieldMessage") {
          ASSERT_FALSE(decoded.updates.empty());
          for (const NormalizedUpdate& update : decoded.updates) {
            EXPECT_NE(update.flags & FH_FLAG_SNAPSHOT, 0);
          }
        }
      });
      EXPECT_TRUE(status.ok()) << status;
    }
  }
  EXPECT_GT(by_type["C"], 0u);
  EXPECT_GT(by_type["D"], 0u);
  EXPECT_GT(by_type["b"], 0u);
  EXPECT_GT(by_type["F"], 0u);
  test::NoteTruth(row);
}

TEST(IceGoldenOfSamples, GuessKnowsItsOwnBlocksAndNoOtherFeeds) {
  if (!CaptureFile("omi") || !CaptureFile("ice")) GTEST_SKIP() << test::kNoCaptures;
  const CodecInfo& ice = **FindCodec("ice_impact");
  uint64_t own = 0;
  uint64_t foreign = 0;
  const auto look = [&](const std::filesystem::path& path, bool is_own) {
    static_cast<void>(ForEachPacket(path, [&](const CapturedPacket& captured) {
      const std::span payload(captured.packet.data, captured.packet.length);
      // 16 bytes are a block without messages: they claim nothing, and speak not against others.
      const int of_own = payload.size() > 16 ? 100 : 20;
      const int wanted = is_own ? of_own : 0;
      EXPECT_EQ(ice.guess(payload), wanted) << path;
      ++(is_own ? own : foreign);
      if (!is_own) return;
      for (const CodecInfo* info : Codecs()) {
        if (info == &ice) continue;
        EXPECT_EQ(info->guess(payload), 0) << info->name << " of " << path;
      }
    }));
  };
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*CaptureFile("omi"))) {
    if (entry.path().extension() != ".pcap") continue;
    look(entry.path(), entry.path().generic_string().find("/Ice/") != std::string::npos);
  }
  for (const auto& entry : std::filesystem::directory_iterator(*CaptureFile("ice"))) {
    look(entry.path(), true);
  }
  EXPECT_GT(own, 4'870u);
  EXPECT_GT(foreign, 50u);
}

}  // namespace
}  // namespace fh::codecs
