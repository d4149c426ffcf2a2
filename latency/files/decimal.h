// Decimal numbers in files, the same under every locale.
//
//   std::string text = FixedPoint(2345, 1'000, 2);         // "2.35"
//   std::optional<int64_t> ns = SecondsToNs("1700000000.25");
#ifndef FEEDHANDLER_LATENCY_FILES_DECIMAL_H_
#define FEEDHANDLER_LATENCY_FILES_DECIMAL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace fh::latency::files {

// value / unit with `digits` decimal places, rounded half up. Preconditions: value >= 0, unit a power
// of ten, 0 <= digits <= 9.
std::string FixedPoint(int64_t value, int64_t unit, int digits);

// A double with `digits` decimal places. Precondition: finite.
std::string FixedPoint(double value, int digits);

// A decimal number of seconds, exact when it has no exponent and at most nine decimal places. Nothing
// for what is no number, is not finite or is beyond 9e9 seconds.
std::optional<int64_t> SecondsToNs(absl::string_view text);

// Any decimal number; "Infinity" and "inf", too. Nothing for what is no number.
std::optional<double> Number(absl::string_view text);

}  // namespace fh::latency::files

#endif  // FEEDHANDLER_LATENCY_FILES_DECIMAL_H_
