#include "feedhandler/session/order_window.h"

#include <cassert>

namespace fh {

OrderWindow::OrderWindow(const SessionOptions& options, std::span<LineState> lines,
                         SessionStats& stats, SessionBatchBuilder& batch)
    : options_(options),
      confirmations_(Confirmations(options)),
      lines_(lines),
      stats_(stats),
      batch_(batch),
      // What waits elsewhere for its stream to be believed comes in at once.
      window_(options.window_packets, options.max_burst + kMostWaiting) {}

void OrderWindow::Start(const codecs::SessionId& session, uint64_t expected, bool from_start,
                        bool maybe_bad) {
  assert(window_.empty());
  session_ = session;
  expected_ = expected;
  horizon_ = expected;
  progress_ns_ = kNoTime;
  drained_ns_ = kNoTime;
  proven_ = expected;
  guessed_ = expected;
  gap_first_ = expected;
  row_to_ = 0;
  support_ = 0;
  from_start_ = from_start;
  maybe_bad_ = maybe_bad;
  any_doubted_ = false;
  damaged_.Clear();
  given_up_.Clear();
  winners_.fill({});
}

void OrderWindow::JoinAt(uint64_t first, int64_t now_ns) {
  ReportGap(expected_, first - 1, now_ns);
  horizon_ = first;
  Guess(first);
}

void OrderWindow::Guess(uint64_t number) {
  if (IsFirm()) proven_ = expected_;
  gap_first_ = expected_;
  expected_ = number;
  guessed_ = number;
  support_ = number < row_to_ ? confirmations_ : 0;
}

void OrderWindow::GoBack(uint64_t expected) {
  expected_ = expected;
  horizon_ = expected;
  progress_ns_ = kNoTime;
  drained_ns_ = kNoTime;
  guessed_ = expected;
  gap_first_ = expected;
  row_to_ = 0;
  support_ = 0;
  maybe_bad_ = true;
  stats_.taken_back_messages += given_up_.Remove(expected, UINT64_MAX);
  winners_.fill({});
}

int64_t OrderWindow::StandsSinceNs() const {
  if (IsHeldBack()) return progress_ns_;
  const int64_t seen_ns = BelievedHeld() == 0 ? tail_seen_ns_ : window_.front().hole_seen_ns;
  return std::max(seen_ns, progress_ns_);
}

void OrderWindow::Take(const Arrival& arrival, uint64_t end, bool believed) {
  const uint64_t first = arrival.frame->first_sequence;
  if (first > expected_) return Hold(arrival, end, believed || first <= horizon_);
  batch_.Release(arrival.packet->slice);
  if (first < expected_) CountOld(arrival.line, first, std::min(end, expected_));
  support_ += end > guessed_;
  if (end <= expected_) return CountBehind(arrival);
  progress_ns_ = arrival.recv_ns;
  Deliver(*arrival.packet, *arrival.frame, arrival.recv_ns, arrival.line,
          static_cast<uint32_t>(expected_ - first));
  expected_ = end;
  Drain();
}

void OrderWindow::Hold(const Arrival& arrival, uint64_t end, bool believed) {
  const uint64_t first = arrival.frame->first_sequence;
  const uint64_t known_to = horizon_;
  if (believed) RaiseHorizon(first, arrival.recv_ns);
  support_ += first - expected_ <= kAround;
  if (any_doubted_) MakeWayFor(first, end);
  const HeldPacket held{.packet = *arrival.packet,
                        .frame = *arrival.frame,
                        .first = first,
                        .end = end,
                        .recv_ns = arrival.recv_ns,
                        .hole_seen_ns = 0,
                        .line = arrival.line};
  const int64_t seen_ns = IsTailMissing() ? tail_seen_ns_ : arrival.recv_ns;
  const bool is_new = window_.Insert(held, seen_ns, known_to, [this](const HeldPacket& replaced) {
    CountDuplicates(replaced.line, replaced.end - replaced.first);
    batch_.Release(replaced.packet.slice);
  });
  if (!is_new) {  // What covers it may have been doubtful until now.
    if (believed) Believe(end, arrival.recv_ns);
    CountDuplicates(arrival.line, end - first);
    batch_.Release(arrival.packet->slice);
    return;
  }
  if (believed) horizon_ = std::max(horizon_, end);
  if (first <= row_to_) row_to_ = std::max(row_to_, end);
  ++stats_.held_packets;
  while (window_.size() > options_.window_packets) {
    const uint32_t top = window_.size() - 1;
    if (window_[top].first >= horizon_) {
      DropHeld(top);
    } else {
      ++stats_.window_overflows;
      GiveUpLowest(arrival.recv_ns);
    }
  }
  stats_.most_held = std::max<uint64_t>(stats_.most_held, window_.size());
}

// A doubted packet gives way to one that brings all its numbers.
void OrderWindow::MakeWayFor(uint64_t first, uint64_t end) {
  for (uint32_t i = window_.CountBelow(first); i < window_.size() && window_[i].first < end;) {
    if (window_[i].doubted && window_[i].end <= end) {
      DropHeld(i);
    } else {
      ++i;
    }
  }
}

void OrderWindow::DropHeld(uint32_t i) {
  const HeldPacket& held = window_[i];
  const uint64_t messages = held.end - held.first;
  ++stats_.unbelieved;
  ++lines_[held.line].stats.unbelieved_packets;
  stats_.dropped_messages += messages;
  lines_[held.line].stats.dropped_messages += messages;
  batch_.Release(held.packet.slice);
  window_.Remove(i);
}

void OrderWindow::RaiseHorizon(uint64_t horizon, int64_t now_ns) {
  if (horizon <= horizon_) return;
  if (!IsTailMissing()) tail_seen_ns_ = now_ns;
  if (options_.announce_gaps) {
    batch_.Emit({.kind = SessionEvent::Kind::kGapOpened,
                 .first = horizon_,
                 .last = horizon - 1,
                 .recv_ns = now_ns,
                 .session = session_});
  }
  horizon_ = horizon;
}

void OrderWindow::BelieveRow(uint64_t number, int64_t now_ns) {
  NoteRow(number);
  BelieveHeld(number, now_ns);
}

void OrderWindow::BelieveHeld(uint64_t number, int64_t now_ns) {
  for (uint32_t i = BelievedHeld(); i < window_.size() && window_[i].first < number; ++i) {
    RaiseHorizon(window_[i].first, now_ns);
    horizon_ = std::max(horizon_, window_[i].end);
  }
}

void OrderWindow::Believe(uint64_t number, int64_t now_ns) {
  BelieveHeld(number, now_ns);
  RaiseHorizon(number, now_ns);
}

void OrderWindow::NoteDamage(uint64_t first, uint64_t last) { damaged_.Add(first, last); }

void OrderWindow::Doubt(uint32_t line, uint64_t low, uint64_t high, uint64_t far) {
  for (uint32_t i = window_.CountBelow(std::max(low, horizon_)); i < window_.size();) {
    const HeldPacket& held = window_[i];
    if (held.first >= high) return;
    if (held.line == line && held.first - horizon_ >= far) {
      DropHeld(i);
      continue;
    }
    if (held.line == line) {
      window_.SetDoubted(i, true);
      any_doubted_ = true;
    }
    ++i;
  }
}

void OrderWindow::GiveUpLowest(int64_t now_ns) {
  assert(IsMissing() || IsHeldBack());
  drained_ns_ = now_ns;
  if (IsHeldBack()) {
    window_.SetDoubted(0, false);
  } else {
    const uint64_t end = window_.empty() ? horizon_ : std::min(horizon_, window_.front().first);
    ReportGap(expected_, end - 1, now_ns);
    Guess(end);
    if (!window_.empty() && window_.front().first == end) window_.SetDoubted(0, false);
  }
  Drain();
}

void OrderWindow::Finish(uint64_t near, int64_t now_ns) {
  while (!window_.empty() || IsMissing()) {
    const uint32_t believed = BelievedHeld();
    if (IsMissing() || IsHeldBack()) {
      GiveUpLowest(now_ns);
    } else if (window_[believed].doubted || window_[believed].first - expected_ > near) {
      DropHeld(believed);
    } else {
      Believe(window_[believed].first + 1, now_ns);
    }
  }
}

void OrderWindow::ReportGap(uint64_t first, uint64_t last, int64_t now_ns) {
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

void OrderWindow::EmitGap(uint64_t first, uint64_t last, uint16_t cause, int64_t now_ns) {
  const uint64_t messages = last - first + 1;
  if (cause == FH_GAP_LATE_JOIN) {
    stats_.unseen_messages += messages;
  } else {
    ++stats_.gaps;
    stats_.missing_messages += messages;
  }
  batch_.Emit({.kind = SessionEvent::Kind::kGap,
               .gap_cause = cause,
               .first = first,
               .last = last,
               .recv_ns = now_ns,
               .session = session_});
}

void OrderWindow::Drain() {
  while (!window_.empty() && window_.front().first <= expected_) {
    if (window_.front().end <= expected_ && window_.front().doubted) {
      DropHeld(0);
      continue;
    }
    if (window_.front().doubted && !IsBorneOut()) break;
    const HeldPacket& held = window_.PopFront();
    batch_.Release(held.packet.slice);
    const uint64_t known = std::min(expected_, held.end) - held.first;
    if (known > 0) CountDuplicates(held.line, known);
    if (held.end <= expected_) continue;
    Deliver(held.packet, held.frame, held.recv_ns, held.line, static_cast<uint32_t>(known));
    expected_ = held.end;
  }
  if (window_.empty()) any_doubted_ = false;
  horizon_ = std::max(horizon_, expected_);
}

void OrderWindow::CountOld(uint32_t line, uint64_t first, uint64_t end) {
  const uint64_t late = first <= given_up_.highest() ? given_up_.Overlap(first, end - 1) : 0;
  stats_.late_messages += late;
  lines_[line].stats.late_messages += late;
  CountDuplicates(line, end - first - late);
}

void OrderWindow::CountDuplicates(uint32_t line, uint64_t messages) {
  stats_.duplicate_messages += messages;
  lines_[line].stats.duplicate_messages += messages;
}

void OrderWindow::CountBehind(const Arrival& arrival) {
  const Winner& winner = winners_[arrival.frame->first_sequence % kWinners];
  if (winner.first != arrival.frame->first_sequence || winner.recv_ns == kNoTime) return;
  ++lines_[arrival.line].stats.behind_packets;
  lines_[arrival.line].stats.behind_ns += Elapsed(winner.recv_ns, arrival.recv_ns);
}

size_t OrderWindow::Missing(std::span<SequenceRange> out) const {
  size_t count = 0;
  uint64_t at = expected_;
  const uint32_t believed = BelievedHeld();
  for (uint32_t i = 0; i < believed && count < out.size(); ++i) {
    if (window_[i].first > at) out[count++] = {at, window_[i].first - 1};
    at = window_[i].end;
  }
  if (count < out.size() && horizon_ > at) out[count++] = {at, horizon_ - 1};
  return count;
}

}  // namespace fh
