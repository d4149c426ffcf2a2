#include "feedhandler/session/loop_session.h"

#include <algorithm>
#include <cassert>

namespace fh {

using codecs::FrameKind;
using codecs::PacketFrame;

// Of an arrival comes at most one job; a loop begins, with a gap before the packet and one behind
// it; and the channel is stuck, or no longer.
LoopSession::LoopSession(const SessionOptions& options)
    : options_(options),
      batch_(options.max_burst, 5 * options.max_burst),
      vain_(options.line_silent_ns) {
  assert(ValidateSessionOptions(options).ok());
}

SessionBatch LoopSession::OnBurst(std::span<const Arrival> arrivals) {
  assert(arrivals.size() <= options_.max_burst);
  batch_.Begin();
  for (const Arrival& arrival : arrivals) Accept(arrival);
  return batch_.Finish();
}

void LoopSession::Accept(const Arrival& arrival) {
  const PacketFrame& frame = *arrival.frame;
  LineStats& line = lines_[arrival.line];
  ++line.packets;
  line.last_packet_ns = arrival.recv_ns;
  batch_.Release(arrival.packet->slice);
  const uint64_t unbelieved = stats_.unbelieved;
  if (frame.kind == FrameKind::kRejected) {
    ++line.rejected_packets;
  } else if (frame.kind == FrameKind::kUnsequenced) {
    line.messages += frame.message_count;
    IsLed(arrival) ? Deliver(arrival, frame.message_count) : CountDuplicate(arrival);
  } else {
    line.messages += NumberCount(frame);
    TakeNumbered(arrival);
  }
  if (stats_.is_stuck && vain_.NoteProgress(progress_ns_, stats_)) {
    Emit(SessionEvent::Kind::kUnstuck, vain_.packets(), 0, arrival.recv_ns);
  }
  // A quiet channel's heartbeats are no reason to complain.
  const bool is_vain = frame.kind == FrameKind::kRejected || stats_.unbelieved != unbelieved;
  if (is_vain && vain_.NotePacket(progress_ns_, arrival.recv_ns, stats_)) {
    Emit(SessionEvent::Kind::kStuck, vain_.packets(), 0, arrival.recv_ns);
  }
}

void LoopSession::TakeNumbered(const Arrival& arrival) {
  const PacketFrame& frame = *arrival.frame;
  const uint64_t first = frame.first_sequence;
  const uint64_t end = first + NumberCount(frame);
  const bool says_nothing = end == first && frame.lost_in_tail == 0;
  if (says_nothing) return;
  if (!IsLed(arrival)) return CountDuplicate(arrival);
  // The last packet once more. But the loop may be of this packet alone.
  if (first > 1 && first < expected_ && end == expected_) return CountDuplicate(arrival);
  if (end < first || !IsInTurn(first, end)) return Drop(arrival);
  if (first < expected_ || expected_ == 0) {
    BeginLoop(first, arrival.recv_ns);
  } else if (first > expected_) {
    ReportGap(expected_, first - 1, arrival.recv_ns);
  }
  if (end > first) Deliver(arrival, frame.number_count);
  expected_ = end;
  if (frame.lost_in_tail > 0) {
    expected_ += frame.lost_in_tail;
    ReportGap(end, expected_ - 1, arrival.recv_ns);
  }
}

// Whether the packet's line is the one that is taken.
bool LoopSession::IsLed(const Arrival& arrival) {
  if (leader_ == arrival.line) return true;
  const bool is_free = leader_ == kNobody || Elapsed(progress_ns_, arrival.recv_ns) >=
                                                 static_cast<uint64_t>(options_.line_silent_ns);
  if (is_free) {
    leader_ = arrival.line;
    progress_ns_ = arrival.recv_ns;
  }
  return is_free;
}

// Whether the packet may follow where the loop stands, or begins the next one.
bool LoopSession::IsInTurn(uint64_t first, uint64_t end) {
  const bool goes_on = first >= expected_ && first - expected_ <= options_.max_jump;
  const bool in_turn = expected_ == 0 || goes_on || first <= 1 || first == doubted_end_;
  doubted_end_ = in_turn ? UINT64_MAX : end;
  return in_turn;
}

void LoopSession::BeginLoop(uint64_t first, int64_t recv_ns) {
  const bool is_joined = expected_ != 0;
  stats_.sessions += !is_joined;
  maybe_bad_ = false;
  Emit(SessionEvent::Kind::kLoop, first, 0, recv_ns);
  if (is_joined && first > 1) ReportGap(1, first - 1, recv_ns);
}

void LoopSession::ReportGap(uint64_t first, uint64_t last, int64_t recv_ns) {
  maybe_bad_ = true;
  ++stats_.gaps;
  stats_.missing_messages += last - first + 1;
  Emit(SessionEvent::Kind::kGap, first, last, recv_ns);
}

void LoopSession::Deliver(const Arrival& arrival, uint32_t take) {
  const int flags = FH_FLAG_SNAPSHOT | (maybe_bad_ ? FH_FLAG_MAYBE_BAD_BOOK : 0);
  batch_.Deliver({.packet = arrival.packet,
                  .frame = arrival.frame,
                  .skip = 0,
                  .take = take,
                  .ts_recv_ns = arrival.recv_ns,
                  .flags = static_cast<uint8_t>(flags)});
  progress_ns_ = arrival.recv_ns;
  stats_.delivered_messages += take;
  lines_[arrival.line].won_messages += take;
}

void LoopSession::Drop(const Arrival& arrival) {
  const uint32_t numbers = NumberCount(*arrival.frame);
  ++stats_.unbelieved;
  ++lines_[arrival.line].unbelieved_packets;
  stats_.dropped_messages += numbers;
  lines_[arrival.line].dropped_messages += numbers;
}

// Another line brings the loops.
void LoopSession::CountDuplicate(const Arrival& arrival) {
  const PacketFrame& frame = *arrival.frame;
  const uint32_t numbers =
      frame.kind == FrameKind::kUnsequenced ? frame.message_count : NumberCount(frame);
  stats_.duplicate_messages += numbers;
  lines_[arrival.line].duplicate_messages += numbers;
}

void LoopSession::Emit(SessionEvent::Kind kind, uint64_t first, uint64_t last, int64_t recv_ns) {
  batch_.Emit({.kind = kind,
               .gap_cause = kind == SessionEvent::Kind::kGap ? uint16_t{FH_GAP_LOST} : uint16_t{0},
               .first = first,
               .last = last,
               .recv_ns = recv_ns});
}

}  // namespace fh
