// The moment that a venue's times since midnight count from.
//
//   absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load("America/New_York", 0);
//   const int64_t event_ns = midnight->At(ts_recv_ns) + since_midnight_ns;
//   const int64_t second_ns = midnight->WallClock(ts_recv_ns, 34'200);   // Of a clock on the wall.
//
// Nothing in such a feed names its day. With `day_ns` 0 it is the local day in which the data was
// received, so a feed that runs on over midnight, or a capture of several days, stays right;
// otherwise it is the local day of that moment, whenever the data was received. Where neither is
// known (no receive time either) times count from 1970-01-01 00:00 UTC.
//
// Load reads the system's time zone database; afterwards nothing allocates or calls the system. At
// costs two compares; once a day, about a microsecond. WallClock costs some microseconds, for venues
// that say the second once. One thread.
#ifndef FEEDHANDLER_CODECS_LOCAL_MIDNIGHT_H_
#define FEEDHANDLER_CODECS_LOCAL_MIDNIGHT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace fh::codecs {

class LocalMidnight {
 public:
  // `zone`: an IANA name. FailedPrecondition says what to install when the database lacks it.
  static absl::StatusOr<LocalMidnight> Load(absl::string_view zone, int64_t day_ns);

  // UNIX ns.
  int64_t At(int64_t ts_recv_ns) {
    if (ts_recv_ns < from_ns_ || ts_recv_ns >= until_ns_) Move(ts_recv_ns);
    return midnight_ns_;
  }

  // UNIX ns at which clocks there show so many seconds since midnight: 34,200 is half past nine in
  // nights of a clock change too. Without a given day, of all such moments the one that is nearest to
  // the time of receipt: shortly behind midnight a second of the evening is one of the day before.
  // kUndefinedTime when no clock shows it (two days or more).
  int64_t WallClock(int64_t ts_recv_ns, uint32_t seconds) const;

  // The last nanosecond of a day, YYYYMMDD; kUndefinedTime when there is no such day.
  int64_t EndOfDay(uint32_t date) const;

 private:
  LocalMidnight(absl::TimeZone zone, int64_t day_ns) : zone_(zone), day_ns_(day_ns) {}
  void Move(int64_t ts_recv_ns);

  absl::TimeZone zone_;
  int64_t day_ns_;       // 0: none was given.
  int64_t from_ns_ = 0;  // The receive times that `midnight_ns_` is right for.
  int64_t until_ns_ = 0;
  int64_t midnight_ns_ = 0;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_LOCAL_MIDNIGHT_H_
