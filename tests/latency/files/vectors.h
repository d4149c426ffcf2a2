// Test vectors of HdrHistogram's files: those of the repository, and those of others, which are beside
// the captures (tests/captures.h) and never part of it.
#ifndef FEEDHANDLER_TESTS_LATENCY_FILES_VECTORS_H_
#define FEEDHANDLER_TESTS_LATENCY_FILES_VECTORS_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "latency/files/hdr_encoding.h"
#include "tests/captures.h"

namespace fh::latency::files::test {

inline std::string FileText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::filesystem::path DataFile(const std::string& name) {
  return std::filesystem::path(FEEDHANDLER_LATENCY_DATA) / name;
}

inline std::optional<std::filesystem::path> HdrCapture(const std::string& name) {
  return fh::test::CaptureFile("hdr/" + name);
}

inline std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// One of encoding-v2.json.
struct EncodingVector {
  std::string name;
  HdrHistogram histogram;  // Recorded here.
  std::string bytes;
  nlohmann::json json;
};

inline std::vector<EncodingVector> EncodingVectors() {
  std::vector<EncodingVector> vectors;
  for (const auto& json : nlohmann::json::parse(FileText(DataFile("encoding-v2.json")))) {
    const absl::StatusOr<HdrLayout> layout =
        HdrLayout::Make({.lowest = json["lowest"].get<int64_t>(),
                         .highest = json["highest"].get<int64_t>(),
                         .digits = json["digits"].get<int>()});
    EncodingVector vector{json["name"].get<std::string>(), HdrHistogram(layout.value()),
                          FromHex(json["v2_hex"].get<std::string>()), json};
    for (const auto& value : json["recorded"]) {
      vector.histogram.Record(value[0].get<int64_t>(), value[1].get<uint64_t>());
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

}  // namespace fh::latency::files::test

#endif  // FEEDHANDLER_TESTS_LATENCY_FILES_VECTORS_H_
