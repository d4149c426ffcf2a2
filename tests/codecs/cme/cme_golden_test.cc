// The captures of CME MDP 3.0 against what two independent decoders made of them: one by text (names
// and values of every field), one by bytes (place and content of every field); and level books from
// the updates against the books of a third.
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "codecs/cme/cme_messages.h"
#include "codecs/registry.h"
#include "codecs/value.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/truth_table.h"
#include "tests/seeds.h"

namespace fh::codecs {
namespace {

using nlohmann::json;
using test::CapturedPacket;
using test::CaptureFile;
using test::ForEachPacket;

constexpr char kCapture[] = "cme/mdp3_v1.6_20161112_AB.pcapng";

std::unique_ptr<Codec> Make(const std::string& schema = "") {
  CodecOptions options;
  options.schema = schema;
  absl::StatusOr<std::unique_ptr<Codec>> codec = (*FindCodec("cme_mdp3"))->make(options);
  EXPECT_TRUE(codec.ok()) << codec.status();
  return codec.ok() ? *std::move(codec) : nullptr;
}

// The exchange's own file, where it is at hand.
std::optional<std::string> SchemaFile(const std::string& version) {
  const std::filesystem::path path = test::CapturesFolder() / "../layouts/cme_sbe_xml" /
                                     absl::StrCat("Cme.Futures.Mdp3.Sbe.v", version, ".xml");
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path.string();
}

// "Highest Bid" and "HighestBid" are the same name.
std::string Squeezed(const std::string& text) { return absl::StrReplaceAll(text, {{" ", ""}}); }

// A value as the text decoder prints it, numbers by their value.
std::string Printed(const FieldInfo& field, const Value& value) {
  if (value.state != Value::State::kThere) return "None";
  if (field.kind == FieldKind::kUnixNs) return absl::StrCat(value.number);
  if (field.kind == FieldKind::kFlags) {
    return absl::StrReplaceAll(ValueText(field, value), {{"|", ","}});
  }
  if (field.kind != FieldKind::kDecimal) return Squeezed(ValueText(field, value));
  std::string text = ValueText(field, value);
  while (text.back() == '0') text.pop_back();
  return text.back() == '.' ? text + "0" : text;
}

// Messages as the lines of the text decoder.
class TextLines final : public MessageVisitor {
 public:
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t>,
                    const char* why) override {
    EXPECT_NE(info, nullptr) << why;
    lines.push_back(absl::StrCat("::", info == nullptr ? 0 : info->type, "-"));
  }
  void Field(const FieldInfo& field, const Value& value) override {
    for (const FieldInfo* header : cme::header::kFields) {
      if (field.name == std::string_view(header->name)) return;
    }
    // Those that the text's version has not got.
    if (value.state == Value::State::kAbsent) return;
    if (field.name == std::string_view("schema_id")) return;
    absl::StrAppend(&lines.back(), field.name, ":", Printed(field, value));
    ++fields;
  }
  void BeginGroup(const GroupInfo& group, uint32_t entries) override {
    if (group.since > 6) return;
    lines.push_back(absl::StrCat(":::", group.name, "-", entries));
  }
  void BeginEntry() override { lines.emplace_back("::::"); }
  void EndMessage() override {}

  std::vector<std::string> lines;
  uint64_t fields = 0;
};

// A line of the text decoder in the same form: blanks go, the message's name is its id.
std::string Normalized(std::string line) {
  line = Squeezed(line);
  if (const size_t id = line.find("(tid:"); id != std::string::npos) {
    line = absl::StrCat("::", line.substr(id + 5, line.find(')') - id - 5),
                        line.substr(line.find(")-") + 1));
  }
  return absl::StrReplaceAll(line, {{"-num_groups:", "-"}});
}

class GzipText {
 public:
  explicit GzipText(const std::filesystem::path& path)
      : file_(gzopen(path.string().c_str(), "rb"), gzclose) {}
  std::optional<std::string> Next() {
    char part[1 << 12];
    if (gzgets(file_.get(), part, sizeof part) == nullptr) return std::nullopt;
    std::string line(part);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    return line;
  }

 private:
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

struct TextComparison {
  uint64_t packets = 0;
  std::map<uint32_t, uint64_t> by_type;
  uint64_t lines = 0;
  uint64_t fields = 0;
};

void CompareText(const std::string& schema, TextComparison& compared) {
  const auto capture = CaptureFile(kCapture);
  const auto expected = CaptureFile("expected/cme_v1.6.sbedecoder.txt.gz");
  ASSERT_TRUE(capture && expected);
  const std::unique_ptr<Codec> codec = Make(schema);
  GzipText text(*expected);
  std::optional<std::string> line = text.Next();
  bool same = true;
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    if (!same) return;
    PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    ASSERT_TRUE(line.has_value());
    const std::string head = absl::StrCat("sequence_number: ", frame.first_sequence,
                                          " sending_time: ", frame.send_time_ns);
    same = line->find(head) != std::string::npos;
    EXPECT_TRUE(same) << *line << " has not " << head;
    TextLines ours;
    codec->Describe(captured.packet, frame, ours);
    for (const std::string& our : ours.lines) {
      line = text.Next();
      ASSERT_TRUE(line.has_value());
      const std::string theirs = Normalized(*line);
      if (our != theirs) same = false;
      ASSERT_EQ(our, theirs) << "packet " << frame.first_sequence;
      ++compared.lines;
      if (our.rfind("::", 0) == 0 && our[2] != ':') {
        ++compared.by_type[static_cast<uint32_t>(std::stoul(our.substr(2)))];
      }
    }
    ++compared.packets;
    compared.fields += ours.fields;
    line = text.Next();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(line.has_value());
}

void ExpectAllOfTheCapture(const TextComparison& compared, const char* against) {
  EXPECT_EQ(compared.packets, 10'000u);
  const std::map<uint32_t, uint64_t> expected = {
      {12, 18}, {32, 19'138}, {35, 614}, {42, 388}, {37, 388}};
  EXPECT_EQ(compared.by_type, expected);
  test::TruthRow row{.protocol = "cme_mdp3", .capture = kCapture, .against = against};
  for (const auto& [type, count] : compared.by_type) row.messages += count;
  row.fields = compared.fields;
  test::NoteTruth(row);
}

TEST(CmeGolden, EveryFieldOfTheCaptureIsWhatAnIndependentDecoderPrints) {
  if (!CaptureFile(kCapture)) GTEST_SKIP() << test::kNoCaptures;
  TextComparison compared;
  CompareText("", compared);
  ExpectAllOfTheCapture(compared, "another decoder, values");
}

TEST(CmeGolden, TheSchemaOfTheExchangeSaysTheSame) {
  const std::optional<std::string> schema = SchemaFile("1.6");
  if (!CaptureFile(kCapture) || !schema) GTEST_SKIP() << test::kNoCaptures;
  TextComparison compared;
  CompareText(*schema, compared);
  ExpectAllOfTheCapture(compared, "another decoder, values, by schema 1.6");
}

// A later schema on data of an older version: what is newer is absent.
TEST(CmeGolden, ALaterSchemaReadsOlderData) {
  const std::optional<std::string> schema = SchemaFile("1.8");
  if (!CaptureFile(kCapture) || !schema) GTEST_SKIP() << test::kNoCaptures;
  TextComparison compared;
  CompareText(*schema, compared);
  ExpectAllOfTheCapture(compared, "another decoder, values, by schema 1.8");
}

// The leaves of a field tree by their place: bits of a field are no fields.
void CollectLeaves(const json& node, std::map<uint64_t, std::string>& leaves) {
  const std::string name = node.value("f", "");
  const uint64_t length = node.value("len", 0);
  if (length == 0 && !node.contains("c")) return;
  if (name.rfind("padding", 0) == 0 || name == "messagesize" || name == "binarypacketheader" ||
      name.rfind("groupsize", 0) == 0) {
    return;
  }
  const auto children = node.find("c");
  const bool has_bits = children != node.end() && !children->empty() &&
                        (*children)[0].value("label", "").find(" = ") != std::string::npos;
  if (children == node.end() || has_bits) {
    leaves.emplace(node.value("pos", 0), node.value("hex", ""));
    return;
  }
  for (const json& child : *children) CollectLeaves(child, leaves);
}

// Our fields, by their place in the frame.
class FieldPlaces final : public MessageVisitor {
 public:
  FieldPlaces(const uint8_t* payload, uint64_t offset) : payload_(payload), offset_(offset) {}
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t>,
                    const char* why) override {
    EXPECT_NE(info, nullptr) << why;
    ++messages;
  }
  void Field(const FieldInfo& field, const Value& value) override {
    if (field.presence == Presence::kConstant || value.bytes.empty()) return;
    places.emplace(offset_ + static_cast<uint64_t>(value.bytes.data() - payload_),
                   test::Hex(value.bytes));
  }
  void EndMessage() override {}
  std::map<uint64_t, std::string> places;
  uint64_t messages = 0;

 private:
  const uint8_t* payload_;
  uint64_t offset_;
};

// What is in one of the two and not in the other, as "place:bytes".
std::string Differences(const std::map<uint64_t, std::string>& ours,
                        const std::map<uint64_t, std::string>& theirs) {
  std::string text;
  for (const auto& [place, bytes] : ours) {
    const auto found = theirs.find(place);
    if (found == theirs.end() || found->second != bytes) {
      absl::StrAppend(&text, " ours ", place, ":", bytes);
    }
  }
  for (const auto& [place, bytes] : theirs) {
    if (!ours.contains(place)) absl::StrAppend(&text, " theirs ", place, ":", bytes);
  }
  return text;
}

// Returns how many fields were compared. `whole`: all fields of the tree are ours too.
uint64_t CompareBytes(const std::filesystem::path& capture, const std::filesystem::path& expected,
                      const std::string& schema, bool whole, const test::EachOf& frames,
                      test::TruthRow& row) {
  const std::unique_ptr<Codec> codec = Make(schema);
  test::ExpectedLines lines(expected);
  uint64_t fields = 0;
  bool same = true;
  const absl::Status status = ForEachPacket(capture, [&](const CapturedPacket& captured) {
    if (!same) return;
    if (!frames.Has(captured.frame_number)) {
      ASSERT_TRUE(lines.Skip());
      return;
    }
    const std::optional<json> line = lines.Next();
    ASSERT_TRUE(line.has_value());
    std::map<uint64_t, std::string> leaves;
    for (const json& node : line->at("tree")) CollectLeaves(node, leaves);
    PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    FieldPlaces ours(captured.packet.data, captured.payload_offset);
    codec->Describe(captured.packet, frame, ours);
    if (whole) {
      same = ours.places == leaves;
      EXPECT_EQ(Differences(ours.places, leaves), "") << "frame " << captured.frame_number;
    } else {
      for (const auto& place : ours.places) {
        same &= leaves.contains(place.first) && leaves[place.first] == place.second;
      }
      EXPECT_TRUE(same) << "frame " << captured.frame_number;
    }
    fields += ours.places.size();
    row.messages += ours.messages;
  });
  EXPECT_TRUE(status.ok()) << status;
  row.fields += fields;
  return fields;
}

TEST(CmeGolden, EveryByteOfTheCaptureIsOfTheFieldThatADissectorSays) {
  const auto capture = CaptureFile(kCapture);
  const auto expected = CaptureFile("expected/mdp3_v1.6_20161112_AB.pcapng.fields.jsonl.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  test::TruthRow row{
      .protocol = "cme_mdp3", .capture = kCapture, .against = "a dissector, places and bytes"};
  const test::EachOf frames("frames", 10);
  EXPECT_GT(CompareBytes(*capture, *expected, "", /*whole=*/true, frames, row),
            frames.whole() ? 249'000u : 10'000u);
  test::NoteTruth(row);
}

// Versions 5 and 9: definitions with all their groups, orders behind levels, trades.
TEST(CmeGolden, SinglePacketsOfOtherVersionsAgreeWithTheDissectorByteByByte) {
  if (!CaptureFile(kCapture)) GTEST_SKIP() << test::kNoCaptures;
  uint64_t files = 0;
  for (const std::string version : {"1.5", "1.9"}) {
    const std::optional<std::string> schema = SchemaFile(version);
    if (!schema) GTEST_SKIP() << test::kNoCaptures;
    const std::string folder = absl::StrCat("omi/Cme/Mdp3.Sbe.v", version);
    test::TruthRow by_itself{.protocol = "cme_mdp3",
                             .capture = folder + "/",
                             .against = "a dissector, places and bytes"};
    test::TruthRow by_schema = by_itself;
    by_schema.against += ", by the schema";
    const test::EachOf frames("frames", 1);
    for (const auto& file : std::filesystem::directory_iterator(*CaptureFile(folder))) {
      const std::string stem = file.path().stem().string();
      const auto expected = CaptureFile(absl::StrCat("expected/", folder, "/", stem, ".jsonl"));
      ASSERT_TRUE(expected.has_value()) << stem;
      EXPECT_GT(CompareBytes(file.path(), *expected, *schema, /*whole=*/true, frames, by_schema),
                0u)
          << stem;
      EXPECT_GT(CompareBytes(file.path(), *expected, "", /*whole=*/true, frames, by_itself), 0u)
          << stem;
      ++files;
    }
    test::NoteTruth(by_itself);
    test::NoteTruth(by_schema);
  }
  EXPECT_EQ(files, 9u);
}

// One side of a book by position, ten levels.
struct Level {
  int64_t price = kUndefinedPrice;
  uint64_t size = 0;
  uint32_t orders = 0;
  friend bool operator==(const Level&, const Level&) = default;
};
using Side = std::array<Level, 10>;

void Apply(const NormalizedUpdate& update, Side& side) {
  ASSERT_GE(update.level.depth, 1u);
  if (update.level.depth > side.size()) return;
  const size_t at = update.level.depth - 1;
  const Level level{update.level.price, update.level.size, update.level.order_count};
  if (update.action == FH_ACTION_ADD) {
    std::move_backward(side.begin() + static_cast<ptrdiff_t>(at), side.end() - 1, side.end());
    side[at] = level;
  } else if (update.action == FH_ACTION_MODIFY) {
    side[at] = level;
  } else {
    std::move(side.begin() + static_cast<ptrdiff_t>(at) + 1, side.end(),
              side.begin() + static_cast<ptrdiff_t>(at));
    side.back() = Level{};
  }
}

struct Books {
  std::map<uint32_t, std::array<Side, 2>> by_instrument;
  void Take(const NormalizedUpdate& update) {
    const bool is_level = update.record == FH_RECORD_LEVEL && update.side != FH_SIDE_NONE;
    if (!is_level || (update.flags & FH_FLAG_IMPLIED) != 0)
      return;  // Implied levels are another book.
    Apply(update, by_instrument[update.instrument_id][update.side == FH_SIDE_ASK ? 1 : 0]);
  }
};

// Returns how many sides were compared.
uint64_t CompareBooks(const json& expected, const Books& books) {
  uint64_t sides = 0;
  for (const auto& [id, book] : expected.at("books").items()) {
    const auto ours = books.by_instrument.find(static_cast<uint32_t>(std::stoul(id)));
    for (const int side : {0, 1}) {
      const json& levels = book.at(side == 0 ? "bids" : "offers");
      Side theirs;
      for (size_t i = 0; i < levels.size() && i < theirs.size(); ++i) {
        if (levels[i].at("price").is_null()) continue;
        theirs[i] = {std::llround(levels[i].at("price").get<double>() * 1e9),
                     levels[i].at("size").get<uint64_t>(),
                     levels[i].at("num_orders").get<uint32_t>()};
      }
      const Side mine =
          ours == books.by_instrument.end() ? Side{} : ours->second[static_cast<size_t>(side)];
      EXPECT_EQ(mine, theirs) << id << " at " << expected.at("seq") << " side " << side;
      ++sides;
    }
  }
  return sides;
}

TEST(CmeGolden, BooksOfTheUpdatesAreTheExpectedOnesAfterEvery500Packets) {
  const auto capture = CaptureFile(kCapture);
  const auto file = CaptureFile("expected/cme_v1.6_books.json.gz");
  if (!capture || !file) GTEST_SKIP() << test::kNoCaptures;
  const std::optional<json> expected = test::ExpectedLines(*file).NextDocument();
  ASSERT_TRUE(expected.has_value() && !expected->is_discarded());
  std::map<uint64_t, const json*> snapshots;
  for (const json& snapshot : expected->at("snapshots")) {
    snapshots[snapshot.at("seq").get<uint64_t>()] = &snapshot;
  }
  const std::unique_ptr<Codec> codec = Make();
  Books books;
  uint64_t last = 0;
  uint64_t sides = 0;
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    const std::string bytes(reinterpret_cast<const char*>(captured.packet.data),
                            captured.packet.length);
    const test::PacketBytes packet(bytes);
    PacketFrame frame;
    codec->Frame({&packet.packet(), 1}, {&frame, 1});
    if (frame.first_sequence <= last) return;  // The other line's copy.
    last = frame.first_sequence;
    for (const NormalizedUpdate& update : test::DecodePacket(*codec, packet.packet()).updates) {
      books.Take(update);
    }
    if (const auto found = snapshots.find(last); found != snapshots.end()) {
      sides += CompareBooks(*found->second, books);
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(sides, 2'000u);
}

}  // namespace
}  // namespace fh::codecs
