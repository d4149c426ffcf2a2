// The captures of MOEX FORTS against what an independent decoder made of them: every field of every
// message; and books of the increments against the exchange's own snapshots.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/registry.h"
#include "codecs/value.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/moex/moex_capture.h"
#include "tests/codecs/truth_table.h"

namespace fh::codecs {
namespace {

using nlohmann::json;
using test::DecodePacket;
using test::MoexDatagrams;
using test::PacketBytes;

std::unique_ptr<Codec> Make(const std::string& schema,
                            ChannelRole role = ChannelRole::kIncremental) {
  CodecOptions options;
  options.schema = schema;
  options.role = role;
  absl::StatusOr<std::unique_ptr<Codec>> codec = (*FindCodec("moex_forts"))->make(options);
  EXPECT_TRUE(codec.ok()) << codec.status();
  return codec.ok() ? *std::move(codec) : nullptr;
}

// A field as the other decoder writes it; decimals as "mantissa e exponent".
json Rendered(const FieldInfo& field, const Value& value) {
  if (IsText(field)) return std::string(value.bytes.begin(), value.bytes.end());
  const auto number = static_cast<int64_t>(value.number);
  if (field.kind == FieldKind::kScaled) return absl::StrCat(number, "e", value.exponent);
  return field.is_signed ? json(number) : json(value.number);
}

// Messages in the other decoder's form, names squeezed.
class JsonRecorder final : public MessageVisitor {
 public:
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t>,
                    const char* why) override {
    ASSERT_NE(info, nullptr) << why;
    messages.push_back({{"tid", info->type}});
    at_ = {&messages.back()};
  }
  void Field(const FieldInfo& field, const Value& value) override {
    ++fields;
    if (value.state != Value::State::kThere) return;
    (*at_.back())[test::Comparable(field.name)] = Rendered(field, value);
  }
  void BeginGroup(const GroupInfo& group, uint32_t) override {
    at_.push_back(&((*at_.back())[test::Comparable(group.name)] = json::array()));
  }
  void BeginEntry() override {
    at_.back()->push_back(json::object());
    at_.push_back(&at_.back()->back());
  }
  void EndEntry() override { at_.pop_back(); }
  void EndGroup() override { at_.pop_back(); }
  void EndMessage() override {}

  std::vector<json> messages;
  uint64_t fields = 0;

 private:
  std::vector<json*> at_;
};

// In the same form. Its entries are rotated by one: the last one of the wire comes first.
json Normalized(const json& line) {
  json message = json::object();
  for (const auto& [name, value] : line.items()) {
    if (name == "n" || name == "name" || name == "_") continue;
    if (!value.is_array()) {
      message[test::Comparable(name)] = value;
      continue;
    }
    json& entries = message[test::Comparable(name)] = json::array();
    for (const json& entry : value) entries.push_back(Normalized(entry));
    if (!entries.empty()) std::rotate(entries.begin(), entries.begin() + 1, entries.end());
    for (json& entry : entries) {
      // An absent one is printed as 0.
      if (entry.value("mdentrytype", "") == "J" && entry["exchangetradingsessionid"] == 0) {
        entry.erase("exchangetradingsessionid");
      }
    }
  }
  return message;
}

struct Compared {
  std::map<uint32_t, uint64_t> by_type;
  uint64_t fields = 0;
};

void CompareWithExpected(const std::string& name, const std::string& schema, Compared& compared) {
  test::TruthRow row{.protocol = "moex_forts",
                     .capture = "moex_fast/" + name + ".dat",
                     .against = schema.empty() ? "another decoder, values"
                                               : "another decoder, values, by the exchange's file"};
  const auto file = test::CaptureFile(absl::StrCat("expected/moex_", name, ".jsonl.gz"));
  ASSERT_TRUE(file.has_value());
  test::ExpectedLines lines(*file);
  const std::unique_ptr<Codec> codec = Make(schema);
  for (const std::string& datagram : MoexDatagrams(name)) {
    const PacketBytes bytes(datagram);
    PacketFrame frame;
    codec->Frame({&bytes.packet(), 1}, {&frame, 1});
    ASSERT_EQ(frame.kind, FrameKind::kMessages);
    ASSERT_EQ(frame.number_count, 1u);
    ASSERT_EQ(frame.message_count, 2u);
    JsonRecorder ours;
    codec->Describe(bytes.packet(), frame, ours);
    ASSERT_EQ(ours.messages.size(), 2u);
    compared.fields += ours.fields;
    row.fields += ours.fields;
    row.messages += ours.messages.size();
    for (const json& message : ours.messages) {
      const std::optional<json> line = lines.Next();
      ASSERT_TRUE(line.has_value());
      ASSERT_EQ(message, Normalized(*line)) << "packet " << frame.first_sequence;
      ++compared.by_type[message["tid"].get<uint32_t>()];
    }
    EXPECT_EQ(frame.first_sequence, ours.messages[1]["msgseqnum"].get<uint64_t>());
  }
  EXPECT_FALSE(lines.Next().has_value());
  EXPECT_EQ(codec->stats().damaged_tails, 0u);
  test::NoteTruth(row);
}

using Counts = std::map<uint32_t, uint64_t>;

class MoexGolden : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!test::HasMoexCaptures()) GTEST_SKIP() << test::kNoCaptures;
    schema_ = GetParam() ? test::MoexSchema() : "";
  }
  std::string schema_;
};

TEST_P(MoexGolden, EveryFieldOfLineAIsWhatAnIndependentDecoderSays) {
  Compared compared;
  CompareWithExpected("increment_a", schema_, compared);
  EXPECT_EQ(compared.by_type, (Counts{{74, 3974}, {120, 3974}}));
  EXPECT_GT(compared.fields, 220'000u);
}

TEST_P(MoexGolden, EveryFieldOfLineBIsWhatAnIndependentDecoderSays) {
  Compared compared;
  CompareWithExpected("increment_b", schema_, compared);
  EXPECT_EQ(compared.by_type, (Counts{{74, 3950}, {120, 3950}}));
}

TEST_P(MoexGolden, EveryFieldOfTheSnapshotsIsWhatAnIndependentDecoderSays) {
  Compared compared;
  CompareWithExpected("snapshot", schema_, compared);
  EXPECT_EQ(compared.by_type, (Counts{{49, 341}, {66, 341}, {75, 3695}, {120, 4377}}));
  EXPECT_GT(compared.fields, 350'000u);
}

TEST_P(MoexGolden, EveryEntryBecomesAnUpdate) {
  const std::unique_ptr<Codec> codec = Make(schema_);
  std::map<char, uint64_t> by_action;
  for (const std::string& datagram : MoexDatagrams("increment_a")) {
    const PacketBytes bytes(datagram);
    for (const NormalizedUpdate& update : DecodePacket(*codec, bytes.packet()).updates) {
      EXPECT_EQ(update.record, FH_RECORD_LEVEL);
      ++by_action[update.action];
    }
  }
  EXPECT_EQ(by_action, (std::map<char, uint64_t>{{'A', 3750}, {'M', 4874}, {'C', 2012}}));
  EXPECT_EQ(codec->stats().malformed + codec->stats().unmapped + codec->stats().unknown, 0u);
}

INSTANTIATE_TEST_SUITE_P(, MoexGolden, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& by_file) {
                           return by_file.param ? "ByTheExchangesFile" : "ByItself";
                         });

// A book by position, as strategies build it.
struct Level {
  int64_t price = 0;
  uint64_t size = 0;
  friend bool operator==(const Level&, const Level&) = default;
};
constexpr size_t kDepth = 5;

struct Book {
  std::vector<Level> bids, asks;
  friend bool operator==(const Book&, const Book&) = default;

  void Take(const NormalizedUpdate& update) {
    if (update.action == FH_ACTION_CLEAR) {
      *this = Book{};
      return;
    }
    std::vector<Level>& side = update.side == FH_SIDE_BID ? bids : asks;
    const Level level{update.level.price, update.level.size};
    const size_t at = update.level.depth - 1;
    if (update.action == FH_ACTION_ADD) {
      ASSERT_LE(at, side.size());
      side.insert(side.begin() + static_cast<ptrdiff_t>(at), level);
      if (side.size() > kDepth) side.pop_back();
      return;
    }
    ASSERT_LT(at, side.size());
    if (update.action == FH_ACTION_MODIFY) {
      EXPECT_EQ(side[at].price, level.price) << "a change moves no price";
      side[at] = level;
    } else {
      EXPECT_EQ(update.level.size, 0u);
      side.erase(side.begin() + static_cast<ptrdiff_t>(at));
    }
  }
};

// What the increments say of one security: entries in their order.
struct Increment {
  uint64_t message;
  uint64_t rpt_seq;
  NormalizedUpdate update;
};
using Increments = std::map<uint32_t, std::vector<Increment>>;

// Both lines, each message once.
Increments UnitedIncrements() {
  const std::unique_ptr<Codec> codec = Make("");
  std::map<uint64_t, std::string> by_number;
  for (const char* line : {"increment_a", "increment_b"}) {
    for (const std::string& datagram : MoexDatagrams(line)) {
      const PacketBytes bytes(datagram);
      PacketFrame frame;
      codec->Frame({&bytes.packet(), 1}, {&frame, 1});
      by_number.emplace(frame.first_sequence, datagram);
    }
  }
  Increments increments;
  for (const auto& [number, datagram] : by_number) {
    const PacketBytes bytes(datagram);
    const test::Decoded decoded = DecodePacket(*codec, bytes.packet());
    test::RptSeqs described;
    codec->Describe(bytes.packet(), decoded.frame, described);
    EXPECT_EQ(described.numbers.size(), decoded.updates.size());
    for (size_t i = 0; i < decoded.updates.size(); ++i) {
      increments[decoded.updates[i].instrument_id].push_back(
          {number, described.numbers[i], decoded.updates[i]});
    }
  }
  return increments;
}

struct Image {
  Book book;
  uint64_t rpt_seq = 0;
  uint64_t last_processed = 0;
};

// The book of `from` after the entries that `to` has seen.
void CatchUp(const std::vector<Increment>& entries, uint64_t last_processed, Image& image) {
  for (const Increment& entry : entries) {
    if (entry.rpt_seq <= image.rpt_seq || entry.message > last_processed) continue;
    ASSERT_EQ(entry.rpt_seq, image.rpt_seq + 1);
    image.rpt_seq = entry.rpt_seq;
    image.book.Take(entry.update);
  }
}

// The exchange's own check: from a snapshot on, entries with a higher RptSeq lead to the next one.
TEST(MoexBooks, SnapshotsAgreeWithTheIncrementsWhereRptSeqAllows) {
  if (!test::HasMoexCaptures()) GTEST_SKIP() << test::kNoCaptures;
  const Increments increments = UnitedIncrements();
  EXPECT_EQ(increments.size(), 9u);
  for (const auto& [id, entries] : increments) {
    for (size_t i = 1; i < entries.size(); ++i) {
      ASSERT_EQ(entries[i].rpt_seq, entries[i - 1].rpt_seq + 1) << id;
    }
  }
  std::map<uint32_t, Image> held;
  const std::unique_ptr<Codec> codec = Make("", ChannelRole::kSnapshot);
  uint64_t compared = 0;
  for (const std::string& datagram : MoexDatagrams("snapshot")) {
    const PacketBytes bytes(datagram);
    const test::Decoded decoded = DecodePacket(*codec, bytes.packet());
    if (decoded.updates.empty() || decoded.updates.back().record != FH_RECORD_LEVEL) continue;
    test::RptSeqs described;
    codec->Describe(bytes.packet(), decoded.frame, described);
    // The message says itself where it stands, and its first update.
    const NormalizedUpdate& at = decoded.updates[0];
    const uint32_t id = at.instrument_id;
    ASSERT_EQ(at.record, FH_RECORD_STATUS);
    EXPECT_EQ(at.status.kind, FH_STATUS_SNAPSHOT_AT);
    EXPECT_EQ(static_cast<uint64_t>(at.status.value), described.last_processed);
    Image now{{}, described.numbers.at(0), static_cast<uint64_t>(at.status.value)};
    for (const NormalizedUpdate& update : decoded.updates) {
      EXPECT_NE(update.flags & FH_FLAG_SNAPSHOT, 0);
      EXPECT_EQ((update.flags & FH_FLAG_LAST) != 0, &update == &decoded.updates.back());
      EXPECT_EQ(update.instrument_id, id);
      if (&update != &at) now.book.Take(update);
    }
    if (const auto before = held.find(id); before != held.end()) {
      Image image = before->second;
      if (const auto entries = increments.find(id); entries != increments.end()) {
        CatchUp(entries->second, now.last_processed, image);
      }
      EXPECT_EQ(image.rpt_seq, now.rpt_seq) << id;
      EXPECT_TRUE(image.book == now.book) << id << " at " << now.rpt_seq;
      ++compared;
    }
    held[id] = now;
  }
  EXPECT_EQ(compared, 3'684u);
}

}  // namespace
}  // namespace fh::codecs
