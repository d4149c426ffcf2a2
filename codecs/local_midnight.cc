#include "codecs/local_midnight.h"

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "codecs/time_zone.h"
#include "codecs/update.h"

namespace fh::codecs {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

bool IsTime(int64_t ns) { return ns > 0 && ns != kNoLimit; }

int64_t Apart(int64_t a_ns, int64_t b_ns) { return a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns; }

}  // namespace

absl::StatusOr<LocalMidnight> LocalMidnight::Load(absl::string_view zone, int64_t day_ns) {
  absl::TimeZone loaded;
  if (!FindTimeZone(zone, &loaded)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the time zone ", zone,
                     " is not in this system's database; install the package tzdata (or point "
                     "TZDIR at a zoneinfo folder)"));
  }
  LocalMidnight midnight(loaded, day_ns);
  if (day_ns != 0) {
    midnight.Move(day_ns);
    midnight.from_ns_ = -kNoLimit - 1;
    midnight.until_ns_ = kNoLimit;
  }
  return midnight;
}

void LocalMidnight::Move(int64_t ts_recv_ns) {
  // Not a time: what was true so far remains.
  if (!IsTime(ts_recv_ns)) return;
  const absl::CivilDay day(absl::ToCivilSecond(absl::FromUnixNanos(ts_recv_ns), zone_));
  from_ns_ = absl::ToUnixNanos(absl::FromCivil(day, zone_));
  until_ns_ = absl::ToUnixNanos(absl::FromCivil(day + 1, zone_));
  midnight_ns_ = from_ns_;
}

int64_t LocalMidnight::WallClock(int64_t ts_recv_ns, uint32_t seconds) const {
  constexpr uint32_t kTwoDays = 2 * 86'400;
  if (seconds >= kTwoDays) return kUndefinedTime;
  const bool is_given = day_ns_ != 0;
  const int64_t near_ns = is_given ? day_ns_ : IsTime(ts_recv_ns) ? ts_recv_ns : 0;
  const absl::CivilDay today(absl::ToCivilSecond(absl::FromUnixNanos(near_ns), zone_));
  int64_t nearest_ns = kUndefinedTime;
  const int days_around = is_given ? 0 : 1;
  for (int day = -days_around; day <= days_around; ++day) {
    // Where clocks are set back they show an hour twice.
    const absl::TimeZone::TimeInfo shown = zone_.At(absl::CivilSecond(today + day) + seconds);
    for (const absl::Time moment : {shown.pre, shown.post}) {
      const int64_t moment_ns = absl::ToUnixNanos(moment);
      if (nearest_ns == kUndefinedTime || Apart(moment_ns, near_ns) < Apart(nearest_ns, near_ns)) {
        nearest_ns = moment_ns;
      }
    }
  }
  return nearest_ns;
}

int64_t LocalMidnight::EndOfDay(uint32_t date) const {
  const uint32_t year = date / 10'000;
  const uint32_t month = date / 100 % 100;
  const uint32_t day_of_month = date % 100;
  const absl::CivilDay day(year, month, day_of_month);
  // Beyond these years nanoseconds do not fit; a 31st of June would be another day.
  if (year < 1970 || year > 2200 || day.month() != static_cast<int>(month) ||
      day.day() != static_cast<int>(day_of_month)) {
    return kUndefinedTime;
  }
  return absl::ToUnixNanos(absl::FromCivil(day + 1, zone_)) - 1;
}

}  // namespace fh::codecs
