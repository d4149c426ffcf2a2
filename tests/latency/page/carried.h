// What a page carries, as its own script reads it.
//
//   const Carried carried = CarriedBy(page);
//   EXPECT_EQ(carried.report["environment"][0][0], "cpu");
#ifndef FEEDHANDLER_TESTS_LATENCY_PAGE_CARRIED_H_
#define FEEDHANDLER_TESTS_LATENCY_PAGE_CARRIED_H_

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"

namespace fh::latency::page {

// What data.js reads of a page.
struct Carried {
  nlohmann::json report;
  std::string bytes;

  // A series' grid: [row][column], and 1 + the maximum of each column.
  std::vector<std::vector<uint64_t>> Cells(const nlohmann::json& series,
                                           std::vector<uint64_t>* tops) const {
    const size_t columns = report["columns"];
    size_t at = series["grid"][2];
    const auto next = [&] {
      uint64_t value = 0;
      for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.at(at++));
        value |= static_cast<uint64_t>(byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    for (size_t i = 0; i < columns; ++i) tops->push_back(next());
    std::vector<std::vector<uint64_t>> cells(series["grid"][1].get<size_t>());
    for (std::vector<uint64_t>& row : cells) {
      for (size_t i = 0; i < columns; ++i) row.push_back(next());
    }
    EXPECT_EQ(at, series["grid"][2].get<size_t>() + series["grid"][3].get<size_t>());
    return cells;
  }
};

inline std::string Between(const std::string& text, const std::string& from,
                           const std::string& to) {
  const size_t begin = text.find(from);
  EXPECT_NE(begin, std::string::npos) << from;
  const size_t end = text.find(to, begin + from.size());
  return text.substr(begin + from.size(), end - begin - from.size());
}

inline Carried CarriedBy(const std::string& page) {
  std::string packed;
  EXPECT_TRUE(absl::Base64Unescape(Between(page, "id=\"data\">", "</script>"), &packed));
  std::string all(64 << 20, '\0');
  auto size = static_cast<uLongf>(all.size());
  EXPECT_EQ(
      uncompress(reinterpret_cast<Bytef*>(all.data()), &size,
                 reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size())),
      Z_OK);
  all.resize(size);
  size_t length = 0;
  for (size_t i = 0; i < 4; ++i) {
    length |= static_cast<size_t>(static_cast<unsigned char>(all.at(i))) << (8 * i);
  }
  std::string text = all.substr(4, length);
  // A browser puts another character for what is not UTF-8; this reader would refuse it.
  for (char& c : text) c = static_cast<unsigned char>(c) >= 0xfe ? '?' : c;
  return {nlohmann::json::parse(text), all.substr(4 + length)};
}

}  // namespace fh::latency::page

#endif  // FEEDHANDLER_TESTS_LATENCY_PAGE_CARRIED_H_
