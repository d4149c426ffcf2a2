// One strategy thread: takes updates from its rings, one for each feed thread that it listens to, and
// hands them to its strategies. In the order of each ring; of several rings by turns, at most
// kMostPerTurn updates each, so that a busy one cannot keep another waiting. No order is promised
// between rings.
//
//   StrategyThread thread(options, clock);
//   thread.Add(std::move(strategy), host);       // Before Start.
//   thread.SetBooks(std::move(stage));           // When it keeps order books.
//   publisher rings: &thread.ring(0), ...
//   thread.Start();
//   ...
//   thread.Stop();                               // After the last Publish: drains, then ends.
//
// Everything but ring() belongs to the main thread. Another ring costs a look at its next slot a
// round. The loop neither allocates, locks nor calls
// the system (except sched_yield when it shares its core, see thread_setup.h, and getrusage after a
// packet above the running p99.9); what a strategy does in its callbacks is its own affair.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_STRATEGY_THREAD_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_STRATEGY_THREAD_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "feedhandler/pipeline/book_stage.h"
#include "feedhandler/pipeline/packet_samples.h"
#include "feedhandler/pipeline/ring.h"
#include "feedhandler/pipeline/run_notes.h"
#include "feedhandler/strategy/host.h"
#include "feedhandler/strategy/loader.h"
#include "feedhandler/threads/thread_setup.h"
#include "latency/clock.h"
#include "latency/histogram.h"
#include "latency/open_loop.h"
#include "latency/schedule.h"
#include "latency/stages.h"

namespace fh {

struct StrategyThreadOptions {
  ThreadOptions thread;
  uint64_t ring_updates = 65536;  // Of each ring; a power of two.
  size_t rings = 1;
  // Whether ts_recv_ns is the kernel's or the adapter's stamp of this very moment: the total is
  // then wire to seen, otherwise dequeue to seen. Off for captures, whose stamps are of the past.
  bool wire_stamps = false;
  // ts_recv_ns is of the past, as in captures: the total is then dequeue to seen, of the updates whose
  // run has left a note (run_notes.h), and no condition is told.
  bool stamps_are_past = false;
  // Whether receive times are of now, so that timed notices of books are due while nothing comes.
  bool is_live = true;
  bool measure = true;  // As FeedCoreOptions::measure.
  // By which packets are sent, where they are: latency is measured from it (latency/open_loop.h). Outlives
  // the thread.
  const latency::Schedule* schedule = nullptr;
  // The totals are measured for each feed: feed_of_channel[channel id] < feeds. A channel that is
  // not in it belongs to the first.
  size_t feeds = 1;
  std::vector<uint16_t> feed_of_channel;
};

// What a strategy thread is in the middle of.
struct StrategyCall {
  enum class Kind : uint8_t { kUpdates, kIdle, kStop, kBook };
  Kind kind;
  const char* strategy;  // Its name; lives as long as the thread.
  uint64_t id;           // Another one for each call.
  // Of kUpdates: how many, and what the first of them says of itself.
  uint32_t updates;
  uint16_t channel_id;
  uint64_t sequence;
};

class StrategyThread {
 public:
  // Most updates of one call: the time of sight is taken once a call, so a longer run would make
  // its last updates look fresher than they are.
  static constexpr uint64_t kMostPerTurn = 256;

  StrategyThread(const StrategyThreadOptions& options, const latency::Clock& clock);
  ~StrategyThread();  // Stops first if need be.

  // Before Start. Strategies of one thread see every update one after the other. `host`, if there
  // is one, outlives the thread, and is told of session starts before its strategy sees what
  // follows.
  void Add(LoadedStrategy strategy, StrategyHost* host = nullptr) {
    strategies_.push_back(std::move(strategy));
    if (host != nullptr) hosts_.push_back(host);
  }

  // Before Start. Keeps books before the strategies; without it nothing is paid for them. Its
  // AddStrategy was called for each strategy, in their order.
  void SetBooks(std::unique_ptr<BookStage> books) { books_ = std::move(books); }
  BookStage* books() const { return books_.get(); }  // Null: none are kept.

  // Returns once the thread is placed, so that notes() are complete.
  void Start();

  // Call when nothing more is published: the thread hands on what is left, tells its strategies to
  // stop, and ends. Blocks until it has. The first error of a strategy is returned.
  absl::Status Stop();

  UpdateRing& ring(size_t index = 0) { return inputs_[index]->ring; }
  // Of the same ring: what the feed thread knows of its updates.
  RunNotes& notes(size_t ring) { return inputs_[ring]->notes; }
  size_t rings() const { return inputs_.size(); }

  // What was measured, all feeds together. Any thread.
  latency::StageSnapshot Stages() const;
  // Which of the stages the totals are.
  latency::Stage total_stage() const;
  // The total of one feed's updates. Any thread.
  latency::HistogramSnapshot TotalOf(size_t feed) const { return totals_[feed].Snapshot(); }

  // The totals apart: by the silence before a packet, by its place in the burst (of packets that follow
  // each other within kBurstGapNs), by how many packets were behind it at its dequeue. Of packets as this
  // thread sees them: copies of other lines are none.
  static constexpr int64_t kBurstGapNs = 10'000;
  static constexpr std::array<const char*, 17> kConditions = {
      "gap < 10 us", "gap < 100 us", "gap < 1 ms",  "gap < 10 ms", "gap >= 10 ms", "place 1",
      "place 2-8",   "place 9-64",   "place 65-",   "depth 0",     "depth 1",      "depth 2-3",
      "depth 4-7",   "depth 8-15",   "depth 16-31", "depth 32-63", "depth 64-"};
  // Index as in kConditions. Any thread.
  latency::HistogramSnapshot TotalUnder(size_t condition) const {
    return under_[condition].Snapshot();
  }

  // Packets with all of their stamps. After Stop.
  std::vector<PacketSample> Samples() const { return samples_.All(); }

  // From the schedule and from the actual start, until the strategies were done; empty without a
  // schedule. Any thread.
  latency::LoopSnapshot Loop() const {
    return loop_ == nullptr ? latency::LoopSnapshot() : loop_->Snapshot();
  }

  std::vector<LoadedStrategy>& strategies() { return strategies_; }
  const std::vector<std::string>& notes() const { return notes_; }  // After Start.
  const std::string& name() const { return options_.thread.name; }
  const ThreadOptions& placement() const { return options_.thread; }
  // How often the loop was taken off its CPU; empty when the system does not say. After Stop.
  std::optional<uint64_t> preempted() const { return preempted_; }

  // The call of a strategy that is going on, if there is one. Any thread, and signal handlers:
  // nothing is locked or allocated. Of another thread it may be over by the time this returns.
  std::optional<StrategyCall> CurrentCall() const;

  // The thread that this is called on, when it is one of these; else null. Signal handlers too.
  static const StrategyThread* OfThisThread();

  // Updates handed on so far. Any thread.
  uint64_t delivered() const { return delivered_.load(std::memory_order_acquire); }

 private:
  // A ring, and how far what is read of it has been measured.
  struct Input {
    explicit Input(uint64_t ring_updates)
        : ring(ring_updates), notes(std::clamp<uint64_t>(ring_updates / 4, 16, 16384)) {}
    UpdateRing ring;
    RunNotes notes;
    uint64_t note_position = UINT64_MAX;  // Of the packet before: its run, and
    uint32_t taken_of_note = 0;           // how many packets of that there were.
    int64_t last_recv_ns = INT64_MIN;
    uint32_t place = 0;             // Of the packet before in its burst.
    uint32_t published_ns32 = 0;    // When the batch was shown that is being read; 0: not known.
    ContextSwitches feed_switches;  // As of the slow packet before.
    uint32_t waits = 0;             // Turns in which a trade has waited for what is behind it.
    uint64_t unrecorded = 0;  // Its updates so far, and those of batches of unknown time before.
  };

  void Run();
  void OnIdle();
  void OnStop();
  void Deliver(std::span<const codecs::NormalizedUpdate> run);
  void DeliverWithBooks(std::span<codecs::NormalizedUpdate> run,
                        const codecs::NormalizedUpdate* behind);
  void Tell(std::span<const BookStage::Due> due);
  void NoteCall(size_t strategy, std::span<const codecs::NormalizedUpdate> run);
  void NoteCall(size_t strategy, StrategyCall::Kind kind);
  bool MayWait() const;
  bool DeliverOnce();
  bool DeliverFrom(Input& input);
  std::span<codecs::NormalizedUpdate> BeginEpoch(std::span<codecs::NormalizedUpdate> run);
  void RecordLatency(Input& input, std::span<const codecs::NormalizedUpdate> run, int64_t seen_ns);
  void RecordTotals(Input& input, std::span<const codecs::NormalizedUpdate> run, int64_t seen_ns,
                    uint32_t published_ns32);
  void RecordPacket(Input& input, std::span<const codecs::NormalizedUpdate> packet,
                    const RunNote* note, int64_t seen_ns, uint32_t published_ns32);
  SwitchesMeanwhile Meanwhile(Input& input);
  void RecordLoop(std::span<const codecs::NormalizedUpdate> run, int64_t done_ns);

  StrategyThreadOptions options_;
  const latency::Clock& clock_;
  std::vector<std::unique_ptr<Input>> inputs_;
  latency::StageRecorder stages_;
  std::unique_ptr<latency::Histogram[]> totals_;  // One a feed.
  std::unique_ptr<latency::Histogram[]> under_;   // One a condition.
  PacketSamples samples_;
  std::unique_ptr<latency::LoopMeter> loop_;  // With a schedule.
  std::vector<LoadedStrategy> strategies_;
  std::vector<StrategyHost*> hosts_;
  std::unique_ptr<BookStage> books_;
  std::vector<std::string> notes_;
  std::optional<uint64_t> preempted_;
  std::optional<ContextSwitches> switches_;  // As of the slow packet before; empty: nobody says.
  absl::Status stop_status_;
  std::atomic<uint64_t> delivered_{0};
  // CurrentCall: who is called and with what (0: nobody), and the sequence of the first update. A
  // call with updates is over once delivered_ has gone on, so that nothing need be stored behind
  // it.
  std::atomic<uint64_t> call_{0};
  std::atomic<uint64_t> call_sequence_{0};
  uint64_t quiet_calls_ = 0;  // OnIdle, OnStop and OnBook, which deliver nothing.
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_STRATEGY_THREAD_H_
