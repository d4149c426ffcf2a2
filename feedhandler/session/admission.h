// The first room of a channel's session: which stream of the venue a packet belongs to, and what of
// what it says about that stream is believed.
//
//   switch (admission.Judge(arrival, end)) {
//     case kStream: ...                          // order.Take, or order's heartbeat
//     case kNewStream: Start(admission.rival()) ...
//   }
//
// One packet is no proof. A damaged header, a test system on the wrong group or somebody's forgery
// can say anything once; a stream says the same again and again. So what contradicts the present
// belief is kept (packets wait with their slices, nothing is lost) until its line has said it in
// jump_confirmations packets in a row. A row is broken by a packet with which the line goes on
// where it stood: then the other was the lie. Rows are counted for each line, so that what one line
// brings in order cannot be talked over by another. Where nobody contradicts, age is a proof as
// well, or a quiet channel would wait for ever. And what was believed can be taken back, whatever
// it was:
//
//  * The stream is further ahead (a claim, of a packet or a heartbeat beyond the horizon). By a row
//    of packets that go on from each other; by age when the stream stands still and the line does
//    not go on where it stood: gap_timeout_ns up to max_jump messages, line_silent_ns beyond, where
//    a single packet is the less likely the more it would have everybody lose. Taken back as
//    kGivenUp, below.
//  * A first packet (kFirst): by a row, or when nothing else was heard for gap_timeout_ns; when
//    different things were, whoever has said most after line_silent_ns.
//  * Another session id (kOtherSession): by a row; by age when the present session ended, or
//    nothing of it came for line_silent_ns.
//  * The id of a session that was left (kClosedSession): the same, but only when nothing of the
//    present session came for line_silent_ns. Until then its packets are stragglers. Venues use ids
//    again.
//  * The numbers start over under the same id (kStartsOver): the line goes back. Where packets
//    carry a time of sending, only what was sent later than the line's newest counts, and only from
//    message 1 on or while the stream stands still; where they do not, only while no line brings
//    anything new.
//  * The position was wrong (kGivenUp): a line brings, in a row, what was given up, and nothing
//    supports the position that was taken instead; or brings any of it before anything behind it
//    was delivered; or the line on whose word it was given up goes on from before.
//
// A line that has jumped ahead of itself, but not of what is known, stands at both places until it has
// gone on from one of them in a row (Way): what it lost, or a lie.
//
// A recovery line changes no belief.
//
// The feed thread's own; nothing allocates after construction. A packet that goes on with its line
// costs a few comparisons; what is not believed a walk over the rivals, of which there are few.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_ADMISSION_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_ADMISSION_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "codecs/codec.h"
#include "feedhandler/session/gap_policy.h"
#include "feedhandler/session/line_state.h"
#include "feedhandler/session/order_window.h"
#include "feedhandler/session/session_batch.h"
#include "feedhandler/session/session_types.h"
#include "feedhandler/session/waiting_room.h"

namespace fh {

class Admission {
 public:
  static constexpr uint32_t kClosedSessions = 16;

  enum class Verdict : uint8_t {
    kStream,        // Of the stream, and no further ahead than is known.
    kAhead,         // Of the stream, beyond what is known; not believed yet.
    kConfirmed,     // Of the stream, ahead, and with it claim() is believed.
    kWaits,         // Of another stream, and kept here.
    kStaleSession,  // Of a session that is over.
    kStaleRestart,  // Of the run before a restart.
    kNewStream,     // With it, or by age, rival() is believed; its packets wait here.
  };

  // The stream is said to reach from low to high, by one line.
  struct Claim {
    uint64_t low = 0;
    uint64_t high = 0;
    int64_t since_ns = 0;
    int64_t counted_ns = 0;  // When the last packet of the row came.
    uint32_t packets = 0;    // In a row; 0 when it was broken.
  };

  enum class RivalKind : uint8_t { kFirst, kOtherSession, kClosedSession, kStartsOver, kGivenUp };

  // Another stream than the present one, as one line shows it.
  struct Rival {
    uint32_t number = 0;  // Of WaitingPacket::rival; 0 = none.
    RivalKind kind = RivalKind::kFirst;
    uint8_t line = 0;
    codecs::SessionId session;
    uint64_t low = 0;  // What its packets cover.
    uint64_t high = 0;
    uint32_t packets = 0;  // In a row.
    uint32_t said = 0;     // In all.
    uint32_t against = 0;  // Packets with which the line went on in the present stream since.
    int64_t since_ns = 0;
    int64_t counted_ns = 0;
    int64_t last_ns = 0;
    int64_t sent_ns = 0;  // The earliest time of sending; 0 where packets carry none.
  };

  // All outlive the admission. `lines` are all lines, recovery lines last.
  Admission(const SessionOptions& options, std::span<LineState> lines, OrderWindow& order,
            const GapPolicy& policy, SessionStats& stats, SessionBatchBuilder& batch);

  // Start of a call: the jobs of the last one are done.
  void Recycle() { room_.Recycle(); }

  bool is_joined() const { return joined_; }
  const codecs::SessionId& session() const { return session_; }
  // Counts streams; no line is in stream 1 before the first packet.
  uint32_t stream() const { return stream_; }
  // Nothing is kept or doubted.
  bool IsCalm() const { return rival_count_ == 0 && claiming_lines_ == 0; }
  uint32_t waiting() const { return room_.size(); }

  // The comparison of arrays calls memcmp, which alone costs as much as the rest of the fast path.
  static bool IsSame(const codecs::SessionId& a, const codecs::SessionId& b) {
    uint64_t words_a[2];
    uint64_t words_b[2];
    static_assert(sizeof words_a == sizeof a.bytes);
    std::memcpy(words_a, a.bytes.data(), sizeof words_a);
    std::memcpy(words_b, b.bytes.data(), sizeof words_b);
    return ((words_a[0] ^ words_b[0]) | (words_a[1] ^ words_b[1])) == 0;
  }

  // `arrival` is not rejected; its messages are [first_sequence, end), none for a heartbeat. With
  // kWaits and kNewStream the packet has been kept; with the other verdicts it is the caller's.
  // `ended`: the present session has been closed by the venue.
  Verdict Judge(const Arrival& arrival, uint64_t end, bool ended);

  // A copy of what was delivered came in its line's turn: Judge would say kStream, and this.
  void NoteCopy(int64_t recv_ns) { newest_ns_ = recv_ns; }

  // The packet, which ends at `end`, had lost its tail: messages up to `claimed_end`, it says.
  void ClaimTail(const Arrival& arrival, uint64_t end, uint64_t claimed_end);

  // The stream ends: what was said of it last is believed, if it is not too far ahead or came after
  // a silence.
  void BelieveNearClaims();

  // What age makes believable: kConfirmed, kNewStream, or kWaits for nothing.
  Verdict JudgeAge(int64_t now_ns, bool idle, bool ended);

  // Nothing will follow: kNewStream for a rival that nobody has contradicted, else kWaits.
  Verdict JudgeEnd(int64_t now_ns);
  // Lets go of everything that waits.
  void DropAll();

  const Claim& claim() const { return claim_; }
  const Rival& rival() const { return rival_; }

  // Nothing is known, as at the beginning. Precondition: waiting() == 0.
  void Forget();

  // rival() becomes the stream. Lines join it with their first packet of it.
  void Begin();

  // Takes the packets out that wait for rival(), as they came. What else waits is judged anew.
  // on_packet(const Arrival&): what it points to lives until Recycle.
  template <typename OnPacket>
  void TakeWaiting(int64_t now_ns, OnPacket&& on_packet) {
    // A line's account of the stream begins with its first packet, believed at once or not.
    for (uint32_t i = 0; i < room_.size(); ++i) {
      LineState& line = lines_[room_[i].line];
      const Rival& rival = *Find(room_[i].rival);
      if (IsOfNewStream(rival) && line.stream != stream_) {
        Follow(line, room_[i].frame);
      }
    }
    room_.TakeIf([&](const WaitingPacket& waiting) {
      if (!IsOneWith(*Find(waiting.rival))) return false;
      on_packet(Arrival{&waiting.packet, &waiting.frame, waiting.recv_ns, waiting.line});
      return true;
    });
    JudgeOthersAnew(now_ns);
  }
  // What the packets say that wait for rival().
  struct Numbers {
    uint64_t first = UINT64_MAX;  // The lowest number, of a heartbeat perhaps.
    bool has_message_zero = false;
  };
  Numbers WaitingNumbers() const;

  // The line's first packet of the present stream starts at `first`.
  void Follow(LineState& line, const codecs::PacketFrame& frame);

  // When JudgeAge will have something to say if nothing comes; INT64_MAX: never.
  int64_t DeadlineNs(bool ended) const;

  // Lets go of what time or the stream itself has settled.
  void Settle(int64_t now_ns);

 private:
  // What packets without a time of sending say of a stream that starts over is believed in no
  // shorter row: a single packet sent twice looks the same.
  static constexpr uint32_t kLeastUntimedRow = 4;
  static constexpr uint32_t kLongRow = 4;  // Rows, that cannot be chance.
  // First packets of one stream, lost ones between them, are no further apart than this many
  // messages.
  static constexpr uint64_t kAround = 1024;
  // No further back than this many messages a packet may only be late.
  static constexpr uint64_t kNear = 64;
  // What is further ahead than this does not even count as a loss of its line until it is believed.
  static constexpr uint64_t kFar = uint64_t{1} << 16;
  static constexpr uint64_t kUnknown = UINT64_MAX;
  static constexpr uint64_t kPatience = 10;

  // What a line says of the stream beyond what is known. True packets and lies take turns, so there
  // may be several claims, each with its own row.
  struct Ahead {
    static constexpr size_t kClaims = 8;
    std::array<Claim, kClaims> claims;  // The first `count` of them.
    uint32_t count = 0;
    uint64_t low = 0;  // Of all claims that there were.
    uint64_t high = 0;
    uint64_t own_next = 0;    // Where the line stands without them (kUnknown: nobody knows), and
    int64_t own_sent_ns = 0;  // when its newest packet was sent.
    int64_t last_ns = 0;
    uint32_t against = 0;   // Packets with which the line went on from own_next since.
    bool is_noted = false;  // Something of it is in the line's own account.

    // No claims yet. They are not cleared: 320 bytes for each packet that is overtaken.
    void Begin(uint64_t first, uint64_t line_next, int64_t line_sent_ns) {
      count = 0;
      low = first;
      high = 0;
      own_next = line_next;
      own_sent_ns = line_sent_ns;
      last_ns = 0;
      against = 0;
      is_noted = false;
    }
  };

  // A line that is behind others may jump ahead of itself with a packet that is not ahead of what is
  // known: perhaps it lost what lies between, perhaps the packet was a lie and the line goes on where
  // it was. So it stands there until it has gone on from the jump in a row.
  struct Way {
    uint64_t next = 0;      // Where the line stands without the jump,
    uint64_t reach = 0;     // and with it.
    uint64_t last_end = 0;  // LineState::last_end after the last packet that was judged.
    uint32_t stream = 0;
    uint32_t packets = 0;  // In a row since the jump; 0: there is none.
  };

  Verdict JudgeLeftBehind(const Arrival& arrival, uint64_t end);
  bool IsDisowned(const Arrival& arrival) const;
  Verdict JudgeForeign(const Arrival& arrival, uint64_t end, bool ended);
  Verdict JudgeClaim(const Arrival& arrival, LineState& line, uint64_t end);
  Verdict JudgeRival(RivalKind kind, const Arrival& arrival, uint64_t end);
  bool MayFollow(const Arrival& arrival, LineState& line) const;
  bool StartsOver(const Arrival& arrival, uint64_t end) const;
  bool IsAroundARestart(const Arrival& arrival, uint64_t end) const;
  bool OutgrowsStream(const Arrival& arrival) const;
  bool HasBegunAgain(const Arrival& arrival) const;
  int64_t LaterSentNs(const Arrival& arrival) const;
  bool IsBelowAGuess(const Arrival& arrival, uint64_t end) const;
  const Rival* RivalBefore(const Arrival& arrival, RivalKind kind) const;
  bool IsNewestOfAll(int64_t send_time_ns) const;
  bool HasBeginning(const Rival& rival) const;
  bool IsBelievable(const Rival& rival, int64_t now_ns) const;
  static void BreakClaims(Ahead& ahead);
  void BreakRows(uint8_t line);
  void TakeAhead(const Arrival& arrival, LineState& line, uint64_t end);
  void GoOn(const Arrival& arrival, uint64_t end);

  bool IsClosed(const codecs::SessionId& session) const;
  bool IsSilent(int64_t now_ns) const;
  bool StandsStill(int64_t now_ns, int64_t age_ns) const {
    return Elapsed(order_.delivered_ns(), now_ns) >= static_cast<uint64_t>(age_ns);
  }
  void NoteWay(size_t line, uint64_t own_next, uint64_t first, uint64_t end);
  bool IsDisputed() const;
  Rival& FindOrAdd(RivalKind kind, const Arrival& arrival, uint64_t end);
  const Rival* Find(uint32_t number) const;
  bool IsAkin(const Rival& rival) const;
  bool IsOneWith(const Rival& rival) const;
  bool IsOfNewStream(const Rival& rival) const;
  void MakeRoom(const Arrival& arrival, uint64_t end, const Rival* own);
  void Drop(Rival& rival);
  void JudgeOthersAnew(int64_t now_ns);
  void DropPacket(const WaitingPacket& waiting, RivalKind kind);
  bool SaysNew(const Arrival& arrival, uint64_t end, uint64_t low, uint64_t high,
               int64_t counted_ns) const;
  static Claim& Unite(Ahead& ahead, uint32_t i);
  void Unite(Rival& rival);
  Claim& FindOrAddClaim(Ahead& ahead, const Arrival& arrival, uint64_t end);
  void TakeClaim(size_t line, const Claim& claim, bool in_a_row);
  void Belie(size_t line, uint64_t own_next);
  bool IsWithin(const Claim& claim, uint64_t distance) const {
    return claim.high <= order_.horizon() || claim.high - order_.horizon() <= distance;
  }
  int64_t ClaimDeadlineNs(const Claim& claim) const;
  int64_t RivalDeadlineNs(const Rival& rival, bool ended) const;
  bool Claims(size_t line) const { return (claiming_lines_ >> line & 1) != 0; }
  // Between two packets that were judged the line may have gone the short way.
  bool IsAstray(size_t line) const {
    const Way& way = ways_[line];
    return way.packets > 0 && way.stream == stream_ && way.last_end == lines_[line].last_end;
  }
  // Where the line stands by its own account, as far as that is believed.
  uint64_t OwnNext(size_t line) const {
    if (IsAstray(line)) return ways_[line].next;
    return Claims(line) ? ahead_[line].own_next : lines_[line].next;
  }

  const SessionOptions& options_;
  const uint32_t confirmations_;
  std::span<LineState> lines_;
  OrderWindow& order_;
  const GapPolicy& policy_;
  SessionStats& stats_;
  SessionBatchBuilder& batch_;

  codecs::SessionId session_;
  uint32_t stream_ = 1;
  bool joined_ = false;
  bool same_id_ = false;            // The stream started over under the id of the one before.
  int64_t restarted_ns_ = kNoTime;  // What was sent before is of the run before.
  int64_t newest_ns_ = kNoTime;     // When a live line last brought anything of the stream.
  std::array<codecs::SessionId, kClosedSessions> closed_;
  uint64_t closed_count_ = 0;  // Ever; the newest is at (closed_count_ - 1) % kClosedSessions.

  std::array<Ahead, kMaxSessionLines> ahead_;  // By line; of those with a bit in claiming_lines_.
  uint32_t claiming_lines_ = 0;
  std::array<Way, kMaxSessionLines> ways_{};  // By line.
  std::array<Rival, kMostWaiting> rivals_;    // Each has packets that wait.
  uint32_t rival_count_ = 0;
  uint32_t rivals_made_ = 0;
  WaitingRoom room_;
  Claim claim_;
  Rival rival_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_ADMISSION_H_
