// What people are shown of a message (MessageJson), on real captures: names, letters and scaled
// values as independent decoders print them. The raw bytes are compared by the tests of each codec.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "codecs/message_json.h"
#include "codecs/registry.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/iex_parser_values.h"
#include "tests/codecs/truth_table.h"
#include "tests/seeds.h"

namespace fh::codecs {
namespace {

using nlohmann::json;
using test::CapturedPacket;
using test::CaptureFile;
using test::Comparable;
using test::ExpectedLines;

// The lines that a codec's messages become.
class JsonRun {
 public:
  explicit JsonRun(absl::string_view codec_name) {
    const absl::StatusOr<const CodecInfo*> found = FindCodec(codec_name);
    EXPECT_TRUE(found.ok()) << found.status();
    info_ = *found;
    codec_ = *info_->make({});
  }

  // The number of messages; their lines are the text that Lines() reads.
  uint64_t Take(const rio::Packet& packet) {
    PacketFrame frame;
    codec_->Frame({&packet, 1}, {&frame, 1});
    text_.clear();
    MessageJson visitor(text_);
    codec_->Describe(packet, frame, visitor);
    return frame.message_count;
  }

  std::vector<json> Lines(const rio::Packet& packet) {
    const uint64_t messages = Take(packet);
    std::vector<json> lines;
    for (const absl::string_view line : absl::StrSplit(text_, '\n', absl::SkipEmpty())) {
      lines.push_back(json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false));
      EXPECT_FALSE(lines.back().is_discarded()) << line;
    }
    EXPECT_EQ(lines.size(), messages);
    return lines;
  }

  const CodecInfo& info() const { return *info_; }

 private:
  const CodecInfo* info_ = nullptr;
  std::unique_ptr<Codec> codec_;
  std::string text_;
};

std::map<std::string, const MessageInfo*> MessagesByName(const CodecInfo& info) {
  std::map<std::string, const MessageInfo*> by_name;
  for (const MessageInfo* message : info.messages) by_name[message->name] = message;
  return by_name;
}

// ---- Labels of the dissector: "Execution Price: 22.48", "Printable: Non Printable (N)" ----

std::string AfterColon(const json& node) {
  const std::string label = node.value("label", "");
  const size_t colon = label.find(": ");
  return colon == std::string::npos ? label : label.substr(colon + 2);
}

// "N" of "Non Printable (N)".
std::string InParentheses(const std::string& text) {
  const size_t open = text.rfind('(');
  if (open == std::string::npos || text.back() != ')') return text;
  const std::string inside = text.substr(open + 1, text.size() - open - 2);
  return inside == "<whitespace>" ? " " : inside;
}

std::string WithoutTrailingZeros(std::string decimals) {
  if (decimals.find('.') == std::string::npos) return decimals;
  decimals.erase(decimals.find_last_not_of('0') + 1);
  if (decimals.back() == '.') decimals.pop_back();
  return decimals;
}

// Our value as the dissector would print it.
std::string AsLabel(const FieldInfo& field, const json& value) {
  if (value.is_number_unsigned()) return absl::StrCat(value.get<uint64_t>());
  if (value.is_number()) return absl::StrCat(value.get<int64_t>());
  const std::string text = value.get<std::string>();
  switch (field.kind) {
    case FieldKind::kDecimal:
      return WithoutTrailingZeros(text);
    case FieldKind::kUnixNs:
      return absl::StrReplaceAll(text, {{"T", " "}, {"Z", ""}});
    case FieldKind::kUnixSeconds:
      return absl::StrReplaceAll(text, {{"T", " "}, {"Z", "."}});
    default:
      return text;
  }
}

// The dissector gives times since midnight a date, the capture's, and takes New York to be five
// hours behind UTC in summer too.
std::string AsDissectorsTime(const std::string& time_of_day, const std::string& label) {
  const std::vector<std::string> parts = absl::StrSplit(time_of_day, absl::MaxSplits(':', 1));
  int hour = 0;
  EXPECT_TRUE(parts.size() == 2 && absl::SimpleAtoi(parts[0], &hour)) << time_of_day;
  return absl::StrCat(label.substr(0, label.find(' ')), " ", hour + 5, ":", parts.back());
}

void ExpectLabel(const FieldInfo& field, const json& ours, const json& node) {
  const std::string label = AfterColon(node);
  const std::string value = AsLabel(field, ours.at("value"));
  switch (field.kind) {
    case FieldKind::kFlags:
      EXPECT_EQ(std::stoull(value.substr(2), nullptr, 2),
                std::stoull(node.value("hex", "0"), nullptr, 16))
          << field.name;
      break;
    case FieldKind::kChar:
      EXPECT_EQ(value, InParentheses(label)) << field.name;
      break;
    case FieldKind::kNsSinceMidnight:
      EXPECT_EQ(AsDissectorsTime(value, label), label) << field.name;
      break;
    default:
      // Of numbers that stand for something the label has the meaning too. One number (an
      // extension's) is printed as a character that cannot be seen when it is zero.
      EXPECT_EQ(value, label.empty() && value == "0" ? value : InParentheses(label)) << field.name;
      break;
  }
}

// Compares a line with the message's tree; returns how many values were compared.
uint64_t CompareLine(const json& line, const std::map<std::string, const MessageInfo*>& messages,
                     const json& tree) {
  const auto found = messages.find(line.value("name", ""));
  const json* header = test::Child(tree, "messageheader");
  if (found == messages.end() || header == nullptr) {
    ADD_FAILURE() << line;
    return 0;
  }
  const MessageInfo& info = *found->second;
  EXPECT_EQ(AfterColon(*test::Child(*header, "messagelength")),
            absl::StrCat(line.value("length", 0)));
  const json& type = *test::Child(*header, "messagetype");
  EXPECT_EQ(InParentheses(AfterColon(type)), line.value("type", ""));
  const json* body = test::Child(tree, Comparable(info.name));
  EXPECT_NE(body, nullptr) << info.name;
  if (body == nullptr) return 0;
  const json& fields = line.at("fields");
  EXPECT_EQ(fields.size(), info.fields.size());
  for (const FieldInfo* field : info.fields) {
    const bool is_type = field->offset == 0;
    const json* node = is_type ? &type : test::Child(*body, Comparable(field->name));
    const auto ours = fields.find(field->name);
    EXPECT_TRUE(node != nullptr && ours != fields.end()) << field->name;
    if (node != nullptr && ours != fields.end()) ExpectLabel(*field, *ours, *node);
  }
  return fields.size();
}

struct Compared {
  uint64_t messages = 0;
  uint64_t compared = 0;  // Of these.
  uint64_t values = 0;
};

// The packets of a capture that `compare` chooses; stops at the first that differs.
Compared CompareLabels(
    absl::string_view codec_name, const std::filesystem::path& capture,
    const std::filesystem::path& expected,
    const std::function<bool(uint64_t)>& compare = [](uint64_t) { return true; }) {
  Compared compared;
  JsonRun run(codec_name);
  const std::map<std::string, const MessageInfo*> messages = MessagesByName(run.info());
  ExpectedLines lines(expected);
  EXPECT_TRUE(lines.ok()) << expected;
  const absl::Status status = test::ForEachPacket(capture, [&](const CapturedPacket& captured) {
    if (::testing::Test::HasFailure()) return;
    if (!compare(captured.frame_number)) {
      ASSERT_TRUE(lines.Skip());
      compared.messages += run.Take(captured.packet);
      return;
    }
    const std::optional<json> dissected = lines.Next();
    ASSERT_TRUE(dissected.has_value());
    SCOPED_TRACE(absl::StrCat(capture.string(), " frame ", captured.frame_number));
    const std::vector<json> ours = run.Lines(captured.packet);
    const json& tree = dissected->at("tree");
    ASSERT_EQ(tree.size(), ours.size() + 1);
    const json* sequence = test::Child(tree[0], "sequencenumber");
    if (sequence == nullptr) sequence = test::Child(tree[0], "firstmessagesequencenumber");
    ASSERT_NE(sequence, nullptr);
    for (size_t i = 0; i < ours.size(); ++i) {
      EXPECT_EQ(absl::StrCat(ours[i].at("sequence").get<uint64_t>() - i), AfterColon(*sequence));
      compared.values += CompareLine(ours[i], messages, tree[i + 1]);
    }
    compared.messages += ours.size();
    compared.compared += ours.size();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(lines.Next().has_value()) << "the dissector saw more packets";
  return compared;
}

void NoteValues(absl::string_view codec_name, const std::string& capture,
                const Compared& compared) {
  test::NoteTruth({.protocol = std::string(codec_name),
                   .capture = capture,
                   .against = "a dissector, values",
                   .messages = compared.compared,
                   .fields = compared.values});
}

Compared CompareFolder(absl::string_view codec_name, const std::string& name) {
  Compared sum;
  const auto folder = CaptureFile("omi/" + name);
  const auto expected = CaptureFile("expected/omi/" + name);
  if (!folder || !expected) return sum;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    if (entry.path().extension() != ".pcap") continue;
    const Compared compared = CompareLabels(
        codec_name, entry.path(), *expected / entry.path().filename().replace_extension(".jsonl"));
    sum.messages += compared.messages;
    sum.compared += compared.compared;
    sum.values += compared.values;
  }
  NoteValues(codec_name, absl::StrCat("omi/", name, "/"), sum);
  return sum;
}

TEST(JsonGolden, TotalViewValuesReadAsTheDissectorPrintsThem) {
  if (!CaptureFile("omi/Nasdaq")) GTEST_SKIP() << test::kNoCaptures;
  const Compared real = CompareFolder("itch50", "Nasdaq/Nasdaq.Equities.TotalView.Itch.v5.0");
  const Compared edited =
      CompareFolder("itch50", "Nasdaq/Nasdaq.Equities.TotalView.Itch.v5.0.20230822");
  EXPECT_EQ(real.messages + edited.messages, 117u);
  EXPECT_GE(real.values + edited.values, 886u);
}

TEST(JsonGolden, TopsValuesReadAsTheDissectorPrintsThem) {
  const auto capture = CaptureFile("iex/tops16_20170710_head6500.pcap");
  const auto expected = CaptureFile("expected/tops16_20170710_head6500.pcap.fields.jsonl.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  const test::EachOf frames("frames", 20);
  const Compared compared = CompareLabels("iex_tops16", *capture, *expected,
                                          [&](uint64_t frame) { return frames.Has(frame); });
  EXPECT_EQ(compared.messages, 44'214u);
  EXPECT_GT(compared.values, frames.whole() ? 275'000u : 10'000u);
  NoteValues("iex_tops16", "iex/tops16_20170710_head6500.pcap", compared);
}

TEST(JsonGolden, ValuesOfSmallIexCapturesReadAsTheDissectorPrintsThem) {
  if (!CaptureFile("omi/Iex")) GTEST_SKIP() << test::kNoCaptures;
  // The folder called v1.5 holds TOPS 1.6 by the protocol ids of its segments.
  const uint64_t messages = CompareFolder("iex_tops16", "Iex/Tops.IexTp.v1.5").messages +
                            CompareFolder("iex_tops16", "Iex/Tops.IexTp.v1.6").messages +
                            CompareFolder("iex_deep10", "Iex/Deep.IexTp.v1.0").messages;
  EXPECT_EQ(messages, 66u);
}

// ---- DEEP: another parser's values ----

int64_t UnixNsOf(const std::string& rfc3339) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, rfc3339, &time, &error)) << error;
  return absl::ToUnixNanos(time);
}

std::string Unpadded(const json& field) {
  return std::string(absl::StripAsciiWhitespace(field.at("value").get<std::string>()));
}

// Every value that both have.
void ExpectParsersValues(const json& fields, const json& expected) {
  const int64_t time_ns = UnixNsOf(fields.at("timestamp").at("value").get<std::string>());
  EXPECT_EQ(time_ns, fields.at("timestamp").at("raw").get<int64_t>());
  EXPECT_EQ(test::AsParserMicroseconds(time_ns),
            test::MicrosecondsOf(expected.at("timestamp").get<std::string>()));
  if (expected.contains("price")) {
    EXPECT_EQ(test::PriceE9Of(fields.at("price").at("value").get<std::string>()),
              test::PriceE9Of(expected.at("price").get<std::string>()));
  }
  for (const char* name : {"size", "trade_id", "symbol", "reason"}) {
    const auto value = expected.find(name);
    if (value == expected.end()) continue;
    EXPECT_EQ(fields.at(name).at("value"), *value);
  }
  for (const auto& [ours, theirs] : {std::pair{"system_event", "event"},
                                     {"trading_status", "status"},
                                     {"operational_halt_status", "halt_status"},
                                     {"security_event", "security_event"},
                                     {"detail", "detail"}}) {
    if (!fields.contains(ours)) continue;
    EXPECT_EQ(Unpadded(fields.at(ours)), expected.at(theirs));
  }
}

TEST(JsonGolden, DeepValuesAreThoseOfAnotherParser) {
  const auto capture = CaptureFile("iex/deep10_20170425_head60000.pcap");
  const auto expected = CaptureFile("expected/deep10_20170425.iex_parser.jsonl.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  JsonRun run("iex_deep10");
  ExpectedLines lines(*expected);
  const test::EachOf frames("frames", 20);
  uint64_t messages = 0;
  const absl::Status status = test::ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    if (HasFailure()) return;
    if (!frames.Has(captured.frame_number)) {
      const uint64_t count = run.Take(captured.packet);
      for (uint64_t i = 0; i < count; ++i) ASSERT_TRUE(lines.Skip());
      messages += count;
      return;
    }
    for (const json& ours : run.Lines(captured.packet)) {
      const std::optional<json> theirs = lines.Next();
      ASSERT_TRUE(theirs.has_value());
      ASSERT_NO_FATAL_FAILURE(ExpectParsersValues(ours.at("fields"), *theirs)) << ours;
      ++messages;
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(lines.Next().has_value());
  EXPECT_EQ(messages, 329'936u);
}

}  // namespace
}  // namespace fh::codecs
