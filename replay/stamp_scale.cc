#include "replay/stamp_scale.h"

#include <algorithm>
#include <limits>

namespace fh::replay {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr unsigned kNsExponent = 9;          // A nanosecond is 10^-9 s.
constexpr unsigned kLargestPowerOfTen = 19;  // 10^19 is the largest that fits into uint64.
constexpr int64_t kMaxNs = std::numeric_limits<int64_t>::max();
constexpr int64_t kMinNs = std::numeric_limits<int64_t>::min();

uint64_t PowerOfTen(unsigned exponent) {
  uint64_t power = 1;
  for (unsigned i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Whole seconds, and the rest in ns (below a second).
struct Time {
  uint64_t seconds;
  uint64_t ns;
};

Time FromDecimal(uint64_t units, unsigned exponent) {
  if (exponent > kNsExponent + kLargestPowerOfTen) return {0, 0};  // Less than a nanosecond.
  if (exponent >= kNsExponent) {
    const uint64_t ns = units / PowerOfTen(exponent - kNsExponent);
    return {ns / kNsPerSecond, ns % kNsPerSecond};
  }
  const uint64_t per_second = PowerOfTen(exponent);
  return {units / per_second, units % per_second * (kNsPerSecond / per_second)};
}

// floor(fraction * 10^9 / 2^exponent), in two halves since the product may need 94 bits.
Time FromBinary(uint64_t units, unsigned exponent) {
  constexpr unsigned kHalf = 32;
  const uint64_t seconds = exponent >= 64 ? 0 : units >> exponent;
  const uint64_t fraction = exponent >= 64 ? units : units - (seconds << exponent);
  if (exponent <= kHalf) return {seconds, fraction * kNsPerSecond >> exponent};
  const uint64_t low = (fraction & 0xffffffff) * kNsPerSecond >> kHalf;
  const uint64_t high = (fraction >> kHalf) * kNsPerSecond;
  return {seconds, (high + low) >> std::min(exponent - kHalf, 63u)};
}

}  // namespace

StampScale::StampScale(uint8_t resolution, int64_t offset_s)
    : offset_s_(offset_s), exponent_(resolution & 0x7f), binary_((resolution & 0x80) != 0) {
  if (binary_ || exponent_ > kNsExponent || offset_s != 0) return;
  ns_per_unit_ = PowerOfTen(kNsExponent - exponent_);
  units_limit_ = static_cast<uint64_t>(kMaxNs) / ns_per_unit_ + 1;
}

std::optional<int64_t> StampScale::Slow(uint64_t units) const {
  const Time time = binary_ ? FromBinary(units, exponent_) : FromDecimal(units, exponent_);
  // Seconds as counted and the offset can each be far outside of the range and still add up to
  // something within it.
  int64_t seconds = 0;
  if (offset_s_ >= 0) {
    const uint64_t most = static_cast<uint64_t>(kMaxNs) - static_cast<uint64_t>(offset_s_);
    if (time.seconds > most) return std::nullopt;
    seconds = static_cast<int64_t>(time.seconds + static_cast<uint64_t>(offset_s_));
  } else {
    const uint64_t less = uint64_t{0} - static_cast<uint64_t>(offset_s_);
    if (time.seconds >= less) {
      if (time.seconds - less > static_cast<uint64_t>(kMaxNs)) return std::nullopt;
      seconds = static_cast<int64_t>(time.seconds - less);
    } else {
      seconds = offset_s_ + static_cast<int64_t>(time.seconds);
    }
  }
  constexpr auto kNs = static_cast<int64_t>(kNsPerSecond);
  const auto ns = static_cast<int64_t>(time.ns);
  if (seconds > kMaxNs / kNs || (seconds == kMaxNs / kNs && ns > kMaxNs % kNs)) return std::nullopt;
  if (seconds < kMinNs / kNs) return std::nullopt;
  return seconds * kNs + ns;
}

}  // namespace fh::replay
