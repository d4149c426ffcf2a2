#include "latency/clock.h"

#include <cstdio>

#include "absl/strings/str_cat.h"

namespace fh::latency {
namespace {

class TscTime : public TimeSource {
 public:
  uint64_t Ticks() override { return platform::OrderedTsc(); }
  int64_t UnixNs() override { return platform::UnixNs(); }
  void Wait(int64_t duration_ns) override { platform::SleepNs(duration_ns); }
  int64_t UnixStepNs() const override { return platform::kUnixStepNs; }
};

class MonotonicTime : public TimeSource {
 public:
  uint64_t Ticks() override { return static_cast<uint64_t>(platform::MonotonicNs()); }
  int64_t UnixNs() override { return platform::UnixNs(); }
  void Wait(int64_t duration_ns) override { platform::SleepNs(duration_ns); }
  int64_t UnixStepNs() const override { return platform::kUnixStepNs; }
  // The kernel slews CLOCK_MONOTONIC and CLOCK_REALTIME alike; only steps tell them apart.
  double FixedTicksPerSecond() const override { return 1e9; }
};

std::unique_ptr<TimeSource> MakeTimeSource(TickSource source) {
  if (source == TickSource::kTsc) return std::make_unique<TscTime>();
  return std::make_unique<MonotonicTime>();
}

std::string Fixed(double value, const char* format) {
  char text[64];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

}  // namespace

Clock::Clock() : time_source_(MakeTimeSource(Source())), converter_(*time_source_) {}

TickSource Clock::Source() {
  TickSource source = source_.load();
  if (source != TickSource::kUndecided) return source;
  const TickSource probed =
      platform::TscRefusal().empty() ? TickSource::kTsc : TickSource::kMonotonic;
  // Threads that race here have probed the same, unless one of them chose: the first wins.
  return source_.compare_exchange_strong(source, probed) ? probed : source;
}

absl::Status Clock::ChooseSource(TickSource source) {
  if (source == TickSource::kUndecided) {
    return absl::InvalidArgumentError("choose the TSC or CLOCK_MONOTONIC as source of ticks");
  }
  if (source == TickSource::kTsc) {
    const std::string refusal = platform::TscRefusal();
    if (!refusal.empty()) {
      return absl::UnavailableError(absl::StrCat("the TSC cannot be the source of ticks: ", refusal,
                                                 "; use CLOCK_MONOTONIC instead"));
    }
  }
  TickSource present = TickSource::kUndecided;
  if (!source_.compare_exchange_strong(present, source) && present != source) {
    return absl::FailedPreconditionError(
        "another source of ticks is in use already; choose it before the first time stamp");
  }
  return absl::OkStatus();
}

uint64_t Clock::SlowTicks() {
  if (Source() == TickSource::kTsc) return ReadTsc();
  return static_cast<uint64_t>(platform::MonotonicNs());
}

std::string Clock::Describe() const {
  const ClockQuality quality = Quality();
  std::string text;
  if (Source() == TickSource::kTsc) {
    text = absl::StrCat("TSC at ", Fixed(quality.ticks_per_second / 1e9, "%.6f"), " GHz");
  } else {
    const std::string refusal = platform::TscRefusal();
    text = absl::StrCat("CLOCK_MONOTONIC (",
                        refusal.empty() ? std::string("chosen; the TSC would do")
                                        : absl::StrCat("no TSC: ", refusal),
                        ")");
  }
  absl::StrAppend(&text, ", Unix time within ", quality.error_bound_ns, " ns of the system clock (",
                  "bracket ", quality.bracket_ns, " ns, rate within ",
                  Fixed(quality.rate_error_ppm, "%.3g"), " ppm, calibrated ",
                  Fixed(static_cast<double>(quality.age_ns) / 1e9, "%.1f"), " s ago)");
  if (quality.steps > 0) {
    absl::StrAppend(&text, ", followed ", quality.steps, " step", quality.steps == 1 ? "" : "s",
                    " of the system clock");
  }
  return text;
}

}  // namespace fh::latency
