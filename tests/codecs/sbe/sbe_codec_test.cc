// The codec for any schema file: packets of every form that it knows, and captures of venues that this
// build has no codec for, or another one, with the exchanges' own schemas.
#include "codecs/sbe/sbe_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/message_json.h"
#include "codecs/registry.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/sbe/sbe_message_bytes.h"
#include "tests/seeds.h"

namespace fh::codecs {
namespace {

using nlohmann::json;
using test::ByteWriter;
using test::CapturedPacket;
using test::CaptureFile;
using testing::HasSubstr;

std::unique_ptr<Codec> Make(const std::string& codec, const std::string& schema) {
  absl::StatusOr<std::unique_ptr<Codec>> made = (*FindCodec(codec))->make({.schema = schema});
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? *std::move(made) : nullptr;
}

std::filesystem::path Layouts() { return test::CapturesFolder() / "../layouts"; }

// A message of lunar.xml: its header, with the frame's length first, and a definition's block or none.
std::string LunarMessage(uint16_t id, uint16_t block, uint16_t frame) {
  ByteWriter bytes;
  bytes.Put<uint16_t>(frame).Put(block).Put(id).Put<uint16_t>(77).Put<uint16_t>(5).Zeros(block);
  return bytes.text();
}

struct Packets {
  const char* form;
  std::string bytes;
};

// Two messages, 1 and 300, in each form that is known, behind some bytes of a packet's header.
std::vector<Packets> AllForms() {
  constexpr uint16_t kBlock = 27;
  std::vector<Packets> all;
  const auto add = [&all](const char* form, size_t header, const auto& frame) {
    ByteWriter bytes;
    bytes.Text("\x07\x01", header);
    std::string text = bytes.text();
    for (const uint16_t block : {uint16_t{0}, kBlock}) {
      text += frame(LunarMessage(block == 0 ? 1 : 300, block, 0));
    }
    all.push_back({form, text});
  };
  const auto length = [](uint16_t value, bool big) {
    ByteWriter bytes;
    return big ? bytes.Put<uint16_t, std::endian::big>(value).text()
               : bytes.Put<uint16_t>(value).text();
  };
  const auto size = [](const std::string& text) { return static_cast<uint16_t>(text.size()); };
  add("length, two bytes, message", 16, [&](const std::string& message) {
    return length(static_cast<uint16_t>(size(message) + 4), false) + "\x50\xEB" + message;
  });
  add("length, message", 12, [&](const std::string& message) {
    return length(static_cast<uint16_t>(size(message) + 2), false) + message;
  });
  add("the header's own length, padded", 24, [&](const std::string& message) {
    return length(static_cast<uint16_t>(size(message) + 5), false) + message.substr(2) +
           std::string(5, '\0');
  });
  add("big-endian length, message", 8, [&](const std::string& message) {
    return length(static_cast<uint16_t>(size(message) + 2), true) + message;
  });
  add("length of the message alone", 20,
      [&](const std::string& message) { return length(size(message), false) + message; });
  add("big-endian length of the message alone", 20,
      [&](const std::string& message) { return length(size(message), true) + message; });
  return all;
}

TEST(SbeCodec, FindsByTheBytesWhereMessagesBegin) {
  for (const Packets& packets : AllForms()) {
    SCOPED_TRACE(packets.form);
    const std::unique_ptr<Codec> codec = Make("sbe", FEEDHANDLER_SBE_SCHEMA);
    const test::PacketBytes bytes(packets.bytes);
    PacketFrame frame;
    codec->Frame({&bytes.packet(), 1}, {&frame, 1});
    ASSERT_EQ(frame.kind, FrameKind::kMessages);
    EXPECT_EQ(frame.message_count, 2u);
    EXPECT_EQ(frame.lost_in_tail, 0u);
    const auto messages = test::DescribePacket(*codec, bytes.packet(), frame);
    ASSERT_EQ(messages.size(), 2u);
    ASSERT_NE(messages[0].info, nullptr) << messages[0].why;
    ASSERT_NE(messages[1].info, nullptr) << messages[1].why;
    EXPECT_STREQ(messages[0].info->name, "heartbeat");
    EXPECT_STREQ(messages[1].info->name, "definition");
  }
}

TEST(SbeCodec, ASingleMessageNeedsNoLength) {
  const std::unique_ptr<Codec> codec = Make("sbe", FEEDHANDLER_SBE_SCHEMA);
  const test::PacketBytes bytes("venue" + LunarMessage(300, 27, 0));
  PacketFrame frame;
  codec->Frame({&bytes.packet(), 1}, {&frame, 1});
  ASSERT_EQ(frame.message_count, 1u);
  EXPECT_STREQ(test::DescribePacket(*codec, bytes.packet(), frame).at(0).info->name, "definition");
}

// What a line's first packet has shown holds for the next ones, whatever is unknown or missing in them.
TEST(SbeCodec, LaterPacketsMayBeEmptyOrUnknownOrDamaged) {
  const Packets form = AllForms()[0];
  const std::unique_ptr<Codec> codec = Make("sbe", FEEDHANDLER_SBE_SCHEMA);
  const test::PacketBytes empty(form.bytes.substr(0, 16));
  EXPECT_EQ(test::DecodePacket(*codec, empty.packet()).frame.reject, RejectReason::kForeign)
      << "nothing is known yet";
  const test::PacketBytes whole(form.bytes);
  const test::Decoded decoded = test::DecodePacket(*codec, whole.packet());
  EXPECT_EQ(decoded.frame.message_count, 2u);
  EXPECT_TRUE(decoded.updates.empty());
  EXPECT_EQ(codec->stats().unmapped, 2u);
  EXPECT_EQ(test::DecodePacket(*codec, empty.packet()).frame.kind, FrameKind::kHeartbeat);
  std::string unknown = form.bytes;
  unknown[16 + 4 + 4] = 99;  // The first message's template.
  const test::PacketBytes other(unknown);
  EXPECT_EQ(test::DecodePacket(*codec, other.packet()).frame.message_count, 2u);
  EXPECT_EQ(codec->stats().unknown, 1u);
  for (size_t length = 0; length < form.bytes.size(); ++length) {
    const test::PacketBytes cut(form.bytes.substr(0, length), 0xA5);
    const PacketFrame frame = test::DecodePacket(*codec, cut.packet()).frame;
    EXPECT_LE(frame.message_count, length < form.bytes.size() ? 1u : 2u);
    if (length < 16) {
      EXPECT_EQ(frame.reject, RejectReason::kTooShort);
    }
  }
}

TEST(SbeCodec, RandomBytesAreSurvivedAndAreNoMessages) {
  std::mt19937_64 random(7);
  const std::unique_ptr<Codec> codec = Make("sbe", FEEDHANDLER_SBE_SCHEMA);
  for (int round = 0; round < 500; ++round) {
    std::string noise(random() % 300, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    const test::PacketBytes bytes(noise, 0xFF);
    EXPECT_EQ(test::DecodePacket(*codec, bytes.packet()).frame.message_count, 0u);
  }
  for (const uint64_t round : test::Seeds(2'000)) {
    random.seed(round);
    std::string damaged = AllForms()[round % 6].bytes;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    const test::PacketBytes bytes(damaged, 0xFF);
    const std::unique_ptr<Codec> fresh = Make("sbe", FEEDHANDLER_SBE_SCHEMA);
    test::DecodePacket(*fresh, bytes.packet());
  }
}

TEST(SbeCodec, IsOfNoVenueAndNeedsASchema) {
  for (const CodecInfo* info : Codecs()) EXPECT_STRNE(info->name, "sbe") << "would be guessed";
  const CodecInfo& info = **FindCodec("sbe");
  EXPECT_THAT(std::string(info.make({}).status().message()), HasSubstr("--schema"));
  EXPECT_EQ(info.make({.schema = "/nowhere.xml"}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(FindCodec("nothing").status().message()), HasSubstr("sbe"));
}

// Leaves of the dissector's tree by their place in the frame; bits of a field are no fields.
void CollectLeaves(const json& node, std::map<uint64_t, std::string>& leaves) {
  const std::string name = node.value("f", "");
  if (name == "packetheader" || name == "framingheader" || name.rfind("padding", 0) == 0) return;
  const auto children = node.find("c");
  const bool has_bits = children != node.end() && !children->empty() &&
                        (*children)[0].value("label", "").find(" = ") != std::string::npos;
  if (children == node.end() || has_bits) {
    if (node.value("len", 0) != 0) leaves.emplace(node.value("pos", 0), node.value("hex", ""));
    return;
  }
  for (const json& child : *children) CollectLeaves(child, leaves);
}

class Places final : public MessageVisitor {
 public:
  Places(const uint8_t* payload, uint64_t offset) : payload_(payload), offset_(offset) {}
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t>,
                    const char* why) override {
    EXPECT_NE(info, nullptr) << why;
  }
  void Field(const FieldInfo& field, const Value& value) override {
    if (field.presence == Presence::kConstant || value.bytes.empty()) return;
    places.emplace(offset_ + static_cast<uint64_t>(value.bytes.data() - payload_),
                   test::Hex(value.bytes));
  }
  void EndMessage() override {}
  std::map<uint64_t, std::string> places;

 private:
  const uint8_t* payload_;
  uint64_t offset_;
};

TEST(SbeCodec, CapturesOfVenuesWithoutACodecAgreeWithADissectorByteByByte) {
  const std::pair<const char*, const char*> venues[] = {
      {"Coinbase/MarketDataApi.v1.2", "xml/Coinbase.Derivatives.MarketDataApi.Sbe.v1.2.xml"},
      {"B3/BinaryUmdf.v1.8", "xml/B3.Equities.BinaryUmdf.Sbe.v1.8.xml"}};
  uint64_t files = 0;
  for (const auto& [venue, schema] : venues) {
    const auto folder = CaptureFile(absl::StrCat("omi/", venue));
    if (!folder || !std::filesystem::exists(Layouts() / schema)) GTEST_SKIP() << test::kNoCaptures;
    for (const auto& file : std::filesystem::directory_iterator(*folder)) {
      const std::string stem = file.path().stem().string();
      SCOPED_TRACE(stem);
      const auto expected = CaptureFile(absl::StrCat("expected/omi/", venue, "/", stem, ".jsonl"));
      ASSERT_TRUE(expected.has_value());
      const std::unique_ptr<Codec> codec = Make("sbe", (Layouts() / schema).string());
      test::ExpectedLines lines(*expected);
      const absl::Status status = test::ForEachPacket(file.path(), [&](const CapturedPacket& got) {
        const std::optional<json> line = lines.Next();
        ASSERT_TRUE(line.has_value());
        std::map<uint64_t, std::string> leaves;
        for (const json& node : line->at("tree")) CollectLeaves(node, leaves);
        PacketFrame frame;
        codec->Frame({&got.packet, 1}, {&frame, 1});
        Places ours(got.packet.data, got.payload_offset);
        codec->Describe(got.packet, frame, ours);
        EXPECT_EQ(ours.places, leaves);
        EXPECT_GT(leaves.size(), 3u);
      });
      EXPECT_TRUE(status.ok()) << status;
      ++files;
    }
  }
  EXPECT_EQ(files, 6u);
}

// "{"sequence":5,..." without the number, which this codec does not know.
std::vector<std::string> LinesOf(const Codec& codec, const rio::Packet& packet,
                                 const PacketFrame& frame) {
  std::string text;
  MessageJson lines(text);
  codec.Describe(packet, frame, lines);
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    out.push_back(text.substr(text.find(',', at), end - text.find(',', at)));
    at = end + 1;
  }
  return out;
}

TEST(SbeCodec, PrintsWhatTheVenuesOwnCodecPrints) {
  const auto capture = CaptureFile("cme/mdp3_v1.6_20161112_AB.pcapng");
  const std::filesystem::path schema = Layouts() / "cme_sbe_xml/Cme.Futures.Mdp3.Sbe.v1.6.xml";
  if (!capture || !std::filesystem::exists(schema)) GTEST_SKIP() << test::kNoCaptures;
  const std::unique_ptr<Codec> generic = Make("sbe", schema.string());
  const std::unique_ptr<Codec> own = Make("cme_mdp3", schema.string());
  uint64_t messages = 0;
  const absl::Status status = test::ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    PacketFrame ours, theirs;
    generic->Frame({&captured.packet, 1}, {&ours, 1});
    own->Frame({&captured.packet, 1}, {&theirs, 1});
    ASSERT_EQ(ours.message_count, theirs.message_count);
    ASSERT_EQ(LinesOf(*generic, captured.packet, ours), LinesOf(*own, captured.packet, theirs));
    messages += ours.message_count;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(messages, 20'546u);
}

}  // namespace
}  // namespace fh::codecs
