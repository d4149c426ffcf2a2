// Descriptions compared with the field trees of another dissector (expected_json.h): every field by
// its place, its bytes and its value in people's terms.
//
//   FieldTexts ours(captured.packet.data, captured.payload_offset);
//   codec->Describe(captured.packet, frame, ours);
//   const std::map<uint64_t, Leaf> theirs = LeavesOf(line->at("tree"));
//   EXPECT_EQ(Difference(ours.leaves.at(place), theirs.at(place)), "");
#ifndef FEEDHANDLER_TESTS_CODECS_FIELD_TREES_H_
#define FEEDHANDLER_TESTS_CODECS_FIELD_TREES_H_

#include <cstdint>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "codecs/message.h"
#include "codecs/value.h"
#include "tests/codecs/expected_json.h"

namespace fh::test {

struct Leaf {
  std::string name;
  std::string hex;
  std::string text;     // Ours: the value; theirs: "Name: value", "Name: meaning (letter)".
  std::string raw;      // Ours: the letter or number that a name stands for.
  uint32_t type = 0;    // Ours: of the message.
  uint32_t offset = 0;  // Ours: in the message.
};
using Leaves = std::map<uint64_t, Leaf>;  // By the place in the frame.

class FieldTexts final : public codecs::MessageVisitor {
 public:
  FieldTexts(const uint8_t* payload, uint64_t payload_offset)
      : payload_(payload), payload_offset_(payload_offset) {}

  void BeginMessage(uint64_t, const codecs::MessageInfo* info, std::span<const uint8_t>,
                    const char*) override {
    info_ = info;
    if (info != nullptr) ++by_type[info->type];
  }
  void Field(const codecs::FieldInfo& field, const codecs::Value& value) override {
    if (value.bytes.empty()) return;
    const auto place = payload_offset_ + static_cast<uint64_t>(value.bytes.data() - payload_);
    const std::string raw = codecs::IsText(field)
                                ? std::string(value.bytes.begin(), value.bytes.end())
                                : absl::StrCat(value.number);
    leaves[place] = {field.name,
                     Hex(value.bytes),
                     field.kind == codecs::FieldKind::kPadding ? "" : ValueText(field, value),
                     raw,
                     info_->type,
                     field.offset};
  }
  void EndMessage() override {}

  Leaves leaves;
  std::map<uint32_t, uint64_t> by_type;

 private:
  const codecs::MessageInfo* info_ = nullptr;
  const uint8_t* payload_;
  uint64_t payload_offset_;
};

// Some nodes stand for a time that was worked out of others: what is read from the bytes comes
// last.
inline void CollectLeaves(const nlohmann::json& node, Leaves& leaves) {
  const auto children = node.find("c");
  if (children != node.end()) {
    for (const nlohmann::json& child : *children) CollectLeaves(child, leaves);
  } else if (node.value("len", 0) > 0) {
    leaves[node.at("pos").get<uint64_t>()] = {.name = node.value("f", ""),
                                              .hex = node.value("hex", ""),
                                              .text = node.value("label", ""),
                                              .raw = ""};
  }
}

inline bool SameValue(const Leaf& ours, absl::string_view theirs) {
  if (ours.text == theirs || ours.raw == theirs) return true;
  const std::string time = absl::StrReplaceAll(ours.text, {{"T", " "}, {"Z", ""}});
  if (time == absl::StripSuffix(theirs, ".")) return true;
  if (absl::EndsWith(theirs, absl::StrCat("(", ours.raw, ")"))) return true;
  char* end = nullptr;
  const std::string number(theirs);
  const double their_number = std::strtod(number.c_str(), &end);
  return !number.empty() && *end == '\0' && std::strtod(ours.text.c_str(), nullptr) == their_number;
}

// Empty when the two are the same. Padding has bytes alone.
inline std::string Difference(const Leaf& ours, const Leaf& theirs) {
  const size_t colon = theirs.text.find(": ");
  const std::string value = colon == std::string::npos ? "" : theirs.text.substr(colon + 2);
  if (ours.hex == theirs.hex && (ours.text.empty() || SameValue(ours, value))) return "";
  return absl::StrCat(ours.name, " ", ours.hex, " '", ours.text, "', theirs ", theirs.hex, " '",
                      theirs.text, "'");
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_FIELD_TREES_H_
