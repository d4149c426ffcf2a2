// Hands the packets of a capture on at the times of their stamps: the sender of an open-loop replay.
//
//   FilePace pace({.speed = 2, .clock = &clock, .loop = &loop});
//   if (pace.IsDue(packet, true)) {          // Waits for a moment; asked again until it is.
//     pace.Sent(packet);                     // Now: tells the schedule, and stamps the dequeue.
//     ...
//   }
//
// Every packet is due at the first one's time plus its distance from the first stamp, divided by the
// speed, whatever happened in between (replay/pacer.h): who falls behind catches up, and what that
// cost is in the sender's lateness. A packet without a stamp goes with its predecessor, and has no time
// by the schedule.
//
// The feed thread's own. No allocation after construction, which takes about 10 ms. IsDue sleeps and
// spins, no longer than kMostWaitNs.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_FILE_PACE_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_FILE_PACE_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "feedhandler/pipeline/from_file.h"
#include "latency/clock.h"
#include "latency/open_loop.h"
#include "replay/pacer.h"
#include "rio/packet.h"

namespace fh {

class FilePace {
 public:
  // So long at most does the thread leave its other duties: counters that are asked for, a stop.
  static constexpr int64_t kMostWaitNs = 500'000;

  explicit FilePace(const FilePaceOptions& options);
  // By another clock, for tests; it outlives the pace.
  FilePace(const FilePaceOptions& options, replay::PaceClock& clock);

  // Whether the packet may go out by now. The same packet until it is; then Sent.
  bool IsDue(const rio::Packet& packet, bool may_wait);

  void Sent(rio::Packet& packet);

 private:
  FilePace(const FilePaceOptions& options, std::unique_ptr<replay::PaceClock> owned,
           replay::PaceClock* clock);

  const FilePaceOptions options_;
  std::unique_ptr<replay::PaceClock> owned_clock_;
  replay::PaceClock& clock_;
  replay::Pacer pacer_;
  std::optional<int64_t> deadline_ns_;  // Of the packet that is asked about.
  std::optional<int64_t> first_stamp_ns_;
  int64_t newest_stamp_ns_ = 0;
  int64_t origin_ns_ = 0;  // When the first stamp was due, by clock_.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_FILE_PACE_H_
