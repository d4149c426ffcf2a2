#include "codecs/message_json.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "codecs/value.h"

namespace fh::codecs {
namespace {

// One field of a message of its own, rendered.
template <class Field>
std::string Render(const Field& field, std::vector<uint8_t> message) {
  message.resize(32);
  std::string out;
  MessageJson json(out);
  const FieldInfo* fields[] = {&field};
  const MessageInfo info{'X', "x", 1, fields};
  json.BeginMessage(1, &info, message, nullptr);
  json.Field(field, ReadValue(field, message.data()));
  json.EndMessage();
  const size_t begin = out.find("\"fields\":{") + 10;
  return out.substr(begin, out.size() - begin - 3);
}

template <class Integer, std::endian kOrder>
std::string Render(const IntegerField<Integer, kOrder>& field, Integer value) {
  std::vector<uint8_t> message(32);
  field.Put(message.data(), value);
  return Render<FieldInfo>(field, message);
}

TEST(MessageJson, RendersNumbersWhole) {
  EXPECT_EQ(Render(BigEndian<uint64_t>("n", 3), UINT64_MAX),
            R"("n":{"raw":18446744073709551615,"value":18446744073709551615})");
  EXPECT_EQ(Render(LittleEndian<int64_t>("n", 1), INT64_MIN),
            R"("n":{"raw":-9223372036854775808,"value":-9223372036854775808})");
  EXPECT_EQ(Render(LittleEndian<int16_t>("n", 1), int16_t{-2}), R"("n":{"raw":-2,"value":-2})");
}

TEST(MessageJson, RendersDecimalsExactly) {
  EXPECT_EQ(Render(BigEndian<uint32_t>("p", 0, FieldKind::kDecimal, 4), 2555200u),
            R"("p":{"raw":2555200,"value":"255.5200"})");
  EXPECT_EQ(Render(BigEndian<uint32_t>("p", 0, FieldKind::kDecimal, 4), 7u),
            R"("p":{"raw":7,"value":"0.0007"})");
  EXPECT_EQ(Render(LittleEndian<int64_t>("p", 0, FieldKind::kDecimal, 4), int64_t{-10001}),
            R"("p":{"raw":-10001,"value":"-1.0001"})");
  EXPECT_EQ(Render(LittleEndian<int64_t>("p", 0, FieldKind::kDecimal, 8), INT64_MIN),
            R"("p":{"raw":-9223372036854775808,"value":"-92233720368.54775808"})");
}

TEST(MessageJson, RendersTimesInPeoplesTerms) {
  EXPECT_EQ(Render(LittleEndian<int64_t>("t", 0, FieldKind::kUnixNs), 1499697155788781087),
            R"("t":{"raw":1499697155788781087,"value":"2017-07-10T14:32:35.788781087Z"})");
  EXPECT_EQ(Render(LittleEndian<int64_t>("t", 0, FieldKind::kUnixNs), int64_t{-1}),
            R"("t":{"raw":-1,"value":"1969-12-31T23:59:59.999999999Z"})");
  EXPECT_EQ(Render(LittleEndian<uint32_t>("t", 0, FieldKind::kUnixSeconds), 951782400u),
            R"("t":{"raw":951782400,"value":"2000-02-29T00:00:00Z"})");
  EXPECT_EQ(Render(BigEndian<uint64_t>("t", 0, FieldKind::kUnixMs), uint64_t{1470355198018}),
            R"("t":{"raw":1470355198018,"value":"2016-08-04T23:59:58.018Z"})");
  EXPECT_EQ(Render(BigEndian<uint64_t>("t", 0, FieldKind::kUnixMs), UINT64_MAX),
            R"("t":{"raw":18446744073709551615,"value":"18446744073709551615"})");
  EXPECT_EQ(Render(BigEndian<uint32_t>("t", 0, FieldKind::kSecondsSinceMidnight), 34200u),
            R"("t":{"raw":34200,"value":"09:30:00"})");
  std::vector<uint8_t> message(32);
  const BigEndian48 time("t", 5, FieldKind::kNsSinceMidnight);
  time.Put(message.data(), 34200007495351);
  EXPECT_EQ(Render<FieldInfo>(time, message),
            R"("t":{"raw":34200007495351,"value":"09:30:00.007495351"})");
}

TEST(MessageJson, SurvivesTheExtremesOfTime) {
  for (const int64_t ns : {INT64_MIN, INT64_MAX}) {
    EXPECT_NE(Render(LittleEndian<int64_t>("t", 0, FieldKind::kUnixNs), ns), "");
  }
}

TEST(MessageJson, RendersFlagsInHexadecimal) {
  EXPECT_EQ(Render(LittleEndian<uint8_t>("f", 0, FieldKind::kFlags), uint8_t{0x0a}),
            R"("f":{"raw":10,"value":"0b00001010"})");
  EXPECT_EQ(Render(LittleEndian<uint16_t>("f", 0, FieldKind::kFlags), uint16_t{0x8001}),
            R"("f":{"raw":32769,"value":"0b1000000000000001"})");
}

TEST(MessageJson, RendersTextWithAndWithoutItsPadding) {
  const Alpha text("s", 2, 8);
  std::vector<uint8_t> message(32);
  text.Put(message.data(), "BRK.A");
  EXPECT_EQ(Render<FieldInfo>(text, message), R"("s":{"raw":"BRK.A   ","value":"BRK.A"})");
  std::memcpy(message.data() + 2, "a\"\\\n\x7f\xff\0\0", 8);
  EXPECT_EQ(
      Render<FieldInfo>(text, message),
      R"("s":{"raw":"a\"\\\u000a\u007f\u00ff\u0000\u0000","value":"a\"\\\u000a\u007f\u00ff"})");
}

TEST(MessageJson, PutsThePrefixFirstAndEndsEachMessageWithANewline) {
  std::string out;
  MessageJson json(out);
  json.SetPrefix("\"frame\":7,");
  const MessageInfo info{'D', "order_delete", 19, {}};
  const std::vector<uint8_t> bytes(19);
  json.BeginMessage(42, &info, bytes, nullptr);
  json.EndMessage();
  EXPECT_EQ(out,
            "{\"frame\":7,\"sequence\":42,\"type\":\"D\",\"name\":\"order_delete\",\"length\":19,"
            "\"fields\":{}}\n");
}

TEST(MessageJson, SaysWhyAMessageCannotBeDescribed) {
  std::string out;
  MessageJson json(out);
  const std::vector<uint8_t> bytes = {0xab, 0x01};
  json.BeginMessage(5, nullptr, bytes, "unknown type");
  json.EndMessage();
  EXPECT_EQ(out, "{\"sequence\":5,\"length\":2,\"error\":\"unknown type\",\"bytes\":\"ab01\"}\n");
}

}  // namespace
}  // namespace fh::codecs
