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
// holds at most MostHeldSlices(options) slices; every other slice it was given has come back in
// some batch's `released`, each exactly once.
//
// Messages outside of the numbers (FrameKind::kUnsequenced) are delivered as they come, each once
// (copy_filter.h); numbers of fewer bits are made whole before they come here (number_unwrapper.h).
//
// Three rooms share the work, each with its own manual: admission.h (which stream a packet is of,
// and what of it is believed), order_window.h (each message once, in order), gap_policy.h (when
// what is missing is given up).
//
// Rules
//  * First arrival wins, per message. A packet that overlaps what was delivered gives the rest
//    (DecodeJob::skip). Of packets that overlap while they wait, the one that starts lower is
//    first.
//  * What any live line brings in order is delivered, whatever else arrives on this line or
//    another, as long as the other comes in rows of fewer packets than jump_confirmations
//    (admission.h).
//  * A packet that comes early waits for the gap before it: until a line fills it, or it is given
//    up: by timeout, early, by the size of the window (gap_policy.h says when), or by Flush. Then
//    it is reported (kGap) and all jobs after it carry FH_FLAG_MAYBE_BAD_BOOK until a new stream
//    starts or MarkClean() is called. What comes of it later is counted as late and not delivered,
//    unless it shows that the position was wrong (StartCause::kCorrected): within a stream numbers
//    only rise.
//  * Heartbeats and end-of-session packets that are ahead, and tails that a damaged packet lost,
//    open gaps like packets do; the next packet of any line may fill them.
//  * The first packets start the stream (kSessionStart, then a FH_GAP_LATE_JOIN gap if they do not
//    begin with message 1). Numbers 0 and 1 both count as a beginning.
//  * Another session id, or the same one starting over: what is outstanding of the old stream is
//    given up, what is held delivered, then kSessionStart, and message 1 is expected; if the first
//    packet is ahead of it, the gap waits for the other lines like any other and is reported as
//    FH_GAP_LATE_JOIN.
//  * The end of the session is reported once, when everything before it was delivered or given up,
//    and the venue has said it jump_confirmations times, or nothing followed for gap_timeout_ns.
//  * When packets have come for line_silent_ns and none of them brought a message, kStuck says so
//    once.
//
// Recovery. Nothing here asks for anything; this is the place for what will. With
// options.announce_gaps, a kGapOpened event names every range that was skipped, once, when it is
// first believed; Missing() says what is still outstanding; AwaitRecovery(last, deadline) keeps
// gaps up to `last` from being given up by time or distance, and the caller asks a server. The
// answer comes in as ordinary arrivals of a recovery line (index >= options.lines): arbitrated like
// all others, from any source and in any order, but never able to change the session. Memory stays
// bounded: when the window is full a gap is given up in spite of a recovery, and its kGap event
// says so.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_CHANNEL_SESSION_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_CHANNEL_SESSION_H_

#include <array>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "feedhandler/session/admission.h"
#include "feedhandler/session/copy_filter.h"
#include "feedhandler/session/gap_policy.h"
#include "feedhandler/session/line_state.h"
#include "feedhandler/session/order_window.h"
#include "feedhandler/session/range_list.h"
#include "feedhandler/session/session_batch.h"
#include "feedhandler/session/session_types.h"
#include "feedhandler/session/vain_watch.h"

namespace fh {

class ChannelSession {
 public:
  // Allocates everything. Precondition: ValidateSessionOptions(options).ok().
  explicit ChannelSession(const SessionOptions& options);
  ChannelSession(const ChannelSession&) = delete;
  ChannelSession& operator=(const ChannelSession&) = delete;

  // Takes packets in, in the order in which they were received. At most options.max_burst of them;
  // each names a line of this channel. The batch lives until the next call of OnBurst, OnTime,
  // OnIdle or Flush, and so must `arrivals` and what they point to.
  SessionBatch OnBurst(std::span<const Arrival> arrivals);

  // Nothing is waiting on any line at `now_ns` (the clock of Arrival::recv_ns): gives up what has
  // timed out. Cheap when nothing is missing; NextDeadlineNs() says when it will have an effect.
  SessionBatch OnIdle(int64_t now_ns) { return OnDeadline(now_ns, /*idle=*/true); }

  // It is `now_ns`, and packets may be waiting on the lines: gives up what has timed out by the
  // clock of every line that is alive.
  SessionBatch OnTime(int64_t now_ns) { return OnDeadline(now_ns, /*idle=*/false); }

  // End of the capture, or shutdown: gives up every gap, delivers what is held, gives all slices
  // back. The session may be used on.
  SessionBatch Flush(int64_t now_ns);

  // Another stream of the venue takes this place: what is known is forgotten, counters go on.
  // Precondition: Flush was called, and nothing since.
  void Forget();

  // The caller knows the books to be right again (a snapshot was loaded): jobs from the next call
  // on no longer carry FH_FLAG_MAYBE_BAD_BOOK, until the next gap.
  void MarkClean() { order_.MarkClean(); }

  // Missing messages up to number `last` are being recovered: until `deadline_ns` they are given up
  // only if the window is full. A later call replaces an earlier one; a deadline in the past ends
  // the wait.
  void AwaitRecovery(uint64_t last, int64_t deadline_ns) { policy_.Await(last, deadline_ns); }

  // Writes the ranges that are missing and not yet given up, lowest first, as many as `out` holds,
  // and returns how many were written. O(size of the window).
  size_t Missing(std::span<SequenceRange> out) const { return order_.Missing(out); }

  // The earliest time at which OnIdle would have an effect; INT64_MAX when there is none.
  int64_t NextDeadlineNs() const { return calm_ ? INT64_MAX : DeadlineNs(); }

  // The next message number to deliver. 0 before the first stream.
  uint64_t expected() const { return admission_.is_joined() ? order_.expected() : 0; }
  const codecs::SessionId& session_id() const { return admission_.session(); }
  bool maybe_bad_book() const { return order_.maybe_bad(); }
  // Slices that the session holds now.
  uint32_t held() const { return order_.held() + admission_.waiting(); }

  const SessionStats& stats() const { return stats_; }
  // Precondition: line < options.lines + options.recovery_lines.
  const LineStats& line_stats(uint32_t line) const { return lines_[line].stats; }

 private:
  // The venue's word that the session is over, and how often it was said.
  struct End {
    uint64_t number = 0;  // One past the session's last message.
    uint32_t packets = 0;
    int64_t since_ns = 0;
    bool is_pending = false;
    bool was_reported = false;
  };

  SessionBatch OnDeadline(int64_t now_ns, bool idle);
  void BeginBatch();
  int64_t DeadlineNs() const;

  void Accept(const Arrival& arrival);
  bool IsCopyInTurn(const Arrival& arrival, uint64_t end) const;
  void AcceptSlow(const Arrival& arrival);
  void TakeUnsequenced(const Arrival& arrival);
  void Admit(const Arrival& arrival, uint64_t end);
  void TakeOfStream(const Arrival& arrival, uint64_t end, bool believed);
  void NoteDamage(const Arrival& arrival, uint64_t end);
  void StartStream(int64_t now_ns);
  void BeginNumbers(const Admission::Rival& rival, int64_t now_ns);
  void FinishStream(int64_t now_ns);
  // What time has settled: gaps that are due, beliefs that have aged, the end.
  void ActOnTime(int64_t now_ns, bool idle);

  void NoteEnd(const Arrival& arrival);
  bool IsEndDue(int64_t now_ns, bool idle) const;
  void ReportEnd(int64_t now_ns);
  void NoteVain(int64_t recv_ns);
  void NoteProgress(int64_t now_ns);
  void Drop(const Arrival& arrival);
  void Emit(SessionEvent event);
  void Calm();

  const SessionOptions options_;
  const uint32_t line_count_;
  SessionStats stats_;
  std::array<LineState, kMaxSessionLines> lines_;
  SessionBatchBuilder batch_;
  OrderWindow order_;
  GapPolicy policy_;
  Admission admission_;
  End end_;
  VainWatch vain_;
  CopyFilter copies_;
  // Nothing is missing, held, doubted or pending: the next packet most likely is the next.
  bool calm_ = false;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_CHANNEL_SESSION_H_
