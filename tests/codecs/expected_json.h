// Reads what independent decoders made of the captures: JSON lines, plain or gzipped.
//
//   ExpectedLines lines(*CaptureFile("expected/tops16_20170710_head6500.pcap.fields.jsonl.gz"));
//   while (std::optional<nlohmann::json> line = lines.Next()) Compare(*line);
//   EXPECT_EQ(Comparable("order_reference_number"), "orderreferencenumber");
//
// The `*.fields.jsonl` files have a line a frame with a tree of fields: "f" the name, "pos" the
// offset in the frame, "len", "hex" the raw bytes, "label" the text, "c" the children.
#ifndef FEEDHANDLER_TESTS_CODECS_EXPECTED_JSON_H_
#define FEEDHANDLER_TESTS_CODECS_EXPECTED_JSON_H_

#include <zlib.h>

#include <cctype>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fh::test {

class ExpectedLines {
 public:
  explicit ExpectedLines(const std::filesystem::path& path)
      : file_(gzopen(path.string().c_str(), "rb"), gzclose) {
    if (file_ != nullptr) gzbuffer(file_.get(), 1 << 18);
  }

  bool ok() const { return file_ != nullptr; }

  // All that is left as one JSON document, for files that are not JSON lines.
  std::optional<nlohmann::json> NextDocument() {
    std::string text;
    char part[1 << 16];
    while (file_ != nullptr && gzgets(file_.get(), part, sizeof part) != nullptr) text += part;
    if (text.empty()) return std::nullopt;
    return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  }

  // The next line, or nothing at the end. A line that is no JSON comes back as "discarded".
  std::optional<nlohmann::json> Next() {
    const std::string line = NextText();
    if (line.empty()) return std::nullopt;
    return nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  }

  // Past the next line; false when there is none.
  bool Skip() { return !NextText().empty(); }

 private:
  std::string NextText() {
    std::string line;
    char part[1 << 16];
    while (file_ != nullptr && gzgets(file_.get(), part, sizeof part) != nullptr) {
      line += part;
      if (line.back() == '\n') break;
    }
    return line;
  }

  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

// A name of ours as the field trees spell it: lower case, no underscores.
inline std::string Comparable(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != '_') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

inline std::string Hex(std::span<const uint8_t> bytes) {
  std::string result;
  for (const uint8_t byte : bytes) {
    result += "0123456789abcdef"[byte >> 4];
    result += "0123456789abcdef"[byte & 15];
  }
  return result;
}

// The child called `name` of a node of a field tree; null when there is none.
inline const nlohmann::json* Child(const nlohmann::json& node, std::string_view name) {
  const auto children = node.find("c");
  if (children == node.end()) return nullptr;
  for (const nlohmann::json& child : *children) {
    if (child.value("f", "") == name) return &child;
  }
  return nullptr;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_EXPECTED_JSON_H_
