// decode --schema with FAST templates: what the file describes is decoded, and files that cannot be used
// are refused in plain words.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codecs/fast/fast_writer.h"
#include "tests/codecs/moex/moex_capture.h"
#include "tests/feedhandler/cli/program.h"
#include "tests/replay/capture_fixture.h"

namespace fh::test {
namespace {

using absl::StrContains;

constexpr char kGroup[] = "239.1.1.1:1000";

// A refresh with a field of its own, "Venue", and an id that the codec's own templates do not have.
constexpr char kTemplates[] = R"(<templates xmlns="http://www.fixprotocol.org/ns/fast/td/1.1">
  <template name="SmallRefresh" id="9">
    <string name="MessageType" id="35"><constant value="X"/></string>
    <uInt32 name="MsgSeqNum" id="34"/>
    <uInt64 name="SendingTime" id="52"/>
    <string name="Venue"/>
    <sequence name="MDEntries">
      <length name="NoMDEntries"/>
      <uInt32 name="MDUpdateAction"/>
      <string name="MDEntryType"/>
      <uInt64 name="SecurityID"/>
      <uInt32 name="RptSeq"/>
      <uInt32 name="MDPriceLevel"/>
      <decimal name="MDEntryPx"/>
      <int64 name="MDEntrySize"/>
    </sequence>
  </template>
</templates>
)";

// One of them, whatever the id says.
std::string SmallRefresh(uint32_t id, uint32_t number) {
  codecs::fast::FastWriter writer;
  writer.Map({true}).Unsigned(id).Unsigned(number).Unsigned(20240102103000123).Ascii("TINY");
  writer.Unsigned(1).Unsigned(0).Ascii("0").Unsigned(123'456).Unsigned(1).Unsigned(1);
  writer.Signed(-2).Signed(12'345).Signed(10);
  return writer.bytes();
}

// Without the values for people: templates have no names for them, which the codec has.
std::string RawOf(const std::string& lines) {
  constexpr char kValue[] = ",\"value\":";
  std::string raw;
  size_t at = 0;
  for (size_t value = lines.find(kValue); value != lines.npos; value = lines.find(kValue, at)) {
    raw.append(lines, at, value - at);
    at = lines.find('}', value);
  }
  return raw.append(lines, std::min(at, lines.size()));
}

class FastSchema : public testing::Test {
 protected:
  void Capture(const std::vector<std::string>& payloads) {
    std::vector<TestDatagram> datagrams;
    for (const std::string& payload : payloads) {
      datagrams.push_back({.stamp_ns = 1'000, .group = kGroup, .payload = payload});
    }
    WriteCapture(capture_, datagrams);
  }

  ChildResult Decode(const std::string& schema) {
    std::vector<std::string> arguments{"decode", capture_, "--codec=moex_forts",
                                       absl::StrCat("--group=", kGroup)};
    if (!schema.empty()) arguments.push_back("--schema=" + schema);
    return Feedhandler(arguments);
  }

  // The refusal of a file with that text.
  std::string RefusalOf(const std::string& xml) {
    Capture({SmallRefresh(9, 7)});
    WriteFile(schema_, xml);
    const ChildResult result = Decode(schema_);
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.output, "") << result;
    EXPECT_TRUE(StrContains(result.error, schema_)) << result;
    return result.error;
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
  const std::string schema_ = folder_ / "templates.xml";
};

TEST_F(FastSchema, ItsTemplatesAreDecodedAndWithoutItTheyAreUnknown) {
  Capture({SmallRefresh(9, 7), SmallRefresh(9, 8)});
  WriteFile(schema_, kTemplates);
  const ChildResult with = Decode(schema_);
  EXPECT_EQ(with.exit_code, 0) << with;
  EXPECT_TRUE(StrContains(with.output, "\"name\":\"small_refresh\"")) << with;
  EXPECT_TRUE(StrContains(with.output, "\"venue\":{\"raw\":\"TINY\",\"value\":\"TINY\"}")) << with;
  EXPECT_TRUE(StrContains(with.output, "\"value\":\"123.45\"")) << with;
  EXPECT_TRUE(StrContains(with.error, "2 messages")) << with;
  const ChildResult without = Decode("");
  EXPECT_EQ(without.exit_code, 1) << without;
  EXPECT_FALSE(StrContains(without.output, "TINY")) << without;
  EXPECT_TRUE(StrContains(without.error, "none of 2 messages could be decoded")) << without;
}

TEST_F(FastSchema, ATemplateThatItDoesNotHaveIsCountedBesideThoseThatItHas) {
  // Of the second number and a template are known, but what stands behind is of another one.
  Capture({SmallRefresh(9, 7), SmallRefresh(10, 8), SmallRefresh(9, 9) + SmallRefresh(10, 10)});
  WriteFile(schema_, kTemplates);
  const ChildResult result = Decode(schema_);
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(StrContains(result.error, "1 of another protocol")) << result;
  EXPECT_TRUE(StrContains(result.error, "not everything could be decoded")) << result;
}

TEST_F(FastSchema, FilesThatCannotBeUsedAreRefusedWithTheirLine) {
  EXPECT_TRUE(StrContains(RefusalOf("<templates>\n<template name='T' id='1'>\n</templates>"),
                          ":3: not well-formed"));
  EXPECT_TRUE(StrContains(RefusalOf(""), "not well-formed"));
  EXPECT_TRUE(StrContains(RefusalOf("<messageSchema/>"), "not templates of FAST"));
  EXPECT_TRUE(StrContains(
      RefusalOf(
          "<templates>\n<template name='T' id='1'>\n<uInt16 name='v'/></template></templates>"),
      ":3: 'uInt16' is no field"));
  EXPECT_TRUE(StrContains(RefusalOf("<templates><template name='T' id='1'/></templates>"),
                          "MessageType is X or W"));
}

TEST_F(FastSchema, AFileThatIsNotThereOrAFolderIsRefused) {
  Capture({SmallRefresh(9, 7)});
  const std::string none = folder_ / "none.xml";
  const ChildResult missing = Decode(none);
  EXPECT_EQ(missing.exit_code, 2) << missing;
  EXPECT_TRUE(StrContains(missing.error, none + "': No such file")) << missing;
  const ChildResult folder = Decode(folder_.path());
  EXPECT_NE(folder.exit_code, 0) << folder;
  EXPECT_TRUE(StrContains(folder.error, "Is a directory")) << folder;
}

TEST_F(FastSchema, TheVenuesOwnFileDecodesAsTheCodecDoes) {
  if (!HasMoexCaptures()) GTEST_SKIP() << kNoCaptures;
  Capture(MoexDatagrams("increment_a"));
  const ChildResult with = Decode(MoexSchema());
  const ChildResult without = Decode("");
  EXPECT_EQ(with.exit_code, 0) << with.error;
  EXPECT_FALSE(without.output.empty()) << without.error;
  EXPECT_TRUE(RawOf(with.output) == RawOf(without.output)) << with.error;
}

}  // namespace
}  // namespace fh::test
