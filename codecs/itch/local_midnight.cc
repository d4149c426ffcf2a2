#include "codecs/itch/local_midnight.h"

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "codecs/itch/time_zone.h"

namespace fh::codecs {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

}  // namespace

absl::StatusOr<LocalMidnight> LocalMidnight::Load(absl::string_view zone, int64_t day_ns) {
  absl::TimeZone loaded;
  if (!FindTimeZone(zone, &loaded)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the time zone ", zone,
                     " is not in this system's database; install the package tzdata (or point "
                     "TZDIR at a zoneinfo folder)"));
  }
  LocalMidnight midnight(loaded);
  if (day_ns != 0) {
    midnight.Move(day_ns);
    midnight.from_ns_ = -kNoLimit - 1;
    midnight.until_ns_ = kNoLimit;
  }
  return midnight;
}

void LocalMidnight::Move(int64_t ts_recv_ns) {
  // Not a time: what was true so far remains.
  if (ts_recv_ns <= 0 || ts_recv_ns == kNoLimit) return;
  const absl::CivilDay day(absl::ToCivilSecond(absl::FromUnixNanos(ts_recv_ns), zone_));
  from_ns_ = absl::ToUnixNanos(absl::FromCivil(day, zone_));
  until_ns_ = absl::ToUnixNanos(absl::FromCivil(day + 1, zone_));
  midnight_ns_ = from_ns_;
}

}  // namespace fh::codecs
