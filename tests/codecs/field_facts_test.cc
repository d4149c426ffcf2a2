// Every message of venues of whom captures have few, laid out by scripts from the exchanges' files and
// by none of this project's encoders: every field must be what stands beside the bytes.
//
// facts/*_fields.txt, a line each, # begins a comment: HEX | message: field=value ...
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/field_leaves.h"

namespace fh::codecs {
namespace {

struct Fact {
  std::string bytes;
  std::string text;
};

std::vector<Fact> ReadFacts(const std::string& codec) {
  std::vector<Fact> facts;
  std::ifstream file(absl::StrCat(FEEDHANDLER_FACTS, "/", codec, "_fields.txt"));
  EXPECT_TRUE(file.is_open());
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> parts = absl::StrSplit(line, " | ");
    EXPECT_EQ(parts.size(), 2u) << line;
    if (parts.size() == 2) facts.push_back({absl::HexStringToBytes(parts[0]), parts[1]});
  }
  return facts;
}

// What comes before the messages of a packet.
std::string HeaderOf(const std::string& codec) {
  const char* hex = codec == "b3_umdf"
                        ? "3200350507000000fc62551bd5521700"
                        : "2000cc32ffffffff07000000b0020000020100000000000069bfe8dd2ee07313";
  return absl::HexStringToBytes(hex);
}

class FieldFacts : public testing::TestWithParam<const char*> {};

TEST_P(FieldFacts, EveryFieldIsWhatTheExchangesFilesSay) {
  const CodecInfo& info = **FindCodec(GetParam());
  const std::vector<Fact> facts = ReadFacts(GetParam());
  std::set<uint32_t> types;
  for (const Fact& fact : facts) {
    const test::PacketBytes bytes(absl::StrCat(HeaderOf(GetParam()), fact.bytes));
    InstrumentStore store(100);
    const std::unique_ptr<Codec> codec = *info.make({.instruments = &store});
    const test::Decoded decoded = test::DecodePacket(*codec, bytes.packet());
    ASSERT_EQ(decoded.frame.message_count, 1u) << fact.text;
    EXPECT_EQ(decoded.frame.lost_in_tail, 0u);
    EXPECT_EQ(codec->stats().malformed + codec->stats().unknown, 0u) << fact.text;
    test::OurFields ours(bytes.packet(), 0);
    codec->Describe(bytes.packet(), decoded.frame, ours);
    EXPECT_EQ(ours.text, fact.text);
    for (const auto& [type, count] : ours.by_type) types.insert(type);
  }
  EXPECT_EQ(types.size(), info.messages.size()) << "a message has no fact";
}

// A message that ends early is malformed, wherever that is, and nothing of it becomes an update. What is
// behind its end does not matter (the packet's own end is there too).
TEST_P(FieldFacts, AMessageThatIsCutIsNeverReadBeyondItsEnd) {
  const CodecInfo& info = **FindCodec(GetParam());
  for (const Fact& fact : ReadFacts(GetParam())) {
    for (size_t length = 4; length < fact.bytes.size(); ++length) {
      std::string cut = fact.bytes.substr(0, length);
      cut[0] = static_cast<char>(length & 0xFF);
      cut[1] = static_cast<char>(length >> 8);
      const test::PacketBytes bytes(absl::StrCat(HeaderOf(GetParam()), cut));
      const std::unique_ptr<Codec> codec = *info.make({});
      const test::Decoded decoded = test::DecodePacket(*codec, bytes.packet());
      const CodecStats& stats = codec->stats();
      const uint64_t rejects = stats.malformed + stats.unknown + stats.bad_length + stats.too_short;
      // A tail that may be missing (room for entries, fields of later releases) leaves a whole message.
      if (rejects == 0) continue;
      EXPECT_EQ(rejects, 1u) << fact.text << " cut at " << length;
      EXPECT_TRUE(decoded.updates.empty()) << fact.text << " cut at " << length;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, FieldFacts, testing::Values("b3_umdf", "eurex_eobi"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace fh::codecs
