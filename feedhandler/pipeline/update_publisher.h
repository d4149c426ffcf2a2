// From the decoder into every strategy thread's ring. One ring: the decoder writes its slots in
// place. Several: it writes the slots of one, and the others get a copy, so that a slow strategy
// thread loses only its own updates.
//
//   codecs::UpdateWriter writer = publisher.Begin(most);   // Room for `most` updates, always.
//   codec.Decode(jobs, writer);
//   publisher.Commit(writer);
//   ...
//   publisher.Publish(now_ns);                             // Shows everything committed.
//
// The feed thread's own; no allocation after construction, no lock. On a live stream (WhenFull::
// kDrop) a full ring never blocks: what was decoded between Begin and Commit (whole packets) is
// dropped for that ring and counted, and the ring gets an FH_RECORD_GAP with FH_GAP_RING_FULL as
// soon as there is room again, before anything else. A replay of a file can wait instead (kWait).
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_PUBLISHER_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_PUBLISHER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/pipeline/ring.h"

namespace fh {

// Plain counters of one ring, written by the feed thread. They add up:
// offered + gap_records = published + dropped.
struct RingStats {
  uint64_t offered = 0;      // Updates that were decoded, or made by the session, for the ring.
  uint64_t gap_records = 0;  // Records that tell the strategies what was dropped.
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
  // `rings` outlive the publisher. `scratch_updates`: a power of two, the most that one Begin may
  // ask for.
  UpdatePublisher(std::vector<UpdateRing*> rings, uint64_t scratch_updates, WhenFull when_full);

  // What one Begin should ask for at most: half of the smallest ring, or the scratch buffer.
  uint64_t preferred_most() const { return preferred_most_; }

  // A place to write at most `most` (<= scratch_updates) updates to: slots of the first ring with
  // room, otherwise a scratch buffer, since a decoder that keeps state must run even when nobody
  // can take its updates.
  codecs::UpdateWriter Begin(uint64_t most);

  // Takes what was written since Begin. Begin and Commit alternate.
  void Commit(const codecs::UpdateWriter& writer);

  // One update that no decoder made (gaps, session events).
  void Append(const codecs::NormalizedUpdate& update);

  // Makes all that was committed visible to the strategy threads. `now_ns` (UNIX) marks the last
  // update of each ring's batch (published_ns32), for the latency of the ring.
  void Publish(int64_t now_ns);

  // Whether some ring lost updates and has not been told yet.
  bool OwesGapRecords() const;

  // Tells the rings that lost updates, where there is room by now. For the end of the stream,
  // when no further update would bring it along. Publish follows.
  void SettleGapRecords();

  std::span<const RingStats> stats() const { return stats_; }

 private:
  // What one ring could not take since its last gap record.
  struct Missed {
    uint64_t updates = 0;
    uint64_t first_sequence = 0;
    uint64_t last_sequence = 0;
    uint16_t channel_id = 0;
  };

  struct Target {
    UpdateRing* ring;
    Missed missed;
  };

  // A run of written updates in power-of-two storage.
  struct Run {
    codecs::UpdateWriter slots;
    uint64_t first;
    uint64_t count;
    codecs::NormalizedUpdate& at(uint64_t index) const { return slots.At(first + index); }
  };

  bool MakeRoom(size_t index, uint64_t count);
  void WaitForRoom(UpdateRing& ring, uint64_t count);
  void DeliverInParts(size_t index, const Run& run);
  void Copy(size_t index, const Run& run, uint64_t begin, uint64_t end);
  void Deliver(size_t index, const Run& run);

  static constexpr size_t kScratch = SIZE_MAX;

  std::vector<Target> targets_;
  std::vector<RingStats> stats_;
  const WhenFull when_full_;
  std::unique_ptr<codecs::NormalizedUpdate[]> scratch_;
  uint64_t scratch_mask_;
  uint64_t preferred_most_;
  size_t current_ = kScratch;  // Index of the ring that Begin gave slots of.
  uint64_t begin_ = 0;         // Where they start.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_PUBLISHER_H_
