// The session of a channel that says the same round and round: snapshots of books, definitions of
// instruments. Numbers start over with each loop, which is no restart of anything.
//
//   LoopSession session(options);
//   const SessionBatch batch = session.OnBurst(arrivals);   // As of ChannelSession.
//
// Of several lines that carry the same loops one is taken, packet by packet as it comes, for as
// long as it brings anything; another follows when it has been silent for line_silent_ns. What a
// line loses of a loop is said (kGap, and FH_FLAG_MAYBE_BAD_BOOK until the loop ends) and comes
// with the next loop: waiting for it here would gain nothing. Each loop begins with kLoop.
//
// One packet is no proof: one that is more than max_jump ahead, or that goes back to a number other
// than 0 and 1, is kept out until the same line goes on from it. A loop that is joined in its middle
// is delivered from there on.
//
// The feed thread's own; no memory but the batch; nothing is held.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_LOOP_SESSION_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_LOOP_SESSION_H_

#include <array>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "feedhandler/session/session_batch.h"
#include "feedhandler/session/session_types.h"
#include "feedhandler/session/vain_watch.h"

namespace fh {

class LoopSession {
 public:
  // Precondition: ValidateSessionOptions(options).ok().
  explicit LoopSession(const SessionOptions& options);

  // As ChannelSession::OnBurst: at most options.max_burst arrivals, each naming a line; the batch
  // lives until the next call.
  SessionBatch OnBurst(std::span<const Arrival> arrivals);

  const SessionStats& stats() const { return stats_; }
  const LineStats& line_stats(uint32_t line) const { return lines_[line]; }

 private:
  static constexpr uint8_t kNobody = UINT8_MAX;

  void Accept(const Arrival& arrival);
  void TakeNumbered(const Arrival& arrival);
  bool IsLed(const Arrival& arrival);
  bool IsInTurn(uint64_t first, uint64_t end);
  void BeginLoop(uint64_t first, int64_t recv_ns);
  void ReportGap(uint64_t first, uint64_t last, int64_t recv_ns);
  void Deliver(const Arrival& arrival, uint32_t take);
  void Drop(const Arrival& arrival);
  void CountDuplicate(const Arrival& arrival);
  void Emit(SessionEvent::Kind kind, uint64_t first, uint64_t last, int64_t recv_ns);

  const SessionOptions options_;
  SessionStats stats_;
  std::array<LineStats, kMaxSessionLines> lines_;
  SessionBatchBuilder batch_;
  uint8_t leader_ = kNobody;
  int64_t progress_ns_ = kNoTime;  // When the line that is taken last brought anything.
  bool maybe_bad_ = false;
  uint64_t expected_ = 0;
  VainWatch vain_;
  uint64_t doubted_end_ = UINT64_MAX;  // A packet that ended here was kept out; UINT64_MAX: none.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_LOOP_SESSION_H_
