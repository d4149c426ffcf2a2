// What goes into a channel's session and what comes out of it: arrivals, options, the batch of jobs
// and events, and the counters. The class itself is in channel_session.h.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_TYPES_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_TYPES_H_

#include <cstdint>
#include <span>
#include <utility>

#include "absl/status/status.h"
#include "codecs/codec.h"
#include "rio/packet.h"

namespace fh {

inline constexpr uint32_t kMaxSessionLines = 16;

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
  // `window_packets`, or when the stream is known to be more than `window_messages` past it. The
  // packets of all channels' windows must be fewer than the slices of the region, or a gap starves
  // the receive path. 1..65536.
  uint32_t window_packets = 1024;
  uint64_t window_messages = uint64_t{1} << 20;
  // A gap is given up this long after it was first seen. Lines that differ more than this in delay
  // cannot help each other.
  int64_t gap_timeout_ns = 100'000'000;
  // A gap is given up before that when every line that is alive has since brought more than this
  // many packets from behind it: what has not come by then will not come. Costs a gap that was none
  // when a single line reorders by more packets than this; 0 = wait for the timeout.
  uint32_t early_gap_packets = 128;
  // A line that has brought nothing for this long is not waited for.
  int64_t line_silent_ns = 3'000'000'000;
  // A packet further than this ahead of all that is known is not believed at once: a wild number
  // would declare everything up to it lost, and make the true stream look old for ever. It is
  // dropped and counted. When `jump_confirmations` such packets in a row go on from each other
  // while the channel makes no progress, the publisher did jump, and the last of them is believed;
  // those before it are part of the gap. The first packet of a stream is always believed. 1..2^62.
  uint64_t max_jump = uint64_t{1} << 20;
  uint32_t jump_confirmations = 4;
  LateJoin late_join = LateJoin::kLiveOnly;
  // Report kGapOpened events, which a recovery source needs.
  bool announce_gaps = false;
};

// OK, or what to change.
absl::Status ValidateSessionOptions(const SessionOptions& options);

enum class StartCause : uint8_t {
  kJoined,      // The first stream that this session sees.
  kNewSession,  // The venue's session id changed.
  kRestarted,   // The same id started over.
};

// Something that happens between two jobs.
struct SessionEvent {
  enum class Kind : uint8_t {
    kSessionStart,  // Everything known of the channel is void; `start` says why.
    kGap,           // first..last will not come; `gap_cause` (FH_GAP_*) says why.
    kGapOpened,     // first..last has been skipped by the line that is ahead; it may still come.
    kSessionEnd,    // The venue closed the session, and nothing of it is outstanding.
  };
  Kind kind;
  StartCause start = StartCause::kJoined;
  uint16_t gap_cause = 0;
  uint32_t before_job = 0;  // Index in SessionBatch::jobs of the job that it precedes.
  // kGap, kGapOpened: the range. kSessionStart: `first` is the number that the stream starts with
  // (1, rarely 0). kSessionEnd: `first` is one past the last message.
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
  uint64_t dropped_messages = 0;    // In stale or implausible packets.
  uint64_t rejected_packets = 0;    // FrameKind::kRejected.
  uint64_t stale_packets = 0;       // Of a closed session, or of the run before a restart.
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
};

// Counters of the channel.
// messages in = delivered + duplicate + late + dropped + held.
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
  uint64_t window_overflows =
      0;                    // Gaps given up because the window, by packets or messages, was full.
  uint64_t early_gaps = 0;  // Gaps given up because every line was past them.
  uint64_t timed_out_gaps = 0;  // Gaps given up because the timeout passed.
  uint64_t stale_session = 0;   // Packets of a session that is closed.
  uint64_t stale_restart = 0;   // Packets of the run before a restart.
  uint64_t implausible = 0;     // Packets not believed.
  uint64_t sessions = 0;        // Streams started, restarts included.
  uint64_t restarts = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_TYPES_H_
