// Measures one path at one place once: opens it, sends bursts and single datagrams, closes it. A
// path is opened anew for each turn, so that no other one lies on the network meanwhile, and the
// luck of one placement in memory is not that of the whole measurement.
//
//   const absl::StatusOr<Turn> turn = MeasureTurn(plan, *sending_side, clock);
//
// The calling thread is the receiving one; it is pinned to the place's CPU, and stays there. Takes
// some tens of milliseconds, and no longer than a second when nothing arrives.
#ifndef FEEDHANDLER_FEEDHANDLER_TUNE_TURN_H_
#define FEEDHANDLER_FEEDHANDLER_TUNE_TURN_H_

#include "absl/status/statusor.h"
#include "feedhandler/tune/measurement.h"
#include "feedhandler/tune/sending_side.h"
#include "latency/clock.h"
#include "rio/backend.h"

namespace fh::tune {

struct TurnPlan {
  Path path;
  Placement placement;
  rio::Subscription line;  // The group that the sending side sends to.
  uint64_t token = 0;      // That no other turn has.

  uint32_t bursts = 4;
  uint32_t burst_datagrams = 512;
  uint32_t singles = 400;
  int64_t single_interval_ns = 20'000;
};

// Errors are those of the backend, with what to do; FAILED_PRECONDITION where a thread cannot be
// pinned. Datagrams that did not arrive are no error but Turn::lost.
absl::StatusOr<Turn> MeasureTurn(const TurnPlan& plan, SendingSide& sending_side,
                                 const latency::Clock& clock);

}  // namespace fh::tune

#endif  // FEEDHANDLER_FEEDHANDLER_TUNE_TURN_H_
