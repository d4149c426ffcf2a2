// MEMX's sample datagrams against what another dissector made of them: every field by its place,
// bytes and value.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "codecs/memx/memx_framing.h"
#include "codecs/registry.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/field_trees.h"
#include "tests/codecs/truth_table.h"

namespace fh::codecs::memx {
namespace {

using nlohmann::json;
using test::CapturedPacket;
using test::CaptureFile;
using test::ForEachPacket;

constexpr char kFolder[] = "omi/Memx/Equities.MemiorDepth.v1.3";
// Of another exchange, and in the wrong folder: its first byte is the first of a MoldUDP64 session.
constexpr char kForeign[] = "StockTradingActionMessage";

// The fields of the header, and the count and length in front of a message, which frames have.
std::map<uint64_t, uint64_t> FramingOf(const rio::Packet& packet, const PacketFrame& frame,
                                       uint64_t offset) {
  return {{offset, kDatagramType(packet.data)},
          {offset + 1, kHeaderLength(packet.data)},
          {offset + 2, kSessionId(packet.data)},
          {offset + 10, frame.first_sequence},
          {offset + 18, frame.message_count},
          {offset + 20, packet.length - kLeastHeaderBytes - kCountBytes - 2}};
}

TEST(MemxGolden, SampleDatagramsAgreeFieldByField) {
  if (!CaptureFile(kFolder)) GTEST_SKIP() << test::kNoCaptures;
  const std::unique_ptr<Codec> codec = *(*FindCodec("memx_depth"))->make({});
  std::map<uint32_t, uint64_t> by_type;
  uint64_t fields = 0;
  for (const auto& file : std::filesystem::directory_iterator(*CaptureFile(kFolder))) {
    const std::string stem = file.path().stem().string();
    if (stem == kForeign) continue;
    SCOPED_TRACE(stem);
    test::ExpectedLines lines(
        *CaptureFile(absl::StrCat("expected/", kFolder, "/", stem, ".jsonl")));
    const absl::Status status = ForEachPacket(file.path(), [&](const CapturedPacket& captured) {
      const std::optional<json> line = lines.Next();
      ASSERT_TRUE(line.has_value());
      PacketFrame frame;
      codec->Frame({&captured.packet, 1}, {&frame, 1});
      ASSERT_EQ(frame.kind, FrameKind::kMessages);
      EXPECT_EQ(frame.message_count, 1u);
      EXPECT_EQ(std::string(frame.session.bytes.data(), 4), "USE1");
      EXPECT_FALSE(frame.trailing_bytes);
      test::Leaves theirs;
      for (const json& node : line->at("tree")) test::CollectLeaves(node, theirs);
      test::FieldTexts ours(captured.packet.data, captured.payload_offset);
      codec->Describe(captured.packet, frame, ours);
      for (const auto& [type, count] : ours.by_type) by_type[type] += count;
      for (const auto& [place, value] :
           FramingOf(captured.packet, frame, captured.payload_offset)) {
        ASSERT_TRUE(theirs.contains(place)) << place;
        EXPECT_EQ(std::stoull(theirs.at(place).hex, nullptr, 16), value) << place;
        theirs.erase(place);
        ++fields;
      }
      EXPECT_EQ(ours.leaves.size(), theirs.size());
      for (const auto& [place, leaf] : ours.leaves) {
        ASSERT_TRUE(theirs.contains(place)) << leaf.name;
        // They show no number for what is the same in all messages.
        const bool is_constant = leaf.name == "schema_id" || leaf.name == "version";
        EXPECT_EQ(is_constant ? "" : Difference(leaf, theirs.at(place)), "");
        EXPECT_EQ(leaf.hex, theirs.at(place).hex) << leaf.name;
        ++fields;
      }
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(by_type, (std::map<uint32_t, uint64_t>{{2, 1}, {5, 1}, {11, 1}, {12, 1}, {13, 1}}));
  // Six of the framing and four of the SBE header each, and 18 of the messages.
  EXPECT_EQ(fields, 5u * (6 + 4) + 18u);
  test::NoteTruth({.protocol = "memx_depth",
                   .capture = absl::StrCat(kFolder, "/"),
                   .against = "a dissector, bytes and values",
                   .messages = 5,
                   .fields = fields});
}

TEST(MemxGolden, GuessKnowsItsOwnDatagramsAndNoOthers) {
  if (!CaptureFile("omi")) GTEST_SKIP() << test::kNoCaptures;
  uint64_t own = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*CaptureFile("omi"))) {
    if (entry.path().extension() != ".pcap") continue;
    const std::string path = entry.path().generic_string();
    const bool is_own =
        path.find("/Memx/") != std::string::npos && path.find(kForeign) == std::string::npos;
    static_cast<void>(ForEachPacket(entry.path(), [&](const CapturedPacket& at) {
      own += is_own;
      for (const CodecInfo* info : Codecs()) {
        const std::string name = info->name;
        const int guess = info->guess({at.packet.data, at.packet.length});
        if (is_own) {
          EXPECT_EQ(guess, name == "memx_depth" ? 100 : 0) << name << " of " << path;
        } else if (name.rfind("memx_", 0) == 0) {
          EXPECT_EQ(guess, 0) << name << " of " << path;
        }
      }
    }));
  }
  EXPECT_EQ(own, 5u);
}

}  // namespace
}  // namespace fh::codecs::memx
