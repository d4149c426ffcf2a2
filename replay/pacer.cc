#include "replay/pacer.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"

namespace fh::replay {
namespace {

constexpr int64_t kLongestSleepNs = 20'000'000;
constexpr int64_t kRecalibrateNs = 1'000'000'000;
constexpr int64_t kBurstNs = 1'000'000;  // What a limit lets pass at once after a delay.

}  // namespace

class TickPaceClock::MonotonicSource final : public latency::TimeSource {
 public:
  uint64_t Ticks() override {
    return latency::Clock::Source() == latency::TickSource::kTsc ? latency::platform::OrderedTsc()
                                                                 : latency::Clock::Ticks();
  }
  int64_t UnixNs() override { return latency::platform::MonotonicNs(); }
  void Wait(int64_t duration_ns) override { latency::platform::SleepNs(duration_ns); }
  double FixedTicksPerSecond() const override {
    return latency::Clock::Source() == latency::TickSource::kTsc ? 0 : 1e9;
  }
};

TickPaceClock::TickPaceClock()
    : source_(std::make_unique<MonotonicSource>()),
      converter_(*source_),
      calibrated_ns_(latency::platform::MonotonicNs()) {}

TickPaceClock::~TickPaceClock() = default;

uint64_t TickPaceClock::Ticks() { return latency::Clock::Ticks(); }

void TickPaceClock::SleepNs(int64_t duration_ns) {
  latency::platform::SleepNs(duration_ns);
  const int64_t now_ns = NowNs();
  if (now_ns - calibrated_ns_ < kRecalibrateNs) return;
  converter_.Recalibrate();  // A few microseconds, of the stretch that a pacer leaves for spinning.
  calibrated_ns_ = now_ns;
}

absl::Status CheckPaceOptions(const PaceOptions& options) {
  const bool flat_out = options.speed == PaceOptions::kFlatOut;
  if (!flat_out &&
      !(options.speed >= PaceOptions::kLeastSpeed && options.speed <= PaceOptions::kMostSpeed)) {
    return absl::InvalidArgumentError(
        absl::StrCat("a speed of ", options.speed, " is not possible: take ",
                     PaceOptions::kLeastSpeed, " to ", PaceOptions::kMostSpeed, ", or flat out"));
  }
  if (!(options.max_packets_per_second >= 0)) {
    return absl::InvalidArgumentError(
        "the limit of packets a second is a positive number, or 0 for none");
  }
  return absl::OkStatus();
}

Pacer::Pacer(PaceClock& clock, const PaceOptions& options)
    : clock_(clock),
      options_(options),
      interval_ns_(options.max_packets_per_second > 0 ? 1e9 / options.max_packets_per_second : 0),
      latest_deadline_ns_(kNow) {}

int64_t Pacer::CapturePace(std::optional<int64_t> stamp_ns) {
  if (options_.speed == PaceOptions::kFlatOut || !stamp_ns.has_value()) {
    return latest_deadline_ns_;
  }
  if (!first_stamp_ns_.has_value()) {
    first_stamp_ns_ = latest_stamp_ns_ = *stamp_ns;
    origin_ns_ = latest_deadline_ns_ = clock_.NowNs();
  } else if (*stamp_ns < latest_stamp_ns_) {
    ++backward_stamps_;
  } else {
    latest_stamp_ns_ = *stamp_ns;
    // Whole at 104 days of ns in a double, and never a sum of rounded parts.
    const auto distance_ns = static_cast<double>(*stamp_ns - *first_stamp_ns_);
    latest_deadline_ns_ = origin_ns_ + std::llround(distance_ns / options_.speed);
  }
  return latest_deadline_ns_;
}

void Pacer::Rhythm::NotBefore(int64_t least_ns) {
  if (next_ns >= least_ns) return;
  next_ns = least_ns;
  fraction_ns = 0;
}

int64_t Pacer::Rhythm::Take(double interval_ns) {
  const int64_t taken_ns = next_ns;
  fraction_ns += interval_ns;
  const double whole_ns = std::floor(fraction_ns);
  next_ns += static_cast<int64_t>(whole_ns);
  fraction_ns -= whole_ns;
  return taken_ns;
}

int64_t Pacer::NextDeadlineNs(std::optional<int64_t> stamp_ns) {
  intended_ns_ = CapturePace(stamp_ns);
  if (interval_ns_ == 0) return intended_ns_;
  // The limit's own time runs on at its interval; it lags behind the clock by no more than a burst.
  // The schedule knows no clock.
  const int64_t now_ns = clock_.NowNs();
  const int64_t capture_ns = intended_ns_;
  schedule_.NotBefore(capture_ns == kNow && schedule_.next_ns == kNow ? now_ns : capture_ns);
  intended_ns_ = schedule_.Take(interval_ns_);
  allowed_.NotBefore(allowed_.next_ns == kNow ? intended_ns_
                                              : std::max(capture_ns, now_ns - kBurstNs));
  return allowed_.Take(interval_ns_);
}

bool Pacer::WaitUntil(int64_t deadline_ns, const std::atomic<bool>* stop) {
  while (stop == nullptr || !stop->load(std::memory_order_relaxed)) {
    const int64_t now_ns = clock_.NowNs();
    if (now_ns >= deadline_ns) return true;
    const int64_t left_ns = deadline_ns - now_ns;
    if (left_ns > options_.spin_ns) {
      clock_.SleepNs(std::min(left_ns - options_.spin_ns, kLongestSleepNs));
    }
  }
  return false;
}

}  // namespace fh::replay
