// codecs/README.md says for every record, action, flag and status what each venue means by it: no
// constant and no codec is missing there, and no codec writes what the page says it never does.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

std::string ReadAll(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "FH_RECORD_ORDER" -> 1, as update_abi.h has it, for all that the page has to tell of.
std::map<std::string, int> Constants() {
  const std::string header = ReadAll(FEEDHANDLER_UPDATE_ABI);
  const std::regex pattern(R"(\b(FH_(RECORD|ACTION|FLAG|STATUS)_[A-Z0-9_]+)\s*=\s*('(.)'|[0-9]+))");
  std::map<std::string, int> constants;
  for (std::sregex_iterator match(header.begin(), header.end(), pattern), end; match != end;
       ++match) {
    const std::string value = (*match)[3];
    constants[(*match)[1]] = value[0] == '\'' ? value[1] : std::stoi(value);
  }
  return constants;
}

// What it means, by codec and constant.
using Page = std::map<std::string, std::map<std::string, std::string>>;

std::string Plain(absl::string_view cell) {
  std::string text(absl::StripAsciiWhitespace(cell));
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  return text;
}

// A heading names the constant, the table below it has a row for each codec.
Page ReadPage() {
  Page page;
  std::string constant;
  for (absl::string_view line : absl::StrSplit(ReadAll(FEEDHANDLER_CODECS_README), '\n')) {
    if (absl::ConsumePrefix(&line, "### ")) constant = Plain(line);
    if (!absl::StartsWith(line, "| `")) continue;
    const std::vector<absl::string_view> cells = absl::StrSplit(line, '|');
    EXPECT_EQ(cells.size(), 4U) << line;
    if (cells.size() != 4) continue;
    const bool is_new = page[Plain(cells[1])].emplace(constant, Plain(cells[2])).second;
    EXPECT_TRUE(is_new) << constant << " twice: " << line;
  }
  return page;
}

bool IsDash(const std::string& cell) { return absl::StartsWith(cell, "—"); }

TEST(UpdateMeaning, TellsOfEveryConstantForEveryCodec) {
  const Page page = ReadPage();
  const std::map<std::string, int> constants = Constants();
  ASSERT_GT(constants.size(), 35U);
  for (const CodecInfo* codec : Codecs()) {
    ASSERT_TRUE(page.contains(codec->name)) << codec->name << " has no row";
    for (const auto& [constant, value] : constants) {
      const auto& cells = page.at(codec->name);
      EXPECT_TRUE(cells.contains(constant) && !cells.at(constant).empty())
          << codec->name << " does not tell of " << constant;
    }
  }
}

TEST(UpdateMeaning, TellsOfNothingThatIsNotThere) {
  const std::string header = ReadAll(FEEDHANDLER_UPDATE_ABI);
  std::set<std::string> codecs;
  for (const CodecInfo* codec : Codecs()) codecs.insert(codec->name);
  for (const auto& [codec, cells] : ReadPage()) {
    EXPECT_TRUE(codecs.contains(codec)) << codec;
    for (const auto& [constant, cell] : cells) {
      if (!absl::StartsWith(constant, "FH_")) continue;
      EXPECT_TRUE(absl::StrContains(header, constant)) << constant;
    }
  }
}

// Packets of a codec's own samples: every message type is in some of them.
void AddConstantsOf(const NormalizedUpdate& update, const std::map<std::string, int>& constants,
                    std::set<std::string>& seen) {
  for (const auto& [constant, value] : constants) {
    const bool fits = absl::StartsWith(constant, "FH_RECORD_")   ? update.record == value
                      : absl::StartsWith(constant, "FH_ACTION_") ? update.action == value
                      : absl::StartsWith(constant, "FH_FLAG_")
                          ? (update.flags & value) != 0
                          : update.record == FH_RECORD_STATUS && update.status.kind == value;
    if (fits) seen.insert(constant);
  }
}

TEST(UpdateMeaning, ADashIsNeverWrittenAndTheRestIs) {
  const Page page = ReadPage();
  const std::map<std::string, int> constants = Constants();
  for (const CodecInfo* info : Codecs()) {
    InstrumentStore instruments(1000);
    auto codec = info->make({.channel_id = 1, .instruments = &instruments});
    ASSERT_TRUE(codec.ok()) << codec.status();
    std::set<std::string> seen;
    for (uint64_t seed = 0; seed < 400; ++seed) {
      const test::PacketBytes bytes(info->sample(seed));
      for (const NormalizedUpdate& update : test::DecodePacket(**codec, bytes.packet()).updates) {
        AddConstantsOf(update, constants, seen);
      }
    }
    for (const auto& [constant, cell] : page.at(info->name)) {
      const bool is_written = seen.contains(constant);
      EXPECT_FALSE(IsDash(cell) && is_written) << info->name << " " << constant;
      // What a codec writes itself; samples need not have every status.
      const bool is_due = constants.contains(constant) &&
                          !absl::StartsWith(constant, "FH_STATUS_") && !IsDash(cell) &&
                          !absl::StartsWith(cell, "session layer");
      EXPECT_TRUE(is_written || !is_due) << info->name << " " << constant;
    }
  }
}

// Who keeps queues goes by CodecInfo::place_rule; a codec that is added and modifies orders without a
// word of their place has to be decided.
TEST(UpdateMeaning, WhatAModifiedOrderKeepsIsSaidByEachCodecOrByItsUpdates) {
  // Modified orders lose their place, or nothing says whether they keep it.
  const std::set<std::string> lose = {"asx_itch", "b3_umdf", "cboe_australia", "cboe_cfe",
                                      "ice_impact"};
  std::set<PlaceRule> rules;
  for (const CodecInfo* info : Codecs()) {
    InstrumentStore instruments(1000);
    auto codec = info->make({.channel_id = 1, .instruments = &instruments});
    ASSERT_TRUE(codec.ok()) << codec.status();
    bool modifies = false;
    bool says_place = false;
    for (uint64_t seed = 0; seed < 400; ++seed) {
      const test::PacketBytes bytes(info->sample(seed));
      for (const NormalizedUpdate& update : test::DecodePacket(**codec, bytes.packet()).updates) {
        if (update.record != FH_RECORD_ORDER || update.action != FH_ACTION_MODIFY) continue;
        modifies = true;
        says_place |= (update.flags & FH_FLAG_PRIORITY_KEPT) != 0;
      }
    }
    const bool has_rule = info->place_rule != PlaceRule::kByFlag;
    EXPECT_EQ(has_rule || lose.contains(info->name), modifies && !says_place) << info->name;
    rules.insert(info->place_rule);
  }
  EXPECT_EQ(rules.size(), 3u);
}

TEST(UpdateMeaning, TopsOfParticipantsAreDeclared) {
  const Page page = ReadPage();
  uint32_t declared = 0;
  for (const CodecInfo* info : Codecs()) {
    std::string cell = page.at(info->name).at("FH_RECORD_TOP");
    if (absl::StartsWith(cell, "as cta")) cell = page.at("cta").at("FH_RECORD_TOP");
    EXPECT_EQ(absl::StrContains(cell, "of the participant in detail"), info->tops_by_participant)
        << info->name;
    declared += info->tops_by_participant;
  }
  EXPECT_EQ(declared, 3u);
}

}  // namespace
}  // namespace fh::codecs
