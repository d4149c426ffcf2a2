// When a captured datagram is to be sent again: absolute deadlines, so that errors do not add up.
//
//   TickPaceClock clock;
//   Pacer pacer(clock, {.speed = 2});                    // Twice as fast as captured.
//   for (...) {
//     const int64_t deadline_ns = pacer.NextDeadlineNs(stamp_ns);
//     if (!pacer.WaitUntil(deadline_ns, &stop)) break;
//     Send();
//   }
//
// The first datagram goes out at once and fixes the origin: every other is due at the origin plus
// its distance from the first stamp, divided by the speed, whatever happened in between. Who falls
// behind catches up. A stamp that lies before an earlier one (captures merged carelessly, stamps of
// several interfaces) is due at once, and counted.
//
// The schedule is not the deadline. A limit of packets a second lets a sender that slipped catch up by
// no more than a burst, so its deadlines move; the schedule (intended_ns) never does. Lateness and
// latency count from the schedule, or whoever oversleeps would look punctual ever after.
//
// Waiting sleeps while the deadline is far and spins for its last stretch, since no sleep ends on
// time: a core is busy for spin_ns a datagram at most.
//
// One thread. No allocation; NextDeadlineNs costs a few ns.
#ifndef FEEDHANDLER_REPLAY_PACER_H_
#define FEEDHANDLER_REPLAY_PACER_H_

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "latency/tick_converter.h"

namespace fh::replay {

// What a pacer goes by: a clock that is never set back, and sleep.
class PaceClock {
 public:
  virtual ~PaceClock() = default;
  virtual int64_t NowNs() = 0;                    // Of any origin.
  virtual void SleepNs(int64_t duration_ns) = 0;  // May take longer.
};

// Ticks of the process (the TSC where that can be trusted), held to the speed of CLOCK_MONOTONIC:
// that is neither set nor stepped, so a stepped system clock does not tear a replay apart.
class TickPaceClock final : public PaceClock {
 public:
  TickPaceClock();  // Calibrates: about 10 ms.
  ~TickPaceClock() override;

  int64_t NowNs() override { return ToNs(Ticks()); }

  // Calibrates again on the way, at most once a second.
  void SleepNs(int64_t duration_ns) override;

 private:
  class MonotonicSource;

  static uint64_t Ticks();
  int64_t ToNs(uint64_t ticks) const { return converter_.ToUnixNs(ticks); }

  std::unique_ptr<latency::TimeSource> source_;
  latency::TickConverter converter_;
  int64_t calibrated_ns_;
};

struct PaceOptions {
  static constexpr double kFlatOut = 0;
  static constexpr double kLeastSpeed = 0.1;
  static constexpr double kMostSpeed = 1000;

  double speed = 1;  // Times the captured pace, kLeastSpeed to kMostSpeed; or kFlatOut.
  // No more than so many in any second, whatever the capture says (a millisecond's worth may come
  // at once). 0: no limit.
  double max_packets_per_second = 0;
  int64_t spin_ns = 100'000;  // The last stretch before a deadline.
};

// InvalidArgument with the limits.
absl::Status CheckPaceOptions(const PaceOptions& options);

class Pacer {
 public:
  // At once, without a deadline.
  static constexpr int64_t kNow = std::numeric_limits<int64_t>::min();

  // Precondition: CheckPaceOptions(options).ok(). `clock` outlives the pacer.
  Pacer(PaceClock& clock, const PaceOptions& options);

  // When the next datagram is due, in the clock's ns, or kNow when nothing limits the pace. Once a
  // datagram, in the order of sending. `stamp_ns`: its capture stamp; one without goes with its
  // predecessor.
  int64_t NextDeadlineNs(std::optional<int64_t> stamp_ns);

  // When the datagram that NextDeadlineNs was asked for last is to go out by the schedule, which a slip
  // does not move: not after its deadline. kNow when nothing gives it a time.
  int64_t intended_ns() const { return intended_ns_; }

  // Blocks until the deadline. False when `stop` (may be null) became true instead; it is looked at
  // every 20 ms.
  bool WaitUntil(int64_t deadline_ns, const std::atomic<bool>* stop = nullptr);

  // Stamps that lay before an earlier one.
  uint64_t backward_stamps() const { return backward_stamps_; }

 private:
  int64_t CapturePace(std::optional<int64_t> stamp_ns);

  // Moments an interval apart: whole ns and the fraction, kept apart lest it round away.
  struct Rhythm {
    int64_t next_ns = kNow;
    double fraction_ns = 0;

    void NotBefore(int64_t least_ns);
    int64_t Take(double interval_ns);
  };

  PaceClock& clock_;
  const PaceOptions options_;
  const double interval_ns_;  // Between datagrams at the limit; 0 without one.
  std::optional<int64_t> first_stamp_ns_;
  int64_t latest_stamp_ns_ = 0;
  int64_t origin_ns_ = 0;  // When the first was due.
  int64_t latest_deadline_ns_;
  Rhythm allowed_;   // When the limit lets the next one pass,
  Rhythm schedule_;  // and when it would without any slip.
  int64_t intended_ns_ = kNow;
  uint64_t backward_stamps_ = 0;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_PACER_H_
