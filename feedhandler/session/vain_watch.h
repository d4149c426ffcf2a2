// Notices that a channel gets packets and delivers nothing: each of them may be dropped for a good
// reason, but all of them for long are a wrong codec, a foreign stream, or a belief gone wrong.
//
//   if (vain_.NotePacket(progress_ns, recv_ns, stats)) Emit(kStuck);     // It brought no message.
//   if (stats.is_stuck && vain_.NoteProgress(progress_ns, stats)) Emit(kUnstuck);
//
// The session's own; a comparison or two.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_VAIN_WATCH_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_VAIN_WATCH_H_

#include <cstdint>

#include "feedhandler/session/session_types.h"

namespace fh {

class VainWatch {
 public:
  // `long_ns`: how long without a message is too long.
  explicit VainWatch(int64_t long_ns) : long_ns_(static_cast<uint64_t>(long_ns)) {}

  // A packet came at `recv_ns` and brought no message that could be delivered; the last one that
  // was came at `progress_ns`. True when it is to be said now.
  bool NotePacket(int64_t progress_ns, int64_t recv_ns, SessionStats& stats) {
    if (progress_ns_ != progress_ns || packets_ == 0) {
      progress_ns_ = progress_ns;
      since_ns_ = recv_ns;
      packets_ = 0;
      if (progress_ns == recv_ns) return false;  // It brought the message itself.
    }
    stats.vain_packets = ++packets_;
    if (stats.is_stuck || packets_ < kLeast || Elapsed(since_ns_, recv_ns) < long_ns_) return false;
    stats.is_stuck = true;
    ++stats.stuck_times;
    return true;
  }

  // Precondition: stats.is_stuck. True when messages are delivered again.
  bool NoteProgress(int64_t progress_ns, SessionStats& stats) {
    if (progress_ns_ == progress_ns) return false;
    stats.is_stuck = false;
    stats.vain_packets = 0;
    return true;
  }

  // Packets that came in vain, of the last such stretch.
  uint64_t packets() const { return packets_; }

 private:
  // Fewer packets that bring nothing are no reason to say so, however long it takes.
  static constexpr uint64_t kLeast = 16;

  const uint64_t long_ns_;
  int64_t progress_ns_ = kNoTime;  // Of the last message.
  int64_t since_ns_ = 0;
  uint64_t packets_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_VAIN_WATCH_H_
