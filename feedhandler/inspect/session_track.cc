#include "feedhandler/inspect/session_track.h"

#include <algorithm>

namespace fh {

using codecs::FrameKind;
using codecs::PacketFrame;

bool SessionTrack::IsBelievable(uint64_t begin, uint64_t end) {
  if (begin <= line_.next || begin - line_.next <= kMaxJump) return true;
  const bool confirmed = implausible_ > 0 && begin == implausible_end_;
  implausible_end_ = end;
  return confirmed;
}

void SessionTrack::Note(const PacketFrame& frame, bool cut) {
  ++packets_;
  messages_ += frame.message_count;
  (cut ? cut_ : lost_in_tails_) += frame.lost_in_tail;
  const uint64_t begin = frame.first_sequence;
  const uint64_t arrived_end = begin + frame.message_count + (cut ? frame.lost_in_tail : 0);
  const uint64_t end = begin + frame.message_count + frame.lost_in_tail;
  if (end < begin) {  // Numbers do not wrap round.
    ++implausible_;
    return;
  }
  const bool is_first = packets_ - implausible_ == 1;
  if (is_first) {
    line_.Follow(1, begin, kNoTime);
  } else if (frame.stream_start && frame.send_time_ns != 0 && begin < line_.next &&
             frame.send_time_ns > line_.newest_send_ns) {
    ++restarts_;
    line_.Follow(line_.stream + 1, begin, frame.send_time_ns);
  } else if (!IsBelievable(begin, end)) {
    ++implausible_;
    return;
  }
  line_.Note(begin, arrived_end, frame.send_time_ns);
  if (end > arrived_end) line_.Note(end, end, frame.send_time_ns);

  heartbeats_ += frame.kind == FrameKind::kHeartbeat;
  ended_ |= frame.kind == FrameKind::kEndOfSession;
  if (arrived_end == begin) return;
  first_ = any_number_ ? std::min(first_, begin) : begin;
  end_ = any_number_ ? std::max(end_, arrived_end) : arrived_end;
  any_number_ = true;
}

}  // namespace fh
