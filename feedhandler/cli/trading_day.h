// --day=YYYY-MM-DD for venues whose messages do not name their day.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_TRADING_DAY_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_TRADING_DAY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace fh::cli {

inline constexpr char kDayHelp[] =
    "Trading day, YYYY-MM-DD, for feeds whose times count from midnight (default: the day of "
    "reception)";

// UNIX ns of noon UTC of the day, which is the same day at every exchange; 0 for "".
inline absl::StatusOr<int64_t> ParseTradingDay(const std::string& text) {
  if (text.empty()) return 0;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--day=", text, ": write the day like 2026-03-31"));
  }
  return absl::ToUnixNanos(absl::FromCivil(absl::CivilHour(day) + 12, absl::UTCTimeZone()));
}

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_TRADING_DAY_H_
