// Templates from XML: errors name the line and the fix, and hostile files cost little.
#include "codecs/fast/fast_xml.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "codecs/fast/fast_plan.h"

namespace fh::codecs::fast {
namespace {

std::string ErrorOf(const std::string& xml) {
  const auto file = FastTemplates::Parse(xml, "t.xml");
  if (!file.ok()) return std::string(file.status().message());
  const auto plan = FastPlan::Build((*file)->templates(), "t.xml", nullptr);
  return plan.ok() ? "" : std::string(plan.status().message());
}

std::string OfField(const std::string& field) {
  return ErrorOf("<templates>\n<template name='T' id='1'>\n" + field + "\n</template></templates>");
}

void ExpectSays(const std::string& error, const std::string& place, const std::string& what) {
  EXPECT_EQ(error.rfind(place, 0), 0u) << error;
  EXPECT_NE(error.find(what), std::string::npos) << error;
}

TEST(FastXml, StaticErrorsNameTheLineTheFieldAndTheFix) {
  ExpectSays(OfField("<uInt16 name='v'/>"), "t.xml:3: ", "'uInt16' is no field");
  ExpectSays(OfField("<uInt32/>"), "t.xml:3: ", "no name");
  ExpectSays(OfField("<uInt32 name='v'><twist/></uInt32>"), "t.xml:3: ", "'twist' is no operator");
  ExpectSays(OfField("<uInt32 name='v'><copy/><delta/></uInt32>"),
             "t.xml:3: ", "a second operator");
  ExpectSays(OfField("<string name='v'><increment/></string>"), "t.xml:3: 'v'", "(S2)");
  ExpectSays(OfField("<uInt32 name='v'><tail/></uInt32>"), "t.xml:3: 'v'", "(S2)");
  ExpectSays(OfField("<uInt32 name='v'><copy value='-1'/></uInt32>"), "t.xml:3: 'v'",
             "'-1' is no uInt32 (S3)");
  ExpectSays(OfField("<decimal name='v'><copy value='1e5'/></decimal>"), "t.xml:3: 'v'", "(S3)");
  ExpectSays(OfField("<byteVector name='v'><copy value='abc'/></byteVector>"), "t.xml:3: 'v'",
             "(S3)");
  ExpectSays(OfField("<uInt32 name='v'><constant/></uInt32>"), "t.xml:3: 'v'", "(S4); add it");
  ExpectSays(OfField("<uInt32 name='v'><default/></uInt32>"), "t.xml:3: 'v'", "(S5)");
  ExpectSays(OfField("<uInt32 name='v' presence='maybe'/>"), "t.xml:3: ", "neither mandatory");
  ExpectSays(OfField("<string name='v' charset='latin1'/>"), "t.xml:3: ", "neither ascii");
  ExpectSays(OfField("<templateRef name='U'/>"), "t.xml:3: ", "no template 'U' (D8)");
  ExpectSays(OfField("<decimal name='v'><copy/><exponent><copy/></exponent></decimal>"),
             "t.xml:3: ", "keep one");
}

TEST(FastXml, FilesThatAreNoneAreSaid) {
  ExpectSays(ErrorOf("<a"), "t.xml:1: ", "not well-formed");
  ExpectSays(ErrorOf("<messageSchema/>"), "t.xml:1: ", "not templates of FAST");
  ExpectSays(ErrorOf("<templates/>"), "t.xml:1: ", "no templates");
  ExpectSays(ErrorOf("<templates><template name='T'/></templates>"), "t.xml:1: ", "has an id");
  ExpectSays(ErrorOf("<templates><template name='T' id='x'/></templates>"),
             "t.xml:1: ", "no number");
  ExpectSays(ErrorOf("<templates>\n<template name='T' id='1'/>\n<template name='U' id='1'/>"
                     "</templates>"),
             "t.xml:3: ", "a second template has the id 1");
  ExpectSays(ErrorOf("<templates><template name='T' id='1'/><template name='T' id='2'/>"
                     "</templates>"),
             "t.xml:1: ", "a second template is called 'T'");
  EXPECT_FALSE(FastTemplates::Load("/nowhere/templates.xml").ok());
}

TEST(FastXml, IncludesThatNeverEndOrMultiplyAreRefused) {
  ExpectSays(OfField("<templateRef name='T'/>"), "t.xml:3: ", "does 'T' include itself?");
  // Ten in each of sixteen, which would be ten to the sixteenth.
  std::string xml = "<templates><template name='t0'><uInt32 name='v'/></template>";
  for (int i = 1; i < 16; ++i) {
    absl::StrAppend(&xml, "<template name='t", i, "' id='", i, "'>");
    for (int copies = 0; copies < 10; ++copies) {
      absl::StrAppend(&xml, "<templateRef name='t", i - 1, "'/>");
    }
    absl::StrAppend(&xml, "</template>");
  }
  ExpectSays(ErrorOf(xml + "</templates>"), "t.xml:1: ", "more than 100000 fields");
  std::string deep = "<uInt32 name='v'/>";
  for (int i = 0; i < 40; ++i) deep = "<group name='g'>" + deep + "</group>";
  ExpectSays(OfField(deep), "t.xml:3: ", "more than 16 deep");
}

TEST(FastXml, NamesAreSnakeCaseAndNoTwoOfABlockAreTheSame) {
  const auto file = FastTemplates::Parse(
      "<templates xmlns='http://www.fixprotocol.org/ns/fast/td/1.1'>"
      "<template name='MDIncRefresh' id='7'><uInt32 name='MDEntryPx'/><int64 name='MdEntryPx'/>"
      "<sequence name='MDEntries'><length name='NoMDEntries'/><string name='Symbol'/></sequence>"
      "</template></templates>",
      "t.xml");
  ASSERT_TRUE(file.ok()) << file.status();
  const MessageInfo& info = *(*file)->templates()[0]->info;
  EXPECT_STREQ(info.name, "md_inc_refresh");
  EXPECT_EQ(info.type, 7u);
  EXPECT_FALSE(info.has_places);
  ASSERT_EQ(info.fields.size(), 2u);
  EXPECT_STREQ(info.fields[0]->name, "md_entry_px");
  EXPECT_STREQ(info.fields[1]->name, "md_entry_px_2");
  ASSERT_EQ(info.groups.size(), 1u);
  EXPECT_STREQ(info.groups[0]->name, "md_entries");
  EXPECT_STREQ(info.groups[0]->fields[0]->name, "symbol");
}

}  // namespace
}  // namespace fh::codecs::fast
