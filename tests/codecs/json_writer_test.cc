#include "codecs/json_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace fh {
namespace {

using nlohmann::json;

// Everything a writer can be asked for, into either sink.
template <class Writer>
void WriteAll(Writer& writer) {
  writer.BeginObject().Key("empty").BeginObject().EndObject().Key("list").BeginArray();
  writer.Number(0).Number(UINT64_MAX).Number(INT64_MIN).Number(uint16_t{7}).Real(0.1).Null();
  writer.BeginArray().EndArray().Bool(true).EndArray();
  writer.Key("text").Text("a\"b\\c\n\x7f\xff").Key("word").Word("plain").Key("time").TimeNs(5);
  writer.Key("no_time").TimeNs(0).Key("exact").NumberText(INT64_MAX).Key("more").Bool(false);
  writer.EndObject().EndLine();
  writer.BeginObject().Members("\"before\":1,").Key("then").Text("").EndObject().EndLine();
}

constexpr char kAll[] =
    "{\"empty\":{},\"list\":[0,18446744073709551615,-9223372036854775808,7,0.1,null,[],true],"
    "\"text\":\"a\\\"b\\\\c\\u000a\\u007f\\u00ff\",\"word\":\"plain\",\"time\":\"5\",\"no_time\":"
    "null,"
    "\"exact\":\"9223372036854775807\",\"more\":false}\n"
    "{\"before\":1,\"then\":\"\"}\n";

TEST(JsonWriter, WritesTheSameBytesIntoAStringAndAtAPointer) {
  JsonWriter to_string;
  WriteAll(to_string);
  EXPECT_EQ(to_string.text(), kAll);
  std::array<char, 1024> buffer;
  JsonWriterTo<BufferSink> to_buffer(BufferSink{buffer.data()});
  WriteAll(to_buffer);
  EXPECT_EQ(std::string(buffer.data(), to_buffer.sink().at), kAll);
}

TEST(JsonWriter, EscapesEveryByteSoThatAnyTextIsValid) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  JsonWriter writer;
  writer.BeginArray().Text(all).Text(all.substr(0, 5)).EndArray();
  const json array = json::parse(writer.text());
  EXPECT_EQ(array[0].get<std::string>().substr(0, 128), all.substr(0, 128));
  EXPECT_EQ(array[1].get<std::string>(), all.substr(0, 5));
}

TEST(JsonWriter, LongNamesAndWordsStayWhole) {
  const std::string longest(5000, 'n');
  JsonWriter writer;
  writer.BeginObject().Key(longest).Word(longest).Key(longest + "2").Number(1).EndObject();
  const json object = json::parse(writer.text());
  EXPECT_EQ(object[longest], longest);
  EXPECT_EQ(object[longest + "2"], 1);
}

TEST(JsonWriter, RealsAreToNineDigitsWhateverTheyAre) {
  const auto real = [](double value) {
    JsonWriter writer;
    writer.Real(value);
    return writer.text();
  };
  EXPECT_EQ(real(0), "0");
  EXPECT_EQ(real(1.5), "1.5");
  EXPECT_EQ(real(1234567890.0), "1.23456789e+09");
  EXPECT_EQ(real(-0.000012345), "-1.2345e-05");
  EXPECT_EQ(real(1.0 / 3), "0.333333333");
  EXPECT_EQ(real(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(real(std::numeric_limits<double>::quiet_NaN()), "null");
}

}  // namespace
}  // namespace fh
