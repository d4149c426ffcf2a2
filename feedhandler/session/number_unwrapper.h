// Numbers of few bits on the wire become numbers that only rise: behind the highest of 32 bits a
// venue goes on with 0 or 1, and the session with 2^32.
//
//   const NumberUnwrapper unwrapper(codec.numbering());
//   frame.first_sequence = unwrapper.Unwrap(frame.first_sequence, session.expected());
//
// A number is taken for one of the next lap, or of the last, only when that puts it close to where
// the stream stands; else it is one of the present lap, and so a stream that starts over at 1 is
// seen to start over. Any thread; a few nanoseconds.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_NUMBER_UNWRAPPER_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_NUMBER_UNWRAPPER_H_

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "codecs/codec.h"

namespace fh {

class NumberUnwrapper {
 public:
  // Precondition: 8 <= numbering.bits <= 64.
  explicit NumberUnwrapper(const codecs::Numbering& numbering)
      : first_(numbering.after_wrap),
        lap_(numbering.bits >= 64 ? 0 : (uint64_t{1} << numbering.bits) - numbering.after_wrap),
        near_(std::min(kNear, lap_ / 4)) {
    assert(numbering.bits >= 8);
  }

  bool IsNeeded() const { return lap_ != 0; }

  // `expected`: the number that the stream stands at, unwrapped; 0 when nothing is known of it.
  uint64_t Unwrap(uint64_t wire, uint64_t expected) const {
    if (!IsNeeded() || wire < first_ || expected < first_) return wire;
    const uint64_t start = (expected - first_) / lap_ * lap_;
    const uint64_t number = start + wire;
    if (number >= expected) {
      const bool is_late = start >= lap_ && expected - (number - lap_) <= near_;
      return is_late ? number - lap_ : number;
    }
    return number + lap_ - expected <= near_ ? number + lap_ : number;
  }

 private:
  // Further across the end of a lap no line is ahead, and none behind.
  static constexpr uint64_t kNear = uint64_t{1} << 20;

  uint64_t first_;
  uint64_t lap_;  // Numbers in it; 0: there is only one.
  uint64_t near_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_NUMBER_UNWRAPPER_H_
