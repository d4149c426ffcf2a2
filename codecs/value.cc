#include "codecs/value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <string_view>

#include "absl/time/civil_time.h"

namespace fh::codecs {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr uint64_t kSecondsPerDay = 86'400;
constexpr size_t kMostDigits = 24;
// A number with its sign, point and 128 zeros on either side; times and floats are shorter.
constexpr size_t kMostNumberBytes = 192;

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

// "hh:mm:ss"; more than 24 hours are shown as they are.
void AppendTimeOfDay(uint64_t seconds, char*& at) {
  AppendPadded(seconds / 3600, 2, at);
  *at++ = ':';
  AppendPadded(seconds / 60 % 60, 2, at);
  *at++ = ':';
  AppendPadded(seconds % 60, 2, at);
}

void AppendDate(int64_t days, char*& at) {
  const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + days;
  if (day.year() < 0) *at++ = '-';
  AppendPadded(static_cast<uint64_t>(day.year() < 0 ? -day.year() : day.year()), 4, at);
  *at++ = '-';
  AppendPadded(static_cast<uint64_t>(day.month()), 2, at);
  *at++ = '-';
  AppendPadded(static_cast<uint64_t>(day.day()), 2, at);
}

// RFC 3339, in UTC.
void AppendDateAndTime(int64_t seconds, char*& at) {
  int64_t days = seconds / static_cast<int64_t>(kSecondsPerDay);
  if (seconds < days * static_cast<int64_t>(kSecondsPerDay)) --days;
  AppendDate(days, at);
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

// What is no date of four digits of a year is shown as it is.
void AppendUnixMs(uint64_t ms, char*& at) {
  constexpr uint64_t kLastMs = 253'402'300'799'999;
  if (ms > kLastMs) return AppendPadded(ms, 1, at);
  AppendDateAndTime(static_cast<int64_t>(ms / 1'000), at);
  *at++ = '.';
  AppendPadded(ms % 1'000, 3, at);
  *at++ = 'Z';
}

// Exactly, without powers: as many zeros as it takes (an exponent is a signed byte).
void AppendDecimal(uint64_t magnitude, bool negative, int exponent, char*& at) {
  std::array<char, kMostDigits> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude).ptr;
  const auto count = static_cast<int>(end - digits.data());
  if (negative) *at++ = '-';
  const int whole = std::max(count + std::min(exponent, 0), 0);  // Digits before the point.
  if (whole == 0) *at++ = '0';
  std::memcpy(at, digits.data(), static_cast<size_t>(whole));
  at += whole;
  if (exponent >= 0) {
    for (int i = 0; i < exponent && magnitude != 0; ++i) *at++ = '0';
    return;
  }
  *at++ = '.';
  for (int i = count - whole; i < -exponent; ++i) *at++ = '0';
  std::memcpy(at, digits.data() + whole, static_cast<size_t>(count - whole));
  at += count - whole;
}

void AppendText(std::string_view text, char*& at) {
  std::memcpy(at, text.data(), text.size());
  at += text.size();
}

// By name, joined; bits without a name by their number.
void AppendBits(const FieldInfo& field, uint64_t bits, char*& at) {
  bool first = true;
  for (uint64_t bit = 0; bit < 64; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    if (!first) *at++ = '|';
    first = false;
    const auto named = std::find_if(field.names.begin(), field.names.end(),
                                    [bit](const NamedValue& name) { return name.value == bit; });
    if (named != field.names.end()) {
      AppendText(named->name, at);
    } else {
      AppendText("bit", at);
      AppendPadded(bit, 1, at);
    }
  }
}

void AppendFlags(const FieldInfo& field, uint64_t bits, char*& at) {
  if (!field.names.empty()) return AppendBits(field, bits, at);
  *at++ = '0';
  *at++ = 'b';
  for (size_t bit = 8 * field.length; bit-- > 0;) *at++ = (bits >> bit & 1) != 0 ? '1' : '0';
}

void AppendFloat(const FieldInfo& field, uint64_t bits, char*& at) {
  char* const most = at + kMostNumberBytes;
  at = field.length == 4
           ? std::to_chars(at, most, std::bit_cast<float>(static_cast<uint32_t>(bits))).ptr
           : std::to_chars(at, most, std::bit_cast<double>(bits)).ptr;
}

void AppendNumber(const FieldInfo& field, const Value& value, char*& at) {
  const uint64_t number = value.number;
  const bool negative = field.is_signed && static_cast<int64_t>(number) < 0;
  const uint64_t magnitude = negative ? 0 - number : number;
  switch (field.kind) {
    case FieldKind::kDecimal:
    case FieldKind::kScaled:
      return AppendDecimal(magnitude, negative, value.exponent, at);
    case FieldKind::kFlags:
      return AppendFlags(field, number, at);
    case FieldKind::kUnixNs:
      return AppendUnixNs(static_cast<int64_t>(number), at);
    case FieldKind::kUnixMs:
      return AppendUnixMs(number, at);
    case FieldKind::kUnixSeconds:
      AppendDateAndTime(static_cast<int64_t>(number), at);
      *at++ = 'Z';
      return;
    case FieldKind::kNsSinceMidnight:
      AppendTimeOfDay(number / kNsPerSecond, at);
      *at++ = '.';
      return AppendPadded(number % kNsPerSecond, 9, at);
    case FieldKind::kSecondsSinceMidnight:
      return AppendTimeOfDay(number, at);
    case FieldKind::kUnixDays:
      // No wider than 32 bits is a date.
      return AppendDate(static_cast<int32_t>(number), at);
    case FieldKind::kFloat:
      return AppendFloat(field, number, at);
    default:
      return AppendDecimal(magnitude, negative, 0, at);
  }
}

// Of bytes of a field, sign-extended when it has a sign.
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

bool IsNaN(const FieldInfo& field, uint64_t bits) {
  const uint64_t infinity = field.length == 4 ? 0x7f80'0000 : 0x7ff0'0000'0000'0000;
  const uint64_t sign = field.length == 4 ? uint64_t{1} << 31 : uint64_t{1} << 63;
  return (bits & ~sign) > infinity;
}

bool IsNull(const FieldInfo& field, uint64_t number) {
  if (field.presence != Presence::kOptional || field.kind == FieldKind::kAlpha) return false;
  return field.kind == FieldKind::kFloat ? IsNaN(field, number) : number == field.number;
}

Value ConstantValue(const FieldInfo& field) {
  Value value{.exponent = static_cast<int16_t>(-field.decimals), .number = field.number};
  if (field.constant_text != nullptr) {
    value.bytes = {reinterpret_cast<const uint8_t*>(field.constant_text),
                   std::strlen(field.constant_text)};
  }
  return value;
}

}  // namespace

Value ReadValue(const FieldInfo& field, const uint8_t* block) {
  if (field.presence == Presence::kConstant) return ConstantValue(field);
  Value value;
  value.bytes = {block + field.offset, field.length};
  if (field.kind == FieldKind::kAlpha || field.kind == FieldKind::kPadding) return value;
  if (field.kind == FieldKind::kScaled) {
    const ScaledParts& parts = field.scaled;
    value.number =
        LoadInteger(field, value.bytes.subspan(parts.mantissa_at, parts.mantissa_length));
    value.exponent = static_cast<int8_t>(value.bytes[parts.exponent_at]);
  } else {
    value.number = LoadInteger(field, value.bytes);
    value.exponent = static_cast<int16_t>(-field.decimals);
  }
  if (IsNull(field, value.number)) value.state = Value::State::kNull;
  return value;
}

std::span<const uint8_t> WithoutPadding(std::span<const uint8_t> text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == 0)) {
    text = text.first(text.size() - 1);
  }
  return text;
}

const char* NameOf(const FieldInfo& field, const Value& value) {
  if (field.kind == FieldKind::kFlags || field.kind == FieldKind::kAlpha) return nullptr;
  for (const NamedValue& name : field.names) {
    if (name.value == value.number) return name.name;
  }
  return nullptr;
}

bool IsPlainNumber(const FieldInfo& field, const Value& value) {
  return (field.kind == FieldKind::kUnsigned || field.kind == FieldKind::kSigned) &&
         NameOf(field, value) == nullptr;
}

size_t ValueTextBytes(const FieldInfo& field, const Value& value) {
  if (field.kind == FieldKind::kAlpha) return value.bytes.size();
  size_t bytes = kMostNumberBytes;
  if (field.kind == FieldKind::kFlags) {
    constexpr size_t kMostUnnamed = 64 * 6;  // bit63|
    bytes += kMostUnnamed;
    for (const NamedValue& name : field.names) bytes += std::strlen(name.name) + 1;
  } else if (const char* name = NameOf(field, value); name != nullptr) {
    bytes += std::strlen(name);
  }
  return bytes;
}

char* AppendValueText(const FieldInfo& field, const Value& value, char* at) {
  if (value.state != Value::State::kThere) return at;
  if (const char* name = NameOf(field, value); name != nullptr) {
    AppendText(name, at);
  } else if (IsText(field)) {
    const auto text = field.kind == FieldKind::kAlpha ? WithoutPadding(value.bytes) : value.bytes;
    AppendText({reinterpret_cast<const char*>(text.data()), text.size()}, at);
  } else {
    AppendNumber(field, value, at);
  }
  return at;
}

std::string ValueText(const FieldInfo& field, const Value& value) {
  if (value.state != Value::State::kThere) return "null";
  std::string text(ValueTextBytes(field, value), '\0');
  text.resize(static_cast<size_t>(AppendValueText(field, value, text.data()) - text.data()));
  return text;
}

}  // namespace fh::codecs
