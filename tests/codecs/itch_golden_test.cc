// ITCH on real captures and samples, every field against what other decoders made of it.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codecs/itch/itch50_messages.h"
#include "codecs/message_json.h"
#include "codecs/moldudp64/moldudp64.h"
#include "codecs/registry.h"
#include "replay/record_file_backend.h"
#include "rio/memory/region.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/truth_table.h"

namespace fh::codecs {
namespace {

using nlohmann::json;
using test::BigEndianValue;
using test::CaptureFile;
using test::DecodePacket;
using test::DescribedField;
using test::DescribedMessage;
using test::DescribePacket;
using test::PacketBytes;

std::unique_ptr<Codec> Make(const char* framing = "") {
  CodecOptions options;
  options.framing = framing;
  return *(*FindCodec("itch50"))->make(options);
}

// Where that decoder uses another word than the specification.
std::string ExpectedName(const MessageInfo& message, const std::string& name) {
  static const std::map<std::string, std::string> kNames = {
      {"luld_reference_price_tier", "luld_ref"},
      {"canceled_shares", "cancelled_shares"},
      {"original_order_reference_number", "order_reference_number"}};
  if (&message == &itch50::RegShoRestriction::kInfo && name == "locate_code") return "stock_locate";
  const auto found = kNames.find(name);
  return found == kNames.end() ? name : found->second;
}

std::string Trimmed(std::span<const uint8_t> bytes) {
  std::string text(bytes.begin(), bytes.end());
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// "09:30:00.007495351" in nanoseconds.
uint64_t NsOf(const std::string& time_of_day) {
  unsigned hours = 0;
  unsigned minutes = 0;
  unsigned seconds = 0;
  unsigned ns = 0;
  EXPECT_EQ(std::sscanf(time_of_day.c_str(), "%2u:%2u:%2u.%9u", &hours, &minutes, &seconds, &ns), 4)
      << time_of_day;
  return (hours * 3600 + minutes * 60 + seconds) * uint64_t{1'000'000'000} + ns;
}

// The bytes, and what MessageJson makes of them.
void ExpectSameValue(const DescribedField& field, const json& rendered, const json& expected) {
  const json& value = rendered.at("value");
  switch (field.info->kind) {
    case FieldKind::kAlpha:
    case FieldKind::kChar:
      EXPECT_EQ(Trimmed(field.bytes), expected.get<std::string>());
      EXPECT_EQ(absl::StripTrailingAsciiWhitespace(value.get<std::string>()),
                expected.get<std::string>());
      break;
    case FieldKind::kDecimal:
      EXPECT_EQ(BigEndianValue(field.bytes),
                static_cast<uint64_t>(std::llround(expected.get<double>() * 1e4)));
      EXPECT_EQ(std::strtod(value.get<std::string>().c_str(), nullptr), expected.get<double>());
      break;
    case FieldKind::kNsSinceMidnight:
      EXPECT_EQ(BigEndianValue(field.bytes), expected.get<uint64_t>());
      EXPECT_EQ(NsOf(value.get<std::string>()), expected.get<uint64_t>());
      break;
    default:
      EXPECT_EQ(BigEndianValue(field.bytes), expected.get<uint64_t>());
      EXPECT_EQ(value, expected);
      break;
  }
}

// The other decoder's file and ours, message by message.
class FileComparison {
 public:
  explicit FileComparison(const json& expected) : expected_(expected) {}

  void Take(const Codec& codec, const rio::Packet& packet, const PacketFrame& frame) {
    std::string text;
    MessageJson visitor(text);
    codec.Describe(packet, frame, visitor);
    const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
    const std::vector<DescribedMessage> messages = DescribePacket(codec, packet, frame);
    ASSERT_EQ(messages.size(), frame.message_count);
    ASSERT_EQ(messages.size(), lines.size());
    for (size_t i = 0; i < messages.size(); ++i) {
      ASSERT_LT(messages_, expected_.at("messages").size());
      ASSERT_NE(messages[i].info, nullptr) << messages[i].why;
      SCOPED_TRACE(testing::Message() << "message " << messages_ + 1 << ": " << lines[i]);
      Compare(messages[i], json::parse(lines[i]), expected_.at("messages").at(messages_));
      ++messages_;
      EXPECT_EQ(messages[i].sequence, messages_) << "files count from 1";
    }
  }

  const std::map<std::string, uint64_t>& counts() const { return counts_; }
  size_t messages() const { return messages_; }
  size_t fields() const { return fields_; }

 private:
  void Compare(const DescribedMessage& message, const json& line, const json& other) {
    EXPECT_EQ(message.bytes.size(), message.info->length);
    EXPECT_EQ(line.at("length"), message.info->length);
    EXPECT_EQ(line.at("type"), other.at("message_type"));
    ++counts_[std::string(1, static_cast<char>(message.info->type))];
    for (const DescribedField& field : message.fields) {
      SCOPED_TRACE(field.info->name);
      const auto value = other.find(ExpectedName(*message.info, field.info->name));
      ASSERT_NE(value, other.end());
      ExpectSameValue(field, line.at("fields").at(field.info->name), *value);
      ++fields_;
    }
  }

  const json& expected_;
  std::map<std::string, uint64_t> counts_;
  size_t messages_ = 0;
  size_t fields_ = 0;
};

// Calls fn(const rio::Packet&) for each run of records, as the program reads such files.
template <typename Function>
void ForEachRun(const std::filesystem::path& path, Function&& function) {
  constexpr uint32_t kSlices = 8;
  absl::StatusOr<rio::RegisteredRegion> region =
      rio::RegisteredRegion::Create({.slice_count = kSlices});
  ASSERT_TRUE(region.ok()) << region.status();
  const auto backend = replay::RecordFileBackend::Open(path.string(), *region);
  ASSERT_TRUE(backend.ok()) << backend.status();
  std::array<uint32_t, kSlices> slices;
  std::iota(slices.begin(), slices.end(), 0u);
  (*backend)->Post(slices);
  std::array<rio::Packet, kSlices> packets;
  while (!(*backend)->finished()) {
    const size_t count = (*backend)->Poll(packets);
    for (const rio::Packet& packet : std::span(packets).first(count)) {
      function(packet);
      (*backend)->Post({&packet.slice, 1});
    }
  }
  EXPECT_TRUE((*backend)->status().ok()) << (*backend)->status();
}

class ItchFileTest : public testing::TestWithParam<const char*> {};

TEST_P(ItchFileTest, EveryFieldEqualsTheOtherDecoders) {
  const std::string name = GetParam();
  const auto path = CaptureFile("itch/" + name + ".itch");
  const auto expected_path = CaptureFile("expected/itch_" + name + ".itch.json");
  if (!path || !expected_path) GTEST_SKIP() << test::kNoCaptures;
  const std::optional<json> expected = test::ExpectedLines(*expected_path).NextDocument();
  ASSERT_TRUE(expected && !expected->is_discarded());
  const std::unique_ptr<Codec> codec = Make("length_prefixed");
  FileComparison comparison(*expected);
  ForEachRun(*path, [&](const rio::Packet& packet) {
    const test::Decoded decoded = DecodePacket(*codec, packet);
    EXPECT_EQ(decoded.frame.lost_in_tail, 0u);
    comparison.Take(*codec, packet, decoded.frame);
  });
  EXPECT_EQ(comparison.messages(), expected->at("total").get<size_t>());
  EXPECT_EQ(json(comparison.counts()), expected->at("counts"));
  EXPECT_GT(comparison.fields(), comparison.messages() * 5);
  test::NoteTruth({.protocol = "itch50",
                   .capture = "itch/" + name + ".itch",
                   .against = "another parser, bytes and values",
                   .messages = comparison.messages(),
                   .fields = comparison.fields()});
  EXPECT_EQ(codec->stats().messages, comparison.messages());
  EXPECT_EQ(codec->stats().malformed + codec->stats().unknown + codec->stats().unmapped, 0u);
}

INSTANTIATE_TEST_SUITE_P(Files, ItchFileTest,
                         testing::Values("20191230_2_per_type", "bbekele_1000", "synthetic_8009"),
                         [](const testing::TestParamInfo<const char*>& param_info) {
                           std::string name("file_");
                           return name.append(param_info.param);
                         });

// Compares a described message with its node in the other dissector's tree; counts the fields.
// `frame_start` is where the capture's frame would begin, if the packet were in it.
size_t CompareWithTree(const DescribedMessage& message, const json& node,
                       const uint8_t* frame_start) {
  const json* header = test::Child(node, "messageheader");
  const json* type = header == nullptr ? nullptr : test::Child(*header, "messagetype");
  if (type == nullptr || message.info == nullptr) {
    ADD_FAILURE() << "no message type";
    return 0;
  }
  const json* length = test::Child(*header, "messagelength");
  EXPECT_EQ(length->value("label", ""), absl::StrCat("Message Length: ", message.bytes.size()));
  EXPECT_EQ(length->value("pos", 0), message.bytes.data() - 2 - frame_start);
  const json* body = test::Child(node, test::Comparable(message.info->name));
  EXPECT_NE(body, nullptr) << message.info->name;
  if (body == nullptr) return 0;
  size_t compared = 0;
  for (const DescribedField& field : message.fields) {
    const bool is_type = field.info == &itch50::kMessageType;
    const json* other = is_type ? type : test::Child(*body, test::Comparable(field.info->name));
    EXPECT_NE(other, nullptr) << message.info->name << '.' << field.info->name;
    if (other == nullptr) continue;
    EXPECT_EQ(test::Hex(field.bytes), other->value("hex", "")) << field.info->name;
    EXPECT_EQ(field.bytes.size(), other->value("len", 0u)) << field.info->name;
    EXPECT_EQ(field.bytes.data() - frame_start, other->value("pos", 0)) << field.info->name;
    ++compared;
  }
  EXPECT_EQ(compared, body->at("c").size() + 1) << "the other dissector knows further fields";
  return compared;
}

void CompareHeader(const json& tree, const test::CapturedPacket& captured) {
  for (const FieldInfo* field : std::initializer_list<const FieldInfo*>{
           &MoldUdp64::kSession, &MoldUdp64::kSequence, &MoldUdp64::kCount}) {
    const json* node = test::Child(tree, test::Comparable(field->name));
    ASSERT_NE(node, nullptr) << field->name;
    EXPECT_EQ(node->value("pos", 0u), captured.payload_offset + field->offset);
    EXPECT_EQ(node->value("len", 0u), field->length);
    EXPECT_EQ(node->value("hex", ""),
              test::Hex({captured.packet.data + field->offset, field->length}));
  }
}

// The whole packet of a line: header, then its messages. Counts what was compared.
void ComparePacket(const test::CapturedPacket& captured, const json& line, test::TruthRow& row) {
  const rio::Packet& view = captured.packet;
  const std::unique_ptr<Codec> codec = Make();
  PacketFrame frame;
  codec->Frame({&view, 1}, {&frame, 1});
  std::vector<const json*> nodes;
  for (const json& node : line.at("tree")) {
    if (node.value("f", "") == "message") nodes.push_back(&node);
    if (node.value("f", "") == "packetheader") CompareHeader(node, captured);
  }
  EXPECT_EQ(frame.message_count, nodes.size());
  EXPECT_EQ(frame.first_sequence, MoldUdp64::kSequence(view.data));
  EXPECT_EQ(std::memcmp(frame.session.bytes.data(), view.data, MoldUdp64::kSession.length), 0);
  EXPECT_FALSE(frame.trailing_bytes);
  EXPECT_EQ(frame.lost_in_tail, 0u);
  EXPECT_EQ(captured.payload_offset, line.at("tree").at(0).value("pos", 0u));
  const std::vector<DescribedMessage> messages = DescribePacket(*codec, view, frame);
  for (size_t i = 0; i < std::min(messages.size(), nodes.size()); ++i) {
    row.fields += CompareWithTree(messages[i], *nodes[i], view.data - captured.payload_offset);
    ++row.messages;
  }
  EXPECT_EQ((*FindCodec("itch50"))->guess({view.data, view.length}), 100);
}

TEST(ItchCaptureTest, EveryFieldOfEveryTotalViewCaptureEqualsTheDissectors) {
  const auto folder = CaptureFile("omi/Nasdaq");
  if (!folder) GTEST_SKIP() << test::kNoCaptures;
  size_t files = 0;
  test::TruthRow row{.protocol = "itch50",
                     .capture = "omi/Nasdaq/Nasdaq.Equities.TotalView.*/",
                     .against = "a dissector, places and bytes"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    const std::string path = entry.path().string();
    if (path.find("TotalView") == std::string::npos || entry.path().extension() != ".pcap") {
      continue;
    }
    SCOPED_TRACE(path);
    std::filesystem::path expected = test::CapturesFolder() / "expected/omi/Nasdaq" /
                                     std::filesystem::relative(entry.path(), *folder);
    expected.replace_extension(".jsonl");
    test::ExpectedLines lines(expected);
    ASSERT_TRUE(lines.ok()) << expected;
    const absl::Status status = test::ForEachPacket(path, [&](const test::CapturedPacket& packet) {
      const std::optional<json> line = lines.Next();
      ASSERT_TRUE(line && !line->is_discarded());
      EXPECT_EQ(line->value("frame", uint64_t{0}), packet.frame_number);
      ComparePacket(packet, *line, row);
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_FALSE(lines.Next().has_value()) << "the dissector saw further packets";
    ++files;
  }
  EXPECT_GE(files, 23u);
  EXPECT_GE(row.fields, 886u);
  test::NoteTruth(row);
}

// A capture that lies in another venue's folder: MoldUDP64 by its header, ITCH by its message.
TEST(ItchCaptureTest, AStrayCaptureIsRecognisedByItsBytes) {
  const std::string name = "Memx/Equities.MemiorDepth.v1.3/StockTradingActionMessage";
  const auto path = CaptureFile("omi/" + name + ".pcap");
  const auto expected = CaptureFile("expected/omi/" + name + ".jsonl");
  if (!path || !expected) GTEST_SKIP() << test::kNoCaptures;
  // The dissector took it for the other venue's, but names session and number by position.
  const std::optional<json> line = test::ExpectedLines(*expected).Next();
  ASSERT_TRUE(line.has_value());
  size_t packets = 0;
  const absl::Status status = test::ForEachPacket(*path, [&](const test::CapturedPacket& captured) {
    const rio::Packet& view = captured.packet;
    EXPECT_EQ(line->at("tree").at(0).value("hex", ""), test::Hex({view.data, 18}));
    EXPECT_EQ((*FindCodec("itch50"))->guess({view.data, view.length}), 100);
    const std::unique_ptr<Codec> codec = Make();
    PacketFrame frame;
    codec->Frame({&view, 1}, {&frame, 1});
    EXPECT_EQ(frame.first_sequence, 29'632u);
    EXPECT_EQ(frame.lost_in_tail, 0u);
    EXPECT_FALSE(frame.trailing_bytes);
    const std::vector<DescribedMessage> messages = DescribePacket(*codec, view, frame);
    ASSERT_EQ(messages.size(), 1u);
    ASSERT_EQ(messages[0].info, &itch50::StockTradingAction::kInfo);
    EXPECT_EQ(Trimmed({messages[0].bytes.data() + 11, 8}), "SHYG");
    ++packets;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(packets, 1u);
}

// Other feeds come over MoldUDP64 too: their packets are framed, and not taken for ITCH 5.0.
TEST(ItchCaptureTest, PacketsOfOtherFeedsAreFramedButNotRecognised) {
  const auto folder = CaptureFile("omi/Nasdaq");
  if (!folder) GTEST_SKIP() << test::kNoCaptures;
  size_t packets = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    const std::string path = entry.path().string();
    if (path.find("TotalView") != std::string::npos || entry.path().extension() != ".pcap" ||
        path.find("Uqdf") != std::string::npos) {
      continue;
    }
    SCOPED_TRACE(path);
    const absl::Status status = test::ForEachPacket(path, [&](const test::CapturedPacket&
                                                                  captured) {
      const std::unique_ptr<Codec> codec = Make();
      PacketFrame frame;
      codec->Frame({&captured.packet, 1}, {&frame, 1});
      EXPECT_EQ(frame.kind, FrameKind::kMessages);
      EXPECT_EQ(frame.lost_in_tail, 0u);
      EXPECT_LT((*FindCodec("itch50"))->guess({captured.packet.data, captured.packet.length}), 100);
      ++packets;
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_GT(packets, 0u);
}

// The feed gives no date and no zone. On real captures the times, taken from midnight in New York,
// must lie close before the capture's own.
TEST(ItchCaptureTest, EventTimesAreThoseOfTheCapture) {
  const auto path =
      CaptureFile("omi/Nasdaq/Nasdaq.Equities.TotalView.Itch.v5.0.20230822/RegSHORestriction.pcap");
  if (!path) GTEST_SKIP() << test::kNoCaptures;
  const std::unique_ptr<Codec> codec = Make();
  const absl::Status status = test::ForEachPacket(*path, [&](const test::CapturedPacket& captured) {
    const rio::Packet& view = captured.packet;
    const PacketBytes bytes(std::string(reinterpret_cast<const char*>(view.data), view.length));
    PacketFrame frame;
    codec->Frame({&bytes.packet(), 1}, {&frame, 1});
    const DecodeJob job = {&bytes.packet(), &frame, 0, frame.message_count, view.stamp_ns, 0};
    std::array<NormalizedUpdate, 64> slots;
    ASSERT_LE(codec->MaxUpdates(job), slots.size());
    UpdateWriter writer(slots.data(), slots.size() - 1, 0);
    codec->Decode({&job, 1}, writer);
    ASSERT_GT(writer.next(), 0u);
    const int64_t delay_ns = view.stamp_ns - slots[0].ts_event_ns;
    EXPECT_GT(delay_ns, 0);
    EXPECT_LT(delay_ns, 1'000'000);
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace fh::codecs
