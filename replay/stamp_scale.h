// From pcapng's stamps (a count of units, whose length each interface states) to UNIX ns.
//
//   const StampScale scale(/*resolution=*/6, /*offset_s=*/0);   // Microseconds.
//   std::optional<int64_t> stamp_ns = scale.ToUnixNs(units);
//
// Exact for every resolution the format can state, rounded down. Plain value; a multiplication or a
// shift a stamp for the usual resolutions.
#ifndef FEEDHANDLER_REPLAY_STAMP_SCALE_H_
#define FEEDHANDLER_REPLAY_STAMP_SCALE_H_

#include <cstdint>
#include <optional>

namespace fh::replay {

class StampScale {
 public:
  // `resolution` as if_tsresol (draft-ietf-opsawg-pcapng, section 4.2): 10^-n seconds, or 2^-n when
  // the top bit is set. `offset_s` as if_tsoffset: seconds added to every stamp.
  explicit StampScale(uint8_t resolution = 6, int64_t offset_s = 0);

  // Nothing when the time does not fit into int64 ns.
  std::optional<int64_t> ToUnixNs(uint64_t units) const {
    if (units < units_limit_) return static_cast<int64_t>(units * ns_per_unit_);
    return Slow(units);
  }

 private:
  std::optional<int64_t> Slow(uint64_t units) const;

  // The fast case: whole nanoseconds a unit, no offset, product within int64.
  uint64_t ns_per_unit_ = 0;
  uint64_t units_limit_ = 0;

  int64_t offset_s_;
  uint8_t exponent_;  // n.
  bool binary_;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_STAMP_SCALE_H_
