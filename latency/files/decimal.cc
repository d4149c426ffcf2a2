#include "latency/files/decimal.h"

#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"

namespace fh::latency::files {
namespace {

constexpr int64_t kNsOfSecond = 1'000'000'000;
constexpr int64_t kMostSeconds = 9'000'000'000;

int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// "123.456" exactly; nothing when it is not of that form.
std::optional<int64_t> PlainSecondsToNs(absl::string_view text) {
  int64_t seconds = 0;
  int64_t ns = 0;
  int64_t place = -1;  // What the next digit behind the dot counts; -1 before it.
  size_t digits = 0;
  for (const char c : text) {
    if (c == '.' && place < 0) {
      place = kNsOfSecond / 10;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    ++digits;
    if (place < 0) {
      seconds = seconds * 10 + (c - '0');
      if (seconds > kMostSeconds) return std::nullopt;
    } else {
      ns += place * (c - '0');
      place /= 10;
    }
  }
  if (digits == 0) return std::nullopt;
  return seconds * kNsOfSecond + ns;
}

}  // namespace

std::string FixedPoint(int64_t value, int64_t unit, int digits) {
  const int64_t places = PowerOfTen(digits);
  int64_t whole = value / unit;
  const int64_t rest = value % unit;
  int64_t part = 0;
  if (places >= unit) {
    part = rest * (places / unit);
  } else {
    const int64_t step = unit / places;
    part = (rest + step / 2) / step;
    if (part == places) {
      ++whole;
      part = 0;
    }
  }
  if (digits == 0) return absl::StrCat(whole);
  const std::string decimals = absl::StrCat(part);
  return absl::StrCat(whole, ".", std::string(static_cast<size_t>(digits) - decimals.size(), '0'),
                      decimals);
}

std::string FixedPoint(double value, int digits) {
  std::array<char, 400> text;  // 309 digits before the dot.
  const std::to_chars_result result = std::to_chars(text.data(), text.data() + text.size(), value,
                                                    std::chars_format::fixed, digits);
  return std::string(text.data(), result.ptr);
}

std::optional<int64_t> SecondsToNs(absl::string_view text) {
  if (const std::optional<int64_t> exact = PlainSecondsToNs(text); exact.has_value()) return exact;
  const std::optional<double> seconds = Number(text);
  if (!seconds.has_value() || !(std::abs(*seconds) <= static_cast<double>(kMostSeconds))) {
    return std::nullopt;
  }
  return static_cast<int64_t>(std::nearbyint(*seconds * static_cast<double>(kNsOfSecond)));
}

std::optional<double> Number(absl::string_view text) {
  if (text.empty()) return std::nullopt;
  double value = 0;
  const absl::from_chars_result result =
      absl::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc::invalid_argument || result.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace fh::latency::files
