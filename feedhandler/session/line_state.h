// What a channel's session remembers of one line: how far the line itself has got, what it left
// out, and whether it has followed the last restart. Nothing in here decides what is delivered; it
// tells lines apart for the statistics, and restarts from duplicates.
//
// One thread, no allocation. A packet in the line's own order costs a compare and a store.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_LINE_STATE_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_LINE_STATE_H_

#include <cstdint>

#include "feedhandler/session/range_list.h"
#include "feedhandler/session/session_types.h"

namespace fh {

struct LineState {
  LineStats stats;
  bool is_recovery = false;
  // The stream (counted by the session) that the line was last seen in.
  uint32_t stream = 0;
  // Packets sent before this moment belong to the run before a restart.
  int64_t starts_ns = kNoTime;
  // Time of sending of the packet that brought the line furthest.
  int64_t newest_send_ns = 0;
  // One past the highest number that the line has brought or announced.
  uint64_t next = 0;
  // Of its last packet that was no further ahead than what is known.
  uint64_t last_end = 0;
  // How many packets the line brought from behind the gap that starts at `past_gap_at`.
  uint64_t past_gap_at = 0;
  uint32_t past_gap_packets = 0;

  // The line's first packet of a stream starts at `first`.
  void Follow(uint32_t new_stream, uint64_t first, int64_t new_starts_ns);

  // Takes note of a packet with messages [first, end), end == first for heartbeats.
  void Note(uint64_t first, uint64_t end, int64_t send_time_ns) {
    if (first == next) [[likely]] {
      next = end;
      newest_send_ns = send_time_ns;
    } else {
      NoteOutOfOrder(first, end, send_time_ns);
    }
  }

  // What the line brought beyond `number` came early, or was wrong: it stands there, and its newest
  // packet was sent at `sent_ns`.
  void TakeBack(uint64_t number, int64_t sent_ns);

  // Counts a packet that starts behind the gap at `expected`.
  void NotePastGap(uint64_t expected) {
    if (past_gap_at != expected) {
      past_gap_at = expected;
      past_gap_packets = 0;
    }
    ++past_gap_packets;
  }

  // Whether the line has brought more than `packets` packets from behind the gap at `expected`.
  bool IsPast(uint64_t expected, uint32_t packets) const {
    return past_gap_at == expected && past_gap_packets > packets;
  }

 private:
  void NoteOutOfOrder(uint64_t first, uint64_t end, int64_t send_time_ns);

  // The line jumps to `first`: what it had not brought early is missing.
  void NoteJump(uint64_t first);

  RangeList<64> missing_;  // What the line jumped over and has not brought since.
  RangeList<64> early_;    // What it brought beyond `next`.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_LINE_STATE_H_
