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

void SessionTrack::Follow(uint64_t begin, int64_t starts_ns) {
  line_.Follow(line_.stream + 1, begin, starts_ns);
  started_ = begin;
  below_.Clear();
}

// Messages [begin, end) came after those from started_ on.
void SessionTrack::NoteBelow(uint64_t begin, uint64_t end) {
  end = std::min(end, started_);
  if (begin >= end) return;
  new_below_ += (end - begin) - below_.Remove(begin, end - 1);
  // Packets in order make one range, upwards and downwards.
  uint64_t first = begin;
  uint64_t last = end - 1;
  if (const SequenceRange* before = first > 0 ? below_.FirstEndingFrom(first - 1) : nullptr;
      before != nullptr && before->last == first - 1) {
    first = before->first;
  }
  if (const SequenceRange* after = below_.FirstEndingFrom(last + 1);
      after != nullptr && after->first == last + 1) {
    last = after->last;
  }
  below_.Remove(first, last);
  below_.Add(first, last);
}

void SessionTrack::Note(const PacketFrame& frame, bool cut) {
  ++packets_;
  messages_ += frame.message_count;
  (cut ? cut_ : lost_in_tails_) += frame.lost_in_tail;
  if (frame.kind == FrameKind::kUnsequenced) {
    unnumbered_ += frame.message_count;
    ++without_numbers_;
    return;
  }
  const uint64_t begin = frame.first_sequence;
  const uint64_t arrived_end = begin + frame.number_count + (cut ? frame.lost_in_tail : 0);
  const uint64_t end = begin + frame.number_count + frame.lost_in_tail;
  if (end < begin) {  // Numbers do not wrap round.
    ++implausible_;
    return;
  }
  const bool is_first = packets_ - without_numbers_ - implausible_ == 1;
  if (is_first) {
    Follow(begin, kNoTime);
  } else if (frame.stream_start && frame.send_time_ns != 0 && begin < line_.next &&
             frame.send_time_ns > line_.newest_send_ns) {
    ++restarts_;
    Follow(begin, frame.send_time_ns);
  } else if (!IsBelievable(begin, end)) {
    ++implausible_;
    return;
  }
  NoteBelow(begin, arrived_end);
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
