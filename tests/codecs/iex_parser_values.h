// Values as the parser prints them that made expected/deep10_20170425.iex_parser.jsonl.gz: prices
// in decimals, times in microseconds.
#ifndef FEEDHANDLER_TESTS_CODECS_IEX_PARSER_VALUES_H_
#define FEEDHANDLER_TESTS_CODECS_IEX_PARSER_VALUES_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "tests/platform.h"

namespace fh::test {

// The parser keeps seconds as a double, correctly rounded (as strtod does), and rounds that to
// microseconds.
inline int64_t AsParserMicroseconds(int64_t time_ns) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%09lld", static_cast<long long>(time_ns / 1'000'000'000),
                static_cast<long long>(time_ns % 1'000'000'000));
  const double seconds = std::strtod(text, nullptr);
  double whole;
  const double fraction = std::modf(seconds, &whole);
  return static_cast<int64_t>(whole) * 1'000'000 + std::llrint(fraction * 1e6);
}

// UNIX microseconds of "2017-04-25T15:03:41.826543+00:00".
inline int64_t MicrosecondsOf(const std::string& iso) {
  std::tm when{};
  int microseconds = 0;
  EXPECT_GE(std::sscanf(iso.c_str(), "%d-%d-%dT%d:%d:%d.%6d", &when.tm_year, &when.tm_mon,
                        &when.tm_mday, &when.tm_hour, &when.tm_min, &when.tm_sec, &microseconds),
            6);
  when.tm_year -= 1900;
  when.tm_mon -= 1;
  return UnixSeconds(&when) * 1'000'000 + microseconds;
}

// 1e-9 of decimals with at most nine digits behind the point.
inline int64_t PriceE9Of(const std::string& text) {
  const size_t point = text.find('.');
  std::string digits = text.substr(0, point);
  const std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
  digits += decimals + std::string(9 - std::min<size_t>(9, decimals.size()), '0');
  return std::stoll(digits);
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_IEX_PARSER_VALUES_H_
