#include "latency/tick_converter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace fh::latency {
namespace {

constexpr int kBrackets = 32;
constexpr int kFirstTries = 4;
constexpr int64_t kFirstWaitNs = 5'000'000;

// A difference above this was a step of the system clock, not drift.
constexpr int64_t kStepNs = 10'000'000;

// Differences are worked off over this long, or longer if the slope would change by more than
// kMaxSlew, which is what NTP daemons allow themselves too.
constexpr double kSlewNs = 1e9;
constexpr double kMaxSlew = 500e-6;

// New lines begin this far in the future, so that they are published before any reader needs them.
constexpr double kLeadNs = 10e6;

// The kernel dithers the rate of CLOCK_REALTIME by a unit of its own multiplier; over short
// baselines no rate is known better than this.
constexpr double kRateFloor = 1e-7;

// A rate known this well is good enough to be replaced by the next one known this well.
constexpr double kGoodRate = 5e-7;

// A rate this different from the current one is believed only when measured twice in a row: it may
// be a small step of the system clock, or a machine that was moved to another host.
constexpr double kSuddenChange = 100e-6;

// After this long the baseline begins anew, so that the rate follows temperature and NTP.
constexpr int64_t kBaselineNs = 10'000'000'000;

int64_t ToMultiplier(double ns_per_tick) {
  return std::llround(std::ldexp(ns_per_tick, TickLine::kShift));
}

// Counters between 1 MHz and 1 THz; anything else is a broken reading.
bool Plausible(double ns_per_tick) { return ns_per_tick > 1e-3 && ns_per_tick <= 1e3; }

double Difference(double a, double b) { return std::abs(a / b - 1); }

}  // namespace

TickConverter::TickConverter(TimeSource& source) : source_(source) {
  if (source_.FixedTicksPerSecond() > 0) {
    ns_per_tick_ = 1e9 / source_.FixedTicksPerSecond();
    last_ = TakeSample();
  } else {
    MeasureRate();
  }
  reference_ = last_;
  calibrations_ = 1;
  const TickLine line{last_.ticks, last_.unix_ns, ToMultiplier(ns_per_tick_)};
  Publish({line, line, line});
}

TickConverter::Sample TickConverter::TakeSample() const {
  Sample best;
  uint64_t narrowest = std::numeric_limits<uint64_t>::max();
  for (int i = 0; i < kBrackets; ++i) {
    const uint64_t before = source_.Ticks();
    const int64_t unix_ns = source_.UnixNs();
    const uint64_t width = source_.Ticks() - before;
    if (width >= narrowest) continue;
    narrowest = width;
    best.ticks = before + width / 2;
    best.unix_ns = unix_ns;
    // The moment of the reading may lie anywhere within the last tick too.
    best.half_width_ticks = static_cast<int64_t>(width - width / 2 + 1);
  }
  // One more for the rounding of the system clock.
  best.half_width_ns = TicksToNsRounded(static_cast<uint64_t>(best.half_width_ticks)) + 1;
  return best;
}

int64_t TickConverter::TicksToNsRounded(uint64_t delta) const {
  return static_cast<int64_t>(std::ceil(static_cast<double>(delta) * ns_per_tick_));
}

void TickConverter::MeasureRate() {
  for (int i = 0; i < kFirstTries; ++i) {
    Sample first = TakeSample();
    source_.Wait(kFirstWaitNs);
    const Sample middle = TakeSample();
    source_.Wait(kFirstWaitNs);
    last_ = TakeSample();
    const auto rate = [](const Sample& a, const Sample& b) {
      return static_cast<double>(b.unix_ns - a.unix_ns) / static_cast<double>(b.ticks - a.ticks);
    };
    const double whole = rate(first, last_);
    if (!Plausible(whole)) continue;
    ns_per_tick_ = whole;
    for (Sample* sample : {&first, &last_}) {
      sample->half_width_ns = TicksToNsRounded(static_cast<uint64_t>(sample->half_width_ticks)) + 1;
    }
    rate_error_ = kRateFloor + static_cast<double>(first.half_width_ns + last_.half_width_ns) /
                                   static_cast<double>(last_.unix_ns - first.unix_ns);
    const double halves = Difference(rate(first, middle), rate(middle, last_));
    if (halves < kSuddenChange + 4 * rate_error_) return;
    rate_error_ = std::max(rate_error_, halves);
  }
}

// Adopts the rate between the reference and `sample`, unless the present one is known better. After
// a step, or when the rate itself is suddenly another, the baseline begins anew, and a rate is
// believed only if the next measurement confirms it: then the machine has a new counter.
void TickConverter::UpdateRate(const Sample& sample, bool stepped) {
  if (source_.FixedTicksPerSecond() > 0) return;
  const Sample reference = reference_;
  const int64_t baseline_ns = sample.unix_ns - reference.unix_ns;
  const double measured =
      static_cast<double>(baseline_ns) / static_cast<double>(sample.ticks - reference.ticks);
  if (baseline_ns <= 0 || !Plausible(measured)) {
    reference_ = sample;
    return;
  }
  const double error =
      kRateFloor + static_cast<double>(sample.half_width_ns + reference.half_width_ns) /
                       static_cast<double>(baseline_ns);
  const double tolerance = kSuddenChange + 2 * rate_error_ + error;
  if (stepped || Difference(measured, ns_per_tick_) > tolerance) {
    reference_ = sample;
    const bool confirmed = error < kSuddenChange && rejected_ns_per_tick_ > 0 &&
                           Difference(measured, rejected_ns_per_tick_) < kSuddenChange;
    rejected_ns_per_tick_ = measured;
    if (!confirmed) return;
  } else if (error > std::max(rate_error_, kGoodRate)) {
    return;
  }
  rejected_ns_per_tick_ = 0;
  ns_per_tick_ = measured;
  rate_error_ = error;
  if (baseline_ns > kBaselineNs) reference_ = sample;
}

TickConverter::Lines TickConverter::Bend(const Sample& sample, bool stepped) const {
  const auto lead_ticks = static_cast<uint64_t>(kLeadNs / ns_per_tick_);
  const uint64_t join = source_.Ticks() + lead_ticks;
  const int64_t multiplier = ToMultiplier(ns_per_tick_);
  const int64_t target = TickLine{sample.ticks, sample.unix_ns, multiplier}.At(join);
  // The very line that readers use now, so that nothing changes for them before the join.
  const bool slewing = static_cast<int64_t>(join - lines_[2].ticks) < 0;
  const TickLine before = lines_[slewing ? 1 : 2];
  if (stepped) {
    const TickLine line{join, target, multiplier};
    return {before, line, line};
  }
  const int64_t start = before.At(join);
  const auto difference = static_cast<double>(target - start);
  const double horizon_ns = std::max(kSlewNs, std::abs(difference) / kMaxSlew);
  const double slew_ns_per_tick = ns_per_tick_ * (1 + difference / horizon_ns);
  const TickLine slew{join, start, ToMultiplier(slew_ns_per_tick)};
  const uint64_t end = join + static_cast<uint64_t>(horizon_ns / ns_per_tick_);
  return {before, slew, TickLine{end, slew.At(end), multiplier}};
}

void TickConverter::Publish(const Lines& lines) {
  lines_ = lines;
  const uint64_t version = version_.load(std::memory_order_relaxed) + 1;
  Slot& slot = slots_[version % kSlots];
  for (size_t i = 0; i < lines.size(); ++i) {
    slot.lines[i].ticks.store(lines[i].ticks, std::memory_order_release);
    slot.lines[i].unix_ns.store(lines[i].unix_ns, std::memory_order_release);
    slot.lines[i].multiplier.store(lines[i].multiplier, std::memory_order_release);
  }
  multiplier_.store(lines.back().multiplier, std::memory_order_relaxed);
  version_.store(version, std::memory_order_release);
}

void TickConverter::Recalibrate() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Sample sample = TakeSample();
  const bool backwards = static_cast<int64_t>(sample.ticks - last_.ticks) <= 0;
  const bool joined = static_cast<int64_t>(sample.ticks - lines_[1].ticks) >= 0;
  if (!joined && !backwards) return;
  const size_t piece = static_cast<int64_t>(sample.ticks - lines_[2].ticks) >= 0 ? 2 : 1;
  const int64_t difference = sample.unix_ns - lines_[piece].At(sample.ticks);
  const bool stepped = backwards || std::abs(difference) > kStepNs;
  if (backwards) {
    reference_ = sample;
  } else {
    UpdateRate(sample, stepped);
  }
  steps_ += stepped ? 1 : 0;
  Lines lines = Bend(sample, stepped);
  // Descheduled meanwhile, and half of the lead is gone: choose a later join.
  const auto margin_ticks = static_cast<uint64_t>(kLeadNs / 2 / ns_per_tick_);
  for (int i = 0; i < 3; ++i) {
    const uint64_t latest = lines[1].ticks - margin_ticks;
    if (static_cast<int64_t>(source_.Ticks() - latest) < 0) break;
    lines = Bend(sample, stepped);
  }
  // Relative to the new target, the error runs straight from the sample to the join, then to zero.
  const TickLine target{sample.ticks, sample.unix_ns, lines[2].multiplier};
  const int64_t at_join = target.At(lines[1].ticks) - lines[0].At(lines[1].ticks);
  correction_ns_ = std::max(std::abs(difference), std::abs(at_join)) + 1;
  last_ = sample;
  ++calibrations_;
  Publish(lines);
}

ClockQuality TickConverter::Quality() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const uint64_t now = source_.Ticks();
  const bool settled = static_cast<int64_t>(now - lines_[2].ticks) >= 0;
  ClockQuality quality;
  quality.ticks_per_second = 1e9 / ns_per_tick_;
  quality.bracket_ns = last_.half_width_ns;
  quality.rate_error_ppm = rate_error_ * 1e6;
  quality.age_ns = std::max<int64_t>(TicksToNs(static_cast<int64_t>(now - last_.ticks)), 0);
  const double drift_ns = static_cast<double>(quality.age_ns) * rate_error_;
  quality.error_bound_ns = quality.bracket_ns + static_cast<int64_t>(std::ceil(drift_ns)) +
                           (settled ? 0 : correction_ns_) + TicksToNsRounded(1) + 1 +
                           source_.UnixStepNs();
  quality.calibrations = calibrations_;
  quality.steps = steps_;
  return quality;
}

}  // namespace fh::latency
