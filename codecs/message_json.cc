#include "codecs/message_json.h"

#include <string_view>

namespace fh::codecs {
namespace {

// What a message or field takes besides its names and bytes; and a byte as \u00XX, twice.
constexpr size_t kOverheadBytes = 256;
constexpr size_t kTextBytes = 12;
// Grown by so much at once.
constexpr size_t kRoomBytes = 1024;

// Writes at `at`, where there is room, and moves it on.
void AppendHex(std::span<const uint8_t> bytes, char*& at) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const uint8_t byte : bytes) {
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 0xf];
  }
}

void RawInteger(const FieldInfo& field, uint64_t value, JsonWriterTo<BufferSink>& json) {
  if (field.is_signed) {
    json.Number(static_cast<int64_t>(value));
  } else {
    json.Number(value);
  }
}

std::string_view TextOf(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void MessageJson::MakeRoom(size_t bytes) {
  const auto used = static_cast<size_t>(json_.sink().at - out_.data());
  if (out_.size() - used >= bytes) return;
  out_.resize(used + bytes + kRoomBytes);
  json_.sink().at = out_.data() + used;
}

void MessageJson::BeginMessage(uint64_t sequence, const MessageInfo* info,
                               std::span<const uint8_t> bytes, const char* why) {
  described_ = info != nullptr;
  const std::string_view name = described_ ? info->name : why;
  json_.sink().at = out_.data() + out_.size();
  MakeRoom(kOverheadBytes + prefix_.size() + kTextBytes * name.size() +
           (described_ ? 0 : 2 * bytes.size()));
  json_.BeginObject().Members(prefix_).Key("sequence").Number(sequence);
  if (!described_) {
    json_.Key("length").Number(bytes.size()).Key("error").Text(name).Key("bytes").BeginText();
    AppendHex(bytes, json_.sink().at);
    json_.EndText();
    return;
  }
  json_.Key("type");
  if (!info->is_template && info->type > 0x20 && info->type < 0x7f) {
    const auto letter = static_cast<char>(info->type);
    json_.Text({&letter, 1});
  } else {
    json_.Number(info->type);
  }
  json_.Key("name").Word(name).Key("length").Number(bytes.size());
  json_.Key("fields").BeginObject();
}

void MessageJson::Field(const FieldInfo& field, const Value& value) {
  if (field.kind == FieldKind::kPadding) return;
  const std::string_view name = field.name;
  MakeRoom(kOverheadBytes + name.size() + kTextBytes * value.bytes.size() +
           ValueTextBytes(field, value));
  json_.Key(name).BeginObject().Key("raw");
  if (value.state == Value::State::kAbsent) {
    json_.Null();
  } else if (IsText(field)) {
    json_.Text(TextOf(value.bytes));
  } else {
    RawInteger(field, value.number, json_);
  }
  json_.Key("value");
  InTerms(field, value);
  json_.EndObject();
}

void MessageJson::InTerms(const FieldInfo& field, const Value& value) {
  if (value.state != Value::State::kThere) {
    json_.Null();
  } else if (IsText(field) && NameOf(field, value) == nullptr) {
    const bool is_letter = field.kind == FieldKind::kChar;
    json_.Text(TextOf(is_letter ? value.bytes : WithoutPadding(value.bytes)));
  } else if (IsPlainNumber(field, value)) {
    RawInteger(field, value.number, json_);
  } else {
    json_.BeginText();
    json_.sink().at = AppendValueText(field, value, json_.sink().at);
    json_.EndText();
  }
}

void MessageJson::BeginGroup(const GroupInfo& group, uint32_t /*entries*/) {
  const std::string_view name = group.name;
  MakeRoom(kOverheadBytes + name.size());
  json_.Key(name).BeginArray();
}

void MessageJson::BeginEntry() {
  MakeRoom(kOverheadBytes);
  json_.BeginObject();
}

void MessageJson::EndEntry() {
  MakeRoom(kOverheadBytes);
  json_.EndObject();
}

void MessageJson::EndGroup() {
  MakeRoom(kOverheadBytes);
  json_.EndArray();
}

void MessageJson::EndMessage() {
  MakeRoom(kOverheadBytes);
  if (described_) json_.EndObject();
  json_.EndObject().EndLine();
  out_.resize(static_cast<size_t>(json_.sink().at - out_.data()));
}

}  // namespace fh::codecs
