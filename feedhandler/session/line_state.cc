#include "feedhandler/session/line_state.h"

#include <algorithm>

namespace fh {

void LineState::Follow(uint32_t new_stream, uint64_t first, int64_t new_starts_ns) {
  stream = new_stream;
  starts_ns = new_starts_ns;
  newest_send_ns = 0;
  next = first;
  last_end = first;
  past_gap_packets = 0;
  missing_.Clear();
  early_.Clear();
}

void LineState::TakeBack(uint64_t number, int64_t sent_ns) {
  for (uint64_t at = number; at < next;) {
    const SequenceRange* missing = missing_.FirstEndingFrom(at);
    const bool none = missing == nullptr || missing->first >= next;
    const uint64_t end = none ? next : missing->first;
    if (end > at) early_.Add(at, end - 1);
    at = none ? next : missing->last + 1;
  }
  // Counted as left out too soon.
  if (next > number) stats.brought_messages += missing_.Remove(number, next - 1);
  next = number;
  newest_send_ns = sent_ns;
}

void LineState::NoteJump(uint64_t first) {
  ++stats.gaps;
  for (uint64_t at = next; at < first;) {
    const SequenceRange* early = early_.FirstEndingFrom(at);
    const bool none = early == nullptr || early->first >= first;
    const uint64_t end = none ? first : early->first;
    if (end > at) {
      stats.skipped_messages += end - at;
      missing_.Add(at, end - 1);
    }
    at = none ? first : early->last + 1;
  }
  if (!early_.empty()) early_.Remove(0, first - 1);
}

void LineState::NoteOutOfOrder(uint64_t first, uint64_t end, int64_t send_time_ns) {
  if (first > next) {
    NoteJump(first);
    next = end;
    newest_send_ns = send_time_ns;
    return;
  }
  if (send_time_ns > newest_send_ns && end <= next) ++stats.went_back_packets;
  if (end > first) {
    const uint64_t old_end = std::min(end, next);
    const uint64_t brought = missing_.Remove(first, old_end - 1);
    stats.brought_messages += brought;
    stats.reordered_packets += brought > 0;
    stats.repeated_messages += (old_end - first) - brought;
  }
  if (end > next) {
    next = end;
    newest_send_ns = send_time_ns;
  }
}

}  // namespace fh
