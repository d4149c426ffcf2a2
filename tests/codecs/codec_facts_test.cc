// Packets laid out byte by byte after the venues' documents, none of them by this project's encoders:
// what a codec says of them must be what stands beside the bytes. The golden tests compare with other
// decoders over whole captures; these facts are in the repository, and cover every message type.
//
// facts/*.txt, a line each, # begins a comment:
//
//   codec NAME
//   day TIME             of the trading day (RFC 3339), where times count from midnight
//   packet               begins one; all hexadecimal digits up to the next are its bytes
//     HEX | FIELD = VALUE   of the message: what Describe says of the next bytes, in people's terms
//     HEX | anything        of a header, or the length of a message
//   frame KIND first=N count=N [sent=NS] [start]
//   message NAME         begins one; its fields follow in the order of the bytes, those of the first
//       entry of a group as GROUP.0.FIELD; a constant has no HEX
//   update NAME=VALUE... one that the message becomes, with the columns of update_text.h that are not
//       empty, blanks in them as _; goes on in lines that are indented by four
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "codecs/instrument_store.h"
#include "codecs/message_json.h"
#include "codecs/registry.h"
#include "feedhandler/strategy/update_text.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

constexpr uint16_t kChannel = 7;

using Update = std::map<std::string, std::string>;

struct MessageFacts {
  std::string name;
  std::vector<std::pair<std::string, std::string>> fields;
};

struct PacketFacts {
  int line = 0;
  std::string bytes;
  std::string frame;
  std::vector<MessageFacts> messages;
  std::vector<Update> updates;
};

struct Facts {
  std::string codec;
  int64_t day_ns = 0;
  std::vector<PacketFacts> packets;
};

void AddUpdateColumns(absl::string_view text, Update& update) {
  for (const absl::string_view column : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(column, absl::MaxSplits('=', 1));
    ASSERT_EQ(parts.size(), 2u) << column;
    EXPECT_TRUE(update.emplace(parts[0], parts[1]).second) << column;
  }
}

void AddBytes(absl::string_view line, PacketFacts& packet) {
  const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits('|', 1));
  ASSERT_EQ(parts.size(), 2u) << line;
  absl::StrAppend(&packet.bytes, absl::HexStringToBytes(absl::StripAsciiWhitespace(parts[0])));
  const std::vector<std::string> fact = absl::StrSplit(parts[1], absl::MaxSplits(" =", 1));
  if (fact.size() < 2 || packet.messages.empty()) return;
  packet.messages.back().fields.emplace_back(absl::StripAsciiWhitespace(fact[0]),
                                             absl::StripAsciiWhitespace(fact[1]));
}

void ReadFacts(const std::string& path, Facts& facts) {
  std::ifstream file(path);
  ASSERT_TRUE(file.is_open()) << path;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    SCOPED_TRACE(absl::StrCat(path, ":", number));
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (text.empty() || text[0] == '#') continue;
    const std::pair<std::string, std::string> word = absl::StrSplit(text, absl::MaxSplits(' ', 1));
    if (word.first == "codec") {
      facts.codec = word.second;
    } else if (word.first == "day") {
      absl::Time day;
      std::string error;
      ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, word.second, &day, &error)) << error;
      facts.day_ns = absl::ToUnixNanos(day);
    } else if (word.first == "packet") {
      facts.packets.push_back({.line = number});
    } else if (facts.packets.empty()) {
      FAIL() << "stands before the first packet";
    } else if (word.first == "frame") {
      facts.packets.back().frame = word.second;
    } else if (word.first == "message") {
      facts.packets.back().messages.push_back({.name = word.second, .fields = {}});
    } else if (word.first == "update") {
      facts.packets.back().updates.emplace_back();
      AddUpdateColumns(word.second, facts.packets.back().updates.back());
    } else if (absl::StartsWith(line, "    ")) {
      ASSERT_FALSE(facts.packets.back().updates.empty());
      AddUpdateColumns(text, facts.packets.back().updates.back());
    } else {
      AddBytes(text, facts.packets.back());
    }
  }
}

std::string FrameText(const PacketFrame& frame) {
  const char* kind = frame.kind == FrameKind::kMessages       ? "messages"
                     : frame.kind == FrameKind::kHeartbeat    ? "heartbeat"
                     : frame.kind == FrameKind::kEndOfSession ? "end"
                     : frame.kind == FrameKind::kUnsequenced  ? "unsequenced"
                                                              : "rejected";
  std::string text =
      absl::StrCat(kind, " first=", frame.first_sequence, " count=", frame.message_count);
  if (frame.send_time_ns != 0) absl::StrAppend(&text, " sent=", frame.send_time_ns);
  if (frame.stream_start) absl::StrAppend(&text, " start");
  if (frame.lost_in_tail != 0) absl::StrAppend(&text, " lost=", frame.lost_in_tail);
  if (frame.trailing_bytes) absl::StrAppend(&text, " trailing");
  return text;
}

// Of a message, or of an entry of a group: those are called "group.0.field".
void AddFields(const nlohmann::ordered_json& fields, const std::string& prefix,
               MessageFacts& message) {
  for (const auto& [name, field] : fields.items()) {
    if (field.is_array()) {
      for (size_t i = 0; i < field.size(); ++i) {
        AddFields(field[i], absl::StrCat(prefix, name, ".", i, "."), message);
      }
      continue;
    }
    const auto& value = field["value"];
    // Blanks at the ends, as of letters that are blank, are not in the facts either.
    message.fields.emplace_back(
        prefix + name, value.is_string()
                           ? std::string(absl::StripAsciiWhitespace(value.get<std::string>()))
                           : value.dump());
  }
}

std::vector<MessageFacts> Described(const Codec& codec, const rio::Packet& packet,
                                    const PacketFrame& frame) {
  std::string text;
  MessageJson json(text);
  codec.Describe(packet, frame, json);
  std::vector<MessageFacts> messages;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const auto message = nlohmann::ordered_json::parse(line);
    messages.push_back({.name = message.value("name", "(not described)"), .fields = {}});
    if (!message.contains("fields")) continue;
    AddFields(message["fields"], "", messages.back());
  }
  return messages;
}

// The columns of an update that are not empty.
Update Columns(const NormalizedUpdate& update, const InstrumentStore& instruments) {
  const UpdateTextOptions options{.receive_times = false};
  std::array<char, kMaxUpdateTextBytes> header;
  std::array<char, kMaxUpdateTextBytes> line;
  const absl::string_view names(header.data(), FormatUpdateHeader(options, header.data()) - 1);
  const Symbol symbol = instruments.Name(update.instrument_id);
  const std::string symbol_text(symbol.view());
  const absl::string_view values(line.data(),
                                 FormatUpdate(update, symbol_text, options, line.data()) - 1);
  const std::vector<std::string> name = absl::StrSplit(names, ',');
  const std::vector<std::string> value = absl::StrSplit(values, ',');
  EXPECT_EQ(name.size(), value.size()) << values;
  Update columns;
  for (size_t i = 0; i < std::min(name.size(), value.size()); ++i) {
    if (!value[i].empty()) columns.emplace(name[i], absl::StrReplaceAll(value[i], {{" ", "_"}}));
  }
  EXPECT_EQ(columns["channel_id"], absl::StrCat(kChannel));
  columns.erase("channel_id");
  EXPECT_EQ(columns["stream"], "0");
  columns.erase("stream");
  return columns;
}

class CodecFacts : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(
        ReadFacts(absl::StrCat(FEEDHANDLER_FACTS, "/", GetParam(), ".txt"), facts_));
    ASSERT_EQ(facts_.codec, GetParam());
    ASSERT_FALSE(facts_.packets.empty());
  }

  std::unique_ptr<Codec> MakeCodec(InstrumentStore& instruments, bool portable) const {
    CodecOptions options;
    options.channel_id = kChannel;
    options.instruments = &instruments;
    options.day_ns = facts_.day_ns;
    options.portable = portable;
    return *(*FindCodec(facts_.codec))->make(options);
  }

  Facts facts_;
};

TEST_P(CodecFacts, EveryFieldIsWhatTheDocumentsSay) {
  InstrumentStore instruments(100);
  const std::unique_ptr<Codec> codec = MakeCodec(instruments, /*portable=*/false);
  for (const PacketFacts& facts : facts_.packets) {
    SCOPED_TRACE(absl::StrCat("packet of line ", facts.line));
    const test::PacketBytes bytes(facts.bytes);
    // Prices may have scales that are learnt by decoding.
    const PacketFrame frame = test::DecodePacket(*codec, bytes.packet()).frame;
    EXPECT_EQ(FrameText(frame), facts.frame);
    if ((*FindCodec(facts_.codec))->has_learnt_scales) test::DecodePacket(*codec, bytes.packet());
    const std::vector<MessageFacts> described = Described(*codec, bytes.packet(), frame);
    ASSERT_EQ(described.size(), facts.messages.size());
    for (size_t i = 0; i < described.size(); ++i) {
      EXPECT_EQ(described[i].name, facts.messages[i].name);
      const auto& fields = described[i].fields;
      const auto& expected = facts.messages[i].fields;
      ASSERT_EQ(fields.size(), expected.size()) << described[i].name;
      for (size_t k = 0; k < fields.size(); ++k) EXPECT_EQ(fields[k], expected[k]);
    }
    // Later packets lean on the scales that this one tells.
    if ((*FindCodec(facts_.codec))->has_learnt_scales) test::DecodePacket(*codec, bytes.packet());
  }
}

TEST_P(CodecFacts, EveryUpdateIsWhatTheDocumentsMean) {
  for (const bool portable : {false, true}) {
    InstrumentStore instruments(100);
    const std::unique_ptr<Codec> codec = MakeCodec(instruments, portable);
    for (const PacketFacts& facts : facts_.packets) {
      SCOPED_TRACE(absl::StrCat("packet of line ", facts.line, portable ? ", portable" : ""));
      const test::PacketBytes bytes(facts.bytes);
      const test::Decoded decoded = test::DecodePacket(*codec, bytes.packet());
      std::vector<Update> updates;
      for (const NormalizedUpdate& update : decoded.updates) {
        updates.push_back(Columns(update, instruments));
      }
      ASSERT_EQ(updates.size(), facts.updates.size());
      for (size_t i = 0; i < updates.size(); ++i) EXPECT_EQ(updates[i], facts.updates[i]);
    }
    EXPECT_EQ(codec->stats().malformed + codec->stats().unknown, 0u);
  }
}

TEST_P(CodecFacts, CoverEveryMessageType) {
  std::set<std::string> known;
  for (const MessageInfo* info : (*FindCodec(facts_.codec))->messages) {
    known.insert(info->name);
  }
  std::set<std::string> covered;
  for (const PacketFacts& packet : facts_.packets) {
    for (const MessageFacts& message : packet.messages) covered.insert(message.name);
  }
  EXPECT_EQ(covered, known);
}

INSTANTIATE_TEST_SUITE_P(, CodecFacts,
                         testing::Values("cme_mdp3", "itch50", "iex_deep10", "iex_tops16",
                                         "iex_deepplus10", "asx_itch", "jnx_itch", "ise_combo",
                                         "nasdaq_basic", "nls_plus3", "memx_depth",
                                         "memx_last_sale", "memx_options", "memx_top", "miax_ctom",
                                         "miax_onyx", "miax_tom", "ice_impact", "cta", "opra",
                                         "cboe_pitch", "cboe_cfe", "cboe_europe", "cboe_australia",
                                         "nyse_xdp"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace fh::codecs
