// `codecs --describe`: everything that a description can say is in the document, in each format.
#include "feedhandler/inspect/message_doc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "codecs/registry.h"
#include "feedhandler/inspect/codecs_readme.h"

namespace fh {
namespace {

using codecs::Alpha;
using codecs::CodecInfo;
using codecs::DataInfo;
using codecs::FieldInfo;
using codecs::FieldKind;
using codecs::GroupInfo;
using codecs::Letter;
using codecs::LittleEndian;
using codecs::MessageInfo;
using codecs::NamedValue;
using codecs::Presence;
using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;

constexpr NamedValue kSides[] = {{'B', "Buy"}, {'S', "Sell"}};
constexpr NamedValue kBits[] = {{0, "First"}, {7, "EndOfEvent"}};
constexpr Letter kType{"message_type", 0};
constexpr Letter kSide = Letter("side", 1).Names(kSides);
constexpr auto kPrice = LittleEndian<int64_t>{"price", 2, FieldKind::kDecimal, 4}.Null(-1);
constexpr auto kFlags = LittleEndian<uint8_t>{"flags", 10, FieldKind::kFlags}.Names(kBits);
constexpr auto kExtra = LittleEndian<uint32_t>{"extra", 11}.Since(7);
constexpr FieldInfo kCurrency{.name = "currency",
                              .offset = 0,
                              .length = 3,
                              .kind = FieldKind::kAlpha,
                              .presence = Presence::kConstant,
                              .constant_text = "USD"};
constexpr const FieldInfo* kFields[] = {&kType, &kSide, &kPrice, &kFlags, &kExtra, &kCurrency};
constexpr Alpha kParty{"party", 0, 8};
constexpr const FieldInfo* kPartyFields[] = {&kParty};
constexpr GroupInfo kParties{.name = "parties",
                             .block_length = {0, 2},
                             .count = {2, 1},
                             .announcement_bytes = 3,
                             .big_endian = false,
                             .fields = kPartyFields};
constexpr const GroupInfo* kInner[] = {&kParties};
constexpr LittleEndian<uint32_t> kLegId{"leg_id", 0};
constexpr const FieldInfo* kLegFields[] = {&kLegId};
constexpr GroupInfo kLegs{.name = "legs",
                          .block_length = {0, 2},
                          .count = {6, 1},
                          .announcement_bytes = 8,
                          .big_endian = false,
                          .since = 3,
                          .fields = kLegFields,
                          .groups = kInner};
constexpr const GroupInfo* kGroups[] = {&kLegs};
constexpr DataInfo kText{.field = {.name = "headline", .kind = FieldKind::kAlpha},
                         .length = {0, 2},
                         .announcement_bytes = 2,
                         .big_endian = false};
constexpr const DataInfo* kData[] = {&kText};
constexpr MessageInfo kMessage{'Q', "quote_with_legs", 11, kFields, kGroups, kData};
constexpr const MessageInfo* kMessages[] = {&kMessage};

CodecInfo Made() {
  CodecInfo info = *codecs::BuiltInCodecs()[0];
  info.name = "made";
  info.specification = "None 1.0";
  info.messages = kMessages;
  return info;
}

TEST(MessageDoc, TextHasEveryFieldWithAllThatItsDescriptionSays) {
  const std::string text = MessageDoc(Made(), kMessage, DocFormat::kText);
  EXPECT_THAT(text, HasSubstr("quote_with_legs\nType Q, 11 bytes and what follows, of made (None"));
  EXPECT_THAT(text, HasSubstr("Numbers are little-endian"));
  EXPECT_THAT(text, ContainsRegex("\n +1 +1  side +letter +B Buy, S Sell\n"));
  EXPECT_THAT(text, ContainsRegex("\n +2 +8  price +decimal, 4 places, signed +null: -1\n"));
  EXPECT_THAT(text, ContainsRegex("\n +10 +1  flags +bits +bit 0 First, bit 7 EndOfEvent\n"));
  EXPECT_THAT(text, ContainsRegex("\n +11 +4  extra +unsigned +since version 7\n"));
  EXPECT_THAT(text, ContainsRegex("\n +currency +text +always USD\n"));
  EXPECT_THAT(text, ContainsRegex("\n +8  legs +group +entry length in 2 bytes at 0, count in 1 "
                                  "byte at 6,\n +since version 3\n"));
  EXPECT_THAT(text, ContainsRegex("\n +0 +4    leg_id +unsigned\n"));
  EXPECT_THAT(text, ContainsRegex("\n +0 +8      party +text\n"));
  EXPECT_THAT(text, ContainsRegex("\n +2  headline +text of variable length +length in 2 bytes"));
}

TEST(MessageDoc, MarkdownNamesFieldsOfGroupsByTheirPath) {
  const std::string text = MessageDoc(Made(), kMessage, DocFormat::kMarkdown);
  EXPECT_THAT(text, HasSubstr("## quote_with_legs\n"));
  EXPECT_THAT(text, HasSubstr("| 1 | 1 | `side` | letter | B Buy; S Sell |\n"));
  EXPECT_THAT(text, HasSubstr("| 0 | 4 | `legs[].leg_id` | unsigned |  |\n"));
  EXPECT_THAT(text, HasSubstr("| 0 | 8 | `legs[].parties[].party` | text |  |\n"));
}

TEST(MessageDoc, JsonHasTheSame) {
  const json doc = json::parse(MessageDoc(Made(), kMessage, DocFormat::kJson));
  EXPECT_EQ(doc.at("fields").at(1).at("values"), (json{{"B", "Buy"}, {"S", "Sell"}}));
  EXPECT_EQ(doc.at("fields").at(2).at("null"), "-1");
  EXPECT_EQ(doc.at("fields").at(2).at("decimals"), 4);
  EXPECT_EQ(doc.at("fields").at(5).at("constant"), "USD");
  EXPECT_EQ(doc.at("groups").at(0).at("groups").at(0).at("fields").at(0).at("length"), 8);
  EXPECT_EQ(doc.at("data").at(0).at("name"), "headline");
}

TEST(MessageDoc, AMessageIsFoundByItsNameItsTypeAndNearlyByItsName) {
  const CodecInfo& itch = **codecs::FindCodec("itch50");
  const MessageInfo* executed = *FindMessage(itch, "order_executed_message");
  EXPECT_EQ(*FindMessage(itch, "order_executed"), executed);
  EXPECT_EQ(*FindMessage(itch, "E"), executed);
  EXPECT_EQ(*FindMessage(itch, "69"), executed);
  EXPECT_EQ(*FindMessage(itch, "0x45"), executed);
  const absl::Status status = FindMessage(itch, "order_exected").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean \"order_executed\"?"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("cross_trade_message"));
}

TEST(MessageDoc, EveryMessageOfEveryCodecHasADocumentInWhichEachFieldIsNamed) {
  for (const CodecInfo* info : codecs::BuiltInCodecs()) {
    for (const MessageInfo* message : info->messages) {
      EXPECT_EQ(*FindMessage(*info, message->name), message) << info->name;
      const std::string text = MessageDoc(*info, *message, DocFormat::kText);
      const std::string markdown = MessageDoc(*info, *message, DocFormat::kMarkdown);
      for (const FieldInfo* field : message->fields) {
        EXPECT_THAT(text, HasSubstr(absl::StrCat("  ", field->name))) << message->name;
        EXPECT_THAT(markdown, HasSubstr(absl::StrCat("`", field->name, "`"))) << message->name;
      }
      EXPECT_FALSE(
          json::parse(MessageDoc(*info, *message, DocFormat::kJson), nullptr, false).is_discarded())
          << message->name;
    }
  }
}

TEST(MessageList, SaysOfEachMessageWhatItBecomesAndQuotesTheWrittenRules) {
  const CodecInfo& itch = **codecs::FindCodec("itch50");
  const std::string text = MessageListDoc(itch, DocFormat::kText);
  // Without character classes, which not every system's expressions have.
  EXPECT_THAT(text,
              ContainsRegex("\n +E  order_executed_message +31 +7  order C, order F, trade T"));
  EXPECT_THAT(text, ContainsRegex("\n +FH_RECORD_ORDER +A, F, E, C, X, D, U"));
  EXPECT_THAT(MessageListDoc(itch, DocFormat::kMarkdown),
              HasSubstr("| E | `order_executed_message` |"));
  const json list = json::parse(MessageListDoc(itch, DocFormat::kJson));
  EXPECT_EQ(list.at("messages").size(), itch.messages.size());
  EXPECT_TRUE(list.at("meanings").contains("FH_RECORD_ORDER"));
}

// What has no fields (FAST's reset) is nothing by itself. The messages of cta_v0 cannot be had alone:
// its blocks have a checksum, and number themselves.
TEST(MessageList, EachMessageHasItsUpdates) {
  for (const CodecInfo* info : codecs::BuiltInCodecs()) {
    if (absl::string_view(info->name) == "cta_v0") continue;
    const auto updates = UpdatesOfSamples(*info);
    for (const MessageInfo* message : info->messages) {
      EXPECT_TRUE(message->fields.empty() || updates.contains(message))
          << info->name << " " << message->name;
    }
  }
}

// The names of messages that codecs/README.md says nothing comes of, and why.
std::set<std::string> NamedAsWithoutUpdate(const CodecInfo& info) {
  const absl::string_view page = CodecsReadme();
  const size_t section = page.find("### no update");
  const size_t begin = page.find(absl::StrCat("| `", info.name, "` |"), section);
  if (section == page.npos || begin == page.npos) return {};
  const absl::string_view row = page.substr(begin, page.find('\n', begin) - begin);
  if (absl::StrContains(row, "as `cta` |")) return NamedAsWithoutUpdate(**codecs::FindCodec("cta"));
  std::set<std::string> names;
  const std::vector<std::string> parts = absl::StrSplit(row, '`');
  for (size_t i = 3; i < parts.size(); i += 2) names.insert(parts[i]);
  return names;
}

TEST(MessageList, WhatBecomesNothingIsWrittenDownAndNothingElse) {
  for (const CodecInfo* info : codecs::BuiltInCodecs()) {
    std::set<std::string> named = NamedAsWithoutUpdate(*info);
    for (const auto& [message, updates] : UpdatesOfSamples(*info)) {
      EXPECT_EQ(named.contains(message->name), updates.empty()) << info->name << message->name;
    }
    for (const MessageInfo* message : info->messages) named.erase(message->name);
    EXPECT_THAT(named, testing::IsEmpty()) << info->name;
  }
}

}  // namespace
}  // namespace fh
