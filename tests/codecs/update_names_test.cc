// Every constant of update_abi.h has a name: read from the header itself, so that neither can
// drift.
#include "codecs/update_names.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace fh::codecs {
namespace {

// "FH_RECORD_ORDER" -> 1, as the header has it.
std::map<std::string, int> Enumerators() {
  std::ifstream file(FEEDHANDLER_UPDATE_ABI);
  std::stringstream text;
  text << file.rdbuf();
  const std::string header = text.str();
  std::map<std::string, int> constants;
  const std::regex pattern(R"(\b(FH_[A-Z0-9_]+)\s*=\s*('(.)'|[0-9]+))");
  for (std::sregex_iterator match(header.begin(), header.end(), pattern), end; match != end;
       ++match) {
    const std::string value = (*match)[2];
    constants[(*match)[1]] = value[0] == '\'' ? value[1] : std::stoi(value);
  }
  return constants;
}

std::string NameOfLetter(std::span<const LetterName> names, int letter) {
  for (const LetterName& name : names) {
    if (name.letter == letter) return std::string(name.name);
  }
  return "";
}

// Upper case, as constants are.
std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  return upper;
}

std::string NameOfConstant(const std::string& constant, int value) {
  const auto starts = [&constant](const char* prefix) { return constant.rfind(prefix, 0) == 0; };
  const auto index = static_cast<size_t>(value);
  if (starts("FH_RECORD_")) return Upper(NameOf(kRecordNames, index));
  if (starts("FH_STATUS_")) return Upper(NameOf(kStatusNames, index));
  if (starts("FH_TRADING_")) return Upper(NameOf(kTradingNames, index));
  if (starts("FH_SESSION_")) return Upper(NameOf(kSessionNames, index));
  if (starts("FH_KIND_")) return Upper(NameOf(kKindNames, index));
  if (starts("FH_DETAIL_")) return Upper(NameOf(kDetailNames, index));
  if (starts("FH_STAT_")) return Upper(NameOf(kStatisticNames, index));
  if (starts("FH_GAP_")) return Upper(NameOf(kGapNames, index));
  if (starts("FH_ACTION_")) return NameOfLetter(kActionNames, value);
  if (starts("FH_SIDE_")) return NameOfLetter(kSideNames, value);
  for (size_t bit = 0; starts("FH_FLAG_") && bit < 8; ++bit) {
    if (value == 1 << bit) return Upper(kFlagNames[bit]);
  }
  return "";
}

TEST(UpdateNames, AreThoseOfTheConstants) {
  const std::map<std::string, int> constants = Enumerators();
  ASSERT_GT(constants.size(), 70U);
  std::set<std::string> prefixes;
  for (const auto& [constant, value] : constants) {
    const size_t end = constant.find('_', 3);
    prefixes.insert(constant.substr(0, end));
    EXPECT_EQ(NameOfConstant(constant, value), constant.substr(end + 1)) << constant;
  }
  EXPECT_EQ(prefixes, (std::set<std::string>{"FH_ACTION", "FH_DETAIL", "FH_FLAG", "FH_GAP",
                                             "FH_KIND", "FH_RECORD", "FH_SESSION", "FH_SIDE",
                                             "FH_STAT", "FH_STATUS", "FH_TRADING"}));
}

TEST(UpdateNames, AreNoMoreThanTheConstants) {
  std::map<std::string, int> counts;
  for (const auto& [constant, value] : Enumerators()) {
    ++counts[constant.substr(0, constant.find('_', 3))];
  }
  EXPECT_EQ(std::size(kRecordNames) - 1, counts["FH_RECORD"]);
  EXPECT_EQ(std::size(kStatusNames) - 1, counts["FH_STATUS"]);
  EXPECT_EQ(std::size(kTradingNames), counts["FH_TRADING"]);
  EXPECT_EQ(std::size(kSessionNames) - 1, counts["FH_SESSION"]);
  EXPECT_EQ(std::size(kKindNames), counts["FH_KIND"]);
  EXPECT_EQ(std::size(kDetailNames) - 1, counts["FH_DETAIL"]);
  EXPECT_EQ(std::size(kStatisticNames) - 1, counts["FH_STAT"]);
  EXPECT_EQ(std::size(kGapNames) - 1, counts["FH_GAP"]);
  EXPECT_EQ(std::size(kActionNames), counts["FH_ACTION"]);
  EXPECT_EQ(std::size(kSideNames), counts["FH_SIDE"]);
}

TEST(UpdateNames, OfStatesDependOnTheKind) {
  EXPECT_EQ(NameOf(StateNames(FH_STATUS_CHANNEL_STUCK), 1), "STUCK");
  EXPECT_EQ(NameOf(StateNames(FH_STATUS_CHANNEL_STUCK), 0), "MOVING");
  EXPECT_EQ(NameOf(StateNames(FH_STATUS_TRADING), FH_TRADING_HALTED), "HALTED");
  EXPECT_EQ(NameOf(StateNames(FH_STATUS_AUCTION), 1), "");
}

}  // namespace
}  // namespace fh::codecs
