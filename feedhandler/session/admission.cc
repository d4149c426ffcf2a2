#include "feedhandler/session/admission.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

namespace fh {
namespace {

using codecs::PacketFrame;
using codecs::SessionId;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// Whether [first, end) and [low, high) overlap, or are no further apart than `distance`.
bool Agrees(uint64_t first, uint64_t end, uint64_t low, uint64_t high, uint64_t distance = 0) {
  return first >= low ? first <= high || first - high <= distance
                      : end >= low || low - end <= distance;
}

}  // namespace

Admission::Admission(const SessionOptions& options, std::span<LineState> lines, OrderWindow& order,
                     const GapPolicy& policy, SessionStats& stats, SessionBatchBuilder& batch)
    : options_(options),
      confirmations_(Confirmations(options)),
      lines_(lines),
      order_(order),
      policy_(policy),
      stats_(stats),
      batch_(batch),
      room_(options.max_burst) {}

Admission::Verdict Admission::Judge(const Arrival& arrival, uint64_t end, bool ended) {
  const PacketFrame& frame = *arrival.frame;
  const uint64_t first = frame.first_sequence;
  LineState& line = lines_[arrival.line];
  if (!joined_ || !IsSame(frame.session, session_)) return JudgeForeign(arrival, end, ended);
  if (line.stream != stream_) {
    if (!MayFollow(arrival, line)) return JudgeLeftBehind(arrival, end);
    Follow(line, frame);
  } else if (frame.send_time_ns < line.starts_ns) {
    return JudgeLeftBehind(arrival, end);
  }
  if (line.is_recovery) return first <= order_.horizon() ? Verdict::kStream : Verdict::kAhead;
  if (IsBelowAGuess(arrival, end)) {
    order_.DoubtPosition();
    return JudgeRival(RivalKind::kGivenUp, arrival, end);
  }
  const bool may_start_over = first < line.next ? first != line.last_end : end <= order_.expected();
  if ((may_start_over && StartsOver(arrival, end)) || OutgrowsStream(arrival)) {
    return JudgeRival(RivalKind::kStartsOver, arrival, end);
  }
  if (first > order_.horizon()) return JudgeClaim(arrival, line, end);
  newest_ns_ = arrival.recv_ns;
  const uint64_t own_next = OwnNext(arrival.line);
  if (!IsCalm()) GoOn(arrival, end);
  NoteWay(arrival.line, own_next, first, end);
  line.last_end = end;
  return Verdict::kStream;
}

// The line stood at `own_next` and brings [first, end).
void Admission::NoteWay(size_t number, uint64_t own_next, uint64_t first, uint64_t end) {
  Way& way = ways_[number];
  if (!IsAstray(number)) {
    const bool jumps = first > own_next && own_next != kUnknown;
    way = {.next = own_next, .reach = end, .stream = stream_, .packets = jumps ? 1u : 0u};
  } else if (first == way.last_end && first > way.next) {
    way.reach = std::max(way.reach, end);
    if (++way.packets >= confirmations_) way.packets = 0;
  } else if (first >= way.reach) {
    way.reach = end;
    way.packets = 1;
  } else if (first >= way.next) {  // Back where it was.
    way.next = end;
    way.packets = way.next < way.reach ? 1 : 0;
  }
  way.last_end = end;
}

Admission::Verdict Admission::JudgeForeign(const Arrival& arrival, uint64_t end, bool ended) {
  const SessionId& session = arrival.frame->session;
  if (lines_[arrival.line].is_recovery) return Verdict::kStaleSession;
  if (!joined_) return JudgeRival(RivalKind::kFirst, arrival, end);
  if (!IsClosed(session)) return JudgeRival(RivalKind::kOtherSession, arrival, end);
  if (!ended && order_.IsFirm() && !IsSilent(arrival.recv_ns)) return Verdict::kStaleSession;
  return JudgeRival(RivalKind::kClosedSession, arrival, end);
}

// Whether a packet under the present id, on a line that has brought nothing of the stream yet, is
// of the stream, not of the run before it.
bool Admission::MayFollow(const Arrival& arrival, LineState& line) const {
  const PacketFrame& frame = *arrival.frame;
  if (frame.send_time_ns >= restarted_ns_ && restarted_ns_ != kNoTime) return true;
  if (!same_id_ || line.stream + 1 != stream_) return frame.send_time_ns >= restarted_ns_;
  const bool went_back = frame.first_sequence < line.next;
  if (restarted_ns_ == kNoTime) return went_back || frame.first_sequence <= order_.horizon();
  // The restart that another line showed first. The clocks of two publishers may differ.
  return went_back && frame.stream_start && frame.send_time_ns > line.newest_send_ns;
}

// A packet of the run before the restart, unless the restart was none.
Admission::Verdict Admission::JudgeLeftBehind(const Arrival& arrival, uint64_t end) {
  const bool is_over = order_.IsFirm() && !IsSilent(arrival.recv_ns);
  if (is_over || lines_[arrival.line].is_recovery) return Verdict::kStaleRestart;
  return JudgeRival(RivalKind::kStartsOver, arrival, end);
}

void Admission::Follow(LineState& line, const PacketFrame& frame) {
  // The line's own clock counts, unless it is ahead of the one that showed the restart.
  const int64_t starts_ns =
      restarted_ns_ == kNoTime ? kNoTime : std::min(restarted_ns_, frame.send_time_ns);
  line.Follow(stream_, frame.first_sequence, starts_ns);
}

bool Admission::StartsOver(const Arrival& arrival, uint64_t end) const {
  const PacketFrame& frame = *arrival.frame;
  const bool is_later = LaterSentNs(arrival) != 0;
  // What the stream can use is of the stream, unless it has begun again and its time says so.
  if (end > order_.expected() && !(is_later && (frame.stream_start || HasBegunAgain(arrival)))) {
    return false;
  }
  const uint64_t own_next = OwnNext(arrival.line);
  if (own_next == kUnknown) return false;
  if (frame.first_sequence >= own_next) {
    // The line has not gone back, but perhaps it came when everything else was over already.
    return StandsStill(arrival.recv_ns, options_.line_silent_ns) && end <= order_.expected() &&
           end > frame.first_sequence && IsNewestOfAll(frame.send_time_ns);
  }
  return is_later || frame.first_sequence <= 1 || IsAroundARestart(arrival, end) ||
         StandsStill(arrival.recv_ns, options_.gap_timeout_ns);
}

// Whether the packet is where the line has started over: what goes on from there may be reordered,
// or something lost before it, but is no longer what is only late where the line stood.
bool Admission::IsAroundARestart(const Arrival& arrival, uint64_t end) const {
  if (rival_count_ == 0) return false;
  const uint64_t first = arrival.frame->first_sequence;
  const bool is_far = OwnNext(arrival.line) - first > kNear;
  return std::any_of(rivals_.begin(), rivals_.end(), [&](const Rival& rival) {
    return rival.number != 0 && rival.kind == RivalKind::kStartsOver &&
           rival.line == arrival.line &&
           (rival.high == first || (is_far && Agrees(first, end, rival.low, rival.high, kAround)));
  });
}

// Whether the line goes on, later than all before, from what starts over and has come further than
// the stream by now: a stream of few messages, of one lie perhaps, is soon overtaken.
bool Admission::OutgrowsStream(const Arrival& arrival) const {
  if (arrival.frame->first_sequence <= order_.expected() || LaterSentNs(arrival) == 0) return false;
  const Rival* rival = RivalBefore(arrival, RivalKind::kStartsOver);
  return rival != nullptr && rival->sent_ns != 0;
}

// Whether the line, far from where it stood, has shown the first messages again, or others that
// this packet goes on from.
bool Admission::HasBegunAgain(const Arrival& arrival) const {
  if (rival_count_ == 0 || OwnNext(arrival.line) - arrival.frame->first_sequence <= kNear)
    return false;
  return std::any_of(rivals_.begin(), rivals_.end(), [&](const Rival& rival) {
    if (rival.number == 0 || rival.kind != RivalKind::kStartsOver || rival.line != arrival.line ||
        rival.sent_ns == 0 || rival.sent_ns > arrival.frame->send_time_ns) {
      return false;
    }
    return rival.low <= 1 ||
           (rival.high == arrival.frame->first_sequence && rival.said >= 2 * confirmations_);
  });
}

// When the packet was sent, if that is later than all that its line brought before; 0 if it is not,
// or if packets do not say. A time that is not later proves nothing: the line's newest may have
// been wrong.
int64_t Admission::LaterSentNs(const Arrival& arrival) const {
  const int64_t own_sent_ns =
      Claims(arrival.line) ? ahead_[arrival.line].own_sent_ns : lines_[arrival.line].newest_send_ns;
  const int64_t sent_ns = arrival.frame->send_time_ns;
  return sent_ns > own_sent_ns ? sent_ns : 0;
}

// Whether the line, in its own order, is still where the position is a guess: it brings what was
// given up, or what may have been delivered wrongly since.
bool Admission::IsBelowAGuess(const Arrival& arrival, uint64_t end) const {
  const uint64_t first = arrival.frame->first_sequence;
  // A row from below that has come as far as the stream by now goes on.
  if (first >= order_.expected())
    return !order_.IsFirm() && RivalBefore(arrival, RivalKind::kGivenUp) != nullptr;
  if (IsDisowned(arrival)) return true;
  if (RivalBefore(arrival, RivalKind::kStartsOver) != nullptr) return false;
  const bool in_doubt = first < order_.guessed() && std::max(end, first + 1) > order_.proven();
  const bool goes_on = RivalBefore(arrival, RivalKind::kGivenUp) != nullptr;
  if (!in_doubt && !goes_on) return false;
  if (in_doubt && order_.IsUntouched()) return true;
  // Otherwise it goes on from there with what is known.
  if ((end > order_.expected() && !goes_on) || order_.IsFirm()) return false;
  // A line that stands behind the guess may only do so for the guess.
  const uint64_t own_next = OwnNext(arrival.line);
  return goes_on || first >= own_next || own_next > order_.guessed();
}

// Whether the very line whose word the guess was goes on from where it stood before.
bool Admission::IsDisowned(const Arrival& arrival) const {
  const uint64_t first = arrival.frame->first_sequence;
  return Claims(arrival.line) && first == ahead_[arrival.line].own_next &&
         first < order_.guessed() && first >= order_.proven() && !order_.IsFirm();
}

// The rival of the line from which the packet goes on; null when there is none.
const Admission::Rival* Admission::RivalBefore(const Arrival& arrival, RivalKind kind) const {
  if (rival_count_ == 0) return nullptr;
  for (const Rival& rival : rivals_) {
    if (rival.number != 0 && rival.kind == kind && rival.line == arrival.line &&
        rival.high == arrival.frame->first_sequence) {
      return &rival;
    }
  }
  return nullptr;
}

// As far as packets carry a time of sending.
bool Admission::IsNewestOfAll(int64_t send_time_ns) const {
  if (send_time_ns == 0) return true;
  return std::none_of(lines_.begin(), lines_.end(), [&](const LineState& line) {
    return line.stream == stream_ && send_time_ns <= line.newest_send_ns;
  });
}

Admission::Verdict Admission::JudgeClaim(const Arrival& arrival, LineState& line, uint64_t end) {
  const PacketFrame& frame = *arrival.frame;
  const uint64_t first = frame.first_sequence;
  Ahead& ahead = ahead_[arrival.line];
  if (!Claims(arrival.line)) {
    // A line that has only just come stands nowhere yet.
    const uint64_t own_next = OwnNext(arrival.line);
    ahead.Begin(first, own_next > order_.horizon() ? kUnknown : own_next, line.newest_send_ns);
    claiming_lines_ |= uint32_t{1} << arrival.line;
  }
  const Claim claim = FindOrAddClaim(ahead, arrival, end);
  if (first - order_.horizon() <= kFar) {
    ahead.is_noted = true;
    line.Note(first, end, frame.send_time_ns);
  }
  if (claim.packets > 1) {  // A row of its own breaks the rows of others.
    BreakRows(arrival.line);
    for (uint32_t i = 0; i < ahead.count; ++i) {
      if (ahead.claims[i].low != claim.low) ahead.claims[i].packets = 0;
    }
  }
  if (claim.packets < confirmations_) return Verdict::kAhead;
  TakeClaim(arrival.line, claim, /*in_a_row=*/true);
  return Verdict::kConfirmed;
}

Admission::Claim& Admission::FindOrAddClaim(Ahead& ahead, const Arrival& arrival, uint64_t end) {
  const uint64_t first = arrival.frame->first_sequence;
  ahead.low = std::min(ahead.low, first);
  ahead.high = std::max(ahead.high, end);
  ahead.last_ns = arrival.recv_ns;
  ahead.against = 0;
  Claim* least = nullptr;
  for (uint32_t i = 0; i < ahead.count; ++i) {
    Claim& claim = ahead.claims[i];
    if (!Agrees(first, end, claim.low, claim.high)) {
      if (least == nullptr || claim.packets < least->packets ||
          (claim.packets == least->packets && claim.since_ns < least->since_ns)) {
        least = &claim;
      }
      continue;
    }
    if (claim.packets == 0) {
      claim = {.low = first,
               .high = end,
               .since_ns = arrival.recv_ns,
               .counted_ns = arrival.recv_ns,
               .packets = 1};
      return claim;
    }
    if (SaysNew(arrival, end, claim.low, claim.high, claim.counted_ns)) {
      ++claim.packets;
      claim.counted_ns = arrival.recv_ns;
    }
    claim.low = std::min(claim.low, first);
    claim.high = std::max(claim.high, end);
    return Unite(ahead, i);
  }
  Claim& added = ahead.count < Ahead::kClaims ? ahead.claims[ahead.count++] : *least;
  added = {.low = first,
           .high = end,
           .since_ns = arrival.recv_ns,
           .counted_ns = arrival.recv_ns,
           .packets = 1};
  return added;
}

// Claims that have come to touch are one.
Admission::Claim& Admission::Unite(Ahead& ahead, uint32_t i) {
  for (uint32_t j = 0; j < ahead.count; ++j) {
    Claim& claim = ahead.claims[i];
    const Claim& other = ahead.claims[j];
    if (j == i || !Agrees(other.low, other.high, claim.low, claim.high)) continue;
    claim.low = std::min(claim.low, other.low);
    claim.high = std::max(claim.high, other.high);
    claim.since_ns = std::min(claim.since_ns, other.since_ns);
    // Not one row for it: what lies between may have been said at any time.
    claim.packets = std::max(claim.packets, other.packets);
    --ahead.count;
    std::swap(ahead.claims[j], ahead.claims[ahead.count]);
    if (i == ahead.count) i = j;
    break;  // A packet has two ends, and one of them touched before.
  }
  return ahead.claims[i];
}

// Whether a packet adds to what [low, high) says already: the very same again does not, nor does a
// heartbeat before the next one can be due.
bool Admission::SaysNew(const Arrival& arrival, uint64_t end, uint64_t low, uint64_t high,
                        int64_t counted_ns) const {
  const uint64_t first = arrival.frame->first_sequence;
  if (end > high || first < low) return true;
  return end == first &&
         Elapsed(counted_ns, arrival.recv_ns) >= static_cast<uint64_t>(options_.gap_timeout_ns);
}

// The claim is believed. Where the line itself stands only a row can say.
void Admission::TakeClaim(size_t line, const Claim& claim, bool in_a_row) {
  claim_ = claim;
  Ahead& ahead = ahead_[line];
  LineState& state = lines_[line];
  if (!ahead.is_noted) state.Note(claim.low, claim.high, state.newest_send_ns);
  state.Note(claim.high, claim.high, state.newest_send_ns);
  ahead.is_noted = true;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < ahead.count; ++i) {
    if (ahead.claims[i].high > claim.high) ahead.claims[kept++] = ahead.claims[i];
  }
  ahead.count = kept;
  if (in_a_row) {
    ahead.own_next = claim.high;
    if (kept == 0) claiming_lines_ &= ~(uint32_t{1} << line);
  }
}

void Admission::ClaimTail(const Arrival& arrival, uint64_t end, uint64_t claimed_end) {
  if (claimed_end <= order_.horizon() || Claims(arrival.line)) return;
  Ahead& ahead = ahead_[arrival.line];
  ahead.Begin(end, end, arrival.frame->send_time_ns);
  ahead.high = claimed_end;
  ahead.last_ns = arrival.recv_ns;
  ahead.claims[0] = {.low = end,
                     .high = claimed_end,
                     .since_ns = arrival.recv_ns,
                     .counted_ns = arrival.recv_ns,
                     .packets = 1};
  ahead.count = 1;
  claiming_lines_ |= uint32_t{1} << arrival.line;
}

void Admission::BelieveNearClaims() {
  for (size_t i = 0; claiming_lines_ >> i != 0; ++i) {
    if (!Claims(i)) continue;
    for (uint32_t j = 0; j < ahead_[i].count; ++j) {
      const Claim& claim = ahead_[i].claims[j];
      if (claim.packets == 0) continue;
      // What came after a long silence has no other stream beside it that it could be a lie about.
      const bool was_silent = Elapsed(order_.delivered_ns(), claim.since_ns) >=
                              static_cast<uint64_t>(options_.line_silent_ns);
      if (!was_silent && !IsWithin(claim, kFar)) continue;
      order_.Believe(claim.high, claim.since_ns);
      lines_[i].Note(claim.high, claim.high, lines_[i].newest_send_ns);
    }
  }
  claiming_lines_ = 0;
}

// The line goes on with the stream as it was known. What it said otherwise is the less likely for
// it.
void Admission::GoOn(const Arrival& arrival, uint64_t end) {
  const uint64_t first = arrival.frame->first_sequence;
  const bool claims = Claims(arrival.line);
  Ahead& ahead = ahead_[arrival.line];
  const uint64_t own_next = OwnNext(arrival.line);
  if (first < own_next && own_next != kUnknown) {
    // Late, or again. But a line that goes on where it was is not where it claimed to be.
    if (first != lines_[arrival.line].last_end) return;
    if (claims) BreakClaims(ahead);
    return BreakRows(arrival.line);
  }
  if (claims) {
    BreakClaims(ahead);
    if (++ahead.against >= confirmations_) {
      Belie(arrival.line, first);
    } else {
      ahead.own_next = end;
      ahead.own_sent_ns = arrival.frame->send_time_ns;
    }
  }
  BreakRows(arrival.line);
}

void Admission::BreakClaims(Ahead& ahead) {
  for (uint32_t i = 0; i < ahead.count; ++i) ahead.claims[i].packets = 0;
}

void Admission::BreakRows(uint8_t line) {
  if (rival_count_ == 0) return;
  for (Rival& rival : rivals_) {
    if (rival.number == 0 || rival.line != line) continue;
    rival.packets = 0;
    if (++rival.against >= 2 * confirmations_) Drop(rival);
  }
}

// The line stands at `own_next`; what it claimed is doubted.
void Admission::Belie(size_t line, uint64_t own_next) {
  const Ahead& ahead = ahead_[line];
  order_.Doubt(static_cast<uint32_t>(line), ahead.low, ahead.high, kFar + 1);
  if (lines_[line].next > own_next) lines_[line].TakeBack(own_next, ahead.own_sent_ns);
  claiming_lines_ &= ~(uint32_t{1} << line);
}

Admission::Verdict Admission::JudgeRival(RivalKind kind, const Arrival& arrival, uint64_t end) {
  const bool at_once = kind == RivalKind::kGivenUp && IsDisowned(arrival);
  Rival& rival = FindOrAdd(kind, arrival, end);
  if (at_once || IsBelievable(rival, arrival.recv_ns)) {
    rival_ = rival;
    return Verdict::kNewStream;
  }
  return Verdict::kWaits;
}

Admission::Rival& Admission::FindOrAdd(RivalKind kind, const Arrival& arrival, uint64_t end) {
  const PacketFrame& frame = *arrival.frame;
  const uint64_t first = frame.first_sequence;
  const int64_t sent_ns =
      kind == RivalKind::kStartsOver ? LaterSentNs(arrival) : frame.send_time_ns;
  Rival* found = nullptr;
  Rival* free = nullptr;
  for (Rival& rival : rivals_) {
    if (rival.number == 0) {
      if (free == nullptr) free = &rival;
    } else if (rival.kind == kind && rival.line == arrival.line &&
               IsSame(rival.session, frame.session) && Agrees(first, end, rival.low, rival.high)) {
      found = &rival;
      break;
    }
  }
  // A heartbeat that says what is known needs no place: a flood of them must not drive out
  // messages.
  const bool is_kept = found == nullptr || end > first || first < found->low || end > found->high;
  if (is_kept && room_.size() == kMostWaiting) MakeRoom(arrival, end, found);
  if (found == nullptr) {
    if (free == nullptr) {  // Each rival has a packet in the room, and there was room just now.
      free = std::find_if(rivals_.begin(), rivals_.end(),
                          [](const Rival& rival) { return rival.number == 0; });
    }
    found = free;
    *found = {.number = ++rivals_made_,
              .kind = kind,
              .line = arrival.line,
              .session = frame.session,
              .low = first,
              .high = end,
              .since_ns = arrival.recv_ns,
              .sent_ns = sent_ns};
    ++rival_count_;
  }
  if (found->packets == 0 || SaysNew(arrival, end, found->low, found->high, found->counted_ns)) {
    ++found->packets;
    ++found->said;
    found->counted_ns = arrival.recv_ns;
  }
  found->against = 0;
  found->low = std::min(found->low, first);
  found->high = std::max(found->high, end);
  found->last_ns = arrival.recv_ns;
  found->sent_ns = std::min(found->sent_ns, sent_ns);
  if (is_kept) {
    room_.Add(arrival, found->number);
    Unite(*found);
  } else {
    batch_.Release(arrival.packet->slice);
  }
  return *found;
}

// Reordered packets of one stream look like two until what lies between them comes.
void Admission::Unite(Rival& rival) {
  if (rival_count_ == 1) return;
  for (Rival& other : rivals_) {
    if (other.number == 0 || &other == &rival || other.kind != rival.kind ||
        other.line != rival.line || !IsSame(other.session, rival.session) ||
        !Agrees(other.low, other.high, rival.low, rival.high)) {
      continue;
    }
    room_.Rename(other.number, rival.number);
    rival.low = std::min(rival.low, other.low);
    rival.high = std::max(rival.high, other.high);
    rival.packets += other.packets;
    rival.said += other.said;
    rival.since_ns = std::min(rival.since_ns, other.since_ns);
    rival.sent_ns = std::min(rival.sent_ns, other.sent_ns);
    other = {};
    --rival_count_;
  }
}

// The rival that says least goes, but none that says the same as the packet that needs the room.
// When there is no other, the oldest packet goes.
void Admission::MakeRoom(const Arrival& arrival, uint64_t end, const Rival* own) {
  const PacketFrame& frame = *arrival.frame;
  Rival* least = nullptr;
  for (Rival& rival : rivals_) {
    const bool says_the_same = IsSame(rival.session, frame.session) &&
                               Agrees(frame.first_sequence, end, rival.low, rival.high);
    if (rival.number == 0 || &rival == own || says_the_same) continue;
    if (least == nullptr || rival.packets < least->packets ||
        (rival.packets == least->packets && rival.last_ns < least->last_ns)) {
      least = &rival;
    }
  }
  if (least != nullptr) return Drop(*least);
  const WaitingPacket& oldest = room_[0];
  room_.TakeIf([&](const WaitingPacket& waiting) { return &waiting == &oldest; });
  Rival& of_oldest = *std::find_if(rivals_.begin(), rivals_.end(), [&](const Rival& rival) {
    return rival.number == oldest.rival;
  });
  const RivalKind kind = of_oldest.kind;
  if (&of_oldest != own && room_.CountOf(oldest.rival) == 0) {
    of_oldest = {};
    --rival_count_;
  }
  DropPacket(oldest, kind);
}

bool Admission::IsBelievable(const Rival& rival, int64_t now_ns) const {
  if (rival.kind == RivalKind::kGivenUp && rival.high > rival.low && order_.IsUntouched()) {
    return true;
  }
  if (rival.packets < confirmations_) return false;
  switch (rival.kind) {
    case RivalKind::kFirst:
    case RivalKind::kOtherSession:
    case RivalKind::kClosedSession:
    case RivalKind::kGivenUp:
      return true;
    case RivalKind::kStartsOver:
      if (StandsStill(now_ns, options_.gap_timeout_ns)) {
        return rival.sent_ns != 0 || rival.packets >= kLeastUntimedRow;
      }
      if (!HasBeginning(rival)) {
        return rival.sent_ns != 0 && rival.packets >= kLongRow * confirmations_;
      }
      // Without a time of sending it may be reordering, or the same again.
      return rival.sent_ns != 0 || rival.packets >= kLongRow * confirmations_ ||
             (rival.packets >= kLeastUntimedRow && order_.delivered_ns() <= rival.since_ns &&
              OwnNext(rival.line) > rival.high + kAround);
  }
  return false;
}

// Whether the first message of what the rival shows waits too; some in between may have been lost.
bool Admission::HasBeginning(const Rival& rival) const {
  return std::any_of(rivals_.begin(), rivals_.end(), [&](const Rival& other) {
    return other.number != 0 && other.kind == rival.kind && other.low <= 1 &&
           IsSame(other.session, rival.session) && other.high <= rival.high;
  });
}

Admission::Verdict Admission::JudgeAge(int64_t now_ns, bool idle, bool ended) {
  // Of the claims that are due, the one that has the least lost.
  size_t of_line = 0;
  Claim nearest{.low = UINT64_MAX};
  for (size_t i = 0; claiming_lines_ >> i != 0; ++i) {
    if (!Claims(i)) continue;
    for (uint32_t j = 0; j < ahead_[i].count; ++j) {
      const Claim& claim = ahead_[i].claims[j];
      const int64_t deadline_ns = ClaimDeadlineNs(claim);
      if (claim.low >= nearest.low || deadline_ns > now_ns ||
          !policy_.HasPassed(deadline_ns, now_ns, idle)) {
        continue;
      }
      of_line = i;
      nearest = claim;
    }
  }
  if (nearest.packets > 0) {
    TakeClaim(of_line, nearest, /*in_a_row=*/false);
    return Verdict::kConfirmed;
  }
  if (rival_count_ == 0) return Verdict::kWaits;
  const Rival* best = nullptr;
  for (const Rival& rival : rivals_) {
    if (rival.number == 0) continue;
    const int64_t deadline_ns = RivalDeadlineNs(rival, ended);
    if (deadline_ns > now_ns || !policy_.HasPassed(deadline_ns, now_ns, idle)) continue;
    if (best == nullptr || rival.packets > best->packets) best = &rival;
  }
  if (best == nullptr) return Verdict::kWaits;
  rival_ = *best;
  return Verdict::kNewStream;
}

// Whether what has been heard cannot all be of one stream.
bool Admission::IsDisputed() const {
  const Rival* one = nullptr;
  for (const Rival& rival : rivals_) {
    if (rival.number == 0) continue;
    if (one == nullptr) one = &rival;
    if (!IsSame(one->session, rival.session) ||
        !Agrees(one->low, one->high, rival.low, rival.high)) {
      return true;
    }
  }
  return false;
}

Admission::Verdict Admission::JudgeEnd(int64_t now_ns) {
  const Rival* best = nullptr;
  for (const Rival& rival : rivals_) {
    if (rival.number == 0 || rival.packets == 0) continue;
    const bool contradicted = std::max(newest_ns_, order_.delivered_ns()) >= rival.since_ns;
    if (joined_ && contradicted) continue;
    if (rival.kind == RivalKind::kClosedSession && !IsSilent(now_ns)) continue;
    if (rival.kind == RivalKind::kStartsOver && (rival.sent_ns == 0 || rival.low > 1)) continue;
    if (best == nullptr || rival.packets > best->packets) best = &rival;
  }
  if (best == nullptr) return Verdict::kWaits;
  rival_ = *best;
  return Verdict::kNewStream;
}

void Admission::Forget() {
  assert(room_.size() == 0 && rival_count_ == 0);
  ++stream_;
  joined_ = false;
  same_id_ = false;
  restarted_ns_ = kNoTime;
  newest_ns_ = kNoTime;
  closed_count_ = 0;
  claiming_lines_ = 0;
}

void Admission::Begin() {
  if (joined_ && !IsSame(session_, rival_.session)) {
    closed_[closed_count_++ % kClosedSessions] = session_;
  }
  for (size_t i = 0; claiming_lines_ >> i != 0; ++i) {
    const Ahead& ahead = ahead_[i];
    if (Claims(i) && ahead.is_noted && ahead.own_next != kUnknown) {
      lines_[i].TakeBack(ahead.own_next, ahead.own_sent_ns);
    }
  }
  claiming_lines_ = 0;
  newest_ns_ = rival_.last_ns;
  joined_ = true;
  if (rival_.kind == RivalKind::kGivenUp) {  // The same stream, but for where it stands.
    for (const Rival& rival : rivals_) {
      if (rival.number == 0 || !IsOneWith(rival)) continue;
      LineState& line = lines_[rival.line];
      if (line.next > rival.high) line.TakeBack(rival.low, rival.sent_ns);
    }
    return;
  }
  session_ = rival_.session;
  ++stream_;
  same_id_ = rival_.kind == RivalKind::kStartsOver;
  restarted_ns_ = kNoTime;
  if (!same_id_ || rival_.sent_ns == 0) return;
  restarted_ns_ = rival_.sent_ns;
  for (const Rival& rival : rivals_) {
    if (rival.number != 0 && IsOneWith(rival)) {
      restarted_ns_ = std::min(restarted_ns_, rival.sent_ns);
    }
  }
}

// Whether `rival` may show the same stream as rival_, on another line perhaps.
bool Admission::IsAkin(const Rival& rival) const {
  if (rival.kind != rival_.kind || !IsSame(rival.session, rival_.session)) return false;
  return rival.kind != RivalKind::kStartsOver || (rival.sent_ns != 0) == (rival_.sent_ns != 0);
}

// Whether `rival` shows the same stream as rival_, at its place.
bool Admission::IsOneWith(const Rival& rival) const {
  if (rival.number == rival_.number) return true;
  if (!IsAkin(rival)) return false;
  if (Agrees(rival.low, rival.high, rival_.low, rival_.high)) return true;
  // It may have begun before, and packets in between been lost.
  const bool is_new = rival.kind == RivalKind::kStartsOver && rival.sent_ns != 0;
  const bool begins = rival.kind == RivalKind::kFirst || rival.kind == RivalKind::kGivenUp ||
                      is_new || rival.low <= 1;
  return begins && rival.high < rival_.low && rival_.low - rival.high <= kAround;
}

// Whether `rival` shows the stream that has begun, anywhere in it.
bool Admission::IsOfNewStream(const Rival& rival) const {
  return IsAkin(rival) && (restarted_ns_ == kNoTime || rival.sent_ns >= restarted_ns_);
}

Admission::Numbers Admission::WaitingNumbers() const {
  Numbers numbers;
  for (uint32_t i = 0; i < room_.size(); ++i) {
    if (!IsOneWith(*Find(room_[i].rival))) continue;
    const PacketFrame& frame = room_[i].frame;
    numbers.first = std::min(numbers.first, frame.first_sequence);
    numbers.has_message_zero |= frame.first_sequence == 0 && NumberCount(frame) > 0;
  }
  return numbers;
}

const Admission::Rival* Admission::Find(uint32_t number) const {
  const auto found = std::find_if(rivals_.begin(), rivals_.end(),
                                  [&](const Rival& rival) { return rival.number == number; });
  assert(found != rivals_.end());
  return &*found;
}

// What is dropped may be of the present stream, and change what is thought of the other rivals: by
// then this one is gone.
void Admission::Drop(Rival& rival) {
  std::array<const WaitingPacket*, kMostWaiting> packets;
  size_t count = 0;
  room_.TakeIf([&](const WaitingPacket& waiting) {
    if (waiting.rival != rival.number) return false;
    packets[count++] = &waiting;
    return true;
  });
  const RivalKind kind = rival.kind;
  rival = {};
  --rival_count_;
  for (size_t i = 0; i < count; ++i) DropPacket(*packets[i], kind);
}

void Admission::DropAll() {
  for (Rival& rival : rivals_) {
    if (rival.number != 0) Drop(rival);
  }
}

// rival_ has become the stream, and its packets are gone: what the others are in its light.
void Admission::JudgeOthersAnew(int64_t now_ns) {
  for (Rival& rival : rivals_) {
    if (rival.number == 0) continue;
    const uint32_t waiting = room_.CountOf(rival.number);
    // A line that has started over too.
    if (IsOfNewStream(rival)) rival.kind = RivalKind::kFirst;
    if (waiting == 0) {
      rival = {};
      --rival_count_;
    } else if (Elapsed(rival.last_ns, now_ns) >= static_cast<uint64_t>(options_.line_silent_ns)) {
      Drop(rival);
    } else if (!IsSame(rival.session, session_)) {
      rival.kind = IsClosed(rival.session) ? RivalKind::kClosedSession : RivalKind::kOtherSession;
    } else if (rival.low < order_.guessed() && rival.high > order_.proven()) {
      rival.kind = RivalKind::kGivenUp;
    } else {
      Drop(rival);
    }
  }
}

void Admission::DropPacket(const WaitingPacket& waiting, RivalKind kind) {
  LineState& line = lines_[waiting.line];
  const uint64_t first = waiting.frame.first_sequence;
  const uint64_t end = first + NumberCount(waiting.frame);
  const bool is_of_stream = joined_ && IsSame(waiting.frame.session, session_) &&
                            (kind != RivalKind::kStartsOver || end <= order_.expected());
  if (is_of_stream) {  // No other stream, then.
    const Arrival arrival{&waiting.packet, &waiting.frame, waiting.recv_ns, waiting.line};
    if (first > order_.horizon()) return TakeAhead(arrival, line, end);
    line.Note(first, end, waiting.frame.send_time_ns);
    if (end > first) return order_.Take(arrival, end, /*believed=*/false);
  } else if (kind == RivalKind::kClosedSession) {
    ++stats_.stale_session;
    ++line.stats.stale_packets;
  } else {
    ++stats_.unbelieved;
    ++line.stats.unbelieved_packets;
  }
  if (!is_of_stream) {
    stats_.dropped_messages += end - first;
    line.stats.dropped_messages += end - first;
  }
  batch_.Release(waiting.packet.slice);
}

// What waited for another stream is of this one, and ahead of it.
void Admission::TakeAhead(const Arrival& arrival, LineState& line, uint64_t end) {
  const bool confirmed = JudgeClaim(arrival, line, end) == Verdict::kConfirmed;
  if (confirmed) order_.BelieveRow(claim_.high, claim_.since_ns);
  if (end > arrival.frame->first_sequence) {
    order_.Take(arrival, end, confirmed);
  } else {
    batch_.Release(arrival.packet->slice);
  }
}

bool Admission::IsClosed(const SessionId& session) const {
  const uint64_t known = std::min<uint64_t>(closed_count_, kClosedSessions);
  return std::find(closed_.begin(), closed_.begin() + known, session) != closed_.begin() + known;
}

bool Admission::IsSilent(int64_t now_ns) const {
  return Elapsed(std::max(newest_ns_, order_.delivered_ns()), now_ns) >=
         static_cast<uint64_t>(options_.line_silent_ns);
}

int64_t Admission::ClaimDeadlineNs(const Claim& claim) const {
  if (claim.packets == 0) return kNever;
  // One guess at a time: what follows from it is waited for.
  return Later(std::max(claim.since_ns, order_.delivered_ns()), IsWithin(claim, options_.max_jump)
                                                                    ? options_.gap_timeout_ns
                                                                    : options_.line_silent_ns);
}

int64_t Admission::RivalDeadlineNs(const Rival& rival, bool ended) const {
  if (rival.packets == 0) return kNever;
  const int64_t soon_ns = Later(rival.since_ns, options_.gap_timeout_ns);
  const int64_t heard_ns = std::max(newest_ns_, order_.delivered_ns());
  switch (rival.kind) {
    case RivalKind::kFirst:
      return IsDisputed() ? Later(rival.since_ns, options_.line_silent_ns) : soon_ns;
    case RivalKind::kOtherSession:
    case RivalKind::kClosedSession:
      return ended ? soon_ns : std::max(soon_ns, Later(heard_ns, options_.line_silent_ns));
    case RivalKind::kStartsOver:
      if (rival.sent_ns == 0 || rival.low > 1 || heard_ns > rival.since_ns) return kNever;
      return Later(rival.since_ns, options_.line_silent_ns);
    case RivalKind::kGivenUp:
      return kNever;
  }
  return kNever;
}

int64_t Admission::DeadlineNs(bool ended) const {
  int64_t deadline_ns = kNever;
  for (size_t i = 0; claiming_lines_ >> i != 0; ++i) {
    if (!Claims(i)) continue;
    for (uint32_t j = 0; j < ahead_[i].count; ++j) {
      deadline_ns = std::min(deadline_ns, ClaimDeadlineNs(ahead_[i].claims[j]));
    }
  }
  if (rival_count_ == 0) return deadline_ns;
  for (const Rival& rival : rivals_) {
    if (rival.number != 0) deadline_ns = std::min(deadline_ns, RivalDeadlineNs(rival, ended));
  }
  return deadline_ns;
}

void Admission::Settle(int64_t now_ns) {
  const uint64_t silent = static_cast<uint64_t>(options_.line_silent_ns);
  for (size_t i = 0; claiming_lines_ >> i != 0; ++i) {
    if (!Claims(i)) continue;
    Ahead& ahead = ahead_[i];
    uint32_t kept = 0;
    for (uint32_t j = 0; j < ahead.count; ++j) {
      if (ahead.claims[j].high > order_.horizon()) ahead.claims[kept++] = ahead.claims[j];
    }
    ahead.count = kept;
    if (kept == 0) {
      // Where the line stands is known once it is known where the stream does.
      if (order_.IsFirm()) claiming_lines_ &= ~(uint32_t{1} << i);
    } else if (Elapsed(ahead.last_ns, now_ns) >= silent && order_.progress_ns() > ahead.last_ns) {
      Belie(i, std::min(ahead.own_next, order_.horizon()));
    }
  }
  if (rival_count_ == 0 || !joined_) return;
  for (Rival& rival : rivals_) {
    // What is still in a row is given the time of several silences: a quiet stream's next packet
    // counts.
    if (rival.number == 0) continue;
    const uint64_t patience = rival.packets == 0 ? silent : kPatience * silent;
    if (Elapsed(rival.last_ns, now_ns) >= patience) Drop(rival);
  }
}

}  // namespace fh
