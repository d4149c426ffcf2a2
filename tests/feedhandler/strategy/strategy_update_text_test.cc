#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "feedhandler/strategy/update_text.h"
#include "tests/feedhandler/strategy/test_updates.h"

namespace fh {
namespace {

using test::BaseUpdate;
using test::OneOfEach;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Price(int64_t price_e9) {
  std::array<char, 32> text;
  return std::string(text.data(), FormatPrice(price_e9, text.data()));
}

std::string Text(const codecs::NormalizedUpdate& update, std::string_view symbol,
                 const UpdateTextOptions& options) {
  std::array<char, kMaxUpdateTextBytes> line;
  return std::string(line.data(), FormatUpdate(update, symbol, options, line.data()));
}

std::vector<std::string> Lines(const UpdateTextOptions& options) {
  std::vector<std::string> lines;
  for (const auto& update : OneOfEach()) {
    const bool known = update.instrument_id == 7;
    lines.push_back(Text(update, known ? "AAPL" : "", options));
  }
  return lines;
}

std::string Header(const UpdateTextOptions& options) {
  std::array<char, kMaxUpdateTextBytes> line;
  return std::string(line.data(), FormatUpdateHeader(options, line.data()));
}

TEST(UpdateText, PricesAreExactDecimalsWithoutTrailingZeros) {
  EXPECT_EQ(Price(0), "0");
  EXPECT_EQ(Price(100'000'000'000), "100");
  EXPECT_EQ(Price(187'250'000'000), "187.25");
  EXPECT_EQ(Price(1), "0.000000001");
  EXPECT_EQ(Price(-1), "-0.000000001");
  EXPECT_EQ(Price(-1'500'000'000), "-1.5");
  EXPECT_EQ(Price(10'000'000'010), "10.00000001");
  EXPECT_EQ(Price(std::numeric_limits<int64_t>::min()), "-9223372036.854775808");
  EXPECT_EQ(Price(std::numeric_limits<int64_t>::max() - 1), "9223372036.854775806");
}

TEST(UpdateText, CsvOfEveryRecord) {
  EXPECT_THAT(
      Lines({}),
      ElementsAre(
          "1500000000000000001,1600000000000000001,3,1,7,AAPL,order,A,B,LAST,3,,"
          "18446744073709551615,,187.25,300,,,,,,,,,,,,,,,,,,,,,,,,0,0,,,,,,\n",
          "1500000000000000002,1600000000000000002,3,2,7,AAPL,level,M,A,MBP|MAYBE_BAD_BOOK,3,,"
          ",,0.0001,400,4,2,,,,,,,,,,,,,,,,,,,,,,0,0,,,,,,\n",
          "1500000000000000003,1600000000000000003,3,3,7,AAPL,top,M,N,LAST|TOB|BAD_TS_RECV,3,,"
          ",,,,,,99.5,,5,0,,,,,,,,,,,,,,,,,,0,0,,,,,,\n",
          ",1600000000000000004,3,4,7,AAPL,trade,T,N,,3,,"
          ",77,-0.000000001,12,,,,,,,,,,,,,,,,,,,,,,,,0,0,,,,,,\n",
          "1500000000000000005,1600000000000000005,3,5,7,AAPL,status,N,N,,3,,"
          ",,,,,,,,,,TRADING,HALTED,H,T1,-5,,,,,,,,,,,,,0,0,,,,,,\n",
          "1500000000000000006,1600000000000000006,3,6,8,BRK.A,definition,N,N,,3,,"
          ",,,,,,,,,,FUTURE,,,,,100,0,Q,,,,,,,,,,0,0,,,,,3,10\n",
          "1500000000000000007,1600000000000000007,3,7,7,AAPL,imbalance,N,N,,3,0x07,"
          ",,,,,,,,,,,,,,,,,,1,10,20,,,,,,,0,0,,,,,,\n",
          "1500000000000000008,1600000000000000008,3,8,7,AAPL,statistic,N,N,,3,,"
          ",,123456789.012345678,,,,,,,,,,,,,,,,,,,9,CLOSING_PRICE,,,,,0,0,,,,,,\n",
          "1500000000000000020,1600000000000000020,3,20,0,,gap,N,N,,0,,"
          ",,,,,,,,,,,,,,,,,,,,,,,9,20,12,LOST,4000000000,0,,,,,,\n",
          "1500562949953421333,1600562949953421333,3,21,0,,session,R,N,,0,,"
          ",,,,,,,,,,,RESTARTED,,,,,,,,,,,,,,,,0,2,DAY1\\x01,6,,,,\n",
          "1500000000000000022,1600000000000000022,3,22,7,AAPL,trade_detail,N,N,,1,,"
          ",,,,,,,,,,CORRECTION,,,,,,,,,,,,,,,,,0,0,,,18446744073709551615,@F I,,\n"));
}

TEST(UpdateText, EveryCsvLineHasTheHeadersColumns) {
  for (const bool receive_times : {true, false}) {
    for (const bool symbol : {true, false}) {
      const UpdateTextOptions options{.receive_times = receive_times, .symbol = symbol};
      const std::string header = Header(options);
      const auto commas = std::count(header.begin(), header.end(), ',');
      EXPECT_EQ(commas, 46 - (receive_times ? 0 : 2) - (symbol ? 0 : 1));
      EXPECT_NE(header[header.size() - 2], ',');
      for (const std::string& line : Lines(options)) {
        EXPECT_EQ(std::count(line.begin(), line.end(), ','), commas) << line;
      }
    }
  }
}

TEST(UpdateText, JsonOfEveryRecord) {
  const std::vector<std::string> lines = Lines({.format = UpdateTextFormat::kJson});
  EXPECT_EQ(
      lines[0],
      R"({"ts_event_ns":"1500000000000000001","ts_recv_ns":"1600000000000000001",)"
      R"("channel_id":3,"sequence":1,"instrument_id":7,"symbol":"AAPL","record":"order",)"
      R"("action":"A","side":"B","flags":["LAST"],"index":3,"detail":null,)"
      R"("order_id":"18446744073709551615","price":"187.25","size":300,"published_ns32":0,"stream":0})"
      "\n");
  EXPECT_THAT(lines[1], HasSubstr(R"("flags":["MBP","MAYBE_BAD_BOOK"])"));
  EXPECT_THAT(lines[1], HasSubstr(R"("price":"0.0001","size":400,"order_count":4,"depth":2,)"));
  EXPECT_THAT(lines[2],
              HasSubstr(R"("bid_price":"99.5","ask_price":null,"bid_size":5,"ask_size":0,)"));
  EXPECT_THAT(lines[3], HasSubstr(R"({"ts_event_ns":null,)"));
  EXPECT_THAT(lines[3], HasSubstr(R"("trade_id":"77","price":"-0.000000001","size":12,)"));
  EXPECT_THAT(
      lines[4],
      HasSubstr(R"("kind":"TRADING","state":"HALTED","code":"H","reason":"T1","value":-5,)"));
  EXPECT_THAT(lines[5], HasSubstr(R"("symbol":"BRK.A","record":"definition")"));
  EXPECT_THAT(lines[5], HasSubstr(R"("size_decimals":3,"book_depth":10})"));
  EXPECT_THAT(lines[9], HasSubstr(R"("session":"DAY1\u0001","epoch":6})"));
  EXPECT_THAT(lines[10], HasSubstr(R"("original_id":"18446744073709551615","conditions":"@F I"})"));
  EXPECT_THAT(lines[5], HasSubstr(R"("round_lot":100,"is_test":0,"security_class":"Q",)"));
  EXPECT_THAT(lines[6], HasSubstr(R"("reference_price":"1","paired":10,"imbalance":20,)"));
  EXPECT_THAT(lines[7],
              HasSubstr(R"("price":"123456789.012345678","quantity":9,"type":"CLOSING_PRICE",)"));
  EXPECT_THAT(lines[8], HasSubstr(R"("first":9,"last":20,"count":12,"cause":"LOST",)"));
  EXPECT_EQ(Header({.format = UpdateTextFormat::kJson}), "");
}

TEST(UpdateText, TheStreamIsNoPartOfTheNumber) {
  auto update = BaseUpdate(FH_RECORD_GAP, FH_ACTION_NONE, fh_sequence(5, 20));
  update.gap = {.first = fh_sequence(5, 9),
                .last = fh_sequence(5, 20),
                .count = 12,
                .cause = FH_GAP_LOST,
                .reserved = 0};
  const std::string json = Text(update, "", {.format = UpdateTextFormat::kJson});
  EXPECT_THAT(json, HasSubstr(R"("sequence":20,)"));
  EXPECT_THAT(json, HasSubstr(R"("first":9,"last":20,)"));
  EXPECT_THAT(json, HasSubstr(R"("stream":5})"));
}

TEST(UpdateText, WithoutReceiveTimesRunsCompareEqual) {
  for (const auto format : {UpdateTextFormat::kCsv, UpdateTextFormat::kJson}) {
    const UpdateTextOptions options{.format = format, .receive_times = false};
    for (const auto& update : OneOfEach()) {
      auto later = update;
      later.ts_recv_ns += 12345;
      later.published_ns32 += 99;
      later.flags ^= FH_FLAG_BAD_TS_RECV;
      EXPECT_EQ(Text(update, "A", options), Text(later, "A", options));
      later.sequence += 1;
      EXPECT_NE(Text(update, "A", options), Text(later, "A", options));
    }
  }
}

TEST(UpdateText, UnknownValuesAreNumbers) {
  auto update = BaseUpdate(99, 'x', 1);
  update.flags = 1;
  update.side = '\x80';
  update.action = ',';
  EXPECT_THAT(Text(update, "", {}), HasSubstr(",99,0x2c,0x80,IMPLIED,"));
  auto status = BaseUpdate(FH_RECORD_STATUS, 'N', 1);
  status.status.kind = 999;
  EXPECT_THAT(Text(status, "", {.format = UpdateTextFormat::kJson}),
              HasSubstr(R"("kind":999,"code":null,"reason":null,"value":0)"));
}

TEST(UpdateText, HostileTextsAreEscaped) {
  auto update = BaseUpdate(FH_RECORD_STATUS, 'N', 1);
  update.status.reason[0] = '"';
  update.status.reason[1] = ',';
  update.status.reason[2] = '\n';
  update.status.reason[3] = '\\';
  EXPECT_THAT(Text(update, "", {}), HasSubstr(R"(,""",\x0a\",)"));
  EXPECT_THAT(Text(update, "", {.format = UpdateTextFormat::kJson}),
              HasSubstr(R"("reason":"\",\u000a\\")"));
  EXPECT_THAT(Text(update, "\xff\x01", {.format = UpdateTextFormat::kJson}),
              HasSubstr(R"("symbol":"\u00ff\u0001")"));
}

TEST(UpdateText, NoLineIsLongerThanPromised) {
  for (int record = 0; record < 16; ++record) {
    codecs::NormalizedUpdate update;
    std::memset(static_cast<void*>(&update), 0xff, sizeof(update));
    update.record = static_cast<uint8_t>(record);
    if (record == FH_RECORD_STATUS) update.status.kind = FH_STATUS_OPERATIONAL_HALT;
    update.ts_event_ns = update.ts_recv_ns = std::numeric_limits<int64_t>::min();
    for (const auto format : {UpdateTextFormat::kCsv, UpdateTextFormat::kJson}) {
      std::array<char, 4 * kMaxUpdateTextBytes> line;
      const std::string symbol(1000, '\xfe');
      const size_t bytes = FormatUpdate(update, symbol, {.format = format}, line.data());
      EXPECT_LE(bytes, kMaxUpdateTextBytes);
      EXPECT_EQ(line[bytes - 1], '\n');
    }
  }
}

}  // namespace
}  // namespace fh
