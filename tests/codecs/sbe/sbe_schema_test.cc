// SBE schemas that are read at start, on a schema of this project's own (lunar.xml), and on damaged
// ones.
#include "codecs/sbe/sbe_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "codecs/schema_source.h"
#include "tests/captures.h"
#include "tests/codecs/sbe/sbe_message_bytes.h"

namespace fh::codecs::sbe {
namespace {

using nlohmann::json;
using test::ByteWriter;
using test::Rendered;
using testing::HasSubstr;

constexpr int64_t kNullPrice = INT64_MAX;

std::string Xml() {
  std::ifstream file(FEEDHANDLER_SBE_SCHEMA);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::unique_ptr<const SbeSchema> Schema(const std::string& xml) {
  absl::StatusOr<std::unique_ptr<const SbeSchema>> schema = SbeSchema::Parse(xml, "lunar.xml");
  EXPECT_TRUE(schema.ok()) << schema.status();
  return schema.ok() ? *std::move(schema) : nullptr;
}

std::string Refusal(const std::string& xml) {
  const absl::Status status = SbeSchema::Parse(xml, "x.xml").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

std::string Without(absl::string_view what, absl::string_view instead = "") {
  std::string xml = Xml();
  EXPECT_NE(xml.find(std::string(what)), std::string::npos) << what;
  return absl::StrReplaceAll(xml, {{what, instead}});
}

// Header and root block of MDBookUpdate.
ByteWriter Book(uint16_t version, uint16_t block_length = 24) {
  ByteWriter bytes;
  bytes.Put<uint16_t>(0).Put(block_length).Put<uint16_t>(2).Put<uint16_t>(77).Put(version);
  ByteWriter block;
  block.Put<uint64_t>(1'478'961'038'229'196'541)
      .Put<uint16_t>(0x8001)
      .Put<uint16_t>(17117)
      .Put<uint8_t>(0xEE)
      .Put<uint8_t>(9)
      .Zeros(10);
  bytes.Text(block.text().substr(0, block_length), block_length);
  return bytes;
}

void AddEntry(ByteWriter& bytes, int64_t price, uint8_t side, uint16_t count) {
  bytes.Put(price).Put(side).Put(count).Put<uint8_t>(0xEE);
}

void AddPadded(ByteWriter& bytes, uint16_t block_length, uint8_t count) {
  bytes.Put(block_length).Zeros(5).Put(count);
}

json Fields(const SbeSchema& schema, const ByteWriter& bytes) {
  const std::string text = Rendered(schema, bytes.text());
  const json line = json::parse(text, nullptr, false);
  EXPECT_FALSE(line.is_discarded()) << text;
  return line.is_discarded() ? json() : line.at("fields");
}

TEST(SbeSchema, EveryConstructOfSbeIsRendered) {
  const auto schema = Schema(Xml());
  ByteWriter bytes = Book(/*version=*/5);
  AddPadded(bytes, 12, 2);
  AddEntry(bytes, 402'750'000'000, 2, 7);
  bytes.Put<uint16_t>(4).Put<uint8_t>(1).Put<uint32_t>(99).Put<uint8_t>(3).Text("Ann", 3);
  AddEntry(bytes, kNullPrice, 0, 65535);
  bytes.Put<uint16_t>(4).Put<uint8_t>(0);
  bytes.Put<uint16_t>(5).Put<uint8_t>(1).Put<int32_t>(-125).Put<int8_t>(-2);
  bytes.Put<uint8_t>(2).Text("hi", 2).Put<uint8_t>(0);
  const json fields = Fields(*schema, bytes);
  EXPECT_EQ(fields["template_id"]["value"], 2);
  EXPECT_EQ(fields["frame_length"]["value"], 0);
  EXPECT_EQ(fields["transact_time"]["value"], "2016-11-12T14:30:38.229196541Z");
  EXPECT_EQ(fields["marks"]["value"], "Last|Implied");
  EXPECT_EQ(fields["venue"]["value"], "MOON");
  EXPECT_EQ(fields["trade_date"]["value"], "2016-11-12");
  EXPECT_EQ(fields["low_byte"]["value"], 9);
  ASSERT_EQ(fields["no_entries"].size(), 2u);
  const json& first = fields["no_entries"][0];
  EXPECT_EQ(first["entry_px"]["value"], "402.750000000");
  EXPECT_EQ(first["side"]["value"], "Sell");
  EXPECT_EQ(first["count"]["value"], 7);
  EXPECT_EQ(first["no_orders"][0]["order_id"]["value"], 99);
  EXPECT_EQ(first["no_orders"][0]["owner"]["value"], "Ann");
  const json& second = fields["no_entries"][1];
  EXPECT_TRUE(second["entry_px"]["value"].is_null());
  EXPECT_EQ(second["entry_px"]["raw"], kNullPrice);
  EXPECT_TRUE(second["side"]["value"].is_null());
  EXPECT_TRUE(second["count"]["value"].is_null());
  EXPECT_EQ(second["no_orders"], json::array());
  EXPECT_EQ(fields["no_late"][0]["weight"]["value"], "-1.25");
  EXPECT_EQ(fields["text"]["value"], "hi");
  EXPECT_EQ(fields["late_text"]["value"], "");
}

TEST(SbeSchema, CompositesArraysAndConstantsAreFieldsOfTheirOwn) {
  const auto schema = Schema(Xml());
  ByteWriter bytes;
  bytes.Put<uint16_t>(0).Put<uint16_t>(26).Put<uint16_t>(300).Put<uint16_t>(77).Put<uint16_t>(5);
  bytes.Text("MOONX", 6).Put<uint16_t>(17).Zeros(2).Put('N').Put<uint8_t>(1).Put<uint8_t>(2);
  bytes.Put<uint8_t>(3).Put(std::bit_cast<uint32_t>(1.5f));
  bytes.Put(std::bit_cast<uint64_t>(__builtin_nan("")));
  const json fields = Fields(*schema, bytes);
  EXPECT_EQ(fields["symbol"]["value"], "MOONX");
  EXPECT_EQ(fields["window_from"]["value"], 17);
  EXPECT_EQ(fields["window_phase"]["value"], "New");
  EXPECT_EQ(fields["triple_1"]["value"], 1);
  EXPECT_EQ(fields["triple_3"]["value"], 3);
  EXPECT_EQ(fields["kind"]["value"], "Full");
  EXPECT_EQ(fields["fuel"]["value"], "1.5");
  EXPECT_TRUE(fields["gravity"]["value"].is_null());
}

// What a version brings stands neither in messages of an older one nor in too short blocks; groups
// and data of a later version take no bytes at all.
TEST(SbeSchema, WhatTheMessagesVersionHasNotGotIsAbsent) {
  const auto schema = Schema(Xml());
  ByteWriter old = Book(/*version=*/2);
  AddPadded(old, 12, 1);
  AddEntry(old, 1, 1, 7);
  old.Put<uint16_t>(4).Put<uint8_t>(0).Put<uint8_t>(2).Text("hi", 2);
  const json fields = Fields(*schema, old);
  EXPECT_TRUE(fields["low_byte"]["raw"].is_null());
  EXPECT_TRUE(fields["no_entries"][0]["count"]["raw"].is_null()) << "bytes of what was padding";
  EXPECT_EQ(fields["no_late"], json::array());
  EXPECT_EQ(fields["text"]["value"], "hi");
  EXPECT_TRUE(fields["late_text"]["raw"].is_null());

  ByteWriter cut = Book(/*version=*/5, /*block_length=*/10);
  AddPadded(cut, 8, 1);
  cut.Put<int64_t>(5).Put<uint16_t>(4).Put<uint8_t>(0).Put<uint16_t>(5).Put<uint8_t>(0);
  cut.Put<uint16_t>(0);
  const json shorter = Fields(*schema, cut);
  EXPECT_EQ(shorter["marks"]["raw"], 0x8001);
  EXPECT_TRUE(shorter["trade_date"]["raw"].is_null());
  EXPECT_EQ(shorter["no_entries"][0]["entry_px"]["raw"], 5);
  EXPECT_TRUE(shorter["no_entries"][0]["side"]["raw"].is_null());
}

TEST(SbeSchema, LongerBlocksAndWhatFollowsTheLastItemAreOfALaterVersion) {
  const auto schema = Schema(Xml());
  ByteWriter bytes = Book(/*version=*/9, /*block_length=*/30);
  AddPadded(bytes, 20, 1);
  AddEntry(bytes, 5, 1, 7);
  bytes.Zeros(8).Put<uint16_t>(4).Put<uint8_t>(0).Put<uint16_t>(5).Put<uint8_t>(0);
  bytes.Put<uint16_t>(0).Text("later", 5);
  EXPECT_EQ(Fields(*schema, bytes)["no_entries"][0]["count"]["value"], 7);
}

TEST(SbeSchema, DamagedMessagesAreRefusedWithoutAReadBeyondTheirEnd) {
  const auto schema = Schema(Xml());
  ByteWriter whole = Book(/*version=*/5);
  AddPadded(whole, 12, 1);
  AddEntry(whole, 5, 1, 7);
  whole.Put<uint16_t>(4).Put<uint8_t>(1).Put<uint32_t>(9).Put<uint8_t>(2).Text("ab", 2);
  whole.Put<uint16_t>(5).Put<uint8_t>(1).Put<int32_t>(1).Put<int8_t>(0);
  whole.Put<uint8_t>(1).Text("x", 1).Put<uint8_t>(1).Text("y", 1);
  ASSERT_THAT(Rendered(*schema, whole.text()), HasSubstr("\"late_text\":{\"raw\":\"y\""));
  for (size_t length = 0; length < whole.text().size(); ++length) {
    EXPECT_THAT(Rendered(*schema, whole.text().substr(0, length)), testing::Not(HasSubstr("{")))
        << "cut at " << length;
  }
  ByteWriter endless = Book(/*version=*/5);
  AddPadded(endless, 0, 255);
  EXPECT_THAT(Rendered(*schema, endless.Zeros(999).text()), HasSubstr("without bytes"));
}

TEST(SbeSchema, TheSchemasByteOrderIsThatOfEverything) {
  const auto schema = Schema(Without("littleEndian", "bigEndian"));
  ByteWriter bytes;
  constexpr auto kBig = std::endian::big;
  bytes.Put<uint16_t, kBig>(0).Put<uint16_t, kBig>(24).Put<uint16_t, kBig>(2);
  bytes.Put<uint16_t, kBig>(77).Put<uint16_t, kBig>(5);
  bytes.Put<uint64_t, kBig>(1).Put<uint16_t, kBig>(1).Put<uint16_t, kBig>(1).Zeros(12);
  bytes.Put<uint16_t, kBig>(12).Zeros(5).Put<uint8_t>(1);
  bytes.Put<int64_t, kBig>(1'000'000'000).Put<uint8_t>(1).Put<uint16_t, kBig>(258).Zeros(1);
  bytes.Put<uint16_t, kBig>(4).Put<uint8_t>(0).Put<uint16_t, kBig>(5).Put<uint8_t>(0).Zeros(2);
  const json fields = Fields(*schema, bytes);
  EXPECT_EQ(fields["marks"]["value"], "Last");
  EXPECT_EQ(fields["no_entries"][0]["entry_px"]["value"], "1.000000000");
  EXPECT_EQ(fields["no_entries"][0]["count"]["value"], 258);
}

TEST(SbeSchema, ErrorsNameTheLineAndWhatToDo) {
  EXPECT_THAT(Refusal("<a><b></a>"), HasSubstr("x.xml:1: not well-formed XML"));
  EXPECT_THAT(Refusal(""), HasSubstr("not well-formed XML"));
  EXPECT_THAT(Refusal("<html/>"), HasSubstr("not a messageSchema"));
  EXPECT_THAT(Refusal(Without("name=\"Symbol\" primitiveType", "name=\"Other\" primitiveType")),
              HasSubstr("x.xml:81: there is no type called 'Symbol'"));
  EXPECT_THAT(Refusal(Without("primitiveType=\"int64\"", "primitiveType=\"int6\"")),
              HasSubstr("x.xml:26: the primitive type 'int6' is not of SBE 1.0"));
  EXPECT_THAT(Refusal(Without("length=\"6\"", "length=\"-6\"")), HasSubstr("x.xml:38: the length"));
  EXPECT_THAT(Refusal(Without("offset=\"8\"", "offset=\"7\"")),
              HasSubstr("x.xml:61: the offset 7 lies within the field before"));
  EXPECT_THAT(Refusal(Without("blockLength=\"24\"", "blockLength=\"13\"")),
              HasSubstr("the blockLength '13' is less than the 14 bytes"));
  EXPECT_THAT(Refusal(Without("id=\"300\"", "id=\"2\"")),
              HasSubstr("a second message has the id 2"));
  EXPECT_THAT(Refusal(Without("id=\"300\"", "id=\"70000\"")), HasSubstr("'70000' is no number"));
  EXPECT_THAT(Refusal(Without("Phase.Full", "Phase.None")), HasSubstr("valueRef 'Phase.None'"));
  EXPECT_THAT(Refusal(Without("paddedDimension\">\n      <type name=\"blockLength\"",
                              "paddedDimension\">\n      <type name=\"length\"")),
              HasSubstr("no member 'blockLength'"));
  EXPECT_THAT(Refusal(Without("headerType=\"header\"")),
              HasSubstr("composite called 'messageHeader'"));
  EXPECT_THAT(Refusal(Without("<choice name=\"Implied\">15", "<choice name=\"Implied\">16")),
              HasSubstr("'16' is no bit"));
  EXPECT_THAT(Refusal(Without("nullValue=\"0\"", "nullValue=\"none\"")),
              HasSubstr("null value 'none'"));
}

TEST(SbeSchema, MissingAndHugeFilesAreSaid) {
  EXPECT_EQ(SbeSchema::Load("/nowhere/schema.xml").status().code(), absl::StatusCode::kNotFound);
  const std::string path = testing::TempDir() + "/huge_schema.xml";
  std::ofstream(path) << std::string(kMostSchemaBytes + 1, ' ');
  EXPECT_THAT(std::string(SbeSchema::Load(path).status().message()), HasSubstr("longer than"));
}

// Small files whose types multiply: refused, not expanded.
TEST(SbeSchema, TypesWithinTypesHaveALimit) {
  const std::string self =
      "<composite name=\"Loop\"><ref name=\"again\" type=\"Loop\"/></composite>"
      "<composite name=\"Window\">";
  EXPECT_THAT(
      Refusal(Without("<composite name=\"Window\">", self + "<ref name=\"l\" type=\"Loop\"/>")),
      HasSubstr("is one a part of itself?"));
  std::string bomb =
      "<composite name=\"B0\"><type name=\"n\" primitiveType=\"uint8\" length=\"0\"/></composite>";
  for (int level = 1; level < 7; ++level) {
    absl::StrAppend(&bomb, "<composite name=\"B", level, "\">");
    for (int i = 0; i < 60; ++i) {
      absl::StrAppend(&bomb, "<ref name=\"r", i, "\" type=\"B", level - 1, "\"/>");
    }
    absl::StrAppend(&bomb, "</composite>");
  }
  EXPECT_THAT(Refusal(Without("<composite name=\"Window\">",
                              bomb + "<composite name=\"Window\"><ref name=\"b\" type=\"B6\"/>")),
              HasSubstr("more than"));
}

TEST(SbeSchema, NamesBecomeSnakeCaseAndUniqueWithinTheirBlock) {
  const auto schema = Schema(Without("name=\"LowByte\"", "name=\"Version\""));
  const MessageInfo* book = schema->Find(2);
  ASSERT_NE(book, nullptr);
  EXPECT_STREQ(book->name, "md_book_update");
  std::set<std::string> names;
  for (const FieldInfo* field : book->fields) EXPECT_TRUE(names.insert(field->name).second);
  EXPECT_TRUE(names.contains("version") && names.contains("version_2"));
  EXPECT_EQ(schema->Find(3), nullptr);
  EXPECT_EQ(schema->Find(9999), nullptr);
  EXPECT_EQ(schema->messages().size(), 3u);
}

// Those of exchanges, where they are at hand.
TEST(SbeSchema, ReadsTheExchangesOwnFiles) {
  const std::filesystem::path folder = test::CapturesFolder() / "../layouts";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << test::kNoCaptures;
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().string().find(".Sbe.") == std::string::npos) continue;
    if (entry.path().extension() != ".xml") continue;
    const auto schema = SbeSchema::Load(entry.path().string());
    EXPECT_TRUE(schema.ok()) << schema.status();
    ++files;
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace fh::codecs::sbe
