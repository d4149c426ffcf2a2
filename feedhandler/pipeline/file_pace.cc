#include "feedhandler/pipeline/file_pace.h"

#include <algorithm>
#include <utility>

namespace fh {

using latency::Schedule;

FilePace::FilePace(const FilePaceOptions& options)
    : FilePace(options, std::make_unique<replay::TickPaceClock>(), nullptr) {}

FilePace::FilePace(const FilePaceOptions& options, replay::PaceClock& clock)
    : FilePace(options, nullptr, &clock) {}

FilePace::FilePace(const FilePaceOptions& options, std::unique_ptr<replay::PaceClock> owned,
                   replay::PaceClock* clock)
    : options_(options),
      owned_clock_(std::move(owned)),
      clock_(clock != nullptr ? *clock : *owned_clock_),
      pacer_(clock_, {.speed = options.speed}) {}

bool FilePace::IsDue(const rio::Packet& packet, bool may_wait) {
  if (!deadline_ns_.has_value()) {
    const bool has_stamp = packet.stamp_source != rio::StampSource::kNone;
    deadline_ns_ =
        pacer_.NextDeadlineNs(has_stamp ? std::optional<int64_t>(packet.stamp_ns) : std::nullopt);
  }
  const int64_t now_ns = clock_.NowNs();
  if (now_ns >= *deadline_ns_) return true;
  if (!may_wait) return false;
  const int64_t until_ns = std::min(*deadline_ns_, now_ns + kMostWaitNs);
  pacer_.WaitUntil(until_ns);
  return until_ns == *deadline_ns_;
}

void FilePace::Sent(rio::Packet& packet) {
  deadline_ns_.reset();
  packet.dequeue_ticks = latency::Clock::Ticks();
  if (packet.stamp_source == rio::StampSource::kNone) return;
  // Both clocks at the same moment: what is told is UNIX time, as strategy threads have it.
  const int64_t now_ns = clock_.NowNs();
  const int64_t unix_ns = options_.clock->ToUnixNs(packet.dequeue_ticks);
  if (!first_stamp_ns_.has_value()) {
    first_stamp_ns_ = newest_stamp_ns_ = packet.stamp_ns;
    origin_ns_ = pacer_.intended_ns();
  }
  newest_stamp_ns_ = std::max(newest_stamp_ns_, packet.stamp_ns);
  const Schedule::Times times{unix_ns - (now_ns - pacer_.intended_ns()), unix_ns};
  Schedule& schedule = options_.loop->schedule();
  schedule.Tell(Schedule::OfStamp(packet.stamp_ns), times);
  schedule.FollowStamps(*first_stamp_ns_, newest_stamp_ns_, unix_ns - (now_ns - origin_ns_),
                        options_.speed);
  options_.loop->Sent(times);
}

}  // namespace fh
