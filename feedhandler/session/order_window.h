// The second room of a channel's session: puts the messages of one stream in order, each once. It
// knows the next number to deliver, how far the stream is known to go, and the packets that came
// before their turn. Which packets are of the stream is admission's business (admission.h), when a
// missing message is given up the gap policy's (gap_policy.h); both only look.
//
//   order.Start(session, 1, ...);            // A stream begins.
//   order.Take(arrival, end, false);         // Messages [first, end): delivered, held or old.
//   order.Believe(number, now_ns);           // A heartbeat: everything below `number` exists.
//   if (policy.Judge(order, ...) != kNot) order.GiveUpLowest(now_ns);
//
// Numbers, from below:
//
//   ... delivered | expected() ... missing, or held ... | horizon() ... held, but not believed yet
//
// Below horizon() the stream is believed to go; a packet that starts beyond it is held like any
// other, but opens no gap and is the first to go when the window is full. It is delivered when
// the stream reaches it, or when Believe() says that its line has gone on from it. A packet that
// its own line belied (Doubt) gives way to any other that brings its numbers, and if none does, is
// delivered when the stream has stood still before it as long as before a gap.
//
// The feed thread's own; nothing allocates after construction. The payload is never copied: holding
// a packet means holding its slice.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_ORDER_WINDOW_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_ORDER_WINDOW_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/update.h"
#include "feedhandler/session/hold_window.h"
#include "feedhandler/session/line_state.h"
#include "feedhandler/session/range_list.h"
#include "feedhandler/session/session_batch.h"
#include "feedhandler/session/session_types.h"

namespace fh {

class OrderWindow {
 public:
  // All of them outlive the window; `lines` and `stats` are written where messages are accounted
  // for.
  OrderWindow(const SessionOptions& options, std::span<LineState> lines, SessionStats& stats,
              SessionBatchBuilder& batch);

  // Start of a call: the jobs of the last one are done.
  void Recycle() { window_.Recycle(); }

  // ---- What is known

  uint64_t expected() const { return expected_; }  // The next message to deliver.
  uint64_t horizon() const { return horizon_; }    // One past the highest believed to exist.
  bool IsMissing() const { return horizon_ > expected_; }
  // A doubted packet is next: nothing is known to be missing, but nothing is delivered either.
  bool IsHeldBack() const { return !window_.empty() && window_.front().first <= expected_; }
  bool IsEmpty() const { return horizon_ == expected_ && window_.empty(); }
  uint32_t held() const { return window_.size(); }
  // When a line last brought the next message; kNoTime before the first.
  int64_t progress_ns() const { return progress_ns_; }
  // When anything was last delivered; kNoTime before the first.
  int64_t delivered_ns() const { return std::max(progress_ns_, drained_ns_); }
  // Since when the stream stands still before the lowest gap, or the doubted packet.
  int64_t StandsSinceNs() const;
  // Whether so many packets in a row have gone on from where the position was last a guess (the
  // start of a stream, a gap given up) that it is proven.
  bool IsFirm() const { return support_ >= confirmations_ || expected_ <= row_to_; }
  // Where the position was last proven, and where the last guess put it: what lies between was
  // given up, or delivered on the strength of other guesses.
  uint64_t proven() const { return proven_; }
  uint64_t guessed() const { return guessed_; }
  // Whether nothing has been delivered since the last gap was given up, and it was not taken back.
  bool IsUntouched() const { return expected_ == guessed_ && guessed_ > gap_first_; }
  // Where the last gap that was given up began.
  uint64_t gap_first() const { return gap_first_; }
  bool maybe_bad() const { return maybe_bad_; }
  void MarkClean() { maybe_bad_ = false; }
  // Missing and not yet given up, lowest first; returns how many were written. O(held()).
  size_t Missing(std::span<SequenceRange> out) const;

  // ---- What happens

  // A stream begins with message `expected`. `from_start`: nothing of it had been sent before.
  // `maybe_bad`: its messages carry FH_FLAG_MAYBE_BAD_BOOK from the first on. Nothing is held.
  void Start(const codecs::SessionId& session, uint64_t expected, bool from_start, bool maybe_bad);

  // Messages before `first` were sent before the stream was joined: reported, and not waited for.
  void JoinAt(uint64_t first, int64_t now_ns);

  // The stream stands at `expected`, not where it was believed to: what was given up from there on
  // was not lost, and what is held is no longer believed.
  void GoBack(uint64_t expected);

  // The next message, nothing missing or held. Precondition: first == expected() and IsEmpty().
  void TakeNext(const Arrival& arrival, uint64_t end) {
    progress_ns_ = arrival.recv_ns;
    Deliver(*arrival.packet, *arrival.frame, arrival.recv_ns, arrival.line, 0);
    expected_ = end;
    horizon_ = end;
    batch_.Release(arrival.packet->slice);
  }

  // Messages without numbers, as they come.
  void DeliverUnsequenced(const Arrival& arrival) {
    const uint32_t take = arrival.frame->message_count;
    batch_.Deliver({.packet = arrival.packet,
                    .frame = arrival.frame,
                    .skip = 0,
                    .take = take,
                    .ts_recv_ns = arrival.recv_ns,
                    .flags = static_cast<uint8_t>(maybe_bad_ ? FH_FLAG_MAYBE_BAD_BOOK : 0)});
    stats_.delivered_messages += take;
    lines_[arrival.line].stats.won_messages += take;
  }

  // All of it was delivered, and nothing of it given up. Precondition: guessed() <= first and
  // end <= expected().
  void TakeCopy(const Arrival& arrival, uint64_t end) {
    batch_.Release(arrival.packet->slice);
    CountDuplicates(arrival.line, end - arrival.frame->first_sequence);
    ++support_;
    CountBehind(arrival);
  }

  // Messages [first, end), end > first. `believed`: that they exist is out of the question, however
  // far ahead they are.
  void Take(const Arrival& arrival, uint64_t end, bool believed);

  // Everything below `number` exists; `now_ns` is when that was first heard. Held packets that
  // start below it are believed with it.
  void Believe(uint64_t number, int64_t now_ns);
  // A row of packets has shown that the stream goes up to `number`.
  void NoteRow(uint64_t number) { row_to_ = std::max(row_to_, number); }
  // The same of packets that are held, but for the last: they are believed, and nothing else.
  void BelieveRow(uint64_t number, int64_t now_ns);

  // first..last were in a packet whose end was damaged: names the cause, should they be given up.
  void NoteDamage(uint64_t first, uint64_t last);

  // The line brought [low, high) ahead of what was known, and then went on from below: what it
  // holds there is doubted, or dropped where it starts `far` or more beyond what is known.
  void Doubt(uint32_t line, uint64_t low, uint64_t high, uint64_t far);

  // The lowest gap is reported (kGap) and what is behind it delivered; or the doubted packet that
  // is next is. Precondition: IsMissing() or IsHeldBack().
  void GiveUpLowest(int64_t now_ns);

  // A packet says that the position is wrong: the row that supports it begins anew.
  void DoubtPosition() {
    if (support_ < confirmations_) support_ = 0;
  }

  // The stream ends: what is held beyond the horizon, up to `near` ahead and not doubted, is
  // believed, all gaps are given up, the rest is dropped. Nothing is held afterwards.
  void Finish(uint64_t near, int64_t now_ns);

  // What was delivered before comes again, or was given up: [first, end), all below expected().
  void CountOld(uint32_t line, uint64_t first, uint64_t end);

 private:
  // When a packet starting at `first` was delivered, to tell how far other lines are behind.
  struct Winner {
    uint64_t first = 0;
    int64_t recv_ns = kNoTime;
  };
  static constexpr uint64_t kWinners = 256;
  // A packet no further ahead than this many messages speaks for the position.
  static constexpr uint64_t kAround = 1024;

  void Hold(const Arrival& arrival, uint64_t end, bool believed);
  void BelieveHeld(uint64_t number, int64_t now_ns);
  void MakeWayFor(uint64_t first, uint64_t end);
  void DropHeld(uint32_t i);
  void RaiseHorizon(uint64_t horizon, int64_t now_ns);
  void Drain();
  // Whether the doubted packet that is next fits in between what was delivered and what is
  // believed.
  bool IsBorneOut() const {
    return window_.size() > 1 && window_[1].first == window_.front().end &&
           window_[1].first < horizon_ && !window_[1].doubted;
  }
  void ReportGap(uint64_t first, uint64_t last, int64_t now_ns);
  void EmitGap(uint64_t first, uint64_t last, uint16_t cause, int64_t now_ns);
  // The stream goes on at `number`, as far as anybody knows.
  void Guess(uint64_t number);
  void CountDuplicates(uint32_t line, uint64_t messages);
  void CountBehind(const Arrival& arrival);

  void Deliver(const rio::Packet& packet, const codecs::PacketFrame& frame, int64_t recv_ns,
               uint32_t line, uint32_t skip) {
    const uint32_t take = frame.number_count - skip;
    batch_.Deliver({.packet = &packet,
                    .frame = &frame,
                    .skip = skip,
                    .take = take,
                    .ts_recv_ns = recv_ns,
                    .flags = static_cast<uint8_t>(maybe_bad_ ? FH_FLAG_MAYBE_BAD_BOOK : 0)});
    winners_[frame.first_sequence % kWinners] = {frame.first_sequence, recv_ns};
    stats_.delivered_messages += take;
    lines_[line].stats.won_messages += take;
  }

  // How many of the held packets are believed; they are the lowest.
  uint32_t BelievedHeld() const {
    const uint32_t held = window_.size();
    return held == 0 || window_[held - 1].first < horizon_ ? held : window_.CountBelow(horizon_);
  }
  bool IsTailMissing() const {
    const uint32_t believed = BelievedHeld();
    return horizon_ > (believed == 0 ? expected_ : window_[believed - 1].end);
  }

  const SessionOptions& options_;
  const uint32_t confirmations_;
  std::span<LineState> lines_;
  SessionStats& stats_;
  SessionBatchBuilder& batch_;

  codecs::SessionId session_;
  uint64_t expected_ = 0;
  uint64_t horizon_ = 0;  // >= expected_
  int64_t progress_ns_ = kNoTime;
  int64_t drained_ns_ = kNoTime;  // When a gap was last given up.
  int64_t tail_seen_ns_ = 0;      // When the gap between the last packet and horizon_ was seen.
  uint64_t proven_ = 0;
  uint64_t guessed_ = 0;
  uint64_t gap_first_ = 0;
  uint64_t row_to_ = 0;   // A row of packets has shown the stream to go up to here.
  uint64_t support_ = 0;  // Packets.
  bool from_start_ = false;
  bool maybe_bad_ = false;
  bool any_doubted_ = false;  // Some held packet may be.
  HoldWindow window_;
  RangeList<16> damaged_;
  RangeList<64> given_up_;
  std::array<Winner, kWinners> winners_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_ORDER_WINDOW_H_
