// The IEX codecs on real captures, field by field against what independent decoders made of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codecs/iex/iex_messages.h"
#include "codecs/iex/iex_tp.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "codecs/value.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/iex_parser_values.h"
#include "tests/codecs/truth_table.h"
#include "tests/seeds.h"

namespace fh::codecs {
namespace {

using nlohmann::json;
using test::AsParserMicroseconds;
using test::CapturedPacket;
using test::CaptureFile;
using test::Comparable;
using test::ExpectedLines;
using test::ForEachPacket;
using test::Hex;
using test::MicrosecondsOf;
using test::PriceE9Of;

struct SeenField {
  const FieldInfo* field;
  std::span<const uint8_t> bytes;
};

struct SeenMessage {
  uint64_t sequence;
  const MessageInfo* info;
  std::span<const uint8_t> bytes;
  std::vector<SeenField> fields;
};

class Recorder final : public MessageVisitor {
 public:
  void BeginMessage(uint64_t sequence, const MessageInfo* info, std::span<const uint8_t> bytes,
                    const char*) override {
    messages.push_back({sequence, info, bytes, {}});
  }
  void Field(const FieldInfo& field, const Value& value) override {
    messages.back().fields.push_back({&field, value.bytes});
  }
  void EndMessage() override {}

  std::vector<SeenMessage> messages;
};

// One codec over one capture: frames, decodes and describes every packet.
class CodecRun {
 public:
  explicit CodecRun(absl::string_view codec_name) : table_(20'000) {
    const absl::StatusOr<const CodecInfo*> info = FindCodec(codec_name);
    EXPECT_TRUE(info.ok()) << info.status();
    info_ = *info;
    absl::StatusOr<std::unique_ptr<Codec>> codec = info_->make({.instruments = &table_});
    EXPECT_TRUE(codec.ok()) << codec.status();
    codec_ = *std::move(codec);
    slots_.resize(1 << 16);
  }

  // The messages as described; the updates as decoded are left in `updates`.
  std::vector<SeenMessage> Take(const rio::Packet& packet) {
    codec_->Frame({&packet, 1}, {&frame, 1});
    Recorder recorder;
    codec_->Describe(packet, frame, recorder);
    const DecodeJob job{&packet, &frame, 0, frame.message_count, packet.stamp_ns, 0};
    UpdateWriter writer(slots_.data(), slots_.size() - 1, 0);
    codec_->Decode({&job, 1}, writer);
    EXPECT_LE(writer.next(), codec_->MaxUpdates(job));
    updates = {slots_.data(), writer.next()};
    return std::move(recorder.messages);
  }

  const CodecInfo& info() const { return *info_; }
  const CodecStats& stats() const { return codec_->stats(); }
  InstrumentStore& table() { return table_; }

  PacketFrame frame;
  std::span<const NormalizedUpdate> updates;

 private:
  InstrumentStore table_;
  const CodecInfo* info_ = nullptr;
  std::unique_ptr<Codec> codec_;
  std::vector<NormalizedUpdate> slots_;
};

// Follows numbers and stream offsets from segment to segment.
class Continuity {
 public:
  void Take(const PacketFrame& frame, const rio::Packet& packet) {
    const int64_t offset = iex::kStreamOffset(packet.data);
    const uint16_t payload = iex::kPayloadLength(packet.data);
    const bool starts_over = frame.stream_start && next_ > 1;
    restarts += starts_over;
    if (!starts_over && started_) {
      gaps += frame.first_sequence != next_ || offset != offset_ || frame.session != session_;
    }
    if (frame.kind == FrameKind::kHeartbeat) {
      ++heartbeats;
      EXPECT_EQ(payload, 0);
    }
    started_ = true;
    session_ = frame.session;
    next_ = frame.first_sequence + frame.message_count;
    offset_ = offset + payload;
  }

  int gaps = 0;
  int restarts = 0;
  int heartbeats = 0;

 private:
  bool started_ = false;
  uint64_t next_ = 0;
  int64_t offset_ = 0;
  SessionId session_;
};

void ExpectAllUnderstood(const CodecStats& stats) {
  EXPECT_EQ(stats.too_short + stats.foreign + stats.bad_length, 0u);
  EXPECT_EQ(stats.damaged_tails + stats.trailing_bytes, 0u);
  EXPECT_EQ(stats.malformed + stats.unknown + stats.unmapped + stats.instruments_full, 0u);
}

// ---- Field trees (TOPS, and the small captures of all feeds) ----

std::string Place(const json& node) {
  return node.value("f", "") + "@" + std::to_string(node.value("pos", -1)) + "+" +
         std::to_string(node.value("len", -1)) + "=" + node.value("hex", "");
}

std::string Place(const FieldInfo& field, const uint8_t* bytes, const CapturedPacket& captured) {
  return Comparable(field.name) + "@" +
         std::to_string(bytes - captured.packet.data + captured.payload_offset) + "+" +
         std::to_string(field.length) + "=" + Hex({bytes, field.length});
}

void CompareHeader(const json& tree, const CapturedPacket& captured, uint64_t& values) {
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
  for (const FieldInfo* field : iex::kSegmentHeaderFields) {
    ours.push_back(Place(*field, captured.packet.data + field->offset, captured));
  }
  for (const json& node : tree[0]["c"]) theirs.push_back(Place(node));
  EXPECT_EQ(ours, theirs);
  values += ours.size();
}

void CompareMessage(const json& tree, const SeenMessage& message, const CapturedPacket& captured,
                    uint64_t& values) {
  ASSERT_NE(message.info, nullptr);
  const json* body = test::Child(tree, Comparable(message.info->name));
  const json* header = test::Child(tree, "messageheader");
  ASSERT_NE(body, nullptr) << message.info->name;
  ASSERT_NE(header, nullptr);
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
  const uint16_t length = static_cast<uint16_t>(message.bytes.size());
  const FieldInfo length_field{"message_length", 0, 2};
  ours.push_back(Place(length_field, message.bytes.data() - 2, captured));
  EXPECT_EQ((internal::Load<std::endian::little, uint16_t>(message.bytes.data() - 2)), length);
  for (const SeenField& seen : message.fields) {
    EXPECT_EQ(seen.bytes.size(), seen.field->length);
    ours.push_back(Place(*seen.field, seen.bytes.data(), captured));
  }
  for (const json& node : (*header)["c"]) theirs.push_back(Place(node));
  for (const json& node : (*body)["c"]) theirs.push_back(Place(node));
  EXPECT_EQ(ours, theirs);
  values += ours.size();
}

struct TreeTotals {
  uint64_t messages = 0;
  uint64_t compared = 0;  // Of these.
  uint64_t values = 0;
  std::map<std::string, uint64_t> by_type;
  Continuity continuity;
};

// Decodes all of a capture and compares the frames that `compare` chooses; stops at the first that
// differs.
TreeTotals CompareWithTrees(
    CodecRun& run, const std::filesystem::path& capture, const std::filesystem::path& expected,
    const std::function<bool(uint64_t)>& compare = [](uint64_t) { return true; }) {
  TreeTotals totals;
  ExpectedLines lines(expected);
  EXPECT_TRUE(lines.ok()) << expected;
  const absl::Status status = ForEachPacket(capture, [&](const CapturedPacket& captured) {
    if (::testing::Test::HasFailure()) return;
    std::optional<json> line;
    if (compare(captured.frame_number)) {
      line = lines.Next();
      ASSERT_TRUE(line.has_value());
    } else {
      ASSERT_TRUE(lines.Skip());
    }
    SCOPED_TRACE(capture.filename().string() + " frame " + std::to_string(captured.frame_number));
    const std::vector<SeenMessage> messages = run.Take(captured.packet);
    if (line.has_value()) {
      ASSERT_EQ((*line)["frame"].get<uint64_t>(), captured.frame_number);
      const json& tree = (*line)["tree"];
      CompareHeader(tree, captured, totals.values);
      ASSERT_EQ(tree.size(), messages.size() + 1);
      for (size_t i = 0; i < messages.size(); ++i) {
        CompareMessage(tree[i + 1], messages[i], captured, totals.values);
      }
      totals.compared += messages.size();
    }
    for (size_t i = 0; i < messages.size(); ++i) {
      EXPECT_EQ(messages[i].sequence, iex::kFirstMessageSequenceNumber(captured.packet.data) + i);
      ++totals.by_type[std::string(1, static_cast<char>(messages[i].bytes[0]))];
    }
    totals.messages += messages.size();
    totals.continuity.Take(run.frame, captured.packet);
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(lines.Next().has_value()) << "the expected file has more frames";
  return totals;
}

void ExpectCounts(const std::map<std::string, uint64_t>& by_type, const std::string& counts_file) {
  std::optional<std::filesystem::path> path = CaptureFile(counts_file);
  ASSERT_TRUE(path.has_value());
  const std::optional<json> counts = ExpectedLines(*path).NextDocument();
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(by_type, ((*counts)["by_type"].get<std::map<std::string, uint64_t>>()));
}

TEST(IexGolden, TopsCaptureAgreesInEveryField) {
  const auto capture = CaptureFile("iex/tops16_20170710_head6500.pcap");
  const auto expected = CaptureFile("expected/tops16_20170710_head6500.pcap.fields.jsonl.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  CodecRun run("iex_tops16");
  const test::EachOf frames("frames", 20);
  const TreeTotals totals =
      CompareWithTrees(run, *capture, *expected, [&](uint64_t frame) { return frames.Has(frame); });
  EXPECT_EQ(totals.messages, 44'214u);
  EXPECT_GT(totals.values, frames.whole() ? 300'000u : 10'000u);
  ExpectCounts(totals.by_type, "expected/tops16_20170710_head6500.pcap.counts.json");
  test::NoteTruth({.protocol = "iex_tops16",
                   .capture = "iex/tops16_20170710_head6500.pcap",
                   .against = "a dissector, places and bytes",
                   .messages = totals.compared,
                   .fields = totals.values});
  EXPECT_EQ(totals.continuity.gaps, 0);
  EXPECT_EQ(totals.continuity.restarts, 0);
  EXPECT_EQ(totals.continuity.heartbeats, 168);
  EXPECT_EQ(run.stats().packets, 6'500u);
  EXPECT_EQ(run.stats().messages, 44'214u);
  ExpectAllUnderstood(run.stats());
}

TEST(IexGolden, SmallCapturesAgreeInEveryField) {
  const auto folder = CaptureFile("omi/Iex");
  const auto expected = CaptureFile("expected/omi/Iex");
  if (!folder || !expected) GTEST_SKIP() << test::kNoCaptures;
  int files = 0;
  test::TruthRow rows[2] = {{.protocol = "iex_tops16",
                             .capture = "omi/Iex/Tops.*/",
                             .against = "a dissector, places and bytes"},
                            {.protocol = "iex_deep10",
                             .capture = "omi/Iex/Deep.*/",
                             .against = "a dissector, places and bytes"}};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (entry.path().extension() != ".pcap") continue;
    // The folder called v1.5 holds TOPS 1.6 by the protocol ids of its segments.
    const bool deep = entry.path().string().find("Deep") != std::string::npos;
    CodecRun run(deep ? "iex_deep10" : "iex_tops16");
    std::filesystem::path lines =
        *expected / entry.path().lexically_relative(*folder).replace_extension(".jsonl");
    const TreeTotals totals = CompareWithTrees(run, entry.path(), lines);
    rows[deep ? 1 : 0].messages += totals.compared;
    rows[deep ? 1 : 0].fields += totals.values;
    ExpectAllUnderstood(run.stats());
    ++files;
  }
  EXPECT_EQ(files, 13);
  EXPECT_EQ(rows[0].messages + rows[1].messages, 66u);
  for (const test::TruthRow& row : rows) test::NoteTruth(row);
}

// ---- DEEP: a parser's values ----

std::string TextOf(const Alpha& field, const uint8_t* message) {
  return std::string(Symbol(field(message), field.length).view());
}

std::string LetterOf(const Letter& field, const uint8_t* message) {
  const char letter = field(message);
  return letter == ' ' ? "" : std::string(1, letter);
}

// Flags come as a number or, in trade breaks, as a character in UTF-8.
int FlagsOf(const json& flags) {
  if (flags.is_number()) return flags.get<int>();
  const std::string text = flags.get<std::string>();
  if (text.size() == 2) return (text[0] & 0x1F) << 6 | (text[1] & 0x3F);
  return static_cast<unsigned char>(text.at(0));
}

// Our reading of the message in the parser's words.
json InParsersWords(const uint8_t* message) {
  const auto sized = [&](json line) {
    line["size"] = iex::kSize(message);
    line["price_e9"] = int64_t{iex::kPrice(message)} * 100'000;
    return line;
  };
  const auto trade = [&](const char* type) {
    json line = sized({{"type", type}, {"flags", iex::kSaleConditionFlags(message)}});
    line["trade_id"] = iex::kTradeId(message);
    return line;
  };
  switch (message[0]) {
    case 'S':
      return {{"type", "system_event"}, {"event", LetterOf(iex::kSystemEvent, message)}};
    case 'H':
      return {{"type", "trading_status"},
              {"status", LetterOf(iex::kTradingStatus, message)},
              {"reason", TextOf(iex::kReason, message)}};
    case 'O':
      return {{"type", "operational_halt"},
              {"halt_status", LetterOf(iex::kOperationalHaltStatus, message)}};
    case 'P':
      return {{"type", "short_sale_price_test_status"},
              {"status", iex::kShortSalePriceTestStatus(message)},
              {"detail", LetterOf(iex::kDetail, message)}};
    case 'E':
      return {{"type", "security_event"},
              {"security_event", LetterOf(iex::kSecurityEvent, message)}};
    case '8':
    case '5':
      return sized({{"type", "price_level_update"},
                    {"side", message[0] == '8' ? "B" : "S"},
                    {"flags", iex::kEventFlags(message)}});
    case 'T':
      return trade("trade_report");
    case 'B':
      return trade("trade_break");
    default:
      return {{"type", "not in this capture"}};
  }
}

json Normalized(json line) {
  if (line.contains("price")) {
    line["price_e9"] = PriceE9Of(line["price"].get<std::string>());
    line.erase("price");
  }
  if (line.contains("flags")) line["flags"] = FlagsOf(line["flags"]);
  line["timestamp"] = MicrosecondsOf(line["timestamp"].get<std::string>());
  return line;
}

TEST(IexGolden, DeepCaptureAgreesInEveryField) {
  const auto capture = CaptureFile("iex/deep10_20170425_head60000.pcap");
  const auto expected = CaptureFile("expected/deep10_20170425.iex_parser.jsonl.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  CodecRun run("iex_deep10");
  ExpectedLines lines(*expected);
  const test::EachOf frames("frames", 20);
  std::map<std::string, uint64_t> by_type;
  std::map<uint8_t, uint64_t> updates_by_record;
  Continuity continuity;
  test::TruthRow row{.protocol = "iex_deep10",
                     .capture = "iex/deep10_20170425_head60000.pcap",
                     .against = "another parser, values"};
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    if (HasFailure()) return;
    for (const SeenMessage& seen : run.Take(captured.packet)) {
      const uint8_t* const message = seen.bytes.data();
      if (frames.Has(captured.frame_number)) {
        const std::optional<json> line = lines.Next();
        ASSERT_TRUE(line.has_value());
        json ours = InParsersWords(message);
        ours["timestamp"] = AsParserMicroseconds(iex::kTimestamp(message));
        if (message[0] != 'S') ours["symbol"] = TextOf(iex::kSymbol, message);
        ASSERT_EQ(ours, Normalized(*line)) << "message " << seen.sequence;
        ++row.messages;
        row.fields += ours.size();
      } else {
        ASSERT_TRUE(lines.Skip());
      }
      ASSERT_EQ(seen.bytes.size(), seen.info->length);
      ASSERT_EQ(seen.fields.size(), seen.info->fields.size());
      ++by_type[std::string(1, static_cast<char>(message[0]))];
    }
    for (const NormalizedUpdate& update : run.updates) ++updates_by_record[update.record];
    continuity.Take(run.frame, captured.packet);
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(lines.Next().has_value());
  ExpectCounts(by_type, "expected/deep10_20170425_head60000.pcap.counts.json");
  test::NoteTruth(row);
  EXPECT_EQ(continuity.gaps, 0);
  EXPECT_EQ(continuity.restarts, 11);
  EXPECT_EQ(continuity.heartbeats, 7'857);
  EXPECT_EQ(run.stats().packets, 60'000u);
  EXPECT_EQ(run.stats().messages, 329'936u);
  ExpectAllUnderstood(run.stats());
  // One update a message, and one more for each of the 12 starts of messages.
  EXPECT_EQ(updates_by_record[FH_RECORD_TRADE], by_type["T"] + by_type["B"]);
  EXPECT_GT(updates_by_record[FH_RECORD_LEVEL], by_type["8"] + by_type["5"]);
  EXPECT_EQ(run.stats().updates - run.stats().messages,
            updates_by_record[FH_RECORD_LEVEL] - by_type["8"] - by_type["5"]);
}

// ---- The registry's guess ----

TEST(IexGolden, GuessNamesTheFeedOfEverySegment) {
  const auto deep = CaptureFile("iex/deep10_20170425_head60000.pcap");
  const auto tops = CaptureFile("iex/tops16_20170710_head6500.pcap");
  if (!deep || !tops) GTEST_SKIP() << test::kNoCaptures;
  for (const auto& [path, name] :
       {std::pair{*deep, "iex_deep10"}, std::pair{*tops, "iex_tops16"}}) {
    uint64_t certain = 0;
    uint64_t packets = 0;
    const absl::Status status = ForEachPacket(path, [&, codec = name](const CapturedPacket& at) {
      ++packets;
      for (const CodecInfo* info : Codecs()) {
        const int guess = info->guess({at.packet.data, at.packet.length});
        certain += info->name == absl::string_view(codec) ? guess == 100 : 0;
      }
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(certain, packets) << name;
  }
}

}  // namespace
}  // namespace fh::codecs
