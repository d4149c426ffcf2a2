#include "codecs/message_json.h"

#include <array>
#include <charconv>

#include "absl/time/civil_time.h"

namespace fh::codecs {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr uint64_t kSecondsPerDay = 86'400;

template <class Integer>
void AppendNumber(Integer value, std::string& out) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

// At least `width` digits.
void AppendPadded(uint64_t value, size_t width, std::string& out) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const auto count = static_cast<size_t>(end - digits.data());
  if (count < width) out.append(width - count, '0');
  out.append(digits.data(), end);
}

void AppendHex(std::span<const uint8_t> bytes, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
}

// "hh:mm:ss"; more than 24 hours are shown as they are.
void AppendTimeOfDay(uint64_t seconds, std::string& out) {
  AppendPadded(seconds / 3600, 2, out);
  out += ':';
  AppendPadded(seconds / 60 % 60, 2, out);
  out += ':';
  AppendPadded(seconds % 60, 2, out);
}

// RFC 3339, in UTC.
void AppendDateAndTime(int64_t seconds, std::string& out) {
  int64_t days = seconds / static_cast<int64_t>(kSecondsPerDay);
  if (seconds < days * static_cast<int64_t>(kSecondsPerDay)) --days;
  const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + days;
  if (day.year() < 0) out += '-';
  AppendPadded(static_cast<uint64_t>(day.year() < 0 ? -day.year() : day.year()), 4, out);
  out += '-';
  AppendPadded(static_cast<uint64_t>(day.month()), 2, out);
  out += '-';
  AppendPadded(static_cast<uint64_t>(day.day()), 2, out);
  out += 'T';
  AppendTimeOfDay(static_cast<uint64_t>(seconds - days * static_cast<int64_t>(kSecondsPerDay)),
                  out);
}

void AppendUnixNs(int64_t ns, std::string& out) {
  int64_t seconds = ns / static_cast<int64_t>(kNsPerSecond);
  if (ns < seconds * static_cast<int64_t>(kNsPerSecond)) --seconds;
  AppendDateAndTime(seconds, out);
  out += '.';
  AppendPadded(static_cast<uint64_t>(ns) - static_cast<uint64_t>(seconds) * kNsPerSecond, 9, out);
  out += 'Z';
}

void AppendDecimal(uint64_t magnitude, bool negative, unsigned decimals, std::string& out) {
  uint64_t scale = 1;
  for (unsigned i = 0; i < decimals; ++i) scale *= 10;
  if (negative) out += '-';
  AppendNumber(magnitude / scale, out);
  if (decimals == 0) return;
  out += '.';
  AppendPadded(magnitude % scale, decimals, out);
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

void AppendRawInteger(const FieldInfo& field, uint64_t value, std::string& out) {
  if (field.is_signed) {
    AppendNumber(static_cast<int64_t>(value), out);
  } else {
    AppendNumber(value, out);
  }
}

void AppendValue(const FieldInfo& field, uint64_t value, std::string& out) {
  const bool is_number = field.kind == FieldKind::kUnsigned || field.kind == FieldKind::kSigned;
  if (is_number) return AppendRawInteger(field, value, out);
  out += '"';
  const bool negative = field.is_signed && static_cast<int64_t>(value) < 0;
  switch (field.kind) {
    case FieldKind::kDecimal:
      AppendDecimal(negative ? 0 - value : value, negative, field.decimals, out);
      break;
    case FieldKind::kFlags:
      out += "0x";
      for (size_t shift = 8 * field.length; shift != 0; shift -= 8) {
        const auto byte = static_cast<uint8_t>(value >> (shift - 8));
        AppendHex(std::span(&byte, 1), out);
      }
      break;
    case FieldKind::kUnixNs:
      AppendUnixNs(static_cast<int64_t>(value), out);
      break;
    case FieldKind::kUnixSeconds:
      AppendDateAndTime(static_cast<int64_t>(value), out);
      out += 'Z';
      break;
    case FieldKind::kNsSinceMidnight:
      AppendTimeOfDay(value / kNsPerSecond, out);
      out += '.';
      AppendPadded(value % kNsPerSecond, 9, out);
      break;
    case FieldKind::kSecondsSinceMidnight:
      AppendTimeOfDay(value, out);
      break;
    default:
      AppendRawInteger(field, value, out);
      break;
  }
  out += '"';
}

std::span<const uint8_t> WithoutPadding(std::span<const uint8_t> text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == 0)) {
    text = text.first(text.size() - 1);
  }
  return text;
}

}  // namespace

void AppendJsonString(std::span<const uint8_t> text, std::string& out) {
  out += '"';
  for (const uint8_t byte : text) {
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += static_cast<char>(byte);
    } else if (byte >= 0x20 && byte < 0x7f) {
      out += static_cast<char>(byte);
    } else {
      out += "\\u00";
      AppendHex(std::span(&byte, 1), out);
    }
  }
  out += '"';
}

void MessageJson::BeginMessage(uint64_t sequence, const MessageInfo* info,
                               std::span<const uint8_t> bytes, const char* why) {
  out_ += '{';
  out_ += prefix_;
  out_ += "\"sequence\":";
  AppendNumber(sequence, out_);
  described_ = info != nullptr;
  first_field_ = true;
  if (!described_) {
    out_ += ",\"length\":";
    AppendNumber(bytes.size(), out_);
    out_ += ",\"error\":\"";
    out_ += why;
    out_ += "\",\"bytes\":\"";
    AppendHex(bytes, out_);
    out_ += '"';
    return;
  }
  out_ += ",\"type\":";
  if (info->type > 0x20 && info->type < 0x7f) {
    const auto letter = static_cast<uint8_t>(info->type);
    AppendJsonString(std::span(&letter, 1), out_);
  } else {
    AppendNumber(info->type, out_);
  }
  out_ += ",\"name\":\"";
  out_ += info->name;
  out_ += "\",\"length\":";
  AppendNumber(bytes.size(), out_);
  out_ += ",\"fields\":{";
}

void MessageJson::Field(const FieldInfo& field, std::span<const uint8_t> bytes) {
  if (!first_field_) out_ += ',';
  first_field_ = false;
  out_ += '"';
  out_ += field.name;
  out_ += "\":{\"raw\":";
  if (field.kind == FieldKind::kAlpha || field.kind == FieldKind::kChar) {
    AppendJsonString(bytes, out_);
    out_ += ",\"value\":";
    AppendJsonString(field.kind == FieldKind::kAlpha ? WithoutPadding(bytes) : bytes, out_);
  } else {
    const uint64_t value = LoadInteger(field, bytes);
    AppendRawInteger(field, value, out_);
    out_ += ",\"value\":";
    AppendValue(field, value, out_);
  }
  out_ += '}';
}

void MessageJson::EndMessage() { out_ += described_ ? "}}\n" : "}\n"; }

}  // namespace fh::codecs
