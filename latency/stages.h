// Where the time of an update goes: one histogram for each hop on its way to the strategy.
//
//   wire ──► kernel ──► dequeued ──► sequenced ──► decoded ──► published ──► seen ──► done
//   (adapter, (its      feed thread                                       strategy thread
//    switch)   stamp)
//
//   StageRecorder feed("feed", clock);                          // One for each writing thread.
//   feed.Record(Stage::kWireToDequeue, clock.ToUnixNs(dequeued) - kernel_stamp_ns, packets);
//   feed.RecordTicks(Stage::kDequeueToDecoded, dequeued, decoded, updates);
//   ...
//   StageSnapshot report = MergeStages({&feed, &strategy});     // Any thread, meanwhile.
//
// kWireToDequeue starts at a stamp that was not taken by us, so the time that a packet spent in
// the socket's queue is in it: that is what shows a feed thread that falls behind. It compares two
// clocks, so with a stamp of a capture or a NIC it may come out negative; see histogram.h on where
// that goes. All other hops are differences of one counter.
//
// A packet has the stamp of the wire or the kernel's, or both, or none; a hop is recorded when both of
// its ends are there.
//
// Hops add up for one update, percentiles do not: the totals are therefore recorded, not computed.
//
// Threads: one writer a recorder (the feed thread has one, each strategy thread its own); snapshots
// from any thread, without locks. In a snapshot every count is one that the histogram had during
// the call, and total() is the sum of the counts; different stages may be some updates apart,
// because the writer goes on between them. About 2 ns a record, 390 KiB a recorder, no allocation
// after construction.
#ifndef FEEDHANDLER_LATENCY_STAGES_H_
#define FEEDHANDLER_LATENCY_STAGES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "latency/clock.h"
#include "latency/histogram.h"

namespace fh::latency {

enum class Stage : uint8_t {
  kWireToKernel,        // Adapter's or switch's stamp -> the kernel's, of packets that have both.
  kKernelToDequeue,     // The same packets: -> the receive loop has them.
  kWireToDequeue,       // Best stamp there is (adapter, switch, else kernel) -> receive loop.
  kDequeueToSequenced,  // -> framed and arbitrated: what is to be decoded is known.
  kSequencedToDecoded,  // -> its updates stand in the ring's slots.
  kDequeueToDecoded,    // Both together.
  kDecodedToPublished,  // -> the burst was released to the strategies.
  kPublishedToSeen,     // -> a strategy thread took the update, before it calls the strategy.
  kSeenToDone,          // -> its strategies have returned.
  kDequeueToSeen,       // What this program adds, from end to end.
  kWireToSeen,          // The same with the wait in the kernel.
  // Where packets are sent by a schedule (open_loop.h); in no recorder.
  kScheduleToDone,  // From the moment at which the packet was due.
  kStartToDone,     // From its actual start, as a closed loop shows it.
  kLateness,        // Of the sender: due -> sent.
};

inline constexpr size_t kStageCount = 11;  // Of those that recorders have.
inline constexpr size_t kLoopStageCount = 3;

// "wire -> dequeued" and so on; static storage.
absl::string_view StageName(Stage stage);

// "wire-dequeued" and so on, as files and tags call it; static storage.
absl::string_view StageKey(Stage stage);

// The stages in the order of the way, to loop over.
inline constexpr std::array<Stage, kStageCount> kStages = {
    Stage::kWireToKernel,       Stage::kKernelToDequeue,    Stage::kWireToDequeue,
    Stage::kDequeueToSequenced, Stage::kSequencedToDecoded, Stage::kDequeueToDecoded,
    Stage::kDecodedToPublished, Stage::kPublishedToSeen,    Stage::kSeenToDone,
    Stage::kDequeueToSeen,      Stage::kWireToSeen,
};

// Those of a schedule.
inline constexpr std::array<Stage, kLoopStageCount> kLoopStages = {
    Stage::kScheduleToDone, Stage::kStartToDone, Stage::kLateness};

inline constexpr bool IsLoopStage(Stage stage) { return static_cast<size_t>(stage) >= kStageCount; }

// What one or more recorders held. A plain value; a stage that nobody recorded is empty.
struct StageSnapshot {
  std::array<HistogramSnapshot, kStageCount> stages;

  const HistogramSnapshot& of(Stage stage) const { return stages[static_cast<size_t>(stage)]; }
  HistogramSnapshot& of(Stage stage) { return stages[static_cast<size_t>(stage)]; }

  // Adds what `other` holds, stage by stage. With n strategies, kPublishedToSeen and the totals
  // count every update n times, once for each that saw it.
  void Merge(const StageSnapshot& other);
};

class StageRecorder {
 public:
  // `clock` converts RecordTicks and must outlive the recorder.
  StageRecorder(absl::string_view name, const Clock& clock) : name_(name), clock_(clock) {}

  const std::string& name() const { return name_; }

  // Counts `n` updates (or packets) that took `duration_ns` each. Writer thread only. A stage
  // should be counted in one unit throughout, updates or packets.
  void Record(Stage stage, int64_t duration_ns, uint64_t n = 1) {
    histograms_[static_cast<size_t>(stage)].RecordN(duration_ns, n);
  }

  // The same for two stamps of Clock::Ticks(); a `to` before `from` counts as negative.
  void RecordTicks(Stage stage, uint64_t from, uint64_t to, uint64_t n = 1) {
    Record(stage, clock_.TicksToNs(static_cast<int64_t>(to - from)), n);
  }

  // Any thread; never makes the writer wait. Allocates 390 KiB, tens of microseconds.
  StageSnapshot Snapshot() const;

 private:
  std::string name_;
  const Clock& clock_;
  std::array<Histogram, kStageCount> histograms_;
};

// Snapshots of all `recorders` in one, as a report wants them. Any thread; pointers must be valid.
StageSnapshot MergeStages(const std::vector<const StageRecorder*>& recorders);

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_STAGES_H_
