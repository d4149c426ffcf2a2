#include "codecs/value.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <string>
#include <vector>

#include "codecs/message_json.h"

namespace fh::codecs {
namespace {

constexpr NamedValue kSides[] = {{1, "Buy"}, {2, "Sell"}};
constexpr NamedValue kTypes[] = {{'0', "Bid"}, {'1', "Offer"}};
constexpr NamedValue kBits[] = {{0, "LastTradeMsg"}, {7, "EndOfEvent"}};

template <typename Field, typename T>
std::string TextOf(const Field& field, T value) {
  std::array<uint8_t, 16> block{};
  field.Put(block.data(), value);
  return ValueText(field, ReadValue(field, block.data()));
}

// Mantissa of four bytes, then the exponent.
std::string ScaledText(int32_t mantissa, int8_t exponent) {
  FieldInfo field{.name = "p", .offset = 1, .length = 5, .kind = FieldKind::kScaled};
  field.is_signed = true;
  field.big_endian = false;
  field.presence = Presence::kOptional;
  field.number = static_cast<uint64_t>(int64_t{INT32_MIN});
  field.scaled = {0, 4, 4};
  std::array<uint8_t, 8> block{};
  internal::Store<std::endian::little>(block.data() + 1, mantissa);
  block[5] = static_cast<uint8_t>(exponent);
  return ValueText(field, ReadValue(field, block.data()));
}

TEST(Value, OnlyOptionalFieldsAreNull) {
  const LittleEndian<int32_t> required("n", 3);
  EXPECT_EQ(TextOf(required, INT32_MAX), "2147483647");
  EXPECT_EQ(TextOf(required.Null(INT32_MAX), INT32_MAX), "null");
  EXPECT_EQ(TextOf(required.Null(INT32_MAX), INT32_MAX - 1), "2147483646");
  EXPECT_EQ(TextOf(required.Null(-1), -1), "null");
}

TEST(Value, EnumeratedValuesHaveTheirNamesAndUnknownOnesStayAsTheyAre) {
  const auto side = LittleEndian<uint8_t>("side", 2).Names(kSides).Null(255);
  EXPECT_EQ(TextOf(side, uint8_t{2}), "Sell");
  EXPECT_EQ(TextOf(side, uint8_t{9}), "9");
  EXPECT_EQ(TextOf(side, uint8_t{255}), "null");
  const auto type = Letter("type", 4).Names(kTypes);
  EXPECT_EQ(TextOf(type, '1'), "Offer");
  EXPECT_EQ(TextOf(type, 'J'), "J");
}

TEST(Value, BitsHaveTheirNamesAndThoseWithoutTheirNumbers) {
  const auto flags = LittleEndian<uint8_t>("flags", 0, FieldKind::kFlags).Names(kBits);
  EXPECT_EQ(TextOf(flags, uint8_t{0x81}), "LastTradeMsg|EndOfEvent");
  EXPECT_EQ(TextOf(flags, uint8_t{0x42}), "bit1|bit6");
  EXPECT_EQ(TextOf(flags, uint8_t{0}), "");
}

TEST(Value, AScaleMayLieInTheValue) {
  EXPECT_EQ(ScaledText(12345, -2), "123.45");
  EXPECT_EQ(ScaledText(-5, -3), "-0.005");
  EXPECT_EQ(ScaledText(7, 3), "7000");
  EXPECT_EQ(ScaledText(0, 3), "0");
  EXPECT_EQ(ScaledText(INT32_MIN, 0), "null");
  EXPECT_EQ(ScaledText(1, -128), "0." + std::string(127, '0') + "1");
  EXPECT_EQ(ScaledText(1, 127), "1" + std::string(127, '0'));
}

TEST(Value, DatesAndFloatsAreShownInPeoplesTerms) {
  EXPECT_EQ(TextOf(LittleEndian<uint16_t>("d", 0, FieldKind::kUnixDays), uint16_t{17117}),
            "2016-11-12");
  const LittleEndian<uint64_t> real("f", 0, FieldKind::kFloat);
  EXPECT_EQ(TextOf(real, std::bit_cast<uint64_t>(-0.1)), "-0.1");
  EXPECT_EQ(
      TextOf(LittleEndian<uint32_t>("f", 0, FieldKind::kFloat), std::bit_cast<uint32_t>(0.1f)),
      "0.1");
  EXPECT_EQ(TextOf(real.Null(0), std::bit_cast<uint64_t>(__builtin_nan(""))), "null");
}

TEST(Value, ConstantsNeedNoBytes) {
  FieldInfo number{.name = "c", .offset = 0, .length = 0, .kind = FieldKind::kSigned};
  number.presence = Presence::kConstant;
  number.number = 24;
  EXPECT_EQ(ValueText(number, ReadValue(number, nullptr)), "24");
  FieldInfo text{.name = "c", .offset = 0, .length = 0, .kind = FieldKind::kAlpha};
  text.presence = Presence::kConstant;
  text.constant_text = "USD";
  EXPECT_EQ(ValueText(text, ReadValue(text, nullptr)), "USD");
}

TEST(Value, JsonHasGroupsAsArraysNullsAsNullAndNoPadding) {
  const auto level = LittleEndian<uint8_t>("level", 0).Null(255);
  const auto side = LittleEndian<uint8_t>("side", 1).Names(kSides);
  const Padding padding("padding", 2, 2);
  const GroupInfo group{.name = "no_entries",
                        .block_length = {0, 2},
                        .count = {2, 1},
                        .announcement_bytes = 3,
                        .big_endian = false};
  MessageInfo info{46, "book", 8, {}};
  info.is_template = true;  // 46 is a full stop, too.
  const std::vector<uint8_t> block = {255, 1, 9, 9};
  std::string out;
  MessageJson json(out);
  json.BeginMessage(1, &info, block, nullptr);
  json.BeginGroup(group, 2);
  json.BeginEntry();
  json.Field(level, ReadValue(level, block.data()));
  json.Field(padding, ReadValue(padding, block.data()));
  json.EndEntry();
  json.BeginEntry();
  json.Field(level, kAbsentValue);
  json.Field(side, ReadValue(side, block.data()));
  json.EndEntry();
  json.EndGroup();
  json.EndMessage();
  EXPECT_EQ(out, R"({"sequence":1,"type":46,"name":"book","length":4,"fields":{"no_entries":[)"
                 R"({"level":{"raw":255,"value":null}},)"
                 R"({"level":{"raw":null,"value":null},"side":{"raw":1,"value":"Buy"}}]}})"
                 "\n");
}

}  // namespace
}  // namespace fh::codecs
