#include "feedhandler/session/channel_session.h"

#include <algorithm>
#include <cassert>

namespace fh {
namespace {

using codecs::FrameKind;
using codecs::PacketFrame;
using Verdict = Admission::Verdict;
using RivalKind = Admission::RivalKind;

uint32_t MostJobs(const SessionOptions& options) {
  return MostHeldSlices(options) + options.max_burst;
}

// Most events of one call. A gap that is given up becomes at most three events and two for each
// damaged range; there are no more gaps than held and waiting packets and the tail at the start,
// and three for each arrival. An arrival itself starts at most one stream, reports one end, opens
// two gaps, and says once that the channel is stuck and once that it is not.
uint32_t MostEvents(const SessionOptions& options) {
  return 3 * MostHeldSlices(options) + 24 * options.max_burst + 64;
}

StartCause CauseOf(RivalKind kind) {
  switch (kind) {
    case RivalKind::kFirst:
      return StartCause::kJoined;
    case RivalKind::kOtherSession:
    case RivalKind::kClosedSession:
      return StartCause::kNewSession;
    case RivalKind::kStartsOver:
      return StartCause::kRestarted;
    case RivalKind::kGivenUp:
      return StartCause::kCorrected;
  }
  return StartCause::kJoined;
}

}  // namespace

ChannelSession::ChannelSession(const SessionOptions& options)
    : options_(options),
      line_count_(options.lines + options.recovery_lines),
      batch_(MostJobs(options), MostEvents(options)),
      order_(options_, lines_, stats_, batch_),
      policy_(options_, std::span(lines_).first(options.lines)),
      admission_(options_, std::span(lines_).first(line_count_), order_, policy_, stats_, batch_),
      vain_(options.line_silent_ns),
      copies_(line_count_, options.line_silent_ns) {
  assert(ValidateSessionOptions(options).ok());
  for (uint32_t i = options.lines; i < line_count_; ++i) lines_[i].is_recovery = true;
}

SessionBatch ChannelSession::OnBurst(std::span<const Arrival> arrivals) {
  assert(arrivals.size() <= options_.max_burst);
  BeginBatch();
  for (const Arrival& arrival : arrivals) Accept(arrival);
  return batch_.Finish();
}

SessionBatch ChannelSession::OnDeadline(int64_t now_ns, bool idle) {
  BeginBatch();
  ActOnTime(now_ns, idle);
  return batch_.Finish();
}

SessionBatch ChannelSession::Flush(int64_t now_ns) {
  BeginBatch();
  ActOnTime(now_ns, /*idle=*/true);
  while (admission_.JudgeEnd(now_ns) == Verdict::kNewStream) StartStream(now_ns);
  admission_.DropAll();
  if (admission_.is_joined()) FinishStream(now_ns);
  Calm();
  return batch_.Finish();
}

void ChannelSession::Forget() {
  assert(held() == 0);
  admission_.Forget();
  policy_.Start();
  end_ = {};
  calm_ = false;
}

void ChannelSession::BeginBatch() {
  order_.Recycle();
  admission_.Recycle();
  batch_.Begin();
}

inline void ChannelSession::Accept(const Arrival& arrival) {
  assert(arrival.line < line_count_);
  const PacketFrame& frame = *arrival.frame;
  LineState& line = lines_[arrival.line];
  ++line.stats.packets;
  line.stats.last_packet_ns = arrival.recv_ns;
  const uint64_t first = frame.first_sequence;
  const uint64_t end = first + frame.number_count;
  if (calm_ && end > first && frame.kind == FrameKind::kMessages && frame.lost_in_tail == 0 &&
      line.stream == admission_.stream() && frame.send_time_ns >= line.starts_ns &&
      Admission::IsSame(frame.session, admission_.session())) [[likely]] {
    if (first == order_.expected()) {
      line.stats.messages += frame.number_count;
      line.last_end = end;
      if (!line.is_recovery) line.Note(first, end, frame.send_time_ns);
      order_.TakeNext(arrival, end);
      return;
    }
    if (IsCopyInTurn(arrival, end)) {
      line.stats.messages += frame.number_count;
      line.last_end = end;
      line.Note(first, end, frame.send_time_ns);
      admission_.NoteCopy(arrival.recv_ns);
      order_.TakeCopy(arrival, end);
      return;
    }
  }
  AcceptSlow(arrival);
}

// Whether the packet is what the line that is behind brings of a calm stream: it goes on where the line
// stood, and all of it was delivered. Half of all packets are, so they take the short way; the long one
// would come to the same, since such a packet contradicts nothing.
inline bool ChannelSession::IsCopyInTurn(const Arrival& arrival, uint64_t end) const {
  const LineState& line = lines_[arrival.line];
  const uint64_t first = arrival.frame->first_sequence;
  return first == line.next && first == line.last_end && end <= order_.expected() &&
         first >= order_.guessed() && !line.is_recovery &&
         Elapsed(order_.delivered_ns(), arrival.recv_ns) <
             static_cast<uint64_t>(options_.line_silent_ns);
}

void ChannelSession::AcceptSlow(const Arrival& arrival) {
  const PacketFrame& frame = *arrival.frame;
  if (frame.kind == FrameKind::kUnsequenced) return TakeUnsequenced(arrival);
  LineState& line = lines_[arrival.line];
  const uint64_t first = frame.first_sequence;
  const uint64_t end = first + NumberCount(frame);
  const uint64_t duplicates = stats_.duplicate_messages;
  if (frame.kind == FrameKind::kRejected) {
    ++line.stats.rejected_packets;
    batch_.Release(arrival.packet->slice);
  } else if (end < first) {
    line.stats.messages += NumberCount(frame);
    ++stats_.unbelieved;
    ++line.stats.unbelieved_packets;
    Drop(arrival);
  } else {
    line.stats.messages += end - first;
    if (!admission_.IsCalm()) admission_.Settle(arrival.recv_ns);
    Admit(arrival, end);
  }
  ActOnTime(arrival.recv_ns, /*idle=*/false);
  // Not a heartbeat, nor what was delivered already: a quiet stream may send it again and again.
  const bool is_again = stats_.duplicate_messages - duplicates == NumberCount(frame);
  if (frame.kind == FrameKind::kRejected || !is_again) NoteVain(arrival.recv_ns);
}

// Outside of the numbers, and so of all beliefs.
void ChannelSession::TakeUnsequenced(const Arrival& arrival) {
  const uint32_t messages = arrival.frame->message_count;
  LineState& line = lines_[arrival.line];
  line.stats.messages += messages;
  const std::span bytes(arrival.packet->data, arrival.packet->length);
  if (messages > 0 && copies_.IsNew(bytes, arrival.line, arrival.recv_ns)) {
    order_.DeliverUnsequenced(arrival);
  } else {
    stats_.duplicate_messages += messages;
    line.stats.duplicate_messages += messages;
  }
  batch_.Release(arrival.packet->slice);
}

void ChannelSession::Admit(const Arrival& arrival, uint64_t end) {
  LineState& line = lines_[arrival.line];
  switch (admission_.Judge(arrival, end, end_.was_reported)) {
    case Verdict::kStream:
      if (!line.is_recovery) {
        line.Note(arrival.frame->first_sequence, end, arrival.frame->send_time_ns);
      }
      TakeOfStream(arrival, end, /*believed=*/false);
      return;
    case Verdict::kAhead:
      TakeOfStream(arrival, end, /*believed=*/false);
      return;
    case Verdict::kConfirmed:
      order_.BelieveRow(admission_.claim().high, admission_.claim().since_ns);
      TakeOfStream(arrival, end, /*believed=*/true);
      order_.Believe(admission_.claim().high, admission_.claim().since_ns);
      return;
    case Verdict::kWaits:
      return;
    case Verdict::kStaleSession:
      ++stats_.stale_session;
      ++line.stats.stale_packets;
      Drop(arrival);
      return;
    case Verdict::kStaleRestart:
      ++stats_.stale_restart;
      ++line.stats.stale_packets;
      Drop(arrival);
      return;
    case Verdict::kNewStream:
      StartStream(arrival.recv_ns);
      return;
  }
}

void ChannelSession::TakeOfStream(const Arrival& arrival, uint64_t end, bool believed) {
  const PacketFrame& frame = *arrival.frame;
  const uint64_t first = frame.first_sequence;
  LineState& line = lines_[arrival.line];
  if (!line.is_recovery && order_.IsMissing() && first > order_.expected() &&
      (believed || first <= order_.horizon())) {
    line.NotePastGap(order_.expected());
  }
  if (frame.lost_in_tail > 0) NoteDamage(arrival, end);
  if (frame.kind == FrameKind::kEndOfSession) NoteEnd(arrival);
  if (end > first) {
    order_.Take(arrival, end, believed);
  } else {
    batch_.Release(arrival.packet->slice);
  }
}

// A packet announced more than it held. Whether that is true the packets that follow will show.
void ChannelSession::NoteDamage(const Arrival& arrival, uint64_t end) {
  const uint64_t damaged_end = end + arrival.frame->lost_in_tail;
  if (damaged_end <= order_.expected() || damaged_end < end) return;
  order_.NoteDamage(std::max(end, order_.expected()), damaged_end - 1);
  if (!lines_[arrival.line].is_recovery) admission_.ClaimTail(arrival, end, damaged_end);
}

void ChannelSession::StartStream(int64_t now_ns) {
  const Admission::Rival rival = admission_.rival();
  if (rival.kind == RivalKind::kGivenUp) {
    ++stats_.corrections;
  } else if (admission_.is_joined()) {
    FinishStream(now_ns);
  }
  ++stats_.sessions;
  stats_.restarts += rival.kind == RivalKind::kStartsOver;
  admission_.Begin();
  policy_.Start();
  end_ = {};
  BeginNumbers(rival, now_ns);
  if (rival.packets >= Confirmations(options_)) order_.NoteRow(rival.high);
  admission_.TakeWaiting(now_ns, [this](const Arrival& arrival) {
    const uint64_t first = arrival.frame->first_sequence;
    const uint64_t end = first + NumberCount(*arrival.frame);
    LineState& line = lines_[arrival.line];
    line.Note(first, end, arrival.frame->send_time_ns);
    line.last_end = end;
    TakeOfStream(arrival, end, /*believed=*/true);
    order_.Believe(end, arrival.recv_ns);
  });
}

// Where the numbers of the new stream begin, and what of it is known.
void ChannelSession::BeginNumbers(const Admission::Rival& rival, int64_t now_ns) {
  const Admission::Numbers waiting = admission_.WaitingNumbers();
  const bool from_start = waiting.first <= 1;
  const bool joins_late =
      rival.kind == RivalKind::kFirst && !from_start && options_.late_join == LateJoin::kLiveOnly;
  if (rival.kind == RivalKind::kGivenUp) {
    order_.GoBack(order_.IsUntouched()
                      ? std::min(waiting.first, order_.gap_first())
                      : std::max(waiting.first, std::min(order_.proven(), order_.expected())));
  } else {
    // Number 0 is tolerated where messages carry it.
    order_.Start(rival.session, waiting.has_message_zero ? 0 : 1, from_start, /*maybe_bad=*/false);
  }
  Emit({.kind = SessionEvent::Kind::kSessionStart,
        .start = CauseOf(rival.kind),
        .first = order_.expected(),
        .recv_ns = now_ns});
  if (joins_late) order_.JoinAt(waiting.first, now_ns);
}

void ChannelSession::FinishStream(int64_t now_ns) {
  admission_.BelieveNearClaims();
  order_.Finish(options_.max_jump, now_ns);
  if (end_.is_pending && order_.expected() == end_.number) ReportEnd(now_ns);
}

void ChannelSession::ActOnTime(int64_t now_ns, bool idle) {
  while (true) {
    const GapPolicy::Due due = policy_.Judge(order_, now_ns, idle);
    if (due != GapPolicy::Due::kNot) {
      stats_.timed_out_gaps += due == GapPolicy::Due::kTimeout && !order_.IsHeldBack();
      stats_.early_gaps += due == GapPolicy::Due::kEarly;
      stats_.window_overflows += due == GapPolicy::Due::kWindow;
      order_.GiveUpLowest(now_ns);
      continue;
    }
    if (admission_.IsCalm()) break;
    const Verdict verdict = admission_.JudgeAge(now_ns, idle, end_.was_reported);
    if (verdict == Verdict::kConfirmed) {
      order_.Believe(admission_.claim().high, admission_.claim().since_ns);
    } else if (verdict == Verdict::kNewStream) {
      StartStream(now_ns);
    } else {
      break;
    }
  }
  if (end_.is_pending && IsEndDue(now_ns, idle)) ReportEnd(now_ns);
  if (stats_.is_stuck) NoteProgress(now_ns);
  Calm();
}

void ChannelSession::NoteEnd(const Arrival& arrival) {
  const uint64_t number = arrival.frame->first_sequence;
  if (number < order_.expected()) return;
  if (end_.number != number) end_ = {};
  if (end_.was_reported) return;
  if (!end_.is_pending) {
    end_ = {.number = number, .packets = 0, .since_ns = arrival.recv_ns, .is_pending = true};
  }
  ++end_.packets;
}

bool ChannelSession::IsEndDue(int64_t now_ns, bool idle) const {
  if (order_.expected() != end_.number || order_.IsMissing() || order_.IsHeldBack()) return false;
  if (end_.packets >= Confirmations(options_)) return true;
  const int64_t since_ns = std::max(end_.since_ns, order_.progress_ns());
  return policy_.HasPassed(Later(since_ns, options_.gap_timeout_ns), now_ns, idle);
}

void ChannelSession::ReportEnd(int64_t now_ns) {
  end_.is_pending = false;
  end_.was_reported = true;
  Emit({.kind = SessionEvent::Kind::kSessionEnd, .first = end_.number, .recv_ns = now_ns});
}

void ChannelSession::NoteVain(int64_t recv_ns) {
  if (!vain_.NotePacket(order_.progress_ns(), recv_ns, stats_)) return;
  calm_ = false;
  Emit({.kind = SessionEvent::Kind::kStuck, .first = vain_.packets(), .recv_ns = recv_ns});
}

void ChannelSession::NoteProgress(int64_t now_ns) {
  if (!vain_.NoteProgress(order_.progress_ns(), stats_)) return;
  Emit({.kind = SessionEvent::Kind::kUnstuck, .first = vain_.packets(), .recv_ns = now_ns});
}

void ChannelSession::Drop(const Arrival& arrival) {
  const uint32_t messages = NumberCount(*arrival.frame);
  stats_.dropped_messages += messages;
  lines_[arrival.line].stats.dropped_messages += messages;
  batch_.Release(arrival.packet->slice);
}

void ChannelSession::Emit(SessionEvent event) {
  event.session = admission_.session();
  batch_.Emit(event);
}

void ChannelSession::Calm() {
  if (order_.expected() > end_.number) end_ = {};
  calm_ = order_.IsEmpty() && order_.IsFirm() && admission_.IsCalm() && !end_.is_pending &&
          !stats_.is_stuck && admission_.is_joined();
}

int64_t ChannelSession::DeadlineNs() const {
  int64_t deadline_ns =
      std::min(policy_.DeadlineNs(order_), admission_.DeadlineNs(end_.was_reported));
  if (end_.is_pending && order_.expected() == end_.number && !order_.IsMissing()) {
    const int64_t since_ns = std::max(end_.since_ns, order_.progress_ns());
    deadline_ns = std::min(deadline_ns, Later(since_ns, options_.gap_timeout_ns));
  }
  return deadline_ns;
}

}  // namespace fh
