// What the build makes of a schema file (sbe_generate.py) is what SbeSchema reads of it at run time: two
// readers that were written apart agree on every field, group and value. And the schema files of CME in
// this repository agree with the exchange's own, version by version, where those are at hand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/cme/cme_messages.h"
#include "codecs/sbe/sbe_schema.h"
#include "tests/captures.h"
#include "tests/codecs/sbe/lunar_schema.h"

namespace fh::codecs::sbe {
namespace {

// Everything that is said of a field but what its values are called.
std::string PlaceOf(const FieldInfo& field) {
  std::string text =
      absl::StrCat(field.name, " @", field.offset, "+", field.length, " kind ",
                   static_cast<int>(field.kind), " decimals ", static_cast<int>(field.decimals),
                   " presence ", static_cast<int>(field.presence), " since ", field.since);
  const bool is_text = field.kind == FieldKind::kAlpha || field.kind == FieldKind::kChar;
  // Letters have neither a sign nor an order.
  if (!is_text) absl::StrAppend(&text, " signed ", field.is_signed, " big ", field.big_endian);
  if (field.presence != Presence::kRequired) absl::StrAppend(&text, " number ", field.number);
  if (field.constant_text != nullptr) absl::StrAppend(&text, " text ", field.constant_text);
  if (field.kind == FieldKind::kScaled) {
    absl::StrAppend(&text, " scaled ", field.scaled.mantissa_at, ",", field.scaled.mantissa_length,
                    ",", field.scaled.exponent_at);
  }
  return text;
}

std::string Everything(const FieldInfo& field) {
  std::string text = PlaceOf(field);
  for (const NamedValue& value : field.names) {
    absl::StrAppend(&text, " ", value.value, "=", value.name);
  }
  return text;
}

std::string Announcement(const GroupInfo& group) {
  return absl::StrCat("group ", group.name, " block ", group.block_length.offset, ",",
                      group.block_length.length, " count ", group.count.offset, ",",
                      group.count.length, " bytes ", group.announcement_bytes, " big ",
                      group.big_endian, " since ", group.since);
}

void AddBlock(const BlockInfo& block, const std::string& indent, std::vector<std::string>& lines) {
  for (const FieldInfo* field : block.fields) lines.push_back(indent + Everything(*field));
  for (const GroupInfo* group : block.groups) {
    lines.push_back(indent + Announcement(*group));
    AddBlock(group->block(), indent + "  ", lines);
  }
  for (const DataInfo* data : block.data) {
    lines.push_back(absl::StrCat(
        indent, "data ", data->field.name, " kind ", static_cast<int>(data->field.kind), " length ",
        data->length.offset, ",", data->length.length, " bytes ", data->announcement_bytes, " big ",
        data->big_endian, " since ", data->since));
  }
}

std::vector<std::string> Lines(const MessageInfo& info) {
  std::vector<std::string> lines = {
      absl::StrCat(info.type, " ", info.name, " template ", info.is_template)};
  AddBlock(info.block(), "  ", lines);
  return lines;
}

std::unique_ptr<const SbeSchema> Load(const std::string& path) {
  absl::StatusOr<std::unique_ptr<const SbeSchema>> schema = SbeSchema::Load(path);
  EXPECT_TRUE(schema.ok()) << schema.status();
  return schema.ok() ? *std::move(schema) : nullptr;
}

TEST(SbeGenerate, ConstantsOfASchemaWithAllThereIsAreWhatIsReadAtRunTime) {
  const std::unique_ptr<const SbeSchema> schema = Load(FEEDHANDLER_SBE_SCHEMA);
  ASSERT_NE(schema, nullptr);
  EXPECT_EQ(lunar::kSchemaId, schema->id());
  EXPECT_EQ(lunar::header::kBytes, schema->header().bytes);
  ASSERT_EQ(std::size(lunar::kMessages), schema->messages().size());
  for (const MessageInfo* info : lunar::kMessages) {
    ASSERT_NE(schema->Find(info->type), nullptr) << info->name;
    EXPECT_EQ(Lines(*info), Lines(*schema->Find(info->type)));
  }
}

// The least that a message has: the fields of its template's first version.
TEST(SbeGenerate, TheLeastLengthIsThatOfTheFirstVersion) {
  EXPECT_EQ(lunar::md_book_update::kMessage.length, 10 + 12) << "without LowByte of version 4";
  EXPECT_EQ(lunar::heartbeat::kMessage.length, 10);
  EXPECT_EQ(cme::md_instrument_definition_future27::kMessage.length, 8 + 213)
      << "without the day of version 6";
  EXPECT_EQ(cme::md_instrument_definition_repo58::kMessage.length, 8 + 255);
}

TEST(SbeGenerate, ATemplateIsOfTheLastFileThatHasIt) {
  const std::filesystem::path folder = FEEDHANDLER_CME_SCHEMAS;
  std::map<uint32_t, const MessageInfo*> last;
  std::vector<std::unique_ptr<const SbeSchema>> schemas;
  for (const char* file : {"mdp3_8.xml", "mdp3_9.xml", "mdp3_13.xml"}) {
    schemas.push_back(Load((folder / file).string()));
    ASSERT_NE(schemas.back(), nullptr);
    for (const MessageInfo* info : schemas.back()->messages()) last[info->type] = info;
  }
  EXPECT_EQ(last.size(), 43u);
  ASSERT_EQ(std::size(cme::kMessages), last.size());
  for (const MessageInfo* info : cme::kMessages) {
    ASSERT_TRUE(last.contains(info->type)) << info->name;
    EXPECT_EQ(Lines(*info), Lines(*last[info->type]));
  }
}

// The places of the fields that a version has, and the groups that hold them.
void AddPlaces(const BlockInfo& block, uint32_t version, const std::string& path,
               std::set<std::string>& places) {
  for (const FieldInfo* field : block.fields) {
    if (field->since <= version) places.insert(path + PlaceOf(*field));
  }
  for (const GroupInfo* group : block.groups) {
    if (group->since > version) continue;
    places.insert(path + Announcement(*group));
    AddPlaces(group->block(), version, absl::StrCat(path, group->name, "/"), places);
  }
}

// Values that a field of theirs has a name for, as "path/field 7".
void AddValues(const BlockInfo& block, const std::string& path, std::set<std::string>& values) {
  for (const FieldInfo* field : block.fields) {
    for (const NamedValue& value : field->names) {
      values.insert(absl::StrCat(path, field->name, " ", value.value));
    }
  }
  for (const GroupInfo* group : block.groups) {
    AddValues(group->block(), absl::StrCat(path, group->name, "/"), values);
  }
}

TEST(SbeGenerate, CmeFieldsAreThoseOfTheExchangesOwnFilesInEveryVersion) {
  const std::filesystem::path folder = test::CapturesFolder() / "../layouts/cme_sbe_xml";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << test::kNoCaptures;
  std::set<uint32_t> seen;
  for (const uint32_t version : {5u, 6u, 8u, 9u, 12u, 13u}) {
    const auto theirs =
        Load((folder / absl::StrCat("Cme.Futures.Mdp3.Sbe.v1.", version, ".xml")).string());
    ASSERT_NE(theirs, nullptr);
    EXPECT_EQ(theirs->version(), version);
    for (const MessageInfo* info : cme::kMessages) {
      const MessageInfo* other = theirs->Find(info->type);
      if (other == nullptr) continue;  // Of a later version, or gone with it.
      seen.insert(info->type);
      EXPECT_STREQ(info->name, other->name);
      std::set<std::string> ours, expected;
      AddPlaces(info->block(), version, "", ours);
      AddPlaces(other->block(), version, "", expected);
      EXPECT_EQ(ours, expected) << info->name << " of version " << version;
      // Later versions have given names to more values, and other names to some.
      std::set<std::string> our_values, their_values;
      AddValues(info->block(), "", our_values);
      AddValues(other->block(), "", their_values);
      for (const std::string& value : their_values) {
        EXPECT_TRUE(our_values.contains(value)) << info->name << " " << value;
      }
    }
    for (const MessageInfo* other : theirs->messages()) EXPECT_TRUE(seen.contains(other->type));
  }
  EXPECT_EQ(seen.size(), std::size(cme::kMessages));
}

// What sbe_generate.py says of a schema that is wrong.
std::string Complaint(const std::string& message) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir());
  const std::string xml = (folder / "wrong.xml").string();
  const std::string out = (folder / "wrong.h").string();
  const std::string err = (folder / "wrong.txt").string();
  std::filesystem::remove(out);
  std::ofstream(xml) << R"(<messageSchema id="1"><types><composite name="messageHeader">
    <type name="blockLength" primitiveType="uint16"/><type name="templateId" primitiveType="uint16"/>
    <type name="schemaId" primitiveType="uint16"/><type name="version" primitiveType="uint16"/>
    </composite></types>)"
                     << message << "</messageSchema>";
  const std::string command =
      absl::StrCat(FEEDHANDLER_PYTHON, " ", FEEDHANDLER_SBE_GENERATE,
                   " --namespace=x --guard=X_H_ --out=", out, " ", xml, " 2> ", err);
  EXPECT_NE(std::system(command.c_str()), 0);
  EXPECT_FALSE(std::filesystem::exists(out)) << "nothing is written of a wrong schema";
  std::ifstream file(err);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SbeGenerate, AWrongSchemaStopsTheBuildWithTheFileAndTheElement) {
#ifdef _WIN32
  GTEST_SKIP() << "skipped: the build's own Python is not of this system";
#endif
  const std::string overlap = Complaint(
      R"(<message name="M" id="1"><field name="A" type="uint64"/><field name="B" type="uint8" offset="7"/></message>)");
  EXPECT_NE(overlap.find("wrong.xml: field 'B': the offset 7 lies within the field before"),
            std::string::npos)
      << overlap;
  const std::string unknown =
      Complaint(R"(<message name="M" id="1"><field name="A" type="Nothing"/></message>)");
  EXPECT_NE(unknown.find("there is no type called 'Nothing'"), std::string::npos) << unknown;
  const std::string twice = Complaint(R"(<message name="M" id="1"/><message name="N" id="1"/>)");
  EXPECT_NE(twice.find("a second message has its id"), std::string::npos) << twice;
}

}  // namespace
}  // namespace fh::codecs::sbe
