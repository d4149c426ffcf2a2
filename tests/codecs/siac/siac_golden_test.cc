// The captures of SIAC's feeds against what an independent dissector made of them: places and bytes of
// every field, headers included; and what the fields become.
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
using test::ExpectedLines;
using test::ForEachPacket;
using test::Hex;

// By their place in the frame: bytes, and of prices the value in people's terms.
struct Leaf {
  std::string hex;
  std::string text;
};
using Leaves = std::map<uint64_t, Leaf>;

void CollectLeaves(const json& node, Leaves& leaves) {
  if (node.value("len", 0) == 0 && !node.contains("c")) return;
  if (!node.contains("c")) {
    const std::string label = node.value("label", "");
    const size_t colon = label.find(": ");
    leaves[node.value("pos", uint64_t{0})] = {
        node.value("hex", ""), colon == std::string::npos ? "" : label.substr(colon + 2)};
    return;
  }
  for (const json& child : node["c"]) CollectLeaves(child, leaves);
}

std::string WithoutTrailingZeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

class FieldLeaves final : public MessageVisitor {
 public:
  FieldLeaves(const uint8_t* payload, uint64_t offset) : payload_(payload), offset_(offset) {}
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t>,
                    const char* why) override {
    ASSERT_NE(info, nullptr) << why;
    ++by_name[info->name];
  }
  void Field(const FieldInfo& field, const Value& value) override {
    // The dissector shows an index as the integer that it is.
    const bool has_value = field.kind == FieldKind::kDecimal && !field.is_signed;
    leaves[offset_ + static_cast<uint64_t>(value.bytes.data() - payload_)] = {
        Hex(value.bytes), has_value ? WithoutTrailingZeros(ValueText(field, value)) : ""};
  }
  void EndMessage() override {}

  Leaves leaves;
  std::map<std::string, uint64_t> by_name;

 private:
  const uint8_t* payload_;
  uint64_t offset_;
};

std::string Differences(const Leaves& ours, const Leaves& theirs, bool all_of_ours) {
  std::string text;
  for (const auto& [place, leaf] : ours) {
    const auto found = theirs.find(place);
    if (found == theirs.end()) {
      if (all_of_ours) absl::StrAppend(&text, " ours ", place, "=", leaf.hex);
    } else if (found->second.hex != leaf.hex) {
      absl::StrAppend(&text, " ", place, "=", leaf.hex, " theirs ", found->second.hex);
    } else if (!leaf.text.empty() && leaf.text != found->second.text) {
      absl::StrAppend(&text, " ", place, "=", leaf.text, " theirs ", found->second.text);
    }
  }
  for (const auto& [place, leaf] : theirs) {
    if (!ours.contains(place)) absl::StrAppend(&text, " theirs ", place, "=", leaf.hex);
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

struct Seen {
  PacketFrame frame;
  std::vector<NormalizedUpdate> updates;
  InstrumentStore store{1'000};
};

// The one packet of a sample, compared with its expectations.
void Look(const std::string& codec_name, const std::string& sample, bool all_of_ours, Seen& seen) {
  const auto capture = CaptureFile(absl::StrCat("omi/Siac/", sample, ".pcap"));
  const auto expected = CaptureFile(absl::StrCat("expected/omi/Siac/", sample, ".jsonl"));
  ASSERT_TRUE(capture && expected);
  const std::unique_ptr<Codec> codec =
      *(*FindCodec(codec_name))->make({.instruments = &seen.store});
  ExpectedLines lines(*expected);
  uint64_t packets = 0;
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    const std::optional<json> line = lines.Next();
    ASSERT_TRUE(line.has_value());
    const json& tree = line->at("tree");
    test::Decoded decoded = test::DecodePacket(*codec, captured.packet);
    seen.frame = decoded.frame;
    seen.updates = std::move(decoded.updates);
    FieldLeaves ours(captured.packet.data, captured.payload_offset);
    codec->Describe(captured.packet, seen.frame, ours);
    Leaves theirs;
    uint64_t messages = 0;
    for (const json& node : tree) {
      if (node.value("f", "") != "message") continue;
      ++messages;
      CollectLeaves(node, theirs);
    }
    EXPECT_EQ(Differences(ours.leaves, theirs, all_of_ours), "");
    test::NoteTruth({.protocol = codec_name,
                     .capture = absl::StrCat("omi/Siac/", sample, ".pcap"),
                     .against = "a dissector, bytes and values",
                     .messages = messages,
                     .fields = theirs.size()});
    EXPECT_EQ(seen.frame.message_count, messages);
    const json* const stamp =
        Child(tree[0], codec_name == "opra" ? "blocktimestamp" : "sipblocktimestamp");
    ASSERT_NE(stamp, nullptr);
    EXPECT_EQ(static_cast<uint64_t>(seen.frame.send_time_ns),
              Number(*stamp, "seconds") * 1'000'000'000 + Number(*stamp, "nanoseconds"));
    const bool is_heartbeat = seen.frame.kind == FrameKind::kHeartbeat;
    EXPECT_EQ(seen.frame.first_sequence,
              Number(tree[0], "blocksequencenumber") + (is_heartbeat ? 1 : 0));
    EXPECT_FALSE(seen.frame.trailing_bytes);
    EXPECT_EQ(seen.frame.lost_in_tail, 0u);
    for (const CodecInfo* info : Codecs()) {
      const bool is_own = info->name == codec_name && !is_heartbeat;
      EXPECT_EQ(info->guess({captured.packet.data, captured.packet.length}), is_own ? 100 : 0)
          << info->name;
    }
    ++packets;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(packets, 1u);
  const CodecStats& stats = codec->stats();
  EXPECT_EQ(stats.malformed + stats.unknown + stats.unmapped + stats.undated + stats.unscaled, 0u);
}

constexpr int64_t kCent = 10'000'000;

TEST(SiacGolden, AQuoteOfCqsAndTheBestOfAllMarketsInItsAppendages) {
  if (!CaptureFile("omi/Siac")) GTEST_SKIP() << test::kNoCaptures;
  Seen seen;
  Look("cta_v0", "Cqs.Cta.v1.91/LongQuoteMessage", true, seen);
  ASSERT_EQ(seen.updates.size(), 2u);
  EXPECT_EQ(seen.store.Name(seen.updates[0].instrument_id).view(), "STOR");
  EXPECT_EQ(seen.updates[0].detail, 'K');
  EXPECT_EQ(seen.updates[0].top.bid_price, 2945 * kCent);
  EXPECT_EQ(seen.updates[0].top.ask_price, 2947 * kCent);
  EXPECT_EQ(seen.updates[0].flags, FH_FLAG_TOB);
  EXPECT_EQ(seen.updates[0].ts_event_ns, 1'540'480'512'526'286'000);
  EXPECT_EQ(seen.updates[1].detail, 0);
  EXPECT_EQ(seen.updates[1].top.bid_price, 2946 * kCent);
  EXPECT_EQ(seen.updates[1].top.bid_size, 3u);
  EXPECT_EQ(seen.updates[1].top.ask_price, 2947 * kCent);
  EXPECT_EQ(seen.updates[1].top.ask_size, 2u);
  EXPECT_EQ(seen.updates[1].flags, FH_FLAG_TOB | FH_FLAG_LAST);
}

TEST(SiacGolden, TradesOfCtsOfBothVersions) {
  if (!CaptureFile("omi/Siac")) GTEST_SKIP() << test::kNoCaptures;
  Seen old_long;
  Look("cta_v0", "Cts.Cta.v1.91/LongTradeMessage", true, old_long);
  ASSERT_EQ(old_long.updates.size(), 2u);
  EXPECT_EQ(old_long.updates[0].trade.price, 8081 * kCent);
  EXPECT_EQ(old_long.updates[0].trade.size, 17u);
  EXPECT_EQ(old_long.updates[0].trade.trade_id, 53'078'603'287'364u);
  EXPECT_EQ(std::string(old_long.updates[1].trade_detail.conditions, 6), " F I1 ");
  EXPECT_EQ(old_long.store.Name(old_long.updates[0].instrument_id).view(), "ALLE");
  Seen old_short;
  Look("cta_v0", "Cts.Cta.v1.91/ShortTradeMessage", true, old_short);
  ASSERT_EQ(old_short.updates.size(), 2u);
  EXPECT_EQ(old_short.updates[0].trade.price, 13273 * kCent);
  EXPECT_EQ(old_short.updates[0].trade.size, 20u);
  EXPECT_EQ(old_short.updates[1].trade_detail.conditions[3], 'I');
  EXPECT_EQ(old_short.store.Name(old_short.updates[0].instrument_id).view(), "AMP");
  Seen now;
  Look("cta", "Cts.Cta.v2.9/LongTradeMessage", true, now);
  ASSERT_EQ(now.updates.size(), 1u) << "a regular sale has no detail";
  EXPECT_EQ(now.updates[0].trade.price, 2710 * kCent);
  EXPECT_EQ(now.updates[0].trade.size, 100u);
  Seen two;
  Look("cta", "Cts.Cta.v2.9/MultipleMessages", true, two);
  ASSERT_EQ(two.updates.size(), 4u);
  EXPECT_EQ(two.updates[2].sequence, two.updates[0].sequence + 1);
  EXPECT_EQ(two.updates[2].trade.size, 56u);
}

TEST(SiacGolden, BandsIndicesAndLineIntegrity) {
  if (!CaptureFile("omi/Siac")) GTEST_SKIP() << test::kNoCaptures;
  Seen index;
  Look("cta_v0", "Cts.Cta.v1.91/IndexMessage", true, index);
  ASSERT_EQ(index.updates.size(), 1u);
  EXPECT_EQ(index.updates[0].statistic.price, 50'226'700'000);
  EXPECT_EQ(index.updates[0].ts_event_ns, 1'504'898'534'066'535'000) << "the block's";
  Seen old_bands;
  Look("cta_v0", "Cts.Cta.v1.91/TradingStatusMessage", true, old_bands);
  ASSERT_EQ(old_bands.updates.size(), 2u);
  EXPECT_EQ(old_bands.updates[0].statistic.price, 380 * kCent);
  EXPECT_EQ(old_bands.updates[1].statistic.type, FH_STAT_UPPER_BAND);
  EXPECT_EQ(old_bands.updates[1].statistic.price, 580 * kCent);
  Seen bands;
  Look("cta", "Cts.Cta.v2.9/TradingStatusMessage", true, bands);
  ASSERT_EQ(bands.updates.size(), 2u);
  EXPECT_EQ(bands.updates[0].statistic.price, 2768 * kCent);
  for (const auto& [codec, sample] : {std::pair{"cta_v0", "Cts.Cta.v1.91/LineIntegrityMessage"},
                                      std::pair{"cta", "Cts.Cta.v2.9/LineIntegrityMessage"}}) {
    Seen integrity;
    Look(codec, sample, true, integrity);
    EXPECT_EQ(integrity.frame.kind, FrameKind::kHeartbeat);
    EXPECT_TRUE(integrity.updates.empty());
  }
}

// The dissector stops behind the message's type. What follows is read by the document, from the bytes
// 414d5a4e 4c1d17 0532 0582 002b 05b9 0002 and the appendage 4e42 00000582 00000032.
TEST(SiacGolden, AShortQuoteOfOpra) {
  if (!CaptureFile("omi/Siac")) GTEST_SKIP() << test::kNoCaptures;
  Seen seen;
  Look("opra", "Opra.Recipient.v6.2/ShortEquityAndIndexQuoteMessage", false, seen);
  ASSERT_FALSE(seen.updates.empty());
  const NormalizedUpdate& quote = seen.updates[0];
  EXPECT_EQ(quote.record, FH_RECORD_TOP);
  EXPECT_EQ(quote.detail, 'T');
  EXPECT_EQ(quote.ts_event_ns, 1'701'291'404'799'736'576);
  EXPECT_EQ(seen.store.Name(quote.instrument_id).view(), "AMZN  231229C00133000");
  const fh_terms terms = seen.store.Terms(quote.instrument_id);
  EXPECT_EQ(terms.kind, FH_KIND_OPTION);
  EXPECT_EQ(terms.put_call, 'C');
  EXPECT_EQ(terms.strike, 133'000'000'000);
  EXPECT_EQ(terms.expiry_ns, 1'703'894'399'999'999'999);
  EXPECT_EQ(quote.top.bid_price, 1410 * kCent);
  EXPECT_EQ(quote.top.bid_size, 43u);
  EXPECT_EQ(quote.top.ask_price, 1465 * kCent);
  EXPECT_EQ(quote.top.ask_size, 2u);
  ASSERT_EQ(seen.updates.size(), 2u);
  EXPECT_EQ(seen.updates[1].detail, 0);
  EXPECT_EQ(seen.updates[1].top.bid_price, 1410 * kCent);
  EXPECT_EQ(seen.updates[1].top.bid_size, 50u);
  EXPECT_EQ(seen.updates[1].top.ask_price, FH_UNDEFINED_PRICE) << "no message has told it yet";
}

}  // namespace
}  // namespace fh::codecs
