#include "feedhandler/session/channel_session.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

#include "codecs/update.h"

namespace fh {
namespace {

using codecs::DecodeJob;
using codecs::FrameKind;
using codecs::PacketFrame;
using codecs::SessionId;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// How much later `to` is than `from`; 0 when it is not. Capture times may go backwards.
uint64_t Elapsed(int64_t from, int64_t to) {
  return to > from ? static_cast<uint64_t>(to) - static_cast<uint64_t>(from) : 0;
}

// The comparison of arrays calls memcmp, which alone costs as much as the rest of the fast path.
bool IsSame(const SessionId& a, const SessionId& b) {
  uint64_t words_a[2];
  uint64_t words_b[2];
  static_assert(sizeof words_a == sizeof a.bytes);
  std::memcpy(words_a, a.bytes.data(), sizeof words_a);
  std::memcpy(words_b, b.bytes.data(), sizeof words_b);
  return ((words_a[0] ^ words_b[0]) | (words_a[1] ^ words_b[1])) == 0;
}

uint32_t MessageCount(const PacketFrame& frame) {
  return frame.kind == FrameKind::kMessages ? frame.message_count : 0;
}

// Most events of one call. A gap that is given up becomes at most three events and two for each
// damaged range; there are no more gaps than held packets and the tail at the start, and three for
// each arrival. An arrival itself starts at most one stream, reports one end and opens two gaps.
uint32_t MaxEvents(const SessionOptions& options) {
  return 3 * options.window_packets + 20 * options.max_burst + 64;
}

}  // namespace

ChannelSession::ChannelSession(const SessionOptions& options)
    : options_(options),
      line_count_(options.lines + options.recovery_lines),
      window_(options.window_packets, options.max_burst),
      max_jobs_(options.window_packets + options.max_burst),
      max_events_(MaxEvents(options)),
      jobs_(std::make_unique<DecodeJob[]>(max_jobs_)),
      events_(std::make_unique<SessionEvent[]>(max_events_)),
      released_(std::make_unique<uint32_t[]>(max_jobs_)) {
  assert(ValidateSessionOptions(options).ok());
  for (uint32_t i = options.lines; i < line_count_; ++i) lines_[i].is_recovery = true;
}

SessionBatch ChannelSession::OnBurst(std::span<const Arrival> arrivals) {
  assert(arrivals.size() <= options_.max_burst);
  BeginBatch();
  for (const Arrival& arrival : arrivals) Accept(arrival);
  return EndBatch();
}

SessionBatch ChannelSession::OnIdle(int64_t now_ns) {
  BeginBatch();
  GiveUpWhatIsDue(now_ns, /*idle=*/true);
  ReportEnd(now_ns);
  return EndBatch();
}

SessionBatch ChannelSession::Flush(int64_t now_ns) {
  BeginBatch();
  FinishStream(now_ns);
  return EndBatch();
}

void ChannelSession::BeginBatch() {
  window_.Recycle();
  job_count_ = 0;
  event_count_ = 0;
  released_count_ = 0;
}

SessionBatch ChannelSession::EndBatch() const {
  return {.jobs = {jobs_.get(), job_count_},
          .events = {events_.get(), event_count_},
          .released = {released_.get(), released_count_}};
}

inline void ChannelSession::Accept(const Arrival& arrival) {
  assert(arrival.line < line_count_);
  const PacketFrame& frame = *arrival.frame;
  LineState& line = lines_[arrival.line];
  ++line.stats.packets;
  line.stats.last_packet_ns = arrival.recv_ns;
  const uint64_t first = frame.first_sequence;
  const uint64_t end = first + frame.message_count;
  // horizon_ == expected_ means that nothing is missing, so nothing is held either.
  if (first == expected_ && horizon_ == first && end > first &&
      frame.kind == FrameKind::kMessages && frame.lost_in_tail == 0 && line.stream == stream_ &&
      frame.send_time_ns >= line.starts_ns && IsSame(frame.session, session_)) [[likely]] {
    line.stats.messages += frame.message_count;
    if (!line.is_recovery) line.Note(first, end, frame.send_time_ns);
    Deliver(*arrival.packet, frame, arrival.recv_ns, arrival.line, 0);
    expected_ = end;
    horizon_ = end;
    Release(arrival.packet->slice);
    return;
  }
  AcceptSlow(arrival);
}

void ChannelSession::AcceptSlow(const Arrival& arrival) {
  const PacketFrame& frame = *arrival.frame;
  LineState& line = lines_[arrival.line];
  if (frame.kind == FrameKind::kRejected) {
    ++line.stats.rejected_packets;
    Release(arrival.packet->slice);
    return;
  }
  const uint64_t first = frame.first_sequence;
  const uint64_t end = first + MessageCount(frame);
  line.stats.messages += end - first;
  if (end < first) {
    ++stats_.implausible;
    Drop(arrival);
    return;
  }
  if (!Admit(arrival, line)) {
    ++line.stats.stale_packets;
    Drop(arrival);
    return;
  }
  if (!IsPlausible(first, end)) {
    ++stats_.implausible;
    Drop(arrival);
    return;
  }
  if (!line.is_recovery) {
    line.Note(first, end, frame.send_time_ns);
    if (IsMissing() && first > expected_) line.NotePastGap(expected_);
  }
  if (end > first) {
    AcceptMessages(arrival, end);
  } else {
    RaiseHorizon(first, arrival.recv_ns);
    Release(arrival.packet->slice);
  }
  if (frame.lost_in_tail > 0) NoteDamage(frame, end, arrival.recv_ns);
  if (frame.kind == FrameKind::kEndOfSession && !ended_ && first >= expected_) {
    end_ = first;
    end_pending_ = true;
  }
  GiveUpWhatIsDue(arrival.recv_ns, /*idle=*/false);
  ReportEnd(arrival.recv_ns);
}

void ChannelSession::AcceptMessages(const Arrival& arrival, uint64_t end) {
  const uint64_t first = arrival.frame->first_sequence;
  if (first > expected_) {
    Hold(arrival, end);
    return;
  }
  Release(arrival.packet->slice);
  if (first < expected_) CountOld(arrival, std::min(end, expected_));
  if (end <= expected_) {
    CountBehind(arrival);
    return;
  }
  Deliver(*arrival.packet, *arrival.frame, arrival.recv_ns, arrival.line,
          static_cast<uint32_t>(expected_ - first));
  expected_ = end;
  Drain();
}

void ChannelSession::Hold(const Arrival& arrival, uint64_t end) {
  const uint64_t first = arrival.frame->first_sequence;
  RaiseHorizon(first, arrival.recv_ns);
  const HeldPacket held{.packet = *arrival.packet,
                        .frame = *arrival.frame,
                        .first = first,
                        .end = end,
                        .recv_ns = arrival.recv_ns,
                        .hole_seen_ns = 0,
                        .line = arrival.line};
  const bool is_new = window_.Insert(held, tail_seen_ns_, [this](const HeldPacket& replaced) {
    CountDuplicates(replaced.line, replaced.end - replaced.first);
    Release(replaced.packet.slice);
  });
  if (!is_new) {
    CountDuplicates(arrival.line, end - first);
    Release(arrival.packet->slice);
    return;
  }
  horizon_ = std::max(horizon_, end);
  ++stats_.held_packets;
  while (window_.size() > options_.window_packets) GiveUpOldest(arrival.recv_ns, Why::kWindow);
  stats_.most_held = std::max<uint64_t>(stats_.most_held, window_.size());
}

bool ChannelSession::Admit(const Arrival& arrival, LineState& line) {
  const PacketFrame& frame = *arrival.frame;
  if (!joined_ || !IsSame(frame.session, session_)) {
    if (line.is_recovery || IsClosed(frame.session)) {
      ++stats_.stale_session;
      return false;
    }
    if (joined_) {
      FinishStream(arrival.recv_ns);
      closed_[closed_count_++ % kClosedSessions] = session_;
      StartStream(arrival, StartCause::kNewSession);
    } else {
      StartStream(arrival, StartCause::kJoined);
    }
  } else if (!AdmitToRun(arrival, line)) {
    ++stats_.stale_restart;
    return false;
  }
  if (line.stream != stream_) line.Follow(stream_, frame.first_sequence, restarted_ns_);
  return true;
}

bool ChannelSession::AdmitToRun(const Arrival& arrival, LineState& line) {
  const PacketFrame& frame = *arrival.frame;
  if (frame.stream_start && IsRestart(arrival, line)) {
    if (line.stream + 1 == stream_ && restarted_ns_ != kNoTime) {
      // The restart that another line showed first. The clocks of two publishers may differ, so
      // from here on the line is measured by its own.
      line.Follow(stream_, frame.first_sequence, frame.send_time_ns);
      return true;
    }
    FinishStream(arrival.recv_ns);
    StartStream(arrival, StartCause::kRestarted);
    return true;
  }
  return frame.send_time_ns >= (line.stream == stream_ ? line.starts_ns : restarted_ns_);
}

bool ChannelSession::IsRestart(const Arrival& arrival, const LineState& line) const {
  const PacketFrame& frame = *arrival.frame;
  if (frame.send_time_ns == 0 || line.is_recovery) return false;
  if (IsInRestartedId(line)) {
    return frame.first_sequence < line.next && frame.send_time_ns > line.newest_send_ns;
  }
  // A line without a past of its own is believed when there is no other one to wait for: what looks
  // like a restart may be its copy of the first packet, stamped by another clock.
  if (frame.first_sequence >= expected_) return false;
  for (uint32_t i = 0; i < options_.lines; ++i) {
    const LineState& other = lines_[i];
    if (other.stream != stream_) continue;
    if (IsAlive(other, arrival.recv_ns) || frame.send_time_ns <= other.newest_send_ns) return false;
  }
  return true;
}

bool ChannelSession::IsAlive(const LineState& line, int64_t now_ns) const {
  return line.stats.packets > 0 && Elapsed(line.stats.last_packet_ns, now_ns) <=
                                       static_cast<uint64_t>(options_.line_silent_ns);
}

bool ChannelSession::IsClosed(const codecs::SessionId& session) const {
  const uint64_t known = std::min<uint64_t>(closed_count_, kClosedSessions);
  return std::find(closed_.begin(), closed_.begin() + known, session) != closed_.begin() + known;
}

bool ChannelSession::IsPlausible(uint64_t first, uint64_t end) {
  if (fresh_) {
    fresh_ = false;
    return true;
  }
  if (first <= horizon_ || first - horizon_ <= options_.max_jump) return true;
  const bool goes_on = jump_.packets > 0 && jump_.at_expected == expected_ && first >= jump_.low &&
                       (first <= jump_.high || first - jump_.high <= options_.max_jump);
  if (!goes_on) {
    jump_ = {.at_expected = expected_, .low = first, .high = end, .packets = 1};
  } else if (end > jump_.high || end == first) {
    // Another line's copy of the same messages says nothing new, so it does not count.
    jump_.high = std::max(jump_.high, end);
    ++jump_.packets;
  }
  if (jump_.packets < options_.jump_confirmations) return false;
  jump_ = {};
  return true;
}

void ChannelSession::StartStream(const Arrival& arrival, StartCause cause) {
  const PacketFrame& frame = *arrival.frame;
  joined_ = true;
  session_ = frame.session;
  ++stream_;
  fresh_ = true;
  from_start_ = frame.first_sequence <= 1;
  maybe_bad_ = false;
  // Number 0 is tolerated where messages carry it.
  expected_ = MessageCount(frame) > 0 ? std::min<uint64_t>(frame.first_sequence, 1) : 1;
  horizon_ = expected_;
  restarted_ns_ = cause == StartCause::kRestarted ? frame.send_time_ns : kNoTime;
  end_pending_ = false;
  ended_ = false;
  jump_ = {};
  recovery_deadline_ns_ = kNoTime;
  damaged_.Clear();
  given_up_.Clear();
  winners_.fill({});
  ++stats_.sessions;
  stats_.restarts += cause == StartCause::kRestarted;
  Emit({.kind = SessionEvent::Kind::kSessionStart,
        .start = cause,
        .first = expected_,
        .recv_ns = arrival.recv_ns});
  if (cause == StartCause::kJoined && options_.late_join == LateJoin::kLiveOnly && !from_start_) {
    ReportGap(1, frame.first_sequence - 1, arrival.recv_ns);
    expected_ = frame.first_sequence;
    horizon_ = expected_;
  }
}

void ChannelSession::FinishStream(int64_t now_ns) {
  while (IsMissing()) GiveUpOldest(now_ns, Why::kStreamEnded);
  ReportEnd(now_ns);
}

void ChannelSession::RaiseHorizon(uint64_t horizon, int64_t now_ns) {
  if (horizon <= horizon_) return;
  if (!IsTailMissing()) tail_seen_ns_ = now_ns;
  if (options_.announce_gaps) {
    Emit({.kind = SessionEvent::Kind::kGapOpened,
          .first = horizon_,
          .last = horizon - 1,
          .recv_ns = now_ns});
  }
  horizon_ = horizon;
}

void ChannelSession::NoteDamage(const PacketFrame& frame, uint64_t end, int64_t now_ns) {
  const uint64_t damaged_end = end + frame.lost_in_tail;
  // A tail that is itself a wild claim is left to the packets that follow.
  if (damaged_end < end || frame.lost_in_tail > options_.max_jump) return;
  if (damaged_end <= expected_) return;
  damaged_.Add(std::max(end, expected_), damaged_end - 1);
  RaiseHorizon(damaged_end, now_ns);
}

void ChannelSession::GiveUpWhatIsDue(int64_t now_ns, bool idle) {
  while (IsMissing() && !IsAwaited(now_ns)) {
    if (horizon_ - expected_ > options_.window_messages) {
      GiveUpOldest(now_ns, Why::kWindow);
    } else if (IsEveryLinePast(now_ns)) {
      GiveUpOldest(now_ns, Why::kEarly);
    } else if (IsTimedOut(now_ns, idle)) {
      GiveUpOldest(now_ns, Why::kTimeout);
    } else {
      return;
    }
  }
}

bool ChannelSession::IsTimedOut(int64_t now_ns, bool idle) const {
  const int64_t seen_ns = OldestGapSeenNs();
  const uint64_t timeout_ns = static_cast<uint64_t>(options_.gap_timeout_ns);
  if (Elapsed(seen_ns, now_ns) < timeout_ns) return false;
  if (idle) return true;
  for (uint32_t i = 0; i < options_.lines; ++i) {
    const LineState& line = lines_[i];
    if (IsAlive(line, now_ns) && Elapsed(seen_ns, line.stats.last_packet_ns) < timeout_ns) {
      return false;
    }
  }
  return true;
}

bool ChannelSession::IsEveryLinePast(int64_t now_ns) const {
  if (options_.early_gap_packets == 0) return false;
  bool any = false;
  for (uint32_t i = 0; i < options_.lines; ++i) {
    const LineState& line = lines_[i];
    if (!IsAlive(line, now_ns)) continue;
    if (!line.IsPast(expected_, options_.early_gap_packets)) return false;
    any = true;
  }
  return any;
}

void ChannelSession::GiveUpOldest(int64_t now_ns, Why why) {
  assert(IsMissing());
  stats_.timed_out_gaps += why == Why::kTimeout;
  stats_.early_gaps += why == Why::kEarly;
  stats_.window_overflows += why == Why::kWindow;
  const uint64_t end = window_.empty() ? horizon_ : window_.front().first;
  ReportGap(expected_, end - 1, now_ns);
  expected_ = end;
  Drain();
}

void ChannelSession::ReportGap(uint64_t first, uint64_t last, int64_t now_ns) {
  given_up_.Add(first, last);
  maybe_bad_ = true;
  if (first == 1 && !from_start_) {
    EmitGap(first, last, FH_GAP_LATE_JOIN, now_ns);
    return;
  }
  for (uint64_t at = first;;) {
    const SequenceRange* damaged = damaged_.FirstEndingFrom(at);
    if (damaged == nullptr || damaged->first > last) {
      EmitGap(at, last, FH_GAP_LOST, now_ns);
      return;
    }
    if (damaged->first > at) EmitGap(at, damaged->first - 1, FH_GAP_LOST, now_ns);
    const uint64_t damaged_last = std::min(last, damaged->last);
    EmitGap(std::max(at, damaged->first), damaged_last, FH_GAP_DAMAGED, now_ns);
    if (damaged_last == last) return;
    at = damaged_last + 1;
  }
}

void ChannelSession::EmitGap(uint64_t first, uint64_t last, uint16_t cause, int64_t now_ns) {
  const uint64_t messages = last - first + 1;
  if (cause == FH_GAP_LATE_JOIN) {
    stats_.unseen_messages += messages;
  } else {
    ++stats_.gaps;
    stats_.missing_messages += messages;
  }
  Emit({.kind = SessionEvent::Kind::kGap,
        .gap_cause = cause,
        .first = first,
        .last = last,
        .recv_ns = now_ns});
}

void ChannelSession::ReportEnd(int64_t now_ns) {
  if (!end_pending_ || expected_ < end_) return;
  end_pending_ = false;
  ended_ = true;
  Emit({.kind = SessionEvent::Kind::kSessionEnd, .first = end_, .recv_ns = now_ns});
}

void ChannelSession::Drain() {
  while (!window_.empty() && window_.front().first <= expected_) {
    const HeldPacket& held = window_.PopFront();
    Release(held.packet.slice);
    const uint64_t known = std::min(expected_, held.end) - held.first;
    if (known > 0) CountDuplicates(held.line, known);
    if (held.end <= expected_) continue;
    Deliver(held.packet, held.frame, held.recv_ns, held.line, static_cast<uint32_t>(known));
    expected_ = held.end;
  }
  horizon_ = std::max(horizon_, expected_);
}

inline void ChannelSession::Deliver(const rio::Packet& packet, const PacketFrame& frame,
                                    int64_t recv_ns, uint32_t line, uint32_t skip) {
  assert(job_count_ < max_jobs_);
  const uint32_t take = frame.message_count - skip;
  jobs_[job_count_++] = {.packet = &packet,
                         .frame = &frame,
                         .skip = skip,
                         .take = take,
                         .ts_recv_ns = recv_ns,
                         .flags = static_cast<uint8_t>(maybe_bad_ ? FH_FLAG_MAYBE_BAD_BOOK : 0)};
  winners_[frame.first_sequence % kWinners] = {frame.first_sequence, recv_ns};
  stats_.delivered_messages += take;
  lines_[line].stats.won_messages += take;
}

void ChannelSession::CountOld(const Arrival& arrival, uint64_t end) {
  const uint64_t first = arrival.frame->first_sequence;
  const uint64_t late = first <= given_up_.highest() ? given_up_.Overlap(first, end - 1) : 0;
  stats_.late_messages += late;
  lines_[arrival.line].stats.late_messages += late;
  CountDuplicates(arrival.line, end - first - late);
}

void ChannelSession::CountDuplicates(uint32_t line, uint64_t messages) {
  stats_.duplicate_messages += messages;
  lines_[line].stats.duplicate_messages += messages;
}

void ChannelSession::CountBehind(const Arrival& arrival) {
  const Winner& winner = winners_[arrival.frame->first_sequence % kWinners];
  if (winner.first != arrival.frame->first_sequence || winner.recv_ns == kNoTime) return;
  ++lines_[arrival.line].stats.behind_packets;
  lines_[arrival.line].stats.behind_ns += Elapsed(winner.recv_ns, arrival.recv_ns);
}

void ChannelSession::Drop(const Arrival& arrival) {
  const uint32_t messages = MessageCount(*arrival.frame);
  stats_.dropped_messages += messages;
  lines_[arrival.line].stats.dropped_messages += messages;
  Release(arrival.packet->slice);
}

inline void ChannelSession::Release(uint32_t slice) {
  assert(released_count_ < max_jobs_);
  released_[released_count_++] = slice;
}

void ChannelSession::Emit(SessionEvent event) {
  assert(event_count_ < max_events_);
  event.before_job = job_count_;
  event.session = session_;
  events_[event_count_++] = event;
}

size_t ChannelSession::Missing(std::span<SequenceRange> out) const {
  size_t count = 0;
  uint64_t at = expected_;
  for (uint32_t i = 0; i < window_.size() && count < out.size(); ++i) {
    if (window_[i].first > at) out[count++] = {at, window_[i].first - 1};
    at = window_[i].end;
  }
  if (count < out.size() && IsTailMissing()) {
    out[count++] = {window_.empty() ? expected_ : window_.back().end, horizon_ - 1};
  }
  return count;
}

int64_t ChannelSession::NextDeadlineNs() const {
  if (!IsMissing()) return kNever;
  const int64_t seen_ns = OldestGapSeenNs();
  const int64_t timeout_ns =
      seen_ns > kNever - options_.gap_timeout_ns ? kNever : seen_ns + options_.gap_timeout_ns;
  return expected_ <= recovery_last_ ? std::max(timeout_ns, recovery_deadline_ns_) : timeout_ns;
}

}  // namespace fh
