#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedhandler/strategy/parameters.h"

namespace fh {
namespace {

using ::testing::HasSubstr;

TEST(StrategyParameters, DefaultsWhenNothingIsGiven) {
  Parameters parameters("");
  EXPECT_EQ(parameters.Text("output", "-"), "-");
  EXPECT_EQ(parameters.Number("top", 10, 1, 20), 10u);
  EXPECT_EQ(parameters.Choice("format", {"csv", "json"}, 1), 1);
  EXPECT_TRUE(parameters.Switch("hash", true));
  EXPECT_EQ(parameters.Error(), "");
}

TEST(StrategyParameters, ReadsAllKinds) {
  Parameters parameters(" output = a b.csv , top=20,format=json,hash=off, ");
  EXPECT_EQ(parameters.Text("output", "-"), "a b.csv");
  EXPECT_EQ(parameters.Number("top", 10, 1, 20), 20u);
  EXPECT_EQ(parameters.Choice("format", {"csv", "json"}, 0), 1);
  EXPECT_FALSE(parameters.Switch("hash", true));
  EXPECT_EQ(parameters.Error(), "");
}

TEST(StrategyParameters, CommaIsEscapedAndOtherBackslashesStay) {
  Parameters parameters(R"(output=C:\data\a\,b.csv)");
  EXPECT_EQ(parameters.Text("output", ""), R"(C:\data\a,b.csv)");
}

TEST(StrategyParameters, ValueMayHoldEqualsSigns) {
  Parameters parameters("output=a=b");
  EXPECT_EQ(parameters.Text("output", ""), "a=b");
}

TEST(StrategyParameters, UnknownKeyNamesTheAccepted) {
  Parameters parameters("outptu=x");
  parameters.Text("output", "-");
  parameters.Choice("format", {"csv", "json"}, 0);
  parameters.Number("top", 10, 1, 20);
  EXPECT_EQ(parameters.Error(),
            "unknown parameter \"outptu\"; accepted are: output=TEXT, format=csv|json, "
            "top=NUMBER from 1 to 20");
}

TEST(StrategyParameters, WrongValuesAreNamed) {
  for (const char* text :
       {"top=0", "top=21", "top=x", "top=", "top=1x", "top=-1", "top=99999999999999999999999"}) {
    Parameters parameters(text);
    EXPECT_EQ(parameters.Number("top", 10, 1, 20), 10u);
    EXPECT_EQ(parameters.Error(),
              std::string("parameter ") + text + " is not a number from 1 to 20");
  }
  Parameters parameters("format=xml");
  parameters.Choice("format", {"csv", "json"}, 0);
  EXPECT_EQ(parameters.Error(), "parameter format=xml is not one of csv|json");
}

TEST(StrategyParameters, MissingValueAndRepeatedKeyAreRefused) {
  EXPECT_THAT(Parameters("verbose").Error(), HasSubstr("\"verbose\" has no value"));
  Parameters parameters("top=1,top=2");
  parameters.Number("top", 10, 1, 20);
  EXPECT_THAT(parameters.Error(), HasSubstr("\"top\" is given twice"));
}

}  // namespace
}  // namespace fh
