#include "rio/endpoint.h"

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace fh::rio {
namespace {

std::optional<std::array<uint8_t, 4>> ParseV4(absl::string_view text) {
  std::array<uint8_t, 4> bytes{};
  size_t index = 0;
  for (absl::string_view part : absl::StrSplit(text, '.')) {
    uint32_t value = 0;
    if (index == 4 || part.empty() || part.size() > 3) return std::nullopt;
    for (char c : part) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<uint32_t>(c - '0');
    }
    if (value > 255 || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    bytes[index++] = static_cast<uint8_t>(value);
  }
  if (index != 4) return std::nullopt;
  return bytes;
}

// One to four hexadecimal digits and nothing else (Abseil's parser would take "0x1" and " 1" too).
std::optional<uint32_t> ParseHexGroup(absl::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  uint32_t value = 0;
  for (char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
    const int digit = absl::ascii_isdigit(static_cast<unsigned char>(c))
                          ? c - '0'
                          : absl::ascii_tolower(static_cast<unsigned char>(c)) - 'a' + 10;
    value = value << 4 | static_cast<uint32_t>(digit);
  }
  return value;
}

// One side of "::": groups of 16 bits, of which the address's last may be an IPv4 address. False
// on anything else.
bool ParseGroups(absl::string_view text, bool ends_address, std::vector<uint8_t>& out) {
  if (text.empty()) return true;
  const std::vector<absl::string_view> groups = absl::StrSplit(text, ':');
  for (size_t i = 0; i < groups.size(); ++i) {
    if (ends_address && i + 1 == groups.size() && absl::StrContains(groups[i], '.')) {
      const auto v4 = ParseV4(groups[i]);
      if (!v4) return false;
      out.insert(out.end(), v4->begin(), v4->end());
      continue;
    }
    const std::optional<uint32_t> value = ParseHexGroup(groups[i]);
    if (!value) return false;
    out.push_back(static_cast<uint8_t>(*value >> 8));
    out.push_back(static_cast<uint8_t>(*value));
  }
  return true;
}

// 1 to 65535 in plain decimal digits.
std::optional<uint16_t> ParsePort(absl::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  uint32_t value = 0;
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  if (value == 0 || value > 65535) return std::nullopt;
  return static_cast<uint16_t>(value);
}

// RFC 4291, section 2.2.
std::optional<std::array<uint8_t, 16>> ParseV6(absl::string_view text) {
  std::vector<uint8_t> head;
  std::vector<uint8_t> tail;
  const size_t gap = text.find("::");
  if (gap == absl::string_view::npos) {
    if (!ParseGroups(text, true, head) || head.size() != 16) return std::nullopt;
  } else {
    if (!ParseGroups(text.substr(0, gap), false, head) ||
        !ParseGroups(text.substr(gap + 2), true, tail) || head.size() + tail.size() > 14) {
      return std::nullopt;
    }
  }
  std::array<uint8_t, 16> bytes{};
  std::copy(head.begin(), head.end(), bytes.begin());
  std::copy(tail.begin(), tail.end(), bytes.end() - static_cast<std::ptrdiff_t>(tail.size()));
  return bytes;
}

// RFC 5952: the longest run of two or more zero groups becomes "::".
std::string FormatV6(const uint8_t* bytes) {
  uint16_t groups[8];
  for (int i = 0; i < 8; ++i) {
    groups[i] = static_cast<uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  }
  int best_start = -1;
  int best_length = 1;
  for (int i = 0; i < 8; ++i) {
    int length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > best_length) {
      best_start = i;
      best_length = length;
    }
  }
  std::string text;
  for (int i = 0; i < 8; ++i) {
    if (i == best_start) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    absl::StrAppendFormat(&text, "%x", groups[i]);
  }
  return text;
}

}  // namespace

absl::StatusOr<IpAddress> IpAddress::Parse(absl::string_view text) {
  if (const auto v4 = ParseV4(text)) return V4(v4->data());
  if (const auto v6 = ParseV6(text)) return V6(v6->data());
  return absl::InvalidArgumentError(absl::StrCat("'", text,
                                                 "' is not an IP address; write it like 239.1.2.3 "
                                                 "or ff15::1234"));
}

std::string IpAddress::ToString() const {
  if (is_none()) return "(none)";
  const uint8_t* b = bytes();
  if (is_v4()) return absl::StrFormat("%d.%d.%d.%d", b[0], b[1], b[2], b[3]);
  return FormatV6(b);
}

std::string Endpoint::ToString() const {
  return absl::StrCat(address.is_v6() ? "[" : "", address.ToString(), address.is_v6() ? "]" : "",
                      ":", port);
}

absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text) {
  const size_t colon = text.rfind(':');
  absl::string_view host = text.substr(0, colon);
  const std::optional<uint16_t> port =
      colon == absl::string_view::npos ? std::nullopt : ParsePort(text.substr(colon + 1));
  if (!port) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text,
                     "' is not ADDRESS:PORT; write it like 239.1.2.3:26400 or "
                     "[ff15::1234]:26400, with a port of 1 to 65535"));
  }
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "': an IPv6 address stands in brackets, like [ff15::1234]:26400"));
  }
  absl::StatusOr<IpAddress> address = IpAddress::Parse(host);
  if (!address.ok()) return address.status();
  return Endpoint{*address, *port};
}

}  // namespace fh::rio
