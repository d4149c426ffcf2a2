#include "codecs/message_json.h"

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "absl/time/civil_time.h"

namespace fh::codecs {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr uint64_t kSecondsPerDay = 86'400;
constexpr size_t kMostDigits = 24;

// What a message or field takes besides its names and bytes; and a byte as \u00XX, twice.
constexpr size_t kOverheadBytes = 256;
constexpr size_t kTextBytes = 12;
// Grown by so much at once.
constexpr size_t kRoomBytes = 1024;

// All of these write at `at`, where there is room, and move it on.

// At least `width` digits.
void AppendPadded(uint64_t value, size_t width, char*& at) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const auto count = static_cast<size_t>(end - digits.data());
  for (size_t i = count; i < width; ++i) *at++ = '0';
  std::memcpy(at, digits.data(), count);
  at += count;
}

void AppendHex(std::span<const uint8_t> bytes, char*& at) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const uint8_t byte : bytes) {
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 0xf];
  }
}

// "hh:mm:ss"; more than 24 hours are shown as they are.
void AppendTimeOfDay(uint64_t seconds, char*& at) {
  AppendPadded(seconds / 3600, 2, at);
  *at++ = ':';
  AppendPadded(seconds / 60 % 60, 2, at);
  *at++ = ':';
  AppendPadded(seconds % 60, 2, at);
}

// RFC 3339, in UTC.
void AppendDateAndTime(int64_t seconds, char*& at) {
  int64_t days = seconds / static_cast<int64_t>(kSecondsPerDay);
  if (seconds < days * static_cast<int64_t>(kSecondsPerDay)) --days;
  const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + days;
  if (day.year() < 0) *at++ = '-';
  AppendPadded(static_cast<uint64_t>(day.year() < 0 ? -day.year() : day.year()), 4, at);
  *at++ = '-';
  AppendPadded(static_cast<uint64_t>(day.month()), 2, at);
  *at++ = '-';
  AppendPadded(static_cast<uint64_t>(day.day()), 2, at);
  *at++ = 'T';
  AppendTimeOfDay(static_cast<uint64_t>(seconds - days * static_cast<int64_t>(kSecondsPerDay)), at);
}

void AppendUnixNs(int64_t ns, char*& at) {
  int64_t seconds = ns / static_cast<int64_t>(kNsPerSecond);
  if (ns < seconds * static_cast<int64_t>(kNsPerSecond)) --seconds;
  AppendDateAndTime(seconds, at);
  *at++ = '.';
  AppendPadded(static_cast<uint64_t>(ns) - static_cast<uint64_t>(seconds) * kNsPerSecond, 9, at);
  *at++ = 'Z';
}

void AppendDecimal(uint64_t magnitude, bool negative, unsigned decimals, char*& at) {
  uint64_t scale = 1;
  for (unsigned i = 0; i < decimals; ++i) scale *= 10;
  if (negative) *at++ = '-';
  at = std::to_chars(at, at + kMostDigits, magnitude / scale).ptr;
  if (decimals == 0) return;
  *at++ = '.';
  AppendPadded(magnitude % scale, decimals, at);
}

// The field's integer, sign-extended when it has a sign.
uint64_t LoadInteger(const FieldInfo& field, std::span<const uint8_t> bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    value = value << 8 | bytes[field.big_endian ? i : bytes.size() - 1 - i];
  }
  const size_t unused_bits = 64 - 8 * bytes.size();
  if (field.is_signed && unused_bits != 0 && unused_bits != 64) {
    value = static_cast<uint64_t>(static_cast<int64_t>(value << unused_bits) >>
                                  static_cast<int64_t>(unused_bits));
  }
  return value;
}

void RawInteger(const FieldInfo& field, uint64_t value, JsonWriterTo<BufferSink>& json) {
  if (field.is_signed) {
    json.Number(static_cast<int64_t>(value));
  } else {
    json.Number(value);
  }
}

// In people's terms; of numbers that are no more than that, and unknown kinds, nothing.
void AppendInTerms(const FieldInfo& field, uint64_t value, char*& at) {
  const bool negative = field.is_signed && static_cast<int64_t>(value) < 0;
  switch (field.kind) {
    case FieldKind::kDecimal:
      AppendDecimal(negative ? 0 - value : value, negative, field.decimals, at);
      break;
    case FieldKind::kFlags:
      *at++ = '0';
      *at++ = 'b';
      for (size_t bit = 8 * field.length; bit-- > 0;) *at++ = (value >> bit & 1) != 0 ? '1' : '0';
      break;
    case FieldKind::kUnixNs:
      AppendUnixNs(static_cast<int64_t>(value), at);
      break;
    case FieldKind::kUnixSeconds:
      AppendDateAndTime(static_cast<int64_t>(value), at);
      *at++ = 'Z';
      break;
    case FieldKind::kNsSinceMidnight:
      AppendTimeOfDay(value / kNsPerSecond, at);
      *at++ = '.';
      AppendPadded(value % kNsPerSecond, 9, at);
      break;
    case FieldKind::kSecondsSinceMidnight:
      AppendTimeOfDay(value, at);
      break;
    default:
      break;
  }
}

void Value(const FieldInfo& field, uint64_t value, JsonWriterTo<BufferSink>& json) {
  if (field.kind == FieldKind::kUnsigned || field.kind == FieldKind::kSigned) {
    return RawInteger(field, value, json);
  }
  json.BeginText();
  AppendInTerms(field, value, json.sink().at);
  json.EndText();
}

std::string_view TextOf(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const uint8_t> WithoutPadding(std::span<const uint8_t> text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == 0)) {
    text = text.first(text.size() - 1);
  }
  return text;
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
  if (info->type > 0x20 && info->type < 0x7f) {
    const auto letter = static_cast<char>(info->type);
    json_.Text({&letter, 1});
  } else {
    json_.Number(info->type);
  }
  json_.Key("name").Word(name).Key("length").Number(bytes.size());
  json_.Key("fields").BeginObject();
}

void MessageJson::Field(const FieldInfo& field, std::span<const uint8_t> bytes) {
  const std::string_view name = field.name;
  MakeRoom(kOverheadBytes + name.size() + kTextBytes * bytes.size());
  json_.Key(name).BeginObject().Key("raw");
  if (field.kind == FieldKind::kAlpha || field.kind == FieldKind::kChar) {
    json_.Text(TextOf(bytes)).Key("value");
    json_.Text(TextOf(field.kind == FieldKind::kAlpha ? WithoutPadding(bytes) : bytes));
  } else {
    const uint64_t value = LoadInteger(field, bytes);
    RawInteger(field, value, json_);
    json_.Key("value");
    Value(field, value, json_);
  }
  json_.EndObject();
}

void MessageJson::EndMessage() {
  MakeRoom(kOverheadBytes);
  if (described_) json_.EndObject();
  json_.EndObject().EndLine();
  out_.resize(static_cast<size_t>(json_.sink().at - out_.data()));
}

}  // namespace fh::codecs
