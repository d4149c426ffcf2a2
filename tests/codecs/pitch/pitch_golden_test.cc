// The Cboe captures against the exchange's own dissector (names and values, as text), and samples of
// CFE and of the options feed against another one (place and content of every field).
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "codecs/instrument_store.h"
#include "codecs/pitch/unit_framing.h"
#include "codecs/registry.h"
#include "codecs/value.h"
#include "replay/capture_reader.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/truth_table.h"

namespace fh::codecs::pitch {
namespace {

using nlohmann::json;
using test::CapturedPacket;
using test::CaptureFile;
using test::ForEachPacket;
using Lines = std::vector<std::string>;

constexpr char kRealtime[] = "pitch/mcastpitch_realtime_useq.pcap";
constexpr char kRequests[] = "pitch/mcastpitch_grp_useq.pcap";

std::unique_ptr<Codec> Make(const char* name, InstrumentStore* instruments = nullptr) {
  absl::StatusOr<std::unique_ptr<Codec>> codec =
      (*FindCodec(name))->make({.instruments = instruments});
  EXPECT_TRUE(codec.ok()) << codec.status();
  return codec.ok() ? *std::move(codec) : nullptr;
}

// "1V6HCH000001": ids as the exchange prints them.
std::string Base36(uint64_t id) {
  std::string text(12, '0');
  for (size_t i = text.size(); id != 0 && i > 0; id /= 36) {
    text[--i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[id % 36];
  }
  return text;
}

// What the dissector calls our fields.
std::string TheirName(const std::string& name, bool is_short) {
  static const std::map<std::string, std::string> kNames = {
      {"time", "Time"},
      {"time_offset", "Time Offset"},
      {"order_id", "Order ID"},
      {"side_indicator", "Side"},
      {"symbol", "Symbol"},
      {"execution_id", "Execution ID"},
      {"executed_quantity", "Executed Shares"},
      {"add_flags", "Add Flags"},
      {"modify_flags", "Add Flags"},
      {"session_sub_id", "Session Sub ID"},
      {"username", "Username"},
      {"filler", "Filler"},
      {"password", "Password"},
      {"login_status", "Login Status"},
      {"unit", "Unit"},
      {"sequence", "Sequence"},
      {"count", "Count"},
      {"gap_response_status", "Gap Response Status"}};
  const char* form = is_short ? " (Short)" : " (Long)";
  if (name == "quantity") return absl::StrCat("Quantity", form);
  if (name == "canceled_quantity") return absl::StrCat("Canceled Shares", form);
  if (name == "price") return absl::StrCat("Price", form);
  const auto found = kNames.find(name);
  EXPECT_TRUE(found != kNames.end()) << name;
  return found == kNames.end() ? name : found->second;
}

std::string Text(const Value& value) {
  return {reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()};
}

std::string TheirValue(const FieldInfo& field, const Value& value) {
  const std::string name = field.name;
  if (name == "order_id" || name == "execution_id") return Base36(value.number);
  switch (field.kind) {
    case FieldKind::kAlpha:
      return Text(value);
    case FieldKind::kChar:
      return name == "side_indicator" ? Text(value) : absl::StrCat("'", Text(value), "'");
    case FieldKind::kFlags:
      return absl::StrFormat("0x%02x", value.number);
    case FieldKind::kDecimal:
    case FieldKind::kSecondsSinceMidnight:
      return absl::StrCat(value.number, " = ", ValueText(field, value));
    default:
      return absl::StrCat(value.number);
  }
}

// Messages as the lines of the dissector below its packet header.
class DissectorLines final : public MessageVisitor {
 public:
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t> bytes,
                    const char* why) override {
    ASSERT_NE(info, nullptr) << why;
    is_short_ = std::string(info->name).find("_short_") != std::string::npos;
    lines.push_back(absl::StrCat("Msg Length: ", bytes.size()));
    lines.push_back(absl::StrFormat("Msg Type: 0x%02x", info->type));
  }
  void Field(const FieldInfo& field, const Value& value) override {
    if (value.state == Value::State::kAbsent || field.offset < kLeastMessageBytes) return;
    lines.push_back(absl::StrCat(TheirName(field.name, is_short_), ": ", TheirValue(field, value)));
  }
  void EndMessage() override {}

  Lines lines;

 private:
  bool is_short_ = false;
};

Lines HeaderLines(const PacketFrame& frame, const rio::Packet& packet) {
  return {absl::StrCat("Hdr Length: ", packet.length),
          absl::StrCat("Hdr Count: ", frame.message_count),
          absl::StrCat("Hdr Unit: ", frame.stream),
          absl::StrCat("Hdr Sequence: ", frame.first_sequence)};
}

// Of each frame, what the dissector made of it: only "NAME: VALUE" lines of the protocol itself.
std::vector<Lines> DissectedFrames(const std::filesystem::path& path) {
  std::vector<Lines> frames;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.string().c_str(), "rb"),
                                                        gzclose);
  char part[1 << 12];
  while (file != nullptr && gzgets(file.get(), part, sizeof part) != nullptr) {
    std::string line(part);
    while (!line.empty() && line.back() == '\n') line.pop_back();
    if (line.rfind("Frame ", 0) == 0) frames.emplace_back();
    // What is deeper is about the capture (a number that is out of order).
    const bool is_value = line.rfind("    ", 0) == 0 && line.size() > 4 && line[4] != ' ';
    if (is_value && !frames.empty()) frames.back().push_back(line.substr(4));
  }
  return frames;
}

// The meaning of a letter is in brackets behind its value: "'A' Login Accepted (0x41)".
void ExpectLines(const Lines& ours, const Lines& theirs) {
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    const bool is_letter = !ours[i].empty() && ours[i].back() == '\'';
    EXPECT_EQ(ours[i], is_letter ? theirs[i].substr(0, ours[i].size()) : theirs[i]);
  }
}

TEST(PitchGolden, EveryFieldIsWhatTheExchangesDissectorPrints) {
  const auto capture = CaptureFile(kRealtime);
  const auto expected = CaptureFile("expected/mcastpitch_realtime_useq.mcastpitch.txt.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  const std::vector<Lines> dissected = DissectedFrames(*expected);
  const std::unique_ptr<Codec> codec = Make("cboe_pitch");
  uint64_t messages = 0;
  uint64_t fields = 0;
  uint64_t packets = 0;
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    Lines ours = HeaderLines(frame, captured.packet);
    DissectorLines described;
    codec->Describe(captured.packet, frame, described);
    ours.insert(ours.end(), described.lines.begin(), described.lines.end());
    SCOPED_TRACE(absl::StrCat("frame ", captured.frame_number));
    ASSERT_LE(captured.frame_number, dissected.size());
    ASSERT_NO_FATAL_FAILURE(ExpectLines(ours, dissected[captured.frame_number - 1]));
    messages += frame.message_count;
    fields += described.lines.size();
    ++packets;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(packets, 739u);
  EXPECT_EQ(messages, 40u);
  test::NoteTruth({.protocol = "cboe_pitch",
                   .capture = kRealtime,
                   .against = "the exchange's dissector, values",
                   .messages = messages,
                   .fields = fields});
  EXPECT_EQ(codec->stats().damaged_tails + codec->stats().trailing_bytes, 0u);
}

// Each unit says its second and then counts from it; the clocks of this test system hang in Chicago,
// so by those of New York it is one hour earlier than the stamps of the capture.
TEST(PitchGolden, EveryUpdateOfTheCaptureHasItsTime) {
  const auto capture = CaptureFile(kRealtime);
  if (!capture) GTEST_SKIP() << test::kNoCaptures;
  constexpr int64_t kHourNs = 3'600'000'000'000;
  InstrumentStore instruments(100);
  const std::unique_ptr<Codec> codec = Make("cboe_pitch", &instruments);
  uint64_t updates = 0;
  uint64_t named = 0;
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    if (frame.kind != FrameKind::kMessages) return;
    const DecodeJob job{&captured.packet,         &frame, 0, frame.number_count,
                        captured.packet.stamp_ns, 0};
    for (const NormalizedUpdate& update : test::DecodeJobs(*codec, {&job, 1})) {
      const int64_t late_ns = captured.packet.stamp_ns - kHourNs - update.ts_event_ns;
      EXPECT_LT(std::abs(late_ns), 1'000'000'000) << "frame " << captured.frame_number;
      named += instruments.Name(update.instrument_id).view() == "A";
      ++updates;
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  // 7 orders added, 3 executed (three records each), 2 modified, 2 reduced, 4 deleted, 3 trades.
  EXPECT_EQ(updates, 27u);
  EXPECT_EQ(named, 10u) << "orders that are added, and trades";
  const CodecStats& stats = codec->stats();
  EXPECT_EQ(stats.undated + stats.malformed + stats.unknown + stats.unmapped, 0u);
}

// TCP segments of the capture, each a unit header with its messages.
TEST(PitchGolden, GapRequestsAreWhatTheExchangesDissectorPrints) {
  const auto capture = CaptureFile(kRequests);
  const auto expected = CaptureFile("expected/mcastpitch_grp_useq.mcastpitch.txt.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  const std::vector<Lines> dissected = DissectedFrames(*expected);
  const std::unique_ptr<Codec> codec = Make("cboe_pitch");
  auto reader = replay::CaptureReader::Open(capture->string());
  ASSERT_TRUE(reader.ok()) << reader.status();
  uint64_t messages = 0;
  uint64_t fields = 0;
  replay::CapturedFrame captured;
  while ((*reader)->Next(captured) == replay::ReadResult::kFrame) {
    // Ethernet, IPv4 without options, TCP.
    constexpr size_t kTcpAt = 14 + 20;
    ASSERT_GT(captured.bytes.size(), kTcpAt + 12);
    const size_t payload_at = kTcpAt + (captured.bytes[kTcpAt + 12] >> 4) * size_t{4};
    if (payload_at >= captured.bytes.size()) continue;
    const auto payload = captured.bytes.subspan(payload_at);
    const test::PacketBytes bytes(std::string(payload.begin(), payload.end()));
    PacketFrame frame;
    codec->Frame({&bytes.packet(), 1}, {&frame, 1});
    EXPECT_EQ(frame.kind, FrameKind::kUnsequenced);
    Lines ours = HeaderLines(frame, bytes.packet());
    DissectorLines described;
    codec->Describe(bytes.packet(), frame, described);
    ours.insert(ours.end(), described.lines.begin(), described.lines.end());
    SCOPED_TRACE(absl::StrCat("frame ", captured.number));
    ASSERT_NO_FATAL_FAILURE(ExpectLines(ours, dissected.at(captured.number - 1)));
    messages += frame.message_count;
    fields += described.lines.size();
  }
  EXPECT_EQ(messages, 4u);
  test::NoteTruth({.protocol = "cboe_pitch",
                   .capture = kRequests,
                   .against = "the exchange's dissector, values",
                   .messages = messages,
                   .fields = fields});
}

// ---- Samples, by the place and the bytes of every field ----

// "Add Order Long Message" and add_order_long_message are the same.
const json* BodyOf(const json& message) {
  const auto children = message.find("c");
  if (children == message.end()) return nullptr;
  for (const json& child : *children) {
    const std::string name = child.value("f", "");
    if (name != "messageheader" && name != "messageindex") return &child;
  }
  return nullptr;
}

// A time offset stands in a time that the dissector worked out; legs in a block of their own.
void AddLeaves(const json& node, std::vector<const json*>& leaves) {
  const std::string name = node.value("f", "");
  if (node.find("c") == node.end() || name == "addflags" || name == "modifyflags" ||
      name == "timestamp") {
    if (node.value("len", 0) > 0) leaves.push_back(&node);
    return;
  }
  for (const json& child : node["c"]) AddLeaves(child, leaves);
}

void CompareSample(const std::filesystem::path& capture, const std::filesystem::path& expected,
                   test::TruthRow& row) {
  test::ExpectedLines lines(expected);
  const std::unique_ptr<Codec> codec = Make(row.protocol.c_str());
  const absl::Status status = ForEachPacket(capture, [&](const CapturedPacket& captured) {
    const std::optional<json> line = lines.Next();
    ASSERT_TRUE(line.has_value());
    PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    const json& tree = line->at("tree");
    ASSERT_EQ(tree.size(), frame.message_count + size_t{1});
    EXPECT_EQ(frame.lost_in_tail, 0u);
    const auto described = test::DescribePacket(*codec, captured.packet, frame);
    for (size_t i = 0; i < described.size(); ++i) {
      ASSERT_NE(described[i].info, nullptr) << described[i].why;
      std::vector<const json*> theirs;
      const json* body = BodyOf(tree[i + 1]);
      if (body != nullptr) AddLeaves(*body, theirs);
      std::vector<test::DescribedField> ours;
      for (const test::DescribedField& field : described[i].fields) {
        if (!field.bytes.empty() && field.info->offset >= kLeastMessageBytes) ours.push_back(field);
      }
      // They name reserved bytes one by one, or not at all.
      size_t at = 0;
      for (const test::DescribedField& field : ours) {
        if (field.info->kind == FieldKind::kPadding) continue;
        const size_t place = captured.payload_offset +
                             static_cast<size_t>(field.bytes.data() - captured.packet.data);
        while (at < theirs.size() && theirs[at]->value("pos", size_t{0}) < place) ++at;
        ASSERT_LT(at, theirs.size()) << field.info->name;
        EXPECT_EQ(theirs[at]->value("pos", size_t{0}), place) << field.info->name;
        EXPECT_EQ(theirs[at]->value("hex", ""), test::Hex(field.bytes)) << field.info->name;
        ++at;
        ++row.fields;
      }
      ++row.messages;
    }
  });
  EXPECT_TRUE(status.ok()) << status;
}

uint64_t CompareFolder(const char* codec_name, const std::string& name) {
  test::TruthRow row{.protocol = codec_name,
                     .capture = "omi/Cboe/" + name + "/",
                     .against = "a dissector, places and bytes"};
  const auto folder = CaptureFile("omi/Cboe/" + name);
  const auto expected = CaptureFile("expected/omi/Cboe/" + name);
  if (!folder || !expected) return 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    SCOPED_TRACE(entry.path().string());
    CompareSample(entry.path(), *expected / entry.path().filename().replace_extension(".jsonl"),
                  row);
  }
  test::NoteTruth(row);
  return row.messages;
}

TEST(PitchGolden, SamplesOfCfeHaveTheFieldsOfAnotherDissector) {
  if (!CaptureFile("omi/Cboe")) GTEST_SKIP() << test::kNoCaptures;
  EXPECT_EQ(CompareFolder("cboe_cfe", "Futures.DepthOfBook.Pitch.v1.1.6"), 22u);
}

TEST(PitchGolden, SamplesOfTheOptionsFeedHaveTheFieldsOfAnotherDissector) {
  if (!CaptureFile("omi/Cboe")) GTEST_SKIP() << test::kNoCaptures;
  EXPECT_EQ(CompareFolder("cboe_pitch", "Options.DepthOfBook.Pitch.v2.39.4"), 6u);
}

}  // namespace
}  // namespace fh::codecs::pitch
