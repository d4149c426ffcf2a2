// One channel's session: makes one ordered stream, each message exactly once, of what its lines
// bring, and says what is missing. It stands between Codec::Frame and Codec::Decode and knows no
// venue: of a packet it looks at the frame alone, never at the bytes.
//
//   ChannelSession session(options);                       // ValidateSessionOptions(options) is OK
//   const SessionBatch batch = arrivals.empty() ? session.OnIdle(now_ns)
//                                               : session.OnBurst(arrivals);
//   ForEachStep(batch,
//               [&](std::span<const DecodeJob> jobs) { codec->Decode(jobs, writer); },
//               [&](const SessionEvent& event) { Publish(event); });
//   receiver.Post(batch.released);                         // After decoding, before the next call.
//
// Owner: the channel's feed thread, and no other. After construction nothing allocates, locks, logs
// or calls the system; memory is fixed by SessionOptions. An in-order packet while nothing is
// missing costs a few nanoseconds (tests/bench/session_bench), the loser's copy of it about twice
// that; a packet that has to wait a binary search and a 128-byte copy of its description. The
// payload is never copied: holding a packet means holding its slice. Outside of a call the session
// holds at most options.window_packets slices; every other slice it was given has come back in some
// batch's `released`, each exactly once.
//
// Rules
//  * First arrival wins, per message. A packet that overlaps what was delivered gives the rest
//    (DecodeJob::skip). Of packets that overlap while they wait, the one that starts lower is
//    first.
//  * A packet that comes early waits for the gap before it: until a line fills it, or it is given
//    up: by timeout, early, by the size of the window (SessionOptions says when), or by Flush. Then
//    it is reported (kGap) and all jobs after it carry FH_FLAG_MAYBE_BAD_BOOK until a new stream
//    starts or MarkClean() is called. What comes of it later is counted as late, never delivered:
//    numbers only rise.
//  * The timeout of a gap is judged by the slowest line that is alive, as long as packets come:
//    when this thread was held up, the packet that fills the gap may be waiting in another line's
//    queue. OnIdle means that no line has anything waiting.
//  * Heartbeats and end-of-session packets that are ahead, and tails that a damaged packet lost,
//    open gaps like packets do; the next packet of any line may fill them.
//  * The first packet starts the stream (kSessionStart, then a FH_GAP_LATE_JOIN gap if it is not
//    message 1). Numbers 0 and 1 both count as a beginning.
//  * Another session id, on a live line: what is outstanding of the old session is given up, what
//  is
//    held delivered, then kSessionStart, and message 1 is expected; if the first packet is ahead of
//    it, the gap waits for the other lines like any other and is reported as FH_GAP_LATE_JOIN. Ids
//    that were left are remembered (the last kClosedSessions of them); their packets are dropped.
//    A single packet of an unknown id is enough: ids are the venue's word, checked by the framing.
//  * A restart under the same id: a packet with `stream_start` on a live line that has already got
//    beyond it, sent later than what brought the line there. It works like a new session id. Lines
//    that still carry the old run are dropped (stale_restart) until they restart themselves, or
//    bring packets sent no earlier than the restart. Framings without a time of sending never
//    restart. The restart is only seen if some line brings that first packet before the numbers
//    that follow it: LineStats::went_back_packets rises otherwise.
//  * The end of the session is reported once, when everything before it was delivered or given up.
//
// Recovery. Nothing here asks for anything; this is the place for what will. With
// options.announce_gaps, a kGapOpened event names every range that was skipped, once, when it is
// first seen; Missing() says what is still outstanding; AwaitRecovery(last, deadline) keeps gaps up
// to `last` from being given up by time or distance, and the caller asks a server. The answer comes
// in as ordinary arrivals of a recovery line (index >= options.lines): arbitrated like all others,
// from any source and in any order, but never able to change the session. Memory stays bounded:
// when the window is full a gap is given up in spite of a recovery, and its kGap event says so.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_CHANNEL_SESSION_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_CHANNEL_SESSION_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "codecs/codec.h"
#include "feedhandler/session/hold_window.h"
#include "feedhandler/session/line_state.h"
#include "feedhandler/session/range_list.h"
#include "feedhandler/session/session_types.h"

namespace fh {

class ChannelSession {
 public:
  static constexpr uint32_t kClosedSessions = 16;

  // Allocates everything. Precondition: ValidateSessionOptions(options).ok().
  explicit ChannelSession(const SessionOptions& options);
  ChannelSession(const ChannelSession&) = delete;
  ChannelSession& operator=(const ChannelSession&) = delete;

  // Takes packets in, in the order in which they were received. At most options.max_burst of them;
  // each names a line of this channel. The batch lives until the next call of OnBurst, OnIdle or
  // Flush, and so must `arrivals` and what they point to.
  SessionBatch OnBurst(std::span<const Arrival> arrivals);

  // Nothing is waiting on any line at `now_ns` (the clock of Arrival::recv_ns): gives up what has
  // timed out. Cheap when nothing is missing; NextDeadlineNs() says when it will have an effect.
  SessionBatch OnIdle(int64_t now_ns);

  // End of the capture, or shutdown: gives up every gap, delivers what is held, gives all slices
  // back. The session may be used on.
  SessionBatch Flush(int64_t now_ns);

  // The caller knows the books to be right again (a snapshot was loaded): jobs from the next call
  // on no longer carry FH_FLAG_MAYBE_BAD_BOOK, until the next gap.
  void MarkClean() { maybe_bad_ = false; }

  // Missing messages up to number `last` are being recovered: until `deadline_ns` they are given up
  // only if the window is full. A later call replaces an earlier one; a deadline in the past ends
  // the wait.
  void AwaitRecovery(uint64_t last, int64_t deadline_ns) {
    recovery_last_ = last;
    recovery_deadline_ns_ = deadline_ns;
  }

  // Writes the ranges that are missing and not yet given up, lowest first, as many as `out` holds,
  // and returns how many were written. O(size of the window).
  size_t Missing(std::span<SequenceRange> out) const;

  // The earliest time at which OnIdle would give something up; INT64_MAX when nothing is missing.
  int64_t NextDeadlineNs() const;

  // The next message number to deliver. 0 before the first packet.
  uint64_t expected() const { return joined_ ? expected_ : 0; }
  const codecs::SessionId& session_id() const { return session_; }
  bool maybe_bad_book() const { return maybe_bad_; }
  // Slices that the session holds now.
  uint32_t held() const { return window_.size(); }

  const SessionStats& stats() const { return stats_; }
  // Precondition: line < options.lines + options.recovery_lines.
  const LineStats& line_stats(uint32_t line) const { return lines_[line].stats; }

 private:
  enum class Why : uint8_t { kTimeout, kEarly, kWindow, kStreamEnded };

  // A position ahead of all that is believed, and how many packets in a row have agreed with it.
  struct Jump {
    uint64_t at_expected = 0;
    uint64_t low = 0;
    uint64_t high = 0;
    uint32_t packets = 0;
  };

  // When a packet starting at `first` was delivered, to tell how far other lines are behind.
  struct Winner {
    uint64_t first = 0;
    int64_t recv_ns = kNoTime;
  };
  static constexpr uint64_t kWinners = 256;

  void BeginBatch();
  SessionBatch EndBatch() const;

  void Accept(const Arrival& arrival);
  void AcceptSlow(const Arrival& arrival);
  void AcceptMessages(const Arrival& arrival, uint64_t end);
  void Hold(const Arrival& arrival, uint64_t end);

  // Whether the packet belongs to the current stream; starts a new stream where it says so.
  bool Admit(const Arrival& arrival, LineState& line);
  bool AdmitToRun(const Arrival& arrival, LineState& line);
  bool IsRestart(const Arrival& arrival, const LineState& line) const;
  bool IsAlive(const LineState& line, int64_t now_ns) const;
  bool IsInRestartedId(const LineState& line) const {
    return line.stream == stream_ || (line.stream + 1 == stream_ && restarted_ns_ != kNoTime);
  }
  bool IsClosed(const codecs::SessionId& session) const;
  bool IsPlausible(uint64_t first, uint64_t end);
  void StartStream(const Arrival& arrival, StartCause cause);
  void FinishStream(int64_t now_ns);

  // Something up to `horizon` is known to exist.
  void RaiseHorizon(uint64_t horizon, int64_t now_ns);
  void NoteDamage(const codecs::PacketFrame& frame, uint64_t end, int64_t now_ns);
  void GiveUpWhatIsDue(int64_t now_ns, bool idle);
  bool IsTimedOut(int64_t now_ns, bool idle) const;
  bool IsEveryLinePast(int64_t now_ns) const;
  bool IsAwaited(int64_t now_ns) const {
    return now_ns < recovery_deadline_ns_ && expected_ <= recovery_last_;
  }
  void GiveUpOldest(int64_t now_ns, Why why);
  void ReportGap(uint64_t first, uint64_t last, int64_t now_ns);
  void EmitGap(uint64_t first, uint64_t last, uint16_t cause, int64_t now_ns);
  void ReportEnd(int64_t now_ns);
  void Drain();

  void Deliver(const rio::Packet& packet, const codecs::PacketFrame& frame, int64_t recv_ns,
               uint32_t line, uint32_t skip);
  void CountOld(const Arrival& arrival, uint64_t end);
  void CountDuplicates(uint32_t line, uint64_t messages);
  void CountBehind(const Arrival& arrival);
  void Drop(const Arrival& arrival);
  void Release(uint32_t slice);
  void Emit(SessionEvent event);

  bool IsMissing() const { return horizon_ > expected_; }
  bool IsTailMissing() const {
    return horizon_ > (window_.empty() ? expected_ : window_.back().end);
  }
  int64_t OldestGapSeenNs() const {
    return window_.empty() ? tail_seen_ns_ : window_.front().hole_seen_ns;
  }

  const SessionOptions options_;
  const uint32_t line_count_;

  // The current stream. `stream_` counts streams; no line is in stream 1 before the first packet.
  codecs::SessionId session_;
  uint32_t stream_ = 1;
  bool joined_ = false;
  bool fresh_ = false;       // Nothing of the stream was believed yet.
  bool from_start_ = false;  // Was seen when nothing of it had been sent yet.
  bool maybe_bad_ = false;
  uint64_t expected_ = 0;           // Next message to deliver.
  uint64_t horizon_ = 0;            // One past the highest number known to exist; >= expected_.
  int64_t tail_seen_ns_ = 0;        // When the gap between the last packet and horizon_ was seen.
  int64_t restarted_ns_ = kNoTime;  // Time of sending of the packet that restarted the stream.
  uint64_t end_ = 0;                // With end_pending_: one past the session's last message.
  bool end_pending_ = false;
  bool ended_ = false;
  Jump jump_;
  uint64_t recovery_last_ = 0;
  int64_t recovery_deadline_ns_ = kNoTime;

  std::array<LineState, kMaxSessionLines> lines_;
  HoldWindow window_;
  RangeList<16> damaged_;
  RangeList<64> given_up_;
  std::array<codecs::SessionId, kClosedSessions> closed_;
  uint64_t closed_count_ = 0;  // Ever; the newest is at (closed_count_ - 1) % kClosedSessions.
  std::array<Winner, kWinners> winners_;

  const uint32_t max_jobs_;
  const uint32_t max_events_;
  std::unique_ptr<codecs::DecodeJob[]> jobs_;
  std::unique_ptr<SessionEvent[]> events_;
  std::unique_ptr<uint32_t[]> released_;
  uint32_t job_count_ = 0;
  uint32_t event_count_ = 0;
  uint32_t released_count_ = 0;

  SessionStats stats_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_CHANNEL_SESSION_H_
