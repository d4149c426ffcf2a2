// The fields of captured messages by their place, ours and those of a dissector's field tree: for golden
// tests of venues with single packets.
//
//   DissectedFields theirs(line->at("tree"));
//   OurFields ours(packet, payload_offset);
//   codec->Describe(packet, frame, ours);
//   EXPECT_EQ(Differences(ours.fields, theirs.fields), "");
#ifndef FEEDHANDLER_TESTS_CODECS_FIELD_LEAVES_H_
#define FEEDHANDLER_TESTS_CODECS_FIELD_LEAVES_H_

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "codecs/message.h"
#include "codecs/value.h"
#include "rio/packet.h"
#include "tests/codecs/expected_json.h"

namespace fh::test {

struct PlacedField {
  std::string name;
  std::string hex;
  std::string text;  // Scaled, for people; of theirs what stands behind the name.
  codecs::FieldKind kind = codecs::FieldKind::kUnsigned;
  bool is_there = true;
  bool has_names = false;
};
using PlacedFields = std::map<uint64_t, PlacedField>;  // By their place in the frame.

inline void CollectFields(const nlohmann::json& node, PlacedFields& fields) {
  const auto children = node.find("c");
  if (children == node.end()) {
    if (node.value("len", 0) == 0) return;
    const std::string label = node.value("label", "");
    const size_t colon = label.find(": ");
    fields[node.value("pos", uint64_t{0})] = {
        node.value("f", ""), node.value("hex", ""),
        colon == std::string::npos ? "" : label.substr(colon + 2)};
    return;
  }
  for (const nlohmann::json& child : *children) CollectFields(child, fields);
}

class OurFields final : public codecs::MessageVisitor {
 public:
  OurFields(const rio::Packet& packet, uint64_t payload_offset)
      : payload_(packet.data), offset_(payload_offset) {}
  void BeginMessage(uint64_t, const codecs::MessageInfo* info, std::span<const uint8_t>,
                    const char* why) override {
    ASSERT_NE(info, nullptr) << why;
    ++by_type[info->type];
    text += absl::StrCat(text.empty() ? "" : "\n", info->name, ":");
  }
  void Field(const codecs::FieldInfo& field, const codecs::Value& value) override {
    if (value.bytes.empty()) {
      absl::StrAppend(&text, " ", field.name, "=-");
      return;
    }
    const bool is_there = value.state == codecs::Value::State::kThere;
    const std::string shown = is_there ? codecs::ValueText(field, value) : "-";
    fields[offset_ + static_cast<uint64_t>(value.bytes.data() - payload_)] = {
        Comparable(field.name), Hex(value.bytes), shown, field.kind, is_there,
        !field.names.empty()};
    if (field.kind != codecs::FieldKind::kPadding) {
      absl::StrAppend(&text, " ", field.name, "=", shown);
    }
  }
  void EndMessage() override {}

  PlacedFields fields;
  std::map<uint32_t, uint64_t> by_type;
  std::string text;  // A line a message: its name, then every field.

 private:
  const uint8_t* payload_;
  uint64_t offset_;
};

// Whether what is shown of a field is the same number or time.
inline bool SameValue(const PlacedField& ours, const PlacedField& theirs) {
  using codecs::FieldKind;
  // Names of values differ in spelling; their numbers are compared as bytes.
  if (!ours.is_there || ours.has_names || theirs.text.empty()) return true;
  switch (ours.kind) {
    case FieldKind::kUnsigned:
    case FieldKind::kSigned:
      // Where they name the value, the bytes must do.
      return theirs.text.find_first_not_of("-0123456789") != std::string::npos ||
             ours.text == theirs.text;
    case FieldKind::kDecimal:
      return std::abs(std::strtod(ours.text.c_str(), nullptr) -
                      std::strtod(theirs.text.c_str(), nullptr)) < 1e-9;
    case FieldKind::kUnixNs:
      return absl::StrReplaceAll(ours.text, {{"T", " "}, {"Z", ""}}) == theirs.text;
    default:
      return true;
  }
}

// What is not the same, as text; bytes that are padding in one of the two may be cut differently. Every
// byte of theirs must be ours too.
inline std::string Differences(const PlacedFields& ours, const PlacedFields& theirs) {
  std::string text;
  std::map<uint64_t, std::string> our_bytes;
  for (const auto& [place, field] : ours) {
    for (size_t i = 0; i * 2 < field.hex.size(); ++i) {
      our_bytes[place + i] = field.hex.substr(2 * i, 2);
    }
  }
  for (const auto& [place, field] : theirs) {
    for (size_t i = 0; i * 2 < field.hex.size(); ++i) {
      if (our_bytes[place + i] != field.hex.substr(2 * i, 2)) {
        absl::StrAppend(&text, " byte ", place + i, " of ", field.name);
      }
    }
    if (absl::StartsWith(field.name, "pad")) continue;
    const auto same = ours.find(place);
    if (same == ours.end() || same->second.name != field.name || same->second.hex != field.hex ||
        !SameValue(same->second, field)) {
      absl::StrAppend(&text, " theirs ", place, ":", field.name, "=", field.hex, " ", field.text,
                      same == ours.end() ? ""
                                         : absl::StrCat(" ours ", same->second.name, "=",
                                                        same->second.hex, " ", same->second.text));
    }
  }
  return text;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_FIELD_LEAVES_H_
