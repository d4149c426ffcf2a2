// ITCH on real captures and samples, every field against what other decoders made of it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "codecs/itch/itch50_messages.h"
#include "codecs/registry.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"

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

void ExpectSameValue(const DescribedField& field, const json& expected) {
  if (field.info->kind == FieldKind::kAlpha || field.info->kind == FieldKind::kChar) {
    EXPECT_EQ(Trimmed(field.bytes), expected.get<std::string>()) << field.info->name;
  } else if (field.info->kind == FieldKind::kDecimal) {
    EXPECT_EQ(BigEndianValue(field.bytes),
              static_cast<uint64_t>(std::llround(expected.get<double>() * 1e4)))
        << field.info->name;
  } else {
    EXPECT_EQ(BigEndianValue(field.bytes), expected.get<uint64_t>()) << field.info->name;
  }
}

class ItchFileTest : public testing::TestWithParam<const char*> {};

TEST_P(ItchFileTest, EveryFieldEqualsTheOtherDecoders) {
  const std::string name = GetParam();
  const auto path = CaptureFile("itch/" + name + ".itch");
  const auto expected_path = CaptureFile("expected/itch_" + name + ".itch.json");
  if (!path || !expected_path) GTEST_SKIP() << test::kNoCaptures;
  const std::optional<json> expected = test::ExpectedLines(*expected_path).NextDocument();
  ASSERT_TRUE(expected && !expected->is_discarded());

  std::ifstream file(*path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  const PacketBytes bytes(content);
  const std::unique_ptr<Codec> codec = Make("length_prefixed");
  const test::Decoded decoded = DecodePacket(*codec, bytes.packet());
  EXPECT_EQ(decoded.frame.lost_in_tail, 0u);
  const std::vector<DescribedMessage> messages =
      DescribePacket(*codec, bytes.packet(), decoded.frame);
  ASSERT_EQ(messages.size(), expected->at("total").get<size_t>());
  EXPECT_EQ(codec->stats().malformed, 0u);
  EXPECT_EQ(codec->stats().unknown, 0u);

  std::map<std::string, uint64_t> counts;
  size_t fields = 0;
  for (size_t i = 0; i < messages.size(); ++i) {
    const json& other = expected->at("messages").at(i);
    ASSERT_NE(messages[i].info, nullptr) << messages[i].why;
    SCOPED_TRACE(testing::Message() << "message " << i + 1 << ", " << messages[i].info->name);
    EXPECT_EQ(messages[i].bytes.size(), messages[i].info->length);
    ++counts[std::string(1, static_cast<char>(messages[i].info->type))];
    for (const DescribedField& field : messages[i].fields) {
      const auto value = other.find(ExpectedName(*messages[i].info, field.info->name));
      ASSERT_NE(value, other.end()) << field.info->name;
      ExpectSameValue(field, *value);
      ++fields;
    }
  }
  EXPECT_EQ(json(counts), expected->at("counts"));
  EXPECT_GT(fields, messages.size() * 5);
}

INSTANTIATE_TEST_SUITE_P(Files, ItchFileTest,
                         testing::Values("20191230_2_per_type", "bbekele_1000", "synthetic_8009"),
                         [](const testing::TestParamInfo<const char*>& param_info) {
                           std::string name("file_");
                           return name.append(param_info.param);
                         });

// Compares a described message with its node in the other dissector's tree; counts the fields.
size_t CompareWithTree(const DescribedMessage& message, const json& node) {
  const json* header = test::Child(node, "messageheader");
  const json* type = header == nullptr ? nullptr : test::Child(*header, "messagetype");
  if (type == nullptr || message.info == nullptr) {
    ADD_FAILURE() << "no message type";
    return 0;
  }
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
    ++compared;
  }
  EXPECT_EQ(compared, body->at("c").size() + 1) << "the other dissector knows further fields";
  return compared;
}

// The whole packet of a line: header, then its messages. Returns how many fields were compared.
size_t ComparePacket(const test::CapturedPacket& captured, const json& line) {
  const rio::Packet& view = captured.packet;
  const PacketBytes bytes(std::string(reinterpret_cast<const char*>(view.data), view.length));
  const std::unique_ptr<Codec> codec = Make();
  PacketFrame frame;
  codec->Frame({&bytes.packet(), 1}, {&frame, 1});
  std::vector<const json*> nodes;
  for (const json& node : line.at("tree")) {
    if (node.value("f", "") == "message") nodes.push_back(&node);
    if (node.value("f", "") != "packetheader") continue;
    const json* sequence = test::Child(node, "sequencenumber");
    const json* session = test::Child(node, "session");
    EXPECT_TRUE(sequence != nullptr && session != nullptr);
    if (sequence == nullptr || session == nullptr) return 0;
    EXPECT_EQ(std::stoull(sequence->value("hex", ""), nullptr, 16), frame.first_sequence);
    EXPECT_EQ(session->value("hex", ""),
              test::Hex({reinterpret_cast<const uint8_t*>(frame.session.bytes.data()), 10}));
  }
  EXPECT_EQ(frame.message_count, nodes.size());
  EXPECT_EQ(frame.lost_in_tail, 0u);
  EXPECT_EQ(captured.payload_offset, line.at("tree").at(0).value("pos", 0u));
  const std::vector<DescribedMessage> messages = DescribePacket(*codec, bytes.packet(), frame);
  size_t fields = 0;
  for (size_t i = 0; i < std::min(messages.size(), nodes.size()); ++i) {
    fields += CompareWithTree(messages[i], *nodes[i]);
  }
  EXPECT_EQ((*FindCodec("itch50"))->guess({view.data, view.length}), 100);
  return fields;
}

TEST(ItchCaptureTest, EveryFieldOfEveryTotalViewCaptureEqualsTheDissectors) {
  const auto folder = CaptureFile("omi/Nasdaq");
  if (!folder) GTEST_SKIP() << test::kNoCaptures;
  size_t files = 0;
  size_t fields = 0;
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
      fields += ComparePacket(packet, *line);
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_FALSE(lines.Next().has_value()) << "the dissector saw further packets";
    ++files;
  }
  EXPECT_GE(files, 23u);
  EXPECT_GE(fields, 886u);
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
