// What goes into a channel's session and what comes out of it: arrivals, options, the batch of jobs
// and events, and the counters; and the few words that its rooms share. The class itself is in
// channel_session.h.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_TYPES_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_TYPES_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "absl/status/status.h"
#include "codecs/codec.h"
#include "rio/packet.h"

namespace fh {

inline constexpr uint32_t kMaxSessionLines = 16;
// Most of SessionOptions::jump_confirmations.
inline constexpr uint32_t kMostConfirmations = 16;
// Packets of streams that are not believed yet, of all lines together, that a session keeps.
inline constexpr uint32_t kMostWaiting = 64;

// One framed packet as it came in. `packet` and `frame` must stay where they are until the caller
// is done with the batch that ChannelSession::OnBurst returned for them.
struct Arrival {
  const rio::Packet* packet;
  const codecs::PacketFrame* frame;
  // When it was received, UNIX ns: becomes DecodeJob::ts_recv_ns, and is the only clock by which
  // gaps time out while packets arrive, so that a capture replayed at any speed gives the same.
  int64_t recv_ns;
  uint8_t line;  // Index of the line within the channel, recovery lines after the others.
};

// No moment: earlier than all.
inline constexpr int64_t kNoTime = std::numeric_limits<int64_t>::min();

// How much later `to` is than `from`; 0 when it is not. Capture times may go backwards.
inline uint64_t Elapsed(int64_t from, int64_t to) {
  return to > from ? static_cast<uint64_t>(to) - static_cast<uint64_t>(from) : 0;
}

// `from` plus `age`, INT64_MAX at most.
inline int64_t Later(int64_t from, int64_t age) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return from > kMost - age ? kMost : from + age;
}

// Numbers of which a packet brings what they stand for.
inline uint32_t NumberCount(const codecs::PacketFrame& frame) {
  return frame.kind == codecs::FrameKind::kMessages ? frame.number_count : 0;
}

// What to do when the first packet seen is not the first of the venue's session.
enum class LateJoin : uint8_t {
  kLiveOnly,   // Start where the stream stands; what was before is reported as FH_GAP_LATE_JOIN.
  kFromFirst,  // Expect message 1 and hold the live packets: for recovery that replays the session.
};

struct SessionOptions {
  // Lines that carry the live stream (A, B, ...), and after them lines that carry what was asked
  // for again (a retransmission server, a replay). Together 1..kMaxSessionLines, at least one live.
  uint32_t lines = 2;
  uint32_t recovery_lines = 0;
  // Most arrivals of one OnBurst call.
  uint32_t max_burst = 64;
  // The reorder window. A gap is given up when holding one more packet would hold more slices than
  // `window_packets`, or when the stream is known to be more than `window_messages` past it.
  // 1..65536. MostHeldSlices says what that means for the region.
  uint32_t window_packets = 1024;
  uint64_t window_messages = uint64_t{1} << 20;
  // A gap is given up when the stream has stood still before it for this long: since the gap was
  // seen, or since a line last brought the next message, whichever is later. Lines that differ more
  // than this in delay cannot help each other.
  int64_t gap_timeout_ns = 100'000'000;
  // A gap is given up before that when every line that is alive has since brought more than this
  // many packets from behind it: what has not come by then will not come. Costs a gap that was none
  // when a single line reorders by more packets than this; 0 = wait for the timeout.
  uint32_t early_gap_packets = 128;
  // A line that has brought nothing for this long is not waited for; a stream of which nothing came
  // for this long makes way for another one; a channel that gets packets and delivers nothing for
  // this long says so.
  int64_t line_silent_ns = 3'000'000'000;
  // What a packet says against what is known - that the stream stands further ahead, that another
  // session runs, that the numbers start over - is believed when the line says it in so many
  // packets in a row, with no packet between them that goes on with what is known. Until then such
  // packets are kept, and lost to nobody. 1 believes every packet; 1..kMostConfirmations.
  uint32_t jump_confirmations = 4;
  // A line that says in fewer packets that the stream is ahead, and then nothing else, is believed
  // after gap_timeout_ns when that is up to this many messages, else after line_silent_ns: the more
  // a single packet would have everybody lose, the less likely it is. 1..2^62.
  uint64_t max_jump = 256;
  LateJoin late_join = LateJoin::kLiveOnly;
  // Report kGapOpened events, which a recovery source needs.
  bool announce_gaps = false;
};

// How many packets in a row are believed. A window too small to hold a row could not wait for one.
inline uint32_t Confirmations(const SessionOptions& options) {
  return std::min(options.jump_confirmations, options.window_packets);
}

// OK, or what to change.
absl::Status ValidateSessionOptions(const SessionOptions& options);

// Slices that a session may hold between two calls. Those of all channels together must be fewer
// than the region has, or a gap starves the receive path.
inline uint32_t MostHeldSlices(const SessionOptions& options) {
  return options.window_packets + kMostWaiting;
}

enum class StartCause : uint8_t {
  kJoined,      // The first stream that this session sees.
  kNewSession,  // The venue's session id changed.
  kRestarted,   // The same id started over.
  kCorrected,   // Nothing new: where the stream was believed to stand was wrong, and is taken back.
};

// Something that happens between two jobs.
struct SessionEvent {
  enum class Kind : uint8_t {
    kSessionStart,  // Everything known of the channel is void; `start` says why.
    kGap,           // first..last will not come; `gap_cause` (FH_GAP_*) says why.
    kGapOpened,     // first..last has been skipped by the line that is ahead; it may still come.
    kSessionEnd,    // The venue closed the session, and nothing of it is outstanding.
    kStuck,         // Packets come, many, and for line_silent_ns no message could be delivered.
    kUnstuck,       // Messages are delivered again.
    kLoop,          // Of a LoopSession: the next loop begins, with number `first`.
  };
  Kind kind;
  StartCause start = StartCause::kJoined;
  uint16_t gap_cause = 0;
  uint32_t before_job = 0;  // Index in SessionBatch::jobs of the job that it precedes.
  // kGap, kGapOpened: the range. kSessionStart: `first` is the number that the stream starts with
  // (1, rarely 0). kSessionEnd: `first` is one past the last message. kStuck, kUnstuck: `first` is
  // how many packets have come in vain since the last message.
  uint64_t first = 0;
  uint64_t last = 0;
  int64_t recv_ns = 0;          // The clock when it happened.
  codecs::SessionId session{};  // Which the event belongs to.
};

// What the feed thread has to do now, in this order: walk jobs and events (ForEachStep), then post
// `released` to the receive path. All of it lives in the session until its next call.
struct SessionBatch {
  std::span<const codecs::DecodeJob> jobs;  // In message order, each message once.
  std::span<const SessionEvent> events;     // Ascending in before_job.
  // Slices that the session no longer needs; the jobs of this batch may point into them, so they
  // are posted after decoding.
  std::span<const uint32_t> released;
};

// Calls on_jobs(std::span<const DecodeJob>) and on_event(const SessionEvent&) in order. The runs of
// jobs are as long as possible: a batch without events is one call.
template <typename OnJobs, typename OnEvent>
void ForEachStep(const SessionBatch& batch, OnJobs&& on_jobs, OnEvent&& on_event) {
  size_t done = 0;
  for (const SessionEvent& event : batch.events) {
    if (event.before_job > done) on_jobs(batch.jobs.subspan(done, event.before_job - done));
    done = event.before_job;
    on_event(event);
  }
  if (done < batch.jobs.size()) on_jobs(batch.jobs.subspan(done));
}

// Counters of one line. They only grow; copies are published by the owner of the session.
struct LineStats {
  uint64_t packets = 0;             // All that arrived, of any kind.
  uint64_t messages = 0;            // Whole messages in them.
  uint64_t won_messages = 0;        // Delivered from this line.
  uint64_t duplicate_messages = 0;  // Another packet had already brought them.
  uint64_t late_messages = 0;       // Came after they had been given up, or from before the join.
  uint64_t dropped_messages = 0;    // In stale packets, and in those that were not believed.
  uint64_t rejected_packets = 0;    // FrameKind::kRejected.
  uint64_t stale_packets = 0;       // Of a closed session, or of the run before a restart.
  uint64_t unbelieved_packets = 0;  // That said what nothing else confirmed.
  // This line alone, from its first packet of a stream on: what it would have lost without the
  // others is skipped - brought.
  uint64_t gaps = 0;               // Times that its numbers jumped ahead.
  uint64_t skipped_messages = 0;   // Messages in those jumps.
  uint64_t brought_messages = 0;   // Of these, those that the line itself brought later.
  uint64_t reordered_packets = 0;  // Packets that brought such messages.
  uint64_t repeated_messages = 0;  // That the line itself had brought before.
  // Packets with an old number but a later time of sending than the line's newest: the line's
  // publisher restarted and the packet that says so was lost, or it retransmits in the line.
  uint64_t went_back_packets = 0;
  // By how much the line lost the race: over `behind_packets` packets that another line had brought
  // whole, the sum of the differences in receive time (negative ones count as 0).
  uint64_t behind_packets = 0;
  uint64_t behind_ns = 0;
  int64_t last_packet_ns = 0;  // Receive time of its newest packet; 0 = none yet.

  // The line's other streams.
  LineStats& operator+=(const LineStats& other);
};

// Counters of the channel.
// messages in = delivered + duplicate + late + dropped + held (in the window, or waiting to be
// believed).
struct SessionStats {
  uint64_t delivered_messages = 0;
  uint64_t duplicate_messages = 0;
  uint64_t late_messages = 0;
  uint64_t dropped_messages = 0;
  uint64_t gaps = 0;              // FH_GAP_LOST and FH_GAP_DAMAGED reported.
  uint64_t missing_messages = 0;  // Messages in them.
  uint64_t unseen_messages = 0;   // Messages in FH_GAP_LATE_JOIN reports.
  uint64_t held_packets = 0;      // Packets that had to wait for others before them.
  uint64_t most_held = 0;         // At the same time.
  // Gaps given up because the window, by packets or messages, was full.
  uint64_t window_overflows = 0;
  uint64_t early_gaps = 0;           // Gaps given up because every line was past them.
  uint64_t timed_out_gaps = 0;       // Gaps given up because the timeout passed.
  uint64_t stale_session = 0;        // Packets of a session that is closed.
  uint64_t stale_restart = 0;        // Packets of the run before a restart.
  uint64_t unbelieved = 0;           // Packets that said what nothing else confirmed.
  uint64_t taken_back_messages = 0;  // Of those missing or unseen: they were not lost after all.
  uint64_t sessions = 0;             // Streams started, restarts and corrections included.
  uint64_t restarts = 0;
  uint64_t corrections = 0;   // Times that a wrong position was taken back.
  uint64_t stuck_times = 0;   // Times that packets came and nothing was delivered for long.
  uint64_t vain_packets = 0;  // Packets since the last delivered message that brought none.
  bool is_stuck = false;      // Now.

  // The channel's other streams.
  SessionStats& operator+=(const SessionStats& other);
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_TYPES_H_
