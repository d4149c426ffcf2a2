#include "feedhandler/session/line_state.h"

#include <algorithm>

namespace fh {

void LineState::Follow(uint32_t new_stream, uint64_t first, int64_t new_starts_ns) {
  stream = new_stream;
  starts_ns = new_starts_ns;
  newest_send_ns = 0;
  next = first;
  past_gap_packets = 0;
  missing_.Clear();
}

void LineState::NoteOutOfOrder(uint64_t first, uint64_t end, int64_t send_time_ns) {
  if (first > next) {
    ++stats.gaps;
    stats.skipped_messages += first - next;
    missing_.Add(next, first - 1);
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
