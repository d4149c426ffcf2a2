// The captures of ITCH's dialects against what an independent dissector made of them: names, places,
// bytes and values of every field, headers included; and what they become.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/moldudp64/moldudp64.h"
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
using test::Comparable;
using test::ExpectedLines;
using test::Hex;
using test::PacketBytes;

std::unique_ptr<Codec> Make(const char* name, InstrumentStore* instruments = nullptr) {
  return *(*FindCodec(name))->make({.channel_id = 1, .instruments = instruments});
}

struct Leaf {
  std::string name;
  std::string hex;
  std::string text;  // Theirs: the label behind the name. Ours: in people's terms.
  const FieldInfo* field = nullptr;
  Value value;
};
using Leaves = std::map<uint64_t, Leaf>;  // By their place in the frame.

void CollectLeaves(const json& node, Leaves& leaves) {
  if (node.value("len", 0) == 0 && !node.contains("c")) return;
  if (node.contains("c")) {
    for (const json& child : node["c"]) CollectLeaves(child, leaves);
    return;
  }
  const std::string label = node.value("label", "");
  const size_t colon = label.find(": ");
  leaves[node.value("pos", uint64_t{0})] = {
      node.value("f", ""), node.value("hex", ""),
      colon == std::string::npos ? "" : label.substr(colon + 2)};
}

// The fields of a packet, those of groups and headers included.
class FieldLeaves final : public MessageVisitor {
 public:
  explicit FieldLeaves(const CapturedPacket& captured) : captured_(captured) {
    for (const FieldInfo* field : std::initializer_list<const FieldInfo*>{
             &MoldUdp64::kSession, &MoldUdp64::kSequence, &MoldUdp64::kCount}) {
      Field(*field, ReadValue(*field, captured.packet.data));
    }
  }
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t> bytes,
                    const char* why) override {
    ASSERT_NE(info, nullptr) << why;
    ++messages;
    static constexpr BigEndian<uint16_t> kLength{"message_length", 0};
    Field(kLength, ReadValue(kLength, bytes.data() - 2));
  }
  void Field(const FieldInfo& field, const Value& value) override {
    const auto place = static_cast<uint64_t>(value.bytes.data() - captured_.packet.data);
    leaves[captured_.payload_offset + place] = {Comparable(field.name), Hex(value.bytes),
                                                ValueText(field, value), &field, value};
  }
  void EndMessage() override {}

  Leaves leaves;
  uint64_t messages = 0;

 private:
  const CapturedPacket& captured_;
};

// "(X)" at the end of a label is the value's letter or number.
std::string InParentheses(const std::string& text) {
  const size_t open = text.rfind('(');
  if (open == std::string::npos || text.back() != ')') return text;
  const std::string inner = text.substr(open + 1, text.size() - open - 2);
  return inner == "<whitespace>" ? "" : inner;
}

// What the dissector prints, in spite of what it prints wrong: text is cut at the first space, and
// `price_error` is what its prices are too large by.
void ExpectSameValue(const Leaf& ours, const Leaf& theirs, double price_error) {
  SCOPED_TRACE(absl::StrCat(ours.name, ": ours ", ours.text, ", theirs ", theirs.text));
  switch (ours.field->kind) {
    case FieldKind::kChar:
      EXPECT_EQ(absl::StripAsciiWhitespace(ours.text), InParentheses(theirs.text));
      break;
    case FieldKind::kAlpha:
      if (theirs.text == "No Value") break;  // NULs.
      EXPECT_EQ(ours.text.substr(0, ours.text.find(' ')),
                std::string(absl::StripAsciiWhitespace(theirs.text)));
      break;
    case FieldKind::kDecimal:
      EXPECT_DOUBLE_EQ(std::strtod(ours.text.c_str(), nullptr),
                       std::strtod(theirs.text.c_str(), nullptr) / price_error);
      break;
    case FieldKind::kNsSinceMidnight:
      // The zone is another.
      EXPECT_EQ(ours.text.substr(ours.text.find(':')), theirs.text.substr(theirs.text.find(':')));
      break;
    case FieldKind::kUnixSeconds:
    case FieldKind::kUnixDays:
      if (absl::StrContains(theirs.text, ':')) {
        EXPECT_EQ(ours.text.substr(0, 10), theirs.text.substr(0, 10));
        EXPECT_EQ(ours.text.substr(11, 8), theirs.text.substr(11, 8));
      } else {
        EXPECT_EQ(absl::StrCat(ours.value.number), theirs.text);
      }
      break;
    default:
      EXPECT_EQ(absl::StrCat(ours.value.number), InParentheses(theirs.text));
      break;
  }
}

struct Compared {
  uint64_t messages = 0;
  uint64_t fields = 0;
};

void ComparePacket(const char* codec_name, const CapturedPacket& captured, const json& line,
                   double price_error, Compared& compared) {
  const std::unique_ptr<Codec> codec = Make(codec_name);
  PacketFrame frame;
  codec->Frame({&captured.packet, 1}, {&frame, 1});
  EXPECT_EQ(frame.kind, FrameKind::kMessages);
  EXPECT_EQ(frame.lost_in_tail, 0u);
  EXPECT_FALSE(frame.trailing_bytes);
  FieldLeaves ours(captured);
  codec->Describe(captured.packet, frame, ours);
  Leaves theirs;
  for (const json& node : line.at("tree")) CollectLeaves(node, theirs);
  for (const auto& [place, leaf] : theirs) {
    const auto found = ours.leaves.find(place);
    if (found == ours.leaves.end()) {
      ADD_FAILURE() << "not described: " << leaf.name << " at " << place;
      continue;
    }
    EXPECT_EQ(found->second.name, leaf.name) << "at " << place;
    // The dissector leaves out the bytes of long texts.
    if (!leaf.hex.empty()) {
      EXPECT_EQ(found->second.hex, leaf.hex) << leaf.name;
    }
    ExpectSameValue(found->second, leaf, price_error);
    ++compared.fields;
  }
  EXPECT_EQ(ours.leaves.size(), theirs.size()) << "the dissector knows other fields";
  compared.messages += ours.messages;
}

// Guessed as its own codec, and claimed by no other.
void ExpectGuess(const char* codec_name, const CapturedPacket& captured) {
  for (const CodecInfo* info : Codecs()) {
    const int confidence = info->guess({captured.packet.data, captured.packet.length});
    if (std::string(info->name) == codec_name) {
      EXPECT_EQ(confidence, 100);
    } else {
      EXPECT_LT(confidence, 50) << info->name;
    }
  }
}

// All captures below a folder of omi/.
Compared CompareFolder(const char* codec_name, const std::string& name, double price_error = 1) {
  Compared compared;
  const auto folder = CaptureFile("omi/" + name);
  const auto expected = CaptureFile("expected/omi/" + name);
  if (!folder || !expected) return compared;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    if (entry.path().extension() != ".pcap") continue;
    SCOPED_TRACE(entry.path().string());
    ExpectedLines lines(*expected / entry.path().filename().replace_extension(".jsonl"));
    EXPECT_TRUE(lines.ok());
    const absl::Status status =
        test::ForEachPacket(entry.path(), [&](const CapturedPacket& captured) {
          const std::optional<json> line = lines.Next();
          ASSERT_TRUE(line && !line->is_discarded());
          ComparePacket(codec_name, captured, *line, price_error, compared);
          ExpectGuess(codec_name, captured);
        });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_FALSE(lines.Next().has_value()) << "the dissector saw further packets";
  }
  test::NoteTruth({.protocol = codec_name,
                   .capture = absl::StrCat("omi/", name, "/"),
                   .against = price_error == 1
                                  ? "a dissector, bytes and values"
                                  : "a dissector, bytes and values; its prices are wrong",
                   .messages = compared.messages,
                   .fields = compared.fields});
  return compared;
}

// The dissector divides every price by a hundred. The directories in the captures say otherwise: one
// is a millionth, the wheat future settles at 303.00 in steps of 0.10 and its lot is 20 tonnes
// (20000000), and the SPI future traded at 6527 that day, not at 65270000.
TEST(DialectGolden, AsxFieldsAreTheDissectors) {
  if (!CaptureFile("omi/Asx")) GTEST_SKIP() << test::kNoCaptures;
  constexpr double kTooLarge = 10'000;
  const Compared compared = CompareFolder("asx_itch", "Asx/Ntp.Itch.v1.05", kTooLarge);
  EXPECT_EQ(compared.messages, 19u);
  EXPECT_GE(compared.fields, 250u);
}

TEST(DialectGolden, JnxFieldsAreTheDissectors) {
  if (!CaptureFile("omi/Jnx")) GTEST_SKIP() << test::kNoCaptures;
  const Compared compared = CompareFolder("jnx_itch", "Jnx/JnxEquities.Pts.Itch.v1.6");
  EXPECT_EQ(compared.messages, 2u);
  EXPECT_EQ(compared.fields, 16u);
}

TEST(DialectGolden, IseFieldsAreTheDissectors) {
  if (!CaptureFile("omi/Nasdaq")) GTEST_SKIP() << test::kNoCaptures;
  const Compared orders = CompareFolder("ise_combo", "Nasdaq/Ise.OrderComboFeed.v1.1");
  const Compared quotes = CompareFolder("ise_combo", "Nasdaq/Ise.TopComboQuoteFeed.v1.0");
  EXPECT_EQ(orders.messages, 3u);
  EXPECT_EQ(quotes.messages, 4u);
  EXPECT_EQ(orders.fields + quotes.fields, 108u);
}

TEST(DialectGolden, BboFieldsAreTheDissectors) {
  if (!CaptureFile("omi/Nasdaq")) GTEST_SKIP() << test::kNoCaptures;
  const Compared compared =
      CompareFolder("nasdaq_basic", "Nasdaq/Nasdaq.Equities.Bbo.Itch.v2.1.20241105");
  EXPECT_EQ(compared.messages, 5u);
  EXPECT_EQ(compared.fields, 55u);
}

// Decodes a capture's packets with its own times.
std::vector<NormalizedUpdate> Updates(const char* codec_name, const std::string& name,
                                      InstrumentStore& instruments) {
  std::vector<NormalizedUpdate> updates;
  const std::unique_ptr<Codec> codec = Make(codec_name, &instruments);
  const absl::Status status =
      test::ForEachPacket(*CaptureFile("omi/" + name), [&](const CapturedPacket& captured) {
        const PacketBytes bytes(std::string(reinterpret_cast<const char*>(captured.packet.data),
                                            captured.packet.length));
        PacketFrame frame;
        codec->Frame({&bytes.packet(), 1}, {&frame, 1});
        const DecodeJob job = {&bytes.packet(),          &frame, 0, frame.message_count,
                               captured.packet.stamp_ns, 0};
        for (const NormalizedUpdate& update : test::DecodeJobs(*codec, {&job, 1})) {
          updates.push_back(update);
          if (update.ts_event_ns == kUndefinedTime) continue;
          // The venue's clock and the capture's agree within its tens of milliseconds.
          EXPECT_LT(std::abs(captured.packet.stamp_ns - update.ts_event_ns), 100'000'000);
        }
        EXPECT_EQ(codec->stats().malformed + codec->stats().unknown, 0u);
      });
  EXPECT_TRUE(status.ok()) << status;
  return updates;
}

// The dissector takes this version for 4.0 and knows none of its messages: so they are compared with
// the capture's clock, and with what can be seen in their bytes.
TEST(DialectGolden, TradesOfNlsPlus3AreThoseOfTheirBytes) {
  const std::string folder = "Nasdaq/Nasdaq.Equities.NlsPlus.Itch.4.0.20241105/NlsPlus.";
  if (!CaptureFile("omi/" + folder + "SystemEventMessage.pcap")) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore instruments(100);
  const std::vector<NormalizedUpdate> updates =
      Updates("nls_plus3", folder + "TradeReportLongPriceMessage.pcap", instruments);
  constexpr int64_t kPricesE4[] = {6'646'397'650, 6'643'654'700, 6'643'654'700, 6'647'382'750,
                                   6'643'654'700};
  constexpr const char* kControl[] = {"0000A02AD0", "0000A02CWI", "0000A02CYN", "0000A02D03",
                                      "0000A02D07"};
  ASSERT_EQ(updates.size(), 10u);
  for (size_t i = 0; i < 5; ++i) {
    const NormalizedUpdate& trade = updates[2 * i];
    const NormalizedUpdate& volume = updates[2 * i + 1];
    EXPECT_EQ(trade.record, FH_RECORD_TRADE);
    EXPECT_EQ(trade.action, FH_ACTION_TRADE);
    EXPECT_EQ(trade.flags, 0);
    EXPECT_EQ(instruments.Name(trade.instrument_id).view(), "BRK.A");
    EXPECT_EQ(trade.detail, 'L');
    EXPECT_EQ(trade.trade.price, kPricesE4[i] * 100'000);
    EXPECT_EQ(trade.trade.size, 1u);
    uint64_t id = 0;
    for (const char* c = kControl[i]; *c != 0; ++c) id = id * 64 + (*c & 63);
    EXPECT_EQ(trade.trade.trade_id, id);
    EXPECT_EQ(volume.record, FH_RECORD_STATISTIC);
    EXPECT_EQ(volume.statistic.type, FH_STAT_VOLUME);
    EXPECT_EQ(volume.statistic.quantity, static_cast<int64_t>(i + 1));
    EXPECT_EQ(volume.flags, FH_FLAG_LAST);
  }
}

TEST(DialectGolden, StatusesOfNlsPlus3AreThoseOfTheirBytes) {
  const std::string folder = "Nasdaq/Nasdaq.Equities.NlsPlus.Itch.4.0.20241105/NlsPlus.";
  if (!CaptureFile("omi/" + folder + "SystemEventMessage.pcap")) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore instruments(100);
  const auto events = Updates("nls_plus3", folder + "SystemEventMessage.pcap", instruments);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].status.kind, FH_STATUS_SYSTEM_EVENT);
  EXPECT_EQ(events[0].status.code, 'Q');
  const auto halts = Updates("nls_plus3", folder + "StockTradingActionMessage.pcap", instruments);
  ASSERT_EQ(halts.size(), 5u);
  EXPECT_EQ(instruments.Name(halts[0].instrument_id).view(), "ZVZZT");
  EXPECT_EQ(halts[0].status.state, FH_TRADING_PAUSED);
  EXPECT_EQ(std::string(halts[0].status.reason, 4), "LUDP");
  EXPECT_EQ(instruments.Name(halts[1].instrument_id).view(), "BVS");
  EXPECT_EQ(instruments.Name(halts[4].instrument_id).view(), "ZXZZT");
  EXPECT_EQ(halts[4].status.state, FH_TRADING_OPEN);
  for (const char* file :
       {"SystemEventMessage", "StockTradingActionMessage", "TradeReportLongPriceMessage"}) {
    const auto path = *CaptureFile("omi/" + folder + file + ".pcap");
    ASSERT_TRUE(test::ForEachPacket(path, [](const CapturedPacket& captured) {
                  ExpectGuess("nls_plus3", captured);
                }).ok());
  }
}

// One trade of a combination, and the orders of its legs that it hit.
TEST(DialectGolden, AnAsxStripTradeHitsTheOrdersOfItsLegs) {
  if (!CaptureFile("omi/Asx")) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore instruments(100);
  const auto updates =
      Updates("asx_itch", "Asx/Ntp.Itch.v1.05/TradeExecutedMessage.pcap", instruments);
  ASSERT_EQ(updates.size(), 2u + 6 * 3);
  EXPECT_EQ(updates[0].record, FH_RECORD_TRADE);
  EXPECT_EQ(updates[0].instrument_id, 0x28334u);
  EXPECT_EQ(updates[0].trade.price, 230'000'000);
  EXPECT_EQ(updates[0].trade.size, 2u);
  EXPECT_EQ(updates[0].side, FH_SIDE_NONE);
  EXPECT_EQ(updates[0].ts_event_ns, kUndefinedTime) << "no second was said";
  EXPECT_EQ(updates[1].action, FH_ACTION_TRADE);
  EXPECT_EQ(updates[1].side, FH_SIDE_BID) << "the order that rested was to sell";
  EXPECT_EQ(updates[1].trade.price, 99'315'000'000);
  EXPECT_EQ(updates[1].trade.size, 74u);
  EXPECT_EQ(updates[2].action, FH_ACTION_FILL);
  EXPECT_EQ(updates[2].order.order_id, 0x5b3d8c1c59004001u);
  EXPECT_EQ(updates[3].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[3].order.size, 74u) << "18 of it remain";
  EXPECT_EQ(updates[3].flags, FH_FLAG_LAST);
  const NormalizedUpdate& last = updates.back();
  EXPECT_EQ(last.action, FH_ACTION_CANCEL);
  EXPECT_EQ(last.order.size, uint64_t{FH_SIZE_ALL});
}

TEST(DialectGolden, AsxDirectoriesGiveTerms) {
  if (!CaptureFile("omi/Asx")) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore instruments(100);
  Updates("asx_itch", "Asx/Ntp.Itch.v1.05/FutureSymbolDirectoryMessage.pcap", instruments);
  const fh_terms wheat = instruments.Terms(0x27ed2);
  EXPECT_EQ(instruments.Name(0x27ed2).view(), "WKN0");
  EXPECT_EQ(wheat.kind, FH_KIND_FUTURE);
  EXPECT_EQ(wheat.tick, 100'000'000);
  EXPECT_EQ(wheat.multiplier, 20 * kPriceScale);
  EXPECT_EQ(wheat.price_decimals, 2);
  EXPECT_EQ(std::string(wheat.currency, 3), "AUD");
  EXPECT_EQ(wheat.expiry_ns, (int64_t{0x5f0f0be0} + 86'400) * kPriceScale - 1);
  Updates("asx_itch", "Asx/Ntp.Itch.v1.05/OptionsSymbolDirectoryMessage.pcap", instruments);
  const fh_terms power = instruments.Terms(0x233e2);
  EXPECT_EQ(power.kind, FH_KIND_OPTION);
  EXPECT_EQ(power.put_call, 'C');
  EXPECT_EQ(power.strike, 89 * kPriceScale);
  EXPECT_EQ(power.multiplier, 2'184 * kPriceScale);
  EXPECT_EQ(power.underlying_id, 0xe364u);
}

}  // namespace
}  // namespace fh::codecs
