// From the decoder into the rings of the strategy threads that listen to this feed thread. One ring:
// the decoder writes its slots in place. Several: it writes the slots of one, and the others get a
// copy, so that a slow strategy thread loses only its own updates. What a thread does not want
// (update_filter.h) never comes into its ring; it is no loss, and counted apart.
//
//   codecs::UpdateWriter writer = publisher.Begin(most);   // Room for `most` updates, always.
//   codec.Decode(jobs, writer);
//   publisher.Commit(writer);
//   publisher.AppendControl(session_start);                // What no decoder made.
//   ...
//   publisher.Publish(now_ns);                             // Shows everything committed.
//
// The feed thread's own; no allocation after construction, no lock. A replay of a file waits for a
// full ring (kWait). On a live stream (kDrop) a full ring never blocks, and this holds:
//
//  * What was decoded between Begin and Commit (whole packets of one channel) is dropped for that
//    ring as a whole, and counted.
//  * Each channel that lost something owes its ring one FH_RECORD_GAP with FH_GAP_RING_FULL, with
//    the first and last message number of that channel's loss and the number of updates. It comes
//    before anything else of the channel.
//  * Control records (session starts and ends, gaps, a stuck channel) have room of their own in the
//    ring. If that is used up too, starts, ends and the state of stuck channels are kept and told
//    later, in their place; of several of a kind the newest. Gaps become part of the loss.
//  * Debts are paid as soon as there is room: before the next updates, or by SettleDebts.
//  * What follows a loss carries FH_FLAG_MAYBE_BAD_BOOK until the channel's next session start;
//    FH_RECORD_TOP does not, since each says all of its top of book.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_PUBLISHER_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_PUBLISHER_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/pipeline/ring.h"
#include "feedhandler/pipeline/run_notes.h"
#include "feedhandler/pipeline/update_filter.h"

namespace fh {

// Plain counters of one ring, written by the feed thread. They add up:
// offered + gap_records = published + dropped; and offered + filtered is all that there was.
struct RingStats {
  uint64_t offered = 0;      // Updates that were decoded, or made by the session, for the ring.
  uint64_t filtered = 0;     // Updates that its reader has not asked for.
  uint64_t gap_records = 0;  // Records that tell of a loss, and control records told later.
  uint64_t published = 0;    // Put into the ring, gap records included.
  uint64_t dropped = 0;      // Updates that did not fit.
  uint64_t drop_events = 0;  // Times that the ring went from room to none.
};

enum class WhenFull : uint8_t {
  kDrop,  // Live: the receive path comes first.
  kWait,  // Files: publish what there is, and give way until the slowest reader has caught up.
};

class UpdatePublisher {
 public:
  // `rings` outlive the publisher. `channel_ids`: of every channel that updates will be of.
  // `scratch_updates`: a power of two, the most that one Begin may ask for.
  UpdatePublisher(std::vector<UpdateRing*> rings, std::vector<uint16_t> channel_ids,
                  uint64_t scratch_updates, WhenFull when_full);

  // From now on the ring (its index) gets only what passes. Before the first Begin; allocates.
  void SetFilter(size_t ring, UpdateFilter filter);

  // From now on each run that brings the ring updates leaves a note there. Before the first BeginRun;
  // `notes` outlive the publisher.
  void SetNotes(size_t ring, RunNotes* notes) { targets_[ring].notes = notes; }

  // What is committed from here to EndRun was decoded together; `note` says what of it is known, but for
  // its place. Its updates must not be published in between, or they are seen before the note.
  void BeginRun() {
    for (Target& target : targets_) target.run_begin = target.ring->produced();
  }
  void EndRun(RunNote note) {
    for (Target& target : targets_) {
      const uint64_t updates = target.ring->produced() - target.run_begin;
      if (updates == 0 || target.notes == nullptr) continue;
      note.position = target.run_begin;
      note.updates = static_cast<uint32_t>(std::min<uint64_t>(updates, RunNote::kMostUpdates)) &
                     RunNote::kMostUpdates;
      target.notes->Push(note);
    }
  }

  // Tells the readers how often this thread has left its CPU, before what is published next.
  void TellSwitches(const ContextSwitches& switches) {
    for (const Target& target : targets_) {
      if (target.notes != nullptr) target.notes->SetSwitches(switches);
    }
  }

  // What one Begin should ask for at most: half of the smallest ring, or the scratch buffer.
  uint64_t preferred_most() const { return preferred_most_; }

  // A place to write at most `most` (<= scratch_updates) updates to: slots of the first ring with
  // room, otherwise a scratch buffer, since a decoder that keeps state must run even when nobody
  // can take its updates.
  codecs::UpdateWriter Begin(uint64_t most);

  // Takes what was written since Begin, all of one channel. Begin and Commit alternate.
  void Commit(const codecs::UpdateWriter& writer);

  // One record that no decoder made: a gap, or what the session layer says of a channel.
  void AppendControl(const codecs::NormalizedUpdate& record);

  // Makes all that was committed visible to the strategy threads. `now_ns` (UNIX) marks the first
  // update of each ring's batch (published_ns32), for the latency of the ring.
  void Publish(int64_t now_ns);

  // Whether some ring has not been told yet what it lost.
  bool HasDebts() const { return has_debts_; }

  // Tells the rings what they lost, where there is room by now. For when nothing arrives that would
  // bring it along; next to nothing when there are no debts. Publish follows.
  void SettleDebts();

  // With kWait: shows everything, and gives way until every reader has taken it. With kDrop
  // nothing.
  void WaitForReaders();

  std::span<const RingStats> stats() const { return stats_; }

 private:
  struct Loss {
    uint64_t updates = 0;
    uint64_t first = 0;  // Message numbers.
    uint64_t last = 0;
  };

  // What a ring has not been told of one channel, in the order in which it will be.
  struct Debt {
    Loss before;  // Of the stream that the ring knows.
    codecs::NormalizedUpdate start{};
    Loss after;  // Of the stream that `start` begins.
    codecs::NormalizedUpdate end{};
    codecs::NormalizedUpdate stuck{};
    bool is_owed = false;
    bool is_doubtful = false;  // The ring was told of a loss, and of no session start since.
  };

  struct Target {
    UpdateRing* ring;
    std::vector<Debt> debts;                    // One a channel.
    std::unique_ptr<UpdateFilter> filter = {};  // None: all is wanted.
    RunNotes* notes = nullptr;
    uint64_t run_begin = 0;
    bool has_debts = false;   // Some is owed.
    bool has_doubts = false;  // Some is doubtful.
  };

  // A run of written updates in power-of-two storage, or some of one.
  struct Run {
    codecs::UpdateWriter slots;
    uint64_t first;
    uint64_t count;
    const uint32_t* chosen = nullptr;  // Which ones, ascending; null: all of them.
    codecs::NormalizedUpdate& at(uint64_t index) const {
      return slots.At(first + (chosen == nullptr ? index : chosen[index]));
    }
  };

  Debt& DebtOf(Target& target, uint16_t channel_id);
  Run Wanted(size_t index, const Run& run);
  void CloseUp(const Run& run);
  bool MakeRoom(size_t index, uint64_t count);
  void WaitForRoom(UpdateRing& ring, uint64_t count);
  void DeliverInParts(size_t index, const Run& run);
  void Copy(size_t index, const Run& run, uint64_t begin, uint64_t end);
  void Deliver(size_t index, const Run& run);
  void MarkDoubtful(Target& target, const Run& run);
  void NoteLoss(size_t index, const Run& run);
  void DeliverControl(size_t index, const codecs::NormalizedUpdate& record);
  void Keep(size_t index, Debt& debt, const codecs::NormalizedUpdate& record);
  void Settle(size_t index, uint64_t spare);
  bool SettleChannel(size_t index, Debt& debt, uint16_t channel_id, uint64_t spare);
  void Put(size_t index, const codecs::NormalizedUpdate& record);
  void RefreshDoubts(Target& target);

  static constexpr size_t kScratch = SIZE_MAX;

  std::vector<Target> targets_;
  std::vector<RingStats> stats_;
  const std::vector<uint16_t> channel_ids_;
  const WhenFull when_full_;
  std::unique_ptr<codecs::NormalizedUpdate[]> scratch_;
  uint64_t scratch_mask_;
  uint64_t preferred_most_;
  std::unique_ptr<uint32_t[]> chosen_;  // Of Wanted's last run; as many as the scratch buffer has.
  std::vector<uint64_t> reserved_;      // Slots of each ring that only control records may take.
  bool has_debts_ = false;
  size_t current_ = kScratch;  // Index of the ring that Begin gave slots of.
  uint64_t begin_ = 0;         // Where they start.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_PUBLISHER_H_
